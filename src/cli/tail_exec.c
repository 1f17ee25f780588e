/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/tail.h"
#include "seatmux/base/error.h"

typedef struct {
    SmLoop *loop;
    GPid pid;
    gboolean over, killed;
    int status;
} Run;

/* As the shell expects it: the program itself ignores broken pipes and reads its signals elsewhere. */
static void set_up(void *user)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
}

static void over(GPid pid, int status, void *user)
{
    Run *run = user;
    run->over = TRUE;
    run->status = status;
    g_spawn_close_pid(pid);
    sm_loop_quit(run->loop);
}

static void too_long(void *user)
{
    Run *run = user;
    run->killed = TRUE;
    kill(run->pid, SIGKILL);
}

/* A file in memory: the command may read it or not, nobody waits for a pipe. -1 and errno. */
static int input_of(const char *json)
{
    int fd = memfd_create("event", MFD_CLOEXEC);
    gsize n = strlen(json);
    if (fd >= 0 && write(fd, json, n) == (ssize_t)n && lseek(fd, 0, SEEK_SET) == 0)
        return fd;
    int why = errno;
    if (fd >= 0)
        close(fd);
    errno = why;
    return -1;
}

static gboolean judge(const Run *run, GError **error)
{
    if (WIFEXITED(run->status) && WEXITSTATUS(run->status) == 0)
        return TRUE;
    if (run->killed)
        g_set_error(error, SM_ERROR, SM_ERROR_FAILED, "the command was killed after %d s",
                    SM_TAIL_EXEC_MS / 1000);
    else if (WIFEXITED(run->status))
        g_set_error(error, SM_ERROR, SM_ERROR_FAILED, "the command ended with %d",
                    WEXITSTATUS(run->status));
    else
        g_set_error(error, SM_ERROR, SM_ERROR_FAILED, "the command was ended by signal %d",
                    WTERMSIG(run->status));
    return FALSE;
}

gboolean sm_tail_exec(SmLoop *loop, const char *command, const char *json, GError **error)
{
    Run run = {.loop = loop};
    char *argv[] = {(char *)"sh", (char *)"-c", (char *)command, NULL};
    int in = input_of(json);
    if (in < 0) {
        g_set_error(error, SM_ERROR, SM_ERROR_IO, "no input for the command: %s", g_strerror(errno));
        return FALSE;
    }
    gboolean ok = g_spawn_async_with_fds(NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH,
                                         set_up, NULL, &run.pid, in, -1, -1, error);
    close(in);
    if (!ok)
        return FALSE;
    g_child_watch_add(run.pid, over, &run);
    guint64 limit = sm_loop_after(loop, SM_TAIL_EXEC_MS, too_long, &run);
    while (!run.over) /* also when somebody wants to stop: the event is done once the command is */
        sm_loop_run(loop);
    sm_loop_remove(loop, &limit);
    return judge(&run, error);
}
