/* SPDX-License-Identifier: MIT */
#include "vt_svg.h"

#include <string.h>

/* In tenths of a pixel, so that no locale and no rounding is in it. */
#define CELL_W 84
#define CELL_H 180
#define MARGIN 100
#define BASELINE 135
#define WIDE_SHIFT 14 /* a wide character is as wide as the font is high: in the middle of its two cells */
#define FONT_PX 14

/* What a reader's machine is likely to have; the cells do not depend on it. */
#define FONTS                                                                                                                    \
    "ui-monospace,'SF Mono',Menlo,'DejaVu Sans Mono','Liberation Mono',Consolas,'Noto Sans Mono CJK SC','Noto Sans CJK SC','PingFang SC'," \
    "'Microsoft YaHei',monospace"

static const guint32 named[16] = {0x1c2024, 0xd70000, 0x3fa34d, 0xd7a700, 0x2f6fd7, 0xaf5fd7, 0x2fa7c7, 0xc8ced4,
                                  0x7c848c, 0xff5f5f, 0x5fd787, 0xffd75f, 0x5fafff, 0xd7afff, 0x5fd7ff, 0xffffff};

typedef struct {
    guint32 colour;
    GString *thin, *heavy; /* paths of lines */
} Pen;

typedef struct {
    Vt *vt;
    GString *under, *text;
    GArray *pens; /* Pen, as they come */
    guint32 ink, paper;
} Picture;

static guint32 colour_of(int index, guint32 otherwise)
{
    static const guint8 levels[6] = {0, 95, 135, 175, 215, 255};
    if (index < 0)
        return otherwise;
    if (index < 16)
        return named[index];
    if (index >= 232)
        return (guint32)(8 + 10 * (index - 232)) * 0x010101;
    index -= 16;
    return (guint32)levels[index / 36] << 16 | (guint32)levels[index / 6 % 6] << 8 | levels[index % 6];
}

static guint32 ink_of(const Picture *p, const VtCell *cell)
{
    return cell->reverse ? colour_of(cell->bg, p->paper) : colour_of(cell->fg, p->ink);
}

static guint32 paper_of(const Picture *p, const VtCell *cell)
{
    return cell->reverse ? colour_of(cell->fg, p->ink) : colour_of(cell->bg, p->paper);
}

/* Tenths as a decimal number. */
static void number(GString *out, int tenths)
{
    g_string_append_printf(out, tenths % 10 ? "%d.%d" : "%d", tenths / 10, tenths % 10);
}

static int left_of(int column)
{
    return MARGIN + column * CELL_W;
}

static int top_of(int row)
{
    return MARGIN + row * CELL_H;
}

static void rectangle(GString *out, int x, int y, int w, int h, guint32 colour, int percent)
{
    g_string_append(out, "<rect x=\"");
    number(out, x);
    g_string_append(out, "\" y=\"");
    number(out, y);
    g_string_append(out, "\" width=\"");
    number(out, w);
    g_string_append(out, "\" height=\"");
    number(out, h);
    g_string_append_printf(out, "\" fill=\"#%06x\"", colour);
    if (percent < 100)
        g_string_append_printf(out, " fill-opacity=\".%02d\"", percent);
    g_string_append(out, "/>\n");
}

/* --- Lines and blocks, which fonts leave gaps in -------------------------------------------------------------------- */

enum { LEFT = 1, RIGHT = 2, UP = 4, DOWN = 8, HEAVY = 16 };

static int arms_of(gunichar c)
{
    static const struct {
        gunichar c;
        int arms;
    } lines[] = {{0x2500, LEFT | RIGHT}, {0x2501, LEFT | RIGHT | HEAVY}, {0x2502, UP | DOWN}, {0x250c, RIGHT | DOWN},
                 {0x2510, LEFT | DOWN}, {0x2514, RIGHT | UP}, {0x2518, LEFT | UP}, {0x251c, RIGHT | UP | DOWN},
                 {0x2524, LEFT | UP | DOWN}, {0x252c, LEFT | RIGHT | DOWN}, {0x2534, LEFT | RIGHT | UP}, {0x253c, LEFT | RIGHT | UP | DOWN}};
    for (guint i = 0; i < G_N_ELEMENTS(lines); i++)
        if (lines[i].c == c)
            return lines[i].arms;
    return 0;
}

static Pen *pen_of(Picture *p, guint32 colour)
{
    for (guint i = 0; i < p->pens->len; i++)
        if (g_array_index(p->pens, Pen, i).colour == colour)
            return &g_array_index(p->pens, Pen, i);
    Pen pen = {colour, g_string_new(NULL), g_string_new(NULL)};
    g_array_append_val(p->pens, pen);
    return &g_array_index(p->pens, Pen, p->pens->len - 1);
}

