/* SPDX-License-Identifier: MIT */
/* decide_staff: the people of the desk and its policy. */
#include "desk/decide.h"

#include <string.h>

#include "seatmux/base/limits.h"

static gboolean need_above(SmDecision *d)
{
    return sm_decide_above(d) ||
           sm_refuse(d, SM_PROBLEM_FORBIDDEN, NULL, "Only the desk's owner may do this.");
}

static const SmAgent *need_known(SmDecision *d, const char *id)
{
    const SmAgent *agent = sm_desk_agent(d->desk, id);
    if (!agent) {
        sm_refuse(d, SM_PROBLEM_NOT_FOUND, "agent", "There is no such agent.");
    }
    return agent;
}

void sm_decide_availability(SmDecision *d)
{
    const SmCommand *command = d->command;
    const SmAgent *agent = sm_decide_staff_agent(d);
    gboolean own = agent && d->agent == agent;

    if (!agent || (!own && !sm_decide_leads_agent(d, agent, "set another's availability")) ||
        !sm_need_reason(d, "reason", command->reason)) {
        return;
    }
    if ((guint)command->availability > SM_AVAILABLE_OFFLINE) {
        sm_refuse(d, SM_PROBLEM_INVALID, "availability", "online, busy, away or offline.");
        return;
    }
    SmEvent *event = sm_decide_event_of(d, SM_EVENT_AGENT_AVAILABILITY, NULL);
    event->agent = g_strdup(agent->id);
    event->by = own ? NULL : g_strdup(sm_decide_by(d));
    event->reason = g_strdup(command->reason);
    event->availability = command->availability;
}

/* --- Agents ------------------------------------------------------------------------------------
 */

static gboolean teams_known(SmDecision *d, const json_t *teams)
{
    size_t i;
    json_t *team;

    if (!json_is_array(teams)) {
        return sm_refuse(d, SM_PROBLEM_INVALID, "teams", "'teams' must be a list of teams.");
    }
    if (json_array_size(teams) > SM_MAX_TEAMS) {
        return sm_refuse(d, SM_PROBLEM_TOO_LARGE, "TEAMS", "An agent may have %d teams at most.",
                         SM_MAX_TEAMS);
    }
    json_array_foreach(teams, i, team)
    {
        const char *id = json_string_value(team);
        if (!id || !sm_policy_team(d->desk->policy, id)) {
            return sm_refuse(d, SM_PROBLEM_INVALID, "teams", "There is no such team%s%s.",
                             id && sm_id_valid(id) ? ": " : "", id && sm_id_valid(id) ? id : "");
        }
    }
    return TRUE;
}

/* Customers know agents by this name only, so no two have the same. */
static gboolean name_fits(SmDecision *d, const char *name)
{
    GHashTableIter iter;
    gpointer node;

    if (!g_utf8_validate(name, -1, NULL) || !*name) {
        return sm_refuse(d, SM_PROBLEM_INVALID, "name", "'name' must be UTF-8 text.");
    }
    if (g_utf8_strlen(name, -1) > SM_MAX_NAME_CHARS) {
        return sm_refuse(d, SM_PROBLEM_TOO_LARGE, "NAME_CHARS",
                         "A name may have %d characters at most.", SM_MAX_NAME_CHARS);
    }
    g_hash_table_iter_init(&iter, d->desk->agents); /* any order finds the same */
    while (g_hash_table_iter_next(&iter, NULL, &node)) {
        const SmAgentNode *other = node;
        if (other->known && !g_str_equal(other->a.id, d->command->agent) &&
            g_strcmp0(other->a.name, name) == 0) {
            return sm_refuse(d, SM_PROBLEM_NAME_TAKEN, "name", "Another agent has that name.");
        }
    }
    return TRUE;
}

static guint known_agents(const SmDesk *desk)
{
    return g_hash_table_size(desk->agents);
}

/* Letters, digits and dashes: "zh", "pt-BR". */
static gboolean languages_fit(SmDecision *d, const json_t *languages)
{
    size_t i;
    json_t *language;

    if (languages && (!json_is_array(languages) || json_array_size(languages) > SM_MAX_LANGUAGES)) {
        return sm_refuse(d, SM_PROBLEM_INVALID, "languages", "'languages' must be a list of %d at most.", SM_MAX_LANGUAGES);
    }
    json_array_foreach((json_t *)languages, i, language)
    {
        const char *tag = json_string_value(language);
        if (!tag || !sm_id_valid(tag) || strpbrk(tag, "._")) {
            return sm_refuse(d, SM_PROBLEM_INVALID, "languages", "A language is like en, zh or pt-BR.");
        }
    }
    return TRUE;
}

static gboolean load_fits(SmDecision *d)
{
    const SmCommand *command = d->command;

    return (command->capacity >= 0 && command->capacity <= 1000 && command->weight >= 0 && command->weight <= 10000) ||
           sm_refuse(d, SM_PROBLEM_INVALID, "capacity", "Capacity is 0 to 1000, weight 0 to 10000.");
}

