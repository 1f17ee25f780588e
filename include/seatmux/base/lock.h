/* SPDX-License-Identifier: MIT */
/* lock: a file that only one process holds at a time. The system lets go of it when the process ends,
 * however it ends, so a file that is left behind is no obstacle. */
#ifndef SEATMUX_BASE_LOCK_H
#define SEATMUX_BASE_LOCK_H

#include <glib.h>

typedef struct SmLock SmLock;

/* Takes the lock file `path` (0600, made if absent) without waiting and writes our pid into it. NULL and
 * SM_ERROR_BUSY if somebody holds it; the message says that `what` ("the journal") is in use and names
 * the pid. Other errors: SM_ERROR_DENIED, SM_ERROR_FULL, SM_ERROR_IO. */
SmLock *sm_lock_take(const char *path, const char *what, GError **error);
void sm_lock_release(SmLock *lock); /* NULL is fine; the file stays */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmLock, sm_lock_release)

#endif
