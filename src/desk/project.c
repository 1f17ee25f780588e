/* SPDX-License-Identifier: MIT */
/* project: what a viewer is shown, as JSON. Snapshots, pages and the property test use the same. */
#include "desk/desk_private.h"
#include "desk/event_codec.h"
#include "desk/turn_private.h"

#include <string.h>

#define FIRST_LINE_CHARS 200

/* Stamps that never were are left out. */
static void put_stamp(json_t *json, const char *key, int64_t value)
{
    if (value >= 0) {
        json_object_set_new(json, key, json_integer(value));
    }
}

static void put_count(json_t *json, const char *key, int64_t value)
{
    if (value != 0) {
        json_object_set_new(json, key, json_integer(value));
    }
}

static void put_flag(json_t *json, const char *key, gboolean value)
{
    if (value) {
        json_object_set_new(json, key, json_true());
    }
}

/* --- Lines -------------------------------------------------------------------------------------
 */

static const char *line_kind_name(SmLineKind kind)
{
    static const char *const names[] = {"message", "note", "whisper", "event"};
    return names[kind];
}

static json_t *line_head(const SmLine *line)
{
    json_t *json = json_object();

    json_object_set_new(json, "seq", json_integer(line->seq));
    json_object_set_new(json, "at", json_integer(line->at));
    json_object_set_new(json, "kind", json_string(line_kind_name(line->kind)));
    json_object_set_new(json, "event", json_string(sm_event_type_name(line->event)));
    sm_json_set_str(json, "id", line->id);
    if (line->kind != SM_LINE_EVENT) {
        json_object_set_new(json, "author", json_string(sm_author_name(line->author)));
    }
    if (line->message_kind != SM_MESSAGE_TEXT) {
        sm_json_set_str(json, "message_kind", sm_message_kind_name(line->message_kind));
    }
    return json;
}

static void put_content(json_t *json, const SmLine *line)
{
    sm_json_set_str(json, "content", line->content);
    sm_json_set_str(json, "text", line->text);
    put_flag(json, "erased", line->erased);
    if (line->file) {
        json_object_set(json, "file", line->file);
    }
}

static json_t *line_for_staff(const SmLine *line)
{
    json_t *json = line_head(line);

    sm_json_set_str(json, "agent", line->agent);
    sm_json_set_str(json, "name", line->name);
    sm_json_set_str(json, "by", line->by);
    sm_json_set_str(json, "reason", line->reason);
    if (line->cause != SM_CAUSE_NONE) {
        sm_json_set_str(json, "cause", sm_cause_name(line->cause));
    }
    put_content(json, line);
    put_count(json, "n", line->n);
    put_count(json, "level", line->level);
    put_flag(json, "complaint", line->complaint);
    return json;
}

/* In a customer's own client `agent` is the display name already. */
static json_t *line_for_customer(const SmLine *line, gboolean installed)
{
    json_t *json = line_head(line);

    if (line->kind == SM_LINE_MESSAGE || line->event == SM_EVENT_RATING_ANSWERED) {
        sm_json_set_str(json, "agent", installed ? line->agent : line->name);
        put_content(json, line);
    }
    put_count(json, "n", line->n);
    put_count(json, "level", line->level);
    put_flag(json, "complaint", line->complaint);
    return json;
}

static json_t *project_lines(const SmConv *conv, gboolean customer)
{
    json_t *lines = json_array();

    for (guint i = 0; i < conv->c.lines->len; i++) {
        const SmLine *line = conv->c.lines->pdata[i];
        if (!customer) {
            json_array_append_new(lines, line_for_staff(line));
        } else if (sm_line_is_public(line)) {
            json_array_append_new(lines, line_for_customer(line, conv->installed));
        }
    }
    return lines;
}

/* --- Conversations -----------------------------------------------------------------------------
 */

/* A bot and a snooze are the staff's business. */
static SmState state_for_customer(const SmConversation *c)
{
    if (c->bot) {
        return SM_STATE_QUEUED;
    }
    return c->state == SM_STATE_SNOOZED ? SM_STATE_OPEN : c->state;
}

static json_t *conversation_head(const SmConversation *c, SmState state)
{
    json_t *json = json_object();

    json_object_set_new(json, "id", json_string(c->id));
    json_object_set_new(json, "first_seq", json_integer(c->first_seq));
    json_object_set_new(json, "state", json_string(sm_state_name(state)));
    sm_json_set_str(json, "language", c->language);
    put_stamp(json, "started", c->started);
    put_stamp(json, "last_at", c->last_at);
    put_count(json, "version", c->version);
    put_count(json, "stars", c->stars);
    put_flag(json, "offline", c->offline);
    return json;
}

