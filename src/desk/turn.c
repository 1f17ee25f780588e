/* SPDX-License-Identifier: MIT */
/* turn: the state machine. What is known of a conversation's turns after each event that concerns
 * them. Rule numbers are those of docs/turn-clock.md. */
#include "desk/turn_private.h"
#include "seatmux/base/bug.h"

#include <string.h>

void sm_part_free(SmPart *part)
{
    g_free(part->agent);
    g_free(part->team);
    g_free(part->clock_team);
    g_clear_pointer(&part->policy, sm_policy_unref);
    g_free(part);
}

void sm_turn_free(SmTurn *turn)
{
    g_free(turn->author);
    g_free(turn->team);
    g_free(turn->owner);
    g_ptr_array_unref(turn->parts);
    g_clear_pointer(&turn->policy, sm_policy_unref);
    g_free(turn);
}

void sm_stay_free(SmStay *stay)
{
    g_free(stay->team);
    g_clear_pointer(&stay->policy, sm_policy_unref);
    g_free(stay);
}

void sm_round_free(SmRound *round)
{
    g_free(round->team);
    g_free(round->owner);
    g_array_unref(round->snoozes);
    g_clear_pointer(&round->policy, sm_policy_unref);
    g_free(round);
}

void sm_said_free(SmSaid *said)
{
    g_free(said->agent);
    g_free(said->team);
    g_free(said);
}

SmTurns *sm_turns_new(void)
{
    SmTurns *t = g_new0(SmTurns, 1);
    t->last = -1;
    t->owned = -1;
    t->snoozed = -1;
    t->turns = g_ptr_array_new_with_free_func((GDestroyNotify)sm_turn_free);
    t->stays = g_ptr_array_new_with_free_func((GDestroyNotify)sm_stay_free);
    t->rounds = g_ptr_array_new_with_free_func((GDestroyNotify)sm_round_free);
    t->said = g_ptr_array_new_with_free_func((GDestroyNotify)sm_said_free);
    return t;
}

void sm_turns_free(SmTurns *t)
{
    if (!t) {
        return;
    }
    g_free(t->team);
    g_free(t->owner);
    g_free(t->missing);
    g_clear_pointer(&t->owner_policy, sm_policy_unref);
    g_ptr_array_unref(t->turns);
    g_ptr_array_unref(t->stays);
    g_ptr_array_unref(t->rounds);
    g_ptr_array_unref(t->said);
    g_free(t);
}

/* --- Policies and targets ----------------------------------------------------------------------
 */

/* Counting a reference changes nothing that anybody can see of a policy. */
static SmPolicy *keep(const SmPolicy *policy)
{
    return policy ? sm_policy_ref((SmPolicy *)policy) : NULL;
}

const SmTeam *sm_turns_team(const SmPolicy *then, const SmPolicy *now, const char *team)
{
    const SmTeam *found = then && team ? sm_policy_team(then, team) : NULL;
    return found || !now || !team ? found : sm_policy_team(now, team);
}

const SmHours *sm_turns_hours(const SmPolicy *policy, const char *team)
{
    const SmTeam *found = sm_turns_team(policy, NULL, team);
    return found && found->pause_outside_hours ? found->hours : NULL;
}

static int64_t reply_target(const SmTeam *team, int number)
{
    if (!team) {
        return -1;
    }
    return number == 1 ? team->targets.first_response : team->targets.response;
}

/* Rule 12: the reply target, for turn 1 plus the queue target; no clock in either is none at all.
 */
static int64_t customer_target(const SmTeam *team, int number)
{
    int64_t reply = reply_target(team, number);
    if (reply < 0 || number != 1) {
        return reply;
    }
    return team->targets.queue < 0 ? -1 : reply + team->targets.queue;
}

static int64_t due_at(const SmPolicy *policy, const char *team, int64_t began, int64_t target)
{
    return target < 0 ? -1 : sm_hours_add(sm_turns_hours(policy, team), began, target);
}

