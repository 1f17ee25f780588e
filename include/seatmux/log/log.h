/* SPDX-License-Identifier: MIT */
/* log: the append-only log of records behind one struct of operations, with two implementations that
 * pass one contract test: memory (for practice and tests) and SQLite (WAL, one file, one writer).
 *
 * Content lies in a table of its own; read() joins it in. Operations are called on the loop's thread.
 * append() answers later, on the loop, when the group it went into is durable. */
#ifndef SEATMUX_LOG_LOG_H
#define SEATMUX_LOG_LOG_H

#include <glib.h>
#include <stdint.h>
#include <stdio.h>

#include "seatmux/base/loop.h"
#include "seatmux/base/rng.h"
#include "seatmux/desk/event.h"

typedef struct SmLog SmLog;

/* error NULL: everything handed in with this call is durable (fsync). Else nothing of it, nor anything
 * appended after it, is in the log: SM_ERROR_FENCED (expected_seq was stale), SM_ERROR_FULL (disk full),
 * SM_ERROR_IO. After an error the log goes on at the last durable record. */
typedef void (*SmLogDone)(const GError *error, void *user);
/* Records up to `seq` are durable and can be read. */
typedef void (*SmLogWatch)(int64_t seq, void *user);

/* Records in order, borrowed; those that are wanted longer may be referenced. FALSE and an error: no more. */
typedef gboolean (*SmTakePage)(GPtrArray *records, void *user, GError **error);

typedef struct {
    void (*append)(SmLog *log, int64_t expected_seq, GPtrArray *records, SmLogDone done, void *user);
    GPtrArray *(*read)(SmLog *log, int64_t after, guint limit, GError **error);
    GPtrArray *(*read_conversation)(SmLog *log, const char *conversation, int64_t before, guint limit,
                                    GError **error);
    SmRecord *(*find)(SmLog *log, const char *command, GError **error);
    gboolean (*forget)(SmLog *log, const char *content, GError **error);
    int64_t (*last)(SmLog *log);
    const char *(*desk_id)(SmLog *log);
    void (*close)(SmLog *log);
    void (*abandon)(SmLog *log, void *user); /* may be NULL */
    gboolean (*each)(SmLog *log, int64_t after, SmTakePage take, void *user, GError **error); /* NULL: by read */
} SmLogOps;

/* First member of every implementation. */
struct SmLog {
    const SmLogOps *ops;
    SmLogWatch watch;
    void *watch_user;
};

/* Append records in order; the first gets expected_seq + 1 (set in the records at once). Each append
 * is a reference to the array until done. Several appends under way make one group commit. */
void sm_log_append(SmLog *log, int64_t expected_seq, GPtrArray *records, SmLogDone done, void *user);
/* Durable records with seq > after, at most `limit`, contents joined in. Empty array at the end; NULL
 * and error. Free with g_ptr_array_unref. */
GPtrArray *sm_log_read(SmLog *log, int64_t after, guint limit, GError **error);
/* All that are durable now with seq > after, page by page, until the end or until `take`, which is called on this thread, wants
 * no more. Where many are left of a log that is a file, the next pages are read and decoded on another thread meanwhile. */
gboolean sm_log_each(SmLog *log, int64_t after, SmTakePage take, void *user, GError **error);
/* Durable records that hold an event of this conversation, with seq < before (0: no bound), the newest
 * `limit`, oldest first. */
GPtrArray *sm_log_read_conversation(SmLog *log, const char *conversation, int64_t before, guint limit,
                                    GError **error);
/* The durable record with this command id, or NULL (no error set: there is none). */
SmRecord *sm_log_find(SmLog *log, const char *command, GError **error);
/* Delete content and salt for good (SQLite: secure_delete and a checkpoint). */
gboolean sm_log_forget(SmLog *log, const char *content, GError **error);
int64_t sm_log_last(SmLog *log);        /* seq of the last durable record; 0: empty */
const char *sm_log_desk_id(SmLog *log); /* made with the log, part of every cursor */
/* Whoever appended with this `user` goes away: TRUE if `done` is certain never to be called any more; FALSE
 * if it may be, then `user` must outlive that. What was appended may still become durable. */
