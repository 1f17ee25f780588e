/* SPDX-License-Identifier: MIT */
/* What leaves the program: ordinary text unchanged, hostile text harmless, by rules written again
 * here. */
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <utf8proc.h>
#include <wchar.h>

#include "corpus.h"
#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"
#include "seatmux/text/sanitise.h"

static void assert_nfc(const char *text)
{
    utf8proc_uint8_t *nfc = utf8proc_NFC((const utf8proc_uint8_t *)text);

    g_assert_cmpstr((const char *)nfc, ==, text);
    free(nfc);
}

static gboolean is_mark(gunichar c)
{
    utf8proc_category_t cat = utf8proc_category((utf8proc_int32_t)c);

    return cat == UTF8PROC_CATEGORY_MN || cat == UTF8PROC_CATEGORY_MC ||
           cat == UTF8PROC_CATEGORY_ME;
}

#define FLAG_BYTES 28

static gboolean flag_of_part(const char *p)
{
    static const char *const flags[] = {"🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🏴󠁧󠁢󠁷󠁬󠁳󠁿"};

    for (guint i = 0; i < G_N_ELEMENTS(flags); i++)
        if (strlen(flags[i]) == FLAG_BYTES && g_str_has_prefix(p, flags[i]))
            return TRUE;
    return FALSE;
}

/* A rule of its own, not the program's tables: nothing that may never be there. */
static void assert_harmless(const char *text, gboolean block, guint most_marks)
{
    guint marks = 0;

    g_assert_true(g_utf8_validate(text, -1, NULL));
    assert_nfc(text);
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);

        if (flag_of_part(p)) { /* its tags spell a place, and nothing else */
            p += FLAG_BYTES - strlen("\xf3\xa0\x81\xbf");
            marks = 0;
            continue;
        }
        utf8proc_category_t cat = utf8proc_category((utf8proc_int32_t)c);

        g_assert_true((c >= 0x20 && c != 0x7F && (c < 0x80 || c > 0x9F)) || (block && c == '\n'));
        g_assert_false((c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) ||
                       c == 0x200E || c == 0x200F || c == 0x61C);
        g_assert_false(c == 0xAD || c == 0x200B || c == 0x2060 || c == 0xFEFF || c == 0x3164 ||
                       c == 0x115F || c == 0x34F || (c >= 0xE0000 && c <= 0xE007F));
        g_assert_false((c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF));
        if (cat == UTF8PROC_CATEGORY_CF)
            g_assert_true(c == 0x200C || c == 0x200D || c == 0x180E || (c >= 0x600 && c <= 0x605) ||
                          c == 0x6DD || c == 0x70F || c == 0x8E2 || c == 0x890 || c == 0x891 ||
                          c == 0x110BD || c == 0x110CD);
        marks = is_mark(c) ? marks + 1 : c == 0x200D || c == 0x200C ? marks : 0;
        g_assert_cmpuint(marks, <=, most_marks);
    }
}

static void assert_drawable(const char *text)
{
    int zero = 0;
    gboolean base = FALSE;

    assert_harmless(text, TRUE, SM_SAFE_MARKS);
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        int columns = wcwidth((wchar_t)c);

        g_assert_true(c == '\n' || columns >= 0);
        g_assert_false(c == 0x200D || c == 0x200C || (c >= 0xFE00 && c <= 0xFE0F) ||
                       (c >= 0xE0100 && c <= 0xE01EF));
        zero = columns == 0 ? zero + 1 : 0;
        g_assert_cmpint(zero, <=, SM_SAFE_MARKS_DRAWN);
        g_assert_true(columns != 0 || base);
        base = c != '\n' && (base || columns > 0);
    }
}

