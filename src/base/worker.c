/* SPDX-License-Identifier: MIT */
#include "seatmux/base/worker.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define NEVER INT64_MAX

struct SmWorker {
    SmLoop *loop;
    const SmWorkerOps *ops;
    void *here;
    void *there;
    guint64 watch;
    gboolean closed; /* the loop's: nothing is delivered any more */
    int refs;        /* atomic: the owner's, or the abandoned thread's, and deliver()'s */
    pthread_t thread;
    int ready; /* eventfd: something is in `finished` */

    pthread_mutex_t lock; /* not a GMutex: the thread sanitizer knows this one */
    pthread_cond_t wake;  /* the thread's */
    pthread_cond_t ran;   /* for who waits for the thread */
    GQueue waiting;       /* jobs */
    GQueue finished;      /* GPtrArray of jobs */
    int64_t due;          /* monotonic us: the first that waits must run by then */
    gboolean running;
    gboolean stop;
    gboolean ended;
    gboolean abandoned; /* the thread frees all this */
};

static int64_t now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t attributes;

    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &attributes);
    pthread_condattr_destroy(&attributes);
}

/* FALSE: the time is over. */
static gboolean cond_wait(SmWorker *w, pthread_cond_t *cond, int64_t until_us)
{
    if (until_us == NEVER)
        return pthread_cond_wait(cond, &w->lock) == 0;
    struct timespec t = {.tv_sec = until_us / 1000000, .tv_nsec = until_us % 1000000 * 1000};
    return pthread_cond_timedwait(cond, &w->lock, &t) != ETIMEDOUT;
}

static void batch_free(void *batch)
{
    g_ptr_array_unref(batch);
}

static void worker_unref(SmWorker *w)
{
    if (!g_atomic_int_dec_and_test(&w->refs))
        return;
    if (w->ops->free_job != NULL)
        g_queue_clear_full(&w->waiting, w->ops->free_job);
    else
        g_queue_clear(&w->waiting);
    g_queue_clear_full(&w->finished, batch_free);
    pthread_cond_destroy(&w->wake);
    pthread_cond_destroy(&w->ran);
    pthread_mutex_destroy(&w->lock);
    close(w->ready);
    g_free(w);
}

/* --- The thread ----------------------------------------------------------------------------------
 */

static GPtrArray *take(SmWorker *w, guint most)
{
    GPtrArray *jobs = g_ptr_array_new_with_free_func(w->ops->free_job);

    while (w->waiting.head != NULL && (most == 0 || jobs->len < most))
        g_ptr_array_add(jobs, g_queue_pop_head(&w->waiting));
    if (w->waiting.head == NULL)
        w->due = NEVER;
    return jobs;
}

/* Called and left with the lock held. */
static void run_batch(SmWorker *w)
{
    GPtrArray *jobs = take(w, w->ops->batch);
    const uint64_t one = 1;

    w->running = TRUE;
    pthread_mutex_unlock(&w->lock);
    int again = w->ops->run(jobs, w->there);
    pthread_mutex_lock(&w->lock);
    w->running = FALSE;
    if (again >= 0 && !w->stop)
        w->due = MIN(w->due, now_us() + again * INT64_C(1000));
    g_queue_push_tail(&w->finished, jobs);
    pthread_cond_broadcast(&w->ran);
    while (write(w->ready, &one, sizeof one) < 0 && errno == EINTR)
        continue;
}

static void *thread_main(void *user)
{
    SmWorker *w = user;

#ifdef __linux__ /* where it is the thread's own; elsewhere it would be the whole program's */
    if (w->ops->nice > 0)
        setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + w->ops->nice);
#endif
    pthread_mutex_lock(&w->lock);
    while (!w->stop || w->due != NEVER) {
        if (w->due <= now_us() || w->stop)
            run_batch(w);
        else
            cond_wait(w, &w->wake, w->due);
    }
    pthread_mutex_unlock(&w->lock);
    if (w->ops->end != NULL)
        w->ops->end(w->there);
    pthread_mutex_lock(&w->lock);
    w->ended = TRUE;
    gboolean abandoned = w->abandoned;
    pthread_cond_broadcast(&w->ran);
    pthread_mutex_unlock(&w->lock);
    if (abandoned)
        worker_unref(w);
    return NULL;
}

