/* SPDX-License-Identifier: MIT */
/* wrap: one text broken into lines, as a walk without allocation: wrap what is drawn, when it is
 * drawn. Breaks at \n, at spaces (which then hang, undrawn), after hyphens inside words, and around
 * CJK and emoji by kinsoku: no line begins with closing punctuation or small kana, none ends with
 * an opening bracket. What is longer than a line is split between graphemes. Text in screen form,
 * valid UTF-8.
 *
 *     SmWrap wrap;
 *     SmWrapLine line;
 *     sm_wrap_start(&wrap, w, text, n, 60, 0, 2);
 *     while (sm_wrap_next(&wrap, &line)) draw(text + line.start, line.len) at column line.indent;
 */
#ifndef SEATMUX_TEXT_WRAP_H
#define SEATMUX_TEXT_WRAP_H

#include <glib.h>

#include "seatmux/text/width.h"

/* The walk; treat as opaque. Copy it to come back to a place. */
typedef struct {
    SmWidths widths;
    const char *text;
    gsize n;
    gsize at;
    int width;
    int first;
    int rest;
    guint line;
    gboolean done;
} SmWrap;

typedef struct {
    gsize start;   /* bytes from the start of the text */
    gsize len;     /* bytes to draw */
    gsize skip;    /* bytes after that which are not drawn: hanging spaces, the newline */
    int columns;   /* what is drawn takes; indent not counted */
    int indent;    /* columns to leave free before it */
    gboolean hard; /* ends at a newline or at the end of the text */
} SmWrapLine;

/* Begin. `width` columns in all (at least 1 is taken), of which the first line leaves `first` and
 * every later one `rest` free (hanging indent; clamped so that one column is left). */
void sm_wrap_start(SmWrap *wrap, const SmWidths *w, const char *text, gsize n, int width, int first,
                   int rest);
/* The next line; FALSE after the last. Each text has at least one line; a text that ends in \n has
 * an empty last one. start + len + skip is where the next line starts: nothing is lost. No line is
 * wider than the width but one that is a single grapheme wider than it. */
gboolean sm_wrap_next(SmWrap *wrap, SmWrapLine *line);
/* Number of lines. */
guint sm_wrap_count(const SmWidths *w, const char *text, gsize n, int width, int first, int rest);

#endif
