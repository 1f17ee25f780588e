/* SPDX-License-Identifier: MIT */
/* practice: the real client on a desk in the same process, with simulated customers. No network, no account, nothing
 * kept but the layout. */
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/debrief.h"
#include "cli/practice.h"
#include "cli/practice_desk.h"
#include "cli/practice_log.h"
#include "cli/scenarios.h"
#include "cli/workstation.h"

typedef struct {
    SmWorkstation station;
    SmLocalDesk *desk;
    SmScenario *scenario;
    SmTransport *customers;
    SmSim *sim;
} Practice;

static gboolean open_desk(Practice *p, uint64_t seed)
{
    g_autoptr(GError) error = NULL;
    char *token = NULL;
    p->desk = sm_practice_desk(p->station.loop, seed, p->station.trace, &token, &error);
    if (!p->desk) {
        fprintf(stderr, "seatmux: %s\n", error->message);
        return FALSE;
    }
    sm_workstation_connect(&p->station, sm_practice_transport(p->desk), NULL, NULL);
    sm_client_resume(p->station.client, token, SM_ACTOR_STAFF, SM_TRAINEE);
    sm_secrets_wipe(token);
    p->customers = sm_practice_transport(p->desk);
    return TRUE;
}

static void ignore(gboolean ok, const char *code, const char *words, const json_t *body, void *user)
{
}

static char *hint(const char *conversation, void *user)
{
    Practice *p = user;
    return p->sim ? sm_sim_answer(p->sim, conversation) : NULL;
}

/* Nobody comes any more, and nobody is there. */
static void all_gone(void *user)
{
    Practice *p = user;
    if (!p->station.ui)
        return;
    g_autoptr(SmSafe) words = sm_safe_from_literal(_("The shift is over and everybody has gone. Quit to see how it went."));
    sm_app_say(sm_ui_app(p->station.ui), words, FALSE);
}

/* With the runs before; a run in which nobody left says nothing. */
static void compare(const json_t *debrief)
{
    const json_t *customers = json_object_get(debrief, "customers");
    if (sm_json_int(customers, "thanked", 0) + sm_json_int(customers, "angry", 0) == 0)
        return;
    g_autoptr(json_t) runs = sm_practice_log_read(debrief);
    sm_practice_log_print(stdout, runs, debrief);
    sm_practice_log_add(debrief, g_get_real_time() / 1000);
}

static json_t *run(Practice *p, const PracticeOptions *o, int *status)
{
    sm_workstation_begin(&p->station);
    sm_workstation_language(&p->station, o->language);
    if (!o->exam)
        p->station.coach = (SmAppCoach){.hint = hint, .user = p};
    *status = 2;
    if (!sm_workstation_color(&p->station, o->color))
        return NULL;
    *status = 1;
    if (!sm_workstation_show(&p->station, "practice", TRUE, p->scenario->title) || !open_desk(p, (uint64_t)o->seed))
        return NULL;
    SmCommand online = {.type = SM_COMMAND_AVAILABILITY, .id = "practice-online", .agent = "me",
                        .availability = SM_AVAILABLE_ONLINE, .seen = -1};
    sm_client_command(p->station.client, &online, ignore, NULL);
    SmSimOptions options = {.language = o->language, .speed = o->speed, .customers = o->customers,
                            .finished = all_gone, .user = p};
    p->sim = sm_sim_new(p->station.loop, p->customers, p->scenario, p->desk->rng, &options, p->station.trace);
    sm_sim_start(p->sim);
    *status = sm_workstation_run(&p->station);
    /* The screen is the shell's again. */
    g_clear_pointer(&p->station.client, sm_client_free);
    if (o->record && !sm_practice_record(p->desk, o->record))
        *status = 1;
    return sm_debrief_make(p->desk, p->scenario, p->sim, (uint64_t)o->seed, SM_TRAINEE);
}

json_t *sm_practice_by_hand(const PracticeOptions *o, int *status)
{
    Practice p = {.scenario = sm_cli_load_scenario(o->scenario)};
    *status = 1;
    if (!p.scenario)
        return NULL;
    json_t *debrief = run(&p, o, status);
    sm_sim_free(p.sim);
    g_clear_pointer(&p.station.ui, sm_ui_free);
    g_clear_pointer(&p.station.client, sm_client_free);
    sm_transport_free(p.customers);
    sm_local_desk_free(p.desk);
    sm_scenario_free(p.scenario);
    sm_workstation_end(&p.station);
    return debrief;
}

