/* SPDX-License-Identifier: MIT */
#include "secrets_store.h"

#include <string.h>

#include "seatmux/base/db.h"
#include "seatmux/base/error.h"
#include "seatmux/base/lock.h"

#define LATER_MOST 200000 /* jobs kept while the disk can't be written */

#define KEYS "CREATE TABLE key(name TEXT PRIMARY KEY, bytes BLOB NOT NULL);"

static const char *const UPGRADES[] = {KEYS};

static const SmDbKind KIND = {
    .what = "the secrets of a desk",
    .application_id = 0x534d5331, /* SMS1 */
    .version = 2,
    .upgrades = UPGRADES,
    .schema = "CREATE TABLE password(agent TEXT PRIMARY KEY, hash TEXT NOT NULL);"
              "CREATE TABLE session(n INTEGER PRIMARY KEY, hash BLOB NOT NULL, id TEXT NOT NULL,"
              " agent TEXT, contact TEXT, program TEXT NOT NULL, made INTEGER NOT NULL,"
              " used INTEGER NOT NULL);" KEYS,
};

enum { OPENED, USED, ENDED, SET_PASSWORD, DROP_PASSWORD, BEGIN, COMMIT, ROLLBACK, N_STATEMENTS };

static const char *const SQL[N_STATEMENTS] = {
    [OPENED] = "INSERT INTO session VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
    [USED] = "UPDATE session SET used = ? WHERE n = ?",
    [ENDED] = "DELETE FROM session WHERE n = ?",
    [SET_PASSWORD] = "INSERT OR REPLACE INTO password VALUES(?, ?)",
    [DROP_PASSWORD] = "DELETE FROM password WHERE agent = ?",
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",
};

struct SmSecretsStore {
    SmLock *lock;
    sqlite3 *db;
    sqlite3_stmt *statements[N_STATEMENTS];
    GPtrArray *later; /* SmStoreJob about sessions */
};

void sm_held_session_free(SmHeldSession *held)
{
    if (held == NULL)
        return;
    sm_session_free(held->session);
    g_free(held);
}

void sm_store_job_free(SmStoreJob *job)
{
    sm_held_session_free(job->opened);
    g_free(job->agent);
    sm_secrets_wipe(job->password);
    g_clear_error(&job->error);
    g_free(job);
}

static void job_free(void *job)
{
    sm_store_job_free(job);
}

/* --- Writing -------------------------------------------------------------------------------------
 */

static gboolean run(SmSecretsStore *store, int which, GError **error)
{
    return sm_db_finish(store->statements[which], error);
}

static gboolean write_opened(SmSecretsStore *store, const SmHeldSession *held, GError **error)
{
    const SmSession *session = held->session;
    g_autoptr(GBytes) hash = g_bytes_new(held->hash, sizeof held->hash);

    sm_db_bind(store->statements[OPENED], "ibssssii", held->n, hash, session->id, session->agent,
               session->contact, session->program, session->made, session->used);
    return run(store, OPENED, error);
}

static gboolean write_password(SmSecretsStore *store, const SmStoreJob *job, GError **error)
{
    if (job->password == NULL) {
        sm_db_bind(store->statements[DROP_PASSWORD], "s", job->agent);
        return run(store, DROP_PASSWORD, error);
    }
    sm_db_bind(store->statements[SET_PASSWORD], "ss", job->agent, job->password);
    return run(store, SET_PASSWORD, error);
}

static gboolean write_job(SmSecretsStore *store, const SmStoreJob *job, GError **error)
{
    switch (job->kind) {
    case SM_STORE_OPENED:
        return write_opened(store, job->opened, error);
    case SM_STORE_USED:
        sm_db_bind(store->statements[USED], "ii", job->used, job->n);
        return run(store, USED, error);
    case SM_STORE_ENDED:
        sm_db_bind(store->statements[ENDED], "i", job->n);
        return run(store, ENDED, error);
    case SM_STORE_PASSWORD:
        return write_password(store, job, error);
    case SM_STORE_SETTLE:
        break;
    }
    return TRUE;
}

static gboolean write_list(SmSecretsStore *store, const GPtrArray *jobs, GError **error)
{
    for (guint i = 0; i < jobs->len; i++) {
        if (!write_job(store, jobs->pdata[i], error))
            return FALSE;
    }
    return TRUE;
}

static gboolean write_all(SmSecretsStore *store, const GPtrArray *jobs, GError **error)
{
    if (!run(store, BEGIN, error))
        return FALSE;
    if (write_list(store, store->later, error) && write_list(store, jobs, error) &&
        run(store, COMMIT, error))
        return TRUE;
    if (sqlite3_get_autocommit(store->db) == 0) /* else SQLite rolled back itself */
        run(store, ROLLBACK, NULL);
    return FALSE;
}

gboolean sm_secrets_store_write(SmSecretsStore *store, GPtrArray *jobs)
{
    g_autoptr(GError) error = NULL;

    if (jobs->len == 0 && store->later->len == 0)
        return TRUE;
    if (write_all(store, jobs, &error)) {
        g_ptr_array_set_size(store->later, 0);
        return TRUE;
    }
    for (guint i = 0; i < jobs->len;) {
        SmStoreJob *job = jobs->pdata[i];
        if (job->kind == SM_STORE_PASSWORD || job->kind == SM_STORE_SETTLE) {
            job->error = g_error_copy(error);
            i++;
        } else {
            g_ptr_array_add(store->later, g_ptr_array_steal_index(jobs, i));
        }
    }
    if (store->later->len > LATER_MOST)
        g_ptr_array_remove_range(store->later, 0, store->later->len - LATER_MOST);
    return store->later->len == 0;
}

/* --- Reading -------------------------------------------------------------------------------------
 */

