/* SPDX-License-Identifier: MIT */
#include "script.h"

#include <stdlib.h>
#include <string.h>

#include "seatmux/base/limits.h"

#define LATENCY_MS 5

typedef struct {
    char *prefix;
    ScriptRule rule;
    char *body;
} Rule;

typedef struct {
    SmTransport base;
    Script *s;
    GQueue open; /* SmExchange */
} ScriptTransport;

struct SmExchange {
    GList link;
    ScriptTransport *t;
    SmRequest *request;
    ScriptRule rule;
    char *body;
    SmExchangeSent sent;
    SmExchangeDone done;
    void *user;
    guint64 timer;
    guint64 deadline;
    gboolean left;
    SmExchangeEnd end;
    SmAnswer *answer;
    gboolean parked;
    int64_t after;
    char *actor;
    guint64 park_timer;
};

struct Script {
    SmLoop *loop;
    SmDesk *desk;
    SmRng *ids;
    GPtrArray *records; /* SmRecord, seq 1.. */
    GHashTable *by_command;
    GPtrArray *rules;
    GPtrArray *asked;
    GQueue parked; /* SmExchange */
    GPtrArray *names;
    json_t *ephemeral;
    guint served;
    guint commands;
    int log; /* number of the log in cursors */
};

/* --- The desk --------------------------------------------------------------------------------- */

static int64_t desk_now(const Script *s)
{
    return sm_loop_wall(s->loop);
}

static char *cursor_at(const Script *s, int64_t seq)
{
    return g_strdup_printf("k%d.%" G_GINT64_FORMAT, s->log, seq);
}

static void exchange_answer(SmExchange *x, SmAnswer *answer);
static void serve_parked(Script *s);

/* Decide, number, apply: what a service does. */
static SmRecord *run(Script *s, const SmCommand *command, SmRefusal **refusal)
{
    g_autoptr(GError) error = NULL;
    SmRecord *record = sm_desk_decide(s->desk, command, desk_now(s), s->ids, refusal);

    if (record == NULL)
        return NULL;
    record->seq = (int64_t)s->records->len + 1;
    g_assert_true(sm_desk_apply(s->desk, record, &error));
    g_ptr_array_add(s->records, record);
    g_hash_table_insert(s->by_command, record->command, record);
    return record;
}

static const SmRecord *must(Script *s, SmCommand command)
{
    g_autofree char *id = g_strdup_printf("x%u", ++s->commands);
    SmRefusal *refusal = NULL;

    command.id = id;
    command.fingerprint = "f";
    command.seen = -1;
    command.since = command.type == SM_COMMAND_HAND_IN ? 0 : -1;
    SmRecord *record = run(s, &command, &refusal);
    if (record == NULL)
        g_error("the script's desk refused: %s", refusal->detail);
    serve_parked(s);
    return record;
}

static void agent_set(Script *s, const char *name)
{
    SmCommand command = {
        .type = SM_COMMAND_AGENT_SET,
        .actor = {SM_ACTOR_ADMIN, NULL},
        .agent = name,
        .name = name,
        .role = SM_ROLE_SUPERVISOR,
        .data = json_pack("[s]", "support"),
        .capacity = 100,
    };

    must(s, command);
    json_decref(command.data);
    must(s, (SmCommand){.type = SM_COMMAND_AVAILABILITY,
                        .actor = {SM_ACTOR_STAFF, name},
                        .agent = name,
                        .availability = SM_AVAILABLE_BUSY});
}

void script_available(Script *s, const char *agent, SmAvailability availability)
{
    must(s, (SmCommand){.type = SM_COMMAND_AVAILABILITY, .actor = {SM_ACTOR_STAFF, agent}, .agent = agent, .availability = availability});
}

