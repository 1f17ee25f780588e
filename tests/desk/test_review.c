/* SPDX-License-Identifier: MIT */
/* Reviews: who may give one, what it counts, who is told, and what a pass over the log makes of them. */
#include <string.h>

#include "desk_fixture.h"
#include "seatmux/desk/report.h"
#include "seatmux/desk/review.h"

#define CMD(what, who, ...) ((SmCommand){.type = SM_COMMAND_##what, .actor = who, .seen = -1, __VA_ARGS__})

/* A conversation of `agent`: asked, answered after `wait` ms, rated, ended. */
static char *handled(Fixture *f, const char *agent, int64_t wait, int stars, const char *answer)
{
    char *id = NULL;
    g_autofree char *contact = NULL;

    start(f, "web", "hello", &id, &contact);
    claim(f, agent, id);
    f->now += wait;
    say(f, staff(agent), id, answer);
    if (stars > 0) {
        must(f, CMD(RATE, customer(contact), .conversation = id, .stars = stars));
    }
    must(f, CMD(RESOLVE, staff(agent), .conversation = id));
    return id;
}

static SmRecord *give(Fixture *f, const char *by, const char *id, int solved, int tone)
{
    g_autoptr(json_t) marks = json_pack("{s:i, s:i}", "solved", solved, "tone", tone);
    return must(f, CMD(REVIEW, staff(by), .conversation = id, .data = marks, .text = "REVIEW words"));
}

static void who_may(void)
{
    g_autoptr(Fixture) f = fixture_new(3, 0);
    g_autofree char *id = handled(f, "login-mia", 1000, 5, "sure"), *open = NULL, *contact = NULL;
    g_autoptr(json_t) marks = json_pack("{s:i}", "solved", 4), strange = json_pack("{s:i}", "beauty", 4);
    g_autoptr(json_t) many = json_pack("{s:i}", "solved", 6), none = json_object();

    start(f, "web", "hello", &open, &contact);
    must_not(f, CMD(REVIEW, customer(contact), .conversation = id, .data = marks), SM_PROBLEM_FORBIDDEN);
    must_not(f, CMD(REVIEW, admin(), .conversation = id, .data = marks), SM_PROBLEM_FORBIDDEN);
    must_not(f, CMD(REVIEW, staff("login-jon"), .conversation = id, .data = marks), SM_PROBLEM_FORBIDDEN);
    must_not(f, CMD(REVIEW, staff("login-max"), .conversation = id, .data = marks), SM_PROBLEM_NOT_FOUND); /* of another team */
    must_not(f, CMD(REVIEW, staff("login-sue"), .conversation = open, .data = marks, .agent = "login-mia"), SM_PROBLEM_WRONG_STATE);
    must_not(f, CMD(REVIEW, staff("login-sue"), .conversation = id, .data = strange), SM_PROBLEM_INVALID);
    must_not(f, CMD(REVIEW, staff("login-sue"), .conversation = id, .data = many), SM_PROBLEM_INVALID);
    must_not(f, CMD(REVIEW, staff("login-sue"), .conversation = id, .data = none), SM_PROBLEM_INVALID);
    must_not(f, CMD(REVIEW_COMMENT, staff("login-sue"), .conversation = id, .text = "x"), SM_PROBLEM_INVALID);
    SmRecord *record = give(f, "login-sue", id, 4, 5);
    const SmEvent *event = event_of(record, SM_EVENT_REVIEW_GIVEN);
    g_assert_cmpint(event->level, ==, 900);
    g_assert_cmpstr(event->agent, ==, "login-mia");
    g_assert_cmpstr(event->by, ==, "login-sue");
    g_assert_cmpstr(event->team, ==, "support");
    /* Long after it was archived. */
    pass(f, 3600000);
    g_assert_true(conv(f, id)->archived);
    g_assert_cmpint(event_of(give(f, "login-mia", id, 5, 5), SM_EVENT_REVIEW_GIVEN)->level, ==, 1000);
    must(f, CMD(REVIEW_COMMENT, staff("login-sue"), .conversation = id, .message = "m1", .text = "a link?"));
    must_not(f, CMD(REVIEW, staff("login-jon"), .conversation = id, .data = marks), SM_PROBLEM_FORBIDDEN);
}

