/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "seatmux/base/paths.h"
#include "seatmux/base/yaml.h"
#include "sim/scenario_private.h"

#define MAX_BURST 10
#define NO_MOOD "a mood is calm, friendly, anxious, impatient or upset"
#define MAX_NODES 200 /* of a dialogue: its graph is walked */

static SmMood load_mood(SmYamlMap *map)
{
    SmMood mood = SM_MOOD_CALM;
    const char *name = sm_yaml_map_str(map, "mood", NULL);
    if (name && !sm_mood_parse(name, &mood))
        sm_yaml_map_error(map, "mood", NO_MOOD);
    return mood;
}

static SmPersona *load_persona(const SmYamlDoc *doc, const SmYaml *node, SmFindings *findings)
{
    SmYamlMap *map = sm_yaml_map(doc, node, "persona", findings);
    SmPersona *persona = g_new0(SmPersona, 1);
    persona->id = g_strdup(sm_yaml_map_need(map, "id"));
    persona->weight = (int)sm_yaml_map_int(map, "weight", 1, 1000, 1);
    persona->patience = sm_yaml_map_duration(map, "patience", 45000);
    persona->asks_again = (int)sm_yaml_map_int(map, "asks_again", 0, 20, 2);
    persona->typing = (int)sm_yaml_map_int(map, "typing", 1, 100, 6);
    persona->burst = (int)sm_yaml_map_int(map, "burst", 1, MAX_BURST, 3);
    persona->reads = sm_yaml_map_duration(map, "reads", 2000);
    persona->typo = sm_yaml_map_share(map, "typo", 0.02);
    persona->emoji = sm_yaml_map_share(map, "emoji", 0);
    persona->pastes = sm_yaml_map_share(map, "pastes", 0);
    persona->two_questions = sm_yaml_map_share(map, "two_questions", 0);
    persona->mood = load_mood(map);
    persona->silent = sm_yaml_map_share(map, "silent", 0.1);
    if (persona->patience < 1000)
        sm_yaml_map_error(map, "patience", "patience must be at least 1s");
    sm_yaml_map_end(map);
    return persona;
}

static SmNodeRoute *load_route(const SmYamlDoc *doc, const SmYaml *node, SmFindings *findings)
{
    SmYamlMap *map = sm_yaml_map(doc, node, "route", findings);
    SmNodeRoute *route = g_new0(SmNodeRoute, 1);
    route->any = sm_yaml_map_strv(map, "any");
    route->all = sm_yaml_map_strv(map, "all");
    route->go = g_strdup(sm_yaml_map_need(map, "go"));
    route->mistake = g_strdup(sm_yaml_map_str(map, "mistake", NULL));
    const char *pattern = sm_yaml_map_str(map, "regex", NULL);
    if (pattern) {
        g_autoptr(GError) error = NULL;
        route->pattern = g_regex_new(pattern, G_REGEX_CASELESS, 0, &error);
        if (!route->pattern)
            sm_yaml_map_error(map, "regex", "not a regular expression: %s", error->message);
    }
    sm_yaml_map_end(map);
    return route;
}

/* `say` is a list of variants; a variant is a line, or a list of lines that come in a burst. */
static GPtrArray *load_says(SmYamlMap *map, const char *key)
{
    GPtrArray *says = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    SmYaml *node = sm_yaml_map_node(map, key);
    if (!node) {
        sm_yaml_map_error(map, NULL, "missing '%s'", key);
        return says;
    }
    guint n = sm_yaml_kind(node) == SM_YAML_LIST ? sm_yaml_size(node) : 1;
    for (guint i = 0; i < n; i++) {
        SmYaml *variant = sm_yaml_kind(node) == SM_YAML_LIST ? sm_yaml_item(node, i) : node;
        g_autoptr(GStrvBuilder) lines = g_strv_builder_new();
        guint count = sm_yaml_kind(variant) == SM_YAML_LIST ? sm_yaml_size(variant) : 1;
        if (count > MAX_BURST)
            sm_yaml_map_error(map, key, "a burst has at most %d lines", MAX_BURST);
        for (guint j = 0; j < count && j < MAX_BURST; j++) {
            SmYaml *line = sm_yaml_kind(variant) == SM_YAML_LIST ? sm_yaml_item(variant, j) : variant;
            const char *text = sm_yaml_text(line);
            if (text && *text)
                g_strv_builder_add(lines, text);
            else
                sm_yaml_map_error(map, key, "every line of '%s' is a text", key);
        }
        g_ptr_array_add(says, g_strv_builder_end(lines));
    }
    if (says->len == 0)
        sm_yaml_map_error(map, key, "'%s' is empty", key);
    return says;
}

