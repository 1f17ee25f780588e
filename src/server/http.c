/* SPDX-License-Identifier: MIT */
#include "seatmux/server/http.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "seatmux/base/error.h"
#include "seatmux/base/heap.h"
#include "seatmux/base/limits.h"
#include "server/http_private.h"

/* 8 KB: buffers that stay with a connection once it has answered (measured: 8.6 kB a poll). */
#define POOL_BYTES 8192
#define CONNECTIONS 20000
#define HEADER_MS 10000
/* A connection kept open by the client may rest this long before its next request is complete. */
#define IDLE_MS 90000
#define BODY_MS 20000
/* A file comes at least this fast on the whole, and never stands still for BODY_MS. */
#define SLOWEST_BYTES_S 16384
#define PROGRESS_BYTES 16384
#define STOPPING_RETRY_S 2
/* A refused body up to this size is heard out. Who is cut off while sending gets no answer, and a proxy says 502 for it. */
#define HEARD_BYTES (1 << 20)

/* One TCP connection: a deadline that does not care for slow bytes. */
typedef struct {
    SmHeapNode node;
    SmHttp *http;
    int fd;
} Line;

/* One request on it. */
typedef struct {
    SmHttp *http;
    struct MHD_Connection *connection;
    GList link; /* in http->requests */
    char *target;
    SmRequest *request;
    GByteArray *body;
    SmSpool *spool;      /* of a file, instead */
    int64_t spool_end;   /* loop ms by which it must be whole */
    int64_t spool_next;  /* so many bytes set the short deadline anew */
    SmAnswer *answer;
    SmAnswer *verdict;   /* the answer once a refused body has been heard out */
    SmPending *pending;
    gboolean begun;
    gboolean refused;   /* before its body came: that is thrown away, and the connection ends with the answer */
    gboolean inside;    /* in the call into the service: an answer now needs no resume */
    gboolean suspended;
} Call;

struct SmHttp {
    SmLoop *loop;
    SmService *service;
    SmTrace *trace;
    SmHttpOptions options;
    gboolean admin;
    struct MHD_Daemon *daemon;
    int listen_fd;
    int port;
    char *path; /* of a Unix socket */
    guint64 watch;
    guint64 timer;
    guint64 run;
    guint64 line_timer;
    SmHeap *lines;
    uint64_t tie;
    GQueue requests; /* Call */
};

/* --- Running the library on our loop ------------------------------------------------------------- */

static void run_daemon(SmHttp *http);

static void timed_out(void *user)
{
    SmHttp *http = user;
    http->timer = 0;
    run_daemon(http);
}

static void run_soon(void *user)
{
    SmHttp *http = user;
    http->run = 0;
    run_daemon(http);
}

static void readable(int fd, GIOCondition condition, void *user)
{
    run_daemon(user);
}

static void run_daemon(SmHttp *http)
{
    MHD_run(http->daemon);
    sm_loop_remove(http->loop, &http->timer);
    MHD_UNSIGNED_LONG_LONG ms = 0;
    if (MHD_get_timeout(http->daemon, &ms) == MHD_YES)
        http->timer = sm_loop_after(http->loop, (int64_t)MIN(ms, 3600000), timed_out, http);
}

static void cut_slow(void *user)
{
    SmHttp *http = user;
    http->line_timer = 0;
    int64_t now = sm_loop_now(http->loop);
    SmHeapNode *first;
    while ((first = sm_heap_first(http->lines)) && first->due <= now) {
        Line *line = (Line *)first;
        sm_heap_remove(http->lines, first);
        shutdown(line->fd, SHUT_RDWR); /* the library sees the end and closes */
    }
    if (first)
        http->line_timer = sm_loop_at(http->loop, first->due, cut_slow, http);
}

/* The timer is only moved when it would come too late: with thousands of connections it mostly stands. */
static void line_deadline(Line *line, int ms)
{
    SmHttp *http = line->http;
    int64_t due = sm_loop_now(http->loop) + ms;
    SmHeapNode *first = sm_heap_first(http->lines);
    gboolean sooner = !first || due < first->due;
    sm_heap_set(http->lines, &line->node, due, http->tie++);
    if (!http->line_timer || sooner) {
        sm_loop_remove(http->loop, &http->line_timer);
        http->line_timer = sm_loop_at(http->loop, sm_heap_first(http->lines)->due, cut_slow, http);
    }
}

