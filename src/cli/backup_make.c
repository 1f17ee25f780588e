/* SPDX-License-Identifier: MIT */
/* backup_make: the log first, then what it leans on: a file or a login that a record names was there before the record. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/admin.h"
#include "cli/backup.h"
#include "cli/version.h"
#include "seatmux/base/error.h"
#include "seatmux/base/json.h"
#include "seatmux/base/paths.h"
#include "seatmux/server/secrets.h"

#define NOTE_BYTES (4 << 20)
#define RESTORING ".restoring" /* in the new desk's directory, until all of it is there */

void sm_backup_facts_clear(SmBackupFacts *facts)
{
    g_free(facts->log.desk);
    g_free(facts->made);
    sm_file_count_clear(&facts->files);
    *facts = (SmBackupFacts){0};
}

/* The parts of `from`, copied to `to`, which is an empty directory. */
static gboolean copy_parts(const char *from, const char *to, SmFileCount *count, GError **error)
{
    g_autofree char *files = g_build_filename(from, SM_FILES_DIRECTORY, NULL), *files_to = g_build_filename(to, SM_FILES_DIRECTORY, NULL);

    for (guint i = 0; SM_BACKUP_PARTS[i]; i++) {
        g_autofree char *part = g_build_filename(from, SM_BACKUP_PARTS[i], NULL), *copy = g_build_filename(to, SM_BACKUP_PARTS[i], NULL);
        gboolean ok;
        if (i >= SM_BACKUP_NEEDED && !g_file_test(part, G_FILE_TEST_EXISTS))
            continue;
        if (i == 0)
            ok = sm_log_copy(part, copy, error);
        else if (i == 1)
            ok = sm_secrets_copy(part, copy, error);
        else if (i == 2)
            ok = sm_file_store_copy(files, files_to, count, error);
        else
            ok = sm_backup_copy_plain(part, copy, error);
        if (!ok)
            return FALSE;
    }
    return TRUE;
}

/* --- backup.json --------------------------------------------------------------------------------- */

static char *iso(int64_t ms)
{
    g_autoptr(GDateTime) when = g_date_time_new_from_unix_utc(ms / 1000);

    return when ? g_date_time_format(when, "%Y-%m-%dT%H:%M:%SZ") : g_strdup("");
}

static gboolean write_note(const char *directory, const SmBackupFacts *facts, GError **error)
{
    g_autofree char *path = g_build_filename(directory, SM_BACKUP_NOTE, NULL), *last = iso(facts->log.at);
    g_autoptr(json_t) note = json_pack("{s:i s:s s:s s:s s:I s:s s:I s:I}", "backup", SM_BACKUP_FORM, "program", SM_VERSION, "made", facts->made,
                                       "desk", facts->log.desk, "records", (json_int_t)facts->log.records, "last", last, "files",
                                       (json_int_t)facts->files.files, "bytes", (json_int_t)facts->files.bytes);
    json_t *sums = json_object();

    json_object_set_new(note, "without", sm_json_texts(facts->files.without));
    json_object_set_new(note, "sha256", sums);
    for (guint i = 0; SM_BACKUP_PARTS[i]; i++) {
        g_autofree char *part = g_build_filename(directory, SM_BACKUP_PARTS[i], NULL);
        if (!g_file_test(part, G_FILE_TEST_EXISTS))
            continue;
        g_autofree char *sum = sm_backup_sum(part, error);
        if (!sum)
            return FALSE;
        json_object_set_new(sums, SM_BACKUP_PARTS[i], json_string(sum));
    }
    g_autofree char *text = sm_json_text(note), *line = g_strconcat(text, "\n", NULL);
    return sm_path_write(path, line, strlen(line), 0600, error);
}

static json_t *read_note(const char *directory, GError **error)
{
    g_autofree char *path = g_build_filename(directory, SM_BACKUP_NOTE, NULL);
    gsize n = 0;

    if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
        g_set_error(error, SM_ERROR, SM_ERROR_NOT_FOUND, "%s is no backup, or one that did not come to its end: it has no %s", directory,
                    SM_BACKUP_NOTE);
        return NULL;
    }
    g_autofree char *text = sm_path_read(path, NOTE_BYTES, &n, error);
    g_autoptr(json_t) note = text ? sm_json_parse(text, n, NOTE_BYTES, error) : NULL;
    if (!note) {
        g_prefix_error(error, "%s: ", path);
        return NULL;
    }
    int64_t form = sm_json_int(note, "backup", 0);
    if (form > SM_BACKUP_FORM)
        g_set_error(error, SM_ERROR, SM_ERROR_VERSION, "%s: this backup was made by a newer seatmux (%s)", directory, sm_json_str(note, "program", "?"));
    else if (form < 1 || !json_is_object(json_object_get(note, "sha256")))
        g_set_error(error, SM_ERROR, SM_ERROR_CORRUPT, "%s is damaged: it does not say what the backup holds", path);
    else
        return g_steal_pointer(&note);
    return NULL;
}

