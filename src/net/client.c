/* SPDX-License-Identifier: MIT */
#include "net/client_private.h"

#include "seatmux/base/limits.h"

#define CLOSE_MS 200

static void woke_up(void *user)
{
    SmClient *client = user;

    sm_trace(client->trace, SM_TRACE_INFO, "net", "the machine slept");
    sm_client_kick(client);
}

static void take_drafts(SmClient *client, SmJournalState *state)
{
    client->drafts = state != NULL ? g_ptr_array_ref(state->drafts)
                                   : g_ptr_array_new_with_free_func((GDestroyNotify)sm_draft_free);
}

SmClient *sm_client_new(SmLoop *loop, SmTransport *transport, SmJournal *journal,
                        SmJournalState *state, SmRng *rng, SmTrace *trace,
                        const SmClientHandler *handler, guint lines)
{
    SmClient *client = g_new0(SmClient, 1);
    /* Drawn, not only named: a client after this one must not make the same ids again. */
    g_autofree char *purpose = g_strdup_printf("client %" G_GUINT64_FORMAT, sm_rng_u64(rng));

    client->loop = loop;
    client->transport = transport;
    client->journal = journal;
    client->rng = sm_rng_fork(rng, purpose);
    client->trace = trace;
    client->handler = *handler;
    client->lines = lines;
    client->desk = sm_desk_new(lines);
    client->clock = sm_clock_estimate_new();
    client->kind = SM_ACTOR_STAFF;
    g_queue_init(&client->calls);
    client->link = (SmLink){.state = SM_LINK_STARTING, .heard = -1, .round_trip = -1};
    client->touched = g_ptr_array_new_with_free_func(g_free);
    client->ephemeral = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
    client->hold_s = SM_MAX_WAIT_DEFAULT_S;
    client->early_age = client->outage_since = client->poll_lost = -1;
    client->suspend = sm_suspend_watch_new(loop, woke_up, client);
    client->sends = g_ptr_array_new_with_free_func((GDestroyNotify)sm_send_free);
    client->typing = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    client->rows = json_object();
    client->remember = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    client->remembered = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    client->keeps = TRUE;
    take_drafts(client, state);
    if (state != NULL) {
        sm_keep_restore(client, state);
        sm_sending_restore(client, state);
        sm_journal_state_free(state);
    }
    return client;
}

/* What calls back or could: all of it ends here, at once. */
static void stop(SmClient *client)
{
    sm_poll_drop(client);
    while (client->calls.head != NULL) {
        SmCall *call = client->calls.head->data;
        sm_call_cancel(&call);
    }
    sm_loop_remove(client->loop, &client->teller);
    sm_loop_remove(client->loop, &client->base_step);
    sm_loop_remove(client->loop, &client->forget_step);
    sm_loop_remove(client->loop, &client->pump_timer);
    sm_suspend_watch_free(client->suspend);
    sm_loop_remove(client->loop, &client->remember_turn);
    sm_history_close(g_steal_pointer(&client->history));
    sm_journal_close(client->journal, CLOSE_MS);
    sm_transport_free(client->transport);
}

static void finalize(SmClient *client)
{
    g_free(client->token);
    g_free(client->id);
    g_free(client->cursor);
    g_free(client->expired);
    g_free(client->pages_cursor);
    g_clear_pointer(&client->pages, g_ptr_array_unref);
    g_ptr_array_unref(client->touched);
    g_ptr_array_unref(client->ephemeral);
    g_ptr_array_unref(client->sends);
    g_ptr_array_unref(client->drafts);
    g_hash_table_unref(client->typing);
    json_decref(client->rows);
    g_hash_table_unref(client->remember);
    g_hash_table_unref(client->remembered);
    g_clear_pointer(&client->base_ids, g_ptr_array_unref);
    if (client->base != NULL)
        g_string_free(client->base, TRUE);
    sm_clock_estimate_free(client->clock);
    sm_desk_free(client->desk);
    sm_rng_free(client->rng);
    g_free(client);
}

void sm_client_enter(SmClient *client)
{
    client->depth++;
}

gboolean sm_client_leave(SmClient *client)
{
    if (--client->depth > 0 || !client->dying)
        return !client->dying;
    finalize(client);
    return FALSE;
}

void sm_client_free(SmClient *client)
{
    if (client == NULL || client->dying)
        return;
    client->dying = TRUE;
    stop(client);
    if (client->depth == 0)
        finalize(client);
}

gboolean sm_client_keeps(const SmClient *client)
{
    return client->journal != NULL && !sm_journal_in_trouble(client->journal);
}

gboolean sm_client_unsaved(const SmClient *client, const char *id)
{
    for (guint i = 0; i < client->sends->len; i++) {
        const SmSend *send = client->sends->pdata[i];
        if (strcmp(send->entry->id, id) == 0)
            return client->journal == NULL || send->unsaved;
    }
    return FALSE;
}

SmDesk *sm_client_desk(SmClient *client)
{
    return client->desk;
}

int64_t sm_client_now(SmClient *client)
{
    if (sm_clock_estimate_known(client->clock))
        return sm_clock_estimate_at(client->clock, sm_loop_now(client->loop));
    return sm_loop_wall(client->loop);
}

gboolean sm_client_blind(const SmClient *client)
{
    return client->link.state != SM_LINK_LIVE;
}

const SmLink *sm_client_link(const SmClient *client)
{
    return &client->link;
}

