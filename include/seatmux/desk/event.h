/* SPDX-License-Identifier: MIT */
/* event: what can have happened, as one table, and the record, the unit of the log.
 *
 * The desk is an append-only log of records. A record is one accepted command: all of its events are
 * written or none. Events are flat: every type uses some of the same fields, and the table in event.c
 * says which it must and may have, who may see it, its version, and whether a reader that does not know
 * it may pass over it. Encoding, decoding, upcasting and checking are read from that table.
 *
 * Personal content (message text, a customer's name, order and attributes, a rating's comment) is not
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
    SM_SEEN_WHISPER, /* the owner, the author and supervisors of the team */
    SM_SEEN_DESK,    /* every member of the staff */
    SM_SEEN_NOBODY,  /* inside the desk only */
} SmSeen;

/* X(ENUM, "name on the wire and in the log", seen) */
#define SM_EVENT_TYPES(X)                                                                          \
    X(POLICY_SET, "policy.set", SM_SEEN_DESK)                                                      \
    X(AGENT_SET, "agent.set", SM_SEEN_DESK)                                                        \
    X(AGENT_REMOVED, "agent.removed", SM_SEEN_DESK)                                                \
    X(AGENT_AVAILABILITY, "agent.availability", SM_SEEN_DESK)                                      \
    X(CONVERSATION_STARTED, "conversation.started", SM_SEEN_PUBLIC)                                \
    X(CONVERSATION_QUEUED, "conversation.queued", SM_SEEN_PUBLIC)                                  \
    X(CONVERSATION_ASSIGNED, "conversation.assigned", SM_SEEN_PUBLIC)                              \
    X(CONVERSATION_UNASSIGNED, "conversation.unassigned", SM_SEEN_STAFF)                           \
    X(MESSAGE_POSTED, "message.posted", SM_SEEN_PUBLIC)                                            \
    X(NOTE_POSTED, "note.posted", SM_SEEN_STAFF)                                                   \
    X(WHISPER_POSTED, "whisper.posted", SM_SEEN_WHISPER)                                           \
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
    X(ORDER_RECORDED, "order.recorded", SM_SEEN_STAFF)                                             \
    X(CONTENT_ERASED, "content.erased", SM_SEEN_PUBLIC)

typedef enum {
#define SM_EVENT_ENUM(name, text, seen) SM_EVENT_##name,
    SM_EVENT_TYPES(SM_EVENT_ENUM)
#undef SM_EVENT_ENUM
        SM_EVENT_UNKNOWN, /* of a newer seatmux and marked as ignorable: kept, applied to nothing */
    SM_EVENT_N
} SmEventType;

/* Who wrote a message. */
typedef enum { SM_AUTHOR_CUSTOMER, SM_AUTHOR_AGENT, SM_AUTHOR_BOT, SM_AUTHOR_SYSTEM } SmAuthor;

/* What a public message is. Only TEXT and FILE by an agent close a turn (turn-clock.md, rule 2). */
typedef enum {
    SM_MESSAGE_TEXT,
    SM_MESSAGE_FILE,
    SM_MESSAGE_GREETING,
    SM_MESSAGE_AUTO_REPLY,
    SM_MESSAGE_BROADCAST,
    SM_MESSAGE_INCIDENT,
    SM_MESSAGE_SCHEDULED,
} SmMessageKind;

/* Why a conversation was queued, assigned, taken from somebody, reopened or woken. */
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
} SmCause;
const char *sm_cause_name(SmCause cause); /* "accept_timeout"; static */

typedef enum { SM_AVAILABLE_ONLINE, SM_AVAILABLE_BUSY, SM_AVAILABLE_AWAY, SM_AVAILABLE_OFFLINE } SmAvailability;
const char *sm_availability_name(SmAvailability a);                 /* "online"; static */
gboolean sm_availability_parse(const char *text, SmAvailability *out);

typedef enum { SM_ROLE_AGENT, SM_ROLE_SUPERVISOR, SM_ROLE_TRAINEE } SmRole;
const char *sm_role_name(SmRole role); /* "agent"; static */
gboolean sm_role_parse(const char *text, SmRole *out);

/* Fields a type does not use are NULL or 0. Every string is owned. */
typedef struct {
    SmEventType type;
    char *conversation;
    char *contact;
    char *agent;   /* whom it concerns: owner, assignee, the staff author of a message */
    char *by;      /* the member of staff who did it, if not `agent`; NULL: the desk */
    char *team;
    char *inbox;
    char *message; /* id of a message, note or whisper */
    char *name;    /* display name of an agent */
    char *language;
    char *reason;
    char *content; /* content id */
    char *digest;  /* hex of the salted digest of the content */
    char *text;    /* the content; NULL when none or erased */
    char *salt;    /* hex; goes to the content table only, never into the record or on the wire */
    json_t *data;  /* policy.set: the policy; agent.set: {"teams":[...]}; tagged: [..]; UNKNOWN: the whole event */
    SmAuthor author;
    SmMessageKind kind;
    SmCause cause;
    SmAvailability availability;
    SmRole role;
    int64_t n;     /* message.posted: the conversation's version after it (protocol.md); agent.set: capacity */
    int64_t level; /* turn.warned: 50 or 80; rated: stars 1..5; agent.set: weight */
    int64_t due;   /* desk ms when it fell due, beside the record's `at` */
    int64_t since; /* abandoned, left: last sign of life */
    int64_t until; /* snoozed */
    gboolean flag; /* resolved: no reply needed */
} SmEvent;

SmEvent *sm_event_new(SmEventType type);
SmEvent *sm_event_copy(const SmEvent *event);
void sm_event_free(SmEvent *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmEvent, sm_event_free)
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
    char *fingerprint; /* hex digest of the compared body: another body under this id is 422 */
    GPtrArray *events; /* SmEvent, 1..SM_MAX_EVENTS_PER_RECORD */
} SmRecord;

SmRecord *sm_record_new(int64_t at, const char *command, const char *actor, const char *fingerprint);
SmRecord *sm_record_ref(SmRecord *record);
void sm_record_unref(SmRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmRecord, sm_record_unref)
/* 32 bits of a digest over the encoded record: what a cursor carries to prove it is of this log. */
uint32_t sm_record_check(const SmRecord *record);

/* --- Encoding: the one form for log, wire and export ------------------------------------------- */

/* An event as JSON: {"type":..,"v":..,fields}. With `content`, the text is included under "text" (or
 * "erased":true). New reference. */
json_t *sm_event_encode(const SmEvent *event, gboolean content);
/* Reads any known version (older ones are upcast). An unknown type is SM_EVENT_UNKNOWN if it says
 * "ignorable":true, else SM_ERROR_VERSION "needs seatmux >= X". NULL and error. */
SmEvent *sm_event_decode(const json_t *json, GError **error);
/* A record without contents: compact JSON text, equal records give equal bytes. Caller frees. */
char *sm_record_encode(const SmRecord *record);
SmRecord *sm_record_decode(const char *text, gsize n, GError **error);

/* The fold's version: changes when apply() would give another state for the same log. */
#define SM_FOLD_VERSION 1

#endif
