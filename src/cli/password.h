/* SPDX-License-Identifier: MIT */
/* password: where a password comes from - a prompt without echo, a line of standard input, a file, a command in
 * the manner of secret-tool - but never argv or the environment. What is returned is wiped with
 * sm_secret_wipe(). */
#ifndef CLI_PASSWORD_H
#define CLI_PASSWORD_H

#include <glib.h>

/* Asks on the terminal if standard input is one (twice if `confirm`), else reads one line of it. */
char *sm_password_ask(const char *prompt, gboolean confirm, GError **error);
/* First line of a regular file that only its owner can read (others: SM_ERROR_DENIED). */
char *sm_password_file(const char *path, GError **error);
/* First line of what a command prints; it has 30 s. */
char *sm_password_command(char *const *argv, GError **error);
void sm_secret_wipe(char *secret); /* zeroes and frees; NULL is fine */

#endif
