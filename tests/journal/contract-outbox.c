/* SPDX-License-Identifier: MIT */
#include "contract.h"

#include <string.h>

static void put(SmJournalFixture *f, const char *id, int64_t order, SmJournalHeard *heard)
{
    SmOutboxEntry *entry = sm_fixture_entry(id, order, "Good morning \xe2\x98\x95");

    entry->extra = json_pack("{s:s}", "reason", "done");
    sm_journal_put_outbox(f->journal, entry, sm_fixture_heard, heard);
    sm_outbox_entry_free(entry);
}

static void update(SmJournalFixture *f, const char *id, SmSendState state, SmJournalHeard *heard)
{
    sm_journal_update_outbox(f->journal, id, state, 3, TRUE, "changed", sm_fixture_heard, heard);
}

static void test_put(gconstpointer factory)
{
    SmJournalFixture f;
    SmJournalHeard heard = {0};

    sm_fixture_init(&f, factory);
    put(&f, "m1", 1, &heard);
    put(&f, "m2", 2, &heard);
    g_assert_cmpuint(heard.answers, ==, 0); /* never from inside the call */
    sm_fixture_wait(&f, &heard, 2);
    g_assert_cmpuint(heard.errors, ==, 0);
    sm_fixture_reopen(&f);
    g_assert_cmpuint(f.state->outbox->len, ==, 2);
    const SmOutboxEntry *entry = f.state->outbox->pdata[0];
    g_assert_cmpstr(entry->id, ==, "m1");
    g_assert_cmpint(entry->order, ==, 1);
    g_assert_cmpstr(entry->conversation, ==, "c1");
    g_assert_cmpstr(entry->verb, ==, "post");
    g_assert_cmpstr(entry->text, ==, "Good morning \xe2\x98\x95");
    g_assert_cmpstr(sm_json_str(entry->extra, "reason", NULL), ==, "done");
    g_assert_cmpint(entry->seen, ==, 7);
    g_assert_cmpint(entry->made, ==, 1000);
    g_assert_cmpint(entry->state, ==, SM_SEND_QUEUED);
    g_assert_null(entry->problem);
    entry = f.state->outbox->pdata[1];
    g_assert_cmpstr(entry->id, ==, "m2");
    sm_fixture_clear(&f);
}

/* Entries come back by order of Enter, not of writing. */
static void test_order(gconstpointer factory)
{
    SmJournalFixture f;
    SmJournalHeard heard = {0};

    sm_fixture_init(&f, factory);
    put(&f, "m2", 2, &heard);
    put(&f, "m3", 3, &heard);
    put(&f, "m1", 1, &heard);
    sm_fixture_wait(&f, &heard, 3);
    sm_fixture_reopen(&f);
    for (guint i = 0; i < 3; i++)
        g_assert_cmpint(((SmOutboxEntry *)f.state->outbox->pdata[i])->order, ==, i + 1);
    sm_fixture_clear(&f);
}

static void test_update(gconstpointer factory)
{
    SmJournalFixture f;
    SmJournalHeard heard = {0};

    sm_fixture_init(&f, factory);
    put(&f, "m1", 1, &heard);
    put(&f, "m2", 2, &heard);
    put(&f, "m3", 3, &heard);
    update(&f, "m1", SM_SEND_SENT, &heard);
    update(&f, "m2", SM_SEND_HELD, &heard);
    update(&f, "m3", SM_SEND_TAKEN_BACK, &heard);
    update(&f, "unknown", SM_SEND_SENT, &heard);
    sm_fixture_wait(&f, &heard, 7);
    sm_fixture_reopen(&f);
    g_assert_cmpuint(f.state->outbox->len, ==, 1);
    const SmOutboxEntry *entry = f.state->outbox->pdata[0];
    g_assert_cmpstr(entry->id, ==, "m2");
    g_assert_cmpint(entry->state, ==, SM_SEND_HELD);
    g_assert_cmpint(entry->attempts, ==, 3);
    g_assert_true(entry->anyway);
    g_assert_cmpstr(entry->problem, ==, "changed");
    sm_fixture_clear(&f);
}

/* What was answered survives a power cut. */
static void test_durable(gconstpointer data)
{
    const SmJournalFactory *factory = data;
    SmJournalFixture f;
    SmJournalHeard heard = {0};

    if (factory->crash == NULL) {
        g_test_skip("this journal can't be cut off");
        return;
    }
    sm_fixture_init(&f, factory);
    put(&f, "m1", 1, &heard);
    sm_fixture_wait(&f, &heard, 1);
    update(&f, "m1", SM_SEND_SENDING, &heard);
    sm_fixture_wait(&f, &heard, 2);
    factory->crash(f.journal);
    sm_fixture_open(&f);
    g_assert_cmpuint(f.state->outbox->len, ==, 1);
    g_assert_cmpint(((SmOutboxEntry *)f.state->outbox->pdata[0])->state, ==, SM_SEND_SENDING);
    sm_fixture_clear(&f);
}

static void test_trouble(gconstpointer data)
{
    const SmJournalFactory *factory = data;
    SmJournalFixture f;
    SmJournalHeard heard = {0};

    if (factory->fail == NULL) {
        g_test_skip("this journal's writes can't be made to fail");
        return;
    }
    sm_fixture_init(&f, factory);
    factory->fail(f.journal, 2);
    put(&f, "m1", 1, &heard);
    put(&f, "m2", 2, &heard);
    sm_fixture_wait(&f, &heard, 2);
    g_assert_cmpuint(heard.errors, ==, 2);
    g_assert_cmpuint(f.said->len, >, 1);
    g_assert_null(strstr(f.said->str, "well"));
    gsize once = f.said->len;
    put(&f, "m3", 3, &heard);
    sm_fixture_wait(&f, &heard, 3);
    g_assert_cmpuint(heard.errors, ==, 2);
    g_assert_cmpstr(f.said->str + once, ==, "well|");
    g_assert_cmpuint(once, ==, strchr(f.said->str, '|') + 1 - f.said->str); /* said once */
    sm_fixture_reopen(&f);
    g_assert_cmpuint(f.state->outbox->len, ==, 1);
    sm_fixture_clear(&f);
}

void sm_journal_contract_add_outbox(const SmJournalFactory *factory)
{
    static const struct {
        const char *name;
        void (*test)(gconstpointer);
    } tests[] = {
        {"outbox-put", test_put},       {"outbox-order", test_order},
        {"outbox-update", test_update}, {"outbox-durable", test_durable},
        {"trouble", test_trouble},
    };

    for (guint i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *path = g_strdup_printf("/journal/%s/%s", factory->name, tests[i].name);
        g_test_add_data_func(path, factory, tests[i].test);
    }
}
