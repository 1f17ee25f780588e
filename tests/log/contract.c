/* SPDX-License-Identifier: MIT */
#include "contract.h"

#include <string.h>

#include "seatmux/base/error.h"

#define WAIT_MS 60000

typedef struct {
    const LogFactory *factory;
    SmLoop *loop;
    SmRng *rng;
    SmLog *log;
    char *place;
} Fixture;

static void set_up(Fixture *f, gconstpointer data)
{
    f->factory = data;
    f->loop = f->factory->loop();
    f->rng = sm_rng_new(7);
    f->log = f->factory->open(f->loop, f->rng, &f->place);
    g_assert_nonnull(f->log);
}

static void tear_down(Fixture *f, gconstpointer data)
{
    sm_log_close(f->log);
    if (f->factory->remove != NULL && f->place != NULL)
        f->factory->remove(f->place);
    g_free(f->place);
    sm_rng_free(f->rng);
    sm_loop_free(f->loop);
}

/* --- Helpers -------------------------------------------------------------------------------------
 */

typedef struct {
    SmLoop *loop;
    gboolean late;
} Late;

static void too_late(void *user)
{
    Late *late = user;

    late->late = TRUE;
    sm_loop_quit(late->loop);
}

typedef struct {
    SmLoop *loop;
    const gboolean *flag;
    guint64 again;
} Look;

static void look(void *user)
{
    Look *l = user;

    l->again = 0;
    if (*l->flag)
        sm_loop_quit(l->loop);
    else
        l->again = sm_loop_after(l->loop, 1, look, l);
}

void log_wait(SmLoop *loop, const gboolean *flag)
{
    Late late = {loop, FALSE};
    Look l = {loop, flag, 0};

    if (sm_loop_is_virtual(loop)) {
        while (!*flag)
            g_assert_true(sm_loop_step(loop));
        return;
    }
    if (*flag)
        return;
    guint64 timer = sm_loop_after(loop, WAIT_MS, too_late, &late);
    look(&l);
    sm_loop_run(loop);
    sm_loop_remove(loop, &timer);
    sm_loop_remove(loop, &l.again);
    g_assert_false(late.late);
}

SmRecord *log_record(const char *command, const char *conversation, const char *text)
{
    SmRecord *record = sm_record_new(1000, command, "agent:mia", "f00d");
    SmEvent *event =
        sm_event_new(text != NULL ? SM_EVENT_MESSAGE_POSTED : SM_EVENT_CONVERSATION_WOKEN);

    event->conversation = g_strdup(conversation);
    event->cause = SM_CAUSE_STAFF;
    if (text != NULL) {
        event->message = g_strconcat("m-", command, NULL);
        event->agent = g_strdup("mia");
        event->author = SM_AUTHOR_AGENT;
        event->kind = SM_MESSAGE_TEXT;
        event->content = g_strconcat("ct-", command, NULL);
        event->digest = g_strdup("00ff");
        event->salt = g_strdup("5a17");
        event->text = g_strdup(text);
        event->n = 1;
    }
    g_ptr_array_add(record->events, event);
    return record;
}

typedef struct {
    gboolean done;
    GError *error;
    int order;
    int *counter;
} Outcome;

static void appended(const GError *error, void *user)
{
    Outcome *outcome = user;

    g_assert_false(outcome->done);
    outcome->done = TRUE;
    outcome->error = error != NULL ? g_error_copy(error) : NULL;
    if (outcome->counter != NULL)
        outcome->order = ++*outcome->counter;
}

static GPtrArray *records_of(SmRecord *first, va_list *more)
{
    GPtrArray *records = g_ptr_array_new_with_free_func((GDestroyNotify)sm_record_unref);

    for (SmRecord *r = first; r != NULL; r = va_arg(*more, SmRecord *))
        g_ptr_array_add(records, r);
    return records;
}

GError *log_append(SmLoop *loop, SmLog *log, int64_t expected, ...)
{
    Outcome outcome = {0};
    va_list list;

    va_start(list, expected);
    SmRecord *first = va_arg(list, SmRecord *);
    g_autoptr(GPtrArray) records = records_of(first, &list);
    va_end(list);
    sm_log_append(log, expected, records, appended, &outcome);
    g_assert_false(outcome.done); /* answers later, on the loop */
    log_wait(loop, &outcome.done);
    return outcome.error;
}

