/* SPDX-License-Identifier: MIT */
/* The contract over the log on disk, and what only a disk can do: be killed, be full, be damaged,
 * be in use, remember what it should forget. Run with "--writer FILE" it is the process that is
 * killed. */
#include "contract.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "seatmux/base/db.h"
#include "seatmux/base/error.h"

static const char *program;

/* --- Places --------------------------------------------------------------------------------------
 */

static char *make_place(void)
{
    g_autofree char *directory = g_dir_make_tmp("seatmux-log-XXXXXX", NULL);

    return g_build_filename(directory, "desk.db", NULL);
}

static void remove_place(const char *path)
{
    g_autofree char *directory = g_path_get_dirname(path);
    GDir *dir = g_dir_open(directory, 0, NULL);

    for (const char *name; (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *file = g_build_filename(directory, name, NULL);
        g_unlink(file);
    }
    g_dir_close(dir);
    g_rmdir(directory);
}

static SmLog *reopen(SmLoop *loop, SmRng *rng, const char *path)
{
    g_autoptr(GError) error = NULL;
    SmLog *log = sm_log_open_sqlite(path, loop, rng, &error);

    g_assert_no_error(error);
    return log;
}

static SmLog *open_new(SmLoop *loop, SmRng *rng, char **place)
{
    *place = make_place();
    return reopen(loop, rng, *place);
}

typedef struct {
    SmLoop *loop;
    SmRng *rng;
    SmLog *log;
    char *path;
} Fixture;

static void set_up(Fixture *f, gconstpointer data)
{
    f->loop = sm_loop_new_glib();
    f->rng = sm_rng_new(11);
    f->log = open_new(f->loop, f->rng, &f->path);
}

static void tear_down(Fixture *f, gconstpointer data)
{
    sm_log_close(f->log);
    remove_place(f->path);
    g_free(f->path);
    sm_rng_free(f->rng);
    sm_loop_free(f->loop);
}

static void close_log(Fixture *f)
{
    sm_log_close(g_steal_pointer(&f->log));
}

/* --- Who may have it -----------------------------------------------------------------------------
 */

static void test_busy(Fixture *f, gconstpointer data)
{
    g_autofree char *quoted = g_shell_quote(f->path);
    g_autofree char *me = g_shell_quote(program);
    g_autofree char *command = g_strdup_printf("%s --open %s", me, quoted);
    g_autofree char *pid = g_strdup_printf("BUSY process %ld\n", (long)getpid());
    g_autofree char *said = NULL;
    int status;

    g_assert_true(g_spawn_command_line_sync(command, &said, NULL, &status, NULL));
    g_assert_cmpstr(said, ==, pid);
    close_log(f);
    g_autofree char *then = NULL;
    g_assert_true(g_spawn_command_line_sync(command, &then, NULL, &status, NULL));
    g_assert_cmpstr(then, ==, "OPEN\n");
}

static int open_once(const char *path)
{
    g_autoptr(SmLoop) loop = sm_loop_new_glib();
    g_autoptr(GError) error = NULL;
    g_autoptr(SmLog) log = sm_log_open_sqlite(path, loop, NULL, &error);
    const char *who = error != NULL ? strstr(error->message, "process") : NULL;

    if (g_error_matches(error, SM_ERROR, SM_ERROR_BUSY))
        printf("BUSY %s\n", who != NULL ? who : "");
    else
        printf("%s\n", log != NULL ? "OPEN" : error->message);
    return 0;
}

static void test_private(Fixture *f, gconstpointer data)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", ".lock", ".last"};
    struct stat info;

    g_assert_no_error(log_append(f->loop, f->log, 0, log_record("k1", "c1", "a"), NULL));
    for (guint i = 0; i < G_N_ELEMENTS(suffixes); i++) {
        g_autofree char *path = g_strconcat(f->path, suffixes[i], NULL);
        g_assert_cmpint(g_stat(path, &info), ==, 0);
        g_assert_cmpint(info.st_mode & 0777, ==, 0600);
    }
}

static void assert_refused(Fixture *f, int code)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(sm_log_open_sqlite(f->path, f->loop, f->rng, &error));
    g_assert_error(error, SM_ERROR, code);
    g_assert_true(code != SM_ERROR_CORRUPT || strstr(error->message, "damaged") != NULL);
}

