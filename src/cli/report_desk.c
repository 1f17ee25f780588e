/* SPDX-License-Identifier: MIT */
/* report_desk: the desk draws the report; the log stays where it is. */
#include "cli/ask.h"
#include "cli/report.h"
#include "seatmux/base/error.h"
#include "seatmux/base/paths.h"
#include "seatmux/wire/wire.h"

static char *log_in(SmLoop *loop, SmTransport *transport, const SmConnection *at, GError **error)
{
    g_autoptr(json_t) answer = NULL;
    SmRequest *request = sm_request_new("POST", "/v1/login");
    json_t *body = json_object();
    json_object_set_new(body, "name", json_string(at->agent));
    json_object_set_new(body, "password", json_string(at->password));
    json_object_set_new(body, "program", json_string("seatmux report"));
    sm_request_set_json(request, body);
    if (!sm_ask_json(loop, transport, request, &answer, error))
        return NULL;
    const char *token = sm_json_str(answer, "token", NULL);
    if (!token)
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "the desk gave no token");
    return g_strdup(token);
}

static json_t *ask(SmLoop *loop, SmTransport *transport, const SmConnection *at, const char *query,
                   GError **error)
{
    g_autofree char *token = log_in(loop, transport, at, error);
    g_autofree char *target = g_strconcat("/v1/report?", query, NULL);
    json_t *answer = NULL;
    if (!token)
        return NULL;
    SmRequest *request = sm_request_new("GET", target), *out = sm_request_new("POST", "/v1/logout");
    request->token = g_strdup(token);
    out->token = g_strdup(token);
    if (sm_ask_json(loop, transport, request, &answer, error) && !answer)
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "the desk's answer can't be read");
    sm_ask_json(loop, transport, out, NULL, NULL);
    return answer;
}

json_t *sm_report_of_desk(const SmConnectionOptions *o, const char *query, GError **error)
{
    g_autofree char *config = sm_path_config("config.yaml");
    g_autoptr(SmOptions) options = sm_options_new();
    g_autoptr(SmLoop) loop = sm_loop_new_glib();
    SmConnection at = {0};
    json_t *answer = NULL;
    int status;
    if (config)
        sm_options_load(options, config, NULL);
    if (sm_connection_settle(&at, o, options, &status)) {
        SmCurlOptions curl = sm_connection_curl(&at);
        g_autoptr(SmTransport) transport = sm_transport_new_curl(loop, &curl, error);
        answer = transport ? ask(loop, transport, &at, query, error) : NULL;
    } else {
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "no report without a desk or --log FILE");
    }
    sm_connection_clear(&at);
    return answer;
}
