/* SPDX-License-Identifier: MIT */
/* actions_pane: where one is: panes, layouts, going from chat to chat, scrolling. */
#include "app/actions.h"

#include <stdlib.h>
#include <string.h>

void sm_do_next_urgent(SmApp *app, const char *args)
{
    SmOwnChat *here = sm_app_here(app);

    sm_chats_order(app);
    for (guint i = 0; i < app->urgent->len; i++) {
        SmOwnChat *own = app->urgent->pdata[i];
        if (own == here)
            continue;
        sm_app_go_to(app, own->id);
        return;
    }
    sm_app_sayf(app, FALSE,
                here != NULL && app->urgent->len > 0
                    ? _("This is the chat with the least time left.")
                    : _("No chat waits for you."));
}

void sm_do_back(SmApp *app, const char *args)
{
    g_autofree char *chat = g_strdup(app->back_chat);
    int pane = app->back_pane;

    if (chat != NULL && sm_chats_get(app, chat) != NULL) {
        SmPane *shown = sm_layout_showing(app->layout, chat);
        if (shown == NULL && sm_layout_by_id(app->layout, pane) != NULL)
            sm_app_focus_pane(app, pane);
        sm_app_go_to(app, chat);
    } else if (sm_layout_by_id(app->layout, pane) != NULL &&
               pane != sm_layout_focused(app->layout)->id) {
        sm_app_focus_pane(app, pane);
    } else {
        sm_app_sayf(app, FALSE, _("There is nowhere to go back to."));
    }
}

void sm_do_jump(SmApp *app, const char *args)
{
    sm_jump_open(app, args);
}

void sm_do_left_messages(SmApp *app, const char *args)
{
    sm_left_open(app);
}

void sm_do_chats(SmApp *app, const char *args)
{
    sm_list_open(app);
}

static void step(SmApp *app, int by)
{
    guint at = 0, n = app->list->len;
    SmOwnChat *here = sm_app_here(app);

    if (n == 0) {
        sm_app_sayf(app, FALSE, _("You have no chat."));
        return;
    }
    gboolean found = here != NULL && g_ptr_array_find(app->list, here, &at);
    guint next = !found ? 0 : (at + n + (guint)(by + (int)n)) % n;
    sm_app_go_to(app, ((SmOwnChat *)app->list->pdata[next])->id);
}

void sm_do_next(SmApp *app, const char *args)
{
    step(app, 1);
}

void sm_do_previous(SmApp *app, const char *args)
{
    step(app, -1);
}

void sm_do_zoom(SmApp *app, const char *args)
{
    gboolean zoomed = sm_layout_zoomed(app->layout);

    if (!zoomed && sm_layout_visible(app->layout) <= 1) {
        sm_list_open(app);
        return;
    }
    sm_layout_zoom(app->layout, !zoomed);
    sm_app_place(app);
}

void sm_do_focus(SmApp *app, const char *args)
{
    SmPane *pane = sm_layout_by_number(app->layout, atoi(args));

    if (pane == NULL) {
        g_autofree char *number = g_strdup_printf("%d", atoi(args));
        sm_app_sayf(app, FALSE, _("There is no pane %s."), number);
        return;
    }
    sm_app_focus_pane(app, pane->id);
}

gboolean sm_direction_parse(const char *args, SmDirection *direction)
{
    static const char *const names[] = {"left", "right", "up", "down"};

    for (int i = 0; i < 4; i++) {
        if (g_str_has_prefix(args, names[i])) {
            *direction = (SmDirection)i;
            return TRUE;
        }
    }
    return FALSE;
}

void sm_do_direction(SmApp *app, const char *args)
{
    SmDirection direction;

    if (!sm_direction_parse(args, &direction)) {
        sm_app_sayf(app, TRUE, _("Say left, right, up or down."));
        return;
    }
    SmPane *pane = sm_layout_neighbour(app->layout, direction);
    if (pane != NULL)
        sm_app_focus_pane(app, pane->id);
    else
        sm_app_sayf(app, FALSE, _("There is no pane on that side."));
}

static void split(SmApp *app, gboolean across)
{
    const char *why = NULL;

    /* Beside the chat list there may be room once the list gives way. */
    if (app->screen.list_columns > 0 && across)
        sm_layout_place(app->layout, app->screen.rows, app->columns);
    if (!sm_layout_split(app->layout, across, &why)) {
        sm_app_sayf(app, TRUE, "%s", why);
        sm_app_place(app);
        return;
    }
    sm_app_layout_changed(app);
}

void sm_do_split_across(SmApp *app, const char *args)
{
    split(app, TRUE);
}

void sm_do_split_down(SmApp *app, const char *args)
{
    split(app, FALSE);
}

void sm_do_close_pane(SmApp *app, const char *args)
{
    SmOwnChat *own = sm_app_here(app);

    if (sm_layout_panes(app->layout)->len < 2) {
        sm_app_sayf(app, FALSE, _("This is the last pane."));
        return;
    }
    if (own != NULL)
        sm_chats_leave(app, own);
    sm_layout_close(app->layout);
    sm_app_layout_changed(app);
    own = sm_app_here(app);
    if (own != NULL)
        sm_compose_guard(app, own);
    sm_chats_update(app, NULL);
}

void sm_scroll_by(SmApp *app, SmOwnChat *own, int rows)
{
    if (own == NULL)
        return;
    gboolean at_top = rows > 0 && own->chat.scroll > 0 && own->scroll_limit > 0 &&
                      own->chat.scroll >= own->scroll_limit;
    if (at_top && own->chat.conversation != NULL && own->chat.conversation->lines_cut) {
        if (app->asking == 0) {
            sm_app_sayf(app, FALSE, _("Fetching older lines ..."));
            sm_app_older(app, own);
        }
        return;
    }
    own->scroll_limit = 0;
    own->chat.scroll = CLAMP(own->chat.scroll + rows, 0, 1000000);
    sm_chats_unlook(app);
    sm_app_dirty(app, SM_DIRTY_PANES);
}

static int half_page(SmApp *app)
{
    return MAX(1, (sm_layout_focused(app->layout)->rows - 5) / 2);
}

void sm_do_scroll_up(SmApp *app, const char *args)
{
    sm_scroll_by(app, sm_app_here(app), half_page(app));
}

void sm_do_scroll_down(SmApp *app, const char *args)
{
    sm_scroll_by(app, sm_app_here(app), -half_page(app));
}
