/* SPDX-License-Identifier: MIT */
/* view_transcript: the lines of a conversation, bottom aligned, wrapped only where drawn. Wrapped lines hang under the
 * text, not under the name. */
#include <string.h>

#include "seatmux/app/intl.h"
#include "seatmux/text/find.h"
#include "seatmux/text/sanitise.h"
#include "seatmux/text/wrap.h"
#include "ui/line_words.h"
#include "ui/view.h"

/* Where things stand in a row: " 14:24      name | text". Narrower panes drop the time, the narrowest the name. */
typedef struct {
    int least;   /* columns from which on it is used */
    int time_at; /* -1: none */
    int name_at; /* the name is right-aligned in name_columns; 0 columns: none */
    int name_columns;
    int text_at; /* the mark stands 3 before, the border 2 */
} Columns;

static const Columns COLUMNS[] = {{50, 1, 7, 9, 19}, {24, -1, 0, 7, 10}, {0, -1, 0, 0, 2}};

static const Columns *columns_for(int columns)
{
    const Columns *c = COLUMNS;
    while (columns < c->least)
        c++;
    return c;
}

#define SAME_SENDER_MS 60000
#define CACHE_MOST 4000

/* The safe form of a line, made once, and its rows, broken anew only for another width or another way to count. */
typedef struct {
    int64_t seq;
    const char *text; /* the raw pointer it was made of: changes when content is erased */
    gboolean masked;  /* its numbers, if any */
    SmSafe *safe;
    SmWrapLine *rows; /* NULL: not drawn yet */
    guint count;
    int width;
    SmWidths widths;
} Cached;

static void cached_free(void *data)
{
    Cached *cached = data;
    sm_safe_unref(cached->safe);
    g_free(cached->rows);
    g_free(cached);
}

void sm_view_forget_lines(SmView *view)
{
    g_clear_pointer(&view->lines, g_hash_table_unref);
    g_clear_pointer(&view->anchors, g_hash_table_unref);
}

typedef enum {
    ENTRY_TEXT,   /* with a name and a time, wrapped */
    ENTRY_UNREAD, /* a line across with words in its middle */
    ENTRY_ROW,    /* a row from the left edge: who is there, who types */
} EntryKind;

/* What is drawn of one entry of the transcript: a line of the desk, or of the outbox. */
typedef struct {
    EntryKind kind;
    char time[6];         /* "14:24" or "" */
    SmSafe *name;         /* owned; NULL: hangs under the one before */
    SmSafe *text;         /* owned */
    SmStyle name_style;
    SmStyle text_style;
    char mark;            /* '~' or 'x'; 0: none */
    gboolean current;     /* the line that find looks at */
    Cached *cached;       /* borrowed, until the next line is looked up; NULL: its rows are not kept */
} Entry;

static void entry_clear(void *data)
{
    Entry *entry = data;
    sm_safe_unref(entry->name);
    sm_safe_unref(entry->text);
}

/* NULL: there is nothing of it to keep. */
static Cached *cached_of(SmView *view, const SmLine *line)
{
    if (line->erased || !line->text)
        return NULL;
    if (!view->lines)
        view->lines = g_hash_table_new_full(NULL, NULL, NULL, cached_free);
    Cached *cached = g_hash_table_lookup(view->lines, line);
    gboolean masked = sm_app_masks(view->app);
    if (cached && cached->seq == line->seq && cached->text == line->text && cached->masked == masked)
        return cached;
    if (g_hash_table_size(view->lines) > CACHE_MOST)
        g_hash_table_remove_all(view->lines);
    cached = g_new0(Cached, 1);
    cached->seq = line->seq;
    cached->text = line->text;
    cached->masked = masked;
    cached->safe = sm_line_text(view->app, line);
    g_hash_table_insert(view->lines, (gpointer)line, cached);
    return cached;
}

/* Owned by the caller. */
static SmWrapLine *break_text(const SmWidths *widths, const SmSafe *text, int width, guint *count)
{
    SmWrap wrap;
    SmWrapLine row, *rows = NULL;
    guint room = 0;

    *count = 0;
    sm_wrap_start(&wrap, widths, sm_safe_str(text), sm_safe_len(text), width, 0, 0);
    for (; sm_wrap_next(&wrap, &row); rows[(*count)++] = row) {
        if (*count == room) {
            room = room > 0 ? room * 4 : 1;
            rows = g_renew(SmWrapLine, rows, room);
        }
    }
    return rows;
}

