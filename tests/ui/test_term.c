/* SPDX-License-Identifier: MIT */
#include <glib.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vt.h"

static const char *show; /* the program, given on the command line */
enum { WAIT = 5000 };

static Vt *start(int rows, int columns, const char *const *options, const char *const *env)
{
    const char *argv[8] = {show};
    for (guint i = 0; options && options[i]; i++) {
        argv[i + 1] = options[i];
    }
    Vt *vt = vt_spawn(rows, columns, argv, env);
    if (columns > 10 && rows > 1) {
        vt_wait_text(vt, "ready", WAIT);
    }
    return vt;
}

static void stop(Vt *vt)
{
    vt_keys(vt, "\x11");
    g_assert_cmpint(vt_wait_exit(vt, WAIT), ==, 0);
}

static void assert_restored(Vt *vt)
{
    gboolean visible;
    int row, column;
    vt_pump(vt, 0);
    struct termios modes = vt_termios(vt);
    g_assert_true(modes.c_lflag & ICANON);
    g_assert_true(modes.c_lflag & ECHO);
    g_assert_true(modes.c_lflag & ISIG);
    g_assert_true(modes.c_oflag & OPOST);
    g_assert_true(modes.c_oflag & ONLCR);
    g_assert_false(vt_alternate(vt));
    g_assert_false(vt_bracketed(vt));
    g_assert_false(vt_focus_mode(vt));
    g_assert_cmpint(vt_mouse_mode(vt), ==, 0);
    vt_cursor(vt, &row, &column, &visible);
    g_assert_true(visible);
}

static void assert_set(Vt *vt)
{
    struct termios modes = vt_termios(vt);
    g_assert_false(modes.c_lflag & (ICANON | ECHO | ISIG));
    g_assert_true(vt_alternate(vt));
    g_assert_true(vt_bracketed(vt));
    g_assert_true(vt_focus_mode(vt));
}

static void test_start(void)
{
    g_autoptr(Vt) vt = start(24, 80, NULL, NULL);
    vt_wait_text(vt, "ready 24x80", WAIT);
    vt_wait_text(vt, "cjk: 退款什么时候到账？ “ok” … 한국어", WAIT);
    vt_wait_cursor(vt, 23, 2, WAIT);
    assert_set(vt);
    g_assert_cmpint(vt_mouse_mode(vt), ==, 0);
    VtCell wide = vt_cell(vt, 2, 5), right = vt_cell(vt, 2, 6);
    g_assert_cmphex(wide.chars[0], ==, 0x9000);
    g_assert_cmpint(wide.width, ==, 2);
    g_assert_cmpint(right.width, ==, 0);
    stop(vt);
    assert_restored(vt);
}

static void test_keys(void)
{
    g_autoptr(Vt) vt = start(24, 80, NULL, NULL);
    vt_wait_cursor(vt, 23, 2, WAIT);
    vt_keys(vt, "hello \xe4\xb8\xad\xe6\x96\x87");
    vt_wait_text(vt, "> hello 中文", WAIT);
    vt_wait_cursor(vt, 23, 12, WAIT);
    vt_keys(vt, "\033[1;5D");
    vt_wait_text(vt, "last: key C-Left", WAIT);
    vt_keys(vt, "\033");
    vt_wait_text(vt, "last: key Esc", WAIT); /* by the 150 ms timer */
    vt_keys(vt, "\r");
    vt_wait_text(vt, "last: key Enter", WAIT);
    vt_wait_cursor(vt, 23, 2, WAIT);
    vt_paste(vt, "one\rtwo");
    vt_wait_text(vt, "last: paste 7", WAIT);
    vt_keys(vt, "\033[I");
    vt_wait_text(vt, "last: focus in", WAIT);
    stop(vt);
}

/* A key costs one byte, and cursor and screen agree with it. */
static void test_one_byte(void)
{
    g_autoptr(Vt) vt = start(48, 160, NULL, NULL);
    vt_wait_cursor(vt, 47, 2, WAIT);
    vt_keys(vt, "x");
    vt_wait_cursor(vt, 47, 3, WAIT);
    for (int i = 0; i < 40; i++) {
        char key[2] = {(char)('a' + i % 26), 0};
        guint64 before = vt_bytes(vt);
        vt_keys(vt, key);
        vt_wait_cursor(vt, 47, 4 + i, WAIT);
        vt_pump(vt, 0);
        g_assert_cmpuint(vt_bytes(vt) - before, ==, 1);
    }
    stop(vt);
}

