/* SPDX-License-Identifier: MIT */
/* The one place with variables of the whole process: a signal handler is given nothing else. */
#include "ui/term_private.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* What ends a program that does not look: crashes, and what anybody may send by mistake. SIGTERM, SIGHUP and SIGINT are the loop's. */
static const int fatal[] = {SIGSEGV, SIGABRT, SIGBUS,  SIGFPE,    SIGILL,  SIGTRAP, SIGSYS,   SIGQUIT,
                            SIGXCPU, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGPOLL};

enum { GUARD_RESTORE = 1024, GUARD_STACK = 65536 };

static struct {
    volatile sig_atomic_t active;
    int fd;
    int event_fd;
    struct termios saved;
    char restore[GUARD_RESTORE];
    size_t n;
    struct sigaction old[G_N_ELEMENTS(fatal)];
    struct sigaction old_stop, old_cont;
    stack_t stack, old_stack;
    int at_exit; /* atexit() is registered once in a process */
} guard;

/* Only what is safe in a signal handler. */
static void restore_now(void)
{
    if (!guard.active) {
        return;
    }
    guard.active = 0;
    if (write(guard.fd, guard.restore, guard.n) != (ssize_t)guard.n) {
        /* nobody reads the terminal: forget what waits there, this matters more */
        (void)tcflush(guard.fd, TCOFLUSH);
        (void)!write(guard.fd, guard.restore, guard.n);
    }
    (void)tcsetattr(guard.fd, TCSANOW, &guard.saved);
}

static void on_fatal(int signal, siginfo_t *info, void *context)
{
    int saved_errno = errno;
    restore_now();
    for (guint i = 0; i < G_N_ELEMENTS(fatal); i++) {
        if (fatal[i] == signal) {
            sigaction(signal, &guard.old[i], NULL);
        }
    }
    if (info->si_code <= 0) { /* sent by somebody: send it again, to whoever came before */
        raise(signal);
    } /* else the faulting instruction runs again and faults there */
    errno = saved_errno;
}

static void on_stop_or_cont(int signal)
{
    int saved_errno = errno;
    uint64_t add = signal == SIGCONT ? TERM_GUARD_CONT : 1;
    (void)!write(guard.event_fd, &add, sizeof add);
    errno = saved_errno;
}

static void catch_stop(void)
{
    struct sigaction action = {.sa_handler = on_stop_or_cont, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGTSTP, &action, NULL);
}

static void catch_all(void)
{
    struct sigaction action = {.sa_sigaction = on_fatal, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    for (guint i = 0; i < G_N_ELEMENTS(fatal); i++) {
        sigaction(fatal[i], NULL, &guard.old[i]);
        if (guard.old[i].sa_handler != SIG_IGN) /* that ends nothing */
            sigaction(fatal[i], &action, NULL);
    }
    sigaction(SIGTSTP, NULL, &guard.old_stop);
    catch_stop();
    struct sigaction cont = {.sa_handler = on_stop_or_cont, .sa_flags = SA_RESTART};
    sigemptyset(&cont.sa_mask);
    sigaction(SIGCONT, &cont, &guard.old_cont);
}

int sm_term_guard_arm(int fd, const struct termios *saved, const char *restore)
{
    guard.fd = fd;
    guard.saved = *saved;
    guard.n = MIN(strlen(restore), (gsize)GUARD_RESTORE);
    memcpy(guard.restore, restore, guard.n);
    guard.event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    /* a stack of its own, for a stack that has overflowed; a sanitizer brings one already */
    if (sigaltstack(NULL, &guard.old_stack) == 0 && (guard.old_stack.ss_flags & SS_DISABLE)) {
        guard.stack = (stack_t){.ss_sp = g_malloc(GUARD_STACK), .ss_size = GUARD_STACK};
        sigaltstack(&guard.stack, NULL);
    }
    catch_all();
    if (!guard.at_exit) {
        guard.at_exit = atexit(restore_now) == 0;
    }
    guard.active = 1;
    return guard.event_fd;
}

void sm_term_guard_active(gboolean active)
{
    guard.active = active;
}

void sm_term_guard_stop(void)
{
    struct sigaction usual = {.sa_handler = SIG_DFL};
    sigemptyset(&usual.sa_mask);
    sigaction(SIGTSTP, &usual, NULL);
    kill(0, SIGTSTP);
    catch_stop();
    uint64_t seen; /* this stop and its end are dealt with */
    (void)!read(guard.event_fd, &seen, sizeof seen);
}

void sm_term_guard_disarm(void)
{
    guard.active = 0;
    for (guint i = 0; i < G_N_ELEMENTS(fatal); i++) {
        sigaction(fatal[i], &guard.old[i], NULL);
    }
    sigaction(SIGTSTP, &guard.old_stop, NULL);
    sigaction(SIGCONT, &guard.old_cont, NULL);
    if (guard.stack.ss_sp) {
        sigaltstack(&guard.old_stack, NULL);
        g_free(guard.stack.ss_sp);
        guard.stack.ss_sp = NULL;
    }
    close(guard.event_fd);
}
