/* SPDX-License-Identifier: MIT */
/* One grapheme cluster: where it ends, what of it is drawn, how wide that is. */
#include "chars.h"
#include "emoji.h"

#include <string.h>
#include <utf8proc.h>
#include <wchar.h>

#include "seatmux/text/sanitise.h"
#include "seatmux/text/width.h"

G_STATIC_ASSERT(SM_FORM_MAX >= 2 * SM_CLUSTER_MAX);

static int columns_of(gunichar c)
{
    return wcwidth((wchar_t)c);
}

gsize sm_chars_nfc_short(gunichar *chars, gsize n, gsize max)
{
    utf8proc_int32_t wide[8 * SM_CLUSTER_MAX];
    utf8proc_ssize_t total = 0;
    int last = 0;

    for (gsize i = 0; i < n; i++) {
        utf8proc_ssize_t k = utf8proc_decompose_char((utf8proc_int32_t)chars[i], wide + total,
                                                     (utf8proc_ssize_t)G_N_ELEMENTS(wide) - total,
                                                     UTF8PROC_DECOMPOSE, &last);

        if (k < 0 || total + k > (utf8proc_ssize_t)G_N_ELEMENTS(wide))
            return n;
        total += k;
    }
    for (utf8proc_ssize_t i = 1; i < total; i++) { /* canonical order: a stable insertion sort */
        utf8proc_int32_t c = wide[i];
        int ccc = utf8proc_get_property(c)->combining_class;
        utf8proc_ssize_t j = i;

        while (ccc > 0 && j > 0 && utf8proc_get_property(wide[j - 1])->combining_class > ccc) {
            wide[j] = wide[j - 1];
            j--;
        }
        wide[j] = c;
    }
    total = utf8proc_normalize_utf32(wide, total, UTF8PROC_COMPOSE | UTF8PROC_STABLE);
    if (total < 0 || (gsize)total > max)
        return n;
    for (utf8proc_ssize_t i = 0; i < total; i++)
        chars[i] = (gunichar)wide[i];
    return (gsize)total;
}

/* State of drawing one cluster. */
typedef struct {
    gunichar *out;
    guint n;
    guint marks;   /* zero-width ones in the present cell */
    gboolean base; /* the present cell has something to stand on */
    gboolean hangul;
    guint dropped;
} Drawing;

static void draw_base(Drawing *d, gunichar c)
{
    if (sm_char_is_mark(c) && !d->base && d->n > 0) /* a spacing mark after a space */
        d->out[d->n++] = SM_CHAR_DOTTED;
    d->out[d->n++] = c;
    d->base = !sm_char_is_space(c);
    d->marks = 0;
    d->hangul = (c >= 0x1100 && c <= 0x11FF) || (c >= 0xA960 && c <= 0xA97F) ||
                (c >= 0xAC00 && c <= 0xD7FF);
}

static void draw_mark(Drawing *d, gunichar c)
{
    if (!d->hangul && !sm_char_is_mark(c)) { /* a vowel or final of Hangul stands on Hangul alone */
        draw_base(d, SM_CHAR_REPLACEMENT);
        return;
    }
    if (!d->base) {
        d->out[d->n++] = SM_CHAR_DOTTED;
        d->base = TRUE;
        d->marks = 0;
    }
    if (d->marks >= SM_SAFE_MARKS_DRAWN) {
        d->dropped++;
        return;
    }
    d->out[d->n++] = c;
    d->marks++;
}

static void draw_char(Drawing *d, gunichar c)
{
    SmCharKind kind = sm_char_kind(c);
    int columns = kind == SM_CHAR_NEWLINE                      ? 1
                  : kind == SM_CHAR_BAD || kind == SM_CHAR_TAB ? -1
                                                               : columns_of(c);

    if (columns == 0)
        draw_mark(d, c);
    else
        draw_base(d, columns < 0 ? SM_CHAR_REPLACEMENT : c);
}

/* What of a cluster is not drawn at all goes first, so that the marks around it can be put in
 * order. */
static guint leave_out(const gunichar *in, guint n, gunichar *out)
{
    gboolean pict = FALSE;
    guint kept = 0;

    for (guint i = 0; i < n; i++) {
        SmCharKind kind = sm_char_kind(in[i]);

        if (in[i] == SM_CHAR_ZWJ && pict && i + 1 < n && sm_char_is_pict(in[i + 1]))
            break; /* the joined glyphs, and all that hangs on them */
        if (sm_char_is_unseen(in[i]) || kind == SM_CHAR_PREPEND || (pict && sm_char_is_skin(in[i])))
            continue;
        pict |= sm_char_is_pict(in[i]);
        out[kept++] = in[i];
    }
    return kept;
}

