/* SPDX-License-Identifier: MIT */
/* decide_owner: who has a conversation. Each command is one step: of a hundred who claim at once,
 * one gets it and the others are told who. */
#include "desk/decide.h"

#include <string.h>

#include "desk/route.h"
#include "seatmux/base/limits.h"

/* --- Pieces ------------------------------------------------------------------------------------
 */

static void assign(SmDecision *d, const SmConv *conv, const char *agent, SmCause cause,
                   const char *team)
{
    SmEvent *event = sm_decide_event_of(d, SM_EVENT_CONVERSATION_ASSIGNED, conv->c.id);
    const char *by = sm_decide_by(d);

    event->agent = g_strdup(agent);
    event->by = g_strcmp0(by, agent) == 0 ? NULL : g_strdup(by);
    event->cause = cause;
    event->team = g_strcmp0(team, conv->c.team) == 0 ? NULL : g_strdup(team);
}

void sm_decide_take_away(SmDecision *d, const SmConv *conv, SmCause cause, const char *team,
                         int64_t due)
{
    SmEvent *event;

    if (conv->c.owner) {
        event = sm_decide_event_of(d, SM_EVENT_CONVERSATION_UNASSIGNED, conv->c.id);
        event->agent = g_strdup(conv->c.owner);
        event->by = g_strdup(sm_decide_by(d));
        event->cause = cause;
        event->due = due;
    }
    /* A left message goes on having no clock. */
    event = sm_decide_event_of(
        d, conv->c.offline ? SM_EVENT_OFFLINE_LEFT : SM_EVENT_CONVERSATION_QUEUED, conv->c.id);
    event->by = g_strdup(sm_decide_by(d));
    event->team = g_strdup(team ? team : conv->c.team);
    event->cause = cause;
    event->due = due;
}

/* Somebody has it: says who. */
static gboolean need_unowned(SmDecision *d)
{
    const char *owner = d->conv->c.owner;

    if (!owner) {
        return TRUE;
    }
    sm_refuse(d, SM_PROBLEM_ALREADY_ASSIGNED, NULL, "%s has this conversation already.",
              sm_decide_is_owner(d) ? "You are the one who" : owner);
    sm_refuse_data(d, json_pack("{s:s}", "owner", owner));
    return FALSE;
}

static gboolean need_here(SmDecision *d, const SmAgent *agent)
{
    return agent->availability != SM_AVAILABLE_OFFLINE ||
           sm_refuse(d, SM_PROBLEM_UNAVAILABLE, NULL,
                     "You are offline; set yourself online first.");
}

static gboolean need_agent(SmDecision *d)
{
    return d->agent || sm_refuse(d, SM_PROBLEM_FORBIDDEN, NULL,
                                 "Only somebody who works here can have a conversation.");
}

/* The one who is to get it: known, of the team, online, with room. */
static const SmAgent *need_target(SmDecision *d, const char *team)
{
    const SmAgent *target = sm_desk_agent(d->desk, d->command->agent);

    if (!target) {
        sm_refuse(d, SM_PROBLEM_NOT_FOUND, "agent", "There is no such agent.");
    } else if (!sm_agent_in_team(target, team)) {
        sm_refuse(d, SM_PROBLEM_UNAVAILABLE, "agent", "%s is not in the team %s.", target->id,
                  team);
    } else if (target->availability != SM_AVAILABLE_ONLINE) {
        sm_refuse(d, SM_PROBLEM_UNAVAILABLE, "agent", "%s is %s.", target->id,
                  sm_availability_name(target->availability));
    } else if (sm_need_training(d, target) && sm_need_free(d, target)) {
        return target;
    }
    return NULL;
}

/* --- Claiming ----------------------------------------------------------------------------------
 */

static void claim(SmDecision *d)
{
    if (need_agent(d) && sm_need_may(d, SM_MAY_CLAIM, "claim conversations") &&
        sm_need_training(d, d->agent) && need_here(d, d->agent) && sm_need_free(d, d->agent)) {
        assign(d, d->conv, d->agent->id, SM_CAUSE_CLAIM, NULL);
    }
}