static void test_mouse(void)
{
    static const char *const options[] = {"--mouse", NULL};
    g_autoptr(Vt) vt = start(24, 80, options, NULL);
    vt_wait_cursor(vt, 23, 2, WAIT);
    g_assert_cmpint(vt_mouse_mode(vt), ==, 1002);
    vt_keys(vt, "\033[<0;10;5M");
    vt_wait_text(vt, "last: mouse 4,9", WAIT);
    stop(vt);
    assert_restored(vt);
}

static void test_title(void)
{
    g_autoptr(Vt) vt = start(24, 80, NULL, NULL);
    vt_keys(vt, "\x14");
    vt_wait_text(vt, "last: key C-t", WAIT);
    vt_pump(vt, 0);
    g_assert_true(g_str_has_prefix(vt_title(vt), "desk "));
    g_assert_true(g_str_has_suffix(vt_title(vt), " 中"));
    g_assert_null(strchr(vt_title(vt), '\033'));
    g_assert_cmpuint(vt_bells(vt), ==, 1); /* the BEL inside the title is none */
    stop(vt);
}

static gboolean reads_keys(Vt *vt, void *user)
{
    struct termios modes = vt_termios(vt);
    return !(modes.c_lflag & ICANON) && !(modes.c_iflag & IXON);
}

static void test_sizes(void)
{
    static const int sizes[][2] = {{1, 1}, {2, 2}, {5, 1}, {1, 200}, {3, 10}, {200, 500}, {24, 80}};
    g_autoptr(Vt) vt = start(24, 80, NULL, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        vt_resize(vt, sizes[i][0], sizes[i][1]);
        vt_pump(vt, 30);
    }
    vt_wait_text(vt, "ready 24x80", WAIT);
    for (int i = 0; i < 50; i++) { /* a window that is dragged */
        vt_resize(vt, 10 + i % 40, 40 + i * 3);
        vt_pump(vt, 0);
    }
    vt_resize(vt, 30, 100);
    vt_wait_text(vt, "ready 30x100", WAIT);
    vt_wait_cursor(vt, 29, 2, WAIT);
    vt_keys(vt, "still here");
    vt_wait_text(vt, "> still here", WAIT);
    stop(vt);
    for (guint i = 0; i < 2; i++) { /* from the start */
        g_autoptr(Vt) small = start(1, 1, NULL, NULL);
        vt_wait(small, reads_keys, NULL, "the program to read keys", WAIT); /* before, Ctrl-Q is the line's own */
        vt_keys(small, "\x11");
        g_assert_cmpint(vt_wait_exit(small, WAIT), ==, 0);
    }
}

/* A line that does not know its size. */
static void test_no_size(void)
{
    g_autoptr(Vt) vt = start(24, 100, NULL, NULL);
    vt_wait_text(vt, "ready 24x100", WAIT);
    vt_resize(vt, 0, 0);
    vt_wait_text(vt, "ready 24x80", WAIT);
    stop(vt);
}

static int read_report(const char *path, const char *name)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL)) {
        return -1;
    }
    const char *at = strstr(text, name);
    return at ? atoi(at + strlen(name)) : -1;
}

static gboolean has_report(Vt *vt, void *user)
{
    return read_report(user, "frames ") >= 0;
}

/* Until the report has it; the terminal is not read meanwhile. */
static void wait_report(const char *path, const char *name)
{
    gint64 until = g_get_monotonic_time() + WAIT * 1000;
    while (read_report(path, name) < 0 && g_get_monotonic_time() < until) {
        (void)poll(NULL, 0, 5); /* bounded; reading is just what must not happen */
    }
    g_assert_cmpint(read_report(path, name), >=, 0);
}

/* Nobody reads the terminal: the loop goes on, frames are dropped, the last state is drawn later.
 */
