/* SPDX-License-Identifier: MIT */
/* The turn clock, rule by rule: what the vectors (test_vectors.c) can't say, and one plain case of
 * each rule beside them. Each test is named after the rule of docs/turn-clock.md it holds. */
#include <locale.h>
#include <string.h>

#include "seatmux/desk/figures.h"

#define T0 INT64_C(1767571200000) /* Monday 2026-01-05 00:00 UTC, 08:00 in Shanghai */
#define TEAM "support"

typedef struct {
    SmTurns *t;
    SmPolicy *policy;
} Fix;

static SmPolicy *policy_of(const char *text)
{
    g_autoptr(SmFindings) findings = sm_findings_new();
    SmPolicy *policy = sm_policy_parse("desk.yaml", text, strlen(text), findings);
    g_assert_cmpuint(sm_findings_count(findings), ==, 0);
    return policy;
}

/* A conversation that waits since T0 under the shipped policy. */
static void set_up(Fix *f, gconstpointer data)
{
    f->t = sm_turns_new();
    f->policy = sm_policy_shipped();
    sm_turns_queued(f->t, T0, SM_CAUSE_START, f->policy, TEAM);
}

static void tear_down(Fix *f, gconstpointer data)
{
    sm_turns_free(f->t);
    sm_policy_unref(f->policy);
}

static void customer(Fix *f, int64_t ms)
{
    sm_turns_customer_message(f->t, T0 + ms, f->policy, TEAM);
}

static void assign(Fix *f, int64_t ms, const char *agent, SmCause cause)
{
    sm_turns_assigned(f->t, T0 + ms, agent, FALSE, cause, f->policy, TEAM);
}

static const SmTurn *turn(const Fix *f, guint i)
{
    return sm_turns_at(f->t, i);
}

static const SmPart *part(const Fix *f, guint turn_i, guint i)
{
    g_assert_cmpuint(i, <, turn(f, turn_i)->parts->len);
    return turn(f, turn_i)->parts->pdata[i];
}

static SmFigureValue figure(const Fix *f, SmFigure which, SmScope scope, const char *id,
                            int64_t now)
{
    g_autoptr(SmFigures) figures = sm_figures_new(T0, T0 + 86400000, T0 + now);
    sm_figures_add(figures, "c1", f->t);
    return sm_figures_value(figures, which, scope, id);
}

static void later_messages_do_not_move_start(Fix *f, gconstpointer data)
{
    g_assert_null(sm_turns_open(f->t));
    customer(f, 1000);
    customer(f, 9000);
    g_assert_cmpint(sm_turns_open(f->t)->asked, ==, T0 + 1000);
    g_assert_cmpint(sm_turns_open(f->t)->customer_messages, ==, 2);
    g_assert_cmpuint(sm_turns_count(f->t), ==, 1);
}

static void staff_message_closes(Fix *f, gconstpointer data)
{
    g_assert_false(sm_turns_staff_message(f->t, T0 + 500, "mia"));
    customer(f, 1000);
    g_assert_true(sm_turns_staff_message(f->t, T0 + 4000, "mia"));
    g_assert_false(sm_turns_staff_message(f->t, T0 + 5000, "mia"));
    g_assert_null(sm_turns_open(f->t));
    g_assert_cmpint(turn(f, 0)->replied, ==, T0 + 4000);
    g_assert_cmpint(turn(f, 0)->outcome, ==, SM_OUTCOME_ANSWERED);
}

static void bot_holds_no_turn(Fix *f, gconstpointer data)
{
    sm_turns_bot(f->t, T0 + 100, TRUE, f->policy, TEAM);
    customer(f, 1000);
    g_assert_null(sm_turns_open(f->t));
    g_assert_cmpint(sm_turns_deadline(f->t).kind, ==, SM_CLOCK_NONE);
    sm_turns_bot(f->t, T0 + 6000, FALSE, f->policy, TEAM);
    g_assert_cmpint(sm_turns_open(f->t)->asked, ==, T0 + 6000);
    g_assert_cmpint(sm_turns_open(f->t)->queued, ==, T0 + 6000);
    g_assert_true(sm_turns_had_bot(f->t));
    /* A queued() of the same record moves nothing. */
    sm_turns_queued(f->t, T0 + 6000, SM_CAUSE_HAND_OVER, f->policy, TEAM);
    g_assert_cmpuint(sm_turns_stays(f->t), ==, 2);
}

static void stamps_lifted_never_back(Fix *f, gconstpointer data)
{
    customer(f, 5000);
    assign(f, 4000, "mia", SM_CAUSE_CLAIM);
    g_assert_cmpint(sm_turns_open(f->t)->assigned, ==, T0 + 5000);
    sm_turns_staff_message(f->t, T0, "mia");
    g_assert_cmpint(turn(f, 0)->replied, ==, T0 + 5000);
    g_assert_cmpint(turn(f, 0)->response, ==, 0);
}

