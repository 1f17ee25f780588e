/* SPDX-License-Identifier: MIT */
#include "contract.h"

#include <string.h>

#include "seatmux/base/error.h"

#define LONGEST_MS 20000

static void trouble(const char *words, void *user)
{
    g_string_append_printf(((SmJournalFixture *)user)->said, "%s|", words != NULL ? words : "well");
}

void sm_fixture_open(SmJournalFixture *f)
{
    g_clear_pointer(&f->state, sm_journal_state_free);
    f->journal = f->factory->open(f->store, f->loop, &f->state);
    g_assert_nonnull(f->journal);
    g_assert_nonnull(f->state);
    sm_journal_set_trouble(f->journal, trouble, f);
}

void sm_fixture_init(SmJournalFixture *f, const SmJournalFactory *factory)
{
    *f = (SmJournalFixture){.factory = factory};
    f->said = g_string_new(NULL);
    f->loop = factory->loop_new();
    f->store = factory->store_new(f->loop);
    sm_fixture_open(f);
}

void sm_fixture_reopen(SmJournalFixture *f)
{
    sm_journal_close(f->journal, 1000);
    sm_fixture_open(f);
}

void sm_fixture_clear(SmJournalFixture *f)
{
    sm_journal_close(f->journal, 1000);
    sm_journal_state_free(f->state);
    f->factory->store_free(f->store);
    sm_loop_free(f->loop);
    g_string_free(f->said, TRUE);
}

void sm_fixture_heard(const GError *error, void *user)
{
    SmJournalHeard *heard = user;

    heard->answers++;
    if (error != NULL)
        heard->errors++;
}

static void give_up(void *user)
{
    *(gboolean *)user = TRUE;
}

static gboolean step(SmLoop *loop)
{
    return sm_loop_is_virtual(loop) ? sm_loop_step(loop) : g_main_context_iteration(NULL, TRUE);
}

void sm_fixture_wait(SmJournalFixture *f, const SmJournalHeard *heard, guint n)
{
    gboolean late = FALSE;
    guint64 timer = sm_loop_after(f->loop, LONGEST_MS, give_up, &late);

    while (heard->answers < n && !late)
        step(f->loop);
    sm_loop_remove(f->loop, &timer);
    g_assert_cmpuint(heard->answers, ==, n);
}

SmOutboxEntry *sm_fixture_entry(const char *id, int64_t order, const char *text)
{
    SmOutboxEntry *entry = g_new0(SmOutboxEntry, 1);

    entry->id = g_strdup(id);
    entry->order = order;
    entry->conversation = g_strdup("c1");
    entry->verb = g_strdup("post");
    entry->text = g_strdup(text);
    entry->seen = 7;
    entry->made = 1000;
    entry->state = SM_SEND_QUEUED;
    return entry;
}

static void flush(SmJournalFixture *f)
{
    SmJournalHeard heard = {0};

    sm_journal_flush(f->journal, sm_fixture_heard, &heard);
    g_assert_cmpuint(heard.answers, ==, 0); /* never from inside the call */
    sm_fixture_wait(f, &heard, 1);
    g_assert_cmpuint(heard.errors, ==, 0);
}

static void add_answer(SmJournalFixture *f, const char *cursor, const char *text)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));

    sm_journal_add_answer(f->journal, cursor, bytes);
}

static void set_base(SmJournalFixture *f, const char *cursor, const char *text)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));

    sm_journal_set_base(f->journal, cursor, bytes);
}

static void assert_answers(const SmJournalFixture *f, const char *cursor, const char *joined)
{
    g_autoptr(GString) all = g_string_new(NULL);

    for (guint i = 0; i < f->state->answers->len; i++) {
        gsize n;
        const char *data = g_bytes_get_data(f->state->answers->pdata[i], &n);
        g_string_append_len(all, data, (gssize)n);
        g_string_append_c(all, '|');
    }
    g_assert_cmpstr(all->str, ==, joined);
    g_assert_cmpstr(f->state->cursor, ==, cursor);
}

static void test_new_is_empty(gconstpointer factory)
{
    SmJournalFixture f;

    sm_fixture_init(&f, factory);
    assert_answers(&f, NULL, "");
    g_assert_cmpuint(f.state->drafts->len, ==, 0);
    g_assert_cmpuint(f.state->outbox->len, ==, 0);
    g_assert_null(f.state->trouble);
    g_assert_cmpuint(sm_journal_answer_bytes(f.journal), ==, 0);
    sm_fixture_clear(&f);
}

