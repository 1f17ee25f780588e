/* SPDX-License-Identifier: MIT */
/* The life of conversations through requests alone. */
#include <string.h>

#include "world.h"

#include "seatmux/base/limits.h"

#define WORLD_TEST(path, fn) g_test_add(path, World, NULL, world_open, fn, world_close)

static json_t *first(const Call *call, const char *key)
{
    return json_array_get(json_object_get(call->body, key), 0);
}

static gboolean has_event(const Call *call, const char *type)
{
    gsize i;
    json_t *event;

    json_array_foreach(json_object_get(call->body, "events"), i,
                       event) if (strcmp(sm_json_str(event, "type", ""), type) == 0) return TRUE;
    return FALSE;
}

static void test_whole_life(World *w, gconstpointer data)
{
    g_autoptr(Talk) talk = talk_start(w, "start-1", "在吗？");
    g_assert_cmpstr(talk->id, !=, "");
    g_assert_cmpstr(talk->contact, !=, "");
    g_autoptr(Call) claimed = talk_do(w, talk, w->mia, "claim", "claim-1", "{}");
    assert_status(claimed, 200);
    g_assert_cmpstr(call_str(claimed, "agent"), ==, "mia");
    g_autoptr(Call) reply = talk_post(w, talk, w->mia, "m-1", "您好！");
    assert_status(reply, 200);
    g_assert_cmpint(sm_json_int(reply->body, "n", 0), ==, 2);
    g_autoptr(Call) note =
        call_now(w, "PUT", "/v1/conversations/x/messages/n", w->mia, NULL, "{\"text\":\"a\"}");
    assert_code(note, "not_found");
    g_autoptr(Call) polled = poll_now(w, talk->token, talk->cursor);
    assert_status(polled, 200);
    g_assert_cmpuint(call_count(polled, "conversations"), ==,
                     1); /* its state, none of its events */
    g_assert_false(has_event(polled, "message.posted"));
    g_autoptr(Call) again = talk_post(w, talk, w->mia, "m-2", "还有什么可以帮您？");
    assert_status(again, 200);
    g_autoptr(Call) more = poll_now(w, talk->token, polled->cursor);
    g_assert_true(has_event(more, "message.posted"));
    g_assert_cmpstr(sm_json_str(first(more, "events"), "text", ""), ==, "还有什么可以帮您？");
    g_autoptr(Call) resolved = talk_do(w, talk, w->mia, "resolve", "r-1", "{\"reason\":\"done\"}");
    assert_status(resolved, 200);
    g_autoptr(Call) rated = talk_do(w, talk, talk->token, "rate", "rate-1", "{\"stars\":5}");
    assert_status(rated, 200);
    const SmConversation *c = sm_desk_conversation(sm_service_desk(w->service), talk->id);
    g_assert_cmpint(c->state, ==, SM_STATE_RESOLVED);
    g_assert_cmpint(c->stars, ==, 5);
}

