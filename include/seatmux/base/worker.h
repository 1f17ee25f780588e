/* SPDX-License-Identifier: MIT */
/* worker: one thread beside the loop for what would block it (disk, password hashes). Jobs go in from
 * the loop's thread and are run in order, as many at once as are waiting; they come back to the loop,
 * in order. The thread touches nothing of the loop: it writes an eventfd. Needs a loop with
 * descriptors. */
#ifndef SEATMUX_BASE_WORKER_H
#define SEATMUX_BASE_WORKER_H

#include <pthread.h>

#include "seatmux/base/loop.h"

/* A thread that gets no signals, for those are the loop's. `name` has 15 bytes at most. Returns 0, or the errno of why not. */
int sm_thread_start(pthread_t *thread, const char *name, void *(*fn)(void *user), void *user);

typedef struct SmWorker SmWorker;

typedef struct {
    /* On the thread: all that were waiting (at most `batch` of them), in order; none if it is called
     * because it asked for it. May add to the array. Returns ms after which it wants to be called
     * again, -1: when there are jobs. */
    int (*run)(GPtrArray *jobs, void *there);
    /* On the loop: a batch that was run. Jobs still in the array afterwards are freed. */
    void (*done)(GPtrArray *jobs, void *here);
    void (*end)(void *there); /* on the thread, the last thing; NULL */
    GDestroyNotify free_job;
    guint batch; /* jobs of one run at most; 0: all */
    int nice;    /* 1..19: nobody waits for it, and the loop's thread goes first where there are few cores; 0: as the loop */
} SmWorkerOps;

/* `ops` must live as long as the worker; `there` belongs to the thread until `end`. */
SmWorker *sm_worker_new(SmLoop *loop, const char *name, const SmWorkerOps *ops, void *here, void *there);
/* Hand in a job; it is run within `delay_ms`, together with all that wait then. */
void sm_worker_push(SmWorker *worker, void *job, int delay_ms);
/* What waits and was not begun, taken back. Free with g_ptr_array_unref. */
GPtrArray *sm_worker_take_back(SmWorker *worker);
/* Waits until all that was handed in has been run. Their `done` comes later, from the loop. */
void sm_worker_sync(SmWorker *worker);
/* Runs what waits and ends the thread. `deliver`: what was run and not yet delivered is, before this
 * returns. Waits at most `within_ms` (-1: as long as it takes); FALSE: not ready by then, nothing is
 * delivered and the thread goes on by itself to its end. */
gboolean sm_worker_close(SmWorker *worker, int within_ms, gboolean deliver);

#endif
