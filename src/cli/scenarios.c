/* SPDX-License-Identifier: MIT */
#include "cli/scenarios.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/findings.h"
#include "seatmux/base/json.h"
#include "seatmux/base/paths.h"
#include "seatmux/text/sanitise.h"

#define FIRST "first-shift"
#define SUFFIX ".yaml"

SmScenario *sm_cli_load_scenario(const char *name)
{
    if (!name)
        name = FIRST;
    g_autofree char *path = sm_path_named("scenarios", name, NULL);
    g_autoptr(SmFindings) findings = sm_findings_new();
    SmScenario *scenario = sm_scenario_load(path, findings);
    sm_cli_print_findings(stderr, findings);
    if (!scenario)
        sm_cli_error("seatmux: no usable scenario '%s'; seatmux practice --list names them\n", name);
    return scenario;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_names(GPtrArray *names, const char *directory)
{
    g_autoptr(GDir) dir = directory ? g_dir_open(directory, 0, NULL) : NULL;
    const char *file;
    while (dir && (file = g_dir_read_name(dir))) {
        g_autofree char *name = g_strndup(file, strlen(file) - MIN(strlen(file), strlen(SUFFIX)));
        if (g_str_has_suffix(file, SUFFIX) && *name && !g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
            g_ptr_array_add(names, g_steal_pointer(&name));
    }
}

static json_t *languages_of(const SmScenario *scenario)
{
    json_t *languages = json_array();
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < scenario->dialogues->len; i++) {
        char *language = ((SmDialogue *)scenario->dialogues->pdata[i])->language;
        if (g_hash_table_add(seen, language))
            json_array_append_new(languages, json_string(language));
    }
    return languages;
}

/* A file that can't be used is named too, so that nobody looks for it in vain. */
static void print_json(const char *name, const char *language)
{
    gboolean own;
    g_autofree char *path = sm_path_named("scenarios", name, &own);
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmScenario) s = sm_scenario_load(path, findings);
    g_autoptr(json_t) row = json_pack("{s:s, s:s?, s:o?, s:s?, s:o, s:b, s:s, s:b}", "name", name, "title",
                                      s ? sm_phrase_in(s->title, language) : NULL, "titles",
                                      s ? sm_phrase_json(s->title) : json_null(), "about",
                                      s ? sm_phrase_in(s->about, language) : NULL, "languages", s ? languages_of(s) : json_array(),
                                      "own", own, "path", path, "usable", s != NULL);
    g_autofree char *line = row ? sm_json_plain(row) : NULL;
    if (line)
        printf("%s\n", line);
}

/* Name and title, apart by two blanks at least. */
static void print_title(const char *name, int columns, const char *language)
{
    g_autofree char *path = sm_path_named("scenarios", name, NULL);
    g_autoptr(SmFindings) unseen = sm_findings_new();
    g_autoptr(SmScenario) s = sm_scenario_load(path, unseen);
    g_autoptr(SmSafe) title = sm_safe_line(s ? sm_phrase_in(s->title, language) : _("can't be used; seatmux check says why"), -1);
    printf("%-*s  %s\n", columns, name, sm_safe_str(title));
}

int sm_cli_list_scenarios(gboolean json, const char *language)
{
    language = sm_cli_language(language);
    int columns = 0;
    g_autofree char *mine = sm_path_config("scenarios"), *shipped = sm_path_shipped("scenarios");
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    add_names(names, mine);
    add_names(names, shipped);
    g_ptr_array_sort(names, by_name);
    for (guint i = 0; i < names->len; i++)
        columns = MAX(columns, (int)strlen(names->pdata[i]));
    for (guint i = 0; i < names->len; i++) {
        if (json)
            print_json(names->pdata[i], language);
        else
            print_title(names->pdata[i], columns, language);
    }
    return ferror(stdout) || fflush(stdout) ? 1 : 0;
}
