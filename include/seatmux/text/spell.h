/* SPDX-License-Identifier: MIT */
/* spell: which words of a text no dictionary knows, by enchant (hunspell, aspell, ...), where this was built with it.
 * Dictionaries are loaded and asked on a thread of their own: typing never waits. Looked at are words of letters with
 * spaces around them; not what has digits, addresses, capitals alone, {{fields}}, and scripts without spaces. */
#ifndef SEATMUX_TEXT_SPELL_H
#define SEATMUX_TEXT_SPELL_H

#include <glib.h>

#include "seatmux/base/loop.h"

typedef struct SmSpeller SmSpeller;

typedef struct {
    gsize start, len; /* bytes of the text */
} SmSpellWord;

#define SM_SPELL_WORDS 200 /* wrong words that are told of one text */

/* known: a dictionary of one of the languages was there. wrong: SmSpellWord in order; borrowed. */
typedef void (*SmSpellDone)(gboolean known, const GArray *wrong, void *user);

/* NULL: built without a spell checker. On a virtual loop it works by turns, without a thread. */
SmSpeller *sm_speller_new(SmLoop *loop);
void sm_speller_free(SmSpeller *speller); /* nobody is answered any more; NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmSpeller, sm_speller_free)
/* Valid UTF-8. `languages`: tags with spaces between ("en de_AT"); a word that one of them knows is right. `names`: more
 * words that are right, with spaces between; may be NULL. */
void sm_speller_check(SmSpeller *speller, const char *text, const char *languages, const char *names, SmSpellDone done,
                      void *user);

#endif
