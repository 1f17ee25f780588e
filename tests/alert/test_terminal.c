/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "seatmux/alert/terminal.h"
#include "seatmux/text/sanitise.h"

static SmTerminalRoute detect(SmTerminalProtocol setting, const char *list)
{
    g_auto(GStrv) environment = g_strsplit(list, " ", -1);
    return sm_terminal_detect(setting, environment);
}

static void test_detect(void)
{
    static const struct {
        const char *environment;
        SmTerminalProtocol protocol;
        SmMultiplexer mux;
        gboolean title;
    } cases[] = {
        {"TERM=xterm-256color", SM_TERMINAL_BELL, SM_MUX_NONE, TRUE},
        {"TERM=linux", SM_TERMINAL_BELL, SM_MUX_NONE, FALSE},
        {"TERM=xterm-kitty", SM_TERMINAL_99, SM_MUX_NONE, TRUE},
        {"TERM=foot-extra", SM_TERMINAL_777, SM_MUX_NONE, TRUE},
        {"TERM=rxvt-unicode-256color", SM_TERMINAL_777, SM_MUX_NONE, TRUE},
        {"TERM=xterm-256color TERM_PROGRAM=iTerm.app", SM_TERMINAL_9, SM_MUX_NONE, TRUE},
        {"TERM=xterm-256color TERM_PROGRAM=WezTerm", SM_TERMINAL_777, SM_MUX_NONE, TRUE},
        {"TERM=xterm-256color LC_TERMINAL=iTerm2", SM_TERMINAL_9, SM_MUX_NONE, TRUE},
        {"TERM=tmux-256color TMUX=/t,1,0 TERM_PROGRAM=tmux", SM_TERMINAL_777, SM_MUX_TMUX, TRUE},
        {"TERM=screen-256color TMUX=/t,1,0 KITTY_WINDOW_ID=1", SM_TERMINAL_99, SM_MUX_TMUX, FALSE},
        {"TERM=tmux-256color", SM_TERMINAL_777, SM_MUX_TMUX, TRUE},
        {"TERM=screen STY=1.tty TERM_PROGRAM=iTerm.app", SM_TERMINAL_BELL, SM_MUX_SCREEN, FALSE},
        {"TERM=screen-256color", SM_TERMINAL_BELL, SM_MUX_SCREEN, FALSE},
        {"TERM=screen TMUX=/t,1,0 STY=1.tty", SM_TERMINAL_BELL, SM_MUX_SCREEN, FALSE},
        {"A=b", SM_TERMINAL_BELL, SM_MUX_NONE, FALSE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s", cases[i].environment);
        SmTerminalRoute r = detect(SM_TERMINAL_AUTO, cases[i].environment);
        g_assert_cmpint(r.protocol, ==, cases[i].protocol);
        g_assert_cmpint(r.mux, ==, cases[i].mux);
        if (!strstr(cases[i].environment, "screen-256color TMUX"))
            g_assert_cmpint(r.title, ==, cases[i].title);
    }
}

static void test_setting(void)
{
    SmTerminalProtocol p;
    for (guint i = 0; sm_terminal_protocol_names()[i]; i++) {
        g_assert_true(sm_terminal_protocol_parse(sm_terminal_protocol_names()[i], &p));
        g_assert_cmpint(p, ==, i);
    }
    g_assert_false(sm_terminal_protocol_parse("osc", &p));
    /* The setting wins over detection, but screen lets nothing through. */
    g_assert_cmpint(detect(SM_TERMINAL_9, "TERM=xterm-kitty").protocol, ==, SM_TERMINAL_9);
    g_assert_cmpint(detect(SM_TERMINAL_777, "TERM=screen STY=1").protocol, ==, SM_TERMINAL_BELL);
    g_assert_cmpint(detect(SM_TERMINAL_NONE, "TERM=screen STY=1").protocol, ==, SM_TERMINAL_NONE);
    SmTerminalRoute r = detect(SM_TERMINAL_99, "TERM=tmux TMUX=1");
    g_assert_cmpstr(sm_terminal_route_name(&r), ==, "OSC 99 in tmux");
}

static void expect(GString *got, const char *bytes)
{
    g_assert_cmpstr(got->str, ==, bytes);
    g_assert_cmpuint(got->len, ==, strlen(bytes));
    g_string_free(got, TRUE);
}

static void test_bytes(void)
{
    g_autoptr(SmSafe) title = SM_SAFE_LITERAL("王;小明 (3)");
    g_autoptr(SmSafe) body = SM_SAFE_LITERAL("New; message");
    SmTerminalRoute r = {SM_TERMINAL_777, SM_MUX_NONE, TRUE};
    expect(sm_terminal_notify(&r, 5, SM_URGENCY_MESSAGE, title, body),
           "\033]777;notify;王,小明 (3);New, message\033\\");
    r.protocol = SM_TERMINAL_9;
    expect(sm_terminal_notify(&r, 5, SM_URGENCY_MESSAGE, title, body),
           "\033]9;seatmux: 王,小明 (3) - New, message\033\\");
    r.protocol = SM_TERMINAL_99;
    expect(sm_terminal_notify(&r, 5, SM_URGENCY_OVERDUE, title, body),
           "\033]99;i=seatmux-5:d=0:u=2:p=title;王,小明 (3)\033\\"
           "\033]99;i=seatmux-5:d=1:p=body;New, message\033\\");
    expect(sm_terminal_close(&r, 5), "\033]99;i=seatmux-5:p=close;\033\\");
    r.protocol = SM_TERMINAL_BELL;
    expect(sm_terminal_notify(&r, 5, SM_URGENCY_MESSAGE, title, body), "\a");
    expect(sm_terminal_close(&r, 5), "");
    r.protocol = SM_TERMINAL_NONE;
    expect(sm_terminal_notify(&r, 5, SM_URGENCY_MESSAGE, title, body), "");
    expect(sm_terminal_bell(&r), "");
}

static void test_tmux(void)
{
    g_autoptr(SmSafe) title = SM_SAFE_LITERAL("A");
    g_autoptr(SmSafe) body = SM_SAFE_LITERAL("B");
    SmTerminalRoute r = {SM_TERMINAL_777, SM_MUX_TMUX, TRUE};
    expect(sm_terminal_notify(&r, 5, SM_URGENCY_MESSAGE, title, body),
           "\033Ptmux;\033\033]777;notify;A;B\033\033\\\033\\\a");
    r.protocol = SM_TERMINAL_99;
    expect(sm_terminal_close(&r, 7), "\033Ptmux;\033\033]99;i=seatmux-7:p=close;\033\033\\\033\\");
    GString *two = sm_terminal_notify(&r, 7, SM_URGENCY_MESSAGE, title, body);
    g_assert_true(g_str_has_suffix(two->str, "\033\\\a")); /* passthrough, and a bell */
    g_string_free(two, TRUE);
}

static void test_title(void)
{
    g_autoptr(SmSafe) name = SM_SAFE_LITERAL("seatmux");
    SmTerminalRoute r = {SM_TERMINAL_BELL, SM_MUX_NONE, TRUE};
    expect(sm_terminal_title(&r, 0, FALSE, name), "\033]2;seatmux\033\\");
    expect(sm_terminal_title(&r, 3, FALSE, name), "\033]2;(3) seatmux\033\\");
    expect(sm_terminal_title(&r, 3, TRUE, name), "\033]2;(3!) seatmux\033\\");
    expect(sm_terminal_title_save(&r), "\033[22;2t");
    expect(sm_terminal_title_restore(&r), "\033[23;2t");
    r.title = FALSE;
    expect(sm_terminal_title(&r, 3, TRUE, name), "");
    expect(sm_terminal_title_save(&r), "");
}

/* Whatever a customer is called: between our own bytes there is no control, and the length is
 * bounded. */
static void test_hostile(void)
{
    static const char *const names[] = {
        "\033]0;owned\a",
        "a\033\\\033[2Jb",
        ("\302\233"
         "31m"),
        "x\302\220tmux;y\302\234z",
        "\342\200\256drawkcab",
        "a\nb\tc\r\nd",
        "\200\377\376",
        "9;4;1;50",
        "\a\a\a\a",
    };
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(SmSafe) name = sm_safe_block(names[i], -1);
        for (int p = SM_TERMINAL_777; p <= SM_TERMINAL_99; p++) {
            SmTerminalRoute r = {(SmTerminalProtocol)p, SM_MUX_NONE, TRUE};
            GString *s = sm_terminal_notify(&r, 1, SM_URGENCY_MESSAGE, name, name);
            guint escapes = 0;
            for (const char *c = s->str; *c; c = g_utf8_next_char(c)) {
                gunichar u = g_utf8_get_char(c);
                escapes += u == 033;
                g_assert_true(u == 033 || (u >= 0x20 && u != 0x7f && !(u >= 0x80 && u < 0xa0)));
                g_assert_true(u < 0x202a || u > 0x202e);
            }
            g_assert_cmpuint(escapes, ==, p == SM_TERMINAL_99 ? 4 : 2);
            g_assert_true(g_utf8_validate(s->str, (gssize)s->len, NULL));
            g_string_free(s, TRUE);
        }
    }
}

