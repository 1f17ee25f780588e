/* SPDX-License-Identifier: MIT */
/* app_coach: practice: a hint below while one works, the debrief while the shift goes on, and how fast one types. */
#include "app/app_private.h"

#include <string.h>

#include "app/actions.h"
#include "seatmux/text/clock_text.h"
#include "seatmux/text/sanitise.h"

/* --- The hint ------------------------------------------------------------------------------------
 */

gboolean sm_app_coached(SmApp *app)
{
    return app->coach.hint != NULL && sm_options_bool(app->options, "hints");
}

static SmDeadline deadline_of(const SmOwnChat *own)
{
    return sm_conversation_deadline(own->chat.conversation);
}

static gboolean waits(const SmOwnChat *own)
{
    const SmConversation *c = own != NULL ? own->chat.conversation : NULL;

    return c != NULL && own->mine && c->state == SM_STATE_OPEN && c->left < 0 && sm_turns_open(c->turns);
}

/* ";ship (F5)": the first quick reply of this moment whose text helps. */
static char *fitting(SmApp *app, SmOwnChat *own)
{
    const SmConversation *c = own->chat.conversation;
    SmValues values = {.app = app, .conversation = c};

    if (app->replies == NULL || app->coach.fits == NULL)
        return NULL;
    g_autoptr(GPtrArray) hits = sm_replies_rank(app->replies, c->team, c->language, NULL, sm_loop_wall(app->loop));
    char *found = NULL;
    for (guint i = 0; i < hits->len && found == NULL; i++) {
        const SmReply *reply = ((const SmReplyHit *)hits->pdata[i])->reply;
        const char *language = NULL;
        const SmTemplate *text = sm_reply_text(reply, c->language, &language);
        g_autoptr(SmTemplateResult) said = sm_template_render(text, sm_compose_value, &values);
        if (app->coach.fits(own->id, said->text, app->coach.user))
            found = g_strdup_printf(";%s", reply->code);
    }
    g_clear_pointer(&values.kept, g_free);
    return found;
}

/* Looked up once for each message: a frame a second must not try every reply. */
static const char *fit_of(SmApp *app, SmOwnChat *own)
{
    int64_t version = own->chat.conversation->version;

    if (g_strcmp0(app->fit_chat, own->id) != 0 || app->fit_version != version) {
        g_free(app->fit_chat);
        g_free(app->fit_code);
        app->fit_chat = g_strdup(own->id);
        app->fit_version = version;
        app->fit_code = fitting(app, own);
    }
    /* The customer may still be writing: then it is tried again. */
    if (app->fit_code == NULL)
        app->fit_version = -1;
    return app->fit_code;
}

static SmSafe *say_answer(SmApp *app, SmOwnChat *own)
{
    SmDeadline deadline = deadline_of(own);
    int64_t left = sm_deadline_remaining(&deadline, sm_app_now(app));
    const char *code = fit_of(app, own);
    char clock[32] = "--:--";

    if (left != INT64_MAX)
        sm_text_left(clock, sizeof clock, left);
    g_autoptr(SmSafe) time = left < 0 ? sm_safe_format(_("%S has waited %s too long"), own->chat.name, clock)
                                      : sm_safe_format(_("%s left to answer %S"), clock, own->chat.name);
    if (code == NULL) {
        g_autofree char *keys = sm_keymap_told(app->keymap, "hint");
        return sm_safe_format(_("Hint: %S; %s says what would help"), time, keys);
    }
    g_autoptr(SmSafe) safe = sm_safe_screen_line(code, -1);
    return sm_safe_format(_("Hint: %S; %S fits"), time, safe);
}

static SmSafe *say_missed(SmApp *app, SmOwnChat *own)
{
    g_autofree char *why = app->coach.missed != NULL && own != NULL ? app->coach.missed(own->id, app->coach.user) : NULL;

    if (why == NULL)
        return NULL;
    g_autoptr(SmSafe) safe = sm_safe_screen_line(*why != '\0' ? why : _("what was asked for is missing"), -1);
    return sm_safe_format(_("Hint: %S was not helped: %S"), own->chat.name, safe);
}

/* Somebody whose time runs out before that of the chat one looks at. */
static SmOwnChat *more_urgent(SmApp *app, SmOwnChat *here)
{
    const GPtrArray *urgent = sm_app_urgent(app);
    SmOwnChat *first = urgent->len > 0 ? sm_chats_get(app, ((const SmChat *)urgent->pdata[0])->id) : NULL;

    return first != here && waits(first) ? first : NULL;
}

