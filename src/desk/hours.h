/* SPDX-License-Identifier: MIT */
/* hours: making the working hours of a team, for policy.c and policy_file.c.
 *
 * A span says: on this weekday, from this wall-clock minute to that one (past 1440: into the next
 * day). An instant is worked when the wall clock of the zone shows a minute of a span that began on
 * a day that is not a day off. So an hour that the wall clock shows twice is worked twice, and one
 * that it skips is not worked. */
#ifndef SEATMUX_DESK_HOURS_H
#define SEATMUX_DESK_HOURS_H

#include "seatmux/desk/policy.h"

#define SM_HOURS_SPANS 70     /* spans of a week */
#define SM_HOURS_HOLIDAYS 400 /* days off */
#define SM_HOURS_DAYS 400     /* how far sm_hours_add() looks */

/* No spans yet: never open. NULL and SM_ERROR_INVALID if the zone is not an IANA zone this machine
 * knows. */
SmHours *sm_hours_new(const char *zone, GError **error);
void sm_hours_free(SmHours *hours);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmHours, sm_hours_free)

/* "mon", "mon-fri" (also over the week's end, "sat-mon"), "daily". Bits 0 (Monday) to 6, or 0. */
guint sm_hours_days(const char *text);
/* "09:00-18:00", "22:00-06:00" (into the next day), "00:00-24:00", on the days of the bits. */
gboolean sm_hours_add_span(SmHours *hours, guint days, const char *text, GError **error);
/* "2026-10-01" or "2026-10-01..2026-10-07". */
gboolean sm_hours_add_holiday(SmHours *hours, const char *text, GError **error);
gboolean sm_hours_ever_open(const SmHours *hours);

json_t *sm_hours_encode(const SmHours *hours); /* new reference */
SmHours *sm_hours_decode(const json_t *json, GError **error);
/* TRUE if GLib finds this zone in the time zone database. */
gboolean sm_zone_known(const char *zone);

#endif
