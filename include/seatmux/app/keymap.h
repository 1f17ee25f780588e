/* SPDX-License-Identifier: MIT */
/* keymap: from key strokes to command text. Built from the action table's defaults, a shipped map
 * (`default`, `readline`, `irc`, `one-hand`) and the user's keys.yaml, in that order. No key is both a command
 * and a prefix; every "C-x letter" also works as "C-x C-letter" unless that is bound. */
#ifndef SEATMUX_APP_KEYMAP_H
#define SEATMUX_APP_KEYMAP_H

#include "seatmux/app/action.h"
#include "seatmux/app/key.h"
#include "seatmux/base/error.h"

typedef struct SmKeymap SmKeymap;

/* `map`: a shipped name; NULL: default. An unknown one is a finding and the default is used. */
SmKeymap *sm_keymap_new(const char *map, SmFindings *findings);
void sm_keymap_free(SmKeymap *keymap);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmKeymap, sm_keymap_free)
/* Add a keys.yaml. What is wrong is a finding with file and line; the rest is loaded. */
void sm_keymap_load(SmKeymap *keymap, const char *path, SmFindings *findings);
/* Bind one sequence ("C-x ' a") to command text; NULL or "" unbinds. FALSE and a reason (caller frees). */
gboolean sm_keymap_bind(SmKeymap *keymap, SmContext context, const char *keys, const char *command, char **why_not);

typedef enum { SM_KEYMAP_NONE, SM_KEYMAP_PREFIX, SM_KEYMAP_COMMAND } SmKeymapHit;
/* Look up a sequence of strokes in a context, then globally. `command` gets the text (borrowed). */
SmKeymapHit sm_keymap_find(const SmKeymap *keymap, SmContext context, const SmKey *keys, guint n,
                           const char **command);

typedef struct {
    SmContext context;
    SmKey keys[SM_KEY_SEQUENCE];
    guint n;
    const char *command;
    const char *from; /* "default", or the file that bound it */
} SmBinding;
const GArray *sm_keymap_bindings(const SmKeymap *keymap); /* SmBinding, by context then keys */
/* The binding of this command text that is best told: one stroke rather than two, keys that every terminal sends rather than others, and
 * in `one-hand` any keys rather than a chord. NULL: it has none. */
const SmBinding *sm_keymap_best(const SmKeymap *keymap, const char *command);
/* Its sequence, for hints ("Ctrl-N"); NULL: none. Caller frees. */
char *sm_keymap_keys_of(const SmKeymap *keymap, const char *command, gboolean short_form);
/* What to do for it, within a sentence: its sequence, or "/command" where no keys run it. Caller frees. */
char *sm_keymap_told(const SmKeymap *keymap, const char *command);
/* Where no keys are pressed but names typed: from now on both give "/command". */
void sm_keymap_name_commands(SmKeymap *keymap);

#endif
