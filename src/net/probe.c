/* SPDX-License-Identifier: MIT */
#include "seatmux/net/probe.h"

#include <string.h>

#include "net/curl_private.h"
#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"

struct SmProber {
    SmCurlServer server;
    CURL *easy;
};

void sm_probe_clear(SmProbe *probe)
{
    char *texts[] = {probe->words, probe->address, probe->via, probe->server, probe->coding, probe->subject};

    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    g_clear_pointer(&probe->body, g_bytes_unref);
    *probe = (SmProbe){0};
}

SmProber *sm_prober_new(const SmCurlOptions *options, GError **error)
{
    g_autoptr(SmProber) prober = g_new0(SmProber, 1);

    if (!sm_curl_server_init(&prober->server, options, error))
        return NULL;
    if (!sm_curl_begin(error))
        return NULL;
    prober->easy = sm_curl()->easy_init();
    g_assert(prober->easy != NULL); /* that is memory, and GLib gives up without it, too */
    return g_steal_pointer(&prober);
}

void sm_prober_free(SmProber *prober)
{
    if (prober == NULL)
        return;
    if (prober->easy != NULL) {
        sm_curl()->easy_cleanup(prober->easy);
        sm_curl_end();
    }
    sm_curl_server_clear(&prober->server);
    g_free(prober);
}

static size_t on_body(char *data, size_t size, size_t count, void *user)
{
    GByteArray *bytes = user;

    if (bytes->len + size * count > SM_MAX_ANSWER_BYTES)
        return CURL_WRITEFUNC_ERROR;
    g_byte_array_append(bytes, (const guint8 *)data, (guint)(size * count));
    return size * count;
}

static SmProbeEnd end_of(CURLcode code, gboolean sent)
{
    switch (code) {
    case CURLE_OK:
        return SM_PROBE_ANSWERED;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        return SM_PROBE_NO_NAME;
    case CURLE_COULDNT_CONNECT:
        return SM_PROBE_NO_CONNECTION;
    case CURLE_SSL_CONNECT_ERROR:
        return SM_PROBE_NO_TLS;
    case CURLE_OPERATION_TIMEDOUT:
        return sent ? SM_PROBE_LATE : SM_PROBE_NO_CONNECTION;
    default:
        return sm_curl_is_distrust(code) ? SM_PROBE_NOT_TRUSTED : sent ? SM_PROBE_BROKEN : SM_PROBE_NO_CONNECTION;
    }
}

static char *header(CURL *easy, const char *name)
{
    struct curl_header *found = NULL;

    return sm_curl()->easy_header(easy, name, 0, CURLH_HEADER, -1, &found) == CURLHE_OK ? g_strdup(found->value) : NULL;
}

static int ms_of(CURL *easy, CURLINFO what)
{
    curl_off_t us = 0;

    return sm_curl()->easy_getinfo(easy, what, &us) == CURLE_OK ? (int)(us / 1000) : 0;
}

/* The first certificate of the chain is the desk's. */
static void read_certificate(CURL *easy, SmProbe *probe)
{
    struct curl_certinfo *chain = NULL;

    if (sm_curl()->easy_getinfo(easy, CURLINFO_CERTINFO, &chain) != CURLE_OK || chain == NULL || chain->num_of_certs < 1)
        return;
    for (const struct curl_slist *line = chain->certinfo[0]; line != NULL; line = line->next) {
        const char *value = strchr(line->data, ':');
        if (value != NULL && g_str_has_prefix(line->data, "Subject:")) {
            g_free(probe->subject);
            probe->subject = g_strdup(value + 1);
        } else if (value != NULL && g_str_has_prefix(line->data, "Expire date:")) {
            probe->expires = MAX(0, (int64_t)sm_curl()->getdate(value + 1, NULL));
        }
    }
}

static void read_facts(SmProber *prober, SmProbe *probe)
{
    CURL *easy = prober->easy;
    long status = 0, port = 0, made = 0, connect = 0;
    char *ip = NULL;

    sm_curl()->easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    sm_curl()->easy_getinfo(easy, CURLINFO_PRIMARY_IP, &ip);
    sm_curl()->easy_getinfo(easy, CURLINFO_PRIMARY_PORT, &port);
    sm_curl()->easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &made);
    sm_curl()->easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &connect);
    probe->status = (int)status;
    probe->fresh = made > 0;
    probe->tunnelled = connect > 0;
    if (ip != NULL && *ip != '\0' && prober->server.path == NULL)
        probe->address = g_strdup_printf(strchr(ip, ':') != NULL ? "[%s]:%ld" : "%s:%ld", ip, port);
    probe->name_ms = ms_of(easy, CURLINFO_NAMELOOKUP_TIME_T);
    probe->connect_ms = ms_of(easy, CURLINFO_CONNECT_TIME_T);
    probe->tls_ms = ms_of(easy, CURLINFO_APPCONNECT_TIME_T);
    probe->answer_ms = ms_of(easy, CURLINFO_TOTAL_TIME_T);
    probe->via = header(easy, "Via");
    probe->server = header(easy, "Server");
    probe->coding = header(easy, "Content-Encoding");
    if (probe->coding == NULL)
        probe->coding = header(easy, "Transfer-Encoding");
    read_certificate(easy, probe);
}

static struct curl_slist *set_request(SmProber *prober, const SmRequest *request, int64_t timeout_ms)
{
    CURL *easy = prober->easy;

    sm_curl()->easy_reset(easy); /* the connection stays */
    sm_curl_server_apply(&prober->server, easy, timeout_ms, FALSE);
    sm_curl()->easy_setopt(easy, CURLOPT_CERTINFO, 1L);
    sm_curl()->easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    return sm_curl_set_request(&prober->server, easy, request);
}

void sm_prober_ask(SmProber *prober, SmRequest *request, int64_t timeout_ms, SmProbe *probe)
{
    char words[CURL_ERROR_SIZE] = "";
    GByteArray *bytes = g_byte_array_new();
    long sent = 0;

    *probe = (SmProbe){0};
    struct curl_slist *headers = set_request(prober, request, timeout_ms);
    sm_curl()->easy_setopt(prober->easy, CURLOPT_ERRORBUFFER, words);
    sm_curl()->easy_setopt(prober->easy, CURLOPT_WRITEFUNCTION, on_body);
    sm_curl()->easy_setopt(prober->easy, CURLOPT_WRITEDATA, bytes);
    probe->sent_at = g_get_real_time() / 1000;
    CURLcode code = sm_curl()->easy_perform(prober->easy);
    probe->answered_at = g_get_real_time() / 1000;
    sm_curl()->easy_getinfo(prober->easy, CURLINFO_REQUEST_SIZE, &sent);
    probe->end = end_of(code, sent > 0);
    if (code != CURLE_OK)
        probe->words = g_strdup(words[0] != '\0' ? words : sm_curl()->easy_strerror(code));
    read_facts(prober, probe);
    probe->body = g_byte_array_free_to_bytes(bytes);
    sm_curl()->easy_setopt(prober->easy, CURLOPT_ERRORBUFFER, NULL);
    sm_curl()->slist_free_all(headers);
    sm_request_free(request);
}
