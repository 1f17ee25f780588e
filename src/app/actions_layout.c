/* SPDX-License-Identifier: MIT */
/* actions_layout: how many panes, arrangements that have a name, and borders moved by keys. A named
 * layout is the one text of layout.h - tree, sizes, focus, zoom, chats - and lies in the state
 * file. */
#include "app/actions.h"

#include <stdlib.h>
#include <string.h>

#include "seatmux/base/limits.h"
#include "seatmux/text/sanitise.h"

/* --- Borders by keys
 * ------------------------------------------------------------------------------ */

static void resize(SmApp *app, SmDirection direction, int cells)
{
    if (!sm_layout_resize(app->layout, direction, cells))
        sm_app_sayf(app, FALSE, _("There is no border to move that way."));
    else
        sm_app_layout_changed(app);
}

static gboolean resize_key(SmApp *app, SmKey key)
{
    switch (sm_key_code(key)) {
    case SM_KEY_LEFT:
        resize(app, SM_TO_LEFT, 2);
        return TRUE;
    case SM_KEY_RIGHT:
        resize(app, SM_TO_RIGHT, 2);
        return TRUE;
    case SM_KEY_UP:
        resize(app, SM_TO_UP, 1);
        return TRUE;
    case SM_KEY_DOWN:
        resize(app, SM_TO_DOWN, 1);
        return TRUE;
    default:
        return FALSE;
    }
}

/* The letters that stand for the arrows in vi, for hands and terminals without them. */
static gboolean resize_text(SmApp *app, const char *utf8)
{
    static const char letters[] = "hlkj"; /* in the order of SmDirection */
    const char *at = strchr(letters, (char)sm_keys_fold(g_utf8_get_char(utf8)));

    if (at != NULL && *at != '\0')
        resize(app, (SmDirection)(at - letters), at - letters < 2 ? 2 : 1);
    return TRUE;
}

static void resize_done(SmApp *app, const char *value, const char *typed)
{
    sm_popup_close(app);
}

static const SmPopupOps resize_ops = {
    .choose = resize_done, .key = resize_key, .text = resize_text};

static void resize_mode(SmApp *app)
{
    if (sm_layout_visible(app->layout) < 2) {
        sm_app_sayf(app, FALSE, _("There is one pane: no border to move."));
        return;
    }
    sm_popup_open(app, SM_POPUP_CONFIRM, &resize_ops, _("move border"), NULL);
    app->popup.detail =
        sm_safe_from_literal(_("The arrows (or h j k l) move the border of this pane."));
    sm_popup_footer(app, _("arrows move   Enter or Esc ends"));
    sm_popup_changed(app);
}

void sm_do_resize(SmApp *app, const char *args)
{
    SmDirection direction;
    const char *cells = strchr(args, ' ');

    if (*args == '\0')
        resize_mode(app);
    else if (!sm_direction_parse(args, &direction))
        sm_app_sayf(app, TRUE, _("Say left, right, up or down, and by how many cells."));
    else
        resize(app, direction, cells != NULL ? MAX(atoi(cells), 1) : 2);
}

