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

/* How it was for a customer who has gone. Waits are as they felt them, in ms of the loop. Borrowed for the call. */
typedef struct {
    const char *customer, *conversation;
    const char *agent; /* who answered last, as customers are shown them; NULL: nobody */
    gboolean thanked;
    int64_t first_wait, longest_wait; /* -1: nobody answered */
    int answers, missed;              /* answers read, and those that did not help */
} SmSimGone;

typedef struct {
    const char *language; /* only dialogues of this one; NULL: all */
    int customers;        /* in all; 0: the scenario's */
    double per_minute;    /* 0: the scenario's */
    int at_once;          /* 0: the scenario's */
    gboolean preview;     /* the desk shows its staff what customers are writing: they tell it, as the page does */
    double speed;         /* 1: real time; 4: four times as fast */
    void (*finished)(void *user); /* all customers came and went; may be NULL */
    void (*left)(const SmSimGone *gone, void *user); /* a customer has gone; may be NULL */
    void *user;
} SmSimOptions;

typedef struct {
    int arrived, waiting, talking, thanked, angry, errors;
    int64_t sent, received; /* messages */
} SmSimStats;

/* An answer as a customer took it. All raw text; dialogue and node live as long as the scenario. */
typedef struct {
    char *customer;     /* name */
    char *conversation; /* id */
    char *asked;        /* what the customer had said, lines joined by a blank */
    char *answered;     /* what the agent wrote since */
    char *agent;        /* who wrote last of it, as customers are shown them; NULL: not told */
    int64_t wait;       /* ms from the first unanswered message to the first of the answer; -1: nothing was open */
    gboolean first;     /* of the conversation */
    gboolean helped;
    char *why;          /* the scenario's words for a wrong answer; NULL: it helped, or was not to the point */
    char *model;        /* what would have helped; NULL: it helped, or not known */
    const SmDialogue *dialogue;
    const SmNode *node; /* where the customer stood */
} SmSimAnswer;

/* transport and scenario are the caller's and must outlive it. rng is forked. */
SmSim *sm_sim_new(SmLoop *loop, SmTransport *transport, const SmScenario *scenario, SmRng *rng,
                  const SmSimOptions *options, SmTrace *trace);
void sm_sim_free(SmSim *sim); /* customers vanish as if they closed the page */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmSim, sm_sim_free)
void sm_sim_start(SmSim *sim);
void sm_sim_stop(SmSim *sim); /* nobody new comes; those there finish */
SmSimStats sm_sim_stats(const SmSim *sim);
/* All so far, in order. Borrowed SmSimAnswer. */
const GPtrArray *sm_sim_answers(const SmSim *sim);
/* Would this answer help the customer of this conversation now? FALSE also while they write or read. */
gboolean sm_sim_fits(const SmSim *sim, const char *conversation, const char *text);
/* What would help the customer of this conversation now: NULL while they write or read, when they are about to go, and
 * when none of them has it. What a coach whispers and a machine agent says. Caller frees. */
char *sm_sim_answer(const SmSim *sim, const char *conversation);

#endif
