/* SPDX-License-Identifier: MIT */
/* rating: what the customer says of a conversation - stars, a comment, a complaint -, later too and then once; what the staff
 * answers to that; and what does not count. */
#include "desk/decide.h"

/* --- What there is -----------------------------------------------------------------------------
 */

gboolean sm_desk_rating(const SmDesk *desk, const char *conversation, SmRating *out)
{
    const SmConv *conv = sm_desk_find(desk, conversation);

    if (!conv || conv->ended < 0) {
        return FALSE;
    }
    *out = (SmRating){conv->ended, conv->ended + desk->policy->rating_later, conv->excused};
    return TRUE;
}

static gint newest_first(gconstpointer a, gconstpointer b)
{
    const SmConv *x = *(SmConv *const *)a, *y = *(SmConv *const *)b;

    return x->ended > y->ended ? -1 : x->ended < y->ended;
}

GPtrArray *sm_desk_rated(const SmDesk *desk, const char *contact, int64_t since)
{
    g_autoptr(GPtrArray) group = sm_desk_contact_group(desk, contact);
    GPtrArray *found = g_ptr_array_new();

    for (guint i = 0; i < group->len; i++) {
        for (SmConv *conv = g_hash_table_lookup(desk->contacts, group->pdata[i]); conv; conv = conv->previous) {
            if (conv->ended >= 0 && (conv->c.stars > 0 || conv->ended > since)) {
                g_ptr_array_add(found, conv);
            }
        }
    }
    g_ptr_array_sort(found, newest_first);
    return found;
}

/* --- The customer ------------------------------------------------------------------------------
 */

/* What is archived, or rated by a link, is rated once and in time. */
static gboolean need_time(SmDecision *d)
{
    const SmConv *conv = d->conv;
    int64_t wanted = d->command->since;

    if (!conv->c.archived && wanted <= 0) {
        return TRUE;
    }
    if (conv->ended < 0 || (wanted > 0 && wanted != conv->ended)) {
        return sm_refuse(d, SM_PROBLEM_WRONG_STATE, NULL, "The conversation went on since; rate it when it has ended.");
    }
    if (conv->c.stars > 0) {
        return sm_refuse(d, SM_PROBLEM_WRONG_STATE, NULL, "The conversation is rated already.");
    }
    if (d->desk->policy->rating_later == 0 || d->now > conv->ended + d->desk->policy->rating_later) {
        return sm_refuse(d, SM_PROBLEM_WRONG_STATE, NULL, "It is too late to rate this conversation.");
    }
    return TRUE;
}

void sm_decide_rate(SmDecision *d)
{
    const SmCommand *command = d->command;

    if (!sm_need_customer(d) || (command->text && *command->text && !sm_need_text(d, command->text, FALSE))) {
        return;
    }
    if (command->stars < 1 || command->stars > 5) {
        sm_refuse(d, SM_PROBLEM_INVALID, "stars", "'stars' must be 1 to 5.");
        return;
    }
    if (!need_time(d)) {
        return;
    }
    SmEvent *event = sm_decide_event(d, SM_EVENT_CONVERSATION_RATED);
    event->level = command->stars;
    event->flag = command->complaint;
    event->agent = g_strdup(d->conv->last_author);
    if (command->text && *command->text) {
        sm_decide_content(d, event, command->text);
    }
}

/* --- The staff ---------------------------------------------------------------------------------
 */

/* Of an archived one the team still knows, and whose work it was. */
static gboolean need_known(SmDecision *d)
{
    if (!d->conv || !d->conv->c.archived) {
        return sm_need_staff(d);
    }
    if (d->command->actor.kind == SM_ACTOR_CUSTOMER) {
        return sm_refuse(d, SM_PROBLEM_FORBIDDEN, NULL, "This is for the desk's staff.");
    }
    return sm_decide_above(d) || sm_agent_in_team(d->agent, d->conv->c.team) ||
           sm_refuse(d, SM_PROBLEM_NOT_FOUND, NULL, "There is no such conversation.");
}

void sm_decide_excuse(SmDecision *d)
{
    if (!need_known(d) || !sm_need_reason(d, "reason", d->command->reason)) {
        return;
    }
    if (!sm_decide_leads(d, SM_MAY_ASSIGN_OTHERS)) {
        sm_refuse(d, SM_PROBLEM_FORBIDDEN, NULL, "Only a supervisor of the team excuses ratings.");
        return;
    }
    if (d->conv->c.stars == 0 || d->conv->excused) {
        sm_refuse(d, SM_PROBLEM_WRONG_STATE, NULL, "There is no rating to excuse.");
        return;
    }
    SmEvent *event = sm_decide_event(d, SM_EVENT_RATING_EXCUSED);
    event->by = g_strdup(sm_decide_by(d));
    event->agent = g_strdup(d->conv->last_author);
    event->reason = g_strdup(d->command->reason);
}

/* Who is rated answers, or who leads the team; again, and the later answer stands. */
void sm_decide_answer_rating(SmDecision *d)
{
    if (!need_known(d)) {
        return;
    }
    gboolean own = d->agent && g_strcmp0(d->agent->id, d->conv->last_author) == 0;
    if (!own && !sm_decide_leads(d, SM_MAY_ASSIGN_OTHERS)) {
        sm_refuse(d, SM_PROBLEM_FORBIDDEN, NULL, "A rating is answered by whom it is of, or by a supervisor of the team.");
        return;
    }
    if (d->conv->c.stars == 0) {
        sm_refuse(d, SM_PROBLEM_WRONG_STATE, NULL, "There is no rating to answer.");
        return;
    }
    if (!sm_need_text(d, d->command->text, TRUE)) {
        return;
    }
    SmEvent *event = sm_decide_event(d, SM_EVENT_RATING_ANSWERED);
    event->agent = d->agent ? g_strdup(d->agent->id) : NULL;
    event->name = d->agent ? g_strdup(sm_agent_shown(d->agent)) : NULL;
    sm_decide_content(d, event, d->command->text);
}
