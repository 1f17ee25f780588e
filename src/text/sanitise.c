/* SPDX-License-Identifier: MIT */
/* Raw bytes to safe text, in steps: decode and sort out what never passes; judge joiners and
 * selectors by their neighbours; NFC; bound the marks; for the screen, the drawn form of each
 * cluster. Judging, NFC and bounding repeat until nothing changes, as each may undo another's
 * reason. */
#include "seatmux/text/sanitise.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "../base/safe_private.h"
#include "chars.h"
#include "joiners.h"
#include "seatmux/base/bug.h"
#include "seatmux/base/error.h"

#define PASSES 6

typedef struct {
    GArray *chars; /* gunichar */
    SmSafeFlags flags;
    SmSafeCounts *counts;
    gboolean judge; /* joiners and the like are in it */
    gboolean marks; /* NFC or bounding may change it */
} Work;

static gboolean plain_ascii(const char *raw, gsize n, gboolean block)
{
    for (gsize i = 0; i < n; i++)
        if ((raw[i] < ' ' || raw[i] > '~') && !(block && raw[i] == '\n'))
            return FALSE;
    return TRUE;
}

/* TRUE where no composition or reordering can begin or end in a text that has only such characters.
 */
static gboolean settled(gunichar c)
{
    return c < 0x300 || (c >= 0x400 && c <= 0x482) || (c >= 0x48A && c <= 0x590) ||
           (c >= 0x2010 && c <= 0x2027) || (c >= 0x3001 && c <= 0x3029) ||
           (c >= 0x3041 && c <= 0x3096) || (c >= 0x309D && c <= 0x318E) ||
           (c >= 0x3400 && c <= 0x9FFF) || (c >= 0xAC00 && c <= 0xD7A3) ||
           (c >= 0xFF01 && c <= 0xFF9F) || (c >= 0x1F1E6 && c <= 0x1FAFF);
}

static void put(Work *w, gunichar c)
{
    g_array_append_val(w->chars, c);
}

static void take_char(Work *w, gunichar c, gboolean bad)
{
    SmCharKind kind = sm_char_kind(c);

    if (bad || kind == SM_CHAR_BAD) {
        put(w, SM_CHAR_REPLACEMENT);
        w->counts->marked++;
    } else if (kind == SM_CHAR_NEWLINE) {
        put(w, w->flags & SM_SAFE_BLOCK ? '\n' : ' ');
    } else if (kind == SM_CHAR_TAB) {
        put(w, ' ');
    } else if (kind == SM_CHAR_HIDDEN && !SM_BUG(38)) {
        w->counts->dropped++;
    } else {
        put(w, c);
        w->judge |= kind != SM_CHAR_PLAIN;
        w->marks |= !settled(c);
    }
}

static void decode(Work *w, const char *raw, gsize n)
{
    const char *p = raw, *end = raw + n;
    gunichar before = 0;

    while (p < end) {
        gboolean bad;
        gunichar c = sm_char_take(&p, end, &bad);

        if (!(c == '\n' && before == '\r'))
            take_char(w, c, bad);
        before = c;
    }
}

/* As UTF-8; *n its bytes. */
static char *encode(const GArray *chars, glong *n)
{
    return g_ucs4_to_utf8((const gunichar *)(void *)chars->data, (glong)chars->len, NULL, n, NULL);
}

