/* SPDX-License-Identifier: MIT */
#include "seatmux/sim/curriculum.h"

#include <string.h>

#include "seatmux/base/paths.h"
#include "sim/scenario_private.h"

#define MAX_DAYS 60
#define MAX_SHIFTS 20 /* of a day */
#define MAX_PLAN 40   /* lines */

/* --- Freeing ------------------------------------------------------------------------------------- */

static void shift_free(SmShift *shift)
{
    g_free(shift->name);
    g_free(shift->path);
    g_free(shift);
}

static void day_free(SmDay *day)
{
    sm_phrase_free(day->title);
    sm_phrase_free(day->about);
    g_ptr_array_unref(day->shifts);
    g_free(day);
}

void sm_curriculum_free(SmCurriculum *c)
{
    if (!c)
        return;
    g_free(c->id);
    sm_phrase_free(c->title);
    sm_phrase_free(c->about);
    sm_phrase_free(c->mentor);
    g_ptr_array_unref(c->plan);
    g_ptr_array_unref(c->days);
    g_free(c->exam);
    g_free(c);
}

/* --- Reading ------------------------------------------------------------------------------------- */

/* A name as for practice; a path counts from the folder of the curriculum. */
static char *path_of(const char *file, const char *name)
{
    if (!strchr(name, '/') || g_path_is_absolute(name))
        return sm_path_named("scenarios", name, NULL);
    g_autofree char *folder = g_path_get_dirname(file);
    return g_build_filename(folder, name, NULL);
}

/* It can be used, and it ends: else nobody could pass it. */
static void check_scenario(SmYamlMap *map, const SmShift *shift)
{
    g_autoptr(SmFindings) unseen = sm_findings_new();
    g_autoptr(SmScenario) scenario = sm_scenario_load(shift->path, unseen);
    if (!scenario)
        sm_yaml_map_error(map, "scenario", "no usable scenario '%s'; seatmux check %s says why", shift->name, shift->path);
    else if (!shift->customers && !scenario->total && scenario->duration < 0)
        sm_yaml_map_error(map, "customers", "'%s' has no end: say how many customers come", shift->name);
}

static SmShift *load_shift(const SmYamlDoc *doc, const SmYaml *node, SmFindings *findings)
{
    SmYamlMap *map = sm_yaml_map(doc, node, "shift", findings);
    SmShift *shift = g_new0(SmShift, 1);
    shift->name = g_strdup(sm_yaml_map_need(map, "scenario"));
    shift->customers = (int)sm_yaml_map_int(map, "customers", 1, 100000, 0);
    shift->at_once = (int)sm_yaml_map_int(map, "at_once", 1, 10000, 0);
    const char *speed = sm_yaml_map_str(map, "speed", "1");
    char *end = NULL;
    shift->speed = g_ascii_strtod(speed, &end);
    if (end == speed || *end || !(shift->speed >= SM_SPEED_LEAST && shift->speed <= SM_SPEED_MOST))
        sm_yaml_map_error(map, "speed", "'speed' is a number from %g to %g", SM_SPEED_LEAST, SM_SPEED_MOST);
    shift->goals = (SmGoals)SM_GOALS_AS_FILE;
    sm_goals_load(doc, sm_yaml_map_node(map, "goals"), &shift->goals, findings);
    if (shift->name) {
        shift->path = path_of(sm_yaml_file(doc), shift->name);
        check_scenario(map, shift);
    }
    sm_yaml_map_end(map);
    return shift;
}

static gboolean has(const SmDay *day, const char *name)
{
    for (guint i = 0; i < day->shifts->len; i++)
        if (g_strcmp0(((SmShift *)day->shifts->pdata[i])->name, name) == 0)
            return TRUE;
    return FALSE;
}

static SmDay *load_day(const SmYamlDoc *doc, const SmYaml *node, SmFindings *findings)
{
    SmYamlMap *map = sm_yaml_map(doc, node, "day", findings);
    SmDay *day = g_new0(SmDay, 1);
    day->shifts = g_ptr_array_new_with_free_func((GDestroyNotify)shift_free);
    day->title = sm_phrase_load(doc, map, "title", TRUE, findings);
    day->about = sm_phrase_load(doc, map, "about", FALSE, findings);
    day->hints = sm_yaml_map_bool(map, "hints", FALSE);
    SmYaml *list = sm_yaml_map_node(map, "shifts");
    guint n = list && sm_yaml_kind(list) == SM_YAML_LIST ? sm_yaml_size(list) : 0;
    if (n < 1 || n > MAX_SHIFTS)
        sm_yaml_map_error(map, "shifts", "a day has a list of 1 to %d 'shifts'", MAX_SHIFTS);
    for (guint i = 0; i < MIN(n, MAX_SHIFTS); i++) {
        SmShift *shift = load_shift(doc, sm_yaml_item(list, i), findings);
        if (has(day, shift->name))
            sm_yaml_map_error(map, "shifts", "'%s' is there twice in one day", shift->name);
        g_ptr_array_add(day->shifts, shift);
    }
    sm_yaml_map_end(map);
    return day;
}