static void put_profile(json_t *json, const SmConversation *c)
{
    sm_json_set_str(json, "name", c->name);
    sm_json_set_str(json, "order", c->order);
    if (c->attributes) {
        json_object_set(json, "attributes", c->attributes);
    }
    sm_json_set_str(json, "profile", c->profile_content);
    sm_json_set_str(json, "reach", c->reach);
}

static void put_people(json_t *json, const SmConversation *c)
{
    if (c->participants->len > 0) {
        json_t *list = json_array();
        for (guint i = 0; i < c->participants->len; i++) {
            const SmParticipant *participant = c->participants->pdata[i];
            json_array_append_new(list, json_pack("{s:s, s:b}", "agent", participant->agent, "consult", participant->consult));
        }
        json_object_set_new(json, "participants", list);
    }
    if (c->offered_to) {
        json_object_set_new(json, "offer",
                            json_pack("{s:s, s:s*, s:s*, s:I}", "agent", c->offered_to, "by", c->offered_by, "team",
                                      c->offered_team, "until", (json_int_t)c->offer_until));
    }
}

static json_t *conversation_for_staff(const SmDesk *desk, const SmConversation *c)
{
    json_t *json = conversation_head(c, c->state);

    sm_json_set_str(json, "contact", c->contact);
    sm_json_set_str(json, "inbox", c->inbox);
    sm_json_set_str(json, "team", c->team);
    put_profile(json, c);
    sm_json_set_str(json, "owner", c->owner);
    put_flag(json, "bot", c->bot);
    put_flag(json, "training", c->training);
    put_flag(json, "unseen", c->unseen);
    put_flag(json, "complaint", c->complaint);
    put_stamp(json, "queued", c->queued);
    put_stamp(json, "assigned", c->assigned);
    put_stamp(json, "resolved", c->resolved);
    put_stamp(json, "reopened", c->reopened);
    put_stamp(json, "snoozed_until", c->snoozed_until);
    put_stamp(json, "left", c->left);
    sm_json_set_str(json, "reason", c->resolve_reason);
    json_object_set_new(json, "tags", sm_json_texts(c->tags));
    put_people(json, c);
    if (c->turns) {
        json_object_set_new(json, "turns", sm_turns_encode_for(c->turns, desk->policy));
    }
    return json;
}

static json_t *project_state(const SmDesk *desk, SmActor viewer, const SmConversation *c)
{
    gboolean customer = viewer.kind == SM_ACTOR_CUSTOMER;
    json_t *json =
        customer ? conversation_head(c, state_for_customer(c)) : conversation_for_staff(desk, c);

    json_object_set_new(json, "lines", project_lines((const SmConv *)c, customer));
    put_flag(json, "lines_cut", c->lines_cut);
    return json;
}

json_t *sm_desk_project_conversation(const SmDesk *desk, SmActor viewer, const SmConversation *c)
{
    json_t *json = project_state(desk, viewer, c);
    json_object_set_new(json, "as_of", json_integer(desk->seq));
    return json;
}

/* --- Waiting rows ------------------------------------------------------------------------------
 */

/* What the customer wrote first since somebody answered, else the last thing they wrote. */
static const SmLine *first_line(const SmConversation *c)
{
    const SmLine *found = NULL;

    for (guint i = c->lines->len; i-- > 0;) {
        const SmLine *line = c->lines->pdata[i];
        if (line->kind != SM_LINE_MESSAGE) {
            continue;
        }
        if (line->author == SM_AUTHOR_AGENT && found) {
            break;
        }
        if (line->author == SM_AUTHOR_CUSTOMER) {
            found = line;
        }
    }
    return found;
}

static char *shorten(const char *text)
{
    return text ? g_utf8_substring(text, 0, MIN(g_utf8_strlen(text, -1), FIRST_LINE_CHARS)) : NULL;
}

static SmQueueRow *row_of(const SmConversation *c)
{
    SmQueueRow *row = g_new0(SmQueueRow, 1);
    const SmLine *line = first_line(c);

    row->conversation = g_strdup(c->id);
    row->team = g_strdup(c->team);
    row->name = g_strdup(c->name);
    row->language = g_strdup(c->language);
    row->first_line = shorten(line ? line->text : NULL);
    row->queued = c->queued;
    row->offline = c->offline;
    row->deadline = sm_conversation_deadline(c);
    if (row->deadline.kind != SM_CLOCK_QUEUE) {
        row->deadline = (SmDeadline){.kind = SM_CLOCK_NONE, .began = -1, .due = -1, .target = -1};
    }
    if (row->deadline.policy) {
        sm_policy_ref(row->deadline.policy);
    }
    return row;
}

