/* SPDX-License-Identifier: MIT */
/* keymap_load: keys.yaml.
 *
 *     leader: C-b                    # instead of C-x
 *     agent:
 *       C-n: chat-next-urgent
 *       C-x g: chat-list
 *       M-a: null                    # unbound */
#include "app/keymap_private.h"

#include <string.h>

#include "seatmux/base/yaml.h"

const char *sm_keymap_never_arrives(SmKey key)
{
    static const struct {
        const char *name;
        const char *why;
    } never[] = {
        {"C-s", "terminals stop their output on it"},
        {"C-q", "terminals start their output again on it"},
        {"C-z", "the shell suspends on it"},
        {"C-v", "terminals paste or quote with it"},
        {"C-b", "tmux takes it"},
        {"C-p", "docker waits for Ctrl-Q after it"},
        {"C-Space", "input methods take it"},
        {"C-]", "telnet takes it"},
        {"C-\\", "the terminal sends a signal on it"},
        {"C-^", "many keyboards can't type it"},
        {"S-Insert", "terminals paste with it"},
        {"S-PgUp", "terminals scroll with it"},
        {"S-PgDn", "terminals scroll with it"},
        {"F11", "windows go full screen on it"},
        {"F10", "window menus open on it"},
        {"M-F4", "windows close on it"},
        {"M-Tab", "desktops switch windows on it"},
        {"C-Tab", "it arrives as Tab"},
        {"C-S-Tab", "it arrives as Shift-Tab"},
        {"C-Enter", "it arrives as Enter"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(never); i++) {
        SmKey known;
        if (sm_key_parse(never[i].name, &known) && known == key)
            return never[i].why;
    }
    return NULL;
}

typedef struct {
    SmKeymap *keymap;
    SmFindings *findings;
    const char *file; /* as long as the map lives */
    GHashTable *seen; /* "context keys" of this file */
} Loader;

static void load_binding(Loader *loader, SmContext context, const SmYaml *key, const SmYaml *value)
{
    int line = sm_yaml_line(key), column = sm_yaml_column(key);
    const char *name = sm_yaml_text(key), *command = sm_yaml_text(value);
    SmKey keys[SM_KEY_SEQUENCE];
    g_autofree char *why = NULL;

    if (name == NULL || command == NULL) {
        sm_findings_error(loader->findings, loader->file, line, column,
                          "a key is bound to one command");
        return;
    }
    guint n = sm_key_parse_sequence(name, keys, SM_KEY_SEQUENCE);
    if (n == 0) {
        sm_findings_error(loader->findings, loader->file, line, column, "'%s' names no key", name);
        return;
    }
    g_autofree char *canonical = sm_key_format_sequence(keys, n);
    char *place = g_strdup_printf("%d %s", (int)context, canonical);
    if (!g_hash_table_add(loader->seen, place)) {
        sm_findings_error(loader->findings, loader->file, line, column, "%s is bound twice",
                          canonical);
        return;
    }
    gboolean unbind = !sm_yaml_quoted(value) && (*command == '\0' || g_str_equal(command, "null") ||
                                                 g_str_equal(command, "~"));
    if (!unbind && *command != '\0') {
        g_autofree char *action = g_strndup(command, strcspn(command, " "));
        if (sm_action_find(action) == NULL) {
            sm_findings_error(loader->findings, loader->file, sm_yaml_line(value),
                              sm_yaml_column(value), "there is no command '%s'", action);
            return;
        }
    }
    for (guint i = 0; !unbind && i < n; i++) {
        const char *reason = sm_keymap_never_arrives(keys[i]);
        g_autofree char *shown = sm_key_display(keys[i]);
        if (reason != NULL)
            sm_findings_warn(loader->findings, loader->file, line, column,
                             "%s may never arrive: %s", shown, reason);
    }
    if (!sm_keymap_bind_keys(loader->keymap, context, keys, n, unbind ? NULL : command,
                             loader->file, &why))
        sm_findings_error(loader->findings, loader->file, line, column, "%s can't be bound: %s",
                          canonical, why);
}

static void load_context(Loader *loader, SmContext context, const SmYaml *node)
{
    if (sm_yaml_kind(node) != SM_YAML_MAP) {
        sm_findings_error(loader->findings, loader->file, sm_yaml_line(node), sm_yaml_column(node),
                          "%s: must be a map of keys to commands", sm_context_name(context));
        return;
    }
    for (guint i = 0; i < sm_yaml_size(node); i++)
        load_binding(loader, context, sm_yaml_key(node, i), sm_yaml_item(node, i));
}

static void load_leader(Loader *loader, const SmYaml *node)
{
    SmKey leader;
    const char *name = sm_yaml_text(node);

    if (name == NULL || !sm_key_parse(name, &leader) || sm_key_char(leader) != 0) {
        sm_findings_error(loader->findings, loader->file, sm_yaml_line(node), sm_yaml_column(node),
                          "leader: must be one key that types nothing, as C-x");
        return;
    }
    if (leader != sm_key('x', SM_MOD_CTRL)) {
        for (int context = 0; context < SM_CONTEXTS; context++)
            sm_keymap_bind_keys(loader->keymap, (SmContext)context, &leader, 1, NULL, NULL, NULL);
        sm_keymap_lead(loader->keymap, leader, TRUE);
    }
}

void sm_keymap_load(SmKeymap *keymap, const char *path, SmFindings *findings)
{
    g_autoptr(SmYamlDoc) doc = sm_yaml_load(path, findings);
    SmYaml *root = doc != NULL ? sm_yaml_root(doc) : NULL;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Loader loader = {keymap, findings, g_string_chunk_insert_const(keymap->strings, path), seen};

    if (root == NULL)
        return;
    if (sm_yaml_kind(root) != SM_YAML_MAP) {
        sm_findings_error(findings, path, sm_yaml_line(root), sm_yaml_column(root),
                          "must be a map of contexts");
        return;
    }
    SmYaml *leader = sm_yaml_get(root, "leader");
    if (leader != NULL)
        load_leader(&loader, leader);
    for (guint i = 0; i < sm_yaml_size(root); i++) {
        const SmYaml *key = sm_yaml_key(root, i);
        int context = 0;
        if (g_strcmp0(sm_yaml_text(key), "leader") == 0)
            continue;
        while (context < SM_CONTEXTS &&
               g_strcmp0(sm_yaml_text(key), sm_context_name((SmContext)context)) != 0)
            context++;
        if (context == SM_CONTEXTS)
            sm_findings_error(
                findings, path, sm_yaml_line(key), sm_yaml_column(key),
                "unknown context '%s' (known: leader, global, agent, list, picker, scroll)",
                sm_yaml_text(key));
        else
            load_context(&loader, (SmContext)context, sm_yaml_item(root, i));
    }
}