static SmNode *load_node(const SmYamlDoc *doc, const SmYaml *yaml, SmFindings *findings)
{
    SmYamlMap *map = sm_yaml_map(doc, yaml, "node", findings);
    SmNode *node = g_new0(SmNode, 1);
    node->line = yaml ? sm_yaml_line(yaml) : 0;
    node->id = g_strdup(sm_yaml_map_need(map, "id"));
    node->says = load_says(map, "say");
    node->otherwise = g_strdup(sm_yaml_map_str(map, "otherwise", NULL));
    node->model = sm_yaml_map_strv(map, "model");
    node->routes = g_ptr_array_new_with_free_func((GDestroyNotify)sm_node_route_free);
    SmYaml *routes = sm_yaml_map_node(map, "answers");
    for (guint i = 0; routes && i < sm_yaml_size(routes); i++)
        g_ptr_array_add(node->routes, load_route(doc, sm_yaml_item(routes, i), findings));
    sm_yaml_map_end(map);
    return node;
}

static GHashTable *load_attributes(SmYamlMap *map)
{
    GHashTable *attributes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    SmYaml *node = sm_yaml_map_node(map, "attributes");
    for (guint i = 0; node && sm_yaml_kind(node) == SM_YAML_MAP && i < sm_yaml_size(node); i++) {
        const char *value = sm_yaml_text(sm_yaml_item(node, i));
        if (value)
            g_hash_table_insert(attributes, g_strdup(sm_yaml_text(sm_yaml_key(node, i))),
                                g_strdup(value));
        else
            sm_yaml_map_error(map, "attributes", "attributes are flat: names and texts");
    }
    return attributes;
}

/* What the dialogues of a language have in common; each may say otherwise. */
typedef struct {
    char *language;
    char **names;
    SmLines lines, moods[SM_MOODS];
} Common;

static void load_lines(SmYamlMap *map, SmLines *lines)
{
    lines->again = sm_yaml_map_strv(map, "again");
    lines->thanks = sm_yaml_map_strv(map, "thanks");
    lines->angry = sm_yaml_map_strv(map, "angry");
}

/* `moods: {upset: {opens: [..], again: [..]}}`: each may be left out. */
static void load_moods(const SmYamlDoc *doc, SmYamlMap *map, SmLines *moods, SmFindings *findings)
{
    SmYaml *node = sm_yaml_map_node(map, "moods");
    if (node && sm_yaml_kind(node) != SM_YAML_MAP)
        sm_yaml_map_error(map, "moods", "moods is a map from a mood to its lines");
    for (guint i = 0; node && sm_yaml_kind(node) == SM_YAML_MAP && i < sm_yaml_size(node); i++) {
        SmMood mood;
        const char *name = sm_yaml_text(sm_yaml_key(node, i));
        if (!name || !sm_mood_parse(name, &mood)) {
            sm_yaml_map_error(map, "moods", NO_MOOD);
            continue;
        }
        SmYamlMap *of = sm_yaml_map(doc, sm_yaml_item(node, i), "mood", findings);
        load_lines(of, &moods[mood]);
        moods[mood].opens = sm_yaml_map_strv(of, "opens");
        sm_yaml_map_end(of);
    }
}

static void common_free(Common *common)
{
    g_free(common->language);
    g_strfreev(common->names);
    sm_lines_clear(&common->lines);
    for (int i = 0; i < SM_MOODS; i++)
        sm_lines_clear(&common->moods[i]);
    g_free(common);
}

