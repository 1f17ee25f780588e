/* SPDX-License-Identifier: MIT */
/* Commits that fail, and stopping: nothing that is not durable ever leaves (architecture.md, rule
 * 3). */
#include <string.h>

#include "world.h"

#include "seatmux/base/error.h"

#define WORLD_TEST(path, fn) g_test_add(path, World, NULL, world_open, fn, world_close)

static char *state_of(World *w)
{
    g_autoptr(json_t) all =
        sm_desk_project(sm_service_desk(w->service), (SmActor){SM_ACTOR_STAFF, "eve"});

    return sm_json_text(all);
}

static void run(World *w, int64_t ms)
{
    sm_loop_run_until(w->loop, sm_loop_now(w->loop) + ms);
}

static void test_commit_failure(World *w, gconstpointer data)
{
    g_autoptr(Talk) talk = talk_start(w, "start-1", "hi");
    g_autofree char *before = state_of(w);
    g_autofree char *customers = cursor_of(w, talk->token);
    g_autofree char *target = g_strdup_printf("/v1/conversations/%s/claim", talk->id);
    int64_t seq = sm_log_last(w->log);

    sm_log_memory_fail(w->log, 1, SM_ERROR_IO);
    g_autoptr(Call) poll = poll_start(w, talk->token, customers, 50);
    g_autoptr(Call) winner = call_start(w, "POST", target, w->mia, "claim-mia", "{}");
    g_autoptr(Call) loser = call_start(w, "POST", target, w->bob, "claim-bob", "{}");
    g_assert_nonnull(
        sm_desk_conversation(sm_service_desk(w->service), talk->id)->owner); /* speculative */
    g_autoptr(Call) read = call_start(w, "GET", "/v1/snapshot", w->eve, NULL, NULL);
    g_assert_false(read->done); /* rests on what is not durable */
    call_wait(w, winner);
    call_wait(w, loser);
    assert_code(winner, "not_durable");
    assert_code(loser, "not_durable"); /* not "already assigned": that never was */
    call_wait(w, read);
    assert_status(read, 200);
    g_assert_null(strstr(read->text, "\"owner\":\"mia\""));
    g_assert_false(poll->done);
    g_assert_cmpint(sm_log_last(w->log), ==, seq);
    g_autofree char *after = state_of(w);
    g_assert_cmpstr(after, ==, before); /* refolded: as if it had never been asked */
    g_autoptr(Call) again = talk_do(w, talk, w->mia, "claim", "claim-mia", "{}");
    assert_status(again, 200); /* same id again */
    call_wait(w, poll);
    assert_status(poll, 200);
}

static void test_disk_full(World *w, gconstpointer data)
{
    g_autoptr(Talk) talk = talk_start(w, "start-1", "hi");
    g_autofree char *cursor = cursor_of(w, talk->token);

    sm_log_memory_fail(w->log, 2, SM_ERROR_FULL);
    g_autoptr(Call) full = talk_post(w, talk, talk->token, "m-1", "one");
    assert_code(full, "disk_full");
    g_autoptr(Call) at_once = talk_post(w, talk, talk->token, "m-1", "one");
    assert_code(at_once, "disk_full"); /* refused without trying */
    g_autoptr(Call) health = call_now(w, "GET", "/healthz", NULL, NULL, NULL);
    g_assert_cmpstr(call_str(health, "status"), ==, "read_only");
    g_autoptr(Call) read = call_now(w, "GET", "/v1/snapshot", w->mia, NULL, NULL);
    assert_status(read, 200); /* reads and polls go on */
    g_autoptr(Call) poll = poll_now(w, talk->token, cursor);
    assert_status(poll, 200);
    run(w, 1100);
    g_autoptr(Call) second = talk_post(w, talk, talk->token, "m-1", "one");
    assert_code(second, "disk_full");
    run(w, 2500);
    g_autoptr(Call) there = talk_post(w, talk, talk->token, "m-1", "one");
    assert_status(there, 200);
    g_autoptr(Call) ok = call_now(w, "GET", "/healthz", NULL, NULL, NULL);
    g_assert_cmpstr(call_str(ok, "status"), ==, "ok");
}