static void test_unread(void)
{
    g_autofree char *dir = g_dir_make_tmp("seatmux-term-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "report", NULL);
    const char *options[] = {"--report", path, NULL};
    g_autoptr(Vt) vt = start(100, 200, options, NULL);
    vt_keys(vt, "\x06");
    wait_report(path, "frames ");
    int longest = read_report(path, "longest ");
    g_test_message("longest turn %d ms, %d frames", longest, read_report(path, "frames "));
    g_assert_cmpint(longest, <=, 50);
    g_assert_cmpint(read_report(path, "frames "), <, 20);
    vt_keys(vt, "\x19"); /* what is copied now the terminal does not get, and that is known */
    wait_report(path, "copied ");
    g_assert_cmpint(read_report(path, "copied "), ==, 0);
    vt_wait_match(vt, "count [1-9][0-9]", WAIT);
    vt_keys(vt, "on");
    vt_wait_text(vt, "> on", WAIT);
    stop(vt);
    unlink(path);
    rmdir(dir);
}

/* A way out while nobody reads: within a bounded time, and the modes are right. */
static void test_unread_exit(void)
{
    g_autoptr(Vt) vt = start(100, 200, NULL, NULL);
    vt_keys(vt, "\x06");
    (void)poll(NULL, 0, 100); /* let it fill the line */
    gint64 from = g_get_monotonic_time();
    vt_signal(vt, SIGTERM);
    g_assert_cmpint(vt_wait_exit(vt, WAIT), ==, 4);
    g_assert_cmpint((g_get_monotonic_time() - from) / 1000, <, 1000);
    assert_restored(vt);
}

static void test_signals(void)
{
    static const int signals[] = {SIGTERM, SIGHUP, SIGINT};
    static const char *const usual[] = {"--usual-signals", NULL};
    for (guint i = 0; i < G_N_ELEMENTS(signals); i++) {
        g_autoptr(Vt) vt = start(24, 80, NULL, NULL);
        assert_set(vt);
        vt_signal(vt, signals[i]);
        g_assert_cmpint(vt_wait_exit(vt, WAIT), ==, 4);
        assert_restored(vt);
        g_autoptr(Vt) other = start(24, 80, usual, NULL);
        vt_signal(other, signals[i]);
        g_assert_cmpint(vt_wait_exit(other, WAIT), ==, 128 + signals[i]);
        assert_restored(other);
    }
}

static void test_crash(void)
{
    /* a sanitizer would report the crash, which is meant here */
    static const char *const env[] = {"ASAN_OPTIONS=handle_segv=0:handle_sigbus=0:handle_abort=0:"
                                      "detect_leaks=0:allow_user_segv_handler=1",
                                      NULL};
    static const struct {
        const char *key;
        int signal;
        int status;
    } cases[] = {
        {"\x16", 0, 128 + SIGSEGV},
        {"\x01", 0, 128 + SIGABRT},
        {"\x04", 0, 3},
        {NULL, SIGSEGV, 128 + SIGSEGV},
        {NULL, SIGBUS, 128 + SIGBUS},
        {NULL, SIGQUIT, 128 + SIGQUIT},
        {NULL, SIGUSR1, 128 + SIGUSR1},
        {NULL, SIGALRM, 128 + SIGALRM},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Vt) vt = start(24, 80, NULL, env);
        vt_wait_cursor(vt, 23, 2, WAIT);
        assert_set(vt);
        if (cases[i].key) {
            vt_keys(vt, cases[i].key);
        } else {
            vt_signal(vt, cases[i].signal);
        }
        int status = vt_wait_exit(vt, WAIT);
        g_assert_cmpint(status, ==, cases[i].status);
        assert_restored(vt);
    }
}

