/* SPDX-License-Identifier: MIT */
/* The turn clock against turn-vectors.json (docs/turn-clock.md explains the format). Every case
 * runs twice: as it stands, and with the state sent through JSON after each event, as a client
 * meets it. */
#include <locale.h>
#include <string.h>

#include "seatmux/desk/figures.h"
#include "seatmux/text/clock_text.h"

#define MAX_BYTES (1 << 20)
#define FOR_EVER (INT64_C(1) << 60)

static const char *const CAUSES[] = {"none",     "start",     "claim",     "assign",
                                     "transfer", "take_over", "release",   "accept_timeout",
                                     "offline",  "reopen",    "hand_over", "routing",
                                     "customer", "staff",     "due"};
static const char *const CLOCKS[] = {"none", "reply", "queue"};

typedef struct {
    const char *name;
    json_t *json;
    json_t *policies; /* texts of desk.yaml */
    int64_t base;
    gboolean coded; /* through JSON after each event */
} Case;

typedef struct {
    const Case *c;
    SmTurns *turns;
    SmPolicy *policy;
    const char *team;
    int64_t last;
} Run;

static json_t *load(void)
{
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "desk", "turn-vectors.json", NULL);
    g_autofree char *text = NULL;
    gsize n = 0;
    g_autoptr(GError) error = NULL;
    g_file_get_contents(path, &text, &n, &error);
    g_assert_no_error(error);
    json_t *json = sm_json_parse(text, n, MAX_BYTES, &error);
    g_assert_no_error(error);
    return json;
}

static SmPolicy *policy_named(const Case *c, const char *name)
{
    const char *text = sm_json_str(c->policies, name, NULL);
    g_assert_nonnull(text);
    g_autoptr(SmFindings) findings = sm_findings_new();
    SmPolicy *policy = sm_policy_parse(name, text, strlen(text), findings);
    for (guint i = 0; i < sm_findings_count(findings); i++) {
        g_autofree char *line = sm_finding_format(sm_findings_at(findings, i));
        g_test_message("%s", line);
    }
    g_assert_nonnull(policy);
    return policy;
}

static SmCause cause_of(const json_t *event)
{
    const char *name = sm_json_str(event, "cause", "none");
    for (gsize i = 0; i < G_N_ELEMENTS(CAUSES); i++) {
        if (g_str_equal(CAUSES[i], name)) {
            return (SmCause)i;
        }
    }
    g_error("unknown cause %s", name);
}

/* A stamp or duration as the file says it: stamps count from `base`, null is never. */
static int64_t wanted(const json_t *value, gboolean stamp, int64_t base)
{
    if (json_is_null(value)) {
        return INT64_MAX;
    }
    int64_t number = json_integer_value(value);
    return stamp && number >= 0 ? number + base : number;
}

static void same_int(const json_t *want, const char *key, int64_t got, gboolean stamp,
                     const Case *c)
{
    const json_t *value = json_object_get(want, key);
    if (value) {
        int64_t expected = wanted(value, stamp, c->base);
        if (got != expected) {
            g_test_message("%s: %s is %" G_GINT64_FORMAT ", not %" G_GINT64_FORMAT, c->name, key,
                           stamp && got >= 0 ? got - c->base : got,
                           stamp && got >= 0 ? expected - c->base : expected);
        }
        g_assert_cmpint(got, ==, expected);
    }
}

static void same_text(const json_t *want, const char *key, const char *got, const Case *c)
{
    const json_t *value = json_object_get(want, key);
    if (value) {
        if (g_strcmp0(json_string_value(value), got) != 0) {
            g_test_message("%s: %s is %s", c->name, key, got ? got : "nothing");
        }
        g_assert_cmpstr(got, ==, json_string_value(value));
    }
}

static void look(const Run *run, const json_t *want, int64_t now)
{
    SmDeadline d = sm_turns_deadline(run->turns);
    char text[32] = "--:--";
    if (d.kind == SM_CLOCK_REPLY || d.kind == SM_CLOCK_QUEUE) {
        sm_text_clock(text, sizeof text, sm_deadline_remaining(&d, now));
    }
    same_text(want, "clock", CLOCKS[d.kind], run->c);
    same_int(want, "began", d.began, TRUE, run->c);
    same_int(want, "due", d.due, TRUE, run->c);
    same_text(want, "level", sm_level_word(sm_deadline_level(&d, now)), run->c);
    same_text(want, "text", text, run->c);
    same_int(want, "tenths", sm_deadline_tenths(&d, now), FALSE, run->c);
    same_int(want, "next", sm_deadline_next_level(&d, now), TRUE, run->c);
}

