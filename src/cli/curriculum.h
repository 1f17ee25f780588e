/* SPDX-License-Identifier: MIT */
/* curriculum: the days of a trainee: the plan and where one stands, and the shift that is to be played next. */
#ifndef CLI_CURRICULUM_H
#define CLI_CURRICULUM_H

#include "cli/practice.h"
#include "seatmux/sim/curriculum.h"

/* One shift of one day, as it was asked for. */
typedef struct {
    SmCurriculum *curriculum;
    guint day, shift; /* from 0 */
    gboolean out_of_turn;
} SmCourse;

/* The plan and where one stands, in words or as one JSON object. `name` NULL: the shipped one. Exit status. */
int sm_cli_curriculum_show(const char *name, const char *language, gboolean json);
/* `day`: a number from 1, or "next". Sets what is played in *o; `any`: a day that is not open yet too. FALSE: words are on
 * standard error. */
gboolean sm_course_choose(SmCourse *course, const char *name, const char *day, gboolean any, PracticeOptions *o);
void sm_course_clear(SmCourse *course);
/* What the log of runs says of a run of it: curriculum, day, shift, out_of_turn. New reference. */
json_t *sm_course_run(const SmCourse *course);
/* After the debrief, which is in the log: what is passed now and what comes next. */
void sm_course_print(FILE *out, const SmCourse *course, const char *language);

#endif
