/* SPDX-License-Identifier: MIT */
/* app_lock: the password asked for in the program: after some rest, where the setting says so, nothing is seen or done
 * before the desk knows it; and when the desk has ended the session. What was being written stays. */
#include "app/app_private.h"

#include <string.h>

#include "app/actions.h"
#include "seatmux/text/sanitise.h"

#define GUESSES 10       /* wrong passwords in a row while the desk can't be asked */
#define PATIENCE_MS 5000 /* then the desk has been asked long enough */

static void rest_over(void *user)
{
    SmApp *app = user;
    int64_t after = sm_options_int(app->options, "lock.after");

    app->lock_timer = 0;
    if (after == 0 || app->locked)
        return;
    if (sm_loop_now(app->loop) >= app->key_at + after)
        sm_lock(app);
    else
        app->lock_timer = sm_loop_at(app->loop, app->key_at + after, rest_over, app);
}

void sm_lock_watch(SmApp *app)
{
    int64_t after = sm_options_int(app->options, "lock.after");

    sm_loop_remove(app->loop, &app->lock_timer);
    if (after > 0 && !app->locked && sm_lock_why_not(app) == NULL)
        app->lock_timer = sm_loop_at(app->loop, app->key_at + after, rest_over, app);
}

void sm_lock_free(SmApp *app)
{
    sm_loop_remove(app->loop, &app->lock_timer);
    sm_loop_remove(app->loop, &app->patience);
    g_clear_pointer(&app->mark, sm_password_mark_free);
    g_clear_pointer(&app->typed, sm_password_mark_free);
}

void sm_lock_key(SmApp *app)
{
    app->key_at = sm_loop_now(app->loop); /* a timer that is due asks again */
}

const char *sm_lock_why_not(SmApp *app)
{
    if (app->practice || app->lines)
        return _("That is for a screen at a desk.");
    return *sm_app_me(app) == '\0' ? _("Nobody is logged in.") : NULL;
}

gboolean sm_app_locked(SmApp *app)
{
    return app->locked;
}

/* --- The question -------------------------------------------------------------------------------- */

static void set_detail(SmApp *app, const char *words)
{
    g_clear_pointer(&app->popup.detail, sm_safe_unref);
    app->popup.detail = words != NULL ? sm_safe_screen_line(words, -1) : NULL;
    sm_popup_changed(app);
}

static gboolean is_asking(SmApp *app)
{
    return app->popup.kind == SM_POPUP_SECRET;
}

static void opened(SmApp *app, const char *words)
{
    app->locked = FALSE;
    app->guesses = 0;
    sm_lock_key(app);
    sm_lock_watch(app);
    sm_popup_close(app);
    sm_alerts_title(app);
    sm_app_sayf(app, FALSE, "%s", words);
}

/* The screen was locked by who is at work here: the password of this session opens it while the desk can't be asked. What is
 * done then waits for the desk, which looks at the session itself. */
static void open_alone(SmApp *app)
{
    opened(app, _("Welcome back. The desk can't be reached; what you send waits here."));
}

static gboolean may_open_alone(SmApp *app)
{
    SmLinkState state = sm_client_link(app->client)->state;

    return app->locked && app->mark != NULL && app->guesses < GUESSES &&
           (state == SM_LINK_LIVE || state == SM_LINK_STARTING || state == SM_LINK_CATCHING_UP || state == SM_LINK_RECONNECTING);
}

/* Nobody could be asked. */
static void unanswered(SmApp *app, const char *words)
{
    gboolean may = may_open_alone(app);

    if (may && app->typed_fits) {
        open_alone(app);
        return;
    }
    app->guesses += may;
    set_detail(app, !app->locked || app->mark == NULL ? words
                    : may_open_alone(app)             ? _("The desk can't be reached, and that is not the password you logged in with.")
                                                      : _("The desk can't be reached, and only the desk can unlock after so many tries."));
}

/* It stays quiet: who knows the password need not wait for it. Its answer may still come, and counts. */
static void quiet(void *user)
{
    SmApp *app = user;

    app->patience = 0;
    if (app->typed_fits && may_open_alone(app))
        open_alone(app);
    else
        set_detail(app, _("the desk does not answer yet ..."));
}

