/* SPDX-License-Identifier: MIT */
#include "seatmux/base/bug.h"
#include "seatmux/net/backoff.h"

#define FIRST_LEAST_MS 250 /* mostly one connection broke, and the next try is good */
#define LEAST_MS 600       /* with EARLY_MS: 0.8 requests a second, which leaves room for the first ones */
#define FIRST_MS 1000
#define EARLY_MS 1900 /* and a round trip */
#define MOST_MS 30000
#define EARLY_OUTAGE_MS 300000 /* an upgrade, or a machine that starts anew */
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
    return sm_rng_between(rng, failures > 1 ? LEAST_MS : FIRST_LEAST_MS, bound);
}
