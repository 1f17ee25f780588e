/* SPDX-License-Identifier: MIT */
#include "seatmux/alert/hook.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "seatmux/base/error.h"
#include "seatmux/base/json.h"

#define READS_AT_ONCE 16

typedef struct {
    SmHook *hook; /* NULL: this place is free */
    SmChild *child;
    int out;
    guint64 can_read;
    guint64 limit;
    gsize traced;
} Run;

struct SmHook {
    SmLoop *loop;
    SmTrace *trace;
    char **argv;
    int64_t limit_ms;
    SmHookDoneFn done;
    void *user;
    Run runs[SM_HOOKS_AT_ONCE];
};

SmHook *sm_hook_new(SmLoop *loop, SmTrace *trace)
{
    SmHook *hook = g_new0(SmHook, 1);
    hook->loop = loop;
    hook->trace = trace;
    hook->limit_ms = SM_HOOK_MS;
    return hook;
}

static void stop_reading(Run *run)
{
    sm_loop_remove(run->hook->loop, &run->can_read);
    if (run->out >= 0)
        close(run->out);
    run->out = -1;
}

static void run_clear(Run *run)
{
    stop_reading(run);
    sm_loop_remove(run->hook->loop, &run->limit);
    run->child = NULL;
    run->hook = NULL;
}

void sm_hook_free(SmHook *hook)
{
    if (!hook)
        return;
    for (guint i = 0; i < SM_HOOKS_AT_ONCE; i++) {
        if (!hook->runs[i].hook)
            continue;
        sm_child_drop(hook->runs[i].child);
        run_clear(&hook->runs[i]);
    }
    g_strfreev(hook->argv);
    g_free(hook);
}

void sm_hook_set_command(SmHook *hook, const char *const *argv)
{
    char **copy = argv && argv[0] && *argv[0] ? g_strdupv((char **)argv) : NULL;
    g_strfreev(hook->argv);
    hook->argv = copy;
}

void sm_hook_set_limit(SmHook *hook, int64_t ms)
{
    hook->limit_ms = ms;
}

void sm_hook_set_done(SmHook *hook, SmHookDoneFn done, void *user)
{
    hook->done = done;
    hook->user = user;
}

guint sm_hook_running(const SmHook *hook)
{
    guint n = 0;
    for (guint i = 0; i < SM_HOOKS_AT_ONCE; i++)
        n += hook->runs[i].hook ? 1 : 0;
    return n;
}

char *sm_hook_json(const SmAlertDecision *a)
{
    g_autoptr(json_t) j = json_object();
    json_object_set_new(j, "level", json_integer(a->level));
    json_object_set_new(j, "urgency", json_string(sm_urgency_name(a->level)));
    json_object_set_new(j, "kind", json_string(sm_alert_kind_name(a->kind)));
    json_object_set_new(j, "summary", json_boolean(a->summary));
    json_object_set_new(j, "chats", json_integer(a->chats));
    json_object_set_new(j, "count", json_integer(a->count));
    json_object_set_new(j, "chat", a->chat ? json_string(a->chat) : json_null());
    json_object_set_new(j, "name", a->name ? json_string(sm_safe_str(a->name)) : json_null());
    json_object_set_new(j, "left_ms",
                        a->left_ms == SM_ALERT_NO_TIME ? json_null() : json_integer(a->left_ms));
    json_object_set_new(j, "title", json_string(sm_safe_str(a->title)));
    json_object_set_new(j, "body", json_string(sm_safe_str(a->body)));
    return sm_json_text(j);
}

/* The user's own environment, without ours (a token may be in it), and two words of our own. */
static char **hook_environment(const SmAlertDecision *alert)
{
    char **all = g_get_environ();
    g_auto(GStrv) names = g_listenv();
    for (guint i = 0; names[i]; i++) {
        if (g_str_has_prefix(names[i], "SEATMUX_"))
            all = g_environ_unsetenv(all, names[i]);
    }
    all = g_environ_setenv(all, "SEATMUX_ALERT_LEVEL", sm_urgency_name(alert->level), TRUE);
    return g_environ_setenv(all, "SEATMUX_ALERT_KIND", sm_alert_kind_name(alert->kind), TRUE);
}

