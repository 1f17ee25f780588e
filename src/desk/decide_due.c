/* SPDX-License-Identifier: MIT */
/* decide_due: what fell due becomes events, in the order in which it fell due. */
#include "desk/decide.h"

#include <string.h>

#include "seatmux/base/limits.h"

typedef struct {
    const SmConv *conv;
    SmDueItem item;
} Fallen;

static gint by_due(gconstpointer a, gconstpointer b)
{
    const Fallen *x = a, *y = b;

    if (x->item.due != y->item.due) {
        return x->item.due < y->item.due ? -1 : 1;
    }
    return strcmp(x->conv->c.id, y->conv->c.id);
}

static gboolean is_level(const SmDueItem *item)
{
    return item->kind == SM_DUE_WARN || item->kind == SM_DUE_BREACH;
}

/* Of levels that were entered at once only the highest alerts. */
static void keep_highest(SmDueItem *items, guint *n)
{
    int64_t highest = 0;
    guint kept = 0;

    for (guint i = 0; i < *n; i++) {
        if (is_level(&items[i])) {
            highest = MAX(highest, items[i].level);
        }
    }
    for (guint i = 0; i < *n; i++) {
        if (!is_level(&items[i]) || items[i].level == highest) {
            items[kept++] = items[i];
        }
    }
    *n = kept;
}

static guint due_now(const SmDecision *d, const SmConv *conv, SmDueItem *items)
{
    guint n = sm_conv_due(d->desk, conv, items);
    guint kept = 0;

    for (guint i = 0; i < n; i++) {
        if (items[i].due <= d->now) {
            items[kept++] = items[i];
        }
    }
    keep_highest(items, &kept);
    return kept;
}

/* The first of each conversation. What one brings about may change what else is due in it, so
 * whatever comes after anybody's second waits for the next tick: the order stays that of due. */
static GArray *collect(const SmDecision *d, int64_t *until)
{
    GArray *fallen = g_array_new(FALSE, FALSE, sizeof(Fallen));
    const GPtrArray *all = d->desk->sorted;

    *until = INT64_MAX;
    for (guint i = 0; i < all->len; i++) {
        const SmConv *conv = all->pdata[i];
        SmDueItem items[SM_DUE_ITEMS];
        if (conv->c.due.place == 0 || conv->c.due.due > d->now) {
            continue;
        }
        guint n = due_now(d, conv, items);
        Fallen first = {.conv = conv};
        for (guint k = 0; k < n; k++) {
            if (k == 0 || items[k].due < first.item.due) {
                *until = k > 0 ? MIN(*until, first.item.due) : *until;
                first.item = items[k];
            } else {
                *until = MIN(*until, items[k].due);
            }
        }
        if (n > 0) {
            g_array_append_val(fallen, first);
        }
    }
    g_array_sort(fallen, by_due);
    return fallen;
}

static void clock_event(SmDecision *d, const Fallen *fallen, SmEventType type)
{
    const SmConversation *c = &fallen->conv->c;
    const SmTurn *turn = sm_turns_open(c->turns);
    SmEvent *event = sm_decide_event_of(d, type, c->id);

    event->agent = g_strdup(c->owner);
    event->team = g_strdup(c->team);
    event->n = turn ? turn->number : 0;
    event->level = type == SM_EVENT_TURN_WARNED ? fallen->item.level : 0;
    event->due = fallen->item.due;
}

/* Said by the desk itself: it closes no turn. */
static void answer(SmDecision *d, const Fallen *fallen)
{
    const SmAnswerRule *rule = d->desk->policy->answers->pdata[fallen->item.level];
    SmEvent *event = sm_decide_event_of(d, SM_EVENT_MESSAGE_POSTED, fallen->conv->c.id);

    event->message = sm_id_new(d->ids, "m");
    event->author = SM_AUTHOR_SYSTEM;
    event->kind = SM_MESSAGE_AUTO_REPLY;
    event->name = g_strdup(rule->id);
    sm_decide_content(d, event, rule->text);
}

static void emit(SmDecision *d, const Fallen *fallen)
{
    const SmConversation *c = &fallen->conv->c;
    SmEvent *event;

    switch (fallen->item.kind) {
    case SM_DUE_ARCHIVE:
        sm_decide_event_of(d, SM_EVENT_CONVERSATION_ARCHIVED, c->id)->due = fallen->item.due;
        break;
    case SM_DUE_ABANDON:
        event = sm_decide_event_of(d, SM_EVENT_CONVERSATION_ABANDONED, c->id);
        event->since = c->left;
        event->due = fallen->item.due;
        break;
    case SM_DUE_WAKE:
        event = sm_decide_event_of(d, SM_EVENT_CONVERSATION_WOKEN, c->id);
        event->cause = SM_CAUSE_DUE;
        event->due = fallen->item.due;
        break;
    case SM_DUE_RELEASE:
        sm_decide_take_away(d, fallen->conv, SM_CAUSE_OFFLINE, NULL, fallen->item.due);
        break;
    case SM_DUE_ACCEPT:
        sm_decide_take_away(d, fallen->conv, SM_CAUSE_ACCEPT_TIMEOUT, NULL, fallen->item.due);
        break;
    case SM_DUE_OFFER:
        event = sm_decide_event_of(d, SM_EVENT_TRANSFER_DECLINED, c->id);
        event->agent = g_strdup(c->offered_to);
        event->cause = SM_CAUSE_DUE;
        event->due = fallen->item.due;
        break;
    case SM_DUE_WARN:
        clock_event(d, fallen, SM_EVENT_TURN_WARNED);
        break;
    case SM_DUE_BREACH:
        clock_event(d, fallen, SM_EVENT_TURN_BREACHED);
        break;
    case SM_DUE_ANSWER:
        answer(d, fallen);
        break;
    case SM_DUE_QUEUE_BREACH:
        event = sm_decide_event_of(d, SM_EVENT_QUEUE_BREACHED, c->id);
        event->team = g_strdup(c->team);
        event->due = fallen->item.due;
        break;
    }
}

void sm_decide_tick(SmDecision *d)
{
    int64_t until;

    if (!sm_decide_above(d)) {
        sm_refuse(d, SM_PROBLEM_FORBIDDEN, NULL, "Only the desk's own clock may do this.");
        return;
    }
    if (sm_desk_next_due(d->desk) > d->now) {
        sm_refuse(d, SM_PROBLEM_WRONG_STATE, NULL, "Nothing is due.");
        return;
    }
    GArray *fallen = collect(d, &until);
    for (guint i = 0; i < fallen->len; i++) {
        const Fallen *next = &g_array_index(fallen, Fallen, i);
        if (next->item.due > until || d->record->events->len + 2 > SM_MAX_EVENTS_PER_RECORD) {
            break;
        }
        emit(d, next);
    }
    /* What fell due may have changed who waits and who is free: the rest looks at that in a record of its own. */
    if (fallen->len == 0) {
        sm_decide_notices_due(d);
        sm_decide_visitors_due(d);
    }
    if (d->record->events->len == 0) {
        sm_decide_route(d);
    }
    g_array_unref(fallen);
}
