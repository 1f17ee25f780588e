/* SPDX-License-Identifier: MIT */
/* layout: the tree of panes and where each of them is. */
#include "app/layout_private.h"

#include <string.h>

#include "seatmux/base/limits.h"

SmCell *sm_cell_pane(SmLayout *layout)
{
    SmCell *cell = g_new0(SmCell, 1);

    cell->kind = SM_CELL_PANE;
    cell->share = SM_SHARE_CELL;
    cell->pane = g_new0(SmPane, 1);
    cell->pane->id = layout->next_id++;
    return cell;
}

SmCell *sm_cell_split(SmCellKind kind)
{
    SmCell *cell = g_new0(SmCell, 1);

    cell->kind = kind;
    cell->share = SM_SHARE_CELL;
    cell->parts = g_ptr_array_new();
    return cell;
}

void sm_cell_free(SmCell *cell)
{
    if (cell == NULL)
        return;
    if (cell->parts != NULL) {
        for (guint i = 0; i < cell->parts->len; i++)
            sm_cell_free(cell->parts->pdata[i]);
        g_ptr_array_unref(cell->parts);
    }
    if (cell->pane != NULL) {
        g_free(cell->pane->conversation);
        g_free(cell->pane);
    }
    g_free(cell);
}

void sm_cell_append(SmCell *split, SmCell *part)
{
    part->parent = split;
    g_ptr_array_add(split->parts, part);
}

static SmCell *find_cell(SmCell *cell, const SmPane *pane)
{
    if (cell->pane == pane)
        return cell;
    for (guint i = 0; cell->parts != NULL && i < cell->parts->len; i++) {
        SmCell *found = find_cell(cell->parts->pdata[i], pane);
        if (found != NULL)
            return found;
    }
    return NULL;
}

SmCell *sm_cell_of(SmLayout *layout, const SmPane *pane)
{
    return find_cell(layout->root, pane);
}

static void collect(SmCell *cell, GPtrArray *panes)
{
    if (cell->pane != NULL) {
        cell->pane->number = (int)panes->len + 1;
        g_ptr_array_add(panes, cell->pane);
        return;
    }
    for (guint i = 0; i < cell->parts->len; i++)
        collect(cell->parts->pdata[i], panes);
}

void sm_layout_renumber(SmLayout *layout)
{
    g_ptr_array_set_size(layout->panes, 0);
    collect(layout->root, layout->panes);
    if (layout->focused == NULL || !g_ptr_array_find(layout->panes, layout->focused, NULL))
        layout->focused = layout->panes->pdata[0];
    for (guint i = 0; i < layout->panes->len; i++) {
        SmPane *pane = layout->panes->pdata[i];
        pane->focused = pane == layout->focused;
    }
}

SmLayout *sm_layout_new(void)
{
    SmLayout *layout = g_new0(SmLayout, 1);

    layout->next_id = 1;
    layout->panes = g_ptr_array_new();
    layout->root = sm_cell_pane(layout);
    sm_layout_renumber(layout);
    return layout;
}

void sm_layout_free(SmLayout *layout)
{
    if (layout == NULL)
        return;
    sm_cell_free(layout->root);
    g_ptr_array_unref(layout->panes);
    g_free(layout);
}

/* --- Presets
 * --------------------------------------------------------------------------------------- */

static void preset_grid(int columns, int rows, int *across, int *down)
{
    *across = *down = 1;
    if (columns >= 160 && rows >= 40)
        *across = *down = 2;
    else if (columns >= 120 && rows >= 30)
        *across = 2;
}

guint sm_layout_preset_panes(int columns, int rows)
{
    int across, down;

    preset_grid(columns, rows, &across, &down);
    return (guint)(across * down);
}

void sm_layout_preset(SmLayout *layout, int columns, int rows)
{
    int across, down;

    preset_grid(columns, rows, &across, &down);
    sm_layout_grid(layout, across, down);
}

static SmCell *grid_row(SmLayout *layout, int across)
{
    if (across == 1)
        return sm_cell_pane(layout);
    SmCell *row = sm_cell_split(SM_CELL_LEFT_RIGHT);
    for (int i = 0; i < across; i++)
        sm_cell_append(row, sm_cell_pane(layout));
    return row;
}