/* While the memory is made anew writes are refused, and a read waits for it. */
static void test_refolding(World *w, gconstpointer data)
{
    g_autoptr(Talk) talk = talk_start(w, "start-1", "hi");
    g_autofree char *target = g_strdup_printf("/v1/conversations/%s/messages/m-1", talk->id);
    g_autofree char *next = g_strdup_printf("/v1/conversations/%s/messages/m-2", talk->id);

    sm_log_memory_fail(w->log, 1, SM_ERROR_IO);
    g_autoptr(Call) failed = call_start(w, "PUT", target, talk->token, NULL, "{\"text\":\"a\"}");
    call_wait(w, failed);
    assert_code(failed, "not_durable");
    g_autoptr(Call) early = call_start(w, "PUT", next, talk->token, NULL, "{\"text\":\"b\"}");
    g_assert_true(early->done);
    assert_code(early, "not_durable");
    g_autoptr(Call) read = call_start(w, "GET", "/v1/snapshot", talk->token, NULL, NULL);
    g_assert_false(read->done);
    call_wait(w, read);
    assert_status(read, 200);
    g_autoptr(Call) sent = talk_post(w, talk, talk->token, "m-2", "b");
    assert_status(sent, 200);
}

/* Another process wrote: what it wrote counts, not what we thought. */
static void test_fenced(World *w, gconstpointer data)
{
    g_autoptr(Talk) talk = talk_start(w, "start-1", "hi");
    g_autoptr(SmService) other = sm_service_new(w->loop, w->log, w->secrets, w->rng, NULL, NULL);
    g_autoptr(Call) claimed = talk_do(w, talk, w->mia, "claim", "claim-1", "{}");
    assert_status(claimed, 200);
    SmService *first = w->service;
    w->service = other;
    g_autofree char *target = g_strdup_printf("/v1/conversations/%s/claim", talk->id);
    g_autoptr(Call) stale = call_now(w, "POST", target, w->bob, "claim-2", "{}");
    assert_code(stale, "not_durable");
    run(w, 10);
    g_autoptr(Call) again = call_now(w, "POST", target, w->bob, "claim-2", "{}");
    assert_code(again, "already_assigned");
    w->service = first;
}

static void stopped(void *user)
{
    *(gboolean *)user = TRUE;
}

static void test_stop(World *w, gconstpointer data)
{
    g_autoptr(Talk) talk = talk_start(w, "start-1", "hi");
    g_autofree char *cursor = cursor_of(w, talk->token);
    g_autoptr(Call) poll = poll_start(w, talk->token, cursor, 50);
    g_autofree char *target = g_strdup_printf("/v1/conversations/%s/messages/m-1", talk->id);
    g_autoptr(Call) sent =
        call_start(w, "PUT", target, talk->token, NULL, "{\"text\":\"last words\"}");
    gboolean done = FALSE;

    sm_service_stop(w->service, stopped, &done);
    g_assert_true(poll->done);
    assert_status(poll, 200);
    g_assert_cmpstr(poll->cursor, ==, cursor);
    g_assert_false(done);
    call_wait(w, sent);
    assert_status(sent, 200); /* what was under way is finished */
    for (int i = 0; !done && i < 100; i++)
        g_assert_true(sm_loop_step(w->loop));
    g_assert_true(done);
    g_autoptr(Call) late = call_now(w, "GET", "/v1/snapshot", talk->token, NULL, NULL);
    assert_code(late, "stopping");
    world_restart(w);
    g_autoptr(Call) after = poll_now(w, talk->token, cursor);
    g_assert_nonnull(strstr(after->text, "last words"));
}

/* Freed while everything is under way: all are answered, nothing is touched afterwards. */
static void test_free_under_way(World *w, gconstpointer data)
{
    g_autoptr(Talk) talk = talk_start(w, "start-1", "hi");
    g_autofree char *cursor = cursor_of(w, talk->token);
    g_autofree char *target = g_strdup_printf("/v1/conversations/%s/messages/m-1", talk->id);
    g_autoptr(Call) poll = poll_start(w, talk->token, cursor, 50);
    g_autoptr(Call) sent = call_start(w, "PUT", target, talk->token, NULL, "{\"text\":\"a\"}");
    g_autoptr(Call) read = call_start(w, "GET", "/v1/snapshot", w->mia, NULL, NULL);
    g_autoptr(Call) login = call_start(w, "POST", "/v1/login", NULL, NULL,
                                       "{\"name\":\"mia\",\"password\":\"secret\"}");

    sm_service_free(g_steal_pointer(&w->service));
    g_assert_true(poll->done && sent->done && read->done && login->done);
    assert_code(sent, "stopping");
    assert_code(read, "stopping");
    assert_code(login, "stopping");
    run(w, 100);
}

/* The process dies in the middle of a commit: what was not durable is not there, nobody was told it
 * was. */