static void alter(Fixture *f, const char *sql)
{
    g_autoptr(GError) error = NULL;
    sqlite3 *db = NULL;

    g_assert_cmpint(sqlite3_open(f->path, &db), ==, SQLITE_OK);
    sm_db_exec(db, sql, &error);
    g_assert_no_error(error);
    sqlite3_close(db);
}

static void test_newer(Fixture *f, gconstpointer data)
{
    close_log(f);
    alter(f, "PRAGMA user_version = 2");
    assert_refused(f, SM_ERROR_VERSION);
}

static void test_foreign(Fixture *f, gconstpointer data)
{
    close_log(f);
    g_unlink(f->path);
    alter(f, "CREATE TABLE holiday(photo)");
    assert_refused(f, SM_ERROR_INVALID);
}

static void test_damaged(Fixture *f, gconstpointer data)
{
    g_autofree char *bytes = NULL;
    gsize n;

    for (int i = 0; i < 50; i++) {
        g_autofree char *id = g_strdup_printf("k%d", i);
        g_assert_no_error(log_append(f->loop, f->log, i, log_record(id, "c1", "text"), NULL));
    }
    close_log(f);
    g_assert_true(g_file_get_contents(f->path, &bytes, &n, NULL));
    memset(bytes + 8192, 0x5a, n - 8192);
    g_assert_true(g_file_set_contents(f->path, bytes, (gssize)n, NULL));
    assert_refused(f, SM_ERROR_CORRUPT);
    memset(bytes, 'x', 16);
    g_assert_true(g_file_set_contents(f->path, bytes, (gssize)n, NULL));
    assert_refused(f, SM_ERROR_CORRUPT);
}

static void copy_over(const char *from, const char *to)
{
    g_autofree char *bytes = NULL;
    gsize n;

    g_assert_true(g_file_get_contents(from, &bytes, &n, NULL));
    g_assert_true(g_file_set_contents(to, bytes, (gssize)n, NULL));
}

static void assert_same(const char *one, const char *other)
{
    g_autofree char *bytes = NULL, *others = NULL;
    gsize n, m;

    g_assert_true(g_file_get_contents(one, &bytes, &n, NULL));
    g_assert_true(g_file_get_contents(other, &others, &m, NULL));
    g_assert_cmpmem(bytes, n, others, m);
}

/* What was answered and vanished with the end of the write-ahead log is missed, and told; with another desk's number, a torn one
 * or none the log is what it is. */
static void test_end_lost(Fixture *f, gconstpointer data)
{
    g_autofree char *wal = g_strconcat(f->path, "-wal", NULL), *last = g_strconcat(f->path, ".last", NULL);
    g_autofree char *kept = g_strconcat(f->path, ".kept", NULL), *kept_wal = g_strconcat(f->path, ".kept-wal", NULL);
    g_autofree char *said = NULL, *copy = g_strconcat(f->path, ".copy", NULL);
    g_autoptr(GError) error = NULL;
    gsize n;

    for (int i = 0; i < 20; i++) {
        g_autofree char *id = g_strdup_printf("k%d", i);
        g_assert_no_error(log_append(f->loop, f->log, i, log_record(id, "c1", "text"), NULL));
        if (i == 9) {
            copy_over(f->path, kept);
            copy_over(wal, kept_wal);
        }
    }
    close_log(f);
    copy_over(kept, f->path); /* a write-ahead log that is read to its tenth record only */
    copy_over(kept_wal, wal);
    g_assert_null(sm_log_open_sqlite(f->path, f->loop, f->rng, &error));
    g_assert_error(error, SM_ERROR, SM_ERROR_CORRUPT);
    g_assert_nonnull(strstr(error->message, "had come to record 20 and ends with 10"));
    assert_same(kept, f->path); /* what may be mended is not tidied away */
    assert_same(kept_wal, wal);
    g_clear_error(&error);
    g_assert_false(sm_log_copy(f->path, copy, &error)); /* no backup either */
    g_assert_error(error, SM_ERROR, SM_ERROR_CORRUPT);
    g_assert_false(g_file_test(copy, G_FILE_TEST_EXISTS));
    assert_same(kept_wal, wal);
    g_assert_true(g_file_get_contents(last, &said, &n, NULL));
    said[19] = '1';
    g_assert_true(g_file_set_contents(last, said, (gssize)n, NULL));
    sm_log_close(reopen(f->loop, f->rng, f->path));
    said[19] = said[40] = '9';
    said[45] ^= 1;
    g_assert_true(g_file_set_contents(last, said, (gssize)n, NULL));
    sm_log_close(reopen(f->loop, f->rng, f->path));
    g_unlink(last);
    f->log = reopen(f->loop, f->rng, f->path);
    g_assert_cmpint(sm_log_last(f->log), ==, 10);
}