/* --- Layouts
 * ---------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    int across, down;
} GRIDS[] = {{"1", 1, 1}, {"2", 2, 1}, {"4", 2, 2}, {"6", 3, 2}, {"9", 3, 3}};

static void say_hidden(SmApp *app)
{
    guint hidden = sm_layout_panes(app->layout)->len - sm_layout_visible(app->layout);

    if (hidden > 0)
        sm_app_sayf(app, FALSE, _("%d panes have no room now; they come back on a larger screen."),
                    (int)hidden);
}

static gboolean show_grid(SmApp *app, const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(GRIDS); i++) {
        if (strcmp(name, GRIDS[i].name) != 0)
            continue;
        sm_layout_grid(app->layout, GRIDS[i].across, GRIDS[i].down);
        sm_app_layout_changed(app);
        sm_chats_update(app, NULL);
        say_hidden(app);
        return TRUE;
    }
    return FALSE;
}

static gboolean taken(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(GRIDS); i++)
        if (strcmp(name, GRIDS[i].name) == 0)
            return TRUE;
    return strcmp(name, "auto") == 0 || strcmp(name, "save") == 0 || strcmp(name, "delete") == 0;
}

static void save(SmApp *app, const char *name)
{
    g_autoptr(SmSafe) shown = sm_safe_line(name, -1);

    if (taken(name) || strchr(name, ' ') != NULL ||
        g_utf8_strlen(name, -1) > SM_LAYOUT_NAME_CHARS) {
        sm_app_sayf(app, TRUE,
                    _("A layout's name is one word of at most %d characters, and not one of the "
                      "built-in ones."),
                    SM_LAYOUT_NAME_CHARS);
    } else if (g_hash_table_size(app->layouts) >= SM_LAYOUTS_MOST &&
               !g_hash_table_contains(app->layouts, name)) {
        sm_app_sayf(app, TRUE, _("There are %d layouts already: delete one first."),
                    SM_LAYOUTS_MOST);
    } else {
        g_hash_table_replace(app->layouts, g_strdup(name), sm_layout_text(app->layout));
        sm_app_save_state(app);
        sm_app_sayf(app, FALSE, _("The layout \"%S\" is saved."), shown);
    }
}

static void drop(SmApp *app, const char *name)
{
    g_autoptr(SmSafe) shown = sm_safe_line(name, -1);
    gboolean gone = g_hash_table_remove(app->layouts, name);

    if (gone)
        sm_app_save_state(app);
    sm_app_sayf(app, !gone,
                gone ? _("The layout \"%S\" is deleted.") : _("There is no layout \"%S\"."), shown);
}

/* Chats that are gone leave their panes empty; those that are there take their places. */
static void restore(SmApp *app, const char *name)
{
    const char *text = g_hash_table_lookup(app->layouts, name);
    g_autoptr(GError) error = NULL;
    g_autoptr(SmSafe) shown = sm_safe_line(name, -1);
    SmOwnChat *here = sm_app_here(app);

    if (text == NULL) {
        sm_app_sayf(app, TRUE,
                    _("There is no layout \"%S\". Say 1, 2, 4, 6, 9, auto, or save and a name."),
                    shown);
        return;
    }
    if (here != NULL)
        sm_chats_leave(app, here);
    if (!sm_layout_parse(app->layout, text, &error)) {
        sm_app_sayf(app, TRUE, _("The layout \"%S\" is damaged; nothing was changed."), shown);
        return;
    }
    sm_app_layout_changed(app);
    sm_chats_update(app, NULL);
    here = sm_app_here(app);
    if (here != NULL)
        sm_compose_guard(app, here);
    say_hidden(app);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void offer(SmApp *app)
{
    g_autoptr(GString) choices = g_string_new(NULL);
    guint n;
    g_autofree char **names = (char **)g_hash_table_get_keys_as_array(app->layouts, &n);

    g_string_append_printf(choices, "1\t%s\n2\t%s\n4\t%s\n6\t%s\n9\t%s\nauto\t%s", _("one pane"),
                           _("two beside each other"), _("two by two"), _("three by two"),
                           _("three by three"), _("as many as suit the screen"));
    qsort(names, n, sizeof *names, by_name);
    for (guint i = 0; i < n; i++)
        g_string_append_printf(choices, "\n%s\t%s", names[i], _("saved"));
    sm_choice_open(app, "layout", _("layouts"), _("find>"), choices->str, SM_CHOICE_WORDS);
}

void sm_do_layout(SmApp *app, const char *args)
{
    if (*args == '\0') {
        offer(app);
    } else if (strcmp(args, "auto") == 0) {
        app->automatic = TRUE;
        sm_layout_preset(app->layout, app->columns, app->rows);
        sm_app_place(app);
        sm_chats_update(app, NULL);
    } else if (strcmp(args, "save") == 0) {
        sm_ask_open(app, "layout save", _("save this layout"), _("name>"));
    } else if (g_str_has_prefix(args, "save ")) {
        save(app, args + strlen("save "));
    } else if (g_str_has_prefix(args, "delete ")) {
        drop(app, args + strlen("delete "));
    } else if (!show_grid(app, args)) {
        restore(app, args);
    }
}
