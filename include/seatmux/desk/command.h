/* SPDX-License-Identifier: MIT */
/* command: what somebody asks of the desk, and the words in which the desk refuses. */
#ifndef SEATMUX_DESK_COMMAND_H
#define SEATMUX_DESK_COMMAND_H

#include <glib.h>

#include "seatmux/desk/event.h"

/* X(ENUM, "verb") - the verb is the last part of POST /v1/conversations/{id}/{verb} where it is one. */
#define SM_COMMANDS(X)                                                                             \
    X(START, "start")                                                                              \
    X(POST, "post")                                                                                \
    X(NOTE, "note")                                                                                \
    X(WHISPER, "whisper")                                                                          \
    X(CLAIM, "claim")                                                                              \
    X(CLAIM_NEXT, "claim_next")                                                                    \
    X(ASSIGN, "assign")                                                                            \
    X(TRANSFER, "transfer")                                                                        \
    X(INVITE, "invite")                                                                            \
    X(DISMISS, "dismiss")                                                                          \
    X(ACCEPT, "accept")                                                                            \
    X(DECLINE, "decline")                                                                          \
    X(RELEASE, "release")                                                                          \
    X(TAKE_OVER, "take_over")                                                                      \
    X(RESOLVE, "resolve")                                                                          \
    X(REOPEN, "reopen")                                                                            \
    X(SNOOZE, "snooze")                                                                            \
    X(WAKE, "wake")                                                                                \
    X(TAG, "tag")                                                                                  \
    X(RATE, "rate")                                                                                \
    X(LEAVE, "leave")                                                                              \
    X(SEEN, "seen")                                                                                \
    X(AVAILABILITY, "availability")                                                                \
    X(GONE, "gone")                                                                                \
    X(BOT_TAKE, "bot_take")                                                                        \
    X(BOT_HAND_OVER, "bot_hand_over")                                                              \
    X(EXCUSE, "excuse")                                                                            \
    X(ANSWER_RATING, "answer_rating")                                                              \
    X(ORDER, "order")                                                                              \
    X(CARD, "contact")                                                                             \
    X(MERGE, "merge")                                                                              \
    X(SPLIT, "split")                                                                              \
    X(ERASE, "erase")                                                                              \
    X(REVIEW, "review")                                                                            \
    X(REVIEW_COMMENT, "review_comment")                                                            \
    X(BROADCAST, "broadcast")                                                                      \
    X(BROADCAST_STOP, "broadcast_stop")                                                            \
    X(INCIDENT_SET, "incident_set")                                                                \
    X(INCIDENT_CLEAR, "incident_clear")                                                            \
    X(VISITOR_INVITE, "visitor_invite")                                                            \
    X(VISITOR_REFUSE, "visitor_refuse")                                                            \
    X(TRAFFIC, "traffic")                                                                          \
    X(LOAD, "load")                                                                                \
    X(HAND_IN, "hand_in")                                                                          \
    X(CONFIRM, "confirm")                                                                          \
    X(AGENT_SET, "agent_set")                                                                      \
    X(AGENT_REMOVE, "agent_remove")                                                                \
    X(POLICY_SET, "policy_set")                                                                    \
    X(TICK, "tick")

typedef enum {
#define SM_COMMAND_ENUM(name, verb) SM_COMMAND_##name,
    SM_COMMANDS(SM_COMMAND_ENUM)
#undef SM_COMMAND_ENUM
        SM_COMMAND_N
} SmCommandType;
const char *sm_command_verb(SmCommandType type);
gboolean sm_command_from_verb(const char *verb, SmCommandType *type);

/* Who asks or looks. Staff: role and teams come from the desk's fold, not from here. */
typedef enum { SM_ACTOR_DESK, SM_ACTOR_ADMIN, SM_ACTOR_STAFF, SM_ACTOR_CUSTOMER } SmActorKind;
typedef struct {
    SmActorKind kind;
    const char *id; /* agent name or contact id; NULL for desk and admin. Borrowed */
} SmActor;

