/* SPDX-License-Identifier: MIT */
/* plain_popup: lists and questions, read out. Rows that can be chosen have numbers; a number chooses, other words are
 * looked for or are the answer, an empty line takes what was found, and a full stop closes. */
#include "ui/plain_private.h"

#include <stdlib.h>
#include <string.h>

#include "seatmux/app/intl.h"
#include "seatmux/text/sanitise.h"
#include "ui/line_words.h"

#define PAGE 20

/* What is in the list, not how its clocks stand. */
static guint hash_of(const SmPopup *popup, guint from)
{
    guint hash = (guint)popup->kind * 31 + from + g_str_hash(sm_safe_str(popup->title));
    for (guint i = 0; i < popup->rows->len; i++) {
        const SmPopupRow *row = popup->rows->pdata[i];
        hash = hash * 33 + (row->value ? g_str_hash(row->value) : g_str_hash(sm_safe_str(row->cells[0])));
    }
    if (popup->kind == SM_POPUP_CONFIRM || popup->kind == SM_POPUP_ASK)
        hash = hash * 33 + g_str_hash(popup->detail ? sm_safe_str(popup->detail) : "");
    return hash;
}

static void say_row(SmPlain *plain, const SmPopupRow *row, guint number)
{
    SmSafe *words = row->heading ? sm_safe_from_literal("") : sm_safe_format("%d.", (int)number);
    gboolean first = TRUE;
    for (int i = 0; i < SM_POPUP_CELLS; i++) {
        const char *text = sm_safe_str(row->cells[i]);
        if (*text == '\0' || strcmp(text, "-") == 0 || (*text == '/' && i < 2)) /* nothing, or the name that follows */
            continue;
        SmSafe *longer = sm_safe_format(first ? row->heading ? "%S%S" : "%S %S" : "%S, %S", words, row->cells[i]);
        sm_safe_unref(words);
        words = longer;
        first = FALSE;
    }
    sm_plain_line(plain, words);
}

/* The row of this number, counted as they are read out; -1. */
static int row_numbered(const SmPopup *popup, guint number)
{
    guint n = 0;
    for (guint i = 0; i < popup->rows->len; i++) {
        n += !((SmPopupRow *)popup->rows->pdata[i])->heading;
        if (n == number)
            return (int)i;
    }
    return -1;
}

static void say_rows(SmPlain *plain, const SmPopup *popup)
{
    guint number = 0, said = 0, left = 0;
    for (guint i = 0; i < popup->rows->len; i++) {
        const SmPopupRow *row = popup->rows->pdata[i];
        number += !row->heading;
        if (i < plain->popup_from)
            continue;
        if (said++ < PAGE)
            say_row(plain, row, number);
        else
            left++;
    }
    if (popup->rows->len == 0 && popup->right)
        sm_plain_line(plain, sm_safe_ref(popup->right)); /* how many there are, or that it is being searched */
    else if (popup->rows->len == 0)
        sm_plain_say(plain, "%s", _("nothing matches"));
    if (left)
        sm_plain_say(plain, _("%u more: + reads on."), left);
}

/* The place that find is at, as a line. */
static void say_found(SmPlain *plain, const SmPopup *popup)
{
    const SmPane *pane = sm_layout_focused(sm_app_layout(plain->app));
    SmChat *chat = pane->conversation ? sm_app_chat(plain->app, pane->conversation) : NULL;
    if (popup->right)
        sm_plain_line(plain, sm_safe_ref(popup->right));
    for (guint i = 0; chat && chat->conversation && chat->find_seq && i < chat->conversation->lines->len; i++) {
        const SmLine *line = chat->conversation->lines->pdata[i];
        if (line->seq != chat->find_seq || line->kind == SM_LINE_EVENT)
            continue;
        g_autoptr(SmSafe) who = sm_line_author(plain->app, chat->name, line);
        g_autoptr(SmSafe) text = sm_line_text(plain->app, line);
        sm_plain_line(plain, sm_safe_format("%S: %S", who, text));
    }
}

static void say_how(SmPlain *plain, const SmPopup *popup)
{
    switch (popup->kind) {
    case SM_POPUP_CONFIRM:
        sm_plain_say(plain, "%s", _("y yes, n no."));
        break;
    case SM_POPUP_ASK:
        sm_plain_say(plain, "%s", _("Type the answer; . closes."));
        break;
    case SM_POPUP_FIND:
        sm_plain_say(plain, "%s", _("Type what to look for; - goes on to an older place, + to a newer one, . closes."));
        break;
    default:
        sm_plain_say(plain, "%s", popup->filter ? _("A number chooses, words are looked for, . closes.") : _("A number chooses, . closes."));
    }
}

