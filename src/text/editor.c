/* SPDX-License-Identifier: MIT */
/* The buffer of the composer: setting, typing, pasting, deleting. */
#include <string.h>

#include "editor_private.h"
#include "seatmux/base/limits.h"
#include "seatmux/text/sanitise.h"

#define RUN_CHARS 20 /* typing is taken back in steps of about so many */

SmEditor *sm_editor_new(SmKillRing *ring, gsize max_chars)
{
    SmEditor *ed = g_new0(SmEditor, 1);

    ed->text = g_string_new(NULL);
    ed->max_chars = max_chars;
    ed->fields = g_array_new(FALSE, FALSE, sizeof(SmEditorField));
    ed->own_ring = ring ? NULL : sm_kill_ring_new();
    ed->ring = ring ? ring : ed->own_ring;
    ed->undo = sm_ed_history_new();
    ed->redo = sm_ed_history_new();
    ed->goal = -1;
    ed->revision = ed->text_revision = 1;
    ed->rows = g_array_new(FALSE, FALSE, sizeof(SmEditorRow));
    return ed;
}

void sm_editor_free(SmEditor *ed)
{
    if (ed == NULL)
        return;
    g_string_free(ed->text, TRUE);
    g_array_unref(ed->fields);
    sm_kill_ring_free(ed->own_ring);
    g_ptr_array_unref(ed->undo);
    g_ptr_array_unref(ed->redo);
    g_array_unref(ed->rows);
    g_free(ed);
}

const char *sm_editor_text(const SmEditor *ed)
{
    return ed->text->str;
}

gsize sm_editor_len(const SmEditor *ed)
{
    return ed->text->len;
}

gsize sm_editor_chars(const SmEditor *ed)
{
    return ed->chars;
}

gsize sm_editor_cursor(const SmEditor *ed)
{
    return ed->cursor;
}

guint64 sm_editor_revision(const SmEditor *ed)
{
    return ed->revision;
}

guint64 sm_editor_text_revision(const SmEditor *ed)
{
    return ed->text_revision;
}

gboolean sm_ed_move(SmEditor *ed, gsize to)
{
    ed->last = SM_EDIT_OTHER;
    ed->goal = -1;
    if (to == ed->cursor)
        return FALSE;
    ed->cursor = to;
    ed->revision++;
    return TRUE;
}

void sm_editor_set_cursor(SmEditor *ed, gsize at)
{
    sm_ed_move(ed, sm_grapheme_border(ed->text->str, ed->text->len, at));
}

/* Bytes of the longest prefix of whole graphemes in at most `room` code points; *dropped: the
 * others. */
static gsize fitting(const char *text, gsize n, gsize room, gsize *dropped)
{
    gsize chars = (gsize)g_utf8_strlen(text, (gssize)n), at;

    *dropped = 0;
    if (chars <= room)
        return n;
    at = (gsize)(g_utf8_offset_to_pointer(text, (glong)room) - text);
    at = sm_grapheme_border(text, n, at);
    *dropped = (gsize)g_utf8_strlen(text + at, (gssize)(n - at));
    return at;
}

gsize sm_ed_put(SmEditor *ed, const char *text, gsize n, gsize *dropped)
{
    SmEditorField *under = n > 0 ? sm_ed_field_under(ed, ed->cursor) : NULL;
    SmEditorField filled;
    gsize at = ed->cursor, removed = 0, room = ed->max_chars - ed->chars;

    if (under) {
        filled = *under;
        at = filled.at.start;
        removed = filled.at.len;
        room += (gsize)g_utf8_strlen(ed->text->str + at, (gssize)removed);
    }
    n = fitting(text, n, room, dropped);
    if (n == 0)
        return ed->cursor;
    sm_ed_replace(ed, at, removed, text, n);
    if (under) { /* it went with its text, and stays as a filled one */
        filled.at.len = n;
        filled.filled = TRUE;
        g_array_append_val(ed->fields, filled);
        g_array_sort(ed->fields, sm_ed_fields_order);
    }
    return at + n;
}

static gsize insert(SmEditor *ed, const char *text, gssize n, SmEditAction action)
{
    g_autofree char *clean = sm_text_input(text, n, TRUE);
    gsize len = strlen(clean), dropped = 0, end;
    gboolean grow =
        action == SM_EDIT_TYPE && ed->last == SM_EDIT_TYPE && *clean != '\n' && ed->run < RUN_CHARS;

    if (len == 0)
        return 0;
    sm_ed_begin(ed, grow);
    end = sm_ed_put(ed, clean, len, &dropped);
    ed->run = grow ? ed->run + 1 : 1;
    sm_ed_commit(ed, end, action);
    return dropped;
}

