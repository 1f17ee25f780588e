/* SPDX-License-Identifier: MIT */
/* service_saved: the fold put away beside the log (fold_file.h), so that a start reads only what came since. It is packed
 * on the loop, at a moment when everything is durable, and written by a thread; at a clean stop at once. It holds texts of
 * customers: when one of them is erased it goes, and a new one is made soon. */
#include "service_private.h"

#include <string.h>

#include "fold_file.h"
#include "seatmux/base/error.h"
#include "seatmux/base/worker.h"
#include "seatmux/desk/saved.h"

#define AFTER_ERASURE 1000 /* records until there is one again */
#define MAGIC "seatmux fold"

struct Saved {
    char *path;
    SmWorker *worker; /* NULL until something is to be written */
    int64_t seq;      /* of the one on the disk, or on its way there; 0: none */
    int64_t from;     /* records are counted from here to the next one */
    int64_t every;
    gboolean writing;
    gboolean spoilt; /* what is being written holds what was erased since */
};

/* --- What is in it -------------------------------------------------------------------------------
 */

typedef struct {
    char *magic, *program, *desk;
    int64_t saved_version, fold_version, seq, check;
} Head;

static void head_clear(Head *head)
{
    g_free(head->magic);
    g_free(head->program);
    g_free(head->desk);
}

static Head head_of(SmService *s, gboolean *known)
{
    return (Head){.magic = g_strdup(MAGIC),
                  .program = g_strdup(SM_VERSION),
                  .desk = g_strdup(sm_log_desk_id(s->log)),
                  .saved_version = SM_SAVED_VERSION,
                  .fold_version = SM_FOLD_VERSION,
                  .seq = s->durable,
                  .check = sm_service_check(s, s->durable, known)};
}

static void pack_head(SmPack *pack, Head *head)
{
    sm_pack_text(pack, &head->magic);
    sm_pack_text(pack, &head->program);
    sm_pack_text(pack, &head->desk);
    sm_pack_int(pack, &head->saved_version);
    sm_pack_int(pack, &head->fold_version);
    sm_pack_int(pack, &head->seq);
    sm_pack_int(pack, &head->check);
}

/* --- Taking it up --------------------------------------------------------------------------------
 */

/* Of this desk and this program, and the log goes on from where it ends. NULL: it does. */
static const char *why_not(SmService *s, const Head *head)
{
    gboolean known;

    if (g_strcmp0(head->magic, MAGIC) != 0 || head->saved_version != SM_SAVED_VERSION || head->fold_version != SM_FOLD_VERSION ||
        g_strcmp0(head->program, SM_VERSION) != 0)
        return "another seatmux made it";
    if (g_strcmp0(head->desk, sm_log_desk_id(s->log)) != 0)
        return "it is another desk's";
    if (head->seq < 1 || head->seq > sm_log_last(s->log) || sm_service_check(s, head->seq, &known) != head->check || !known)
        return "the log is another one";
    return NULL;
}

/* The tables beside the desk are made once: those of a running service go on. */
static const char *take(SmService *s, SmPack *pack, gboolean tables, int64_t *seq)
{
    Head head = {0};

    pack_head(pack, &head);
    const char *why = sm_pack_good(pack) ? why_not(s, &head) : "it is damaged";
    *seq = head.seq;
    head_clear(&head);
    if (why != NULL)
        return why;
    if (!sm_desk_restore(s->desk, pack) || sm_desk_seq(s->desk) != *seq)
        return "it is damaged";
    if (!tables)
        return NULL;
    sm_pack_table(pack, s->erased);
    sm_service_pack_files(s, pack);
    return sm_pack_at_end(pack) ? NULL : "it is damaged";
}

/* What can't be used has no reason to stay. */
static void refuse(SmService *s, const char *why)
{
    sm_trace(s->trace, SM_TRACE_WARN, "service", "the whole log is read: %s: %s", s->saved->path, why);
    sm_saved_wipe(s);
}

void sm_saved_take(SmService *s, gboolean tables)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GByteArray) bytes = s->saved != NULL ? sm_fold_file_read(s->saved->path, &error) : NULL;
    int64_t seq = 0;

    if (bytes == NULL) {
        if (error != NULL && error->code != SM_ERROR_NOT_FOUND)
            refuse(s, error->message);
        return;
    }
    g_autoptr(SmPack) pack = sm_pack_reader(bytes->data, bytes->len);
    const char *why = take(s, pack, tables, &seq);
    if (why != NULL) {
        sm_service_new_desk(s);
        if (tables)
            sm_service_clear_tables(s);
        refuse(s, why);
        return;
    }
    s->saved->seq = s->saved->from = seq;
    s->durable = MAX(s->durable, seq);
}

