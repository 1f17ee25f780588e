/* SPDX-License-Identifier: MIT */
#include "chars.h"

#include <utf8proc.h>

static gboolean in(gunichar c, gunichar first, gunichar last)
{
    return c >= first && c <= last;
}

static gboolean prepended(gunichar c)
{
    return in(c, 0x600, 0x605) || c == 0x6DD || c == 0x70F || in(c, 0x890, 0x891) || c == 0x8E2 ||
           c == 0x110BD || c == 0x110CD;
}

static gboolean selector(gunichar c)
{
    return in(c, 0xFE00, 0xFE0F) || in(c, 0xE0100, 0xE01EF) || in(c, 0x180B, 0x180F);
}

/* Default-ignorable code points whose category does not give them away. */
static gboolean hidden_letter(gunichar c)
{
    return c == 0x34F || c == 0x115F || c == 0x1160 || c == 0x17B4 || c == 0x17B5 || c == 0x2065 ||
           c == 0x3164 || c == 0xFFA0 || in(c, 0xFFF0, 0xFFF8) || in(c, 0xE0000, 0xE0FFF);
}

static SmCharKind control_kind(gunichar c)
{
    if (c == '\t')
        return SM_CHAR_TAB;
    if (in(c, '\n', '\r') || c == 0x85)
        return SM_CHAR_NEWLINE;
    return SM_CHAR_BAD;
}

SmCharKind sm_char_kind(gunichar c)
{
    if (in(c, 0x20, 0x7E))
        return SM_CHAR_PLAIN;
    if (c < 0xA0)
        return control_kind(c);
    if (in(c, 0x3000, 0x3163) || in(c, 0x3400, 0xD7A3))
        return SM_CHAR_PLAIN;
    if (c == SM_CHAR_ZWJ || c == SM_CHAR_ZWNJ)
        return SM_CHAR_JOINER;
    if (c == 0x2028 || c == 0x2029)
        return SM_CHAR_NEWLINE;
    if (c == 0x2800)
        return SM_CHAR_BLANK;
    if (selector(c))
        return SM_CHAR_SELECTOR;
    if (in(c, 0xE0061, 0xE007A) || c == 0xE007F)
        return SM_CHAR_TAG;
    if (prepended(c))
        return SM_CHAR_PREPEND;
    if (hidden_letter(c))
        return SM_CHAR_HIDDEN;
    if (c > 0x10FFFF || in(c, 0xD800, 0xDFFF) || in(c, 0xFDD0, 0xFDEF) || (c & 0xFFFE) == 0xFFFE)
        return SM_CHAR_BAD;
    return utf8proc_category((utf8proc_int32_t)c) == UTF8PROC_CATEGORY_CF ? SM_CHAR_HIDDEN
                                                                          : SM_CHAR_PLAIN;
}

gboolean sm_char_is_unseen(gunichar c)
{
    SmCharKind kind = sm_char_kind(c);

    return kind == SM_CHAR_HIDDEN || kind == SM_CHAR_JOINER || kind == SM_CHAR_SELECTOR || kind == SM_CHAR_TAG;
}

gboolean sm_char_is_mark(gunichar c)
{
    utf8proc_category_t cat;

    if (c < 0x300)
        return FALSE;
    cat = utf8proc_category((utf8proc_int32_t)c);
    return cat == UTF8PROC_CATEGORY_MN || cat == UTF8PROC_CATEGORY_MC ||
           cat == UTF8PROC_CATEGORY_ME;
}

gboolean sm_char_is_letter(gunichar c)
{
    utf8proc_category_t cat = utf8proc_category((utf8proc_int32_t)c);

    return cat >= UTF8PROC_CATEGORY_LU && cat <= UTF8PROC_CATEGORY_LO;
}

gboolean sm_char_is_digit(gunichar c)
{
    return utf8proc_category((utf8proc_int32_t)c) == UTF8PROC_CATEGORY_ND;
}

