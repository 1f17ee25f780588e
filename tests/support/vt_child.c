/* SPDX-License-Identifier: MIT */
/* The program at the other end: its start, its end, what a sanitizer said about it. */
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vt_private.h"

static char **make_environment(const Vt *vt, const char *const *env)
{
    g_autofree char *log = g_strdup_printf(
        "%s:log_path=%s", g_getenv("ASAN_OPTIONS") ? g_getenv("ASAN_OPTIONS") : "", vt->asan_log);
    g_autofree char *ub_log = g_strdup_printf(
        "%s:log_path=%s", g_getenv("UBSAN_OPTIONS") ? g_getenv("UBSAN_OPTIONS") : "", vt->asan_log);
    char **list = g_get_environ();
    list = g_environ_setenv(list, "TERM", "xterm-256color", TRUE);
    list = g_environ_setenv(list, "LC_ALL", "C.UTF-8", TRUE);
    list = g_environ_setenv(list, "ASAN_OPTIONS", *log == ':' ? log + 1 : log, TRUE);
    list = g_environ_setenv(list, "UBSAN_OPTIONS", *ub_log == ':' ? ub_log + 1 : ub_log, TRUE);
    list = g_environ_unsetenv(list, "NO_COLOR");
    list = g_environ_unsetenv(list, "LINES");
    list = g_environ_unsetenv(list, "COLUMNS");
    for (guint i = 0; env && env[i]; i++) {
        const char *equals = strchr(env[i], '=');
        g_autofree char *name =
            equals ? g_strndup(env[i], (gsize)(equals - env[i])) : g_strdup(env[i]);
        list = equals ? g_environ_setenv(list, name, equals + 1, TRUE)
                      : g_environ_unsetenv(list, name);
    }
    return list;
}

/* In the child; does not return. */
static void be_child(const char *const *argv, int (*fn)(void *), void *user, char **env)
{
    static const int usual[] = {SIGINT, SIGQUIT, SIGTSTP, SIGPIPE, SIGCHLD, SIGHUP, SIGTERM};
    for (guint i = 0; i < G_N_ELEMENTS(usual); i++) {
        signal(usual[i], SIG_DFL);
    }
    if (argv) {
        execvpe(argv[0], (char *const *)argv, env);
        _exit(127);
    }
    extern char **environ;
    environ = env;
    exit(fn(user));
}

void vt_start(Vt *vt, int columns, const char *const *argv, int (*fn)(void *), void *user,
              const char *const *env)
{
    struct winsize size = {.ws_row = (unsigned short)vt->rows, .ws_col = (unsigned short)columns};
    int id;
    g_autofree char *dir = g_dir_make_tmp("seatmux-vt-XXXXXX", NULL);
    g_assert_nonnull(dir);
    vt->asan_log = g_build_filename(dir, "san", NULL);
    g_auto(GStrv) list = make_environment(vt, env);
    id = forkpty(&vt->fd, NULL, NULL, &size);
    g_assert_cmpint(id, >=, 0);
    if (id == 0) {
        be_child(argv, fn, user, list);
    }
    vt->pid = id;
    g_assert_cmpint(fcntl(vt->fd, F_SETFL, fcntl(vt->fd, F_GETFL) | O_NONBLOCK), ==, 0);
    g_assert_cmpint(fcntl(vt->fd, F_SETFD, FD_CLOEXEC), ==, 0);
}

void vt_reap(Vt *vt)
{
    int status;
    if (!vt->exited && vt->pid > 0 && waitpid(vt->pid, &status, WNOHANG) == vt->pid) {
        vt->exited = TRUE;
        vt->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
}

/* Reports are files "<log>.<pid>"; a test with one fails. */
void vt_check_sanitizer(Vt *vt)
{
    g_autofree char *dir_name = vt->asan_log ? g_path_get_dirname(vt->asan_log) : NULL;
    GDir *dir = dir_name ? g_dir_open(dir_name, 0, NULL) : NULL;
    const char *name;
    gboolean found = FALSE;
    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(dir_name, name, NULL);
        g_autofree char *text = NULL;
        if (g_file_get_contents(path, &text, NULL, NULL)) {
            g_printerr("%s\n", text);
            found = TRUE;
        }
        unlink(path);
    }
    g_clear_pointer(&dir, g_dir_close);
    if (dir_name) {
        rmdir(dir_name);
    }
    g_clear_pointer(&vt->asan_log, g_free);
    if (found) {
        g_error("a sanitizer found something in the program on the terminal");
    }
}

static gboolean is_over(Vt *vt, void *user)
{
    vt_reap(vt);
    return vt->exited;
}

int vt_wait_exit(Vt *vt, int timeout_ms)
{
    vt_wait(vt, is_over, NULL, "the program to exit", timeout_ms);
    vt_pump(vt, 0);
    vt_check_sanitizer(vt);
    return vt->status;
}

static gboolean is_stopped(Vt *vt, void *user)
{
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)vt->pid, &info, WSTOPPED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == vt->pid;
}

void vt_wait_stopped(Vt *vt, int timeout_ms)
{
    vt_wait(vt, is_stopped, NULL, "the program to stop", timeout_ms);
}

void vt_signal(Vt *vt, int signal)
{
    g_assert_cmpint(kill(vt->pid, signal), ==, 0);
}

void vt_hangup(Vt *vt)
{
    close(vt->fd);
    vt->fd = -1;
}

void vt_free(Vt *vt)
{
    if (!vt) {
        return;
    }
    vt_reap(vt);
    if (vt->pid > 0 && !vt->exited) {
        kill(vt->pid, SIGKILL);
        waitpid(vt->pid, NULL, 0);
    }
    vt_check_sanitizer(vt);
    if (vt->fd >= 0) {
        close(vt->fd);
    }
    vterm_free(vt->term);
    g_string_free(vt->title, TRUE);
    g_string_free(vt->output, TRUE);
    g_string_free(vt->tail, TRUE);
    g_string_free(vt->input, TRUE);
    g_free(vt);
}
