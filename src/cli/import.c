/* SPDX-License-Identifier: MIT */
/* import: an exported log becomes a new desk. All of it or nothing: it is written beside its place,
 * and put there by one rename when the last line is on disk. Meanwhile it holds the lock of the desk that
 * it makes: no other import, init or server may be at it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/admin.h"
#include "cli/findings.h"
#include "seatmux/base/error.h"
#include "seatmux/base/lock.h"
#include "seatmux/base/paths.h"
#include "seatmux/desk/desk.h"

#define GROUP 500 /* records under way at once: one fsync for all of them */

typedef struct {
    SmLoop *loop;
    SmLog *log;
    SmDesk *desk;    /* the fold proves that the records are a log */
    GArray *numbers; /* int64_t: lines of the records under way, in order */
    guint answered;
    SmFileStore *store; /* NULL: files are left out */
    const char *files;  /* where they come from */
    guint without;      /* files that the log names and nobody brought */
    GError *error; /* the first; names its line */
} Import;

static void appended(const GError *error, void *user)
{
    Import *import = user;
    int64_t number = g_array_index(import->numbers, int64_t, import->answered++);

    if (error && !import->error)
        import->error = g_error_new(error->domain, error->code, "line %" G_GINT64_FORMAT ": %s",
                                    number, error->message);
    if (import->answered == import->numbers->len)
        sm_loop_quit(import->loop);
}

/* Waits until what is under way is on disk. */
static gboolean settle(Import *import, GError **error)
{
    if (import->answered < import->numbers->len)
        sm_loop_run(import->loop);
    g_array_set_size(import->numbers, 0);
    import->answered = 0;
    if (import->error)
        g_propagate_error(error, g_steal_pointer(&import->error));
    return !error || !*error;
}

