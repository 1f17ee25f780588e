/* SPDX-License-Identifier: MIT */
/* workstation: what the client and practice have in common: files read, the ui over a client, the loop, the
 * farewell. */
#ifndef CLI_WORKSTATION_H
#define CLI_WORKSTATION_H

#include "seatmux/ui/plain.h"
#include "seatmux/ui/ui.h"

typedef struct {
    SmLoop *loop;
    SmLoop *desk_loop; /* of the client and what it talks to, where their time can stand still; NULL: loop. Owned */
    SmRng *rng;
    SmTrace *trace;
    SmFindings *findings;
    SmOptions *options;
    SmUi *ui;        /* one of these two, once it is shown */
    SmPlain *plain;
    SmClient *client;
    SmAppCoach coach;   /* practice; set before sm_workstation_show() */
    gboolean lines;     /* lines instead of a screen; set before sm_workstation_show() */
    gboolean supervise; /* begin with the queue view; set before sm_workstation_show() */
} SmWorkstation;

/* Loop, randomness, trace file, config.yaml. */
void sm_workstation_begin(SmWorkstation *w);
/* The language of config.yaml, where the command line names none. */
void sm_workstation_language(const SmWorkstation *w, const char *given);
/* --color, if it was given. FALSE: it is none, told on standard error. */
gboolean sm_workstation_color(SmWorkstation *w, const char *given);
/* Where quick replies lie, lowest layer first. Caller frees (g_strfreev). */
char **sm_workstation_reply_directories(void);
/* The terminal. FALSE and words on standard error (exit 1). `name` names the state file; NULL: no state is kept. */
gboolean sm_workstation_show(SmWorkstation *w, const char *name, gboolean practice, const char *notice);
/* The client over a transport and journal (both taken over; journal and state NULL: nothing is kept). `directory`: the
 * journal's, for the history beside it; NULL: it is in memory. `agent`: whose the journal is, so that it is shown before the desk
 * has let us in; NULL: the session tells. */
void sm_workstation_connect(SmWorkstation *w, SmTransport *transport, SmJournal *journal, SmJournalState *state, const char *directory,
                            const char *agent);
/* Run until quit, restore the terminal, say what is to be said. Exit status. */
int sm_workstation_run(SmWorkstation *w);
void sm_workstation_end(SmWorkstation *w);
SmApp *sm_workstation_app(SmWorkstation *w); /* NULL before it is shown and connected */

#endif
