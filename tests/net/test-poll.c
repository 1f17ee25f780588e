/* SPDX-License-Identifier: MIT */
/* The poll loop: what the client asks, when, and what it says about the connection. */
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "seatmux/base/limits.h"

#define POLL "GET /v1/events"
#define SNAPSHOT "GET /v1/snapshot"

static void test_start(void)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_run(&b, 1000);
    g_assert_cmpuint(script_asked(b.script, ""), ==, 0); /* nothing without a session */
    g_assert_cmpint(sm_client_link(b.client)->heard, ==, -1);
    bench_live(&b);
    g_assert_cmpuint(script_asked(b.script, SNAPSHOT), ==, 1);
    /* First whether there is something, then parked. */
    g_assert_nonnull(strstr(script_nth(b.script, POLL, 0)->what, "&wait=0"));
    g_assert_nonnull(strstr(script_nth(b.script, POLL, 1)->what, "&wait=25"));
    g_assert_true(script_nth(b.script, POLL, 1)->poll);
    g_autofree char *shown = bench_shown(&b, c);
    g_assert_cmpstr(shown, ==, "Hello?");
    g_assert_cmpuint(b.changed_all, >=, 1);
    g_assert_false(sm_client_blind(b.client));
    bench_clear(&b);
}

static void test_events_come(void)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    guint before = b.changed;
    script_customer_says(b.script, c, "Are you there?");
    bench_run(&b, 50);
    g_assert_cmpuint(b.changed, ==, before + 1);
    g_autofree char *shown = bench_shown(&b, c);
    g_assert_cmpstr(shown, ==, "Hello?|Are you there?");
    script_ephemeral(b.script, "typing");
    bench_run(&b, 50);
    g_assert_cmpuint(b.ephemeral, ==, 1);
    g_assert_cmpuint(script_parked(b.script), ==, 1);
    bench_clear(&b);
}

/* Events that concern others move the place in the log all the same. */
static void test_cursor_alone(void)
{
    Bench b = {0};

    bench_init(&b);
    bench_live(&b);
    script_rule(b.script, POLL,
                (ScriptRule){.kind = SCRIPT_STATUS, .times = 1, .status = 200,
                             .body = "{\"cursor\":\"k0.elsewhere\",\"now\":1,\"fold\":1}"});
    sm_client_kick(b.client);
    bench_run(&b, 1000);
    g_assert_cmpuint(script_asked(b.script, POLL "?after=k0.elsewhere"), ==, 1);
    bench_clear(&b);
}

static void test_idle(void)
{
    Bench b = {0};

    bench_init(&b);
    bench_live(&b);
    guint before = script_asked(b.script, "");
    bench_run(&b, 100000);
    g_assert_cmpuint(script_asked(b.script, "") - before, <=, 4);
    g_assert_cmpint(bench_state(&b), ==, SM_LINK_LIVE);
    bench_clear(&b);
}

static void test_clock(void)
{
    Bench b = {0};

    bench_init(&b);
    bench_live(&b);
    g_assert_cmpint(ABS(sm_client_now(b.client) - sm_loop_wall(b.loop)), <=, 10);
    g_assert_cmpint(sm_client_link(b.client)->round_trip, ==, 10);
    /* A parked poll says nothing about the way there. */
    bench_run(&b, 60000);
    g_assert_cmpint(sm_client_link(b.client)->round_trip, ==, 10);
    /* Somebody sets this machine's clock; the desk's time goes on. */
    int64_t before = sm_client_now(b.client);
    sm_loop_jump_wall(b.loop, 3600000);
    g_assert_cmpint(sm_client_now(b.client), ==, before);
    bench_clear(&b);
}