static void test_crash(World *w, gconstpointer data)
{
    g_autoptr(Talk) talk = talk_start(w, "start-1", "hi");
    g_autofree char *target = g_strdup_printf("/v1/conversations/%s/messages/m-1", talk->id);
    g_autoptr(Call) sent = call_start(w, "PUT", target, talk->token, NULL, "{\"text\":\"a\"}");

    g_assert_true(sm_loop_step(w->loop)); /* appended, not committed */
    g_assert_false(sent->done);
    sm_log_memory_crash(w->log);
    run(w, 100);
    g_assert_false(sent->done);
    world_restart(w);
    assert_code(sent, "stopping");
    g_assert_null(sm_log_find(w->log, "m-1", NULL));
    g_autoptr(Call) again = talk_post(w, talk, talk->token, "m-1", "a");
    assert_status(again, 200);
}

static void test_cancel(World *w, gconstpointer data)
{
    g_autoptr(Talk) talk = talk_start(w, "start-1", "hi");
    g_autofree char *cursor = cursor_of(w, talk->token);
    g_autofree char *target = g_strdup_printf("/v1/conversations/%s/messages/m-1", talk->id);
    Call *calls[] = {
        poll_start(w, talk->token, cursor, 50),
        call_start(w, "PUT", target, talk->token, NULL, "{\"text\":\"goes on\"}"),
        call_start(w, "GET", "/v1/snapshot", w->mia, NULL, NULL),
        call_start(w, "POST", "/v1/login", NULL, NULL,
                   "{\"name\":\"mia\",\"password\":\"secret\"}"),
    };

    for (guint i = 0; i < G_N_ELEMENTS(calls); i++) {
        g_assert_false(calls[i]->done);
        call_free(calls[i]); /* cancels */
    }
    run(w, 100);
    g_autoptr(Call) after = poll_now(w, talk->token, cursor);
    g_assert_nonnull(strstr(after->text, "goes on"));
}

/* Many seeds of failing commits: an answered write is in the log, one that failed is not. */
static void test_random_failures(World *w, gconstpointer data)
{
    g_autoptr(Talk) talk = talk_start(w, "start-1", "hi");
    g_autoptr(SmRng) rng = sm_rng_new(5);
    GPtrArray *calls = g_ptr_array_new_with_free_func((GDestroyNotify)call_free);

    for (int i = 0; i < 200; i++) {
        g_autofree char *target =
            g_strdup_printf("/v1/conversations/%s/messages/m-%d", talk->id, i);
        if (sm_rng_chance(rng, 0.1))
            sm_log_memory_fail(w->log, 1, SM_ERROR_IO);
        g_ptr_array_add(calls, call_start(w, "PUT", target, talk->token, NULL, "{\"text\":\"a\"}"));
        run(w, sm_rng_between(rng, 0, 5));
    }
    sm_log_memory_fail(w->log, 0, 0);
    guint accepted = 0;
    for (guint i = 0; i < calls->len; i++) {
        Call *call = call_wait(w, g_ptr_array_index(calls, i));
        g_autofree char *id = g_strdup_printf("m-%u", i);
        g_autoptr(SmRecord) record = sm_log_find(w->log, id, NULL);
        g_assert_cmpint(record != NULL, ==, call->status == 200);
        accepted += call->status == 200;
    }
    g_assert_cmpuint(accepted, >, 20);
    g_assert_cmpuint(accepted, <, 200);
    run(w, 40000);
    g_autofree char *before = state_of(w);
    world_restart(w);
    g_autofree char *after = state_of(w);
    g_assert_cmpstr(after, ==, before);
    g_ptr_array_unref(calls);
}

static void set_policy(World *w, const char *yaml)
{
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmPolicy) policy = sm_policy_parse("desk.yaml", yaml, strlen(yaml), findings);

    g_assert_nonnull(policy);
    g_autoptr(json_t) json = sm_policy_encode(policy);
    g_autofree char *text = sm_json_text(json);
    g_autoptr(Call) set = call_now(w, "PUT", "/v1/policy", "admin", "another-policy", text);
    assert_status(set, 200);
}

static const char *owner_of(World *w, const Talk *talk)
{
    return sm_desk_conversation(sm_service_desk(w->service), talk->id)->owner;
}

