/* SPDX-License-Identifier: MIT */
/* Secrets on disk: what outlives a restart and a kill, what is refused, and that nothing that opens
 * a door lies in the file. Run with "--writer FILE" it is the process that is killed. */
#include <glib.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"
#include "seatmux/server/secrets.h"

#define DAY_MS INT64_C(86400000)
#define LONGEST_MS 20000

static const char *program;

typedef struct {
    SmLoop *loop;
    SmRng *rng;
    SmSecrets *secrets;
    char *directory;
    char *path;
} Fixture;

static void open_secrets(Fixture *f)
{
    g_autoptr(GError) error = NULL;

    f->secrets = sm_secrets_open_sqlite(f->path, f->loop, f->rng, &error);
    g_assert_no_error(error);
}

static void set_up(Fixture *f, gconstpointer data)
{
    f->loop = sm_loop_new_glib();
    f->rng = sm_rng_new_secure();
    f->directory = g_dir_make_tmp("seatmux-secrets-XXXXXX", NULL);
    f->path = g_build_filename(f->directory, "secrets.db", NULL);
    open_secrets(f);
}

static void tear_down(Fixture *f, gconstpointer data)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", ".lock"};

    sm_secrets_free(f->secrets);
    for (guint i = 0; i < G_N_ELEMENTS(suffixes); i++) {
        g_autofree char *file = g_strconcat(f->path, suffixes[i], NULL);
        g_unlink(file);
    }
    g_rmdir(f->directory);
    g_free(f->path);
    g_free(f->directory);
    sm_rng_free(f->rng);
    sm_loop_free(f->loop);
}

static void restart(Fixture *f)
{
    sm_secrets_free(f->secrets);
    open_secrets(f);
}

/* --- Waiting -------------------------------------------------------------------------------------
 */

typedef struct {
    guint answers;
    gboolean ok;
    int code; /* of the error; -1: none */
    guint busy;
    guint right;
} Heard;

static void heard(gboolean ok, const GError *error, void *user)
{
    Heard *h = user;

    h->answers++;
    h->ok = ok;
    h->code = error != NULL ? error->code : -1;
    h->busy += h->code == SM_ERROR_BUSY;
    h->right += ok;
}

static void give_up(void *user)
{
    *(gboolean *)user = TRUE;
}

static void wait_for(Fixture *f, const Heard *h, guint n)
{
    gboolean late = FALSE;
    guint64 timer = sm_loop_after(f->loop, LONGEST_MS, give_up, &late);

    while (h->answers < n && !late)
        g_main_context_iteration(NULL, TRUE);
    sm_loop_remove(f->loop, &timer);
    g_assert_cmpuint(h->answers, ==, n);
}

static Heard set_password(Fixture *f, const char *agent, const char *password)
{
    Heard h = {0};

    sm_secrets_set_password(f->secrets, agent, password, heard, &h);
    g_assert_cmpuint(h.answers, ==, 0); /* never from inside the call */
    wait_for(f, &h, 1);
    return h;
}

static gboolean check(Fixture *f, const char *agent, const char *password)
{
    Heard h = {0};

    sm_secrets_check_password(f->secrets, agent, password, heard, &h);
    wait_for(f, &h, 1);
    g_assert_cmpint(h.code, ==, -1);
    return h.ok;
}

/* --- Passwords -----------------------------------------------------------------------------------
 */

static gboolean file_holds(const char *path, const char *suffix, const char *needle)
{
    g_autofree char *name = g_strconcat(path, suffix, NULL);
    g_autofree char *bytes = NULL;
    gsize n;

    return g_file_get_contents(name, &bytes, &n, NULL) &&
           memmem(bytes, n, needle, strlen(needle)) != NULL;
}

/* Half of the defence of a stolen desk: 64 MB and two passes a guess. */
#define COST "$argon2id$v=19$m=65536,t=2,p=1$"

static void test_password(Fixture *f, gconstpointer data)
{
    g_assert_false(check(f, "mia", "correct horse"));
    g_assert_true(set_password(f, "mia", "correct horse").ok);
    g_assert_true(check(f, "mia", "correct horse"));
    g_assert_false(check(f, "mia", "correct horsf"));
    g_assert_false(check(f, "mia", ""));
    g_assert_false(check(f, "ben", "correct horse"));
    restart(f);
    g_assert_true(check(f, "mia", "correct horse"));
    g_assert_true(file_holds(f->path, "", COST) || file_holds(f->path, "-wal", COST));
    g_assert_false(file_holds(f->path, "", "correct horse"));
    g_assert_false(file_holds(f->path, "-wal", "correct horse"));
    g_assert_true(set_password(f, "mia", "another").ok);
    g_assert_false(check(f, "mia", "correct horse"));
    g_assert_true(set_password(f, "mia", NULL).ok);
    g_assert_false(check(f, "mia", "another"));
    restart(f);
    g_assert_false(check(f, "mia", "another"));
}

