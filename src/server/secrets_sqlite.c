/* SPDX-License-Identifier: MIT */
/* secrets_sqlite: secrets that stay. All sessions and password hashes are in memory, so that a
 * request costs one look into a table; a thread of its own writes them down behind. Passwords are
 * hashed on another thread, one at a time, so that neither the loop nor what is written waits for a
 * login. */
#include "secrets_store.h"

#include <sodium.h>
#include <string.h>

#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"
#include "seatmux/base/worker.h"

#define WRITE_MS 40        /* a session that was opened or ended */
#define WRITE_USED_MS 5000 /* that it was used */
#define RETRY_MS 1000

typedef struct Sqlite Sqlite;

typedef enum { HASH_SET, HASH_REMOVE, HASH_CHECK } HashKind;

typedef struct {
    Sqlite *owner;
    HashKind kind;
    char *agent;
    char *password; /* plain; wiped once it was hashed */
    char *hash;     /* CHECK: what it must be, NULL: there is none; SET: what it is */
    gboolean ok;
    SmSecretsDone done;
    void *user;
    GError *error;
    guint64 timer; /* answered without being hashed */
} HashJob;

struct Sqlite {
    SmSecrets secrets;
    SmLoop *loop;
    SmRng *rng; /* own stream */
    SmWorker *hasher;
    SmWorker *writer;
    SmSecretsStore *store; /* the writer's */
    guint hashing;         /* jobs of the hasher */
    GQueue refused;        /* HashJob, answered on the next turn */
    GHashTable *passwords; /* agent -> hash */
    GQueue by_use;         /* SmHeldSession, the longest unused first */
    GHashTable *by_hash;   /* of the token -> SmHeldSession */
    GHashTable *by_id;
    GHashTable *by_agent; /* agent -> GQueue of SmHeldSession */
    int64_t opened;       /* number of the newest session */
};

/* --- Passwords -----------------------------------------------------------------------------------
 */

static void wipe_password(HashJob *job)
{
    sm_secrets_wipe(g_steal_pointer(&job->password));
}

static void hash_job_free(void *data)
{
    HashJob *job = data;

    wipe_password(job);
    sm_secrets_wipe(job->hash);
    g_free(job->agent);
    g_clear_error(&job->error);
    g_free(job);
}

static gboolean make_hash(HashJob *job, char out[crypto_pwhash_STRBYTES])
{
    if (crypto_pwhash_str(out, job->password, strlen(job->password),
                          crypto_pwhash_OPSLIMIT_INTERACTIVE,
                          crypto_pwhash_MEMLIMIT_INTERACTIVE) == 0)
        return TRUE;
    g_set_error(&job->error, SM_ERROR, SM_ERROR_FAILED, "no memory to hash a password");
    return FALSE;
}

/* An agent that is not known, or has no password, costs what one costs who has. */
static void hash(HashJob *job)
{
    char made[crypto_pwhash_STRBYTES];

    if (job->kind == HASH_SET && make_hash(job, made)) {
        job->hash = g_strdup(made);
        job->ok = TRUE;
    } else if (job->kind == HASH_CHECK && job->hash != NULL) {
        job->ok = crypto_pwhash_str_verify(job->hash, job->password, strlen(job->password)) == 0;
    } else if (job->kind == HASH_CHECK) {
        make_hash(job, made);
    }
    sodium_memzero(made, sizeof made);
    wipe_password(job);
}

static int hasher_run(GPtrArray *jobs, void *there)
{
    for (guint i = 0; i < jobs->len; i++)
        hash(jobs->pdata[i]);
    return -1;
}

static void write_password(Sqlite *s, const HashJob *job)
{
    SmStoreJob *write = g_new0(SmStoreJob, 1);

    write->kind = SM_STORE_PASSWORD;
    write->agent = g_strdup(job->agent);
    write->password = g_strdup(job->hash);
    write->done = job->done;
    write->user = job->user;
    sm_worker_push(s->writer, write, 0);
}