/* Archived: what was said can be read in a review, a link still rates, the answer is there for the customer. */
static void test_rated_later(World *w, gconstpointer data)
{
    g_autoptr(Talk) talk = talk_start(w, "start-1", "slow?");
    g_autoptr(Call) claimed = talk_do(w, talk, w->mia, "claim", "claim-1", "{}");
    assert_status(claimed, 200);
    g_autoptr(Call) reply = talk_post(w, talk, w->mia, "m-1", "a moment");
    assert_status(reply, 200);
    g_autoptr(Call) resolved = talk_do(w, talk, w->mia, "resolve", "r-1", "{\"reason\":\"done\"}");
    assert_status(resolved, 200);
    sm_loop_run_until(w->loop, sm_loop_now(w->loop) + 700000);
    world_restart(w); /* links outlive the server */
    g_autofree char *where = g_strdup_printf("/v1/conversations/%s/rating", talk->id);
    g_autoptr(Call) rating = call_now(w, "GET", where, talk->token, NULL, NULL);
    assert_status(rating, 200);
    const char *link = call_str(rating, "path");
    g_autoptr(Call) rated = call_now(w, "POST", link, NULL, NULL, "{\"stars\":2,\"text\":\"late\",\"complaint\":true}");
    assert_status(rated, 200);
    g_autoptr(Call) again = call_now(w, "POST", link, NULL, NULL, "{\"stars\":5}");
    g_assert_cmpint(again->status, >=, 409);
    g_autoptr(Call) answered = talk_do(w, talk, w->mia, "answer_rating", "a-1", "{\"text\":\"sorry\"}");
    assert_status(answered, 200);
    g_autoptr(Call) own = call_now(w, "GET", "/v1/ratings", talk->token, NULL, NULL);
    g_assert_cmpstr(sm_json_str(json_object_get(first(own, "ratings"), "answer"), "text", ""), ==, "sorry");
    g_autofree char *review = g_strdup_printf("/v1/reviews/%s", talk->id);
    g_autoptr(Call) read = call_now(w, "GET", review, w->eve, NULL, NULL);
    assert_status(read, 200);
    g_assert_nonnull(strstr(read->text, "a moment"));
    g_assert_nonnull(strstr(read->text, "\"late\""));
    g_assert_nonnull(strstr(read->text, "\"sorry\""));
}

static void test_history(World *w, gconstpointer data)
{
    g_autoptr(Talk) talk = talk_start(w, "start-1", "第一");
    g_autoptr(Call) claimed = talk_do(w, talk, w->mia, "claim", "claim-1", "{}");
    assert_status(claimed, 200);
    for (int i = 0; i < 5; i++) {
        g_autofree char *key = g_strdup_printf("m-%d", i);
        g_autoptr(Call) sent = talk_post(w, talk, w->mia, key, key);
        assert_status(sent, 200);
    }
    g_autofree char *note_target = g_strdup_printf("/v1/conversations/%s/messages/n-1", talk->id);
    g_autoptr(Call) note = call_now(w, "PUT", note_target, w->mia, NULL,
                                    "{\"text\":\"secret note\",\"kind\":\"note\"}");
    assert_status(note, 200);
    g_autofree char *target = g_strdup_printf("/v1/conversations/%s/messages?limit=3", talk->id);
    g_autoptr(Call) staff = call_now(w, "GET", target, w->mia, NULL, NULL);
    assert_status(staff, 200);
    g_assert_nonnull(strstr(staff->text, "secret note"));
    g_assert_nonnull(strstr(staff->text, "m-4"));
    g_autoptr(Call) customer = call_now(w, "GET", target, talk->token, NULL, NULL);
    assert_status(customer, 200);
    g_assert_null(strstr(customer->text, "secret note"));
    g_assert_nonnull(strstr(customer->text, "m-4"));
    json_t *oldest = first(customer, "lines");
    g_autofree char *older =
        g_strdup_printf("/v1/conversations/%s/messages?before=%" G_GINT64_FORMAT, talk->id,
                        sm_json_int(oldest, "seq", 0));
    g_autoptr(Call) rest = call_now(w, "GET", older, talk->token, NULL, NULL);
    g_assert_nonnull(strstr(rest->text, "第一"));
    g_assert_null(strstr(rest->text, "m-4"));
    g_assert_false(sm_json_bool(rest->body, "more", TRUE));
}

/* --- Exactly once --------------------------------------------------------------------------------
 */

