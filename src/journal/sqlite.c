/* SPDX-License-Identifier: MIT */
/* sqlite: the journal on disk. The loop hands in jobs and gets them back when they were written;
 * the database and the list of unsent texts belong to the thread. What can't be written now is
 * tried again: it stays in a backlog (in order, bounded). Who puts a message into the outbox or changes its
 * state is told at once that it failed. */
#include "journal/sqlite_private.h"

#include <string.h>

#include "seatmux/base/bug.h"
#include "seatmux/base/error.h"
#include "seatmux/base/lock.h"
#include "seatmux/base/paths.h"
#include "seatmux/base/worker.h"

#define LAZY_MS 800   /* "within a second", the time to write it included */
#define RETRY_MS 5000 /* a disk that failed is tried again */
#define BACKLOG_BYTES (8 * 1024 * 1024)
#define BACKLOG_JOBS 20000

/* The thread's. */
typedef struct {
    SmJournalDb *db;
    SmUnsent *unsent;
    SmLock *lock;
    GPtrArray *backlog; /* SmJournalJob that could not be written yet */
    gsize backlog_bytes;
    gboolean broken; /* answers were dropped: those that follow lead nowhere until a base comes */
} Disk;

/* The loop's. */
typedef struct {
    SmJournal base;
    SmWorker *worker;
    gsize answer_bytes; /* since the base, counted when asked */
    gboolean answering;
    gboolean closed; /* by an answer */
} DiskJournal;

static void job_free(void *job)
{
    sm_journal_job_free(job);
}

/* --- On the thread -------------------------------------------------------------------------------
 */

static gsize size_of(const SmJournalJob *job)
{
    return sizeof *job + (job->bytes != NULL ? g_bytes_get_size(job->bytes) : 0) +
           (job->text != NULL ? strlen(job->text) : 0);
}

static gboolean is_answer(const SmJournalJob *job)
{
    return job->kind == SM_JOB_ANSWER || job->kind == SM_JOB_BASE;
}

/* Answers that lead nowhere are not written. */
static void drop_lost_answers(Disk *disk, GPtrArray *jobs)
{
    for (guint i = 0; disk->broken && i < jobs->len;) {
        const SmJournalJob *job = jobs->pdata[i];
        if (job->kind == SM_JOB_BASE)
            return; /* all is there again from here */
        if (job->kind == SM_JOB_ANSWER)
            g_ptr_array_remove_index(jobs, i);
        else
            i++;
    }
}

static void drop_backlog_answers(Disk *disk)
{
    for (guint i = 0; i < disk->backlog->len;) {
        if (is_answer(disk->backlog->pdata[i]))
            g_ptr_array_remove_index(disk->backlog, i);
        else
            i++;
    }
    disk->broken = TRUE;
}

static void keep_for_later(Disk *disk, SmJournalJob *job)
{
    g_ptr_array_add(disk->backlog, job);
    disk->backlog_bytes += size_of(job);
    if (disk->backlog_bytes > BACKLOG_BYTES || disk->backlog->len > BACKLOG_JOBS) {
        drop_backlog_answers(disk);
        while (disk->backlog->len > BACKLOG_JOBS)
            g_ptr_array_remove_index(disk->backlog, 0); /* the oldest of many drafts */
        disk->backlog_bytes = 0;
        for (guint i = 0; i < disk->backlog->len; i++)
            disk->backlog_bytes += size_of(disk->backlog->pdata[i]);
    }
}

/* A message or a change of state is tried again without whoever waited for it: that one is told now. */
static SmJournalJob *copy_job(const SmJournalJob *job)
{
    SmJournalJob *copy = g_new0(SmJournalJob, 1);

    copy->kind = job->kind;
    copy->name = g_strdup(job->name);
    copy->text = g_strdup(job->text);
    copy->state = job->state;
    copy->attempts = job->attempts;
    copy->flag = job->flag;
    copy->entry = job->entry != NULL ? sm_outbox_entry_copy(job->entry) : NULL;
    copy->extra_text = g_strdup(job->extra_text);
    if (copy->entry != NULL && copy->entry->state == SM_SEND_QUEUED)
        copy->entry->state = SM_SEND_SENDING; /* who was told goes on in memory: it may have left by now */
    return copy;
}

static void after_failure(Disk *disk, GPtrArray *jobs, const GError *error)
{
    for (guint i = 0; i < jobs->len;) {
        SmJournalJob *job = jobs->pdata[i];
        if (is_answer(job) || job->kind == SM_JOB_DRAFT) {
            keep_for_later(disk, g_ptr_array_steal_index(jobs, i));
            continue;
        }
        job->error = g_error_copy(error);
        if (job->kind == SM_JOB_PUT || (job->kind == SM_JOB_UPDATE && !SM_BUG(12)))
            keep_for_later(disk, copy_job(job));
        i++;
    }
}

