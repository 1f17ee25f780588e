/* SPDX-License-Identifier: MIT */
/* exam: what is asked, what counts as an answer, how it is marked; the same seed asks the same. */
#include <locale.h>

#include "case.h"
#include "seatmux/sim/exam.h"

static const char GOOD[] = "exam: Small\n"
                           "pass: 75%\n"
                           "written_share: 40%\n"
                           "written:\n"
                           "  time: 10m\n"
                           "  questions: 3\n"
                           "  bank:\n"
                           "    - {id: one, kind: single, answer: 2, en: {ask: A?, options: [x, y, z]}, zh-CN: {ask: 甲？, options: [一, 二, 三]}}\n"
                           "    - {id: many, kind: multiple, points: 2, answer: [1, 3], en: {ask: B?, options: [p, q, r, s]}}\n"
                           "    - {id: row, kind: order, answer: [3, 1, 2], en: {ask: C?, options: [u, v, w]}}\n"
                           "    - {id: words, kind: short, en: {ask: D?, accept: [Satisf, csat]}}\n"
                           "applied: {scenario: first-shift, customers: 5, seeds: [7, 8]}\n";

static SmExam *load(const char *text, SmFindings *findings)
{
    g_autofree char *path = case_file(text);
    SmExam *exam = sm_exam_load(path, findings);
    g_unlink(path);
    return exam;
}

static void test_shipped(void)
{
    g_autofree char *path = g_build_filename(g_getenv("SEATMUX_SOURCE_ROOT"), "exams", "first-weeks.yaml", NULL);
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmExam) exam = sm_exam_load(path, findings);
    g_assert_nonnull(exam);
    g_assert_cmpuint(sm_findings_count(findings), ==, 0);
    for (guint i = 0; i < exam->bank->len; i++)
        g_assert_cmpuint(((SmAsk *)exam->bank->pdata[i])->texts->len, ==, 2); /* in both languages */
}

/* The answer as places of the options as they are shown. */
static char *typed(const SmPut *put, const guint *options, guint n)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < n; i++)
        for (guint k = 0; k < put->order->len; k++)
            if (g_array_index(put->order, guint, k) == options[i])
                g_string_append_c(text, (char)('a' + k));
    return g_string_free(text, FALSE);
}

static int grade(const SmPut *put, const guint *options, guint n)
{
    g_autofree char *answer = typed(put, options, n);
    return sm_put_grade(put, answer);
}

static const SmPut *of(const GPtrArray *puts, const char *id)
{
    for (guint i = 0; i < puts->len; i++) {
        const SmPut *put = puts->pdata[i];
        if (g_str_equal(put->ask->id, id))
            return put;
    }
    return NULL;
}

static void test_marks(void)
{
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmExam) exam = load(GOOD, findings);
    g_assert_nonnull(exam);
    exam->questions = 0; /* all */
    g_autoptr(SmRng) rng = sm_rng_new(3);
    g_autoptr(GPtrArray) puts = sm_exam_draw(exam, "en", rng);
    g_assert_cmpuint(puts->len, ==, 4);
    const SmPut *one = of(puts, "one"), *many = of(puts, "many"), *row = of(puts, "row"), *words = of(puts, "words");
    g_assert_cmpint(grade(one, (const guint[]){1}, 1), ==, 1000);
    g_assert_cmpint(grade(one, (const guint[]){0}, 1), ==, 0);
    g_assert_cmpint(grade(many, (const guint[]){2, 0}, 2), ==, 1000);
    g_assert_cmpint(grade(many, (const guint[]){0}, 1), ==, 500);
    g_assert_cmpint(grade(many, (const guint[]){0, 1}, 2), ==, 0);       /* one right, one wrong */
    g_assert_cmpint(grade(many, (const guint[]){0, 1, 2, 3}, 4), ==, 0); /* everything is no answer */
    g_assert_cmpint(grade(row, (const guint[]){2, 0, 1}, 3), ==, 1000);
    g_assert_cmpint(grade(row, (const guint[]){2, 1, 0}, 3), ==, 333);
    g_assert_cmpint(sm_put_grade(words, "Customer SATISFACTION"), ==, 1000);
    g_assert_cmpint(sm_put_grade(words, "speed"), ==, 0);
    g_autofree char *right = sm_put_right(row);
    g_assert_cmpstr(right, ==, "w; u; v");
}

