/* SPDX-License-Identifier: MIT */
/* What is erased of conversations that are archived: at once of a contact, and what has become too old. */
#include <glib/gstdio.h>
#include <string.h>

#include "world.h"

#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"

#define WORLD_TEST(path, fn) g_test_add(path, World, NULL, world_open, fn, world_close)
#define DAY_MS INT64_C(86400000)

/* A conversation with a note and a rated end, archived: three texts and a name that only the log has. */
static Talk *archived_talk(World *w, const char *key)
{
    g_free(w->mia);
    w->mia = world_login(w, "mia"); /* time goes on, and sessions end */
    world_online(w, w->mia);
    Talk *talk = talk_start(w, key, "my name is Wang");
    g_autofree char *claim = g_strconcat(key, "-claim", NULL), *answer = g_strconcat(key, "-m", NULL), *end = g_strconcat(key, "-r", NULL);
    g_autofree char *rate = g_strconcat(key, "-s", NULL);
    g_autoptr(Call) claimed = talk_do(w, talk, w->mia, "claim", claim, "{}");
    assert_status(claimed, 200);
    g_autoptr(Call) reply = talk_post(w, talk, w->mia, answer, "a moment, Wang");
    assert_status(reply, 200);
    g_autoptr(Call) resolved = talk_do(w, talk, w->mia, "resolve", end, "{\"reason\":\"done\"}");
    assert_status(resolved, 200);
    g_autoptr(Call) rated = talk_do(w, talk, talk->token, "rate", rate, "{\"stars\":2,\"text\":\"says Wang\"}");
    assert_status(rated, 200);
    sm_loop_run_until(w->loop, sm_loop_now(w->loop) + 700000);
    return talk;
}

/* How often the whole log has it, contents and all. */
static guint in_log(World *w, const char *text)
{
    g_autoptr(Call) all = call_now(w, "GET", "/v1/export?after=0", "admin", NULL, NULL);
    g_autofree char *left = g_strdup(all->text);
    guint n = 0;

    assert_status(all, 200);
    for (const char *at = left; (at = strstr(at, text)) != NULL; at += strlen(text))
        n++;
    return n;
}

/* The erasure of a contact reaches what is archived, of all whom the desk knows to be that person. */
static void test_erased_archived(World *w, gconstpointer data)
{
    g_autoptr(Talk) old = archived_talk(w, "one");
    G_GNUC_UNUSED g_autoptr(Talk) other = archived_talk(w, "two");
    g_autoptr(Call) again = call_now(w, "POST", "/v1/conversations", old->token, "again", "{\"text\":\"Wang again\"}");
    assert_status(again, 201);
    g_assert_cmpuint(in_log(w, "Wang"), ==, 7);
    g_autofree char *where = g_strdup_printf("/v1/conversations/%s/erase", call_str(again, "conversation"));
    g_autoptr(Call) erased = call_now(w, "POST", where, "admin", "erase", "{}");
    assert_status(erased, 200);
    g_assert_cmpuint(in_log(w, "Wang"), ==, 3); /* the other's */
    g_autoptr(Call) nothing = call_now(w, "POST", where, "admin", "erase-2", "{}");
    assert_status(nothing, 404);
    g_autofree char *review = g_strdup_printf("/v1/reviews/%s", old->id);
    g_autoptr(Call) read = call_now(w, "GET", review, "admin", NULL, NULL);
    assert_status(read, 200);
    g_assert_null(strstr(read->text, "Wang"));
    world_restart(w);
    g_assert_cmpuint(in_log(w, "Wang"), ==, 3);
}

/* Ids that /v1/erased tells after this cursor (NULL: none is given), page by page; each once. */
static guint erased_since(World *w, const char *token, const char *cursor, guint *pages)
{
    g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *after = g_strdup(cursor);

    for (*pages = 0; *pages == 0 || after != NULL; ++*pages) {
        g_autofree char *target = after != NULL ? g_strconcat("/v1/erased?after=", after, NULL) : g_strdup("/v1/erased");
        g_autoptr(Call) page = call_now(w, "GET", target, token, NULL, NULL);
        assert_status(page, 200);
        gsize i;
        json_t *id;
        json_array_foreach(json_object_get(page->body, "erased"), i, id)
            g_assert_true(g_hash_table_add(ids, g_strdup(json_string_value(id))));
        g_free(after);
        after = g_strdup(sm_json_str(page->body, "next", NULL));
    }
    return g_hash_table_size(ids);
}

