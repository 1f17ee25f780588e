/* SPDX-License-Identifier: MIT */
#include "cli/password.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"

#define COMMAND_MS 30000

void sm_secret_wipe(char *secret)
{
    if (!secret)
        return;
    explicit_bzero(secret, strlen(secret));
    g_free(secret);
}

/* One line from a descriptor, byte by byte so that nothing after it is taken from the pipe. The whole read
 * must end by `until` (g_get_monotonic_time; 0: no bound). */
static char *read_line(int fd, gint64 until, GError **error)
{
    char line[SM_MAX_PASSWORD_BYTES + 1];
    gsize n = 0;
    gboolean any = FALSE;
    for (;;) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        int left = until ? (int)CLAMP((until - g_get_monotonic_time()) / 1000, 0, COMMAND_MS) : -1;
        int ready = poll(&p, 1, left);
        if (ready < 0 && errno == EINTR)
            continue;
        char c;
        ssize_t got = ready > 0 ? read(fd, &c, 1) : -1;
        if (got < 0 && errno == EINTR && ready > 0)
            continue;
        if (got <= 0 && !any) {
            g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "no password given");
            return NULL;
        }
        any = TRUE;
        if (got <= 0 || c == '\n')
            break;
        if (n == SM_MAX_PASSWORD_BYTES) {
            explicit_bzero(line, sizeof line);
            g_set_error(error, SM_ERROR, SM_ERROR_LIMIT, "a password has at most %d bytes", SM_MAX_PASSWORD_BYTES);
            return NULL;
        }
        line[n++] = c;
    }
    if (n && line[n - 1] == '\r')
        n--;
    line[n] = '\0';
    gboolean valid = n > 0 && memchr(line, '\0', n) == NULL && g_utf8_validate(line, (gssize)n, NULL);
    char *copy = valid ? g_strdup(line) : NULL;
    explicit_bzero(line, sizeof line);
    if (!valid)
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "%s", n ? "the password is not UTF-8 text" : "the password is empty");
    return copy;
}

/* What ends or stops a program that waits at a prompt. */
static void prompt_signals(sigset_t *set)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
    sigemptyset(set);
    for (guint i = 0; i < G_N_ELEMENTS(signals); i++)
        sigaddset(set, signals[i]);
}

/* Until the terminal has a line. TRUE: one of the signals came first. */
static gboolean interrupted(int tty, int signals)
{
    struct pollfd p[] = {{.fd = tty, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
    while (poll(p, 2, -1) < 0 && errno == EINTR)
        continue;
    return p[1].revents != 0;
}

/* The prompt, without echo, until there is a line. A signal finds the terminal as it was: only then it is let through, and does what
 * it does; who is continued after it is asked again. */
static void wait_hidden(int tty, const char *prompt, const struct termios *old)
{
    sigset_t held, before;
    struct termios quiet = *old;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    prompt_signals(&held);
    pthread_sigmask(SIG_BLOCK, &held, &before);
    int signals = signalfd(-1, &held, SFD_CLOEXEC);
    gboolean again = TRUE;
    while (again) {
        tcsetattr(tty, TCSAFLUSH, &quiet);
        dprintf(STDERR_FILENO, "%s: ", prompt);
        again = interrupted(tty, signals);
        if (!again)
            break;
        tcsetattr(tty, TCSAFLUSH, old);
        dprintf(STDERR_FILENO, "\n");
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        pthread_sigmask(SIG_BLOCK, &held, NULL);
    }
    if (signals >= 0)
        close(signals);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static char *prompt_once(int tty, const char *prompt, GError **error)
{
    struct termios old;
    gboolean hidden = tcgetattr(tty, &old) == 0;
    if (hidden)
        wait_hidden(tty, prompt, &old);
    else
        dprintf(STDERR_FILENO, "%s: ", prompt);
    char *password = read_line(tty, 0, error);
    if (hidden)
        tcsetattr(tty, TCSAFLUSH, &old);
    dprintf(STDERR_FILENO, "\n");
    return password;
}

char *sm_password_ask(const char *prompt, gboolean confirm, GError **error)
{
    if (!isatty(STDIN_FILENO))
        return read_line(STDIN_FILENO, 0, error);
    char *first = prompt_once(STDIN_FILENO, prompt, error);
    if (!first || !confirm)
        return first;
    char *second = prompt_once(STDIN_FILENO, "Again", error);
    gboolean same = second && strcmp(first, second) == 0;
    if (second && !same)
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "the two passwords differ");
    sm_secret_wipe(second);
    if (!same) {
        sm_secret_wipe(first);
        return NULL;
    }
    return first;
}

char *sm_password_file(const char *path, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0) {
        g_set_error(error, SM_ERROR, SM_ERROR_IO, "%s: %s", path, g_strerror(errno));
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    char *password = NULL;
    if (S_ISREG(st.st_mode) && (st.st_mode & 077))
        g_set_error(error, SM_ERROR, SM_ERROR_DENIED, "%s: others can read this password file; chmod 600 it", path);
    else
        password = read_line(fd, 0, error);
    close(fd);
    return password;
}

char *sm_password_command(char *const *argv, GError **error)
{
    int out = -1;
    GPid pid;
    if (!g_spawn_async_with_pipes(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD |
                                  G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL, &pid, NULL, &out, NULL, error))
        return NULL;
    char *password = read_line(out, g_get_monotonic_time() + (gint64)COMMAND_MS * 1000, error);
    close(out);
    int status = 0;
    if (!password)
        kill(pid, SIGTERM);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    g_spawn_close_pid(pid);
    if (password && !(WIFEXITED(status) && WEXITSTATUS(status) == 0)) {
        sm_secret_wipe(password);
        g_set_error(error, SM_ERROR, SM_ERROR_FAILED, "the password command '%s' failed", argv[0]);
        return NULL;
    }
    return password;
}
