/* SPDX-License-Identifier: MIT */
#include "ui/draw_private.h"

#include <string.h>

enum { RUN = 256, CELL_MARKS = 4, PLAIN_FIRST = 0x20, PLAIN_END = 0x7f };

SmRect sm_rect_cut(SmRect a, SmRect b)
{
    SmRect cut = {.y = MAX(a.y, b.y), .x = MAX(a.x, b.x)};
    cut.rows = MAX(MIN(a.y + a.rows, b.y + b.rows) - cut.y, 0);
    cut.columns = MAX(MIN(a.x + a.columns, b.x + b.columns) - cut.x, 0);
    return cut;
}

gboolean sm_rect_has(SmRect rect, int y, int x)
{
    return y >= rect.y && y < rect.y + rect.rows && x >= rect.x && x < rect.x + rect.columns;
}

/* ---- roles ---- */

static attr_t to_attrs(guint look)
{
    return (look & SM_LOOK_BOLD ? A_BOLD : 0) | (look & SM_LOOK_DIM ? A_DIM : 0) |
           (look & SM_LOOK_ITALIC ? A_ITALIC : 0) | (look & SM_LOOK_UNDERLINE ? A_UNDERLINE : 0) |
           (look & SM_LOOK_REVERSE ? A_REVERSE : 0);
}

/* The pair of two colours: one that is there, or the next one. 0 where there are no more. */
static short pair_of(SmDraw *d, int fg, int bg)
{
    if (fg < 0 && bg < 0) {
        return 0;
    }
    for (int i = 0; i < d->n_pairs; i++) {
        if (d->pair_fg[i] == fg && d->pair_bg[i] == bg) {
            return (short)(i + 1);
        }
    }
    if (d->n_pairs >= SM_STYLE_COUNT || d->n_pairs + 1 >= COLOR_PAIRS ||
        init_pair((short)(d->n_pairs + 1), (short)fg, (short)bg) != OK) {
        return 0;
    }
    d->pair_fg[d->n_pairs] = (short)fg;
    d->pair_bg[d->n_pairs] = (short)bg;
    return (short)++d->n_pairs;
}

static void forget_plain(SmDraw *d)
{
    for (int i = 0; i < SM_STYLE_COUNT; i++) {
        g_clear_pointer(&d->plain[i], g_free);
    }
}

void sm_draw_set_theme(SmDraw *d, const SmTheme *theme)
{
    int colours = sm_term_colours(d->term);
    d->look++;
    d->n_pairs = 0;
    forget_plain(d);
    for (int i = 0; i < SM_STYLE_COUNT; i++) {
        const SmLook *look = sm_theme_look(theme, (SmStyle)i);
        if (!colours) {
            d->attrs[i] = to_attrs(sm_style_plain((SmStyle)i));
            d->pairs[i] = 0;
            continue;
        }
        int fg, bg;
        d->attrs[i] = to_attrs(sm_look_shown(look, colours, &fg, &bg));
        d->pairs[i] = pair_of(d, fg, bg);
    }
    clearok(curscr, TRUE); /* pairs that keep their number may look different now */
}

SmDraw *sm_draw_new(SmTerm *term, const SmTheme *theme)
{
    SmDraw *d = g_new0(SmDraw, 1);
    d->term = term;
    sm_draw_set_theme(d, theme);
    sm_draw_begin(d);
    return d;
}

void sm_draw_free(SmDraw *d)
{
    if (d) {
        forget_plain(d);
    }
    g_free(d);
}

/* ---- a frame ---- */

void sm_draw_begin(SmDraw *d)
{
    int rows, columns;
    gboolean lines = sm_term_lines(d->term), wide = sm_term_ambiguous(d->term) == 2;
    sm_term_size(d->term, &rows, &columns);
    if (d->screen.rows != rows || d->screen.columns != columns || d->lines != lines || d->widths.ambiguous_wide != wide) {
        d->look++;
    }
    d->screen = d->clip = (SmRect){0, 0, rows, columns};
    d->lines = lines;
    d->widths.ambiguous_wide = wide;
    d->cursor_set = FALSE;
}

void sm_draw_end(SmDraw *d)
{
    curs_set(d->cursor_set ? 1 : 0);
    if (d->cursor_set) {
        wmove(stdscr, d->cursor_y, d->cursor_x);
    }
    wnoutrefresh(stdscr);
}

void sm_draw_cursor(SmDraw *d, int y, int x)
{
    d->cursor_set = TRUE;
    d->cursor_y = CLAMP(y, 0, d->screen.rows - 1);
    d->cursor_x = CLAMP(x, 0, d->screen.columns - 1);
}

SmRect sm_draw_screen(const SmDraw *d)
{
    return d->screen;
}

gboolean sm_draw_lines(const SmDraw *d)
{
    return d->lines;
}

const SmWidths *sm_draw_widths(const SmDraw *d)
{
    return &d->widths;
}