static void test_password_limit(Fixture *f, gconstpointer data)
{
    g_autofree char *longest = g_strnfill(SM_MAX_PASSWORD_BYTES, 'p');
    g_autofree char *longer = g_strnfill(SM_MAX_PASSWORD_BYTES + 1, 'p');

    Heard h = set_password(f, "mia", longer);
    g_assert_false(h.ok);
    g_assert_cmpint(h.code, ==, SM_ERROR_LIMIT);
    g_assert_true(set_password(f, "mia", longest).ok);
    g_assert_true(check(f, "mia", longest));
    g_assert_false(check(f, "mia", longer));
}

static int64_t time_of(Fixture *f, const char *agent)
{
    int64_t best = INT64_MAX;

    for (int i = 0; i < 3; i++) {
        clock_t start = clock(); /* of this process alone: other work on the machine does not count */
        g_assert_false(check(f, agent, "wrong"));
        best = MIN(best, (int64_t)(clock() - start));
    }
    return best;
}

/* How long it takes does not say who there is. */
static void test_unknown_costs_the_same(Fixture *f, gconstpointer data)
{
    g_assert_true(set_password(f, "mia", "correct horse").ok);
    int64_t known = time_of(f, "mia"), unknown = time_of(f, "nobody");
    g_assert_cmpint(unknown, >, known / 2);
    g_assert_cmpint(known, >, unknown / 2);
}

static void test_queue(Fixture *f, gconstpointer data)
{
    Heard h = {0};

    for (int i = 0; i < SM_MAX_LOGIN_QUEUE + 5; i++)
        sm_secrets_check_password(f->secrets, "mia", "wrong", heard, &h);
    g_assert_cmpuint(h.answers, ==, 0);
    wait_for(f, &h, 5); /* at once, whatever the others take */
    g_assert_cmpuint(h.busy, >=, 4);
    sm_secrets_free(g_steal_pointer(&f->secrets)); /* what waits is answered, not hashed */
    g_assert_cmpuint(h.answers, ==, SM_MAX_LOGIN_QUEUE + 5);
    g_assert_cmpuint(h.busy, ==, 5);
    g_assert_cmpuint(h.right, ==, 0);
    g_assert_cmpint(h.code, ==, SM_ERROR_CANCELLED);
}

/* --- Sessions ------------------------------------------------------------------------------------
 */

static void test_session(Fixture *f, gconstpointer data)
{
    char *token = sm_secrets_open_session(f->secrets, "mia", NULL, "seatmux 1", DAY_MS, NULL);
    char *other = sm_secrets_open_session(f->secrets, NULL, "k1", NULL, DAY_MS, NULL);
    const SmSession *session = sm_secrets_session(f->secrets, token, DAY_MS + 59999);

    g_assert_true(sm_secrets_token_formed(token));
    g_assert_cmpstr(session->agent, ==, "mia");
    g_assert_cmpint(session->used, ==, DAY_MS);
    session = sm_secrets_session(f->secrets, token, DAY_MS + 60000);
    g_assert_cmpint(session->used, ==, DAY_MS + 60000);
    restart(f);
    g_assert_false(file_holds(f->path, "", token + 3));
    session = sm_secrets_session(f->secrets, token, DAY_MS + 60001);
    g_assert_cmpstr(session->agent, ==, "mia");
    g_assert_cmpstr(session->program, ==, "seatmux 1");
    g_assert_cmpint(session->made, ==, DAY_MS);
    g_assert_cmpint(session->used, ==, DAY_MS + 60000);
    g_assert_null(session->contact);
    g_assert_true(sm_secrets_revoke(f->secrets, session->id));
    g_assert_null(sm_secrets_session(f->secrets, token, DAY_MS));
    g_assert_false(sm_secrets_revoke(f->secrets, "unknown"));
    restart(f);
    g_assert_null(sm_secrets_session(f->secrets, token, DAY_MS));
    session = sm_secrets_session(f->secrets, other, DAY_MS);
    g_assert_cmpstr(session->contact, ==, "k1");
    g_assert_null(session->agent);
    sm_secrets_wipe(token);
    sm_secrets_wipe(other);
}

