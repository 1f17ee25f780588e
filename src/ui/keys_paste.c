/* SPDX-License-Identifier: MIT */
#include "ui/keys_private.h"

#include <string.h>

#include "seatmux/base/bug.h"
#include "seatmux/base/limits.h"

static const char end_mark[] = "\033[201~";
enum { END_MARK = sizeof end_mark - 1 };

void sm_keys_paste_start(SmKeys *keys)
{
    g_string_truncate(keys->paste, 0);
    keys->paste_dropped = 0;
    keys->paste_match = 0;
    keys->paste_late = FALSE;
    keys->state = SM_BUG(47) ? KEYS_GROUND : KEYS_PASTE;
    keys->n = 0;
}

static void append(SmKeys *keys, const char *bytes, gsize n)
{
    gsize room = SM_MAX_PASTE_BYTES - MIN(keys->paste->len, (gsize)SM_MAX_PASTE_BYTES);
    gsize taken = keys->paste_dropped ? 0 : MIN(n, room);
    g_string_append_len(keys->paste, bytes, (gssize)taken);
    keys->paste_dropped += n - taken;
}

/* Bytes at the end that begin a character and do not finish it. */
static gsize open_tail(const char *text, gsize n)
{
    for (gsize back = 1; back <= MIN(n, (gsize)3); back++) {
        unsigned char c = (unsigned char)text[n - back];
        if (c >= 0xc0) {
            gsize need = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
            return need > back ? back : 0;
        }
        if (c < 0x80) {
            return 0;
        }
    }
    return 0;
}

/* Terminals send CR for a new line, some CR LF. */
static gsize newlines(char *text, gsize n)
{
    gsize to = 0;
    for (gsize i = 0; i < n; i++) {
        if (text[i] == '\r') {
            text[to++] = '\n';
            i += i + 1 < n && text[i + 1] == '\n';
        } else {
            text[to++] = text[i];
        }
    }
    return to;
}

/* Report the first `n` bytes collected and keep the rest. */
static void hand_over(SmKeys *keys, gsize n, gboolean partial)
{
    gsize rest = keys->paste->len - n;
    g_autofree char *kept = g_memdup2(keys->paste->str + n, rest);
    g_string_truncate(keys->paste, n);
    n = newlines(keys->paste->str, n);
    g_autofree char *text = g_utf8_make_valid(keys->paste->str, (gssize)n);
    gsize size = strlen(text);
    if (size > SM_MAX_PASTE_BYTES) { /* the marks for bad bytes are longer than the bytes */
        const char *end = g_utf8_find_prev_char(text, text + SM_MAX_PASTE_BYTES + 1);
        keys->paste_dropped += size - (gsize)(end - text);
        size = (gsize)(end - text);
        text[size] = 0;
    }
    SmInput input = {.kind = SM_INPUT_PASTE,
                     .text = text,
                     .size = size,
                     .dropped = keys->paste_dropped,
                     .partial = partial};
    g_string_truncate(keys->paste, 0);
    g_string_append_len(keys->paste, kept, (gssize)rest);
    keys->paste_dropped = 0;
    keys->n = 0;
    if (size || input.dropped || !partial) {
        sm_keys_emit(keys, &input);
    }
}

static void finish(SmKeys *keys)
{
    if (keys->paste_dropped) {
        gsize tail = open_tail(keys->paste->str, keys->paste->len);
        g_string_truncate(keys->paste, keys->paste->len - tail);
        keys->paste_dropped += tail;
    }
    keys->state = KEYS_GROUND;
    if (!keys->paste_late || keys->paste->len || keys->paste_dropped) {
        hand_over(keys, keys->paste->len, FALSE);
    }
    g_string_free(keys->paste, TRUE); /* give a large one back */
    keys->paste = g_string_new(NULL);
}

gsize sm_keys_paste_feed(SmKeys *keys, const char *bytes, gsize n)
{
    gsize i = 0;
    if (n && keys->paste_late && !keys->paste->len && !keys->paste_match &&
        (bytes[0] == 0x03 || bytes[0] == 0x07)) {
        keys->state = KEYS_GROUND; /* the end mark was lost: Ctrl-C and Ctrl-G get out */
        return 0;
    }
    while (i < n) {
        if (!keys->paste_match && bytes[i] != '\033') {
            const char *esc = memchr(bytes + i, '\033', n - i);
            gsize run = esc ? (gsize)(esc - (bytes + i)) : n - i;
            append(keys, bytes + i, run);
            i += run;
        } else if (bytes[i] == end_mark[keys->paste_match]) {
            i++;
            if (++keys->paste_match == END_MARK) {
                keys->paste_match = 0;
                finish(keys);
                return i;
            }
        } else { /* not the mark after all; this byte may begin it again */
            guint seen = keys->paste_match;
            keys->paste_match = 0;
            append(keys, end_mark, seen);
        }
    }
    return i;
}

void sm_keys_paste_quiet(SmKeys *keys)
{
    if (keys->paste_late && keys->paste_match == 1 && !keys->paste->len) {
        keys->state = KEYS_GROUND; /* Esc alone gets out too */
        keys->paste_match = 0;
        memcpy(keys->raw, "\033", 2);
        keys->n = 1;
        sm_keys_emit_key(keys, SM_KEY_ESC);
        keys->n = 0;
        return;
    }
    keys->paste_late = TRUE;
    hand_over(keys, keys->paste->len - open_tail(keys->paste->str, keys->paste->len), TRUE);
}
