/* SPDX-License-Identifier: MIT */
/* What each answer of the desk, and of the disk, means for a message: what is known of it, what is on the disk meanwhile,
 * when it goes out again. */
#include <string.h>

#include "bench.h"
#include "net/client_private.h"

#define POLL "GET /v1/events"
#define PUT "PUT /v1/conversations"

/* Nothing of what is over is kept. */
static void assert_forgotten(const Bench *b)
{
    g_assert_cmpuint(b->client->sends->len, ==, 0);
    g_assert_cmpuint(b->client->in_flight, ==, 0);
}

static const SmOutboxEntry *on_disk(const Bench *b, guint i)
{
    const SmJournalState *state = sm_journal_store_durable(b->store);

    g_assert_cmpuint(i, <, state->outbox->len);
    return state->outbox->pdata[i];
}

static void while_saving(Bench *b, const char *id)
{
    while (bench_send_state(b, id) == SM_SEND_SAVING)
        bench_run(b, 1);
}

static void unreachable(Bench *b)
{
    script_rule(b->script, POLL, (ScriptRule){.kind = SCRIPT_NOT_SENT, .times = -1});
    sm_client_kick(b->client);
    bench_run(b, 100);
}

/* --- Answers ---------------------------------------------------------------------------------- */

static const struct {
    int status;
    const char *code;
    SmSendState state; /* SENDING: it may have arrived; QUEUED: it has not */
} answers[] = {
    {302, "moved", SM_SEND_SENDING},
    {400, "invalid", SM_SEND_FAILED},
    {401, "something", SM_SEND_SENDING},
    {401, "token_expired", SM_SEND_QUEUED},
    {401, "unauthenticated", SM_SEND_QUEUED},
    {403, "forbidden", SM_SEND_FAILED},
    {408, "timeout", SM_SEND_SENDING},
    {409, "changed_since", SM_SEND_HELD},
    {429, "something", SM_SEND_SENDING},
    {429, "too_many", SM_SEND_QUEUED},
    {499, "something", SM_SEND_FAILED},
    {500, "internal", SM_SEND_SENDING},
    {503, "disk_full", SM_SEND_QUEUED},
    {503, "not_durable", SM_SEND_SENDING},
    {503, "stopping", SM_SEND_QUEUED},
};

static void answered(Bench *b, int status, const char *code)
{
    g_autofree char *body = g_strdup_printf("{\"code\":\"%s\",\"status\":%d}", code, status);

    script_rule(b->script, PUT, (ScriptRule){.kind = SCRIPT_STATUS, .times = 1, .status = status, .body = body});
}

static void test_answers(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(answers); i++) {
        Bench b = {0};
        const char *why = NULL;

        bench_init(&b);
        const char *c = script_conversation(b.script, "Ann");
        bench_live(&b);
        answered(&b, answers[i].status, answers[i].code);
        const char *id = bench_send(&b, c, "Hi");
        bench_run(&b, 100);
        g_assert_cmpuint(script_asked(b.script, PUT), ==, 1);
        g_assert_cmpint(bench_send_state(&b, id), ==, answers[i].state);
        gboolean back = sm_client_take_back(b.client, id, &why);
        g_assert_cmpint(back, ==, answers[i].state == SM_SEND_QUEUED || answers[i].state == SM_SEND_HELD);
        if (!back)
            g_assert_cmpstr(why, ==, answers[i].state == SM_SEND_FAILED ? "it was refused: edit it or send it again"
                                                                         : "it may have arrived");
        bench_clear(&b);
    }
}

/* Of the desk's answer to a later attempt only a yes or no says what became of an earlier one. */
static void test_answers_after_a_loss(void)
{
    static const struct {
        int status;
        const char *code;
        SmSendState state;
    } cases[] = {{503, "stopping", SM_SEND_SENDING}, {403, "forbidden", SM_SEND_FAILED}, {409, "changed_since", SM_SEND_HELD}};

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        Bench b = {0};
        const char *why = NULL;

        bench_init(&b);
        const char *c = script_conversation(b.script, "Ann");
        bench_live(&b);
        script_rule(b.script, PUT, (ScriptRule){.kind = SCRIPT_LOSE_REQUEST, .times = 1});
        answered(&b, cases[i].status, cases[i].code);
        const char *id = bench_send(&b, c, "Hi");
        while (script_asked(b.script, PUT) < 2)
            bench_run(&b, 1);
        bench_run(&b, 20);
        g_assert_cmpint(bench_send_state(&b, id), ==, cases[i].state);
        g_assert_cmpint(bench_entry(&b, id)->attempts, ==, 2);
        g_assert_cmpint(sm_client_take_back(b.client, id, &why), ==, cases[i].state == SM_SEND_HELD);
        bench_clear(&b);
    }
}