static const SmWrapLine *cached_rows(Cached *cached, const SmWidths *widths, int width, guint *count)
{
    if (!cached->rows || cached->width != width || cached->widths.ambiguous_wide != widths->ambiguous_wide ||
        cached->widths.emoji != widths->emoji) {
        g_free(cached->rows);
        cached->rows = break_text(widths, cached->safe, width, &cached->count);
        cached->width = width;
        cached->widths = *widths;
    }
    *count = cached->count;
    return cached->rows;
}

static void styles_of(const SmLine *line, Entry *entry)
{
    entry->text_style = entry->name_style = SM_STYLE_TEXT;
    if (line->kind == SM_LINE_NOTE || line->kind == SM_LINE_WHISPER)
        entry->name_style = entry->text_style = line->kind == SM_LINE_NOTE ? SM_STYLE_NOTE : SM_STYLE_WHISPER;
    else if (line->kind == SM_LINE_EVENT)
        entry->name_style = entry->text_style = SM_STYLE_SYSTEM;
    else if (line->author == SM_AUTHOR_CUSTOMER)
        entry->name_style = SM_STYLE_STRONG;
    else if (line->author == SM_AUTHOR_AGENT)
        entry->name_style = entry->text_style = SM_STYLE_OWN;
    else
        entry->name_style = entry->text_style = line->author == SM_AUTHOR_BOT ? SM_STYLE_BOT : SM_STYLE_SYSTEM;
}

/* The same hand within a minute: the name is shown once. */
static gboolean continues(const SmLine *line, const SmLine *before)
{
    return before && line->kind == SM_LINE_MESSAGE && before->kind == SM_LINE_MESSAGE && line->author == before->author && line->message_kind == before->message_kind &&
           g_strcmp0(line->agent, before->agent) == 0 && line->at - before->at < SAME_SENDER_MS &&
           line->at / 60000 == before->at / 60000;
}

static void entry_of_line(SmView *view, const SmChat *chat, const SmLine *line, const SmLine *before, Entry *entry)
{
    *entry = (Entry){.current = chat->find && line->seq == chat->find_seq};
    styles_of(line, entry);
    entry->cached = cached_of(view, line);
    entry->text = entry->cached ? sm_safe_ref(entry->cached->safe) : sm_line_text(view->app, line);
    if (continues(line, before))
        return;
    sm_view_hhmm(entry->time, line->at);
    entry->name = sm_line_author(view->app, chat->name, line);
}

static void entry_of_outbox(const SmOutboxEntry *out, Entry *entry)
{
    *entry = (Entry){.mark = out->state == SM_SEND_FAILED ? 'x' : '~'};
    sm_view_hhmm(entry->time, out->made);
    gboolean note = g_strcmp0(out->verb, "note") == 0;
    entry->name = sm_safe_from_literal(note ? _("note") : _("you"));
    entry->text = sm_safe_clusters(out->text ? out->text : "", -1);
    if (sm_json_str(out->extra, "file", NULL)) {
        g_autoptr(SmSafe) name = entry->text;
        entry->text = sm_safe_format("[%s] %S", _("file"), name);
    }
    entry->name_style = note ? SM_STYLE_NOTE : SM_STYLE_OWN;
    entry->text_style = note ? SM_STYLE_NOTE : SM_STYLE_PENDING;
}

static void entry_of_transfer(const SmTransferView *transfer, Entry *entry)
{
    *entry = (Entry){.mark = '~'};
    g_autofree char *size = g_format_size_full((guint64)transfer->size, G_FORMAT_SIZE_IEC_UNITS);
    int percent = transfer->size > 0 ? (int)(transfer->done * 100 / transfer->size) : 0;
    entry->name = sm_safe_from_literal(_("you"));
    entry->text = sm_safe_format(transfer->sending ? _("[sending] %S, %d%% of %s") : _("[fetching] %S, %d%% of %s"), transfer->name,
                                 percent, size);
    entry->name_style = SM_STYLE_OWN;
    entry->text_style = SM_STYLE_PENDING;
}

/* --- What stands where, from the bottom up --------------------------------------------------------------- */

/* A row: a part of an entry's text. */
typedef struct {
    guint entry;     /* in Up.entries */
    SmWrapLine part; /* of its text */
    gboolean first;  /* with name and time */
} Row;