static void test_gap(Fixture *f, gconstpointer data)
{
    g_assert_no_error(log_append(f->loop, f->log, 0, log_record("k1", "c1", "a"),
                                 log_record("k2", "c1", "b"), NULL));
    close_log(f);
    alter(f, "DELETE FROM record WHERE seq = 1");
    assert_refused(f, SM_ERROR_CORRUPT);
}

/* --- Groups --------------------------------------------------------------------------------------
 */

typedef struct {
    gboolean done;
    int code; /* -1: durable */
    int64_t last;
    SmLog *log;
} Heard;

static void heard(const GError *error, void *user)
{
    Heard *h = user;

    h->done = TRUE;
    h->code = error != NULL ? error->code : -1;
    h->last = sm_log_last(h->log);
}

static void append(Fixture *f, int64_t expected, const char *command, Heard *h)
{
    g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func((GDestroyNotify)sm_record_unref);

    h->log = f->log;
    g_ptr_array_add(records, log_record(command, "c1", "text"));
    sm_log_append(f->log, expected, records, heard, h);
}

/* One that does not fit takes down those behind it and leaves those before it. */
static void test_group_with_a_bad_one(Fixture *f, gconstpointer data)
{
    static const char *const commands[] = {"k1", "k2", "k1", "k4"};
    Heard h[G_N_ELEMENTS(commands)] = {0};

    for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
        append(f, i, commands[i], &h[i]);
    log_wait(f->loop, &h[3].done);
    g_assert_cmpint(h[0].code, ==, -1);
    g_assert_cmpint(h[1].code, ==, -1);
    g_assert_cmpint(h[1].last, >=, 2); /* what is answered can be read */
    g_assert_cmpint(h[2].code, ==, SM_ERROR_INVALID);
    g_assert_cmpint(h[3].code, !=, -1);
    g_assert_cmpint(sm_log_last(f->log), ==, 2);
    Heard again = {0};
    append(f, 2, "k4", &again);
    log_wait(f->loop, &again.done);
    g_assert_cmpint(again.code, ==, -1);
}

/* --- All of it -----------------------------------------------------------------------------------
 */

#define MANY 3200

/* Each third without a content, each fifth with one that lies at another record. */
static void append_many(Fixture *f)
{
    g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func((GDestroyNotify)sm_record_unref);
    Heard h = {.log = f->log};

    for (int i = 1; i <= MANY; i++) {
        g_autofree char *id = g_strdup_printf("k%d", i), *text = g_strdup_printf("text %d", i);
        SmRecord *record = log_record(id, "c1", i % 3 == 0 ? NULL : text);
        SmEvent *event = record->events->pdata[0];
        if (event->content != NULL && i % 5 == 0) {
            g_free(event->content);
            event->content = g_strdup("ct-k1");
        }
        g_ptr_array_add(records, record);
    }
    sm_log_append(f->log, 0, records, heard, &h);
    log_wait(f->loop, &h.done);
    g_assert_cmpint(h.code, ==, -1);
}

typedef struct {
    int64_t seq;
    int64_t until; /* wants no more after that */
} Taken;

