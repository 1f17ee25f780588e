/* SPDX-License-Identifier: MIT */
/* alarm: carries alert decisions out: desktop through the helper, the terminal and the bell where there is no
 * desktop, the user's hook. Never waits. */
#ifndef UI_ALARM_H
#define UI_ALARM_H

#include "seatmux/app/app.h"
#include "ui/term.h"

typedef struct SmAlarm SmAlarm;

/* term NULL: lines alone; the bell is then the caller's. */
SmAlarm *sm_alarm_new(SmLoop *loop, SmApp *app, SmTerm *term, SmTrace *trace);
void sm_alarm_free(SmAlarm *alarm); /* NULL is fine */
void sm_alarm_start(SmAlarm *alarm); /* the helper process, once the screen stands */
void sm_alarm_sound(SmAlarm *alarm, const SmAlertDecision *decision);

#endif