static void taken(Bench *b)
{
    script_rule(b->script, PUT,
                (ScriptRule){.kind = SCRIPT_STATUS, .times = 1, .status = 200, .body = "{\"message\":\"m-elsewhere\"}"});
}

/* The line of a message that was taken is waited for, but not for ever. */
static void test_line_never_comes(void)
{
    Bench b = {0};
    const char *why = NULL;

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    taken(&b);
    const char *id = bench_send(&b, c, "Hi");
    bench_run(&b, 100);
    for (int polls = 0; polls < 3; polls++) {
        g_assert_nonnull(bench_entry(&b, id));
        g_assert_cmpint(bench_send_state(&b, id), ==, SM_SEND_SENT);
        g_assert_false(sm_client_take_back(b.client, id, &why));
        g_assert_cmpstr(why, ==, "it has been sent");
        script_customer_says(b.script, c, "And?");
        bench_run(&b, 50);
    }
    g_assert_null(bench_entry(&b, id));
    assert_forgotten(&b);
    taken(&b); /* of a conversation that is not on the screen no line will come */
    id = bench_send(&b, "c-gone", "Hi");
    bench_run(&b, 100);
    g_assert_null(bench_entry(&b, id));
    assert_forgotten(&b);
    bench_clear(&b);
}

static void assert_one_place(Bench *b, const char *conversation, const char *id, const char *text)
{
    g_autofree char *lines = bench_shown(b, conversation);

    g_assert_true((strstr(lines, text) != NULL) != (bench_entry(b, id) != NULL));
}

/* Their lines come while the answers are still under way: from then on they are sent, and nothing is left of them. */
static void test_line_comes_first(void)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann"), *d = script_conversation(b.script, "Ben");
    bench_live(&b);
    script_rule(b.script, PUT, (ScriptRule){.kind = SCRIPT_NORMAL, .times = 2, .ms = 1000});
    const char *first = bench_send(&b, c, "Hi"), *second = bench_send(&b, d, "Ho");
    for (int ms = 0; ms < 500; ms++) {
        assert_one_place(&b, c, first, "Hi");
        assert_one_place(&b, d, second, "Ho");
        bench_run(&b, 1);
    }
    g_assert_null(bench_entry(&b, first));
    g_assert_null(bench_entry(&b, second));
    bench_run(&b, 1000);
    g_assert_null(strstr(strstr(b.sending->str, "Hi:sent "), "Hi:sending "));
    script_customer_says(b.script, c, "And?");
    bench_run(&b, 100);
    assert_forgotten(&b);
    bench_clear(&b);
}

static void test_members(void)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    sm_client_send_with(b.client, c, "post", "a.png", json_pack("{s:s}", "file", "f1"), -1);
    bench_run(&b, 100);
    const char *body = script_nth(b.script, PUT, 0)->body;
    g_assert_nonnull(strstr(body, "\"f1\""));
    g_assert_null(strstr(body, "a.png")); /* the desk knows its name */
    const char *other = script_conversation(b.script, "Ben");
    bench_run(&b, 100);
    sm_client_send_with(b.client, other, "post", "https://example.org/", json_pack("{s:s}", "kind", "link"), -1);
    bench_run(&b, 100);
    g_assert_nonnull(strstr(script_nth(b.script, PUT, 1)->body, "\"link\""));
    bench_send(&b, other, "plain");
    bench_run(&b, 100);
    g_assert_null(strstr(script_nth(b.script, PUT, 2)->body, "\"link\""));
    bench_clear(&b);
}

/* From the first byte on, while the attempt is still under way. */
static void test_first_byte(void)
{
    Bench b = {0};
    const char *why = NULL;

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    script_rule(b.script, PUT, (ScriptRule){.kind = SCRIPT_LOSE_REQUEST, .times = 1, .ms = 5000});
    const char *id = bench_send(&b, c, "Hi");
    bench_run(&b, 1000);
    g_assert_cmpint(bench_send_state(&b, id), ==, SM_SEND_SENDING);
    g_assert_false(sm_client_take_back(b.client, id, &why));
    g_assert_cmpstr(why, ==, "it may have arrived");
    bench_clear(&b);
}

/* --- When it goes again ----------------------------------------------------------------------- */

