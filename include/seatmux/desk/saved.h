/* SPDX-License-Identifier: MIT */
/* saved: the fold put away, so that a start reads the log from there on and not from its beginning. It holds nothing that is
 * not in the log, and a desk that was taken up again and goes on is byte for byte the desk that read everything: that is how
 * it is tested. It holds texts of customers, so whoever keeps it takes it away when one of them is erased. */
#ifndef SEATMUX_DESK_SAVED_H
#define SEATMUX_DESK_SAVED_H

#include "seatmux/base/pack.h"
#include "seatmux/desk/desk.h"

/* Of the list of fields in saved.c: another one reads nothing that this one wrote. A change of what the fold makes of events
 * changes SM_FOLD_VERSION. */
#define SM_SAVED_VERSION 3

/* The whole state after the last record applied. Equal states are equal bytes. */
void sm_desk_save(SmDesk *desk, SmPack *pack);
/* Into a desk as sm_desk_new() made it, which keeps as many lines as the one that was saved. FALSE: it does not fit together,
 * and the desk is to be thrown away. */
gboolean sm_desk_restore(SmDesk *desk, SmPack *pack);

#endif
