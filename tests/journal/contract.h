/* SPDX-License-Identifier: MIT */
/* contract: what every journal promises, as tests over a factory. An implementation registers them
 * under its name. */
#ifndef SEATMUX_TESTS_JOURNAL_CONTRACT_H
#define SEATMUX_TESTS_JOURNAL_CONTRACT_H

#include "seatmux/journal/journal.h"

typedef struct {
    const char *name; /* "memory" */
    /* A place to keep a journal in, empty. */
    void *(*store_new)(SmLoop *loop);
    void (*store_free)(void *store);
    /* Opens the journal of this place. */
    SmJournal *(*open)(void *store, SmLoop *loop, SmJournalState **state);
    /* Ends it as a power cut would; NULL: this one can't be made to. */
    void (*crash)(SmJournal *journal);
    /* The next n durable writes fail; NULL: can't be made to. */
    void (*fail)(SmJournal *journal, guint n);
    SmLoop *(*loop_new)(void);
} SmJournalFactory;

/* A journal that is open, and what is needed to wait for it. */
typedef struct {
    const SmJournalFactory *factory;
    SmLoop *loop;
    void *store;
    SmJournal *journal;
    SmJournalState *state;
    GString *said; /* words of trouble, "|" after each, "well" for the end */
} SmJournalFixture;

void sm_fixture_init(SmJournalFixture *f, const SmJournalFactory *factory);
void sm_fixture_open(SmJournalFixture *f);
void sm_fixture_reopen(SmJournalFixture *f); /* closes cleanly and opens again */
void sm_fixture_clear(SmJournalFixture *f);
/* Counts answers to writes; sm_fixture_wait() runs the loop until there are n. */
typedef struct {
    guint answers;
    guint errors;
    GString *order;
} SmJournalHeard;
void sm_fixture_heard(const GError *error, void *heard);
void sm_fixture_wait(SmJournalFixture *f, const SmJournalHeard *heard, guint n);
SmOutboxEntry *sm_fixture_entry(const char *id, int64_t order, const char *text);

void sm_journal_contract_add(const SmJournalFactory *factory);
void sm_journal_contract_add_outbox(const SmJournalFactory *factory);

#endif
