/* SPDX-License-Identifier: MIT */
/* Fills, lines, bars: what is no text. */
#include "ui/draw_private.h"

#include <string.h>

void sm_draw_cell(const SmDraw *d, cchar_t *cell, SmStyle role, wchar_t c)
{
    const wchar_t text[2] = {c, 0};
    setcchar(cell, text, d->attrs[role], d->pairs[role], NULL);
}

/* `rect` of one character; it is narrow. */
static void spread(SmDraw *d, SmRect rect, SmStyle role, wchar_t c)
{
    SmRect cut = sm_rect_cut(rect, d->clip);
    cchar_t cell;
    if (!cut.columns) {
        return;
    }
    sm_draw_cell(d, &cell, role, c);
    /* At both edges a wide character may be cut in half. whline_set() blanks the other half without noting that it changed, and the
     * screen is wrong when the whole one comes back; wadd_wchnstr() notes it. */
    for (int y = cut.y; y < cut.y + cut.rows; y++) {
        mvwadd_wchnstr(stdscr, y, cut.x, &cell, 1);
        if (cut.columns == 1) {
            continue;
        }
        mvwadd_wchnstr(stdscr, y, cut.x + cut.columns - 1, &cell, 1);
        mvwhline_set(stdscr, y, cut.x, &cell, cut.columns);
    }
}

void sm_draw_fill(SmDraw *d, SmRect rect, SmStyle role)
{
    spread(d, rect, role, L' ');
}

void sm_draw_recolour(SmDraw *d, SmRect rect, SmStyle role)
{
    SmRect cut = sm_rect_cut(rect, d->clip);
    if (!cut.columns) {
        return;
    }
    for (int y = cut.y; y < cut.y + cut.rows; y++) {
        mvwchgat(stdscr, y, cut.x, cut.columns, d->attrs[role], d->pairs[role], NULL);
    }
}

/* delwin() has ncurses look at all of the screen; the rows that were as they should be still are. */
static void delete_window(WINDOW *window)
{
    g_autoptr(GArray) untouched = g_array_new(FALSE, FALSE, sizeof(int));
    for (int y = 0; y < getmaxy(stdscr); y++) {
        if (!is_linetouched(stdscr, y)) {
            g_array_append_val(untouched, y);
        }
    }
    delwin(window);
    for (guint i = 0; i < untouched->len; i++) {
        wtouchln(stdscr, g_array_index(untouched, int, i), 1, 0);
    }
}

gboolean sm_draw_scroll(SmDraw *d, SmRect rect, int up)
{
    SmRect cut = sm_rect_cut(rect, d->clip);
    gboolean whole = memcmp(&cut, &rect, sizeof cut) == 0 && rect.rows > 0 && rect.columns > 0;
    WINDOW *window = whole ? derwin(stdscr, rect.rows, rect.columns, rect.y, rect.x) : NULL;
    if (!window) {
        return FALSE;
    }
    scrollok(window, TRUE);
    wscrl(window, up);
    wtouchln(stdscr, rect.y, rect.rows, 1);
    delete_window(window);
    return TRUE;
}

static wchar_t line_char(const SmDraw *d, SmStroke line)
{
    static const struct {
        wchar_t line, ascii;
    } chars[] = {
        [SM_STROKE_H] = {L'─', L'-'},           [SM_STROKE_V] = {L'│', L'|'},
        [SM_STROKE_TOP_LEFT] = {L'┌', L'+'},    [SM_STROKE_TOP_RIGHT] = {L'┐', L'+'},
        [SM_STROKE_BOTTOM_LEFT] = {L'└', L'+'}, [SM_STROKE_BOTTOM_RIGHT] = {L'┘', L'+'},
        [SM_STROKE_TEE_DOWN] = {L'┬', L'+'},    [SM_STROKE_TEE_UP] = {L'┴', L'+'},
        [SM_STROKE_TEE_RIGHT] = {L'├', L'+'},   [SM_STROKE_TEE_LEFT] = {L'┤', L'+'},
        [SM_STROKE_CROSS] = {L'┼', L'+'},       [SM_STROKE_H_STRONG] = {L'━', L'='},
    };
    return d->lines ? chars[line].line : chars[line].ascii;
}

void sm_draw_line(SmDraw *d, int y, int x, SmStyle role, SmStroke line)
{
    spread(d, (SmRect){y, x, 1, 1}, role, line_char(d, line));
}

void sm_draw_hline(SmDraw *d, int y, int x, int columns, SmStyle role, SmStroke line)
{
    spread(d, (SmRect){y, x, 1, columns}, role, line_char(d, line));
}

void sm_draw_vline(SmDraw *d, int y, int x, int rows, SmStyle role)
{
    spread(d, (SmRect){y, x, rows, 1}, role, line_char(d, SM_STROKE_V));
}

void sm_draw_box(SmDraw *d, SmRect rect, SmStyle role)
{
    int bottom = rect.y + rect.rows - 1, right = rect.x + rect.columns - 1;
    if (rect.rows < 2 || rect.columns < 2) {
        return;
    }
    sm_draw_hline(d, rect.y, rect.x + 1, rect.columns - 2, role, SM_STROKE_H);
    sm_draw_hline(d, bottom, rect.x + 1, rect.columns - 2, role, SM_STROKE_H);
    sm_draw_vline(d, rect.y + 1, rect.x, rect.rows - 2, role);
    sm_draw_vline(d, rect.y + 1, right, rect.rows - 2, role);
    sm_draw_line(d, rect.y, rect.x, role, SM_STROKE_TOP_LEFT);
    sm_draw_line(d, rect.y, right, role, SM_STROKE_TOP_RIGHT);
    sm_draw_line(d, bottom, rect.x, role, SM_STROKE_BOTTOM_LEFT);
    sm_draw_line(d, bottom, right, role, SM_STROKE_BOTTOM_RIGHT);
}

void sm_draw_bar(SmDraw *d, int y, int x, int columns, SmStyle role, int permille, char fill)
{
    static const wchar_t parts[] = L" ▏▎▍▌▋▊▉";
    permille = CLAMP(permille, 0, 1000);
    if (columns <= 0) {
        return;
    }
    if (!d->lines) {
        int full = (columns * permille + 500) / 1000;
        spread(d, (SmRect){y, x, 1, full}, role, (wchar_t)fill);
        spread(d, (SmRect){y, x + full, 1, columns - full}, role, L'.');
        return;
    }
    int eighths = (columns * 8 * permille + 500) / 1000, full = eighths / 8;
    spread(d, (SmRect){y, x, 1, full}, role, L'█');
    spread(d, (SmRect){y, x + full, 1, columns - full}, role, L'░');
    if (eighths % 8) {
        spread(d, (SmRect){y, x + full, 1, 1}, role, parts[eighths % 8]);
    }
}

void sm_draw_level(SmDraw *d, int y, int x, SmStyle role, int level)
{
    static const wchar_t blocks[] = L" ▁▂▃▄▅▆▇█";
    static const wchar_t ascii[] = L" ..:::|||";
    level = CLAMP(level, 0, 8);
    spread(d, (SmRect){y, x, 1, 1}, role, d->lines ? blocks[level] : ascii[level]);
}
