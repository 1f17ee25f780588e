/* SPDX-License-Identifier: MIT */
#include "world.h"

#include <string.h>

#define MAX_STEPS 100000

/* --- Calls ---------------------------------------------------------------------------------------
 */

SmRequest *request_new(const char *method, const char *target, const char *token, const char *key,
                       const char *body)
{
    SmRequest *request = sm_request_new(method, target);

    request->token = g_strdup(token);
    request->idempotency_key = g_strdup(key);
    if (body != NULL)
        request->body = g_bytes_new(body, strlen(body));
    request->address = "192.0.2.1";
    return request;
}

static void answered(SmAnswer *answer, void *user)
{
    Call *call = user;
    gsize n;
    const char *bytes = g_bytes_get_data(answer->body, &n);

    g_assert_false(call->done);
    call->done = TRUE;
    call->pending = NULL;
    call->status = answer->status;
    call->type = answer->type;
    call->allow = answer->allow;
    call->cursor = g_strdup(answer->cursor);
    call->retry_after = answer->retry_after_s;
    call->text = g_strndup(bytes, n);
    if (strstr(answer->type, "json") != NULL && strstr(answer->type, "ndjson") == NULL) {
        g_autoptr(GError) error = NULL;
        call->body = sm_json_parse(bytes, n, 1 << 24, &error);
        g_assert_no_error(error);
        g_assert_true(json_is_integer(json_object_get(call->body, "now")));
        g_assert_cmpint(sm_json_int(call->body, "fold", 0), ==, SM_FOLD_VERSION);
    }
    sm_answer_free(answer);
}

Call *call_send(World *w, SmRequest *request)
{
    Call *call = g_new0(Call, 1);
    SmPending *pending = sm_service_request(w->service, request, answered, call);

    if (!call->done)
        call->pending = pending;
    else
        g_assert_null(pending);
    sm_request_free(request);
    return call;
}

Call *call_start(World *w, const char *method, const char *target, const char *token,
                 const char *key, const char *body)
{
    SmRequest *request = request_new(method, target, token, key, body);

    if (token != NULL && strcmp(token, "admin") == 0) {
        g_clear_pointer(&request->token, g_free);
        request->admin = TRUE;
        request->address = "unix";
    }
    return call_send(w, request);
}

Call *call_wait(World *w, Call *call)
{
    for (int i = 0; !call->done && i < MAX_STEPS; i++)
        g_assert_true(sm_loop_step(w->loop));
    g_assert_true(call->done);
    return call;
}

Call *call_now(World *w, const char *method, const char *target, const char *token, const char *key,
               const char *body)
{
    return call_wait(w, call_start(w, method, target, token, key, body));
}

void call_free(Call *call)
{
    if (call == NULL)
        return;
    if (call->pending != NULL)
        sm_service_cancel(call->pending);
    json_decref(call->body);
    g_free(call->text);
    g_free(call->cursor);
    g_free(call);
}

const char *call_code(const Call *call)
{
    return sm_json_str(call->body, "code", "");
}

const char *call_str(const Call *call, const char *key)
{
    return sm_json_str(call->body, key, "");
}

gsize call_count(const Call *call, const char *key)
{
    return json_array_size(json_object_get(call->body, key));
}

void world_assert_status(const Call *call, int expected, const char *where)
{
    if (call->status != expected)
        g_error("%s: status %d, not %d: %s", where, call->status, expected, call->text);
}

void world_assert_code(const Call *call, const char *expected, const char *where)
{
    if (strcmp(call_code(call), expected) != 0)
        g_error("%s: not %s: %d %s", where, expected, call->status, call->text);
    g_assert_cmpstr(call->type, ==, "application/problem+json");
    g_assert_cmpint(call->status, ==, sm_problem_status(sm_problem_from_code(expected)));
    g_assert_cmpint(sm_json_int(call->body, "status", 0), ==, call->status);
    if (call->status == 503 || call->status == 429)
        g_assert_cmpint(call->retry_after, >=, 1);
}

/* --- Life ----------------------------------------------------------------------------------------
 */

void world_admin_agent(World *w, const char *agent, const char *role, const char *team)
{
    g_autofree char *target = g_strdup_printf("/v1/agents/%s", agent);
    g_autofree char *password = g_strdup_printf("/v1/agents/%s/password", agent);
    g_autofree char *body = g_strdup_printf("{\"role\":\"%s\",\"teams\":[\"%s\"]}", role, team);
    g_autofree char *key = g_strdup_printf("set-%s-%u", agent, sm_rng_below(w->rng, 1000000));
    g_autoptr(Call) set = call_now(w, "PUT", target, "admin", key, body);
    g_autoptr(Call) word =
        call_now(w, "POST", password, "admin", NULL, "{\"password\":\"secret\"}");

    assert_status(set, 200);
    assert_status(word, 200);
}

