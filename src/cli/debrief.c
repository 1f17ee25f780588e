/* SPDX-License-Identifier: MIT */
#include "cli/debrief_private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/report.h"
#include "seatmux/base/limits.h"
#include "seatmux/text/clock_text.h"
#include "seatmux/text/sanitise.h"
#include "seatmux/text/width.h"

#define SLOWEST 3
#define MISTAKES 8 /* that are printed */
#define VALUE 8 /* columns of a figure */
#define QUOTE 60
#define RATIO 120 /* hundredths: answers to one question */
#define LISTED 8  /* of a kind, that are printed */

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

json_t *sm_debrief_goals(const SmGoals *asked, const json_t *figures, SmSimStats customers, guint mistakes)
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

gboolean sm_debrief_all_met(const json_t *goals)
{
    size_t i;
    json_t *goal;
    json_array_foreach(goals, i, goal) if (!json_is_true(json_object_get(goal, "met"))) return FALSE;
    return TRUE;
}

/* --- The answers -----------------------------------------------------------------------------------
 */

static int slow_first(gconstpointer a, gconstpointer b)
{
    int64_t x = sm_json_int(*(json_t *const *)a, "ms", 0), y = sm_json_int(*(json_t *const *)b, "ms", 0);
    return x < y ? 1 : x > y ? -1 : 0;
}

static json_t *slowest_of(const json_t *turns)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    size_t i;
    json_t *turn;
    json_array_foreach(turns, i, turn) if (json_object_get(turn, "ms")) g_ptr_array_add(sorted, turn);
    g_ptr_array_sort(sorted, slow_first);
    json_t *slowest = json_array();
    for (guint k = 0; k < MIN(sorted->len, SLOWEST); k++) {
        turn = sorted->pdata[k];
        json_array_append_new(slowest, json_pack("{s:s, s:I, s:s, s:s}", "conversation",
                                                 sm_json_str(turn, "conversation", ""), "ms",
                                                 (json_int_t)sm_json_int(turn, "ms", 0), "asked",
                                                 sm_json_str(turn, "question", ""), "answered", sm_json_str(turn, "answer", "")));
    }
    return slowest;
}

/* A fact that is not so, or none of those that were asked for. */
static json_t *mistakes_of(const SmSim *sim)
{
    json_t *mistakes = json_array();
    const GPtrArray *all = sm_sim_answers(sim);
    for (guint i = 0; i < all->len; i++) {
        const SmSimAnswer *m = all->pdata[i];
        if (!m->helped)
            json_array_append_new(mistakes, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s?, s:s?}", "customer", m->customer,
                                                      "conversation", m->conversation, "fact", m->why ? "wrong" : "missing",
                                                      "asked", m->asked, "answered", m->answered, "why", m->why, "model",
                                                      m->model));
    }
    return mistakes;
}

/* Question marks of both scripts, and the particles that ask in Chinese. */
static gboolean asks(const char *text)
{
    static const char *const marks[] = {"?", "？", "吗", "呢", "么"};
    for (guint i = 0; i < G_N_ELEMENTS(marks); i++)
        if (strstr(text, marks[i]))
            return TRUE;
    return FALSE;
}

static json_t *unanswered_of(const json_t *turns)
{
    json_t *list = json_array();
    size_t i;
    json_t *turn;
    json_array_foreach(turns, i, turn)
    {
        const char *question = sm_json_str(turn, "question", "");
        if (!json_object_get(turn, "replied") && asks(question))
            json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "conversation", sm_json_str(turn, "conversation", ""),
                                                  "customer", sm_json_str(turn, "customer", ""), "asked", question));
    }
    return list;
}

/* Answers to one question, against the 1:1.2 of the trade. */
static json_t *ratio_of(const json_t *figures)
{
    int64_t questions = figure(figures, "question_answer", "questions"), answers = figure(figures, "question_answer", "answers");
    return json_pack("{s:I, s:I, s:o, s:i}", "questions", (json_int_t)MAX(questions, 0), "answers", (json_int_t)MAX(answers, 0),
                     "hundredths", questions > 0 ? json_integer(answers * 100 / questions) : json_null(), "wanted", RATIO);
}

static json_t *typing_of(const SmDebrief *of)
{
    if (of->typed_ms <= 0)
        return json_null();
    return json_pack("{s:I, s:I, s:I}", "characters", (json_int_t)of->typed, "ms", (json_int_t)of->typed_ms, "per_minute",
                     (json_int_t)(of->typed * 60000 / of->typed_ms));
}

