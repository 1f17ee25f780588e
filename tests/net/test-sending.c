/* SPDX-License-Identifier: MIT */
/* Sending: every Enter ends as exactly one message or one visible entry, in order. */
#include <string.h>

#include "bench.h"
#include "seatmux/base/limits.h"

#define POLL "GET /v1/events"
#define PUT "PUT /v1/conversations"

static void test_states(void)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    const char *id = bench_send(&b, c, "Hi");
    g_assert_cmpint(bench_send_state(&b, id), ==, SM_SEND_SAVING); /* on the screen at once */
    g_assert_cmpuint(script_asked(b.script, PUT), ==, 0);
    bench_run(&b, 1);
    g_assert_cmpuint(script_asked(b.script, PUT), ==, 0); /* not before it is durable */
    bench_run(&b, 100);
    g_assert_cmpstr(b.sending->str, ==, "Hi:saving Hi:queued Hi:sending Hi:sent ");
    bench_assert_said(&b, c, "Hi");
    g_assert_null(bench_entry(&b, id)); /* its line is there now */
    g_autofree char *shown = bench_shown(&b, c);
    g_assert_cmpstr(shown, ==, "Hello?|Hi");
    const ScriptAsked *put = script_nth(b.script, PUT, 0);
    g_assert_nonnull(strstr(put->what, "?seen=1000"));
    g_assert_false(put->poll);
    bench_clear(&b);
}

static void test_kinds(void)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    g_assert_nonnull(sm_client_send(b.client, c, "note", "remember", -1));
    g_assert_nonnull(sm_client_send(b.client, c, "whisper", "psst", -1));
    g_assert_null(sm_client_send(b.client, c, "resolve", "x", -1));
    g_assert_null(sm_client_send(b.client, c, "nonsense", "x", -1));
    bench_run(&b, 200);
    bench_assert_said(&b, c, ""); /* nothing of it is public */
    g_assert_cmpuint(script_asked(b.script, PUT), ==, 2);
    g_assert_nonnull(strstr(script_nth(b.script, PUT, 0)->body, "\"note\""));
    g_assert_nonnull(strstr(script_nth(b.script, PUT, 1)->body, "\"whisper\""));
    bench_clear(&b);
}

static void test_after_outage(void)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    script_rule(b.script, POLL, (ScriptRule){.kind = SCRIPT_NOT_SENT, .times = -1});
    sm_client_kick(b.client);
    bench_run(&b, 500);
    bench_send(&b, c, "1");
    bench_send(&b, c, "2");
    const char *third = bench_send(&b, c, "3");
    bench_run(&b, 20000);
    g_assert_cmpint(bench_send_state(&b, third), ==, SM_SEND_QUEUED);
    g_assert_cmpuint(script_asked(b.script, PUT), ==, 0);
    g_autoptr(GPtrArray) waiting = sm_client_outbox(b.client, c);
    g_assert_cmpuint(waiting->len, ==, 3);
    script_clear_rules(b.script);
    bench_until(&b, SM_LINK_LIVE, 5000);
    bench_run(&b, 500);
    bench_assert_said(&b, c, "1|2|3");
    g_assert_cmpuint(script_asked(b.script, PUT), ==, 3);
    bench_clear(&b);
}

/* What was missed is read before anything is sent: a stale screen must hold. */
static void test_catches_up_first(void)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    script_rule(b.script, POLL, (ScriptRule){.kind = SCRIPT_NOT_SENT, .times = -1});
    sm_client_kick(b.client);
    bench_run(&b, 500);
    int64_t seen = sm_desk_conversation(sm_client_desk(b.client), c)->version;
    const char *id = bench_send_seen(&b, c, "Mine", seen);
    script_colleague_says(b.script, c, "I have it");
    script_clear_rules(b.script);
    bench_run(&b, 5000);
    g_assert_cmpint(bench_send_state(&b, id), ==, SM_SEND_HELD);
    g_assert_nonnull(bench_entry(&b, id)->problem);
    bench_assert_said(&b, c, "I have it");
    int64_t put_at = script_nth(b.script, PUT, 0)->at;
    g_autofree char *shown = bench_shown(&b, c);
    g_assert_cmpstr(shown, ==, "Hello?|I have it");
    const ScriptAsked *poll = NULL;
    for (guint i = 0; i < script_asked(b.script, POLL); i++)
        if (script_nth(b.script, POLL, i)->at < put_at)
            poll = script_nth(b.script, POLL, i);
    g_assert_nonnull(poll);
    bench_clear(&b);
}

