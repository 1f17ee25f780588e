/* SPDX-License-Identifier: MIT */
/* actions_notice: one answer to many chats, and the standing first answer of an incident. What goes out is shown first,
 * with who gets it and who does not; the desk sends it, so that it goes on when this program does not. */
#include "app/actions.h"
#include "app/supervise.h"

#include <string.h>

#include "seatmux/base/limits.h"
#include "seatmux/base/yaml.h"
#include "seatmux/desk/notice.h"
#include "seatmux/text/clock_text.h"
#include "seatmux/text/sanitise.h"

static gboolean may(SmApp *app, SmMay what)
{
    const SmAgent *me = sm_app_my_agent(app);

    return me != NULL && sm_policy_may(sm_desk_policy(sm_client_desk(app->client)), me->role, what);
}

const char *sm_why_no_broadcast(SmApp *app)
{
    if (sm_why_no_row(app) != NULL)
        return sm_why_no_row(app);
    return may(app, SM_MAY_BROADCAST) ? NULL : _("Your role may not send one answer to many chats.");
}

const char *sm_why_no_incident(SmApp *app)
{
    if (sm_why_no_view(app) != NULL)
        return sm_why_no_view(app);
    return may(app, SM_MAY_INCIDENT) ? NULL : _("Your role may not set an incident notice.");
}

/* --- The words ---------------------------------------------------------------------------------
 */

/* What a quick reply says without anything of a chat; NULL: it can't be said so. Caller frees. */
static char *plain_text(const SmReply *reply)
{
    const char *language = NULL;
    g_autoptr(SmTemplateResult) result = sm_template_render(sm_reply_text(reply, NULL, &language), NULL, NULL);

    return result->missing->len == 0 && result->fields->len == 0 ? g_strdup(result->text) : NULL;
}

static void offer_words(SmApp *app)
{
    g_autoptr(GString) choices = g_string_new(NULL);

    sm_replies_refresh(app);
    for (guint i = 0; app->replies != NULL && i < sm_replies_count(app->replies); i++) {
        const SmReply *reply = sm_replies_at(app->replies, i);
        g_autofree char *text = plain_text(reply);
        if (text != NULL && sm_reply_valid(reply, sm_loop_wall(app->loop), reply->team))
            g_string_append_printf(choices, ";%s\t%s\n", reply->code,
                                   sm_reply_title(reply, g_get_language_names()));
    }
    sm_choice_open(app, "queue-broadcast", _("one answer to many: a quick reply, or your words"), _("words>"), choices->str,
                   SM_CHOICE_TYPED);
}

/* --- What is shown before ----------------------------------------------------------------------
 */

static json_t *plan_of(SmApp *app, GPtrArray *chosen)
{
    SmSupervision *s = app->supervision;
    g_autoptr(json_t) chats = json_array();

    for (guint i = 0; i < s->shown.rows->len && json_array_size(chats) < SM_MAX_BROADCAST_CHATS; i++) {
        const SmSuperviseRow *row = s->shown.rows->pdata[i];
        if (sm_supervise_is_meant(app, row->conversation->id))
            json_array_append_new(chats, json_string(row->conversation->id));
    }
    return sm_desk_plan_broadcast(sm_client_desk(app->client), sm_client_actor(app->client), chats, NULL, sm_app_now(app),
                                  chosen);
}

static void info_row(SmApp *app, const char *label, SmSafe *words, gboolean dim)
{
    SmPopupRow *row = sm_popup_row(app, NULL);

    sm_popup_label(row, 0, label);
    sm_popup_cell(row, 1, words);
    row->dim = dim;
}

