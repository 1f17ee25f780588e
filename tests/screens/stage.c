/* SPDX-License-Identifier: MIT */
#include "stage.h"

void vt_fail(Vt *vt, const char *format, ...) G_GNUC_PRINTF(2, 3) G_GNUC_NORETURN; /* vt.c */

#include <glib/gstdio.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SEED "3"

static void remove_tree(const char *path)
{
    const char *name;
    g_autoptr(GDir) dir =
        g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *below = g_build_filename(path, name, NULL);
        remove_tree(below);
    }
    g_remove(path);
}

void stage_set(Stage *stage, const char *name, const char *value)
{
    g_ptr_array_insert(stage->env, (int)stage->env->len - 1,
                       value ? g_strconcat(name, "=", value, NULL) : g_strdup(name));
}

char *stage_path(const Stage *stage, const char *name)
{
    return g_build_filename(stage->home, name, NULL);
}

static void write_config(Stage *stage, const char *config)
{
    g_autofree char *dir = g_build_filename(stage->home, "config", "seatmux", NULL);
    g_autofree char *path = g_build_filename(dir, "config.yaml", NULL);
    g_assert_cmpint(g_mkdir_with_parents(dir, 0700), ==, 0);
    g_assert_true(g_file_set_contents(path, config, -1, NULL));
}

Stage *stage_new(const char *config)
{
    static const char *const removed[] = {
        "DISPLAY",    "WAYLAND_DISPLAY", "TMUX",           "STY",
        "LANG",       "LANGUAGE",        "TERM_PROGRAM",   "SEATMUX_DATA",
        "http_proxy", "all_proxy",       "SSH_CONNECTION", "COLORTERM"};
    static const char *const places[][2] = {{"HOME", "home"},
                                            {"XDG_CONFIG_HOME", "config"},
                                            {"XDG_DATA_HOME", "data"},
                                            {"XDG_STATE_HOME", "state"},
                                            {"XDG_CACHE_HOME", "cache"},
                                            {"XDG_RUNTIME_DIR", "run"}};
    Stage *stage = g_new0(Stage, 1);
    stage->server_out = -1;
    stage->home = g_dir_make_tmp("seatmux-screens-XXXXXX", NULL);
    stage->env = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(stage->env, NULL);
    g_assert_nonnull(stage->home);
    for (guint i = 0; i < G_N_ELEMENTS(removed); i++)
        stage_set(stage, removed[i], NULL);
    for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autofree char *path = stage_path(stage, places[i][1]);
        g_assert_cmpint(g_mkdir(path, 0700), ==, 0);
        stage_set(stage, places[i][0], path);
    }
    stage_set(stage, "TZ", "UTC");
    stage_set(stage, "DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
    if (config)
        write_config(stage, config);
    return stage;
}

void stage_free(Stage *stage)
{
    if (!stage)
        return;
    if (stage->server > 0) {
        kill(stage->server, SIGKILL);
        waitpid(stage->server, NULL, 0);
    }
    if (stage->server_out >= 0)
        close(stage->server_out);
    remove_tree(stage->home);
    g_ptr_array_unref(stage->env);
    g_free(stage->home);
    g_free(stage->data);
    g_free(stage->listen);
    g_free(stage->url);
    g_free(stage);
}

/* --- The client
 * ------------------------------------------------------------------------------------ */

static Vt *spawn(Stage *stage, int rows, int columns, const GPtrArray *argv)
{
    return vt_spawn(rows, columns, (const char *const *)argv->pdata,
                    (const char *const *)stage->env->pdata);
}

Vt *stage_seatmux(Stage *stage, int rows, int columns, ...)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    va_list args;
    g_ptr_array_add(argv, (char *)g_getenv("SEATMUX"));
    va_start(args, columns);
    for (const char *arg = va_arg(args, const char *); arg; arg = va_arg(args, const char *))
        g_ptr_array_add(argv, (char *)arg);
    va_end(args);
    g_ptr_array_add(argv, NULL);
    return spawn(stage, rows, columns, argv);
}

