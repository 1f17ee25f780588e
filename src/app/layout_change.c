/* SPDX-License-Identifier: MIT */
/* layout_change: focus, splitting, closing, zooming and resizing. */
#include "seatmux/app/intl.h"
#include "app/layout_private.h"

#include "seatmux/base/limits.h"

void sm_layout_limit(SmLayout *layout, guint most)
{
    layout->most = most;
}

void sm_layout_focus(SmLayout *layout, int id)
{
    SmPane *pane = sm_layout_by_id(layout, id);

    if (pane == NULL)
        return;
    layout->focused->focused = FALSE;
    layout->focused = pane;
    pane->focused = TRUE;
    /* Hidden, or alone on the screen: others may have to make room. */
    if (layout->rows > 0 && (pane->rows == 0 || layout->zoomed))
        sm_layout_replace_all(layout);
}

void sm_layout_show(SmLayout *layout, int id, const char *conversation)
{
    SmPane *pane = sm_layout_by_id(layout, id);
    SmPane *other = sm_layout_showing(layout, conversation);

    if (pane == NULL || pane == other)
        return;
    g_autofree char *taken = g_strdup(conversation);
    if (other != NULL)
        g_clear_pointer(&other->conversation, g_free);
    g_free(pane->conversation);
    pane->conversation = g_steal_pointer(&taken);
}

void sm_layout_zoom(SmLayout *layout, gboolean on)
{
    layout->zoomed = on;
    if (layout->rows > 0)
        sm_layout_replace_all(layout);
}

static int overlap(int a, int a_size, int b, int b_size)
{
    return MIN(a + a_size, b + b_size) - MAX(a, b);
}

/* How far `pane` lies from `from` in a direction (0: beside it); -1: not that way. */
static int distance(const SmPane *from, const SmPane *pane, SmDirection direction)
{
    switch (direction) {
    case SM_TO_LEFT:
        return from->x - (pane->x + pane->columns);
    case SM_TO_RIGHT:
        return pane->x - (from->x + from->columns);
    case SM_TO_UP:
        return from->y - (pane->y + pane->rows);
    case SM_TO_DOWN:
        return pane->y - (from->y + from->rows);
    }
    return -1;
}

SmPane *sm_layout_neighbour(SmLayout *layout, SmDirection direction)
{
    const SmPane *from = layout->focused;
    gboolean across = direction == SM_TO_LEFT || direction == SM_TO_RIGHT;
    SmPane *best = NULL;
    int best_far = 0, best_common = 0;

    for (guint i = 0; i < layout->panes->len; i++) {
        SmPane *pane = layout->panes->pdata[i];
        if (pane == from || pane->rows == 0)
            continue;
        int far = distance(from, pane, direction);
        int common = across ? overlap(from->y, from->rows, pane->y, pane->rows)
                            : overlap(from->x, from->columns, pane->x, pane->columns);
        if (far < 0 || common <= 0)
            continue;
        if (best == NULL || far < best_far || (far == best_far && common > best_common)) {
            best = pane;
            best_far = far;
            best_common = common;
        }
    }
    return best;
}

void sm_cell_measure(SmCell *split)
{
    gboolean across = split->kind == SM_CELL_LEFT_RIGHT;
    int64_t shown = 0, cells = 0;

    for (guint i = 0; i < split->parts->len; i++) {
        SmCell *part = split->parts->pdata[i];
        if (part->shown) {
            shown += part->share;
            cells += across ? part->columns : part->rows;
        }
    }
    for (guint i = 0; i < split->parts->len; i++) {
        SmCell *part = split->parts->pdata[i];
        int64_t share = part->shown ? (int64_t)(across ? part->columns : part->rows) * SM_SHARE_CELL
                        : shown > 0 ? part->share * cells * SM_SHARE_CELL / shown
                                    : part->share;
        part->share = (int)CLAMP(share, 1, SM_SHARE_MAX);
    }
}