static void fill_preview(SmApp *app, const char *typed)
{
    g_autoptr(json_t) plan = app->supervision != NULL ? plan_of(app, NULL) : NULL;
    const json_t *out = json_object_get(plan, "left_out");
    int64_t pace = sm_options_int(app->options, "supervise.pace"), count = sm_json_int(plan, "count", 0);
    char time[32];

    if (plan == NULL)
        return;
    sm_text_duration(time, sizeof time, count > 0 ? (count - 1) * 60000 / pace : 0);
    if (count > 0) {
        SmPopupRow *row = sm_popup_row(app, "now");
        g_autofree char *how = g_strdup_printf(_("%d chats, %d a minute: takes %s"), (int)count, (int)pace, time);
        sm_popup_label(row, 0, _("send to"));
        sm_popup_label(row, 1, how);
    } else {
        info_row(app, _("send to"), sm_safe_from_literal(_("nobody")), TRUE);
    }
    g_auto(GStrv) lines = g_strsplit(app->popup_data2, "\n", 12);
    for (guint i = 0; lines[i] != NULL; i++)
        info_row(app, i == 0 ? _("words") : "", sm_safe_screen_line(lines[i], -1), FALSE);
    for (gsize i = 0; i < json_array_size(out); i++) {
        const json_t *one = json_array_get(out, i);
        g_autoptr(SmSafe) name = sm_chat_name(sm_chat_conversation(app, sm_json_str(one, "conversation", "")));
        g_autoptr(SmSafe) why = sm_safe_from_literal(_(sm_json_str(one, "why", "")));
        info_row(app, i == 0 ? _("left out") : "", sm_safe_format("%S: %S", name, why), TRUE);
    }
}

static void started(SmApp *app, gboolean ok, const char *code, const char *words, const json_t *body, const char *id)
{
    if (ok)
        sm_app_sayf(app, FALSE, _("It is on its way to %d chats; %s stops it."), (int)sm_json_int(body, "count", 0), "B");
}

/* Asked anew at the last moment: what has ended since the preview is left out. */
static void send_it(SmApp *app, const char *text)
{
    g_autoptr(GPtrArray) chosen = g_ptr_array_new_with_free_func(g_free);

    json_decref(plan_of(app, chosen));
    g_autoptr(json_t) chats = sm_json_texts(chosen);
    SmCommand command = {.type = SM_COMMAND_BROADCAST, .text = text, .data = chats, .seen = -1,
                         .pace = sm_options_int(app->options, "supervise.pace")};
    sm_app_ask(app, &command, started);
    g_hash_table_remove_all(app->supervision->marked);
    sm_supervise_refill(app);
}

static void choose_preview(SmApp *app, const char *value, const char *typed)
{
    g_autofree char *text = g_strdup(app->popup_data2);

    if (value == NULL)
        return; /* a line to read */
    if (app->supervision != NULL)
        send_it(app, text);
    sm_popup_close(app);
}

static const SmPopupOps preview_ops = {.refill = fill_preview, .choose = choose_preview};

static void show_preview(SmApp *app, const char *text)
{
    if (g_utf8_strlen(text, -1) > SM_MAX_MESSAGE_CHARS) {
        sm_app_sayf(app, TRUE, _("Too long: at most %d characters."), SM_MAX_MESSAGE_CHARS);
        return;
    }
    sm_popup_open(app, SM_POPUP_LIST, &preview_ops, _("one answer to many: is this right?"), NULL);
    app->popup_data2 = g_strdup(text);
    app->popup.widths[0] = 10;
    app->popup.widths[1] = -1;
    sm_popup_footer(app, _("Enter on the first line sends it   Esc does not"));
    sm_popup_refill(app);
}

void sm_do_queue_broadcast(SmApp *app, const char *args)
{
    const SmReply *reply = *args == ';' && app->replies != NULL ? sm_replies_by_code(app->replies, args + 1) : NULL;
    g_autofree char *text = reply != NULL ? plain_text(reply) : g_strdup(args);

    if (*args == '\0')
        offer_words(app);
    else if (text == NULL || (*args == ';' && reply == NULL))
        sm_app_sayf(app, TRUE, _("No quick reply of that name can be said without values of a chat."));
    else
        show_preview(app, text);
}

/* --- Stopping ----------------------------------------------------------------------------------
 */

static void stop(SmApp *app, const char *id)
{
    SmCommand command = {.type = SM_COMMAND_BROADCAST_STOP, .notice = id, .seen = -1};

    sm_app_ask(app, &command, NULL);
}

