/* SPDX-License-Identifier: MIT */
#include "seatmux/alert/terminal.h"
#include "seatmux/base/bug.h"
#include "seatmux/text/width.h"

#include <string.h>

#define ESC "\033"
#define ST ESC "\\"

static const char *const protocol_names[] = {"auto", "777", "9", "99", "bell", "none", NULL};

const char *const *sm_terminal_protocol_names(void)
{
    return protocol_names;
}

gboolean sm_terminal_protocol_parse(const char *name, SmTerminalProtocol *protocol)
{
    for (guint i = 0; i < SM_TERMINAL_PROTOCOLS; i++) {
        if (strcmp(name, protocol_names[i]) == 0) {
            *protocol = (SmTerminalProtocol)i;
            return TRUE;
        }
    }
    return FALSE;
}

/* Signs of a terminal, in order of trust. Value NULL: the variable is set and not empty. Only
 * terminals known to show notifications are here; the rest get the bell, which all understand. */
typedef struct {
    const char *variable;
    const char *prefix;
    SmTerminalProtocol protocol;
} Sign;

static const Sign signs[] = {
    {"TERM_PROGRAM", "iTerm", SM_TERMINAL_9},
    {"TERM_PROGRAM", "WezTerm", SM_TERMINAL_777},
    {"TERM_PROGRAM", "ghostty", SM_TERMINAL_777},
    {"TERM_PROGRAM", "kitty", SM_TERMINAL_99},
    {"TERM_PROGRAM", "Apple_Terminal", SM_TERMINAL_BELL},
    {"TERM_PROGRAM", "vscode", SM_TERMINAL_BELL},
    {"TERM", "xterm-kitty", SM_TERMINAL_99},
    {"TERM", "xterm-ghostty", SM_TERMINAL_777},
    {"TERM", "wezterm", SM_TERMINAL_777},
    {"TERM", "foot", SM_TERMINAL_777},
    {"TERM", "rxvt-unicode", SM_TERMINAL_777},
    {"LC_TERMINAL", "iTerm", SM_TERMINAL_9},
    {"KITTY_WINDOW_ID", NULL, SM_TERMINAL_99},
    {"GHOSTTY_RESOURCES_DIR", NULL, SM_TERMINAL_777},
    {"WEZTERM_PANE", NULL, SM_TERMINAL_777},
};

static const char *value(char **environment, const char *name)
{
    const char *v = environment ? g_environ_getenv(environment, name) : NULL;
    return v ? v : "";
}

static SmTerminalProtocol by_signs(char **environment, SmTerminalProtocol otherwise)
{
    for (guint i = 0; i < G_N_ELEMENTS(signs); i++) {
        const char *v = value(environment, signs[i].variable);
        if (signs[i].prefix ? g_str_has_prefix(v, signs[i].prefix) : *v != '\0')
            return signs[i].protocol;
    }
    return otherwise;
}

/* tmux calls itself tmux-* or screen-* in TERM, screen only screen*. With both around, nobody can
 * say which is the outer one, and no wrapping reaches through both. */
static SmMultiplexer multiplexer(char **environment)
{
    const char *term = value(environment, "TERM");
    gboolean tmux = *value(environment, "TMUX") || g_str_has_prefix(term, "tmux");
    gboolean screen = *value(environment, "STY") || (!tmux && g_str_has_prefix(term, "screen"));
    if (screen)
        return SM_MUX_SCREEN;
    return tmux ? SM_MUX_TMUX : SM_MUX_NONE;
}

static gboolean has_title(char **environment, SmMultiplexer mux)
{
    const char *term = value(environment, "TERM");
    if (mux == SM_MUX_SCREEN || *term == '\0')
        return FALSE;
    static const char *const without[] = {"linux", "dumb", "vt", "cons", "ansi", "sun"};
    for (guint i = 0; i < G_N_ELEMENTS(without); i++) {
        if (g_str_has_prefix(term, without[i]))
            return FALSE;
    }
    return TRUE;
}