gboolean sm_plain_popup_say(SmPlain *plain)
{
    const SmPopup *popup = sm_app_popup(plain->app);
    gboolean open = popup->kind != SM_POPUP_NONE && popup->kind != SM_POPUP_WHICH_KEY;
    if (!open) {
        plain->popup_hash = plain->popup_from = 0;
        return FALSE;
    }
    guint hash = hash_of(popup, plain->popup_from);
    if (popup->kind == SM_POPUP_FIND && popup->right)
        hash = hash * 33 + g_str_hash(sm_safe_str(popup->right));
    if (hash == plain->popup_hash)
        return TRUE;
    gboolean fresh = plain->popup_hash == 0;
    plain->popup_hash = hash;
    if (popup->title)
        sm_plain_line(plain, sm_safe_format("%S:", popup->title));
    if (popup->kind == SM_POPUP_FIND)
        say_found(plain, popup);
    else if (popup->kind == SM_POPUP_CONFIRM && popup->detail)
        sm_plain_line(plain, sm_safe_ref(popup->detail));
    else if (popup->kind != SM_POPUP_ASK)
        say_rows(plain, popup);
    if (fresh)
        say_how(plain, popup);
    return TRUE;
}

/* --- Answers -------------------------------------------------------------------------------------- */

static void close_popup(SmPlain *plain)
{
    sm_app_run(plain->app, "list-close");
}

static void take_confirm(SmPlain *plain, const char *line)
{
    if (g_ascii_tolower(*line) == 'y' || g_ascii_tolower(*line) == 'n')
        sm_app_text(plain->app, g_ascii_tolower(*line) == 'y' ? "y" : "n", SM_KEY_NONE);
    else
        sm_plain_say(plain, "%s", _("y yes, n no."));
}

static void take_find(SmPlain *plain, const char *line)
{
    if (strcmp(line, "-") == 0 || strcmp(line, "+") == 0)
        sm_app_key(plain->app, *line == '-' ? SM_KEY_UP : SM_KEY_DOWN);
    else if (*line)
        sm_app_popup_type(plain->app, line);
}

static void take_number(SmPlain *plain, int row)
{
    const SmPopup *popup = sm_app_popup(plain->app);
    if (popup->kind == SM_POPUP_HELP) { /* what it does, whole; it is run by its name */
        sm_app_popup_select(plain->app, row);
        if (popup->detail)
            sm_plain_line(plain, sm_safe_ref(popup->detail));
        return;
    }
    sm_app_popup_select(plain->app, row);
    sm_app_popup_accept(plain->app);
}

static void take_list(SmPlain *plain, const char *line)
{
    const SmPopup *popup = sm_app_popup(plain->app);
    char *end;
    unsigned long number = strtoul(line, &end, 10);
    int row = *line && !*end && number < G_MAXINT ? row_numbered(popup, (guint)number) : -1;
    if (strcmp(line, "+") == 0) {
        plain->popup_from = plain->popup_from + PAGE < popup->rows->len ? plain->popup_from + PAGE : 0;
    } else if (row >= 0) {
        take_number(plain, row);
    } else if (*line == '\0') {
        if (popup->filter && sm_editor_len(popup->filter))
            sm_app_popup_accept(plain->app);
        else
            close_popup(plain);
    } else if (popup->filter) {
        plain->popup_from = 0;
        sm_app_popup_type(plain->app, line);
        plain->popup_hash ^= 1; /* read out, whatever it is */
        if (popup->rows->len == 0 && popup->kind != SM_POPUP_HELP)
            sm_app_popup_accept(plain->app); /* words that are an answer by themselves */
    } else {
        sm_plain_say(plain, "%s", _("A number chooses, . closes."));
    }
}

gboolean sm_plain_popup_take(SmPlain *plain, const char *line)
{
    const SmPopup *popup = sm_app_popup(plain->app);
    if (popup->kind == SM_POPUP_NONE || popup->kind == SM_POPUP_WHICH_KEY)
        return FALSE;
    if (strcmp(line, ".") == 0 || strcmp(line, "。") == 0) {
        close_popup(plain);
    } else if (popup->kind == SM_POPUP_CONFIRM) {
        take_confirm(plain, line);
    } else if (popup->kind == SM_POPUP_FIND) {
        take_find(plain, line);
    } else if (popup->kind == SM_POPUP_ASK) {
        sm_app_popup_type(plain->app, line);
        sm_app_popup_accept(plain->app);
    } else {
        take_list(plain, line);
    }
    return TRUE;
}
