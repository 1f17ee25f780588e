/* SPDX-License-Identifier: MIT */
/* spell_words: which words of a text are to be looked up. */
#ifndef TEXT_SPELL_WORDS_H
#define TEXT_SPELL_WORDS_H

#include <glib.h>

/* The next word at or after byte *at; *at is then behind it. FALSE: no more. */
gboolean sm_spell_next(const char *text, gsize *at, gsize *start, gsize *len);

#endif