/* What the note says must be there, byte for byte. */
static gboolean as_made(const char *directory, const json_t *note, GError **error)
{
    const json_t *sums = json_object_get(note, "sha256");

    for (guint i = 0; SM_BACKUP_PARTS[i]; i++) {
        const char *wanted = sm_json_str(sums, SM_BACKUP_PARTS[i], NULL);
        g_autofree char *path = g_build_filename(directory, SM_BACKUP_PARTS[i], NULL);
        if (!wanted && i >= SM_BACKUP_NEEDED)
            continue;
        g_autofree char *sum = sm_backup_sum(path, error);
        if (!sum)
            return FALSE;
        if (g_strcmp0(sum, wanted) != 0) {
            g_set_error(error, SM_ERROR, SM_ERROR_CORRUPT, "%s is not what was backed up: the backup is damaged", path);
            return FALSE;
        }
    }
    return TRUE;
}

/* --- Checking ------------------------------------------------------------------------------------ */

static gboolean check_parts(const char *directory, GPtrArray *without, SmLogFacts *facts, SmFileCount *count, GError **error)
{
    g_autofree char *log = g_build_filename(directory, SM_BACKUP_PARTS[0], NULL), *secrets = g_build_filename(directory, SM_BACKUP_PARTS[1], NULL);
    g_autofree char *files = g_build_filename(directory, SM_FILES_DIRECTORY, NULL);

    return sm_log_check(log, facts, error) && sm_secrets_check(secrets, error) &&
           (!g_file_test(files, G_FILE_TEST_IS_DIR) || sm_file_store_check(files, without, count, error));
}

static GPtrArray *left_out(const json_t *note)
{
    GPtrArray *without = g_ptr_array_new_with_free_func(g_free);
    size_t i;
    json_t *hash;

    json_array_foreach(json_object_get(note, "without"), i, hash) {
        if (json_is_string(hash))
            g_ptr_array_add(without, g_strdup(json_string_value(hash)));
    }
    return without;
}

gboolean sm_backup_check(const char *from, SmBackupFacts *facts, GError **error)
{
    g_autoptr(json_t) note = read_note(from, error);

    if (!note || !as_made(from, note, error))
        return FALSE;
    g_autoptr(GPtrArray) without = left_out(note);
    facts->made = g_strdup(sm_json_str(note, "made", ""));
    return check_parts(from, without, &facts->log, &facts->files, error);
}

/* --- Making -------------------------------------------------------------------------------------- */

static gboolean fill(const char *data, const char *draft, SmBackupFacts *facts, GError **error)
{
    SmFileCount checked = {0};
    gboolean ok = copy_parts(data, draft, &facts->files, error) &&
                  check_parts(draft, facts->files.without, &facts->log, &checked, error);

    sm_file_count_clear(&checked);
    facts->made = iso(g_get_real_time() / 1000);
    return ok && write_note(draft, facts, error) && sm_path_sync_dir(draft, error);
}

gboolean sm_backup_make(const char *data, const char *to, SmBackupFacts *facts, GError **error)
{
    g_autofree char *draft = g_strconcat(to, SM_BACKUP_DRAFT, NULL), *parent = g_path_get_dirname(to);

    if (!sm_path_make_private_dir(parent, error))
        return FALSE;
    if (mkdir(draft, 0700) != 0) {
        if (errno != EEXIST)
            return sm_path_failed(error, draft);
        g_set_error(error, SM_ERROR, SM_ERROR_BUSY, "%s is there: a backup is under way, or one was broken off and may be removed", draft);
        return FALSE;
    }
    gboolean ok = fill(data, draft, facts, error);
    if (ok && rename(draft, to) != 0)
        ok = sm_path_failed(error, to);
    if (!ok)
        sm_path_remove_all(draft);
    return ok && sm_path_sync_dir(parent, error);
}

/* --- Back again ---------------------------------------------------------------------------------- */

