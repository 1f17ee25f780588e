/* SPDX-License-Identifier: MIT */
/* keymap_private: what building a key map and reading keys.yaml share. */
#ifndef APP_KEYMAP_PRIVATE_H
#define APP_KEYMAP_PRIVATE_H

#include "seatmux/app/keymap.h"

struct SmKeymap {
    GArray *bindings;      /* SmBinding, by context then keys */
    GStringChunk *strings; /* commands and names of files */
    GHashTable *best;      /* command -> place of its best binding + 1, or 0; what was asked since the last change */
    gboolean names;        /* hints are names, not keys */
    char *map;             /* the shipped map it began with */
};

/* Bind parsed keys. `from` is borrowed for as long as the map lives. FALSE and a reason (caller
 * frees). */
gboolean sm_keymap_bind_keys(SmKeymap *keymap, SmContext context, const SmKey *keys, guint n,
                             const char *command, const char *from, char **why_not);
/* Also let another key lead wherever `leader` (C-x) does; instead of it when `only`. */
void sm_keymap_lead(SmKeymap *keymap, SmKey leader, gboolean only);
/* Why this key will not reach a program, or NULL. Static. */
const char *sm_keymap_never_arrives(SmKey key);

#endif
