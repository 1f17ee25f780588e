/* SPDX-License-Identifier: MIT */
/* simulate_seats: a class at one desk: how it went at each seat, by what the customers lived through there and by the desk's
 * own figures. */
#ifndef CLI_SIMULATE_SEATS_H
#define CLI_SIMULATE_SEATS_H

#include "seatmux/base/json.h"
#include "seatmux/sim/sim.h"

typedef struct SmSeats SmSeats;

SmSeats *sm_seats_new(void);
void sm_seats_free(SmSeats *seats);
/* A customer has gone: counted for who answered last. */
void sm_seats_gone(SmSeats *seats, const SmSimGone *gone);
/* A row for each seat, by name: {"seat", "customers": {"thanked", "angry"}, "answers", "mistakes", "measured": "desk" or
 * "customers", "figures": {..}, "goals": [..], "passed"}. `report` (may be NULL): the desk's, by agent; without it the figures
 * are what the customers felt, and what those can't know is missing. New reference. */
json_t *sm_seats_rows(SmSeats *seats, const SmSim *sim, const SmScenario *scenario, const json_t *report);
void sm_seats_print(FILE *out, const json_t *rows);

#endif
