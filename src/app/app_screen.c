/* SPDX-License-Identifier: MIT */
/* app_screen: the screen's parts, the panes and what they show, where the focus is. */
#include "app/app_private.h"

#include <stdlib.h>
#include <string.h>

#include "app/actions.h"

#define LIST_COLUMNS 22
#define CARD_COLUMNS 38
#define CARD_BESIDE 100 /* columns of a screen that has room for it at the side */

static void part_screen(SmApp *app, gboolean list)
{
    SmAppScreen *s = &app->screen;
    /* A tiny screen gives its rows to the pane first: clock, last lines, composer. */
    int bar = app->rows >= 10, hints = app->rows >= 15, message = app->rows >= 6;

    *s = (SmAppScreen){.bar = bar ? 0 : -1,
                       .hints = hints ? app->rows - 2 : -1,
                       .message = message ? app->rows - 1 : -1};
    s->y = bar;
    s->rows = MAX(1, app->rows - bar - hints - message);
    s->list_columns = list ? LIST_COLUMNS : 0;
    s->x = list ? LIST_COLUMNS + 1 : 0;
    s->columns = MAX(1, app->columns - s->x);
    if (!app->card.shown.shown)
        return;
    gboolean beside = app->columns >= CARD_BESIDE;
    s->card_columns = beside ? CARD_COLUMNS : app->columns;
    s->card_rows = beside ? s->rows : MAX(0, s->rows / 2 - 1);
    s->card_x = beside ? app->columns - CARD_COLUMNS : 0;
    s->card_y = s->y;
    if (beside) {
        s->columns = MAX(1, s->columns - CARD_COLUMNS - 1);
    } else {
        s->y += s->card_rows;
        s->rows = MAX(1, s->rows - s->card_rows);
    }
}

void sm_app_place(SmApp *app)
{
    gboolean list = FALSE;

    if (app->rows == 0)
        return;
    sm_layout_limit(app->layout,
                    app->automatic ? sm_layout_preset_panes(app->columns, app->rows) : 0);
    part_screen(app, FALSE);
    sm_layout_place(app->layout, app->screen.rows, app->screen.columns);
    if (app->columns >= 100 && app->rows >= 15 && sm_layout_visible(app->layout) == 1 &&
        !sm_layout_zoomed(app->layout)) {
        list = TRUE;
        part_screen(app, TRUE);
        sm_layout_place(app->layout, app->screen.rows, app->screen.columns);
    }
    app->screen.list_x = 0;
    app->screen.list_columns = list ? LIST_COLUMNS : 0;
    sm_chats_unlook(app);
    sm_app_dirty(app, SM_DIRTY_ALL);
}

/* Chats that have no pane take the empty ones, most urgent first. */
static void fill(SmApp *app)
{
    for (guint i = 0; i < app->list->len; i++) {
        SmOwnChat *own = app->list->pdata[i];
        if (own->mine && sm_layout_showing(app->layout, own->id) == NULL)
            sm_app_seat(app, own, FALSE);
    }
}

void sm_app_resize(SmApp *app, int rows, int columns)
{
    gboolean first = app->rows == 0;
    const char *wanted = sm_options_str(app->options, "layout");

    rows = CLAMP(rows, 1, 1000);
    columns = CLAMP(columns, 1, 1000);
    if (rows == app->rows && columns == app->columns)
        return;
    app->rows = rows;
    app->columns = columns;
    if (first && app->automatic && strcmp(wanted, "auto") != 0) {
        int n = atoi(wanted);
        app->automatic = FALSE;
        sm_layout_grid(app->layout, n == 9 || n == 6 ? 3 : MIN(n, 2), n == 9 ? 3 : n >= 4 ? 2 : 1);
    }
    sm_card_fit(app);
    /* Growing adds panes; shrinking hides them and forgets nothing. */
    if (app->automatic &&
        sm_layout_preset_panes(columns, rows) > sm_layout_panes(app->layout)->len) {
        sm_layout_preset(app->layout, columns, rows);
        sm_app_place(app);
        fill(app);
        return;
    }
    sm_app_place(app);
}

void sm_app_layout_changed(SmApp *app)
{
    app->automatic = FALSE;
    sm_app_place(app);
}

SmAppScreen sm_app_screen(SmApp *app)
{
    return app->screen;
}

gboolean sm_app_list_pane(SmApp *app)
{
    return app->screen.list_columns > 0;
}