/* Who comes back with a cursor that is of no use learns what went meanwhile, however much; of another log, all that ever went. */
static void test_erased_since(World *w, gconstpointer data)
{
    g_autoptr(Talk) talk = talk_start(w, "long", "Wang here");
    const guint all = 1100;
    guint pages;

    for (guint i = 2; i < all; i++) { /* its name and its first message are there */
        g_autofree char *key = g_strdup_printf("m-%u", i);
        g_autoptr(Call) posted = talk_post(w, talk, talk->token, key, "Wang again");
        assert_status(posted, 200);
        sm_loop_run_until(w->loop, sm_loop_now(w->loop) + 10000);
    }
    g_autoptr(Call) before = call_now(w, "GET", "/v1/snapshot", w->eve, NULL, NULL);
    g_autofree char *cursor = g_strdup(call_str(before, "cursor")), *late = NULL;
    for (guint i = 0; i * 64 < all; i++) {
        g_autofree char *key = g_strdup_printf("e-%u", i);
        g_autoptr(Call) erased = talk_do(w, talk, "admin", "erase", key, "{}");
        assert_status(erased, 200);
        if (i == 0) {
            g_autoptr(Call) then = call_now(w, "GET", "/v1/snapshot", w->eve, NULL, NULL);
            late = g_strdup(call_str(then, "cursor"));
        }
    }
    g_assert_cmpuint(erased_since(w, w->eve, cursor, &pages), ==, all);
    g_assert_cmpuint(pages, ==, 2);
    g_assert_cmpuint(erased_since(w, w->mia, late, &pages), ==, all - 64);
    g_assert_cmpuint(erased_since(w, w->mia, NULL, &pages), ==, all);
    g_assert_cmpuint(erased_since(w, w->mia, "dother.5.0badcafe", &pages), ==, all);
    world_restart(w);
    g_autofree char *mia = world_login(w, "mia");
    g_assert_cmpuint(erased_since(w, mia, cursor, &pages), ==, all);
    g_autoptr(Call) now = call_now(w, "GET", "/v1/snapshot", mia, NULL, NULL);
    g_assert_cmpuint(erased_since(w, mia, call_str(now, "cursor"), &pages), ==, 0);
    g_autoptr(Call) foreign = call_now(w, "GET", "/v1/erased", talk->token, NULL, NULL);
    assert_status(foreign, 403);
}

static void keep_a_day(World *w)
{
    g_autoptr(Call) policy = call_now(w, "GET", "/v1/policy", "admin", NULL, NULL);
    json_t *json = json_object_get(policy->body, "policy");
    json_object_set_new(json, "retention", json_integer(DAY_MS));
    g_autofree char *text = sm_json_text(json);
    g_autoptr(Call) set = call_now(w, "PUT", "/v1/policy", "admin", "keep-a-day", text);

    assert_status(set, 200);
}

/* What is older than desk.yaml says goes by itself, with the card when nothing younger is there; what is younger stays. */
static void test_retention(World *w, gconstpointer data)
{
    G_GNUC_UNUSED g_autoptr(Talk) old = archived_talk(w, "one");
    keep_a_day(w);
    sm_loop_run_until(w->loop, sm_loop_now(w->loop) + 43200000);
    g_assert_cmpuint(in_log(w, "Wang"), ==, 3); /* half a day old */
    g_autoptr(Talk) young = archived_talk(w, "two");
    sm_loop_run_until(w->loop, sm_loop_now(w->loop) + 64800000);
    g_assert_cmpuint(in_log(w, "Wang"), ==, 3); /* the younger one's */
    g_autofree char *review = g_strdup_printf("/v1/reviews/%s", young->id);
    g_autoptr(Call) read = call_now(w, "GET", review, "admin", NULL, NULL);
    g_assert_nonnull(strstr(read->text, "Wang"));
    world_restart(w);
    sm_loop_run_until(w->loop, sm_loop_now(w->loop) + 86400000);
    g_assert_cmpuint(in_log(w, "Wang"), ==, 0);
    g_assert_cmpuint(in_log(w, "older than retention says"), >, 0);
}

