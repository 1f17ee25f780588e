/* SPDX-License-Identifier: MIT */
/* plain_people: what stands beside the lines of a chat on a screen, said when it changes: who else is at it, the answer that
 * is offered; and the contact's card, on command. */
#include "ui/plain_private.h"

#include <string.h>

#include "seatmux/app/intl.h"
#include "seatmux/text/sanitise.h"

void sm_plain_told_free(void *data)
{
    SmPlainTold *told = data;
    g_free(told->people);
    g_free(told->offer);
    g_free(told);
}

/* "  ... Ann is writing" on a screen. */
static SmSafe *without_dots(const SmSafe *words)
{
    const char *text = sm_safe_str(words);
    while (g_str_has_prefix(text, "…") || *text == ' ' || *text == '.')
        text = g_utf8_next_char(text);
    return sm_safe_clusters_line(text, -1);
}

/* Lines that were there before are not said again; one that is gone is not said either. */
void sm_plain_say_people(SmPlain *plain, SmChat *chat, SmPlainTold *told)
{
    g_autoptr(GPtrArray) lines = sm_app_people(plain->app, chat->id);
    g_autoptr(GString) all = g_string_new("\n");
    for (guint i = 0; i < lines->len; i++) {
        g_autoptr(SmSafe) words = without_dots(lines->pdata[i]);
        g_autofree char *line = g_strdup_printf("%s\n", sm_safe_str(words));
        g_autofree char *whole = g_strconcat("\n", line, NULL);
        if (!told->people || !strstr(told->people, whole))
            sm_plain_line(plain, sm_safe_format("%S: %S", chat->name, words));
        g_string_append(all, line);
    }
    g_free(told->people);
    told->people = lines->len ? g_strdup(all->str) : NULL;
}

void sm_plain_say_offer(SmPlain *plain, SmChat *chat, SmPlainTold *told)
{
    const char *offer = chat->offer ? sm_safe_str(chat->offer) : NULL;
    if (g_strcmp0(offer, told->offer) == 0)
        return;
    g_free(told->offer);
    told->offer = g_strdup(offer);
    if (offer)
        sm_plain_line(plain, sm_safe_format(_("Offered answer: %S. /offer-take puts it in."), chat->offer));
}

void sm_plain_card(SmPlain *plain)
{
    if (!sm_plain_here(plain)) {
        sm_plain_say(plain, _("No chat is chosen."));
        return;
    }
    if (sm_app_card(plain->app)->shown) /* an answer that never came */
        sm_app_run(plain->app, "chat-contact");
    if (sm_app_card(plain->app)->shown)
        sm_app_run(plain->app, "chat-contact");
    sm_app_run(plain->app, "chat-contact");
}

/* Headings with nothing below them, and what only adds to the card, are for a screen. */
void sm_plain_say_card(SmPlain *plain)
{
    const SmCard *card = sm_app_card(plain->app);
    const SmSafe *heading = NULL;
    if (!card->shown || !card->complete)
        return;
    sm_plain_line(plain, sm_safe_ref(card->title));
    for (guint i = 0; i < card->rows->len; i++) {
        const SmCardRow *row = card->rows->pdata[i];
        if (row->heading)
            heading = row->label;
        if (row->heading || !row->value)
            continue;
        if (heading)
            sm_plain_line(plain, sm_safe_format("%S.", heading));
        heading = NULL;
        sm_plain_line(plain, sm_safe_format("%S: %S", row->label, row->value));
    }
    if (!card->focused)
        sm_app_run(plain->app, "chat-contact");
    sm_app_run(plain->app, "chat-contact"); /* it is said once, and closed */
}
