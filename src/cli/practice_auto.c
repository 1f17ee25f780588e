/* SPDX-License-Identifier: MIT */
#include "cli/practice.h"

#include <stdio.h>

#include "cli/debrief.h"
#include "cli/findings.h"
#include "cli/practice_desk.h"
#include "cli/scenarios.h"
#include "seatmux/sim/auto_agent.h"

#define BEGAN INT64_C(1767603600000) /* 2026-01-05 09:00 UTC, a Monday: a seed's result is the same on any day */
#define ENDLESS 24                   /* customers of a scenario that does not end */
#define LATER_MS 60000               /* for the last conversations to be ended */
#define MOST_MS (INT64_C(48) * 3600 * 1000)

typedef struct {
    SmLoop *loop;
    SmLocalDesk *desk;
    SmTransport *customers;
    SmSim *sim;
    SmAutoAgent *agent;
    guint64 timer;
    gboolean finished;
} Auto;

static void quit(void *user)
{
    Auto *a = user;
    a->timer = 0;
    sm_loop_quit(a->loop);
}

static void finished(void *user)
{
    Auto *a = user;
    a->finished = TRUE;
    sm_loop_remove(a->loop, &a->timer);
    a->timer = sm_loop_after(a->loop, LATER_MS, quit, a);
}

static void went_online(SmExchangeEnd end, const SmAnswer *answer, const char *error, void *user)
{
}

/* As the person would, before the first customer comes. */
static void go_online(Auto *a, const char *token)
{
    SmCommand command = {.type = SM_COMMAND_AVAILABILITY, .id = "practice-online", .agent = "me",
                         .availability = SM_AVAILABLE_ONLINE, .seen = -1};
    SmRequest *request = sm_wire_write_command(&command);
    request->token = g_strdup(token);
    sm_transport_start(a->customers, request, FALSE, 10000, NULL, went_online, a);
}

static gboolean set_up(Auto *a, const PracticeOptions *o, SmAutoKind kind, const SmScenario *scenario, SmTrace *trace)
{
    g_autoptr(GError) error = NULL;
    char *token = NULL;
    a->desk = sm_practice_desk(a->loop, (uint64_t)o->seed, "Shop", scenario->preview, trace, &token, &error);
    if (!a->desk) {
        sm_cli_error("seatmux: %s\n", error->message);
        return FALSE;
    }
    a->customers = sm_practice_transport(a->desk);
    gboolean endless = scenario->duration < 0 && scenario->total == 0;
    SmSimOptions options = {.language = o->language,
                            .speed = o->speed,
                            .customers = o->customers ? o->customers : endless ? ENDLESS : 0,
                            .at_once = o->at_once,
                            .preview = scenario->preview,
                            .finished = finished,
                            .user = a};
    a->sim = sm_sim_new(a->loop, a->customers, scenario, a->desk->rng, &options, trace);
    a->agent = sm_auto_agent_new(a->loop, sm_practice_transport(a->desk), SM_TRAINEE, token, a->sim, a->desk->rng, kind,
                                 trace);
    go_online(a, token);
    sm_secrets_wipe(token);
    return TRUE;
}

static json_t *result(Auto *a, const PracticeOptions *o, const SmScenario *scenario)
{
    if (!a->finished) {
        sm_cli_error("seatmux: the customers of '%s' were not all served within two days\n", scenario->id);
        return NULL;
    }
    g_clear_pointer(&a->agent, sm_auto_agent_free);
    if (o->record && !sm_practice_record(a->desk, o->record))
        return NULL;
    const SmDebrief of = {.scenario = scenario, .sim = a->sim, .seed = (uint64_t)o->seed, .agent = o->automatic,
                          .language = o->language, .finished = TRUE};
    return sm_debrief_make(a->desk, &of);
}

json_t *sm_practice_by_machine(const PracticeOptions *o, int *status)
{
    SmAutoKind kind;
    *status = 2;
    if (!sm_auto_kind_parse(o->automatic, &kind)) {
        sm_cli_error("seatmux: --auto %s: good, slow or silent\n", o->automatic);
        return NULL;
    }
    g_autoptr(SmScenario) scenario = sm_cli_load_scenario(o->scenario);
    if (!scenario)
        return NULL;
    if (o->goals)
        sm_scenario_ask(scenario, o->goals);
    g_autoptr(SmLoop) loop = sm_loop_new_virtual(BEGAN);
    g_autoptr(SmTrace) trace = sm_trace_new_stderr(SM_TRACE_WARN);
    Auto a = {.loop = loop};
    json_t *debrief = NULL;
    if (set_up(&a, o, kind, scenario, trace)) {
        a.timer = sm_loop_after(loop, MOST_MS, quit, &a);
        sm_sim_start(a.sim);
        sm_loop_run(loop);
        debrief = result(&a, o, scenario);
    }
    sm_auto_agent_free(a.agent);
    sm_sim_free(a.sim);
    sm_transport_free(a.customers);
    sm_local_desk_free(a.desk);
    return debrief;
}
