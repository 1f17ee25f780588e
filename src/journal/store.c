/* SPDX-License-Identifier: MIT */
/* store: the journal's database. */
#include "journal/sqlite_private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "seatmux/base/db.h"
#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"

/* Up to this size the whole file is checked at every start; beyond it only after a start that
 * found a write-ahead log, the mark of an end that was not clean. */
#define CHECK_BYTES (4 * 1024 * 1024)
#define SET_ASIDE_MOST 99
#define SMALLEST_BYTES 512 /* a smaller file SQLite takes for an empty database */

static const char *const UPGRADES[] = {"ALTER TABLE place ADD COLUMN change INTEGER NOT NULL DEFAULT 0;"};

static const SmDbKind KIND = {
    .what = "a journal",
    .application_id = 0x534d4a31, /* SMJ1 */
    .version = 2,
    .upgrades = UPGRADES,
    .schema = "CREATE TABLE place(id INTEGER PRIMARY KEY CHECK(id = 1), cursor TEXT, change INTEGER NOT NULL DEFAULT 0);"
              "INSERT INTO place VALUES(1, NULL, 0);"
              "CREATE TABLE answer(n INTEGER PRIMARY KEY, bytes BLOB NOT NULL);"
              "CREATE TABLE draft(conversation TEXT PRIMARY KEY, text TEXT NOT NULL,"
              " note INTEGER NOT NULL);"
              "CREATE TABLE outbox(id TEXT PRIMARY KEY, place INTEGER NOT NULL,"
              " conversation TEXT, verb TEXT NOT NULL, text TEXT, extra TEXT,"
              " seen INTEGER NOT NULL, anyway INTEGER NOT NULL, made INTEGER NOT NULL,"
              " state INTEGER NOT NULL, attempts INTEGER NOT NULL, problem TEXT);",
};

enum {
    SET_CURSOR,
    SET_CHANGE,
    ADD_ANSWER,
    DROP_ANSWERS,
    SET_DRAFT,
    DROP_DRAFT,
    PUT_OUTBOX,
    UPDATE_OUTBOX,
    DROP_OUTBOX,
    EMPTY_DRAFTS,
    EMPTY_OUTBOX,
    BEGIN,
    COMMIT,
    ROLLBACK,
    N_STATEMENTS
};

static const char *const SQL[N_STATEMENTS] = {
    [SET_CURSOR] = "UPDATE place SET cursor = ?",
    [SET_CHANGE] = "UPDATE place SET change = ?",
    [ADD_ANSWER] = "INSERT INTO answer(bytes) VALUES(?)",
    [DROP_ANSWERS] = "DELETE FROM answer",
    [SET_DRAFT] = "INSERT OR REPLACE INTO draft VALUES(?, ?, ?)",
    [DROP_DRAFT] = "DELETE FROM draft WHERE conversation = ?",
    [PUT_OUTBOX] = "INSERT OR REPLACE INTO outbox VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [UPDATE_OUTBOX] =
        "UPDATE outbox SET state = ?, attempts = ?, anyway = ?, problem = ? WHERE id = ?",
    [DROP_OUTBOX] = "DELETE FROM outbox WHERE id = ?",
    [EMPTY_DRAFTS] = "DELETE FROM draft",
    [EMPTY_OUTBOX] = "DELETE FROM outbox",
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",
};

struct SmJournalDb {
    sqlite3 *db;
    sqlite3_stmt *statements[N_STATEMENTS];
    int64_t change; /* the number of the last transaction that was written */
    int sync; /* what is set: -1 not known, FALSE normal, TRUE full */
};

void sm_journal_job_free(SmJournalJob *job)
{
    g_free(job->name);
    g_free(job->text);
    g_clear_pointer(&job->bytes, g_bytes_unref);
    sm_outbox_entry_free(job->entry);
    g_free(job->extra_text);
    g_clear_error(&job->error);
    g_free(job);
}

gboolean sm_journal_job_ends(const SmJournalJob *job)
{
    return job->kind == SM_JOB_UPDATE &&
           (job->state == SM_SEND_SENT || job->state == SM_SEND_TAKEN_BACK);
}

/* --- Reading ---------------------------------------------------------------------------------- */

typedef gboolean (*ReadRow)(sqlite3_stmt *statement, SmJournalState *state, GError **error);

