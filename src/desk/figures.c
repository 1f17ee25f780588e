/* SPDX-License-Identifier: MIT */
/* figures: rows from turns. */
#include "desk/figures_private.h"

#include <stdlib.h>
#include <string.h>

SmFigures *sm_figures_new(int64_t from, int64_t to, int64_t now)
{
    SmFigures *f = g_new0(SmFigures, 1);
    f->from = from;
    f->to = to;
    f->now = now;
    for (int i = 0; i < SM_FIGURE_N; i++) {
        f->rows[i] = g_ptr_array_new_with_free_func(g_free);
    }
    f->names = g_string_chunk_new(4096);
    f->inboxes = g_hash_table_new(g_direct_hash, g_direct_equal);
    f->zone = g_time_zone_new_utc();
    f->enquiry_days = SM_ENQUIRY_DAYS;
    return f;
}

void sm_figures_free(SmFigures *f)
{
    if (f) {
        for (int i = 0; i < SM_FIGURE_N; i++) {
            g_ptr_array_unref(f->rows[i]);
        }
        sm_figures_drop_index(f);
        sm_figures_log_free(f->log);
        g_hash_table_unref(f->inboxes);
        g_time_zone_unref(f->zone);
        g_string_chunk_free(f->names);
        g_free(f);
    }
}

void sm_figures_set_zone(SmFigures *f, GTimeZone *zone)
{
    sm_figures_drop_index(f);
    g_time_zone_unref(f->zone);
    f->zone = g_time_zone_ref(zone);
}

void sm_figures_set_now(SmFigures *f, int64_t now)
{
    f->now = now;
}

void sm_figures_set_visit(SmFigures *f, SmFiguresVisit visit, void *user)
{
    f->visit = visit;
    f->visit_user = user;
}

const char *sm_figures_inbox(const SmFigures *f, const char *conversation)
{
    return g_hash_table_lookup(f->inboxes, sm_figures_name((SmFigures *)f, conversation));
}

void sm_figures_set_enquiry_days(SmFigures *f, int days)
{
    f->enquiry_days = days;
}

/* --- Rows --------------------------------------------------------------------------------------
 */

const char *sm_figures_name(SmFigures *f, const char *text)
{
    return text ? g_string_chunk_insert_const(f->names, text) : NULL;
}

gboolean sm_figures_in_period(const SmFigures *f, int64_t at)
{
    return at >= f->from && at < f->to;
}

SmFigureRow *sm_figures_row(SmFigures *f, SmFigure figure, guint scopes, const SmFigureRow *like,
                            int64_t value, int within)
{
    SmFigureRow *row = g_memdup2(like, sizeof *like);
    row->figure = figure;
    row->scopes = scopes;
    row->value = value;
    row->within = within;
    row->inbox = g_hash_table_lookup(f->inboxes, row->conversation);
    g_ptr_array_add(f->rows[figure], row);
    sm_figures_drop_index(f);
    return row;
}

SmFigureRow sm_figures_blank(SmFigures *f, const char *conversation, int64_t at)
{
    return (SmFigureRow){.conversation = sm_figures_name(f, conversation),
                         .at = at,
                         .asked = -1,
                         .queued = -1,
                         .assigned = -1,
                         .replied = -1,
                         .ended = -1,
                         .target = -1,
                         .deadline = -1,
                         .within = -1};
}

static SmFigureRow turn_row(SmFigures *f, const char *conversation, const SmTurn *turn)
{
    SmFigureRow row = sm_figures_blank(f, conversation, turn->asked);
    row.team = sm_figures_name(f, turn->team);
    row.number = turn->number;
    row.outcome = turn->outcome;
    row.asked = turn->asked;
    row.queued = turn->queued;
    row.assigned = turn->assigned;
    row.replied = turn->replied;
    row.ended = turn->ended;
    row.target = turn->target;
    return row;
}

static SmFigureRow part_row(SmFigures *f, const SmFigureRow *turn, const SmPart *part)
{
    SmFigureRow row = *turn;
    row.agent = sm_figures_name(f, part->agent);
    row.team = sm_figures_name(f, part->team);
    row.assigned = part->assigned;
    row.ended = part->ended > 0 ? part->ended : -1;
    row.target = part->target;
    row.deadline = part->deadline;
    return row;
}

static gboolean is_open(const SmTurn *turn)
{
    return turn->outcome == SM_OUTCOME_OPEN;
}

/* The deadline passed while this agent had the turn. */
static gboolean breached(const SmFigures *f, const SmPart *part)
{
    int64_t until = part->end == SM_PART_OPEN ? f->now : part->ended;
    return part->deadline >= 0 && until >= part->deadline;
}