static void change_hands(Run *run, const json_t *event, const char *verb, int64_t at)
{
    SmTurns *t = run->turns;
    const char *team = sm_json_str(event, "team", run->team);
    const char *agent = sm_json_str(event, "agent", NULL);
    if (g_str_equal(verb, "queued")) {
        sm_turns_queued(t, at, cause_of(event), run->policy, team);
        run->team = team;
    } else if (g_str_equal(verb, "assigned")) {
        sm_turns_assigned(t, at, agent, FALSE, cause_of(event), run->policy, team);
        run->team = team;
    } else if (g_str_equal(verb, "unassigned")) {
        sm_turns_unassigned(t, at, cause_of(event));
    } else if (g_str_equal(verb, "bot")) {
        sm_turns_bot(t, at, sm_json_bool(event, "on", FALSE), run->policy, team);
    } else {
        g_error("unknown event %s", verb);
    }
}

static void apply(Run *run, const json_t *event)
{
    SmTurns *t = run->turns;
    const char *verb = sm_json_str(event, "do", "");
    int64_t at = sm_json_int(event, "at", 0) + run->c->base;
    run->last = MAX(run->last, at);
    if (g_str_equal(verb, "look")) {
        look(run, event, at);
    } else if (g_str_equal(verb, "policy")) {
        sm_policy_unref(run->policy);
        run->policy = policy_named(run->c, sm_json_str(event, "policy", NULL));
    } else if (g_str_equal(verb, "customer")) {
        sm_turns_customer_message(t, at, run->policy, run->team);
    } else if (g_str_equal(verb, "staff")) {
        gboolean closed = sm_turns_staff_message(t, at, sm_json_str(event, "agent", NULL));
        g_assert_cmpint(closed, ==, sm_json_bool(event, "closes", closed));
    } else if (g_str_equal(verb, "resolved")) {
        sm_turns_resolved(t, at, sm_json_bool(event, "no_reply_needed", FALSE));
    } else if (g_str_equal(verb, "abandoned")) {
        sm_turns_abandoned(t, at, sm_json_int(event, "gone", 0) + run->c->base);
    } else if (g_str_equal(verb, "reopened")) {
        sm_turns_reopened(t, at);
    } else if (g_str_equal(verb, "snoozed")) {
        sm_turns_snoozed(t, at, sm_json_bool(event, "on", FALSE));
    } else {
        change_hands(run, event, verb, at);
    }
}

/* What a client would have: written without the policy that is in force, and read again. */
static void recode(Run *run)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) json = sm_turns_encode_for(run->turns, run->policy);
    g_autofree char *text = sm_json_text(json);
    g_autoptr(json_t) read = sm_json_parse(text, strlen(text), MAX_BYTES, &error);
    g_assert_no_error(error);
    SmTurns *turns = sm_turns_decode(read, &error);
    g_assert_no_error(error);
    g_autoptr(json_t) blind = sm_turns_encode_for(turns, run->policy);
    g_assert_true(json_equal(blind, json));
    sm_turns_set_policy(turns, run->policy);
    g_autoptr(json_t) again = sm_turns_encode_for(turns, run->policy);
    g_assert_true(json_equal(again, json));
    sm_turns_free(run->turns);
    run->turns = turns;
}

static const char *end_of(const SmPart *part)
{
    return sm_part_end_name(part->end);
}

static void check_parts(const Case *c, const json_t *want, const SmTurn *turn)
{
    if (!want) {
        return;
    }
    g_assert_cmpuint(turn->parts->len, ==, json_array_size(want));
    for (guint i = 0; i < turn->parts->len; i++) {
        const SmPart *part = turn->parts->pdata[i];
        const json_t *w = json_array_get(want, i);
        same_text(w, "agent", part->agent, c);
        same_text(w, "team", part->team, c);
        same_text(w, "end", end_of(part), c);
        same_text(w, "cause", CAUSES[part->cause], c);
        same_int(w, "assigned", part->assigned, TRUE, c);
        same_int(w, "deadline", part->deadline, TRUE, c);
        same_int(w, "ended", part->ended, TRUE, c);
        same_int(w, "target", part->target, FALSE, c);
        same_int(w, "passed_on", part->passed_on, FALSE, c);
    }
}

