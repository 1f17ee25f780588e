/* SPDX-License-Identifier: MIT */
/* Card and identity numbers in text, made unreadable but for the last four digits.
 *
 * A run is groups of digits parted by at most SEPARATORS spaces or dashes; a number is some whole
 * groups of a run, so that "12 4111 1111 1111 1111" hides no card behind the 12. */
#include <string.h>

#include "chars.h"
#include "seatmux/base/bug.h"
#include "seatmux/text/sanitise.h"

#define SEPARATORS 3
#define CARD_MIN 13
#define CARD_MAX 19
#define IDENTITY 18
#define SHOWN 4

typedef struct {
    gsize at; /* byte offset */
    guint8 len;
    guint8 value;
    gboolean first; /* of a group */
    gboolean last;
} Digit;

typedef struct {
    const char *text;
    gsize n;
    GArray *digits; /* of the present run */
    GArray *stars;  /* Digit: to be replaced */
    guint count;
} Masking;

static int digit_value(gunichar c)
{
    return c < 0x80 ? (c >= '0' && c <= '9' ? (int)c - '0' : -1) : g_unichar_digit_value(c);
}

static gboolean separator(gunichar c)
{
    return c == '-' || sm_char_is_space(c) || c == '\t' || (c >= 0x2010 && c <= 0x2015) ||
           c == 0x2212 || c == 0xFE63 || c == 0xFF0D;
}

static gboolean unseen(gunichar c)
{
    SmCharKind kind = sm_char_kind(c);

    return kind == SM_CHAR_HIDDEN || kind == SM_CHAR_JOINER || kind == SM_CHAR_SELECTOR;
}

static gboolean is_card(const Digit *d, guint n)
{
    guint sum = 0;

    if (n < CARD_MIN + (guint)SM_BUG(40) || n > CARD_MAX || d[0].value == 0)
        return FALSE;
    for (guint i = 0; i < n; i++) {
        guint v = d[n - 1 - i].value;

        if (i % 2 == 1)
            v = v * 2 > 9 ? v * 2 - 9 : v * 2;
        sum += v;
    }
    return sum % 10 == 0;
}

static guint number(const Digit *d, guint n)
{
    guint value = 0;

    for (guint i = 0; i < n; i++)
        value = value * 10 + d[i].value;
    return value;
}

/* The check character may be X, which is given as the value 10. */
static gboolean is_identity(const Digit *d, guint n)
{
    static const guint8 weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1};
    guint sum = 0, year, month, day;

    if (n != IDENTITY || d[0].value == 0)
        return FALSE;
    for (guint i = 0; i < n; i++)
        sum += d[i].value * weights[i];
    year = number(d + 6, 4);
    month = number(d + 10, 2);
    day = number(d + 12, 2);
    return sum % 11 == 1 && year >= 1850 && year <= 2100 && month >= 1 && month <= 12 && day >= 1 &&
           day <= 31;
}

static void mask(Masking *m, const Digit *d, guint n)
{
    for (guint i = 0; i + SHOWN < n; i++)
        g_array_append_val(m->stars, d[i]);
    m->count++;
}

/* Digits of the longest number of whole groups that begins at digit i; 0 if none. */
static guint number_at(const Digit *d, guint n, guint i)
{
    for (guint len = MIN(n - i, CARD_MAX); len >= CARD_MIN; len--) {
        if (!d[i + len - 1].last)
            continue;
        if ((d[i + len - 1].value < 10 && is_card(d + i, len)) || is_identity(d + i, len))
            return len;
    }
    return 0;
}

static void end_run(Masking *m)
{
    const Digit *d = (const Digit *)(void *)m->digits->data;
    guint n = m->digits->len;

    for (guint i = 0; i < n;) {
        guint len = d[i].first ? number_at(d, n, i) : 0;

        if (len > 0)
            mask(m, d + i, len);
        i += MAX(len, 1);
    }
    g_array_set_size(m->digits, 0);
}

static void add_digit(Masking *m, gsize at, gsize len, int value, gboolean first)
{
    Digit d = {at, (guint8)len, (guint8)value, first, TRUE};

    if (!first && m->digits->len > 0)
        g_array_index(m->digits, Digit, m->digits->len - 1).last = FALSE;
    g_array_append_val(m->digits, d);
}

/* An x that ends the 18th place of an identity number, not a word. */
static gboolean check_x(const Masking *m, gunichar c, const char *next)
{
    const char *end = m->text + m->n;

    if ((c != 'x' && c != 'X' && c != 0xFF38 && c != 0xFF58) || m->digits->len < IDENTITY - 1)
        return FALSE;
    return next >= end || !g_unichar_isalnum(sm_char_get(&next, end));
}

static void scan(Masking *m)
{
    const char *p = m->text, *end = m->text + m->n;
    guint gap = 0;

    while (p < end) {
        gsize at = (gsize)(p - m->text);
        gunichar c = sm_char_get(&p, end);
        int value = digit_value(c);

        if (value >= 0) {
            add_digit(m, at, (gsize)(p - m->text) - at, value, m->digits->len == 0 || gap > 0);
            gap = 0;
        } else if (check_x(m, c, p) && gap <= 1) {
            add_digit(m, at, (gsize)(p - m->text) - at, 10, gap > 0);
            end_run(m);
            gap = 0;
        } else if (m->digits->len > 0 && separator(c) && ++gap <= SEPARATORS) {
            continue;
        } else if (m->digits->len == 0 || !unseen(c)) {
            end_run(m);
            gap = 0;
        }
    }
    end_run(m);
}

char *sm_text_mask_numbers(const char *text, guint *count)
{
    Masking m = {.text = text, .n = strlen(text)};
    GString *out = g_string_sized_new(m.n + 1);
    gsize done = 0;

    m.digits = g_array_new(FALSE, FALSE, sizeof(Digit));
    m.stars = g_array_new(FALSE, FALSE, sizeof(Digit));
    scan(&m);
    for (guint i = 0; i < m.stars->len; i++) {
        const Digit *d = &g_array_index(m.stars, Digit, i);

        g_string_append_len(out, text + done, (gssize)(d->at - done));
        g_string_append_c(out, '*');
        done = d->at + d->len;
    }
    g_string_append(out, text + done);
    g_array_unref(m.digits);
    g_array_unref(m.stars);
    if (count)
        *count = m.count;
    return g_string_free(out, FALSE);
}
