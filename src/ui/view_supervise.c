/* SPDX-License-Identifier: MIT */
/* view_supervise: the queue view - the table of queues, the live table of chats, one chat read over the shoulder, and
 * what happened. It takes the place of bar and panes. */
#include <string.h>

#include "seatmux/app/intl.h"
#include "seatmux/desk/notice.h"
#include "seatmux/text/clock_text.h"
#include "seatmux/text/sanitise.h"
#include "ui/view.h"

#define WIDE 100          /* columns from which on all columns of the tables are shown */
#define ROOM 76           /* the table of queues without the arrivals */
#define SOME 70           /* and what is left out first below that */
#define PEEK_LEAST 5      /* rows with its heading, or none */
#define EVENT_ROWS 6      /* with the heading */
#define NOTICE_ROWS 4     /* at most */
#define ROWS_LEAST 4      /* of the live table, before anything else gets room */

/* --- Pieces ------------------------------------------------------------------------------------ */

static void heading_line(SmView *view, SmRect at, const SmSafe *words)
{
    sm_draw_hline(view->draw, at.y, at.x, at.columns, SM_STYLE_BORDER, SM_STROKE_H);
    if (!words || at.columns < 10)
        return;
    int x = at.x + 2;
    sm_draw_label(view->draw, at.y, x++, 1, SM_STYLE_BORDER, " ");
    x += sm_draw_cut(view->draw, at.y, x, at.columns - 6, SM_STYLE_POPUP_TITLE, words);
    sm_draw_label(view->draw, at.y, x, 1, SM_STYLE_BORDER, " ");
}

/* A cell, cut to its width; numbers stand at its right. */
static int cell(SmView *view, int y, int x, int width, SmStyle style, const char *words, gboolean right)
{
    int columns = MIN(width, sm_draw_label_columns(view->draw, words));
    sm_draw_label(view->draw, y, right ? x + width - columns : x, columns, style, words);
    return x + width + 2;
}

/* --- The bar ----------------------------------------------------------------------------------- */

static const char *link_words(SmView *view)
{
    switch (sm_client_link(sm_app_client(view->app))->state) {
    case SM_LINK_LIVE:
        return "";
    case SM_LINK_RECONNECTING:
        return _("reconnecting");
    case SM_LINK_CATCHING_UP:
        return _("catching up");
    case SM_LINK_STARTING:
        return _("connecting");
    default:
        return _("stopped");
    }
}

static void draw_bar(SmView *view, SmRect at, const SmSupervise *s)
{
    g_autoptr(SmRun) left = sm_run_new();
    g_autoptr(SmRun) right = sm_run_new();
    char now[6];
    gboolean wide = at.columns >= WIDE;
    sm_run_label(left, SM_STYLE_BAR_STRONG, "%s", wide ? _(" SEAT supervisor ") : " SEAT ");
    sm_run_label(left, SM_STYLE_BAR, "| ");
    for (guint i = 0; i < s->queues->len; i++) {
        const SmSuperviseQueue *queue = s->queues->pdata[i];
        if (s->queue != 0 && (guint)s->queue != i + 1)
            continue;
        sm_run_safe(left, SM_STYLE_BAR, queue->name, 16);
        sm_run_label(left, SM_STYLE_BAR, s->queue == 0 && i + 1 < s->queues->len ? ", " : " ");
    }
    sm_run_label(left, SM_STYLE_BAR_STRONG, "| %s ", s->following ? _("FOLLOW") : _("paused"));
    if (wide) /* else the table of queues says it */
        sm_run_label(left, SM_STYLE_BAR, ngettext("| %u agent", "| %u agents", s->agents), s->agents);
    if (s->marks)
        sm_run_label(left, SM_STYLE_BAR_STRONG, _(" | %u marked"), s->marks);
    if (*s->filter) {
        g_autoptr(SmSafe) filter = sm_safe_screen_line(s->filter, -1);
        sm_run_label(right, SM_STYLE_BAR, "%s ", _("filter:"));
        sm_run_safe(right, SM_STYLE_BAR_STRONG, filter, 30);
        sm_run_label(right, SM_STYLE_BAR, "   ");
    }
    sm_run_label(right, SM_STYLE_BAR, _("sort: %s"), sm_supervise_sort_words(s->sort));
    const char *link = link_words(view);
    if (*link)
        sm_run_label(right, SM_STYLE_BAR_STRONG, "   %s", link);
    sm_view_hhmm(now, sm_loop_wall(view->loop));
    sm_run_label(right, SM_STYLE_BAR, "   %s ", now);
    sm_draw_fill(view->draw, at, SM_STYLE_BAR);
    int columns = MIN(sm_run_columns(view, right), at.columns);
    sm_run_draw(view, left, at.y, at.x, MAX(0, at.columns - columns - 1));
    sm_run_draw(view, right, at.y, at.x + at.columns - columns, columns);
}

