/* SPDX-License-Identifier: MIT */
/* copy_file: what was copied, as a file: also where the terminal has no clipboard, or not room for all of it. */
#ifndef UI_COPY_FILE_H
#define UI_COPY_FILE_H

#include "seatmux/base/safe.h"

/* The file "clipboard" of the state directory holds the text from now on. Its path, which the caller frees;
 * NULL and error: it could not be written, or there is no directory for it. */
char *sm_copy_file(const SmSafe *text, GError **error);

#endif