/* The agent, who gave it, and who reviews that team are told; nobody else. */
static void who_is_told(void)
{
    g_autoptr(Fixture) f = fixture_new(4, 0);
    g_autofree char *id = handled(f, "login-mia", 1000, 0, "sure");
    g_autofree char *contact = g_strdup(conv(f, id)->contact);
    const SmRecord *record = give(f, "login-sue", id, 4, 5);
    const SmEvent *event = event_of(record, SM_EVENT_REVIEW_GIVEN);
    static const struct {
        const char *who;
        gboolean told;
    } people[] = {{"login-mia", TRUE}, {"login-sue", TRUE}, {"login-jon", FALSE}, {"login-max", FALSE}, {"login-tim", FALSE}};

    for (guint i = 0; i < G_N_ELEMENTS(people); i++) {
        g_autoptr(json_t) told = sm_desk_project_event(f->desk, staff(people[i].who), event, record->seq, record->at);
        g_assert_cmpint(told != NULL, ==, people[i].told);
    }
    g_assert_null(sm_desk_project_event(f->desk, customer(contact), event, record->seq, record->at));
}

static void find(const char *text, GPtrArray *found, void *user)
{
    if (strstr(text, "guarantee")) {
        g_ptr_array_add(found, g_strdup("guarantee"));
    }
}

static json_t *sample(Fixture *f, SmSampleHow how, guint64 seed, const char *agent)
{
    g_autoptr(SmReviewBook) book =
        sm_review_book_new(&(SmReviewWish){.to = INT64_MAX, .sample = TRUE, .how = how, .seed = seed, .n = 3, .agent = agent});

    sm_review_book_set_words(book, find, NULL);
    for (guint i = 0; i < f->records->len; i++) {
        sm_review_book_record(book, f->records->pdata[i]);
    }
    return sm_review_book_sample(book, NULL, NULL);
}

static const char *nth(const json_t *sample, guint i)
{
    return sm_json_str(json_array_get(json_object_get(sample, "conversations"), i), "conversation", "-");
}

static void samples(void)
{
    g_autoptr(Fixture) f = fixture_new(5, 0);
    char *ids[6];
    static const int64_t waits[] = {1000, 9000, 3000, 2000, 500, 4000};
    static const int stars[] = {5, 2, 0, 3, 1, 4};

    for (int i = 0; i < 6; i++) {
        ids[i] = handled(f, i % 2 ? "login-jon" : "login-mia", waits[i], stars[i], i == 2 ? "I guarantee that" : "sure");
    }
    pass(f, 3600000);
    g_autoptr(json_t) wait = sample(f, SM_SAMPLE_WAIT, 0, NULL), rating = sample(f, SM_SAMPLE_RATING, 0, NULL);
    g_autoptr(json_t) words = sample(f, SM_SAMPLE_WORDS, 0, NULL), jon = sample(f, SM_SAMPLE_WAIT, 0, "login-jon");
    g_assert_cmpstr(nth(wait, 0), ==, ids[1]);
    g_assert_cmpstr(nth(wait, 1), ==, ids[5]);
    g_assert_cmpint(sm_json_int(wait, "of", 0), ==, 6);
    g_assert_cmpstr(nth(rating, 0), ==, ids[4]);
    g_assert_cmpstr(nth(rating, 2), ==, ids[3]);
    g_assert_cmpint(sm_json_int(rating, "of", 0), ==, 3);
    g_assert_cmpstr(nth(words, 0), ==, ids[2]);
    g_assert_cmpint(sm_json_int(words, "of", 0), ==, 1);
    g_assert_cmpint(sm_json_int(jon, "of", 0), ==, 3);
    g_autoptr(json_t) one = sample(f, SM_SAMPLE_RANDOM, 7, NULL), again = sample(f, SM_SAMPLE_RANDOM, 7, NULL);
    g_assert_true(json_equal(one, again));
    guint other = 0;
    for (guint64 seed = 8; seed < 20; seed++) {
        g_autoptr(json_t) more = sample(f, SM_SAMPLE_RANDOM, seed, NULL);
        other += !json_equal(one, more);
    }
    g_assert_cmpuint(other, >, 8);
    for (int i = 0; i < 6; i++) {
        g_free(ids[i]);
    }
}

