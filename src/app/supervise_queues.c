/* SPDX-License-Identifier: MIT */
/* supervise_queues: the table of queues and their thresholds. Counts are of this instant, from what this client knows;
 * figures are the desk's (supervise_figures.c). */
#include "app/supervise.h"

#include <string.h>

#include "seatmux/text/sanitise.h"

#define MINUTE_MS 60000
#define JUDGED_LEAST 5 /* turns; fewer say nothing about a day */

void sm_supervise_queue_free(void *data)
{
    SmSuperviseQueue *queue = data;

    sm_safe_unref(queue->name);
    g_free(queue->team);
    g_free(queue);
}

static SmSuperviseQueue *queue_of(SmSupervision *s, const char *team)
{
    for (guint i = 0; i < s->shown.queues->len; i++) {
        SmSuperviseQueue *queue = s->shown.queues->pdata[i];
        if (g_strcmp0(queue->team, team) == 0)
            return queue;
    }
    return NULL;
}

/* The teams of this supervisor, in the policy's order. */
static void find_queues(SmApp *app, SmSupervision *s)
{
    const SmPolicy *policy = sm_desk_policy(sm_client_desk(app->client));
    const SmAgent *me = sm_app_my_agent(app);
    GPtrArray *fresh = g_ptr_array_new_with_free_func(sm_supervise_queue_free);

    for (guint i = 0; me != NULL && i < policy->teams->len; i++) {
        const SmTeam *team = policy->teams->pdata[i];
        if (!sm_agent_in_team(me, team->id))
            continue;
        SmSuperviseQueue *queue = g_new0(SmSuperviseQueue, 1);
        queue->team = g_strdup(team->id);
        queue->name =
            sm_safe_screen_line(team->name != NULL && *team->name ? team->name : team->id, -1);
        queue->oldest = -1;
        queue->target = team->targets.response;
        sm_supervise_figures_put(s, queue, sm_app_now(app));
        g_ptr_array_add(fresh, queue);
    }
    g_ptr_array_unref(s->shown.queues);
    s->shown.queues = fresh;
    if ((guint)s->shown.queue > fresh->len)
        s->shown.queue = 0;
}

static void count_conversation(SmSupervision *s, const SmConversation *c, int64_t now)
{
    SmSuperviseQueue *queue = queue_of(s, c->team);
    int64_t minutes = (now - c->started) / MINUTE_MS;
    gboolean counted = c->started <= sm_supervise_figures_at(s); /* by the desk */

    if (queue == NULL)
        return;
    if (c->state == SM_STATE_QUEUED && !c->offline) {
        queue->waiting++;
        queue->oldest = queue->oldest < 0 ? c->queued : MIN(queue->oldest, c->queued);
    } else if (c->state != SM_STATE_RESOLVED && c->owner != NULL) {
        queue->in_chat++;
    }
    if (!counted && minutes >= 0 && minutes < SM_ARRIVAL_MINUTES)
        queue->arrivals[SM_ARRIVAL_MINUTES - 1 - minutes]++;
}

/* A supervisor who only looks (busy, without a chat) is nobody's agent. */
static gboolean works(const SmAgent *agent)
{
    if (agent->availability == SM_AVAILABLE_OFFLINE)
        return FALSE;
    return agent->role != SM_ROLE_SUPERVISOR || agent->availability == SM_AVAILABLE_ONLINE || agent->chats > 0;
}

static void count_agents(SmApp *app, SmSupervision *s)
{
    SmDesk *desk = sm_client_desk(app->client);
    const GPtrArray *agents = sm_desk_agents(desk);

    s->shown.agents = 0;
    for (guint i = 0; i < agents->len; i++) {
        const SmAgent *agent = agents->pdata[i];
        gboolean ours = FALSE;
        for (guint k = 0; k < agent->teams->len; k++) {
            SmSuperviseQueue *queue = queue_of(s, agent->teams->pdata[k]);
            if (queue == NULL || !works(agent))
                continue;
            ours = TRUE;
            queue->agents++;
            if (agent->availability == SM_AVAILABLE_ONLINE)
                queue->places += (guint)MAX(0, sm_desk_capacity(desk, agent) - agent->chats);
        }
        s->shown.agents += ours;
    }
}

char *sm_supervise_waiting(const SmSuperviseQueue *queue)
{
    if (!queue->many_waiting)
        return g_strdup_printf("%u", queue->waiting);
    return queue->waiting < 1000 ? g_strdup_printf("%u!", queue->waiting) : g_strdup_printf("%uk!", queue->waiting / 1000);
}

/* --- Thresholds --------------------------------------------------------------------------------
 */

/* Said once, and again only after it was over. */
static void threshold(SmApp *app, SmSupervision *s, const SmSuperviseQueue *queue, const char *name,
                      gboolean passed, SmSafe *words)
{
    g_autofree char *key = g_strconcat(queue->team, "\n", name, NULL);

    if (!passed) {
        g_hash_table_remove(s->alerted, key);
    } else if (g_hash_table_add(s->alerted, g_strdup(key))) {
        sm_supervise_log_add(app, s, _("warning"), sm_safe_ref(words), sm_app_now(app), TRUE);
        sm_app_say(app, words, TRUE);
        g_autofree char *id = g_strconcat(SM_QUEUE_PREFIX, queue->team, NULL);
        sm_alerts_lead(app, id, words);
    }
    sm_safe_unref(words);
}

static void check_thresholds(SmApp *app, SmSupervision *s)
{
    int64_t most = sm_options_int(app->options, "supervise.waiting");
    int64_t least = sm_options_int(app->options, "supervise.within") * 10;

    for (guint i = 0; i < s->shown.queues->len; i++) {
        SmSuperviseQueue *queue = s->shown.queues->pdata[i];
        queue->many_waiting = most > 0 && queue->waiting > (guint)most;
        queue->few_within = least > 0 && queue->permille >= 0 && queue->permille < least;
        threshold(app, s, queue, "waiting", queue->many_waiting,
                  sm_safe_format(_("%S: %d waiting, above the threshold of %d"), queue->name,
                                 (int)queue->waiting, (int)most));
        threshold(app, s, queue, "within", queue->few_within && queue->judged >= JUDGED_LEAST,
                  sm_safe_format(_("%S: only %d %% answered in time today"), queue->name,
                                 (int)(queue->permille / 10)));
    }
}

void sm_supervise_count(SmApp *app, SmSupervision *s)
{
    const GPtrArray *all = sm_desk_conversations(sm_client_desk(app->client));
    int64_t now = sm_app_now(app);

    find_queues(app, s);
    for (guint i = 0; i < all->len; i++)
        count_conversation(s, all->pdata[i], now);
    count_agents(app, s);
    check_thresholds(app, s);
}
