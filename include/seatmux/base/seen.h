/* SPDX-License-Identifier: MIT */
/* seen: whether there is anything in a text that people see. */
#ifndef SEATMUX_BASE_SEEN_H
#define SEATMUX_BASE_SEEN_H

#include <glib.h>

/* Without a shape of its own, though its category does not say so: Hangul fillers, selectors, tags. */
gboolean sm_seen_filler(gunichar c);
/* More than blanks, controls, joiners and what else has no shape. Valid UTF-8; NULL is FALSE. */
gboolean sm_seen(const char *text);

#endif