static json_t *encode_row(const SmQueueRow *row)
{
    json_t *json = json_object();

    json_object_set_new(json, "conversation", json_string(row->conversation));
    json_object_set_new(json, "team", json_string(row->team));
    sm_json_set_str(json, "name", row->name);
    sm_json_set_str(json, "language", row->language);
    sm_json_set_str(json, "first_line", row->first_line);
    json_object_set_new(json, "queued", json_integer(row->queued));
    put_flag(json, "offline", row->offline);
    if (row->deadline.kind == SM_CLOCK_QUEUE) {
        json_object_set_new(json, "deadline",
                            json_pack("{s:I, s:I, s:I}", "began", (json_int_t)row->deadline.began,
                                      "due", (json_int_t)row->deadline.due, "target",
                                      (json_int_t)row->deadline.target));
    }
    return json;
}

json_t *sm_desk_project_row(const SmDesk *desk, const SmConversation *c)
{
    SmQueueRow *row = row_of(c);
    json_t *json = encode_row(row);

    sm_queue_row_free(row);
    return json;
}

static SmQueueRow *copy_row(const SmQueueRow *row)
{
    SmQueueRow *copy = g_new(SmQueueRow, 1);

    *copy = *row;
    copy->conversation = g_strdup(row->conversation);
    copy->team = g_strdup(row->team);
    copy->name = g_strdup(row->name);
    copy->language = g_strdup(row->language);
    copy->first_line = g_strdup(row->first_line);
    if (copy->deadline.policy) {
        sm_policy_ref(copy->deadline.policy);
    }
    return copy;
}

static int64_t row_due(const SmQueueRow *row)
{
    return row->deadline.kind == SM_CLOCK_QUEUE ? row->deadline.due : INT64_MAX;
}

static gint by_urgency(gconstpointer a, gconstpointer b)
{
    const SmQueueRow *x = *(const SmQueueRow *const *)a;
    const SmQueueRow *y = *(const SmQueueRow *const *)b;

    if (row_due(x) != row_due(y)) {
        return row_due(x) < row_due(y) ? -1 : 1;
    }
    if (x->queued != y->queued) {
        return x->queued < y->queued ? -1 : 1;
    }
    return strcmp(x->conversation, y->conversation);
}

static void free_row(gpointer row)
{
    sm_queue_row_free(row);
}

static const GPtrArray *rows(SmDesk *desk, SmActor viewer, gboolean offline)
{
    const GPtrArray *all = sm_desk_conversations(desk);
    GHashTableIter iter;
    gpointer row;

    g_ptr_array_unref(desk->row_list);
    desk->row_list = g_ptr_array_new_with_free_func(free_row);
    for (guint i = 0; i < all->len; i++) {
        const SmConversation *c = all->pdata[i];
        if (c->offline == offline && sm_desk_sees_row(desk, viewer, c)) {
            g_ptr_array_add(desk->row_list, row_of(c));
        }
    }
    g_hash_table_iter_init(&iter, desk->rows); /* sorted below */
    while (g_hash_table_iter_next(&iter, NULL, &row)) {
        if (((const SmQueueRow *)row)->offline == offline) {
            g_ptr_array_add(desk->row_list, copy_row(row));
        }
    }
    g_ptr_array_sort(desk->row_list, by_urgency);
    return desk->row_list;
}

const GPtrArray *sm_desk_rows(SmDesk *desk, SmActor viewer)
{
    return rows(desk, viewer, FALSE);
}

gboolean sm_desk_has_rows(SmDesk *desk, SmActor viewer)
{
    const GPtrArray *all = sm_desk_conversations(desk);
    GHashTableIter iter;
    gpointer row;

    for (guint i = 0; i < all->len; i++) {
        const SmConversation *c = all->pdata[i];
        if (!c->offline && sm_desk_sees_row(desk, viewer, c)) {
            return TRUE;
        }
    }
    g_hash_table_iter_init(&iter, desk->rows);
    while (g_hash_table_iter_next(&iter, NULL, &row)) {
        if (!((const SmQueueRow *)row)->offline) {
            return TRUE;
        }
    }
    return FALSE;
}

const GPtrArray *sm_desk_left_rows(SmDesk *desk, SmActor viewer)
{
    return rows(desk, viewer, TRUE);
}

/* --- What all of the staff see -----------------------------------------------------------------
 */