/* All strings are borrowed and live through decide(). NULL or 0 where a command does not use them. */
typedef struct {
    SmCommandType type;
    const char *id;           /* command id (Idempotency-Key) */
    SmActor actor;
    const char *fingerprint;  /* hex digest of the compared body */
    const char *conversation;
    const char *contact;      /* START: a returning contact, from the token; NULL: new. MERGE, SPLIT: the other one. ORDER by the
                                 desk: whose */
    const char *agent;        /* ASSIGN, TRANSFER, AVAILABILITY, LOAD, HAND_IN, CONFIRM, AGENT_* */
    const char *team;         /* TRANSFER, CLAIM_NEXT, BOT_HAND_OVER */
    const char *inbox;        /* START; VISITOR_INVITE: the visit's, set by the service */
    const char *name;         /* START: customer; AGENT_SET: display name; HAND_IN: exam */
    const char *language;     /* START */
    const char *order;        /* START, ORDER */
    const char *text;         /* message, note, whisper, comment, ANSWER_RATING, transfer's summary, BROADCAST, INCIDENT_SET; ORDER: the amount,
                                 such as "129.00 CNY" */
    const char *file;         /* POST, NOTE: id of an uploaded file; the service puts its name into `text` */
    const char *reason;       /* RESOLVE, ERASE, EXCUSE, AVAILABILITY, LOAD, CONFIRM, BROADCAST_STOP, MERGE; ORDER: its
                                 status */
    const char *message;      /* REVIEW_COMMENT: which one */
    const char *seal;         /* HAND_IN: hex */
    const char *step;         /* CONFIRM: sm_step_name() */
    const char *notice;       /* BROADCAST_STOP, INCIDENT_CLEAR, VISITOR_REFUSE: its id; START: the invitation that was accepted */
    const char *visit;        /* VISITOR_INVITE: whom; START: where it comes from; NULL: not from a visit */
    const char *words;        /* START: what the invitation said; NULL: nothing */
    SmCause cause;            /* START from a visit: how it began, see desk/visitor.h */
    const char *filter;       /* BROADCAST: who gets it, in the language of desk/filter.h; NULL: `data` says who */
    json_t *languages;        /* AGENT_SET: list; NULL: as they were. Borrowed */
    json_t *data;             /* START: flat attributes; TAG: list; AGENT_SET: teams; POLICY_SET: policy; BROADCAST: list
                                 of conversations; CARD: what changes; REVIEW: points by criterion; TRAFFIC: what was counted; with `file`: {"id", "type", "size"}. Borrowed */
    SmMessageKind kind;       /* POST by the desk: greeting and so on */
    SmAvailability availability;
    SmRole role;
    int64_t seen;             /* POST by staff: highest n drawn; -1: not said */
    gboolean anyway;          /* POST: send although the conversation changed */
    gboolean no_reply_needed; /* RESOLVE */
    gboolean consult;         /* INVITE: for advice alone */
    gboolean offer;           /* TRANSFER to an agent: who has to say yes, whatever the policy is */
    gboolean offline;         /* START, POST by a customer: a message is left where nobody is there */
    const char *reach;        /* START with offline: how to be reached, such as a mail address; NULL */
    int64_t stars;            /* RATE 1..5 */
    int64_t until;            /* SNOOZE, INCIDENT_SET, desk ms; ERASE of a contact: what was told of orders by then, and nothing else; 0: all */
    int64_t pace;             /* BROADCAST, messages a minute; 0: SM_PACE_SHIPPED */
    gboolean complaint;       /* RATE */
    int64_t since;            /* RATE by link: the end it is for, desk ms; 0, -1: not by link. GONE: last sign of life; HAND_IN: when it was sat, wall ms;
                                 TRAFFIC: from when on */
    int64_t permille, pass;   /* HAND_IN: reached, and needed */
    int64_t capacity;         /* AGENT_SET, LOAD; 0: the team's */
    int64_t weight;           /* AGENT_SET, LOAD; 0: 100. CONFIRM: of a trial; 0: 20 */
} SmCommand;

/* X(ENUM, "code", HTTP status, "title") - stable codes of problem+json (RFC 9457). One table for desk
 * and service; docs/openapi.yaml lists the same. */
