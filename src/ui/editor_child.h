/* SPDX-License-Identifier: MIT */
/* editor_child: $VISUAL or $EDITOR on a private file, while the loop goes on: polls are read, clocks run; only the
 * screen is lent out. */
#ifndef UI_EDITOR_CHILD_H
#define UI_EDITOR_CHILD_H

#include "seatmux/base/loop.h"

typedef struct SmEditorChild SmEditorChild;
/* text NULL: the editor failed or left the text as it was. FALSE: the text could not be taken, and `file` stays. */
typedef gboolean (*SmEditorDone)(const char *text, const char *file, const GError *error, void *user);

SmEditorChild *sm_editor_child_new(SmLoop *loop);
void sm_editor_child_free(SmEditorChild *child); /* NULL is fine; an editor that runs is left alone */
/* The terminal must be given back before. FALSE and error: done is not called. */
gboolean sm_editor_child_start(SmEditorChild *child, const char *text, SmEditorDone done, void *user, GError **error);

#endif
