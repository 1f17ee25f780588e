/* SPDX-License-Identifier: MIT */
/* sqlite_private: the parts of the journal on disk. The store and the list of unsent texts belong to
 * whoever opens the journal, then to its thread. */
#ifndef SEATMUX_JOURNAL_SQLITE_PRIVATE_H
#define SEATMUX_JOURNAL_SQLITE_PRIVATE_H

#include <sqlite3.h>

#include "journal/journal_private.h"

typedef enum {
    SM_JOB_OUTCOME, /* made by the thread: how a batch went */
    SM_JOB_ANSWER,
    SM_JOB_BASE,
    SM_JOB_DRAFT,
    SM_JOB_PUT,
    SM_JOB_UPDATE,
    SM_JOB_EMPTY, /* no draft, nothing in the outbox */
    SM_JOB_FLUSH,
} SmJournalJobKind;

/* Something to be written. */
typedef struct {
    SmJournalJobKind kind;
    char *name; /* cursor, conversation or id */
    char *text; /* of a draft, or the problem */
    GBytes *bytes;
    SmOutboxEntry *entry; /* its `extra` is in extra_text: JSON values are of the loop's thread */
    char *extra_text;
    SmSendState state;
    int attempts;
    gboolean flag; /* note, or anyway */
    SmJournalDone done;
    void *user;
    GError *error; /* how it went */
} SmJournalJob;

void sm_journal_job_free(SmJournalJob *job);
/* The entry is removed by this. */
gboolean sm_journal_job_ends(const SmJournalJob *job);

/* --- store.c: the database -------------------------------------------------------------------- */

typedef struct SmJournalDb SmJournalDb;

/* Opens it and reads what is there into `state`. SM_ERROR_CORRUPT: it can't be trusted. *fresh: it was made
 * just now. */
SmJournalDb *sm_journal_db_open(const char *path, SmJournalState *state, gboolean *fresh, GError **error);
void sm_journal_db_close(SmJournalDb *db); /* NULL is fine */
/* All jobs (SmJournalJob) of both lists in one transaction; `sync`: durable before this returns.
 * `broken`: answers were lost before these, so those that are there are forgotten. */
gboolean sm_journal_db_write(SmJournalDb *db, const GPtrArray *first, const GPtrArray *then, gboolean sync,
                             gboolean broken, GError **error);
/* The number of the last transaction that was written; each is one more than the one before. */
int64_t sm_journal_db_change(const SmJournalDb *db);
/* The next ones get numbers above `change`. */
void sm_journal_db_count_on(SmJournalDb *db, int64_t change);
/* Outbox and drafts as they are. */
gboolean sm_journal_db_read_unsent(SmJournalDb *db, SmJournalState *state, GError **error);
/* Move the database aside. Caller frees the name; NULL and error. */
char *sm_journal_db_set_aside(const char *path, GError **error);

/* --- unsent.c: the second file ---------------------------------------------------------------- */

typedef struct SmUnsent SmUnsent;

/* Never fails: what can't be opened is tried again with each write. */
SmUnsent *sm_unsent_new(const char *path);
void sm_unsent_free(SmUnsent *unsent); /* NULL is fine */
/* What it noted of changes after the number `after` (-1: all), put into the lists of `state`, which hold what was before; damaged
 * lines are passed over. Returns the highest number it found, `after` if none is higher. */
int64_t sm_unsent_read(const SmUnsent *unsent, int64_t after, SmJournalState *state);
/* Begin anew with what is in `state`, as it is after the change of that number; a file that says so already stays. */
gboolean sm_unsent_rewrite(SmUnsent *unsent, const SmJournalState *state, int64_t change, GError **error);
/* Note what these jobs (SmJournalJob) did, which were written as the change of that number; durable if one of them concerns the outbox. */
gboolean sm_unsent_note(SmUnsent *unsent, const GPtrArray *jobs, int64_t change, GError **error);
/* It holds much more than is still of use. */
gboolean sm_unsent_large(const SmUnsent *unsent);

#endif
