/* SPDX-License-Identifier: MIT */
/* The worker's thread, the lock file, and SQLite's errors as ours. */
#include <glib/gstdio.h>
#include <pthread.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "seatmux/base/db.h"
#include "seatmux/base/error.h"
#include "seatmux/base/lock.h"
#include "seatmux/base/worker.h"

#define LONGEST_MS 10000

/* --- Worker --------------------------------------------------------------------------------------
 */

typedef struct {
    int number;
    gboolean on_thread;
} Job;

typedef struct {
    SmLoop *loop;
    SmWorker *worker;
    pthread_t own;
    GArray *seen;   /* numbers as they came back */
    guint batches;  /* runs with jobs */
    guint empty;    /* runs without */
    int again;      /* what run() answers */
    gboolean close; /* the next batch that comes back closes the worker */
    gboolean ended;
    pthread_mutex_t gate; /* held: run() waits */
    pthread_cond_t over;  /* of end() */
} Place;

static int run(GPtrArray *jobs, void *there)
{
    Place *p = there;
    int again = p->again;

    pthread_mutex_lock(&p->gate);
    pthread_mutex_unlock(&p->gate);
    p->again = -1;
    if (jobs->len > 0)
        p->batches++;
    else
        p->empty++;
    for (guint i = 0; i < jobs->len; i++)
        ((Job *)jobs->pdata[i])->on_thread = !pthread_equal(pthread_self(), p->own);
    return again;
}

static void done(GPtrArray *jobs, void *here)
{
    Place *p = here;

    g_assert_true(pthread_equal(pthread_self(), p->own));
    for (guint i = 0; i < jobs->len; i++) {
        const Job *job = jobs->pdata[i];
        g_assert_true(job->on_thread);
        g_array_append_val(p->seen, job->number);
    }
    if (p->close) {
        p->close = FALSE;
        g_assert_true(sm_worker_close(g_steal_pointer(&p->worker), -1, TRUE));
    }
}

static void end(void *there)
{
    Place *p = there;

    pthread_mutex_lock(&p->gate);
    p->ended = TRUE;
    pthread_cond_signal(&p->over);
    pthread_mutex_unlock(&p->gate);
}

static const SmWorkerOps ALL = {.run = run, .done = done, .end = end, .free_job = g_free};
static const SmWorkerOps ONE = {
    .run = run, .done = done, .end = end, .free_job = g_free, .batch = 1};

static Place *place_new(const SmWorkerOps *ops)
{
    Place *p = g_new0(Place, 1);

    p->loop = sm_loop_new_glib();
    p->own = pthread_self();
    p->seen = g_array_new(FALSE, FALSE, sizeof(int));
    p->again = -1;
    pthread_mutex_init(&p->gate, NULL);
    pthread_cond_init(&p->over, NULL);
    p->worker = sm_worker_new(p->loop, "test", ops, p, p);
    return p;
}

static void place_free(Place *p)
{
    if (p->worker != NULL)
        g_assert_true(sm_worker_close(p->worker, -1, FALSE));
    g_assert_true(p->ended);
    pthread_cond_destroy(&p->over);
    pthread_mutex_destroy(&p->gate);
    g_array_unref(p->seen);
    sm_loop_free(p->loop);
    g_free(p);
}

static void push(Place *p, int number, int delay_ms)
{
    Job *job = g_new0(Job, 1);

    job->number = number;
    sm_worker_push(p->worker, job, delay_ms);
}

static void late(void *user)
{
    *(gboolean *)user = TRUE;
}

static void wait_for(Place *p, guint n)
{
    gboolean too_late = FALSE;
    guint64 timer = sm_loop_after(p->loop, LONGEST_MS, late, &too_late);

    while (p->seen->len < n && !too_late)
        g_main_context_iteration(NULL, TRUE);
    sm_loop_remove(p->loop, &timer);
    g_assert_cmpuint(p->seen->len, ==, n);
    for (guint i = 0; i < n; i++)
        g_assert_cmpint(g_array_index(p->seen, int, i), ==, (int)i);
}

static void test_groups(void)
{
    Place *p = place_new(&ALL);

    pthread_mutex_lock(&p->gate);
    for (int i = 0; i < 100; i++)
        push(p, i, 0);
    pthread_mutex_unlock(&p->gate);
    wait_for(p, 100);
    g_assert_cmpuint(p->batches, <=, 2); /* what came meanwhile goes together */
    place_free(p);
}

static void test_one_by_one(void)
{
    Place *p = place_new(&ONE);

    for (int i = 0; i < 20; i++)
        push(p, i, 0);
    wait_for(p, 20);
    g_assert_cmpuint(p->batches, ==, 20);
    place_free(p);
}

