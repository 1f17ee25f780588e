/* SPDX-License-Identifier: MIT */
/* Text of strangers on its way out: what is safe is valid, without controls, stays as it is when made safe again, and is no
 * wider than said; lines and graphemes lose nothing. */
#include <string.h>

#include "fuzz.h"
#include "seatmux/text/sanitise.h"
#include "seatmux/text/width.h"
#include "seatmux/text/wrap.h"

static gboolean is_control(gunichar c, gboolean block)
{
    gboolean bidi = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f || c == 0x061c;
    return (c < 0x20 && !(block && c == '\n')) || (c >= 0x7f && c < 0xa0) || bidi || c == 0x2028 || c == 0x2029;
}

static void check_safe(const SmSafe *safe, gboolean block)
{
    const char *text = sm_safe_str(safe);
    g_assert_true(g_utf8_validate(text, -1, NULL));
    for (const char *p = text; *p; p = g_utf8_next_char(p))
        g_assert_false(is_control(g_utf8_get_char(p), block));
    g_autoptr(SmSafe) again = block ? sm_safe_block(text, -1) : sm_safe_line(text, -1);
    g_assert_cmpstr(sm_safe_str(again), ==, text);
}

static void check_graphemes(const char *text)
{
    gsize n = strlen(text), count = 0;
    for (gsize at = 0; at < n; count++) {
        gsize next = sm_grapheme_next(text, n, at);
        g_assert_cmpuint(next, >, at);
        g_assert_cmpuint(sm_grapheme_prev(text, n, next), ==, at);
        at = next;
    }
    g_assert_cmpuint(sm_grapheme_count(text, n), ==, count);
}

static void check_lines(const char *text, int width)
{
    SmWrap wrap;
    SmWrapLine line;
    gsize n = strlen(text), at = 0;
    sm_wrap_start(&wrap, &(SmWidths){0}, text, n, width, 0, 2);
    while (sm_wrap_next(&wrap, &line)) {
        g_assert_cmpuint(line.start, ==, at);
        at = line.start + line.len + line.skip;
        gboolean one = sm_grapheme_count(text + line.start, line.len) <= 1;
        g_assert_true(line.columns + line.indent <= width || one);
    }
    g_assert_cmpuint(at, ==, n);
}

static void check_mask(const char *text)
{
    guint count = 0;
    g_autofree char *masked = sm_text_mask_numbers(text, &count);
    g_assert_true(g_utf8_validate(masked, -1, NULL));
    g_assert_cmpint(g_utf8_strlen(masked, -1), ==, g_utf8_strlen(text, -1));
    g_assert_true(count > 0 || strcmp(masked, text) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    int width = n > 0 ? 1 + data[0] % 100 : 20;
    const char *raw = (const char *)data;
    g_autoptr(SmSafe) line = sm_safe_line(raw, (gssize)n), block = sm_safe_block(raw, (gssize)n);
    g_autoptr(SmSafe) screen = sm_safe_screen(raw, (gssize)n), name = sm_safe_file_name(raw, (gssize)n);
    g_autoptr(SmSafe) clipped = sm_safe_clipped(&(SmWidths){0}, raw, (gssize)n, width);
    check_safe(line, FALSE);
    check_safe(block, TRUE);
    check_graphemes(sm_safe_str(block));
    check_lines(sm_safe_str(screen), width);
    check_mask(sm_safe_str(block));
    g_assert_null(strpbrk(sm_safe_str(name), "/\\:*?\"<>|\n"));
    g_assert_cmpuint(strlen(sm_safe_str(name)), <=, SM_SAFE_FILE_BYTES);
    g_assert_cmpint(sm_width_text(&(SmWidths){0}, sm_safe_str(clipped), strlen(sm_safe_str(clipped))), <=, width);
    g_autofree char *typed = sm_text_input(raw, (gssize)n, TRUE);
    g_assert_true(g_utf8_validate(typed, -1, NULL));
    return 0;
}