/* Of a conversation that goes on the desk holds the last lines alone; an erasure reaches those before them, too. */
static void test_erased_running(World *w, gconstpointer data)
{
    g_autoptr(Talk) talk = talk_start(w, "long", "Wang here");
    int status = 200;

    for (int i = 0; i < SM_MAX_KEPT_MESSAGES + 20; i++) {
        g_autofree char *key = g_strdup_printf("m-%d", i);
        g_autoptr(Call) said = talk_post(w, talk, talk->token, key, "Wang again");
        assert_status(said, 200);
        sm_loop_run_until(w->loop, sm_loop_now(w->loop) + 10000);
    }
    for (int i = 0; status == 200; i++) {
        g_autofree char *key = g_strdup_printf("e-%d", i);
        g_autoptr(Call) erased = talk_do(w, talk, "admin", "erase", key, "{}");
        status = erased->status;
    }
    g_assert_cmpint(status, ==, 404);
    g_assert_cmpuint(in_log(w, "Wang"), ==, 0);
}

/* What would go is said before, and whose it is by any of their ids. */
static void test_erasure(World *w, gconstpointer data)
{
    g_autoptr(Talk) old = archived_talk(w, "one");
    const char *ids[] = {old->id, old->contact};

    for (guint i = 0; i < G_N_ELEMENTS(ids); i++) {
        g_autofree char *path = g_strconcat("/v1/erasure/", ids[i], NULL);
        g_autoptr(Call) what = call_now(w, "GET", path, "admin", NULL, NULL);
        assert_status(what, 200);
        g_assert_cmpstr(call_str(what, "contact"), ==, old->contact);
        g_assert_cmpstr(call_str(what, "conversation"), ==, old->id);
        g_assert_cmpint(sm_json_int(what->body, "texts", 0), ==, 4); /* and the name */
        g_autoptr(Call) staff = call_now(w, "GET", path, w->eve, NULL, NULL);
        assert_code(staff, "forbidden");
    }
    g_autoptr(Call) nobody = call_now(w, "GET", "/v1/erasure/nobody", "admin", NULL, NULL);
    assert_code(nobody, "not_found");
    g_autoptr(Call) erased = talk_do(w, old, "admin", "erase", "e-1", "{}");
    assert_status(erased, 200);
    g_autofree char *path = g_strconcat("/v1/erasure/", old->id, NULL);
    g_autoptr(Call) after = call_now(w, "GET", path, "admin", NULL, NULL);
    g_assert_cmpint(sm_json_int(after->body, "texts", -1), ==, 0);
}

/* --- A log that can't be read --------------------------------------------------------------------
 */

/* The world's log, of which so many conversations can't be read. */
typedef struct {
    SmLog log;
    SmLog *real;
    guint fail;
    guint fail_read;   /* the next reads of any records */
    guint fail_forget; /* the next contents that should go */
} Flaky;

static void flaky_append(SmLog *log, int64_t expected, GPtrArray *records, SmLogDone done, void *user)
{
    sm_log_append(((Flaky *)log)->real, expected, records, done, user);
}

static GPtrArray *flaky_read(SmLog *log, int64_t after, guint limit, GError **error)
{
    Flaky *flaky = (Flaky *)log;

    if (flaky->fail_read == 0)
        return sm_log_read(flaky->real, after, limit, error);
    flaky->fail_read--;
    g_set_error(error, SM_ERROR, SM_ERROR_IO, "the disk is sick");
    return NULL;
}

static GPtrArray *flaky_conversation(SmLog *log, const char *conversation, int64_t before, guint limit, GError **error)
{
    Flaky *flaky = (Flaky *)log;

    if (flaky->fail == 0)
        return sm_log_read_conversation(flaky->real, conversation, before, limit, error);
    flaky->fail--;
    g_set_error(error, SM_ERROR, SM_ERROR_IO, "the disk is sick");
    return NULL;
}

