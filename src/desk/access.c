/* SPDX-License-Identifier: MIT */
/* access: who sees what, from intervals that are part of the fold. Live delivery and replay ask the
 * same question, so they can't differ. */
#include "desk/desk_private.h"
#include "seatmux/base/bug.h"

#include <string.h>

void sm_conv_access_open(SmConv *conv, SmAudience kind, const char *id, int64_t from)
{
    SmAccess access = {.kind = kind, .id = g_strdup(id), .from = from, .to = INT64_MAX};
    g_array_append_val(conv->c.access, access);
}

static void close_at(SmConv *conv, guint i, int64_t seq)
{
    SmAccess *access = &g_array_index(conv->c.access, SmAccess, i);

    if (access->from >= seq) {
        g_array_remove_index(conv->c.access, i); /* opened and closed by one record */
    } else {
        access->to = seq - 1 + SM_BUG(26);
    }
}

void sm_conv_access_close(SmConv *conv, SmAudience kind, const char *id, int64_t seq)
{
    for (guint i = conv->c.access->len; i-- > 0;) {
        const SmAccess *access = &g_array_index(conv->c.access, SmAccess, i);
        if (access->kind == kind && access->to == INT64_MAX &&
            (!id || g_str_equal(access->id, id))) {
            close_at(conv, i, seq);
        }
    }
}

void sm_conv_access_close_all(SmConv *conv, int64_t seq)
{
    sm_conv_access_close(conv, SM_AUDIENCE_CONTACT, NULL, seq);
    sm_conv_access_close(conv, SM_AUDIENCE_AGENT, NULL, seq);
    sm_conv_access_close(conv, SM_AUDIENCE_TEAM, NULL, seq);
}

static gboolean is_of(const SmAccess *access, SmActor viewer, const SmAgent *agent)
{
    switch (access->kind) {
    case SM_AUDIENCE_CONTACT:
        return viewer.kind == SM_ACTOR_CUSTOMER && g_str_equal(access->id, viewer.id);
    case SM_AUDIENCE_AGENT:
        return agent && g_str_equal(access->id, agent->id);
    default:
        return agent && agent->role == SM_ROLE_SUPERVISOR && sm_agent_in_team(agent, access->id);
    }
}

gboolean sm_desk_sees(const SmDesk *desk, SmActor viewer, const SmConversation *c, int64_t seq)
{
    const SmConv *conv = (const SmConv *)c;

    if (c->archived && seq == 0) {
        return FALSE;
    }
    if (viewer.kind == SM_ACTOR_DESK || viewer.kind == SM_ACTOR_ADMIN || conv->installed) {
        return TRUE;
    }
    if (!viewer.id) {
        return FALSE;
    }
    const SmAgent *agent = viewer.kind == SM_ACTOR_STAFF ? sm_desk_agent(desk, viewer.id) : NULL;
    for (guint i = c->access->len; i-- > 0;) {
        const SmAccess *access = &g_array_index(c->access, SmAccess, i);
        gboolean holds =
            seq > 0 ? access->from <= seq && seq <= access->to : access->to == INT64_MAX;
        if (holds && is_of(access, viewer, agent)) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean sm_desk_saw(const SmDesk *desk, SmActor viewer, const char *conversation)
{
    const SmConv *conv = sm_desk_find(desk, conversation);
    const SmAgent *agent = viewer.kind == SM_ACTOR_STAFF ? sm_desk_agent(desk, viewer.id) : NULL;

    for (guint i = 0; conv && viewer.id && i < conv->c.access->len; i++) {
        if (is_of(&g_array_index(conv->c.access, SmAccess, i), viewer, agent)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* An erasure tells a customer nothing but that one of the messages they saw is gone. */
static gboolean customer_may(const SmEvent *event)
{
    return (sm_event_seen(event->type) == SM_SEEN_PUBLIC || SM_BUG(27)) &&
           !(event->type == SM_EVENT_CONTENT_ERASED && event->flag);
}

gboolean sm_desk_visible(const SmDesk *desk, SmActor viewer, const SmEvent *event, int64_t seq)
{
    SmSeen seen = sm_event_seen(event->type);

    if (viewer.kind == SM_ACTOR_DESK || viewer.kind == SM_ACTOR_ADMIN) {
        return TRUE;
    }
    if (seen == SM_SEEN_NOBODY) {
        return FALSE;
    }
    if (seen == SM_SEEN_DESK) {
        return viewer.kind == SM_ACTOR_STAFF && sm_desk_agent(desk, viewer.id) != NULL;
    }
    const SmConv *conv = sm_desk_find(desk, event->conversation);
    if (seen == SM_SEEN_REVIEW) {
        return conv && viewer.kind == SM_ACTOR_STAFF && sm_desk_agent(desk, viewer.id) &&
               (g_strcmp0(event->agent, viewer.id) == 0 || g_strcmp0(event->by, viewer.id) == 0 ||
                sm_desk_may_review(desk, viewer, &conv->c));
    }
    if (!conv || (viewer.kind == SM_ACTOR_CUSTOMER && !customer_may(event))) {
        return FALSE;
    }
    /* Whispers: those of the staff who see a conversation are its owner and the team's supervisors.
     */
    return sm_desk_sees(desk, viewer, &conv->c, seq);
}

gboolean sm_desk_sees_points(const SmDesk *desk, SmActor viewer, const char *agent)
{
    if (viewer.kind == SM_ACTOR_DESK || viewer.kind == SM_ACTOR_ADMIN) {
        return TRUE;
    }
    const SmAgent *who = viewer.kind == SM_ACTOR_STAFF ? sm_desk_agent(desk, viewer.id) : NULL;
    const SmAgent *of = agent ? sm_desk_agent(desk, agent) : NULL;
    return who && (g_strcmp0(who->id, agent) == 0 ||
                   (of && who->role == SM_ROLE_SUPERVISOR && sm_agents_share_team(who, of)));
}

gboolean sm_desk_shows_anew(const SmDesk *desk, SmActor viewer, const SmEvent *event)
{
    if (viewer.kind != SM_ACTOR_STAFF || event->type != SM_EVENT_AGENT_SET) {
        return FALSE;
    }
    const SmAgent *who = sm_desk_agent(desk, viewer.id), *of = sm_desk_agent(desk, event->agent);
    return g_strcmp0(event->agent, viewer.id) == 0 || (who && who->role == SM_ROLE_SUPERVISOR && of && of->exam.name);
}

gboolean sm_event_differs(const SmEvent *event)
{
    return event->type == SM_EVENT_EXAM_RECORDED || event->type == SM_EVENT_AGENT_SET ||
           sm_event_seen(event->type) == SM_SEEN_REVIEW;
}

gboolean sm_desk_sees_row(const SmDesk *desk, SmActor viewer, const SmConversation *c)
{
    if (c->state != SM_STATE_QUEUED || c->archived || ((const SmConv *)c)->installed) {
        return FALSE;
    }
    if (viewer.kind == SM_ACTOR_DESK || viewer.kind == SM_ACTOR_ADMIN) {
        return TRUE;
    }
    const SmAgent *agent = viewer.kind == SM_ACTOR_STAFF ? sm_desk_agent(desk, viewer.id) : NULL;
    return sm_agent_in_team(agent, c->team) && (agent->role != SM_ROLE_TRAINEE || c->training);
}

gboolean sm_line_is_public(const SmLine *line)
{
    /* A queue makes a line for the staff alone (apply.c). */
    return sm_event_seen(line->event) == SM_SEEN_PUBLIC &&
           line->event != SM_EVENT_CONVERSATION_QUEUED;
}
