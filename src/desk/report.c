/* SPDX-License-Identifier: MIT */
/* report: a pass over a log, then the document. */
#include "seatmux/desk/report.h"

#include <string.h>

#include "desk/figures_private.h"
#include "desk/report_recent.h"
#include "desk/traffic.h"
#include "seatmux/base/yaml.h"
#include "seatmux/desk/review.h"

#define REPORT_VERSION 1
#define NOT_YET INT64_MIN

struct SmReport {
    SmReportWish wish;
    SmDesk *desk;
    SmFigures *figures;
    SmReviewBook *book; /* of reviews alone */
    SmTraffic *traffic;
    SmRecent *recent;   /* NULL: not wished */
    GHashTable *exams;  /* agent -> int64_t: permille of the best one passed */
    int64_t now;
    json_t *turns, *conversations; /* NULL: not wished */
    gint64 open_turns;
};

/* --- Rows --------------------------------------------------------------------------------------
 */

static void put(json_t *row, const char *key, int64_t value)
{
    if (value >= 0) {
        json_object_set_new(row, key, json_integer(value));
    }
}

static json_t *turn_row(const SmReport *r, const char *conversation, const SmTurn *turn)
{
    json_t *row = json_object(), *parts = json_array();
    sm_json_set_str(row, "conversation", conversation);
    put(row, "turn", turn->number);
    sm_json_set_str(row, "inbox", sm_figures_inbox(r->figures, conversation));
    sm_json_set_str(row, "team", turn->team);
    sm_json_set_str(row, "owner", turn->owner);
    sm_json_set_str(row, "author", turn->author);
    sm_json_set_str(row, "outcome", sm_outcome_name(turn->outcome));
    put(row, "asked", turn->asked);
    put(row, "queued", turn->queued);
    put(row, "assigned", turn->assigned);
    put(row, "replied", turn->replied);
    put(row, "ended", turn->ended);
    put(row, "response", turn->response);
    put(row, "reaction", turn->reaction);
    put(row, "target", turn->target);
    put(row, "customer_due", turn->customer_due);
    put(row, "customer_messages", turn->customer_messages);
    put(row, "staff_messages", turn->staff_messages);
    for (guint i = 0; i < turn->parts->len; i++) {
        const SmPart *part = turn->parts->pdata[i];
        json_t *one = json_object();
        sm_json_set_str(one, "agent", part->agent);
        sm_json_set_str(one, "end", sm_part_end_name(part->end));
        put(one, "assigned", part->assigned);
        put(one, "deadline", part->deadline);
        put(one, "ended", part->ended > 0 ? part->ended : -1);
        put(one, "passed_on", part->passed_on);
        json_array_append_new(parts, one);
    }
    json_object_set_new(row, "parts", parts);
    return row;
}

static json_t *conversation_row(const SmReport *r, const char *conversation, const SmTurns *turns)
{
    json_t *row = json_object();
    const SmRound *first = sm_turns_round(turns, 0);
    gint64 customer = 0, staff = 0;
    for (guint i = 0; i < sm_turns_said(turns); i++) {
        const SmSaid *said = sm_turns_said_at(turns, i);
        customer += said->agent == NULL;
        staff += said->agent != NULL;
    }
    sm_json_set_str(row, "conversation", conversation);
    sm_json_set_str(row, "inbox", sm_figures_inbox(r->figures, conversation));
    put(row, "began", first ? first->began : -1);
    for (guint i = sm_turns_rounds(turns); i > 0; i--) {
        const SmRound *round = sm_turns_round(turns, i - 1);
        if (round->resolved >= 0) {
            put(row, "resolved", round->resolved);
            put(row, "resolution", round->net);
            sm_json_set_str(row, "team", round->team);
            sm_json_set_str(row, "owner", round->owner);
            break;
        }
    }
    put(row, "turns", sm_turns_count(turns));
    sm_json_set_str(row, "worst", sm_outcome_name(sm_figures_worst(turns)));
    if (sm_turns_count(turns) > 0) {
        put(row, "first_response", sm_turns_at(turns, 0)->response);
    }
    put(row, "customer_messages", customer);
    put(row, "staff_messages", staff);
    return row;
}

