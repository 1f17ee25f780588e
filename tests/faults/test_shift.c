/* SPDX-License-Identifier: MIT */
/* shift: a whole desk - server, three agents, forty customers, eight hours - in one process, twice with one seed: the
 * same log byte for byte. CI runs it again under another address layout and locale; the digest is compared by
 * the second run with what the first one left, where both ran. */
#include <locale.h>

#include "faults/world.h"

static WorldSetup shift(uint64_t seed)
{
    static char path[4096];
    g_snprintf(path, sizeof path, "%s/scenarios/first-shift.yaml", g_getenv("SEATMUX_SOURCE_ROOT"));
    return (WorldSetup){.seed = seed, .agents = 3, .customers = 40, .per_minute = 0.2, .hours_ms = 8 * 3600 * INT64_C(1000),
                        .scenario = path};
}

static char *run(uint64_t seed, char **trace)
{
    WorldSetup setup = shift(seed);
    World *world = world_new(&setup);
    world_run(world);
    g_autofree char *wrong = world_check(world);
    g_assert_cmpstr(wrong, ==, "");
    SmSimStats stats = sm_sim_stats(world->sim);
    g_assert_cmpint(stats.arrived, ==, 40);
    g_assert_cmpint(stats.errors, ==, 0);
    g_assert_cmpint(stats.waiting + stats.talking, ==, 0);
    g_assert_cmpint(stats.thanked, >, 10);
    char *log = world_log_text(world);
    *trace = g_strdup(world->trace->str);
    world_free(world);
    return log;
}

static void test_same_log(void)
{
    g_autofree char *trace_a = NULL, *trace_b = NULL;
    g_autofree char *a = run(7, &trace_a);
    /* Something between the runs that moves addresses about. */
    char *ballast = g_malloc0(1 << 20);
    g_autofree char *b = run(7, &trace_b);
    g_free(ballast);
    g_assert_cmpuint(strlen(a), >, 20000);
    g_assert_cmpstr(trace_a, ==, trace_b);
    g_assert_cmpstr(a, ==, b);
}

static void test_another_seed_differs(void)
{
    g_autofree char *trace_a = NULL, *trace_b = NULL;
    g_autofree char *a = run(7, &trace_a);
    g_autofree char *b = run(8, &trace_b);
    g_assert_cmpstr(a, !=, b);
}

/* The digest is a constant of this version: another address layout, locale or compiler must give it too. When
 * the desk's behaviour changes on purpose, run with SEATMUX_SHIFT=print and put the new one here. */
static void test_same_everywhere(void)
{
    g_autofree char *trace = NULL;
    g_autofree char *log = run(7, &trace);
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, log, -1);
    if (g_getenv("SEATMUX_SHIFT"))
        g_test_message("digest %s", digest);
    g_autofree char *file = g_strconcat(g_getenv("SEATMUX_SOURCE_ROOT"), "/tests/faults/shift-7.sha256", NULL);
    g_autofree char *wanted = NULL;
    g_assert_true(g_file_get_contents(file, &wanted, NULL, NULL));
    g_assert_cmpstr(digest, ==, g_strstrip(wanted));
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, g_getenv("SEATMUX_TEST_LAYOUT") ? "C" : "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/shift/the-same-log-twice", test_same_log);
    g_test_add_func("/shift/another-seed-another-log", test_another_seed_differs);
    g_test_add_func("/shift/the-same-log-everywhere", test_same_everywhere);
    return g_test_run();
}
