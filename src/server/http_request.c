/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include "seatmux/base/bug.h"
#include "seatmux/base/limits.h"
#include "server/http_private.h"

typedef struct {
    guint lines;
    gsize bytes;
    guint hosts;
    const char *host;
    guint lengths;
    const char *length;
    const char *type;
    guint types;
    guint authorizations;
    guint keys;
    gboolean transfer_encoding;
    gboolean strange_name;
    gboolean control;
} Headers;

static gboolean has_control(const char *text)
{
    for (; *text; text++)
        if (((guchar)*text < 0x20 && *text != '\t') || *text == 0x7F)
            return TRUE;
    return FALSE;
}

static gboolean longer_than(const char *name, const char *framing)
{
    gsize n = strlen(framing);
    return g_ascii_strncasecmp(name, framing, n) == 0 && name[n] != '\0';
}

/* The library lets blanks stand before the colon, and puts what is folded onto the next line behind the name: "Content-Length: 2", " 3"
 * comes as "Content-Length3". Whoever stands in front may have read a length there. */
static gboolean is_strange_name(const char *name)
{
    gsize n = strspn(name, "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    return n == 0 || name[n] != '\0' || longer_than(name, MHD_HTTP_HEADER_CONTENT_LENGTH) ||
           longer_than(name, MHD_HTTP_HEADER_TRANSFER_ENCODING);
}

static enum MHD_Result count_header(void *user, enum MHD_ValueKind kind, const char *name, const char *value)
{
    Headers *h = user;
    h->lines++;
    h->bytes += strlen(name) + (value ? strlen(value) : 0) + 4;
    h->control |= has_control(name) || (value && has_control(value));
    h->strange_name |= is_strange_name(name);
    if (g_ascii_strcasecmp(name, MHD_HTTP_HEADER_HOST) == 0) {
        h->hosts++;
        h->host = value ? value : "";
    } else if (g_ascii_strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0) {
        h->lengths++;
        h->length = value;
    } else if (g_ascii_strcasecmp(name, MHD_HTTP_HEADER_CONTENT_TYPE) == 0) {
        h->types++;
        h->type = value;
    } else if (g_ascii_strcasecmp(name, MHD_HTTP_HEADER_AUTHORIZATION) == 0) {
        h->authorizations++;
    } else if (g_ascii_strcasecmp(name, "Idempotency-Key") == 0) {
        h->keys++;
    } else if (g_ascii_strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0) {
        h->transfer_encoding = TRUE;
    }
    return MHD_YES;
}

static SmAnswer *bad(const char *field, const char *detail)
{
    return sm_answer_problem(SM_PROBLEM_INVALID, field, detail, NULL);
}

static gboolean read_length(const char *text, int64_t *length)
{
    gsize n = text ? strlen(text) : 0;
    if (n == 0 || n > 12 || strspn(text, "0123456789") != n)
        return FALSE;
    *length = g_ascii_strtoll(text, NULL, 10);
    return TRUE;
}

/* A page of another origin may send text/plain and forms unasked, but not this. What a shop's page tells of a visit is meant to
 * come so: the service looks at its origin, and there is nothing in it that a forged one could gain. */
static gboolean is_json(const char *type)
{
    gsize n = strlen("application/json");
    return type && g_ascii_strncasecmp(type, "application/json", n) == 0 && strchr("; \t", type[n]) != NULL;
}

/* A name that a stranger's page had resolved to loopback (DNS rebinding) is not one we are called by. */
static gboolean is_our_name(const char *host)
{
    g_autofree char *name = g_strdup(host);
    char *end = name[0] == '[' ? strchr(name, ']') : strchr(name, ':');
    char *port = end && *end == ']' ? end + 1 : end;
    if (port && *port == ':') {
        if (strspn(port + 1, "0123456789") != strlen(port + 1))
            return FALSE;
        *port = '\0';
    }
    struct in_addr v4;
    gboolean loopback = inet_pton(AF_INET, name, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127;
    return loopback || strcmp(name, "[::1]") == 0 || g_ascii_strcasecmp(name, "localhost") == 0;
}

/* A file has its length said before it, and may be larger; its type is what is found in it. */
static SmAnswer *check_upload(const Headers *h, int64_t length)
{
    const char *type = "application/octet-stream";
    if (length < 1)
        return bad("Content-Length", "say how long the file is");
    if (length > SM_MAX_FILE_BYTES)
        return sm_answer_problem(SM_PROBLEM_TOO_LARGE, "FILE_BYTES", "a file has at most 20 MB", NULL);
    if (!h->type || g_ascii_strcasecmp(h->type, type) != 0)
        return sm_answer_problem(SM_PROBLEM_UNSUPPORTED_MEDIA, "Content-Type", "send a file as application/octet-stream", NULL);
    return NULL;
}

SmAnswer *sm_http_check_headers(struct MHD_Connection *connection, const char *version, gboolean any_name, SmHttpBody body,
                                int64_t *length)
{
    Headers h = {0};
    *length = -1;
    MHD_get_connection_values(connection, MHD_HEADER_KIND, count_header, &h);
    if (h.lines > SM_MAX_HEADER_LINES)
        return sm_answer_problem(SM_PROBLEM_HEADERS_TOO_LARGE, "HEADER_LINES", "more than 32 header lines", NULL);
    if (h.bytes > SM_MAX_HEADER_BYTES)
        return sm_answer_problem(SM_PROBLEM_HEADERS_TOO_LARGE, "HEADER_BYTES", "more than 5,120 bytes of headers", NULL);
    if (strcmp(version, MHD_HTTP_VERSION_1_1) != 0 && strcmp(version, MHD_HTTP_VERSION_1_0) != 0)
        return bad("version", "speak HTTP/1.1");
    if (h.hosts > 1 || (h.hosts == 0 && strcmp(version, MHD_HTTP_VERSION_1_1) == 0))
        return bad("Host", "a request has exactly one Host header");
    if (!any_name && h.host && !is_our_name(h.host))
        return bad("Host", "the desk answers to localhost and loopback addresses here");
    if (h.control)
        return bad("headers", "control characters in a header");
    if (h.strange_name)
        return bad("headers", "a header's name is letters, digits and dashes, up to its colon, and its value one line");
    if (h.types > 1 || h.authorizations > 1 || h.keys > 1)
        return bad("headers", "Content-Type, Authorization and Idempotency-Key stand once");
    if (h.transfer_encoding && !SM_BUG(55))
        return bad("Transfer-Encoding", "send bodies with Content-Length");
    if (h.lengths > 1 || (h.lengths == 1 && !read_length(h.length, length)))
        return bad("Content-Length", "one Content-Length, in digits");
    if (body == SM_HTTP_FILE)
        return check_upload(&h, *length);
    if (*length > SM_MAX_BODY_BYTES)
        return sm_answer_problem(SM_PROBLEM_TOO_LARGE, "BODY_BYTES", "a body has at most 65,536 bytes", NULL);
    gboolean told = body == SM_HTTP_TOLD && h.type && g_str_has_prefix(h.type, "text/plain");
    if (*length > 0 && !told && !is_json(h.type))
        return sm_answer_problem(SM_PROBLEM_UNSUPPORTED_MEDIA, "Content-Type", "send application/json", NULL);
    return NULL;
}

static const char *header(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

/* Whether the page that asks came from the address that is asked. A proxy may leave the port out of Host. */
static gboolean is_own_page(const char *origin, const char *host)
{
    const char *from = origin ? strstr(origin, "://") : NULL;
    if (!from || !host || !*host)
        return FALSE;
    gsize n = strlen(host);
    gboolean port_left_out = from[3] != '[' && !strchr(host, ':');
    return g_ascii_strncasecmp(from + 3, host, n) == 0 && (from[3 + n] == '\0' || (port_left_out && from[3 + n] == ':'));
}

void sm_http_read_headers(struct MHD_Connection *connection, SmRequest *request)
{
    const char *authorization = header(connection, MHD_HTTP_HEADER_AUTHORIZATION);
    if (authorization && g_ascii_strncasecmp(authorization, "Bearer ", 7) == 0)
        request->token = g_strstrip(g_strdup(authorization + 7));
    request->idempotency_key = g_strdup(header(connection, "Idempotency-Key"));
    request->user_agent = g_strdup(header(connection, MHD_HTTP_HEADER_USER_AGENT));
    request->origin = g_strdup(header(connection, MHD_HTTP_HEADER_ORIGIN));
    request->own_page = is_own_page(request->origin, header(connection, MHD_HTTP_HEADER_HOST));
}

/* The proxy appends the address it saw, so only the last one is its word. */
static char *forwarded(struct MHD_Connection *connection)
{
    const char *list = header(connection, "X-Forwarded-For");
    if (!list)
        return NULL;
    const char *comma = strrchr(list, ',');
    g_autofree char *last = g_strstrip(g_strdup(comma ? comma + 1 : list));
    struct in6_addr any;
    gboolean address = inet_pton(AF_INET, last, &any) == 1 || inet_pton(AF_INET6, last, &any) == 1;
    return address ? g_steal_pointer(&last) : NULL;
}

char *sm_http_peer(struct MHD_Connection *connection, gboolean proxied)
{
    char *address = proxied ? forwarded(connection) : NULL;
    if (address)
        return address;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *sa = info ? info->client_addr : NULL;
    char text[INET6_ADDRSTRLEN];
    if (sa && sa->sa_family == AF_INET &&
        inet_ntop(AF_INET, &((const struct sockaddr_in *)sa)->sin_addr, text, sizeof text))
        return g_strdup(text);
    if (sa && sa->sa_family == AF_INET6 &&
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)sa)->sin6_addr, text, sizeof text))
        return g_strdup(text);
    return g_strdup("unix");
}

