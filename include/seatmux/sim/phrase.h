/* SPDX-License-Identifier: MIT */
/* phrase: a short text that a file gives in one language or in several: `title: Haggling`, or
 * `title: {en: Haggling, zh-CN: 讨价还价}`. Raw text of a stranger. */
#ifndef SEATMUX_SIM_PHRASE_H
#define SEATMUX_SIM_PHRASE_H

#include "seatmux/base/json.h"
#include "seatmux/base/yaml.h"

typedef struct SmPhrase SmPhrase;

/* The value of `key`; absent: an empty one, and with `needed` a finding, as for what is neither a text nor a map of
 * texts. Never NULL. */
SmPhrase *sm_phrase_load(const SmYamlDoc *doc, SmYamlMap *map, const char *key, gboolean needed, SmFindings *findings);
/* The value itself: an item of a list. `what` names it in findings. */
SmPhrase *sm_phrase_read(const SmYamlDoc *doc, const SmYaml *node, const char *what, SmFindings *findings);
void sm_phrase_free(SmPhrase *phrase);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmPhrase, sm_phrase_free)
/* In this language ("zh-CN" and "zh" mean each other), else as the file has it first; "" where it has none. NULL language:
 * the first. Borrowed. */
const char *sm_phrase_in(const SmPhrase *phrase, const char *language);
/* FALSE: it is there in several languages, and this is none of them. */
gboolean sm_phrase_speak(const SmPhrase *phrase, const char *language);
/* {"en": "..", "zh-CN": ".."}; a text without a language is under "". New reference. */
json_t *sm_phrase_json(const SmPhrase *phrase);

#endif
