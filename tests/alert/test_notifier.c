/* SPDX-License-Identifier: MIT */
/* The notifier with the real helper, real buses and real daemons, good and bad. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "desktop.h"
#include "seatmux/base/limits.h"

static gboolean opened(Desk *d, const void *text)
{
    return strstr(d->opened->str, text) != NULL;
}

static gboolean closed(Desk *d, const void *text)
{
    return strstr(d->closed->str, text) != NULL;
}

static gboolean given_back(Desk *d, const void *count)
{
    return d->undelivered >= *(const guint *)count;
}

static void test_show_replace_close(Desk *d, gconstpointer data)
{
    if (!desk_fake(d, "answers", "body body-markup actions"))
        return;
    desk_notifier(d, NULL, 0, 0);
    g_assert_cmpint(sm_notifier_state(d->notifier), ==, SM_NOTIFIER_OFF);
    sm_notifier_start(d->notifier);
    g_assert_cmpint(sm_notifier_state(d->notifier), ==, SM_NOTIFIER_STARTING);
    g_assert_cmpuint(sm_notifier_caps(d->notifier), ==, 0);
    desk_wait_state(d, SM_NOTIFIER_READY);
    g_assert_cmpuint(sm_notifier_caps(d->notifier), ==,
                     SM_NOTIFIER_CAP_BODY | SM_NOTIFIER_CAP_MARKUP | SM_NOTIFIER_CAP_ACTIONS);

    g_assert_true(desk_show(d, 5, 2, "王小明 <VIP>", "<b>not bold</b>", "c1"));
    desk_wait_said(d, "notify 1 0 1 王小明 <VIP>|&lt;b&gt;not bold&lt;/b&gt;\n");
    g_assert_true(desk_show(d, 5, 4, "worse", "now", "c2"));
    desk_wait_said(d, "notify 1 1 2 worse|now\n");
    g_assert_true(desk_show(d, 6, 1, "other", "", "c3"));
    desk_wait_said(d, "notify 2 0 0 other|\n");

    desk_tell(d, "action 1");
    desk_wait(d, opened, "c2 ");
    desk_tell(d, "close 2");
    desk_wait(d, closed, "6 ");
    g_assert_true(desk_show(d, 6, 2, "again", "", "c3"));
    desk_wait_said(d, "notify 3 0 1 again|\n");
    sm_notifier_close(d->notifier, 5);
    desk_wait_said(d, "close 1\n");
    g_assert_true(desk_show(d, 7, 2, "last", "", "c3")); /* by then a false "closed" had come */
    desk_wait_said(d, "last|\n");
    g_assert_cmpstr(d->closed->str, ==, "6 ");
    g_assert_cmpstr(d->opened->str, ==, "c2 ");
    g_assert_cmpuint(d->undelivered, ==, 0);
    desk_expect_no_stall(d);
}

static void test_plain_body(Desk *d, gconstpointer data)
{
    if (!desk_fake(d, "answers", "body"))
        return;
    desk_notifier(d, NULL, 0, 0);
    g_assert_true(
        desk_show(d, 5, 2, "A & B", "<b>& so on", "c1")); /* starts it, and waits for it */
    desk_wait_said(d, "notify 1 0 1 A & B|<b>& so on\n");
    g_assert_cmpuint(sm_notifier_caps(d->notifier), ==, SM_NOTIFIER_CAP_BODY);
}

