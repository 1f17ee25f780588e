/* SPDX-License-Identifier: MIT */
/* notice: the fold of broadcasts and incident notices, who gets one, and how both are shown. */
#include "desk/desk_private.h"

#include <string.h>

#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"

#define ENDED_KEPT 8 /* broadcasts that ended and can still be looked at */
#define MINUTE_MS 60000

static const char *const STATES[] = {"running", "done", "stopped"};

const char *sm_broadcast_state_name(SmBroadcastState state)
{
    g_return_val_if_fail((guint)state < G_N_ELEMENTS(STATES), STATES[0]);
    return STATES[state];
}

static void broadcast_free(gpointer data)
{
    SmBroadcast *b = data;

    g_free(b->id);
    g_free(b->by);
    g_free(b->content);
    g_free(b->text);
    g_ptr_array_unref(b->chats);
    g_free(b);
}

static void incident_free(gpointer data)
{
    SmIncident *i = data;

    g_free(i->id);
    g_free(i->by);
    g_free(i->team);
    g_free(i->inbox);
    g_free(i->content);
    g_free(i->text);
    g_free(i);
}

GPtrArray *sm_broadcasts_new(void)
{
    return g_ptr_array_new_with_free_func(broadcast_free);
}

GPtrArray *sm_incidents_new(void)
{
    return g_ptr_array_new_with_free_func(incident_free);
}

static SmBroadcast *broadcast_new(const char *id)
{
    SmBroadcast *b = g_new0(SmBroadcast, 1);

    b->id = g_strdup(id);
    b->chats = g_ptr_array_new_with_free_func(g_free);
    b->ended = -1;
    b->next = INT64_MAX;
    return b;
}

const GPtrArray *sm_desk_broadcasts(const SmDesk *desk)
{
    return desk->broadcasts;
}

const GPtrArray *sm_desk_incidents(const SmDesk *desk)
{
    return desk->incidents;
}

static SmBroadcast *find_broadcast(const SmDesk *desk, const char *id)
{
    for (guint i = 0; i < desk->broadcasts->len; i++) {
        SmBroadcast *b = desk->broadcasts->pdata[i];
        if (g_strcmp0(b->id, id) == 0) {
            return b;
        }
    }
    return NULL;
}

static SmIncident *find_incident(const SmDesk *desk, const char *id)
{
    for (guint i = 0; i < desk->incidents->len; i++) {
        SmIncident *incident = desk->incidents->pdata[i];
        if (g_strcmp0(incident->id, id) == 0) {
            return incident;
        }
    }
    return NULL;
}

const SmBroadcast *sm_desk_broadcast(const SmDesk *desk, const char *id)
{
    return find_broadcast(desk, id);
}

const SmIncident *sm_desk_incident(const SmDesk *desk, const char *id)
{
    return find_incident(desk, id);
}

/* --- The fold ----------------------------------------------------------------------------------
 */

static void end(SmBroadcast *b, SmBroadcastState state, int64_t at)
{
    b->state = state;
    b->ended = at;
    b->next = INT64_MAX;
}

/* Those that ended are forgotten from the oldest on. */
static void forget_old(SmDesk *desk)
{
    guint ended = 0;

    for (guint i = desk->broadcasts->len; i-- > 0;) {
        const SmBroadcast *b = desk->broadcasts->pdata[i];
        if (b->state != SM_BROADCAST_RUNNING && ++ended > ENDED_KEPT) {
            g_ptr_array_remove_index(desk->broadcasts, i);
        }
    }
}

static void started(SmDesk *desk, const SmEvent *event, int64_t at)
{
    size_t i;
    json_t *id;

    if (find_broadcast(desk, event->notice)) {
        return;
    }
    SmBroadcast *b = broadcast_new(event->notice);
    b->by = g_strdup(event->by);
    b->content = g_strdup(event->content);
    b->text = g_strdup(event->text);
    b->pace = CLAMP(event->n, 1, SM_PACE_MOST);
    json_array_foreach(event->data, i, id)
    {
        g_ptr_array_add(b->chats, g_strdup(json_string_value(id)));
    }
    b->total = b->chats->len;
    b->started = b->next = at;
    g_ptr_array_add(desk->broadcasts, b);
    forget_old(desk);
}

