/* SPDX-License-Identifier: MIT */
/* What the families of commands share: the decision under way. A handler either adds events to the
 * record or refuses; once refused, nothing more is added. */
#ifndef SEATMUX_DESK_DECIDE_H
#define SEATMUX_DESK_DECIDE_H

#include "desk/desk_private.h"

typedef struct {
    const SmDesk *desk;
    const SmCommand *command;
    int64_t now;
    SmRng *ids;
    SmRecord *record;
    SmRefusal *refusal;
    const SmConv *conv;   /* the command's conversation; NULL where it names none */
    const SmAgent *agent; /* the member of staff who asks; NULL: somebody else asks */
} SmDecision;

typedef void (*SmDecide)(SmDecision *d);

/* Refuse. Always FALSE, so that checks can return it. `data` is taken. */
gboolean sm_refuse(SmDecision *d, SmProblem problem, const char *field, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
void sm_refuse_data(SmDecision *d, json_t *data);

/* A new event of the command's conversation at the end of the record. */
SmEvent *sm_decide_event(SmDecision *d, SmEventType type);
SmEvent *sm_decide_event_of(SmDecision *d, SmEventType type, const char *conversation);
/* Gives an event personal content: masked, with id, salt and digest. */
void sm_decide_content(SmDecision *d, SmEvent *event, const char *text);
/* The same of what is kept as JSON: its texts are masked one by one, for the whole holds numbers that are no card's - one
 * time in ten looks like one. */
void sm_decide_json_content(SmDecision *d, SmEvent *event, const json_t *json);
/* Name of the member of staff who asks; NULL: the desk or its owner. */
const char *sm_decide_by(const SmDecision *d);

/* Checks; each refuses and returns FALSE if it does not hold. */
gboolean sm_need_staff(SmDecision *d);   /* staff, desk or admin; the conversation is in reach */
gboolean sm_need_running(SmDecision *d); /* not resolved */
gboolean sm_need_may(SmDecision *d, SmMay what, const char *doing);
gboolean sm_need_owner_or(SmDecision *d, SmMay what, const char *doing);
gboolean sm_need_training(SmDecision *d, const SmAgent *agent);
gboolean sm_need_free(SmDecision *d, const SmAgent *agent); /* capacity */
gboolean sm_need_text(SmDecision *d, const char *text, gboolean message);
gboolean sm_need_reason(SmDecision *d, const char *field, const char *text);
/* Desk, its owner, or staff with this right and the conversation's team. */
gboolean sm_decide_leads(const SmDecision *d, SmMay what);
gboolean sm_decide_is_owner(const SmDecision *d);
gboolean sm_decide_above(const SmDecision *d); /* desk or admin */

/* Pieces of more than one family. */
/* Whether what the customer writes now is left for later: they say so, and nobody of the team is there. */
gboolean sm_decide_left(const SmDecision *d, const char *team);
void sm_decide_begin(SmDecision *d, const char *contact, const char *inbox, const json_t *profile,
                     const char *language, const char *text);
void sm_decide_reopen(SmDecision *d, const SmConv *conv, SmCause cause);
void sm_decide_customer_message(SmDecision *d, const char *conversation, int64_t n,
                                const char *message, const char *text);
/* The notices that stand for a conversation of this team and inbox and that it has not got yet; `conv` NULL: it begins
 * with this record. */
void sm_decide_standing(SmDecision *d, const SmConv *conv, const char *conversation, const char *team, const char *inbox);
void sm_decide_note(SmDecision *d, SmEventType type, const char *message, const char *text);
void sm_decide_take_away(SmDecision *d, const SmConv *conv, SmCause cause, const char *team,
                         int64_t due);

/* The agent of the command, who is named or asks; NULL: refused. */
const SmAgent *sm_decide_staff_agent(SmDecision *d);
/* The desk, its owner, or staff who may set others and share a team with the agent. */
gboolean sm_decide_leads_agent(SmDecision *d, const SmAgent *agent, const char *doing);
/* The agent as it is, but for these. */
SmEvent *sm_decide_set_agent(SmDecision *d, const SmAgent *agent, SmRole role, int64_t capacity, int64_t weight);

/* The families. */
void sm_decide_start(SmDecision *d);
void sm_decide_resolve(SmDecision *d);
void sm_decide_reopen_command(SmDecision *d);
void sm_decide_snooze(SmDecision *d);
void sm_decide_wake(SmDecision *d);
void sm_decide_tag(SmDecision *d);
void sm_decide_rate(SmDecision *d);
void sm_decide_leave(SmDecision *d);
void sm_decide_gone(SmDecision *d);
void sm_decide_seen(SmDecision *d);
void sm_decide_bot_take(SmDecision *d);
void sm_decide_bot_hand_over(SmDecision *d);
void sm_decide_excuse(SmDecision *d);
void sm_decide_answer_rating(SmDecision *d);
gboolean sm_need_customer(SmDecision *d); /* the conversation is this customer's; archived too */
void sm_decide_order(SmDecision *d);
void sm_decide_card(SmDecision *d);
void sm_decide_merge(SmDecision *d);
void sm_decide_split(SmDecision *d);

void sm_decide_route(SmDecision *d); /* part of a tick: what waits goes to who is free */
void sm_decide_claim(SmDecision *d);
void sm_decide_claim_next(SmDecision *d);
void sm_decide_assign(SmDecision *d);
void sm_decide_transfer(SmDecision *d);
void sm_decide_release(SmDecision *d);
void sm_decide_invite(SmDecision *d);
void sm_decide_dismiss(SmDecision *d);
void sm_decide_accept(SmDecision *d);
void sm_decide_decline(SmDecision *d);
/* Ask `target`, who may take it, to take it within the time of the policy. */
void sm_decide_offer(SmDecision *d, const SmAgent *target, const char *team);
void sm_decide_take_over(SmDecision *d);

void sm_decide_post(SmDecision *d);
void sm_decide_post_note(SmDecision *d);
void sm_decide_whisper(SmDecision *d);
void sm_decide_erase(SmDecision *d);

void sm_decide_availability(SmDecision *d);
void sm_decide_load(SmDecision *d);
void sm_decide_hand_in(SmDecision *d);
void sm_decide_confirm(SmDecision *d);
void sm_decide_agent_set(SmDecision *d);
void sm_decide_agent_remove(SmDecision *d);
void sm_decide_policy_set(SmDecision *d);

void sm_decide_review(SmDecision *d);
void sm_decide_review_comment(SmDecision *d);

void sm_decide_broadcast(SmDecision *d);
void sm_decide_broadcast_stop(SmDecision *d);
void sm_decide_incident_set(SmDecision *d);
void sm_decide_incident_clear(SmDecision *d);
void sm_decide_notices_due(SmDecision *d); /* part of a tick: the next of each broadcast, what expired */

void sm_decide_visitor_invite(SmDecision *d);
void sm_decide_visitor_refuse(SmDecision *d);
void sm_decide_visitor_taken(SmDecision *d); /* part of a start: the invitation that it accepts */
void sm_decide_visitors_due(SmDecision *d);  /* part of a tick: invitations that nobody answered */
void sm_decide_traffic(SmDecision *d);

void sm_decide_tick(SmDecision *d);

#endif
