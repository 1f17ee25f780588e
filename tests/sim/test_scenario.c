/* SPDX-License-Identifier: MIT */
/* scenario: every shipped file loads clean; what is wrong in one is said with its place; answers lead where they should. */
#include <locale.h>

#include "case.h"
#include "seatmux/sim/scenario.h"

static const char GOOD[] = "scenario: Small\n"
                           "arrivals: {rate: 20/min, first: [0s, 1500ms], at_once: 2}\n"
                           "personas:\n"
                           "  - {id: calm, patience: 30s, typo: 5%}\n"
                           "dialogues:\n"
                           "  - id: size\n"
                           "    language: zh-CN\n"
                           "    names: [王小明]\n"
                           "    again: [在吗]\n"
                           "    thanks: [谢谢]\n"
                           "    angry: [再见]\n"
                           "    nodes:\n"
                           "      - id: ask\n"
                           "        say: [[在吗, 什么码], 尺码？]\n"
                           "        answers:\n"
                           "          - {any: [码, Size], all: [M], go: stock}\n"
                           "          - {regex: '^no', go: angry}\n"
                           "        otherwise: ask\n"
                           "      - id: stock\n"
                           "        say: 有货吗\n"
                           "        otherwise: thanks\n";

static SmScenario *load(const char *text, SmFindings *findings)
{
    g_autofree char *path = case_file(text);
    SmScenario *scenario = sm_scenario_load(path, findings);
    g_unlink(path);
    return scenario;
}

static void test_shipped(void)
{
    g_autofree char *directory = g_build_filename(g_getenv("SEATMUX_SOURCE_ROOT"), "scenarios", NULL);
    g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
    g_assert_nonnull(dir);
    const char *name;
    guint n = 0, typo = 0, emoji = 0, pastes = 0, two = 0, silent = 0, moods = 0;
    while ((name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(directory, name, NULL);
        g_autoptr(SmFindings) findings = sm_findings_new();
        g_autoptr(SmScenario) scenario = sm_scenario_load(path, findings);
        for (guint i = 0; i < sm_findings_count(findings); i++)
            g_test_message("%s", sm_finding_format(sm_findings_at(findings, i)));
        g_assert_cmpuint(sm_findings_count(findings), ==, 0);
        g_assert_nonnull(scenario);
        n++;
        for (guint i = 0; i < scenario->personas->len; i++) {
            const SmPersona *p = scenario->personas->pdata[i];
            typo += p->typo > 0.02; /* as shipped */
            emoji += p->emoji > 0;
            pastes += p->pastes > 0;
            two += p->two_questions > 0;
            silent += p->silent > 0.1;
            moods |= 1u << p->mood;
        }
    }
    g_assert_cmpuint(n, >=, 12);
    /* Every habit is somebody's whom a trainee meets. */
    g_assert_true(typo && emoji && pastes && two && silent);
    g_assert_cmpuint(moods, ==, (1u << SM_MOODS) - 1);
}

static void test_fields(void)
{
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmScenario) s = load(GOOD, findings);
    g_assert_nonnull(s);
    g_assert_cmpuint(sm_findings_errors(findings), ==, 0);
    g_assert_cmpfloat(s->per_minute, ==, 20);
    g_assert_cmpuint(s->n_first, ==, 2);
    g_assert_cmpint(s->first[1], ==, 1500);
    g_assert_cmpint(((SmPersona *)s->personas->pdata[0])->patience, ==, 30000);
    g_assert_cmpfloat_with_epsilon(((SmPersona *)s->personas->pdata[0])->typo, 0.05, 1e-9);
    const SmDialogue *d = s->dialogues->pdata[0];
    const SmNode *ask = sm_dialogue_node(d, "ask");
    g_assert_cmpuint(ask->says->len, ==, 2);
    g_assert_cmpuint(g_strv_length(ask->says->pdata[0]), ==, 2);
}

static void test_routes(void)
{
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmScenario) s = load(GOOD, findings);
    const SmNode *ask = sm_dialogue_node(s->dialogues->pdata[0], "ask");
    g_assert_cmpstr(sm_node_next(ask, "建议 m 码"), ==, "stock");
    g_assert_cmpstr(sm_node_next(ask, "size M, please"), ==, "stock");
    g_assert_cmpstr(sm_node_next(ask, "建议 L 码"), ==, "ask"); /* `all` is not met */
    g_assert_cmpstr(sm_node_next(ask, "No."), ==, "angry");
    g_assert_cmpstr(sm_node_next(ask, "稍等"), ==, "ask");
}

