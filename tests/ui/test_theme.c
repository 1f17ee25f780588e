/* SPDX-License-Identifier: MIT */
#include <glib.h>
#include <math.h>
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

static const char *const names[] = {"default", "dark", "light", "mono", "contrast", "deuteranopia", "tritanopia"};

static void test_shipped(void)
{
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

/* --- Contrast, and eyes that see fewer colours (WCAG 2.1; Vienot et al. 1999) --------------------- */

static double linear(double part)
{
    return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4);
}

static void channels(SmColour colour, double *rgb)
{
    for (int i = 0; i < 3; i++) {
        rgb[i] = linear((double)(colour >> (16 - 8 * i) & 255) / 255);
    }
}

static double luminance(SmColour colour)
{
    double c[3];
    channels(colour, c);
    return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2];
}

static double contrast(SmColour a, SmColour b)
{
    double x = luminance(a), y = luminance(b);
    return (MAX(x, y) + 0.05) / (MIN(x, y) + 0.05);
}

static SmTheme *shipped(const char *name)
{
    g_autofree char *path = g_strdup_printf("%s/themes/%s.yaml", g_getenv("SEATMUX_SOURCE_ROOT"), name);
    return sm_theme_load(path, NULL);
}

/* Every role can be read on its ground: 4.5 to 1, what is meant to be quiet and the borders 3 to 1. */
static void test_contrast(void)
{
    static const struct {
        const char *name;
        SmColour fg, bg; /* of the terminal that it is made for */
    } themes[] = {{"dark", 0xd0d0d0, 0x101010},         {"light", 0x101010, 0xffffff},
                  {"contrast", 0xffffff, 0x000000},     {"deuteranopia", 0xd0d0d0, 0x101010},
                  {"tritanopia", 0xd0d0d0, 0x101010}};
    for (guint i = 0; i < G_N_ELEMENTS(themes); i++) {
        g_autoptr(SmTheme) theme = shipped(themes[i].name);
        for (int role = 0; role < SM_STYLE_COUNT; role++) {
            const SmLook *look = sm_theme_look(theme, (SmStyle)role);
            SmColour fg = look->fg & SM_COLOUR_DEFAULT ? themes[i].fg : look->fg;
            SmColour bg = look->bg & SM_COLOUR_DEFAULT ? themes[i].bg : look->bg;
            double least = role == SM_STYLE_BORDER || role == SM_STYLE_POPUP_BORDER ? 2.5 : 4.5;
            if (contrast(fg, bg) < least) {
                g_test_message("%s: %s has %.2f", themes[i].name, sm_style_name((SmStyle)role), contrast(fg, bg));
                g_test_fail();
            }
        }
    }
}

/* Colour as somebody sees it who lacks a kind of cones, in linear light. */
static void seen(SmColour colour, const double m[9], double *out)
{
    double c[3];
    channels(colour, c);
    for (int i = 0; i < 3; i++) {
        out[i] = CLAMP(m[3 * i] * c[0] + m[3 * i + 1] * c[1] + m[3 * i + 2] * c[2], 0, 1);
    }
}

static double lab_part(double t)
{
    return t > 0.008856 ? cbrt(t) : 7.787 * t + 16.0 / 116;
}

static void lab(const double *rgb, double *out)
{
    double x = lab_part((0.4124 * rgb[0] + 0.3576 * rgb[1] + 0.1805 * rgb[2]) / 0.9505);
    double y = lab_part(0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]);
    double z = lab_part((0.0193 * rgb[0] + 0.1192 * rgb[1] + 0.9505 * rgb[2]) / 1.089);
    out[0] = 116 * y - 16;
    out[1] = 500 * (x - y);
    out[2] = 200 * (y - z);
}

static double apart(SmColour a, SmColour b, const double m[9])
{
    double x[3], y[3], p[3], q[3];
    seen(a, m, x);
    seen(b, m, y);
    lab(x, p);
    lab(y, q);
    return sqrt((p[0] - q[0]) * (p[0] - q[0]) + (p[1] - q[1]) * (p[1] - q[1]) + (p[2] - q[2]) * (p[2] - q[2]));
}

