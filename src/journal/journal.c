/* SPDX-License-Identifier: MIT */
/* journal: what all implementations have in common: dispatch, and the values that go in and out. */
#include "journal/journal_private.h"

/* --- Values ----------------------------------------------------------------------------------- */

const char *sm_send_state_name(SmSendState state)
{
    static const char *const names[] = {"saving", "queued", "sending",   "sent",
                                        "held",   "failed", "taken_back"};

    g_return_val_if_fail((guint)state < G_N_ELEMENTS(names), "");
    return names[state];
}

SmOutboxEntry *sm_outbox_entry_copy(const SmOutboxEntry *entry)
{
    SmOutboxEntry *copy = g_new(SmOutboxEntry, 1);

    *copy = *entry;
    copy->id = g_strdup(entry->id);
    copy->conversation = g_strdup(entry->conversation);
    copy->verb = g_strdup(entry->verb);
    copy->text = g_strdup(entry->text);
    copy->extra = json_deep_copy(entry->extra);
    copy->problem = g_strdup(entry->problem);
    return copy;
}

gboolean sm_outbox_entry_stuck(const SmOutboxEntry *entry)
{
    return entry->state == SM_SEND_FAILED || entry->state == SM_SEND_HELD;
}

void sm_outbox_entry_free(SmOutboxEntry *entry)
{
    if (entry == NULL)
        return;
    g_free(entry->id);
    g_free(entry->conversation);
    g_free(entry->verb);
    g_free(entry->text);
    json_decref(entry->extra);
    g_free(entry->problem);
    g_free(entry);
}

SmDraft *sm_draft_new(const char *conversation, const char *text, gboolean note)
{
    SmDraft *draft = g_new0(SmDraft, 1);

    draft->conversation = g_strdup(conversation);
    draft->text = g_strdup(text);
    draft->note = note;
    return draft;
}

void sm_draft_free(SmDraft *draft)
{
    if (draft == NULL)
        return;
    g_free(draft->conversation);
    g_free(draft->text);
    g_free(draft);
}

SmJournalState *sm_journal_state_new(void)
{
    SmJournalState *state = g_new0(SmJournalState, 1);

    state->answers = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    state->drafts = g_ptr_array_new_with_free_func((GDestroyNotify)sm_draft_free);
    state->outbox = g_ptr_array_new_with_free_func((GDestroyNotify)sm_outbox_entry_free);
    return state;
}

void sm_journal_state_free(SmJournalState *state)
{
    if (state == NULL)
        return;
    g_free(state->cursor);
    g_ptr_array_unref(state->answers);
    g_ptr_array_unref(state->drafts);
    g_ptr_array_unref(state->outbox);
    g_free(state->trouble);
    g_free(state);
}

/* --- Trouble ---------------------------------------------------------------------------------- */

void sm_journal_init(SmJournal *j, const SmJournalOps *ops, SmLoop *loop)
{
    j->ops = ops;
    j->loop = loop;
}

void sm_journal_set_trouble(SmJournal *journal, SmJournalTrouble trouble, void *user)
{
    journal->trouble = trouble;
    journal->trouble_user = user;
}

gboolean sm_journal_in_trouble(const SmJournal *journal)
{
    return journal->in_trouble;
}

void sm_journal_report(SmJournal *j, const GError *error)
{
    gboolean bad = error != NULL;

    if (bad == j->in_trouble)
        return;
    j->in_trouble = bad;
    if (j->trouble != NULL)
        j->trouble(bad ? error->message : NULL, j->trouble_user);
}

/* --- Dispatch --------------------------------------------------------------------------------- */

void sm_journal_add_answer(SmJournal *journal, const char *cursor, GBytes *answer)
{
    journal->ops->add_answer(journal, cursor, answer);
}

void sm_journal_set_base(SmJournal *journal, const char *cursor, GBytes *base)
{
    journal->ops->set_base(journal, cursor, base);
}

gsize sm_journal_answer_bytes(SmJournal *journal)
{
    return journal->ops->answer_bytes(journal);
}

void sm_journal_put_draft(SmJournal *journal, const char *conversation, const char *text,
                          gboolean note)
{
    journal->ops->put_draft(journal, conversation, text, note);
}

void sm_journal_put_outbox(SmJournal *journal, const SmOutboxEntry *entry, SmJournalDone done,
                           void *user)
{
    journal->ops->put_outbox(journal, entry, done, user);
}

void sm_journal_update_outbox(SmJournal *journal, const char *id, SmSendState state, int attempts,
                              gboolean anyway, const char *problem, SmJournalDone done, void *user)
{
    journal->ops->update_outbox(journal, id, state, attempts, anyway, problem, done, user);
}

void sm_journal_flush(SmJournal *journal, SmJournalDone done, void *user)
{
    journal->ops->flush(journal, done, user);
}

void sm_journal_close(SmJournal *journal, int within_ms)
{
    if (journal != NULL)
        journal->ops->close(journal, within_ms);
}