static void lose(Bench *b, int times)
{
    script_rule(b->script, PUT, (ScriptRule){.kind = SCRIPT_LOSE_REQUEST, .times = times});
}

/* The first failure is followed up within a second, each time; an outage of five minutes makes attempts rare. */
static void test_back_off(void)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    for (guint i = 0; i < 20; i++) {
        lose(&b, 1);
        bench_send(&b, c, "Hi");
        bench_run(&b, 1100);
        g_assert_cmpuint(script_asked(b.script, PUT), ==, 2 * (i + 1));
    }
    guint before = script_asked(b.script, PUT);
    lose(&b, -1);
    bench_send(&b, c, "Hi");
    bench_run(&b, 30000);
    guint early = script_asked(b.script, PUT) - before;
    g_assert_cmpuint(early, >=, 15); /* one each two seconds at most */
    bench_run(&b, 300000);
    before = script_asked(b.script, PUT);
    bench_run(&b, 600000);
    guint later = script_asked(b.script, PUT) - before;
    g_assert_cmpuint(later, >=, 20);
    g_assert_cmpuint(later, <=, 80);
    bench_clear(&b);
}

/* An attempt that broke while nothing has been heard for a while: the poll is asked anew too. */
static void test_kick(void)
{
    static const struct {
        ScriptKind kind;
        int64_t age; /* ms since the desk was heard, when the attempt ends */
        gboolean asks;
    } cases[] = {{SCRIPT_LOSE_REQUEST, 5000, FALSE}, {SCRIPT_LOSE_REQUEST, 5001, TRUE}, {SCRIPT_STATUS, 9000, FALSE}};

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        Bench b = {.without_journal = TRUE};

        bench_init(&b);
        const char *c = script_conversation(b.script, "Ann");
        bench_live(&b);
        script_rule(b.script, PUT, (ScriptRule){.kind = cases[i].kind, .times = -1, .status = 502, .body = "<html>"});
        int64_t heard = sm_client_link(b.client)->heard;
        guint polls = script_asked(b.script, POLL);
        bench_run(&b, heard + cases[i].age - 5 - sm_loop_now(b.loop)); /* 5 ms on the way there */
        bench_send(&b, c, "Hi");
        bench_run(&b, 20);
        g_assert_cmpuint(script_asked(b.script, PUT), ==, 1);
        g_assert_cmpint(script_asked(b.script, POLL) > polls, ==, cases[i].asks);
        bench_clear(&b);
    }
}

/* While the link is down anyway, an attempt that breaks asks nothing anew. */
static void test_no_kick_while_down(void)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    bench_run(&b, 6000);
    script_rule(b.script, PUT, (ScriptRule){.kind = SCRIPT_LOSE_REQUEST, .times = 1, .ms = 3000});
    const char *id = bench_send(&b, c, "Hi");
    bench_run(&b, 100);
    unreachable(&b);
    while (bench_entry(&b, id)->problem == NULL) {
        guint polls = script_asked(b.script, POLL);
        bench_run(&b, 1);
        if (bench_entry(&b, id)->problem != NULL)
            g_assert_cmpuint(script_asked(b.script, POLL), ==, polls);
    }
    bench_clear(&b);
}

/* Each in its time: what waits for another attempt holds up only its own conversation. */
static void test_each_in_its_time(void)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann"), *d = script_conversation(b.script, "Ben");
    bench_live(&b);
    lose(&b, 1);
    bench_send(&b, c, "1");
    while (script_asked(b.script, PUT) == 0)
        bench_run(&b, 1);
    bench_run(&b, 20);
    bench_send(&b, d, "2");
    bench_run(&b, 100);
    bench_assert_said(&b, d, "2");
    bench_assert_said(&b, c, "");
    bench_run(&b, 1100);
    bench_assert_said(&b, c, "1");
    bench_clear(&b);
}

/* --- The disk --------------------------------------------------------------------------------- */

