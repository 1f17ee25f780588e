/* SPDX-License-Identifier: MIT */
#include "ui/term_wide.h"

#include <string.h>
#include <wchar.h>

#include "seatmux/text/width.h"
#include "ui/draw_private.h"

/* One character of the frame; its bytes. Bytes that are none count as themselves. */
static gsize char_at(const char *bytes, gsize n, gunichar *c)
{
    *c = (unsigned char)*bytes;
    if (*c < 0x80) {
        return 1;
    }
    gunichar whole = g_utf8_get_char_validated(bytes, (gssize)n);
    if (whole == (gunichar)-1 || whole == (gunichar)-2) {
        return 1;
    }
    *c = whole;
    return (gsize)(g_utf8_next_char(bytes) - bytes);
}

static gboolean shown_wider(gunichar c)
{
    const SmWidths wide = {.ambiguous_wide = TRUE};
    return c >= 0x80 && wcwidth((wchar_t)c) == 1 && sm_width_char(&wide, c) == 2;
}

void sm_term_widen(GString *frame, gsize from)
{
    g_autofree char *old = g_memdup2(frame->str + from, frame->len - from);
    gsize n = frame->len - from, i = 0;
    gboolean owed = FALSE; /* the terminal's cursor is one further than ncurses believes */
    g_string_truncate(frame, from);
    while (i < n) {
        gunichar c;
        gsize size = char_at(old + i, n - i, &c);
        if (c == SM_DRAW_FILLER) {
            g_string_append(frame, owed ? "" : "\033[C");
            owed = FALSE;
        } else {
            if (owed && (c < 0x80 || wcwidth((wchar_t)c) != 0)) {
                g_string_append(frame, "\033[D");
                owed = FALSE;
            }
            g_string_append_len(frame, old + i, (gssize)size);
            owed = owed || shown_wider(c);
        }
        i += size;
    }
    g_string_append(frame, owed ? "\033[D" : "");
}
