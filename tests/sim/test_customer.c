/* SPDX-License-Identifier: MIT */
/* customer: simulated customers against a scripted desk: they start, write, are answered, thank, rate and leave; unanswered
 * they ask again and leave angry; a broken connection makes them repeat the same id. */
#include <locale.h>

#include "case.h"
#include "seatmux/sim/sim.h"

typedef struct {
    SmLoop *loop;
    GString *story;       /* what reached the desk, one line each */
    GHashTable *ids;      /* command ids seen */
    int repeats;
    int typing;           /* times the customer was seen typing */
    char *preview;        /* what was said to be written last; NULL: nothing */
    gboolean previews;    /* the customer's page shows it */
    GString *written;     /* every message, a line each; NULL: not wanted */
    int stars;
    int fail_first;       /* so many writes break after they arrived */
    gboolean answers;     /* the agent answers everything */
    GPtrArray *events;    /* char*: JSON events for the one customer */
    guint read;           /* of these */
    gint64 seq;
    uint64_t seed;        /* of the customer; 0: 3 */
    char *first_id;       /* of the customer's commands; NULL: none yet */
    void (*parked)(SmAnswer *answer, void *user);
    void *parked_user;
    gboolean finished;    /* the simulator said so */
    GString *mistakes;    /* as asked | answered | why | model; NULL: not wanted */
} Desk;

static void add_event(Desk *desk, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void add_event(Desk *desk, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_ptr_array_add(desk->events, g_strdup_vprintf(format, args));
    va_end(args);
}

static void answer_poll(Desk *desk, void (*done)(SmAnswer *, void *), void *user)
{
    g_autoptr(GString) list = g_string_new(NULL);
    for (; desk->read < desk->events->len; desk->read++)
        g_string_append_printf(list, "%s%s", list->len ? "," : "", (char *)desk->events->pdata[desk->read]);
    g_autofree char *text = g_strdup_printf("{\"cursor\":\"c%u\",\"now\":1,\"fold\":1,\"events\":[%s]}", desk->read, list->str);
    done(sm_answer_new(200, json_loads(text, 0, NULL)), user);
}

static void wake(void *user)
{
    Desk *desk = user;
    if (desk->parked && desk->read < desk->events->len) {
        void (*done)(SmAnswer *, void *) = g_steal_pointer(&desk->parked);
        answer_poll(desk, done, desk->parked_user);
    }
}

static void write_arrives(Desk *desk, const SmRequest *request)
{
    g_autoptr(json_t) body = NULL;
    if (request->body) {
        gsize n = 0;
        const char *bytes = g_bytes_get_data(request->body, &n);
        body = sm_json_parse(bytes, n, 65536, NULL);
    }
    g_auto(GStrv) segments = sm_url_segments(request->target);
    const char *verb = segments[g_strv_length(segments) - 1];
    if (g_str_equal(verb, "typing")) {
        desk->typing++;
        if (sm_json_str(body, "text", NULL)) {
            g_free(desk->preview);
            desk->preview = g_strdup(sm_json_str(body, "text", NULL));
        }
        return;
    }
    gboolean post = g_str_equal(request->method, "PUT");
    const char *id = post ? verb : request->idempotency_key;
    desk->first_id = desk->first_id ? desk->first_id : g_strdup(id);
    if (!g_hash_table_add(desk->ids, g_strdup(id))) {
        desk->repeats++;
        return;
    }
    g_string_append_printf(desk->story, "%s\n", post ? "write" : verb);
    if (post && desk->written)
        g_string_append_printf(desk->written, "%s|", sm_json_str(body, "text", ""));
    if (g_str_equal(verb, "rate"))
        desk->stars = (int)sm_json_int(body, "stars", 0);
    if (post && desk->answers) {
        int seq = (int)++desk->seq;
        add_event(desk, "{\"type\":\"message.posted\",\"v\":1,\"seq\":%d,\"conversation\":\"k\",\"message\":\"m%d\",\"author\":\"agent\","
                        "\"agent\":\"mia\",\"kind\":\"text\",\"n\":%d,\"content\":\"x\",\"digest\":\"00\",\"text\":\"建议 M 码, yes\"}",
                  seq, seq, seq);
        sm_loop_after(desk->loop, 1000, wake, desk);
    }
}

static void *request(void *user, const SmRequest *request, void (*done)(SmAnswer *answer, void *user), void *done_user)
{
    Desk *desk = user;
    if (g_str_equal(request->method, "GET")) {
        if (desk->read < desk->events->len)
            answer_poll(desk, done, done_user);
        else {
            desk->parked = done;
            desk->parked_user = done_user;
        }
        return desk;
    }
    write_arrives(desk, request);
    if (desk->fail_first > 0) {
        desk->fail_first--;
        done(sm_answer_text(503, "text/plain", g_strdup("later")), done_user);
        return NULL;
    }
    done(sm_answer_new(201, json_pack("{s:s,s:s,s:s,s:s,s:i}", "token", "t", "conversation", "k", "contact", "p", "cursor", "c0", "seq", 1)),
         done_user);
    return NULL;
}

static void cancel(void *handle)
{
    ((Desk *)handle)->parked = NULL;
}

static const char SCENARIO[] = "scenario: One\n"
                               "arrivals: {rate: 60/min, total: 1, first: [0s]}\n"
                               "personas: [{id: p, patience: 20s, asks_again: 2, burst: 2, typing: 10, silent: 0, typo: 0}]\n"
                               "dialogues:\n"
                               "  - id: d\n"
                               "    language: zh-CN\n"
                               "    names: [王小明]\n"
                               "    again: [在吗]\n"
                               "    thanks: [谢谢]\n"
                               "    angry: [再见]\n"
                               "    nodes:\n"
                               "      - {id: a, say: [[一, 二]], answers: [{any: [码], go: thanks}], otherwise: a}\n";

static void finished(void *user)
{
    ((Desk *)user)->finished = TRUE;
}

static SmSimStats live(Desk *desk, const char *yaml, int64_t *took)
{
    g_autofree char *path = case_file(yaml);
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmScenario) scenario = sm_scenario_load(path, findings);
    g_unlink(path);
    g_assert_nonnull(scenario);
    g_autoptr(SmLoop) loop = sm_loop_new_virtual(1000000);
    g_autoptr(SmRng) rng = sm_rng_new(desk->seed ? desk->seed : 3);
    desk->loop = loop;
    desk->story = g_string_new(NULL);
    desk->ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    desk->events = g_ptr_array_new_with_free_func(g_free);
    SmDeskOps ops = {request, cancel, desk};
    SmTransport *transport = sm_transport_new_inprocess(loop, &ops, 2);
    SmSimOptions options = {.speed = 1, .preview = desk->previews, .finished = finished, .user = desk};
    SmSim *sim = sm_sim_new(loop, transport, scenario, rng, &options, NULL);
    sm_sim_start(sim);
    sm_loop_run_until(loop, 600000);
    SmSimStats stats = sm_sim_stats(sim);
    *took = sm_loop_now(loop);
    const GPtrArray *answers = sm_sim_answers(sim);
    for (guint i = 0; desk->mistakes && i < answers->len; i++) {
        const SmSimAnswer *m = answers->pdata[i];
        g_assert_cmpint(m->helped, ==, m->model == NULL);
        g_assert_nonnull(sm_dialogue_node(m->dialogue, m->node->id));
        if (!m->helped)
            g_string_append_printf(desk->mistakes, "%s|%s|%s|%s\n", m->asked, m->answered, m->why, m->model);
    }
    sm_sim_free(sim);
    sm_transport_free(transport);
    g_hash_table_unref(desk->ids);
    g_ptr_array_unref(desk->events);
    return stats;
}