void sm_decide_claim(SmDecision *d)
{
    if (!sm_need_staff(d) || !sm_need_running(d) || !need_unowned(d)) {
        return;
    }
    if (d->agent && !sm_agent_in_team(d->agent, d->conv->c.team)) {
        sm_refuse(d, SM_PROBLEM_FORBIDDEN, NULL, "You are not in the team %s.", d->conv->c.team);
        return;
    }
    claim(d);
}

static const SmConv *next_waiting(const SmDecision *d)
{
    const SmConversation *best = NULL;

    for (guint i = 0; i < d->desk->sorted->len; i++) {
        const SmConversation *c = d->desk->sorted->pdata[i];
        if (c->state == SM_STATE_QUEUED && !c->offline && sm_agent_in_team(d->agent, c->team) &&
            (!d->command->team || g_str_equal(d->command->team, c->team)) &&
            (d->agent->role != SM_ROLE_TRAINEE || c->training) && (!best || sm_queue_before(c, best))) {
            best = c;
        }
    }
    return (const SmConv *)best;
}

void sm_decide_claim_next(SmDecision *d)
{
    const char *team = d->command->team;

    if (!need_agent(d)) {
        return;
    }
    if (team && !sm_agent_in_team(d->agent, team)) {
        sm_refuse(d, SM_PROBLEM_FORBIDDEN, "team", "You are not in that team.");
        return;
    }
    d->conv = next_waiting(d);
    if (!d->conv) {
        sm_refuse(d, SM_PROBLEM_QUEUE_EMPTY, NULL, "Nobody is waiting in your queues.");
        return;
    }
    claim(d);
}

/* --- By the desk itself -------------------------------------------------------------------------
 */

void sm_decide_route(SmDecision *d)
{
    g_autoptr(GPtrArray) waiting = sm_route_waiting(d->desk);
    g_autoptr(SmRouter) router = sm_router_new(d->desk);

    for (guint i = 0; i < waiting->len && d->record->events->len < SM_MAX_EVENTS_PER_RECORD; i++) {
        const char *agent = sm_router_pick(router, waiting->pdata[i]);
        if (agent) {
            assign(d, waiting->pdata[i], agent, SM_CAUSE_ROUTING, NULL);
        }
    }
}

/* --- Giving and taking -------------------------------------------------------------------------
 */

void sm_decide_assign(SmDecision *d)
{
    if (!sm_need_staff(d) || !sm_need_running(d) || !need_unowned(d)) {
        return;
    }
    if (d->agent && g_strcmp0(d->command->agent, d->agent->id) == 0) {
        sm_decide_claim(d);
        return;
    }
    if (!sm_decide_leads(d, SM_MAY_ASSIGN_OTHERS)) {
        sm_refuse(d, SM_PROBLEM_FORBIDDEN, NULL, "Your role may not assign to others; claim it.");
        return;
    }
    const SmAgent *target = need_target(d, d->conv->c.team);
    if (target) {
        gboolean routed = d->command->actor.kind == SM_ACTOR_DESK;
        assign(d, d->conv, target->id, routed ? SM_CAUSE_ROUTING : SM_CAUSE_ASSIGN, NULL);
    }
}

static gboolean need_transferable(SmDecision *d)
{
    gboolean waits = d->conv->c.state == SM_STATE_QUEUED && !d->command->agent && d->command->team;

    if (!d->conv->c.owner && !waits) {
        return sm_refuse(d, SM_PROBLEM_WRONG_STATE, NULL,
                         "Nobody has this conversation; assign it instead.");
    }
    return TRUE;
}

static void summarise(SmDecision *d)
{
    if (d->command->text && *d->command->text) {
        g_autofree char *id = sm_id_new(d->ids, "m");
        sm_decide_note(d, SM_EVENT_NOTE_POSTED, id, d->command->text);
    }
}

