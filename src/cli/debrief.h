/* SPDX-License-Identifier: MIT */
/* debrief: how a practice went: the figures that count at a desk against what the scenario asks for, the answers that
 * did not help, and those that took longest. */
#ifndef CLI_DEBRIEF_H
#define CLI_DEBRIEF_H

#include <stdio.h>

#include "cli/local_desk.h"
#include "seatmux/sim/sim.h"

/* From the desk's own log. `agent`: who sat there. docs/scenarios.md describes the document. New reference. */
json_t *sm_debrief_make(SmLocalDesk *desk, const SmScenario *scenario, const SmSim *sim, uint64_t seed,
                        const char *agent);
gboolean sm_debrief_passed(const json_t *debrief);
/* In words, for a terminal. Nothing where nobody came. */
void sm_debrief_print(FILE *out, const json_t *debrief);

#endif
