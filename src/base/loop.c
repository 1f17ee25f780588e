/* SPDX-License-Identifier: MIT */
#include "loop_private.h"

void sm_loop_free(SmLoop *loop)
{
    if (loop != NULL) {
        loop->ops->free(loop);
    }
}

gboolean sm_loop_is_virtual(const SmLoop *loop)
{
    return loop->is_virtual;
}

int64_t sm_loop_now(const SmLoop *loop)
{
    return loop->ops->now_us(loop) / 1000;
}

int64_t sm_loop_now_us(const SmLoop *loop)
{
    return loop->ops->now_us(loop);
}

int64_t sm_loop_awake(const SmLoop *loop)
{
    return loop->ops->awake(loop);
}

int64_t sm_loop_wall(const SmLoop *loop)
{
    return loop->ops->wall(loop);
}

guint64 sm_loop_at(SmLoop *loop, int64_t at_ms, SmLoopFn fn, void *user)
{
    return loop->ops->at(loop, at_ms, fn, user);
}

guint64 sm_loop_after(SmLoop *loop, int64_t delay_ms, SmLoopFn fn, void *user)
{
    int64_t now = sm_loop_now(loop);
    int64_t delay = MAX(delay_ms, 0);
    int64_t at_ms = delay > INT64_MAX - now ? INT64_MAX : now + delay;
    return loop->ops->at(loop, at_ms, fn, user);
}

guint64 sm_loop_defer(SmLoop *loop, SmLoopFn fn, void *user)
{
    return loop->ops->defer(loop, fn, user);
}

guint64 sm_loop_fd(SmLoop *loop, int fd, GIOCondition condition, SmLoopFdFn fn, void *user)
{
    return loop->ops->fd(loop, fd, condition, fn, user);
}

void sm_loop_remove(SmLoop *loop, guint64 *id)
{
    guint64 gone = *id;
    *id = 0;
    if (gone != 0) {
        loop->ops->remove(loop, gone);
    }
}

void sm_loop_post(SmLoop *loop, SmLoopFn fn, void *user)
{
    loop->ops->post(loop, fn, user);
}

void sm_loop_run(SmLoop *loop)
{
    loop->ops->run(loop);
}

void sm_loop_quit(SmLoop *loop)
{
    loop->ops->quit(loop);
}
