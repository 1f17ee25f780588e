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
#define WHICH_GROUPS 5  /* side by side */
#define WHICH_COLUMNS 7 /* of entries */
#define QUESTION_COLUMNS 76
#define QUESTION_ROWS 5
#define LOCK_ROWS 8
#define WHICH_GROUP_LEAST 20 /* columns of a group beside others */
#define WHICH_LEAST 14       /* of an entry */
#define FOOTER_PARTS 8
#define AIRY_ROWS 16         /* fewer: no blank line below the filter */
#define GREEDY_LEAST 18 /* columns of what a row is about */
#define COLUMN_LEAST 10 /* what is cut to less says nothing */

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

/* How the which-key panel is set: groups side by side where each has room, else all entries one after the other, column by
 * column; without the headings, and at last without what can't be done now, where that gives the names more room. */
typedef struct {
    gboolean flow, headings, disabled;
    int columns, width;        /* how many, and of how many cells */
    int at[WHICH_COLUMNS + 1]; /* where each begins, and the last one ends */
    int rows;                  /* of entries */
} WhichLayout;

static void which_groups_of(const SmPopup *popup, guint *groups, guint *most)
{
    guint n = 0;
    *groups = *most = 0;
    for (guint i = 0; i < popup->rows->len; i++) {
        gboolean heading = ((SmPopupRow *)popup->rows->pdata[i])->heading;
        *groups += heading;
        n = heading ? 1 : n + 1;
        *most = MAX(*most, n);
    }
}

static gboolean which_shows(const WhichLayout *layout, const SmPopupRow *row)
{
    return row->heading ? layout->headings : layout->disabled || !row->dim;
}

static int which_entries(const SmPopup *popup, const WhichLayout *layout)
{
    int n = 0;
    for (guint i = 0; i < popup->rows->len; i++)
        n += which_shows(layout, popup->rows->pdata[i]);
    return n;
}

/* Where the name of an entry begins, behind its key. */
static int which_gap(SmView *view, const SmPopupRow *row)
{
    return MAX(sm_draw_columns(view->draw, row->cells[0]) + 1, 3);
}

static int which_columns(SmView *view, const SmPopupRow *row)
{
    int columns = row->heading    ? sm_draw_columns(view->draw, row->cells[0])
                  : row->cells[1] ? which_gap(view, row) + sm_draw_columns(view->draw, row->cells[1])
                                  : 0;
    return columns + 1;
}

/* Where the next entry goes: begins with {-1 or 0, 0}. FALSE: it is not shown. */
static gboolean which_next(const WhichLayout *layout, const SmPopupRow *row, int *column, int *at)
{
    if (!which_shows(layout, row))
        return FALSE;
    if (layout->flow ? *at == layout->rows : row->heading) {
        (*column)++;
        *at = 0;
    }
    (*at)++;
    return TRUE;
}

/* Each column as wide as its longest entry and a share of what is left; where that is too much, the widest give way. */
static void which_places(SmView *view, const SmPopup *popup, int room, WhichLayout *layout)
{
    int most[WHICH_COLUMNS] = {0}, all = 0, column = layout->flow ? 0 : -1, at = 0;
    for (guint i = 0; i < popup->rows->len; i++) {
        const SmPopupRow *row = popup->rows->pdata[i];
        if (which_next(layout, row, &column, &at) && column >= 0 && column < layout->columns)
            most[column] = MAX(most[column], which_columns(view, row));
    }
    for (int i = 0; i < layout->columns; i++)
        all += most[i];
    for (; all > room; all--) {
        int widest = 0;
        for (int i = 1; i < layout->columns; i++)
            widest = most[i] > most[widest] ? i : widest;
        most[widest]--;
    }
    int share = (room - all) / layout->columns;
    for (int i = 0; i < layout->columns; i++)
        layout->at[i + 1] = layout->at[i] + most[i] + share;
}

static int which_longest(SmView *view, const SmPopup *popup)
{
    int longest = 0;
    for (guint i = 0; i < popup->rows->len; i++) {
        const SmPopupRow *row = popup->rows->pdata[i];
        if (!row->heading)
            longest = MAX(longest, which_columns(view, row));
    }
    return longest;
}