static const SmPart *owner_part(const SmTurn *turn)
{
    for (guint i = 0; turn->owner && i < turn->parts->len; i++) {
        const SmPart *part = turn->parts->pdata[i];
        if (g_str_equal(part->agent, turn->owner)) {
            return part;
        }
    }
    return NULL;
}

/* Rule 12 for team and desk: 1 within, 0 not, -1 not judged. */
static int turn_within(const SmFigures *f, const SmTurn *turn)
{
    gboolean breach = FALSE;
    for (guint i = 0; i < turn->parts->len; i++) {
        breach |= breached(f, turn->parts->pdata[i]);
    }
    if (turn->outcome == SM_OUTCOME_CLOSED || turn->target < 0) {
        return -1;
    }
    if (is_open(turn)) {
        return breach ? 0 : -1;
    }
    return turn->outcome == SM_OUTCOME_ANSWERED && !breach;
}

static int customer_within(const SmFigures *f, const SmTurn *turn)
{
    if (turn->outcome == SM_OUTCOME_CLOSED || turn->first_target_at_asked < 0) {
        return -1;
    }
    if (is_open(turn)) {
        return f->now >= turn->customer_due ? 0 : -1;
    }
    return turn->outcome == SM_OUTCOME_ANSWERED && turn->response < turn->first_target_at_asked;
}

/* An owner's part by its own deadline. */
static int part_within(const SmFigures *f, const SmTurn *turn, const SmPart *part)
{
    if (turn->outcome == SM_OUTCOME_CLOSED || part->end == SM_PART_COVERED || part->deadline < 0) {
        return -1;
    }
    if (part->end == SM_PART_OPEN) {
        return breached(f, part) ? 0 : -1;
    }
    return part->end == SM_PART_ANSWERED && part->ended < part->deadline;
}

static int part_customer_within(const SmFigures *f, const SmTurn *turn, const SmPart *part)
{
    if (part->end == SM_PART_COVERED) {
        return -1;
    }
    int turn_is = customer_within(f, turn);
    gboolean lost = part->end == SM_PART_PASSED_ON && turn->outcome != SM_OUTCOME_CLOSED &&
                    turn->first_target_at_asked >= 0;
    return lost ? 0 : turn_is;
}

static void add_share(SmFigures *f, SmFigure figure, guint scopes, const SmFigureRow *like,
                      int within)
{
    if (within >= 0) {
        sm_figures_row(f, figure, scopes, like, 1, within);
    }
}

static const SmFigure OUTCOMES[] = {SM_FIGURE_OPEN,   SM_FIGURE_ANSWERED, SM_FIGURE_CLOSED,
                                    SM_FIGURE_MISSED, SM_FIGURE_DROPPED,  SM_FIGURE_ABANDONED};

/* Rule 8: the answer is its author's, also one who did not have the conversation; so author, team
 * and desk share these rows, unless the author's reaction is judged otherwise than the turn's. */
static void add_answer(SmFigures *f, const SmTurn *turn, const SmFigureRow *row, int turn_is)
{
    const SmPart *owner = owner_part(turn);
    guint all = DESK | TEAM | AGENT;
    int within = row->deadline >= 0 ? turn->replied < row->deadline : -1;
    sm_figures_row(f, SM_FIGURE_ANSWERED, all, row, 1, -1);
    if (turn->reaction >= 0 && within == turn_is) {
        sm_figures_row(f, SM_FIGURE_REACTION, all, row, turn->reaction, within);
    } else if (turn->reaction >= 0) {
        sm_figures_row(f, SM_FIGURE_REACTION, DESK | TEAM, row, turn->reaction, turn_is);
        sm_figures_row(f, SM_FIGURE_REACTION, AGENT, row, turn->reaction, within);
    }
    if (owner && !g_str_equal(owner->agent, turn->author)) {
        add_share(f, SM_FIGURE_WITHIN_AGENT, AGENT, row, within);
    }
    SmFigureRow customers = *row;
    int customer = customer_within(f, turn);
    customers.target = turn->first_target_at_asked;
    customers.deadline = turn->customer_due;
    sm_figures_row(f, SM_FIGURE_RESPONSE, all, &customers, turn->response, customer);
    if (turn->number == 1) {
        sm_figures_row(f, SM_FIGURE_FIRST_RESPONSE, all, &customers, turn->response, customer);
    }
}