/* What a stay or an open turn owes to the team that has it, after it began or the team changed. */
static void follow_team(SmTurns *t, const SmPolicy *now)
{
    SmStay *stay = t->waiting;
    if (stay) {
        const SmTeam *team = sm_turns_team(stay->policy, now, t->team);
        g_free(stay->team);
        stay->team = g_strdup(t->team);
        stay->target = team ? team->targets.queue : -1;
        stay->deadline = due_at(stay->policy, t->team, stay->queued, stay->target);
    }
    SmTurn *turn = t->open;
    if (turn) {
        const SmTeam *team = sm_turns_team(turn->policy, now, t->team);
        g_free(turn->team);
        turn->team = g_strdup(t->team);
        turn->target = reply_target(team, turn->number);
        turn->first_target_at_asked = customer_target(team, turn->number);
        turn->customer_due =
            due_at(turn->policy, t->team, turn->asked, turn->first_target_at_asked);
    }
}

static void set_team(SmTurns *t, const SmPolicy *now, const char *team)
{
    if (team && g_strcmp0(t->team, team) != 0) {
        g_free(t->team);
        t->team = g_strdup(team);
        follow_team(t, now);
    }
}

/* --- Pieces ------------------------------------------------------------------------------------
 */

/* Takes a stamp that is never behind the last one, and begins the round that every event lies in.
 */
static int64_t take(SmTurns *t, int64_t at, const SmPolicy *policy)
{
    at = MAX(at, t->last);
    t->last = at;
    if (!t->round && !t->ended) {
        t->round = g_new0(SmRound, 1);
        t->round->began = at;
        t->round->resolved = t->round->net = t->round->target = -1;
        t->round->snoozes = g_array_new(FALSE, FALSE, sizeof(int64_t));
        g_ptr_array_add(t->rounds, t->round);
    }
    if (t->round && !t->round->policy) {
        t->round->policy = keep(policy);
    }
    return at;
}

static void say(SmTurns *t, int64_t at, const char *agent, int turn, gboolean counted)
{
    SmSaid *said = g_new0(SmSaid, 1);
    said->at = at;
    said->turn = turn;
    said->counted = counted;
    said->agent = g_strdup(agent);
    said->team = g_strdup(t->team);
    g_ptr_array_add(t->said, said);
}

static SmPart *part_of(const SmTurn *turn, const char *agent)
{
    for (guint i = 0; i < turn->parts->len; i++) {
        SmPart *part = turn->parts->pdata[i];
        if (g_str_equal(part->agent, agent)) {
            return part;
        }
    }
    return NULL;
}

/* The owner's part in the open turn begins, or goes on with its old deadline (rule 9). */
static void begin_part(SmTurns *t, int64_t began, const SmPolicy *policy)
{
    SmPart *part = part_of(t->open, t->owner);
    if (!part) {
        part = g_new0(SmPart, 1);
        part->agent = g_strdup(t->owner);
        part->deadline_began = began;
        part->target = reply_target(sm_turns_team(policy, NULL, t->team), t->open->number);
        part->clock_team = g_strdup(t->team);
        part->deadline = due_at(policy, t->team, began, part->target);
        part->policy = keep(policy);
        g_ptr_array_add(t->open->parts, part);
    }
    g_free(part->team);
    part->team = g_strdup(t->team);
    part->assigned = t->owned;
    part->trainee = t->trainee;
    part->reaction = -1;
    part->ended = 0;
    part->end = SM_PART_OPEN;
    t->open->assigned = t->owned;
    t->open->target = reply_target(sm_turns_team(policy, NULL, t->team), t->open->number);
}

static void begin_stay(SmTurns *t, int64_t at, const SmPolicy *policy)
{
    SmStay *stay = g_new0(SmStay, 1);
    stay->queued = at;
    stay->left = stay->wait = -1;
    stay->policy = keep(policy);
    t->waiting = stay;
    g_ptr_array_add(t->stays, stay);
    if (t->open) {
        t->open->queued = at;
    }
    follow_team(t, policy);
}

static void end_stay(SmTurns *t, int64_t at, gboolean assigned)
{
    SmStay *stay = g_steal_pointer(&t->waiting);
    if (stay) {
        stay->left = at;
        stay->assigned = assigned;
        stay->turn = t->open ? t->open->number : 0;
        stay->wait = sm_hours_between(sm_turns_hours(stay->policy, stay->team), stay->queued, at);
        g_clear_pointer(&stay->policy, sm_policy_unref);
    }
}

