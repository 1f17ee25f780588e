/* SPDX-License-Identifier: MIT */
/* Who may ask what, and how much: tokens, roles, rates, and every refusal of the service itself. */
#include <string.h>

#include "world.h"

#include "seatmux/base/limits.h"

#define WORLD_TEST(path, fn) g_test_add(path, World, NULL, world_open, fn, world_close)

static void assert_refused(World *w, const char *method, const char *target, const char *token,
                           const char *key, const char *body, const char *code)
{
    g_autoptr(Call) call = call_now(w, method, target, token, key, body);

    g_test_message("%s %s", method, target);
    assert_code(call, code);
}

static void test_tokens(World *w, gconstpointer data)
{
    assert_refused(w, "GET", "/v1/snapshot", NULL, NULL, NULL, "unauthenticated");
    assert_refused(w, "GET", "/v1/snapshot", "", NULL, NULL, "unauthenticated");
    assert_refused(w, "GET", "/v1/snapshot", "nonsense", NULL, NULL, "unauthenticated");
    g_autofree char *longer = g_strnfill(5000, 'a');
    assert_refused(w, "GET", "/v1/snapshot", longer, NULL, NULL, "unauthenticated");
    g_autofree char *other = g_strdup(w->mia);
    other[10] = other[10] == '0' ? '1' : '0';
    assert_refused(w, "GET", "/v1/snapshot", other, NULL, NULL, "token_expired");
    g_autoptr(Call) out = call_now(w, "POST", "/v1/logout", w->mia, NULL, NULL);
    assert_status(out, 200);
    assert_refused(w, "GET", "/v1/snapshot", w->mia, NULL, NULL, "token_expired");
    sm_loop_run_until(w->loop, 31LL * 86400000);
    assert_refused(w, "GET", "/v1/snapshot", w->bob, NULL, NULL, "token_expired");
}

static void test_login(World *w, gconstpointer data)
{
    assert_refused(w, "POST", "/v1/login", NULL, NULL, "{\"name\":\"mia\",\"password\":\"wrong\"}",
                   "bad_login");
    assert_refused(w, "POST", "/v1/login", NULL, NULL,
                   "{\"name\":\"nobody\",\"password\":\"secret\"}", "bad_login");
    assert_refused(w, "POST", "/v1/login", NULL, NULL, "{\"name\":\"mia\"}", "invalid");
    assert_refused(w, "POST", "/v1/login", NULL, NULL, "{\"name\":\"mia\",\"password\":\"\"}",
                   "invalid");
    assert_refused(w, "POST", "/v1/login", NULL, NULL, "{\"name\":1,\"password\":\"x\"}",
                   "invalid");
    assert_refused(w, "POST", "/v1/login", NULL, NULL, "{\"name\":\"mia\"", "bad_json");
    assert_refused(w, "POST", "/v1/login", NULL, NULL, "[]", "bad_json");
    for (int past = 0; past <= 1; past++) {
        g_autofree char *word = g_strnfill(SM_MAX_PASSWORD_BYTES + past, 'p');
        g_autofree char *body = g_strdup_printf("{\"name\":\"mia\",\"password\":\"%s\"}", word);
        assert_refused(w, "POST", "/v1/login", NULL, NULL, body, past ? "too_large" : "bad_login");
    }
    g_autoptr(Call) good =
        call_now(w, "POST", "/v1/login", NULL, NULL,
                 "{\"name\":\"eve\",\"password\":\"secret\",\"program\":\"tail\"}");
    assert_status(good, 200);
    g_assert_cmpstr(call_str(good, "role"), ==, "supervisor");
    g_assert_cmpuint(call_count(good, "teams"), ==, 1);
    g_assert_cmpstr(call_str(good, "session"), !=, "");
}

static void test_sessions(World *w, gconstpointer data)
{
    g_autofree char *second = world_login(w, "mia");
    g_autoptr(Call) list = call_now(w, "GET", "/v1/sessions", second, NULL, NULL);
    json_t *sessions = json_object_get(list->body, "sessions");
    g_assert_cmpuint(json_array_size(sessions), ==, 2);
    g_assert_null(strstr(list->text, second)); /* a token is shown once */
    g_assert_null(strstr(list->text, "bob"));
    g_autofree char *target =
        g_strdup_printf("/v1/sessions/%s", sm_json_str(json_array_get(sessions, 0), "id", ""));
    assert_refused(w, "DELETE", target, w->bob, NULL, NULL, "not_found"); /* not his */
    g_autofree char *cursor = cursor_of(w, w->mia);
    g_autoptr(Call) poll = poll_start(w, w->mia, cursor, 50);
    g_autoptr(Call) revoked = call_now(w, "DELETE", target, second, NULL, NULL);
    assert_status(revoked, 200);
    g_assert_true(poll->done);
    assert_code(poll, "token_expired");
    assert_refused(w, "GET", "/v1/snapshot", w->mia, NULL, NULL, "token_expired");
    g_autoptr(Call) everybody = call_now(w, "GET", "/v1/sessions", "admin", NULL, NULL);
    g_assert_cmpuint(call_count(everybody, "sessions"), ==, 3);
    for (int i = 0; i < SM_MAX_SESSIONS_PER_AGENT + 3; i++)
        g_free(world_login(w, "mia"));
    g_autoptr(Call) bounded = call_now(w, "GET", "/v1/sessions", "admin", NULL, NULL);
    g_assert_cmpuint(call_count(bounded, "sessions"), ==, SM_MAX_SESSIONS_PER_AGENT + 2);
}