gboolean sm_char_is_pict(gunichar c)
{
    return c >= 0xA9 && utf8proc_get_property((utf8proc_int32_t)c)->boundclass ==
                            UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC;
}

gboolean sm_char_is_skin(gunichar c)
{
    return in(c, 0x1F3FB, 0x1F3FF);
}

gboolean sm_char_is_virama(gunichar c)
{
    return c >= 0x900 && utf8proc_get_property((utf8proc_int32_t)c)->combining_class == 9;
}

gboolean sm_char_is_han(gunichar c)
{
    return in(c, 0x3400, 0x4DBF) || in(c, 0x4E00, 0x9FFF) || in(c, 0xF900, 0xFAFF) ||
           in(c, 0x20000, 0x3FFFD) || in(c, 0x3005, 0x3007);
}

gboolean sm_char_is_cursive(gunichar c)
{
    return in(c, 0x600, 0x7FF) || in(c, 0x840, 0x8FF) || in(c, 0x1807, 0x18AA) ||
           in(c, 0xA840, 0xA877) || in(c, 0xFB50, 0xFDFF) || in(c, 0xFE70, 0xFEFC) ||
           in(c, 0x10AC0, 0x10AFF) || in(c, 0x10B80, 0x10BAF) || in(c, 0x10D00, 0x10D3F) ||
           in(c, 0x10F30, 0x10FDF) || in(c, 0x1E900, 0x1E95F);
}

gboolean sm_char_is_space(gunichar c)
{
    return c == ' ' ||
           (c >= 0xA0 && utf8proc_category((utf8proc_int32_t)c) == UTF8PROC_CATEGORY_ZS);
}

/* Bytes that follow a lead byte and the range of the first of them (Unicode, table 3-7). */
static int lead(guchar b, guchar *low, guchar *high)
{
    *low = 0x80;
    *high = 0xBF;
    if (b >= 0xC2 && b <= 0xDF)
        return 1;
    if (b >= 0xE0 && b <= 0xEF) {
        if (b == 0xE0)
            *low = 0xA0;
        if (b == 0xED)
            *high = 0x9F;
        return 2;
    }
    if (b >= 0xF0 && b <= 0xF4) {
        if (b == 0xF0)
            *low = 0x90;
        if (b == 0xF4)
            *high = 0x8F;
        return 3;
    }
    return -1;
}

gunichar sm_char_take(const char **p, const char *end, gboolean *bad)
{
    const guchar *s = (const guchar *)*p;
    guchar low, high;
    int more;
    gunichar c;

    *bad = FALSE;
    if (s[0] < 0x80) {
        (*p)++;
        return s[0];
    }
    more = lead(s[0], &low, &high);
    c = more == 1 ? s[0] & 0x1F : more == 2 ? s[0] & 0x0F : s[0] & 0x07;
    s++;
    for (int i = 0; i < more; i++, s++) {
        if (s >= (const guchar *)end || *s < low || *s > high) {
            more = -1;
            break;
        }
        c = c << 6 | (*s & 0x3F);
        low = 0x80;
        high = 0xBF;
    }
    *p = (const char *)s;
    if (more < 0) {
        *bad = TRUE;
        return SM_CHAR_REPLACEMENT;
    }
    return c;
}

gunichar sm_char_get(const char **p, const char *end)
{
    gboolean bad;

    return sm_char_take(p, end, &bad);
}

gboolean sm_char_border(gunichar a, gunichar b, gint32 *state)
{
    return utf8proc_grapheme_break_stateful((utf8proc_int32_t)a, (utf8proc_int32_t)b, state);
}

gboolean sm_char_stands_alone(gunichar c)
{
    return c == '\n' || (c >= ' ' && c < 0x7F) ||
           utf8proc_get_property((utf8proc_int32_t)c)->boundclass == UTF8PROC_BOUNDCLASS_OTHER;
}