guint sm_cluster_draw(const gunichar *in, guint n, gunichar *out, guint *dropped)
{
    gunichar work[SM_CLUSTER_MAX];
    guint kept = leave_out(in, MIN(n, SM_CLUSTER_MAX), work);
    Drawing d = {.out = out, .dropped = n - kept};

    if (kept > 1)
        kept = (guint)sm_chars_nfc_short(work, kept, SM_CLUSTER_MAX);
    for (guint i = 0; i < kept; i++)
        draw_char(&d, work[i]);
    if (dropped)
        *dropped += d.dropped;
    return d.n;
}

static gboolean is_flag_letter(gunichar c)
{
    return c >= 0x1F1E6 && c <= 0x1F1FF;
}

/* Lines and blocks (U+2500..259F) are none, and frames are full of them. */
gboolean sm_width_may_be_emoji(gunichar c)
{
    if (c >= 0x2500 && c < 0x25A0)
        return FALSE;
    return c >= 0x1F000 || (c >= 0x203C && c < 0x2E80) || c == 0xA9 || c == 0xAE || c == 0x3030 || c == 0x303D ||
           c == 0x3297 || c == 0x3299;
}

gboolean sm_cluster_whole(const gunichar *in, guint n)
{
    if (n < 2 || n > SM_CLUSTER_MAX || !(sm_char_is_pict(in[0]) || is_flag_letter(in[0])))
        return FALSE;
    for (guint i = 0; i < n; i++)
        if (columns_of(in[i]) < 0 || !(sm_char_is_pict(in[i]) || sm_char_is_skin(in[i]) || is_flag_letter(in[i]) ||
                                       in[i] == SM_CHAR_ZWJ || in[i] == 0xFE0F || in[i] == 0xFE0E || in[i] == 0x20E3))
            return FALSE;
    return TRUE;
}

static guint put_ascii(gunichar *out, guint at, const char *words)
{
    while (*words != '\0' && at < SM_FORM_MAX)
        out[at++] = (gunichar)*words++;
    return at;
}

/* "[thumbs up]", "[CN]". 0: that is no emoji but a sign, or has no name. */
static guint name_of(const gunichar *in, guint n, gunichar *out)
{
    const char *name = sm_emoji_name(in[0]);
    gboolean as_emoji = in[0] >= 0x1F000 || columns_of(in[0]) == 2;
    guint at = put_ascii(out, 0, "[");

    for (guint i = 0; i < n && is_flag_letter(in[i]); i++)
        out[at++] = 'A' + in[i] - 0x1F1E6;
    if (at > 1)
        return put_ascii(out, at, "]");
    for (guint i = 1; i < n; i++)
        as_emoji |= in[i] == 0xFE0F;
    return name != NULL && as_emoji ? put_ascii(out, put_ascii(out, at, name), "]") : 0;
}

/* The form of a cluster that is drawn in this mode. */
static guint form_of(const SmWidths *w, const gunichar *in, guint n, gunichar out[SM_FORM_MAX])
{
    guint named;

    if (w->emoji == SM_EMOJI_FULL && sm_cluster_whole(in, n)) {
        memcpy(out, in, n * sizeof *in);
        return n;
    }
    if (w->emoji == SM_EMOJI_TEXT && sm_width_may_be_emoji(in[0]) && (named = name_of(in, n, out)) > 0)
        return named;
    return sm_cluster_draw(in, n, out, NULL);
}

gsize sm_width_form(const SmWidths *w, const char *text, gsize n, gsize at, gunichar form[SM_FORM_MAX], guint *count)
{
    gunichar buf[SM_CLUSTER_MAX];
    guint got;

    at = sm_cluster_read(text, n, at, buf, &got);
    *count = form_of(w, buf, got, form);
    return at;
}

gsize sm_cluster_read(const char *text, gsize n, gsize at, gunichar *buf, guint *count)
{
    const char *p = text + at, *end = text + n;
    gint32 state = 0;
    gunichar last;

    buf[0] = last = sm_char_get(&p, end);
    *count = 1;
    while (p < end) {
        const char *q = p;
        gunichar c;

        if (last >= ' ' && last < 0x7F && (guchar)*p < 0x80)
            break;
        c = sm_char_get(&q, end);
        if (sm_char_border(last, c, &state))
            break;
        if (*count < SM_CLUSTER_MAX)
            buf[(*count)++] = c;
        last = c;
        p = q;
    }
    return (gsize)(p - text);
}

