/* SPDX-License-Identifier: MIT */
/* notifier: the client's side of seatmux-notifier, the helper process that owns libnotify. A hung
 * notification daemon blocks its caller for 25 s, and the end of the session bus kills it; so that
 * caller is another process, and this side only ever hands over.
 *
 * One request is outstanding at a time, at most SM_MAX_NOTIFY_QUEUE wait. A request unanswered for
 * 3 s means hung: the helper is killed. It is started again when needed, at most once in 30 s;
 * until then show refuses and the caller uses the terminal and the bell. Nothing here waits. */
#ifndef SEATMUX_ALERT_NOTIFIER_H
#define SEATMUX_ALERT_NOTIFIER_H

#include "seatmux/alert/policy.h"
#include "seatmux/base/loop.h"
#include "seatmux/base/trace.h"

typedef enum {
    SM_NOTIFIER_OFF,      /* not started, or built without libnotify */
    SM_NOTIFIER_STARTING, /* asked what the daemon can do, no answer yet */
    SM_NOTIFIER_READY,
    SM_NOTIFIER_NO_BUS,    /* no session bus: plain over ssh */
    SM_NOTIFIER_NO_DAEMON, /* a bus, and nobody who shows notifications */
    SM_NOTIFIER_HUNG,      /* 3 s of silence: killed */
    SM_NOTIFIER_DEAD,      /* could not be started, ended or spoke nonsense */
    SM_NOTIFIER_STATES
} SmNotifierState;

typedef enum {
    SM_NOTIFIER_CAP_BODY = 1 << 0,
    SM_NOTIFIER_CAP_MARKUP = 1 << 1,
    SM_NOTIFIER_CAP_ACTIONS = 1 << 2
} SmNotifierCaps;

typedef struct SmNotifier SmNotifier;

/* All optional. A handler may call the notifier, but not free it. */
typedef struct {
    void (*state)(SmNotifier *notifier, SmNotifierState state, void *user);
    /* The person chose the notification: open this conversation. `chat` is what show was given. */
    void (*open)(SmNotifier *notifier, const char *chat, void *user);
    /* A notification went away other than by sm_notifier_close(). */
    void (*closed)(SmNotifier *notifier, guint32 slot, void *user);
    /* show() had taken it and it could not be shown: use the terminal. */
    void (*undelivered)(SmNotifier *notifier, guint32 slot, SmUrgency level, const SmSafe *title,
                        const SmSafe *body, void *user);
} SmNotifierHandlers;

typedef struct {
    const char *program; /* path of the helper; NULL: sm_notifier_find() */
    char **environment;  /* what to choose the helper's environment from; NULL: our own */
    int64_t silence_ms;  /* 0: 3,000 */
    int64_t restart_ms;  /* 0: 30,000 */
    SmTrace *trace;      /* borrowed; may be NULL */
    SmNotifierHandlers handlers;
    void *user;
} SmNotifierOptions;

/* The helper's path: beside our own program, in a build tree's ../notifier, in the libexec
 * directory, or $SEATMUX_NOTIFIER; the first that can be executed. NULL if none. Caller frees. */
char *sm_notifier_find(void);

/* Starts nothing. Needs a GLib loop. NULL options: all defaults. */
SmNotifier *sm_notifier_new(SmLoop *loop, const SmNotifierOptions *options);
/* Kills the helper without waiting for it. Undelivered alerts are not reported. */
void sm_notifier_free(SmNotifier *notifier);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmNotifier, sm_notifier_free)

/* Start the helper unless it runs or was started less than 30 s ago. */
void sm_notifier_start(SmNotifier *notifier);

SmNotifierState sm_notifier_state(const SmNotifier *notifier);
guint sm_notifier_caps(const SmNotifier *notifier); /* SmNotifierCaps bits; 0 until ready */
/* A word for the status line: "D-Bus", "starting", "no bus", "no daemon", "hung", "dead", "off".
 * Static. */
const char *sm_notifier_state_name(SmNotifierState state);

/* Show, or replace what the slot shows. TRUE: taken (undelivered() tells if it fails later). FALSE:
 * not possible now (state, or the queue is full) - use the terminal; a restart is begun if one is
 * due. A show still waiting for the same slot is replaced and takes no further place in the queue.
 */
gboolean sm_notifier_show(SmNotifier *notifier, guint32 slot, SmUrgency level, const SmSafe *title,
                          const SmSafe *body, const char *chat);
/* Ask the daemon to play the sound of the desktop's theme for the level (as made: no). */
void sm_notifier_set_sound(SmNotifier *notifier, gboolean on);
/* Take a slot's notification away; a show still waiting for it is dropped. */
void sm_notifier_close(SmNotifier *notifier, guint32 slot);
guint sm_notifier_waiting(
    const SmNotifier *notifier); /* requests in the queue, the outstanding one not counted */

#endif
