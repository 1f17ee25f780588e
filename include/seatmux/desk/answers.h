/* SPDX-License-Identifier: MIT */
/* answers: automatic first answers tried on what was said before, so that a rule is known before it speaks. */
#ifndef SEATMUX_DESK_ANSWERS_H
#define SEATMUX_DESK_ANSWERS_H

#include "seatmux/desk/desk.h"

/* The rule would have said its text in this conversation at `at` (desk ms). `question`: what the customer had written, raw. */
typedef void (*SmAnswerTried)(const SmConversation *c, const SmAnswerRule *rule, int64_t at, const char *question, void *user);

typedef struct SmAnswerTrial SmAnswerTrial;
/* `with`: the policy whose rules are tried; all else is as it was. */
SmAnswerTrial *sm_answer_trial_new(const SmPolicy *with, SmAnswerTried tried, void *user);
void sm_answer_trial_free(SmAnswerTrial *trial);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmAnswerTrial, sm_answer_trial_free)
/* The next record of the log, from the first on; NULL: the log is over. FALSE: it is not the next one. */
gboolean sm_answer_trial_record(SmAnswerTrial *trial, const SmRecord *record, GError **error);

#endif
