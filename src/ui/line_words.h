/* SPDX-License-Identifier: MIT */
/* line_words: what a line of a conversation says and whose it is. */
#ifndef UI_LINE_WORDS_H
#define UI_LINE_WORDS_H

#include "seatmux/app/app.h"

gboolean sm_line_is_mine(SmApp *app, const char *agent);
/* The text, numbers masked where the setting says so, or a sentence about what happened. New reference. */
SmSafe *sm_line_text(SmApp *app, const SmLine *line);
/* Who says it: "you", the customer's name, "note", "system". New reference. */
SmSafe *sm_line_author(SmApp *app, const SmSafe *customer, const SmLine *line);
/* Where a message of the outbox is, and the keys that do something about it; `unsaved`: not on disk (sm_client_unsaved). Caller frees. */
char *sm_line_sending(const SmKeymap *keymap, const SmOutboxEntry *out, gboolean unsaved);

#endif
