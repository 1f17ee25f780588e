/* SPDX-License-Identifier: MIT */
/* service_metrics: figures for Prometheus, in its text form. Counts only, no names. */
#include "service_private.h"

typedef struct {
    guint parks;
    guint sessions;
    guint states[4];
    guint online;
} Figures;

static void count_parks(const GQueue *viewers, Figures *f)
{
    for (GList *l = viewers->head; l != NULL; l = l->next)
        for (GList *m = ((Viewer *)l->data)->seats.head; m != NULL; m = m->next) {
            f->sessions++;
            f->parks += ((Seat *)m->data)->park != NULL;
        }
}

static Figures figures(SmService *s)
{
    Figures f = {0};
    const GPtrArray *conversations = sm_desk_conversations(s->desk);
    const GPtrArray *agents = sm_desk_agents(s->desk);

    count_parks(&s->staff, &f);
    count_parks(&s->customers, &f);
    for (guint i = 0; i < conversations->len; i++) {
        const SmConversation *c = g_ptr_array_index(conversations, i);
        if ((guint)c->state < G_N_ELEMENTS(f.states))
            f.states[c->state]++;
    }
    for (guint i = 0; i < agents->len; i++) {
        const SmAgent *agent = g_ptr_array_index(agents, i);
        f.online += agent->availability == SM_AVAILABLE_ONLINE;
    }
    return f;
}

static void metric(GString *out, const char *name, const char *type, const char *labels,
                   guint64 value)
{
    if (type != NULL)
        g_string_append_printf(out, "# TYPE seatmux_%s %s\n", name, type);
    g_string_append_printf(out, "seatmux_%s%s %" G_GUINT64_FORMAT "\n", name, labels, value);
}

static void metrics_quiet(SmPending *p)
{
    SmService *s = p->s;
    Figures f = figures(s);
    GString *out = g_string_new(NULL);

    metric(out, "requests_total", "counter", "", s->count.requests);
    metric(out, "answers_total", "counter", "{class=\"2xx\"}", s->count.answers_2xx);
    metric(out, "answers_total", NULL, "{class=\"4xx\"}", s->count.answers_4xx);
    metric(out, "answers_total", NULL, "{class=\"5xx\"}", s->count.answers_5xx);
    metric(out, "records_total", "counter", "", s->count.records);
    metric(out, "commits_total", "counter", "", s->count.groups);
    metric(out, "commit_failures_total", "counter", "", s->count.failed_groups);
    metric(out, "polls_woken_total", "counter", "", s->count.polls_woken);
    metric(out, "polls_idle_total", "counter", "", s->count.polls_idle);
    metric(out, "log_seq", "gauge", "", (guint64)s->durable);
    metric(out, "parked_polls", "gauge", "", f.parks);
    metric(out, "sessions_in_use", "gauge", "", f.sessions);
    metric(out, "agents_online", "gauge", "", f.online);
    for (guint i = 0; i < G_N_ELEMENTS(f.states); i++) {
        g_autofree char *label = g_strdup_printf("{state=\"%s\"}", sm_state_name((SmState)i));
        metric(out, "conversations", i == 0 ? "gauge" : NULL, label, f.states[i]);
    }
    metric(out, "build_info", "gauge", "{version=\"" SM_VERSION "\"}", 1);
    sm_pending_answer(p, sm_answer_text(200, "text/plain; version=0.0.4; charset=utf-8",
                                        g_string_free(out, FALSE)));
}

void sm_handle_metrics(SmPending *p)
{
    sm_pending_when_quiet(p, metrics_quiet);
}