static void what_does_not_fit(Fix *f, gconstpointer data)
{
    customer(f, 1000);
    sm_turns_resolved(f->t, T0 + 2000, FALSE);
    g_autoptr(json_t) before = sm_turns_encode(f->t);
    customer(f, 3000);
    assign(f, 3000, "mia", SM_CAUSE_CLAIM);
    sm_turns_unassigned(f->t, T0 + 3000, SM_CAUSE_RELEASE);
    sm_turns_queued(f->t, T0 + 3000, SM_CAUSE_RELEASE, f->policy, TEAM);
    sm_turns_resolved(f->t, T0 + 3000, TRUE);
    sm_turns_abandoned(f->t, T0 + 3000, T0);
    sm_turns_bot(f->t, T0 + 3000, TRUE, f->policy, TEAM);
    sm_turns_snoozed(f->t, T0 + 3000, TRUE);
    g_autoptr(json_t) after = sm_turns_encode(f->t);
    g_assert_true(json_equal(before, after));
    sm_turns_reopened(f->t, T0 + 4000);
    g_autoptr(json_t) reopened = sm_turns_encode(f->t);
    g_assert_false(json_equal(before, reopened));
    sm_turns_reopened(f->t, T0 + 5000);
    g_autoptr(json_t) twice = sm_turns_encode(f->t);
    g_assert_true(json_equal(reopened, twice));
}

static void outcomes(Fix *f, gconstpointer data)
{
    customer(f, 1000);
    sm_turns_resolved(f->t, T0 + 2000, TRUE);
    g_assert_cmpint(turn(f, 0)->outcome, ==, SM_OUTCOME_CLOSED);
    sm_turns_reopened(f->t, T0 + 3000);
    sm_turns_queued(f->t, T0 + 3000, SM_CAUSE_REOPEN, f->policy, TEAM);
    customer(f, 3000);
    sm_turns_resolved(f->t, T0 + 4000, FALSE);
    g_assert_cmpint(turn(f, 1)->outcome, ==, SM_OUTCOME_MISSED);
    sm_turns_reopened(f->t, T0 + 5000);
    sm_turns_queued(f->t, T0 + 5000, SM_CAUSE_REOPEN, f->policy, TEAM);
    customer(f, 5000);
    sm_turns_staff_message(f->t, T0 + 6000, "mia");
    customer(f, 7000);
    sm_turns_abandoned(f->t, T0 + 67000, T0 + 7000);
    g_assert_cmpint(turn(f, 2)->outcome, ==, SM_OUTCOME_ANSWERED);
    g_assert_cmpint(turn(f, 3)->outcome, ==, SM_OUTCOME_ABANDONED);
    g_assert_cmpint(turn(f, 3)->gone, ==, T0 + 7000);
    sm_turns_reopened(f->t, T0 + 70000);
    sm_turns_queued(f->t, T0 + 70000, SM_CAUSE_REOPEN, f->policy, TEAM);
    customer(f, 70000);
    sm_turns_resolved(f->t, T0 + 71000, FALSE);
    g_assert_cmpint(turn(f, 4)->outcome, ==, SM_OUTCOME_DROPPED);
    g_assert_cmpstr(sm_outcome_name(turn(f, 4)->outcome), ==, "dropped");
}

static void stays_and_reaction(Fix *f, gconstpointer data)
{
    customer(f, 1000);
    assign(f, 4000, "mia", SM_CAUSE_CLAIM);
    sm_turns_staff_message(f->t, T0 + 6000, "mia");
    g_assert_cmpint(sm_turns_stay(f->t, 0)->wait, ==, 4000);
    g_assert_true(sm_turns_stay(f->t, 0)->assigned);
    g_assert_cmpint(turn(f, 0)->reaction, ==, 2000);
    g_assert_cmpint(turn(f, 0)->response, ==, 5000);
    /* Owned before it was asked: the reaction runs from asked. */
    customer(f, 10000);
    sm_turns_staff_message(f->t, T0 + 13000, "mia");
    g_assert_cmpint(turn(f, 1)->reaction, ==, 3000);
}

static void every_cause_passes_on(Fix *f, gconstpointer data)
{
    static const SmCause CAUSES[] = {SM_CAUSE_RELEASE, SM_CAUSE_ACCEPT_TIMEOUT, SM_CAUSE_OFFLINE,
                                     SM_CAUSE_TRANSFER};
    customer(f, 1000);
    for (gsize i = 0; i < G_N_ELEMENTS(CAUSES); i++) {
        g_autofree char *agent = g_strdup_printf("a%zu", i);
        assign(f, 2000 + (int64_t)i * 1000, agent, SM_CAUSE_CLAIM);
        sm_turns_unassigned(f->t, T0 + 2500 + (int64_t)i * 1000, CAUSES[i]);
        sm_turns_queued(f->t, T0 + 2500 + (int64_t)i * 1000, CAUSES[i], f->policy, TEAM);
        g_assert_cmpint(part(f, 0, (guint)i)->end, ==, SM_PART_PASSED_ON);
        g_assert_cmpint(part(f, 0, (guint)i)->cause, ==, CAUSES[i]);
    }
    assign(f, 9000, "mia", SM_CAUSE_CLAIM);
    assign(f, 9500, "sam", SM_CAUSE_TAKE_OVER);
    g_assert_cmpint(part(f, 0, 4)->cause, ==, SM_CAUSE_TAKE_OVER);
    sm_turns_staff_message(f->t, T0 + 9600, "sam");
    g_assert_cmpint(figure(f, SM_FIGURE_PASSED_ON, SM_SCOPE_DESK, NULL, 9600).n, ==, 5);
    g_assert_cmpint(figure(f, SM_FIGURE_TURNS, SM_SCOPE_DESK, NULL, 9600).n, ==, 1);
    g_assert_cmpint(figure(f, SM_FIGURE_TURNS, SM_SCOPE_AGENT, "a0", 9600).n, ==, 1);
}

