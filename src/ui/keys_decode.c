/* SPDX-License-Identifier: MIT */
#include "ui/keys_private.h"

enum { MAX_PARAMS = 8, MAX_NUMBER = 0x1fffff };

typedef struct {
    guint n;
    guint value[MAX_PARAMS];
    guint sub[MAX_PARAMS]; /* what stood behind the first colon */
} Params;

/* Numbers with ';' between them and ':' parts; FALSE if anything else is among them. */
static gboolean read_params(const char *text, gsize n, Params *params)
{
    guint colons = 0;
    *params = (Params){.n = n ? 1 : 0};
    for (gsize i = 0; i < n; i++) {
        guint at = params->n - 1;
        if (text[i] == ';') {
            if (params->n == MAX_PARAMS) {
                return FALSE;
            }
            params->n++;
            colons = 0;
        } else if (text[i] == ':') {
            colons++;
        } else if (g_ascii_isdigit(text[i])) {
            guint *number = colons == 0 ? &params->value[at] : &params->sub[at];
            if (colons < 2 && *number <= MAX_NUMBER / 10) {
                *number = *number * 10 + (guint)(text[i] - '0');
            }
        } else {
            return FALSE;
        }
    }
    return TRUE;
}

/* The modifier number of xterm: 1 + (1 shift, 2 alt, 4 ctrl, 8 meta). */
static uint32_t legacy_mods(guint number)
{
    guint bits = number ? number - 1 : 0;
    return (bits & 1 ? SM_MOD_SHIFT : 0) | (bits & (2 | 8) ? SM_MOD_ALT : 0) |
           (bits & 4 ? SM_MOD_CTRL : 0);
}

static uint32_t letter_code(char letter)
{
    switch (letter) {
    case 'A':
        return SM_KEY_UP;
    case 'B':
        return SM_KEY_DOWN;
    case 'C':
        return SM_KEY_RIGHT;
    case 'D':
        return SM_KEY_LEFT;
    case 'E':
        return SM_KEY_CENTRE;
    case 'F':
        return SM_KEY_END;
    case 'H':
        return SM_KEY_HOME;
    case 'P':
    case 'Q':
    case 'R':
    case 'S':
        return SM_KEY_F0 + 1 + (uint32_t)(letter - 'P');
    default:
        return SM_KEY_NONE;
    }
}

/* The numbers of CSI n ~ (VT220 and after). */
static uint32_t number_code(guint number)
{
    static const uint8_t f_keys[] = {
        [11] = 1,  [12] = 2,  [13] = 3,  [14] = 4,  [15] = 5,  [17] = 6,  [18] = 7,
        [19] = 8,  [20] = 9,  [21] = 10, [23] = 11, [24] = 12, [25] = 13, [26] = 14,
        [28] = 15, [29] = 16, [31] = 17, [32] = 18, [33] = 19, [34] = 20};
    static const uint32_t others[] = {SM_KEY_NONE,   SM_KEY_HOME, SM_KEY_INSERT,
                                      SM_KEY_DELETE, SM_KEY_END,  SM_KEY_PGUP,
                                      SM_KEY_PGDN,   SM_KEY_HOME, SM_KEY_END};
    if (number < G_N_ELEMENTS(others)) {
        return others[number];
    }
    if (number < G_N_ELEMENTS(f_keys) && f_keys[number]) {
        return SM_KEY_F0 + f_keys[number];
    }
    return SM_KEY_NONE;
}

static void emit_code(SmKeys *keys, uint32_t code, uint32_t mods)
{
    if (code == SM_KEY_NONE) {
        sm_keys_emit_unknown(keys);
        return;
    }
    sm_keys_emit_key(keys, sm_key(code, mods | (keys->alt ? SM_MOD_ALT : 0)));
}

/* The keypad of CSI u: digits and keys that have a plain code of their own. */
static uint32_t keypad_code(guint code)
{
    static const uint32_t keypad[] = {
        '0',         '1',          '2',           '3',           '4',          '5',
        '6',         '7',          '8',           '9',           '.',          '/',
        '*',         '-',          '+',           SM_KEY_ENTER,  '=',          ',',
        SM_KEY_LEFT, SM_KEY_RIGHT, SM_KEY_UP,     SM_KEY_DOWN,   SM_KEY_PGUP,  SM_KEY_PGDN,
        SM_KEY_HOME, SM_KEY_END,   SM_KEY_INSERT, SM_KEY_DELETE, SM_KEY_CENTRE};
    if (code >= 57399 && code < 57399 + G_N_ELEMENTS(keypad)) {
        return keypad[code - 57399];
    }
    if (code == 57363) {
        return SM_KEY_MENU;
    }
    if (code >= 57376 && code <= 57387) {
        return SM_KEY_F0 + 13 + (code - 57376);
    }
    return code >= 57344 && code < 57600 ? SM_KEY_NONE : code;
}