static void answer(const HashJob *job)
{
    if (job->done != NULL)
        job->done(job->ok && job->error == NULL, job->error, job->user);
}

static void hasher_done(GPtrArray *jobs, void *here)
{
    Sqlite *s = here;

    for (guint i = 0; i < jobs->len; i++) {
        const HashJob *job = jobs->pdata[i];
        s->hashing--;
        if (job->kind == HASH_CHECK || job->error != NULL)
            answer(job); /* may end all this: one job a batch, nothing is used afterwards */
        else
            write_password(s, job);
    }
}

static const SmWorkerOps HASHER = {
    .run = hasher_run,
    .done = hasher_done,
    .free_job = hash_job_free,
    .batch = 1,
};

static void refuse_now(void *user)
{
    HashJob *job = user;

    g_queue_remove(&job->owner->refused, job);
    answer(job);
    hash_job_free(job);
}

static void refuse(Sqlite *s, HashJob *job, SmErrorCode code, const char *words)
{
    wipe_password(job);
    g_set_error_literal(&job->error, SM_ERROR, code, words);
    g_queue_push_tail(&s->refused, job);
    job->timer = sm_loop_defer(s->loop, refuse_now, job);
}

static HashJob *job_new(Sqlite *s, HashKind kind, const char *agent, const char *password,
                        SmSecretsDone done, void *user)
{
    HashJob *job = g_new0(HashJob, 1);

    job->owner = s;
    job->kind = kind;
    job->agent = g_strdup(agent);
    job->password = g_strdup(password);
    job->done = done;
    job->user = user;
    return job;
}

static void hand_in(Sqlite *s, HashJob *job)
{
    if (job->kind != HASH_REMOVE && s->hashing >= SM_MAX_LOGIN_QUEUE) {
        refuse(s, job, SM_ERROR_BUSY, "too many logins are waiting");
        return;
    }
    s->hashing++;
    sm_worker_push(s->hasher, job, 0);
}

static void sqlite_set_password(SmSecrets *secrets, const char *agent, const char *password,
                                SmSecretsDone done, void *user)
{
    Sqlite *s = (Sqlite *)secrets;
    HashJob *job =
        job_new(s, password != NULL ? HASH_SET : HASH_REMOVE, agent, password, done, user);

    if (password != NULL && strlen(password) > SM_MAX_PASSWORD_BYTES)
        refuse(s, job, SM_ERROR_LIMIT, "the password is too long (PASSWORD_BYTES)");
    else
        hand_in(s, job);
}

static void sqlite_check_password(SmSecrets *secrets, const char *agent, const char *password,
                                  SmSecretsDone done, void *user)
{
    Sqlite *s = (Sqlite *)secrets;
    gboolean fits = strlen(password) <= SM_MAX_PASSWORD_BYTES;
    HashJob *job = job_new(s, HASH_CHECK, agent, fits ? password : "", done, user);

    if (fits)
        job->hash = g_strdup(g_hash_table_lookup(s->passwords, agent));
    hand_in(s, job);
}

/* --- Writing behind ------------------------------------------------------------------------------
 */

static int writer_run(GPtrArray *jobs, void *there)
{
    return sm_secrets_store_write(there, jobs) ? -1 : RETRY_MS;
}

static void password_written(Sqlite *s, const SmStoreJob *job)
{
    if (job->error == NULL && job->password != NULL)
        g_hash_table_replace(s->passwords, g_strdup(job->agent), g_strdup(job->password));
    else if (job->error == NULL)
        g_hash_table_remove(s->passwords, job->agent);
}

static void writer_done(GPtrArray *jobs, void *here)
{
    for (guint i = 0; i < jobs->len; i++) {
        const SmStoreJob *job = jobs->pdata[i];
        if (job->kind == SM_STORE_PASSWORD)
            password_written(here, job);
    }
    /* An answer may end all this: nothing of it is used any more. */
    for (guint i = 0; i < jobs->len; i++) {
        const SmStoreJob *job = jobs->pdata[i];
        if (job->done != NULL)
            job->done(job->error == NULL, job->error, job->user);
    }
}