SmOwnChat *sm_app_here(SmApp *app)
{
    const SmPane *pane = sm_layout_focused(app->layout);

    return pane->conversation != NULL ? sm_chats_get(app, pane->conversation) : NULL;
}

/* Before the focused pane or its chat changes. */
static void leaving(SmApp *app)
{
    const SmPane *pane = sm_layout_focused(app->layout);
    SmOwnChat *own = sm_app_here(app);

    app->back_pane = pane->id;
    g_free(app->back_chat);
    app->back_chat = g_strdup(pane->conversation);
    sm_keys_drop_pending(app);
    if (own != NULL)
        sm_chats_leave(app, own);
}

static void arrived(SmApp *app)
{
    SmOwnChat *own = sm_app_here(app);

    sm_chats_unlook(app);
    if (own != NULL)
        sm_compose_guard(app, own);
    sm_card_follow(app);
    sm_people_looks(app);
    sm_offers_look(app);
    sm_app_dirty(app, SM_DIRTY_ALL);
}

void sm_app_focus_pane(SmApp *app, int id)
{
    if (sm_layout_focused(app->layout)->id == id || sm_layout_by_id(app->layout, id) == NULL)
        return;
    leaving(app);
    sm_layout_focus(app->layout, id);
    sm_app_place(app);
    arrived(app);
}

void sm_app_go_to(SmApp *app, const char *conversation)
{
    SmPane *pane = sm_layout_showing(app->layout, conversation);
    SmPane *focused = sm_layout_focused(app->layout);

    if (sm_chats_need(app, conversation) == NULL)
        return;
    if (pane != NULL) {
        sm_app_focus_pane(app, pane->id);
        return;
    }
    leaving(app);
    sm_layout_show(app->layout, focused->id, conversation);
    arrived(app);
}

/* Nothing is there, or a chat of an earlier day that we no longer have. */
static gboolean is_empty(SmApp *app, const SmPane *pane)
{
    return pane->conversation == NULL || sm_chats_get(app, pane->conversation) == NULL;
}

/* A pane that a new chat may take: an empty one, the focused one first, else (for a chat the agent asked for) one whose
 * chat is over and without a draft. */
static SmPane *free_pane(SmApp *app, gboolean even_over)
{
    const GPtrArray *panes = sm_layout_panes(app->layout);
    SmPane *focused = sm_layout_focused(app->layout), *over = NULL;

    /* Where the agent is looking, if nothing is there. */
    if (is_empty(app, focused))
        return focused;
    for (guint i = 0; i < panes->len; i++) {
        SmPane *pane = panes->pdata[i];
        if (pane->rows == 0 && app->rows > 0)
            continue;
        if (is_empty(app, pane))
            return pane;
        SmOwnChat *own = sm_chats_get(app, pane->conversation);
        gboolean written =
            own != NULL && ((own->message != NULL && sm_editor_len(own->message) > 0) ||
                            (own->note != NULL && sm_editor_len(own->note) > 0));
        gboolean asked = pane == focused && sm_popup_is_open(app); /* about that chat */
        if (even_over && over == NULL && (own == NULL || !own->mine) && !written && !asked)
            over = pane;
    }
    return over;
}

void sm_app_seat(SmApp *app, SmOwnChat *own, gboolean say)
{
    SmPane *focused = sm_layout_focused(app->layout);
    SmPane *pane = sm_layout_showing(app->layout, own->id);

    if (pane == NULL)
        pane = free_pane(app, say);
    if (pane == NULL) {
        if (say) {
            g_autofree char *keys = sm_keymap_told(app->keymap, "chat-list");
            sm_app_sayf(app, FALSE, _("%S is in the list (%s)."), own->chat.name,
                        keys);
        }
        return;
    }
    /* The focus stays where something is being done. */
    gboolean was_empty = is_empty(app, focused);
    if (pane == focused)
        leaving(app);
    sm_layout_show(app->layout, pane->id, own->id);
    if (pane == focused)
        arrived(app);
    else if (was_empty)
        sm_app_focus_pane(app, pane->id);
    if (say && !app->lines)
        sm_app_sayf(app, FALSE, _("%S is in pane %d."), own->chat.name, pane->number);
    sm_app_dirty(app, SM_DIRTY_ALL);
}

void sm_app_focus(SmApp *app, gboolean focused)
{
    app->focus = focused ? SM_FOCUS_YES : SM_FOCUS_NO;
    sm_chats_unlook(app);
    sm_alerts_focus(app);
    sm_people_go_on(app);
    sm_app_dirty(app, SM_DIRTY_PANES);
}