/* Nobody could answer while the desk was down, nor come back: that time is nobody's. */
static void test_down_for_an_hour(World *w, gconstpointer data)
{
    set_policy(w, "desk: Test\noffline_release: 5m\nteams:\n- {id: support, routing: {by: round_robin, accept_within: 20s}}\n"
                  "inboxes:\n- {id: web, team: support}\n");
    g_autoptr(Talk) given = talk_start(w, "start-1", "hi");
    run(w, 1000);
    g_autofree char *first = g_strdup(owner_of(w, given));
    g_assert_nonnull(first);
    sm_service_free(w->service);
    w->service = NULL;
    run(w, 3600000);
    world_restart(w);
    run(w, 59000); /* agents come back within half a minute */
    g_assert_cmpstr(owner_of(w, given), ==, first);
    const char *token = g_str_equal(first, "mia") ? w->mia : w->bob;
    g_autoptr(Call) answer = talk_post(w, given, token, "m-1", "Sorry for the wait");
    assert_status(answer, 200);
    g_autoptr(Call) away = call_now(w, "POST", "/v1/agents/me/availability", token, "off-1", "{\"availability\":\"offline\"}");
    assert_status(away, 200);
    sm_service_free(w->service);
    w->service = NULL;
    run(w, 3600000);
    world_restart(w);
    run(w, 59000);
    g_assert_cmpstr(owner_of(w, given), ==, first);
    run(w, 2000); /* and who does not come back loses it */
    g_assert_cmpstr(owner_of(w, given), !=, first);
}

/* Who had the time and let it pass loses it as ever, also when the desk starts anew now and then. */
static void test_started_anew(World *w, gconstpointer data)
{
    set_policy(w, "desk: Test\nteams:\n- {id: support, routing: {by: round_robin, accept_within: 5m}}\n"
                  "inboxes:\n- {id: web, team: support}\n");
    g_autoptr(Talk) given = talk_start(w, "start-1", "hi");
    run(w, 1000);
    g_autofree char *first = g_strdup(owner_of(w, given));
    world_restart(w);
    for (int i = 0; i < 29; i++) { /* everybody is there */
        g_free(cursor_of(w, w->mia));
        g_free(cursor_of(w, w->bob));
        call_free(call_now(w, "GET", "/v1/snapshot", given->token, NULL, NULL));
        run(w, 10000);
    }
    g_assert_cmpstr(owner_of(w, given), ==, first);
    run(w, 15000);
    g_assert_cmpstr(owner_of(w, given), !=, first);
}

/* A program that is started anew makes other ids. */
static void start_anew(World *w, uint64_t seed)
{
    SmRng *before = w->rng, *after = sm_rng_new(seed);

    w->rng = after;
    world_restart(w);
    w->rng = before;
    sm_rng_free(after);
}

static SmAvailability state_of_mia(World *w)
{
    return sm_desk_agent(sm_service_desk(w->service), "mia")->availability;
}

/* Whoever was set offline for want of a session is there again with the first sign of life, also when the desk started anew meanwhile: it may
 * be the very reason why nobody was heard. Who logged out is not. */
static void test_back_after_a_start(World *w, gconstpointer data)
{
    for (int logs_out = 0; logs_out < 2; logs_out++) {
        g_autoptr(Call) busy = call_now(w, "POST", "/v1/agents/me/availability", w->mia, logs_out ? "busy-2" : "busy-1",
                                        "{\"availability\":\"busy\"}");
        assert_status(busy, 200);
        if (logs_out) {
            g_autoptr(Call) out = call_now(w, "POST", "/v1/logout", w->mia, NULL, NULL);
            g_assert_cmpint(out->status / 100, ==, 2);
        }
        run(w, 70000);
        g_assert_cmpint(state_of_mia(w), ==, SM_AVAILABLE_OFFLINE);
        start_anew(w, 100 + (uint64_t)logs_out);
        run(w, 70000);
        g_assert_cmpint(state_of_mia(w), ==, SM_AVAILABLE_OFFLINE);
        g_autofree char *token = logs_out ? world_login(w, "mia") : NULL;
        g_free(cursor_of(w, logs_out ? token : w->mia));
        run(w, 100);
        g_assert_cmpint(state_of_mia(w), ==, logs_out ? SM_AVAILABLE_OFFLINE : SM_AVAILABLE_BUSY);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    WORLD_TEST("/faults/commit-failure", test_commit_failure);
    WORLD_TEST("/faults/disk-full", test_disk_full);
    WORLD_TEST("/faults/refolding", test_refolding);
    WORLD_TEST("/faults/fenced", test_fenced);
    WORLD_TEST("/faults/stop", test_stop);
    WORLD_TEST("/faults/free-under-way", test_free_under_way);
    WORLD_TEST("/faults/crash", test_crash);
    WORLD_TEST("/faults/down-for-an-hour", test_down_for_an_hour);
    WORLD_TEST("/faults/started-anew", test_started_anew);
    WORLD_TEST("/faults/back-after-a-start", test_back_after_a_start);
    WORLD_TEST("/faults/cancel", test_cancel);
    WORLD_TEST("/faults/random", test_random_failures);
    return g_test_run();
}