typedef struct {
    SmView *view;
    SmRect at;
    int skip; /* rows still hidden below */
    const Columns *columns;
    const SmChat *chat;
    GArray *entries; /* Entry */
    GArray *rows;    /* Row: those that are seen, from the bottom */
    int64_t stop_seq; /* measuring: end with this line; 0: go on to the top */
    int stop_rows;    /* rows of that line */
} Up;

#define MEASURE (G_MAXINT / 2) /* more rows to skip than there are: they are counted and not drawn */

static Up up_new(SmView *view, SmRect at, const SmChat *chat)
{
    Up up = {.view = view, .at = at, .skip = chat->scroll, .columns = columns_for(at.columns), .chat = chat};
    up.entries = g_array_new(FALSE, FALSE, sizeof(Entry));
    up.rows = g_array_new(FALSE, FALSE, sizeof(Row));
    g_array_set_clear_func(up.entries, entry_clear);
    return up;
}

static void up_clear(Up *up)
{
    g_array_unref(up->entries);
    g_array_unref(up->rows);
}

static gboolean full(const Up *up)
{
    return (int)up->rows->len >= up->at.rows;
}

static int blank_rows(const Up *up)
{
    return up->at.rows - (int)up->rows->len;
}

static int text_width(const Up *up)
{
    return MAX(1, up->at.columns - up->columns->text_at - 1);
}

/* A row was reached: it is seen, or hidden below the bottom. */
static void place_row(Up *up, guint entry, SmWrapLine part, gboolean first)
{
    Row row = {entry, part, first};
    if (up->skip > 0)
        up->skip--;
    else
        g_array_append_val(up->rows, row);
}

/* Takes what the entry owns. */
static void place(Up *up, const Entry *entry)
{
    const SmWidths *widths = sm_draw_widths(up->view->draw);
    guint count = 1, at = up->entries->len;
    g_autofree SmWrapLine *own = NULL;
    const SmWrapLine *rows = NULL;
    if (entry->kind == ENTRY_TEXT && entry->cached)
        rows = cached_rows(entry->cached, widths, text_width(up), &count);
    else if (entry->kind == ENTRY_TEXT)
        rows = own = break_text(widths, entry->text, text_width(up), &count);
    g_array_append_val(up->entries, *entry);
    for (guint i = count; i-- > 0 && !full(up);)
        place_row(up, at, rows ? rows[i] : (SmWrapLine){.len = sm_safe_len(entry->text)}, i == 0);
}

static void place_words(Up *up, SmStyle style, const char *words)
{
    place(up, &(Entry){.text = sm_safe_from_literal(words), .text_style = style});
}

static void place_transfers(Up *up)
{
    const GPtrArray *transfers = sm_app_transfers(up->view->app, up->chat->conversation->id);
    for (guint i = transfers->len; i-- > 0 && !full(up);) {
        Entry entry;
        entry_of_transfer(transfers->pdata[i], &entry);
        place(up, &entry);
    }
}

static void place_outbox(Up *up)
{
    g_autoptr(GPtrArray) entries = sm_client_outbox(sm_app_client(up->view->app), up->chat->conversation->id);
    for (guint i = entries->len; i-- > 0 && !full(up);) {
        const SmOutboxEntry *out = entries->pdata[i];
        if (g_strcmp0(out->verb, "post") != 0 && g_strcmp0(out->verb, "note") != 0 && g_strcmp0(out->verb, "whisper") != 0)
            continue;
        SmStyle style = sm_outbox_entry_stuck(out) ? SM_STYLE_ERROR : SM_STYLE_PENDING;
        SmApp *app = up->view->app;
        gboolean unsaved = !sm_app_practice(app) && sm_client_unsaved(sm_app_client(app), out->id);
        g_autofree char *words = sm_line_sending(sm_app_keymap(app), out, unsaved);
        place_words(up, style, words);
        if (out->state == SM_SEND_FAILED && out->problem)
            place(up, &(Entry){.text = sm_safe_screen_line(out->problem, -1), .text_style = SM_STYLE_ERROR});
        Entry entry;
        entry_of_outbox(out, &entry);
        place(up, &entry);
    }
}

/* A warning is the clock's own matter: the header says it. */
static gboolean is_drawn(const SmLine *line)
{
    return line->event != SM_EVENT_TURN_WARNED;
}

