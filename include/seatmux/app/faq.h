/* SPDX-License-Identifier: MIT */
/* faq: frequent questions and their answers, from YAML files beside the quick replies, and the search for those that fit what a
 * customer asks: an index in memory (SQLite FTS5), words of Latin script whole, Chinese by pairs of characters. */
#ifndef SEATMUX_APP_FAQ_H
#define SEATMUX_APP_FAQ_H

#include <glib.h>

#include "seatmux/app/reply.h"
#include "seatmux/base/error.h"

typedef struct SmFaq SmFaq;

/* All *.yaml of the directories that have `faq` at their first level, lowest layer first; the same id: the higher wins. A file
 * with errors is left out, all are in findings. Never NULL. */
SmFaq *sm_faq_load(const char *const *directories, SmFindings *findings);
/* One file alone. Never NULL. */
SmFaq *sm_faq_load_file(const char *path, SmFindings *findings);
void sm_faq_free(SmFaq *faq);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmFaq, sm_faq_free)
guint sm_faq_count(const SmFaq *faq);

/* The entries that answer `text` best, best first, at most `most`: as replies whose code is the id and whose title is the
 * question that fits. Only such of which half of a question's words are there. `team` may be NULL. Borrowed SmReply; caller unrefs
 * the array. */
GPtrArray *sm_faq_match(SmFaq *faq, const char *text, const char *team, guint most);

/* The words by which is searched, each once: exposed for tests. Caller frees. */
char **sm_faq_words(const char *text);

#endif
