/* SPDX-License-Identifier: MIT */
/* policy_private: making a policy, for policy.c and policy_file.c. */
#ifndef SEATMUX_DESK_POLICY_PRIVATE_H
#define SEATMUX_DESK_POLICY_PRIVATE_H

#include "seatmux/desk/policy.h"

#define SM_POLICY_ROLES 3
#define SM_POLICY_MAX_TARGET_MS (INT64_C(30) * 86400000)
#define SM_POLICY_MAX_CAPACITY 1000

/* Shipped targets and rights, no team and no inbox. */
SmPolicy *sm_policy_new(void);
SmTeam *sm_team_new(const char *id,
                    const char *name); /* shipped targets and capacity; owned by the caller */
void sm_team_free(SmTeam *team);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmTeam, sm_team_free)
void sm_inbox_free(SmInbox *inbox);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmInbox, sm_inbox_free)
/* Last step of making one: the hash. Nothing changes it afterwards. */
void sm_policy_seal(SmPolicy *policy);
/* What is wrong with an id, or with a shown name; NULL: nothing. Static. */
const char *sm_policy_id_fault(const char *id);
const char *sm_policy_name_fault(const char *name);
/* What is wrong with a site of `page: origins`; NULL: nothing. Static. */
const char *sm_policy_origin_fault(const char *origin);
/* The bit of a right's name ("take_over"), or 0. */
guint sm_policy_right(const char *name);

/* What an agent's score is made of: names in files, in the order of SmPolicy's `score`. */
#define SM_POLICY_SCORES 3
#define SM_POLICY_MAX_WEIGHT 1000
extern const char *const sm_policy_score_names[SM_POLICY_SCORES];

#endif