/* `teams` and `languages` are taken over. */
static SmEvent *set_agent(SmDecision *d, const char *id, const char *name, SmRole role, json_t *teams, json_t *languages,
                          int64_t capacity, int64_t weight)
{
    SmEvent *event = sm_decide_event_of(d, SM_EVENT_AGENT_SET, NULL);

    event->agent = g_strdup(id);
    event->name = g_strdup(name);
    event->role = role;
    event->n = capacity;
    event->level = weight > 0 ? weight : 100;
    event->data = json_pack("{s:o}", "teams", teams);
    if (json_array_size(languages) > 0) { /* left out where there are none, as it was before there were any */
        json_object_set(event->data, "languages", languages);
    }
    json_decref(languages);
    return event;
}

SmEvent *sm_decide_set_agent(SmDecision *d, const SmAgent *agent, SmRole role, int64_t capacity, int64_t weight)
{
    return set_agent(d, agent->id, agent->name, role, sm_json_texts(agent->teams), sm_json_texts(agent->languages), capacity, weight);
}

const SmAgent *sm_decide_staff_agent(SmDecision *d)
{
    if (d->command->actor.kind == SM_ACTOR_CUSTOMER) {
        sm_refuse(d, SM_PROBLEM_FORBIDDEN, NULL, "This is for the desk's staff.");
        return NULL;
    }
    return need_known(d, d->command->agent ? d->command->agent : sm_decide_by(d));
}

gboolean sm_decide_leads_agent(SmDecision *d, const SmAgent *agent, const char *doing)
{
    if (!sm_need_may(d, SM_MAY_SET_OTHERS, doing)) {
        return FALSE;
    }
    return !d->agent || sm_agents_share_team(d->agent, agent) ||
           sm_refuse(d, SM_PROBLEM_FORBIDDEN, NULL, "%s is in none of your teams.", agent->id);
}

/* How much somebody gets: a lead's business, for the agents of their teams; who they are is not. */
void sm_decide_load(SmDecision *d)
{
    const SmAgent *agent = sm_decide_staff_agent(d);

    if (!agent || !load_fits(d) || !sm_need_reason(d, "reason", d->command->reason) ||
        !sm_decide_leads_agent(d, agent, "change how much an agent gets")) {
        return;
    }
    SmEvent *event = sm_decide_set_agent(d, agent, agent->role, d->command->capacity, d->command->weight);
    event->by = g_strdup(sm_decide_by(d));
    event->reason = g_strdup(d->command->reason);
}

void sm_decide_agent_set(SmDecision *d)
{
    const SmCommand *command = d->command;

    if (!need_above(d)) {
        return;
    }
    if (!command->agent || !sm_id_valid(command->agent)) {
        sm_refuse(d, SM_PROBLEM_INVALID, "agent",
                  "An agent's id has letters, digits, '.', '_', '-'.");
        return;
    }
    const SmAgent *old = sm_desk_agent(d->desk, command->agent);
    const char *name = command->name ? command->name : old ? old->name : command->agent;
    if (!old && known_agents(d->desk) >= SM_MAX_AGENTS) {
        sm_refuse(d, SM_PROBLEM_TOO_LARGE, "AGENTS", "A desk may have %d agents at most.",
                  SM_MAX_AGENTS);
        return;
    }
    if (!name_fits(d, name) || (command->data && !teams_known(d, command->data)) || !languages_fit(d, command->languages)) {
        return;
    }
    if (!load_fits(d)) {
        return;
    }
    if ((guint)command->role > SM_ROLE_TRAINEE) {
        sm_refuse(d, SM_PROBLEM_INVALID, "role", "agent, supervisor or trainee.");
        return;
    }
    set_agent(d, command->agent, name, command->role, command->data ? json_incref(command->data) : sm_json_texts(old ? old->teams : NULL),
              command->languages ? json_incref(command->languages) : sm_json_texts(old ? old->languages : NULL), command->capacity,
              command->weight);
}

void sm_decide_agent_remove(SmDecision *d)
{
    if (need_above(d) && need_known(d, d->command->agent)) {
        sm_decide_event_of(d, SM_EVENT_AGENT_REMOVED, NULL)->agent = g_strdup(d->command->agent);
    }
}

/* --- Policy ------------------------------------------------------------------------------------
 */

void sm_decide_policy_set(SmDecision *d)
{
    g_autoptr(GError) error = NULL;

    if (!need_above(d)) {
        return;
    }
    g_autoptr(SmPolicy) policy =
        d->command->data ? sm_policy_decode(d->command->data, &error) : NULL;
    if (!policy) {
        sm_refuse(d, SM_PROBLEM_INVALID, "policy", "This is no policy: %s.",
                  error ? error->message : "it is missing");
        return;
    }
    sm_decide_event_of(d, SM_EVENT_POLICY_SET, NULL)->data = json_deep_copy(d->command->data);
}