static guint new_lines(SmView *view, const SmChat *chat)
{
    guint n = 0;
    const GPtrArray *lines = chat->conversation->lines;
    for (guint i = lines->len; i-- > 0 && ((SmLine *)lines->pdata[i])->seq > chat->unread_seq;) {
        const SmLine *line = lines->pdata[i];
        n += line->kind == SM_LINE_MESSAGE && !sm_line_is_mine(view->app, line->agent);
    }
    return n;
}

/* "---- 2 new since 14:29 ----", centred; nothing where only we wrote. */
static void place_unread(Up *up)
{
    char since[6];
    guint lines = new_lines(up->view, up->chat);
    if (lines == 0)
        return;
    sm_view_hhmm(since, up->chat->unread_at);
    g_autofree char *words = g_strdup_printf(_(" %u new since %s "), lines, since);
    place(up, &(Entry){.kind = ENTRY_UNREAD, .text = sm_safe_from_literal(words), .text_style = SM_STYLE_UNREAD});
}

static void place_lines(Up *up)
{
    const SmChat *chat = up->chat;
    const GPtrArray *lines = chat->conversation->lines;
    gboolean marked = chat->unread_seq == 0;
    for (guint i = lines->len; i-- > 0 && !full(up);) {
        const SmLine *line = lines->pdata[i];
        if (!marked && line->seq <= chat->unread_seq) {
            place_unread(up);
            marked = TRUE;
        }
        if (!is_drawn(line))
            continue;
        const SmLine *before = i > 0 ? lines->pdata[i - 1] : NULL;
        gboolean parted = before && chat->unread_seq && before->seq <= chat->unread_seq && line->seq > chat->unread_seq;
        Entry entry;
        int skip = up->skip;
        entry_of_line(up->view, chat, line, parted ? NULL : before, &entry);
        place(up, &entry);
        up->stop_rows = skip - up->skip;
        if (line->seq == up->stop_seq)
            return;
    }
    if (!full(up) && chat->conversation->lines_cut)
        place_words(up, SM_STYLE_DIM, _("(PgUp reads what was before)"));
}

static void place_row_of(Up *up, SmSafe *text)
{
    place(up, &(Entry){.kind = ENTRY_ROW, .text = text, .text_style = SM_STYLE_TYPING});
}

/* Below the newest line, and only there: who else is here, and who types. */
static void place_people(Up *up)
{
    const SmChat *chat = up->chat;
    if (chat->scroll > 0)
        return;
    g_autoptr(GPtrArray) people = sm_app_people(up->view->app, chat->conversation->id);
    for (guint i = people->len; i-- > 0 && blank_rows(up) > 3;)
        place_row_of(up, sm_safe_ref(people->pdata[i]));
    if (chat->typing && up->at.rows > 2)
        place_row_of(up, chat->preview ? sm_safe_format(_("  ... %S is typing: %S"), chat->name, chat->preview)
                                       : sm_safe_format(_("  ... %S is typing"), chat->name));
}

static void place_all(Up *up)
{
    place_transfers(up);
    place_outbox(up);
    place_lines(up);
}

/* --- Drawing -------------------------------------------------------------------------------------------- */

static void draw_head(Up *up, int y, const Entry *entry)
{
    SmDraw *d = up->view->draw;
    const Columns *c = up->columns;
    if (c->time_at >= 0)
        sm_draw_label(d, y, up->at.x + c->time_at, 5, SM_STYLE_DIM, entry->time);
    if (entry->name && c->name_columns) {
        int n = MIN(c->name_columns, sm_draw_columns(d, entry->name));
        sm_draw_cut(d, y, up->at.x + c->name_at + c->name_columns - n, n, entry->name_style, entry->name);
    }
    if (entry->mark && c->name_columns) {
        const char mark[2] = {entry->mark, '\0'};
        sm_draw_label(d, y, up->at.x + c->text_at - 3, 1, entry->mark == 'x' ? SM_STYLE_ERROR : SM_STYLE_PENDING, mark);
    }
}

