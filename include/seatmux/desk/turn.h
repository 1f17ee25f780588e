/* SPDX-License-Identifier: MIT */
/* turn: the turn clock and its deadlines, one pure state machine per conversation (docs/turn-clock.md;
 * the rule numbers below are those of that document). The fold feeds it; screens, alerts, tail, reports
 * and scores ask it. All times are desk ms. */
#ifndef SEATMUX_DESK_TURN_H
#define SEATMUX_DESK_TURN_H

#include <glib.h>
#include <stdint.h>

#include "seatmux/desk/policy.h"

typedef enum {
    SM_OUTCOME_OPEN,
    SM_OUTCOME_ANSWERED,
    SM_OUTCOME_CLOSED,    /* resolved with "no reply needed" */
    SM_OUTCOME_MISSED,    /* resolved, and no turn of this conversation was ever answered */
    SM_OUTCOME_DROPPED,   /* resolved, the last word was the customer's */
    SM_OUTCOME_ABANDONED, /* the customer left the queue */
} SmOutcome;
const char *sm_outcome_name(SmOutcome outcome);

/* What became of one owner's part in a turn (rules 7, 8). */
typedef enum {
    SM_PART_OPEN,
    SM_PART_ANSWERED,
    SM_PART_PASSED_ON,
    SM_PART_COVERED,
    SM_PART_ENDED, /* the turn ended without an answer while this agent had it: closed, missed, dropped */
} SmPartEnd;

typedef struct {
    char *agent;
    char *team;           /* team that had the conversation while this part ran (the last) */
    int64_t assigned;     /* of the last stretch */
    int64_t deadline;     /* of the first stretch; -1: none */
    int64_t target;       /* ms; -1: none */
    int64_t deadline_began;
    int64_t ended;        /* 0 while open */
    int passed_on;        /* how often it was passed on */
    SmCause cause;        /* of the last passing on */
    SmPartEnd end;
    gboolean trainee;
} SmPart;

typedef struct {
    int number;           /* 1.. within the conversation */
    SmOutcome outcome;
    int64_t asked;
    int64_t queued;       /* -1: was never in a queue */
    int64_t assigned;     /* to the owner at the end; -1: nobody */
    int64_t replied;      /* -1 */
    int64_t ended;        /* -1 while open */
    int64_t gone;         /* abandoned: last sign of life; else -1 */
    char *author;         /* who answered; NULL */
    char *team;           /* the team that has it now, or ended it */
    int64_t first_target_at_asked; /* reply target of the customer's share; -1: none (with turn 1's queue target added) */
    GPtrArray *parts;     /* SmPart, in order of first assignment */
    int customer_messages;
    int staff_messages;
} SmTurn;

/* A stay in a queue (rule 6). */
typedef struct {
    int64_t queued;
    int64_t left;     /* -1 while it lasts */
    char *team;       /* the team that assigned (or has it) */
    int64_t deadline; /* -1: none */
    int64_t target;
    gboolean assigned; /* ended in an assignment */
    int turn;          /* number of the turn it belongs to; 0: the next one to open */
} SmStay;

typedef struct SmTurns SmTurns;

SmTurns *sm_turns_new(void);
void sm_turns_free(SmTurns *turns);
SmTurns *sm_turns_copy(const SmTurns *turns);

/* Inputs, called by the fold in log order. Stamps that go back are lifted to the last one (rule 4).
 * `policy` is the one in force at that record; `team` the conversation's team then. */
void sm_turns_customer_message(SmTurns *t, int64_t at, const SmPolicy *policy, const char *team);
/* A public message or file by a human of the staff. Returns TRUE if it closed a turn. */
gboolean sm_turns_staff_message(SmTurns *t, int64_t at, const char *agent);
void sm_turns_queued(SmTurns *t, int64_t at, SmCause cause, const SmPolicy *policy, const char *team);
void sm_turns_assigned(SmTurns *t, int64_t at, const char *agent, gboolean trainee, SmCause cause,
                       const SmPolicy *policy, const char *team);
/* The owner loses it (release, transfer, take over, accept timeout, offline). */
void sm_turns_unassigned(SmTurns *t, int64_t at, SmCause cause);
void sm_turns_resolved(SmTurns *t, int64_t at, gboolean no_reply_needed);
void sm_turns_abandoned(SmTurns *t, int64_t at, int64_t gone);
void sm_turns_reopened(SmTurns *t, int64_t at);
void sm_turns_bot(SmTurns *t, int64_t at, gboolean has_it, const SmPolicy *policy, const char *team);
void sm_turns_snoozed(SmTurns *t, int64_t at, gboolean snoozed);

const SmTurn *sm_turns_open(const SmTurns *t);     /* NULL: no turn is open */
guint sm_turns_count(const SmTurns *t);            /* all, the open one too */
const SmTurn *sm_turns_at(const SmTurns *t, guint i);
guint sm_turns_stays(const SmTurns *t);
const SmStay *sm_turns_stay(const SmTurns *t, guint i);
/* Forget finished turns and stays (archived conversation; figures come from the log). */
void sm_turns_trim(SmTurns *t);

json_t *sm_turns_encode(const SmTurns *t); /* the whole state; new reference */
SmTurns *sm_turns_decode(const json_t *json, GError **error);

/* --- Deadlines (rules 9-11) -------------------------------------------------------------------- */

typedef enum { SM_CLOCK_NONE, SM_CLOCK_REPLY, SM_CLOCK_QUEUE } SmClockKind;

typedef struct {
    SmClockKind kind; /* the reply deadline, else the queue deadline, else none (also for a null target) */
    int64_t began;
    int64_t due;
    int64_t target;       /* ms */
    const SmHours *hours; /* pause outside these, or NULL; borrowed from the policy */
    SmPolicy *policy;     /* borrowed; what `hours` belongs to */
} SmDeadline;

SmDeadline sm_turns_deadline(const SmTurns *t);

typedef enum { SM_LEVEL_OK, SM_LEVEL_HALF, SM_LEVEL_HIGH, SM_LEVEL_OVERDUE } SmLevel;
const char *sm_level_word(SmLevel level); /* "ok", "WARN", "WARN!", "OVERDUE"; static, to be translated by the UI */

/* Pure functions of the instant. At the deadline the breach exists. */
SmLevel sm_deadline_level(const SmDeadline *d, int64_t now);
int64_t sm_deadline_remaining(const SmDeadline *d, int64_t now); /* ms, negative when over; INT64_MAX for none */
int sm_deadline_tenths(const SmDeadline *d, int64_t now);        /* used tenths, rounded down, 0..10 */
/* The next instant after `now` at which the level changes; INT64_MAX: never. */
int64_t sm_deadline_next_level(const SmDeadline *d, int64_t now);
/* Which warnings are alerted at all (rule 9: those less than 5 s before the next are dropped):
 * instants of the 50 % and 80 % warning, INT64_MAX where dropped. */
void sm_deadline_warnings(const SmDeadline *d, int64_t *half, int64_t *high);

#endif
