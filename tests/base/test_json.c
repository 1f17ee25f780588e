/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "seatmux/base/error.h"
#include "seatmux/base/json.h"
#include "seatmux/base/limits.h"

static json_t *parse(const char *text, GError **error)
{
    return sm_json_parse(text, strlen(text), 1 << 20, error);
}

/* Input, and what is written back. */
static void repairs(void)
{
    static const char *const CASES[][2] = {
        {"[\"\\ud83d\"]", "[\"\xef\xbf\xbd\"]"},   /* lone high */
        {"[\"\\ude00x\"]", "[\"\xef\xbf\xbdx\"]"}, /* lone low */
        {"[\"\\ud83d\\ud83d\\ude00\"]",
         "[\"\xef\xbf\xbd\xf0\x9f\x98\x80\"]"},             /* half, then whole */
        {"[\"\\uD83D\\uDE00\"]", "[\"\xf0\x9f\x98\x80\"]"}, /* a pair stays */
        {"[\"a\\u0000b\"]", "[\"a\xef\xbf\xbd"
                            "b\"]"},
        {"{\"k\\u0000\":1}", "{\"k\xef\xbf\xbd\":1}"},
        {"[\"\\\\u0000\"]", "[\"\\\\u0000\"]"},          /* no escape at all */
        {"[\"\\\\\\u0000\"]", "[\"\\\\\xef\xbf\xbd\"]"}, /* backslash, then one */
        {"[\"\\\\ud83d\"]", "[\"\\\\ud83d\"]"},
        {"[\"\\\"\\ud83d\"]", "[\"\\\"\xef\xbf\xbd\"]"},
        {"{\"b\":1,\"a\":[true,null,-5]}", "{\"b\":1,\"a\":[true,null,-5]}"},
        {" [ 9223372036854775807 ] ", "[9223372036854775807]"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(json_t) json = parse(CASES[i][0], &error);
        g_assert_no_error(error);
        g_autofree char *text = sm_json_text(json);
        g_assert_cmpstr(text, ==, CASES[i][1]);
    }
}

static void refuses(void)
{
    static const char *const BAD[] = {
        "",
        "{",
        "[1,]",
        "{\"a\":1,\"a\":2}",
        "[1] x",
        "[\"\\u12\"]",
        "[\"\\ud83\"]",
        "[\"\xff\"]",
        "[\"\xed\xa0\xbd\"]",
        "[\"\\",
        "nul",
        "[01]",
        "[9223372036854775808]",
        "[\"\\ud83d",
    };
    for (guint i = 0; i < G_N_ELEMENTS(BAD); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(parse(BAD[i], &error));
        g_assert_error(error, SM_ERROR, SM_ERROR_INVALID);
        g_assert_true(g_utf8_validate(error->message, -1, NULL));
    }
    g_autoptr(GError) error = NULL;
    g_assert_null(parse("{\n \"a\": secret}", &error));
    g_assert_nonnull(strstr(error->message, "2:"));
    g_assert_null(strstr(error->message, "secret"));
    g_clear_error(&error);
    g_assert_null(sm_json_parse("[\"a\0b\"]", 7, 100, &error)); /* a raw NUL */
    g_assert_error(error, SM_ERROR, SM_ERROR_INVALID);
}

static char *nested(guint depth)
{
    GString *s = g_string_new(NULL);
    for (guint i = 0; i < depth; i++) {
        g_string_append(s, i % 2 == 0 ? "[" : "{\"[\":");
    }
    g_string_append(s, "\"[[[{{{\"");
    for (guint i = depth; i > 0; i--) {
        g_string_append_c(s, (i - 1) % 2 == 0 ? ']' : '}');
    }
    return g_string_free(s, FALSE);
}

static void bounds(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *at = nested(SM_MAX_JSON_DEPTH);
    g_autofree char *past = nested(SM_MAX_JSON_DEPTH + 1);
    g_autoptr(json_t) good = parse(at, &error);
    g_assert_no_error(error);
    g_assert_nonnull(good);
    g_assert_null(parse(past, &error));
    g_assert_error(error, SM_ERROR, SM_ERROR_LIMIT);
    g_assert_nonnull(strstr(error->message, "JSON_DEPTH"));
    g_clear_error(&error);
    g_autoptr(json_t) fits = sm_json_parse("[12]", 4, 4, &error);
    g_assert_no_error(error);
    g_assert_nonnull(fits);
    g_assert_null(sm_json_parse("[12]", 4, 3, &error));
    g_assert_error(error, SM_ERROR, SM_ERROR_LIMIT);
}

static void members(void)
{
    g_autoptr(json_t) o = parse("{\"s\":\"x\",\"i\":7,\"b\":true,\"n\":null}", NULL);
    g_assert_cmpstr(sm_json_str(o, "s", "d"), ==, "x");
    g_assert_cmpstr(sm_json_str(o, "i", "d"), ==, "d");
    g_assert_cmpstr(sm_json_str(o, "gone", NULL), ==, NULL);
    g_assert_cmpint(sm_json_int(o, "i", -1), ==, 7);
    g_assert_cmpint(sm_json_int(o, "s", -1), ==, -1);
    g_assert_true(sm_json_bool(o, "b", FALSE));
    g_assert_true(sm_json_bool(o, "n", TRUE));
    g_assert_cmpint(sm_json_int(NULL, "i", 3), ==, 3);
}

static void writes(void)
{
    GString *s = g_string_new("x=");
    sm_json_append_string(s, "a\"\\\n\x01\xe4\xbd\xa0");
    sm_json_append_string(s, "\xff");
    g_assert_cmpstr(s->str, ==, "x=\"a\\\"\\\\\\n\\u0001\xe4\xbd\xa0\"\"\xef\xbf\xbd\"");
    g_string_free(s, TRUE);
}

/* What a terminal would obey or not show is escaped, means the same, and ordinary text stays. */
static void plain(void)
{
    static const struct {
        const char *text, *json;
    } cases[] = {
        {"您好, Gruß", "\"您好, Gruß\""},
        {"\xc2\x9b" "31m\x7f", "\"\\u009B31m\\u007F\""},
        {"a\xe2\x80\xae" "b\xe2\x81\xa6\xef\xbb\xbf", "\"a\\u202Eb\\u2066\\uFEFF\""},
        {"x\xf3\xa0\x81\x81", "\"x\\uDB40\\uDC41\""},
        {"क्\xe2\x80\x8dष", "\"क्\\u200Dष\""},
        {"e\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301z\u0301",
         "\"e\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\\u0301z\u0301\""},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(json_t) json = json_string(cases[i].text);
        g_autofree char *got = sm_json_plain(json);
        g_assert_cmpstr(got, ==, cases[i].json);
        g_autoptr(json_t) again = json_loads(got, JSON_DECODE_ANY, NULL);
        g_assert_cmpstr(json_string_value(again), ==, cases[i].text);
    }
}

static void check(const char *text, const char *shape, const char *complaint)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) o = parse(text, NULL);
    g_assert_nonnull(o);
    gboolean fine = sm_json_check(o, shape, &error);
    g_assert_cmpint(fine, ==, complaint == NULL);
    if (complaint != NULL) {
        g_assert_error(error, SM_ERROR, SM_ERROR_INVALID);
        g_assert_nonnull(strstr(error->message, complaint));
    }
}

