/* SPDX-License-Identifier: MIT */
/* curriculum: what is wrong with a file, and where somebody stands by the log of their runs; words in several languages. */
#include <locale.h>

#include "case.h"
#include "seatmux/sim/curriculum.h"

static const char GOOD[] = "curriculum: {en: Two days, zh-CN: 两天}\n"
                           "mentor: Wang Fang\n"
                           "plan: [Monday, {en: Tuesday, zh-CN: 周二}]\n"
                           "exam: first-weeks\n"
                           "days:\n"
                           "  - title: One\n"
                           "    hints: true\n"
                           "    shifts:\n"
                           "      - {scenario: haggling, customers: 6, speed: 0.5, goals: {thanked: 60%}}\n"
                           "      - {scenario: presale}\n"
                           "  - title: {zh-CN: 二, en: Two}\n"
                           "    shifts: [{scenario: first-shift, customers: 5, at_once: 2}]\n";

static SmCurriculum *load(const char *text, SmFindings *findings)
{
    g_autofree char *path = case_file(text);
    SmCurriculum *c = sm_curriculum_load(path, findings);
    g_unlink(path);
    if (c) { /* the file's name is random */
        g_free(c->id);
        c->id = g_strdup("two");
    }
    return c;
}

static SmCurriculum *good(void)
{
    g_autoptr(SmFindings) findings = sm_findings_new();
    SmCurriculum *c = load(GOOD, findings);
    g_assert_nonnull(c);
    g_assert_cmpuint(sm_findings_count(findings), ==, 0);
    return c;
}

static void test_shipped(void)
{
    g_autofree char *path = g_build_filename(g_getenv("SEATMUX_SOURCE_ROOT"), "curricula", "first-weeks.yaml", NULL);
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmCurriculum) c = sm_curriculum_load(path, findings);
    g_assert_nonnull(c);
    g_assert_cmpuint(sm_findings_count(findings), ==, 0);
    g_assert_cmpuint(c->days->len, ==, 6);
    for (guint i = 0; i < c->days->len; i++)
        g_assert_cmpint(((SmDay *)c->days->pdata[i])->hints, ==, i < 3);
    g_assert_cmpstr(c->exam, ==, "first-weeks");
}

static void test_read(void)
{
    g_autoptr(SmCurriculum) c = good();
    const SmDay *one = c->days->pdata[0], *two = c->days->pdata[1];
    const SmShift *first = one->shifts->pdata[0], *last = two->shifts->pdata[0];
    g_assert_true(one->hints && !two->hints);
    g_assert_cmpint(first->customers, ==, 6);
    g_assert_cmpfloat(first->speed, ==, 0.5);
    g_assert_cmpint(last->at_once, ==, 2);
    g_assert_cmpuint(c->plan->len, ==, 2);
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmScenario) scenario = sm_scenario_load(first->path, findings);
    SmGoals before = scenario->goals;
    sm_scenario_ask(scenario, &first->goals);
    g_assert_cmpfloat(scenario->goals.thanked, ==, 0.6);
    g_assert_cmpfloat(scenario->goals.within, ==, before.within);
    g_assert_cmpint(scenario->goals.mistakes, ==, before.mistakes);
    g_assert_cmpint(scenario->goals.first_response, ==, before.first_response);
}

static void test_words(void)
{
    g_autoptr(SmCurriculum) c = good();
    const SmPhrase *two = ((SmDay *)c->days->pdata[1])->title;
    g_assert_cmpstr(sm_phrase_in(two, "en_GB.UTF-8"), ==, "Two");
    g_assert_cmpstr(sm_phrase_in(two, "zh_CN"), ==, "二");
    g_assert_cmpstr(sm_phrase_in(two, "de"), ==, "二"); /* the first */
    g_assert_cmpstr(sm_phrase_in(two, NULL), ==, "二");
    g_assert_true(sm_phrase_speak(two, "zh") && !sm_phrase_speak(two, "de"));
    g_assert_cmpstr(sm_phrase_in(c->mentor, "zh-CN"), ==, "Wang Fang");
    g_assert_true(sm_phrase_speak(c->mentor, "zh-CN"));
    g_assert_cmpstr(sm_phrase_in(c->about, "en"), ==, "");
    g_autoptr(json_t) json = sm_phrase_json(two);
    g_assert_cmpstr(sm_json_str(json, "en", NULL), ==, "Two");
}

