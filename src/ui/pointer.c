/* SPDX-License-Identifier: MIT */
#include "ui/pointer.h"

#define WHEEL_LINES 3

/* Lists that the app does not know to lie elsewhere now: of a view that is not shown their rows count for nothing. */
static gboolean is_shown(SmView *view, SmListKind list)
{
    gboolean queues = sm_app_supervise(view->app) != NULL;
    switch (list) {
    case SM_LIST_POPUP:
    case SM_LIST_WHICH_KEY:
        return sm_app_popup(view->app)->kind != SM_POPUP_NONE;
    case SM_LIST_CHATS:
        return !queues && sm_app_list_pane(view->app);
    case SM_LIST_CARD:
        return !queues && sm_app_card(view->app)->shown;
    case SM_LIST_QUEUE_ROWS:
    case SM_LIST_QUEUES:
        return queues;
    }
    return FALSE;
}

static const SmSpot *spot_at(SmView *view, int y, int x)
{
    const SmSpot *spot = sm_view_spot_at(view, y, x);
    return spot && is_shown(view, spot->list) ? spot : NULL;
}

static void press(SmPointer *pointer, int y, int x)
{
    SmView *view = pointer->view;
    SmScreenParts parts = sm_view_parts(view);
    const SmSpot *spot = spot_at(view, y, x);
    gboolean open = sm_app_popup(view->app)->kind != SM_POPUP_NONE;
    if (open && !sm_rect_has(view->popup, y, x)) {
        sm_pointer_forget(pointer);
        sm_app_click_outside(view->app);
    } else if (spot && open == (spot->list == SM_LIST_POPUP || spot->list == SM_LIST_WHICH_KEY)) {
        gboolean again = pointer->clicked && pointer->list == spot->list && pointer->row == spot->row;
        pointer->clicked = !again; /* a third click is a first one */
        pointer->list = spot->list;
        pointer->row = spot->row;
        sm_app_click_row(view->app, spot->list, spot->row, again);
    } else if (!open) {
        sm_pointer_forget(pointer);
        int row = y - parts.panes.y, column = x - parts.panes.x;
        pointer->dragging = sm_app_border_at(view->app, row, column, &pointer->border);
        sm_app_click(view->app, row, column);
    }
}

static void drag(SmPointer *pointer, int y, int x)
{
    SmScreenParts parts = sm_view_parts(pointer->view);
    if (pointer->dragging)
        sm_app_move_border(pointer->view->app, &pointer->border, y - parts.panes.y, x - parts.panes.x);
}

static gboolean wheel(SmPointer *pointer, int y, int x, int lines)
{
    SmView *view = pointer->view;
    SmScreenParts parts = sm_view_parts(view);
    gboolean open = sm_app_popup(view->app)->kind != SM_POPUP_NONE, queues = sm_app_supervise(view->app) != NULL;
    sm_pointer_forget(pointer); /* rows move */
    if (!open && !queues && sm_rect_has(parts.list, y, x)) {
        view->list_top = MAX(0, view->list_top + lines);
        return TRUE;
    }
    if (!open && !queues && sm_rect_has(parts.card, y, x)) {
        sm_app_card_wheel(view->app, lines);
        return FALSE;
    }
    sm_app_wheel(view->app, y - parts.panes.y, x - parts.panes.x, lines);
    return FALSE;
}

gboolean sm_pointer_input(SmPointer *pointer, const SmInput *input)
{
    sm_app_typed(pointer->view->app); /* somebody is there */
    switch (input->mouse) {
    case SM_MOUSE_PRESS_1:
        press(pointer, input->row, input->column);
        break;
    case SM_MOUSE_DRAG:
        drag(pointer, input->row, input->column);
        break;
    case SM_MOUSE_RELEASE:
        pointer->dragging = FALSE;
        break;
    case SM_MOUSE_WHEEL_UP:
    case SM_MOUSE_WHEEL_DOWN:
        return wheel(pointer, input->row, input->column, input->mouse == SM_MOUSE_WHEEL_UP ? -WHEEL_LINES : WHEEL_LINES);
    case SM_MOUSE_PRESS_2:
    case SM_MOUSE_PRESS_3:
    case SM_MOUSE_OTHER:
        break;
    }
    return FALSE;
}

void sm_pointer_forget(SmPointer *pointer)
{
    pointer->clicked = pointer->dragging = FALSE;
}
