/* SPDX-License-Identifier: MIT */
/* check: everything that is wrong with the files people write, as file:line:column or as JSON
 * lines, for editors and git hooks. The readers are those of the program itself. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/findings.h"
#include "seatmux/app/faq.h"
#include "seatmux/base/json.h"
#include "seatmux/base/limits.h"
#include "seatmux/base/paths.h"
#include "seatmux/base/yaml.h"
#include "seatmux/desk/policy.h"
#include "seatmux/sim/curriculum.h"
#include "seatmux/sim/exam.h"
#include "seatmux/sim/manners.h"
#include "seatmux/sim/scenario.h"
#include "seatmux/text/words.h"
#include "seatmux/ui/ui.h"

#define STANDARD_INPUT "-"
#define MOST_DEPTH 16 /* of folders in folders */

/* --- What each kind of file is held against ------------------------------------------------------
 */

static void check_scenario(SmFindings *findings, const char *path)
{
    sm_scenario_free(sm_scenario_load(path, findings));
}

static void check_exam(SmFindings *findings, const char *path)
{
    sm_exam_free(sm_exam_load(path, findings));
}

static void check_curriculum(SmFindings *findings, const char *path)
{
    sm_curriculum_free(sm_curriculum_load(path, findings));
}

static void check_manners(SmFindings *findings, const char *path)
{
    sm_manners_free(sm_manners_load(path, findings));
}

static void check_desk(SmFindings *findings, const char *path)
{
    g_autoptr(SmPolicy) policy = sm_policy_load(path, findings);
    (void)policy;
}

static void check_words(SmFindings *findings, const char *path)
{
    sm_words_free(sm_words_load_file(path, findings));
}

static void check_faq(SmFindings *findings, const char *path)
{
    sm_faq_free(sm_faq_load_file(path, findings));
}

static void check_theme(SmFindings *findings, const char *path)
{
    sm_ui_check_theme(path, findings);
}

/* The shipped map that config.yaml chooses. Caller frees. */
static char *own_map(void)
{
    g_autofree char *config = sm_path_config("config.yaml");
    g_autoptr(SmOptions) options = sm_options_new();
    if (config)
        sm_options_load(options, config, NULL);
    return g_strdup(sm_options_str(options, "keys.map"));
}

static void check_keys(SmFindings *findings, const char *path)
{
    g_autofree char *map = own_map();
    g_autoptr(SmKeymap) keymap = sm_keymap_new(map, NULL);
    sm_keymap_load(keymap, path, findings);
}

static void check_config(SmFindings *findings, const char *path)
{
    g_autoptr(SmOptions) options = sm_options_new();
    sm_options_load(options, path, findings);
}

/* The keys that are in force: the shipped map, then keys.yaml. */
static SmKeymap *own_keymap(void)
{
    g_autofree char *map = own_map(), *keys = sm_path_config("keys.yaml");
    SmKeymap *keymap = sm_keymap_new(map, NULL);
    if (keys && g_file_test(keys, G_FILE_TEST_EXISTS))
        sm_keymap_load(keymap, keys, NULL);
    return keymap;
}

/* Packs are read folder by folder, as a layer; `only` (may be NULL) is the file that is asked
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

static void check_pack(SmFindings *findings, const char *path)
{
    g_autofree char *directory = g_path_get_dirname(path), *name = g_path_get_basename(path);
    g_autofree char *as_found = g_build_filename(directory, name, NULL);
    const char *directories[] = {directory, NULL};
    check_packs(findings, directories, as_found);
}

/* --- Which kind a file is ------------------------------------------------------------------------
 */

typedef struct {
    const char *name; /* of --as and of "kind" in JSON */
    const char *file; /* a file of this name is one; NULL: any name */
    const char *key;  /* the first level of its YAML has this key; NULL: see says() */
    void (*check)(SmFindings *findings, const char *path);
} Kind;

#define KIND_NAMES "config, keys, desk, pack, faq, theme, words, scenario, exam, curriculum or manners"
static const Kind KINDS[] = {
    {"theme", NULL, "theme", check_theme},   {"config", "config.yaml", NULL, check_config},
    {"keys", "keys.yaml", NULL, check_keys}, {"desk", "desk.yaml", "inboxes", check_desk},
    {"pack", NULL, "pack", check_pack},      {"faq", NULL, "faq", check_faq},
         {"scenario", NULL, "scenario", check_scenario},
    {"exam", NULL, "exam", check_exam},      {"words", NULL, "words", check_words},
    {"curriculum", NULL, "curriculum", check_curriculum}, {"manners", NULL, "manners", check_manners},
};