static GPtrArray *load_common(const SmYamlDoc *doc, SmYaml *node, SmFindings *findings)
{
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)common_free);
    for (guint i = 0; node && sm_yaml_kind(node) == SM_YAML_MAP && i < sm_yaml_size(node); i++) {
        SmYamlMap *map = sm_yaml_map(doc, sm_yaml_item(node, i), "common", findings);
        Common *common = g_new0(Common, 1);
        common->language = g_strdup(sm_yaml_text(sm_yaml_key(node, i)));
        common->names = sm_yaml_map_strv(map, "names");
        load_lines(map, &common->lines);
        load_moods(doc, map, common->moods, findings);
        sm_yaml_map_end(map);
        g_ptr_array_add(all, common);
    }
    return all;
}

static void take(char ***lines, char **common)
{
    if ((*lines && (*lines)[0]) || !common || !common[0])
        return;
    g_strfreev(*lines);
    *lines = g_strdupv(common);
}

static void take_lines(SmLines *lines, const SmLines *common)
{
    take(&lines->opens, common->opens);
    take(&lines->again, common->again);
    take(&lines->thanks, common->thanks);
    take(&lines->angry, common->angry);
}

static void fill_in(SmDialogue *dialogue, const GPtrArray *common)
{
    for (guint i = 0; i < common->len; i++) {
        const Common *c = common->pdata[i];
        if (g_strcmp0(c->language, dialogue->language) != 0)
            continue;
        take(&dialogue->names, c->names);
        take_lines(&dialogue->lines, &c->lines);
        for (int mood = 0; mood < SM_MOODS; mood++)
            take_lines(&dialogue->moods[mood], &c->moods[mood]);
    }
}

static SmDialogue *load_dialogue(const SmYamlDoc *doc, const SmYaml *yaml, const GPtrArray *common,
                                 SmFindings *findings)
{
    SmYamlMap *map = sm_yaml_map(doc, yaml, "dialogue", findings);
    SmDialogue *dialogue = g_new0(SmDialogue, 1);
    dialogue->id = g_strdup(sm_yaml_map_need(map, "id"));
    dialogue->language = g_strdup(sm_yaml_map_need(map, "language"));
    dialogue->inbox = g_strdup(sm_yaml_map_str(map, "inbox", NULL));
    dialogue->weight = (int)sm_yaml_map_int(map, "weight", 1, 1000, 1);
    dialogue->names = sm_yaml_map_strv(map, "names");
    dialogue->orders = sm_yaml_map_strv(map, "orders");
    dialogue->attributes = load_attributes(map);
    load_lines(map, &dialogue->lines);
    load_moods(doc, map, dialogue->moods, findings);
    dialogue->nodes = g_ptr_array_new_with_free_func((GDestroyNotify)sm_node_free);
    SmYaml *nodes = sm_yaml_map_node(map, "nodes");
    if (nodes && sm_yaml_size(nodes) > MAX_NODES)
        sm_yaml_map_error(map, "nodes", "a dialogue has at most %d nodes", MAX_NODES);
    for (guint i = 0; nodes && i < MIN(sm_yaml_size(nodes), MAX_NODES); i++)
        g_ptr_array_add(dialogue->nodes, load_node(doc, sm_yaml_item(nodes, i), findings));
    if (dialogue->nodes->len == 0)
        sm_yaml_map_error(map, "nodes", "a dialogue has at least one node");
    fill_in(dialogue, common);
    const struct {
        const char *key;
        char **lines;
    } needed[] = {{"names", dialogue->names},
                  {"again", dialogue->lines.again},
                  {"thanks", dialogue->lines.thanks},
                  {"angry", dialogue->lines.angry}};
    for (guint i = 0; i < G_N_ELEMENTS(needed); i++)
        if (!needed[i].lines[0])
            sm_yaml_map_error(map, needed[i].key, "'%s' needs at least one text", needed[i].key);
    sm_yaml_map_end(map);
    if (dialogue->nodes->len)
        sm_dialogue_lint(sm_yaml_file(doc), dialogue, findings);
    return dialogue;
}

