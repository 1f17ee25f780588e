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
void sm_decide_begin(SmDecision *d, const char *contact, const char *inbox, const char *profile,
                     const char *language, const char *text);
void sm_decide_reopen(SmDecision *d, const SmConv *conv, SmCause cause);
void sm_decide_customer_message(SmDecision *d, const char *conversation, int64_t n,
                                const char *message, const char *text);
void sm_decide_note(SmDecision *d, SmEventType type, const char *message, const char *text);
void sm_decide_take_away(SmDecision *d, const SmConv *conv, SmCause cause, const char *team,
                         int64_t due);

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
void sm_decide_bot_take(SmDecision *d);
void sm_decide_bot_hand_over(SmDecision *d);
void sm_decide_excuse(SmDecision *d);
void sm_decide_order(SmDecision *d);

void sm_decide_route(SmDecision *d); /* part of a tick: what waits goes to who is free */
void sm_decide_claim(SmDecision *d);
void sm_decide_claim_next(SmDecision *d);
void sm_decide_assign(SmDecision *d);
void sm_decide_transfer(SmDecision *d);
void sm_decide_release(SmDecision *d);
void sm_decide_take_over(SmDecision *d);

void sm_decide_post(SmDecision *d);
void sm_decide_post_note(SmDecision *d);
void sm_decide_whisper(SmDecision *d);
void sm_decide_erase(SmDecision *d);

void sm_decide_availability(SmDecision *d);
void sm_decide_load(SmDecision *d);
void sm_decide_agent_set(SmDecision *d);
void sm_decide_agent_remove(SmDecision *d);
void sm_decide_policy_set(SmDecision *d);

void sm_decide_tick(SmDecision *d);

#endif
