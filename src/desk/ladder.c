/* SPDX-License-Identifier: MIT */
/* ladder: from a passed exam to a full agent: what is decided, and what stays of it. */
#include "desk/decide.h"

#include <string.h>

#include "seatmux/base/error.h"

#define TRIAL_WEIGHT 20
#define FULL_WEIGHT 100

static const char *const steps[] = {"none", "exam", "supervised", "trial", "full"};

const char *sm_step_name(SmStep step)
{
    return step <= SM_STEP_FULL ? steps[step] : steps[SM_STEP_NONE];
}

gboolean sm_step_parse(const char *text, SmStep *out)
{
    for (guint i = 0; text && i < G_N_ELEMENTS(steps); i++) {
        if (strcmp(steps[i], text) == 0) {
            *out = (SmStep)i;
            return TRUE;
        }
    }
    return FALSE;
}

/* --- A passed exam -----------------------------------------------------------------------------
 */

static gboolean result_fits(SmDecision *d)
{
    const SmCommand *c = d->command;

    if (!c->name || !*c->name || !c->seal || !sm_id_valid(c->seal)) {
        return sm_refuse(d, SM_PROBLEM_INVALID, c->seal ? "exam" : "seal", "A result has the exam's name and its seal.");
    }
    if (c->permille < 0 || c->permille > 1000 || c->pass < 0 || c->pass > 1000 || c->since < 0) {
        return sm_refuse(d, SM_PROBLEM_INVALID, "permille", "Points and pass mark are 0 to 1000.");
    }
    return c->permille >= c->pass ||
           sm_refuse(d, SM_PROBLEM_WRONG_STATE, "permille", "The exam was not passed: %d of %d permille.", (int)c->permille,
                     (int)c->pass);
}

static gboolean is_new(SmDecision *d, const SmAgent *agent)
{
    return g_strcmp0(agent->exam.seal, d->command->seal) != 0 ||
           sm_refuse(d, SM_PROBLEM_WRONG_STATE, "seal", "The desk has this result already.");
}

void sm_decide_hand_in(SmDecision *d)
{
    const SmAgent *agent = sm_decide_staff_agent(d);
    gboolean own = agent && d->agent == agent;

    if (!agent || (!own && !sm_decide_leads_agent(d, agent, "hand in an exam of another's")) || !result_fits(d) || !is_new(d, agent)) {
        return;
    }
    SmEvent *event = sm_decide_event_of(d, SM_EVENT_EXAM_RECORDED, NULL);
    event->agent = g_strdup(agent->id);
    event->by = own ? NULL : g_strdup(sm_decide_by(d));
    event->name = g_strdup(d->command->name);
    event->n = d->command->permille;
    event->level = d->command->pass;
    event->since = d->command->since;
    event->digest = g_strdup(d->command->seal);
}

/* --- A step ------------------------------------------------------------------------------------
 */

static gboolean step_fits(SmDecision *d, const SmAgent *agent, SmStep to)
{
    if (to < SM_STEP_SUPERVISED) {
        return sm_refuse(d, SM_PROBLEM_INVALID, "step", "supervised, trial or full.");
    }
    if (agent->role == SM_ROLE_SUPERVISOR) {
        return sm_refuse(d, SM_PROBLEM_WRONG_STATE, "step", "%s is a supervisor; the ladder is for trainees.", agent->id);
    }
    if (agent->step == SM_STEP_NONE) {
        return agent->role == SM_ROLE_AGENT
                   ? sm_refuse(d, SM_PROBLEM_WRONG_STATE, "step", "%s is an agent already.", agent->id)
                   : sm_refuse(d, SM_PROBLEM_WRONG_STATE, "step", "%s has handed in no passed exam.", agent->id);
    }
    if (agent->step == to) {
        return sm_refuse(d, SM_PROBLEM_WRONG_STATE, "step", "%s is at '%s' already.", agent->id, sm_step_name(to));
    }
    return to <= agent->step + 1 || sm_refuse(d, SM_PROBLEM_WRONG_STATE, "step", "After '%s' comes '%s'.",
                                             sm_step_name(agent->step), sm_step_name(agent->step + 1));
}

static int64_t weight_of(const SmCommand *command, SmStep to)
{
    return to != SM_STEP_TRIAL ? FULL_WEIGHT : command->weight > 0 ? command->weight : TRIAL_WEIGHT;
}

