/* SPDX-License-Identifier: MIT */
/* debrief: how a practice went: the figures that count at a desk against what the scenario asks for, the answers that
 * did not help, and those that took longest. */
#ifndef CLI_DEBRIEF_H
#define CLI_DEBRIEF_H

#include <stdio.h>

#include "cli/local_desk.h"
#include "seatmux/sim/sim.h"

/* What was played. Borrowed. */
typedef struct {
    const SmScenario *scenario;
    const SmSim *sim;
    uint64_t seed;
    const char *agent;    /* who sat there */
    const char *language; /* of the title; NULL: the screen's */
    gboolean finished;    /* everybody came and went */
    int64_t typed, typed_ms; /* characters written by hand, and the time from the first key to the send; 0: not measured */
} SmDebrief;

/* Each goal beside what was reached, by a report's figures; what they do not have is not met. New reference. */
json_t *sm_debrief_goals(const SmGoals *asked, const json_t *figures, SmSimStats customers, guint mistakes);
gboolean sm_debrief_all_met(const json_t *goals);
/* From the desk's own log. docs/scenarios.md describes the document. New reference. */
json_t *sm_debrief_make(SmLocalDesk *desk, const SmDebrief *of);
gboolean sm_debrief_passed(const json_t *debrief);
/* One conversation: its turns with their stamps, and what was found in its answers. Nothing where it had no turn. */
void sm_debrief_print_chat(FILE *out, const json_t *debrief, const char *conversation);
/* Each turn with its stamps. */
void sm_debrief_print_turns(FILE *out, const json_t *debrief);
/* In words, for a terminal. Nothing where nobody came. */
void sm_debrief_print(FILE *out, const json_t *debrief);

#endif
