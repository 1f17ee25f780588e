/* SPDX-License-Identifier: MIT */
/* sqlite: the log in one file. The loop encodes what is appended and hands it to the thread, which
 * commits all that came meanwhile in one transaction; what was committed comes back to the loop and
 * only then is "last" and can be read. */
#include "sqlite_private.h"

#include <string.h>

#include "seatmux/base/bug.h"
#include "seatmux/base/error.h"
#include "seatmux/base/lock.h"
#include "seatmux/base/worker.h"

typedef struct {
    /* An append: */
    int64_t expected;
    GPtrArray *records; /* held until it is answered */
    GPtrArray *rows;    /* SmLogRow */
    SmLogDone done;
    void *user;
    /* or, if this is set, something to be forgotten: */
    char *forget;
    GError *error; /* how it went */
    int64_t last;  /* the newest durable record afterwards */
} Job;

typedef struct {
    SmLog log;
    SmWorker *worker;
    SmLogWriter *writer; /* the thread's */
    SmLogReader *reader;
    SmLock *lock;
    char *path;
    char *desk_id;
    int64_t last;
} Sqlite;

static void job_free(void *data)
{
    Job *job = data;

    g_clear_pointer(&job->records, g_ptr_array_unref);
    g_clear_pointer(&job->rows, g_ptr_array_unref);
    g_clear_error(&job->error);
    g_free(job->forget);
    g_free(job);
}

/* --- Rows ----------------------------------------------------------------------------------------
 */

static void content_free(void *data)
{
    SmLogContent *content = data;

    g_free(content->id);
    g_free(content->salt);
    g_free(content->text);
    g_free(content);
}

void sm_log_row_free(SmLogRow *row)
{
    g_free(row->command);
    g_free(row->body);
    g_clear_pointer(&row->contents, g_ptr_array_unref);
    g_clear_pointer(&row->conversations, g_ptr_array_unref);
    g_free(row);
}

static void add_content(SmLogRow *row, const SmEvent *event, guint i)
{
    SmLogContent *content = g_new0(SmLogContent, 1);

    content->row = row->seq * SM_LOG_SLOTS + i;
    content->id = g_strdup(event->content);
    content->salt = g_strdup(event->salt);
    content->text = g_strdup(event->text);
    if (row->contents == NULL)
        row->contents = g_ptr_array_new_with_free_func(content_free);
    g_ptr_array_add(row->contents, content);
}

static void add_conversation(SmLogRow *row, const char *id)
{
    if (row->conversations == NULL)
        row->conversations = g_ptr_array_new_with_free_func(g_free);
    if (!g_ptr_array_find_with_equal_func(row->conversations, id, g_str_equal, NULL))
        g_ptr_array_add(row->conversations, g_strdup(id));
}

SmLogRow *sm_log_row_new(const SmRecord *record)
{
    SmLogRow *row = g_new0(SmLogRow, 1);

    row->seq = record->seq;
    row->command = g_strdup(record->command);
    row->body = sm_record_encode(record);
    for (guint i = 0; i < record->events->len; i++) {
        const SmEvent *event = record->events->pdata[i];
        if (event->content != NULL && event->text != NULL)
            add_content(row, event, i);
        if (event->conversation != NULL)
            add_conversation(row, event->conversation);
    }
    return row;
}

/* --- On the thread -------------------------------------------------------------------------------
 */

/* Appends of jobs[from..to) in one transaction. *bad: the one that does not fit, if that is why. */
static gboolean commit_range(SmLogWriter *writer, const GPtrArray *jobs, guint from, guint to,
                             guint *bad, GError **error)
{
    *bad = to;
    if (!sm_log_writer_begin(writer, error))
        return FALSE;
    for (guint i = from; i < to; i++) {
        const Job *job = jobs->pdata[i];
        g_autoptr(GError) own = NULL;
        if (sm_log_writer_add(writer, job->expected, job->rows, &own))
            continue;
        sm_log_writer_roll_back(writer);
        if (own->code == SM_ERROR_FENCED || own->code == SM_ERROR_INVALID)
            *bad = i;
        g_propagate_error(error, g_steal_pointer(&own));
        return FALSE;
    }
    return sm_log_writer_commit(writer, error);
}

static void fail_range(const GPtrArray *jobs, guint from, guint to, const GError *error)
{
    for (guint i = from; i < to; i++) {
        Job *job = jobs->pdata[i];
        job->error = g_error_copy(error);
    }
}

/* One group. If one of it does not fit, those before it are written without it, and it and those
 * behind it, which expected its records, fail. */
static void commit_group(SmLogWriter *writer, const GPtrArray *jobs, guint from, guint to)
{
    while (from < to) {
        g_autoptr(GError) error = NULL;
        guint bad;
        if (commit_range(writer, jobs, from, to, &bad, &error))
            return;
        guint failed = bad < to ? bad : from;
        fail_range(jobs, failed, SM_BUG(16) ? failed + 1 : to, error);
        to = failed;
    }
}

static int sqlite_run(GPtrArray *jobs, void *there)
{
    SmLogWriter *writer = ((Sqlite *)there)->writer;

    for (guint from = 0, to; from < jobs->len; from = to) {
        Job *job = jobs->pdata[from];
        to = from + 1;
        if (job->forget != NULL) {
            sm_log_writer_forget(writer, job->forget, &job->error);
        } else {
            while (to < jobs->len && ((Job *)jobs->pdata[to])->forget == NULL)
                to++;
            commit_group(writer, jobs, from, to);
        }
        ((Job *)jobs->pdata[to - 1])->last = sm_log_writer_last(writer);
    }
    return -1;
}