/* As few columns as hold all that is shown. FALSE: not even the most do. */
static gboolean which_flow(const SmPopup *popup, int room, int rows, WhichLayout *layout)
{
    int all = which_entries(popup, layout);
    for (int n = 1; n == 1 || (n <= WHICH_COLUMNS && room / n >= WHICH_LEAST); n++) {
        layout->columns = n;
        layout->width = room / n;
        layout->rows = (all + n - 1) / n;
        if (layout->rows <= rows)
            return TRUE;
    }
    return FALSE;
}

static WhichLayout which_layout(SmView *view, const SmPopup *popup, int columns, int rows)
{
    guint groups, most;
    which_groups_of(popup, &groups, &most);
    int room = columns - 3;
    WhichLayout layout = {.headings = TRUE, .disabled = TRUE, .columns = MAX(1, (int)MIN(groups, WHICH_GROUPS)), .rows = (int)most};
    layout.width = room / layout.columns;
    if (layout.width >= WHICH_GROUP_LEAST || layout.columns == 1) {
        which_places(view, popup, room, &layout);
        return layout;
    }
    WhichLayout best = {.flow = TRUE, .disabled = TRUE};
    int longest = which_longest(view, popup);
    for (int less = 0; less < 3 && best.width < longest; less++) {
        layout = (WhichLayout){.flow = TRUE, .headings = less == 0, .disabled = less < 2};
        if (which_flow(popup, room, rows, &layout) ? layout.width > best.width : !best.width && less == 2)
            best = layout;
    }
    best.rows = MIN(best.rows, MAX(1, rows));
    which_places(view, popup, room, &best);
    return best;
}

static SmRect in_middle(SmRect all, int rows)
{
    int columns = MIN(all.columns, QUESTION_COLUMNS);
    rows = MIN(rows, all.rows);
    return (SmRect){MAX(0, (all.rows - rows) / 2), (all.columns - columns) / 2, rows, columns};
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
        int columns = MIN(all.columns, 120);
        int rows = MIN(which_layout(view, popup, columns, bottom - 2).rows + 2, bottom);
        return (SmRect){bottom - rows, 0, rows, columns};
    }
    case SM_POPUP_SECRET:
        if (sm_app_locked(view->app))
            return all;
        G_GNUC_FALLTHROUGH;
    case SM_POPUP_ASK:
    case SM_POPUP_CONFIRM:
        return in_middle(all, QUESTION_ROWS);
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

typedef struct {
    gsize start, len;
    int columns;
} Part;

/* Its parts stand three blanks apart. Where there is no room for all, those in the middle go: the first one says what Enter does, the
 * last one how to leave. */
static guint footer_parts(SmView *view, const SmSafe *footer, int room, Part parts[FOOTER_PARTS])
{
    const char *text = sm_safe_str(footer), *from = text, *gap;
    guint n = 0;
    int columns = 0;
    do {
        gap = n + 1 < FOOTER_PARTS ? strstr(from, "   ") : NULL;
        gsize len = gap ? (gsize)(gap - from) : strlen(from);
        parts[n] = (Part){(gsize)(from - text), len, sm_width_text(sm_draw_widths(view->draw), from, len)};
        columns += parts[n++].columns + 3;
        from = gap ? gap + 3 : from;
    } while (gap);
    columns -= 3;
    while (n > 2 && columns > room) {
        columns -= parts[n - 2].columns + 3;
        parts[n - 2] = parts[n - 1];
        n--;
    }
    return n == 2 && columns > room ? 1 : n;
}