/* Ok, warning and overdue stay three colours to those eyes that a theme is made for: 25 apart in CIELAB. */
static void test_colour_blind(void)
{
    static const double deutan[9] = {0.29275, 0.70725, -0.02234, 0.29275, 0.70725, 0.02234, -0.02234, 0.02234, 1};
    static const double protan[9] = {0.11238, 0.88762, 0, 0.11238, 0.88762, 0, 0.00401, -0.00401, 1};
    static const double tritan[9] = {1, 0.14461, -0.14461, 0, 0.85924, 0.14076, 0, 0.85924, 0.14076};
    static const struct {
        const char *theme;
        const double *eyes;
    } cases[] = {{"deuteranopia", deutan}, {"deuteranopia", protan}, {"tritanopia", tritan}};
    static const SmStyle states[] = {SM_STYLE_OK, SM_STYLE_WARNING, SM_STYLE_OVERDUE};
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(SmTheme) theme = shipped(cases[i].theme);
        for (guint a = 0; a < 3; a++) {
            for (guint b = a + 1; b < 3; b++) {
                const SmLook *x = sm_theme_look(theme, states[a]), *y = sm_theme_look(theme, states[b]);
                /* What is seen of overdue is its ground. */
                double d = apart(x->fg, states[b] == SM_STYLE_OVERDUE ? y->bg : y->fg, cases[i].eyes);
                if (d < 25) {
                    g_test_message("%s %u: %s and %s are %.1f apart", cases[i].theme, i, sm_style_name(states[a]), sm_style_name(states[b]), d);
                    g_test_fail();
                }
            }
        }
    }
}

/* The default theme has the terminal's own colours alone. */
static void test_default_follows_the_terminal(void)
{
    g_autoptr(SmTheme) theme = shipped("default");
    for (int role = 0; role < SM_STYLE_COUNT; role++) {
        const SmLook *look = sm_theme_look(theme, (SmStyle)role);
        g_assert_true(look->fg & (SM_COLOUR_DEFAULT | SM_COLOUR_NAMED));
        g_assert_true(look->bg & (SM_COLOUR_DEFAULT | SM_COLOUR_NAMED));
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

/* TERM=xterm, TERM=linux: nothing is written in black on a ground that may be, or in the colour of its ground. */
static void test_eight_colours(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(SmTheme) theme = shipped(names[i]);
        for (int role = 0; role < SM_STYLE_COUNT; role++) {
            const SmLook *look = sm_theme_look(theme, (SmStyle)role);
            int fg, bg;
            guint attrs = sm_look_shown(look, 8, &fg, &bg);
            g_test_message("%s: role %d: %d on %d", names[i], role, fg, bg);
            g_assert_true(fg < 0 || fg != bg);
            g_assert_false(fg == 0 && bg < 0 && look->fg != 0 && look->fg != SM_COLOUR_NAMED); /* unless the theme says black */
            g_assert_cmpuint(attrs & ~look->attrs & ~(guint)SM_LOOK_DIM, ==, 0);
            attrs = sm_look_shown(look, 256, &fg, &bg);
            g_assert_cmpint(fg, ==, sm_colour_number(look->fg, 256));
            g_assert_cmpuint(attrs, ==, look->attrs);
        }
    }
    const SmLook grey = {SM_COLOUR_NAMED | 8, SM_COLOUR_DEFAULT, SM_LOOK_ITALIC}, red = {SM_COLOUR_NAMED | 9, SM_COLOUR_NAMED | 1, 0};
    int fg, bg;
    g_assert_cmpuint(sm_look_shown(&grey, 8, &fg, &bg), ==, SM_LOOK_ITALIC | SM_LOOK_DIM);
    g_assert_cmpint(fg, ==, -1);
    g_assert_cmpuint(sm_look_shown(&grey, 16, &fg, &bg), ==, SM_LOOK_ITALIC);
    g_assert_cmpint(fg, ==, 8);
    g_assert_cmpuint(sm_look_shown(&red, 8, &fg, &bg), ==, 0);
    g_assert_cmpint(fg, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ui/theme/shipped", test_shipped);
    g_test_add_func("/ui/theme/contrast", test_contrast);
    g_test_add_func("/ui/theme/colour-blind", test_colour_blind);
    g_test_add_func("/ui/theme/default-follows-the-terminal", test_default_follows_the_terminal);
    g_test_add_func("/ui/theme/parse", test_parse);
    g_test_add_func("/ui/theme/findings", test_findings);
    g_test_add_func("/ui/theme/colours", test_colours);
    g_test_add_func("/ui/theme/eight-colours", test_eight_colours);
    return g_test_run();
}
