/* SPDX-License-Identifier: MIT */
/* Clock text and the fuzzy matcher. */
#include <locale.h>
#include <string.h>

#include "seatmux/text/clock_text.h"
#include "seatmux/text/fuzzy.h"
#include "seatmux/text/width.h"

static void check_clock(void)
{
    static const struct {
        int64_t ms;
        const char *text;
    } cases[] = {
        {30000, "00:30"},     {29999, "00:30"},       {29001, "00:30"},       {29000, "00:29"},
        {1000, "00:01"},      {1, "00:01"},           {0, "-00:00"},          {-1, "-00:00"},
        {-999, "-00:00"},     {-1000, "-00:01"},      {-1999, "-00:01"},      {-77000, "-01:17"},
        {3599000, "59:59"},   {3599001, "1:00:00"},   {3600000, "1:00:00"},   {3661000, "1:01:01"},
        {-3599999, "-59:59"}, {-3600000, "-1:00:00"}, {36000000, "10:00:00"},
    };
    char out[32], small[4];

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_assert_cmpuint(sm_text_clock(out, sizeof out, cases[i].ms), ==, strlen(cases[i].text));
        g_assert_cmpstr(out, ==, cases[i].text);
    }
    g_assert_cmpuint(sm_text_clock(out, sizeof out, INT64_MAX), <, sizeof out - 1);
    g_assert_cmpuint(sm_text_clock(out, sizeof out, INT64_MIN), <, sizeof out - 1);
    g_assert_cmpint(out[0], ==, '-');
    g_assert_cmpuint(sm_text_clock(small, sizeof small, 30000), ==, 3);
    static const struct {
        int64_t ms;
        const char *text;
    } left[] = {{4001, "00:05"}, {1, "00:01"}, {0, "00:00"}, {-1, "00:00"}, {-61999, "01:01"}};
    for (gsize i = 0; i < G_N_ELEMENTS(left); i++) {
        sm_text_left(out, sizeof out, left[i].ms);
        g_assert_cmpstr(out, ==, left[i].text);
    }
    g_assert_cmpuint(sm_text_left(out, sizeof out, INT64_MIN), <, sizeof out - 1);
    sm_text_duration(out, sizeof out, 192999);
    g_assert_cmpstr(out, ==, "03:12");
    sm_text_duration(out, sizeof out, -5);
    g_assert_cmpstr(out, ==, "00:00");
}

static void check_bar(void)
{
    static const struct {
        int64_t used;
        int64_t target;
        const char *bar;
    } cases[] = {
        {0, 30000, "[..........]"},     {2999, 30000, "[..........]"},
        {3000, 30000, "[#.........]"},  {21000, 30000, "[#######...]"},
        {29999, 30000, "[#########.]"}, {30000, 30000, "[##########]"},
        {90000, 30000, "[##########]"}, {-5, 30000, "[..........]"},
        {5, 0, "[..........]"},         {INT64_MAX / 2, INT64_MAX, "[####......]"},
        {INT64_MAX, 1, "[##########]"},
    };
    const SmWidths w = {0};
    char out[64];

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_assert_cmpuint(sm_text_bar(out, sizeof out, cases[i].used, cases[i].target, FALSE), ==,
                         SM_BAR_COLUMNS);
        g_assert_cmpstr(out, ==, cases[i].bar);
        sm_text_bar(out, sizeof out, cases[i].used, cases[i].target, TRUE);
        g_assert_cmpint(sm_width_text(&w, out, strlen(out)), ==, SM_BAR_COLUMNS);
    }
    sm_text_bar(out, sizeof out, 21000, 30000, TRUE);
    g_assert_cmpstr(out, ==, " ███████░░░ ");
}

static gboolean matches(const char *pattern, const char *text, int *score)
{
    g_autoptr(SmFuzzy) f = sm_fuzzy_new(pattern);

    return sm_fuzzy_match(f, text, score, NULL, NULL);
}

static void check_fuzzy_match(void)
{
    int score = 7;

    g_assert_true(matches("", "anything", &score));
    g_assert_cmpint(score, ==, 0);
    g_assert_true(matches("redir", "Redirect a parcel", NULL));
    g_assert_true(matches("RDP", "redirect a parcel", NULL));
    g_assert_true(matches("发货", "什么时候发货", NULL));
    g_assert_true(matches("发时", "发货时间", NULL));
    g_assert_false(matches("货发", "发货时间", NULL));
    g_assert_true(matches("ＳＨＩＰ", "ship", NULL));
    g_assert_true(matches("ÄÖ", "bäö", NULL));
    g_assert_true(matches("parcel red", "redirect parcel", NULL)); /* terms in any order */
    g_assert_false(matches("parcel x", "redirect parcel", NULL));
    g_assert_false(matches("abc", "ab", NULL));
    g_assert_false(matches("a", "", NULL));
}

static void assert_better(const char *pattern, const char *good, const char *bad)
{
    int a, b;

    g_assert_true(matches(pattern, good, &a));
    g_assert_true(matches(pattern, bad, &b));
    g_assert_cmpint(a, >, b);
}

static void check_fuzzy_order(void)
{
    assert_better("ship", "shipping", "s-h-i-p");
    assert_better("ship", "shipping", "worship");
    assert_better("rp", "redirect parcel", "carrier repair up");
    assert_better("时间", "发货时间", "时段与空间");
    assert_better("hi", "hi", "hi there, this is a rather long line of text");
    assert_better("lena", "Lena Fischer", "Milena Novak");
}

static void check_fuzzy_places(void)
{
    g_autoptr(SmFuzzy) f = sm_fuzzy_new("时间 fa");
    guint places[SM_FUZZY_PATTERN], n;
    static const guint want[] = {0, 1, 9, 12};

    g_assert_true(sm_fuzzy_match(f, "fa 发货时间", NULL, places, &n));
    g_assert_cmpuint(n, ==, G_N_ELEMENTS(want));
    for (guint i = 0; i < n; i++)
        g_assert_cmpuint(places[i], ==, want[i]);
    {
        g_autoptr(SmFuzzy) run = sm_fuzzy_new("abc");

        g_assert_true(
            sm_fuzzy_match(run, "a ab abc", NULL, places, &n)); /* the run, not the scraps */
        g_assert_cmpuint(n, ==, 3);
        g_assert_cmpuint(places[0], ==, 5);
    }
}

static void check_fuzzy_bounds(void)
{
    g_autofree char *text = g_strnfill(SM_FUZZY_TEXT + 100, 'a');
    g_autofree char *pattern = g_strnfill(SM_FUZZY_PATTERN + 50, 'a');
    g_autoptr(SmFuzzy) f = sm_fuzzy_new(pattern);
    guint places[SM_FUZZY_PATTERN], n;

    g_assert_true(sm_fuzzy_match(f, text, NULL, places, &n));
    g_assert_cmpuint(n, ==, SM_FUZZY_PATTERN);
    text[SM_FUZZY_TEXT] = 'z';
    g_assert_false(matches("z", text, NULL));
    text[SM_FUZZY_TEXT - 1] = 'z';
    g_assert_true(matches("z", text, NULL));
}

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/text/clock/clock", check_clock);
    g_test_add_func("/text/clock/bar", check_bar);
    g_test_add_func("/text/fuzzy/match", check_fuzzy_match);
    g_test_add_func("/text/fuzzy/order", check_fuzzy_order);
    g_test_add_func("/text/fuzzy/places", check_fuzzy_places);
    g_test_add_func("/text/fuzzy/bounds", check_fuzzy_bounds);
    return g_test_run();
}