/* The whole input in memory, so that a hook that never reads it holds nobody up. */
static int input_of(const SmAlertDecision *alert)
{
    g_autofree char *json = sm_hook_json(alert);
    g_autofree char *line = g_strconcat(json, "\n", NULL);
    gsize n = strlen(line);
    int fd = memfd_create("alert", MFD_CLOEXEC);
    if (fd >= 0 && write(fd, line, n) == (gssize)n && lseek(fd, 0, SEEK_SET) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static void trace_output(Run *run, char *bytes, gsize n)
{
    n = MIN(n, SM_HOOK_OUTPUT_BYTES - run->traced);
    run->traced += n;
    while (n > 0) {
        char *end = memchr(bytes, '\n', n);
        gsize line = end ? (gsize)(end - bytes) : n;
        if (line > 0)
            sm_trace(run->hook->trace, SM_TRACE_INFO, "hook", "%.*s", (int)line, bytes);
        gsize used = line + (end ? 1 : 0);
        bytes += used;
        n -= used;
    }
}

static void read_output(Run *run)
{
    char bytes[1024];
    for (guint i = 0; run->out >= 0 && i < READS_AT_ONCE; i++) {
        gssize got = sm_child_read(run->out, bytes, sizeof bytes);
        if (got < 0)
            return;
        if (got == 0)
            stop_reading(run);
        else
            trace_output(run, bytes, (gsize)got);
    }
}

static void readable(int fd, GIOCondition condition, void *data)
{
    read_output(data);
}

static void ended(SmChild *child, int status, void *data)
{
    Run *run = data;
    SmHook *hook = run->hook;
    read_output(run);
    run_clear(run);
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    if (code != 0)
        sm_trace(hook->trace, SM_TRACE_WARN, "hook", "ended with %d", code);
    if (hook->done)
        hook->done(hook, code, hook->user);
}

static void too_long(void *data)
{
    Run *run = data;
    run->limit = 0;
    sm_trace(run->hook->trace, SM_TRACE_WARN, "hook", "killed after %d ms",
             (int)run->hook->limit_ms);
    sm_child_kill(run->child);
}

static Run *free_place(SmHook *hook)
{
    for (guint i = 0; i < SM_HOOKS_AT_ONCE; i++) {
        if (!hook->runs[i].hook)
            return &hook->runs[i];
    }
    return NULL;
}

static SmChild *start(SmHook *hook, Run *run, const SmAlertDecision *alert, int *out,
                      GError **error)
{
    int in = input_of(alert);
    int ends[2] = {-1, -1};
    SmChild *child = NULL;
    if (in < 0 || pipe2(ends, O_CLOEXEC) != 0) {
        g_set_error(error, SM_ERROR, SM_ERROR_FAILED, "hook: %s", g_strerror(errno));
    } else {
        g_auto(GStrv) environment = hook_environment(alert);
        fcntl(ends[0], F_SETFL, O_NONBLOCK);
        child = sm_child_spawn(hook->loop, (const char *const *)hook->argv, environment, in,
                               ends[1], TRUE, ended, run, error);
    }
    if (in >= 0)
        close(in);
    if (ends[1] >= 0)
        close(ends[1]);
    if (!child && ends[0] >= 0)
        close(ends[0]);
    *out = child ? ends[0] : -1;
    return child;
}

gboolean sm_hook_run(SmHook *hook, const SmAlertDecision *alert, GError **error)
{
    if (!hook->argv) {
        g_set_error(error, SM_ERROR, SM_ERROR_NOT_FOUND, "no hook command is set");
        return FALSE;
    }
    Run *run = free_place(hook);
    if (!run) {
        g_set_error(error, SM_ERROR, SM_ERROR_BUSY, "%d hooks run already", SM_HOOKS_AT_ONCE);
        return FALSE;
    }
    int out;
    SmChild *child = start(hook, run, alert, &out, error);
    if (!child)
        return FALSE;
    *run = (Run){.hook = hook, .child = child, .out = out};
    run->can_read = sm_loop_fd(hook->loop, out, G_IO_IN | G_IO_HUP, readable, run);
    run->limit = sm_loop_after(hook->loop, hook->limit_ms, too_long, run);
    return TRUE;
}
