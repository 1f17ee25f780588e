/* SPDX-License-Identifier: MIT */
/* client: a session with a desk, seen from outside it: login, start-up, the poll loop, the client's
 * desk, sending. Used by the terminal client, the line tools, the simulator's customers and the tests.
 *
 * Start: journal's base and answers are folded, then polled from its cursor; without a journal, on 410
 * or when too far behind, a snapshot. There is one path. What the screen says about the connection is
 * sm_client_link(): always the truth. */
#ifndef SEATMUX_NET_CLIENT_H
#define SEATMUX_NET_CLIENT_H

#include <glib.h>

#include "seatmux/base/clock.h"
#include "seatmux/base/trace.h"
#include "seatmux/desk/desk.h"
#include "seatmux/journal/history.h"
#include "seatmux/journal/journal.h"
#include "seatmux/net/transport.h"

typedef struct SmClient SmClient;

typedef enum {
    SM_LINK_STARTING,
    SM_LINK_LIVE,         /* a poll is parked or was answered just now */
    SM_LINK_CATCHING_UP,  /* reading what was missed */
    SM_LINK_RECONNECTING, /* see retry_at */
    SM_LINK_SUPERSEDED,   /* another program polls with this token: stopped */
    SM_LINK_ENDED,        /* 401: log in again; everything is kept */
    SM_LINK_TOO_OLD,      /* an event that may not be ignored: needs a newer seatmux */
} SmLinkState;

typedef struct {
    SmLinkState state;
    int64_t retry_at;     /* boot ms of the next try while RECONNECTING */
    int64_t heard;        /* boot ms of the last good answer; -1: never. Age of the data = now - heard */
    int64_t round_trip;   /* ms of the quickest recent unparked exchange; -1 */
    char words[160];      /* why, for a person (our words) */
    gboolean other_fold;  /* the desk folds by other rules: its stamps are shown */
} SmLink;

/* Called on the loop after something changed; never from inside a call into the client. `touched`:
 * conversation ids (char*) that changed, NULL: anything may have (snapshot). Borrowed. */
typedef void (*SmClientChanged)(SmClient *client, const GPtrArray *touched, void *user);
typedef void (*SmClientLinked)(SmClient *client, void *user);        /* link state or words changed */
typedef void (*SmClientSending)(SmClient *client, const SmOutboxEntry *entry, void *user); /* an entry changed */
typedef void (*SmClientEphemeral)(SmClient *client, const json_t *event, void *user);      /* typing, presence */
typedef void (*SmClientErased)(SmClient *client, const char *content, void *user); /* see below */

typedef struct {
    SmClientChanged changed;
    SmClientLinked linked;
    SmClientSending sending;
    SmClientEphemeral ephemeral; /* may be NULL */
    /* The desk erased this content, maybe of a chat that is not seen any more: nobody may keep it. In the midst of an answer: forget, and
     * ask the client nothing. May be NULL. */
    SmClientErased erased;
    void *user;
} SmClientHandler;

/* Takes over transport and journal (journal NULL: none, nothing is kept). `state`: from the journal; taken over. `lines` as
 * sm_desk_new. */
SmClient *sm_client_new(SmLoop *loop, SmTransport *transport, SmJournal *journal, SmJournalState *state,
                        SmRng *rng, SmTrace *trace, const SmClientHandler *handler, guint lines);
void sm_client_free(SmClient *client); /* journal closed within 200 ms */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmClient, sm_client_free)

/* Called once, on the loop, never from inside the call; not at all when the client is freed before: then `forget` (may be NULL)
 * frees `user`, where a call takes one. problem_code: a
 * code of the desk, "not_sent" (certain), "no_answer" (it may have been done), NULL when ok. words: for a person, may
 * hold the desk's own text: raw. body: what the desk answered, NULL: nothing readable. */
typedef void (*SmClientDone)(gboolean ok, const char *problem_code, const char *words, const json_t *body, void *user);
/* POST /v1/login; on success the token is kept and polling starts. A desk that is away or busy: the link is RECONNECTING, and the caller
 * asks again at its retry_at. */
void sm_client_login(SmClient *client, const char *agent, const char *password, const char *program,
                     SmClientDone done, void *user, GDestroyNotify forget);
/* Whose the client is before a session begins (copied): what is kept is that agent's, and is shown as such while the desk can't
 * be reached. Asks nothing. Before anything else of the client. */
void sm_client_belongs_to(SmClient *client, const char *agent);
/* Go on with a token there is already (agent: whose). Starts polling. `contact` instead of agent for customers. */
void sm_client_resume(SmClient *client, const char *token, SmActorKind kind, const char *id);
/* POST /v1/conversations as a customer; on success polls as that contact. command: an SM_COMMAND_START. */
void sm_client_start_customer(SmClient *client, const SmCommand *command, SmClientDone done, void *user);
const char *sm_client_token(const SmClient *client); /* NULL before login; secret */
SmActor sm_client_actor(const SmClient *client);

