/* SPDX-License-Identifier: MIT */
#include "seatmux/text/find.h"

gunichar sm_text_fold(gunichar c)
{
    if (c >= 0xff01 && c <= 0xff5e) /* fullwidth */
        c = c - 0xff01 + '!';
    else if (c == 0x3000)
        c = ' ';
    return c < 0x80 ? (gunichar)g_ascii_tolower((char)c) : g_unichar_tolower(c);
}

/* Bytes of the text that match from here on; 0: it does not. */
static gsize match_at(const char *at, const char *end, const char *needle)
{
    const char *p = at;
    guint left = SM_FIND_CHARS;

    for (; *needle != '\0' && left > 0; needle = g_utf8_next_char(needle), left--) {
        if (p >= end || sm_text_fold(g_utf8_get_char(p)) != sm_text_fold(g_utf8_get_char(needle)))
            return 0;
        p = g_utf8_next_char(p);
    }
    return (gsize)(p - at);
}

gboolean sm_text_find(const char *text, gsize n, const char *needle, gsize from, gsize *start,
                      gsize *len)
{
    const char *end = text + n;

    if (*needle == '\0')
        return FALSE;
    for (const char *at = text + from; at < end; at = g_utf8_next_char(at)) {
        *len = match_at(at, end, needle);
        *start = (gsize)(at - text);
        if (*len > 0)
            return TRUE;
    }
    return FALSE;
}
