/* SPDX-License-Identifier: MIT */
/* Card and identity numbers in text, made unreadable but for the last four digits.
 *
 * A run is groups of digits parted by at most SEPARATORS blanks, dashes and the like; a number is some whole
 * groups of a run, so that "12 4111 1111 1111 1111" hides no card behind the 12. One in ten numbers passes Luhn
 * by chance, among them orders, parcels, telephones and dates: so a card also begins as cards do, is as long as
 * cards that begin so, and is parted as people part cards. */
#include <string.h>

#include "chars.h"
#include "seatmux/base/bug.h"
#include "seatmux/text/sanitise.h"

#define SEPARATORS 3
#define CARD_MIN 13
#define CARD_MAX 19
#define IDENTITY 18
#define TELEPHONE_MAX 15
#define SHOWN 4

typedef struct {
    gsize at; /* byte offset */
    guint8 len;
    guint8 value;
    gboolean first; /* of a group */
    gboolean last;
    gboolean plus; /* a + stands before it: a telephone's number */
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
    return c == '-' || c == '.' || c == '_' || c == 0xB7 || sm_char_is_space(c) || c == '\t' || c == '\n' || c == '\r' ||
           (c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xFE63 || c == 0xFF0D || c == 0xFF0E;
}

/* What may stand between two digits and not be seen to part them; a keycap around a digit, too. */
static gboolean unseen(gunichar c)
{
    return sm_char_is_unseen(c) || sm_char_is_mark(c);
}

static guint number(const Digit *d, guint n)
{
    guint value = 0;

    for (guint i = 0; i < n; i++)
        value = value * 10 + d[i].value;
    return value;
}

#define LENGTH(n) (1u << (n))
#define LONG (LENGTH(16) | LENGTH(17) | LENGTH(18) | LENGTH(19))

/* By the first four digits. */
static const struct {
    guint from, to;
    guint lengths;
} issuers[] = {
    {2200, 2204, LONG},                             /* Mir */
    {2221, 2720, LENGTH(16)},                       /* Mastercard */
    {3000, 3059, LENGTH(14) | LENGTH(16)},          /* Diners, also 36, 38, 39 */
    {3400, 3499, LENGTH(15)},                       /* American Express, also 37 */
    {3528, 3589, LONG},                             /* JCB */
    {3600, 3699, LENGTH(14) | LENGTH(16)},
    {3700, 3799, LENGTH(15)},
    {3800, 3999, LENGTH(14) | LENGTH(16)},
    {4000, 4999, LENGTH(13) | LONG},                /* Visa */
    {5000, 5099, LONG},                             /* Maestro and cards of one country, also from 56 */
    {5100, 5599, LENGTH(16)},                       /* Mastercard */
    {5600, 6999, LONG},                             /* UnionPay, Discover and others */
    {8000, 9999, LONG},                             /* UnionPay, cards of one country */
};

static gboolean issued(const Digit *d, guint n)
{
    guint begin = number(d, 4);

    for (guint i = 0; i < G_N_ELEMENTS(issuers); i++)
        if (begin >= issuers[i].from && begin <= issuers[i].to)
            return (issuers[i].lengths & LENGTH(n)) != 0;
    return FALSE;
}

/* In one piece, in groups of one size, or in groups of four and more; the last may be shorter. */
static gboolean parted_as_cards(const Digit *d, guint n)
{
    guint first = 0, size = 0;
    gboolean same = TRUE, large = TRUE;

    for (guint i = 0; i + 1 < n; i++) {
        size++;
        if (!d[i].last)
            continue;
        if (first == 0)
            first = size;
        same &= size == first;
        large &= size >= 4;
        size = 0;
    }
    return large || (same && size + 1 <= first);
}

static gboolean is_card(const Digit *d, guint n)
{
    guint sum = 0;

    if (n < CARD_MIN + (guint)SM_BUG(40) || n > CARD_MAX || !issued(d, n) || !parted_as_cards(d, n))
        return FALSE;
    if (d[0].plus && n <= TELEPHONE_MAX)
        return FALSE;
    for (guint i = 0; i < n; i++) {
        guint v = d[n - 1 - i].value;

        if (i % 2 == 1)
            v = v * 2 > 9 ? v * 2 - 9 : v * 2;
        sum += v;
    }
    return sum % 10 == 0;
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

static gboolean after_plus(const Masking *m, gsize at)
{
    return (at >= 1 && m->text[at - 1] == '+') || (at >= 3 && memcmp(m->text + at - 3, "＋", 3) == 0);
}

static void add_digit(Masking *m, gsize at, gsize len, int value, gboolean first)
{
    Digit d = {at, (guint8)len, (guint8)value, first, TRUE, first && after_plus(m, at)};

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
