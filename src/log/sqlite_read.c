/* SPDX-License-Identifier: MIT */
/* sqlite_read: the connection that reads. No statement is left open between two calls: one that is
 * would keep the write-ahead log from being emptied. Contents lie in the order of the records: a page of
 * those is read beside a walk through these, and only what lies elsewhere is looked for. */
#include "sqlite_private.h"
#include "seatmux/base/bug.h"

#include <string.h>

#define ROOM 2048 /* records of a page at most that room is made for at once */

enum { READ, CONVERSATION, FIND, CONTENTS_FROM, CONTENT_AT, CONTENT_BY_ID, N_STATEMENTS };

static const char *const SQL[N_STATEMENTS] = {
    [READ] = "SELECT body FROM record WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?",
    [CONVERSATION] = ("SELECT body FROM record WHERE seq IN (SELECT seq FROM conversation"
                      " WHERE id = ? AND seq < ? ORDER BY seq DESC LIMIT ?) ORDER BY seq"),
    [FIND] = "SELECT body FROM record WHERE command = ? AND seq <= ?",
    [CONTENTS_FROM] = "SELECT id, salt, text, erased, n FROM content WHERE n >= ? ORDER BY n",
    [CONTENT_AT] = "SELECT id, salt, text, erased FROM content WHERE n = ?",
    [CONTENT_BY_ID] = "SELECT id, salt, text, erased FROM content WHERE id = ?",
};

struct SmLogReader {
    sqlite3 *db;
    sqlite3_stmt *statements[N_STATEMENTS];
    gboolean walking; /* through the contents */
    int64_t at;       /* where the walk stands; G_MAXINT64: at the end */
};

/* --- Contents ------------------------------------------------------------------------------------
 */

/* TRUE: the row at hand is the event's content, whether erased or not. */
static gboolean fill(sqlite3_stmt *statement, SmEvent *event)
{
    if (strcmp(sm_db_text(statement, 0), event->content) != 0)
        return FALSE;
    if (sqlite3_column_int(statement, 3) == 0) {
        g_free(event->salt);
        event->salt = g_strdup((const char *)sqlite3_column_text(statement, 1));
        g_free(event->text);
        event->text = g_strdup((const char *)sqlite3_column_text(statement, 2));
    }
    return TRUE;
}

/* TRUE: the first row is; or error. */
static gboolean take_content(sqlite3_stmt *statement, SmEvent *event, GError **error)
{
    gboolean found = sm_db_next(statement, error) == 1 && fill(statement, event);

    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return found;
}

/* The same of row `row`, to which the walk goes on. */
static gboolean walk_to(SmLogReader *r, int64_t row, SmEvent *event, GError **error)
{
    sqlite3_stmt *walk = r->statements[CONTENTS_FROM];
    int more = 1;

    while (r->at < row && more == 1) {
        more = sm_db_next(walk, error);
        r->at = more == 1 ? sqlite3_column_int64(walk, 4) : G_MAXINT64;
    }
    return r->at == row && fill(walk, event);
}

static gboolean content_at(SmLogReader *r, int64_t row, SmEvent *event, GError **error)
{
    if (r->walking)
        return walk_to(r, row, event, error);
    sm_db_bind(r->statements[CONTENT_AT], "i", row);
    return take_content(r->statements[CONTENT_AT], event, error);
}

static gboolean join_content(SmLogReader *r, SmEvent *event, int64_t row, GError **error)
{
    g_autoptr(GError) own = NULL;

    if (!content_at(r, row, event, &own) && own == NULL) {
        sm_db_bind(r->statements[CONTENT_BY_ID], "s", event->content);
        take_content(r->statements[CONTENT_BY_ID], event, &own);
    }
    if (own == NULL)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&own));
    return FALSE;
}

/* --- Records -------------------------------------------------------------------------------------
 */

static SmRecord *record_of(SmLogReader *r, sqlite3_stmt *statement, GError **error)
{
    const char *body = sm_db_text(statement, 0);
    g_autoptr(SmRecord) record =
        sm_record_decode(body, (gsize)sqlite3_column_bytes(statement, 0), error);

    for (guint i = 0; record != NULL && i < record->events->len; i++) {
        SmEvent *event = record->events->pdata[i];
        if (event->content != NULL &&
            !join_content(r, event, record->seq * SM_LOG_SLOTS + i, error))
            return NULL;
    }
    return g_steal_pointer(&record);
}

/* All rows of a bound statement, about `n` of them, which is reset in any case. The array has its size from the beginning:
 * one that grows over a thousand bytes makes the allocator tidy up all that is small. */
static GPtrArray *records_of(SmLogReader *r, sqlite3_stmt *statement, guint n, GError **error)
{
    g_autoptr(GPtrArray) out = g_ptr_array_new_full(n, (GDestroyNotify)sm_record_unref);
    int more;

    while ((more = sm_db_next(statement, error)) == 1) {
        SmRecord *record = record_of(r, statement, error);
        if (record == NULL) {
            more = -1;
            break;
        }
        g_ptr_array_add(out, record);
    }
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return more == 0 ? g_steal_pointer(&out) : NULL;
}

GPtrArray *sm_log_reader_read(SmLogReader *reader, int64_t after, int64_t last, guint limit,
                              GError **error)
{
    sqlite3_stmt *walk = reader->statements[CONTENTS_FROM];

    sm_db_bind(reader->statements[READ], "iii", after, last, (int64_t)limit);
    sm_db_bind(walk, "i", (MIN(after, G_MAXINT64 / SM_LOG_SLOTS - 1) + 1) * SM_LOG_SLOTS);
    reader->walking = TRUE;
    reader->at = -1;
    GPtrArray *records = records_of(reader, reader->statements[READ], MIN(limit, ROOM), error);
    reader->walking = FALSE;
    sqlite3_reset(walk);
    sqlite3_clear_bindings(walk);
    return records;
}

GPtrArray *sm_log_reader_conversation(SmLogReader *reader, const char *conversation, int64_t before,
                                      int64_t last, guint limit, GError **error)
{
    int64_t end = (before > 0 ? MIN(before, last + 1) : last + 1) - SM_BUG(18);

    sm_db_bind(reader->statements[CONVERSATION], "sii", conversation, end, (int64_t)limit);
    return records_of(reader, reader->statements[CONVERSATION], MIN(limit, ROOM), error);
}

SmRecord *sm_log_reader_find(SmLogReader *reader, const char *command, int64_t last, GError **error)
{
    sm_db_bind(reader->statements[FIND], "si", command, last);
    g_autoptr(GPtrArray) found = records_of(reader, reader->statements[FIND], 1, error);

    return found != NULL && found->len > 0 ? sm_record_ref(found->pdata[0]) : NULL;
}

/* --- Life ----------------------------------------------------------------------------------------
 */

void sm_log_reader_close(SmLogReader *reader)
{
    if (reader == NULL)
        return;
    for (int i = 0; i < N_STATEMENTS; i++)
        sqlite3_finalize(reader->statements[i]);
    sqlite3_close_v2(reader->db);
    g_free(reader);
}

SmLogReader *sm_log_reader_open(const char *path, GError **error)
{
    sqlite3 *db = sm_db_open_reader(path, &sm_log_db_kind, error);

    if (db == NULL)
        return NULL;
    SmLogReader *reader = g_new0(SmLogReader, 1);
    reader->db = db;
    for (int i = 0; i < N_STATEMENTS; i++) {
        reader->statements[i] = sm_db_prepare(db, SQL[i], error);
        if (reader->statements[i] == NULL) {
            sm_log_reader_close(reader);
            return NULL;
        }
    }
    return reader;
}
