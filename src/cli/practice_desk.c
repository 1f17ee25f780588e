/* SPDX-License-Identifier: MIT */
#include "cli/findings.h"
#include "cli/practice_desk.h"

#include <stdio.h>
#include <string.h>

#include "seatmux/base/limits.h"
#include "seatmux/base/paths.h"

#define LATENCY_MS 15

#define DESK \
    "desk: Practice\n" \
    "teams:\n" \
    "  - {id: shop, name: \"%s\", capacity: 12}\n" \
    "inboxes:\n" \
    "  - {id: web, name: Web, team: shop, training: true}\n"
#define PREVIEW "page: {preview: true}\n"

static gboolean command(SmLocalDesk *desk, const char *method, const char *target, json_t *body, GError **error)
{
    g_autoptr(SmRequest) request = sm_request_new(method, target);
    request->admin = TRUE;
    request->idempotency_key = sm_id_new(desk->rng, "p");
    sm_request_set_json(request, body);
    g_autoptr(SmAnswer) answer = sm_local_desk_ask(desk, request);
    gsize n = 0;
    const char *words = answer->body ? g_bytes_get_data(answer->body, &n) : "";
    if (answer->status >= 300)
        g_set_error(error, SM_ERROR, SM_ERROR_FAILED, "the practice desk could not be set up: %s %s: %d %.*s", method,
                    target, answer->status, (int)n, words);
    return answer->status < 300;
}

/* Policy, one agent, and a session for the client. */
static gboolean furnish(SmLocalDesk *desk, const char *team, gboolean preview, char **token, GError **error)
{
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autofree char *text = g_strdup_printf(DESK "%s", team, preview ? PREVIEW : "");
    g_autoptr(SmPolicy) policy = sm_policy_parse("practice", text, strlen(text), findings);
    if (!policy || !command(desk, "PUT", "/v1/policy", sm_policy_encode(policy), error) ||
        !command(desk, "PUT", "/v1/agents/" SM_TRAINEE,
                 json_pack("{s:s, s:s, s:[s]}", "name", SM_TRAINEE, "role", "trainee", "teams", "shop"), error))
        return FALSE;
    *token = sm_secrets_open_session(desk->secrets, SM_TRAINEE, NULL, "practice", sm_service_now(desk->service), error);
    return *token != NULL;
}

SmLocalDesk *sm_practice_desk(SmLoop *loop, uint64_t seed, const char *team, gboolean preview, SmTrace *trace, char **token, GError **error)
{
    SmLocalDesk *desk = sm_local_desk_memory(loop, seed, trace, error);
    if (desk && furnish(desk, team, preview, token, error)) {
        SmServiceLimits open = {.requests_per_session = SM_MAX_REQUESTS_PER_SESSION, .parks_per_session = 1,
                                .anonymous_per_minute = 100000, .logins_per_minute = 100};
        sm_service_set_limits(desk->service, &open);
        return desk;
    }
    sm_local_desk_free(desk);
    return NULL;
}

SmTransport *sm_practice_transport(SmLocalDesk *desk)
{
    SmDeskOps ops = sm_local_desk_ops(desk);
    return sm_transport_new_inprocess(desk->loop, &ops, LATENCY_MS);
}

/* A page of it after a record; NULL at the end. */
static GBytes *page_after(SmLocalDesk *desk, char **after)
{
    g_autofree char *target = g_strdup_printf("/v1/export?after=%s", *after);
    g_autoptr(SmRequest) request = sm_request_new("GET", target);
    request->admin = TRUE;
    g_autoptr(SmAnswer) answer = sm_local_desk_ask(desk, request);
    if (answer->status != 200 || !answer->cursor || !answer->body || g_bytes_get_size(answer->body) == 0)
        return NULL;
    g_free(*after);
    *after = g_strdup(answer->cursor);
    return g_bytes_ref(answer->body);
}

gboolean sm_practice_record(SmLocalDesk *desk, const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *after = g_strdup("0");
    GBytes *page;
    while ((page = page_after(desk, &after))) {
        gsize n = 0;
        const char *bytes = g_bytes_get_data(page, &n);
        g_string_append_len(text, bytes, (gssize)n);
        g_bytes_unref(page);
    }
    if (sm_path_write(path, text->str, text->len, 0600, &error))
        return TRUE;
    sm_cli_error("seatmux: %s\n", error->message);
    return FALSE;
}