static Line *line_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

static void connection_changed(void *user, struct MHD_Connection *connection, void **context,
                               enum MHD_ConnectionNotificationCode code)
{
    SmHttp *http = user;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        Line *line = g_new0(Line, 1);
        line->http = http;
        line->fd = info ? info->connect_fd : -1;
        *context = line;
        line_deadline(line, http->options.header_ms);
    } else if (*context) {
        Line *line = *context;
        sm_heap_remove(http->lines, &line->node);
        g_free(line);
        *context = NULL;
    }
}

/* --- A request ------------------------------------------------------------------------------------ */

static void *request_begins(void *user, const char *uri, struct MHD_Connection *connection)
{
    SmHttp *http = user;
    Call *call = g_new0(Call, 1);
    call->http = http;
    call->connection = connection;
    call->target = g_strdup(uri);
    call->link.data = call;
    g_queue_push_tail_link(&http->requests, &call->link);
    return call;
}

static void request_ended(void *user, struct MHD_Connection *connection, void **context,
                          enum MHD_RequestTerminationCode code)
{
    SmHttp *http = user;
    Call *call = *context;
    if (!call)
        return;
    *context = NULL;
    if (call->pending)
        sm_service_cancel(call->pending);
    g_queue_unlink(&http->requests, &call->link);
    sm_request_free(call->request);
    if (call->body)
        g_byte_array_unref(call->body);
    if (call->spool)
        sm_spool_wait(call->spool, NULL, NULL);
    sm_spool_unref(call->spool);
    sm_answer_free(call->answer);
    sm_answer_free(call->verdict);
    g_free(call->target);
    g_free(call);
    Line *line = line_of(connection);
    if (line && code == MHD_REQUEST_TERMINATED_COMPLETED_OK)
        line_deadline(line, IDLE_MS);
}

static enum MHD_Result send_answer(struct MHD_Connection *connection, const SmAnswer *answer, gboolean close)
{
    struct MHD_Response *response = sm_http_response(answer);
    if (!response)
        return MHD_NO;
    if (close)
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
    enum MHD_Result queued = MHD_queue_response(connection, (unsigned)answer->status, response);
    MHD_destroy_response(response);
    return queued;
}

static void run_again(SmHttp *http)
{
    /* In external mode nobody else would run the library for a resumed connection. */
    if (!http->run)
        http->run = sm_loop_defer(http->loop, run_soon, http);
}

static int64_t whole_by(int64_t bytes)
{
    return BODY_MS + bytes * 1000 / SLOWEST_BYTES_S;
}

/* A long answer has its time, too: whoever does not read it holds it no longer. */
static enum MHD_Result give_answer(Call *call, struct MHD_Connection *connection)
{
    Line *line = line_of(connection);
    gsize n = call->answer->body ? g_bytes_get_size(call->answer->body) : 0;
    if (line && n > SM_MAX_POLL_BYTES)
        line_deadline(line, (int)whole_by((int64_t)n));
    return send_answer(connection, call->answer, call->refused);
}

static void answered(SmAnswer *answer, void *user)
{
    Call *call = user;
    call->pending = NULL;
    call->answer = answer;
    if (call->inside || !call->suspended)
        return;
    SmHttp *http = call->http;
    call->suspended = FALSE;
    MHD_resume_connection(call->connection);
    run_again(http);
}

static enum MHD_Result ask_service(Call *call, struct MHD_Connection *connection);

/* Whether the body of what is refused comes first. Whoever asks before sending (Expect) is told before. */
static gboolean hears_out(Call *call, struct MHD_Connection *connection, int64_t length)
{
    call->refused = TRUE;
    if (length <= 0 || length > HEARD_BYTES || MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_EXPECT))
        return FALSE;
    Line *line = line_of(connection);
    if (line)
        line_deadline(line, BODY_MS);
    return TRUE;
}

/* What is refused is refused before its bytes are kept. */
static enum MHD_Result begin_upload(Call *call, struct MHD_Connection *connection, int64_t length)
{
    call->request->length = length;
    call->spool = sm_service_upload(call->http->service, call->request);
    if (!call->spool)
        return hears_out(call, connection, length) ? MHD_YES : ask_service(call, connection);
    Line *line = line_of(connection);
    call->spool_end = sm_loop_now(call->http->loop) + whole_by(length);
    call->spool_next = PROGRESS_BYTES;
    if (line)
        line_deadline(line, BODY_MS);
    return MHD_YES;
}