static void reply_belongs_to_author(Fix *f, gconstpointer data)
{
    customer(f, 1000);
    sm_turns_assigned(f->t, T0 + 2000, "tim", TRUE, SM_CAUSE_CLAIM, f->policy, TEAM);
    g_assert_true(part(f, 0, 0)->trainee);
    sm_turns_staff_message(f->t, T0 + 3000, "mia");
    g_assert_cmpstr(turn(f, 0)->author, ==, "mia");
    g_assert_cmpint(part(f, 0, 0)->end, ==, SM_PART_COVERED);
    /* Assigns nothing: the next turn is tim's. */
    customer(f, 4000);
    g_assert_cmpstr(part(f, 1, 0)->agent, ==, "tim");
    g_assert_true(part(f, 1, 0)->trainee);
}

static void owner_continues_deadline(Fix *f, gconstpointer data)
{
    customer(f, 1000);
    assign(f, 2000, "mia", SM_CAUSE_CLAIM);
    sm_turns_queued(f->t, T0 + 3000, SM_CAUSE_RELEASE, f->policy, TEAM);
    assign(f, 4000, "mia", SM_CAUSE_CLAIM);
    SmDeadline d = sm_turns_deadline(f->t);
    g_assert_cmpint(d.kind, ==, SM_CLOCK_REPLY);
    g_assert_cmpint(d.began, ==, T0 + 2000);
    g_assert_cmpint(d.due, ==, T0 + 7000);
    g_assert_cmpuint(turn(f, 0)->parts->len, ==, 1);
}

static void levels_are_pure(Fix *f, gconstpointer data)
{
    SmDeadline d = {.kind = SM_CLOCK_REPLY, .began = T0, .due = T0 + 30001, .target = 30001};
    int64_t now = T0, next;
    SmLevel level = SM_LEVEL_OK;
    int entered = 0;
    /* Walking from level to level meets each of them at the ms it begins, not one before. */
    while ((next = sm_deadline_next_level(&d, now)) != INT64_MAX) {
        g_assert_cmpint(sm_deadline_level(&d, next - 1), ==, level);
        g_assert_cmpint(sm_deadline_level(&d, next), ==, ++level);
        now = next;
        entered++;
    }
    g_assert_cmpint(entered, ==, 3);
    g_assert_cmpint(now, ==, d.due);
    int64_t half, high;
    sm_deadline_warnings(&d, &half, &high);
    g_assert_cmpint(half, ==, T0 + 15001);
    g_assert_cmpint(high, ==, T0 + 24001);
    SmDeadline none = {.kind = SM_CLOCK_NONE};
    sm_deadline_warnings(&none, &half, &high);
    g_assert_cmpint(half, ==, INT64_MAX);
    g_assert_cmpint(sm_deadline_level(&none, T0), ==, SM_LEVEL_OK);
    g_assert_cmpint(sm_deadline_remaining(&none, T0), ==, INT64_MAX);
    g_assert_cmpint(sm_deadline_next_level(&none, T0), ==, INT64_MAX);
    g_assert_cmpstr(sm_level_word(SM_LEVEL_HIGH), ==, "WARN!");
    g_assert_cmpstr(sm_level_word(SM_LEVEL_OVERDUE), ==, "OVERDUE");
}

static void bar_is_used_tenths(Fix *f, gconstpointer data)
{
    SmDeadline d = {.kind = SM_CLOCK_QUEUE, .began = T0, .due = T0 + 20000, .target = 20000};
    g_assert_cmpint(sm_deadline_tenths(&d, T0 - 5), ==, 0);
    g_assert_cmpint(sm_deadline_tenths(&d, T0 + 1999), ==, 0);
    g_assert_cmpint(sm_deadline_tenths(&d, T0 + 2000), ==, 1);
    g_assert_cmpint(sm_deadline_tenths(&d, T0 + 19999), ==, 9);
    g_assert_cmpint(sm_deadline_tenths(&d, T0 + 20000), ==, 10);
    g_assert_cmpint(sm_deadline_tenths(&d, T0 + 99999), ==, 10);
    g_assert_cmpint(sm_deadline_remaining(&d, T0 + 19999), ==, 1);
    g_assert_cmpint(sm_deadline_remaining(&d, T0 + 20001), ==, -1);
    SmDeadline none = {.kind = SM_CLOCK_QUEUE, .began = T0, .due = T0, .target = 0};
    g_assert_cmpint(sm_deadline_tenths(&none, T0 - 1), ==, 10);
}