/* A file that was not erased must be there, if any are. */
static gboolean take_files(Import *import, const SmRecord *record, GError **error)
{
    for (guint i = 0; i < record->events->len; i++) {
        const SmEvent *event = record->events->pdata[i];
        const char *id = sm_event_file(event);
        if (!id || !event->text)
            continue;
        if (!import->store) {
            import->without++;
            continue;
        }
        SmFile file = {.id = (char *)id,
                       .conversation = event->conversation,
                       .actor = record->actor,
                       .name = event->text,
                       .type = (char *)sm_json_str(event->data, "type", ""),
                       .size = sm_json_int(event->data, "size", 0),
                       .at = record->at};
        g_autofree char *path = g_build_filename(import->files, id, NULL);
        if (!sm_file_store_copy_in(import->store, &file, path, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean take(Import *import, SmRecord *record, int64_t number, GError **error)
{
    g_autoptr(GPtrArray) one = g_ptr_array_new_with_free_func((GDestroyNotify)sm_record_unref);
    int64_t before = record->seq - 1;

    if (!sm_desk_apply(import->desk, record, error) || !take_files(import, record, error))
        return FALSE;
    g_ptr_array_add(one, sm_record_ref(record));
    g_array_append_val(import->numbers, number);
    sm_log_append(import->log, before, one, appended, import);
    return import->numbers->len < GROUP || settle(import, error);
}

static int64_t take_all(Import *import, GError **error)
{
    g_autoptr(SmLogLines) lines =
        sm_log_lines_new(fdopen(dup(STDIN_FILENO), "r"), "standard input");

    for (;;) {
        g_autoptr(GError) own = NULL;
        g_autoptr(SmRecord) record = sm_log_lines_next(lines, &own);
        if (!record && !own && settle(import, &own))
            return sm_log_lines_number(lines);
        if (!record || !take(import, record, sm_log_lines_number(lines), &own)) {
            settle(import, NULL);
            g_propagate_error(error, g_steal_pointer(&own));
            return -1;
        }
    }
}

/* The number of records, or -1 and nothing is left of the file. */
static int64_t build(const char *path, SmFileStore *store, const char *files, guint *without, GError **error)
{
    g_autoptr(SmRng) rng = sm_rng_new_secure();
    Import import = {.loop = sm_loop_new_glib(),
                     .desk = sm_desk_new(1),
                     .store = store,
                     .files = files,
                     .numbers = g_array_new(FALSE, FALSE, sizeof(int64_t))};
    int64_t n = -1;

    import.log = sm_log_open_sqlite(path, import.loop, rng, error);
    if (import.log)
        n = take_all(&import, error);
    if (n == 0) {
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "standard input is empty: no log to import");
        n = -1;
    }
    sm_log_close(import.log);
    *without = import.without;
    g_clear_error(&import.error);
    g_array_unref(import.numbers);
    sm_desk_free(import.desk);
    sm_loop_free(import.loop);
    return n;
}

/* The draft itself goes last: while it is there, so is perhaps what else belongs to it. */
static void remove_draft(const char *path)
{
    static const char *const ends[] = {"-wal", "-shm", ".lock", ".last", ""};

    for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
        g_autofree char *file = g_strconcat(path, ends[i], NULL);
        unlink(file);
    }
}

/* What an import that was killed left. Files without its draft are somebody's. */
static gboolean make_room(const char *draft, const char *shelves, gboolean files, GError **error)
{
    if (g_file_test(draft, G_FILE_TEST_EXISTS))
        sm_path_remove_all(shelves);
    remove_draft(draft);
    if (!files || !g_file_test(shelves, G_FILE_TEST_EXISTS))
        return sm_path_write(draft, "", 0, 0600, error);
    g_set_error(error, SM_ERROR, SM_ERROR_BUSY, "%s: there are files already", shelves);
    return FALSE;
}

static gboolean put_in_place(const char *draft, const char *database, const char *directory,
                             GError **error)
{
    return (rename(draft, database) == 0 || sm_path_failed(error, database)) && sm_path_sync_dir(directory, error);
}

static int64_t import_locked(const char *directory, const char *files, guint *without, GError **error)
{
    g_autofree char *shelves = g_build_filename(directory, SM_FILES_DIRECTORY, NULL);
    g_autofree char *database = g_build_filename(directory, "desk.db", NULL);
    g_autofree char *draft = g_build_filename(directory, "desk.db.importing", NULL);
    SmFileStore *store = NULL;
    int64_t n = -1;

    if (g_file_test(database, G_FILE_TEST_EXISTS)) {
        g_set_error(error, SM_ERROR, SM_ERROR_BUSY, "%s: there is a desk already", directory);
        return -1;
    }
    if (!make_room(draft, shelves, files != NULL, error))
        return -1;
    store = files ? sm_file_store_open(shelves, FALSE, error) : NULL;
    if (!files || store)
        n = build(draft, store, files, without, error);
    sm_file_store_close(store);
    if (n >= 0 && !put_in_place(draft, database, directory, error))
        n = -1;
    if (n < 0 && files)
        sm_path_remove_all(shelves);
    remove_draft(draft);
    return n;
}

static int64_t import_into(const char *directory, const char *files, guint *without, GError **error)
{
    g_autofree char *lock_path = g_build_filename(directory, "desk.db.lock", NULL);
    gboolean made = !g_file_test(directory, G_FILE_TEST_EXISTS);
    SmLock *lock = sm_path_make_private_dir(directory, error) ? sm_lock_take(lock_path, "the log", error) : NULL;
    int64_t n = lock ? import_locked(directory, files, without, error) : -1;

    if (lock && n < 0 && made) {
        unlink(lock_path);
        rmdir(directory);
    }
    sm_lock_release(lock);
    return n;
}

int sm_cli_import(int argc, char **argv)
{
    g_autofree char *data = NULL, *files = NULL;
    const GOptionEntry entries[] = {
        {"data", 0, 0, G_OPTION_ARG_FILENAME, &data, "the new desk's directory", "NEWDIR"},
        {"files", 0, 0, G_OPTION_ARG_FILENAME, &files, "where seatmuxd export put the files that were sent", "DIR"},
        G_OPTION_ENTRY_NULL};
    if (!sm_admin_options(&argc, &argv, entries,
                          "- make a desk of an exported log (standard input)"))
        return 2;
    if (!data || argc != 1) {
        sm_cli_error("usage: seatmuxd import --data NEWDIR [--files DIR] < FILE\n");
        return 2;
    }
    g_autoptr(GError) error = NULL;
    guint without = 0;
    int64_t n = import_into(data, files, &without, &error);
    if (n < 0) {
        sm_cli_error("seatmuxd: %s; nothing was imported\n", error ? error->message : "failed");
        return 1;
    }
    printf("%" G_GINT64_FORMAT
           " records are in %s, the policy among them. Passwords are never exported: give each\n"
           "agent a new one with: seatmuxd agent password NAME --data %s\n",
           n, data, data);
    if (without > 0)
        printf("%u files that were sent are not there: seatmuxd export --files DIR, then import --files DIR, brings them.\n",
               without);
    return 0;
}
