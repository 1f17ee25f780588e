/* SPDX-License-Identifier: MIT */
#include "joiners.h"

#include <string.h>

#include "chars.h"

#define LOOK 40 /* characters looked back or ahead, so that hostile runs cost no square */

/* What is before a place (already judged) and after it (not yet). */
typedef struct {
    const gunichar *done;
    guint n_done;
    const gunichar *rest;
    guint n_rest;
} Place;

static gunichar before(const Place *p)
{
    return p->n_done > 0 ? p->done[p->n_done - 1] : 0;
}

static gunichar after(const Place *p)
{
    return p->n_rest > 0 ? p->rest[0] : 0;
}

/* The nearest character before that is neither mark, selector nor skin tone. */
static gunichar base_before(const Place *p, gboolean skin)
{
    for (guint i = p->n_done; i > 0 && p->n_done - i < LOOK; i--) {
        gunichar c = p->done[i - 1];

        if (!sm_char_is_mark(c) && sm_char_kind(c) != SM_CHAR_SELECTOR &&
            !(skin && sm_char_is_skin(c)))
            return c;
    }
    return 0;
}

/* Scripts with viramas: their letters and marks. */
static gboolean brahmic(gunichar c)
{
    return (c >= 0x900 && c <= 0xDFF) || (c >= 0xF00 && c <= 0x109F) ||
           (c >= 0x1700 && c <= 0x17FF) || (c >= 0x1900 && c <= 0x1BFF) ||
           (c >= 0xA800 && c <= 0xA82F) || (c >= 0xA880 && c <= 0xA9DF) ||
           (c >= 0xAA00 && c <= 0xAA7F) || (c >= 0xABC0 && c <= 0xABFF) ||
           (c >= 0x11000 && c <= 0x11FFF);
}

static gboolean word_char(gunichar c)
{
    return c && (sm_char_is_letter(c) || sm_char_is_mark(c) || sm_char_is_digit(c));
}

static gboolean indic_joiner(const Place *p, gunichar c)
{
    gunichar a = before(p), b = after(p);

    if (sm_char_is_virama(a))
        return TRUE;
    if (!brahmic(a) || !brahmic(b))
        return FALSE;
    if (sm_char_is_virama(b))
        return word_char(a);
    return c == SM_CHAR_ZWNJ && a >> 7 == b >> 7 && word_char(a) && word_char(b);
}

static gboolean cursive_letter(gunichar c)
{
    return sm_char_is_cursive(c) && sm_char_is_letter(c);
}

/* Between letters of a joining script; a suffix may also hang on a foreign word, a number or a
 * closing quote. */
static gboolean cursive_joiner(const Place *p, gunichar c)
{
    gunichar a = base_before(p, FALSE), b = after(p);

    if (sm_char_kind(before(p)) == SM_CHAR_JOINER)
        return FALSE;
    if (c == SM_CHAR_ZWJ)
        return cursive_letter(a) || (cursive_letter(b) && !word_char(a));
    if (cursive_letter(b))
        return word_char(a) || a == 0xBB || a == 0x201D || a == ')';
    return cursive_letter(a) && word_char(b);
}

static gboolean keep_joiner(const Place *p, gunichar c)
{
    if (indic_joiner(p, c) || cursive_joiner(p, c))
        return TRUE;
    return c == SM_CHAR_ZWJ && sm_char_is_pict(base_before(p, TRUE)) && sm_char_is_pict(after(p));
}

static gboolean cjk_punctuation(gunichar c)
{
    return (c >= 0x3000 && c <= 0x303F) || (c >= 0xFF01 && c <= 0xFF65);
}