Vt *stage_practice(Stage *stage, int rows, int columns, const char *scenario, const char *language,
                   int waiting)
{
    g_autofree char *path =
        g_build_filename(g_getenv("SEATMUX_SOURCE_ROOT"), "tests", "screens", scenario, NULL);
    Vt *vt = stage_seatmux(stage, rows, columns, "practice", "--scenario", path, "--seed", SEED,
                           "--lang", language, NULL);
    if (waiting && columns >= 60 && rows >= 10) {
        g_autofree char *queue = g_strdup_printf("(queue|q|排队|等候) %d\\b", waiting);
        vt_wait_match(vt, queue, WAIT);
    }
    return vt;
}

void stage_claim(Vt *vt, int chats)
{
    for (int i = 1; i <= chats; i++) {
        g_autofree char *count = g_strdup_printf("(chats |\\| |会话 )%d/", i);
        vt_keys(vt, "\030a");
        vt_wait_match(vt, count, WAIT);
    }
}

void stage_type(Vt *vt, const char *text)
{
    vt_keys(vt, text);
    vt_wait_text(vt, text, WAIT);
}

void stage_enter(Vt *vt)
{
    vt_wait_no_text(vt, "Enter waits", WAIT);
    vt_keys(vt, "\r");
}

void stage_watch(Vt *vt, int ms)
{
    gint64 until = g_get_monotonic_time() + (gint64)ms * 1000;
    while (g_get_monotonic_time() < until)
        vt_pump(vt, 50);
}

void stage_quit(Vt *vt)
{
    vt_keys(vt, "\007\030q");
    vt_keys(vt, "y"); /* to the question, which is asked when chats are open */
    g_assert_cmpint(vt_wait_exit(vt, WAIT), ==, 0);
}

/* --- Screens
 * --------------------------------------------------------------------------------------- */

