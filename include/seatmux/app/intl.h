/* SPDX-License-Identifier: MIT */
/* intl: words for people go through gettext; everything else stays English. */
#ifndef SEATMUX_APP_INTL_H
#define SEATMUX_APP_INTL_H

#include <libintl.h>

#define SM_TEXT_DOMAIN "seatmux"
#define _(text) dgettext(SM_TEXT_DOMAIN, text)
#define N_(text) text
/* One form for one, another for many. */
#define Q_(one, many, n) dngettext(SM_TEXT_DOMAIN, one, many, n)

#endif