/* A deadline may be at any instant, the very first too. */
static void due_at_the_first_instant(Fix *f, gconstpointer data)
{
    g_autoptr(SmPolicy) at_once =
        policy_of("teams:\n- id: support\n  targets: {first_response: 0s, queue: 0s}\n"
                  "inboxes: [{id: web, team: support}]\n");
    g_autoptr(SmTurns) t = sm_turns_new();
    sm_turns_queued(t, 0, SM_CAUSE_START, at_once, TEAM);
    g_assert_cmpint(sm_turns_deadline(t).kind, ==, SM_CLOCK_QUEUE);
    sm_turns_customer_message(t, 0, at_once, TEAM);
    sm_turns_assigned(t, 0, "mia", FALSE, SM_CAUSE_CLAIM, at_once, TEAM);
    g_assert_cmpint(sm_turns_deadline(t).kind, ==, SM_CLOCK_REPLY);
    g_assert_cmpint(sm_turns_deadline(t).due, ==, 0);
}

static const char OFFICE[] =
    "zone: Asia/Shanghai\nteams:\n- id: support\n"
    "  targets: {first_response: 30m, response: 1h, queue: 20m}\n"
    "  hours: {week: {mon-fri: \"09:00-18:00\"}}\n  pause: [outside_hours, snoozed]\n"
    "inboxes: [{id: web, team: support}]\n";

/* A client without the policy has the due instant; with it, the used share as well. */
static void pause_without_and_with_policy(Fix *f, gconstpointer data)
{
    g_autoptr(SmPolicy) office = policy_of(OFFICE);
    g_autoptr(SmTurns) t = sm_turns_new();
    sm_turns_queued(t, T0 + 35400000, SM_CAUSE_START, office, TEAM);
    g_autoptr(json_t) json = sm_turns_encode_for(t, office);
    g_autoptr(GError) error = NULL;
    g_autoptr(SmTurns) client = sm_turns_decode(json, &error);
    g_assert_no_error(error);
    SmDeadline blind = sm_turns_deadline(client);
    g_assert_cmpint(blind.due, ==, T0 + 90600000);
    g_assert_null(blind.hours);
    g_assert_cmpint(sm_deadline_level(&blind, T0 + 90600000), ==, SM_LEVEL_OVERDUE);
    sm_turns_set_policy(client, f->policy); /* another one: not taken */
    g_assert_null(sm_turns_deadline(client).hours);
    sm_turns_set_policy(client, office);
    SmDeadline d = sm_turns_deadline(client);
    g_assert_nonnull(d.hours);
    /* At 02:00 in the night 10 of 20 worked minutes are used. */
    g_assert_cmpint(sm_deadline_tenths(&d, T0 + 64800000), ==, 5);
    g_assert_cmpint(sm_deadline_remaining(&d, T0 + 64800000), ==, 600000);
    /* All of it may go along as well. */
    g_autoptr(json_t) whole = sm_turns_encode(t);
    g_autoptr(SmTurns) self_sufficient = sm_turns_decode(whole, &error);
    g_assert_no_error(error);
    g_assert_nonnull(sm_turns_deadline(self_sufficient).hours);
}

/* Rule 11: hours of the team at the end of the stretch, by the policy when it began. */
static void pause_by_team_at_the_end(Fix *f, gconstpointer data)
{
    g_autoptr(SmPolicy) both =
        policy_of("zone: Asia/Shanghai\nteams:\n- id: support\n- id: office\n"
                  "  hours: {week: {mon-fri: \"09:00-18:00\"}}\n"
                  "  pause: outside_hours\ninboxes: [{id: web, team: support}]\n");
    g_autoptr(SmTurns) t = sm_turns_new();
    sm_turns_queued(t, T0 + 3540000, SM_CAUSE_START, both, TEAM);
    sm_turns_customer_message(t, T0 + 3540000, both, TEAM);
    sm_turns_queued(t, T0 + 3550000, SM_CAUSE_TRANSFER, both, "office");
    g_assert_cmpint(sm_turns_deadline(t).due, ==, T0 + 3620000);
    sm_turns_assigned(t, T0 + 3605000, "mia", FALSE, SM_CAUSE_CLAIM, f->policy, "office");
    sm_turns_staff_message(t, T0 + 3607000, "mia");
    g_assert_cmpint(sm_turns_stay(t, 0)->wait, ==, 5000);
    g_assert_cmpint(sm_turns_at(t, 0)->response, ==, 7000);
    g_assert_cmpint(sm_turns_at(t, 0)->asked, ==, T0 + 3540000);
}

/* One worked minute a week never makes up 30 days: no breach, and the clock stands at what is left.
 */
static void a_deadline_that_never_comes(Fix *f, gconstpointer data)
{
    g_autoptr(SmPolicy) rare =
        policy_of("teams:\n- id: support\n  targets: {queue: 30d}\n"
                  "  hours: {week: {mon: \"00:00-00:01\"}}\n  pause: outside_hours\n"
                  "inboxes: [{id: web, team: support}]\n");
    g_autoptr(GError) error = NULL;
    g_autoptr(SmTurns) t = sm_turns_new();
    sm_turns_queued(t, T0, SM_CAUSE_START, rare, TEAM);
    g_autoptr(json_t) json = sm_turns_encode(t);
    g_autoptr(SmTurns) read = sm_turns_decode(json, &error);
    g_assert_no_error(error);
    SmDeadline d = sm_turns_deadline(read);
    g_assert_cmpint(d.due, ==, INT64_MAX);
    g_assert_cmpint(sm_deadline_level(&d, T0 + 86400000), ==, SM_LEVEL_OK);
    g_assert_cmpint(sm_deadline_remaining(&d, T0 + 86400000), ==, INT64_C(30) * 86400000 - 60000);
    g_assert_cmpint(sm_deadline_next_level(&d, T0), ==, INT64_MAX);
}

