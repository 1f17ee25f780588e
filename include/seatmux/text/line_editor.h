/* SPDX-License-Identifier: MIT */
/* line_editor: what happens to the text of a composer, without terminal, keys or disk. A buffer of
 * several lines, edited by graphemes, with readline's motions and kill ring, undo, and template
 * fields.
 *
 * The text is always valid UTF-8 without controls but \n (sm_text_input()), at most `max_chars`
 * code points. Places are byte offsets at grapheme borders. Motions and edits return TRUE if
 * anything changed. */
#ifndef SEATMUX_TEXT_LINE_EDITOR_H
#define SEATMUX_TEXT_LINE_EDITOR_H

#include <glib.h>

#include "seatmux/text/template.h"
#include "seatmux/text/width.h"

/* What was killed, newest first, shared by all composers of a program. */
typedef struct SmKillRing SmKillRing;
SmKillRing *sm_kill_ring_new(void);
void sm_kill_ring_free(SmKillRing *ring); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmKillRing, sm_kill_ring_free)

typedef struct SmEditor SmEditor;

/* `ring` is borrowed and must live longer; NULL: one of its own. `max_chars` code points at most.
 */
SmEditor *sm_editor_new(SmKillRing *ring, gsize max_chars);
void sm_editor_free(SmEditor *ed); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmEditor, sm_editor_free)

/* The text; borrowed until the next change. */
const char *sm_editor_text(const SmEditor *ed);
gsize sm_editor_len(const SmEditor *ed);   /* bytes */
gsize sm_editor_chars(const SmEditor *ed); /* code points, for the counter */
gsize sm_editor_cursor(const SmEditor *ed);
/* Changes with every change of text, fields or cursor; for dirty marks. */
guint64 sm_editor_revision(const SmEditor *ed);
/* Changes with every change of text; for drafts. */
guint64 sm_editor_text_revision(const SmEditor *ed);

/* Put in another text, cursor at its end, {{?name}} in it becoming fields, history forgotten: for a
 * draft that comes back, or another one. Too long is cut. */
void sm_editor_set_text(SmEditor *ed, const char *text);
/* Replace all of the text as one edit that undo takes back; {{?name}} become fields. For $EDITOR,
 * an earlier reply, an offered answer. */
void sm_editor_replace_all(SmEditor *ed, const char *text);
/* Empty it as one edit that undo takes back (Ctrl-C; after sending use sm_editor_set_text("")). */
gboolean sm_editor_clear(SmEditor *ed);
/* Move the cursor to the border at or before `at`. */
void sm_editor_set_cursor(SmEditor *ed, gsize at);

/* Type `n` bytes (-1: NUL-terminated) at the cursor; a run of typing is undone as one. In an
 * unfilled field it takes the field's place. Returns code points that did not fit (0: all is in).
 */
gsize sm_editor_insert(SmEditor *ed, const char *text, gssize n);
/* Paste: the same as one edit of its own; more than SM_MAX_PASTE_BYTES is not read and counts as
 * not fitting. */
gsize sm_editor_paste(SmEditor *ed, const char *text, gssize n);
/* Put in a rendered template as one edit: `fields` (SmTextField, offsets into `text`; may be NULL)
 * are marked, the cursor goes to the first of them, else behind it. `replace_from`..cursor goes
 * first (the
 * ";code" that was typed); pass the cursor for none. FALSE and no change if it is empty or does not
 * fit. */
gboolean sm_editor_insert_template(SmEditor *ed, gsize replace_from, const char *text,
                                   const GArray *fields);

gboolean sm_editor_delete_back(SmEditor *ed);    /* Backspace: an unfilled field goes whole */
gboolean sm_editor_delete_forward(SmEditor *ed); /* Ctrl-D, Delete */

/* Motions. Words are runs of letters and digits of one kind (Han, kana, the rest). */
gboolean sm_editor_left(SmEditor *ed);
gboolean sm_editor_right(SmEditor *ed);
gboolean sm_editor_word_left(SmEditor *ed);  /* Alt-B, Ctrl-Left */
gboolean sm_editor_word_right(SmEditor *ed); /* Alt-F, Ctrl-Right */
gboolean sm_editor_line_home(SmEditor *ed);  /* Ctrl-A, Home: of this line */
gboolean sm_editor_line_end(SmEditor *ed);   /* Ctrl-E, End */
gboolean sm_editor_home(SmEditor *ed);       /* start of the text */
gboolean sm_editor_end(SmEditor *ed);
/* One drawn row up or down at this width, keeping the column aimed at. FALSE at the first or last
 * row (where the caller may go to earlier replies). */
gboolean sm_editor_up(SmEditor *ed, const SmWidths *w, int width);
gboolean sm_editor_down(SmEditor *ed, const SmWidths *w, int width);

/* Kills go to the ring; one right after another grows the same entry. */
gboolean sm_editor_kill_to_end(SmEditor *ed);   /* Ctrl-K: to the line's end, there the newline */
gboolean sm_editor_kill_to_start(SmEditor *ed); /* Ctrl-U */
gboolean
sm_editor_kill_word_back(SmEditor *ed); /* Ctrl-W: to the white space before; of CJK one word */
gboolean sm_editor_kill_word_left(SmEditor *ed);  /* Alt-Backspace: one word by the motions */
gboolean sm_editor_kill_word_right(SmEditor *ed); /* Alt-D */
gboolean sm_editor_yank(SmEditor *ed);            /* Ctrl-Y */
gboolean sm_editor_yank_pop(SmEditor *ed); /* Alt-Y, right after a yank: the one before instead */

/* Undo covers every edit, clearing, pasting and templates. A new edit ends redo. Bounded history.
 */
gboolean sm_editor_undo(SmEditor *ed);
gboolean sm_editor_redo(SmEditor *ed);

/* Fields. Next and previous wrap around over the fields, filled ones too while the text holds them;
 * FALSE if there is none. */
gboolean sm_editor_next_field(SmEditor *ed);
gboolean sm_editor_prev_field(SmEditor *ed);
/* Name of the first unfilled field, borrowed until the next change; NULL: all filled, may be sent.
 */
const char *sm_editor_unfilled(const SmEditor *ed);
/* Fields in order: bytes, and whether filled. Number of them. */
typedef struct {
    SmTextField at;
    gboolean filled;
} SmEditorField;
guint sm_editor_fields(const SmEditor *ed, const SmEditorField **fields);

/* Rows as drawn at a width; the last column is kept free for the cursor. Borrowed until the next
 * change or layout at another width. Draw a row by sm_safe_screen_line(text + start, len). */
typedef struct {
    gsize start;
    gsize len;
    int columns;
} SmEditorRow;
typedef struct {
    const SmEditorRow *rows; /* at least one */
    guint n_rows;
    guint cursor_row;
    int cursor_column;
} SmEditorLayout;
void sm_editor_layout(SmEditor *ed, const SmWidths *w, int width, SmEditorLayout *out);

#endif
