/* SPDX-License-Identifier: MIT */
/* view_bar: the line on top - who I am, how many chats, who waits, where I am needed, the network, the time. */
#include <string.h>

#include "seatmux/app/intl.h"
#include "seatmux/net/transport.h"
#include "seatmux/text/clock_text.h"
#include "seatmux/text/sanitise.h"
#include "ui/view.h"

#define ACT_CHATS 4
#define ACT_NAME 10

/* How much of it there is room for. BRIEF: numbers without their words, and nothing padded. */
typedef enum { BAR_WIDE, BAR_NARROW, BAR_BRIEF } BarSize;

static guint own_chats(SmApp *app)
{
    const GPtrArray *chats = sm_app_chats(app);
    const char *me = sm_client_actor(sm_app_client(app)).id;
    guint n = 0;
    for (guint i = 0; i < chats->len; i++) {
        const SmConversation *c = ((SmChat *)chats->pdata[i])->conversation;
        n += c && g_strcmp0(c->owner, me) == 0 && (c->state == SM_STATE_OPEN || c->state == SM_STATE_SNOOZED);
    }
    return n;
}

static void add_me(SmView *view, SmRun *run, BarSize size)
{
    gboolean narrow = size > BAR_WIDE;
    SmClient *client = sm_app_client(view->app);
    SmActor me = sm_client_actor(client);
    const SmAgent *agent = me.id ? sm_desk_agent(sm_client_desk(client), me.id) : NULL;
    gboolean practice = sm_app_practice(view->app);
    sm_run_label(run, SM_STYLE_BAR_STRONG, narrow ? " " : " SEAT ");
    if (practice) { /* however narrow: it is never taken for real */
        sm_run_label(run, SM_STYLE_PRACTICE, "%s", _("practice"));
        sm_run_label(run, SM_STYLE_BAR, " ");
    }
    if (!narrow)
        sm_run_label(run, SM_STYLE_BAR, "| ");
    g_autoptr(SmSafe) name = practice ? sm_safe_from_literal(_("you")) : sm_safe_screen_line(me.id ? me.id : "-", -1);
    sm_run_safe(run, SM_STYLE_BAR_STRONG, name, 16);
    /* Padded to the longest word: what stands behind it keeps its place. */
    g_autofree char *word = g_strdup(sm_availability_words(agent ? agent->availability : SM_AVAILABLE_OFFLINE));
    int pad = size < BAR_BRIEF ? MAX(0, 10 - sm_draw_label_columns(view->draw, word)) : 1;
    SmStyle style = agent && agent->availability == SM_AVAILABLE_ONLINE ? SM_STYLE_BAR : SM_STYLE_BAR_STRONG;
    sm_run_label(run, SM_STYLE_BAR, ": ");
    sm_run_label(run, style, "%s", word);
    sm_run_label(run, SM_STYLE_BAR, "%*s| ", pad, "");
    int most = agent ? sm_desk_capacity(sm_client_desk(client), agent) : 0;
    sm_run_label(run, SM_STYLE_BAR, narrow ? "%u/%d | " : _("chats %u/%d | "), own_chats(view->app), most);
}

static void add_queue(SmView *view, SmRun *run, BarSize size)
{
    gboolean narrow = size > BAR_WIDE;
    SmClient *client = sm_app_client(view->app);
    const GPtrArray *rows = sm_desk_rows(sm_client_desk(client), sm_client_actor(client));
    int64_t oldest = INT64_MAX;
    for (guint i = 0; i < rows->len; i++)
        oldest = MIN(oldest, ((SmQueueRow *)rows->pdata[i])->queued);
    char wait[32] = "";
    if (rows->len)
        sm_text_duration(wait, sizeof wait, sm_app_now(view->app) - oldest);
    SmStyle style = rows->len ? SM_STYLE_BAR_STRONG : SM_STYLE_BAR;
    if (narrow)
        sm_run_label(run, style, rows->len && size < BAR_BRIEF ? _("q %u (%s)") : _("q %u"), rows->len, wait);
    else
        sm_run_label(run, style, rows->len ? _("queue %u, oldest %s") : _("queue %u"), rows->len, wait);
    guint left = sm_app_left(view->app);
    if (left)
        sm_run_label(run, SM_STYLE_BAR_STRONG, narrow ? _(" | L%u") : _(" | %u left"), left);
    guint held = sm_app_held(view->app);
    if (held)
        sm_run_label(run, SM_STYLE_BAR_STRONG, _(" | %u held"), held);
}

/* Pane number, or + and the place in the list; a `!` for overdue, else the unread count. What is being looked at has none: it would be
 * gone again within a second. */
static void add_act(SmView *view, SmRun *run, guint most)
{
    const GPtrArray *urgent = sm_app_urgent(view->app);
    guint shown = 0;
    for (guint i = 0; i < urgent->len && shown < most; i++) {
        SmChat *chat = urgent->pdata[i];
        SmDeadline deadline = sm_conversation_deadline(chat->conversation);
        gboolean overdue = deadline.kind != SM_CLOCK_NONE &&
                           sm_deadline_level(&deadline, sm_app_now(view->app)) == SM_LEVEL_OVERDUE;
        guint unread = sm_app_reads(view->app, chat) ? 0 : chat->unread;
        if (!overdue && !unread && deadline.kind == SM_CLOCK_NONE)
            continue;
        sm_run_label(run, SM_STYLE_BAR, "%s", shown++ ? " " : _("act: "));
        SmPane *pane = sm_layout_showing(sm_app_layout(view->app), chat->conversation->id);
        if (pane && pane->rows > 0)
            sm_run_label(run, SM_STYLE_BAR, "%d:", pane->number);
        else
            sm_run_label(run, SM_STYLE_BAR, "+%d:", sm_app_chat_place(view->app, chat));
        sm_run_safe(run, overdue || unread ? SM_STYLE_BAR_STRONG : SM_STYLE_BAR, chat->name, ACT_NAME);
        if (overdue)
            sm_run_label(run, SM_STYLE_BAR_STRONG, "!");
        else if (unread)
            sm_run_label(run, SM_STYLE_BAR_STRONG, "(%u)", unread);
    }
}

