/* SPDX-License-Identifier: MIT */
/* files: the loop's side of the store: uploads and questions become jobs of one thread, in order. */
#include "seatmux/server/files.h"

#include <string.h>

#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"
#include "seatmux/base/worker.h"
#include "seatmux/desk/policy.h"
#include "server/files_private.h"

#define PIECE_BYTES 65536

typedef enum { JOB_WRITE, JOB_KEEP, JOB_DROP, JOB_NAMED, JOB_FORGET, JOB_FETCH, JOB_TIDY } JobKind;

typedef struct {
    JobKind kind;
    SmFiles *files;
    SmSpool *spool; /* a reference */
    GBytes *bytes;  /* WRITE: what to write; FETCH: what was read */
    SmFile *file;   /* KEEP: what is wanted, then what it became; NAMED, FORGET, FETCH: the id */
    guint kinds;
    SmRefusal *refusal;
    GError *error;
    SmFileKept kept;
    SmFileFetched fetched;
    void *user; /* NULL: nobody waits */
    GList link; /* in files->asked */
} Job;

struct SmSpool {
    guint refs;
    SmFiles *files;
    char *who;
    GByteArray *piece;
    int64_t size;
    gsize queued; /* bytes in jobs not yet run */
    gboolean kept;
    SmLoopFn room;
    void *user;
    SmDraftFile draft; /* the thread's while jobs of it are under way */
};

struct SmFiles {
    SmLoop *loop;
    SmTrace *trace;
    SmWorker *worker;
    GHashTable *unsent; /* id -> SmFile */
    GPtrArray *sent;    /* SmFile, as they were at the start, until somebody asked; NULL then */
    GHashTable *whose;  /* who -> guint: uploads under way */
    guint uploads;
    gboolean closing; /* nothing more is handed to the thread */
    GQueue asked; /* Job with somebody waiting */
};

/* --- The thread ------------------------------------------------------------------------------------- */

static char *taken_words(guint kinds)
{
    GString *words = g_string_new(NULL);

    for (guint kind = SM_FILE_IMAGE; kind <= SM_FILE_OTHER; kind <<= 1)
        if (kinds & kind)
            g_string_append_printf(words, "%s%s", words->len > 0 ? ", " : "", sm_file_kind_name(kind));
    return g_string_free(words, FALSE);
}

/* By content and by name: NULL if it may come in. */
static SmRefusal *refuse_kind(const SmFile *file, guint kinds)
{
    guint kind = sm_file_kind_of_type(file->type);

    if (kind == 0 || sm_file_name_starts(file->name))
        return sm_refusal_new(SM_PROBLEM_FILE_REFUSED, "file", "Programs and scripts are not taken.");
    if (kinds & kind)
        return NULL;
    g_autofree char *taken = taken_words(kinds);
    SmRefusal *refusal = sm_refusal_new(SM_PROBLEM_FILE_REFUSED, "file", "Files of the kind \"%s\" are not taken here, only: %s.",
                                        sm_file_kind_name(kind), taken);
    refusal->data = json_pack("{s:s}", "kind", sm_file_kind_name(kind));
    return refusal;
}

static SmRefusal *refuse_error(const GError *error)
{
    if (g_error_matches(error, SM_ERROR, SM_ERROR_FULL))
        return sm_refusal_new(SM_PROBLEM_DISK_FULL, NULL, "The desk's disk is full; the file was not kept.");
    return sm_refusal_new(SM_PROBLEM_NOT_DURABLE, NULL, "The file could not be written; send it again.");
}

/* The same upload once more: the answer may have been lost. */
static gboolean is_repeated(SmFileStore *store, Job *job)
{
    SmFile *there = sm_file_store_find(store, job->file->id, &job->error);

    if (there == NULL)
        return FALSE;
    if (strcmp(there->hash, job->file->hash) == 0 && strcmp(there->actor, job->file->actor) == 0 &&
        strcmp(there->conversation, job->file->conversation) == 0) {
        sm_file_free(job->file);
        job->file = there;
        return TRUE;
    }
    sm_file_free(there);
    job->refusal = sm_refusal_new(SM_PROBLEM_ID_REUSED, NULL, "This id was accepted with another file.");
    return TRUE;
}

