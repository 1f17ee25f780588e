/* SPDX-License-Identifier: MIT */
/* app_alerts: what deserves an alert: new waiting chats, chats given to the agent, customer's lines
 * in chats that are not looked at, warnings and breaches at the instant of the deadline's levels,
 * each once. What becomes of it is alert/policy.h's. */
#include "app/alert_log.h"
#include "app/app_private.h"

#include <string.h>

#include "seatmux/alert/quiet.h"
#include "seatmux/text/clock_text.h"
#include "seatmux/text/sanitise.h"

struct SmAlerts {
    SmAlertPolicy *policy;
    guint64 level_timer; /* the next change of a level */
    guint64 held_timer;  /* what the policy holds back */
    GHashTable *waiting; /* conversations in the queue that were told */
    gboolean catching_up;
    SmAlertLog *log;
    int64_t disturb_until;   /* boot ms the agent asked for; 0: none */
    guint64 repeat_timer;    /* the next alert that is due again */
    gboolean until_typing; /* do not disturb ends with a key */
};

/* Boot ms of an instant of the desk. */
static int64_t boot_of(SmApp *app, int64_t desk_ms)
{
    int64_t wait = desk_ms - sm_client_now(app->client);

    return desk_ms == INT64_MAX || app->paused ? INT64_MAX : sm_loop_now(app->loop) + MAX(wait, 0);
}

#define REPEATS_MOST 10

static void hold(SmApp *app);

/* Quiet hours are a do-not-disturb that nobody has to ask for. */
static void keep_quiet(SmApp *app)
{
    int64_t left = sm_quiet_left(sm_options_str(app->options, "alerts.quiet_hours"), sm_loop_wall(app->loop));
    int64_t until = left > 0 ? sm_loop_now(app->loop) + left : 0;

    sm_alert_policy_do_not_disturb(app->alerts->policy, MAX(until, app->alerts->disturb_until));
}

/* The line has room for a sentence where a notification's title has not. FALSE: none fits. */
static gboolean say_what(SmApp *app, const SmAlertDecision *decision)
{
    g_autofree char *keys = sm_keymap_told(app->keymap, "chat-accept");
    char left[32];

    if (decision->kind == SM_ALERT_WARNING && decision->left_ms != SM_ALERT_NO_TIME) {
        sm_text_clock(left, sizeof left, decision->left_ms);
        sm_app_sayf(app, TRUE, _("%S: less than %s left to reply."), decision->name, left);
    } else if (decision->kind == SM_ALERT_WAITING) {
        sm_app_sayf(app, FALSE, _("%S is waiting. %s accepts."), decision->name, keys);
    } else if (decision->kind == SM_ALERT_LEAD && !g_str_has_prefix(decision->chat, SM_QUEUE_PREFIX)) {
        sm_app_sayf(app, TRUE, _("%S has waited longer than the target."), decision->name);
    } else if (decision->kind == SM_ALERT_MESSAGE) {
        sm_app_sayf(app, FALSE, _("%S wrote."), decision->name);
    } else {
        return FALSE;
    }
    return TRUE;
}

/* Several at once. FALSE: none of them has a time. */
static gboolean say_summary(SmApp *app, const SmAlertDecision *decision)
{
    const char *action = decision->kind == SM_ALERT_WAITING ? "chat-accept" : "chat-next-urgent";
    g_autofree char *keys = sm_keymap_told(app->keymap, action);
    gboolean late = decision->left_ms < 0;
    int chats = (int)decision->chats;
    char left[32];

    if (decision->left_ms == SM_ALERT_NO_TIME)
        return FALSE;
    sm_text_left(left, sizeof left, decision->left_ms);
    const char *words = late ? ngettext("%d chat needs you and is %s over its target. %s goes there.",
                                        "%d chats need you, the first is %s over its target. %s goes there.", chats)
                             : ngettext("%d chat needs you: %s left. %s goes there.",
                                        "%d chats need you: %s left for the first. %s goes there.", chats);
    sm_app_sayf(app, decision->level >= SM_URGENCY_WARNING, words, chats, left, keys);
    return TRUE;
}