static void test_back_off(void)
{
    Bench b = {0};

    bench_init(&b);
    bench_live(&b);
    script_rule(b.script, POLL, (ScriptRule){.kind = SCRIPT_NOT_SENT, .times = -1});
    sm_client_kick(b.client);
    bench_run(&b, 100);
    g_assert_cmpint(bench_state(&b), ==, SM_LINK_RECONNECTING);
    const SmLink *link = sm_client_link(b.client);
    g_assert_cmpint(link->retry_at, >, sm_loop_now(b.loop));
    g_assert_cmpstr(link->words, ==, "the desk can't be reached");
    g_assert_true(sm_client_blind(b.client));
    guint before = script_asked(b.script, POLL);
    bench_run(&b, 30000);
    g_assert_cmpuint(script_asked(b.script, POLL) - before, <=, 36);
    bench_run(&b, 300000);
    before = script_asked(b.script, POLL);
    bench_run(&b, 600000);
    g_assert_cmpuint(script_asked(b.script, POLL) - before, <=, 60);
    g_assert_cmpuint(script_asked(b.script, POLL) - before, >=, 20); /* never gives up */
    script_clear_rules(b.script);
    bench_until(&b, SM_LINK_LIVE, 31000);
    g_assert_cmpuint(script_asked(b.script, SNAPSHOT), ==, 1); /* the same cursor did */
    /* One good answer, and it begins anew. */
    script_rule(b.script, POLL, (ScriptRule){.kind = SCRIPT_NOT_SENT, .times = 1});
    sm_client_kick(b.client);
    bench_run(&b, 10);
    bench_until(&b, SM_LINK_LIVE, 1100);
    bench_clear(&b);
}

static void test_back_soon(void)
{
    Bench b = {0};

    bench_init(&b);
    bench_live(&b);
    for (int i = 0; i < 20; i++) {
        script_rule(b.script, POLL, (ScriptRule){.kind = SCRIPT_NOT_SENT, .times = -1});
        sm_client_kick(b.client);
        bench_run(&b, 9000);
        script_clear_rules(b.script);
        bench_until(&b, SM_LINK_LIVE, 2100);
        bench_run(&b, 100);
    }
    bench_clear(&b);
}

static void assert_obeys(int status)
{
    Bench b = {0};

    bench_init(&b);
    bench_live(&b);
    script_rule(b.script, POLL,
                (ScriptRule){.kind = SCRIPT_STATUS,
                             .times = 1,
                             .status = status,
                             .retry_after_s = 9,
                             .body = "{\"code\":\"stopping\",\"status\":503}"});
    sm_client_kick(b.client);
    bench_run(&b, 100);
    guint before = script_asked(b.script, POLL);
    g_assert_cmpint(bench_state(&b), ==, SM_LINK_RECONNECTING);
    bench_run(&b, 8700);
    g_assert_cmpuint(script_asked(b.script, POLL), ==, before);
    bench_until(&b, SM_LINK_LIVE, 1000);
    bench_clear(&b);
}

static void test_retry_after(void)
{
    assert_obeys(429);
    assert_obeys(503);
}

static void test_ended(void)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    sm_client_draft(b.client, c, "half a line", FALSE);
    script_rule(b.script, POLL,
                (ScriptRule){.kind = SCRIPT_STATUS,
                             .times = -1,
                             .status = 401,
                             .body = "{\"code\":\"token_expired\",\"status\":401}"});
    sm_client_kick(b.client);
    bench_until(&b, SM_LINK_ENDED, 100);
    guint before = script_asked(b.script, "");
    g_assert_nonnull(strstr(sm_client_link(b.client)->words, "log in"));
    const char *id = bench_send(&b, c, "Later");
    bench_run(&b, 600000);
    g_assert_cmpuint(script_asked(b.script, ""), ==, before); /* it stopped */
    g_assert_cmpint(bench_send_state(&b, id), ==, SM_SEND_QUEUED);
    g_assert_nonnull(sm_desk_conversation(sm_client_desk(b.client), c));
    /* Logged in again, it goes on where it was. */
    script_clear_rules(b.script);
    sm_client_login(b.client, "mia", "right", "test", bench_done, &b, NULL);
    bench_until(&b, SM_LINK_LIVE, 1000);
    bench_run(&b, 1000);
    g_assert_true(b.ok);
    bench_assert_said(&b, c, "Later");
    g_assert_cmpuint(script_asked(b.script, SNAPSHOT), ==, 1);
    g_assert_cmpuint(sm_client_drafts(b.client)->len, ==, 1);
    bench_clear(&b);
}