static gboolean note_unsent(Disk *disk, const GPtrArray *jobs, GError **error)
{
    int64_t change = sm_journal_db_change(disk->db);

    if (!sm_unsent_note(disk->unsent, disk->backlog, change, error) ||
        !sm_unsent_note(disk->unsent, jobs, change, error))
        return FALSE;
    if (!sm_unsent_large(disk->unsent))
        return TRUE;
    g_autoptr(SmJournalState) state = sm_journal_state_new();
    return sm_journal_db_read_unsent(disk->db, state, error) &&
           sm_unsent_rewrite(disk->unsent, state, change, error);
}

static gboolean wants_sync(const GPtrArray *jobs)
{
    for (guint i = 0; i < jobs->len; i++) {
        const SmJournalJob *job = jobs->pdata[i];
        if (job->kind >= SM_JOB_PUT)
            return TRUE;
    }
    return FALSE;
}

static gboolean has_base(const GPtrArray *jobs)
{
    for (guint i = 0; i < jobs->len; i++) {
        if (((SmJournalJob *)jobs->pdata[i])->kind == SM_JOB_BASE)
            return TRUE;
    }
    return FALSE;
}

static void after_success(Disk *disk, const GPtrArray *jobs, GError **error)
{
    note_unsent(disk, jobs, error);
    if (disk->broken && (has_base(disk->backlog) || has_base(jobs)))
        disk->broken = FALSE;
    g_ptr_array_set_size(disk->backlog, 0);
    disk->backlog_bytes = 0;
}

static int disk_run(GPtrArray *jobs, void *there)
{
    Disk *disk = there;
    g_autoptr(GError) error = NULL;
    gboolean sync = wants_sync(jobs) || wants_sync(disk->backlog);

    if (jobs->len == 0 && disk->backlog->len == 0)
        return -1;
    if (!has_base(disk->backlog)) /* else what follows it is good again */
        drop_lost_answers(disk, jobs);
    gboolean good = sm_journal_db_write(disk->db, disk->backlog, jobs, sync, disk->broken, &error);
    if (good)
        after_success(disk, jobs, &error);
    else
        after_failure(disk, jobs, error);
    SmJournalJob *outcome = g_new0(SmJournalJob, 1);
    outcome->kind = SM_JOB_OUTCOME;
    outcome->error = g_steal_pointer(&error);
    g_ptr_array_insert(jobs, 0, outcome);
    return good ? -1 : RETRY_MS;
}

static void disk_end(void *there)
{
    Disk *disk = there;

    g_ptr_array_unref(disk->backlog);
    sm_journal_db_close(disk->db);
    sm_unsent_free(disk->unsent);
    sm_lock_release(disk->lock);
    g_free(disk);
}

/* --- On the loop ---------------------------------------------------------------------------------
 */

static void disk_done(GPtrArray *jobs, void *here)
{
    DiskJournal *j = here;

    j->answering = TRUE;
    for (guint i = 0; i < jobs->len && !j->closed; i++) {
        SmJournalJob *job = jobs->pdata[i];
        if (job->kind == SM_JOB_OUTCOME)
            sm_journal_report(&j->base, job->error);
        else if (job->done != NULL)
            job->done(job->error, job->user);
    }
    j->answering = FALSE;
    if (j->closed)
        g_free(j);
}

static const SmWorkerOps WORKER = {
    .run = disk_run,
    .done = disk_done,
    .end = disk_end,
    .free_job = job_free,
};

static SmJournalJob *job_new(SmJournalJobKind kind, const char *name, SmJournalDone done,
                             void *user)
{
    SmJournalJob *job = g_new0(SmJournalJob, 1);

    job->kind = kind;
    job->name = g_strdup(name);
    job->done = done;
    job->user = user;
    return job;
}

static void push(SmJournal *base, SmJournalJob *job, gboolean lazy)
{
    sm_worker_push(((DiskJournal *)base)->worker, job, lazy ? LAZY_MS : 0);
}

static void disk_add_answer(SmJournal *base, const char *cursor, GBytes *answer)
{
    SmJournalJob *job = job_new(SM_JOB_ANSWER, cursor, NULL, NULL);

    job->bytes = g_bytes_ref(answer);
    ((DiskJournal *)base)->answer_bytes += g_bytes_get_size(answer);
    push(base, job, TRUE);
}

static void disk_set_base(SmJournal *base, const char *cursor, GBytes *bytes)
{
    SmJournalJob *job = job_new(SM_JOB_BASE, cursor, NULL, NULL);

    job->bytes = g_bytes_ref(bytes);
    ((DiskJournal *)base)->answer_bytes = 0;
    push(base, job, TRUE);
}

