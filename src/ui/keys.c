/* SPDX-License-Identifier: MIT */
#include "ui/keys_private.h"

#include <string.h>

SmKeys *sm_keys_new(SmInputFn fn, void *user)
{
    SmKeys *keys = g_new0(SmKeys, 1);
    keys->fn = fn;
    keys->user = user;
    keys->paste = g_string_new(NULL);
    keys->learned = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return keys;
}

void sm_keys_free(SmKeys *keys)
{
    if (keys) {
        g_string_free(keys->paste, TRUE);
        g_hash_table_unref(keys->learned);
        g_free(keys);
    }
}

void sm_keys_learn(SmKeys *keys, const char *sequence, SmKey key)
{
    gsize n = sequence ? strlen(sequence) : 0;
    if (n >= 2 && n < SM_KEYS_RAW && sequence[0] == '\033' && key != SM_KEY_NONE) {
        g_hash_table_replace(keys->learned, g_strdup(sequence), GUINT_TO_POINTER(key));
    }
}

void sm_keys_backspace(SmKeys *keys, unsigned char byte)
{
    keys->backspace = byte;
}

void sm_keys_expect_cursor(SmKeys *keys)
{
    keys->cursors++;
}

void sm_keys_forget_cursor(SmKeys *keys)
{
    keys->cursors = 0;
}

gboolean sm_keys_pasting(const SmKeys *keys)
{
    return keys->state == KEYS_PASTE;
}

void sm_keys_emit(SmKeys *keys, SmInput *input)
{
    keys->raw[keys->n] = 0;
    input->raw = keys->raw;
    input->raw_size = keys->n;
    keys->fn(input, keys->user);
}

void sm_keys_emit_unknown(SmKeys *keys)
{
    SmInput input = {.kind = SM_INPUT_UNKNOWN};
    sm_keys_emit(keys, &input);
}

void sm_keys_emit_key(SmKeys *keys, SmKey key)
{
    char text[8] = "";
    SmInput input = {.kind = SM_INPUT_KEY, .key = key};
    gunichar c = sm_key_char(key);
    if (key == SM_KEY_NONE) {
        sm_keys_emit_unknown(keys);
        return;
    }
    if (c) {
        input.kind = SM_INPUT_TEXT;
        input.size = (gsize)g_unichar_to_utf8(c, text);
        input.text = text;
    }
    sm_keys_emit(keys, &input);
}

/* ---- the unfinished sequence ---- */

static void ground(SmKeys *keys)
{
    keys->state = KEYS_GROUND;
    keys->n = 0;
    keys->alt = FALSE;
    keys->too_long = FALSE;
}

static void keep(SmKeys *keys, unsigned char byte)
{
    if (keys->n < SM_KEYS_RAW) {
        keys->raw[keys->n++] = (char)byte;
    } else {
        keys->too_long = TRUE;
        keys->raw[SM_KEYS_RAW - 1] = (char)byte; /* the last one says how it ended */
    }
}

/* The second ESC of "ESC ESC [ A" is where the sequence begins. */
static void begin_again(SmKeys *keys)
{
    keys->raw[0] = '\033';
    keys->n = 1;
    keys->too_long = FALSE;
}

static void drop(SmKeys *keys)
{
    if (keys->n) {
        sm_keys_emit_unknown(keys);
    }
    ground(keys);
}

/* ---- Enter that may be a pasted new line ---- */

static void release_enters(SmKeys *keys, gboolean pasted)
{
    guint n = keys->enters;
    gsize had = keys->n;
    keys->enters = 0;
    for (guint i = 0; i < n; i++) {
        SmInput newline = {
            .kind = SM_INPUT_TEXT, .key = sm_key('j', SM_MOD_CTRL), .text = "\n", .size = 1};
        keys->raw[0] = '\r';
        keys->n = 1;
        if (pasted) {
            keys->burst = TRUE;
            sm_keys_emit(keys, &newline);
        } else {
            sm_keys_emit_key(keys, SM_KEY_ENTER);
        }
    }
    keys->n = had;
}

/* What waits, judged by the byte that follows. TRUE if that byte belongs to it (the LF of CR LF).
 */
static gboolean judge_enters(SmKeys *keys, unsigned char byte)
{
    if (byte == '\r') {
        return FALSE;
    }
    gboolean text = (byte >= 0x20 && byte != 0x7f) || byte == '\t' || byte == '\n';
    release_enters(keys, text || (keys->burst && byte == '\033'));
    return byte == '\n';
}

/* ---- bytes ---- */

static void emit_byte(SmKeys *keys, unsigned char byte)
{
    uint32_t mods = keys->alt ? SM_MOD_ALT : 0;
    uint32_t code = keys->backspace && byte == keys->backspace ? SM_KEY_BACKSPACE : byte;
    sm_keys_emit_key(keys, sm_key(code, mods));
    ground(keys);
}

