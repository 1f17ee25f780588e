/* SPDX-License-Identifier: MIT */
/* Cursors, targets, and answers as values. */
#include <string.h>

#include "seatmux/base/limits.h"
#include "seatmux/wire/wire.h"

static void test_cursor_round_trip(void)
{
    const struct {
        int64_t seq;
        uint32_t check;
    } cases[] = {{0, 0}, {1, 1}, {255, 0xffffffff}, {INT64_C(0xfffffffffffffff), 0x0a0b0c0d}};

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = sm_cursor_format("d.x-1", cases[i].seq, cases[i].check);
        g_autofree char *desk = NULL;
        int64_t seq = -1;
        uint32_t check = 7;
        g_assert_true(sm_cursor_parse(text, &desk, &seq, &check));
        g_assert_cmpstr(desk, ==, "d.x-1");
        g_assert_cmpint(seq, ==, cases[i].seq);
        g_assert_cmpuint(check, ==, cases[i].check);
    }
}

static void test_cursor_refused(void)
{
    const char *bad[] = {"",
                         ".",
                         "..",
                         "d.1",
                         "d.1.123",
                         "d.1.123456789",
                         "d..12345678",
                         ".1.12345678",
                         "d.1.1234567g",
                         "d.1.1234567A",
                         "d.01.12345678",
                         "d.-1.12345678",
                         "d.1000000000000000.12345678",
                         "d/e.1.12345678",
                         "d.1.12345678 "};

    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *desk = NULL;
        int64_t seq;
        uint32_t check;
        g_assert_false(sm_cursor_parse(bad[i], &desk, &seq, &check));
        g_assert_null(desk);
    }
    char *desk = NULL;
    int64_t seq;
    uint32_t check;
    g_assert_false(sm_cursor_parse(NULL, &desk, &seq, &check));
    for (gsize n = SM_MAX_ID_BYTES - 1; n < 200; n++) { /* the longest there can be, and longer ones */
        g_autofree char *id = g_strnfill(n, 'd');
        g_autofree char *text = g_strconcat(id, ".fffffffffffffff.12345678", NULL);
        g_assert_cmpint(sm_cursor_parse(text, &desk, &seq, &check), ==, n <= SM_MAX_ID_BYTES);
        g_clear_pointer(&desk, g_free);
    }
}

static void test_url(void)
{
    const char *texts[] = {"", "abc", "a/b?c=d&e", "你好 100%", "+#~._-"};

    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *escaped = sm_url_escape(texts[i]);
        g_autofree char *target = g_strconcat("/x/", escaped, "?a=1&b=", escaped, "&c=3", NULL);
        g_autofree char *value = sm_url_query(target, "b");
        g_auto(GStrv) segments = sm_url_segments(target);
        g_assert_cmpstr(value, ==, texts[i]);
        g_assert_cmpuint(g_strv_length(segments), ==, 2);
        g_assert_cmpstr(segments[1], ==, texts[i]);
    }
}

static void test_url_malformed(void)
{
    g_assert_null(sm_url_segments("x"));
    g_assert_null(sm_url_segments("/%"));
    g_assert_null(sm_url_segments("/%4"));
    g_assert_null(sm_url_segments("/%zz"));
    g_assert_null(sm_url_segments("/a%00b"));
    g_assert_null(sm_url_segments("/%ff%fe"));
    g_assert_null(sm_url_segments("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17"));
    g_assert_null(sm_url_query("/x?a=%e4", "a"));
    const char *unsound[] = {"/x?a=%e4", "/x?a=1&b=%", "/x?%zz", "/x?a=%00", "/x?a=1&a=2", "/x?a&a=", "/x?b=1&%ff=1"};
    for (guint i = 0; i < G_N_ELEMENTS(unsound); i++)
        g_assert_false(sm_url_query_sound(unsound[i]));
    const char *sound[] = {"/x", "/x?", "/x?a", "/x?a=", "/x?a=1&b=a%3D", "/x?&&a=%e4%bd%a0+b", "/x?a=b#%"};
    for (guint i = 0; i < G_N_ELEMENTS(sound); i++)
        g_assert_true(sm_url_query_sound(sound[i]));
    g_assert_null(sm_url_query("/x?ab=1", "a"));
    g_assert_null(sm_url_query("/x", "a"));
    g_autofree char *plus = sm_url_query("/x?b&a=1+2", "a");
    g_assert_cmpstr(plus, ==, "1 2");
    g_autofree char *empty = sm_url_query("/x?a=&b=2", "a");
    g_assert_cmpstr(empty, ==, "");
}

static void test_problem(void)
{
    g_autoptr(json_t) data = json_pack("{s:s, s:i}", "owner", "mia", "status", 1);
    g_autoptr(SmAnswer) answer =
        sm_answer_problem(SM_PROBLEM_ALREADY_ASSIGNED, NULL, "Mia has it.", data);
    gsize n;
    const char *bytes = g_bytes_get_data(answer->body, &n);
    g_autoptr(json_t) body = sm_json_parse(bytes, n, 10000, NULL);

    g_assert_cmpint(answer->status, ==, 409);
    g_assert_cmpstr(answer->type, ==, "application/problem+json");
    g_assert_cmpstr(sm_json_str(body, "code", ""), ==, "already_assigned");
    g_assert_cmpstr(sm_json_str(body, "owner", ""), ==, "mia");
    g_assert_cmpint(sm_json_int(body, "status", 0), ==, 409); /* data overwrites nothing */
    g_assert_cmpstr(sm_json_str(body, "detail", ""), ==, "Mia has it.");
    g_autoptr(json_t) large = sm_problem_json(SM_PROBLEM_TOO_LARGE, "BODY_BYTES", NULL, NULL);
    g_assert_cmpstr(sm_json_str(large, "limit", ""), ==, "BODY_BYTES");
    g_autoptr(json_t) invalid = sm_problem_json(SM_PROBLEM_INVALID, "stars", NULL, NULL);
    g_assert_cmpstr(sm_json_str(invalid, "field", ""), ==, "stars");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/cursor/round-trip", test_cursor_round_trip);
    g_test_add_func("/wire/cursor/refused", test_cursor_refused);
    g_test_add_func("/wire/url/round-trip", test_url);
    g_test_add_func("/wire/url/malformed", test_url_malformed);
    g_test_add_func("/wire/problem", test_problem);
    return g_test_run();
}
