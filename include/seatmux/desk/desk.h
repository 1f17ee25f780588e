/* SPDX-License-Identifier: MIT */
/* desk: the fold. State of a whole desk (on the server) or of one viewer's share (in a client), changed
 * by sm_desk_apply() alone. decide() is pure: it answers a command with events or a refusal and changes
 * nothing.
 *
 *   command -> sm_desk_decide(desk, command, now) -> record -> log -> sm_desk_apply(desk, record)
 */
#ifndef SEATMUX_DESK_DESK_H
#define SEATMUX_DESK_DESK_H

#include <glib.h>
#include <stdint.h>

#include "seatmux/base/heap.h"
#include "seatmux/desk/command.h"
#include "seatmux/desk/event.h"
#include "seatmux/desk/policy.h"
#include "seatmux/desk/turn.h"

typedef enum { SM_STATE_QUEUED, SM_STATE_OPEN, SM_STATE_SNOOZED, SM_STATE_RESOLVED } SmState;
const char *sm_state_name(SmState state);

typedef enum { SM_LINE_MESSAGE, SM_LINE_NOTE, SM_LINE_WHISPER, SM_LINE_EVENT } SmLineKind;

/* One line of a conversation as people see it, oldest first: messages, notes, whispers, and the events
 * worth showing (assigned, transferred, resolved, breached). */
typedef struct {
    int64_t seq;
    int64_t at;
    SmLineKind kind;
    SmEventType event;  /* what made it */
    char *id;           /* message id; NULL for events */
    SmAuthor author;
    SmMessageKind message_kind;
    char *agent;        /* staff author, or whom an event concerns */
    char *by;
    SmCause cause;
    char *content;      /* content id; NULL: none */
    char *text;         /* raw, unsafe; NULL: none or erased */
    gboolean erased;
    int64_t n;          /* version number of a public human message; 0: not counted */
    int64_t level;      /* rated: stars; warned: percent */
    char *name;         /* staff author's display name when it was written; NULL: not known */
} SmLine;

/* Read-only for everybody but the fold. */
typedef struct {
    SmHeapNode due; /* in the desk's heap of what falls due; private */
    char *id;
    char *contact;
    char *inbox;
    char *team;     /* the team that has it now */
    char *language; /* "zh-CN", "en"; NULL: not said */
    char *name;     /* customer's, raw; NULL: anonymous or erased */
    char *order;    /* raw; NULL */
    json_t *attributes; /* flat object, raw; NULL */
    char *profile_content; /* content id of name, order and attributes */
    SmState state;
    char *owner;    /* agent, or NULL */
    gboolean bot;   /* a bot holds it */
    gboolean training;
    int64_t started, queued, assigned, resolved, reopened; /* desk ms; -1: never */
    int64_t snoozed_until; /* -1 */
    int64_t left;          /* the customer said good-bye; -1 */
    int64_t last_at;       /* last public message */
    int64_t version;       /* number of public messages by customers and human staff */
    char *resolve_reason;
    int64_t stars;         /* of this round; 0: none */
    GPtrArray *tags;       /* char* */
    GPtrArray *lines;      /* SmLine, at most desk's cap: the newest */
    gboolean lines_cut;    /* older ones exist (read them page by page) */
    SmTurns *turns;
    GArray *access;        /* private: SmAccess */
    int64_t as_of;         /* client: events of this conversation up to here are in this state already */
    int64_t changed;       /* seq of the last record that changed it */
    int64_t first_seq;     /* record that started it */
    gboolean archived;
    gpointer view;         /* a client may hang its own data here; freed by nobody */
} SmConversation;

typedef struct {
    char *id;
    char *name;
    SmRole role;
    GPtrArray *teams; /* char* */
    SmAvailability availability;
    int64_t availability_since;
    int capacity;     /* 0: the team's */
    int weight;
    int chats;        /* owned, open or snoozed */
} SmAgent;

/* A waiting conversation as those see it who may claim but not yet read it. */
typedef struct {
    char *conversation;
    char *team;
    char *name;       /* raw; NULL */
    char *language;
    char *first_line; /* raw, at most 200 characters; NULL: nothing written yet */
    int64_t queued;
    SmDeadline deadline;
} SmQueueRow;

typedef struct SmDesk SmDesk;

/* `lines`: how many lines of a conversation to keep (0: all). */
SmDesk *sm_desk_new(guint lines);
void sm_desk_free(SmDesk *desk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmDesk, sm_desk_free)

/* The only way state changes on the server. Records in order of seq. An event that does not fit the
 * state changes nothing (rule 4). FALSE and SM_ERROR_CORRUPT only if seq is not the next one. */
gboolean sm_desk_apply(SmDesk *desk, const SmRecord *record, GError **error);
/* Content was erased by somebody else's hand than apply(): drop it from memory. */
void sm_desk_forget_content(SmDesk *desk, const char *content);

/* What decide() does to personal text where policy says mask_numbers, before a record is made: takes
 * UTF-8, gives a new string. A desk masks nothing until it is set. The server sets it. */
