/* SPDX-License-Identifier: MIT */
#include "seatmux/sim/manners.h"

#include <string.h>

#include "seatmux/base/yaml.h"

#define LETTERS 8 /* a text with fewer shouts at nobody: "OK", "DHL" */

typedef struct {
    char *language;
    char **greeting, **closing; /* folded */
} Tongue;

struct SmManners {
    GPtrArray *tongues; /* Tongue */
};

static void tongue_free(Tongue *tongue)
{
    g_free(tongue->language);
    g_strfreev(tongue->greeting);
    g_strfreev(tongue->closing);
    g_free(tongue);
}

static char **folded(SmYamlMap *map, const char *key)
{
    char **list = sm_yaml_map_strv(map, key);
    if (!list[0])
        sm_yaml_map_error(map, key, "'%s' has one word at least", key);
    for (guint i = 0; list[i]; i++) {
        char *fold = g_utf8_casefold(list[i], -1);
        g_free(list[i]);
        list[i] = fold;
    }
    return list;
}

static void load_tongue(const SmYamlDoc *doc, SmYamlMap *map, const char *language, SmManners *manners, SmFindings *findings)
{
    SmYaml *node = sm_yaml_map_node(map, language);
    if (!node)
        return;
    SmYamlMap *own = sm_yaml_map(doc, node, "manners", findings);
    Tongue *tongue = g_new0(Tongue, 1);
    tongue->language = g_strdup(language);
    tongue->greeting = folded(own, "greeting");
    tongue->closing = folded(own, "closing");
    g_ptr_array_add(manners->tongues, tongue);
    sm_yaml_map_end(own);
}

SmManners *sm_manners_load(const char *path, SmFindings *findings)
{
    static const char *const languages[] = {"en", "zh-CN"};
    guint errors = sm_findings_errors(findings);
    g_autoptr(SmYamlDoc) doc = sm_yaml_load(path, findings);
    if (!doc)
        return NULL;
    SmYamlMap *map = sm_yaml_map(doc, sm_yaml_root(doc), "manners", findings);
    g_autoptr(SmManners) manners = g_new0(SmManners, 1);
    manners->tongues = g_ptr_array_new_with_free_func((GDestroyNotify)tongue_free);
    sm_yaml_map_need(map, "manners");
    for (guint i = 0; i < G_N_ELEMENTS(languages); i++)
        load_tongue(doc, map, languages[i], manners, findings);
    if (manners->tongues->len == 0)
        sm_yaml_map_error(map, NULL, "manners are of 'en', of 'zh-CN', or of both");
    sm_yaml_map_end(map);
    return sm_findings_errors(findings) == errors ? g_steal_pointer(&manners) : NULL;
}

void sm_manners_free(SmManners *manners)
{
    if (!manners)
        return;
    g_ptr_array_unref(manners->tongues);
    g_free(manners);
}

static const Tongue *tongue_of(const SmManners *manners, const char *language)
{
    for (guint i = 0; manners && language && i < manners->tongues->len; i++) {
        const Tongue *tongue = manners->tongues->pdata[i];
        if (g_ascii_strncasecmp(tongue->language, language, 2) == 0)
            return tongue;
    }
    return NULL;
}

static gboolean holds_one(char **words, const char *text)
{
    g_autofree char *fold = g_utf8_casefold(text, -1);
    for (guint i = 0; words[i]; i++)
        if (strstr(fold, words[i]))
            return TRUE;
    return FALSE;
}

gboolean sm_manners_greets(const SmManners *manners, const char *language, const char *text)
{
    const Tongue *tongue = tongue_of(manners, language);
    return !tongue || holds_one(tongue->greeting, text);
}

gboolean sm_manners_closes(const SmManners *manners, const char *language, const char *text)
{
    const Tongue *tongue = tongue_of(manners, language);
    return !tongue || holds_one(tongue->closing, text);
}

gboolean sm_manners_shouts(const char *text)
{
    guint letters = 0, capitals = 0;
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        capitals += g_unichar_isupper(c);
        letters += g_unichar_isupper(c) || g_unichar_islower(c);
    }
    return letters >= LETTERS && capitals * 10 >= letters * 9;
}
