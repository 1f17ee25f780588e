/* SPDX-License-Identifier: MIT */
/* tell: what changed is noted here and told to the handler by one deferred call. */
#include "net/client_private.h"

#include <string.h>

#include "seatmux/base/limits.h"

static void tell_touched(SmClient *client)
{
    g_autoptr(GPtrArray) touched = client->touched;
    gboolean all = client->tell_all;

    client->touched = g_ptr_array_new_with_free_func(g_free);
    client->tell_all = FALSE;
    if (client->handler.changed != NULL && (all || touched->len > 0))
        client->handler.changed(client, all ? NULL : touched, client->handler.user);
}

static void tell_link(SmClient *client)
{
    gboolean tell = client->tell_link;

    client->tell_link = FALSE;
    if (tell && client->handler.linked != NULL)
        client->handler.linked(client, client->handler.user);
}

/* A handler may send more or take back meanwhile: the array only grows at its end while this goes
 * on. */
static void tell_sends(SmClient *client)
{
    for (guint i = 0; !client->dying && i < client->sends->len; i++) {
        SmSend *send = client->sends->pdata[i];
        if (!send->tell)
            continue;
        send->tell = FALSE;
        if (client->handler.sending != NULL)
            client->handler.sending(client, send->entry, client->handler.user);
    }
}

static void tell_ephemeral(SmClient *client)
{
    g_autoptr(GPtrArray) events = client->ephemeral;

    client->ephemeral = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
    for (guint i = 0; !client->dying && client->handler.ephemeral && i < events->len; i++)
        client->handler.ephemeral(client, events->pdata[i], client->handler.user);
}

static void tell(void *user)
{
    SmClient *client = user;

    client->teller = 0;
    client->replaced = FALSE;
    sm_client_enter(client);
    tell_touched(client);
    if (!client->dying)
        tell_link(client);
    tell_sends(client);
    tell_ephemeral(client);
    if (!client->dying)
        sm_sending_tidy(client);
    sm_client_leave(client);
}

void sm_tell_now(SmClient *client)
{
    sm_loop_remove(client->loop, &client->teller);
    tell(client);
}

static void later(SmClient *client)
{
    if (client->teller == 0)
        client->teller = sm_loop_defer(client->loop, tell, client);
}

void sm_tell_link(SmClient *client, SmLinkState state, int64_t retry_at, const char *format, ...)
{
    SmLink *link = &client->link;
    char words[sizeof link->words];
    va_list args;

    va_start(args, format);
    g_vsnprintf(words, sizeof words, format, args);
    va_end(args);
    if (state == link->state && retry_at == link->retry_at && strcmp(words, link->words) == 0)
        return;
    if (state != link->state)
        sm_trace(client->trace, SM_TRACE_INFO, "net", "link %d: %s", state, words);
    link->state = state;
    link->retry_at = retry_at;
    memcpy(link->words, words, sizeof words);
    client->tell_link = TRUE;
    later(client);
}

static gboolean noted(const GPtrArray *touched, const char *id)
{
    for (guint i = 0; i < touched->len; i++)
        if (strcmp(touched->pdata[i], id) == 0)
            return TRUE;
    return FALSE;
}

void sm_tell_touched(SmClient *client, const GPtrArray *touched)
{
    sm_remember(client, touched);
    if (touched == NULL)
        client->tell_all = TRUE;
    for (guint i = 0; touched != NULL && !client->tell_all && i < touched->len; i++)
        if (!noted(client->touched, touched->pdata[i]))
            g_ptr_array_add(client->touched, g_strdup(touched->pdata[i]));
    later(client);
}

void sm_tell_ephemeral(SmClient *client, const json_t *events)
{
    for (gsize i = 0; i < json_array_size(events); i++) {
        if (client->ephemeral->len >= SM_MAX_EPHEMERAL_RING)
            break;
        g_ptr_array_add(client->ephemeral, json_incref(json_array_get(events, i)));
    }
    later(client);
}

void sm_tell_sending(SmSend *send)
{
    send->tell = TRUE;
    later(send->client);
}
