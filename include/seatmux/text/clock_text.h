/* SPDX-License-Identifier: MIT */
/* clock_text: how durations and instants look. Words and levels are the desk's. */
#ifndef SEATMUX_TEXT_CLOCK_TEXT_H
#define SEATMUX_TEXT_CLOCK_TEXT_H

#include <glib.h>
#include <stdint.h>

#define SM_CLOCK_NO_TIME "--:--" /* no open turn, or no target */
#define SM_BAR_TENTHS 10
#define SM_BAR_COLUMNS 12

/* Time left, `remaining_ms` to the deadline: rounded up while left ("00:01" to the end), from the
 * deadline on how long it is over, rounded down ("-00:00", "-00:01"). "MM:SS", from one hour
 * "H:MM:SS". Writes at most n bytes with NUL; 32 are enough. Returns the length. */
gsize sm_text_clock(char *out, gsize n, int64_t remaining_ms);
/* The same without the sign, for sentences that say which of the two it is. */
gsize sm_text_left(char *out, gsize n, int64_t remaining_ms);
/* Time passed, rounded down, same form; below 0 counts as 0. */
gsize sm_text_duration(char *out, gsize n, int64_t ms);
/* An instant (ms since 1970) on the clock of this machine, in a format of g_date_time_format(); "" where there is no such
 * day. Caller frees. */
char *sm_text_local(int64_t ms, const char *format);
/* Used tenths of a target, rounded down, 0..10. A target <= 0 has used none. */
int sm_text_tenths(int64_t used_ms, int64_t target_ms);
/* The bar, SM_BAR_COLUMNS wide: "[#######...]", or with `blocks` full and light block characters
 * between two spaces. 64 bytes are enough. Returns the length in bytes. */
gsize sm_text_bar(char *out, gsize n, int64_t used_ms, int64_t target_ms, gboolean blocks);

#endif
