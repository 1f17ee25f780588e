/* SPDX-License-Identifier: MIT */
/* action: what the agent can do, as one table: name, arguments, where it applies, default keys, help.
 * Keys, palette, which-key panel, hint bar, help screen, completion and the manual are read from it. */
#ifndef SEATMUX_APP_ACTION_H
#define SEATMUX_APP_ACTION_H

#include <glib.h>

typedef struct SmApp SmApp;

/* Where keys are looked up: the innermost context first, then SM_CONTEXT_GLOBAL. */
typedef enum {
    SM_CONTEXT_GLOBAL,
    SM_CONTEXT_AGENT,  /* a pane with its composer */
    SM_CONTEXT_LIST,   /* lists and help */
    SM_CONTEXT_PICKER,
    SM_CONTEXT_SCROLL, /* scroll and copy mode */
    SM_CONTEXT_SUPERVISOR, /* the queue view: single letters, no composer */
    SM_CONTEXTS
} SmContext;
const char *sm_context_name(SmContext context); /* "agent": as in keys.yaml */

typedef enum { SM_GROUP_PANES, SM_GROUP_CHATS, SM_GROUP_REPLY, SM_GROUP_VIEW, SM_GROUP_APP, SM_GROUP_EDIT, SM_GROUP_SUPERVISE } SmGroup;
const char *sm_group_title(SmGroup group); /* translated */

typedef struct {
    const char *name;     /* "chat-next-urgent": the palette's word and keys.yaml's value */
    SmContext context;
    SmGroup group;
    const char *keys;     /* default keys, "C-n | M-a"; "" none */
    const char *args;     /* "", "[reason]", "<1-9>" */
    const char *label;    /* a few words for which-key and hints (N_) */
    const char *help;     /* one or more sentences (N_) */
    void (*run)(SmApp *app, const char *args);
    const char *(*disabled)(SmApp *app); /* why it can't be done now (translated); NULL function or NULL: it can */
} SmAction;

const SmAction *sm_actions(guint *n); /* the table, sorted by name; static */
const SmAction *sm_action_find(const char *name);

#endif
