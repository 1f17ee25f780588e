/* SPDX-License-Identifier: MIT */
#include "steady.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static Steady *shared; /* NULL: the machine's own time */

static __attribute__((constructor)) void map_it(void)
{
    const char *path = getenv("SEATMUX_STEADY");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    void *there = fd >= 0 ? mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;
    shared = there == MAP_FAILED ? NULL : there;
    if (fd >= 0)
        close(fd);
}

static int64_t real_us(void)
{
    struct timespec t;
    NEXT(clock_gettime)(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t wall_us(void)
{
    int64_t passed = (real_us() - shared->since_us) / STEADY_SLOWER;
    return shared->wall_us + (passed < shared->creep_us ? passed : shared->creep_us);
}

static int is_ours(clockid_t which)
{
    return which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE || which == CLOCK_MONOTONIC || which == CLOCK_MONOTONIC_COARSE ||
           which == CLOCK_MONOTONIC_RAW || which == CLOCK_BOOTTIME;
}

int clock_gettime(clockid_t which, struct timespec *t)
{
    if (!shared || !is_ours(which))
        return NEXT(clock_gettime)(which, t);
    int64_t us = wall_us() - (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE ? 0 : STEADY_UP_US);
    t->tv_sec = us / 1000000;
    t->tv_nsec = us % 1000000 * 1000;
    return 0;
}

int gettimeofday(struct timeval *restrict t, void *restrict zone)
{
    struct timespec now;
    int result = clock_gettime(CLOCK_REALTIME, &now);
    t->tv_sec = now.tv_sec;
    t->tv_usec = now.tv_nsec / 1000;
    return result;
}

time_t time(time_t *to)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (to)
        *to = now.tv_sec;
    return now.tv_sec;
}

/* The loop's one timer, on the boot clock: it fires at each glance; the loop looks itself whether something is due. */
int timerfd_settime(int fd, int flags, const struct itimerspec *when, struct itimerspec *old)
{
    struct itimerspec glance = {.it_value = {.tv_nsec = STEADY_GLANCE_NS}};
    if (!shared || !(flags & TFD_TIMER_ABSTIME) || flags & TFD_TIMER_CANCEL_ON_SET)
        return NEXT(timerfd_settime)(fd, flags, when, old);
    int64_t due = (int64_t)when->it_value.tv_sec * 1000000 + when->it_value.tv_nsec / 1000;
    shared->due_us = due ? due + STEADY_UP_US : 0;
    shared->glances++;
    return NEXT(timerfd_settime)(fd, 0, due ? &glance : when, old);
}

/* A thread that waits looks at each glance too; waking without a reason is allowed. */
int pthread_cond_timedwait(pthread_cond_t *restrict cond, pthread_mutex_t *restrict lock, const struct timespec *restrict until)
{
    struct timespec now, glance;
    if (!shared)
        return NEXT(pthread_cond_timedwait)(cond, lock, until);
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (now.tv_sec > until->tv_sec || (now.tv_sec == until->tv_sec && now.tv_nsec >= until->tv_nsec))
        return ETIMEDOUT;
    int64_t us = real_us() + STEADY_GLANCE_NS / 1000;
    glance.tv_sec = us / 1000000;
    glance.tv_nsec = us % 1000000 * 1000;
    int result = NEXT(pthread_cond_timedwait)(cond, lock, &glance);
    return result == ETIMEDOUT ? 0 : result;
}