/* A daemon that takes the alert and never answers. */
static void test_hung_daemon(Desk *d, gconstpointer data)
{
    if (!desk_fake(d, "no-notify", "body"))
        return;
    desk_notifier(d, NULL, 2000, 0);
    sm_notifier_start(d->notifier);
    desk_wait_state(d, SM_NOTIFIER_READY);
    for (guint32 slot = 2; slot < 3 + SM_MAX_NOTIFY_QUEUE; slot++) /* one is out, the rest waits */
        g_assert_true(desk_show(d, slot, 2, "t", "b", "c"));
    g_assert_cmpuint(sm_notifier_waiting(d->notifier), ==, SM_MAX_NOTIFY_QUEUE);
    g_assert_false(desk_show(d, 99, 2, "t", "b", "c")); /* one past the bound */
    g_assert_true(desk_show(d, 5, 3, "t2", "b", "c"));  /* replaces what waits for its slot */
    sm_notifier_close(d->notifier, 6);                  /* drops what waits */
    g_assert_cmpuint(sm_notifier_waiting(d->notifier), ==, SM_MAX_NOTIFY_QUEUE);
    desk_wait_state(d, SM_NOTIFIER_HUNG);
    g_assert_cmpuint(d->undelivered, ==, SM_MAX_NOTIFY_QUEUE); /* all but slot 6 */
    g_assert_cmpuint(sm_notifier_waiting(d->notifier), ==, 0);
    g_assert_false(desk_show(d, 5, 4, "t", "b", "c"));
    g_assert_cmpint(sm_notifier_state(d->notifier), ==, SM_NOTIFIER_HUNG);
    desk_expect_no_stall(d);
}

static void test_silent_daemon(Desk *d, gconstpointer data)
{
    if (!desk_fake(d, "silent", ""))
        return;
    desk_notifier(d, NULL, 700, 0);
    g_assert_true(desk_show(d, 5, 2, "t", "b", "c"));
    desk_wait_state(d, SM_NOTIFIER_HUNG);
    g_assert_cmpuint(d->undelivered, ==, 1);
    desk_expect_no_stall(d);
}

static void test_shipped_silence_is_three_seconds(Desk *d, gconstpointer data)
{
    g_autofree char *helper = desk_script(d, "sleep 100");
    desk_notifier(d, helper, 0, 0);
    gint64 before = g_get_monotonic_time();
    sm_notifier_start(d->notifier);
    desk_wait_state(d, SM_NOTIFIER_HUNG);
    gint64 took = g_get_monotonic_time() - before;
    g_assert_cmpint(took, >=, 2990 * 1000);
    g_assert_cmpint(took, <, 4000 * 1000 + d->control_longest_us);
    desk_expect_no_stall(d);
}

/* A bus socket that accepts and never speaks: no time limit anywhere in the way there. */
static void test_dead_socket(Desk *d, gconstpointer data)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    g_snprintf(address.sun_path, sizeof address.sun_path, "%s/dead", d->dir);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_assert_cmpint(bind(fd, (struct sockaddr *)&address, sizeof address), ==, 0);
    g_assert_cmpint(listen(fd, 8), ==, 0);
    g_autofree char *value = g_strconcat("unix:path=", address.sun_path, NULL);
    d->environment = g_environ_setenv(d->environment, "DBUS_SESSION_BUS_ADDRESS", value, TRUE);
    desk_notifier(d, NULL, 700, 0);
    sm_notifier_start(d->notifier);
    desk_wait_state(d, SM_NOTIFIER_HUNG);
    desk_expect_no_stall(d);
    close(fd);
}

static void test_no_bus(Desk *d, gconstpointer data)
{
    /* A display without a bus: nobody may start one. */
    d->environment = g_environ_setenv(d->environment, "DISPLAY", ":9", TRUE);
    desk_notifier(d, NULL, 0, 0);
    g_assert_true(desk_show(d, 5, 2, "t", "b", "c"));
    desk_wait_state(d, SM_NOTIFIER_NO_BUS);
    g_assert_cmpuint(d->undelivered, ==, 1);
    g_assert_false(desk_show(d, 5, 2, "t", "b", "c"));
    desk_expect_no_stall(d);
}

static void test_missing_bus_socket(Desk *d, gconstpointer data)
{
    d->environment = g_environ_setenv(d->environment, "DBUS_SESSION_BUS_ADDRESS",
                                      "unix:path=/nonexistent/bus", TRUE);
    desk_notifier(d, NULL, 0, 0);
    sm_notifier_start(d->notifier);
    desk_wait_state(d, SM_NOTIFIER_NO_BUS);
}

static void test_no_daemon(Desk *d, gconstpointer data)
{
    if (!desk_bus(d))
        return;
    desk_notifier(d, NULL, 0, 0);
    sm_notifier_start(d->notifier);
    desk_wait_state(d, SM_NOTIFIER_NO_DAEMON);
    desk_expect_no_stall(d);
}