static void test_answers(gconstpointer factory)
{
    SmJournalFixture f;

    sm_fixture_init(&f, factory);
    set_base(&f, "k1", "base");
    add_answer(&f, "k2", "one");
    add_answer(&f, "k3", "three");
    g_assert_cmpuint(sm_journal_answer_bytes(f.journal), ==, 8);
    flush(&f);
    sm_fixture_reopen(&f);
    assert_answers(&f, "k3", "base|one|three|");
    g_assert_cmpuint(sm_journal_answer_bytes(f.journal), ==, 8);
    set_base(&f, "k3", "all of it");
    g_assert_cmpuint(sm_journal_answer_bytes(f.journal), ==, 0);
    add_answer(&f, "k4", "four");
    sm_fixture_reopen(&f); /* closing writes what is under way */
    assert_answers(&f, "k4", "all of it|four|");
    sm_fixture_clear(&f);
}

static void test_drafts(gconstpointer factory)
{
    SmJournalFixture f;

    sm_fixture_init(&f, factory);
    sm_journal_put_draft(f.journal, "c1", "Hel", FALSE);
    sm_journal_put_draft(f.journal, "c1", "Hello", FALSE);
    sm_journal_put_draft(f.journal, "c2", "a note", TRUE);
    sm_journal_put_draft(f.journal, "c3", "gone", FALSE);
    sm_journal_put_draft(f.journal, "c3", "", FALSE);
    flush(&f);
    sm_fixture_reopen(&f);
    g_assert_cmpuint(f.state->drafts->len, ==, 2);
    for (guint i = 0; i < 2; i++) {
        const SmDraft *draft = f.state->drafts->pdata[i];
        gboolean first = strcmp(draft->conversation, "c1") == 0;
        g_assert_cmpstr(draft->text, ==, first ? "Hello" : "a note");
        g_assert_cmpint(draft->note, ==, !first);
    }
    sm_fixture_clear(&f);
}

static void test_draft_within_a_second(gconstpointer data)
{
    const SmJournalFactory *factory = data;
    SmJournalFixture f;
    gboolean late = FALSE;

    if (factory->crash == NULL) {
        g_test_skip("this journal can't be cut off");
        return;
    }
    sm_fixture_init(&f, factory);
    sm_journal_put_draft(f.journal, "c1", "Hello", FALSE);
    add_answer(&f, "k1", "base");
    guint64 timer = sm_loop_after(f.loop, 1100, give_up, &late);
    while (!late)
        step(f.loop);
    sm_loop_remove(f.loop, &timer);
    factory->crash(f.journal);
    sm_fixture_open(&f);
    g_assert_cmpuint(f.state->drafts->len, ==, 1);
    assert_answers(&f, "k1", "base|");
    sm_fixture_clear(&f);
}

/* The cursor never runs ahead of the answers it stands for. */
static void test_crash_keeps_cursor_with_answers(gconstpointer data)
{
    const SmJournalFactory *factory = data;
    SmJournalFixture f;

    if (factory->crash == NULL) {
        g_test_skip("this journal can't be cut off");
        return;
    }
    sm_fixture_init(&f, factory);
    set_base(&f, "k1", "base");
    flush(&f);
    add_answer(&f, "k2", "lost");
    factory->crash(f.journal);
    sm_fixture_open(&f);
    if (f.state->answers->len == 1)
        assert_answers(&f, "k1", "base|");
    else
        assert_answers(&f, "k2", "base|lost|");
    sm_fixture_clear(&f);
}

void sm_journal_contract_add(const SmJournalFactory *factory)
{
    static const struct {
        const char *name;
        void (*test)(gconstpointer);
    } tests[] = {
        {"new-is-empty", test_new_is_empty},
        {"answers", test_answers},
        {"drafts", test_drafts},
        {"draft-within-a-second", test_draft_within_a_second},
        {"crash-keeps-cursor-with-answers", test_crash_keeps_cursor_with_answers},
    };

    for (guint i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *path = g_strdup_printf("/journal/%s/%s", factory->name, tests[i].name);
        g_test_add_data_func(path, factory, tests[i].test);
    }
    sm_journal_contract_add_outbox(factory);
}
