/* SPDX-License-Identifier: MIT */
/* service_read: what is read and not changed. All of it is read from the fold when nothing in it is
 * uncommitted, or from the log. */
#include "service_private.h"

#include <string.h>

#include "seatmux/base/error.h"

#define EXPORT_RECORDS 2000
#define EXPORT_BYTES (4 * 1024 * 1024)
#define LAST_PAGE (INT64_C(1) << 31)
#define ERASED_PAGE 1000 /* contents; and what else the last record erased */

static const char no_conversation[] = "There is no such conversation.";

/* --- Snapshot ------------------------------------------------------------------------------------
 */

static void snapshot_quiet(SmPending *p)
{
    SmService *s = p->s;
    int64_t page;
    gint64 next = -1;

    if (!sm_pending_number(p, "page", 0, LAST_PAGE, 0, &page))
        return;
    json_t *body = sm_wire_snapshot(s->desk, p->actor, (guint)page, &next);
    if (next >= 0)
        json_object_set_new(body, "next", json_integer(next));
    sm_pending_reply_at(p, 200, body, s->cursor);
}

void sm_handle_snapshot(SmPending *p)
{
    sm_pending_when_quiet(p, snapshot_quiet);
}

/* --- What was erased -----------------------------------------------------------------------------
 */

typedef struct {
    int64_t seq;
    const char *content;
} Erased;

static gint in_order(gconstpointer a, gconstpointer b)
{
    const Erased *x = a, *y = b;

    return x->seq != y->seq ? (x->seq < y->seq ? -1 : 1) : strcmp(x->content, y->content);
}

/* Where the cursor 'after' stands, however old it is. Of another log, or none: at the beginning. */
static int64_t place_of(const SmPending *p)
{
    g_autofree char *text = sm_url_query(p->target, "after"), *desk = NULL;
    int64_t seq;
    uint32_t check;
    gboolean known = FALSE;

    if (text == NULL || !sm_cursor_parse(text, &desk, &seq, &check) || strcmp(desk, sm_log_desk_id(p->s->log)) != 0 ||
        seq > p->s->durable || sm_service_check(p->s, seq, &known) != check || !known)
        return 0;
    return seq;
}

static GArray *erased_after(SmService *s, int64_t after)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(Erased));
    GHashTableIter iter;
    gpointer content, seq;

    g_hash_table_iter_init(&iter, s->erased);
    while (g_hash_table_iter_next(&iter, &content, &seq)) {
        Erased one = {*(const int64_t *)seq, content};
        if (one.seq > after)
            g_array_append_val(all, one);
    }
    g_array_sort(all, in_order);
    return all;
}

/* For whoever can't be told by polls any more: contents by their ids, which are random and say nothing, of all conversations. What the
 * asker saw of those is not known: rights may have changed. A page ends between two records. */
static void erased_quiet(SmPending *p)
{
    SmService *s = p->s;
    g_autoptr(GArray) all = erased_after(s, place_of(p));
    json_t *body = json_object(), *ids = json_array();
    int64_t at = 0;
    guint i;

    for (i = 0; i < all->len; i++) {
        const Erased *one = &g_array_index(all, Erased, i);
        if (i >= ERASED_PAGE && one->seq != at)
            break;
        at = one->seq;
        json_array_append_new(ids, json_string(one->content));
    }
    json_object_set_new(body, "erased", ids);
    if (i < all->len) {
        gboolean known;
        uint32_t check = sm_service_check(s, at, &known);
        g_autofree char *next = sm_cursor_format(sm_log_desk_id(s->log), at, check);
        json_object_set_new(body, "next", json_string(next));
    }
    sm_pending_reply(p, 200, body);
}

void sm_handle_erased(SmPending *p)
{
    sm_pending_when_quiet(p, erased_quiet);
}

/* --- A conversation's history --------------------------------------------------------------------
 */

