/* SPDX-License-Identifier: MIT */
/* width: graphemes and the terminal columns they take. Columns are libc's wcwidth() of the form
 * that is drawn (sm_safe_screen()), because ncurses keeps its books by wcwidth(); joined glyphs,
 * selectors, skin tones and invisible characters take none, but where emoji are drawn in full.
 * Measuring text in the screen form or before gives the same columns. Text must be valid UTF-8; `n` is in bytes. A newline takes no
 * column. */
#ifndef SEATMUX_TEXT_WIDTH_H
#define SEATMUX_TEXT_WIDTH_H

#include <glib.h>

/* How emoji are drawn. */
typedef enum {
    SM_EMOJI_SAFE, /* one glyph each that every terminal counts alike: no joined ones, selectors, skin tones */
    SM_EMOJI_FULL, /* as they were written, counted as libc does: for a terminal that counts so too */
    SM_EMOJI_TEXT  /* their names: [thumbs up], [CN] */
} SmEmoji;

/* How this terminal counts. Zeroed is the usual one. */
typedef struct {
    gboolean ambiguous_wide; /* East Asian ambiguous characters take two columns */
    SmEmoji emoji;
} SmWidths;

/* The form in which the grapheme at byte `at` is drawn, in code points, at most SM_FORM_MAX; gives its end. `at` must be
 * a border before `n`. */
#define SM_FORM_MAX 96
gsize sm_width_form(const SmWidths *w, const char *text, gsize n, gsize at, gunichar form[SM_FORM_MAX], guint *count);
/* FALSE: a grapheme that begins with this is drawn as it is, whatever the mode. */
gboolean sm_width_may_be_emoji(gunichar c);

/* Columns of one code point: 0, 1 or 2. What cannot be drawn counts as its mark (U+FFFD). */
int sm_width_char(const SmWidths *w, gunichar c);
/* Columns of one grapheme. */
int sm_width_grapheme(const SmWidths *w, const char *grapheme, gsize n);
/* Columns of a text without newlines. */
int sm_width_text(const SmWidths *w, const char *text, gsize n);

/* Bytes of the longest prefix of whole graphemes in at most `columns`; `used` (may be NULL) gets
 * its columns. Stops at a newline. */
gsize sm_width_prefix(const SmWidths *w, const char *text, gsize n, int columns, int *used);

/* Where the grapheme that begins at byte `at` ends; n at the end. `at` must be a border. */
gsize sm_grapheme_next(const char *text, gsize n, gsize at);
/* Where the grapheme that ends at byte `at` begins; 0 at the start. `at` must be a border. */
gsize sm_grapheme_prev(const char *text, gsize n, gsize at);
/* The border at or before byte `at`. */
gsize sm_grapheme_border(const char *text, gsize n, gsize at);
/* Number of graphemes. */
gsize sm_grapheme_count(const char *text, gsize n);

#endif
