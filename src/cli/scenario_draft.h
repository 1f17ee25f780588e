/* SPDX-License-Identifier: MIT */
/* scenario_draft: a conversation that was had, as a scenario in the making: what the customer said becomes nodes, what the
 * agent answered the model answers. Names and numbers of people are taken out; the writer does the rest. */
#ifndef CLI_SCENARIO_DRAFT_H
#define CLI_SCENARIO_DRAFT_H

#include <stdio.h>

#include "seatmux/desk/desk.h"

/* YAML on `out`, which seatmux check accepts. FALSE and SM_ERROR_INVALID: nothing in it was answered. `id`: of the dialogue. */
gboolean sm_scenario_draft(FILE *out, const SmConversation *c, const char *id, GError **error);
/* A text without what tells who somebody was: the customer's name and order, addresses, numbers of five digits and more. Caller
 * frees. */
char *sm_scenario_anonymous(const SmConversation *c, const char *text);

#endif
