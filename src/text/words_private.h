/* SPDX-License-Identifier: MIT */
/* words_private: how word lists are kept. */
#ifndef TEXT_WORDS_PRIVATE_H
#define TEXT_WORDS_PRIVATE_H

#include "seatmux/text/words.h"

#define SM_WORD_CHARS 100 /* characters of a word or phrase */

/* A rule and what belongs to it. */
typedef struct {
    SmWordRule rule;
    char *list, *file;
    GPtrArray *forms; /* SmWordForm */
} SmOwnRule;

/* A word or phrase, folded. */
typedef struct {
    SmOwnRule *rule;
    gboolean excepted; /* where it stands, the rule's other forms do not count */
    guint n;
    gunichar chars[];
} SmWordForm;

struct SmWords {
    GPtrArray *rules;    /* SmOwnRule */
    GHashTable *by_char; /* first character -> GPtrArray of SmWordForm, borrowed */
};

/* NULL: empty or too long. */
SmWordForm *sm_word_form_new(const char *text, SmOwnRule *rule, gboolean excepted);

#endif