static gsize disk_answer_bytes(SmJournal *base)
{
    return ((DiskJournal *)base)->answer_bytes;
}

static void disk_put_draft(SmJournal *base, const char *conversation, const char *text,
                           gboolean note)
{
    SmJournalJob *job = job_new(SM_JOB_DRAFT, conversation, NULL, NULL);

    job->text = g_strdup(text);
    job->flag = note;
    push(base, job, TRUE);
}

static void disk_put_outbox(SmJournal *base, const SmOutboxEntry *entry, SmJournalDone done,
                            void *user)
{
    SmJournalJob *job = job_new(SM_JOB_PUT, entry->id, done, user);
    SmOutboxEntry plain = *entry;

    plain.extra = NULL;
    job->entry = sm_outbox_entry_copy(&plain);
    job->extra_text = entry->extra != NULL ? sm_json_text(entry->extra) : NULL;
    push(base, job, FALSE);
}

static void disk_update_outbox(SmJournal *base, const char *id, SmSendState state, int attempts,
                               gboolean anyway, const char *problem, SmJournalDone done, void *user)
{
    SmJournalJob *job = job_new(SM_JOB_UPDATE, id, done, user);

    job->state = state;
    job->attempts = attempts;
    job->flag = anyway;
    job->text = g_strdup(problem);
    push(base, job, FALSE);
}

static void disk_flush(SmJournal *base, SmJournalDone done, void *user)
{
    push(base, job_new(SM_JOB_FLUSH, NULL, done, user), FALSE);
}

static void disk_close(SmJournal *base, int within_ms)
{
    DiskJournal *j = (DiskJournal *)base;

    sm_worker_close(j->worker, MAX(within_ms, 0), FALSE);
    j->closed = TRUE;
    if (!j->answering) /* else it is freed where it is in use */
        g_free(j);
}

static const SmJournalOps OPS = {
    .add_answer = disk_add_answer,
    .set_base = disk_set_base,
    .answer_bytes = disk_answer_bytes,
    .put_draft = disk_put_draft,
    .put_outbox = disk_put_outbox,
    .update_outbox = disk_update_outbox,
    .flush = disk_flush,
    .close = disk_close,
};

/* --- Opening -------------------------------------------------------------------------------------
 */

/* Outbox and drafts of `state`, and nothing else, into the database; `newest`: the number of the last change they hold. A disk that
 * does not take them now is tried again with whatever is written next. Returns words about that, else NULL. */
static char *write_unsent(Disk *disk, const SmJournalState *state, int64_t newest)
{
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    GPtrArray *jobs = disk->backlog;
    g_autoptr(GError) error = NULL;

    g_ptr_array_add(jobs, job_new(SM_JOB_EMPTY, NULL, NULL, NULL));
    for (guint i = 0; i < state->outbox->len; i++) {
        SmOutboxEntry *entry = state->outbox->pdata[i];
        SmJournalJob *job = job_new(SM_JOB_PUT, entry->id, NULL, NULL);
        job->entry = sm_outbox_entry_copy(entry);
        job->extra_text = entry->extra != NULL ? sm_json_text(entry->extra) : NULL;
        g_ptr_array_add(jobs, job);
    }
    for (guint i = 0; i < state->drafts->len; i++) {
        const SmDraft *draft = state->drafts->pdata[i];
        SmJournalJob *job = job_new(SM_JOB_DRAFT, draft->conversation, NULL, NULL);
        job->text = g_strdup(draft->text);
        job->flag = draft->note;
        g_ptr_array_add(jobs, job);
    }
    sm_journal_db_count_on(disk->db, newest);
    if (!sm_journal_db_write(disk->db, none, jobs, TRUE, FALSE, &error))
        return g_strdup(error->message);
    g_ptr_array_set_size(jobs, 0);
    return NULL;
}

static char *words_of(const SmJournalState *state, const char *aside)
{
    guint n = state->outbox->len + state->drafts->len;
    g_autofree char *kept = NULL;

    if (n > 0)
        kept = g_strdup_printf("%u unsent %s saved from a second file", n,
                               n == 1 ? "text was" : "texts were");
    if (aside == NULL)
        return kept != NULL ? g_strdup_printf("The journal was missing; %s.", kept) : NULL;
    g_autofree char *name = g_path_get_basename(aside);
    return g_strdup_printf("The journal was damaged and is set aside as %s; %s.", name,
                           kept != NULL ? kept : "no unsent text was found");
}

/* Unsent texts of the second file into the empty database. */
static void salvage(Disk *disk, SmJournalState *state, const char *aside)
{
    int64_t newest = sm_unsent_read(disk->unsent, -1, state);

    state->trouble = newest < 0 ? NULL : write_unsent(disk, state, newest);
    if (state->trouble == NULL)
        state->trouble = words_of(state, aside);
}

