/* SPDX-License-Identifier: MIT */
/* Every journal keeps one contract; what only the one in memory does is here. */
#include "contract.h"

static SmLoop *virtual_loop(void)
{
    return sm_loop_new_virtual(1700000000000);
}

static void *memory_store(SmLoop *loop)
{
    return sm_journal_store_new();
}

static void memory_store_free(void *store)
{
    sm_journal_store_free(store);
}

static SmJournal *memory_open(void *store, SmLoop *loop, SmJournalState **state)
{
    g_autoptr(SmRng) rng = sm_rng_new(1);

    return sm_journal_new_memory(store, loop, rng, 2, 9, state);
}

static const SmJournalFactory memory = {
    .name = "memory",
    .store_new = memory_store,
    .store_free = memory_store_free,
    .open = memory_open,
    .crash = sm_journal_crash,
    .fail = sm_journal_memory_fail,
    .loop_new = virtual_loop,
};

/* Without an fsync there is nothing: a put that wasn't answered is gone. */
static void test_memory_loses_unsynced(void)
{
    SmJournalFixture f;
    SmJournalHeard heard = {0};

    sm_fixture_init(&f, &memory);
    SmOutboxEntry *entry = sm_fixture_entry("m1", 1, "Hello");
    sm_journal_put_outbox(f.journal, entry, sm_fixture_heard, &heard);
    sm_outbox_entry_free(entry);
    sm_journal_put_draft(f.journal, "c1", "Hello", FALSE);
    sm_journal_crash(f.journal);
    sm_loop_run_until(f.loop, 5000);
    g_assert_cmpuint(heard.answers, ==, 0);
    sm_fixture_open(&f);
    g_assert_cmpuint(f.state->outbox->len, ==, 0);
    g_assert_cmpuint(f.state->drafts->len, ==, 0);
    sm_fixture_clear(&f);
}

/* The power cut of a journal that somebody else owns. */
static void test_memory_frozen(void)
{
    SmJournalFixture f;

    sm_fixture_init(&f, &memory);
    sm_journal_put_draft(f.journal, "c1", "Hello", FALSE);
    sm_journal_store_freeze(f.store);
    sm_fixture_reopen(&f);
    g_assert_cmpuint(f.state->drafts->len, ==, 0);
    sm_journal_put_draft(f.journal, "c1", "Hello", FALSE);
    sm_fixture_reopen(&f);
    g_assert_cmpuint(f.state->drafts->len, ==, 1);
    sm_fixture_clear(&f);
}

static void close_now(const GError *error, void *user)
{
    SmJournalFixture *f = user;

    sm_journal_close(f->journal, 0);
    f->journal = NULL;
}

/* The answer to a write may end the journal; what came behind it is still kept. */
static void test_memory_closed_by_answer(void)
{
    SmJournalFixture f;

    sm_fixture_init(&f, &memory);
    sm_journal_flush(f.journal, close_now, &f);
    sm_journal_put_draft(f.journal, "c1", "Hello", FALSE);
    sm_loop_run_until(f.loop, 5000);
    g_assert_null(f.journal);
    sm_fixture_open(&f);
    g_assert_cmpuint(f.state->drafts->len, ==, 1);
    sm_fixture_clear(&f);
}

static void test_names(void)
{
    g_assert_cmpstr(sm_send_state_name(SM_SEND_SAVING), ==, "saving");
    g_assert_cmpstr(sm_send_state_name(SM_SEND_TAKEN_BACK), ==, "taken_back");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    sm_journal_contract_add(&memory);
    g_test_add_func("/journal/memory/loses-unsynced", test_memory_loses_unsynced);
    g_test_add_func("/journal/memory/frozen", test_memory_frozen);
    g_test_add_func("/journal/memory/closed-by-answer", test_memory_closed_by_answer);
    g_test_add_func("/journal/names", test_names);
    return g_test_run();
}
