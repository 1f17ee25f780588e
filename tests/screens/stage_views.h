/* SPDX-License-Identifier: MIT */
/* stage_views: a desk with something in each of its corners, for the screens of every view. Nothing in it changes while it
 * is looked at but what a second more or less changes. */
#ifndef SEATMUX_TESTS_SCREENS_STAGE_VIEWS_H
#define SEATMUX_TESTS_SCREENS_STAGE_VIEWS_H

#include "stage_desk.h"

/* Alerts would ring at a moment of their own, and dictionaries are the machine's. */
#define VIEWS_CONFIG "alerts: {desktop: false}\nspell: false\nhints: false\nborders: line\n"
#define VIEWS_PASSWORD "correct horse battery" /* of all its people */

typedef struct {
    Stage *stage;
    const char *language;
    GPtrArray *waiting; /* char*: tokens of who waits, and of a colleague */
} Views;

/* Its customers speak this language ("en" or "zh-CN"). */
Views *views_new(const char *language);
void views_free(Views *views);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Views, views_free)
/* The program of the agent, and the queue view of the supervisor; what they are to show is there. */
Vt *views_agent(Views *views, int rows, int columns);
Vt *views_lead(Views *views, int rows, int columns);
/* Who waits and a colleague give a sign of life: after a minute without one they would be gone. */
void views_alive(const Views *views);
/* Two visitors are on the shop's pages. */
void views_visit(const Views *views);
/* The server is killed. */
void views_desk_gone(const Views *views);

#endif