static void test_repeated_id(World *w, gconstpointer data)
{
    g_autoptr(Talk) talk = talk_start(w, "start-1", "hi");
    g_autoptr(Call) claimed = talk_do(w, talk, w->mia, "claim", "claim-1", "{}");
    assert_status(claimed, 200);
    g_autoptr(Call) sent = talk_post(w, talk, w->mia, "m-1", "hello");
    int64_t seq = sm_log_last(w->log);
    g_autoptr(Call) again = talk_post(w, talk, w->mia, "m-1", "hello");
    assert_status(again, 200);
    g_assert_cmpint(sm_json_int(again->body, "seq", 0), ==, sm_json_int(sent->body, "seq", -1));
    g_assert_cmpstr(call_str(again, "message"), ==, call_str(sent, "message"));
    g_assert_cmpint(sm_log_last(w->log), ==, seq);
    g_autoptr(Call) other = talk_post(w, talk, w->mia, "m-1", "another body");
    assert_code(other, "id_reused");
    g_autoptr(Call) thief = talk_post(w, talk, talk->token, "m-1", "hello");
    assert_code(thief, "id_reused"); /* the first answer is for who asked first */
    g_assert_cmpint(sm_log_last(w->log), ==, seq);
    world_restart(w);
    g_autoptr(Call) later = talk_post(w, talk, w->mia, "m-1", "hello");
    assert_status(later, 200);
    g_assert_cmpint(sm_json_int(later->body, "seq", 0), ==, sm_json_int(sent->body, "seq", -1));
}

/* Both are under way at once: one record, the same answer twice. */
static void test_repeated_under_way(World *w, gconstpointer data)
{
    g_autoptr(Talk) talk = talk_start(w, "start-1", "hi");
    g_autoptr(Call) claimed = talk_do(w, talk, w->mia, "claim", "claim-1", "{}");
    assert_status(claimed, 200);
    g_autofree char *target = g_strdup_printf("/v1/conversations/%s/messages/m-1", talk->id);
    int64_t seq = sm_log_last(w->log);
    g_autoptr(Call) one = call_start(w, "PUT", target, w->mia, NULL, "{\"text\":\"a\"}");
    g_autoptr(Call) two = call_start(w, "PUT", target, w->mia, NULL, "{\"text\":\"a\"}");
    g_autoptr(Call) three = call_start(w, "PUT", target, w->mia, NULL, "{\"text\":\"b\"}");
    g_assert_false(one->done || two->done || three->done);
    call_wait(w, three);
    assert_status(one, 200);
    assert_status(two, 200);
    assert_code(three, "id_reused");
    g_assert_cmpint(sm_json_int(one->body, "seq", 0), ==, sm_json_int(two->body, "seq", -1));
    g_assert_cmpint(sm_log_last(w->log), ==, seq + 1);
}

static void test_refusal_leaves_no_trace(World *w, gconstpointer data)
{
    g_autoptr(Talk) talk = talk_start(w, "start-1", "hi");
    g_autoptr(Call) bob = talk_do(w, talk, w->bob, "claim", "claim-bob", "{}");
    assert_status(bob, 200);
    g_autoptr(Call) refused = talk_do(w, talk, w->mia, "claim", "claim-mia", "{}");
    assert_code(refused, "already_assigned");
    g_assert_nonnull(strstr(refused->text, "bob"));
    g_autoptr(Call) released = talk_do(w, talk, w->bob, "release", "release-bob", "{}");
    assert_status(released, 200);
    g_autoptr(Call) again = talk_do(w, talk, w->mia, "claim", "claim-mia", "{}");
    assert_status(again, 200); /* the same id may be tried again */
}

static void test_repeated_start(World *w, gconstpointer data)
{
    g_autoptr(Talk) first_time = talk_start(w, "start-1", "hi");
    g_autoptr(Talk) again = talk_start(w, "start-1", "hi");

    g_assert_cmpstr(first_time->id, ==, again->id);
    g_assert_cmpstr(first_time->contact, ==, again->contact);
    g_autoptr(Call) sent = talk_post(w, again, again->token, "m-1", "still me");
    assert_status(sent, 200);
    g_autoptr(Call) other =
        call_now(w, "POST", "/v1/conversations", NULL, "start-1", "{\"name\":\"x\"}");
    assert_code(other, "id_reused");
}