/* An urgent job takes the lazy ones before it along. */
static void test_lazy(void)
{
    Place *p = place_new(&ALL);

    push(p, 0, 3600000);
    push(p, 1, 3600000);
    push(p, 2, 0);
    wait_for(p, 3);
    g_assert_cmpuint(p->batches, ==, 1);
    push(p, 3, 30);
    wait_for(p, 4);
    push(p, 4, 3600000);
    sm_worker_sync(p->worker);
    g_assert_cmpuint(p->batches, ==, 3);
    g_assert_cmpuint(p->seen->len, ==, 4); /* run, and told later */
    wait_for(p, 5);
    place_free(p);
}

static void test_again(void)
{
    Place *p = place_new(&ALL);

    p->again = 1;
    push(p, 0, 0);
    wait_for(p, 1);
    gboolean too_late = FALSE;
    guint64 timer = sm_loop_after(p->loop, LONGEST_MS, late, &too_late);
    guint empty = 0;
    while (empty == 0 && !too_late) {
        g_main_context_iteration(NULL, TRUE);
        sm_worker_sync(p->worker);
        pthread_mutex_lock(&p->gate);
        empty = p->empty;
        pthread_mutex_unlock(&p->gate);
    }
    sm_loop_remove(p->loop, &timer);
    g_assert_cmpuint(empty, ==, 1);
    place_free(p);
}

static void test_take_back(void)
{
    Place *p = place_new(&ALL);

    push(p, 0, 3600000);
    push(p, 1, 3600000);
    g_autoptr(GPtrArray) back = sm_worker_take_back(p->worker);
    g_assert_cmpuint(back->len, ==, 2);
    place_free(p);
}

static void test_close(void)
{
    Place *p = place_new(&ALL);

    push(p, 0, 3600000);
    push(p, 1, 3600000);
    g_assert_true(sm_worker_close(g_steal_pointer(&p->worker), -1, TRUE));
    wait_for(p, 2); /* run and told before it returned */
    place_free(p);
    p = place_new(&ALL);
    push(p, 0, 3600000);
    g_assert_true(sm_worker_close(g_steal_pointer(&p->worker), LONGEST_MS, FALSE));
    g_assert_cmpuint(p->batches, ==, 1);
    g_assert_cmpuint(p->seen->len, ==, 0);
    place_free(p);
}

static void test_closed_by_done(void)
{
    Place *p = place_new(&ONE);

    p->close = TRUE;
    push(p, 0, 0);
    push(p, 1, 0);
    wait_for(p, 2);
    g_assert_null(p->worker);
    place_free(p);
}

/* One that does not come to its end is left alone, and ends by itself. */
static void test_abandoned(void)
{
    Place *p = place_new(&ALL);

    pthread_mutex_lock(&p->gate);
    push(p, 0, 0);
    g_assert_false(sm_worker_close(g_steal_pointer(&p->worker), 20, TRUE));
    g_assert_cmpuint(p->seen->len, ==, 0);
    while (!p->ended)
        pthread_cond_wait(&p->over, &p->gate);
    pthread_mutex_unlock(&p->gate);
    place_free(p);
}

/* --- Lock and database ---------------------------------------------------------------------------
 */

