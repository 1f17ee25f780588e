/* SPDX-License-Identifier: MIT */
/* Built without libnotify: says so, and seatmux uses the terminal. */
#include "notes.h"

SmNotes *sm_notes_open(json_t *caps, const char **state, SmNotesOpenFn open, SmNotesClosedFn closed,
                       void *user)
{
    *state = "off";
    return NULL;
}

void sm_notes_free(SmNotes *notes)
{
}

gboolean sm_notes_show(SmNotes *notes, guint32 slot, int level, gboolean sound, const char *title,
                       const char *body, const char *chat)
{
    return FALSE;
}

void sm_notes_close(SmNotes *notes, guint32 slot)
{
}
