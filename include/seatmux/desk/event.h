/* SPDX-License-Identifier: MIT */
/* event: what can have happened, as one table, and the record, the unit of the log.
 *
 * The desk is an append-only log of records. A record is one accepted command: all of its events are
 * written or none. Events are flat: every type uses some of the same fields, and the table in event.c
 * says which it must and may have, who may see it, its version, and whether a reader that does not know
 * it may pass over it. Encoding, decoding, upcasting and checking are read from that table.
 *
 * Personal content (message text, a customer's name, order and attributes, a rating's comment, what a shop calls an order) is not
 * part of the record: the event holds a random content id and a salted digest; the text lies in the
 * content table and is joined in when a record is read. text == NULL with content != NULL: erased. */
#ifndef SEATMUX_DESK_EVENT_H
#define SEATMUX_DESK_EVENT_H

#include <glib.h>
#include <stdint.h>

#include "seatmux/base/json.h"
#include "seatmux/base/rng.h"

/* Who sees an event. QUEUE and DESK do not depend on a conversation's access intervals. */
typedef enum {
    SM_SEEN_PUBLIC,  /* everybody in the conversation, the customer too */
    SM_SEEN_STAFF,   /* staff with access to the conversation */
    SM_SEEN_WHISPER, /* the owner, who was invited, the author and supervisors of the team */
    SM_SEEN_REVIEW,  /* the agent it is about, who gave it, and reviewers of the team */
    SM_SEEN_DESK,    /* every member of the staff */
    SM_SEEN_NOBODY,  /* inside the desk only */
} SmSeen;

