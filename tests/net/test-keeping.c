/* SPDX-License-Identifier: MIT */
/* What a client keeps across restarts and crashes. */
#include <string.h>

#include "bench.h"
#include "seatmux/base/limits.h"
#include "seatmux/journal/history.h"

#define POLL "GET /v1/events"
#define PUT "PUT /v1/conversations"
#define SNAPSHOT "GET /v1/snapshot"

static char *projection(Bench *b)
{
    g_autoptr(json_t) all =
        sm_desk_project(sm_client_desk(b->client), (SmActor){SM_ACTOR_STAFF, "mia"});

    return sm_json_text(all);
}

static void test_restart(void)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    script_waiting(b.script, "Waiting");
    bench_live(&b);
    script_customer_says(b.script, c, "One");
    bench_run(&b, 2000);
    bench_crash(&b);
    g_autofree char *shown = bench_shown(&b, c); /* before the network is asked */
    g_assert_cmpstr(shown, ==, "Hello?|One");
    g_assert_cmpint(bench_state(&b), ==, SM_LINK_STARTING);
    script_customer_says(b.script, c, "Two");
    bench_live(&b);
    g_autofree char *now = bench_shown(&b, c);
    g_assert_cmpstr(now, ==, "Hello?|One|Two");
    g_assert_cmpuint(script_asked(b.script, SNAPSHOT), ==, 1);
    bench_clear(&b);
}

static void test_restored_is_the_same(void)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    script_waiting(b.script, "Waiting");
    bench_live(&b);
    script_waiting(b.script, "Waiting too");
    script_customer_says(b.script, c, "One");
    script_conversation(b.script, "Ben");
    bench_run(&b, 2000);
    g_autofree char *before = projection(&b);
    bench_quit(&b);
    bench_resume(&b);
    g_autofree char *after = projection(&b);
    g_assert_cmpstr(after, ==, before);
    bench_clear(&b);
}

/* However much comes, what is kept does not grow without end, and stands for the same. */
static void test_compact(void)
{
    Bench b = {0};
    g_autofree char *filler = g_strnfill(7000, 'x');

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    script_waiting(b.script, "Waiting");
    bench_live(&b);
    /* Without a quiet moment: bounded all the same. */
    for (int i = 0; i < 1500; i++) {
        script_customer_says(b.script, c, filler);
        bench_run(&b, 20);
        g_assert_cmpuint(sm_journal_answer_bytes(b.journal), <, 8 * 1024 * 1024 + 65536);
    }
    bench_run(&b, 3000);
    script_customer_says(b.script, c, "last");
    bench_run(&b, 4000);
    g_assert_cmpuint(sm_journal_answer_bytes(b.journal), <, 3 * 1024 * 1024);
    g_autofree char *before = projection(&b);
    bench_crash(&b);
    bench_resume(&b);
    g_autofree char *after = projection(&b);
    g_assert_cmpstr(after, ==, before);
    bench_live(&b);
    g_assert_cmpuint(script_asked(b.script, SNAPSHOT), ==, 1);
    script_customer_says(b.script, c, "Still there?");
    bench_run(&b, 50);
    g_autofree char *shown = bench_shown(&b, c);
    g_assert_true(g_str_has_suffix(shown, "|Still there?"));
    bench_clear(&b);
}

static gboolean is_kept(Bench *b, const char *text)
{
    const GPtrArray *answers = sm_journal_store_durable(b->store)->answers;
    gboolean found = FALSE;

    for (guint i = 0; i < answers->len; i++) {
        gsize n;
        const void *bytes = g_bytes_get_data(answers->pdata[i], &n);
        found |= memmem(bytes, n, text, strlen(text)) != NULL;
    }
    return found;
}

/* What came before an erasure is kept as it came: not for long. Nor where the program ended at once: then soon after the next start. */
static void test_erased(void)
{
    for (int ends = 0; ends < 2; ends++) {
        Bench b = {0};

        bench_init(&b);
        const char *c = script_conversation(b.script, "Ann");
        bench_live(&b);
        script_customer_says(b.script, c, "my number is 4711");
        bench_run(&b, 2000);
        g_assert_true(is_kept(&b, "4711"));
        script_erase(b.script, c);
        bench_run(&b, 200);
        if (ends) {
            bench_quit(&b);
            bench_live(&b);
        }
        for (int i = 0; i < 20; i++) { /* without a quiet moment */
            script_customer_says(b.script, c, "Hello again");
            bench_run(&b, 100);
        }
        g_assert_false(is_kept(&b, "4711"));
        bench_run(&b, 2000);
        g_autofree char *before = projection(&b);
        bench_crash(&b);
        bench_resume(&b);
        g_autofree char *after = projection(&b);
        g_assert_cmpstr(after, ==, before);
        bench_clear(&b);
    }
}

