/* SPDX-License-Identifier: MIT */
/* files_store: DIR/files.db and DIR/xx/HASH. Bytes are synced under their name before a row tells of them, and a row
 * goes before its bytes: what a crash leaves is a file without a row, which tidy() removes. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "seatmux/base/db.h"
#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"
#include "seatmux/base/paths.h"
#include "server/files_private.h"

const SmDbKind sm_file_db_kind = {
    .what = "the list of files",
    .application_id = 0x536d466c, /* "SmFl" */
    .version = 1,
    .schema = "CREATE TABLE files (id TEXT PRIMARY KEY, conversation TEXT NOT NULL, actor TEXT NOT NULL, name TEXT NOT NULL,"
              " type TEXT NOT NULL, hash TEXT NOT NULL, size INTEGER NOT NULL, at INTEGER NOT NULL, named INTEGER NOT NULL)"
              " WITHOUT ROWID; CREATE INDEX by_hash ON files(hash); CREATE INDEX unsent ON files(at) WHERE named = 0;",
};

#define COLUMNS "id, conversation, actor, name, type, hash, size, at"

void sm_file_free(SmFile *file)
{
    if (file == NULL)
        return;
    g_free(file->id);
    g_free(file->conversation);
    g_free(file->actor);
    g_free(file->name);
    g_free(file->type);
    g_free(file->hash);
    g_free(file);
}

/* --- Life ------------------------------------------------------------------------------------------ */

static gboolean prepare(SmFileStore *store, GError **error)
{
    struct {
        sqlite3_stmt **statement;
        const char *sql;
    } all[] = {
        {&store->find, "SELECT " COLUMNS " FROM files WHERE id = ?"},
        {&store->add, "INSERT INTO files (" COLUMNS ", named) VALUES (?,?,?,?,?,?,?,?,?)"},
        {&store->named, "UPDATE files SET named = 1 WHERE id = ?"},
        {&store->drop, "DELETE FROM files WHERE id = ?"},
        {&store->others, "SELECT count(*) FROM files WHERE hash = ?"},
        {&store->unsent, "SELECT " COLUMNS " FROM files WHERE named = 0 ORDER BY at, id"},
        {&store->sent, "SELECT " COLUMNS " FROM files WHERE named = 1"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(all); i++) {
        *all[i].statement = sm_db_prepare(store->db, all[i].sql, error);
        if (*all[i].statement == NULL)
            return FALSE;
    }
    return TRUE;
}

static gboolean open_magic(SmFileStore *store, GError **error)
{
    store->magic = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_ELF);
    if (store->magic != NULL && magic_load(store->magic, NULL) == 0)
        return TRUE;
    g_set_error(error, SM_ERROR, SM_ERROR_FAILED, "libmagic: %s",
                store->magic != NULL ? magic_error(store->magic) : g_strerror(errno));
    return FALSE;
}

SmFileStore *sm_file_store_open(const char *directory, gboolean types, GError **error)
{
    g_autofree char *path = g_build_filename(directory, "files.db", NULL);
    SmFileStore *store;

    if (sodium_init() < 0 || !sm_path_make_private_dir(directory, error))
        return NULL;
    store = g_new0(SmFileStore, 1);
    store->directory = g_strdup(directory);
    store->db = sm_db_open(path, &sm_file_db_kind, error);
    if (store->db != NULL && prepare(store, error) && (!types || open_magic(store, error)))
        return store;
    sm_file_store_close(store);
    return NULL;
}

void sm_file_store_close(SmFileStore *store)
{
    if (store == NULL)
        return;
    sqlite3_stmt *all[] = {store->find, store->add, store->named, store->drop, store->others, store->unsent, store->sent};
    for (guint i = 0; i < G_N_ELEMENTS(all); i++)
        sqlite3_finalize(all[i]);
    sqlite3_close(store->db);
    if (store->magic != NULL)
        magic_close(store->magic);
    g_free(store->directory);
    g_free(store);
}

/* --- Where the bytes are ---------------------------------------------------------------------------- */

static gboolean is_hash(const char *name)
{
    return strlen(name) == SM_HASH_HEX && strspn(name, "0123456789abcdef") == SM_HASH_HEX;
}

static char *shelf_of(const SmFileStore *store, const char *hash)
{
    return g_strdup_printf("%s/%.2s", store->directory, hash);
}

static char *path_of(const SmFileStore *store, const char *hash)
{
    return g_strdup_printf("%s/%.2s/%s", store->directory, hash, hash);
}

static gboolean has_row(SmFileStore *store, const char *hash)
{
    sm_db_bind(store->others, "s", hash);
    gboolean row = sm_db_next(store->others, NULL) == 1;
    gboolean known = !row || sqlite3_column_int64(store->others, 0) > 0; /* in doubt it stays */

    sm_db_finish(store->others, NULL);
    return known;
}

