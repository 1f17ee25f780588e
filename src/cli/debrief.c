/* SPDX-License-Identifier: MIT */
#include "cli/debrief.h"

#include <glib/gi18n.h>
#include <string.h>

#include "cli/report.h"
#include "seatmux/base/limits.h"
#include "seatmux/text/clock_text.h"
#include "seatmux/text/sanitise.h"
#include "seatmux/text/width.h"

#define SLOWEST 3
#define MISTAKES 8 /* that are printed */
#define VALUE 8 /* columns of a figure */
#define QUOTE 60

static json_t *ask(SmLocalDesk *desk, const char *target)
{
    g_autoptr(SmRequest) request = sm_request_new("GET", target);
    request->admin = TRUE;
    g_autoptr(SmAnswer) answer = sm_local_desk_ask(desk, request);
    gsize n = 0;
    const char *bytes = answer->status == 200 && answer->body ? g_bytes_get_data(answer->body, &n) : NULL;
    return bytes ? sm_json_parse(bytes, n, SM_MAX_ANSWER_BYTES, NULL) : NULL;
}

/* --- Goals ---------------------------------------------------------------------------------------
 */

/* What a goal is called in the document and for people, and in what it is counted. */
static const struct {
    const char *name, *unit, *words;
} GOALS[] = {
    {"thanked", "permille", N_("customers who thanked you")},
    {"within", "permille", N_("answered before the agent's deadline")},
    {"first_response", "ms", N_("mean first response time")},
    {"response", "ms", N_("response time of nine in ten")},
    {"mistakes", "n", N_("answers that did not help")},
};

/* asked < 0: the scenario does not ask for it. value < 0: there is nothing to measure, so it is not met. */
static void add_goal(json_t *goals, guint which, int64_t asked, int64_t value, gboolean at_least)
{
    if (asked < 0)
        return;
    gboolean met = value >= 0 && (at_least ? value >= asked : value <= asked);
    json_array_append_new(goals, json_pack("{s:s, s:s, s:s, s:I, s:o, s:b}", "goal", GOALS[which].name, "unit",
                                           GOALS[which].unit, "bound", at_least ? "least" : "most", "asked",
                                           (json_int_t)asked, "value", value < 0 ? json_null() : json_integer(value), "met",
                                           met));
}

static int64_t figure(const json_t *figures, const char *name, const char *part)
{
    return sm_json_int(json_object_get(figures, name), part, -1);
}

static json_t *goals_of(const SmGoals *asked, const json_t *figures, SmSimStats customers, guint mistakes)
{
    json_t *goals = json_array();
    int left = customers.thanked + customers.angry;
    add_goal(goals, 0, (int64_t)(asked->thanked * 1000 + 0.5), left ? customers.thanked * 1000 / left : -1, TRUE);
    add_goal(goals, 1, (int64_t)(asked->within * 1000 + 0.5), figure(figures, "within_agent", "permille"), TRUE);
    add_goal(goals, 2, asked->first_response, figure(figures, "first_response", "mean"), FALSE);
    add_goal(goals, 3, asked->response, figure(figures, "response", "p90"), FALSE);
    add_goal(goals, 4, asked->mistakes, mistakes, FALSE);
    return goals;
}

static gboolean all_met(const json_t *goals)
{
    size_t i;
    json_t *goal;
    json_array_foreach(goals, i, goal) if (!json_is_true(json_object_get(goal, "met"))) return FALSE;
    return TRUE;
}

/* --- The answers -----------------------------------------------------------------------------------
 */

static int64_t took(const json_t *row)
{
    return sm_json_int(row, "replied", 0) - sm_json_int(row, "asked", 0);
}

static int slow_first(gconstpointer a, gconstpointer b)
{
    int64_t x = took(*(json_t *const *)a), y = took(*(json_t *const *)b);
    return x < y ? 1 : x > y ? -1 : 0;
}

/* What the turn began with, or what answered it: earlier lines are there for the context. */
static const char *words_of(const json_t *row, gboolean customer)
{
    int64_t at = sm_json_int(row, customer ? "asked" : "replied", 0);
    size_t i;
    json_t *message;
    json_array_foreach(json_object_get(row, "messages"), i, message)
        if ((strcmp(sm_json_str(message, "author", ""), "customer") == 0) == customer &&
            sm_json_int(message, "at", 0) >= at)
            return sm_json_str(message, "text", "");
    return "";
}

