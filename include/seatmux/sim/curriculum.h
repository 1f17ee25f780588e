/* SPDX-License-Identifier: MIT */
/* curriculum: what a trainee plays on which day, from a YAML file in curricula/. docs/curriculum.md explains the file. Pure:
 * where somebody stands follows from the file and the log of the runs that were played. */
#ifndef SEATMUX_SIM_CURRICULUM_H
#define SEATMUX_SIM_CURRICULUM_H

#include "seatmux/base/json.h"
#include "seatmux/sim/scenario.h"

/* One shift of a day: a scenario, and what is otherwise than in its file. */
typedef struct {
    char *name;      /* as in the file */
    char *path;      /* of the scenario */
    int customers;   /* 0: the scenario's */
    int at_once;     /* 0: the scenario's */
    double speed;    /* 1: real time */
    SmGoals goals;   /* SM_GOAL_AS_FILE where the scenario's holds */
} SmShift;

typedef struct {
    SmPhrase *title, *about;
    gboolean hints;    /* live hints; else nobody helps */
    GPtrArray *shifts; /* SmShift, one at least, no name twice */
} SmDay;

typedef struct {
    char *id;          /* file name without .yaml */
    SmPhrase *title, *about, *mentor;
    GPtrArray *plan;   /* SmPhrase: a line each of the week */
    GPtrArray *days;   /* SmDay, in order */
    char *exam;        /* what comes after; NULL: none */
} SmCurriculum;

/* NULL when there are errors; the scenarios it names are read too. */
SmCurriculum *sm_curriculum_load(const char *path, SmFindings *findings);
void sm_curriculum_free(SmCurriculum *curriculum);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmCurriculum, sm_curriculum_free)

/* --- Where somebody stands. `runs`: objects with curriculum, day (from 1), shift, passed, finished; others are passed
 * over. Days count from 0. */

typedef struct {
    guint runs;      /* played to any end */
    gboolean passed; /* once at least: everybody came and went, and every goal was met */
} SmShiftStanding;
SmShiftStanding sm_curriculum_shift(const SmCurriculum *c, guint day, guint shift, const json_t *runs);
/* Every shift of it is passed. */
gboolean sm_curriculum_done(const SmCurriculum *c, guint day, const json_t *runs);
/* The first day, and each whose former is done. */
gboolean sm_curriculum_open(const SmCurriculum *c, guint day, const json_t *runs);
/* The first day that is not done; -1: all are. */
int sm_curriculum_next(const SmCurriculum *c, const json_t *runs);
/* The first shift of the day that is not passed; the first where all are. */
guint sm_curriculum_next_shift(const SmCurriculum *c, guint day, const json_t *runs);

#endif