void sm_layout_grid(SmLayout *layout, int across, int down)
{
    g_autoptr(GPtrArray) chats = g_ptr_array_new_with_free_func(g_free);
    int focus = 0;

    across = CLAMP(across, 1, SM_MAX_PANES);
    down = CLAMP(down, 1, SM_MAX_PANES / across);
    /* The focused chat keeps a pane even when there are fewer. */
    for (guint i = 0; i < layout->panes->len; i++) {
        SmPane *pane = layout->panes->pdata[i];
        if (pane->conversation == NULL)
            continue;
        if (pane->focused)
            focus = (int)chats->len;
        g_ptr_array_add(chats, g_strdup(pane->conversation));
    }
    if (focus >= across * down) {
        g_ptr_array_insert(chats, across * down - 1, g_ptr_array_steal_index(chats, (guint)focus));
        focus = across * down - 1;
    }
    sm_cell_free(layout->root);
    if (down == 1) {
        layout->root = grid_row(layout, across);
    } else {
        layout->root = sm_cell_split(SM_CELL_TOP_BOTTOM);
        for (int i = 0; i < down; i++)
            sm_cell_append(layout->root, grid_row(layout, across));
    }
    layout->focused = NULL;
    layout->zoomed = FALSE;
    sm_layout_renumber(layout);
    for (guint i = 0; i < chats->len && i < layout->panes->len; i++)
        ((SmPane *)layout->panes->pdata[i])->conversation = g_strdup(chats->pdata[i]);
    sm_layout_focus(layout, ((SmPane *)layout->panes->pdata[focus])->id);
    sm_layout_replace_all(layout);
}

/* --- Placing
 * --------------------------------------------------------------------------------------- */

void sm_cell_needs(const SmCell *cell, int *rows, int *columns)
{
    int shown = 0;

    if (cell->pane != NULL) {
        *rows = SM_PANE_MIN_ROWS;
        *columns = SM_PANE_MIN_COLUMNS;
        return;
    }
    *rows = *columns = 0;
    for (guint i = 0; i < cell->parts->len; i++) {
        const SmCell *part = cell->parts->pdata[i];
        int part_rows, part_columns;
        if (!part->shown)
            continue;
        shown++;
        sm_cell_needs(part, &part_rows, &part_columns);
        if (cell->kind == SM_CELL_LEFT_RIGHT) {
            *columns += part_columns;
            *rows = MAX(*rows, part_rows);
        } else {
            *rows += part_rows;
            *columns = MAX(*columns, part_columns);
        }
    }
    if (cell->kind == SM_CELL_LEFT_RIGHT)
        *columns += shown - 1;
}

static void hide(SmCell *cell)
{
    cell->shown = FALSE;
    if (cell->pane != NULL) {
        cell->pane->rows = cell->pane->columns = cell->pane->y = cell->pane->x = 0;
        cell->pane->right_border = FALSE;
    }
    for (guint i = 0; cell->parts != NULL && i < cell->parts->len; i++)
        hide(cell->parts->pdata[i]);
}

static void set_shown(SmCell *cell, gboolean shown)
{
    cell->shown = shown;
    for (SmCell *up = cell->parent; up != NULL; up = up->parent) {
        up->shown = FALSE;
        for (guint i = 0; i < up->parts->len; i++)
            up->shown |= ((SmCell *)up->parts->pdata[i])->shown;
    }
}

static guint show_if_room(SmLayout *layout, SmCell *cell)
{
    int rows, columns;

    if (cell->shown)
        return 0;
    set_shown(cell, TRUE);
    sm_cell_needs(layout->root, &rows, &columns);
    if (rows <= layout->rows && columns <= layout->columns)
        return 1;
    set_shown(cell, FALSE);
    return 0;
}

/* Which panes are shown: the focused one always; others while they have room. */
static void choose(SmLayout *layout)
{
    SmCell *focused = sm_cell_of(layout, layout->focused);
    guint most = layout->zoomed ? 1 : layout->most > 0 ? layout->most : G_MAXUINT;
    guint shown = 1;

    hide(layout->root);
    set_shown(focused, TRUE);
    for (guint i = 0; focused->parent != NULL && i < focused->parent->parts->len && shown < most;
         i++) {
        SmCell *part = focused->parent->parts->pdata[i];
        if (part->pane != NULL)
            shown += show_if_room(layout, part);
    }
    for (guint i = 0; i < layout->panes->len && shown < most; i++)
        shown += show_if_room(layout, sm_cell_of(layout, layout->panes->pdata[i]));
}

