/* SPDX-License-Identifier: MIT */
/* curl: a desk across the network. Whether a request may have arrived is decided by one thing:
 * whether libcurl said, connected and secured, that it begins to send. Polls have a multi handle of
 * their own, and with it connections of their own: what is parked never stands before what is sent.
 */
#include "net/curl_private.h"

#include <string.h>

#include "net/frame.h"
#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"

/* An answer that has begun and then stands still is given up. */
#define STALL_MS 15000
#define HEADERS_MOST 65536

typedef struct {
    SmTransport base;
    SmLoop *loop;
    SmCurlServer server;
    int stall_ms;
    SmCurlLoop *polls; /* this and the next: NULL until libcurl is loaded */
    SmCurlLoop *others;
    GQueue exchanges; /* SmExchange */
} CurlTransport;

struct SmExchange {
    GList link;
    CurlTransport *t;
    SmCurlLoop *on;
    CURL *easy;
    struct curl_slist *headers;
    GBytes *body;
    SmAnswer *answer; /* what has come of it */
    GByteArray *bytes;
    gsize header_bytes;
    gsize most; /* bytes of the answer */
    void (*progress)(int64_t sent, int64_t received, void *user);
    void *progress_user;
    gboolean began; /* the first byte may have left */
    gboolean heard; /* a byte of the answer has come */
    gboolean too_long;
    int64_t last_byte; /* boot ms; of the answer */
    guint64 refused;  /* deferred: it could not even be started */
    guint64 stall;
    SmExchangeSent sent;
    SmExchangeDone done;
    void *user;
    char words[CURL_ERROR_SIZE];
};

static void exchange_free(SmExchange *x)
{
    g_queue_unlink(&x->t->exchanges, &x->link);
    sm_loop_remove(x->t->loop, &x->refused);
    sm_loop_remove(x->t->loop, &x->stall);
    if (x->easy != NULL) {
        sm_curl_loop_remove(x->on, x->easy);
        sm_curl()->easy_cleanup(x->easy);
        sm_curl()->slist_free_all(x->headers);
    }
    g_clear_pointer(&x->body, g_bytes_unref);
    g_clear_pointer(&x->bytes, g_byte_array_unref);
    sm_answer_free(x->answer);
    g_free(x);
}

/* --- How it ended ----------------------------------------------------------------------------- */

static void finish(SmExchange *x, SmExchangeEnd end, const char *words)
{
    SmExchangeDone done = x->done;
    void *user = x->user;
    g_autoptr(SmAnswer) answer = NULL;
    g_autofree char *copy = g_strdup(words);

    if (end == SM_EXCHANGE_ANSWERED) {
        answer = g_steal_pointer(&x->answer);
        answer->body = g_byte_array_free_to_bytes(g_steal_pointer(&x->bytes));
    }
    exchange_free(x);
    done(end, answer, copy, user);
}

/* On a Unix socket libcurl names a port of localhost, which nobody asked for. NULL: its own words are right. */
static char *absent_words(const SmExchange *x, CURLcode code)
{
    if (x->t->server.path == NULL || code != CURLE_COULDNT_CONNECT)
        return NULL;
    return g_strdup_printf("no server listens at %s", x->t->server.path);
}

static void ended(CURL *easy, CURLcode code, void *user)
{
    SmExchange *x;
    char *private = NULL;
    long status = 0;

    sm_curl()->easy_getinfo(easy, CURLINFO_PRIVATE, &private);
    sm_curl()->easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    x = (SmExchange *)private;
    if (code == CURLE_OK && status >= 200 && !x->too_long) {
        x->answer->status = (int)status;
        finish(x, SM_EXCHANGE_ANSWERED, NULL);
        return;
    }
    const char *words = x->words[0] != '\0' ? x->words : sm_curl()->easy_strerror(code);
    g_autofree char *absent = absent_words(x, code);
    if (absent != NULL)
        words = absent;
    if (x->too_long)
        words = "the answer is too long";
    g_autofree char *distrust =
        sm_curl_is_distrust(code) ? g_strdup_printf(SM_NOT_TRUSTED ": %s", words) : NULL;
    if (!x->began)
        finish(x, SM_EXCHANGE_NOT_SENT, distrust != NULL ? distrust : words);
    else
        finish(x, x->heard ? SM_EXCHANGE_DAMAGED : SM_EXCHANGE_UNKNOWN, words);
}

static void stalled(void *user)
{
    SmExchange *x = user;
    int64_t until = x->last_byte + x->t->stall_ms;

    x->stall = 0;
    if (sm_loop_now(x->t->loop) < until)
        x->stall = sm_loop_at(x->t->loop, until, stalled, x);
    else
        finish(x, SM_EXCHANGE_DAMAGED, "the answer stopped half way");
}

/* --- What libcurl tells meanwhile ------------------------------------------------------------- */

/* Connected, secured, about to write. */
static int on_request(void *user, char *peer, char *local, int peer_port, int local_port)
{
    SmExchange *x = user;

    if (!x->began && x->sent != NULL)
        x->sent(x->user);
    x->began = TRUE;
    return CURL_PREREQFUNC_OK;
}

static void note_progress(SmExchange *x)
{
    x->heard = TRUE;
    x->last_byte = sm_loop_now(x->t->loop);
    if (x->stall == 0)
        x->stall = sm_loop_at(x->t->loop, x->last_byte + x->t->stall_ms, stalled, x);
}

