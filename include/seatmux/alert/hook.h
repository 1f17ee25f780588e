/* SPDX-License-Identifier: MIT */
/* hook: alerts given to a command of the user's own. The alert is JSON on its standard input;
 * arguments and environment never carry a customer's text. No shell, unless the user's command is
 * one. At most 4 run at once, each for at most 10 s; what they print goes to the trace. Nothing
 * here waits. */
#ifndef SEATMUX_ALERT_HOOK_H
#define SEATMUX_ALERT_HOOK_H

#include "seatmux/alert/policy.h"
#include "seatmux/base/loop.h"
#include "seatmux/base/trace.h"

#define SM_HOOKS_AT_ONCE 4
#define SM_HOOK_MS 10000
#define SM_HOOK_OUTPUT_BYTES 4096 /* of one run that reach the trace */

typedef struct SmHook SmHook;

/* Called when a run has ended: its exit status, or minus the signal that ended it. */
typedef void (*SmHookDoneFn)(SmHook *hook, int status, void *user);

/* Needs a GLib loop. No command yet. `trace` is borrowed and may be NULL. */
SmHook *sm_hook_new(SmLoop *loop, SmTrace *trace);
/* Kills what runs. */
void sm_hook_free(SmHook *hook);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmHook, sm_hook_free)
/* The command and its arguments; NULL or empty: none. A command line is split with
 * g_shell_parse_argv() by whoever reads the option. The copy is ours. */
void sm_hook_set_command(SmHook *hook, const char *const *argv);
void sm_hook_set_limit(SmHook *hook, int64_t ms); /* instead of SM_HOOK_MS */
void sm_hook_set_done(SmHook *hook, SmHookDoneFn done, void *user);

/* Run it for an alert. FALSE and an error if there is no command (SM_ERROR_NOT_FOUND), 4 run
 * already (SM_ERROR_BUSY), or it can't be started. */
gboolean sm_hook_run(SmHook *hook, const SmAlertDecision *alert, GError **error);
guint sm_hook_running(const SmHook *hook);
/* The JSON a hook reads, one line. Caller frees. */
char *sm_hook_json(const SmAlertDecision *alert);

#endif
