/* SPDX-License-Identifier: MIT */
/* sending: how a message gets from the outbox to the desk, exactly once and in order.
 *
 *   SAVING -> QUEUED -> SENDING -> SENT
 *                  ^        |----> HELD    the conversation changed; a person decides
 *                  |        |----> FAILED  refused for good
 *                  +--------+              nothing left, or refused before anything was decided
 *
 * The journal is told SENDING before the first byte may leave, so that after a crash a message that
 * may have arrived is known as one. As long as the outcome is unknown the same id goes out again,
 * for ever: the desk knows it and answers what it answered first. Of a conversation the first
 * message that is not over stands for all: those behind it wait, whatever it waits for. */
#include "net/client_private.h"

#include <string.h>

#include "seatmux/net/backoff.h"
#include "seatmux/base/bug.h"
#include "seatmux/base/limits.h"

#define SEND_TIMEOUT_MS 20000
#define AT_ONCE 4
/* After so many good polls a sent message's line is no longer waited for. */
#define POLLS_MOST 3
/* Between two attempts of chats that all fail: the desk is asked once a second, however many wait for it. */
#define TURN_MS 1000
#define KICK_EVERY_MS 5000
#define UNSAVED "not saved: "

gboolean sm_send_over(const SmSend *send)
{
    return send->entry->state == SM_SEND_SENT || send->entry->state == SM_SEND_TAKEN_BACK;
}

void sm_send_free(SmSend *send)
{
    sm_outbox_entry_free(send->entry);
    g_free(send->message);
    g_free(send);
}

/* --- Journal ---------------------------------------------------------------------------------- */

static void put_done(const GError *error, void *user)
{
    SmSend *send = user;
    SmClient *client = send->client;
    gboolean first = send->entry->state == SM_SEND_SAVING;

    send->writes--;
    send->unsaved = error != NULL;
    if (!sm_send_over(send)) {
        if (error != NULL && first)
            send->entry->problem = g_strdup_printf(UNSAVED "%s", error->message);
        else if (error == NULL &&
                 g_str_has_prefix(send->entry->problem ? send->entry->problem : "", UNSAVED)) {
            g_free(send->entry->problem);
            send->entry->problem = NULL;
        }
        if (first)
            send->entry->state = SM_SEND_QUEUED;
        sm_tell_sending(send);
    }
    if (error == NULL)
        sm_client_resave(client);
    sm_sending_pump(client);
}

static gboolean may_leave(const SmSend *send)
{
    const SmClient *client = send->client;

    if (client->link.state != SM_LINK_LIVE || client->in_flight >= AT_ONCE)
        return FALSE;
    for (guint i = 0; client->sends->pdata[i] != send; i++) {
        const SmSend *other = client->sends->pdata[i];
        if (!sm_send_over(other) &&
            strcmp(other->entry->conversation, send->entry->conversation) == 0)
            return FALSE;
    }
    return TRUE;
}

/* One that leaves as soon as it is durable is written as SENDING: one fsync instead of two. */
void sm_send_put(SmSend *send)
{
    SmClient *client = send->client;
    SmOutboxEntry copy = *send->entry;

    if (send->entry->state == SM_SEND_SAVING || send->entry->state == SM_SEND_QUEUED) {
        /* One that could not be kept may be on its way by now. */
        send->marked = send->unsaved || may_leave(send);
        copy.state = send->marked ? SM_SEND_SENDING : SM_SEND_QUEUED;
    }
    send->writes++;
    sm_journal_put_outbox(client->journal, &copy, put_done, send);
}

void sm_client_resave(SmClient *client)
{
    for (guint i = 0; i < client->sends->len; i++) {
        SmSend *send = client->sends->pdata[i];
        if (send->unsaved && send->writes == 0 && !sm_send_over(send))
            sm_send_put(send);
    }
}

static void update_done(const GError *error, void *user)
{
    SmSend *send = user;
    SmClient *client = send->client;

    send->writes--;
    if (send->marking) {
        send->marking = FALSE;
        send->marked = TRUE;
        sm_sending_pump(client);
    }
    sm_sending_tidy(client);
}

/* Also of a row that the journal could not take: it may still be trying to. */
static void update(SmSend *send, SmSendState state)
{
    const SmOutboxEntry *entry = send->entry;

    if (send->client->journal == NULL)
        return;
    send->writes++;
    sm_journal_update_outbox(send->client->journal, entry->id, state, entry->attempts,
                             entry->anyway, entry->problem, update_done, send);
}

static void mark(SmSend *send)
{
    if (send->marking)
        return;
    if (send->client->journal == NULL || send->unsaved) {
        send->marked = TRUE;
        return;
    }
    send->marking = TRUE;
    update(send, SM_SEND_SENDING);
}

