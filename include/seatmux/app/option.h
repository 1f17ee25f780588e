/* SPDX-License-Identifier: MIT */
/* option: settings as a table: name, type, default, limits, one sentence. Validation, completion, the
 * manual and the editor of options are read from it. Values come from config.yaml, then the command line. */
#ifndef SEATMUX_APP_OPTION_H
#define SEATMUX_APP_OPTION_H

#include <glib.h>
#include <stdint.h>

#include "seatmux/base/error.h"

typedef enum { SM_OPTION_BOOL, SM_OPTION_INT, SM_OPTION_DURATION, SM_OPTION_STRING, SM_OPTION_CHOICE, SM_OPTION_LIST } SmOptionType;

typedef struct {
    const char *name;  /* "theme", "alerts.message", "keys.map" */
    SmOptionType type;
    const char *initial;
    int64_t low, high;       /* INT, DURATION (ms) */
    const char *choices;     /* "line|ascii|auto" */
    const char *help;        /* one sentence (N_) */
} SmOption;
const SmOption *sm_option_table(guint *n); /* static */

/* A desk to connect to, from config.yaml: profiles: {name: {server, agent, password_command: [..], password_file, cafile, pin, proxy}} */
typedef struct {
    char *name;
    char *server;
    char *agent;
    char **password_command; /* NULL: none */
    char *password_file;
    char *cafile, *pin, *proxy;
} SmProfile;

typedef struct SmOptions SmOptions;
SmOptions *sm_options_new(void);
void sm_options_free(SmOptions *options);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmOptions, sm_options_free)
/* Read config.yaml; a missing file is fine. What is wrong is a finding; the rest is loaded. */
void sm_options_load(SmOptions *options, const char *path, SmFindings *findings);
/* The same from text; `path` is only named. */
void sm_options_parse(SmOptions *options, const char *path, const char *text, gsize n, SmFindings *findings);
/* Write the values of these options (names of the table, NULL-terminated) into config.yaml, each in its place or at
 * the end; the rest of the file, its comments and its mode stay. All or nothing. FALSE: a file with errors, a value
 * written in a way that only a hand can change, or the disk. */
gboolean sm_options_save(const SmOptions *options, const char *path, const char *const *names, GError **error);
/* FALSE and a reason (caller frees) if the value is not one. */
gboolean sm_options_set(SmOptions *options, const char *name, const char *value, char **why_not);
const char *sm_options_str(const SmOptions *options, const char *name);
int64_t sm_options_int(const SmOptions *options, const char *name); /* INT; DURATION in ms; CHOICE: its index */
gboolean sm_options_bool(const SmOptions *options, const char *name);
char **sm_options_list(const SmOptions *options, const char *name); /* borrowed */
const SmProfile *sm_options_profile(const SmOptions *options, const char *name); /* NULL name: the first; NULL: none */
/* "name = value" lines that differ from the defaults, as config.yaml text. Caller frees. */
char *sm_options_format(const SmOptions *options);

#endif