/* A first alert shown and answered: what comes by signal comes after the answer. */
static void show_first(Desk *d)
{
    g_assert_true(desk_show(d, 5, 2, "t", "b", "c"));
    desk_wait_said(d, "t|b\n");
    desk_tell(d, "action 1");
    desk_wait(d, opened, "c ");
}

static void test_daemon_goes_away(Desk *d, gconstpointer data)
{
    if (!desk_fake(d, "answers", "body actions"))
        return;
    desk_notifier(d, NULL, 0, 0);
    show_first(d);
    desk_kill(&d->daemon);
    d->last_beat = g_get_monotonic_time();
    g_assert_true(desk_show(d, 5, 2, "t", "b", "c"));
    guint one = 1;
    desk_wait(d, given_back, &one);
    g_assert_cmpint(sm_notifier_state(d->notifier), ==, SM_NOTIFIER_NO_DAEMON);
}

/* GIO ends the process whose bus ends: that must be the helper, not us. */
static void test_bus_dies(Desk *d, gconstpointer data)
{
    if (!desk_fake(d, "answers", "body actions"))
        return;
    desk_notifier(d, NULL, 0, 1500);
    sm_notifier_start(d->notifier);
    gint64 started = g_get_monotonic_time();
    show_first(d);
    desk_kill(&d->bus);
    d->last_beat = g_get_monotonic_time();
    desk_wait_state(d, SM_NOTIFIER_DEAD);
    desk_expect_no_stall(d);
    while (g_get_monotonic_time() < started + 1600 * 1000)
        g_main_context_iteration(NULL, TRUE);
    g_assert_false(
        desk_show(d, 5, 2, "t", "b", "c")); /* tries again, but this alert does not wait */
    desk_wait_state(d, SM_NOTIFIER_NO_BUS);
    g_assert_cmpuint(d->undelivered, ==, 0);
}

static void test_bad_helpers(Desk *d, gconstpointer data)
{
    static const char *const scripts[] = {
        "exit 0",
        "echo nonsense; sleep 100",
        "echo '[1]'; sleep 100",
        "echo '{\"answer\":77,\"ok\":true}'; sleep 100",
        "head -c 200000 /dev/zero | tr '\\0' a; sleep 100",
    };
    for (guint i = 0; i < G_N_ELEMENTS(scripts); i++) {
        g_test_message("%s", scripts[i]);
        g_autofree char *helper = desk_script(d, scripts[i]);
        desk_notifier(d, helper, 10000, 0);
        sm_notifier_start(d->notifier);
        desk_wait_state(d, SM_NOTIFIER_DEAD);
        g_clear_pointer(&d->notifier, sm_notifier_free);
    }
    if (g_getenv("SEATMUX_VALGRIND")) {
        return; /* it makes a fork of what starts a program, and why one could not be started is lost */
    }
    desk_notifier(d, "/nonexistent/helper", 0, 0);
    g_assert_false(desk_show(d, 5, 2, "t", "b", "c"));
    g_assert_cmpint(sm_notifier_state(d->notifier), ==, SM_NOTIFIER_DEAD);
}

/* A line from the helper never makes us open what is no conversation's id. */
static void test_helper_lines_are_checked(Desk *d, gconstpointer data)
{
    g_autofree char *helper =
        desk_script(d, "echo '{\"action\":\"open\",\"chat\":\"../../x y\"}'\n"
                       "echo '{\"closed\":-1}'\n"
                       "echo '{\"action\":\"open\",\"chat\":\"good\"}'; sleep 100");
    desk_notifier(d, helper, 10000, 0);
    sm_notifier_start(d->notifier);
    desk_wait(d, opened, "good ");
    g_assert_cmpstr(d->opened->str, ==, "good ");
    g_assert_cmpstr(d->closed->str, ==, "");
}

static guint count_starts(Desk *d)
{
    g_autofree char *path = g_build_filename(d->dir, "starts", NULL);
    g_autofree char *text = NULL;
    gsize n = 0;
    return g_file_get_contents(path, &text, &n, NULL) ? (guint)n / 2 : 0;
}

static gboolean started_times(Desk *d, const void *count)
{
    return count_starts(d) == *(const guint *)count;
}