static void check_ordinary(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(corpus); i++) {
        SmSafeCounts counts = {0};
        g_autoptr(SmSafe) line = sm_safe_make(corpus[i].text, -1, SM_SAFE_LINE, &counts);
        g_autoptr(SmSafe) block = sm_safe_block(corpus[i].text, -1);
        g_autoptr(SmSafe) screen = sm_safe_screen(corpus[i].text, -1);
        g_autofree char *input = sm_text_input(corpus[i].text, -1, TRUE);

        assert_nfc(corpus[i].text);
        g_assert_cmpstr(sm_safe_str(line), ==, corpus[i].text);
        g_assert_cmpstr(sm_safe_str(block), ==, corpus[i].text);
        g_assert_cmpstr(input, ==, corpus[i].text);
        g_assert_cmpuint(counts.dropped + counts.marked + counts.marks, ==, 0);
        assert_drawable(sm_safe_str(screen));
        g_assert_null(strstr(sm_safe_str(screen), "◌"));
        g_assert_null(strstr(sm_safe_str(screen), "�"));
    }
}

/* Decomposed text is composed and nothing else. */
static void check_composed(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(corpus); i++) {
        utf8proc_uint8_t *nfd = utf8proc_NFD((const utf8proc_uint8_t *)corpus[i].text);
        g_autoptr(SmSafe) line = sm_safe_line((const char *)nfd, -1);

        g_assert_cmpstr(sm_safe_str(line), ==, corpus[i].text);
        free(nfd);
    }
}

static const struct {
    const char *raw;
    const char *line;
    guint dropped;
    guint marked;
} hostile[] = {
    {"\033[31mred\033]0;title\a", "�[31mred�]0;title�", 0, 3},
    {"\xc2\x9b"
     "31m",
     "�31m", 0, 1},
    {"a\x9b"
     "b",
     "a�b", 0, 1},
    {"del\x7f", "del�", 0, 1},
    {"a\tb\nc\r\nd\re", "a b c d e", 0, 0},
    {"a\xc2\x85"
     "b\xe2\x80\xa8"
     "c",
     "a b c", 0, 0},
    {"x\xe2\x80\xae"
     "txt.exe\xe2\x80\xac",
     "xtxt.exe", 2, 0},
    {"\xe2\x81\xa6"
     "a\xe2\x81\xa9\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c",
     "a", 5, 0},
    {"🏴\xf3\xa0\x81\xa7\xf3\xa0\x81\xa2\xf3\xa0\x81\xa8\xf3\xa0\x81\xa9\xf3\xa0\x81\xbf", "🏴", 5, 0}, /* gbhi */
    {"🏴\xf3\xa0\x81\xa7\xf3\xa0\x81\xa2\xf3\xa0\x81\xa5\xf3\xa0\x81\xae\xf3\xa0\x81\xa7 ", "🏴 ", 5, 0}, /* no end */
    {"a\xf3\xa0\x81\xa7\xf3\xa0\x81\xa2\xf3\xa0\x81\xa5\xf3\xa0\x81\xae\xf3\xa0\x81\xa7\xf3\xa0\x81\xbf", "a", 6, 0},
    {"zero\xe2\x80\x8bwidth\xc2\xad\xef\xbb\xbf\xe2\x81\xa0", "zerowidth", 4, 0},
    {"a\xe2\x80\x8d"
     "b\xe2\x80\x8c"
     "c\xef\xb8\x8f",
     "abc", 3, 0},
    {"\xe2\x80\x8d\xef\xb8\x8f", "", 2, 0},
    {"👍\xe2\x80\x8d", "👍", 1, 0},
    {"👍\xef\xb8\x8f\xef\xb8\x8f", "👍\xef\xb8\x8f", 1, 0},
    {"1\xef\xb8\x8f"
     "2",
     "12", 1, 0},
    {"🏴\xf3\xa0\x81\xa7\xf3\xa0\x81\xa2\xf3\xa0\x81\xbf", "🏴", 3, 0},
    {"\xef\xbf\xbf\xef\xb7\x90\xf0\x9f\xbf\xbe", "���", 0, 3},
    {"\xed\xa0\xbd\xed\xb8\x80", "������", 0, 6},
    {"\xc0\xaf\xe0\x80\xaf", "�����", 0, 5},
    {"\xf5\x80\xff", "���", 0, 3},
    {"cut \xe4\xb8", "cut �", 0, 1},
    {"\xcc\x81"
     "a",
     "◌́a", 0, 0},
    {"\xcc\x81", "◌́", 0, 0},
    {"\xe3\x85\xa4\xe1\x85\x9f", "", 2, 0},
    {"a\xe2\xa0\x80"
     "b",
     "ab", 1, 0},
    {"\xd8\x80"
     "x",
     "x", 1, 0},
};

