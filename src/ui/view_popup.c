/* SPDX-License-Identifier: MIT */
/* view_popup: what is open above the panes. One drawing of rows in columns serves picker, lists, palette and help; the
 * which-key panel and one-line questions have their own. */
#include <string.h>

#include "seatmux/app/intl.h"
#include "seatmux/text/sanitise.h"
#include "seatmux/text/wrap.h"
#include "ui/view.h"

#define PICKER_COLUMNS 92
#define PICKER_ROWS 9
#define DETAIL_ROWS 5
#define WHICH_COLUMNS 5
#define COLUMN_LEAST 4 /* a narrower column says nothing */

static int detail_rows(SmView *view, const SmPopup *popup, int columns)
{
    if (!popup->detail)
        return 0;
    guint n = sm_wrap_count(sm_draw_widths(view->draw), sm_safe_str(popup->detail), sm_safe_len(popup->detail),
                            MAX(1, columns - 4), 0, 0);
    return (int)MIN(n, popup->kind == SM_POPUP_HELP ? 10 : DETAIL_ROWS) + 1;
}

static gboolean has_headings(const SmPopup *popup)
{
    for (int c = 0; c < SM_POPUP_CELLS; c++)
        if (popup->headings[c])
            return TRUE;
    return FALSE;
}

static guint which_key_rows(const SmPopup *popup)
{
    guint most = 0, n = 0;
    for (guint i = 0; i < popup->rows->len; i++) {
        n = ((SmPopupRow *)popup->rows->pdata[i])->heading ? 1 : n + 1;
        most = MAX(most, n);
    }
    return most;
}

/* Where the popup lies. The picker opens above the composer, find over it; help takes the whole screen; the rest sits in the middle. */
static SmRect place(SmView *view, const SmScreenParts *parts, const SmPopup *popup)
{
    SmRect all = sm_draw_screen(view->draw);
    int bottom = parts->bottom.y;
    switch (popup->kind) {
    case SM_POPUP_HELP:
        return (SmRect){0, 0, bottom, all.columns};
    case SM_POPUP_WHICH_KEY: {
        int rows = MIN((int)which_key_rows(popup) + 2, bottom);
        int columns = MIN(all.columns, 120);
        return (SmRect){bottom - rows, 0, rows, columns};
    }
    case SM_POPUP_ASK:
    case SM_POPUP_CONFIRM: {
        int columns = MIN(all.columns, 76), rows = MIN(5, all.rows);
        return (SmRect){MAX(0, (all.rows - rows) / 2), (all.columns - columns) / 2, rows, columns};
    }
    case SM_POPUP_FIND: {
        const SmPane *pane = sm_layout_focused(sm_app_layout(view->app));
        int columns = pane->columns, rows = MIN(3, all.rows);
        int y = parts->panes.y + pane->y + pane->rows - rows;
        return sm_rect_cut((SmRect){MAX(0, y), parts->panes.x + pane->x, rows, columns}, all);
    }
    case SM_POPUP_PICKER: {
        const SmPane *pane = sm_layout_focused(sm_app_layout(view->app));
        SmChat *chat = pane->conversation ? sm_app_chat(view->app, pane->conversation) : NULL;
        int composer = chat && chat->conversation ? sm_view_composer_rows(view, pane, chat) : 1;
        int columns = MIN(all.columns, PICKER_COLUMNS);
        int y = parts->panes.y + pane->y + pane->rows - composer;
        int wanted = 3 + (int)MIN(popup->rows->len, PICKER_ROWS) + 2 + detail_rows(view, popup, columns);
        int rows = CLAMP(wanted, 7, MAX(7, y));
        int x = CLAMP(parts->panes.x + pane->x, 0, all.columns - columns);
        return sm_rect_cut((SmRect){MAX(0, y - rows), x, rows, columns}, all);
    }
    default: {
        int columns = MIN(all.columns, 110), rows = MIN(bottom - 1, 32);
        int wanted = 4 + has_headings(popup) + (int)popup->rows->len + detail_rows(view, popup, columns);
        rows = CLAMP(wanted, MIN(10, MAX(1, rows)), MAX(1, rows));
        return (SmRect){MAX(0, (bottom - rows) / 2), (all.columns - columns) / 2, rows, columns};
    }
    }
}

