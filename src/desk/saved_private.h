/* SPDX-License-Identifier: MIT */
/* saved_private: what the files of a saved fold share. */
#ifndef SEATMUX_DESK_SAVED_PRIVATE_H
#define SEATMUX_DESK_SAVED_PRIVATE_H

#include "seatmux/base/pack.h"
#include "seatmux/desk/turn.h"

/* A member of a list; when reading it is all zeros. */
typedef void (*PackOne)(SmPack *pack, gpointer one);
/* Of a list that frees its members. */
void sm_saved_list(SmPack *pack, GPtrArray *list, gsize size, PackOne fields);
void sm_saved_array(SmPack *pack, GArray *list, gsize size, PackOne fields); /* NULL when writing: an empty one */
/* A text that must be there. */
void sm_saved_id(SmPack *pack, char **id);

/* Policies that something still refers to, each written once: the pack's context. */
typedef struct {
    GPtrArray *policies; /* SmPolicy, with a free function */
} Saving;
void sm_saved_policy(SmPack *pack, SmPolicy **policy); /* NULL is fine */

/* A conversation's clock, but for what was said: that is for reports, which read the log. NULL: none. */
void sm_saved_turns(SmPack *pack, SmTurns **turns);

#endif
