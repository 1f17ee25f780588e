/* SPDX-License-Identifier: MIT */
/* decide_notice: one answer to many, and the standing first answer of an incident. */
#include "desk/decide.h"

#include <string.h>

#include "seatmux/base/limits.h"

#define INCIDENT_MOST_MS (INT64_C(30) * 86400000)

/* TRUE: staff with this right, or who runs the desk. */
static gboolean need_right(SmDecision *d, SmMay what, const char *doing)
{
    if (d->command->actor.kind == SM_ACTOR_CUSTOMER) {
        return sm_refuse(d, SM_PROBLEM_FORBIDDEN, NULL, "This is for the desk's staff.");
    }
    return sm_need_may(d, what, doing);
}

static SmEvent *notice_event(SmDecision *d, SmEventType type, const char *notice)
{
    SmEvent *event = sm_decide_event_of(d, type, NULL);

    event->notice = g_strdup(notice);
    event->by = g_strdup(sm_decide_by(d));
    return event;
}

/* The line in the chat: by the desk, and of whom it was asked. */
static void post(SmDecision *d, const char *conversation, SmMessageKind kind, const char *notice, const char *by, const char *text)
{
    SmEvent *event = sm_decide_event_of(d, SM_EVENT_MESSAGE_POSTED, conversation);

    event->message = sm_id_new(d->ids, "m");
    event->author = SM_AUTHOR_SYSTEM;
    event->kind = kind;
    event->notice = g_strdup(notice);
    event->by = g_strdup(by);
    sm_decide_content(d, event, text);
}

/* --- Broadcasts --------------------------------------------------------------------------------
 */

static guint running(const SmDesk *desk)
{
    guint n = 0;

    for (guint i = 0; i < desk->broadcasts->len; i++) {
        n += ((const SmBroadcast *)desk->broadcasts->pdata[i])->state == SM_BROADCAST_RUNNING;
    }
    return n;
}

static gboolean need_addressees(SmDecision *d, SmFilter **filter)
{
    const SmCommand *command = d->command;
    g_autoptr(GError) error = NULL;

    if (!command->filter == !command->data) {
        return sm_refuse(d, SM_PROBLEM_INVALID, "conversations", "Say either 'conversations' or 'filter'.");
    }
    *filter = command->filter ? sm_filter_parse(command->filter, &error) : NULL;
    if (error || (*filter && sm_filter_has_events(*filter))) {
        return sm_refuse(d, SM_PROBLEM_INVALID, "filter", "The filter can't be read: %s.",
                         error ? error->message : "event: is of events, here are conversations");
    }
    return TRUE;
}

void sm_decide_broadcast(SmDecision *d)
{
    const SmCommand *command = d->command;
    g_autoptr(SmFilter) filter = NULL;
    g_autoptr(GPtrArray) chosen = g_ptr_array_new_with_free_func(g_free);

    if (!need_right(d, SM_MAY_BROADCAST, "send one answer to many chats") || !sm_need_text(d, command->text, TRUE) ||
        !need_addressees(d, &filter)) {
        return;
    }
    if (command->pace < 0 || command->pace > SM_PACE_MOST) {
        sm_refuse(d, SM_PROBLEM_INVALID, "pace", "The pace is 1 to %d a minute.", SM_PACE_MOST);
        return;
    }
    if (running(d->desk) >= SM_MAX_BROADCASTS) {
        sm_refuse(d, SM_PROBLEM_TOO_LARGE, "BROADCASTS", "%d broadcasts are under way; wait, or stop one.", SM_MAX_BROADCASTS);
        return;
    }
    g_autoptr(json_t) plan = sm_desk_plan_broadcast(d->desk, command->actor, command->data, filter, d->now, chosen);
    if (chosen->len == 0) {
        sm_refuse(d, SM_PROBLEM_WRONG_STATE, NULL, "No chat would get it.");
        sm_refuse_data(d, json_incref(plan));
        return;
    }
    g_autofree char *id = sm_id_new(d->ids, "b");
    SmEvent *event = notice_event(d, SM_EVENT_BROADCAST_STARTED, id);
    event->n = command->pace > 0 ? command->pace : SM_PACE_SHIPPED;
    event->data = sm_json_texts(chosen);
    sm_decide_content(d, event, command->text);
}

