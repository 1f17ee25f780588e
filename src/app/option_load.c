/* SPDX-License-Identifier: MIT */
/* option_load: config.yaml. Options stand at the top level by their full names ("alerts.message:
 * bar"), or their parts nested ("alerts: {message: bar}"); profiles: names desks to connect to. */
#include "app/option_private.h"

#include <string.h>

#include "seatmux/base/yaml.h"

typedef struct {
    SmOptions *options;
    SmYamlDoc *doc;
    SmFindings *findings;
    GHashTable *seen;
} Loader;

static void wrong(Loader *loader, const SmYaml *node, const char *name, const char *why)
{
    sm_findings_error(loader->findings, sm_yaml_file(loader->doc), sm_yaml_line(node),
                      sm_yaml_column(node), "%s: %s", name, why);
}

static void load_list(Loader *loader, int index, const SmYaml *node, const char *name)
{
    g_autoptr(GPtrArray) items = g_ptr_array_new();

    for (guint i = 0; i < sm_yaml_size(node); i++) {
        const char *text = sm_yaml_text(sm_yaml_item(node, i));
        if (text == NULL) {
            wrong(loader, sm_yaml_item(node, i), name, "must be a list of words");
            return;
        }
        g_ptr_array_add(items, (char *)text);
    }
    g_ptr_array_add(items, NULL);
    sm_option_take_list(loader->options, index, g_strdupv((char **)items->pdata));
}

static void load_value(Loader *loader, const char *name, const SmYaml *key, const SmYaml *node)
{
    guint n;
    int index = sm_option_index(name);
    g_autofree char *why = NULL;

    if (index < 0) {
        wrong(loader, key, name, "there is no such option");
        return;
    }
    if (!g_hash_table_add(loader->seen, g_strdup(name))) {
        wrong(loader, key, name, "given twice");
        return;
    }
    if (sm_option_table(&n)[index].type == SM_OPTION_LIST && sm_yaml_kind(node) == SM_YAML_LIST)
        load_list(loader, index, node, name);
    else if (sm_yaml_text(node) == NULL)
        wrong(loader, node, name, "must be one value");
    else if (!sm_option_take(loader->options, index, sm_yaml_text(node), &why))
        wrong(loader, node, name, why);
}

static void load_entries(Loader *loader, const char *prefix, const SmYaml *map)
{
    for (guint i = 0; i < sm_yaml_size(map); i++) {
        const SmYaml *key = sm_yaml_key(map, i), *node = sm_yaml_item(map, i);
        g_autofree char *name = g_strconcat(prefix, sm_yaml_text(key), NULL);
        if (*prefix == '\0' && g_str_equal(name, "profiles"))
            continue;
        if (*prefix == '\0' && sm_yaml_kind(node) == SM_YAML_MAP && sm_option_index(name) < 0) {
            g_autofree char *nested = g_strconcat(name, ".", NULL);
            load_entries(loader, nested, node);
        } else {
            load_value(loader, name, key, node);
        }
    }
}

static void load_profile(Loader *loader, const char *name, const SmYaml *node)
{
    SmYamlMap *map = sm_yaml_map(loader->doc, node, "a profile", loader->findings);
    SmProfile *profile = g_new0(SmProfile, 1);
    SmYaml *command = sm_yaml_map_node(map, "password_command");

    profile->name = g_strdup(name);
    profile->server = g_strdup(sm_yaml_map_need(map, "server"));
    profile->agent = g_strdup(sm_yaml_map_str(map, "agent", NULL));
    if (command != NULL) {
        char **argv = sm_yaml_map_strv(map, "password_command");
        profile->password_command = argv != NULL && argv[0] != NULL ? argv : NULL;
        if (profile->password_command == NULL)
            g_strfreev(argv);
    }
    profile->password_file = g_strdup(sm_yaml_map_str(map, "password_file", NULL));
    profile->cafile = g_strdup(sm_yaml_map_str(map, "cafile", NULL));
    profile->pin = g_strdup(sm_yaml_map_str(map, "pin", NULL));
    profile->proxy = g_strdup(sm_yaml_map_str(map, "proxy", NULL));
    sm_yaml_map_end(map);
    if (profile->server != NULL)
        g_ptr_array_add(loader->options->profiles, profile);
    else
        sm_profile_free(profile);
}

static void load_doc(SmOptions *options, SmYamlDoc *doc, SmFindings *findings)
{
    SmYaml *root = doc != NULL ? sm_yaml_root(doc) : NULL;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Loader loader = {options, doc, findings, seen};

    if (root == NULL)
        return;
    if (sm_yaml_kind(root) != SM_YAML_MAP) {
        wrong(&loader, root, "config.yaml", "must be a map of options");
        return;
    }
    load_entries(&loader, "", root);
    SmYaml *profiles = sm_yaml_get(root, "profiles");
    if (profiles == NULL)
        return;
    if (sm_yaml_kind(profiles) != SM_YAML_MAP) {
        wrong(&loader, profiles, "profiles", "must be a map of names");
        return;
    }
    for (guint i = 0; i < sm_yaml_size(profiles); i++)
        load_profile(&loader, sm_yaml_text(sm_yaml_key(profiles, i)), sm_yaml_item(profiles, i));
}

void sm_options_load(SmOptions *options, const char *path, SmFindings *findings)
{
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return;
    g_autoptr(SmYamlDoc) doc = sm_yaml_load(path, findings);
    load_doc(options, doc, findings);
}

void sm_options_parse(SmOptions *options, const char *path, const char *text, gsize n, SmFindings *findings)
{
    g_autoptr(SmYamlDoc) doc = sm_yaml_parse(path, text, n, findings);
    load_doc(options, doc, findings);
}
