/* SPDX-License-Identifier: MIT */
/* service_report: figures of a period, read from the whole log. A log may be long, so it is read in
 * slices between which the desk goes on with its work, one report after the other. Who may see
 * which figures is decided here: an agent the own ones, a supervisor those of the own teams, and
 * the desk's whole only who has every team. */
#include "service_private.h"
#include "service_reading.h"

#include <string.h>

#include "seatmux/base/error.h"

#define SLICE_RECORDS 100 /* between two slices others have their turn: about two milliseconds */
#define MOST_WAITING 8
#define MOST_RECENT 120 /* minutes */

void sm_reading_free(Reading *r)
{
    g_free(r->of);
    g_free(r->agent);
    g_strfreev(r->teams);
    sm_explain_free(r->explain);
    sm_report_free(r->report);
    sm_review_book_free(r->book);
    sm_words_free(r->words);
    g_free(r->me);
    g_free(r);
}

/* --- Who may see what
 * -----------------------------------------------------------------------------
 */

static gboolean of_team(const Reading *r, const char *team)
{
    return r->teams == NULL ||
           (team != NULL && g_strv_contains((const char *const *)r->teams, team));
}

static gboolean keep(SmScope by, const char *id, void *user)
{
    const Reading *r = user;
    const SmDesk *desk = sm_report_desk(r->report);

    if (!r->wants_explain && r->of != NULL && strcmp(id, r->of) != 0)
        return FALSE;
    if (r->agent != NULL)
        return by == SM_SCOPE_AGENT && strcmp(id, r->agent) == 0;
    if (r->teams == NULL)
        return TRUE;
    if (by == SM_SCOPE_TEAM)
        return of_team(r, id);
    if (by == SM_SCOPE_INBOX) {
        const SmInbox *inbox = sm_policy_inbox(sm_desk_policy(desk), id);
        return inbox != NULL && of_team(r, inbox->team);
    }
    const SmAgent *agent = by == SM_SCOPE_AGENT ? sm_desk_agent(desk, id) : NULL;
    for (guint i = 0; agent != NULL && i < agent->teams->len; i++)
        if (of_team(r, agent->teams->pdata[i]))
            return TRUE;
    return FALSE;
}

/* Every team of the policy is one of the agent's. */
static gboolean has_all(const SmPolicy *policy, const SmAgent *agent)
{
    for (guint i = 0; i < policy->teams->len; i++) {
        const SmTeam *team = policy->teams->pdata[i];
        if (!sm_agent_in_team(agent, team->id))
            return FALSE;
    }
    return TRUE;
}

void sm_reading_teams(Reading *r, const SmPending *p)
{
    const SmDesk *desk = p->s->desk;
    const SmAgent *agent = p->actor.kind == SM_ACTOR_STAFF ? sm_desk_agent(desk, p->actor.id) : NULL;

    if (agent == NULL || has_all(sm_desk_policy(desk), agent))
        return;
    g_ptr_array_add(agent->teams, NULL);
    r->teams = g_strdupv((char **)agent->teams->pdata);
    g_ptr_array_set_size(agent->teams, (int)agent->teams->len - 1);
}

static gboolean may_ask(SmPending *p, Reading *r)
{
    const SmDesk *desk = p->s->desk;
    const SmAgent *agent =
        p->actor.kind == SM_ACTOR_STAFF ? sm_desk_agent(desk, p->actor.id) : NULL;

    if (agent == NULL)
        return TRUE; /* administration */
    if (agent->role != SM_ROLE_SUPERVISOR) {
        r->agent = g_strdup(agent->id);
        if (r->wish.by == SM_SCOPE_AGENT && !r->wish.turns && !r->wish.conversations &&
            (!r->wants_explain || g_strcmp0(r->of, agent->id) == 0))
            return TRUE;
        sm_pending_problem(p, SM_PROBLEM_FORBIDDEN, NULL,
                           "You may see your own figures, by agent.");
        return FALSE;
    }
    sm_reading_teams(r, p);
    if (r->teams == NULL)
        return TRUE;
    if (r->wish.by <= SM_SCOPE_INBOX && r->wish.by != SM_SCOPE_DESK && !r->wish.turns &&
        !r->wish.conversations)
        return TRUE;
    sm_pending_problem(p, SM_PROBLEM_FORBIDDEN, NULL,
                       "You have not all teams: ask by team, agent or inbox, without rows.");
    return FALSE;
}

