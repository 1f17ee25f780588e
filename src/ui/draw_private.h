/* SPDX-License-Identifier: MIT */
#ifndef SEATMUX_UI_DRAW_PRIVATE_H
#define SEATMUX_UI_DRAW_PRIVATE_H

#include <curses.h>

#include "ui/draw.h"

/* Stands behind a character that ncurses takes for narrow and the terminal shows wide; never sent
 * (term_wide.c). A private-use character: text that holds it shows U+FFFD in its place. */
#define SM_DRAW_FILLER 0xf8f0

struct SmDraw {
    SmTerm *term;
    attr_t attrs[SM_STYLE_COUNT];
    short pairs[SM_STYLE_COUNT];
    short pair_fg[SM_STYLE_COUNT], pair_bg[SM_STYLE_COUNT];
    int n_pairs;
    cchar_t *plain[SM_STYLE_COUNT]; /* printable ASCII as cells, made when first drawn in that role */
    SmRect screen, clip;
    gboolean lines;
    SmWidths widths;
    guint look;
    gboolean cursor_set;
    int cursor_y, cursor_x;
};

/* One cell of a character, as the role looks. */
void sm_draw_cell(const SmDraw *d, cchar_t *cell, SmStyle role, wchar_t c);

#endif
