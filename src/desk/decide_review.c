/* SPDX-License-Identifier: MIT */
/* decide_review: how well a conversation was handled, by the form of the policy; the agent's own score beside it. */
#include "desk/decide.h"

#include <string.h>

#include "seatmux/base/limits.h"
#include "seatmux/desk/review.h"

/* Whose work it is: who is named, the one who asks if they had it, else who had it last. */
static const char *whose(const SmDecision *d)
{
    const char *last = d->conv->last_owner;

    if (d->command->agent) {
        return d->command->agent;
    }
    return d->agent && g_strcmp0(last, d->agent->id) == 0 ? d->agent->id : last;
}

gboolean sm_desk_may_review(const SmDesk *desk, SmActor viewer, const SmConversation *c)
{
    const SmAgent *agent = viewer.kind == SM_ACTOR_STAFF ? sm_desk_agent(desk, viewer.id) : NULL;

    if (viewer.kind == SM_ACTOR_ADMIN || viewer.kind == SM_ACTOR_DESK) {
        return TRUE;
    }
    return agent && sm_policy_may(desk->policy, agent->role, SM_MAY_REVIEW) && sm_agent_in_team(agent, c->team);
}

gboolean sm_desk_had(const SmDesk *desk, SmActor viewer, const SmConversation *c)
{
    return viewer.kind == SM_ACTOR_STAFF && viewer.id && g_strcmp0(((const SmConv *)c)->last_owner, viewer.id) == 0;
}

/* Somebody of the staff, a conversation that has ended, and the right: reviewers of the team, and who had it, for themselves.
 * The agent it is about; NULL: refused. */
static const SmAgent *need_reviewer(SmDecision *d)
{
    if (!d->agent) {
        sm_refuse(d, SM_PROBLEM_FORBIDDEN, NULL, "A review is by a person of the staff.");
        return NULL;
    }
    const char *id = d->conv ? whose(d) : NULL;
    gboolean own = id && g_strcmp0(id, d->agent->id) == 0 && sm_desk_had(d->desk, d->command->actor, &d->conv->c);
    if (!d->conv || (!own && !sm_agent_in_team(d->agent, d->conv->c.team))) {
        sm_refuse(d, SM_PROBLEM_NOT_FOUND, NULL, "There is no such conversation.");
        return NULL;
    }
    if (!own && !sm_desk_may_review(d->desk, d->command->actor, &d->conv->c)) {
        sm_refuse(d, SM_PROBLEM_FORBIDDEN, NULL, "Your role may not review others; you may look at your own chats.");
        return NULL;
    }
    if (d->conv->c.state != SM_STATE_RESOLVED) {
        sm_refuse(d, SM_PROBLEM_WRONG_STATE, NULL, "The conversation goes on; it is reviewed when it has ended.");
        return NULL;
    }
    const SmAgent *agent = sm_desk_agent(d->desk, id);
    if (!agent) {
        sm_refuse(d, SM_PROBLEM_INVALID, "agent", "Nobody of the staff had that conversation; name an agent.");
    }
    return agent;
}

/* As sm_review_score(), of marks that fit the form; -1: refused. */
static int64_t score(SmDecision *d)
{
    const char *id;
    json_t *mark;

    json_object_foreach(d->command->data, id, mark)
    {
        const SmCriterion *one = sm_review_criterion(d->desk->policy, id);
        int64_t points = json_is_integer(mark) ? json_integer_value(mark) : -1;
        if (!one || points < 0 || points > one->points) {
            sm_refuse(d, SM_PROBLEM_INVALID, "marks", "'%s' is no criterion of the form, or its points are out of range.",
                      sm_id_valid(id) ? id : "?");
            return -1;
        }
    }
    int64_t permille = sm_review_score(d->desk->policy, d->command->data);
    if (permille < 0) {
        sm_refuse(d, SM_PROBLEM_INVALID, "marks", "Mark one criterion at least.");
    }
    return permille;
}

static SmEvent *review_event(SmDecision *d, SmEventType type, const SmAgent *agent)
{
    SmEvent *event = sm_decide_event(d, type);

    event->agent = g_strdup(agent->id);
    event->by = g_strdup(d->agent->id);
    event->team = g_strdup(d->conv->c.team);
    return event;
}

void sm_decide_review(SmDecision *d)
{
    const SmCommand *command = d->command;
    const SmAgent *agent = need_reviewer(d);

    if (!agent || (command->text && !sm_need_text(d, command->text, TRUE))) {
        return;
    }
    int64_t permille = score(d);
    if (permille < 0) {
        return;
    }
    SmEvent *event = review_event(d, SM_EVENT_REVIEW_GIVEN, agent);
    event->level = permille;
    event->data = json_deep_copy(command->data);
    if (command->text) {
        sm_decide_content(d, event, command->text);
    }
}

void sm_decide_review_comment(SmDecision *d)
{
    const SmCommand *command = d->command;
    const SmAgent *agent = need_reviewer(d);

    if (!agent || !sm_need_text(d, command->text, TRUE)) {
        return;
    }
    if (!command->message || !sm_id_valid(command->message)) {
        sm_refuse(d, SM_PROBLEM_INVALID, "message", "Say which message, by its id.");
        return;
    }
    SmEvent *event = review_event(d, SM_EVENT_REVIEW_COMMENTED, agent);
    event->message = g_strdup(command->message);
    sm_decide_content(d, event, command->text);
}