SmTerminalRoute sm_terminal_detect(SmTerminalProtocol setting, char **environment)
{
    SmTerminalRoute route = {.protocol = setting, .mux = multiplexer(environment)};
    route.title = setting != SM_TERMINAL_NONE && has_title(environment, route.mux);
    if (setting == SM_TERMINAL_NONE)
        return route;
    if (route.mux == SM_MUX_SCREEN)
        route.protocol = SM_TERMINAL_BELL;
    else if (setting == SM_TERMINAL_AUTO && route.mux == SM_MUX_TMUX)
        /* The terminal outside is a guess; the bell goes with it, and what is not known is ignored.
         */
        route.protocol = by_signs(environment, SM_TERMINAL_777);
    else if (setting == SM_TERMINAL_AUTO)
        route.protocol = by_signs(environment, SM_TERMINAL_BELL);
    return route;
}

const char *sm_terminal_route_name(const SmTerminalRoute *route)
{
    gboolean tmux = route->mux == SM_MUX_TMUX;
    switch (route->protocol) {
    case SM_TERMINAL_777:
        return tmux ? "OSC 777 in tmux" : "OSC 777";
    case SM_TERMINAL_9:
        return tmux ? "OSC 9 in tmux" : "OSC 9";
    case SM_TERMINAL_99:
        return tmux ? "OSC 99 in tmux" : "OSC 99";
    case SM_TERMINAL_NONE:
        return "none";
    case SM_TERMINAL_AUTO:
    case SM_TERMINAL_BELL:
    case SM_TERMINAL_PROTOCOLS:
        break;
    }
    return "bell";
}

/* At most `chars` characters of text, without the half of what they make together. Safe text still may hold newlines, and ";" parts the fields
 * of an OSC; both must not leave as they are. The rest of the controls is checked once more, since
 * this is the last stop before a terminal that obeys them. */
static void append_text(GString *to, const SmSafe *text, guint chars)
{
    const char *p = sm_safe_str(text), *end = p + sm_safe_len(text);
    if (g_utf8_strlen(p, -1) > (glong)chars)
        end = p + sm_grapheme_border(p, sm_safe_len(text), (gsize)(g_utf8_offset_to_pointer(p, chars) - p));
    while (p < end) {
        gunichar c = g_utf8_get_char_validated(p, -1);
        if (c == (gunichar)-1 || c == (gunichar)-2)
            return;
        if (c == ';' && !SM_BUG(43))
            g_string_append_c(to, ',');
        else if (c < 0x20 || (c >= 0x7f && c < 0xa0))
            g_string_append_c(to, ' ');
        else
            g_string_append_unichar(to, c);
        p = g_utf8_next_char(p);
    }
    if (*p)
        g_string_append(to, "...");
}

static void append_777(GString *to, const SmSafe *title, const SmSafe *body)
{
    g_string_append(to, ESC "]777;notify;");
    append_text(to, title, SM_TERMINAL_TITLE_CHARS);
    g_string_append_c(to, ';');
    append_text(to, body, SM_TERMINAL_BODY_CHARS);
    g_string_append(to, ST);
}

/* The program's name first: a message that begins with a digit means other things to some terminals
 * (9;4 draws a progress bar). */
static void append_9(GString *to, const SmSafe *title, const SmSafe *body)
{
    g_string_append(to, ESC "]9;seatmux: ");
    append_text(to, title, SM_TERMINAL_TITLE_CHARS);
    if (sm_safe_len(body) > 0) {
        g_string_append(to, " - ");
        append_text(to, body, SM_TERMINAL_BODY_CHARS);
    }
    g_string_append(to, ST);
}