static void assert_commands(SmLog *log, int64_t after, guint limit, const char *const *commands)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) records = sm_log_read(log, after, limit, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(records->len, ==, g_strv_length((char **)commands));
    for (guint i = 0; i < records->len; i++) {
        const SmRecord *record = g_ptr_array_index(records, i);
        g_assert_cmpint(record->seq, ==, after + 1 + i);
        g_assert_cmpstr(record->command, ==, commands[i]);
    }
}

#define COMMANDS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* --- The contract --------------------------------------------------------------------------------
 */

static void test_empty(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) none = sm_log_read(f->log, 0, 10, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(none->len, ==, 0);
    g_assert_cmpint(sm_log_last(f->log), ==, 0);
    g_assert_null(sm_log_find(f->log, "x", &error));
    g_assert_no_error(error);
    g_assert_true(sm_id_valid(sm_log_desk_id(f->log)));
}

static void test_append(Fixture *f, gconstpointer data)
{
    g_autoptr(SmRecord) first = log_record("k1", "c1", "hello");
    sm_record_ref(first);

    g_assert_no_error(log_append(f->loop, f->log, 0, first, log_record("k2", "c2", "你好"), NULL));
    g_assert_cmpint(first->seq, ==, 1);
    g_assert_cmpint(sm_log_last(f->log), ==, 2);
    assert_commands(f->log, 0, 10, COMMANDS("k1", "k2"));
    assert_commands(f->log, 1, 10, COMMANDS("k2"));
    assert_commands(f->log, 0, 1, COMMANDS("k1"));
    g_autoptr(GPtrArray) records = sm_log_read(f->log, 1, 1, NULL);
    const SmRecord *second = g_ptr_array_index(records, 0);
    const SmEvent *event = g_ptr_array_index(second->events, 0);
    g_assert_cmpstr(event->text, ==, "你好"); /* content is joined in */
    g_assert_cmpstr(second->actor, ==, "agent:mia");
    g_assert_cmpstr(second->fingerprint, ==, "f00d");
    g_assert_cmpint(second->at, ==, 1000);
    g_assert_cmpuint(sm_record_check(second), !=, sm_record_check(first));
}

static void test_same_bytes(Fixture *f, gconstpointer data)
{
    g_autoptr(SmRecord) record = log_record("k1", "c1", "hello");
    sm_record_ref(record);

    g_assert_no_error(log_append(f->loop, f->log, 0, record, NULL));
    g_autofree char *written = sm_record_encode(record);
    g_autoptr(SmRecord) found = sm_log_find(f->log, "k1", NULL);
    g_autofree char *read = sm_record_encode(found);
    g_assert_cmpstr(read, ==, written);
    g_assert_cmpuint(sm_record_check(found), ==, sm_record_check(record));
}

static void test_unread_until_durable(Fixture *f, gconstpointer data)
{
    g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func((GDestroyNotify)sm_record_unref);
    Outcome outcome = {0};

    g_ptr_array_add(records, log_record("k1", "c1", "hello"));
    sm_log_append(f->log, 0, records, appended, &outcome);
    g_autoptr(GPtrArray) read = sm_log_read(f->log, 0, 10, NULL);
    if (!outcome.done)
        g_assert_cmpuint(read->len, <=, 1);
    log_wait(f->loop, &outcome.done);
    g_assert_no_error(outcome.error);
    assert_commands(f->log, 0, 10, COMMANDS("k1"));
}

static void test_group(Fixture *f, gconstpointer data)
{
    enum { N = 20 };
    Outcome outcomes[N] = {0};
    int counter = 0;

    for (int i = 0; i < N; i++) {
        g_autoptr(GPtrArray) records =
            g_ptr_array_new_with_free_func((GDestroyNotify)sm_record_unref);
        g_autofree char *command = g_strdup_printf("k%d", i);
        g_ptr_array_add(records, log_record(command, "c1", "text"));
        outcomes[i].counter = &counter;
        sm_log_append(f->log, i, records, appended, &outcomes[i]);
    }
    log_wait(f->loop, &outcomes[N - 1].done);
    for (int i = 0; i < N; i++) {
        g_assert_no_error(outcomes[i].error);
        g_assert_cmpint(outcomes[i].order, ==, i + 1); /* answered in order */
    }
    g_assert_cmpint(sm_log_last(f->log), ==, N);
}

