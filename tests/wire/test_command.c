/* SPDX-License-Identifier: MIT */
/* Every command there and back, and what is refused on the way in. */
#include <string.h>

#include "seatmux/base/limits.h"
#include "seatmux/wire/wire.h"

static void assert_same(const SmCommand *a, const SmCommand *b)
{
    g_assert_cmpint(a->type, ==, b->type);
    g_assert_cmpstr(a->id, ==, b->id);
    g_assert_cmpstr(a->conversation, ==, b->conversation);
    g_assert_cmpstr(a->agent, ==, b->agent);
    if (a->type == SM_COMMAND_MERGE || a->type == SM_COMMAND_SPLIT)
        g_assert_cmpstr(a->contact, ==, b->contact);
    g_assert_cmpstr(a->team, ==, b->team);
    g_assert_cmpstr(a->inbox, ==, b->inbox);
    g_assert_cmpstr(a->visit, ==, b->visit);
    g_assert_cmpstr(a->name, ==, b->name);
    g_assert_cmpstr(a->language, ==, b->language);
    g_assert_cmpstr(a->order, ==, b->order);
    g_assert_cmpstr(a->text, ==, b->text);
    g_assert_cmpstr(a->reason, ==, b->reason);
    g_assert_cmpint(a->availability, ==, b->availability);
    g_assert_cmpint(a->role, ==, b->role);
    g_assert_cmpint(a->seen, ==, b->seen);
    g_assert_cmpint(a->anyway, ==, b->anyway);
    g_assert_cmpint(a->no_reply_needed, ==, b->no_reply_needed);
    g_assert_cmpstr(a->reach, ==, b->reach);
    g_assert_cmpint(a->offline, ==, b->offline);
    g_assert_cmpint(a->stars, ==, b->stars);
    g_assert_cmpint(a->until, ==, b->until);
    g_assert_cmpint(a->pace, ==, b->pace);
    g_assert_cmpstr(a->notice, ==, b->notice);
    g_assert_cmpstr(a->message, ==, b->message);
    g_assert_true((a->languages == NULL && b->languages == NULL) || json_equal(a->languages, b->languages));
    g_assert_cmpstr(a->filter, ==, b->filter);
    g_assert_cmpint(a->capacity, ==, b->capacity);
    g_assert_cmpint(a->weight, ==, b->weight);
    g_assert_cmpint(a->permille, ==, b->permille);
    g_assert_cmpint(a->pass, ==, b->pass);
    if (a->type == SM_COMMAND_HAND_IN)
        g_assert_cmpint(a->since, ==, b->since);
    g_assert_cmpstr(a->seal, ==, b->seal);
    g_assert_cmpstr(a->step, ==, b->step);
    g_assert_true((a->data == NULL && b->data == NULL) || json_equal(a->data, b->data));
}