static void keep(SmFileStore *store, Job *job)
{
    SmDraftFile *draft = &job->spool->draft;

    if (draft->error == NULL && draft->size == 0) {
        job->refusal = sm_refusal_new(SM_PROBLEM_INVALID, "file", "The file is empty.");
        return;
    }
    if (draft->error != NULL) {
        job->error = g_error_copy(draft->error);
        return;
    }
    job->file->size = draft->size;
    job->file->hash = sm_draft_file_hash(draft);
    job->file->type = sm_file_store_type(store, draft);
    job->refusal = refuse_kind(job->file, job->kinds);
    if (job->refusal == NULL && !is_repeated(store, job) && job->error == NULL)
        sm_file_store_add(store, draft, job->file, FALSE, &job->error);
}

static void fetch(SmFileStore *store, Job *job)
{
    SmFile *there = sm_file_store_find(store, job->file->id, &job->error);

    if (there == NULL) {
        if (job->error == NULL)
            g_set_error(&job->error, SM_ERROR, SM_ERROR_NOT_FOUND, "a file is not there any more");
        return;
    }
    sm_file_free(job->file);
    job->file = there;
    job->bytes = sm_file_store_read(store, there, &job->error);
}

static int run(GPtrArray *jobs, void *there)
{
    SmFileStore *store = there;

    for (guint i = 0; i < jobs->len; i++) {
        Job *job = jobs->pdata[i];
        switch (job->kind) {
        case JOB_WRITE:
            sm_draft_file_write(store, &job->spool->draft, job->bytes);
            break;
        case JOB_KEEP:
            keep(store, job);
            sm_draft_file_clear(&job->spool->draft);
            break;
        case JOB_DROP:
            sm_draft_file_clear(&job->spool->draft);
            break;
        case JOB_NAMED:
            sm_file_store_set_named(store, job->file->id, &job->error);
            break;
        case JOB_FORGET:
            sm_file_store_forget(store, job->file->id, &job->error);
            break;
        case JOB_FETCH:
            fetch(store, job);
            break;
        case JOB_TIDY:
            sm_file_store_tidy(store);
            break;
        }
    }
    return -1;
}

static void thread_ends(void *there)
{
    sm_file_store_close(there);
}

/* --- Back on the loop ------------------------------------------------------------------------------- */

static void job_free(void *data)
{
    Job *job = data;

    if (job->user != NULL)
        g_queue_unlink(&job->files->asked, &job->link);
    sm_spool_unref(job->spool);
    g_clear_pointer(&job->bytes, g_bytes_unref);
    sm_file_free(job->file);
    sm_refusal_free(job->refusal);
    g_clear_error(&job->error);
    g_free(job);
}

static Job *job_new(SmFiles *files, JobKind kind)
{
    Job *job = g_new0(Job, 1);

    job->kind = kind;
    job->files = files;
    job->link.data = job;
    return job;
}

static Job *job_of(SmFiles *files, JobKind kind, const char *id)
{
    Job *job = job_new(files, kind);

    job->file = g_new0(SmFile, 1);
    job->file->id = g_strdup(id);
    return job;
}

static void ask(Job *job, void *user)
{
    job->user = user;
    g_queue_push_tail_link(&job->files->asked, &job->link);
    sm_worker_push(job->files->worker, job, 0);
}

static SmFile *copy_of(const SmFile *file)
{
    SmFile *copy = g_new0(SmFile, 1);

    *copy = *file;
    copy->id = g_strdup(file->id);
    copy->conversation = g_strdup(file->conversation);
    copy->actor = g_strdup(file->actor);
    copy->name = g_strdup(file->name);
    copy->type = g_strdup(file->type);
    copy->hash = g_strdup(file->hash);
    return copy;
}

static void written(Job *job)
{
    SmSpool *spool = job->spool;

    spool->queued -= g_bytes_get_size(job->bytes);
    if (spool->room != NULL && spool->queued <= SM_MAX_UPLOAD_QUEUE_BYTES / 2) {
        SmLoopFn room = g_steal_pointer(&spool->room);
        room(spool->user);
    }
}

static void kept(Job *job)
{
    SmFiles *files = job->files;

    if (job->error != NULL) {
        sm_trace(files->trace, SM_TRACE_ERROR, "files", "%s", job->error->message);
        if (job->refusal == NULL)
            job->refusal = refuse_error(job->error);
    }
    /* A repeated one may be sent already; then whoever names it again is told so by the service. */
    if (job->refusal == NULL && !g_hash_table_contains(files->unsent, job->file->id))
        g_hash_table_insert(files->unsent, g_strdup(job->file->id), copy_of(job->file));
    if (job->user != NULL)
        job->kept(job->refusal == NULL ? job->file : NULL, job->refusal, job->user);
}

