/* SPDX-License-Identifier: MIT */
#include "seatmux/app/layout.h"

#include <string.h>

#include "seatmux/base/limits.h"
#include "seatmux/base/rng.h"

static char *picture(SmLayout *layout)
{
    const GPtrArray *panes = sm_layout_panes(layout);
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < panes->len; i++) {
        const SmPane *p = panes->pdata[i];
        g_string_append_printf(text, "%d%s:%d,%d %dx%d%s ", p->number, p->focused ? "*" : "", p->y,
                               p->x, p->rows, p->columns, p->right_border ? "|" : "");
    }
    return g_strdup(text->str);
}

static void assert_picture(SmLayout *layout, const char *wanted)
{
    g_autofree char *got = picture(layout);

    g_assert_cmpstr(got, ==, wanted);
}

static void presets(void)
{
    g_autoptr(SmLayout) layout = sm_layout_new();

    sm_layout_preset(layout, 160, 48);
    sm_layout_place(layout, 45, 160);
    assert_picture(layout, "1*:0,0 22x79| 2:0,80 22x80 3:22,0 23x79| 4:22,80 23x80 ");
    sm_layout_preset(layout, 120, 30);
    sm_layout_place(layout, 27, 120);
    assert_picture(layout, "1*:0,0 27x59| 2:0,60 27x60 ");
    sm_layout_preset(layout, 80, 24);
    sm_layout_place(layout, 21, 80);
    assert_picture(layout, "1*:0,0 21x80 ");
    g_assert_false(sm_layout_place(layout, 21, 80));
    g_assert_true(sm_layout_place(layout, 22, 80));
}

/* Panes and borders cover the area once, whatever was done. */
static void check(SmLayout *layout, int rows, int columns)
{
    g_autofree guchar *cells = g_malloc0((gsize)rows * (gsize)columns);
    const GPtrArray *panes = sm_layout_panes(layout);
    int focused = 0;

    g_assert_cmpuint(panes->len, <=, SM_MAX_PANES);
    for (guint i = 0; i < panes->len; i++) {
        const SmPane *p = panes->pdata[i];
        g_assert_cmpint(p->number, ==, (int)i + 1);
        focused += p->focused;
        if (p->focused)
            g_assert_cmpint(p->rows, >, 0);
        if (p->rows == 0)
            continue;
        if (sm_layout_visible(layout) > 1) {
            g_assert_cmpint(p->rows, >=, SM_PANE_MIN_ROWS);
            g_assert_cmpint(p->columns, >=, SM_PANE_MIN_COLUMNS);
        }
        for (int y = p->y; y < p->y + p->rows; y++)
            for (int x = p->x; x < p->x + p->columns + (p->right_border ? 1 : 0); x++) {
                g_assert_cmpint(y, <, rows);
                g_assert_cmpint(x, <, columns);
                g_assert_cmpint(cells[y * columns + x]++, ==, 0);
            }
    }
    g_assert_cmpint(focused, ==, 1);
    for (int i = 0; i < rows * columns; i++)
        g_assert_cmpint(cells[i], ==, 1);
}

static void check_text(SmLayout *layout, int rows, int columns)
{
    g_autofree char *text = sm_layout_text(layout);
    g_autoptr(SmLayout) other = sm_layout_new();
    g_autoptr(GError) error = NULL;

    g_assert_true(sm_layout_parse(other, text, &error));
    g_autofree char *again = sm_layout_text(other);
    g_assert_cmpstr(again, ==, text);
    sm_layout_place(other, rows, columns);
    sm_layout_place(layout, rows, columns);
    g_autofree char *before = picture(layout), *after = picture(other);
    g_assert_cmpstr(after, ==, before);
}

