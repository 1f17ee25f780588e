/* SPDX-License-Identifier: MIT */
/* session: how a session with the desk begins and ends. */
#include "net/client_private.h"

#include <string.h>

#include "seatmux/base/limits.h"

#define LOGIN_TIMEOUT_MS 30000

static void answer(SmAsked *asked, gboolean ok, const SmReply *reply)
{
    sm_asked_answer(asked, ok, ok ? NULL : reply->code, ok ? NULL : reply->words, reply->body);
}

const char *sm_client_token(const SmClient *client)
{
    return client->token;
}

SmActor sm_client_actor(const SmClient *client)
{
    return (SmActor){client->kind, client->id};
}

static void forget_token(SmClient *client)
{
    if (client->token != NULL)
        explicit_bzero(client->token, strlen(client->token));
    g_clear_pointer(&client->token, g_free);
}

void sm_client_resume(SmClient *client, const char *token, SmActorKind kind, const char *id)
{
    g_autofree char *copy = g_strdup(id); /* both may be the client's own */
    char *token_copy = g_strdup(token);

    forget_token(client);
    client->token = token_copy;
    client->session++;
    client->kind = kind;
    g_free(client->id);
    client->id = g_steal_pointer(&copy);
    sm_poll_begin(client);
}

void sm_client_belongs_to(SmClient *client, const char *agent)
{
    client->kind = SM_ACTOR_STAFF;
    g_free(client->id);
    client->id = g_strdup(agent);
}

static void begun(SmClient *client, const SmReply *reply, void *user)
{
    SmAsked *asked = user;
    /* A customer who comes back has a token already. */
    const char *token =
        sm_json_str(reply->body, "token", asked->about == NULL ? client->token : NULL);
    const char *id = asked->about != NULL ? sm_json_str(reply->body, "agent", asked->about)
                                          : sm_json_str(reply->body, "contact", NULL);
    gboolean ok = reply->good && token != NULL && id != NULL;

    if (ok)
        sm_client_resume(client, token, asked->about != NULL ? SM_ACTOR_STAFF : SM_ACTOR_CUSTOMER,
                         id);
    else if (asked->about != NULL)
        sm_poll_not_begun(client, reply);
    answer(asked, ok, reply);
}

void sm_client_login(SmClient *client, const char *agent, const char *password, const char *program,
                     SmClientDone done, void *user, GDestroyNotify forget)
{
    SmCallOptions options = {.login = TRUE, .timeout_ms = LOGIN_TIMEOUT_MS, .forget = sm_asked_free};
    SmAsked *asked = sm_asked_new(agent, done, user, forget);

    /* What waits here was written by that agent, and only that agent's session may send it. */
    if (client->id != NULL && strcmp(client->id, agent) != 0) {
        sm_call_refuse(client, "forbidden", "this desk's outbox belongs to another agent",
                       sm_asked_free, begun, asked);
        return;
    }
    SmRequest *request = sm_request_new("POST", "/v1/login");
    sm_request_set_json(request, json_pack("{s:s, s:s, s:s}", "name", agent, "password", password,
                                           "program", program));
    sm_call_start(client, request, &options, begun, asked);
}

void sm_client_start_customer(SmClient *client, const SmCommand *command, SmClientDone done,
                              void *user)
{
    SmCallOptions options = {
        .login = client->token == NULL, .timeout_ms = LOGIN_TIMEOUT_MS, .forget = sm_asked_free};

    sm_call_start(client, sm_wire_write_command(command), &options, begun,
                  sm_asked_new(NULL, done, user, NULL));
}

static void logged_out(SmClient *client, const SmReply *reply, void *user)
{
    gboolean ok = (reply->status >= 200 && reply->status < 300) || reply->status == 401;

    if (ok) {
        forget_token(client);
        client->session++;
        sm_poll_end(client, SM_LINK_ENDED, "logged out");
    }
    answer(user, ok, reply);
}

void sm_client_logout(SmClient *client, SmClientDone done, void *user)
{
    SmCallOptions options = {.timeout_ms = LOGIN_TIMEOUT_MS, .forget = sm_asked_free};

    if (client->token == NULL)
        sm_call_refuse(client, "unauthenticated", "not logged in", sm_asked_free, logged_out,
                       sm_asked_new(NULL, done, user, NULL));
    else
        sm_call_start(client, sm_request_new("POST", "/v1/logout"), &options, logged_out,
                      sm_asked_new(NULL, done, user, NULL));
}
