/* SPDX-License-Identifier: MIT */
/* heap: a binary heap of things with a deadline; what is first is known at once, and anything in it
 * can be moved or removed in O(log n). Equal deadlines come out in order of a tie number. */
#ifndef SEATMUX_BASE_HEAP_H
#define SEATMUX_BASE_HEAP_H

#include <glib.h>
#include <stdint.h>

/* Embed one in each thing. Zero it first; place is 0 while it is in no heap. */
typedef struct {
    int64_t due;
    uint64_t tie;
    guint place;
} SmHeapNode;

typedef struct SmHeap SmHeap;

SmHeap *sm_heap_new(void);
void sm_heap_free(SmHeap *heap); /* nodes are the caller's */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmHeap, sm_heap_free)
void sm_heap_set(SmHeap *heap, SmHeapNode *node, int64_t due, uint64_t tie); /* insert or move */
void sm_heap_remove(SmHeap *heap, SmHeapNode *node);                        /* fine if not in */
SmHeapNode *sm_heap_first(const SmHeap *heap);                              /* NULL if empty */
guint sm_heap_size(const SmHeap *heap);

#endif
