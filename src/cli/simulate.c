/* SPDX-License-Identifier: MIT */
/* simulate: customers for a desk, each a plain HTTP client of the customer API. */
#include <glib-unix.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/findings.h"
#include "cli/scenarios.h"
#include "cli/simulate_seats.h"
#include "cli/visit.h"
#include "seatmux/base/json.h"
#include "seatmux/base/limits.h"
#include "seatmux/sim/sim.h"

#define PAGE_MS 10000

typedef struct {
    SmLoop *loop;
    SmTransport *transport;
    const SmScenario *scenario;
    SmRng *rng;
    SmSimOptions *options;
    SmTrace *trace;
    SmSeats *seats;
    SmSim *sim;     /* NULL until the desk has said what its page is like */
    gboolean asked; /* to stop */
} Run;

static void finished(void *user)
{
    Run *run = user;
    sm_loop_quit(run->loop);
}

static void left(const SmSimGone *gone, void *user)
{
    sm_seats_gone(((Run *)user)->seats, gone);
}

static void begin(Run *run)
{
    run->sim = sm_sim_new(run->loop, run->transport, run->scenario, run->rng, run->options, run->trace);
    sm_sim_start(run->sim);
}

/* Customers are what the page would be: it says what is being written where the desk shows it. */
static void page_said(SmExchangeEnd end, const SmAnswer *answer, const char *error, void *user)
{
    Run *run = user;
    gsize n = 0;
    if (run->asked) /* stopped before it began */
        return;
    const char *bytes = end == SM_EXCHANGE_ANSWERED && answer->status == 200 && answer->body ? g_bytes_get_data(answer->body, &n) : NULL;
    g_autoptr(json_t) page = bytes ? sm_json_parse(bytes, n, SM_MAX_ANSWER_BYTES, NULL) : NULL;
    run->options->preview = sm_json_bool(page, "preview", FALSE);
    begin(run);
}

static gboolean stop(void *user)
{
    Run *run = user;
    if (run->asked || !run->sim)
        sm_loop_quit(run->loop);
    run->asked = TRUE;
    if (!run->sim)
        return G_SOURCE_CONTINUE;
    sm_sim_stop(run->sim);
    fputs("seatmux: nobody new comes; waiting for those who are there (again to stop at once)\n", stderr);
    return G_SOURCE_CONTINUE;
}

/* The desk's figures of this shift, by agent; NULL where nobody logged in, or with words on standard error. */
static json_t *desk_figures(SmVisit *visit, int64_t since)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *target = g_strdup_printf("/v1/report?by=agent&from=%" G_GINT64_FORMAT, since);
    json_t *report = visit ? sm_visit_ask(visit, "GET", target, NULL, &error) : NULL;
    if (visit && !report)
        sm_cli_error("seatmux: the desk's figures: %s\n", error->message);
    return report;
}

/* What the desk's clock says now; -1: nobody logged in. FALSE: it can't be asked, told on standard error. */
static gboolean desk_now(SmVisit *visit, int64_t *now)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) agents = visit ? sm_visit_ask(visit, "GET", "/v1/agents", NULL, &error) : NULL;
    *now = sm_json_int(agents, "now", -1);
    if (visit && !agents)
        sm_cli_error("seatmux: %s\n", error->message);
    return !visit || agents;
}

static void print_json(const SmSimStats *s, const json_t *rows)
{
    g_autoptr(json_t) whole = json_pack("{s:{s:i, s:i, s:i, s:i, s:i}, s:I, s:I, s:O}", "customers", "came", s->arrived, "thanked",
                                        s->thanked, "angry", s->angry, "there", s->waiting + s->talking, "failed", s->errors, "sent",
                                        (json_int_t)s->sent, "received", (json_int_t)s->received, "seats", rows);
    g_autofree char *text = sm_json_plain(whole);
    puts(text);
}

static void print(const SmSimStats *s, const json_t *rows)
{
    printf("%d customers: %d thanked, %d left angry, %d still there, %d refused; %" G_GINT64_FORMAT
           " messages sent, %" G_GINT64_FORMAT " answers read\n",
           s->arrived, s->thanked, s->angry, s->waiting + s->talking, s->errors, s->sent, s->received);
    sm_seats_print(stdout, rows);
}

/* Until all came and went, or somebody stops it. */
static void shift(Run *run)
{
    sm_transport_start(run->transport, sm_request_new("GET", "/v1/page"), FALSE, PAGE_MS, NULL, page_said, run);
    guint signals[] = {g_unix_signal_add(SIGINT, stop, run), g_unix_signal_add(SIGTERM, stop, run)};
    sm_loop_run(run->loop);
    for (guint i = 0; i < G_N_ELEMENTS(signals); i++)
        g_source_remove(signals[i]);
}

