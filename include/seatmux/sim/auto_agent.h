/* SPDX-License-Identifier: MIT */
/* auto_agent: a machine at the agent's seat, to see that a scenario can be passed and can be failed. It is a plain
 * client of the desk, but knows from the simulator what each customer would like to hear. */
#ifndef SEATMUX_SIM_AUTO_AGENT_H
#define SEATMUX_SIM_AUTO_AGENT_H

#include "seatmux/base/trace.h"
#include "seatmux/net/transport.h"
#include "seatmux/sim/sim.h"

typedef struct SmAutoAgent SmAutoAgent;

/* X(ENUM, "name") */
#define SM_AUTO_KINDS(X)                                                                           \
    X(GOOD, "good")     /* takes everybody at once, answers to the point within five seconds */    \
    X(SLOW, "slow")     /* the same answers, one customer at a time, a minute or more for each */  \
    X(SILENT, "silent") /* is there, and never says a word */
typedef enum {
#define SM_AUTO_ENUM(name, word) SM_AUTO_##name,
    SM_AUTO_KINDS(SM_AUTO_ENUM)
#undef SM_AUTO_ENUM
        SM_AUTO_N
} SmAutoKind;
gboolean sm_auto_kind_parse(const char *word, SmAutoKind *kind);

/* `token`: of `agent`, who must be online. Takes over the transport; simulator, rng and loop are the caller's and must
 * outlive it. Works until freed. */
SmAutoAgent *sm_auto_agent_new(SmLoop *loop, SmTransport *transport, const char *agent, const char *token,
                               const SmSim *sim, SmRng *rng, SmAutoKind kind, SmTrace *trace);
void sm_auto_agent_free(SmAutoAgent *agent);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmAutoAgent, sm_auto_agent_free)

#endif