static void check_hostile(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(hostile); i++) {
        SmSafeCounts counts = {0};
        g_autoptr(SmSafe) line = sm_safe_make(hostile[i].raw, -1, SM_SAFE_LINE, &counts);
        g_autoptr(SmSafe) screen = sm_safe_screen(hostile[i].raw, -1);

        g_assert_cmpstr(sm_safe_str(line), ==, hostile[i].line);
        g_assert_cmpuint(counts.dropped, ==, hostile[i].dropped);
        g_assert_cmpuint(counts.marked, ==, hostile[i].marked);
        assert_harmless(sm_safe_str(line), FALSE, SM_SAFE_MARKS);
        assert_drawable(sm_safe_str(screen));
    }
}

static void check_nul_and_null(void)
{
    g_autoptr(SmSafe) nul = sm_safe_line("a\0b", 3);
    g_autoptr(SmSafe) none = sm_safe_line(NULL, -1);
    g_autoptr(SmSafe) block = sm_safe_block("a\r\nb\rc\vd\n", -1);

    g_assert_cmpstr(sm_safe_str(nul), ==, "a�b");
    g_assert_cmpstr(sm_safe_str(none), ==, "");
    g_assert_cmpstr(sm_safe_str(block), ==, "a\nb\nc\nd\n");
    g_autoptr(SmSafe) empty = sm_safe_line("\xc3\xa9", 0);
    g_autoptr(SmSafe) first = sm_safe_line("\xc3\xa9\xc3\xa9", 2);
    g_assert_cmpstr(sm_safe_str(empty), ==, "");
    g_assert_cmpstr(sm_safe_str(first), ==, "é");
}

static char *zalgo(guint marks)
{
    GString *s = g_string_new("z");

    for (guint i = 0; i < marks; i++)
        g_string_append_unichar(s, 0x316 + i % 3);
    return g_string_free(s, FALSE);
}

static void check_marks(void)
{
    g_autofree char *eight = zalgo(SM_SAFE_MARKS), *nine = zalgo(SM_SAFE_MARKS + 1);
    g_autofree char *many = zalgo(3000);
    SmSafeCounts counts = {0};
    g_autoptr(SmSafe) a = sm_safe_line(eight, -1);
    g_autoptr(SmSafe) b = sm_safe_make(nine, -1, SM_SAFE_LINE, &counts);
    g_autoptr(SmSafe) c = sm_safe_line(many, -1);
    g_autoptr(SmSafe) d = sm_safe_screen(many, -1);

    g_assert_cmpint(g_utf8_strlen(sm_safe_str(a), -1), ==, 1 + SM_SAFE_MARKS);
    g_assert_cmpint(g_utf8_strlen(sm_safe_str(b), -1), ==, 1 + SM_SAFE_MARKS);
    g_assert_cmpuint(counts.marks, ==, 1);
    g_assert_cmpint(g_utf8_strlen(sm_safe_str(c), -1), ==, 1 + SM_SAFE_MARKS);
    g_assert_cmpint(g_utf8_strlen(sm_safe_str(d), -1), ==, 1 + SM_SAFE_MARKS_DRAWN);
}

/* A joiner that stood before a mark too many goes with it. */
static void check_mark_and_joiner(void)
{
    g_autofree char *marks = zalgo(SM_SAFE_MARKS);
    g_autofree char *raw = g_strconcat("ا", marks + 1, "\xe2\x80\x8c\xcc\x96", NULL);
    SmSafeCounts counts = {0};
    g_autoptr(SmSafe) line = sm_safe_make(raw, -1, SM_SAFE_LINE, &counts);

    g_assert_cmpuint(counts.marks, ==, 1);
    g_assert_cmpuint(counts.dropped, ==, 1);
    g_assert_cmpint(g_utf8_strlen(sm_safe_str(line), -1), ==, 1 + SM_SAFE_MARKS);
}

