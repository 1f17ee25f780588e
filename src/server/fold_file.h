/* SPDX-License-Identifier: MIT */
/* fold_file: the file beside the log in which a desk puts its fold away. Whole or not at all, readable by its owner alone, and
 * with a checksum: what is not as it was written is not read. Nothing is lost where it is missing. */
#ifndef SERVER_FOLD_FILE_H
#define SERVER_FOLD_FILE_H

#include <glib.h>

/* In place of what was there; on the disk when it returns. May be called on any thread. */
gboolean sm_fold_file_write(const char *path, const GByteArray *bytes, GError **error);
/* What was written. NULL: SM_ERROR_NOT_FOUND, SM_ERROR_CORRUPT, SM_ERROR_IO. */
GByteArray *sm_fold_file_read(const char *path, GError **error);
/* Gone, and a draft of it too: overwritten before, as far as the disk obeys. FALSE: one is still there. */
gboolean sm_fold_file_wipe(const char *path, GError **error);

#endif