static void test_start_much_later(World *w, gconstpointer data)
{
    g_autoptr(Talk) talk = talk_start(w, "start-1", "hi");

    sm_loop_run_until(w->loop, sm_loop_now(w->loop) + 700000);
    g_autoptr(Call) later = call_now(w, "POST", "/v1/conversations", NULL, "start-1",
                                     "{\"name\":\"王小明\",\"text\":\"hi\"}");
    assert_status(later, 201);
    g_assert_cmpstr(call_str(later, "conversation"), ==, talk->id);
    g_assert_cmpstr(call_str(later, "token"), ==, ""); /* an old id opens nothing */
}

/* --- A hundred claims at once --------------------------------------------------------------------
 */

static void test_hundred_claims(World *w, gconstpointer data)
{
    enum { N = 100 };
    char *tokens[N];
    Call *calls[N];
    g_autoptr(Talk) talk = NULL;
    int won = 0;
    const char *winner = NULL;

    for (int i = 0; i < N; i++) {
        g_autofree char *name = g_strdup_printf("agent%d", i);
        world_admin_agent(w, name, "agent", "support");
        tokens[i] = world_login(w, name);
        world_online(w, tokens[i]);
    }
    talk = talk_start(w, "start-1", "hi");
    g_autofree char *target = g_strdup_printf("/v1/conversations/%s/claim", talk->id);
    for (int i = 0; i < N; i++) {
        g_autofree char *key = g_strdup_printf("claim-%d", i);
        calls[i] = call_start(w, "POST", target, tokens[i], key, "{}");
        g_assert_false(calls[i]->done); /* a refusal waits for the commit it rests on */
    }
    for (int i = 0; i < N; i++) {
        call_wait(w, calls[i]);
        if (calls[i]->status == 200) {
            won++;
            winner = call_str(calls[i], "agent");
        }
    }
    g_assert_cmpint(won, ==, 1);
    for (int i = 0; i < N; i++) {
        if (calls[i]->status != 200) {
            assert_code(calls[i], "already_assigned");
            g_assert_cmpstr(call_str(calls[i], "owner"), ==, winner);
        }
    }
    for (int i = 0; i < N; i++) {
        call_free(calls[i]);
        g_free(tokens[i]);
    }
}

static void test_claim_next(World *w, gconstpointer data)
{
    g_autoptr(Call) empty = call_now(w, "POST", "/v1/queue/claim", w->mia, "q-1", "{}");
    assert_code(empty, "queue_empty");
    g_autoptr(Talk) one = talk_start(w, "start-1", "hi");
    g_autoptr(Talk) two = talk_start(w, "start-2", "hi");
    g_assert_nonnull(two);
    g_autoptr(Call) next = call_now(w, "POST", "/v1/queue/claim", w->mia, "q-1", "{}");
    assert_status(next, 200);
    g_assert_cmpstr(call_str(next, "conversation"), ==, one->id);
}

/* A customer who comes back with the token is the same contact. */
static void test_returning(World *w, gconstpointer data)
{
    g_autoptr(Talk) talk = talk_start(w, "start-1", "hi");
    g_autoptr(Call) claimed = talk_do(w, talk, w->mia, "claim", "c", "{}");
    assert_status(claimed, 200);
    g_autoptr(Call) resolved = talk_do(w, talk, w->mia, "resolve", "r", "{}");
    assert_status(resolved, 200);
    sm_loop_run_until(w->loop, sm_loop_now(w->loop) + 3600 * 1000);
    g_autoptr(Call) again =
        call_now(w, "POST", "/v1/conversations", talk->token, "start-2", "{\"text\":\"hi\"}");
    assert_status(again, 201);
    g_assert_cmpstr(call_str(again, "contact"), ==, talk->contact);
    g_assert_cmpstr(call_str(again, "conversation"), !=, talk->id);
    g_assert_cmpstr(call_str(again, "token"), ==, "");
}

