/* SPDX-License-Identifier: MIT */
/* view_card: the contact's card beside the panes, or above them where the screen is narrow. */
#include "seatmux/app/intl.h"
#include "seatmux/text/wrap.h"
#include "ui/view.h"

#define LABEL_COLUMNS 12
#define INDENT 3 /* of a text below its label */

static int room_for_text(SmRect at)
{
    return MAX(1, at.columns - INDENT - 2);
}

/* Columns of the label, where the value stands behind it. */
static int label_columns(SmRect at)
{
    return MIN(LABEL_COLUMNS, (at.columns - 2) / 2);
}

/* What does not fit behind the label stands below it: nothing that is known is hidden. */
static gboolean is_below(SmView *view, SmRect at, const SmCardRow *row)
{
    return row->value && (row->wraps || sm_draw_columns(view->draw, row->value) > at.columns - 5 - label_columns(at));
}

/* Lines that it takes. */
static guint lines_of(SmView *view, SmRect at, const SmCardRow *row)
{
    return is_below(view, at, row) ? 1 + sm_wrap_count(sm_draw_widths(view->draw), sm_safe_str(row->value), sm_safe_len(row->value),
                                                       room_for_text(at), 0, 0)
                                   : 1;
}

/* The first row to be drawn, so that the chosen one is seen whole and with it the heading it stands under. */
static void keep_seen(SmView *view, SmRect at, SmCard *card, guint room)
{
    guint from = card->selected > 0 && ((SmCardRow *)card->rows->pdata[card->selected - 1])->heading ? card->selected - 1 : card->selected;
    guint lines = 0;
    if (card->selected <= 1)
        from = 0;
    card->top = MIN(card->top, from);
    for (guint i = card->top; i <= card->selected && i < card->rows->len; i++)
        lines += lines_of(view, at, card->rows->pdata[i]);
    for (; lines > room && card->top < card->selected; card->top++)
        lines -= lines_of(view, at, card->rows->pdata[card->top]);
}

static void draw_text(SmView *view, SmRect at, int y, const SmSafe *text)
{
    SmWrap wrap;
    SmWrapLine line;
    sm_wrap_start(&wrap, sm_draw_widths(view->draw), sm_safe_str(text), sm_safe_len(text), room_for_text(at), 0, 0);
    while (y < at.y + at.rows && sm_wrap_next(&wrap, &line))
        sm_draw_slice(view->draw, y++, at.x + INDENT, room_for_text(at), SM_STYLE_TEXT, text, line.start, line.len);
}

static void draw_row(SmView *view, SmRect at, int y, const SmCardRow *row, gboolean selected)
{
    int x = at.x + 1, room = at.columns - 2;

    if (row->heading) {
        sm_draw_cut(view->draw, y, x, room, SM_STYLE_POPUP_TITLE, row->label);
        return;
    }
    sm_draw_label(view->draw, y, x, 1, SM_STYLE_ACCENT, selected ? ">" : " ");
    if (is_below(view, at, row)) {
        sm_draw_cut(view->draw, y, x + 2, room - 2, SM_STYLE_DIM, row->label);
        draw_text(view, at, y + 1, row->value);
        if (selected)
            sm_draw_recolour(view->draw, (SmRect){y, at.x, MIN((int)lines_of(view, at, row), at.y + at.rows - y), at.columns}, SM_STYLE_SELECTION);
        return;
    }
    int label = row->value ? label_columns(at) : room - 2;
    int used = row->label ? sm_draw_cut(view->draw, y, x + 2, label, SM_STYLE_DIM, row->label) : 0;
    int from = x + 2 + MAX(label, used) + 1;
    if (row->value && from < at.x + at.columns - 1)
        sm_draw_cut(view->draw, y, from, at.x + at.columns - 1 - from, SM_STYLE_TEXT, row->value);
    if (selected)
        sm_draw_recolour(view->draw, (SmRect){y, at.x, 1, at.columns}, SM_STYLE_SELECTION);
}

void sm_view_card(SmView *view, SmRect at, gboolean beside)
{
    SmCard *card = sm_app_card(view->app);
    sm_view_spots_clear(view, SM_LIST_CARD);
    view->card_y = -1;
    if (at.rows < 2 || at.columns < 10)
        return;
    sm_draw_fill(view->draw, at, SM_STYLE_TEXT);
    if (beside)
        sm_draw_vline(view->draw, at.y, at.x - 1, at.rows, SM_STYLE_BORDER);
    sm_draw_hline(view->draw, at.y, at.x, at.columns, card->focused ? SM_STYLE_HEADER_FOCUS : SM_STYLE_HEADER,
                  card->focused ? SM_STROKE_H_STRONG : SM_STROKE_H);
    if (card->title) {
        SmStyle style = card->focused ? SM_STYLE_HEADER_FOCUS : SM_STYLE_HEADER;
        int x = at.x + 2;
        x += sm_draw_label(view->draw, at.y, x, 1, style, " ");
        x += sm_draw_cut(view->draw, at.y, x, at.columns - 6, style, card->title);
        sm_draw_label(view->draw, at.y, x, 1, style, " ");
    }
    guint room = (guint)at.rows - 1;
    keep_seen(view, at, card, room);
    guint i = card->top, used = 0;
    for (; used < room && i < card->rows->len; i++) {
        const SmCardRow *row = card->rows->pdata[i];
        guint lines = MIN(lines_of(view, at, row), room - used);
        int y = at.y + 1 + (int)used;
        sm_view_spot(view, (SmRect){y, at.x, (int)lines, at.columns}, SM_LIST_CARD, i);
        draw_row(view, at, y, row, card->focused && i == card->selected);
        if (i == card->selected) {
            view->card_y = y;
            view->card_x = at.x + 1;
        }
        used += lines;
    }
    if (i < card->rows->len)
        sm_draw_label(view->draw, at.y + at.rows - 1, at.x + at.columns - 1, 1, SM_STYLE_DIM, sm_draw_lines(view->draw) ? "↓" : "v");
}