gsize sm_editor_insert(SmEditor *ed, const char *text, gssize n)
{
    return insert(ed, text, n, SM_EDIT_TYPE);
}

gsize sm_editor_paste(SmEditor *ed, const char *text, gssize n)
{
    gsize len = text == NULL ? 0 : n < 0 ? strlen(text) : (gsize)n, over = 0;

    if (len > SM_MAX_PASTE_BYTES) {
        g_autofree char *rest = NULL;

        len = SM_MAX_PASTE_BYTES;
        while (len > 0 && ((guchar)text[len] & 0xC0) == 0x80 && SM_MAX_PASTE_BYTES - len < 4)
            len--;
        over = (n < 0 ? strlen(text) : (gsize)n) - len;
        rest = g_utf8_make_valid(text + len, (gssize)over);
        over = (gsize)g_utf8_strlen(rest, -1);
    }
    return insert(ed, text, (gssize)len, SM_EDIT_OTHER) + over;
}

gboolean sm_editor_insert_template(SmEditor *ed, gsize replace_from, const char *text,
                                   const GArray *fields)
{
    g_autofree char *clean = sm_text_input(text, -1, TRUE);
    gsize len = strlen(clean), end, dropped, from = MIN(replace_from, ed->cursor);
    gsize gone = (gsize)g_utf8_strlen(ed->text->str + from, (gssize)(ed->cursor - from));
    GArray *found = fields && strcmp(clean, text) == 0 ? g_array_ref((GArray *)fields)
                                                       : sm_template_find_fields(clean, len);
    gboolean changed = FALSE;

    if ((gsize)g_utf8_strlen(clean, -1) + ed->chars - gone <= ed->max_chars && len > 0) {
        sm_ed_begin(ed, FALSE);
        sm_ed_replace(ed, from, ed->cursor - from, "", 0);
        ed->cursor = from;
        end = sm_ed_put(ed, clean, len, &dropped);
        from = end - len;
        sm_ed_fields_put(ed, found, from, end);
        if (found->len > 0)
            end = from + g_array_index(found, SmTextField, 0).start;
        changed = sm_ed_commit(ed, end, SM_EDIT_OTHER);
    }
    g_array_unref(found);
    return changed;
}

/* All of the text replaced within an edit begun. */
static void put_all(SmEditor *ed, const char *text)
{
    g_autofree char *clean = sm_text_input(text, -1, TRUE);
    gsize dropped, n = fitting(clean, strlen(clean), ed->max_chars, &dropped);
    GArray *found = sm_template_find_fields(clean, n);

    sm_ed_replace(ed, 0, ed->text->len, clean, n);
    g_array_set_size(ed->fields, 0);
    sm_ed_fields_add(ed, found, 0);
    g_array_unref(found);
}

void sm_editor_set_text(SmEditor *ed, const char *text)
{
    sm_ed_begin(ed, FALSE);
    put_all(ed, text);
    sm_ed_commit(ed, ed->text->len, SM_EDIT_OTHER);
    sm_ed_forget_history(ed);
}

void sm_editor_replace_all(SmEditor *ed, const char *text)
{
    sm_ed_begin(ed, FALSE);
    put_all(ed, text);
    sm_ed_commit(ed, ed->text->len, SM_EDIT_OTHER);
}

gboolean sm_editor_clear(SmEditor *ed)
{
    sm_ed_begin(ed, FALSE);
    sm_ed_replace(ed, 0, ed->text->len, "", 0);
    return sm_ed_commit(ed, 0, SM_EDIT_OTHER);
}

static gboolean delete_range(SmEditor *ed, gsize from, gsize to)
{
    if (from == to)
        return FALSE;
    sm_ed_cover_fields(ed, &from, &to);
    sm_ed_begin(ed, ed->last == SM_EDIT_DELETE);
    sm_ed_replace(ed, from, to - from, "", 0);
    return sm_ed_commit(ed, from, SM_EDIT_DELETE);
}

gboolean sm_editor_delete_back(SmEditor *ed)
{
    return delete_range(ed, sm_grapheme_prev(ed->text->str, ed->text->len, ed->cursor), ed->cursor);
}

gboolean sm_editor_delete_forward(SmEditor *ed)
{
    return delete_range(ed, ed->cursor, sm_grapheme_next(ed->text->str, ed->text->len, ed->cursor));
}
