/* SPDX-License-Identifier: MIT */
/* vt_svg: a screen as a picture. Every character stands on its cell whatever font the reader has; lines and blocks are drawn. */
#ifndef SEATMUX_TESTS_VT_SVG_H
#define SEATMUX_TESTS_VT_SVG_H

#include "vt.h"

/* An SVG document with this title; light: what has no colour of its own is dark on white. Caller frees. */
char *vt_svg(Vt *vt, const char *title, gboolean light);

#endif