SmSafe *sm_app_coach_line(SmApp *app)
{
    SmOwnChat *here = sm_app_coached(app) ? sm_app_here(app) : NULL;

    if (app->paused) {
        g_autofree char *keys = sm_keymap_told(app->keymap, "pause");
        return sm_safe_format(_("PAUSED: time stands still, nothing is sent. %s goes on."), keys);
    }

    if (!sm_app_coached(app))
        return NULL;
    if (here != NULL && here->mine && here->chat.conversation->left >= 0)
        return sm_safe_format(_("Hint: %S is gone; /debrief chat says how this chat went"), here->chat.name);
    SmSafe *missed = waits(here) ? say_missed(app, here) : NULL;
    if (missed != NULL)
        return missed;
    SmOwnChat *other = more_urgent(app, here);
    if (other != NULL) {
        g_autofree char *keys = sm_keymap_told(app->keymap, "chat-next-urgent");
        return sm_safe_format(_("Hint: %S has the least time left: %s"), other->chat.name, keys);
    }
    return waits(here) ? say_answer(app, here) : NULL;
}

/* --- The debrief so far --------------------------------------------------------------------------
 */

static void fill_text(SmApp *app, const char *typed)
{
    g_auto(GStrv) lines = g_strsplit(app->popup_data, "\n", -1);

    for (guint i = 0; lines[i] != NULL; i++)
        sm_popup_cell(sm_popup_row(app, NULL), 0, sm_safe_screen_line(lines[i], -1));
}

static const SmPopupOps text_ops = {.refill = fill_text, .choose = sm_popup_choose_nothing};

const char *sm_why_no_debrief(SmApp *app)
{
    return app->coach.debrief != NULL ? NULL : _("A debrief is for practice; live figures are in the report.");
}

void sm_do_debrief(SmApp *app, const char *args)
{
    gboolean chat = strcmp(args, "chat") == 0;
    SmOwnChat *here = chat ? sm_app_here(app) : NULL;

    if (chat ? here == NULL : *args != '\0') {
        sm_app_sayf(app, TRUE, chat ? _("No chat in this pane.") : _("debrief, or debrief chat"));
        return;
    }
    g_autofree char *text = app->coach.debrief(chat ? here->id : NULL, app->coach.user);
    if (text == NULL) {
        sm_app_sayf(app, FALSE, _("Nobody has come yet."));
        return;
    }
    sm_popup_open(app, SM_POPUP_LIST, &text_ops, chat ? _("how this chat went") : _("how it goes so far"), NULL);
    app->popup_data = g_steal_pointer(&text);
    app->popup.widths[0] = -1;
    sm_popup_footer(app, _("Up, Down, PgDn   Esc close"));
    sm_popup_refill(app);
}

/* --- The pause -----------------------------------------------------------------------------------
 */

gboolean sm_app_paused(SmApp *app)
{
    return app->paused;
}

const char *sm_why_no_pause(SmApp *app)
{
    if (app->coach.pause != NULL)
        return NULL;
    return app->practice ? _("An exam can't be paused.") : _("Only practice can be paused; customers of a desk wait for you.");
}

void sm_do_pause(SmApp *app, const char *args)
{
    app->paused = !app->paused;
    app->coach.pause(app->paused, app->coach.user);
    sm_alerts_update(app);
    if (app->paused)
        sm_app_sayf(app, FALSE, _("Paused: the time of customers and clocks stands still."));
    else
        sm_app_sayf(app, FALSE, _("The shift goes on."));
    sm_app_dirty(app, SM_DIRTY_ALL);
}

/* --- Typing --------------------------------------------------------------------------------------
 */

void sm_coach_typed(SmApp *app, SmOwnChat *own, const char *utf8)
{
    if (sm_editor_len(sm_compose_editor_of(own)) == 0) {
        own->typed = 0;
        own->typed_since = sm_loop_now(app->loop);
    }
    own->typed += g_utf8_strlen(utf8, -1);
}

/* What holds more than was typed was pasted, or put in. */
void sm_coach_sends(SmApp *app, SmOwnChat *own, const char *text)
{
    int64_t characters = g_utf8_strlen(text, -1), ms = sm_loop_now(app->loop) - own->typed_since;

    if (app->coach.typed != NULL && !own->chat.note && characters <= own->typed && ms > 0)
        app->coach.typed(characters, ms, app->coach.user);
    own->typed = 0;
}
