/* SPDX-License-Identifier: MIT */
/* app_ask: commands to the desk that are answered at once, and their refusals in words. */
#include "app/app_private.h"

#include "seatmux/text/sanitise.h"

#define AGAIN_MS 5000

typedef struct {
    SmLife *life;
    SmAskDone done;
    char *conversation;
    gboolean quiet; /* nobody waits for it: nothing is said when it fails */
    guint64 keys;   /* pressed until it was asked */
} Ask;

static Ask *ask_new(SmApp *app, const char *conversation, SmAskDone done, gboolean quiet)
{
    Ask *ask = g_new0(Ask, 1);

    ask->life = sm_life_ref(app->life);
    ask->done = done;
    ask->conversation = g_strdup(conversation);
    ask->quiet = quiet;
    ask->keys = app->keys_pressed;
    app->asking += !quiet;
    return ask;
}

static void ask_free(void *data)
{
    Ask *ask = data;

    sm_life_unref(ask->life);
    g_free(ask->conversation);
    g_free(ask);
}

const char *sm_app_why_not_done(const char *code, const char *words)
{
    if (g_strcmp0(code, "not_sent") == 0 && (words == NULL || !g_str_has_prefix(words, SM_NOT_TRUSTED)))
        return N_("The desk can't be reached: nothing was done.");
    if (g_strcmp0(code, "no_answer") == 0)
        return N_("No answer came from the desk: it may have been done. Look before you do it again.");
    return words != NULL ? words : code;
}

static void answered(gboolean ok, const char *code, const char *words, const json_t *body,
                     void *user)
{
    Ask *ask = user;
    SmApp *app = ask->life->app;

    if (app != NULL) {
        app->asking -= !ask->quiet;
        if (!ok && !ask->quiet) {
            g_autoptr(SmSafe) why = sm_safe_line(_(sm_app_why_not_done(code, words)), -1);
            sm_app_say(app, why, TRUE);
        }
        app->late = ask->keys != app->keys_pressed;
        if (ask->done != NULL)
            ask->done(app, ok, code, words, body, ask->conversation);
        app->late = FALSE;
    }
    ask_free(ask);
}

gboolean sm_app_is_late(SmApp *app)
{
    if (app->locked) /* nothing goes above the lock, nor is told */
        return TRUE;
    if (app->late)
        sm_app_sayf(app, FALSE, _("What you asked for has come; ask again to see it, you went on with something else."));
    return app->late;
}

/* While time stands still the desk answers nobody: better said than kept for later. TRUE: it was refused. */
static gboolean refused_in_pause(SmApp *app, const char *conversation, SmAskDone done)
{
    const char *words = _("The shift is paused: nothing goes to the desk.");

    if (!app->paused)
        return FALSE;
    sm_app_sayf(app, TRUE, "%s", words);
    if (done != NULL)
        done(app, FALSE, "paused", words, NULL, conversation);
    return TRUE;
}

void sm_app_ask(SmApp *app, const SmCommand *command, SmAskDone done)
{
    SmCommand named = *command;

    if (refused_in_pause(app, command->conversation, done))
        return;
    named.actor = sm_client_actor(app->client);
    sm_client_command(app->client, &named, answered, ask_new(app, command->conversation, done, FALSE), ask_free);
}

void sm_app_ask_read(SmApp *app, const char *target, const char *conversation, SmAskDone done)
{
    if (refused_in_pause(app, conversation, done))
        return;
    sm_client_read(app->client, target, answered, ask_new(app, conversation, done, FALSE), ask_free);
}

void sm_app_ask_quietly(SmApp *app, const char *target, SmAskDone done)
{
    if (app->paused) {
        done(app, FALSE, "paused", NULL, NULL, NULL);
        return;
    }
    sm_client_read(app->client, target, answered, ask_new(app, NULL, done, TRUE), ask_free);
}

void sm_app_older(SmApp *app, SmOwnChat *own)
{
    sm_client_older(app->client, own->id, answered, ask_new(app, own->id, NULL, FALSE), ask_free);
}

/* --- Asked again while one looks ------------------------------------------------------------------ */

void sm_pace_asked(SmApp *app, SmAskPace *pace)
{
    pace->timer = 0;
    pace->asked = MAX(sm_loop_now(app->loop), 1);
}

gboolean sm_pace_answered(SmApp *app, SmAskPace *pace, int share, SmLoopFn again)
{
    if (pace->asked == 0)
        return FALSE;
    int64_t took = sm_loop_now(app->loop) - pace->asked;
    pace->asked = 0;
    pace->timer = sm_loop_after(app->loop, MAX(AGAIN_MS, took * share), again, app);
    return TRUE;
}
