/* SPDX-License-Identifier: MIT */
/* decide: who may do what, in which state; and that a refusal says why. */
#include <string.h>

#include "desk_fixture.h"
#include "seatmux/base/limits.h"

#define CMD(what, who, ...)                                                                        \
    ((SmCommand){.type = SM_COMMAND_##what, .actor = who, .seen = -1, __VA_ARGS__})

static void assert_events(const SmRecord *record, const char *expected)
{
    g_autofree char *got = names(record);
    g_assert_cmpstr(got, ==, expected);
}

static const char *data_text(Fixture *f, const char *key)
{
    return sm_json_str(f->refusal->data, key, NULL);
}

/* --- Starting ----------------------------------------------------------------------------------
 */

static void starting(void)
{
    g_autoptr(Fixture) f = fixture_new(1, 0);
    g_autoptr(json_t) attributes = json_pack("{s:s, s:i}", "plan", "gold", "age", 3);
    SmRecord *record = must(f, CMD(START, customer(NULL), .inbox = "web", .name = "Chen Wei",
                                   .order = "48213", .text = "hello", .data = attributes));

    assert_events(record, "conversation.started conversation.queued message.posted message.posted");
    const SmEvent *started = record->events->pdata[0];
    const SmConversation *c = conv(f, started->conversation);
    g_assert_cmpstr(c->name, ==, "Chen Wei");
    g_assert_cmpstr(c->order, ==, "48213");
    g_assert_cmpstr(sm_json_str(c->attributes, "plan", NULL), ==, "gold");
    g_assert_cmpint(c->state, ==, SM_STATE_QUEUED);
    g_assert_cmpint(c->queued, ==, f->now);
    g_assert_cmpint(c->version, ==, 1);
    g_assert_cmpuint(c->lines->len, ==, 2);
    g_assert_cmpint(((SmLine *)c->lines->pdata[0])->message_kind, ==, SM_MESSAGE_GREETING);
    g_assert_cmpint(((SmLine *)c->lines->pdata[1])->n, ==, 1);
    g_autofree char *actor = g_strdup_printf("customer:%s", c->contact);
    g_assert_cmpstr(record->actor, ==, actor);
    must_not(f, CMD(START, customer(c->contact), .inbox = "web"), SM_PROBLEM_WRONG_STATE);
    g_assert_cmpstr(data_text(f, "conversation"), ==, c->id);
    must_not(f, CMD(START, customer(NULL), .inbox = "nowhere"), SM_PROBLEM_INVALID);
    must_not(f, CMD(START, staff("login-mia"), .inbox = "web"), SM_PROBLEM_FORBIDDEN);
    record = must(f, CMD(START, customer(NULL), .inbox = NULL));
    assert_events(record, "conversation.started conversation.queued message.posted");
    g_assert_null(((SmEvent *)record->events->pdata[0])->content);
}

static void limits(void)
{
    g_autoptr(Fixture) f = fixture_new(2, 0);
    g_autofree char *name = g_strnfill(SM_MAX_NAME_CHARS, 'n');
    g_autofree char *long_name = g_strnfill(SM_MAX_NAME_CHARS + 1, 'n');
    g_autofree char *text = g_strnfill(SM_MAX_MESSAGE_CHARS, 't');
    g_autofree char *long_text = g_strnfill(SM_MAX_MESSAGE_CHARS + 1, 't');
    g_autofree char *value = g_strnfill(SM_MAX_ATTRIBUTE_CHARS + 1, 'v');
    g_autoptr(json_t) long_value = json_pack("{s:s}", "a", value);
    g_autoptr(json_t) deep = json_pack("{s:[]}", "a");
    g_autoptr(json_t) many = json_object();

    must(f, CMD(START, customer(NULL), .name = name, .text = text));
    must_not(f, CMD(START, customer(NULL), .name = long_name), SM_PROBLEM_TOO_LARGE);
    g_assert_cmpstr(f->refusal->field, ==, "NAME_CHARS");
    must_not(f, CMD(START, customer(NULL), .text = long_text), SM_PROBLEM_TOO_LARGE);
    g_assert_cmpstr(f->refusal->field, ==, "MESSAGE_CHARS");
    must_not(f, CMD(START, customer(NULL), .name = "\xff"), SM_PROBLEM_INVALID);
    must_not(f, CMD(START, customer(NULL), .text = "\xc3"), SM_PROBLEM_INVALID);
    must_not(f, CMD(START, customer(NULL), .text = " \n\xe3\x80\x80"), SM_PROBLEM_INVALID);
    must_not(f, CMD(START, customer(NULL), .data = long_value), SM_PROBLEM_TOO_LARGE);
    g_assert_cmpstr(f->refusal->field, ==, "ATTRIBUTE_CHARS");
    must_not(f, CMD(START, customer(NULL), .data = deep), SM_PROBLEM_INVALID);
    for (guint i = 0; i <= SM_MAX_ATTRIBUTES; i++) {
        g_autofree char *key = g_strdup_printf("k%u", i);
        json_object_set_new(many, key, json_integer(i));
    }
    must_not(f, CMD(START, customer(NULL), .data = many), SM_PROBLEM_TOO_LARGE);
    json_object_del(many, "k0");
    must(f, CMD(START, customer(NULL), .data = many));
}

static void coming_back(void)
{
    g_autoptr(Fixture) f = fixture_new(3, 0);
    g_autofree char *id = NULL, *contact = NULL;

    start(f, "web", "hello", &id, &contact);
    claim(f, "login-mia", id);
    must(f, CMD(RESOLVE, staff("login-mia"), .conversation = id, .reason = "done"));
    g_assert_cmpstr(conv(f, id)->resolve_reason, ==, "done");
    f->now += 599999;
    SmRecord *record = say(f, customer(contact), id, "one more thing");
    assert_events(record, "conversation.reopened conversation.queued message.posted");
    g_assert_cmpint(conv(f, id)->state, ==, SM_STATE_QUEUED);
    g_assert_null(conv(f, id)->owner);
    claim(f, "login-jon", id);
    must(f, CMD(RESOLVE, staff("login-jon"), .conversation = id));
    f->now += 1000;
    record = must(f, CMD(START, customer(contact), .inbox = "web", .text = "me again"));
    assert_events(record, "conversation.reopened conversation.queued message.posted");
    must(f, CMD(RESOLVE, staff("login-sue"), .conversation = id));
    /* At 600 s it is too late, archived or not. */
    f->now += 600000;
    record = say(f, customer(contact), id, "after a long time");
    assert_events(record, "conversation.started conversation.queued message.posted message.posted");
    const SmEvent *started = record->events->pdata[0];
    g_assert_cmpstr(started->conversation, !=, id);
    g_assert_cmpstr(started->inbox, ==, "web");
    g_assert_cmpstr(conv(f, started->conversation)->name, ==, "Chen Wei");
    must_not(f, CMD(POST, customer(contact), .conversation = id, .text = "hm"),
             SM_PROBLEM_RESOLVED);
    g_assert_cmpstr(data_text(f, "conversation"), ==, started->conversation);
    must_not(f, CMD(REOPEN, staff("login-sue"), .conversation = id), SM_PROBLEM_WRONG_STATE);
    g_assert_cmpuint(tick(f), ==, 1);
    g_assert_true(conv(f, id)->archived);
    must_not(f, CMD(REOPEN, staff("login-sue"), .conversation = id), SM_PROBLEM_NOT_FOUND);
    must_not(f, CMD(POST, customer("kother"), .conversation = id, .text = "hm"),
             SM_PROBLEM_NOT_FOUND);
}

/* --- Claiming ----------------------------------------------------------------------------------
 */

static void hundred_claims(void)
{
    g_autoptr(Fixture) f = fixture_new(4, 0);
    g_autofree char *id = NULL;
    g_autoptr(json_t) list = json_pack("[s]", "support");
    guint won = 0, told = 0;

    for (guint i = 0; i < 100; i++) {
        g_autofree char *name = g_strdup_printf("a%u", i);
        must(f, CMD(AGENT_SET, admin(), .agent = name, .data = list));
        must(f, CMD(AVAILABILITY, staff(name), .availability = SM_AVAILABLE_ONLINE));
    }
    start(f, "web", "hello", &id, NULL);
    for (guint i = 0; i < 100; i++) {
        g_autofree char *name = g_strdup_printf("a%u", (i * 37 + 11) % 100);
        if (run(f, CMD(CLAIM, staff(name), .conversation = id))) {
            won++;
        } else {
            g_assert_cmpint(f->refusal->problem, ==, SM_PROBLEM_ALREADY_ASSIGNED);
            g_assert_cmpstr(data_text(f, "owner"), ==, "a11");
            g_assert_nonnull(strstr(f->refusal->detail, "a11"));
            told++;
        }
    }
    g_assert_cmpuint(won, ==, 1);
    g_assert_cmpuint(told, ==, 99);
    g_assert_cmpstr(conv(f, id)->owner, ==, "a11");
}

static void capacity(void)
{
    g_autoptr(Fixture) f = fixture_new(5, 0);
    char *ids[5];

    for (guint i = 0; i < 5; i++) {
        start(f, "web", "hello", &ids[i], NULL);
    }
    for (guint i = 0; i < 3; i++) {
        claim(f, "login-mia", ids[i]);
    }
    g_assert_cmpint(sm_desk_agent(f->desk, "login-mia")->chats, ==, 3);
    must_not(f, CMD(CLAIM, staff("login-mia"), .conversation = ids[3]), SM_PROBLEM_AT_CAPACITY);
    must_not(f, CMD(CLAIM_NEXT, staff("login-mia")), SM_PROBLEM_AT_CAPACITY);
    must_not(f, CMD(ASSIGN, staff("login-sue"), .conversation = ids[3], .agent = "login-mia"),
             SM_PROBLEM_AT_CAPACITY);
    claim(f, "login-jon", ids[3]);
    must_not(f, CMD(TRANSFER, staff("login-jon"), .conversation = ids[3], .agent = "login-mia"),
             SM_PROBLEM_AT_CAPACITY);
    /* A snoozed one still counts; a resolved one does not. */
    must(f, CMD(SNOOZE, staff("login-mia"), .conversation = ids[0], .until = f->now + 1000));
    must_not(f, CMD(CLAIM, staff("login-mia"), .conversation = ids[4]), SM_PROBLEM_AT_CAPACITY);
    must(f, CMD(RESOLVE, staff("login-mia"), .conversation = ids[1]));
    claim(f, "login-mia", ids[4]);
    for (guint i = 0; i < 5; i++) {
        g_free(ids[i]);
    }
}

static void who_may_claim(void)
{
    g_autoptr(Fixture) f = fixture_new(6, 0);
    g_autofree char *web = NULL, *shop = NULL, *school = NULL;

    must_not(f, CMD(CLAIM_NEXT, staff("login-mia")), SM_PROBLEM_QUEUE_EMPTY);
    start(f, "web", "hello", &web, NULL);
    start(f, "shop", "hello", &shop, NULL);
    start(f, "school", "hello", &school, NULL);
    must_not(f, CMD(CLAIM, staff("login-mia"), .conversation = shop), SM_PROBLEM_NOT_FOUND);
    must_not(f, CMD(CLAIM, staff("login-mia"), .conversation = "cnone"), SM_PROBLEM_NOT_FOUND);
    must_not(f, CMD(CLAIM, staff("nobody"), .conversation = web), SM_PROBLEM_FORBIDDEN);
    must_not(f, CMD(CLAIM, customer("k1"), .conversation = web), SM_PROBLEM_FORBIDDEN);
    must_not(f, CMD(CLAIM, admin(), .conversation = web), SM_PROBLEM_FORBIDDEN);
    must_not(f, CMD(CLAIM, staff("login-tim"), .conversation = web), SM_PROBLEM_FORBIDDEN);
    claim(f, "login-tim", school);
    must(f, CMD(AVAILABILITY, staff("login-mia"), .availability = SM_AVAILABLE_OFFLINE));
    must_not(f, CMD(CLAIM, staff("login-mia"), .conversation = web), SM_PROBLEM_UNAVAILABLE);
    must(f, CMD(AVAILABILITY, staff("login-mia"), .availability = SM_AVAILABLE_AWAY));
    claim(f, "login-mia", web);
    must_not(f, CMD(CLAIM, staff("login-mia"), .conversation = web), SM_PROBLEM_ALREADY_ASSIGNED);
    must(f, CMD(RESOLVE, staff("login-mia"), .conversation = web));
    must_not(f, CMD(CLAIM, staff("login-jon"), .conversation = web), SM_PROBLEM_RESOLVED);
}

/* Earliest queue deadline, then longest wait, then id; sales has no queue target. */
static void claim_next(void)
{
    g_autoptr(Fixture) f = fixture_new(7, 0);
    g_autofree char *shop = NULL, *first = NULL, *second = NULL, *third = NULL;

    start(f, "shop", "hello", &shop, NULL);
    f->now += 1000;
    start(f, "web", "hello", &first, NULL);
    start(f, "web", "hello", &second, NULL);
    f->now += 1000;
    start(f, "school", "hello", &third, NULL);
    const char *low = strcmp(first, second) < 0 ? first : second;
    const char *high = low == first ? second : first;
    const char *order[] = {low, high, third};
    must_not(f, CMD(CLAIM_NEXT, staff("login-mia"), .team = "sales"), SM_PROBLEM_FORBIDDEN);
    must(f, CMD(CLAIM_NEXT, staff("login-bob"), .team = "sales"));
    g_assert_cmpstr(conv(f, shop)->owner, ==, "login-bob");
    must(f, CMD(RELEASE, staff("login-bob"), .conversation = shop));
    for (guint i = 0; i < 3; i++) {
        must(f, CMD(CLAIM_NEXT, staff("login-bob")));
        g_assert_cmpstr(conv(f, order[i])->owner, ==, "login-bob");
    }
    must(f, CMD(RESOLVE, staff("login-bob"), .conversation = first));
    must(f, CMD(CLAIM_NEXT, staff("login-bob")));
    g_assert_cmpstr(conv(f, shop)->owner, ==, "login-bob");
}

/* Without a clock the longest wait comes first, whatever the ids are. */
static void longest_wait(void)
{
    g_autoptr(Fixture) f = fixture_new(18, 0);
    char *ids[6];

    for (guint i = 0; i < G_N_ELEMENTS(ids); i++) {
        start(f, "shop", "hello", &ids[i], NULL);
        f->now += 1000;
    }
    for (guint i = 0; i < G_N_ELEMENTS(ids); i++) {
        must(f, CMD(CLAIM_NEXT, staff("login-ana")));
        g_assert_cmpstr(conv(f, ids[i])->owner, ==, "login-ana");
        must(f, CMD(RESOLVE, staff("login-ana"), .conversation = ids[i]));
        g_free(ids[i]);
    }
}

static void trainee_next(void)
{
    g_autoptr(Fixture) f = fixture_new(8, 0);
    g_autofree char *web = NULL, *school = NULL;

    start(f, "web", "hello", &web, NULL);
    must_not(f, CMD(CLAIM_NEXT, staff("login-tim")), SM_PROBLEM_QUEUE_EMPTY);
    start(f, "school", "hello", &school, NULL);
    must(f, CMD(CLAIM_NEXT, staff("login-tim")));
    g_assert_cmpstr(conv(f, school)->owner, ==, "login-tim");
    must_not(f, CMD(ASSIGN, staff("login-sue"), .conversation = web, .agent = "login-tim"),
             SM_PROBLEM_FORBIDDEN);
    must_not(f, CMD(POST, staff("login-tim"), .conversation = web, .text = "hi"),
             SM_PROBLEM_FORBIDDEN);
    say(f, staff("login-tim"), school, "hi");
}

/* --- Giving and taking -------------------------------------------------------------------------
 */

static const SmLine *last_line(Fixture *f, const char *id)
{
    const GPtrArray *lines = conv(f, id)->lines;

    return lines->pdata[lines->len - 1];
}

static void assigning(void)
{
    g_autoptr(Fixture) f = fixture_new(9, 0);
    g_autofree char *id = NULL;

    start(f, "web", "hello", &id, NULL);
    must_not(f, CMD(ASSIGN, staff("login-mia"), .conversation = id, .agent = "login-jon"),
             SM_PROBLEM_FORBIDDEN);
    must_not(f, CMD(ASSIGN, staff("login-sue"), .conversation = id, .agent = "login-ana"),
             SM_PROBLEM_UNAVAILABLE);
    must_not(f, CMD(ASSIGN, staff("login-sue"), .conversation = id, .agent = "nobody"),
             SM_PROBLEM_NOT_FOUND);
    must(f, CMD(AVAILABILITY, staff("login-jon"), .availability = SM_AVAILABLE_BUSY));
    must_not(f, CMD(ASSIGN, staff("login-sue"), .conversation = id, .agent = "login-jon"),
             SM_PROBLEM_UNAVAILABLE);
    g_assert_nonnull(strstr(f->refusal->detail, "busy"));
    SmRecord *record = must(f, CMD(ASSIGN, the_desk(), .conversation = id, .agent = "login-mia"));
    g_assert_cmpint(event_of(record, SM_EVENT_CONVERSATION_ASSIGNED)->cause, ==, SM_CAUSE_ROUTING);
    must_not(f, CMD(ASSIGN, staff("login-sue"), .conversation = id, .agent = "login-bob"),
             SM_PROBLEM_ALREADY_ASSIGNED);
    must_not(f, CMD(TRANSFER, staff("login-jon"), .conversation = id, .agent = "login-bob"),
             SM_PROBLEM_NOT_OWNER);
    g_assert_cmpstr(data_text(f, "owner"), ==, "login-mia");
    record = must(f, CMD(TRANSFER, staff("login-mia"), .conversation = id, .agent = "login-bob",
                         .text = "wants a refund"));
    assert_events(record, "note.posted conversation.assigned");
    g_assert_cmpstr(conv(f, id)->owner, ==, "login-bob");
    must_not(f, CMD(TRANSFER, staff("login-bob"), .conversation = id, .agent = "login-bob"),
             SM_PROBLEM_WRONG_STATE);
    must_not(f, CMD(TRANSFER, staff("login-bob"), .conversation = id), SM_PROBLEM_INVALID);
    must_not(f, CMD(TRANSFER, staff("login-bob"), .conversation = id, .team = "none"),
             SM_PROBLEM_INVALID);
    record = must(f, CMD(TRANSFER, staff("login-bob"), .conversation = id, .team = "sales"));
    assert_events(record, "conversation.unassigned conversation.queued");
    g_assert_cmpstr(conv(f, id)->team, ==, "sales");
    g_assert_null(conv(f, id)->owner);
    g_assert_cmpint(last_line(f, id)->event, ==, SM_EVENT_CONVERSATION_UNASSIGNED);
    must_not(f, CMD(TRANSFER, staff("login-max"), .conversation = id, .team = "sales"),
             SM_PROBLEM_WRONG_STATE);
    record = must(f, CMD(TRANSFER, staff("login-max"), .conversation = id, .team = "support"));
    assert_events(record, "conversation.queued");
    g_assert_cmpint(last_line(f, id)->event, ==, SM_EVENT_CONVERSATION_QUEUED); /* nothing else tells of it */
}

static void taking_over(void)
{
    g_autoptr(Fixture) f = fixture_new(10, 0);
    g_autofree char *id = NULL;

    start(f, "web", "hello", &id, NULL);
    must_not(f, CMD(TAKE_OVER, staff("login-sue"), .conversation = id), SM_PROBLEM_WRONG_STATE);
    claim(f, "login-mia", id);
    must_not(f, CMD(TAKE_OVER, staff("login-jon"), .conversation = id), SM_PROBLEM_FORBIDDEN);
    must_not(f, CMD(TAKE_OVER, staff("login-max"), .conversation = id), SM_PROBLEM_NOT_FOUND);
    SmRecord *record = must(f, CMD(TAKE_OVER, staff("login-sue"), .conversation = id));
    assert_events(record, "conversation.assigned");
    g_assert_cmpint(event_of(record, SM_EVENT_CONVERSATION_ASSIGNED)->cause, ==,
                    SM_CAUSE_TAKE_OVER);
    must_not(f, CMD(RELEASE, staff("login-mia"), .conversation = id), SM_PROBLEM_NOT_OWNER);
    must_not(f, CMD(RESOLVE, staff("login-mia"), .conversation = id), SM_PROBLEM_NOT_OWNER);
    record = must(f, CMD(RELEASE, staff("login-sue"), .conversation = id, .reason = "lunch"));
    assert_events(record, "conversation.unassigned conversation.queued");
    must_not(f, CMD(RELEASE, staff("login-sue"), .conversation = id), SM_PROBLEM_WRONG_STATE);
    /* The former owner neither sees what came after nor the record that took it away. */
    g_assert_false(sm_desk_sees(f->desk, staff("login-mia"), conv(f, id), 0));
}

/* --- States ------------------------------------------------------------------------------------
 */

static void states(void)
{
    g_autoptr(Fixture) f = fixture_new(11, 0);
    g_autofree char *id = NULL, *contact = NULL;

    start(f, "web", "hello", &id, &contact);
    must_not(f, CMD(SNOOZE, staff("login-sue"), .conversation = id, .until = f->now + 5),
             SM_PROBLEM_WRONG_STATE);
    must_not(f, CMD(REOPEN, staff("login-sue"), .conversation = id), SM_PROBLEM_WRONG_STATE);
    claim(f, "login-mia", id);
    must_not(f, CMD(WAKE, staff("login-mia"), .conversation = id), SM_PROBLEM_WRONG_STATE);
    must_not(f, CMD(SNOOZE, staff("login-mia"), .conversation = id, .until = f->now),
             SM_PROBLEM_INVALID);
    must(f, CMD(SNOOZE, staff("login-mia"), .conversation = id, .until = f->now + 9000));
    g_assert_cmpint(conv(f, id)->state, ==, SM_STATE_SNOOZED);
    must(f, CMD(WAKE, staff("login-mia"), .conversation = id));
    must(f, CMD(SNOOZE, staff("login-mia"), .conversation = id, .until = f->now + 9000));
    SmRecord *record = say(f, customer(contact), id, "hello?");
    assert_events(record, "conversation.woken message.posted");
    g_assert_cmpint(conv(f, id)->state, ==, SM_STATE_OPEN);
    must(f, CMD(RESOLVE, staff("login-mia"), .conversation = id, .no_reply_needed = TRUE));
    must_not(f, CMD(RESOLVE, staff("login-mia"), .conversation = id), SM_PROBLEM_RESOLVED);
    must_not(f, CMD(POST, staff("login-mia"), .conversation = id, .text = "bye"),
             SM_PROBLEM_RESOLVED);
    record = must(f, CMD(REOPEN, staff("login-mia"), .conversation = id));
    assert_events(record, "conversation.reopened conversation.queued");
    g_assert_null(conv(f, id)->owner);
}

/* A snooze ends with its owner: what comes after is no pause. */
static void snooze_and_transfer(void)
{
    g_autoptr(Fixture) f = fixture_new(19, 0);
    g_autofree char *id = NULL;

    start(f, "shop", NULL, &id, NULL);
    claim(f, "login-ana", id);
    must(f, CMD(SNOOZE, staff("login-ana"), .conversation = id, .until = f->now + 100000));
    f->now += 10000;
    must(f, CMD(TRANSFER, staff("login-ana"), .conversation = id, .agent = "login-bob"));
    g_assert_cmpint(conv(f, id)->state, ==, SM_STATE_OPEN);
    g_assert_cmpint(conv(f, id)->snoozed_until, ==, -1);
    f->now += 10000;
    must(f, CMD(RESOLVE, staff("login-bob"), .conversation = id));
    g_assert_cmpint(sm_turns_round(conv(f, id)->turns, 0)->net, ==, 10000);
}

static void tags_and_orders(void)
{
    g_autoptr(Fixture) f = fixture_new(12, 0);
    g_autofree char *id = NULL;
    g_autoptr(json_t) tags = json_pack("[s,s,s]", "late", "parcel", "late");
    g_autoptr(json_t) bad = json_pack("[i]", 1);
    g_autoptr(json_t) many = json_array();

    start(f, "web", "hello", &id, NULL);
    claim(f, "login-mia", id);
    must(f, CMD(TAG, staff("login-mia"), .conversation = id, .data = tags));
    g_assert_cmpuint(conv(f, id)->tags->len, ==, 2);
    must_not(f, CMD(TAG, staff("login-jon"), .conversation = id, .data = tags),
             SM_PROBLEM_NOT_OWNER);
    must_not(f, CMD(TAG, staff("login-mia"), .conversation = id, .data = bad), SM_PROBLEM_INVALID);
    must_not(f, CMD(TAG, staff("login-mia"), .conversation = id), SM_PROBLEM_INVALID);
    for (guint i = 0; i <= SM_MAX_TAGS; i++) {
        g_autofree char *tag = g_strdup_printf("t%u", i);
        json_array_append_new(many, json_string(tag));
    }
    must_not(f, CMD(TAG, staff("login-mia"), .conversation = id, .data = many),
             SM_PROBLEM_TOO_LARGE);
    must_not(f, CMD(ORDER, staff("login-mia"), .conversation = id), SM_PROBLEM_INVALID);
    SmRecord *record =
        must(f, CMD(ORDER, staff("login-mia"), .conversation = id, .order = "#1 / 2"));
    g_assert_cmpstr(event_of(record, SM_EVENT_ORDER_RECORDED)->text, ==, "{\"order\":\"#1 / 2\"}");
}

static SmRefusal *refusal_of(Fixture *f, const char *id, const char *one, const char *other)
{
    g_autoptr(json_t) tags = json_pack("[s, s]", one, other);

    must_not(f, CMD(TAG, staff("login-mia"), .conversation = id, .data = tags), SM_PROBLEM_INVALID);
    return f->refusal;
}

/* A desk that names its tags takes no others; those of before may stay, and be taken off. */
static void known_tags(void)
{
    g_autoptr(Fixture) f = fixture_new(12, 0);
    g_autofree char *id = NULL;
    g_autoptr(json_t) old = json_pack("[s]", "old"), both = json_pack("[s, s]", "old", "refund"), none = json_array();

    start(f, "web", "hello", &id, NULL);
    claim(f, "login-mia", id);
    must(f, CMD(TAG, staff("login-mia"), .conversation = id, .data = old));
    g_autoptr(json_t) policy = sm_policy_encode(sm_desk_policy(f->desk));
    json_object_set_new(policy, "tags", json_pack("[s, s, s]", "refund", "parcel", "退货"));
    must(f, CMD(POLICY_SET, admin(), .data = policy));
    must(f, CMD(TAG, staff("login-mia"), .conversation = id, .data = both));
    g_assert_cmpuint(conv(f, id)->tags->len, ==, 2);
    g_assert_cmpstr(refusal_of(f, id, "old", "Lena")->field, ==, "tags");
    g_assert_cmpstr(f->refusal->detail, ==, "'Lena' is none of this desk's tags, which are refund, parcel, 退货.");
    g_assert_cmpstr(refusal_of(f, id, "old", "Parcle")->detail, ==, "'Parcle' is none of this desk's tags; 'parcel' is.");
    must(f, CMD(TAG, staff("login-mia"), .conversation = id, .data = none));
    refusal_of(f, id, "refund", "old");
}

static void ratings(void)
{
    g_autoptr(Fixture) f = fixture_new(13, 0);
    g_autofree char *id = NULL, *contact = NULL;

    start(f, "web", "hello", &id, &contact);
    claim(f, "login-mia", id);
    say(f, staff("login-mia"), id, "hi");
    must_not(f, CMD(RATE, customer(contact), .conversation = id, .stars = 6), SM_PROBLEM_INVALID);
    must_not(f, CMD(RATE, customer("kx"), .conversation = id, .stars = 5), SM_PROBLEM_NOT_FOUND);
    must_not(f, CMD(RATE, staff("login-mia"), .conversation = id, .stars = 5),
             SM_PROBLEM_FORBIDDEN);
    must_not(f, CMD(EXCUSE, staff("login-sue"), .conversation = id), SM_PROBLEM_WRONG_STATE);
    must(f, CMD(RATE, customer(contact), .conversation = id, .stars = 2));
    SmRecord *record =
        must(f, CMD(RATE, customer(contact), .conversation = id, .stars = 1, .text = "slow"));
    g_assert_cmpint(conv(f, id)->stars, ==, 1);
    g_assert_cmpstr(event_of(record, SM_EVENT_CONVERSATION_RATED)->agent, ==, "login-mia");
    must_not(f, CMD(EXCUSE, staff("login-mia"), .conversation = id), SM_PROBLEM_FORBIDDEN);
    must(f, CMD(EXCUSE, staff("login-sue"), .conversation = id, .reason = "not ours"));
    must_not(f, CMD(EXCUSE, staff("login-sue"), .conversation = id), SM_PROBLEM_WRONG_STATE);
    must(f, CMD(RESOLVE, staff("login-mia"), .conversation = id));
    must(f, CMD(RATE, customer(contact), .conversation = id, .stars = 5));
    must(f, CMD(REOPEN, staff("login-mia"), .conversation = id));
    g_assert_cmpint(conv(f, id)->stars, ==, 0);
}

#define END_OF(f, id) ({ SmRating r_; g_assert_true(sm_desk_rating((f)->desk, (id), &r_)); r_.ended; })

/* Archived, it is rated once and within the days; a link is for one end; answered and excused all the same. */
static void rated_later(void)
{
    g_autoptr(Fixture) f = fixture_new(16, 0);
    g_autofree char *id = NULL, *contact = NULL, *other = NULL, *contact2 = NULL;

    start(f, "web", "hello", &id, &contact);
    claim(f, "login-mia", id);
    say(f, staff("login-mia"), id, "hi");
    must(f, CMD(RESOLVE, staff("login-mia"), .conversation = id, .no_reply_needed = TRUE));
    int64_t first = END_OF(f, id);
    must(f, CMD(REOPEN, staff("login-mia"), .conversation = id));
    must_not(f, CMD(RATE, customer(contact), .conversation = id, .stars = 1, .since = first), SM_PROBLEM_WRONG_STATE);
    claim(f, "login-mia", id);
    say(f, staff("login-mia"), id, "again");
    pass(f, 1000);
    must(f, CMD(RESOLVE, staff("login-mia"), .conversation = id));
    int64_t ended = END_OF(f, id);
    pass(f, 3600000);
    g_assert_true(conv(f, id)->archived);
    must_not(f, CMD(RATE, customer(contact), .conversation = id, .stars = 1, .since = first), SM_PROBLEM_WRONG_STATE);
    must_not(f, CMD(ANSWER_RATING, staff("login-mia"), .conversation = id, .text = "why?"), SM_PROBLEM_WRONG_STATE);
    SmRecord *record = must(f, CMD(RATE, customer(contact), .conversation = id, .stars = 2, .text = "slow", .complaint = TRUE, .since = ended));
    const SmEvent *rated = event_of(record, SM_EVENT_CONVERSATION_RATED);
    g_assert_cmpstr(rated->agent, ==, "login-mia");
    g_assert_true(rated->flag && conv(f, id)->complaint);
    g_assert_false(sm_desk_visible(f->desk, staff("login-mia"), rated, record->seq));
    must_not(f, CMD(RATE, customer(contact), .conversation = id, .stars = 5, .since = ended), SM_PROBLEM_WRONG_STATE);
    must_not(f, CMD(RATE, customer(contact), .conversation = id, .stars = 5), SM_PROBLEM_WRONG_STATE);
    must_not(f, CMD(ANSWER_RATING, customer(contact), .conversation = id, .text = "no"), SM_PROBLEM_FORBIDDEN);
    must_not(f, CMD(ANSWER_RATING, staff("login-jon"), .conversation = id, .text = "no"), SM_PROBLEM_FORBIDDEN);
    must_not(f, CMD(ANSWER_RATING, staff("login-mia"), .conversation = id, .text = " "), SM_PROBLEM_INVALID);
    record = must(f, CMD(ANSWER_RATING, staff("login-mia"), .conversation = id, .text = "Sorry."));
    g_assert_cmpint(conv(f, id)->rating_answer, ==, record->seq);
    must(f, CMD(ANSWER_RATING, staff("login-sue"), .conversation = id, .text = "Very sorry."));
    must(f, CMD(EXCUSE, staff("login-sue"), .conversation = id, .reason = "not ours"));
    must_not(f, CMD(EXCUSE, staff("login-sue"), .conversation = id, .reason = "again"), SM_PROBLEM_WRONG_STATE);
    g_autoptr(GPtrArray) own = sm_desk_rated(f->desk, contact, f->now);
    g_assert_cmpuint(own->len, ==, 1);

    start(f, "web", "hello", &other, &contact2);
    claim(f, "login-mia", other);
    say(f, staff("login-mia"), other, "hi");
    must(f, CMD(RESOLVE, staff("login-mia"), .conversation = other));
    pass(f, INT64_C(604800000) + 1000);
    must_not(f, CMD(RATE, customer(contact2), .conversation = other, .stars = 5), SM_PROBLEM_WRONG_STATE);
}

static void bots(void)
{
    g_autoptr(Fixture) f = fixture_new(14, 0);
    g_autofree char *id = NULL, *asked = NULL, *contact = NULL;

    start(f, "web", "hello", &asked, NULL);
    must_not(f, CMD(BOT_TAKE, the_desk(), .conversation = asked), SM_PROBLEM_WRONG_STATE);
    start(f, "web", NULL, &id, &contact);
    must_not(f, CMD(POST, the_desk(), .conversation = id, .text = "beep"), SM_PROBLEM_WRONG_STATE);
    must_not(f, CMD(BOT_HAND_OVER, the_desk(), .conversation = id), SM_PROBLEM_WRONG_STATE);
    must(f, CMD(BOT_TAKE, the_desk(), .conversation = id));
    g_assert_true(conv(f, id)->bot);
    SmRecord *record = say(f, the_desk(), id, "beep");
    g_assert_cmpint(event_of(record, SM_EVENT_MESSAGE_POSTED)->author, ==, SM_AUTHOR_BOT);
    say(f, customer(contact), id, "a person please");
    g_assert_null(sm_turns_open(conv(f, id)->turns));
    record = must(f, CMD(BOT_HAND_OVER, the_desk(), .conversation = id, .team = "sales"));
    assert_events(record, "bot.handed_over conversation.queued");
    g_assert_cmpstr(conv(f, id)->team, ==, "sales");
    g_assert_nonnull(sm_turns_open(conv(f, id)->turns));
    /* A bot's conversation can be claimed from it. */
    g_free(id);
    start(f, "web", NULL, &id, NULL);
    must(f, CMD(BOT_TAKE, the_desk(), .conversation = id));
    claim(f, "login-mia", id);
    g_assert_false(conv(f, id)->bot);
}

static void gone(void)
{
    g_autoptr(Fixture) f = fixture_new(15, 0);
    g_autofree char *id = NULL, *contact = NULL;

    start(f, "shop", "hello", &id, &contact);
    int64_t sign = f->now;
    f->now += 59999;
    must_not(f, CMD(GONE, the_desk(), .conversation = id, .since = sign), SM_PROBLEM_WRONG_STATE);
    must_not(f, CMD(GONE, staff("login-ana"), .conversation = id, .since = sign),
             SM_PROBLEM_FORBIDDEN);
    f->now += 1;
    SmRecord *record = must(f, CMD(GONE, the_desk(), .conversation = id, .since = sign));
    const SmEvent *event = event_of(record, SM_EVENT_CONVERSATION_ABANDONED);
    g_assert_cmpint(event->since, ==, sign);
    g_assert_cmpint(event->due, ==, sign + 60000);
    g_assert_cmpint(sm_turns_at(conv(f, id)->turns, 0)->outcome, ==, SM_OUTCOME_ABANDONED);
    must_not(f, CMD(GONE, the_desk(), .conversation = id, .since = sign), SM_PROBLEM_NOT_QUEUED);
    say(f, customer(contact), id, "back");
    g_assert_cmpint(conv(f, id)->state, ==, SM_STATE_QUEUED);
}

/* --- The desk itself ---------------------------------------------------------------------------
 */

static void administration(void)
{
    g_autoptr(Fixture) f = fixture_new(16, 0);
    g_autoptr(json_t) unknown = json_pack("[s]", "none");
    g_autoptr(json_t) bad = json_pack("{s:i}", "teams", 1);

    must_not(f, CMD(AGENT_SET, staff("login-sue"), .agent = "new"), SM_PROBLEM_FORBIDDEN);
    must_not(f, CMD(AGENT_SET, admin(), .agent = "../x"), SM_PROBLEM_INVALID);
    must_not(f, CMD(AGENT_SET, admin(), .agent = "new", .name = "Mia"), SM_PROBLEM_NAME_TAKEN);
    must_not(f, CMD(AGENT_SET, admin(), .agent = "new", .data = unknown), SM_PROBLEM_INVALID);
    must_not(f, CMD(AGENT_SET, admin(), .agent = "new", .capacity = 1001), SM_PROBLEM_INVALID);
    must(f, CMD(AGENT_SET, admin(), .agent = "login-mia", .capacity = 9));
    const SmAgent *mia = sm_desk_agent(f->desk, "login-mia");
    g_assert_cmpstr(mia->name, ==, "Mia");
    g_assert_cmpint(sm_desk_capacity(f->desk, mia), ==, 9);
    g_assert_cmpuint(mia->teams->len, ==, 1);
    must_not(f, CMD(AGENT_REMOVE, admin(), .agent = "new"), SM_PROBLEM_NOT_FOUND);
    must(f, CMD(AGENT_REMOVE, admin(), .agent = "login-jon"));
    g_assert_null(sm_desk_agent(f->desk, "login-jon"));
    must_not(f, CMD(POLICY_SET, admin(), .data = bad), SM_PROBLEM_INVALID);
    must_not(f, CMD(POLICY_SET, admin()), SM_PROBLEM_INVALID);
    must_not(f, CMD(POLICY_SET, staff("login-sue")), SM_PROBLEM_FORBIDDEN);
    must_not(f, CMD(AVAILABILITY, staff("login-mia"), .agent = "login-sue"), SM_PROBLEM_FORBIDDEN);
    must(f, CMD(AVAILABILITY, staff("login-sue"), .agent = "login-mia",
                .availability = SM_AVAILABLE_AWAY));
    g_assert_cmpint(mia->availability, ==, SM_AVAILABLE_AWAY);
    must_not(f, CMD(TICK, staff("login-sue")), SM_PROBLEM_FORBIDDEN);
    must_not(f, CMD(TICK, the_desk()), SM_PROBLEM_WRONG_STATE);
}

/* decide() changes nothing, and a stamp never goes back. */
static void pure(void)
{
    g_autoptr(Fixture) f = fixture_new(17, 0);
    g_autofree char *id = NULL;

    start(f, "web", "hello", &id, NULL);
    g_autoptr(json_t) before = sm_desk_project(f->desk, admin());
    SmCommand command = CMD(CLAIM, staff("login-mia"), .id = "x1", .conversation = id);
    g_autoptr(SmRecord) record = sm_desk_decide(f->desk, &command, f->now - 5000, f->ids, NULL);
    g_assert_cmpint(record->at, ==, f->now);
    command.actor = staff("login-ana");
    g_assert_null(sm_desk_decide(f->desk, &command, f->now, f->ids, NULL));
    g_autoptr(json_t) after = sm_desk_project(f->desk, admin());
    g_assert_true(json_equal(before, after));
    record->seq = 1;
    g_assert_false(sm_desk_apply(f->desk, record, NULL));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/desk/decide/starting", starting);
    g_test_add_func("/desk/decide/limits", limits);
    g_test_add_func("/desk/decide/coming-back", coming_back);
    g_test_add_func("/desk/decide/hundred-claims", hundred_claims);
    g_test_add_func("/desk/decide/capacity", capacity);
    g_test_add_func("/desk/decide/who-may-claim", who_may_claim);
    g_test_add_func("/desk/decide/claim-next", claim_next);
    g_test_add_func("/desk/decide/longest-wait", longest_wait);
    g_test_add_func("/desk/decide/snooze-and-transfer", snooze_and_transfer);
    g_test_add_func("/desk/decide/trainee-next", trainee_next);
    g_test_add_func("/desk/decide/assigning", assigning);
    g_test_add_func("/desk/decide/taking-over", taking_over);
    g_test_add_func("/desk/decide/states", states);
    g_test_add_func("/desk/decide/tags-and-orders", tags_and_orders);
    g_test_add_func("/desk/decide/known-tags", known_tags);
    g_test_add_func("/desk/decide/ratings", ratings);
    g_test_add_func("/desk/decide/rated-later", rated_later);
    g_test_add_func("/desk/decide/bots", bots);
    g_test_add_func("/desk/decide/gone", gone);
    g_test_add_func("/desk/decide/administration", administration);
    g_test_add_func("/desk/decide/pure", pure);
    return g_test_run();
}
