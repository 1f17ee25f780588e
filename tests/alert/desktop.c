/* SPDX-License-Identifier: MIT */
#include "desktop.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define BEAT_MS 5
#define STALL_US 50000
#define WAIT_US (20 * G_USEC_PER_SEC)

static void read_said(Proc *p)
{
    char bytes[1024];
    gssize n;
    while (p->out >= 0 && (n = read(p->out, bytes, sizeof bytes)) > 0)
        g_string_append_len(p->said, bytes, n);
}

/* Before the program under test does anything: waiting here is fine. */
static gboolean wait_for_text(Proc *p, const char *text)
{
    gint64 end = g_get_monotonic_time() + WAIT_US;
    while (!strstr(p->said->str, text) && g_get_monotonic_time() < end) {
        struct pollfd pfd = {.fd = p->out, .events = POLLIN};
        poll(&pfd, 1, 100);
        read_said(p);
        if (pfd.revents == POLLHUP)
            break;
    }
    return strstr(p->said->str, text) != NULL;
}

static gboolean start(Desk *d, Proc *p, const char *const *argv)
{
    g_autofree char *program = g_find_program_in_path(argv[0]);
    g_autoptr(GError) error = NULL;
    if (!program) {
        g_autofree char *why = g_strdup_printf("%s is not installed", argv[0]);
        g_test_skip(why);
        return FALSE;
    }
    p->said = g_string_new(NULL);
    g_spawn_async_with_pipes(d->dir, (char **)argv, d->environment,
                             G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD |
                                 G_SPAWN_STDERR_TO_DEV_NULL | G_SPAWN_CLOEXEC_PIPES,
                             NULL, NULL, &p->pid, &p->in, &p->out, NULL, &error);
    g_assert_no_error(error);
    fcntl(p->out, F_SETFL, O_NONBLOCK);
    return TRUE;
}

void desk_kill(Proc *p)
{
    if (p->pid > 0) {
        kill(p->pid, SIGKILL);
        while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
            ;
        close(p->in);
        close(p->out);
    }
    if (p->said)
        g_string_free(p->said, TRUE);
    *p = (Proc){.in = -1, .out = -1};
}

static void beat(void *data)
{
    Desk *d = data;
    gint64 now = g_get_monotonic_time();
    d->longest_us = MAX(d->longest_us, now - d->last_beat - BEAT_MS * 1000);
    d->last_beat = now;
    d->heartbeat = sm_loop_after(d->loop, BEAT_MS, beat, d);
}

static gpointer control(gpointer data)
{
    Desk *d = data;
    while (!g_atomic_int_get(&d->control_stop)) {
        gint64 before = g_get_monotonic_time();
        poll(NULL, 0, BEAT_MS);
        gint64 late = g_get_monotonic_time() - before - BEAT_MS * 1000;
        d->control_longest_us = MAX(d->control_longest_us, late);
    }
    return NULL;
}

void desk_set_up(Desk *d, gconstpointer data)
{
    d->loop = sm_loop_new_glib();
    d->dir = g_dir_make_tmp("seatmux-alert-XXXXXX", NULL);
    d->opened = g_string_new(NULL);
    d->closed = g_string_new(NULL);
    d->environment = g_environ_setenv(NULL, "PATH", g_getenv("PATH"), TRUE);
    d->environment = g_environ_setenv(d->environment, "HOME", d->dir, TRUE);
    d->environment = g_environ_setenv(d->environment, "XDG_RUNTIME_DIR", d->dir, TRUE);
    d->environment = g_environ_setenv(d->environment, "LC_ALL", "C.UTF-8", TRUE);
    d->last_beat = g_get_monotonic_time();
    d->heartbeat = sm_loop_after(d->loop, BEAT_MS, beat, d);
    d->control = g_thread_new("control", control, d);
}