/* --- Roles ---------------------------------------------------------------------------------------
 */

static void test_administration(World *w, gconstpointer data)
{
    const char *tokens[] = {w->mia, w->eve};

    for (guint i = 0; i < G_N_ELEMENTS(tokens); i++) {
        assert_refused(w, "PUT", "/v1/agents/x", tokens[i], "k1", "{}", "forbidden");
        assert_refused(w, "DELETE", "/v1/agents/bob", tokens[i], "k2", NULL, "forbidden");
        assert_refused(w, "PUT", "/v1/policy", tokens[i], "k3", "{\"desk\":\"x\"}", "forbidden");
        assert_refused(w, "POST", "/v1/agents/bob/password", tokens[i], NULL,
                       "{\"password\":\"x\"}", "forbidden");
        assert_refused(w, "GET", "/v1/export", tokens[i], NULL, NULL, "forbidden");
        assert_refused(w, "POST", "/v1/admin/stop", tokens[i], NULL, NULL, "forbidden");
    }
    assert_refused(w, "GET", "/v1/export", NULL, NULL, NULL, "unauthenticated");
    assert_refused(w, "GET", "/v1/events?after=x", "admin", NULL, NULL, "forbidden");
    assert_refused(w, "POST", "/v1/agents/nobody/password", "admin", NULL, "{\"password\":\"x\"}",
                   "not_found");
    g_autoptr(Call) agents = call_now(w, "GET", "/v1/agents", "admin", NULL, NULL);
    g_assert_cmpuint(call_count(agents, "agents"), ==, 3);
    g_autoptr(Call) policy = call_now(w, "GET", "/v1/policy", w->mia, NULL, NULL);
    assert_status(policy, 200);
    g_autofree char *text = sm_json_text(json_object_get(policy->body, "policy"));
    g_autoptr(Call) set = call_now(w, "PUT", "/v1/policy", "admin", "k4", text);
    assert_status(set, 200);
    assert_refused(w, "PUT", "/v1/policy", "admin", "k5", "{\"teams\":7}", "invalid");
}

static void test_foreign(World *w, gconstpointer data)
{
    g_autoptr(Talk) mine = talk_start(w, "start-1", "hi");
    g_autoptr(Talk) other = talk_start(w, "start-2", "hi");
    const char *verbs[] = {"leave", "claim", "resolve", "release", "take_over", "wake", "reopen"};

    for (guint i = 0; i < G_N_ELEMENTS(verbs); i++) {
        g_autofree char *target = g_strdup_printf("/v1/conversations/%s/%s", other->id, verbs[i]);
        g_autoptr(Call) call = call_now(w, "POST", target, mine->token, "k", "{}");
        g_assert_true(call->status == 404 || call->status == 403);
    }
    g_autofree char *message = g_strdup_printf("/v1/conversations/%s/messages/k", other->id);
    assert_refused(w, "PUT", message, mine->token, NULL, "{\"text\":\"a\"}", "not_found");
    g_autofree char *history = g_strdup_printf("/v1/conversations/%s/messages", other->id);
    assert_refused(w, "GET", history, mine->token, NULL, NULL, "not_found");
    assert_refused(w, "GET", "/v1/conversations/nothing/messages", w->mia, NULL, NULL, "not_found");
    assert_refused(w, "GET", "/v1/agents", mine->token, NULL, NULL, "forbidden");
    assert_refused(w, "GET", "/v1/sessions", mine->token, NULL, NULL, "forbidden");
    g_autoptr(Call) snapshot = call_now(w, "GET", "/v1/snapshot", mine->token, NULL, NULL);
    g_assert_cmpuint(call_count(snapshot, "conversations"), ==, 1);
    g_assert_null(strstr(snapshot->text, other->id));
    g_assert_null(strstr(snapshot->text, "mia"));
}

/* --- Addresses -----------------------------------------------------------------------------------
 */

