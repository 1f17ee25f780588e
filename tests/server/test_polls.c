/* SPDX-License-Identifier: MIT */
/* Long polls: who is woken when, by what, and how often. */
#include <string.h>

#include "world.h"

#include "seatmux/base/limits.h"

#define WORLD_TEST(path, fn) g_test_add(path, World, NULL, world_open, fn, world_close)

static gboolean has_message(const Call *call, const char *text)
{
    return call->text != NULL && strstr(call->text, text) != NULL;
}

static void run(World *w, int64_t ms)
{
    sm_loop_run_until(w->loop, sm_loop_now(w->loop) + ms);
}

static void test_hold(World *w, gconstpointer data)
{
    g_autofree char *cursor = cursor_of(w, w->mia);
    int64_t start = sm_loop_now(w->loop);
    g_autoptr(Call) poll = poll_start(w, w->mia, cursor, 10);

    run(w, 9999);
    g_assert_false(poll->done);
    call_wait(w, poll);
    g_assert_cmpint(sm_loop_now(w->loop) - start, ==, 10000);
    assert_status(poll, 200);
    g_assert_cmpstr(poll->cursor, ==, cursor);
    g_assert_cmpstr(call_str(poll, "cursor"), ==, cursor);
    g_assert_null(json_object_get(poll->body, "events"));
    g_autoptr(Call) now = poll_now(w, w->mia, cursor);
    g_assert_cmpstr(now->cursor, ==, cursor);
}

static void test_jitter(World *w, gconstpointer data)
{
    SmServiceLimits limits = {8, 1, 1000, 1000, 2000};
    g_autofree char *cursor = cursor_of(w, w->mia);

    sm_service_set_limits(w->service, &limits);
    int64_t start = sm_loop_now(w->loop);
    g_autoptr(Call) poll = poll_start(w, w->mia, cursor, 10);
    call_wait(w, poll);
    g_assert_cmpint(sm_loop_now(w->loop) - start, >=, 10000);
    g_assert_cmpint(sm_loop_now(w->loop) - start, <=, 12000);
}

/* A poll is woken by what concerns its viewer, when it is durable, and by nothing else. */
static void test_wake(World *w, gconstpointer data)
{
    g_autoptr(Talk) one = talk_start(w, "start-1", "hi");
    g_autoptr(Talk) two = talk_start(w, "start-2", "hi");
    g_autoptr(Call) claimed = talk_do(w, one, w->mia, "claim", "claim-1", "{}");
    assert_status(claimed, 200);
    g_autofree char *at_one = cursor_of(w, one->token);
    g_autofree char *at_two = cursor_of(w, two->token);
    run(w, 100); /* no companions of anything before */
    g_autoptr(Call) poll_one = poll_start(w, one->token, at_one, 50);
    g_autoptr(Call) poll_two = poll_start(w, two->token, at_two, 50);
    g_autofree char *target = g_strdup_printf("/v1/conversations/%s/messages/m-1", one->id);
    int64_t before = sm_log_last(w->log);
    g_autoptr(Call) sent = call_start(w, "PUT", target, w->mia, NULL, "{\"text\":\"wake up\"}");
    while (sm_log_last(w->log) == before) {
        g_assert_false(poll_one->done); /* not before it is durable */
        g_assert_true(sm_loop_step(w->loop));
    }
    g_assert_true(poll_one->done);
    g_assert_true(sent->done);
    g_assert_true(has_message(poll_one, "wake up"));
    g_assert_false(poll_two->done);
    g_autoptr(Call) after = poll_now(w, two->token, at_two);
    g_assert_null(json_object_get(after->body, "events"));
}

static void test_companions(World *w, gconstpointer data)
{
    g_autoptr(Talk) talk = talk_start(w, "start-1", "hi");
    g_autoptr(Call) claimed = talk_do(w, talk, w->mia, "claim", "claim-1", "{}");
    assert_status(claimed, 200);
    g_autofree char *cursor = cursor_of(w, talk->token);
    g_autoptr(Call) first = poll_start(w, talk->token, cursor, 50);
    g_autoptr(Call) sent = talk_post(w, talk, w->mia, "m-1", "one");
    assert_status(sent, 200);
    call_wait(w, first);
    g_autoptr(Call) second = poll_start(w, talk->token, first->cursor, 50);
    g_autofree char *target = g_strdup_printf("/v1/conversations/%s/messages/m-2", talk->id);
    g_autoptr(Call) next = call_start(w, "PUT", target, w->mia, NULL, "{\"text\":\"two\"}");
    call_wait(w, next);
    int64_t durable = sm_loop_now(w->loop);
    g_assert_false(second->done); /* was answered just now: waits for more, at most 5 ms */
    call_wait(w, second);
    g_assert_cmpint(sm_loop_now(w->loop) - durable, <=, 5);
    g_assert_true(has_message(second, "two"));
}