static gboolean keep_selector(const Place *p, gunichar c)
{
    gunichar a = before(p);

    if (c >= 0x180B && c <= 0x180F)
        return c == 0x180E ? a >= 0x1807 && a <= 0x18AA && after(p) >= 0x1820 && after(p) <= 0x18AA
                           : (a >= 0x1807 && a <= 0x18AA);
    if (c >= 0xE0100)
        return sm_char_is_han(a);
    if (c >= 0xFE0E) {
        if (sm_char_is_pict(a))
            return TRUE;
        return ((a >= '0' && a <= '9') || a == '#' || a == '*') && after(p) == 0x20E3;
    }
    return sm_char_is_han(a) || cjk_punctuation(a) || (a >= 0x1000 && a <= 0x109F) ||
           (a >= 0xAA60 && a <= 0xAA7F) || (a >= 0xA840 && a <= 0xA877) ||
           (a >= 0x2200 && a <= 0x2AFF);
}

static gboolean keep_prepended(const Place *p, gunichar c)
{
    gunichar b = after(p);

    return c == 0x70F ? b >= 0x710 && b <= 0x72F : b && sm_char_is_digit(b);
}

static gboolean keep_blank(const Place *p)
{
    if (before(p) >= 0x2800 && before(p) <= 0x28FF)
        return TRUE;
    for (guint i = 0; i < MIN(p->n_rest, LOOK); i++)
        if (p->rest[i] != 0x2800)
            return p->rest[i] > 0x2800 && p->rest[i] <= 0x28FF;
    return FALSE;
}

enum { FLAG_TAGS = 6 }; /* "gbeng" and the end */

/* The tag of that place behind a flag, of which c is number `done`; 0: none is there. */
static gunichar tag_of(const Place *p, guint done, gunichar c, guint place)
{
    gunichar tag = 0;

    if (place < done)
        tag = p->done[p->n_done - done + place];
    else if (place == done)
        tag = c;
    else if (place - done - 1 < p->n_rest)
        tag = p->rest[place - done - 1];
    return sm_char_kind(tag) == SM_CHAR_TAG ? tag : 0;
}

/* Tags spell where the flag is from. Only the flags that there are: in any other words they would be a text nobody sees. */
static gboolean keep_tag(const Place *p, gunichar c)
{
    static const char *const flags[] = {"gbeng\x7f", "gbsct\x7f", "gbwls\x7f"};
    char word[FLAG_TAGS];
    guint done = 0;

    while (done < FLAG_TAGS && done < p->n_done && sm_char_kind(p->done[p->n_done - 1 - done]) == SM_CHAR_TAG)
        done++;
    if (done == p->n_done || p->done[p->n_done - 1 - done] != 0x1F3F4 || tag_of(p, done, c, FLAG_TAGS) != 0)
        return FALSE;
    for (guint i = 0; i < FLAG_TAGS; i++)
        word[i] = (char)(tag_of(p, done, c, i) & 0x7f);
    for (guint i = 0; i < G_N_ELEMENTS(flags); i++)
        if (memcmp(word, flags[i], FLAG_TAGS) == 0)
            return TRUE;
    return FALSE;
}

static gboolean keep(const Place *p, gunichar c)
{
    switch (sm_char_kind(c)) {
    case SM_CHAR_JOINER:
        return keep_joiner(p, c);
    case SM_CHAR_SELECTOR:
        return keep_selector(p, c);
    case SM_CHAR_PREPEND:
        return keep_prepended(p, c);
    case SM_CHAR_BLANK:
        return keep_blank(p);
    case SM_CHAR_TAG:
        return keep_tag(p, c);
    default:
        return TRUE;
    }
}

gboolean sm_joiners_judge(GArray *chars, gboolean all, guint *dropped)
{
    gunichar *c = (gunichar *)(void *)chars->data;
    guint to = 0, n = chars->len;

    for (guint i = 0; i < n; i++) {
        Place place = {c, to, c + i + 1, n - i - 1};

        if (all ? sm_char_kind(c[i]) == SM_CHAR_PLAIN || c[i] == '\n' : keep(&place, c[i]))
            c[to++] = c[i];
    }
    *dropped += n - to;
    g_array_set_size(chars, to);
    return to != n;
}
