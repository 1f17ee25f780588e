/* SPDX-License-Identifier: MIT */
#include "httpd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct SmHttpd {
    int listener;
    char *server;
    char *path;
    GThread *thread;
    int connections; /* atomic */
    GMutex lock;
    GPtrArray *threads;
    GArray *fds;
};

typedef struct {
    SmHttpd *h;
    int fd;
} Connection;

static gboolean write_all(int fd, const char *data, gsize n)
{
    while (n > 0) {
        ssize_t done = send(fd, data, n, MSG_NOSIGNAL);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return FALSE;
        data += done;
        n -= (gsize)done;
    }
    return TRUE;
}

static gboolean say(int fd, const char *text)
{
    return write_all(fd, text, strlen(text));
}

/* A whole request, head and body; NULL: the peer is gone. */
static GString *read_request(int fd)
{
    GString *got = g_string_new(NULL);
    char part[4096];

    for (;;) {
        const char *end = strstr(got->str, "\r\n\r\n");
        const char *length = strstr(got->str, "Content-Length: ");
        if (end != NULL) {
            gsize head = (gsize)(end - got->str) + 4;
            gsize body = length != NULL && length < end ? strtoul(length + 16, NULL, 10) : 0;
            if (got->len >= head + body)
                return got;
        }
        ssize_t n = recv(fd, part, sizeof part, 0);
        if (n <= 0)
            break;
        g_string_append_len(got, part, n);
    }
    g_string_free(got, TRUE);
    return NULL;
}

static void wait_for_end(int fd)
{
    char part[256];

    while (recv(fd, part, sizeof part, 0) > 0)
        ;
}

static gboolean answer_long(int fd)
{
    g_autofree char *block = g_malloc(65536);

    memset(block, 'x', 65536);
    say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
    for (int i = 0; i < 1500; i++)
        if (!write_all(fd, block, 65536))
            return FALSE;
    return FALSE;
}

static gboolean answer_headers(int fd)
{
    say(fd, "HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 4000; i++)
        if (!say(fd, "X-Filler: 0123456789012345678901234567890123456789\r\n"))
            return FALSE;
    return say(fd, "Content-Length: 0\r\n\r\n");
}

static gboolean echo(int fd, const GString *request)
{
    g_autofree char *head = g_strdup_printf(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %" G_GSIZE_FORMAT
        "\r\n\r\n",
        request->len);

    return say(fd, head) && write_all(fd, request->str, request->len);
}

static gboolean reset(int fd)
{
    struct linger now = {1, 0};

    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    return FALSE;
}

static gboolean say_and_wait(int fd, const char *text)
{
    say(fd, text);
    wait_for_end(fd);
    return FALSE;
}

/* FALSE: the connection ends. */
static gboolean answer(int fd, const GString *request)
{
    g_auto(GStrv) words = g_strsplit(request->str, " ", 3);
    const char *path = words[1];

    if (strcmp(path, "/ok") == 0)
        return say(fd, "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n"
                       "Seatmux-Cursor: k1\r\nRetry-After: 7\r\nContent-Length: 11\r\n\r\n"
                       "{\"now\":123}");
    if (strcmp(path, "/echo") == 0)
        return echo(fd, request);
    if (strcmp(path, "/truncated") == 0)
        return say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"now\"") && FALSE;
    if (strcmp(path, "/reset") == 0)
        return reset(fd);
    if (strcmp(path, "/long") == 0)
        return answer_long(fd);
    if (strcmp(path, "/headers") == 0)
        return answer_headers(fd);
    if (strcmp(path, "/drip") == 0)
        return say_and_wait(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
    if (strcmp(path, "/silent") == 0)
        return say_and_wait(fd, "");
    if (strcmp(path, "/redirect") == 0)
        return say(fd, "HTTP/1.1 302 Found\r\nLocation: /ok\r\nContent-Length: 0\r\n\r\n");
    if (strcmp(path, "/encoded") == 0)
        return say(fd,
                   "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd");
    if (strcmp(path, "/garbage") == 0)
        return say(fd, "good morning\r\n") && FALSE;
    return FALSE; /* "/close" */
}

static gpointer serve(gpointer user)
{
    Connection *c = user;

    for (;;) {
        GString *request = read_request(c->fd);
        if (request == NULL)
            break;
        gboolean goes_on = answer(c->fd, request);
        g_string_free(request, TRUE);
        if (!goes_on)
            break;
    }
    g_mutex_lock(&c->h->lock);
    for (guint i = 0; i < c->h->fds->len; i++)
        if (g_array_index(c->h->fds, int, i) == c->fd)
            g_array_remove_index_fast(c->h->fds, i);
    close(c->fd);
    g_mutex_unlock(&c->h->lock);
    g_free(c);
    return NULL;
}

static gpointer accept_all(gpointer user)
{
    SmHttpd *h = user;

    for (;;) {
        int fd = accept(h->listener, NULL, NULL);
        if (fd < 0)
            return NULL;
        g_atomic_int_inc(&h->connections);
        Connection *c = g_new(Connection, 1);
        *c = (Connection){h, fd};
        g_mutex_lock(&h->lock);
        g_array_append_val(h->fds, fd);
        g_ptr_array_add(h->threads, g_thread_new("connection", serve, c));
        g_mutex_unlock(&h->lock);
    }
}

static void listen_on_port(SmHttpd *h)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof address;

    h->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_assert_cmpint(bind(h->listener, (struct sockaddr *)&address, sizeof address), ==, 0);
    g_assert_cmpint(getsockname(h->listener, (struct sockaddr *)&address, &n), ==, 0);
    h->server = g_strdup_printf("http://127.0.0.1:%d", ntohs(address.sin_port));
}

static void listen_on_path(SmHttpd *h, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    h->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_assert_cmpint(bind(h->listener, (struct sockaddr *)&address, sizeof address), ==, 0);
    h->path = g_strdup(path);
    h->server = g_strconcat("unix:", path, NULL);
}

SmHttpd *sm_httpd_new(const char *unix_path)
{
    SmHttpd *h = g_new0(SmHttpd, 1);

    g_mutex_init(&h->lock);
    h->threads = g_ptr_array_new();
    h->fds = g_array_new(FALSE, FALSE, sizeof(int));
    if (unix_path != NULL)
        listen_on_path(h, unix_path);
    else
        listen_on_port(h);
    g_assert_cmpint(listen(h->listener, 16), ==, 0);
    h->thread = g_thread_new("listener", accept_all, h);
    return h;
}

void sm_httpd_free(SmHttpd *h)
{
    shutdown(h->listener, SHUT_RDWR);
    g_thread_join(h->thread);
    close(h->listener);
    g_mutex_lock(&h->lock);
    for (guint i = 0; i < h->fds->len; i++)
        shutdown(g_array_index(h->fds, int, i), SHUT_RDWR);
    g_mutex_unlock(&h->lock);
    for (guint i = 0; i < h->threads->len; i++)
        g_thread_join(h->threads->pdata[i]);
    if (h->path != NULL)
        unlink(h->path);
    g_ptr_array_unref(h->threads);
    g_array_unref(h->fds);
    g_mutex_clear(&h->lock);
    g_free(h->path);
    g_free(h->server);
    g_free(h);
}

const char *sm_httpd_server(const SmHttpd *h)
{
    return h->server;
}

int sm_httpd_connections(SmHttpd *h)
{
    return g_atomic_int_get(&h->connections);
}