static void test_lock(void)
{
    g_autofree char *directory = g_dir_make_tmp("seatmux-lock-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(directory, "lock", NULL);
    g_autofree char *pid = g_strdup_printf("the desk is in use by process %ld", (long)getpid());
    g_autoptr(GError) error = NULL;
    SmLock *lock = sm_lock_take(path, "the desk", &error);

    g_assert_no_error(error);
    g_assert_null(sm_lock_take(path, "the desk", &error));
    g_assert_error(error, SM_ERROR, SM_ERROR_BUSY);
    g_assert_cmpstr(error->message, ==, pid);
    g_clear_error(&error);
    sm_lock_release(lock);
    lock = sm_lock_take(path, "the desk", &error); /* the file that is left is no obstacle */
    g_assert_no_error(error);
    sm_lock_release(lock);
    g_unlink(path);
    g_rmdir(directory);
    g_assert_null(sm_lock_take(path, "the desk", &error));
    g_assert_error(error, SM_ERROR, SM_ERROR_IO);
}

static const SmDbKind KIND = {
    .what = "a shelf", .application_id = 7, .version = 1, .schema = "CREATE TABLE t(a, b, c);"};

static void test_db(void)
{
    g_autofree char *directory = g_dir_make_tmp("seatmux-db-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(directory, "a.db", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = g_bytes_new("\0x", 2);
    sqlite3 *db = sm_db_open(path, &KIND, &error);

    g_assert_no_error(error);
    sqlite3_stmt *insert = sm_db_prepare(db, "INSERT INTO t VALUES(?, ?, ?)", &error);
    sm_db_bind(insert, "sib", (const char *)NULL, INT64_C(1) << 40, bytes);
    g_assert_true(sm_db_finish(insert, &error));
    sqlite3_finalize(insert);
    sqlite3 *reader = sm_db_open_reader(path, &KIND, &error);
    g_assert_no_error(error);
    sqlite3_stmt *select = sm_db_prepare(reader, "SELECT a, b, c FROM t", &error);
    g_assert_cmpint(sm_db_next(select, &error), ==, 1);
    g_assert_cmpstr(sm_db_text(select, 0), ==, "");
    g_assert_cmpint(sqlite3_column_int64(select, 1), ==, INT64_C(1) << 40);
    g_assert_cmpint(sqlite3_column_bytes(select, 2), ==, 2);
    g_assert_cmpint(sm_db_next(select, &error), ==, 0);
    sqlite3_finalize(select);
    g_assert_false(sm_db_exec(reader, "DELETE FROM t", &error));
    g_assert_error(error, SM_ERROR, SM_ERROR_DENIED);
    g_clear_error(&error);
    g_assert_null(sm_db_prepare(db, "SELECT nothing FROM nowhere", &error));
    g_assert_error(error, SM_ERROR, SM_ERROR_IO);
    sqlite3_close(reader);
    sqlite3_close(db);
    g_unlink(path);
    g_rmdir(directory);
}

/* An older form becomes the new one, step by step or not at all; what can't be is refused with words. */
static void test_db_upgrade(void)
{
    static const char *const steps[] = {"ALTER TABLE t ADD d DEFAULT 'new';", "CREATE TABLE u(x); INSERT INTO u SELECT a FROM t;"};
    static const char *const broken[] = {"ALTER TABLE t ADD d DEFAULT 'new';", "INSERT INTO nowhere VALUES(1);"};
    const SmDbKind third = {.what = "a shelf", .application_id = 7, .version = 3, .schema = "", .upgrades = steps};
    const SmDbKind wrong = {.what = "a shelf", .application_id = 7, .version = 3, .schema = "", .upgrades = broken};
    g_autofree char *directory = g_dir_make_tmp("seatmux-db-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(directory, "a.db", NULL), *copy = g_build_filename(directory, "b.db", NULL);
    g_autoptr(GError) error = NULL;
    sqlite3 *db = sm_db_open(path, &KIND, &error);

    g_assert_true(sm_db_exec(db, "INSERT INTO t VALUES('kept', 2, 3)", &error));
    g_assert_true(sm_db_copy(path, copy, &KIND, &error)); /* while it is open */
    g_assert_false(sm_db_copy(path, copy, &KIND, &error));
    g_assert_error(error, SM_ERROR, SM_ERROR_BUSY);
    g_clear_error(&error);
    sqlite3_close(db);
    g_assert_true(sm_db_check(copy, &third, &error)); /* whole, though of an older form */
    g_assert_null(sm_db_open_reader(copy, &third, &error));
    g_assert_error(error, SM_ERROR, SM_ERROR_VERSION);
    g_clear_error(&error);
    g_assert_null(sm_db_open(copy, &wrong, &error));
    g_assert_nonnull(strstr(error->message, "a shelf of form 1 can't be brought to form 3"));
    g_clear_error(&error);
    db = sm_db_open(copy, &third, &error); /* nothing was left of the failed steps */
    g_assert_no_error(error);
    g_assert_true(sm_db_exec(db, "INSERT INTO u SELECT a || d FROM t", &error));
    sqlite3_stmt *select = sm_db_prepare(db, "SELECT group_concat(x) FROM u", &error);
    g_assert_cmpint(sm_db_next(select, &error), ==, 1);
    g_assert_cmpstr(sm_db_text(select, 0), ==, "kept,keptnew");
    sqlite3_finalize(select);
    sqlite3_close(db);
    g_assert_null(sm_db_open(copy, &KIND, &error));
    g_assert_error(error, SM_ERROR, SM_ERROR_VERSION);
    g_assert_nonnull(strstr(error->message, "newer seatmux (form 3, this one knows 1)"));
    g_clear_error(&error);
    db = sm_db_open(path, &KIND, &error);
    g_assert_true(sm_db_exec(db, "PRAGMA user_version = 0", &error));
    sqlite3_close(db);
    g_assert_null(sm_db_open(path, &KIND, &error));
    g_assert_error(error, SM_ERROR, SM_ERROR_INVALID);
    g_unlink(path);
    g_unlink(copy);
    g_assert_cmpint(g_rmdir(directory), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/base/worker/groups", test_groups);
    g_test_add_func("/base/worker/one-by-one", test_one_by_one);
    g_test_add_func("/base/worker/lazy", test_lazy);
    g_test_add_func("/base/worker/again", test_again);
    g_test_add_func("/base/worker/take-back", test_take_back);
    g_test_add_func("/base/worker/close", test_close);
    g_test_add_func("/base/worker/closed-by-done", test_closed_by_done);
    g_test_add_func("/base/worker/abandoned", test_abandoned);
    g_test_add_func("/base/lock", test_lock);
    g_test_add_func("/base/db", test_db);
    g_test_add_func("/base/db-upgrade", test_db_upgrade);
    return g_test_run();
}
