/* SPDX-License-Identifier: MIT */
/* The bytes of requests and answers, and the desk in the same process behind them. */
#include <string.h>

#include "seatmux/net/backoff.h"
#include "net/frame.h"
#include "net/suspend.h"
#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"
#include "seatmux/net/transport.h"

/* --- Bytes ------------------------------------------------------------------------------------ */

static void test_request_there_and_back(void)
{
    g_autoptr(SmRequest) request = sm_request_new("PUT", "/v1/conversations/c1/messages/m1?seen=3");
    SmAnswer *refused;

    request->token = g_strdup("t1");
    request->idempotency_key = g_strdup("m1");
    request->user_agent = g_strdup("seatmux");
    sm_request_set_json(request, json_pack("{s:s}", "text", "\xe4\xbd\xa0\xe5\xa5\xbd\r\n\r\n!"));
    g_autoptr(GBytes) bytes = sm_frame_write_request(request);
    g_autoptr(SmRequest) back = sm_frame_read_request(bytes, &refused);
    g_assert_nonnull(back);
    g_assert_cmpstr(back->method, ==, request->method);
    g_assert_cmpstr(back->target, ==, request->target);
    g_assert_cmpstr(back->token, ==, "t1");
    g_assert_cmpstr(back->idempotency_key, ==, "m1");
    g_assert_cmpstr(back->user_agent, ==, "seatmux");
    g_assert_true(g_bytes_equal(back->body, request->body));
}

/* A value with a line break would smuggle a header in. */
static void test_no_smuggling(void)
{
    g_autoptr(SmRequest) request = sm_request_new("GET", "/v1/policy");
    SmAnswer *refused;

    request->token = g_strdup("t1\r\nIdempotency-Key: x");
    request->user_agent = g_strdup("a\nIdempotency-Key: x");
    g_autoptr(GBytes) bytes = sm_frame_write_request(request);
    g_autoptr(SmRequest) back = sm_frame_read_request(bytes, &refused);
    g_assert_nonnull(back);
    g_assert_null(back->token);
    g_assert_null(back->idempotency_key);
    g_assert_null(back->user_agent);
}

static int refused_with(SmRequest *request)
{
    g_autoptr(GBytes) bytes = sm_frame_write_request(request);
    g_autoptr(SmAnswer) refused = NULL;
    g_autoptr(SmRequest) back = sm_frame_read_request(bytes, &refused);

    sm_request_free(request);
    g_assert_true((back == NULL) == (refused != NULL));
    return refused != NULL ? refused->status : 0;
}

static SmRequest *request_of(gsize target, gsize header, gsize body)
{
    g_autofree char *long_target = g_strnfill(target, 'a');
    SmRequest *request = sm_request_new("POST", long_target);

    request->target[0] = '/';
    if (header > 0)
        request->idempotency_key = g_strnfill(header, 'k');
    if (body > 0)
        request->body = g_bytes_new_take(g_strnfill(body, 'b'), body);
    return request;
}

static void test_request_limits(void)
{
    gsize fixed = strlen("Idempotency-Key: \r\nContent-Length: 0\r\n");

    g_assert_cmpint(refused_with(request_of(SM_MAX_URL_BYTES, 0, 0)), ==, 0);
    g_assert_cmpint(refused_with(request_of(SM_MAX_URL_BYTES + 1, 0, 0)), ==, 431);
    g_assert_cmpint(refused_with(request_of(10, SM_MAX_HEADER_BYTES - fixed, 0)), ==, 0);
    g_assert_cmpint(refused_with(request_of(10, SM_MAX_HEADER_BYTES - fixed + 1, 0)), ==, 431);
    g_assert_cmpint(refused_with(request_of(10, 0, SM_MAX_BODY_BYTES)), ==, 0);
    g_assert_cmpint(refused_with(request_of(10, 0, SM_MAX_BODY_BYTES + 1)), ==, 413);
}