/* CSI u and modifyOtherKeys: a character by its number. */
static void emit_unicode(SmKeys *keys, guint code, guint mod_number, guint event)
{
    guint bits = mod_number ? mod_number - 1 : 0;
    uint32_t found = keypad_code(code);
    if (event == 3) {
        return; /* a release */
    }
    if (found == SM_KEY_NONE || code == 0 || (bits & (8 | 16))) {
        sm_keys_emit_unknown(keys);
        return;
    }
    uint32_t mods = legacy_mods((bits & 7) + 1) | (bits & 32 ? SM_MOD_ALT : 0);
    if (found == 8) {
        found = SM_KEY_BACKSPACE;
    }
    emit_code(keys, found, mods);
}

static void emit_mouse(SmKeys *keys, guint b, int column, int row, gboolean release)
{
    SmInput input = {.kind = SM_INPUT_MOUSE, .row = MAX(row, 0), .column = MAX(column, 0)};
    input.key = (b & 4 ? SM_MOD_SHIFT : 0) | (b & 8 ? SM_MOD_ALT : 0) | (b & 16 ? SM_MOD_CTRL : 0);
    if (b >= 128) {
        input.mouse = SM_MOUSE_OTHER;
    } else if (b & 64) {
        input.mouse = (b & 3) == 0   ? SM_MOUSE_WHEEL_UP
                      : (b & 3) == 1 ? SM_MOUSE_WHEEL_DOWN
                                     : SM_MOUSE_OTHER;
    } else if (release || ((b & 3) == 3 && !(b & 32))) {
        input.mouse = SM_MOUSE_RELEASE;
    } else if (b & 32) {
        input.mouse = (b & 3) == 3 ? SM_MOUSE_OTHER : SM_MOUSE_DRAG;
    } else {
        input.mouse = (SmMouse)(SM_MOUSE_PRESS_1 + (int)(b & 3));
    }
    sm_keys_emit(keys, &input);
}

static void decode_sgr_mouse(SmKeys *keys, char final)
{
    Params p;
    if ((final != 'M' && final != 'm') || !read_params(keys->raw + 3, keys->n - 4, &p) ||
        p.n != 3) {
        sm_keys_emit_unknown(keys);
        return;
    }
    emit_mouse(keys, p.value[0], (int)p.value[1] - 1, (int)p.value[2] - 1, final == 'm');
}

/* A letter at the end: CSI A, CSI 1;5A, and rxvt's small letters. */
static void decode_letter(SmKeys *keys, const Params *p, char final)
{
    uint32_t mods = p->n > 1 ? legacy_mods(p->value[1]) : 0;
    if (p->n == 1 && p->value[0] > 1 && p->value[0] <= 16) {
        mods = legacy_mods(p->value[0]); /* CSI 5A of older terminals */
    }
    if (p->n > 1 && p->sub[1] == 3) {
        return;
    }
    if (final >= 'a' && final <= 'd') {
        emit_code(keys, letter_code((char)(final - 'a' + 'A')), mods | SM_MOD_SHIFT);
    } else if (final == 'Z') {
        emit_code(keys, SM_KEY_TAB, mods | SM_MOD_SHIFT);
    } else {
        emit_code(keys, letter_code(final), mods);
    }
}

static void emit_focus(SmKeys *keys, gboolean focused)
{
    SmInput input = {.kind = SM_INPUT_FOCUS, .focused = focused};
    sm_keys_emit(keys, &input);
}

static void emit_cursor(SmKeys *keys, const Params *p)
{
    SmInput input = {
        .kind = SM_INPUT_CURSOR, .row = (int)p->value[0] - 1, .column = (int)p->value[1] - 1};
    keys->cursors -= keys->cursors ? 1 : 0;
    sm_keys_emit(keys, &input);
}

