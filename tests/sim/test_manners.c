/* SPDX-License-Identifier: MIT */
/* manners: greetings, closings, capitals; what is wrong with the file. */
#include <locale.h>

#include "case.h"
#include "seatmux/sim/manners.h"

static const char GOOD[] = "manners: Shop\n"
                           "en: {greeting: [Hello, good day], closing: [thank]}\n"
                           "zh-CN: {greeting: [您好], closing: [祝您]}\n";

static SmManners *load(const char *text, SmFindings *findings)
{
    g_autofree char *path = case_file(text);
    SmManners *manners = sm_manners_load(path, findings);
    g_unlink(path);
    return manners;
}

static void test_shipped(void)
{
    g_autofree char *path = g_build_filename(g_getenv("SEATMUX_SOURCE_ROOT"), "manners", "shop.yaml", NULL);
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmManners) manners = sm_manners_load(path, findings);
    g_assert_nonnull(manners);
    g_assert_cmpuint(sm_findings_count(findings), ==, 0);
    g_assert_true(sm_manners_greets(manners, "zh-CN", "亲，在的哦"));
    g_assert_true(sm_manners_closes(manners, "en", "Anything else I can do?"));
}

static void test_said(void)
{
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmManners) manners = load(GOOD, findings);
    g_assert_true(sm_manners_greets(manners, "en", "HELLO there"));
    g_assert_false(sm_manners_greets(manners, "en", "It is on its way"));
    g_assert_true(sm_manners_greets(manners, "zh", "您好！"));
    g_assert_false(sm_manners_closes(manners, "zh-CN", "已发货"));
    g_assert_true(sm_manners_closes(manners, "zh-CN", "祝您生活愉快"));
    g_assert_true(sm_manners_greets(manners, "de", "Moin")); /* nothing is known of it */
    g_assert_true(sm_manners_greets(NULL, "en", "x"));
}

static void test_shouting(void)
{
    g_assert_true(sm_manners_shouts("PLEASE READ THE RULES!!"));
    g_assert_false(sm_manners_shouts("DHL: OK"));       /* too short to shout */
    g_assert_false(sm_manners_shouts("Please read THE rules"));
    g_assert_false(sm_manners_shouts("请您阅读规则，谢谢您的理解与支持"));
    g_assert_false(sm_manners_shouts(""));
}

static void test_faults(void)
{
    const struct {
        const char *from, *to, *says;
        int line;
    } cases[] = {
        {"manners: Shop\n", "", "missing 'manners'", 1},
        {"[thank]", "[]", "'closing' has one word at least", 2},
        {"closing: [祝您]", "close: [祝您]", "'closing' has one word", 3},
        {"zh-CN:", "ja:", "unknown key 'ja'", 3},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = case_text(GOOD, cases[i].from, cases[i].to);
        g_autoptr(SmFindings) findings = sm_findings_new();
        g_assert_null(load(text, findings));
        case_finding(findings, cases[i].line, cases[i].says);
    }
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_assert_null(load("manners: Nobody\n", findings));
    case_finding(findings, 1, "manners are of");
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sim/manners/shipped", test_shipped);
    g_test_add_func("/sim/manners/said", test_said);
    g_test_add_func("/sim/manners/shouting", test_shouting);
    g_test_add_func("/sim/manners/faults", test_faults);
    return g_test_run();
}