static void assert_once(ScriptRule rule)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    script_rule(b.script, PUT, rule);
    bench_send(&b, c, "Hi");
    bench_send(&b, c, "there");
    bench_run(&b, 120000);
    bench_assert_said(&b, c, "Hi|there");
    g_autoptr(GPtrArray) rest = sm_client_outbox(b.client, NULL);
    g_assert_cmpuint(rest->len, ==, 0);
    /* Always the same id. */
    g_autofree char *first = g_strndup(script_nth(b.script, PUT, 0)->what,
                                       strcspn(script_nth(b.script, PUT, 0)->what, "?"));
    g_assert_cmpuint(script_asked(b.script, PUT) - script_asked(b.script, first), ==, 1);
    bench_clear(&b);
}

static void test_exactly_once(void)
{
    assert_once((ScriptRule){.kind = SCRIPT_LOSE_ANSWER, .times = 3});
    assert_once((ScriptRule){.kind = SCRIPT_LOSE_REQUEST, .times = 3});
    assert_once((ScriptRule){.kind = SCRIPT_DAMAGE, .times = 3});
    assert_once((ScriptRule){.kind = SCRIPT_NOT_SENT, .times = 3});
    assert_once((ScriptRule){.kind = SCRIPT_SILENT, .times = 1});
    assert_once((ScriptRule){.kind = SCRIPT_STUCK, .times = 1});
    assert_once((ScriptRule){.kind = SCRIPT_STATUS, .times = 3, .status = 502, .body = "<html>"});
    assert_once((ScriptRule){.kind = SCRIPT_STATUS, .times = 2, .status = 404, .body = "<html>"});
    assert_once((ScriptRule){.kind = SCRIPT_STATUS, .times = 2, .status = 200, .body = "{\"se"});
    assert_once((ScriptRule){
        .kind = SCRIPT_STATUS, .times = 3, .status = 503, .body = "{\"code\":\"not_durable\"}"});
}

/* Thirty of a hundred answers are lost. */
static void test_lossy(void)
{
    Bench b = {0};
    g_autoptr(GString) all = g_string_new(NULL);
    g_autoptr(SmRng) rng = sm_rng_new(9);

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    for (int i = 0; i < 200; i++) {
        g_autofree char *text = g_strdup_printf("m%d", i);
        g_string_append_printf(all, "%s%s", i ? "|" : "", text);
        if (sm_rng_chance(rng, 0.3))
            script_rule(b.script, PUT, (ScriptRule){.kind = SCRIPT_LOSE_ANSWER, .times = 1});
        bench_send(&b, c, text);
        bench_run(&b, 40);
    }
    bench_run(&b, 300000);
    bench_assert_said(&b, c, all->str);
    bench_clear(&b);
}

/* What is known to have been sent stays so, though an attempt made before that was known leaves only now. */
static void test_sent_stays_sent(void)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    for (int round = 0; round < 200; round++) {
        int sent = 0; /* ms since */
        script_rule(b.script, PUT, (ScriptRule){.kind = SCRIPT_LOSE_ANSWER, .times = 1});
        script_rule(b.script, POLL, (ScriptRule){.kind = SCRIPT_NORMAL, .times = 1});
        script_rule(b.script, POLL, /* the parked one */
                    (ScriptRule){.kind = SCRIPT_NORMAL, .times = 1, .ms = 200 + round * 4});
        sm_client_kick(b.client);
        bench_run(&b, 100);
        g_autofree char *id = g_strdup(bench_send(&b, c, "Hi"));
        for (int ms = 0; ms < 60000 && sent < 1500; ms++) {
            const SmOutboxEntry *entry = bench_entry(&b, id);
            gboolean now = entry == NULL || entry->state == SM_SEND_SENT;
            g_assert_true(now || sent == 0);
            sent += now;
            bench_run(&b, 1);
        }
        g_assert_cmpint(sent, ==, 1500);
    }
    bench_clear(&b);
}