SmDesk *sm_client_desk(SmClient *client); /* read-only */
int64_t sm_client_now(SmClient *client);  /* desk time, estimated */
gboolean sm_client_blind(const SmClient *client); /* clocks are marked: no live link */
const SmLink *sm_client_link(const SmClient *client);

/* --- Sending (experience.md "Never lose, never double, never misdirect") -------------------------- */

/* One Enter. verb "post", "note" or "whisper". Returns the entry's id (owned by the client), or NULL when the outbox is
 * full. `seen`: highest n drawn (-1: none). */
const char *sm_client_send(SmClient *client, const char *conversation, const char *verb, const char *text,
                           int64_t seen);
/* The same with other members of the message: {"file": id of an upload} (`text` is its name, shown until the desk shows
 * the line) or {"kind": "link"}. Takes `extra` over. */
const char *sm_client_send_with(SmClient *client, const char *conversation, const char *verb, const char *text, json_t *extra,
                                int64_t seen);
gboolean sm_client_take_back(SmClient *client, const char *id, const char **why_not); /* static words */
/* Send a held message although the conversation changed. */
gboolean sm_client_send_anyway(SmClient *client, const char *id);
gboolean sm_client_retry(SmClient *client, const char *id); /* a failed one, same id */
/* Give up a failed or held one and get its text back (caller frees), for editing. */
char *sm_client_withdraw(SmClient *client, const char *id);
/* Entries not yet sent, in order, and those SENT whose line the desk has not shown yet (so that a message is
 * never without a place on the screen); all conversations with NULL. Borrowed SmOutboxEntry, valid until
 * the loop runs again. Caller unrefs the array. */
GPtrArray *sm_client_outbox(SmClient *client, const char *conversation);
/* The message of this id is not on the disk: the journal could not take it, or there is none. */
gboolean sm_client_unsaved(const SmClient *client, const char *id);
/* There is a journal, and it takes what is written. */
gboolean sm_client_keeps(const SmClient *client);
/* The journal takes writes again: the messages that it could not take are offered once more. */
void sm_client_resave(SmClient *client);

/* --- Files: bytes to the desk and from it; a message names them (sm_client_send_with) ------------------ */

typedef struct SmClientFile SmClientFile;
typedef void (*SmClientFileProgress)(int64_t sent, int64_t received, void *user);
/* As SmClientDone; `bytes`: what was fetched. All borrowed. */
typedef void (*SmClientFileDone)(gboolean ok, const char *problem_code, const char *words, const json_t *body, GBytes *bytes,
                                 void *user);
/* `id`: from sm_client_new_id(); the same id may be tried again. `progress` is called often, on the loop. */
SmClientFile *sm_client_upload(SmClient *client, const char *conversation, const char *id, const char *name, GBytes *bytes,
                               SmClientFileProgress progress, SmClientFileDone done, void *user);
SmClientFile *sm_client_fetch(SmClient *client, const char *conversation, const char *id, int64_t size,
                              SmClientFileProgress progress, SmClientFileDone done, void *user);
void sm_client_file_cancel(SmClientFile *file); /* not done yet: nothing is called any more. NULL is fine */
char *sm_client_new_id(SmClient *client);       /* caller frees */

void sm_client_draft(SmClient *client, const char *conversation, const char *text, gboolean note);
const GPtrArray *sm_client_drafts(SmClient *client); /* SmDraft */

/* --- History --------------------------------------------------------------------------------------- */

/* Takes it over: all that is shown from now on, and what is there, goes into it. */
void sm_client_set_history(SmClient *client, SmHistory *history);
SmHistory *sm_client_history(SmClient *client); /* NULL: none is kept */
/* Hands in at once what came last, which else waits for a quiet second (ten at most). Before a search, so that it finds what
 * is on the screen. */
void sm_client_remember(SmClient *client);

/* --- Other commands: asked at once, answered in words; not kept in the outbox --------------------- */

void sm_client_command(SmClient *client, const SmCommand *command, SmClientDone done, void *user, GDestroyNotify forget);
/* Older lines of a conversation into the client's desk. */
void sm_client_older(SmClient *client, const char *conversation, SmClientDone done, void *user, GDestroyNotify forget);
/* What the desk answers for an address, such as "/v1/conversations/c1/routing". */
void sm_client_read(SmClient *client, const char *target, SmClientDone done, void *user, GDestroyNotify forget);
void sm_client_typing(SmClient *client, const char *conversation); /* at most once in 3 s each */
void sm_client_viewing(SmClient *client, const char *conversation); /* staff: it is looked at */
/* The machine was asleep or the network changed: drop the poll and ask at once. */
void sm_client_kick(SmClient *client);
/* POST /v1/logout: the session ends on the desk too. */
void sm_client_logout(SmClient *client, SmClientDone done, void *user);

#endif