/* The names of settings and of contexts say what a file without a kind of its own is. */
static gboolean says(const Kind *kind, const SmYaml *root)
{
    if (kind->key)
        return sm_yaml_get(root, kind->key) != NULL;
    if (g_str_equal(kind->name, "keys")) {
        for (int context = 0; context < SM_CONTEXTS; context++)
            if (sm_yaml_get(root, sm_context_name((SmContext)context)))
                return TRUE;
        return FALSE;
    }
    guint n;
    const SmOption *options = sm_option_table(&n);
    for (guint i = 0; i < n; i++)
        if (sm_yaml_get(root, options[i].name) && !g_str_equal(options[i].name, "theme"))
            return TRUE;
    return sm_yaml_get(root, "profiles") != NULL;
}

/* The last that fits: what has settings beside `theme` is a configuration, not a theme. */
static const Kind *kind_of(const char *path, const SmYaml *root)
{
    g_autofree char *name = g_path_get_basename(path);
    for (guint i = 0; i < G_N_ELEMENTS(KINDS); i++)
        if (KINDS[i].file && g_str_equal(name, KINDS[i].file))
            return &KINDS[i];
    for (guint i = G_N_ELEMENTS(KINDS); root && i > 0; i--)
        if (says(&KINDS[i - 1], root))
            return &KINDS[i - 1];
    return NULL;
}

static const Kind *kind_named(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(KINDS); i++)
        if (g_str_equal(name, KINDS[i].name))
            return &KINDS[i];
    return NULL;
}

/* --- A run
 * ---------------------------------------------------------------------------------------- */

typedef struct {
    gboolean json;
    const Kind *as; /* NULL: by name and content */
    guint errors;
    gboolean could_not; /* something could not be read at all */
} Run;

static void print_json(const SmFinding *f, const char *file, const char *kind)
{
    g_autofree char *shown = g_utf8_make_valid(file, -1), *words = g_utf8_make_valid(f->text, -1);
    g_autoptr(json_t) json = json_pack(
        "{s:s, s:i, s:i, s:s, s:s, s:s}", "file", shown, "line", f->line, "column", f->column,
        "severity", f->warning ? "warning" : "error", "kind", kind, "message", words);
    g_autofree char *line = sm_json_plain(json);
    puts(line);
}

/* In order of place, and a file that stands for standard input by the name `instead`; NULL: its
 * own. */
static void tell(Run *run, const SmFindings *findings, const char *kind, const char *instead)
{
    g_autoptr(GPtrArray) sorted = sm_cli_sort_findings(findings);
    for (guint i = 0; i < sorted->len; i++) {
        SmFinding f = *(const SmFinding *)sorted->pdata[i];
        if (instead)
            f.file = (char *)instead;
        if (run->json) {
            print_json(&f, f.file ? f.file : "", kind);
        } else {
            g_autofree char *line = sm_finding_format(&f);
            sm_cli_puts(stdout, line);
        }
    }
    run->errors += sm_findings_errors(findings);
}

static gboolean readable(Run *run, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd >= 0) {
        close(fd);
        return TRUE;
    }
    g_autofree char *shown = g_filename_display_name(path);
    sm_cli_error("seatmux: %s: %s\n", shown, g_strerror(errno));
    run->could_not = TRUE;
    return FALSE;
}

static void check_file(Run *run, const char *path, gboolean found, const char *instead)
{
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmFindings) syntax = sm_findings_new();
    if (!readable(run, path))
        return;
    g_autoptr(SmYamlDoc) doc = sm_yaml_load(path, syntax);
    const SmYaml *root = doc ? sm_yaml_root(doc) : NULL;
    gboolean map = root && sm_yaml_kind(root) == SM_YAML_MAP;
    const Kind *kind = run->as ? run->as : kind_of(path, map ? root : NULL);
    if (!doc)
        sm_findings_move(findings, syntax); /* the reader would say the same */
    else if (kind)
        kind->check(findings, path);
    else if (found)
        sm_findings_warn(findings, path, 1, 1, "not looked at: nothing says what this is for");
    else if (!map)
        sm_findings_error(findings, path, 1, 1, "must be a map (key: value)");
    else
        sm_findings_error(findings, path, 1, 1,
                          "can't tell what this is for: config.yaml, keys.yaml, desk.yaml, or a "
                          "file with pack:, theme:, words:, "
                          "scenario:, exam:, curriculum: or manners: (or say it with --as)");
    tell(run, findings, kind ? kind->name : "unknown", instead);
}