static void test_retry_after(void)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    script_rule(b.script, PUT,
                (ScriptRule){.kind = SCRIPT_STATUS,
                             .times = 1,
                             .status = 429,
                             .retry_after_s = 6,
                             .body = "{\"code\":\"too_many\",\"status\":429}"});
    const char *id = bench_send(&b, c, "Hi");
    bench_run(&b, 5900);
    g_assert_cmpuint(script_asked(b.script, PUT), ==, 1);
    g_assert_cmpint(bench_send_state(&b, id), ==, SM_SEND_QUEUED); /* certain: not accepted */
    bench_run(&b, 1000);
    bench_assert_said(&b, c, "Hi");
    bench_clear(&b);
}

/* A desk that takes nothing is not asked more often because many chats wait for it; when it takes one, all go. */
static void test_many_fail(void)
{
    enum { CHATS = 12, SECONDS = 120 };
    Bench b = {0};
    const char *chats[CHATS];

    bench_init(&b);
    for (int i = 0; i < CHATS; i++)
        chats[i] = script_conversation(b.script, "Ann");
    bench_live(&b);
    script_rule(b.script, PUT,
                (ScriptRule){.kind = SCRIPT_STATUS, .times = G_MAXINT, .status = 503, .body = "{\"code\":\"disk_full\",\"status\":503}"});
    for (int i = 0; i < CHATS; i++)
        bench_send(&b, chats[i], "Hi");
    bench_run(&b, SECONDS * 1000);
    g_assert_cmpuint(script_asked(b.script, PUT), >=, SECONDS / 2);
    g_assert_cmpuint(script_asked(b.script, PUT), <=, SECONDS + CHATS);
    script_clear_rules(b.script);
    bench_run(&b, 3000);
    for (int i = 0; i < CHATS; i++)
        bench_assert_said(&b, chats[i], "Hi");
    bench_clear(&b);
}

/* One chat that fails goes by its own back-off, which mostly is shorter than a turn, however much waits behind it. */
static void test_one_fails(void)
{
    enum { ROUNDS = 10, BEHIND = 3 };
    Bench b = {0};
    int64_t waited = 0;

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    for (int round = 0; round < ROUNDS; round++) {
        script_rule(b.script, PUT,
                    (ScriptRule){.kind = SCRIPT_STATUS, .times = 1, .status = 503, .body = "{\"code\":\"disk_full\",\"status\":503}"});
        g_autofree char *id = g_strdup(bench_send(&b, c, "Hi"));
        for (int i = 0; i < BEHIND; i++)
            bench_send(&b, c, "And more");
        for (; waited < ROUNDS * 2000 && bench_send_state(&b, id) != SM_SEND_SENT; waited++)
            bench_run(&b, 1);
        bench_run(&b, 1000);
    }
    g_assert_cmpint(waited, <=, ROUNDS * 950);
    bench_clear(&b);
}

/* What ends the turns is that the desk answers, also that nothing may be sent in a chat as it stands now. */
static void test_many_fail_then_refused(void)
{
    enum { CHATS = 12 };
    Bench b = {0};
    const char *chats[CHATS], *sent[CHATS];

    bench_init(&b);
    for (int i = 0; i < CHATS; i++)
        chats[i] = script_conversation(b.script, "Ann");
    bench_live(&b);
    script_rule(b.script, PUT,
                (ScriptRule){.kind = SCRIPT_STATUS, .times = G_MAXINT, .status = 503, .body = "{\"code\":\"disk_full\",\"status\":503}"});
    for (int i = 0; i < CHATS; i++)
        sent[i] = bench_send(&b, chats[i], "Hi");
    bench_run(&b, 60000);
    script_clear_rules(b.script);
    script_rule(b.script, PUT,
                (ScriptRule){.kind = SCRIPT_STATUS, .times = G_MAXINT, .status = 409, .body = "{\"code\":\"changed_since\",\"status\":409}"});
    bench_run(&b, 3000);
    for (int i = 0; i < CHATS; i++)
        g_assert_cmpint(bench_entry(&b, sent[i])->state, ==, SM_SEND_HELD);
    bench_clear(&b);
}

