/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "seatmux/base/limits.h"
#include "seatmux/base/yaml.h"

/* The findings of a text as lines; *doc may be NULL. */
static char *said(const SmFindings *f)
{
    GString *s = g_string_new(NULL);
    for (guint i = 0; i < sm_findings_count(f); i++) {
        g_autofree char *line = sm_finding_format(sm_findings_at(f, i));
        g_string_append_printf(s, "%s\n", line);
    }
    return g_string_free(s, FALSE);
}

static void tree(void)
{
    static const char TEXT[] = "\xef\xbb\xbfname: \xe5\xbe\xae\xe6\x9d\xa5\n"
                               "list:\n"
                               "  - 012\n"
                               "  - {\xe4\xbd\xa0: \"null\"}\n"
                               "block: |\n"
                               "  two\n"
                               "  lines\n";
    g_autoptr(SmFindings) f = sm_findings_new();
    g_autoptr(SmYamlDoc) doc = sm_yaml_parse("t.yaml", TEXT, strlen(TEXT), f);
    g_assert_cmpuint(sm_findings_count(f), ==, 0);
    g_assert_cmpstr(sm_yaml_file(doc), ==, "t.yaml");
    SmYaml *root = sm_yaml_root(doc);
    g_assert_cmpint(sm_yaml_kind(root), ==, SM_YAML_MAP);
    g_assert_cmpuint(sm_yaml_size(root), ==, 3);
    g_assert_cmpint(sm_yaml_column(root), ==, 1);
    g_assert_cmpstr(sm_yaml_text(sm_yaml_key(root, 1)), ==, "list");
    g_assert_cmpstr(sm_yaml_text(sm_yaml_get(root, "name")), ==, "\xe5\xbe\xae\xe6\x9d\xa5");
    SmYaml *list = sm_yaml_get(root, "list");
    g_assert_cmpint(sm_yaml_kind(list), ==, SM_YAML_LIST);
    g_assert_null(sm_yaml_text(list));
    g_assert_cmpstr(sm_yaml_text(sm_yaml_item(list, 0)), ==, "012");
    g_assert_false(sm_yaml_quoted(sm_yaml_item(list, 0)));
    SmYaml *value = sm_yaml_get(sm_yaml_item(list, 1), "\xe4\xbd\xa0");
    g_assert_true(sm_yaml_quoted(value));
    g_assert_cmpint(sm_yaml_line(value), ==, 4);
    g_assert_cmpint(sm_yaml_column(value), ==, 9); /* characters, not bytes */
    g_assert_cmpstr(sm_yaml_text(sm_yaml_get(root, "block")), ==, "two\nlines\n");
    g_assert_true(sm_yaml_quoted(sm_yaml_get(root, "block")));
    g_assert_null(sm_yaml_get(root, "gone"));
}

static void empty(void)
{
    g_autoptr(SmFindings) f = sm_findings_new();
    g_autoptr(SmYamlDoc) doc = sm_yaml_parse("e", "# nothing\n", 10, f);
    g_assert_nonnull(doc);
    g_assert_null(sm_yaml_root(doc));
    g_assert_cmpuint(sm_findings_count(f), ==, 0);
}

typedef struct {
    const char *text;
    gsize n; /* 0: all of it */
    gboolean usable;
    const char *says;
} Case;

