/* SPDX-License-Identifier: MIT */
/* paths: where things lie (XDG base directories), and files written so that nothing is half there. */
#ifndef SEATMUX_BASE_PATHS_H
#define SEATMUX_BASE_PATHS_H

#include <glib.h>
#include <stdint.h>

/* $XDG_CONFIG_HOME/seatmux and so on; relative or empty XDG values are ignored as the standard says.
 * Not created. Caller frees. NULL if there is no home at all. */
char *sm_path_config(const char *name);
char *sm_path_data(const char *name);
char *sm_path_state(const char *name);
char *sm_path_cache(const char *name);
char *sm_path_runtime(const char *name); /* falls back to the state directory */

/* Shipped data ("themes", "quickreplies", "scenarios"): $SEATMUX_DATA, else the source tree when run
 * from a build directory, else the installed place. Caller frees. */
char *sm_path_shipped(const char *name);

/* NAME.yaml among the user's own ("exams" of the configuration), else among the shipped ones, whether it is there or not;
 * with a slash in it the name is a path. *own (may be NULL): it is the user's. Caller frees. */
char *sm_path_named(const char *kind, const char *name, gboolean *own);
/* The name of a file without directory and ending. Caller frees. */
char *sm_path_stem(const char *path);

/* The *.yaml files of a folder (none that begins with a dot), in order of name: a layer of what people write. Empty if
 * there is no such folder. Caller unrefs; char* owned. */
GPtrArray *sm_path_yaml_files(const char *directory);

/* The words of a command as a shell splits them, without a shell, and the path as its last one, whatever is in it. NULL and
 * error: it can't be split. Caller frees (g_strfreev). */
char **sm_path_argv(const char *command, const char *path, GError **error);
/* All of it, whatever was interrupted; FALSE: errno says why. */
gboolean sm_fd_write(int fd, const void *bytes, gsize n);
/* Every byte of `in`, to `out` (-1: nowhere) and into `sum` (NULL: none). How many; -1: errno says why. */
int64_t sm_fd_pour(int in, int out, GChecksum *sum);
/* Always FALSE: what errno says of a path, as SM_ERROR_NOT_FOUND, SM_ERROR_FULL, SM_ERROR_DENIED or SM_ERROR_IO. */
gboolean sm_path_failed(GError **error, const char *path);

/* mkdir -p with mode 0700 for what is made. */
gboolean sm_path_make_private_dir(const char *path, GError **error);
/* What was made or renamed in a directory outlives a power cut. */
gboolean sm_path_sync_dir(const char *directory, GError **error);
/* A directory with all that is in it, as far as may be; follows no links. */
void sm_path_remove_all(const char *directory);
/* Write whole file or nothing: temporary file beside it, fsync, rename, fsync of the directory. */
gboolean sm_path_write(const char *path, const char *bytes, gsize n, int mode, GError **error);
/* Read a regular file of at most `max` bytes. Caller frees. */
char *sm_path_read(const char *path, gsize max, gsize *n, GError **error);

#endif
