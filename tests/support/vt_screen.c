/* SPDX-License-Identifier: MIT */
/* libvterm: what the screen shows. */
#include <stdlib.h>
#include <string.h>

#include "vt_private.h"

static int on_move(VTermPos pos, VTermPos old, int visible, void *user)
{
    Vt *vt = user;
    vt->cursor = pos;
    return 1;
}

static int on_property(VTermProp prop, VTermValue *value, void *user)
{
    Vt *vt = user;
    if (prop == VTERM_PROP_CURSORVISIBLE) {
        vt->cursor_visible = value->boolean != 0;
    } else if (prop == VTERM_PROP_ALTSCREEN) {
        vt->alternate = value->boolean != 0;
    }
    return 1;
}

static int on_bell(void *user)
{
    ((Vt *)user)->bells++;
    return 1;
}

static const VTermScreenCallbacks callbacks = {
    .movecursor = on_move, .settermprop = on_property, .bell = on_bell};

void vt_screen_new(Vt *vt)
{
    vt->term = vterm_new(vt->rows, vt->columns);
    vterm_set_utf8(vt->term, 1);
    vt->screen = vterm_obtain_screen(vt->term);
    vt->cursor_visible = TRUE;
    vterm_screen_enable_altscreen(vt->screen, 1);
    vterm_screen_set_callbacks(vt->screen, &callbacks, vt);
    vterm_screen_reset(vt->screen, 1);
}

static void set_mode(Vt *vt, int mode, gboolean on)
{
    if (mode == 2004) {
        vt->bracketed = on;
    } else if (mode == 1004) {
        vt->focus_mode = on;
    } else if (mode == 1000 || mode == 1002 || mode == 1003) {
        vt->mouse_mode = on ? mode : 0;
    }
}

/* One sequence at `text` that is of interest; its length, 0 if there is none, -1 if it may go on.
 */
static int read_sequence(Vt *vt, const char *text, gsize n)
{
    gsize i = 3;
    if (n >= 2 && text[1] == ']') { /* OSC 0 or 2: the title */
        const char *end = memchr(text, '\a', n);
        if (!end) {
            return n < 4096 ? -1 : 0;
        }
        if (n > 4 && (text[2] == '2' || text[2] == '0') && text[3] == ';') {
            g_string_truncate(vt->title, 0);
            g_string_append_len(vt->title, text + 4, end - text - 4);
        }
        return (int)(end - text) + 1;
    }
    if (n < 3) {
        return n < 2 || text[1] == '[' ? -1 : 0;
    }
    if (text[1] != '[' || text[2] != '?') {
        return 0;
    }
    while (i < n && (g_ascii_isdigit(text[i]) || text[i] == ';')) {
        i++;
    }
    if (i == n) {
        return n < 64 ? -1 : 0;
    }
    if (text[i] == 'h' || text[i] == 'l') {
        g_autofree char *numbers = g_strndup(text + 3, i - 3);
        g_auto(GStrv) list = g_strsplit(numbers, ";", -1);
        for (guint k = 0; list[k]; k++) {
            set_mode(vt, atoi(list[k]), text[i] == 'h');
        }
    }
    return (int)i + 1;
}

/* libvterm does not tell these modes: read them from the bytes. */
void vt_watch_modes(Vt *vt, const char *bytes, gsize n)
{
    gsize i = 0;
    g_string_append_len(vt->tail, bytes, (gssize)n);
    while (i < vt->tail->len) {
        const char *esc = memchr(vt->tail->str + i, '\033', vt->tail->len - i);
        if (!esc) {
            i = vt->tail->len;
            break;
        }
        i = (gsize)(esc - vt->tail->str);
        int size = read_sequence(vt, esc, vt->tail->len - i);
        if (size < 0) {
            break;
        }
        i += (gsize)MAX(size, 1);
    }
    g_string_erase(vt->tail, 0, (gssize)i);
}

/* ---- reading it ---- */

static int colour_index(const VTermColor *colour)
{
    if (VTERM_COLOR_IS_DEFAULT_FG(colour) || VTERM_COLOR_IS_DEFAULT_BG(colour)) {
        return -1;
    }
    return VTERM_COLOR_IS_INDEXED(colour) ? colour->indexed.idx : -2;
}

VtCell vt_cell(Vt *vt, int row, int column)
{
    VTermScreenCell cell;
    VtCell out = {.width = 1};
    g_assert_cmpint(row, <, vt->rows);
    g_assert_cmpint(column, <, vt->columns);
    vterm_screen_get_cell(vt->screen, (VTermPos){row, column}, &cell);
    out.chars[0] = ' ';
    for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i]; i++) {
        out.chars[i] = cell.chars[i];
    }
    out.width = cell.chars[0] == (uint32_t)-1 ? 0 : cell.width;
    out.bold = cell.attrs.bold;
    out.italic = cell.attrs.italic;
    out.underline = cell.attrs.underline != 0;
    out.reverse = cell.attrs.reverse;
    out.fg = colour_index(&cell.fg);
    out.bg = colour_index(&cell.bg);
    return out;
}

char *vt_row(Vt *vt, int row)
{
    GString *out = g_string_new(NULL);
    for (int x = 0; x < vt->columns; x++) {
        VtCell cell = vt_cell(vt, row, x);
        for (int i = 0; cell.width && cell.chars[i]; i++) {
            g_string_append_unichar(out, cell.chars[i]);
        }
    }
    while (out->len && out->str[out->len - 1] == ' ') {
        g_string_truncate(out, out->len - 1);
    }
    return g_string_free(out, FALSE);
}

char *vt_screen(Vt *vt)
{
    GString *out = g_string_new(NULL);
    for (int y = 0; y < vt->rows; y++) {
        g_autofree char *row = vt_row(vt, y);
        g_string_append_printf(out, "%s\n", row);
    }
    return g_string_free(out, FALSE);
}

static void write_golden(const char *path, const char *screen)
{
    g_autofree char *dir = g_path_get_dirname(path);
    g_assert_cmpint(g_mkdir_with_parents(dir, 0755), ==, 0);
    g_assert_true(g_file_set_contents(path, screen, -1, NULL));
}

void vt_assert_screen(Vt *vt, const char *name)
{
    const char *root = g_getenv("SEATMUX_SOURCE_ROOT");
    g_auto(GStrv) parts = g_strsplit(name, "/", 2);
    g_assert_nonnull(root);
    g_assert_nonnull(parts[1]);
    g_autofree char *path = g_build_filename(root, "tests", parts[0], "golden", parts[1], NULL);
    g_autofree char *screen = vt_screen(vt);
    g_autofree char *wanted = NULL;
    if (!g_strcmp0(g_getenv("SEATMUX_GOLDEN"), "update")) {
        write_golden(path, screen);
        return;
    }
    if (!g_file_get_contents(path, &wanted, NULL, NULL)) {
        vt_fail(vt, "no file %s (SEATMUX_GOLDEN=update writes it)", path);
    }
    if (strcmp(screen, wanted)) {
        vt_fail(vt, "the screen is not %s, which is:\n%s", path, wanted);
    }
}