/* As many of the most urgent as there is room for, each whole; NULL: no room for any. */
static SmRun *act_that_fits(SmView *view, int room)
{
    for (guint most = ACT_CHATS; most > 0; most--) {
        g_autoptr(SmRun) run = sm_run_new();
        add_act(view, run, most);
        if (sm_run_columns(view, run) <= room)
            return g_steal_pointer(&run);
    }
    return NULL;
}

static void add_age(SmView *view, SmRun *run, const SmLink *link, gboolean narrow)
{
    if (link->heard < 0 || narrow)
        return;
    int64_t age = (sm_loop_now(view->loop) - link->heard) / 1000;
    sm_run_label(run, SM_STYLE_BAR_STRONG, _(", data %d s old"), (int)MIN(age, 99999));
}

static void add_network(SmView *view, SmRun *run, gboolean narrow)
{
    const SmLink *link = sm_client_link(sm_app_client(view->app));
    int64_t seconds = MAX(0, (link->retry_at - sm_loop_now(view->loop) + 999) / 1000);
    switch (link->state) {
    case SM_LINK_LIVE:
        if (narrow || link->round_trip < 0)
            sm_run_label(run, SM_STYLE_BAR, "%s", narrow ? _("ok") : _("net ok"));
        else
            sm_run_label(run, SM_STYLE_BAR, _("net ok %dms"), (int)MIN(link->round_trip, 99999));
        break;
    case SM_LINK_STARTING:
        sm_run_label(run, SM_STYLE_BAR_STRONG, "%s", _("connecting"));
        break;
    case SM_LINK_CATCHING_UP:
        sm_run_label(run, SM_STYLE_BAR_STRONG, "%s", _("catching up"));
        break;
    case SM_LINK_RECONNECTING:
        if (g_str_has_prefix(link->words, SM_NOT_TRUSTED)) /* waiting does not help: a person must look */
            sm_run_label(run, SM_STYLE_BAR_STRONG, "%s", narrow ? _("bad cert") : _("certificate not trusted"));
        else
            sm_run_label(run, SM_STYLE_BAR_STRONG, narrow ? _("retry %ds") : _("reconnecting in %d s"), (int)seconds);
        add_age(view, run, link, narrow);
        break;
    case SM_LINK_SUPERSEDED:
        sm_run_label(run, SM_STYLE_BAR_STRONG, "%s", _("stopped: another program took over"));
        break;
    case SM_LINK_ENDED:
        sm_run_label(run, SM_STYLE_BAR_STRONG, "%s", _("session ended"));
        break;
    case SM_LINK_TOO_OLD:
        sm_run_label(run, SM_STYLE_BAR_STRONG, "%s", _("needs a newer seatmux"));
        break;
    }
    sm_run_label(run, SM_STYLE_BAR, "%s", " | ");
}

/* What stands on the left, in the longest form that fits. */
static SmRun *left_that_fits(SmView *view, int room, gboolean narrow)
{
    for (BarSize size = narrow ? BAR_NARROW : BAR_WIDE;; size++) {
        g_autoptr(SmRun) run = sm_run_new();
        add_me(view, run, size);
        add_queue(view, run, size);
        if (size == BAR_BRIEF || sm_run_columns(view, run) <= room)
            return g_steal_pointer(&run);
    }
}

/* Network and time. */
static SmRun *right_of(SmView *view, gboolean narrow)
{
    SmRun *right = sm_run_new();
    char now[6];
    if (sm_app_paused(view->app))
        sm_run_label(right, SM_STYLE_BAR_STRONG, "%s | ", _("PAUSED"));
    add_network(view, right, narrow);
    sm_view_hhmm(now, sm_loop_wall(view->loop));
    sm_run_label(right, SM_STYLE_BAR, "%s ", now);
    return right;
}

void sm_view_bar(SmView *view, SmRect at, gboolean narrow)
{
    if (at.rows < 1)
        return;
    g_autoptr(SmRun) right = right_of(view, narrow);
    int right_columns = sm_run_columns(view, right);
    int room = MAX(0, at.columns - right_columns - 1);
    g_autoptr(SmRun) left = left_that_fits(view, room, narrow);
    int used = MIN(room, sm_run_columns(view, left)), right_at = at.x + at.columns - right_columns;
    g_autoptr(SmRun) act = act_that_fits(view, right_at - 3 - at.x - used - 1);
    guint64 shows = sm_run_mix(right, sm_run_mix(left, sm_rows_nothing(view->rows)));
    if (!sm_rows_take_one(view->rows, view->draw, at, act ? sm_run_mix(act, shows) : shows))
        return;
    int act_columns = act ? sm_run_columns(view, act) : 0;
    sm_draw_fill(view->draw, at, SM_STYLE_BAR);
    sm_run_draw(view, left, at.y, at.x, room);
    if (act_columns) {
        sm_run_draw(view, act, at.y, right_at - 3 - act_columns, act_columns);
        sm_draw_label(view->draw, at.y, right_at - 3, 3, SM_STYLE_BAR, " | ");
    }
    sm_run_draw(view, right, at.y, MAX(at.x, right_at), at.columns);
}
