/* SPDX-License-Identifier: MIT */
/* draw: drawing in roles on the one screen. Every cell is put at a column that is computed here,
 * never where a cursor happens to be; nothing is drawn outside the clip. What people wrote is taken
 * as SmSafe in the screen form (sm_safe_screen() and friends) only.
 *
 *     sm_draw_begin(d);
 *     SmRect old = sm_draw_clip(d, pane);
 *     sm_draw_fill(d, pane, SM_STYLE_TEXT);
 *     sm_draw_text(d, 2, 0, 40, SM_STYLE_STRONG, name);
 *     sm_draw_unclip(d, old);
 *     sm_draw_cursor(d, 23, 14);
 *     sm_draw_end(d);          then sm_term_frame()
 *
 * Rows and columns count from 0 at the top left of the screen. */
#ifndef SEATMUX_UI_DRAW_H
#define SEATMUX_UI_DRAW_H

#include <glib.h>

#include "seatmux/base/safe.h"
#include "seatmux/text/width.h"
#include "ui/term.h"
#include "ui/theme.h"

typedef struct {
    int y, x, rows, columns;
} SmRect;
SmRect sm_rect_cut(SmRect a, SmRect b); /* what lies in both; rows and columns never below 0 */
gboolean sm_rect_has(SmRect rect, int y, int x);

typedef struct SmDraw SmDraw;

/* Draw on `term` (kept by reference, not owned) with a theme (copied). After sm_term_new(). */
SmDraw *sm_draw_new(SmTerm *term, const SmTheme *theme);
void sm_draw_free(SmDraw *d); /* NULL is fine; before sm_term_free() */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmDraw, sm_draw_free)
void sm_draw_set_theme(SmDraw *d, const SmTheme *theme);

/* A frame. begin takes size, border style and widths from the terminal and clips to the whole
 * screen; what is not drawn keeps what it was. end puts the cursor where sm_draw_cursor() said, and
 * hides it if nobody said. */
void sm_draw_begin(SmDraw *d);
void sm_draw_end(SmDraw *d);
SmRect sm_draw_screen(const SmDraw *d);
gboolean sm_draw_lines(const SmDraw *d);         /* lines and blocks; FALSE: ASCII */
const SmWidths *sm_draw_widths(const SmDraw *d); /* for wrapping and measuring */

void sm_draw_set_emoji(SmDraw *d, SmEmoji emoji); /* from the next text on */
/* Another number after each change of what the same text in the same role looks like: theme, size, widths, lines. */
guint sm_draw_look(const SmDraw *d);

/* Narrow the clip to what lies in both; gives the old one for sm_draw_unclip(). */
SmRect sm_draw_clip(SmDraw *d, SmRect rect);
void sm_draw_unclip(SmDraw *d, SmRect old);

/* Text in at most max_columns (a wide character that would pass them is left out). All give the
 * columns used, those that were clipped away included. */
int sm_draw_text(SmDraw *d, int y, int x, int max_columns, SmStyle role, const SmSafe *text);
/* Bytes [start, start + n) of a text: a wrapped line. */
int sm_draw_slice(SmDraw *d, int y, int x, int max_columns, SmStyle role, const SmSafe *text,
                  gsize start, gsize n);
/* As sm_draw_text, with "…" (or "...") at the end if it does not fit. */
int sm_draw_cut(SmDraw *d, int y, int x, int max_columns, SmStyle role, const SmSafe *text);
/* Text of the program itself: literals, translations and numbers made of them; never input. */
int sm_draw_label(SmDraw *d, int y, int x, int max_columns, SmStyle role, const char *label);
/* Columns that a text takes. */
int sm_draw_columns(const SmDraw *d, const SmSafe *text);
int sm_draw_label_columns(const SmDraw *d, const char *label);

/* Blank a rectangle, in the role's background. */
void sm_draw_fill(SmDraw *d, SmRect rect, SmStyle role);
/* Give cells another role and keep what they say (selection, match). */
void sm_draw_recolour(SmDraw *d, SmRect rect, SmStyle role);

/* Move what stands in a rectangle up by so many rows (below 0: down); the rows that become free have anything. FALSE: nothing was
 * moved, for a part of it is clipped. */
gboolean sm_draw_scroll(SmDraw *d, SmRect rect, int up);

typedef enum {
    SM_STROKE_H,
    SM_STROKE_V,
    SM_STROKE_TOP_LEFT,
    SM_STROKE_TOP_RIGHT,
    SM_STROKE_BOTTOM_LEFT,
    SM_STROKE_BOTTOM_RIGHT,
    SM_STROKE_TEE_DOWN, /* a line to the left, right and below */
    SM_STROKE_TEE_UP,
    SM_STROKE_TEE_RIGHT,
    SM_STROKE_TEE_LEFT,
    SM_STROKE_CROSS,
    SM_STROKE_H_STRONG, /* focused header: "=" in ASCII, a thick line else */
} SmStroke;
void sm_draw_line(SmDraw *d, int y, int x, SmStyle role, SmStroke line);
void sm_draw_hline(SmDraw *d, int y, int x, int columns, SmStyle role, SmStroke line);
void sm_draw_vline(SmDraw *d, int y, int x, int rows, SmStyle role);
void sm_draw_box(SmDraw *d, SmRect rect, SmStyle role); /* the border of a rectangle */
/* A bar of `columns` cells, filled for `permille` of them: blocks, or `fill` and '.' in ASCII. */
void sm_draw_bar(SmDraw *d, int y, int x, int columns, SmStyle role, int permille, char fill);
/* One column of a chart, level 0..8 (ASCII has four levels). */
void sm_draw_level(SmDraw *d, int y, int x, SmStyle role, int level);

/* Where the terminal's cursor is after the frame (the input caret: an input method opens there). */
void sm_draw_cursor(SmDraw *d, int y, int x);

#endif
