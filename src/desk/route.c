/* SPDX-License-Identifier: MIT */
#include "desk/route.h"
#include "seatmux/base/bug.h"

#include <string.h>

#define WEIGHT 100 /* of who has none of their own */
/* By share, each conversation that is routed to somebody moves their pass in that team on by STEP / weight, and the smallest
 * pass is next: over any stretch the numbers differ from the shares by less than one conversation. The team's own time is the
 * pass at which it last gave something out, and nobody's counts as earlier than that: who was away, or had no free place, has
 * saved nothing up (start-time fair queueing). */
#define STEP (INT64_C(1) << 24)

typedef struct {
    const SmAgentNode *node;
    int chats;
    int64_t last, idle;
} Seat;

struct SmRouter {
    const SmDesk *desk;
    GArray *seats;      /* Seat, by agent id */
    int64_t given;      /* assignments so far, with those of this router */
    GHashTable *passes; /* what this router has moved: as SmDesk's */
};

/* --- Passes -------------------------------------------------------------------------------------- */

/* Of an agent in a team; agent NULL: the team's own time. Caller frees. */
static char *pass_key(const char *team, const char *agent)
{
    return agent ? g_strdup_printf("%s\n%s", team, agent) : g_strdup(team);
}

static int64_t pass_of(GHashTable *passes, GHashTable *before, const char *team, const char *agent)
{
    g_autofree char *key = pass_key(team, agent);
    const int64_t *pass = passes ? g_hash_table_lookup(passes, key) : NULL;

    pass = pass ? pass : g_hash_table_lookup(before, key);
    return pass ? *pass : 0;
}

static void set_pass(GHashTable *passes, const char *team, const char *agent, int64_t pass)
{
    g_hash_table_replace(passes, pass_key(team, agent), g_memdup2(&pass, sizeof pass));
}

/* Where the agent stands in the team's order. */
static int64_t standing(GHashTable *passes, GHashTable *before, const char *team, const char *agent)
{
    return MAX(pass_of(passes, before, team, agent), pass_of(passes, before, team, NULL));
}

static gboolean is_newcomer(const SmTeam *team, const SmAgentNode *node, int64_t at)
{
    return team && team->newcomer > 0 && at - node->joined < team->newcomer;
}

/* The share at desk time `at`: a newcomer's is lower for a while. */
static int weight_of(const SmTeam *team, const SmAgentNode *node, int64_t at)
{
    int weight = node->a.weight > 0 ? node->a.weight : WEIGHT;

    return is_newcomer(team, node, at) ? MAX(1, weight * team->newcomer_percent / 100) : weight;
}

/* `passes` are moved on by one conversation; `before`: where one of them was never moved. */
static void move_on(GHashTable *passes, GHashTable *before, const char *team, const SmAgentNode *node, int weight)
{
    int64_t at = standing(passes, before, team, node->a.id);

    set_pass(passes, team, NULL, at);
    set_pass(passes, team, node->a.id, at + STEP / weight);
}

/* --- Who could have it --------------------------------------------------------------------------- */

static gint by_id(gconstpointer a, gconstpointer b)
{
    return strcmp(((const Seat *)a)->node->a.id, ((const Seat *)b)->node->a.id);
}

SmRouter *sm_router_new(const SmDesk *desk)
{
    SmRouter *router = g_new0(SmRouter, 1);
    GHashTableIter iter;
    gpointer value;

    router->desk = desk;
    router->given = desk->routed;
    router->passes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    router->seats = g_array_new(FALSE, FALSE, sizeof(Seat));
    g_hash_table_iter_init(&iter, desk->agents); /* sorted below, so the order does not matter */
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const SmAgentNode *node = value;
        Seat seat = {.node = node, .chats = node->a.chats, .last = node->last, .idle = node->idle};
        if (node->known) {
            g_array_append_val(router->seats, seat);
        }
    }
    g_array_sort(router->seats, by_id);
    return router;
}

void sm_router_free(SmRouter *router)
{
    if (router) {
        g_array_unref(router->seats);
        g_hash_table_unref(router->passes);
        g_free(router);
    }
}