static void writer_end(void *there)
{
    sm_secrets_store_close(there);
}

static void store_job_free(void *job)
{
    sm_store_job_free(job);
}

static const SmWorkerOps WRITER = {
    .run = writer_run,
    .done = writer_done,
    .end = writer_end,
    .free_job = store_job_free,
};

static SmStoreJob *store_job(SmStoreKind kind, const SmHeldSession *held)
{
    SmStoreJob *job = g_new0(SmStoreJob, 1);

    job->kind = kind;
    job->n = held->n;
    job->used = held->session->used;
    return job;
}

static void write_opened(Sqlite *s, const SmHeldSession *held)
{
    SmStoreJob *job = store_job(SM_STORE_OPENED, held);

    job->opened = g_new0(SmHeldSession, 1);
    job->opened->n = held->n;
    job->opened->session = sm_session_copy(held->session);
    memcpy(job->opened->hash, held->hash, sizeof held->hash);
    sm_worker_push(s->writer, job, WRITE_MS);
}

/* --- Sessions ------------------------------------------------------------------------------------
 */

static guint hash_of_hash(const void *key)
{
    guint number;

    memcpy(&number, key, sizeof number);
    return number;
}

static gboolean same_hash(const void *a, const void *b)
{
    return memcmp(a, b, SM_TOKEN_HASH) == 0;
}

static void hold(Sqlite *s, SmHeldSession *held)
{
    held->by_use.data = held->by_agent.data = held;
    g_queue_push_tail_link(&s->by_use, &held->by_use);
    g_hash_table_insert(s->by_hash, held->hash, held);
    g_hash_table_insert(s->by_id, held->session->id, held);
    s->opened = MAX(s->opened, held->n);
    if (held->session->agent == NULL)
        return;
    GQueue *queue = g_hash_table_lookup(s->by_agent, held->session->agent);
    if (queue == NULL) {
        queue = g_queue_new();
        g_hash_table_insert(s->by_agent, g_strdup(held->session->agent), queue);
    }
    g_queue_push_tail_link(queue, &held->by_agent);
}

static void let_go(Sqlite *s, SmHeldSession *held)
{
    const char *agent = held->session->agent;

    g_queue_unlink(&s->by_use, &held->by_use);
    g_hash_table_remove(s->by_hash, held->hash);
    g_hash_table_remove(s->by_id, held->session->id);
    if (agent != NULL) {
        GQueue *queue = g_hash_table_lookup(s->by_agent, agent);
        g_queue_unlink(queue, &held->by_agent);
        if (queue->head == NULL)
            g_hash_table_remove(s->by_agent, agent);
    }
    sm_held_session_free(held);
}

static void end(Sqlite *s, SmHeldSession *held)
{
    sm_worker_push(s->writer, store_job(SM_STORE_ENDED, held), WRITE_MS);
    let_go(s, held);
}

static gboolean unused_too_long(const SmHeldSession *held, int64_t now)
{
    return now - held->session->used > SM_SESSION_UNUSED_MS;
}

static void sweep(Sqlite *s, int64_t now)
{
    while (s->by_use.head != NULL && unused_too_long(s->by_use.head->data, now))
        end(s, s->by_use.head->data);
}

/* One more than allowed: the one that was not used for longest goes. */
static void make_room(Sqlite *s, const char *agent)
{
    const GQueue *queue = g_hash_table_lookup(s->by_agent, agent);
    SmHeldSession *oldest = NULL;

    if (queue == NULL || queue->length < SM_MAX_SESSIONS_PER_AGENT)
        return;
    for (GList *l = queue->head; l != NULL; l = l->next) {
        SmHeldSession *held = l->data;
        if (oldest == NULL || held->session->used < oldest->session->used)
            oldest = held;
    }
    if (oldest != NULL)
        end(s, oldest);
}

