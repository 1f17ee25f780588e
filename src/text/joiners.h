/* SPDX-License-Identifier: MIT */
/* joiners: which joiners, selectors, tags, number signs and braille blanks belong where they stand.
 * Private. */
#ifndef SM_TEXT_JOINERS_H
#define SM_TEXT_JOINERS_H

#include <glib.h>

/* Drop what is stray (`all`: every one) from an array of gunichar, counting it. TRUE if anything
 * was dropped. */
gboolean sm_joiners_judge(GArray *chars, gboolean all, guint *dropped);

#endif