static void test_damaged_journal(void)
{
    Bench b = {0};
    g_autoptr(GBytes) rubbish = g_bytes_new_static("{\"events\":[{}", 13);

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    sm_journal_add_answer(b.journal, "k0.99", rubbish);
    bench_run(&b, 2000);
    bench_quit(&b);
    bench_live(&b);
    g_assert_cmpuint(script_asked(b.script, SNAPSHOT), ==, 2);
    g_autofree char *shown = bench_shown(&b, c);
    g_assert_cmpstr(shown, ==, "Hello?");
    bench_clear(&b);
}

static void assert_drafts(const Bench *b)
{
    const GPtrArray *drafts = sm_client_drafts(b->client);
    const SmDraft *first = drafts->pdata[0], *second = drafts->pdata[1];

    g_assert_cmpuint(drafts->len, ==, 2);
    g_assert_cmpstr(first->text, ==, "Dear Ann");
    g_assert_false(first->note);
    g_assert_cmpstr(second->text, ==, "remember");
    g_assert_true(second->note);
}

static void test_drafts(void)
{
    Bench b = {0};

    bench_init(&b);
    sm_client_draft(b.client, "c1", "Dear", FALSE);
    sm_client_draft(b.client, "c2", "remember", FALSE);
    sm_client_draft(b.client, "c1", "Dear Ann", FALSE);
    sm_client_draft(b.client, "c2", "remember", TRUE); /* the same text, not for the customer now */
    sm_client_draft(b.client, "c3", "x", FALSE);
    sm_client_draft(b.client, "c3", "", FALSE);
    sm_client_draft(b.client, "c4", "", FALSE);
    sm_client_draft(b.client, "c1", "Dear Ann", FALSE); /* nothing new */
    assert_drafts(&b);
    bench_run(&b, 1001);
    bench_crash(&b);
    assert_drafts(&b);
    bench_clear(&b);
}

/* --- Messages --------------------------------------------------------------------------------- */

static void test_crash_while_offline(void)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_send(&b, c, "1");
    bench_send(&b, c, "2");
    bench_run(&b, 50);
    const char *saving = bench_send(&b, c, "3");
    g_assert_cmpint(bench_send_state(&b, saving), ==, SM_SEND_SAVING);
    bench_crash(&b); /* the third was never shown as queued */
    g_autoptr(GPtrArray) kept = sm_client_outbox(b.client, c);
    g_assert_cmpuint(kept->len, ==, 2);
    const char *why = NULL;
    const char *second = ((SmOutboxEntry *)kept->pdata[1])->id;
    g_assert_true(sm_client_take_back(b.client, second, &why)); /* certain: it never left */
    bench_live(&b);
    bench_run(&b, 500);
    bench_assert_said(&b, c, "1");
    bench_clear(&b);
}

/* A disk that says something never written: it waits, it is not stuck. */
static void test_strange_state(void)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    SmOutboxEntry entry = {.id = (char *)"m-strange", .order = 1, .conversation = (char *)c, .verb = (char *)"post",
                           .text = (char *)"Hi", .seen = -1, .state = SM_SEND_SAVING};
    sm_journal_put_outbox(b.journal, &entry, NULL, NULL);
    bench_run(&b, 50);
    bench_quit(&b);
    g_assert_cmpint(bench_send_state(&b, "m-strange"), ==, SM_SEND_QUEUED);
    bench_live(&b);
    bench_run(&b, 500);
    bench_assert_said(&b, c, "Hi");
    bench_clear(&b);
}

