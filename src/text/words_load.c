/* SPDX-License-Identifier: MIT */
/* words_load: word lists from YAML. */
#include "words_private.h"

#include <string.h>

#include "seatmux/base/limits.h"
#include "seatmux/base/paths.h"
#include "seatmux/base/yaml.h"

#define MOST_MOST 100 /* of `most` */

typedef struct {
    SmWords *words;
    SmFindings *findings;
    GHashTable *lists; /* of this layer: name -> file; owned */
    SmYamlDoc *doc;
    const char *file;
} Loader;

static void rule_free(void *data)
{
    SmOwnRule *own = data;

    g_free(own->rule.why);
    g_free(own->rule.instead);
    g_free(own->list);
    g_free(own->file);
    g_ptr_array_unref(own->forms);
    g_free(own);
}

static SmWords *words_new(void)
{
    SmWords *words = g_new0(SmWords, 1);

    words->rules = g_ptr_array_new_with_free_func(rule_free);
    words->by_char =
        g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
    return words;
}

void sm_words_free(SmWords *words)
{
    if (words == NULL)
        return;
    g_hash_table_unref(words->by_char);
    g_ptr_array_unref(words->rules);
    g_free(words);
}

/* --- One file ------------------------------------------------------------------------------------ */

static void load_forms(Loader *loader, SmYamlMap *map, const char *key, SmOwnRule *own)
{
    g_auto(GStrv) texts = sm_yaml_map_strv(map, key);
    gboolean excepted = strcmp(key, "except") == 0;

    for (guint i = 0; texts[i] != NULL; i++) {
        SmWordForm *form = sm_word_form_new(texts[i], own, excepted);
        if (form != NULL)
            g_ptr_array_add(own->forms, form);
        else
            sm_yaml_map_error(map, key, "%s: '%s': a word or phrase of 1 to %d characters", key,
                              texts[i], SM_WORD_CHARS);
    }
}

static gboolean has_match(const SmOwnRule *own)
{
    for (guint i = 0; i < own->forms->len; i++)
        if (!((const SmWordForm *)own->forms->pdata[i])->excepted)
            return TRUE;
    return FALSE;
}

static const char *const LEVELS[] = {"warn", "block", NULL};

static void load_rule(Loader *loader, const SmYaml *node, const char *list, int level)
{
    SmYamlMap *map = sm_yaml_map(loader->doc, node, "a rule", loader->findings);
    SmOwnRule *own = g_new0(SmOwnRule, 1);

    own->forms = g_ptr_array_new_with_free_func(g_free);
    own->list = g_strdup(list);
    own->file = g_strdup(loader->file);
    own->rule.list = own->list;
    own->rule.file = own->file;
    own->rule.line = sm_yaml_line(node);
    own->rule.level = (SmWordsLevel)sm_yaml_map_enum(map, "level", LEVELS, level);
    own->rule.most = (guint)sm_yaml_map_int(map, "most", 0, MOST_MOST, 0);
    own->rule.why = g_strdup(sm_yaml_map_str(map, "why", NULL));
    own->rule.instead = g_strdup(sm_yaml_map_str(map, "instead", NULL));
    load_forms(loader, map, "match", own);
    load_forms(loader, map, "except", own);
    if (!has_match(own))
        sm_yaml_map_error(map, "match", "match: needs a word or phrase to look for");
    sm_yaml_map_end(map);
    if (loader->words->rules->len < SM_MAX_WORD_RULES) {
        g_ptr_array_add(loader->words->rules, own);
        return;
    }
    if (loader->words->rules->len == SM_MAX_WORD_RULES)
        sm_findings_error(loader->findings, loader->file, sm_yaml_line(node), sm_yaml_column(node),
                          "more rules than there may be (limit WORD_RULES)");
    rule_free(own);
}

/* A list of this name in a lower layer goes; in this layer it is a mistake. */
static gboolean take_name(Loader *loader, SmYamlMap *map, const char *list)
{
    const char *other = g_hash_table_lookup(loader->lists, list);
    GPtrArray *rules = loader->words->rules;
    g_autofree char *under = NULL;

    if (other != NULL) {
        sm_yaml_map_error(map, "words", "the list '%s' is already in %s", list, other);
        return FALSE;
    }
    g_hash_table_insert(loader->lists, g_strdup(list), g_strdup(loader->file));
    for (guint i = rules->len; i > 0; i--) {
        const SmOwnRule *own = rules->pdata[i - 1];
        if (strcmp(own->list, list) != 0)
            continue;
        if (under == NULL)
            under = g_strdup(own->file);
        g_ptr_array_remove_index(rules, i - 1);
    }
    if (under != NULL)
        sm_yaml_map_warn(map, "words", "the list '%s' is used instead of %s", list, under);
    return TRUE;
}

