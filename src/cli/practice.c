/* SPDX-License-Identifier: MIT */
/* practice: the real client on a desk in the same process, with simulated customers. No network, no account, nothing
 * kept but the layout. */
#include <glib/gi18n.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/curriculum.h"
#include "cli/debrief.h"
#include "cli/findings.h"
#include "cli/practice.h"
#include "cli/practice_desk.h"
#include "cli/practice_log.h"
#include "cli/scenarios.h"
#include "cli/workstation.h"
#include "seatmux/text/sanitise.h"

typedef struct {
    SmWorkstation station;
    SmLocalDesk *desk;
    SmScenario *scenario;
    SmTransport *customers;
    SmSim *sim;
    gboolean finished; /* everybody came and went */
    const PracticeOptions *asked;
    int64_t typed, typed_ms;
} Practice;

static gboolean open_desk(Practice *p, uint64_t seed)
{
    g_autoptr(GError) error = NULL;
    char *token = NULL;
    p->desk = sm_practice_desk(p->station.desk_loop, seed, _("Shop"), p->scenario->preview, p->station.trace, &token, &error);
    if (!p->desk) {
        sm_cli_error("seatmux: %s\n", error->message);
        return FALSE;
    }
    sm_workstation_connect(&p->station, sm_practice_transport(p->desk), NULL, NULL, NULL, NULL);
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

static gboolean fits(const char *conversation, const char *text, void *user)
{
    Practice *p = user;
    return p->sim && sm_sim_fits(p->sim, conversation, text);
}

/* The last answer this customer read. */
static char *missed(const char *conversation, void *user)
{
    Practice *p = user;
    const GPtrArray *answers = p->sim ? sm_sim_answers(p->sim) : NULL;
    for (guint i = answers ? answers->len : 0; i > 0; i--) {
        const SmSimAnswer *answer = answers->pdata[i - 1];
        if (strcmp(answer->conversation, conversation) == 0)
            return answer->helped ? NULL : g_strdup(answer->why ? answer->why : "");
    }
    return NULL;
}

static void typed(int64_t characters, int64_t ms, void *user)
{
    Practice *p = user;
    p->typed += characters;
    p->typed_ms += ms;
}

static void stand_still(gboolean on, void *user)
{
    Practice *p = user;
    sm_loop_pause(p->station.desk_loop, on);
}

static json_t *debrief_of(Practice *p)
{
    const SmDebrief of = {.scenario = p->scenario, .sim = p->sim, .seed = (uint64_t)p->asked->seed, .agent = SM_TRAINEE,
                          .language = p->asked->language, .finished = p->finished, .typed = p->typed, .typed_ms = p->typed_ms};
    return sm_debrief_make(p->desk, &of);
}

/* What is printed afterwards, at any time. */
static char *debrief_text(const char *conversation, void *user)
{
    Practice *p = user;
    char *text = NULL;
    size_t n = 0;
    FILE *file = p->sim && sm_sim_stats(p->sim).arrived > 0 ? open_memstream(&text, &n) : NULL;
    if (!file)
        return NULL;
    g_autoptr(json_t) debrief = debrief_of(p);
    if (conversation) {
        sm_debrief_print_chat(file, debrief, conversation);
    } else {
        sm_debrief_print(file, debrief);
        sm_debrief_print_turns(file, debrief);
    }
    fclose(file);
    char *owned = n > 0 ? g_strndup(text, n) : NULL;
    free(text);
    return owned;
}

/* A chat is over: how it was for the customer. */
static void customer_left(const SmSimGone *gone, void *user)
{
    Practice *p = user;
    if (!p->station.ui || p->asked->exam)
        return;
    g_autoptr(SmSafe) name = sm_safe_screen_line(gone->customer, -1);
    if (gone->first_wait < 0) {
        g_autoptr(SmSafe) never = sm_safe_format(_("%S left, and nobody had answered"), name);
        sm_app_say(sm_ui_app(p->station.ui), never, TRUE);
        return;
    }
    g_autoptr(SmSafe) words = sm_safe_format(
        gone->thanked ? _("%S thanked you: first answer after %d s, longest wait %d s, answers %d, not helpful %d")
                      : _("%S left angry: first answer after %d s, longest wait %d s, answers %d, not helpful %d"),
        name, (int)(gone->first_wait / 1000), (int)(gone->longest_wait / 1000), gone->answers, gone->missed);
    sm_app_say(sm_ui_app(p->station.ui), words, FALSE);
}

/* Nobody comes any more, and nobody is there. */
static void all_gone(void *user)
{
    Practice *p = user;
    p->finished = TRUE;
    SmApp *app = sm_workstation_app(&p->station);
    if (!app)
        return;
    g_autoptr(SmSafe) words = sm_safe_from_literal(_("The shift is over and everybody has gone. /debrief or quitting says how it went."));
    sm_app_say(app, words, FALSE);
}

/* With the runs before; a run in which nobody left says nothing. */
static void compare(const json_t *debrief, const SmCourse *course)
{
    const json_t *customers = json_object_get(debrief, "customers");
    if (sm_json_int(customers, "thanked", 0) + sm_json_int(customers, "angry", 0) == 0)
        return;
    g_autoptr(json_t) runs = sm_practice_log_read(debrief);
    sm_practice_log_print(stdout, runs, debrief);
    g_autoptr(json_t) run = course->curriculum ? sm_course_run(course) : NULL;
    sm_practice_log_add(debrief, run, g_get_real_time() / 1000);
}

static json_t *run(Practice *p, const PracticeOptions *o, int *status)
{
    sm_workstation_begin(&p->station);
    p->station.desk_loop = sm_loop_new_pausing(p->station.loop);
    sm_workstation_language(&p->station, o->language);
    p->station.lines = o->plain;
    p->asked = o;
    p->station.coach = (SmAppCoach){.typed = typed, .user = p};
    if (!o->exam) {
        p->station.coach.debrief = debrief_text;
        p->station.coach.pause = stand_still;
    }
    if (!o->exam && !o->alone) {
        p->station.coach.hint = hint;
        p->station.coach.fits = fits;
        p->station.coach.missed = missed;
    }
    *status = 2;
    if (!sm_workstation_color(&p->station, o->color))
        return NULL;
    *status = 1;
    if (!sm_workstation_show(&p->station, "practice", TRUE, sm_phrase_in(p->scenario->title, sm_cli_language(o->language))) ||
        !open_desk(p, (uint64_t)o->seed))
        return NULL;
    SmCommand online = {.type = SM_COMMAND_AVAILABILITY, .id = "practice-online", .agent = "me",
                        .availability = SM_AVAILABLE_ONLINE, .seen = -1};
    sm_client_command(p->station.client, &online, ignore, NULL, NULL);
    SmSimOptions options = {.language = o->language, .speed = o->speed, .customers = o->customers, .at_once = o->at_once,
                            .preview = p->scenario->preview, .finished = all_gone, .left = customer_left, .user = p};
    p->sim = sm_sim_new(p->station.desk_loop, p->customers, p->scenario, p->desk->rng, &options, p->station.trace);
    sm_sim_start(p->sim);
    *status = sm_workstation_run(&p->station);
    /* The screen is the shell's again. */
    g_clear_pointer(&p->station.client, sm_client_free);
    if (o->record && !sm_practice_record(p->desk, o->record))
        *status = 1;
    return debrief_of(p);
}

json_t *sm_practice_by_hand(const PracticeOptions *o, int *status)
{
    Practice p = {.scenario = sm_cli_load_scenario(o->scenario)};
    *status = 1;
    if (!p.scenario)
        return NULL;
    if (o->goals)
        sm_scenario_ask(p.scenario, o->goals);
    json_t *debrief = run(&p, o, status);
    sm_sim_free(p.sim);
    g_clear_pointer(&p.station.ui, sm_ui_free);
    g_clear_pointer(&p.station.plain, sm_plain_free);
    g_clear_pointer(&p.station.client, sm_client_free);
    sm_transport_free(p.customers);
    sm_local_desk_free(p.desk);
    sm_scenario_free(p.scenario);
    sm_workstation_end(&p.station);
    return debrief;
}

static int play(const PracticeOptions *o, const SmCourse *course)
{
    int status;
    g_autoptr(json_t) debrief = sm_practice_by_hand(o, &status);
    if (debrief) {
        if (o->turns)
            sm_debrief_print_turns(stdout, debrief);
        sm_debrief_print(stdout, debrief);
        compare(debrief, course);
        if (course->curriculum)
            sm_course_print(stdout, course, o->language);
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
        g_autofree char *text = sm_json_plain(debrief);
        printf("%s\n", text);
    } else {
        if (o->turns)
            sm_debrief_print_turns(stdout, debrief);
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
    if (!(o->speed >= SM_SPEED_LEAST && o->speed <= SM_SPEED_MOST))
        return "--speed is between 0.1 and 100";
    if (o->customers < 0 || o->customers > 100000)
        return "--customers is between 1 and 100000";
    if (o->seed < 0)
        return "--seed is a number from 1 on";
    if (o->json && !o->list && !o->automatic && !o->plan)
        return "--json goes with --list, --curriculum or --auto";
    if (o->day && (o->scenario || o->customers || o->speed != 1))
        return "the curriculum says what is played on a day: no --scenario, --customers or --speed beside --day";
    if (o->any && !o->day)
        return "--any goes with --day";
    return NULL;
}

/* Every run has a seed that can be named, so that it can be had again. */
static gint64 any_seed(void)
{
    g_autoptr(SmRng) rng = sm_rng_new_secure();
    return 1 + (gint64)sm_rng_below(rng, 999999);
}

/* --curriculum [FILE]: without a file the shipped one. */
static gboolean take_curriculum(const char *name, const char *value, gpointer data, GError **error)
{
    PracticeOptions *o = data;
    o->plan = TRUE;
    g_free(o->curriculum);
    o->curriculum = g_strdup(value);
    return TRUE;
}

static GOptionContext *context_for(PracticeOptions *o)
{
    const GOptionEntry entries[] = {
        {"scenario", 0, 0, G_OPTION_ARG_STRING, &o->scenario, "a scenario, or the path of one (default: first-shift)",
         "NAME"},
        {"seed", 0, 0, G_OPTION_ARG_INT64, &o->seed, "the same customers again", "N"},
        {"customers", 0, 0, G_OPTION_ARG_INT, &o->customers, "how many in all (default: the scenario's)", "N"},
        {"lang", 0, 0, G_OPTION_ARG_STRING, &o->language, "zh-CN or en: of the screen and of the customers", "LANG"},
        {"color", 0, 0, G_OPTION_ARG_STRING, &o->color, "auto (default), always or never", "WHEN"},
        {"plain", 0, 0, G_OPTION_ARG_NONE, &o->plain, "lines instead of a screen: for screen readers, braille, dumb terminals", NULL},
        {"speed", 0, 0, G_OPTION_ARG_DOUBLE, &o->speed, "how fast customers live (default: 1)", "X"},
        {"auto", 0, 0, G_OPTION_ARG_STRING, &o->automatic, "no screen: a machine answers, good, slow or silent", "KIND"},
        {"list", 0, 0, G_OPTION_ARG_NONE, &o->list, "name the scenarios, your own among them", NULL},
        {"curriculum", 0, G_OPTION_FLAG_OPTIONAL_ARG, G_OPTION_ARG_CALLBACK, take_curriculum,
         "show the days and where you stand (default: first-weeks)", "NAME"},
        {"day", 0, 0, G_OPTION_ARG_STRING, &o->day, "play the next shift of this day of the curriculum", "N|next"},
        {"any", 0, 0, G_OPTION_ARG_NONE, &o->any, "of --day: also one that is not open yet", NULL},
        {"turns", 0, 0, G_OPTION_ARG_NONE, &o->turns, "the debrief names every turn with its stamps", NULL},
        {"record", 0, 0, G_OPTION_ARG_FILENAME, &o->record, "keep what was said as a log (docs/log-format.md)", "FILE"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &o->json, "of --list, --curriculum and --auto: for programs", NULL},
        G_OPTION_ENTRY_NULL};
    GOptionContext *context = g_option_context_new("- practise with simulated customers");
    GOptionGroup *group = g_option_group_new("practice", "", "", o, NULL);
    g_option_group_add_entries(group, entries);
    g_option_context_set_main_group(context, group);
    return context;
}

/* One shift: of the day that was asked for, or of a scenario. */
static int play_one(PracticeOptions *o)
{
    SmCourse course = {0};
    int status = 2;
    o->seed = o->seed ? o->seed : any_seed();
    if (!o->day || sm_course_choose(&course, o->curriculum, o->day, o->any, o))
        status = o->automatic ? play_by_machine(o) : play(o, &course);
    sm_course_clear(&course);
    return status;
}

int sm_cli_practice(int argc, char **argv)
{
    PracticeOptions o = {.speed = 1};
    g_autoptr(GOptionContext) context = context_for(&o);
    g_autoptr(GError) error = NULL;
    gboolean parsed = g_option_context_parse(context, &argc, &argv, &error) && argc == 1;
    const char *words = !parsed ? (error ? error->message : "practice takes options only") : wrong(&o);
    int status = 2;
    sm_cli_locale(o.language);
    if (words)
        sm_cli_error("seatmux: %s\n", words);
    else if (o.list)
        status = sm_cli_list_scenarios(o.json, o.language);
    else if (o.plan && !o.day)
        status = sm_cli_curriculum_show(o.curriculum, o.language, o.json);
    else
        status = play_one(&o);
    char **all[] = {&o.scenario, &o.language, &o.color, &o.automatic, &o.record, &o.curriculum, &o.day};
    for (guint i = 0; i < G_N_ELEMENTS(all); i++)
        g_free(*all[i]);
    return status;
}
