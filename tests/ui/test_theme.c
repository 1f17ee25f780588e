/* SPDX-License-Identifier: MIT */
#include <glib.h>
#include <string.h>

#include "ui/theme.h"

static SmTheme *parse(const char *text, SmFindings *findings)
{
    return sm_theme_parse("t.yaml", text, strlen(text), findings);
}

static void assert_finding(const char *text, const char *wanted)
{
    g_autoptr(SmFindings) findings = sm_findings_new();
    sm_theme_free(parse(text, findings));
    g_assert_cmpuint(sm_findings_count(findings), ==, 1);
    g_autofree char *line = sm_finding_format(sm_findings_at(findings, 0));
    if (!g_str_has_prefix(line, wanted)) {
        g_assert_cmpstr(line, ==, wanted);
    }
}

static void test_shipped(void)
{
    static const char *const names[] = {"default", "light", "mono", "contrast"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path =
            g_strdup_printf("%s/themes/%s.yaml", g_getenv("SEATMUX_SOURCE_ROOT"), names[i]);
        g_autoptr(SmFindings) findings = sm_findings_new();
        g_autoptr(SmTheme) theme = sm_theme_load(path, findings);
        for (guint k = 0; k < sm_findings_count(findings); k++) {
            g_test_message("%s", sm_findings_at(findings, k)->text);
        }
        g_assert_cmpuint(sm_findings_count(findings), ==, 0);
        g_assert_cmpstr(sm_theme_name(theme), ==, names[i]);
        /* the composer is drawn in text: one byte a key only in the terminal's own colours */
        const SmLook *text = sm_theme_look(theme, SM_STYLE_TEXT);
        g_assert_true(text->fg == SM_COLOUR_DEFAULT && text->bg == SM_COLOUR_DEFAULT &&
                      !text->attrs);
        g_autofree char *source = NULL;
        g_assert_true(g_file_get_contents(path, &source, NULL, NULL));
        for (int r = 0; r < SM_STYLE_COUNT; r++) { /* all of them, so that a copy is complete */
            g_autofree char *line = g_strdup_printf("\n  %s: {", sm_style_name((SmStyle)r));
            g_assert_nonnull(strstr(source, line));
            g_assert_cmpint(sm_style_find(sm_style_name((SmStyle)r)), ==, r);
        }
    }
}

static void test_parse(void)
{
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmTheme) theme =
        parse("theme: mine\nroles:\n  note: {fg: \"#ff8000\", bg: blue, bold: true, italic: yes}\n"
              "  ok: {fg: bright-green}\n  warning: {underline: true, reverse: true, dim: true}\n",
              findings);
    g_assert_cmpuint(sm_findings_count(findings), ==, 0);
    g_assert_cmpstr(sm_theme_name(theme), ==, "mine");
    const SmLook *note = sm_theme_look(theme, SM_STYLE_NOTE);
    g_assert_cmphex(note->fg, ==, 0xff8000);
    g_assert_cmphex(note->bg, ==, SM_COLOUR_NAMED | 4);
    g_assert_cmphex(note->attrs, ==, SM_LOOK_BOLD | SM_LOOK_ITALIC);
    g_assert_cmphex(sm_theme_look(theme, SM_STYLE_OK)->fg, ==, SM_COLOUR_NAMED | 10);
    g_assert_cmphex(sm_theme_look(theme, SM_STYLE_WARNING)->attrs, ==,
                    SM_LOOK_UNDERLINE | SM_LOOK_REVERSE | SM_LOOK_DIM);
    g_autoptr(SmTheme) shipped = sm_theme_new();
    g_assert_cmphex(sm_theme_look(theme, SM_STYLE_ERROR)->fg, ==,
                    sm_theme_look(shipped, SM_STYLE_ERROR)->fg);
}

static void test_findings(void)
{
    assert_finding("theme: x\nroles:\n  note: {fg: \"#ff80\"}\n", "t.yaml:3:14: error: ");
    assert_finding("theme: x\nroles:\n  note: {fg: mauve}\n", "t.yaml:3:14: error: ");
    assert_finding("theme: x\nroles:\n  nope: {fg: red}\n", "t.yaml:3:3: ");
    assert_finding("theme: x\nroles:\n  note: {colour: red}\n", "t.yaml:3:10: ");
    assert_finding("theme: x\nroles:\n  note: red\n", "t.yaml:3:9: ");
    assert_finding("theme: x\nroles:\n  note: {bold: maybe}\n", "t.yaml:3:16: ");
    assert_finding("theme: [\n", "t.yaml:");

    g_autoptr(SmFindings) findings = sm_findings_new(); /* the rest still counts */
    g_autoptr(SmTheme) theme =
        parse("theme: x\nroles:\n  note: {fg: mauve}\n  ok: {fg: red}\n", findings);
    g_assert_cmphex(sm_theme_look(theme, SM_STYLE_OK)->fg, ==, SM_COLOUR_NAMED | 1);
}

static void test_colours(void)
{
    static const struct {
        const char *text;
        int in_256, in_16, in_8;
    } cases[] = {
        {"#000000", 16, 0, 0},   {"#ffffff", 231, 15, 7}, {"#ff0000", 196, -2, 1},
        {"#5fd7ff", 81, -2, -2}, {"#808080", 244, 8, -2}, {"#303030", 236, -2, 0},
        {"#d70000", 160, 1, 1},  {"#fff", 231, 15, 7},    {"default", -1, -1, -1},
        {"red", 1, 1, 1},        {"bright-red", 9, 9, 1}, {"grey", 8, 8, 0},
    };
    SmColour colour;
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_assert_true(sm_colour_parse(cases[i].text, &colour));
        g_assert_cmpint(sm_colour_number(colour, 256), ==, cases[i].in_256);
        if (cases[i].in_16 != -2) {
            g_assert_cmpint(sm_colour_number(colour, 16), ==, cases[i].in_16);
        }
        if (cases[i].in_8 != -2) {
            g_assert_cmpint(sm_colour_number(colour, 8), ==, cases[i].in_8);
        }
        g_assert_cmpint(sm_colour_number(colour, 8), <, 8);
        g_assert_cmpint(sm_colour_number(colour, 0), ==, -1);
    }
    g_assert_false(sm_colour_parse("#12345", &colour));
    g_assert_false(sm_colour_parse("#gggggg", &colour));
    g_assert_false(sm_colour_parse("", &colour));
    g_assert_false(sm_colour_parse("Red", &colour));
    for (SmColour value = 0; value <= 0xffffff; value += 0x010203) { /* what is exact stays so */
        int number = sm_colour_number(value, 256);
        g_assert_cmpint(number, >=, 16);
        g_assert_cmpint(number, <, 256);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ui/theme/shipped", test_shipped);
    g_test_add_func("/ui/theme/parse", test_parse);
    g_test_add_func("/ui/theme/findings", test_findings);
    g_test_add_func("/ui/theme/colours", test_colours);
    return g_test_run();
}
