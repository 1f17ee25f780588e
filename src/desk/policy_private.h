/* SPDX-License-Identifier: MIT */
/* policy_private: making a policy, for policy.c and policy_file.c. */
#ifndef SEATMUX_DESK_POLICY_PRIVATE_H
#define SEATMUX_DESK_POLICY_PRIVATE_H

#include "seatmux/desk/policy.h"

#define SM_POLICY_ROLES 3
#define SM_POLICY_MAX_TARGET_MS (INT64_C(30) * 86400000)
#define SM_POLICY_MIN_RETENTION_MS INT64_C(86400000)
#define SM_POLICY_MAX_RETENTION_MS (INT64_C(3660) * 86400000)
#define SM_POLICY_MAX_CAPACITY 1000
#define SM_POLICY_MAX_NEWCOMER_MS (INT64_C(366) * 86400000)
#define SM_NEWCOMER_PERCENT 30 /* of their share, where a team says for how long */

/* Shipped targets and rights, no team and no inbox. */
SmPolicy *sm_policy_new(void);
SmTeam *sm_team_new(const char *id,
                    const char *name); /* shipped targets and capacity; owned by the caller */
void sm_team_free(SmTeam *team);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmTeam, sm_team_free)
void sm_inbox_free(SmInbox *inbox);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmInbox, sm_inbox_free)
SmCriterion *sm_criterion_new(const char *id, const char *text, int weight, int points); /* owned by the caller */
void sm_criterion_free(SmCriterion *criterion);
#define SM_POLICY_POINTS 5 /* of a criterion, unless it says another number */
#define SM_POLICY_MAX_POINTS 10
/* The form of who wrote none. */
void sm_policy_ship_form(SmPolicy *policy);
/* Last step of making one: the hash. Nothing changes it afterwards. */
void sm_policy_seal(SmPolicy *policy);
/* What is wrong with an id, or with a shown name; NULL: nothing. Static. */
const char *sm_policy_id_fault(const char *id);
const char *sm_policy_name_fault(const char *name);
/* What is wrong with a site of `page: origins`; NULL: nothing. Static. */
const char *sm_policy_origin_fault(const char *origin);
/* The bit of a right's name ("take_over"), or 0. */
guint sm_policy_right(const char *name);

/* --- policy_answers.c */
void sm_answer_rule_free(SmAnswerRule *rule);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmAnswerRule, sm_answer_rule_free)
/* Put into a policy's JSON (nothing where there are none), and read from it. */
void sm_policy_encode_answers(json_t *json, const SmPolicy *policy);
gboolean sm_policy_decode_answers(SmPolicy *policy, const json_t *list, GError **error);
/* What is wrong with a rule that is whole otherwise; NULL: nothing. Static. */
const char *sm_answer_rule_fault(const SmPolicy *policy, const SmAnswerRule *rule);

/* --- policy_tags.c */
/* What is wrong with one more tag; NULL: nothing. Static. */
const char *sm_policy_tag_fault(const SmPolicy *policy, const char *tag);
/* As for answers. */
void sm_policy_encode_tags(json_t *json, const SmPolicy *policy);
gboolean sm_policy_decode_tags(SmPolicy *policy, const json_t *list, GError **error);

/* --- policy_visitors.c */
void sm_visit_rule_free(SmVisitRule *rule);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmVisitRule, sm_visit_rule_free)
/* As with answers. */
void sm_policy_encode_visitors(json_t *json, const SmPolicy *policy);
gboolean sm_policy_decode_visitors(SmPolicy *policy, const json_t *visitors, GError **error);
const char *sm_visit_rule_fault(const SmPolicy *policy, const SmVisitRule *rule);

/* What an agent's score is made of: names in files, in the order of SmPolicy's `score`. */
#define SM_POLICY_SCORES 3
#define SM_POLICY_MAX_WEIGHT 1000
extern const char *const sm_policy_score_names[SM_POLICY_SCORES];

#endif
