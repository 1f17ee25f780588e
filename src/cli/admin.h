/* SPDX-License-Identifier: MIT */
/* admin: administration of a desk: through the running server's Unix socket when one runs, else through
 * the log's lock; never beside it. */
#ifndef CLI_ADMIN_H
#define CLI_ADMIN_H

#include <stdio.h>

#include "cli/local_desk.h"

#define SM_IDENTITY_KEY "identity.key"
#define SM_ADMIN_SOCKET "admin.sock"

typedef struct SmAdmin SmAdmin;

SmAdmin *sm_admin_open(const char *directory, GError **error);
void sm_admin_free(SmAdmin *admin);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmAdmin, sm_admin_free)

/* One request (taken over); its JSON body, or NULL and what the desk refused in words. `body` may be NULL for "done
 * and nothing to say": then TRUE with *answer NULL. */
gboolean sm_admin_ask(SmAdmin *admin, SmRequest *request, json_t **answer, GError **error);
/* The same for an answer that is no JSON (the export); caller unrefs. `cursor` (may be NULL) gets the header
 * Seatmux-Cursor, NULL when there was none; caller frees. */
GBytes *sm_admin_fetch(SmAdmin *admin, SmRequest *request, char **cursor, GError **error);

/* The whole log as JSON lines, and with a store its files into a directory. What failed is said; the exit status. */
int sm_admin_export(SmAdmin *admin, FILE *to, SmFileStore *store, const char *files);

/* Takes the options out of argv. FALSE: wrong use, told on standard error. */
gboolean sm_admin_options(int *argc, char ***argv, const GOptionEntry *entries, const char *usage);
/* The subcommands of seatmuxd; argv[0] is the subcommand. They print and return an exit status. */
int sm_cli_init(int argc, char **argv);
int sm_cli_agent(int argc, char **argv);
int sm_cli_policy(int argc, char **argv);
int sm_cli_desk_check(int argc, char **argv);
int sm_cli_identity(int argc, char **argv);
int sm_cli_answers(int argc, char **argv);
int sm_cli_erase_contact(int argc, char **argv);
int sm_cli_export(int argc, char **argv);
int sm_cli_import(int argc, char **argv);
int sm_cli_backup(int argc, char **argv);
int sm_cli_restore(int argc, char **argv);
int sm_cli_serve(int argc, char **argv);

#endif