static SmRecord *flaky_find(SmLog *log, const char *command, GError **error)
{
    return sm_log_find(((Flaky *)log)->real, command, error);
}

static gboolean flaky_forget(SmLog *log, const char *content, GError **error)
{
    Flaky *flaky = (Flaky *)log;

    if (flaky->fail_forget == 0)
        return sm_log_forget(flaky->real, content, error);
    flaky->fail_forget--;
    g_set_error(error, SM_ERROR, SM_ERROR_IO, "the disk is sick");
    return FALSE;
}

static int64_t flaky_last(SmLog *log)
{
    return sm_log_last(((Flaky *)log)->real);
}

static const char *flaky_desk_id(SmLog *log)
{
    return sm_log_desk_id(((Flaky *)log)->real);
}

static void flaky_close(SmLog *log)
{
    sm_log_close(((Flaky *)log)->real);
    g_free(log);
}

static void flaky_abandon(SmLog *log, void *user)
{
    sm_log_abandon(((Flaky *)log)->real, user);
}

static Flaky *make_flaky(World *w)
{
    static const SmLogOps ops = {flaky_append, flaky_read,    flaky_conversation, flaky_find,   flaky_forget,
                                 flaky_last,   flaky_desk_id, flaky_close,        flaky_abandon};
    Flaky *flaky = g_new0(Flaky, 1);

    flaky->log.ops = &ops;
    flaky->real = w->log;
    w->log = &flaky->log;
    world_restart(w);
    return flaky;
}

