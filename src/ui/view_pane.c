/* SPDX-License-Identifier: MIT */
/* view_pane: a pane - its header with the clock, the transcript, the composer; or what to do with an empty one. */
#include <string.h>

#include "seatmux/app/intl.h"
#include "seatmux/text/clock_text.h"
#include "seatmux/text/sanitise.h"
#include "ui/view.h"

#define NAME_MOST 24
/* Columns of a pane from which on its clock has these parts. */
#define LABEL_FROM 50
#define BAR_FROM 48
#define WORD_FROM 30
#define PRACTICE_FROM 38
#define HINTS_FROM 24 /* what to do in an empty one */

static SmRect rect_of(SmRect origin, const SmPane *pane)
{
    return (SmRect){origin.y + pane->y, origin.x + pane->x, pane->rows, pane->columns};
}

/* What of the clock there is room for: a narrow pane gives up the bar, then the word (a sign stands for it), never
 * the number. */
typedef struct {
    gboolean label, bar, word;
    int number; /* columns */
    int tail;   /* of the border after it */
} ClockParts;

static ClockParts clock_parts(const SmClockText *clock, int columns)
{
    ClockParts parts = {.label = columns >= LABEL_FROM,
                        .bar = !clock->none && columns >= BAR_FROM,
                        .word = !clock->none && columns >= WORD_FROM,
                        .number = MAX(5, (int)strlen(clock->number)),
                        .tail = columns >= WORD_FROM ? 2 : 0};
    return parts;
}

static const char *clock_sign(const SmClockText *clock)
{
    if (clock->none)
        return "";
    return clock->style == SM_STYLE_OVERDUE ? "!" : (clock->style == SM_STYLE_WARNING ? "*" : " ");
}

/* A number for all of the clock but its own number. */
static guint64 clock_shows(SmView *view, const SmPane *pane, const SmClockText *clock, const char *word)
{
    const int look[] = {(int)clock->style, clock->none, pane->focused};
    guint64 shows = sm_rows_mix(sm_rows_nothing(view->rows), look, sizeof look);
    return sm_rows_mix(sm_rows_mix(shows, clock->bar, strlen(clock->bar)), word, strlen(word));
}

/* "SLA 00:42 [#######...] WARN ==". Cells keep their place while the clock runs, so that a second
 * costs the digits that changed. */
static int draw_clock(SmView *view, SmRect at, const SmPane *pane, const SmConversation *c, gboolean draw)
{
    SmStyle quiet = pane->focused ? SM_STYLE_HEADER_FOCUS : SM_STYLE_HEADER;
    SmStroke stroke = pane->focused ? SM_STROKE_H_STRONG : SM_STROKE_H;
    SmClockText clock = sm_view_clock(view, c);
    ClockParts parts = clock_parts(&clock, at.columns);
    const char *word = parts.word ? clock.word : clock_sign(&clock);
    int word_columns = sm_draw_label_columns(view->draw, word);
    int columns = 1 + (parts.label ? 4 : 0) + parts.number + (parts.bar ? 1 + SM_BAR_COLUMNS : 0) +
                  (parts.word ? 1 : 0) + word_columns + 1 + parts.tail;
    if (!draw)
        return columns;
    int x = at.x + at.columns - columns;
    gboolean fresh = sm_rows_take_one(view->rows, view->draw, (SmRect){at.y, x, 1, columns}, clock_shows(view, pane, &clock, word));
    sm_draw_label(view->draw, at.y, x++, 1, quiet, " ");
    if (parts.label)
        x += sm_draw_label(view->draw, at.y, x, 4, quiet, "SLA ");
    x += sm_draw_label(view->draw, at.y, x, parts.number, clock.none ? SM_STYLE_DIM : clock.style, clock.number);
    if (!fresh)
        return columns;
    if (parts.bar) {
        x += sm_draw_label(view->draw, at.y, x, 1, quiet, " ");
        x += sm_draw_label(view->draw, at.y, x, SM_BAR_COLUMNS, clock.style, clock.bar);
    }
    if (parts.word)
        x += sm_draw_label(view->draw, at.y, x, 1, quiet, " ");
    x += sm_draw_label(view->draw, at.y, x, word_columns, clock.style, word);
    x += sm_draw_label(view->draw, at.y, x, 1, quiet, " ");
    sm_draw_hline(view->draw, at.y, x, at.x + at.columns - x, quiet, stroke);
    return columns;
}

void sm_view_pane_clock(SmView *view, SmRect origin, const SmPane *pane)
{
    SmChat *chat = pane->conversation ? sm_app_chat(view->app, pane->conversation) : NULL;
    if (pane->rows < 1 || !chat || !chat->conversation)
        return;
    SmRect at = rect_of(origin, pane);
    SmRect old = sm_draw_clip(view->draw, (SmRect){at.y, at.x, 1, at.columns});
    draw_clock(view, at, pane, chat->conversation, TRUE);
    sm_draw_unclip(view->draw, old);
}

/* Where there is no bar to say it each header does, by its colour where not even the word has room: practice is never taken for
 * real. */
