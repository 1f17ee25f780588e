/* SPDX-License-Identifier: MIT */
/* ask: commands and questions that are answered at once or not at all. */
#include "net/client_private.h"

#include "seatmux/base/limits.h"

#define COMMAND_TIMEOUT_MS 15000
#define TYPING_TIMEOUT_MS 5000
#define TYPING_EVERY_MS 3000
#define TYPING_MOST 256

SmAsked *sm_asked_new(const char *about, SmClientDone done, void *user, GDestroyNotify forget)
{
    SmAsked *asked = g_new0(SmAsked, 1);

    asked->about = g_strdup(about);
    asked->done = done;
    asked->user = user;
    asked->forget = forget;
    return asked;
}

void sm_asked_free(void *data)
{
    SmAsked *asked = data;

    if (asked->forget != NULL)
        asked->forget(asked->user);
    g_free(asked->about);
    g_free(asked);
}

void sm_asked_answer(SmAsked *asked, gboolean ok, const char *code, const char *words, const json_t *body)
{
    SmClientDone done = asked->done;
    void *user = asked->user;

    asked->forget = NULL;
    sm_asked_free(asked);
    if (done != NULL)
        done(ok, code, words, body, user);
}

static void answer(SmAsked *asked, const SmReply *reply)
{
    const char *code = reply->code;

    if (code == NULL && !reply->good)
        code = reply->end == SM_EXCHANGE_NOT_SENT ? "not_sent" : "no_answer";
    sm_asked_answer(asked, reply->good, code, reply->good ? NULL : reply->words, reply->body);
}

static void command_done(SmClient *client, const SmReply *reply, void *user)
{
    answer(user, reply);
}

void sm_client_command(SmClient *client, const SmCommand *command, SmClientDone done, void *user, GDestroyNotify forget)
{
    SmCallOptions options = {.timeout_ms = COMMAND_TIMEOUT_MS, .forget = sm_asked_free};
    SmAsked *asked = sm_asked_new(NULL, done, user, forget);
    SmCommand named = *command;
    g_autofree char *id = NULL;

    if (client->token == NULL) {
        sm_call_refuse(client, "unauthenticated", "not logged in", sm_asked_free, command_done, asked);
        return;
    }
    if (named.id == NULL)
        named.id = id = sm_id_new(client->rng, "x");
    sm_call_start(client, sm_wire_write_command(&named), &options, command_done, asked);
}

static void older_done(SmClient *client, const SmReply *reply, void *user)
{
    SmAsked *asked = user;
    SmReply mine = *reply;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) touched = g_ptr_array_new();

    if (reply->good && !sm_desk_install_lines(client->desk, asked->about,
                                              json_object_get(reply->body, "lines"),
                                              sm_json_bool(reply->body, "more", FALSE), &error)) {
        sm_trace(client->trace, SM_TRACE_WARN, "net", "older lines of %s can't be used: %s",
                 asked->about, error->message);
        mine.good = FALSE;
        mine.words = "the desk's answer can't be used";
    }
    if (mine.good) {
        g_ptr_array_add(touched, asked->about);
        sm_tell_touched(client, touched);
    }
    answer(asked, &mine);
}

void sm_client_older(SmClient *client, const char *conversation, SmClientDone done, void *user, GDestroyNotify forget)
{
    const SmConversation *c = sm_desk_conversation(client->desk, conversation);
    SmAsked *asked = sm_asked_new(conversation, done, user, forget);
    SmCallOptions options = {.timeout_ms = COMMAND_TIMEOUT_MS, .forget = sm_asked_free};

    if (client->token == NULL || c == NULL) {
        sm_call_refuse(client, c == NULL ? "not_found" : "unauthenticated",
                       c == NULL ? "there is no such conversation here" : "not logged in",
                       sm_asked_free, older_done, asked);
        return;
    }
    const SmLine *oldest = c->lines->len > 0 ? c->lines->pdata[0] : NULL;
    g_autofree char *escaped = sm_url_escape(conversation);
    g_autofree char *before =
        oldest != NULL ? g_strdup_printf("?before=%" G_GINT64_FORMAT, oldest->seq) : g_strdup("");
    g_autofree char *target = g_strdup_printf("/v1/conversations/%s/messages%s", escaped, before);
    sm_call_start(client, sm_request_new("GET", target), &options, older_done, asked);
}

void sm_client_read(SmClient *client, const char *target, SmClientDone done, void *user, GDestroyNotify forget)
{
    SmCallOptions options = {.timeout_ms = COMMAND_TIMEOUT_MS, .forget = sm_asked_free};
    SmAsked *asked = sm_asked_new(NULL, done, user, forget);

    if (client->token == NULL)
        sm_call_refuse(client, "unauthenticated", "not logged in", sm_asked_free, command_done, asked);
    else
        sm_call_start(client, sm_request_new("GET", target), &options, command_done, asked);
}

static void typing_done(SmClient *client, const SmReply *reply, void *user)
{
    /* Whoever misses it misses nothing. */
}

void sm_client_viewing(SmClient *client, const char *conversation)
{
    SmCallOptions options = {.timeout_ms = TYPING_TIMEOUT_MS};
    g_autofree char *escaped = sm_url_escape(conversation);
    g_autofree char *target = g_strdup_printf("/v1/conversations/%s/viewing", escaped);

    if (client->link.state == SM_LINK_LIVE)
        sm_call_start(client, sm_request_new("POST", target), &options, typing_done, NULL);
}

void sm_client_typing(SmClient *client, const char *conversation)
{
    SmCallOptions options = {.timeout_ms = TYPING_TIMEOUT_MS};
    int64_t now = sm_loop_now(client->loop);
    int64_t *last = g_hash_table_lookup(client->typing, conversation);

    if (client->link.state != SM_LINK_LIVE || (last != NULL && now - *last < TYPING_EVERY_MS))
        return;
    if (g_hash_table_size(client->typing) >= TYPING_MOST)
        g_hash_table_remove_all(client->typing);
    g_hash_table_insert(client->typing, g_strdup(conversation), g_memdup2(&now, sizeof now));
    g_autofree char *escaped = sm_url_escape(conversation);
    g_autofree char *target = g_strdup_printf("/v1/conversations/%s/typing", escaped);
    sm_call_start(client, sm_request_new("POST", target), &options, typing_done, NULL);
}
