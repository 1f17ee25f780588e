/* SPDX-License-Identifier: MIT */
/* transport: how requests reach a desk. One struct of operations, three implementations: curl (TCP,
 * TLS, Unix socket), in-process (practice and tests: the same bytes through the same parsers and limits),
 * and in tests a faulty one around the second. */
#ifndef SEATMUX_NET_TRANSPORT_H
#define SEATMUX_NET_TRANSPORT_H

#include <glib.h>

#include "seatmux/base/loop.h"
#include "seatmux/wire/wire.h"

typedef struct SmTransport SmTransport;
typedef struct SmExchange SmExchange;

/* How an exchange ended, as far as the asker can know. */
typedef enum {
    SM_EXCHANGE_ANSWERED,    /* a whole answer */
    SM_EXCHANGE_NOT_SENT,    /* certain: no byte of the request left */
    SM_EXCHANGE_UNKNOWN,     /* broken after the first byte left: it may have arrived */
    SM_EXCHANGE_DAMAGED,     /* an answer came, but truncated, too large or garbled */
} SmExchangeEnd;

/* answer is NULL unless ANSWERED and belongs to the transport during the call; `error` in words unless
 * ANSWERED. */
typedef void (*SmExchangeDone)(SmExchangeEnd end, const SmAnswer *answer, const char *error, void *user);
/* The first byte leaves now: from here on "it may have arrived". Must not call into the transport. */
typedef void (*SmExchangeSent)(void *user);

typedef struct {
    /* Takes over the request. `timeout_ms`: whole exchange. Calls done exactly once, never before returning,
     * unless cancelled. `poll`: long-lived; goes over a connection of its own. */
    SmExchange *(*start)(SmTransport *t, SmRequest *request, gboolean poll, int64_t timeout_ms,
                         SmExchangeSent sent, SmExchangeDone done, void *user);
    void (*cancel)(SmTransport *t, SmExchange *exchange);
    void (*free)(SmTransport *t);
} SmTransportOps;

struct SmTransport {
    const SmTransportOps *ops;
};

SmExchange *sm_transport_start(SmTransport *t, SmRequest *request, gboolean poll, int64_t timeout_ms,
                               SmExchangeSent sent, SmExchangeDone done, void *user);
void sm_transport_cancel(SmTransport *t, SmExchange *exchange); /* NULL is fine; done is not called */
void sm_transport_free(SmTransport *t);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmTransport, sm_transport_free)

/* What an in-process desk offers (filled in by cli from the service; net knows no server). `request`
 * works like sm_service_request: done may be called before it returns and takes the answer over; returns a
 * handle to cancel. `latency_ms`: each way, through the loop. */
typedef struct {
    void *(*request)(void *desk, const SmRequest *request, void (*done)(SmAnswer *answer, void *user),
                     void *user);
    void (*cancel)(void *handle);
    void *desk;
} SmDeskOps;
SmTransport *sm_transport_new_inprocess(SmLoop *loop, const SmDeskOps *ops, int latency_ms);

typedef struct {
    const char *server;  /* http://HOST:PORT, https://HOST[:PORT], unix:PATH */
    const char *cafile;  /* NULL: the system's */
    const char *pin;     /* "sha256//..." or NULL */
    const char *proxy;   /* NULL: environment as curl reads it, but none to a loopback address; "": none */
    gboolean later;      /* libcurl, which takes some ms, is loaded by sm_transport_load_curl() and not at once */
    int stall_ms;        /* an answer that stands still for so long is given up; 0: 15 s */
} SmCurlOptions;
/* How the words of a transport begin when nothing was sent because of the desk's certificate or key. */
#define SM_NOT_TRUSTED "certificate not trusted"
/* libcurl's multi interface on the loop. SM_ERROR_INVALID for a server that is none of the three forms, SM_ERROR_FAILED
 * when libcurl can't be loaded. */
SmTransport *sm_transport_new_curl(SmLoop *loop, const SmCurlOptions *options, GError **error);
/* What is left to do for one that was made `later`, before its first request. TRUE when it is done already. */
gboolean sm_transport_load_curl(SmTransport *transport, GError **error);

#endif