static void test_superseded(World *w, gconstpointer data)
{
    g_autofree char *cursor = cursor_of(w, w->mia);
    g_autofree char *other = world_login(w, "mia");
    g_autoptr(Call) old = poll_start(w, w->mia, cursor, 50);
    g_autoptr(Call) elsewhere = poll_start(w, other, cursor, 50);
    g_assert_false(old->done);
    g_autoptr(Call) new = poll_start(w, w->mia, cursor, 50);
    g_assert_true(old->done);
    assert_code(old, "superseded");
    g_assert_false(new->done);
    g_assert_false(elsewhere->done); /* another session of the same agent */
}

static void test_cursor_expired(World *w, gconstpointer data)
{
    g_autofree char *cursor = cursor_of(w, w->mia);
    g_autofree char *desk = NULL;
    int64_t seq;
    uint32_t check;

    g_assert_true(sm_cursor_parse(cursor, &desk, &seq, &check));
    g_autofree char *other_desk = sm_cursor_format("dother", seq, check);
    g_autofree char *other_record = sm_cursor_format(desk, seq, check ^ 1);
    g_autofree char *ahead = sm_cursor_format(desk, seq + 1, check);
    const char *bad[] = {other_desk, other_record, ahead, "rubbish"};
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(Call) poll = poll_now(w, w->mia, bad[i]);
        assert_code(poll, "cursor_expired");
    }
    g_autofree char *beginning = sm_cursor_format(desk, 0, 0);
    g_autoptr(Call) all = poll_now(w, w->bob, beginning);
    assert_code(all, "cursor_expired"); /* bob was made an agent on the way: no base to build on */
    g_autoptr(Call) none = call_now(w, "GET", "/v1/events", w->mia, NULL, NULL);
    assert_code(none, "invalid");
    g_autofree char *long_wait =
        g_strdup_printf("/v1/events?after=%s&wait=%d", cursor, SM_MAX_WAIT_S + 1);
    g_autoptr(Call) past = call_now(w, "GET", long_wait, w->mia, NULL, NULL);
    assert_code(past, "invalid");
    g_autoptr(Call) at_limit = poll_start(w, w->mia, cursor, SM_MAX_WAIT_S);
    g_assert_false(at_limit->done);
}

static void appended(const GError *error, void *user)
{
    g_assert_no_error(error);
    *(gboolean *)user = TRUE;
}

/* Records of no conversation that exists: they change nothing, and there are many of them. */
static void fill_log(World *w, guint n)
{
    g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func((GDestroyNotify)sm_record_unref);
    gboolean done = FALSE;

    for (guint i = 0; i < n; i++) {
        g_autofree char *command = g_strdup_printf("filler-%u", i);
        SmRecord *record = sm_record_new(sm_service_now(w->service), command, "desk", "f");
        SmEvent *event = sm_event_new(SM_EVENT_CONVERSATION_WOKEN);
        event->conversation = g_strdup("cnone");
        event->cause = SM_CAUSE_DUE;
        g_ptr_array_add(record->events, event);
        g_ptr_array_add(records, record);
    }
    sm_log_append(w->log, sm_log_last(w->log), records, appended, &done);
    while (!done)
        g_assert_true(sm_loop_step(w->loop));
}

static void test_far_behind(World *w, gconstpointer data)
{
    g_autofree char *cursor = cursor_of(w, w->mia);
    g_autofree char *desk = NULL;
    int64_t seq;
    uint32_t check;

    g_assert_true(sm_cursor_parse(cursor, &desk, &seq, &check));
    run(w, 2000); /* nothing is under way */
    fill_log(w, (guint)(SM_MAX_SNAPSHOT_BEHIND - (sm_log_last(w->log) - seq)));
    world_restart(w);
    g_autoptr(Call) at_limit = poll_now(w, w->mia, cursor);
    assert_status(at_limit, 200);
    g_assert_true(sm_json_bool(at_limit->body, "more", FALSE)); /* a part of the way at a time */
    g_assert_cmpstr(at_limit->cursor, !=, cursor);
    g_autoptr(Call) availability = call_now(w, "POST", "/v1/agents/me/availability", w->bob,
                                            "one-more", "{\"availability\":\"away\"}");
    assert_status(availability, 200);
    g_autoptr(Call) past = poll_now(w, w->mia, cursor);
    assert_code(past, "cursor_expired");
}

