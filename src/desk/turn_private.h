/* SPDX-License-Identifier: MIT */
/* The state of one conversation's turn clock, for turn.c and turn_codec.c. */
#ifndef SEATMUX_DESK_TURN_PRIVATE_H
#define SEATMUX_DESK_TURN_PRIVATE_H

#include "seatmux/desk/turn.h"

struct SmTurns {
    int64_t last;       /* last stamp taken; -1: none */
    gboolean ended;     /* resolved or abandoned, until reopened */
    gboolean bot;       /* a bot holds it */
    gboolean bot_wrote; /* the customer has written to that bot */
    gboolean had_bot;
    gboolean offline; /* a message was left with nobody there, and is not answered: it is counted apart */
    gboolean left;    /* this round began so: its length says nothing of the desk */
    gboolean had_staff;
    gboolean answered; /* some turn was */
    int numbers;       /* number of the newest turn */
    char *team;        /* that has it now */
    char *owner;
    gboolean trainee;       /* the owner is one */
    int64_t owned;          /* since; -1: no owner */
    SmPolicy *owner_policy; /* in force then */
    int64_t snoozed;        /* since, where a snooze may pause; else -1 */
    GPtrArray *turns;       /* SmTurn */
    SmTurn *open;           /* the last of them, or NULL */
    GPtrArray *stays;       /* SmStay */
    SmStay *waiting;        /* the last of them, or NULL */
    GPtrArray *rounds;      /* SmRound */
    SmRound *round;         /* the last of them, or NULL */
    GPtrArray *said;        /* SmSaid */
    char *missing;          /* hash of a policy that was not encoded; until sm_turns_set_policy() */
};

void sm_part_free(SmPart *part);
void sm_turn_free(SmTurn *turn);
void sm_stay_free(SmStay *stay);
void sm_round_free(SmRound *round);
void sm_said_free(SmSaid *said);

/* The team as `then` knew it, else as `now` does; NULL: neither. */
const SmTeam *sm_turns_team(const SmPolicy *then, const SmPolicy *now, const char *team);
/* The hours that pause clocks of a team under a policy, or NULL. */
const SmHours *sm_turns_hours(const SmPolicy *policy, const char *team);

#endif
