/* SPDX-License-Identifier: MIT */
/* The pictures of the README: `./dev pictures` runs this in the real programs, on a clock that it moves itself, so that they
 * come out the same every time. Arguments: the directory to write to, and names of pictures (none: all). Says in TAP which were
 * made; as a test it makes all of them in the build directory. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "stage_desk.h"
#include "steady.h"
#include "vt_svg.h"

#define CONFIG "alerts: {desktop: false}\nspell: false\nhints: false\nborders: line\ntheme: "
#define START (INT64_C(1773325440) * 1000) /* 2026-03-12 14:24:00 UTC, ms */
#define STARTED_MS 3000                    /* it stands */
#define GLANCES 4                          /* after so many the program has done what was to be done */
#define REAL_MS 2000                       /* however busy the machine is */
#define CREEP_MS 900                       /* where two programs talk, time goes on a little */

typedef struct {
    Stage *stage;
    Steady *steady;
    Vt *vt;
    int64_t now; /* ms */
} Tour;

static void set_clock(Tour *t, int64_t now, int64_t creep_ms)
{
    t->now = now;
    t->steady->since_us = g_get_monotonic_time();
    t->steady->creep_us = creep_ms * 1000;
    t->steady->wall_us = now * 1000;
}

static void tour_begin(Tour *t, const char *theme)
{
    g_autofree char *config = g_strconcat(CONFIG, theme, "\n", NULL), *path = NULL;
    *t = (Tour){.stage = stage_new(config)};
    path = stage_path(t->stage, "clock");
    int fd = g_open(path, O_RDWR | O_CREAT, 0600);
    g_assert_cmpint(ftruncate(fd, sizeof *t->steady), ==, 0);
    t->steady = mmap(NULL, sizeof *t->steady, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    g_assert_true(t->steady != MAP_FAILED);
    close(fd);
    stage_set(t->stage, "SEATMUX_STEADY", path);
    stage_set(t->stage, "LD_PRELOAD", g_getenv("SEATMUX_STEADY_LIBRARY"));
    set_clock(t, START, 0);
}

static void tour_end(Tour *t)
{
    munmap(t->steady, sizeof *t->steady);
    vt_free(t->vt);
    stage_free(t->stage);
}

/* Until the program has seen this moment and waits for a later one. */
static void settle(Tour *t)
{
    guint64 until = t->steady->glances + GLANCES;
    gint64 end = g_get_monotonic_time() + REAL_MS * 1000;
    while (t->steady->glances < until && g_get_monotonic_time() < end)
        vt_pump(t->vt, 1);
}

/* So much time passes, from one thing that is due to the next. */
static void pass(Tour *t, int64_t ms)
{
    int64_t until = t->now + ms;
    settle(t);
    while (t->now < until) {
        int64_t due = (t->steady->due_us + 999) / 1000;
        set_clock(t, due > t->now && due < until ? due : until, 0);
        settle(t);
    }
}

static void press(Tour *t, const char *keys)
{
    vt_keys(t->vt, keys);
    pass(t, 500); /* and what waits for some rest has come */
}

/* One character after the other, as people type. */
static void type(Tour *t, const char *text)
{
    for (const char *at = text; *at; at = g_utf8_next_char(at)) {
        vt_keys_n(t->vt, at, (gsize)(g_utf8_next_char(at) - at));
        pass(t, 60);
    }
    pass(t, 500);
}

static void jump(Tour *t, const char *name)
{
    press(t, "\013");
    type(t, name);
    press(t, "\r");
}

static void answer(Tour *t, const char *name, const char *text)
{
    jump(t, name);
    type(t, text);
    press(t, "\r");
}

static void practice(Tour *t, int rows, int columns, const char *scenario, const char *language, const char *seed)
{
    g_autofree char *path = g_build_filename(g_getenv("SEATMUX_SOURCE_ROOT"), "tests", "screens", scenario, NULL);
    t->vt = stage_seatmux(t->stage, rows, columns, "practice", "--scenario", path, "--seed", seed, "--lang", language, NULL);
    for (int i = 0; i < 100 && !vt_has_text(t->vt, " 14:2"); i++) /* the terminal is asked what it can do, in its own time */
        pass(t, 50);
    g_assert_true(vt_has_text(t->vt, " 14:2"));
    pass(t, START + STARTED_MS - t->now);
}

static void quit(Tour *t)
{
    set_clock(t, t->now, INT64_MAX / 2000); /* real time again */
    stage_quit(t->vt);
}

/* --- The pictures --------------------------------------------------------------------------------------------------- */

static void four_panes(Tour *t)
{
    tour_begin(t, "dark");
    practice(t, 40, 140, "tour-en.yaml", "en", "41");
    press(t, "/layout 4\r");
    pass(t, 7000);
    for (int i = 0; i < 4; i++)
        press(t, "\030a");
    answer(t, "okafor", "Sorry about that. Which version is shown in Settings?");
    answer(t, "lena", "Guten Tag Frau Fischer, ich sehe beide Buchungen.");
    answer(t, "ruiz", "Hi, may I check the order number?");
    answer(t, "李", "亲，平时穿 M 的话，这款选 M 码就好。");
    pass(t, 4000);
    answer(t, "okafor", "Thank you, that matches a known fault. The fix comes today.");
    answer(t, "lena", "Die Erstattung ist veranlasst, 3 bis 5 Werktage.");
    answer(t, "ruiz", "Thank you. I can see it left our warehouse on the 12th.");
    press(t, "\030n");
    type(t, "carrier depot fire, see incident 2231");
    press(t, "\r\007");
    answer(t, "李", "有的，今天就能发。");
    pass(t, 12000);
    answer(t, "lena", "Ja, sie ist unterwegs.");
    jump(t, "ruiz");
    type(t, "Of course. I have asked the carrier to hold it. Could you confirm the address");
    pass(t, 1000);
}

static void quick_reply(Tour *t)
{
    tour_begin(t, "dark");
    practice(t, 30, 100, "tour-zh.yaml", "zh-CN", "6");
    pass(t, 4000);
    press(t, "\030a");
    press(t, "\030a");
    answer(t, "欧阳", "您好，请问是哪个订单？");
    pass(t, 6000);
    answer(t, "欧阳", "这边为您加急，最晚周五上午送到。");
    pass(t, 9000);
    press(t, "\024");
    type(t, "货");
}

static void keys(Tour *t)
{
    tour_begin(t, "light");
    practice(t, 30, 110, "tour-en.yaml", "en", "1");
    pass(t, 7000);
    press(t, "\030a");
    vt_keys(t->vt, "\030");
    pass(t, 600);
}

static void small(Tour *t)
{
    tour_begin(t, "light");
    practice(t, 15, 60, "tour-zh.yaml", "zh-CN", "6");
    pass(t, 4000);
    press(t, "\030a");
    pass(t, 2000);
    type(t, "您好，请问是哪个订单？");
}

/* --- The queue view: a desk, its customers, a supervisor ------------------------------------------------------------- */

typedef struct {
    int at; /* seconds from the start */
    const char *inbox, *name, *text, *answer; /* NULL: nobody has it; "": taken, no answer */
} Visit;

static const Visit visits[] = {
    {20, "ship", "P. Iyer", "Where is order 47002?", "It is out for delivery today."},
    {95, "bill", "S. Haddad", "Can I pay by invoice?", "Yes, choose it at the checkout."},
    {150, "ship", "J. Park", "Is the blue coat back?", "On Monday."},
    {230, "app", "K. Berg", "The app does not start.", "Please update to 7.4.2."},
    {310, "ship", "D. Silva", "Do you ship to Madeira?", "We do, in four days."},
    {390, "bill", "N. Aziz", "I need a copy of my invoice.", "It is in your mail."},
    {470, "app", "E. Brandt", "I can't change my address.", "Done for you."},
    {505, "ship", "K. Tanaka", "Wrong size in the box.", "A label is on its way to you."},
    {540, "ship", "Lena Fischer", "Noch nicht angekommen.", "Ich frage sofort nach."},
    {568, "app", "T. Okafor", "Your app logs me out every minute. Hello??", ""},
    {572, "ship", "Chen Wei", "Can you send it to my office instead?", ""},
    {578, "bill", "王小明", "发票抬头写错了，能重开吗？", ""},
    {581, "app", "A. Novak", "It says error 503 on checkout.", NULL},
    {590, "bill", "M. Ruiz", "Hola, quiero devolver un pedido.", NULL},
};
#define NOW 600
#define HALF_MS 500 /* the picture is taken between two ticks */

static const char POLICY[] =
    "desk: Shop\nteams:\n"
    "  - {id: ship, name: Shipping, capacity: 6, targets: {first_response: 30s, response: 30s, queue: 20s, resolution: none}}\n"
    "  - {id: bill, name: Billing, capacity: 6, targets: {first_response: 60s, response: 60s, queue: 20s, resolution: none}}\n"
    "  - {id: app, name: App, capacity: 6, targets: {first_response: 25s, response: 25s, queue: 15s, resolution: none}}\n"
    "inboxes: [{id: ship, name: Web, team: ship}, {id: bill, name: Mail, team: bill}, {id: app, name: App, team: app}]\n";

static char *post(Tour *t, const char *token, const char *body, const char *format, ...) G_GNUC_PRINTF(4, 5);
static char *post(Tour *t, const char *token, const char *body, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *target = g_strdup_vprintf(format, args);
    va_end(args);
    return stage_desk_ask(t->stage, "POST", target, token, NULL, body);
}

static void come(Tour *t, const Visit *visit, const char *agent)
{
    g_autofree char *body = g_strdup_printf("{\"inbox\":\"%s\",\"name\":\"%s\",\"text\":\"%s\",\"language\":\"en\"}", visit->inbox, visit->name, visit->text);
    g_autofree char *begun = post(t, NULL, body, "/v1/conversations"), *id = stage_desk_member(begun, "conversation");
    if (!visit->answer)
        return;
    set_clock(t, t->now + 2000, CREEP_MS);
    g_free(post(t, agent, "{}", "/v1/conversations/%s/claim", id));
    if (!*visit->answer)
        return;
    set_clock(t, t->now + 4000, CREEP_MS);
    stage_desk_say(t->stage, id, agent, visit->answer);
    set_clock(t, t->now + 3000, CREEP_MS);
    if (visit->at < 500)
        g_free(post(t, agent, "{\"reason\":\"solved\"}", "/v1/conversations/%s/resolve", id));
}

static void queue(Tour *t)
{
    tour_begin(t, "dark");
    set_clock(t, START, CREEP_MS);
    stage_desk_new_with(t->stage, POLICY);
    stage_desk_start(t->stage, FALSE);
    g_autofree char *agent = stage_desk_log_in(t->stage, AGENT), *password = stage_path(t->stage, "password");
    g_free(post(t, agent, "{\"availability\":\"online\"}", "/v1/agents/me/availability"));
    for (guint i = 0; i < G_N_ELEMENTS(visits); i++) {
        set_clock(t, START + visits[i].at * 1000, CREEP_MS);
        come(t, &visits[i], agent);
    }
    g_free(post(t, agent, "{\"availability\":\"online\"}", "/v1/agents/me/availability"));
    set_clock(t, START + (NOW - 3) * 1000, CREEP_MS);
    t->vt = stage_seatmux(t->stage, 34, 120, "supervise", "--server", t->stage->url, "--login", LEAD, "--password-file", password, "--lang", "en", NULL);
    vt_wait_text(t->vt, "M. Ruiz", 2 * WAIT);
    vt_keys(t->vt, "\r");
    for (int i = 2; i >= 0; i--) {
        set_clock(t, START + (NOW - i) * 1000 + (i ? 0 : HALF_MS), i ? CREEP_MS : 0);
        vt_pump(t->vt, 300);
    }
    g_assert_true(vt_has_text(t->vt, "live"));
}

static const struct {
    const char *name, *title;
    void (*make)(Tour *t);
    gboolean light;
} pictures[] = {
    {"four-panes", "seatmux: four chats in panes", four_panes, FALSE},
    {"quick-reply-zh", "seatmux：快捷回复", quick_reply, FALSE},
    {"keys", "seatmux: what can follow Ctrl-X", keys, TRUE},
    {"queue", "seatmux: the queue view", queue, FALSE},
    {"small-zh", "seatmux：60x15", small, TRUE},
};

static void make(guint i, const char *directory)
{
    Tour t;
    pictures[i].make(&t);
    g_autofree char *name = g_strconcat(pictures[i].name, ".svg", NULL), *path = g_build_filename(directory, name, NULL);
    g_autofree char *svg = vt_svg(t.vt, pictures[i].title, pictures[i].light);
    g_assert_true(g_file_set_contents(path, svg, -1, NULL));
    printf("ok %u - %s\n", i + 1, path);
    quit(&t);
    tour_end(&t);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_assert_cmpint(argc, >=, 2);
    g_assert_cmpint(g_mkdir_with_parents(argv[1], 0755), ==, 0);
    printf("1..%d\n", argc == 2 ? (int)G_N_ELEMENTS(pictures) : argc - 2);
    for (guint i = 0; i < G_N_ELEMENTS(pictures); i++) {
        gboolean wanted = argc == 2;
        for (int k = 2; k < argc; k++)
            wanted |= g_str_equal(argv[k], pictures[i].name);
        if (wanted)
            make(i, argv[1]);
    }
    return 0;
}
