/* SPDX-License-Identifier: MIT */
#include "seatmux/base/heap.h"

/* Slot 0 is never used, so a node's place counts from 1 and 0 can mean "in no heap". */
struct SmHeap {
    SmHeapNode **slots;
    guint size;
    guint room;
};

SmHeap *sm_heap_new(void)
{
    return g_new0(SmHeap, 1);
}

void sm_heap_free(SmHeap *heap)
{
    if (heap == NULL) {
        return;
    }
    g_free(heap->slots);
    g_free(heap);
}

static gboolean before(const SmHeapNode *a, const SmHeapNode *b)
{
    return a->due != b->due ? a->due < b->due : a->tie < b->tie;
}

static void put(SmHeap *heap, guint place, SmHeapNode *node)
{
    heap->slots[place] = node;
    node->place = place;
}

static void sift_up(SmHeap *heap, guint place, SmHeapNode *node)
{
    while (place > 1 && before(node, heap->slots[place / 2])) {
        put(heap, place, heap->slots[place / 2]);
        place /= 2;
    }
    put(heap, place, node);
}

static void sift_down(SmHeap *heap, guint place, SmHeapNode *node)
{
    while (place <= heap->size / 2) {
        guint child = place * 2;
        if (child < heap->size && before(heap->slots[child + 1], heap->slots[child])) {
            child++;
        }
        if (!before(heap->slots[child], node)) {
            break;
        }
        put(heap, place, heap->slots[child]);
        place = child;
    }
    put(heap, place, node);
}

static void settle(SmHeap *heap, guint place, SmHeapNode *node)
{
    if (place > 1 && before(node, heap->slots[place / 2])) {
        sift_up(heap, place, node);
    } else {
        sift_down(heap, place, node);
    }
}

void sm_heap_set(SmHeap *heap, SmHeapNode *node, int64_t due, uint64_t tie)
{
    node->due = due;
    node->tie = tie;
    if (node->place != 0) {
        settle(heap, node->place, node);
        return;
    }
    if (heap->size + 1 >= heap->room) {
        heap->room = heap->room == 0 ? 16 : heap->room * 2;
        heap->slots = g_renew(SmHeapNode *, heap->slots, heap->room);
    }
    heap->size++;
    sift_up(heap, heap->size, node);
}

void sm_heap_remove(SmHeap *heap, SmHeapNode *node)
{
    guint place = node->place;
    if (place == 0) {
        return;
    }
    g_return_if_fail(place <= heap->size && heap->slots[place] == node);
    SmHeapNode *last = heap->slots[heap->size];
    heap->size--;
    node->place = 0;
    if (last != node) {
        settle(heap, place, last);
    }
}

SmHeapNode *sm_heap_first(const SmHeap *heap)
{
    return heap->size == 0 ? NULL : heap->slots[1];
}

guint sm_heap_size(const SmHeap *heap)
{
    return heap->size;
}
