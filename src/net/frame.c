/* SPDX-License-Identifier: MIT */
#include "net/frame.h"

#include <string.h>

#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"

/* --- Reading lines ---------------------------------------------------------------------------- */

typedef struct {
    const char *at;
    gsize left;
} Reader;

/* The next line without its end; NULL if there is no whole one. */
static const char *next_line(Reader *reader, gsize *n)
{
    const char *end = memmem(reader->at, reader->left, "\r\n", 2);
    const char *line = reader->at;

    if (end == NULL)
        return NULL;
    *n = (gsize)(end - line);
    reader->left -= *n + 2;
    reader->at = end + 2;
    return line;
}

/* The value of the header `name` in this line, trimmed; NULL if it is another. Caller frees. */
static char *header_value(const char *line, gsize n, const char *name)
{
    gsize length = strlen(name);

    if (n <= length || line[length] != ':' || g_ascii_strncasecmp(line, name, length) != 0)
        return NULL;
    return g_strstrip(g_strndup(line + length + 1, n - length - 1));
}

static gboolean take_header(const char *line, gsize n, const char *name, char **to)
{
    char *value = header_value(line, n, name);

    if (value == NULL)
        return FALSE;
    g_free(*to);
    *to = value;
    return TRUE;
}

/* A line break in a value would be a header of its own. */
static void add_header(GString *out, const char *name, const char *value)
{
    if (value != NULL && strpbrk(value, "\r\n") == NULL)
        g_string_append_printf(out, "%s: %s\r\n", name, value);
}

static GBytes *with_body(GString *head, GBytes *body)
{
    gsize n = 0;
    const char *data = body != NULL ? g_bytes_get_data(body, &n) : NULL;

    g_string_append_printf(head, "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n", n);
    if (n > 0)
        g_string_append_len(head, data, (gssize)n);
    return g_string_free_to_bytes(head);
}

/* --- Requests --------------------------------------------------------------------------------- */

GBytes *sm_frame_write_request(const SmRequest *request)
{
    GString *head = g_string_new(NULL);

    g_string_append_printf(head, "%s %s HTTP/1.1\r\n", request->method, request->target);
    if (request->token != NULL && strpbrk(request->token, "\r\n") == NULL)
        g_string_append_printf(head, "Authorization: Bearer %s\r\n", request->token);
    add_header(head, "Idempotency-Key", request->idempotency_key);
    add_header(head, "User-Agent", request->user_agent);
    return with_body(head, request->body);
}

static SmRequest *read_start(Reader *reader, SmAnswer **refused)
{
    gsize n = 0;
    const char *line = next_line(reader, &n);
    g_autofree char *text = line != NULL ? g_strndup(line, n) : NULL;
    g_auto(GStrv) words = text != NULL ? g_strsplit(text, " ", 4) : NULL;

    if (words == NULL || g_strv_length(words) != 3 || strcmp(words[2], "HTTP/1.1") != 0) {
        *refused = sm_answer_problem(SM_PROBLEM_INVALID, NULL, "This is not a request.", NULL);
        return NULL;
    }
    if (strlen(words[1]) > SM_MAX_URL_BYTES) {
        *refused = sm_answer_problem(SM_PROBLEM_HEADERS_TOO_LARGE, "URL_BYTES",
                                     "The address is longer than allowed.", NULL);
        return NULL;
    }
    return sm_request_new(words[0], words[1]);
}

static gboolean read_headers(Reader *reader, SmRequest *request, SmAnswer **refused)
{
    gsize all = 0;

    for (guint lines = 0;; lines++) {
        gsize n = 0;
        const char *line = next_line(reader, &n);
        g_autofree char *bearer = NULL;
        if (line == NULL)
            break;
        if (n == 0)
            return TRUE;
        all += n + 2;
        if (lines >= SM_MAX_HEADER_LINES || all > SM_MAX_HEADER_BYTES) {
            *refused =
                sm_answer_problem(SM_PROBLEM_HEADERS_TOO_LARGE,
                                  lines >= SM_MAX_HEADER_LINES ? "HEADER_LINES" : "HEADER_BYTES",
                                  "The headers are larger than allowed.", NULL);
            return FALSE;
        }
        if (take_header(line, n, "Authorization", &bearer)) {
            if (g_str_has_prefix(bearer, "Bearer "))
                request->token = g_strdup(bearer + strlen("Bearer "));
        } else if (!take_header(line, n, "Idempotency-Key", &request->idempotency_key)) {
            take_header(line, n, "User-Agent", &request->user_agent);
        }
    }
    *refused = sm_answer_problem(SM_PROBLEM_INVALID, NULL, "The request has no end.", NULL);
    return FALSE;
}