/* --- What falls due ------------------------------------------------------------------------------
 */

static int64_t park_and_leave(World *w, const Talk *talk)
{
    g_autofree char *cursor = cursor_of(w, talk->token);
    g_autoptr(Call) poll = poll_start(w, talk->token, cursor, 55);
    g_assert_nonnull(poll);
    int64_t at = sm_loop_now(w->loop) + 50000;

    sm_loop_run_until(w->loop, at);
    const SmConversation *c = sm_desk_conversation(sm_service_desk(w->service), talk->id);
    g_assert_cmpint(c->state, ==, SM_STATE_QUEUED);
    return at;
}

/* Without a sign of life for 60 s a customer who waits is gone; a parked poll is a sign of life. */
static void test_abandoned(World *w, gconstpointer data)
{
    g_autoptr(Talk) talk = talk_start(w, "start-1", "hi");

    int64_t at = park_and_leave(w, talk);
    at += 20000; /* 20 s after the poll was cut off: not yet */
    sm_loop_run_until(w->loop, at);
    const SmConversation *c = sm_desk_conversation(sm_service_desk(w->service), talk->id);
    g_assert_cmpint(c->state, ==, SM_STATE_QUEUED);
    sm_loop_run_until(w->loop, at + 45000);
    c = sm_desk_conversation(sm_service_desk(w->service), talk->id);
    g_assert_true(c == NULL || c->state == SM_STATE_RESOLVED);
}

/* The desk's clock goes slower than the loop's while it comes back to a wall clock that was set back. */
static void test_abandoned_slow_clock(World *w, gconstpointer data)
{
    sm_loop_jump_wall(w->loop, -3600000);
    g_autoptr(Talk) talk = talk_start(w, "start-1", "hi");

    sm_loop_run_until(w->loop, sm_loop_now(w->loop) + 59000);
    const SmConversation *c = sm_desk_conversation(sm_service_desk(w->service), talk->id);
    g_assert_cmpint(c->state, ==, SM_STATE_QUEUED);
    sm_loop_run_until(w->loop, sm_loop_now(w->loop) + 2000);
    c = sm_desk_conversation(sm_service_desk(w->service), talk->id);
    g_assert_true(c == NULL || c->state == SM_STATE_RESOLVED);
}

static void test_agent_presence(World *w, gconstpointer data)
{
    SmDesk *desk = sm_service_desk(w->service);
    g_autofree char *cursor = cursor_of(w, w->mia);
    Call *poll = poll_start(w, w->mia, cursor, 55);

    sm_loop_run_until(w->loop, sm_loop_now(w->loop) + 54000);
    g_assert_cmpint(sm_desk_agent(desk, "mia")->availability, ==, SM_AVAILABLE_ONLINE);
    call_free(poll);
    sm_loop_run_until(w->loop, sm_loop_now(w->loop) + 62000);
    g_assert_cmpint(sm_desk_agent(desk, "mia")->availability, ==, SM_AVAILABLE_OFFLINE);
    g_autofree char *back = cursor_of(w, w->mia);
    g_assert_nonnull(back);
    sm_loop_run_until(w->loop, sm_loop_now(w->loop) + 100);
    g_assert_cmpint(sm_desk_agent(desk, "mia")->availability, ==, SM_AVAILABLE_ONLINE);
    g_autoptr(Call) out = call_now(w, "POST", "/v1/logout", w->mia, NULL, NULL);
    assert_status(out, 200);
    sm_loop_run_until(w->loop, sm_loop_now(w->loop) + 100);
    g_assert_cmpint(sm_desk_agent(desk, "mia")->availability, ==, SM_AVAILABLE_OFFLINE);
}