void script_trainee(Script *s, const char *name)
{
    SmCommand command = {.type = SM_COMMAND_AGENT_SET, .actor = {SM_ACTOR_ADMIN, NULL}, .agent = name, .name = name,
                         .role = SM_ROLE_TRAINEE, .data = json_pack("[s]", "support")};

    must(s, command);
    json_decref(command.data);
    must(s, (SmCommand){.type = SM_COMMAND_HAND_IN, .actor = {SM_ACTOR_STAFF, name}, .name = "first-weeks", .permille = 912,
                        .pass = 800, .seal = "5ea1"});
}

static const char *start(Script *s, const char *customer)
{
    SmCommand command = {.type = SM_COMMAND_START,
                         .actor = {SM_ACTOR_CUSTOMER, NULL},
                         .name = customer,
                         .text = "Hello?"};
    const SmRecord *record = must(s, command);

    for (guint i = 0; i < record->events->len; i++) {
        const SmEvent *event = record->events->pdata[i];
        if (event->conversation != NULL) {
            g_ptr_array_add(s->names, g_strdup(event->conversation));
            return s->names->pdata[s->names->len - 1];
        }
    }
    g_assert_not_reached();
}

void script_waiting(Script *s, const char *customer)
{
    start(s, customer);
}

const char *script_conversation(Script *s, const char *customer)
{
    const char *id = start(s, customer);

    must(s, (SmCommand){
                .type = SM_COMMAND_CLAIM, .actor = {SM_ACTOR_STAFF, "mia"}, .conversation = id});
    return id;
}

void script_customer_says(Script *s, const char *conversation, const char *text)
{
    const SmConversation *c = sm_desk_conversation(s->desk, conversation);

    must(s, (SmCommand){.type = SM_COMMAND_POST,
                        .actor = {SM_ACTOR_CUSTOMER, c->contact},
                        .conversation = conversation,
                        .text = text});
}

void script_colleague_says(Script *s, const char *conversation, const char *text)
{
    must(s, (SmCommand){.type = SM_COMMAND_POST,
                        .actor = {SM_ACTOR_STAFF, "ben"},
                        .conversation = conversation,
                        .text = text,
                        .anyway = TRUE});
}

void script_policy(Script *s, const char *member, json_t *value)
{
    g_autoptr(json_t) policy = sm_policy_encode(sm_desk_policy(s->desk));

    json_object_set_new(policy, member, value);
    must(s, (SmCommand){.type = SM_COMMAND_POLICY_SET, .actor = {SM_ACTOR_ADMIN, NULL}, .data = policy});
}

void script_erase(Script *s, const char *conversation)
{
    must(s, (SmCommand){.type = SM_COMMAND_ERASE, .actor = {SM_ACTOR_DESK, NULL}, .conversation = conversation, .reason = "asked for by the customer"});
}

char *script_said(const Script *s, const char *conversation)
{
    GString *all = g_string_new(NULL);

    for (guint i = 0; i < s->records->len; i++) {
        const SmRecord *record = s->records->pdata[i];
        for (guint k = 0; k < record->events->len; k++) {
            const SmEvent *event = record->events->pdata[k];
            gboolean ours = event->type == SM_EVENT_MESSAGE_POSTED &&
                            event->author == SM_AUTHOR_AGENT &&
                            g_strcmp0(event->conversation, conversation) == 0;
            if (ours)
                g_string_append_printf(all, "%s%s", all->len ? "|" : "", event->text);
        }
    }
    return g_string_free(all, FALSE);
}

void script_new_log(Script *s)
{
    s->log++;
}

SmDesk *script_desk(Script *s)
{
    return s->desk;
}

/* --- Answers ---------------------------------------------------------------------------------- */

static SmAnswer *reply(Script *s, int status, json_t *body, const char *cursor)
{
    json_object_set_new(body, "now", json_integer(desk_now(s)));
    json_object_set_new(body, "fold", json_integer(SM_FOLD_VERSION));
    if (cursor != NULL)
        json_object_set_new(body, "cursor", json_string(cursor));
    return sm_answer_new(status, body);
}