void sm_send_set_state(SmSend *send, SmSendState state, const char *problem)
{
    g_autofree char *words = g_strdup(problem);

    g_free(send->entry->problem);
    send->entry->problem = g_steal_pointer(&words);
    send->entry->state = state;
    send->marked = FALSE; /* another attempt would have to be written first */
    update(send, state);
    sm_tell_sending(send);
}

/* --- What the desk shows ---------------------------------------------------------------------- */

static gboolean line_is_there(const SmConversation *c, const char *id)
{
    /* From the newest back; ours is among the last. */
    for (guint i = c->lines->len; i-- > 0;) {
        const SmLine *line = c->lines->pdata[i];
        if (g_strcmp0(line->id, id) == 0)
            return TRUE;
    }
    return FALSE;
}

/* The desk names a message by the command that sent it: a line of that name is the outcome, even if
 * it comes before the answer does. */
static void look_for(SmClient *client, SmSend *send)
{
    const SmConversation *c = sm_desk_conversation(client->desk, send->entry->conversation);
    const char *id = send->message != NULL ? send->message : send->entry->id;
    gboolean there = c != NULL && line_is_there(c, id);

    if (send->entry->state == SM_SEND_SENT) {
        send->in_desk |= there || c == NULL || send->polls >= POLLS_MOST;
    } else if (there && send->entry->state != SM_SEND_TAKEN_BACK) { /* never: what is taken back has not left */
        send->in_desk = TRUE;
        sm_send_set_state(send, SM_SEND_SENT, NULL);
    }
}

/* --- Attempts --------------------------------------------------------------------------------- */

static void first_byte(void *user)
{
    SmSend *send = user;

    if (sm_send_over(send))
        return; /* its line came before this attempt left */
    send->maybe = TRUE;
    send->entry->state = SM_SEND_SENDING;
    sm_tell_sending(send);
}

/* How many take turns; one alone goes by its own time. */
static int64_t turns(const SmClient *client)
{
    int64_t n = 0;

    for (guint i = 0; i < client->sends->len; i++) {
        const SmSend *send = client->sends->pdata[i];
        n += send->failures > 0 && !sm_send_over(send);
    }
    return n > 1 ? n : 0;
}

/* The desk takes messages again, or says for good why not this one: nobody waits for a turn. */
static void end_turns(SmClient *client)
{
    for (guint i = 0; i < client->sends->len; i++)
        ((SmSend *)client->sends->pdata[i])->turn = 0;
}

/* The desk was not asked, or did not say: again, later, with the same id. `maybe` as it was before
 * this attempt if the answer proves that this one was not looked at. */
static void again(SmSend *send, const SmReply *reply, gboolean maybe)
{
    SmClient *client = send->client;

    if (send->failures++ == 0)
        send->failing_since = sm_loop_now(client->loop);
    send->maybe = maybe;
    send->entry->state = maybe ? SM_SEND_SENDING : SM_SEND_QUEUED;
    g_free(send->entry->problem);
    send->entry->problem = g_strdup(reply->words);
    int64_t now = sm_loop_now(client->loop);
    send->not_before = now + sm_backoff_ms(client->rng, send->failures, now - send->failing_since,
                                           reply->retry_after_s);
    send->turn = now + turns(client) * TURN_MS;
    sm_tell_sending(send);
    sm_trace(client->trace, SM_TRACE_INFO, "net", "send %s: attempt %d: end %d, status %d",
             send->entry->id, send->entry->attempts, reply->end, reply->status);
    /* The poll's connection may be as dead as this one: first see what was missed. */
    if (reply->end != SM_EXCHANGE_ANSWERED && client->link.state == SM_LINK_LIVE &&
        now - client->link.heard > KICK_EVERY_MS)
        sm_client_kick(client);
}

/* Refused before the desk looked at the id: says nothing about earlier attempts. */
static gboolean not_looked_at(const SmReply *reply)
{
    static const char *const codes[] = {"stopping", "disk_full", "too_many", "unauthenticated",
                                        "token_expired"};

    for (guint i = 0; reply->code != NULL && i < G_N_ELEMENTS(codes); i++)
        if (strcmp(reply->code, codes[i]) == 0)
            return TRUE;
    return FALSE;
}

/* Only the desk's own word refuses for good: something on the way may say anything. */
static gboolean refused_for_good(const SmReply *reply)
{
    return reply->end == SM_EXCHANGE_ANSWERED && reply->code != NULL && reply->status >= 400 &&
           (reply->status < 500 || SM_BUG(5)) && reply->status != 401 && reply->status != 408 &&
           reply->status != 429;
}