static void test_addresses(World *w, gconstpointer data)
{
    assert_refused(w, "GET", "/", NULL, NULL, NULL, "not_found");
    assert_refused(w, "GET", "/v1", w->mia, NULL, NULL, "not_found");
    assert_refused(w, "POST", "/v1/conversations/c1/explode", w->mia, "k", "{}", "not_found");
    assert_refused(w, "GET", "/v1/events/", w->mia, NULL, NULL, "not_found");
    assert_refused(w, "GET", "/v1/%zz", w->mia, NULL, NULL, "invalid");
    g_autoptr(Call) method = call_now(w, "PATCH", "/v1/policy", w->mia, NULL, NULL);
    assert_code(method, "method_not_allowed");
    g_assert_cmpstr(method->allow, ==, "GET, PUT");
    for (int past = 0; past <= 1; past++) {
        g_autofree char *query =
            g_strnfill((gsize)(SM_MAX_URL_BYTES + past) - strlen("/v1/snapshot?x="), 'x');
        g_autofree char *target = g_strconcat("/v1/snapshot?x=", query, NULL);
        g_autoptr(Call) call = call_now(w, "GET", target, w->mia, NULL, NULL);
        if (past)
            assert_code(call, "too_large");
        else
            assert_status(call, 200);
    }
    assert_refused(w, "GET", "/v1/snapshot?page=x", w->mia, NULL, NULL, "invalid");
    assert_refused(w, "GET", "/v1/snapshot?page=-1", w->mia, NULL, NULL, "invalid");
    assert_refused(w, "POST", "/v1/agents/me/availability", w->mia, NULL,
                   "{\"availability\":\"away\"}", "invalid");
    assert_refused(w, "POST", "/v1/agents/me/availability", "admin", "k",
                   "{\"availability\":\"away\"}", "invalid");
    g_autoptr(Call) metrics = call_now(w, "GET", "/metrics", NULL, NULL, NULL);
    assert_status(metrics, 200);
    g_assert_nonnull(strstr(metrics->text, "# TYPE seatmux_records_total counter\n"));
    g_assert_null(strstr(metrics->text, "mia"));
}

/* --- Rates ---------------------------------------------------------------------------------------
 */

static Call *from(World *w, const char *address, const char *method, const char *target,
                  const char *body)
{
    SmRequest *request = request_new(method, target, NULL, NULL, body);

    request->address = address;
    return call_wait(w, call_send(w, request));
}

static void test_rates(World *w, gconstpointer data)
{
    SmServiceLimits limits = {8, 1, 5, 3, 0};
    const char *wrong = "{\"name\":\"mia\",\"password\":\"wrong\"}";

    sm_loop_run_until(w->loop, 120000);
    sm_service_set_limits(w->service, &limits);
    for (int i = 0; i < 6; i++) {
        g_autoptr(Call) call = from(w, "198.51.100.7", "GET", "/healthz", NULL);
        if (i < 5)
            assert_status(call, 200);
        else
            assert_code(call, "too_many");
    }
    for (int i = 0; i < 4; i++) {
        g_autoptr(Call) call = from(w, "2001:db8::1", "POST", "/v1/login", wrong);
        assert_code(call, i < 3 ? "bad_login" : "too_many");
    }
    g_autoptr(Call) same_net = from(w, "2001:db8::ffff:1", "POST", "/v1/login", wrong);
    assert_code(same_net, "too_many");
    g_autoptr(Call) other_net = from(w, "2001:db8:0:1::1", "POST", "/v1/login", wrong);
    assert_code(other_net, "bad_login");
    /* Whoever tries her name keeps nobody but themselves out. */
    g_autoptr(Call) herself = from(w, "203.0.113.5", "POST", "/v1/login",
                                   "{\"name\":\"mia\",\"password\":\"secret\"}");
    assert_status(herself, 200);
    for (int i = 0; i < 50; i++) { /* loopback has its own row */
        g_autoptr(Call) call = from(w, "127.0.0.1", "GET", "/healthz", NULL);
        assert_status(call, 200);
    }
    sm_loop_run_until(w->loop, 180000);
    g_autoptr(Call) next_minute = from(w, "198.51.100.7", "GET", "/healthz", NULL);
    assert_status(next_minute, 200);
}

