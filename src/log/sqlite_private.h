/* SPDX-License-Identifier: MIT */
/* sqlite_private: the parts of the log on disk: the writing connection, which belongs to the thread, and the
 * reading one, which belongs to the loop's. */
#ifndef SEATMUX_LOG_SQLITE_PRIVATE_H
#define SEATMUX_LOG_SQLITE_PRIVATE_H

#include "seatmux/base/db.h"
#include "seatmux/log/log.h"

/* A content of event number `n % SM_LOG_SLOTS` of record `n / SM_LOG_SLOTS` lies at row n, so that contents are
 * read in the order of the records and a content's row never has to move. */
#define SM_LOG_SLOTS 64

extern const SmDbKind sm_log_db_kind;

/* --- What is to be written: made on the loop, for the thread ------------------------------------ */

typedef struct {
    int64_t row;
    char *id;
    char *salt;
    char *text;
} SmLogContent;

typedef struct {
    int64_t seq;
    char *command;
    char *body;               /* encoded */
    GPtrArray *contents;      /* SmLogContent; NULL: none */
    GPtrArray *conversations; /* char *, each once; NULL: none */
} SmLogRow;

SmLogRow *sm_log_row_new(const SmRecord *record);
void sm_log_row_free(SmLogRow *row);

/* --- sqlite_write.c ------------------------------------------------------------------------------ */

typedef struct SmLogWriter SmLogWriter;

/* Opens or makes the file. *desk_id: caller frees; `fresh_id` if it was made now. *last: newest seq. */
SmLogWriter *sm_log_writer_open(const char *path, const char *fresh_id, char **desk_id, int64_t *last,
                                GError **error);
void sm_log_writer_close(SmLogWriter *writer); /* NULL is fine */
gboolean sm_log_writer_begin(SmLogWriter *writer, GError **error);
/* One append inside a transaction. SM_ERROR_FENCED, SM_ERROR_INVALID: nothing is wrong with the log, and the
 * transaction must be rolled back. */
gboolean sm_log_writer_add(SmLogWriter *writer, int64_t expected, const GPtrArray *rows, GError **error);
gboolean sm_log_writer_commit(SmLogWriter *writer, GError **error); /* durable; rolls back on error */
void sm_log_writer_roll_back(SmLogWriter *writer);
int64_t sm_log_writer_last(const SmLogWriter *writer);
/* Whose log it is (caller frees) and its newest seq. FALSE, also where it does not begin with its first record. */
gboolean sm_log_read_desk(sqlite3 *db, char **desk_id, int64_t *last, GError **error);
/* No byte of the content is in the files afterwards. */
gboolean sm_log_writer_forget(SmLogWriter *writer, const char *content, GError **error);

/* --- witness.c: how far the log had come, in a file beside it (PATH.last) -------------------------- */

typedef struct SmLogWitness SmLogWitness;

/* Reads what is there now, which is before the log is looked at: whoever writes to the log meanwhile only brings it further. Changes
 * no file. Never fails. */
SmLogWitness *sm_log_witness_new(const char *log_path);
void sm_log_witness_free(SmLogWitness *w); /* NULL is fine */
/* FALSE, SM_ERROR_CORRUPT: the log of this desk had come further than `last`, and what came after it is gone. Without a file, or
 * with one of another desk, it can't tell, and agrees. */
gboolean sm_log_witness_agrees(SmLogWitness *w, const char *desk_id, int64_t last, GError **error);
/* The record `last` is durable; it was asked once whether it agrees. Not synced; failing is no harm. */
void sm_log_witness_note(SmLogWitness *w, int64_t last);

/* --- sqlite_read.c ------------------------------------------------------------------------------- */

typedef struct SmLogReader SmLogReader;

SmLogReader *sm_log_reader_open(const char *path, GError **error);
void sm_log_reader_close(SmLogReader *reader); /* NULL is fine */
/* As the operations of the log; nothing after `last` is seen. */
GPtrArray *sm_log_reader_read(SmLogReader *reader, int64_t after, int64_t last, guint limit, GError **error);
GPtrArray *sm_log_reader_conversation(SmLogReader *reader, const char *conversation, int64_t before, int64_t last,
                                      guint limit, GError **error);
/* All of them after `after`, page by page, read ahead on a thread; see sm_log_each(). */
gboolean sm_log_reader_each(const char *path, int64_t after, int64_t last, SmTakePage take, void *user, GError **error);
SmRecord *sm_log_reader_find(SmLogReader *reader, const char *command, int64_t last, GError **error);

#endif