static gboolean passed_it_on(const SmConv *conv, const char *agent)
{
    return conv->passed && g_ptr_array_find_with_equal_func(conv->passed, agent, g_str_equal, NULL);
}

/* "zh" of "zh-CN": who speaks one speaks the other. */
static gboolean same_language(const char *a, const char *b)
{
    gsize n = strcspn(a, "-_"), m = strcspn(b, "-_");

    return n == m && g_ascii_strncasecmp(a, b, n) == 0;
}

/* Who has said no language speaks all, and who comes without one understands everybody. */
static gboolean speaks(const SmAgent *agent, const SmConv *conv)
{
    for (guint i = 0; conv->c.language && i < agent->languages->len; i++) {
        if (same_language(agent->languages->pdata[i], conv->c.language)) {
            return TRUE;
        }
    }
    return !conv->c.language || agent->languages->len == 0;
}

/* NULL: could have it. Static words, for explaining. */
static const char *why_not(const SmRouter *router, const Seat *seat, const SmConv *conv, const SmTeam *team)
{
    const SmAgent *agent = &seat->node->a;

    if (agent->role == SM_ROLE_SUPERVISOR) {
        return "supervisors take what they want, nothing is routed to them";
    }
    if (agent->role == SM_ROLE_TRAINEE && !conv->c.training) {
        return "a trainee, and this is no training inbox";
    }
    if (agent->availability != SM_AVAILABLE_ONLINE) {
        return "not online";
    }
    if (seat->chats >= sm_desk_capacity(router->desk, agent) + SM_BUG(37)) {
        return "no free place";
    }
    return team->language_needed && !speaks(agent, conv) ? "does not speak the customer's language" : NULL;
}

/* --- Who of them --------------------------------------------------------------------------------- */