/* A joiner that stays begins no new count. */
static void check_marks_across_joiners(void)
{
    static const char *const joiners[] = {"\xe2\x80\x8c", "\xe2\x80\x8d"};

    for (gsize i = 0; i < G_N_ELEMENTS(joiners); i++) {
        g_autofree char *marks = zalgo(SM_SAFE_MARKS);
        g_autofree char *raw = g_strconcat("क्", joiners[i], marks + 1, NULL);
        SmSafeCounts counts = {0};
        g_autoptr(SmSafe) line = sm_safe_make(raw, -1, SM_SAFE_LINE, &counts);

        g_assert_cmpuint(counts.marks, ==, 1);
        g_assert_cmpuint(counts.dropped, ==, 0);
        g_assert_cmpint(g_utf8_strlen(sm_safe_str(line), -1), ==, 2 + SM_SAFE_MARKS);
    }
}

static const struct {
    const char *raw;
    const char *screen;
} drawn[] = {
    {"👩‍👩‍👧!", "👩!"},
    {"👍🏽", "👍"},
    {"❤️1️⃣", "❤1⃣"},
    {"می‌خواهم", "میخواهم"},
    {"🇨🇳", "🇨🇳"},
    {" \xcc\x81", " ◌́"},
    {"\n\xcc\x81", "\n◌́"},
    {"น้ำ", "น้ำ"},
    {"x\xf3\xa1\xbf\xb0", "x�"}, /* unassigned: wcwidth() does not know it */
    {"e\xcc\x81", "é"},
};

static void check_screen(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(drawn); i++) {
        g_autoptr(SmSafe) s = sm_safe_screen(drawn[i].raw, -1);

        g_assert_cmpstr(sm_safe_str(s), ==, drawn[i].screen);
    }
}