/* Killed at every millisecond of a send: once, in order, whatever was on its way. */
static void test_crash_anywhere(void)
{
    for (int ms = 0; ms < 60; ms++) {
        Bench b = {0};
        bench_init(&b);
        const char *c = script_conversation(b.script, "Ann");
        bench_live(&b);
        g_autofree char *first = g_strdup(bench_send(&b, c, "1"));
        g_autofree char *second = g_strdup(bench_send(&b, c, "2"));
        bench_run(&b, ms);
        gboolean saved = bench_send_state(&b, first) != SM_SEND_SAVING;
        gboolean saved_too = bench_send_state(&b, second) != SM_SEND_SAVING;
        gboolean maybe = script_asked(b.script, PUT) > 0;
        bench_crash(&b);
        const SmOutboxEntry *entry = bench_entry(&b, first);
        /* What may have left is known as such. */
        if (entry != NULL && maybe)
            g_assert_cmpint(entry->state, ==, SM_SEND_SENDING);
        bench_live(&b);
        bench_run(&b, 30000);
        g_autofree char *said = script_said(b.script, c);
        if (saved_too)
            g_assert_cmpstr(said, ==, "1|2");
        else if (saved)
            g_assert_true(strcmp(said, "1|2") == 0 || strcmp(said, "1") == 0);
        else
            g_assert_true(strcmp(said, "1|2") == 0 || strcmp(said, "1") == 0 || !*said);
        bench_clear(&b);
    }
}

/* It arrived, the answer was lost, and then the power went: the desk knows its id. */
static void test_arrived_before_crash(void)
{
    Bench b = {0};
    const char *why = NULL;

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    script_rule(b.script, POLL, (ScriptRule){.kind = SCRIPT_NORMAL, .times = 1});
    script_rule(b.script, POLL, (ScriptRule){.kind = SCRIPT_SILENT, .times = -1});
    script_rule(b.script, PUT, (ScriptRule){.kind = SCRIPT_LOSE_ANSWER, .times = -1});
    bench_live(&b);
    g_autofree char *id = g_strdup(bench_send(&b, c, "Hi"));
    bench_run(&b, 100);
    bench_crash(&b);
    g_assert_cmpint(bench_send_state(&b, id), ==, SM_SEND_SENDING);
    g_assert_false(sm_client_take_back(b.client, id, &why));
    script_clear_rules(b.script);
    bench_live(&b);
    bench_run(&b, 5000);
    bench_assert_said(&b, c, "Hi");
    g_assert_null(bench_entry(&b, id));
    bench_clear(&b);
}

static void test_held_is_kept(void)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    int64_t seen = sm_desk_conversation(sm_client_desk(b.client), c)->version;
    script_colleague_says(b.script, c, "I have it");
    g_autofree char *id = g_strdup(bench_send_seen(&b, c, "Mine", seen));
    bench_run(&b, 500);
    bench_crash(&b);
    g_assert_cmpint(bench_send_state(&b, id), ==, SM_SEND_HELD);
    bench_live(&b);
    bench_run(&b, 5000);
    bench_assert_said(&b, c, "I have it"); /* the client never overrides by itself */
    g_assert_true(sm_client_send_anyway(b.client, id));
    bench_run(&b, 500);
    bench_assert_said(&b, c, "I have it|Mine");
    bench_clear(&b);
}

/* --- Other commands and the session
 * --------------------------------------------------------------- */

/* Who can't log in because the desk is away is told so, and when to try again: within 2 s, less than once a second. */
static void test_login_away(void)
{
    static const ScriptRule rules[] = {{.kind = SCRIPT_NOT_SENT, .times = -1}, {.kind = SCRIPT_LOSE_ANSWER, .times = -1},
                                       {.kind = SCRIPT_STATUS, .status = 502, .body = "<html>", .times = -1}};
    Bench b = {0};

    bench_init(&b);
    for (guint i = 0; i < G_N_ELEMENTS(rules); i++) {
        script_clear_rules(b.script);
        script_rule(b.script, "POST /v1/login", rules[i]);
        int64_t waited = 0;
        for (guint n = 0; n < 40; n++) {
            sm_client_login(b.client, "mia", "right", "test", bench_done, &b, NULL);
            bench_run(&b, 100);
            const SmLink *link = sm_client_link(b.client);
            g_assert_false(b.ok);
            g_assert_cmpint(link->state, ==, SM_LINK_RECONNECTING);
            g_assert_cmpint(link->words[0], !=, '\0');
            int64_t left = link->retry_at - sm_loop_now(b.loop);
            g_assert_cmpint(left, <=, 1900);
            waited += left;
            bench_run(&b, MAX(left, 1));
        }
        g_assert_cmpint(waited / 40, >=, 900);
    }
    script_clear_rules(b.script);
    sm_client_login(b.client, "mia", "right", "test", bench_done, &b, NULL);
    bench_until(&b, SM_LINK_LIVE, 1000);
    bench_clear(&b);
}

