/* SPDX-License-Identifier: MIT */
/* memory: the log in memory, for practice and tests. What is "on disk" are encoded records and a
 * content table, so that reading gives new records through the same decoder as SQLite's do, and an
 * appended record may be thrown away by who made it.
 *
 * Appends wait in `waiting` until the commit, a loop event, takes all of them at once. */
#include "seatmux/log/log.h"

#include <string.h>

#include "seatmux/base/error.h"

typedef struct {
    char *text; /* encoded, without contents */
    char *command;
} Stored;

typedef struct {
    char *text;
    char *salt;
} Content;

typedef struct {
    int64_t expected;
    GPtrArray *records;
    SmLogDone done;
    void *user;
} Append;

typedef struct {
    SmLog log;
    SmLoop *loop;
    SmRng *rng; /* delays; not owned, may be NULL */
    int delay_low, delay_high;
    char *desk_id;
    GPtrArray *stored;         /* Stored, index = seq - 1 */
    GHashTable *commands;      /* command id -> seq */
    GHashTable *contents;      /* content id -> Content */
    GHashTable *conversations; /* conversation id -> GArray of seq, ascending */
    GQueue waiting;            /* Append */
    GQueue group;              /* Append: of the commit that is being answered */
    guint64 timer;
    guint fail;
    int fail_code;
} Memory;

static void stored_free(void *data)
{
    Stored *stored = data;

    g_free(stored->text);
    g_free(stored->command);
    g_free(stored);
}

static void content_free(void *data)
{
    Content *content = data;

    g_free(content->text);
    g_free(content->salt);
    g_free(content);
}

static void append_free(Append *append)
{
    g_ptr_array_unref(append->records);
    g_free(append);
}

/* --- Writing -----------------------------------------------------------------------------------
 */

static void store_event(Memory *m, const SmEvent *event, int64_t seq)
{
    if (event->content != NULL && event->text != NULL) {
        Content *content = g_new0(Content, 1);
        content->text = g_strdup(event->text);
        content->salt = g_strdup(event->salt);
        g_hash_table_replace(m->contents, g_strdup(event->content), content);
    }
    if (event->conversation == NULL)
        return;
    GArray *seqs = g_hash_table_lookup(m->conversations, event->conversation);
    if (seqs == NULL) {
        seqs = g_array_new(FALSE, FALSE, sizeof(int64_t));
        g_hash_table_insert(m->conversations, g_strdup(event->conversation), seqs);
    }
    if (seqs->len == 0 || g_array_index(seqs, int64_t, seqs->len - 1) != seq)
        g_array_append_val(seqs, seq);
}

static void store(Memory *m, const SmRecord *record)
{
    Stored *stored = g_new0(Stored, 1);

    stored->text = sm_record_encode(record);
    stored->command = g_strdup(record->command);
    g_ptr_array_add(m->stored, stored);
    g_hash_table_insert(m->commands, stored->command, GSIZE_TO_POINTER((gsize)record->seq));
    for (guint i = 0; i < record->events->len; i++)
        store_event(m, g_ptr_array_index(record->events, i), record->seq);
}

/* A command id that is there already would make two records of one command: refused whole. */
static gboolean ids_are_new(Memory *m, const GPtrArray *records, GError **error)
{
    for (guint i = 0; i < records->len; i++) {
        const SmRecord *record = g_ptr_array_index(records, i);
        if (!g_hash_table_contains(m->commands, record->command))
            continue;
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "a record with this command id is there");
        return FALSE;
    }
    return TRUE;
}

static gboolean store_append(Memory *m, const Append *append, GError **error)
{
    if (append->expected != (int64_t)m->stored->len) {
        g_set_error(error, SM_ERROR, SM_ERROR_FENCED, "the log is at %u, not at %" G_GINT64_FORMAT,
                    m->stored->len, append->expected);
        return FALSE;
    }
    if (!ids_are_new(m, append->records, error))
        return FALSE;
    for (guint i = 0; i < append->records->len; i++)
        store(m, g_ptr_array_index(append->records, i));
    return TRUE;
}

/* One group: the appends that were waiting when the commit began. After one that fails, those
 * behind it fail as well, because they expected its records. */
static void commit(void *user)
{
    Memory *m = user;
    g_autoptr(GError) error = NULL;
    g_autoptr(GQueue) outcomes = g_queue_new(); /* GError or NULL, in order */
    int64_t before = m->stored->len;

    m->timer = 0;
    m->group = m->waiting;
    g_queue_init(&m->waiting);
    if (m->fail > 0) {
        m->fail--;
        g_set_error(&error, SM_ERROR, m->fail_code, "the commit failed");
    }
    for (GList *l = m->group.head; l != NULL; l = l->next) {
        if (error == NULL)
            store_append(m, l->data, &error);
        g_queue_push_tail(outcomes, error != NULL ? g_error_copy(error) : NULL);
    }
    if ((int64_t)m->stored->len > before && m->log.watch != NULL)
        m->log.watch(m->stored->len, m->log.watch_user);
    while (m->group.head != NULL) {
        Append *append = g_queue_pop_head(&m->group);
        g_autoptr(GError) outcome = g_queue_pop_head(outcomes);
        if (append->done != NULL)
            append->done(outcome, append->user);
        append_free(append);
    }
}

static void memory_abandon(SmLog *log, void *user)
{
    Memory *m = (Memory *)log;
    GQueue *queues[] = {&m->waiting, &m->group};

    for (guint i = 0; i < G_N_ELEMENTS(queues); i++)
        for (GList *l = queues[i]->head; l != NULL; l = l->next)
            if (((Append *)l->data)->user == user)
                ((Append *)l->data)->done = NULL;
}

