/* SPDX-License-Identifier: MIT */
#include <glib.h>
#include <locale.h>
#include <string.h>

#include "ui/draw.h"
#include "ui/term_wide.h"
#include "vt.h"

static void test_rect(void)
{
    SmRect cut = sm_rect_cut((SmRect){1, 2, 10, 10}, (SmRect){5, 0, 3, 100});
    g_assert_cmpint(cut.y, ==, 5);
    g_assert_cmpint(cut.x, ==, 2);
    g_assert_cmpint(cut.rows, ==, 3);
    g_assert_cmpint(cut.columns, ==, 10);
    cut = sm_rect_cut((SmRect){0, 0, 5, 5}, (SmRect){7, 7, 2, 2});
    g_assert_cmpint(cut.rows, ==, 0);
    g_assert_cmpint(cut.columns, ==, 0);
}

/* Frames for a terminal that shows ambiguous characters wide. */
static void test_wide(void)
{
    static const struct {
        const char *frame, *sent;
    } cases[] = {
        {"plain 中 text\033[1;2H", "plain 中 text\033[1;2H"},
        {"a…\xef\xa3\xb0z", "a…z"},             /* the filler makes up for it */
        {"a…\033[5;5Hz", "a…\033[D\033[5;5Hz"}, /* only the character: back to where ncurses is */
        {"\033[5;6H\xef\xa3\xb0z", "\033[5;6H\033[Cz"}, /* only the filler: over the right half */
        {"“\xef\xa3\xb0”\xef\xa3\xb0", "“”"},
        {"…", "…\033[D"},
        {"…\xcc\x81\xef\xa3\xb0z", "…\xcc\x81z"}, /* with a mark */
        {"\xff…\xef\xa3\xb0", "\xff…"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) frame = g_string_new("head ");
        g_string_append(frame, cases[i].frame);
        sm_term_widen(frame, 5);
        g_assert_cmpstr(frame->str + 5, ==, cases[i].sent);
    }
}

static const char *show; /* the program, given on the command line */

static Vt *start(int rows, int columns, const char *const *options, const char *const *env)
{
    const char *argv[8] = {show};
    for (guint i = 0; options && options[i]; i++) {
        argv[i + 1] = options[i];
    }
    Vt *vt = vt_spawn(rows, columns, argv, env);
    vt_wait_text(vt, "ready", 5000);
    return vt;
}

static void stop(Vt *vt)
{
    vt_keys(vt, "\x11");
    g_assert_cmpint(vt_wait_exit(vt, 5000), ==, 0);
}

/* Whole screens: text in three scripts, clipping, box and bar, in ASCII and in lines. */
static void test_screens(void)
{
    static const char *const ascii[] = {"--borders", "ascii", NULL};
    static const char *const line[] = {"--borders", "line", NULL};
    g_autoptr(Vt) vt = start(14, 60, ascii, NULL);
    vt_wait_cursor(vt, 13, 2, 2000);
    vt_assert_screen(vt, "ui/show-ascii.txt");
    stop(vt);
    g_autoptr(Vt) other = start(14, 60, line, NULL);
    vt_wait_cursor(other, 13, 2, 2000);
    vt_assert_screen(other, "ui/show-line.txt");
    stop(other);
}

static void test_clip(void)
{
    static const char *const ascii[] = {"--borders", "ascii", NULL};
    g_autoptr(Vt) vt = start(24, 80, ascii, NULL);
    vt_wait_cursor(vt, 23, 2, 2000);
    /* box from 2 to 21; a wide character half outside on the left is a blank, on the right left out
     */
    g_autofree char *row = vt_row(vt, 7);
    g_assert_cmpstr(row, ==, "  |clipped on both si|");
    g_autofree char *bar = vt_row(vt, 8);
    g_assert_cmpstr(bar, ==, "  |#######...        |");
    g_autofree char *edge = vt_row(vt, 9);
    g_assert_cmpstr(edge, ==, "  |                x |");
    stop(vt);
}

/* The right column is used, and nothing wraps or scrolls because of it. */
static void test_last_column(void)
{
    g_autoptr(Vt) vt = start(8, 40, NULL, NULL);
    for (int i = 0; i < 50; i++) {
        vt_keys(vt, "0123456789");
    }
    vt_wait_cursor(vt, 7, 39, 5000);
    vt_wait_match(vt, "^> 0123456789.*…$", 5000);
    VtCell last = vt_cell(vt, 7, 39);
    g_assert_cmphex(last.chars[0], ==, 0x2026);
    g_assert_true(vt_has_text(vt, "ready 8x40"));
    stop(vt);
}

static void test_colours(void)
{
    g_autofree char *theme =
        g_strdup_printf("%s/themes/dark.yaml", g_getenv("SEATMUX_SOURCE_ROOT"));
    const char *options[] = {"--theme", theme, NULL};
    static const struct {
        const char *term, *count;
        gboolean coloured;
    } terms[] = {
        {"TERM=xterm-256color", "colours 256 ", TRUE},
        {"TERM=xterm-16color", "colours 16 ", TRUE},
        {"TERM=xterm", "colours 8 ", TRUE},
        {"TERM=linux", "colours 8 ", TRUE},
        {"TERM=screen", "colours 8 ", TRUE},
        {"TERM=tmux-256color", "colours 256 ", TRUE},
        {"TERM=vt100", "colours 0 ", FALSE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(terms); i++) {
        const char *env[] = {terms[i].term, NULL};
        g_autoptr(Vt) vt = start(24, 80, options, env);
        vt_wait_cursor(vt, 23, 2, 2000);
        g_assert_true(vt_has_text(vt, terms[i].count));
        VtCell bar = vt_cell(vt, 0, 0), dim = vt_cell(vt, 4, 0), text = vt_cell(vt, 23, 5);
        g_assert_cmpint(text.fg, ==, -1);
        g_assert_cmpint(text.bg, ==, -1);
        if (terms[i].coloured) {
            g_assert_cmpint(bar.bg, >=, 0);
            g_assert_false(bar.reverse);
        } else {
            g_assert_true(bar.reverse); /* told without colours */
            g_assert_cmpint(bar.bg, ==, -1);
        }
        if (i == 0) {
            g_assert_cmpint(bar.bg, ==, 236);
            g_assert_cmpint(dim.fg, ==, 102);
        }
        stop(vt);
    }
}

static void test_no_color(void)
{
    static const char *const env[] = {"NO_COLOR=1", NULL};
    g_autoptr(Vt) vt = start(24, 80, NULL, env);
    vt_wait_cursor(vt, 23, 2, 2000);
    g_assert_true(vt_has_text(vt, "colours 0 "));
    for (int y = 0; y < 24; y++) {
        for (int x = 0; x < 80; x++) {
            VtCell cell = vt_cell(vt, y, x);
            g_assert_cmpint(cell.fg, ==, -1);
            g_assert_cmpint(cell.bg, ==, -1);
        }
    }
    stop(vt);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(argc, >, 1);
    show = argv[1];
    g_test_add_func("/ui/draw/rect", test_rect);
    g_test_add_func("/ui/draw/wide", test_wide);
    g_test_add_func("/ui/draw/screens", test_screens);
    g_test_add_func("/ui/draw/clip", test_clip);
    g_test_add_func("/ui/draw/last-column", test_last_column);
    g_test_add_func("/ui/draw/colours", test_colours);
    g_test_add_func("/ui/draw/no-color", test_no_color);
    return g_test_run();
}
