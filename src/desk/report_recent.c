/* SPDX-License-Identifier: MIT */
/* report_recent: the last minutes of each team, beside the period of a report: how many were answered in time, and how
 * many conversations began in each minute. What a supervisor's screen shows of conversations that are over and archived
 * can come from nowhere else. */
#include "desk/report_recent.h"

#include "desk/figures_private.h"
#include "seatmux/base/json.h"

#define MINUTE_MS 60000

struct SmRecent {
    int minutes;
    int64_t to;
    SmFigures *figures;
    GHashTable *began; /* team -> guint[minutes], oldest first */
};

SmRecent *sm_recent_new(int minutes, int64_t to)
{
    SmRecent *r = g_new0(SmRecent, 1);
    r->minutes = minutes;
    r->to = to;
    r->figures = sm_figures_new(to - minutes * (int64_t)MINUTE_MS, to + 1, to);
    r->began = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return r;
}

void sm_recent_free(SmRecent *r)
{
    if (r) {
        sm_figures_free(r->figures);
        g_hash_table_unref(r->began);
        g_free(r);
    }
}

void sm_recent_add(SmRecent *r, const char *conversation, const char *team, const SmTurns *turns)
{
    const SmRound *first = sm_turns_round(turns, 0);
    int64_t age = first ? r->to - first->began : -1;
    sm_figures_add(r->figures, conversation, turns);
    if (!team || age < 0 || age >= r->minutes * (int64_t)MINUTE_MS) {
        return;
    }
    guint *began = g_hash_table_lookup(r->began, team);
    if (!began) {
        began = g_new0(guint, (gsize)r->minutes);
        g_hash_table_insert(r->began, g_strdup(team), began);
    }
    began[r->minutes - 1 - age / MINUTE_MS]++;
}

json_t *sm_recent_json(const SmRecent *r, const SmPolicy *policy, gboolean (*keep)(SmScope by, const char *id, void *user),
                       void *user)
{
    json_t *teams = json_object();
    for (guint i = 0; i < policy->teams->len; i++) {
        const SmTeam *team = policy->teams->pdata[i];
        if (keep && !keep(SM_SCOPE_TEAM, team->id, user)) {
            continue;
        }
        const guint *began = g_hash_table_lookup(r->began, team->id);
        SmFigureValue within = sm_figures_value(r->figures, SM_FIGURE_WITHIN_AGENT, SM_SCOPE_TEAM, team->id);
        json_t *arrivals = json_array();
        for (int k = 0; k < r->minutes; k++) {
            json_array_append_new(arrivals, json_integer(began ? began[k] : 0));
        }
        json_object_set_new(teams, team->id, json_pack("{s:o, s:o}", "within_agent", sm_figure_value_json(&within), "arrivals", arrivals));
    }
    return json_pack("{s:i, s:o}", "minutes", r->minutes, "teams", teams);
}