/* X(ENUM, "name on the wire and in the log", seen) */
#define SM_EVENT_TYPES(X)                                                                          \
    X(POLICY_SET, "policy.set", SM_SEEN_DESK)                                                      \
    X(AGENT_SET, "agent.set", SM_SEEN_DESK)                                                        \
    X(AGENT_REMOVED, "agent.removed", SM_SEEN_DESK)                                                \
    X(AGENT_AVAILABILITY, "agent.availability", SM_SEEN_DESK)                                      \
    X(EXAM_RECORDED, "exam.recorded", SM_SEEN_DESK)                                                \
    X(AGENT_CONFIRMED, "agent.confirmed", SM_SEEN_DESK)                                            \
    X(CONVERSATION_STARTED, "conversation.started", SM_SEEN_PUBLIC)                                \
    X(CONVERSATION_QUEUED, "conversation.queued", SM_SEEN_PUBLIC)                                  \
    X(CONVERSATION_ASSIGNED, "conversation.assigned", SM_SEEN_PUBLIC)                              \
    X(CONVERSATION_UNASSIGNED, "conversation.unassigned", SM_SEEN_STAFF)                           \
    X(MESSAGE_POSTED, "message.posted", SM_SEEN_PUBLIC)                                            \
    X(NOTE_POSTED, "note.posted", SM_SEEN_STAFF)                                                   \
    X(WHISPER_POSTED, "whisper.posted", SM_SEEN_WHISPER)                                           \
    X(PARTICIPANT_INVITED, "participant.invited", SM_SEEN_STAFF)                                   \
    X(PARTICIPANT_LEFT, "participant.left", SM_SEEN_STAFF)                                         \
    X(TRANSFER_OFFERED, "transfer.offered", SM_SEEN_STAFF)                                         \
    X(TRANSFER_DECLINED, "transfer.declined", SM_SEEN_STAFF)                                       \
    X(CONVERSATION_TAGGED, "conversation.tagged", SM_SEEN_STAFF)                                   \
    X(CONVERSATION_SNOOZED, "conversation.snoozed", SM_SEEN_STAFF)                                 \
    X(CONVERSATION_WOKEN, "conversation.woken", SM_SEEN_STAFF)                                     \
    X(CONVERSATION_RESOLVED, "conversation.resolved", SM_SEEN_PUBLIC)                              \
    X(CONVERSATION_REOPENED, "conversation.reopened", SM_SEEN_PUBLIC)                              \
    X(CONVERSATION_RATED, "conversation.rated", SM_SEEN_PUBLIC)                                    \
    X(CONVERSATION_LEFT, "conversation.left", SM_SEEN_PUBLIC)                                      \
    X(CONVERSATION_ABANDONED, "conversation.abandoned", SM_SEEN_PUBLIC)                            \
    X(CONVERSATION_ARCHIVED, "conversation.archived", SM_SEEN_STAFF)                               \
    X(BOT_TOOK, "bot.took", SM_SEEN_STAFF)                                                         \
    X(BOT_HANDED_OVER, "bot.handed_over", SM_SEEN_STAFF)                                           \
    X(TURN_WARNED, "turn.warned", SM_SEEN_STAFF)                                                   \
    X(TURN_BREACHED, "turn.breached", SM_SEEN_STAFF)                                               \
    X(QUEUE_BREACHED, "queue.breached", SM_SEEN_STAFF)                                             \
    X(RATING_EXCUSED, "rating.excused", SM_SEEN_STAFF)                                             \
    X(RATING_ANSWERED, "rating.answered", SM_SEEN_PUBLIC)                                          \
    X(ORDER_RECORDED, "order.recorded", SM_SEEN_STAFF)                                             \
    X(OFFLINE_LEFT, "offline.left", SM_SEEN_PUBLIC)                                                \
    X(ANSWER_SEEN, "answer.seen", SM_SEEN_STAFF)                                                   \
    X(CONTACT_CHANGED, "contact.changed", SM_SEEN_STAFF)                                           \
    X(CONTACT_MERGED, "contact.merged", SM_SEEN_STAFF)                                             \
    X(CONTACT_SPLIT, "contact.split", SM_SEEN_STAFF)                                               \
    X(CONTENT_ERASED, "content.erased", SM_SEEN_PUBLIC)                                            \
    X(BROADCAST_STARTED, "broadcast.started", SM_SEEN_DESK)                                        \
    X(BROADCAST_ADVANCED, "broadcast.advanced", SM_SEEN_DESK)                                      \
    X(BROADCAST_STOPPED, "broadcast.stopped", SM_SEEN_DESK)                                        \
    X(INCIDENT_SET, "incident.set", SM_SEEN_DESK)                                                  \
    X(INCIDENT_CLEARED, "incident.cleared", SM_SEEN_DESK)                                          \
    X(REVIEW_GIVEN, "review.given", SM_SEEN_REVIEW)                                                \
    X(REVIEW_COMMENTED, "review.commented", SM_SEEN_REVIEW)                                        \
    X(VISITOR_INVITED, "visitor.invited", SM_SEEN_NOBODY)                                          \
    X(VISITOR_ANSWERED, "visitor.answered", SM_SEEN_NOBODY)                                        \
    X(TRAFFIC_COUNTED, "traffic.counted", SM_SEEN_NOBODY)

typedef enum {
#define SM_EVENT_ENUM(name, text, seen) SM_EVENT_##name,
    SM_EVENT_TYPES(SM_EVENT_ENUM)
#undef SM_EVENT_ENUM
        SM_EVENT_UNKNOWN, /* of a newer seatmux and marked as ignorable: kept, applied to nothing */
    SM_EVENT_N
} SmEventType;

/* Who wrote a message. */
typedef enum { SM_AUTHOR_CUSTOMER, SM_AUTHOR_AGENT, SM_AUTHOR_BOT, SM_AUTHOR_SYSTEM } SmAuthor;

/* What a public message is. Only TEXT, FILE and LINK by an agent close a turn (turn-clock.md, rule 2). */
typedef enum {
    SM_MESSAGE_TEXT,
    SM_MESSAGE_FILE,
    SM_MESSAGE_GREETING,
    SM_MESSAGE_AUTO_REPLY,
    SM_MESSAGE_BROADCAST,
    SM_MESSAGE_INCIDENT,
    SM_MESSAGE_SCHEDULED,
    SM_MESSAGE_LINK, /* an address, and words about it after a blank */
} SmMessageKind;
/* TRUE for what a person says: text, files and links. */
gboolean sm_message_kind_human(SmMessageKind kind);