static void load_days(const SmYamlDoc *doc, SmYamlMap *map, SmCurriculum *c, SmFindings *findings)
{
    SmYaml *list = sm_yaml_map_node(map, "days");
    guint n = list && sm_yaml_kind(list) == SM_YAML_LIST ? sm_yaml_size(list) : 0;
    if (n < 1 || n > MAX_DAYS)
        sm_yaml_map_error(map, "days", "a curriculum has a list of 1 to %d 'days'", MAX_DAYS);
    for (guint i = 0; i < MIN(n, MAX_DAYS); i++)
        g_ptr_array_add(c->days, load_day(doc, sm_yaml_item(list, i), findings));
}

static void load_plan(const SmYamlDoc *doc, SmYamlMap *map, SmCurriculum *c, SmFindings *findings)
{
    SmYaml *list = sm_yaml_map_node(map, "plan");
    if (list && (sm_yaml_kind(list) != SM_YAML_LIST || sm_yaml_size(list) > MAX_PLAN)) {
        sm_yaml_map_error(map, "plan", "'plan' is a list of at most %d lines", MAX_PLAN);
        return;
    }
    for (guint i = 0; list && i < sm_yaml_size(list); i++)
        g_ptr_array_add(c->plan, sm_phrase_read(doc, sm_yaml_item(list, i), "plan", findings));
}

static void lint_words(const char *file, const SmPhrase *words, const char *what, SmFindings *findings)
{
    static const char *const languages[] = {"en", "zh-CN"};
    for (guint i = 0; i < G_N_ELEMENTS(languages); i++)
        if (!sm_phrase_speak(words, languages[i]))
            sm_findings_warn(findings, file, 0, 0, "%s: not there in %s", what, languages[i]);
}

static void lint(const char *file, const SmCurriculum *c, SmFindings *findings)
{
    lint_words(file, c->title, "curriculum", findings);
    lint_words(file, c->mentor, "mentor", findings);
    for (guint i = 0; i < c->days->len; i++) {
        g_autofree char *what = g_strdup_printf("the title of day %u", i + 1);
        lint_words(file, ((SmDay *)c->days->pdata[i])->title, what, findings);
    }
}

SmCurriculum *sm_curriculum_load(const char *path, SmFindings *findings)
{
    guint errors = sm_findings_errors(findings);
    g_autoptr(SmYamlDoc) doc = sm_yaml_load(path, findings);
    if (!doc)
        return NULL;
    SmYamlMap *map = sm_yaml_map(doc, sm_yaml_root(doc), "curriculum", findings);
    g_autoptr(SmCurriculum) c = g_new0(SmCurriculum, 1);
    c->id = sm_path_stem(path);
    c->plan = g_ptr_array_new_with_free_func((GDestroyNotify)sm_phrase_free);
    c->days = g_ptr_array_new_with_free_func((GDestroyNotify)day_free);
    c->title = sm_phrase_load(doc, map, "curriculum", TRUE, findings);
    c->about = sm_phrase_load(doc, map, "about", FALSE, findings);
    c->mentor = sm_phrase_load(doc, map, "mentor", TRUE, findings);
    c->exam = g_strdup(sm_yaml_map_str(map, "exam", NULL));
    load_plan(doc, map, c, findings);
    load_days(doc, map, c, findings);
    sm_yaml_map_end(map);
    if (sm_findings_errors(findings) != errors)
        return NULL;
    lint(path, c, findings);
    return g_steal_pointer(&c);
}

/* --- Where somebody stands ----------------------------------------------------------------------- */

static const SmDay *day_at(const SmCurriculum *c, guint day)
{
    return c->days->pdata[day];
}

SmShiftStanding sm_curriculum_shift(const SmCurriculum *c, guint day, guint shift, const json_t *runs)
{
    const SmShift *s = day_at(c, day)->shifts->pdata[shift];
    SmShiftStanding standing = {0};
    size_t i;
    json_t *run;
    json_array_foreach(runs, i, run)
    {
        if (strcmp(sm_json_str(run, "curriculum", ""), c->id) != 0 || sm_json_int(run, "day", 0) != (int64_t)day + 1 ||
            strcmp(sm_json_str(run, "shift", ""), s->name) != 0)
            continue;
        standing.runs++;
        standing.passed |= sm_json_bool(run, "passed", FALSE) && sm_json_bool(run, "finished", FALSE);
    }
    return standing;
}

gboolean sm_curriculum_done(const SmCurriculum *c, guint day, const json_t *runs)
{
    for (guint i = 0; i < day_at(c, day)->shifts->len; i++)
        if (!sm_curriculum_shift(c, day, i, runs).passed)
            return FALSE;
    return TRUE;
}

gboolean sm_curriculum_open(const SmCurriculum *c, guint day, const json_t *runs)
{
    return day == 0 || sm_curriculum_done(c, day - 1, runs);
}

int sm_curriculum_next(const SmCurriculum *c, const json_t *runs)
{
    for (guint i = 0; i < c->days->len; i++)
        if (!sm_curriculum_done(c, i, runs))
            return (int)i;
    return -1;
}

guint sm_curriculum_next_shift(const SmCurriculum *c, guint day, const json_t *runs)
{
    for (guint i = 0; i < day_at(c, day)->shifts->len; i++)
        if (!sm_curriculum_shift(c, day, i, runs).passed)
            return i;
    return 0;
}
