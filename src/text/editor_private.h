/* SPDX-License-Identifier: MIT */
/* The parts of the line editor among themselves. Private. */
#ifndef SM_TEXT_EDITOR_PRIVATE_H
#define SM_TEXT_EDITOR_PRIVATE_H

#include "seatmux/text/line_editor.h"

/* What was done last: a run of the same grows one undo step or one kill. */
typedef enum {
    SM_EDIT_OTHER,
    SM_EDIT_TYPE,
    SM_EDIT_DELETE,
    SM_EDIT_KILL,
    SM_EDIT_YANK,
} SmEditAction;

struct SmEditor {
    GString *text;
    gsize chars;
    gsize max_chars;
    gsize cursor;
    GArray *fields; /* SmEditorField, in order, apart from each other */
    SmKillRing *ring;
    SmKillRing *own_ring;
    GPtrArray *undo; /* steps, newest last */
    GPtrArray *redo;
    gsize history_bytes;
    SmEditAction last;
    guint run;        /* code points typed in the present run */
    gsize yank_start; /* of the last yank */
    guint yank_entry;
    int goal; /* column aimed at by up and down; -1: none */
    guint64 revision;
    guint64 text_revision;
    GArray *rows;    /* SmEditorRow as laid out for: */
    gsize rows_from; /* up to the line that holds this byte they still hold */
    int rows_width;
    gboolean rows_wide;
};

GPtrArray *sm_ed_history_new(void);
/* Every edit: begin, any number of replaces, commit. With `grow`, the step before is continued. */
void sm_ed_begin(SmEditor *ed, gboolean grow);
void sm_ed_replace(SmEditor *ed, gsize at, gsize n_removed, const char *text, gsize n);
gboolean sm_ed_commit(SmEditor *ed, gsize cursor,
                      SmEditAction action); /* TRUE if anything changed */
void sm_ed_forget_history(SmEditor *ed);

/* The border at or behind `at`. */
gsize sm_ed_border_from(const SmEditor *ed, gsize at);
/* Move without editing; ends every run. TRUE if it moved. */
gboolean sm_ed_move(SmEditor *ed, gsize to);
/* The range from..to grown to whole unfilled fields that it touches. */
void sm_ed_cover_fields(const SmEditor *ed, gsize *from, gsize *to);
/* Put clean text at the cursor within an edit begun (an unfilled field under the cursor gives way).
 * Gives the place behind it; *dropped gets the code points that did not fit. */
gsize sm_ed_put(SmEditor *ed, const char *text, gsize n, gsize *dropped);

/* Fields, kept in step by sm_ed_replace(). */
SmEditorField *sm_ed_field_under(const SmEditor *ed, gsize at); /* unfilled, start <= at < end */
int sm_ed_fields_order(const void *a, const void *b);           /* for sorting */
void sm_ed_fields_follow(SmEditor *ed, gsize at, gsize removed, gsize inserted);
void sm_ed_fields_add(SmEditor *ed, const GArray *fields, gsize offset);
/* Make `fields`, found in what now lies from..to, the only ones there. */
void sm_ed_fields_put(SmEditor *ed, const GArray *fields, gsize from, gsize to);

gsize sm_ed_line_start(const SmEditor *ed, gsize at);
gsize sm_ed_line_end(const SmEditor *ed, gsize at);
gsize sm_ed_word_left(const SmEditor *ed, gsize at);
gsize sm_ed_word_right(const SmEditor *ed, gsize at);
gsize sm_ed_rubout(const SmEditor *ed, gsize at); /* where Ctrl-W kills from */

#endif
