/* SPDX-License-Identifier: MIT */
#include "ui/rows.h"

#include <string.h>

#define MIX G_GUINT64_CONSTANT(0x9e3779b97f4a7c15)

/* A part of the screen as it was drawn last. */
typedef struct {
    SmRect at;
    guint look;     /* sm_draw_look() */
    guint64 *shows; /* at.rows */
} Part;

struct SmRows {
    GArray *parts;
    guint64 nothing;
};

static void part_clear(void *data)
{
    g_free(((Part *)data)->shows);
}

SmRows *sm_rows_new(void)
{
    SmRows *rows = g_new0(SmRows, 1);
    rows->parts = g_array_new(FALSE, FALSE, sizeof(Part));
    g_array_set_clear_func(rows->parts, part_clear);
    rows->nothing = (guint64)g_random_int() << 32 | g_random_int();
    return rows;
}

void sm_rows_free(SmRows *rows)
{
    if (!rows)
        return;
    g_array_unref(rows->parts);
    g_free(rows);
}

guint64 sm_rows_nothing(const SmRows *rows)
{
    return rows->nothing;
}

guint64 sm_rows_mix(guint64 shows, const void *data, gsize n)
{
    const char *at = data;
    guint64 word;
    for (shows = (shows ^ n) * MIX; n > 0; at += MIN(n, sizeof word), n -= MIN(n, sizeof word)) {
        word = 0;
        memcpy(&word, at, MIN(n, sizeof word));
        shows = (shows ^ word) * MIX;
        shows ^= shows >> 29;
    }
    return shows;
}

/* ---- what is known ---- */

static gboolean touches(SmRect a, SmRect b)
{
    SmRect both = sm_rect_cut(a, b);
    return both.rows > 0 && both.columns > 0;
}

void sm_rows_forget(SmRows *rows, SmRect at)
{
    for (guint i = rows->parts->len; i > 0; i--) {
        if (touches(g_array_index(rows->parts, Part, i - 1).at, at))
            g_array_remove_index_fast(rows->parts, i - 1);
    }
}

void sm_rows_forget_all(SmRows *rows)
{
    g_array_set_size(rows->parts, 0);
}

/* NULL: not known, or as it looked before. */
static Part *part_of(SmRows *rows, SmRect at, guint look)
{
    for (guint i = 0; i < rows->parts->len; i++) {
        Part *part = &g_array_index(rows->parts, Part, i);
        if (memcmp(&part->at, &at, sizeof at) == 0 && part->look == look)
            return part;
    }
    return NULL;
}

/* ---- moving ---- */

/* Rows that show the right thing if all go up by so many. */
static int right_after(const Part *part, const guint64 *shows, int up)
{
    int n = 0;
    for (int y = MAX(0, -up); y < part->at.rows - MAX(0, up); y++)
        n += part->shows[y + up] == shows[y];
    return n;
}

/* Rows to go up (below 0: down) so that the most of them are right; 0 where it makes no difference. */
static int best_move(const Part *part, const guint64 *shows)
{
    int most = right_after(part, shows, 0), best = 0;
    for (int by = 1; by < part->at.rows && most < part->at.rows - by; by++) {
        for (int up = -by; up <= by; up += 2 * by) {
            int n = right_after(part, shows, up);
            if (n > most) {
                most = n;
                best = up;
            }
        }
    }
    return best;
}

void sm_rows_take(SmRows *rows, SmDraw *draw, SmRect at, const guint64 *shows, gboolean *fresh)
{
    guint look = sm_draw_look(draw);
    Part *part = part_of(rows, at, look);
    int up = part ? best_move(part, shows) : 0;
    if (up && !sm_draw_scroll(draw, at, up))
        up = 0;
    for (int y = 0; y < at.rows; y++) {
        int was = y + up;
        fresh[y] = !part || was < 0 || was >= at.rows || part->shows[was] != shows[y];
    }
    if (!part) {
        Part new = {at, look, g_new(guint64, at.rows)};
        sm_rows_forget(rows, at);
        g_array_append_val(rows->parts, new);
        part = &g_array_index(rows->parts, Part, rows->parts->len - 1);
    }
    memcpy(part->shows, shows, (gsize)at.rows * sizeof *shows);
}

gboolean sm_rows_take_one(SmRows *rows, SmDraw *draw, SmRect at, guint64 shows)
{
    gboolean fresh;
    at.rows = 1;
    sm_rows_take(rows, draw, at, &shows, &fresh);
    return fresh;
}
