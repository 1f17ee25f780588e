/* SPDX-License-Identifier: MIT */
#include "seatmux/sim/phrase.h"

#include <string.h>

/* Pairs, in the file's order: language ("" where none is said), text. */
struct SmPhrase {
    GPtrArray *pairs;
};

static void add(SmPhrase *phrase, const char *language, const char *text)
{
    g_ptr_array_add(phrase->pairs, g_strdup(language));
    g_ptr_array_add(phrase->pairs, g_strdup(text));
}

static const char *language_at(const SmPhrase *phrase, guint i)
{
    return phrase->pairs->pdata[i];
}

static SmPhrase *words_new(void)
{
    SmPhrase *phrase = g_new0(SmPhrase, 1);
    phrase->pairs = g_ptr_array_new_with_free_func(g_free);
    return phrase;
}

static gboolean same(const char *a, const char *b)
{
    gsize n = strcspn(a, "-_");
    return n == strcspn(b, "-_") && g_ascii_strncasecmp(a, b, n) == 0;
}

SmPhrase *sm_phrase_read(const SmYamlDoc *doc, const SmYaml *node, const char *what, SmFindings *findings)
{
    SmPhrase *phrase = words_new();
    const char *one = sm_yaml_text(node);
    gboolean ok = one ? *one != '\0' : sm_yaml_kind(node) == SM_YAML_MAP && sm_yaml_size(node) > 0;
    if (one)
        add(phrase, "", one);
    for (guint i = 0; !one && ok && i < sm_yaml_size(node); i++) {
        const char *text = sm_yaml_text(sm_yaml_item(node, i));
        ok = text && *text;
        if (ok)
            add(phrase, sm_yaml_text(sm_yaml_key(node, i)), text);
    }
    if (!ok)
        sm_findings_error(findings, sm_yaml_file(doc), sm_yaml_line(node), sm_yaml_column(node),
                          "'%s' is a text, or one for each language: {en: ..., zh-CN: ...}", what);
    return phrase;
}

SmPhrase *sm_phrase_load(const SmYamlDoc *doc, SmYamlMap *map, const char *key, gboolean needed, SmFindings *findings)
{
    const SmYaml *node = sm_yaml_map_node(map, key);
    if (node)
        return sm_phrase_read(doc, node, key, findings);
    if (needed)
        sm_yaml_map_error(map, NULL, "missing '%s'", key);
    return words_new();
}

void sm_phrase_free(SmPhrase *phrase)
{
    if (!phrase)
        return;
    g_ptr_array_unref(phrase->pairs);
    g_free(phrase);
}

const char *sm_phrase_in(const SmPhrase *phrase, const char *language)
{
    for (guint i = 0; language && i < phrase->pairs->len; i += 2)
        if (same(language_at(phrase, i), language))
            return phrase->pairs->pdata[i + 1];
    return phrase->pairs->len ? phrase->pairs->pdata[1] : "";
}

gboolean sm_phrase_speak(const SmPhrase *phrase, const char *language)
{
    gboolean spoken = phrase->pairs->len == 0;
    for (guint i = 0; i < phrase->pairs->len && !spoken; i += 2)
        spoken = *language_at(phrase, i) == '\0' || same(language_at(phrase, i), language);
    return spoken;
}

json_t *sm_phrase_json(const SmPhrase *phrase)
{
    json_t *object = json_object();
    for (guint i = 0; i < phrase->pairs->len; i += 2)
        json_object_set_new(object, language_at(phrase, i), json_string(phrase->pairs->pdata[i + 1]));
    return object;
}