/* Each replacement breaks one thing; the finding names the line and the thing. */
static void test_findings(void)
{
    static const struct {
        const char *from, *to;
        int line;
        const char *says;
    } cases[] = {
        {"rate: 20/min", "rate: fast", 2, "rate"},
        {"typo: 5%", "typo: 120%", 4, "chance"},
        {"typo: 5%", "tipo: 5%", 4, "tipo"},
        {"typo: 5%", "mood: merry", 4, "a mood is calm, friendly"},
        {"go: stock}", "go: stok}", 13, "stok"},
        {"'^no'", "'(no'", 17, "regular expression"},
        {"thanks: [谢谢]", "thanks: []", 10, "thanks"},
        {"personas:\n  - {id: calm, patience: 30s, typo: 5%}\n", "personas: []\n", 3, "persona"},
        {"first: [0s, 1500ms]", "first: [soon]", 2, "first"},
        {"        say: 有货吗\n", "", 19, "missing 'say'"}, /* found by fuzzing: no place for a key that is not there */
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(SmFindings) findings = sm_findings_new();
        g_autofree char *text = case_text(GOOD, cases[i].from, cases[i].to);
        g_autoptr(SmScenario) scenario = load(text, findings);
        g_assert_null(scenario);
        g_assert_cmpuint(sm_findings_errors(findings), >=, 1);
        case_finding(findings, cases[i].line, cases[i].says);
    }
}

/* What can be read but not played. A finding may be a warning: then the file is used. */
static void test_lint(void)
{
    static const struct {
        const char *from, *to;
        int line;
        const char *says;
        gboolean warning;
    } cases[] = {
        {"all: [M], go: stock}", "all: [M], go: thanks}", 19, "no answer leads to node 'stock'", FALSE},
        {"        otherwise: thanks\n", "        otherwise: stock\n", 13, "no way leads to 'thanks'", FALSE},
        {"all: [M], go: stock}", "all: [M], go: stock, mistake: not asked}", 13, "no way leads to 'thanks'", FALSE},
        {"        otherwise: ask\n", "        model: [no]\n        otherwise: ask\n", 13, "the model answer 'no'", FALSE},
        {"any: [码, Size], all: [M]", "regex: '^[0-9]+$'", 13, "needs a 'model' answer", FALSE},
        {"- {regex: '^no', go: angry}", "- {any: [尺码 M], all: [码], go: stock}", 0, "no dialogue in en", TRUE},
        {"any: [码, Size], all: [M], go: stock}", "any: [码], go: stock}\n          - {any: [尺码, 号码], go: angry}", 13,
         "way on 2 is never taken", TRUE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(SmFindings) findings = sm_findings_new();
        g_autofree char *text = case_text(GOOD, cases[i].from, cases[i].to);
        g_autoptr(SmScenario) scenario = load(text, findings);
        g_assert_cmpint(scenario != NULL, ==, cases[i].warning);
        const SmFinding *first = case_finding(findings, cases[i].line, cases[i].says);
        g_assert_cmpint(first->warning, ==, cases[i].warning);
    }
}

/* All that is wrong is said in one run. */
static void test_lint_all(void)
{
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autofree char *text = case_text(GOOD, "        otherwise: thanks\n",
                                      "        model: [yes]\n        otherwise: stock\n      - id: lost\n        say: x\n        otherwise: thanks\n");
    g_autoptr(SmScenario) scenario = load(text, findings);
    g_assert_null(scenario);
    case_finding(findings, 13, "no way leads to 'thanks'");
    g_assert_cmpuint(sm_findings_count(findings), ==, 2); /* what only follows from the first is not said */
    g_assert_nonnull(strstr(sm_findings_at(findings, 1)->text, "no answer leads to node 'lost'"));
}

/* The shortest way to thanks, in the file's own words where it has some. */
static void test_answers(void)
{
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmScenario) s = load(GOOD, findings);
    const SmDialogue *d = s->dialogues->pdata[0];
    const SmNode *ask = sm_dialogue_node(d, "ask"), *stock = sm_dialogue_node(d, "stock");
    g_assert_cmpint(sm_dialogue_distance(d, ask), ==, 2);
    g_assert_cmpint(sm_dialogue_distance(d, stock), ==, 1);
    g_autofree char *first = sm_dialogue_answer(d, ask), *second = sm_dialogue_answer(d, stock);
    g_assert_cmpstr(first, ==, "码 M");
    g_assert_cmpstr(sm_node_next(ask, first), ==, "stock");
    g_assert_cmpstr(sm_node_next(stock, second), ==, "thanks");
}

