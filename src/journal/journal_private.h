/* SPDX-License-Identifier: MIT */
/* journal_private: what an implementation of the journal fills in. */
#ifndef SEATMUX_JOURNAL_JOURNAL_PRIVATE_H
#define SEATMUX_JOURNAL_JOURNAL_PRIVATE_H

#include "seatmux/journal/journal.h"

typedef struct {
    void (*add_answer)(SmJournal *j, const char *cursor, GBytes *answer);
    void (*set_base)(SmJournal *j, const char *cursor, GBytes *base);
    gsize (*answer_bytes)(SmJournal *j);
    void (*put_draft)(SmJournal *j, const char *conversation, const char *text, gboolean note);
    void (*put_outbox)(SmJournal *j, const SmOutboxEntry *entry, SmJournalDone done, void *user);
    void (*update_outbox)(SmJournal *j, const char *id, SmSendState state, int attempts,
                          gboolean anyway, const char *problem, SmJournalDone done, void *user);
    void (*flush)(SmJournal *j, SmJournalDone done, void *user);
    void (*close)(SmJournal *j, int within_ms); /* frees j */
} SmJournalOps;

/* The first member of every implementation. */
struct SmJournal {
    const SmJournalOps *ops;
    SmLoop *loop;
    SmJournalTrouble trouble;
    void *trouble_user;
    gboolean in_trouble; /* said already */
};

void sm_journal_init(SmJournal *j, const SmJournalOps *ops, SmLoop *loop);
/* How a write went, on the loop: trouble is said once when it begins and once when it is over. */
void sm_journal_report(SmJournal *j, const GError *error);

SmJournalState *sm_journal_state_new(void); /* empty lists */
SmDraft *sm_draft_new(const char *conversation, const char *text, gboolean note);

#endif
