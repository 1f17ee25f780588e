/* SPDX-License-Identifier: MIT */
/* The transport over libcurl against a small real server. */
#include <dlfcn.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>

#include "httpd.h"
#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"
#include "seatmux/net/transport.h"

#define LONGEST_MS 10000

typedef struct {
    SmLoop *loop;
    SmHttpd *httpd;
    SmTransport *t;
    guint sent;
    guint done;
    SmExchangeEnd end;
    int status;
    int retry_after_s;
    char *type;
    char *cursor;
    char *body;
    char *error;
} Fixture;

static void on_sent(void *user)
{
    ((Fixture *)user)->sent++;
}

static void on_done(SmExchangeEnd end, const SmAnswer *answer, const char *error, void *user)
{
    Fixture *f = user;

    f->done++;
    f->end = end;
    g_assert_true((answer != NULL) == (end == SM_EXCHANGE_ANSWERED));
    g_assert_true((error == NULL) == (end == SM_EXCHANGE_ANSWERED));
    g_clear_pointer(&f->body, g_free);
    g_clear_pointer(&f->cursor, g_free);
    g_clear_pointer(&f->error, g_free);
    f->error = g_strdup(error);
    if (answer == NULL)
        return;
    gsize n;
    const char *data = g_bytes_get_data(answer->body, &n);
    f->body = g_strndup(data, n);
    f->cursor = g_strdup(answer->cursor);
    f->type = (char *)answer->type;
    f->status = answer->status;
    f->retry_after_s = answer->retry_after_s;
}

static void set_up(Fixture *f, const char *unix_path)
{
    *f = (Fixture){.loop = sm_loop_new_glib(), .httpd = sm_httpd_new(unix_path)};
    SmCurlOptions options = {.server = sm_httpd_server(f->httpd), .proxy = "", .stall_ms = 300};
    f->t = sm_transport_new_curl(f->loop, &options, NULL);
    g_assert_nonnull(f->t);
}

static void tear_down(Fixture *f)
{
    sm_transport_free(f->t);
    sm_httpd_free(f->httpd);
    sm_loop_free(f->loop);
    g_free(f->body);
    g_free(f->cursor);
    g_free(f->error);
}

static void late(void *user)
{
    *(gboolean *)user = TRUE;
}

static void wait_done(Fixture *f, guint n)
{
    gboolean too_late = FALSE;
    guint64 timer = sm_loop_after(f->loop, LONGEST_MS, late, &too_late);

    while (f->done < n && !too_late)
        g_main_context_iteration(NULL, TRUE);
    sm_loop_remove(f->loop, &timer);
    g_assert_cmpuint(f->done, ==, n);
}

static void ask(Fixture *f, const char *target, int64_t timeout_ms)
{
    guint before = f->done;

    sm_transport_start(f->t, sm_request_new("GET", target), FALSE, timeout_ms, on_sent, on_done, f);
    g_assert_cmpuint(f->done, ==, before); /* never before start returns */
    wait_done(f, before + 1);
}

static void test_answer(void)
{
    Fixture f;

    set_up(&f, NULL);
    ask(&f, "/ok", 5000);
    g_assert_cmpint(f.end, ==, SM_EXCHANGE_ANSWERED);
    g_assert_cmpint(f.status, ==, 200);
    g_assert_cmpstr(f.body, ==, "{\"now\":123}");
    g_assert_cmpstr(f.cursor, ==, "k1");
    g_assert_cmpint(f.retry_after_s, ==, 7);
    g_assert_cmpstr(f.type, ==, "application/json");
    g_assert_cmpuint(f.sent, ==, 1);
    ask(&f, "/ok", 5000);
    g_assert_cmpint(sm_httpd_connections(f.httpd), ==, 1); /* kept alive */
    tear_down(&f);
}

