/* SPDX-License-Identifier: MIT */
/* memory: the journal without a disk. What is asked lies in a queue of operations, in order; a
 * commit, a loop event, carries all that are there into the store and answers them. What is still
 * in the queue when it crashes is lost, as with a real disk. */
#include "journal/journal_private.h"

#include <string.h>

#include "seatmux/base/error.h"

/* Lazy writes wait this long for others, as the disk's do. */
#define LAZY_MS 1000

struct SmJournalStore {
    SmJournalState *durable;
    gboolean frozen; /* the power is cut: nothing reaches it */
};

typedef enum { OP_ANSWER, OP_BASE, OP_DRAFT, OP_PUT, OP_UPDATE, OP_FLUSH } OpKind;

typedef struct {
    OpKind kind;
    char *name; /* cursor, conversation or id */
    char *text; /* of a draft, or the problem */
    GBytes *bytes;
    SmOutboxEntry *entry;
    SmSendState state;
    int attempts;
    gboolean flag; /* note, or anyway */
    SmJournalDone done;
    void *user;
} Op;

typedef struct {
    SmJournal base;
    SmJournalStore *store;
    SmRng *rng;
    int delay_low;
    int delay_high;
    GQueue ops;         /* Op, not yet committed */
    gsize answer_bytes; /* since the base, counted when asked */
    guint failures;     /* durable writes still to fail */
    int64_t commit_at;  /* when commit_timer fires */
    guint64 commit_timer;
    gboolean committing;
    gboolean closed; /* during a commit, by an answer */
} MemoryJournal;

static void op_free(Op *op)
{
    g_free(op->name);
    g_free(op->text);
    g_clear_pointer(&op->bytes, g_bytes_unref);
    sm_outbox_entry_free(op->entry);
    g_free(op);
}

SmJournalStore *sm_journal_store_new(void)
{
    SmJournalStore *store = g_new0(SmJournalStore, 1);

    store->durable = sm_journal_state_new();
    return store;
}

void sm_journal_store_free(SmJournalStore *store)
{
    if (store == NULL)
        return;
    sm_journal_state_free(store->durable);
    g_free(store);
}

const SmJournalState *sm_journal_store_durable(const SmJournalStore *store)
{
    return store->durable;
}

void sm_journal_store_freeze(SmJournalStore *store)
{
    store->frozen = TRUE;
}

/* --- Into the store --------------------------------------------------------------------------- */

static void store_draft(SmJournalState *state, const Op *op)
{
    for (guint i = 0; i < state->drafts->len; i++) {
        SmDraft *draft = state->drafts->pdata[i];
        if (strcmp(draft->conversation, op->name) == 0) {
            g_ptr_array_remove_index(state->drafts, i);
            break;
        }
    }
    if (op->text[0] != '\0')
        g_ptr_array_add(state->drafts, sm_draft_new(op->name, op->text, op->flag));
}

/* By order of Enter: one that failed at first may come after its successors. */
static void store_put(SmJournalState *state, const Op *op)
{
    guint at = state->outbox->len;

    while (at > 0 && ((SmOutboxEntry *)state->outbox->pdata[at - 1])->order > op->entry->order)
        at--;
    g_ptr_array_insert(state->outbox, (gint)at, sm_outbox_entry_copy(op->entry));
}

static void store_update(SmJournalState *state, const Op *op)
{
    for (guint i = 0; i < state->outbox->len; i++) {
        SmOutboxEntry *entry = state->outbox->pdata[i];
        if (strcmp(entry->id, op->name) != 0)
            continue;
        if (op->state == SM_SEND_SENT || op->state == SM_SEND_TAKEN_BACK) {
            g_ptr_array_remove_index(state->outbox, i);
            return;
        }
        entry->state = op->state;
        entry->attempts = op->attempts;
        entry->anyway = op->flag;
        g_free(entry->problem);
        entry->problem = g_strdup(op->text);
        return;
    }
}