static void test_restart_is_bounded(Desk *d, gconstpointer data)
{
    g_autofree char *helper = desk_script(d, "echo x >> $HOME/starts");
    desk_notifier(d, helper, 10000, 800);
    gint64 begin = g_get_monotonic_time();
    sm_notifier_start(d->notifier);
    desk_wait_state(d, SM_NOTIFIER_DEAD);
    while (g_get_monotonic_time() < begin + 700 * 1000) {
        g_assert_false(desk_show(d, 5, 2, "t", "b", "c"));
        sm_notifier_start(d->notifier);
        g_main_context_iteration(NULL, TRUE);
    }
    g_assert_cmpuint(count_starts(d), ==, 1);
    while (g_get_monotonic_time() < begin + 850 * 1000)
        g_main_context_iteration(NULL, TRUE);
    g_assert_cmpuint(count_starts(d), ==, 1); /* only when needed */
    g_assert_false(desk_show(d, 5, 2, "t", "b", "c"));
    guint two = 2; /* it may have ended already by the time it was asked */
    desk_wait(d, started_times, &two);
    desk_wait_state(d, SM_NOTIFIER_DEAD);
}

static gboolean file_is_there(Desk *d, const void *name)
{
    g_autofree char *path = g_build_filename(d->dir, name, NULL);
    return g_file_test(path, G_FILE_TEST_EXISTS);
}

static void test_what_the_helper_gets(Desk *d, gconstpointer data)
{
    g_autofree char *helper = desk_script(d, "env > $HOME/env.new\n"
                                             "ls -l /proc/$$/fd > $HOME/fds\n"
                                             "mv $HOME/env.new $HOME/env; sleep 100");
    d->environment = g_environ_setenv(d->environment, "SEATMUX_TOKEN", "secret", TRUE);
    d->environment = g_environ_setenv(d->environment, "LD_PRELOAD", "", TRUE);
    desk_notifier(d, helper, 10000, 0);
    g_autofree char *forgotten = g_build_filename(d->dir, "forgotten", NULL);
    int leak = open(forgotten, O_RDWR | O_CREAT, 0600); /* not close-on-exec, on purpose */
    g_assert_cmpint(leak, >=, 0);
    sm_notifier_start(d->notifier);
    desk_wait(d, file_is_there, "env");
    close(leak);
    g_autofree char *env_path = g_build_filename(d->dir, "env", NULL);
    g_autofree char *fds_path = g_build_filename(d->dir, "fds", NULL);
    g_autofree char *env = NULL, *fds = NULL;
    g_assert_true(g_file_get_contents(env_path, &env, NULL, NULL));
    g_assert_true(g_file_get_contents(fds_path, &fds, NULL, NULL));
    g_assert_nonnull(strstr(env, "HOME="));
    g_assert_null(strstr(env, "SEATMUX_TOKEN"));
    g_assert_null(strstr(env, "LD_PRELOAD"));
    g_assert_null(strstr(fds, "forgotten"));
    g_assert_nonnull(strstr(fds, "/dev/null"));
}

static void test_free_does_not_wait(Desk *d, gconstpointer data)
{
    g_autofree char *helper = desk_script(d, "echo $$ > $HOME/pid.new\n"
                                             "trap '' TERM HUP\n"
                                             "mv $HOME/pid.new $HOME/pid; sleep 100; sleep 100");
    desk_notifier(d, helper, 10000, 0);
    g_assert_true(desk_show(d, 5, 2, "t", "b", "c"));
    desk_wait(d, file_is_there, "pid");
    g_autofree char *path = g_build_filename(d->dir, "pid", NULL);
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    pid_t pid = atoi(text);
    gint64 before = g_get_monotonic_time();
    g_clear_pointer(&d->notifier, sm_notifier_free);
    g_assert_cmpint(g_get_monotonic_time() - before, <, 50000 + d->control_longest_us);
    g_assert_cmpuint(d->undelivered, ==, 0);
    gint64 end = g_get_monotonic_time() + 10 * G_USEC_PER_SEC;
    pid_t got;
    while ((got = waitpid(pid, NULL, WNOHANG)) == 0 && g_get_monotonic_time() < end)
        g_main_context_iteration(NULL, TRUE);
    g_assert_true(got == pid || (got < 0 && errno == ECHILD));
}