static void passed_on_is_not_within(Fix *f, gconstpointer data)
{
    customer(f, 1000);
    assign(f, 2000, "mia", SM_CAUSE_CLAIM);
    sm_turns_queued(f->t, T0 + 3000, SM_CAUSE_RELEASE, f->policy, TEAM);
    assign(f, 4000, "leo", SM_CAUSE_CLAIM);
    sm_turns_staff_message(f->t, T0 + 5000, "leo");
    SmFigureValue mia = figure(f, SM_FIGURE_WITHIN_AGENT, SM_SCOPE_AGENT, "mia", 5000);
    g_assert_cmpint(mia.n, ==, 1);
    g_assert_cmpint(mia.within, ==, 0);
    g_assert_cmpint(figure(f, SM_FIGURE_WITHIN_AGENT, SM_SCOPE_DESK, NULL, 5000).within, ==, 1);
}

/* A former owner who answers another's turn: the part is passed on, the answer counts beside it. */
static void former_owner_answers(Fix *f, gconstpointer data)
{
    customer(f, 1000);
    assign(f, 2000, "mia", SM_CAUSE_CLAIM);
    assign(f, 3000, "leo", SM_CAUSE_TRANSFER);
    sm_turns_staff_message(f->t, T0 + 4000, "mia");
    SmFigureValue mia = figure(f, SM_FIGURE_WITHIN_AGENT, SM_SCOPE_AGENT, "mia", 4000);
    g_assert_cmpint(mia.n, ==, 2);
    g_assert_cmpint(mia.within, ==, 1);
    g_assert_cmpint(figure(f, SM_FIGURE_TURNS, SM_SCOPE_AGENT, "mia", 4000).n, ==, 1);
    g_assert_cmpint(figure(f, SM_FIGURE_COVERED, SM_SCOPE_AGENT, "leo", 4000).n, ==, 1);
}

static void copies_are_apart(Fix *f, gconstpointer data)
{
    customer(f, 1000);
    assign(f, 2000, "mia", SM_CAUSE_CLAIM);
    g_autoptr(SmTurns) copy = sm_turns_copy(f->t);
    g_autoptr(json_t) before = sm_turns_encode(copy);
    sm_turns_staff_message(f->t, T0 + 3000, "mia");
    sm_turns_resolved(f->t, T0 + 4000, FALSE);
    g_autoptr(json_t) after = sm_turns_encode(copy);
    g_assert_true(json_equal(before, after));
    g_assert_cmpuint(sm_turns_said(f->t), ==, 2);
    g_assert_cmpuint(sm_turns_said(copy), ==, 1);
}

static void trim_keeps_what_runs(Fix *f, gconstpointer data)
{
    customer(f, 1000);
    assign(f, 2000, "mia", SM_CAUSE_CLAIM);
    sm_turns_staff_message(f->t, T0 + 3000, "mia");
    customer(f, 4000);
    sm_turns_trim(f->t);
    g_assert_cmpuint(sm_turns_count(f->t), ==, 1);
    g_assert_cmpint(sm_turns_open(f->t)->number, ==, 2);
    g_assert_cmpuint(sm_turns_stays(f->t), ==, 0);
    g_assert_cmpuint(sm_turns_said(f->t), ==, 0);
    sm_turns_staff_message(f->t, T0 + 5000, "mia");
    sm_turns_trim(f->t);
    g_assert_cmpuint(sm_turns_count(f->t), ==, 0);
    customer(f, 6000);
    g_assert_cmpint(sm_turns_open(f->t)->number, ==, 3);
    /* That one was answered is not forgotten. */
    sm_turns_resolved(f->t, T0 + 7000, FALSE);
    g_assert_cmpint(turn(f, 0)->outcome, ==, SM_OUTCOME_DROPPED);
    sm_turns_trim(f->t);
    g_assert_null(sm_turns_at(f->t, 0));
    g_assert_null(sm_turns_stay(f->t, 0));
    g_assert_null(sm_turns_round(f->t, 0));
    g_assert_null(sm_turns_said_at(f->t, 0));
}

static void codec_refuses(Fix *f, gconstpointer data)
{
    customer(f, 1000);
    assign(f, 2000, "mia", SM_CAUSE_CLAIM);
    g_autoptr(json_t) good = sm_turns_encode(f->t);
    const char *key;
    json_t *value;
    json_object_foreach(good, key, value)
    {
        g_autoptr(GError) error = NULL;
        g_autoptr(json_t) bad = json_deep_copy(good);
        json_object_set_new(bad, key, json_real(0.5));
        g_assert_null(sm_turns_decode(bad, &error));
        g_assert_error(error, SM_ERROR, SM_ERROR_INVALID);
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) other = json_deep_copy(good);
    json_object_set_new(other, "owner", json_string("sam"));
    g_assert_null(sm_turns_decode(other, &error));
    g_clear_error(&error);
    static const int64_t NUMBERS[] = {-2, INT64_MIN, INT64_MAX, (INT64_C(1) << 43) + 1};
    for (gsize i = 0; i < G_N_ELEMENTS(NUMBERS); i++) {
        g_autoptr(json_t) far = json_deep_copy(good);
        json_object_set_new(json_array_get(json_object_get(far, "turns"), 0), "asked",
                            json_integer(NUMBERS[i]));
        g_assert_null(sm_turns_decode(far, &error));
        g_clear_error(&error);
    }
    g_autoptr(json_t) end = json_deep_copy(good);
    json_object_set_new(json_array_get(json_object_get(end, "turns"), 0), "outcome",
                        json_integer(77));
    g_assert_null(sm_turns_decode(end, &error));
}

