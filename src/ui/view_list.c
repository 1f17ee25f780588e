/* SPDX-License-Identifier: MIT */
/* view_list: the narrow list of chats beside a single pane: who, how long, how many new lines. */
#include "seatmux/app/intl.h"
#include "ui/view.h"

static void draw_chat(SmView *view, SmRect at, int y, const SmChat *chat, gboolean current)
{
    SmClockText clock = sm_view_clock(view, chat->conversation);
    int number = (int)g_utf8_strlen(clock.number, -1);
    sm_draw_label(view->draw, y, at.x, 1, SM_STYLE_ACCENT, current ? ">" : " ");
    const char *sign = clock.style == SM_STYLE_OVERDUE ? "!" : (clock.style == SM_STYLE_WARNING ? "*" : " ");
    sm_draw_label(view->draw, y, at.x + 1, 1, clock.style, sign);
    int room = at.columns - 3 - number - 1;
    g_autofree char *unread = chat->unread ? g_strdup_printf("(%u)", chat->unread) : NULL;
    int marks = unread ? (int)g_utf8_strlen(unread, -1) : 0;
    int x = at.x + 2;
    x += sm_draw_cut(view->draw, y, x, MAX(1, room - marks), current ? SM_STYLE_STRONG : SM_STYLE_TEXT, chat->name);
    if (unread)
        sm_draw_label(view->draw, y, x, marks, SM_STYLE_UNREAD, unread);
    sm_draw_label(view->draw, y, at.x + at.columns - number - 1, number, clock.style, clock.number);
}

/* "3 more" at the right of the heading, where not all have room. */
static void draw_rest(SmView *view, SmRect at, guint chats)
{
    int hidden = (int)chats - MAX(1, at.rows - 1);
    if (hidden <= 0)
        return;
    g_autofree char *words = g_strdup_printf(ngettext("%d more", "%d more", (gulong)hidden), hidden);
    int columns = sm_draw_label_columns(view->draw, words);
    sm_draw_label(view->draw, at.y, at.x + at.columns - columns - 1, columns, SM_STYLE_DIM, words);
}

/* The focused chat is seen when the focus comes to it; the wheel may go elsewhere then. */
static void choose_top(SmView *view, const GPtrArray *chats, const char *current, int room)
{
    guint hash = current ? g_str_hash(current) : 0;
    for (guint i = 0; i < chats->len && hash != view->list_current; i++) {
        const SmChat *chat = chats->pdata[i];
        if (g_strcmp0(chat->id, current) == 0)
            view->list_top = CLAMP(view->list_top, (int)i - room + 1, (int)i);
    }
    view->list_current = hash;
    view->list_top = CLAMP(view->list_top, 0, MAX(0, (int)chats->len - room));
}

void sm_view_list(SmView *view, SmRect at)
{
    sm_view_spots_clear(view, SM_LIST_CHATS);
    if (at.columns < 8 || at.rows < 1)
        return;
    sm_draw_fill(view->draw, at, SM_STYLE_TEXT);
    sm_draw_vline(view->draw, at.y, at.x + at.columns, at.rows, SM_STYLE_BORDER);
    const GPtrArray *chats = sm_app_listed(view->app);
    const SmPane *pane = sm_layout_focused(sm_app_layout(view->app));
    sm_draw_label(view->draw, at.y, at.x + 1, at.columns - 2, SM_STYLE_POPUP_TITLE, _("chats"));
    int y = at.y + 1;
    choose_top(view, chats, pane->conversation, MAX(1, at.rows - 1));
    for (guint i = (guint)view->list_top; i < chats->len && y < at.y + at.rows; i++) {
        const SmChat *chat = chats->pdata[i];
        if (!chat->conversation)
            continue;
        sm_view_spot(view, (SmRect){y, at.x, 1, at.columns}, SM_LIST_CHATS, i);
        draw_chat(view, at, y++, chat, g_strcmp0(pane->conversation, chat->conversation->id) == 0);
    }
    draw_rest(view, at, chats->len);
    if (chats->len == 0)
        sm_draw_label(view->draw, y, at.x + 1, at.columns - 2, SM_STYLE_DIM, _("none yet"));
}