static gboolean take(GPtrArray *records, void *user, GError **error)
{
    Taken *t = user;

    for (guint i = 0; i < records->len; i++) {
        const SmRecord *record = records->pdata[i];
        const SmEvent *event = record->events->pdata[0];
        g_autofree char *text = g_strdup_printf("text %d", event->content == NULL ? 0 : t->seq % 5 == 4 ? 1 : (int)t->seq + 1);
        g_assert_cmpint(record->seq, ==, ++t->seq);
        g_assert_cmpstr(event->text, ==, event->content != NULL ? text : NULL);
        g_assert_true((event->salt != NULL) == (event->content != NULL));
    }
    if (t->seq < t->until)
        return TRUE;
    g_set_error(error, SM_ERROR, SM_ERROR_LIMIT, "enough");
    return FALSE;
}

/* Read ahead: in order, with their contents, from anywhere, and no further than somebody wants. */
static void test_each(Fixture *f, gconstpointer data)
{
    append_many(f);
    static const int64_t from[] = {0, 1, 499, 500, 501, MANY - 1, MANY, MANY + 5, G_MAXINT64};
    for (guint i = 0; i < G_N_ELEMENTS(from); i++) {
        g_autoptr(GError) error = NULL;
        Taken t = {from[i], G_MAXINT64};
        gboolean good = sm_log_each(f->log, from[i], take, &t, &error);
        g_assert_no_error(error);
        g_assert_true(good);
        g_assert_cmpint(t.seq, ==, MAX(from[i], MANY));
    }
    g_autoptr(GError) error = NULL;
    Taken few = {0, 700};
    g_assert_false(sm_log_each(f->log, 0, take, &few, &error));
    g_assert_error(error, SM_ERROR, SM_ERROR_LIMIT);
    g_assert_cmpint(few.seq, ==, 1000);
}

/* A record that is none is told in the same words as by reading page after page, after those before it. */
static void test_each_damaged(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL, plain = NULL;
    Taken t = {0, G_MAXINT64};

    append_many(f);
    close_log(f);
    alter(f, "UPDATE record SET body = replace(body, '\"actor\"', '\"actress\"') WHERE seq = 1700");
    f->log = reopen(f->loop, f->rng, f->path);
    g_assert_false(sm_log_each(f->log, 0, take, &t, &error));
    g_assert_null(sm_log_read(f->log, 1500, 500, &plain));
    g_assert_cmpstr(error->message, ==, plain->message);
    g_assert_nonnull(strstr(error->message, "actor"));
    g_assert_cmpint(t.seq, ==, 1500);
    g_autoptr(GError) whole = NULL;
    SmLogFacts facts;
    close_log(f);
    g_assert_false(sm_log_check(f->path, &facts, &whole));
    g_assert_cmpstr(whole->message, ==, plain->message);
    f->log = reopen(f->loop, f->rng, f->path);
}

/* --- A full disk ---------------------------------------------------------------------------------
 */

static void limit_files(rlim_t bytes)
{
    struct rlimit limit;

    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = MIN(bytes, limit.rlim_max);
    g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &limit), ==, 0);
}

static void test_full(Fixture *f, gconstpointer data)
{
    int64_t n = 0;
    g_autofree char *text = g_strnfill(3000, 'x');
    g_autoptr(GError) error = NULL;

    limit_files(200000);
    while (error == NULL && n < 1000) {
        g_autofree char *id = g_strdup_printf("k%d", (int)n);
        error = log_append(f->loop, f->log, n, log_record(id, "c1", text), NULL);
        n += error == NULL;
    }
    g_assert_error(error, SM_ERROR, SM_ERROR_FULL);
    g_assert_cmpint(n, >, 0);
    g_assert_cmpint(sm_log_last(f->log), ==, n);
    g_autoptr(GPtrArray) all = sm_log_read(f->log, 0, 1000, NULL); /* reads go on */
    g_assert_cmpint(all->len, ==, n);
    limit_files(RLIM_INFINITY);
    g_assert_no_error(log_append(f->loop, f->log, n, log_record("later", "c1", text), NULL));
    close_log(f);
    f->log = reopen(f->loop, f->rng, f->path);
    g_assert_cmpint(sm_log_last(f->log), ==, n + 1);
}

