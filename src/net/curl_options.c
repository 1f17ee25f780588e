/* SPDX-License-Identifier: MIT */
#include "net/curl_private.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include "seatmux/base/bug.h"
#include "seatmux/base/error.h"

#define CONNECT_MS 10000L
#define USER_TIMEOUT_MS 15000u
/* A peer that is gone is noticed while a poll is parked, too. */
#define KEEP_IDLE_S 15L
#define KEEP_EVERY_S 5L

static gboolean bad_server(GError **error, const char *server)
{
    g_set_error(error, SM_ERROR, SM_ERROR_INVALID,
                "'%s' is no desk: write http://HOST:PORT, https://HOST[:PORT] or unix:PATH",
                server);
    return FALSE;
}

/* The address has a host and no path, query, user or password. */
static gboolean plain_url(const char *text)
{
    g_autoptr(GUri) uri = g_uri_parse(text, G_URI_FLAGS_HAS_PASSWORD, NULL);

    return uri != NULL && g_uri_get_host(uri) != NULL && g_uri_get_host(uri)[0] != '\0' &&
           (g_uri_get_path(uri)[0] == '\0' || strcmp(g_uri_get_path(uri), "/") == 0) &&
           g_uri_get_query(uri) == NULL && g_uri_get_fragment(uri) == NULL &&
           g_uri_get_userinfo(uri) == NULL;
}

/* A proxy of the environment is for what is far away. */
static gboolean is_loopback(const char *text)
{
    g_autoptr(GUri) uri = g_uri_parse(text, G_URI_FLAGS_NONE, NULL);
    const char *host = g_uri_get_host(uri);

    return strcmp(host, "localhost") == 0 || strcmp(host, "::1") == 0 ||
           (g_str_has_prefix(host, "127."));
}

gboolean sm_curl_server_init(SmCurlServer *server, const SmCurlOptions *options, GError **error)
{
    const char *text = options->server != NULL ? options->server : "";

    *server = (SmCurlServer){0};
    if (g_str_has_prefix(text, "unix:")) {
        if (text[5] == '\0')
            return bad_server(error, text);
        server->path = g_strdup(text + 5);
        server->base = g_strdup("http://localhost");
    } else {
        gboolean known = g_str_has_prefix(text, "http://") || g_str_has_prefix(text, "https://");
        if (!known || !plain_url(text))
            return bad_server(error, text);
        gsize n = strlen(text);
        server->base = g_strndup(text, text[n - 1] == '/' ? n - 1 : n);
        if (options->proxy == NULL && is_loopback(text))
            server->proxy = g_strdup("");
    }
    server->cafile = g_strdup(options->cafile);
    server->pin = g_strdup(options->pin);
    if (options->proxy != NULL)
        server->proxy = g_strdup(options->proxy);
    return TRUE;
}

void sm_curl_server_clear(SmCurlServer *server)
{
    g_free(server->base);
    g_free(server->path);
    g_free(server->cafile);
    g_free(server->pin);
    g_free(server->proxy);
}

/* Data that nobody acknowledges ends the connection, instead of the kernel's quarter of an hour. */
static int set_up_socket(void *user, curl_socket_t fd, curlsocktype purpose)
{
    unsigned int ms = USER_TIMEOUT_MS;

    /* Not for a Unix socket, which has no such thing: then it fails, and nothing is lost. */
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof ms);
    return CURL_SOCKOPT_OK;
}

void sm_curl_server_apply(const SmCurlServer *server, CURL *easy, int64_t timeout_ms, gboolean poll)
{
    const SmCurl *curl = sm_curl();

    curl->easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl->easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl->easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L);
    curl->easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl->easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl->easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl->easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, NULL);
    curl->easy_setopt(easy, CURLOPT_HTTP_CONTENT_DECODING, 0L);
    curl->easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, poll ? MAX(CONNECT_MS, (long)timeout_ms) : CONNECT_MS);
    curl->easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    curl->easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
    curl->easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl->easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, KEEP_IDLE_S);
    curl->easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, KEEP_EVERY_S);
    curl->easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, set_up_socket);
    if (server->path != NULL)
        curl->easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, server->path);
    if (server->path != NULL || server->proxy != NULL)
        curl->easy_setopt(easy, CURLOPT_PROXY, server->path != NULL ? "" : server->proxy);
    if (server->cafile != NULL) {
        curl->easy_setopt(easy, CURLOPT_CAINFO, server->cafile);
        curl->easy_setopt(easy, CURLOPT_CAPATH, NULL);
    }
    if (server->pin != NULL && !SM_BUG(57))
        curl->easy_setopt(easy, CURLOPT_PINNEDPUBLICKEY, server->pin);
}

static struct curl_slist *add_header(struct curl_slist *list, const char *name, const char *value)
{
    if (value == NULL || strpbrk(value, "\r\n") != NULL)
        return list;
    g_autofree char *line = g_strconcat(name, value, NULL);
    list = sm_curl()->slist_append(list, line);
    explicit_bzero(line, strlen(line));
    return list;
}

static struct curl_slist *headers_of(const SmRequest *request)
{
    struct curl_slist *list = add_header(NULL, "Authorization: Bearer ", request->token);
    const char *type = request->type != NULL ? request->type : "application/json";

    list = add_header(list, "Idempotency-Key: ", request->idempotency_key);
    list = add_header(list, "User-Agent: ", request->user_agent);
    list = add_header(list, "Content-Type: ", request->body != NULL ? type : "");
    return add_header(list, "Expect:", "");
}

struct curl_slist *sm_curl_set_request(const SmCurlServer *server, CURL *easy, const SmRequest *request)
{
    g_autofree char *url = g_strconcat(server->base, request->target, NULL);
    struct curl_slist *headers = headers_of(request);
    gsize n = 0;
    const char *body = request->body != NULL ? g_bytes_get_data(request->body, &n) : NULL;
    const SmCurl *curl = sm_curl();

    curl->easy_setopt(easy, CURLOPT_URL, url);
    if (body != NULL || strcmp(request->method, "GET") != 0) {
        curl->easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)n);
        curl->easy_setopt(easy, CURLOPT_POSTFIELDS, body != NULL ? body : "");
    }
    curl->easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
    curl->easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    /* The token is for the desk, not for a proxy on the way. */
    curl->easy_setopt(easy, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
    return headers;
}

gboolean sm_curl_is_distrust(CURLcode code)
{
    return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_PINNEDPUBKEYNOTMATCH || code == CURLE_SSL_CACERT_BADFILE ||
           code == CURLE_SSL_ISSUER_ERROR;
}
