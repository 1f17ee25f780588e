/* SPDX-License-Identifier: MIT */
/* ui: the workstation on a terminal: it sets the terminal up, turns keys into calls of the app, draws what
 * the app says is dirty, rings, and hands alerts to the helper. Everything on one loop.
 *
 *     ui = sm_ui_new(&setup, &error);            the terminal is ours from here on
 *     handler = sm_ui_handler(ui);
 *     client = sm_client_new(..., &handler, ...);
 *     sm_ui_attach(ui, client);                  the first frame, no network awaited
 *     sm_loop_run(loop);
 *     sm_ui_free(ui); sm_client_free(client);
 */
#ifndef SEATMUX_UI_UI_H
#define SEATMUX_UI_UI_H

#include <glib.h>

#include "seatmux/app/app.h"

typedef struct SmUi SmUi;

typedef struct {
    SmLoop *loop;        /* a GLib loop */
    SmOptions *options;  /* owned by the ui from here on (passed on to the app) */
    SmKeymap *keymap;    /* owned */
    SmReplies *replies;  /* owned; NULL: none could be loaded */
    SmWords *words;      /* word lists; owned; NULL: none could be loaded */
    char **reply_directories; /* where they come from, for reloading; owned; NULL: never */
    char **word_directories;  /* the same of the word lists */
    SmFindings *findings; /* what was wrong with files, said once on the message line and kept in /log; owned; NULL */
    SmTrace *trace;      /* not owned */
    const char *state_file; /* layout and use counts; NULL: none */
    gboolean practice;
    gboolean supervise; /* begin with the queue view */
    SmAppCoach coach;   /* as SmAppSetup's */
    const char *notice;  /* a translated line to show first, or NULL */
} SmUiSetup;

SmUi *sm_ui_new(const SmUiSetup *setup, GError **error);
void sm_ui_free(SmUi *ui); /* restores the terminal; NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmUi, sm_ui_free)
SmClientHandler sm_ui_handler(SmUi *ui);
/* client: not owned, outlives the ui's use of it. */
void sm_ui_attach(SmUi *ui, SmClient *client);
/* What to tell after the terminal is restored ("2 messages wait in the outbox"); NULL. Borrowed. */
const char *sm_ui_farewell(SmUi *ui);
int sm_ui_exit_status(SmUi *ui);
SmApp *sm_ui_app(SmUi *ui);
/* Is there a description of terminals of this type (a value of $TERM)? NULL is none. Not while a ui is there. */
gboolean sm_ui_terminal_known(const char *type);
/* Reads a theme (themes/NAME.yaml) only to say what is wrong with it. */
void sm_ui_check_theme(const char *path, SmFindings *findings);

#endif