static void test_unix_socket(void)
{
    Fixture f;
    g_autofree char *dir = g_dir_make_tmp("seatmux-net-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "desk.sock", NULL);

    set_up(&f, path);
    ask(&f, "/ok", 5000);
    g_assert_cmpint(f.end, ==, SM_EXCHANGE_ANSWERED);
    g_assert_cmpstr(f.body, ==, "{\"now\":123}");
    tear_down(&f);
    g_rmdir(dir);
}

static void test_request(void)
{
    Fixture f;

    set_up(&f, NULL);
    SmRequest *request = sm_request_new("PUT", "/echo");
    request->token = g_strdup("secret-token");
    request->idempotency_key = g_strdup("m1");
    request->user_agent = g_strdup("seatmux");
    sm_request_set_json(request, json_pack("{s:s}", "text", "hello"));
    sm_transport_start(f.t, request, FALSE, 5000, on_sent, on_done, &f);
    wait_done(&f, 1);
    g_assert_true(g_str_has_prefix(f.body, "PUT /echo HTTP/1.1\r\n"));
    g_assert_nonnull(strstr(f.body, "\r\nAuthorization: Bearer secret-token\r\n"));
    g_assert_nonnull(strstr(f.body, "\r\nIdempotency-Key: m1\r\n"));
    g_assert_nonnull(strstr(f.body, "\r\nUser-Agent: seatmux\r\n"));
    g_assert_nonnull(strstr(f.body, "\r\nContent-Type: application/json\r\n"));
    g_assert_null(strstr(f.body, "Expect"));
    g_assert_null(strstr(f.body, "Accept-Encoding"));
    g_assert_null(strstr(f.body, "Cookie"));
    g_assert_true(g_str_has_suffix(f.body, "\r\n\r\n{\"text\":\"hello\"}"));
    request = sm_request_new("POST", "/echo");
    sm_transport_start(f.t, request, FALSE, 5000, on_sent, on_done, &f);
    wait_done(&f, 2);
    g_assert_true(g_str_has_prefix(f.body, "POST /echo HTTP/1.1\r\n"));
    g_assert_nonnull(strstr(f.body, "\r\nContent-Length: 0\r\n"));
    g_assert_null(strstr(f.body, "Content-Type"));
    tear_down(&f);
}

/* Nothing on the way is followed or undone. */
static void test_plain(void)
{
    Fixture f;

    set_up(&f, NULL);
    ask(&f, "/redirect", 5000);
    g_assert_cmpint(f.end, ==, SM_EXCHANGE_ANSWERED);
    g_assert_cmpint(f.status, ==, 302);
    ask(&f, "/encoded", 5000);
    g_assert_cmpint(f.end, ==, SM_EXCHANGE_ANSWERED);
    g_assert_cmpstr(f.body, ==, "abcd");
    tear_down(&f);
}

static void assert_ends(const char *target, SmExchangeEnd end, int64_t timeout_ms)
{
    Fixture f;

    set_up(&f, NULL);
    ask(&f, target, timeout_ms);
    g_assert_cmpint(f.end, ==, end);
    g_assert_cmpuint(f.sent, ==, 1);
    g_assert_cmpstr(f.error, !=, "");
    tear_down(&f);
}

static void test_truncated(void)
{
    assert_ends("/truncated", SM_EXCHANGE_DAMAGED, 5000);
}

static void test_reset(void)
{
    assert_ends("/reset", SM_EXCHANGE_UNKNOWN, 5000);
    assert_ends("/close", SM_EXCHANGE_UNKNOWN, 5000);
}

static void test_garbage(void)
{
    Fixture f;

    set_up(&f, NULL);
    ask(&f, "/garbage", 5000);
    g_assert_true(f.end == SM_EXCHANGE_UNKNOWN || f.end == SM_EXCHANGE_DAMAGED);
    tear_down(&f);
}

static void test_too_long(void)
{
    assert_ends("/long", SM_EXCHANGE_DAMAGED, 10000);
    assert_ends("/headers", SM_EXCHANGE_DAMAGED, 10000);
}

static void test_silent(void)
{
    assert_ends("/silent", SM_EXCHANGE_UNKNOWN, 200);
}

/* Given up long before the deadline, because the answer stands still. */
static void test_drip(void)
{
    int64_t began = g_get_monotonic_time();

    assert_ends("/drip", SM_EXCHANGE_DAMAGED, 60000);
    g_assert_cmpint((g_get_monotonic_time() - began) / 1000, <, 5000);
}

static void test_refused(void)
{
    Fixture f;
    SmCurlOptions options = {.proxy = ""};

    set_up(&f, NULL);
    g_autofree char *server = g_strdup(sm_httpd_server(f.httpd));
    sm_httpd_free(f.httpd);
    f.httpd = sm_httpd_new(NULL); /* something else listens elsewhere */
    options.server = server;
    sm_transport_free(f.t);
    f.t = sm_transport_new_curl(f.loop, &options, NULL);
    ask(&f, "/ok", 5000);
    g_assert_cmpint(f.end, ==, SM_EXCHANGE_NOT_SENT);
    g_assert_cmpuint(f.sent, ==, 0);
    sm_transport_free(f.t);
    options.server = "unix:/nonexistent/desk.sock";
    f.t = sm_transport_new_curl(f.loop, &options, NULL);
    ask(&f, "/ok", 5000);
    g_assert_cmpint(f.end, ==, SM_EXCHANGE_NOT_SENT);
    tear_down(&f);
}

/* A peer that speaks no TLS: nothing of the request has left. */
static void test_no_tls(void)
{
    Fixture f;

    set_up(&f, NULL);
    g_autofree char *server = g_strconcat("https", sm_httpd_server(f.httpd) + 4, NULL);
    SmCurlOptions options = {.server = server, .proxy = ""};
    sm_transport_free(f.t);
    f.t = sm_transport_new_curl(f.loop, &options, NULL);
    sm_transport_start(f.t, sm_request_new("GET", "/ok"), FALSE, 500, on_sent, on_done, &f);
    wait_done(&f, 1);
    g_assert_cmpint(f.end, ==, SM_EXCHANGE_NOT_SENT);
    g_assert_cmpuint(f.sent, ==, 0);
    tear_down(&f);
}

/* A parked poll never stands before what is sent. */
static void test_poll_has_its_own(void)
{
    Fixture f;

    set_up(&f, NULL);
    SmExchange *poll = sm_transport_start(f.t, sm_request_new("GET", "/silent"), TRUE, 60000,
                                          on_sent, on_done, &f);
    for (int i = 0; i < 5; i++)
        ask(&f, "/ok", 5000);
    g_assert_cmpuint(f.done, ==, 5);
    g_assert_cmpint(sm_httpd_connections(f.httpd), ==, 2);
    sm_transport_cancel(f.t, poll);
    ask(&f, "/ok", 5000);
    g_assert_cmpuint(f.done, ==, 6); /* the poll's done was not called */
    tear_down(&f);
}

static void test_cancel(void)
{
    Fixture f;

    set_up(&f, NULL);
    SmExchange *x =
        sm_transport_start(f.t, sm_request_new("GET", "/ok"), FALSE, 5000, on_sent, on_done, &f);
    sm_transport_cancel(f.t, x); /* before anything happened */
    sm_transport_cancel(f.t, NULL);
    x = sm_transport_start(f.t, sm_request_new("GET", "/drip"), FALSE, 5000, on_sent, on_done, &f);
    while (f.sent == 0)
        g_main_context_iteration(NULL, TRUE);
    sm_transport_cancel(f.t, x);
    ask(&f, "/ok", 5000);
    g_assert_cmpuint(f.done, ==, 1);
    /* Freed with exchanges under way: nothing is heard of them. */
    sm_transport_start(f.t, sm_request_new("GET", "/drip"), FALSE, 5000, on_sent, on_done, &f);
    tear_down(&f);
    g_assert_cmpuint(f.done, ==, 1);
}

typedef struct {
    SmTransport *t;
    guint done;
} Freer;

static void free_in_done(SmExchangeEnd end, const SmAnswer *answer, const char *error, void *user)
{
    Freer *freer = user;

    freer->done++;
    sm_transport_free(g_steal_pointer(&freer->t));
}

static void test_free_in_done(void)
{
    Fixture f;

    set_up(&f, NULL);
    Freer freer = {f.t, 0};
    for (int i = 0; i < 3; i++)
        sm_transport_start(f.t, sm_request_new("GET", "/ok"), FALSE, 5000, NULL, free_in_done,
                           &freer);
    f.t = NULL;
    while (freer.done == 0)
        g_main_context_iteration(NULL, TRUE);
    while (g_main_context_iteration(NULL, FALSE))
        ;
    g_assert_cmpuint(freer.done, ==, 1);
    tear_down(&f);
}

/* Parked and idle: the loop sleeps. */
static void test_idle(void)
{
    Fixture f;
    gboolean over = FALSE;
    guint turns = 0;

    set_up(&f, NULL);
    SmExchange *poll = sm_transport_start(f.t, sm_request_new("GET", "/silent"), TRUE, 60000,
                                          on_sent, on_done, &f);
    while (f.sent == 0)
        g_main_context_iteration(NULL, TRUE);
    sm_loop_after(f.loop, 500, late, &over); /* libcurl's timers of connecting run out */
    while (!over)
        g_main_context_iteration(NULL, TRUE);
    over = FALSE;
    sm_loop_after(f.loop, 1000, late, &over);
    while (!over) {
        g_main_context_iteration(NULL, TRUE);
        turns++;
    }
    g_assert_cmpuint(turns, <=, 2); /* the one above */
    sm_transport_cancel(f.t, poll);
    tear_down(&f);
}

static void test_servers(void)
{
    static const char *const bad[] = {"",
                                      "127.0.0.1:7878",
                                      "ftp://example.org",
                                      "http://",
                                      "http://user:word@127.0.0.1",
                                      "http://127.0.0.1/path",
                                      "http://127.0.0.1?x",
                                      "unix:",
                                      "file:///etc/passwd"};
    static const char *const good[] = {"http://127.0.0.1:7878", "http://127.0.0.1:7878/",
                                       "https://desk.example.org", "http://[::1]:7878",
                                       "unix:/run/seatmux.sock"};
    g_autoptr(SmLoop) loop = sm_loop_new_glib();

    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        SmCurlOptions options = {.server = bad[i]};
        g_autoptr(GError) error = NULL;
        g_assert_null(sm_transport_new_curl(loop, &options, &error));
        g_assert_error(error, SM_ERROR, SM_ERROR_INVALID);
    }
    for (guint i = 0; i < G_N_ELEMENTS(good); i++) {
        SmCurlOptions options = {.server = good[i]};
        g_autoptr(SmTransport) t = sm_transport_new_curl(loop, &options, NULL);
        g_assert_nonnull(t);
    }
}