void sm_desk_set_mask(SmDesk *desk, char *(*mask)(const char *text));
/* A new record (seq 0), or NULL and a refusal. `ids` gives ids and salts. Pure otherwise. TICK with
 * nothing due is refused with WRONG_STATE; with more due than fits a record next_due stays in the past.
 * ERASE: `reason` is the id of a message, note or whisper of `conversation`; or `data` is a list of
 * content ids of `conversation` (for what the fold does not hold any more); else, with no reason or one
 * of several words, all contents of the contact that the fold holds, at most SM_MAX_EVENTS_PER_RECORD at a
 * time: ask again until NOT_FOUND. A reason of one word that is no message here is refused. */
SmRecord *sm_desk_decide(const SmDesk *desk, const SmCommand *command, int64_t now, SmRng *ids,
                         SmRefusal **refusal);
/* When the next thing falls due: what TICK would find at that instant. INT64_MAX: nothing. */
int64_t sm_desk_next_due(const SmDesk *desk);

/* --- Reading ----------------------------------------------------------------------------------- */

int64_t sm_desk_seq(const SmDesk *desk); /* last record applied */
int64_t sm_desk_at(const SmDesk *desk);  /* its stamp */
SmPolicy *sm_desk_policy(const SmDesk *desk); /* borrowed; never NULL */
const SmConversation *sm_desk_conversation(const SmDesk *desk, const char *id); /* NULL */
const SmAgent *sm_desk_agent(const SmDesk *desk, const char *id);
/* All conversations that are not archived, in order of id... of first_seq; all agents by id. Borrowed
 * arrays, valid until the next apply. */
const GPtrArray *sm_desk_conversations(SmDesk *desk);
const GPtrArray *sm_desk_agents(SmDesk *desk);
/* The contact's latest conversation that is not archived, or NULL. */
const SmConversation *sm_desk_contact_conversation(const SmDesk *desk, const char *contact);
SmDeadline sm_conversation_deadline(const SmConversation *c);
int sm_desk_capacity(const SmDesk *desk, const SmAgent *agent);

/* Why this agent would get a waiting conversation and not that one, from the fold as it is: {"conversation", "team",
 * "mode", "next", "agents": [{"agent", "chosen", "why", "chats", "capacity", "weight", "used"}]}. New reference. */
json_t *sm_desk_explain_routing(const SmDesk *desk, const SmConversation *c);

/* --- Access (architecture.md, rule 4) ---------------------------------------------------------- */

/* TRUE if `viewer` sees events of `c` with this seq (an interval holds it). seq 0: now. */
gboolean sm_desk_sees(const SmDesk *desk, SmActor viewer, const SmConversation *c, int64_t seq);
/* TRUE if the viewer may be given this event of record `seq`. */
gboolean sm_desk_visible(const SmDesk *desk, SmActor viewer, const SmEvent *event, int64_t seq);
/* TRUE if the viewer sees the waiting row of `c` now. */
gboolean sm_desk_sees_row(const SmDesk *desk, SmActor viewer, const SmConversation *c);

/* What a viewer is shown of a conversation, as JSON (wire and client snapshots use the same): for
 * customers no staff lines, no turns, no other names than those of authors. New reference. */
json_t *sm_desk_project_conversation(const SmDesk *desk, SmActor viewer, const SmConversation *c);
json_t *sm_desk_project_row(const SmDesk *desk, const SmConversation *c);
/* Policy (staff), agents (staff; customers get none). New reference. */
json_t *sm_desk_project_shared(const SmDesk *desk, SmActor viewer);
/* The event as the viewer gets it on the wire: for staff sm_event_encode() with content, for customers
 * without what is for staff and with the author's display name as `agent`; and seq, at. NULL if the
 * viewer may not see it. New reference. sm_event_decode() reads both. */
json_t *sm_desk_project_event(const SmDesk *desk, SmActor viewer, const SmEvent *event, int64_t seq,
                              int64_t at);
/* All of the above in a fixed order: what the property test compares. New reference. */
json_t *sm_desk_project(SmDesk *desk, SmActor viewer);

/* --- The client's desk ------------------------------------------------------------------------- */

/* One event of an answer; ignored if its conversation is unknown or as_of >= seq. */
void sm_desk_apply_event(SmDesk *desk, const SmEvent *event, int64_t seq, int64_t at);
/* Put a projected conversation in place of what is there. */
gboolean sm_desk_install_conversation(SmDesk *desk, const json_t *state, GError **error);
void sm_desk_forget_conversation(SmDesk *desk, const char *id);
gboolean sm_desk_install_row(SmDesk *desk, const json_t *row, GError **error);
void sm_desk_remove_row(SmDesk *desk, const char *conversation);
gboolean sm_desk_install_shared(SmDesk *desk, const json_t *shared, GError **error);
/* Forget everything (before a snapshot). */
void sm_desk_clear(SmDesk *desk);
/* Older lines, read page by page, put before the ones there (JSON lines as in a projection). */
gboolean sm_desk_install_lines(SmDesk *desk, const char *conversation, const json_t *lines, gboolean more,
                               GError **error);
/* Waiting rows, by deadline then queue time then id; a server makes them from its conversations.
 * Borrowed array of SmQueueRow, valid until the next change. */
const GPtrArray *sm_desk_rows(SmDesk *desk, SmActor viewer);

#endif