/* A desk that a command opens decides nothing by itself: nobody is too late for it. */
static void test_still(World *w, gconstpointer data)
{
    g_autoptr(Talk) talk = talk_start(w, "start-1", "hi");
    int64_t seq = sm_log_last(w->log);

    sm_service_set_still(w->service);
    sm_loop_run_until(w->loop, sm_loop_now(w->loop) + 50000);
    g_assert_cmpint(sm_log_last(w->log), ==, seq);
    g_autoptr(Call) claimed = talk_do(w, talk, w->mia, "claim", "claim-1", "{}");
    assert_status(claimed, 200); /* it does as it is told */
}

/* The first tick after a start catches up with what fell due while the desk was down. */
static void test_tick(World *w, gconstpointer data)
{
    g_autoptr(Talk) talk = talk_start(w, "start-1", "hi");
    g_assert_nonnull(talk);
    int64_t before = sm_log_last(w->log);

    sm_service_free(g_steal_pointer(&w->service));
    sm_loop_run_until(w->loop, sm_loop_now(w->loop) + 50000);
    g_assert_cmpint(sm_log_last(w->log), ==, before);
    g_autoptr(GError) error = NULL;
    w->service = sm_service_new(w->loop, w->log, w->secrets, w->rng, NULL, &error);
    g_assert_no_error(error);
    sm_loop_run_until(w->loop, sm_loop_now(w->loop) + 1000);
    g_autoptr(GPtrArray) records = sm_log_read(w->log, before, 100, NULL);
    gboolean breached = FALSE;
    for (guint i = 0; i < records->len; i++) {
        const SmRecord *record = g_ptr_array_index(records, i);
        for (guint k = 0; k < record->events->len; k++) {
            const SmEvent *event = g_ptr_array_index(record->events, k);
            breached |=
                event->type == SM_EVENT_QUEUE_BREACHED || event->type == SM_EVENT_TURN_BREACHED;
        }
    }
    g_assert_true(breached);
}

static void test_numbers_masked(World *w, gconstpointer data)
{
    g_autoptr(Talk) talk = talk_start(w, "start-1", "my card is 4111 1111 1111 1111 ok");
    g_autofree char *target = g_strdup_printf("/v1/conversations/%s/messages", talk->id);
    g_autoptr(Call) lines = call_now(w, "GET", target, talk->token, NULL, NULL);

    assert_status(lines, 200);
    g_assert_null(strstr(lines->text, "4111 1111"));
    g_assert_nonnull(strstr(lines->text, "1111 ok"));
}

static void test_erase(World *w, gconstpointer data)
{
    g_autoptr(Talk) talk = talk_start(w, "start-1", "my secret");
    g_autofree char *cursor = cursor_of(w, talk->token);
    g_autoptr(Call) second = talk_post(w, talk, talk->token, "m-2", "my secret number two");
    assert_status(second, 200);
    g_autoptr(Call) gone = talk_do(w, talk, "admin", "erase", "e-1", "{}");
    assert_status(gone, 200);
    g_autoptr(Call) poll = poll_now(w, talk->token, talk->cursor);
    g_assert_null(strstr(poll->text, "my secret"));
    g_autoptr(Call) events = poll_now(w, talk->token, cursor); /* from records kept in memory */
    g_assert_true(has_event(events, "message.posted"));
    g_assert_null(strstr(events->text, "my secret"));
    g_autofree char *target = g_strdup_printf("/v1/conversations/%s/messages", talk->id);
    g_autoptr(Call) lines = call_now(w, "GET", target, talk->token, NULL, NULL);
    g_assert_null(strstr(lines->text, "my secret"));
    g_autoptr(Call) export = call_now(w, "GET", "/v1/export", "admin", NULL, NULL);
    assert_status(export, 200);
    g_assert_null(strstr(export->text, "my secret"));
    g_assert_nonnull(strstr(export->text, "{\"erased\":"));
    world_restart(w);
    g_autoptr(Call) after = poll_now(w, talk->token, talk->cursor);
    g_assert_null(strstr(after->text, "my secret"));
}