/* The pace is that of the clock, but after a pause of the desk it goes on from there: nothing is caught up on at once. */
static int64_t next_of(const SmBroadcast *b, int64_t at)
{
    int64_t step = MINUTE_MS / b->pace;

    return b->next < INT64_MAX - step && b->next + step > at ? b->next + step : at + step;
}

static void advanced(SmBroadcast *b, const SmEvent *event, int64_t at)
{
    guint place = (guint)CLAMP(event->n, 0, b->total);

    if (b->state != SM_BROADCAST_RUNNING || place <= b->place) {
        return;
    }
    b->place = place;
    b->sent = (guint)CLAMP(event->level, b->sent, place);
    b->next = next_of(b, at);
    if (b->place >= b->total) {
        end(b, SM_BROADCAST_DONE, at);
    }
}

static void incident_set(SmDesk *desk, const SmEvent *event, int64_t at)
{
    if (find_incident(desk, event->notice)) {
        return;
    }
    SmIncident *incident = g_new0(SmIncident, 1);
    incident->id = g_strdup(event->notice);
    incident->by = g_strdup(event->by);
    incident->team = g_strdup(event->team);
    incident->inbox = g_strdup(event->inbox);
    incident->content = g_strdup(event->content);
    incident->text = g_strdup(event->text);
    incident->since = at;
    incident->until = event->until;
    g_ptr_array_add(desk->incidents, incident);
}

void sm_notice_apply(SmDesk *desk, const SmEvent *event, int64_t at)
{
    SmBroadcast *b = find_broadcast(desk, event->notice);
    SmIncident *incident = find_incident(desk, event->notice);

    if (event->type == SM_EVENT_BROADCAST_STARTED) {
        started(desk, event, at);
    } else if (event->type == SM_EVENT_INCIDENT_SET) {
        incident_set(desk, event, at);
    } else if (event->type == SM_EVENT_BROADCAST_ADVANCED && b) {
        advanced(b, event, at);
    } else if (event->type == SM_EVENT_BROADCAST_STOPPED && b && b->state == SM_BROADCAST_RUNNING) {
        end(b, SM_BROADCAST_STOPPED, at);
    } else if (event->type == SM_EVENT_INCIDENT_CLEARED && incident) {
        g_ptr_array_remove(desk->incidents, incident);
    }
    forget_old(desk);
}

void sm_notice_posted(SmConv *conv, const SmEvent *event)
{
    if (event->kind == SM_MESSAGE_INCIDENT && event->notice && !conv->installed) {
        conv->noticed = conv->noticed ? conv->noticed : g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(conv->noticed, g_strdup(event->notice));
    }
}

void sm_notice_forget(SmDesk *desk, const char *content)
{
    for (guint i = 0; i < desk->broadcasts->len; i++) {
        SmBroadcast *b = desk->broadcasts->pdata[i];
        if (g_strcmp0(b->content, content) == 0) {
            g_clear_pointer(&b->text, g_free);
            b->next = INT64_MAX;
        }
    }
    for (guint i = 0; i < desk->incidents->len; i++) {
        SmIncident *incident = desk->incidents->pdata[i];
        if (g_strcmp0(incident->content, content) == 0) {
            g_clear_pointer(&incident->text, g_free);
        }
    }
}

int64_t sm_notice_next_due(const SmDesk *desk)
{
    int64_t due = INT64_MAX;

    for (guint i = 0; i < desk->broadcasts->len; i++) {
        const SmBroadcast *b = desk->broadcasts->pdata[i];
        due = b->text ? MIN(due, b->next) : due;
    }
    for (guint i = 0; i < desk->incidents->len; i++) {
        due = MIN(due, ((const SmIncident *)desk->incidents->pdata[i])->until);
    }
    return due;
}

/* --- Who gets one ------------------------------------------------------------------------------
 */

static gboolean is_under_way(const SmDesk *desk, const char *conversation)
{
    for (guint i = 0; i < desk->broadcasts->len; i++) {
        const SmBroadcast *b = desk->broadcasts->pdata[i];
        for (guint k = b->place; b->state == SM_BROADCAST_RUNNING && k < b->chats->len; k++) {
            if (g_str_equal(b->chats->pdata[k], conversation)) {
                return TRUE;
            }
        }
    }
    return FALSE;
}

const char *sm_broadcast_why_not(const SmDesk *desk, const SmAgent *sender, const SmConv *conv)
{
    if (!conv || conv->c.archived || (sender && !sm_agent_in_team(sender, conv->c.team))) {
        return "is no chat of your teams";
    }
    if (conv->c.state == SM_STATE_RESOLVED) {
        return "has ended";
    }
    return conv->c.left >= 0 ? "the customer has gone" : NULL;
}

