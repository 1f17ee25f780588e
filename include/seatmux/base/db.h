/* SPDX-License-Identifier: MIT */
/* db: SQLite files opened in one way: private (0600), write-ahead log, nothing deleted left readable,
 * marked as ours with a version; and SQLite's results as errors of ours. */
#ifndef SEATMUX_BASE_DB_H
#define SEATMUX_BASE_DB_H

#include <glib.h>
#include <sqlite3.h>
#include <stdint.h>

/* What kind of file it must be. */
typedef struct {
    const char *what;       /* "the log", for messages */
    int32_t application_id; /* SQLite's mark of whose file it is */
    int version;            /* of the schema, counts from 1 */
    const char *schema;     /* statements that make an empty file one of these */
    const char *const *upgrades; /* version - 1 of them, each the statements from one version to the next; NULL: version is 1 */
} SmDbKind;

/* Opens `path` (":memory:": none) for writing, made 0600 if absent, WAL, secure_delete, synchronous FULL. One thread at a
 * time. What an older seatmux made becomes one of this version, in one transaction. SM_ERROR_CORRUPT, SM_ERROR_VERSION
 * (a newer seatmux made it), SM_ERROR_INVALID (not such a file), SM_ERROR_BUSY, SM_ERROR_FULL, SM_ERROR_DENIED, SM_ERROR_IO. */
sqlite3 *sm_db_open(const char *path, const SmDbKind *kind, GError **error);
/* A second connection that only reads. SM_ERROR_VERSION also where an older seatmux made it. */
sqlite3 *sm_db_open_reader(const char *path, const SmDbKind *kind, GError **error);
/* The file as it is at one moment, whoever writes it meanwhile, as a new file `to` (0600, one file, synced); older versions stay
 * as they are. Fails as sm_db_open(), SM_ERROR_BUSY also where `to` is there already; nothing is left then. */
gboolean sm_db_copy(const char *from, const char *to, const SmDbKind *kind, GError **error);
/* Every page and index of a file that nobody writes: SM_ERROR_CORRUPT and what is wrong with it first. */
gboolean sm_db_check(const char *path, const SmDbKind *kind, GError **error);

/* The file that is open is still the one of that name: what is written into one that was removed or moved is gone with the
 * program, and SQLite does not mind. SM_ERROR_IO. */
gboolean sm_db_in_place(sqlite3 *db, GError **error);

gboolean sm_db_exec(sqlite3 *db, const char *sql, GError **error);
/* A statement to be kept; free with sqlite3_finalize. NULL and error. */
sqlite3_stmt *sm_db_prepare(sqlite3 *db, const char *sql, GError **error);
/* Binds from 1 on what `types` says: 's' const char * (NULL is fine), 'i' int64_t, 'b' GBytes *. The values
 * must live until the statement is reset. */
void sm_db_bind(sqlite3_stmt *statement, const char *types, ...);
/* 1: a row, 0: no more (and reset), -1: error (and reset). */
int sm_db_next(sqlite3_stmt *statement, GError **error);
/* To its end, then resets and drops what was bound. */
gboolean sm_db_finish(sqlite3_stmt *statement, GError **error);
/* A text column, "" for NULL. Valid until the next step. */
const char *sm_db_text(sqlite3_stmt *statement, int column);
/* The result `rc` of this connection as an error; errno must have been cleared before the call. */
void sm_db_set_error(GError **error, sqlite3 *db, int rc);

#endif
