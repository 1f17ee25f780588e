/* SPDX-License-Identifier: MIT */
/* erased: what the desk erased since a cursor that it does not take any more. No poll tells of it, and a snapshot knows nothing of chats
 * that are not seen any more: so it is asked for by itself, and until it is known no snapshot takes the old cursor's place. */
#include "net/client_private.h"

#define TIMEOUT_MS 30000

static void erased_done(SmClient *client, const SmReply *reply, void *user)
{
    client->poll = NULL;
    if (reply->status == 401)
        return; /* the session ends */
    gboolean refused = reply->end == SM_EXCHANGE_ANSWERED && reply->status >= 400 && reply->status < 429 && reply->status != 408;
    if (!reply->good && !refused) {
        sm_poll_failed(client, reply);
        return;
    }
    const char *next = NULL; /* a desk that does not know the question has said all it can */
    if (reply->good) {
        sm_remember_erasures(client, reply->body);
        next = sm_json_str(reply->body, "next", NULL);
    }
    gboolean on = next != NULL && g_strcmp0(next, client->expired) != 0;
    g_free(client->expired);
    client->expired = on ? g_strdup(next) : NULL;
    sm_poll_go(client);
}

void sm_erased_ask(SmClient *client)
{
    g_autofree char *after = sm_url_escape(client->expired);
    g_autofree char *target = g_strconcat("/v1/erased?after=", after, NULL);
    SmCallOptions options = {.poll = TRUE, .timeout_ms = TIMEOUT_MS};

    sm_remember_all(client); /* what waits to be handed in may be erased */
    client->poll = sm_call_start(client, sm_request_new("GET", target), &options, erased_done, NULL);
}

void sm_cursor_expired(SmClient *client)
{
    gboolean keeps = client->history != NULL || client->handler.erased != NULL;

    if (keeps && client->kind == SM_ACTOR_STAFF && client->expired == NULL)
        client->expired = g_steal_pointer(&client->cursor);
    g_clear_pointer(&client->cursor, g_free);
}
