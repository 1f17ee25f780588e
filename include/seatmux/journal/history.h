/* SPDX-License-Identifier: MIT */
/* history: every line this agent was shown, kept beside the journal and searched. A database of its own (SQLite with
 * FTS5) on a thread of its own: a search never waits for the outbox, nor the outbox for a search, and a damaged one is
 * made anew, for the journal's lines are handed in again at each start. Calls return at once and answer on the loop.
 *
 * What is found: lines that hold all words of the query, letter by letter ("货" and "退货" find 退货了, "8213" finds
 * 48213), in their text or in the customer's name. Case and fullwidth forms do not matter. */
#ifndef SEATMUX_JOURNAL_HISTORY_H
#define SEATMUX_JOURNAL_HISTORY_H

#include <glib.h>
#include <stdint.h>

#include "seatmux/base/loop.h"

typedef struct SmHistory SmHistory;

typedef struct {
    char *content;      /* content id: what it is known and erased by */
    char *conversation;
    int64_t seq;        /* of its record */
    int64_t at;         /* desk ms */
    int kind;           /* SmLineKind of desk.h */
    int author;         /* SmAuthor of desk.h */
    char *agent;        /* of the staff; NULL */
    char *name;         /* the customer's, raw; NULL */
    char *profile;      /* content id of the name; NULL */
    char *text;         /* raw */
} SmHistoryLine;
void sm_history_line_free(SmHistoryLine *line); /* NULL is fine */

/* `forget` of the two questions below (may be NULL) frees `user` where no answer comes any more.
 * lines: SmHistoryLine, borrowed. error: it can't be searched now; lines is empty then. */
typedef void (*SmHistoryFound)(const GPtrArray *lines, const GError *error, void *user);

/* In this directory (which is there). Lines older than `days` go. Never fails: what is wrong is told by a search. The
 * caller holds the directory's lock (sm_journal_open). */
SmHistory *sm_history_open(const char *directory, SmLoop *loop, int days);
/* What was kept in this directory goes: nothing is to be kept any more. */
void sm_history_forget(const char *directory);
/* In memory, without a thread: for practice and for tests on a virtual loop. */
SmHistory *sm_history_new_memory(SmLoop *loop);
/* Writes what waits, for 200 ms at most, and closes: nobody is answered any more. NULL is fine. */
void sm_history_close(SmHistory *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmHistory, sm_history_close)

/* SmHistoryLine; takes the array over. Those that are known already change nothing. */
void sm_history_add(SmHistory *history, GPtrArray *lines);
/* So much waits for the disk that more is better handed in later: what waits lies in memory a second time. */
gboolean sm_history_full(const SmHistory *history);
/* What has this content id, as text or as name, is forgotten for good. */
void sm_history_erase(SmHistory *history, const char *content);
/* The newest `most` lines that hold all words, newest first. */
void sm_history_search(SmHistory *history, const char *words, guint most, SmHistoryFound found, void *user,
                       GDestroyNotify forget);
/* Lines of one conversation, oldest first: at most `most` of them, around the record `seq`. */
void sm_history_read(SmHistory *history, const char *conversation, int64_t seq, guint most, SmHistoryFound found,
                     void *user, GDestroyNotify forget);
/* The words of a query, as they are looked for: none is empty. Caller frees (g_strfreev). */
char **sm_history_words(const char *query);

#endif
