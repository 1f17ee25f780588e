/* SPDX-License-Identifier: MIT */
/* scenario_answer: which answer would help a customer: the way through a dialogue's graph that needs the fewest. */
#include <string.h>

#include "sim/scenario_private.h"

#define FAR G_MAXINT

static guint index_of(const SmDialogue *dialogue, const char *id)
{
    for (guint i = 0; i < dialogue->nodes->len; i++)
        if (strcmp(((SmNode *)dialogue->nodes->pdata[i])->id, id) == 0)
            return i;
    return G_MAXUINT;
}

static int after(const SmDialogue *dialogue, const int *distances, const char *go)
{
    if (go && g_str_equal(go, "thanks"))
        return 0;
    guint i = go ? index_of(dialogue, go) : G_MAXUINT;
    return i == G_MAXUINT ? FAR : distances[i];
}

static int best_of(const SmDialogue *dialogue, const int *distances, const SmNode *node)
{
    int best = after(dialogue, distances, node->otherwise);
    for (guint i = 0; i < node->routes->len; i++) {
        const SmNodeRoute *route = node->routes->pdata[i];
        if (!route->mistake)
            best = MIN(best, after(dialogue, distances, route->go));
    }
    return best;
}

/* Answers needed from each node, FAR where no way leads to thanks. Caller frees. */
static int *distances_of(const SmDialogue *dialogue)
{
    guint n = dialogue->nodes->len;
    int *distances = g_new(int, n + 1);
    for (guint i = 0; i < n; i++)
        distances[i] = FAR;
    gboolean shorter = TRUE;
    while (shorter) { /* every pass shortens one at least: n passes at most */
        shorter = FALSE;
        for (guint i = 0; i < n; i++) {
            int best = best_of(dialogue, distances, dialogue->nodes->pdata[i]);
            if (best != FAR && best + 1 < distances[i]) {
                distances[i] = best + 1;
                shorter = TRUE;
            }
        }
    }
    return distances;
}

int sm_dialogue_distance(const SmDialogue *dialogue, const SmNode *node)
{
    g_autofree int *distances = distances_of(dialogue);
    int d = distances[index_of(dialogue, node->id)];
    return d == FAR ? -1 : d;
}

/* All the words a way on asks for, beginning with `first`; the way on must be the one they take. */
static char *words_for(const SmNode *node, const SmNodeRoute *route, const char *first)
{
    g_autoptr(GString) text = g_string_new(first);
    for (guint i = 0; route->all[i]; i++)
        g_string_append_printf(text, "%s%s", text->len ? " " : "", route->all[i]);
    return sm_node_route(node, text->str) == route ? g_strdup(text->str) : NULL;
}

static char *words_of(const SmNode *node, const SmNodeRoute *route)
{
    char *text = route->any[0] ? NULL : words_for(node, route, "");
    for (guint i = 0; !text && route->any[i]; i++)
        text = words_for(node, route, route->any[i]);
    return text;
}

char *sm_dialogue_answer(const SmDialogue *dialogue, const SmNode *node)
{
    if (node->model[0])
        return g_strdup(node->model[0]);
    g_autofree int *distances = distances_of(dialogue);
    int best = best_of(dialogue, distances, node);
    if (best == FAR)
        return NULL;
    for (guint i = 0; i < node->routes->len; i++) {
        const SmNodeRoute *route = node->routes->pdata[i];
        char *text = !route->mistake && after(dialogue, distances, route->go) == best ? words_of(node, route) : NULL;
        if (text)
            return text;
    }
    /* Whatever is said leads on, where nothing else does. */
    gboolean otherwise = after(dialogue, distances, node->otherwise) == best;
    return otherwise && !sm_node_route(node, "...") ? g_strdup("...") : NULL;
}

const SmNode *sm_dialogue_second(const SmDialogue *dialogue, const SmNode *node, char **answer)
{
    g_autofree char *first = sm_dialogue_answer(dialogue, node);
    const SmNode *second = first ? sm_dialogue_node(dialogue, sm_node_next(node, first)) : NULL;
    g_autofree char *then = second && second != node ? sm_dialogue_answer(dialogue, second) : NULL;

    if (!then)
        return NULL;
    g_autofree char *both = g_strjoin(" ", first, then, NULL);
    if (!sm_dialogue_helps(dialogue, node, both) || strcmp(sm_node_next(node, both), second->id) != 0 ||
        !sm_node_route(second, both) || !sm_dialogue_helps(dialogue, second, both))
        return NULL;
    if (answer)
        *answer = g_steal_pointer(&both);
    return second;
}

gboolean sm_dialogue_helps(const SmDialogue *dialogue, const SmNode *node, const char *answer)
{
    const SmNodeRoute *route = sm_node_route(node, answer);
    const char *go = sm_node_next(node, answer);
    if (route && route->mistake)
        return FALSE;
    if (g_str_equal(go, "thanks"))
        return TRUE;
    const SmNode *next = g_str_equal(go, "angry") ? NULL : sm_dialogue_node(dialogue, go);
    int left = next ? sm_dialogue_distance(dialogue, next) : -1;
    return left >= 0 && left < sm_dialogue_distance(dialogue, node);
}
