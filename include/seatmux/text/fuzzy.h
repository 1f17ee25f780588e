/* SPDX-License-Identifier: MIT */
/* fuzzy: does a few typed characters mean this line? All of them must occur in order; runs, starts
 * of words and an early place score more. Case and fullwidth forms do not matter. Terms parted by
 * spaces must all match, in any order. */
#ifndef SEATMUX_TEXT_FUZZY_H
#define SEATMUX_TEXT_FUZZY_H

#include <glib.h>

#define SM_FUZZY_PATTERN 64 /* characters of a pattern that count */
#define SM_FUZZY_TEXT 512   /* characters of a text that are looked at */

typedef struct SmFuzzy SmFuzzy;

/* Prepare a pattern once for many texts. */
SmFuzzy *sm_fuzzy_new(const char *pattern);
void sm_fuzzy_free(SmFuzzy *f); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmFuzzy, sm_fuzzy_free)

/* TRUE if `text` (valid UTF-8) matches. `score` (may be NULL): higher is better, comparable between
 * texts for one pattern; an empty pattern matches all with 0. `places` (may be NULL) has room for
 * SM_FUZZY_PATTERN byte offsets of matched characters, ascending; `n_places` gets how many. */
gboolean sm_fuzzy_match(SmFuzzy *f, const char *text, int *score, guint *places, guint *n_places);

#endif
