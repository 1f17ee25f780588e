/* SPDX-License-Identifier: MIT */
/* curl_library: libcurl, loaded when the first request is made. It brings thirty libraries with it (TLS, Kerberos, LDAP, SSH), which are
 * eight megabytes and a third of a start: the first screen does not wait for them, and practice, the reports, the checks and a server
 * that serves never have them. */
#ifndef SEATMUX_NET_CURL_LIBRARY_H
#define SEATMUX_NET_CURL_LIBRARY_H

#include <curl/curl.h>
#include <glib.h>

/* What we use of it, under its own names and types without "curl_". The options of easy_setopt and multi_setopt are not checked by
 * the compiler here: a number is a long, a size of SIZE_LARGE a curl_off_t, as libcurl's manual says. */
#define SM_CURL_FUNCTIONS(X) \
    X(easy_cleanup)          \
    X(easy_getinfo)          \
    X(easy_header)           \
    X(easy_init)             \
    X(easy_perform)          \
    X(easy_reset)            \
    X(easy_setopt)           \
    X(easy_strerror)         \
    X(getdate)               \
    X(global_cleanup)        \
    X(global_init)           \
    X(multi_add_handle)      \
    X(multi_cleanup)         \
    X(multi_info_read)       \
    X(multi_init)            \
    X(multi_remove_handle)   \
    X(multi_setopt)          \
    X(multi_socket_action)   \
    X(slist_append)          \
    X(slist_free_all)

typedef struct {
#define SM_CURL_MEMBER(name) __typeof__((curl_##name)) *name;
    SM_CURL_FUNCTIONS(SM_CURL_MEMBER)
#undef SM_CURL_MEMBER
} SmCurl;

/* Load libcurl where it is not loaded yet, and count one more that uses it (curl_global_init). FALSE with SM_ERROR_FAILED: this machine
 * has none, or an older one; it is looked for again the next time. For one thread, as all of libcurl here. */
gboolean sm_curl_begin(GError **error);
void sm_curl_end(void);

/* Its functions; only between sm_curl_begin() and sm_curl_end(). */
const SmCurl *sm_curl(void);

#endif
