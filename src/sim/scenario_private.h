/* SPDX-License-Identifier: MIT */
/* scenario_private: freeing the parts of a scenario, for its loader. */
#ifndef SIM_SCENARIO_PRIVATE_H
#define SIM_SCENARIO_PRIVATE_H

#include "seatmux/sim/scenario.h"

void sm_persona_free(SmPersona *persona);
void sm_node_route_free(SmNodeRoute *route);
void sm_node_free(SmNode *node);
void sm_dialogue_free(SmDialogue *dialogue);

#endif
