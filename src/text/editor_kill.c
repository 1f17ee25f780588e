/* SPDX-License-Identifier: MIT */
/* Kill and yank. */
#include <string.h>

#include "editor_private.h"

#define RING 16

struct SmKillRing {
    GString *entries[RING]; /* newest first */
    guint n;
    const SmEditor *by; /* whose kill the newest is; only compared */
};

SmKillRing *sm_kill_ring_new(void)
{
    return g_new0(SmKillRing, 1);
}

void sm_kill_ring_free(SmKillRing *ring)
{
    if (ring == NULL)
        return;
    for (guint i = 0; i < ring->n; i++)
        g_string_free(ring->entries[i], TRUE);
    g_free(ring);
}

static void ring_add(SmKillRing *ring, const char *text, gsize n)
{
    if (ring->n == RING)
        g_string_free(ring->entries[--ring->n], TRUE);
    memmove(ring->entries + 1, ring->entries, ring->n * sizeof *ring->entries);
    ring->entries[0] = g_string_new_len(text, (gssize)n);
    ring->n++;
}

static gboolean kill_range(SmEditor *ed, gsize from, gsize to, gboolean backwards)
{
    const char *text;

    if (from >= to)
        return FALSE;
    sm_ed_cover_fields(ed, &from, &to);
    text = ed->text->str + from;
    if (ed->last != SM_EDIT_KILL || ed->ring->by != ed || ed->ring->n == 0)
        ring_add(ed->ring, text, to - from);
    else if (backwards)
        g_string_prepend_len(ed->ring->entries[0], text, (gssize)(to - from));
    else
        g_string_append_len(ed->ring->entries[0], text, (gssize)(to - from));
    ed->ring->by = ed;
    sm_ed_begin(ed, FALSE);
    sm_ed_replace(ed, from, to - from, "", 0);
    return sm_ed_commit(ed, from, SM_EDIT_KILL);
}

gboolean sm_editor_kill_to_end(SmEditor *ed)
{
    gsize end = sm_ed_line_end(ed, ed->cursor);

    if (end == ed->cursor && end < ed->text->len)
        end++;
    return kill_range(ed, ed->cursor, end, FALSE);
}

gboolean sm_editor_kill_to_start(SmEditor *ed)
{
    gsize start = sm_ed_line_start(ed, ed->cursor);

    if (start == ed->cursor && start > 0)
        start--;
    return kill_range(ed, start, ed->cursor, TRUE);
}

gboolean sm_editor_kill_word_back(SmEditor *ed)
{
    return kill_range(ed, sm_ed_rubout(ed, ed->cursor), ed->cursor, TRUE);
}

gboolean sm_editor_kill_word_left(SmEditor *ed)
{
    return kill_range(ed, sm_ed_word_left(ed, ed->cursor), ed->cursor, TRUE);
}

gboolean sm_editor_kill_word_right(SmEditor *ed)
{
    return kill_range(ed, ed->cursor, sm_ed_word_right(ed, ed->cursor), FALSE);
}

/* Yank an entry as one undo step. */
static gboolean yank(SmEditor *ed, guint entry, gboolean grow)
{
    const GString *text = ed->ring->entries[entry];
    const SmEditorField *under = sm_ed_field_under(ed, ed->cursor);
    gsize start = under ? under->at.start : ed->cursor, end, dropped;

    sm_ed_begin(ed, grow);
    end = sm_ed_put(ed, text->str, text->len, &dropped);
    if (end > start) { /* a field that was killed unfilled comes back as one */
        GArray *found = sm_template_find_fields(ed->text->str + start, end - start);

        if (found->len > 0)
            sm_ed_fields_put(ed, found, start, end);
        g_array_unref(found);
    }
    if (!sm_ed_commit(ed, end, SM_EDIT_YANK))
        return FALSE;
    ed->yank_start = start;
    ed->yank_entry = entry;
    return TRUE;
}

gboolean sm_editor_yank(SmEditor *ed)
{
    return ed->ring->n > 0 && yank(ed, 0, FALSE);
}

gboolean sm_editor_yank_pop(SmEditor *ed)
{
    if (ed->last != SM_EDIT_YANK || ed->ring->n < 2 || ed->yank_start > ed->cursor)
        return FALSE;
    sm_ed_begin(ed, TRUE);
    sm_ed_replace(ed, ed->yank_start, ed->cursor - ed->yank_start, "", 0);
    sm_ed_commit(ed, ed->yank_start, SM_EDIT_YANK);
    return yank(ed, (ed->yank_entry + 1) % ed->ring->n, TRUE);
}