static void unref_bytes(void *bytes)
{
    g_bytes_unref(bytes);
}

struct MHD_Response *sm_http_response(const SmAnswer *answer)
{
    gsize n = 0;
    const void *data = answer->body ? g_bytes_get_data(answer->body, &n) : NULL;
    struct MHD_Response *response =
        n ? MHD_create_response_from_buffer_with_free_callback_cls(n, (void *)data, unref_bytes, g_bytes_ref(answer->body))
          : MHD_create_response_from_buffer(0, (void *)"", MHD_RESPMEM_PERSISTENT);
    if (!response)
        return NULL;
    if (n)
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, answer->type);
    char keep[32] = "no-store";
    if (answer->keep_s > 0)
        g_snprintf(keep, sizeof keep, "public, max-age=%d", answer->keep_s);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, keep);
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    if (answer->security) {
        MHD_add_response_header(response, "Content-Security-Policy", answer->security);
        MHD_add_response_header(response, "Referrer-Policy", "no-referrer");
    }
    if (answer->origin) {
        MHD_add_response_header(response, MHD_HTTP_HEADER_ACCESS_CONTROL_ALLOW_ORIGIN, answer->origin);
        MHD_add_response_header(response, MHD_HTTP_HEADER_VARY, MHD_HTTP_HEADER_ORIGIN);
    }
    if (answer->disposition)
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_DISPOSITION, answer->disposition);
    if (answer->cursor)
        MHD_add_response_header(response, "Seatmux-Cursor", answer->cursor);
    if (answer->retry_after_s > 0) {
        char text[16];
        g_snprintf(text, sizeof text, "%d", answer->retry_after_s);
        MHD_add_response_header(response, MHD_HTTP_HEADER_RETRY_AFTER, text);
    }
    if (answer->allow)
        MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, answer->allow);
    if (answer->status == 401)
        MHD_add_response_header(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer");
    return response;
}