static void test_session_ends(Fixture *f, gconstpointer data)
{
    char *first = sm_secrets_open_session(f->secrets, "mia", NULL, "", 0, NULL);
    char *second = sm_secrets_open_session(f->secrets, "mia", NULL, "", 0, NULL);

    g_assert_nonnull(sm_secrets_session(f->secrets, first, 29 * DAY_MS));
    g_assert_null(sm_secrets_session(f->secrets, second, 31 * DAY_MS));
    g_assert_nonnull(sm_secrets_session(f->secrets, first, 31 * DAY_MS));
    /* A session that is opened sweeps those that ended. */
    char *third = sm_secrets_open_session(f->secrets, "ben", NULL, "", 90 * DAY_MS, NULL);
    g_autoptr(GPtrArray) left = sm_secrets_sessions(f->secrets, NULL);
    g_assert_cmpuint(left->len, ==, 1);
    g_assert_cmpstr(((SmSession *)left->pdata[0])->agent, ==, "ben");
    sm_secrets_wipe(first);
    sm_secrets_wipe(second);
    sm_secrets_wipe(third);
}

static void test_sessions_of_an_agent(Fixture *f, gconstpointer data)
{
    char *tokens[SM_MAX_SESSIONS_PER_AGENT + 1];

    for (int i = 0; i < SM_MAX_SESSIONS_PER_AGENT; i++)
        tokens[i] = sm_secrets_open_session(f->secrets, "mia", NULL, "", 1000 + i, NULL);
    char *ben = sm_secrets_open_session(f->secrets, "ben", NULL, "", 1, NULL);
    g_assert_nonnull(sm_secrets_session(f->secrets, tokens[0], 1000 + DAY_MS));
    tokens[SM_MAX_SESSIONS_PER_AGENT] =
        sm_secrets_open_session(f->secrets, "mia", NULL, "", 1000 + DAY_MS, NULL);
    g_assert_null(sm_secrets_session(f->secrets, tokens[1], 1000)); /* longest unused */
    g_assert_nonnull(sm_secrets_session(f->secrets, tokens[0], 1000));
    restart(f);
    g_autoptr(GPtrArray) mine = sm_secrets_sessions(f->secrets, "mia");
    g_assert_cmpuint(mine->len, ==, SM_MAX_SESSIONS_PER_AGENT);
    for (guint i = 1; i < mine->len; i++) /* in order of opening */
        g_assert_cmpint(((SmSession *)mine->pdata[i - 1])->made, <,
                        ((SmSession *)mine->pdata[i])->made);
    g_autoptr(GPtrArray) all = sm_secrets_sessions(f->secrets, NULL);
    g_assert_cmpuint(all->len, ==, SM_MAX_SESSIONS_PER_AGENT + 1);
    sm_secrets_revoke_agent(f->secrets, "mia");
    restart(f);
    g_autoptr(GPtrArray) none = sm_secrets_sessions(f->secrets, "mia");
    g_assert_cmpuint(none->len, ==, 0);
    g_assert_nonnull(sm_secrets_session(f->secrets, ben, 1000));
    for (int i = 0; i <= SM_MAX_SESSIONS_PER_AGENT; i++)
        sm_secrets_wipe(tokens[i]);
    sm_secrets_wipe(ben);
}

/* Opening must not wait for the disk, and a request must not look at 10,000 sessions. */
static void test_many(Fixture *f, gconstpointer data)
{
    enum { N = 10000 };
    g_autoptr(GPtrArray) tokens = g_ptr_array_new_with_free_func(g_free);
    int64_t start = sm_loop_now_us(f->loop);
    clock_t busy = clock();

    for (int i = 0; i < N; i++) {
        g_autofree char *contact = g_strdup_printf("k%d", i);
        g_ptr_array_add(tokens, sm_secrets_open_session(f->secrets, NULL, contact, "", 5000, NULL));
    }
    int64_t opened = sm_loop_now_us(f->loop);
    busy = clock() - busy;
    for (int i = 0; i < N; i++)
        g_assert_nonnull(sm_secrets_session(f->secrets, tokens->pdata[i], 5000));
    int64_t looked = sm_loop_now_us(f->loop);
    g_test_message("opened in %.1f us, found in %.1f us each", (double)(opened - start) / N,
                   (double)(looked - opened) / N);
    g_assert_cmpint(busy, <, (clock_t)N * 500 * CLOCKS_PER_SEC / 1000000); /* of the processor, however busy the machine is */
    restart(f);
    for (int i = 0; i < N; i++)
        g_assert_nonnull(sm_secrets_session(f->secrets, tokens->pdata[i], 5000));
}

