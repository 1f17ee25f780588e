/* SPDX-License-Identifier: MIT */
/* Motions of the composer, and its rows. */
#include <string.h>

#include "chars.h"
#include "editor_private.h"
#include "seatmux/text/wrap.h"

typedef enum { WORD_NONE, WORD_SPACE, WORD_LETTERS, WORD_HAN, WORD_KANA } WordKind;

static WordKind word_kind(const SmEditor *ed, gsize at)
{
    const char *p = ed->text->str + at;
    gunichar c = sm_char_get(&p, ed->text->str + ed->text->len);

    if (c == '\n' || sm_char_is_space(c))
        return WORD_SPACE;
    if (sm_char_is_han(c))
        return WORD_HAN;
    if ((c >= 0x3041 && c <= 0x30FF && c != 0x30FB) || (c >= 0xFF66 && c <= 0xFF9F))
        return WORD_KANA;
    if (sm_char_is_letter(c) || sm_char_is_digit(c) || sm_char_is_mark(c) || c == '_')
        return WORD_LETTERS;
    return WORD_NONE;
}

static gboolean in_word(WordKind kind)
{
    return kind > WORD_SPACE;
}

static gsize next(const SmEditor *ed, gsize at)
{
    return sm_grapheme_next(ed->text->str, ed->text->len, at);
}

static gsize prev(const SmEditor *ed, gsize at)
{
    return sm_grapheme_prev(ed->text->str, ed->text->len, at);
}

gsize sm_ed_border_from(const SmEditor *ed, gsize at)
{
    gsize border = sm_grapheme_border(ed->text->str, ed->text->len, at);

    return border == at ? at : next(ed, border);
}

gsize sm_ed_word_right(const SmEditor *ed, gsize at)
{
    WordKind kind;

    while (at < ed->text->len && !in_word(word_kind(ed, at)))
        at = next(ed, at);
    if (at >= ed->text->len)
        return at;
    kind = word_kind(ed, at);
    while (at < ed->text->len && word_kind(ed, at) == kind)
        at = next(ed, at);
    return at;
}

/* Back over all that is of one kind, if `same`, or not of it. */
static gsize back_over(const SmEditor *ed, gsize at, WordKind kind)
{
    while (at > 0) {
        gsize before = prev(ed, at);

        if (word_kind(ed, before) != kind)
            break;
        at = before;
    }
    return at;
}

gsize sm_ed_word_left(const SmEditor *ed, gsize at)
{
    while (at > 0) {
        gsize before = prev(ed, at);

        if (in_word(word_kind(ed, before)))
            return back_over(ed, at, word_kind(ed, before));
        at = before;
    }
    return at;
}

gsize sm_ed_rubout(const SmEditor *ed, gsize at)
{
    WordKind kind;

    at = back_over(ed, at, WORD_SPACE);
    if (at == 0)
        return 0;
    kind = word_kind(ed, prev(ed, at));
    if (kind == WORD_HAN || kind == WORD_KANA)
        return back_over(ed, at, kind);
    while (at > 0) {
        gsize before = prev(ed, at);

        kind = word_kind(ed, before);
        if (kind != WORD_LETTERS && kind != WORD_NONE)
            break;
        at = before;
    }
    return at;
}

gsize sm_ed_line_start(const SmEditor *ed, gsize at)
{
    while (at > 0 && ed->text->str[at - 1] != '\n')
        at--;
    return at;
}

gsize sm_ed_line_end(const SmEditor *ed, gsize at)
{
    const char *newline = memchr(ed->text->str + at, '\n', ed->text->len - at);

    return newline ? (gsize)(newline - ed->text->str) : ed->text->len;
}

gboolean sm_editor_left(SmEditor *ed)
{
    return sm_ed_move(ed, prev(ed, ed->cursor));
}

gboolean sm_editor_right(SmEditor *ed)
{
    return sm_ed_move(ed, next(ed, ed->cursor));
}

gboolean sm_editor_word_left(SmEditor *ed)
{
    return sm_ed_move(ed, sm_ed_word_left(ed, ed->cursor));
}

gboolean sm_editor_word_right(SmEditor *ed)
{
    return sm_ed_move(ed, sm_ed_word_right(ed, ed->cursor));
}