static void remove_dir(const char *path)
{
    GDir *dir = g_dir_open(path, 0, NULL);
    for (const char *name; dir && (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *full = g_build_filename(path, name, NULL);
        if (g_file_test(full, G_FILE_TEST_IS_DIR) && !g_file_test(full, G_FILE_TEST_IS_SYMLINK))
            remove_dir(full);
        else
            g_unlink(full);
    }
    if (dir)
        g_dir_close(dir);
    g_rmdir(path);
}

void desk_tear_down(Desk *d, gconstpointer data)
{
    sm_notifier_free(d->notifier);
    sm_loop_remove(d->loop, &d->heartbeat);
    g_atomic_int_set(&d->control_stop, 1);
    g_thread_join(d->control);
    desk_kill(&d->daemon);
    desk_kill(&d->bus);
    desk_kill(&d->display);
    sm_loop_free(d->loop);
    remove_dir(d->dir);
    g_free(d->dir);
    g_strfreev(d->environment);
    g_string_free(d->opened, TRUE);
    g_string_free(d->closed, TRUE);
}

/* A bare configuration: the usual one starts whatever daemon the machine has installed. */
gboolean desk_bus(Desk *d)
{
    g_autofree char *path = g_build_filename(d->dir, "bus.conf", NULL);
    g_autofree char *option = g_strconcat("--config-file=", path, NULL);
    g_autofree char *text =
        g_strdup_printf("<busconfig><type>session</type><listen>unix:dir=%s</listen>"
                        "<policy context='default'><allow send_destination='*' eavesdrop='true'/>"
                        "<allow eavesdrop='true'/><allow own='*'/></policy></busconfig>",
                        d->dir);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    const char *argv[] = {"dbus-daemon", option, "--nofork", "--print-address=1", NULL};
    if (!start(d, &d->bus, argv))
        return FALSE;
    g_assert_true(wait_for_text(&d->bus, "\n"));
    g_autofree char *address = g_strndup(d->bus.said->str, strcspn(d->bus.said->str, "\n"));
    d->environment = g_environ_setenv(d->environment, "DBUS_SESSION_BUS_ADDRESS", address, TRUE);
    return TRUE;
}

gboolean desk_fake(Desk *d, const char *mode, const char *caps)
{
    if (!desk_bus(d))
        return FALSE;
    g_autofree char *line = g_strdup_printf("%s %s %s", FAKE_DAEMON, mode, caps);
    g_auto(GStrv) argv = NULL;
    g_assert_true(g_shell_parse_argv(line, NULL, &argv, NULL));
    g_assert_true(start(d, &d->daemon, (const char *const *)argv));
    g_assert_true(wait_for_text(&d->daemon, "ready\n"));
    return TRUE;
}

static gboolean name_is_owned(Desk *d)
{
    const char *argv[] = {"dbus-send",
                          "--session",
                          "--print-reply=literal",
                          "--dest=org.freedesktop.DBus",
                          "/",
                          "org.freedesktop.DBus.NameHasOwner",
                          "string:org.freedesktop.Notifications",
                          NULL};
    g_autofree char *out = NULL;
    return g_spawn_sync(NULL, (char **)argv, d->environment,
                        G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &out, NULL,
                        NULL, NULL) &&
           strstr(out, "true");
}

gboolean desk_dunst(Desk *d)
{
    const char *display[] = {"Xvfb",       "-displayfd", "1",   "-screen", "0",
                             "640x480x24", "-nolisten",  "tcp", NULL};
    const char *dunst[] = {"dunst", NULL};
    g_autofree char *installed = g_find_program_in_path("dunst");
    if (!installed) {
        g_test_skip("dunst is not installed");
        return FALSE;
    }
    if (!desk_bus(d) || !start(d, &d->display, display))
        return FALSE;
    if (!wait_for_text(&d->display, "\n")) {
        g_test_skip("Xvfb does not start here");
        return FALSE;
    }
    g_autofree char *name =
        g_strdup_printf(":%d", (int)g_ascii_strtoll(d->display.said->str, NULL, 10));
    d->environment = g_environ_setenv(d->environment, "DISPLAY", name, TRUE);
    g_assert_true(start(d, &d->daemon, dunst));
    gint64 end = g_get_monotonic_time() + WAIT_US;
    while (!name_is_owned(d) && g_get_monotonic_time() < end)
        ;
    d->last_beat = g_get_monotonic_time();
    return TRUE;
}

static void on_state(SmNotifier *n, SmNotifierState state, void *user)
{
    Desk *d = user;
    g_test_message("state: %s", sm_notifier_state_name(state));
    d->states[state]++;
}

static void on_open(SmNotifier *n, const char *chat, void *user)
{
    g_string_append_printf(((Desk *)user)->opened, "%s ", chat);
}

static void on_closed(SmNotifier *n, guint32 slot, void *user)
{
    g_string_append_printf(((Desk *)user)->closed, "%u ", slot);
}

static void on_undelivered(SmNotifier *n, guint32 slot, SmUrgency level, const SmSafe *title,
                           const SmSafe *body, void *user)
{
    g_assert_cmpuint(sm_safe_len(title), >, 0);
    ((Desk *)user)->undelivered++;
}

void desk_notifier(Desk *d, const char *program, int64_t silence_ms, int64_t restart_ms)
{
    SmNotifierOptions o = {.program = program ? program : REAL_HELPER,
                           .environment = d->environment,
                           .silence_ms = silence_ms,
                           .restart_ms = restart_ms,
                           .handlers = {on_state, on_open, on_closed, on_undelivered},
                           .user = d};
    d->notifier = sm_notifier_new(d->loop, &o);
    d->last_beat = g_get_monotonic_time();
    d->longest_us = 0;
}

char *desk_script(Desk *d, const char *text)
{
    char *path = g_build_filename(d->dir, "helper.sh", NULL);
    g_autofree char *whole = g_strconcat("#!/bin/sh\n", text, "\n", NULL);
    g_assert_true(g_file_set_contents_full(path, whole, -1, G_FILE_SET_CONTENTS_NONE, 0755, NULL));
    return path;
}

gboolean desk_show(Desk *d, guint32 slot, int level, const char *title, const char *body,
                   const char *chat)
{
    g_autoptr(SmSafe) t = sm_safe_from_literal(title);
    g_autoptr(SmSafe) b = sm_safe_from_literal(body);
    return sm_notifier_show(d->notifier, slot, (SmUrgency)level, t, b, chat);
}

void desk_wait(Desk *d, DeskTest test, const void *what)
{
    gint64 end = g_get_monotonic_time() + WAIT_US;
    while (!test(d, what)) {
        if (g_get_monotonic_time() > end)
            g_error("it did not come within 20 s; daemon said: %s",
                    d->daemon.said ? d->daemon.said->str : "-");
        g_main_context_iteration(NULL, TRUE); /* the heartbeat ends each wait */
    }
}

static gboolean state_is(Desk *d, const void *state)
{
    return sm_notifier_state(d->notifier) == *(const SmNotifierState *)state;
}

void desk_wait_state(Desk *d, SmNotifierState state)
{
    desk_wait(d, state_is, &state);
}

static gboolean said(Desk *d, const void *text)
{
    read_said(&d->daemon);
    return strstr(d->daemon.said->str, text) != NULL;
}

void desk_wait_said(Desk *d, const char *text)
{
    desk_wait(d, said, text);
}

void desk_tell(Desk *d, const char *line)
{
    g_assert_cmpint(write(d->daemon.in, line, strlen(line)), ==, strlen(line));
    g_assert_cmpint(write(d->daemon.in, "\n", 1), ==, 1);
}

void desk_expect_no_stall(Desk *d)
{
    g_test_message("longest stall %.1f ms, control %.1f ms", (double)d->longest_us / 1000,
                   (double)d->control_longest_us / 1000);
    if (!g_getenv("SEATMUX_VALGRIND")) { /* where everything stalls */
        g_assert_cmpint(d->longest_us, <, STALL_US + d->control_longest_us);
    }
}