char *world_login(World *w, const char *agent)
{
    g_autofree char *body =
        g_strdup_printf("{\"name\":\"%s\",\"password\":\"secret\",\"program\":\"test\"}", agent);
    g_autoptr(Call) call = call_now(w, "POST", "/v1/login", NULL, NULL, body);

    assert_status(call, 200);
    g_assert_cmpstr(call_str(call, "agent"), ==, agent);
    g_assert_cmpstr(call_str(call, "cursor"), ==, call->cursor);
    return g_strdup(call_str(call, "token"));
}

void world_online(World *w, const char *token)
{
    g_autofree char *key = g_strdup_printf("on-%u", sm_rng_below(w->rng, 1000000));
    g_autoptr(Call) call = call_now(w, "POST", "/v1/agents/me/availability", token, key,
                                    "{\"availability\":\"online\"}");

    assert_status(call, 200);
}

static void start_service(World *w)
{
    SmServiceLimits limits = {8, 1, 1000, 1000, 0};
    g_autoptr(GError) error = NULL;

    w->service = sm_service_new(w->loop, w->log, w->secrets, w->rng, w->trace, &error);
    g_assert_no_error(error);
    sm_service_set_limits(w->service, &limits);
}

void world_restart(World *w)
{
    sm_service_free(w->service);
    start_service(w);
}

void world_open(World *w, gconstpointer data)
{
    w->loop = sm_loop_new_virtual(1700000000000);
    w->rng = sm_rng_new(11);
    w->log = sm_log_new_memory(w->loop, w->rng, 1, 3);
    w->secrets = sm_secrets_new_memory(w->loop, w->rng);
    start_service(w);
    world_admin_agent(w, "mia", "agent", "support");
    world_admin_agent(w, "bob", "agent", "support");
    world_admin_agent(w, "eve", "supervisor", "support");
    w->mia = world_login(w, "mia");
    w->bob = world_login(w, "bob");
    w->eve = world_login(w, "eve");
    world_online(w, w->mia);
    world_online(w, w->bob);
    world_online(w, w->eve);
}

void world_close(World *w, gconstpointer data)
{
    sm_service_free(w->service);
    sm_log_close(w->log);
    sm_secrets_free(w->secrets);
    sm_rng_free(w->rng);
    sm_loop_free(w->loop);
    sm_trace_free(w->trace);
    g_free(w->mia);
    g_free(w->bob);
    g_free(w->eve);
}

/* --- Conversations -------------------------------------------------------------------------------
 */

Talk *talk_start(World *w, const char *key, const char *text)
{
    g_autoptr(json_t) json = json_object();
    Talk *talk = g_new0(Talk, 1);

    json_object_set_new(json, "name", json_string("王小明"));
    if (text != NULL)
        json_object_set_new(json, "text", json_string(text));
    g_autofree char *body = sm_json_text(json);
    g_autoptr(Call) call = call_now(w, "POST", "/v1/conversations", NULL, key, body);
    assert_status(call, 201);
    talk->id = g_strdup(call_str(call, "conversation"));
    talk->contact = g_strdup(call_str(call, "contact"));
    talk->token = g_strdup(call_str(call, "token"));
    talk->cursor = g_strdup(call_str(call, "cursor"));
    return talk;
}

void talk_free(Talk *talk)
{
    if (talk == NULL)
        return;
    g_free(talk->id);
    g_free(talk->contact);
    g_free(talk->token);
    g_free(talk->cursor);
    g_free(talk);
}

Call *talk_do(World *w, const Talk *talk, const char *token, const char *verb, const char *key,
              const char *body)
{
    g_autofree char *target = g_strdup_printf("/v1/conversations/%s/%s", talk->id, verb);

    return call_now(w, "POST", target, token, key, body);
}

Call *talk_post(World *w, const Talk *talk, const char *token, const char *key, const char *text)
{
    g_autofree char *target =
        g_strdup_printf("/v1/conversations/%s/messages/%s?seen=1000", talk->id, key);
    g_autoptr(json_t) json = json_pack("{s:s}", "text", text);
    g_autofree char *body = sm_json_text(json);

    return call_now(w, "PUT", target, token, NULL, body);
}

char *cursor_of(World *w, const char *token)
{
    g_autoptr(Call) call = call_now(w, "GET", "/v1/snapshot", token, NULL, NULL);

    assert_status(call, 200);
    g_assert_cmpstr(call_str(call, "cursor"), ==, call->cursor);
    return g_strdup(call->cursor);
}

Call *poll_start(World *w, const char *token, const char *cursor, int wait)
{
    g_autofree char *target = g_strdup_printf("/v1/events?after=%s&wait=%d", cursor, wait);

    return call_start(w, "GET", target, token, NULL, NULL);
}

Call *poll_now(World *w, const char *token, const char *cursor)
{
    return call_wait(w, poll_start(w, token, cursor, 0));
}
