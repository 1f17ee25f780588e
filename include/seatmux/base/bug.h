/* SPDX-License-Identifier: MIT */
/* bug: planted bugs. Each is a mistake that somebody could really make, at the place where it would be made; the tests must
 * find every one (docs/testing.md, "Planted bugs"). Only a test build (meson -Dbugs=true, refused for a release build) holds
 * them, and there SEATMUX_BUG=n in the environment chooses one. Anywhere else SM_BUG() is the constant FALSE. */
#ifndef SEATMUX_BASE_BUG_H
#define SEATMUX_BASE_BUG_H

#include <glib.h>

#ifdef SEATMUX_BUGS
/* TRUE: the planted bug of this number is the one chosen. May be called from any thread. */
gboolean sm_bug(int number);
#define SM_BUG(number) sm_bug(number)
#else
#define SM_BUG(number) FALSE
#endif

#endif