static void test_fence(Fixture *f, gconstpointer data)
{
    g_assert_no_error(log_append(f->loop, f->log, 0, log_record("k1", "c1", "a"), NULL));
    g_autoptr(GError) stale = log_append(f->loop, f->log, 0, log_record("k2", "c1", "b"), NULL);
    g_assert_error(stale, SM_ERROR, SM_ERROR_FENCED);
    g_autoptr(GError) ahead = log_append(f->loop, f->log, 5, log_record("k3", "c1", "c"), NULL);
    g_assert_error(ahead, SM_ERROR, SM_ERROR_FENCED);
    assert_commands(f->log, 0, 10, COMMANDS("k1"));
    g_assert_null(sm_log_find(f->log, "k2", NULL)); /* nothing of it is there */
    g_assert_no_error(log_append(f->loop, f->log, 1, log_record("k4", "c1", "d"), NULL));
    assert_commands(f->log, 0, 10, COMMANDS("k1", "k4"));
}

static void test_whole_or_nothing(Fixture *f, gconstpointer data)
{
    g_assert_no_error(log_append(f->loop, f->log, 0, log_record("k1", "c1", "a"), NULL));
    g_autoptr(GError) twice = log_append(f->loop, f->log, 1, log_record("k2", "c1", "b"),
                                         log_record("k1", "c1", "c"), NULL);
    g_assert_nonnull(twice); /* a command id is unique for ever */
    assert_commands(f->log, 0, 10, COMMANDS("k1"));
}

static void test_find(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    g_assert_no_error(log_append(f->loop, f->log, 0, log_record("k1", "c1", "a"),
                                 log_record("k2", "c1", "b"), NULL));
    g_autoptr(SmRecord) record = sm_log_find(f->log, "k2", &error);
    g_assert_no_error(error);
    g_assert_cmpint(record->seq, ==, 2);
    g_assert_cmpstr(((SmEvent *)g_ptr_array_index(record->events, 0))->text, ==, "b");
    g_assert_null(sm_log_find(f->log, "k", &error));
    g_assert_no_error(error);
}

static void test_forget(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    g_assert_no_error(log_append(f->loop, f->log, 0, log_record("k1", "c1", "secret"),
                                 log_record("k2", "c1", "kept"), NULL));
    g_assert_true(sm_log_forget(f->log, "ct-k1", &error));
    g_assert_no_error(error);
    g_assert_true(sm_log_forget(f->log, "ct-unknown", &error)); /* nothing to do */
    g_autoptr(GPtrArray) records = sm_log_read(f->log, 0, 10, NULL);
    const SmEvent *gone = g_ptr_array_index(((SmRecord *)g_ptr_array_index(records, 0))->events, 0);
    const SmEvent *kept = g_ptr_array_index(((SmRecord *)g_ptr_array_index(records, 1))->events, 0);
    g_assert_null(gone->text);
    g_assert_cmpstr(gone->content, ==, "ct-k1"); /* the record itself stays */
    g_assert_cmpstr(gone->digest, ==, "00ff");
    g_assert_cmpstr(kept->text, ==, "kept");
}

static void test_conversation(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    g_assert_no_error(log_append(f->loop, f->log, 0, log_record("k1", "c1", "1"),
                                 log_record("k2", "c2", "2"), log_record("k3", "c1", "3"),
                                 log_record("k4", "c1", NULL), log_record("k5", "c2", "5"), NULL));
    const struct {
        int64_t before;
        guint limit;
        const char *expected;
    } cases[] = {{0, 10, "k1k3k4"}, {0, 2, "k3k4"}, {4, 10, "k1k3"}, {4, 1, "k3"}, {1, 10, ""}};
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GPtrArray) records =
            sm_log_read_conversation(f->log, "c1", cases[i].before, cases[i].limit, &error);
        g_autoptr(GString) got = g_string_new(NULL);
        g_assert_no_error(error);
        for (guint k = 0; k < records->len; k++)
            g_string_append(got, ((SmRecord *)g_ptr_array_index(records, k))->command);
        g_assert_cmpstr(got->str, ==, cases[i].expected);
    }
    g_autoptr(GPtrArray) none = sm_log_read_conversation(f->log, "c9", 0, 10, &error);
    g_assert_cmpuint(none->len, ==, 0);
}

