/* SPDX-License-Identifier: MIT */
/* spell_enchant: the checker on its thread. The broker and its dictionaries belong to the thread. */
#include "seatmux/text/spell.h"

#include <enchant.h>
#include <string.h>

#include "seatmux/base/worker.h"
#include "spell_words.h"

#define CLOSE_MS 100
#define DICTIONARIES 8

typedef struct {
    char *text, *languages, *names;
    SmSpellDone done;
    void *user;
    GArray *wrong;
    gboolean known;
} Job;

/* The thread's. */
typedef struct {
    EnchantBroker *broker;
    GHashTable *dictionaries; /* tag -> EnchantDict, or NULL where there is none */
} Shelf;

struct SmSpeller {
    SmLoop *loop;
    SmWorker *worker; /* NULL: by turns */
    Shelf *shelf;     /* by turns: ours */
    GPtrArray *jobs;  /* by turns: what waits */
    guint64 turn;
    gboolean answering, closed;
};

static void job_free(void *data)
{
    Job *job = data;

    g_free(job->text);
    g_free(job->languages);
    g_free(job->names);
    g_array_unref(job->wrong);
    g_free(job);
}

/* --- On the thread ------------------------------------------------------------------------------- */

static EnchantDict *dictionary(Shelf *shelf, const char *tag)
{
    gpointer found = NULL;

    if (g_hash_table_lookup_extended(shelf->dictionaries, tag, NULL, &found))
        return found;
    if (g_hash_table_size(shelf->dictionaries) >= DICTIONARIES || *tag == '\0')
        return NULL;
    if (shelf->broker == NULL)
        shelf->broker = enchant_broker_init();
    found = enchant_broker_request_dict(shelf->broker, tag);
    g_hash_table_insert(shelf->dictionaries, g_strdup(tag), found);
    return found;
}

static gboolean is_name(const char *names, const char *word, gsize len)
{
    for (const char *at = names; at != NULL && (at = g_strstr_len(at, -1, word)) != NULL; at++) {
        char before = ' ', after = at[len];
        if (at > names)
            before = at[-1];
        if (before == ' ' && (after == ' ' || after == '\0'))
            return TRUE;
    }
    return FALSE;
}

static void check(Shelf *shelf, Job *job)
{
    g_auto(GStrv) tags = g_strsplit(job->languages, " ", DICTIONARIES);
    EnchantDict *dicts[DICTIONARIES + 1];
    guint n = 0;
    gsize at = 0, start, len;

    for (guint i = 0; tags[i] != NULL; i++) {
        EnchantDict *dict = dictionary(shelf, tags[i]);
        if (dict != NULL)
            dicts[n++] = dict;
    }
    job->known = n > 0;
    while (n > 0 && job->wrong->len < SM_SPELL_WORDS && sm_spell_next(job->text, &at, &start, &len)) {
        g_autofree char *word = g_strndup(job->text + start, len);
        gboolean right = is_name(job->names, word, len);
        for (guint i = 0; i < n && !right; i++)
            right = enchant_dict_check(dicts[i], word, (ssize_t)len) <= 0; /* below: it can't say */
        SmSpellWord wrong = {start, len};
        if (!right)
            g_array_append_val(job->wrong, wrong);
    }
}

static int shelf_run(GPtrArray *jobs, void *there)
{
    for (guint i = 0; i < jobs->len; i++)
        check(there, jobs->pdata[i]);
    return -1;
}

static void shelf_end(void *there)
{
    Shelf *shelf = there;
    GHashTableIter iter;
    gpointer dict;

    g_hash_table_iter_init(&iter, shelf->dictionaries);
    while (g_hash_table_iter_next(&iter, NULL, &dict))
        if (dict != NULL)
            enchant_broker_free_dict(shelf->broker, dict);
    if (shelf->broker != NULL)
        enchant_broker_free(shelf->broker);
    g_hash_table_unref(shelf->dictionaries);
    g_free(shelf);
}

/* --- On the loop --------------------------------------------------------------------------------- */

static void answer(GPtrArray *jobs, void *here)
{
    SmSpeller *speller = here;

    speller->answering = TRUE;
    for (guint i = 0; i < jobs->len && !speller->closed; i++) {
        const Job *job = jobs->pdata[i];
        job->done(job->known, job->wrong, job->user);
    }
    speller->answering = FALSE;
    if (speller->closed)
        g_free(speller);
}

static const SmWorkerOps WORKER = {.run = shelf_run, .done = answer, .end = shelf_end, .free_job = job_free, .batch = 1};

static void take_turn(void *user)
{
    SmSpeller *speller = user;
    g_autoptr(GPtrArray) jobs = g_steal_pointer(&speller->jobs);

    speller->turn = 0;
    speller->jobs = g_ptr_array_new_with_free_func(job_free);
    shelf_run(jobs, speller->shelf);
    answer(jobs, speller);
}

void sm_speller_check(SmSpeller *speller, const char *text, const char *languages, const char *names, SmSpellDone done,
                      void *user)
{
    Job *job = g_new0(Job, 1);

    *job = (Job){.text = g_strdup(text), .languages = g_strdup(languages), .names = g_strdup(names), .done = done, .user = user};
    job->wrong = g_array_new(FALSE, FALSE, sizeof(SmSpellWord));
    if (speller->worker != NULL) {
        sm_worker_push(speller->worker, job, 0);
        return;
    }
    g_ptr_array_add(speller->jobs, job);
    if (speller->turn == 0)
        speller->turn = sm_loop_defer(speller->loop, take_turn, speller);
}

SmSpeller *sm_speller_new(SmLoop *loop)
{
    SmSpeller *speller = g_new0(SmSpeller, 1);
    Shelf *shelf = g_new0(Shelf, 1);

    shelf->dictionaries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    speller->loop = loop;
    if (sm_loop_is_virtual(loop)) {
        speller->shelf = shelf;
        speller->jobs = g_ptr_array_new_with_free_func(job_free);
    } else {
        speller->worker = sm_worker_new(loop, "spell", &WORKER, speller, shelf);
    }
    return speller;
}

void sm_speller_free(SmSpeller *speller)
{
    if (speller == NULL || speller->closed)
        return;
    if (speller->worker != NULL) {
        sm_worker_close(speller->worker, CLOSE_MS, FALSE);
    } else {
        sm_loop_remove(speller->loop, &speller->turn);
        g_ptr_array_unref(speller->jobs);
        shelf_end(speller->shelf);
    }
    speller->closed = TRUE;
    if (!speller->answering) /* else it is freed where it is in use */
        g_free(speller);
}
