/* SPDX-License-Identifier: MIT */
/* message: requests and answers as values. */
#include "seatmux/wire/wire.h"

#include <string.h>

#include "seatmux/base/limits.h"

SmRequest *sm_request_new(const char *method, const char *target)
{
    SmRequest *request = g_new0(SmRequest, 1);

    request->method = g_strdup(method);
    request->target = g_strdup(target);
    return request;
}

void sm_request_free(SmRequest *request)
{
    if (request == NULL)
        return;
    g_free(request->method);
    g_free(request->target);
    if (request->token != NULL)
        memset(request->token, 0, strlen(request->token));
    g_free(request->token);
    g_free(request->idempotency_key);
    g_free(request->user_agent);
    g_free(request->origin);
    g_clear_pointer(&request->body, g_bytes_unref);
    g_free(request);
}

static GBytes *json_bytes(const json_t *json)
{
    char *text = sm_json_text(json);

    return g_bytes_new_take(text, strlen(text));
}

/* An answer is read by programs, and by people who ask with curl: what a terminal would obey is escaped, which means the same.
 * Only where the reader would refuse it for its length it goes as it is. */
static GBytes *answer_bytes(const json_t *json)
{
    char *text = sm_json_plain(json);
    gsize n = strlen(text);

    if (n <= SM_MAX_ANSWER_BYTES)
        return g_bytes_new_take(text, n);
    g_free(text);
    return json_bytes(json);
}

void sm_request_set_json(SmRequest *request, json_t *body)
{
    g_clear_pointer(&request->body, g_bytes_unref);
    request->body = json_bytes(body);
    json_decref(body);
}

SmAnswer *sm_answer_new(int status, json_t *body)
{
    SmAnswer *answer = g_new0(SmAnswer, 1);

    answer->status = status;
    answer->type = status >= 400 ? "application/problem+json" : "application/json";
    answer->body = body != NULL ? answer_bytes(body) : g_bytes_new_static("", 0);
    json_decref(body);
    return answer;
}

json_t *sm_problem_json(SmProblem problem, const char *field, const char *detail,
                        const json_t *data)
{
    gboolean limit = problem == SM_PROBLEM_TOO_LARGE || problem == SM_PROBLEM_TOO_MANY ||
                     problem == SM_PROBLEM_HEADERS_TOO_LARGE;
    json_t *body = json_object();
    const char *key;
    json_t *value;

    json_object_set_new(body, "type", json_string("about:blank"));
    json_object_set_new(body, "title", json_string(sm_problem_title(problem)));
    json_object_set_new(body, "status", json_integer(sm_problem_status(problem)));
    json_object_set_new(body, "code", json_string(sm_problem_code(problem)));
    if (detail != NULL)
        json_object_set_new(body, "detail", json_string(detail));
    if (field != NULL)
        json_object_set_new(body, limit ? "limit" : "field", json_string(field));
    json_object_foreach((json_t *)data, key, value)
    {
        if (json_object_get(body, key) == NULL)
            json_object_set(body, key, value);
    }
    return body;
}

SmAnswer *sm_answer_problem(SmProblem problem, const char *field, const char *detail, json_t *data)
{
    return sm_answer_new(sm_problem_status(problem), sm_problem_json(problem, field, detail, data));
}

SmAnswer *sm_answer_refusal(const SmRefusal *refusal)
{
    return sm_answer_problem(refusal->problem, refusal->field, refusal->detail, refusal->data);
}

SmAnswer *sm_answer_text(int status, const char *type, char *text)
{
    SmAnswer *answer = g_new0(SmAnswer, 1);

    answer->status = status;
    answer->type = type;
    answer->body = g_bytes_new_take(text, strlen(text));
    return answer;
}

void sm_answer_free(SmAnswer *answer)
{
    if (answer == NULL)
        return;
    g_clear_pointer(&answer->body, g_bytes_unref);
    g_free(answer->cursor);
    g_free(answer->security);
    g_free(answer->disposition);
    g_free(answer->origin);
    g_free(answer);
}
