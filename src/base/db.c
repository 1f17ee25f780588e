/* SPDX-License-Identifier: MIT */
#include "seatmux/base/db.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "seatmux/base/bug.h"
#include "seatmux/base/error.h"

#define BUSY_MS 5000

/* --- Errors --------------------------------------------------------------------------------------
 */

static SmErrorCode code_of_errno(int number)
{
    switch (number) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG: /* over the limit of a file's size */
        return SM_ERROR_FULL;
    case EACCES:
    case EPERM:
    case EROFS:
        return SM_ERROR_DENIED;
    default:
        return SM_ERROR_IO;
    }
}

static SmErrorCode code_of(int rc, int number)
{
    switch (rc & 0xff) {
    case SQLITE_FULL:
        return SM_ERROR_FULL;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return SM_ERROR_CORRUPT;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return SM_ERROR_BUSY;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return SM_ERROR_DENIED;
    case SQLITE_CONSTRAINT:
        return SM_ERROR_INVALID;
    case SQLITE_TOOBIG:
        return SM_ERROR_LIMIT;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
        return code_of_errno(number);
    default:
        return SM_ERROR_IO;
    }
}

/* SQLite keeps the system's error of some calls, but not of a commit: there what the last failing
 * system call left is taken, for which errno is cleared before every call. */
void sm_db_set_error(GError **error, sqlite3 *db, int rc)
{
    int left = errno;
    int number = sqlite3_system_errno(db) != 0 ? sqlite3_system_errno(db) : left;
    const char *name = sqlite3_db_filename(db, "main");
    gboolean system =
        number != 0 && ((rc & 0xff) == SQLITE_IOERR || (rc & 0xff) == SQLITE_CANTOPEN);

    SmErrorCode code = code_of(rc, number);

    if (name == NULL || *name == '\0')
        name = "database";
    if (code == SM_ERROR_CORRUPT)
        g_set_error(error, SM_ERROR, code, "%s: the file is damaged (%s)", name, sqlite3_errmsg(db));
    else
        g_set_error(error, SM_ERROR, code, "%s: %s%s%s", name, sqlite3_errmsg(db), system ? ": " : "",
                    system ? g_strerror(number) : "");
}

gboolean sm_db_in_place(sqlite3 *db, GError **error)
{
    int moved = 0;

    if (sqlite3_file_control(db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) != SQLITE_OK || !moved)
        return TRUE;
    g_set_error(error, SM_ERROR, SM_ERROR_IO, "%s: the file was removed or moved", sqlite3_db_filename(db, "main"));
    return FALSE;
}

/* --- Statements ----------------------------------------------------------------------------------
 */

gboolean sm_db_exec(sqlite3 *db, const char *sql, GError **error)
{
    errno = 0;
    int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);

    if (rc != SQLITE_OK)
        sm_db_set_error(error, db, rc);
    return rc == SQLITE_OK;
}

sqlite3_stmt *sm_db_prepare(sqlite3 *db, const char *sql, GError **error)
{
    sqlite3_stmt *statement = NULL;
    int rc = sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);

    if (rc != SQLITE_OK)
        sm_db_set_error(error, db, rc);
    return statement;
}

static void bind_bytes(sqlite3_stmt *statement, int i, GBytes *bytes)
{
    gsize n;
    const void *data = g_bytes_get_data(bytes, &n);

    sqlite3_bind_blob64(statement, i, data != NULL ? data : "", n, SQLITE_STATIC);
}

void sm_db_bind(sqlite3_stmt *statement, const char *types, ...)
{
    va_list values;

    va_start(values, types);
    for (int i = 1; types[i - 1] != '\0'; i++) {
        switch (types[i - 1]) {
        case 's':
            sqlite3_bind_text(statement, i, va_arg(values, const char *), -1, SQLITE_STATIC);
            break;
        case 'i':
            sqlite3_bind_int64(statement, i, va_arg(values, int64_t));
            break;
        case 'b':
            bind_bytes(statement, i, va_arg(values, GBytes *));
            break;
        default:
            g_assert_not_reached();
        }
    }
    va_end(values);
}

int sm_db_next(sqlite3_stmt *statement, GError **error)
{
    errno = 0;
    int rc = sqlite3_step(statement);

    if (rc == SQLITE_ROW)
        return 1;
    if (rc != SQLITE_DONE)
        sm_db_set_error(error, sqlite3_db_handle(statement), rc);
    sqlite3_reset(statement);
    return rc == SQLITE_DONE ? 0 : -1;
}