/* Dead helpers do not stay behind as zombies while the program runs. */
static void test_reaped(Desk *d, gconstpointer data)
{
    while (waitpid(-1, NULL, 0) > 0) /* what earlier tests killed and did not wait for */
        ;
    g_autofree char *helper = desk_script(d, "exit 3");
    desk_notifier(d, helper, 10000, 0);
    sm_notifier_start(d->notifier);
    desk_wait_state(d, SM_NOTIFIER_DEAD);
    gint64 end = g_get_monotonic_time() + 10 * G_USEC_PER_SEC;
    siginfo_t info;
    while (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           g_get_monotonic_time() < end)
        g_main_context_iteration(NULL, TRUE);
    g_assert_cmpint(waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT), ==, -1);
    g_assert_cmpint(errno, ==, ECHILD);
}

static char *dunst(Desk *d, const char *method, const char *argument)
{
    const char *argv[] = {"dbus-send",
                          "--session",
                          "--print-reply=literal",
                          "--dest=org.freedesktop.Notifications",
                          "/org/freedesktop/Notifications",
                          method,
                          argument,
                          g_str_has_suffix(method, "Get") ? "string:displayedLength" : NULL,
                          NULL};
    char *out = NULL;
    g_spawn_sync(NULL, (char **)argv, d->environment,
                 G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &out, NULL, NULL,
                 NULL);
    d->last_beat = g_get_monotonic_time(); /* this wait was ours */
    return out;
}

static gboolean displayed(Desk *d, const void *number)
{
    g_autofree char *out =
        dunst(d, "org.freedesktop.DBus.Properties.Get", "string:org.dunstproject.cmd0");
    return out && strstr(out, number);
}

static void test_dunst(Desk *d, gconstpointer data)
{
    if (!desk_dunst(d))
        return;
    desk_notifier(d, NULL, 0, 0);
    sm_notifier_start(d->notifier);
    desk_wait_state(d, SM_NOTIFIER_READY);
    g_assert_true(desk_show(d, 5, 3, "王小明 (3) 00:12", "<b>New</b> message", "c1"));
    g_assert_true(desk_show(d, 6, 4, "Ann", "Overdue", "c2"));
    desk_wait(d, displayed, "uint32 2");
    g_assert_true(desk_show(d, 5, 4, "王小明 (4) -00:02", "Overdue", "c1"));
    sm_notifier_close(d->notifier, 6);
    desk_wait(d, displayed, "uint32 1"); /* replaced in place, and the other closed */
    g_free(dunst(d, "org.dunstproject.cmd0.NotificationAction", "uint32:0"));
    desk_wait(d, opened, "c1 ");
    g_free(dunst(d, "org.dunstproject.cmd0.NotificationCloseAll", NULL));
    desk_wait(d, closed, "5 ");
    g_assert_cmpuint(d->states[SM_NOTIFIER_READY], ==, 1);
    g_assert_cmpuint(d->undelivered, ==, 0);
    desk_expect_no_stall(d);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define T(path, fn) g_test_add("/alert/notifier/" path, Desk, NULL, desk_set_up, fn, desk_tear_down)
    T("show-replace-close", test_show_replace_close);
    T("plain-body", test_plain_body);
    T("hung-daemon", test_hung_daemon);
    T("silent-daemon", test_silent_daemon);
    T("three-seconds", test_shipped_silence_is_three_seconds);
    T("dead-socket", test_dead_socket);
    T("no-bus", test_no_bus);
    T("missing-bus-socket", test_missing_bus_socket);
    T("no-daemon", test_no_daemon);
    T("daemon-goes-away", test_daemon_goes_away);
    T("bus-dies", test_bus_dies);
    T("bad-helpers", test_bad_helpers);
    T("lines-checked", test_helper_lines_are_checked);
    T("restart-bounded", test_restart_is_bounded);
    T("what-the-helper-gets", test_what_the_helper_gets);
    T("free-does-not-wait", test_free_does_not_wait);
    T("reaped", test_reaped);
    T("dunst", test_dunst);
    return g_test_run();
}