typedef struct {
    const SmDesk *desk;
    const SmAgent *sender;
    GHashTable *seen;  /* ids, borrowed from `chosen` or the desk */
    GPtrArray *chosen; /* char* */
    guint count;
    json_t *left_out;
} Plan;

static void look_at(Plan *plan, const char *id)
{
    const SmConv *conv = sm_desk_find(plan->desk, id);
    const char *why = sm_broadcast_why_not(plan->desk, plan->sender, conv);

    if (!g_hash_table_add(plan->seen, g_strdup(id))) {
        return;
    }
    if (!why && is_under_way(plan->desk, id)) {
        why = "another broadcast is on its way";
    }
    if (!why && plan->count >= SM_MAX_BROADCAST_CHATS) {
        why = "more than one broadcast may have";
    }
    if (why && json_array_size(plan->left_out) < SM_MAX_BROADCAST_CHATS) {
        json_array_append_new(plan->left_out, json_pack("{s:s, s:s}", "conversation", id, "why", why));
    } else if (!why) {
        plan->count++;
        if (plan->chosen) {
            g_ptr_array_add(plan->chosen, g_strdup(id));
        }
    }
}

static void look_through(Plan *plan, const SmFilter *filter, int64_t now)
{
    const GPtrArray *all = plan->desk->sorted;

    for (guint i = 0; i < all->len; i++) {
        const SmConversation *c = all->pdata[i];
        SmFilterSubject subject = sm_filter_subject(c);
        gboolean ours = !plan->sender || sm_agent_in_team(plan->sender, c->team);
        if (ours && c->state != SM_STATE_RESOLVED && sm_filter_matches(filter, &subject, now)) {
            look_at(plan, c->id);
        }
    }
}

json_t *sm_desk_plan_broadcast(const SmDesk *desk, SmActor actor, const json_t *chats, const SmFilter *filter, int64_t now,
                               GPtrArray *chosen)
{
    Plan plan = {.desk = desk,
                 .sender = actor.kind == SM_ACTOR_STAFF ? sm_desk_agent(desk, actor.id) : NULL,
                 .seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                 .chosen = chosen,
                 .left_out = json_array()};

    for (gsize i = 0; i < json_array_size(chats); i++) {
        const char *id = json_string_value(json_array_get(chats, i));
        look_at(&plan, id ? id : "");
    }
    if (!chats) {
        look_through(&plan, filter, now);
    }
    g_hash_table_unref(plan.seen);
    return json_pack("{s:i, s:o}", "count", (int)plan.count, "left_out", plan.left_out);
}

/* --- Shown -------------------------------------------------------------------------------------
 */

json_t *sm_broadcast_json(const SmBroadcast *b)
{
    json_t *json = json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I}", "id", b->id, "state", STATES[b->state], "total",
                             (json_int_t)b->total, "place", (json_int_t)b->place, "sent", (json_int_t)b->sent, "pace",
                             (json_int_t)b->pace, "started", (json_int_t)b->started);

    sm_json_set_str(json, "by", b->by);
    sm_json_set_str(json, "content", b->content);
    sm_json_set_str(json, "text", b->text);
    if (b->ended >= 0) {
        json_object_set_new(json, "ended", json_integer(b->ended));
    }
    return json;
}

json_t *sm_incident_json(const SmIncident *incident)
{
    json_t *json = json_pack("{s:s, s:I, s:I}", "id", incident->id, "since", (json_int_t)incident->since, "until",
                             (json_int_t)incident->until);

    sm_json_set_str(json, "by", incident->by);
    sm_json_set_str(json, "team", incident->team);
    sm_json_set_str(json, "inbox", incident->inbox);
    sm_json_set_str(json, "content", incident->content);
    sm_json_set_str(json, "text", incident->text);
    return json;
}

/* Left out where there is none: so it was before there were any. */
void sm_notice_project(const SmDesk *desk, json_t *shared)
{
    json_t *broadcasts = json_array(), *incidents = json_array();

    for (guint i = 0; i < desk->broadcasts->len; i++) {
        json_array_append_new(broadcasts, sm_broadcast_json(desk->broadcasts->pdata[i]));
    }
    for (guint i = 0; i < desk->incidents->len; i++) {
        json_array_append_new(incidents, sm_incident_json(desk->incidents->pdata[i]));
    }
    if (json_array_size(broadcasts) > 0) {
        json_object_set(shared, "broadcasts", broadcasts);
    }
    if (json_array_size(incidents) > 0) {
        json_object_set(shared, "incidents", incidents);
    }
    json_decref(broadcasts);
    json_decref(incidents);
}