static void load_curve(const SmYamlDoc *doc, SmYaml *list, SmScenario *scenario, SmFindings *findings)
{
    for (guint i = 0; list && i < sm_yaml_size(list); i++) {
        SmYamlMap *map = sm_yaml_map(doc, sm_yaml_item(list, i), "stretch", findings);
        SmStretch stretch = {.lasts = sm_yaml_map_duration(map, "for", 0)};
        const char *rate = sm_yaml_map_need(map, "rate");
        if (stretch.lasts <= 0)
            sm_yaml_map_error(map, "for", "a stretch lasts for a time like 30m");
        if (rate && !sm_rate_parse(rate, &stretch.per_minute))
            sm_yaml_map_error(map, "rate", "a rate is like 20/min, 100/h or 3/s");
        g_array_append_val(scenario->curve, stretch);
        sm_yaml_map_end(map);
    }
}

static void load_arrivals(const SmYamlDoc *doc, SmYaml *node, SmScenario *scenario, SmFindings *findings)
{
    SmYamlMap *map = sm_yaml_map(doc, node, "arrivals", findings);
    const char *rate = sm_yaml_map_str(map, "rate", "6/min");
    if (!sm_rate_parse(rate, &scenario->per_minute))
        sm_yaml_map_error(map, "rate", "a rate is like 20/min, 100/h or 3/s");
    scenario->at_once = (int)sm_yaml_map_int(map, "at_once", 0, 10000, 0);
    scenario->total = (int)sm_yaml_map_int(map, "total", 0, 1000000, 0);
    load_curve(doc, sm_yaml_map_node(map, "curve"), scenario, findings);
    g_auto(GStrv) first = sm_yaml_map_strv(map, "first");
    scenario->n_first = g_strv_length(first);
    scenario->first = g_new0(int64_t, scenario->n_first + 1);
    for (guint i = 0; i < scenario->n_first; i++)
        if (!sm_duration_parse(first[i], &scenario->first[i]))
            sm_yaml_map_error(map, "first", "'first' lists instants like 0s, 4s, 1m");
    sm_yaml_map_end(map);
}

void sm_goals_load(const SmYamlDoc *doc, SmYaml *node, SmGoals *goals, SmFindings *findings)
{
    if (!node)
        return;
    SmYamlMap *map = sm_yaml_map(doc, node, "goals", findings);
    goals->thanked = sm_yaml_map_share(map, "thanked", goals->thanked);
    goals->within = sm_yaml_map_share(map, "within", goals->within);
    goals->first_response = sm_yaml_map_duration(map, "first_response", goals->first_response);
    goals->response = sm_yaml_map_duration(map, "response", goals->response);
    goals->mistakes = (int)sm_yaml_map_int(map, "mistakes", 0, 1000000, goals->mistakes);
    sm_yaml_map_end(map);
}

static void take_all(GPtrArray *to, GPtrArray *from)
{
    g_ptr_array_set_free_func(from, NULL);
    for (guint i = 0; i < from->len; i++)
        g_ptr_array_add(to, from->pdata[i]);
}

/* Beside this file, else among the shipped ones. */
static char *path_of(const char *file, const char *name)
{
    g_autofree char *folder = g_path_get_dirname(file), *base = g_strconcat(name, ".yaml", NULL);
    char *path = g_build_filename(folder, base, NULL);
    g_autofree char *shipped = g_file_test(path, G_FILE_TEST_EXISTS) ? NULL : sm_path_shipped("scenarios");
    if (!shipped)
        return path;
    g_free(path);
    return g_build_filename(shipped, base, NULL);
}

static SmScenario *load(const char *path, gboolean includes, SmFindings *findings);

