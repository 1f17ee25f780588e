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
    gboolean complaint; /* rated */
    char *name;         /* staff author's display name when it was written; NULL: not known */
    char *reason;       /* why an offer was declined; NULL */
    json_t *file;       /* {"id", "type", "size"}: a file, and `text` is its name; NULL: none */
} SmLine;

/* A colleague who was invited. */
typedef struct {
    char *agent;
    gboolean consult; /* asked for advice: writes to the staff alone */
} SmParticipant;

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
    char *reach;    /* how the customer said to be reached, raw; NULL */
    char *profile_content; /* content id of name, order and attributes */
    SmState state;
    char *owner;    /* agent, or NULL */
    gboolean bot;   /* a bot holds it */
    gboolean training;
    gboolean offline; /* a message left while nobody was there, not answered yet: no clock runs */
    gboolean unseen;  /* the answer to such a message, which the customer has not been back for */
    int64_t started, queued, assigned, resolved, reopened; /* desk ms; -1: never */
    int64_t snoozed_until; /* -1 */
    int64_t left;          /* the customer said good-bye; -1 */
    int64_t last_at;       /* last public message */
    int64_t version;       /* number of public messages by customers and human staff */
    char *resolve_reason;
    int64_t stars;         /* of this round; 0: none */
    gboolean complaint;    /* the rating of this round is one */
    int64_t rating_answer; /* seq of the record with the staff's answer to it; 0: none */
    GPtrArray *participants; /* SmParticipant */
    char *offered_to;      /* who is asked to take it; NULL: nobody */
    char *offered_by, *offered_team; /* NULL: the desk; the team it has */
    int64_t offer_until;   /* desk ms */
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

/* The last exam that somebody passed. */
typedef struct {
    char *name; /* NULL: none */
    char *seal;
    int64_t permille, pass;
    int64_t sat; /* wall ms where it was sat */
    int64_t at;  /* desk ms when it was handed in */
} SmExamPassed;

typedef struct {
    char *id;
    char *name;
    SmRole role;
    GPtrArray *teams; /* char* */
    GPtrArray *languages; /* char*, such as "zh" or "pt-BR"; none: all */
    SmAvailability availability;
    SmAvailability before; /* offline for want of a session: what it was, and is again with the next sign of life; else OFFLINE */
    int64_t availability_since;
    int capacity;     /* 0: the team's */
    int weight;
    int chats;        /* owned, open or snoozed */
    SmStep step;      /* NONE: not on the ladder */
    SmExamPassed exam;
} SmAgent;

