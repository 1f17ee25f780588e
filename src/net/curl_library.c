/* SPDX-License-Identifier: MIT */
#include "net/curl_library.h"

#include <dlfcn.h>

#include "seatmux/base/error.h"

#define SONAME "libcurl.so.4" /* the same since 2006 */

/* GnuTLS asks the program before it sets itself up (GNUTLS_SKIP_GLOBAL_INIT, gnutls.h). It comes only because Debian's libcurl is linked
 * with librtmp and libldap; we ask over HTTP and OpenSSL and never come to them, and the setting up costs a megabyte and milliseconds. The
 * linker must be told to let the library see it: meson.build beside this file. */
int _gnutls_global_init_skip(void);
int _gnutls_global_init_skip(void)
{
    return 1;
}

/* The one place where the loaded functions are kept; they are the process's, as the library is. */
static SmCurl *functions(void)
{
    static SmCurl loaded;

    return &loaded;
}

const SmCurl *sm_curl(void)
{
    return functions();
}

static gboolean load(GError **error)
{
    void *library = dlopen(SONAME, RTLD_LAZY | RTLD_LOCAL); /* stays to the end: what it brings can't be unloaded */
    SmCurl found = {0};
    const char *missing = NULL;

#define LOOK_UP(name)                                                        \
    *(void **)&found.name = library ? dlsym(library, "curl_" #name) : NULL; \
    missing = found.name == NULL && missing == NULL ? "curl_" #name : missing;
    SM_CURL_FUNCTIONS(LOOK_UP)
#undef LOOK_UP
    if (missing == NULL) {
        *functions() = found;
        return TRUE;
    }
    const char *words = dlerror();
    g_set_error(error, SM_ERROR, SM_ERROR_FAILED, "libcurl can't be loaded: %s", words != NULL ? words : missing);
    return FALSE;
}

gboolean sm_curl_begin(GError **error)
{
    if (functions()->global_init == NULL && !load(error))
        return FALSE;
    /* Counted by libcurl; TLS is set up when a connection first needs it. */
    if (sm_curl()->global_init(CURL_GLOBAL_SSL) == CURLE_OK)
        return TRUE;
    g_set_error_literal(error, SM_ERROR, SM_ERROR_FAILED, "libcurl can't be set up");
    return FALSE;
}

void sm_curl_end(void)
{
    sm_curl()->global_cleanup();
}