/* The desk's directory is moved or removed under it: what would be gone with the program is not accepted. */
static void test_removed(Fixture *f, gconstpointer data)
{
    g_autofree char *elsewhere = g_strconcat(f->path, ".elsewhere", NULL);

    g_assert_no_error(log_append(f->loop, f->log, 0, log_record("k1", "c1", "a"), NULL));
    g_assert_cmpint(g_rename(f->path, elsewhere), ==, 0);
    g_autoptr(GError) error = log_append(f->loop, f->log, 1, log_record("k2", "c1", "b"), NULL);
    g_assert_error(error, SM_ERROR, SM_ERROR_IO);
    g_assert_nonnull(strstr(error->message, "removed or moved"));
    g_assert_cmpint(sm_log_last(f->log), ==, 1);
    g_assert_cmpint(g_rename(elsewhere, f->path), ==, 0);
    g_assert_no_error(log_append(f->loop, f->log, 1, log_record("k2", "c1", "b"), NULL));
}

/* --- Forgetting ----------------------------------------------------------------------------------
 */

static gboolean file_holds(const char *path, const char *suffix, const char *needle)
{
    g_autofree char *name = g_strconcat(path, suffix, NULL);
    g_autofree char *bytes = NULL;
    gsize n;

    return g_file_get_contents(name, &bytes, &n, NULL) &&
           memmem(bytes, n, needle, strlen(needle)) != NULL;
}

static gboolean files_hold(const Fixture *f, const char *needle)
{
    return file_holds(f->path, "", needle) || file_holds(f->path, "-wal", needle);
}

/* A text with its mark every sixteen bytes, so that any piece of it is seen. */
static char *marked_text(int i, guint length)
{
    GString *text = g_string_new(NULL);

    while (text->len < length)
        g_string_append_printf(text, "<secret %05d>  ", i);
    return g_string_free(text, FALSE);
}

static void forget(Fixture *f, int which, gboolean *forgotten)
{
    g_autofree char *content = g_strdup_printf("ct-k%d", which);

    g_assert_true(sm_log_forget(f->log, content, NULL));
    *forgotten = TRUE;
}

/* Enough of them that pages grow empty: a row that is moved then may leave its text behind. */
static void test_forget_for_good(Fixture *f, gconstpointer data)
{
    enum { N = 1200 };
    g_autoptr(SmRng) rng = sm_rng_new(5);
    gboolean forgotten[N] = {FALSE};

    for (int i = 0; i < N; i++) {
        g_autofree char *id = g_strdup_printf("k%d", i);
        g_autofree char *text =
            marked_text(i, 16 * (1 + sm_rng_below(rng, i % 100 == 0 ? 1000 : 40)));
        g_assert_no_error(log_append(f->loop, f->log, i, log_record(id, "c1", text), NULL));
        if (i % 50 == 49) /* some while it grows */
            forget(f, i - 20, &forgotten[i - 20]);
    }
    for (int i = 0; i < N * 2; i++) {
        int which = (int)sm_rng_below(rng, N);
        if (!forgotten[which])
            forget(f, which, &forgotten[which]);
    }
    for (int i = 0; i < N; i++) {
        g_autofree char *mark = g_strdup_printf("secret %05d", i);
        g_autoptr(GPtrArray) read = sm_log_read(f->log, i, 1, NULL);
        const SmEvent *event = g_ptr_array_index(((SmRecord *)read->pdata[0])->events, 0);
        g_assert_cmpint(event->text == NULL, ==, forgotten[i]);
        g_assert_cmpint(files_hold(f, mark), ==, !forgotten[i]);
    }
}

/* Forgotten while its append is still under way. */
static void test_forget_at_once(Fixture *f, gconstpointer data)
{
    Heard h = {0};

    append(f, 0, "k1", &h);
    g_assert_true(sm_log_forget(f->log, "ct-k1", NULL));
    log_wait(f->loop, &h.done);
    g_assert_cmpint(h.code, ==, -1);
    g_autoptr(SmRecord) record = sm_log_find(f->log, "k1", NULL);
    g_assert_null(((SmEvent *)record->events->pdata[0])->text);
}

/* --- kill -9 -------------------------------------------------------------------------------------
 */

typedef struct {
    int64_t seq;
    int *under_way;
} Written;

