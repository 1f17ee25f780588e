/* SPDX-License-Identifier: MIT */
#include "seatmux/base/bug.h"
#include "seatmux/net/backoff.h"

#define LEAST_MS 250
#define FIRST_MS 1000
#define EARLY_MS 2000
#define MOST_MS 30000
#define EARLY_OUTAGE_MS 30000
#define RETRY_JITTER_MS 500
/* A desk that says more than this is not believed. */
#define RETRY_MOST_S 300

int64_t sm_backoff_ms(SmRng *rng, guint failures, int64_t outage_ms, int retry_after_s)
{
    int64_t bound = (int64_t)FIRST_MS << MIN(MAX(failures, 1) - 1, 5);

    if (retry_after_s > 0 && !SM_BUG(7))
        return (int64_t)MIN(retry_after_s, RETRY_MOST_S) * 1000 +
               sm_rng_between(rng, 0, RETRY_JITTER_MS);
    bound = MIN(bound, outage_ms < EARLY_OUTAGE_MS ? EARLY_MS : MOST_MS);
    return sm_rng_between(rng, LEAST_MS, bound);
}
