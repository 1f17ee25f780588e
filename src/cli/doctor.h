/* SPDX-License-Identifier: MIT */
/* doctor: one line for each thing that was looked at: how it is, and what to do about it. */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include "cli/connection.h"

typedef enum { SM_DOCTOR_OK, SM_DOCTOR_WARN, SM_DOCTOR_FAIL } SmDoctorLevel;

typedef struct {
    gboolean json;
    guint counts[3]; /* by level */
} SmDoctor;

/* One line. `check`: its name in --json, "clock"; `name`: the same for people; `advice`: what to do, NULL: nothing.
 * `format`: how it is. */
void sm_doctor_say(SmDoctor *doctor, SmDoctorLevel level, const char *check, const char *name, const char *advice, const char *format, ...)
    G_GNUC_PRINTF(6, 7);

/* This machine: locale, terminal, settings, where texts are kept, notifications, dictionaries. `findings`: of loading `config`
 * (NULL: there is no home) into `options`. */
void sm_doctor_local(SmDoctor *doctor, const SmOptions *options, const char *config, const SmFindings *findings);
/* The way to the desk; `hold_s`: longest poll that is tried. The password is asked for where nobody said it and somebody is
 * named. */
void sm_doctor_path(SmDoctor *doctor, SmConnection *at, const SmConnectionOptions *o, const SmOptions *options, int hold_s);

#endif
