/* SPDX-License-Identifier: MIT */
/* practice_auto: a practice without a terminal: a machine sits at the agent's place, time is virtual, the debrief is
 * the result. Shows that a scenario can be passed and can be failed. */
#ifndef CLI_PRACTICE_AUTO_H
#define CLI_PRACTICE_AUTO_H

#include <glib.h>

/* What the command line of `seatmux practice` asks for. Strings are owned by whoever parsed it; NULL: not given. */
typedef struct {
    char *scenario, *language, *color, *automatic;
    gint64 seed;
    int customers; /* 0: the scenario's */
    double speed;
    gboolean list, json;
} PracticeOptions;

/* Exit status: 0 every goal met, 1 not, 2 it could not be played. */
int sm_practice_auto(const PracticeOptions *o);

#endif
