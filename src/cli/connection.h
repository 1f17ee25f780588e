/* SPDX-License-Identifier: MIT */
/* connection: which desk, and who one is there: the options that the workstation and the line tools
 * share, and the profiles of config.yaml behind them. */
#ifndef CLI_CONNECTION_H
#define CLI_CONNECTION_H

#include <glib.h>

#include "seatmux/app/option.h"
#include "seatmux/net/transport.h"

/* What the command line says; strings owned. */
typedef struct {
    char *server, *login, *profile, *password_file, *cafile, *pin;
} SmConnectionOptions;
void sm_connection_options_clear(SmConnectionOptions *options);
/* Rows of a GOptionEntry table for `o`. */
#define SM_CONNECTION_ENTRIES(o)                                                                   \
    {"server",    0,                                                                               \
     0,           G_OPTION_ARG_STRING,                                                             \
     &(o).server, "http://HOST:PORT, https://HOST or unix:PATH",                                   \
     "URL"},                                                                                       \
        {"login", 0, 0, G_OPTION_ARG_STRING, &(o).login, "your name at the desk", "NAME"},         \
        {"profile", 0, 0, G_OPTION_ARG_STRING, &(o).profile, "a desk in config.yaml", "NAME"},     \
        {"password-file",                                                                          \
         0,                                                                                        \
         0,                                                                                        \
         G_OPTION_ARG_FILENAME,                                                                    \
         &(o).password_file,                                                                       \
         "read the password from a file",                                                          \
         "FILE"},                                                                                  \
        {"cafile", 0, 0, G_OPTION_ARG_FILENAME, &(o).cafile, "certificates to trust", "FILE"},     \
    {                                                                                              \
        "pin", 0, 0, G_OPTION_ARG_STRING, &(o).pin, "the server's key: sha256//...", "PIN"         \
    }

/* What was settled; all owned. */
typedef struct {
    char *server, *cafile, *pin, *proxy;
    char *agent;
    char *password; /* secret; wiped by clear */
} SmConnection;

/* The command line first, then the profile of config.yaml, which also says where the password comes
 * from; else it is asked for. FALSE: told on standard error; *status is the exit status (2 wrong
 * use, 1 no password). */
gboolean sm_connection_settle(SmConnection *connection, const SmConnectionOptions *o,
                              const SmOptions *options, int *status);
/* The two halves of it: where the desk is and who one is, each NULL where nobody said it; FALSE: there is no such profile,
 * told. And the password; FALSE: told. */
gboolean sm_connection_find(SmConnection *connection, const SmConnectionOptions *o, const SmOptions *options);
gboolean sm_connection_password(SmConnection *connection, const SmConnectionOptions *o, const SmOptions *options);
void sm_connection_clear(SmConnection *connection);
SmCurlOptions sm_connection_curl(const SmConnection *connection); /* borrows */

#endif
