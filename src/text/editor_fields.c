/* SPDX-License-Identifier: MIT */
/* Template fields in the composer: ranges that follow every edit. */
#include "editor_private.h"

static SmEditorField *field(const SmEditor *ed, guint i)
{
    return &g_array_index(ed->fields, SmEditorField, i);
}

SmEditorField *sm_ed_field_under(const SmEditor *ed, gsize at)
{
    SmEditorField *under = NULL;

    for (guint i = 0; i < ed->fields->len; i++) {
        SmEditorField *f = field(ed, i);

        if (!f->filled && at >= f->at.start && at < f->at.start + f->at.len)
            under = f;
        else if (f->filled && at == f->at.start + f->at.len && ed->last == SM_EDIT_TYPE)
            return NULL; /* still typing in the one before */
    }
    return under;
}

void sm_ed_cover_fields(const SmEditor *ed, gsize *from, gsize *to)
{
    for (guint i = 0; i < ed->fields->len; i++) {
        const SmEditorField *f = field(ed, i);
        gsize end = f->at.start + f->at.len;

        if (!f->filled && *from<end && * to> f->at.start && *from < *to) {
            *from = MIN(*from, f->at.start);
            *to = MAX(*to, end);
        }
    }
}

/* One field after an edit; FALSE if nothing is left of it. */
static gboolean follow(SmEditorField *f, gsize at, gsize removed, gsize inserted)
{
    gsize start = f->at.start, end = start + f->at.len, gone = at + removed;

    if (gone <= start && !(removed == 0 && at == start && f->filled && f->at.len == 0)) {
        f->at.start = start - removed + inserted;
        return TRUE;
    }
    if (at > end || (at == end && (removed > 0 || !f->filled)))
        return TRUE;
    if (at >= start && gone <= end && (at > start || gone < end || removed == 0)) {
        f->at.len = f->at.len - removed + inserted; /* inside it */
        return TRUE;
    }
    if (at <= start && gone >= end)
        return FALSE;
    if (at < start) { /* its head is gone */
        f->at.start = at + inserted;
        f->at.len = end - gone;
    } else { /* its tail */
        f->at.len = at - start;
    }
    return f->at.len > 0;
}

void sm_ed_fields_follow(SmEditor *ed, gsize at, gsize removed, gsize inserted)
{
    for (guint i = 0; i < ed->fields->len;) {
        if (follow(field(ed, i), at, removed, inserted))
            i++;
        else
            g_array_remove_index(ed->fields, i);
    }
}

int sm_ed_fields_order(const void *a, const void *b)
{
    const SmEditorField *x = a, *y = b;

    return x->at.start < y->at.start ? -1 : x->at.start > y->at.start;
}

void sm_ed_fields_add(SmEditor *ed, const GArray *fields, gsize offset)
{
    for (guint i = 0; i < fields->len; i++) {
        SmEditorField f = {.at = g_array_index(fields, SmTextField, i)};

        f.at.start += offset;
        if (f.at.start + f.at.len <= ed->text->len)
            g_array_append_val(ed->fields, f);
    }
    g_array_sort(ed->fields, sm_ed_fields_order);
}

void sm_ed_fields_put(SmEditor *ed, const GArray *fields, gsize from, gsize to)
{
    for (guint i = ed->fields->len; i > 0; i--) {
        const SmEditorField *f = field(ed, i - 1);

        if (f->at.start < to && f->at.start + f->at.len > from)
            g_array_remove_index(ed->fields, i - 1);
    }
    sm_ed_fields_add(ed, fields, from);
}

/* Where the cursor goes for a field: its start, or behind the cluster that lies across it. */
static gsize entry(const SmEditor *ed, guint i)
{
    return sm_ed_border_from(ed, field(ed, i)->at.start);
}

gboolean sm_editor_next_field(SmEditor *ed)
{
    guint i = 0;

    if (ed->fields->len == 0)
        return FALSE;
    while (i < ed->fields->len && entry(ed, i) <= ed->cursor)
        i++;
    sm_ed_move(ed, entry(ed, i < ed->fields->len ? i : 0));
    return TRUE;
}

gboolean sm_editor_prev_field(SmEditor *ed)
{
    guint i = ed->fields->len;

    if (i == 0)
        return FALSE;
    while (i > 0 && entry(ed, i - 1) >= ed->cursor)
        i--;
    sm_ed_move(ed, entry(ed, (i > 0 ? i : ed->fields->len) - 1));
    return TRUE;
}

const char *sm_editor_unfilled(const SmEditor *ed)
{
    for (guint i = 0; i < ed->fields->len; i++)
        if (!field(ed, i)->filled)
            return field(ed, i)->at.name;
    return NULL;
}

guint sm_editor_fields(const SmEditor *ed, const SmEditorField **fields)
{
    *fields = (const SmEditorField *)(void *)ed->fields->data;
    return ed->fields->len;
}
