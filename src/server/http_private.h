/* SPDX-License-Identifier: MIT */
/* http_private: what the parts of http share: opening a listener, and reading a request strictly. */
#ifndef SERVER_HTTP_PRIVATE_H
#define SERVER_HTTP_PRIVATE_H

#include <microhttpd.h>

#include "seatmux/server/http.h"

/* A bound, listening, non-blocking socket for "ADDRESS:PORT" or "unix:PATH"; -1 and error. *port: 0 for a Unix
 * socket. *path: to be unlinked at the end, NULL for TCP; caller frees. */
int sm_http_listen(const char *listen, gboolean proxied, int *port, char **path, GError **error);

typedef enum {
    SM_HTTP_JSON,
    SM_HTTP_FILE, /* a file comes */
    SM_HTTP_TOLD, /* JSON, also as text/plain: what a page of another site may send without asking first */
} SmHttpBody;

/* The headers of a request held against what we accept before anything of it is believed (libmicrohttpd
 * 0.9.75 is lenient where smuggling begins): exactly one Host, at most one Content-Length of digits, no
 * Transfer-Encoding, number and size within limits, and, unless any_name, a Host that is loopback. NULL: fine; else the answer to give. *length: -1 when
 * none was said. */
SmAnswer *sm_http_check_headers(struct MHD_Connection *connection, const char *version, gboolean any_name, SmHttpBody body,
                                int64_t *length);
/* Fill token, idempotency key, user agent, origin and whether it is our own from headers. */
void sm_http_read_headers(struct MHD_Connection *connection, SmRequest *request);
/* The peer as text, "unix" for a Unix socket; believes X-Forwarded-For only if proxied. Caller frees. */
char *sm_http_peer(struct MHD_Connection *connection, gboolean proxied);
/* A response from an answer; shares the body's bytes. */
struct MHD_Response *sm_http_response(const SmAnswer *answer);

#endif
