/* SPDX-License-Identifier: MIT */
/* The loop of the running program. One GSource carries every timer (a heap), every deferred and
 * every posted call: a GLib timer each would cost a walk over all of them in every turn. The heap's
 * first deadline arms a timerfd on the boot clock, so a deadline that passes during suspend is seen
 * at resume at once, and nothing wakes while nothing is due. */
#include "loop_private.h"

#include <errno.h>
#include <glib-unix.h>
#include <pthread.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

typedef enum { ENTRY_TIMER, ENTRY_DEFERRED, ENTRY_FD } EntryKind;

typedef struct {
    SmHeapNode node; /* first, so that a node is its entry */
    guint64 id;
    EntryKind kind;
    SmLoopFn fn;
    SmLoopFdFn fd_fn;
    void *user;
    GList *link;     /* ENTRY_DEFERRED: its place in the queue */
    GSource *source; /* ENTRY_FD */
} Entry;

typedef struct {
    SmLoopFn fn;
    void *user;
} Posted;

typedef struct {
    SmLoop base;
    GMainContext *context;
    GMainLoop *main;
    GSource *source;
    int timer_fd;
    gpointer timer_tag;
    int64_t armed; /* what the timerfd waits for; -1: nothing */
    SmHeap *timers;
    GQueue deferred;             /* Entry * */
    pthread_mutex_t posted_lock; /* not a GMutex: the thread sanitizer knows this one */
    GQueue posted;               /* Posted *, under the lock */
    GHashTable *entries;         /* id -> Entry * */
} GlibLoop;

typedef struct {
    GSource source;
    GlibLoop *loop;
} LoopSource;