static void test_held(void)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    const char *other = script_conversation(b.script, "Ben");
    bench_live(&b);
    int64_t seen = sm_desk_conversation(sm_client_desk(b.client), c)->version;
    script_colleague_says(b.script, c, "I have it");
    const char *held = bench_send_seen(&b, c, "Mine", seen);
    const char *behind = bench_send(&b, c, "And more");
    bench_send(&b, other, "Elsewhere");
    bench_run(&b, 60000);
    g_assert_cmpint(bench_send_state(&b, held), ==, SM_SEND_HELD);
    g_assert_cmpint(bench_send_state(&b, behind), ==, SM_SEND_QUEUED);
    bench_assert_said(&b, c, "I have it");
    bench_assert_said(&b, other, "Elsewhere");
    g_assert_false(sm_client_retry(b.client, held)); /* only a failed one */
    g_assert_true(sm_client_send_anyway(b.client, held));
    g_assert_false(sm_client_send_anyway(b.client, held));
    bench_run(&b, 500);
    bench_assert_said(&b, c, "I have it|Mine|And more");
    bench_clear(&b);
}

static void test_held_withdrawn(void)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    int64_t seen = sm_desk_conversation(sm_client_desk(b.client), c)->version;
    script_colleague_says(b.script, c, "I have it");
    const char *held = bench_send_seen(&b, c, "Mine", seen);
    bench_send(&b, c, "And more");
    bench_run(&b, 500);
    g_autofree char *text = sm_client_withdraw(b.client, held);
    g_assert_cmpstr(text, ==, "Mine");
    g_assert_null(bench_entry(&b, held));
    bench_run(&b, 500);
    bench_assert_said(&b, c, "I have it|And more");
    g_assert_nonnull(strstr(b.sending->str, "Mine:taken_back "));
    bench_clear(&b);
}

static void test_failed(void)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    script_rule(b.script, PUT,
                (ScriptRule){.kind = SCRIPT_STATUS,
                             .times = 1,
                             .status = 403,
                             .body = "{\"code\":\"forbidden\",\"status\":403,\"detail\":\"No.\"}"});
    const char *failed = bench_send(&b, c, "One");
    const char *behind = bench_send(&b, c, "Two");
    bench_run(&b, 60000);
    g_assert_cmpint(bench_send_state(&b, failed), ==, SM_SEND_FAILED);
    g_assert_cmpstr(bench_entry(&b, failed)->problem, ==, "No.");
    g_assert_cmpstr(bench_entry(&b, failed)->text, ==, "One"); /* kept */
    g_assert_cmpint(bench_send_state(&b, behind), ==, SM_SEND_QUEUED);
    g_assert_cmpuint(script_asked(b.script, PUT), ==, 1);
    g_assert_null(sm_client_withdraw(b.client, behind)); /* it only waits */
    g_assert_false(sm_client_send_anyway(b.client, failed));
    g_autofree char *id = g_strdup(failed);
    g_assert_true(sm_client_retry(b.client, failed));
    bench_run(&b, 500);
    bench_assert_said(&b, c, "One|Two");
    g_assert_nonnull(strstr(script_nth(b.script, PUT, 1)->what, id)); /* the same id */
    g_assert_null(strstr(script_nth(b.script, PUT, 1)->what, "anyway"));
    g_assert_false(sm_client_retry(b.client, id));
    g_assert_null(sm_client_withdraw(b.client, id));
    script_rule(b.script, PUT,
                (ScriptRule){.kind = SCRIPT_STATUS,
                             .times = 1,
                             .status = 403,
                             .body = "{\"code\":\"forbidden\",\"status\":403}"});
    failed = bench_send(&b, c, "Three");
    bench_run(&b, 500);
    g_autofree char *text = sm_client_withdraw(b.client, failed);
    g_assert_cmpstr(text, ==, "Three");
    bench_run(&b, 500);
    bench_assert_said(&b, c, "One|Two");
    bench_clear(&b);
}

