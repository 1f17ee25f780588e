/* SPDX-License-Identifier: MIT */
/* Word lists: what is found, what is excepted, what is wrong with a file. */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "seatmux/text/words.h"

static char *folder;

static char *write_file(const char *name, const char *text)
{
    char *path = g_build_filename(folder, name, NULL);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    return path;
}

static SmWords *load(const char *text)
{
    g_autofree char *path = write_file("list.yaml", text);
    g_autoptr(SmFindings) findings = sm_findings_new();
    SmWords *words = sm_words_load_file(path, findings);

    for (guint i = 0; i < sm_findings_count(findings); i++)
        g_test_message("%s", sm_findings_at(findings, i)->text);
    g_assert_nonnull(words);
    return words;
}

/* "[a] [b]": what is found. */
static char *found(const SmWords *words, const char *text)
{
    g_autoptr(GArray) hits = sm_words_find(words, text);
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < hits->len; i++) {
        const SmWordHit *hit = &g_array_index(hits, SmWordHit, i);
        g_string_append_printf(out, "[%.*s]", (int)hit->len, text + hit->start);
    }
    return g_string_free(out, FALSE);
}

static void assert_found(const SmWords *words, const char *text, const char *wanted)
{
    g_autofree char *got = found(words, text);
    g_assert_cmpstr(got, ==, wanted);
}

static void matching(void)
{
    g_autoptr(SmWords) words = load("words: t\nrules:\n"
                                    "  - match: [cat, \"no  problem\", 最好, 全网最低, 全网最低价]\n"
                                    "    except: [最好先, 您最好]\n"
                                    "  - match: [café]\n");

    assert_found(words, "the CAT, a cat.", "[CAT][cat]");
    assert_found(words, "category concat cat2 _cat_", "[cat]");
    assert_found(words, "No\nproblem; NO  PROBLEM", "[No\nproblem][NO  PROBLEM]");
    assert_found(words, "这是最好的", "[最好]");
    assert_found(words, "最好先看看，您最好试试", "");
    assert_found(words, "全网最低价，全网最低", "[全网最低价][全网最低]"); /* the longest */
    assert_found(words, "我的ｃａｔ很好", "[ｃａｔ]");          /* fullwidth; Han is no part of a word */
    assert_found(words, "c\u200bat", "[c\u200bat]");         /* what can't be seen hides nothing */
    assert_found(words, "Café", "[Café]");
    assert_found(words, "", "");
    assert_found(NULL, "cat", "");
}

static void levels_and_most(void)
{
    g_autoptr(SmWords) words = load("words: t\nlevel: block\nrules:\n"
                                    "  - {match: 亲, except: [亲自], most: 2, level: warn, why: w}\n"
                                    "  - {match: 刷单, instead: i}\n");

    assert_found(words, "亲，亲自，亲", "");
    assert_found(words, "亲，亲自，亲，亲，亲", "[亲][亲]");
    g_autoptr(GArray) hits = sm_words_find(words, "亲亲亲刷单");
    g_assert_cmpuint(hits->len, ==, 2);
    const SmWordHit *worst = sm_words_worst(hits);
    g_assert_cmpuint(worst->start, ==, strlen("亲亲亲"));
    g_assert_cmpint(worst->rule->level, ==, SM_WORDS_BLOCK);
    g_assert_cmpstr(worst->rule->instead, ==, "i");
    g_assert_cmpstr(worst->rule->list, ==, "t");
    g_assert_cmpint(worst->rule->line, ==, 5);
    g_autoptr(GArray) none = sm_words_find(words, "好");
    g_assert_null(sm_words_worst(none));
    g_autoptr(GString) many = g_string_new(NULL);
    for (int i = 0; i < 3000; i++)
        g_string_append(many, "刷单");
    g_autoptr(GArray) capped = sm_words_find(words, many->str);
    g_assert_cmpuint(capped->len, ==, SM_WORDS_HITS);
}

static void wrong(void)
{
    static const struct {
        const char *text, *line;
    } cases[] = {
        {"rules: []\n", ":1:1: error: a word list: missing 'words'"},
        {"words: t\n", ":1:1: error: rules: must be a list"},
        {"words: t\nrules:\n  - {why: x}\n", ":3:5: error: match: needs a word"},
        {"words: t\nrules:\n  - {match: [a, \"  \"]}\n", ":3:13: error: match: '  ': a word"},
        {"words: t\nrules:\n  - {match: a, level: maybe}\n", ":3:23: error: 'level' must be"},
        {"words: t\nrules:\n  - {match: a, colour: red}\n", ":3:16: error: unknown key 'colour'"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = write_file("wrong.yaml", cases[i].text);
        g_autoptr(SmFindings) findings = sm_findings_new();
        g_assert_null(sm_words_load_file(path, findings));
        g_autofree char *line = sm_finding_format(sm_findings_at(findings, 0));
        if (strstr(line, cases[i].line) == NULL)
            g_error("%s: %s", cases[i].text, line);
    }
}

static void layers(void)
{
    g_autofree char *low = g_build_filename(folder, "low", NULL);
    g_autofree char *high = g_build_filename(folder, "high", NULL);
    g_autofree char *nowhere = g_build_filename(folder, "nowhere", NULL);
    const char *both[] = {low, nowhere, high, NULL};
    g_autoptr(SmFindings) findings = sm_findings_new();

    g_mkdir(low, 0700);
    g_mkdir(high, 0700);
    g_free(write_file("low/a.yaml", "words: one\nrules: [{match: apple}]\n"));
    g_free(write_file("low/b.yaml", "words: two\nrules: [{match: pear}]\n"));
    g_free(write_file("high/z.yaml", "words: one\nrules: [{match: plum}]\n"));
    g_autoptr(SmWords) words = sm_words_load(both, findings);
    g_assert_nonnull(words);
    g_assert_cmpuint(sm_words_count(words), ==, 2);
    assert_found(words, "apple pear plum", "[pear][plum]");
    g_assert_cmpuint(sm_findings_count(findings), ==, 1);
    g_assert_nonnull(strstr(sm_findings_at(findings, 0)->text, "is used instead of"));
    /* The same name twice in one layer is a mistake. */
    g_free(write_file("high/y.yaml", "words: one\nrules: []\n"));
    g_assert_null(sm_words_load(both, NULL));
}

/* The shipped lists are without fault and do not mind what everybody says. */
static void shipped(void)
{
    g_autofree char *path = g_build_filename(g_getenv("SEATMUX_SOURCE_ROOT"), "words", NULL);
    const char *directories[] = {path, NULL};
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmWords) words = sm_words_load(directories, findings);

    g_assert_cmpuint(sm_findings_count(findings), ==, 0);
    g_assert_cmpuint(sm_words_count(words), >, 30);
    assert_found(words, "亲，您最好先看下尺码表，我第一时间帮您核实，不知道您平时穿多大？", "");
    assert_found(words, "加我微信，给您全网最低价", "[加我微信][全网最低价]");
    assert_found(words, "As I said, calm down.", "[As I said][calm down]");
    assert_found(words, "I am sorry to hear that. Let me look into it right away!", "");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    folder = g_dir_make_tmp("seatmux-words-XXXXXX", NULL);
    g_test_add_func("/words/matching", matching);
    g_test_add_func("/words/levels-and-most", levels_and_most);
    g_test_add_func("/words/wrong", wrong);
    g_test_add_func("/words/layers", layers);
    g_test_add_func("/words/shipped", shipped);
    return g_test_run();
}