gboolean sm_layout_split(SmLayout *layout, gboolean left_right, const char **why_not)
{
    const char *why = NULL;

    if (layout->zoomed)
        sm_layout_zoom(layout, FALSE);
    SmPane *pane = layout->focused;
    if (layout->panes->len >= SM_MAX_PANES)
        why = _("There are as many panes as there can be.");
    else if (left_right && pane->columns < 2 * SM_PANE_MIN_COLUMNS + 1)
        why = _("No room: a pane needs at least 38 columns.");
    else if (!left_right && pane->rows < 2 * SM_PANE_MIN_ROWS)
        why = _("No room: a pane needs at least 8 rows.");
    if (why_not != NULL)
        *why_not = why;
    if (why != NULL)
        return FALSE;

    SmCell *cell = sm_cell_of(layout, pane);
    SmCell *fresh = sm_cell_pane(layout);
    SmCellKind kind = left_right ? SM_CELL_LEFT_RIGHT : SM_CELL_TOP_BOTTOM;
    int whole = left_right ? pane->columns - 1 : pane->rows;
    if (cell->parent == NULL || cell->parent->kind != kind) {
        SmCell *split = sm_cell_split(kind), *parent = cell->parent;
        guint at = 0;
        split->share = cell->share;
        split->parent = parent;
        if (parent == NULL)
            layout->root = split;
        else if (g_ptr_array_find(parent->parts, cell, &at))
            parent->parts->pdata[at] = split;
        sm_cell_append(split, cell);
        sm_cell_append(split, fresh);
    } else {
        guint at = 0;
        sm_cell_measure(cell->parent);
        g_ptr_array_find(cell->parent->parts, cell, &at);
        g_ptr_array_insert(cell->parent->parts, (int)at + 1, fresh);
        fresh->parent = cell->parent;
    }
    cell->share = whole / 2 * SM_SHARE_CELL;
    fresh->share = (whole - whole / 2) * SM_SHARE_CELL;
    layout->most = 0;
    sm_layout_renumber(layout);
    sm_layout_replace_all(layout);
    return TRUE;
}

/* A split with one part left is that part. */
static void dissolve(SmLayout *layout, SmCell *split)
{
    SmCell *only = split->parts->pdata[0], *parent = split->parent;
    guint at = 0;

    only->parent = parent;
    only->share = split->share;
    g_ptr_array_set_size(split->parts, 0);
    if (parent == NULL)
        layout->root = only;
    else if (g_ptr_array_find(parent->parts, split, &at))
        parent->parts->pdata[at] = only;
    sm_cell_free(split);
    /* Splits of one kind inside each other are one split. */
    if (parent == NULL || only->kind != parent->kind)
        return;
    int64_t sum = 0;
    for (guint i = 0; i < only->parts->len; i++)
        sum += ((SmCell *)only->parts->pdata[i])->share;
    g_ptr_array_remove_index(parent->parts, at);
    for (guint i = 0; i < only->parts->len; i++) {
        SmCell *part = only->parts->pdata[i];
        part->share = (int)CLAMP((int64_t)part->share * only->share / MAX(sum, 1), 1, SM_SHARE_MAX);
        part->parent = parent;
        g_ptr_array_insert(parent->parts, (int)(at + i), part);
    }
    g_ptr_array_set_size(only->parts, 0);
    sm_cell_free(only);
}

gboolean sm_layout_close(SmLayout *layout)
{
    SmCell *cell = sm_cell_of(layout, layout->focused), *parent = cell->parent;
    guint at = 0;

    if (parent == NULL)
        return FALSE;
    g_ptr_array_find(parent->parts, cell, &at);
    g_ptr_array_remove_index(parent->parts, at);
    SmCell *next = parent->parts->pdata[at > 0 ? at - 1 : 0];
    while (next->pane == NULL)
        next = next->parts->pdata[0];
    layout->focused = next->pane;
    layout->zoomed = FALSE;
    sm_cell_free(cell);
    if (parent->parts->len == 1)
        dissolve(layout, parent);
    sm_layout_renumber(layout);
    sm_layout_replace_all(layout);
    return TRUE;
}

/* The shown sibling beside a part, before or after it. */
static SmCell *beside(const SmCell *cell, int step)
{
    guint at = 0;

    g_ptr_array_find(cell->parent->parts, cell, &at);
    for (int i = (int)at + step; i >= 0 && i < (int)cell->parent->parts->len; i += step) {
        SmCell *part = cell->parent->parts->pdata[i];
        if (part->shown)
            return part;
    }
    return NULL;
}

