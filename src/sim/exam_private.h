/* SPDX-License-Identifier: MIT */
/* exam_private: the parts of an exam, for its loader. */
#ifndef SIM_EXAM_PRIVATE_H
#define SIM_EXAM_PRIVATE_H

#include "seatmux/sim/exam.h"

void sm_ask_text_free(SmAskText *text);
void sm_ask_free(SmAsk *ask);

#endif
