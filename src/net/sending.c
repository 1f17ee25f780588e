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

#include "net/backoff.h"
#include "seatmux/base/limits.h"

#define SEND_TIMEOUT_MS 20000
#define AT_ONCE 4
/* After so many good polls a sent message's line is no longer waited for. */
#define POLLS_MOST 3
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

/* --- Journal -------------------------------------------------------------------------------------
 */

static void resave(SmClient *client);

static void put_done(const GError *error, void *user)
{
    SmSend *send = user;
    SmClient *client = send->client;
    gboolean first = send->entry->state == SM_SEND_SAVING;

    send->writes--;
    send->saving = FALSE;
    send->unsaved = error != NULL;
    if (error != NULL)
        send->marked = TRUE; /* nothing on disk could be wrong about it */
    if (!sm_send_over(send)) {
        if (error != NULL && first)
            send->entry->problem = g_strdup_printf(UNSAVED "%s", error->message);
        else if (error == NULL &&
                 g_str_has_prefix(send->entry->problem ? send->entry->problem : "", UNSAVED))
            g_clear_pointer(&send->entry->problem, g_free);
        if (first)
            send->entry->state = SM_SEND_QUEUED;
        sm_tell_sending(send);
    }
    if (error == NULL)
        resave(client);
    sm_sending_pump(client);
}

static gboolean may_leave(const SmSend *send)
{
    const SmClient *client = send->client;

    if (client->link.state != SM_LINK_LIVE || client->in_flight >= AT_ONCE)
        return FALSE;
    for (guint i = 0; i < client->sends->len; i++) {
        const SmSend *other = client->sends->pdata[i];
        if (other == send)
            return TRUE;
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
    send->saving = TRUE;
    sm_journal_put_outbox(client->journal, &copy, put_done, send);
}

/* The journal is well again: what it could not take is offered anew. */
static void resave(SmClient *client)
{
    for (guint i = 0; i < client->sends->len; i++) {
        SmSend *send = client->sends->pdata[i];
        if (send->unsaved && !send->saving && send->writes == 0 && !sm_send_over(send))
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

/* Rows the journal never took are not changed in it either. */
static void update(SmSend *send, SmSendState state)
{
    const SmOutboxEntry *entry = send->entry;

    if (send->client->journal == NULL || (send->unsaved && !send->saving))
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
    if (state != SM_SEND_SENT)
        send->shown = FALSE;
    if (state == SM_SEND_HELD || state == SM_SEND_FAILED)
        send->marked = FALSE;
    update(send, state);
    sm_tell_sending(send);
}

/* --- What the desk shows -------------------------------------------------------------------------
 */

static gboolean is_own_line(const SmSend *send, const SmLine *line)
{
    const SmOutboxEntry *entry = send->entry;
    SmLineKind kind = strcmp(entry->verb, "note") == 0      ? SM_LINE_NOTE
                      : strcmp(entry->verb, "whisper") == 0 ? SM_LINE_WHISPER
                                                            : SM_LINE_MESSAGE;
    gboolean newer = send->after_seq >= 0 ? line->seq > send->after_seq : line->at >= entry->made;

    return newer && line->kind == kind && g_strcmp0(line->text, entry->text) == 0 &&
           (send->client->kind == SM_ACTOR_CUSTOMER
                ? line->author == SM_AUTHOR_CUSTOMER
                : g_strcmp0(line->agent, send->client->id) == 0);
}

/* The line of a message may come before the answer to it: then the desk shows it already, and two
 * of it on the screen would be one too many. Whether it was sent is only ever said by the answer.
 */
static void look_for(SmClient *client, SmSend *send)
{
    const SmConversation *c = sm_desk_conversation(client->desk, send->entry->conversation);
    gboolean sent = send->entry->state == SM_SEND_SENT;
    gboolean there = FALSE;

    if (!sent && send->entry->state != SM_SEND_SENDING)
        return;
    /* From the newest back; ours is among the last. */
    for (guint i = c != NULL ? c->lines->len : 0; i-- > 0 && !there;) {
        const SmLine *line = c->lines->pdata[i];
        there = send->message != NULL ? g_strcmp0(line->id, send->message) == 0
                                      : is_own_line(send, line);
    }
    send->shown = there;
    if (sent)
        send->in_desk |= there || c == NULL || send->polls >= POLLS_MOST;
}

static int64_t newest_line(SmClient *client, const char *conversation)
{
    const SmConversation *c = sm_desk_conversation(client->desk, conversation);
    const SmLine *line = c != NULL && c->lines->len > 0 ? c->lines->pdata[c->lines->len - 1] : NULL;

    return line != NULL ? line->seq : 0;
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
