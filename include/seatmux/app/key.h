/* SPDX-License-Identifier: MIT */
/* key: one key stroke as a value, its names in files ("C-n", "M-a", "S-Enter", "F5") and on the
 * screen
 * ("Ctrl-N", "Alt-A"). A key is 32 bits: the code (a Unicode character, or one of SM_KEY_...) and
 * the modifiers above it; two strokes are the same when the numbers are. Values are always
 * normalised, so that a stroke has one value however the terminal sends it: Ctrl-M is Enter, Ctrl-I
 * is Tab, Ctrl-[ is Esc (no terminal tells them apart reliably), Ctrl ignores case, and Shift with
 * a character is the shifted character itself. */
#ifndef SEATMUX_APP_KEY_H
#define SEATMUX_APP_KEY_H

#include <glib.h>
#include <stdint.h>

typedef uint32_t SmKey;

enum {
    SM_MOD_SHIFT = 1u << 24,
    SM_MOD_ALT = 1u << 25,
    SM_MOD_CTRL = 1u << 26,
    SM_MOD_MASK = 7u << 24,
    SM_KEY_CODE_MASK = (1u << 24) - 1,
};

/* Codes of keys that are no character: above every Unicode character. */
enum {
    SM_KEY_NONE = 0, /* no key; C-Space is ' ' with SM_MOD_CTRL */
    SM_KEY_ENTER = 0x110000,
    SM_KEY_TAB,
    SM_KEY_ESC,
    SM_KEY_BACKSPACE,
    SM_KEY_UP,
    SM_KEY_DOWN,
    SM_KEY_LEFT,
    SM_KEY_RIGHT,
    SM_KEY_HOME,
    SM_KEY_END,
    SM_KEY_PGUP,
    SM_KEY_PGDN,
    SM_KEY_INSERT,
    SM_KEY_DELETE,
    SM_KEY_CENTRE, /* the 5 of a keypad without NumLock */
    SM_KEY_MENU,
    SM_KEY_F0, /* F1 is SM_KEY_F0 + 1, up to SM_KEY_F_MAX */
    SM_KEY_F_MAX = SM_KEY_F0 + 24,
};

/* A normalised key of a code (character or SM_KEY_...) and SM_MOD_... bits. SM_KEY_NONE for a code
 * that is none (control characters are turned into what they are: 0x0e gives C-n, 0x7f Backspace).
 */
SmKey sm_key(uint32_t code, uint32_t mods);
/* The character that the key types, 0 if it types none (a command, or with Ctrl or Alt). */
gunichar sm_key_char(SmKey key);
/* The value without modifiers, and the modifiers alone. */
static inline uint32_t sm_key_code(SmKey key)
{
    return key & SM_KEY_CODE_MASK;
}
static inline uint32_t sm_key_mods(SmKey key)
{
    return key & SM_MOD_MASK;
}

/* Reads a name: prefixes C- M- S- in any order before a character or a name (Enter, Tab, Esc,
 * Space, Backspace, Up, Down, Left, Right, Home, End, PgUp, PgDn, Insert, Delete, Menu, F1..F24;
 * case of names is ignored), e.g. "C-Left", "S-Tab", "M-x", "C-_", "中". The long prefixes Ctrl-
 * Alt- Shift- and the screen form "^N" are read too; after those a letter means itself without
 * Shift ("Alt-A" is M-a, "Alt-Shift-A" is M-A). FALSE if it is no key name; *key is then untouched.
 */
gboolean sm_key_parse(const char *name, SmKey *key);
/* The name for files: "C-n", "M-A", "S-Enter"; sm_key_parse() gives the same key back. Caller
 * frees. */
char *sm_key_format(SmKey key);
/* The name for people: "Ctrl-N", "Alt-A", "Alt-Shift-A", "Shift-Enter", "a". Caller frees. */
char *sm_key_display(SmKey key);
/* The same where there is little room: "^N", "M-a", otherwise like sm_key_format(). Caller frees.
 */
char *sm_key_display_short(SmKey key);

/* The longest sequence of strokes that a key map may bind ("C-x ' a" is 3). */
#define SM_KEY_SEQUENCE 4
/* Reads "C-x u": names with single spaces between them. The number of keys, 0 if any is no name or
 * there are more than `max`. */
guint sm_key_parse_sequence(const char *text, SmKey *keys, guint max);
/* "C-x u" and "Ctrl-X u". Caller frees. */
char *sm_key_format_sequence(const SmKey *keys, guint n);
char *sm_key_display_sequence(const SmKey *keys, guint n);

#endif
