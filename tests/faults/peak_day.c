/* SPDX-License-Identifier: MIT */
/* peak_day: a whole peak day - 20 agents, 1,000 customers, twelve hours - on virtual time, its log on standard output as
 * lines: what tests/remote/figures.py computes the figures of a second time. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "faults/world.h"

static gboolean print_line(const char *line, void *user, GError **error)
{
    puts(line);
    return TRUE;
}

int main(int argc, char **argv)
{
    g_autofree char *path = NULL;
    guint customers = argc > 1 ? (guint)atoi(argv[1]) : 1000;

    setlocale(LC_ALL, "C.UTF-8");
    path = g_strdup_printf("%s/scenarios/first-shift.yaml", g_getenv("SEATMUX_SOURCE_ROOT"));
    WorldSetup setup = {.seed = argc > 2 ? (guint64)atoi(argv[2]) : 11, .agents = 20, .customers = CLAMP(customers, 1, 2000),
                        .per_minute = 2, .hours_ms = 12 * 3600 * INT64_C(1000), .scenario = path};
    World *world = world_new(&setup);
    world_run(world);
    g_autofree char *wrong = world_check(world);
    SmSimStats stats = sm_sim_stats(world->sim);
    gboolean ok = *wrong == '\0' && sm_log_export(world->log, print_line, NULL, NULL) && fflush(stdout) == 0;
    fprintf(stderr, "%d customers, %d thanked, %d angry\n%s", stats.arrived, stats.thanked, stats.angry, wrong);
    world_free(world);
    return !ok;
}
