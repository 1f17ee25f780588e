/* SPDX-License-Identifier: MIT */
/* The journal on disk: the contract, and what only a disk can do: be killed, be full, be damaged,
 * be in use. Run with "--writer DIRECTORY" it is the process that is killed. */
#include "contract.h"

#include <errno.h>
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
#include "seatmux/base/rng.h"

static const char *program;
static char *place; /* of the journal that is open */

/* --- Places --------------------------------------------------------------------------------------
 */

static void remove_place(void *directory)
{
    GDir *dir = g_dir_open(directory, 0, NULL);

    for (const char *name; dir != NULL && (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *path = g_build_filename(directory, name, NULL);
        g_unlink(path);
    }
    if (dir != NULL)
        g_dir_close(dir);
    g_rmdir(directory);
    g_free(directory);
}

static void *make_place(SmLoop *loop)
{
    return g_dir_make_tmp("seatmux-journal-XXXXXX", NULL);
}

static SmJournal *open_place(void *directory, SmLoop *loop, SmJournalState **state)
{
    g_autoptr(GError) error = NULL;
    SmJournal *journal = sm_journal_open(directory, loop, state, &error);

    g_assert_no_error(error);
    place = directory;
    return journal;
}

static void copy_files(const char *from, const char *to)
{
    GDir *dir = g_dir_open(from, 0, NULL);

    for (const char *name; (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *source = g_build_filename(from, name, NULL);
        g_autofree char *target = g_build_filename(to, name, NULL);
        g_autofree char *bytes = NULL;
        gsize n;
        g_assert_true(g_file_get_contents(source, &bytes, &n, NULL));
        g_assert_true(g_file_set_contents(target, bytes, (gssize)n, NULL));
    }
    g_dir_close(dir);
}

/* What lies on the disk at this moment is what a process that is killed now leaves behind. */
static void crash(SmJournal *journal)
{
    char *aside = g_dir_make_tmp("seatmux-journal-XXXXXX", NULL);

    copy_files(place, aside);
    sm_journal_close(journal, 5000);
    remove_place(g_strdup(place));
    g_assert_cmpint(g_mkdir(place, 0700), ==, 0);
    copy_files(aside, place);
    remove_place(aside);
}

static const SmJournalFactory disk = {
    .name = "sqlite",
    .store_new = make_place,
    .store_free = remove_place,
    .open = open_place,
    .crash = crash,
    .loop_new = sm_loop_new_glib,
};

static void put(SmJournalFixture *f, const char *id, int64_t order, const char *text,
                SmJournalHeard *heard)
{
    SmOutboxEntry *entry = sm_fixture_entry(id, order, text);

    entry->extra = json_pack("{s:s}", "reason", "done");
    sm_journal_put_outbox(f->journal, entry, sm_fixture_heard, heard);
    sm_outbox_entry_free(entry);
}

static char *file_of(const SmJournalFixture *f, const char *name)
{
    return g_build_filename(f->store, name, NULL);
}

/* --- Second instance, modes, versions ------------------------------------------------------------
 */

static void test_busy(void)
{
    SmJournalFixture f;
    SmJournalState *state = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *pid = g_strdup_printf("process %ld", (long)getpid());

    sm_fixture_init(&f, &disk);
    g_assert_null(sm_journal_open(f.store, f.loop, &state, &error));
    g_assert_error(error, SM_ERROR, SM_ERROR_BUSY);
    g_assert_nonnull(strstr(error->message, pid));
    g_assert_null(state);
    sm_fixture_clear(&f);
}

static void test_private(void)
{
    static const char *const names[] = {"journal.db", "journal.db-wal", "unsent.log", "lock"};
    SmJournalFixture f;
    SmJournalHeard heard = {0};
    struct stat info;

    sm_fixture_init(&f, &disk);
    put(&f, "m1", 1, "Hello", &heard);
    sm_fixture_wait(&f, &heard, 1);
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = file_of(&f, names[i]);
        g_assert_cmpint(g_stat(path, &info), ==, 0);
        g_assert_cmpint(info.st_mode & 0777, ==, 0600);
    }
    sm_fixture_clear(&f);
}

static void test_newer(void)
{
    SmJournalFixture f;
    SmJournalState *state = NULL;
    g_autoptr(GError) error = NULL;
    sqlite3 *db = NULL;

    sm_fixture_init(&f, &disk);
    g_autofree char *path = file_of(&f, "journal.db");
    sm_journal_close(f.journal, 5000);
    g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
    g_assert_true(sm_db_exec(db, "PRAGMA user_version = 99", NULL));
    sqlite3_close(db);
    g_assert_null(sm_journal_open(f.store, f.loop, &state, &error));
    g_assert_error(error, SM_ERROR, SM_ERROR_VERSION);
    f.journal = NULL;
    sm_fixture_clear(&f);
}

static gboolean holds(const SmJournalFixture *f, const char *name, const char *text)
{
    g_autofree char *path = file_of(f, name), *bytes = NULL;
    gsize n = 0;

    return g_file_get_contents(path, &bytes, &n, NULL) && memmem(bytes, n, text, strlen(text)) != NULL;
}

static void flush(SmJournalFixture *f)
{
    SmJournalHeard heard = {0};

    sm_journal_flush(f->journal, sm_fixture_heard, &heard);
    sm_fixture_wait(f, &heard, 1);
}

/* The first form had no number of the last change. */
static void test_older(void)
{
    SmJournalFixture f;
    SmJournalHeard heard = {0};
    sqlite3 *db = NULL;

    sm_fixture_init(&f, &disk);
    put(&f, "m1", 1, "one", &heard);
    sm_fixture_wait(&f, &heard, 1);
    g_autofree char *path = file_of(&f, "journal.db"), *unsent = file_of(&f, "unsent.log");
    sm_journal_close(f.journal, 5000);
    g_unlink(unsent); /* its lines had no number either */
    g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
    g_assert_true(sm_db_exec(db, "CREATE TABLE older AS SELECT id, cursor FROM place; DROP TABLE place;"
                                 "ALTER TABLE older RENAME TO place; PRAGMA user_version = 1", NULL));
    sqlite3_close(db);
    sm_fixture_open(&f);
    g_assert_null(f.state->trouble);
    g_assert_cmpuint(f.state->outbox->len, ==, 1);
    put(&f, "m2", 2, "two", &heard);
    sm_fixture_wait(&f, &heard, 2);
    sm_fixture_reopen(&f);
    g_assert_cmpuint(f.state->outbox->len, ==, 2);
    sm_fixture_clear(&f);
}

/* A base stands for what came before it: of that nothing is left on the disk, in the write-ahead log either. */
static void test_base_leaves_nothing(void)
{
    SmJournalFixture f;
    g_autoptr(GBytes) said = g_bytes_new_static("my number is 4711", 17), base = g_bytes_new_static("{}", 2);

    sm_fixture_init(&f, &disk);
    sm_journal_add_answer(f.journal, "k1", said);
    flush(&f);
    g_assert_true(holds(&f, "journal.db", "4711") || holds(&f, "journal.db-wal", "4711"));
    sm_journal_set_base(f.journal, "k2", base);
    flush(&f);
    g_assert_false(holds(&f, "journal.db", "4711") || holds(&f, "journal.db-wal", "4711"));
    sm_fixture_reopen(&f);
    g_assert_cmpuint(f.state->answers->len, ==, 1);
    sm_fixture_clear(&f);
}

/* --- Damage --------------------------------------------------------------------------------------
 */

static void fill(SmJournalFixture *f)
{
    SmJournalHeard heard = {0};
    g_autoptr(GBytes) base = g_bytes_new_take(g_strnfill(50000, 'b'), 50000);

    sm_journal_set_base(f->journal, "k1", base);
    put(f, "m1", 1, "one", &heard);
    put(f, "m2", 2, "你好 ☕", &heard);
    put(f, "m3", 3, "three", &heard);
    put(f, "m4", 4, "four", &heard);
    sm_journal_put_draft(f->journal, "c7", "half a tho", TRUE);
    sm_journal_update_outbox(f->journal, "m1", SM_SEND_SENT, 1, FALSE, NULL, sm_fixture_heard,
                             &heard);
    sm_journal_update_outbox(f->journal, "m3", SM_SEND_HELD, 2, TRUE, "changed", sm_fixture_heard,
                             &heard);
    sm_fixture_wait(f, &heard, 6);
}

static void assert_unsent(const SmJournalState *state)
{
    g_assert_cmpuint(state->outbox->len, ==, 3);
    const SmOutboxEntry *entry = state->outbox->pdata[0];
    g_assert_cmpstr(entry->id, ==, "m2");
    g_assert_cmpstr(entry->text, ==, "你好 ☕");
    g_assert_cmpstr(sm_json_str(entry->extra, "reason", NULL), ==, "done");
    g_assert_cmpint(entry->seen, ==, 7);
    entry = state->outbox->pdata[1];
    g_assert_cmpstr(entry->id, ==, "m3");
    g_assert_cmpint(entry->state, ==, SM_SEND_HELD);
    g_assert_cmpint(entry->attempts, ==, 2);
    g_assert_true(entry->anyway);
    g_assert_cmpstr(entry->problem, ==, "changed");
    g_assert_cmpuint(state->drafts->len, ==, 1);
    const SmDraft *draft = state->drafts->pdata[0];
    g_assert_cmpstr(draft->text, ==, "half a tho");
    g_assert_true(draft->note);
}

typedef void (*Harm)(char *bytes, gsize *n);

static void harm_header(char *bytes, gsize *n)
{
    memset(bytes, 'x', 100);
}

static void harm_half(char *bytes, gsize *n)
{
    *n /= 2;
}

static void harm_pages(char *bytes, gsize *n)
{
    memset(bytes + 4096, 0xa5, *n - 4096);
}

static void harm_schema(char *bytes, gsize *n)
{
    memset(bytes + 2000, 0, 2096);
}

static void harm_text(char *bytes, gsize *n)
{
    *n = 3;
}

static void test_damaged(gconstpointer data)
{
    static const Harm harms[] = {harm_header, harm_half, harm_pages, harm_schema, harm_text};
    SmJournalFixture f;

    for (guint i = 0; i < G_N_ELEMENTS(harms); i++) {
        sm_fixture_init(&f, &disk);
        fill(&f);
        sm_journal_close(f.journal, 5000);
        g_autofree char *path = file_of(&f, "journal.db");
        g_autofree char *aside = file_of(&f, "journal.db.corrupt-1");
        g_autofree char *bytes = NULL;
        gsize n;
        g_assert_true(g_file_get_contents(path, &bytes, &n, NULL));
        harms[i](bytes, &n);
        g_assert_true(g_file_set_contents(path, bytes, (gssize)n, NULL));
        g_test_message("harm %u", i);
        sm_fixture_open(&f);
        g_assert_nonnull(f.state->trouble);
        g_assert_nonnull(strstr(f.state->trouble, "journal.db.corrupt-1"));
        g_assert_nonnull(strstr(f.state->trouble, "4 unsent texts"));
        g_assert_true(g_file_test(aside, G_FILE_TEST_EXISTS));
        assert_unsent(f.state);
        g_assert_null(f.state->cursor);
        sm_fixture_reopen(&f); /* and it is kept now */
        g_assert_null(f.state->trouble);
        assert_unsent(f.state);
        sm_fixture_clear(&f);
    }
}

/* A torn and a damaged line of the second file cost those lines only. */
static void test_damaged_twice(void)
{
    SmJournalFixture f;

    sm_fixture_init(&f, &disk);
    fill(&f);
    sm_journal_close(f.journal, 5000);
    g_autofree char *path = file_of(&f, "journal.db");
    g_autofree char *unsent = file_of(&f, "unsent.log");
    g_assert_true(g_file_set_contents(path, "nothing", 7, NULL));
    FILE *file = fopen(unsent, "a");
    fprintf(file, "00000000 {\"put\":\"m9\",\"verb\":\"post\",\"state\":1}\n\xff\xfe\n");
    fprintf(file, "0123");
    fclose(file);
    sm_fixture_open(&f);
    assert_unsent(f.state);
    sm_fixture_clear(&f);
}

/* A start with nothing new writes no new file, and so does not wait for the disk; one that others may read does not stay. */
static void test_second_file_stays(void)
{
    SmJournalFixture f;
    struct stat before, after;

    sm_fixture_init(&f, &disk);
    fill(&f);
    sm_fixture_reopen(&f);
    g_autofree char *unsent = file_of(&f, "unsent.log");
    g_assert_cmpint(g_stat(unsent, &before), ==, 0);
    sm_fixture_reopen(&f);
    g_assert_cmpint(g_stat(unsent, &after), ==, 0);
    g_assert_true(after.st_ino == before.st_ino && after.st_ctim.tv_sec == before.st_ctim.tv_sec && after.st_ctim.tv_nsec == before.st_ctim.tv_nsec);
    assert_unsent(f.state);
    g_assert_cmpint(g_chmod(unsent, 0644), ==, 0);
    sm_fixture_reopen(&f);
    g_assert_cmpint(g_stat(unsent, &after), ==, 0);
    g_assert_cmpint(after.st_mode & 0777, ==, 0600);
    assert_unsent(f.state);
    sm_fixture_clear(&f);
}

/* A write-ahead log that is damaged is, to SQLite, one that ends there: nothing tells that there was more but the second file. */
static void test_lost_end(void)
{
    SmJournalFixture f;
    SmJournalHeard heard = {0};

    for (gsize at = 0; at < 9000; at += 500) { /* in its header, in a frame's, in a page */
        heard = (SmJournalHeard){0};
        sm_fixture_init(&f, &disk);
        fill(&f);
        sm_fixture_reopen(&f);
        put(&f, "m5", 5, "five", &heard);
        sm_journal_update_outbox(f.journal, "m2", SM_SEND_TAKEN_BACK, 0, FALSE, NULL, sm_fixture_heard, &heard);
        sm_journal_put_draft(f.journal, "c7", "a whole thought", FALSE);
        sm_fixture_wait(&f, &heard, 2);
        flush(&f);
        crash(f.journal);
        g_autofree char *path = file_of(&f, "journal.db-wal"), *bytes = NULL;
        gsize n;
        g_assert_true(g_file_get_contents(path, &bytes, &n, NULL));
        g_assert_cmpuint(n, >, 9000);
        bytes[at] ^= 0x55;
        g_assert_true(g_file_set_contents(path, bytes, (gssize)n, NULL));
        sm_fixture_open(&f);
        for (int again = 0; again < 2; again++) {
            g_assert_cmpuint(f.state->outbox->len, ==, 3);
            g_assert_cmpstr(((SmOutboxEntry *)f.state->outbox->pdata[0])->id, ==, "m3");
            g_assert_cmpstr(((SmOutboxEntry *)f.state->outbox->pdata[2])->text, ==, "five");
            g_assert_cmpuint(f.state->drafts->len, ==, 1);
            g_assert_cmpstr(((SmDraft *)f.state->drafts->pdata[0])->text, ==, "a whole thought");
            sm_fixture_reopen(&f);
        }
        g_assert_null(f.state->trouble);
        sm_fixture_clear(&f);
    }
}

/* One byte of a text: the database is whole by all that SQLite looks at, and the customer would get another text. */
static void test_changed_text(void)
{
    SmJournalFixture f;

    sm_fixture_init(&f, &disk);
    fill(&f);
    sm_journal_close(f.journal, 5000);
    g_autofree char *path = file_of(&f, "journal.db"), *bytes = NULL;
    gsize n;
    g_assert_true(g_file_get_contents(path, &bytes, &n, NULL));
    char *at = memmem(bytes, n, "postfour", 8);
    if (at == NULL)
        at = memmem(bytes, n, "four{", 5);
    else
        at += 4;
    g_assert_nonnull(at);
    at[1] = 'a';
    g_assert_true(g_file_set_contents(path, bytes, (gssize)n, NULL));
    sm_fixture_open(&f);
    g_assert_nonnull(strstr(f.state->trouble, "journal.db.corrupt-1"));
    assert_unsent(f.state);
    g_assert_cmpstr(((SmOutboxEntry *)f.state->outbox->pdata[2])->text, ==, "four");
    sm_fixture_clear(&f);
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

static void test_full(void)
{
    SmJournalFixture f;
    SmJournalHeard heard = {0};
    g_autoptr(GBytes) base = g_bytes_new("base", 4);

    sm_fixture_init(&f, &disk);
    sm_journal_set_base(f.journal, "k1", base);
    put(&f, "m1", 1, "Hello", &heard);
    sm_fixture_wait(&f, &heard, 1);
    limit_files(4096);
    sm_journal_add_answer(f.journal, "k2", base);
    sm_journal_put_draft(f.journal, "c1", "kept for later", FALSE);
    put(&f, "m2", 2, "Not saved", &heard);
    sm_fixture_wait(&f, &heard, 2);
    put(&f, "m3", 3, "Nor this", &heard);
    sm_fixture_wait(&f, &heard, 3);
    g_assert_cmpuint(heard.errors, ==, 2);
    sm_journal_update_outbox(f.journal, "m1", SM_SEND_HELD, 1, FALSE, NULL, sm_fixture_heard, &heard);
    sm_fixture_wait(&f, &heard, 4); /* failed, and is not forgotten */
    g_assert_cmpuint(heard.errors, ==, 3);
    sm_journal_update_outbox(f.journal, "m3", SM_SEND_TAKEN_BACK, 0, FALSE, NULL, sm_fixture_heard, &heard);
    sm_fixture_wait(&f, &heard, 5);
    g_assert_cmpuint(heard.errors, ==, 4);
    gsize once = f.said->len;
    g_assert_cmpuint(once, >, 1);
    g_assert_cmpuint(once, ==, (gsize)(strchr(f.said->str, '|') + 1 - f.said->str));
    limit_files(RLIM_INFINITY);
    put(&f, "m4", 4, "Saved", &heard);
    sm_fixture_wait(&f, &heard, 6);
    g_assert_cmpuint(heard.errors, ==, 4);
    g_assert_cmpstr(f.said->str + once, ==, "well|");
    sm_fixture_reopen(&f);
    g_assert_cmpuint(f.state->outbox->len, ==, 3); /* what failed was tried again */
    g_assert_cmpint(((SmOutboxEntry *)f.state->outbox->pdata[0])->state, ==, SM_SEND_HELD);
    g_assert_cmpstr(((SmOutboxEntry *)f.state->outbox->pdata[1])->id, ==, "m2");
    g_assert_cmpint(((SmOutboxEntry *)f.state->outbox->pdata[1])->state, ==, SM_SEND_SENDING);
    g_assert_cmpstr(((SmOutboxEntry *)f.state->outbox->pdata[2])->id, ==, "m4");
    g_assert_cmpuint(f.state->drafts->len, ==, 1);
    g_assert_cmpuint(f.state->answers->len, ==, 2);
    g_assert_cmpstr(f.state->cursor, ==, "k2");
    sm_fixture_clear(&f);
}

/* The directory goes under a running program: what would be gone with it is not called kept; when it is back, it is kept. */
static void test_removed(void)
{
    SmJournalFixture f;
    SmJournalHeard heard = {0};

    sm_fixture_init(&f, &disk);
    put(&f, "m1", 1, "Hello", &heard);
    sm_fixture_wait(&f, &heard, 1);
    g_autofree char *elsewhere = g_strconcat(place, ".elsewhere", NULL);
    g_assert_cmpint(g_rename(place, elsewhere), ==, 0);
    put(&f, "m2", 2, "Not kept", &heard);
    sm_fixture_wait(&f, &heard, 2);
    g_assert_cmpuint(heard.errors, ==, 1);
    g_assert_nonnull(strstr(f.said->str, "removed or moved"));
    g_assert_cmpint(g_rename(elsewhere, place), ==, 0);
    put(&f, "m3", 3, "Kept", &heard);
    sm_fixture_wait(&f, &heard, 3);
    g_assert_cmpuint(heard.errors, ==, 1);
    g_assert_true(g_str_has_suffix(f.said->str, "well|"));
    sm_fixture_reopen(&f);
    g_assert_cmpuint(f.state->outbox->len, ==, 3); /* what failed was tried again */
    sm_fixture_clear(&f);
}

/* --- kill -9 -------------------------------------------------------------------------------------
 */

typedef struct {
    char id[16];
    int *under_way;
} Written;

static void say_durable(const GError *error, void *user)
{
    Written *written = user;
    char line[32];

    if (error != NULL)
        _exit(3);
    int n = g_snprintf(line, sizeof line, "%s\n", written->id);
    if (write(STDOUT_FILENO, line, (gsize)n) != n)
        _exit(4);
    (*written->under_way)--;
    g_free(written);
}

static void write_some(SmLoop *loop, SmJournal *journal, int first)
{
    int under_way = 0;

    for (int i = 0; i < 20000; i++) {
        Written *written = g_new0(Written, 1);
        g_snprintf(written->id, sizeof written->id, "m%d", first + i);
        SmOutboxEntry *entry =
            sm_fixture_entry(written->id, first + i, "text that must not be lost");
        sm_journal_put_outbox(journal, entry, say_durable, written);
        sm_outbox_entry_free(entry);
        sm_journal_put_draft(journal, "c1", written->id, FALSE);
        written->under_way = &under_way;
        under_way++;
        while (under_way > i % 5)
            g_main_context_iteration(NULL, TRUE);
    }
}

static int writer(const char *directory)
{
    SmLoop *loop = sm_loop_new_glib();
    SmJournalState *state = NULL;
    SmJournal *journal = sm_journal_open(directory, loop, &state, NULL);

    if (journal == NULL)
        return 2;
    int next = 1;
    if (state->outbox->len > 0)
        next = (int)((SmOutboxEntry *)state->outbox->pdata[state->outbox->len - 1])->order + 1;
    write_some(loop, journal, next);
    return 0;
}

static void read_until_killed(const char *directory, SmRng *rng, GHashTable *durable)
{
    const char *argv[] = {program, "--writer", directory, NULL};
    GPid pid;
    int out;
    char *line = NULL;
    gsize room = 0;

    g_assert_true(g_spawn_async_with_pipes(NULL, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD,
                                           NULL, NULL, &pid, NULL, &out, NULL, NULL));
    FILE *lines = fdopen(out, "r");
    guint until = 1 + sm_rng_below(rng, 60);
    for (guint n = 0; getline(&line, &room, lines) > 0; n++) {
        g_assert_nonnull(strchr(line, '\n'));
        g_hash_table_add(durable, g_strdup(g_strchomp(line)));
        if (n == until)
            kill(pid, SIGKILL);
    }
    int status;
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    g_assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    fclose(lines);
    free(line);
}

static void test_killed(void)
{
    g_autoptr(SmRng) rng = sm_rng_new(4);
    g_autoptr(SmLoop) loop = sm_loop_new_glib();
    g_autoptr(GHashTable) durable = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    char *directory = make_place(loop);

    for (int round = 0; round < 5; round++) {
        read_until_killed(directory, rng, durable);
        g_autoptr(SmJournalState) state = NULL;
        SmJournal *journal = open_place(directory, loop, &state);
        g_autoptr(GHashTable) there = g_hash_table_new(g_str_hash, g_str_equal);
        g_assert_null(state->trouble);
        for (guint i = 0; i < state->outbox->len; i++) {
            const SmOutboxEntry *entry = state->outbox->pdata[i];
            g_assert_cmpint(entry->order, ==, i + 1); /* nothing in between is missing */
            g_hash_table_add(there, entry->id);
        }
        GHashTableIter iter;
        void *id;
        g_hash_table_iter_init(&iter, durable);
        while (g_hash_table_iter_next(&iter, &id, NULL))
            g_assert_true(g_hash_table_contains(there, id));
        sm_journal_close(journal, 5000);
    }
    remove_place(directory);
}

static void close_now(const GError *error, void *user)
{
    SmJournalFixture *f = user;

    sm_journal_close(f->journal, 5000);
    f->journal = NULL;
}

static void test_closed_by_answer(void)
{
    SmJournalFixture f;

    sm_fixture_init(&f, &disk);
    sm_journal_flush(f.journal, close_now, &f);
    sm_journal_put_draft(f.journal, "c1", "Hello", FALSE);
    while (f.journal != NULL)
        g_main_context_iteration(NULL, TRUE);
    sm_fixture_open(&f);
    g_assert_cmpuint(f.state->drafts->len, ==, 1);
    sm_fixture_clear(&f);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--writer") == 0)
        return writer(argv[2]);
    program = argv[0];
    signal(SIGXFSZ, SIG_IGN);
    g_test_init(&argc, &argv, NULL);
    sm_journal_contract_add(&disk);
    g_test_add_func("/journal/sqlite/busy", test_busy);
    g_test_add_func("/journal/sqlite/private", test_private);
    g_test_add_func("/journal/sqlite/newer", test_newer);
    g_test_add_func("/journal/sqlite/older", test_older);
    g_test_add_func("/journal/sqlite/base-leaves-nothing", test_base_leaves_nothing);
    g_test_add_data_func("/journal/sqlite/damaged", NULL, test_damaged);
    g_test_add_func("/journal/sqlite/damaged-twice", test_damaged_twice);
    g_test_add_func("/journal/sqlite/lost-end", test_lost_end);
    g_test_add_func("/journal/sqlite/second-file-stays", test_second_file_stays);
    g_test_add_func("/journal/sqlite/changed-text", test_changed_text);
    g_test_add_func("/journal/sqlite/full", test_full);
    g_test_add_func("/journal/sqlite/removed", test_removed);
    g_test_add_func("/journal/sqlite/killed", test_killed);
    g_test_add_func("/journal/sqlite/closed-by-answer", test_closed_by_answer);
    return g_test_run();
}
