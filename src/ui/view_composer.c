/* SPDX-License-Identifier: MIT */
/* view_composer: where the agent writes. The prompt names the recipient; a note has a prompt and a colour of its own.
 * Panes without focus show their draft in one line. */
#include <string.h>

#include "seatmux/app/intl.h"
#include "seatmux/text/sanitise.h"
#include "ui/view.h"

#define NAME_MOST 16

static SmSafe *prompt_of(const SmChat *chat, gboolean focused)
{
    if (!focused)
        return sm_safe_format(chat->note ? _(" note on %S> ") : _(" draft to %S> "), chat->name);
    return sm_safe_format(chat->note ? _(" note on %S> ") : _(" to %S> "), chat->name);
}

/* What a composer needs, worked out once for a frame. */
typedef struct {
    SmSafe *prompt; /* owned */
    int indent;     /* columns of it, or of what stands in its place */
    SmEditorLayout layout;
    int rows; /* of the whole block */
} Measure;

static void measure_clear(Measure *m)
{
    sm_safe_unref(m->prompt);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Measure, measure_clear)

static int text_rows(const SmPane *pane, const Measure *m)
{
    int least = pane->rows >= 20 ? 3 : (pane->rows >= 8 ? 2 : 1);
    if (pane->rows >= 20 && pane->columns < 100 && pane->rows <= 22)
        least = 2;
    int most = MAX(least, pane->rows / 3);
    return CLAMP((int)m->layout.n_rows, least, most);
}

static void measure(SmView *view, const SmPane *pane, const SmChat *chat, Measure *m)
{
    if (!pane->focused || !chat->editor) {
        m->rows = pane->rows >= 3 ? 1 : 0;
        return;
    }
    m->prompt = prompt_of(chat, TRUE);
    m->indent = MIN(sm_draw_columns(view->draw, m->prompt), MAX(4, pane->columns / 2));
    sm_editor_layout(chat->editor, sm_draw_widths(view->draw), MAX(2, pane->columns - m->indent), &m->layout);
    m->rows = pane->rows < 8 ? MIN(pane->rows - 1, 2) : 1 + text_rows(pane, m) + 1; /* line, text, status */
}

int sm_view_composer_rows(SmView *view, const SmPane *pane, const SmChat *chat)
{
    g_auto(Measure) m = {0};
    measure(view, pane, chat, &m);
    return m.rows;
}

static void draw_draft(SmView *view, SmRect at, const SmChat *chat)
{
    sm_draw_fill(view->draw, at, SM_STYLE_TEXT);
    g_autoptr(SmSafe) prompt = prompt_of(chat, FALSE);
    int x = at.x + sm_draw_cut(view->draw, at.y, at.x, at.columns / 2, chat->note ? SM_STYLE_PROMPT_NOTE : SM_STYLE_DIM, prompt);
    if (chat->answered_meanwhile)
        x += sm_draw_label(view->draw, at.y, x, at.x + at.columns - x, SM_STYLE_WARNING, _("(answered meanwhile) "));
    const char *text = chat->editor ? sm_editor_text(chat->editor) : "";
    g_autoptr(SmSafe) draft = sm_safe_clusters_line(text, -1);
    sm_draw_cut(view->draw, at.y, x, at.x + at.columns - x - 1, SM_STYLE_DIM, draft);
}

/* Recolours bytes `start` to `end` of the composer's text where they are in this row. */
static void recolour(SmView *view, const SmChat *chat, const SmEditorRow *row, int y, int x, gsize start, gsize end, SmStyle style)
{
    const char *text = sm_editor_text(chat->editor) + row->start;
    start = MAX(start, row->start) - row->start;
    end = MIN(end, row->start + row->len);
    if (start + row->start >= end)
        return;
    end -= row->start;
    int from = sm_width_text(sm_draw_widths(view->draw), text, start);
    int columns = sm_width_text(sm_draw_widths(view->draw), text + start, end - start);
    sm_draw_recolour(view->draw, (SmRect){y, x + from, 1, columns}, style);
}

/* Words that are to be looked at. */
static void draw_marks(SmView *view, const SmChat *chat, const SmEditorRow *row, int y, int x)
{
    static const SmStyle styles[] = {[SM_MARK_MISSPELT] = SM_STYLE_MISSPELT, [SM_MARK_WARNED] = SM_STYLE_WARNING, [SM_MARK_BLOCKED] = SM_STYLE_ERROR};
    const GArray *marks = sm_app_marks(view->app, chat);
    for (guint i = 0; marks && i < marks->len; i++) {
        const SmMark *mark = &g_array_index(marks, SmMark, i);
        recolour(view, chat, row, y, x, mark->start, mark->start + mark->len, styles[mark->kind]);
    }
}