static void test_request_lines(void)
{
    for (int extra = 0; extra < 2; extra++) {
        g_autoptr(GString) text = g_string_new("GET /x HTTP/1.1\r\n");
        g_autoptr(SmAnswer) refused = NULL;
        for (int i = 0; i < SM_MAX_HEADER_LINES + extra; i++)
            g_string_append(text, "A: b\r\n");
        g_string_append(text, "\r\n");
        g_autoptr(GBytes) bytes = g_bytes_new(text->str, text->len);
        g_autoptr(SmRequest) request = sm_frame_read_request(bytes, &refused);
        g_assert_true((request != NULL) == (extra == 0));
        g_assert_cmpint(refused ? refused->status : 0, ==, extra ? 431 : 0);
    }
}

static void test_no_request(void)
{
    static const char *const texts[] = {"", "GET", "GET /x\r\n\r\n", "GET /x HTTP/1.1\r\nA: b\r\n",
                                        "GET /x y HTTP/1.1\r\n\r\n"};

    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GBytes) bytes = g_bytes_new_static(texts[i], strlen(texts[i]));
        g_autoptr(SmAnswer) refused = NULL;
        g_assert_null(sm_frame_read_request(bytes, &refused));
        g_assert_cmpint(refused->status, ==, 400);
    }
}

static void test_answer_there_and_back(void)
{
    g_autoptr(SmAnswer) answer = sm_answer_new(429, json_pack("{s:s}", "code", "too_many"));

    answer->cursor = g_strdup("k1");
    answer->retry_after_s = 12;
    g_autoptr(GBytes) bytes = sm_frame_write_answer(answer);
    g_autoptr(SmAnswer) back = sm_frame_read_answer(bytes, NULL);
    g_assert_nonnull(back);
    g_assert_cmpint(back->status, ==, 429);
    g_assert_cmpstr(back->type, ==, "application/problem+json");
    g_assert_cmpstr(back->cursor, ==, "k1");
    g_assert_cmpint(back->retry_after_s, ==, 12);
    g_assert_true(g_bytes_equal(back->body, answer->body));
}

/* Cut anywhere it is no answer. */
static void test_answer_cut(void)
{
    g_autoptr(SmAnswer) answer = sm_answer_new(200, json_pack("{s:s}", "cursor", "k1"));
    g_autoptr(GBytes) bytes = sm_frame_write_answer(answer);

    for (gsize n = 0; n < g_bytes_get_size(bytes); n++) {
        g_autoptr(GBytes) part = g_bytes_new_from_bytes(bytes, 0, n);
        g_autoptr(GError) error = NULL;
        g_assert_null(sm_frame_read_answer(part, &error));
        g_assert_error(error, SM_ERROR, SM_ERROR_INVALID);
    }
}

static void test_answer_limit(void)
{
    for (gsize extra = 0; extra < 2; extra++) {
        g_autoptr(SmAnswer) answer = sm_answer_new(200, NULL);
        g_autoptr(GError) error = NULL;
        gsize n = SM_MAX_ANSWER_BYTES + extra;
        g_bytes_unref(answer->body);
        answer->body = g_bytes_new_take(g_strnfill(n, 'x'), n);
        g_autoptr(GBytes) bytes = sm_frame_write_answer(answer);
        g_autoptr(SmAnswer) back = sm_frame_read_answer(bytes, &error);
        g_assert_true((back != NULL) == (extra == 0));
        if (extra)
            g_assert_error(error, SM_ERROR, SM_ERROR_LIMIT);
    }
}

/* --- In the same process ---------------------------------------------------------------------- */

typedef struct {
    SmLoop *loop;
    SmTransport *t;
    void (*park)(SmAnswer *answer, void *user); /* of the parked request */
    void *park_user;
    guint cancelled;
    guint requests;
    guint sent;
    guint done;
    int64_t done_at;
    SmExchangeEnd end;
    int status;
} Fixture;

/* "/park" waits, everything else is answered before this returns. */
static void *desk_request(void *desk, const SmRequest *request, void (*done)(SmAnswer *, void *),
                          void *user)
{
    Fixture *f = desk;

    f->requests++;
    if (strcmp(request->target, "/park") == 0) {
        f->park = done;
        f->park_user = user;
        return f;
    }
    done(sm_answer_new(200, json_object()), user);
    return NULL;
}

static void desk_cancel(void *handle)
{
    ((Fixture *)handle)->cancelled++;
}

