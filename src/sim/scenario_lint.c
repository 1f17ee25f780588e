/* SPDX-License-Identifier: MIT */
/* scenario_lint: what a writer of scenarios overlooks: the file can be read, but nobody could play it as it was meant. */
#include <string.h>

#include "sim/scenario_private.h"

static gboolean is_end(const char *id)
{
    return g_str_equal(id, "thanks") || g_str_equal(id, "angry");
}

static gboolean check_target(const char *file, const SmDialogue *dialogue, const SmNode *node, const char *go,
                             SmFindings *findings)
{
    if (!go || is_end(go) || sm_dialogue_node(dialogue, go))
        return TRUE;
    sm_findings_error(findings, file, node->line, 1, "node '%s' of dialogue '%s' goes to '%s', which is no node",
                      node->id, dialogue->id, go);
    return FALSE;
}

/* What has no id was said already. */
static gboolean has_ids(const SmDialogue *dialogue)
{
    gboolean all = dialogue->id != NULL;
    for (guint i = 0; i < dialogue->nodes->len; i++)
        all &= ((SmNode *)dialogue->nodes->pdata[i])->id != NULL;
    return all;
}

/* FALSE: the graph has loose ends; nothing more can be said of it. */
static gboolean check_targets(const char *file, const SmDialogue *dialogue, SmFindings *findings)
{
    gboolean whole = TRUE;
    if (!has_ids(dialogue))
        return FALSE;
    for (guint i = 0; i < dialogue->nodes->len; i++) {
        const SmNode *node = dialogue->nodes->pdata[i];
        whole &= check_target(file, dialogue, node, node->otherwise, findings);
        for (guint j = 0; j < node->routes->len; j++) {
            const SmNodeRoute *route = node->routes->pdata[j];
            whole &= route->go && check_target(file, dialogue, node, route->go, findings);
        }
    }
    return whole;
}

/* --- Nodes nobody comes to ----------------------------------------------------------------------- */

static void reach(const SmDialogue *dialogue, const char *id, GHashTable *reached)
{
    const SmNode *node = id ? sm_dialogue_node(dialogue, id) : NULL;
    if (!node || !g_hash_table_add(reached, node->id))
        return;
    reach(dialogue, node->otherwise, reached);
    for (guint i = 0; i < node->routes->len; i++)
        reach(dialogue, ((SmNodeRoute *)node->routes->pdata[i])->go, reached);
}

static void check_reached(const char *file, const SmDialogue *dialogue, SmFindings *findings)
{
    g_autoptr(GHashTable) reached = g_hash_table_new(g_str_hash, g_str_equal);
    reach(dialogue, ((SmNode *)dialogue->nodes->pdata[0])->id, reached);
    for (guint i = 0; i < dialogue->nodes->len; i++) {
        const SmNode *node = dialogue->nodes->pdata[i];
        if (!g_hash_table_contains(reached, node->id))
            sm_findings_error(findings, file, node->line, 1, "no answer leads to node '%s' of dialogue '%s'", node->id,
                              dialogue->id);
    }
}

/* --- Ways on that are never taken ---------------------------------------------------------------- */

/* Every text that holds `word` holds one of these. */
static gboolean covered(const char *word, char **words)
{
    g_autofree char *folded = g_utf8_casefold(word, -1);
    for (guint i = 0; words[i]; i++) {
        g_autofree char *other = g_utf8_casefold(words[i], -1);
        if (strstr(folded, other))
            return TRUE;
    }
    return FALSE;
}

/* Whatever takes `later` would have taken `earlier` before. */
static gboolean hides(const SmNodeRoute *earlier, const SmNodeRoute *later)
{
    if (earlier->pattern || earlier->all[0])
        return FALSE;
    if (!earlier->any[0])
        return TRUE;
    for (guint i = 0; later->all[i]; i++)
        if (covered(later->all[i], earlier->any))
            return TRUE;
    gboolean all = later->any[0] != NULL;
    for (guint i = 0; later->any[i] && all; i++)
        all = covered(later->any[i], earlier->any);
    return all;
}

