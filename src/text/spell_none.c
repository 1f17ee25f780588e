/* SPDX-License-Identifier: MIT */
/* spell_none: built without enchant. */
#include "seatmux/text/spell.h"

SmSpeller *sm_speller_new(SmLoop *loop)
{
    return NULL;
}

void sm_speller_free(SmSpeller *speller)
{
}

void sm_speller_check(SmSpeller *speller, const char *text, const char *languages, const char *names, SmSpellDone done,
                      void *user)
{
}