static SmAnswer *snapshot(Script *s, const SmRequest *request, SmActor actor)
{
    g_autofree char *page = sm_url_query(request->target, "page");
    g_autofree char *cursor = cursor_at(s, s->records->len);
    gint64 next = -1;
    json_t *body = sm_wire_snapshot(s->desk, actor, page ? (guint)atoi(page) : 0, &next);

    if (next >= 0)
        json_object_set_new(body, "next", json_integer(next));
    return reply(s, 200, body, cursor);
}

/* NULL: nothing to tell. */
static SmAnswer *events(Script *s, SmActor actor, int64_t after)
{
    g_autoptr(GPtrArray) records = g_ptr_array_new();
    gboolean more = FALSE;
    int64_t to = after;

    for (guint i = (guint)after; i < s->records->len; i++)
        g_ptr_array_add(records, s->records->pdata[i]);
    json_t *body =
        records->len > 0 ? sm_wire_page(s->desk, actor, after, records, &more, &to) : json_object();
    if (json_array_size(s->ephemeral) > 0) {
        json_object_set_new(body, "ephemeral", s->ephemeral);
        s->ephemeral = json_array();
    }
    if (json_object_size(body) == 0 && !more) {
        json_decref(body);
        return NULL;
    }
    if (more)
        json_object_set_new(body, "more", json_true());
    g_autofree char *cursor = cursor_at(s, to);
    return reply(s, 200, body, cursor);
}

static void answer_parked(Script *s, SmExchange *x, SmAnswer *answer)
{
    g_queue_remove(&s->parked, x);
    x->parked = FALSE;
    sm_loop_remove(s->loop, &x->park_timer);
    exchange_answer(x, answer);
}

static SmActor actor_of(const char *token)
{
    return (SmActor){SM_ACTOR_STAFF, token != NULL ? token + 2 : ""};
}

static void serve_parked(Script *s)
{
    for (GList *at = s->parked.head, *next; at != NULL; at = next) {
        SmExchange *x = at->data;
        SmAnswer *answer = events(s, actor_of(x->request->token), x->after);
        next = at->next;
        if (answer != NULL)
            answer_parked(s, x, answer);
    }
}

void script_ephemeral(Script *s, const char *text)
{
    json_array_append_new(s->ephemeral, json_pack("{s:s, s:s}", "type", "typing", "text", text));
    serve_parked(s);
}

void script_supersede(Script *s)
{
    while (s->parked.head != NULL)
        answer_parked(s, s->parked.head->data,
                      sm_answer_problem(SM_PROBLEM_SUPERSEDED, NULL, NULL, NULL));
}

static void hold_over(void *user)
{
    SmExchange *x = user;
    Script *s = x->t->s;
    g_autofree char *cursor = cursor_at(s, s->records->len);

    x->park_timer = 0;
    answer_parked(s, x, reply(s, 200, json_object(), cursor));
}

static SmAnswer *poll(Script *s, SmExchange *x)
{
    g_autofree char *after = sm_url_query(x->request->target, "after");
    g_autofree char *wait = sm_url_query(x->request->target, "wait");
    int log = 0;
    long seq = -1;

    if (sscanf(after, "k%d.%ld", &log, &seq) != 2 || log != s->log || seq > (long)s->records->len)
        return sm_answer_problem(SM_PROBLEM_CURSOR_EXPIRED, NULL, NULL, NULL);
    while (s->parked.head != NULL)
        answer_parked(s, s->parked.head->data,
                      sm_answer_problem(SM_PROBLEM_SUPERSEDED, NULL, NULL, NULL));
    SmAnswer *answer = events(s, actor_of(x->request->token), seq);
    g_autofree char *cursor = cursor_at(s, s->records->len);
    if (answer != NULL)
        return answer;
    if (atoi(wait) == 0)
        return reply(s, 200, json_object(), cursor);
    x->parked = TRUE;
    x->after = seq;
    g_queue_push_tail(&s->parked, x);
    x->park_timer = sm_loop_after(s->loop, atoi(wait) * 1000, hold_over, x);
    return NULL;
}

