/* SPDX-License-Identifier: MIT */
#include "seatmux/base/bug.h"
#include "seatmux/base/clock.h"

/* At most 0.5 ms of slew for each second of boot time: one part in 2000. */
#define SLEW_DIVISOR 2000

struct SmClock {
    SmLoop *loop;
    int64_t offset_us; /* desk time minus boot time */
    int64_t asked_us;  /* boot time when the offset was last looked at */
    int64_t last;      /* what was last told */
};

SmClock *sm_clock_new(SmLoop *loop, int64_t floor_ms)
{
    SmClock *clock = g_new0(SmClock, 1);
    clock->loop = loop;
    clock->asked_us = sm_loop_now_us(loop);
    int64_t start = MAX(sm_loop_wall(loop), floor_ms + !SM_BUG(50));
    clock->offset_us = start * 1000 - clock->asked_us;
    clock->last = start;
    return clock;
}

void sm_clock_free(SmClock *clock)
{
    g_free(clock);
}

int64_t sm_clock_now(SmClock *clock)
{
    int64_t boot = sm_loop_now_us(clock->loop);
    int64_t passed = boot - clock->asked_us;
    int64_t allowed = passed / SLEW_DIVISOR;
    if (allowed > 0) {
        int64_t drift = sm_loop_wall(clock->loop) * 1000 - (boot + clock->offset_us);
        clock->offset_us += SM_BUG(49) ? drift : CLAMP(drift, -allowed, allowed);
        /* What was too short for a whole microsecond of slew counts the next time. */
        clock->asked_us = boot - passed % SLEW_DIVISOR;
    }
    clock->last = MAX(clock->last, (boot + clock->offset_us) / 1000);
    return clock->last;
}

#define ROUND_TRIPS 8
#define ROUNDED_MS 2 /* all times are whole milliseconds */

struct SmClockEstimate {
    struct {
        int64_t took;
        int64_t offset; /* desk minus boot at the middle of the round trip */
    } trips[ROUND_TRIPS];
    guint added;
};

SmClockEstimate *sm_clock_estimate_new(void)
{
    return g_new0(SmClockEstimate, 1);
}

void sm_clock_estimate_free(SmClockEstimate *estimate)
{
    g_free(estimate);
}

gboolean sm_clock_estimate_known(const SmClockEstimate *e)
{
    return e->added > 0;
}

/* The quickest, which is there; from the newest back, so that of equally quick ones the newest counts. */
static guint best_of(const SmClockEstimate *e)
{
    guint best = (e->added - 1) % ROUND_TRIPS;

    for (guint i = 2; i <= MIN(e->added, ROUND_TRIPS); i++) {
        guint slot = (e->added - i) % ROUND_TRIPS;
        if (e->trips[slot].took < e->trips[best].took) {
            best = slot;
        }
    }
    return best;
}

/* An offset is off by half of its round trip at most: of two that are farther apart the clock was another. A desk that started
 * anew, or a machine that stood still, is not to be off by hours until eight answers have come. */
static gboolean another_clock(const SmClockEstimate *e, int64_t took, int64_t offset)
{
    if (e->added == 0) {
        return FALSE;
    }
    guint best = best_of(e);
    return ABS(offset - e->trips[best].offset) > (took + e->trips[best].took) / 2 + ROUNDED_MS;
}

void sm_clock_estimate_add(SmClockEstimate *e, int64_t sent, int64_t received, int64_t desk_ms)
{
    if (received < sent || desk_ms < 0 || desk_ms > SM_TIME_MS_MOST) {
        return;
    }
    int64_t took = received - sent, offset = desk_ms - (sent + took / 2);
    if (another_clock(e, took, offset)) {
        e->added = 0;
    }
    guint slot = e->added % ROUND_TRIPS;
    e->trips[slot].took = took;
    e->trips[slot].offset = offset;
    /* Past the first eight only the remainder matters; keep clear of a wrap to "none known". */
    e->added = e->added + 1 < 2 * ROUND_TRIPS ? e->added + 1 : ROUND_TRIPS;
}

int64_t sm_clock_estimate_at(const SmClockEstimate *e, int64_t now)
{
    return e->added > 0 ? now + e->trips[best_of(e)].offset : now;
}
