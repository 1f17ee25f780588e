/* SPDX-License-Identifier: MIT */
/* Rows that only moved: what stands on the screen is what would stand there if all had been drawn, and ncurses knows what changed. */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "seatmux/base/rng.h"
#include "seatmux/text/sanitise.h"
#include "ui/draw_private.h"
#include "ui/rows.h"

enum { ROWS = 20, COLUMNS = 60 };

static const char *const TEXTS[] = {"",       "plain words",  "退款什么时候到账？", "e\xcc\x81t\xc3\xa9 नमस्ते", "👨‍👩‍👧 family",
                                    "a much longer line that goes on until the pane is full of it", "中x中x中x中x中x中x中x中x中x中x中"};

typedef struct {
    SmDraw draw;
    SmRows *rows;
    SmRect at;
    int shows[ROWS]; /* index in TEXTS */
    guint drawn;     /* rows */
} Pane;

static guint64 number_of(Pane *p, int text)
{
    return sm_rows_mix(sm_rows_nothing(p->rows), TEXTS[text], strlen(TEXTS[text]));
}

static void draw_one(Pane *p, int row)
{
    g_autoptr(SmSafe) text = sm_safe_screen_line(TEXTS[p->shows[row]], -1);
    sm_draw_fill(&p->draw, (SmRect){p->at.y + row, p->at.x, 1, p->at.columns}, SM_STYLE_TEXT);
    sm_draw_text(&p->draw, p->at.y + row, p->at.x, p->at.columns, SM_STYLE_TEXT, text);
}

static void show(Pane *p)
{
    guint64 numbers[ROWS];
    gboolean fresh[ROWS];
    for (int i = 0; i < p->at.rows; i++)
        numbers[i] = number_of(p, p->shows[i]);
    sm_rows_take(p->rows, &p->draw, p->at, numbers, fresh);
    p->drawn = 0;
    for (int i = 0; i < p->at.rows; i++) {
        if (fresh[i])
            draw_one(p, i);
        p->drawn += (guint)fresh[i];
    }
}

static void read_cells(WINDOW *window, cchar_t cells[ROWS][COLUMNS + 1])
{
    memset(cells, 0, sizeof(cchar_t[ROWS][COLUMNS + 1]));
    for (int y = 0; y < ROWS; y++)
        mvwin_wchnstr(window, y, 0, cells[y], COLUMNS);
}

static void assert_same(cchar_t a[ROWS][COLUMNS + 1], cchar_t b[ROWS][COLUMNS + 1])
{
    for (int y = 0; y < ROWS; y++)
        for (int x = 0; x < COLUMNS; x++)
            g_assert_cmpmem(a[y][x].chars, sizeof a[y][x].chars, b[y][x].chars, sizeof b[y][x].chars);
}

/* What stands there, what ncurses is going to show, and what should stand there. */
static void check(Pane *p)
{
    static cchar_t stands[ROWS][COLUMNS + 1], shown[ROWS][COLUMNS + 1], should[ROWS][COLUMNS + 1];
    wnoutrefresh(stdscr);
    read_cells(stdscr, stands);
    read_cells(newscr, shown);
    for (int i = 0; i < p->at.rows; i++)
        draw_one(p, i);
    read_cells(stdscr, should);
    assert_same(stands, should);
    assert_same(shown, should);
    wnoutrefresh(stdscr); /* what was drawn for comparison is no news for the next frame */
}

static void push(Pane *p, SmRng *rng, int up)
{
    memmove(p->shows, p->shows + up, (gsize)(p->at.rows - up) * sizeof p->shows[0]);
    for (int i = p->at.rows - up; i < p->at.rows; i++)
        p->shows[i] = (int)sm_rng_between(rng, 0, G_N_ELEMENTS(TEXTS) - 1);
}

static void pane_init(Pane *p, SmRect at)
{
    memset(p, 0, sizeof *p);
    p->draw.screen = p->draw.clip = (SmRect){0, 0, ROWS, COLUMNS};
    p->rows = sm_rows_new();
    p->at = at;
}