static void shapes(void)
{
    const char *shape = "id:s n:i yes:b o:o list:a any:* note:s?";
    check("{\"id\":\"x\",\"n\":1,\"yes\":false,\"o\":{},\"list\":[],\"any\":null}", shape, NULL);
    check("{\"id\":\"x\",\"n\":1,\"yes\":false,\"o\":{},\"list\":[],\"any\":1,\"note\":\"\"}",
          shape, NULL);
    check("{\"id\":\"x\",\"n\":1.5,\"yes\":false,\"o\":{},\"list\":[],\"any\":1}", shape, "'n'");
    check("{\"n\":1}", "id:s n:i", "'id' is missing");
    check("{\"n\":1,\"note\":2}", "n:i note:s?", "'note' must be a string");
    check("{\"n\":1,\"more\":2}", "n:i", "unknown field 'more'");
    check("{\"n\":1,\"a\\u001bb\":2}", "n:i", "a\\033b");
    check("{\"no\":1}", "no:i note:s?", NULL);
    check("{\"note\":1}", "no:i? notes:s?", "unknown field 'note'");
    check("[]", "n:i?", "not an object");
    check("{}", "", NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/base/json/repairs", repairs);
    g_test_add_func("/base/json/refuses", refuses);
    g_test_add_func("/base/json/bounds", bounds);
    g_test_add_func("/base/json/members", members);
    g_test_add_func("/base/json/writes", writes);
    g_test_add_func("/base/json/plain", plain);
    g_test_add_func("/base/json/shapes", shapes);
    return g_test_run();
}
