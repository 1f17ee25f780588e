/* SPDX-License-Identifier: MIT */
/* supervise_figures: what the desk says of each queue: today's share within target, who was lost, and the arrivals of
 * the last half hour. This client has no conversation that is archived any more, so it can't count them itself; what
 * stands here, a report of the same period says too. */
#include "app/supervise.h"

#include "seatmux/desk/figures.h"

#define SHARE 40 /* the desk reads its whole log for an answer: it is asked for at most a fortieth of the time */
#define MINUTE_MS 60000
#define TREND_PERMILLE 50
#define TREND_TURNS 5 /* fewer say nothing about half an hour */

static void ask(void *user);

static void answered(SmApp *app, gboolean ok, const char *code, const char *words, const json_t *body, const char *conversation)
{
    SmSupervision *s = app->supervision;

    /* It may have been closed meanwhile, and opened anew. */
    if (s == NULL || !sm_pace_answered(app, &s->pace, SHARE, ask) || !ok)
        return;
    json_decref(s->figures);
    s->figures = json_incref((json_t *)body);
    s->shown.figures_at = sm_json_int(body, "now", -1);
    sm_supervise_refill(app);
}

static void ask(void *user)
{
    SmApp *app = user;

    sm_pace_asked(app, &app->supervision->pace);
    sm_app_ask_quietly(app, "/v1/report?by=team&from=today&recent=" G_STRINGIFY(SM_ARRIVAL_MINUTES), answered);
}

void sm_supervise_figures_start(SmApp *app, SmSupervision *s)
{
    s->shown.figures_at = -1;
    ask(app);
}

void sm_supervise_figures_stop(SmApp *app, SmSupervision *s)
{
    sm_loop_remove(app->loop, &s->pace.timer);
    g_clear_pointer(&s->figures, json_decref);
}

int64_t sm_supervise_figures_at(const SmSupervision *s)
{
    return s->shown.figures_at;
}

static const json_t *group_of(const json_t *report, const char *team)
{
    size_t i;
    json_t *group;

    json_array_foreach(json_object_get(report, "groups"), i, group)
        if (g_strcmp0(sm_json_str(group, "id", NULL), team) == 0)
            return json_object_get(group, "figures");
    return NULL;
}

/* Minutes that went by since the answer move the columns on. */
static void put_arrivals(SmSuperviseQueue *queue, const json_t *arrivals, int64_t past)
{
    for (int i = 0; i < SM_ARRIVAL_MINUTES; i++) {
        const json_t *n = i + past < SM_ARRIVAL_MINUTES ? json_array_get(arrivals, (size_t)(i + past)) : NULL;
        queue->arrivals[i] = (guint)MAX(0, json_integer_value(n));
    }
}

void sm_supervise_figures_put(SmSupervision *s, SmSuperviseQueue *queue, int64_t now)
{
    const json_t *today = group_of(s->figures, queue->team), *within = json_object_get(today, "within_agent");
    const json_t *recent = json_object_get(json_object_get(json_object_get(s->figures, "recent"), "teams"), queue->team);
    const json_t *lately = json_object_get(recent, "within_agent");

    queue->permille = sm_json_int(within, "permille", -1);
    queue->judged = sm_json_int(within, "n", 0);
    queue->abandoned = s->figures == NULL ? -1 : sm_json_int(json_object_get(today, "abandoned"), "n", 0);
    if (s->figures == NULL)
        return;
    put_arrivals(queue, json_object_get(recent, "arrivals"), MAX(0, now - s->shown.figures_at) / MINUTE_MS);
    int64_t change = sm_json_int(lately, "permille", -1) - queue->permille;
    if (queue->permille >= 0 && sm_json_int(lately, "n", 0) >= TREND_TURNS)
        queue->trend = change <= -TREND_PERMILLE ? -1 : change >= TREND_PERMILLE;
}