static void transfer_to_team(SmDecision *d, const char *team)
{
    if (!d->conv->c.owner && g_str_equal(team, d->conv->c.team)) {
        sm_refuse(d, SM_PROBLEM_WRONG_STATE, NULL, "It waits in that team's queue already.");
        return;
    }
    summarise(d);
    sm_decide_take_away(d, d->conv, SM_CAUSE_TRANSFER, team, 0);
}

static void transfer_to_agent(SmDecision *d, const char *team)
{
    if (g_strcmp0(d->command->agent, d->conv->c.owner) == 0) {
        sm_refuse(d, SM_PROBLEM_WRONG_STATE, NULL, "%s has it already.", d->conv->c.owner);
        return;
    }
    const SmAgent *target = need_target(d, team);
    gboolean asks = d->command->offer || (d->desk->policy->transfer_within >= 0 && !sm_decide_leads(d, SM_MAY_ASSIGN_OTHERS));
    if (!target) {
        return;
    }
    summarise(d);
    if (asks) {
        sm_decide_offer(d, target, team);
    } else {
        assign(d, d->conv, target->id, SM_CAUSE_TRANSFER, team);
    }
}

void sm_decide_transfer(SmDecision *d)
{
    const SmCommand *command = d->command;
    gboolean to_self = d->agent && g_strcmp0(command->agent, d->agent->id) == 0;

    if (!sm_need_staff(d) || !sm_need_running(d)) {
        return;
    }
    if (to_self && !sm_decide_is_owner(d)) { /* assigning to oneself is taking over */
        sm_decide_take_over(d);
        return;
    }
    if (!need_transferable(d) || !sm_need_may(d, SM_MAY_TRANSFER, "transfer") ||
        !sm_need_owner_or(d, SM_MAY_ASSIGN_OTHERS, "transfer") ||
        (command->text && *command->text && !sm_need_text(d, command->text, FALSE))) {
        return;
    }
    if (command->team && !sm_policy_team(d->desk->policy, command->team)) {
        sm_refuse(d, SM_PROBLEM_INVALID, "team", "There is no such team.");
    } else if (command->agent) {
        transfer_to_agent(d, command->team ? command->team : d->conv->c.team);
    } else if (command->team) {
        transfer_to_team(d, command->team);
    } else {
        sm_refuse(d, SM_PROBLEM_INVALID, "agent", "Say to whom: 'agent', 'team' or both.");
    }
}

void sm_decide_release(SmDecision *d)
{
    if (!sm_need_staff(d) || !sm_need_running(d) ||
        !sm_need_reason(d, "reason", d->command->reason)) {
        return;
    }
    if (!d->conv->c.owner) {
        sm_refuse(d, SM_PROBLEM_WRONG_STATE, NULL, "Nobody has this conversation.");
        return;
    }
    if (sm_need_owner_or(d, SM_MAY_ASSIGN_OTHERS, "release")) {
        sm_decide_take_away(d, d->conv, SM_CAUSE_RELEASE, NULL, 0);
        SmEvent *event = d->record->events->pdata[0];
        event->reason = g_strdup(d->command->reason);
    }
}

void sm_decide_take_over(SmDecision *d)
{
    if (!sm_need_staff(d) || !sm_need_running(d) || !need_agent(d) ||
        !sm_need_may(d, SM_MAY_TAKE_OVER, "take over")) {
        return;
    }
    if (sm_decide_is_owner(d)) {
        sm_refuse(d, SM_PROBLEM_WRONG_STATE, NULL, "You have it already.");
        return;
    }
    if (!d->conv->c.owner) {
        sm_refuse(d, SM_PROBLEM_WRONG_STATE, NULL, "Nobody has this conversation; claim it.");
        return;
    }
    if (!sm_agent_in_team(d->agent, d->conv->c.team)) {
        sm_refuse(d, SM_PROBLEM_FORBIDDEN, NULL, "You are not in the team %s.", d->conv->c.team);
        return;
    }
    if (sm_need_training(d, d->agent) && need_here(d, d->agent) && sm_need_free(d, d->agent)) {
        assign(d, d->conv, d->agent->id, SM_CAUSE_TAKE_OVER, NULL);
    }
}