void sm_decide_broadcast_stop(SmDecision *d)
{
    const SmBroadcast *b = sm_desk_broadcast(d->desk, d->command->notice);

    if (!need_right(d, SM_MAY_BROADCAST, "stop a broadcast") || !sm_need_reason(d, "reason", d->command->reason)) {
        return;
    }
    if (!b) {
        sm_refuse(d, SM_PROBLEM_NOT_FOUND, NULL, "There is no such broadcast.");
    } else if (d->agent && sm_desk_agent(d->desk, b->by) && g_strcmp0(b->by, d->agent->id) != 0 &&
               !sm_decide_leads_agent(d, sm_desk_agent(d->desk, b->by), "stop another's broadcast")) {
        return;
    } else if (b->state != SM_BROADCAST_RUNNING) {
        sm_refuse(d, SM_PROBLEM_WRONG_STATE, NULL, "That broadcast has ended: %u of %u got it.", b->sent, b->total);
    } else {
        notice_event(d, SM_EVENT_BROADCAST_STOPPED, b->id)->reason = g_strdup(d->command->reason);
    }
}

/* One message; who has ended or gone meanwhile is passed over, and costs no time. */
static void advance(SmDecision *d, const SmBroadcast *b)
{
    const SmAgent *sender = sm_desk_agent(d->desk, b->by);
    guint place = b->place;
    gboolean sent = FALSE;

    while (!sent && place < b->chats->len) {
        const char *id = b->chats->pdata[place++];
        if (!sm_broadcast_why_not(d->desk, sender, sm_desk_find(d->desk, id))) {
            post(d, id, SM_MESSAGE_BROADCAST, b->id, b->by, b->text);
            sent = TRUE;
        }
    }
    SmEvent *event = sm_decide_event_of(d, SM_EVENT_BROADCAST_ADVANCED, NULL);
    event->notice = g_strdup(b->id);
    event->n = place;
    event->level = b->sent + sent;
    event->due = b->next;
}

/* --- Incidents ---------------------------------------------------------------------------------
 */

static gboolean need_team(SmDecision *d, const char *team)
{
    return !d->agent || sm_agent_in_team(d->agent, team) ||
           sm_refuse(d, SM_PROBLEM_FORBIDDEN, NULL, "That is no team of yours.");
}