static void test_changed_teams(World *w, gconstpointer data)
{
    g_autofree char *cursor = cursor_of(w, w->mia);
    g_autoptr(Call) poll = poll_start(w, w->mia, cursor, 50);

    world_admin_agent(w, "mia", "supervisor", "support");
    call_wait(w, poll);
    assert_code(poll, "cursor_expired");
}

/* Whether a page names how well somebody did. */
static gboolean tells_points(const Call *call)
{
    return strstr(call->text, "\"permille\":912") != NULL;
}

/* Two who poll at the same place get one page only if it says the same to both: an exam's points are for the lead alone. */
static void test_points(World *w, gconstpointer data)
{
    world_admin_agent(w, "tim", "trainee", "support");
    g_autofree char *tim = world_login(w, "tim");
    for (guint turn = 0; turn < 2; turn++) {
        g_autofree char *seal = g_strdup_printf("%064u", turn);
        g_autofree char *exam = g_strdup_printf("{\"exam\":\"first-weeks\",\"permille\":912,\"pass\":800,\"sat\":1,\"seal\":\"%s\"}", seal);
        g_autofree char *cursor = cursor_of(w, w->eve);
        g_autoptr(Call) first = poll_start(w, turn == 0 ? w->bob : w->eve, cursor, 10);
        g_autoptr(Call) second = poll_start(w, turn == 0 ? w->eve : w->bob, cursor, 10);
        g_autoptr(Call) handed = call_now(w, "POST", "/v1/agents/me/exam", tim, seal, exam);
        assert_status(handed, 200);
        call_wait(w, first);
        call_wait(w, second);
        g_assert_cmpint(tells_points(first), ==, turn == 1);
        g_assert_cmpint(tells_points(second), ==, turn == 0);
    }
}

/* A lead who gets somebody into the team may now know how they did: the state is given anew. */
static void test_points_of_a_newcomer(World *w, gconstpointer data)
{
    world_admin_agent(w, "tim", "trainee", "support");
    g_autoptr(Call) alone = call_now(w, "PUT", "/v1/agents/tim", "admin", "alone", "{\"role\":\"trainee\",\"teams\":[]}");
    assert_status(alone, 200);
    g_autofree char *tim = world_login(w, "tim");
    g_autoptr(Call) handed = call_now(w, "POST", "/v1/agents/me/exam", tim, "e1",
                                      "{\"exam\":\"first-weeks\",\"permille\":912,\"pass\":800,\"sat\":1,\"seal\":\"5ea1\"}");
    assert_status(handed, 200);
    g_autofree char *cursor = cursor_of(w, w->eve), *other = cursor_of(w, w->bob);
    world_admin_agent(w, "tim", "trainee", "support");
    g_autoptr(Call) lead = poll_now(w, w->eve, cursor), colleague = poll_now(w, w->bob, other);
    assert_code(lead, "cursor_expired");
    assert_status(colleague, 200);
    g_autoptr(Call) anew = call_now(w, "GET", "/v1/snapshot", w->eve, NULL, NULL);
    g_assert_true(tells_points(anew));
}

static void test_removed_agent(World *w, gconstpointer data)
{
    g_autofree char *cursor = cursor_of(w, w->mia);
    g_autoptr(Call) poll = poll_start(w, w->mia, cursor, 50);
    g_autoptr(Call) removed = call_now(w, "DELETE", "/v1/agents/mia", "admin", "rm-1", NULL);

    assert_status(removed, 200);
    call_wait(w, poll);
    assert_code(poll, "token_expired");
    g_autoptr(Call) after = call_now(w, "GET", "/v1/snapshot", w->mia, NULL, NULL);
    assert_code(after, "token_expired");
    /* Somebody of the same name does not inherit it. */
    world_admin_agent(w, "mia", "agent", "support");
    g_autoptr(Call) successor = call_now(w, "GET", "/v1/snapshot", w->mia, NULL, NULL);
    assert_code(successor, "token_expired");
}