static int simulate(const char *server, const SmScenario *scenario, uint64_t seed, SmSimOptions *options, SmVisit *visit, gboolean json)
{
    g_autoptr(SmLoop) loop = sm_loop_new_glib();
    g_autoptr(SmRng) rng = seed ? sm_rng_new(seed) : sm_rng_new_secure();
    g_autoptr(SmTrace) trace = sm_trace_new_stderr(SM_TRACE_WARN);
    g_autoptr(GError) error = NULL;
    int64_t since;
    g_autoptr(SmTransport) transport = sm_transport_new_curl(loop, &(SmCurlOptions){.server = server}, &error);
    if (!transport) {
        sm_cli_error("seatmux: %s\n", error->message);
        return 2;
    }
    if (!desk_now(visit, &since))
        return 1;
    Run run = {.loop = loop, .transport = transport, .scenario = scenario, .rng = rng, .options = options, .trace = trace,
               .seats = sm_seats_new()};
    options->finished = finished;
    options->left = left;
    options->user = &run;
    shift(&run);
    SmSimStats s = run.sim ? sm_sim_stats(run.sim) : (SmSimStats){0};
    g_autoptr(json_t) report = run.sim ? desk_figures(visit, since) : NULL;
    g_autoptr(json_t) rows = run.sim ? sm_seats_rows(run.seats, run.sim, scenario, report) : json_array();
    json ? print_json(&s, rows) : print(&s, rows);
    sm_sim_free(run.sim);
    sm_seats_free(run.seats);
    return s.errors || (visit && run.sim && !report) ? 1 : 0;
}

static int run_with(const SmConnectionOptions *at, SmSimOptions *options, const char *name, const char *rate, uint64_t seed, gboolean json)
{
    g_autoptr(GError) error = NULL;
    if ((rate && !sm_rate_parse(rate, &options->per_minute)) || options->customers < 1 || options->at_once < 0 || !(options->speed > 0)) {
        sm_cli_error("seatmux: --rate is like 20/min; --customers and --speed are above zero\n");
        return 2;
    }
    if (at->password_file && !at->login) {
        sm_cli_error("seatmux: --password-file goes with --login\n");
        return 2;
    }
    sm_cli_locale(NULL);
    g_autoptr(SmScenario) scenario = sm_cli_load_scenario(name);
    g_autoptr(SmVisit) visit = scenario && at->login ? sm_visit_new(at, "seatmux simulate", &error) : NULL;
    if (error)
        sm_cli_error("seatmux: %s\n", error->message);
    return !scenario ? 2 : error ? 1 : simulate(at->server, scenario, seed, options, visit, json);
}

int sm_cli_simulate(int argc, char **argv)
{
    g_autofree char *name = NULL, *rate = NULL, *language = NULL;
    SmConnectionOptions at = {0};
    gboolean json = FALSE;
    int customers = 12, at_once = 0;
    gint64 seed = 0;
    double speed = 1;
    const GOptionEntry entries[] = {
        {"server", 0, 0, G_OPTION_ARG_STRING, &at.server, "http://HOST:PORT, https://... or unix:PATH", "URL"},
        {"customers", 0, 0, G_OPTION_ARG_INT, &customers, "how many in all (default: 12)", "N"},
        {"rate", 0, 0, G_OPTION_ARG_STRING, &rate, "how they arrive: 20/min, 100/h, 3/s", "RATE"},
        {"at-once", 0, 0, G_OPTION_ARG_INT, &at_once, "most at the same time", "N"},
        {"seed", 0, 0, G_OPTION_ARG_INT64, &seed, "the same customers again", "N"},
        {"scenario", 0, 0, G_OPTION_ARG_STRING, &name, "a scenario or the path of one (default: first-shift)", "NAME"},
        {"lang", 0, 0, G_OPTION_ARG_STRING, &language, "only customers who write zh-CN or en", "LANG"},
        {"login", 0, 0, G_OPTION_ARG_STRING, &at.login, "whose figures of the desk are asked for at the end: a supervisor's", "NAME"},
        {"password-file", 0, 0, G_OPTION_ARG_FILENAME, &at.password_file, "read the password from a file", "FILE"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &json, "the result for programs", NULL},
        {"speed", 0, 0, G_OPTION_ARG_DOUBLE, &speed, "how fast they live (default: 1)", "X"},
        G_OPTION_ENTRY_NULL};
    g_autoptr(GOptionContext) context = g_option_context_new("- customers for a desk, over HTTP");
    g_option_context_add_main_entries(context, entries, NULL);
    g_autoptr(GError) error = NULL;
    int status = 2;
    if (!g_option_context_parse(context, &argc, &argv, &error) || argc != 1 || !at.server)
        sm_cli_error("seatmux: %s\n", error ? error->message : "--server is needed; see seatmux simulate --help");
    else
        status = run_with(&at, &(SmSimOptions){.language = language, .customers = customers, .at_once = at_once, .speed = speed}, name, rate,
                          (uint64_t)seed, json);
    sm_connection_options_clear(&at);
    return status;
}