static void hash_token(const char *token, guint8 out[SM_TOKEN_HASH])
{
    crypto_generichash(out, SM_TOKEN_HASH, (const unsigned char *)token, strlen(token), NULL, 0);
}

static char *sqlite_open_session(SmSecrets *secrets, const char *agent, const char *contact,
                                 const char *program, int64_t now, GError **error)
{
    Sqlite *s = (Sqlite *)secrets;
    char *token = sm_secrets_token_new(s->rng);
    SmHeldSession *held = g_new0(SmHeldSession, 1);

    sweep(s, now);
    if (agent != NULL) /* a contact's number is bounded by its address's rate */
        make_room(s, agent);
    hash_token(token, held->hash);
    held->n = s->opened + 1;
    held->session = g_new0(SmSession, 1);
    held->session->id = sm_id_new(s->rng, "s");
    held->session->agent = g_strdup(agent);
    held->session->contact = g_strdup(contact);
    held->session->program = g_strdup(program != NULL ? program : "");
    held->session->made = held->session->used = now;
    hold(s, held);
    write_opened(s, held);
    return token;
}

static void sqlite_settle(SmSecrets *secrets, SmSecretsDone done, void *user)
{
    Sqlite *s = (Sqlite *)secrets;
    SmStoreJob *job = g_new0(SmStoreJob, 1);

    job->kind = SM_STORE_SETTLE;
    job->done = done;
    job->user = user;
    sm_worker_push(s->writer, job, 0); /* all that waits is written with it */
}

static const SmSession *sqlite_session(SmSecrets *secrets, const char *token, int64_t now)
{
    Sqlite *s = (Sqlite *)secrets;
    guint8 hash_of[SM_TOKEN_HASH];

    hash_token(token, hash_of);
    SmHeldSession *held = g_hash_table_lookup(s->by_hash, hash_of);
    if (held == NULL)
        return NULL;
    if (unused_too_long(held, now)) {
        end(s, held);
        return NULL;
    }
    if (now - held->session->used >= SM_SESSION_USED_STEP_MS) {
        held->session->used = now;
        g_queue_unlink(&s->by_use, &held->by_use);
        g_queue_push_tail_link(&s->by_use, &held->by_use);
        sm_worker_push(s->writer, store_job(SM_STORE_USED, held), WRITE_USED_MS);
    }
    return held->session;
}

static gboolean sqlite_revoke(SmSecrets *secrets, const char *session_id)
{
    Sqlite *s = (Sqlite *)secrets;
    SmHeldSession *held = g_hash_table_lookup(s->by_id, session_id);

    if (held == NULL)
        return FALSE;
    end(s, held);
    return TRUE;
}

static void sqlite_revoke_agent(SmSecrets *secrets, const char *agent)
{
    Sqlite *s = (Sqlite *)secrets;
    g_autofree char *own = g_strdup(agent); /* it may be of a session that ends here */
    const GQueue *queue;

    while ((queue = g_hash_table_lookup(s->by_agent, own)) != NULL)
        end(s, queue->head->data);
}

static int by_opening(const void *a, const void *b)
{
    const SmHeldSession *x = *(SmHeldSession *const *)a, *y = *(SmHeldSession *const *)b;

    return (x->n > y->n) - (x->n < y->n);
}

static GPtrArray *sqlite_sessions(SmSecrets *secrets, const char *agent)
{
    Sqlite *s = (Sqlite *)secrets;
    GPtrArray *out = g_ptr_array_new_with_free_func((GDestroyNotify)sm_session_free);
    g_autoptr(GPtrArray) found = g_ptr_array_new();
    const GQueue *queue = agent != NULL ? g_hash_table_lookup(s->by_agent, agent) : &s->by_use;

    for (GList *l = queue != NULL ? queue->head : NULL; l != NULL; l = l->next) {
        SmHeldSession *held = l->data;
        if (held->session->agent != NULL)
            g_ptr_array_add(found, held);
    }
    g_ptr_array_sort(found, by_opening);
    for (guint i = 0; i < found->len; i++)
        g_ptr_array_add(out, sm_session_copy(((SmHeldSession *)found->pdata[i])->session));
    return out;
}

