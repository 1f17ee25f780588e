/* SPDX-License-Identifier: MIT */
/* decide_people: several people in one conversation: inviting a colleague, asking one for advice, and offering one the
 * conversation, who takes it or says no. */
#include "desk/decide.h"

#include "seatmux/base/limits.h"

#define OFFER_MS 60000 /* an offer stands so long where the policy says nothing */

static const SmAgent *need_colleague(SmDecision *d)
{
    const SmAgent *agent = sm_desk_agent(d->desk, d->command->agent);

    if (!agent) {
        sm_refuse(d, SM_PROBLEM_NOT_FOUND, "agent", "There is no such agent.");
    } else if (agent->availability == SM_AVAILABLE_OFFLINE) {
        sm_refuse(d, SM_PROBLEM_UNAVAILABLE, "agent", "%s is offline.", agent->id);
        agent = NULL;
    }
    return agent;
}

void sm_decide_invite(SmDecision *d)
{
    if (!sm_need_staff(d) || !sm_need_running(d) || !sm_need_owner_or(d, SM_MAY_ASSIGN_OTHERS, "invite somebody into")) {
        return;
    }
    const SmConversation *c = &d->conv->c;
    const SmAgent *agent = need_colleague(d);
    if (!agent || (!d->command->consult && !sm_need_training(d, agent))) {
        return;
    }
    const SmParticipant *there = sm_conversation_participant(c, agent->id);
    if (g_strcmp0(agent->id, c->owner) == 0) {
        sm_refuse(d, SM_PROBLEM_WRONG_STATE, "agent", "%s has this conversation.", agent->id);
    } else if (there && there->consult == d->command->consult) {
        sm_refuse(d, SM_PROBLEM_WRONG_STATE, "agent", "%s is in this conversation already.", agent->id);
    } else if (!there && c->participants->len >= SM_MAX_PARTICIPANTS) {
        sm_refuse(d, SM_PROBLEM_TOO_LARGE, "PARTICIPANTS", "At most %d colleagues can be in a conversation.", SM_MAX_PARTICIPANTS);
    } else {
        SmEvent *event = sm_decide_event(d, SM_EVENT_PARTICIPANT_INVITED);
        event->agent = g_strdup(agent->id);
        event->by = g_strdup(sm_decide_by(d));
        event->flag = d->command->consult;
    }
}

void sm_decide_dismiss(SmDecision *d)
{
    if (!sm_need_staff(d)) {
        return;
    }
    const char *agent = d->command->agent ? d->command->agent : sm_decide_by(d);
    gboolean self = d->agent && g_strcmp0(agent, d->agent->id) == 0;
    if (!self && !sm_need_owner_or(d, SM_MAY_ASSIGN_OTHERS, "send somebody out of")) {
        return;
    }
    if (!sm_conversation_participant(&d->conv->c, agent)) {
        sm_refuse(d, SM_PROBLEM_WRONG_STATE, "agent", "%s was not invited into this conversation.", self ? "You" : "That agent");
        return;
    }
    SmEvent *event = sm_decide_event(d, SM_EVENT_PARTICIPANT_LEFT);
    event->agent = g_strdup(agent);
    event->by = self ? NULL : g_strdup(sm_decide_by(d));
}

/* The owner keeps it, and the clock with it, until the other one says yes. */
void sm_decide_offer(SmDecision *d, const SmAgent *target, const char *team)
{
    const SmConversation *c = &d->conv->c;
    int64_t within = d->desk->policy->transfer_within >= 0 ? d->desk->policy->transfer_within : OFFER_MS;

    if (c->offered_to) {
        sm_refuse(d, SM_PROBLEM_WRONG_STATE, NULL, "%s is asked already; wait, or take the offer back.", c->offered_to);
        return;
    }
    SmEvent *event = sm_decide_event(d, SM_EVENT_TRANSFER_OFFERED);
    event->agent = g_strdup(target->id);
    event->by = g_strdup(sm_decide_by(d));
    event->team = g_strcmp0(team, c->team) == 0 ? NULL : g_strdup(team);
    event->until = d->now + within;
}

static gboolean need_offer(SmDecision *d)
{
    return d->conv->c.offered_to ||
           sm_refuse(d, SM_PROBLEM_WRONG_STATE, NULL, "Nobody is asked to take this conversation; the time may be over.");
}

void sm_decide_accept(SmDecision *d)
{
    if (!sm_need_staff(d) || !sm_need_running(d) || !need_offer(d)) {
        return;
    }
    const SmConversation *c = &d->conv->c;
    if (!d->agent || g_strcmp0(c->offered_to, d->agent->id) != 0) {
        sm_refuse(d, SM_PROBLEM_FORBIDDEN, NULL, "%s is asked, not you.", c->offered_to);
        return;
    }
    if (d->agent->availability == SM_AVAILABLE_OFFLINE) {
        sm_refuse(d, SM_PROBLEM_UNAVAILABLE, NULL, "You are offline; set yourself online first.");
        return;
    }
    if (sm_need_free(d, d->agent)) {
        SmEvent *event = sm_decide_event(d, SM_EVENT_CONVERSATION_ASSIGNED);
        event->agent = g_strdup(d->agent->id);
        event->by = g_strdup(c->offered_by);
        event->cause = SM_CAUSE_TRANSFER;
        event->team = g_strdup(c->offered_team);
    }
}

void sm_decide_decline(SmDecision *d)
{
    if (!sm_need_staff(d) || !need_offer(d) || !sm_need_reason(d, "reason", d->command->reason)) {
        return;
    }
    gboolean asked = d->agent && g_strcmp0(d->conv->c.offered_to, d->agent->id) == 0;
    if (!asked && !sm_need_owner_or(d, SM_MAY_ASSIGN_OTHERS, "take back the offer of")) {
        return;
    }
    SmEvent *event = sm_decide_event(d, SM_EVENT_TRANSFER_DECLINED);
    event->agent = g_strdup(d->conv->c.offered_to);
    event->by = asked ? NULL : g_strdup(sm_decide_by(d));
    event->reason = g_strdup(d->command->reason);
    event->cause = asked ? SM_CAUSE_STAFF : SM_CAUSE_RELEASE;
}
