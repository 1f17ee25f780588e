/* SPDX-License-Identifier: MIT */
/* call: one exchange of the client with its desk, from request to a reply that has been read. Has a
 * deadline of its own, because a transport that lost an exchange says nothing. */
#include "net/client_private.h"

#include <string.h>

#include "seatmux/base/limits.h"

/* The transport's own deadline comes first and knows better how far it got. */
#define MARGIN_MS 500

struct SmCall {
    SmClient *client;
    GList link;
    SmExchange *exchange;
    guint64 deadline;
    guint64 refusal;
    const char *code; /* of a refusal; static */
    char *words;
    SmCallOptions options;
    guint session;
    int64_t began;
    gboolean sent;
    SmCallDone done;
    void *user;
};

static void call_free(SmCall *call)
{
    SmClient *client = call->client;

    sm_loop_remove(client->loop, &call->deadline);
    sm_loop_remove(client->loop, &call->refusal);
    g_queue_unlink(&client->calls, &call->link);
    g_free(call->words);
    g_free(call);
}

static void add_trip(SmClient *client, int64_t took)
{
    client->trips[client->n_trips++ % G_N_ELEMENTS(client->trips)] = took;
    guint known = MIN(client->n_trips, G_N_ELEMENTS(client->trips));
    client->link.round_trip = took;
    for (guint i = 0; i < known; i++)
        client->link.round_trip = MIN(client->link.round_trip, client->trips[i]);
}

/* What every answer of a desk says beside its subject. */
static void note_answer(const SmCall *call, const SmReply *reply)
{
    SmClient *client = call->client;
    int64_t now = sm_loop_now(client->loop);
    int64_t desk_now = sm_json_int(reply->body, "now", -1);

    client->link.heard = now;
    if (desk_now >= 0 && !call->options.parks) {
        sm_clock_estimate_add(client->clock, call->began, now, desk_now);
        add_trip(client, reply->took);
    }
    client->link.other_fold = sm_json_int(reply->body, "fold", SM_FOLD_VERSION) != SM_FOLD_VERSION;
}

static void finish(SmCall *call, SmReply *reply)
{
    SmClient *client = call->client;
    SmCallDone done = call->done;
    void *user = call->user;
    guint session = call->session;
    gboolean ended = reply->status == 401 && !call->options.login && client->token != NULL;

    reply->took = sm_loop_now(client->loop) - call->began;
    if (reply->good)
        note_answer(call, reply);
    sm_client_enter(client);
    call->exchange = NULL;
    char *words = g_steal_pointer(&call->words); /* of a refusal: reply may point there */
    call_free(call);
    done(client, reply, user);
    g_free(words);
    /* Unless there is a new session already. */
    if (ended && !client->dying && session == client->session)
        sm_poll_end(client, SM_LINK_ENDED, "the session has ended: log in again");
    if (client->replaced && !client->dying)
        sm_tell_now(client);
    sm_client_leave(client);
}

static const char *problem_words(const SmReply *reply)
{
    const char *detail = sm_json_str(reply->body, "detail", NULL);

    if (detail != NULL && detail[0] != '\0')
        return detail;
    if (reply->code != NULL)
        return sm_problem_title(sm_problem_from_code(reply->code));
    return "the desk's answer was no answer of a desk";
}

static void on_done(SmExchangeEnd end, const SmAnswer *answer, const char *error, void *user)
{
    SmCall *call = user;
    SmReply reply = {.end = end, .words = error};
    g_autoptr(json_t) body = NULL;

    if (end == SM_EXCHANGE_ANSWERED) {
        gsize n;
        const char *data = g_bytes_get_data(answer->body, &n);
        gboolean raw = call->options.bytes && answer->status >= 200 && answer->status < 300;
        body = n > 0 && !raw ? sm_json_parse(data, n, SM_MAX_ANSWER_BYTES, NULL) : NULL;
        reply.status = answer->status;
        reply.bytes = answer->body;
        reply.cursor = answer->cursor;
        reply.retry_after_s = answer->retry_after_s;
        reply.body = json_is_object(body) ? body : NULL;
        reply.good = (raw || reply.body != NULL) && answer->status >= 200 && answer->status < 300;
        reply.code = reply.good ? NULL : sm_json_str(reply.body, "code", NULL);
        if (reply.cursor == NULL)
            reply.cursor = sm_json_str(reply.body, "cursor", NULL);
        if (!reply.good)
            reply.words = problem_words(&reply);
    }
    if (reply.words == NULL)
        reply.words = "no answer";
    finish(call, &reply);
}

static void on_sent(void *user)
{
    SmCall *call = user;

    call->sent = TRUE;
    if (call->options.sent != NULL)
        call->options.sent(call->user);
}

static void on_deadline(void *user)
{
    SmCall *call = user;
    SmReply reply = {.end = call->sent ? SM_EXCHANGE_UNKNOWN : SM_EXCHANGE_NOT_SENT,
                     .words = "no answer in time"};

    call->deadline = 0;
    sm_transport_cancel(call->client->transport, call->exchange);
    finish(call, &reply);
}

static SmCall *call_new(SmClient *client, SmCallDone done, void *user)
{
    SmCall *call = g_new0(SmCall, 1);

    call->client = client;
    call->session = client->session;
    call->began = sm_loop_now(client->loop);
    call->done = done;
    call->user = user;
    call->link.data = call;
    g_queue_push_tail_link(&client->calls, &call->link);
    return call;
}

SmCall *sm_call_start(SmClient *client, SmRequest *request, const SmCallOptions *options,
                      SmCallDone done, void *user)
{
    SmCall *call = call_new(client, done, user);

    call->options = *options;
    if (client->token != NULL && !options->login)
        request->token = g_strdup(client->token);
    request->user_agent = g_strdup("seatmux");
    call->deadline =
        sm_loop_after(client->loop, options->timeout_ms + MARGIN_MS, on_deadline, call);
    call->exchange = sm_transport_start(client->transport, request, options->poll,
                                        options->timeout_ms, on_sent, on_done, call);
    return call;
}

void sm_call_cancel(SmCall **call)
{
    if (*call == NULL)
        return;
    sm_transport_cancel((*call)->client->transport, (*call)->exchange);
    if ((*call)->options.forget != NULL)
        (*call)->options.forget((*call)->user);
    call_free(*call);
    *call = NULL;
}

static void on_refusal(void *user)
{
    SmCall *call = user;
    SmReply reply = {.end = SM_EXCHANGE_NOT_SENT, .code = call->code, .words = call->words};

    call->refusal = 0;
    finish(call, &reply);
}

SmCall *sm_call_refuse(SmClient *client, const char *code, const char *words, GDestroyNotify forget,
                       SmCallDone done, void *user)
{
    SmCall *call = call_new(client, done, user);

    call->options.forget = forget;
    call->code = code;
    call->words = g_strdup(words);
    call->refusal = sm_loop_defer(client->loop, on_refusal, call);
    return call;
}