static void draw_footer(SmView *view, SmRect at, const SmSafe *footer)
{
    Part parts[FOOTER_PARTS];
    int x = at.x + 3, y = at.y + at.rows - 1, end = at.x + at.columns - 4;
    guint n = footer_parts(view, footer, end - x - 1, parts);
    gboolean cut = n == 1 && parts[0].columns > end - x - 1;
    sm_draw_label(view->draw, y, x++, 1, SM_STYLE_POPUP_BORDER, " ");
    if (cut)
        x += sm_draw_cut(view->draw, y, x, MAX(0, end - x), SM_STYLE_DIM, footer);
    for (guint i = 0; i < n && !cut; i++) {
        if (i > 0)
            x += sm_draw_label(view->draw, y, x, MAX(0, end - x), SM_STYLE_DIM, "   ");
        x += sm_draw_slice(view->draw, y, x, MAX(0, end - x), SM_STYLE_DIM, footer, parts[i].start, parts[i].len);
    }
    sm_draw_label(view->draw, y, x, 1, SM_STYLE_POPUP_BORDER, " ");
}

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
    if (popup->footer && at.columns > 8)
        draw_footer(view, at, popup->footer);
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
    if (popup->kind == SM_POPUP_SECRET) { /* how long it is, and nothing else */
        int n = (int)MIN(sm_editor_chars(popup->filter), (gsize)MAX(0, end - x - 1));
        g_autofree char *stars = g_strnfill((gsize)n, '*');
        sm_draw_label(view->draw, y, x, MAX(0, end - x), SM_STYLE_TEXT, stars);
        view->cursor_y = y;
        view->cursor_x = MIN(x + n, at.x + at.columns - 2);
        return;
    }
    g_autoptr(SmSafe) text = sm_safe_clusters_line(sm_editor_text(popup->filter) + row->start, (gssize)row->len);
    sm_draw_text(view->draw, y, x, MAX(0, end - x), SM_STYLE_TEXT, text);
    view->cursor_y = y;
    view->cursor_x = MIN(x + layout.cursor_column, at.x + at.columns - 2);
}

/* --- Rows in columns ------------------------------------------------------------------------------------ */

/* What a column needs for all that stands in it; 0: nothing does. */
static int widest_cell(SmView *view, const SmPopup *popup, int c)
{
    int widest = 0;
    for (guint i = 0; i < popup->rows->len; i++) {
        const SmPopupRow *row = popup->rows->pdata[i];
        if (row->cells[c] && !row->heading)
            widest = MAX(widest, sm_draw_columns(view->draw, row->cells[c]));
    }
    return popup->headings[c] ? MAX(widest, sm_draw_columns(view->draw, popup->headings[c])) : widest;
}

typedef struct {
    int out[SM_POPUP_CELLS];
    int greedy; /* takes what the others leave; -1: none */
    int room;
} Fit;

static int left_over(const Fit *fit)
{
    int used = 0;
    for (int c = 0; c < SM_POPUP_CELLS; c++)
        used += fit->out[c] > 0 && c != fit->greedy ? fit->out[c] + 2 : 0;
    return fit->room - used;
}

/* What a row is about needs room: the others become as narrow as they can; then one that can be done without goes, those behind it,
 * and those before it but the first three. */
static void give_way(const SmPopup *popup, Fit *fit, const int widest[SM_POPUP_CELLS])
{
    for (int c = 0; c < SM_POPUP_CELLS && left_over(fit) < GREEDY_LEAST; c++)
        fit->out[c] = MIN(fit->out[c], widest[c]);
    if (popup->gives > 0 && left_over(fit) < GREEDY_LEAST)
        fit->out[popup->gives] = 0;
    for (int c = SM_POPUP_CELLS - 1; c > fit->greedy && left_over(fit) < GREEDY_LEAST; c--)
        fit->out[c] = 0;
    for (int c = fit->greedy - 1; c > 2 && left_over(fit) < GREEDY_LEAST; c--)
        fit->out[c] = 0;
}