static void test_take_back(void)
{
    Bench b = {0};
    const char *why = NULL;

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    const char *saving = bench_send(&b, c, "saving");
    g_assert_true(sm_client_take_back(b.client, saving, &why));
    g_assert_null(why);
    bench_run(&b, 500);
    g_assert_cmpuint(script_asked(b.script, PUT), ==, 0);
    script_rule(b.script, POLL, (ScriptRule){.kind = SCRIPT_NOT_SENT, .times = -1});
    sm_client_kick(b.client);
    bench_run(&b, 100);
    const char *queued = bench_send(&b, c, "queued");
    const char *goes = bench_send(&b, c, "goes");
    bench_run(&b, 100);
    g_assert_cmpint(bench_send_state(&b, queued), ==, SM_SEND_QUEUED);
    g_assert_true(sm_client_take_back(b.client, queued, &why));
    script_clear_rules(b.script);
    g_autofree char *id = g_strdup(goes);
    bench_run(&b, 5000);
    bench_assert_said(&b, c, "goes");
    g_assert_false(sm_client_take_back(b.client, id, &why));
    g_assert_cmpstr(why, ==, "it has been sent");
    bench_quit(&b); /* nothing of it comes back */
    g_autoptr(GPtrArray) rest = sm_client_outbox(b.client, NULL);
    g_assert_cmpuint(rest->len, ==, 0);
    bench_clear(&b);
}

/* From the first byte on it is refused, until the outcome is known. */
static void test_take_back_too_late(void)
{
    Bench b = {0};
    const char *why = NULL;

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    script_rule(b.script, PUT, (ScriptRule){.kind = SCRIPT_LOSE_REQUEST, .times = -1});
    const char *id = bench_send(&b, c, "Hi");
    for (int i = 0; i < 40; i++) {
        bench_run(&b, 500);
        g_assert_cmpint(bench_send_state(&b, id), ==, SM_SEND_SENDING);
        g_assert_false(sm_client_take_back(b.client, id, &why));
        g_assert_cmpstr(why, ==, "it may have arrived");
    }
    /* A later attempt that certainly did not leave changes nothing of that. */
    script_clear_rules(b.script);
    script_rule(b.script, PUT, (ScriptRule){.kind = SCRIPT_NOT_SENT, .times = -1});
    bench_run(&b, 40000);
    g_assert_cmpint(bench_send_state(&b, id), ==, SM_SEND_SENDING);
    g_assert_false(sm_client_take_back(b.client, id, &why));
    bench_clear(&b);
}

/* Asked for, and still no byte has left: it can be taken back. */
static void test_take_back_stuck(void)
{
    Bench b = {0};
    const char *why = NULL;

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    script_rule(b.script, PUT, (ScriptRule){.kind = SCRIPT_STUCK, .times = 1});
    const char *id = bench_send(&b, c, "Hi");
    bench_run(&b, 200);
    g_assert_cmpuint(script_asked(b.script, PUT), ==, 1);
    g_assert_cmpint(bench_send_state(&b, id), ==, SM_SEND_QUEUED);
    g_assert_true(sm_client_take_back(b.client, id, &why));
    bench_send(&b, c, "Other");
    bench_run(&b, 60000);
    bench_assert_said(&b, c, "Other");
    bench_clear(&b);
}

static void test_at_once(void)
{
    Bench b = {0};
    const char *c[6];

    bench_init(&b);
    for (guint i = 0; i < G_N_ELEMENTS(c); i++)
        c[i] = script_conversation(b.script, "Ann");
    bench_live(&b);
    script_rule(b.script, PUT, (ScriptRule){.kind = SCRIPT_SILENT, .times = 4});
    for (guint i = 0; i < G_N_ELEMENTS(c); i++) {
        bench_send(&b, c[i], "1");
        bench_send(&b, c[i], "2");
    }
    bench_run(&b, 3000);
    g_assert_cmpuint(script_asked(b.script, PUT), ==, 4); /* in all */
    for (guint i = 0; i < 4; i++) {                       /* of a conversation one */
        g_autofree char *prefix = g_strdup_printf(PUT "/%s/", c[i]);
        g_assert_cmpuint(script_asked(b.script, prefix), ==, 1);
    }
    bench_run(&b, 60000);
    for (guint i = 0; i < G_N_ELEMENTS(c); i++)
        bench_assert_said(&b, c[i], "1|2");
    bench_clear(&b);
}

static void test_full(void)
{
    Bench b = {0};

    bench_init(&b);
    for (int i = 0; i < SM_MAX_OUTBOX; i++)
        g_assert_nonnull(bench_send(&b, "c1", "x"));
    g_assert_null(bench_send(&b, "c1", "one more"));
    g_autoptr(GPtrArray) all = sm_client_outbox(b.client, "c1");
    g_assert_cmpuint(all->len, ==, SM_MAX_OUTBOX);
    bench_clear(&b);
}