gboolean sm_db_finish(sqlite3_stmt *statement, GError **error)
{
    int more;

    while ((more = sm_db_next(statement, error)) == 1)
        continue;
    sqlite3_clear_bindings(statement);
    return more == 0;
}

const char *sm_db_text(sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);

    return text != NULL ? text : "";
}

/* --- Opening -------------------------------------------------------------------------------------
 */

/* SQLite makes files as the umask says; what it makes beside ours gets the mode of ours. */
static gboolean make_private(const char *path, GError **error)
{
    struct stat info;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0) {
        g_set_error(error, SM_ERROR, code_of_errno(errno), "%s: %s", path, g_strerror(errno));
        return FALSE;
    }
    if (fstat(fd, &info) == 0 && (info.st_mode & 077) != 0 && fchmod(fd, 0600) != 0)
        g_debug("%s stays readable to others: %s", path, g_strerror(errno));
    close(fd);
    return TRUE;
}

static gboolean number(sqlite3 *db, const char *sql, int64_t *out, GError **error)
{
    sqlite3_stmt *statement = sm_db_prepare(db, sql, error);

    if (statement == NULL)
        return FALSE;
    int row = sm_db_next(statement, error);
    if (row == 1)
        *out = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return row == 1;
}

static gboolean make_schema(sqlite3 *db, const SmDbKind *kind, GError **error)
{
    g_autofree char *sql = g_strdup_printf("BEGIN IMMEDIATE; %s PRAGMA application_id = %d; "
                                           "PRAGMA user_version = %d; COMMIT;",
                                           kind->schema, kind->application_id, kind->version);

    return sm_db_exec(db, sql, error);
}

static gboolean refuse_version(GError **error, const char *name, const SmDbKind *kind, int64_t version)
{
    if (version > kind->version)
        g_set_error(error, SM_ERROR, SM_ERROR_VERSION,
                    "%s: %s was made by a newer seatmux (form %" G_GINT64_FORMAT ", this one knows %d)", name, kind->what,
                    version, kind->version);
    else
        g_set_error(error, SM_ERROR, version < 1 ? SM_ERROR_INVALID : SM_ERROR_VERSION,
                    "%s: %s has form %" G_GINT64_FORMAT ", and this seatmux reads %d", name, kind->what, version, kind->version);
    return FALSE;
}

/* All steps or none, so that a version that is there is whole. */
static gboolean upgrade(sqlite3 *db, const SmDbKind *kind, int64_t version, GError **error)
{
    g_autoptr(GString) sql = g_string_new("BEGIN IMMEDIATE; ");

    for (int64_t v = version; v < kind->version; v++)
        g_string_append(sql, kind->upgrades[v - 1]);
    g_string_append_printf(sql, " PRAGMA user_version = %d; COMMIT;", kind->version);
    if (sm_db_exec(db, sql->str, error))
        return TRUE;
    if (sqlite3_get_autocommit(db) == 0)
        sm_db_exec(db, "ROLLBACK", NULL);
    g_prefix_error(error, "%s of form %" G_GINT64_FORMAT " can't be brought to form %d: ", kind->what, version, kind->version);
    return FALSE;
}

enum { MAKE = 1, UPGRADE = 2, OLDER = 4 }; /* what check_kind may do, or let pass */

static gboolean check_kind(sqlite3 *db, const SmDbKind *kind, int may, GError **error)
{
    int64_t id = 0, version = 0, things = 0;
    const char *name = sqlite3_db_filename(db, "main");

    if (!number(db, "PRAGMA application_id", &id, error) ||
        !number(db, "PRAGMA user_version", &version, error) ||
        !number(db, "SELECT count(*) FROM sqlite_master", &things, error))
        return FALSE;
    if ((may & MAKE) && id == 0 && version == 0 && things == 0)
        return make_schema(db, kind, error);
    if (id != kind->application_id) {
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "%s: this is not %s", name, kind->what);
        return FALSE;
    }
    if (version == kind->version || ((may & OLDER) && version >= 1 && version < kind->version))
        return TRUE;
    if ((may & UPGRADE) && version >= 1 && version < kind->version)
        return upgrade(db, kind, version, error);
    return refuse_version(error, name, kind, version);
}

