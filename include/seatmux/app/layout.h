/* SPDX-License-Identifier: MIT */
/* layout: the tree of panes. Cells are left-right or top-bottom splits with panes at the leaves;
 * the tree fits any screen: panes that have no room are hidden, never lost, and come back when
 * there is room. Pure geometry: no curses, no desk. */
#ifndef SEATMUX_APP_LAYOUT_H
#define SEATMUX_APP_LAYOUT_H

#include <glib.h>

#define SM_PANE_MIN_COLUMNS 38
#define SM_PANE_MIN_ROWS 8

typedef struct SmLayout SmLayout;

/* A pane and where it is. Panes are numbered 1.. in the tree's order: left to right, top to bottom,
 * a split's first half whole before its second. */
typedef struct {
    int id;                  /* stays while the pane lives */
    int number;              /* 1..; what Ctrl-X 1..9 means */
    char *conversation;      /* NULL: empty */
    int y, x, rows, columns; /* within the pane area; rows 0: hidden now */
    gboolean focused;
    gboolean right_border; /* a column of border is drawn at x + columns */
} SmPane;

SmLayout *sm_layout_new(void); /* one pane */
void sm_layout_free(SmLayout *layout);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmLayout, sm_layout_free)

/* The tree that suits a screen of this size (experience.md "Fitting the screen"): 2x2 at 160x40 and
 * more, two columns at 120x30, else one pane. */
void sm_layout_preset(SmLayout *layout, int columns, int rows);
/* An even grid, chats kept in order; those beyond it leave their panes. At most SM_MAX_PANES. */
void sm_layout_grid(SmLayout *layout, int across, int down);
/* Show at most `most` panes (0: as many as fit): the focused one, its neighbours in the same split,
 * then by number. Takes effect with the next placing. */
void sm_layout_limit(SmLayout *layout, guint most);
/* How many panes the preset for a screen of this size has. */
guint sm_layout_preset_panes(int columns, int rows);
guint sm_layout_visible(SmLayout *layout); /* panes that are shown now */
/* Lay out for this area. Call after every change. FALSE: nothing changed place. */
gboolean sm_layout_place(SmLayout *layout, int rows, int columns);
const GPtrArray *sm_layout_panes(SmLayout *layout); /* SmPane in order, borrowed */
SmPane *sm_layout_focused(SmLayout *layout);        /* never NULL */
SmPane *sm_layout_by_number(SmLayout *layout, int number);
SmPane *sm_layout_by_id(SmLayout *layout, int id);
SmPane *sm_layout_showing(SmLayout *layout, const char *conversation); /* NULL */

void sm_layout_focus(SmLayout *layout, int id);
typedef enum { SM_TO_LEFT, SM_TO_RIGHT, SM_TO_UP, SM_TO_DOWN } SmDirection;
SmPane *sm_layout_neighbour(SmLayout *layout, SmDirection direction); /* NULL: none */
/* Split the focused pane in two; the new one is empty and gets no focus. FALSE and why (static
 * words) when a half would be under 38x8. */
gboolean sm_layout_split(SmLayout *layout, gboolean left_right, const char **why_not);
/* Close the focused pane (its chat stays open, in the list). FALSE: it is the last one. */
gboolean sm_layout_close(SmLayout *layout);
void sm_layout_zoom(SmLayout *layout, gboolean on); /* the focused pane alone */
gboolean sm_layout_zoomed(const SmLayout *layout);
void sm_layout_show(SmLayout *layout, int id,
                    const char *conversation); /* NULL empties; a chat is in one pane only */
/* Move the border beside the focused pane by cells. FALSE if it can't. */
gboolean sm_layout_resize(SmLayout *layout, SmDirection direction, int cells);

/* A border between two parts of a split: at the right of a pane (across), or a pane's header with panes above it. */
typedef struct {
    gboolean across;
    int before, after; /* ids of a pane on each side */
} SmBorder;
/* The border at a cell of the pane area. FALSE: there is none, or one pane is zoomed. */
gboolean sm_layout_border_at(SmLayout *layout, int y, int x, SmBorder *border);
/* Move it to this column (across) or row, or as near to it as the least size of panes on both sides allows. FALSE:
 * nothing moved, or its panes are gone. */
gboolean sm_layout_move_border(SmLayout *layout, const SmBorder *border, int to);

/* The whole state - tree, sizes, focus, zoom, chats - as one short line with a checksum, and back.
 * Caller frees. FALSE: damaged or not ours; layout unchanged. */
char *sm_layout_text(SmLayout *layout);
gboolean sm_layout_parse(SmLayout *layout, const char *text, GError **error);

#endif