/* Why a conversation was queued, assigned, taken from somebody, reopened or woken; how one began that a visit led to (CUSTOMER,
 * RULE, POPUP, INVITATION); what became of an invitation (ACCEPTED, REFUSED, DUE). */
typedef enum {
    SM_CAUSE_NONE,
    SM_CAUSE_START,
    SM_CAUSE_CLAIM,
    SM_CAUSE_ASSIGN,
    SM_CAUSE_TRANSFER,
    SM_CAUSE_TAKE_OVER,
    SM_CAUSE_RELEASE,
    SM_CAUSE_ACCEPT_TIMEOUT,
    SM_CAUSE_OFFLINE,
    SM_CAUSE_REOPEN,
    SM_CAUSE_HAND_OVER,
    SM_CAUSE_ROUTING,
    SM_CAUSE_CUSTOMER,
    SM_CAUSE_STAFF,
    SM_CAUSE_DUE,
    SM_CAUSE_RULE,       /* an invitation by a rule of desk.yaml */
    SM_CAUSE_POPUP,      /* a page on which the chat opens by itself */
    SM_CAUSE_INVITATION, /* an agent's */
    SM_CAUSE_ACCEPTED,
    SM_CAUSE_REFUSED,
    SM_CAUSE_LAST = SM_CAUSE_REFUSED
} SmCause;
const char *sm_cause_name(SmCause cause); /* "accept_timeout"; static */

typedef enum { SM_AVAILABLE_ONLINE, SM_AVAILABLE_BUSY, SM_AVAILABLE_AWAY, SM_AVAILABLE_OFFLINE } SmAvailability;
const char *sm_availability_name(SmAvailability a);                 /* "online"; static */
gboolean sm_availability_parse(const char *text, SmAvailability *out);

typedef enum { SM_ROLE_AGENT, SM_ROLE_SUPERVISOR, SM_ROLE_TRAINEE } SmRole;
const char *sm_role_name(SmRole role); /* "agent"; static */
gboolean sm_role_parse(const char *text, SmRole *out);

/* From a passed exam to a full agent. A trainee works under supervision, a trial is an agent with a small share. */
typedef enum { SM_STEP_NONE, SM_STEP_EXAM, SM_STEP_SUPERVISED, SM_STEP_TRIAL, SM_STEP_FULL } SmStep;
const char *sm_step_name(SmStep step); /* "trial"; static */
gboolean sm_step_parse(const char *text, SmStep *out);

/* Fields a type does not use are NULL or 0. Every string is owned. */
typedef struct {
    SmEventType type;
    char *conversation;
    char *contact;
    char *agent;   /* whom it concerns: owner, assignee, the staff author of a message */
    char *by;      /* the member of staff who did it, if not `agent`; NULL: the desk */
    char *team;
    char *inbox;   /* contact.merged, split: the contact that it is one with */
    char *message; /* id of a message, note or whisper; visitor.invited: of the visit */
    char *notice;  /* id of a broadcast, incident notice, invitation or order; of a message: which notice it is of */
    char *name;    /* display name of an agent; exam.recorded: the exam; agent.confirmed: the step; order.recorded of before: the number */
    char *language; /* order.recorded of before: the amount */
    char *reason;   /* order.recorded: the status */
    char *content; /* content id */
    char *digest;  /* hex of the salted digest of the content; exam.recorded: the seal */
    char *text;    /* the content; NULL when none or erased */
    char *salt;    /* hex; goes to the content table only, never into the record or on the wire */
    json_t *data;  /* policy.set: the policy; agent.set: {"teams":[...]}; tagged: [..]; broadcast.started: [..]; review.given:
                    * {criterion: points}; traffic.counted: what was counted (desk/visitor.h); UNKNOWN: the whole event;
                    * a message or note with a file: {"id", "type", "size"}, its name is the text */
    SmAuthor author;
    SmMessageKind kind;
    SmCause cause;
    SmAvailability availability;
    SmRole role;
    int64_t n;     /* message.posted: the conversation's version after it (protocol.md); agent.set: capacity;
                      broadcast.*: pace, place; exam.recorded: permille reached */
    int64_t level; /* turn.warned: 50 or 80; rated: stars 1..5; agent.set: weight; broadcast.advanced: sent;
                      exam.recorded: permille that pass; review.given: permille of the points */
    int64_t due;   /* desk ms when it fell due, beside the record's `at` */
    int64_t since; /* abandoned, left: last sign of life; exam.recorded: when it was sat, wall ms; traffic.counted: from when on */
    int64_t until; /* snoozed; incident.set; visitor.invited */
    gboolean flag; /* resolved: no reply needed; rated: a complaint */
} SmEvent;