/* A target of nothing is one, and is due at once; none is none. */
static void targets_of_nothing(Fix *f, gconstpointer data)
{
    static const struct {
        const char *targets;
        int64_t stay, stay_due, customer; /* ms; due since T0 */
    } CASES[] = {{"{first_response: 0s, queue: 5s}", 5000, 5000, 5000},
                 {"{first_response: 5s, queue: 0s}", 0, 0, 5000},
                 {"{first_response: 5s, queue: none}", -1, -1 - T0, -1},
                 {"{first_response: none, queue: 5s}", 5000, 5000, -1}};
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *text = g_strdup_printf(
            "teams:\n- id: support\n  targets: %s\ninboxes: [{id: web, team: support}]\n",
            CASES[i].targets);
        g_autoptr(SmPolicy) policy = policy_of(text);
        g_autoptr(SmTurns) t = sm_turns_new();
        sm_turns_queued(t, T0, SM_CAUSE_START, policy, TEAM);
        sm_turns_customer_message(t, T0, policy, TEAM);
        g_assert_cmpint(sm_turns_stay(t, 0)->target, ==, CASES[i].stay);
        g_assert_cmpint(sm_turns_stay(t, 0)->deadline, ==, T0 + CASES[i].stay_due);
        g_assert_cmpint(sm_turns_at(t, 0)->first_target_at_asked, ==, CASES[i].customer);
    }
}

/* A team that did not exist yet when the stretch began has the targets it has now; without a team there are none. */
static void teams_come_and_go(Fix *f, gconstpointer data)
{
    g_autoptr(SmPolicy) later =
        policy_of("teams:\n- id: support\n- id: returns\n  targets: {first_response: 7s, queue: 9s}\n"
                  "inboxes: [{id: web, team: support}]\n");
    customer(f, 1000);
    sm_turns_queued(f->t, T0 + 2000, SM_CAUSE_TRANSFER, later, "returns");
    g_assert_cmpint(sm_turns_stay(f->t, 0)->target, ==, 9000);
    g_assert_cmpint(turn(f, 0)->target, ==, 7000);
    /* Who says no team means the same. */
    sm_turns_customer_message(f->t, T0 + 3000, later, NULL);
    g_assert_cmpstr(turn(f, 0)->team, ==, "returns");
    g_autoptr(SmTurns) t = sm_turns_new();
    sm_turns_queued(t, T0, SM_CAUSE_START, f->policy, NULL);
    g_assert_cmpint(sm_turns_stay(t, 0)->target, ==, -1);
}

/* The stays since the turn before are the next turn's, all of them; it was queued when the last began. */
static void adopts_every_stay(Fix *f, gconstpointer data)
{
    assign(f, 1000, "mia", SM_CAUSE_CLAIM);
    sm_turns_queued(f->t, T0 + 2000, SM_CAUSE_RELEASE, f->policy, TEAM);
    assign(f, 3000, "leo", SM_CAUSE_CLAIM);
    customer(f, 4000);
    g_assert_cmpuint(sm_turns_stays(f->t), ==, 2);
    g_assert_cmpint(sm_turns_stay(f->t, 0)->turn, ==, 1);
    g_assert_cmpint(sm_turns_stay(f->t, 1)->turn, ==, 1);
    g_assert_cmpint(turn(f, 0)->queued, ==, T0 + 2000);
}

/* What was said to a bot counts once people have it; only a bot that was written to leaves a turn behind. */
static void bot_and_people(Fix *f, gconstpointer data)
{
    sm_turns_bot(f->t, T0 + 100, TRUE, f->policy, TEAM);
    g_assert_false(sm_turns_stay(f->t, 0)->assigned);
    customer(f, 1000);
    g_assert_false(sm_turns_said_at(f->t, 0)->counted);
    g_assert_false(sm_turns_had_staff(f->t));
    sm_turns_bot(f->t, T0 + 2000, FALSE, f->policy, TEAM);
    g_assert_true(sm_turns_said_at(f->t, 0)->counted);
    g_assert_true(sm_turns_had_staff(f->t));
    sm_turns_staff_message(f->t, T0 + 3000, "mia");
    sm_turns_bot(f->t, T0 + 4000, TRUE, f->policy, TEAM);
    sm_turns_bot(f->t, T0 + 5000, FALSE, f->policy, TEAM);
    g_assert_null(sm_turns_open(f->t));
    g_autoptr(SmTurns) t = sm_turns_new();
    sm_turns_assigned(t, T0, "mia", FALSE, SM_CAUSE_ASSIGN, f->policy, TEAM);
    g_assert_true(sm_turns_had_staff(t));
}