/* --- Queues ------------------------------------------------------------------------------------ */

static const int QUEUE_WIDTHS[] = {14, 4, 7, 7, 6, 6, 7, 7};

/* How many were lost only where there is room; how many agents and places only where there is some. */
static gboolean has_column(int columns, guint i)
{
    return columns >= ROOM || (i < 7 && (columns >= SOME || i < 4 || i == 6));
}

static void queue_headings(SmView *view, int y, int x, int columns)
{
    gboolean wide = columns >= WIDE;
    const char *words[] = {_("QUEUE"), _("wait"), _("oldest"), _("in chat"), _("agents"), _("free"), _("in time"), _("abandon")};
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        if (has_column(columns, i))
            x = cell(view, y, x, QUEUE_WIDTHS[i], SM_STYLE_POPUP_TITLE, words[i], i > 0);
    const char *arrivals = _("arrivals, last 30 min (one column a minute)");
    if (wide && x + sm_draw_label_columns(view->draw, arrivals) > columns)
        arrivals = _("arrivals");
    if (wide)
        sm_draw_label(view->draw, y, x, columns - x, SM_STYLE_POPUP_TITLE, arrivals);
}

static void draw_arrivals(SmView *view, int y, int x, int end, const SmSuperviseQueue *queue)
{
    guint most = 3; /* one arrival a minute is no peak */
    for (int i = 0; i < SM_ARRIVAL_MINUTES; i++)
        most = MAX(most, queue->arrivals[i]);
    for (int i = MAX(0, SM_ARRIVAL_MINUTES - MAX(0, end - x)); i < SM_ARRIVAL_MINUTES; i++, x++) /* the last ones, if not all */
        sm_draw_level(view->draw, y, x, SM_STYLE_ACCENT, (int)((queue->arrivals[i] * 8 + most - 1) / most));
}

static void draw_queue(SmView *view, SmRect at, int y, int number, const SmSuperviseQueue *queue)
{
    char text[64] = "--:--";
    SmStyle waiting = queue->many_waiting ? SM_STYLE_OVERDUE : queue->waiting ? SM_STYLE_STRONG : SM_STYLE_TEXT;
    g_autofree char *digit = g_strdup_printf("%d ", number);
    int x = at.x + 1;
    int used = sm_draw_label(view->draw, y, x, 2, SM_STYLE_ACCENT, digit);
    sm_draw_cut(view->draw, y, x + used, QUEUE_WIDTHS[0] - used, SM_STYLE_STRONG, queue->name);
    x += QUEUE_WIDTHS[0] + 2;
    g_autofree char *wait = sm_supervise_waiting(queue);
    x = cell(view, y, x, QUEUE_WIDTHS[1], waiting, wait, TRUE);
    if (queue->oldest >= 0)
        sm_text_duration(text, sizeof text, sm_app_now(view->app) - queue->oldest);
    x = cell(view, y, x, QUEUE_WIDTHS[2], queue->oldest >= 0 ? SM_STYLE_TEXT : SM_STYLE_DIM, text, TRUE);
    const guint numbers[] = {queue->in_chat, queue->agents, queue->places};
    for (guint i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_autofree char *number_text = g_strdup_printf("%u", numbers[i]);
        gboolean none = i > 0 && numbers[i] == 0 && queue->waiting > 0;
        if (has_column(at.columns, 3 + i))
            x = cell(view, y, x, QUEUE_WIDTHS[3 + i], none ? SM_STYLE_WARNING : SM_STYLE_TEXT, number_text, TRUE);
    }
    if (queue->permille < 0)
        g_strlcpy(text, "-", sizeof text);
    else
        g_snprintf(text, sizeof text, "%d%%%s%s", (int)(queue->permille / 10),
                   queue->trend < 0 ? " v" : queue->trend > 0 ? " ^" : "", queue->few_within ? " !" : "");
    x = cell(view, y, x, QUEUE_WIDTHS[6], queue->few_within ? SM_STYLE_OVERDUE : SM_STYLE_TEXT, text, TRUE);
    if (!has_column(at.columns, 7))
        return;
    if (queue->abandoned < 0)
        g_strlcpy(text, "-", sizeof text);
    else
        g_snprintf(text, sizeof text, "%d", (int)queue->abandoned);
    x = cell(view, y, x, QUEUE_WIDTHS[7], SM_STYLE_TEXT, text, TRUE);
    if (at.columns >= WIDE)
        draw_arrivals(view, y, x, at.x + at.columns - 1, queue);
}

