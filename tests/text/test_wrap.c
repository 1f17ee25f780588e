/* SPDX-License-Identifier: MIT */
/* Columns, graphemes, lines. */
#include <locale.h>
#include <string.h>

#include "corpus.h"
#include "seatmux/text/sanitise.h"
#include "seatmux/text/wrap.h"

static const SmWidths narrow = {0}, wide = {.ambiguous_wide = TRUE};

static void check_columns(void)
{
    static const struct {
        const char *text;
        int narrow;
        int wide;
    } cases[] = {
        {"", 0, 0},
        {"abc", 3, 3},
        {"中文", 4, 4},
        {"é", 1, 2},
        {"e\xcc\x81", 1, 2},
        {"…", 1, 2},
        {"“a”", 3, 5},
        {"👩‍👩‍👧", 2, 2},
        {"👍🏽", 2, 2},
        {"🇨🇳", 2, 2},
        {"❤️", 1, 1},
        {"한", 2, 2},
        {"ᄒ\xe1\x85\xa1\xe1\x86\xab", 2, 2},
        {"\xe2\x80\x8b", 0, 0},
        {"\xcc\x81", 1, 1},
        {"ｱ", 1, 1},
        {"\xef\xbf\xbf", 1, 2},
        {"→", 1, 2},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        gsize n = strlen(cases[i].text);

        g_assert_cmpint(sm_width_text(&narrow, cases[i].text, n), ==, cases[i].narrow);
        g_assert_cmpint(sm_width_text(&wide, cases[i].text, n), ==, cases[i].wide);
    }
    g_assert_cmpint(sm_width_char(&narrow, 0x4E2D), ==, 2);
    g_assert_cmpint(sm_width_char(&narrow, 0x301), ==, 0);
    g_assert_cmpint(sm_width_char(&narrow, 0x1B), ==, 1);
    g_assert_cmpint(sm_width_char(&wide, 0xB1), ==, 2);
}

static void check_graphemes(void)
{
    static const char text[] = "a👩‍👩‍👧é🇨🇳🇩🇪e\xcc\x81\n한ก็";
    static const char *const parts[] = {
        "a", "👩‍👩‍👧", "é", "🇨🇳", "🇩🇪", "e\xcc\x81", "\n", "한", "ก็"};
    gsize n = strlen(text), at = 0, count = G_N_ELEMENTS(parts);

    for (gsize i = 0; i < count; i++) {
        gsize next = sm_grapheme_next(text, n, at);
        g_autofree char *got = g_strndup(text + at, next - at);

        g_assert_cmpstr(got, ==, parts[i]);
        g_assert_cmpuint(sm_grapheme_prev(text, n, next), ==, at);
        for (gsize b = at; b < next; b++)
            g_assert_cmpuint(sm_grapheme_border(text, n, b), ==, at);
        at = next;
    }
    g_assert_cmpuint(at, ==, n);
    g_assert_cmpuint(sm_grapheme_count(text, n), ==, count);
    g_assert_cmpuint(sm_grapheme_prev(text, n, 0), ==, 0);
}

static void check_prefix(void)
{
    int used;

    g_assert_cmpuint(sm_width_prefix(&narrow, "中文ab", 8, 3, &used), ==, 3);
    g_assert_cmpint(used, ==, 2);
    g_assert_cmpuint(sm_width_prefix(&narrow, "中文ab", 8, 5, &used), ==, 7);
    g_assert_cmpuint(sm_width_prefix(&narrow, "ab\ncd", 5, 9, &used), ==, 2);
    g_assert_cmpuint(sm_width_prefix(&narrow, "ab", 2, 0, &used), ==, 0);
}

/* Lines as drawn, joined by '|'; a hard end is '/'. */
static char *lines_of(const char *text, int width, int first, int rest)
{
    GString *out = g_string_new(NULL);
    SmWrap wrap;
    SmWrapLine line;

    sm_wrap_start(&wrap, &narrow, text, strlen(text), width, first, rest);
    while (sm_wrap_next(&wrap, &line)) {
        for (int i = 0; i < line.indent; i++)
            g_string_append_c(out, '>');
        g_string_append_len(out, text + line.start, (gssize)line.len);
        g_string_append_c(out, line.hard ? '/' : '|');
    }
    return g_string_free(out, FALSE);
}