gboolean sm_editor_line_home(SmEditor *ed)
{
    return sm_ed_move(ed, sm_ed_line_start(ed, ed->cursor));
}

gboolean sm_editor_line_end(SmEditor *ed)
{
    return sm_ed_move(ed, sm_ed_line_end(ed, ed->cursor));
}

gboolean sm_editor_home(SmEditor *ed)
{
    return sm_ed_move(ed, 0);
}

gboolean sm_editor_end(SmEditor *ed)
{
    return sm_ed_move(ed, ed->text->len);
}

static void lay_out(SmEditor *ed, const SmWidths *w, int width)
{
    SmWrap wrap;
    SmWrapLine line;
    gsize from;

    if (ed->rows_width != width || ed->rows_wide != w->ambiguous_wide)
        ed->rows_from = 0;
    if (ed->rows_from == G_MAXSIZE)
        return;
    /* Lines before the first change are as they were. */
    from = sm_ed_line_start(ed, MIN(ed->rows_from, ed->text->len));
    while (ed->rows->len > 0 &&
           g_array_index(ed->rows, SmEditorRow, ed->rows->len - 1).start >= from)
        g_array_set_size(ed->rows, ed->rows->len - 1);
    sm_wrap_start(&wrap, w, ed->text->str + from, ed->text->len - from, width - 1, 0, 0);
    while (sm_wrap_next(&wrap, &line)) {
        SmEditorRow row = {from + line.start, line.len, line.columns};

        g_array_append_val(ed->rows, row);
    }
    ed->rows_from = G_MAXSIZE;
    ed->rows_width = width;
    ed->rows_wide = w->ambiguous_wide;
}

void sm_editor_layout(SmEditor *ed, const SmWidths *w, int width, SmEditorLayout *out)
{
    const SmEditorRow *rows, *row;
    guint low = 0, high;
    gsize drawn;

    width = MAX(width, 2);
    lay_out(ed, w, width);
    rows = (const SmEditorRow *)(void *)ed->rows->data;
    high = ed->rows->len;
    while (high - low > 1) { /* the last row that begins at or before the cursor */
        guint mid = low + (high - low) / 2;

        if (rows[mid].start <= ed->cursor)
            low = mid;
        else
            high = mid;
    }
    row = &rows[low];
    drawn = MIN(ed->cursor - row->start, row->len);
    out->rows = rows;
    out->n_rows = ed->rows->len;
    out->cursor_row = low;
    out->cursor_column =
        sm_width_text(w, ed->text->str + row->start, drawn) +
        (int)MIN(ed->cursor - row->start - drawn, (gsize)width); /* hanging spaces */
    out->cursor_column = MIN(out->cursor_column, width - 1);
}

/* Put the cursor on a row, near the column aimed at. */
static void go_to_row(SmEditor *ed, const SmWidths *w, const SmEditorLayout *l, guint target,
                      int goal)
{
    const SmEditorRow *row = &l->rows[target];
    gsize at = row->start + sm_width_prefix(w, ed->text->str + row->start, row->len, goal, NULL);

    if (target + 1 < l->n_rows && at == l->rows[target + 1].start && at > row->start)
        at = prev(ed, at); /* there the cursor would show on the next row */
    sm_ed_move(ed, at);
    ed->goal = goal;
}

gboolean sm_editor_up(SmEditor *ed, const SmWidths *w, int width)
{
    SmEditorLayout l;

    sm_editor_layout(ed, w, width, &l);
    if (l.cursor_row == 0)
        return FALSE;
    go_to_row(ed, w, &l, l.cursor_row - 1, ed->goal >= 0 ? ed->goal : l.cursor_column);
    return TRUE;
}

gboolean sm_editor_down(SmEditor *ed, const SmWidths *w, int width)
{
    SmEditorLayout l;

    sm_editor_layout(ed, w, width, &l);
    if (l.cursor_row + 1 >= l.n_rows)
        return FALSE;
    go_to_row(ed, w, &l, l.cursor_row + 1, ed->goal >= 0 ? ed->goal : l.cursor_column);
    return TRUE;
}