static void test_ephemeral(World *w, gconstpointer data)
{
    g_autoptr(Talk) talk = talk_start(w, "start-1", "hi");
    g_autoptr(Call) claimed = talk_do(w, talk, w->mia, "claim", "claim-1", "{}");
    assert_status(claimed, 200);
    g_autofree char *cursor = cursor_of(w, talk->token);
    g_autoptr(Call) poll = poll_start(w, talk->token, cursor, 50);
    int64_t seq = sm_log_last(w->log);
    g_autoptr(Call) typing = talk_do(w, talk, w->mia, "typing", NULL, "{}");
    assert_status(typing, 200);
    call_wait(w, poll);
    g_assert_cmpuint(call_count(poll, "ephemeral"), ==, 1);
    g_assert_cmpint(sm_log_last(w->log), ==, seq); /* never stored */
    g_autoptr(Call) again = poll_start(w, talk->token, poll->cursor, 50);
    int64_t delivered = sm_loop_now(w->loop);
    g_autoptr(Call) more = talk_do(w, talk, w->mia, "typing", NULL, "{}");
    assert_status(more, 200);
    g_autoptr(Call) even_more = talk_do(w, talk, w->mia, "typing", NULL, "{}");
    assert_status(even_more, 200);
    call_wait(w, again);
    g_assert_cmpint(sm_loop_now(w->loop) - delivered, >=, 1000); /* a wake a second */
    g_assert_cmpuint(call_count(again, "ephemeral"), ==, 2);
    g_autoptr(Call) none = poll_now(w, talk->token, again->cursor);
    g_assert_cmpuint(call_count(none, "ephemeral"), ==, 0); /* at most once */
    g_autoptr(Call) waiting = talk_do(w, talk, w->mia, "typing", NULL, "{}");
    assert_status(waiting, 200);
    g_autoptr(Call) early = poll_start(w, talk->token, again->cursor, 50);
    g_assert_false(early->done); /* the last delivery is less than a second ago */
    call_wait(w, early);
    g_assert_cmpuint(call_count(early, "ephemeral"), ==, 1);
    for (int i = 0; i < SM_MAX_EPHEMERAL_RING + 1; i++) {
        g_autoptr(Call) one = talk_do(w, talk, w->mia, "typing", NULL, "{}");
        assert_status(one, 200);
    }
    run(w, 2000);
    g_autoptr(Call) full = poll_now(w, talk->token, again->cursor);
    g_assert_cmpuint(call_count(full, "ephemeral"), ==, SM_MAX_EPHEMERAL_RING);
}

/* The desk's policy with or without the preview. */
static void let_preview(World *w, gboolean on)
{
    g_autoptr(Call) policy = call_now(w, "GET", "/v1/policy", w->mia, NULL, NULL);
    json_t *json = json_object_get(policy->body, "policy");
    json_object_set_new(json, "page", on ? json_pack("{s:[], s:b}", "origins", "preview", 1) : json_pack("{s:[s]}", "origins", "https://shop.example"));
    g_autofree char *text = sm_json_text(json);
    g_autoptr(Call) set = call_now(w, "PUT", "/v1/policy", "admin", on ? "preview-on" : "preview-off", text);
    assert_status(set, 200);
}

/* As shipped: that somebody types, and nothing of what. */
static void test_no_preview(World *w, gconstpointer data)
{
    g_autoptr(Talk) talk = talk_start(w, "start-1", "hi");
    g_autoptr(Call) claimed = talk_do(w, talk, w->mia, "claim", "claim-1", "{}");
    assert_status(claimed, 200);
    let_preview(w, FALSE);
    g_autofree char *cursor = cursor_of(w, w->mia);
    g_autoptr(Call) poll = poll_start(w, w->mia, cursor, 50);
    g_autoptr(Call) typing = talk_do(w, talk, talk->token, "typing", NULL, "{\"text\":\"where is my\"}");
    assert_status(typing, 200);
    call_wait(w, poll);
    g_assert_true(has_message(poll, "typing"));
    g_assert_false(has_message(poll, "where is my"));
}

static void test_preview(World *w, gconstpointer data)
{
    let_preview(w, TRUE);
    g_autoptr(Talk) talk = talk_start(w, "start-1", "hi");
    g_autoptr(Call) claimed = talk_do(w, talk, w->mia, "claim", "claim-1", "{}");
    assert_status(claimed, 200);
    g_autofree char *cursor = cursor_of(w, w->mia);
    g_autofree char *bobs = cursor_of(w, w->bob);
    g_autoptr(Call) poll = poll_start(w, w->mia, cursor, 50);
    g_autoptr(Call) typing =
        talk_do(w, talk, talk->token, "typing", NULL, "{\"text\":\"where is my 4111111111111111\"}");
    assert_status(typing, 200);
    call_wait(w, poll);
    g_assert_true(has_message(poll, "where is my"));
    g_assert_false(has_message(poll, "4111111111111111")); /* masked as a message is */
    g_autoptr(Call) bob = poll_now(w, w->bob, bobs);
    g_assert_false(has_message(bob, "where is my")); /* not his conversation */
    g_autoptr(Talk) other = talk_start(w, "start-2", "hi");
    g_autoptr(Call) foreign = talk_do(w, talk, other->token, "typing", NULL, "{}");
    assert_code(foreign, "not_found");
}

