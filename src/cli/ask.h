/* SPDX-License-Identifier: MIT */
/* ask: one request after another, waiting for each: what administration and the line tools need. */
#ifndef CLI_ASK_H
#define CLI_ASK_H

#include "seatmux/net/transport.h"

/* One request (taken over); what changes the desk gets an id if it has none. The body as it is,
 * never NULL but with an error: what the desk refused, in words (SM_ERROR_DENIED), or that it can't
 * be reached (SM_ERROR_IO). Caller unrefs. `cursor` (may be NULL) gets the header Seatmux-Cursor,
 * NULL when there was none; caller frees. */
GBytes *sm_ask_fetch(SmLoop *loop, SmTransport *transport, SmRequest *request, char **cursor,
                     GError **error);
/* The same for an answer in JSON; `answer` may be NULL, and stays NULL where there was nothing to
 * say. */
gboolean sm_ask_json(SmLoop *loop, SmTransport *transport, SmRequest *request, json_t **answer,
                     GError **error);

#endif