static void test_superseded(void)
{
    Bench b = {0};

    bench_init(&b);
    bench_live(&b);
    script_supersede(b.script);
    bench_until(&b, SM_LINK_SUPERSEDED, 100);
    g_assert_nonnull(strstr(sm_client_link(b.client)->words, "another program"));
    guint before = script_asked(b.script, "");
    bench_run(&b, 600000);
    g_assert_cmpuint(script_asked(b.script, ""), ==, before);
    bench_clear(&b);
}

/* A poll that was given up for lost may reach the desk after its successor. */
static void test_superseded_by_own(void)
{
    Bench b = {0};

    bench_init(&b);
    bench_live(&b);
    sm_client_kick(b.client);
    bench_run(&b, 1000);
    script_supersede(b.script);
    bench_run(&b, 5000);
    g_assert_cmpint(bench_state(&b), ==, SM_LINK_LIVE);
    script_supersede(b.script); /* that was no own one */
    bench_until(&b, SM_LINK_SUPERSEDED, 100);
    bench_clear(&b);
}

static void test_expired(void)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    sm_client_draft(b.client, c, "half a line", FALSE);
    script_customer_says(b.script, c, "One");
    bench_run(&b, 50);
    script_new_log(b.script);
    sm_client_kick(b.client);
    bench_run(&b, 10);
    bench_until(&b, SM_LINK_LIVE, 1000);
    g_assert_cmpuint(script_asked(b.script, SNAPSHOT), ==, 2);
    g_autofree char *shown = bench_shown(&b, c);
    g_assert_cmpstr(shown, ==, "Hello?|One"); /* nothing twice */
    g_assert_cmpuint(sm_client_drafts(b.client)->len, ==, 1);
    bench_clear(&b);
}

typedef struct {
    Bench b;
    const char *c;
    const SmConversation *held; /* as it was when something was told last */
    guint told;
    guint64 timer;
} Looker;

/* Any timer of the program that may be due, such as one that draws. */
static void look(void *user)
{
    Looker *l = user;
    const SmConversation *now = sm_desk_conversation(sm_client_desk(l->b.client), l->c);

    g_assert_true(now == l->held || l->told != l->b.changed);
    l->held = now;
    l->told = l->b.changed;
    l->timer = sm_loop_after(l->b.loop, 1, look, l);
}

/* Conversations that are no more are told before anything else runs: handlers hold them. */
static void test_told_at_once(void)
{
    for (int anew = 0; anew < 2; anew++) {
        Looker l = {0};

        bench_init(&l.b);
        l.c = script_conversation(l.b.script, "Ann");
        bench_live(&l.b);
        l.held = sm_desk_conversation(sm_client_desk(l.b.client), l.c);
        g_autofree char *gone = g_strdup_printf("{\"now\":1,\"cursor\":\"other\",\"forget\":[\"%s\"]}", l.c);
        if (!anew)
            script_rule(l.b.script, POLL, (ScriptRule){.kind = SCRIPT_STATUS, .times = 1, .status = 200, .body = gone});
        script_new_log(l.b.script);
        look(&l);
        sm_client_kick(l.b.client);
        bench_run(&l.b, 1000);
        g_assert_cmpuint(script_asked(l.b.script, SNAPSHOT), ==, 2);
        sm_loop_remove(l.b.loop, &l.timer);
        bench_clear(&l.b);
    }
}