/* --- The loop's side -----------------------------------------------------------------------------
 */

static GPtrArray *next_finished(SmWorker *w)
{
    pthread_mutex_lock(&w->lock);
    GPtrArray *jobs = g_queue_pop_head(&w->finished);
    pthread_mutex_unlock(&w->lock);
    return jobs;
}

static void deliver(SmWorker *w)
{
    GPtrArray *jobs;

    g_atomic_int_inc(&w->refs); /* a callback may close it */
    while (!w->closed && (jobs = next_finished(w)) != NULL) {
        w->ops->done(jobs, w->here);
        g_ptr_array_unref(jobs);
    }
    worker_unref(w);
}

static void ready(int fd, GIOCondition condition, void *user)
{
    SmWorker *w = user;
    uint64_t times;

    if (read(fd, &times, sizeof times) > 0)
        deliver(w);
}

int sm_thread_start(pthread_t *thread, const char *name, void *(*fn)(void *user), void *user)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(thread, NULL, fn, user);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed == 0)
        pthread_setname_np(*thread, name);
    return failed;
}

SmWorker *sm_worker_new(SmLoop *loop, const char *name, const SmWorkerOps *ops, void *here,
                        void *there)
{
    SmWorker *w = g_new0(SmWorker, 1);

    w->loop = loop;
    w->ops = ops;
    w->here = here;
    w->there = there;
    w->due = NEVER;
    w->refs = 1;
    g_queue_init(&w->waiting);
    g_queue_init(&w->finished);
    pthread_mutex_init(&w->lock, NULL);
    cond_init(&w->wake);
    cond_init(&w->ran);
    w->ready = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (w->ready < 0)
        g_error("can't make an eventfd: %s", g_strerror(errno));
    w->watch = sm_loop_fd(loop, w->ready, G_IO_IN, ready, w);
    int failed = sm_thread_start(&w->thread, name, thread_main, w);
    if (failed != 0)
        g_error("can't make a thread: %s", g_strerror(failed));
    return w;
}

void sm_worker_push(SmWorker *worker, void *job, int delay_ms)
{
    pthread_mutex_lock(&worker->lock);
    int64_t due = now_us() + delay_ms * INT64_C(1000);
    g_queue_push_tail(&worker->waiting, job);
    if (due < worker->due) {
        worker->due = due;
        pthread_cond_signal(&worker->wake);
    }
    pthread_mutex_unlock(&worker->lock);
}

GPtrArray *sm_worker_take_back(SmWorker *worker)
{
    pthread_mutex_lock(&worker->lock);
    GPtrArray *jobs = take(worker, 0);
    pthread_mutex_unlock(&worker->lock);
    return jobs;
}

void sm_worker_sync(SmWorker *worker)
{
    pthread_mutex_lock(&worker->lock);
    while (worker->waiting.head != NULL || worker->running) {
        if (worker->waiting.head != NULL)
            worker->due = 0;
        pthread_cond_signal(&worker->wake);
        cond_wait(worker, &worker->ran, NEVER);
    }
    pthread_mutex_unlock(&worker->lock);
}

/* Called with the lock held. */
static gboolean wait_for_end(SmWorker *w, int within_ms)
{
    int64_t until = within_ms < 0 ? NEVER : now_us() + within_ms * INT64_C(1000);

    while (!w->ended) {
        if (!cond_wait(w, &w->ran, until))
            return w->ended;
    }
    return TRUE;
}

gboolean sm_worker_close(SmWorker *worker, int within_ms, gboolean deliver_all)
{
    GPtrArray *jobs;

    worker->closed = TRUE;
    sm_loop_remove(worker->loop, &worker->watch);
    pthread_mutex_lock(&worker->lock);
    worker->stop = TRUE;
    pthread_cond_signal(&worker->wake);
    gboolean ended = wait_for_end(worker, within_ms);
    worker->abandoned = !ended;
    pthread_t thread = worker->thread;
    pthread_mutex_unlock(&worker->lock);
    if (!ended) { /* from here on it is the thread's */
        pthread_detach(thread);
        return FALSE;
    }
    pthread_join(thread, NULL);
    while (deliver_all && (jobs = next_finished(worker)) != NULL) {
        worker->ops->done(jobs, worker->here);
        g_ptr_array_unref(jobs);
    }
    worker_unref(worker);
    return TRUE;
}