static void test_faults(void)
{
    const struct {
        const char *from, *to, *says;
        int line;
    } cases[] = {
        {"mentor: Wang Fang\n", "", "missing 'mentor'", 1},
        {"{en: Two days, zh-CN: 两天}", "[a]", "a text, or one for each language", 1},
        {"{en: Two days, zh-CN: 两天}", "{en: \"\"}", "a text, or one for each language", 1},
        {"scenario: haggling, ", "scenario: nonesuch, ", "no usable scenario 'nonesuch'", 9},
        {"customers: 5, ", "", "has no end", 12},
        {"speed: 0.5", "speed: 200", "'speed' is a number", 9},
        {"speed: 0.5", "speed: quick", "'speed' is a number", 9},
        {"{scenario: presale}", "{scenario: haggling}", "twice", 9},
        {"    hints: true\n", "    hint: true\n", "unknown key 'hint'", 7},
        {"    shifts: [{scenario: first-shift, customers: 5, at_once: 2}]\n", "", "1 to 20 'shifts'", 11},
        {"[Monday, {en: Tuesday, zh-CN: 周二}]", "Monday", "'plan' is a list", 3},
        {"goals: {thanked: 60%}", "goals: {thank: 60%}", "unknown key 'thank'", 9},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = case_text(GOOD, cases[i].from, cases[i].to);
        g_autoptr(SmFindings) findings = sm_findings_new();
        g_assert_null(load(text, findings));
        case_finding(findings, cases[i].line, cases[i].says);
    }
}

/* A title that the other screen would not have. */
static void test_one_language(void)
{
    g_autofree char *text = case_text(GOOD, "{zh-CN: 二, en: Two}", "{en: Two}");
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmCurriculum) c = load(text, findings);
    g_assert_nonnull(c);
    case_finding(findings, 0, "day 2: not there in zh-CN");
}

static void played(json_t *runs, const char *curriculum, int day, const char *shift, gboolean passed, gboolean finished)
{
    json_array_append_new(runs, json_pack("{s:s, s:i, s:s, s:b, s:b}", "curriculum", curriculum, "day", day, "shift", shift,
                                          "passed", passed, "finished", finished));
}

static void test_standing(void)
{
    g_autoptr(SmCurriculum) c = good();
    g_autoptr(json_t) runs = json_array();
    g_assert_cmpint(sm_curriculum_next(c, runs), ==, 0);
    g_assert_true(sm_curriculum_open(c, 0, runs) && !sm_curriculum_open(c, 1, runs));
    json_array_append_new(runs, json_pack("{s:s, s:b}", "scenario", "haggling", "passed", TRUE)); /* of no curriculum */
    played(runs, "two", 1, "haggling", FALSE, TRUE);
    played(runs, "two", 1, "haggling", TRUE, FALSE); /* left early */
    played(runs, "other", 1, "haggling", TRUE, TRUE);
    played(runs, "two", 2, "haggling", TRUE, TRUE);
    SmShiftStanding standing = sm_curriculum_shift(c, 0, 0, runs);
    g_assert_cmpuint(standing.runs, ==, 2);
    g_assert_false(standing.passed);
    played(runs, "two", 1, "haggling", TRUE, TRUE);
    g_assert_true(sm_curriculum_shift(c, 0, 0, runs).passed);
    g_assert_cmpuint(sm_curriculum_next_shift(c, 0, runs), ==, 1);
    g_assert_false(sm_curriculum_done(c, 0, runs) || sm_curriculum_open(c, 1, runs));
    played(runs, "two", 1, "presale", TRUE, TRUE);
    g_assert_true(sm_curriculum_done(c, 0, runs) && sm_curriculum_open(c, 1, runs));
    g_assert_cmpuint(sm_curriculum_next_shift(c, 0, runs), ==, 0);
    g_assert_cmpint(sm_curriculum_next(c, runs), ==, 1);
    played(runs, "two", 2, "first-shift", TRUE, TRUE);
    played(runs, "two", 2, "first-shift", FALSE, TRUE); /* a bad day later takes nothing away */
    g_assert_cmpint(sm_curriculum_next(c, runs), ==, -1);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sim/curriculum/shipped", test_shipped);
    g_test_add_func("/sim/curriculum/read", test_read);
    g_test_add_func("/sim/curriculum/words", test_words);
    g_test_add_func("/sim/curriculum/faults", test_faults);
    g_test_add_func("/sim/curriculum/one-language", test_one_language);
    g_test_add_func("/sim/curriculum/standing", test_standing);
    return g_test_run();
}