/* What is drawn of emoji in each mode, and that it is measured so. */
static void check_emoji(void)
{
    static const struct {
        const char *raw, *drawn[3]; /* safe, full, text */
        int columns[3];
    } cases[] = {
        {"👩‍👩‍👧!", {"👩!", "👩‍👩‍👧!", "[woman]!"}, {3, 7, 8}},
        {"👍🏽", {"👍", "👍🏽", "[thumbs up]"}, {2, 4, 11}},
        {"ok ❤️", {"ok ❤", "ok ❤️", "ok [heart]"}, {4, 4, 10}},
        {"ok ❤", {"ok ❤", "ok ❤", "ok ❤"}, {4, 4, 4}}, /* a sign of the text */
        {"🇨🇳", {"🇨🇳", "🇨🇳", "[CN]"}, {2, 2, 4}},
        {"好😂 a→b ①", {"好😂 a→b ①", "好😂 a→b ①", "好[tears of joy] a→b ①"}, {10, 10, 22}},
        {"1️⃣", {"1⃣", "1⃣", "1⃣"}, {1, 1, 1}},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
        for (int mode = 0; mode < 3; mode++) {
            const SmWidths w = {.emoji = (SmEmoji)mode};
            g_autoptr(SmSafe) whole = sm_safe_clusters(cases[i].raw, -1);
            g_autoptr(SmSafe) shown = sm_safe_drawn(&w, whole);

            g_assert_cmpstr(sm_safe_str(shown), ==, cases[i].drawn[mode]);
            g_assert_cmpint(sm_width_text(&w, sm_safe_str(whole), sm_safe_len(whole)), ==, cases[i].columns[mode]);
        }
}

static const gunichar spice[] = {
    'a',     ' ',    '\n',    0x1B,   0x85,    0x200B, 0x200C, 0x200D,  0x202E,  0x301,  0x327,
    0x93C,   0x94D,  0x915,   0x9C7,  0x9BE,   0x1100, 0x1161, 0x11A8,  0xFE0F,  0xFE00, 0x1F3FD,
    0x1F469, 0x2764, 0x1F1E8, 0x20E3, '1',     0x4E2D, 0x3002, 0xE0067, 0xE0100, 0x640,  0x647,
    0x600,   0x661,  0x180E,  0x1820, 0x180B,  0x2800, 0x2801, 0xFFFF,  0x115F,  0x344,  0x958,
    0xE33,   0xE19,  0xF71,   0xF72,  0x1D15E, 0x378,  0xD4D,  0xD15,   0x17D2,  0x1780, 0x0DCA,
};

static void check_random(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);
    const SmWidths w = {0};

    for (int round = 0; round < 4000; round++) {
        GString *raw = g_string_new(NULL);
        int n = g_rand_int_range(rand, 1, 24);

        for (int i = 0; i < n; i++) {
            if (g_rand_int_range(rand, 0, 40) == 0)
                g_string_append_c(raw, (char)g_rand_int_range(rand, 0x80, 0x100));
            else
                g_string_append_unichar(
                    raw, spice[g_rand_int_range(rand, 0, (gint32)G_N_ELEMENTS(spice))]);
        }
        {
            g_autoptr(SmSafe) block = sm_safe_block(raw->str, (gssize)raw->len);
            g_autoptr(SmSafe) again = sm_safe_block(sm_safe_str(block), -1);
            g_autoptr(SmSafe) screen = sm_safe_screen(raw->str, (gssize)raw->len);
            g_autoptr(SmSafe) twice = sm_safe_screen(sm_safe_str(block), -1);
            g_autoptr(SmSafe) thrice = sm_safe_screen(sm_safe_str(screen), -1);
            int columns = 0;

            assert_harmless(sm_safe_str(block), TRUE, SM_SAFE_MARKS);
            g_assert_cmpstr(sm_safe_str(again), ==, sm_safe_str(block));
            assert_drawable(sm_safe_str(screen));
            g_autoptr(SmSafe) whole = sm_safe_clusters(raw->str, (gssize)raw->len);
            g_autoptr(SmSafe) safest = sm_safe_drawn(&w, whole);
            g_assert_cmpstr(sm_safe_str(safest), ==, sm_safe_str(screen));
            g_assert_cmpstr(sm_safe_str(twice), ==, sm_safe_str(screen));
            g_assert_cmpstr(sm_safe_str(thrice), ==, sm_safe_str(screen));
            for (const char *p = sm_safe_str(screen); *p; p = g_utf8_next_char(p))
                columns += MAX(wcwidth((wchar_t)g_utf8_get_char(p)), 0);
            g_assert_cmpint(sm_width_text(&w, sm_safe_str(screen), sm_safe_len(screen)), ==,
                            columns);
            g_assert_cmpint(sm_width_text(&w, sm_safe_str(block), sm_safe_len(block)), ==, columns);
        }
        g_string_free(raw, TRUE);
    }
}

/* Cut, joined and seasoned pieces of ordinary text, cut within characters too. */
static void check_mutated(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(4);
    const SmWidths w = {0};

    for (int round = 0; round < 3000; round++) {
        g_autoptr(GString) raw = g_string_new(NULL);

        for (int i = g_rand_int_range(rand, 1, 4); i > 0; i--) {
            const char *text = corpus[g_rand_int_range(rand, 0, (gint32)G_N_ELEMENTS(corpus))].text;
            int n = (int)strlen(text), from = g_rand_int_range(rand, 0, n);

            g_string_append_len(raw, text + from, g_rand_int_range(rand, from, n + 1) - from);
            if (g_rand_int_range(rand, 0, 3) == 0)
                g_string_append_unichar(raw, (gunichar)g_rand_int_range(rand, 1, 0x3000));
        }
        {
            g_autoptr(SmSafe) block = sm_safe_block(raw->str, (gssize)raw->len);
            g_autoptr(SmSafe) again = sm_safe_block(sm_safe_str(block), -1);
            g_autoptr(SmSafe) screen = sm_safe_screen(raw->str, (gssize)raw->len);
            g_autoptr(SmSafe) twice = sm_safe_screen(sm_safe_str(screen), -1);

            assert_harmless(sm_safe_str(block), TRUE, SM_SAFE_MARKS);
            assert_drawable(sm_safe_str(screen));
            g_assert_cmpstr(sm_safe_str(again), ==, sm_safe_str(block));
            g_assert_cmpstr(sm_safe_str(twice), ==, sm_safe_str(screen));
            g_assert_cmpint(sm_width_text(&w, sm_safe_str(block), sm_safe_len(block)), ==,
                            sm_width_text(&w, sm_safe_str(screen), sm_safe_len(screen)));
        }
    }
}

