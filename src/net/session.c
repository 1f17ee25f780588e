/* SPDX-License-Identifier: MIT */
/* session: how a session with the desk begins and ends. */
#include "net/client_private.h"

#include <string.h>

#include "seatmux/base/limits.h"

#define LOGIN_TIMEOUT_MS 30000

/* Who asked, and for whom. */
typedef struct {
    SmClientDone done;
    void *user;
    GDestroyNotify forget; /* of `user`, where it is never answered; may be NULL */
    char *agent; /* NULL: a customer begins */
} Asked;

static void asked_free(void *data)
{
    Asked *asked = data;

    if (asked->forget != NULL)
        asked->forget(asked->user);
    g_free(asked->agent);
    g_free(asked);
}

static void asked_answer(Asked *asked, gboolean ok, const SmReply *reply)
{
    SmClientDone done = asked->done;
    void *user = asked->user;

    asked->forget = NULL;
    asked_free(asked);
    if (done != NULL)
        done(ok, ok ? NULL : reply->code, ok ? NULL : reply->words, reply->body, user);
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

static void begun(SmClient *client, const SmReply *reply, void *user)
{
    Asked *asked = user;
    /* A customer who comes back has a token already. */
    const char *token =
        sm_json_str(reply->body, "token", asked->agent == NULL ? client->token : NULL);
    const char *id = asked->agent != NULL ? sm_json_str(reply->body, "agent", asked->agent)
                                          : sm_json_str(reply->body, "contact", NULL);
    gboolean ok = reply->good && token != NULL && id != NULL;

    if (ok)
        sm_client_resume(client, token, asked->agent != NULL ? SM_ACTOR_STAFF : SM_ACTOR_CUSTOMER,
                         id);
    asked_answer(asked, ok, reply);
}

static Asked *asked_new(const char *agent, SmClientDone done, void *user)
{
    Asked *asked = g_new0(Asked, 1);

    asked->agent = g_strdup(agent);
    asked->done = done;
    asked->user = user;
    return asked;
}

void sm_client_login(SmClient *client, const char *agent, const char *password, const char *program,
                     SmClientDone done, void *user, GDestroyNotify forget)
{
    SmCallOptions options = {.login = TRUE, .timeout_ms = LOGIN_TIMEOUT_MS, .forget = asked_free};
    Asked *asked = asked_new(agent, done, user);

    asked->forget = forget;
    /* What waits here was written by that agent, and only that agent's session may send it. */
    if (client->id != NULL && strcmp(client->id, agent) != 0) {
        sm_call_refuse(client, "forbidden", "this desk's outbox belongs to another agent",
                       asked_free, begun, asked);
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
        .login = client->token == NULL, .timeout_ms = LOGIN_TIMEOUT_MS, .forget = asked_free};

    sm_call_start(client, sm_wire_write_command(command), &options, begun,
                  asked_new(NULL, done, user));
}

static void logged_out(SmClient *client, const SmReply *reply, void *user)
{
    gboolean ok = (reply->status >= 200 && reply->status < 300) || reply->status == 401;

    if (ok) {
        forget_token(client);
        client->session++;
        sm_poll_end(client, SM_LINK_ENDED, "logged out");
    }
    asked_answer(user, ok, reply);
}

void sm_client_logout(SmClient *client, SmClientDone done, void *user)
{
    SmCallOptions options = {.timeout_ms = LOGIN_TIMEOUT_MS, .forget = asked_free};

    if (client->token == NULL)
        sm_call_refuse(client, "unauthenticated", "not logged in", asked_free, logged_out,
                       asked_new(NULL, done, user));
    else
        sm_call_start(client, sm_request_new("POST", "/v1/logout"), &options, logged_out,
                      asked_new(NULL, done, user));
}
