/* SPDX-License-Identifier: MIT */
#include "ui/term_private.h"

#include <curses.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <unistd.h>

#include "seatmux/base/error.h"

#define FALLBACK "xterm-256color"

/* A capability of the entry that is loaded; NULL if it has none. */
static const char *cap(const char *name)
{
    char *text = tigetstr((char *)name); /* the parameter is not const, and is not written */
    return text == (char *)-1 || !text || !*text ? NULL : text;
}

/* Without the padding marks ("$<5>") that only tputs() understands. */
static void append_cap(GString *out, const char *name)
{
    const char *text = cap(name);
    while (text && *text) {
        const char *end = g_str_has_prefix(text, "$<") ? strchr(text, '>') : NULL;
        if (end) {
            text = end + 1;
        } else {
            g_string_append_c(out, *text++);
        }
    }
}

static gboolean load(const char *type, int *problem)
{
    int result = 0;
    *problem = setupterm(type, STDOUT_FILENO, &result) == OK ? 1 : result;
    if (*problem != 1) {
        return FALSE;
    }
    return TRUE;
}

static void unload(void)
{
    if (cur_term) {
        del_curterm(cur_term);
    }
}

gboolean sm_term_known(const char *type)
{
    int problem = 0;
    gboolean known = type && *type && load(type, &problem);
    if (known) {
        unload();
    }
    return known;
}

/* Titles are set by an OSC that every window understands and no bare console needs. */
static gboolean shows_titles(const char *name)
{
    static const char *const bare[] = {"linux", "vt1", "vt2", "vt3", "cons", "wsvt", "ansi", "sun"};
    for (guint i = 0; i < G_N_ELEMENTS(bare); i++) {
        if (g_str_has_prefix(name, bare[i])) {
            return FALSE;
        }
    }
    return TRUE;
}

static int count_colours(gboolean no_color)
{
    int n = tigetnum((char *)"colors");
    if (no_color || n < 8 || !cap("setaf")) {
        return 0;
    }
    if (n > 256) {
        return 8; /* "direct" entries take a number above 7 for a colour value */
    }
    return n == 256 ? 256 : n >= 16 ? 16 : 8;
}

static char *make_restore(gboolean title)
{
    GString *out = g_string_new("\033\\"); /* ends a sequence that was cut */
    g_string_append(out, "\033[?2004l\033[?1004l\033[?1006l\033[?1002l");
    append_cap(out, "sgr0");
    append_cap(out, "op");
    append_cap(out, "cnorm");
    append_cap(out, "rmcup");
    if (!cap("rmcup")) {
        append_cap(out, "clear");
    }
    if (title) {
        g_string_append(out, "\033[23;0t");
    }
    return g_string_free(out, FALSE);
}

gboolean sm_term_caps_read(SmTermCaps *caps, const char *type, gboolean no_color, SmSafe **notice,
                           GError **error)
{
    int problem;
    g_autofree char *name = g_strdup(type && *type ? type : FALLBACK);
    gboolean known = load(name, &problem);
    /* "dumb" is found, but is as generic as one that is not */
    if (!known && strcmp(name, "dumb") != 0) {
        g_free(name);
        name = g_strdup(FALLBACK);
        known = load(name, &problem);
        *notice = sm_safe_format("unknown terminal type in $TERM; using %s", FALLBACK);
    } else if (known && (!type || !*type)) {
        *notice = sm_safe_format("$TERM is not set; using %s", FALLBACK);
    }
    if (!known || !cap("cup") || !cap("clear")) {
        g_set_error(
            error, SM_ERROR, SM_ERROR_INVALID,
            known || problem == 0
                ? "terminal type '%s' can't place the cursor; set TERM to what the terminal is, or work by lines (--plain)"
                : "no terminfo entry for '%s'; install ncurses-base",
            name);
        unload();
        return FALSE;
    }
    caps->colours = count_colours(no_color);
    caps->title = shows_titles(name);
    caps->restore = make_restore(caps->title);
    caps->name = g_steal_pointer(&name);
    unload();
    return TRUE;
}

void sm_term_caps_clear(SmTermCaps *caps)
{
    g_free(caps->name);
    g_free(caps->restore);
    *caps = (SmTermCaps){0};
}

static void learn(SmKeys *keys, const char *name, uint32_t code, uint32_t mods)
{
    const char *sequence = cap(name);
    if (sequence) {
        sm_keys_learn(keys, sequence, sm_key(code, mods));
    }
}

/* xterm's extended names: kLFT5 is Ctrl-Left; the number is 1 + shift 1, alt 2, ctrl 4. */
static void learn_with_mods(SmKeys *keys, const char *stem, uint32_t code)
{
    for (guint n = 2; n <= 8; n++) {
        char name[16];
        guint bits = n - 1;
        g_snprintf(name, sizeof name, "%s%u", stem, n);
        learn(keys, name, code,
              (bits & 1 ? SM_MOD_SHIFT : 0) | (bits & 2 ? SM_MOD_ALT : 0) |
                  (bits & 4 ? SM_MOD_CTRL : 0));
    }
}

void sm_term_caps_keys(SmKeys *keys)
{
    static const struct {
        const char *name;
        uint32_t code;
        uint32_t mods;
        const char *stem;
    } named[] = {
        {"kcuu1", SM_KEY_UP, 0, "kUP"},
        {"kcud1", SM_KEY_DOWN, 0, "kDN"},
        {"kcub1", SM_KEY_LEFT, 0, "kLFT"},
        {"kcuf1", SM_KEY_RIGHT, 0, "kRIT"},
        {"khome", SM_KEY_HOME, 0, "kHOM"},
        {"kend", SM_KEY_END, 0, "kEND"},
        {"kpp", SM_KEY_PGUP, 0, "kPRV"},
        {"knp", SM_KEY_PGDN, 0, "kNXT"},
        {"kich1", SM_KEY_INSERT, 0, "kIC"},
        {"kdch1", SM_KEY_DELETE, 0, "kDC"},
        {"kbs", SM_KEY_BACKSPACE, 0, NULL},
        {"kcbt", SM_KEY_TAB, SM_MOD_SHIFT, NULL},
        {"kent", SM_KEY_ENTER, 0, NULL},
        {"kb2", SM_KEY_CENTRE, 0, NULL},
        {"kLFT", SM_KEY_LEFT, SM_MOD_SHIFT, NULL},
        {"kRIT", SM_KEY_RIGHT, SM_MOD_SHIFT, NULL},
        {"kri", SM_KEY_UP, SM_MOD_SHIFT, NULL},
        {"kind", SM_KEY_DOWN, SM_MOD_SHIFT, NULL},
    };
    for (guint i = 0; i < G_N_ELEMENTS(named); i++) {
        learn(keys, named[i].name, named[i].code, named[i].mods);
        if (named[i].stem) {
            learn_with_mods(keys, named[i].stem, named[i].code);
        }
    }
    for (uint32_t i = 1; i <= 12; i++) { /* beyond, entries use the names for F-keys with Shift */
        char name[8];
        g_snprintf(name, sizeof name, "kf%u", i);
        learn(keys, name, SM_KEY_F0 + i, 0);
    }
}