static void store_op(SmJournalStore *store, const Op *op)
{
    SmJournalState *state = store->durable;

    if (store->frozen)
        return;
    switch (op->kind) {
    case OP_BASE:
        g_ptr_array_set_size(state->answers, 0);
        G_GNUC_FALLTHROUGH;
    case OP_ANSWER:
        g_free(state->cursor);
        state->cursor = g_strdup(op->name);
        g_ptr_array_add(state->answers, g_bytes_ref(op->bytes));
        break;
    case OP_DRAFT:
        store_draft(state, op);
        break;
    case OP_PUT:
        store_put(state, op);
        break;
    case OP_UPDATE:
        store_update(state, op);
        break;
    case OP_FLUSH:
        break;
    }
}

static gboolean is_durable(const Op *op)
{
    return op->kind == OP_PUT || op->kind == OP_UPDATE;
}

/* Answers one operation; it is out of the queue already, for its `done` may close the journal. */
static void commit_op(MemoryJournal *j, Op *op)
{
    g_autoptr(GError) error = NULL;

    if (is_durable(op) && j->failures > 0) {
        j->failures--;
        g_set_error_literal(&error, SM_ERROR, SM_ERROR_IO, "the journal can't be written");
    } else {
        store_op(j->store, op);
    }
    if (is_durable(op))
        sm_journal_report(&j->base, error);
    if (op->done != NULL)
        op->done(error, op->user);
    op_free(op);
}

static void commit(void *user)
{
    MemoryJournal *j = user;

    j->commit_timer = 0;
    j->committing = TRUE;
    /* Not those that are added while these are answered. */
    for (guint n = j->ops.length; n > 0 && !j->closed; n--)
        commit_op(j, g_queue_pop_head(&j->ops));
    j->committing = FALSE;
    if (j->closed)
        g_free(j);
}

/* Called in order; commits happen in order too: an earlier one takes the lazy writes along. */
static void add(MemoryJournal *j, Op *op, gboolean lazy)
{
    int64_t at = sm_loop_now(j->base.loop);

    at += lazy ? LAZY_MS : sm_rng_between(j->rng, j->delay_low, j->delay_high);
    g_queue_push_tail(&j->ops, op);
    if (j->commit_timer != 0 && j->commit_at <= at)
        return;
    sm_loop_remove(j->base.loop, &j->commit_timer);
    j->commit_at = at;
    j->commit_timer = sm_loop_at(j->base.loop, at, commit, j);
}

/* --- Operations ------------------------------------------------------------------------------- */

static Op *op_new(OpKind kind, const char *name, SmJournalDone done, void *user)
{
    Op *op = g_new0(Op, 1);

    op->kind = kind;
    op->name = g_strdup(name);
    op->done = done;
    op->user = user;
    return op;
}

static void memory_add_answer(SmJournal *base, const char *cursor, GBytes *answer)
{
    MemoryJournal *j = (MemoryJournal *)base;
    Op *op = op_new(OP_ANSWER, cursor, NULL, NULL);

    op->bytes = g_bytes_ref(answer);
    j->answer_bytes += g_bytes_get_size(answer);
    add(j, op, TRUE);
}

static void memory_set_base(SmJournal *base, const char *cursor, GBytes *bytes)
{
    MemoryJournal *j = (MemoryJournal *)base;
    Op *op = op_new(OP_BASE, cursor, NULL, NULL);

    op->bytes = g_bytes_ref(bytes);
    j->answer_bytes = 0;
    add(j, op, TRUE);
}

static gsize memory_answer_bytes(SmJournal *base)
{
    return ((MemoryJournal *)base)->answer_bytes;
}

static void memory_put_draft(SmJournal *base, const char *conversation, const char *text,
                             gboolean note)
{
    Op *op = op_new(OP_DRAFT, conversation, NULL, NULL);

    op->text = g_strdup(text);
    op->flag = note;
    add((MemoryJournal *)base, op, TRUE);
}