/* What find looks for, in the part of the text that this row shows. */
static void draw_matches(Up *up, int y, const Entry *entry, const SmWrapLine *row)
{
    SmDraw *d = up->view->draw;
    const char *needle = up->chat->find, *text = sm_safe_str(entry->text);
    gsize start, len, end = row->start + row->len, n = sm_safe_len(entry->text);
    for (gsize from = 0; needle && sm_text_find(text, n, needle, from, &start, &len) && start < end; from = start + len) {
        gsize a = MAX(start, row->start), b = MIN(start + len, end);
        if (a >= b)
            continue;
        int x = up->at.x + up->columns->text_at + sm_width_text(sm_draw_widths(d), text + row->start, a - row->start);
        int columns = sm_width_text(sm_draw_widths(d), text + a, b - a);
        sm_draw_recolour(d, (SmRect){y, x, 1, columns}, entry->current ? SM_STYLE_SELECTION : SM_STYLE_MATCH);
    }
}

static void draw_text_row(Up *up, int y, const Entry *entry, const Row *row)
{
    SmDraw *d = up->view->draw;
    sm_draw_slice(d, y, up->at.x + up->columns->text_at, text_width(up), entry->text_style, entry->text, row->part.start,
                  row->part.len);
    draw_matches(up, y, entry, &row->part);
    if (up->columns->name_columns)
        sm_draw_vline(d, y, up->at.x + up->columns->text_at - 2, 1, SM_STYLE_BORDER);
    if (row->first)
        draw_head(up, y, entry);
}

static void draw_unread(Up *up, int y, const Entry *entry)
{
    SmDraw *d = up->view->draw;
    int columns = up->at.columns - 2, n = MIN(columns, sm_draw_columns(d, entry->text));
    sm_draw_hline(d, y, up->at.x + 1, columns, entry->text_style, SM_STROKE_H);
    sm_draw_text(d, y, up->at.x + 1 + (columns - n) / 2, n, entry->text_style, entry->text);
}

static void draw_row(Up *up, int y, const Row *row)
{
    const Entry *entry = &g_array_index(up->entries, Entry, row->entry);
    switch (entry->kind) {
    case ENTRY_TEXT:
        draw_text_row(up, y, entry, row);
        break;
    case ENTRY_UNREAD:
        draw_unread(up, y, entry);
        break;
    case ENTRY_ROW:
        sm_draw_cut(up->view->draw, y, up->at.x, up->at.columns - 1, entry->text_style, entry->text);
        break;
    }
}

/* A number for all that decides how a row looks, but the size of the pane. */
static guint64 row_shows(const Up *up, const Row *row)
{
    const Entry *entry = &g_array_index(up->entries, Entry, row->entry);
    const int look[] = {(int)entry->kind, (int)entry->text_style, row->first, (int)entry->name_style, entry->mark, entry->name != NULL};
    guint64 shows = sm_rows_mix(sm_rows_nothing(up->view->rows), look, sizeof look);
    shows = sm_rows_mix(shows, sm_safe_str(entry->text) + row->part.start, row->part.len);
    if (!row->first)
        return shows;
    shows = sm_rows_mix(shows, entry->time, strlen(entry->time));
    return sm_rows_mix(shows, sm_safe_str(entry->name), sm_safe_len(entry->name));
}

/* The row that stands there; NULL: a blank one. */
static const Row *row_at(const Up *up, int y)
{
    guint from_bottom = (guint)(up->at.y + up->at.rows - 1 - y);
    return from_bottom < up->rows->len ? &g_array_index(up->rows, Row, from_bottom) : NULL;
}

/* Which rows of the pane are to be drawn; the others show the right thing. */
static void find_fresh(Up *up, gboolean *fresh)
{
    SmView *view = up->view;
    if (up->chat->scroll > 0 || up->chat->find) {
        for (int i = 0; i < up->at.rows; i++)
            fresh[i] = TRUE;
        sm_rows_forget(view->rows, up->at);
        return;
    }
    g_autofree guint64 *shows = g_new(guint64, up->at.rows);
    for (int i = 0; i < up->at.rows; i++) {
        const Row *row = row_at(up, up->at.y + i);
        shows[i] = row ? row_shows(up, row) : sm_rows_nothing(view->rows);
    }
    sm_rows_take(view->rows, view->draw, up->at, shows, fresh);
}

static void draw_rows(Up *up)
{
    g_autofree gboolean *fresh = g_new(gboolean, up->at.rows);
    find_fresh(up, fresh);
    for (int i = 0; i < up->at.rows; i++) {
        int y = up->at.y + i;
        const Row *row = row_at(up, y);
        if (!fresh[i])
            continue;
        sm_draw_fill(up->view->draw, (SmRect){y, up->at.x, 1, up->at.columns}, SM_STYLE_TEXT);
        if (row)
            draw_row(up, y, row);
    }
}

