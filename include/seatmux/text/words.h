/* SPDX-License-Identifier: MIT */
/* words: lists of what an agent's message should not say - words that a law or the shop forbids, a tone that
 * customers mind, tics said too often - and where a text says it. Case, fullwidth forms and the number of blanks
 * do not matter; a word of a script with spaces is matched whole ("cat" is not in "category"), one of Chinese or
 * Japanese anywhere, but for the phrases that its rule excepts. Files: docs/configuration.md, "Word lists". */
#ifndef SEATMUX_TEXT_WORDS_H
#define SEATMUX_TEXT_WORDS_H

#include <glib.h>

#include "seatmux/base/error.h"

#define SM_WORDS_HITS 200 /* places that are told of one text */

typedef struct SmWords SmWords;

typedef enum {
    SM_WORDS_WARN,  /* said, and may be sent */
    SM_WORDS_BLOCK, /* must not be sent */
} SmWordsLevel;

typedef struct {
    const char *list; /* name of its list: "advertising", "tone" */
    SmWordsLevel level;
    guint most;    /* so often in one text is fine; 0: not at all */
    char *why;     /* for a person, raw; NULL */
    char *instead; /* what could be said, raw; NULL */
    const char *file;
    int line;
} SmWordRule;

typedef struct {
    gsize start, len; /* bytes of the text */
    const SmWordRule *rule;
} SmWordHit;

/* All lists of these folders (files *.yaml in order of name), lowest layer first; NULL-terminated. A list of the same
 * name in a higher layer takes the place of the lower one, which is a warning. Returns NULL if there were errors (all
 * in findings). A missing folder is fine. */
SmWords *sm_words_load(const char *const *directories, SmFindings *findings);
/* One file alone, as a layer of its own: to say what is wrong with it. */
SmWords *sm_words_load_file(const char *path, SmFindings *findings);
/* Folders of the program and the user's own above them; NULL-terminated, g_strfreev(). */
char **sm_words_directories(void);
/* What lies there: what all rooms take. NULL as sm_words_load(). */
SmWords *sm_words_load_all(SmFindings *findings);
void sm_words_free(SmWords *words); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmWords, sm_words_free)
guint sm_words_count(const SmWords *words); /* rules; 0 for NULL */

/* Where valid UTF-8 says what a rule minds: SmWordHit in order of place, none over another, of a rule with `most` those
 * beyond it. At most SM_WORDS_HITS. Rules live as long as `words`; NULL words: none. Caller unrefs. */
GArray *sm_words_find(const SmWords *words, const char *text);
/* The first hit that blocks, else the first; NULL: none. */
const SmWordHit *sm_words_worst(const GArray *hits);

#endif
