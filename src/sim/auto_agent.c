/* SPDX-License-Identifier: MIT */
#include "seatmux/sim/auto_agent.h"

#include <string.h>

#include "seatmux/net/client.h"

#define LINES 50
#define CONTENT_STARS 3 /* docs/scenarios.md: angry ones give fewer */
#define LOOKS_AGAIN_MS 500 /* the customer is still writing */

/* How fast each works: before an answer, then for each character of it. Times in ms. */
static const struct {
    const char *word;
    int64_t thinks, thinks_most, character, answer_most;
    guint at_once; /* 0: no bound */
} KINDS[] = {
    [SM_AUTO_GOOD] = {"good", 1000, 2000, 20, 4000, 0},
    [SM_AUTO_SLOW] = {"slow", 50000, 80000, 500, 120000, 1},
    [SM_AUTO_SILENT] = {"silent", 0, 0, 0, 0, 0},
};

/* What is to be done next in one conversation. */
typedef struct {
    SmAutoAgent *agent;
    char *conversation;
    guint64 timer;
} Job;

struct SmAutoAgent {
    SmLoop *loop;
    SmRng *rng;
    const SmSim *sim;
    SmAutoKind kind;
    SmClient *client;
    GHashTable *jobs; /* conversation id -> Job */
};

gboolean sm_auto_kind_parse(const char *word, SmAutoKind *kind)
{
    for (guint i = 0; i < G_N_ELEMENTS(KINDS); i++)
        if (g_str_equal(KINDS[i].word, word)) {
            *kind = (SmAutoKind)i;
            return TRUE;
        }
    return FALSE;
}

static void job_free(Job *job)
{
    sm_loop_remove(job->agent->loop, &job->timer);
    g_free(job->conversation);
    g_free(job);
}

static void answered(gboolean ok, const char *code, const char *words, const json_t *body, void *user)
{
    /* What is refused was done by somebody else: the desk's next event says what is true. */
}

/* The last words of somebody content were thanks; those of others are a question that nobody answered. */
static void resolve(SmAutoAgent *a, const SmConversation *c)
{
    SmCommand command = {.type = SM_COMMAND_RESOLVE, .conversation = c->id, .seen = -1, .no_reply_needed = c->stars >= CONTENT_STARS};
    sm_client_command(a->client, &command, answered, a, NULL);
}

static void command(SmAutoAgent *a, SmCommandType type, const char *conversation)
{
    SmCommand c = {.type = type, .conversation = conversation, .seen = -1};
    sm_client_command(a->client, &c, answered, a, NULL);
}

/* --- Answering ----------------------------------------------------------------------------------- */

static void work(void *user);

static void after(Job *job, int64_t ms)
{
    job->timer = sm_loop_after(job->agent->loop, ms, work, job);
}

/* The customer is waiting for words of ours, or has gone. */
static gboolean wants(const SmConversation *c)
{
    return c->state == SM_STATE_OPEN && (c->left >= 0 || sm_turns_open(c->turns));
}

static void work(void *user)
{
    Job *job = user;
    SmAutoAgent *a = job->agent;
    job->timer = 0;
    const SmConversation *c = sm_desk_conversation(sm_client_desk(a->client), job->conversation);
    if (!c || !wants(c)) {
        g_hash_table_remove(a->jobs, job->conversation);
        return;
    }
    if (c->left >= 0) {
        resolve(a, c);
        g_hash_table_remove(a->jobs, job->conversation);
        return;
    }
    g_autofree char *answer = sm_sim_answer(a->sim, job->conversation);
    if (!answer) {
        after(job, LOOKS_AGAIN_MS);
        return;
    }
    sm_client_send(a->client, job->conversation, "post", answer, -1);
    g_hash_table_remove(a->jobs, job->conversation);
}

static int64_t takes(SmAutoAgent *a, const char *conversation)
{
    g_autofree char *answer = sm_sim_answer(a->sim, conversation);
    int64_t letters = answer ? g_utf8_strlen(answer, -1) : 0;
    int64_t ms = sm_rng_between(a->rng, KINDS[a->kind].thinks, KINDS[a->kind].thinks_most);
    return MIN(ms + letters * KINDS[a->kind].character, KINDS[a->kind].answer_most);
}

/* --- What there is to do ------------------------------------------------------------------------- */

static void begin(SmAutoAgent *a, const SmConversation *c)
{
    Job *job = g_new0(Job, 1);
    job->agent = a;
    job->conversation = g_strdup(c->id);
    after(job, takes(a, c->id));
    g_hash_table_replace(a->jobs, job->conversation, job);
}

/* Conversations in hand; those that want something get a job. */
static guint look_after(SmAutoAgent *a)
{
    SmActor me = sm_client_actor(a->client);
    const GPtrArray *all = sm_desk_conversations(sm_client_desk(a->client));
    guint mine = 0;
    for (guint i = 0; i < all->len; i++) {
        const SmConversation *c = all->pdata[i];
        if (g_strcmp0(c->owner, me.id) != 0 || c->state != SM_STATE_OPEN)
            continue;
        mine++;
        if (wants(c) && !g_hash_table_contains(a->jobs, c->id))
            begin(a, c);
    }
    return mine;
}

static void changed(SmClient *client, const GPtrArray *touched, void *user)
{
    SmAutoAgent *a = user;
    if (a->kind == SM_AUTO_SILENT)
        return;
    guint mine = look_after(a);
    const GPtrArray *rows = sm_desk_rows(sm_client_desk(client), sm_client_actor(client));
    guint most = KINDS[a->kind].at_once;
    for (guint i = 0; i < rows->len && (!most || mine + i < most); i++)
        command(a, SM_COMMAND_CLAIM, ((SmQueueRow *)rows->pdata[i])->conversation);
}

static void linked(SmClient *client, void *user)
{
}

static void sending(SmClient *client, const SmOutboxEntry *entry, void *user)
{
}

SmAutoAgent *sm_auto_agent_new(SmLoop *loop, SmTransport *transport, const char *agent, const char *token,
                               const SmSim *sim, SmRng *rng, SmAutoKind kind, SmTrace *trace)
{
    SmAutoAgent *a = g_new0(SmAutoAgent, 1);
    a->loop = loop;
    a->rng = sm_rng_fork(rng, "auto agent");
    a->sim = sim;
    a->kind = kind;
    a->jobs = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)job_free);
    SmClientHandler handler = {.changed = changed, .linked = linked, .sending = sending, .user = a};
    a->client = sm_client_new(loop, transport, NULL, NULL, rng, trace, &handler, LINES);
    sm_client_resume(a->client, token, SM_ACTOR_STAFF, agent);
    return a;
}

void sm_auto_agent_free(SmAutoAgent *a)
{
    if (!a)
        return;
    g_hash_table_unref(a->jobs);
    sm_client_free(a->client);
    sm_rng_free(a->rng);
    g_free(a);
}