static SmAnswer *command(Script *s, const SmRequest *request)
{
    g_auto(SmWireCommand) wire = {0};
    SmRefusal *bad = sm_wire_read_command(request, NULL, &wire);
    g_autoptr(SmRefusal) refusal = bad;
    const SmRecord *first = bad ? NULL : g_hash_table_lookup(s->by_command, wire.command.id);

    if (bad != NULL)
        return sm_answer_refusal(bad);
    if (first != NULL && sm_record_compare(first, wire.command.fingerprint) == SM_BODY_OTHER)
        return sm_answer_problem(SM_PROBLEM_ID_REUSED, NULL, NULL, NULL);
    wire.command.actor = actor_of(request->token);
    if (wire.command.type == SM_COMMAND_START)
        wire.command.actor = (SmActor){SM_ACTOR_CUSTOMER, NULL};
    if (first == NULL)
        first = run(s, &wire.command, &refusal);
    if (first == NULL)
        return sm_answer_refusal(refusal);
    json_t *body = sm_wire_accepted(first);
    if (wire.command.type == SM_COMMAND_START)
        json_object_set_new(body, "token", json_string("t-customer"));
    serve_parked(s);
    return reply(s, 200, body, NULL);
}

static SmAnswer *older(Script *s, const SmRequest *request)
{
    g_auto(GStrv) at = sm_url_segments(request->target);
    const SmConversation *c = sm_desk_conversation(s->desk, at[2]);

    if (c == NULL) /* what this desk does not have: reviews, reports */
        return sm_answer_problem(SM_PROBLEM_NOT_FOUND, NULL, NULL, NULL);
    g_autoptr(json_t) state = sm_desk_project_conversation(s->desk, actor_of("t-mia"), c);

    return reply(
        s, 200, json_pack("{s:O, s:b}", "lines", json_object_get(state, "lines"), "more", 0), NULL);
}

static SmAnswer *login(Script *s, const SmRequest *request)
{
    gsize n;
    const char *data = g_bytes_get_data(request->body, &n);
    g_autoptr(json_t) body = sm_json_parse(data, n, SM_MAX_BODY_BYTES, NULL);
    const char *name = sm_json_str(body, "name", "");
    g_autofree char *token = g_strconcat("t-", name, NULL);

    if (strcmp(sm_json_str(body, "password", ""), "right") != 0)
        return sm_answer_problem(SM_PROBLEM_BAD_LOGIN, NULL, NULL, NULL);
    return reply(s, 200, json_pack("{s:s, s:s}", "token", token, "agent", name), NULL);
}

/* NULL: parked. */
static SmAnswer *serve(Script *s, SmExchange *x)
{
    const SmRequest *request = x->request;

    s->served++;
    if (g_str_has_prefix(request->target, "/v1/login"))
        return login(s, request);
    if (g_str_has_prefix(request->target, "/v1/logout") || strstr(request->target, "/typing"))
        return reply(s, 200, json_object(), NULL);
    if (g_str_has_prefix(request->target, "/v1/snapshot"))
        return snapshot(s, request, actor_of(request->token));
    if (g_str_has_prefix(request->target, "/v1/events"))
        return poll(s, x);
    if (strcmp(request->method, "GET") == 0)
        return older(s, request);
    return command(s, request);
}

/* --- The way there ---------------------------------------------------------------------------- */

static void exchange_free(SmExchange *x)
{
    Script *s = x->t->s;

    if (x->parked)
        g_queue_remove(&s->parked, x);
    g_queue_unlink(&x->t->open, &x->link);
    sm_loop_remove(s->loop, &x->timer);
    sm_loop_remove(s->loop, &x->deadline);
    sm_loop_remove(s->loop, &x->park_timer);
    sm_request_free(x->request);
    sm_answer_free(x->answer);
    g_free(x->body);
    g_free(x);
}