/* What an owner was is forgotten with the owner. */
static void nothing_of_an_owner_stays(Fix *f, gconstpointer data)
{
    sm_turns_assigned(f->t, T0 + 1000, "tim", TRUE, SM_CAUSE_CLAIM, f->policy, TEAM);
    sm_turns_unassigned(f->t, T0 + 2000, SM_CAUSE_OFFLINE);
    g_autoptr(json_t) json = sm_turns_encode(f->t);
    g_assert_false(sm_json_bool(json, "trainee", TRUE));
    g_assert_cmpint(sm_json_int(json, "owned", 0), ==, -1);
}

static void abandoned_is_an_end(Fix *f, gconstpointer data)
{
    customer(f, 1000);
    sm_turns_abandoned(f->t, T0 + 61000, T0 + 1000);
    customer(f, 62000);
    g_assert_null(sm_turns_open(f->t));
    g_assert_cmpuint(sm_turns_count(f->t), ==, 1);
}

static gboolean is_left(const SmTurns *t)
{
    g_autoptr(json_t) json = sm_turns_encode(t);
    g_assert_cmpint(sm_json_bool(json, "offline", FALSE), ==, sm_json_bool(json, "left", FALSE));
    return sm_json_bool(json, "offline", FALSE);
}

/* A message is left only where nothing else goes on; then no clock runs and the round's length says nothing. */
static void left_messages(Fix *f, gconstpointer data)
{
    for (int i = 0; i < 6; i++) {
        g_autoptr(SmTurns) t = sm_turns_new();
        if (i == 1) {
            sm_turns_queued(t, T0, SM_CAUSE_START, f->policy, TEAM);
        } else if (i == 2) {
            sm_turns_bot(t, T0, TRUE, f->policy, TEAM);
        } else if (i == 3) {
            sm_turns_assigned(t, T0, "mia", FALSE, SM_CAUSE_ASSIGN, f->policy, TEAM);
        } else if (i == 4) {
            sm_turns_customer_message(t, T0, f->policy, TEAM);
        } else if (i == 5) {
            sm_turns_queued(t, T0, SM_CAUSE_START, f->policy, TEAM);
            sm_turns_resolved(t, T0, TRUE);
        }
        sm_turns_offline(t, T0 + 1000, f->policy, TEAM);
        g_assert_cmpint(is_left(t), ==, i == 0);
    }
    g_autoptr(SmTurns) t = sm_turns_new();
    sm_turns_offline(t, T0, f->policy, TEAM);
    sm_turns_customer_message(t, T0 + 1000, f->policy, TEAM);
    g_assert_null(sm_turns_open(t));
    g_assert_false(sm_turns_said_at(t, 0)->counted);
    sm_turns_staff_message(t, T0 + 5000, "mia");
    g_assert_false(sm_turns_said_at(t, 1)->counted);
    sm_turns_resolved(t, T0 + 6000, FALSE);
    g_assert_cmpint(sm_turns_round(t, 0)->resolved, ==, -1);
}

/* A snooze may begin at any instant, the very first too. */
static void snoozed_from_the_first_instant(Fix *f, gconstpointer data)
{
    g_autoptr(SmPolicy) office = policy_of(
        "teams:\n- id: support\n  pause: snoozed\ninboxes: [{id: web, team: support}]\n");
    g_autoptr(SmTurns) t = sm_turns_new();
    sm_turns_queued(t, 0, SM_CAUSE_START, office, TEAM);
    sm_turns_snoozed(t, 0, TRUE);
    sm_turns_snoozed(t, 4000, FALSE);
    sm_turns_snoozed(t, 5000, TRUE);
    sm_turns_resolved(t, 7000, FALSE);
    g_assert_cmpint(sm_turns_round(t, 0)->net, ==, 1000);
}

/* Without any policy there are stamps and no targets. */
static void without_a_policy(Fix *f, gconstpointer data)
{
    g_autoptr(SmTurns) t = sm_turns_new();
    sm_turns_queued(t, T0, SM_CAUSE_START, NULL, TEAM);
    sm_turns_customer_message(t, T0 + 1000, NULL, TEAM);
    sm_turns_assigned(t, T0 + 2000, "mia", FALSE, SM_CAUSE_CLAIM, NULL, TEAM);
    g_assert_cmpint(sm_turns_deadline(t).kind, ==, SM_CLOCK_NONE);
    sm_turns_staff_message(t, T0 + 4000, "mia");
    g_assert_cmpint(sm_turns_at(t, 0)->response, ==, 3000);
    g_assert_cmpint(sm_turns_at(t, 0)->target, ==, -1);
    g_assert_cmpint(sm_turns_stay(t, 0)->wait, ==, 2000);
}

static void nothing_behind_the_last(Fix *f, gconstpointer data)
{
    customer(f, 1000);
    g_assert_null(sm_turns_at(f->t, sm_turns_count(f->t)));
    g_assert_null(sm_turns_stay(f->t, sm_turns_stays(f->t)));
    g_assert_null(sm_turns_round(f->t, sm_turns_rounds(f->t)));
    g_assert_null(sm_turns_said_at(f->t, sm_turns_said(f->t)));
}

/* Any order of inputs: the machine stays sound, its stamps rise, and its JSON reads back the same.
 */