static void append_tmux(GString *to, const GString *inner)
{
    if (inner->len == 0)
        return;
    g_string_append(to, ESC "Ptmux;");
    for (gsize i = 0; i < inner->len; i++) {
        if (inner->str[i] == '\033')
            g_string_append_c(to, '\033');
        g_string_append_c(to, inner->str[i]);
    }
    g_string_append(to, ST);
}

/* One sequence after the other: tmux takes each in a wrapping of its own. */
static void append_99(GString *to, const SmTerminalRoute *route, guint32 slot, const char *more,
                      const SmSafe *text, guint chars)
{
    g_autoptr(GString) one = g_string_new(NULL);
    g_string_append_printf(one, ESC "]99;i=seatmux-%u:%s;", slot, more);
    append_text(one, text, chars);
    g_string_append(one, ST);
    if (route->mux == SM_MUX_TMUX)
        append_tmux(to, one);
    else
        g_string_append_len(to, one->str, (gssize)one->len);
}

static void notify_99(GString *to, const SmTerminalRoute *route, guint32 slot, SmUrgency level,
                      const SmSafe *title, const SmSafe *body)
{
    int urgency = level >= SM_URGENCY_OVERDUE ? 2 : level >= SM_URGENCY_MESSAGE ? 1 : 0;
    gboolean two = sm_safe_len(body) > 0;
    g_autofree char *first = g_strdup_printf("d=%d:u=%d:p=title", two ? 0 : 1, urgency);
    append_99(to, route, slot, first, title, SM_TERMINAL_TITLE_CHARS);
    if (two)
        append_99(to, route, slot, "d=1:p=body", body, SM_TERMINAL_BODY_CHARS);
}

GString *sm_terminal_bell(const SmTerminalRoute *route)
{
    return g_string_new(route->protocol == SM_TERMINAL_NONE ? "" : "\a");
}

GString *sm_terminal_notify(const SmTerminalRoute *route, guint32 slot, SmUrgency level,
                            const SmSafe *title, const SmSafe *body)
{
    GString *out = g_string_new(NULL);
    g_autoptr(GString) plain = g_string_new(NULL);
    switch (route->protocol) {
    case SM_TERMINAL_777:
        append_777(plain, title, body);
        break;
    case SM_TERMINAL_9:
        append_9(plain, title, body);
        break;
    case SM_TERMINAL_99:
        notify_99(out, route, slot, level, title, body);
        break;
    case SM_TERMINAL_NONE:
        return out;
    case SM_TERMINAL_AUTO:
    case SM_TERMINAL_BELL:
    case SM_TERMINAL_PROTOCOLS:
        g_string_append_c(out, '\a');
        return out;
    }
    if (route->mux == SM_MUX_TMUX) {
        append_tmux(out, plain);
        g_string_append_c(out,
                          '\a'); /* tmux may not allow passthrough; its own bell always works */
    } else {
        g_string_append_len(out, plain->str, (gssize)plain->len);
    }
    return out;
}

GString *sm_terminal_close(const SmTerminalRoute *route, guint32 slot)
{
    GString *out = g_string_new(NULL);
    if (route->protocol == SM_TERMINAL_99)
        append_99(out, route, slot, "p=close", NULL, 0);
    return out;
}

GString *sm_terminal_title(const SmTerminalRoute *route, guint waiting, gboolean overdue,
                           const SmSafe *name)
{
    GString *out = g_string_new(NULL);
    if (!route->title)
        return out;
    g_string_append(out, ESC "]2;");
    if (waiting > 0)
        g_string_append_printf(out, "(%u%s) ", waiting, overdue ? "!" : "");
    append_text(out, name, SM_TERMINAL_TITLE_CHARS);
    g_string_append(out, ST);
    return out;
}

GString *sm_terminal_title_save(const SmTerminalRoute *route)
{
    return g_string_new(route->title ? ESC "[22;2t" : "");
}

GString *sm_terminal_title_restore(const SmTerminalRoute *route)
{
    return g_string_new(route->title ? ESC "[23;2t" : "");
}
