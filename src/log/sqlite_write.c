/* SPDX-License-Identifier: MIT */
/* sqlite_write: the connection that writes. A content is erased by writing over it in its place,
 * with as many bytes: deleting a row lets SQLite move its neighbours within and between pages, and
 * what they leave behind there would be readable in the file when they are erased in their turn.
 * Rows are only ever added at the end, so no text lies in the file twice. */
#include "sqlite_private.h"

#include <errno.h>
#include <string.h>

#include "seatmux/base/bug.h"
#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"

G_STATIC_ASSERT(SM_MAX_EVENTS_PER_RECORD <= SM_LOG_SLOTS);

const SmDbKind sm_log_db_kind = {
    .what = "the log of a desk",
    .application_id = 0x534d4c31, /* SML1 */
    .version = 1,
    .schema = "CREATE TABLE desk(id TEXT NOT NULL);"
              "CREATE TABLE record(seq INTEGER PRIMARY KEY, command TEXT NOT NULL UNIQUE,"
              " body TEXT NOT NULL);"
              "CREATE TABLE content(n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,"
              " salt TEXT, text TEXT NOT NULL, erased INTEGER NOT NULL);"
              "CREATE TABLE conversation(id TEXT NOT NULL, seq INTEGER NOT NULL,"
              " PRIMARY KEY(id, seq)) WITHOUT ROWID;",
};

enum {
    ADD_RECORD,
    ADD_CONTENT,
    ADD_CONVERSATION,
    KNOWN,
    FIND_CONTENT,
    ERASE,
    BEGIN,
    COMMIT,
    ROLLBACK,
    N_STATEMENTS
};

static const char *const SQL[N_STATEMENTS] = {
    [ADD_RECORD] = "INSERT INTO record VALUES(?, ?, ?)",
    [ADD_CONTENT] = "INSERT INTO content VALUES(?, ?, ?, ?, 0) ON CONFLICT DO NOTHING",
    [ADD_CONVERSATION] = "INSERT INTO conversation VALUES(?, ?)",
    [KNOWN] = "SELECT 1 FROM record WHERE command = ?",
    [FIND_CONTENT] = ("SELECT n, length(CAST(salt AS BLOB)), length(CAST(text AS BLOB))"
                      " FROM content WHERE id = ? AND NOT erased"),
    [ERASE] = "UPDATE content SET salt = ?, text = ?, erased = 1 WHERE n = ?",
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",
};

struct SmLogWriter {
    sqlite3 *db;
    sqlite3_stmt *statements[N_STATEMENTS];
    SmLogWitness *witness;
    int64_t last;    /* durable */
    int64_t pending; /* last of the transaction */
};

static gboolean run(SmLogWriter *w, int which, GError **error)
{
    return sm_db_finish(w->statements[which], error);
}

/* --- Appending -----------------------------------------------------------------------------------
 */

gboolean sm_log_writer_begin(SmLogWriter *writer, GError **error)
{
    writer->pending = writer->last;
    return sm_db_in_place(writer->db, error) && run(writer, BEGIN, error);
}

void sm_log_writer_roll_back(SmLogWriter *writer)
{
    if (sqlite3_get_autocommit(writer->db) == 0) /* else SQLite rolled back itself */
        run(writer, ROLLBACK, NULL);
}

gboolean sm_log_writer_commit(SmLogWriter *writer, GError **error)
{
    if (!run(writer, COMMIT, error)) {
        sm_log_writer_roll_back(writer);
        return FALSE;
    }
    writer->last = writer->pending;
    sm_log_witness_note(writer->witness, writer->last);
    return TRUE;
}