static void add_part(SmFigures *f, const SmTurn *turn, const SmFigureRow *whole, const SmPart *part)
{
    SmFigureRow row = part_row(f, whole, part);
    sm_figures_row(f, SM_FIGURE_TURNS, AGENT, &row, 1, -1);
    add_share(f, SM_FIGURE_WITHIN_AGENT, AGENT, &row, part_within(f, turn, part));
    if (part->passed_on > 0) {
        sm_figures_row(f, SM_FIGURE_PASSED_ON, DESK | TEAM | AGENT, &row, part->passed_on, -1);
    }
    if (part->end == SM_PART_COVERED) {
        sm_figures_row(f, SM_FIGURE_COVERED, DESK | TEAM | AGENT, &row, 1, -1);
    } else if (part->end == SM_PART_ENDED || part->end == SM_PART_OPEN) {
        sm_figures_row(f, OUTCOMES[turn->outcome], AGENT, &row, 1, -1);
    }
    row.target = turn->first_target_at_asked;
    row.deadline = turn->customer_due;
    add_share(f, SM_FIGURE_WITHIN_CUSTOMER, AGENT, &row, part_customer_within(f, turn, part));
}

static void add_turn(SmFigures *f, const char *conversation, const SmTurn *turn)
{
    SmFigureRow row = turn_row(f, conversation, turn);
    const SmPart *owner = owner_part(turn);
    int within = turn_within(f, turn);
    row.agent = sm_figures_name(f, turn->author);
    sm_figures_row(f, SM_FIGURE_TURNS, DESK | TEAM, &row, 1, -1);
    row.deadline = owner ? owner->deadline : -1;
    add_share(f, SM_FIGURE_WITHIN_AGENT, DESK | TEAM, &row, within);
    if (turn->outcome == SM_OUTCOME_ANSWERED) {
        add_answer(f, turn, &row, within);
    } else {
        sm_figures_row(f, OUTCOMES[turn->outcome], DESK | TEAM, &row, 1, -1);
    }
    for (guint i = 0; i < turn->parts->len; i++) {
        add_part(f, turn, &row, turn->parts->pdata[i]);
    }
    row.target = turn->first_target_at_asked;
    row.deadline = turn->customer_due;
    add_share(f, SM_FIGURE_WITHIN_CUSTOMER, DESK | TEAM, &row, customer_within(f, turn));
}

static void add_stay(SmFigures *f, const char *conversation, const SmStay *stay, int number)
{
    if (!stay->assigned) {
        return;
    }
    SmFigureRow row = sm_figures_blank(f, conversation, stay->queued);
    row.team = sm_figures_name(f, stay->team);
    row.number = number;
    row.queued = stay->queued;
    row.assigned = row.ended = stay->left;
    row.target = stay->target;
    row.deadline = stay->deadline;
    sm_figures_row(f, SM_FIGURE_QUEUE_WAIT, DESK | TEAM, &row, stay->wait,
                   stay->deadline < 0 ? -1 : stay->left < stay->deadline);
}

static void add_round(SmFigures *f, const char *conversation, const SmRound *round, int number)
{
    SmFigureRow row = sm_figures_blank(f, conversation, round->resolved);
    row.team = sm_figures_name(f, round->team);
    row.agent = sm_figures_name(f, round->owner);
    row.number = number;
    row.queued = round->began;
    row.ended = round->resolved;
    row.target = round->target;
    sm_figures_row(f, SM_FIGURE_RESOLUTION, DESK | TEAM | (round->owner ? AGENT : 0), &row,
                   round->net, round->target < 0 ? -1 : round->net < round->target);
}

/* --- Once per conversation ---------------------------------------------------------------------
 */

/* Whether conversations of somebody have a turn, and an answered one. */
typedef struct {
    guint scope;
    const char *id;
    gboolean answered;
} Rate;

static void rate(GArray *rates, guint scope, const char *id, gboolean answered)
{
    for (guint i = 0; i < rates->len; i++) {
        Rate *old = &g_array_index(rates, Rate, i);
        if (old->scope == scope &&
            old->id == id) { /* names are kept once: same name, same pointer */
            old->answered |= answered;
            return;
        }
    }
    Rate fresh = {scope, id, answered};
    g_array_append_val(rates, fresh);
}

static void rate_turn(SmFigures *f, GArray *rates, const SmTurn *turn)
{
    gboolean answered = turn->outcome == SM_OUTCOME_ANSWERED;
    rate(rates, DESK, NULL, answered);
    rate(rates, TEAM, sm_figures_name(f, turn->team), answered);
    if (answered) {
        rate(rates, AGENT, sm_figures_name(f, turn->author), TRUE);
    }
    for (guint i = 0; i < turn->parts->len; i++) {
        const SmPart *part = turn->parts->pdata[i];
        if (part->end != SM_PART_COVERED) {
            rate(rates, AGENT, sm_figures_name(f, part->agent), part->end == SM_PART_ANSWERED);
        }
    }
}