static gboolean read_rows(sqlite3 *db, const char *sql, ReadRow row, SmJournalState *state,
                          GError **error)
{
    sqlite3_stmt *statement = sm_db_prepare(db, sql, error);
    gboolean good = statement != NULL;
    int more = 0;

    while (good && (more = sm_db_next(statement, error)) == 1)
        good = row(statement, state, error);
    sqlite3_finalize(statement);
    return good && more == 0;
}

static gboolean read_check(sqlite3_stmt *statement, SmJournalState *state, GError **error)
{
    const char *words = sm_db_text(statement, 0);

    if (strcmp(words, "ok") == 0)
        return TRUE;
    g_set_error(error, SM_ERROR, SM_ERROR_CORRUPT, "the journal is damaged: %s", words);
    return FALSE;
}

static gboolean read_place(sqlite3_stmt *statement, SmJournalState *state, GError **error)
{
    g_free(state->cursor);
    state->cursor = g_strdup((const char *)sqlite3_column_text(statement, 0));
    return TRUE;
}

static gboolean read_change(sqlite3_stmt *statement, SmJournalState *state, GError **error)
{
    state->change = sqlite3_column_int64(statement, 0);
    return TRUE;
}

static gboolean read_answer(sqlite3_stmt *statement, SmJournalState *state, GError **error)
{
    const void *data = sqlite3_column_blob(statement, 0);

    g_ptr_array_add(state->answers, g_bytes_new(data, (gsize)sqlite3_column_bytes(statement, 0)));
    return TRUE;
}

static gboolean read_draft(sqlite3_stmt *statement, SmJournalState *state, GError **error)
{
    g_ptr_array_add(state->drafts, sm_draft_new(sm_db_text(statement, 0), sm_db_text(statement, 1),
                                                sqlite3_column_int(statement, 2) != 0));
    return TRUE;
}

static char *copy_text(sqlite3_stmt *statement, int column)
{
    return g_strdup((const char *)sqlite3_column_text(statement, column));
}

static gboolean read_outbox(sqlite3_stmt *statement, SmJournalState *state, GError **error)
{
    SmOutboxEntry *entry = g_new0(SmOutboxEntry, 1);

    g_ptr_array_add(state->outbox, entry);
    entry->id = copy_text(statement, 0);
    entry->order = sqlite3_column_int64(statement, 1);
    entry->conversation = copy_text(statement, 2);
    entry->verb = copy_text(statement, 3);
    entry->text = copy_text(statement, 4);
    entry->seen = sqlite3_column_int64(statement, 6);
    entry->anyway = sqlite3_column_int(statement, 7) != 0;
    entry->made = sqlite3_column_int64(statement, 8);
    int number = sqlite3_column_int(statement, 9);
    entry->state = number;
    entry->attempts = sqlite3_column_int(statement, 10);
    entry->problem = copy_text(statement, 11);
    const char *extra = (const char *)sqlite3_column_text(statement, 5);
    g_autoptr(GError) own = NULL;
    if (extra != NULL)
        entry->extra = sm_json_parse(extra, strlen(extra), SM_MAX_ANSWER_BYTES, &own);
    if (own == NULL && number >= 0 && number <= SM_SEND_TAKEN_BACK)
        return TRUE;
    g_set_error(error, SM_ERROR, SM_ERROR_CORRUPT, "the journal's outbox is damaged");
    return FALSE;
}

gboolean sm_journal_db_read_unsent(SmJournalDb *db, SmJournalState *state, GError **error)
{
    return read_rows(db->db, "SELECT conversation, text, note FROM draft ORDER BY rowid",
                     read_draft, state, error) &&
           read_rows(db->db, "SELECT * FROM outbox ORDER BY place, rowid", read_outbox, state,
                     error);
}

static gboolean read_all(SmJournalDb *db, SmJournalState *state, gboolean check, GError **error)
{
    if (check && !read_rows(db->db, "PRAGMA quick_check(1)", read_check, state, error))
        return FALSE;
    return read_rows(db->db, "SELECT cursor FROM place", read_place, state, error) &&
           read_rows(db->db, "SELECT change FROM place", read_change, state, error) &&
           read_rows(db->db, "SELECT bytes FROM answer ORDER BY n", read_answer, state, error) &&
           sm_journal_db_read_unsent(db, state, error);
}

/* --- Writing ---------------------------------------------------------------------------------- */

