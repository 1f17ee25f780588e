/* SPDX-License-Identifier: MIT */
/* traffic: visits to the shop's pages in a period, and what came of them, as part of a report (docs/visitors.md). */
#ifndef SEATMUX_DESK_TRAFFIC_H
#define SEATMUX_DESK_TRAFFIC_H

#include <glib.h>

#include "seatmux/base/json.h"
#include "seatmux/desk/event.h"

typedef struct SmTraffic SmTraffic;

SmTraffic *sm_traffic_new(int64_t from, int64_t to); /* desk ms, [from, to) */
void sm_traffic_free(SmTraffic *traffic);            /* NULL is fine */
/* The next record of the log. */
void sm_traffic_record(SmTraffic *traffic, const SmRecord *record);
/* What desk/report.h says of "traffic"; NULL: nothing was counted. The hours are those of `zone` (NULL: UTC). New reference. */
json_t *sm_traffic_json(const SmTraffic *traffic, GTimeZone *zone);

#endif