static int play(const PracticeOptions *o)
{
    int status;
    g_autoptr(json_t) debrief = sm_practice_by_hand(o, &status);
    if (debrief) {
        sm_debrief_print(stdout, debrief);
        compare(debrief);
    }
    return status;
}

static int play_by_machine(const PracticeOptions *o)
{
    int status;
    g_autoptr(json_t) debrief = sm_practice_by_machine(o, &status);
    if (!debrief)
        return status;
    if (o->json) {
        g_autofree char *text = sm_json_text(debrief);
        printf("%s\n", text);
    } else {
        sm_debrief_print(stdout, debrief);
    }
    return sm_debrief_passed(debrief) ? 0 : 1;
}

/* NULL, or what is wrong with what was asked for. */
static const char *wrong(const PracticeOptions *o)
{
    const char *language = o->language;
    if (language && g_ascii_strncasecmp(language, "zh", 2) != 0 && g_ascii_strncasecmp(language, "en", 2) != 0)
        return "--lang is zh-CN or en";
    if (!(o->speed >= 0.1 && o->speed <= 100))
        return "--speed is between 0.1 and 100";
    if (o->customers < 0 || o->customers > 100000)
        return "--customers is between 1 and 100000";
    if (o->seed < 0)
        return "--seed is a number from 1 on";
    if (o->json && !o->list && !o->automatic)
        return "--json goes with --list or --auto";
    return NULL;
}

/* Every run has a seed that can be named, so that it can be had again. */
static gint64 any_seed(void)
{
    g_autoptr(SmRng) rng = sm_rng_new_secure();
    return 1 + (gint64)sm_rng_below(rng, 999999);
}

int sm_cli_practice(int argc, char **argv)
{
    PracticeOptions o = {.speed = 1};
    const GOptionEntry entries[] = {
        {"scenario", 0, 0, G_OPTION_ARG_STRING, &o.scenario, "a scenario, or the path of one (default: first-shift)",
         "NAME"},
        {"seed", 0, 0, G_OPTION_ARG_INT64, &o.seed, "the same customers again", "N"},
        {"customers", 0, 0, G_OPTION_ARG_INT, &o.customers, "how many in all (default: the scenario's)", "N"},
        {"lang", 0, 0, G_OPTION_ARG_STRING, &o.language, "zh-CN or en: of the screen and of the customers", "LANG"},
        {"color", 0, 0, G_OPTION_ARG_STRING, &o.color, "auto (default), always or never", "WHEN"},
        {"speed", 0, 0, G_OPTION_ARG_DOUBLE, &o.speed, "how fast customers live (default: 1)", "X"},
        {"auto", 0, 0, G_OPTION_ARG_STRING, &o.automatic, "no screen: a machine answers, good, slow or silent", "KIND"},
        {"list", 0, 0, G_OPTION_ARG_NONE, &o.list, "name the scenarios, your own among them", NULL},
        {"record", 0, 0, G_OPTION_ARG_FILENAME, &o.record, "keep what was said as a log (docs/log-format.md)", "FILE"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &o.json, "of --list and --auto: for programs", NULL},
        G_OPTION_ENTRY_NULL};
    g_autoptr(GOptionContext) context = g_option_context_new("- practise with simulated customers");
    g_option_context_add_main_entries(context, entries, NULL);
    g_autoptr(GError) error = NULL;
    gboolean parsed = g_option_context_parse(context, &argc, &argv, &error) && argc == 1;
    const char *words = !parsed ? (error ? error->message : "practice takes options only") : wrong(&o);
    int status = 2;
    if (words)
        fprintf(stderr, "seatmux: %s\n", words);
    else if (o.list)
        status = sm_cli_list_scenarios(o.json);
    else {
        sm_cli_locale(o.language);
        o.seed = o.seed ? o.seed : any_seed();
        status = o.automatic ? play_by_machine(&o) : play(&o);
    }
    g_free(o.scenario);
    g_free(o.language);
    g_free(o.color);
    g_free(o.automatic);
    g_free(o.record);
    return status;
}