/* --- Putting it away -----------------------------------------------------------------------------
 */

typedef struct {
    char *path;
    GByteArray *bytes;
    GError *error;
} Job;

static void job_free(void *data)
{
    Job *job = data;

    g_free(job->path);
    g_byte_array_unref(job->bytes);
    g_clear_error(&job->error);
    g_free(job);
}

static int write_jobs(GPtrArray *jobs, void *there)
{
    (void)there;
    for (guint i = 0; i < jobs->len; i++) {
        Job *job = g_ptr_array_index(jobs, i);
        sm_fold_file_write(job->path, job->bytes, &job->error);
    }
    return -1;
}

static void failed(SmService *s, const GError *error)
{
    sm_trace(s->trace, SM_TRACE_WARN, "service", "the fold was not put away: %s", error->message);
    s->saved->seq = 0;
}

static void written(GPtrArray *jobs, void *here)
{
    SmService *s = here;
    const Job *job = g_ptr_array_index(jobs, 0);

    s->saved->writing = FALSE;
    if (job->error != NULL)
        failed(s, job->error);
    if (s->saved->spoilt)
        sm_saved_wipe(s);
}

static const SmWorkerOps WRITER = {.run = write_jobs, .done = written, .free_job = job_free, .batch = 1};

/* NULL: the log can't be read just now. */
static GByteArray *packed(SmService *s)
{
    gboolean known;
    Head head = head_of(s, &known);
    g_autoptr(SmPack) pack = sm_pack_writer();

    if (known) {
        pack_head(pack, &head);
        sm_desk_save(s->desk, pack);
        sm_pack_table(pack, s->erased);
        sm_service_pack_files(s, pack);
        s->saved->seq = s->saved->from = s->durable;
    }
    head_clear(&head);
    return known ? sm_pack_take(pack) : NULL;
}

void sm_saved_go_on(SmService *s)
{
    Saved *saved = s->saved;

    if (saved == NULL || saved->writing || saved->every == 0 || s->stopping || s->durable - saved->from < saved->every ||
        !sm_service_quiet(s))
        return;
    GByteArray *bytes = packed(s);
    if (bytes == NULL)
        return;
    Job *job = g_new0(Job, 1);
    job->path = g_strdup(saved->path);
    job->bytes = bytes;
    if (saved->worker == NULL)
        saved->worker = sm_worker_new(s->loop, "fold", &WRITER, s, NULL);
    saved->writing = TRUE;
    sm_worker_push(saved->worker, job, 0);
}

static void finish(Saved *saved)
{
    if (saved->worker != NULL)
        sm_worker_close(g_steal_pointer(&saved->worker), -1, TRUE);
}

void sm_saved_stop(SmService *s)
{
    g_autoptr(GError) error = NULL;

    if (s->saved == NULL)
        return;
    finish(s->saved);
    if (s->saved->seq == s->durable || s->durable == 0 || !sm_service_quiet(s))
        return;
    g_autoptr(GByteArray) bytes = packed(s);
    if (bytes != NULL && !sm_fold_file_write(s->saved->path, bytes, &error))
        failed(s, error);
}

/* --- An erasure ----------------------------------------------------------------------------------
 */

void sm_saved_wipe(SmService *s)
{
    g_autoptr(GError) error = NULL;
    Saved *saved = s->saved;

    if (saved == NULL)
        return;
    saved->spoilt = saved->writing; /* what is being written goes when it is there */
    if (!saved->writing)
        saved->seq = 0;
    if (!sm_fold_file_wipe(saved->path, &error))
        sm_trace(s->trace, SM_TRACE_ERROR, "service", "an erased text may stand in %s: %s", saved->path, error->message);
    saved->from = MIN(saved->from, s->durable - saved->every + AFTER_ERASURE);
}

/* --- Life ----------------------------------------------------------------------------------------
 */

Saved *sm_saved_new(const char *path)
{
    Saved *saved = g_new0(Saved, 1);

    saved->path = g_strdup(path);
    saved->every = SM_SAVE_RECORDS;
    return saved;
}

void sm_saved_set_every(Saved *saved, int64_t records)
{
    if (saved != NULL)
        saved->every = records;
}

void sm_saved_free(Saved *saved)
{
    if (saved == NULL)
        return;
    finish(saved);
    g_free(saved->path);
    g_free(saved);
}