/* What leaves at once is written once; what has to wait is known as not having left. */
static void test_written_as(void)
{
    Bench b = {0};
    const char *c[5], *ids[5];
    const char *why = NULL;

    bench_init(&b);
    for (guint i = 0; i < G_N_ELEMENTS(c); i++)
        c[i] = script_conversation(b.script, "Ann");
    bench_live(&b);
    script_rule(b.script, PUT, (ScriptRule){.kind = SCRIPT_STUCK, .times = -1});
    const char *first = bench_send(&b, c[0], "1");
    while_saving(&b, first);
    g_assert_cmpint(on_disk(&b, 0)->state, ==, SM_SEND_SENDING);
    const char *behind = bench_send(&b, c[0], "2");
    while_saving(&b, behind);
    g_assert_cmpint(on_disk(&b, 1)->state, ==, SM_SEND_QUEUED);
    for (guint i = 1; i < G_N_ELEMENTS(c); i++) {
        ids[i] = bench_send(&b, c[i], "1");
        while_saving(&b, ids[i]);
        g_assert_cmpint(on_disk(&b, i + 1)->state, ==, i < 4 ? SM_SEND_SENDING : SM_SEND_QUEUED); /* four at once */
        bench_run(&b, 10);
    }
    g_assert_cmpint(on_disk(&b, 5)->state, ==, SM_SEND_QUEUED);
    g_autoptr(GPtrArray) of_one = sm_client_outbox(b.client, c[0]);
    g_assert_cmpuint(of_one->len, ==, 2);
    g_autofree char *fifth = g_strdup(ids[4]);
    bench_crash(&b);
    g_assert_true(sm_client_take_back(b.client, fifth, &why));
    bench_clear(&b);
}

/* A held or refused message that takes its turn again is marked on the disk again before it leaves. */
static void test_marked_again(void)
{
    for (int i = 0; i < 4; i++) {
        Bench b = {0};
        gboolean held = i % 2;

        bench_init(&b);
        const char *c = script_conversation(b.script, "Ann");
        bench_live(&b);
        if (i >= 2) /* kept before its turn: marked by a write of its own, both times */
            unreachable(&b);
        else
            answered(&b, held ? 409 : 403, held ? "changed_since" : "forbidden");
        const char *id = bench_send(&b, c, "Hi");
        while_saving(&b, id);
        g_assert_cmpint(on_disk(&b, 0)->state, ==, i >= 2 ? SM_SEND_QUEUED : SM_SEND_SENDING);
        if (i >= 2) {
            script_clear_rules(b.script);
            answered(&b, held ? 409 : 403, held ? "changed_since" : "forbidden");
            bench_until(&b, SM_LINK_LIVE, 5000);
        }
        bench_run(&b, 100);
        g_assert_cmpint(on_disk(&b, 0)->state, ==, held ? SM_SEND_HELD : SM_SEND_FAILED);
        script_rule(b.script, PUT, (ScriptRule){.kind = SCRIPT_STUCK, .times = 1});
        g_assert_true(held ? sm_client_send_anyway(b.client, id) : sm_client_retry(b.client, id));
        bench_run(&b, 100);
        g_assert_cmpuint(script_asked(b.script, PUT), ==, 2);
        g_assert_cmpint(on_disk(&b, 0)->state, ==, SM_SEND_SENDING);
        bench_clear(&b);
    }
}

/* One that could not be kept and is on its way by now is kept as such. */
static void test_kept_late_under_way(void)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    script_rule(b.script, PUT, (ScriptRule){.kind = SCRIPT_STUCK, .times = -1});
    sm_journal_memory_fail(b.journal, 1);
    bench_send(&b, c, "1");
    bench_run(&b, 50);
    g_assert_cmpuint(script_asked(b.script, PUT), ==, 1);
    unreachable(&b);
    bench_send(&b, c, "2");
    bench_run(&b, 100);
    g_assert_cmpstr(on_disk(&b, 0)->text, ==, "1");
    g_assert_cmpint(on_disk(&b, 0)->state, ==, SM_SEND_SENDING);
    g_assert_cmpint(on_disk(&b, 1)->state, ==, SM_SEND_QUEUED);
    bench_clear(&b);
}

/* Taken back while it is being kept at last: it does not come back. */
static void test_taken_back_while_kept_late(void)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    unreachable(&b);
    sm_journal_memory_fail(b.journal, 1);
    const char *first = bench_send(&b, c, "1");
    bench_run(&b, 50);
    while_saving(&b, bench_send(&b, c, "2"));
    g_assert_true(sm_client_take_back(b.client, first, NULL));
    bench_run(&b, 100);
    g_assert_cmpuint(sm_journal_store_durable(b.store)->outbox->len, ==, 1);
    g_assert_cmpstr(on_disk(&b, 0)->text, ==, "2");
    g_assert_cmpuint(b.client->sends->len, ==, 1);
    script_clear_rules(b.script);
    bench_until(&b, SM_LINK_LIVE, 5000);
    bench_run(&b, 100);
    bench_assert_said(&b, c, "2");
    assert_forgotten(&b);
    bench_clear(&b);
}