static gboolean run(SmJournalDb *db, int which, GError **error)
{
    return sm_db_finish(db->statements[which], error);
}

static gboolean write_answer(SmJournalDb *db, const SmJournalJob *job, GError **error)
{
    if (job->kind == SM_JOB_BASE && !run(db, DROP_ANSWERS, error))
        return FALSE;
    sm_db_bind(db->statements[ADD_ANSWER], "b", job->bytes);
    sm_db_bind(db->statements[SET_CURSOR], "s", job->name);
    return run(db, ADD_ANSWER, error) && run(db, SET_CURSOR, error);
}

static gboolean write_draft(SmJournalDb *db, const SmJournalJob *job, GError **error)
{
    if (job->text[0] == '\0') {
        sm_db_bind(db->statements[DROP_DRAFT], "s", job->name);
        return run(db, DROP_DRAFT, error);
    }
    sm_db_bind(db->statements[SET_DRAFT], "ssi", job->name, job->text, (int64_t)job->flag);
    return run(db, SET_DRAFT, error);
}

static gboolean write_put(SmJournalDb *db, const SmJournalJob *job, GError **error)
{
    const SmOutboxEntry *e = job->entry;

    sm_db_bind(db->statements[PUT_OUTBOX], "sissssiiiiis", e->id, e->order, e->conversation,
               e->verb, e->text, job->extra_text, e->seen, (int64_t)e->anyway, e->made,
               (int64_t)e->state, (int64_t)e->attempts, e->problem);
    return run(db, PUT_OUTBOX, error);
}

static gboolean write_update(SmJournalDb *db, const SmJournalJob *job, GError **error)
{
    if (sm_journal_job_ends(job)) {
        sm_db_bind(db->statements[DROP_OUTBOX], "s", job->name);
        return run(db, DROP_OUTBOX, error);
    }
    sm_db_bind(db->statements[UPDATE_OUTBOX], "iiiss", (int64_t)job->state, (int64_t)job->attempts,
               (int64_t)job->flag, job->text, job->name);
    return run(db, UPDATE_OUTBOX, error);
}

static gboolean write_job(SmJournalDb *db, const SmJournalJob *job, GError **error)
{
    switch (job->kind) {
    case SM_JOB_ANSWER:
    case SM_JOB_BASE:
        return write_answer(db, job, error);
    case SM_JOB_DRAFT:
        return write_draft(db, job, error);
    case SM_JOB_PUT:
        return write_put(db, job, error);
    case SM_JOB_UPDATE:
        return write_update(db, job, error);
    case SM_JOB_EMPTY:
        return run(db, EMPTY_DRAFTS, error) && run(db, EMPTY_OUTBOX, error);
    case SM_JOB_FLUSH:
    case SM_JOB_OUTCOME:
        break;
    }
    return TRUE;
}

static gboolean write_list(SmJournalDb *db, const GPtrArray *jobs, GError **error)
{
    for (guint i = 0; i < jobs->len; i++) {
        if (!write_job(db, jobs->pdata[i], error))
            return FALSE;
    }
    return TRUE;
}

static gboolean forget_answers(SmJournalDb *db, GError **error)
{
    sm_db_bind(db->statements[SET_CURSOR], "s", (const char *)NULL);
    return run(db, DROP_ANSWERS, error) && run(db, SET_CURSOR, error);
}

static gboolean set_sync(SmJournalDb *db, gboolean sync, GError **error)
{
    if (db->sync == sync)
        return TRUE;
    if (!sm_db_exec(db->db, sync ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL",
                    error))
        return FALSE;
    db->sync = sync;
    return TRUE;
}

/* Each transaction has a number, by which the list of unsent texts is compared with the database. With synchronous FULL a commit
 * that changes nothing would sync nothing: this also takes along what earlier, lazier ones left in the write-ahead log. */
static gboolean set_change(SmJournalDb *db, GError **error)
{
    sm_db_bind(db->statements[SET_CHANGE], "i", db->change + 1);
    return run(db, SET_CHANGE, error);
}

/* A base is written where what stood before must not be found any more: the write-ahead log holds pages as they were. A file that another
 * reads at this moment is emptied with the next base. */