static void say(SmApp *app, const SmAlertDecision *decision)
{
    SmOwnChat *own = sm_chats_get(app, decision->chat);
    g_autofree char *keys = sm_keymap_told(app->keymap, "chat-next-urgent");
    char over[32];

    if (decision->title == NULL || decision->level < SM_URGENCY_MESSAGE)
        return;
    if (decision->kind == SM_ALERT_OVERDUE && own != NULL && own->chat.conversation != NULL &&
        !decision->summary) {
        SmDeadline deadline = sm_conversation_deadline(own->chat.conversation);
        char target[32];
        sm_text_duration(target, sizeof target, deadline.target);
        sm_text_duration(over, sizeof over, -sm_deadline_remaining(&deadline, sm_app_now(app)));
        sm_app_sayf(app, TRUE, _("%S passed the %s reply target %s ago. %s goes there."),
                    own->chat.name, target, over, keys);
        return;
    }
    if (decision->summary ? !say_summary(app, decision) : decision->name == NULL || !say_what(app, decision))
        sm_app_say(app, decision->title, decision->level >= SM_URGENCY_WARNING);
}

/* While it is locked nobody is told who it is about. */
static void hide_content(SmAlertDecision *decision)
{
    if (decision->title == NULL)
        return;
    sm_safe_unref(decision->title);
    sm_safe_unref(decision->name);
    sm_safe_unref(decision->body);
    decision->title = sm_safe_from_literal(_("seatmux: you are needed"));
    decision->name = decision->body = NULL;
}

/* Of what was decided, what there is. */
static guint real_routes(SmApp *app, guint routes)
{
    if (!sm_options_bool(app->options, "bell"))
        routes &= ~(guint)SM_ROUTE_BELL;
    if (sm_options_list(app->options, "alerts.hook")[0] == NULL)
        routes &= ~(guint)SM_ROUTE_HOOK;
    if (routes & SM_ROUTE_DESKTOP && !sm_options_bool(app->options, "alerts.desktop"))
        routes = (routes & ~(guint)SM_ROUTE_DESKTOP) | SM_ROUTE_TERMINAL;
    return routes;
}

/* Into the list of alerts. */
static void note(SmApp *app, const SmAlertDecision *decision)
{
    const SmConversation *c = decision->summary ? NULL : sm_chat_conversation(app, decision->chat);
    const char *profile = c != NULL && c->name != NULL ? c->profile_content : NULL;

    sm_alert_log_fired(app->alerts->log, decision, profile, real_routes(app, decision->routes), sm_loop_wall(app->loop));
}

static void carry_out(SmApp *app, GPtrArray *decisions)
{
    for (guint i = 0; i < decisions->len; i++) {
        SmAlertDecision *decision = decisions->pdata[i];
        if (app->locked)
            hide_content(decision);
        if (!sm_options_bool(app->options, "bell"))
            decision->routes &= ~(guint)SM_ROUTE_BELL;
        if (decision->op != SM_NOTIFY_CLOSE && decision->routes != 0)
            note(app, decision);
        guint64 before = app->toast_serial;
        if (decision->routes & SM_ROUTE_BAR)
            say(app, decision);
        if (app->toast_serial > before && (decision->kind == SM_ALERT_MESSAGE || decision->kind == SM_ALERT_WARNING ||
                                           decision->kind == SM_ALERT_OVERDUE))
            app->toast->spoken = TRUE;
        if (app->show.alert != NULL &&
            ((decision->routes & ~(guint)SM_ROUTE_BAR) != 0 || decision->op != SM_NOTIFY_NONE))
            app->show.alert(decision, app->show.user);
    }
    hold(app);
}

static void held_due(void *user)
{
    SmApp *app = user;
    g_autoptr(GPtrArray) out = sm_alert_decisions_new();

    app->alerts->held_timer = 0;
    keep_quiet(app);
    sm_alert_policy_tick(app->alerts->policy, sm_loop_now(app->loop), out);
    carry_out(app, out);
}

static void hold(SmApp *app)
{
    int64_t due = sm_alert_policy_due(app->alerts->policy);

    sm_loop_remove(app->loop, &app->alerts->held_timer);
    if (due != INT64_MAX)
        app->alerts->held_timer = sm_loop_at(app->loop, due, held_due, app);
}