/* --- History --------------------------------------------------------------------------------------- */

static void hits(const GPtrArray *lines, const GError *error, void *user)
{
    g_assert_no_error(error);
    *(guint *)user = lines->len;
}

/* How many lines of the history hold this word. */
static guint in_history(Bench *b, const char *word)
{
    guint n = G_MAXUINT;

    sm_history_search(sm_client_history(b->client), word, 50, hits, &n, NULL);
    for (int ms = 0; ms < 20 && n == G_MAXUINT; ms++)
        bench_run(b, 1);
    return n;
}

static void with_history(Bench *b, const char **c)
{
    bench_init(b);
    *c = script_conversation(b->script, "Ann");
    bench_live(b);
    sm_client_set_history(b->client, sm_history_new_memory(b->loop));
    bench_run(b, 1500);
    g_assert_cmpuint(in_history(b, "Hello"), ==, 1);
}

/* Lines go into the history when it is quiet, or ten seconds late; at once for a search. */
static void test_history_waits(void)
{
    Bench b = {0};
    const char *c;

    with_history(&b, &c);
    script_customer_says(b.script, c, "early");
    bench_run(&b, 500);
    g_assert_cmpuint(in_history(&b, "early"), ==, 0);
    sm_client_remember(b.client);
    g_assert_cmpuint(in_history(&b, "early"), ==, 1);
    for (int half = 0; half < 24; half++) { /* it is never quiet */
        script_customer_says(b.script, c, half == 0 ? "first" : "more");
        if (half == 16)
            g_assert_cmpuint(in_history(&b, "first"), ==, 0);
        bench_run(&b, 500);
    }
    g_assert_cmpuint(in_history(&b, "first"), ==, 1);
    bench_run(&b, 1500);
    g_assert_cmpuint(in_history(&b, "more"), ==, 23);
    bench_clear(&b);
}

/* A conversation that the desk takes away goes into the history first. */
static void test_history_of_the_gone(void)
{
    Bench b = {0};
    const char *c;

    with_history(&b, &c);
    g_autofree char *gone = g_strdup_printf("{\"now\":%" G_GINT64_FORMAT ",\"fold\":%d,\"cursor\":\"other\",\"forget\":[\"%s\"]}",
                                            sm_client_now(b.client), SM_FOLD_VERSION, c);
    script_rule(b.script, POLL, (ScriptRule){.kind = SCRIPT_STATUS, .times = 1, .status = 200, .body = gone});
    script_customer_says(b.script, c, "last");
    for (int ms = 0; ms < 500 && sm_desk_conversation(sm_client_desk(b.client), c) != NULL; ms++)
        bench_run(&b, 1);
    g_assert_null(sm_desk_conversation(sm_client_desk(b.client), c));
    g_assert_cmpuint(in_history(&b, "last"), ==, 1);
    bench_clear(&b);
}

/* The desk as it is, but that these words were others. */
static char *snapshot_with(Bench *b, const char *c, const char *word, const char *other)
{
    const SmActor mia = {SM_ACTOR_STAFF, "mia"};
    const SmConversation *conversation = sm_desk_conversation(script_desk(b->script), c);
    const SmLine *line = conversation->lines->pdata[conversation->lines->len - 1];
    g_autoptr(json_t) body = json_pack("{s:I, s:i, s:s, s:o, s:[], s:[o]}", "now", (json_int_t)sm_client_now(b->client), "fold",
                                       SM_FOLD_VERSION, "cursor", "other", "shared",
                                       sm_desk_project_shared(script_desk(b->script), mia), "queue", "conversations",
                                       sm_desk_project_conversation(script_desk(b->script), mia, conversation));
    g_autofree char *text = sm_json_text(body);
    GString *changed = g_string_new(text);

    g_string_replace(changed, word, other, 0);
    g_string_replace(changed, line->content, "another", 0);
    return g_string_free(changed, FALSE);
}

#define ERASED "GET /v1/erased"