static gboolean libcurl_is_here(void)
{
    void *library = dlopen("libcurl.so.4", RTLD_LAZY | RTLD_NOLOAD);

    if (library != NULL)
        dlclose(library);
    return library != NULL;
}

/* The first test: nothing has needed libcurl yet. */
static void test_later(void)
{
    g_autoptr(SmLoop) loop = sm_loop_new_glib();
    SmCurlOptions options = {.server = "http://127.0.0.1:1", .later = TRUE};
    SmTransport *t = sm_transport_new_curl(loop, &options, NULL);
    Fixture f = {.loop = loop, .t = t};

    g_assert_nonnull(t);
    g_assert_false(libcurl_is_here());
    ask(&f, "/ok", 5000);
    g_assert_cmpint(f.end, ==, SM_EXCHANGE_NOT_SENT);
    g_assert_true(sm_transport_load_curl(t, NULL));
    g_assert_true(sm_transport_load_curl(t, NULL));
    g_assert_true(libcurl_is_here());
    sm_transport_free(t);
    g_free(f.error);
}

/* What libcurl drags in and nobody uses stays asleep: GnuTLS finds our answer before its own. */
static void test_no_gnutls(void)
{
    int (*skip)(void) = (int (*)(void))dlsym(RTLD_DEFAULT, "_gnutls_global_init_skip");

    g_assert_nonnull(skip);
    g_assert_cmpint(skip(), ==, 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/net/curl/later", test_later);
    g_test_add_func("/net/curl/answer", test_answer);
    g_test_add_func("/net/curl/unix-socket", test_unix_socket);
    g_test_add_func("/net/curl/request", test_request);
    g_test_add_func("/net/curl/plain", test_plain);
    g_test_add_func("/net/curl/truncated", test_truncated);
    g_test_add_func("/net/curl/reset", test_reset);
    g_test_add_func("/net/curl/garbage", test_garbage);
    g_test_add_func("/net/curl/too-long", test_too_long);
    g_test_add_func("/net/curl/silent", test_silent);
    g_test_add_func("/net/curl/drip", test_drip);
    g_test_add_func("/net/curl/refused", test_refused);
    g_test_add_func("/net/curl/no-tls", test_no_tls);
    g_test_add_func("/net/curl/poll-has-its-own", test_poll_has_its_own);
    g_test_add_func("/net/curl/cancel", test_cancel);
    g_test_add_func("/net/curl/free-in-done", test_free_in_done);
    g_test_add_func("/net/curl/idle", test_idle);
    g_test_add_func("/net/curl/servers", test_servers);
    g_test_add_func("/net/curl/no-gnutls", test_no_gnutls);
    return g_test_run();
}
