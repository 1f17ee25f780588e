/* SPDX-License-Identifier: MIT */
/* history: jobs for the thread that has the database; without a thread they are run in turns of the loop. */
#include "journal/history_private.h"

#include <glib/gstdio.h>

#include "seatmux/base/error.h"
#include "seatmux/base/worker.h"

#define CLOSE_MS 200
#define LAZY_MS 500      /* lines are written together */
#define PRUNE_AT_ONCE 200
#define PRUNE_AGAIN_MS 50
#define DAY_MS INT64_C(86400000)
#define JOBS_FULL 16
#define JOBS_AT_ONCE 8   /* a search waits for so many pieces of work at most; with 32 catching up took a tenth more of CPU */

typedef enum { JOB_ADD, JOB_ERASE, JOB_SEARCH, JOB_READ } JobKind;

typedef struct {
    JobKind kind;
    GPtrArray *lines; /* to add, or found: SmHistoryLine */
    char *text;       /* content id, words, or conversation */
    int64_t seq;
    guint most;
    SmHistoryFound found;
    void *user;
    GDestroyNotify forget; /* of user, until it is answered */
    GError *error;
} Job;

/* The thread's. */
typedef struct {
    char *path;
    SmHistoryDb *db; /* NULL: not opened yet, or it can't be */
    gboolean pruning;
    int64_t prune_before; /* wall ms */
} Disk;

struct SmHistory {
    SmLoop *loop;
    SmWorker *worker; /* NULL: in memory, by turns */
    Disk *disk;       /* in memory: ours */
    GPtrArray *jobs;  /* in memory: what waits */
    guint64 turn;
    guint unanswered; /* jobs */
    gboolean answering;
    gboolean closed; /* by an answer */
};

void sm_history_line_free(SmHistoryLine *line)
{
    if (line == NULL)
        return;
    g_free(line->content);
    g_free(line->conversation);
    g_free(line->agent);
    g_free(line->name);
    g_free(line->profile);
    g_free(line->text);
    g_free(line);
}

static void job_free(void *data)
{
    Job *job = data;

    if (job->forget != NULL)
        job->forget(job->user);
    g_ptr_array_unref(job->lines);
    g_free(job->text);
    g_clear_error(&job->error);
    g_free(job);
}

/* --- On the thread ------------------------------------------------------------------------------- */

static void remove_files(const char *path)
{
    static const char *const suffixes[] = {"", "-wal", "-shm"};

    for (guint i = 0; i < G_N_ELEMENTS(suffixes); i++) {
        g_autofree char *name = g_strconcat(path, suffixes[i], NULL);
        g_unlink(name);
    }
}

/* A damaged one is of no use to anybody: it is made anew. */
static gboolean need_db(Disk *disk, GError **error)
{
    g_autoptr(GError) own = NULL;

    if (disk->db != NULL)
        return TRUE;
    disk->db = sm_history_db_open(disk->path, &own);
    if (disk->db == NULL && (own->code == SM_ERROR_CORRUPT || own->code == SM_ERROR_INVALID)) {
        g_clear_error(&own);
        remove_files(disk->path);
        disk->db = sm_history_db_open(disk->path, &own);
    }
    if (disk->db == NULL)
        g_propagate_error(error, g_steal_pointer(&own));
    return disk->db != NULL;
}

static gboolean add_lines(Disk *disk, const Job *job, GError **error)
{
    gboolean good = TRUE;

    for (guint i = 0; good && i < job->lines->len; i++)
        good = sm_history_db_add(disk->db, job->lines->pdata[i], error);
    return good;
}

static void erase(Disk *disk, Job *job)
{
    if (sm_history_db_begin(disk->db, &job->error) &&
        sm_history_db_end(disk->db, sm_history_db_erase(disk->db, job->text, &job->error), &job->error))
        sm_history_db_purge(disk->db, &job->error);
}

static void run_job(Disk *disk, Job *job)
{
    if (!need_db(disk, &job->error))
        return;
    switch (job->kind) {
    case JOB_SEARCH:
        sm_history_db_search(disk->db, job->text, job->most, job->lines, &job->error);
        break;
    case JOB_READ:
        sm_history_db_read(disk->db, job->text, job->seq, job->most, job->lines, &job->error);
        break;
    case JOB_ERASE:
        erase(disk, job);
        break;
    case JOB_ADD: /* add_together() */
        break;
    }
}

/* A little at a time, so that a search need not wait. */
static int prune(Disk *disk)
{
    if (!disk->pruning || disk->db == NULL || !sm_history_db_begin(disk->db, NULL))
        return -1;
    int gone = sm_history_db_prune(disk->db, disk->prune_before, PRUNE_AT_ONCE, NULL);
    disk->pruning = sm_history_db_end(disk->db, gone >= 0, NULL) && gone == PRUNE_AT_ONCE;
    return disk->pruning ? PRUNE_AGAIN_MS : -1;
}

/* What was said in the meantime is written in one transaction: the disk asks its price for each. The first of them has the
 * error, the others have nobody who waits. Returns how many jobs that were. */
static guint add_together(Disk *disk, GPtrArray *jobs, guint from)
{
    Job *first = jobs->pdata[from];
    guint n = 0;

    gboolean begun = need_db(disk, &first->error) && sm_history_db_begin(disk->db, &first->error);
    gboolean good = begun;
    for (; from + n < jobs->len && ((Job *)jobs->pdata[from + n])->kind == JOB_ADD; n++)
        good = good && add_lines(disk, jobs->pdata[from + n], &first->error);
    if (begun)
        sm_history_db_end(disk->db, good, &first->error);
    return n;
}