static gboolean set_up(sqlite3 *db, const SmDbKind *kind, GError **error)
{
    return sm_db_exec(db,
                      "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;"
                      "PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;"
                      "PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = 4194304;",
                      error) &&
           sm_db_exec(db, SM_BUG(56) ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL", error) &&
           check_kind(db, kind, MAKE | UPGRADE, error);
}

static sqlite3 *open_with(const char *path, int flags, GError **error)
{
    sqlite3 *db = NULL;
    int rc = sqlite3_open_v2(path, &db, flags | SQLITE_OPEN_NOMUTEX, NULL);

    if (db == NULL)
        g_error("no memory for a database");
    if (rc != SQLITE_OK) {
        sm_db_set_error(error, db, rc);
        sqlite3_close_v2(db);
        return NULL;
    }
    sqlite3_extended_result_codes(db, 1);
    sqlite3_busy_timeout(db, BUSY_MS);
    return db;
}

sqlite3 *sm_db_open(const char *path, const SmDbKind *kind, GError **error)
{
    if (strcmp(path, ":memory:") != 0 && !make_private(path, error))
        return NULL;
    sqlite3 *db = open_with(path, SQLITE_OPEN_READWRITE, error);
    /* What can't be opened for writing at this moment SQLite opens for reading, and stays with that. */
    if (db != NULL && sqlite3_db_readonly(db, "main") != 0) {
        g_set_error(error, SM_ERROR, SM_ERROR_DENIED, "%s can't be opened for writing", path);
        sqlite3_close_v2(db);
        return NULL;
    }
    if (db != NULL && !set_up(db, kind, error)) {
        sqlite3_close_v2(db);
        return NULL;
    }
    return db;
}

static sqlite3 *open_to_read(const char *path, const SmDbKind *kind, int may, GError **error)
{
    sqlite3 *db = open_with(path, SQLITE_OPEN_READONLY, error);

    if (db != NULL && !check_kind(db, kind, may, error)) {
        sqlite3_close_v2(db);
        return NULL;
    }
    return db;
}

sqlite3 *sm_db_open_reader(const char *path, const SmDbKind *kind, GError **error)
{
    return open_to_read(path, kind, 0, error);
}

/* --- Copies --------------------------------------------------------------------------------------
 */

/* In one step, for then it is one moment of the file: between two steps a writer would make SQLite begin anew. */
static gboolean copy_pages(sqlite3 *from, sqlite3 *to, GError **error)
{
    errno = 0;
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    int rc = backup != NULL ? sqlite3_backup_step(backup, -1) : sqlite3_errcode(to);
    int end = sqlite3_backup_finish(backup);

    if (rc == SQLITE_DONE && end == SQLITE_OK)
        return TRUE;
    sm_db_set_error(error, to, rc == SQLITE_DONE ? end : rc);
    return FALSE;
}

static gboolean make_alone(const char *path, GError **error)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0)
        g_set_error(error, SM_ERROR, errno == EEXIST ? SM_ERROR_BUSY : code_of_errno(errno), "%s: %s", path, g_strerror(errno));
    else
        close(fd);
    return fd >= 0;
}

gboolean sm_db_copy(const char *from, const char *to, const SmDbKind *kind, GError **error)
{
    sqlite3 *source = open_to_read(from, kind, OLDER, error);
    sqlite3 *copy = NULL;
    gboolean good = FALSE;

    if (source != NULL && make_alone(to, error)) {
        copy = open_with(to, SQLITE_OPEN_READWRITE, error);
        /* The journal of the copy is not wanted: one file is one file. */
        good = copy != NULL && copy_pages(source, copy, error) && sm_db_exec(copy, "PRAGMA journal_mode = DELETE", error);
        sqlite3_close_v2(copy);
        if (!good)
            unlink(to);
    }
    sqlite3_close_v2(source);
    return good;
}

gboolean sm_db_check(const char *path, const SmDbKind *kind, GError **error)
{
    sqlite3 *db = open_to_read(path, kind, OLDER, error);
    sqlite3_stmt *check = db != NULL ? sm_db_prepare(db, "PRAGMA integrity_check(1)", error) : NULL;
    int row = check != NULL ? sm_db_next(check, error) : -1;
    gboolean good = row == 1 && strcmp(sm_db_text(check, 0), "ok") == 0;

    if (row == 1 && !good)
        g_set_error(error, SM_ERROR, SM_ERROR_CORRUPT, "%s: %s is damaged: %s", path, kind->what, sm_db_text(check, 0));
    sqlite3_finalize(check);
    sqlite3_close_v2(db);
    return good;
}
