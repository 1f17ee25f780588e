/* SPDX-License-Identifier: MIT */
/* Whole screens of practice, at every size that has a layout of its own, in both languages and with both kinds of
 * borders; what opens above them has plain borders here, and is in test_views.c else. The programs of a test run side by side, so that what they wait
 * for passes once. */
#include <locale.h>
#include <string.h>

#include "stage.h"
#include "vt_svg.h"

/* Alerts would say something at a moment of their own, and dictionaries are the machine's. */
#define QUIET                                                                                      \
    "alerts: {activity: none, message: none, warning: none, overdue: none, desktop: false}\nspell: false\nhints: false\n"
#define CHATS 4

typedef struct {
    const char *name;
    int rows, columns;
    const char *language; /* of screen and customers */
    const char *borders;
} Case;

static const Case cases[] = {
    {"four-panes", 48, 160, "en", "line"},
    {"two-columns", 30, 120, "en", "line"},
    {"pane-and-list", 20, 100, "en", "line"},
    {"one-pane", 24, 80, "en", "line"},
    {"small", 8, 38, "en", "line"},
    {"tiny", 5, 20, "en", "line"},
    {"four-panes-ascii", 48, 160, "en", "ascii"},
    {"one-pane-ascii", 24, 80, "en", "ascii"},
    {"four-panes-zh", 48, 160, "zh-CN", "line"},
    {"pane-and-list-zh", 20, 100, "zh-CN", "line"},
    {"one-pane-zh", 24, 80, "zh-CN", "line"},
    {"tiny-zh", 5, 20, "zh-CN", "line"},
};
#define CASES G_N_ELEMENTS(cases)

typedef struct {
    Stage *stage;
    Vt *vt;
} Seat;

static Seat sit(const Case *c)
{
    g_autofree char *config = g_strconcat(QUIET "borders: ", c->borders, "\n", NULL);
    const char *scenario = g_str_equal(c->language, "en") ? "desk-en.yaml" : "desk-zh.yaml";
    Seat seat = {.stage = stage_new(config)};
    seat.vt = stage_practice(seat.stage, c->rows, c->columns, scenario, c->language, 0);
    return seat;
}

static void leave(Seat *seat)
{
    stage_quit(seat->vt);
    vt_free(seat->vt);
    stage_free(seat->stage);
}

/* The message line says a thing of ours, not what happened to be said last. */
static void say_known(Vt *vt)
{
    vt_keys(vt, "\035");
}

static void claim_all(Vt *vt)
{
    for (int i = 0; i < CHATS; i++) {
        vt_keys(vt, "\030a");
        vt_pump(vt, 60); /* each assigned at an instant of its own */
    }
}

static void test_start(void)
{
    Seat seats[CASES];
    for (guint i = 0; i < CASES; i++)
        seats[i] = sit(&cases[i]);
    for (guint i = 0; i < CASES; i++) {
        g_autofree char *name = g_strconcat("start-", cases[i].name, NULL);
        if (cases[i].rows >= 20)
            vt_wait_match(seats[i].vt, "(queue|q|排队) 4\\b", WAIT);
        say_known(seats[i].vt);
        stage_assert_screen(seats[i].vt, name);
        leave(&seats[i]);
    }
}

static void test_chats(void)
{
    Seat seats[CASES];
    for (guint i = 0; i < CASES; i++)
        seats[i] = sit(&cases[i]);
    for (guint i = 0; i < CASES; i++) {
        if (cases[i].rows >= 20)
            vt_wait_match(seats[i].vt, STAGE_OLDEST(3), WAIT); /* all lines have come */
        else
            vt_pump(seats[i].vt, 100);
    }
    for (guint i = 0; i < CASES; i++)
        claim_all(seats[i].vt);
    for (guint i = 0; i < CASES; i++) {
        vt_wait_match(seats[i].vt, "-00:0", WAIT); /* overdue counts up */
        say_known(seats[i].vt);
        stage_assert_screen(seats[i].vt, cases[i].name);
        leave(&seats[i]);
    }
}

/* --- What opens above the panes
 * ----------------------------------------------------------------------- */

typedef struct {
    const char *name;
    const char *keys;
    const char *shows;
} Popup;

static const Popup popups[] = {
    {"picker", "\024", "quick reply to"},
    {"picker-filter", "\024refu", "refu"},
    {"which-key", "\030", "PANES"},
    {"list", "\030i", "queue and chats"},
    {"help", "\030?", "chat-accept"},
    {"help-search", "\030?urgent", "urgent"},
    {"resolve", "\030c", "reason"},
    {"availability", "\030v", "away"},
    {"quit", "\030q", "y .*n "},
    {"palette", "/", "alerts"},
    {"palette-search", "/pane-z", "pane-zoom"},
    {"options", "\030o", "alerts.message"},
    {"jump", "\013", "jump"},
};

/* With lines they are in test_views.c, at four sizes. */
static const Case open_at = {"80-ascii", 24, 80, "en", "ascii"};

static void test_popups(void)
{
    Seat seat = sit(&open_at);
    vt_wait_match(seat.vt, STAGE_OLDEST(3), WAIT);
    claim_all(seat.vt);
    vt_wait_match(seat.vt, "-00:0", WAIT);
    for (guint i = 0; i < G_N_ELEMENTS(popups); i++) {
        g_autofree char *name = g_strdup_printf("%s-%s", popups[i].name, open_at.name);
        say_known(seat.vt);
        vt_keys(seat.vt, popups[i].keys);
        vt_wait_match(seat.vt, popups[i].shows, WAIT);
        stage_assert_screen(seat.vt, name);
        vt_keys(seat.vt, "\007\007");
    }
    leave(&seat);
}

/* Each character on its cell, lines drawn, colours kept, nothing of the text taken for markup. */
static void test_svg(void)
{
    g_autoptr(Vt) vt = vt_screen_only(2, 20);
    vt_feed(vt, "  ab \033[31m<c>\033[0m \345\255\227x\r\n\342\224\214\342\224\200\342\224\200\033[7m \033[0m\342\226\210", -1);
    g_autofree char *svg = vt_svg(vt, "a & b", FALSE);
    g_assert_nonnull(strstr(svg, "<title>a &amp; b</title>"));
    g_assert_nonnull(strstr(svg, "<text x=\"26.8 35.2\" y=\"23.5\" fill=\"#d4dae0\">ab</text>"));
    g_assert_nonnull(strstr(svg, "<text x=\"52 60.4 68.8\" y=\"23.5\" fill=\"#d70000\">&lt;c&gt;</text>"));
    g_assert_nonnull(strstr(svg, "<text x=\"87 102.4\" y=\"23.5\" fill=\"#d4dae0\">\345\255\227x</text>")); /* the wide one in the middle of its two */
    g_assert_nonnull(strstr(svg, "M14.2 37h4.2M14.2 37v9M18.4 37h16.8"));
    g_assert_nonnull(strstr(svg, "<rect x=\"35.2\" y=\"28\" width=\"8.4\" height=\"18\" fill=\"#d4dae0\"/>\n<rect x=\"43.6\""));
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/screens/svg", test_svg);
    g_test_add_func("/screens/golden/start", test_start);
    g_test_add_func("/screens/golden/chats", test_chats);
    g_test_add_func("/screens/golden/popups", test_popups);
    return g_test_run();
}