static void set_up(Fixture *f, int latency_ms)
{
    *f = (Fixture){.loop = sm_loop_new_virtual(1700000000000)};
    SmDeskOps ops = {desk_request, desk_cancel, f};
    f->t = sm_transport_new_inprocess(f->loop, &ops, latency_ms);
}

static void tear_down(Fixture *f)
{
    sm_transport_free(f->t);
    sm_loop_free(f->loop);
}

static void on_sent(void *user)
{
    ((Fixture *)user)->sent++;
}

static void on_done(SmExchangeEnd end, const SmAnswer *answer, const char *error, void *user)
{
    Fixture *f = user;

    f->done++;
    f->done_at = sm_loop_now(f->loop);
    f->end = end;
    f->status = answer != NULL ? answer->status : 0;
}

static SmExchange *ask(Fixture *f, const char *target, int64_t timeout_ms)
{
    return sm_transport_start(f->t, sm_request_new("GET", target), FALSE, timeout_ms, on_sent,
                              on_done, f);
}

static void test_inprocess_answer(void)
{
    Fixture f;

    set_up(&f, 0);
    ask(&f, "/x", 1000);
    g_assert_cmpuint(f.done, ==, 0); /* never before start returns */
    g_assert_cmpuint(f.sent, ==, 0);
    sm_loop_run_until(f.loop, 0);
    g_assert_cmpuint(f.done, ==, 1);
    g_assert_cmpuint(f.sent, ==, 1);
    g_assert_cmpint(f.end, ==, SM_EXCHANGE_ANSWERED);
    g_assert_cmpint(f.status, ==, 200);
    tear_down(&f);
}

static void test_inprocess_latency(void)
{
    Fixture f;

    set_up(&f, 20);
    ask(&f, "/x", 1000);
    sm_loop_run_until(f.loop, 19);
    g_assert_cmpuint(f.requests, ==, 0);
    sm_loop_run_until(f.loop, 100);
    g_assert_cmpint(f.done_at, ==, 40);
    tear_down(&f);
}

static void test_inprocess_park(void)
{
    Fixture f;

    set_up(&f, 0);
    ask(&f, "/park", 60000);
    sm_loop_run_until(f.loop, 5000);
    g_assert_cmpuint(f.done, ==, 0);
    f.park(sm_answer_new(200, json_object()), f.park_user);
    g_assert_cmpuint(f.done, ==, 0); /* through the loop, too */
    sm_loop_run_until(f.loop, 5000);
    g_assert_cmpuint(f.done, ==, 1);
    tear_down(&f);
    g_assert_cmpuint(f.cancelled, ==, 0);
}

static void test_inprocess_cancel(void)
{
    Fixture f;

    set_up(&f, 0);
    sm_transport_cancel(f.t, ask(&f, "/x", 1000)); /* before it left */
    SmExchange *x = ask(&f, "/park", 60000);
    sm_loop_run_until(f.loop, 1);
    g_assert_cmpuint(f.requests, ==, 1);
    sm_transport_cancel(f.t, x);
    g_assert_cmpuint(f.cancelled, ==, 1);
    sm_loop_run_until(f.loop, 100000);
    g_assert_cmpuint(f.done, ==, 0);
    ask(&f, "/park", 60000);
    sm_loop_run_until(f.loop, 100001);
    tear_down(&f); /* under way: cancelled */
    g_assert_cmpuint(f.cancelled, ==, 2);
    g_assert_cmpuint(f.done, ==, 0);
}

static void test_inprocess_deadline(void)
{
    Fixture f;

    set_up(&f, 0);
    ask(&f, "/park", 3000);
    sm_loop_run_until(f.loop, 2999);
    g_assert_cmpuint(f.done, ==, 0);
    sm_loop_run_until(f.loop, 3000);
    g_assert_cmpint(f.end, ==, SM_EXCHANGE_UNKNOWN);
    g_assert_cmpuint(f.cancelled, ==, 1);
    tear_down(&f);
    set_up(&f, 500);
    ask(&f, "/park", 100); /* never got there */
    sm_loop_run_until(f.loop, 3000);
    g_assert_cmpint(f.end, ==, SM_EXCHANGE_NOT_SENT);
    g_assert_cmpuint(f.requests, ==, 0);
    tear_down(&f);
}

