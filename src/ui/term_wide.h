/* SPDX-License-Identifier: MIT */
/* term_wide: terminals that show ambiguous characters wide. ncurses counts them as one column, so
 * drawing puts a filler behind each (SM_DRAW_FILLER) and this makes the bytes true: the filler is
 * not sent, and where the cursor would stand elsewhere than ncurses believes it is moved there. */
#ifndef SEATMUX_UI_TERM_WIDE_H
#define SEATMUX_UI_TERM_WIDE_H

#include <glib.h>

/* Rewrite the bytes of `frame` from `from` on. */
void sm_term_widen(GString *frame, gsize from);

#endif