/* Nothing is taken for gone because it could not be read: it is said, and looked at again soon. */
static void test_retention_unreadable(World *w, gconstpointer data)
{
    g_autofree char *directory = g_dir_make_tmp("seatmux-erase-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(directory, "trace", NULL);
    w->trace = sm_trace_new_file(path, SM_TRACE_INFO, NULL);
    g_assert_nonnull(w->trace);
    Flaky *flaky = make_flaky(w);
    G_GNUC_UNUSED g_autoptr(Talk) one = archived_talk(w, "one");
    G_GNUC_UNUSED g_autoptr(Talk) two = archived_talk(w, "two");
    keep_a_day(w);
    flaky->fail = 2;
    int64_t end = sm_loop_now(w->loop) + 2 * DAY_MS;
    while (flaky->fail == 2 && sm_loop_now(w->loop) < end)
        sm_loop_run_until(w->loop, sm_loop_now(w->loop) + 1000);
    g_assert_cmpuint(flaky->fail, ==, 1);
    g_assert_cmpuint(in_log(w, "Wang"), ==, 6); /* nothing of the other one is erased instead */
    sm_loop_run_until(w->loop, sm_loop_now(w->loop) + 300000);
    g_assert_cmpuint(in_log(w, "Wang"), ==, 0);
    g_autofree char *told = NULL;
    g_assert_true(g_file_get_contents(path, &told, NULL, NULL));
    g_assert_nonnull(strstr(told, "the disk is sick"));
    g_unlink(path);
    g_rmdir(directory);
}

/* Who asks for an erasure hears that it can't be done, not that there is nothing. */
static void test_erase_unreadable(World *w, gconstpointer data)
{
    Flaky *flaky = make_flaky(w);
    g_autoptr(Talk) old = archived_talk(w, "one");
    flaky->fail = 1;
    g_autoptr(Call) refused = talk_do(w, old, "admin", "erase", "e-1", "{}");
    assert_code(refused, "not_durable");
    g_assert_cmpuint(in_log(w, "Wang"), ==, 3);
    g_autoptr(Call) erased = talk_do(w, old, "admin", "erase", "e-1", "{}");
    assert_status(erased, 200);
    g_assert_cmpuint(in_log(w, "Wang"), ==, 0);
}

/* What was answered to a rating is not "nothing" because the disk is sick for a moment: who asks is told to ask again. */
static void test_answer_unreadable(World *w, gconstpointer data)
{
    Flaky *flaky = make_flaky(w);
    g_autoptr(Talk) old = archived_talk(w, "one");
    g_autoptr(Call) answered = talk_do(w, old, w->mia, "answer_rating", "a-1", "{\"text\":\"sorry\"}");
    assert_status(answered, 200);
    g_autofree char *where = g_strdup_printf("/v1/conversations/%s/rating", old->id);
    const char *paths[] = {where, "/v1/ratings"};

    for (guint i = 0; i < G_N_ELEMENTS(paths); i++) {
        flaky->fail_read = 1;
        g_autoptr(Call) sick = call_now(w, "GET", paths[i], old->token, NULL, NULL);
        assert_code(sick, "internal");
        g_autoptr(Call) well = call_now(w, "GET", paths[i], old->token, NULL, NULL);
        assert_status(well, 200);
        g_assert_nonnull(strstr(well->text, "sorry"));
    }
}

/* A text that the disk did not give up goes as soon as it does, not at the next start alone. */
static void test_owed(World *w, gconstpointer data)
{
    Flaky *flaky = make_flaky(w);
    g_autoptr(Talk) old = archived_talk(w, "one");
    flaky->fail_forget = 4;
    g_autoptr(Call) erased = talk_do(w, old, "admin", "erase", "e-1", "{}");
    assert_status(erased, 200);
    g_assert_cmpuint(in_log(w, "Wang"), ==, 3);
    G_GNUC_UNUSED g_autoptr(Talk) next = talk_start(w, "two", "hello");
    g_assert_cmpuint(in_log(w, "Wang"), ==, 0);
}

/* --- A long one ----------------------------------------------------------------------------------
 */

static void durable(const GError *error, void *user)
{
    g_assert_no_error(error);
    *(gboolean *)user = TRUE;
}

/* Records that only the log has an interest in. */
static void append_noise(World *w, const char *conversation, guint n)
{
    g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func((GDestroyNotify)sm_record_unref);
    gboolean done = FALSE;

    for (guint i = 0; i < n; i++) {
        g_autofree char *id = g_strdup_printf("noise-%u", i);
        SmRecord *record = sm_record_new(sm_loop_now(w->loop), id, "desk", NULL);
        SmEvent *event = sm_event_new(SM_EVENT_ANSWER_SEEN);
        event->conversation = g_strdup(conversation);
        g_ptr_array_add(record->events, event);
        g_ptr_array_add(records, record);
    }
    sm_log_append(w->log, sm_log_last(w->log), records, durable, &done);
    while (!done)
        g_assert_true(sm_loop_step(w->loop));
}

/* However much was recorded after a text, it is found. */
static void test_retention_long(World *w, gconstpointer data)
{
    g_autoptr(Talk) one = archived_talk(w, "one");
    append_noise(w, one->id, 20100);
    world_restart(w);
    keep_a_day(w);
    sm_loop_run_until(w->loop, sm_loop_now(w->loop) + 2 * DAY_MS);
    g_assert_cmpuint(in_log(w, "Wang"), ==, 0);
}

/* What the log says of a message's body, if it were a plain digest of it. */
static char *plain_digest(const Talk *talk, const char *id, const char *text)
{
    g_autofree char *said = g_strdup_printf("PUT\nv1\nconversations\n%s\nmessages\n%s\n\n{\"text\":\"%s\"}", talk->id, id, text);

    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, said, -1);
}

static void expect_post(World *w, const Talk *talk, const char *id, const char *text, int status)
{
    g_autoptr(Call) again = talk_post(w, talk, talk->token, id, text);

    assert_status(again, status);
}

/* A number can be tried out in a second: nothing that is left of an erased text says whether it was this one. A repeated message
 * is still one, before and after it. */
