/* SPDX-License-Identifier: MIT */
/* practice: the real client on a desk in the same process, with simulated customers. No network, no account, nothing
 * kept but the layout. */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/debrief.h"
#include "cli/findings.h"
#include "cli/local_desk.h"
#include "cli/workstation.h"
#include "seatmux/base/limits.h"
#include "seatmux/base/paths.h"
#include "seatmux/sim/sim.h"

#define TRAINEE "you"
#define LATENCY_MS 15

/* The practice desk: the shipped targets, one team, one inbox that trainees may work in. */
static const char DESK[] = "desk: Practice\n"
                           "teams:\n"
                           "  - {id: shop, name: Shop, capacity: 12}\n"
                           "inboxes:\n"
                           "  - {id: web, name: Web, team: shop, training: true}\n";

typedef struct {
    SmWorkstation station;
    SmLocalDesk *desk;
    SmScenario *scenario;
    SmTransport *customers;
    SmSim *sim;
} Practice;

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int list_scenarios(void)
{
    g_autofree char *directory = sm_path_shipped("scenarios");
    g_autoptr(GDir) dir = directory ? g_dir_open(directory, 0, NULL) : NULL;
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const char *name;
    while (dir && (name = g_dir_read_name(dir)))
        if (g_str_has_suffix(name, ".yaml"))
            g_ptr_array_add(names, g_strndup(name, strlen(name) - 5));
    g_ptr_array_sort(names, by_name);
    for (guint i = 0; i < names->len; i++)
        printf("%s\n", (char *)names->pdata[i]);
    return 0;
}

/* A name is looked for in the user's scenarios, then the shipped ones; anything with a slash is a path. */
static char *scenario_path(const char *name)
{
    if (strchr(name, '/'))
        return g_strdup(name);
    g_autofree char *file = g_strconcat(name, ".yaml", NULL);
    g_autofree char *own = sm_path_config("scenarios");
    char *path = own ? g_build_filename(own, file, NULL) : NULL;
    if (path && g_file_test(path, G_FILE_TEST_EXISTS))
        return path;
    g_free(path);
    g_autofree char *shipped = sm_path_shipped("scenarios");
    return shipped ? g_build_filename(shipped, file, NULL) : g_strdup(file);
}

static SmScenario *load_scenario(const char *name)
{
    g_autofree char *path = scenario_path(name);
    g_autoptr(SmFindings) findings = sm_findings_new();
    SmScenario *scenario = sm_scenario_load(path, findings);
    sm_cli_print_findings(stderr, findings);
    if (!scenario)
        fprintf(stderr, "seatmux: no usable scenario '%s'; seatmux practice --list names them\n", name);
    return scenario;
}

static gboolean command(SmLocalDesk *desk, const char *method, const char *target, json_t *body)
{
    g_autoptr(SmRequest) request = sm_request_new(method, target);
    request->admin = TRUE;
    request->idempotency_key = sm_id_new(desk->rng, "p");
    sm_request_set_json(request, body);
    g_autoptr(SmAnswer) answer = sm_local_desk_ask(desk, request);
    gsize n = 0;
    const char *words = answer->body ? g_bytes_get_data(answer->body, &n) : "";
    if (answer->status >= 300)
        fprintf(stderr, "seatmux: %s %s: %d %.*s\n", method, target, answer->status, (int)n, words);
    return answer->status < 300;
}

/* Policy, one agent who is online, and a session for the client. */
static gboolean furnish(SmLocalDesk *desk, char **token, GError **error)
{
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmPolicy) policy = sm_policy_parse("practice", DESK, strlen(DESK), findings);
    gboolean ok = policy && command(desk, "PUT", "/v1/policy", sm_policy_encode(policy)) &&
                  command(desk, "PUT", "/v1/agents/" TRAINEE,
                          json_pack("{s:s, s:s, s:[s]}", "name", TRAINEE, "role", "trainee", "teams", "shop"));
    if (!ok) {
        g_set_error(error, SM_ERROR, SM_ERROR_FAILED, "the practice desk could not be set up");
        return FALSE;
    }
    *token = sm_secrets_open_session(desk->secrets, TRAINEE, NULL, "practice", sm_service_now(desk->service), error);
    return *token != NULL;
}