static void test_requests_of_a_session(World *w, gconstpointer data)
{
    g_autoptr(Talk) talk = talk_start(w, "start-1", "hi");
    Call *calls[SM_MAX_REQUESTS_PER_SESSION + 1];
    g_autofree char *cursor = cursor_of(w, talk->token);
    g_autoptr(Call) poll = poll_start(w, talk->token, cursor, 50); /* a park is not counted */

    for (guint i = 0; i < G_N_ELEMENTS(calls); i++) {
        g_autofree char *target =
            g_strdup_printf("/v1/conversations/%s/messages/m-%u", talk->id, i);
        g_assert_nonnull(poll);
        calls[i] = call_start(w, "PUT", target, talk->token, NULL, "{\"text\":\"a\"}");
    }
    for (guint i = 0; i < G_N_ELEMENTS(calls); i++) {
        call_wait(w, calls[i]);
        if (i < SM_MAX_REQUESTS_PER_SESSION)
            assert_status(calls[i], 200);
        else
            assert_code(calls[i], "too_many");
        call_free(calls[i]);
    }
    g_autoptr(Call) after = talk_post(w, talk, talk->token, "m-again", "a");
    assert_status(after, 200);
}

/* The password turns out right while a commit is under way: the answer waits for it, and needs nothing of the request, which
 * the asker has freed long since (AddressSanitizer is the judge). */
static void test_login_in_a_commit(World *w, gconstpointer data)
{
    g_autoptr(Call) login =
        call_start(w, "POST", "/v1/login", NULL, NULL, "{\"name\":\"mia\",\"password\":\"secret\",\"program\":\"x\"}");
    g_autoptr(Call) start =
        call_start(w, "POST", "/v1/conversations", NULL, "k-commit", "{\"name\":\"Chen\",\"language\":\"en\"}");
    call_wait(w, login);
    call_wait(w, start);
    assert_status(login, 200);
    assert_status(start, 201);
}

static void test_login_queue(World *w, gconstpointer data)
{
    Call *calls[SM_MAX_LOGIN_QUEUE + 1];

    for (guint i = 0; i < G_N_ELEMENTS(calls); i++)
        calls[i] = call_start(w, "POST", "/v1/login", NULL, NULL,
                              "{\"name\":\"mia\",\"password\":\"secret\"}");
    for (guint i = 0; i < G_N_ELEMENTS(calls); i++) {
        call_wait(w, calls[i]);
        if (i < SM_MAX_LOGIN_QUEUE)
            assert_status(calls[i], 200);
        else
            assert_code(calls[i], "too_many");
        call_free(calls[i]);
    }
}

/* Whatever a client sends, the service answers something and lives. */
static void test_rubbish(World *w, gconstpointer data)
{
    static const char *methods[] = {"GET", "POST", "PUT", "DELETE", "HEAD", ""};
    static const char *pieces[] = {
        "v1",      "conversations", "messages", "events", "me",   "agents", "claim", "%00",   "..",
        "?after=", "?page=",        "&wait=",   "%",      "\xff", "login",  "queue", "typing"};
    static const char *bodies[] = {NULL,
                                   "",
                                   "{}",
                                   "null",
                                   "{\"text\":null}",
                                   "[[[[",
                                   "\"\\ud83d\"",
                                   "{\"text\":\"\\ud83d\\u0000\"}",
                                   "{\"teams\":[{}]}",
                                   "\xff\xfe"};
    g_autoptr(SmRng) rng = sm_rng_new(3);
    const char *tokens[] = {NULL, w->mia, "admin", "st_"};

    for (int i = 0; i < 3000; i++) {
        g_autoptr(GString) target = g_string_new("");
        for (guint k = 0; k < sm_rng_below(rng, 6); k++)
            g_string_append_printf(target, "/%s", pieces[sm_rng_below(rng, G_N_ELEMENTS(pieces))]);
        if (strstr(target->str, "stop") != NULL)
            continue;
        g_autoptr(Call) call =
            call_start(w, methods[sm_rng_below(rng, G_N_ELEMENTS(methods))], target->str,
                       tokens[sm_rng_below(rng, G_N_ELEMENTS(tokens))], "k",
                       bodies[sm_rng_below(rng, G_N_ELEMENTS(bodies))]);
        for (int n = 0; !call->done && n < 50; n++)
            sm_loop_step(w->loop);
        if (call->done)
            g_assert_cmpint(call->status, !=, 500);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    WORLD_TEST("/access/tokens", test_tokens);
    WORLD_TEST("/access/login", test_login);
    WORLD_TEST("/access/sessions", test_sessions);
    WORLD_TEST("/access/administration", test_administration);
    WORLD_TEST("/access/foreign", test_foreign);
    WORLD_TEST("/access/addresses", test_addresses);
    WORLD_TEST("/access/rates", test_rates);
    WORLD_TEST("/access/requests-of-a-session", test_requests_of_a_session);
    WORLD_TEST("/access/login-in-a-commit", test_login_in_a_commit);
    WORLD_TEST("/access/login-queue", test_login_queue);
    WORLD_TEST("/access/rubbish", test_rubbish);
    return g_test_run();
}
