/* SPDX-License-Identifier: MIT */
/* A loop whose time can stand still, over another whose thread it shares: what is asked of it keeps its place while it is
 * stopped, and goes on with the time that was left. */
#include "loop_private.h"

typedef struct {
    SmHeapNode node; /* first, so that a node is its entry */
    guint64 id;
    SmLoopFn fn;
    void *user;
    guint64 watch; /* of the loop below; 0: this is a timer */
} Entry;

typedef struct {
    SmLoop base;
    SmLoop *under;
    SmHeap *heap;
    GHashTable *entries; /* id -> Entry *, owned */
    guint64 armed;       /* of the loop below, for what is due first */
    gboolean paused;
    int64_t stood_ms;    /* in all, before this pause */
    int64_t stopped_us;  /* time below when it was stopped */
} PausingLoop;

static PausingLoop *of(const SmLoop *loop);

static int64_t pausing_now_us(const SmLoop *loop)
{
    const PausingLoop *l = of(loop);

    return (l->paused ? l->stopped_us : sm_loop_now_us(l->under)) - l->stood_ms * 1000;
}

/* What the time below is ahead by now. */
static int64_t held_ms(const PausingLoop *l)
{
    return l->stood_ms + (l->paused ? (sm_loop_now_us(l->under) - l->stopped_us) / 1000 : 0);
}

static int64_t pausing_awake(const SmLoop *loop)
{
    return sm_loop_awake(of(loop)->under) - held_ms(of(loop));
}

static int64_t pausing_wall(const SmLoop *loop)
{
    return sm_loop_wall(of(loop)->under) - held_ms(of(loop));
}

static void arm(PausingLoop *l);

/* All that is due, but nothing that is asked for meanwhile: others have their turn too. */
static void run_due(void *user)
{
    PausingLoop *l = user;
    guint64 last = l->base.last_id;

    l->armed = 0;
    while (!l->paused) {
        Entry *entry = (Entry *)sm_heap_first(l->heap);
        if (entry == NULL || entry->id > last || entry->node.due > sm_loop_now(&l->base))
            break;
        sm_heap_remove(l->heap, &entry->node);
        g_hash_table_steal(l->entries, &entry->id);
        g_autofree Entry *owned = entry;
        owned->fn(owned->user);
    }
    arm(l);
}

static void arm(PausingLoop *l)
{
    const SmHeapNode *first = sm_heap_first(l->heap);

    sm_loop_remove(l->under, &l->armed);
    if (l->paused || first == NULL)
        return;
    if (first->due <= sm_loop_now(&l->base))
        l->armed = sm_loop_defer(l->under, run_due, l);
    else
        l->armed = sm_loop_at(l->under, first->due > INT64_MAX - l->stood_ms ? INT64_MAX : first->due + l->stood_ms, run_due, l);
}

static guint64 pausing_at(SmLoop *base, int64_t at_ms, SmLoopFn fn, void *user)
{
    PausingLoop *l = of(base);
    Entry *entry = g_new0(Entry, 1);

    entry->id = ++base->last_id;
    entry->fn = fn;
    entry->user = user;
    sm_heap_set(l->heap, &entry->node, MAX(at_ms, sm_loop_now(base)), entry->id);
    g_hash_table_insert(l->entries, &entry->id, entry);
    if (sm_heap_first(l->heap) == &entry->node)
        arm(l);
    return entry->id;
}

static guint64 pausing_defer(SmLoop *base, SmLoopFn fn, void *user)
{
    return pausing_at(base, sm_loop_now(base), fn, user);
}

static guint64 pausing_fd(SmLoop *base, int fd, GIOCondition condition, SmLoopFdFn fn, void *user)
{
    PausingLoop *l = of(base);
    Entry *entry = g_new0(Entry, 1);

    entry->id = ++base->last_id;
    entry->watch = sm_loop_fd(l->under, fd, condition, fn, user);
    g_hash_table_insert(l->entries, &entry->id, entry);
    return entry->id;
}

static void pausing_remove(SmLoop *base, guint64 id)
{
    PausingLoop *l = of(base);
    Entry *entry = g_hash_table_lookup(l->entries, &id);

    if (entry == NULL)
        return;
    sm_loop_remove(l->under, &entry->watch);
    sm_heap_remove(l->heap, &entry->node);
    g_hash_table_remove(l->entries, &id);
}

static void pausing_post(SmLoop *base, SmLoopFn fn, void *user)
{
    sm_loop_post(of(base)->under, fn, user);
}

static void pausing_run(SmLoop *base)
{
    sm_loop_run(of(base)->under);
}

static void pausing_quit(SmLoop *base)
{
    sm_loop_quit(of(base)->under);
}

static void pausing_free(SmLoop *base)
{
    PausingLoop *l = of(base);

    sm_loop_remove(l->under, &l->armed);
    sm_heap_free(l->heap);
    g_hash_table_unref(l->entries);
    g_free(l);
}

static const SmLoopOps PAUSING_OPS = {
    .free = pausing_free,
    .now_us = pausing_now_us,
    .awake = pausing_awake,
    .wall = pausing_wall,
    .at = pausing_at,
    .defer = pausing_defer,
    .fd = pausing_fd,
    .remove = pausing_remove,
    .post = pausing_post,
    .run = pausing_run,
    .quit = pausing_quit,
};

static PausingLoop *of(const SmLoop *loop)
{
    if (loop->ops != &PAUSING_OPS)
        g_error("only a pausing loop's time can stand still");
    return (PausingLoop *)loop;
}

SmLoop *sm_loop_new_pausing(SmLoop *under)
{
    PausingLoop *l = g_new0(PausingLoop, 1);

    l->base.ops = &PAUSING_OPS;
    l->under = under;
    l->heap = sm_heap_new();
    l->entries = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    return &l->base;
}

void sm_loop_pause(SmLoop *loop, gboolean on)
{
    PausingLoop *l = of(loop);

    if (l->paused == on)
        return;
    if (on)
        l->stopped_us = sm_loop_now_us(l->under);
    else
        l->stood_ms = held_ms(l);
    l->paused = on;
    arm(l);
}
