/* SPDX-License-Identifier: MIT */
/* history_private: the database of the history; it belongs to one thread. */
#ifndef SEATMUX_JOURNAL_HISTORY_PRIVATE_H
#define SEATMUX_JOURNAL_HISTORY_PRIVATE_H

#include "seatmux/journal/history.h"

typedef struct SmHistoryDb SmHistoryDb;

/* ":memory:" or a file, made if it is not there. */
SmHistoryDb *sm_history_db_open(const char *path, GError **error);
void sm_history_db_close(SmHistoryDb *db); /* NULL is fine */

gboolean sm_history_db_begin(SmHistoryDb *db, GError **error);
/* Commits, or takes all back where `good` is not so. */
gboolean sm_history_db_end(SmHistoryDb *db, gboolean good, GError **error);
/* The four within begin and end. */
gboolean sm_history_db_add(SmHistoryDb *db, const SmHistoryLine *line, GError **error);
gboolean sm_history_db_erase(SmHistoryDb *db, const char *content, GError **error);
/* Forgets up to `most` lines from before this time, or beyond the bound; how many: -1 and error. */
int sm_history_db_prune(SmHistoryDb *db, int64_t before, guint most, GError **error);
/* After an erasure has been committed: nothing of it stays in the file. */
gboolean sm_history_db_purge(SmHistoryDb *db, GError **error);

/* Into `lines`. */
gboolean sm_history_db_search(SmHistoryDb *db, const char *words, guint most, GPtrArray *lines, GError **error);
gboolean sm_history_db_read(SmHistoryDb *db, const char *conversation, int64_t seq, guint most, GPtrArray *lines,
                            GError **error);

#endif
