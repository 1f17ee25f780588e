/* SPDX-License-Identifier: MIT */
/* tail: the live desk as a stream. feed talks to the desk and brings what happened, each once and in
 * the order of the log; print shows it; mark remembers how far one got.
 *
 * What is in the stream: what makes a line in a conversation (messages, notes, whispers, and the
 * events worth showing), and agents' availability. All of it can be told apart by (seq, i): the
 * record of the log, and which of that record's events it is for this viewer. */
#ifndef CLI_TAIL_H
#define CLI_TAIL_H

#include <stdio.h>

#include "cli/connection.h"
#include "seatmux/base/json.h"
#include "seatmux/desk/filter.h"
#include "seatmux/net/transport.h"

/* --- How far one got ---------------------------------------------------------------------------- */

typedef struct {
    char *cursor; /* the desk's: all before it is done; NULL: none */
    int64_t seq;  /* of what comes after the cursor, done up to here; 0: nothing */
    int64_t i;
} SmTailMark;
void sm_tail_mark_clear(SmTailMark *mark);

typedef struct SmTailFile SmTailFile;
/* The cursor file, made (0600) if it is not there, held under a lock until closed. `mark` gets what
 * it says. SM_ERROR_BUSY: another tail has it; SM_ERROR_INVALID: it is something else. */
SmTailFile *sm_tail_file_open(const char *path, SmTailMark *mark, GError **error);
/* Written at once, over what was there: a process that is killed right after has it on disk. */
gboolean sm_tail_file_write(SmTailFile *file, const SmTailMark *mark, GError **error);
void sm_tail_file_close(SmTailFile *file); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmTailFile, sm_tail_file_close)

/* --- What happened ------------------------------------------------------------------------------ */

typedef struct {
    int64_t seq, i, at;
    const char *type; /* "message.posted"; borrowed from json, or static */
    json_t *json;     /* docs/tail.md */
    gboolean passes;  /* the filter */
    SmLevel level;    /* of its conversation when it was read */
} SmTailItem;

typedef enum {
    SM_TAIL_ITEMS,   /* items (perhaps none), and a mark to keep once they are done */
    SM_TAIL_STOPPED, /* somebody quit the loop */
    SM_TAIL_FAILED,  /* for good: see the error */
} SmTailStep;

typedef struct SmTailFeed SmTailFeed;
/* Everything borrowed; must live longer. */
SmTailFeed *sm_tail_feed_new(SmLoop *loop, SmTransport *transport, const SmConnection *at,
                             const SmFilter *filter);
void sm_tail_feed_free(SmTailFeed *feed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmTailFeed, sm_tail_feed_free)
/* Logs in and reads the desk. `from`: where to go on; without a cursor from now, or from desk time
 * `since` (ms; -1: now). `patient`: a desk that is away is waited for. */
SmTailStep sm_tail_feed_start(SmTailFeed *feed, const SmTailMark *from, int64_t since,
                              gboolean patient, GError **error);
/* The next of what happened, held at the desk up to `wait_s`; failures are told on standard error
 * and tried again. `items` is emptied first. */
SmTailStep sm_tail_feed_next(SmTailFeed *feed, int wait_s, GPtrArray *items, GError **error);
gboolean sm_tail_feed_caught_up(const SmTailFeed *feed); /* nothing is known to be left */
/* Where one stands when all items given so far are done. Borrowed. */
const SmTailMark *sm_tail_feed_mark(const SmTailFeed *feed);
SmDesk *sm_tail_feed_desk(SmTailFeed *feed);        /* as of the last answer */
int64_t sm_tail_feed_now(const SmTailFeed *feed);   /* desk ms, estimated */
void sm_tail_feed_end(SmTailFeed *feed);            /* logs out, within 2 s */
void sm_tail_item_free(void *item);

/* --- What is shown ------------------------------------------------------------------------------ */

typedef struct {
    gboolean json, color;
    int columns; /* lines are cut there; 0: not at all */
} SmTailStyle;
/* One line, with its newline. Caller frees. */
char *sm_tail_item_text(const SmTailStyle *style, const SmTailItem *item);
/* The conversations that pass, what is late first: a table, or a line of JSON each; at most `most`
 * (0: all). `count` (may be NULL) gets how many pass. Caller frees. */
char *sm_tail_desk_text(const SmTailStyle *style, SmDesk *desk, const SmFilter *filter, int64_t now,
                        guint most, guint *count);
/* A conversation as JSON: the member "chat" of an item. New reference. */
json_t *sm_tail_chat(const SmConversation *c, int64_t now);

/* --- A command for each ------------------------------------------------------------------------- */

#define SM_TAIL_EXEC_MS 30000
/* `sh -c command` with a line of JSON on standard input, waited for at most SM_TAIL_EXEC_MS, then
 * killed. FALSE and what became of it, when it did not end with 0. */
gboolean sm_tail_exec(SmLoop *loop, const char *command, const char *json, GError **error);

#endif