static void pane_clear(Pane *p)
{
    sm_rows_free(p->rows);
    for (int i = 0; i < SM_STYLE_COUNT; i++)
        g_free(p->draw.plain[i]);
}

static void test_moved(void)
{
    Pane p;
    g_autoptr(SmRng) rng = sm_rng_new(7);
    pane_init(&p, (SmRect){3, 7, 12, 41});
    show(&p);
    g_assert_cmpuint(p.drawn, ==, 12);
    for (int i = 0; i < 12; i++)
        p.shows[i] = i % (int)G_N_ELEMENTS(TEXTS);
    show(&p);
    push(&p, rng, 1);
    show(&p);
    g_assert_cmpuint(p.drawn, ==, 1);
    check(&p);
    show(&p);
    g_assert_cmpuint(p.drawn, ==, 0);
    memmove(p.shows + 2, p.shows, 10 * sizeof p.shows[0]); /* back, as when somebody stops typing */
    show(&p);
    g_assert_cmpuint(p.drawn, <=, 2);
    check(&p);
    p.draw.look++; /* another theme */
    show(&p);
    g_assert_cmpuint(p.drawn, ==, 12);
    sm_rows_forget(p.rows, (SmRect){14, 47, 1, 1}); /* its last cell */
    show(&p);
    g_assert_cmpuint(p.drawn, ==, 12);
    sm_rows_forget(p.rows, (SmRect){15, 47, 1, 1}); /* beside it */
    show(&p);
    g_assert_cmpuint(p.drawn, ==, 0);
    pane_clear(&p);
}

/* Where not all of it may be drawn nothing is moved. */
static void test_clipped(void)
{
    Pane p;
    pane_init(&p, (SmRect){3, 7, 12, 41});
    for (int i = 0; i < 12; i++)
        p.shows[i] = i % (int)G_N_ELEMENTS(TEXTS);
    show(&p);
    p.draw.clip = (SmRect){4, 0, 10, COLUMNS};
    memmove(p.shows, p.shows + 1, 11 * sizeof p.shows[0]);
    show(&p);
    g_assert_cmpuint(p.drawn, >=, 11);
    check(&p);
    pane_clear(&p);
}

static void test_any(void)
{
    Pane p;
    g_autoptr(SmRng) rng = sm_rng_new(11);
    pane_init(&p, (SmRect){1, 20, 18, 39});
    for (int turn = 0; turn < 400; turn++) {
        push(&p, rng, (int)sm_rng_between(rng, 0, p.at.rows));
        if (sm_rng_chance(rng, 0.3))
            p.shows[sm_rng_between(rng, 0, p.at.rows - 1)] = (int)sm_rng_between(rng, 0, G_N_ELEMENTS(TEXTS) - 1);
        if (sm_rng_chance(rng, 0.1)) {
            p.at = (SmRect){(int)sm_rng_between(rng, 0, 5), (int)sm_rng_between(rng, 0, 20), (int)sm_rng_between(rng, 1, 14),
                            (int)sm_rng_between(rng, 1, 39)};
        }
        show(&p);
        check(&p);
    }
    pane_clear(&p);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    FILE *nowhere = fopen("/dev/null", "r+");
    g_assert_nonnull(nowhere);
    g_setenv("LINES", G_STRINGIFY(20), TRUE);
    g_setenv("COLUMNS", G_STRINGIFY(60), TRUE);
    SCREEN *screen = newterm("xterm-256color", nowhere, nowhere);
    g_assert_nonnull(screen);
    g_test_add_func("/ui/rows/moved", test_moved);
    g_test_add_func("/ui/rows/clipped", test_clipped);
    g_test_add_func("/ui/rows/any", test_any);
    int status = g_test_run();
    endwin();
    delscreen(screen);
    fclose(nowhere);
    return status;
}
