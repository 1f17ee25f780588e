/* SPDX-License-Identifier: MIT */
/* Short safe texts: clipped to columns, or fit to be a file's name. */
#include <string.h>

#include "../base/safe_private.h"
#include "seatmux/text/sanitise.h"

SmSafe *sm_safe_clipped(const SmWidths *w, const char *raw, gssize n, int columns)
{
    SmSafe *line = sm_safe_screen_line(raw, n);
    const char *mark = w->ambiguous_wide ? "..." : "…";
    int mark_columns = w->ambiguous_wide ? 3 : 1, used;
    const char *text = sm_safe_str(line);
    gsize len = sm_safe_len(line), keep = sm_width_prefix(w, text, len, MAX(columns, 0), &used);
    char *clipped;

    if (keep == len)
        return line;
    if (columns < mark_columns) {
        mark = "";
        mark_columns = 0;
    }
    keep = sm_width_prefix(w, text, len, MAX(columns, 0) - mark_columns, &used);
    clipped = g_strdup_printf("%.*s%s", (int)keep, text, mark);
    sm_safe_unref(line);
    return sm_safe_take(clipped);
}

/* Bytes of an extension worth keeping: a dot and at most 8 ASCII letters or digits. */
static gsize extension(const char *name, gsize n)
{
    const char *dot = g_strrstr_len(name, (gssize)n, ".");
    gsize len = dot ? n - (gsize)(dot - name) : 0;

    if (dot == NULL || dot == name || len < 2 || len > 9)
        return 0;
    for (gsize i = 1; i < len; i++)
        if (!g_ascii_isalnum(dot[i]))
            return 0;
    return len;
}

static gsize cut_at_grapheme(const char *text, gsize n, gsize max)
{
    return n <= max ? n : sm_grapheme_border(text, n, max);
}

/* Names that are devices somewhere, whatever their ending. */
static gboolean is_device(const char *name)
{
    static const char *const DEVICES[] = {"con", "prn", "aux", "nul", "com", "lpt"};
    gsize n = strcspn(name, ".");

    for (gsize i = 0; i < G_N_ELEMENTS(DEVICES); i++) {
        gboolean numbered = i >= 4;
        if (n == (numbered ? 4u : 3u) && g_ascii_strncasecmp(name, DEVICES[i], 3) == 0 && (!numbered || g_ascii_isdigit(name[3])))
            return TRUE;
    }
    return FALSE;
}

/* Without what no name should begin with, and made safe once more: a mark that loses the blank before it is given another base, which
 * makes the text longer. */
static SmSafe *begin_right(const char *line)
{
    g_autofree char *name = g_strdelimit(g_strdup(line), "/\\:*?\"<>|", '_');

    return sm_safe_line(name + strspn(name, ".- "), -1);
}

static gsize without_end(const char *text, gsize n)
{
    while (n > 0 && (text[n - 1] == '.' || text[n - 1] == ' '))
        n--;
    return n;
}

SmSafe *sm_safe_file_name(const char *raw, gssize n)
{
    g_autoptr(SmSafe) line = sm_safe_line(raw, n);
    g_autoptr(SmSafe) whole = begin_right(sm_safe_str(line));
    const char *name = sm_safe_str(whole);
    gsize len = without_end(name, sm_safe_len(whole));
    gsize most = SM_SAFE_FILE_BYTES - (is_device(name) ? 1 : 0), ext = len > most ? extension(name, len) : 0;
    gsize stem = without_end(name, cut_at_grapheme(name, len - ext, most - ext));

    if (stem == 0)
        return sm_safe_take(g_strdup("file"));
    g_autofree char *cut = g_strdup_printf("%s%.*s%.*s", is_device(name) ? "_" : "", (int)stem, name, (int)ext, name + len - ext);
    return sm_safe_line(cut, -1); /* after the cut a joiner may be stray */
}