/* When the turn that opens now was queued: by the stay that lasts, else by the last one since the
 * turn before, which is this turn's from now on. */
static int64_t adopt_stays(SmTurns *t, int number)
{
    int64_t queued = -1;
    for (guint i = 0; i < t->stays->len; i++) {
        SmStay *stay = t->stays->pdata[i];
        if (stay != t->waiting && stay->turn == 0) {
            stay->turn = number;
            queued = stay->queued;
        }
    }
    return t->waiting ? t->waiting->queued : queued;
}

static void open_turn(SmTurns *t, int64_t at, const SmPolicy *policy)
{
    SmTurn *turn = g_new0(SmTurn, 1);
    turn->number = ++t->numbers;
    turn->asked = at;
    turn->queued = adopt_stays(t, turn->number);
    turn->assigned = turn->replied = turn->ended = turn->gone = -1;
    turn->response = turn->reaction = -1;
    turn->policy = keep(policy);
    turn->parts = g_ptr_array_new_with_free_func((GDestroyNotify)sm_part_free);
    g_ptr_array_add(t->turns, turn);
    t->open = turn;
    follow_team(t, policy);
    if (t->owner) {
        begin_part(t, at, policy);
    }
}

/* What is left of an open turn once it has ended: numbers only, no policy. */
static void end_turn(SmTurns *t, int64_t at, SmOutcome outcome)
{
    SmTurn *turn = g_steal_pointer(&t->open);
    turn->outcome = outcome;
    turn->ended = at;
    turn->owner = g_strdup(t->owner);
    g_clear_pointer(&turn->policy, sm_policy_unref);
    for (guint i = 0; i < turn->parts->len; i++) {
        SmPart *part = turn->parts->pdata[i];
        g_clear_pointer(&part->policy, sm_policy_unref);
    }
}

/* Of the open turn. */
static void end_part(SmTurns *t, int64_t at, SmPartEnd end)
{
    SmPart *part = t->owner ? part_of(t->open, t->owner) : NULL;
    if (part) {
        part->end = end;
        part->ended = at;
    }
}

static void drop_owner(SmTurns *t)
{
    g_clear_pointer(&t->owner, g_free);
    g_clear_pointer(&t->owner_policy, sm_policy_unref);
    t->owned = -1;
    t->trainee = FALSE;
}

/* Rule 7: whatever takes an open turn from its owner closes that part as passed on. */
static void pass_on(SmTurns *t, int64_t at, SmCause cause)
{
    SmPart *part = t->open ? part_of(t->open, t->owner) : NULL;
    if (part) {
        part->end = SM_PART_PASSED_ON;
        part->ended = at;
        part->passed_on++;
        part->cause = cause;
        t->open->assigned = -1;
    }
    drop_owner(t);
}

/* After take(): there is a round. */
static void end_snooze(SmTurns *t, int64_t at)
{
    if (t->snoozed >= 0) {
        g_array_append_val(t->round->snoozes, t->snoozed);
        g_array_append_val(t->round->snoozes, at);
    }
    t->snoozed = -1;
}

/* Rule 11 for resolution time: hours of the team at the end, by the policy when the round began. */
static int64_t resolution(const SmRound *round, const SmTeam *team)
{
    const SmHours *hours = team && team->pause_outside_hours ? team->hours : NULL;
    int64_t net = sm_hours_between(hours, round->began, round->resolved);
    for (guint i = 0; team && team->pause_snoozed && i + 1 < round->snoozes->len; i += 2) {
        net -= sm_hours_between(hours, g_array_index(round->snoozes, int64_t, i),
                                g_array_index(round->snoozes, int64_t, i + 1));
    }
    return net;
}

/* After take(): there is one. */
static void end_round(SmTurns *t, int64_t at, gboolean resolved)
{
    end_snooze(t, at);
    SmRound *round = g_steal_pointer(&t->round);
    round->team = g_strdup(t->team);
    if (resolved) {
        const SmTeam *team = sm_turns_team(round->policy, NULL, t->team);
        round->resolved = at;
        round->owner = g_strdup(t->owner);
        round->target = team ? team->targets.resolution : -1;
        round->net = resolution(round, team);
    }
    g_array_set_size(round->snoozes, 0);
    g_clear_pointer(&round->policy, sm_policy_unref);
}