/* TRUE if it changed anything. */
static gboolean normalise(Work *w)
{
    glong n, count;
    g_autofree char *text = encode(w->chars, &n);
    g_autofree gunichar *chars = NULL;
    utf8proc_uint8_t *nfc = NULL;
    utf8proc_ssize_t len = utf8proc_map((const utf8proc_uint8_t *)text, n, &nfc,
                                        UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    gboolean changed;

    /* The text is valid: nothing is left but want of memory, where GLib ends too. */
    g_assert(len >= 0);
    changed = len != n || memcmp(nfc, text, (gsize)n) != 0;
    if (changed) {
        chars = g_utf8_to_ucs4_fast((const char *)nfc, len, &count);
        g_array_set_size(w->chars, 0);
        g_array_append_vals(w->chars, chars, (guint)count);
    }
    free(nfc);
    return changed;
}

/* Keep SM_SAFE_MARKS marks on each base and give a dotted circle to a mark that begins a line. TRUE
 * if any was left out. */
static gboolean bound_marks(Work *w)
{
    GArray *from = w->chars;
    const gunichar *c = (const gunichar *)(void *)from->data;
    guint marks = 0;
    gboolean changed = FALSE;

    w->chars = g_array_sized_new(FALSE, FALSE, sizeof(gunichar), from->len + 8);
    for (guint i = 0; i < from->len; i++) {
        gboolean mark = sm_char_is_mark(c[i]);

        if (mark && (i == 0 || c[i - 1] == '\n'))
            put(w, SM_CHAR_DOTTED); /* to its neighbours the same as nothing */
        if (mark && ++marks > SM_SAFE_MARKS + (guint)SM_BUG(39)) {
            w->counts->marks++;
            changed = TRUE;
            continue;
        }
        if (!mark && c[i] != SM_CHAR_ZWJ && c[i] != SM_CHAR_ZWNJ)
            marks = 0;
        put(w, c[i]);
    }
    g_array_unref(from);
    return changed;
}

/* TRUE if it changed anything; `bare`: without any joiner. */
static gboolean settle_once(Work *w, gboolean bare)
{
    gboolean changed = w->judge && sm_joiners_judge(w->chars, bare, &w->counts->dropped);

    if (w->marks) {
        changed |= normalise(w);
        changed |= bound_marks(w);
    }
    return changed;
}

/* A text made to need ever more passes goes without joiners. */
static void settle(Work *w)
{
    for (int pass = 1; settle_once(w, pass > PASSES); pass++)
        continue;
}

/* The drawn form, cluster by cluster. */
static void draw(Work *w)
{
    GArray *from = w->chars;
    const gunichar *c = (const gunichar *)(void *)from->data;

    w->chars = g_array_sized_new(FALSE, FALSE, sizeof(gunichar), from->len + 8);
    for (guint i = 0; i < from->len;) {
        gunichar out[2 * SM_CLUSTER_MAX];
        gint32 state = 0;
        guint end = i + 1, n;

        while (end < from->len && !sm_char_border(c[end - 1], c[end], &state))
            end++;
        if (w->flags & SM_SAFE_CLUSTERS && sm_cluster_whole(c + i, end - i)) {
            g_array_append_vals(w->chars, c + i, end - i);
        } else {
            n = sm_cluster_draw(c + i, end - i, out, &w->counts->dropped);
            g_array_append_vals(w->chars, out, n);
        }
        i = end;
    }
    g_array_unref(from);
}

SmSafe *sm_safe_make(const char *raw, gssize n, SmSafeFlags flags, SmSafeCounts *counts)
{
    SmSafeCounts own = {0};
    Work w = {.flags = flags, .counts = counts ? counts : &own};
    gsize len = raw == NULL ? 0 : n < 0 ? strlen(raw) : (gsize)n;
    char *text;

    if (len == 0)
        return sm_safe_take(g_strdup(""));
    if (plain_ascii(raw, len, (flags & SM_SAFE_BLOCK) != 0))
        return sm_safe_take(g_strndup(raw, len));
    w.chars = g_array_new(FALSE, FALSE, sizeof(gunichar));
    decode(&w, raw, len);
    settle(&w);
    if (flags & SM_SAFE_SCREEN)
        draw(&w);
    text = encode(w.chars, NULL);
    g_array_unref(w.chars);
    return sm_safe_take(text);
}

SmSafe *sm_safe_line(const char *raw, gssize n)
{
    return sm_safe_make(raw, n, SM_SAFE_LINE, NULL);
}

SmSafe *sm_safe_block(const char *raw, gssize n)
{
    return sm_safe_make(raw, n, SM_SAFE_BLOCK, NULL);
}

SmSafe *sm_safe_screen(const char *raw, gssize n)
{
    return sm_safe_make(raw, n, SM_SAFE_BLOCK | SM_SAFE_SCREEN, NULL);
}

SmSafe *sm_safe_screen_line(const char *raw, gssize n)
{
    return sm_safe_make(raw, n, SM_SAFE_SCREEN, NULL);
}

SmSafe *sm_safe_clusters(const char *raw, gssize n)
{
    return sm_safe_make(raw, n, SM_SAFE_BLOCK | SM_SAFE_SCREEN | SM_SAFE_CLUSTERS, NULL);
}

SmSafe *sm_safe_clusters_line(const char *raw, gssize n)
{
    return sm_safe_make(raw, n, SM_SAFE_SCREEN | SM_SAFE_CLUSTERS, NULL);
}

SmSafe *sm_safe_drawn(const SmWidths *w, const SmSafe *text)
{
    const char *from = sm_safe_str(text);
    gsize n = sm_safe_len(text);
    g_autoptr(GArray) chars = g_array_sized_new(FALSE, FALSE, sizeof(gunichar), (guint)n + 1);

    for (gsize at = 0; at < n;) {
        gunichar form[SM_FORM_MAX];
        guint count;

        at = sm_width_form(w, from, n, at, form, &count);
        g_array_append_vals(chars, form, count);
    }
    return sm_safe_take(encode(chars, NULL));
}

char *sm_text_input(const char *raw, gssize n, gboolean block)
{
    gsize len = raw == NULL ? 0 : n < 0 ? strlen(raw) : (gsize)n;
    const char *p = raw, *end = raw ? raw + len : NULL;
    GString *out = g_string_sized_new(len + 1);
    gunichar before = 0;

    while (p < end) {
        gboolean bad;
        gunichar c = sm_char_take(&p, end, &bad);
        SmCharKind kind = sm_char_kind(c);

        if (bad)
            g_string_append_unichar(out, SM_CHAR_REPLACEMENT);
        else if (kind == SM_CHAR_NEWLINE && !(c == '\n' && before == '\r'))
            g_string_append_c(out, block ? '\n' : ' ');
        else if (kind == SM_CHAR_TAB)
            g_string_append_c(out, ' ');
        else if (kind != SM_CHAR_NEWLINE && kind != SM_CHAR_BAD && kind != SM_CHAR_HIDDEN)
            g_string_append_unichar(out, c);
        before = c;
    }
    return g_string_free(out, FALSE);
}

gboolean sm_text_check_message(const char *bytes, gsize n, gsize max_chars, GError **error)
{
    const char *p = bytes, *end = bytes + n;
    gboolean seen = FALSE;
    gsize chars = 0;

    while (p < end) {
        gboolean bad;
        gsize at = (gsize)(p - bytes);
        gunichar c = sm_char_take(&p, end, &bad);

        if (bad || c == 0) {
            g_set_error(error, SM_ERROR, SM_ERROR_INVALID,
                        bad ? "not UTF-8 at byte %" G_GSIZE_FORMAT
                            : "a NUL at byte %" G_GSIZE_FORMAT,
                        at + 1);
            return FALSE;
        }
        if (++chars > max_chars) {
            g_set_error(error, SM_ERROR, SM_ERROR_LIMIT,
                        "longer than %" G_GSIZE_FORMAT " characters", max_chars);
            return FALSE;
        }
        seen |= !g_unichar_isspace(c) && !sm_char_is_unseen(c);
    }
    if (!seen) {
        g_set_error_literal(error, SM_ERROR, SM_ERROR_INVALID, "the text is empty");
        return FALSE;
    }
    return TRUE;
}