gboolean sm_view_covered(SmView *view, const SmScreenParts *parts, SmRect rect)
{
    const SmPopup *popup = sm_app_popup(view->app);
    if (popup->kind == SM_POPUP_NONE)
        return FALSE;
    SmRect both = sm_rect_cut(place(view, parts, popup), rect);
    return both.rows > 0 && both.columns > 0;
}

/* --- The frame ---------------------------------------------------------------------------------------- */

static void draw_frame(SmView *view, SmRect at, const SmPopup *popup)
{
    SmDraw *d = view->draw;
    sm_draw_fill(d, at, SM_STYLE_POPUP);
    sm_draw_box(d, at, SM_STYLE_POPUP_BORDER);
    if (popup->title && at.columns > 8) {
        int x = at.x + 3;
        sm_draw_label(d, at.y, x++, 1, SM_STYLE_POPUP_BORDER, " ");
        x += sm_draw_cut(d, at.y, x, at.columns - 8, SM_STYLE_POPUP_TITLE, popup->title);
        sm_draw_label(d, at.y, x, 1, SM_STYLE_POPUP_BORDER, " ");
    }
    if (popup->footer && at.columns > 8) {
        int x = at.x + 3, y = at.y + at.rows - 1;
        sm_draw_label(d, y, x++, 1, SM_STYLE_POPUP_BORDER, " ");
        x += sm_draw_cut(d, y, x, at.columns - 8, SM_STYLE_DIM, popup->footer);
        sm_draw_label(d, y, x, 1, SM_STYLE_POPUP_BORDER, " ");
    }
}

/* The input line; the cursor is in it. */
static void draw_filter(SmView *view, SmRect at, int y, const SmPopup *popup)
{
    int x = at.x + 2, end = at.x + at.columns - 2;
    if (popup->right) {
        int n = MIN(sm_draw_columns(view->draw, popup->right), at.columns / 2);
        sm_draw_cut(view->draw, y, end - n, n, SM_STYLE_DIM, popup->right);
        end -= n + 1;
    }
    if (popup->prompt)
        x += sm_draw_cut(view->draw, y, x, MAX(0, end - x), SM_STYLE_PROMPT, popup->prompt) + 1;
    SmEditorLayout layout;
    sm_editor_layout(popup->filter, sm_draw_widths(view->draw), MAX(2, end - x), &layout);
    const SmEditorRow *row = &layout.rows[layout.cursor_row];
    g_autoptr(SmSafe) text = sm_safe_screen_line(sm_editor_text(popup->filter) + row->start, (gssize)row->len);
    sm_draw_text(view->draw, y, x, MAX(0, end - x), SM_STYLE_TEXT, text);
    view->cursor_y = y;
    view->cursor_x = MIN(x + layout.cursor_column, at.x + at.columns - 2);
}

/* --- Rows in columns ------------------------------------------------------------------------------------ */

/* Column widths: as wished, or as wide as the widest cell; one takes what is left. */
static void fit_columns(SmView *view, const SmPopup *popup, int room, int out[SM_POPUP_CELLS])
{
    int used = 0, greedy = -1;
    for (int c = 0; c < SM_POPUP_CELLS; c++) {
        int widest = popup->headings[c] ? sm_draw_columns(view->draw, popup->headings[c]) : 0;
        gboolean any = widest > 0;
        for (guint i = 0; i < popup->rows->len; i++) {
            const SmPopupRow *row = popup->rows->pdata[i];
            if (row->cells[c] && !row->heading) {
                widest = MAX(widest, sm_draw_columns(view->draw, row->cells[c]));
                any = TRUE;
            }
        }
        out[c] = popup->widths[c] > 0 ? popup->widths[c] : widest;
        if (!any)
            out[c] = 0;
        if (popup->widths[c] < 0 && any)
            greedy = c;
        if (out[c] > 0 && c != greedy)
            used += out[c] + 2;
    }
    if (greedy >= 0)
        out[greedy] = MAX(4, room - used);
    /* Too narrow: the last columns give way first. */
    int total = 0;
    for (int c = 0; c < SM_POPUP_CELLS; c++) {
        if (out[c] > 0 && total + out[c] > room)
            out[c] = room - total >= COLUMN_LEAST ? room - total : 0;
        total += out[c] > 0 ? out[c] + 2 : 0;
    }
}