/* Texts made to be slow stay quick: a bound in work, seen as one in time of the processor; squares would take hours. */
static void check_long(void)
{
    static const char *const pieces[] = {
        "\xcc\x81\xe2\x80\x8d", "\xe2\xa0\x80", "👩\xe2\x80\x8d",           "\n\xcc\x81",
        "\xe1\x84\x80",         "4 ",           "\xe0\xa5\x8d\xe2\x80\x8d"};

    for (gsize i = 0; i < G_N_ELEMENTS(pieces); i++) {
        GString *s = g_string_new(NULL);
        clock_t start = clock();

        while (s->len < SM_MAX_BODY_BYTES)
            g_string_append(s, pieces[i]);
        {
            g_autoptr(SmSafe) block = sm_safe_block(s->str, (gssize)s->len);
            g_autoptr(SmSafe) screen = sm_safe_screen(s->str, (gssize)s->len);

            assert_harmless(sm_safe_str(block), TRUE, SM_SAFE_MARKS);
            assert_drawable(sm_safe_str(screen));
        }
        g_assert_cmpint(clock() - start, <, 20 * CLOCKS_PER_SEC);
        g_string_free(s, TRUE);
    }
}

static void check_clipped(void)
{
    const SmWidths narrow = {0}, wide = {.ambiguous_wide = TRUE};
    static const struct {
        const char *raw;
        int columns;
        const char *narrow;
        const char *wide;
    } cases[] = {
        {"hello", 5, "hello", "hello"},
        {"hello", 4, "hel…", "h..."},
        {"你好吗", 6, "你好吗", "你好吗"},
        {"你好吗", 5, "你好…", "你..."},
        {"你好", 3, "你…", "..."},
        {"你好", 1, "…", ""},
        {"你好", 0, "", ""},
        {"a\nb", 3, "a b", "a b"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(SmSafe) a = sm_safe_clipped(&narrow, cases[i].raw, -1, cases[i].columns);
        g_autoptr(SmSafe) b = sm_safe_clipped(&wide, cases[i].raw, -1, cases[i].columns);

        g_assert_cmpstr(sm_safe_str(a), ==, cases[i].narrow);
        g_assert_cmpstr(sm_safe_str(b), ==, cases[i].wide);
    }
}

static void check_file_name(void)
{
    static const struct {
        const char *raw;
        const char *name;
    } cases[] = {
        {"photo.png", "photo.png"},
        {"../../etc/passwd", "_.._etc_passwd"},
        {"..", "file"},
        {"", "file"},
        {"-rf", "rf"},
        {" .hidden", "hidden"},
        {"a\nb\\c:d", "a b_c_d"},
        {"发票 2026.pdf", "发票 2026.pdf"},
        {"name. . ", "name"},
        {"x\xe2\x80\xaegnp.exe", "xgnp.exe"},
        {"NUL", "_NUL"},
        {"com1.txt", "_com1.txt"},
        {"complaint.txt", "complaint.txt"},
    };
    GString *longest = g_string_new(NULL);

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(SmSafe) s = sm_safe_file_name(cases[i].raw, -1);

        g_assert_cmpstr(sm_safe_str(s), ==, cases[i].name);
    }
    for (int i = 0; i < 200; i++)
        g_string_append(longest, "发");
    g_string_append(longest, ".pdf");
    {
        g_autoptr(SmSafe) s = sm_safe_file_name(longest->str, -1);

        g_assert_cmpuint(sm_safe_len(s), <=, SM_SAFE_FILE_BYTES);
        g_assert_cmpuint(sm_safe_len(s), >, SM_SAFE_FILE_BYTES - 4);
        g_assert_true(g_str_has_suffix(sm_safe_str(s), "发.pdf"));
        g_assert_true(g_utf8_validate(sm_safe_str(s), -1, NULL));
    }
    /* A mark that loses the blank before it is given a base of its own. */
    g_string_assign(longest, " \xcd\x90");
    for (int i = 0; i < 118; i++)
        g_string_append_c(longest, 'a');
    {
        g_autoptr(SmSafe) s = sm_safe_file_name(longest->str, -1);

        g_assert_cmpuint(sm_safe_len(s), ==, SM_SAFE_FILE_BYTES);
        g_assert_true(g_str_has_suffix(sm_safe_str(s), "aaa"));
    }
    g_string_free(longest, TRUE);
}