/* The readers want a file with a name; what comes in is kept in one that nobody else sees. */
static void check_input(Run *run)
{
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("seatmux-check-XXXXXX.yaml", &path, NULL);
    char block[65536];
    gsize total = 0, n = 0;
    gboolean ok = fd >= 0;
    while (ok && (n = fread(block, 1, sizeof block, stdin)) > 0 && total <= SM_MAX_YAML_BYTES) {
        ok = write(fd, block, n) == (ssize_t)n;
        total += n;
    }
    if (fd >= 0)
        close(fd);
    if (ok && !ferror(stdin)) {
        check_file(run, path, FALSE, STANDARD_INPUT);
    } else {
        sm_cli_error("seatmux: standard input: %s\n", g_strerror(errno));
        run->could_not = TRUE;
    }
    if (path)
        unlink(path);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Every YAML file below, in order of name; links to folders are not followed. */
static void check_folder(Run *run, const char *folder, int depth)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) dir = readable(run, folder) ? g_dir_open(folder, 0, NULL) : NULL;
    const char *name;
    while (dir && (name = g_dir_read_name(dir)))
        if (*name != '.')
            g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, by_name);
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *path = g_build_filename(folder, names->pdata[i], NULL);
        gboolean is_folder = g_file_test(path, G_FILE_TEST_IS_DIR);
        if (is_folder && depth < MOST_DEPTH && !g_file_test(path, G_FILE_TEST_IS_SYMLINK))
            check_folder(run, path, depth + 1);
        else if (!is_folder && (g_str_has_suffix(path, ".yaml") || g_str_has_suffix(path, ".yml")))
            check_file(run, path, TRUE, NULL);
    }
}

/* Takes the path over; one that is not there is fine. */
static void check_if_there(Run *run, char *path)
{
    if (path && g_file_test(path, G_FILE_TEST_IS_DIR))
        check_folder(run, path, 0);
    else if (path && g_file_test(path, G_FILE_TEST_EXISTS))
        check_file(run, path, TRUE, NULL);
    g_free(path);
}

/* All there is: the user's own, and the shipped ones under them. */
static void check_all(Run *run)
{
    g_autofree char *shipped = sm_path_shipped("quickreplies"),
                    *own = sm_path_config("quickreplies");
    const char *directories[] = {shipped ? shipped : own, shipped ? own : NULL, NULL};
    g_autoptr(SmFindings) packs = sm_findings_new(), words = sm_findings_new();
    check_if_there(run, sm_path_config("config.yaml"));
    check_if_there(run, sm_path_config("keys.yaml"));
    check_packs(packs, directories, NULL);
    tell(run, packs, "pack", NULL);
    check_if_there(run, sm_path_shipped("themes"));
    check_if_there(run, sm_path_config("themes"));
    sm_words_free(sm_words_load_all(words));
    tell(run, words, "words", NULL);
    check_if_there(run, sm_path_shipped("scenarios"));
    check_if_there(run, sm_path_config("scenarios"));
    check_if_there(run, sm_path_shipped("exams"));
    check_if_there(run, sm_path_config("exams"));
    check_if_there(run, sm_path_shipped("curricula"));
    check_if_there(run, sm_path_config("curricula"));
    check_if_there(run, sm_path_shipped("manners"));
    check_if_there(run, sm_path_config("manners"));
}

static void check_named(Run *run, const char *path)
{
    if (g_str_equal(path, STANDARD_INPUT))
        check_input(run);
    else if (g_file_test(path, G_FILE_TEST_IS_DIR))
        check_folder(run, path, 0);
    else
        check_file(run, path, FALSE, NULL);
}

int sm_cli_check(int argc, char **argv)
{
    Run run = {0};
    g_autofree char *as = NULL;
    const GOptionEntry entries[] = {
        {"json", 0, 0, G_OPTION_ARG_NONE, &run.json, "a finding a line, as JSON", NULL},
        {"as", 0, 0, G_OPTION_ARG_STRING, &as,
         KIND_NAMES " (default: by name and content)", "KIND"},
        G_OPTION_ENTRY_NULL};
    g_autoptr(GOptionContext) context = g_option_context_new(
        "[PATH ...] - what is wrong with configuration, keys, themes, packs, word lists, scenarios, exams and curricula");
    g_option_context_add_main_entries(context, entries, NULL);
    g_autoptr(GError) error = NULL;
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        sm_cli_error("seatmux: %s\n", error->message);
        return 2;
    }
    run.as = as ? kind_named(as) : NULL;
    if (as && (!run.as || argc == 1)) {
        sm_cli_error("seatmux: --as " KIND_NAMES ", and a file\n");
        return 2;
    }
    sm_cli_locale(NULL);
    if (argc == 1)
        check_all(&run);
    for (int i = 1; i < argc; i++)
        check_named(&run, argv[i]);
    if (fflush(stdout) != 0)
        run.could_not = TRUE;
    return run.could_not ? 2 : run.errors > 0;
}