SmRequest *sm_frame_read_request(GBytes *bytes, SmAnswer **refused)
{
    gsize n;
    const char *data = g_bytes_get_data(bytes, &n);
    Reader reader = {data, n};

    *refused = NULL;
    g_autoptr(SmRequest) request = read_start(&reader, refused);
    if (request == NULL || !read_headers(&reader, request, refused))
        return NULL;
    if (reader.left > SM_MAX_BODY_BYTES) {
        *refused = sm_answer_problem(SM_PROBLEM_TOO_LARGE, "BODY_BYTES",
                                     "The body is larger than allowed.", NULL);
        return NULL;
    }
    if (reader.left > 0)
        request->body = g_bytes_new(reader.at, reader.left);
    return g_steal_pointer(&request);
}

/* --- Answers ---------------------------------------------------------------------------------- */

GBytes *sm_frame_write_answer(const SmAnswer *answer)
{
    GString *head = g_string_new(NULL);

    g_string_append_printf(head, "HTTP/1.1 %d -\r\n", answer->status);
    add_header(head, "Content-Type", answer->type);
    add_header(head, "Seatmux-Cursor", answer->cursor);
    add_header(head, "Allow", answer->allow);
    if (answer->retry_after_s > 0)
        g_string_append_printf(head, "Retry-After: %d\r\n", answer->retry_after_s);
    return with_body(head, answer->body);
}

/* Types are static strings: those we know, else the plainest. */
static const char *known_type(const char *type)
{
    static const char *const known[] = {"application/json", "application/problem+json",
                                        "text/plain"};

    for (guint i = 0; i < G_N_ELEMENTS(known); i++)
        if (g_ascii_strncasecmp(type, known[i], strlen(known[i])) == 0)
            return known[i];
    return "application/octet-stream";
}

void sm_frame_answer_header(SmAnswer *answer, const char *line, gsize n)
{
    g_autofree char *value = NULL;

    if (take_header(line, n, "Content-Type", &value)) {
        answer->type = known_type(value);
    } else if (take_header(line, n, "Retry-After", &value)) {
        /* Seconds only; a date is as good as none: the back-off holds. */
        guint64 seconds = 0;
        if (g_ascii_string_to_unsigned(value, 10, 0, G_MAXINT, &seconds, NULL))
            answer->retry_after_s = (int)seconds;
    } else {
        take_header(line, n, "Seatmux-Cursor", &answer->cursor);
    }
}

static gboolean read_status(Reader *reader, SmAnswer *answer, GError **error)
{
    gsize n = 0;
    const char *line = next_line(reader, &n);

    if (line == NULL || n < 12 || strncmp(line, "HTTP/1.1 ", 9) != 0 || !g_ascii_isdigit(line[9]) ||
        !g_ascii_isdigit(line[10]) || !g_ascii_isdigit(line[11])) {
        g_set_error_literal(error, SM_ERROR, SM_ERROR_INVALID, "this is not an answer");
        return FALSE;
    }
    answer->status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
    return TRUE;
}

static gboolean read_answer_headers(Reader *reader, SmAnswer *answer, GError **error)
{
    guint64 length = 0;

    for (;;) {
        gsize n = 0;
        const char *line = next_line(reader, &n);
        g_autofree char *value = NULL;
        if (line == NULL)
            break;
        if (n > 0) {
            if (take_header(line, n, "Content-Length", &value))
                g_ascii_string_to_unsigned(value, 10, 0, G_MAXINT64, &length, NULL);
            sm_frame_answer_header(answer, line, n);
            continue;
        }
        if (length > SM_MAX_ANSWER_BYTES) {
            g_set_error(error, SM_ERROR, SM_ERROR_LIMIT, "the answer is longer than %d bytes",
                        SM_MAX_ANSWER_BYTES);
            return FALSE;
        }
        if (length == reader->left)
            return TRUE;
        break;
    }
    g_set_error_literal(error, SM_ERROR, SM_ERROR_INVALID, "the answer is cut short");
    return FALSE;
}

SmAnswer *sm_frame_read_answer(GBytes *bytes, GError **error)
{
    gsize n;
    const char *data = g_bytes_get_data(bytes, &n);
    Reader reader = {data, n};
    g_autoptr(SmAnswer) answer = g_new0(SmAnswer, 1);

    answer->type = known_type("");
    if (!read_status(&reader, answer, error) || !read_answer_headers(&reader, answer, error))
        return NULL;
    answer->body = g_bytes_new(reader.at, reader.left);
    return g_steal_pointer(&answer);
}
