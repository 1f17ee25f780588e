/* SPDX-License-Identifier: MIT */
/* due: what falls due in a conversation and when; the heap of it, and the tick. */
#include <string.h>

#include "desk/desk_private.h"
#include "seatmux/base/bug.h"

static guint add(SmDueItem *items, guint n, SmDueKind kind, int64_t due, int64_t level)
{
    if (due < 0 || due == INT64_MAX) {
        return n;
    }
    items[n] = (SmDueItem){.kind = kind, .due = due, .level = level};
    return n + 1;
}

/* Warnings and breach, once per turn, level and owner. */
static guint add_reply(const SmConv *conv, const SmDeadline *d, SmDueItem *items, guint n)
{
    const SmTurn *turn = sm_turns_open(conv->c.turns);
    int64_t half, high;

    if (!turn || !conv->c.owner) {
        return n;
    }
    int64_t fired = sm_conv_fired(conv, turn->number, conv->c.owner);
    if (fired < 80) {
        sm_deadline_warnings(d, &half, &high);
        n = fired < 50 ? add(items, n, SM_DUE_WARN, half, 50) : n;
        n = add(items, n, SM_DUE_WARN, high, 80);
    }
    return fired < 100 + SM_BUG(30) ? add(items, n, SM_DUE_BREACH, d->due, 100) : n;
}

static guint add_clock(const SmConv *conv, SmDueItem *items, guint n)
{
    SmDeadline d = sm_conversation_deadline(&conv->c);

    if (d.kind == SM_CLOCK_REPLY) {
        return add_reply(conv, &d, items, n);
    }
    if (d.kind == SM_CLOCK_QUEUE && conv->queue_breached != sm_turns_stays(conv->c.turns)) {
        return add(items, n, SM_DUE_QUEUE_BREACH, d.due, 0);
    }
    return n;
}

/* When time is over that somebody was given: `least` of it, if it ended while nobody was heard. */
static int64_t over(const SmDesk *desk, int64_t from, int64_t given, int64_t least)
{
    return from < desk->up_since ? MAX(from + given, desk->up_since + least) : from + given;
}

/* An owner who was removed, or is offline for longer than policy allows, loses the chat. */
static guint add_release(const SmDesk *desk, const SmConv *conv, SmDueItem *items, guint n)
{
    const SmAgentNode *node = sm_desk_find_node(desk, conv->c.owner);

    if (!node || !node->known) {
        return add(items, n, SM_DUE_RELEASE, node ? node->a.availability_since : 0, 0);
    }
    if (node->a.availability == SM_AVAILABLE_OFFLINE && desk->policy->offline_release >= 0) {
        int64_t given = desk->policy->offline_release;
        return add(items, n, SM_DUE_RELEASE, over(desk, node->a.availability_since, given, MIN(given, SM_BACK_MS)), 0);
    }
    return n;
}

static int64_t queue_due(const SmConversation *c)
{
    SmDeadline deadline = sm_conversation_deadline(c);
    return deadline.kind == SM_CLOCK_QUEUE ? deadline.due : INT64_MAX;
}

/* Earliest queue deadline, then longest wait, then id. */
gboolean sm_queue_before(const SmConversation *a, const SmConversation *b)
{
    int64_t x = queue_due(a), y = queue_due(b);

    if (x != y) {
        return x < y;
    }
    return a->queued != b->queued ? (a->queued < b->queued) ^ SM_BUG(31) : strcmp(a->id, b->id) < 0;
}

/* Who was given a chat by the desk and lets it lie. */
static guint add_accept(const SmDesk *desk, const SmConv *conv, SmDueItem *items, guint n)
{
    const SmTeam *team = conv->routed ? sm_policy_team(desk->policy, conv->c.team) : NULL;

    return team && team->accept_within >= 0 && conv->c.state == SM_STATE_OPEN
               ? add(items, n, SM_DUE_ACCEPT,
                     over(desk, conv->c.assigned, team->accept_within, MAX(team->accept_within, SM_BACK_MS)), 0)
               : n;
}

/* An answer to a left message waits for its customer, and for a while after they came. */
static int64_t archive_due(const SmConv *conv)
{
    return conv->c.unseen ? conv->ended + SM_UNSEEN_KEEP_MS
                          : MAX(conv->ended, conv->seen_at) + SM_REOPEN_MS;
}

guint sm_conv_due(const SmDesk *desk, const SmConv *conv, SmDueItem items[SM_DUE_ITEMS])
{
    const SmConversation *c = &conv->c;
    guint n = 0;

    if (c->archived || conv->installed) {
        return 0;
    }
    if (conv->ended >= 0) {
        return add(items, n, SM_DUE_ARCHIVE, archive_due(conv), 0);
    }
    if (c->state == SM_STATE_QUEUED && !c->offline && c->left >= 0 && c->left >= c->queued) {
        n = add(items, n, SM_DUE_ABANDON, c->left + SM_ABANDON_MS, 0);
    }
    if (c->state == SM_STATE_SNOOZED) {
        n = add(items, n, SM_DUE_WAKE, c->snoozed_until, 0);
    }
    if (c->offered_to) {
        n = add(items, n, SM_DUE_OFFER, c->offer_until, 0);
    }
    if (c->owner) {
        n = add_release(desk, conv, items, n);
        n = add_accept(desk, conv, items, n);
    }
    guint which = 0;
    int64_t answer = sm_answer_due(desk, conv, &which);
    n = add(items, n, SM_DUE_ANSWER, answer, which);
    return add_clock(conv, items, n);
}

void sm_desk_refresh_due(SmDesk *desk, SmConv *conv)
{
    SmDueItem items[SM_DUE_ITEMS];
    guint n = sm_conv_due(desk, conv, items);
    int64_t first = INT64_MAX;

    for (guint i = 0; i < n; i++) {
        first = MIN(first, items[i].due);
    }
    if (n == 0) {
        sm_heap_remove(desk->heap, &conv->c.due);
    } else if (conv->c.due.place == 0 || conv->c.due.due != first) {
        sm_heap_set(desk->heap, &conv->c.due, first, (uint64_t)conv->c.first_seq);
    }
}

void sm_desk_set_up_since(SmDesk *desk, int64_t at)
{
    desk->up_since = at;
    sm_desk_refresh_all(desk);
}

void sm_desk_refresh_all(SmDesk *desk)
{
    const GPtrArray *all = sm_desk_conversations(desk);

    for (guint i = 0; i < all->len; i++) {
        sm_desk_refresh_due(desk, all->pdata[i]);
    }
}