static gboolean attempt_failed(SmSend *send, const SmReply *reply)
{
    if (refused_for_good(reply))
        return FALSE;
    if (reply->end == SM_EXCHANGE_NOT_SENT ||
        (reply->end == SM_EXCHANGE_ANSWERED && not_looked_at(reply)))
        again(send, reply, send->maybe_before);
    else
        again(send, reply, TRUE);
    return TRUE;
}

static void attempt_done(SmClient *client, const SmReply *reply, void *user)
{
    SmSend *send = user;

    send->call = NULL;
    client->in_flight--;
    if (reply->good || refused_for_good(reply))
        end_turns(client);
    if (sm_send_over(send)) {
        /* Its line came first. */
    } else if (reply->good) {
        g_free(send->message);
        send->message = g_strdup(sm_json_str(reply->body, "message", NULL));
        sm_send_set_state(send, SM_SEND_SENT, NULL);
        look_for(client, send);
    } else if (!attempt_failed(send, reply)) {
        send->failures = 0;
        send->maybe = FALSE;
        sm_send_set_state(send,
                          strcmp(reply->code, "changed_since") == 0 ? SM_SEND_HELD : SM_SEND_FAILED,
                          reply->words);
    }
    sm_sending_pump(client);
}

static void attempt(SmSend *send)
{
    SmClient *client = send->client;
    const SmOutboxEntry *entry = send->entry;
    SmCallOptions options = {.timeout_ms = SEND_TIMEOUT_MS, .sent = first_byte};
    SmCommand command = {
        .type = SM_COMMAND_POST,
        .id = SM_BUG(1) && entry->attempts > 0 ? entry->conversation : entry->id,
        .conversation = entry->conversation,
        .text = entry->text,
        .seen = entry->seen,
        .anyway = entry->anyway,
        .since = -1,
    };

    sm_command_from_verb(entry->verb, &command.type);
    command.file = sm_json_str(entry->extra, "file", NULL);
    if (command.file != NULL)
        command.text = NULL; /* the desk knows its name */
    if (g_strcmp0(sm_json_str(entry->extra, "kind", NULL), "link") == 0)
        command.kind = SM_MESSAGE_LINK;
    send->entry->attempts++;
    send->maybe_before = send->maybe;
    client->in_flight++;
    send->call =
        sm_call_start(client, sm_wire_write_command(&command), &options, attempt_done, send);
}

/* --- Whose turn it is ------------------------------------------------------------------------- */

static void on_timer(void *user)
{
    SmClient *client = user;

    client->pump_timer = 0;
    sm_sending_pump(client);
}

/* Returns when it can go, in boot ms; INT64_MAX: not by time alone. */
static int64_t consider(SmSend *send, int64_t now)
{
    SmClient *client = send->client;
    SmSendState state = send->entry->state;

    if (send->call != NULL || (state != SM_SEND_QUEUED && state != SM_SEND_SENDING))
        return INT64_MAX;
    if (MAX(send->not_before, send->turn) > now)
        return MAX(send->not_before, send->turn);
    if (client->in_flight >= AT_ONCE)
        return INT64_MAX; /* nor is it marked: it certainly has not left */
    if (!send->marked)
        mark(send);
    if (send->marked)
        attempt(send);
    return INT64_MAX;
}

void sm_sending_pump(SmClient *client)
{
    g_autoptr(GHashTable) behind = NULL;
    int64_t now = sm_loop_now(client->loop);
    int64_t next = INT64_MAX;

    sm_loop_remove(client->loop, &client->pump_timer);
    /* never: LIVE means that there is a token, and whoever ends the client pumps no more */
    if (client->dying || client->link.state != SM_LINK_LIVE || client->token == NULL)
        return;
    behind = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < client->sends->len; i++) {
        SmSend *send = client->sends->pdata[i];
        if (!sm_send_over(send) &&
            (g_hash_table_add(behind, send->entry->conversation) || SM_BUG(2))) {
            int64_t at = consider(send, now);
            next = MIN(next, at);
        }
    }
    if (next != INT64_MAX)
        client->pump_timer = sm_loop_at(client->loop, next, on_timer, client);
}

void sm_sending_polled(SmClient *client)
{
    for (guint i = 0; i < client->sends->len; i++) {
        SmSend *send = client->sends->pdata[i];
        if (send->entry->state == SM_SEND_SENT)
            send->polls++;
        look_for(client, send);
    }
    sm_sending_tidy(client);
}

void sm_sending_tidy(SmClient *client)
{
    for (guint i = client->sends->len; i-- > 0;) {
        SmSend *send = client->sends->pdata[i];
        gboolean done = send->entry->state == SM_SEND_TAKEN_BACK ||
                        (send->entry->state == SM_SEND_SENT && send->in_desk);
        if (done && !send->tell && send->call == NULL && send->writes == 0)
            g_ptr_array_remove_index(client->sends, i);
    }
}
