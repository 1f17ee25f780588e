/* SPDX-License-Identifier: MIT */
#include "seatmux/base/seen.h"

gboolean sm_seen_filler(gunichar c)
{
    return c == 0x34f || c == 0x115f || c == 0x1160 || c == 0x17b4 || c == 0x17b5 || c == 0x3164 ||
           c == 0xffa0 || (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xe0000 && c <= 0xe0fff);
}

/* Signs that stand before a number or a word, and are drawn, though their category is that of joiners. */
static gboolean is_sign(gunichar c)
{
    return (c >= 0x600 && c <= 0x605) || c == 0x6dd || c == 0x70f || c == 0x890 || c == 0x891 || c == 0x8e2 || c == 0x110bd || c == 0x110cd;
}

/* What GLib does not know yet may well be seen: an emoji of next year. */
static gboolean has_shape(gunichar c)
{
    switch (g_unichar_type(c)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
    case G_UNICODE_SPACE_SEPARATOR:
        return FALSE;
    case G_UNICODE_FORMAT:
        return is_sign(c);
    default:
        return c != 0x2800 && !sm_seen_filler(c); /* braille without a dot */
    }
}

gboolean sm_seen(const char *text)
{
    for (const char *p = text; p != NULL && *p != '\0'; p = g_utf8_next_char(p))
        if (has_shape(g_utf8_get_char(p)))
            return TRUE;
    return FALSE;
}
