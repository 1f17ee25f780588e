/* SPDX-License-Identifier: MIT */
/* files_copy: a whole store copied and read through, for backups. The list first, then the bytes: they never change
 * under their name, and what the list names was there. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "seatmux/base/db.h"
#include "seatmux/base/error.h"
#include "seatmux/base/paths.h"
#include "server/files_private.h"

void sm_file_count_clear(SmFileCount *count)
{
    g_clear_pointer(&count->without, g_ptr_array_unref);
}

static gboolean is_without(const GPtrArray *without, const char *hash)
{
    return without != NULL && g_ptr_array_find_with_equal_func((GPtrArray *)without, hash, g_str_equal, NULL);
}

/* From `in` to `out` (-1: to nowhere). FALSE: errno says why. *right: the bytes are those of the hash. */
static gboolean pour(int in, int out, const char *hash, int64_t *bytes, gboolean *right)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

    *bytes = sm_fd_pour(in, out, sum);
    *right = *bytes >= 0 && strcmp(g_checksum_get_string(sum), hash) == 0;
    return *bytes >= 0;
}

typedef struct {
    const char *from, *to; /* directories; to NULL: only look */
    SmFileCount *count;
} Walk;

static gboolean into(const char *directory, const char *hash, int in, int64_t *bytes, gboolean *right, GError **error)
{
    g_autofree char *shelf = g_strdup_printf("%s/%.2s", directory, hash);
    g_autofree char *path = g_build_filename(shelf, hash, NULL);
    int out = mkdir(shelf, 0700) == 0 || errno == EEXIST ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
    gboolean ok = out >= 0 && pour(in, out, hash, bytes, right) && fsync(out) == 0;

    if (!ok)
        sm_path_failed(error, path);
    if (out >= 0)
        close(out);
    if (ok && !*right)
        unlink(path);
    return ok;
}

static gboolean take_one(Walk *walk, const char *hash, GError **error)
{
    g_autofree char *path = g_strdup_printf("%s/%.2s/%s", walk->from, hash, hash);
    gboolean right = FALSE, ok = TRUE;
    int64_t bytes = 0;
    int in = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    if (in < 0 && errno != ENOENT)
        return sm_path_failed(error, path);
    if (in >= 0) {
        ok = walk->to != NULL ? into(walk->to, hash, in, &bytes, &right, error)
                              : pour(in, -1, hash, &bytes, &right) || sm_path_failed(error, path);
        close(in);
    }
    if (ok && right) {
        walk->count->files++;
        walk->count->bytes += bytes;
    } else if (ok) {
        g_ptr_array_add(walk->count->without, g_strdup(hash));
    }
    return ok;
}

/* Every hash of the list in `directory`. */
static gboolean each(const char *directory, Walk *walk, GError **error)
{
    g_autofree char *path = g_build_filename(directory, "files.db", NULL);
    sqlite3 *db = sm_db_check(path, &sm_file_db_kind, error) ? sm_db_open_reader(path, &sm_file_db_kind, error) : NULL;
    sqlite3_stmt *select = db != NULL ? sm_db_prepare(db, "SELECT DISTINCT hash FROM files ORDER BY hash", error) : NULL;
    int more = -1;

    while (select != NULL && (more = sm_db_next(select, error)) == 1) {
        const char *hash = sm_db_text(select, 0);
        if (strlen(hash) == SM_HASH_HEX && strspn(hash, "0123456789abcdef") == SM_HASH_HEX && take_one(walk, hash, error))
            continue;
        if (error != NULL && *error == NULL)
            g_set_error(error, SM_ERROR, SM_ERROR_CORRUPT, "%s: a file has no hash", path);
        more = -1;
        break;
    }
    sqlite3_finalize(select);
    sqlite3_close_v2(db);
    return more == 0;
}

/* Of what is not there, that which was erased while we copied is no damage. */
static gboolean count_damaged(const char *from, SmFileCount *count, GError **error)
{
    g_autofree char *path = g_build_filename(from, "files.db", NULL);
    sqlite3 *db = count->without->len > 0 ? sm_db_open_reader(path, &sm_file_db_kind, error) : NULL;
    sqlite3_stmt *find = db != NULL ? sm_db_prepare(db, "SELECT 1 FROM files WHERE hash = ?", error) : NULL;
    gboolean ok = count->without->len == 0 || find != NULL;

    for (guint i = 0; ok && i < count->without->len; i++) {
        sm_db_bind(find, "s", (const char *)count->without->pdata[i]);
        int row = sm_db_next(find, error);
        sqlite3_reset(find);
        sqlite3_clear_bindings(find);
        ok = row >= 0;
        count->damaged += row == 1;
    }
    sqlite3_finalize(find);
    sqlite3_close_v2(db);
    return ok;
}

gboolean sm_file_store_copy(const char *from, const char *to, SmFileCount *count, GError **error)
{
    g_autofree char *list = g_build_filename(from, "files.db", NULL), *copy = g_build_filename(to, "files.db", NULL);
    Walk walk = {from, to, count};

    *count = (SmFileCount){.without = g_ptr_array_new_with_free_func(g_free)};
    if (!g_file_test(list, G_FILE_TEST_EXISTS))
        return TRUE;
    return sm_path_make_private_dir(to, error) && sm_db_copy(list, copy, &sm_file_db_kind, error) && each(to, &walk, error) &&
           count_damaged(from, count, error);
}

gboolean sm_file_store_check(const char *directory, GPtrArray *without, SmFileCount *count, GError **error)
{
    Walk walk = {directory, NULL, count};

    *count = (SmFileCount){.without = g_ptr_array_new_with_free_func(g_free)};
    if (!each(directory, &walk, error))
        return FALSE;
    for (guint i = 0; i < count->without->len; i++) {
        const char *hash = count->without->pdata[i];
        if (is_without(without, hash))
            continue;
        g_set_error(error, SM_ERROR, SM_ERROR_CORRUPT, "%s/%.2s/%s is not there, or not what was sent", directory, hash, hash);
        return FALSE;
    }
    return TRUE;
}

gboolean sm_file_store_upgrade(const char *directory, GError **error)
{
    SmFileStore *store = sm_file_store_open(directory, FALSE, error);
    gboolean good = store != NULL;

    sm_file_store_close(store);
    return good;
}
