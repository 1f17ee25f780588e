/* SPDX-License-Identifier: MIT */
/* app_ask: commands to the desk that are answered at once, and their refusals in words. */
#include "app/app_private.h"

#include "seatmux/text/sanitise.h"

typedef struct {
    SmLife *life;
    SmAskDone done;
    char *conversation;
} Ask;

static Ask *ask_new(SmApp *app, const char *conversation, SmAskDone done)
{
    Ask *ask = g_new0(Ask, 1);

    ask->life = app->life;
    ask->life->refs++;
    ask->done = done;
    ask->conversation = g_strdup(conversation);
    app->asking++;
    return ask;
}

static void answered(gboolean ok, const char *code, const char *words, const json_t *body,
                     void *user)
{
    Ask *ask = user;
    SmApp *app = ask->life->app;

    if (app != NULL) {
        app->asking--;
        if (!ok) {
            g_autoptr(SmSafe) why = sm_safe_line(words != NULL ? words : code, -1);
            sm_app_say(app, why, TRUE);
        }
        if (ask->done != NULL)
            ask->done(app, ok, code, words, body, ask->conversation);
    }
    if (--ask->life->refs == 0)
        g_free(ask->life);
    g_free(ask->conversation);
    g_free(ask);
}

void sm_app_ask(SmApp *app, const SmCommand *command, SmAskDone done)
{
    SmCommand named = *command;

    named.actor = sm_client_actor(app->client);
    sm_client_command(app->client, &named, answered, ask_new(app, command->conversation, done));
}

void sm_app_ask_routing(SmApp *app, const char *conversation, SmAskDone done)
{
    sm_client_routing(app->client, conversation, answered, ask_new(app, conversation, done));
}

void sm_app_older(SmApp *app, SmOwnChat *own)
{
    sm_client_older(app->client, own->id, answered, ask_new(app, own->id, NULL));
}