static size_t on_header(char *line, size_t size, size_t count, void *user)
{
    SmExchange *x = user;
    gsize n = size * count;

    note_progress(x);
    x->header_bytes += n;
    if (x->header_bytes > HEADERS_MOST) {
        x->too_long = TRUE;
        return 0;
    }
    while (n > 0 && (line[n - 1] == '\r' || line[n - 1] == '\n'))
        n--;
    sm_frame_answer_header(x->answer, line, n);
    return size * count;
}

static size_t on_body(char *data, size_t size, size_t count, void *user)
{
    SmExchange *x = user;
    gsize n = size * count;

    note_progress(x);
    if (x->bytes->len + n > x->most) {
        x->too_long = TRUE;
        return CURL_WRITEFUNC_ERROR;
    }
    g_byte_array_append(x->bytes, (const guint8 *)data, (guint)n);
    return n;
}

static int on_progress(void *user, curl_off_t to_come, curl_off_t received, curl_off_t to_go, curl_off_t sent)
{
    SmExchange *x = user;

    x->progress(sent, received, x->progress_user);
    return 0;
}

/* --- Asking ----------------------------------------------------------------------------------- */

static void set_request(SmExchange *x, const SmRequest *request)
{
    x->body = request->body != NULL ? g_bytes_ref(request->body) : NULL;
    x->headers = sm_curl_set_request(&x->t->server, x->easy, request);
    x->most = request->answer_most > 0 ? request->answer_most : SM_MAX_ANSWER_BYTES;
    x->progress = request->progress;
    x->progress_user = request->progress_user;
    if (x->progress != NULL) {
        sm_curl()->easy_setopt(x->easy, CURLOPT_NOPROGRESS, 0L);
        sm_curl()->easy_setopt(x->easy, CURLOPT_XFERINFOFUNCTION, on_progress);
        sm_curl()->easy_setopt(x->easy, CURLOPT_XFERINFODATA, x);
    }
}

static void set_callbacks(SmExchange *x)
{
    sm_curl()->easy_setopt(x->easy, CURLOPT_PRIVATE, x);
    sm_curl()->easy_setopt(x->easy, CURLOPT_ERRORBUFFER, x->words);
    sm_curl()->easy_setopt(x->easy, CURLOPT_PREREQFUNCTION, on_request);
    sm_curl()->easy_setopt(x->easy, CURLOPT_PREREQDATA, x);
    sm_curl()->easy_setopt(x->easy, CURLOPT_HEADERFUNCTION, on_header);
    sm_curl()->easy_setopt(x->easy, CURLOPT_HEADERDATA, x);
    sm_curl()->easy_setopt(x->easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    sm_curl()->easy_setopt(x->easy, CURLOPT_WRITEFUNCTION, on_body);
    sm_curl()->easy_setopt(x->easy, CURLOPT_WRITEDATA, x);
}

static void could_not_start(void *user)
{
    SmExchange *x = user;

    x->refused = 0;
    finish(x, SM_EXCHANGE_NOT_SENT, "the request could not be started");
}

static SmExchange *curl_start(SmTransport *base, SmRequest *request, gboolean poll,
                              int64_t timeout_ms, SmExchangeSent sent, SmExchangeDone done,
                              void *user)
{
    CurlTransport *t = (CurlTransport *)base;
    SmExchange *x = g_new0(SmExchange, 1);

    x->t = t;
    x->on = poll ? t->polls : t->others;
    x->sent = sent;
    x->done = done;
    x->user = user;
    x->answer = g_new0(SmAnswer, 1);
    x->answer->type = "application/octet-stream";
    x->bytes = g_byte_array_new();
    x->link.data = x;
    g_queue_push_tail_link(&t->exchanges, &x->link);
    x->easy = t->polls != NULL ? sm_curl()->easy_init() : NULL;
    if (x->easy != NULL) {
        sm_curl_server_apply(&t->server, x->easy, timeout_ms, poll);
        set_callbacks(x);
        set_request(x, request);
    }
    sm_request_free(request);
    if (x->easy == NULL || !sm_curl_loop_add(x->on, x->easy))
        x->refused = sm_loop_defer(t->loop, could_not_start, x);
    return x;
}

static void curl_cancel(SmTransport *base, SmExchange *x)
{
    exchange_free(x);
}

static void curl_free_transport(SmTransport *base)
{
    CurlTransport *t = (CurlTransport *)base;

    while (t->exchanges.head != NULL)
        exchange_free(t->exchanges.head->data);
    if (t->polls != NULL) {
        sm_curl_loop_free(t->polls);
        sm_curl_loop_free(t->others);
        sm_curl_end();
    }
    sm_curl_server_clear(&t->server);
    g_free(t);
}

gboolean sm_transport_load_curl(SmTransport *transport, GError **error)
{
    CurlTransport *t = (CurlTransport *)transport;

    if (t->polls != NULL)
        return TRUE;
    if (!sm_curl_begin(error))
        return FALSE;
    t->polls = sm_curl_loop_new(t->loop, ended, t);
    t->others = sm_curl_loop_new(t->loop, ended, t);
    return TRUE;
}

SmTransport *sm_transport_new_curl(SmLoop *loop, const SmCurlOptions *options, GError **error)
{
    static const SmTransportOps table = {curl_start, curl_cancel, curl_free_transport};
    SmCurlServer server;

    if (!sm_curl_server_init(&server, options, error))
        return NULL;
    CurlTransport *t = g_new0(CurlTransport, 1);
    t->base.ops = &table;
    t->loop = loop;
    t->server = server;
    t->stall_ms = options->stall_ms > 0 ? options->stall_ms : STALL_MS;
    g_queue_init(&t->exchanges);
    if (!options->later && !sm_transport_load_curl(&t->base, error)) {
        curl_free_transport(&t->base);
        return NULL;
    }
    return &t->base;
}