static void finish(void *user)
{
    SmExchange *x = user;
    SmExchangeDone done = x->done;
    void *done_user = x->user;
    g_autoptr(SmAnswer) answer = g_steal_pointer(&x->answer);
    SmExchangeEnd end = x->end;

    exchange_free(x);
    done(end, end == SM_EXCHANGE_ANSWERED ? answer : NULL,
         end == SM_EXCHANGE_ANSWERED ? NULL : "the script says so", done_user);
}

static void finish_after(SmExchange *x, SmExchangeEnd end, int ms)
{
    x->end = end;
    sm_loop_remove(x->t->s->loop, &x->timer);
    x->timer = sm_loop_after(x->t->s->loop, ms, finish, x);
}

static void exchange_answer(SmExchange *x, SmAnswer *answer)
{
    x->answer = answer;
    switch (x->rule.kind) {
    case SCRIPT_LOSE_ANSWER:
        finish_after(x, SM_EXCHANGE_UNKNOWN, LATENCY_MS);
        break;
    case SCRIPT_DAMAGE:
        finish_after(x, SM_EXCHANGE_DAMAGED, LATENCY_MS);
        break;
    case SCRIPT_SILENT:
        break;
    default:
        finish_after(x, SM_EXCHANGE_ANSWERED, LATENCY_MS + x->rule.ms);
    }
}

static SmAnswer *scripted(Script *s, SmExchange *x)
{
    g_autofree char *number = g_strdup_printf("%u", ++s->served);
    g_auto(GStrv) parts = g_strsplit(x->body ? x->body : "", "%", -1);
    SmAnswer *answer =
        sm_answer_text(x->rule.status, "application/json", g_strjoinv(number, parts));

    answer->retry_after_s = x->rule.retry_after_s;
    answer->cursor = g_strdup(x->rule.cursor);
    return answer;
}

static void arrive(void *user)
{
    SmExchange *x = user;
    Script *s = x->t->s;

    x->timer = 0;
    if (x->rule.kind == SCRIPT_NOT_SENT) {
        finish_after(x, SM_EXCHANGE_NOT_SENT, 0);
        return;
    }
    if (x->rule.kind == SCRIPT_STUCK)
        return;
    x->left = TRUE;
    if (x->sent != NULL)
        x->sent(x->user);
    if (x->rule.kind == SCRIPT_LOSE_REQUEST || x->rule.kind == SCRIPT_DIE) {
        finish_after(x, SM_EXCHANGE_UNKNOWN, x->rule.ms);
        return;
    }
    SmAnswer *answer = x->rule.kind == SCRIPT_STATUS ? scripted(s, x) : serve(s, x);
    if (answer != NULL)
        exchange_answer(x, answer);
}

static void too_late(void *user)
{
    SmExchange *x = user;

    x->deadline = 0;
    x->end = x->left ? SM_EXCHANGE_UNKNOWN : SM_EXCHANGE_NOT_SENT;
    finish(x);
}

static void take_rule(Script *s, SmExchange *x, const char *what)
{
    for (guint i = 0; i < s->rules->len; i++) {
        Rule *rule = s->rules->pdata[i];
        if (!g_str_has_prefix(what, rule->prefix) || rule->rule.times == 0)
            continue;
        x->rule = rule->rule;
        x->body = g_strdup(rule->body);
        if (rule->rule.times > 0)
            rule->rule.times--;
        return;
    }
}

