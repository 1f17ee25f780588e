/* SPDX-License-Identifier: MIT */
/* view: what the views of the screen share. A view draws from the app's state and changes nothing; each file
 * draws one part. Rows and columns count from 0. */
#ifndef UI_VIEW_H
#define UI_VIEW_H

#include "seatmux/app/app.h"
#include "ui/draw.h"
#include "ui/rows.h"

typedef struct {
    SmDraw *draw;
    SmApp *app;
    SmLoop *loop;
    GHashTable *lines;    /* SmLine* -> cached safe text (view_transcript.c) */
    SmRows *rows;         /* of transcripts, as they were drawn last */
    GHashTable *anchors;  /* chat id -> newest line when it was scrolled back (view_transcript.c) */
    gboolean counter_due; /* the composer's counter may be drawn (300 ms of rest) */
    int composer_rows;    /* of the focused pane, as it was drawn last */
    guint composer_frame; /* a hash of what stands around its text, as it was drawn last */
    int cursor_y, cursor_x; /* of the focused composer; -1: hidden */
    int card_y, card_x;     /* of the chosen line of the card; -1: it is not drawn */
    GArray *spots;          /* SmSpot: rows of lists as they were drawn, the last one above the others */
    SmRect popup;           /* where the popup was drawn; rows 0: nowhere */
    int list_top;           /* first chat of the list that is drawn */
    guint list_current;     /* the focused chat (a hash) for which that was chosen */
} SmView;

/* A row of a list on the screen, for clicks. */
typedef struct {
    SmRect at;
    SmListKind list;
    guint row;
} SmSpot;
/* A list is drawn anew: its old rows are nowhere. */
void sm_view_spots_clear(SmView *view, SmListKind list);
void sm_view_spot(SmView *view, SmRect at, SmListKind list, guint row);
/* What was drawn at this cell. NULL: no row of a list. */
const SmSpot *sm_view_spot_at(SmView *view, int y, int x);

/* The screen cut into its parts; all within 1x1 and 500x200. */
typedef struct {
    SmRect bar;    /* rows 0 when the screen is too small for it */
    SmRect list;   /* the chat list beside one pane; columns 0: none */
    SmRect card;   /* the contact's card; rows 0: none */
    SmRect panes;
    SmRect hints;
    SmRect bottom;
    gboolean narrow; /* short forms */
} SmScreenParts;
SmScreenParts sm_view_parts(SmView *view);

void sm_view_bar(SmView *view, SmRect at, gboolean narrow);
void sm_view_list(SmView *view, SmRect at);
/* The contact's card; `beside`: a border at its left. */
void sm_view_card(SmView *view, SmRect at, gboolean beside);
/* One pane whole; `origin`: top left of the pane area. */
void sm_view_pane(SmView *view, SmRect origin, const SmPane *pane);
/* A number for what panes without a chat say: who waits, and for how many seconds. 0: nobody. */
guint sm_view_empty_says(SmView *view);
/* The clock's own cells in a pane's header. */
void sm_view_pane_clock(SmView *view, SmRect origin, const SmPane *pane);
/* The composer (focused) or draft line of a pane. `in_place`: only if it is as high as it was drawn last; else nothing is drawn and
 * FALSE returned, for then the lines above it move. */
gboolean sm_view_composer(SmView *view, SmRect origin, const SmPane *pane, gboolean in_place);
/* The queue view, in place of bar, list and panes. */
void sm_view_supervise(SmView *view, const SmScreenParts *parts);
void sm_view_hints(SmView *view, SmRect at, gboolean narrow);
void sm_view_bottom(SmView *view, SmRect at, gboolean narrow);
/* What is open above all, if anything. `parts` for its place. */
void sm_view_popup(SmView *view, const SmScreenParts *parts);
/* TRUE if an open popup covers any part of this rectangle. */
gboolean sm_view_covered(SmView *view, const SmScreenParts *parts, SmRect rect);

/* --- Pieces --------------------------------------------------------------------------------------- */

/* Rows of the composer block of a pane (separator, text, status), or 1 for a draft line. */
int sm_view_composer_rows(SmView *view, const SmPane *pane, const SmChat *chat);
/* Messages of a chat in a rectangle, bottom aligned. */
void sm_view_transcript(SmView *view, SmRect at, SmChat *chat);
void sm_view_forget_lines(SmView *view);

typedef struct {
    char number[32]; /* "00:42", "~00:42" while blind, "--:--" */
    char bar[64];
    const char *word; /* translated */
    SmStyle style;
    gboolean none;
} SmClockText;
SmClockText sm_view_clock(SmView *view, const SmConversation *conversation);
/* The same of any deadline. */
SmClockText sm_view_clock_of(SmView *view, const SmDeadline *deadline);

/* "14:32" of desk ms in local time; static buffer is the caller's (6 bytes). */
void sm_view_hhmm(char out[6], int64_t ms);
/* A row of text made of pieces: labels of ours and safe texts. */
typedef struct SmRun SmRun;
SmRun *sm_run_new(void);
void sm_run_free(SmRun *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmRun, sm_run_free)
void sm_run_label(SmRun *run, SmStyle style, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* At most `columns` of it (0: all). */
void sm_run_safe(SmRun *run, SmStyle style, const SmSafe *text, int columns);
int sm_run_columns(SmView *view, const SmRun *run);
/* `shows` (rows.h) with all that decides how it looks mixed in. */
guint64 sm_run_mix(const SmRun *run, guint64 shows);
/* Draws in at most `columns`, returns the columns used. */
int sm_run_draw(SmView *view, const SmRun *run, int y, int x, int columns);

#endif