static gboolean read_passwords(SmSecretsStore *store, GHashTable *passwords, GError **error)
{
    sqlite3_stmt *select = sm_db_prepare(store->db, "SELECT agent, hash FROM password", error);
    int more = -1;

    while (select != NULL && (more = sm_db_next(select, error)) == 1)
        g_hash_table_replace(passwords, g_strdup(sm_db_text(select, 0)),
                             g_strdup(sm_db_text(select, 1)));
    sqlite3_finalize(select);
    return more == 0;
}

static char *copy_text(sqlite3_stmt *statement, int column)
{
    return g_strdup((const char *)sqlite3_column_text(statement, column));
}

static gboolean read_session(sqlite3_stmt *select, GPtrArray *sessions, GError **error)
{
    const void *hash = sqlite3_column_blob(select, 1);

    if (sqlite3_column_bytes(select, 1) != SM_TOKEN_HASH) {
        g_set_error(error, SM_ERROR, SM_ERROR_CORRUPT,
                    "the secrets hold a session without a token");
        return FALSE;
    }
    SmHeldSession *held = g_new0(SmHeldSession, 1);
    held->n = sqlite3_column_int64(select, 0);
    memcpy(held->hash, hash, SM_TOKEN_HASH);
    held->session = g_new0(SmSession, 1);
    held->session->id = g_strdup(sm_db_text(select, 2));
    held->session->agent = copy_text(select, 3);
    held->session->contact = copy_text(select, 4);
    held->session->program = g_strdup(sm_db_text(select, 5));
    held->session->made = sqlite3_column_int64(select, 6);
    held->session->used = sqlite3_column_int64(select, 7);
    g_ptr_array_add(sessions, held);
    return TRUE;
}

static gboolean read_sessions(SmSecretsStore *store, GPtrArray *sessions, GError **error)
{
    sqlite3_stmt *select =
        sm_db_prepare(store->db, "SELECT * FROM session ORDER BY used, n", error);
    int more = -1;

    while (select != NULL && (more = sm_db_next(select, error)) == 1) {
        if (!read_session(select, sessions, error)) {
            more = -1;
            break;
        }
    }
    sqlite3_finalize(select);
    return more == 0;
}

/* The key that links are signed with: the one that is there, else this one from now on. */
static gboolean settle_key(SmSecretsStore *store, guint8 *key, GError **error)
{
    sqlite3_stmt *add = sm_db_prepare(store->db, "INSERT OR IGNORE INTO key VALUES('links', ?)", error);
    sqlite3_stmt *find = sm_db_prepare(store->db, "SELECT bytes FROM key WHERE name = 'links'", error);
    g_autoptr(GBytes) fresh = g_bytes_new(key, SM_SECRETS_KEY);
    gboolean good = add != NULL && find != NULL;

    if (good) {
        sm_db_bind(add, "b", fresh);
        good = sm_db_finish(add, error) && sm_db_next(find, error) == 1 && sqlite3_column_bytes(find, 0) == SM_SECRETS_KEY;
    }
    if (good)
        memcpy(key, sqlite3_column_blob(find, 0), SM_SECRETS_KEY);
    else if (error != NULL && *error == NULL)
        g_set_error(error, SM_ERROR, SM_ERROR_CORRUPT, "the secrets hold a key of another length");
    sqlite3_finalize(add);
    sqlite3_finalize(find);
    return good;
}

/* --- Life ----------------------------------------------------------------------------------------
 */

void sm_secrets_store_close(SmSecretsStore *store)
{
    if (store == NULL)
        return;
    for (int i = 0; i < N_STATEMENTS; i++)
        sqlite3_finalize(store->statements[i]);
    sqlite3_close_v2(store->db);
    g_ptr_array_unref(store->later);
    sm_lock_release(store->lock);
    g_free(store);
}

static gboolean open_file(SmSecretsStore *store, const char *path, GError **error)
{
    g_autofree char *lock = g_strconcat(path, ".lock", NULL);

    store->lock = sm_lock_take(lock, "the file of secrets", error);
    if (store->lock == NULL)
        return FALSE;
    store->db = sm_db_open(path, &KIND, error);
    for (int i = 0; i < N_STATEMENTS; i++) {
        if (store->db == NULL)
            return FALSE;
        store->statements[i] = sm_db_prepare(store->db, SQL[i], error);
        if (store->statements[i] == NULL)
            return FALSE;
    }
    return TRUE;
}

SmSecretsStore *sm_secrets_store_open(const char *path, GHashTable *passwords, GPtrArray *sessions, guint8 *key,
                                      GError **error)
{
    SmSecretsStore *store = g_new0(SmSecretsStore, 1);

    store->later = g_ptr_array_new_with_free_func(job_free);
    if (open_file(store, path, error) && read_passwords(store, passwords, error) &&
        read_sessions(store, sessions, error) && settle_key(store, key, error))
        return store;
    sm_secrets_store_close(store);
    return NULL;
}

/* --- Without a server ---------------------------------------------------------------------------
 */

gboolean sm_secrets_copy(const char *from, const char *to, GError **error)
{
    return sm_db_copy(from, to, &KIND, error);
}

gboolean sm_secrets_check(const char *path, GError **error)
{
    return sm_db_check(path, &KIND, error);
}

static gboolean change(const char *path, const char *sql, GError **error)
{
    sqlite3 *db = sm_db_open(path, &KIND, error);
    gboolean good = db != NULL && sm_db_exec(db, sql, error);

    sqlite3_close_v2(db);
    return good;
}

gboolean sm_secrets_upgrade(const char *path, GError **error)
{
    return change(path, "", error);
}

gboolean sm_secrets_end_staff(const char *path, GError **error)
{
    return change(path, "DELETE FROM session WHERE agent IS NOT NULL", error);
}
