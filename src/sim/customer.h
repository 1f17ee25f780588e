/* SPDX-License-Identifier: MIT */
/* customer: one simulated customer as a plain client of the customer API: start, write, poll, rate, leave. Every
 * write is repeated with its own id until the desk has answered it. */
#ifndef SIM_CUSTOMER_H
#define SIM_CUSTOMER_H

#include "seatmux/base/rng.h"
#include "seatmux/base/trace.h"
#include "seatmux/net/transport.h"
#include "seatmux/sim/sim.h"

typedef struct SmCustomer SmCustomer;

typedef enum {
    SM_CUSTOMER_STARTING,
    SM_CUSTOMER_WAITING, /* nobody has answered yet */
    SM_CUSTOMER_TALKING,
    SM_CUSTOMER_THANKED,
    SM_CUSTOMER_ANGRY,
    SM_CUSTOMER_FAILED,  /* the desk refused something it should not have */
} SmCustomerMood;

typedef struct {
    SmLoop *loop;
    SmTransport *transport;
    const SmPersona *persona;
    const SmDialogue *dialogue;
    SmTrace *trace;
    double speed;
    gboolean preview; /* say what is being written, not only that something is */
    GPtrArray *answers; /* SmSimAnswer: each is added here; borrowed */
    int number; /* of this customer in the run: part of every command id */
    /* Called once, deferred, when all is said; the customer may be freed then. */
    void (*done)(SmCustomer *customer, void *user);
    void *user;
} SmCustomerSetup;

SmCustomer *sm_customer_new(const SmCustomerSetup *setup, SmRng *rng /* taken over */);
void sm_customer_free(SmCustomer *customer); /* vanishes without a word */
SmCustomerMood sm_customer_mood(const SmCustomer *customer);
const char *sm_customer_conversation(const SmCustomer *customer); /* NULL before the desk has answered */
char *sm_customer_answer(const SmCustomer *customer); /* as sm_sim_answer() */
gboolean sm_customer_fits(const SmCustomer *customer, const char *text); /* as sm_sim_fits() */
SmSimGone sm_customer_gone(const SmCustomer *customer);
int64_t sm_customer_sent(const SmCustomer *customer);
int64_t sm_customer_received(const SmCustomer *customer);

#endif