static void begin_utf8(SmKeys *keys, unsigned char byte)
{
    guint need = byte >= 0xc2 && byte < 0xe0   ? 2
                 : byte >= 0xe0 && byte < 0xf0 ? 3
                 : byte >= 0xf0 && byte < 0xf5 ? 4
                                               : 0;
    if (!need) {
        drop(keys);
        return;
    }
    keys->utf8_need = need;
    keys->state = KEYS_UTF8;
}

static void feed_ground(SmKeys *keys, unsigned char byte, int64_t now)
{
    if (byte == '\r' && !keys->alt) {
        keys->enters++;
        keys->enters_at = now;
        return;
    }
    keep(keys, byte);
    if (byte == '\033') {
        keys->state = KEYS_ESC;
    } else if (byte >= 0x80) {
        begin_utf8(keys, byte);
    } else {
        emit_byte(keys, byte);
    }
}

static void finish_utf8(SmKeys *keys)
{
    gsize at = keys->n - keys->utf8_need;
    gunichar c = g_utf8_get_char_validated(keys->raw + at, (gssize)keys->utf8_need);
    if (c == (gunichar)-1 || c == (gunichar)-2) {
        drop(keys);
        return;
    }
    sm_keys_emit_key(keys, sm_key(c, keys->alt ? SM_MOD_ALT : 0));
    ground(keys);
}

static void feed_esc(SmKeys *keys, unsigned char byte, int64_t now)
{
    if (byte == '\033') {
        if (keys->alt) { /* a third one: the first stands alone */
            keys->n = 1;
            sm_keys_emit_key(keys, SM_KEY_ESC);
        }
        keys->alt = TRUE;
        begin_again(keys);
        return;
    }
    if (byte == '[' || byte == 'O') {
        keep(keys, byte);
        keys->state = byte == '[' ? KEYS_CSI : KEYS_SS3;
        return;
    }
    if (byte == ']' || byte == 'P') {
        keep(keys, byte);
        keys->state = KEYS_STRING;
        return;
    }
    if (keys->alt) { /* Esc, then Alt with this */
        sm_keys_emit_key(keys, SM_KEY_ESC);
    }
    keys->alt = FALSE;
    keep(keys, byte);
    if (sm_keys_decode_learned(keys)) {
        ground(keys);
        return;
    }
    keys->alt = TRUE;
    keys->state = KEYS_GROUND;
    keys->n--;
    feed_ground(keys, byte, now);
}

/* Alt-] and Alt-P begin like the answers of a terminal; those go on with a digit or a sign. */
static void feed_string(SmKeys *keys, unsigned char byte)
{
    gboolean ended = byte == '\\' && keys->raw[keys->n - 1] == '\033';
    keep(keys, byte);
    if (byte == 0x07 || ended) {
        drop(keys);
    }
}

static gboolean string_begins(const SmKeys *keys, unsigned char byte)
{
    return keys->n > 2 || g_ascii_isdigit(byte) ||
           (keys->raw[1] == 'P' && byte != 0 && strchr(">!+|$", byte));
}

static void feed_csi(SmKeys *keys, unsigned char byte)
{
    char before = keys->raw[keys->n - 1];
    keep(keys, byte);
    if (keys->n == 3 && byte == '[') {
        keys->state = KEYS_LINUX;
        return;
    }
    gboolean rxvt_shift =
        byte == '$' && g_ascii_isdigit(before) && keys->n > 3 && g_ascii_isdigit(keys->raw[2]);
    if (byte < 0x40 && !rxvt_shift) {
        return;
    }
    if (sm_keys_decode_learned(keys)) {
        ground(keys);
    } else if (byte == 'M' && keys->n == 3) {
        keys->state = KEYS_X10;
    } else if (sm_keys_decode_csi(keys)) {
        ground(keys);
        sm_keys_paste_start(keys);
    } else {
        ground(keys);
    }
}

static void feed_ss3(SmKeys *keys, unsigned char byte)
{
    keep(keys, byte);
    if (g_ascii_isdigit(byte) || byte == ';') {
        return;
    }
    if (!sm_keys_decode_learned(keys)) {
        sm_keys_decode_ss3(keys);
    }
    ground(keys);
}

/* TRUE if the byte can't belong to what is unfinished: that is dropped and the byte begins anew. */
static gboolean breaks(const SmKeys *keys, unsigned char byte)
{
    switch (keys->state) {
    case KEYS_UTF8:
        return (byte & 0xc0) != 0x80;
    case KEYS_CSI:
    case KEYS_SS3:
    case KEYS_LINUX:
        return byte < 0x20 || byte >= 0x7f;
    case KEYS_STRING:
        return (byte < 0x20 && byte != 0x07 && byte != '\033') ||
               (keys->n > 2 && keys->raw[keys->n - 1] == '\033' && byte != '\\');
    default:
        return FALSE;
    }
}

