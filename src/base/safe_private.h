/* SPDX-License-Identifier: MIT */
/* safe_private: the one door through which safe text is made. Room text includes this after it has
 * cleaned the bytes; nobody else may. */
#ifndef SEATMUX_SRC_BASE_SAFE_PRIVATE_H
#define SEATMUX_SRC_BASE_SAFE_PRIVATE_H

#include "seatmux/base/safe.h"

/* Takes ownership of `utf8` (from g_malloc), which the caller has made safe. New reference. */
SmSafe *sm_safe_take(char *utf8);

#endif