static void empty_wal(SmJournalDb *db)
{
    sqlite3_wal_checkpoint_v2(db->db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
}

static gboolean has_base(const GPtrArray *jobs)
{
    for (guint i = 0; i < jobs->len; i++) {
        if (((const SmJournalJob *)jobs->pdata[i])->kind == SM_JOB_BASE)
            return TRUE;
    }
    return FALSE;
}

gboolean sm_journal_db_write(SmJournalDb *db, const GPtrArray *first, const GPtrArray *then,
                             gboolean sync, gboolean broken, GError **error)
{
    if (!sm_db_in_place(db->db, error) || !set_sync(db, sync, error) || !run(db, BEGIN, error))
        return FALSE;
    if ((!broken || forget_answers(db, error)) && write_list(db, first, error) &&
        write_list(db, then, error) && set_change(db, error) && run(db, COMMIT, error)) {
        db->change++;
        if (has_base(first) || has_base(then))
            empty_wal(db);
        return TRUE;
    }
    if (sqlite3_get_autocommit(db->db) == 0) /* else SQLite rolled back itself */
        run(db, ROLLBACK, NULL);
    return FALSE;
}

/* --- Life ------------------------------------------------------------------------------------- */

void sm_journal_db_close(SmJournalDb *db)
{
    if (db == NULL)
        return;
    for (int i = 0; i < N_STATEMENTS; i++)
        sqlite3_finalize(db->statements[i]);
    sqlite3_close_v2(db->db);
    g_free(db);
}

static gboolean file_size(const char *path, const char *suffix, int64_t *size)
{
    g_autofree char *name = g_strconcat(path, suffix, NULL);
    struct stat info;

    *size = g_stat(name, &info) == 0 ? info.st_size : 0;
    return *size > 0;
}

SmJournalDb *sm_journal_db_open(const char *path, SmJournalState *state, gboolean *fresh,
                                GError **error)
{
    int64_t size, left;
    gboolean unclean = file_size(path, "-wal", &left);

    *fresh = !file_size(path, "", &size);
    if (size > 0 && size < SMALLEST_BYTES) {
        g_set_error(error, SM_ERROR, SM_ERROR_CORRUPT, "%s is cut off", path);
        return NULL;
    }
    sqlite3 *sqlite = sm_db_open(path, &KIND, error);
    if (sqlite == NULL)
        return NULL;
    SmJournalDb *db = g_new0(SmJournalDb, 1);
    /* Read once from one end to the other, then added to: no page is wanted twice. */
    gboolean good = sm_db_exec(sqlite, "PRAGMA cache_size = -256", error);
    db->db = sqlite;
    db->sync = -1;
    for (int i = 0; good && i < N_STATEMENTS; i++) {
        db->statements[i] = sm_db_prepare(sqlite, SQL[i], error);
        good = db->statements[i] != NULL;
    }
    if (good && read_all(db, state, unclean || size <= CHECK_BYTES, error)) {
        db->change = state->change;
        return db;
    }
    sm_journal_db_close(db);
    return NULL;
}

int64_t sm_journal_db_change(const SmJournalDb *db)
{
    return db->change;
}

void sm_journal_db_count_on(SmJournalDb *db, int64_t change)
{
    db->change = MAX(db->change, change);
}

char *sm_journal_db_set_aside(const char *path, GError **error)
{
    g_autofree char *aside = NULL;
    static const char *const suffixes[] = {"-wal", "-shm"};

    for (int n = 1; n <= SET_ASIDE_MOST; n++) {
        g_free(aside);
        aside = g_strdup_printf("%s.corrupt-%d", path, n);
        if (!g_file_test(aside, G_FILE_TEST_EXISTS))
            break;
    }
    if (g_rename(path, aside) != 0) {
        g_set_error(error, SM_ERROR, SM_ERROR_IO, "%s can't be set aside: %s", path,
                    g_strerror(errno));
        return NULL;
    }
    for (guint i = 0; i < G_N_ELEMENTS(suffixes); i++) {
        g_autofree char *from = g_strconcat(path, suffixes[i], NULL);
        g_autofree char *to = g_strconcat(aside, suffixes[i], NULL);
        if (g_rename(from, to) != 0 && errno != ENOENT && g_unlink(from) != 0) {
            g_set_error(error, SM_ERROR, SM_ERROR_IO, "%s can't be set aside: %s", from,
                        g_strerror(errno));
            return NULL;
        }
    }
    return g_steal_pointer(&aside);
}