static void test_answers(void)
{
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmExam) exam = load(GOOD, findings);
    g_autoptr(SmRng) rng = sm_rng_new(4);
    g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(guint));
    const char *why;
    exam->questions = 0;
    g_autoptr(GPtrArray) puts = sm_exam_draw(exam, "en", rng);
    g_assert_true(sm_put_read(of(puts, "many"), " B, a;d ", places, &why));
    g_assert_cmpuint(places->len, ==, 3);
    g_assert_true(sm_put_read(of(puts, "many"), "1 3", places, &why));
    g_assert_cmpuint(g_array_index(places, guint, 1), ==, 2);
    static const struct {
        const char *id, *answer;
    } bad[] = {{"one", "ab"}, {"one", "d"}, {"one", "0"}, {"one", "4294967297"}, {"one", "?"}, {"many", "aa"}, {"many", ""},
               {"row", "ab"}, {"words", "  "}};
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_test_message("%s: %s", bad[i].id, bad[i].answer);
        g_assert_false(sm_put_read(of(puts, bad[i].id), bad[i].answer, places, &why));
        g_assert_cmpint(sm_put_grade(of(puts, bad[i].id), bad[i].answer), ==, 0);
    }
}

static void test_draws(void)
{
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmExam) exam = load(GOOD, findings);
    g_autoptr(SmRng) a = sm_rng_new(5), b = sm_rng_new(5);
    g_autoptr(GPtrArray) one = sm_exam_draw(exam, "zh", a), two = sm_exam_draw(exam, "zh", b);
    g_assert_cmpuint(one->len, ==, 3);
    for (guint i = 0; i < one->len; i++) {
        const SmPut *x = one->pdata[i], *y = two->pdata[i];
        g_assert_true(x->ask == y->ask);
        g_assert_cmpmem(x->order->data, x->order->len * sizeof(guint), y->order->data, y->order->len * sizeof(guint));
        g_assert_cmpstr(x->text->language, ==, g_str_equal(x->ask->id, "one") ? "zh-CN" : "en");
    }
    gint64 seed = sm_exam_seed(exam, a);
    g_assert_true(seed == 7 || seed == 8);
}

static void test_findings(void)
{
    static const struct {
        const char *from, *to, *says;
        int line;
    } cases[] = {
        {"pass: 75%", "pass: 120%", "share", 2},
        {"questions: 3", "questions: 9", "more questions", 6},
        {"answer: 2,", "answer: 4,", "numbers from 1", 8},
        {"answer: 2,", "answer: [1, 2],", "one option where the kind is single", 8},
        {"answer: [3, 1, 2]", "answer: [3, 1]", "all of them", 10},
        {"answer: [1, 3]", "answer: [1, 1]", "each once", 9},
        {"options: [一, 二, 三]", "options: [一, 二]", "same options", 8},
        {"accept: [Satisf, csat]", "accept: []", "'accept'", 11},
        {"id: many", "id: one", "twice", 8},
        {"seeds: [7, 8]", "seeds: [x]", "a seed is a number", 12},
        {"kind: order", "kind: rows", "must be one of", 10},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = case_text(GOOD, cases[i].from, cases[i].to);
        g_autoptr(SmFindings) findings = sm_findings_new();
        g_autoptr(SmExam) exam = load(text, findings);
        g_assert_null(exam);
        case_finding(findings, cases[i].line, cases[i].says);
    }
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/exam/shipped", test_shipped);
    g_test_add_func("/exam/marks", test_marks);
    g_test_add_func("/exam/answers", test_answers);
    g_test_add_func("/exam/draws", test_draws);
    g_test_add_func("/exam/findings", test_findings);
    return g_test_run();
}
