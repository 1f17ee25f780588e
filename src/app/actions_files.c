/* SPDX-License-Identifier: MIT */
/* actions_files: files and links of a chat: send, open, save. */
#include "app/actions.h"

#include <string.h>

#include "seatmux/base/paths.h"
#include "seatmux/text/sanitise.h"

const char *sm_app_file_kind(const char *type)
{
    switch (sm_file_kind_of_type(type)) {
    case SM_FILE_IMAGE:
        return N_("picture");
    case SM_FILE_PDF:
        return N_("PDF");
    case SM_FILE_TEXT:
        return N_("text");
    case SM_FILE_OFFICE:
        return N_("document");
    case SM_FILE_AUDIO:
        return N_("sound");
    case SM_FILE_VIDEO:
        return N_("film");
    case SM_FILE_ARCHIVE:
        return N_("archive");
    default:
        return N_("file");
    }
}

const char *sm_why_no_files(SmApp *app)
{
    if (app->practice)
        return _("Practice has no files.");
    if (sm_desk_policy(sm_client_desk(app->client))->file_kinds == 0)
        return _("This desk takes no files.");
    return sm_why_no_chat(app);
}

const char *sm_why_no_file_here(SmApp *app)
{
    const char *why = sm_why_no_chat(app);

    if (why != NULL)
        return why;
    return sm_files_nth(sm_app_here(app)->chat.conversation, 1) != NULL ? NULL : _("There is no file in this chat.");
}

static gboolean can_send(SmApp *app, SmOwnChat *own)
{
    const SmConversation *c = own->chat.conversation;

    if (c->state != SM_STATE_RESOLVED || own->chat.note)
        return TRUE;
    sm_app_sayf(app, TRUE, _("Not sent: the chat with %S is over. The text is kept."), own->chat.name);
    return FALSE;
}

void sm_do_file(SmApp *app, const char *args)
{
    SmOwnChat *own = sm_app_here(app);
    g_autofree char *path = *args != '\0' ? sm_files_expand(args) : NULL;

    if (!can_send(app, own))
        return;
    if (path == NULL) {
        sm_files_ask_path(app, own);
    } else if (!g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
        g_autoptr(SmSafe) shown = sm_safe_screen_line(path, -1);
        sm_app_sayf(app, TRUE, _("%S is no file."), shown);
    } else if (sm_file_name_starts(path)) {
        g_autoptr(SmSafe) shown = sm_safe_screen_line(path, -1);
        sm_app_sayf(app, TRUE, _("%S: programs and scripts are not taken."), shown);
    } else {
        sm_files_send(app, own, path, FALSE);
    }
}

/* "[N] rest": which file, counted from the newest. NULL when there is none of that number. */
static const SmLine *numbered(SmApp *app, const char **args)
{
    char *end = NULL;
    guint64 n = g_ascii_isdigit(**args) ? g_ascii_strtoull(*args, &end, 10) : 1;

    if (end != NULL && (*end == ' ' || *end == '\0'))
        *args = end + strspn(end, " ");
    else
        n = 1;
    const SmLine *line = n > 0 && n < 10000 ? sm_files_nth(sm_app_here(app)->chat.conversation, (guint)n) : NULL;
    if (line == NULL)
        sm_app_sayf(app, TRUE, _("There is no file of that number in this chat."));
    return line;
}

void sm_do_open(SmApp *app, const char *args)
{
    const SmLine *line = numbered(app, &args);

    if (line != NULL)
        sm_files_view(app, sm_app_here(app), line);
}

void sm_do_save(SmApp *app, const char *args)
{
    const SmLine *line = numbered(app, &args);

    if (line != NULL)
        sm_files_save(app, sm_app_here(app), line, args);
}

void sm_do_files(SmApp *app, const char *args)
{
    SmOwnChat *own = sm_app_here(app);
    g_auto(GStrv) words = g_strsplit(args, " ", 2);

    if (*args == '\0') {
        sm_files_list(app, own);
        return;
    }
    const char *what = words[1] != NULL ? words[1] : "open";
    if (strcmp(what, "save-as") == 0) {
        g_autofree char *action = g_strconcat("save ", words[0], NULL);
        sm_ask_open(app, action, _("save it where?"), _("path>"));
        return;
    }
    g_autofree char *command = g_strdup_printf("%s %s", strcmp(what, "save") == 0 ? "save" : "open", words[0]);
    sm_app_run(app, command);
}

void sm_do_link(SmApp *app, const char *args)
{
    SmOwnChat *own = sm_app_here(app);
    const char *fault = sm_link_fault(sm_desk_policy(sm_client_desk(app->client)), args);

    if (*args == '\0') {
        sm_ask_open(app, "link", _("send a link: an address, then words about it"), _("link>"));
        return;
    }
    if (fault != NULL) {
        g_autoptr(SmSafe) why = sm_safe_line(_(fault), -1);
        sm_app_say(app, why, TRUE);
    } else if (can_send(app, own)) {
        sm_client_send_with(app->client, own->id, "post", args, json_pack("{s:s}", "kind", "link"), own->seen);
    }
}

/* --- A screenshot is a file like another -------------------------------------------------------------- */

typedef struct {
    SmLife *life;
    char *conversation, *path;
} Shot;

static void shot_free(Shot *shot)
{
    sm_life_unref(shot->life);
    g_free(shot->conversation);
    g_free(shot->path);
    g_free(shot);
}

static void shot_taken(GPid pid, gint status, gpointer user)
{
    Shot *shot = user;
    SmApp *app = shot->life->app;
    SmOwnChat *own = app != NULL ? sm_chats_get(app, shot->conversation) : NULL;
    gboolean ok = g_spawn_check_wait_status(status, NULL) && g_file_test(shot->path, G_FILE_TEST_IS_REGULAR);

    g_spawn_close_pid(pid);
    if (app != NULL && !ok)
        sm_app_sayf(app, TRUE, _("The command of the option screenshot made no file."));
    else if (own != NULL)
        sm_files_send(app, own, shot->path, TRUE);
    shot_free(shot);
}

void sm_do_screenshot(SmApp *app, const char *args)
{
    SmOwnChat *own = sm_app_here(app);
    g_autofree char *cache = sm_path_cache("files");
    g_autofree char *stamp = g_strdup_printf("screenshot-%" G_GINT64_FORMAT ".png", sm_loop_wall(app->loop) / 1000);
    g_autofree char *path = cache != NULL ? g_build_filename(cache, stamp, NULL) : NULL;
    g_autoptr(GError) error = NULL;
    GPid pid;

    if (!can_send(app, own))
        return;
    g_auto(GStrv) argv = path != NULL ? sm_path_argv(sm_options_str(app->options, "screenshot"), path, NULL) : NULL;
    if (argv == NULL || !sm_path_make_private_dir(cache, NULL)) {
        sm_app_sayf(app, TRUE, _("Say with the option screenshot which command makes one: it gets the path as its last word."));
        return;
    }
    if (!g_spawn_async(NULL, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                       NULL, NULL, &pid, &error)) {
        g_autoptr(SmSafe) why = sm_safe_screen_line(error->message, -1);
        sm_app_say(app, why, TRUE);
        return;
    }
    Shot *shot = g_new0(Shot, 1);
    shot->life = sm_life_ref(app->life);
    shot->path = g_steal_pointer(&path);
    shot->conversation = g_strdup(own->id);
    g_child_watch_add(pid, shot_taken, shot);
}