/* The chat is not seen any more, and the cursor has expired: what was erased in it goes from the history all the same, also what still waits to
 * be handed in, before the snapshot puts another cursor into the journal. A page that fails is asked for again. */
static void test_history_of_the_erased(void)
{
    Bench b = {0};
    const char *c;

    with_history(&b, &c);
    script_customer_says(b.script, c, "early");
    bench_run(&b, 500);
    const GPtrArray *lines = sm_desk_conversation(sm_client_desk(b.client), c)->lines;
    g_autofree char *one = g_strdup_printf("{\"erased\":[\"x1\",\"%s\"],\"next\":\"d.9.00000000\"}",
                                           ((const SmLine *)lines->pdata[0])->content);
    g_autofree char *two = g_strdup_printf("{\"erased\":[\"%s\"]}", ((const SmLine *)lines->pdata[lines->len - 1])->content);
    script_rule(b.script, POLL, (ScriptRule){.kind = SCRIPT_STATUS, .times = 1, .status = 410, .body = "{}"});
    script_rule(b.script, POLL, (ScriptRule){.kind = SCRIPT_SILENT, .times = -1});
    g_autoptr(json_t) nothing = json_pack("{s:I, s:i, s:s, s:o, s:[], s:[]}", "now", (json_int_t)sm_client_now(b.client), "fold", SM_FOLD_VERSION,
                                          "cursor", "other", "shared",
                                          sm_desk_project_shared(script_desk(b.script), (SmActor){SM_ACTOR_STAFF, "mia"}), "queue",
                                          "conversations");
    g_autofree char *empty = sm_json_text(nothing);
    script_rule(b.script, ERASED, (ScriptRule){.kind = SCRIPT_STATUS, .times = 1, .status = 200, .body = one});
    script_rule(b.script, ERASED, (ScriptRule){.kind = SCRIPT_LOSE_ANSWER, .times = 1});
    script_rule(b.script, ERASED, (ScriptRule){.kind = SCRIPT_STATUS, .times = 1, .status = 200, .body = two});
    script_rule(b.script, SNAPSHOT, (ScriptRule){.kind = SCRIPT_STATUS, .times = 1, .status = 200, .body = empty});
    sm_client_kick(b.client);
    bench_run(&b, 60000);
    g_assert_cmpuint(script_asked(b.script, ERASED), ==, 3);
    g_assert_nonnull(strstr(script_nth(b.script, ERASED, 2)->what, "after=d.9.00000000"));
    g_assert_cmpuint(script_asked(b.script, SNAPSHOT), ==, 2);
    g_assert_cmpint(script_nth(b.script, ERASED, 2)->at, <=, script_nth(b.script, SNAPSHOT, 1)->at);
    g_assert_cmpuint(in_history(&b, "Hello"), ==, 0);
    g_assert_cmpuint(in_history(&b, "early"), ==, 0);
    bench_clear(&b);
}

/* Read anew (rights changed, a backup was restored): what waited goes into the history first, and so does what the desk has
 * now under numbers that were others' before. */
static void test_history_of_another(void)
{
    Bench b = {0};
    const char *c;

    with_history(&b, &c);
    script_customer_says(b.script, c, "early");
    bench_run(&b, 500);
    g_autofree char *snapshot = snapshot_with(&b, c, "early", "other");
    script_rule(b.script, POLL, (ScriptRule){.kind = SCRIPT_STATUS, .times = 1, .status = 410, .body = "{}"});
    script_rule(b.script, POLL, (ScriptRule){.kind = SCRIPT_SILENT, .times = -1});
    script_rule(b.script, SNAPSHOT, (ScriptRule){.kind = SCRIPT_STATUS, .times = 1, .status = 200, .body = snapshot});
    sm_client_kick(b.client);
    bench_run(&b, 2000);
    g_autofree char *shown = bench_shown(&b, c);
    g_assert_cmpstr(shown, ==, "Hello?|other");
    g_assert_cmpuint(in_history(&b, "early"), ==, 1);
    g_assert_cmpuint(in_history(&b, "other"), ==, 1);
    bench_clear(&b);
}

