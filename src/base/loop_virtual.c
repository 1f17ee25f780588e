/* SPDX-License-Identifier: MIT */
/* The loop of tests and simulations: callbacks in order of (time, sequence), and time that moves
 * only when nothing is left to do now. */
#include "loop_private.h"

typedef struct {
    SmHeapNode node; /* first, so that a node is its entry */
    guint64 id;
    SmLoopFn fn;
    void *user;
} Entry;

typedef struct {
    SmLoop base;
    int64_t boot_ms;
    int64_t slept_ms;
    int64_t wall_offset_ms; /* wall minus boot */
    SmHeap *heap;
    GHashTable *entries; /* id -> Entry *, owned */
    gboolean stopped;
} VirtualLoop;

static VirtualLoop *of(const SmLoop *loop)
{
    if (!loop->is_virtual) {
        g_error("only a virtual loop's time can be moved");
    }
    return (VirtualLoop *)loop;
}

static int64_t virtual_now_us(const SmLoop *loop)
{
    return of(loop)->boot_ms * 1000;
}

static int64_t virtual_awake(const SmLoop *loop)
{
    return of(loop)->boot_ms - of(loop)->slept_ms;
}

static int64_t virtual_wall(const SmLoop *loop)
{
    return of(loop)->boot_ms + of(loop)->wall_offset_ms;
}

static guint64 virtual_at(SmLoop *base, int64_t at_ms, SmLoopFn fn, void *user)
{
    VirtualLoop *loop = of(base);
    Entry *entry = g_new0(Entry, 1);
    entry->id = ++base->last_id;
    entry->fn = fn;
    entry->user = user;
    /* What is past is due now, behind what was already asked for now. */
    sm_heap_set(loop->heap, &entry->node, MAX(at_ms, loop->boot_ms), entry->id);
    g_hash_table_insert(loop->entries, &entry->id, entry);
    return entry->id;
}

static guint64 virtual_defer(SmLoop *base, SmLoopFn fn, void *user)
{
    return virtual_at(base, of(base)->boot_ms, fn, user);
}

static guint64 virtual_fd(SmLoop *base, int fd, GIOCondition condition, SmLoopFdFn fn, void *user)
{
    g_error("a virtual loop has no descriptors");
    return 0;
}

static void virtual_post(SmLoop *base, SmLoopFn fn, void *user)
{
    g_error("a virtual loop has no threads");
}

static void virtual_remove(SmLoop *base, guint64 id)
{
    VirtualLoop *loop = of(base);
    Entry *entry = g_hash_table_lookup(loop->entries, &id);
    if (entry != NULL) {
        sm_heap_remove(loop->heap, &entry->node);
        g_hash_table_remove(loop->entries, &id);
    }
}

gboolean sm_loop_step(SmLoop *base)
{
    VirtualLoop *loop = of(base);
    SmHeapNode *first = sm_heap_first(loop->heap);
    if (first == NULL) {
        return FALSE;
    }
    sm_heap_remove(loop->heap, first);
    loop->boot_ms = MAX(loop->boot_ms, first->due);
    g_autofree Entry *entry = (Entry *)first;
    g_hash_table_steal(loop->entries, &entry->id);
    entry->fn(entry->user);
    return TRUE;
}

static void virtual_run(SmLoop *base)
{
    VirtualLoop *loop = of(base);
    loop->stopped = FALSE;
    while (!loop->stopped && sm_loop_step(base)) {
    }
}

static void virtual_quit(SmLoop *base)
{
    of(base)->stopped = TRUE;
}

void sm_loop_run_until(SmLoop *base, int64_t at_ms)
{
    VirtualLoop *loop = of(base);
    for (;;) {
        SmHeapNode *first = sm_heap_first(loop->heap);
        if (first == NULL || first->due > at_ms) {
            break;
        }
        sm_loop_step(base);
    }
    loop->boot_ms = MAX(loop->boot_ms, at_ms);
}

void sm_loop_jump_wall(SmLoop *base, int64_t by_ms)
{
    of(base)->wall_offset_ms += by_ms;
}

void sm_loop_suspend(SmLoop *base, int64_t ms)
{
    VirtualLoop *loop = of(base);
    loop->boot_ms += MAX(ms, 0);
    loop->slept_ms += MAX(ms, 0);
}

static void virtual_free(SmLoop *base)
{
    VirtualLoop *loop = of(base);
    sm_heap_free(loop->heap);
    g_hash_table_unref(loop->entries);
    g_free(loop);
}

static const SmLoopOps VIRTUAL_OPS = {
    .free = virtual_free,
    .now_us = virtual_now_us,
    .awake = virtual_awake,
    .wall = virtual_wall,
    .at = virtual_at,
    .defer = virtual_defer,
    .fd = virtual_fd,
    .remove = virtual_remove,
    .post = virtual_post,
    .run = virtual_run,
    .quit = virtual_quit,
};

SmLoop *sm_loop_new_virtual(int64_t wall_start_ms)
{
    VirtualLoop *loop = g_new0(VirtualLoop, 1);
    loop->base.ops = &VIRTUAL_OPS;
    loop->base.is_virtual = TRUE;
    loop->wall_offset_ms = wall_start_ms;
    loop->heap = sm_heap_new();
    loop->entries = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    return &loop->base;
}