static void load_file(Loader *loader, const char *path)
{
    g_autoptr(SmYamlDoc) doc = sm_yaml_load(path, loader->findings);
    SmYaml *root = doc != NULL ? sm_yaml_root(doc) : NULL;

    if (root == NULL)
        return;
    loader->doc = doc;
    loader->file = path;
    SmYamlMap *map = sm_yaml_map(doc, root, "a word list", loader->findings);
    const char *list = sm_yaml_map_need(map, "words");
    int level = sm_yaml_map_enum(map, "level", LEVELS, SM_WORDS_WARN);
    sm_yaml_map_str(map, "about", NULL);
    SmYaml *rules = sm_yaml_map_node(map, "rules");
    gboolean good = list != NULL && take_name(loader, map, list);
    if (rules == NULL || sm_yaml_kind(rules) != SM_YAML_LIST) {
        sm_yaml_map_error(map, "rules", "rules: must be a list");
        good = FALSE;
    }
    sm_yaml_map_end(map);
    for (guint i = 0; good && i < sm_yaml_size(rules); i++)
        load_rule(loader, sm_yaml_item(rules, i), list, level);
    loader->doc = NULL;
    loader->file = NULL;
}

/* --- Layers -------------------------------------------------------------------------------------- */

static void load_folder(Loader *loader, const char *directory)
{
    g_autoptr(GPtrArray) files = sm_path_yaml_files(directory);

    for (guint i = 0; i < files->len; i++)
        load_file(loader, files->pdata[i]);
}

static void index_forms(SmWords *words)
{
    for (guint i = 0; i < words->rules->len; i++) {
        const SmOwnRule *own = words->rules->pdata[i];
        for (guint k = 0; k < own->forms->len; k++) {
            SmWordForm *form = own->forms->pdata[k];
            gpointer key = GUINT_TO_POINTER(form->chars[0]);
            GPtrArray *forms = g_hash_table_lookup(words->by_char, key);
            if (forms == NULL) {
                forms = g_ptr_array_new();
                g_hash_table_insert(words->by_char, key, forms);
            }
            g_ptr_array_add(forms, form);
        }
    }
}

/* What was loaded into `loader`, if nothing was wrong; the findings go to the caller's. */
static SmWords *finish(Loader *loader, SmFindings *findings)
{
    if (sm_findings_errors(loader->findings) > 0)
        g_clear_pointer(&loader->words, sm_words_free);
    else
        index_forms(loader->words);
    sm_findings_move(findings, loader->findings);
    sm_findings_free(loader->findings);
    return loader->words;
}

static void begin_layer(Loader *loader)
{
    g_clear_pointer(&loader->lists, g_hash_table_unref);
    loader->lists = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

SmWords *sm_words_load(const char *const *directories, SmFindings *findings)
{
    Loader loader = {.words = words_new(), .findings = sm_findings_new()};

    for (guint i = 0; directories[i] != NULL; i++) {
        begin_layer(&loader);
        load_folder(&loader, directories[i]);
    }
    g_clear_pointer(&loader.lists, g_hash_table_unref);
    return finish(&loader, findings);
}

SmWords *sm_words_load_file(const char *path, SmFindings *findings)
{
    Loader loader = {.words = words_new(), .findings = sm_findings_new()};

    begin_layer(&loader);
    load_file(&loader, path);
    g_clear_pointer(&loader.lists, g_hash_table_unref);
    return finish(&loader, findings);
}

char **sm_words_directories(void)
{
    g_autoptr(GStrvBuilder) directories = g_strv_builder_new();
    g_autofree char *shipped = sm_path_shipped("words"), *own = sm_path_config("words");

    if (shipped != NULL)
        g_strv_builder_add(directories, shipped);
    if (own != NULL)
        g_strv_builder_add(directories, own);
    return g_strv_builder_end(directories);
}

SmWords *sm_words_load_all(SmFindings *findings)
{
    g_auto(GStrv) directories = sm_words_directories();

    return sm_words_load((const char *const *)directories, findings);
}
