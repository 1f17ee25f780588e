/* SPDX-License-Identifier: MIT */
/* auto_agent: a machine at the agent's seat, to see that a scenario can be passed and can be failed. It is a plain
 * client of the desk, but knows from the simulator what each customer would like to hear. */
#ifndef SEATMUX_SIM_AUTO_AGENT_H
#define SEATMUX_SIM_AUTO_AGENT_H

#include "seatmux/base/trace.h"
#include "seatmux/net/transport.h"
#include "seatmux/sim/sim.h"

typedef struct SmAutoAgent SmAutoAgent;

typedef enum {
    SM_AUTO_GOOD,   /* takes everybody at once, answers to the point within five seconds */
    SM_AUTO_SLOW,   /* the same answers, one customer at a time, a minute or more for each */
    SM_AUTO_SILENT, /* is there, and never says a word */
} SmAutoKind;
/* "good", "slow", "silent". FALSE, and `kind` as it was: none of them. */
gboolean sm_auto_kind_parse(const char *word, SmAutoKind *kind);

/* `token`: of `agent`, who must be online. Takes over the transport; simulator, rng and loop are the caller's and must
 * outlive it. Works until freed. */
SmAutoAgent *sm_auto_agent_new(SmLoop *loop, SmTransport *transport, const char *agent, const char *token,
                               const SmSim *sim, SmRng *rng, SmAutoKind kind, SmTrace *trace);
void sm_auto_agent_free(SmAutoAgent *agent);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmAutoAgent, sm_auto_agent_free)

#endif
