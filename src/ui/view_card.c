/* SPDX-License-Identifier: MIT */
/* view_card: the contact's card beside the panes, or above them where the screen is narrow. */
#include "seatmux/app/intl.h"
#include "ui/view.h"

#define LABEL_COLUMNS 12

static void draw_row(SmView *view, SmRect at, int y, const SmCardRow *row, gboolean selected)
{
    int x = at.x + 1, room = at.columns - 2;

    if (row->heading) {
        sm_draw_cut(view->draw, y, x, room, SM_STYLE_POPUP_TITLE, row->label);
        return;
    }
    sm_draw_label(view->draw, y, x, 1, SM_STYLE_ACCENT, selected ? ">" : " ");
    int label = row->value ? MIN(LABEL_COLUMNS, room / 2) : room - 2;
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
    if (card->selected < card->top)
        card->top = card->selected;
    if (card->selected >= card->top + room)
        card->top = card->selected - room + 1;
    if (card->selected == 0 || (card->selected <= 1 && card->top <= 1))
        card->top = 0;
    for (guint i = 0; i < room && card->top + i < card->rows->len; i++) {
        sm_view_spot(view, (SmRect){at.y + 1 + (int)i, at.x, 1, at.columns}, SM_LIST_CARD, card->top + i);
        draw_row(view, at, at.y + 1 + (int)i, card->rows->pdata[card->top + i], card->focused && card->top + i == card->selected);
    }
}