static int drawn_columns(const SmWidths *w, gunichar c)
{
    int columns = columns_of(c);

    if (columns == 1 && w->ambiguous_wide && sm_char_ambiguous(c))
        return 2;
    return MAX(columns, 0);
}

int sm_width_char(const SmWidths *w, gunichar c)
{
    SmCharKind kind = sm_char_kind(c);

    if (c >= ' ' && c < 0x7F)
        return 1;
    if (kind == SM_CHAR_NEWLINE)
        return 0;
    if (kind == SM_CHAR_BAD || kind == SM_CHAR_TAB)
        return drawn_columns(w, SM_CHAR_REPLACEMENT);
    if (kind != SM_CHAR_PLAIN && kind != SM_CHAR_BLANK)
        return 0;
    return drawn_columns(w, columns_of(c) < 0 ? SM_CHAR_REPLACEMENT : c);
}

static int cluster_columns(const SmWidths *w, const gunichar *chars, guint n)
{
    gunichar out[SM_FORM_MAX];
    int columns = 0;

    if (n == 1 && (chars[0] == '\n' || (chars[0] >= ' ' && chars[0] < 0x7F)))
        return chars[0] != '\n';
    n = form_of(w, chars, n, out);
    for (guint i = 0; i < n; i++)
        columns += sm_char_kind(out[i]) == SM_CHAR_NEWLINE ? 0 : drawn_columns(w, out[i]);
    return columns;
}

int sm_width_grapheme(const SmWidths *w, const char *grapheme, gsize n)
{
    gunichar buf[SM_CLUSTER_MAX];
    guint count;

    if (n == 0)
        return 0;
    if (n == 1 && *grapheme >= ' ' && *grapheme < 0x7F)
        return 1;
    sm_cluster_read(grapheme, n, 0, buf, &count);
    return cluster_columns(w, buf, count);
}

int sm_width_text(const SmWidths *w, const char *text, gsize n)
{
    gint64 columns = 0;

    for (gsize at = 0; at < n;) {
        gunichar buf[SM_CLUSTER_MAX];
        guint count;

        at = sm_cluster_read(text, n, at, buf, &count);
        columns += cluster_columns(w, buf, count);
    }
    return (int)MIN(columns, G_MAXINT);
}

gsize sm_width_prefix(const SmWidths *w, const char *text, gsize n, int columns, int *used)
{
    gsize at = 0;
    int sum = 0;

    while (at < n && text[at] != '\n') {
        gunichar buf[SM_CLUSTER_MAX];
        guint count;
        gsize next = sm_cluster_read(text, n, at, buf, &count);
        int more = cluster_columns(w, buf, count);

        if (sum + more > columns)
            break;
        sum += more;
        at = next;
    }
    if (used)
        *used = sum;
    return at;
}

gsize sm_grapheme_next(const char *text, gsize n, gsize at)
{
    gunichar buf[SM_CLUSTER_MAX];
    guint count;

    return at >= n ? n : sm_cluster_read(text, n, at, buf, &count);
}

/* A border before `at` that needs no look further back. */
static gsize sure_border(const char *text, gsize n, gsize at)
{
    const char *p = text + at;
    gboolean alone = FALSE;

    while (at < n && p > text && ((guchar)*p & 0xC0) == 0x80) /* not inside a character */
        p--;
    while (p > text) {
        const char *before = g_utf8_prev_char(p);
        gboolean before_alone = sm_char_stands_alone(g_utf8_get_char(before));

        if (alone && before_alone && (gsize)(p - text) < at)
            break;
        alone = before_alone;
        p = before;
    }
    return (gsize)(p - text);
}

gsize sm_grapheme_prev(const char *text, gsize n, gsize at)
{
    gsize from, next;

    at = MIN(at, n);
    from = sure_border(text, n, at);
    while (from < at && (next = sm_grapheme_next(text, n, from)) < at)
        from = next;
    return from;
}

gsize sm_grapheme_border(const char *text, gsize n, gsize at)
{
    gsize from, next;

    if (at >= n)
        return n;
    from = sure_border(text, n, at);
    while (from < at && (next = sm_grapheme_next(text, n, from)) <= at)
        from = next;
    return from;
}

gsize sm_grapheme_count(const char *text, gsize n)
{
    gsize count = 0;

    for (gsize at = 0; at < n; at = sm_grapheme_next(text, n, at))
        count++;
    return count;
}
