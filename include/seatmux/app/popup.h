/* SPDX-License-Identifier: MIT */
/* popup: what lies above the panes: one model for picker, lists, palette, help, which-key, questions. The
 * app fills it, the ui draws it, keys go to it while it is open. */
#ifndef SEATMUX_APP_POPUP_H
#define SEATMUX_APP_POPUP_H

#include <glib.h>

#include "seatmux/base/safe.h"
#include "seatmux/text/line_editor.h"

typedef enum {
    SM_POPUP_NONE,
    SM_POPUP_PICKER,    /* quick replies, above the composer, with preview */
    SM_POPUP_LIST,      /* queue and chats, jump, palette, availability, reasons, log: full height */
    SM_POPUP_HELP,      /* keys for this context: whole screen, with detail of the selected row */
    SM_POPUP_WHICH_KEY, /* panel at the bottom, five columns of groups */
    SM_POPUP_FIND,      /* find in this chat: over the composer, so that what is found is seen */
    SM_POPUP_ASK,       /* one line of input: a reason, a name */
    SM_POPUP_CONFIRM,   /* y or n */
    SM_POPUP_SECRET,    /* a password, not shown; over the whole screen where it is locked */
} SmPopupKind;

#define SM_POPUP_CELLS 8

typedef struct {
    SmSafe *cells[SM_POPUP_CELLS]; /* columns of this row; NULL: empty */
    GArray *matched[SM_POPUP_CELLS]; /* guint: byte offsets of matched graphemes in each; NULL: none */
    int digit;                     /* 1..9 picks it while the filter is empty; 0: none */
    gboolean dim;                  /* disabled: shown with its reason */
    gboolean heading;              /* can't be chosen */
    int level;                     /* SmLevel for a clock cell's colour, or -1 */
    int clock_cell;                /* which cell is the clock; -1: none */
    char *value;                   /* what choosing it means to the app: an id, a command text */
    gboolean by_value;             /* typing finds it by its value too: what is shown is a translation of it */
} SmPopupRow;

typedef struct {
    SmPopupKind kind;
    SmSafe *title;
    SmSafe *right;     /* at the right of the title or filter line: "4 of 63", "used most first" */
    SmSafe *footer;    /* what the keys do */
    SmEditor *filter;  /* NULL: no filter line */
    SmSafe *prompt;    /* before the filter or input: "find>" */
    const SmSafe *headings[SM_POPUP_CELLS]; /* of columns; NULL: none. Owned */
    int widths[SM_POPUP_CELLS]; /* wished columns; 0: as wide as needed; negative: takes what is left */
    int gives;         /* the column that a narrow screen leaves out first; 0: the last ones */
    GPtrArray *rows;   /* SmPopupRow */
    guint selected;    /* index in rows */
    guint top;         /* first drawn row; the ui keeps it so that selected is seen */
    SmSafe *detail;    /* preview or detail, several lines; NULL */
    SmSafe *detail_title;
    guint64 revision;  /* changes with every change, for dirty marks */
} SmPopup;

#endif