static void test_no_trace(World *w, gconstpointer data)
{
    g_autoptr(Talk) talk = talk_start(w, "k1", "hello");
    g_autofree char *digest = plain_digest(talk, "m1", "call 13912345678");

    expect_post(w, talk, "m1", "call 13912345678", 200);
    expect_post(w, talk, "m1", "call 13912345678", 200);
    expect_post(w, talk, "m1", "call 13912345679", 422);
    g_assert_cmpuint(in_log(w, digest), ==, 0);
    world_restart(w);
    expect_post(w, talk, "m1", "call 13912345678", 200);
    expect_post(w, talk, "m1", "call 13912345679", 422);
    g_autoptr(Call) erased = talk_do(w, talk, "admin", "erase", "e1", "{\"message\":\"m1\"}");
    assert_status(erased, 200);
    for (int i = 0; i < 2; i++) {
        expect_post(w, talk, "m1", "call 13912345678", 200); /* an outbox that had not heard of it */
        g_assert_cmpuint(in_log(w, "13912345678"), ==, 0);
        world_restart(w);
    }
    g_autoptr(Call) all = talk_do(w, talk, "admin", "erase", "e2", "{}");
    assert_status(all, 200);
    /* The first request was as good as the token, by its words: nobody knows them any more. */
    g_autoptr(Call) first = call_now(w, "POST", "/v1/conversations", NULL, "k1", "{\"text\":\"hello\"}");
    assert_status(first, 422);
}

/* A card's number is masked before it is kept: the log can't be asked for its digits either. */
static void test_no_trace_of_masked(World *w, gconstpointer data)
{
    g_autoptr(Talk) talk = talk_start(w, "k1", "hello");

    expect_post(w, talk, "m1", "card 4111111111111111", 200);
    expect_post(w, talk, "m1", "card 4111111111111111", 200);
    expect_post(w, talk, "m1", "card ************1111", 200); /* the very same record */
    expect_post(w, talk, "m1", "card 4012888888881881", 422);
}

/* --- Orders --------------------------------------------------------------------------------------
 */

#define KEY "0123456789abcdef0123456789abcdef"

static int shop_tells(World *w, const char *user, const char *status, const char *key)
{
    int64_t expires = sm_loop_wall(w->loop) / 1000 + 3600;
    g_autofree char *signature = sm_orders_sign(KEY, user, "A-4711", status, "129.00 CNY", expires);
    g_autofree char *body = g_strdup_printf("{\"user\":\"%s\",\"order\":\"A-4711\",\"status\":\"%s\",\"amount\":\"129.00 CNY\",\"expires\":%" G_GINT64_FORMAT
                                            ",\"signature\":\"%s\"}", user, status, expires, signature);
    g_autoptr(Call) call = call_now(w, "POST", "/v1/orders", NULL, key, body);

    return call->status;
}

/* Of the first order in the log. */
static char *buyer(World *w)
{
    g_autoptr(GPtrArray) all = sm_log_read(w->log, 0, 1000, NULL);

    for (guint i = 0; i < all->len; i++) {
        const SmEvent *event = ((const SmRecord *)all->pdata[i])->events->pdata[0];
        if (event->type == SM_EVENT_ORDER_RECORDED)
            return g_strdup(event->contact);
    }
    return NULL;
}

/* The shop told of somebody who never wrote: what it told goes like all else, and what it repeats later brings nothing back. */
static void test_orders(World *w, gconstpointer data)
{
    g_assert_true(sm_service_set_identity_key(w->service, KEY));
    g_assert_cmpint(shop_tells(w, "customer-7", "paid", "A-4711-paid"), ==, 200);
    g_autofree char *contact = buyer(w), *path = g_strconcat("/v1/erasure/", contact, NULL);
    g_autoptr(Call) what = call_now(w, "GET", path, "admin", NULL, NULL);
    assert_status(what, 200);
    g_assert_cmpint(sm_json_int(what->body, "conversations", -1), ==, 0);
    g_assert_cmpint(sm_json_int(what->body, "orders", -1), ==, 1);
    g_assert_null(json_object_get(what->body, "conversation"));
    g_autoptr(Call) staff = call_now(w, "POST", path, w->eve, "e-0", "{}");
    assert_code(staff, "forbidden");
    g_autoptr(Call) nameless = call_now(w, "POST", path, "admin", NULL, "{}");
    assert_code(nameless, "invalid");
    g_assert_cmpuint(in_log(w, "A-4711\\\""), ==, 1); /* JSON within JSON */
    for (int i = 0; i < 2; i++) {
        g_autoptr(Call) erased = call_now(w, "POST", path, "admin", "e-1", "{}");
        assert_status(erased, 200);
    }
    g_assert_cmpuint(in_log(w, "A-4711\\\""), ==, 0);
    g_assert_cmpuint(in_log(w, "129.00"), ==, 0);
    g_autoptr(Call) nothing = call_now(w, "POST", path, "admin", "e-2", "{}");
    assert_code(nothing, "not_found");
    g_autoptr(Call) nobody = call_now(w, "POST", "/v1/erasure/nobody", "admin", "e-3", "{}");
    assert_code(nobody, "not_found");
    world_restart(w);
    g_assert_true(sm_service_set_identity_key(w->service, KEY));
    g_assert_cmpint(shop_tells(w, "customer-7", "paid", "A-4711-paid"), ==, 200);
    g_assert_cmpuint(in_log(w, "129.00"), ==, 0);
}