static void random_changes(void)
{
    g_autoptr(SmRng) rng = sm_rng_new(20261111);

    for (int round = 0; round < 30; round++) {
        g_autoptr(SmLayout) layout = sm_layout_new();
        int rows = 45, columns = 200;
        sm_layout_place(layout, rows, columns);
        for (int step = 0; step < 60; step++) {
            const GPtrArray *panes = sm_layout_panes(layout);
            const SmPane *some = panes->pdata[sm_rng_below(rng, panes->len)];
            g_autofree char *chat = g_strdup_printf("c%u", sm_rng_below(rng, 9));
            SmBorder border;
            switch (sm_rng_below(rng, 10)) {
            case 0:
            case 1:
                sm_layout_split(layout, sm_rng_chance(rng, 0.5), NULL);
                break;
            case 2:
                sm_layout_close(layout);
                break;
            case 3:
                sm_layout_focus(layout, some->id);
                break;
            case 4:
                sm_layout_resize(layout, (SmDirection)sm_rng_below(rng, 4),
                                 (int)sm_rng_below(rng, 9));
                break;
            case 5:
                rows = (int)sm_rng_between(rng, 1, 120);
                columns = (int)sm_rng_between(rng, 1, 400);
                sm_layout_place(layout, rows, columns);
                break;
            case 6:
                sm_layout_show(layout, some->id, chat);
                g_assert_cmpstr(sm_layout_showing(layout, chat)->conversation, ==, chat);
                break;
            case 7:
                sm_layout_zoom(layout, sm_rng_chance(rng, 0.3));
                break;
            case 8:
                if (sm_layout_neighbour(layout, (SmDirection)sm_rng_below(rng, 4)) != NULL)
                    sm_layout_grid(layout, (int)sm_rng_between(rng, 1, 4),
                                   (int)sm_rng_between(rng, 1, 4));
                break;
            case 9:
                if (sm_layout_border_at(layout, (int)sm_rng_below(rng, (guint)rows), (int)sm_rng_below(rng, (guint)columns), &border))
                    sm_layout_move_border(layout, &border, (int)sm_rng_below(rng, 400));
                break;
            }
            check(layout, rows, columns);
            check_text(layout, rows, columns);
        }
    }
}

static void hidden_come_back(void)
{
    g_autoptr(SmLayout) layout = sm_layout_new();

    sm_layout_preset(layout, 160, 48);
    sm_layout_place(layout, 45, 160);
    g_autofree char *before = picture(layout);
    sm_layout_focus(layout, 3);
    sm_layout_place(layout, 10, 60);
    g_assert_cmpuint(sm_layout_visible(layout), ==, 1);
    g_assert_cmpint(sm_layout_by_id(layout, 3)->rows, ==, 10);
    sm_layout_focus(layout, 2);
    g_assert_cmpint(sm_layout_by_id(layout, 2)->rows, ==, 10);
    sm_layout_focus(layout, sm_layout_by_number(layout, 1)->id);
    sm_layout_place(layout, 45, 160);
    assert_picture(layout, before);
}

static void damaged_text(void)
{
    g_autoptr(SmLayout) layout = sm_layout_new();
    sm_layout_preset(layout, 160, 48);
    sm_layout_show(layout, 2, "c-abc");
    g_autofree char *text = sm_layout_text(layout);

    for (gsize i = 0; i < strlen(text); i++) {
        g_autofree char *cut = g_strndup(text, i), *flipped = g_strdup(text);
        flipped[i] ^= 1;
        g_assert_false(sm_layout_parse(layout, cut, NULL));
        g_assert_false(sm_layout_parse(layout, flipped, NULL));
    }
    g_autofree char *same = sm_layout_text(layout);
    g_assert_cmpstr(same, ==, text);
}

static SmBorder border_at(SmLayout *layout, int y, int x)
{
    SmBorder border;

    g_assert_true(sm_layout_border_at(layout, y, x, &border));
    return border;
}