static void tidy_shelf(SmFileStore *store, const char *shelf)
{
    g_autoptr(GDir) dir = g_dir_open(shelf, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(shelf, name, NULL);
        if (is_hash(name) && !has_row(store, name))
            unlink(path);
    }
}

void sm_file_store_tidy(SmFileStore *store)
{
    g_autoptr(GDir) dir = g_dir_open(store->directory, 0, NULL);
    const char *name;

    sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL); /* names that went before a crash */

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(store->directory, name, NULL);
        if (g_str_has_prefix(name, "draft-"))
            unlink(path);
        else if (strlen(name) == 2)
            tidy_shelf(store, path);
    }
}

/* --- Bytes on their way ----------------------------------------------------------------------------- */

static gboolean begin_draft(SmFileStore *store, SmDraftFile *draft)
{
    draft->path = g_build_filename(store->directory, "draft-XXXXXX", NULL);
    draft->fd = g_mkstemp_full(draft->path, O_RDWR | O_CLOEXEC, 0600);
    crypto_hash_sha256_init(&draft->sum);
    if (draft->fd >= 0)
        return TRUE;
    sm_path_failed(&draft->error, draft->path);
    g_clear_pointer(&draft->path, g_free);
    return FALSE;
}

void sm_draft_file_write(SmFileStore *store, SmDraftFile *draft, GBytes *bytes)
{
    gsize n;
    const char *data = g_bytes_get_data(bytes, &n);

    if (draft->error != NULL || (draft->path == NULL && !begin_draft(store, draft)))
        return;
    crypto_hash_sha256_update(&draft->sum, (const unsigned char *)data, n);
    draft->size += (int64_t)n;
    if (sm_fd_write(draft->fd, data, n))
        return;
    sm_path_failed(&draft->error, "a file");
    sm_draft_file_clear(draft); /* gives its room back at once */
}

void sm_draft_file_clear(SmDraftFile *draft)
{
    if (draft->path == NULL)
        return;
    if (draft->fd >= 0)
        close(draft->fd);
    draft->fd = -1;
    unlink(draft->path);
    g_clear_pointer(&draft->path, g_free);
}

char *sm_file_store_type(SmFileStore *store, SmDraftFile *draft)
{
    const char *type = lseek(draft->fd, 0, SEEK_SET) == 0 ? magic_descriptor(store->magic, draft->fd) : NULL;

    return g_strdup(type != NULL && strchr(type, '/') != NULL && strlen(type) <= SM_MAX_NAME_CHARS
                        ? type
                        : "application/octet-stream");
}

/* --- Rows ------------------------------------------------------------------------------------------- */

static SmFile *file_of(sqlite3_stmt *row)
{
    SmFile *file = g_new0(SmFile, 1);
    char **texts[] = {&file->id, &file->conversation, &file->actor, &file->name, &file->type, &file->hash};

    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        *texts[i] = g_strdup(sm_db_text(row, (int)i));
    file->size = sqlite3_column_int64(row, 6);
    file->at = sqlite3_column_int64(row, 7);
    return file;
}

SmFile *sm_file_store_find(SmFileStore *store, const char *id, GError **error)
{
    sm_db_bind(store->find, "s", id);
    SmFile *file = sm_db_next(store->find, error) == 1 ? file_of(store->find) : NULL;

    if (file != NULL)
        sm_db_finish(store->find, NULL);
    return file;
}

static GPtrArray *all_of(sqlite3_stmt *rows, GError **error)
{
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func((GDestroyNotify)sm_file_free);
    int more;

    while ((more = sm_db_next(rows, error)) == 1)
        g_ptr_array_add(files, file_of(rows));
    return more < 0 ? NULL : g_steal_pointer(&files);
}

GPtrArray *sm_file_store_unsent(SmFileStore *store, GError **error)
{
    return all_of(store->unsent, error);
}

GPtrArray *sm_file_store_sent(SmFileStore *store, GError **error)
{
    return all_of(store->sent, error);
}

/* The draft under its hash, synced; nothing to do where the same bytes are already. */
static gboolean shelve(SmFileStore *store, SmDraftFile *draft, const char *hash, GError **error)
{
    g_autofree char *shelf = shelf_of(store, hash), *path = path_of(store, hash);

    if (fsync(draft->fd) < 0)
        return sm_path_failed(error, "a file");
    if (access(path, F_OK) == 0) {
        sm_draft_file_clear(draft);
        return TRUE;
    }
    if (mkdir(shelf, 0700) < 0 && errno != EEXIST)
        return sm_path_failed(error, shelf);
    if (rename(draft->path, path) < 0)
        return sm_path_failed(error, path);
    close(draft->fd);
    draft->fd = -1;
    g_clear_pointer(&draft->path, g_free);
    return sm_path_sync_dir(shelf, error) && sm_path_sync_dir(store->directory, error);
}