SmEvent *sm_event_new(SmEventType type);
SmEvent *sm_event_copy(const SmEvent *event);
void sm_event_free(SmEvent *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmEvent, sm_event_free)
/* Id of the file that a message or note carries; NULL: none. Borrowed. */
const char *sm_event_file(const SmEvent *event);
const char *sm_event_type_name(SmEventType type);
SmSeen sm_event_seen(SmEventType type);

/* One accepted command. Reference counted, never changed once appended, except that erasing drops
 * content. */
typedef struct {
    gatomicrefcount refs;
    int64_t seq;       /* 1.. ; 0 until it is appended */
    int64_t at;        /* desk ms */
    char *command;     /* command id, unique for ever */
    char *actor;       /* "agent:mia", "customer:k...", "desk", "admin" */
    char *fingerprint; /* hex: by what another body under this id is known (422); sealed, below */
    GPtrArray *events; /* SmEvent, 1..SM_MAX_EVENTS_PER_RECORD */
} SmRecord;

SmRecord *sm_record_new(int64_t at, const char *command, const char *actor, const char *fingerprint);
SmRecord *sm_record_ref(SmRecord *record);
/* A digest of what was said would say it to whoever tries all that it may have been, after it is erased too. So it is mixed with
 * the salts of all contents of the record, which go with them. Once, when the events are there. */
void sm_record_seal(SmRecord *record);
typedef enum { SM_BODY_OTHER, SM_BODY_SAME, SM_BODY_ERASED } SmSameBody;
/* Whether the record came of the body with this digest. ERASED: a content is gone, and nobody can tell any more. */
SmSameBody sm_record_compare(const SmRecord *record, const char *fingerprint);
void sm_record_unref(SmRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmRecord, sm_record_unref)
/* 32 bits of a digest over the encoded record: what a cursor carries to prove it is of this log. */
uint32_t sm_record_check(const SmRecord *record);

/* --- Encoding: the one form for log, wire and export ------------------------------------------- */

/* An event as JSON: {"type":..,"v":..,fields}. With `content`, the text is included under "text" (or
 * "erased":true). New reference. */
json_t *sm_event_encode(const SmEvent *event, gboolean content);
/* No number of an event lies further from 0 (and no record's time beyond SM_TIME_MS_MOST): figures may be added up. */
#define SM_EVENT_NUMBER_MOST (INT64_C(1) << 53)

/* Reads any known version (older ones are upcast). An unknown type is SM_EVENT_UNKNOWN if it says
 * "ignorable":true, else SM_ERROR_VERSION "needs seatmux >= X". NULL and error. */
SmEvent *sm_event_decode(const json_t *json, GError **error);
/* A record without contents: compact JSON text, equal records give equal bytes. Caller frees. */
char *sm_record_encode(const SmRecord *record);
SmRecord *sm_record_decode(const char *text, gsize n, GError **error);
/* The same of what is parsed already. */
SmRecord *sm_record_decode_value(const json_t *json, GError **error);

/* The reason of an agent.availability by which the desk set somebody offline: nothing was heard of them for a minute. */
#define SM_REASON_SESSION "session"

/* The fold's version: changes when apply() would give another state for the same log. */
#define SM_FOLD_VERSION 1

#endif