/* Every match of the pattern with 0 for its digits and, where `letters`, its letters too. */
static void blank_out(char *screen, const char *pattern, gboolean letters)
{
    g_autoptr(GRegex) regex = g_regex_new(pattern, 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    for (g_regex_match(regex, screen, 0, &match); g_match_info_matches(match); g_match_info_next(match, NULL)) {
        int start, end;
        g_match_info_fetch_pos(match, 0, &start, &end);
        for (int at = start; at < end; at++)
            if (g_ascii_isdigit(screen[at]) || (letters && g_ascii_isalpha(screen[at])))
                screen[at] = '0';
    }
}

/* How long an answer takes has one digit or two, and moves what stands left of it: always two, at the cost of a blank. */
static char *steady_bar(char *screen)
{
    g_autoptr(GRegex) regex = g_regex_new("^([^\\n]*)  ([^\\n]*?\\D)(\\dms \\|)", 0, 0, NULL);
    g_autofree char *old = screen;
    return g_regex_replace(regex, old, -1, 0, "\\1 \\g<2>0\\3", 0, NULL);
}

/* As many blanks as the counter of an empty composer has columns; none where nothing stands behind it. */
static gboolean blanks(const GMatchInfo *match, GString *to, gpointer user)
{
    int start, end;
    g_match_info_fetch_pos(match, 0, &start, &end);
    const char *text = g_match_info_get_string(match);
    gboolean chinese = !g_ascii_isalpha(text[end - 1]);
    if (text[end] != '\n')
        g_string_append(to, chinese ? "      " : "         ");
    return FALSE;
}

/* Arrivals are drawn minute by minute, and the minute may turn at any time: that they are drawn, and where, is what is looked at. */
static char *steady_arrivals(char *screen)
{
    g_autoptr(GRegex) regex = g_regex_new("(?m)(?<=\\d) {3,}[ ▁-█]*[▁-█]$", 0, 0, NULL);
    g_autofree char *old = screen;
    return g_regex_replace_literal(regex, old, -1, 0, "   (arrivals)", 0, NULL);
}

char *stage_screen(Vt *vt)
{
    /* Digits of clocks, dates, round trips and seconds; the columns stay. */
    static const char *const patterns[] = {"\\d\\d:\\d?(?=[│|┌└+])", /* cut by what lies above */
                                           "(?m)^ \\d\\d?(?=[│|┌└+])",
                                           "(?<=[│|┐┘+])[\\d:]+(?= +[█░!\\[])",
                                           "\\d?\\d:\\d\\d(?::\\d\\d)?",
                                           "(?:\\d{4}-)?\\d\\d-\\d\\d(?= 0?0:00)",
                                           "\\d+ ?ms\\b",
                                           "\\d+\\.\\d+(?= ?(?:s(?![a-z])|秒))",
                                           "\\d\\.\\d\\d(?=  )", /* of a debrief: what the time makes of it */
                                           "\\d+(?= ?(?:s(?![a-z])|秒))"};
    g_autoptr(GRegex) counter = g_regex_new("(?<=T:-)  0 (chars\\b|字)", 0, 0, NULL); /* comes after some rest */
    char *bar = steady_arrivals(steady_bar(vt_screen(vt)));
    char *screen = g_regex_replace_eval(counter, bar, -1, 0, 0, blanks, NULL, NULL);
    g_free(bar);
    for (guint i = 0; i < G_N_ELEMENTS(patterns); i++)
        blank_out(screen, patterns[i], FALSE);
    blank_out(screen, "\\b(?=[a-z]*\\d)[0-9a-z]{16,}|\\b[0-9a-z]{20,}", TRUE); /* ids; one in a thousand has no digit in sight */
    return screen;
}

static gboolean same(Vt *vt, void *user)
{
    g_autofree char *screen = stage_screen(vt);
    return strcmp(screen, user) == 0;
}

static char *golden_path(const char *name)
{
    return g_strdup_printf("%s/tests/screens/golden/%s.txt", g_getenv("SEATMUX_SOURCE_ROOT"), name);
}

static gboolean is_update(void)
{
    return g_strcmp0(g_getenv("SEATMUX_GOLDEN"), "update") == 0;
}

static void assert_same(Vt *vt, const char *path, char *wanted)
{
    g_autofree char *what = g_strdup_printf("the screen of %s, which is:\n%s", path, wanted);
    vt_wait(vt, same, wanted, what, 4000);
}

void stage_assert_screen(Vt *vt, const char *name)
{
    g_autofree char *path = golden_path(name), *wanted = NULL;
    if (is_update()) {
        vt_pump(vt, 400);
        g_autofree char *screen = stage_screen(vt);
        g_assert_true(g_file_set_contents(path, screen, -1, NULL));
        return;
    }
    if (!g_file_get_contents(path, &wanted, NULL, NULL))
        vt_fail(vt, "no file %s (SEATMUX_GOLDEN=update writes it)", path);
    assert_same(vt, path, wanted);
}

/* Longer than anything on the screen waits for before it shows: Enter, the counter. */
#define SETTLED_MS 450

void stage_assert_part(Vt *vt, const char *name, const char *part, gboolean first)
{
    g_autofree char *path = golden_path(name), *head = g_strdup_printf("== %s\n", part), *all = NULL;
    gboolean there = g_file_get_contents(path, &all, NULL, NULL);
    if (is_update()) {
        vt_pump(vt, SETTLED_MS);
        g_autofree char *screen = stage_screen(vt), *text = g_strconcat(first || !there ? "" : all, head, screen, NULL);
        g_assert_true(g_file_set_contents(path, text, -1, NULL));
        return;
    }
    char *at = there ? strstr(all, head) : NULL;
    if (!at)
        vt_fail(vt, "no %s in %s (SEATMUX_GOLDEN=update writes it)", part, path);
    at += strlen(head);
    char *next = strstr(at, "\n== ");
    if (next)
        next[1] = '\0';
    assert_same(vt, path, at);
}