static int64_t clock_us(clockid_t which)
{
    struct timespec t;
    clock_gettime(which, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t glib_now_us(const SmLoop *loop)
{
    return clock_us(CLOCK_BOOTTIME);
}

static int64_t glib_awake(const SmLoop *loop)
{
    return clock_us(CLOCK_MONOTONIC) / 1000;
}

static int64_t glib_wall(const SmLoop *loop)
{
    return clock_us(CLOCK_REALTIME) / 1000;
}

static void arm(GlibLoop *loop, int64_t due)
{
    if (loop->armed == due) {
        return;
    }
    loop->armed = due;
    struct itimerspec when = {0};
    if (due >= 0) {
        when.it_value.tv_sec = due / 1000;
        when.it_value.tv_nsec = (due % 1000) * 1000000;
    }
    timerfd_settime(loop->timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
}

static guint posted_length(GlibLoop *loop)
{
    pthread_mutex_lock(&loop->posted_lock);
    guint n = loop->posted.length;
    pthread_mutex_unlock(&loop->posted_lock);
    return n;
}

static gboolean something_now(GlibLoop *loop)
{
    if (loop->deferred.length > 0 || posted_length(loop) > 0) {
        return TRUE;
    }
    SmHeapNode *first = sm_heap_first(loop->timers);
    return first != NULL && first->due <= sm_loop_now(&loop->base);
}

static gboolean source_prepare(GSource *source, int *timeout)
{
    GlibLoop *loop = ((LoopSource *)source)->loop;
    *timeout = -1;
    if (something_now(loop)) {
        return TRUE;
    }
    SmHeapNode *first = sm_heap_first(loop->timers);
    arm(loop, first != NULL ? first->due : -1);
    return FALSE;
}

static gboolean source_check(GSource *source)
{
    GlibLoop *loop = ((LoopSource *)source)->loop;
    if (g_source_query_unix_fd(source, loop->timer_tag) != 0) {
        uint64_t times;
        if (read(loop->timer_fd, &times, sizeof times) > 0) {
            loop->armed = -1;
        }
    }
    return something_now(loop);
}

/* Takes the entry out of the table and gives it to the caller. */
static Entry *entry_steal(GlibLoop *loop, Entry *entry)
{
    g_hash_table_steal(loop->entries, &entry->id);
    return entry;
}

static void run_posted(GlibLoop *loop)
{
    for (guint n = posted_length(loop); n > 0; n--) {
        pthread_mutex_lock(&loop->posted_lock);
        g_autofree Posted *posted = g_queue_pop_head(&loop->posted);
        pthread_mutex_unlock(&loop->posted_lock);
        posted->fn(posted->user); /* only this thread takes from the queue: there is one */
    }
}

/* What is asked for meanwhile waits for the next turn, so that descriptors get theirs. */
static void run_timers(GlibLoop *loop, guint64 last_id)
{
    int64_t now = sm_loop_now(&loop->base);
    for (;;) {
        SmHeapNode *first = sm_heap_first(loop->timers);
        if (first == NULL || first->due > now || first->tie > last_id) {
            return;
        }
        sm_heap_remove(loop->timers, first);
        g_autofree Entry *entry = entry_steal(loop, (Entry *)first);
        entry->fn(entry->user);
    }
}

static void run_deferred(GlibLoop *loop, guint64 last_id)
{
    for (;;) {
        Entry *first = g_queue_peek_head(&loop->deferred);
        if (first == NULL || first->id > last_id) {
            return;
        }
        g_queue_pop_head(&loop->deferred);
        g_autofree Entry *entry = entry_steal(loop, first);
        entry->fn(entry->user);
    }
}

static gboolean source_dispatch(GSource *source, GSourceFunc callback, gpointer data)
{
    GlibLoop *loop = ((LoopSource *)source)->loop;
    run_posted(loop);
    run_timers(loop, loop->base.last_id);
    run_deferred(loop, loop->base.last_id);
    return G_SOURCE_CONTINUE;
}

static const GSourceFuncs SOURCE_FUNCS = {
    .prepare = source_prepare,
    .check = source_check,
    .dispatch = source_dispatch,
};

static Entry *entry_new(GlibLoop *loop, EntryKind kind, SmLoopFn fn, void *user)
{
    Entry *entry = g_new0(Entry, 1);
    entry->id = ++loop->base.last_id;
    entry->kind = kind;
    entry->fn = fn;
    entry->user = user;
    g_hash_table_insert(loop->entries, &entry->id, entry);
    return entry;
}

static guint64 glib_at(SmLoop *base, int64_t at_ms, SmLoopFn fn, void *user)
{
    GlibLoop *loop = (GlibLoop *)base;
    Entry *entry = entry_new(loop, ENTRY_TIMER, fn, user);
    sm_heap_set(loop->timers, &entry->node, at_ms, entry->id);
    return entry->id;
}

static guint64 glib_defer(SmLoop *base, SmLoopFn fn, void *user)
{
    GlibLoop *loop = (GlibLoop *)base;
    Entry *entry = entry_new(loop, ENTRY_DEFERRED, fn, user);
    g_queue_push_tail(&loop->deferred, entry);
    entry->link = loop->deferred.tail;
    return entry->id;
}

/* GLib holds the callback's data while it runs, so a watch may remove itself. */
static gboolean fd_ready(int fd, GIOCondition condition, gpointer data)
{
    Entry *entry = data;
    entry->fd_fn(fd, condition, entry->user);
    return G_SOURCE_CONTINUE;
}

static guint64 glib_fd(SmLoop *base, int fd, GIOCondition condition, SmLoopFdFn fn, void *user)
{
    GlibLoop *loop = (GlibLoop *)base;
    Entry *entry = entry_new(loop, ENTRY_FD, NULL, user);
    entry->fd_fn = fn;
    entry->source = g_unix_fd_source_new(fd, condition);
    /* The function is called through the type of a descriptor's source, as GLib asks. */
    g_source_set_callback(entry->source, (GSourceFunc)(void (*)(void))fd_ready, entry, g_free);
    /* A source that may not recurse is taken out of the poll and put back around each dispatch, and each
     * wakes the loop: two writes, a poll and a read for nothing. Nobody runs the loop inside a callback. */
    g_source_set_can_recurse(entry->source, TRUE);
    g_source_attach(entry->source, loop->context);
    return entry->id;
}

/* Frees what is no longer in the table. */
static void entry_drop(GlibLoop *loop, Entry *entry)
{
    if (entry->kind == ENTRY_FD) {
        GSource *source = entry->source;
        g_source_destroy(source); /* frees the entry, now or after its callback */
        g_source_unref(source);
        return;
    }
    if (entry->kind == ENTRY_TIMER) {
        sm_heap_remove(loop->timers, &entry->node);
    } else {
        g_queue_delete_link(&loop->deferred, entry->link);
    }
    g_free(entry);
}

static void glib_remove(SmLoop *base, guint64 id)
{
    GlibLoop *loop = (GlibLoop *)base;
    Entry *entry = g_hash_table_lookup(loop->entries, &id);
    if (entry != NULL) {
        entry_drop(loop, entry_steal(loop, entry));
    }
}

static void glib_post(SmLoop *base, SmLoopFn fn, void *user)
{
    GlibLoop *loop = (GlibLoop *)base;
    Posted *posted = g_new0(Posted, 1);
    posted->fn = fn;
    posted->user = user;
    pthread_mutex_lock(&loop->posted_lock);
    g_queue_push_tail(&loop->posted, posted);
    pthread_mutex_unlock(&loop->posted_lock);
    g_main_context_wakeup(loop->context);
}

static void glib_run(SmLoop *base)
{
    g_main_loop_run(((GlibLoop *)base)->main);
}

static void glib_quit(SmLoop *base)
{
    g_main_loop_quit(((GlibLoop *)base)->main);
}

static void glib_free(SmLoop *base)
{
    GlibLoop *loop = (GlibLoop *)base;
    GList *left = g_hash_table_get_values(loop->entries);
    g_hash_table_steal_all(loop->entries);
    for (GList *l = left; l != NULL; l = l->next) {
        entry_drop(loop, l->data);
    }
    g_list_free(left);
    g_hash_table_unref(loop->entries);
    g_source_destroy(loop->source);
    g_source_unref(loop->source);
    close(loop->timer_fd);
    g_queue_clear_full(&loop->posted, g_free);
    pthread_mutex_destroy(&loop->posted_lock);
    sm_heap_free(loop->timers);
    g_main_loop_unref(loop->main);
    g_main_context_unref(loop->context);
    g_free(loop);
}

static const SmLoopOps GLIB_OPS = {
    .free = glib_free,
    .now_us = glib_now_us,
    .awake = glib_awake,
    .wall = glib_wall,
    .at = glib_at,
    .defer = glib_defer,
    .fd = glib_fd,
    .remove = glib_remove,
    .post = glib_post,
    .run = glib_run,
    .quit = glib_quit,
};

SmLoop *sm_loop_new_glib(void)
{
    GlibLoop *loop = g_new0(GlibLoop, 1);
    loop->base.ops = &GLIB_OPS;
    loop->context = g_main_context_ref(g_main_context_default());
    loop->main = g_main_loop_new(loop->context, FALSE);
    loop->timers = sm_heap_new();
    g_queue_init(&loop->deferred);
    g_queue_init(&loop->posted);
    pthread_mutex_init(&loop->posted_lock, NULL);
    loop->entries = g_hash_table_new(g_int64_hash, g_int64_equal);
    loop->armed = -1;
    loop->timer_fd = timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    if (loop->timer_fd < 0) {
        g_error("can't make a timer: %s", g_strerror(errno));
    }
    /* GLib only reads the table; its parameter is older than const. */
    loop->source = g_source_new((GSourceFuncs *)&SOURCE_FUNCS, sizeof(LoopSource));
    ((LoopSource *)loop->source)->loop = loop;
    loop->timer_tag = g_source_add_unix_fd(loop->source, loop->timer_fd, G_IO_IN);
    g_source_set_static_name(loop->source, "seatmux");
    g_source_set_can_recurse(loop->source, TRUE); /* as for descriptors */
    g_source_attach(loop->source, loop->context);
    return &loop->base;
}
