/* SPDX-License-Identifier: MIT */
/* debrief: how a practice went, in words: the figures that count at a desk, and the answers that
 * took longest. */
#ifndef CLI_DEBRIEF_H
#define CLI_DEBRIEF_H

#include <stdio.h>

#include "cli/local_desk.h"
#include "seatmux/sim/sim.h"

/* From the desk's own log, after the screen is closed. Nothing is printed where nobody was answered
 * and nobody came. */
void sm_debrief_print(FILE *out, SmLocalDesk *desk, const char *title, SmSimStats customers);

#endif