static void desk_clear(Desk *desk)
{
    g_string_free(desk->story, TRUE);
    g_free(desk->first_id);
}

static void test_answered(void)
{
    Desk desk = {.answers = TRUE};
    int64_t took;
    SmSimStats stats = live(&desk, SCENARIO, &took);
    g_assert_cmpstr(desk.story->str, ==, "conversations\nwrite\nwrite\nwrite\nrate\nleave\n");
    g_assert_cmpint(stats.thanked, ==, 1);
    g_assert_cmpint(stats.angry, ==, 0);
    g_assert_cmpint(stats.errors, ==, 0);
    g_assert_cmpint(stats.sent, ==, 3);
    g_assert_cmpint(stats.received, >=, 2);
    desk_clear(&desk);
}

static void test_unanswered(void)
{
    Desk desk = {0};
    int64_t took;
    SmSimStats stats = live(&desk, SCENARIO, &took);
    /* Two lines, asks again twice, says good-bye; nobody answered, so there is nothing to rate. */
    g_assert_cmpstr(desk.story->str, ==, "conversations\nwrite\nwrite\nwrite\nwrite\nwrite\nleave\n");
    g_assert_cmpint(stats.angry, ==, 1);
    desk_clear(&desk);
}

static void test_repeats_the_same_id(void)
{
    Desk desk = {.answers = TRUE, .fail_first = 3};
    int64_t took;
    SmSimStats stats = live(&desk, SCENARIO, &took);
    g_assert_cmpint(desk.repeats, ==, 3);
    g_assert_cmpstr(desk.story->str, ==, "conversations\nwrite\nwrite\nwrite\nrate\nleave\n");
    g_assert_cmpint(stats.thanked, ==, 1);
    desk_clear(&desk);
}

