/* SPDX-License-Identifier: MIT */
/* secrets_memory: for practice and tests. Passwords are kept as one salted SHA-256, which is cheap
 * on purpose: nothing here outlives the process. Answers come in order, on a later turn of the
 * loop. */
#include "secrets_private.h"

#include <string.h>

#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"

#define SWEEP_EVERY 256 /* openings between two looks for sessions that ended */

typedef struct {
    char *salt;
    char *hash;
} Password;

typedef struct {
    SmSession *session;
    char *hash; /* of the token */
} Held;

typedef struct Memory Memory;

typedef struct {
    Memory *memory;
    gboolean ok;
    gboolean busy;
    SmSecretsDone done;
    void *user;
    guint64 timer;
} Job;

struct Memory {
    SmSecrets secrets;
    SmLoop *loop;
    SmRng *rng;            /* own stream */
    GHashTable *passwords; /* agent -> Password */
    GQueue held;           /* Held, in order of opening */
    GHashTable *by_hash;   /* token hash -> GList link of held */
    GQueue jobs;           /* Job */
    guint opened;
};

static void password_free(void *data)
{
    Password *password = data;

    g_free(password->salt);
    sm_secrets_wipe(password->hash);
    g_free(password);
}

static char *hash_password(const char *salt, const char *password)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

    g_checksum_update(sum, (const guchar *)salt, -1);
    g_checksum_update(sum, (const guchar *)password, -1);
    return g_strdup(g_checksum_get_string(sum));
}

/* --- Passwords ---------------------------------------------------------------------------------
 */

static void job_run(void *user)
{
    Job *job = user;
    g_autoptr(GError) error = NULL;

    g_queue_remove(&job->memory->jobs, job);
    if (job->busy)
        g_set_error(&error, SM_ERROR, SM_ERROR_BUSY, "too many logins are waiting");
    if (job->done != NULL)
        job->done(job->ok, error, job->user);
    g_free(job);
}

static void answer_job(Memory *m, gboolean ok, gboolean busy, SmSecretsDone done, void *user)
{
    Job *job = g_new0(Job, 1);

    job->memory = m;
    job->busy = busy;
    job->ok = ok && !busy;
    job->done = done;
    job->user = user;
    g_queue_push_tail(&m->jobs, job);
    job->timer = sm_loop_defer(m->loop, job_run, job);
}

static void answer_later(Memory *m, gboolean ok, SmSecretsDone done, void *user)
{
    answer_job(m, ok, m->jobs.length >= SM_MAX_LOGIN_QUEUE, done, user);
}

static void memory_set_password(SmSecrets *s, const char *agent, const char *password,
                                SmSecretsDone done, void *user)
{
    Memory *m = (Memory *)s;

    if (password == NULL) {
        g_hash_table_remove(m->passwords, agent);
    } else {
        Password *entry = g_new0(Password, 1);
        entry->salt = sm_id_new(m->rng, "");
        entry->hash = hash_password(entry->salt, password);
        g_hash_table_replace(m->passwords, g_strdup(agent), entry);
    }
    answer_later(m, TRUE, done, user);
}

static gboolean same(const char *a, const char *b)
{
    guint different = strlen(a) != strlen(b);

    for (gsize i = 0; a[i] != '\0' && b[i] != '\0'; i++)
        different |= (guint)(a[i] ^ b[i]);
    return different == 0;
}

static void memory_check_password(SmSecrets *s, const char *agent, const char *password,
                                  SmSecretsDone done, void *user)
{
    Memory *m = (Memory *)s;
    const Password *entry = g_hash_table_lookup(m->passwords, agent);
    char *hash = hash_password(entry != NULL ? entry->salt : "-", password);
    gboolean right = entry != NULL && same(hash, entry->hash);

    sm_secrets_wipe(hash);
    answer_later(m, right, done, user);
}

/* --- Sessions ----------------------------------------------------------------------------------
 */

static void drop(Memory *m, GList *link)
{
    Held *held = link->data;

    g_hash_table_remove(m->by_hash, held->hash);
    g_queue_delete_link(&m->held, link);
    sm_session_free(held->session);
    g_free(held->hash);
    g_free(held);
}

static void sweep(Memory *m, int64_t now)
{
    for (GList *l = m->held.head, *next; l != NULL; l = next) {
        next = l->next;
        if (now - ((Held *)l->data)->session->used > SM_SESSION_UNUSED_MS)
            drop(m, l);
    }
}

/* One more than allowed: the one that was not used for longest goes. */
static void make_room(Memory *m, const char *agent, const char *contact)
{
    GList *oldest = NULL;
    guint n = 0;

    for (GList *l = m->held.head; l != NULL; l = l->next) {
        const SmSession *session = ((Held *)l->data)->session;
        if (g_strcmp0(session->agent, agent) != 0 || g_strcmp0(session->contact, contact) != 0)
            continue;
        n++;
        if (oldest == NULL || session->used < ((Held *)oldest->data)->session->used)
            oldest = l;
    }
    if (n >= SM_MAX_SESSIONS_PER_AGENT)
        drop(m, oldest);
}