static gboolean tells_practice(SmView *view)
{
    return sm_app_practice(view->app) && sm_view_parts(view).bar.rows == 0;
}

/* "web, order 48213, zh": first to go when it gets narrow, the language before the rest and the order last. */
enum { MIDDLE_ORDER = 1, MIDDLE_INBOX, MIDDLE_LANGUAGE };

static SmRun *middle_of(const SmConversation *c, const SmDesk *desk, int parts)
{
    SmRun *run = sm_run_new();
    const SmInbox *inbox = sm_policy_inbox(sm_desk_policy(desk), c->inbox);
    g_autoptr(SmSafe) where = sm_safe_screen_line(inbox && inbox->name ? inbox->name : (c->inbox ? c->inbox : ""), -1);
    if (parts >= MIDDLE_INBOX)
        sm_run_safe(run, SM_STYLE_DIM, where, 12);
    if (c->order) {
        g_autoptr(SmSafe) order = sm_safe_screen_line(c->order, -1);
        if (parts >= MIDDLE_INBOX)
            sm_run_label(run, SM_STYLE_DIM, "%s", _(", order "));
        sm_run_safe(run, SM_STYLE_DIM, order, 16);
    }
    if (c->language && parts >= MIDDLE_LANGUAGE) {
        g_autoptr(SmSafe) language = sm_safe_screen_line(c->language, -1);
        sm_run_label(run, SM_STYLE_DIM, "%s", _(", "));
        sm_run_safe(run, SM_STYLE_DIM, language, 6);
    }
    if (parts >= MIDDLE_INBOX && (c->state == SM_STATE_SNOOZED || c->state == SM_STATE_RESOLVED))
        sm_run_label(run, SM_STYLE_SNOOZED, "%s%s", _(", "), c->state == SM_STATE_SNOOZED ? _("snoozed") : _("resolved"));
    return run;
}

static int draw_number(SmView *view, SmRect at, const SmPane *pane)
{
    SmStyle style = pane->focused ? SM_STYLE_HEADER_FOCUS : SM_STYLE_HEADER;
    g_autofree char *number = g_strdup_printf("[%d] ", pane->number);
    int x = at.x;
    sm_draw_hline(view->draw, at.y, x, 2, style, pane->focused ? SM_STROKE_H_STRONG : SM_STROKE_H);
    x += 2;
    x += sm_draw_label(view->draw, at.y, x, 1, style, pane->focused ? ">" : " ");
    gboolean practice = tells_practice(view), word = practice && at.columns >= PRACTICE_FROM;
    x += sm_draw_label(view->draw, at.y, x, at.columns - 3, practice && !word ? SM_STYLE_PRACTICE : style, number);
    if (word) {
        x += sm_draw_label(view->draw, at.y, x, at.columns - (x - at.x), SM_STYLE_PRACTICE, _("practice"));
        x += sm_draw_label(view->draw, at.y, x, 1, style, " ");
    }
    return x;
}

static void draw_header(SmView *view, SmRect at, const SmPane *pane, const SmChat *chat)
{
    SmStyle style = pane->focused ? SM_STYLE_HEADER_FOCUS : SM_STYLE_HEADER;
    SmStroke stroke = pane->focused ? SM_STROKE_H_STRONG : SM_STROKE_H;
    const SmConversation *c = chat->conversation;
    int clock = draw_clock(view, at, pane, c, FALSE);
    int end = at.x + at.columns - clock;
    sm_rows_forget(view->rows, (SmRect){at.y, at.x, 1, at.columns});
    sm_draw_hline(view->draw, at.y, at.x, at.columns, style, stroke);
    int x = draw_number(view, at, pane);
    x += sm_draw_cut(view->draw, at.y, x, MIN(NAME_MOST, end - x), SM_STYLE_STRONG, chat->name);
    for (int parts = MIDDLE_LANGUAGE; parts >= MIDDLE_ORDER; parts--) {
        g_autoptr(SmRun) middle = middle_of(c, sm_client_desk(sm_app_client(view->app)), parts);
        int columns = sm_run_columns(view, middle);
        if (!columns || x + 3 + columns + 1 > end)
            continue;
        sm_draw_label(view->draw, at.y, x, 1, style, " ");
        sm_draw_hline(view->draw, at.y, x + 1, 1, style, stroke);
        sm_draw_label(view->draw, at.y, x + 2, 1, style, " ");
        x += 3 + sm_run_draw(view, middle, at.y, x + 3, columns);
        break;
    }
    if (x < end)
        sm_draw_label(view->draw, at.y, x, 1, style, " ");
    draw_clock(view, at, pane, c, TRUE);
}

/* --- An empty pane says what to do next --------------------------------------------------------------- */

static const SmQueueRow *next_waiting(SmView *view)
{
    SmClient *client = sm_app_client(view->app);
    const GPtrArray *rows = sm_desk_rows(sm_client_desk(client), sm_client_actor(client));
    return rows->len ? rows->pdata[0] : NULL;
}