/* A second run begins with other ids: the desk of the first one has not forgotten them. */
static void test_ids_of_each_run(void)
{
    Desk first = {.answers = TRUE}, second = {.answers = TRUE, .seed = 4};
    int64_t took;
    live(&first, SCENARIO, &took);
    live(&second, SCENARIO, &took);
    g_assert_cmpstr(first.first_id, !=, second.first_id);
    desk_clear(&first);
    desk_clear(&second);
}

/* A line that takes longer than a second to type is seen coming, a short one is not. */
static void test_typing(void)
{
    g_auto(GStrv) parts = g_strsplit(SCENARIO, "[[一, 二]]", 2);
    g_autofree char *yaml = g_strconcat(parts[0], "[[一, 一二三四五六七八九十一二三四五六七八九十]]", parts[1], NULL);
    Desk desk = {.answers = TRUE};
    int64_t took;
    live(&desk, yaml, &took);
    g_assert_cmpint(desk.typing, ==, 1);
    desk_clear(&desk);
}

/* What was wrong is kept with the scenario's words, what was beside the point without; and what would have helped. */
static void test_mistakes(void)
{
    g_auto(GStrv) parts = g_strsplit(SCENARIO, "answers: [{any: [码], go: thanks}], otherwise: a}", 2);
    g_autofree char *yaml = g_strconcat(parts[0], "answers: [{any: [码], go: b, mistake: no size was asked}, {any: [红], go: thanks}]}\n"
                                        "      - {id: b, say: 三, model: [是红的], answers: [{any: [红], go: thanks}], otherwise: angry}",
                                        parts[1], NULL);
    Desk desk = {.answers = TRUE, .mistakes = g_string_new(NULL)};
    int64_t took;
    SmSimStats stats = live(&desk, yaml, &took);
    g_assert_cmpint(stats.angry, ==, 1);
    g_assert_cmpstr(desk.mistakes->str, ==, "一 二|建议 M 码, yes\n建议 M 码, yes|no size was asked|红\n"
                                            "三|建议 M 码, yes|(null)|是红的\n");
    g_string_free(desk.mistakes, TRUE);
    desk_clear(&desk);
}

/* A shift of a minute and a half: customers come for so long, and those who are there are waited for. */
static void test_shift_ends(void)
{
    g_auto(GStrv) parts = g_strsplit(SCENARIO, "arrivals: {rate: 60/min, total: 1, first: [0s]}", 2);
    g_autofree char *yaml = g_strconcat(parts[0], "duration: 90s\narrivals: {rate: 60/min, first: [0s]}", parts[1], NULL);
    Desk desk = {0};
    int64_t took;
    SmSimStats stats = live(&desk, yaml, &took);
    g_assert_cmpint(stats.arrived, >, 60);
    g_assert_cmpint(stats.arrived, <, 130);
    g_assert_cmpint(stats.angry, ==, stats.arrived);
    g_assert_true(desk.finished);
    desk_clear(&desk);
}

/* The order number first, in a message of its own, and an emoji behind each line. */
static void test_habits(void)
{
    g_autofree char *habits = case_text(SCENARIO, "typo: 0}", "typo: 0, pastes: 100%, emoji: 1}");
    g_autofree char *ordered = case_text(habits, "    again:", "    orders: [\"48213\"]\n    again:");
    g_autofree char *yaml = case_text(ordered, "[码]", "[红]");
    Desk desk = {.answers = TRUE, .mistakes = g_string_new(NULL)};
    int64_t took;
    live(&desk, yaml, &took);
    g_assert_true(g_str_has_prefix(desk.story->str, "conversations\nwrite\nwrite\nwrite\n")); /* the number, and a burst of two */
    g_test_message("%s", desk.mistakes->str);
    g_assert_true(g_regex_match_simple("^48213 一 [^ ]+ 二 [^ ]+\\|", desk.mistakes->str, 0, 0));
    g_string_free(desk.mistakes, TRUE);
    desk_clear(&desk);
}

/* Where the desk shows it, what is being written is told again and again as it grows. */
static void test_preview(void)
{
    g_autofree char *yaml = case_text(SCENARIO, "[[一, 二]]", "[一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十]");
    Desk desk = {.answers = TRUE, .previews = TRUE};
    int64_t took;
    live(&desk, yaml, &took);
    g_assert_cmpint(desk.typing, ==, 3); /* three seconds at ten a second: nothing, ten, twenty */
    g_assert_cmpstr(desk.preview, ==, "一二三四五六七八九十一二三四五六七八九十");
    g_free(desk.preview);
    desk_clear(&desk);
}