/* Reads back through the log until `limit` lines are found that this viewer sees. */
json_t *sm_service_history(SmService *s, SmActor viewer, const SmConversation *c, int64_t before, guint limit, gboolean *more,
                           GError **error)
{
    json_t *lines = json_array();

    *more = TRUE;
    while (*more && json_array_size(lines) < limit) {
        guint want = limit - (guint)json_array_size(lines);
        g_autoptr(GPtrArray) records =
            sm_log_read_conversation(s->log, c->id, before, want, error);
        if (records == NULL) {
            json_decref(lines);
            return NULL;
        }
        *more = records->len == want;
        if (records->len == 0)
            break;
        before = ((SmRecord *)g_ptr_array_index(records, 0))->seq;
        json_t *older = sm_wire_lines(s->desk, viewer, c, records);
        json_array_extend(older, lines);
        json_decref(lines);
        lines = older;
        if (before <= c->first_seq)
            *more = FALSE;
    }
    return lines;
}

void sm_pending_log_error(SmPending *p, const char *what, const GError *error)
{
    sm_trace(p->s->trace, SM_TRACE_ERROR, "service", "%s: %s", what, error->message);
    sm_pending_problem(p, SM_PROBLEM_INTERNAL, NULL, "The log can't be read.");
}

json_t *sm_service_past(SmPending *p, SmActor viewer, const SmConversation *c, int64_t before, guint limit, gboolean *more)
{
    g_autoptr(GError) error = NULL;
    json_t *lines = sm_service_history(p->s, viewer, c, before, limit, more, &error);

    if (lines == NULL)
        sm_pending_log_error(p, "history", error);
    return lines;
}

void sm_lines_drop_whispers(json_t *lines)
{
    for (gsize i = json_array_size(lines); i-- > 0;)
        if (strcmp(sm_json_str(json_array_get(lines, i), "kind", ""), "whisper") == 0)
            json_array_remove(lines, i);
}

static void messages_quiet(SmPending *p)
{
    const SmConversation *c = sm_desk_conversation(p->s->desk, p->at[2]);
    int64_t before, limit;
    gboolean more;

    if (!sm_pending_number(p, "before", 1, G_MAXINT64 / 16, 0, &before) ||
        !sm_pending_number(p, "limit", 1, SM_MAX_MESSAGES_PAGE, 50, &limit))
        return;
    if (c == NULL || !sm_desk_sees(p->s->desk, p->actor, c, 0)) {
        sm_pending_problem(p, SM_PROBLEM_NOT_FOUND, NULL, no_conversation);
        return;
    }
    json_t *lines = sm_service_past(p, p->actor, c, before, (guint)limit, &more);
    if (lines == NULL)
        return;
    json_t *body = json_object();
    json_object_set_new(body, "conversation", json_string(c->id));
    json_object_set_new(body, "lines", lines);
    json_object_set_new(body, "more", json_boolean(more));
    sm_pending_reply(p, 200, body);
}

void sm_handle_messages(SmPending *p)
{
    sm_pending_when_quiet(p, messages_quiet);
}

static void routing_quiet(SmPending *p)
{
    const SmConversation *c = sm_desk_conversation(p->s->desk, p->at[2]);

    if (c == NULL || !(sm_desk_sees(p->s->desk, p->actor, c, 0) || sm_desk_sees_row(p->s->desk, p->actor, c))) {
        sm_pending_problem(p, SM_PROBLEM_NOT_FOUND, NULL, no_conversation);
        return;
    }
    sm_pending_reply(p, 200, sm_desk_explain_routing(p->s->desk, c));
}

void sm_handle_routing(SmPending *p)
{
    sm_pending_when_quiet(p, routing_quiet);
}

/* --- Agents and policy ---------------------------------------------------------------------------
 */