static json_t *slowest_of(const json_t *explained)
{
    const json_t *rows = json_object_get(explained, "rows");
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row) if (sm_json_int(row, "replied", 0) > 0) g_ptr_array_add(sorted, row);
    g_ptr_array_sort(sorted, slow_first);
    json_t *slowest = json_array();
    for (guint k = 0; k < MIN(sorted->len, SLOWEST); k++) {
        row = sorted->pdata[k];
        json_array_append_new(slowest, json_pack("{s:s, s:I, s:s, s:s}", "conversation",
                                                 sm_json_str(row, "conversation", ""), "ms", (json_int_t)took(row), "asked",
                                                 words_of(row, TRUE), "answered", words_of(row, FALSE)));
    }
    return slowest;
}

static json_t *mistakes_of(const SmSim *sim)
{
    json_t *mistakes = json_array();
    const GPtrArray *all = sm_sim_mistakes(sim);
    for (guint i = 0; i < all->len; i++) {
        const SmSimMistake *m = all->pdata[i];
        json_array_append_new(mistakes, json_pack("{s:s, s:s?, s:s, s:s, s:s?, s:s?}", "customer", m->customer,
                                                  "conversation", m->conversation, "asked", m->asked, "answered",
                                                  m->answered, "why", m->why, "model", m->model));
    }
    return mistakes;
}

json_t *sm_debrief_make(SmLocalDesk *desk, const SmScenario *scenario, const SmSim *sim, uint64_t seed,
                        const char *agent)
{
    g_autoptr(json_t) report = ask(desk, "/v1/report?by=desk");
    g_autoptr(json_t) explained = ask(desk, "/v1/report?by=desk&explain=response");
    json_t *total = json_object_get(report, "total");
    SmSimStats s = sm_sim_stats(sim);
    json_t *goals = goals_of(&scenario->goals, json_object_get(total, "figures"), s, sm_sim_mistakes(sim)->len);
    return json_pack("{s:s, s:s, s:I, s:s, s:{s:i, s:i, s:i, s:i, s:i}, s:b, s:o, s:o, s:o, s:O?}", "scenario", scenario->id,
                     "title", scenario->title, "seed", (json_int_t)seed, "agent", agent, "customers", "came", s.arrived,
                     "thanked", s.thanked, "angry", s.angry, "there", s.waiting + s.talking, "failed", s.errors,
                     "passed", all_met(goals), "goals", goals, "mistakes", mistakes_of(sim), "slowest",
                     slowest_of(explained), "total", total);
}

gboolean sm_debrief_passed(const json_t *debrief)
{
    return json_is_true(json_object_get(debrief, "passed"));
}

/* --- In words ------------------------------------------------------------------------------------
 */

static void print_value(FILE *out, const char *value, const char *words)
{
    int width = sm_width_text(&(SmWidths){0}, value, strlen(value));
    fprintf(out, "  %*s%s  %s\n", MAX(0, VALUE - width), "", value, words);
}

static void print_figures(FILE *out, const json_t *total)
{
    guint n;
    const SmReportColumn *columns = sm_report_columns(&n);
    for (guint i = 0; i < n; i++) {
        g_autofree char *cell = sm_report_cell(total, &columns[i]);
        if (strcmp(cell, "-") != 0)
            print_value(out, cell, _(columns[i].help));
    }
}

static char *quantity(const char *unit, const json_t *value)
{
    int64_t n = json_is_integer(value) ? json_integer_value(value) : -1;
    if (n < 0 || g_str_equal(unit, "permille"))
        return sm_report_percent(n);
    if (g_str_equal(unit, "ms"))
        return g_strdup_printf("%d.%ds", (int)(n / 1000), (int)(n % 1000 / 100));
    return g_strdup_printf("%" G_GINT64_FORMAT, n);
}

static const char *words_of_goal(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(GOALS); i++)
        if (g_str_equal(GOALS[i].name, name))
            return _(GOALS[i].words);
    return name;
}

