/* SPDX-License-Identifier: MIT */
/* Card and identity numbers. */
#include <string.h>

#include "corpus.h"
#include "seatmux/text/sanitise.h"

static void check_cases(void)
{
    static const struct {
        const char *text;
        const char *masked;
        guint count;
    } cases[] = {
        {"card 4111111111111111 ok", "card ************1111 ok", 1},
        {"4111 1111 1111 1111", "**** **** **** 1111", 1},
        {"4111-1111-1111-1111.", "****-****-****-1111.", 1},
        {"卡号６２２２０２１２３４５６７８９４", "卡号************７８９４", 1},
        {"378282246310005", "***********0005", 1},
        {"4222222222222", "*********2222", 1},
        {"6304000000000000001 x", "6304000000000000001 x", 0},
        {"6304000000000000000", "***************0000", 1},
        {"12 4111 1111 1111 1111", "12 **** **** **** 1111", 1},
        {"4111 1111 1111 1111 12/27", "**** **** **** 1111 12/27", 1},
        {"4111\xe2\x80\x8b"
         "111111111111",
         "****\xe2\x80\x8b********1111", 1},
        {"4111 1111 1111 1112", "4111 1111 1111 1112", 0},
        {"411111111111111111111", "411111111111111111111", 0},
        {"order 4821348213", "order 4821348213", 0},
        {"0000000000000000", "0000000000000000", 0},
        {"4111    1111 1111 1111", "4111    1111 1111 1111", 0},
        {"11010519491231002X", "**************002X", 1},
        {"身份证11010519491231002x。", "身份证**************002x。", 1},
        {"110105 19491231 002X", "****** ******** 002X", 1},
        {"11010519491231002Xyz", "11010519491231002Xyz", 0},
        {"440308199901101512", "**************1512", 1},
        {"440308199901101513", "440308199901101513", 0},
        {"44030819991310151X", "44030819991310151X", 0}, /* no such month */
        {"5555555555554444 和 4012888888881881", "************4444 和 ************1881", 2},
        {"１１０１０５１９４９１２３１００２Ｘ", "**************００２Ｘ", 1},
        {"tel +86 138 0013 8000", "tel +86 138 0013 8000", 0},
        {"", "", 0},
        /* As people write a card. */
        {"4111.1111.1111.1111", "****.****.****.1111", 1},
        {"4111\n1111\n1111\n1111", "****\n****\n****\n1111", 1},
        {"4111\xc2\xb7"
         "1111_1111 1111",
         "****\xc2\xb7"
         "****_**** 1111",
         1},
        {"4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "* * * * * * * * * * * * 1 1 1 1", 1},
        {"3782 822463 10005", "**** ****** *0005", 1},
        {"6304 0000 0000 0000 000", "**** **** **** ***0 000", 1},
        {"4\xef\xb8\x8f\xe2\x83\xa3"
         "111111111111111",
         "*\xef\xb8\x8f\xe2\x83\xa3"
         "***********1111",
         1},
        {"2221000000000009 2200000000000004", "************0009 ************0004", 2},
        {"30569309025904 3530111333300000", "**********5904 ************0000", 2},
        /* What passes Luhn and is no card. */
        {"+86 138 1234 5678", "+86 138 1234 5678", 0},
        {"+4930123456786", "+4930123456786", 0},
        {"\xef\xbc\x8b"
         "4930123456786",
         "\xef\xbc\x8b"
         "4930123456786",
         0},
        {"2024-01-01 2024-02-02", "2024-01-01 2024-02-02", 0},
        {"1 2 3 4 5 6 7 8 9 10 11 12 13", "1 2 3 4 5 6 7 8 9 10 11 12 13", 0},
        {"490154203237518", "490154203237518", 0},
        {"1732953600001", "1732953600001", 0},
        {"400-800-1238 400", "400-800-1238 400", 0},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        guint count = 99;
        g_autofree char *got = sm_text_mask_numbers(cases[i].text, &count);

        g_assert_cmpstr(got, ==, cases[i].masked);
        g_assert_cmpuint(count, ==, cases[i].count);
    }
}

/* Ordinary text has no numbers to mask. */
static void check_ordinary(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(corpus); i++) {
        g_autofree char *got = sm_text_mask_numbers(corpus[i].text, NULL);

        g_assert_cmpstr(got, ==, corpus[i].text);
    }
}

/* A number that passes Luhn is masked at every length at which cards begin so, and at no other. */
static void check_lengths(void)
{
    for (guint n = 8; n <= 24; n++) {
        char digits[32];
        guint sum = 0, count;
        g_autofree char *got = NULL;

        for (guint i = 0; i < n - 1; i++)
            digits[i] = (char)('1' + (i + 3) % 9); /* 4567... */
        for (guint i = 0; i < n - 1; i++) {
            guint v = (guint)(digits[n - 2 - i] - '0') * (i % 2 == 0 ? 2 : 1);

            sum += v > 9 ? v - 9 : v;
        }
        digits[n - 1] = (char)('0' + (10 - sum % 10) % 10);
        digits[n] = '\0';
        got = sm_text_mask_numbers(digits, &count);
        gboolean card = n == 13 || (n >= 16 && n <= 19);
        g_assert_cmpuint(count, ==, card ? 1 : 0);
        g_assert_cmpint(got[0] == '*', ==, card);
        g_assert_cmpstr(got + n - 4, ==, digits + n - 4);
    }
}

static void check_random(void)
{
    static const char *const pieces[] = {
        "4111",         "1111", " ", "-", "4111111111111111", "x", "中", "\n", "11010519491231002X",
        "\xe2\x80\x8d", "1",    "X"};
    g_autoptr(GRand) rand = g_rand_new_with_seed(9);

    for (int round = 0; round < 3000; round++) {
        GString *s = g_string_new(NULL);
        int n = g_rand_int_range(rand, 0, 14);
        g_autofree char *got = NULL;

        for (int i = 0; i < n; i++)
            g_string_append(s, pieces[g_rand_int_range(rand, 0, (gint32)G_N_ELEMENTS(pieces))]);
        got = sm_text_mask_numbers(s->str, NULL);
        g_assert_true(g_utf8_validate(got, -1, NULL));
        g_assert_cmpint(g_utf8_strlen(got, -1), ==, g_utf8_strlen(s->str, -1));
        for (const char *a = got, *b = s->str; *a; a++, b++)
            g_assert_true(*a == *b || (*a == '*' && g_ascii_isdigit(*b)));
        g_string_free(s, TRUE);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/text/mask/cases", check_cases);
    g_test_add_func("/text/mask/ordinary", check_ordinary);
    g_test_add_func("/text/mask/lengths", check_lengths);
    g_test_add_func("/text/mask/random", check_random);
    return g_test_run();
}
