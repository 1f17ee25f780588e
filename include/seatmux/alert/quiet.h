/* SPDX-License-Identifier: MIT */
/* quiet: hours in which only what is overdue disturbs, as people write them: "22:00-07:00", or with
 * days "mon-fri 19:00-09:00, sat, sun". A span that ends before it begins goes on into the next
 * day; a day without hours is the whole of it. Local time of the machine. */
#ifndef SEATMUX_ALERT_QUIET_H
#define SEATMUX_ALERT_QUIET_H

#include <glib.h>
#include <stdint.h>

/* FALSE and SM_ERROR_INVALID naming the part that is wrong. Empty text is fine: never quiet. */
gboolean sm_quiet_check(const char *text, GError **error);
/* Ms until the quiet that holds at this local wall time is over, at most a week; 0: it is not quiet
 * now, or the text is not right. */
int64_t sm_quiet_left(const char *text, int64_t wall_ms);

#endif