static void test_more(World *w, gconstpointer data)
{
    g_autoptr(Talk) talk = talk_start(w, "start-1", "hi");
    g_autoptr(Call) claimed = talk_do(w, talk, w->mia, "claim", "claim-1", "{}");
    assert_status(claimed, 200);
    g_autofree char *cursor = cursor_of(w, talk->token);
    g_autofree char *text = g_strnfill(4000, 'x');
    guint got = 0, pages = 0;

    for (int i = 0; i < 40; i++) {
        g_autofree char *key = g_strdup_printf("m-%d", i);
        g_autoptr(Call) sent = talk_post(w, talk, w->mia, key, text);
        assert_status(sent, 200);
    }
    for (gboolean more = TRUE; more; pages++) {
        g_assert_cmpuint(pages, <, 10);
        g_autoptr(Call) page = poll_now(w, talk->token, cursor);
        assert_status(page, 200);
        g_assert_cmpuint(strlen(page->text), <=, SM_MAX_POLL_BYTES);
        got += (guint)call_count(page, "events");
        more = sm_json_bool(page->body, "more", FALSE);
        g_free(cursor);
        cursor = g_strdup(page->cursor);
    }
    g_assert_cmpuint(pages, >, 2);
    g_assert_cmpuint(got, ==, 40);
}

/* Ten thousand parks, all concerned by one event of the desk. */
static void test_wake_all(World *w, gconstpointer data)
{
    enum { AGENTS = 640, EACH = 16, N = AGENTS * EACH };
    Call **calls = g_new0(Call *, N);
    guint n = 0;

    for (int i = 0; i < AGENTS; i++) {
        g_autofree char *name = g_strdup_printf("agent%d", i);
        world_admin_agent(w, name, "agent", "support");
    }
    g_autofree char *cursor = cursor_of(w, w->mia);
    for (int i = 0; i < AGENTS; i++) {
        g_autofree char *name = g_strdup_printf("agent%d", i);
        for (int k = 0; k < EACH; k++) {
            g_autofree char *token = sm_secrets_open_session(w->secrets, name, NULL, "",
                                                             sm_service_now(w->service), NULL);
            calls[n++] = poll_start(w, token, cursor, 50);
        }
    }
    run(w, 100);
    for (guint i = 0; i < n; i++)
        g_assert_false(calls[i]->done);
    gint64 before = g_get_monotonic_time();
    g_autoptr(Call) away = call_now(w, "POST", "/v1/agents/me/availability", w->mia, "away-1",
                                    "{\"availability\":\"away\"}");
    assert_status(away, 200);
    run(w, 10);
    gint64 took = g_get_monotonic_time() - before;
    for (guint i = 0; i < n; i++) {
        g_assert_true(calls[i]->done);
        assert_status(calls[i], 200);
        call_free(calls[i]);
    }
    g_test_message("%u parks woken in %.1f ms, their answers parsed", n, (double)took / 1000);
    g_free(calls);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    WORLD_TEST("/polls/hold", test_hold);
    WORLD_TEST("/polls/jitter", test_jitter);
    WORLD_TEST("/polls/wake", test_wake);
    WORLD_TEST("/polls/companions", test_companions);
    WORLD_TEST("/polls/superseded", test_superseded);
    WORLD_TEST("/polls/cursor-expired", test_cursor_expired);
    WORLD_TEST("/polls/far-behind", test_far_behind);
    WORLD_TEST("/polls/changed-teams", test_changed_teams);
    WORLD_TEST("/polls/points", test_points);
    WORLD_TEST("/polls/points-of-a-newcomer", test_points_of_a_newcomer);
    WORLD_TEST("/polls/removed-agent", test_removed_agent);
    WORLD_TEST("/polls/ephemeral", test_ephemeral);
    WORLD_TEST("/polls/preview", test_preview);
    WORLD_TEST("/polls/no-preview", test_no_preview);
    WORLD_TEST("/polls/more", test_more);
    WORLD_TEST("/polls/wake-all", test_wake_all);
    return g_test_run();
}