static int order(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

/* Below zero: a before b. Equal ones are left in order of id. */
static int compare(const SmRouter *router, const SmTeam *team, const Seat *a, const Seat *b)
{
    GHashTable *before = router->desk->passes;
    int by = 0;

    switch (team->routing) {
    case SM_ROUTE_SHARE:
        by = order(standing(router->passes, before, team->id, a->node->a.id),
                   standing(router->passes, before, team->id, b->node->a.id));
        break;
    case SM_ROUTE_LONGEST_IDLE:
        by = order(a->chats > 0, b->chats > 0);
        by = by ? by : order(a->idle, b->idle);
        break;
    case SM_ROUTE_LEAST_BUSY:
        by = order((int64_t)a->chats * sm_desk_capacity(router->desk, &b->node->a),
                   (int64_t)b->chats * sm_desk_capacity(router->desk, &a->node->a));
        break;
    case SM_ROUTE_ROUND_ROBIN:
    case SM_ROUTE_MANUAL:
        break;
    }
    return by ? by : order(a->last, b->last);
}

/* Who had the customer before, where policy wants that: only when the conversation begins or begins again, so that what was
 * given back does not return to who gave it. */
static const char *known_to(const SmConv *conv, const SmTeam *team)
{
    const SmConv *had = conv->last_owner ? conv : conv->previous;

    return team->returning && conv->fresh && had ? had->last_owner : NULL;
}

/* Who let it pass comes after all others; of them, who speaks the language comes first. */
static guint rank(const Seat *seat, const SmConv *conv)
{
    return (passed_it_on(conv, seat->node->a.id) ? 2 : 0) + (speaks(&seat->node->a, conv) ? 0 : 1);
}

static Seat *best(const SmRouter *router, const SmConv *conv, const SmTeam *team)
{
    const char *known = known_to(conv, team);
    Seat *first[4] = {NULL}; /* by rank */

    for (guint i = 0; i < router->seats->len; i++) {
        Seat *seat = &g_array_index(router->seats, Seat, i);
        const SmAgent *agent = &seat->node->a;
        if (!sm_agent_in_team(agent, team->id) || why_not(router, seat, conv, team)) {
            continue;
        }
        if (g_strcmp0(agent->id, known) == 0) {
            return seat;
        }
        Seat **place = &first[rank(seat, conv)];
        if (!*place || compare(router, team, seat, *place) < 0) {
            *place = seat;
        }
    }
    for (guint i = 0; i < G_N_ELEMENTS(first); i++) {
        if (first[i]) {
            return first[i];
        }
    }
    return NULL;
}

static const SmTeam *routed_team(const SmDesk *desk, const SmConv *conv)
{
    const SmTeam *team = sm_policy_team(desk->policy, conv->c.team);

    return team && team->routing != SM_ROUTE_MANUAL ? team : NULL;
}

const char *sm_router_pick(SmRouter *router, const SmConv *conv)
{
    const SmTeam *team = routed_team(router->desk, conv);
    Seat *seat = team ? best(router, conv, team) : NULL;

    if (!seat) {
        return NULL;
    }
    seat->chats++;
    move_on(router->passes, router->desk->passes, team->id, seat->node, weight_of(team, seat->node, router->desk->at));
    seat->last = ++router->given;
    seat->idle = router->desk->at + seat->last; /* later than all that the desk knows of */
    return seat->node->a.id;
}

/* --- What waits ---------------------------------------------------------------------------------- */

static gint by_deadline(gconstpointer a, gconstpointer b)
{
    const SmConversation *x = *(const SmConversation *const *)a, *y = *(const SmConversation *const *)b;

    return sm_queue_before(x, y) ? -1 : sm_queue_before(y, x);
}

GPtrArray *sm_route_waiting(const SmDesk *desk)
{
    GPtrArray *waiting = g_ptr_array_new();
    GHashTableIter iter;
    gpointer conv;

    g_hash_table_iter_init(&iter, desk->queued);
    while (g_hash_table_iter_next(&iter, &conv, NULL)) {
        const SmConv *c = conv;
        /* Who has said good-bye is not given to anybody any more; a left message has time. */
        if (c->c.left < 0 && !c->c.offline && routed_team(desk, c)) {
            g_ptr_array_add(waiting, conv);
        }
    }
    g_ptr_array_sort(waiting, by_deadline);
    return waiting;
}

gboolean sm_route_ready(const SmDesk *desk)
{
    if (g_hash_table_size(desk->queued) == 0) {
        return FALSE;
    }
    g_autoptr(GPtrArray) waiting = sm_route_waiting(desk);
    g_autoptr(SmRouter) router = waiting->len > 0 ? sm_router_new(desk) : NULL;
    for (guint i = 0; i < waiting->len; i++) {
        if (sm_router_pick(router, waiting->pdata[i])) {
            return TRUE;
        }
    }
    return FALSE;
}

/* --- What the fold tells ------------------------------------------------------------------------- */

void sm_route_assigned(SmDesk *desk, SmConv *conv, const char *agent, SmCause cause, int64_t at)
{
    SmAgentNode *node = sm_desk_node(desk, agent);

    conv->fresh = FALSE;
    conv->routed = cause == SM_CAUSE_ROUTING;
    sm_desk_replace(&conv->last_owner, agent);
    node->last = ++desk->routed; /* an order, not a time: stamps may be equal */
    node->idle = at;
    if (conv->routed && conv->c.team) {
        const SmTeam *team = sm_policy_team(desk->policy, conv->c.team);
        move_on(desk->passes, desk->passes, conv->c.team, node, weight_of(team, node, at));
    }
}

void sm_route_taken_away(SmDesk *desk, SmConv *conv, const char *agent, SmCause cause, int64_t at)
{
    sm_desk_node(desk, agent)->idle = at;
    conv->routed = FALSE;
    if (cause == SM_CAUSE_ACCEPT_TIMEOUT && !passed_it_on(conv, agent)) {
        conv->passed = conv->passed ? conv->passed : g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(conv->passed, g_strdup(agent));
    }
}

void sm_route_accepted(SmConv *conv, const char *agent)
{
    if (g_strcmp0(agent, conv->c.owner) == 0) {
        conv->routed = FALSE;
        g_clear_pointer(&conv->passed, g_ptr_array_unref);
    }
}

void sm_route_ended(SmDesk *desk, SmConv *conv, int64_t at)
{
    conv->routed = FALSE;
    g_clear_pointer(&conv->passed, g_ptr_array_unref);
    if (conv->c.owner) {
        sm_desk_node(desk, conv->c.owner)->idle = at;
    }
}

void sm_route_online(SmAgentNode *node, int64_t at)
{
    node->idle = at;
}

/* --- Explaining ---------------------------------------------------------------------------------- */

static const char *const MODES[] = {[SM_ROUTE_MANUAL] = "manual",
                                    [SM_ROUTE_SHARE] = "share",
                                    [SM_ROUTE_ROUND_ROBIN] = "round_robin",
                                    [SM_ROUTE_LONGEST_IDLE] = "longest_idle",
                                    [SM_ROUTE_LEAST_BUSY] = "least_busy"};

const char *sm_route_mode_name(SmRouteMode mode)
{
    return MODES[mode];
}

gboolean sm_route_mode_parse(const char *text, SmRouteMode *mode)
{
    for (guint i = 0; i < G_N_ELEMENTS(MODES); i++) {
        if (g_strcmp0(MODES[i], text) == 0) {
            *mode = (SmRouteMode)i;
            return TRUE;
        }
    }
    return FALSE;
}

static const char *reason(const SmRouter *router, const Seat *seat, const SmConv *conv, const SmTeam *team, const Seat *chosen)
{
    const char *not = why_not(router, seat, conv, team);

    if (not) {
        return not;
    }
    if (seat == chosen) {
        return g_strcmp0(seat->node->a.id, known_to(conv, team)) == 0 ? "had this customer before" : "is next";
    }
    if (passed_it_on(conv, seat->node->a.id)) {
        return "did not accept it before";
    }
    if (chosen && g_strcmp0(chosen->node->a.id, known_to(conv, team)) == 0) {
        return "another had this customer before";
    }
    if (chosen && !speaks(&seat->node->a, conv) && speaks(&chosen->node->a, conv)) {
        return "another speaks the customer's language";
    }
    if (team->routing == SM_ROUTE_SHARE && is_newcomer(team, seat->node, router->desk->at)) {
        return "is later in the order, and new";
    }
    return "is later in the order";
}

static json_t *explain_seat(const SmRouter *router, const Seat *seat, const SmConv *conv, const SmTeam *team, const Seat *chosen)
{
    const SmAgent *agent = &seat->node->a;

    /* used: how far the share is used up; the smallest is next */
    return json_pack("{s:s, s:b, s:s, s:i, s:i, s:i, s:f}", "agent", agent->id, "chosen", seat == chosen, "why",
                     reason(router, seat, conv, team, chosen), "chats", seat->chats, "capacity",
                     sm_desk_capacity(router->desk, agent), "weight", weight_of(team, seat->node, router->desk->at), "used",
                     (double)standing(NULL, router->desk->passes, team->id, agent->id) * WEIGHT / (double)STEP);
}

json_t *sm_desk_explain_routing(const SmDesk *desk, const SmConversation *c)
{
    const SmConv *conv = (const SmConv *)c;
    const SmTeam *team = sm_policy_team(desk->policy, c->team);
    g_autoptr(SmRouter) router = sm_router_new(desk);
    gboolean waits = c->state == SM_STATE_QUEUED && c->left < 0 && !c->offline && routed_team(desk, conv);
    const Seat *chosen = waits ? best(router, conv, team) : NULL;
    json_t *agents = json_array();

    for (guint i = 0; team && i < router->seats->len; i++) {
        const Seat *seat = &g_array_index(router->seats, Seat, i);
        if (sm_agent_in_team(&seat->node->a, team->id)) {
            json_array_append_new(agents, explain_seat(router, seat, conv, team, chosen));
        }
    }
    json_t *json = json_pack("{s:s, s:s, s:s, s:s?, s:o}", "conversation", c->id, "team", c->team, "mode",
                             MODES[team ? team->routing : SM_ROUTE_MANUAL], "next", chosen ? chosen->node->a.id : NULL, "agents", agents);
    if (c->language) {
        json_object_set_new(json, "language", json_string(c->language));
    }
    return json;
}