/* Column widths: as wished, or as wide as the widest cell; one takes what is left. */
static void fit_columns(SmView *view, const SmPopup *popup, int room, int out[SM_POPUP_CELLS])
{
    Fit fit = {.greedy = -1, .room = room};
    int widest[SM_POPUP_CELLS];
    for (int c = 0; c < SM_POPUP_CELLS; c++) {
        widest[c] = widest_cell(view, popup, c);
        fit.out[c] = widest[c] == 0 ? 0 : popup->widths[c] > 0 ? popup->widths[c] : widest[c];
        if (popup->widths[c] < 0 && widest[c] > 0)
            fit.greedy = c;
    }
    if (fit.greedy >= 0) {
        give_way(popup, &fit, widest);
        fit.out[fit.greedy] = MAX(4, left_over(&fit));
    }
    /* Too narrow: the last columns give way first. */
    int total = 0;
    for (int c = 0; c < SM_POPUP_CELLS; c++) {
        out[c] = fit.out[c];
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

static void draw_matches(SmView *view, const SmPopupRow *row, int cell, int y, int x, int columns)
{
    const char *text = sm_safe_str(row->cells[cell]);
    gsize n = sm_safe_len(row->cells[cell]);
    for (guint i = 0; row->matched[cell] && i < row->matched[cell]->len; i++) {
        gsize at = g_array_index(row->matched[cell], guint, i);
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
        const char digit[2] = {(char)(row->digit ? '0' + row->digit : ' '), '\0'};
        sm_draw_label(view->draw, y, x, 1, SM_STYLE_ACCENT, digit);
        x += 3;
    }
    for (int c = 0; c < SM_POPUP_CELLS; c++) {
        if (widths[c] <= 0)
            continue;
        if (row->cells[c]) {
            sm_draw_cut(view->draw, y, x, row->heading ? at.columns - 4 : widths[c], cell_style(row, c), row->cells[c]);
            draw_matches(view, row, c, y, x, widths[c]);
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

/* A text in the rows from y to before `end`. */
static void draw_wrapped(SmView *view, SmRect at, int y, int end, SmStyle style, const SmSafe *text)
{
    SmWrap wrap;
    SmWrapLine line;
    sm_wrap_start(&wrap, sm_draw_widths(view->draw), sm_safe_str(text), sm_safe_len(text), MAX(1, at.columns - 4), 0, 0);
    while (y < end && sm_wrap_next(&wrap, &line))
        sm_draw_slice(view->draw, y++, at.x + 2, at.columns - 4, style, text, line.start, line.len);
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
    draw_wrapped(view, at, at.y + 1, at.y + at.rows, SM_STYLE_POPUP, popup->detail);
}

static gboolean has_digits(const SmPopup *popup)
{
    for (guint i = 0; i < popup->rows->len; i++)
        if (((SmPopupRow *)popup->rows->pdata[i])->digit)
            return TRUE;
    return FALSE;
}

/* On the frame, where the list goes on beyond it. */
static void draw_more(SmView *view, int y, int x, const char *sign, const char *plain)
{
    sm_draw_label(view->draw, y, x, 1, SM_STYLE_ACCENT, sm_draw_lines(view->draw) && !sm_draw_widths(view->draw)->ambiguous_wide ? sign : plain);
}

static void draw_rows(SmView *view, SmRect at, SmPopup *popup)
{
    int y = at.y + 1, end = at.y + at.rows - 1;
    if (popup->filter) {
        draw_filter(view, at, y, popup);
        y += at.rows > AIRY_ROWS ? 2 : 1;
    }
    /* What is chosen from has half of the room, where it needs so much. */
    int body = MAX(0, end - y - has_headings(popup));
    int detail = MIN(detail_rows(view, popup, at.columns), MAX(body / 2, body - (int)popup->rows->len));
    gboolean digits = has_digits(popup);
    int widths[SM_POPUP_CELLS];
    fit_columns(view, popup, at.columns - 6 - (digits ? 3 : 0), widths);
    if (has_headings(popup) && y < end)
        draw_headings(view, at, y++, popup, widths, digits);
    guint room = (guint)MAX(0, end - y - detail);
    int first = y;
    if (popup->selected < popup->top)
        popup->top = popup->selected;
    else if (room && popup->selected >= popup->top + room)
        popup->top = popup->selected - room + 1;
    for (guint i = popup->top; i < popup->rows->len && i < popup->top + room; i++) {
        sm_view_spot(view, (SmRect){y, at.x + 1, 1, at.columns - 2}, SM_LIST_POPUP, i);
        draw_row(view, at, y++, popup->rows->pdata[i], widths, digits, i == popup->selected);
    }
    if (popup->top > 0)
        draw_more(view, first, at.x + at.columns - 1, "↑", "^");
    if (popup->top + room < popup->rows->len)
        draw_more(view, y - 1, at.x + at.columns - 1, "↓", "v");
    if (popup->rows->len == 0 && y < end)
        sm_draw_label(view->draw, y, at.x + 4, at.columns - 6, SM_STYLE_DIM, _("nothing matches"));
    if (detail > 1)
        draw_detail(view, (SmRect){end - detail, at.x, detail, at.columns}, popup);
}

/* --- Which-key: groups side by side --------------------------------------------------------------------- */

static void draw_which_entry(SmView *view, int y, int x, int room, guint i, const SmPopupRow *row)
{
    if (row->heading) {
        sm_draw_cut(view->draw, y, x, room, SM_STYLE_POPUP_TITLE, row->cells[0]);
        return;
    }
    sm_view_spot(view, (SmRect){y, x, 1, room}, SM_LIST_WHICH_KEY, i);
    sm_draw_cut(view->draw, y, x, room, row->dim ? SM_STYLE_DIM : SM_STYLE_ACCENT, row->cells[0]);
    int gap = which_gap(view, row);
    if (row->cells[1] && room > gap)
        sm_draw_cut(view->draw, y, x + gap, room - gap, row->dim ? SM_STYLE_DIM : SM_STYLE_POPUP, row->cells[1]);
}

static void draw_which_key(SmView *view, SmRect at, const SmPopup *popup)
{
    WhichLayout layout = which_layout(view, popup, at.columns, at.rows - 2);
    int column = layout.flow ? 0 : -1, row = 0;
    for (guint i = 0; i < popup->rows->len; i++) {
        const SmPopupRow *entry = popup->rows->pdata[i];
        if (!which_next(&layout, entry, &column, &row) || column < 0 || column >= layout.columns || row > at.rows - 2)
            continue;
        int x = at.x + 2 + layout.at[column];
        int width = MIN(layout.at[column + 1] - layout.at[column], at.x + at.columns - x) - 1;
        if (width > 2)
            draw_which_entry(view, at.y + row, x, width, i, entry);
    }
}

static void draw_question(SmView *view, SmRect at, SmPopup *popup)
{
    int y = at.y + (popup->kind == SM_POPUP_SECRET ? 1 : at.rows / 2);
    if (popup->filter) {
        draw_filter(view, at, y, popup);
        if (popup->kind == SM_POPUP_SECRET && popup->detail)
            draw_wrapped(view, at, y + 1, at.y + at.rows - 1, SM_STYLE_WARNING, popup->detail);
    } else if (popup->detail) {
        draw_wrapped(view, at, at.y + 1, at.y + at.rows - 1, SM_STYLE_POPUP, popup->detail);
    }
}

void sm_view_popup(SmView *view, const SmScreenParts *parts)
{
    SmPopup *popup = sm_app_popup_scroll(view->app);
    sm_view_spots_clear(view, SM_LIST_POPUP);
    sm_view_spots_clear(view, SM_LIST_WHICH_KEY);
    view->popup = (SmRect){0};
    if (popup->kind == SM_POPUP_NONE)
        return;
    SmRect at = place(view, parts, popup);
    view->popup = at;
    if (at.rows < 2 || at.columns < 8)
        return;
    SmRect old = sm_draw_clip(view->draw, at);
    if (sm_app_locked(view->app)) { /* nothing else is seen; the question stands in its middle */
        sm_draw_fill(view->draw, at, SM_STYLE_TEXT);
        at = in_middle(at, LOCK_ROWS);
    }
    draw_frame(view, at, popup);
    if (popup->kind == SM_POPUP_WHICH_KEY)
        draw_which_key(view, at, popup);
    else if (popup->kind == SM_POPUP_ASK || popup->kind == SM_POPUP_CONFIRM || popup->kind == SM_POPUP_FIND || popup->kind == SM_POPUP_SECRET)
        draw_question(view, at, popup);
    else
        draw_rows(view, at, popup);
    sm_draw_unclip(view->draw, old);
}