static void memory_append(SmLog *log, int64_t expected, GPtrArray *records, SmLogDone done,
                          void *user)
{
    Memory *m = (Memory *)log;
    Append *append = g_new0(Append, 1);

    append->expected = expected;
    append->records = g_ptr_array_ref(records);
    append->done = done;
    append->user = user;
    g_queue_push_tail(&m->waiting, append);
    if (m->timer != 0)
        return;
    if (m->rng == NULL)
        m->timer = sm_loop_defer(m->loop, commit, m);
    else
        m->timer =
            sm_loop_after(m->loop, sm_rng_between(m->rng, m->delay_low, m->delay_high), commit, m);
}

static gboolean memory_forget(SmLog *log, const char *content, GError **error)
{
    Memory *m = (Memory *)log;

    g_hash_table_remove(m->contents, content);
    return TRUE;
}

/* --- Reading -----------------------------------------------------------------------------------
 */

static SmRecord *load(Memory *m, int64_t seq, GError **error)
{
    const Stored *stored = g_ptr_array_index(m->stored, (guint)(seq - 1));
    SmRecord *record = sm_record_decode(stored->text, strlen(stored->text), error);

    if (record == NULL)
        return NULL;
    for (guint i = 0; i < record->events->len; i++) {
        SmEvent *event = g_ptr_array_index(record->events, i);
        const Content *content =
            event->content != NULL ? g_hash_table_lookup(m->contents, event->content) : NULL;
        if (content == NULL)
            continue;
        g_free(event->text);
        event->text = g_strdup(content->text);
        g_free(event->salt);
        event->salt = g_strdup(content->salt);
    }
    return record;
}

static GPtrArray *memory_read(SmLog *log, int64_t after, guint limit, GError **error)
{
    Memory *m = (Memory *)log;
    g_autoptr(GPtrArray) out = g_ptr_array_new_with_free_func((GDestroyNotify)sm_record_unref);

    for (int64_t seq = MAX(after, 0) + 1; seq <= (int64_t)m->stored->len && out->len < limit;
         seq++) {
        SmRecord *record = load(m, seq, error);
        if (record == NULL)
            return NULL;
        g_ptr_array_add(out, record);
    }
    return g_steal_pointer(&out);
}

static GPtrArray *memory_read_conversation(SmLog *log, const char *conversation, int64_t before,
                                           guint limit, GError **error)
{
    Memory *m = (Memory *)log;
    g_autoptr(GPtrArray) out = g_ptr_array_new_with_free_func((GDestroyNotify)sm_record_unref);
    const GArray *seqs = g_hash_table_lookup(m->conversations, conversation);
    guint end = seqs != NULL ? seqs->len : 0;

    while (end > 0 && before > 0 && g_array_index(seqs, int64_t, end - 1) >= before)
        end--;
    for (guint i = end > limit ? end - limit : 0; i < end; i++) {
        SmRecord *record = load(m, g_array_index(seqs, int64_t, i), error);
        if (record == NULL)
            return NULL;
        g_ptr_array_add(out, record);
    }
    return g_steal_pointer(&out);
}

static SmRecord *memory_find(SmLog *log, const char *command, GError **error)
{
    Memory *m = (Memory *)log;
    gsize seq = GPOINTER_TO_SIZE(g_hash_table_lookup(m->commands, command));

    return seq > 0 ? load(m, (int64_t)seq, error) : NULL;
}

static int64_t memory_last(SmLog *log)
{
    return ((Memory *)log)->stored->len;
}

static const char *memory_desk_id(SmLog *log)
{
    return ((Memory *)log)->desk_id;
}

/* --- Life --------------------------------------------------------------------------------------
 */

static void memory_close(SmLog *log)
{
    Memory *m = (Memory *)log;

    while (m->waiting.head != NULL) {
        sm_loop_remove(m->loop, &m->timer);
        commit(m);
    }
    sm_loop_remove(m->loop, &m->timer);
    g_hash_table_unref(m->conversations);
    g_hash_table_unref(m->contents);
    g_hash_table_unref(m->commands);
    g_ptr_array_unref(m->stored);
    g_free(m->desk_id);
    g_free(m);
}

static const SmLogOps memory_ops = {
    .append = memory_append,
    .read = memory_read,
    .read_conversation = memory_read_conversation,
    .find = memory_find,
    .forget = memory_forget,
    .last = memory_last,
    .desk_id = memory_desk_id,
    .close = memory_close,
    .abandon = memory_abandon,
};

SmLog *sm_log_new_memory(SmLoop *loop, SmRng *rng, int delay_low, int delay_high)
{
    Memory *m = g_new0(Memory, 1);

    m->log.ops = &memory_ops;
    m->loop = loop;
    m->rng = rng;
    m->delay_low = delay_low;
    m->delay_high = delay_high;
    g_autoptr(SmRng) own = rng != NULL ? sm_rng_fork(rng, "desk id") : sm_rng_new_secure();
    m->desk_id = sm_id_new(own, "d");
    m->stored = g_ptr_array_new_with_free_func(stored_free);
    m->commands = g_hash_table_new(g_str_hash, g_str_equal);
    m->contents = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, content_free);
    m->conversations =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref);
    g_queue_init(&m->waiting);
    g_queue_init(&m->group);
    return &m->log;
}

void sm_log_memory_fail(SmLog *log, guint n, int error_code)
{
    Memory *m = (Memory *)log;

    g_return_if_fail(log->ops == &memory_ops);
    m->fail = n;
    m->fail_code = error_code;
}

void sm_log_memory_crash(SmLog *log)
{
    Memory *m = (Memory *)log;

    g_return_if_fail(log->ops == &memory_ops);
    sm_loop_remove(m->loop, &m->timer);
    while (m->waiting.head != NULL)
        append_free(g_queue_pop_head(&m->waiting));
}