static SmStyle cell_style(const SmPopupRow *row, int cell)
{
    static const SmStyle levels[] = {SM_STYLE_OK, SM_STYLE_WARNING, SM_STYLE_WARNING, SM_STYLE_OVERDUE};
    if (row->dim)
        return SM_STYLE_DIM;
    if (row->heading)
        return SM_STYLE_POPUP_TITLE;
    if (cell == row->clock_cell && row->level >= 0 && row->level < (int)G_N_ELEMENTS(levels))
        return levels[row->level];
    return SM_STYLE_POPUP;
}

static void draw_matches(SmView *view, const SmPopupRow *row, int y, int x, int columns)
{
    const char *text = sm_safe_str(row->cells[row->match_cell]);
    gsize n = sm_safe_len(row->cells[row->match_cell]);
    for (guint i = 0; i < row->matched->len; i++) {
        gsize at = g_array_index(row->matched, guint, i);
        if (at >= n)
            continue;
        int from = sm_width_text(sm_draw_widths(view->draw), text, at);
        gsize next = sm_grapheme_next(text, n, at);
        int wide = sm_width_text(sm_draw_widths(view->draw), text + at, next - at);
        if (from + wide <= columns)
            sm_draw_recolour(view->draw, (SmRect){y, x + from, 1, wide}, SM_STYLE_MATCH);
    }
}

static void draw_row(SmView *view, SmRect at, int y, const SmPopupRow *row, const int widths[SM_POPUP_CELLS],
                     gboolean digits, gboolean selected)
{
    int x = at.x + 2;
    sm_draw_label(view->draw, y, x, 1, SM_STYLE_ACCENT, selected ? ">" : " ");
    x += 2;
    if (digits) {
        const char digit[2] = {row->digit ? (char)('0' + row->digit) : ' ', '\0'};
        sm_draw_label(view->draw, y, x, 1, SM_STYLE_ACCENT, digit);
        x += 3;
    }
    for (int c = 0; c < SM_POPUP_CELLS; c++) {
        if (widths[c] <= 0)
            continue;
        if (row->cells[c]) {
            sm_draw_cut(view->draw, y, x, row->heading ? at.columns - 4 : widths[c], cell_style(row, c), row->cells[c]);
            if (row->matched && row->match_cell == c)
                draw_matches(view, row, y, x, widths[c]);
        }
        x += widths[c] + 2;
    }
    if (selected)
        sm_draw_recolour(view->draw, (SmRect){y, at.x + 1, 1, at.columns - 2}, SM_STYLE_SELECTION);
}

static void draw_headings(SmView *view, SmRect at, int y, const SmPopup *popup, const int widths[SM_POPUP_CELLS], gboolean digits)
{
    int x = at.x + 4 + (digits ? 3 : 0);
    for (int c = 0; c < SM_POPUP_CELLS; c++) {
        if (widths[c] > 0 && popup->headings[c])
            sm_draw_cut(view->draw, y, x, widths[c], SM_STYLE_POPUP_TITLE, popup->headings[c]);
        x += widths[c] > 0 ? widths[c] + 2 : 0;
    }
}

static void draw_detail(SmView *view, SmRect at, const SmPopup *popup)
{
    if (at.rows < 2)
        return;
    sm_draw_hline(view->draw, at.y, at.x + 1, at.columns - 2, SM_STYLE_POPUP_BORDER, SM_STROKE_H);
    if (popup->detail_title) {
        sm_draw_label(view->draw, at.y, at.x + 3, 1, SM_STYLE_POPUP_BORDER, " ");
        int n = sm_draw_cut(view->draw, at.y, at.x + 4, at.columns - 8, SM_STYLE_DIM, popup->detail_title);
        sm_draw_label(view->draw, at.y, at.x + 4 + n, 1, SM_STYLE_POPUP_BORDER, " ");
    }
    SmWrap wrap;
    SmWrapLine line;
    int y = at.y + 1;
    sm_wrap_start(&wrap, sm_draw_widths(view->draw), sm_safe_str(popup->detail), sm_safe_len(popup->detail),
                  MAX(1, at.columns - 4), 0, 0);
    while (y < at.y + at.rows && sm_wrap_next(&wrap, &line))
        sm_draw_slice(view->draw, y++, at.x + 2, at.columns - 4, SM_STYLE_POPUP, popup->detail, line.start, line.len);
}

static gboolean has_digits(const SmPopup *popup)
{
    for (guint i = 0; i < popup->rows->len; i++)
        if (((SmPopupRow *)popup->rows->pdata[i])->digit)
            return TRUE;
    return FALSE;
}