gboolean sm_log_abandon(SmLog *log, void *user);
void sm_log_set_watch(SmLog *log, SmLogWatch watch, void *user);
void sm_log_close(SmLog *log); /* waits for what is under way; NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmLog, sm_log_close)

/* In memory. Commits are loop events, `delay_low`..`delay_high` ms later, drawn from rng (NULL: at the
 * next turn of the loop). */
SmLog *sm_log_new_memory(SmLoop *loop, SmRng *rng, int delay_low, int delay_high);
/* Faults for tests, memory only: fail the next n commits with this code; `torn`: a crash now, un-synced
 * appends are lost and their `done` never called. */
void sm_log_memory_fail(SmLog *log, guint n, int error_code);
void sm_log_memory_crash(SmLog *log);

/* One file (0600, made if absent), WAL, synchronous FULL, commits on a thread of its own that groups
 * what came meanwhile. SM_ERROR_BUSY if another process holds it, SM_ERROR_CORRUPT, SM_ERROR_VERSION. */
SmLog *sm_log_open_sqlite(const char *path, SmLoop *loop, SmRng *rng, GError **error);

/* --- A log on disk without a loop (backup) --- */

/* As it is at one moment, beside whoever writes it, as a new file; see sm_db_copy(). SM_ERROR_CORRUPT: its end is lost. */
gboolean sm_log_copy(const char *from, const char *to, GError **error);
typedef struct {
    int64_t records; /* seq of the last */
    int64_t at;      /* desk ms of it; 0: there is none */
    char *desk;      /* shown name, by the policy of then; caller frees */
} SmLogFacts;
/* Reads a log that nobody writes to its end: every page, every record, numbered without a gap, each one folding onto those
 * before it. SM_ERROR_CORRUPT says at which record not. */
gboolean sm_log_check(const char *path, SmLogFacts *facts, GError **error);
/* What an older seatmux made becomes a log of this one. */
gboolean sm_log_upgrade(const char *path, GError **error);

/* Whole log as JSON lines, contents included or {"erased":seq}; and back into an empty log. `out`
 * gets one line at a time. */
gboolean sm_log_export(SmLog *log, gboolean (*out)(const char *line, void *user, GError **error),
                       void *user, GError **error);
/* One line of it, for a caller that exports page by page. `erased`: content id -> seq (int64_t) of the record
 * that erased it, made by sm_log_erased_new() and filled by sm_log_note_erased(). Caller frees. */
char *sm_log_export_line(const SmRecord *record, const GHashTable *erased);
GHashTable *sm_log_erased_new(void); /* free with g_hash_table_unref */
void sm_log_note_erased(GHashTable *erased, const SmRecord *record);
SmRecord *sm_log_import_line(const char *line, gsize n, GError **error);

/* An exported log read line by line (docs/log-format.md): for import, and for figures that somebody checks
 * without a desk. */
typedef struct SmLogLines SmLogLines;
/* Takes over the file. `name` is what errors call it: "FILE:17: ...". */
SmLogLines *sm_log_lines_new(FILE *file, const char *name);
void sm_log_lines_free(SmLogLines *lines); /* closes the file; NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmLogLines, sm_log_lines_free)
/* The next record; NULL without an error: the end. A line that is no record, is longer than
 * SM_MAX_LOG_LINE_BYTES, or whose seq is not the next one is an error that names the line; reading does not go
 * on behind it. */
SmRecord *sm_log_lines_next(SmLogLines *lines, GError **error);
int64_t sm_log_lines_number(const SmLogLines *lines); /* of the line read last, 1.. */
/* What is done with a record; FALSE and an error: no more. The record is borrowed, and may be changed. */
typedef gboolean (*SmTakeRecord)(void *user, SmRecord *record, GError **error);
/* Each record that is left to `take`. TRUE: the end was reached. */
gboolean sm_log_lines_each(SmLogLines *lines, SmTakeRecord take, void *user, GError **error);

#endif