/* Two see the same conversation: who is stricter, how often they agree, the agent beside them; only the last of each counts. */
static void calibrated(void)
{
    g_autoptr(Fixture) f = fixture_new(6, 0);
    g_autofree char *one = handled(f, "login-mia", 1000, 0, "sure"), *two = handled(f, "login-mia", 1000, 0, "sure");
    g_autoptr(json_t) teams = json_pack("[s]", "support");

    must(f, CMD(AGENT_SET, admin(), .agent = "login-max", .name = "max", .role = SM_ROLE_SUPERVISOR, .data = teams));
    give(f, "login-sue", one, 0, 0);
    give(f, "login-sue", one, 5, 3); /* takes the first one's place: 800 */
    give(f, "login-max", one, 3, 3); /* 600 */
    give(f, "login-mia", one, 5, 5); /* own: 1000 */
    give(f, "login-sue", two, 5, 5);
    g_autoptr(SmReviewBook) book = sm_review_book_new(&(SmReviewWish){.to = INT64_MAX});
    for (guint i = 0; i < f->records->len; i++) {
        sm_review_book_record(book, f->records->pdata[i]);
    }
    g_autoptr(json_t) given = sm_review_book_given(book, NULL, NULL), all = sm_review_book_calibration(book, NULL, NULL);
    g_assert_cmpuint(json_array_size(json_object_get(given, "reviews")), ==, 4);
    const json_t *reviewers = json_object_get(all, "reviewers"), *own = json_array_get(json_object_get(all, "own"), 0);
    g_assert_cmpstr(sm_json_str(json_array_get(reviewers, 0), "by", ""), ==, "login-max"); /* strictest first */
    g_assert_cmpint(sm_json_int(json_array_get(reviewers, 0), "difference", 0), ==, -200);
    g_assert_cmpint(sm_json_int(json_array_get(reviewers, 1), "difference", 0), ==, 200);
    g_assert_cmpint(sm_json_int(json_object_get(all, "agreement"), "n", 0), ==, 2);
    g_assert_cmpint(sm_json_int(json_object_get(all, "agreement"), "same", 0), ==, 1);
    g_assert_cmpint(sm_json_int(own, "difference", 0), ==, 300);
    g_autoptr(json_t) mean = sm_review_book_mean(book, TRUE, "login-mia"), none = sm_review_book_mean(book, TRUE, "login-jon");
    g_assert_cmpint(sm_json_int(mean, "n", 0), ==, 3);
    g_assert_cmpint(sm_json_int(mean, "mean", 0), ==, 800);
    g_assert_cmpint(sm_json_int(mean, "own_mean", 0), ==, 1000);
    g_assert_null(none);
}

/* The report has it beside the figures, also from a log that was read back. */
static void reported(void)
{
    g_autoptr(Fixture) f = fixture_new(7, 0);
    g_autofree char *id = handled(f, "login-mia", 1000, 5, "sure");

    give(f, "login-sue", id, 4, 4);
    must(f, CMD(HAND_IN, staff("login-mia"), .name = "first-weeks", .permille = 870, .pass = 800, .since = 1, .seal = "0b88a18a"));
    must(f, CMD(HAND_IN, staff("login-mia"), .name = "second", .permille = 820, .pass = 800, .since = 1, .seal = "0b88a18b"));
    g_autoptr(SmReport) report = sm_report_new(&(SmReportWish){.from = 0, .to = INT64_MAX, .by = SM_SCOPE_AGENT});
    for (guint i = 0; i < f->records->len; i++) {
        g_autoptr(SmRecord) record = through_log(f->records->pdata[i]);
        g_assert_true(sm_report_record(report, record, NULL));
    }
    sm_report_end(report, -1);
    g_autoptr(json_t) json = sm_report_json(report, NULL, NULL, TRUE);
    size_t i;
    json_t *group;
    guint seen = 0;
    json_array_foreach(json_object_get(json, "groups"), i, group)
    {
        const json_t *review = json_object_get(group, "review");
        seen += review != NULL;
        if (g_str_equal(sm_json_str(group, "id", ""), "login-mia")) {
            g_assert_cmpint(sm_json_int(review, "mean", 0), ==, 800);
            const json_t *score = json_object_get(group, "score"); /* the best exam, and ratings of 100 % */
            g_assert_cmpint(sm_json_int(score, "training", 0), ==, 870);
            g_assert_cmpint(sm_json_int(score, "rating", 0), ==, 1000);
        }
    }
    g_assert_cmpuint(seen, ==, 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/desk/review/who-may", who_may);
    g_test_add_func("/desk/review/who-is-told", who_is_told);
    g_test_add_func("/desk/review/samples", samples);
    g_test_add_func("/desk/review/calibrated", calibrated);
    g_test_add_func("/desk/review/reported", reported);
    return g_test_run();
}
