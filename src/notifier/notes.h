/* SPDX-License-Identifier: MIT */
/* notes: the notifications on the screen, by slot. Two implementations: libnotify, or none. */
#ifndef SEATMUX_NOTIFIER_NOTES_H
#define SEATMUX_NOTIFIER_NOTES_H

#include <glib.h>
#include <jansson.h>

typedef struct SmNotes SmNotes;
typedef void (*SmNotesOpenFn)(guint32 slot, const char *chat, void *user);
typedef void (*SmNotesClosedFn)(guint32 slot, void *user);

/* Ask the daemon what it can do; its words are appended to `caps`. NULL and `state` "no-bus",
 * "no-daemon" or "off" if nothing can be shown. May block. */
SmNotes *sm_notes_open(json_t *caps, const char **state, SmNotesOpenFn open, SmNotesClosedFn closed,
                       void *user);
void sm_notes_free(SmNotes *notes); /* what is on the screen stays there; NULL is fine */
/* Show, or replace what the slot shows. Level 0..4. `sound`: with the sound that the desktop's theme has for it. FALSE: the daemon did not take it. May block.
 */
gboolean sm_notes_show(SmNotes *notes, guint32 slot, int level, gboolean sound, const char *title, const char *body,
                       const char *chat);
void sm_notes_close(SmNotes *notes, guint32 slot); /* closed is not called for it. May block. */

#endif