/* A waiting conversation as those see it who may claim but not yet read it. */
typedef struct {
    char *conversation;
    char *team;
    char *name;       /* raw; NULL */
    char *language;
    char *first_line; /* raw, at most 200 characters; NULL: nothing written yet */
    int64_t queued;
    gboolean offline; /* left while nobody was there: it waits apart */
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
/* The same with every text in it masked, but for those under "order": a number that says what it is. New reference. */
json_t *sm_json_masked(const json_t *value, char *(*mask)(const char *text));
/* A new record (seq 0), or NULL and a refusal. `ids` gives ids and salts. Pure otherwise. TICK with
 * nothing due is refused with WRONG_STATE; with more due than fits a record next_due stays in the past.
 * ERASE: `reason` is the id of a message, note or whisper of `conversation`; or `data` is a list of
 * content ids of `conversation` (for what the fold does not hold any more); else, with no reason or one
 * of several words, all contents of the contact that the fold holds and those of `data` ({"archived": [[conversation, content]]}), at most SM_MAX_EVENTS_PER_RECORD at a
 * time: ask again until NOT_FOUND. A reason of one word that is no message here is refused. */
SmRecord *sm_desk_decide(const SmDesk *desk, const SmCommand *command, int64_t now, SmRng *ids,
                         SmRefusal **refusal);
/* The desk was down until this instant (desk ms), and nobody could be heard: who was given time to take a chat up (`accept_within`)
 * or to come back (`offline_release`) before it gets a part of it anew. No part of the fold; never set: it was never down. */
void sm_desk_set_up_since(SmDesk *desk, int64_t at);
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
/* The latest conversation of the contact that is not archived, or NULL. Of several contacts merged into one: the one that is not
 * resolved, else the latest. */
const SmConversation *sm_desk_contact_conversation(const SmDesk *desk, const char *contact);
/* The invited colleague of this name, or NULL. */
const SmParticipant *sm_conversation_participant(const SmConversation *c, const char *agent);
SmDeadline sm_conversation_deadline(const SmConversation *c);
/* Somebody of the team is online, and it is within its hours. */
gboolean sm_desk_attended(const SmDesk *desk, const char *team, int64_t now);
int sm_desk_capacity(const SmDesk *desk, const SmAgent *agent);
gboolean sm_agent_in_team(const SmAgent *agent, const char *team); /* FALSE where either is NULL */
gboolean sm_agents_share_team(const SmAgent *a, const SmAgent *b);
/* As others are shown who it is: the display name, else the id. Raw, borrowed. */
const char *sm_agent_shown(const SmAgent *agent);

/* Why this agent would get a waiting conversation and not that one, from the fold as it is: {"conversation", "team",
 * "mode", "next", "agents": [{"agent", "chosen", "why", "chats", "capacity", "weight", "used"}]}. New reference. */
json_t *sm_desk_explain_routing(const SmDesk *desk, const SmConversation *c);

/* --- Contacts ----------------------------------------------------------------------------------- */

/* What the staff knows of the person behind a conversation: {"contact", "merged": [ids], "name", "reach", "tags", "attributes",
 * "notes": [{"at", "by", "text"}], "orders": [{"order", "status", "amount"?, "at"}, or without both and "erased"], "conversations": [{"id", "started", "ended"?,
 * "state", "inbox", "team", "agent"?, "stars"?}], "alike": [{"contact", "name"?, "why"}]}, newest first; absent what is not known.
 * New reference. */
json_t *sm_desk_card(const SmDesk *desk, const SmConversation *c);
/* TRUE: one person, as far as the desk was told. */
gboolean sm_desk_same_contact(const SmDesk *desk, const char *a, const char *b);
/* The first of those that are one. Borrowed. */
const char *sm_desk_contact_first(const SmDesk *desk, const char *contact);
/* A contact and those merged with it, sorted. Caller unrefs; char* owned by the array. */
GPtrArray *sm_desk_contact_group(const SmDesk *desk, const char *contact);
/* The ids of those but for the first, sorted. New reference. */
json_t *sm_desk_contact_others(const SmDesk *desk, const char *contact);
/* All conversations of a contact and those merged with it, archived too, the newest first. Caller unrefs; const SmConversation*,
 * borrowed. */
GPtrArray *sm_desk_contact_conversations(const SmDesk *desk, const char *contact);
/* What is not erased of a contact and those merged with it, beside their conversations. */
typedef struct {
    guint card;   /* texts that were written on the card */
    guint orders; /* that were told of orders */
    guint plain;  /* orders on the card that are named by records of before, which no erasure changes */
} SmContactTexts;
SmContactTexts sm_desk_contact_texts(const SmDesk *desk, const char *contact);
/* TRUE: somebody wrote under this id, or something was told or written of it. */
gboolean sm_desk_knows_contact(const SmDesk *desk, const char *contact);
/* Contacts of whose orders something was told by `before` that is not erased, in a fixed order; and how much of one. Caller unrefs; char*
 * owned by the array. */
GPtrArray *sm_desk_told_long_ago(const SmDesk *desk, int64_t before);
guint sm_desk_told_by(const SmDesk *desk, const char *contact, int64_t before);
/* Conversations that are archived and ended after `after` and by `before`, the oldest last. Caller unrefs; char* owned by the array. */
GPtrArray *sm_desk_outlived(const SmDesk *desk, int64_t after, int64_t before);
/* Any conversation, archived too; NULL: never heard of. What an archived one holds: who, when, where, stars. */
const SmConversation *sm_desk_ever(const SmDesk *desk, const char *id);

/* --- Ratings ------------------------------------------------------------------------------------ */

typedef struct {
    int64_t ended;       /* of the round that it would be a rating of, desk ms */
    int64_t until;       /* then it is too late, by the policy in force; `ended`: only until it is archived */
    gboolean excused;
} SmRating;
/* FALSE: it goes on, or there is no such conversation. Archived ones too. */
gboolean sm_desk_rating(const SmDesk *desk, const char *conversation, SmRating *out);
/* Ended conversations of the contact and those merged with it, the newest first, that were rated, or ended after `since`.
 * Caller unrefs; const SmConversation*, borrowed. */
GPtrArray *sm_desk_rated(const SmDesk *desk, const char *contact, int64_t since);

/* --- Access (architecture.md, rule 4) ---------------------------------------------------------- */

/* TRUE if `viewer` sees events of `c` with this seq (an interval holds it). seq 0: now. */
gboolean sm_desk_sees(const SmDesk *desk, SmActor viewer, const SmConversation *c, int64_t seq);
/* TRUE if `viewer` has seen anything of this conversation, now or before, also of one that is archived: who must hear
 * that something of it was erased. */
gboolean sm_desk_saw(const SmDesk *desk, SmActor viewer, const char *conversation);
/* TRUE if the viewer may be given this event of record `seq`. */
gboolean sm_desk_visible(const SmDesk *desk, SmActor viewer, const SmEvent *event, int64_t seq);
/* TRUE if the viewer sees the waiting row of `c` now. */
gboolean sm_desk_sees_row(const SmDesk *desk, SmActor viewer, const SmConversation *c);

/* TRUE if the viewer's role reviews, and the conversation is of one of their teams (or who runs the desk asks). */
gboolean sm_desk_may_review(const SmDesk *desk, SmActor viewer, const SmConversation *c);
/* TRUE if the viewer was the last of the staff to have it; also when it is archived. */
gboolean sm_desk_had(const SmDesk *desk, SmActor viewer, const SmConversation *c);

/* What a viewer is shown of a conversation, as JSON (wire and client snapshots use the same): for
 * customers no staff lines, no turns, no other names than those of authors. New reference. */
json_t *sm_desk_project_conversation(const SmDesk *desk, SmActor viewer, const SmConversation *c);
json_t *sm_desk_project_row(const SmDesk *desk, const SmConversation *c);
/* May the viewer know how an agent did in an exam? Themselves, a supervisor of one of their teams, administration. */
gboolean sm_desk_sees_points(const SmDesk *desk, SmActor viewer, const char *agent);
/* TRUE: after this event what the viewer was shown before is no base to build on, and the state is given anew: the own role or
 * teams changed, or, for a lead, those of somebody whose points they may know now, or may not any more. */
gboolean sm_desk_shows_anew(const SmDesk *desk, SmActor viewer, const SmEvent *event);
/* TRUE: who sees this event is not all that decides what of it they are shown; two viewers may be told different things. */
gboolean sm_event_differs(const SmEvent *event);
/* Adds "step" and "exam" of an agent, where there are any; of the exam's points only what the viewer may know, else 0. */
void sm_ladder_project(const SmDesk *desk, SmActor viewer, const SmAgent *agent, json_t *into);
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
/* Whether there are any, without making them. */
gboolean sm_desk_has_rows(SmDesk *desk, SmActor viewer);
/* The same for messages that were left while nobody was there and that nobody has: no clock, oldest first. Valid until the
 * next change or the next call of either. */
const GPtrArray *sm_desk_left_rows(SmDesk *desk, SmActor viewer);

#endif
