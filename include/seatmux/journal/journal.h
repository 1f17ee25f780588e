/* SPDX-License-Identifier: MIT */
/* journal: the client's disk, for one (desk, agent): poll answers as they came, drafts, the outbox,
 * history. SQLite on a thread of its own under an exclusive lock; calls return at once and answer on
 * the loop. Outbox writes are durable (fsync) before they are answered; the rest is batched within a
 * second. A second, append-only file beside it keeps unsent text so that it survives a corrupt database.
 * What can't be written is said, once, through `trouble`; the client goes on in memory, and the journal tries again. */
#ifndef SEATMUX_JOURNAL_JOURNAL_H
#define SEATMUX_JOURNAL_JOURNAL_H

#include <glib.h>
#include <stdint.h>

#include "seatmux/base/loop.h"
#include "seatmux/base/rng.h"
#include "seatmux/base/json.h"

typedef struct SmJournal SmJournal;

/* What a message in the outbox is waiting for. The order of the enum is on disk: append only. */
typedef enum {
    SM_SEND_SAVING,     /* being written to the journal */
    SM_SEND_QUEUED,     /* durable; may leave when its turn comes */
    SM_SEND_SENDING,    /* the first byte may have left: can't be taken back until the outcome is known */
    SM_SEND_SENT,       /* accepted by the desk */
    SM_SEND_HELD,       /* the conversation changed; waits for a person */
    SM_SEND_FAILED,     /* refused for good; text kept, can be retried */
    SM_SEND_TAKEN_BACK,
} SmSendState;
const char *sm_send_state_name(SmSendState state);

typedef struct {
    char *id;           /* command id: the idempotency key, made when Enter was pressed */
    int64_t order;      /* order of Enter, 1.. */
    char *conversation;
    char *verb;         /* "post", "note", "whisper", "resolve", ... */
    char *text;         /* raw; NULL */
    json_t *extra;      /* other fields of the command; NULL */
    int64_t seen;       /* -1: none */
    gboolean anyway;
    int64_t made;       /* desk ms when Enter was pressed */
    SmSendState state;
    int attempts;
    char *problem;      /* last refusal in words; NULL */
} SmOutboxEntry;
SmOutboxEntry *sm_outbox_entry_copy(const SmOutboxEntry *entry);
void sm_outbox_entry_free(SmOutboxEntry *entry);
/* Refused, or held: it stays until a person decides. */
gboolean sm_outbox_entry_stuck(const SmOutboxEntry *entry);

typedef struct {
    char *conversation;
    char *text;
    gboolean note; /* a note in the making */
} SmDraft;
void sm_draft_free(SmDraft *draft);

/* What was there at start. */
typedef struct {
    char *cursor;       /* NULL: none, take a snapshot */
    GPtrArray *answers; /* GBytes: the base and the poll answers since, in order */
    GPtrArray *drafts;  /* SmDraft */
    GPtrArray *outbox;  /* SmOutboxEntry in order; none of SENT or TAKEN_BACK */
    int64_t change;     /* on disk: the number of the last thing written */
    char *trouble;      /* words about what was found (set aside, salvaged n texts); NULL */
} SmJournalState;
void sm_journal_state_free(SmJournalState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmJournalState, sm_journal_state_free)

typedef void (*SmJournalDone)(const GError *error, void *user);
typedef void (*SmJournalTrouble)(const char *words, void *user); /* NULL words: all is well again */

/* `directory` is made (0700). Reads the state before returning. SM_ERROR_BUSY: another process has it
 * (the message names its pid). A corrupt file is set aside and a new one made; unsent text is salvaged. */
SmJournal *sm_journal_open(const char *directory, SmLoop *loop, SmJournalState **state, GError **error);
/* In memory, for practice, tests and read-only homes: same order of answers; commits are loop events
 * with a delay drawn from rng. `crash`: what was not yet committed is lost; reopen with the same store. */
typedef struct SmJournalStore SmJournalStore;
SmJournalStore *sm_journal_store_new(void);
void sm_journal_store_free(SmJournalStore *store);
/* What would be there after a power cut now. The store's; changes with the next commit. */
const SmJournalState *sm_journal_store_durable(const SmJournalStore *store);
/* The power is cut while a client owns the journal: nothing more reaches the store, however the journal is ended,
 * until it is opened again. */
void sm_journal_store_freeze(SmJournalStore *store);
SmJournal *sm_journal_new_memory(SmJournalStore *store, SmLoop *loop, SmRng *rng, int delay_low, int delay_high,
                                 SmJournalState **state);
void sm_journal_memory_fail(SmJournal *journal, guint n); /* the next n durable writes fail */
void sm_journal_crash(SmJournal *journal);                /* memory only: lose what is un-synced, free */

/* The last write failed: what came since is in memory alone. */
gboolean sm_journal_in_trouble(const SmJournal *journal);
void sm_journal_set_trouble(SmJournal *journal, SmJournalTrouble trouble, void *user);

/* An answer was applied: keep its bytes and cursor in one transaction. */
void sm_journal_add_answer(SmJournal *journal, const char *cursor, GBytes *answer);
/* A base that stands for all answers before it (after a snapshot, or to compact). cursor "": there is none, the
 * next start takes a snapshot. */
void sm_journal_set_base(SmJournal *journal, const char *cursor, GBytes *base);
gsize sm_journal_answer_bytes(SmJournal *journal); /* since the base: when to compact */

void sm_journal_put_draft(SmJournal *journal, const char *conversation, const char *text, gboolean note); /* "" removes */
/* Durable before done(NULL). */
void sm_journal_put_outbox(SmJournal *journal, const SmOutboxEntry *entry, SmJournalDone done, void *user);
/* A change of state; SENT and TAKEN_BACK remove the entry. Durable before done; done may be NULL. */
void sm_journal_update_outbox(SmJournal *journal, const char *id, SmSendState state, int attempts, gboolean anyway,
                              const char *problem, SmJournalDone done, void *user);

/* Everything under way is written, then `done`. */
void sm_journal_flush(SmJournal *journal, SmJournalDone done, void *user);
/* Flushes (bounded to `within_ms` of waiting) and closes: no `done` is called any more. NULL is fine. */
void sm_journal_close(SmJournal *journal, int within_ms);

#endif
