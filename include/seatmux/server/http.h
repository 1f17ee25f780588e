/* SPDX-License-Identifier: MIT */
/* http: libmicrohttpd in front of the service: external epoll on the program's loop, strict checks
 * before a request is read, parked connections, slow ones cut. Loopback or a Unix socket only. */
#ifndef SEATMUX_SERVER_HTTP_H
#define SEATMUX_SERVER_HTTP_H

#include <glib.h>

#include "seatmux/base/trace.h"
#include "seatmux/server/service.h"

typedef struct SmHttp SmHttp;

typedef struct {
    guint connections;   /* most at once; 0: 20,000 or what RLIMIT_NOFILE leaves */
    int header_ms;       /* all headers within; 0: 10,000 */
    gboolean proxied;    /* desk.yaml names a TLS proxy: X-Forwarded-For of it is believed */
} SmHttpOptions;

/* `listen`: "127.0.0.1:7878", "[::1]:7878", "127.0.0.1:0" (any port) or "unix:/path" (0600; a stale
 * socket is removed, a live one is SM_ERROR_BUSY). Anything but loopback is SM_ERROR_DENIED unless
 * proxied. `admin`: requests of this listener are administration. */
SmHttp *sm_http_new(SmLoop *loop, SmService *service, const char *listen, gboolean admin,
                    const SmHttpOptions *options, SmTrace *trace, GError **error);
void sm_http_free(SmHttp *http);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmHttp, sm_http_free)
int sm_http_port(const SmHttp *http); /* 0 for a Unix socket */

#endif