static void check_lines(void)
{
    static const struct {
        const char *text;
        int width, first, rest;
        const char *lines;
    } cases[] = {
        {"", 10, 0, 0, "/"},
        {"hello", 10, 0, 0, "hello/"},
        {"hello world", 5, 0, 0, "hello|world/"},
        {"hello world", 11, 0, 0, "hello world/"},
        {"hello world", 10, 0, 0, "hello|world/"},
        {"a\n\nb\n", 5, 0, 0, "a//b//"},
        {"abcdefgh", 3, 0, 0, "abc|def|gh/"},
        {"ab cdefgh", 4, 0, 0, "ab|cdef|gh/"},
        {"one two three", 9, 2, 3, ">>one two|>>>three/"},
        {"word    next", 5, 0, 0, "word|next/"},
        {"end   ", 4, 0, 0, "end /"},
        {"  in", 10, 0, 0, "  in/"},
        {"您好请问", 4, 0, 0, "您好|请问/"},
        {"您好请问", 5, 0, 0, "您好|请问/"},
        {"您好，请问", 4, 0, 0, "您|好，|请问/"},
        {"您好吗？在的", 6, 0, 0, "您好|吗？在|的/"},
        {"请看（这个）吧", 6, 0, 0, "请看|（这|个）吧/"},
        {"ソフトウェアー", 8, 0, 0, "ソフト|ウェアー/"},
        {"。。。。。", 4, 0, 0, "。。|。。|。/"},
        {"订单ABC123发", 6, 0, 0, "订单|ABC123|发/"},
        {"well-known fact", 6, 0, 0, "well-|known|fact/"},
        {"--option -5", 8, 0, 0, "--option|-5/"},
        {"中", 1, 0, 0, "中/"},
        {"中文", 1, 0, 0, "中|文/"},
        {"好👍👍", 4, 0, 0, "好👍|👍/"},
        {"a b", 0, 5, 5, "a|b/"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *got =
            lines_of(cases[i].text, cases[i].width, cases[i].first, cases[i].rest);

        g_assert_cmpstr(got, ==, cases[i].lines);
    }
}

/* Nothing is lost, nothing is wider than the room but one lone grapheme. */
static void assert_wrapped(const SmWidths *w, const char *text, gsize n, int width, int rest)
{
    SmWrap wrap;
    SmWrapLine line;
    gsize at = 0;
    guint count = 0;

    sm_wrap_start(&wrap, w, text, n, width, 0, rest);
    while (sm_wrap_next(&wrap, &line)) {
        g_assert_cmpuint(line.start, ==, at);
        g_assert_cmpint(line.columns, ==, sm_width_text(w, text + line.start, line.len));
        if (line.columns > width - line.indent)
            g_assert_cmpuint(sm_grapheme_next(text, n, line.start), ==, line.start + line.len);
        g_assert_null(memchr(text + line.start, '\n', line.len));
        for (gsize i = line.start + line.len; i < line.start + line.len + line.skip; i++)
            g_assert_true(text[i] == ' ' || text[i] == '\n' || (guchar)text[i] >= 0x80);
        at = line.start + line.len + line.skip;
        g_assert_cmpuint(++count, <=, n + 2);
    }
    g_assert_cmpuint(at, ==, n);
    g_assert_cmpuint(count, ==, sm_wrap_count(w, text, n, width, 0, rest));
}

static void check_corpus(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(corpus); i++) {
        g_autoptr(SmSafe) s = sm_safe_screen(corpus[i].text, -1);

        for (int width = 1; width < 40; width += 3) {
            assert_wrapped(&narrow, sm_safe_str(s), sm_safe_len(s), width, width / 4);
            assert_wrapped(&wide, sm_safe_str(s), sm_safe_len(s), width, 0);
            assert_wrapped(&narrow, corpus[i].text, strlen(corpus[i].text), width, 0);
        }
    }
}

static void check_random(void)
{
    static const char *const pieces[] = {"a",  "word", " ",  "   ", "\n",        "中", "，",
                                         "（", "）",   "-",  "é",   "👍",         "。", "ー",
                                         "　", "x-y",  "한", "ก็",   "e\xcc\x81", "“",  "”"};
    g_autoptr(GRand) rand = g_rand_new_with_seed(3);

    for (int round = 0; round < 1500; round++) {
        GString *s = g_string_new(NULL);
        int n = g_rand_int_range(rand, 0, 30);

        for (int i = 0; i < n; i++)
            g_string_append(s, pieces[g_rand_int_range(rand, 0, (gint32)G_N_ELEMENTS(pieces))]);
        assert_wrapped(round % 2 ? &narrow : &wide, s->str, s->len, g_rand_int_range(rand, 1, 20),
                       g_rand_int_range(rand, 0, 5));
        g_string_free(s, TRUE);
    }
}

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/text/width/columns", check_columns);
    g_test_add_func("/text/width/graphemes", check_graphemes);
    g_test_add_func("/text/width/prefix", check_prefix);
    g_test_add_func("/text/wrap/lines", check_lines);
    g_test_add_func("/text/wrap/corpus", check_corpus);
    g_test_add_func("/text/wrap/random", check_random);
    return g_test_run();
}