guint sm_view_empty_says(SmView *view)
{
    const SmQueueRow *row = next_waiting(view);
    return row ? g_str_hash(row->conversation) * 1000003 + (guint)((sm_app_now(view->app) - row->queued) / 1000) : 0;
}

static SmSafe *waiting_words(SmView *view, const SmQueueRow *row, gboolean whole)
{
    char wait[32];
    sm_text_duration(wait, sizeof wait, sm_app_now(view->app) - row->queued);
    g_autoptr(SmSafe) name = sm_safe_clusters_line(row->name ? row->name : _("customer"), -1);
    g_autoptr(SmSafe) team = sm_app_team(view->app, row->team);
    return whole ? sm_safe_format(_("accept the next waiting chat (%S, %S, waiting %s)"), name, team, wait)
                 : sm_safe_format(_("next in queue: %S, %s"), name, wait);
}

static void draw_empty_header(SmView *view, SmRect at, const SmPane *pane, const SmQueueRow *row)
{
    SmStyle style = pane->focused ? SM_STYLE_HEADER_FOCUS : SM_STYLE_HEADER;
    SmStroke stroke = pane->focused ? SM_STROKE_H_STRONG : SM_STROKE_H;
    sm_rows_forget(view->rows, (SmRect){at.y, at.x, 1, at.columns});
    sm_draw_hline(view->draw, at.y, at.x, at.columns, style, stroke);
    int x = draw_number(view, at, pane);
    x += sm_draw_label(view->draw, at.y, x, at.columns - (x - at.x), SM_STYLE_DIM, _("(empty)"));
    if (row) {
        g_autoptr(SmSafe) words = waiting_words(view, row, FALSE);
        int room = at.x + at.columns - x - 6;
        if (room > 10) {
            sm_draw_label(view->draw, at.y, x, 1, style, " ");
            sm_draw_hline(view->draw, at.y, x + 1, 1, style, stroke);
            sm_draw_label(view->draw, at.y, x + 2, 1, style, " ");
            x += 3 + sm_draw_cut(view->draw, at.y, x + 3, room, SM_STYLE_DIM, words);
        }
    }
    sm_draw_label(view->draw, at.y, x, 1, style, " ");
}

static void draw_hint(SmView *view, SmRect at, int y, const char *keys, const SmSafe *words)
{
    if (y >= at.y + at.rows || at.columns < HINTS_FROM)
        return;
    sm_draw_label(view->draw, y, at.x + 3, 10, SM_STYLE_ACCENT, keys);
    sm_draw_cut(view->draw, y, at.x + 14, at.columns - 15, SM_STYLE_TEXT, words);
}

static void draw_empty(SmView *view, SmRect at, const SmPane *pane)
{
    const SmQueueRow *row = next_waiting(view);
    sm_draw_fill(view->draw, at, SM_STYLE_TEXT);
    draw_empty_header(view, at, pane, row);
    if (at.rows < 4)
        return;
    int y = at.y + 3;
    int margin = at.columns < HINTS_FROM ? 1 : 3;
    g_autoptr(SmSafe) none = sm_safe_from_literal(_("No chat in this pane."));
    sm_draw_cut(view->draw, y, at.x + margin, at.columns - margin - 1, SM_STYLE_DIM, none);
    g_autoptr(SmSafe) accept = row ? waiting_words(view, row, TRUE) : sm_safe_from_literal(_("accept the next waiting chat (nobody waits)"));
    g_autoptr(SmSafe) jump = sm_safe_from_literal(_("jump to any chat, or place one here"));
    g_autoptr(SmSafe) close = sm_safe_from_literal(_("close this pane and give the space to the others"));
    SmKeymap *keymap = sm_app_keymap(view->app);
    g_autofree char *accept_keys = sm_keymap_told(keymap, "chat-accept");
    g_autofree char *jump_keys = sm_keymap_told(keymap, "chat-jump");
    g_autofree char *close_keys = sm_keymap_told(keymap, "pane-close");
    draw_hint(view, at, y + 2, accept_keys, accept);
    draw_hint(view, at, y + 3, jump_keys, jump);
    draw_hint(view, at, y + 4, close_keys, close);
}

void sm_view_pane(SmView *view, SmRect origin, const SmPane *pane)
{
    SmRect at = rect_of(origin, pane);
    if (at.rows < 1)
        return;
    if (pane->right_border)
        sm_draw_vline(view->draw, at.y, at.x + at.columns, at.rows, SM_STYLE_BORDER);
    SmRect old = sm_draw_clip(view->draw, at);
    SmChat *chat = pane->conversation ? sm_app_chat(view->app, pane->conversation) : NULL;
    if (!chat || !chat->conversation) {
        sm_rows_forget(view->rows, at);
        draw_empty(view, at, pane);
    } else {
        draw_header(view, at, pane, chat);
        int composer = sm_view_composer_rows(view, pane, chat);
        sm_view_transcript(view, (SmRect){at.y + 1, at.x, at.rows - 1 - composer, at.columns}, chat);
        sm_view_composer(view, origin, pane, FALSE);
    }
    sm_draw_unclip(view->draw, old);
}