/* Upset: the own first words, exclamations, less patience, fewer stars. */
static void test_mood(void)
{
    g_autofree char *one = case_text(SCENARIO, "typo: 0}", "typo: 0, mood: upset}");
    g_autofree char *yaml = case_text(one, "    nodes:", "    moods: {upset: {opens: [气死了], thanks: [行吧。]}}\n    nodes:");
    Desk calm = {.answers = TRUE}, upset = {.answers = TRUE, .written = g_string_new(NULL)}, alone = {0}, alone_upset = {0};
    int64_t took;
    live(&calm, SCENARIO, &took);
    live(&upset, yaml, &took);
    g_assert_cmpstr(upset.written->str, ==, "气死了！|一！|二！|行吧！|");
    g_assert_cmpint(calm.stars, ==, 5);
    g_assert_cmpint(upset.stars, ==, 3);
    live(&alone, SCENARIO, &took);
    live(&alone_upset, one, &took);
    g_string_free(upset.written, TRUE);
    desk_clear(&calm);
    desk_clear(&upset);
    desk_clear(&alone);
    desk_clear(&alone_upset);
    g_assert_cmpint(sm_mood_patience(SM_MOOD_UPSET, 10000), ==, 6000);
    g_assert_cmpint(sm_mood_stars(SM_MOOD_UPSET, FALSE, 2), ==, 1);
    g_autofree char *question = sm_mood_words(SM_MOOD_IMPATIENT, "在吗？"), *calmly = sm_mood_words(SM_MOOD_CALM, "在吗？"),
                    *english = sm_mood_words(SM_MOOD_UPSET, "It is broken."), *smile = sm_mood_words(SM_MOOD_UPSET, "(:");
    g_assert_cmpstr(question, ==, "在吗？？");
    g_assert_cmpstr(calmly, ==, "在吗？");
    g_assert_cmpstr(english, ==, "It is broken!");
    g_assert_cmpstr(smile, ==, "(:");
}

/* Both questions in one go: an answer to both goes on to the end; one that leaves the second open has it asked again. */
static void test_two_questions(void)
{
    static const char *const second[] = {"M", "红"};
    for (guint i = 0; i < G_N_ELEMENTS(second); i++) {
        g_autofree char *habit = case_text(SCENARIO, "typo: 0}", "typo: 0, two_questions: 100%}");
        g_autofree char *nodes = g_strdup_printf("answers: [{any: [码], go: b}], otherwise: a}\n"
                                                 "      - {id: b, say: 三, answers: [{any: [%s], go: thanks}], otherwise: b}",
                                                 second[i]);
        g_autofree char *yaml = case_text(habit, "answers: [{any: [码], go: thanks}], otherwise: a}", nodes);
        Desk desk = {.answers = TRUE, .written = g_string_new(NULL), .mistakes = g_string_new(NULL)};
        int64_t took;
        SmSimStats stats = live(&desk, yaml, &took);
        if (i == 0) {
            g_assert_cmpstr(desk.written->str, ==, "一|二|三|谢谢|");
            g_assert_cmpint(stats.thanked, ==, 1);
        } else { /* the agent of this desk never says the word */
            g_assert_true(g_str_has_prefix(desk.written->str, "一|二|三|三|"));
            g_assert_true(g_str_has_prefix(desk.mistakes->str, "一 二 三|建议 M 码, yes"));
            g_assert_cmpint(stats.thanked, ==, 0);
        }
        g_string_free(desk.written, TRUE);
        g_string_free(desk.mistakes, TRUE);
        desk_clear(&desk);
    }
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/customer/answered-thanks-rates-leaves", test_answered);
    g_test_add_func("/customer/unanswered-asks-again-and-leaves-angry", test_unanswered);
    g_test_add_func("/customer/repeats-the-same-id", test_repeats_the_same_id);
    g_test_add_func("/customer/ids-of-each-run", test_ids_of_each_run);
    g_test_add_func("/customer/is-seen-typing", test_typing);
    g_test_add_func("/customer/habits", test_habits);
    g_test_add_func("/customer/preview", test_preview);
    g_test_add_func("/customer/mood", test_mood);
    g_test_add_func("/customer/two-questions", test_two_questions);
    g_test_add_func("/customer/mistakes-are-kept", test_mistakes);
    g_test_add_func("/customer/a-shift-ends", test_shift_ends);
    return g_test_run();
}
