/* SPDX-License-Identifier: MIT */
/* probe: one request after another on one connection, each waited for, with all that can be seen of the path: what the
 * doctor looks at. Connections are made as the client makes them. */
#ifndef SEATMUX_NET_PROBE_H
#define SEATMUX_NET_PROBE_H

#include "seatmux/net/transport.h"

typedef enum {
    SM_PROBE_ANSWERED,
    SM_PROBE_NO_NAME,       /* the host's, or the proxy's */
    SM_PROBE_NO_CONNECTION, /* refused, no route, no such socket */
    SM_PROBE_NOT_TRUSTED,   /* certificate or pin */
    SM_PROBE_NO_TLS,        /* what answers speaks no TLS that we do */
    SM_PROBE_LATE,          /* nothing whole within the time given */
    SM_PROBE_BROKEN,        /* cut, or garbled */
} SmProbeEnd;

typedef struct {
    SmProbeEnd end;
    char *words; /* libcurl's, where there was no answer */
    int status;
    GBytes *body;
    char *address;           /* who was connected to, "10.0.0.7:443"; NULL: nobody, or a socket */
    char *via, *server, *coding; /* headers Via, Server, and what was done to the body: Content-Encoding or Transfer-Encoding; NULL */
    gboolean tunnelled;      /* a proxy was asked to connect */
    gboolean fresh;          /* the connection was made for this request */
    int name_ms, connect_ms, tls_ms, answer_ms; /* since the beginning: name known, connected, secured, whole answer */
    int64_t sent_at, answered_at;               /* wall clock, ms */
    char *subject;           /* of the desk's certificate; NULL */
    int64_t expires;         /* of it, s since 1970; 0: not known */
} SmProbe;
void sm_probe_clear(SmProbe *probe);

typedef struct SmProber SmProber;
/* SM_ERROR_INVALID as sm_transport_new_curl(). */
SmProber *sm_prober_new(const SmCurlOptions *options, GError **error);
void sm_prober_free(SmProber *prober); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmProber, sm_prober_free)
/* The request is taken over. Blocks for at most `timeout_ms`. */
void sm_prober_ask(SmProber *prober, SmRequest *request, int64_t timeout_ms, SmProbe *probe);

#endif