static void test_hangup(void)
{
    g_autofree char *dir = g_dir_make_tmp("seatmux-term-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "report", NULL);
    const char *options[] = {"--report", path, NULL};
    g_autoptr(Vt) vt = start(24, 80, options, NULL);
    gint64 from = g_get_monotonic_time();
    vt_hangup(vt);
    int status = vt_wait_exit(vt, WAIT);
    g_assert_true(status == 5 ||
                  status == 4); /* told by the line or by SIGHUP, whichever comes first */
    g_assert_cmpint((g_get_monotonic_time() - from) / 1000, <, 1000);
    g_assert_true(has_report(vt, path));
    unlink(path);
    rmdir(dir);
}

/* As under a shell: Ctrl-Z's effect, the shell's screen, and back. */
static void test_suspend(void)
{
    const char *argv[] = {"/bin/bash",
                          "--norc",
                          "-m",
                          "-c",
                          "\"$0\"; echo shell has it $?; read go; fg; echo over $?; read end",
                          show,
                          NULL};
    g_autoptr(Vt) vt = vt_spawn(24, 80, argv, NULL);
    vt_wait_text(vt, "ready", WAIT);
    vt_keys(vt, "draft");
    vt_wait_text(vt, "> draft", WAIT);
    vt_keys(vt, "\x13");
    vt_wait_text(vt, "shell has it 148", WAIT);
    assert_restored(vt);
    vt_keys(vt, "go\r");
    vt_wait_text(vt, "> draft", WAIT);
    vt_wait_text(vt, "ready 24x80", WAIT);
    vt_keys(vt, "s");
    vt_wait_text(vt, "> drafts", WAIT);
    assert_set(vt);
    vt_keys(vt, "\x11");
    vt_wait_text(vt, "over 0", WAIT);
    assert_restored(vt);
    vt_keys(vt, "end\r");
    vt_wait_exit(vt, WAIT);
}

static void test_pause(void)
{
    g_autoptr(Vt) vt = start(24, 80, NULL, NULL);
    vt_keys(vt, "draft");
    vt_wait_text(vt, "> draft", WAIT);
    vt_keys(vt, "\x10");
    vt_wait_no_text(vt, "> draft", WAIT);
    vt_wait_text(vt, "> draft", WAIT);
    vt_keys(vt, "s");
    vt_wait_text(vt, "> drafts", WAIT);
    assert_set(vt);
    stop(vt);
    assert_restored(vt);
}

static void test_types(void)
{
    static const char *const unknown[] = {"TERM=no-such-terminal", NULL};
    static const char *const unset[] = {"TERM", NULL};
    static const char *const dumb[] = {"TERM=dumb", NULL};
    g_autoptr(Vt) vt = start(24, 80, NULL, unknown);
    vt_wait_text(vt, "unknown terminal type in $TERM; using xterm-256color", WAIT);
    stop(vt);
    g_autoptr(Vt) none = start(24, 80, NULL, unset);
    vt_wait_text(none, "$TERM is not set; using xterm-256color", WAIT);
    stop(none);
    const char *argv[] = {show, NULL};
    g_autoptr(Vt) bare = vt_spawn(24, 80, argv, dumb);
    vt_wait_text(bare, "terminal type 'dumb' can't place the cursor", WAIT);
    vt_wait_text(bare, "--plain", WAIT);
    g_assert_cmpint(vt_wait_exit(bare, WAIT), ==, 2);
    assert_restored(bare);
}

static void test_no_terminal(void)
{
    g_autofree char *out = NULL;
    g_autofree char *err = NULL;
    int status = 0;
    char *argv[] = {(char *)show, NULL};
    g_assert_true(
        g_spawn_sync(NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, &err, &status, NULL));
    g_assert_false(g_spawn_check_wait_status(status, NULL));
    g_assert_nonnull(strstr(err, "is not a terminal"));
    g_assert_cmpstr(out, ==, "");
}

/* How wide is "…"? Answered narrow, wide, not at all; and where Chinese users are, ASCII until
 * known. */
static void test_probe(void)
{
    static const char *const chinese[] = {"LANG=zh_CN.UTF-8", "LC_ALL", "LC_CTYPE", NULL};
    const char *argv[] = {show, NULL};
    g_autoptr(Vt) narrow = start(24, 80, NULL, NULL);
    vt_wait_text(narrow, "lines 1 wide 1", WAIT);
    stop(narrow);

    g_autoptr(Vt) wide = vt_spawn(24, 80, argv, NULL);
    vt_mute(wide);
    vt_wait_text(wide, "lines 1 wide 1", WAIT);
    vt_keys(wide, "\033[2;3R");
    vt_wait_text(wide, "lines 0 wide 2", WAIT);
    vt_wait_text(wide, "+------------------+", WAIT);
    g_assert_null(strstr(vt_output(wide)->str, "\xef\xa3\xb0")); /* fillers are not sent */
    vt_keys(wide, "\033[2;2R");
    vt_keys(wide, "x");
    vt_wait_text(wide, "> x", WAIT);
    g_assert_true(vt_has_text(wide, "lines 0 wide 2")); /* nobody asked again */
    stop(wide);

    g_autoptr(Vt) latin = vt_spawn(24, 80, argv, NULL);
    vt_mute(latin);
    vt_wait_text(latin, "lines 1", WAIT);
    vt_keys(latin, "\033[2;4R");
    vt_wait_text(latin, "lines 0 wide 1", WAIT);
    stop(latin);

    g_autoptr(Vt) silent = vt_spawn(24, 80, argv, chinese);
    vt_mute(silent);
    vt_wait_text(silent, "lines 0 wide 1", WAIT);
    vt_wait_text(silent, "lines 1 wide 1", WAIT); /* no answer in 150 ms: narrow */
    stop(silent);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(argc, >, 1);
    show = argv[1];
    g_test_add_func("/ui/term/start", test_start);
    g_test_add_func("/ui/term/keys", test_keys);
    g_test_add_func("/ui/term/one-byte", test_one_byte);
    g_test_add_func("/ui/term/mouse", test_mouse);
    g_test_add_func("/ui/term/title", test_title);
    g_test_add_func("/ui/term/sizes", test_sizes);
    g_test_add_func("/ui/term/no-size", test_no_size);
    g_test_add_func("/ui/term/unread", test_unread);
    g_test_add_func("/ui/term/unread-exit", test_unread_exit);
    g_test_add_func("/ui/term/signals", test_signals);
    g_test_add_func("/ui/term/crash", test_crash);
    g_test_add_func("/ui/term/hangup", test_hangup);
    g_test_add_func("/ui/term/suspend", test_suspend);
    g_test_add_func("/ui/term/pause", test_pause);
    g_test_add_func("/ui/term/types", test_types);
    g_test_add_func("/ui/term/no-terminal", test_no_terminal);
    g_test_add_func("/ui/term/probe", test_probe);
    return g_test_run();
}