static void test_round_trip(void)
{
    g_autoptr(json_t) flat = json_pack("{s:s, s:i, s:b}", "vip", "是", "orders", 3, "new", 1);
    g_autoptr(json_t) list = json_pack("[s, s]", "refund", "物流");
    g_autoptr(json_t) marks = json_pack("{s:i, s:i}", "solved", 4, "tone", 0);
    const SmCommand commands[] = {
        {SM_COMMAND_START, .inbox = "web", .name = "王小明", .language = "zh-CN", .order = "A-1",
         .text = "在吗", .data = flat},
        {SM_COMMAND_START},
        {SM_COMMAND_START, .text = "tomorrow?", .offline = TRUE, .reach = "a@example.org"},
        {SM_COMMAND_POST, .conversation = "c1", .text = "hi \xf0\x9f\x91\x8b\n\"quoted\"",
         .seen = 12, .anyway = TRUE},
        {SM_COMMAND_NOTE, .conversation = "c1", .text = "note"},
        {SM_COMMAND_WHISPER, .conversation = "c1", .text = "psst"},
        {SM_COMMAND_CLAIM, .conversation = "c1"},
        {SM_COMMAND_CLAIM_NEXT, .team = "support"},
        {SM_COMMAND_CLAIM_NEXT},
        {SM_COMMAND_ASSIGN, .conversation = "c1", .agent = "li.wei"},
        {SM_COMMAND_TRANSFER, .conversation = "c1", .team = "t2", .text = "summary"},
        {SM_COMMAND_TRANSFER, .conversation = "c1", .agent = "mia"},
        {SM_COMMAND_TRANSFER, .conversation = "c1", .agent = "mia", .offer = TRUE},
        {SM_COMMAND_INVITE, .conversation = "c1", .agent = "mia", .consult = TRUE},
        {SM_COMMAND_DISMISS, .conversation = "c1", .agent = "mia"},
        {SM_COMMAND_ACCEPT, .conversation = "c1"},
        {SM_COMMAND_DECLINE, .conversation = "c1", .reason = "busy"},
        {SM_COMMAND_POST, .id = "c7", .conversation = "c1", .file = "f1"},
        {SM_COMMAND_RELEASE, .conversation = "c1", .reason = "lunch"},
        {SM_COMMAND_TAKE_OVER, .conversation = "c1"},
        {SM_COMMAND_RESOLVE, .conversation = "c1", .reason = "done", .no_reply_needed = TRUE},
        {SM_COMMAND_REOPEN, .conversation = "c1"},
        {SM_COMMAND_SNOOZE, .conversation = "c1", .until = 1700000000000},
        {SM_COMMAND_WAKE, .conversation = "c1"},
        {SM_COMMAND_TAG, .conversation = "c1", .data = list},
        {SM_COMMAND_RATE, .conversation = "c1", .stars = 5, .text = "很好"},
        {SM_COMMAND_RATE, .conversation = "c1", .stars = 1, .complaint = TRUE},
        {SM_COMMAND_ANSWER_RATING, .conversation = "c1", .text = "对不起"},
        {SM_COMMAND_LEAVE, .conversation = "c1"},
        {SM_COMMAND_AVAILABILITY, .agent = "mia", .availability = SM_AVAILABLE_AWAY,
         .reason = "tea"},
        {SM_COMMAND_AVAILABILITY, .availability = SM_AVAILABLE_ONLINE},
        {SM_COMMAND_LOAD, .agent = "mia", .capacity = 6, .weight = 50, .reason = "back from leave"},
        {SM_COMMAND_BROADCAST, .text = "down", .data = list, .pace = 30},
        {SM_COMMAND_BROADCAST, .text = "down", .filter = "state:queued -tag:vip"},
        {SM_COMMAND_BROADCAST_STOP, .notice = "b1", .reason = "wrong words"},
        {SM_COMMAND_INCIDENT_SET, .text = "down", .team = "t2", .until = 1700000000000},
        {SM_COMMAND_INCIDENT_SET, .text = "down", .inbox = "web", .until = 1700000000000},
        {SM_COMMAND_VISITOR_INVITE, .visit = "v1", .text = "May I help?"},
        {SM_COMMAND_INCIDENT_CLEAR, .notice = "i1"},
        {SM_COMMAND_HAND_IN, .name = "first-weeks", .permille = 912, .pass = 800, .since = 1700000000000, .seal = "0b88a18a"},
        {SM_COMMAND_CONFIRM, .agent = "mia", .step = "trial", .reason = "a good week", .weight = 25},
        {SM_COMMAND_REVIEW, .conversation = "c1", .agent = "mia", .data = marks, .text = "well done"},
        {SM_COMMAND_REVIEW_COMMENT, .conversation = "c1", .agent = "mia", .message = "m1", .text = "a link?"},
        {SM_COMMAND_BOT_TAKE, .conversation = "c1"},
        {SM_COMMAND_BOT_HAND_OVER, .conversation = "c1", .team = "t2"},
        {SM_COMMAND_EXCUSE, .conversation = "c1", .reason = "test"},
        {SM_COMMAND_ORDER, .conversation = "c1", .order = "B-2"},
        {SM_COMMAND_ORDER, .conversation = "c1", .order = "B-2", .reason = "paid", .text = "9 CNY"},
        {SM_COMMAND_CARD, .conversation = "c1", .data = flat},
        {SM_COMMAND_MERGE, .conversation = "c1", .contact = "k2", .reason = "same phone"},
        {SM_COMMAND_SPLIT, .conversation = "c1", .contact = "k2"},
        {SM_COMMAND_ERASE, .conversation = "c1", .reason = "m1", .data = list},
        {SM_COMMAND_AGENT_SET, .agent = "mia", .name = "Mia", .role = SM_ROLE_SUPERVISOR,
         .data = list, .languages = list, .capacity = 5, .weight = 50},
        {SM_COMMAND_AGENT_REMOVE, .agent = "mia"},
        {SM_COMMAND_POLICY_SET, .data = flat},
    };
    gboolean covered[SM_COMMAND_N] = {FALSE};

    for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
        SmCommand command = commands[i];
        command.id = "k-1";
        if (command.type != SM_COMMAND_POST)
            command.seen = -1;
        covered[command.type] = TRUE;
        g_autoptr(SmRequest) request = sm_wire_write_command(&command);
        g_auto(SmWireCommand) read = {0};
        SmRefusal *refusal = sm_wire_read_command(request, NULL, &read);
        if (refusal != NULL)
            g_error("%s: %s", sm_command_verb(command.type), refusal->detail);
        assert_same(&read.command, &command);
        g_assert_cmpuint(strlen(read.command.fingerprint), ==, 64);
    }
    /* All but what only the desk itself asks. */
    for (int type = 0; type < SM_COMMAND_N; type++)
        g_assert_cmpint(covered[type], !=, type == SM_COMMAND_GONE || type == SM_COMMAND_SEEN || type == SM_COMMAND_TICK || type == SM_COMMAND_VISITOR_REFUSE || type == SM_COMMAND_TRAFFIC);
}

