/* SPDX-License-Identifier: MIT */
/* popups_visitors: who is on the shop's pages now, one of them with the pages of the visit, and inviting. It is the desk's live
 * state, in no log: so it is asked again every few seconds while it is looked at. */
#include "app/app_private.h"

#include <string.h>

#include "app/actions.h"
#include "seatmux/desk/visitor.h"
#include "seatmux/text/clock_text.h"
#include "seatmux/text/sanitise.h"
#include "seatmux/wire/wire.h"

#define AGAIN_MS 3000

/* What is looked at. */
struct SmVisitors {
    json_t *list;   /* of the desk; NULL: none yet */
    json_t *one;    /* with its pages; NULL */
    guint64 timer;
    gboolean asked; /* an answer is under way */
};

void sm_visitors_free(SmApp *app)
{
    SmVisitors *v = app->visitors;

    if (v == NULL)
        return;
    sm_loop_remove(app->loop, &v->timer);
    json_decref(v->list);
    json_decref(v->one);
    g_clear_pointer(&app->visitors, g_free);
}

const char *sm_why_no_visitors(SmApp *app)
{
    const SmPolicy *policy = sm_desk_policy(sm_client_desk(app->client));

    if (sm_app_my_agent(app) == NULL)
        return _("The desk has not said yet who you are.");
    return policy->watch ? NULL : _("This desk does not watch who is on the shop's pages (visitors in desk.yaml).");
}

/* --- Words ---------------------------------------------------------------------------------------
 */

/* A path as people read it, where it is text. */
static SmSafe *path_words(const char *path)
{
    g_autofree char *text = g_uri_unescape_string(path, NULL);

    return sm_safe_screen_line(text != NULL && g_utf8_validate(text, -1, NULL) ? text : path, -1);
}

/* How long ago the desk says that was; of what it does not say, no time. */
static SmSafe *since(SmApp *app, const json_t *visit, const char *key)
{
    int64_t now = sm_app_now(app);

    return sm_duration_words(MAX(now - sm_json_int(visit, key, now), 0));
}

static const char *greeting(void)
{
    return _("Hello! May I help you?");
}

static SmSafe *state_words(const json_t *visit)
{
    const json_t *offer = json_object_get(visit, "offer");
    const char *answered = sm_json_str(visit, "answered", ""), *by = sm_json_str(offer, "agent", NULL);

    if (sm_json_bool(visit, "talks", FALSE))
        return sm_safe_from_literal(_("in a chat"));
    if (by != NULL) {
        g_autoptr(SmSafe) name = sm_safe_screen_line(by, -1);
        return sm_safe_format(_("invited: %S"), name);
    }
    if (offer != NULL)
        return sm_safe_from_literal(_("asked by rule"));
    if (strcmp(answered, "refused") == 0)
        return sm_safe_from_literal(_("said no"));
    return sm_safe_from_literal(strcmp(answered, "due") == 0 ? _("no answer") : "");
}

/* --- The list ------------------------------------------------------------------------------------
 */

static const SmPopupOps list_ops, one_ops;

static void visitor_row(SmApp *app, const json_t *visit)
{
    SmPopupRow *row = sm_popup_row(app, sm_json_str(visit, "id", ""));
    g_autofree char *host = sm_visit_referrer_key(sm_json_str(visit, "referrer", ""));

    sm_popup_cell(row, 0, since(app, visit, "page_since"));
    sm_popup_cell(row, 1, path_words(sm_json_str(visit, "page", "")));
    sm_popup_cell(row, 2, sm_safe_format("%d", (int)sm_json_int(visit, "views", 0)));
    sm_popup_cell(row, 3, sm_safe_format("%d", (int)sm_json_int(visit, "earlier", 0)));
    sm_popup_cell(row, 4, sm_safe_screen_line(host, -1));
    sm_popup_cell(row, 5, state_words(visit));
    row->dim = sm_json_bool(visit, "talks", FALSE);
}

static void fill_list(SmApp *app, const char *typed)
{
    const json_t *list = json_object_get(app->visitors->list, "visitors");
    size_t i;
    json_t *visit;

    json_array_foreach(list, i, visit) visitor_row(app, visit);
    sm_popup_right(app, sm_safe_format(_("%d here"), (int)sm_json_int(app->visitors->list, "here", 0)));
    if (json_array_size(list) == 0)
        sm_popup_section(app, 1, sm_safe_from_literal(_("Nobody is on the shop's pages now.")));
    sm_popup_match(app, typed, FALSE);
}

