/* SPDX-License-Identifier: MIT */
/* app_offers: while a customer's question is not answered, the frequent question that fits it best. Looked for where the agent
 * is, when something was written there, and in a burst of messages only now and then; never while a frame is drawn. */
#include "app/app_private.h"

#include <string.h>

#include "app/actions.h"
#include "seatmux/text/sanitise.h"

#define OFFERS 9
#define ASKED_BYTES 480 /* of what was written, about, the newest: as many words as are searched for */
#define PACE_MS 150      /* between two looks: nobody reads faster, and a burst costs one */

/* What the customer has written since somebody of the staff did; NULL: nothing. */
static char *asked(const SmConversation *c)
{
    GString *text = NULL;

    for (guint i = c->lines->len; i-- > 0;) {
        const SmLine *line = c->lines->pdata[i];
        if (line->kind != SM_LINE_MESSAGE || line->author == SM_AUTHOR_BOT || line->author == SM_AUTHOR_SYSTEM)
            continue;
        if (line->author == SM_AUTHOR_AGENT || (text != NULL && text->len > ASKED_BYTES))
            break;
        text = text != NULL ? text : g_string_new(NULL);
        g_string_prepend_c(text, '\n');
        g_string_prepend(text, line->text != NULL ? line->text : "");
    }
    if (text != NULL && text->len > ASKED_BYTES) { /* what was asked last counts */
        const char *from = g_utf8_find_next_char(text->str + text->len - ASKED_BYTES - 1, NULL);
        g_string_erase(text, 0, from - text->str);
    }
    return text != NULL ? g_string_free(text, FALSE) : NULL;
}

static const SmReply *best_of(const GPtrArray *offers)
{
    return offers != NULL && offers->len > 0 ? offers->pdata[0] : NULL;
}

static void set_offers(SmApp *app, SmOwnChat *own, GPtrArray *offers)
{
    const SmReply *before = best_of(own->offers), *best = best_of(offers);

    g_clear_pointer(&own->offers, g_ptr_array_unref);
    own->offers = offers;
    if (best == before)
        return;
    sm_safe_unref(own->chat.offer);
    own->chat.offer = best != NULL ? sm_safe_screen_line(best->title, -1) : NULL;
    sm_app_dirty(app, SM_DIRTY_COMPOSER);
}

static gboolean is_old(const SmOwnChat *own)
{
    return own != NULL && own->chat.conversation != NULL && own->offered_n != own->chat.conversation->version;
}

static void look(SmApp *app, SmOwnChat *own)
{
    const SmConversation *c = own->chat.conversation;

    own->offered_n = c->version;
    g_autofree char *text = own->mine ? asked(c) : NULL;
    set_offers(app, own, text != NULL ? sm_faq_match(app->faq, text, c->team, OFFERS) : NULL);
}

void sm_offers_look(SmApp *app)
{
    SmOwnChat *own = sm_app_here(app);

    if (!is_old(own))
        return;
    app->offers_from = sm_loop_now(app->loop) + PACE_MS;
    look(app, own);
}

static void look_again(void *user)
{
    SmApp *app = user;

    app->offers_timer = 0;
    sm_offers_look(app);
}

void sm_offers_update(SmApp *app)
{
    if (sm_loop_now(app->loop) >= app->offers_from)
        sm_offers_look(app);
    else if (app->offers_timer == 0 && is_old(sm_app_here(app)))
        app->offers_timer = sm_loop_at(app->loop, app->offers_from, look_again, app);
}

void sm_offers_load(SmApp *app)
{
    g_autoptr(SmFindings) findings = sm_findings_new();
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, app->chats); /* each on its own */
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        set_offers(app, value, NULL);
        ((SmOwnChat *)value)->offered_n = -1;
    }
    sm_faq_free(app->faq);
    app->faq = sm_faq_load((const char *const *)app->reply_directories, findings);
    for (guint i = 0; i < sm_findings_count(findings); i++) {
        const SmFinding *finding = sm_findings_at(findings, i);
        g_autofree char *text = finding->warning ? NULL : sm_finding_format(finding);
        g_autoptr(SmSafe) words = text != NULL ? sm_safe_line(text, -1) : NULL;
        if (words != NULL)
            sm_app_say(app, words, TRUE);
    }
    sm_offers_look(app);
}