/* A damaged end of the write-ahead log looks like one that was never written: the database is whole, only older. What the second
 * file has of later is done again. */
static void catch_up(Disk *disk, SmJournalState *state)
{
    int64_t newest = sm_unsent_read(disk->unsent, state->change, state);

    if (newest == state->change)
        return;
    state->trouble = write_unsent(disk, state, newest);
    if (state->trouble == NULL)
        state->trouble = g_strdup("The journal lacked its end; what was not sent yet was taken from a second file.");
}

/* A text is never changed under its id, and the second file's lines have digests: who differs is the database. */
static gboolean agrees(const Disk *disk, const SmJournalState *state)
{
    g_autoptr(SmJournalState) noted = sm_journal_state_new();
    g_autoptr(GHashTable) texts = g_hash_table_new(g_str_hash, g_str_equal);

    sm_unsent_read(disk->unsent, -1, noted);
    for (guint i = 0; i < noted->outbox->len; i++) {
        const SmOutboxEntry *entry = noted->outbox->pdata[i];
        g_hash_table_insert(texts, entry->id, (void *)entry);
    }
    for (guint i = 0; i < state->outbox->len; i++) {
        const SmOutboxEntry *entry = state->outbox->pdata[i], *other = g_hash_table_lookup(texts, entry->id);
        if (other != NULL && (g_strcmp0(entry->text, other->text) != 0 || g_strcmp0(entry->verb, other->verb) != 0 ||
                              g_strcmp0(entry->conversation, other->conversation) != 0))
            return FALSE;
    }
    return TRUE;
}

/* The database, a new one if the old one is damaged. */
static gboolean open_db(Disk *disk, const char *path, SmJournalState **state, GError **error)
{
    g_autoptr(GError) own = NULL;
    g_autofree char *aside = NULL;
    gboolean fresh = FALSE;

    disk->db = sm_journal_db_open(path, *state, &fresh, &own);
    if (disk->db != NULL && !fresh && !agrees(disk, *state)) {
        g_clear_pointer(&disk->db, sm_journal_db_close);
        g_set_error(&own, SM_ERROR, SM_ERROR_CORRUPT, "%s: a text is not the one that was written", path);
    }
    if (g_error_matches(own, SM_ERROR, SM_ERROR_CORRUPT) ||
        g_error_matches(own, SM_ERROR, SM_ERROR_INVALID)) {
        aside = sm_journal_db_set_aside(path, error);
        if (aside == NULL)
            return FALSE;
        g_clear_error(&own);
        sm_journal_state_free(*state);
        *state = sm_journal_state_new();
        disk->db = sm_journal_db_open(path, *state, &fresh, &own);
    }
    if (disk->db == NULL) {
        g_propagate_error(error, g_steal_pointer(&own));
        return FALSE;
    }
    if (fresh)
        salvage(disk, *state, aside);
    else
        catch_up(disk, *state);
    return TRUE;
}

static gboolean disk_open(Disk *disk, const char *directory, SmJournalState **state, GError **error)
{
    g_autofree char *lock = g_build_filename(directory, "lock", NULL);
    g_autofree char *path = g_build_filename(directory, "journal.db", NULL);
    g_autofree char *unsent = g_build_filename(directory, "unsent.log", NULL);

    if (!sm_path_make_private_dir(directory, error))
        return FALSE;
    disk->lock = sm_lock_take(lock, "the journal", error);
    if (disk->lock == NULL)
        return FALSE;
    disk->unsent = sm_unsent_new(unsent);
    if (!open_db(disk, path, state, error))
        return FALSE;
    /* A full disk can still be read from: the old list stands, only longer. */
    g_autoptr(GError) own = NULL;
    if (!sm_unsent_rewrite(disk->unsent, *state, sm_journal_db_change(disk->db), &own) && (*state)->trouble == NULL)
        (*state)->trouble = g_strdup(own->message);
    return TRUE;
}

SmJournal *sm_journal_open(const char *directory, SmLoop *loop, SmJournalState **state,
                           GError **error)
{
    g_autoptr(SmJournalState) found = sm_journal_state_new();
    Disk *disk = g_new0(Disk, 1);

    disk->backlog = g_ptr_array_new_with_free_func(job_free);
    if (!disk_open(disk, directory, &found, error)) {
        disk_end(disk);
        return NULL;
    }
    DiskJournal *j = g_new0(DiskJournal, 1);
    sm_journal_init(&j->base, &OPS, loop);
    /* The first is the base and doesn't count. */
    for (guint i = 1; i < found->answers->len; i++)
        j->answer_bytes += g_bytes_get_size(found->answers->pdata[i]);
    j->worker = sm_worker_new(loop, "journal", &WORKER, j, disk);
    *state = g_steal_pointer(&found);
    return &j->base;
}