static int draw_queues(SmView *view, SmRect at, const SmSupervise *s, int most)
{
    int y = at.y;
    queue_headings(view, y++, at.x + 1, at.columns);
    for (guint i = 0; i < s->queues->len && i < SM_SUPERVISE_QUEUES && y - at.y < most; i++) {
        sm_view_spot(view, (SmRect){y, at.x, 1, at.columns}, SM_LIST_QUEUES, i);
        draw_queue(view, at, y++, (int)i + 1, s->queues->pdata[i]);
    }
    if (s->queues->len == 0 && y - at.y < most)
        sm_draw_label(view->draw, y++, at.x + 1, at.columns - 2, SM_STYLE_DIM, _("no queues: this account is in no team"));
    return y - at.y;
}

/* --- The live table ---------------------------------------------------------------------------- */

typedef struct {
    int number, state, clock, customer, queue, agent;
} RowWidths;

static RowWidths row_widths(int columns)
{
    if (columns >= WIDE)
        return (RowWidths){3, 8, 8, 16, 12, 10};
    if (columns >= 70)
        return (RowWidths){3, 8, 7, 12, 0, 8};
    return (RowWidths){0, 0, 7, 10, 0, columns >= 50 ? 8 : 0};
}

static int column(SmView *view, int y, int x, int width, SmStyle style, const SmSafe *text, int end)
{
    if (width <= 0 || x >= end)
        return x;
    if (text)
        sm_draw_cut(view->draw, y, x, MIN(width, end - x), style, text);
    return x + width + 2;
}

static void row_headings(SmView *view, SmRect at, int y)
{
    RowWidths w = row_widths(at.columns);
    int x = at.x + 3;
    const char *words[] = {"#", _("STATE"), "SLA", _("CUSTOMER"), _("QUEUE"), _("AGENT")};
    const int widths[] = {w.number, w.state, w.clock, w.customer, w.queue, w.agent};
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        if (widths[i] > 0)
            x = cell(view, y, x, widths[i], SM_STYLE_POPUP_TITLE, words[i], i == 0 || i == 2);
    sm_draw_label(view->draw, y, x, at.x + at.columns - x, SM_STYLE_POPUP_TITLE, _("LAST MESSAGE"));
}

static const char *state_word(const SmConversation *c, SmStyle style)
{
    if (c->state == SM_STATE_OPEN && style == SM_STYLE_OVERDUE)
        return _("OVERDUE");
    if (c->state == SM_STATE_OPEN && style == SM_STYLE_WARNING)
        return _("WARN");
    return _(sm_state_name(c->state));
}