static int disk_run(GPtrArray *jobs, void *there)
{
    Disk *disk = there;

    for (guint i = 0; i < jobs->len;) {
        Job *job = jobs->pdata[i];
        if (job->kind == JOB_ADD) {
            i += add_together(disk, jobs, i);
        } else {
            run_job(disk, job);
            i++;
        }
        /* What is found damaged only now is made anew for the next one. */
        if (g_error_matches(job->error, SM_ERROR, SM_ERROR_CORRUPT)) {
            g_clear_pointer(&disk->db, sm_history_db_close);
            remove_files(disk->path);
        }
    }
    return prune(disk);
}

static void disk_end(void *there)
{
    Disk *disk = there;

    sm_history_db_close(disk->db);
    g_free(disk->path);
    g_free(disk);
}

/* --- On the loop --------------------------------------------------------------------------------- */

static void answer(GPtrArray *jobs, void *here)
{
    SmHistory *history = here;

    history->answering = TRUE;
    history->unanswered -= jobs->len;
    for (guint i = 0; i < jobs->len && !history->closed; i++) {
        Job *job = jobs->pdata[i];
        job->forget = NULL;
        if (job->found != NULL)
            job->found(job->lines, job->error, job->user);
    }
    history->answering = FALSE;
    if (history->closed)
        g_free(history);
}

static const SmWorkerOps WORKER = {
    .run = disk_run, .done = answer, .end = disk_end, .free_job = job_free, .batch = JOBS_AT_ONCE, .nice = 10};

static void take_turn(void *user)
{
    SmHistory *history = user;
    g_autoptr(GPtrArray) jobs = g_steal_pointer(&history->jobs);

    history->turn = 0;
    history->jobs = g_ptr_array_new_with_free_func(job_free);
    disk_run(jobs, history->disk);
    answer(jobs, history);
}

static void push(SmHistory *history, JobKind kind, GPtrArray *lines, const char *text, int64_t seq, guint most,
                 SmHistoryFound found, void *user, GDestroyNotify forget)
{
    Job *job = g_new0(Job, 1);

    *job = (Job){.kind = kind, .text = g_strdup(text), .seq = seq, .most = most, .found = found, .user = user, .forget = forget};
    job->lines = lines != NULL ? lines : g_ptr_array_new_with_free_func((GDestroyNotify)sm_history_line_free);
    history->unanswered++;
    if (history->worker != NULL) {
        sm_worker_push(history->worker, job, kind == JOB_ADD ? LAZY_MS : 0);
        return;
    }
    g_ptr_array_add(history->jobs, job);
    if (history->turn == 0)
        history->turn = sm_loop_defer(history->loop, take_turn, history);
}

void sm_history_add(SmHistory *history, GPtrArray *lines)
{
    push(history, JOB_ADD, lines, NULL, 0, 0, NULL, NULL, NULL);
}

gboolean sm_history_full(const SmHistory *history)
{
    return history->unanswered >= JOBS_FULL;
}

void sm_history_erase(SmHistory *history, const char *content)
{
    push(history, JOB_ERASE, NULL, content, 0, 0, NULL, NULL, NULL);
}

void sm_history_search(SmHistory *history, const char *words, guint most, SmHistoryFound found, void *user,
                       GDestroyNotify forget)
{
    push(history, JOB_SEARCH, NULL, words, 0, most, found, user, forget);
}

void sm_history_read(SmHistory *history, const char *conversation, int64_t seq, guint most, SmHistoryFound found,
                     void *user, GDestroyNotify forget)
{
    push(history, JOB_READ, NULL, conversation, seq, most, found, user, forget);
}

/* --- Life ---------------------------------------------------------------------------------------- */

static char *path_in(const char *directory)
{
    return g_build_filename(directory, "history.db", NULL);
}

void sm_history_forget(const char *directory)
{
    g_autofree char *path = path_in(directory);
    remove_files(path);
}

SmHistory *sm_history_open(const char *directory, SmLoop *loop, int days)
{
    SmHistory *history = g_new0(SmHistory, 1);
    Disk *disk = g_new0(Disk, 1);

    disk->path = path_in(directory);
    disk->pruning = TRUE;
    disk->prune_before = sm_loop_wall(loop) - days * DAY_MS;
    history->loop = loop;
    history->worker = sm_worker_new(loop, "history", &WORKER, history, disk);
    return history;
}

SmHistory *sm_history_new_memory(SmLoop *loop)
{
    SmHistory *history = g_new0(SmHistory, 1);

    history->loop = loop;
    history->disk = g_new0(Disk, 1);
    history->disk->path = g_strdup(":memory:");
    history->jobs = g_ptr_array_new_with_free_func(job_free);
    return history;
}

void sm_history_close(SmHistory *history)
{
    if (history == NULL || history->closed)
        return;
    if (history->worker != NULL) {
        sm_worker_close(history->worker, CLOSE_MS, FALSE);
    } else {
        sm_loop_remove(history->loop, &history->turn);
        g_ptr_array_unref(history->jobs);
        disk_end(history->disk);
    }
    history->closed = TRUE;
    if (!history->answering) /* else it is freed where it is in use */
        g_free(history);
}