static json_t *agent_json(const SmPending *p, const SmAgent *agent)
{
    json_t *item = json_object();
    json_t *teams = json_array();

    for (guint i = 0; i < agent->teams->len; i++)
        json_array_append_new(teams, json_string(g_ptr_array_index(agent->teams, i)));
    json_object_set_new(item, "agent", json_string(agent->id));
    json_object_set_new(item, "name", json_string(sm_agent_shown(agent)));
    json_object_set_new(item, "role", json_string(sm_role_name(agent->role)));
    json_object_set_new(item, "teams", teams);
    json_object_set_new(item, "availability",
                        json_string(sm_availability_name(agent->availability)));
    json_object_set_new(item, "since", json_integer(agent->availability_since));
    json_object_set_new(item, "chats", json_integer(agent->chats));
    json_object_set_new(item, "capacity", json_integer(agent->capacity));
    json_object_set_new(item, "weight", json_integer(agent->weight));
    sm_ladder_project(p->s->desk, p->actor, agent, item);
    if (agent->languages->len > 0) {
        json_t *languages = json_array();
        for (guint i = 0; i < agent->languages->len; i++)
            json_array_append_new(languages, json_string(g_ptr_array_index(agent->languages, i)));
        json_object_set_new(item, "languages", languages);
    }
    return item;
}

static void agents_quiet(SmPending *p)
{
    const GPtrArray *agents = sm_desk_agents(p->s->desk);
    json_t *list = json_array();
    json_t *body = json_object();

    for (guint i = 0; i < agents->len; i++)
        json_array_append_new(list, agent_json(p, g_ptr_array_index(agents, i)));
    json_object_set_new(body, "agents", list);
    sm_pending_reply(p, 200, body);
}

void sm_handle_agents(SmPending *p)
{
    sm_pending_when_quiet(p, agents_quiet);
}

static void policy_quiet(SmPending *p)
{
    json_t *body = json_object();

    json_object_set_new(body, "policy", sm_policy_encode(sm_desk_policy(p->s->desk)));
    sm_pending_reply(p, 200, body);
}

void sm_handle_policy(SmPending *p)
{
    sm_pending_when_quiet(p, policy_quiet);
}

/* --- Administration ------------------------------------------------------------------------------
 */

/* JSON lines after ?after=SEQ, page by page; an empty page is the end. The header Seatmux-Cursor is
 * not a cursor of polls here but the seq to go on after. */
static void export_quiet(SmPending *p)
{
    SmService *s = p->s;
    int64_t after;
    g_autoptr(GError) error = NULL;

    if (!sm_pending_number(p, "after", 0, G_MAXINT64 / 16, 0, &after))
        return;
    g_autoptr(GPtrArray) records = sm_log_read(s->log, after, EXPORT_RECORDS, &error);
    if (records == NULL) {
        sm_pending_log_error(p, "export", error);
        return;
    }
    GString *lines = g_string_new(NULL);
    for (guint i = 0; i < records->len && lines->len < EXPORT_BYTES; i++) {
        const SmRecord *record = g_ptr_array_index(records, i);
        g_autofree char *line = sm_log_export_line(record, s->erased);
        g_string_append(lines, line);
        g_string_append_c(lines, '\n');
        after = record->seq;
    }
    SmAnswer *answer = sm_answer_text(200, "application/x-ndjson", g_string_free(lines, FALSE));
    answer->cursor = g_strdup_printf("%" G_GINT64_FORMAT, after);
    sm_pending_answer(p, answer);
}

void sm_handle_export(SmPending *p)
{
    sm_pending_when_quiet(p, export_quiet);
}

void sm_handle_health(SmPending *p)
{
    SmService *s = p->s;
    gboolean writing = !s->refolding && sm_loop_now(s->loop) >= s->blocked_until;
    json_t *body = json_object();

    json_object_set_new(body, "status", json_string(writing ? "ok" : "read_only"));
    json_object_set_new(body, "seq", json_integer(s->durable));
    sm_pending_reply(p, 200, body);
}

void sm_handle_stop(SmPending *p)
{
    SmService *s = p->s;

    sm_pending_reply(p, 200, json_object());
    if (s->stop_asked != NULL)
        sm_loop_defer(s->loop, s->stop_asked, s->stop_asked_user);
}
