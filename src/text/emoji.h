/* SPDX-License-Identifier: MIT */
/* emoji: names of them. Private. */
#ifndef SM_TEXT_EMOJI_H
#define SM_TEXT_EMOJI_H

#include <glib.h>

/* "thumbs up"; NULL: none is known. Static, ASCII, at most 24 letters. */
const char *sm_emoji_name(gunichar c);

#endif