static void print_goals(FILE *out, const json_t *debrief)
{
    size_t i;
    json_t *goal;
    fprintf(out, "\n%s\n", sm_debrief_passed(debrief) ? _("Passed: every goal of the shift is met.")
                                                      : _("Not passed yet:"));
    json_array_foreach(json_object_get(debrief, "goals"), i, goal)
    {
        const char *unit = sm_json_str(goal, "unit", "n");
        g_autofree char *value = quantity(unit, json_object_get(goal, "value"));
        g_autofree char *asked = quantity(unit, json_object_get(goal, "asked"));
        gboolean least = g_str_equal(sm_json_str(goal, "bound", ""), "least");
        g_autofree char *bound = g_strdup_printf(least ? _("at least %s") : _("at most %s"), asked);
        gboolean met = json_is_true(json_object_get(goal, "met"));
        g_autofree char *words = g_strdup_printf("%s %s (%s)", met ? "+" : "-", words_of_goal(sm_json_str(goal, "goal", "")),
                                                 bound);
        print_value(out, value, words);
    }
}

static void print_quote(FILE *out, const char *mark, const char *text)
{
    g_autoptr(SmSafe) safe = sm_safe_clipped(&(SmWidths){0}, text, -1, QUOTE);
    fprintf(out, "            %s%s\n", mark, sm_safe_str(safe));
}

static void print_mistakes(FILE *out, const json_t *mistakes)
{
    size_t n = json_array_size(mistakes);
    if (n == 0)
        return;
    fprintf(out, "\n%s\n", _("Answers that did not help:"));
    for (size_t i = 0; i < MIN(n, MISTAKES); i++) {
        const json_t *m = json_array_get(mistakes, i);
        const char *why = sm_json_str(m, "why", NULL), *model = sm_json_str(m, "model", NULL);
        g_autoptr(SmSafe) name = sm_safe_clipped(&(SmWidths){0}, sm_json_str(m, "customer", ""), -1, QUOTE / 2);
        g_autoptr(SmSafe) words = sm_safe_clipped(&(SmWidths){0}, why ? why : _("not to the point"), -1, QUOTE);
        fprintf(out, "  %s: %s\n", sm_safe_str(name), sm_safe_str(words));
        print_quote(out, "", sm_json_str(m, "asked", ""));
        print_quote(out, "> ", sm_json_str(m, "answered", ""));
        if (model)
            print_quote(out, "+ ", model);
    }
    if (n > MISTAKES)
        fprintf(out, _("  and %d more\n"), (int)(n - MISTAKES));
}

static void print_slowest(FILE *out, const json_t *slowest)
{
    size_t i;
    json_t *row;
    if (json_array_size(slowest) > 0)
        fprintf(out, "\n%s\n", _("The answers that took longest:"));
    json_array_foreach(slowest, i, row)
    {
        char clock[32];
        sm_text_duration(clock, sizeof clock, sm_json_int(row, "ms", 0));
        g_autoptr(SmSafe) asked = sm_safe_clipped(&(SmWidths){0}, sm_json_str(row, "asked", ""), -1, QUOTE);
        fprintf(out, "  %8s  %s\n", clock, sm_safe_str(asked));
        print_quote(out, "> ", sm_json_str(row, "answered", ""));
    }
}

void sm_debrief_print(FILE *out, const json_t *debrief)
{
    const json_t *customers = json_object_get(debrief, "customers");
    if (sm_json_int(customers, "came", 0) == 0)
        return;
    g_autoptr(SmSafe) title = sm_safe_line(sm_json_str(debrief, "title", ""), -1);
    fprintf(out, _("How it went: %s\n"), sm_safe_str(title));
    fprintf(out, _("%d customers came, %d thanked you, %d left angry.\n"), (int)sm_json_int(customers, "came", 0),
            (int)sm_json_int(customers, "thanked", 0), (int)sm_json_int(customers, "angry", 0));
    int there = (int)sm_json_int(customers, "there", 0);
    if (there > 0)
        fprintf(out, ngettext("%d was still there.\n", "%d were still there.\n", (gulong)there), there);
    fputc('\n', out);
    print_figures(out, json_object_get(debrief, "total"));
    print_goals(out, debrief);
    print_mistakes(out, json_object_get(debrief, "mistakes"));
    print_slowest(out, json_object_get(debrief, "slowest"));
    fputc('\n', out);
    fprintf(out, _("The same customers again: --seed %lld\n"), (long long)sm_json_int(debrief, "seed", 0));
}
