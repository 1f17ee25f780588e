/* SPDX-License-Identifier: MIT */
/* app_mouse: what a click, a drag and the wheel do. A click never does more than the keys could at that place, never
 * answers a question of yes and no, and never sends. */
#include "app/app_private.h"

#include "app/actions.h"
#include "app/supervise.h"

static SmPane *pane_at(SmApp *app, int y, int x)
{
    const GPtrArray *panes = sm_layout_panes(app->layout);

    for (guint i = 0; i < panes->len; i++) {
        SmPane *pane = panes->pdata[i];
        if (pane->rows > 0 && y >= pane->y && y < pane->y + pane->rows && x >= pane->x &&
            x < pane->x + pane->columns)
            return pane;
    }
    return NULL;
}

/* Something lies above the panes, or in their place. */
static gboolean panes_covered(SmApp *app)
{
    return sm_popup_is_open(app) || app->supervision != NULL || app->locked;
}

void sm_app_click(SmApp *app, int y, int x)
{
    SmPane *pane = pane_at(app, y, x);

    if (panes_covered(app) || pane == NULL)
        return;
    app->by_key = TRUE;
    sm_keys_drop_pending(app);
    if (app->card.shown.focused)
        sm_card_focus(app, FALSE);
    sm_app_focus_pane(app, pane->id);
    app->by_key = FALSE;
}

gboolean sm_app_border_at(SmApp *app, int y, int x, SmBorder *border)
{
    return !panes_covered(app) && sm_layout_border_at(app->layout, y, x, border);
}

void sm_app_move_border(SmApp *app, const SmBorder *border, int y, int x)
{
    if (panes_covered(app) || !sm_layout_move_border(app->layout, border, border->across ? x : y))
        return;
    app->by_key = TRUE;
    sm_app_layout_changed(app);
    app->by_key = FALSE;
}

void sm_app_wheel(SmApp *app, int y, int x, int lines)
{
    SmPane *pane = pane_at(app, y, x);

    if (app->locked)
        return;
    app->by_key = TRUE;
    if (sm_popup_is_open(app))
        sm_popup_move(app, lines);
    else if (app->supervision != NULL)
        sm_supervise_select(app, (int)app->supervision->shown.selected + lines);
    else if (pane != NULL && pane->conversation != NULL)
        sm_scroll_by(app, sm_chats_get(app, pane->conversation), -lines);
    app->by_key = FALSE;
}

void sm_app_click_row(SmApp *app, SmListKind list, guint row, gboolean again)
{
    const GPtrArray *rows = app->popup.rows;

    if (app->locked)
        return;
    app->by_key = TRUE;
    switch (list) {
    case SM_LIST_POPUP:
        if (!sm_popup_is_open(app) || row >= rows->len || ((SmPopupRow *)rows->pdata[row])->heading)
            break;
        if (again && row == app->popup.selected)
            sm_popup_accept(app);
        else
            sm_popup_select(app, (int)row);
        break;
    case SM_LIST_WHICH_KEY:
        if (app->popup.kind == SM_POPUP_WHICH_KEY && row < rows->len) {
            g_autofree char *command = g_strdup(((SmPopupRow *)rows->pdata[row])->value);
            sm_keys_drop_pending(app);
            if (command != NULL)
                sm_app_run(app, command);
        }
        break;
    case SM_LIST_CHATS:
        if (!panes_covered(app) && row < app->list->len) {
            g_autofree char *id = g_strdup(((SmOwnChat *)sm_app_listed(app)->pdata[row])->id);
            sm_keys_drop_pending(app);
            sm_app_open(app, id);
        }
        break;
    case SM_LIST_CARD:
        if (!panes_covered(app))
            sm_card_click(app, row, again);
        break;
    case SM_LIST_QUEUE_ROWS:
        if (app->supervision == NULL || sm_popup_is_open(app) || row >= app->supervision->shown.rows->len)
            break;
        if (again && row == app->supervision->shown.selected)
            sm_app_run(app, "queue-peek");
        else
            sm_supervise_select(app, (int)row);
        break;
    case SM_LIST_QUEUES:
        if (app->supervision != NULL && !sm_popup_is_open(app)) {
            gboolean shown = app->supervision->shown.queue == (int)row + 1; /* again: all */
            g_autofree char *command = g_strdup_printf("queue-show %d", shown ? 0 : (int)row + 1);
            sm_app_run(app, command);
        }
        break;
    }
    app->by_key = FALSE;
}

void sm_app_card_wheel(SmApp *app, int lines)
{
    if (panes_covered(app) || !app->card.shown.shown)
        return;
    app->by_key = TRUE;
    if (!app->card.shown.focused)
        sm_card_focus(app, TRUE);
    sm_card_move(app, lines);
    app->by_key = FALSE;
}

/* A reason half typed, a password and a question are not lost by a slip of the mouse. */
void sm_app_click_outside(SmApp *app)
{
    SmPopupKind kind = app->popup.kind;

    if (app->locked || kind == SM_POPUP_NONE || kind == SM_POPUP_SECRET || kind == SM_POPUP_CONFIRM || kind == SM_POPUP_ASK)
        return;
    app->by_key = TRUE;
    if (kind == SM_POPUP_WHICH_KEY)
        sm_keys_drop_pending(app);
    else
        sm_popup_back(app);
    app->by_key = FALSE;
}
