/* SPDX-License-Identifier: MIT */
/* app_files: files on their way. The disk is touched by a thread of its own, so that neither a slow disk nor a large file
 * holds up a key; the bytes go over a connection of their own. A file that is sent becomes a message of the outbox once
 * the desk has its bytes; one that is fetched is written where the agent said, never over another. */
#include "app/app_private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/actions.h"
#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"
#include "seatmux/base/paths.h"
#include "seatmux/base/worker.h"
#include "seatmux/text/sanitise.h"

#define OLD_S 86400 /* files for viewing older than a day are thrown away */
#define NAMES_TRIED 100

typedef enum { WAY_SEND, WAY_SAVE, WAY_VIEW } Way;

struct SmTransfer {
    SmTransferView view; /* first */
    SmApp *app;
    Way way;
    char *conversation, *file, *path;
    gboolean note;
    gboolean own_name; /* SAVE: no name was said, another one will do */
    gboolean exists;   /* SAVE: something is there already */
    gboolean removes;  /* SEND: a file of ours, gone once it is read */
    SmClientFile *exchange;
    GBytes *bytes;
    GError *error;
};

/* --- The thread ------------------------------------------------------------------------------------- */

static void failed(GError **error, const char *path, const char *words)
{
    g_set_error(error, SM_ERROR, SM_ERROR_IO, "%s: %s", path, words);
}

static void read_file(SmTransfer *t)
{
    gsize n = 0;
    char *data = sm_path_read(t->path, SM_MAX_FILE_BYTES, &n, &t->error);

    if (data != NULL)
        t->bytes = g_bytes_new_take(data, n);
    if (t->removes)
        unlink(t->path);
}

/* "name (2).ext" beside "name.ext". */
static char *another_name(const char *path, int i)
{
    const char *name = strrchr(path, '/'), *dot = strrchr(name != NULL ? name : path, '.');
    gsize stem = dot != NULL && dot > (name != NULL ? name + 1 : path) ? (gsize)(dot - path) : strlen(path);

    return g_strdup_printf("%.*s (%d)%s", (int)stem, path, i, path + stem);
}

/* Never over an existing file, nor through a link that lies in wait there. */
static int open_new(SmTransfer *t)
{
    for (int i = 1; i <= NAMES_TRIED; i++) {
        g_autofree char *path = i == 1 ? g_strdup(t->path) : another_name(t->path, i);
        int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd >= 0) {
            g_free(t->path);
            t->path = g_steal_pointer(&path);
            return fd;
        }
        if (errno != EEXIST || !t->own_name)
            break;
    }
    t->exists = errno == EEXIST;
    failed(&t->error, t->path, g_strerror(errno));
    return -1;
}

static void write_file(SmTransfer *t)
{
    g_autofree char *directory = g_path_get_dirname(t->path);
    const void *data;
    gsize n;
    int fd;

    if (t->way == WAY_VIEW && !sm_path_make_private_dir(directory, &t->error))
        return;
    fd = open_new(t);
    if (fd < 0)
        return;
    data = g_bytes_get_data(t->bytes, &n);
    if (!sm_fd_write(fd, data, n) || fsync(fd) != 0) {
        failed(&t->error, t->path, g_strerror(errno));
        unlink(t->path);
    }
    close(fd);
}

static int run(GPtrArray *jobs, void *there)
{
    for (guint i = 0; i < jobs->len; i++) {
        SmTransfer *t = jobs->pdata[i];
        if (t->way == WAY_SEND)
            read_file(t);
        else
            write_file(t);
    }
    return -1;
}

/* --- On the loop ------------------------------------------------------------------------------------ */

static void transfer_free(void *data)
{
    SmTransfer *t = data;

    sm_safe_unref(t->view.name);
    g_free(t->conversation);
    g_free(t->file);
    g_free(t->path);
    g_clear_pointer(&t->bytes, g_bytes_unref);
    g_clear_error(&t->error);
    g_free(t);
}

static void forget(SmTransfer *t)
{
    SmApp *app = t->app;

    sm_client_file_cancel(t->exchange);
    g_ptr_array_remove_fast(app->transfers, t);
    transfer_free(t);
    sm_app_dirty(app, SM_DIRTY_PANES);
}

static void complain(SmTransfer *t, const char *raw)
{
    g_autoptr(SmSafe) why = sm_safe_screen_line(_(raw), -1);

    sm_app_sayf(t->app, TRUE, _("%S: %S"), t->view.name, why);
    forget(t);
}

static void progressed(int64_t sent, int64_t received, void *user)
{
    SmTransfer *t = user;
    int64_t now = t->way == WAY_SEND ? sent : received;
    gboolean seen = now * 100 / MAX(t->view.size, 1) != t->view.done * 100 / MAX(t->view.size, 1);

    t->view.done = MIN(now, t->view.size);
    if (seen)
        sm_app_dirty(t->app, SM_DIRTY_PANES);
}

