/* SPDX-License-Identifier: MIT */
#include "seatmux/net/transport.h"

SmExchange *sm_transport_start(SmTransport *t, SmRequest *request, gboolean poll,
                               int64_t timeout_ms, SmExchangeSent sent, SmExchangeDone done,
                               void *user)
{
    return t->ops->start(t, request, poll, timeout_ms, sent, done, user);
}

void sm_transport_cancel(SmTransport *t, SmExchange *exchange)
{
    if (exchange != NULL)
        t->ops->cancel(t, exchange);
}

void sm_transport_free(SmTransport *t)
{
    if (t != NULL)
        t->ops->free(t);
}
