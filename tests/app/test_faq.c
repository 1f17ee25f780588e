/* SPDX-License-Identifier: MIT */
/* Frequent questions: words, what fits and what does not, layers, and what is wrong with a file. */
#include <glib/gstdio.h>
#include <string.h>

#include "seatmux/app/faq.h"

static const char SHOP[] = "faq: shop\nlanguage: zh-CN\nentries:\n"
                           "  - {id: return, questions: [怎么退货, 退货流程是什么], answer: 七天内可退}\n"
                           "  - {id: parcel, questions: [什么时候发货, where is my parcel], answer: \"{{contact.name|亲}}，明天\"}\n"
                           "  - {id: size, team: presale, questions: [有没有大一点的尺码], answer: 有的}\n";

static char *put(const char *directory, const char *name, const char *text)
{
    char *path = g_build_filename(directory, name, NULL);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    return path;
}

static void words(void)
{
    g_auto(GStrv) found = sm_faq_words("请问 iPhone15 怎么退货？ 货");
    g_autofree char *all = g_strjoinv(" ", found);

    g_assert_cmpstr(all, ==, "请问 iphone15 怎么 么退 退货 货");
}

static const char *best(SmFaq *faq, const char *text, const char *team)
{
    g_autoptr(GPtrArray) hits = sm_faq_match(faq, text, team, 9);
    return hits->len > 0 ? ((SmReply *)hits->pdata[0])->code : NULL;
}

static void fits(void)
{
    g_autofree char *directory = g_dir_make_tmp("faq-XXXXXX", NULL), *path = put(directory, "shop.yaml", SHOP);
    g_autofree char *pack = put(directory, "pack.yaml", "pack: p\nreplies: [{code: hi, text: hello}]\n");
    const char *directories[] = {directory, NULL};
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmFaq) faq = sm_faq_load(directories, findings);
    g_autoptr(SmReplies) replies = sm_replies_load(directories, findings);

    g_assert_cmpuint(sm_findings_count(findings), ==, 0); /* each passes over the other's files */
    g_assert_cmpuint(sm_replies_count(replies), ==, 1);
    g_assert_cmpuint(sm_faq_count(faq), ==, 3);
    g_assert_cmpstr(best(faq, "亲，我想问一下怎么退货啊", NULL), ==, "return");
    g_assert_cmpstr(best(faq, "Hello, WHERE is my parcel?!", NULL), ==, "parcel");
    g_assert_null(best(faq, "谢谢，再见", NULL));
    g_assert_null(best(faq, "", NULL));
    g_assert_null(best(faq, "\" OR * NEAR(", NULL));
    g_assert_null(best(faq, "有没有大一点的尺码", NULL));
    g_assert_cmpstr(best(faq, "有没有大一点的尺码", "presale"), ==, "size");
    g_remove(path);
    g_remove(pack);
    g_rmdir(directory);
}

static void layers(void)
{
    g_autofree char *low = g_dir_make_tmp("faq-XXXXXX", NULL), *high = g_dir_make_tmp("faq-XXXXXX", NULL);
    g_autofree char *a = put(low, "a.yaml", SHOP);
    g_autofree char *b = put(high, "b.yaml", "faq: own\nentries: [{id: return, questions: [退货运费谁出], answer: 我们出}]\n");
    const char *directories[] = {low, high, NULL};
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmFaq) faq = sm_faq_load(directories, findings);

    g_assert_cmpuint(sm_faq_count(faq), ==, 3);
    g_assert_null(best(faq, "怎么退货", NULL));
    g_assert_cmpstr(best(faq, "退货运费谁出", NULL), ==, "return");
    g_remove(a);
    g_remove(b);
    g_rmdir(low);
    g_rmdir(high);
}

static void wrong(void)
{
    static const struct {
        const char *entry, *words;
    } cases[] = {{"{questions: [a b], answer: x}", "id"},
                 {"{id: a, answer: x}", "questions"},
                 {"{id: a, questions: [ab]}", "answer"},
                 {"{id: a, questions: [\"?!\"], answer: x}", "no word"},
                 {"{id: a, questions: [ab], answer: \"{{\"}", "answer"},
                 {"{id: a, questions: [ab], answer: x, colour: red}", "colour"}};
    g_autofree char *directory = g_dir_make_tmp("faq-XXXXXX", NULL);

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strdup_printf("faq: f\nentries:\n  - %s\n", cases[i].entry);
        g_autofree char *path = put(directory, "f.yaml", text);
        g_autoptr(SmFindings) findings = sm_findings_new();
        g_autoptr(SmFaq) faq = sm_faq_load_file(path, findings);
        g_assert_cmpuint(sm_faq_count(faq), ==, 0);
        g_assert_cmpuint(sm_findings_errors(findings), >, 0);
        g_autofree char *said = sm_finding_format(sm_findings_at(findings, 0));
        if (sm_findings_at(findings, 0)->line != 3 || (!strstr(said, cases[i].words) && i != 4)) {
            g_error("%s: %s", cases[i].entry, said);
        }
        g_remove(path);
    }
    g_rmdir(directory);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/app/faq/words", words);
    g_test_add_func("/app/faq/fits", fits);
    g_test_add_func("/app/faq/layers", layers);
    g_test_add_func("/app/faq/wrong", wrong);
    return g_test_run();
}