static void test_login(void)
{
    Bench b = {0};

    bench_init(&b);
    b.calling = TRUE;
    sm_client_login(b.client, "mia", "wrong", "test", bench_done, &b, NULL);
    b.calling = FALSE;
    bench_run(&b, 100);
    g_assert_cmpuint(b.answers, ==, 1);
    g_assert_false(b.ok);
    g_assert_cmpstr(b.code, ==, "bad_login");
    g_assert_cmpint(bench_state(&b), ==, SM_LINK_STARTING);
    g_assert_null(sm_client_token(b.client));
    sm_client_login(b.client, "mia", "right", "test", bench_done, &b, NULL);
    bench_until(&b, SM_LINK_LIVE, 1000);
    g_assert_true(b.ok);
    g_assert_cmpstr(sm_client_token(b.client), ==, "t-mia");
    g_assert_cmpstr(sm_client_actor(b.client).id, ==, "mia");
    /* What waits here is mia's. */
    sm_client_login(b.client, "ben", "right", "test", bench_done, &b, NULL);
    bench_run(&b, 100);
    g_assert_cmpuint(b.answers, ==, 3);
    g_assert_cmpstr(b.code, ==, "forbidden");
    g_assert_cmpstr(sm_client_actor(b.client).id, ==, "mia");
    sm_client_logout(b.client, bench_done, &b);
    bench_run(&b, 100);
    g_assert_true(b.ok);
    g_assert_null(sm_client_token(b.client));
    g_assert_cmpint(bench_state(&b), ==, SM_LINK_ENDED);
    bench_clear(&b);
}

static void test_command(void)
{
    Bench b = {0};
    SmCommand claim = {.type = SM_COMMAND_CLAIM, .seen = -1, .since = -1};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    claim.conversation = c;
    sm_client_command(b.client, &claim, bench_done, &b, NULL);
    bench_run(&b, 10);
    g_assert_cmpstr(b.code, ==, "unauthenticated");
    bench_live(&b);
    b.calling = TRUE;
    sm_client_command(b.client, &claim, bench_done, &b, NULL);
    b.calling = FALSE;
    bench_run(&b, 100);
    g_assert_cmpuint(b.answers, ==, 2);
    g_assert_false(b.ok);
    g_assert_nonnull(b.code);
    g_assert_nonnull(b.words);
    claim.type = SM_COMMAND_RESOLVE;
    claim.reason = "done";
    claim.no_reply_needed = TRUE;
    script_rule(b.script, "POST", (ScriptRule){.kind = SCRIPT_NOT_SENT, .times = 1});
    sm_client_command(b.client, &claim, bench_done, &b, NULL);
    bench_run(&b, 100);
    g_assert_cmpstr(b.code, ==, "not_sent");
    script_rule(b.script, "POST", (ScriptRule){.kind = SCRIPT_LOSE_REQUEST, .times = 1});
    sm_client_command(b.client, &claim, bench_done, &b, NULL);
    bench_run(&b, 100);
    g_assert_cmpstr(b.code, ==, "no_answer");
    sm_client_command(b.client, &claim, bench_done, &b, NULL);
    bench_run(&b, 100);
    g_assert_true(b.ok);
    g_assert_null(b.code);
    g_assert_cmpint(sm_desk_conversation(sm_client_desk(b.client), c)->state, ==,
                    SM_STATE_RESOLVED);
    bench_clear(&b);
}

static void test_typing(void)
{
    Bench b = {0};

    bench_init(&b);
    bench_live(&b);
    for (int i = 0; i < 60; i++) {
        sm_client_typing(b.client, "c1");
        bench_run(&b, 100);
    }
    g_assert_cmpuint(script_asked(b.script, "POST /v1/conversations/c1/typing"), ==, 2);
    bench_clear(&b);
}

static void test_older(void)
{
    Bench b = {0};

    bench_init(&b);
    const char *c = script_conversation(b.script, "Ann");
    bench_live(&b);
    sm_client_older(b.client, "unknown", bench_done, &b, NULL);
    bench_run(&b, 50);
    g_assert_cmpstr(b.code, ==, "not_found");
    script_rule(
        b.script, "GET /v1/conversations",
        (ScriptRule){.kind = SCRIPT_STATUS, .times = 1, .status = 200, .body = "{\"lines\":7}"});
    sm_client_older(b.client, c, bench_done, &b, NULL);
    bench_run(&b, 50);
    g_assert_false(b.ok);
    g_assert_nonnull(strstr(script_nth(b.script, "GET /v1/conversations", 0)->what, "?before="));
    script_rule(b.script, "GET /v1/conversations",
                (ScriptRule){.kind = SCRIPT_STATUS,
                             .times = 1,
                             .status = 200,
                             .body = "{\"lines\":[],\"more\":false}"});
    sm_client_older(b.client, c, bench_done, &b, NULL);
    bench_run(&b, 50);
    g_assert_true(b.ok);
    bench_clear(&b);
}

