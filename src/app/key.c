/* SPDX-License-Identifier: MIT */
#include "seatmux/app/key.h"

#include <string.h>

static const struct {
    const char *name;    /* in files and on the screen */
    const char *another; /* also read */
    uint32_t code;
} names[] = {
    {"Enter", "Return", SM_KEY_ENTER},
    {"Tab", NULL, SM_KEY_TAB},
    {"Esc", "Escape", SM_KEY_ESC},
    {"Space", "SPC", ' '},
    {"Backspace", "BS", SM_KEY_BACKSPACE},
    {"Up", NULL, SM_KEY_UP},
    {"Down", NULL, SM_KEY_DOWN},
    {"Left", NULL, SM_KEY_LEFT},
    {"Right", NULL, SM_KEY_RIGHT},
    {"Home", NULL, SM_KEY_HOME},
    {"End", NULL, SM_KEY_END},
    {"PgUp", "PageUp", SM_KEY_PGUP},
    {"PgDn", "PageDown", SM_KEY_PGDN},
    {"Insert", "Ins", SM_KEY_INSERT},
    {"Delete", "Del", SM_KEY_DELETE},
    {"Centre", "Center", SM_KEY_CENTRE},
    {"Menu", NULL, SM_KEY_MENU},
};

static gboolean is_named(uint32_t code)
{
    return code > 0x10ffff && code <= SM_KEY_F_MAX && code != SM_KEY_F0;
}

/* What a control character is: the keys that share its byte, or Ctrl with a character. */
static SmKey from_control(uint32_t code, uint32_t mods)
{
    switch (code) {
    case 0:
        return ' ' | mods | SM_MOD_CTRL;
    case '\t':
        return SM_KEY_TAB | mods;
    case '\r':
        return SM_KEY_ENTER | mods;
    case 0x1b:
        return SM_KEY_ESC | mods;
    case 0x7f:
        return SM_KEY_BACKSPACE | mods;
    default:
        break;
    }
    mods = (mods | SM_MOD_CTRL) & ~(uint32_t)SM_MOD_SHIFT;
    return (code < 27 ? code - 1 + 'a' : code + '@') | mods;
}

/* Ctrl with a character, as the byte a plain terminal would send says it. */
static SmKey with_ctrl(uint32_t code, uint32_t mods)
{
    if (code < 128) {
        code = (uint32_t)g_ascii_tolower((char)code);
    }
    switch (code) {
    case 'm':
        return SM_KEY_ENTER | (mods & ~(uint32_t)SM_MOD_CTRL);
    case 'i':
        return SM_KEY_TAB | (mods & ~(uint32_t)SM_MOD_CTRL);
    case '[':
        return SM_KEY_ESC | (mods & ~(uint32_t)SM_MOD_CTRL);
    case '@':
        code = ' ';
        break;
    case '/':
        code = '_';
        break;
    default:
        break;
    }
    return code | mods;
}

SmKey sm_key(uint32_t code, uint32_t mods)
{
    mods &= SM_MOD_MASK;
    if (is_named(code)) {
        return code | mods;
    }
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000) || (code >= 0x80 && code < 0xa0)) {
        return SM_KEY_NONE;
    }
    if (code < 0x20 || code == 0x7f) {
        return from_control(code, mods);
    }
    if (mods & SM_MOD_SHIFT) {
        if (!(mods & SM_MOD_CTRL)) {
            code = g_unichar_toupper(code);
        }
        mods &= ~(uint32_t)SM_MOD_SHIFT;
    }
    return mods & SM_MOD_CTRL ? with_ctrl(code, mods) : code | mods;
}

gunichar sm_key_char(SmKey key)
{
    uint32_t code = sm_key_code(key);
    return sm_key_mods(key) || code > 0x10ffff ? 0 : code;
}

/* A prefix at *text: its modifier, *text moved behind it; 0 if there is none. */
static uint32_t take_prefix(const char **text, gboolean *for_people)
{
    static const struct {
        const char *text;
        uint32_t mod;
        gboolean for_people;
    } prefixes[] = {
        {"C-", SM_MOD_CTRL, FALSE},     {"M-", SM_MOD_ALT, FALSE},  {"S-", SM_MOD_SHIFT, FALSE},
        {"Ctrl-", SM_MOD_CTRL, TRUE},   {"Alt-", SM_MOD_ALT, TRUE}, {"Meta-", SM_MOD_ALT, TRUE},
        {"Shift-", SM_MOD_SHIFT, TRUE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        gsize n = strlen(prefixes[i].text);
        if (!g_ascii_strncasecmp(*text, prefixes[i].text, n) && (*text)[n]) {
            *text += n;
            *for_people |= prefixes[i].for_people;
            return prefixes[i].mod;
        }
    }
    if (**text == '^' && (*text)[1]) {
        *text += 1;
        return SM_MOD_CTRL;
    }
    return 0;
}

/* The code of a name that is no single character; 0 if unknown. */
static uint32_t named_code(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (!g_ascii_strcasecmp(name, names[i].name) ||
            (names[i].another && !g_ascii_strcasecmp(name, names[i].another))) {
            return names[i].code;
        }
    }
    if ((name[0] == 'F' || name[0] == 'f') && g_ascii_isdigit(name[1]) && name[1] != '0') {
        char *end;
        guint64 n = g_ascii_strtoull(name + 1, &end, 10);
        if (!*end && n <= SM_KEY_F_MAX - SM_KEY_F0) {
            return SM_KEY_F0 + (uint32_t)n;
        }
    }
    return 0;
}