static void check_turn(const Case *c, const json_t *w, const SmTurn *turn)
{
    same_text(w, "outcome", sm_outcome_name(turn->outcome), c);
    same_text(w, "author", turn->author, c);
    same_text(w, "owner", turn->owner, c);
    same_text(w, "team", turn->team, c);
    same_int(w, "number", turn->number, FALSE, c);
    same_int(w, "asked", turn->asked, TRUE, c);
    same_int(w, "queued", turn->queued, TRUE, c);
    same_int(w, "assigned", turn->assigned, TRUE, c);
    same_int(w, "replied", turn->replied, TRUE, c);
    same_int(w, "ended", turn->ended, TRUE, c);
    same_int(w, "gone", turn->gone, TRUE, c);
    same_int(w, "response", turn->response, FALSE, c);
    same_int(w, "reaction", turn->reaction, FALSE, c);
    same_int(w, "target", turn->target, FALSE, c);
    same_int(w, "customer_target", turn->first_target_at_asked, FALSE, c);
    same_int(w, "customer_due", turn->customer_due, TRUE, c);
    same_int(w, "customer_messages", turn->customer_messages, FALSE, c);
    same_int(w, "staff_messages", turn->staff_messages, FALSE, c);
    check_parts(c, json_object_get(w, "parts"), turn);
}

static void check_stays(const Case *c, const json_t *want, const SmTurns *t)
{
    g_assert_cmpuint(sm_turns_stays(t), ==, json_array_size(want));
    for (guint i = 0; i < sm_turns_stays(t); i++) {
        const SmStay *stay = sm_turns_stay(t, i);
        const json_t *w = json_array_get(want, i);
        same_int(w, "queued", stay->queued, TRUE, c);
        same_int(w, "left", stay->left, TRUE, c);
        same_int(w, "deadline", stay->deadline, TRUE, c);
        same_int(w, "wait", stay->wait, FALSE, c);
        same_int(w, "turn", stay->turn, FALSE, c);
        same_text(w, "team", stay->team, c);
        g_assert_cmpint(stay->assigned, ==, sm_json_bool(w, "assigned", stay->assigned));
    }
}

static void check_rounds(const Case *c, const json_t *want, const SmTurns *t)
{
    g_assert_cmpuint(sm_turns_rounds(t), ==, json_array_size(want));
    for (guint i = 0; i < sm_turns_rounds(t); i++) {
        const SmRound *round = sm_turns_round(t, i);
        const json_t *w = json_array_get(want, i);
        same_int(w, "began", round->began, TRUE, c);
        same_int(w, "resolved", round->resolved, TRUE, c);
        same_int(w, "net", round->net, FALSE, c);
        same_int(w, "target", round->target, FALSE, c);
        same_text(w, "team", round->team, c);
        same_text(w, "owner", round->owner, c);
    }
}

static void check_figure(const Run *run, const json_t *w)
{
    static const char *const SCOPES[] = {"desk", "team", "agent"};
    const Case *c = run->c;
    SmFigure figure;
    SmScope scope = SM_SCOPE_DESK;
    g_assert_true(sm_figure_from_name(sm_json_str(w, "figure", ""), &figure));
    while (!g_str_equal(SCOPES[scope], sm_json_str(w, "scope", ""))) {
        g_assert_cmpint(++scope, <=, SM_SCOPE_AGENT);
    }
    g_autoptr(SmFigures) f = sm_figures_new(sm_json_int(w, "from", 0) + c->base,
                                            sm_json_int(w, "to", FOR_EVER) + c->base,
                                            sm_json_int(w, "now", run->last - c->base) + c->base);
    sm_figures_add(f, "c1", run->turns);
    g_test_message("%s: figure %s of %s %s", c->name, sm_json_str(w, "figure", ""), SCOPES[scope],
                   sm_json_str(w, "id", ""));
    SmFigureValue v = sm_figures_value(f, figure, scope, sm_json_str(w, "id", NULL));
    same_int(w, "n", v.n, FALSE, c);
    same_int(w, "judged", v.judged, FALSE, c);
    same_int(w, "within", v.within, FALSE, c);
    same_int(w, "mean", v.mean, FALSE, c);
    same_int(w, "median", v.median, FALSE, c);
    same_int(w, "p90", v.p90, FALSE, c);
    same_int(w, "max", v.max, FALSE, c);
    same_int(w, "questions", v.questions, FALSE, c);
    same_int(w, "answers", v.answers, FALSE, c);
    same_int(w, "ratio", v.ratio_hundredths, FALSE, c);
}

