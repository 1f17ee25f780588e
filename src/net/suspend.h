/* SPDX-License-Identifier: MIT */
/* suspend: notices that the machine slept, without waking while nothing happens. */
#ifndef SEATMUX_NET_SUSPEND_H
#define SEATMUX_NET_SUSPEND_H

#include "seatmux/base/loop.h"

typedef struct SmSuspendWatch SmSuspendWatch;

/* `fn` is called within 2 s of the end of every sleep of more than 1 s, while watching. */
SmSuspendWatch *sm_suspend_watch_new(SmLoop *loop, SmLoopFn fn, void *user);
void sm_suspend_watch_set(SmSuspendWatch *watch, gboolean on);
void sm_suspend_watch_free(SmSuspendWatch *watch);

#endif