/* What is asked while a group is being written waits for it, and is read afterwards: the asker's request is gone by then. */
static void test_asked_meanwhile(World *w, gconstpointer data)
{
    g_autoptr(Talk) talk = talk_start(w, "start-1", "hi");
    g_autofree char *contact = g_strdup_printf("/v1/erasure/%s", talk->contact);
    g_autofree char *say = g_strdup_printf("/v1/conversations/%s/messages/m-9", talk->id);

    g_autoptr(Call) writing = call_start(w, "PUT", say, talk->token, NULL, "{\"text\":\"hello\"}");
    g_autoptr(Call) preview = call_start(w, "POST", "/v1/broadcasts/preview", w->eve, NULL, "{\"filter\":\"state:queued\"}");
    g_autoptr(Call) erased = call_start(w, "POST", contact, "admin", "e-1", "{}");
    g_assert_false(preview->done || erased->done);
    call_wait(w, writing);
    call_wait(w, preview);
    call_wait(w, erased);
    assert_status(preview, 200);
    assert_status(erased, 200);
}

/* Two desks of one seed write the same log, byte for byte. */
static char *log_of_a_day(void)
{
    World w = {0};

    world_open(&w, NULL);
    for (int i = 0; i < 10; i++) {
        g_autofree char *key = g_strdup_printf("start-%d", i);
        g_autofree char *claim = g_strdup_printf("claim-%d", i);
        g_autofree char *say = g_strdup_printf("say-%d", i);
        g_autoptr(Talk) talk = talk_start(&w, key, "hi");
        g_autoptr(Call) next = call_now(&w, "POST", "/v1/queue/claim", w.mia, claim, "{}");
        g_autoptr(Call) said = talk_post(&w, talk, talk->token, say, "hello?");
        g_assert_cmpint(next->status, <, 500);
        assert_status(said, 200);
        sm_loop_run_until(w.loop, sm_loop_now(w.loop) + 17000);
    }
    g_autoptr(Call) export = call_now(&w, "GET", "/v1/export", "admin", NULL, NULL);
    char *lines = g_strdup(export->text);
    world_close(&w, NULL);
    return lines;
}

static void test_same_seed(void)
{
    g_autofree char *one = log_of_a_day();
    g_autofree char *two = log_of_a_day();

    g_assert_cmpuint(strlen(one), >, 10000);
    g_assert_cmpstr(one, ==, two);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    WORLD_TEST("/service/whole-life", test_whole_life);
    WORLD_TEST("/service/rated-later", test_rated_later);
    WORLD_TEST("/service/history", test_history);
    WORLD_TEST("/service/repeated-id", test_repeated_id);
    WORLD_TEST("/service/repeated-under-way", test_repeated_under_way);
    WORLD_TEST("/service/refusal-leaves-no-trace", test_refusal_leaves_no_trace);
    WORLD_TEST("/service/repeated-start", test_repeated_start);
    WORLD_TEST("/service/start-much-later", test_start_much_later);
    g_test_add_func("/service/same-seed", test_same_seed);
    WORLD_TEST("/service/hundred-claims", test_hundred_claims);
    WORLD_TEST("/service/claim-next", test_claim_next);
    WORLD_TEST("/service/returning", test_returning);
    WORLD_TEST("/service/abandoned", test_abandoned);
    WORLD_TEST("/service/abandoned/slow-clock", test_abandoned_slow_clock);
    WORLD_TEST("/service/agent-presence", test_agent_presence);
    WORLD_TEST("/service/tick", test_tick);
    WORLD_TEST("/service/still", test_still);
    WORLD_TEST("/service/numbers-masked", test_numbers_masked);
    WORLD_TEST("/service/erase", test_erase);
    WORLD_TEST("/service/asked-meanwhile", test_asked_meanwhile);
    return g_test_run();
}
