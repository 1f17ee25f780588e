/* SPDX-License-Identifier: MIT */
#include "ui/editor_child.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "seatmux/app/intl.h"
#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"
#include "seatmux/base/paths.h"
#include "seatmux/text/sanitise.h"

struct SmEditorChild {
    char *file;
    char *before;
    guint watch;
    struct sigaction interrupt; /* what Ctrl-C does, while it is the editor's */
    SmEditorDone done;
    void *user;
};

SmEditorChild *sm_editor_child_new(SmLoop *loop)
{
    return g_new0(SmEditorChild, 1);
}

static void forget(SmEditorChild *child)
{
    if (child->watch)
        sigaction(SIGINT, &child->interrupt, NULL);
    g_clear_pointer(&child->file, g_free);
    g_clear_pointer(&child->before, g_free);
    child->watch = 0;
}

void sm_editor_child_free(SmEditorChild *child)
{
    if (!child)
        return;
    if (child->watch)
        g_source_remove(child->watch);
    if (child->file)
        g_unlink(child->file);
    forget(child);
    g_free(child);
}

/* What may be a draft of it; NULL and error: not all of it may, and none is taken. */
static char *take(const char *file, GError **error)
{
    gsize n = 0;
    g_autofree char *text = sm_path_read(file, SM_MAX_PASTE_BYTES, &n, error);
    if (text && (memchr(text, '\0', n) || !g_utf8_validate(text, (gssize)n, NULL)))
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "%s", _("the editor left a file that is not UTF-8 text"));
    if (!text || *error)
        return NULL;
    g_autofree char *clean = g_strchomp(sm_text_input(text, (gssize)n, TRUE));
    if (g_utf8_strlen(clean, -1) > SM_MAX_DRAFT_CHARS) {
        g_set_error(error, SM_ERROR, SM_ERROR_LIMIT, _("the text is longer than %d characters"), SM_MAX_DRAFT_CHARS);
        return NULL;
    }
    /* Editors end files with a newline; messages do not. */
    if (n && text[n - 1] == '\n')
        text[n - 1] = '\0';
    return g_steal_pointer(&text);
}

static void ended(GPid pid, int status, void *user)
{
    SmEditorChild *child = user;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    gboolean dropped = WIFEXITED(status) && WEXITSTATUS(status) != 0; /* so editors are left without saving */
    if (WIFEXITED(status) && !dropped)
        text = take(child->file, &error);
    else
        g_set_error(&error, SM_ERROR, SM_ERROR_FAILED, "%s", _("the editor ended with a failure; the text is as it was"));
    gboolean stays = error && !dropped && g_file_test(child->file, G_FILE_TEST_IS_REGULAR);
    if (stays)
        g_prefix_error(&error, _("what was written stays in %s: "), child->file);
    gboolean same = text && strcmp(text, child->before) == 0;
    g_autofree char *file = g_strdup(child->file);
    g_spawn_close_pid(pid);
    forget(child);
    if (child->done(same ? NULL : text, file, error, child->user) && !stays)
        g_unlink(file);
}

static char **editor_argv(const char *file, GError **error)
{
    const char *editor = g_getenv("VISUAL");
    if (!editor || !*editor)
        editor = g_getenv("EDITOR");
    if (!editor || !*editor)
        editor = "vi";
    return sm_path_argv(editor, file, error);
}

/* A file of its own: another seatmux, of another desk, may lend its terminal to an editor meanwhile. */
static char *draft_file(const char *text, GError **error)
{
    g_autofree char *directory = sm_path_runtime(NULL);
    if (!directory || !sm_path_make_private_dir(directory, error))
        return NULL;
    g_autofree char *file = g_build_filename(directory, "draft-XXXXXX.txt", NULL);
    int fd = g_mkstemp_full(file, O_WRONLY | O_CLOEXEC, 0600);
    gboolean ok = (fd >= 0 && sm_fd_write(fd, text, strlen(text))) || sm_path_failed(error, file);
    if (fd >= 0)
        close(fd);
    if (!ok && fd >= 0)
        g_unlink(file);
    return ok ? g_steal_pointer(&file) : NULL;
}

static void hear_interrupts(void *user)
{
    signal(SIGINT, SIG_DFL);
}

gboolean sm_editor_child_start(SmEditorChild *child, const char *text, SmEditorDone done, void *user, GError **error)
{
    if (child->watch) {
        g_set_error(error, SM_ERROR, SM_ERROR_BUSY, "an editor is open already");
        return FALSE;
    }
    g_autofree char *file = draft_file(text, error);
    if (!file)
        return FALSE;
    g_auto(GStrv) argv = editor_argv(file, error);
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    GPid pid;
    sigaction(SIGINT, &ignore, &child->interrupt);
    if (!argv || !g_spawn_async(NULL, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_CHILD_INHERITS_STDIN,
                                hear_interrupts, NULL, &pid, error)) {
        sigaction(SIGINT, &child->interrupt, NULL);
        g_unlink(file);
        return FALSE;
    }
    child->file = g_steal_pointer(&file);
    child->before = g_strdup(text);
    child->done = done;
    child->user = user;
    child->watch = g_child_watch_add(pid, ended, child);
    return TRUE;
}