static void say_durable(const GError *error, void *user)
{
    Written *written = user;
    char line[32];

    if (error != NULL)
        _exit(3);
    int n = g_snprintf(line, sizeof line, "%d\n", (int)written->seq);
    if (write(STDOUT_FILENO, line, (gsize)n) != n)
        _exit(4);
    (*written->under_way)--;
    g_free(written);
}

static int writer(const char *path)
{
    SmLoop *loop = sm_loop_new_glib();
    SmLog *log = sm_log_open_sqlite(path, loop, NULL, NULL);
    int under_way = 0;

    if (log == NULL)
        return 2;
    for (int64_t seq = sm_log_last(log), end = seq + 20000; seq < end; seq++) {
        GPtrArray *records = g_ptr_array_new_with_free_func((GDestroyNotify)sm_record_unref);
        g_autofree char *id = g_strdup_printf("k%d", (int)seq);
        Written *written = g_new0(Written, 1);
        written->seq = seq + 1;
        written->under_way = &under_way;
        under_way++;
        g_ptr_array_add(records, log_record(id, "c1", "text that must not be lost"));
        sm_log_append(log, seq, records, say_durable, written);
        g_ptr_array_unref(records);
        while (under_way > 20)
            g_main_context_iteration(NULL, TRUE);
    }
    return 0;
}

static int64_t run_and_kill(const char *path, guint until)
{
    const char *argv[] = {program, "--writer", path, NULL};
    GPid pid;
    int out, status;
    char *line = NULL;
    gsize room = 0;
    int64_t last = 0;

    g_assert_true(g_spawn_async_with_pipes(NULL, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD,
                                           NULL, NULL, &pid, NULL, &out, NULL, NULL));
    FILE *lines = fdopen(out, "r");
    for (guint n = 0; getline(&line, &room, lines) > 0; n++) {
        last = g_ascii_strtoll(line, NULL, 10);
        if (n == until)
            kill(pid, SIGKILL);
    }
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    g_assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    fclose(lines);
    free(line);
    return last;
}

static void test_killed(Fixture *f, gconstpointer data)
{
    for (int round = 0; round < 5; round++) {
        close_log(f);
        int64_t last = run_and_kill(f->path, sm_rng_below(f->rng, 400));
        f->log = reopen(f->loop, f->rng, f->path);
        g_assert_cmpint(sm_log_last(f->log), >=, last);
        for (int64_t seq = 0, end = sm_log_last(f->log); seq < end;) {
            g_autoptr(GPtrArray) page = sm_log_read(f->log, seq, 500, NULL);
            g_assert_cmpuint(page->len, >, 0);
            for (guint i = 0; i < page->len; i++) {
                const SmRecord *record = page->pdata[i];
                g_assert_cmpint(record->seq, ==, ++seq); /* whole, in order */
                g_assert_nonnull(((SmEvent *)record->events->pdata[0])->text);
            }
        }
    }
}

int main(int argc, char **argv)
{
    static const LogFactory sqlite = {"sqlite", sm_loop_new_glib, open_new, reopen, remove_place};
    static const struct {
        const char *name;
        void (*run)(Fixture *f, gconstpointer data);
    } tests[] = {
        {"busy", test_busy},
        {"private", test_private},
        {"newer", test_newer},
        {"foreign", test_foreign},
        {"damaged", test_damaged},
        {"end-lost", test_end_lost},
        {"gap", test_gap},
        {"group-with-a-bad-one", test_group_with_a_bad_one},
        {"each", test_each},
        {"each-damaged", test_each_damaged},
        {"full", test_full},
        {"removed", test_removed},
        {"forget-for-good", test_forget_for_good},
        {"forget-at-once", test_forget_at_once},
        {"killed", test_killed},
    };

    if (argc == 3 && strcmp(argv[1], "--writer") == 0)
        return writer(argv[2]);
    if (argc == 3 && strcmp(argv[1], "--open") == 0)
        return open_once(argv[2]);
    program = argv[0];
    signal(SIGXFSZ, SIG_IGN);
    g_test_init(&argc, &argv, NULL);
    log_contract_add(&sqlite);
    for (guint i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *path = g_strdup_printf("/log/sqlite/%s", tests[i].name);
        g_test_add(path, Fixture, NULL, set_up, tests[i].run, tear_down);
    }
    return g_test_run();
}