/* Messages of other teams' conversations are not for this asker. */
static void hide_others(const Reading *r, json_t *explain)
{
    size_t i;
    json_t *row;

    json_array_foreach(json_object_get(explain, "rows"), i, row)
    {
        const char *agent = sm_json_str(row, "agent", NULL);
        gboolean own = r->agent == NULL || g_strcmp0(agent, r->agent) == 0;
        if (!of_team(r, sm_json_str(row, "team", NULL)) || !own)
            json_array_clear(json_object_get(row, "messages"));
    }
}

/* --- Reading
 * --------------------------------------------------------------------------------------
 */

static void next_slice(void *user);

static void go_on(SmService *s)
{
    if (s->report_slice == 0 && s->readings.head != NULL)
        s->report_slice = sm_loop_after(s->loop, 0, next_slice, s);
}

static void answer(SmService *s, Reading *r)
{
    g_autoptr(json_t) body = NULL;

    if (r->book != NULL) {
        body = r->answer(r);
    } else if (r->wants_explain) {
        body = json_incref(sm_explain_json(r->explain));
        hide_others(r, body);
    } else {
        body = sm_report_json(r->report, keep, r, r->teams == NULL && r->agent == NULL);
    }
    g_autofree char *text = sm_json_text(body);
    if (strlen(text) + 100 > SM_MAX_ANSWER_BYTES)
        sm_pending_problem(r->pending, SM_PROBLEM_TOO_LARGE, "ANSWER_BYTES",
                           "So many rows are for an export: ask for a shorter period.");
    else
        sm_pending_reply(r->pending, 200, json_incref(body));
}

static void finish(SmService *s, Reading *r)
{
    g_queue_remove(&s->readings, r);
    if (r->pending != NULL)
        r->pending->reading = NULL;
    sm_reading_free(r);
}

/* The log has been read once; what explains is in it a second time. */
static void end_of_pass(SmService *s, Reading *r)
{
    if (r->book == NULL && r->explain == NULL) {
        sm_report_end(r->report, r->now);
        if (r->wants_explain && r->agent == NULL && r->wish.by != SM_SCOPE_DESK &&
            !keep(r->wish.by, r->of, r)) {
            sm_pending_problem(r->pending, SM_PROBLEM_FORBIDDEN, NULL, NULL);
            finish(s, r);
            return;
        }
        if (r->wants_explain) {
            r->explain = sm_report_explain(r->report, r->figure, r->wish.by, r->of);
            r->after = 0;
            return;
        }
    }
    answer(s, r);
    finish(s, r);
}

static gboolean read_slice(SmService *s, Reading *r, GError **error)
{
    g_autoptr(GPtrArray) records = sm_log_read(s->log, r->after, SLICE_RECORDS, error);

    for (guint i = 0; records != NULL && i < records->len && r->after < r->upto; i++) {
        const SmRecord *record = records->pdata[i];
        if (r->book != NULL)
            sm_review_book_record(r->book, record);
        else if (r->explain != NULL)
            sm_explain_record(r->explain, record);
        else if (!sm_report_record(r->report, record, error))
            return FALSE;
        r->after = record->seq;
    }
    return records != NULL;
}

static void next_slice(void *user)
{
    SmService *s = user;
    Reading *r = s->readings.head->data;
    g_autoptr(GError) error = NULL;

    s->report_slice = 0;
    sm_service_enter(s);
    if (r->pending == NULL) {
        finish(s, r);
    } else if (!read_slice(s, r, &error)) {
        sm_pending_log_error(r->pending, "report", error);
        finish(s, r);
    } else if (r->after >= r->upto) {
        end_of_pass(s, r);
    }
    go_on(s);
    sm_service_leave(s);
}

