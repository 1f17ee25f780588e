/* SPDX-License-Identifier: MIT */
/* steady: time as it is given. A program that was started with steady.so loaded before the C library (LD_PRELOAD) and
 * SEATMUX_STEADY=FILE sees the clock of this file, which whoever made it moves. For pictures that come out the same each time. */
#ifndef SEATMUX_TESTS_SCREENS_STEADY_H
#define SEATMUX_TESTS_SCREENS_STEADY_H

#include <stdatomic.h>
#include <stdint.h>

/* Boot time and monotonic time are wall time less this: a machine that has been up for a while. */
#define STEADY_UP_US (INT64_C(1773000000) * 1000000)
/* How long a wait really lasts before the clock is looked at again. */
#define STEADY_GLANCE_NS 1000000
#define STEADY_SLOWER 4 /* than real time, where it goes on by itself */

typedef struct {
    _Atomic int64_t wall_us;    /* the time that was set */
    _Atomic int64_t since_us;   /* real monotonic time of that moment */
    _Atomic int64_t creep_us;   /* so far it goes on by itself from there */
    _Atomic int64_t due_us;     /* wall time at which the program next wants to be woken; 0: never */
    _Atomic uint64_t glances;   /* how often it has found nothing due */
} Steady;

#endif