static void check_end(const Run *run)
{
    const Case *c = run->c;
    const json_t *turns = json_object_get(c->json, "turns");
    const json_t *stays = json_object_get(c->json, "stays");
    const json_t *rounds = json_object_get(c->json, "rounds");
    g_assert_cmpuint(sm_turns_count(run->turns), ==, json_array_size(turns));
    for (guint i = 0; i < sm_turns_count(run->turns); i++) {
        check_turn(c, json_array_get(turns, i), sm_turns_at(run->turns, i));
    }
    if (stays) {
        check_stays(c, stays, run->turns);
    }
    if (rounds) {
        check_rounds(c, rounds, run->turns);
    }
    same_text(c->json, "worst", sm_outcome_name(sm_figures_worst(run->turns)), c);
    gsize i;
    json_t *figure;
    /* What was said is not part of the encoded state, so a coded run knows no ratio. */
    json_array_foreach(json_object_get(c->json, "figures"), i, figure)
    {
        if (!c->coded || !g_str_equal(sm_json_str(figure, "figure", ""), "question_answer")) {
            check_figure(run, figure);
        }
    }
}

static void run_case(gconstpointer data)
{
    const Case *c = data;
    Run run = {c, sm_turns_new(), policy_named(c, sm_json_str(c->json, "policy", "shipped")),
               sm_json_str(c->json, "team", "support"), 0};
    gsize i;
    json_t *event;
    json_array_foreach(json_object_get(c->json, "events"), i, event)
    {
        apply(&run, event);
        if (c->coded) {
            recode(&run);
        } else {
            SmTurns *copy = sm_turns_copy(run.turns);
            sm_turns_free(run.turns);
            run.turns = copy;
        }
    }
    check_end(&run);
    sm_turns_free(run.turns);
    sm_policy_unref(run.policy);
}

static void warnings(gconstpointer data)
{
    const Case *c = data;
    gsize i;
    json_t *row;
    json_array_foreach(c->json, i, row)
    {
        int64_t target = sm_json_int(row, "target", -1), half, high;
        SmDeadline d = {
            .kind = SM_CLOCK_REPLY, .began = c->base, .due = c->base + target, .target = target};
        sm_deadline_warnings(&d, &half, &high);
        same_int(row, "half", half, TRUE, c);
        same_int(row, "high", high, TRUE, c);
    }
    g_assert_cmpuint(i, >, 5);
}

static void texts(gconstpointer data)
{
    const Case *c = data;
    gsize i;
    json_t *row;
    json_array_foreach(c->json, i, row)
    {
        char text[32];
        sm_text_clock(text, sizeof text, sm_json_int(row, "remaining", 0));
        same_text(row, "text", text, c);
    }
    g_assert_cmpuint(i, >, 5);
}

static void add(const json_t *file, const char *name, json_t *json, gboolean coded,
                GTestDataFunc test)
{
    Case *c = g_new0(Case, 1);
    g_autofree char *path = g_strdup_printf("/turn-vectors/%s%s", name, coded ? "/coded" : "");
    *c = (Case){name, json, json_object_get(file, "policies"), sm_json_int(file, "base", 0), coded};
    g_test_add_data_func_full(path, c, test, g_free);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    g_test_init(&argc, &argv, NULL);
    g_autoptr(json_t) file = load();
    json_t *cases = json_object_get(file, "cases");
    g_assert_cmpint(sm_json_int(file, "format", 0), ==, 1);
    g_assert_cmpuint(json_array_size(cases), >=, 40);
    add(file, "warnings", json_object_get(file, "warnings"), FALSE, warnings);
    add(file, "texts", json_object_get(file, "texts"), FALSE, texts);
    gsize i;
    json_t *item;
    json_array_foreach(cases, i, item)
    {
        const char *name = sm_json_str(item, "name", NULL);
        g_assert_nonnull(name);
        add(file, name, item, FALSE, run_case);
        add(file, name, item, TRUE, run_case);
    }
    return g_test_run();
}