const char *sm_why_no_offer(SmApp *app)
{
    SmOwnChat *own = sm_app_here(app);

    sm_offers_look(app);

    return own != NULL && own->chat.conversation != NULL && best_of(own->offers) != NULL ? NULL : _("No frequent question fits here.");
}

static void take(SmApp *app, SmOwnChat *own, const SmReply *reply)
{
    sm_compose_reply(app, own, reply, sm_editor_cursor(sm_compose_editor_of(own)));
}

void sm_do_offer_take(SmApp *app, const char *args)
{
    SmOwnChat *own = sm_app_here(app);

    take(app, own, own->offers->pdata[0]);
}

/* --- All that fit ------------------------------------------------------------------------------ */

static char *text_of(SmApp *app, const SmOwnChat *own, const SmReply *reply)
{
    const char *language;
    SmValues values = {.app = app, .conversation = own->chat.conversation};
    g_autoptr(SmTemplateResult) result =
        sm_template_render(sm_reply_text(reply, own->chat.conversation->language, &language), sm_compose_value, &values);

    g_free(values.kept);
    return g_strdup(result->text);
}

/* The answer of a row; NULL: it is not offered any more, for other things were said, or the chat is gone. */
static const SmReply *offer_of(const SmOwnChat *own, const char *code)
{
    gboolean any = own != NULL && own->chat.conversation != NULL && own->offers != NULL && code != NULL;

    for (guint i = 0; any && i < own->offers->len; i++) {
        const SmReply *reply = own->offers->pdata[i];
        if (strcmp(reply->code, code) == 0)
            return reply;
    }
    return NULL;
}

static void moved(SmApp *app)
{
    SmOwnChat *own = sm_app_here(app);
    const SmPopupRow *row = sm_popup_selected(app);
    const SmReply *reply = row != NULL ? offer_of(own, row->value) : NULL;

    g_clear_pointer(&app->popup.detail, sm_safe_unref);
    g_autofree char *text = reply != NULL ? text_of(app, own, reply) : NULL;
    app->popup.detail = text != NULL ? sm_safe_screen(text, -1) : NULL;
}

static void fill(SmApp *app, const char *typed)
{
    SmOwnChat *own = sm_app_here(app);

    for (guint i = 0; own != NULL && own->offers != NULL && i < own->offers->len; i++) {
        const SmReply *reply = own->offers->pdata[i];
        SmPopupRow *row = sm_popup_row(app, reply->code);
        row->digit = (int)i + 1;
        sm_popup_cell(row, 0, sm_safe_screen_line(sm_reply_title(reply, g_get_language_names()), -1));
        sm_popup_cell(row, 1, sm_safe_screen_line(reply->pack, -1));
    }
    sm_popup_match(app, typed, FALSE);
    moved(app);
}

static void choose(SmApp *app, const char *value, const char *typed)
{
    SmOwnChat *own = sm_app_here(app);
    const SmReply *reply = offer_of(own, value);

    sm_popup_close(app);
    if (reply != NULL)
        take(app, own, reply);
}

static const SmPopupOps offer_ops = {.refill = fill, .choose = choose, .moved = moved};

void sm_do_offers(SmApp *app, const char *args)
{
    sm_popup_open(app, SM_POPUP_PICKER, &offer_ops, _("frequent questions that fit"), _("find>"));
    app->popup.widths[0] = -1;
    app->popup.widths[1] = 14;
    sm_popup_footer(app, _("1-9 or Enter puts it in the composer, never sends   Esc close"));
    sm_popup_refill(app);
}
