/* SPDX-License-Identifier: MIT */
#include "cli/visit.h"

#include "cli/ask.h"
#include "seatmux/base/error.h"
#include "seatmux/base/paths.h"
#include "seatmux/wire/wire.h"

struct SmVisit {
    SmLoop *loop;
    SmTransport *transport;
    SmConnection at;
    char *token;
};

static gboolean log_in(SmVisit *visit, const char *program, GError **error)
{
    g_autoptr(json_t) answer = NULL;
    SmRequest *request = sm_request_new("POST", "/v1/login");
    json_t *body = json_object();
    json_object_set_new(body, "name", json_string(visit->at.agent));
    json_object_set_new(body, "password", json_string(visit->at.password));
    json_object_set_new(body, "program", json_string(program));
    sm_request_set_json(request, body);
    if (!sm_ask_json(visit->loop, visit->transport, request, &answer, error))
        return FALSE;
    visit->token = g_strdup(sm_json_str(answer, "token", NULL));
    if (!visit->token)
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "the desk gave no token");
    return visit->token != NULL;
}

SmVisit *sm_visit_new(const SmConnectionOptions *o, const char *program, GError **error)
{
    g_autofree char *config = sm_path_config("config.yaml");
    g_autoptr(SmOptions) options = sm_options_new();
    g_autoptr(SmVisit) visit = g_new0(SmVisit, 1);
    int status;
    visit->loop = sm_loop_new_glib();
    if (config)
        sm_options_load(options, config, NULL);
    if (!sm_connection_settle(&visit->at, o, options, &status)) {
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "%s needs a desk", program);
        return NULL;
    }
    SmCurlOptions curl = sm_connection_curl(&visit->at);
    visit->transport = sm_transport_new_curl(visit->loop, &curl, error);
    if (!visit->transport || !log_in(visit, program, error))
        return NULL;
    return g_steal_pointer(&visit);
}

json_t *sm_visit_ask(SmVisit *visit, const char *method, const char *target, json_t *body, GError **error)
{
    json_t *answer = NULL;
    SmRequest *request = sm_request_new(method, target);
    request->token = g_strdup(visit->token);
    if (body)
        sm_request_set_json(request, body);
    if (sm_ask_json(visit->loop, visit->transport, request, &answer, error) && !answer)
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "the desk's answer can't be read");
    return answer;
}

void sm_visit_free(SmVisit *visit)
{
    if (!visit)
        return;
    if (visit->token) {
        SmRequest *out = sm_request_new("POST", "/v1/logout");
        out->token = g_strdup(visit->token);
        sm_ask_json(visit->loop, visit->transport, out, NULL, NULL);
    }
    g_free(visit->token);
    g_clear_pointer(&visit->transport, sm_transport_free);
    sm_connection_clear(&visit->at);
    sm_loop_free(visit->loop);
    g_free(visit);
}