static void alert(SmApp *app, const SmAlertEvent *event)
{
    g_autoptr(GPtrArray) out = sm_alert_decisions_new();

    keep_quiet(app);
    sm_alert_policy_event(app->alerts->policy, event, sm_loop_now(app->loop), out);
    carry_out(app, out);
}

void sm_alerts_lead(SmApp *app, const char *id, const SmSafe *name)
{
    SmAlertEvent event = {.kind = SM_ALERT_LEAD, .chat = id, .name = name, .left_ms = SM_ALERT_NO_TIME};

    alert(app, &event);
}

gboolean sm_alerts_here(SmApp *app, SmOwnChat *own)
{
    return own == sm_app_here(app) &&
           sm_alert_policy_focused(app->alerts->policy, own->id, sm_loop_now(app->loop));
}

/* --- Deadlines
 * ------------------------------------------------------------------------------------- */

static int level_at(const SmDeadline *deadline, int64_t now, int64_t *next)
{
    int64_t half, high;
    int64_t steps[3];
    int level = 0;

    sm_deadline_warnings(deadline, &half, &high);
    steps[0] = half;
    steps[1] = high;
    steps[2] = deadline->due;
    for (int i = 0; i < 3; i++) {
        if (steps[i] <= now)
            level = i + 1;
        else
            *next = MIN(*next, steps[i]);
    }
    return level;
}

static void settle(SmApp *app, SmOwnChat *own)
{
    g_autoptr(GPtrArray) out = sm_alert_decisions_new();

    own->watched_due = -1;
    own->watched_level = 0;
    own->repeat_at = 0;
    sm_alert_log_acknowledged(app->alerts->log, own->id, 0, "answered", sm_loop_wall(app->loop));
    sm_alert_policy_settled(app->alerts->policy, own->id, out);
    carry_out(app, out);
}

static void arm_repeats(SmApp *app);

static void alert_level(SmApp *app, SmOwnChat *own, const SmDeadline *deadline)
{
    int64_t again = sm_options_int(app->options, "alerts.repeat");
    SmAlertEvent event = {.kind = own->watched_level == 3 ? SM_ALERT_OVERDUE : SM_ALERT_WARNING,
                          .chat = own->id,
                          .name = own->chat.name,
                          .count = own->chat.unread,
                          .left_ms = sm_deadline_remaining(deadline, sm_client_now(app->client))};

    own->repeat_at = again > 0 && own->repeats < REPEATS_MOST ? sm_loop_now(app->loop) + MAX(again, 1000) : 0;
    alert(app, &event);
    arm_repeats(app);
}

/* Alert what a chat's deadline has reached; the instant of its next level. */
static int64_t watch(SmApp *app, SmOwnChat *own)
{
    int64_t now = sm_client_now(app->client), next = INT64_MAX;
    SmDeadline deadline = {.kind = SM_CLOCK_NONE};

    if (own->mine && own->chat.conversation->state != SM_STATE_SNOOZED)
        deadline = sm_conversation_deadline(own->chat.conversation);
    if (deadline.kind == SM_CLOCK_NONE) {
        if (own->watched_due >= 0)
            settle(app, own);
        return INT64_MAX;
    }
    if (own->watched_due != deadline.due) {
        if (own->watched_due >= 0)
            settle(app, own);
        own->watched_due = deadline.due;
        own->watched_level = 0;
    }
    int level = level_at(&deadline, now, &next);
    if (level > own->watched_level) {
        own->watched_level = level;
        own->repeats = 0;
        alert_level(app, own, &deadline);
    }
    return next;
}

/* --- Once more, until somebody looks --------------------------------------------------------------- */

static void repeat_due(void *user);

static void arm_repeats(SmApp *app)
{
    int64_t next = INT64_MAX;

    for (guint i = 0; i < app->list->len; i++) {
        const SmOwnChat *own = app->list->pdata[i];
        if (own->repeat_at > 0)
            next = MIN(next, own->repeat_at);
    }
    sm_loop_remove(app->loop, &app->alerts->repeat_timer);
    if (next != INT64_MAX)
        app->alerts->repeat_timer = sm_loop_at(app->loop, next, repeat_due, app);
}