/* Staff speak for their teams; for the whole desk only who is in all of them. */
static gboolean need_reach(SmDecision *d, const char *team, const char *inbox)
{
    const SmPolicy *policy = d->desk->policy;

    if (team) {
        return sm_policy_team(policy, team) ? need_team(d, team)
                                            : sm_refuse(d, SM_PROBLEM_INVALID, "team", "There is no such team.");
    }
    if (inbox) {
        const SmInbox *found = sm_policy_inbox(policy, inbox);
        return found ? need_team(d, found->team) : sm_refuse(d, SM_PROBLEM_INVALID, "inbox", "There is no such inbox.");
    }
    for (guint i = 0; i < policy->teams->len; i++) {
        if (!need_team(d, ((const SmTeam *)policy->teams->pdata[i])->id)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* A new notice takes the place of the one for the same conversations. */
static void replace(SmDecision *d)
{
    for (guint i = 0; i < d->desk->incidents->len; i++) {
        const SmIncident *old = d->desk->incidents->pdata[i];
        if (g_strcmp0(old->team, d->command->team) == 0 && g_strcmp0(old->inbox, d->command->inbox) == 0) {
            notice_event(d, SM_EVENT_INCIDENT_CLEARED, old->id)->cause = SM_CAUSE_STAFF;
        }
    }
}

void sm_decide_incident_set(SmDecision *d)
{
    const SmCommand *command = d->command;

    if (!need_right(d, SM_MAY_INCIDENT, "set an incident notice") || !sm_need_text(d, command->text, TRUE)) {
        return;
    }
    if (command->team && command->inbox) {
        sm_refuse(d, SM_PROBLEM_INVALID, "inbox", "Say a team or an inbox, not both.");
        return;
    }
    if (!need_reach(d, command->team, command->inbox)) {
        return;
    }
    if (command->until <= d->now || command->until - d->now > INCIDENT_MOST_MS) {
        sm_refuse(d, SM_PROBLEM_INVALID, "until", "A notice ends later than now, and within 30 days.");
        return;
    }
    replace(d);
    if (d->record->events->len == 0 && d->desk->incidents->len >= SM_MAX_INCIDENTS) {
        sm_refuse(d, SM_PROBLEM_TOO_LARGE, "INCIDENTS", "%d notices stand; clear one.", SM_MAX_INCIDENTS);
        return;
    }
    g_autofree char *id = sm_id_new(d->ids, "i");
    SmEvent *event = notice_event(d, SM_EVENT_INCIDENT_SET, id);
    event->team = g_strdup(command->team);
    event->inbox = g_strdup(command->inbox);
    event->until = command->until;
    sm_decide_content(d, event, command->text);
}

void sm_decide_incident_clear(SmDecision *d)
{
    const SmIncident *incident = sm_desk_incident(d->desk, d->command->notice);

    if (!need_right(d, SM_MAY_INCIDENT, "clear an incident notice")) {
        return;
    }
    if (!incident) {
        sm_refuse(d, SM_PROBLEM_NOT_FOUND, NULL, "There is no such notice.");
    } else if (need_reach(d, sm_policy_team(d->desk->policy, incident->team) ? incident->team : NULL,
                          sm_policy_inbox(d->desk->policy, incident->inbox) ? incident->inbox : NULL)) {
        notice_event(d, SM_EVENT_INCIDENT_CLEARED, incident->id)->cause = SM_CAUSE_STAFF;
    }
}

static gboolean is_for(const SmIncident *incident, const char *team, const char *inbox)
{
    return (!incident->team || g_strcmp0(incident->team, team) == 0) &&
           (!incident->inbox || g_strcmp0(incident->inbox, inbox) == 0);
}

void sm_decide_standing(SmDecision *d, const SmConv *conv, const char *conversation, const char *team, const char *inbox)
{
    for (guint i = 0; i < d->desk->incidents->len; i++) {
        const SmIncident *incident = d->desk->incidents->pdata[i];
        gboolean got = conv && conv->noticed &&
                       g_ptr_array_find_with_equal_func(conv->noticed, incident->id, g_str_equal, NULL);
        if (!got && incident->text && d->now < incident->until && is_for(incident, team, inbox)) {
            post(d, conversation, SM_MESSAGE_INCIDENT, incident->id, incident->by, incident->text);
        }
    }
}

/* --- What falls due ----------------------------------------------------------------------------
 */

void sm_decide_notices_due(SmDecision *d)
{
    for (guint i = 0; i < d->desk->incidents->len; i++) {
        const SmIncident *incident = d->desk->incidents->pdata[i];
        if (incident->until <= d->now) {
            SmEvent *event = notice_event(d, SM_EVENT_INCIDENT_CLEARED, incident->id);
            event->cause = SM_CAUSE_DUE;
            event->due = incident->until;
        }
    }
    for (guint i = 0; i < d->desk->broadcasts->len; i++) {
        const SmBroadcast *b = d->desk->broadcasts->pdata[i];
        if (b->state == SM_BROADCAST_RUNNING && b->text && b->next <= d->now) {
            advance(d, b);
        }
    }
}