static void feed_byte(SmKeys *keys, unsigned char byte, int64_t now)
{
    if (keys->enters && judge_enters(keys, byte)) {
        return;
    }
    if (keys->state == KEYS_STRING && keys->n == 2 && !string_begins(keys, byte)) {
        unsigned char letter = (unsigned char)keys->raw[1];
        keys->alt = TRUE;
        emit_byte(keys, letter);
    } else if (breaks(keys, byte)) {
        gboolean esc = keys->state == KEYS_STRING && keys->raw[keys->n - 1] == '\033';
        drop(keys);
        if (esc) { /* the one that did not end the answer begins something */
            keep(keys, '\033');
            keys->state = KEYS_ESC;
        }
    }
    switch (keys->state) {
    case KEYS_UTF8:
        keep(keys, byte);
        if (keys->n >= keys->utf8_need + (keys->alt ? 1u : 0u)) {
            finish_utf8(keys);
        }
        break;
    case KEYS_ESC:
        feed_esc(keys, byte, now);
        break;
    case KEYS_CSI:
        feed_csi(keys, byte);
        break;
    case KEYS_SS3:
        feed_ss3(keys, byte);
        break;
    case KEYS_LINUX:
        keep(keys, byte);
        if (!sm_keys_decode_learned(keys)) {
            sm_keys_decode_linux(keys);
        }
        ground(keys);
        break;
    case KEYS_X10:
        keep(keys, byte);
        if (keys->n == 6) {
            sm_keys_decode_x10(keys);
            ground(keys);
        }
        break;
    case KEYS_STRING:
        feed_string(keys, byte);
        break;
    default:
        feed_ground(keys, byte, now);
        break;
    }
}

void sm_keys_feed(SmKeys *keys, const void *bytes, gsize n, int64_t now_ms)
{
    const char *at = bytes;
    sm_keys_flush(keys, now_ms);
    if (n && now_ms - keys->last > SM_KEYS_ENTER_MS) {
        keys->burst = FALSE;
    }
    while (n) {
        gsize taken = 1;
        if (keys->state == KEYS_PASTE) {
            taken = sm_keys_paste_feed(keys, at, n);
        } else {
            feed_byte(keys, (unsigned char)*at, now_ms);
        }
        at += taken;
        n -= taken;
        keys->last = now_ms;
    }
}

/* ---- time ---- */

static int64_t patience(const SmKeys *keys)
{
    switch (keys->state) {
    case KEYS_GROUND:
        return -1;
    case KEYS_ESC:
        return SM_KEYS_ESC_MS;
    case KEYS_STRING:
        return keys->n == 2 ? SM_KEYS_ESC_MS : SM_KEYS_SEQUENCE_MS;
    case KEYS_PASTE:
        if (!keys->paste_late) {
            return SM_KEYS_PASTE_MS;
        }
        return keys->paste->len || keys->paste_match ? SM_KEYS_ESC_MS : -1;
    default:
        return SM_KEYS_SEQUENCE_MS;
    }
}

int64_t sm_keys_pending(const SmKeys *keys)
{
    int64_t wait = patience(keys);
    int64_t at = wait < 0 ? -1 : keys->last + wait;
    if (keys->enters) {
        int64_t enter = keys->enters_at + SM_KEYS_ENTER_MS;
        at = at < 0 ? enter : MIN(at, enter);
    }
    return at;
}

static void resolve(SmKeys *keys)
{
    switch (keys->state) {
    case KEYS_GROUND:
        break;
    case KEYS_ESC:
        if (keys->alt) { /* pressed twice */
            sm_keys_emit_key(keys, SM_KEY_ESC);
        }
        sm_keys_emit_key(keys, SM_KEY_ESC);
        ground(keys);
        break;
    case KEYS_STRING:
        if (keys->n == 2) {
            unsigned char letter = (unsigned char)keys->raw[1];
            keys->alt = TRUE;
            emit_byte(keys, letter);
        } else {
            drop(keys);
        }
        break;
    case KEYS_PASTE:
        sm_keys_paste_quiet(keys);
        break;
    default:
        drop(keys);
        break;
    }
}

void sm_keys_flush(SmKeys *keys, int64_t now_ms)
{
    if (keys->enters && now_ms >= keys->enters_at + SM_KEYS_ENTER_MS) {
        release_enters(keys, keys->burst);
    }
    int64_t wait = patience(keys);
    if (wait >= 0 && now_ms >= keys->last + wait) {
        resolve(keys);
    }
}

void sm_keys_reset(SmKeys *keys)
{
    ground(keys);
    keys->enters = 0;
    keys->burst = FALSE;
    g_string_truncate(keys->paste, 0);
    keys->paste_dropped = 0;
    keys->paste_match = 0;
    keys->paste_late = FALSE;
}
