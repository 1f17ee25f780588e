/* SPDX-License-Identifier: MIT */
#include "cli/ask.h"

#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"

#define ASK_MS 120000

typedef struct {
    SmLoop *loop;
    GBytes *body;
    char *cursor;
    int status;
    char *error;
} Outcome;

static void done(SmExchangeEnd end, const SmAnswer *answer, const char *error, void *user)
{
    Outcome *outcome = user;
    if (end == SM_EXCHANGE_ANSWERED) {
        outcome->status = answer->status;
        outcome->body = answer->body ? g_bytes_ref(answer->body) : NULL;
        outcome->cursor = g_strdup(answer->cursor);
    } else {
        outcome->error = g_strdup(error);
    }
    sm_loop_quit(outcome->loop);
}

static json_t *parse(GBytes *body)
{
    gsize n = 0;
    const char *bytes = body ? g_bytes_get_data(body, &n) : NULL;
    return n ? sm_json_parse(bytes, n, SM_MAX_ANSWER_BYTES, NULL) : NULL;
}

typedef struct {
    SmLoop *loop;
    SmAsked *asked;
    gboolean done;
} Wait;

static void answered(SmExchangeEnd end, const SmAnswer *answer, const char *error, void *user)
{
    Wait *wait = user;
    wait->done = TRUE;
    if (end == SM_EXCHANGE_ANSWERED) {
        wait->asked->status = answer->status;
        wait->asked->body = parse(answer->body);
        wait->asked->cursor = g_strdup(answer->cursor);
        wait->asked->retry_after_s = answer->retry_after_s;
    } else {
        wait->asked->error = g_strdup(error);
    }
    sm_loop_quit(wait->loop);
}

void sm_asked_clear(SmAsked *asked)
{
    g_clear_pointer(&asked->body, json_decref);
    g_clear_pointer(&asked->cursor, g_free);
    g_clear_pointer(&asked->error, g_free);
    *asked = (SmAsked){0};
}

/* Whatever changes the desk has an id; here nobody sends the same twice. */
static void name_request(SmRequest *request)
{
    if (request->idempotency_key || g_str_equal(request->method, "GET"))
        return;
    g_autoptr(SmRng) rng = sm_rng_new_secure();
    request->idempotency_key = sm_id_new(rng, "a");
}

void sm_ask(SmLoop *loop, SmTransport *transport, SmRequest *request, gboolean poll,
            int64_t timeout_ms, SmAsked *asked)
{
    Wait wait = {.loop = loop, .asked = asked};
    *asked = (SmAsked){0};
    name_request(request);
    SmExchange *exchange =
        sm_transport_start(transport, request, poll, timeout_ms, NULL, answered, &wait);
    sm_loop_run(loop);
    if (!wait.done) {
        sm_transport_cancel(transport, exchange);
        asked->stopped = TRUE;
    }
}

GBytes *sm_ask_fetch(SmLoop *loop, SmTransport *transport, SmRequest *request, char **cursor,
                     GError **error)
{
    Outcome outcome = {.loop = loop};
    name_request(request);
    sm_transport_start(transport, request, FALSE, ASK_MS, NULL, done, &outcome);
    sm_loop_run(loop);
    g_autofree char *went_to = outcome.cursor;
    if (outcome.error) {
        g_set_error(error, SM_ERROR, SM_ERROR_IO, "the desk can't be reached: %s", outcome.error);
        g_free(outcome.error);
        return NULL;
    }
    if (outcome.status >= 200 && outcome.status < 300) {
        if (cursor)
            *cursor = g_steal_pointer(&went_to);
        return outcome.body ? outcome.body : g_bytes_new_static("", 0);
    }
    g_autoptr(json_t) problem = parse(outcome.body);
    g_set_error(error, SM_ERROR, SM_ERROR_DENIED, "the desk refused (%s): %s",
                sm_json_str(problem, "code", "?"),
                sm_json_str(problem, "detail", sm_json_str(problem, "title", "no reason given")));
    g_clear_pointer(&outcome.body, g_bytes_unref);
    return NULL;
}

gboolean sm_ask_json(SmLoop *loop, SmTransport *transport, SmRequest *request, json_t **answer,
                     GError **error)
{
    g_autoptr(GBytes) body = sm_ask_fetch(loop, transport, request, NULL, error);
    if (!body)
        return FALSE;
    g_autoptr(json_t) json = parse(body);
    if (answer)
        *answer = g_steal_pointer(&json);
    return TRUE;
}