/* CSI n ~ and rxvt's CSI n ^, $, @. TRUE if a paste begins. */
static gboolean decode_number(SmKeys *keys, const Params *p, char final)
{
    uint32_t mods = p->n > 1 ? legacy_mods(p->value[1]) : 0;
    mods |= final == '^' || final == '@' ? SM_MOD_CTRL : 0;
    mods |= final == '$' || final == '@' ? SM_MOD_SHIFT : 0;
    if (p->n == 0) {
        sm_keys_emit_unknown(keys);
    } else if (p->n == 1 && p->value[0] == 200 && final == '~') {
        return TRUE;
    } else if (p->n == 1 && p->value[0] == 201 && final == '~') {
        sm_keys_emit_unknown(keys); /* the end of no paste */
    } else if (p->value[0] == 27 && p->n == 3) {
        emit_unicode(keys, p->value[2], p->value[1], 0);
    } else if (p->n < 2 || p->sub[1] != 3) {
        emit_code(keys, number_code(p->value[0]), mods);
    }
    return FALSE;
}

gboolean sm_keys_decode_csi(SmKeys *keys)
{
    char final = keys->raw[keys->n - 1];
    Params p;
    if (keys->too_long) {
        sm_keys_emit_unknown(keys);
    } else if (keys->raw[2] == '<') {
        decode_sgr_mouse(keys, final);
    } else if (!read_params(keys->raw + 2, keys->n - 3, &p)) {
        sm_keys_emit_unknown(keys); /* an answer to a question, or worse */
    } else if (final == 'R' && p.n == 2 && (keys->cursors || p.value[0] > 1)) {
        /* F3 with modifiers always has a 1 in front, an answer only from the first row */
        emit_cursor(keys, &p);
    } else if ((final == 'I' || final == 'O') && p.n == 0) {
        emit_focus(keys, final == 'I');
    } else if (final == '~' || final == '^' || final == '$' || final == '@') {
        return decode_number(keys, &p, final);
    } else if (final == 'u') {
        emit_unicode(keys, p.value[0], p.n > 1 ? p.value[1] : 0, p.n > 1 ? p.sub[1] : 0);
    } else {
        decode_letter(keys, &p, final);
    }
    return FALSE;
}

/* The keypad in application mode types what is printed on its keys. */
static uint32_t ss3_keypad(char c)
{
    switch (c) {
    case 'M':
        return SM_KEY_ENTER;
    case 'I':
        return SM_KEY_TAB;
    case ' ':
        return ' ';
    case 'X':
        return '=';
    default:
        return c >= 'j' && c <= 'y' ? (uint32_t)(c - 'j' + '*') : SM_KEY_NONE;
    }
}

void sm_keys_decode_ss3(SmKeys *keys)
{
    char final = keys->raw[keys->n - 1];
    Params p;
    if (keys->too_long || !read_params(keys->raw + 2, keys->n - 3, &p)) {
        sm_keys_emit_unknown(keys);
        return;
    }
    uint32_t mods = p.n ? legacy_mods(p.value[p.n - 1]) : 0;
    uint32_t code = letter_code(final);
    if (final >= 'a' && final <= 'd') { /* rxvt */
        emit_code(keys, letter_code((char)(final - 'a' + 'A')), mods | SM_MOD_CTRL);
    } else {
        emit_code(keys, code != SM_KEY_NONE ? code : ss3_keypad(final), mods);
    }
}

void sm_keys_decode_linux(SmKeys *keys)
{
    char c = keys->raw[keys->n - 1];
    emit_code(keys, c >= 'A' && c <= 'E' ? SM_KEY_F0 + 1 + (uint32_t)(c - 'A') : SM_KEY_NONE, 0);
}

void sm_keys_decode_x10(SmKeys *keys)
{
    const unsigned char *b = (const unsigned char *)keys->raw + 3;
    if (b[0] < 32 || b[1] < 33 || b[2] < 33) {
        sm_keys_emit_unknown(keys);
        return;
    }
    emit_mouse(keys, b[0] - 32u, b[1] - 33, b[2] - 33, FALSE);
}

gboolean sm_keys_decode_learned(SmKeys *keys)
{
    void *found;
    keys->raw[keys->n] = 0;
    if (keys->too_long || !g_hash_table_lookup_extended(keys->learned, keys->raw, NULL, &found)) {
        return FALSE;
    }
    SmKey key = GPOINTER_TO_UINT(found);
    sm_keys_emit_key(keys,
                     sm_key(sm_key_code(key), sm_key_mods(key) | (keys->alt ? SM_MOD_ALT : 0)));
    return TRUE;
}
