/* SPDX-License-Identifier: MIT */
/* Figures over several conversations, the arithmetic, and explain (turn-clock.md, rules 12-19). */
#include <locale.h>
#include <string.h>

#include "seatmux/desk/figures.h"

#define T0 INT64_C(1767571200000)
#define TEAM "support"

typedef struct {
    SmPolicy *policy;
    SmFigures *figures;
} Fix;

static void set_up(Fix *f, gconstpointer data)
{
    f->policy = sm_policy_shipped();
    f->figures = sm_figures_new(T0, T0 + 3600000, T0 + 3600000);
}

static void tear_down(Fix *f, gconstpointer data)
{
    sm_policy_unref(f->policy);
    sm_figures_free(f->figures);
}

/* A conversation asked at 0, owned since 0 and answered `ms` later. */
static void answered(Fix *f, const char *id, const char *agent, int64_t ms)
{
    g_autoptr(SmTurns) t = sm_turns_new();
    sm_turns_queued(t, T0, SM_CAUSE_START, f->policy, TEAM);
    sm_turns_assigned(t, T0, agent, FALSE, SM_CAUSE_CLAIM, f->policy, TEAM);
    sm_turns_customer_message(t, T0, f->policy, TEAM);
    sm_turns_staff_message(t, T0 + ms, agent);
    sm_figures_add(f->figures, id, t);
}

static void missed(Fix *f, const char *id, const char *agent)
{
    g_autoptr(SmTurns) t = sm_turns_new();
    sm_turns_queued(t, T0, SM_CAUSE_START, f->policy, TEAM);
    sm_turns_customer_message(t, T0, f->policy, TEAM);
    sm_turns_assigned(t, T0 + 500, agent, FALSE, SM_CAUSE_CLAIM, f->policy, TEAM);
    sm_turns_resolved(t, T0 + 90000, FALSE);
    sm_figures_add(f->figures, id, t);
}

static SmFigureValue value(const Fix *f, SmFigure figure, const char *agent)
{
    return sm_figures_value(f->figures, figure, agent ? SM_SCOPE_AGENT : SM_SCOPE_DESK, agent);
}

/* 1, 2, ... 10 s: median is value 5, p90 value 9, the mean 5.5 s. */
static void nearest_rank(Fix *f, gconstpointer data)
{
    for (int i = 10; i >= 1; i--) {
        g_autofree char *id = g_strdup_printf("c%d", i);
        answered(f, id, "mia", i * 1000);
    }
    SmFigureValue v = value(f, SM_FIGURE_RESPONSE, NULL);
    g_assert_cmpint(v.n, ==, 10);
    g_assert_cmpint(v.mean, ==, 5500);
    g_assert_cmpint(v.median, ==, 5000);
    g_assert_cmpint(v.p90, ==, 9000);
    g_assert_cmpint(v.max, ==, 10000);
    /* Reply target 5 s: 1..4 s are before it; the customer's target is 25 s. */
    g_assert_cmpint(value(f, SM_FIGURE_WITHIN_AGENT, NULL).within, ==, 4);
    g_assert_cmpint(value(f, SM_FIGURE_WITHIN_CUSTOMER, NULL).within, ==, 10);
    int64_t one[] = {7}, three[] = {1, 2, 3}, hundred[100];
    for (int i = 0; i < 100; i++) {
        hundred[i] = i + 1;
    }
    g_assert_cmpint(sm_figures_rank(one, 1, 50), ==, 7);
    g_assert_cmpint(sm_figures_rank(one, 1, 90), ==, 7);
    g_assert_cmpint(sm_figures_rank(three, 3, 50), ==, 2);
    g_assert_cmpint(sm_figures_rank(three, 3, 90), ==, 3);
    g_assert_cmpint(sm_figures_rank(hundred, 100, 90), ==, 90);
    g_assert_cmpint(sm_figures_rank(hundred, 99, 90), ==, 90);
}

static void mean_rounds_half_up(Fix *f, gconstpointer data)
{
    answered(f, "a", "mia", 1);
    answered(f, "b", "mia", 2);
    g_assert_cmpint(value(f, SM_FIGURE_RESPONSE, NULL).mean, ==, 2);
    answered(f, "c", "mia", 1);
    g_assert_cmpint(value(f, SM_FIGURE_RESPONSE, NULL).mean, ==, 1);
    g_assert_cmpint(sm_figures_permille(1, 3), ==, 333);
    g_assert_cmpint(sm_figures_permille(2, 3), ==, 667);
    g_assert_cmpint(sm_figures_permille(1, 2000), ==, 1);
    g_assert_cmpint(sm_figures_permille(0, 0), ==, -1);
}

static void nothing_is_no_zero(Fix *f, gconstpointer data)
{
    SmFigureValue v = value(f, SM_FIGURE_RESPONSE, NULL);
    g_assert_cmpint(v.n, ==, 0);
    g_assert_cmpint(v.mean, ==, -1);
    g_assert_cmpint(v.max, ==, -1);
    g_assert_cmpint(value(f, SM_FIGURE_QUESTION_ANSWER, NULL).ratio_hundredths, ==, -1);
    g_autoptr(GPtrArray) rows =
        sm_figures_explain(f->figures, SM_FIGURE_RESPONSE, SM_SCOPE_DESK, NULL);
    g_assert_cmpuint(rows->len, ==, 0);
}