static void test_instant_answers(void)
{
    static const char *const bodies[] = {
        "{\"cursor\":\"k0.1\",\"now\":1}",
        "{\"cursor\":\"k0.%\",\"now\":1}",
        "{\"cursor\":\"k0.1\",\"now\":1,\"more\":true}",
        "{\"cursor\":\"k0.1\",\"now\":1,\"events\":[]}",
    };

    for (guint i = 0; i < G_N_ELEMENTS(bodies); i++) {
        Bench b = {0};
        bench_init(&b);
        bench_live(&b);
        script_rule(
            b.script, POLL,
            (ScriptRule){.kind = SCRIPT_STATUS, .times = -1, .status = 200, .body = bodies[i]});
        guint before = script_asked(b.script, POLL);
        sm_client_kick(b.client);
        bench_run(&b, 120000);
        g_assert_cmpuint(script_asked(b.script, POLL) - before, <=, 30);
        g_assert_cmpuint(script_asked(b.script, POLL) - before, >=, 5);
        script_clear_rules(b.script);
        bench_until(&b, SM_LINK_LIVE, 31000);
        bench_clear(&b);
    }
}

static void test_truncated(void)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    script_rule(b.script, POLL, (ScriptRule){.kind = SCRIPT_DAMAGE, .times = 5});
    script_customer_says(b.script, c, "One");
    sm_client_kick(b.client);
    bench_run(&b, 30000);
    g_autofree char *shown = bench_shown(&b, c);
    g_assert_cmpstr(shown, ==, "Hello?|One");
    /* Cut ones are asked again; they never cost the cursor. */
    g_assert_cmpuint(script_asked(b.script, SNAPSHOT), ==, 1);
    bench_clear(&b);
}

static void assert_snapshot_at_third(const char *body)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    script_rule(b.script, POLL,
                (ScriptRule){.kind = SCRIPT_STATUS, .times = 3, .status = 200, .body = body});
    const ScriptAsked *last = script_nth(b.script, POLL, script_asked(b.script, POLL) - 1);
    g_autofree char *cursor = g_strndup(last->what, strcspn(last->what, "&"));
    guint before = script_asked(b.script, POLL);
    sm_client_kick(b.client);
    bench_run(&b, 20000);
    /* Twice asked again at the same cursor, then the whole. */
    for (guint i = 0; i < 3; i++)
        g_assert_true(g_str_has_prefix(script_nth(b.script, POLL, before + i)->what, cursor));
    g_assert_cmpuint(script_asked(b.script, SNAPSHOT), ==, 2);
    g_assert_cmpint(bench_state(&b), ==, SM_LINK_LIVE);
    g_autofree char *shown = bench_shown(&b, c);
    g_assert_cmpstr(shown, ==, "Hello?");
    bench_clear(&b);
}

static void test_damaged(void)
{
    assert_snapshot_at_third("{\"cursor\":\"k0.9\",\"events\":[{\"type\":");
    assert_snapshot_at_third("{\"cursor\":\"k0.9\",\"events\":[{\"seq\":9,\"at\":1,\"type\":7}]}");
    assert_snapshot_at_third("{\"cursor\":\"k0.9\",\"conversations\":[{\"id\":\"c\"}]}");
    assert_snapshot_at_third("{\"events\":[]}"); /* no cursor */
    assert_snapshot_at_third("<html>welcome</html>");
}

static void test_damaged_twice(void)
{
    Bench b = {0};

    bench_init(&b);
    bench_live(&b);
    script_rule(b.script, POLL,
                (ScriptRule){.kind = SCRIPT_STATUS, .times = 2, .status = 200, .body = "{"});
    sm_client_kick(b.client);
    bench_run(&b, 20000);
    g_assert_cmpuint(script_asked(b.script, SNAPSHOT), ==, 1);
    g_assert_cmpint(bench_state(&b), ==, SM_LINK_LIVE);
    bench_clear(&b);
}

static void test_too_old(void)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    sm_client_draft(b.client, c, "half a line", FALSE);
    script_rule(b.script, POLL,
                (ScriptRule){.kind = SCRIPT_STATUS,
                             .times = -1,
                             .status = 200,
                             .body = "{\"cursor\":\"k0.9\",\"events\":[{\"type\":\"time.travel\","
                                     "\"v\":1,\"seq\":9,\"at\":1}]}"});
    sm_client_kick(b.client);
    bench_until(&b, SM_LINK_TOO_OLD, 100);
    guint before = script_asked(b.script, "");
    bench_run(&b, 600000);
    g_assert_cmpuint(script_asked(b.script, ""), ==, before);
    g_assert_cmpuint(sm_client_drafts(b.client)->len, ==, 1);
    bench_clear(&b);
}

