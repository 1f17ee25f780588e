/* SPDX-License-Identifier: MIT */
/* fault_transport: a transport around another that loses, repeats, delays, cuts and refuses, seeded. What it
 * tells its user is what a real network would let it know, never more. */
#ifndef TESTS_FAULT_TRANSPORT_H
#define TESTS_FAULT_TRANSPORT_H

#include "seatmux/base/rng.h"
#include "seatmux/net/transport.h"

/* Chances per exchange, 0..1, and how much was done. */
typedef struct {
    double lose_request;  /* never arrives; the asker sees a broken connection */
    double lose_answer;   /* arrives and is done, the answer is lost */
    double repeat;        /* the request arrives twice */
    double cut;           /* the answer comes truncated */
    double refuse;        /* a proxy answers 502, 503 or 429 by itself */
    double not_sent;      /* the connection can't be made */
    int delay_low, delay_high; /* ms, each way */
    int64_t done;         /* faults injected */
} SmFaults;

/* `inner` is taken over; `faults` is shared and may be changed at any time (all zero: a good network). */
SmTransport *sm_fault_transport_new(SmTransport *inner, SmLoop *loop, SmRng *rng, SmFaults *faults);
/* What goes over the network, as its user sees it: `answer` NULL: the request leaves; else the answer came whole. */
typedef void (*SmFaultWatch)(const SmRequest *request, const SmAnswer *answer, void *user);
void sm_fault_transport_watch(SmTransport *transport, SmFaultWatch watch, void *user);
/* Everything under way breaks now, as at a pulled plug; later exchanges go on. */
void sm_fault_transport_pull(SmTransport *transport);

#endif
