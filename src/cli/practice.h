/* SPDX-License-Identifier: MIT */
/* practice: a shift with simulated customers, by a person at the real screen or by a machine on virtual time. What comes of
 * it is the debrief. */
#ifndef CLI_PRACTICE_H
#define CLI_PRACTICE_H

#include "seatmux/base/json.h"
#include "seatmux/sim/scenario.h"

/* What the command line of `seatmux practice` asks for. Strings are owned by whoever parsed it; NULL: not given. */
typedef struct {
    char *scenario, *language, *color, *automatic, *curriculum, *day;
    gint64 seed;
    int customers, at_once; /* 0: the scenario's */
    double speed;
    const SmGoals *goals;   /* laid over the scenario's; NULL: as they are */
    gboolean alone;         /* a day of a curriculum without hints */
    gboolean list, json, turns;
    gboolean plain; /* lines instead of a screen */
    gboolean plan;  /* --curriculum was given */
    gboolean any;   /* a day that is not open yet too */
    gboolean exam;  /* nobody helps */
    char *record;   /* the log goes into this file */
} PracticeOptions;

/* The debrief of sm_debrief_make(), new reference; NULL: it could not be played, *status is the exit status and words are on
 * standard error. By hand *status is also what the screen ended with. */
json_t *sm_practice_by_hand(const PracticeOptions *o, int *status);
/* `automatic` says which machine. Shows that a scenario can be passed and can be failed. */
json_t *sm_practice_by_machine(const PracticeOptions *o, int *status);

#endif