static void taken_in(const char *conversation, const SmTurns *turns, void *user)
{
    SmReport *r = user;
    gboolean inside = FALSE;
    if (r->recent) {
        const SmConversation *c = sm_desk_conversation(r->desk, conversation);
        sm_recent_add(r->recent, conversation, c ? c->team : NULL, turns);
    }
    for (guint i = 0; i < sm_turns_count(turns); i++) {
        const SmTurn *turn = sm_turns_at(turns, i);
        if (!sm_figures_in_period(r->figures, turn->asked)) {
            continue;
        }
        inside = TRUE;
        r->open_turns += turn->outcome == SM_OUTCOME_OPEN;
        if (r->turns) {
            json_array_append_new(r->turns, turn_row(r, conversation, turn));
        }
    }
    const SmRound *first = sm_turns_round(turns, 0);
    if (r->conversations && (inside || (first && sm_figures_in_period(r->figures, first->began)))) {
        json_array_append_new(r->conversations, conversation_row(r, conversation, turns));
    }
}

/* --- The pass ----------------------------------------------------------------------------------
 */

SmReport *sm_report_new(const SmReportWish *wish)
{
    SmReport *r = g_new0(SmReport, 1);
    r->wish = *wish;
    r->now = NOT_YET;
    r->desk = sm_desk_new(1);
    r->figures = sm_figures_new(wish->from, wish->to, 0);
    r->book = sm_review_book_new(&(SmReviewWish){.from = wish->from, .to = wish->to});
    r->exams = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    r->traffic = sm_traffic_new(wish->from, wish->to);
    r->recent = wish->recent > 0 ? sm_recent_new(wish->recent, wish->recent_to) : NULL;
    r->turns = wish->turns ? json_array() : NULL;
    r->conversations = wish->conversations ? json_array() : NULL;
    sm_figures_set_visit(r->figures, taken_in, r);
    if (wish->enquiry_days > 0) {
        sm_figures_set_enquiry_days(r->figures, wish->enquiry_days);
    }
    return r;
}

void sm_report_free(SmReport *r)
{
    if (r) {
        sm_figures_free(r->figures);
        sm_review_book_free(r->book);
        sm_traffic_free(r->traffic);
        sm_recent_free(r->recent);
        g_hash_table_unref(r->exams);
        sm_desk_free(r->desk);
        json_decref(r->turns);
        json_decref(r->conversations);
        g_free(r);
    }
}

/* Whenever it was passed: what somebody knows does not begin with the period. */
static void look_for_exams(SmReport *r, const SmRecord *record)
{
    for (guint i = 0; i < record->events->len; i++) {
        const SmEvent *event = record->events->pdata[i];
        const int64_t *best = event->type == SM_EVENT_EXAM_RECORDED && event->agent ? g_hash_table_lookup(r->exams, event->agent) : NULL;
        if (event->type == SM_EVENT_EXAM_RECORDED && event->agent && event->n >= event->level && (!best || *best < event->n)) {
            g_hash_table_replace(r->exams, g_strdup(event->agent), g_memdup2(&event->n, sizeof event->n));
        }
    }
}

gboolean sm_report_record(SmReport *r, const SmRecord *record, GError **error)
{
    look_for_exams(r, record);
    sm_review_book_record(r->book, record);
    sm_traffic_record(r->traffic, record);
    return sm_figures_fold(r->figures, r->desk, record, error);
}

void sm_report_end(SmReport *r, int64_t now)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(sm_desk_policy(r->desk)->zone);
    r->now = now >= 0 ? now : sm_desk_at(r->desk);
    sm_figures_set_now(r->figures, r->now);
    sm_figures_end(r->figures, r->desk);
    if (zone) {
        sm_figures_set_zone(r->figures, zone);
    }
}

const SmFigures *sm_report_figures(const SmReport *r)
{
    return r->figures;
}

const SmDesk *sm_report_desk(const SmReport *r)
{
    return r->desk;
}

int64_t sm_report_now(const SmReport *r)
{
    return r->now;
}

/* --- The document ------------------------------------------------------------------------------
 */

static void put_share(json_t *json, int64_t within, int64_t n)
{
    json_object_set_new(json, "within", json_integer(within));
    put(json, "permille", sm_figures_permille(within, n));
}