static gboolean is_refusal(const char *code)
{
    static const char *const codes[] = {"bad_login", "forbidden", "invalid", "unauthenticated", "too_many"};

    for (guint i = 0; code != NULL && i < G_N_ELEMENTS(codes); i++)
        if (strcmp(code, codes[i]) == 0)
            return TRUE;
    return FALSE;
}

static void refused(SmApp *app, const char *code, const char *words)
{
    gboolean wrong = g_strcmp0(code, "bad_login") == 0;

    if (wrong && app->typed_fits) { /* it is another one since: what we know is worth nothing */
        g_clear_pointer(&app->mark, sm_password_mark_free);
        if (!is_asking(app))
            sm_lock(app);
    }
    if (is_asking(app))
        set_detail(app, wrong ? _("That is not the password.") : words);
}

static void answered(gboolean ok, const char *code, const char *words, const json_t *body, void *user)
{
    SmLife *life = user;
    SmApp *app = life->app;

    sm_life_unref(life);
    if (app == NULL)
        return;
    app->logging_in = FALSE;
    sm_loop_remove(app->loop, &app->patience);
    gboolean same = is_asking(app) && app->asked_for == app->question; /* a later question is not answered by it */
    if (ok) {
        sm_password_mark_free(app->mark);
        app->mark = g_steal_pointer(&app->typed);
        if (same)
            opened(app, _("Welcome back. All is as you left it."));
    } else if (is_refusal(code)) {
        refused(app, code, words);
    } else if (same) {
        unanswered(app, words);
    }
    g_clear_pointer(&app->typed, sm_password_mark_free);
}

void sm_app_know_password(SmApp *app, const char *password)
{
    sm_password_mark_free(app->mark);
    app->mark = sm_password_mark_new(password);
}

static void choose(SmApp *app, const char *value, const char *typed)
{
    if (*typed == '\0' || (app->logging_in && app->asked_for == app->question))
        return;
    app->typed_fits = app->mark != NULL && sm_password_mark_fits(app->mark, typed);
    if (app->logging_in) { /* still about a question before: the desk is quiet */
        unanswered(app, _("the desk does not answer yet ..."));
        return;
    }
    g_autofree char *me = g_strdup(sm_app_me(app));
    app->asked_for = app->question;
    app->typed = sm_password_mark_new(typed);
    app->logging_in = TRUE;
    app->patience = sm_loop_after(app->loop, PATIENCE_MS, quiet, app);
    sm_client_login(app->client, me, typed, "seatmux", answered, sm_life_ref(app->life), (GDestroyNotify)sm_life_unref);
    sm_editor_set_text(app->popup.filter, "");
    set_detail(app, _("asking the desk ..."));
}

/* Esc does not open a lock. */
static gboolean back(SmApp *app)
{
    return app->locked;
}

static const SmPopupOps secret_ops = {.choose = choose, .back = back};

static void ask(SmApp *app, const char *title)
{
    g_autofree char *prompt = g_strdup_printf(_("password of %s>"), sm_app_me(app));

    app->question++;
    sm_keys_drop_pending(app);
    sm_popup_open(app, SM_POPUP_SECRET, &secret_ops, title, prompt);
    sm_popup_footer(app, app->locked ? _("Enter unlocks") : _("Enter logs in   Esc later"));
    sm_popup_changed(app);
}

void sm_lock(SmApp *app)
{
    if (app->locked || sm_lock_why_not(app) != NULL)
        return;
    app->locked = TRUE;
    ask(app, _("seatmux is locked"));
    sm_alerts_title(app);
    sm_app_dirty(app, SM_DIRTY_ALL);
}

void sm_lock_linked(SmApp *app)
{
    if (sm_client_link(app->client)->state != SM_LINK_ENDED || is_asking(app) || app->logging_in || sm_lock_why_not(app) != NULL)
        return;
    ask(app, _("your session has ended"));
}

void sm_do_lock(SmApp *app, const char *args)
{
    sm_lock(app);
}

const char *sm_why_logged_in(SmApp *app)
{
    if (sm_lock_why_not(app) != NULL)
        return sm_lock_why_not(app);
    SmLinkState state = sm_client_link(app->client)->state;
    return state == SM_LINK_ENDED || state == SM_LINK_SUPERSEDED ? NULL : _("You are logged in.");
}

void sm_do_log_in(SmApp *app, const char *args)
{
    ask(app, _("log in again"));
}