static char *memory_open_session(SmSecrets *s, const char *agent, const char *contact,
                                 const char *program, int64_t now, GError **error)
{
    Memory *m = (Memory *)s;
    Held *held = g_new0(Held, 1);
    char *token = sm_secrets_token_new(m->rng);

    if (m->opened++ % SWEEP_EVERY == SWEEP_EVERY - 1)
        sweep(m, now);
    if (agent != NULL) /* a contact's number is bounded by its address's rate */
        make_room(m, agent, contact);
    held->hash = sm_secrets_token_hash(token);
    held->session = g_new0(SmSession, 1);
    held->session->id = sm_id_new(m->rng, "s");
    held->session->agent = g_strdup(agent);
    held->session->contact = g_strdup(contact);
    held->session->program = g_strdup(program != NULL ? program : "");
    held->session->made = held->session->used = now;
    g_queue_push_tail(&m->held, held);
    g_hash_table_insert(m->by_hash, held->hash, m->held.tail);
    return token;
}

static void memory_settle(SmSecrets *s, SmSecretsDone done, void *user)
{
    answer_job((Memory *)s, TRUE, FALSE, done, user);
}

static const SmSession *memory_session(SmSecrets *s, const char *token, int64_t now)
{
    Memory *m = (Memory *)s;
    g_autofree char *hash = sm_secrets_token_hash(token);
    GList *link = g_hash_table_lookup(m->by_hash, hash);

    if (link == NULL)
        return NULL;
    SmSession *session = ((Held *)link->data)->session;
    if (now - session->used > SM_SESSION_UNUSED_MS) {
        drop(m, link);
        return NULL;
    }
    if (now - session->used >= SM_SESSION_USED_STEP_MS)
        session->used = now;
    return session;
}

static gboolean memory_revoke(SmSecrets *s, const char *session_id)
{
    Memory *m = (Memory *)s;

    for (GList *l = m->held.head; l != NULL; l = l->next) {
        if (strcmp(((Held *)l->data)->session->id, session_id) != 0)
            continue;
        drop(m, l);
        return TRUE;
    }
    return FALSE;
}

static void memory_revoke_agent(SmSecrets *s, const char *agent)
{
    Memory *m = (Memory *)s;

    for (GList *l = m->held.head, *next; l != NULL; l = next) {
        next = l->next;
        if (g_strcmp0(((Held *)l->data)->session->agent, agent) == 0)
            drop(m, l);
    }
}

static GPtrArray *memory_sessions(SmSecrets *s, const char *agent)
{
    Memory *m = (Memory *)s;
    GPtrArray *out = g_ptr_array_new_with_free_func((GDestroyNotify)sm_session_free);

    for (GList *l = m->held.head; l != NULL; l = l->next) {
        const SmSession *session = ((Held *)l->data)->session;
        if (session->agent != NULL && (agent == NULL || strcmp(session->agent, agent) == 0))
            g_ptr_array_add(out, sm_session_copy(session));
    }
    return out;
}

/* --- Life --------------------------------------------------------------------------------------
 */

static void memory_free(SmSecrets *s)
{
    Memory *m = (Memory *)s;

    while (m->jobs.head != NULL) {
        Job *job = g_queue_pop_head(&m->jobs);
        g_autoptr(GError) error = g_error_new(SM_ERROR, SM_ERROR_CANCELLED, "stopping");
        sm_loop_remove(m->loop, &job->timer);
        if (job->done != NULL)
            job->done(FALSE, error, job->user);
        g_free(job);
    }
    while (m->held.head != NULL)
        drop(m, m->held.head);
    g_hash_table_unref(m->by_hash);
    g_hash_table_unref(m->passwords);
    sm_rng_free(m->rng);
    g_free(m);
}

static const SmSecretsOps memory_ops = {
    .set_password = memory_set_password,
    .check_password = memory_check_password,
    .open_session = memory_open_session,
    .session = memory_session,
    .settle = memory_settle,
    .revoke = memory_revoke,
    .revoke_agent = memory_revoke_agent,
    .sessions = memory_sessions,
    .free = memory_free,
};

SmSecrets *sm_secrets_new_memory(SmLoop *loop, SmRng *rng)
{
    Memory *m = g_new0(Memory, 1);

    m->secrets.ops = &memory_ops;
    m->loop = loop;
    m->rng = sm_rng_fork(rng, "secrets");
    g_autoptr(SmRng) keys = sm_rng_fork(rng, "key of links");
    sm_rng_bytes(keys, m->secrets.key, sizeof m->secrets.key);
    m->passwords = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, password_free);
    m->by_hash = g_hash_table_new(g_str_hash, g_str_equal);
    g_queue_init(&m->held);
    g_queue_init(&m->jobs);
    return &m->secrets;
}