static gboolean add_contents(SmLogWriter *w, const GPtrArray *contents, GError **error)
{
    for (guint i = 0; contents != NULL && i < contents->len; i++) {
        const SmLogContent *content = contents->pdata[i];
        sm_db_bind(w->statements[ADD_CONTENT], "isss", content->row, content->id, content->salt,
                   content->text);
        if (!run(w, ADD_CONTENT, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean is_new(SmLogWriter *w, const char *command, GError **error)
{
    sqlite3_stmt *known = w->statements[KNOWN];

    sm_db_bind(known, "s", command);
    int row = sm_db_next(known, error);
    sqlite3_reset(known);
    sqlite3_clear_bindings(known);
    if (row == 1)
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "a record with this command id is there");
    return row == 0;
}

static gboolean add_row(SmLogWriter *w, const SmLogRow *row, GError **error)
{
    if (!is_new(w, row->command, error))
        return FALSE;
    sm_db_bind(w->statements[ADD_RECORD], "iss", row->seq, row->command, row->body);
    if (!run(w, ADD_RECORD, error) || !add_contents(w, row->contents, error))
        return FALSE;
    for (guint i = 0; row->conversations != NULL && i < row->conversations->len; i++) {
        sm_db_bind(w->statements[ADD_CONVERSATION], "si",
                   (const char *)row->conversations->pdata[i], row->seq);
        if (!run(w, ADD_CONVERSATION, error))
            return FALSE;
    }
    return TRUE;
}

gboolean sm_log_writer_add(SmLogWriter *writer, int64_t expected, const GPtrArray *rows,
                           GError **error)
{
    if (expected != writer->pending) {
        g_set_error(error, SM_ERROR, SM_ERROR_FENCED,
                    "the log is at %" G_GINT64_FORMAT ", not at %" G_GINT64_FORMAT, writer->pending,
                    expected);
        return FALSE;
    }
    for (guint i = 0; i < rows->len; i++) {
        if (!add_row(writer, rows->pdata[i], error))
            return FALSE;
    }
    writer->pending += rows->len;
    return TRUE;
}

int64_t sm_log_writer_last(const SmLogWriter *writer)
{
    return writer->last;
}

/* --- Erasing -------------------------------------------------------------------------------------
 */

/* The write-ahead log holds pages as they were: it is emptied. */
static gboolean empty_wal(SmLogWriter *w, GError **error)
{
    errno = 0;
    int rc = sqlite3_wal_checkpoint_v2(w->db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);

    if (rc != SQLITE_OK)
        sm_db_set_error(error, w->db, rc);
    return rc == SQLITE_OK;
}

gboolean sm_log_writer_forget(SmLogWriter *writer, const char *content, GError **error)
{
    sqlite3_stmt *find = writer->statements[FIND_CONTENT];

    sm_db_bind(find, "s", content);
    int row = sm_db_next(find, error);
    if (row <= 0) /* not there, or erased; a checkpoint that failed then is made up for now */
        return row == 0 && empty_wal(writer, error);
    int64_t n = sqlite3_column_int64(find, 0);
    g_autofree char *salt = sqlite3_column_type(find, 1) == SQLITE_NULL
                                ? NULL
                                : g_strnfill((gsize)sqlite3_column_int(find, 1), ' ');
    g_autofree char *text = g_strnfill((gsize)sqlite3_column_int(find, 2), ' ');
    sqlite3_reset(find);
    sqlite3_clear_bindings(find);
    sm_db_bind(writer->statements[ERASE], "ssi", salt, text, n);
    return run(writer, ERASE, error) && (SM_BUG(17) || empty_wal(writer, error));
}

/* --- Life ----------------------------------------------------------------------------------------
 */

void sm_log_writer_close(SmLogWriter *writer)
{
    if (writer == NULL)
        return;
    for (int i = 0; i < N_STATEMENTS; i++)
        sqlite3_finalize(writer->statements[i]);
    sqlite3_close_v2(writer->db);
    sm_log_witness_free(writer->witness);
    g_free(writer);
}

static gboolean make_desk(sqlite3 *db, const char *id, GError **error)
{
    sqlite3_stmt *insert =
        sm_db_prepare(db, "INSERT INTO desk SELECT ? WHERE NOT EXISTS(SELECT 1 FROM desk)", error);

    if (insert == NULL)
        return FALSE;
    sm_db_bind(insert, "s", id);
    gboolean good = sm_db_finish(insert, error);
    sqlite3_finalize(insert);
    return good;
}

/* The records are numbered 1.. without a gap: seen at once, for the first and last tell. */
gboolean sm_log_read_desk(sqlite3 *db, char **desk_id, int64_t *last, GError **error)
{
    sqlite3_stmt *select =
        sm_db_prepare(db,
                      "SELECT (SELECT id FROM desk), coalesce((SELECT max(seq) FROM record), 0),"
                      " coalesce((SELECT min(seq) FROM record), 1)",
                      error);
    int row = select != NULL ? sm_db_next(select, error) : -1;

    if (row == 1) {
        *desk_id = g_strdup(sm_db_text(select, 0));
        *last = sqlite3_column_int64(select, 1);
        if (!sm_id_valid(*desk_id) || sqlite3_column_int64(select, 2) != 1) {
            g_set_error(error, SM_ERROR, SM_ERROR_CORRUPT, "the log is damaged at its beginning");
            row = -1;
        }
    }
    sqlite3_finalize(select);
    return row == 1;
}

SmLogWriter *sm_log_writer_open(const char *path, const char *fresh_id, char **desk_id,
                                int64_t *last, GError **error)
{
    g_autofree char *id = NULL;
    SmLogWitness *witness = sm_log_witness_new(path);
    sqlite3 *db = sm_db_open(path, &sm_log_db_kind, error);

    if (db == NULL) {
        sm_log_witness_free(witness);
        return NULL;
    }
    SmLogWriter *writer = g_new0(SmLogWriter, 1);
    writer->db = db;
    writer->witness = witness;
    gboolean good = make_desk(db, fresh_id, error) && sm_log_read_desk(db, &id, last, error) &&
                    sm_log_witness_agrees(witness, id, *last, error);
    for (int i = 0; good && i < N_STATEMENTS; i++) {
        writer->statements[i] = sm_db_prepare(db, SQL[i], error);
        good = writer->statements[i] != NULL;
    }
    if (!good) {
        /* What lies behind the damage is in the write-ahead log, which closing would remove. */
        sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        sm_log_writer_close(writer);
        return NULL;
    }
    writer->last = *last;
    *desk_id = g_steal_pointer(&id);
    return writer;
}