SmRect sm_draw_clip(SmDraw *d, SmRect rect)
{
    SmRect old = d->clip;
    d->clip = sm_rect_cut(old, rect);
    return old;
}

void sm_draw_unclip(SmDraw *d, SmRect old)
{
    d->clip = old;
}

void sm_draw_set_emoji(SmDraw *d, SmEmoji emoji)
{
    d->look += d->widths.emoji != emoji;
    d->widths.emoji = emoji;
}

guint sm_draw_look(const SmDraw *d)
{
    return d->look;
}

/* ---- text ---- */

/* Cells that stand side by side and go to ncurses in one call. */
typedef struct {
    SmDraw *d;
    SmStyle role;
    int y;
    int x; /* of cells[0] */
    int n; /* cells */
    int columns;
    cchar_t cells[RUN];
    wchar_t open[CELL_MARKS + 2]; /* base and marks of the cell that is being made */
    int open_n, open_width;
} Run;

static void run_send(Run *run)
{
    if (run->n) {
        mvwadd_wchnstr(stdscr, run->y, run->x, run->cells, run->n);
    }
    run->x += run->columns;
    run->n = run->columns = 0;
}

static void run_put(Run *run, const wchar_t *text, int width)
{
    if (run->n == RUN) {
        run_send(run);
    }
    setcchar(&run->cells[run->n++], text, run->d->attrs[run->role], run->d->pairs[run->role], NULL);
    run->columns += width;
}

static void run_close_cell(Run *run)
{
    if (!run->open_n) {
        return;
    }
    run->open[run->open_n] = 0;
    /* ncurses takes every character for as wide as libc says; the filler makes up the rest */
    int known = run->open[0] >= 0x7f && wcwidth(run->open[0]) == 2 ? 2 : 1;
    run_put(run, run->open, known);
    if (run->open_width > known) {
        const wchar_t filler[2] = {run->d->widths.ambiguous_wide ? SM_DRAW_FILLER : L' ', 0};
        run_put(run, filler, 1);
    }
    run->open_n = 0;
}

static void run_char(Run *run, gunichar c, int width)
{
    if (width == 0) {
        if (run->open_n && run->open_n <= CELL_MARKS) {
            run->open[run->open_n++] = (wchar_t)c;
        }
        return;
    }
    run_close_cell(run);
    gboolean drawable = (c >= 0x20 && c < 0x7f) || (c != SM_DRAW_FILLER && wcwidth((wchar_t)c) > 0);
    run->open[0] = drawable ? (wchar_t)c : (wchar_t)0xfffd;
    run->open_n = 1;
    run->open_width = width;
}

static const cchar_t *plain_cells(SmDraw *d, SmStyle role)
{
    if (!d->plain[role]) {
        d->plain[role] = g_new(cchar_t, PLAIN_END - PLAIN_FIRST);
        for (wchar_t c = PLAIN_FIRST; c < PLAIN_END; c++) {
            sm_draw_cell(d, &d->plain[role][c - PLAIN_FIRST], role, c);
        }
    }
    return d->plain[role];
}

static gboolean is_plain(char c)
{
    return (guchar)c >= PLAIN_FIRST && (guchar)c < PLAIN_END;
}

/* Characters at the begin of a text that are a cell each, whatever comes after them. */
static gsize plain_prefix(const char *text, gsize n, gsize most)
{
    gsize i = 0;
    while (i < MIN(n, most) && is_plain(text[i]) && (i + 1 == n || (guchar)text[i + 1] < 0x80)) {
        i++;
    }
    return i;
}

static void run_plain(Run *run, const char *text, gsize n)
{
    const cchar_t *cells = plain_cells(run->d, run->role);
    run_close_cell(run);
    for (gsize i = 0; i < n; i++) {
        if (run->n == RUN) {
            run_send(run);
        }
        run->cells[run->n++] = cells[text[i] - PLAIN_FIRST];
        run->columns++;
    }
}

/* What is being drawn of a text. */
typedef struct {
    int x, used, max_columns;
    gboolean seen, started;
} Place;

static void place_char(Run *run, Place *place, gunichar c, int width)
{
    const SmRect *clip = &run->d->clip;
    int at = place->x + place->used;
    place->used += width;
    if (!place->seen || at + width > clip->x + clip->columns || (width == 0 && !place->started)) {
        return; /* past the right edge: only counted */
    }
    if (at < clip->x) {
        if (at + width <= clip->x) {
            return;
        }
        c = ' '; /* the right half of a wide one shows as a blank */
        width = at + width - clip->x;
        at = clip->x;
    }
    if (!place->started) {
        place->started = TRUE;
        run->x = at;
    }
    run_char(run, c, width);
}

