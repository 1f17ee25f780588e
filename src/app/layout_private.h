/* SPDX-License-Identifier: MIT */
/* layout_private: the tree itself, for placing it (layout.c), changing it (layout_change.c) and
 * writing it down (layout_text.c). */
#ifndef APP_LAYOUT_PRIVATE_H
#define APP_LAYOUT_PRIVATE_H

#include "seatmux/app/layout.h"

/* What a share of one cell is worth once a split has been measured: proportions stay exact. */
#define SM_SHARE_CELL 1000
#define SM_SHARE_MAX 1000000000

typedef enum { SM_CELL_PANE, SM_CELL_LEFT_RIGHT, SM_CELL_TOP_BOTTOM } SmCellKind;

/* A node of the tree. A split has at least two parts. */
typedef struct SmCell SmCell;
struct SmCell {
    SmCellKind kind;
    SmCell *parent;
    GPtrArray *parts; /* SmCell; NULL for a pane */
    SmPane *pane;     /* owned; NULL for a split */
    int share;        /* of the parent's room, beside its siblings' */
    gboolean shown;   /* holds a pane that is shown */
    int rows, columns;
};

struct SmLayout {
    SmCell *root;
    GPtrArray *panes; /* SmPane in order; borrowed from the tree */
    SmPane *focused;
    gboolean zoomed;
    guint most; /* 0: no limit */
    int next_id;
    int rows, columns; /* of the last placing */
};

SmCell *sm_cell_pane(SmLayout *layout);
SmCell *sm_cell_split(SmCellKind kind);
void sm_cell_free(SmCell *cell);
void sm_cell_append(SmCell *split, SmCell *part);
SmCell *sm_cell_of(SmLayout *layout, const SmPane *pane);
/* Numbers and the list of panes, after the tree changed. */
void sm_layout_renumber(SmLayout *layout);
/* Place again in the area known. */
void sm_layout_replace_all(SmLayout *layout);
/* The least room the shown part of a cell needs. */
void sm_cell_needs(const SmCell *cell, int *rows, int *columns);
/* Shares of a split as it is drawn, so that changing one cell does not move others. */
void sm_cell_measure(SmCell *split);

#endif