static void add_language(json_t *debrief, const SmDebriefLog *log, const SmDebrief *of)
{
    json_object_set_new(debrief, "turns", json_incref(log->turns));
    json_object_set_new(debrief, "unanswered", unanswered_of(log->turns));
    json_object_set_new(debrief, "answer_ratio", ratio_of(json_object_get(log->total, "figures")));
    json_object_set_new(debrief, "words", sm_debrief_words(log));
    json_object_set_new(debrief, "tone", sm_debrief_tone(log));
    json_object_set_new(debrief, "replies", sm_debrief_replies(log, of->sim, json_object_get(debrief, "mistakes")));
    json_object_set_new(debrief, "typing", typing_of(of));
}

json_t *sm_debrief_make(SmLocalDesk *desk, const SmDebrief *of)
{
    const SmScenario *scenario = of->scenario;
    SmDebriefLog log;
    sm_debrief_log_read(&log, desk);
    SmSimStats s = sm_sim_stats(of->sim);
    json_t *mistakes = mistakes_of(of->sim);
    json_t *goals = sm_debrief_goals(&scenario->goals, json_object_get(log.total, "figures"), s, (guint)json_array_size(mistakes));
    json_t *debrief = json_pack("{s:s, s:s, s:I, s:s, s:{s:i, s:i, s:i, s:i, s:i}, s:b, s:b, s:o, s:o, s:o, s:O?}", "scenario",
                                scenario->id, "title", sm_phrase_in(scenario->title, sm_cli_language(of->language)), "seed",
                                (json_int_t)of->seed, "agent", of->agent, "customers", "came", s.arrived, "thanked", s.thanked,
                                "angry", s.angry, "there", s.waiting + s.talking, "failed", s.errors, "finished", of->finished,
                                "passed", sm_debrief_all_met(goals), "goals", goals, "mistakes", mistakes, "slowest",
                                slowest_of(log.turns), "total", log.total);
    add_language(debrief, &log, of);
    sm_debrief_log_clear(&log);
    return debrief;
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

/* What the table of a report has no room for, and after which of its columns it stands here. */
static const struct {
    const char *after;
    SmReportColumn column;
} MORE[] = {
    {"first", {"", "response", "mean", N_("mean response time")}},
    {"abandoned", {"", "open", "n", N_("turns still open")}},
};

static void print_figures(FILE *out, const json_t *total)
{
    guint n;
    const SmReportColumn *columns = sm_report_columns(&n);
    for (guint i = 0; i < n; i++) {
        g_autofree char *cell = sm_report_cell(total, &columns[i]);
        gboolean left = columns[i].figure && g_str_has_prefix(columns[i].figure, "offline_"); /* nobody leaves any here */
        if (strcmp(cell, "-") != 0 && !left)
            print_value(out, cell, _(columns[i].help));
        for (guint k = 0; k < G_N_ELEMENTS(MORE); k++) {
            g_autofree char *more = g_str_equal(columns[i].title, MORE[k].after) ? sm_report_cell(total, &MORE[k].column) : NULL;
            if (more && strcmp(more, "-") != 0)
                print_value(out, more, _(MORE[k].column.help));
        }
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
        g_autoptr(SmSafe) words = sm_safe_clipped(&(SmWidths){0}, why ? why : _("what was asked for is missing"), -1, QUOTE);
        fprintf(out, "  %s: %s\n", sm_safe_str(name), sm_safe_str(words));
        print_quote(out, "", sm_json_str(m, "asked", ""));
        print_quote(out, "> ", sm_json_str(m, "answered", ""));
        if (model)
            print_quote(out, "+ ", model);
    }
    if (n > MISTAKES)
        fprintf(out, _("  and %d more\n"), (int)(n - MISTAKES));
}

/* "  Wang: WORDS", then a quote. */
static void print_item(FILE *out, const json_t *item, const char *words, const char *quote)
{
    g_autoptr(SmSafe) name = sm_safe_clipped(&(SmWidths){0}, sm_json_str(item, "customer", ""), -1, QUOTE / 2);
    g_autoptr(SmSafe) safe = sm_safe_clipped(&(SmWidths){0}, words, -1, QUOTE);
    fprintf(out, "  %s: %s\n", sm_safe_str(name), sm_safe_str(safe));
    if (quote)
        print_quote(out, "> ", quote);
}

static void print_more(FILE *out, size_t n)
{
    if (n > LISTED)
        fprintf(out, _("  and %d more\n"), (int)(n - LISTED));
}

static void print_unanswered(FILE *out, const json_t *list)
{
    if (json_array_size(list) > 0)
        fprintf(out, "\n%s\n", _("Questions left unanswered:"));
    for (size_t i = 0; i < MIN(json_array_size(list), LISTED); i++)
        print_item(out, json_array_get(list, i), sm_json_str(json_array_get(list, i), "asked", ""), NULL);
    print_more(out, json_array_size(list));
}

static void print_words(FILE *out, const json_t *list)
{
    if (json_array_size(list) > 0)
        fprintf(out, "\n%s\n", _("Words that an answer should not have:"));
    for (size_t i = 0; i < MIN(json_array_size(list), LISTED); i++) {
        const json_t *item = json_array_get(list, i);
        const char *why = sm_json_str(item, "why", sm_json_str(item, "list", ""));
        const char *instead = sm_json_str(item, "instead", NULL);
        g_autofree char *words = g_strdup_printf("\"%s\": %s%s%s", sm_json_str(item, "word", ""), why, instead ? " + " : "",
                                                 instead ? instead : "");
        print_item(out, item, words, sm_json_str(item, "answer", ""));
    }
    print_more(out, json_array_size(list));
}

static const char *tone_words(const char *what)
{
    if (g_str_equal(what, "shouted"))
        return _("written in capitals");
    return g_str_equal(what, "no_greeting") ? _("began without a greeting") : _("ended without a kind word");
}

static void print_examples(FILE *out, const json_t *examples)
{
    for (size_t i = 0; i < MIN(json_array_size(examples), SLOWEST); i++) {
        const json_t *item = json_array_get(examples, i);
        print_item(out, item, tone_words(sm_json_str(item, "what", "")), sm_json_str(item, "answer", ""));
    }
}

static void print_tone(FILE *out, const json_t *tone)
{
    const json_t *examples = json_object_get(tone, "examples");
    if (json_array_size(examples) == 0)
        return;
    fprintf(out, "\n%s\n", _("Tone:"));
    fprintf(out, _("  of %d chats %d began without a greeting, %d ended without a kind word; %d answers in capitals\n"),
            (int)sm_json_int(tone, "conversations", 0), (int)sm_json_int(tone, "no_greeting", 0),
            (int)sm_json_int(tone, "no_closing", 0), (int)sm_json_int(tone, "shouted", 0));
    print_examples(out, examples);
}

static void print_replies(FILE *out, const json_t *list)
{
    if (json_array_size(list) > 0)
        fprintf(out, "\n%s\n", _("Quick replies that would have helped:"));
    for (size_t i = 0; i < MIN(json_array_size(list), LISTED); i++) {
        const json_t *item = json_array_get(list, i);
        g_autoptr(SmSafe) code = sm_safe_line(sm_json_str(item, "code", ""), -1);
        g_autoptr(SmSafe) title = sm_safe_clipped(&(SmWidths){0}, sm_json_str(item, "title", ""), -1, QUOTE);
        fprintf(out, "  %6d  ;%s  %s\n", (int)sm_json_int(item, "times", 0), sm_safe_str(code), sm_safe_str(title));
    }
    print_more(out, json_array_size(list));
}

/* Beside the figures of a desk: what only practice knows or asks for. */
static void print_own_figures(FILE *out, const json_t *debrief)
{
    const json_t *ratio = json_object_get(debrief, "answer_ratio"), *typing = json_object_get(debrief, "typing");
    int64_t hundredths = sm_json_int(ratio, "hundredths", -1);
    if (hundredths >= 0) {
        g_autofree char *cell = g_strdup_printf("1:%d.%02d", (int)(hundredths / 100), (int)(hundredths % 100));
        print_value(out, cell, _("questions to answers (1:1.2 or more is good)"));
    }
    if (json_is_object(typing)) {
        g_autofree char *cell = g_strdup_printf("%d", (int)sm_json_int(typing, "per_minute", 0));
        print_value(out, cell, _("characters a minute, of what you typed yourself"));
    }
}

void sm_debrief_print_turns(FILE *out, const json_t *debrief)
{
    size_t i;
    json_t *turn;
    fprintf(out, "\n%s\n", _("Every turn: when, who, how long of how much, in time or not"));
    json_array_foreach(json_object_get(debrief, "turns"), i, turn)
    {
        g_autofree char *clock = sm_text_local(sm_json_int(turn, "asked", 0), "%H:%M:%S");
        g_autoptr(SmSafe) name = sm_safe_clipped(&(SmWidths){0}, sm_json_str(turn, "customer", ""), -1, QUOTE / 4);
        char took[32] = "--:--", target[32] = "--:--";
        if (json_object_get(turn, "ms"))
            sm_text_duration(took, sizeof took, sm_json_int(turn, "ms", 0));
        if (json_object_get(turn, "target"))
            sm_text_duration(target, sizeof target, sm_json_int(turn, "target", 0));
        const json_t *within = json_object_get(turn, "within");
        gboolean closed = g_str_equal(sm_json_str(turn, "outcome", ""), "closed");
        fprintf(out, "  %s  %s  %s / %s  %s\n", clock, sm_safe_str(name), took, target,
                json_is_true(within) ? _("in time") : json_is_false(within) ? _("late") : closed ? _("ended") : _("no answer"));
        print_quote(out, "", sm_json_str(turn, "question", ""));
        if (*sm_json_str(turn, "answer", ""))
            print_quote(out, "> ", sm_json_str(turn, "answer", ""));
    }
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
    print_own_figures(out, debrief);
    print_goals(out, debrief);
    print_mistakes(out, json_object_get(debrief, "mistakes"));
    print_slowest(out, json_object_get(debrief, "slowest"));
    print_unanswered(out, json_object_get(debrief, "unanswered"));
    print_words(out, json_object_get(debrief, "words"));
    print_tone(out, json_object_get(debrief, "tone"));
    print_replies(out, json_object_get(debrief, "replies"));
    fputc('\n', out);
    fprintf(out, _("The same customers again: --seed %lld\n"), (long long)sm_json_int(debrief, "seed", 0));
}

/* --- One conversation ----------------------------------------------------------------------------
 */

/* Those of a list that are of this conversation. New reference. */
static json_t *of_chat(const json_t *list, const char *conversation)
{
    json_t *own = json_array(), *item;
    size_t i;
    json_array_foreach(list, i, item)
        if (g_str_equal(sm_json_str(item, "conversation", ""), conversation))
            json_array_append(own, item);
    return own;
}

static void print_chat_figures(FILE *out, const json_t *turns)
{
    int answered = 0, within = 0;
    int64_t first = -1, longest = 0, all = 0;
    size_t i;
    json_t *turn;
    json_array_foreach(turns, i, turn)
    {
        int64_t ms = sm_json_int(turn, "ms", -1);
        if (ms < 0)
            continue;
        answered++;
        within += json_is_true(json_object_get(turn, "within"));
        first = sm_json_int(turn, "number", 0) == 1 ? ms : first;
        longest = MAX(longest, ms);
        all += ms;
    }
    fprintf(out, _("%d turns, %d answered, %d in time\n"), (int)json_array_size(turns), answered, within);
    if (answered == 0)
        return;
    const struct {
        int64_t ms;
        const char *words;
    } times[] = {{first, _("first response time")}, {(all + answered / 2) / answered, _("mean response time")}, {longest, _("longest response time")}};
    for (guint k = 0; k < G_N_ELEMENTS(times); k++) {
        g_autoptr(json_t) value = json_integer(times[k].ms);
        g_autofree char *text = quantity("ms", value);
        print_value(out, text, times[k].words);
    }
}

void sm_debrief_print_chat(FILE *out, const json_t *debrief, const char *conversation)
{
    g_autoptr(json_t) turns = of_chat(json_object_get(debrief, "turns"), conversation);
    if (json_array_size(turns) == 0)
        return;
    g_autoptr(json_t) mistakes = of_chat(json_object_get(debrief, "mistakes"), conversation);
    g_autoptr(json_t) unanswered = of_chat(json_object_get(debrief, "unanswered"), conversation);
    g_autoptr(json_t) words = of_chat(json_object_get(debrief, "words"), conversation);
    g_autoptr(json_t) examples = of_chat(json_object_get(json_object_get(debrief, "tone"), "examples"), conversation);
    g_autoptr(json_t) own = json_pack("{s:O}", "turns", turns);
    print_chat_figures(out, turns);
    print_mistakes(out, mistakes);
    print_unanswered(out, unanswered);
    print_words(out, words);
    if (json_array_size(examples) > 0)
        fprintf(out, "\n%s\n", _("Tone:"));
    print_examples(out, examples);
    sm_debrief_print_turns(out, own);
}
