/* SPDX-License-Identifier: MIT */
/* check: everything that is wrong with the files people write, as file:line:column, for editors and
 * git hooks. The readers are those of the program itself. */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/findings.h"
#include "seatmux/base/paths.h"
#include "seatmux/base/yaml.h"
#include "seatmux/sim/scenario.h"
#include "seatmux/ui/ui.h"

static void check_scenario(SmFindings *findings, const char *path)
{
    sm_scenario_free(sm_scenario_load(path, findings));
}

static void check_theme(SmFindings *findings, const char *path)
{
    sm_ui_check_theme(path, findings);
}

static void check_keys(SmFindings *findings, const char *path, const char *map)
{
    g_autoptr(SmKeymap) keymap = sm_keymap_new(map, NULL);
    sm_keymap_load(keymap, path, findings);
}

static void check_config(SmFindings *findings, const char *path)
{
    g_autoptr(SmOptions) options = sm_options_new();
    sm_options_load(options, path, findings);
}

/* The keys that are in force: the shipped map chosen in config.yaml, then keys.yaml. */
static SmKeymap *own_keymap(void)
{
    g_autofree char *config = sm_path_config("config.yaml"), *keys = sm_path_config("keys.yaml");
    g_autoptr(SmOptions) options = sm_options_new();
    g_autoptr(SmFindings) said_elsewhere = sm_findings_new();
    if (config)
        sm_options_load(options, config, said_elsewhere);
    SmKeymap *keymap = sm_keymap_new(sm_options_str(options, "keys.map"), said_elsewhere);
    if (keys && g_file_test(keys, G_FILE_TEST_EXISTS))
        sm_keymap_load(keymap, keys, said_elsewhere);
    return keymap;
}

/* Packs are read directory by directory, as a layer; `only` (may be NULL) is the file that is asked
 * about. */
static void check_packs(SmFindings *findings, const char *const *directories, const char *only)
{
    g_autoptr(SmFindings) found = sm_findings_new();
    g_autoptr(SmReplies) replies = sm_replies_load(directories, found);
    g_autoptr(SmKeymap) keymap = own_keymap();
    if (replies)
        sm_replies_check_keys(replies, keymap, found);
    for (guint i = 0; i < sm_findings_count(found); i++) {
        const SmFinding *f = sm_findings_at(found, i);
        if (only && g_strcmp0(f->file, only) != 0)
            continue;
        if (f->warning)
            sm_findings_warn(findings, f->file, f->line, f->column, "%s", f->text);
        else
            sm_findings_error(findings, f->file, f->line, f->column, "%s", f->text);
    }
}

/* What a file is for is said by its name or its first words. */
static void check_file(SmFindings *findings, const char *path)
{
    g_autofree char *name = g_path_get_basename(path);
    g_autoptr(SmFindings) ignored = sm_findings_new();
    g_autoptr(SmYamlDoc) doc = sm_yaml_load(path, ignored);
    const SmYaml *root = doc ? sm_yaml_root(doc) : NULL;
    gboolean map = root && sm_yaml_kind(root) == SM_YAML_MAP;
    if (g_str_equal(name, "keys.yaml")) {
        check_keys(findings, path, NULL);
    } else if (g_str_equal(name, "config.yaml")) {
        check_config(findings, path);
    } else if (!map) {
        sm_findings_move(findings, ignored);
        if (doc)
            sm_findings_error(findings, path, 1, 1, "must be a map (key: value)");
    } else if (sm_yaml_get(root, "scenario")) {
        check_scenario(findings, path);
    } else if (sm_yaml_get(root, "theme")) {
        check_theme(findings, path);
    } else if (sm_yaml_get(root, "pack")) {
        g_autofree char *directory = g_path_get_dirname(path);
        g_autofree char *as_found = g_build_filename(directory, name, NULL);
        const char *directories[] = {directory, NULL};
        check_packs(findings, directories, as_found);
    } else {
        sm_findings_error(
            findings, path, 1, 1,
            "can't tell what this is for: config.yaml, keys.yaml, or a file that begins with "
            "pack:, theme: or scenario:");
    }
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void check_each(SmFindings *findings, char *directory,
                       void (*one)(SmFindings *findings, const char *path))
{
    g_autoptr(GDir) dir = directory ? g_dir_open(directory, 0, NULL) : NULL;
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    const char *name;
    while (dir && (name = g_dir_read_name(dir)))
        if (g_str_has_suffix(name, ".yaml"))
            g_ptr_array_add(paths, g_build_filename(directory, name, NULL));
    g_ptr_array_sort(paths, by_name);
    for (guint i = 0; i < paths->len; i++)
        one(findings, paths->pdata[i]);
    g_free(directory);
}

/* All there is: the user's own, and the shipped ones under them. */
static void check_all(SmFindings *findings)
{
    g_autofree char *config = sm_path_config("config.yaml"), *keys = sm_path_config("keys.yaml");
    g_autofree char *shipped = sm_path_shipped("quickreplies"),
                    *own = sm_path_config("quickreplies");
    g_autoptr(SmOptions) options = sm_options_new();
    const char *directories[] = {shipped ? shipped : own, shipped ? own : NULL, NULL};
    if (config && g_file_test(config, G_FILE_TEST_EXISTS)) {
        g_autoptr(SmFindings) twice = sm_findings_new();
        sm_options_load(options, config, twice);
        check_config(findings, config);
    }
    if (keys && g_file_test(keys, G_FILE_TEST_EXISTS))
        check_keys(findings, keys, sm_options_str(options, "keys.map"));
    check_packs(findings, directories, NULL);
    check_each(findings, sm_path_shipped("themes"), check_theme);
    check_each(findings, sm_path_config("themes"), check_theme);
    check_each(findings, sm_path_shipped("scenarios"), check_scenario);
    check_each(findings, sm_path_config("scenarios"), check_scenario);
}

int sm_cli_check(int argc, char **argv)
{
    const GOptionEntry none[] = {G_OPTION_ENTRY_NULL};
    g_autoptr(GOptionContext) context = g_option_context_new(
        "[FILE ...] - what is wrong with configuration, keys, themes, packs and scenarios");
    g_option_context_add_main_entries(context, none, NULL);
    g_autoptr(GError) error = NULL;
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        fprintf(stderr, "seatmux: %s\n", error->message);
        return 2;
    }
    sm_cli_locale(NULL);
    g_autoptr(SmFindings) findings = sm_findings_new();
    if (argc == 1)
        check_all(findings);
    for (int i = 1; i < argc; i++) {
        if (g_file_test(argv[i], G_FILE_TEST_IS_DIR))
            check_each(findings, g_strdup(argv[i]), check_file);
        else
            check_file(findings, argv[i]);
    }
    sm_cli_print_findings(stdout, findings);
    return sm_findings_errors(findings) ? 1 : 0;
}
