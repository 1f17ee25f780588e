/* SPDX-License-Identifier: MIT */
/* stage_desk: a desk's server of one's own, and customers as plain HTTP. */
#ifndef SEATMUX_TESTS_SCREENS_STAGE_DESK_H
#define SEATMUX_TESTS_SCREENS_STAGE_DESK_H

#include "stage.h"

#define AGENT "mia"
#define LEAD "boss" /* a supervisor */

/* A new desk with an agent and a supervisor; "password" in the home holds the password of both. */
void stage_desk_new(Stage *stage);
/* The same with this text as desk.yaml; both are in all its teams. */
void stage_desk_new_with(Stage *stage, const char *policy);
/* Start the server: on a port (the same one each time) or on a Unix socket in the home. */
void stage_desk_start(Stage *stage, gboolean unix_socket);
/* End it by this signal; SIGTERM must end with 0. */
void stage_desk_stop(Stage *stage, int signal);
/* `seatmux --server ... --login mia --password-file ...` */
Vt *stage_desk_client(Stage *stage, int rows, int columns);
/* A customer comes and says this; the id of the conversation. Caller frees. */
char *stage_desk_customer(Stage *stage, const char *name, const char *text, char **token);
/* The same customer says more. */
void stage_desk_say(Stage *stage, const char *conversation, const char *token, const char *text);
/* The desk gives this text to the customer, in any of its answers. */
gboolean stage_desk_tells(Stage *stage, const char *conversation, const char *token, const char *text);
/* A request on a connection of its own; the answer's text, which must be a 2xx. token, headers (whole lines; NULL: a JSON
 * body) may be NULL. Caller frees. */
char *stage_desk_ask(Stage *stage, const char *method, const char *target, const char *token, const char *headers, const char *body);
/* A text of a JSON answer by its name; it must be there. Caller frees. */
char *stage_desk_member(const char *answer, const char *name);
/* The token of a session of this person's own. Caller frees. */
char *stage_desk_log_in(Stage *stage, const char *name);
/* The desk ends the session of the agent's client. */
void stage_desk_end_session(Stage *stage);
/* The supervisor erases all that this contact said. */
void stage_desk_erase(Stage *stage, const char *conversation);
/* How many messages, notes and whispers of the log have this text. */
guint stage_desk_count(Stage *stage, const char *text);
/* Start a program that goes on, and give the first line it prints (caller frees). It dies with the
 * test. in: may be NULL (nothing to read). */
char *stage_daemon(Stage *stage, const char *const *argv, GPid *pid, int *in, int *out);
/* End it and wait; *pid becomes 0, status may be NULL. */
void stage_kill(GPid *pid, int signal, int *status);
/* Run a program; its standard output, or what it said on standard error when it did not end with
 * `status` (then the test fails). Caller frees. */
char *stage_run(Stage *stage, const char *const *argv, const char *input, int status);

#endif