/* Kept at last, after it was refused: the reason for that stays. */
static void test_refused_and_kept_late(void)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    sm_journal_memory_fail(b.journal, 1);
    answered(&b, 403, "forbidden");
    const char *id = bench_send(&b, c, "1");
    bench_run(&b, 100);
    g_autofree char *problem = g_strdup(bench_entry(&b, id)->problem);
    g_assert_false(g_str_has_prefix(problem, "not saved"));
    bench_send(&b, c, "2");
    bench_run(&b, 100);
    g_assert_cmpint(on_disk(&b, 0)->state, ==, SM_SEND_FAILED);
    g_assert_cmpstr(on_disk(&b, 0)->problem, ==, problem);
    g_assert_cmpstr(bench_entry(&b, id)->problem, ==, problem);
    bench_clear(&b);
}

/* What was sent before the disk took it is not given to it any more. */
static void test_sent_unkept(void)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    sm_journal_memory_fail(b.journal, 1);
    taken(&b);
    const char *id = bench_send(&b, c, "1");
    bench_run(&b, 100);
    g_assert_cmpint(bench_entry(&b, id)->state, ==, SM_SEND_SENT);
    script_rule(b.script, PUT, (ScriptRule){.kind = SCRIPT_STUCK, .times = 1});
    bench_send(&b, c, "2");
    bench_run(&b, 100);
    g_assert_cmpuint(sm_journal_store_durable(b.store)->outbox->len, ==, 1);
    g_assert_cmpstr(on_disk(&b, 0)->text, ==, "2");
    bench_clear(&b);
}

/* The disk fails again when it is given what it did not take: it is still said, and tried again. */
static void test_fails_again(void)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    unreachable(&b);
    sm_journal_memory_fail(b.journal, 1);
    const char *id = bench_send(&b, c, "1");
    bench_run(&b, 50);
    while_saving(&b, bench_send(&b, c, "2"));
    sm_journal_memory_fail(b.journal, 1);
    bench_run(&b, 50);
    g_assert_true(g_str_has_prefix(bench_entry(&b, id)->problem, "not saved"));
    bench_send(&b, c, "3");
    bench_run(&b, 50);
    g_assert_null(bench_entry(&b, id)->problem);
    g_assert_cmpuint(sm_journal_store_durable(b.store)->outbox->len, ==, 3);
    bench_clear(&b);
}

/* What the disk did not take is given to it again after each that it takes, and not before. */
static void test_kept_in_the_end(void)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    unreachable(&b);
    sm_journal_memory_fail(b.journal, 3);
    bench_send(&b, c, "1");
    bench_send(&b, c, "2");
    bench_send(&b, c, "3");
    bench_run(&b, 1000);
    g_assert_cmpuint(sm_journal_store_durable(b.store)->outbox->len, ==, 0);
    bench_send(&b, c, "4");
    bench_run(&b, 1000);
    for (guint i = 0; i < 4; i++)
        g_assert_cmpint(on_disk(&b, i)->text[0], ==, '1' + (int)i);
    g_assert_cmpuint(sm_journal_store_durable(b.store)->outbox->len, ==, 4);
    bench_clear(&b);
}

void bench_add_outcome_tests(void)
{
    g_test_add_func("/net/outcome/answers", test_answers);
    g_test_add_func("/net/outcome/answers-after-a-loss", test_answers_after_a_loss);
    g_test_add_func("/net/outcome/line-never-comes", test_line_never_comes);
    g_test_add_func("/net/outcome/line-comes-first", test_line_comes_first);
    g_test_add_func("/net/outcome/members", test_members);
    g_test_add_func("/net/outcome/back-off", test_back_off);
    g_test_add_func("/net/outcome/kick", test_kick);
    g_test_add_func("/net/outcome/no-kick-while-down", test_no_kick_while_down);
    g_test_add_func("/net/outcome/each-in-its-time", test_each_in_its_time);
    g_test_add_func("/net/outcome/sent-unkept", test_sent_unkept);
    g_test_add_func("/net/outcome/fails-again", test_fails_again);
    g_test_add_func("/net/outcome/written-as", test_written_as);
    g_test_add_func("/net/outcome/marked-again", test_marked_again);
    g_test_add_func("/net/outcome/kept-late-under-way", test_kept_late_under_way);
    g_test_add_func("/net/outcome/taken-back-while-kept-late", test_taken_back_while_kept_late);
    g_test_add_func("/net/outcome/first-byte", test_first_byte);
    g_test_add_func("/net/outcome/refused-and-kept-late", test_refused_and_kept_late);
    g_test_add_func("/net/outcome/kept-in-the-end", test_kept_in_the_end);
}