/* --- Asking
 * ---------------------------------------------------------------------------------------
 */

gboolean sm_reading_instant(SmPending *p, const char *name, int64_t now, const char *otherwise, int64_t *at)
{
    const char *zone_name = sm_desk_policy(p->s->desk)->zone;
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(zone_name);
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autofree char *text = sm_url_query(p->target, name);

    if (sm_instant_parse(text != NULL ? text : otherwise, zone != NULL ? zone : utc, now, at))
        return TRUE;
    sm_pending_problem(p, SM_PROBLEM_INVALID, name,
                       "An instant is a date, a date with T and a time, today, yesterday, now, or "
                       "2h for two hours ago.");
    return FALSE;
}

static gboolean read_words(SmPending *p, Reading *r)
{
    g_autofree char *by = sm_url_query(p->target, "by"), *rows = sm_url_query(p->target, "rows"),
                    *explain = sm_url_query(p->target, "explain");

    r->of = sm_url_query(p->target, "of");
    r->wants_explain = explain != NULL;
    r->wish.by = SM_SCOPE_AGENT;
    r->wish.turns = g_strcmp0(rows, "turns") == 0;
    r->wish.conversations = g_strcmp0(rows, "conversations") == 0;
    const char *wrong = NULL;
    if (by != NULL && !sm_scope_from_name(by, &r->wish.by))
        wrong = "by";
    else if (rows != NULL && !r->wish.turns && !r->wish.conversations)
        wrong = "rows";
    else if (explain != NULL && !sm_figure_from_name(explain, &r->figure))
        wrong = "explain";
    else if (explain != NULL && r->wish.by != SM_SCOPE_DESK && r->of == NULL)
        wrong = "of";
    if (wrong != NULL)
        sm_pending_problem(p, SM_PROBLEM_INVALID, wrong, NULL);
    return wrong == NULL;
}

Reading *sm_reading_new(SmPending *p)
{
    Reading *r = g_new0(Reading, 1);

    r->pending = p;
    r->now = sm_service_now(p->s);
    r->upto = p->s->durable;
    return r;
}

void sm_reading_begin(Reading *r)
{
    SmPending *p = r->pending;
    SmService *s = p->s;

    if (s->readings.length >= MOST_WAITING) {
        sm_pending_problem(p, SM_PROBLEM_TOO_MANY, "reports", "Other reports are being drawn.");
        sm_reading_free(r);
        return;
    }
    p->where = AT_REPORT;
    p->reading = r;
    g_queue_push_tail(&s->readings, r);
    go_on(s);
}

static void report_quiet(SmPending *p)
{
    Reading *r = sm_reading_new(p);
    int64_t days, recent;

    if (!read_words(p, r) || !sm_reading_instant(p, "from", r->now, "today", &r->wish.from) ||
        !sm_reading_instant(p, "to", r->now, "now", &r->wish.to) ||
        !sm_pending_number(p, "enquiry_days", 1, 400, SM_ENQUIRY_DAYS, &days) ||
        !sm_pending_number(p, "recent", 0, MOST_RECENT, 0, &recent) || !may_ask(p, r)) {
        sm_reading_free(r);
        return;
    }
    r->wish.enquiry_days = (int)days;
    r->wish.recent = r->wish.by == SM_SCOPE_TEAM ? (int)recent : 0;
    r->wish.recent_to = r->now;
    r->report = sm_report_new(&r->wish);
    sm_reading_begin(r);
}

void sm_handle_report(SmPending *p)
{
    sm_pending_when_quiet(p, report_quiet);
}

void sm_report_cancel(SmPending *p)
{
    p->reading->pending = NULL; /* its next slice takes it away */
    p->reading = NULL;
}

void sm_report_close(SmService *s)
{
    sm_loop_remove(s->loop, &s->report_slice);
    while (s->readings.head != NULL) {
        Reading *r = s->readings.head->data;
        if (r->pending != NULL)
            sm_pending_problem(r->pending, SM_PROBLEM_STOPPING, NULL, NULL);
        finish(s, r);
    }
}
