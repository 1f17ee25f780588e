/* SPDX-License-Identifier: MIT */
/* simulate: customers for a desk, each a plain HTTP client of the customer API. */
#include <glib-unix.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/scenarios.h"
#include "seatmux/sim/sim.h"

typedef struct {
    SmLoop *loop;
    SmSim *sim;
    gboolean asked; /* to stop */
} Run;

static void finished(void *user)
{
    Run *run = user;
    sm_loop_quit(run->loop);
}

static gboolean stop(void *user)
{
    Run *run = user;
    if (run->asked)
        sm_loop_quit(run->loop);
    run->asked = TRUE;
    sm_sim_stop(run->sim);
    fputs("seatmux: nobody new comes; waiting for those who are there (again to stop at once)\n", stderr);
    return G_SOURCE_CONTINUE;
}

static int simulate(const char *server, const SmScenario *scenario, uint64_t seed, SmSimOptions *options)
{
    g_autoptr(SmLoop) loop = sm_loop_new_glib();
    g_autoptr(SmRng) rng = seed ? sm_rng_new(seed) : sm_rng_new_secure();
    g_autoptr(SmTrace) trace = sm_trace_new_stderr(SM_TRACE_WARN);
    g_autoptr(GError) error = NULL;
    g_autoptr(SmTransport) transport = sm_transport_new_curl(loop, &(SmCurlOptions){.server = server}, &error);
    if (!transport) {
        fprintf(stderr, "seatmux: %s\n", error->message);
        return 2;
    }
    Run run = {.loop = loop};
    options->finished = finished;
    options->user = &run;
    run.sim = sm_sim_new(loop, transport, scenario, rng, options, trace);
    sm_sim_start(run.sim);
    guint signals[] = {g_unix_signal_add(SIGINT, stop, &run), g_unix_signal_add(SIGTERM, stop, &run)};
    sm_loop_run(loop);
    for (guint i = 0; i < G_N_ELEMENTS(signals); i++)
        g_source_remove(signals[i]);
    SmSimStats s = sm_sim_stats(run.sim);
    printf("%d customers: %d thanked, %d left angry, %d still there, %d refused; %" G_GINT64_FORMAT
           " messages sent, %" G_GINT64_FORMAT " answers read\n",
           s.arrived, s.thanked, s.angry, s.waiting + s.talking, s.errors, s.sent, s.received);
    sm_sim_free(run.sim);
    return s.errors ? 1 : 0;
}

int sm_cli_simulate(int argc, char **argv)
{
    g_autofree char *server = NULL, *name = NULL, *rate = NULL, *language = NULL;
    int customers = 12, at_once = 0;
    gint64 seed = 0;
    double speed = 1;
    const GOptionEntry entries[] = {
        {"server", 0, 0, G_OPTION_ARG_STRING, &server, "http://HOST:PORT, https://... or unix:PATH", "URL"},
        {"customers", 0, 0, G_OPTION_ARG_INT, &customers, "how many in all (default: 12)", "N"},
        {"rate", 0, 0, G_OPTION_ARG_STRING, &rate, "how they arrive: 20/min, 100/h, 3/s", "RATE"},
        {"at-once", 0, 0, G_OPTION_ARG_INT, &at_once, "most at the same time", "N"},
        {"seed", 0, 0, G_OPTION_ARG_INT64, &seed, "the same customers again", "N"},
        {"scenario", 0, 0, G_OPTION_ARG_STRING, &name, "a scenario or the path of one (default: first-shift)", "NAME"},
        {"lang", 0, 0, G_OPTION_ARG_STRING, &language, "only customers who write zh-CN or en", "LANG"},
        {"speed", 0, 0, G_OPTION_ARG_DOUBLE, &speed, "how fast they live (default: 1)", "X"},
        G_OPTION_ENTRY_NULL};
    g_autoptr(GOptionContext) context = g_option_context_new("- customers for a desk, over HTTP");
    g_option_context_add_main_entries(context, entries, NULL);
    g_autoptr(GError) error = NULL;
    if (!g_option_context_parse(context, &argc, &argv, &error) || argc != 1 || !server) {
        fprintf(stderr, "seatmux: %s\n", error ? error->message : "--server is needed; see seatmux simulate --help");
        return 2;
    }
    SmSimOptions options = {.language = language, .customers = customers, .at_once = at_once, .speed = speed};
    if ((rate && !sm_rate_parse(rate, &options.per_minute)) || customers < 1 || at_once < 0 || !(speed > 0)) {
        fprintf(stderr, "seatmux: --rate is like 20/min; --customers and --speed are above zero\n");
        return 2;
    }
    sm_cli_locale(NULL);
    g_autoptr(SmScenario) scenario = sm_cli_load_scenario(name);
    return scenario ? simulate(server, scenario, (uint64_t)seed, &options) : 2;
}