/* --- On the loop ---------------------------------------------------------------------------------
 */

static void sqlite_done(GPtrArray *jobs, void *here)
{
    Sqlite *s = here;
    int64_t before = s->last;

    for (guint i = 0; i < jobs->len; i++)
        s->last = MAX(s->last, ((Job *)jobs->pdata[i])->last);
    if (s->last > before && s->log.watch != NULL)
        s->log.watch(s->last, s->log.watch_user);
    /* An answer may close the log: nothing of it is used any more. */
    for (guint i = 0; i < jobs->len; i++) {
        Job *job = jobs->pdata[i];
        if (job->done != NULL)
            job->done(job->error, job->user);
    }
}

static const SmWorkerOps WORKER = {
    .run = sqlite_run,
    .done = sqlite_done,
    .free_job = job_free,
};

static void row_free(void *row)
{
    sm_log_row_free(row);
}

static void sqlite_append(SmLog *log, int64_t expected, GPtrArray *records, SmLogDone done,
                          void *user)
{
    Job *job = g_new0(Job, 1);

    job->expected = expected;
    job->records = g_ptr_array_ref(records);
    job->done = done;
    job->user = user;
    job->rows = g_ptr_array_new_full(records->len, row_free);
    for (guint i = 0; i < records->len; i++)
        g_ptr_array_add(job->rows, sm_log_row_new(records->pdata[i]));
    sm_worker_push(((Sqlite *)log)->worker, job, 0);
}

/* Takes its turn behind the appends that are under way, one of which may bring the content. */
static gboolean sqlite_forget(SmLog *log, const char *content, GError **error)
{
    Sqlite *s = (Sqlite *)log;
    Job *job = g_new0(Job, 1);

    job->forget = g_strdup(content);
    sm_worker_push(s->worker, job, 0);
    sm_worker_sync(s->worker); /* and the job is there until the loop has been told */
    if (job->error == NULL)
        return TRUE;
    g_propagate_error(error, g_error_copy(job->error));
    return FALSE;
}

static GPtrArray *sqlite_read(SmLog *log, int64_t after, guint limit, GError **error)
{
    Sqlite *s = (Sqlite *)log;

    return sm_log_reader_read(s->reader, after, s->last, limit, error);
}

static gboolean sqlite_each(SmLog *log, int64_t after, SmTakePage take, void *user, GError **error)
{
    Sqlite *s = (Sqlite *)log;

    return sm_log_reader_each(s->path, after, s->last, take, user, error);
}

static GPtrArray *sqlite_read_conversation(SmLog *log, const char *conversation, int64_t before,
                                           guint limit, GError **error)
{
    Sqlite *s = (Sqlite *)log;

    return sm_log_reader_conversation(s->reader, conversation, before, s->last, limit, error);
}

static SmRecord *sqlite_find(SmLog *log, const char *command, GError **error)
{
    Sqlite *s = (Sqlite *)log;

    return sm_log_reader_find(s->reader, command, s->last, error);
}

static int64_t sqlite_last(SmLog *log)
{
    return ((Sqlite *)log)->last;
}

static const char *sqlite_desk_id(SmLog *log)
{
    return ((Sqlite *)log)->desk_id;
}

static void sqlite_close(SmLog *log)
{
    Sqlite *s = (Sqlite *)log;

    if (s->worker != NULL)
        sm_worker_close(s->worker, -1, TRUE);
    sm_log_reader_close(s->reader);
    sm_log_writer_close(s->writer); /* the last to close empties the write-ahead log */
    sm_lock_release(s->lock);
    g_free(s->path);
    g_free(s->desk_id);
    g_free(s);
}

static const SmLogOps OPS = {
    .append = sqlite_append,
    .read = sqlite_read,
    .read_conversation = sqlite_read_conversation,
    .find = sqlite_find,
    .forget = sqlite_forget,
    .last = sqlite_last,
    .desk_id = sqlite_desk_id,
    .close = sqlite_close,
    .each = sqlite_each,
};

static gboolean open_file(Sqlite *s, const char *path, SmRng *rng, GError **error)
{
    g_autofree char *lock = g_strconcat(path, ".lock", NULL);
    g_autoptr(SmRng) own = rng != NULL ? sm_rng_fork(rng, "desk id") : sm_rng_new_secure();
    g_autofree char *fresh_id = sm_id_new(own, "d");

    s->lock = sm_lock_take(lock, "the log", error);
    if (s->lock == NULL)
        return FALSE;
    s->writer = sm_log_writer_open(path, fresh_id, &s->desk_id, &s->last, error);
    if (s->writer == NULL)
        return FALSE;
    s->reader = sm_log_reader_open(path, error);
    return s->reader != NULL;
}

SmLog *sm_log_open_sqlite(const char *path, SmLoop *loop, SmRng *rng, GError **error)
{
    Sqlite *s = g_new0(Sqlite, 1);

    s->log.ops = &OPS;
    s->path = g_strdup(path);
    if (!open_file(s, path, rng, error)) {
        sqlite_close(&s->log);
        return NULL;
    }
    s->worker = sm_worker_new(loop, "log", &WORKER, s, s);
    return &s->log;
}