static json_t *project_agent(const SmDesk *desk, SmActor viewer, const SmAgent *agent)
{
    json_t *json = json_object();

    json_object_set_new(json, "id", json_string(agent->id));
    json_object_set_new(json, "name", json_string(agent->name));
    json_object_set_new(json, "role", json_string(sm_role_name(agent->role)));
    json_object_set_new(json, "teams", sm_json_texts(agent->teams));
    json_object_set_new(json, "availability",
                        json_string(sm_availability_name(agent->availability)));
    json_object_set_new(json, "since", json_integer(agent->availability_since));
    json_object_set_new(json, "capacity", json_integer(agent->capacity));
    json_object_set_new(json, "weight", json_integer(agent->weight));
    sm_ladder_project(desk, viewer, agent, json);
    if (agent->languages->len > 0) {
        json_object_set_new(json, "languages", sm_json_texts(agent->languages));
    }
    return json;
}

static gint by_agent_id(gconstpointer a, gconstpointer b)
{
    return strcmp((*(const SmAgent *const *)a)->id, (*(const SmAgent *const *)b)->id);
}

static json_t *project_agents(const SmDesk *desk, SmActor viewer)
{
    g_autoptr(GPtrArray) agents = g_ptr_array_new();
    json_t *json = json_array();
    GHashTableIter iter;
    gpointer node;

    g_hash_table_iter_init(&iter, desk->agents); /* sorted below */
    while (g_hash_table_iter_next(&iter, NULL, &node)) {
        if (((const SmAgentNode *)node)->known) {
            g_ptr_array_add(agents, node);
        }
    }
    g_ptr_array_sort(agents, by_agent_id);
    for (guint i = 0; i < agents->len; i++) {
        json_array_append_new(json, project_agent(desk, viewer, agents->pdata[i]));
    }
    return json;
}

json_t *sm_desk_project_shared(const SmDesk *desk, SmActor viewer)
{
    json_t *json = json_object();

    if (viewer.kind != SM_ACTOR_CUSTOMER) {
        json_object_set_new(json, "policy", sm_policy_encode(desk->policy));
        json_object_set_new(json, "agents", project_agents(desk, viewer));
        sm_notice_project(desk, json);
    }
    return json;
}

/* --- All of it ---------------------------------------------------------------------------------
 */

static json_t *project_rows(SmDesk *desk, SmActor viewer)
{
    json_t *json = json_array();

    for (int offline = 0; offline < 2; offline++) {
        const GPtrArray *list = rows(desk, viewer, offline != 0);
        for (guint i = 0; i < list->len; i++) {
            json_array_append_new(json, encode_row(list->pdata[i]));
        }
    }
    return json;
}

json_t *sm_desk_project(SmDesk *desk, SmActor viewer)
{
    const GPtrArray *all = sm_desk_conversations(desk);
    json_t *conversations = json_array();
    json_t *json = json_object();

    for (guint i = 0; i < all->len; i++) {
        if (sm_desk_sees(desk, viewer, all->pdata[i], 0)) {
            json_array_append_new(conversations, project_state(desk, viewer, all->pdata[i]));
        }
    }
    json_object_set_new(json, "shared", sm_desk_project_shared(desk, viewer));
    json_object_set_new(json, "conversations", conversations);
    json_object_set_new(json, "queue", project_rows(desk, viewer));
    return json;
}

/* --- Events ------------------------------------------------------------------------------------
 */

static json_t *event_for_customer(const SmEvent *event)
{
    json_t *json = sm_event_encode_reduced(event);

    gboolean named = event->type == SM_EVENT_MESSAGE_POSTED || event->type == SM_EVENT_RATING_ANSWERED;

    if (named && event->agent && event->name) {
        json_object_set_new(json, "agent", json_string(event->name));
    } else {
        json_object_del(json, "agent");
    }
    return json;
}

json_t *sm_desk_project_event(const SmDesk *desk, SmActor viewer, const SmEvent *event, int64_t seq,
                              int64_t at)
{
    json_t *json;

    if (!sm_desk_visible(desk, viewer, event, seq)) {
        return NULL;
    }
    if (viewer.kind == SM_ACTOR_CUSTOMER) {
        json = event_for_customer(event);
    } else if (event->type == SM_EVENT_UNKNOWN) {
        json = json_copy(event->data);
    } else {
        json = sm_event_encode(event, TRUE);
    }
    if (event->type == SM_EVENT_EXAM_RECORDED && !sm_desk_sees_points(desk, viewer, event->agent)) {
        sm_ladder_hide_points(json);
    }
    json_object_set_new(json, "seq", json_integer(seq));
    json_object_set_new(json, "at", json_integer(at));
    return json;
}