static void check_input(void)
{
    g_autofree char *block = sm_text_input("a\033[2J\r\n\tb\xe2\x80\xae\xff\xe2\x80\x8d", -1, TRUE);
    g_autofree char *line = sm_text_input("a\nb", -1, FALSE);

    g_assert_cmpstr(block, ==, "a[2J\n b�\xe2\x80\x8d");
    g_assert_cmpstr(line, ==, "a b");
    g_autofree char *none = sm_text_input(NULL, -1, FALSE);
    g_autofree char *empty = sm_text_input("abc", 0, FALSE);
    g_autofree char *cut = sm_text_input("abc", 2, FALSE);
    g_assert_cmpstr(none, ==, "");
    g_assert_cmpstr(empty, ==, "");
    g_assert_cmpstr(cut, ==, "ab");
}

static void check_message(void)
{
    static const struct {
        const char *bytes;
        gsize n;
        gsize max;
        int code; /* -1: fine */
        const char *words;
    } cases[] = {
        {"你好", 6, 2, -1, NULL},
        {"你好a", 7, 2, SM_ERROR_LIMIT, "longer than 2 characters"},
        {"", 0, 5, SM_ERROR_INVALID, "the text is empty"},
        {" \n\xe2\x80\x8b", 5, 5, SM_ERROR_INVALID, "the text is empty"},
        {"\xe2\x80\x8d", 3, 5, SM_ERROR_INVALID, "the text is empty"},
        {"\xef\xb8\x8f", 3, 5, SM_ERROR_INVALID, "the text is empty"},
        {"a\0b", 3, 5, SM_ERROR_INVALID, "a NUL at byte 2"},
        {"a\xff", 2, 5, SM_ERROR_INVALID, "not UTF-8 at byte 2"},
        {"\xed\xa0\x80", 3, 5, SM_ERROR_INVALID, "not UTF-8 at byte 1"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        gboolean fine = sm_text_check_message(cases[i].bytes, cases[i].n, cases[i].max, &error);

        g_assert_cmpint(fine, ==, cases[i].code < 0);
        if (!fine) {
            g_assert_error(error, SM_ERROR, cases[i].code);
            g_assert_cmpstr(error->message, ==, cases[i].words);
        }
    }
}

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/text/sanitise/ordinary", check_ordinary);
    g_test_add_func("/text/sanitise/composed", check_composed);
    g_test_add_func("/text/sanitise/hostile", check_hostile);
    g_test_add_func("/text/sanitise/nul", check_nul_and_null);
    g_test_add_func("/text/sanitise/marks", check_marks);
    g_test_add_func("/text/sanitise/mark-and-joiner", check_mark_and_joiner);
    g_test_add_func("/text/sanitise/marks-across-joiners", check_marks_across_joiners);
    g_test_add_func("/text/sanitise/screen", check_screen);
    g_test_add_func("/text/sanitise/emoji", check_emoji);
    g_test_add_func("/text/sanitise/random", check_random);
    g_test_add_func("/text/sanitise/mutated", check_mutated);
    g_test_add_func("/text/sanitise/long", check_long);
    g_test_add_func("/text/sanitise/clipped", check_clipped);
    g_test_add_func("/text/sanitise/file-name", check_file_name);
    g_test_add_func("/text/sanitise/input", check_input);
    g_test_add_func("/text/sanitise/message", check_message);
    return g_test_run();
}