gboolean sm_key_parse(const char *name, SmKey *key)
{
    uint32_t mods = 0, mod, code;
    gboolean for_people = FALSE;
    if (!name || !*name || strlen(name) > 64 || !g_utf8_validate(name, -1, NULL)) {
        return FALSE;
    }
    while ((mod = take_prefix(&name, &for_people)) != 0) {
        if (mods & mod) {
            return FALSE;
        }
        mods |= mod;
    }
    if (!*g_utf8_next_char(name)) {
        code = g_utf8_get_char(name);
        if (!g_unichar_isprint(code) || g_unichar_isspace(code)) {
            return FALSE;
        }
        if (for_people && !(mods & SM_MOD_SHIFT)) {
            code = g_unichar_tolower(code);
        }
    } else if ((code = named_code(name)) == 0) {
        return FALSE;
    }
    SmKey found = sm_key(code, mods);
    if (found == SM_KEY_NONE) {
        return FALSE;
    }
    *key = found;
    return TRUE;
}

static void append_code(GString *out, uint32_t code, gboolean upper)
{
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (names[i].code == code) {
            g_string_append(out, names[i].name);
            return;
        }
    }
    if (code > SM_KEY_F0 && code <= SM_KEY_F_MAX) {
        g_string_append_printf(out, "F%u", code - SM_KEY_F0);
    } else if (code != SM_KEY_NONE && code <= 0x10ffff) {
        g_string_append_unichar(out, upper ? g_unichar_toupper(code) : code);
    } else {
        g_string_append(out, "none");
    }
}

static void append_file(GString *out, SmKey key)
{
    g_string_append(out, key & SM_MOD_CTRL ? "C-" : "");
    g_string_append(out, key & SM_MOD_ALT ? "M-" : "");
    g_string_append(out, key & SM_MOD_SHIFT ? "S-" : "");
    append_code(out, sm_key_code(key), FALSE);
}

static void append_people(GString *out, SmKey key)
{
    uint32_t code = sm_key_code(key), mods = sm_key_mods(key);
    gboolean letter = code <= 0x10ffff && g_unichar_tolower(code) != g_unichar_toupper(code);
    if (letter && mods && g_unichar_tolower(code) != code) {
        mods |= SM_MOD_SHIFT;
    }
    g_string_append(out, mods & SM_MOD_CTRL ? "Ctrl-" : "");
    g_string_append(out, mods & SM_MOD_ALT ? "Alt-" : "");
    g_string_append(out, mods & SM_MOD_SHIFT ? "Shift-" : "");
    append_code(out, code, mods != 0);
}

char *sm_key_format(SmKey key)
{
    GString *out = g_string_new(NULL);
    append_file(out, key);
    return g_string_free(out, FALSE);
}

char *sm_key_display(SmKey key)
{
    GString *out = g_string_new(NULL);
    append_people(out, key);
    return g_string_free(out, FALSE);
}

char *sm_key_display_short(SmKey key)
{
    uint32_t code = sm_key_code(key);
    if (sm_key_mods(key) == SM_MOD_CTRL && code > ' ' && code < 0x7f) {
        return g_strdup_printf("^%c", g_ascii_toupper((char)code));
    }
    return sm_key_format(key);
}

guint sm_key_parse_sequence(const char *text, SmKey *keys, guint max)
{
    g_auto(GStrv) parts = g_strsplit(text ? text : "", " ", (int)max + 1);
    guint n = g_strv_length(parts);
    if (n > max) {
        return 0;
    }
    for (guint i = 0; i < n; i++) {
        if (!sm_key_parse(parts[i], &keys[i])) {
            return 0;
        }
    }
    return n;
}

static char *format_sequence(const SmKey *keys, guint n, void (*append)(GString *, SmKey))
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < n; i++) {
        g_string_append(out, i ? " " : "");
        append(out, keys[i]);
    }
    return g_string_free(out, FALSE);
}

char *sm_key_format_sequence(const SmKey *keys, guint n)
{
    return format_sequence(keys, n, append_file);
}

/* After a leader, single letters show as they are typed: "Ctrl-X u". */
char *sm_key_display_sequence(const SmKey *keys, guint n)
{
    return format_sequence(keys, n, append_people);
}