static void test_start_customer(void)
{
    Bench b = {0};
    SmCommand start = {.type = SM_COMMAND_START,
                       .id = "s1",
                       .name = "Ann",
                       .text = "Hello?",
                       .seen = -1,
                       .since = -1};

    bench_init(&b);
    sm_client_start_customer(b.client, &start, bench_done, &b);
    bench_run(&b, 100);
    g_assert_true(b.ok);
    g_assert_nonnull(sm_client_token(b.client));
    g_assert_cmpint(sm_client_actor(b.client).kind, ==, SM_ACTOR_CUSTOMER);
    g_assert_cmpuint(script_asked(b.script, SNAPSHOT), ==, 1);
    bench_clear(&b);
}

/* A handler may end the client: nothing is touched afterwards. */
static void free_when_linked(SmClient *client, void *user)
{
    SmClient **mine = user;

    sm_client_free(g_steal_pointer(mine));
}

static void test_freed_by_handler(void)
{
    Bench b = {0};

    bench_init(&b);
    SmClient *mine = NULL;
    SmClientHandler handler = {.linked = free_when_linked, .user = &mine};
    mine = sm_client_new(b.loop, script_transport(b.script), NULL, NULL, b.rng, NULL, &handler, 0);
    sm_client_resume(mine, "t-mia", SM_ACTOR_STAFF, "mia");
    bench_run(&b, 1000);
    g_assert_null(mine);
    bench_clear(&b);
}

static void free_when_done(gboolean ok, const char *code, const char *words, const json_t *body,
                           void *user)
{
    sm_client_free(g_steal_pointer((SmClient **)user));
}

static void test_freed_by_answer(void)
{
    Bench b = {0};

    bench_init(&b);
    SmClientHandler handler = {0};
    SmClient *mine =
        sm_client_new(b.loop, script_transport(b.script), NULL, NULL, b.rng, NULL, &handler, 0);
    sm_client_login(mine, "mia", "right", "test", free_when_done, &mine, NULL);
    bench_run(&b, 1000);
    g_assert_null(mine);
    bench_clear(&b);
}

void bench_add_keeping_tests(void)
{
    g_test_add_func("/net/keeping/restart", test_restart);
    g_test_add_func("/net/keeping/history-waits", test_history_waits);
    g_test_add_func("/net/keeping/history-of-the-gone", test_history_of_the_gone);
    g_test_add_func("/net/keeping/history-of-another", test_history_of_another);
    g_test_add_func("/net/keeping/history-of-the-erased", test_history_of_the_erased);
    g_test_add_func("/net/keeping/restored-is-the-same", test_restored_is_the_same);
    g_test_add_func("/net/keeping/compact", test_compact);
    g_test_add_func("/net/keeping/erased", test_erased);
    g_test_add_func("/net/keeping/damaged-journal", test_damaged_journal);
    g_test_add_func("/net/keeping/drafts", test_drafts);
    g_test_add_func("/net/keeping/crash-while-offline", test_crash_while_offline);
    g_test_add_func("/net/keeping/strange-state", test_strange_state);
    g_test_add_func("/net/keeping/crash-anywhere", test_crash_anywhere);
    g_test_add_func("/net/keeping/arrived-before-crash", test_arrived_before_crash);
    g_test_add_func("/net/keeping/held-is-kept", test_held_is_kept);
    g_test_add_func("/net/session/login", test_login);
    g_test_add_func("/net/session/login-away", test_login_away);
    g_test_add_func("/net/session/command", test_command);
    g_test_add_func("/net/session/typing", test_typing);
    g_test_add_func("/net/session/older", test_older);
    g_test_add_func("/net/session/start-customer", test_start_customer);
    g_test_add_func("/net/session/freed-by-handler", test_freed_by_handler);
    g_test_add_func("/net/session/freed-by-answer", test_freed_by_answer);
}