/* Fields that are still to be filled stand out. */
static void draw_fields(SmView *view, const SmChat *chat, const SmEditorRow *row, int y, int x)
{
    const SmEditorField *fields = NULL;
    guint n = sm_editor_fields(chat->editor, &fields);
    for (guint i = 0; i < n; i++)
        if (!fields[i].filled)
            recolour(view, chat, row, y, x, fields[i].at.start, fields[i].at.start + fields[i].at.len, SM_STYLE_FIELD);
}

/* Left of the text: the prompt - also where its first row is above, for who gets it is never hidden -, or what shows that the
 * text goes on. */
static void draw_indent(SmView *view, SmRect at, const SmChat *chat, const Measure *m, gboolean first, SmStyle style)
{
    if (first) {
        int used = sm_draw_cut(view->draw, at.y, at.x, m->indent, chat->note ? SM_STYLE_PROMPT_NOTE : SM_STYLE_PROMPT, m->prompt);
        sm_draw_fill(view->draw, (SmRect){at.y, at.x + used, 1, m->indent - used}, style);
        return;
    }
    int sign = MAX(0, m->indent - 2);
    sm_draw_fill(view->draw, (SmRect){at.y, at.x, 1, sign}, style);
    sm_draw_label(view->draw, at.y, at.x + sign, 2, chat->note ? style : SM_STYLE_DIM, "> ");
}

static void draw_row(SmView *view, SmRect at, const SmChat *chat, const SmEditorRow *row, SmStyle style)
{
    const char *text = sm_editor_text(chat->editor);
    g_autoptr(SmSafe) line = sm_safe_clusters_line(text + row->start, (gssize)row->len);
    int used = sm_draw_text(view->draw, at.y, at.x, at.columns, style, line);
    sm_draw_fill(view->draw, (SmRect){at.y, at.x + used, 1, at.columns - used}, style);
    draw_marks(view, chat, row, at.y, at.x);
    draw_fields(view, chat, row, at.y, at.x);
}

/* The first row that is shown: that of the cursor always is. */
static int top_row(const Measure *m, int rows)
{
    return MAX(0, (int)m->layout.cursor_row - rows + 1);
}

/* `below`: also the rows below the text, which were drawn before if nothing but the text has changed. */
static void draw_text(SmView *view, SmRect at, const SmChat *chat, const Measure *m, gboolean below)
{
    const SmEditorLayout *layout = &m->layout;
    SmStyle style = chat->note ? SM_STYLE_NOTE : SM_STYLE_TEXT;
    int top = top_row(m, at.rows);
    sm_app_composer_width(view->app, sm_draw_widths(view->draw), MAX(2, at.columns - m->indent));
    for (int i = 0; i < at.rows && (below || top + i < (int)layout->n_rows); i++) {
        SmRect rest = {at.y + i, at.x + m->indent, 1, at.columns - m->indent};
        draw_indent(view, (SmRect){at.y + i, at.x, 1, at.columns}, chat, m, i == 0, style);
        if (top + i < (int)layout->n_rows)
            draw_row(view, rest, chat, &layout->rows[top + i], style);
        else
            sm_draw_fill(view->draw, rest, style);
    }
    view->cursor_y = at.y + (int)layout->cursor_row - top;
    view->cursor_x = MIN(at.x + m->indent + layout->cursor_column, at.x + at.columns - 1);
}

/* What ends the line, and what else one may want here. */
static void draw_ways(SmView *view, SmRun *run, gboolean note)
{
    g_autofree char *keys = sm_keymap_told(sm_app_keymap(view->app), note ? "cancel" : "newline");

    sm_run_label(run, SM_STYLE_DIM, note ? _("Enter saves the note   %s message ") : _("Enter send   %s newline "), keys);
}

/* " T:shipping_redirect  142 chars        Enter send   Ctrl-J newline" */
static void draw_status(SmView *view, SmRect at, const SmChat *chat)
{
    g_autoptr(SmRun) left = sm_run_new();
    g_autoptr(SmRun) right = sm_run_new();
    g_autoptr(SmSafe) reply = chat->draft_reply ? sm_safe_screen_line(chat->draft_reply, -1) : sm_safe_from_literal("-");
    sm_run_label(left, SM_STYLE_DIM, " T:");
    sm_run_safe(left, SM_STYLE_DIM, reply, 24);
    const char *unfilled = sm_editor_unfilled(chat->editor);
    if (unfilled) {
        g_autoptr(SmSafe) field = sm_safe_screen_line(unfilled, -1);
        g_autoptr(SmSafe) words = sm_safe_format(_("  to fill: %S (Tab)"), field);
        sm_run_safe(left, SM_STYLE_WARNING, words, 30);
    }
    if (view->counter_due)
        sm_run_label(left, SM_STYLE_DIM, _("  %u chars"), (guint)sm_editor_chars(chat->editor));
    int misspelt = sm_app_misspelt(view->app, chat);
    if (misspelt >= 0)
        sm_run_label(left, misspelt ? SM_STYLE_WARNING : SM_STYLE_DIM, _("  %d misspelt"), misspelt);
    const SmMark *mark = sm_app_worst_mark(view->app, chat);
    if (mark) {
        g_autoptr(SmSafe) words = sm_app_mark_words(view->app, chat, mark);
        sm_run_label(left, SM_STYLE_DIM, "  ");
        sm_run_safe(left, mark->kind == SM_MARK_BLOCKED ? SM_STYLE_ERROR : SM_STYLE_WARNING, words, 0);
    }
    int64_t now = sm_loop_now(view->loop);
    if (now < chat->guard_until)
        sm_run_label(right, SM_STYLE_WARNING, "%s", _("Enter waits "));
    else if (chat->answered_meanwhile)
        sm_run_label(right, SM_STYLE_WARNING, "%s", _("answered meanwhile "));
    else
        draw_ways(view, right, chat->note);
    sm_draw_fill(view->draw, at, SM_STYLE_TEXT);
    int used = sm_run_draw(view, left, at.y, at.x, at.columns);
    int columns = sm_run_columns(view, right);
    if (used + columns < at.columns)
        sm_run_draw(view, right, at.y, at.x + at.columns - columns, columns);
}