/* Scrolled back: how much there is below. */
static void draw_below(Up *up)
{
    const SmChat *chat = up->chat;
    SmDraw *d = up->view->draw;
    if (chat->scroll == 0)
        return;
    g_autofree char *words = chat->unread > 0 ? g_strdup_printf(_(" %u new below; Esc goes there "), chat->unread)
                                              : g_strdup_printf(_(" %d rows below; Esc goes there "), chat->scroll);
    int n = sm_draw_label_columns(d, words);
    sm_draw_label(d, up->at.y + up->at.rows - 1, up->at.x + MAX(0, up->at.columns - n - 1), n, SM_STYLE_UNREAD, words);
}

/* --- Scrolling ------------------------------------------------------------------------------------------- */

static guint rows_of(SmView *view, const SmLine *line, int width)
{
    const SmWidths *widths = sm_draw_widths(view->draw);
    Cached *cached = cached_of(view, line);
    guint count;
    if (cached) {
        cached_rows(cached, widths, width, &count);
        return count;
    }
    g_autoptr(SmSafe) text = sm_line_text(view->app, line);
    return sm_wrap_count(widths, sm_safe_str(text), sm_safe_len(text), width, 0, 0);
}

/* Rows that came below since the view was scrolled back: what is being read must not move. */
static int rows_below(SmView *view, SmRect at, const SmChat *chat)
{
    const SmConversation *c = chat->conversation;
    int64_t newest = c->lines->len ? ((SmLine *)c->lines->pdata[c->lines->len - 1])->seq : 0;
    if (!view->anchors)
        view->anchors = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    int64_t *anchor = g_hash_table_lookup(view->anchors, c->id);
    int rows = 0, width = MAX(1, at.columns - columns_for(at.columns)->text_at - 1);
    for (guint i = c->lines->len; anchor && i-- > 0 && ((SmLine *)c->lines->pdata[i])->seq > *anchor;) {
        if (is_drawn(c->lines->pdata[i]))
            rows += (int)rows_of(view, c->lines->pdata[i], width);
    }
    if (!anchor) {
        anchor = g_new(int64_t, 1);
        g_hash_table_insert(view->anchors, g_strdup(c->id), anchor);
    }
    *anchor = newest;
    return rows;
}

static void hold_place(SmView *view, SmRect at, const SmChat *chat)
{
    if (chat->scroll == 0) {
        if (view->anchors)
            g_hash_table_remove(view->anchors, chat->conversation->id);
        return;
    }
    int rows = rows_below(view, at, chat);
    if (rows > 0)
        sm_app_scroll_hold(view->app, chat->conversation->id, rows);
}

/* Scrolls so that the line that find looks at is seen, in the upper half, unless it is seen already. */
static void reveal(SmView *view, SmRect at, const SmChat *chat)
{
    Up up = up_new(view, at, chat);
    up.skip = MEASURE;
    up.stop_seq = chat->find_seq;
    place_all(&up);
    up_clear(&up);
    int top = MEASURE - up.skip, bottom = top - up.stop_rows; /* rows from the bottom of all to the line's ends */
    gboolean seen = bottom >= chat->scroll && top <= chat->scroll + at.rows - 1;
    sm_app_scroll_to(view->app, chat->conversation->id, seen ? -1 : MAX(0, top - MAX(1, at.rows / 2)));
}

static Up placed(SmView *view, SmRect at, const SmChat *chat)
{
    Up up = up_new(view, at, chat);
    place_people(&up);
    place_all(&up);
    return up;
}

void sm_view_transcript(SmView *view, SmRect at, SmChat *chat)
{
    if (at.rows < 1 || at.columns < 4)
        return;
    hold_place(view, at, chat);
    if (chat->reveal)
        reveal(view, at, chat);
    SmRect old = sm_draw_clip(view->draw, at);
    Up up = placed(view, at, chat);
    if (chat->scroll > 0 && (!full(&up) || up.skip > 0)) { /* beyond the top: the app is told how far it goes */
        sm_app_scroll_limit(view->app, chat->conversation->id, MAX(0, chat->scroll - blank_rows(&up) - up.skip));
        up_clear(&up);
        up = placed(view, at, chat);
    }
    draw_rows(&up);
    draw_below(&up);
    up_clear(&up);
    sm_draw_unclip(view->draw, old);
}
