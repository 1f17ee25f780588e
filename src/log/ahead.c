/* SPDX-License-Identifier: MIT */
/* ahead: a log on disk read from a place to its end, by a thread that has a connection of its own and is a few pages ahead of who
 * takes them. A page belongs to one of the two at any time: nothing of it is shared. */
#include "sqlite_private.h"

#include "seatmux/base/error.h"
#include "seatmux/base/worker.h"

#define PAGE 500
#define PAGES 2 /* that wait */

typedef struct {
    SmLogReader *reader; /* the thread's, as are the next two */
    int64_t after;
    int64_t last;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    GQueue pages;  /* GPtrArray: read, and not taken yet */
    GError *error; /* why there are no more */
    gboolean end;  /* none come any more */
    gboolean stop; /* none are wanted any more */
} Ahead;

/* --- On the thread -------------------------------------------------------------------------------
 */

/* Takes both over. FALSE: that was the last. */
static gboolean put(Ahead *a, GPtrArray *page, GError *error)
{
    pthread_mutex_lock(&a->lock);
    while (a->pages.length >= PAGES && !a->stop)
        pthread_cond_wait(&a->changed, &a->lock);
    a->error = error;
    a->end = page == NULL || page->len == 0;
    if (page != NULL)
        g_queue_push_tail(&a->pages, page);
    gboolean more = !a->end && !a->stop;
    pthread_cond_broadcast(&a->changed);
    pthread_mutex_unlock(&a->lock);
    return more;
}

static void *read_on(void *user)
{
    Ahead *a = user;
    GPtrArray *page;
    GError *error;

    do {
        error = NULL;
        page = sm_log_reader_read(a->reader, a->after, a->last, PAGE, &error);
        if (page != NULL && page->len > 0)
            a->after = ((const SmRecord *)page->pdata[page->len - 1])->seq;
    } while (put(a, page, error));
    return NULL;
}

/* --- Who takes them ------------------------------------------------------------------------------
 */

static GPtrArray *next(Ahead *a)
{
    pthread_mutex_lock(&a->lock);
    while (a->pages.head == NULL && !a->end)
        pthread_cond_wait(&a->changed, &a->lock);
    GPtrArray *page = g_queue_pop_head(&a->pages);
    pthread_cond_broadcast(&a->changed);
    pthread_mutex_unlock(&a->lock);
    return page;
}

static gboolean take_all(Ahead *a, SmTakePage take, void *user, GError **error)
{
    for (;;) {
        g_autoptr(GPtrArray) page = next(a);
        if (page == NULL || page->len == 0)
            return TRUE;
        if (!take(page, user, error))
            return FALSE;
    }
}

static void stop(Ahead *a, pthread_t thread)
{
    pthread_mutex_lock(&a->lock);
    a->stop = TRUE;
    pthread_cond_broadcast(&a->changed);
    pthread_mutex_unlock(&a->lock);
    pthread_join(thread, NULL);
}

static void page_free(void *page)
{
    g_ptr_array_unref(page);
}

/* What was read before a fault is taken before the fault is told. */
static gboolean run(Ahead *a, SmTakePage take, void *user, GError **error)
{
    pthread_t thread;
    int failed = sm_thread_start(&thread, "log ahead", read_on, a);

    if (failed != 0) {
        g_set_error(error, SM_ERROR, SM_ERROR_IO, "can't make a thread: %s", g_strerror(failed));
        return FALSE;
    }
    gboolean good = take_all(a, take, user, error);
    stop(a, thread);
    if (good && a->error != NULL)
        g_propagate_error(error, g_steal_pointer(&a->error));
    else if (a->error == NULL)
        return good;
    g_clear_error(&a->error);
    return FALSE;
}

gboolean sm_log_reader_each(const char *path, int64_t after, int64_t last, SmTakePage take, void *user, GError **error)
{
    Ahead a = {.reader = sm_log_reader_open(path, error), .after = after, .last = last};

    if (a.reader == NULL)
        return FALSE;
    pthread_mutex_init(&a.lock, NULL);
    pthread_cond_init(&a.changed, NULL);
    gboolean good = run(&a, take, user, error);
    g_queue_clear_full(&a.pages, page_free);
    pthread_cond_destroy(&a.changed);
    pthread_mutex_destroy(&a.lock);
    sm_log_reader_close(a.reader);
    return good;
}