/* As the mouse does: a border goes where it is dragged, and stops where a pane would be too small. */
static void borders(void)
{
    g_autoptr(SmLayout) layout = sm_layout_new();
    SmBorder border;

    sm_layout_preset(layout, 160, 48);
    sm_layout_place(layout, 45, 160);
    g_assert_false(sm_layout_border_at(layout, 0, 5, &border)); /* a header with nothing above it */
    g_assert_false(sm_layout_border_at(layout, 30, 5, &border));
    border = border_at(layout, 5, 79);
    g_assert_true(border.across);
    g_assert_true(sm_layout_move_border(layout, &border, 60));
    assert_picture(layout, "1*:0,0 22x60| 2:0,61 22x99 3:22,0 23x79| 4:22,80 23x80 ");
    g_assert_false(sm_layout_move_border(layout, &border, 60));
    g_assert_true(sm_layout_move_border(layout, &border, 3));
    assert_picture(layout, "1*:0,0 22x38| 2:0,39 22x121 3:22,0 23x79| 4:22,80 23x80 ");
    g_assert_true(sm_layout_move_border(layout, &border, 500));
    assert_picture(layout, "1*:0,0 22x121| 2:0,122 22x38 3:22,0 23x79| 4:22,80 23x80 ");
    border = border_at(layout, 22, 100);
    g_assert_false(border.across);
    g_assert_true(sm_layout_move_border(layout, &border, 30));
    assert_picture(layout, "1*:0,0 30x121| 2:0,122 30x38 3:30,0 15x79| 4:30,80 15x80 ");
    g_assert_true(sm_layout_move_border(layout, &border, 2));
    assert_picture(layout, "1*:0,0 8x121| 2:0,122 8x38 3:8,0 37x79| 4:8,80 37x80 ");
    sm_layout_zoom(layout, TRUE);
    g_assert_false(sm_layout_border_at(layout, 8, 100, &border));
    g_assert_false(sm_layout_move_border(layout, &border, 20));
    sm_layout_zoom(layout, FALSE);
    sm_layout_close(layout);
    border.before = 1;
    border.after = 99; /* it is gone */
    g_assert_false(sm_layout_move_border(layout, &border, 20));
}

static void splitting(void)
{
    g_autoptr(SmLayout) layout = sm_layout_new();
    const char *why = NULL;

    sm_layout_place(layout, 21, 77);
    g_assert_true(sm_layout_split(layout, TRUE, &why));
    assert_picture(layout, "1*:0,0 21x38| 2:0,39 21x38 ");
    g_assert_false(sm_layout_split(layout, TRUE, &why));
    g_assert_nonnull(strstr(why, "38"));
    g_assert_true(sm_layout_resize(layout, SM_TO_RIGHT, 4) == FALSE);
    sm_layout_place(layout, 15, 100);
    g_assert_false(sm_layout_split(layout, FALSE, &why));
    g_assert_nonnull(strstr(why, "8"));
    g_assert_true(sm_layout_resize(layout, SM_TO_RIGHT, 4));
    assert_picture(layout, "1*:0,0 15x53| 2:0,54 15x46 ");
    g_assert_true(sm_layout_close(layout));
    g_assert_false(sm_layout_close(layout));
    for (int i = 0; i < 60; i++) {
        sm_layout_place(layout, 4000, 9000);
        sm_layout_focus(layout,
                        sm_layout_by_number(layout, 1 + i % (int)sm_layout_panes(layout)->len)->id);
        sm_layout_split(layout, i % 2, NULL);
    }
    g_assert_cmpuint(sm_layout_panes(layout)->len, ==, SM_MAX_PANES);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/app/layout/presets", presets);
    g_test_add_func("/app/layout/random", random_changes);
    g_test_add_func("/app/layout/hidden-come-back", hidden_come_back);
    g_test_add_func("/app/layout/damaged-text", damaged_text);
    g_test_add_func("/app/layout/splitting", splitting);
    g_test_add_func("/app/layout/borders", borders);
    return g_test_run();
}
