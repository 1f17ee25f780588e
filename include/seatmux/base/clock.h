/* SPDX-License-Identifier: MIT */
/* clock: desk time. Wall clock at start plus boot clock, so it never goes back; drift from the wall
 * clock is slewed away by at most 0.5 ms per s (architecture.md, rule 9). The client's estimate of
 * the desk's time from the quickest of its last 8 unparked round trips. */
#ifndef SEATMUX_BASE_CLOCK_H
#define SEATMUX_BASE_CLOCK_H

#include "seatmux/base/loop.h"

typedef struct SmClock SmClock;

/* `floor_ms`: the last stamp of the log; desk time starts above it even if the wall clock lies. */
SmClock *sm_clock_new(SmLoop *loop, int64_t floor_ms);
void sm_clock_free(SmClock *clock);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmClock, sm_clock_free)
int64_t sm_clock_now(SmClock *clock); /* desk ms since 1970, never smaller than before */

/* A time (ms since 1970) in the year 9892: who says more has no clock, and nothing may overflow for it. */
#define SM_TIME_MS_MOST INT64_C(250000000000000)

typedef struct SmClockEstimate SmClockEstimate;

SmClockEstimate *sm_clock_estimate_new(void);
void sm_clock_estimate_free(SmClockEstimate *estimate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmClockEstimate, sm_clock_estimate_free)
/* A round trip that did not park: sent and received in boot ms, desk_ms from the answer. A time below 0 or beyond
 * SM_TIME_MS_MOST is not believed. */
void sm_clock_estimate_add(SmClockEstimate *e, int64_t sent, int64_t received, int64_t desk_ms);
gboolean sm_clock_estimate_known(const SmClockEstimate *e);
/* Desk time at boot time `now`. Before the first round trip: `now` unchanged. */
int64_t sm_clock_estimate_at(const SmClockEstimate *e, int64_t now);

#endif
