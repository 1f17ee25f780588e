/* SPDX-License-Identifier: MIT */
/* practice_log: how earlier practices went: a line of JSON each in the state directory, and a small chart of those of one
 * scenario. What can't be read or written is left out: nobody's practice fails for it. */
#ifndef CLI_PRACTICE_LOG_H
#define CLI_PRACTICE_LOG_H

#include <stdio.h>

#include "seatmux/base/json.h"

/* The runs of the debrief's scenario so far, oldest first; NULL: of all. New reference, may be empty. */
json_t *sm_practice_log_read(const json_t *debrief);
/* Adds this one. `course` (may be NULL) says which shift of which curriculum it was; its members are added. The newest 500
 * are kept; passed shifts of a curriculum go last, since they say which days are open. */
void sm_practice_log_add(const json_t *debrief, const json_t *course, int64_t wall_ms);
/* The earlier runs and this one beside each other; nothing where there is no earlier one. */
void sm_practice_log_print(FILE *out, const json_t *runs, const json_t *debrief);

#endif
