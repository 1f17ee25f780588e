/* SPDX-License-Identifier: MIT */
/* The kernel cancels a far-off timer of the wall clock when that clock is set, and it sets it at
 * the end of every sleep: so one descriptor wakes the loop then and at no other time. Whether it
 * was a sleep or somebody setting the clock is told by boot time against awake time. A virtual loop
 * has no descriptors and looks every 2 s. */
#include "net/suspend.h"

#include <sys/timerfd.h>
#include <unistd.h>

#define LOOK_MS 2000
#define SLEPT_MS 1000
#define FAR_S (100LL * 365 * 24 * 3600)

struct SmSuspendWatch {
    SmLoop *loop;
    SmLoopFn fn;
    void *user;
    gboolean on;
    int64_t gap; /* boot minus awake when last looked */
    guint64 timer;
    int fd;
    guint64 source;
};

static int64_t gap_now(const SmSuspendWatch *watch)
{
    return sm_loop_now(watch->loop) - sm_loop_awake(watch->loop);
}

static void look(SmSuspendWatch *watch)
{
    int64_t gap = gap_now(watch);
    gboolean slept = gap - watch->gap > SLEPT_MS;

    watch->gap = gap;
    if (slept && watch->on)
        watch->fn(watch->user); /* last: it may free the watch */
}

static void arm(const SmSuspendWatch *watch)
{
    struct itimerspec when = {.it_value.tv_sec = sm_loop_wall(watch->loop) / 1000 + FAR_S};

    timerfd_settime(watch->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &when, NULL);
}

static void on_fd(int fd, GIOCondition condition, void *user)
{
    SmSuspendWatch *watch = user;
    uint64_t times;

    if (read(fd, &times, sizeof times) < 0)
        arm(watch);
    look(watch);
}

static void on_timer(void *user)
{
    SmSuspendWatch *watch = user;

    watch->timer = sm_loop_after(watch->loop, LOOK_MS, on_timer, watch);
    look(watch);
}

SmSuspendWatch *sm_suspend_watch_new(SmLoop *loop, SmLoopFn fn, void *user)
{
    SmSuspendWatch *watch = g_new0(SmSuspendWatch, 1);

    watch->loop = loop;
    watch->fn = fn;
    watch->user = user;
    watch->fd = -1;
    if (sm_loop_is_virtual(loop))
        return watch;
    watch->fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    if (watch->fd >= 0) {
        arm(watch);
        watch->source = sm_loop_fd(loop, watch->fd, G_IO_IN, on_fd, watch);
    }
    return watch;
}

void sm_suspend_watch_set(SmSuspendWatch *watch, gboolean on)
{
    if (on == watch->on)
        return;
    watch->on = on;
    watch->gap = gap_now(watch);
    sm_loop_remove(watch->loop, &watch->timer);
    if (on && sm_loop_is_virtual(watch->loop))
        watch->timer = sm_loop_after(watch->loop, LOOK_MS, on_timer, watch);
}

void sm_suspend_watch_free(SmSuspendWatch *watch)
{
    if (watch == NULL)
        return;
    sm_loop_remove(watch->loop, &watch->timer);
    sm_loop_remove(watch->loop, &watch->source);
    if (watch->fd >= 0)
        close(watch->fd);
    g_free(watch);
}