/* Most of what is drawn is plain, and costs a copy a cell. How many bytes were. */
static gsize place_plain(Run *run, Place *place, const char *text, gsize n)
{
    const SmRect *clip = &run->d->clip;
    int at = place->x + place->used, room = MIN(place->max_columns - place->used, clip->x + clip->columns - at);
    gsize plain = place->seen && at >= clip->x && room > 0 ? plain_prefix(text, n, (gsize)room) : 0;
    if (!plain) {
        return 0;
    }
    if (!place->started) {
        place->started = TRUE;
        run->x = at;
    }
    run_plain(run, text, plain);
    place->used += (int)plain;
    return plain;
}

/* An emoji as the mode says, whole or not at all; a name that is wider than the whole room is cut. */
static gboolean place_form(Run *run, Place *place, const gunichar *form, guint n)
{
    const SmWidths *w = &run->d->widths;
    int columns = 0;
    for (guint i = 0; i < n; i++) {
        columns += sm_width_char(w, form[i]);
    }
    if (place->used + columns > place->max_columns && (place->used > 0 || form[0] != '[')) {
        return FALSE;
    }
    for (guint i = 0; i < n && place->used + sm_width_char(w, form[i]) <= place->max_columns; i++) {
        place_char(run, place, form[i], sm_width_char(w, form[i]));
    }
    return TRUE;
}

static int draw_bytes(SmDraw *d, int y, int x, int max_columns, SmStyle role, const char *text,
                      gsize n)
{
    const char *end = text + n;
    Place place = {.x = x, .max_columns = max_columns, .seen = y >= d->clip.y && y < d->clip.y + d->clip.rows};
    Run run = {.d = d, .role = role, .y = y};
    while (text < end) {
        gsize plain = place_plain(&run, &place, text, (gsize)(end - text));
        if (plain) {
            text += plain;
            continue;
        }
        gunichar c = (unsigned char)*text < 0x80 ? (gunichar)*text : g_utf8_get_char(text);
        if (sm_width_may_be_emoji(c)) {
            gunichar form[SM_FORM_MAX];
            guint count;
            gsize next = sm_width_form(&d->widths, text, (gsize)(end - text), 0, form, &count);
            if (!place_form(&run, &place, form, count)) {
                break;
            }
            text += next;
            continue;
        }
        int width = c >= 0x20 && c < 0x7f ? 1 : sm_width_char(&d->widths, c);
        if (c == '\n' || place.used + width > max_columns) {
            break;
        }
        text = g_utf8_next_char(text);
        place_char(&run, &place, c, width);
    }
    run_close_cell(&run);
    run_send(&run);
    return place.used;
}

int sm_draw_text(SmDraw *d, int y, int x, int max_columns, SmStyle role, const SmSafe *text)
{
    return draw_bytes(d, y, x, max_columns, role, sm_safe_str(text), sm_safe_len(text));
}

int sm_draw_slice(SmDraw *d, int y, int x, int max_columns, SmStyle role, const SmSafe *text,
                  gsize start, gsize n)
{
    gsize len = sm_safe_len(text);
    start = MIN(start, len);
    return draw_bytes(d, y, x, max_columns, role, sm_safe_str(text) + start, MIN(n, len - start));
}

int sm_draw_label(SmDraw *d, int y, int x, int max_columns, SmStyle role, const char *label)
{
    return draw_bytes(d, y, x, max_columns, role, label, strlen(label));
}

int sm_draw_cut(SmDraw *d, int y, int x, int max_columns, SmStyle role, const SmSafe *text)
{
    const char *str = sm_safe_str(text);
    gsize n = sm_safe_len(text);
    int used = 0;
    /* no character takes more columns than bytes, but where it is drawn by its name */
    if ((max_columns > 0 && d->widths.emoji == SM_EMOJI_SAFE && n <= (gsize)max_columns) ||
        sm_width_prefix(&d->widths, str, n, max_columns, NULL) == n) {
        return draw_bytes(d, y, x, max_columns, role, str, n);
    }
    const char *dots = d->lines && !d->widths.ambiguous_wide ? "…" : "...";
    int dot_columns = dots[0] == '.' ? 3 : 1;
    if (max_columns > dot_columns) {
        n = sm_width_prefix(&d->widths, str, n, max_columns - dot_columns, NULL);
        used = draw_bytes(d, y, x, max_columns - dot_columns, role, str, n);
    }
    return used + sm_draw_label(d, y, x + used, max_columns - used, role, dots);
}

/* Most texts on the screen are plain, and then nothing needs to be looked up. */
static int columns_of(const SmDraw *d, const char *text, gsize n)
{
    gsize i = 0;
    while (i < n && text[i] >= 0x20 && text[i] < 0x7f) {
        i++;
    }
    return i == n ? (int)n : sm_width_text(&d->widths, text, n);
}

int sm_draw_columns(const SmDraw *d, const SmSafe *text)
{
    return columns_of(d, sm_safe_str(text), sm_safe_len(text));
}

int sm_draw_label_columns(const SmDraw *d, const char *label)
{
    return columns_of(d, label, strlen(label));
}
