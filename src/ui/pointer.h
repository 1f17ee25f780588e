/* SPDX-License-Identifier: MIT */
/* pointer: the mouse on the screen: which pane, border or row of a list is under it, and what a press, a drag or the wheel
 * asks the app for. It is one's own program's mouse only while the option is on. */
#ifndef UI_POINTER_H
#define UI_POINTER_H

#include "ui/keys.h"
#include "ui/view.h"

typedef struct {
    SmView *view;      /* not owned */
    gboolean dragging; /* a border, since the press */
    SmBorder border;
    gboolean clicked;  /* the last thing done was a click on this row */
    SmListKind list;
    guint row;
} SmPointer;

/* Input of kind SM_INPUT_MOUSE. TRUE: what is drawn has changed without the app's doing (the chat list scrolled). */
gboolean sm_pointer_input(SmPointer *pointer, const SmInput *input);
/* A key came: the next click on a row is a first one. */
void sm_pointer_forget(SmPointer *pointer);

#endif
