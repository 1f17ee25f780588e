/* SPDX-License-Identifier: MIT */
/* desktop: real buses, daemons and helpers for the notifier's tests, and the loop that measures how
 * long it stood still. */
#ifndef SEATMUX_TESTS_ALERT_DESKTOP_H
#define SEATMUX_TESTS_ALERT_DESKTOP_H

#include <sys/types.h>

#include "seatmux/alert/notifier.h"

typedef struct {
    pid_t pid;
    int in;  /* to its standard input */
    int out; /* from its standard output */
    GString *said;
} Proc;

typedef struct {
    SmLoop *loop;
    char *dir;
    char **environment; /* for daemons and the helper: nothing of the machine's own desktop */
    Proc bus, daemon, display;

    SmNotifier *notifier;
    guint states[SM_NOTIFIER_STATES]; /* how often each was entered */
    GString *opened;                  /* "c1 c2 " */
    GString *closed;                  /* "5 6 " */
    guint undelivered;

    guint64 heartbeat;
    gint64 last_beat, longest_us;
    GThread *control; /* the same heartbeat where nothing is done: what the machine itself costs */
    gint control_stop;
    gint64 control_longest_us;
} Desk;

void desk_set_up(Desk *d, gconstpointer data);
void desk_tear_down(Desk *d, gconstpointer data);

/* Each returns FALSE, and marks the test skipped, if a program is not installed. */
gboolean desk_bus(Desk *d);
gboolean desk_fake(Desk *d, const char *mode, const char *caps); /* caps parted by spaces */
gboolean desk_dunst(Desk *d);

/* New notifier; program NULL: the real helper. 0 for the shipped times. */
void desk_notifier(Desk *d, const char *program, int64_t silence_ms, int64_t restart_ms);
/* An executable shell script in the test's directory. Caller frees the path. */
char *desk_script(Desk *d, const char *text);
gboolean desk_show(Desk *d, guint32 slot, int level, const char *title, const char *body,
                   const char *chat);

typedef gboolean (*DeskTest)(Desk *d, const void *what);
/* Turn the loop until it holds; fails the test after 20 s. */
void desk_wait(Desk *d, DeskTest test, const void *what);
void desk_wait_state(Desk *d, SmNotifierState state);
void desk_wait_said(Desk *d, const char *text); /* the daemon printed it */
void desk_tell(Desk *d, const char *line);      /* to the daemon */
void desk_kill(Proc *p);
/* The loop never stood still for 50 ms, beyond what the machine did to the control. */
void desk_expect_no_stall(Desk *d);

#endif