static void add_rates(SmFigures *f, const char *conversation, const SmTurns *turns)
{
    g_autoptr(GArray) rates = g_array_new(FALSE, FALSE, sizeof(Rate));
    int64_t first = -1; /* turn of the period */
    for (guint i = 0; i < sm_turns_count(turns); i++) {
        const SmTurn *turn = sm_turns_at(turns, i);
        if (sm_figures_in_period(f, turn->asked) && turn->outcome != SM_OUTCOME_CLOSED) {
            first = first < 0 ? turn->asked : first;
            rate_turn(f, rates, turn);
        }
    }
    for (guint i = 0; i < rates->len; i++) {
        const Rate *r = &g_array_index(rates, Rate, i);
        SmFigureRow row = sm_figures_blank(f, conversation, first);
        row.team = r->scope == TEAM ? r->id : NULL;
        row.agent = r->scope == AGENT ? r->id : NULL;
        sm_figures_row(f, SM_FIGURE_RESPONSE_RATE, r->scope, &row, 1, r->answered);
    }
}

static const SmTurn *turn_numbered(const SmTurns *turns, int number)
{
    for (guint i = 0; number > 0 && i < sm_turns_count(turns); i++) {
        const SmTurn *turn = sm_turns_at(turns, i);
        if (turn->number == number) {
            return turn;
        }
    }
    return NULL;
}

/* Rule 15. A customer's message is a question to the agent who answered its turn. */
static void add_said(SmFigures *f, const char *conversation, const SmTurns *turns)
{
    for (guint i = 0; i < sm_turns_said(turns); i++) {
        const SmSaid *said = sm_turns_said_at(turns, i);
        if (!said->counted || !sm_figures_in_period(f, said->at)) {
            continue;
        }
        const SmTurn *turn = said->agent ? NULL : turn_numbered(turns, said->turn);
        const char *agent = said->agent ? said->agent : turn ? turn->author : NULL;
        SmFigureRow row = sm_figures_blank(f, conversation, said->at);
        row.team = sm_figures_name(f, said->team);
        row.agent = sm_figures_name(f, agent);
        row.number = said->turn;
        row.asked = said->agent ? -1 : said->at;
        row.replied = said->agent ? said->at : -1;
        sm_figures_row(f, SM_FIGURE_QUESTION_ANSWER, DESK | TEAM | (agent ? AGENT : 0), &row, 1,
                       said->agent != NULL);
    }
}

static void add_bot_alone(SmFigures *f, const char *conversation, const SmTurns *turns)
{
    const SmRound *first = sm_turns_round(turns, 0);
    if (first && sm_figures_in_period(f, first->began)) {
        SmFigureRow row = sm_figures_blank(f, conversation, first->began);
        row.queued = first->began;
        sm_figures_row(f, SM_FIGURE_BOT_ALONE, DESK, &row, 1, -1);
    }
}

void sm_figures_add(SmFigures *f, const char *conversation, const SmTurns *turns)
{
    if (f->visit) {
        f->visit(conversation, turns, f->visit_user);
    }
    if (sm_turns_had_bot(turns) && !sm_turns_had_staff(turns)) {
        add_bot_alone(f, conversation, turns);
        return;
    }
    for (guint i = 0; i < sm_turns_count(turns); i++) {
        const SmTurn *turn = sm_turns_at(turns, i);
        if (sm_figures_in_period(f, turn->asked)) {
            add_turn(f, conversation, turn);
        }
    }
    for (guint i = 0; i < sm_turns_stays(turns); i++) {
        const SmStay *stay = sm_turns_stay(turns, i);
        if (sm_figures_in_period(f, stay->queued)) {
            add_stay(f, conversation, stay, (int)i + 1);
        }
    }
    for (guint i = 0; i < sm_turns_rounds(turns); i++) {
        const SmRound *round = sm_turns_round(turns, i);
        if (round->resolved >= 0 && sm_figures_in_period(f, round->resolved)) {
            add_round(f, conversation, round, (int)i + 1);
        }
    }
    add_rates(f, conversation, turns);
    add_said(f, conversation, turns);
}

SmOutcome sm_figures_worst(const SmTurns *turns)
{
    static const SmOutcome WORST[] = {SM_OUTCOME_MISSED, SM_OUTCOME_ABANDONED, SM_OUTCOME_DROPPED,
                                      SM_OUTCOME_ANSWERED};
    guint n = sm_turns_count(turns);
    for (gsize k = 0; k < G_N_ELEMENTS(WORST); k++) {
        for (guint i = 0; i < n; i++) {
            if (sm_turns_at(turns, i)->outcome == WORST[k]) {
                return WORST[k];
            }
        }
    }
    return n > 0 ? sm_turns_at(turns, n - 1)->outcome : SM_OUTCOME_OPEN;
}
