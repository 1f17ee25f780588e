/* SPDX-License-Identifier: MIT */
#include "ui/editor_child.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"
#include "seatmux/base/paths.h"

struct SmEditorChild {
    char *file;
    char *before;
    guint watch;
    SmEditorDone done;
    void *user;
};

SmEditorChild *sm_editor_child_new(SmLoop *loop)
{
    return g_new0(SmEditorChild, 1);
}

static void forget(SmEditorChild *child)
{
    if (child->file)
        g_unlink(child->file);
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
    forget(child);
    g_free(child);
}

static void ended(GPid pid, int status, void *user)
{
    SmEditorChild *child = user;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    gsize n = 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        text = sm_path_read(child->file, SM_MAX_MESSAGE_BYTES, &n, &error);
    else
        g_set_error(&error, SM_ERROR, SM_ERROR_FAILED, "the editor ended with a failure; the text is as it was");
    if (text && (memchr(text, '\0', n) || !g_utf8_validate(text, (gssize)n, NULL))) {
        g_set_error(&error, SM_ERROR, SM_ERROR_INVALID, "the editor left a file that is not UTF-8 text");
        g_clear_pointer(&text, g_free);
    }
    /* Editors end files with a newline; messages do not. */
    if (text && n && text[n - 1] == '\n')
        text[n - 1] = '\0';
    gboolean same = text && strcmp(text, child->before) == 0;
    g_spawn_close_pid(pid);
    forget(child);
    child->done(same ? NULL : text, error, child->user);
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

gboolean sm_editor_child_start(SmEditorChild *child, const char *text, SmEditorDone done, void *user, GError **error)
{
    if (child->watch) {
        g_set_error(error, SM_ERROR, SM_ERROR_BUSY, "an editor is open already");
        return FALSE;
    }
    g_autofree char *directory = sm_path_runtime(NULL);
    g_autofree char *file = directory ? g_build_filename(directory, "draft.txt", NULL) : NULL;
    if (!file || !sm_path_make_private_dir(directory, error) || !sm_path_write(file, text, strlen(text), 0600, error))
        return FALSE;
    g_auto(GStrv) argv = editor_argv(file, error);
    GPid pid;
    if (!argv || !g_spawn_async(NULL, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD |
                                G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL, &pid, error)) {
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