/* The customers of other files: their dialogues, and their personas where this file has none. */
static void load_includes(SmYamlMap *map, const char *path, SmScenario *scenario, SmFindings *findings)
{
    g_auto(GStrv) names = sm_yaml_map_strv(map, "include");
    gboolean own = scenario->personas->len > 0;
    for (guint i = 0; names[i]; i++) {
        if (strchr(names[i], '/')) {
            sm_yaml_map_error(map, "include", "'%s' is no name of a scenario", names[i]);
            continue;
        }
        g_autofree char *other_path = path_of(path, names[i]);
        g_autoptr(SmScenario) other = load(other_path, FALSE, findings);
        if (!other) {
            sm_yaml_map_error(map, "include", "'%s' can't be used", names[i]);
            continue;
        }
        take_all(scenario->dialogues, other->dialogues);
        if (!own)
            take_all(scenario->personas, other->personas);
    }
}

static void load_people(SmYamlMap *map, const SmYamlDoc *doc, SmScenario *scenario, SmFindings *findings)
{
    SmYaml *personas = sm_yaml_map_node(map, "personas");
    for (guint i = 0; personas && i < sm_yaml_size(personas); i++)
        g_ptr_array_add(scenario->personas, load_persona(doc, sm_yaml_item(personas, i), findings));
    g_autoptr(GPtrArray) common = load_common(doc, sm_yaml_map_node(map, "common"), findings);
    SmYaml *dialogues = sm_yaml_map_node(map, "dialogues");
    for (guint i = 0; dialogues && i < sm_yaml_size(dialogues); i++)
        g_ptr_array_add(scenario->dialogues, load_dialogue(doc, sm_yaml_item(dialogues, i), common, findings));
}

static SmScenario *new_scenario(const char *path)
{
    SmScenario *scenario = g_new0(SmScenario, 1);
    scenario->id = sm_path_stem(path);
    /* What a file that asks for nothing is held against. */
    scenario->goals = (SmGoals){.thanked = 0.8, .within = 0.8, .first_response = -1, .response = -1, .mistakes = -1};
    scenario->curve = g_array_new(FALSE, FALSE, sizeof(SmStretch));
    scenario->personas = g_ptr_array_new_with_free_func((GDestroyNotify)sm_persona_free);
    scenario->dialogues = g_ptr_array_new_with_free_func((GDestroyNotify)sm_dialogue_free);
    return scenario;
}

static SmScenario *load(const char *path, gboolean includes, SmFindings *findings)
{
    guint errors = sm_findings_errors(findings);
    g_autoptr(SmYamlDoc) doc = sm_yaml_load(path, findings);
    if (!doc)
        return NULL;
    SmYamlMap *map = sm_yaml_map(doc, sm_yaml_root(doc), "scenario", findings);
    g_autoptr(SmScenario) scenario = new_scenario(path);
    scenario->title = sm_phrase_load(doc, map, "scenario", TRUE, findings);
    scenario->about = sm_phrase_load(doc, map, "about", FALSE, findings);
    scenario->duration = sm_yaml_map_duration(map, "duration", -1);
    scenario->preview = sm_yaml_map_bool(map, "preview", FALSE);
    load_arrivals(doc, sm_yaml_map_node(map, "arrivals"), scenario, findings);
    sm_goals_load(doc, sm_yaml_map_node(map, "goals"), &scenario->goals, findings);
    load_people(map, doc, scenario, findings);
    if (includes)
        load_includes(map, path, scenario, findings);
    else if (sm_yaml_map_node(map, "include"))
        sm_yaml_map_error(map, "include", "a file that is included includes no others");
    if (scenario->personas->len == 0)
        sm_yaml_map_error(map, "personas", "a scenario has at least one persona");
    if (scenario->dialogues->len == 0)
        sm_yaml_map_error(map, "dialogues", "a scenario has at least one dialogue");
    sm_yaml_map_end(map);
    if (includes && sm_findings_errors(findings) == errors)
        sm_scenario_lint(path, scenario, findings);
    return sm_findings_errors(findings) == errors ? g_steal_pointer(&scenario) : NULL;
}

SmScenario *sm_scenario_load(const char *path, SmFindings *findings)
{
    return load(path, TRUE, findings);
}