static void check_hidden(const char *file, const SmDialogue *dialogue, const SmNode *node, SmFindings *findings)
{
    for (guint j = 1; j < node->routes->len; j++)
        for (guint i = 0; i < j; i++)
            if (hides(node->routes->pdata[i], node->routes->pdata[j])) {
                sm_findings_warn(findings, file, node->line, 1,
                                 "node '%s' of dialogue '%s': way on %u is never taken, way on %u matches before it",
                                 node->id, dialogue->id, j + 1, i + 1);
                break;
            }
}

/* --- Good answers -------------------------------------------------------------------------------- */

static void check_answers(const char *file, const SmDialogue *dialogue, const SmNode *node, SmFindings *findings)
{
    if (sm_dialogue_distance(dialogue, node) < 0) /* that is another fault; this one would only follow from it */
        return;
    for (guint i = 0; node->model[i]; i++) {
        if (!sm_dialogue_helps(dialogue, node, node->model[i]))
            sm_findings_error(findings, file, node->line, 1,
                              "node '%s' of dialogue '%s': the model answer '%s' leads to '%s', no nearer to 'thanks'",
                              node->id, dialogue->id, node->model[i], sm_node_next(node, node->model[i]));
    }
    g_autofree char *answer = sm_dialogue_answer(dialogue, node);
    if (!answer)
        sm_findings_error(findings, file, node->line, 1,
                          "node '%s' of dialogue '%s' needs a 'model' answer: no words of its ways on take the one"
                          " that leads to 'thanks'", node->id, dialogue->id);
}

void sm_dialogue_lint(const char *file, const SmDialogue *dialogue, SmFindings *findings)
{
    if (!check_targets(file, dialogue, findings))
        return;
    const SmNode *start = dialogue->nodes->pdata[0];
    if (sm_dialogue_distance(dialogue, start) < 0) {
        sm_findings_error(findings, file, start->line, 1,
                          "dialogue '%s' can't be played well: no way leads to 'thanks' without a mistake",
                          dialogue->id);
    }
    check_reached(file, dialogue, findings);
    for (guint i = 0; i < dialogue->nodes->len; i++) {
        check_hidden(file, dialogue, dialogue->nodes->pdata[i], findings);
        check_answers(file, dialogue, dialogue->nodes->pdata[i], findings);
    }
}

static gboolean has_mood(const SmScenario *scenario, SmMood mood)
{
    for (guint i = 0; i < scenario->personas->len; i++)
        if (((SmPersona *)scenario->personas->pdata[i])->mood == mood)
            return TRUE;
    return FALSE;
}

/* Lines for a mood in which nobody comes. */
static void check_moods(const char *file, const SmScenario *scenario, SmFindings *findings)
{
    for (int mood = 0; mood < SM_MOODS; mood++)
        for (guint i = 0; i < scenario->dialogues->len && !has_mood(scenario, (SmMood)mood); i++) {
            const SmDialogue *dialogue = scenario->dialogues->pdata[i];
            const SmLines *lines = &dialogue->moods[mood];
            if (lines->again) {
                sm_findings_warn(findings, file, 0, 0, "dialogue '%s' has lines for the mood %s, in which no persona comes",
                                 dialogue->id, sm_mood_name((SmMood)mood));
                break;
            }
        }
}

void sm_scenario_lint(const char *file, const SmScenario *scenario, SmFindings *findings)
{
    static const char *const languages[] = {"zh-CN", "en"};
    check_moods(file, scenario, findings);
    for (guint k = 0; k < G_N_ELEMENTS(languages); k++) {
        gboolean spoken = FALSE;
        for (guint i = 0; i < scenario->dialogues->len; i++)
            spoken |= g_ascii_strncasecmp(((SmDialogue *)scenario->dialogues->pdata[i])->language, languages[k], 2) == 0;
        if (!spoken)
            sm_findings_warn(findings, file, 0, 0, "no dialogue in %s: --lang %s brings the others", languages[k],
                             languages[k]);
        else if (!sm_phrase_speak(scenario->title, languages[k]) || !sm_phrase_speak(scenario->about, languages[k]))
            sm_findings_warn(findings, file, 0, 0, "title or 'about' is not there in %s", languages[k]);
    }
}