void sm_do_queue_broadcast_stop(SmApp *app, const char *args)
{
    const GPtrArray *all = sm_desk_broadcasts(sm_client_desk(app->client));
    g_autoptr(GString) choices = g_string_new(NULL);
    guint running = 0;

    for (guint i = 0; i < all->len; i++) {
        const SmBroadcast *b = all->pdata[i];
        g_autofree char *line = b->text != NULL ? g_strdelimit(g_strdup(b->text), "\t\n", ' ') : g_strdup("");
        if (b->state != SM_BROADCAST_RUNNING)
            continue;
        running++;
        g_string_append_printf(choices, "%s\t%u/%u %s\n", b->id, b->place, b->total, line);
    }
    if (*args != '\0')
        stop(app, args);
    else if (running == 0)
        sm_app_sayf(app, FALSE, _("No broadcast is under way."));
    else
        sm_choice_open(app, "queue-broadcast-stop", _("stop which broadcast?"), _("find>"), choices->str, SM_CHOICE_LISTED);
}

/* --- Incidents ---------------------------------------------------------------------------------
 */

static char *one_line(const char *text)
{
    return g_strdelimit(g_strdup(text != NULL ? text : ""), "\t\n", ' ');
}

/* What stands can be cleared; then for whom a new one may be. */
static void offer_places(SmApp *app)
{
    SmDesk *desk = sm_client_desk(app->client);
    const SmPolicy *policy = sm_desk_policy(desk);
    const SmAgent *me = sm_app_my_agent(app);
    const GPtrArray *all = sm_desk_incidents(desk);
    g_autoptr(GString) choices = g_string_new(NULL);

    for (guint i = 0; i < all->len; i++) {
        const SmIncident *incident = all->pdata[i];
        g_autofree char *line = one_line(incident->text);
        g_string_append_printf(choices, "clear %s\t%s %s\n", incident->id, _("end it now:"), line);
    }
    for (guint i = 0; i < policy->teams->len; i++) {
        const SmTeam *team = policy->teams->pdata[i];
        if (sm_agent_in_team(me, team->id))
            g_string_append_printf(choices, "team:%s\t%s\n", team->id, team->name);
    }
    for (guint i = 0; i < policy->inboxes->len; i++) {
        const SmInbox *inbox = policy->inboxes->pdata[i];
        if (sm_agent_in_team(me, inbox->team))
            g_string_append_printf(choices, "inbox:%s\t%s\n", inbox->id, inbox->name);
    }
    g_string_append_printf(choices, "all\t%s\n", _("the whole desk"));
    sm_choice_open(app, "queue-incident", _("a first answer that stands: for whom?"), _("find>"), choices->str, SM_CHOICE_LISTED);
}

static void set(SmApp *app, gboolean ok, const char *code, const char *words, const json_t *body, const char *id)
{
    if (ok)
        sm_app_sayf(app, FALSE, _("The notice stands; everybody who writes gets it once."));
}

static void set_incident(SmApp *app, const char *where, const char *how_long, const char *text)
{
    SmCommand command = {.type = SM_COMMAND_INCIDENT_SET, .text = text, .seen = -1};
    int64_t ms;

    if (!sm_duration_parse(how_long, &ms) || ms <= 0) {
        sm_app_sayf(app, TRUE, _("Say how long: 30m, 1h, 2h30m."));
        return;
    }
    command.until = sm_app_now(app) + ms;
    if (g_str_has_prefix(where, "team:"))
        command.team = where + strlen("team:");
    else if (g_str_has_prefix(where, "inbox:"))
        command.inbox = where + strlen("inbox:");
    else if (strcmp(where, "all") != 0) {
        sm_app_sayf(app, TRUE, _("Say for whom: team:NAME, inbox:NAME or all."));
        return;
    }
    sm_app_ask(app, &command, set);
}

void sm_do_queue_incident(SmApp *app, const char *args)
{
    g_auto(GStrv) words = g_strsplit(args, " ", 3);
    guint n = g_strv_length(words);
    g_autofree char *action = g_strdup_printf("queue-incident %s", args);

    if (n == 0) {
        offer_places(app);
    } else if (n == 2 && strcmp(words[0], "clear") == 0) {
        SmCommand command = {.type = SM_COMMAND_INCIDENT_CLEAR, .notice = words[1], .seen = -1};
        sm_app_ask(app, &command, NULL);
    } else if (n == 1) {
        sm_ask_open(app, action, _("how long does it stand? 30m, 1h, 2h30m"), _("time>")); /* digits would pick from a list */
    } else if (n == 2) {
        sm_ask_open(app, action, _("what does the customer read?"), _("words>"));
    } else {
        set_incident(app, words[0], words[1], words[2]);
    }
}