static void draw_row(SmView *view, SmRect at, int y, guint index, const SmSuperviseRow *row, gboolean selected)
{
    const SmConversation *c = row->conversation;
    RowWidths w = row_widths(at.columns);
    SmClockText clock = c->state == SM_STATE_SNOOZED ? sm_view_clock_of(view, &(SmDeadline){.kind = SM_CLOCK_NONE}) : sm_view_clock(view, c);
    int x = at.x, end = at.x + at.columns - 1;
    sm_draw_label(view->draw, y, x, 1, SM_STYLE_ACCENT, selected ? ">" : (row->marked ? "+" : " "));
    const char *sign = clock.style == SM_STYLE_OVERDUE ? "!" : (clock.style == SM_STYLE_WARNING ? "*" : " ");
    sm_draw_label(view->draw, y, x + 1, 1, clock.style, row->marked && selected ? "+" : sign);
    x += 3;
    if (w.number) {
        g_autofree char *number = g_strdup_printf("%u", index + 1);
        x = cell(view, y, x, w.number, SM_STYLE_DIM, number, TRUE);
    }
    if (w.state)
        x = cell(view, y, x, w.state, c->state == SM_STATE_SNOOZED ? SM_STYLE_SNOOZED : clock.style == SM_STYLE_OK ? SM_STYLE_TEXT : clock.style,
                 state_word(c, clock.style), FALSE);
    x = cell(view, y, x, w.clock, clock.style, clock.number, TRUE);
    x = column(view, y, x, w.customer, SM_STYLE_STRONG, row->customer, end);
    g_autoptr(SmSafe) queue = sm_app_team(view->app, c->team);
    x = column(view, y, x, w.queue, SM_STYLE_TEXT, queue, end);
    g_autoptr(SmSafe) agent = c->owner ? sm_safe_screen_line(c->owner, -1) : sm_safe_from_literal(_("(none)"));
    x = column(view, y, x, w.agent, c->owner ? SM_STYLE_TEXT : SM_STYLE_DIM, agent, end);
    if (row->last && x < end)
        sm_draw_cut(view->draw, y, x, end - x, SM_STYLE_TEXT, row->last);
    if (selected)
        sm_draw_recolour(view->draw, (SmRect){y, at.x + 1, 1, at.columns - 1}, SM_STYLE_SELECTION);
}

/* Lines that the rows from `top` to `last` need: each group among them has a heading, the first one too. */
static guint lines_of(const SmSupervise *s, guint top, guint last)
{
    const SmSuperviseRow *first = s->rows->pdata[top], *end = s->rows->pdata[last];
    return last - top + 1 + (s->groups->len ? end->group - first->group + 1 : 0);
}

/* `top` so that the cursor is seen and no room below is left unused. */
static void scroll_rows(SmSupervise *s, guint room)
{
    guint last = s->rows->len - 1;
    if (s->selected < s->top)
        s->top = s->selected;
    s->top = MIN(s->top, last);
    while (s->top < s->selected && lines_of(s, s->top, s->selected) > room)
        s->top++;
    while (s->top > 0 && lines_of(s, s->top - 1, last) <= room)
        s->top--;
}

static void draw_group(SmView *view, SmRect at, int y, const SmSuperviseGroup *group)
{
    g_autofree char *chats = g_strdup_printf(ngettext("%u chat", "%u chats", group->chats), group->chats);
    int x = at.x + 1, end = at.x + at.columns - 1;
    x += sm_draw_cut(view->draw, y, x, MAX(0, end - x), SM_STYLE_ACCENT, group->name) + 2;
    x += sm_draw_label(view->draw, y, x, MAX(0, end - x), SM_STYLE_DIM, chats) + 2;
    if (!group->overdue)
        return;
    g_autofree char *overdue = g_strdup_printf(_("%u overdue"), group->overdue);
    sm_draw_label(view->draw, y, x, MAX(0, end - x), SM_STYLE_OVERDUE, overdue);
}

static void draw_rows(SmView *view, SmRect at, SmSupervise *s)
{
    int y = at.y;
    if (at.rows < 1)
        return;
    row_headings(view, at, y++);
    guint room = (guint)MAX(0, at.rows - 1);
    if (room && s->rows->len)
        scroll_rows(s, room);
    for (guint i = s->top; i < s->rows->len && y < at.y + at.rows; i++) {
        const SmSuperviseRow *row = s->rows->pdata[i], *before = i > s->top ? s->rows->pdata[i - 1] : NULL;
        if (s->groups->len && (!before || before->group != row->group))
            draw_group(view, at, y++, s->groups->pdata[row->group]);
        if (y >= at.y + at.rows)
            break;
        sm_view_spot(view, (SmRect){y, at.x, 1, at.columns}, SM_LIST_QUEUE_ROWS, i);
        draw_row(view, at, y++, i, row, i == s->selected);
    }
    if (s->rows->len == 0 && room)
        sm_draw_label(view->draw, y, at.x + 3, at.columns - 4, SM_STYLE_DIM,
                      s->hidden ? _("the filter hides everything; / changes it") : _("nobody waits and nobody is talked to: all quiet"));
}

