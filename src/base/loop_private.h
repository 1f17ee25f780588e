/* SPDX-License-Identifier: MIT */
/* loop_private: what the two loops have in common: an ops table, and entries known by their id. */
#ifndef SEATMUX_SRC_BASE_LOOP_PRIVATE_H
#define SEATMUX_SRC_BASE_LOOP_PRIVATE_H

#include "seatmux/base/heap.h"
#include "seatmux/base/loop.h"

typedef struct {
    void (*free)(SmLoop *loop);
    int64_t (*now_us)(const SmLoop *loop);
    int64_t (*awake)(const SmLoop *loop);
    int64_t (*wall)(const SmLoop *loop);
    guint64 (*at)(SmLoop *loop, int64_t at_ms, SmLoopFn fn, void *user);
    guint64 (*defer)(SmLoop *loop, SmLoopFn fn, void *user);
    guint64 (*fd)(SmLoop *loop, int fd, GIOCondition condition, SmLoopFdFn fn, void *user);
    void (*remove)(SmLoop *loop, guint64 id);
    void (*post)(SmLoop *loop, SmLoopFn fn, void *user);
    void (*run)(SmLoop *loop);
    void (*quit)(SmLoop *loop);
} SmLoopOps;

/* The first member of each implementation. */
struct SmLoop {
    const SmLoopOps *ops;
    gboolean is_virtual;
    guint64 last_id;
};

#endif