/* All that the border, the empty rows and the status line show, as one number: a key that changes nothing of it costs the line it
 * is typed in. */
static guint frame_hash(SmView *view, SmRect at, const SmChat *chat, const Measure *m)
{
    const char *unfilled = sm_editor_unfilled(chat->editor);
    const SmMark *mark = sm_app_worst_mark(view->app, chat);
    const guint parts[] = {(guint)at.y,
                           (guint)at.x,
                           (guint)at.rows,
                           (guint)at.columns,
                           (guint)m->indent,
                           (guint)m->layout.n_rows - (guint)top_row(m, at.rows - 2),
                           g_str_hash(chat->id),
                           chat->draft_reply ? g_str_hash(chat->draft_reply) : 0,
                           unfilled ? g_str_hash(unfilled) : 0,
                           view->counter_due ? 1 + (guint)sm_editor_chars(chat->editor) : 0,
                           (guint)sm_app_misspelt(view->app, chat),
                           mark ? g_direct_hash(mark->rule) + (guint)mark->start * 31 + (guint)mark->len : 0,
                           mark ? (guint)mark->kind : 0,
                           sm_loop_now(view->loop) < chat->guard_until,
                           chat->answered_meanwhile,
                           chat->note,
                           chat->offer ? g_str_hash(sm_safe_str(chat->offer)) : 0};
    guint hash = 1;
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
        hash = hash * 1000003 + parts[i];
    return hash;
}

/* In the line above the composer, so that it takes no room: what fits the customer's question, and its key. */
static void draw_offer(SmView *view, SmRect at, const SmChat *chat)
{
    g_autofree char *keys = chat->offer ? sm_keymap_keys_of(sm_app_keymap(view->app), "offer-take", TRUE) : NULL;
    if (!keys)
        return;
    g_autoptr(SmSafe) key = sm_safe_screen_line(keys, -1);
    g_autoptr(SmSafe) words = sm_safe_format(_(" %S answers: %S "), key, chat->offer);
    sm_draw_cut(view->draw, at.y, at.x + 2, at.columns - 4, SM_STYLE_ACCENT, words);
}

static void draw_frame(SmView *view, SmRect block, const SmChat *chat)
{
    sm_draw_hline(view->draw, block.y, block.x, block.columns, SM_STYLE_BORDER, SM_STROKE_H);
    draw_offer(view, block, chat);
    draw_status(view, (SmRect){block.y + block.rows - 1, block.x, 1, block.columns}, chat);
}

gboolean sm_view_composer(SmView *view, SmRect origin, const SmPane *pane, gboolean in_place)
{
    SmChat *chat = pane->conversation ? sm_app_chat(view->app, pane->conversation) : NULL;
    if (pane->rows < 2 || !chat || !chat->conversation)
        return TRUE;
    g_auto(Measure) m = {0};
    measure(view, pane, chat, &m);
    if (in_place && m.rows != view->composer_rows)
        return FALSE;
    SmRect at = {origin.y + pane->y, origin.x + pane->x, pane->rows, pane->columns};
    SmRect block = {at.y + at.rows - m.rows, at.x, m.rows, at.columns};
    if (pane->focused)
        view->composer_rows = m.rows;
    SmRect old = sm_draw_clip(view->draw, block);
    if (!pane->focused || !chat->editor) {
        if (m.rows)
            draw_draft(view, block, chat);
    } else if (pane->rows < 8) {
        draw_text(view, block, chat, &m, TRUE);
    } else {
        guint frame = frame_hash(view, block, chat, &m);
        gboolean all = !in_place || frame != view->composer_frame;
        draw_text(view, (SmRect){block.y + 1, block.x, m.rows - 2, block.columns}, chat, &m, all);
        if (all)
            draw_frame(view, block, chat);
        view->composer_frame = frame;
    }
    sm_draw_unclip(view->draw, old);
    return TRUE;
}
