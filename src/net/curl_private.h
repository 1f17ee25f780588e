/* SPDX-License-Identifier: MIT */
/* curl_private: what the transport over libcurl is made of: curl.c drives exchanges, curl_loop.c
 * ties libcurl's sockets and timer to the loop, curl_options.c says how a connection is made, and
 * curl_library.c loads libcurl. */
#ifndef SEATMUX_NET_CURL_PRIVATE_H
#define SEATMUX_NET_CURL_PRIVATE_H

#include "net/curl_library.h"
#include "seatmux/net/transport.h"

/* Where the desk is, read from the options once. */
typedef struct {
    char *base; /* "http://HOST:PORT", without a path */
    char *path; /* of a Unix socket; NULL */
    char *cafile;
    char *pin;
    char *proxy; /* NULL: the environment's */
} SmCurlServer;

gboolean sm_curl_server_init(SmCurlServer *server, const SmCurlOptions *options, GError **error);
void sm_curl_server_clear(SmCurlServer *server);
/* All that is the same for every exchange. `poll`: a question that may be parked follows an answer, so its connection is most often
 * there; connecting may then take all of its time, for libcurl's timer of ten seconds woke an idle program with every one. */
void sm_curl_server_apply(const SmCurlServer *server, CURL *easy, int64_t timeout_ms, gboolean poll);

/* The request itself. Its body is borrowed until the exchange is over. The headers are to be freed with slist_free_all
 * after that; a value with a line break, which would be a header of its own, is left out. */
struct curl_slist *sm_curl_set_request(const SmCurlServer *server, CURL *easy, const SmRequest *request);
/* Did it fail because of the desk's certificate or key? */
gboolean sm_curl_is_distrust(CURLcode code);

/* One multi handle on the loop. `done` hears of every transfer that ended. */
typedef struct SmCurlLoop SmCurlLoop;
typedef void (*SmCurlLoopDone)(CURL *easy, CURLcode code, void *user);
SmCurlLoop *sm_curl_loop_new(SmLoop *loop, SmCurlLoopDone done, void *user);
/* Every easy handle has been removed before. */
void sm_curl_loop_free(SmCurlLoop *c);
gboolean sm_curl_loop_add(SmCurlLoop *c, CURL *easy);
void sm_curl_loop_remove(SmCurlLoop *c, CURL *easy);

#endif
