/* SPDX-License-Identifier: MIT */
/* manners: how a conversation begins and ends politely, and what shouting looks like: greetings and closings by language from a
 * YAML file in manners/. docs/scenarios.md explains the file. Pure. What must not be said at all is text/words.h's. */
#ifndef SEATMUX_SIM_MANNERS_H
#define SEATMUX_SIM_MANNERS_H

#include <glib.h>

#include "seatmux/base/error.h"

typedef struct SmManners SmManners;

SmManners *sm_manners_load(const char *path, SmFindings *findings); /* NULL when there are errors */
void sm_manners_free(SmManners *manners);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmManners, sm_manners_free)

/* One of the greetings (closings) of the language is in the text; also where the file has none of this language. */
gboolean sm_manners_greets(const SmManners *manners, const char *language, const char *text);
gboolean sm_manners_closes(const SmManners *manners, const char *language, const char *text);
/* Eight letters that have a case or more, and nine in ten of them are capitals. */
gboolean sm_manners_shouts(const char *text);

#endif