static void stroke(GString *path, int x, int y, char direction, int length)
{
    g_string_append_c(path, 'M');
    number(path, x);
    g_string_append_c(path, ' ');
    number(path, y);
    g_string_append_c(path, direction);
    number(path, length);
}

/* `count` cells with the same line. */
static void draw_line(Picture *p, int row, int column, int count, int arms, guint32 colour)
{
    Pen *pen = pen_of(p, colour);
    GString *path = arms & HEAVY ? pen->heavy : pen->thin;
    int x = left_of(column), y = top_of(row), middle = x + CELL_W / 2, half = y + CELL_H / 2;
    if (arms & (LEFT | RIGHT)) {
        int from = arms & LEFT ? x : middle, to = arms & RIGHT ? x + count * CELL_W : middle;
        stroke(path, from, half, 'h', to - from);
    }
    for (int i = 0; i < count && arms & (UP | DOWN); i++) {
        int from = arms & UP ? y : half, to = arms & DOWN ? y + CELL_H : half;
        stroke(path, middle + i * CELL_W, from, 'v', to - from);
    }
}

/* TRUE: it was a block. */
static gboolean draw_block(Picture *p, int row, int column, int count, gunichar c, guint32 colour)
{
    int x = left_of(column), y = top_of(row), w = count * CELL_W;
    if (c >= 0x2581 && c <= 0x2588) { /* from below */
        int h = CELL_H * (int)(c - 0x2580) / 8;
        rectangle(p->under, x, y + CELL_H - h, w, h, colour, 100);
    } else if (c >= 0x2589 && c <= 0x258f) { /* from the left */
        for (int i = 0; i < count; i++)
            rectangle(p->under, x + i * CELL_W, y, CELL_W * (int)(0x2590 - c) / 8, CELL_H, colour, 100);
    } else if (c >= 0x2591 && c <= 0x2593) {
        rectangle(p->under, x, y, w, CELL_H, colour, 25 * (int)(c - 0x2590));
    } else {
        return FALSE;
    }
    return TRUE;
}

/* --- Words --------------------------------------------------------------------------------------------------------- */

static void escape(GString *out, const VtCell *cell)
{
    for (int i = 0; i < 7 && cell->chars[i]; i++) {
        gunichar c = cell->chars[i];
        if (c == '<' || c == '&' || c == '>')
            g_string_append(out, c == '<' ? "&lt;" : c == '&' ? "&amp;" : "&gt;");
        else
            g_string_append_unichar(out, c);
    }
}

static gboolean same_look(const Picture *p, const VtCell *a, const VtCell *b)
{
    return ink_of(p, a) == ink_of(p, b) && a->bold == b->bold && a->italic == b->italic && a->underline == b->underline;
}

static gboolean is_blank(const VtCell *cell)
{
    return cell->chars[0] == ' ' && !cell->underline;
}

/* Cells [from, to) of a row, all of one look, each character at a place of its own. */
static void draw_words(Picture *p, int row, int from, int to, const VtCell *look)
{
    GString *out = p->text;
    int end = from, columns, begin = -1;
    for (int x = from; x < to; x += columns) { /* blanks at either end would be dropped, and their places not */
        VtCell cell = vt_cell(p->vt, row, x);
        columns = MAX(1, cell.width);
        if (is_blank(&cell))
            continue;
        end = x + columns;
        begin = begin < 0 ? x : begin;
    }
    if (begin < 0)
        return;
    from = begin;
    g_string_append(out, "<text x=\"");
    for (int x = from; x < end; x += columns) {
        VtCell cell = vt_cell(p->vt, row, x);
        columns = MAX(1, cell.width);
        if (x > from)
            g_string_append_c(out, ' ');
        number(out, left_of(x) + (columns > 1 ? WIDE_SHIFT : 0));
    }
    g_string_append(out, "\" y=\"");
    number(out, top_of(row) + BASELINE);
    g_string_append_printf(out, "\" fill=\"#%06x\"%s%s%s>", ink_of(p, look), look->bold ? " font-weight=\"bold\"" : "",
                           look->italic ? " font-style=\"italic\"" : "", look->underline ? " text-decoration=\"underline\"" : "");
    for (int x = from; x < end; x += columns) {
        VtCell cell = vt_cell(p->vt, row, x);
        columns = MAX(1, cell.width);
        escape(out, &cell);
    }
    g_string_append(out, "</text>\n");
}

/* Marks on a base would each ask for a place: such a cluster is a text of its own. */
static gboolean stands_alone(const VtCell *cell)
{
    return cell->chars[1] != 0 || cell->chars[0] > 0xffff;
}