/* --- Refusals ------------------------------------------------------------------------------------
 */

static SmRefusal *read_raw(const char *method, const char *target, const char *key,
                           const char *body, gssize n)
{
    g_autoptr(SmRequest) request = sm_request_new(method, target);
    g_auto(SmWireCommand) read = {0};

    request->idempotency_key = g_strdup(key);
    if (body != NULL)
        request->body = g_bytes_new(body, n >= 0 ? (gsize)n : strlen(body));
    return sm_wire_read_command(request, NULL, &read);
}

static void assert_refused(const char *method, const char *target, const char *key,
                           const char *body, SmProblem problem, const char *field)
{
    g_autoptr(SmRefusal) refusal = read_raw(method, target, key, body, -1);

    g_assert_nonnull(refusal);
    g_assert_cmpstr(sm_problem_code(refusal->problem), ==, sm_problem_code(problem));
    g_assert_cmpstr(refusal->field, ==, field);
}

static void test_refused(void)
{
    const struct {
        const char *method, *target, *key, *body;
        SmProblem problem;
        const char *field;
    } cases[] = {
        {"GET", "/v1/conversations/c1/claim", "k", "{}", SM_PROBLEM_NOT_FOUND, NULL},
        {"POST", "/v2/conversations/c1/claim", "k", "{}", SM_PROBLEM_NOT_FOUND, NULL},
        {"POST", "/v1/conversations/c1/tick", "k", "{}", SM_PROBLEM_NOT_FOUND, NULL},
        {"POST", "/v1/conversations/c1/gone", "k", "{}", SM_PROBLEM_NOT_FOUND, NULL},
        {"POST", "/v1/conversations/c1/policy_set", "k", "{}", SM_PROBLEM_NOT_FOUND, NULL},
        {"POST", "/v1/conversations/c%2f1/claim", "k", "{}", SM_PROBLEM_NOT_FOUND, NULL},
        {"POST", "/v1/conversations/c1/claim", NULL, "{}", SM_PROBLEM_INVALID, "Idempotency-Key"},
        {"POST", "/v1/conversations/c1/claim", "a b", "{}", SM_PROBLEM_INVALID, "Idempotency-Key"},
        {"POST", "/v1/conversations/c1/claim", "", "{}", SM_PROBLEM_INVALID, "Idempotency-Key"},
        {"PUT", "/v1/conversations/c1/messages/%20", NULL, "{\"text\":\"a\"}", SM_PROBLEM_INVALID,
         "command"},
        {"POST", "/v1/conversations/c1/claim", "k", "{", SM_PROBLEM_BAD_JSON, NULL},
        {"POST", "/v1/conversations/c1/claim", "k", "[]", SM_PROBLEM_BAD_JSON, NULL},
        {"POST", "/v1/conversations/c1/tag", "k", "{\"tags\":[],\"tags\":[]}", SM_PROBLEM_BAD_JSON,
         NULL},
        {"POST", "/v1/conversations/c1/claim", "k", "{\"extra\":1}", SM_PROBLEM_INVALID, "extra"},
        {"POST", "/v1/conversations/c1/claim", "k", "{\"\\u001b[2J\":1}", SM_PROBLEM_INVALID, NULL},
        {"POST", "/v1/conversations/c1/rate", "k", "{}", SM_PROBLEM_INVALID, "stars"},
        {"POST", "/v1/conversations/c1/rate", "k", "{\"stars\":0}", SM_PROBLEM_INVALID, "stars"},
        {"POST", "/v1/conversations/c1/rate", "k", "{\"stars\":6}", SM_PROBLEM_INVALID, "stars"},
        {"POST", "/v1/conversations/c1/rate", "k", "{\"stars\":\"5\"}", SM_PROBLEM_INVALID,
         "stars"},
        {"POST", "/v1/conversations/c1/rate", "k", "{\"stars\":4.5}", SM_PROBLEM_INVALID, "stars"},
        {"POST", "/v1/conversations/c1/assign", "k", "{\"agent\":null}", SM_PROBLEM_INVALID,
         "agent"},
        {"POST", "/v1/conversations/c1/assign", "k", "{\"agent\":\"../x\"}", SM_PROBLEM_INVALID,
         "agent"},
        {"POST", "/v1/conversations/c1/resolve", "k", "{\"no_reply_needed\":1}", SM_PROBLEM_INVALID,
         "no_reply_needed"},
        {"POST", "/v1/conversations/c1/tag", "k", "{\"tags\":\"a\"}", SM_PROBLEM_INVALID, "tags"},
        {"POST", "/v1/conversations/c1/tag", "k", "{\"tags\":[1]}", SM_PROBLEM_INVALID, "tags"},
        {"POST", "/v1/conversations", "k", "{\"attributes\":{\"a\":{}}}", SM_PROBLEM_INVALID,
         "attributes"},
        {"POST", "/v1/agents/me/availability", "k", "{\"availability\":\"gone\"}",
         SM_PROBLEM_INVALID, "availability"},
        {"PUT", "/v1/agents/mia", "k", "{\"role\":\"boss\"}", SM_PROBLEM_INVALID, "role"},
        {"PUT", "/v1/policy", "k", "{}", SM_PROBLEM_INVALID, "policy"},
        {"PUT", "/v1/conversations/c1/messages/k", NULL, "{}", SM_PROBLEM_INVALID, "text"},
        {"PUT", "/v1/conversations/c1/messages/k", NULL, "{\"text\":\" \\n \"}", SM_PROBLEM_INVALID,
         "text"},
        {"PUT", "/v1/conversations/c1/messages/k", NULL, "{\"text\":\"a\",\"kind\":\"file\"}",
         SM_PROBLEM_INVALID, "kind"},
        {"PUT", "/v1/conversations/c1/messages/k?seen=-1", NULL, "{\"text\":\"a\"}",
         SM_PROBLEM_INVALID, "seen"},
        {"PUT", "/v1/conversations/c1/messages/k?seen=x", NULL, "{\"text\":\"a\"}",
         SM_PROBLEM_INVALID, "seen"},
        {"PUT", "/v1/conversations/c1/messages/k?seen=9999999999999999", NULL, "{\"text\":\"a\"}",
         SM_PROBLEM_INVALID, "seen"},
        {"PUT", "/v1/conversations/c1/messages/k?anyway=yes", NULL, "{\"text\":\"a\"}",
         SM_PROBLEM_INVALID, "anyway"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s %s", cases[i].target, cases[i].body);
        assert_refused(cases[i].method, cases[i].target, cases[i].key, cases[i].body,
                       cases[i].problem, cases[i].field);
    }
}

/* --- Bounds: at the limit and one past it --------------------------------------------------------
 */

static void assert_bound(const char *target, const char *before, const char *unit, guint n,
                         const char *after, const char *limit)
{
    for (guint past = 0; past <= 1; past++) {
        GString *body = g_string_new(before);
        for (guint i = 0; i < n + past; i++)
            g_string_append(body, unit);
        g_string_append(body, after);
        const char *method = strstr(target, "/messages/") != NULL ? "PUT" : "POST";
        g_autoptr(SmRefusal) refusal = read_raw(method, target, "k", body->str, -1);
        g_string_free(body, TRUE);
        if (past == 0) {
            g_assert_null(refusal);
            continue;
        }
        g_assert_nonnull(refusal);
        g_assert_cmpstr(sm_problem_code(refusal->problem), ==, "too_large");
        g_assert_cmpstr(refusal->field, ==, limit);
    }
}

static void test_bounds(void)
{
    assert_bound("/v1/conversations/c1/messages/k", "{\"text\":\"", "好", SM_MAX_MESSAGE_CHARS,
                 "\"}", "MESSAGE_CHARS");
    assert_bound("/v1/conversations/c1/messages/k", "{\"text\":\"", "\xf0\x9f\x98\x80",
                 SM_MAX_MESSAGE_BYTES / 4, "\"}", "MESSAGE_BYTES");
    assert_bound("/v1/conversations", "{\"name\":\"", "王", SM_MAX_NAME_CHARS, "\"}", "NAME_CHARS");
    assert_bound("/v1/conversations/c1/resolve", "{\"reason\":\"", "r", SM_MAX_REASON_CHARS, "\"}",
                 "REASON_CHARS");
    assert_bound("/v1/conversations/c1/tag", "{\"tags\":[\"x\"", ",\"t\"", SM_MAX_TAGS - 1, "]}",
                 "TAGS");
    assert_bound("/v1/conversations", "{\"attributes\":{\"a\":\"", "v", SM_MAX_ATTRIBUTE_CHARS,
                 "\"}}", "ATTRIBUTE_CHARS");
    assert_bound("/v1/conversations/c1/claim", "{}", " ", SM_MAX_BODY_BYTES - 2, "", "BODY_BYTES");
}

static void test_attributes(void)
{
    for (int past = 0; past <= 1; past++) {
        g_autoptr(json_t) flat = json_object();
        for (int i = 0; i < SM_MAX_ATTRIBUTES + past; i++) {
            g_autofree char *key = g_strdup_printf("a%d", i);
            json_object_set_new(flat, key, json_integer(i));
        }
        SmCommand command = {SM_COMMAND_START, .id = "k", .data = flat};
        g_autoptr(SmRequest) request = sm_wire_write_command(&command);
        g_auto(SmWireCommand) read = {0};
        g_autoptr(SmRefusal) refusal = sm_wire_read_command(request, NULL, &read);
        g_assert_cmpint(refusal != NULL, ==, past);
    }
}

static void test_depth(void)
{
    g_autoptr(GString) body = g_string_new(NULL);

    for (int i = 0; i <= SM_MAX_JSON_DEPTH; i++)
        g_string_append(body, "{\"a\":");
    g_autoptr(SmRefusal) refusal = read_raw("POST", "/v1/conversations", "k", body->str, -1);
    g_assert_nonnull(refusal);
    g_assert_true(refusal->problem == SM_PROBLEM_TOO_LARGE ||
                  refusal->problem == SM_PROBLEM_BAD_JSON);
}

/* --- Fingerprints --------------------------------------------------------------------------------
 */

static char *print_of(const char *target, const char *body)
{
    g_autoptr(SmRequest) request = sm_request_new("PUT", target);
    g_auto(SmWireCommand) read = {0};

    request->body = g_bytes_new(body, strlen(body));
    g_assert_null(sm_wire_read_command(request, NULL, &read));
    return g_strdup(read.command.fingerprint);
}

static void test_fingerprint(void)
{
    g_autofree char *first =
        print_of("/v1/conversations/c1/messages/k", "{\"text\":\"a\",\"kind\":\"note\"}");
    g_autofree char *same = print_of("/v1/conversations/c1/messages/k?seen=3&anyway=true",
                                     " { \"kind\" : \"note\", \"text\":\"\\u0061\" } ");
    g_autofree char *text =
        print_of("/v1/conversations/c1/messages/k", "{\"text\":\"b\",\"kind\":\"note\"}");
    g_autofree char *kind = print_of("/v1/conversations/c1/messages/k", "{\"text\":\"a\"}");
    g_autofree char *other =
        print_of("/v1/conversations/c2/messages/k", "{\"text\":\"a\",\"kind\":\"note\"}");

    g_assert_cmpstr(first, ==, same); /* seen, anyway, order and spelling are outside */
    g_assert_cmpstr(first, !=, text);
    g_assert_cmpstr(first, !=, kind);
    g_assert_cmpstr(first, !=, other);
}

static void test_accepted(void)
{
    g_autoptr(SmRecord) record = sm_record_new(5000, "k1", "customer:p1", "f");
    SmEvent *greeting = sm_event_new(SM_EVENT_MESSAGE_POSTED);
    SmEvent *message = sm_event_new(SM_EVENT_MESSAGE_POSTED);

    record->seq = 9;
    greeting->conversation = g_strdup("c1");
    greeting->message = g_strdup("m0");
    greeting->author = SM_AUTHOR_SYSTEM;
    message->conversation = g_strdup("c1");
    message->message = g_strdup("m1");
    message->n = 3;
    g_ptr_array_add(record->events, greeting);
    g_ptr_array_add(record->events, message);
    g_autoptr(json_t) body = sm_wire_accepted(record);
    g_autofree char *text = sm_json_text(body);
    g_assert_cmpstr(text, ==,
                    "{\"seq\":9,\"at\":5000,\"command\":\"k1\",\"conversation\":\"c1\",\"message\":"
                    "\"m1\",\"n\":3}");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/command/round-trip", test_round_trip);
    g_test_add_func("/wire/command/refused", test_refused);
    g_test_add_func("/wire/command/bounds", test_bounds);
    g_test_add_func("/wire/command/attributes", test_attributes);
    g_test_add_func("/wire/command/depth", test_depth);
    g_test_add_func("/wire/command/fingerprint", test_fingerprint);
    g_test_add_func("/wire/command/accepted", test_accepted);
    return g_test_run();
}
