/* SPDX-License-Identifier: MIT */
/* What falls due: warnings, breaches, waking, abandonment, archiving, release; in due order, once.
 */
#include <string.h>

#include "desk_fixture.h"
#include "seatmux/base/limits.h"

#define CMD(what, who, ...)                                                                        \
    ((SmCommand){.type = SM_COMMAND_##what, .actor = who, .seen = -1, __VA_ARGS__})

/* "type@due[/level]" of what ticks brought since record `from`, due counted from T0. */
static char *ticked(Fixture *f, guint from)
{
    GString *all = g_string_new(NULL);

    for (guint i = from; i < f->records->len; i++) {
        const SmRecord *record = f->records->pdata[i];
        if (strcmp(record->actor, "desk") != 0) {
            continue;
        }
        for (guint k = 0; k < record->events->len; k++) {
            const SmEvent *e = record->events->pdata[k];
            g_string_append_printf(all, "%s%s@%d", all->len > 0 ? " " : "",
                                   sm_event_type_name(e->type), (int)(e->due - T0));
            if (e->level > 0) {
                g_string_append_printf(all, "/%d", (int)e->level);
            }
        }
    }
    return g_string_free(all, FALSE);
}

static void assert_ticked(Fixture *f, guint from, const char *expected)
{
    g_autofree char *got = ticked(f, from);
    g_assert_cmpstr(got, ==, expected);
}

/* support: first response 60 s, so 30 s, 48 s and 60 s after the claim; queue 40 s. */
static void in_time(void)
{
    g_autoptr(Fixture) f = fixture_new(1, 0);
    g_autofree char *id = NULL;

    start(f, "web", "hello", &id, NULL);
    g_assert_cmpint(sm_desk_next_due(f->desk), ==, T0 + 40000);
    guint from = f->records->len;
    pass(f, 45000);
    assert_ticked(f, from, "queue.breached@40000");
    claim(f, "login-mia", id);
    g_assert_cmpint(sm_desk_next_due(f->desk), ==, T0 + 45000 + 30000);
    from = f->records->len;
    pass(f, 300000);
    assert_ticked(f, from, "turn.warned@75000/50 turn.warned@93000/80 turn.breached@105000");
    for (guint i = from; i < f->records->len; i++) {
        const SmRecord *record = f->records->pdata[i];
        const SmEvent *e = record->events->pdata[0];
        g_assert_cmpint(record->at, ==, e->due);
        g_assert_cmpstr(e->agent, ==, "login-mia");
        g_assert_cmpint(e->n, ==, 1);
    }
    g_assert_cmpint(sm_desk_next_due(f->desk), ==, INT64_MAX);
}

/* Several levels passed at once: the highest only, and the skipped never come. */
static void late(void)
{
    g_autoptr(Fixture) f = fixture_new(2, 0);
    g_autofree char *a = NULL, *b = NULL;

    start(f, "web", "hello", &a, NULL);
    claim(f, "login-mia", a);
    f->now += 50000;
    guint from = f->records->len;
    tick(f);
    assert_ticked(f, from, "turn.warned@48000/80");
    f->now += 50000;
    tick(f);
    assert_ticked(f, from, "turn.warned@48000/80 turn.breached@60000");
    start(f, "web", "hello", &b, NULL);
    claim(f, "login-jon", b);
    from = f->records->len;
    f->now += 500000;
    tick(f);
    assert_ticked(f, from, "turn.breached@160000");
}

/* Once per turn, level and owner: a new owner has an own clock, the old one goes on. */
static void per_owner(void)
{
    g_autoptr(Fixture) f = fixture_new(3, 0);
    g_autofree char *id = NULL;

    start(f, "web", "hello", &id, NULL);
    claim(f, "login-mia", id);
    guint from = f->records->len;
    pass(f, 35000);
    assert_ticked(f, from, "turn.warned@30000/50");
    must(f, CMD(TRANSFER, staff("login-mia"), .conversation = id, .agent = "login-jon"));
    from = f->records->len;
    pass(f, 35000);
    assert_ticked(f, from, "turn.warned@65000/50");
    must(f, CMD(TRANSFER, staff("login-jon"), .conversation = id, .agent = "login-mia"));
    from = f->records->len;
    tick(f); /* mia's deadline was 60,000 all along */
    assert_ticked(f, from, "turn.breached@60000");
    say(f, staff("login-mia"), id, "hi");
    g_assert_cmpint(sm_desk_next_due(f->desk), ==, INT64_MAX);
}

static gint by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* In due order, then by conversation, and never more than a record may hold. */
static void order(void)
{
    g_autoptr(Fixture) f = fixture_new(4, 0);
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    guint n = 150, seen = 0, from;

    for (guint i = 0; i < n; i++) {
        char *id;
        start(f, "web", "hello", &id, NULL);
        g_ptr_array_add(ids, id);
        f->now += i % 3 == 2 ? 10 : 0;
    }
    g_ptr_array_sort(ids, by_text);
    from = f->records->len;
    f->now += 100000;
    g_assert_cmpuint(tick(f), ==, 3);
    const SmEvent *last = NULL;
    for (guint i = from; i < f->records->len; i++) {
        const SmRecord *record = f->records->pdata[i];
        g_assert_cmpuint(record->events->len, <=, SM_MAX_EVENTS_PER_RECORD);
        for (guint k = 0; k < record->events->len; k++, seen++) {
            const SmEvent *e = record->events->pdata[k];
            g_assert_cmpint(e->type, ==, SM_EVENT_QUEUE_BREACHED);
            g_assert_true(!last || last->due < e->due ||
                          (last->due == e->due && strcmp(last->conversation, e->conversation) < 0));
            last = e;
        }
    }
    g_assert_cmpuint(seen, ==, n);
}

/* What is second due in one conversation waits for what is first due in another. */
static void interleaved(void)
{
    g_autoptr(Fixture) f = fixture_new(5, 0);
    g_autofree char *a = NULL, *b = NULL;

    start(f, "web", "hello", &a, NULL); /* breach at 40,000 */
    claim(f, "login-mia", a);
    must(f, CMD(SNOOZE, staff("login-mia"), .conversation = a, .until = T0 + 20000));
    f->now += 1000;
    start(f, "web", "hello", &b, NULL);
    claim(f, "login-jon", b); /* warned at 31,000 */
    f->now = T0 + 32000;
    guint from = f->records->len;
    tick(f); /* a wakes at 20,000 and is warned at 30,000 */
    assert_ticked(f, from, "conversation.woken@20000 turn.warned@30000/50 turn.warned@31000/50");
}

static void leaving(void)
{
    g_autoptr(Fixture) f = fixture_new(6, 0);
    g_autofree char *id = NULL, *contact = NULL;

    start(f, "shop", "hello", &id, &contact);
    f->now += 1000;
    must(f, CMD(LEAVE, customer(contact), .conversation = id));
    must_not(f, CMD(LEAVE, customer(contact), .conversation = id), SM_PROBLEM_WRONG_STATE);
    pass(f, 30000);
    say(f, customer(contact), id, "no, I am here"); /* clears it */
    g_assert_cmpint(sm_desk_next_due(f->desk), ==, INT64_MAX);
    must(f, CMD(LEAVE, customer(contact), .conversation = id));
    int64_t since = f->now;
    pass(f, 60000);
    g_assert_cmpint(conv(f, id)->state, ==, SM_STATE_RESOLVED);
    const SmRecord *record = f->records->pdata[f->records->len - 1];
    const SmEvent *e = event_of(record, SM_EVENT_CONVERSATION_ABANDONED);
    g_assert_cmpint(e->since, ==, since);
    g_assert_cmpint(e->due, ==, since + 60000);
    g_assert_cmpint(record->at, ==, since + 60000);
    /* Leaving an owned conversation ends nothing. */
    g_free(id);
    g_free(contact);
    start(f, "shop", "hello", &id, &contact);
    claim(f, "login-ana", id);
    must(f, CMD(LEAVE, customer(contact), .conversation = id));
    pass(f, 100000);
    g_assert_cmpint(conv(f, id)->state, ==, SM_STATE_OPEN);
}

static void archiving(void)
{
    g_autoptr(Fixture) f = fixture_new(7, 0);
    g_autofree char *id = NULL, *contact = NULL;

    start(f, "web", "hello", &id, &contact);
    claim(f, "login-mia", id);
    say(f, staff("login-mia"), id, "hi");
    must(f, CMD(RESOLVE, staff("login-mia"), .conversation = id));
    int64_t seq = sm_desk_seq(f->desk);
    pass(f, 599999);
    const SmConversation *c = conv(f, id);
    g_assert_true(sm_desk_sees(f->desk, staff("login-mia"), c, 0));
    g_assert_true(sm_desk_sees(f->desk, staff("login-sue"), c, 0));
    g_assert_true(sm_desk_sees(f->desk, customer(contact), c, 0));
    g_assert_true(sm_desk_contact_conversation(f->desk, contact) == c);
    pass(f, 1);
    c = conv(f, id);
    g_assert_true(c->archived);
    g_assert_cmpuint(c->lines->len, ==, 0);
    g_assert_false(sm_desk_sees(f->desk, staff("login-mia"), c, 0));
    g_assert_false(sm_desk_sees(f->desk, customer(contact), c, 0));
    g_assert_true(sm_desk_sees(f->desk, staff("login-mia"), c, seq));
    g_assert_false(sm_desk_sees(f->desk, staff("login-mia"), c, sm_desk_seq(f->desk)));
    g_assert_false(sm_desk_sees(f->desk, staff("login-sue"), c, sm_desk_seq(f->desk)));
    g_assert_false(sm_desk_sees(f->desk, customer(contact), c, sm_desk_seq(f->desk)));
    g_assert_null(sm_desk_contact_conversation(f->desk, contact));
    g_assert_cmpuint(sm_desk_conversations(f->desk)->len, ==, 0);
}

static void offline(void)
{
    g_autoptr(Fixture) f = fixture_new(8, 0);
    g_autofree char *a = NULL, *b = NULL;

    start(f, "web", NULL, &a, NULL);
    start(f, "web", NULL, &b, NULL);
    claim(f, "login-mia", a);
    claim(f, "login-mia", b);
    must(f, CMD(AVAILABILITY, staff("login-mia"), .availability = SM_AVAILABLE_OFFLINE));
    g_assert_cmpint(sm_desk_next_due(f->desk), ==, f->now + 120000);
    f->now += 100000;
    must(f, CMD(AVAILABILITY, staff("login-mia"), .availability = SM_AVAILABLE_ONLINE));
    g_assert_cmpint(sm_desk_next_due(f->desk), ==, INT64_MAX);
    must(f, CMD(AVAILABILITY, staff("login-mia"), .availability = SM_AVAILABLE_OFFLINE));
    guint from = f->records->len;
    pass(f, 120000);
    g_autofree char *what = names(f->records->pdata[from]);
    g_assert_cmpstr(what, ==,
                    "conversation.unassigned conversation.queued "
                    "conversation.unassigned conversation.queued");
    g_assert_cmpint(event_of(f->records->pdata[from], SM_EVENT_CONVERSATION_QUEUED)->cause, ==,
                    SM_CAUSE_OFFLINE);
    g_assert_null(conv(f, a)->owner);
    g_assert_cmpint(sm_desk_agent(f->desk, "login-mia")->chats, ==, 0);
    /* Who is removed loses the chats at once. */
    claim(f, "login-jon", a);
    must(f, CMD(AGENT_REMOVE, admin(), .agent = "login-jon"));
    g_assert_cmpint(sm_desk_next_due(f->desk), <=, f->now);
    tick(f);
    g_assert_null(conv(f, a)->owner);
}

/* What a new policy says about offline agents holds for those who are offline already. */
static void new_policy(void)
{
    g_autoptr(Fixture) f = fixture_new(9, 0);
    g_autofree char *id = NULL;

    start(f, "web", NULL, &id, NULL);
    claim(f, "login-mia", id);
    must(f, CMD(AVAILABILITY, staff("login-mia"), .availability = SM_AVAILABLE_OFFLINE));
    g_autoptr(json_t) policy = sm_policy_encode(sm_desk_policy(f->desk));
    json_object_set_new(policy, "offline_release", json_integer(-1));
    must(f, CMD(POLICY_SET, admin(), .data = policy));
    g_assert_cmpint(sm_desk_next_due(f->desk), ==, INT64_MAX);
    json_object_set_new(policy, "offline_release", json_integer(1000));
    must(f, CMD(POLICY_SET, admin(), .data = policy));
    g_assert_cmpint(sm_desk_next_due(f->desk), ==, f->now + 1000);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/desk/due/in-time", in_time);
    g_test_add_func("/desk/due/late", late);
    g_test_add_func("/desk/due/per-owner", per_owner);
    g_test_add_func("/desk/due/order", order);
    g_test_add_func("/desk/due/interleaved", interleaved);
    g_test_add_func("/desk/due/leaving", leaving);
    g_test_add_func("/desk/due/archiving", archiving);
    g_test_add_func("/desk/due/offline", offline);
    g_test_add_func("/desk/due/new-policy", new_policy);
    return g_test_run();
}
