/* SPDX-License-Identifier: MIT */
/* scenario_private: the parts of a scenario, for its loader. */
#ifndef SIM_SCENARIO_PRIVATE_H
#define SIM_SCENARIO_PRIVATE_H

#include "seatmux/base/yaml.h"
#include "seatmux/sim/scenario.h"

void sm_lines_clear(SmLines *lines); /* frees what they hold */
void sm_persona_free(SmPersona *persona);
void sm_node_route_free(SmNodeRoute *route);
void sm_node_free(SmNode *node);
void sm_dialogue_free(SmDialogue *dialogue);

/* What is wrong with the graph of a dialogue: ways on that lead nowhere, nodes nobody comes to, answers nobody can
 * give, good answers that are none. */
void sm_dialogue_lint(const char *file, const SmDialogue *dialogue, SmFindings *findings);
/* Customers of one language only: said as a warning. */
void sm_scenario_lint(const char *file, const SmScenario *scenario, SmFindings *findings);

/* What is asked for under `goals:`; the rest stays as it is in *goals. */
void sm_goals_load(const SmYamlDoc *doc, SmYaml *node, SmGoals *goals, SmFindings *findings);

#endif