/* --- Below: one chat, and what happened -------------------------------------------------------- */

static void draw_peek(SmView *view, SmRect at, const SmSupervise *s)
{
    SmChat *chat = s->peeked ? sm_app_chat(view->app, s->peeked) : NULL;
    if (!chat || !chat->conversation)
        return;
    g_autoptr(SmSafe) agent = sm_safe_screen_line(chat->conversation->owner ? chat->conversation->owner : "", -1);
    g_autoptr(SmSafe) words = chat->conversation->owner
                                  ? sm_safe_format(_("live: %S with %S (read-only; they cannot see you)"), chat->name, agent)
                                  : sm_safe_format(_("live: %S, waiting (read-only)"), chat->name);
    heading_line(view, (SmRect){at.y, at.x, 1, at.columns}, words);
    sm_view_transcript(view, (SmRect){at.y + 1, at.x, at.rows - 1, at.columns}, chat);
}

static void draw_events(SmView *view, SmRect at, const SmSupervise *s)
{
    g_autoptr(SmSafe) words = sm_safe_from_literal(_("event log"));
    heading_line(view, (SmRect){at.y, at.x, 1, at.columns}, words);
    guint room = (guint)(at.rows - 1), from = s->events->len > room ? s->events->len - room : 0;
    int y = at.y + 1;
    for (guint i = from; i < s->events->len; i++, y++) {
        const SmSuperviseEvent *event = s->events->pdata[i];
        g_autoptr(GDateTime) when = g_date_time_new_from_unix_local(event->at / 1000);
        g_autofree char *time = when ? g_date_time_format(when, "%H:%M:%S") : g_strdup("--:--:--");
        int x = cell(view, y, at.x + 1, 8, SM_STYLE_DIM, time, FALSE);
        x = cell(view, y, x, 9, event->urgent ? SM_STYLE_WARNING : SM_STYLE_SYSTEM, event->what, FALSE);
        sm_draw_cut(view->draw, y, x, MAX(0, at.x + at.columns - 1 - x), SM_STYLE_TEXT, event->words);
    }
}

static void draw_status(SmView *view, SmRect at, const SmSupervise *s)
{
    g_autofree char *keys = sm_keymap_told(sm_app_keymap(view->app), "queue-follow");
    g_autofree char *words =
        s->following ? g_strdup(_("follow: newest rows pinned; moving the cursor pauses it"))
                     : g_strdup_printf(_("paused: %s follows again"), keys);
    int x = at.x + 1 + sm_draw_label(view->draw, at.y, at.x + 1, at.columns - 2, SM_STYLE_DIM, words);
    if (!s->hidden || x + 4 >= at.x + at.columns)
        return;
    g_autofree char *hidden = g_strdup_printf(ngettext(" %u row hidden by the filter.", " %u rows hidden by the filter.", s->hidden), s->hidden);
    sm_draw_label(view->draw, at.y, x, at.x + at.columns - 1 - x, SM_STYLE_DIM, hidden);
}

/* --- Notices ----------------------------------------------------------------------------------- */

static SmSafe *incident_words(SmView *view, const SmIncident *incident)
{
    char until[6];
    sm_view_hhmm(until, incident->until);
    g_autoptr(SmSafe) text = sm_safe_screen_line(incident->text ? incident->text : "", -1);
    const SmInbox *inbox = incident->inbox ? sm_policy_inbox(sm_desk_policy(sm_client_desk(sm_app_client(view->app))), incident->inbox) : NULL;
    g_autoptr(SmSafe) where = incident->team ? sm_app_team(view->app, incident->team)
                                             : sm_safe_screen_line(inbox && inbox->name ? inbox->name : (incident->inbox ? incident->inbox : _("all")), -1);
    return sm_safe_format(_("notice for %S until %s: %S"), where, until, text);
}

static SmSafe *broadcast_words(const SmBroadcast *b)
{
    g_autoptr(SmSafe) text = sm_safe_screen_line(b->text ? b->text : "", -1);
    return sm_safe_format(_("broadcast, %d of %d chats, %d a minute: %S"), (int)b->place, (int)b->total, (int)b->pace, text);
}

