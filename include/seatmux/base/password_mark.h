/* SPDX-License-Identifier: MIT */
/* password_mark: what a password is recognised by, in memory alone: a slow hash with a salt of its own. It is for the moment in
 * which nobody can be asked; who can be asked decides. */
#ifndef SEATMUX_BASE_PASSWORD_MARK_H
#define SEATMUX_BASE_PASSWORD_MARK_H

#include <glib.h>

typedef struct SmPasswordMark SmPasswordMark;

/* Takes some milliseconds. NULL: no memory for it. */
SmPasswordMark *sm_password_mark_new(const char *password);
void sm_password_mark_free(SmPasswordMark *mark); /* wiped; NULL is fine */
/* As slow; FALSE too when there is no memory for it. */
gboolean sm_password_mark_fits(const SmPasswordMark *mark, const char *password);

#endif
