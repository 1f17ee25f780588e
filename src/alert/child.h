/* SPDX-License-Identifier: MIT */
/* child: a process of ours, in a session of its own, reaped through the loop. Nothing waits. */
#ifndef SEATMUX_ALERT_CHILD_H
#define SEATMUX_ALERT_CHILD_H

#include <sys/types.h>

#include "seatmux/base/loop.h"

typedef struct SmChild SmChild;
/* `status` as wait() gives it. The child is freed after the call. */
typedef void (*SmChildFn)(SmChild *child, int status, void *user);

/* Start argv (found by PATH if argv[0] has no slash) with exactly this environment; its standard
 * input and output are `in` and `out`, -1 means /dev/null, standard error goes to `out` if `errors`
 * and else to /dev/null. No other descriptor is passed on. NULL and SM_ERROR_FAILED if it can't be
 * started. */
SmChild *sm_child_spawn(SmLoop *loop, const char *const *argv, char **environment, int in, int out,
                        gboolean errors, SmChildFn ended, void *user, GError **error);
void sm_child_kill(SmChild *child); /* SIGKILL to it and all of its session's group */
/* At the end of the program or of the loop: killed, reaped if it is gone already, freed. */
void sm_child_drop(SmChild *child);

/* Reads what is there, at most n bytes, without waiting. -1: nothing now; 0: the other side is
 * gone. */
gssize sm_child_read(int fd, char *bytes, gsize n);

#endif