static void repeat_due(void *user)
{
    SmApp *app = user;
    int64_t now = sm_loop_now(app->loop);

    app->alerts->repeat_timer = 0;
    for (guint i = 0; i < app->list->len; i++) {
        SmOwnChat *own = app->list->pdata[i];
        if (own->repeat_at == 0 || own->repeat_at > now)
            continue;
        own->repeat_at = 0;
        if (own->chat.conversation == NULL) /* the desk took it away */
            continue;
        SmDeadline deadline = sm_conversation_deadline(own->chat.conversation);
        if (own->watched_level > 0 && deadline.kind != SM_CLOCK_NONE && ++own->repeats <= REPEATS_MOST)
            alert_level(app, own, &deadline);
    }
    arm_repeats(app);
}

static void levels_due(void *user);

static void watch_all(SmApp *app)
{
    int64_t next = INT64_MAX;

    for (guint i = 0; i < app->list->len; i++) {
        SmOwnChat *own = app->list->pdata[i];
        if (own->chat.conversation != NULL)
            next = MIN(next, watch(app, own));
    }
    sm_loop_remove(app->loop, &app->alerts->level_timer);
    if (next != INT64_MAX)
        app->alerts->level_timer = sm_loop_at(app->loop, boot_of(app, next), levels_due, app);
}

static void levels_due(void *user)
{
    SmApp *app = user;

    app->alerts->level_timer = 0;
    watch_all(app);
    sm_app_dirty(app, SM_DIRTY_CLOCKS | SM_DIRTY_BAR);
}

/* --- Lines and rows
 * -------------------------------------------------------------------------------- */

static void look_at_lines(SmApp *app, SmOwnChat *own)
{
    const SmConversation *c = own->chat.conversation;
    const SmLine *latest = NULL;
    gboolean fresh = own->fresh;
    guint count = 0;

    own->fresh = FALSE;
    for (guint i = c->lines->len; i-- > 0;) {
        const SmLine *line = c->lines->pdata[i];
        if (line->n == 0)
            continue;
        if (line->n <= own->alerted_n)
            break;
        if (line->author == SM_AUTHOR_CUSTOMER) {
            latest = latest != NULL ? latest : line;
            count++;
        }
    }
    own->alerted_n = MAX(own->alerted_n, c->version);
    if (!own->mine ||
        (app->focus == SM_FOCUS_YES && own == sm_app_here(app) && own->chat.scroll == 0))
        return;
    if (fresh && !app->alerts->catching_up) {
        gboolean taken = FALSE;
        for (guint i = c->lines->len; i-- > 0;) {
            const SmLine *line = c->lines->pdata[i];
            if (line->event == SM_EVENT_CONVERSATION_ASSIGNED) {
                taken = line->cause == SM_CAUSE_CLAIM;
                break;
            }
        }
        if (!taken) {
            SmAlertEvent event = {.kind = SM_ALERT_ASSIGNED,
                                  .chat = own->id,
                                  .name = own->chat.name,
                                  .count = own->chat.unread,
                                  .left_ms = SM_ALERT_NO_TIME};
            alert(app, &event);
        }
        return;
    }
    if (latest == NULL)
        return;
    SmDeadline deadline = sm_conversation_deadline(c);
    g_autoptr(SmSafe) text = latest->text != NULL ? sm_app_shown(app, latest->text, FALSE) : NULL;
    SmAlertEvent event = {.kind = SM_ALERT_MESSAGE,
                          .chat = own->id,
                          .name = own->chat.name,
                          .count = own->chat.unread,
                          .text = text,
                          .left_ms =
                              deadline.kind == SM_CLOCK_NONE
                                  ? SM_ALERT_NO_TIME
                                  : sm_deadline_remaining(&deadline, sm_client_now(app->client))};
    alert(app, &event);
}