static enum MHD_Result begin(Call *call, struct MHD_Connection *connection, const char *method, const char *version)
{
    call->begun = TRUE;
    int64_t length = -1;
    gboolean upload = sm_service_is_upload(method, call->target);
    SmHttpBody body = upload ? SM_HTTP_FILE : sm_service_is_told(call->target) ? SM_HTTP_TOLD : SM_HTTP_JSON;
    g_autoptr(SmAnswer) refused =
        sm_http_check_headers(connection, version, call->http->options.proxied || call->http->path, body, &length);
    if (!refused && strlen(call->target) > SM_MAX_URL_BYTES)
        refused = sm_answer_problem(SM_PROBLEM_TOO_LARGE, "URL_BYTES", "an address has at most 2,048 bytes", NULL);
    if (refused) { /* what follows in the stream can't be trusted */
        if (!hears_out(call, connection, length))
            return send_answer(connection, refused, TRUE);
        call->verdict = g_steal_pointer(&refused);
        return MHD_YES;
    }
    call->request = sm_request_new(method, call->target);
    sm_http_read_headers(connection, call->request);
    call->request->admin = call->http->admin;
    if (upload)
        return begin_upload(call, connection, length);
    Line *line = line_of(connection);
    if (line && length > 0)
        line_deadline(line, BODY_MS);
    return MHD_YES;
}

static void room(void *user)
{
    Call *call = user;
    call->suspended = FALSE;
    MHD_resume_connection(call->connection);
    run_again(call->http);
}

/* The disk sets the pace: what it has not taken is left with the library, and with it in the sender's window. */
static enum MHD_Result take_file(Call *call, const char *data, size_t *n)
{
    if (sm_spool_full(call->spool)) {
        sm_spool_wait(call->spool, room, call);
        call->suspended = TRUE;
        MHD_suspend_connection(call->connection);
        return MHD_YES;
    }
    sm_spool_write(call->spool, data, *n);
    *n = 0;
    Line *line = line_of(call->connection);
    if (line && sm_spool_size(call->spool) >= call->spool_next) {
        int64_t left = call->spool_end - sm_loop_now(call->http->loop);
        call->spool_next = sm_spool_size(call->spool) + PROGRESS_BYTES;
        line_deadline(line, (int)CLAMP(left, 1, BODY_MS));
    }
    return MHD_YES;
}

static enum MHD_Result take_body(Call *call, const char *data, size_t *n)
{
    if (!call->body)
        call->body = g_byte_array_new();
    /* Content-Length was checked; a library that gives more than it said ends the connection. */
    if (call->body->len + *n > SM_MAX_BODY_BYTES)
        return MHD_NO;
    g_byte_array_append(call->body, (const guint8 *)data, (guint)*n);
    *n = 0;
    return MHD_YES;
}

static enum MHD_Result ask_service(Call *call, struct MHD_Connection *connection)
{
    SmHttp *http = call->http;
    Line *line = line_of(connection);
    if (line)
        sm_heap_remove(http->lines, &line->node); /* from here on the service keeps the time */
    if (call->body)
        call->request->body = g_byte_array_free_to_bytes(g_steal_pointer(&call->body));
    call->request->spool = call->spool;
    g_autofree char *peer = sm_http_peer(connection, http->options.proxied);
    call->request->address = peer;
    call->inside = TRUE;
    SmPending *pending = sm_service_request(http->service, call->request, answered, call);
    call->inside = FALSE;
    /* A parked poll keeps nothing it does not need. */
    g_clear_pointer(&call->request, sm_request_free);
    g_clear_pointer(&call->target, g_free);
    g_clear_pointer(&call->spool, sm_spool_unref);
    if (call->answer)
        return give_answer(call, connection);
    call->pending = pending;
    call->suspended = TRUE;
    MHD_suspend_connection(connection);
    return MHD_YES;
}