/* --- Inputs ------------------------------------------------------------------------------------
 */

void sm_turns_customer_message(SmTurns *t, int64_t at, const SmPolicy *policy, const char *team)
{
    if (t->ended) {
        return;
    }
    at = take(t, at, policy);
    set_team(t, policy, team);
    end_snooze(t, at);
    if (t->bot || t->offline) {
        t->bot_wrote = t->bot;
        say(t, at, NULL, 0, FALSE);
        return;
    }
    if (!t->open) {
        open_turn(t, at, policy);
    }
    t->open->customer_messages++;
    say(t, at, NULL, t->open->number, TRUE);
}

/* Rule 11: the hours of the team at the end of the stretch, by the policy when it began. */
static void answer(SmTurns *t, int64_t at, const char *agent)
{
    SmTurn *turn = t->open;
    const SmHours *hours = sm_turns_hours(turn->policy, t->team);
    turn->replied = at;
    turn->author = g_strdup(agent);
    turn->response = sm_hours_between(hours, turn->asked, at);
    if (t->owner) {
        gboolean since_asked = turn->asked >= t->owned || SM_BUG(29);
        const SmPolicy *policy = since_asked ? turn->policy : t->owner_policy;
        turn->reaction = sm_hours_between(sm_turns_hours(policy, t->team),
                                          since_asked ? turn->asked : t->owned, at);
        gboolean own = g_str_equal(t->owner, agent);
        end_part(t, at, own ? SM_PART_ANSWERED : SM_PART_COVERED);
        if (own) {
            part_of(turn, agent)->reaction = turn->reaction;
        }
    }
    end_turn(t, at, SM_OUTCOME_ANSWERED);
    t->answered = TRUE;
}

gboolean sm_turns_staff_message(SmTurns *t, int64_t at, const char *agent)
{
    at = take(t, at, NULL);
    gboolean closes =
        t->open != NULL && !(SM_BUG(28) && t->owner && !g_str_equal(t->owner, agent));
    gboolean left = t->offline;
    t->had_staff = TRUE;
    t->offline = FALSE;
    if (closes) {
        answer(t, at, agent);
    }
    if (t->turns->len > 0) {
        SmTurn *turn = t->turns->pdata[t->turns->len - 1];
        turn->staff_messages++;
    }
    say(t, at, agent, 0, !left);
    return closes;
}

static void hand_over(SmTurns *t, int64_t at, const SmPolicy *policy)
{
    t->bot = FALSE;
    t->had_staff = TRUE;
    begin_stay(t, at, policy);
    if (t->bot_wrote) {
        t->bot_wrote = FALSE;
        open_turn(t, at, policy);
    }
    for (guint i = 0; i < t->said->len; i++) {
        SmSaid *said = t->said->pdata[i];
        said->counted = TRUE;
    }
}

void sm_turns_queued(SmTurns *t, int64_t at, SmCause cause, const SmPolicy *policy,
                     const char *team)
{
    if (t->ended) {
        return;
    }
    at = take(t, at, policy);
    if (t->owner) {
        pass_on(t, at, cause);
    }
    set_team(t, policy, team);
    t->offline = FALSE;
    if (t->bot) {
        hand_over(t, at, policy);
    } else if (!t->waiting) {
        begin_stay(t, at, policy);
    }
}

void sm_turns_assigned(SmTurns *t, int64_t at, const char *agent, gboolean trainee, SmCause cause,
                       const SmPolicy *policy, const char *team)
{
    if (t->ended || g_strcmp0(t->owner, agent) == 0) {
        return;
    }
    at = take(t, at, policy);
    if (t->owner) {
        pass_on(t, at, cause);
    }
    set_team(t, policy, team);
    if (t->bot) {
        hand_over(t, at, policy);
    }
    end_stay(t, at, TRUE);
    t->owner = g_strdup(agent);
    t->trainee = trainee;
    t->owned = at;
    t->owner_policy = keep(policy);
    t->had_staff = TRUE;
    if (t->open) {
        begin_part(t, at, policy);
    }
}

void sm_turns_unassigned(SmTurns *t, int64_t at, SmCause cause)
{
    if (!t->owner) { /* nor is there one after the end */
        return;
    }
    at = take(t, at, NULL);
    pass_on(t, at, cause);
}