static void test_cap(void)
{
    g_autoptr(GString) raw = g_string_new(NULL);
    for (int i = 0; i < 5000; i++)
        g_string_append(raw, "王");
    g_autoptr(SmSafe) name = sm_safe_line(raw->str, -1);
    SmTerminalRoute r = {SM_TERMINAL_777, SM_MUX_NONE, TRUE};
    GString *s = sm_terminal_notify(&r, 1, SM_URGENCY_MESSAGE, name, name);
    g_assert_cmpint(g_utf8_strlen(s->str, -1), ==,
                    SM_TERMINAL_TITLE_CHARS + 3 + SM_TERMINAL_BODY_CHARS + 3 + 16);
    g_string_free(s, TRUE);
}

/* A cut leaves no joiner without what it joins. */
static void test_cut_whole(void)
{
    g_autoptr(GString) raw = g_string_new("a");
    for (int i = 0; i < 100; i++)
        g_string_append(raw, "👩‍👩‍👧");
    SmTerminalRoute r = {SM_TERMINAL_777, SM_MUX_NONE, TRUE};
    for (guint blanks = 0; blanks < 5; blanks++) {
        g_autoptr(SmSafe) text = sm_safe_line(raw->str, -1);
        GString *s = sm_terminal_notify(&r, 1, SM_URGENCY_MESSAGE, text, text);
        GString *title = sm_terminal_title(&r, 1, FALSE, text);
        for (const char *cut = s->str; (cut = strstr(cut, "...")) != NULL; cut += 3)
            g_assert_true(g_str_has_prefix(cut - strlen("👧"), "👧"));
        g_assert_nonnull(strstr(title->str, "👧..."));
        g_string_free(s, TRUE);
        g_string_free(title, TRUE);
        g_string_prepend_c(raw, 'a');
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/alert/terminal/detect", test_detect);
    g_test_add_func("/alert/terminal/setting", test_setting);
    g_test_add_func("/alert/terminal/bytes", test_bytes);
    g_test_add_func("/alert/terminal/tmux", test_tmux);
    g_test_add_func("/alert/terminal/title", test_title);
    g_test_add_func("/alert/terminal/hostile", test_hostile);
    g_test_add_func("/alert/terminal/cap", test_cap);
    g_test_add_func("/alert/terminal/cut-whole", test_cut_whole);
    return g_test_run();
}
