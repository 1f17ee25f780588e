/* SPDX-License-Identifier: MIT */
/* httpd: a tiny server on a loopback port or a Unix socket that answers well and badly, by path:
 * /ok /echo /truncated /reset /long /drip /silent /redirect /encoded /garbage /headers /close */
#ifndef SEATMUX_TESTS_NET_HTTPD_H
#define SEATMUX_TESTS_NET_HTTPD_H

#include <glib.h>

typedef struct SmHttpd SmHttpd;

SmHttpd *sm_httpd_new(const char *unix_path); /* NULL: a port of the system's choice */
void sm_httpd_free(SmHttpd *h);
const char *sm_httpd_server(const SmHttpd *h); /* "http://127.0.0.1:PORT" or "unix:PATH" */
int sm_httpd_connections(SmHttpd *h);          /* accepted so far */

#endif