static SmExchange *script_start(SmTransport *base, SmRequest *request, gboolean is_poll,
                                int64_t timeout_ms, SmExchangeSent sent, SmExchangeDone done,
                                void *user)
{
    ScriptTransport *t = (ScriptTransport *)base;
    SmExchange *x = g_new0(SmExchange, 1);
    ScriptAsked *asked = g_new0(ScriptAsked, 1);

    x->t = t;
    x->request = request;
    x->sent = sent;
    x->done = done;
    x->user = user;
    x->link.data = x;
    g_queue_push_tail_link(&t->open, &x->link);
    asked->what = g_strdup_printf("%s %s", request->method, request->target);
    asked->at = sm_loop_now(t->s->loop);
    asked->poll = is_poll;
    if (request->body != NULL)
        asked->body =
            g_strndup(g_bytes_get_data(request->body, NULL), g_bytes_get_size(request->body));
    g_ptr_array_add(t->s->asked, asked);
    take_rule(t->s, x, asked->what);
    x->timer = sm_loop_after(t->s->loop, LATENCY_MS, arrive, x);
    x->deadline = sm_loop_after(t->s->loop, timeout_ms, too_late, x);
    return x;
}

static void script_cancel(SmTransport *base, SmExchange *x)
{
    exchange_free(x);
}

static void script_transport_free(SmTransport *base)
{
    ScriptTransport *t = (ScriptTransport *)base;

    while (t->open.head != NULL)
        exchange_free(t->open.head->data);
    g_free(t);
}

SmTransport *script_transport(Script *s)
{
    static const SmTransportOps ops = {script_start, script_cancel, script_transport_free};
    ScriptTransport *t = g_new0(ScriptTransport, 1);

    t->base.ops = &ops;
    t->s = s;
    g_queue_init(&t->open);
    return &t->base;
}

/* --- What a test says and asks ---------------------------------------------------------------- */

static void rule_free(void *data)
{
    Rule *rule = data;

    g_free(rule->prefix);
    g_free(rule->body);
    g_free(rule);
}

static void asked_free(void *data)
{
    ScriptAsked *asked = data;

    g_free(asked->what);
    g_free(asked->body);
    g_free(asked);
}

Script *script_new(SmLoop *loop)
{
    Script *s = g_new0(Script, 1);

    s->loop = loop;
    s->desk = sm_desk_new(0);
    s->ids = sm_rng_new(77);
    s->records = g_ptr_array_new_with_free_func((GDestroyNotify)sm_record_unref);
    s->by_command = g_hash_table_new(g_str_hash, g_str_equal);
    s->rules = g_ptr_array_new_with_free_func(rule_free);
    s->asked = g_ptr_array_new_with_free_func(asked_free);
    s->names = g_ptr_array_new_with_free_func(g_free);
    s->ephemeral = json_array();
    agent_set(s, "mia");
    agent_set(s, "ben");
    return s;
}

void script_free(Script *s)
{
    g_hash_table_unref(s->by_command);
    g_ptr_array_unref(s->records);
    g_ptr_array_unref(s->rules);
    g_ptr_array_unref(s->asked);
    g_ptr_array_unref(s->names);
    json_decref(s->ephemeral);
    sm_desk_free(s->desk);
    sm_rng_free(s->ids);
    g_free(s);
}

void script_rule(Script *s, const char *prefix, ScriptRule rule)
{
    Rule *copy = g_new0(Rule, 1);

    copy->prefix = g_strdup(prefix);
    copy->rule = rule;
    copy->body = g_strdup(rule.body);
    g_ptr_array_add(s->rules, copy);
}

void script_clear_rules(Script *s)
{
    g_ptr_array_set_size(s->rules, 0);
}

const ScriptAsked *script_nth(const Script *s, const char *prefix, guint n)
{
    for (guint i = 0; i < s->asked->len; i++) {
        const ScriptAsked *asked = s->asked->pdata[i];
        if (g_str_has_prefix(asked->what, prefix) && n-- == 0)
            return asked;
    }
    return NULL;
}

guint script_asked(const Script *s, const char *prefix)
{
    guint n = 0;

    while (script_nth(s, prefix, n) != NULL)
        n++;
    return n;
}

guint script_parked(const Script *s)
{
    return s->parked.length;
}