static void choose_visitor(SmApp *app, const char *value, const char *typed)
{
    g_autofree char *command = value != NULL ? g_strdup_printf("visitor %s", value) : NULL;

    if (command != NULL)
        sm_app_run(app, command);
}

/* --- One visit -----------------------------------------------------------------------------------
 */

static void fact(SmApp *app, const char *label, SmSafe *words)
{
    SmPopupRow *row = sm_popup_row(app, NULL);

    sm_popup_label(row, 0, label);
    sm_popup_cell(row, 1, words);
}

static void invite_row(SmApp *app, const json_t *visit)
{
    g_autoptr(SmSafe) state = state_words(visit);
    const json_t *offer = json_object_get(visit, "offer");
    const char *why = sm_json_bool(visit, "talks", FALSE) || sm_json_str(offer, "agent", NULL) != NULL ? sm_safe_str(state)
                      : sm_json_bool(visit, "here", TRUE)                                           ? ""
                                                                                                    : _("has left the site");
    SmPopupRow *row = sm_popup_row(app, *why == '\0' ? "invite" : NULL);

    sm_popup_label(row, 0, _("invite"));
    if (*why == '\0')
        sm_popup_label(row, 1, _("Enter invites this visitor into a chat with you"));
    else
        sm_popup_cell(row, 1, sm_safe_screen_line(why, -1));
    row->dim = *why != '\0';
}

static void trail_rows(SmApp *app, const json_t *visit)
{
    const json_t *trail = json_object_get(visit, "trail");

    for (gsize i = json_array_size(trail); i-- > 0;) {
        const json_t *page = json_array_get(trail, i);
        g_autofree char *at = sm_text_local(sm_json_int(page, "at", 0), "%H:%M:%S");
        SmPopupRow *row = sm_popup_row(app, NULL);
        sm_popup_label(row, 0, at);
        g_autoptr(SmSafe) path = path_words(sm_json_str(page, "page", ""));
        g_autoptr(SmSafe) title = sm_safe_screen_line(sm_json_str(page, "title", ""), -1);
        sm_popup_cell(row, 1, sm_safe_format("%S  %S", path, title));
    }
}

static void fill_one(SmApp *app, const char *typed)
{
    const json_t *visit = app->visitors->one;
    int64_t earlier = sm_json_int(visit, "earlier", 0);

    invite_row(app, visit);
    fact(app, _("on this page"), since(app, visit, "page_since"));
    fact(app, _("on the site"), since(app, visit, "since"));
    fact(app, _("came from"), sm_safe_screen_line(sm_json_str(visit, "referrer", _("nowhere said")), -1));
    fact(app, _("language"), sm_safe_screen_line(sm_json_str(visit, "language", ""), -1));
    if (earlier > 0 && sm_json_int(visit, "last", 0) > 0) {
        g_autofree char *last = sm_text_local(sm_json_int(visit, "last", 0), "%Y-%m-%d %H:%M");
        g_autoptr(SmSafe) when = sm_safe_from_literal(last);
        fact(app, _("was here"), sm_safe_format(_("%d times, last %S, as the browser says"), (int)earlier, when));
    }
    sm_popup_section(app, 0, sm_safe_format(_("pages: %d"), (int)sm_json_int(visit, "views", 0)));
    trail_rows(app, visit);
}

static void ask_words(SmApp *app)
{
    g_autofree char *action = g_strdup_printf("visitor-invite %s", sm_json_str(app->visitors->one, "id", ""));

    sm_ask_open(app, action, _("what does the invitation say?"), _("words>"));
    sm_app_popup_type(app, greeting());
}

static void choose_in_one(SmApp *app, const char *value, const char *typed)
{
    if (g_strcmp0(value, "invite") == 0)
        ask_words(app);
}

static gboolean back_to_list(SmApp *app)
{
    sm_app_run(app, "visitors");
    return TRUE;
}

/* --- Asked again and again -----------------------------------------------------------------------
 */

static gboolean is_list(SmApp *app)
{
    return app->popup_ops == &list_ops;
}

static gboolean is_one(SmApp *app)
{
    return app->popup_ops == &one_ops;
}

