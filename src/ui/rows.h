/* SPDX-License-Identifier: MIT */
/* rows: what the rows of a part of the screen show since they were drawn last. Of a conversation that went up by a line all
 * rows but the last have only moved: they are moved in ncurses' memory, and the new one alone is drawn. What draws over such a part
 * without telling must be followed by sm_rows_forget(). */
#ifndef UI_ROWS_H
#define UI_ROWS_H

#include "ui/draw.h"

typedef struct SmRows SmRows;

SmRows *sm_rows_new(void);
void sm_rows_free(SmRows *rows); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmRows, sm_rows_free)

/* `shows` has a number for each row of `at`, from the top: equal numbers look the same (sm_rows_mix). Rows that stood in another row of `at`
 * are moved there; `fresh`, as long as `shows`, is TRUE for those that are to be drawn. */
void sm_rows_take(SmRows *rows, SmDraw *draw, SmRect at, const guint64 *shows, gboolean *fresh);
/* The same of one row. TRUE: it is to be drawn. */
gboolean sm_rows_take_one(SmRows *rows, SmDraw *draw, SmRect at, guint64 shows);
/* What stands in `at`, and in parts that touch it, is not known any more. */
void sm_rows_forget(SmRows *rows, SmRect at);
void sm_rows_forget_all(SmRows *rows);

/* The number of what a row shows: begin with that of nothing, mix in all that decides how it looks. Another one in each process, so
 * that nobody can write two texts that are taken for the same. */
guint64 sm_rows_nothing(const SmRows *rows);
guint64 sm_rows_mix(guint64 shows, const void *data, gsize n);

#endif