gboolean sm_layout_resize(SmLayout *layout, SmDirection direction, int cells)
{
    gboolean across = direction == SM_TO_LEFT || direction == SM_TO_RIGHT;
    int step = direction == SM_TO_RIGHT || direction == SM_TO_DOWN ? 1 : -1;
    SmCellKind kind = across ? SM_CELL_LEFT_RIGHT : SM_CELL_TOP_BOTTOM;
    SmCell *cell = sm_cell_of(layout, layout->focused), *other = NULL;

    if (layout->zoomed || cells <= 0)
        return FALSE;
    cells = MIN(cells, 10000);
    for (; cell->parent != NULL; cell = cell->parent)
        if (cell->parent->kind == kind && (beside(cell, 1) || beside(cell, -1)))
            break;
    if (cell->parent == NULL)
        return FALSE;
    /* The border on that side; of the last part the one before it, moved the same way. */
    other = beside(cell, step);
    SmCell *grows = cell, *shrinks = other;
    if (other == NULL) {
        shrinks = cell;
        grows = beside(cell, -step);
    }
    g_autofree SmPane *before = g_memdup2(layout->focused, sizeof *before);
    sm_cell_measure(cell->parent);
    int give = MIN(cells * SM_SHARE_CELL, shrinks->share - SM_SHARE_CELL);
    if (give <= 0)
        return FALSE;
    shrinks->share -= give;
    grows->share += give;
    sm_layout_replace_all(layout);
    sm_cell_measure(cell->parent);
    return before->rows != layout->focused->rows || before->columns != layout->focused->columns;
}

/* --- Borders under the mouse ------------------------------------------------------------------------ */

gboolean sm_layout_border_at(SmLayout *layout, int y, int x, SmBorder *border)
{
    const SmPane *before = NULL, *after = NULL;
    gboolean across = FALSE;

    if (layout->zoomed)
        return FALSE;
    for (guint i = 0; i < layout->panes->len; i++) {
        const SmPane *pane = layout->panes->pdata[i];
        if (pane->rows == 0)
            continue;
        gboolean in_rows = y >= pane->y && y < pane->y + pane->rows;
        gboolean in_columns = x >= pane->x && x < pane->x + pane->columns;
        if (in_rows && pane->right_border && x == pane->x + pane->columns) {
            before = pane;
            across = TRUE;
        } else if (in_rows && pane->x > 0 && x == pane->x - 1) {
            after = pane;
        } else if (in_columns && y == pane->y) {
            after = pane;
        } else if (in_columns && y == pane->y + pane->rows) {
            before = pane;
        }
    }
    if (before == NULL || after == NULL)
        return FALSE;
    *border = (SmBorder){.across = across, .before = before->id, .after = after->id};
    return TRUE;
}

/* The parts of the split that holds both panes, one in each. FALSE: another kind of split parts them. */
static gboolean parted_by(SmLayout *layout, const SmBorder *border, SmCell **first, SmCell **second)
{
    const SmPane *before = sm_layout_by_id(layout, border->before), *after = sm_layout_by_id(layout, border->after);

    if (before == NULL || after == NULL || before == after || before->rows == 0 || after->rows == 0)
        return FALSE;
    for (SmCell *a = sm_cell_of(layout, before); a->parent != NULL; a = a->parent)
        for (SmCell *b = sm_cell_of(layout, after); b->parent != NULL; b = b->parent)
            if (a->parent == b->parent) {
                *first = a;
                *second = b;
                return a->parent->kind == (border->across ? SM_CELL_LEFT_RIGHT : SM_CELL_TOP_BOTTOM);
            }
    return FALSE;
}

gboolean sm_layout_move_border(SmLayout *layout, const SmBorder *border, int to)
{
    SmCell *first, *second;
    int rows, columns;

    if (layout->zoomed || !parted_by(layout, border, &first, &second))
        return FALSE;
    const SmPane *before = sm_layout_by_id(layout, border->before);
    int by = to - (border->across ? before->x + before->columns : before->y + before->rows);
    const SmCell *shrinks = by > 0 ? second : first;
    sm_cell_needs(shrinks, &rows, &columns);
    int spare = MAX(0, border->across ? shrinks->columns - columns : shrinks->rows - rows);
    by = CLAMP(by, -spare, spare);
    if (by == 0)
        return FALSE;
    sm_cell_measure(first->parent);
    first->share += by * SM_SHARE_CELL;
    second->share -= by * SM_SHARE_CELL;
    sm_layout_replace_all(layout);
    sm_cell_measure(first->parent);
    return TRUE;
}