static void test_journal_fails(void)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    script_rule(b.script, POLL, (ScriptRule){.kind = SCRIPT_NOT_SENT, .times = -1});
    sm_client_kick(b.client);
    bench_run(&b, 100);
    sm_journal_memory_fail(b.journal, 1);
    const char *id = bench_send(&b, c, "Hi");
    bench_run(&b, 100);
    g_assert_cmpint(bench_send_state(&b, id), ==, SM_SEND_QUEUED);
    g_assert_true(g_str_has_prefix(bench_entry(&b, id)->problem, "not saved"));
    /* The next write goes well: now it is saved too. */
    bench_send(&b, c, "Two");
    bench_run(&b, 100);
    g_assert_null(bench_entry(&b, id)->problem);
    bench_crash(&b);
    script_clear_rules(b.script);
    bench_live(&b);
    bench_run(&b, 1000);
    bench_assert_said(&b, c, "Hi|Two");
    bench_clear(&b);
}

static void test_journal_fails_and_goes_on(void)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    sm_journal_memory_fail(b.journal, 1000);
    bench_send(&b, c, "1");
    bench_send(&b, c, "2");
    bench_run(&b, 2000);
    bench_assert_said(&b, c, "1|2"); /* from memory */
    bench_clear(&b);
}

static void test_without_journal(void)
{
    Bench b = {.without_journal = TRUE};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    bench_send(&b, c, "Hi");
    bench_run(&b, 200);
    bench_assert_said(&b, c, "Hi");
    g_assert_null(strstr(b.sending->str, "saving"));
    sm_client_draft(b.client, c, "And", FALSE);
    g_assert_cmpuint(sm_client_drafts(b.client)->len, ==, 1);
    bench_clear(&b);
}

/* Whatever happens in between, the line is on the screen all the time, and once. */
static void test_always_shown(void)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    for (int round = 0; round < 3; round++) {
        g_autofree char *text = g_strdup_printf("Hi%d", round);
        if (round == 1)
            script_rule(b.script, POLL, (ScriptRule){.kind = SCRIPT_LOSE_ANSWER, .times = 1});
        bench_send(&b, c, text);
        for (int ms = 0; ms < 4000; ms++) {
            g_autofree char *lines = bench_shown(&b, c);
            g_autoptr(GPtrArray) entries = sm_client_outbox(b.client, c);
            int seen = strstr(lines, text) != NULL;
            g_assert_cmpint(seen + (int)entries->len, ==, 1);
            bench_run(&b, 1);
        }
    }
    bench_clear(&b);
}

void bench_add_sending_tests(void)
{
    g_test_add_func("/net/sending/states", test_states);
    g_test_add_func("/net/sending/kinds", test_kinds);
    g_test_add_func("/net/sending/after-outage", test_after_outage);
    g_test_add_func("/net/sending/catches-up-first", test_catches_up_first);
    g_test_add_func("/net/sending/exactly-once", test_exactly_once);
    g_test_add_func("/net/sending/lossy", test_lossy);
    g_test_add_func("/net/sending/sent-stays-sent", test_sent_stays_sent);
    g_test_add_func("/net/sending/retry-after", test_retry_after);
    g_test_add_func("/net/sending/many-fail", test_many_fail);
    g_test_add_func("/net/sending/one-fails", test_one_fails);
    g_test_add_func("/net/sending/many-fail-then-refused", test_many_fail_then_refused);
    g_test_add_func("/net/sending/held", test_held);
    g_test_add_func("/net/sending/held-withdrawn", test_held_withdrawn);
    g_test_add_func("/net/sending/failed", test_failed);
    g_test_add_func("/net/sending/take-back", test_take_back);
    g_test_add_func("/net/sending/take-back-too-late", test_take_back_too_late);
    g_test_add_func("/net/sending/take-back-stuck", test_take_back_stuck);
    g_test_add_func("/net/sending/at-once", test_at_once);
    g_test_add_func("/net/sending/full", test_full);
    g_test_add_func("/net/sending/journal-fails", test_journal_fails);
    g_test_add_func("/net/sending/journal-fails-and-goes-on", test_journal_fails_and_goes_on);
    g_test_add_func("/net/sending/without-journal", test_without_journal);
    g_test_add_func("/net/sending/always-shown", test_always_shown);
}