json_t *sm_figure_value_json(const SmFigureValue *v)
{
    json_t *json = json_object();
    switch (v->kind) {
    case SM_FIGURE_COUNT:
        put(json, "n", v->n);
        break;
    case SM_FIGURE_SHARE:
        put(json, "n", v->n);
        put_share(json, v->within, v->n);
        break;
    case SM_FIGURE_DURATION:
        put(json, "n", v->n);
        put(json, "judged", v->judged);
        put_share(json, v->within, v->judged);
        put(json, "mean", v->mean);
        put(json, "median", v->median);
        put(json, "p90", v->p90);
        put(json, "max", v->max);
        break;
    case SM_FIGURE_RATIO:
        put(json, "questions", v->questions);
        put(json, "answers", v->answers);
        put(json, "hundredths", v->ratio_hundredths);
        break;
    case SM_FIGURE_LOAD:
        put(json, "total", v->total);
        put(json, "busy", v->busy);
        put(json, "hundredths", v->ratio_hundredths);
        break;
    }
    return json;
}

static json_t *figures_json(const SmReport *r, SmScope scope, const char *id)
{
    json_t *figures = json_object();
    for (int i = 0; i < SM_FIGURE_N; i++) {
        SmFigureValue value = sm_figures_value(r->figures, (SmFigure)i, scope, id);
        json_object_set_new(figures, sm_figure_name((SmFigure)i), sm_figure_value_json(&value));
    }
    return figures;
}

static json_t *score_json(const SmReport *r, const char *agent)
{
    const int64_t *exam = g_hash_table_lookup(r->exams, agent);
    SmScore score = sm_figures_score(r->figures, agent, sm_desk_policy(r->desk)->score, exam ? *exam : -1);
    json_t *json = json_object();
    put(json, "rating", score.rating);
    put(json, "performance", score.performance);
    put(json, "training", score.training);
    put(json, "score", score.score);
    return json;
}

static const char *shown_name(const SmReport *r, SmScope by, const char *id)
{
    const SmPolicy *policy = sm_desk_policy(r->desk);
    const SmAgent *agent = by == SM_SCOPE_AGENT ? sm_desk_agent(r->desk, id) : NULL;
    const SmTeam *team = by == SM_SCOPE_TEAM ? sm_policy_team(policy, id) : NULL;
    const SmInbox *inbox = by == SM_SCOPE_INBOX ? sm_policy_inbox(policy, id) : NULL;
    return agent ? agent->name : team ? team->name : inbox ? inbox->name : id;
}

static json_t *group_json(const SmReport *r, SmScope by, const char *id)
{
    json_t *group = json_object();
    json_object_set_new(group, "id", json_string(id));
    sm_json_set_str(group, "name", shown_name(r, by, id));
    json_object_set_new(group, "figures", figures_json(r, by, id));
    if (by == SM_SCOPE_AGENT) {
        json_object_set_new(group, "score", score_json(r, id));
    }
    json_t *review = by == SM_SCOPE_AGENT || by == SM_SCOPE_TEAM ? sm_review_book_mean(r->book, by == SM_SCOPE_AGENT, id) : NULL;
    if (review) {
        json_object_set_new(group, "review", review);
    }
    return group;
}

#define TREND_POINTS 400
#define TREND_HOURS_MS (3 * INT64_C(86400000))

/* How the period went: by the hour, from three days on by the day. */
static json_t *trend_json(const SmReport *r)
{
    SmScope scope =
        MIN(r->wish.to, r->now) - r->wish.from <= TREND_HOURS_MS ? SM_SCOPE_HOUR : SM_SCOPE_DAY;
    json_t *names = json_array(), *turns = json_array(), *within = json_array();
    g_auto(GStrv) ids = sm_figures_span(r->figures, SM_FIGURE_TURNS, scope, TREND_POINTS);
    for (guint i = 0; ids[i]; i++) {
        SmFigureValue n = sm_figures_value(r->figures, SM_FIGURE_TURNS, scope, ids[i]);
        SmFigureValue share = sm_figures_value(r->figures, SM_FIGURE_WITHIN_AGENT, scope, ids[i]);
        int64_t permille = sm_figures_permille(share.within, share.n);
        json_array_append_new(names, json_string(ids[i]));
        json_array_append_new(turns, json_integer(n.n));
        json_array_append_new(within, permille < 0 ? json_null() : json_integer(permille));
    }
    return json_pack("{s:s, s:o, s:o, s:o}", "by", sm_scope_name(scope), "ids", names, "turns",
                     turns, "within", within);
}