static enum MHD_Result handle(void *user, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *data, size_t *n, void **context)
{
    Call *call = *context;
    if (call->answer)
        return give_answer(call, connection);
    if (!call->begun)
        return begin(call, connection, method, version);
    if (*n && call->refused) {
        *n = 0;
        return MHD_YES;
    }
    if (*n)
        return call->spool ? take_file(call, data, n) : take_body(call, data, n);
    if (call->verdict) {
        call->answer = g_steal_pointer(&call->verdict);
        return give_answer(call, connection);
    }
    return ask_service(call, connection);
}

static void G_GNUC_PRINTF(2, 0) library_says(void *user, const char *format, va_list args)
{
    SmHttp *http = user;
    char line[300];
    g_vsnprintf(line, sizeof line, format, args);
    sm_trace(http->trace, SM_TRACE_DEBUG, "http", "%s", g_strchomp(line));
}

/* --- Life ------------------------------------------------------------------------------------------ */

static guint raise_file_limit(guint wanted)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return wanted;
    limit.rlim_cur = MIN(limit.rlim_max, MAX(limit.rlim_cur, (rlim_t)wanted + 100));
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur > 100 ? MIN(wanted, (guint)MIN(limit.rlim_cur - 100, (rlim_t)G_MAXINT)) : 1;
}

static gboolean start_daemon(SmHttp *http, GError **error)
{
    guint connections = raise_file_limit(http->options.connections);
    http->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL, handle, http,
        MHD_OPTION_EXTERNAL_LOGGER, library_says, http,
        MHD_OPTION_LISTEN_SOCKET, http->listen_fd,
        MHD_OPTION_CONNECTION_LIMIT, connections,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL_BYTES,
        MHD_OPTION_URI_LOG_CALLBACK, request_begins, http,
        MHD_OPTION_NOTIFY_COMPLETED, request_ended, http,
        MHD_OPTION_NOTIFY_CONNECTION, connection_changed, http,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    if (!http->daemon) {
        g_set_error(error, SM_ERROR, SM_ERROR_IO, "the HTTP server could not be started");
        return FALSE;
    }
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    http->watch = sm_loop_fd(http->loop, info->epoll_fd, G_IO_IN, readable, http);
    return TRUE;
}

SmHttp *sm_http_new(SmLoop *loop, SmService *service, const char *listen, gboolean admin,
                    const SmHttpOptions *options, SmTrace *trace, GError **error)
{
    SmHttp *http = g_new0(SmHttp, 1);
    http->loop = loop;
    http->service = service;
    http->trace = trace;
    http->admin = admin;
    if (options)
        http->options = *options;
    if (!http->options.connections)
        http->options.connections = CONNECTIONS;
    if (http->options.header_ms <= 0)
        http->options.header_ms = HEADER_MS;
    http->lines = sm_heap_new();
    g_queue_init(&http->requests);
    http->listen_fd = sm_http_listen(listen, http->options.proxied, &http->port, &http->path, error);
    if (http->listen_fd < 0 || !start_daemon(http, error)) {
        sm_http_free(http);
        return NULL;
    }
    return http;
}

/* The library wants every connection resumed before it stops. */
static void let_go_of_requests(SmHttp *http)
{
    for (GList *l = http->requests.head; l; l = l->next) {
        Call *call = l->data;
        if (call->pending)
            sm_service_cancel(g_steal_pointer(&call->pending));
        if (call->suspended) {
            call->suspended = FALSE;
            if (call->spool)
                sm_spool_wait(call->spool, NULL, NULL);
            call->answer = sm_answer_problem(SM_PROBLEM_STOPPING, NULL, "the desk is stopping", NULL);
            call->answer->retry_after_s = STOPPING_RETRY_S;
            MHD_resume_connection(call->connection);
        }
    }
    MHD_run(http->daemon);
}

void sm_http_free(SmHttp *http)
{
    if (!http)
        return;
    sm_loop_remove(http->loop, &http->watch);
    sm_loop_remove(http->loop, &http->timer);
    sm_loop_remove(http->loop, &http->run);
    if (http->daemon) {
        let_go_of_requests(http);
        MHD_stop_daemon(http->daemon); /* closes the listening socket */
    } else if (http->listen_fd >= 0) {
        close(http->listen_fd);
    }
    sm_loop_remove(http->loop, &http->line_timer);
    if (http->path)
        unlink(http->path);
    g_free(http->path);
    sm_heap_free(http->lines);
    g_free(http);
}

int sm_http_port(const SmHttp *http)
{
    return http->port;
}
