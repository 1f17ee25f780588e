/* SPDX-License-Identifier: MIT */
/* find: where does a text hold these words, letter by letter? Case and fullwidth forms do not
 * matter. */
#ifndef SEATMUX_TEXT_FIND_H
#define SEATMUX_TEXT_FIND_H

#include <glib.h>

/* What a character counts as when texts are compared: small, not fullwidth. */
gunichar sm_text_fold(gunichar c);

#define SM_FIND_CHARS 200 /* of a needle that count */

/* The first place at or after byte `from` of valid UTF-8: its byte and its length in bytes. FALSE:
 * none, or the needle is empty. */
gboolean sm_text_find(const char *text, gsize n, const char *needle, gsize from, gsize *start,
                      gsize *len);

#endif
