/* SPDX-License-Identifier: MIT */
/* weather: a hundred desk-hours in which the network loses, repeats, delays, cuts and refuses, the server loses power,
 * its disk fails and programs are killed. Nothing is lost, doubled, reordered, made up, shown twice or never shown.
 *
 * One seed again:  SEATMUX_SEED=n SEATMUX_TRACE=1 build-asan/tests/faults/test-faults-weather
 * A soak:          SEATMUX_SEEDS=from-to ... */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "faults/world.h"

#ifdef __SANITIZE_ADDRESS__
#define SEEDS 3 /* a tenth of the speed; the other build runs them all */
#else
#define SEEDS 50
#endif
#define HOURS_MS (2 * 3600 * INT64_C(1000))

static void run_seed(uint64_t seed)
{
    g_autofree char *path = g_strconcat(g_getenv("SEATMUX_SOURCE_ROOT"), "/scenarios/first-shift.yaml", NULL);
    WorldSetup setup = {.seed = seed, .agents = 3, .customers = 120, .per_minute = 1.2, .hours_ms = HOURS_MS, .faults = TRUE,
                        .scenario = path};
    World *world = world_new(&setup);
    world_run(world);
    g_autofree char *wrong = world_check(world);
    if (*wrong || g_getenv("SEATMUX_TRACE")) {
        if (g_getenv("SEATMUX_TRACE"))
            fprintf(stderr, "%s", world->trace->str);
        fprintf(stderr, "seed %" G_GUINT64_FORMAT ": %s\nagain: SEATMUX_SEED=%" G_GUINT64_FORMAT
                        " SEATMUX_TRACE=1 test-faults-weather\n",
                seed, *wrong ? wrong : "fine", seed);
    }
    g_test_message("seed %" G_GUINT64_FORMAT ": %u Enters, %" G_GINT64_FORMAT " requests of agents, %" G_GINT64_FORMAT
                   " network faults, %d crashes of the server",
                   seed, world->pressed->len, world->crossed, world->network.done, world->crashes);
    /* A world in which nothing happened proves nothing. */
    g_assert_cmpuint(world->pressed->len, >, 50);
    g_assert_cmpint(world->crossed, >, world->pressed->len);
    g_assert_cmpint(world->network.done, >, 100);
    g_assert_cmpint(world->crashes, >, 0);
    g_assert_cmpstr(wrong, ==, "");
    world_free(world);
}

static void test_seed(gconstpointer seed)
{
    run_seed((uint64_t)GPOINTER_TO_SIZE(seed));
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    uint64_t from = 1, to = SEEDS;
    const char *one = g_getenv("SEATMUX_SEED"), *some = g_getenv("SEATMUX_SEEDS");
    if (one)
        from = to = g_ascii_strtoull(one, NULL, 10);
    else if (some && sscanf(some, "%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT, &from, &to) != 2)
        return 2;
    for (uint64_t seed = from; seed <= to; seed++) {
        g_autofree char *name = g_strdup_printf("/weather/seed-%" G_GUINT64_FORMAT, seed);
        g_test_add_data_func(name, GSIZE_TO_POINTER(seed), test_seed);
    }
    return g_test_run();
}