void sm_decide_confirm(SmDecision *d)
{
    const SmCommand *command = d->command;
    const SmAgent *agent = sm_decide_staff_agent(d);
    SmStep to = SM_STEP_NONE;

    if (!agent) {
        return;
    }
    if (d->agent == agent) {
        sm_refuse(d, SM_PROBLEM_FORBIDDEN, NULL, "Nobody confirms themselves.");
        return;
    }
    if (!sm_decide_leads_agent(d, agent, "confirm an agent") || !sm_need_reason(d, "reason", command->reason)) {
        return;
    }
    if (!command->reason || !*command->reason) {
        sm_refuse(d, SM_PROBLEM_INVALID, "reason", "Say why: the log keeps it.");
        return;
    }
    if (command->weight < 0 || command->weight > FULL_WEIGHT) {
        sm_refuse(d, SM_PROBLEM_INVALID, "weight", "The share of a trial is 1 to %d.", FULL_WEIGHT);
        return;
    }
    sm_step_parse(command->step, &to);
    if (!step_fits(d, agent, to)) {
        return;
    }
    SmRole role = to >= SM_STEP_TRIAL ? SM_ROLE_AGENT : SM_ROLE_TRAINEE;
    if (agent->role != role || to >= SM_STEP_TRIAL) {
        SmEvent *set = sm_decide_set_agent(d, agent, role, agent->capacity, weight_of(command, to));
        set->by = g_strdup(sm_decide_by(d));
        set->reason = g_strdup(command->reason);
    }
    SmEvent *event = sm_decide_event_of(d, SM_EVENT_AGENT_CONFIRMED, NULL);
    event->agent = g_strdup(agent->id);
    event->by = g_strdup(sm_decide_by(d));
    event->name = g_strdup(sm_step_name(to));
    event->reason = g_strdup(command->reason);
}

/* --- What stays --------------------------------------------------------------------------------
 */

void sm_ladder_recorded(SmAgent *agent, const SmEvent *event, int64_t at)
{
    sm_desk_replace(&agent->exam.name, event->name);
    sm_desk_replace(&agent->exam.seal, event->digest);
    agent->exam.permille = event->n;
    agent->exam.pass = event->level;
    agent->exam.sat = event->since;
    agent->exam.at = at;
    if (agent->role == SM_ROLE_TRAINEE && agent->step == SM_STEP_NONE) {
        agent->step = SM_STEP_EXAM;
    }
}

void sm_ladder_confirmed(SmAgent *agent, const SmEvent *event)
{
    sm_step_parse(event->name, &agent->step);
}

/* The owner gave somebody a role by hand: an agent needs no steps to it, a trainee begins them again. */
void sm_ladder_role(SmAgent *agent)
{
    if (agent->role != SM_ROLE_TRAINEE && agent->step < SM_STEP_TRIAL) {
        agent->step = SM_STEP_NONE;
    } else if (agent->role == SM_ROLE_SUPERVISOR) {
        agent->step = SM_STEP_NONE;
    } else if (agent->role == SM_ROLE_TRAINEE && (agent->step == SM_STEP_NONE || agent->step >= SM_STEP_TRIAL)) {
        agent->step = agent->exam.name ? SM_STEP_EXAM : SM_STEP_NONE;
    }
}

void sm_ladder_clear(SmAgent *agent)
{
    g_clear_pointer(&agent->exam.name, g_free);
    g_clear_pointer(&agent->exam.seal, g_free);
    agent->exam = (SmExamPassed){0};
    agent->step = SM_STEP_NONE;
}

void sm_ladder_hide_points(json_t *exam)
{
    static const char *const points[] = {"permille", "pass", "sat"};

    for (guint i = 0; i < G_N_ELEMENTS(points); i++) {
        json_object_set_new(exam, points[i], json_integer(0));
    }
    json_object_set_new(exam, "seal", json_string(""));
}

void sm_ladder_project(const SmDesk *desk, SmActor viewer, const SmAgent *agent, json_t *into)
{
    if (agent->step != SM_STEP_NONE) {
        json_object_set_new(into, "step", json_string(sm_step_name(agent->step)));
    }
    if (agent->exam.name) {
        json_t *exam = json_pack("{s:s, s:I, s:I, s:I, s:I, s:s}", "exam", agent->exam.name, "permille",
                                 (json_int_t)agent->exam.permille, "pass", (json_int_t)agent->exam.pass, "sat",
                                 (json_int_t)agent->exam.sat, "at", (json_int_t)agent->exam.at, "seal",
                                 agent->exam.seal ? agent->exam.seal : "");
        if (!sm_desk_sees_points(desk, viewer, agent->id)) {
            sm_ladder_hide_points(exam);
        }
        json_object_set_new(into, "exam", exam);
    }
}

gboolean sm_ladder_fits(const json_t *agent, GError **error)
{
    const json_t *exam = json_object_get(agent, "exam");
    SmStep step;

    if (exam && !sm_json_check(exam, "exam:s permille:i pass:i sat:i at:i seal:s", error)) {
        return FALSE;
    }
    if (sm_step_parse(sm_json_str(agent, "step", "none"), &step)) {
        return TRUE;
    }
    g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "step is none of the ladder");
    return FALSE;
}

void sm_ladder_install(SmAgent *agent, const json_t *json)
{
    const json_t *exam = json_object_get(json, "exam");

    sm_ladder_clear(agent);
    sm_step_parse(sm_json_str(json, "step", "none"), &agent->step);
    if (exam) {
        agent->exam.name = g_strdup(sm_json_str(exam, "exam", ""));
        agent->exam.seal = g_strdup(sm_json_str(exam, "seal", ""));
        agent->exam.permille = sm_json_int(exam, "permille", 0);
        agent->exam.pass = sm_json_int(exam, "pass", 0);
        agent->exam.sat = sm_json_int(exam, "sat", 0);
        agent->exam.at = sm_json_int(exam, "at", 0);
    }
}
