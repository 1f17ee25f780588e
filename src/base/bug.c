/* SPDX-License-Identifier: MIT */
#include "seatmux/base/bug.h"

#include <stdlib.h>

gboolean sm_bug(int number)
{
    const char *chosen = getenv("SEATMUX_BUG");

    return chosen != NULL && atoi(chosen) == number;
}