static void draw_rows(SmView *view, SmRect at, SmPopup *popup)
{
    int y = at.y + 1, end = at.y + at.rows - 1;
    if (popup->filter) {
        draw_filter(view, at, y, popup);
        y += at.rows > 8 ? 2 : 1;
    }
    int detail = MIN(detail_rows(view, popup, at.columns), MAX(0, (end - y) - 3));
    gboolean digits = has_digits(popup);
    int widths[SM_POPUP_CELLS];
    fit_columns(view, popup, at.columns - 5 - (digits ? 3 : 0), widths);
    if (has_headings(popup) && y < end)
        draw_headings(view, at, y++, popup, widths, digits);
    guint room = (guint)MAX(0, end - y - detail);
    if (popup->selected < popup->top)
        popup->top = popup->selected;
    else if (room && popup->selected >= popup->top + room)
        popup->top = popup->selected - room + 1;
    for (guint i = popup->top; i < popup->rows->len && i < popup->top + room; i++)
        draw_row(view, at, y++, popup->rows->pdata[i], widths, digits, i == popup->selected);
    if (popup->rows->len == 0 && y < end)
        sm_draw_label(view->draw, y, at.x + 4, at.columns - 6, SM_STYLE_DIM, _("nothing matches"));
    if (detail > 1)
        draw_detail(view, (SmRect){end - detail, at.x, detail, at.columns}, popup);
}

/* --- Which-key: groups side by side --------------------------------------------------------------------- */

static void draw_which_key(SmView *view, SmRect at, const SmPopup *popup)
{
    guint groups = 0;
    for (guint i = 0; i < popup->rows->len; i++)
        groups += ((SmPopupRow *)popup->rows->pdata[i])->heading;
    int columns = MAX(1, (at.columns - 3) / MAX(1, (int)MIN(groups, WHICH_COLUMNS)));
    int x = at.x + 2 - columns, y = at.y;
    for (guint i = 0; i < popup->rows->len; i++) {
        const SmPopupRow *row = popup->rows->pdata[i];
        if (row->heading) {
            x += columns;
            y = at.y;
        }
        y++;
        if (y >= at.y + at.rows - 1 || x + 4 > at.x + at.columns)
            continue;
        int room = MIN(columns - 1, at.x + at.columns - 1 - x);
        if (row->heading) {
            sm_draw_cut(view->draw, y, x, room, SM_STYLE_POPUP_TITLE, row->cells[0]);
            continue;
        }
        int n = sm_draw_cut(view->draw, y, x, room, row->dim ? SM_STYLE_DIM : SM_STYLE_ACCENT, row->cells[0]);
        int gap = MAX(n + 1, 3);
        if (row->cells[1] && room > gap)
            sm_draw_cut(view->draw, y, x + gap, room - gap, row->dim ? SM_STYLE_DIM : SM_STYLE_POPUP, row->cells[1]);
    }
}

static void draw_question(SmView *view, SmRect at, SmPopup *popup)
{
    int y = at.y + at.rows / 2;
    if (popup->filter) {
        draw_filter(view, at, y, popup);
    } else if (popup->detail) {
        SmWrap wrap;
        SmWrapLine line;
        y = at.y + 1;
        sm_wrap_start(&wrap, sm_draw_widths(view->draw), sm_safe_str(popup->detail), sm_safe_len(popup->detail),
                      MAX(1, at.columns - 4), 0, 0);
        while (y < at.y + at.rows - 1 && sm_wrap_next(&wrap, &line))
            sm_draw_slice(view->draw, y++, at.x + 2, at.columns - 4, SM_STYLE_POPUP, popup->detail, line.start, line.len);
    }
}

void sm_view_popup(SmView *view, const SmScreenParts *parts)
{
    SmPopup *popup = sm_app_popup_scroll(view->app);
    if (popup->kind == SM_POPUP_NONE)
        return;
    SmRect at = place(view, parts, popup);
    if (at.rows < 2 || at.columns < 8)
        return;
    SmRect old = sm_draw_clip(view->draw, at);
    draw_frame(view, at, popup);
    if (popup->kind == SM_POPUP_WHICH_KEY)
        draw_which_key(view, at, popup);
    else if (popup->kind == SM_POPUP_ASK || popup->kind == SM_POPUP_CONFIRM || popup->kind == SM_POPUP_FIND)
        draw_question(view, at, popup);
    else
        draw_rows(view, at, popup);
    sm_draw_unclip(view->draw, old);
}