static void again(void *user);

static void wait_on(SmApp *app)
{
    if (app->visitors->timer == 0 && (is_list(app) || is_one(app)))
        app->visitors->timer = sm_loop_after(app->loop, AGAIN_MS, again, app);
}

static void listed(SmApp *app, gboolean ok, const char *code, const char *words, const json_t *body, const char *what)
{
    SmVisitors *v = app->visitors;

    if (v == NULL)
        return;
    v->asked = FALSE;
    if (!ok || !is_list(app))
        return; /* said on the message line, or closed meanwhile */
    json_decref(v->list);
    v->list = json_incref((json_t *)body);
    sm_popup_refill(app);
    wait_on(app);
}

static void open_one(SmApp *app)
{
    sm_popup_open(app, SM_POPUP_LIST, &one_ops, _("a visitor"), NULL);
    app->popup.widths[0] = 14;
    app->popup.widths[1] = -1;
    sm_popup_footer(app, _("Enter on the first line invites   Esc back"));
}

static void looked(SmApp *app, gboolean ok, const char *code, const char *words, const json_t *body, const char *what)
{
    SmVisitors *v = app->visitors;

    if (v == NULL)
        return;
    v->asked = FALSE;
    if (!ok || !(is_list(app) || is_one(app) || strcmp(what, "open") == 0))
        return;
    json_decref(v->one);
    v->one = json_incref((json_t *)body);
    if (!is_one(app))
        open_one(app);
    sm_popup_refill(app);
    wait_on(app);
}

static void ask_list(SmApp *app)
{
    app->visitors->asked = TRUE;
    sm_app_ask_read(app, "/v1/visitors", NULL, listed);
}

static void ask_one(SmApp *app, const char *id, const char *why)
{
    g_autofree char *escaped = sm_url_escape(id);
    g_autofree char *target = g_strdup_printf("/v1/visitors/%s", escaped);

    app->visitors->asked = TRUE;
    sm_app_ask_read(app, target, why, looked);
}

static void again(void *user)
{
    SmApp *app = user;
    SmVisitors *v = app->visitors;

    v->timer = 0;
    if (v->asked)
        wait_on(app);
    else if (is_one(app))
        ask_one(app, sm_json_str(v->one, "id", ""), "again");
    else if (is_list(app))
        ask_list(app);
}

static const SmPopupOps list_ops = {.refill = fill_list, .choose = choose_visitor};
static const SmPopupOps one_ops = {.refill = fill_one, .choose = choose_in_one, .back = back_to_list};

/* --- Commands ------------------------------------------------------------------------------------
 */

static void need_state(SmApp *app)
{
    if (app->visitors == NULL)
        app->visitors = g_new0(SmVisitors, 1);
}

void sm_do_visitors(SmApp *app, const char *args)
{
    need_state(app);
    sm_popup_open(app, SM_POPUP_LIST, &list_ops, _("on the shop's pages now"), _("find>"));
    sm_popup_heading(app, 0, _("HERE"), 7);
    sm_popup_heading(app, 1, _("PAGE"), -1);
    sm_popup_heading(app, 2, _("PAGES"), 5);
    sm_popup_heading(app, 3, _("BEFORE"), 6);
    sm_popup_heading(app, 4, _("FROM"), 14);
    sm_popup_heading(app, 5, NULL, 13);
    sm_popup_footer(app, _("Enter shows the visit and invites   Esc close"));
    if (app->visitors->list != NULL)
        sm_popup_refill(app);
    ask_list(app);
}

void sm_do_visitor(SmApp *app, const char *args)
{
    need_state(app);
    ask_one(app, args, "open");
}

static void invited(SmApp *app, gboolean ok, const char *code, const char *words, const json_t *body, const char *id)
{
    if (ok)
        sm_app_sayf(app, FALSE, _("Invited: who accepts is in a chat with you."));
}

void sm_do_visitor_invite(SmApp *app, const char *args)
{
    g_auto(GStrv) words = g_strsplit(args, " ", 2);
    SmCommand command = {.type = SM_COMMAND_VISITOR_INVITE, .visit = words[0], .seen = -1};

    command.text = words[0] != NULL && words[1] != NULL ? words[1] : greeting();
    sm_app_ask(app, &command, invited);
}