/* A line for each that stands or is under way; rows used. */
static int draw_notices(SmView *view, SmRect at)
{
    SmDesk *desk = sm_client_desk(sm_app_client(view->app));
    const GPtrArray *incidents = sm_desk_incidents(desk), *broadcasts = sm_desk_broadcasts(desk);
    int y = at.y;
    for (guint i = 0; i < incidents->len && y < at.y + at.rows; i++) {
        g_autoptr(SmSafe) words = incident_words(view, incidents->pdata[i]);
        sm_draw_label(view->draw, y, at.x + 1, 1, SM_STYLE_WARNING, "!");
        sm_draw_cut(view->draw, y++, at.x + 3, at.columns - 4, SM_STYLE_WARNING, words);
    }
    for (guint i = 0; i < broadcasts->len && y < at.y + at.rows; i++) {
        const SmBroadcast *b = broadcasts->pdata[i];
        if (b->state != SM_BROADCAST_RUNNING)
            continue;
        g_autoptr(SmSafe) words = broadcast_words(b);
        sm_draw_label(view->draw, y, at.x + 1, 1, SM_STYLE_ACCENT, ">");
        sm_draw_cut(view->draw, y++, at.x + 3, at.columns - 4, SM_STYLE_TEXT, words);
    }
    return y - at.y;
}

/* Rows of each part: the live table first, then the chat that is read, then the log. */
void sm_view_supervise(SmView *view, const SmScreenParts *parts)
{
    SmSupervise *s = sm_app_supervise(view->app);
    SmRect at = {parts->bar.rows ? 1 : 0, 0, parts->panes.y + parts->panes.rows - (parts->bar.rows ? 1 : 0), sm_draw_screen(view->draw).columns};
    sm_view_spots_clear(view, SM_LIST_QUEUE_ROWS);
    sm_view_spots_clear(view, SM_LIST_QUEUES);
    sm_draw_fill(view->draw, at, SM_STYLE_TEXT);
    if (parts->bar.rows)
        draw_bar(view, parts->bar, s);
    SmRect old = sm_draw_clip(view->draw, at);
    int y = at.y, end = at.y + at.rows - 1; /* the last row says whether it follows */
    int queues = CLAMP(at.rows - 2 - ROWS_LEAST, 0, 1 + MAX(1, (int)s->queues->len));
    if (s->peeked && end - y < 1 + 2 + ROWS_LEAST + PEEK_LEAST)
        queues = 0; /* a small screen shows what is read in place of the queues */
    if (queues >= 2) {
        y += draw_queues(view, (SmRect){y, at.x, queues, at.columns}, s, queues);
        y += draw_notices(view, (SmRect){y, at.x, CLAMP(end - y - 1 - ROWS_LEAST, 0, NOTICE_ROWS), at.columns});
        heading_line(view, (SmRect){y++, at.x, 1, at.columns}, NULL);
    }
    int room = end - y, events = 0, peek = 0;
    if (s->peeked && room >= ROWS_LEAST + PEEK_LEAST)
        peek = MAX(PEEK_LEAST, room / 3);
    if (room - peek >= ROWS_LEAST + 4)
        events = MIN(EVENT_ROWS, room - peek - ROWS_LEAST);
    int rows = room - peek - events;
    int wanted = 2 + (int)s->rows->len + (int)s->groups->len; /* what the table does not need, the chat gets, then the log */
    if (rows > wanted) {
        int spare = rows - MAX(wanted, ROWS_LEAST);
        (peek ? (peek += MAX(0, spare)) : (events += MAX(0, spare)));
        rows = room - peek - events;
    }
    draw_rows(view, (SmRect){y, at.x, rows, at.columns}, s);
    if (peek)
        draw_peek(view, (SmRect){y + rows, at.x, peek, at.columns}, s);
    if (events >= 2)
        draw_events(view, (SmRect){y + rows + peek, at.x, events, at.columns}, s);
    if (end >= at.y)
        draw_status(view, (SmRect){end, at.x, 1, at.columns}, s);
    sm_draw_unclip(view->draw, old);
}
