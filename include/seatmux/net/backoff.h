/* SPDX-License-Identifier: MIT */
/* backoff: how long to wait before the next try. */
#ifndef SEATMUX_NET_BACKOFF_H
#define SEATMUX_NET_BACKOFF_H

#include "seatmux/base/rng.h"

/* Ms until the next try after `failures` (1..) in a row, the first of them `outage_ms` ago. Full
 * jitter under a bound that doubles from 1 s to 30 s; in the first five minutes the bound stays
 * under 2 s, so that a desk that was restarted, however long that took, has everybody back within 2 s, and is asked less than
 * once a second. A desk's Retry-After (0:
 * none) is obeyed, with a little jitter on top so that not all come at once. */
int64_t sm_backoff_ms(SmRng *rng, guint failures, int64_t outage_ms, int retry_after_s);

#endif