static void by_agent(Fix *f, gconstpointer data)
{
    answered(f, "a", "mia", 4000);
    answered(f, "b", "leo", 6000);
    missed(f, "c", "leo");
    g_assert_cmpint(value(f, SM_FIGURE_RESPONSE_RATE, NULL).n, ==, 3);
    g_assert_cmpint(value(f, SM_FIGURE_RESPONSE_RATE, NULL).within, ==, 2);
    g_assert_cmpint(value(f, SM_FIGURE_RESPONSE_RATE, "leo").n, ==, 2);
    g_assert_cmpint(value(f, SM_FIGURE_RESPONSE_RATE, "leo").within, ==, 1);
    g_assert_cmpint(value(f, SM_FIGURE_WITHIN_AGENT, "mia").within, ==, 1);
    g_assert_cmpint(value(f, SM_FIGURE_WITHIN_AGENT, "leo").n, ==, 2);
    g_assert_cmpint(value(f, SM_FIGURE_WITHIN_AGENT, "leo").within, ==, 0);
    g_assert_cmpint(value(f, SM_FIGURE_FIRST_RESPONSE, "leo").n, ==, 1);
    g_assert_cmpint(value(f, SM_FIGURE_MISSED, "leo").n, ==, 1);
    g_assert_cmpint(value(f, SM_FIGURE_RESPONSE, "nobody").n, ==, 0);
    g_auto(GStrv) agents = sm_figures_ids(f->figures, SM_SCOPE_AGENT);
    g_assert_cmpuint(g_strv_length(agents), ==, 2);
    g_assert_cmpstr(agents[0], ==, "leo");
    g_auto(GStrv) teams = sm_figures_ids(f->figures, SM_SCOPE_TEAM);
    g_assert_cmpuint(g_strv_length(teams), ==, 1);
    g_assert_cmpstr(teams[0], ==, TEAM);
}

static gboolean says(json_t *json, const char *key, int64_t number)
{
    return json_is_integer(json_object_get(json, key)) && sm_json_int(json, key, 0) == number;
}

/* Every number can be counted again from the rows that explain names. */
static void explain(Fix *f, gconstpointer data)
{
    answered(f, "a", "mia", 4000);
    missed(f, "c", "leo");
    g_autoptr(GPtrArray) rows =
        sm_figures_explain(f->figures, SM_FIGURE_WITHIN_AGENT, SM_SCOPE_AGENT, "leo");
    g_assert_cmpuint(rows->len, ==, 1);
    g_autoptr(json_t) row = sm_figure_row_json(rows->pdata[0]);
    g_assert_cmpstr(sm_json_str(row, "figure", ""), ==, "within_agent");
    g_assert_cmpstr(sm_json_str(row, "conversation", ""), ==, "c");
    g_assert_cmpstr(sm_json_str(row, "agent", ""), ==, "leo");
    g_assert_cmpstr(sm_json_str(row, "outcome", ""), ==, "missed");
    g_assert_true(says(row, "asked", T0));
    g_assert_true(says(row, "assigned", T0 + 500));
    g_assert_true(says(row, "deadline", T0 + 5500));
    g_assert_true(says(row, "ended", T0 + 90000));
    g_assert_null(json_object_get(row, "replied"));
    g_assert_true(json_is_false(json_object_get(row, "within")));
    for (int figure = 0; figure < SM_FIGURE_N; figure++) {
        g_autoptr(GPtrArray) all =
            sm_figures_explain(f->figures, (SmFigure)figure, SM_SCOPE_DESK, NULL);
        SmFigureValue v = value(f, (SmFigure)figure, NULL);
        int64_t sum = 0;
        for (guint i = 0; i < all->len; i++) {
            sum += v.kind == SM_FIGURE_COUNT ? ((SmFigureRow *)all->pdata[i])->value : 1;
        }
        g_assert_cmpint(sum, ==, v.n);
        SmFigure back;
        g_assert_true(sm_figure_from_name(sm_figure_name((SmFigure)figure), &back));
        g_assert_cmpint(back, ==, figure);
    }
}

static SmEvent *event(SmRecord *record, SmEventType type)
{
    SmEvent *e = sm_event_new(type);
    e->conversation = g_strdup("c1");
    g_ptr_array_add(record->events, e);
    return e;
}

static void apply(SmDesk *desk, SmFigures *figures, SmRecord *record)
{
    g_autoptr(GError) error = NULL;
    record->seq = sm_desk_seq(desk) + 1;
    g_assert_true(figures ? sm_figures_fold(figures, desk, record, &error)
                          : sm_desk_apply(desk, record, &error));
    sm_record_unref(record);
}

static SmEvent *message(SmRecord *record, SmAuthor author, const char *agent)
{
    SmEvent *e = event(record, SM_EVENT_MESSAGE_POSTED);
    e->author = author;
    e->agent = g_strdup(agent);
    return e;
}