static void test_inprocess_limit(void)
{
    Fixture f;

    set_up(&f, 0);
    sm_transport_start(f.t, request_of(10, 0, SM_MAX_BODY_BYTES + 1), FALSE, 1000, on_sent, on_done,
                       &f);
    sm_loop_run_until(f.loop, 10);
    g_assert_cmpint(f.end, ==, SM_EXCHANGE_ANSWERED);
    g_assert_cmpint(f.status, ==, 413);
    g_assert_cmpuint(f.requests, ==, 0); /* as with real sockets, the desk never sees it */
    tear_down(&f);
}

/* --- Back-off and sleep ----------------------------------------------------------------------- */

static void test_backoff(void)
{
    g_autoptr(SmRng) rng = sm_rng_new(5);
    int64_t most = 0, sum = 0;

    for (int i = 0; i < 2000; i++) {
        int64_t ms = sm_backoff_ms(rng, 1 + i % 20, i % 2 ? 10000 : 280000, 0);
        g_assert_cmpint(ms, >=, 100);
        g_assert_cmpint(ms, <, 2000); /* back within 2 s of a desk that was restarted */
        sum += ms;
    }
    g_assert_cmpint(sum / 2000, >=, 1150); /* under one request a second on average, the first ones counted */
    for (int i = 0; i < 2000; i++) {
        int64_t ms = sm_backoff_ms(rng, 20, 600000, 0);
        g_assert_cmpint(ms, <=, 30000);
        most = MAX(most, ms);
    }
    g_assert_cmpint(most, >, 28000);
    for (int i = 0; i < 100; i++) {
        int64_t ms = sm_backoff_ms(rng, 1, 0, 7);
        g_assert_cmpint(ms, >=, 7000);
        g_assert_cmpint(ms, <=, 7500);
    }
    g_assert_cmpint(sm_backoff_ms(rng, 1, 0, G_MAXINT), <=, 300500);
}

static void count(void *user)
{
    ++*(guint *)user;
}

static void test_suspend(void)
{
    g_autoptr(SmLoop) loop = sm_loop_new_virtual(1700000000000);
    guint slept = 0;
    SmSuspendWatch *watch = sm_suspend_watch_new(loop, count, &slept);

    sm_suspend_watch_set(watch, TRUE);
    sm_loop_run_until(loop, 60000);
    sm_loop_jump_wall(loop, 3600000); /* somebody set the clock: no sleep */
    sm_loop_run_until(loop, 70000);
    g_assert_cmpuint(slept, ==, 0);
    sm_loop_suspend(loop, 30000);
    sm_loop_run_until(loop, 103000);
    g_assert_cmpuint(slept, ==, 1);
    sm_suspend_watch_set(watch, FALSE);
    sm_loop_suspend(loop, 30000);
    sm_loop_run_until(loop, 143000);
    g_assert_cmpuint(slept, ==, 1);
    sm_suspend_watch_set(watch, TRUE); /* what was slept before is no news */
    sm_loop_run_until(loop, 150000);
    g_assert_cmpuint(slept, ==, 1);
    sm_suspend_watch_free(watch);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/net/frame/request-there-and-back", test_request_there_and_back);
    g_test_add_func("/net/frame/no-smuggling", test_no_smuggling);
    g_test_add_func("/net/frame/request-limits", test_request_limits);
    g_test_add_func("/net/frame/request-lines", test_request_lines);
    g_test_add_func("/net/frame/no-request", test_no_request);
    g_test_add_func("/net/frame/answer-there-and-back", test_answer_there_and_back);
    g_test_add_func("/net/frame/answer-cut", test_answer_cut);
    g_test_add_func("/net/frame/answer-limit", test_answer_limit);
    g_test_add_func("/net/inprocess/answer", test_inprocess_answer);
    g_test_add_func("/net/inprocess/latency", test_inprocess_latency);
    g_test_add_func("/net/inprocess/park", test_inprocess_park);
    g_test_add_func("/net/inprocess/cancel", test_inprocess_cancel);
    g_test_add_func("/net/inprocess/deadline", test_inprocess_deadline);
    g_test_add_func("/net/inprocess/limit", test_inprocess_limit);
    g_test_add_func("/net/backoff", test_backoff);
    g_test_add_func("/net/suspend", test_suspend);
    return g_test_run();
}