static void any_order(Fix *f, gconstpointer data)
{
    static const char *const AGENTS[] = {"mia", "leo", "sam"};
    GRand *random = g_rand_new_with_seed(11);
    for (int round = 0; round < 150; round++) {
        g_autoptr(SmTurns) t = sm_turns_new();
        int64_t at = T0;
        for (int i = 0; i < 40; i++) {
            at += g_rand_int_range(random, -2000, 20000);
            const char *agent = AGENTS[g_rand_int_range(random, 0, 3)];
            switch (g_rand_int_range(random, 0, 11)) {
            case 0:
            case 1:
                sm_turns_customer_message(t, at, f->policy, TEAM);
                break;
            case 2:
                sm_turns_staff_message(t, at, agent);
                break;
            case 3:
                sm_turns_queued(t, at, SM_CAUSE_RELEASE, f->policy, TEAM);
                break;
            case 4:
            case 5:
                sm_turns_assigned(t, at, agent, FALSE, SM_CAUSE_CLAIM, f->policy, TEAM);
                break;
            case 6:
                sm_turns_unassigned(t, at, SM_CAUSE_OFFLINE);
                break;
            case 7:
                sm_turns_resolved(t, at, g_rand_boolean(random));
                break;
            case 8:
                sm_turns_reopened(t, at);
                break;
            case 9:
                sm_turns_bot(t, at, g_rand_boolean(random), f->policy, TEAM);
                break;
            default:
                sm_turns_abandoned(t, at, at - 60000);
                break;
            }
        }
        g_autoptr(GError) error = NULL;
        g_autoptr(json_t) json = sm_turns_encode(t);
        g_autoptr(SmTurns) read = sm_turns_decode(json, &error);
        g_assert_no_error(error);
        g_autoptr(json_t) again = sm_turns_encode(read);
        g_assert_true(json_equal(json, again));
        for (guint i = 0; i < sm_turns_count(t); i++) {
            const SmTurn *one = sm_turns_at(t, i);
            g_assert_cmpint(one->number, ==, i + 1);
            g_assert_true(one->ended == -1 || one->ended >= one->asked);
            g_assert_true((one->outcome == SM_OUTCOME_OPEN) == (one == sm_turns_open(t)));
            g_assert_true(i == 0 || one->asked >= sm_turns_at(t, i - 1)->ended);
            for (guint k = 0; k < one->parts->len; k++) {
                const SmPart *p = one->parts->pdata[k];
                g_assert_true(p->end != SM_PART_OPEN || one == sm_turns_open(t));
                g_assert_true(p->end == SM_PART_OPEN || p->policy == NULL ||
                              one == sm_turns_open(t));
            }
        }
    }
    g_rand_free(random);
}

#define RULE(path, function) g_test_add("/turn/" path, Fix, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    g_test_init(&argc, &argv, NULL);
    RULE("rule-01/later-messages-do-not-move-the-start", later_messages_do_not_move_start);
    RULE("rule-02/a-message-of-the-staff-closes", staff_message_closes);
    RULE("rule-03/a-bot-holds-no-turn", bot_holds_no_turn);
    RULE("rule-04/stamps-are-lifted-never-back", stamps_lifted_never_back);
    RULE("rule-04/what-does-not-fit-changes-nothing", what_does_not_fit);
    RULE("rule-05/outcomes", outcomes);
    RULE("rule-06/stays-and-reaction", stays_and_reaction);
    RULE("rule-07/every-cause-passes-on", every_cause_passes_on);
    RULE("rule-08/a-reply-belongs-to-its-author", reply_belongs_to_author);
    RULE("rule-09/owner-continues-deadline", owner_continues_deadline);
    RULE("rule-09/levels-are-pure", levels_are_pure);
    RULE("rule-10/the-bar-is-the-used-tenths", bar_is_used_tenths);
    RULE("rule-11/pause-without-and-with-the-policy", pause_without_and_with_policy);
    RULE("rule-11/hours-of-the-team-at-the-end", pause_by_team_at_the_end);
    RULE("rule-11/a-deadline-that-never-comes", a_deadline_that_never_comes);
    RULE("rule-12/passed-on-is-not-within", passed_on_is_not_within);
    RULE("corner/a-former-owner-answers", former_owner_answers);
    RULE("state/copies-are-apart", copies_are_apart);
    RULE("state/trim-keeps-what-runs", trim_keeps_what_runs);
    RULE("state/codec-refuses", codec_refuses);
    RULE("rule-12/targets-of-nothing", targets_of_nothing);
    RULE("rule-12/teams-come-and-go", teams_come_and_go);
    RULE("rule-06/every-stay-is-a-turns", adopts_every_stay);
    RULE("rule-09/due-at-the-first-instant", due_at_the_first_instant);
    RULE("rule-03/bot-and-people", bot_and_people);
    RULE("rule-07/nothing-of-an-owner-stays", nothing_of_an_owner_stays);
    RULE("rule-05/abandoned-is-an-end", abandoned_is_an_end);
    RULE("corner/left-messages", left_messages);
    RULE("rule-11/snoozed-from-the-first-instant", snoozed_from_the_first_instant);
    RULE("state/without-a-policy", without_a_policy);
    RULE("state/nothing-behind-the-last", nothing_behind_the_last);
    RULE("state/any-order", any_order);
    return g_test_run();
}
