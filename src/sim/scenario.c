/* SPDX-License-Identifier: MIT */
#include "seatmux/sim/scenario.h"

#include <string.h>

#include "sim/scenario_private.h"

void sm_persona_free(SmPersona *persona)
{
    g_free(persona->id);
    g_free(persona);
}

void sm_lines_clear(SmLines *lines)
{
    g_strfreev(lines->opens);
    g_strfreev(lines->again);
    g_strfreev(lines->thanks);
    g_strfreev(lines->angry);
}

void sm_node_route_free(SmNodeRoute *route)
{
    g_strfreev(route->any);
    g_strfreev(route->all);
    g_clear_pointer(&route->pattern, g_regex_unref);
    g_free(route->go);
    g_free(route->mistake);
    g_free(route);
}

void sm_node_free(SmNode *node)
{
    g_free(node->id);
    g_clear_pointer(&node->says, g_ptr_array_unref);
    g_clear_pointer(&node->routes, g_ptr_array_unref);
    g_free(node->otherwise);
    g_strfreev(node->model);
    g_free(node);
}

void sm_dialogue_free(SmDialogue *dialogue)
{
    g_free(dialogue->id);
    g_free(dialogue->language);
    g_free(dialogue->inbox);
    g_strfreev(dialogue->names);
    g_strfreev(dialogue->orders);
    g_clear_pointer(&dialogue->attributes, g_hash_table_unref);
    g_clear_pointer(&dialogue->nodes, g_ptr_array_unref);
    sm_lines_clear(&dialogue->lines);
    for (int i = 0; i < SM_MOODS; i++)
        sm_lines_clear(&dialogue->moods[i]);
    g_free(dialogue);
}

void sm_scenario_free(SmScenario *scenario)
{
    if (!scenario)
        return;
    g_free(scenario->id);
    sm_phrase_free(scenario->title);
    sm_phrase_free(scenario->about);
    g_clear_pointer(&scenario->personas, g_ptr_array_unref);
    g_clear_pointer(&scenario->dialogues, g_ptr_array_unref);
    g_free(scenario->first);
    g_clear_pointer(&scenario->curve, g_array_unref);
    g_free(scenario);
}

void sm_scenario_ask(SmScenario *scenario, const SmGoals *over)
{
    SmGoals *goals = &scenario->goals;
    if (over->thanked >= 0)
        goals->thanked = over->thanked;
    if (over->within >= 0)
        goals->within = over->within;
    if (over->first_response != SM_GOAL_AS_FILE)
        goals->first_response = over->first_response;
    if (over->response != SM_GOAL_AS_FILE)
        goals->response = over->response;
    if (over->mistakes != SM_GOAL_AS_FILE)
        goals->mistakes = over->mistakes;
}

const SmNode *sm_dialogue_node(const SmDialogue *dialogue, const char *id)
{
    for (guint i = 0; i < dialogue->nodes->len; i++) {
        const SmNode *node = dialogue->nodes->pdata[i];
        if (strcmp(node->id, id) == 0)
            return node;
    }
    return NULL;
}

/* Words are looked for in folded text, so that "Refund" finds "refund"; Chinese has no case and no
 * borders between words, so a plain search is the right one. */
static gboolean holds(const char *folded, const char *word)
{
    g_autofree char *wanted = g_utf8_casefold(word, -1);
    return strstr(folded, wanted) != NULL;
}

static gboolean route_matches(const SmNodeRoute *route, const char *folded, const char *answer)
{
    gboolean any = route->any[0] == NULL;
    for (guint i = 0; route->any[i] && !any; i++)
        any = holds(folded, route->any[i]);
    if (!any)
        return FALSE;
    for (guint i = 0; route->all[i]; i++)
        if (!holds(folded, route->all[i]))
            return FALSE;
    return !route->pattern || g_regex_match(route->pattern, answer, 0, NULL);
}

const SmNodeRoute *sm_node_route(const SmNode *node, const char *answer)
{
    g_autofree char *folded = g_utf8_casefold(answer, -1);
    for (guint i = 0; i < node->routes->len; i++) {
        const SmNodeRoute *route = node->routes->pdata[i];
        if (route_matches(route, folded, answer))
            return route;
    }
    return NULL;
}

const char *sm_node_next(const SmNode *node, const char *answer)
{
    const SmNodeRoute *route = sm_node_route(node, answer);
    if (route)
        return route->go;
    return node->otherwise ? node->otherwise : node->id;
}

double sm_scenario_rate(const SmScenario *scenario, int64_t at, int64_t *until)
{
    int64_t ends = 0;
    for (guint i = 0; i < scenario->curve->len; i++) {
        const SmStretch *stretch = &g_array_index(scenario->curve, SmStretch, i);
        ends += stretch->lasts;
        if (at < ends) {
            *until = ends;
            return stretch->per_minute;
        }
    }
    *until = INT64_MAX;
    return scenario->per_minute;
}

gboolean sm_rate_parse(const char *text, double *per_minute)
{
    char *end = NULL;
    double n = g_ascii_strtod(text, &end);
    if (end == text || !(n > 0) || n > 1e6 || *end != '/')
        return FALSE;
    const char *unit = end + 1;
    if (g_str_equal(unit, "s"))
        *per_minute = n * 60;
    else if (g_str_equal(unit, "min") || g_str_equal(unit, "m"))
        *per_minute = n;
    else if (g_str_equal(unit, "h"))
        *per_minute = n / 60;
    else
        return FALSE;
    return TRUE;
}
