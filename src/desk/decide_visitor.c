/* SPDX-License-Identifier: MIT */
/* decide_visitor: an agent invites somebody who looks at the shop's pages. It is a claim made before the customer writes, so
 * who may claim may invite, and a place must be free for it. */
#include "desk/decide.h"

#include <string.h>

#include "seatmux/desk/visitor.h"

static const SmInvitation *standing(const SmDesk *desk, const char *visit)
{
    for (guint i = 0; i < desk->invitations->len; i++) {
        const SmInvitation *one = desk->invitations->pdata[i];
        if (g_strcmp0(one->visit, visit) == 0) {
            return one;
        }
    }
    return NULL;
}

static gboolean need_inviter(SmDecision *d)
{
    if (d->command->actor.kind == SM_ACTOR_CUSTOMER || !d->agent) {
        return sm_refuse(d, SM_PROBLEM_FORBIDDEN, NULL, "Only somebody who works here can invite.");
    }
    if (!sm_need_may(d, SM_MAY_CLAIM, "claim conversations, and so not invite")) {
        return FALSE;
    }
    if (!d->command->visit || !d->command->inbox || !sm_desk_may_watch(d->desk, d->agent, d->command->inbox)) {
        return sm_refuse(d, SM_PROBLEM_NOT_FOUND, NULL, "There is no such visitor.");
    }
    if (d->agent->availability != SM_AVAILABLE_ONLINE) {
        return sm_refuse(d, SM_PROBLEM_UNAVAILABLE, NULL, "You are %s; set yourself online first.",
                         sm_availability_name(d->agent->availability));
    }
    return sm_need_free(d, d->agent);
}

void sm_decide_visitor_invite(SmDecision *d)
{
    const SmCommand *command = d->command;

    if (!need_inviter(d) || !sm_need_text(d, command->text, FALSE)) {
        return;
    }
    const SmInvitation *other = standing(d->desk, command->visit);
    if (other) {
        sm_refuse(d, SM_PROBLEM_WRONG_STATE, NULL, "%s has invited this visitor, who has not answered yet.", other->agent);
        return;
    }
    if (d->desk->invitations->len >= SM_MAX_INVITATIONS) {
        sm_refuse(d, SM_PROBLEM_TOO_LARGE, "INVITATIONS", "%d invitations are not answered yet.", SM_MAX_INVITATIONS);
        return;
    }
    SmEvent *event = sm_decide_event_of(d, SM_EVENT_VISITOR_INVITED, NULL);
    event->agent = g_strdup(d->agent->id);
    event->inbox = g_strdup(command->inbox);
    event->team = g_strdup(sm_policy_inbox(d->desk->policy, command->inbox)->team);
    event->message = g_strdup(command->visit);
    event->notice = sm_id_new(d->ids, "n");
    event->until = d->now + SM_INVITATION_MS;
}

static SmEvent *answered(SmDecision *d, const SmInvitation *one, SmCause cause)
{
    SmEvent *event = sm_decide_event_of(d, SM_EVENT_VISITOR_ANSWERED, NULL);

    event->notice = g_strdup(one->id);
    event->agent = g_strdup(one->agent);
    event->team = g_strdup(one->team);
    event->cause = cause;
    return event;
}

void sm_decide_visitor_refuse(SmDecision *d)
{
    const SmInvitation *one = sm_desk_invitation(d->desk, d->command->notice);

    if (!sm_decide_above(d)) {
        sm_refuse(d, SM_PROBLEM_FORBIDDEN, NULL, "Only the visitor refuses an invitation.");
    } else if (!one) {
        sm_refuse(d, SM_PROBLEM_NOT_FOUND, NULL, "There is no such invitation.");
    } else {
        answered(d, one, SM_CAUSE_REFUSED);
    }
}

void sm_decide_visitors_due(SmDecision *d)
{
    for (guint i = 0; i < d->desk->invitations->len && d->record->events->len < SM_MAX_EVENTS_PER_RECORD; i++) {
        const SmInvitation *one = d->desk->invitations->pdata[i];
        if (one->until <= d->now) {
            answered(d, one, SM_CAUSE_DUE)->due = one->until;
        }
    }
}

/* --- It is accepted: the start of a conversation -----------------------------------------------
 */

static gboolean is_assigned(const SmDecision *d, const char *conversation)
{
    const SmConv *conv = sm_desk_find(d->desk, conversation);
    gboolean owned = conv && conv->c.owner && conv->c.state != SM_STATE_RESOLVED;

    for (guint i = 0; i < d->record->events->len; i++) {
        const SmEvent *event = d->record->events->pdata[i];
        owned |= event->type == SM_EVENT_CONVERSATION_ASSIGNED;
    }
    return owned;
}

static const char *inbox_of(const SmDecision *d, const char *conversation)
{
    const SmConv *conv = sm_desk_find(d->desk, conversation);

    return conv ? conv->c.inbox : ((const SmEvent *)d->record->events->pdata[0])->inbox;
}

static gboolean can_have(const SmDecision *d, const SmAgent *agent, const char *inbox)
{
    return sm_desk_may_watch(d->desk, agent, inbox) && agent->availability == SM_AVAILABLE_ONLINE && agent->chats < sm_desk_capacity(d->desk, agent);
}

/* What the invitation said is the first thing that was said: the customer answers it. */
static void said(SmDecision *d, const char *conversation, const SmInvitation *one)
{
    const SmConv *conv = sm_desk_find(d->desk, conversation);
    SmEvent *event = sm_decide_event_of(d, SM_EVENT_MESSAGE_POSTED, conversation);

    event->message = sm_id_new(d->ids, "m");
    event->author = SM_AUTHOR_AGENT;
    event->agent = g_strdup(one->agent);
    event->kind = SM_MESSAGE_TEXT;
    event->n = (conv ? conv->c.version : 0) + (d->command->text ? 2 : 1);
    sm_decide_content(d, event, d->command->words);
}

/* Whoever invited and can't have it any more leaves it to the queue. */
void sm_decide_visitor_taken(SmDecision *d)
{
    const SmInvitation *one = sm_desk_invitation(d->desk, d->command->notice);

    if (d->refusal || !one || d->record->events->len == 0) {
        return;
    }
    g_autofree char *conversation = g_strdup(((const SmEvent *)d->record->events->pdata[0])->conversation);
    if (!is_assigned(d, conversation) && can_have(d, sm_desk_agent(d->desk, one->agent), inbox_of(d, conversation))) {
        SmEvent *event = sm_decide_event_of(d, SM_EVENT_CONVERSATION_ASSIGNED, conversation);
        event->agent = g_strdup(one->agent);
        event->cause = SM_CAUSE_INVITATION;
    }
    if (d->command->words) {
        said(d, conversation, one);
    }
    answered(d, one, SM_CAUSE_ACCEPTED);
}

/* --- Counts ------------------------------------------------------------------------------------
 */

void sm_decide_traffic(SmDecision *d)
{
    if (!sm_decide_above(d) || !json_is_object(d->command->data)) {
        sm_refuse(d, SM_PROBLEM_FORBIDDEN, NULL, "Only the desk counts its traffic.");
        return;
    }
    SmEvent *event = sm_decide_event_of(d, SM_EVENT_TRAFFIC_COUNTED, NULL);
    event->since = d->command->since;
    event->data = json_incref(d->command->data);
}
