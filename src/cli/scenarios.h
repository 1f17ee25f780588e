/* SPDX-License-Identifier: MIT */
/* scenarios: where scenarios are found: the user's own first, then the shipped ones. */
#ifndef CLI_SCENARIOS_H
#define CLI_SCENARIOS_H

#include "seatmux/sim/scenario.h"

/* A name is looked for in the user's scenarios, then the shipped ones; anything with a slash is a path. NULL name:
 * the first shift. What is wrong with the file is told on standard error; NULL then. */
SmScenario *sm_cli_load_scenario(const char *name);
/* Name and title a line, or with `json` an object a line (docs/scenarios.md). Exit status. */
int sm_cli_list_scenarios(gboolean json, const char *language);

#endif