/* One after the other, each as far as it looks the same. Returns the column behind it. */
static int draw_run(Picture *p, int row, int from)
{
    VtCell first = vt_cell(p->vt, row, from), cell = first;
    int arms = arms_of(first.chars[0]), to = from, blanks = 0;
    gboolean repeated = arms || (first.chars[0] >= 0x2581 && first.chars[0] <= 0x2593 && first.chars[0] != 0x2590);
    if (stands_alone(&first)) {
        to = from + MAX(1, first.width);
        draw_words(p, row, from, to, &first);
        return to;
    }
    while (to < vt_columns(p->vt) && same_look(p, &first, &cell) && blanks < 2 && !stands_alone(&cell) &&
           (repeated ? cell.chars[0] == first.chars[0] : !arms_of(cell.chars[0]) && !(cell.chars[0] >= 0x2581 && cell.chars[0] <= 0x2593))) {
        to += MAX(1, cell.width);
        blanks = is_blank(&cell) ? blanks + 1 : 0;
        if (to < vt_columns(p->vt))
            cell = vt_cell(p->vt, row, to);
    }
    to = MAX(to, from + 1);
    if (arms)
        draw_line(p, row, from, to - from, arms, ink_of(p, &first));
    else if (!draw_block(p, row, from, to - from, first.chars[0], ink_of(p, &first)))
        draw_words(p, row, from, to, &first);
    return to;
}

static void draw_row(Picture *p, int row)
{
    int columns = vt_columns(p->vt);
    for (int x = 0, to; x < columns; x = to) {
        VtCell cell = vt_cell(p->vt, row, x);
        guint32 paper = paper_of(p, &cell);
        for (to = x + 1; to < columns; to++) {
            VtCell next = vt_cell(p->vt, row, to);
            if (next.width && paper_of(p, &next) != paper)
                break;
        }
        if (paper != p->paper)
            rectangle(p->under, left_of(x), top_of(row), (to - x) * CELL_W, CELL_H, paper, 100);
    }
    for (int x = 0; x < columns;)
        x = draw_run(p, row, x);
}

static void draw_cursor(Picture *p)
{
    int row, column;
    gboolean visible;
    vt_cursor(p->vt, &row, &column, &visible);
    if (visible)
        rectangle(p->under, left_of(column), top_of(row) + 15, 15, CELL_H - 30, p->ink, 100);
}

static void draw_pens(Picture *p, GString *out)
{
    for (guint i = 0; i < p->pens->len; i++) {
        Pen *pen = &g_array_index(p->pens, Pen, i);
        if (pen->thin->len)
            g_string_append_printf(out, "<path d=\"%s\" stroke=\"#%06x\" stroke-width=\"1\"/>\n", pen->thin->str, pen->colour);
        if (pen->heavy->len)
            g_string_append_printf(out, "<path d=\"%s\" stroke=\"#%06x\" stroke-width=\"2.4\"/>\n", pen->heavy->str, pen->colour);
        g_string_free(pen->thin, TRUE);
        g_string_free(pen->heavy, TRUE);
    }
}

char *vt_svg(Vt *vt, const char *title, gboolean light)
{
    Picture p = {.vt = vt, .under = g_string_new(NULL), .text = g_string_new(NULL), .pens = g_array_new(FALSE, FALSE, sizeof(Pen)),
                 .ink = light ? 0x24292f : 0xd4dae0, .paper = light ? 0xffffff : 0x101418};
    int w = (2 * MARGIN + vt_columns(vt) * CELL_W + 9) / 10, h = (2 * MARGIN + vt_rows(vt) * CELL_H + 9) / 10;
    GString *out = g_string_new(NULL);
    for (int row = 0; row < vt_rows(vt); row++)
        draw_row(&p, row);
    draw_cursor(&p);
    g_autofree char *safe = g_markup_escape_text(title, -1);
    g_string_append_printf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\">\n<title>%s</title>\n",
                           w, h, w, h, safe);
    g_string_append_printf(out, "<rect width=\"%d\" height=\"%d\" rx=\"6\" fill=\"#%06x\"%s/>\n", w, h, p.paper,
                           light ? " stroke=\"#d0d7de\"" : "");
    g_string_append(out, p.under->str);
    g_string_append(out, "<g fill=\"none\">\n");
    draw_pens(&p, out);
    g_string_append_printf(out, "</g>\n<g font-family=\"%s\" font-size=\"%d\" xml:space=\"preserve\">\n%s</g>\n</svg>\n", FONTS, FONT_PX, p.text->str);
    g_string_free(p.under, TRUE);
    g_string_free(p.text, TRUE);
    g_array_unref(p.pens);
    return g_string_free(out, FALSE);
}