/* A started conversation with a message, owned by mia from 2 s on. */
static void open_conversation(SmDesk *desk, SmFigures *figures)
{
    SmRecord *record = sm_record_new(T0, "k1", "desk", "f");
    SmEvent *e = event(record, SM_EVENT_CONVERSATION_STARTED);
    e->contact = g_strdup("k");
    e->team = g_strdup(TEAM);
    e->inbox = g_strdup("web");
    e = event(record, SM_EVENT_CONVERSATION_QUEUED);
    e->team = g_strdup(TEAM);
    e->cause = SM_CAUSE_START;
    message(record, SM_AUTHOR_CUSTOMER, NULL);
    apply(desk, figures, record);
    record = sm_record_new(T0 + 2000, "k2", "agent:mia", "f");
    e = event(record, SM_EVENT_CONVERSATION_ASSIGNED);
    e->agent = g_strdup("mia");
    e->team = g_strdup(TEAM);
    e->cause = SM_CAUSE_CLAIM;
    apply(desk, figures, record);
}

static void post(SmDesk *desk, SmFigures *figures, int64_t at, SmMessageKind kind, SmAuthor author)
{
    SmRecord *record = sm_record_new(T0 + at, NULL, "desk", "f");
    message(record, author, "mia")->kind = kind;
    apply(desk, figures, record);
}

/* Rule 2 through the fold: what does not close, and what does. */
static void only_people_close(Fix *f, gconstpointer data)
{
    static const SmMessageKind AUTOMATIC[] = {SM_MESSAGE_GREETING, SM_MESSAGE_AUTO_REPLY,
                                              SM_MESSAGE_BROADCAST, SM_MESSAGE_INCIDENT,
                                              SM_MESSAGE_SCHEDULED};
    for (int file = 0; file < 2; file++) {
        g_autoptr(SmDesk) desk = sm_desk_new(0);
        open_conversation(desk, NULL);
        const SmConversation *c = sm_desk_conversation(desk, "c1");
        for (gsize i = 0; i < G_N_ELEMENTS(AUTOMATIC); i++) {
            post(desk, NULL, 2100, AUTOMATIC[i], SM_AUTHOR_AGENT);
            post(desk, NULL, 2100, AUTOMATIC[i], SM_AUTHOR_SYSTEM);
        }
        post(desk, NULL, 2200, SM_MESSAGE_TEXT, SM_AUTHOR_BOT);
        post(desk, NULL, 2200, SM_MESSAGE_TEXT, SM_AUTHOR_SYSTEM);
        g_assert_nonnull(sm_turns_open(c->turns));
        post(desk, NULL, 3000, file ? SM_MESSAGE_FILE : SM_MESSAGE_TEXT, SM_AUTHOR_AGENT);
        g_assert_null(sm_turns_open(c->turns));
        g_assert_cmpint(sm_turns_at(c->turns, 0)->reaction, ==, 1000);
    }
}

/* A log in which the conversation is archived gives the same figures as one that stops before. */
static void of_a_log(Fix *f, gconstpointer data)
{
    for (int archive = 0; archive < 2; archive++) {
        g_autoptr(SmDesk) desk = sm_desk_new(0);
        g_autoptr(SmFigures) figures = sm_figures_new(T0, T0 + 3600000, T0 + 3600000);
        open_conversation(desk, figures);
        post(desk, figures, 5000, SM_MESSAGE_TEXT, SM_AUTHOR_AGENT);
        SmRecord *record = sm_record_new(T0 + 9000, "k4", "agent:mia", "f");
        event(record, SM_EVENT_CONVERSATION_RESOLVED)->reason = g_strdup("done");
        apply(desk, figures, record);
        if (archive) {
            record = sm_record_new(T0 + 609000, "k5", "desk", "f");
            event(record, SM_EVENT_CONVERSATION_ARCHIVED);
            apply(desk, figures, record);
        }
        sm_figures_end(figures, desk);
        SmFigureValue v = sm_figures_value(figures, SM_FIGURE_REACTION, SM_SCOPE_AGENT, "mia");
        g_assert_cmpint(v.n, ==, 1);
        g_assert_cmpint(v.mean, ==, 3000);
        g_assert_cmpint(sm_figures_value(figures, SM_FIGURE_RESOLUTION, SM_SCOPE_DESK, NULL).mean,
                        ==, 9000);
    }
}

#define ADD(path, function) g_test_add("/figures/" path, Fix, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    g_test_init(&argc, &argv, NULL);
    ADD("rule-13/nearest-rank", nearest_rank);
    ADD("rule-13/mean-rounds-half-up", mean_rounds_half_up);
    ADD("rule-13/nothing-is-no-zero", nothing_is_no_zero);
    ADD("rule-12/by-agent", by_agent);
    ADD("rule-19/explain", explain);
    ADD("rule-02/only-people-close", only_people_close);
    ADD("rule-18/of-a-log", of_a_log);
    return g_test_run();
}