static void look_at_queue(SmApp *app)
{
    const GPtrArray *rows = sm_desk_rows(sm_client_desk(app->client), sm_client_actor(app->client));
    GHashTable *now_waiting = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const SmAgent *me = sm_app_my_agent(app);
    g_autoptr(GPtrArray) gone = sm_alert_decisions_new();
    GHashTableIter iter;
    gpointer id;

    for (guint i = 0; i < rows->len; i++) {
        const SmQueueRow *row = rows->pdata[i];
        g_hash_table_add(now_waiting, g_strdup(row->conversation));
        if (g_hash_table_contains(app->alerts->waiting, row->conversation) || me == NULL ||
            me->availability == SM_AVAILABLE_OFFLINE)
            continue;
        g_autoptr(SmSafe) name =
            sm_safe_screen_line(row->name != NULL && *row->name ? row->name : _("customer"), -1);
        SmAlertEvent event = {
            .kind = SM_ALERT_WAITING,
            .chat = row->conversation,
            .name = name,
            .left_ms = row->deadline.kind == SM_CLOCK_NONE
                           ? SM_ALERT_NO_TIME
                           : sm_deadline_remaining(&row->deadline, sm_client_now(app->client))};
        alert(app, &event);
    }
    g_hash_table_iter_init(&iter, app->alerts->waiting);
    while (g_hash_table_iter_next(&iter, &id, NULL))
        if (!g_hash_table_contains(now_waiting, id) && sm_chats_get(app, id) == NULL)
            sm_alert_policy_settled(app->alerts->policy, id, gone);
    g_hash_table_unref(app->alerts->waiting);
    app->alerts->waiting = now_waiting;
    carry_out(app, gone);
}

void sm_alerts_update(SmApp *app)
{
    look_at_queue(app);
    for (guint i = 0; i < app->list->len; i++) {
        SmOwnChat *own = app->list->pdata[i];
        if (own->chat.conversation != NULL)
            look_at_lines(app, own);
    }
    watch_all(app);
}

void sm_alerts_linked(SmApp *app)
{
    SmLinkState state = sm_client_link(app->client)->state;

    if ((state == SM_LINK_STARTING || state == SM_LINK_CATCHING_UP) && !app->alerts->catching_up) {
        app->alerts->catching_up = TRUE;
        sm_alert_policy_catch_up_begin(app->alerts->policy);
    } else if (state == SM_LINK_LIVE && app->alerts->catching_up) {
        g_autoptr(GPtrArray) out = sm_alert_decisions_new();
        sm_alerts_update(app);
        app->alerts->catching_up = FALSE;
        sm_alert_policy_catch_up_end(app->alerts->policy, sm_loop_now(app->loop), out);
        carry_out(app, out);
    }
}

/* --- What the agent does
 * --------------------------------------------------------------------------- */

void sm_alerts_key(SmApp *app)
{
    SmOwnChat *own = sm_app_here(app);

    app->keys_pressed++;
    sm_lock_key(app);
    if (app->alerts->until_typing)
        sm_alerts_do_not_disturb(app, 0);
    if (own == NULL)
        return;
    sm_alert_policy_key(app->alerts->policy, own->id, sm_loop_now(app->loop));
    if (own->seen > own->read_n && sm_alerts_here(app, own))
        sm_chats_read(app, own);
}

void sm_alerts_read(SmApp *app, const char *conversation)
{
    g_autoptr(GPtrArray) out = sm_alert_decisions_new();

    SmOwnChat *own = sm_chats_get(app, conversation);

    if (own != NULL) /* looked at: enough */
        own->repeat_at = 0;
    sm_alert_log_acknowledged(app->alerts->log, conversation, 0, "read", sm_loop_wall(app->loop));
    sm_alert_policy_read(app->alerts->policy, conversation, out);
    carry_out(app, out);
}

void sm_app_erased(SmApp *app, const char *content)
{
    sm_alert_log_erased(app->alerts->log, content);
}

void sm_app_alert_closed(SmApp *app, guint32 slot)
{
    sm_alert_log_acknowledged(app->alerts->log, NULL, slot, "closed", sm_loop_wall(app->loop));
    sm_alert_policy_closed(app->alerts->policy, slot);
}

void sm_alerts_focus(SmApp *app)
{
    sm_alert_policy_focus(app->alerts->policy, app->focus);
}

void sm_alerts_do_not_disturb(SmApp *app, int64_t ms)
{
    int64_t now = sm_loop_now(app->loop);

    app->alerts->until_typing = ms == INT64_MAX;
    app->alerts->disturb_until = ms == 0 ? 0 : ms == INT64_MAX ? INT64_MAX : now + ms;
    keep_quiet(app);
    if (ms == 0)
        sm_app_sayf(app, FALSE, _("Alerts are on."));
    else if (ms == INT64_MAX)
        sm_app_sayf(app, FALSE, _("Do not disturb until you type; overdue chats still ring."));
    else
        sm_app_sayf(app, FALSE, _("Do not disturb for %d minutes; overdue chats still ring."),
                    (int)((ms + 59999) / 60000));
}