gboolean sm_file_store_add(SmFileStore *store, SmDraftFile *draft, SmFile *file, gboolean sent, GError **error)
{
    if (!shelve(store, draft, file->hash, error))
        return FALSE;
    sm_db_bind(store->add, "ssssssiii", file->id, file->conversation, file->actor, file->name, file->type, file->hash,
               file->size, file->at, (int64_t)sent);
    return sm_db_finish(store->add, error);
}

gboolean sm_file_store_set_named(SmFileStore *store, const char *id, GError **error)
{
    sm_db_bind(store->named, "s", id);
    return sm_db_finish(store->named, error);
}

gboolean sm_file_store_forget(SmFileStore *store, const char *id, GError **error)
{
    g_autoptr(SmFile) file = sm_file_store_find(store, id, error);

    if (file == NULL)
        return error == NULL || *error == NULL;
    sm_db_bind(store->drop, "s", id);
    if (!sm_db_finish(store->drop, error))
        return FALSE;
    g_autofree char *path = path_of(store, file->hash);
    if (is_hash(file->hash) && !has_row(store, file->hash))
        unlink(path);
    errno = 0;
    int rc = sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL); /* the name is gone from there too */
    if (rc != SQLITE_OK)
        sm_db_set_error(error, store->db, rc);
    return rc == SQLITE_OK;
}

static char *hex_of_state(crypto_hash_sha256_state *state)
{
    unsigned char sum[crypto_hash_sha256_BYTES];
    char *hex = g_malloc(SM_HASH_HEX + 1);

    crypto_hash_sha256_final(state, sum);
    return sodium_bin2hex(hex, SM_HASH_HEX + 1, sum, sizeof sum);
}

char *sm_draft_file_hash(const SmDraftFile *draft)
{
    crypto_hash_sha256_state copy = draft->sum;

    return hex_of_state(&copy);
}

GBytes *sm_file_store_read(SmFileStore *store, const SmFile *file, GError **error)
{
    g_autofree char *path = path_of(store, file->hash);
    g_autoptr(GMappedFile) map = g_mapped_file_new(path, FALSE, NULL);
    crypto_hash_sha256_state state;

    if (map == NULL || !is_hash(file->hash)) {
        g_set_error(error, SM_ERROR, SM_ERROR_NOT_FOUND, "a file is not there any more");
        return NULL;
    }
    g_autoptr(GBytes) bytes = g_mapped_file_get_bytes(map);
    gsize n;
    const unsigned char *data = g_bytes_get_data(bytes, &n);
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, data, n);
    g_autofree char *hash = hex_of_state(&state);
    if (strcmp(hash, file->hash) == 0)
        return g_steal_pointer(&bytes);
    g_set_error(error, SM_ERROR, SM_ERROR_CORRUPT, "%s is not what was sent any more", path);
    return NULL;
}

/* --- Without a server ------------------------------------------------------------------------------- */

gboolean sm_file_store_copy_out(SmFileStore *store, const char *id, const char *path, GError **error)
{
    g_autoptr(GError) own = NULL;
    g_autoptr(SmFile) file = sm_file_store_find(store, id, &own);
    g_autoptr(GBytes) bytes = file != NULL ? sm_file_store_read(store, file, &own) : NULL;

    if (bytes == NULL) {
        if (own == NULL)
            g_set_error(&own, SM_ERROR, SM_ERROR_NOT_FOUND, "there is no file %s", id);
        g_propagate_error(error, g_steal_pointer(&own));
        return FALSE;
    }
    gsize n;
    const char *data = g_bytes_get_data(bytes, &n);
    return sm_path_write(path, data, n, 0600, error);
}

gboolean sm_file_store_copy_in(SmFileStore *store, const SmFile *file, const char *path, GError **error)
{
    SmDraftFile draft = {.fd = -1};
    SmFile copy = *file;
    gsize n = 0;
    g_autofree char *data = sm_path_read(path, SM_MAX_FILE_BYTES, &n, error);
    gboolean ok = FALSE;

    if (data == NULL)
        return FALSE;
    if ((int64_t)n != file->size) {
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "%s has another size than the log says", path);
        return FALSE;
    }
    g_autoptr(GBytes) bytes = g_bytes_new_static(data, n);
    sm_draft_file_write(store, &draft, bytes);
    copy.hash = sm_draft_file_hash(&draft);
    if (draft.error != NULL)
        g_propagate_error(error, g_steal_pointer(&draft.error));
    else
        ok = sm_file_store_add(store, &draft, &copy, TRUE, error);
    sm_draft_file_clear(&draft);
    g_free(copy.hash);
    return ok;
}