/* With a conversation that ended long ago, or with none: by the time at which it was told. */
static void test_retention_of_orders(World *w, gconstpointer data)
{
    G_GNUC_UNUSED g_autoptr(Talk) old = archived_talk(w, "one");
    g_autofree char *body = g_strdup_printf("{\"order\":\"B-1\",\"amount\":\"7.00 EUR\"}");
    g_autoptr(Talk) talk = talk_start(w, "k2", "hello");
    g_autoptr(Call) claimed = talk_do(w, talk, w->mia, "claim", "c-2", "{}");
    assert_status(claimed, 200);
    g_autoptr(Call) recorded = talk_do(w, talk, w->mia, "order", "o-2", body);
    assert_status(recorded, 200);
    g_assert_true(sm_service_set_identity_key(w->service, KEY));
    for (int i = 0; i < 20; i++) {
        g_autofree char *user = g_strdup_printf("customer-%d", i % 3), *key = g_strdup_printf("told-%d", i);
        g_assert_cmpint(shop_tells(w, user, i % 2 ? "paid" : "placed", key), ==, 200);
        sm_loop_run_until(w->loop, sm_loop_now(w->loop) + 60000); /* as often as an address may */
    }
    keep_a_day(w);
    sm_loop_run_until(w->loop, sm_loop_now(w->loop) + 43200000);
    g_assert_cmpuint(in_log(w, "129.00"), ==, 20);
    g_assert_cmpuint(in_log(w, "7.00 EUR"), ==, 1);
    g_assert_cmpint(shop_tells(w, "customer-1", "refunded", "told-late"), ==, 200);
    sm_loop_run_until(w->loop, sm_loop_now(w->loop) + 64800000);
    g_assert_cmpuint(in_log(w, "129.00"), ==, 1); /* the one that was told half a day later */
    g_assert_cmpuint(in_log(w, "7.00 EUR"), ==, 0); /* of a conversation that goes on */
    sm_loop_run_until(w->loop, sm_loop_now(w->loop) + 86400000);
    g_assert_cmpuint(in_log(w, "129.00"), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    WORLD_TEST("/erase/archived", test_erased_archived);
    WORLD_TEST("/erase/running", test_erased_running);
    WORLD_TEST("/erase/since", test_erased_since);
    WORLD_TEST("/erase/erasure", test_erasure);
    WORLD_TEST("/erase/retention", test_retention);
    WORLD_TEST("/erase/retention-unreadable", test_retention_unreadable);
    WORLD_TEST("/erase/retention-long", test_retention_long);
    WORLD_TEST("/erase/unreadable", test_erase_unreadable);
    WORLD_TEST("/erase/answer-unreadable", test_answer_unreadable);
    WORLD_TEST("/erase/owed", test_owed);
    WORLD_TEST("/erase/orders", test_orders);
    WORLD_TEST("/erase/retention-of-orders", test_retention_of_orders);
    WORLD_TEST("/erase/no-trace", test_no_trace);
    WORLD_TEST("/erase/no-trace-of-masked", test_no_trace_of_masked);
    return g_test_run();
}