gboolean sm_app_do_not_disturb(SmApp *app)
{
    return !sm_alert_policy_is_disturbable(app->alerts->policy, sm_loop_now(app->loop));
}

void sm_alerts_test(SmApp *app)
{
    SmAlertDecision test = {.routes = SM_ROUTE_ALL,
                            .op = SM_NOTIFY_SHOW,
                            .slot = G_MAXUINT32,
                            .level = SM_URGENCY_WARNING,
                            .kind = SM_ALERT_WARNING,
                            .chats = 1,
                            .count = 1,
                            .left_ms = 42000};
    g_autoptr(SmSafe) title = sm_safe_from_literal(_("seatmux: a test")),
                      body = sm_safe_from_literal(_("An alert by every route."));

    test.title = title;
    test.body = body;
    if (!sm_options_bool(app->options, "bell"))
        test.routes &= ~(guint)SM_ROUTE_BELL;
    if (app->show.alert != NULL)
        app->show.alert(&test, app->show.user);
    g_autofree char *sent = sm_alert_routes_words(real_routes(app, test.routes), TRUE);
    g_autoptr(SmSafe) words = sm_safe_line(app->alert_words, -1), routes = sm_safe_line(sent, -1);
    sm_app_sayf(app, FALSE, _("Sent to: %S. State: %S."), routes, words);
}

/* --- Options, title
 * -------------------------------------------------------------------------------- */

void sm_alerts_options(SmApp *app)
{
    SmAlertOptions options;

    sm_alert_options_init(&options);
    for (int level = 0; level < SM_URGENCIES; level++) {
        g_autofree char *name = g_strconcat("alerts.", sm_urgency_name((SmUrgency)level), NULL);
        sm_alert_routes_parse(sm_options_str(app->options, name), &options.routes[level], NULL);
    }
    options.show_text = sm_options_bool(app->options, "alerts.show_text");
    sm_alert_policy_set_options(app->alerts->policy, &options);
}

void sm_alerts_title(SmApp *app)
{
    int unread = 0;

    for (guint i = 0; i < app->list->len && !app->locked; i++)
        unread += ((SmOwnChat *)app->list->pdata[i])->chat.unread > 0;
    g_autoptr(SmSafe) me = sm_safe_line(sm_app_me(app), -1);
    g_autoptr(SmSafe) title = unread > 0 ? sm_safe_format("(%d) seatmux: %S", unread, me)
                                         : sm_safe_format("seatmux: %S", me);
    if (g_strcmp0(app->title, sm_safe_str(title)) == 0)
        return;
    g_free(app->title);
    app->title = g_strdup(sm_safe_str(title));
    if (app->show.title != NULL)
        app->show.title(title, app->show.user);
}

void sm_alerts_new(SmApp *app)
{
    g_autofree char *directory = app->state_file != NULL ? g_path_get_dirname(app->state_file) : NULL;
    g_autofree char *path = directory != NULL ? g_build_filename(directory, "alerts.jsonl", NULL) : NULL;

    app->alerts = g_new0(SmAlerts, 1);
    app->alerts->log = sm_alert_log_new(path);
    app->alerts->policy = sm_alert_policy_new(NULL);
    app->alerts->waiting = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    sm_alerts_options(app);
    /* Everything that is there at the start is one summary. */
    app->alerts->catching_up = TRUE;
    sm_alert_policy_catch_up_begin(app->alerts->policy);
}

void sm_alerts_free(SmApp *app)
{
    sm_loop_remove(app->loop, &app->alerts->level_timer);
    sm_loop_remove(app->loop, &app->alerts->held_timer);
    sm_loop_remove(app->loop, &app->alerts->repeat_timer);
    sm_alert_policy_free(app->alerts->policy);
    sm_alert_log_free(app->alerts->log);
    g_hash_table_unref(app->alerts->waiting);
    g_clear_pointer(&app->alerts, g_free);
}

const GPtrArray *sm_alerts_entries(SmApp *app)
{
    return sm_alert_log_entries(app->alerts->log);
}