static void faults(void)
{
    static const Case CASES[] = {
        {"a: 1\nb: 2\na: 3\nb: 4\n", 0, TRUE,
         "t:3:1: error: duplicate key 'a' (first in line 1)\n"
         "t:4:1: error: duplicate key 'b' (first in line 2)\n"},
        {"a: &x 1\nb: *x\nc: !!str 2\n", 0, TRUE,
         "t:1:4: error: anchors (&) can't be used here\n"
         "t:2:4: error: aliases (*) can't be used here\n"
         "t:3:4: error: tags (!) can't be used here\n"},
        {"a: 1\n[b]: 2\n", 0, TRUE, "t:2:1: error: a key must be plain text\n"},
        {"a: 1\n---\nb: 2\n", 0, TRUE,
         "t:2:1: error: a second document; the rest of this file is not read\n"},
        {"a:\n\tb: 1\n", 0, FALSE,
         "t:2:1: error: a tab; indent with spaces while scanning for the next token; the rest of "
         "this file is not read\n"},
        {"x: 1\na: b: c\n", 0, FALSE, NULL},
        {"a: \"x\\0y\"\n", 0, TRUE, "t:1:4: error: a NUL character in a text\n"},
        {"a: x\0y\n", 7, FALSE, "t:1:5: error: a NUL character in the file\n"},
        {"a: 1\nb: \xc4\xe3\xba\xc3\n", 0, FALSE,
         "t:2:4: error: file is not UTF-8 (GBK?); save it as UTF-8\n"},
        {"a: \xe4\xbd\xa0\xff\n", 0, FALSE, "t:1:5: error: file is not UTF-8\n"},
        {"\xff\xfe"
         "a\0",
         4, FALSE, "t:1:1: error: file is UTF-16; save it as UTF-8\n"},
        {"k: \xe4\xbd\xa0\x01\n", 0, FALSE,
         "t:1:5: error: control characters are not allowed; the rest of this file is not read\n"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autoptr(SmFindings) f = sm_findings_new();
        gsize n = CASES[i].n > 0 ? CASES[i].n : strlen(CASES[i].text);
        g_autoptr(SmYamlDoc) doc = sm_yaml_parse("t", CASES[i].text, n, f);
        g_autofree char *says = said(f);
        if (CASES[i].says != NULL) {
            g_assert_cmpstr(says, ==, CASES[i].says);
        } else {
            g_assert_cmpuint(sm_findings_errors(f), ==, 1);
            g_assert_true(g_str_has_prefix(says, "t:2:5: error: "));
        }
        g_assert_cmpint(doc != NULL, ==, CASES[i].usable);
    }
}

static SmYamlDoc *repeated(const char *head, const char *part, guint times, const char *tail,
                           SmFindings *f)
{
    GString *s = g_string_new(head);
    for (guint i = 0; i < times; i++) {
        g_string_append(s, part);
    }
    g_string_append(s, tail);
    SmYamlDoc *doc = sm_yaml_parse("t", s->str, s->len, f);
    g_string_free(s, TRUE);
    return doc;
}

static void refuse(const char *head, const char *part, guint times, const char *word)
{
    g_autoptr(SmFindings) f = sm_findings_new();
    g_autoptr(SmYamlDoc) doc = repeated(head, part, times, "", f);
    g_assert_null(doc);
    g_autofree char *says = said(f);
    g_assert_nonnull(strstr(says, word));
    g_assert_cmpuint(sm_findings_count(f), <=, 101);
}

static void bounds(void)
{
    g_autoptr(SmFindings) f = sm_findings_new();
    GString *deep = g_string_new(NULL);
    for (int i = 0; i < SM_MAX_YAML_DEPTH; i++) {
        g_string_append_c(deep, '[');
    }
    for (int i = 0; i < SM_MAX_YAML_DEPTH; i++) {
        g_string_append_c(deep, ']');
    }
    g_autoptr(SmYamlDoc) fits = sm_yaml_parse("t", deep->str, deep->len, f);
    g_string_free(deep, TRUE);
    g_assert_nonnull(fits);
    g_autoptr(SmYamlDoc) most = repeated("", "- a\n", SM_MAX_YAML_NODES - 1, "", f);
    g_assert_nonnull(most);
    g_assert_cmpuint(sm_findings_count(f), ==, 0);
    refuse("", "- a\n", SM_MAX_YAML_NODES, "YAML_NODES");
    refuse("", "[", SM_MAX_YAML_DEPTH + 1, "YAML_DEPTH");
    /* libyaml would take minutes over these. */
    gint64 start = g_get_monotonic_time();
    refuse("", "[", 1000000, "YAML_DEPTH");
    refuse("", "{a: ", 200000, "YAML_DEPTH");
    refuse("", "- ", 200000, "YAML_DEPTH");
    refuse("", "? ", 200000, "YAML_DEPTH");
    g_assert_cmpint(g_get_monotonic_time() - start, <, 20 * G_USEC_PER_SEC);
    refuse("", "- *x\n", 5000, "too many errors");
    refuse("#", "0123456789abcdef", SM_MAX_YAML_BYTES / 16, "YAML_BYTES");
}

static const char MAP[] = "name: Desk\n"         /* 1 */
                          "empty:\n"             /* 2 */
                          "quoted: \"\"\n"       /* 3 */
                          "on: Yes\n"            /* 4 */
                          "bad: maybe\n"         /* 5 */
                          "n: 012\n"             /* 6 */
                          "big: 9\n"             /* 7 */
                          "wait: 1h30m\n"        /* 8 */
                          "never: none\n"        /* 9 */
                          "colour: green\n"      /* 10 */
                          "tags: [a, \"b c\"]\n" /* 11 */
                          "one: x\n"             /* 12 */
                          "mixed: [a, {b: 1}]\n" /* 13 */
                          "txet: 1\n"            /* 14 */
                          "half: 1.5\n";         /* 15 */

static void reader_values(SmYamlMap *m)
{
    static const char *const COLOURS[] = {"red", "green", NULL};
    g_assert_cmpstr(sm_yaml_map_str(m, "name", "d"), ==, "Desk");
    g_assert_cmpstr(sm_yaml_map_str(m, "empty", "d"), ==, "d");
    g_assert_cmpstr(sm_yaml_map_str(m, "quoted", "d"), ==, "");
    g_assert_cmpstr(sm_yaml_map_str(m, "gone", "d"), ==, "d");
    g_assert_true(sm_yaml_map_bool(m, "on", FALSE));
    g_assert_true(sm_yaml_map_bool(m, "bad", TRUE));
    g_assert_cmpint(sm_yaml_map_int(m, "n", 0, 12, 5), ==, 12);
    g_assert_cmpint(sm_yaml_map_int(m, "big", 0, 8, 5), ==, 5);
    g_assert_cmpint(sm_yaml_map_int(m, "half", 0, 8, 5), ==, 5);
    g_assert_cmpint(sm_yaml_map_duration(m, "wait", 1), ==, 5400000);
    g_assert_cmpint(sm_yaml_map_duration(m, "never", 1), ==, -1);
    g_assert_cmpint(sm_yaml_map_duration(m, "empty", 17), ==, 17);
    g_assert_cmpint(sm_yaml_map_enum(m, "colour", COLOURS, 0), ==, 1);
    g_assert_cmpint(sm_yaml_map_enum(m, "one", COLOURS, 0), ==, 0);
    g_auto(GStrv) tags = sm_yaml_map_strv(m, "tags");
    g_auto(GStrv) one = sm_yaml_map_strv(m, "one");
    g_auto(GStrv) none = sm_yaml_map_strv(m, "none");
    g_auto(GStrv) mixed = sm_yaml_map_strv(m, "mixed");
    g_assert_cmpuint(g_strv_length(tags), ==, 2);
    g_assert_cmpstr(tags[1], ==, "b c");
    g_assert_cmpuint(g_strv_length(one), ==, 1);
    g_assert_cmpuint(g_strv_length(none), ==, 0);
    g_assert_cmpuint(g_strv_length(mixed), ==, 1);
    g_assert_null(sm_yaml_map_need(m, "title"));
    g_assert_null(sm_yaml_map_need(m, "quoted"));
    g_assert_cmpstr(sm_yaml_map_need(m, "name"), ==, "Desk");
}

static void reader(void)
{
    g_autoptr(SmFindings) f = sm_findings_new();
    g_autoptr(SmYamlDoc) doc = sm_yaml_parse("t", MAP, strlen(MAP), f);
    SmYamlMap *m = sm_yaml_map(doc, sm_yaml_root(doc), "the desk", f);
    reader_values(m);
    sm_yaml_map_error(m, "wait", "too %s", "long");
    sm_yaml_map_warn(m, "gone", "old");
    sm_yaml_map_end(m);
    g_autofree char *says = said(f);
    g_assert_cmpstr(
        says, ==,
        "t:5:6: error: 'bad' must be true or false\n"
        "t:7:6: error: 'big' must be from 0 to 8\n"
        "t:15:7: error: 'half' must be a whole number\n"
        "t:12:6: error: 'one' must be one of: red, green\n"
        "t:13:12: error: 'mixed' must be a list of texts\n"
        "t:1:1: error: the desk: missing 'title'\n"
        "t:3:9: error: 'quoted' must not be empty\n"
        "t:8:7: error: too long\n"
        "t:1:1: warning: old\n"
        "t:14:1: error: unknown key 'txet' (known: name empty quoted gone on bad n big half wait "
        "never colour one tags none mixed title)\n");
}

static void reader_without_map(void)
{
    g_autoptr(SmFindings) f = sm_findings_new();
    g_autoptr(SmYamlDoc) doc = sm_yaml_parse("t", "- a\n", 4, f);
    SmYamlMap *m = sm_yaml_map(doc, sm_yaml_root(doc), "the desk", f);
    g_assert_null(sm_yaml_map_need(m, "name"));
    g_assert_cmpint(sm_yaml_map_int(m, "n", 0, 9, 4), ==, 4);
    g_assert_null(sm_yaml_map_node(m, "x"));
    sm_yaml_map_end(m);
    g_autofree char *says = said(f);
    g_assert_cmpstr(says, ==, "t:1:1: error: the desk must be a map (key: value)\n");
    m = sm_yaml_map(doc, NULL, "nothing", f);
    g_assert_cmpstr(sm_yaml_map_str(m, "x", "d"), ==, "d");
    sm_yaml_map_end(m);
    g_assert_cmpuint(sm_findings_count(f), ==, 1);
}

static void durations(void)
{
    static const struct {
        const char *text;
        int64_t ms;
    } GOOD[] = {{"250ms", 250},
                {"30s", 30000},
                {"5m", 300000},
                {"1h30m", 5400000},
                {"2d", 172800000},
                {"45", 45000},
                {"0", 0},
                {"1d2h3m4s5ms", 93784005},
                {"999999999999ms", 999999999999}};
    static const char *const BAD[] = {"",     "s",     "1x",  "1m1h", "1m1m",           "-1s",
                                      "1.5h", "1h 5m", "5 m", "1h30", "9999999999999s", "30S",
                                      "m5"};
    int64_t ms;
    for (guint i = 0; i < G_N_ELEMENTS(GOOD); i++) {
        g_assert_true(sm_duration_parse(GOOD[i].text, &ms));
        g_assert_cmpint(ms, ==, GOOD[i].ms);
    }
    for (guint i = 0; i < G_N_ELEMENTS(BAD); i++) {
        g_assert_false(sm_duration_parse(BAD[i], &ms));
    }
    g_assert_false(sm_duration_parse("999999999999d", &ms));
    g_assert_true(sm_duration_parse("36500d", &ms));
    g_assert_false(sm_duration_parse("36500d1ms", &ms)); /* added to the time of day it must be one */
    g_assert_false(sm_duration_parse(NULL, &ms));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/base/yaml/tree", tree);
    g_test_add_func("/base/yaml/empty", empty);
    g_test_add_func("/base/yaml/faults", faults);
    g_test_add_func("/base/yaml/bounds", bounds);
    g_test_add_func("/base/yaml/reader", reader);
    g_test_add_func("/base/yaml/reader-without-map", reader_without_map);
    g_test_add_func("/base/yaml/durations", durations);
    return g_test_run();
}