static void done(GPtrArray *jobs, void *here)
{
    for (guint i = 0; i < jobs->len; i++) {
        Job *job = jobs->pdata[i];
        if (job->kind == JOB_WRITE)
            written(job);
        else if (job->kind == JOB_KEEP)
            kept(job);
        else if (job->kind == JOB_FETCH && job->user != NULL)
            job->fetched(job->file, job->bytes, job->error, job->user);
        else if (job->error != NULL)
            sm_trace(job->files->trace, SM_TRACE_ERROR, "files", "%s", job->error->message);
    }
}

/* --- Life ------------------------------------------------------------------------------------------- */

SmFiles *sm_files_open(const char *directory, SmLoop *loop, SmTrace *trace, GError **error)
{
    static const SmWorkerOps ops = {.run = run, .done = done, .end = thread_ends, .free_job = job_free, .batch = 1};
    SmFileStore *store = sm_file_store_open(directory, TRUE, error);
    g_autoptr(GPtrArray) unsent = store != NULL ? sm_file_store_unsent(store, error) : NULL;

    g_autoptr(GPtrArray) sent = unsent != NULL ? sm_file_store_sent(store, error) : NULL;

    if (sent == NULL) {
        sm_file_store_close(store);
        return NULL;
    }
    SmFiles *files = g_new0(SmFiles, 1);
    files->sent = g_steal_pointer(&sent);
    files->loop = loop;
    files->trace = trace;
    files->unsent = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)sm_file_free);
    files->whose = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_queue_init(&files->asked);
    for (guint i = 0; i < unsent->len; i++) {
        SmFile *file = unsent->pdata[i];
        g_hash_table_insert(files->unsent, g_strdup(file->id), copy_of(file));
    }
    files->worker = sm_worker_new(loop, "files", &ops, files, store);
    sm_worker_push(files->worker, job_new(files, JOB_TIDY), 0);
    return files;
}

void sm_files_close(SmFiles *files)
{
    if (files == NULL)
        return;
    files->closing = TRUE;
    sm_worker_close(files->worker, -1, FALSE);
    g_hash_table_unref(files->unsent);
    g_hash_table_unref(files->whose);
    g_clear_pointer(&files->sent, g_ptr_array_unref);
    g_free(files);
}

void sm_files_sync(SmFiles *files)
{
    sm_worker_sync(files->worker);
}

void sm_files_cancel(SmFiles *files, void *user)
{
    for (GList *l = files->asked.head, *next; l != NULL; l = next) {
        Job *job = l->data;
        next = l->next;
        if (job->user != user)
            continue;
        g_queue_unlink(&files->asked, l);
        job->user = NULL;
    }
}

/* --- Coming in -------------------------------------------------------------------------------------- */

SmSpool *sm_spool_new(SmFiles *files, const char *who)
{
    guint n = GPOINTER_TO_UINT(g_hash_table_lookup(files->whose, who));

    if (files->uploads >= SM_MAX_UPLOADS || n >= SM_MAX_UPLOADS_PER_SESSION)
        return NULL;
    SmSpool *spool = g_new0(SmSpool, 1);
    spool->refs = 1;
    spool->files = files;
    spool->who = g_strdup(who);
    spool->piece = g_byte_array_new();
    spool->draft.fd = -1;
    files->uploads++;
    g_hash_table_insert(files->whose, g_strdup(who), GUINT_TO_POINTER(n + 1));
    return spool;
}

SmSpool *sm_spool_ref(SmSpool *spool)
{
    spool->refs++;
    return spool;
}

static void no_longer(SmSpool *spool)
{
    SmFiles *files = spool->files;
    guint n = GPOINTER_TO_UINT(g_hash_table_lookup(files->whose, spool->who));

    files->uploads--;
    if (n > 1)
        g_hash_table_insert(files->whose, g_strdup(spool->who), GUINT_TO_POINTER(n - 1));
    else
        g_hash_table_remove(files->whose, spool->who);
}