static void watched(int64_t seq, void *user)
{
    *(int64_t *)user = seq;
}

static void test_watch(Fixture *f, gconstpointer data)
{
    int64_t seen = 0;

    sm_log_set_watch(f->log, watched, &seen);
    g_assert_no_error(log_append(f->loop, f->log, 0, log_record("k1", "c1", "a"),
                                 log_record("k2", "c1", "b"), NULL));
    g_assert_cmpint(seen, ==, 2);
    g_autoptr(GError) stale = log_append(f->loop, f->log, 0, log_record("k3", "c1", "c"), NULL);
    g_assert_nonnull(stale);
    g_assert_cmpint(seen, ==, 2);
    sm_log_set_watch(f->log, NULL, NULL);
}

static void test_close_waits(Fixture *f, gconstpointer data)
{
    g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func((GDestroyNotify)sm_record_unref);
    Outcome outcome = {0};
    g_autofree char *id = g_strdup(sm_log_desk_id(f->log));

    g_ptr_array_add(records, log_record("k1", "c1", "hello"));
    sm_log_append(f->log, 0, records, appended, &outcome);
    sm_log_close(g_steal_pointer(&f->log));
    g_assert_true(outcome.done);
    g_assert_no_error(outcome.error);
    if (f->factory->reopen == NULL)
        return;
    f->log = f->factory->reopen(f->loop, f->rng, f->place);
    g_assert_nonnull(f->log);
    g_assert_cmpstr(sm_log_desk_id(f->log), ==, id);
    assert_commands(f->log, 0, 10, COMMANDS("k1"));
}

static gboolean keep_line(const char *line, void *user, GError **error)
{
    g_ptr_array_add(user, g_strdup(line));
    return TRUE;
}

static void test_export(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);

    g_assert_no_error(log_append(f->loop, f->log, 0, log_record("k1", "c1", "secret"),
                                 log_record("k2", "c1", "kept \"so\""), NULL));
    g_assert_true(sm_log_forget(f->log, "ct-k1", NULL));
    g_assert_true(sm_log_export(f->log, keep_line, lines, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(lines->len, ==, 2);
    g_assert_nonnull(strstr(g_ptr_array_index(lines, 0), "{\"erased\":"));
    g_assert_null(strstr(g_ptr_array_index(lines, 0), "secret"));
    const char *line = g_ptr_array_index(lines, 1);
    g_autoptr(SmRecord) record = sm_log_import_line(line, strlen(line), &error);
    g_assert_no_error(error);
    g_assert_cmpstr(record->command, ==, "k2");
    g_assert_cmpstr(((SmEvent *)g_ptr_array_index(record->events, 0))->text, ==, "kept \"so\"");
    g_assert_null(sm_log_import_line("{\"seq\":", 7, &error));
    g_assert_nonnull(error);
}

void log_contract_add(const LogFactory *factory)
{
    static const struct {
        const char *name;
        void (*run)(Fixture *f, gconstpointer data);
    } tests[] = {
        {"empty", test_empty},
        {"append", test_append},
        {"same-bytes", test_same_bytes},
        {"durable", test_unread_until_durable},
        {"group", test_group},
        {"fence", test_fence},
        {"whole-or-nothing", test_whole_or_nothing},
        {"find", test_find},
        {"forget", test_forget},
        {"conversation", test_conversation},
        {"watch", test_watch},
        {"close-waits", test_close_waits},
        {"export", test_export},
    };

    for (guint i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *path = g_strdup_printf("/log/%s/%s", factory->name, tests[i].name);
        g_test_add(path, Fixture, factory, set_up, tests[i].run, tear_down);
    }
}