/* Cut `room` by shares, none under what it needs while all needs fit. */
static void apportion(const int *shares, const int *need, int *out, guint n, int room)
{
    int64_t sum = 0;
    int used = 0;

    for (guint i = 0; i < n; i++)
        sum += shares[i];
    int64_t before = 0;
    for (guint i = 0; i < n; i++) {
        int64_t to = (before + shares[i]) * room / sum;
        out[i] = (int)(to - before * room / sum);
        before += shares[i];
        used += out[i];
    }
    out[n - 1] += room - used;
    for (guint i = 0; i < n; i++) {
        while (out[i] < need[i]) {
            guint richest = n;
            for (guint k = 0; k < n; k++)
                if (out[k] > need[k] &&
                    (richest == n || out[k] - need[k] > out[richest] - need[richest]))
                    richest = k;
            if (richest == n)
                return;
            out[richest]--;
            out[i]++;
        }
    }
}

static gboolean place_pane(SmPane *pane, int y, int x, int rows, int columns, gboolean border)
{
    gboolean moved = pane->y != y || pane->x != x || pane->rows != rows ||
                     pane->columns != columns || pane->right_border != border;

    pane->y = y;
    pane->x = x;
    pane->rows = rows;
    pane->columns = columns;
    pane->right_border = border;
    return moved;
}

static void place(SmCell *cell, int y, int x, int rows, int columns, gboolean border)
{
    int shares[SM_MAX_PANES], need[SM_MAX_PANES], size[SM_MAX_PANES];
    SmCell *parts[SM_MAX_PANES];
    guint n = 0;

    cell->rows = rows;
    cell->columns = columns;
    if (cell->pane != NULL) {
        place_pane(cell->pane, y, x, rows, columns, border);
        return;
    }
    gboolean across = cell->kind == SM_CELL_LEFT_RIGHT;
    for (guint i = 0; i < cell->parts->len && n < SM_MAX_PANES; i++) {
        SmCell *part = cell->parts->pdata[i];
        int need_rows, need_columns;
        if (!part->shown)
            continue;
        sm_cell_needs(part, &need_rows, &need_columns);
        parts[n] = part;
        shares[n] = part->share;
        need[n] = across ? need_columns : need_rows;
        n++;
    }
    apportion(shares, need, size, n, across ? columns - (int)(n - 1) : rows);
    for (guint i = 0; i < n; i++) {
        if (across) {
            place(parts[i], y, x, rows, size[i], i + 1 < n || border);
            x += size[i] + 1;
        } else {
            place(parts[i], y, x, size[i], columns, border);
            y += size[i];
        }
    }
}

void sm_layout_replace_all(SmLayout *layout)
{
    choose(layout);
    place(layout->root, 0, 0, layout->rows, layout->columns, FALSE);
}

gboolean sm_layout_place(SmLayout *layout, int rows, int columns)
{
    g_autofree SmPane *before = g_new(SmPane, layout->panes->len);
    gboolean moved = FALSE;

    for (guint i = 0; i < layout->panes->len; i++)
        before[i] = *(SmPane *)layout->panes->pdata[i];
    layout->rows = CLAMP(rows, 1, 10000);
    layout->columns = CLAMP(columns, 1, 10000);
    sm_layout_replace_all(layout);
    for (guint i = 0; i < layout->panes->len; i++) {
        const SmPane *a = &before[i], *b = layout->panes->pdata[i];
        moved |= a->y != b->y || a->x != b->x || a->rows != b->rows || a->columns != b->columns ||
                 a->right_border != b->right_border;
    }
    return moved;
}

/* --- Looking
 * --------------------------------------------------------------------------------------- */

const GPtrArray *sm_layout_panes(SmLayout *layout)
{
    return layout->panes;
}

guint sm_layout_visible(SmLayout *layout)
{
    guint n = 0;

    for (guint i = 0; i < layout->panes->len; i++)
        n += ((SmPane *)layout->panes->pdata[i])->rows > 0;
    return n;
}

SmPane *sm_layout_focused(SmLayout *layout)
{
    return layout->focused;
}

SmPane *sm_layout_by_number(SmLayout *layout, int number)
{
    return number >= 1 && (guint)number <= layout->panes->len ? layout->panes->pdata[number - 1]
                                                              : NULL;
}

SmPane *sm_layout_by_id(SmLayout *layout, int id)
{
    for (guint i = 0; i < layout->panes->len; i++)
        if (((SmPane *)layout->panes->pdata[i])->id == id)
            return layout->panes->pdata[i];
    return NULL;
}

SmPane *sm_layout_showing(SmLayout *layout, const char *conversation)
{
    for (guint i = 0; conversation != NULL && i < layout->panes->len; i++) {
        SmPane *pane = layout->panes->pdata[i];
        if (g_strcmp0(pane->conversation, conversation) == 0)
            return pane;
    }
    return NULL;
}

gboolean sm_layout_zoomed(const SmLayout *layout)
{
    return layout->zoomed;
}