void sm_spool_unref(SmSpool *spool)
{
    if (spool == NULL || --spool->refs > 0)
        return;
    if (!spool->kept && !spool->files->closing) { /* the last job of it frees it */
        Job *job = job_new(spool->files, JOB_DROP);
        spool->kept = TRUE;
        spool->room = NULL;
        job->spool = sm_spool_ref(spool);
        sm_worker_push(spool->files->worker, job, 0);
        return;
    }
    no_longer(spool);
    sm_draft_file_clear(&spool->draft);
    g_clear_error(&spool->draft.error);
    g_byte_array_unref(spool->piece);
    g_free(spool->who);
    g_free(spool);
}

static void send_piece(SmSpool *spool)
{
    Job *job = job_new(spool->files, JOB_WRITE);

    job->spool = sm_spool_ref(spool);
    job->bytes = g_byte_array_free_to_bytes(spool->piece);
    spool->piece = g_byte_array_new();
    spool->queued += g_bytes_get_size(job->bytes);
    sm_worker_push(spool->files->worker, job, 0);
}

void sm_spool_write(SmSpool *spool, const void *bytes, gsize n)
{
    g_byte_array_append(spool->piece, bytes, (guint)n);
    spool->size += (int64_t)n;
    if (spool->piece->len >= PIECE_BYTES)
        send_piece(spool);
}

gboolean sm_spool_full(const SmSpool *spool)
{
    return spool->queued >= SM_MAX_UPLOAD_QUEUE_BYTES;
}

void sm_spool_wait(SmSpool *spool, SmLoopFn room, void *user)
{
    spool->room = room;
    spool->user = user;
}

int64_t sm_spool_size(const SmSpool *spool)
{
    return spool->size;
}

void sm_files_keep(SmSpool *spool, const SmFile *wanted, guint kinds, SmFileKept callback, void *user)
{
    Job *job = job_new(spool->files, JOB_KEEP);

    if (spool->piece->len > 0)
        send_piece(spool);
    spool->kept = TRUE;
    job->spool = sm_spool_ref(spool);
    job->file = copy_of(wanted);
    job->kinds = kinds;
    job->kept = callback;
    ask(job, user);
}

/* --- There ------------------------------------------------------------------------------------------ */

void sm_files_take(SmFiles *files, const char *id)
{
    SmFile *file = g_hash_table_lookup(files->unsent, id);

    if (file != NULL)
        file->taken = TRUE;
}

void sm_files_untake(SmFiles *files)
{
    GHashTableIter iter;
    gpointer file;

    g_hash_table_iter_init(&iter, files->unsent); /* each on its own */
    while (g_hash_table_iter_next(&iter, NULL, &file))
        ((SmFile *)file)->taken = FALSE;
}

const SmFile *sm_files_unsent(SmFiles *files, const char *id)
{
    return g_hash_table_lookup(files->unsent, id);
}

guint sm_files_unsent_of(SmFiles *files, const char *actor)
{
    GHashTableIter iter;
    gpointer file;
    guint n = 0;

    g_hash_table_iter_init(&iter, files->unsent); /* counted: order does not matter */
    while (g_hash_table_iter_next(&iter, NULL, &file))
        n += strcmp(((SmFile *)file)->actor, actor) == 0;
    return n;
}

GPtrArray *sm_files_unsent_before(SmFiles *files, int64_t before)
{
    GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter iter;
    gpointer file;

    g_hash_table_iter_init(&iter, files->unsent); /* thrown away one by one: order does not matter */
    while (g_hash_table_iter_next(&iter, NULL, &file))
        if (((SmFile *)file)->at < before && !((SmFile *)file)->taken)
            g_ptr_array_add(ids, g_strdup(((SmFile *)file)->id));
    return ids;
}

GPtrArray *sm_files_steal_sent(SmFiles *files)
{
    return g_steal_pointer(&files->sent);
}

void sm_files_named(SmFiles *files, const char *id)
{
    if (g_hash_table_remove(files->unsent, id))
        sm_worker_push(files->worker, job_of(files, JOB_NAMED, id), 0);
}

void sm_files_forget(SmFiles *files, const char *id)
{
    g_hash_table_remove(files->unsent, id);
    sm_worker_push(files->worker, job_of(files, JOB_FORGET, id), 0);
}

void sm_files_fetch(SmFiles *files, const char *id, SmFileFetched fetched, void *user)
{
    Job *job = job_of(files, JOB_FETCH, id);

    job->fetched = fetched;
    ask(job, user);
}