#define SM_PROBLEMS(X)                                                                             \
    X(INVALID, "invalid", 400, "A field is missing or not what it must be")                        \
    X(BAD_JSON, "bad_json", 400, "The body is not the JSON this operation takes")                  \
    X(UNAUTHENTICATED, "unauthenticated", 401, "No token, or one that is not valid")               \
    X(TOKEN_EXPIRED, "token_expired", 401, "The session has ended; log in again")                  \
    X(BAD_LOGIN, "bad_login", 401, "Name or password is wrong")                                    \
    X(FORBIDDEN, "forbidden", 403, "Your role may not do this")                                    \
    X(NOT_FOUND, "not_found", 404, "There is no such thing, or you may not see it")                \
    X(METHOD, "method_not_allowed", 405, "This address does not take that method")                 \
    X(ALREADY_ASSIGNED, "already_assigned", 409, "Somebody has this conversation already")         \
    X(NOT_OWNER, "not_owner", 409, "You do not have this conversation")                            \
    X(CHANGED_SINCE, "changed_since", 409, "The conversation changed since you looked")            \
    X(AT_CAPACITY, "at_capacity", 409, "The agent has as many chats as allowed")                   \
    X(NOT_QUEUED, "not_queued", 409, "The conversation is not waiting")                            \
    X(QUEUE_EMPTY, "queue_empty", 409, "Nobody is waiting in your queues")                         \
    X(RESOLVED, "resolved", 409, "The conversation is resolved")                                   \
    X(WRONG_STATE, "wrong_state", 409, "The conversation's state does not allow this")             \
    X(UNAVAILABLE, "agent_unavailable", 409, "That agent can't take a chat now")                   \
    X(SUPERSEDED, "superseded", 409, "A newer poll of this session took over")                     \
    X(NAME_TAKEN, "name_taken", 409, "That name is in use")                                        \
    X(CURSOR_EXPIRED, "cursor_expired", 410, "The cursor is not of this log; take a snapshot")     \
    X(TOO_LARGE, "too_large", 413, "Larger than a limit; `limit` names it")                        \
    X(UNSUPPORTED_MEDIA, "unsupported_media", 415, "The body is not of the type it must be")       \
    X(FILE_REFUSED, "file_refused", 415, "Files of this kind are not taken here")                  \
    X(ID_REUSED, "id_reused", 422, "This command id was accepted with another body")               \
    X(TOO_MANY, "too_many", 429, "More than allowed; see Retry-After")                             \
    X(HEADERS_TOO_LARGE, "headers_too_large", 431, "The headers are larger than allowed")          \
    X(INTERNAL, "internal", 500, "The desk failed; it is in its log")                              \
    X(NOT_DURABLE, "not_durable", 503, "The desk could not write; try again with the same id")     \
    X(DISK_FULL, "disk_full", 503, "The desk's disk is full; reading goes on")                     \
    X(STOPPING, "stopping", 503, "The desk is stopping; try again soon")

typedef enum {
#define SM_PROBLEM_ENUM(name, code, status, title) SM_PROBLEM_##name,
    SM_PROBLEMS(SM_PROBLEM_ENUM)
#undef SM_PROBLEM_ENUM
        SM_PROBLEM_N
} SmProblem;
const char *sm_problem_code(SmProblem problem);
int sm_problem_status(SmProblem problem);
const char *sm_problem_title(SmProblem problem);
/* The problem with this code; SM_PROBLEM_INTERNAL if unknown. */
SmProblem sm_problem_from_code(const char *code);

/* A refusal leaves no trace in the log. */
typedef struct {
    SmProblem problem;
    char *detail; /* one sentence for a person, naming who or what; never foreign text */
    char *field;  /* the field that was wrong, or the name of the limit; NULL */
    json_t *data; /* members to add: {"owner":"mia"}, {"missed":[...]}; NULL */
} SmRefusal;

SmRefusal *sm_refusal_new(SmProblem problem, const char *field, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
void sm_refusal_free(SmRefusal *refusal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmRefusal, sm_refusal_free)

#endif
