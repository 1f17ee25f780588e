/* SPDX-License-Identifier: MIT */
/* Edits as steps that can be taken back: each step holds what every replacement took out and put
 * in, and the cursor and fields on both sides. */
#include <string.h>

#include "editor_private.h"

#define STEPS 256
#define HISTORY_BYTES (256u * 1024u)

typedef struct {
    gsize at;
    GString *removed;
    GString *inserted;
} Edit;

typedef struct {
    GArray *edits;
    gsize cursor_before;
    gsize cursor_after;
    GArray *fields_before;
    GArray *fields_after;
    gsize bytes;
} Step;

static void edit_clear(void *data)
{
    Edit *e = data;

    g_string_free(e->removed, TRUE);
    g_string_free(e->inserted, TRUE);
}

static void step_free(void *data)
{
    Step *s = data;

    g_array_unref(s->edits);
    g_array_unref(s->fields_before);
    g_array_unref(s->fields_after);
    g_free(s);
}

GPtrArray *sm_ed_history_new(void)
{
    return g_ptr_array_new_with_free_func(step_free);
}

static void change_text(SmEditor *ed, gsize at, gsize removed, const char *text, gsize n)
{
    ed->chars -= (gsize)g_utf8_strlen(ed->text->str + at, (gssize)removed);
    g_string_erase(ed->text, (gssize)at, (gssize)removed);
    g_string_insert_len(ed->text, (gssize)at, text, (gssize)n);
    ed->chars += (gsize)g_utf8_strlen(text, (gssize)n);
    ed->text_revision++;
    ed->rows_from = MIN(ed->rows_from, at);
}

/* The step begun. */
static Step *top(const SmEditor *ed)
{
    g_assert(ed->undo->len > 0);
    return ed->undo->pdata[ed->undo->len - 1];
}

static void bound_history(SmEditor *ed)
{
    while (ed->undo->len > 1 && (ed->undo->len > STEPS || ed->history_bytes > HISTORY_BYTES)) {
        ed->history_bytes -= ((Step *)ed->undo->pdata[0])->bytes;
        g_ptr_array_remove_index(ed->undo, 0);
    }
}

static void drop_redo(SmEditor *ed)
{
    for (guint i = 0; i < ed->redo->len; i++)
        ed->history_bytes -= ((Step *)ed->redo->pdata[i])->bytes;
    g_ptr_array_set_size(ed->redo, 0);
}

void sm_ed_begin(SmEditor *ed, gboolean grow)
{
    Step *step;

    if (grow && ed->undo->len > 0)
        return;
    step = g_new0(Step, 1);
    step->edits = g_array_new(FALSE, FALSE, sizeof(Edit));
    g_array_set_clear_func(step->edits, edit_clear);
    step->cursor_before = ed->cursor;
    step->fields_before = g_array_copy(ed->fields);
    step->fields_after = g_array_new(FALSE, FALSE, sizeof(SmEditorField));
    g_ptr_array_add(ed->undo, step);
}

static gboolean grow_edit(Step *step, gsize at, gsize n_removed, const char *text, gsize n)
{
    Edit *e = step->edits->len ? &g_array_index(step->edits, Edit, step->edits->len - 1) : NULL;

    if (e == NULL || n_removed > 0 || at != e->at + e->inserted->len)
        return FALSE;
    g_string_append_len(e->inserted, text, (gssize)n);
    return TRUE;
}

void sm_ed_replace(SmEditor *ed, gsize at, gsize n_removed, const char *text, gsize n)
{
    Step *step = top(ed);

    if (n_removed == 0 && n == 0)
        return;
    if (!grow_edit(step, at, n_removed, text, n)) {
        Edit e = {at, g_string_new_len(ed->text->str + at, (gssize)n_removed),
                  g_string_new_len(text, (gssize)n)};

        g_array_append_val(step->edits, e);
    }
    step->bytes += n_removed + n;
    ed->history_bytes += n_removed + n;
    change_text(ed, at, n_removed, text, n);
    sm_ed_fields_follow(ed, at, n_removed, n);
}

gboolean sm_ed_commit(SmEditor *ed, gsize cursor, SmEditAction action)
{
    Step *step = top(ed);

    if (step->edits->len == 0) {
        g_ptr_array_set_size(ed->undo, (int)ed->undo->len - 1);
        return FALSE;
    }
    ed->cursor = sm_ed_border_from(ed, cursor); /* if joined with what follows, behind that */
    step->cursor_after = ed->cursor;
    g_array_unref(step->fields_after);
    step->fields_after = g_array_copy(ed->fields);
    ed->last = action;
    ed->goal = -1;
    ed->revision++;
    drop_redo(ed);
    bound_history(ed);
    return TRUE;
}

void sm_ed_forget_history(SmEditor *ed)
{
    g_ptr_array_set_size(ed->undo, 0);
    g_ptr_array_set_size(ed->redo, 0);
    ed->history_bytes = 0;
    ed->last = SM_EDIT_OTHER;
}

static void restore(SmEditor *ed, const GArray *fields, gsize cursor)
{
    g_array_unref(ed->fields);
    ed->fields = g_array_copy((GArray *)fields);
    ed->cursor = cursor;
    ed->last = SM_EDIT_OTHER;
    ed->goal = -1;
    ed->revision++;
}

gboolean sm_editor_undo(SmEditor *ed)
{
    Step *step;

    if (ed->undo->len == 0)
        return FALSE;
    step = g_ptr_array_steal_index(ed->undo, ed->undo->len - 1);
    for (guint i = step->edits->len; i > 0; i--) {
        const Edit *e = &g_array_index(step->edits, Edit, i - 1);

        change_text(ed, e->at, e->inserted->len, e->removed->str, e->removed->len);
    }
    restore(ed, step->fields_before, step->cursor_before);
    g_ptr_array_add(ed->redo, step);
    return TRUE;
}

gboolean sm_editor_redo(SmEditor *ed)
{
    Step *step;

    if (ed->redo->len == 0)
        return FALSE;
    step = g_ptr_array_steal_index(ed->redo, ed->redo->len - 1);
    for (guint i = 0; i < step->edits->len; i++) {
        const Edit *e = &g_array_index(step->edits, Edit, i);

        change_text(ed, e->at, e->removed->len, e->inserted->str, e->inserted->len);
    }
    restore(ed, step->fields_after, step->cursor_after);
    g_ptr_array_add(ed->undo, step);
    return TRUE;
}
