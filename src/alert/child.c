/* SPDX-License-Identifier: MIT */
#include "child.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "seatmux/base/error.h"

/* How often to look where the kernel has no descriptors for processes. */
#define LOOK_MS 50

struct SmChild {
    SmLoop *loop;
    pid_t pid;
    int pidfd; /* -1: `watch` is a timer */
    guint64 watch;
    SmChildFn ended;
    void *user;
};

static void child_free(SmChild *child)
{
    sm_loop_remove(child->loop, &child->watch);
    if (child->pidfd >= 0)
        close(child->pidfd);
    g_free(child);
}

static void look(void *data)
{
    SmChild *child = data;
    int status = 0;
    pid_t got = waitpid(child->pid, &status, WNOHANG);
    if (got == 0 || (got < 0 && errno == EINTR)) {
        if (child->pidfd < 0)
            child->watch = sm_loop_after(child->loop, LOOK_MS, look, child);
        return;
    }
    child->ended(child, got < 0 ? 0 : status, child->user);
    child_free(child);
}

static void pidfd_ready(int fd, GIOCondition condition, void *data)
{
    look(data);
}

static int set_up(posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes, int in,
                  int out, gboolean errors)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    int rc = posix_spawnattr_setsigmask(attributes, &none);
    rc = rc ? rc : posix_spawnattr_setsigdefault(attributes, &all);
    rc = rc ? rc
            : posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
                                                       POSIX_SPAWN_SETSIGDEF);
    rc = rc        ? rc
         : in >= 0 ? posix_spawn_file_actions_adddup2(actions, in, 0)
                   : posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);
    rc = rc         ? rc
         : out >= 0 ? posix_spawn_file_actions_adddup2(actions, out, 1)
                    : posix_spawn_file_actions_addopen(actions, 1, "/dev/null", O_WRONLY, 0);
    rc = rc ? rc
         : errors && out >= 0
             ? posix_spawn_file_actions_adddup2(actions, 1, 2)
             : posix_spawn_file_actions_addopen(actions, 2, "/dev/null", O_WRONLY, 0);
    return rc ? rc : posix_spawn_file_actions_addclosefrom_np(actions, 3);
}

SmChild *sm_child_spawn(SmLoop *loop, const char *const *argv, char **environment, int in, int out,
                        gboolean errors, SmChildFn ended, void *user, GError **error)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    pid_t pid = -1;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    int rc = set_up(&actions, &attributes, in, out, errors);
    if (rc == 0)
        rc = posix_spawnp(&pid, argv[0], &actions, &attributes, (char *const *)argv, environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (rc != 0) {
        g_set_error(error, SM_ERROR, SM_ERROR_FAILED, "can't start %s: %s", argv[0],
                    g_strerror(rc));
        return NULL;
    }
    SmChild *child = g_new0(SmChild, 1);
    child->loop = loop;
    child->pid = pid;
    child->ended = ended;
    child->user = user;
    child->pidfd = pidfd_open(pid, 0); /* close-on-exec by itself */
    child->watch = child->pidfd >= 0 ? sm_loop_fd(loop, child->pidfd, G_IO_IN, pidfd_ready, child)
                                     : sm_loop_after(loop, LOOK_MS, look, child);
    return child;
}

void sm_child_kill(SmChild *child)
{
    /* Not reaped yet, so neither number can belong to somebody else. */
    kill(-child->pid, SIGKILL);
    kill(child->pid, SIGKILL);
}

void sm_child_drop(SmChild *child)
{
    sm_child_kill(child);
    waitpid(child->pid, NULL, WNOHANG);
    child_free(child);
}

gssize sm_child_read(int fd, char *bytes, gsize n)
{
    for (guint tries = 0; tries < 8; tries++) {
        gssize got = read(fd, bytes, n);
        if (got >= 0)
            return got;
        if (errno != EINTR)
            break;
    }
    return errno == EAGAIN || errno == EINTR ? -1 : 0;
}