/* --- Installed ---------------------------------------------------------------------------------
 */

static gboolean invalid(GError **error, const char *what)
{
    g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "%s is not what it must be", what);
    return FALSE;
}

static char *text_of(const json_t *json, const char *key)
{
    return g_strdup(sm_json_str(json, key, NULL));
}

static gboolean read_broadcast(GPtrArray *to, const json_t *json, GError **error)
{
    guint state = 0;

    if (!sm_json_check(json, "id:s state:s total:i place:i sent:i pace:i started:i ended:i? by:s? content:s? text:s?", error)) {
        return FALSE;
    }
    while (state < G_N_ELEMENTS(STATES) && strcmp(STATES[state], sm_json_str(json, "state", "")) != 0) {
        state++;
    }
    int64_t total = sm_json_int(json, "total", -1), place = sm_json_int(json, "place", -1), sent = sm_json_int(json, "sent", -1);
    if (state == G_N_ELEMENTS(STATES) || !sm_id_valid(sm_json_str(json, "id", "")) || total < 0 ||
        total > SM_MAX_BROADCAST_CHATS || place < 0 || place > total || sent < 0 || sent > place) {
        return invalid(error, "a broadcast");
    }
    SmBroadcast *b = broadcast_new(sm_json_str(json, "id", ""));
    b->by = text_of(json, "by");
    b->content = text_of(json, "content");
    b->text = text_of(json, "text");
    b->state = (SmBroadcastState)state;
    b->total = (guint)total;
    b->place = (guint)place;
    b->sent = (guint)sent;
    b->pace = CLAMP(sm_json_int(json, "pace", 1), 1, SM_PACE_MOST);
    b->started = sm_json_int(json, "started", 0);
    b->ended = sm_json_int(json, "ended", -1);
    g_ptr_array_add(to, b);
    return TRUE;
}

static gboolean read_incident(GPtrArray *to, const json_t *json, GError **error)
{
    if (!sm_json_check(json, "id:s since:i until:i by:s? team:s? inbox:s? content:s? text:s?", error)) {
        return FALSE;
    }
    if (!sm_id_valid(sm_json_str(json, "id", ""))) {
        return invalid(error, "an incident notice");
    }
    SmIncident *incident = g_new0(SmIncident, 1);
    incident->id = text_of(json, "id");
    incident->by = text_of(json, "by");
    incident->team = text_of(json, "team");
    incident->inbox = text_of(json, "inbox");
    incident->content = text_of(json, "content");
    incident->text = text_of(json, "text");
    incident->since = sm_json_int(json, "since", 0);
    incident->until = sm_json_int(json, "until", 0);
    g_ptr_array_add(to, incident);
    return TRUE;
}

gboolean sm_notice_install(SmDesk *desk, const json_t *shared, GError **error)
{
    g_autoptr(GPtrArray) broadcasts = sm_broadcasts_new(), incidents = sm_incidents_new();
    const json_t *list = json_object_get(shared, "broadcasts");

    if (json_array_size(list) > SM_MAX_BROADCASTS + ENDED_KEPT ||
        json_array_size(json_object_get(shared, "incidents")) > SM_MAX_INCIDENTS) {
        g_set_error(error, SM_ERROR, SM_ERROR_LIMIT, "more than BROADCASTS broadcasts or INCIDENTS notices");
        return FALSE;
    }
    for (gsize i = 0; i < json_array_size(list); i++) {
        if (!read_broadcast(broadcasts, json_array_get(list, i), error)) {
            return FALSE;
        }
    }
    list = json_object_get(shared, "incidents");
    for (gsize i = 0; i < json_array_size(list); i++) {
        if (!read_incident(incidents, json_array_get(list, i), error)) {
            return FALSE;
        }
    }
    g_ptr_array_unref(desk->broadcasts);
    g_ptr_array_unref(desk->incidents);
    desk->broadcasts = g_steal_pointer(&broadcasts);
    desk->incidents = g_steal_pointer(&incidents);
    return TRUE;
}