json_t *sm_report_json(const SmReport *r, gboolean (*keep)(SmScope by, const char *id, void *user),
                       void *user, gboolean total)
{
    const SmPolicy *policy = sm_desk_policy(r->desk);
    json_t *json =
        json_pack("{s:i, s:s, s:s, s:I, s:I, s:I, s:s, s:{s:i, s:i, s:i}}", "report",
                  REPORT_VERSION, "desk", policy->desk, "zone", policy->zone, "from",
                  (json_int_t)r->wish.from, "to", (json_int_t)r->wish.to, "now", (json_int_t)r->now,
                  "by", sm_scope_name(r->wish.by), "weights", "rating", policy->score[0],
                  "performance", policy->score[1], "training", policy->score[2]);
    json_t *groups = json_array();
    g_auto(GStrv) ids = sm_figures_ids(r->figures, r->wish.by);
    for (guint i = 0; ids[i]; i++) {
        if (!keep || keep(r->wish.by, ids[i], user)) {
            json_array_append_new(groups, group_json(r, r->wish.by, ids[i]));
        }
    }
    if (total) {
        json_object_set_new(json, "open_turns", json_integer(r->open_turns));
        json_object_set_new(json, "total",
                            json_pack("{s:o}", "figures", figures_json(r, SM_SCOPE_DESK, NULL)));
        json_object_set_new(json, "trend", trend_json(r));
        g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(policy->zone);
        json_t *traffic = sm_traffic_json(r->traffic, zone);
        if (traffic) {
            json_object_set_new(json, "traffic", traffic);
        }
        if (r->turns) {
            json_object_set(json, "turns", r->turns);
        }
        if (r->conversations) {
            json_object_set(json, "conversations", r->conversations);
        }
    }
    json_object_set_new(json, "groups", groups);
    if (r->recent) {
        json_object_set_new(json, "recent", sm_recent_json(r->recent, policy, keep, user));
    }
    return json;
}

/* --- Instants ----------------------------------------------------------------------------------
 */

static int64_t midnight(GTimeZone *zone, int64_t at, int days)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(at / 1000);
    g_autoptr(GDateTime) local = g_date_time_to_timezone(utc, zone);
    g_autoptr(GDateTime) start =
        g_date_time_new(zone, g_date_time_get_year(local), g_date_time_get_month(local),
                        g_date_time_get_day_of_month(local), 0, 0, 0);
    g_autoptr(GDateTime) moved = g_date_time_add_days(start, days);
    return g_date_time_to_unix(moved) * 1000;
}

/* GLib wants seconds. */
static GDateTime *parse_date(const char *text, GTimeZone *zone)
{
    gsize n = strlen(text);
    g_autofree char *whole = NULL;
    if (n == strlen("2026-11-27")) {
        whole = g_strconcat(text, "T00:00:00", NULL);
    } else if (n >= strlen("2026-11-27T09:00") && text[10] == 'T' && text[13] == ':' &&
               text[16] != ':') {
        whole = g_strdup_printf("%.16s:00%s", text, text + 16);
    }
    return g_date_time_new_from_iso8601(whole ? whole : text, zone);
}

gboolean sm_instant_parse(const char *text, GTimeZone *zone, int64_t now, int64_t *at)
{
    int64_t ago;
    char *end = NULL;
    if (g_str_equal(text, "now")) {
        *at = now;
        return TRUE;
    }
    if (g_str_equal(text, "today") || g_str_equal(text, "yesterday")) {
        *at = midnight(zone, now, *text == 'y' ? -1 : 0);
        return TRUE;
    }
    if (strlen(text) >= 12 && strspn(text, "0123456789") == strlen(text)) {
        *at = g_ascii_strtoll(text, &end, 10);
        return *at < INT64_MAX;
    }
    if (strlen(text) < 10 && sm_duration_parse(text, &ago)) {
        *at = now - ago;
        return TRUE;
    }
    g_autoptr(GDateTime) date = strlen(text) >= 10 ? parse_date(text, zone) : NULL;
    *at = date ? g_date_time_to_unix(date) * 1000 : 0;
    return date != NULL;
}