/* Nothing there, or nothing but what a restore that was broken off left. */
static gboolean is_empty(const char *data, GError **error)
{
    g_autoptr(GDir) dir = g_dir_open(data, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        if (g_str_equal(name, RESTORING))
            continue;
        g_set_error(error, SM_ERROR, SM_ERROR_BUSY, "%s is not empty (%s is in it); a desk is restored into a new directory", data, name);
        return FALSE;
    }
    return TRUE;
}

/* What an older seatmux wrote is brought to the form of this one before it is checked. */
static gboolean bring_up(const char *draft, GError **error)
{
    g_autofree char *log = g_build_filename(draft, SM_BACKUP_PARTS[0], NULL), *secrets = g_build_filename(draft, SM_BACKUP_PARTS[1], NULL);
    g_autofree char *files = g_build_filename(draft, SM_FILES_DIRECTORY, NULL);

    return sm_log_upgrade(log, error) && sm_secrets_upgrade(secrets, error) && sm_secrets_end_staff(secrets, error) &&
           (!g_file_test(files, G_FILE_TEST_IS_DIR) || sm_file_store_upgrade(files, error));
}

/* The log comes last: without it there is no desk. */
static gboolean put_in_place(const char *draft, const char *data, GError **error)
{
    static const char *const order[] = {SM_FILES_DIRECTORY, SM_IDENTITY_KEY, "desk.yaml", "secrets.db", "desk.db"};

    for (guint i = 0; i < G_N_ELEMENTS(order); i++) {
        g_autofree char *from = g_build_filename(draft, order[i], NULL), *to = g_build_filename(data, order[i], NULL);
        if (rename(from, to) != 0 && errno != ENOENT)
            return sm_path_failed(error, to);
    }
    return sm_path_sync_dir(data, error);
}

gboolean sm_backup_restore(const char *from, const char *data, SmBackupFacts *facts, GError **error)
{
    g_autofree char *draft = g_build_filename(data, RESTORING, NULL);
    gboolean made = !g_file_test(data, G_FILE_TEST_EXISTS);
    g_autoptr(json_t) note = read_note(from, error);

    if (!note || !as_made(from, note, error) || !is_empty(data, error) || !sm_path_make_private_dir(data, error))
        return FALSE;
    sm_path_remove_all(draft);
    g_autoptr(GPtrArray) without = left_out(note);
    SmFileCount copied = {0};
    gboolean ok = (mkdir(draft, 0700) == 0 || sm_path_failed(error, draft)) && copy_parts(from, draft, &copied, error) &&
                  bring_up(draft, error) && check_parts(draft, without, &facts->log, &facts->files, error) && sm_path_sync_dir(draft, error) &&
                  put_in_place(draft, data, error);
    sm_file_count_clear(&copied);
    facts->made = g_strdup(sm_json_str(note, "made", ""));
    sm_path_remove_all(draft);
    if (!ok && made)
        rmdir(data);
    return ok;
}

/* --- Only so many -------------------------------------------------------------------------------- */

/* desk-YYYYMMDDTHHMMSSZ, with the draft's ending or without; FALSE: another name. */
static gboolean is_dated(const char *name, gboolean *draft)
{
    static const char form[] = SM_BACKUP_PREFIX "00000000T000000Z";
    gsize n = sizeof form - 1;

    if (strlen(name) < n)
        return FALSE;
    for (gsize i = 0; i < n; i++)
        if (form[i] == '0' ? !g_ascii_isdigit(name[i]) : name[i] != form[i])
            return FALSE;
    *draft = g_str_equal(name + n, SM_BACKUP_DRAFT);
    return *draft || !name[n];
}

static gint newest_first(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)b, *(char *const *)a);
}

guint sm_backup_thin(const char *place, guint keep)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) dir = g_dir_open(place, 0, NULL);
    const char *name;
    gboolean draft;
    guint removed = 0, whole = 0;

    while (dir && (name = g_dir_read_name(dir)))
        if (is_dated(name, &draft))
            g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, newest_first);
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *path = g_build_filename(place, names->pdata[i], NULL);
        g_autofree char *note = g_build_filename(path, SM_BACKUP_NOTE, NULL);
        is_dated(names->pdata[i], &draft);
        /* A draft that is older than a whole backup was broken off. */
        if (draft ? whole == 0 : whole < keep || !g_file_test(note, G_FILE_TEST_EXISTS)) {
            whole += !draft;
            continue;
        }
        sm_path_remove_all(path);
        removed += !draft;
    }
    return removed;
}