/* A day in stretches; after the last one the rate of the file. */
static void test_curve(void)
{
    g_auto(GStrv) parts = g_strsplit(GOOD, "first: [0s, 1500ms]", 2);
    g_autofree char *text = g_strjoinv("curve: [{for: 1h, rate: 6/h}, {for: 30m, rate: 2/min}]", parts);
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmScenario) s = load(text, findings);
    g_assert_nonnull(s);
    static const struct {
        int64_t at, until;
        double rate;
    } cases[] = {{0, 3600000, 0.1}, {3599999, 3600000, 0.1}, {3600000, 5400000, 2}, {5400000, INT64_MAX, 20}};
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        int64_t until;
        g_assert_cmpfloat_with_epsilon(sm_scenario_rate(s, cases[i].at, &until), cases[i].rate, 1e-9);
        g_assert_cmpint(until, ==, cases[i].until);
    }
}

/* The customers of another file; a dialogue without lines of its own takes those of its language. */
static void test_include(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_dir_make_tmp("scenario-XXXXXX", &error);
    g_autofree char *good = g_build_filename(folder, "good.yaml", NULL), *day = g_build_filename(folder, "day.yaml", NULL);
    g_assert_true(g_file_set_contents(good, GOOD, -1, NULL));
    static const char DAY[] = "scenario: Day\ninclude: [good]\ncommon:\n  en: {names: [Ann], again: [Hello?], thanks: [Thanks], angry: [Bye]}\n"
                              "dialogues:\n  - {id: own, language: en, angry: [Never again], nodes: [{id: a, say: Hi, otherwise: thanks}]}\n";
    g_assert_true(g_file_set_contents(day, DAY, -1, NULL));
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmScenario) s = sm_scenario_load(day, findings);
    for (guint i = 0; i < sm_findings_count(findings); i++)
        g_test_message("%s", sm_finding_format(sm_findings_at(findings, i)));
    g_assert_nonnull(s);
    g_assert_cmpuint(sm_findings_count(findings), ==, 0);
    g_assert_cmpuint(s->dialogues->len, ==, 2);
    g_assert_cmpuint(s->personas->len, ==, 1);
    const SmDialogue *own = s->dialogues->pdata[0];
    g_assert_cmpstr(own->names[0], ==, "Ann");
    g_assert_cmpstr(own->lines.angry[0], ==, "Never again");
    g_assert_true(g_file_set_contents(good, "scenario: x\n", -1, NULL));
    g_autoptr(SmScenario) broken = sm_scenario_load(day, findings);
    g_assert_null(broken);
    g_unlink(good);
    g_unlink(day);
    g_rmdir(folder);
}

static void test_goals(void)
{
    g_autofree char *text = g_strconcat(GOOD, "goals: {thanked: 75%, first_response: 8s, mistakes: 1}\n", NULL);
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmScenario) s = load(text, findings);
    g_assert_nonnull(s);
    g_assert_cmpfloat(s->goals.thanked, ==, 0.75);
    g_assert_cmpfloat(s->goals.within, ==, 0.8);
    g_assert_cmpint(s->goals.first_response, ==, 8000);
    g_assert_cmpint(s->goals.response, ==, -1);
    g_assert_cmpint(s->goals.mistakes, ==, 1);
}

static void test_rates(void)
{
    double rate = 0;
    g_assert_true(sm_rate_parse("20/min", &rate));
    g_assert_cmpfloat(rate, ==, 20);
    g_assert_true(sm_rate_parse("120/h", &rate));
    g_assert_cmpfloat(rate, ==, 2);
    g_assert_true(sm_rate_parse("0.5/s", &rate));
    g_assert_cmpfloat(rate, ==, 30);
    static const char *const bad[] = {"", "20", "20/", "20/day", "-1/min", "0/min", "x/min", "nan/min"};
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_false(sm_rate_parse(bad[i], &rate));
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/scenario/shipped-files-are-clean", test_shipped);
    g_test_add_func("/scenario/fields", test_fields);
    g_test_add_func("/scenario/answers-lead-on", test_routes);
    g_test_add_func("/scenario/findings-have-places", test_findings);
    g_test_add_func("/scenario/lint", test_lint);
    g_test_add_func("/scenario/lint-all", test_lint_all);
    g_test_add_func("/scenario/answers-that-help", test_answers);
    g_test_add_func("/scenario/arrival-curve", test_curve);
    g_test_add_func("/scenario/include-and-common", test_include);
    g_test_add_func("/scenario/goals", test_goals);
    g_test_add_func("/scenario/rates", test_rates);
    return g_test_run();
}