static void test_other_fold(void)
{
    Bench b = {0};

    bench_init(&b);
    bench_live(&b);
    g_assert_false(sm_client_link(b.client)->other_fold);
    script_rule(b.script, POLL,
                (ScriptRule){.kind = SCRIPT_STATUS,
                             .times = 1,
                             .status = 200,
                             .body = "{\"cursor\":\"k0.1\",\"now\":1,\"fold\":999}"});
    sm_client_kick(b.client);
    bench_run(&b, 12);
    g_assert_true(sm_client_link(b.client)->other_fold);
    bench_clear(&b);
}

/* Its own deadline: a poll nobody answers is dead at hold + 10 s. */
static void test_half_open(void)
{
    Bench b = {0};

    bench_init(&b);
    bench_live(&b);
    script_rule(b.script, POLL, (ScriptRule){.kind = SCRIPT_SILENT, .times = 1});
    sm_client_kick(b.client); /* this one never answers: wait=0 */
    guint before = script_asked(b.script, POLL);
    bench_run(&b, 12100);
    g_assert_cmpuint(script_asked(b.script, POLL), >, before);
    g_assert_cmpint(bench_state(&b), ==, SM_LINK_LIVE);
    bench_clear(&b);
}

static void test_half_open_parked(void)
{
    Bench b = {0};

    bench_init(&b);
    bench_resume(&b);
    script_rule(b.script, POLL, (ScriptRule){.kind = SCRIPT_NORMAL, .times = 1});
    script_rule(b.script, POLL, (ScriptRule){.kind = SCRIPT_SILENT, .times = 1});
    bench_until(&b, SM_LINK_LIVE, 1000);
    bench_run(&b, 50);
    g_assert_cmpuint(script_asked(b.script, POLL), ==, 2);
    bench_run(&b, 35000 + 1100);
    g_assert_cmpuint(script_asked(b.script, POLL), >=, 3);
    g_assert_cmpint(bench_state(&b), ==, SM_LINK_LIVE);
    bench_clear(&b);
}

static void test_suspend(void)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    script_rule(b.script, POLL, (ScriptRule){.kind = SCRIPT_SILENT, .times = 1});
    bench_run(&b, 25100); /* the poll under way is one that nobody will answer */
    guint before = script_asked(b.script, POLL);
    script_customer_says(b.script, c, "While you slept");
    sm_loop_suspend(b.loop, 8000);
    bench_run(&b, 3000);
    g_assert_cmpuint(script_asked(b.script, POLL), >, before);
    g_autofree char *shown = bench_shown(&b, c);
    g_assert_cmpstr(shown, ==, "Hello?|While you slept");
    bench_clear(&b);
}

static int wait_of(const ScriptAsked *asked)
{
    return atoi(strstr(asked->what, "wait=") + 5);
}

static void test_shorter_hold(void)
{
    Bench b = {0};

    bench_init(&b);
    bench_live(&b);
    /* Something on the way cuts what is older than 15 s. */
    script_rule(b.script, POLL, (ScriptRule){.kind = SCRIPT_NORMAL, .times = 1});
    for (int i = 0; i < 2; i++) {
        script_rule(b.script, POLL, (ScriptRule){.kind = SCRIPT_DIE, .times = 1, .ms = 15000 + i});
        script_rule(b.script, POLL, (ScriptRule){.kind = SCRIPT_NORMAL, .times = 1});
    }
    sm_client_kick(b.client);
    bench_run(&b, 40000);
    guint n = script_asked(b.script, POLL);
    g_assert_cmpint(wait_of(script_nth(b.script, POLL, n - 1)), ==, 12);
    bench_run(&b, 60000);
    g_assert_cmpint(bench_state(&b), ==, SM_LINK_LIVE);
    sm_client_kick(b.client); /* another network: the whole hold again */
    bench_run(&b, 100);
    n = script_asked(b.script, POLL);
    g_assert_cmpint(wait_of(script_nth(b.script, POLL, n - 1)), ==, SM_MAX_WAIT_DEFAULT_S);
    bench_clear(&b);
}

