/* SPDX-License-Identifier: MIT */
/* commands: the subcommands of seatmux; argv[0] is the subcommand. They return an exit status. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include <glib.h>

int sm_cli_client(int argc, char **argv);
int sm_cli_supervise(int argc, char **argv); /* the client, beginning with the queue view */
int sm_cli_practice(int argc, char **argv);
int sm_cli_exam(int argc, char **argv);
int sm_cli_scenario(int argc, char **argv);
int sm_cli_simulate(int argc, char **argv);
int sm_cli_check(int argc, char **argv);
int sm_cli_report(int argc, char **argv);
int sm_cli_tail(int argc, char **argv);
int sm_cli_broadcast(int argc, char **argv);
int sm_cli_incident(int argc, char **argv);
int sm_cli_review(int argc, char **argv);
int sm_cli_doctor(int argc, char **argv);
int sm_cli_keys(int argc, char **argv);
int sm_cli_options(int argc, char **argv);

/* A UTF-8 locale whatever the environment says, and the language of messages; `language` NULL: as the environment
 * wishes. Call before anything is drawn or translated. */
void sm_cli_locale(const char *language);
/* The language of the screen, for words that files have in several: the given one, else that of the environment ("zh_CN").
 * Borrowed. */
const char *sm_cli_language(const char *given);

#endif