static void memory_put_outbox(SmJournal *base, const SmOutboxEntry *entry, SmJournalDone done,
                              void *user)
{
    Op *op = op_new(OP_PUT, entry->id, done, user);

    op->entry = sm_outbox_entry_copy(entry);
    add((MemoryJournal *)base, op, FALSE);
}

static void memory_update_outbox(SmJournal *base, const char *id, SmSendState state, int attempts,
                                 gboolean anyway, const char *problem, SmJournalDone done,
                                 void *user)
{
    Op *op = op_new(OP_UPDATE, id, done, user);

    op->state = state;
    op->attempts = attempts;
    op->flag = anyway;
    op->text = g_strdup(problem);
    add((MemoryJournal *)base, op, FALSE);
}

static void memory_flush(SmJournal *base, SmJournalDone done, void *user)
{
    add((MemoryJournal *)base, op_new(OP_FLUSH, NULL, done, user), FALSE);
}

static void memory_free(MemoryJournal *j)
{
    sm_loop_remove(j->base.loop, &j->commit_timer);
    g_queue_clear_full(&j->ops, (GDestroyNotify)op_free);
    sm_rng_free(j->rng);
    j->closed = TRUE;
    if (!j->committing) /* else it is freed where it is in use */
        g_free(j);
}

/* A clean end writes all there is; nobody is left to hear how it went. */
static void memory_close(SmJournal *base, int within_ms)
{
    MemoryJournal *j = (MemoryJournal *)base;

    for (GList *at = j->ops.head; at != NULL; at = at->next)
        store_op(j->store, at->data);
    memory_free(j);
}

static const SmJournalOps memory_ops = {
    .add_answer = memory_add_answer,
    .set_base = memory_set_base,
    .answer_bytes = memory_answer_bytes,
    .put_draft = memory_put_draft,
    .put_outbox = memory_put_outbox,
    .update_outbox = memory_update_outbox,
    .flush = memory_flush,
    .close = memory_close,
};

/* --- Opening ---------------------------------------------------------------------------------- */

static SmJournalState *state_copy(const SmJournalState *state)
{
    SmJournalState *copy = sm_journal_state_new();

    copy->cursor = g_strdup(state->cursor);
    for (guint i = 0; i < state->answers->len; i++)
        g_ptr_array_add(copy->answers, g_bytes_ref(state->answers->pdata[i]));
    for (guint i = 0; i < state->drafts->len; i++) {
        const SmDraft *draft = state->drafts->pdata[i];
        g_ptr_array_add(copy->drafts, sm_draft_new(draft->conversation, draft->text, draft->note));
    }
    for (guint i = 0; i < state->outbox->len; i++)
        g_ptr_array_add(copy->outbox, sm_outbox_entry_copy(state->outbox->pdata[i]));
    return copy;
}

SmJournal *sm_journal_new_memory(SmJournalStore *store, SmLoop *loop, SmRng *rng, int delay_low,
                                 int delay_high, SmJournalState **state)
{
    MemoryJournal *j = g_new0(MemoryJournal, 1);

    sm_journal_init(&j->base, &memory_ops, loop);
    j->store = store;
    store->frozen = FALSE;
    j->rng = sm_rng_fork(rng, "journal");
    j->delay_low = delay_low;
    j->delay_high = delay_high;
    g_queue_init(&j->ops);
    /* The first is the base and doesn't count. */
    for (guint i = 1; i < store->durable->answers->len; i++)
        j->answer_bytes += g_bytes_get_size(store->durable->answers->pdata[i]);
    *state = state_copy(store->durable);
    return &j->base;
}

void sm_journal_memory_fail(SmJournal *journal, guint n)
{
    g_return_if_fail(journal->ops == &memory_ops);
    ((MemoryJournal *)journal)->failures = n;
}

void sm_journal_crash(SmJournal *journal)
{
    g_return_if_fail(journal->ops == &memory_ops);
    memory_free((MemoryJournal *)journal);
}
