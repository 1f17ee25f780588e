/* SPDX-License-Identifier: MIT */
/* card: what is known of the person one talks to, in a part of the screen of its own beside (or above) the panes, so that it
 * never covers a chat. It follows the focus; with the keys on it, arrows move, Enter changes a line, any letter goes back to
 * the composer. */
#ifndef SEATMUX_APP_CARD_H
#define SEATMUX_APP_CARD_H

#include <glib.h>

#include "seatmux/base/safe.h"

typedef struct {
    SmSafe *label, *value; /* NULL: empty */
    gboolean heading;      /* can't be chosen */
    gboolean wraps;        /* the value is a text: below the label, in as many lines as it takes */
    char *command;         /* what Enter runs; NULL: nothing */
} SmCardRow;

typedef struct {
    gboolean shown;
    gboolean focused;   /* keys go to it */
    gboolean complete;  /* the desk has said what it knows */
    SmSafe *title;
    GPtrArray *rows;    /* SmCardRow */
    guint selected;     /* index in rows */
    guint top;          /* first drawn row; the ui keeps it so that selected is seen */
} SmCard;

#endif
