/* SPDX-License-Identifier: MIT */
/* sim: simulated customers. Each is a plain client of the public customer API over a transport, with a
 * mood of its own; the same code practises trainees, loads a desk and fills the tests' shifts. The same
 * seed gives the same customers; what they say depends on what they are answered, and when. */
#ifndef SEATMUX_SIM_SIM_H
#define SEATMUX_SIM_SIM_H

#include <glib.h>

#include "seatmux/base/rng.h"
#include "seatmux/base/trace.h"
#include "seatmux/net/transport.h"
#include "seatmux/sim/scenario.h"

typedef struct SmSim SmSim;

typedef struct {
    const char *language; /* only dialogues of this one; NULL: all */
    int customers;        /* in all; 0: the scenario's */
    double per_minute;    /* 0: the scenario's */
    int at_once;          /* 0: the scenario's */
    double speed;         /* 1: real time; 4: four times as fast */
    void (*finished)(void *user); /* all customers came and went; may be NULL */
    void *user;
} SmSimOptions;

typedef struct {
    int arrived, waiting, talking, thanked, angry, errors;
    int64_t sent, received; /* messages */
} SmSimStats;

/* An answer that did not help. All raw text. */
typedef struct {
    char *customer;     /* name */
    char *conversation; /* id */
    char *asked;        /* what the customer had said, lines joined by a blank */
    char *answered;     /* what the agent wrote since */
    char *why;          /* the scenario's words for a wrong answer; NULL: it was not to the point */
    char *model;        /* what would have helped; NULL: not known */
} SmSimMistake;

/* transport and scenario are the caller's and must outlive it. rng is forked. */
SmSim *sm_sim_new(SmLoop *loop, SmTransport *transport, const SmScenario *scenario, SmRng *rng,
                  const SmSimOptions *options, SmTrace *trace);
void sm_sim_free(SmSim *sim); /* customers vanish as if they closed the page */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmSim, sm_sim_free)
void sm_sim_start(SmSim *sim);
void sm_sim_stop(SmSim *sim); /* nobody new comes; those there finish */
SmSimStats sm_sim_stats(const SmSim *sim);
/* All so far, in order. Borrowed SmSimMistake. */
const GPtrArray *sm_sim_mistakes(const SmSim *sim);
/* What would help the customer of this conversation now: NULL while they write or read, when they are about to go, and
 * when none of them has it. What a coach whispers and a machine agent says. Caller frees. */
char *sm_sim_answer(const SmSim *sim, const char *conversation);

#endif