/* --- Life ----------------------------------------------------------------------------------------
 */

static void cancel(HashJob *job)
{
    g_clear_error(&job->error);
    g_set_error(&job->error, SM_ERROR, SM_ERROR_CANCELLED, "stopping");
    answer(job);
}

static void end_hasher(Sqlite *s)
{
    g_autoptr(GPtrArray) waiting = sm_worker_take_back(s->hasher);

    sm_worker_close(s->hasher, -1, TRUE);
    for (guint i = 0; i < waiting->len; i++)
        cancel(waiting->pdata[i]);
    while (s->refused.head != NULL) {
        HashJob *job = g_queue_pop_head(&s->refused);
        sm_loop_remove(s->loop, &job->timer);
        cancel(job);
        hash_job_free(job);
    }
}

static void free_memory(Sqlite *s)
{
    while (s->by_use.head != NULL)
        let_go(s, s->by_use.head->data);
    g_hash_table_unref(s->by_hash);
    g_hash_table_unref(s->by_id);
    g_hash_table_unref(s->by_agent);
    g_hash_table_unref(s->passwords);
    sm_rng_free(s->rng);
    g_free(s);
}

static void sqlite_free(SmSecrets *secrets)
{
    Sqlite *s = (Sqlite *)secrets;

    end_hasher(s);
    sm_worker_close(s->writer, -1, TRUE);
    free_memory(s);
}

static const SmSecretsOps OPS = {
    .set_password = sqlite_set_password,
    .check_password = sqlite_check_password,
    .open_session = sqlite_open_session,
    .session = sqlite_session,
    .settle = sqlite_settle,
    .revoke = sqlite_revoke,
    .revoke_agent = sqlite_revoke_agent,
    .sessions = sqlite_sessions,
    .free = sqlite_free,
};

static void wipe(void *secret)
{
    sm_secrets_wipe(secret);
}

static void free_queue(void *queue)
{
    g_queue_free(queue);
}

static Sqlite *new_memory(SmLoop *loop, SmRng *rng)
{
    Sqlite *s = g_new0(Sqlite, 1);

    s->secrets.ops = &OPS;
    s->loop = loop;
    s->rng = sm_rng_fork(rng, "secrets");
    s->passwords = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, wipe);
    s->by_hash = g_hash_table_new(hash_of_hash, same_hash);
    s->by_id = g_hash_table_new(g_str_hash, g_str_equal);
    s->by_agent = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_queue);
    g_queue_init(&s->by_use);
    g_queue_init(&s->refused);
    return s;
}

SmSecrets *sm_secrets_open_sqlite(const char *path, SmLoop *loop, SmRng *rng, GError **error)
{
    g_autoptr(GPtrArray) sessions = g_ptr_array_new();
    Sqlite *s = new_memory(loop, rng);

    g_autoptr(SmRng) keys = sm_rng_fork(rng, "key of links");
    sm_rng_bytes(keys, s->secrets.key, sizeof s->secrets.key);
    s->store = sm_secrets_store_open(path, s->passwords, sessions, s->secrets.key, error);
    for (guint i = 0; i < sessions->len; i++)
        hold(s, sessions->pdata[i]);
    if (s->store == NULL) {
        free_memory(s);
        return NULL;
    }
    s->writer = sm_worker_new(loop, "secrets", &WRITER, s, s->store);
    s->hasher = sm_worker_new(loop, "passwords", &HASHER, s, NULL);
    return &s->secrets;
}
