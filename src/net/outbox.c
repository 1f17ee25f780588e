/* SPDX-License-Identifier: MIT */
/* outbox: what a person does with messages that have not been sent, and drafts. */
#include "net/client_private.h"

#include <string.h>

#include "seatmux/base/bug.h"
#include "seatmux/base/limits.h"

static SmSend *send_new(SmClient *client, SmOutboxEntry *entry)
{
    SmSend *send = g_new0(SmSend, 1);

    send->client = client;
    send->entry = entry;
    client->last_order = MAX(client->last_order, entry->order);
    g_ptr_array_add(client->sends, send);
    return send;
}

void sm_sending_restore(SmClient *client, const SmJournalState *state)
{
    for (guint i = 0; i < state->outbox->len; i++) {
        SmSend *send = send_new(client, sm_outbox_entry_copy(state->outbox->pdata[i]));
        send->marked = send->maybe = send->entry->state == SM_SEND_SENDING && !SM_BUG(4);
        if (send->entry->state == SM_SEND_SAVING)
            send->entry->state = SM_SEND_QUEUED;
        sm_tell_sending(send);
    }
    sm_sending_polled(client);
}

static SmSend *find(SmClient *client, const char *id)
{
    for (guint i = 0; i < client->sends->len; i++) {
        SmSend *send = client->sends->pdata[i];
        if (strcmp(send->entry->id, id) == 0 && !sm_send_over(send))
            return send;
    }
    return NULL;
}

static guint waiting(const SmClient *client)
{
    guint n = 0;

    for (guint i = 0; i < client->sends->len; i++)
        n += !sm_send_over(client->sends->pdata[i]);
    return n;
}

static void pump(void *user)
{
    SmClient *client = user;

    client->pump_timer = 0;
    sm_sending_pump(client);
}

/* From calls from outside: the loop does the rest. */
static void pump_soon(SmClient *client)
{
    sm_loop_remove(client->loop, &client->pump_timer);
    client->pump_timer = sm_loop_defer(client->loop, pump, client);
}

const char *sm_client_send(SmClient *client, const char *conversation, const char *verb,
                           const char *text, int64_t seen)
{
    return sm_client_send_with(client, conversation, verb, text, NULL, seen);
}

const char *sm_client_send_with(SmClient *client, const char *conversation, const char *verb, const char *text, json_t *extra,
                                int64_t seen)
{
    SmCommandType type;
    g_autoptr(json_t) members = extra;

    if (waiting(client) >= SM_MAX_OUTBOX || !sm_command_from_verb(verb, &type) ||
        (type != SM_COMMAND_POST && type != SM_COMMAND_NOTE && type != SM_COMMAND_WHISPER))
        return NULL;
    SmOutboxEntry *entry = g_new0(SmOutboxEntry, 1);
    entry->id = sm_id_new(client->rng, "m");
    entry->order = client->last_order + 1;
    entry->conversation = g_strdup(conversation);
    entry->verb = g_strdup(verb);
    entry->text = g_strdup(text);
    entry->extra = g_steal_pointer(&members);
    entry->seen = seen;
    entry->made = sm_client_now(client);
    SmSend *send = send_new(client, entry);
    if (client->journal != NULL && !SM_BUG(9)) {
        entry->state = SM_SEND_SAVING;
        sm_send_put(send);
    } else {
        entry->state = SM_SEND_QUEUED;
        pump_soon(client);
    }
    sm_tell_sending(send);
    return entry->id;
}

static const char *why_not_taken_back(const SmSend *send)
{
    if (send == NULL)
        return "it has been sent";
    if (send->maybe && !SM_BUG(3))
        return "it may have arrived";
    if (send->entry->state == SM_SEND_FAILED)
        return "it was refused: edit it or send it again";
    return NULL;
}

gboolean sm_client_take_back(SmClient *client, const char *id, const char **why_not)
{
    SmSend *send = find(client, id);
    const char *reason = why_not_taken_back(send);

    if (why_not != NULL)
        *why_not = reason;
    if (reason != NULL)
        return FALSE;
    if (send->call != NULL) { /* asked for, but no byte of it has left */
        sm_call_cancel(&send->call);
        client->in_flight--;
    }
    sm_send_set_state(send, SM_SEND_TAKEN_BACK, NULL);
    pump_soon(client);
    return TRUE;
}

/* A person decided: it takes its turn again. */
static gboolean requeue(SmClient *client, const char *id, SmSendState from, gboolean anyway)
{
    SmSend *send = find(client, id);

    if (send == NULL || send->entry->state != from)
        return FALSE;
    send->entry->anyway |= anyway;
    send->not_before = send->turn = 0;
    send->failures = 0;
    sm_send_set_state(send, SM_SEND_QUEUED, NULL);
    pump_soon(client);
    return TRUE;
}

gboolean sm_client_send_anyway(SmClient *client, const char *id)
{
    return requeue(client, id, SM_SEND_HELD, TRUE);
}

gboolean sm_client_retry(SmClient *client, const char *id)
{
    return requeue(client, id, SM_SEND_FAILED, FALSE);
}

char *sm_client_withdraw(SmClient *client, const char *id)
{
    SmSend *send = find(client, id);

    if (send == NULL ||
        (send->entry->state != SM_SEND_HELD && send->entry->state != SM_SEND_FAILED))
        return NULL;
    char *text = g_strdup(send->entry->text);
    sm_send_set_state(send, SM_SEND_TAKEN_BACK, NULL);
    pump_soon(client);
    return text;
}

GPtrArray *sm_client_outbox(SmClient *client, const char *conversation)
{
    GPtrArray *entries = g_ptr_array_new();

    for (guint i = 0; i < client->sends->len; i++) {
        const SmSend *send = client->sends->pdata[i];
        gboolean listed = send->entry->state != SM_SEND_TAKEN_BACK &&
                          !(send->entry->state == SM_SEND_SENT && send->in_desk);
        if (listed &&
            (conversation == NULL || strcmp(conversation, send->entry->conversation) == 0))
            g_ptr_array_add(entries, send->entry);
    }
    return entries;
}

/* --- Drafts ----------------------------------------------------------------------------------- */

void sm_client_draft(SmClient *client, const char *conversation, const char *text, gboolean note)
{
    SmDraft *draft = NULL;

    for (guint i = 0; draft == NULL && i < client->drafts->len; i++) {
        SmDraft *other = client->drafts->pdata[i];
        if (strcmp(other->conversation, conversation) == 0)
            draft = other;
    }
    if (draft != NULL && draft->note == note && strcmp(draft->text, text) == 0)
        return;
    if (draft == NULL && text[0] == '\0')
        return;
    if (text[0] == '\0') {
        g_ptr_array_remove(client->drafts, draft);
    } else if (draft != NULL) {
        g_free(draft->text);
        draft->text = g_strdup(text);
        draft->note = note;
    } else {
        draft = g_new0(SmDraft, 1);
        *draft = (SmDraft){g_strdup(conversation), g_strdup(text), note};
        g_ptr_array_add(client->drafts, draft);
    }
    if (client->journal != NULL && !(SM_BUG(10) && text[0] == '\0'))
        sm_journal_put_draft(client->journal, conversation, text, note);
}

const GPtrArray *sm_client_drafts(SmClient *client)
{
    return client->drafts;
}
