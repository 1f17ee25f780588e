/* SPDX-License-Identifier: MIT */
/* ask: one request after another, waiting for each: what administration and the line tools need. */
#ifndef CLI_ASK_H
#define CLI_ASK_H

#include "seatmux/net/transport.h"

/* What came of one request; clear it. */
typedef struct {
    int status;        /* 0: no answer, see error */
    json_t *body;      /* NULL: none, or not readable */
    char *cursor;      /* header Seatmux-Cursor; NULL */
    int retry_after_s; /* header Retry-After; 0 */
    char *error;       /* why there is no answer; NULL with stopped */
    gboolean stopped;  /* somebody quit the loop meanwhile: the request was given up */
} SmAsked;
void sm_asked_clear(SmAsked *asked);
/* One request (taken over), waited for at most `timeout_ms`. `poll`: one that the desk holds. */
void sm_ask(SmLoop *loop, SmTransport *transport, SmRequest *request, gboolean poll,
            int64_t timeout_ms, SmAsked *asked);

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