/* A viewer of the user's choosing, without a shell: the path is one argument, whatever is in it. */
static gboolean view(SmApp *app, const char *path, GError **error)
{
    g_auto(GStrv) argv = sm_path_argv(sm_options_str(app->options, "viewer"), path, error);

    return argv != NULL && g_spawn_async(NULL, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                                         NULL, NULL, NULL, error);
}

static void written(SmTransfer *t)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SmSafe) path = sm_safe_screen_line(t->path, -1);

    if (t->way == WAY_SAVE)
        sm_app_sayf(t->app, FALSE, _("%S is saved as %S."), t->view.name, path);
    else if (view(t->app, t->path, &error))
        sm_app_sayf(t->app, FALSE, _("%S is opened."), t->view.name);
    else {
        g_autoptr(SmSafe) why = sm_safe_screen_line(error->message, -1);
        sm_app_sayf(t->app, TRUE, _("%S can't be opened (option viewer): %S"), t->view.name, why);
    }
    forget(t);
}

static void uploaded(gboolean ok, const char *code, const char *words, const json_t *body, GBytes *bytes, void *user)
{
    SmTransfer *t = user;
    SmOwnChat *own = sm_chats_get(t->app, t->conversation);

    t->exchange = NULL;
    if (!ok) {
        complain(t, sm_app_why_not_done(code, words));
        return;
    }
    const char *name = sm_json_str(body, "name", t->file);
    if (sm_client_send_with(t->app->client, t->conversation, t->note ? "note" : "post", name,
                            json_pack("{s:s}", "file", t->file), t->note || own == NULL ? -1 : own->seen) == NULL)
        complain(t, N_("too many messages wait already; the file was not sent"));
    else
        forget(t);
}

static void read_done(SmTransfer *t)
{
    int64_t size = (int64_t)g_bytes_get_size(t->bytes);
    const SmPolicy *policy = sm_desk_policy(sm_client_desk(t->app->client));

    if (size == 0) {
        complain(t, N_("the file is empty"));
    } else if (size > policy->file_bytes) {
        g_autofree char *most = g_format_size_full((guint64)policy->file_bytes, G_FORMAT_SIZE_IEC_UNITS);
        g_autofree char *words = g_strdup_printf(_("a file may have %s at most here"), most);
        complain(t, words);
    } else {
        g_autofree char *name = g_path_get_basename(t->path);
        t->view.size = size;
        t->exchange = sm_client_upload(t->app->client, t->conversation, t->file, name, t->bytes, progressed, uploaded, t);
        sm_app_dirty(t->app, SM_DIRTY_PANES);
    }
}

static void done(GPtrArray *jobs, void *here)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new();

    for (guint i = 0; i < jobs->len; i++)
        g_ptr_array_add(all, jobs->pdata[i]);
    g_ptr_array_set_size(jobs, 0); /* they are the app's */
    for (guint i = 0; i < all->len; i++) {
        SmTransfer *t = all->pdata[i];
        if (t->exists) {
            g_autoptr(SmSafe) path = sm_safe_screen_line(t->path, -1);
            sm_app_sayf(t->app, TRUE, _("%S is there already; nothing was written."), path);
            forget(t);
        } else if (t->error != NULL)
            complain(t, t->error->message);
        else if (t->way == WAY_SEND)
            read_done(t);
        else
            written(t);
    }
}

static const SmWorkerOps ops = {.run = run, .done = done, .batch = 1};

/* A virtual loop has no threads: there the disk is used at once. */
static void to_disk(SmTransfer *t)
{
    SmApp *app = t->app;

    if (sm_loop_is_virtual(app->loop)) {
        g_autoptr(GPtrArray) one = g_ptr_array_new();
        g_ptr_array_add(one, t);
        run(one, NULL);
        done(one, app);
        return;
    }
    if (app->disk == NULL)
        app->disk = sm_worker_new(app->loop, "seatmux-files", &ops, app, NULL);
    sm_worker_push(app->disk, t, 0);
}

static void fetched(gboolean ok, const char *code, const char *words, const json_t *body, GBytes *bytes, void *user)
{
    SmTransfer *t = user;

    t->exchange = NULL;
    if (!ok || bytes == NULL) {
        complain(t, sm_app_why_not_done(code, words));
        return;
    }
    t->bytes = g_bytes_ref(bytes);
    to_disk(t);
}

/* --- What the commands ask -------------------------------------------------------------------------- */

static SmTransfer *transfer_new(SmApp *app, Way way, const char *conversation, SmSafe *name)
{
    SmTransfer *t = g_new0(SmTransfer, 1);

    t->app = app;
    t->way = way;
    t->conversation = g_strdup(conversation);
    t->view = (SmTransferView){.name = name, .sending = way == WAY_SEND};
    g_ptr_array_add(app->transfers, t);
    sm_app_dirty(app, SM_DIRTY_PANES);
    return t;
}

