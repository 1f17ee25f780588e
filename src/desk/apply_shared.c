/* SPDX-License-Identifier: MIT */
/* apply_shared: what is of the whole desk and not of one conversation: policy and agents. */
#include "desk/desk_private.h"
#include "desk/route.h"

static void refresh_owned(SmDesk *desk, SmAgentNode *node)
{
    GHashTableIter iter;
    gpointer conv;

    g_hash_table_iter_init(&iter, node->owned);
    while (g_hash_table_iter_next(&iter, &conv, NULL)) {
        sm_desk_refresh_due(desk, conv); /* each on its own, so the order does not matter */
    }
}

/* A client may have got a conversation whose clocks run by a policy that comes only now. */
void sm_desk_name_missing_policies(SmDesk *desk)
{
    const GPtrArray *all = sm_desk_conversations(desk);

    for (guint i = 0; i < all->len; i++) {
        SmConv *conv = all->pdata[i];
        if (conv->installed && conv->c.turns) {
            sm_turns_set_policy(conv->c.turns, desk->policy);
        }
    }
}

static void policy_set(SmDesk *desk, const SmEvent *event, int64_t at)
{
    SmPolicy *policy = sm_policy_decode(event->data, NULL);

    if (policy) {
        sm_policy_unref(desk->policy);
        desk->policy = policy;
        sm_desk_refresh_all(desk);
        sm_desk_name_missing_policies(desk);
    }
}

static void agent_set(SmDesk *desk, const SmEvent *event, int64_t at)
{
    SmAgentNode *node = sm_desk_node(desk, event->agent);

    if (!node->known) {
        node->a.availability = node->a.before = SM_AVAILABLE_OFFLINE;
        node->a.availability_since = at;
        node->joined = at;
    }
    node->known = TRUE;
    sm_desk_replace(&node->a.name, event->name);
    node->a.role = event->role;
    node->a.capacity = (int)CLAMP(event->n, 0, G_MAXINT);
    node->a.weight = (int)CLAMP(event->level, 0, G_MAXINT);
    sm_desk_set_names(node->a.teams, json_object_get(event->data, "teams"));
    sm_desk_set_names(node->a.languages, json_object_get(event->data, "languages"));
    sm_ladder_role(&node->a);
    desk->agents_dirty = TRUE;
    refresh_owned(desk, node);
}

static void agent_removed(SmDesk *desk, const SmEvent *event, int64_t at)
{
    SmAgentNode *node = sm_desk_node(desk, event->agent);

    if (node->known) {
        node->known = FALSE;
        sm_ladder_clear(&node->a);
        node->a.availability = node->a.before = SM_AVAILABLE_OFFLINE;
        node->a.availability_since = at;
        desk->agents_dirty = TRUE;
        refresh_owned(desk, node);
    }
}

static void agent_availability(SmDesk *desk, const SmEvent *event, int64_t at)
{
    SmAgentNode *node = sm_desk_node(desk, event->agent);

    if (node->known && node->a.availability != event->availability) {
        gboolean lost = event->availability == SM_AVAILABLE_OFFLINE && g_strcmp0(event->reason, SM_REASON_SESSION) == 0;
        node->a.before = lost ? node->a.availability : SM_AVAILABLE_OFFLINE;
        node->a.availability = event->availability;
        node->a.availability_since = at;
        if (event->availability == SM_AVAILABLE_ONLINE) {
            sm_route_online(node, at);
        }
        refresh_owned(desk, node);
    }
}

static void ladder(SmDesk *desk, const SmEvent *event, int64_t at)
{
    SmAgentNode *node = sm_desk_node(desk, event->agent);

    if (node->known && event->type == SM_EVENT_EXAM_RECORDED) {
        sm_ladder_recorded(&node->a, event, at);
    } else if (node->known) {
        sm_ladder_confirmed(&node->a, event);
    }
}

void sm_desk_apply_shared(SmDesk *desk, const SmEvent *event, int64_t at)
{
    if (event->type == SM_EVENT_POLICY_SET) {
        policy_set(desk, event, at);
        return;
    }
    if (event->notice) {
        sm_notice_apply(desk, event, at);
        return;
    }
    if (!event->agent) {
        return;
    }
    if (event->type == SM_EVENT_AGENT_SET) {
        agent_set(desk, event, at);
    } else if (event->type == SM_EVENT_AGENT_REMOVED) {
        agent_removed(desk, event, at);
    } else if (event->type == SM_EVENT_AGENT_AVAILABILITY) {
        agent_availability(desk, event, at);
    } else if (event->type == SM_EVENT_EXAM_RECORDED || event->type == SM_EVENT_AGENT_CONFIRMED) {
        ladder(desk, event, at);
    }
}
