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
const char *sm_outcome_name(SmOutcome outcome); /* "answered"; static */

/* What became of one owner's part in a turn (rules 7, 8). */
typedef enum {
    SM_PART_OPEN,
    SM_PART_ANSWERED,
    SM_PART_PASSED_ON,
    SM_PART_COVERED,
    SM_PART_ENDED, /* the turn ended without an answer while this agent had it: closed, missed, dropped */
} SmPartEnd;
const char *sm_part_end_name(SmPartEnd end); /* "passed_on"; static */

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
    int64_t reaction;     /* ms net of pauses, of an answered part; else -1 */
    char *clock_team;     /* whose targets and hours the deadline follows (of the first stretch) */
    SmPolicy *policy;     /* in force when the deadline began, while it may still matter; else NULL */
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
    int customer_messages; /* lines to a bot before the hand-over that opened it are not among them */
    int staff_messages;    /* the answer and what staff wrote from then to the next turn */
    char *owner;           /* who had it when it ended; NULL: nobody, or still open */
    int64_t target;        /* reply target of the team that has it now or ended it; -1: none */
    int64_t customer_due;  /* asked + first_target_at_asked, pauses counted in; -1: none */
    int64_t response;      /* ms from asked to replied, net of pauses; -1: not answered */
    int64_t reaction;      /* ms from max(asked, assigned) to replied, net; -1: not answered or no owner */
    SmPolicy *policy;      /* in force at asked, while the turn is open; else NULL */
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
    int64_t wait;      /* ms from queued to left, net of pauses; -1 while it lasts */
    SmPolicy *policy;  /* in force when it began, while it lasts; else NULL */
} SmStay;

/* A round: from the start or a reopening to the resolve (rule 16, resolution time). */
typedef struct {
    int64_t began;
    int64_t resolved;  /* -1: not yet, or it ended without (abandoned) */
    int64_t net;       /* ms from began to resolved, net of pauses and snoozes; -1 */
    int64_t target;    /* resolution target of the team at the end; -1: none */
    char *team;        /* team at the end; NULL while it lasts */
    char *owner;       /* owner at the resolve; NULL: nobody */
    GArray *snoozes;   /* private: pairs of int64_t, the snoozes that may be taken off */
    SmPolicy *policy;  /* in force when it began, while it lasts; else NULL */
} SmRound;

/* One public message by the customer or a human of the staff: what the question-answer ratio counts
 * (rule 15). Not part of the encoded state. */
typedef struct {
    int64_t at;
    int turn;          /* customer's: the turn it belongs to; 0: none */
    gboolean counted;  /* FALSE: said to a bot that has not handed over */
    char *agent;       /* author; NULL: the customer */
    char *team;        /* the conversation's team then */
} SmSaid;

typedef struct SmTurns SmTurns;

SmTurns *sm_turns_new(void);
void sm_turns_free(SmTurns *turns);
SmTurns *sm_turns_copy(const SmTurns *turns);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmTurns, sm_turns_free)

/* Inputs, called by the fold in log order. Stamps that go back are lifted to the last one (rule 4).
 * `policy` is the one in force at that record; `team` the conversation's team then. What does not fit
 * the state changes nothing: a message after the end opens no turn before sm_turns_reopened(). */
void sm_turns_customer_message(SmTurns *t, int64_t at, const SmPolicy *policy, const char *team);
/* A public message or file by a human of the staff. Returns TRUE if it closed a turn. */
gboolean sm_turns_staff_message(SmTurns *t, int64_t at, const char *agent);
/* Begins a stay; while one lasts the conversation moves to `team` and the stay runs on. With an owner
 * (release, accept timeout, offline, transfer to a team) the owner loses it first; with a bot it is the
 * hand-over. */
void sm_turns_queued(SmTurns *t, int64_t at, SmCause cause, const SmPolicy *policy, const char *team);
/* Ends the stay. Another owner loses it first, for `cause`; the owner's own name changes nothing. From
 * a bot it is hand-over and assignment in one. */
void sm_turns_assigned(SmTurns *t, int64_t at, const char *agent, gboolean trainee, SmCause cause,
                       const SmPolicy *policy, const char *team);
/* The owner loses it (release, transfer, take over, accept timeout, offline). */
void sm_turns_unassigned(SmTurns *t, int64_t at, SmCause cause);
void sm_turns_resolved(SmTurns *t, int64_t at, gboolean no_reply_needed);
void sm_turns_abandoned(SmTurns *t, int64_t at, int64_t gone);
void sm_turns_reopened(SmTurns *t, int64_t at);
/* A message was left while nobody of the team was there: until it is answered, or the customer is back in the queue, no
 * turn opens and no stay begins. Only where nothing is open or waits. */
void sm_turns_offline(SmTurns *t, int64_t at, const SmPolicy *policy, const char *team);
/* A bot takes it (refused with an open turn or an owner) or hands it over, which begins a stay. */
void sm_turns_bot(SmTurns *t, int64_t at, gboolean has_it, const SmPolicy *policy, const char *team);
void sm_turns_snoozed(SmTurns *t, int64_t at, gboolean snoozed);

const SmTurn *sm_turns_open(const SmTurns *t);     /* NULL: no turn is open */
guint sm_turns_count(const SmTurns *t);            /* all, the open one too */
const SmTurn *sm_turns_at(const SmTurns *t, guint i);
guint sm_turns_stays(const SmTurns *t);
const SmStay *sm_turns_stay(const SmTurns *t, guint i);
guint sm_turns_rounds(const SmTurns *t);
const SmRound *sm_turns_round(const SmTurns *t, guint i);
guint sm_turns_said(const SmTurns *t);
const SmSaid *sm_turns_said_at(const SmTurns *t, guint i);
gboolean sm_turns_had_bot(const SmTurns *t);   /* a bot held it at some time */
gboolean sm_turns_had_staff(const SmTurns *t); /* handed over to, owned or answered by people */
/* Forget finished turns, stays, rounds and what was said (archived conversation; figures come from the log). */
void sm_turns_trim(SmTurns *t);

/* The whole state (without what was said); new reference. Policies that a running clock still refers to
 * go along, but for the one that equals `current`: that one is named by its hash, and the reader gives
 * it to sm_turns_set_policy(). sm_turns_encode() is sm_turns_encode_for() with NULL: all go along. */
json_t *sm_turns_encode(const SmTurns *t);
json_t *sm_turns_encode_for(const SmTurns *t, const SmPolicy *current);
SmTurns *sm_turns_decode(const json_t *json, GError **error);
/* After sm_turns_decode(): the policy that was left out. Without it clocks run, but hours that pause one
 * are not known. Does nothing where no policy is missing. */
void sm_turns_set_policy(SmTurns *t, SmPolicy *policy);

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