/* --- The file ------------------------------------------------------------------------------------
 */

static void test_file(Fixture *f, gconstpointer data)
{
    struct stat info;
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(g_stat(f->path, &info), ==, 0);
    g_assert_cmpint(info.st_mode & 0777, ==, 0600);
    g_assert_null(sm_secrets_open_sqlite(f->path, f->loop, f->rng, &error));
    g_assert_error(error, SM_ERROR, SM_ERROR_BUSY);
    g_clear_error(&error);
    sm_secrets_free(g_steal_pointer(&f->secrets));
    g_assert_true(
        g_file_set_contents(f->path, "this is no database at all, it is a text", -1, NULL));
    g_assert_null(sm_secrets_open_sqlite(f->path, f->loop, f->rng, &error));
    g_assert_nonnull(error);
}

static void limit_files(rlim_t bytes)
{
    struct rlimit limit;

    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = MIN(bytes, limit.rlim_max);
    g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &limit), ==, 0);
}

static void test_full(Fixture *f, gconstpointer data)
{
    limit_files(1);
    char *token = sm_secrets_open_session(f->secrets, "mia", NULL, "", 1000, NULL);
    Heard h = set_password(f, "mia", "correct horse");
    g_assert_false(h.ok);
    g_assert_cmpint(h.code, ==, SM_ERROR_FULL);
    g_assert_false(check(f, "mia", "correct horse")); /* not set is not set */
    g_assert_nonnull(sm_secrets_session(f->secrets, token, 1000));
    limit_files(RLIM_INFINITY);
    g_assert_true(set_password(f, "mia", "correct horse").ok);
    restart(f);
    g_assert_nonnull(sm_secrets_session(f->secrets, token, 1000)); /* made up for */
    sm_secrets_wipe(token);
}

/* --- kill -9 -------------------------------------------------------------------------------------
 */

static void say_token(void *user)
{
    const char *token = user;

    if (write(STDOUT_FILENO, token, strlen(token)) < 0 || write(STDOUT_FILENO, "\n", 1) < 0)
        _exit(4);
}

static void open_one(void *user)
{
    Fixture *f = user;
    char *token = sm_secrets_open_session(f->secrets, NULL, "k1", "", 1000, NULL);

    sm_loop_after(f->loop, 1000, say_token, token);
    sm_loop_after(f->loop, 1, open_one, f);
}

/* Says each token a second after it was handed out: by then it has long been written. */
static int writer(const char *path)
{
    Fixture f = {.loop = sm_loop_new_glib(), .rng = sm_rng_new_secure(), .path = g_strdup(path)};

    open_secrets(&f);
    open_one(&f);
    sm_loop_run(f.loop);
    return 0;
}

static void test_killed(Fixture *f, gconstpointer data)
{
    const char *argv[] = {program, "--writer", f->path, NULL};
    GPid pid;
    int out, status;
    char *line = NULL;
    gsize room = 0;
    g_autoptr(GPtrArray) tokens = g_ptr_array_new_with_free_func(g_free);

    sm_secrets_free(g_steal_pointer(&f->secrets));
    g_assert_true(g_spawn_async_with_pipes(NULL, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD,
                                           NULL, NULL, &pid, NULL, &out, NULL, NULL));
    FILE *lines = fdopen(out, "r");
    while (getline(&line, &room, lines) > 0) {
        g_ptr_array_add(tokens, g_strdup(g_strchomp(line)));
        if (tokens->len == 50)
            kill(pid, SIGKILL);
    }
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    g_assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    fclose(lines);
    free(line);
    open_secrets(f);
    for (guint i = 0; i < tokens->len; i++)
        g_assert_nonnull(sm_secrets_session(f->secrets, tokens->pdata[i], 1000));
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(Fixture *f, gconstpointer data);
    } tests[] = {
        {"password", test_password},
        {"password-limit", test_password_limit},
        {"unknown-costs-the-same", test_unknown_costs_the_same},
        {"queue", test_queue},
        {"session", test_session},
        {"session-ends", test_session_ends},
        {"sessions-of-an-agent", test_sessions_of_an_agent},
        {"many", test_many},
        {"file", test_file},
        {"full", test_full},
        {"killed", test_killed},
    };

    if (argc == 3 && strcmp(argv[1], "--writer") == 0)
        return writer(argv[2]);
    program = argv[0];
    signal(SIGXFSZ, SIG_IGN);
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *path = g_strdup_printf("/server/secrets-sqlite/%s", tests[i].name);
        g_test_add(path, Fixture, NULL, set_up, tests[i].run, tear_down);
    }
    return g_test_run();
}