static gboolean open_desk(Practice *p, uint64_t seed)
{
    g_autoptr(GError) error = NULL;
    char *token = NULL;
    p->desk = sm_local_desk_memory(p->station.loop, seed, p->station.trace, &error);
    if (!p->desk || !furnish(p->desk, &token, &error)) {
        fprintf(stderr, "seatmux: %s\n", error->message);
        return FALSE;
    }
    SmServiceLimits open = {.requests_per_session = SM_MAX_REQUESTS_PER_SESSION, .parks_per_session = 1,
                            .anonymous_per_minute = 100000, .logins_per_minute = 100};
    sm_service_set_limits(p->desk->service, &open);
    SmDeskOps ops = sm_local_desk_ops(p->desk);
    sm_workstation_connect(&p->station, sm_transport_new_inprocess(p->station.loop, &ops, LATENCY_MS), NULL, NULL);
    sm_client_resume(p->station.client, token, SM_ACTOR_STAFF, TRAINEE);
    sm_secrets_wipe(token);
    p->customers = sm_transport_new_inprocess(p->station.loop, &ops, LATENCY_MS);
    return TRUE;
}

static void ignore(gboolean ok, const char *code, const char *words, const json_t *body, void *user)
{
}

static int run(Practice *p, uint64_t seed, const char *language, const char *color, double speed)
{
    sm_workstation_begin(&p->station);
    sm_workstation_language(&p->station, language);
    if (!sm_workstation_color(&p->station, color))
        return 2;
    if (!sm_workstation_show(&p->station, "practice", TRUE, p->scenario->title) || !open_desk(p, seed))
        return 1;
    SmCommand online = {.type = SM_COMMAND_AVAILABILITY, .id = "practice-online", .agent = "me",
                        .availability = SM_AVAILABLE_ONLINE, .seen = -1};
    sm_client_command(p->station.client, &online, ignore, NULL);
    SmSimOptions options = {.language = language, .speed = speed};
    p->sim = sm_sim_new(p->station.loop, p->customers, p->scenario, p->desk->rng, &options, p->station.trace);
    sm_sim_start(p->sim);
    int status = sm_workstation_run(&p->station);
    SmSimStats customers = sm_sim_stats(p->sim);
    /* The screen is the shell's again; nobody is left who would go on while the desk is asked. */
    g_clear_pointer(&p->sim, sm_sim_free);
    g_clear_pointer(&p->station.client, sm_client_free);
    sm_debrief_print(stdout, p->desk, p->scenario->title, customers);
    return status;
}

int sm_cli_practice(int argc, char **argv)
{
    g_autofree char *name = NULL, *language = NULL, *color = NULL;
    gint64 seed = 0;
    double speed = 1;
    gboolean list = FALSE;
    const GOptionEntry entries[] = {
        {"scenario", 0, 0, G_OPTION_ARG_STRING, &name, "a scenario, or the path of one (default: first-shift)", "NAME"},
        {"seed", 0, 0, G_OPTION_ARG_INT64, &seed, "the same customers again", "N"},
        {"lang", 0, 0, G_OPTION_ARG_STRING, &language, "zh-CN or en: of the screen and of the customers", "LANG"},
        {"color", 0, 0, G_OPTION_ARG_STRING, &color, "auto (default), always or never", "WHEN"},
        {"speed", 0, 0, G_OPTION_ARG_DOUBLE, &speed, "how fast customers live (default: 1)", "X"},
        {"list", 0, 0, G_OPTION_ARG_NONE, &list, "name the shipped scenarios", NULL},
        G_OPTION_ENTRY_NULL};
    g_autoptr(GOptionContext) context = g_option_context_new("- practise with simulated customers");
    g_option_context_add_main_entries(context, entries, NULL);
    g_autoptr(GError) error = NULL;
    if (!g_option_context_parse(context, &argc, &argv, &error) || argc != 1) {
        fprintf(stderr, "seatmux: %s\n", error ? error->message : "practice takes options only");
        return 2;
    }
    if (language && g_ascii_strncasecmp(language, "zh", 2) != 0 && g_ascii_strncasecmp(language, "en", 2) != 0) {
        fprintf(stderr, "seatmux: --lang %s: zh-CN or en\n", language);
        return 2;
    }
    if (!(speed >= 0.1 && speed <= 100)) {
        fprintf(stderr, "seatmux: --speed is between 0.1 and 100\n");
        return 2;
    }
    if (list)
        return list_scenarios();
    sm_cli_locale(language);
    Practice p = {0};
    p.scenario = load_scenario(name ? name : "first-shift");
    if (!p.scenario)
        return 1;
    int status = run(&p, (uint64_t)seed, language, color, speed);
    sm_sim_free(p.sim);
    g_clear_pointer(&p.station.ui, sm_ui_free);
    g_clear_pointer(&p.station.client, sm_client_free);
    sm_transport_free(p.customers);
    sm_local_desk_free(p.desk);
    sm_scenario_free(p.scenario);
    sm_workstation_end(&p.station);
    return status;
}