/* A page that fails costs nothing of what is on the screen. */
static void test_snapshot_fails(void)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    script_new_log(b.script);
    script_rule(b.script, SNAPSHOT, (ScriptRule){.kind = SCRIPT_DAMAGE, .times = 2});
    script_rule(b.script, SNAPSHOT,
                (ScriptRule){.kind = SCRIPT_STATUS,
                             .times = 1,
                             .status = 200,
                             .body = "{\"cursor\":\"k1.1\",\"conversations\":[{}]}"});
    sm_client_kick(b.client);
    for (int i = 0; i < 200 && bench_state(&b) != SM_LINK_LIVE; i++) {
        g_autofree char *shown = bench_shown(&b, c);
        g_assert_cmpstr(shown, ==, "Hello?");
        bench_run(&b, 50);
    }
    g_assert_cmpint(bench_state(&b), ==, SM_LINK_LIVE);
    g_autofree char *shown = bench_shown(&b, c);
    g_assert_cmpstr(shown, ==, "Hello?");
    bench_clear(&b);
}

static void test_snapshot_pages(void)
{
    Bench b = {0};
    g_autofree char *filler = g_strnfill(7000, 'x');
    const char *ids[100];

    bench_init(&b);
    for (guint i = 0; i < G_N_ELEMENTS(ids); i++) {
        ids[i] = script_conversation(b.script, "Ann");
        script_customer_says(b.script, ids[i], filler);
    }
    bench_live(&b);
    g_assert_cmpuint(script_asked(b.script, SNAPSHOT), >=, 3);
    for (guint i = 0; i < G_N_ELEMENTS(ids); i++)
        g_assert_nonnull(sm_desk_conversation(sm_client_desk(b.client), ids[i]));
    bench_clear(&b);
}

void bench_add_poll_tests(void)
{
    g_test_add_func("/net/poll/start", test_start);
    g_test_add_func("/net/poll/events-come", test_events_come);
    g_test_add_func("/net/poll/cursor-alone", test_cursor_alone);
    g_test_add_func("/net/poll/idle", test_idle);
    g_test_add_func("/net/poll/clock", test_clock);
    g_test_add_func("/net/poll/back-off", test_back_off);
    g_test_add_func("/net/poll/back-soon", test_back_soon);
    g_test_add_func("/net/poll/retry-after", test_retry_after);
    g_test_add_func("/net/poll/ended", test_ended);
    g_test_add_func("/net/poll/superseded", test_superseded);
    g_test_add_func("/net/poll/superseded-by-own", test_superseded_by_own);
    g_test_add_func("/net/poll/expired", test_expired);
    g_test_add_func("/net/poll/told-at-once", test_told_at_once);
    g_test_add_func("/net/poll/instant-answers", test_instant_answers);
    g_test_add_func("/net/poll/truncated", test_truncated);
    g_test_add_func("/net/poll/damaged", test_damaged);
    g_test_add_func("/net/poll/damaged-twice", test_damaged_twice);
    g_test_add_func("/net/poll/too-old", test_too_old);
    g_test_add_func("/net/poll/other-fold", test_other_fold);
    g_test_add_func("/net/poll/half-open", test_half_open);
    g_test_add_func("/net/poll/half-open-parked", test_half_open_parked);
    g_test_add_func("/net/poll/suspend", test_suspend);
    g_test_add_func("/net/poll/shorter-hold", test_shorter_hold);
    g_test_add_func("/net/poll/snapshot-fails", test_snapshot_fails);
    g_test_add_func("/net/poll/snapshot-pages", test_snapshot_pages);
}