void sm_turns_resolved(SmTurns *t, int64_t at, gboolean no_reply_needed)
{
    if (t->ended) {
        return;
    }
    at = take(t, at, NULL);
    end_stay(t, at, FALSE);
    if (t->open) {
        SmOutcome without = t->answered ? SM_OUTCOME_DROPPED : SM_OUTCOME_MISSED;
        end_part(t, at, SM_PART_ENDED);
        end_turn(t, at, no_reply_needed ? SM_OUTCOME_CLOSED : without);
    }
    end_round(t, at, !t->left);
    drop_owner(t);
    t->bot = t->bot_wrote = t->offline = t->left = FALSE;
    t->ended = TRUE;
}

void sm_turns_abandoned(SmTurns *t, int64_t at, int64_t gone)
{
    if (t->ended || t->owner || t->bot) {
        return;
    }
    at = take(t, at, NULL);
    end_stay(t, at, FALSE);
    if (t->open) {
        t->open->gone = gone;
        end_turn(t, at, SM_OUTCOME_ABANDONED);
    }
    end_round(t, at, FALSE);
    t->ended = TRUE;
}

void sm_turns_reopened(SmTurns *t, int64_t at)
{
    if (t->ended) {
        t->ended = FALSE;
        take(t, at, NULL);
    }
}

void sm_turns_bot(SmTurns *t, int64_t at, gboolean has_it, const SmPolicy *policy, const char *team)
{
    if (t->ended || t->bot == !!has_it || (has_it && (t->open || t->owner))) {
        return;
    }
    at = take(t, at, policy);
    set_team(t, policy, team);
    if (!has_it) {
        hand_over(t, at, policy);
        return;
    }
    end_stay(t, at, FALSE);
    t->bot = t->had_bot = TRUE;
}

void sm_turns_offline(SmTurns *t, int64_t at, const SmPolicy *policy, const char *team)
{
    if (t->ended || t->open || t->owner || t->bot || t->waiting) {
        return;
    }
    take(t, at, policy);
    set_team(t, policy, team);
    t->offline = t->left = TRUE;
}

void sm_turns_snoozed(SmTurns *t, int64_t at, gboolean snoozed)
{
    if (t->ended) {
        return;
    }
    at = take(t, at, NULL);
    end_snooze(t, at);
    if (snoozed && !t->open) {
        t->snoozed = at;
    }
}

/* --- Reading -----------------------------------------------------------------------------------
 */

const SmTurn *sm_turns_open(const SmTurns *t)
{
    return t->open;
}

guint sm_turns_count(const SmTurns *t)
{
    return t->turns->len;
}

const SmTurn *sm_turns_at(const SmTurns *t, guint i)
{
    return i < t->turns->len ? t->turns->pdata[i] : NULL;
}

guint sm_turns_stays(const SmTurns *t)
{
    return t->stays->len;
}

const SmStay *sm_turns_stay(const SmTurns *t, guint i)
{
    return i < t->stays->len ? t->stays->pdata[i] : NULL;
}

guint sm_turns_rounds(const SmTurns *t)
{
    return t->rounds->len;
}

const SmRound *sm_turns_round(const SmTurns *t, guint i)
{
    return i < t->rounds->len ? t->rounds->pdata[i] : NULL;
}

guint sm_turns_said(const SmTurns *t)
{
    return t->said->len;
}

const SmSaid *sm_turns_said_at(const SmTurns *t, guint i)
{
    return i < t->said->len ? t->said->pdata[i] : NULL;
}

gboolean sm_turns_had_bot(const SmTurns *t)
{
    return t->had_bot;
}

gboolean sm_turns_had_staff(const SmTurns *t)
{
    return t->had_staff;
}

/* Only the newest of a list can still be running. */
static void keep_running(GPtrArray *list, gconstpointer running)
{
    g_ptr_array_remove_range(list, 0, list->len - (running ? 1 : 0));
}

void sm_turns_trim(SmTurns *t)
{
    keep_running(t->turns, t->open);
    keep_running(t->stays, t->waiting);
    keep_running(t->rounds, t->round);
    g_ptr_array_set_size(t->said, 0);
}