static gboolean is_full(SmApp *app)
{
    if (app->transfers->len < SM_MAX_UPLOADS_PER_SESSION)
        return FALSE;
    sm_app_sayf(app, TRUE, _("%d files are on their way; wait for one of them."), (int)app->transfers->len);
    return TRUE;
}

void sm_files_send(SmApp *app, SmOwnChat *own, const char *path, gboolean removes)
{
    g_autofree char *name = g_path_get_basename(path);

    if (is_full(app))
        return;
    SmTransfer *t = transfer_new(app, WAY_SEND, own->id, sm_safe_file_name(name, -1));
    t->path = g_strdup(path);
    t->note = own->chat.note;
    t->removes = removes;
    t->file = sm_client_new_id(app->client);
    to_disk(t);
}

static void fetch(SmApp *app, SmOwnChat *own, const SmLine *line, Way way, char *path, gboolean own_name)
{
    SmTransfer *t = transfer_new(app, way, own->id, sm_safe_file_name(line->text, -1));

    t->path = path;
    t->own_name = own_name;
    t->file = g_strdup(sm_json_str(line->file, "id", ""));
    t->view.size = sm_json_int(line->file, "size", 0);
    t->exchange = sm_client_fetch(app->client, own->id, t->file, t->view.size, progressed, fetched, t);
}

static char *downloads(SmApp *app)
{
    const char *set = sm_options_str(app->options, "downloads");
    const char *known = g_get_user_special_dir(G_USER_DIRECTORY_DOWNLOAD);

    if (*set != '\0')
        return sm_files_expand(set);
    return g_strdup(known != NULL ? known : g_get_home_dir());
}

char *sm_files_expand(const char *typed)
{
    if (typed[0] == '~' && (typed[1] == '/' || typed[1] == '\0'))
        return g_build_filename(g_get_home_dir(), typed + 1, NULL);
    return g_canonicalize_filename(typed, NULL);
}

void sm_files_save(SmApp *app, SmOwnChat *own, const SmLine *line, const char *typed)
{
    g_autoptr(SmSafe) name = sm_safe_file_name(line->text, -1);
    g_autofree char *path = typed != NULL && *typed != '\0' ? sm_files_expand(typed) : downloads(app);
    gboolean directory = g_file_test(path, G_FILE_TEST_IS_DIR);

    if (is_full(app))
        return;
    fetch(app, own, line, WAY_SAVE, directory ? g_build_filename(path, sm_safe_str(name), NULL) : g_steal_pointer(&path), directory);
}

void sm_files_view(SmApp *app, SmOwnChat *own, const SmLine *line)
{
    g_autoptr(SmSafe) name = sm_safe_file_name(line->text, -1);
    g_autofree char *cache = sm_path_cache("files");

    if (is_full(app))
        return;
    if (cache == NULL) {
        sm_app_sayf(app, TRUE, _("There is no place to keep it while it is looked at; save it."));
        return;
    }
    fetch(app, own, line, WAY_VIEW, g_build_filename(cache, sm_json_str(line->file, "id", "x"), sm_safe_str(name), NULL), TRUE);
}

const GPtrArray *sm_app_transfers(SmApp *app, const char *conversation)
{
    g_ptr_array_set_size(app->transfers_shown, 0);
    for (guint i = 0; i < app->transfers->len; i++) {
        SmTransfer *t = app->transfers->pdata[i];
        if (g_strcmp0(t->conversation, conversation) == 0)
            g_ptr_array_add(app->transfers_shown, &t->view);
    }
    return app->transfers_shown;
}

/* --- Life ------------------------------------------------------------------------------------------- */

static void tidy(const char *directory)
{
    g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(directory, name, NULL);
        struct stat info;
        if (lstat(path, &info) < 0 || info.st_mtime > time(NULL) - OLD_S)
            continue;
        if (S_ISDIR(info.st_mode)) {
            tidy(path);
            rmdir(path);
        } else {
            unlink(path);
        }
    }
}

void sm_files_new(SmApp *app)
{
    g_autofree char *cache = sm_path_cache("files");

    app->transfers = g_ptr_array_new();
    app->transfers_shown = g_ptr_array_new();
    if (cache != NULL)
        tidy(cache);
}

void sm_files_free(SmApp *app)
{
    if (app->disk != NULL)
        sm_worker_close(app->disk, -1, FALSE);
    for (guint i = 0; i < app->transfers->len; i++) {
        SmTransfer *t = app->transfers->pdata[i];
        sm_client_file_cancel(t->exchange);
        transfer_free(t);
    }
    g_ptr_array_unref(app->transfers);
    g_ptr_array_unref(app->transfers_shown);
}
