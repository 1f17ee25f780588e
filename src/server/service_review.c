/* SPDX-License-Identifier: MIT */
/* service_review: conversations to look at, what was given, how far reviewers agree, and one conversation whole - for those
 * who review the team's work, and for each agent the own. All of it is read from the log. */
#include "service_private.h"
#include "service_reading.h"

#include <string.h>

#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"
#include "seatmux/text/words.h"

#define SAMPLE_SHIPPED 10
#define RECORDS_MOST 20000 /* of one conversation that are looked through for reviews */

static gboolean reviews(const SmPending *p)
{
    const SmDesk *desk = p->s->desk;
    const SmAgent *agent = p->actor.kind == SM_ACTOR_STAFF ? sm_desk_agent(desk, p->actor.id) : NULL;

    return agent == NULL || sm_policy_may(sm_desk_policy(desk), agent->role, SM_MAY_REVIEW);
}

/* Reviewers see what is of their teams, everybody what is of themselves. */
static gboolean keep(const char *team, const char *agent, const char *by, void *user)
{
    const Reading *r = user;

    if (r->me == NULL || g_strcmp0(agent, r->me) == 0 || (by != NULL && g_strcmp0(by, r->me) == 0))
        return TRUE;
    return r->agent == NULL && (r->teams == NULL || (team != NULL && g_strv_contains((const char *const *)r->teams, team)));
}

static json_t *sample(Reading *r)
{
    return sm_review_book_sample(r->book, keep, r);
}

static json_t *given(Reading *r)
{
    return sm_review_book_given(r->book, keep, r);
}

static json_t *calibration(Reading *r)
{
    return sm_review_book_calibration(r->book, keep, r);
}

/* --- Asking --------------------------------------------------------------------------------------
 */

static void find_words(const char *text, GPtrArray *found, void *user)
{
    g_autoptr(GArray) hits = sm_words_find(user, text);

    for (guint i = 0; i < hits->len; i++) {
        const SmWordHit *hit = &g_array_index(hits, SmWordHit, i);
        g_ptr_array_add(found, g_strndup(text + hit->start, hit->len));
    }
}

static gboolean read_wish(SmPending *p, Reading *r, SmReviewWish *wish, char **agent, char **team)
{
    g_autofree char *what = sm_url_query(p->target, "what"), *how = sm_url_query(p->target, "how");
    int64_t n, seed;
    const char *wrong = NULL;

    *agent = sm_url_query(p->target, "agent");
    *team = sm_url_query(p->target, "team");
    if (what == NULL || strcmp(what, "given") == 0)
        r->answer = given;
    else if (strcmp(what, "sample") == 0)
        r->answer = sample;
    else if (strcmp(what, "calibration") == 0)
        r->answer = calibration;
    else
        wrong = "what";
    wish->sample = r->answer == sample;
    if (how != NULL && !sm_sample_parse(how, &wish->how))
        wrong = "how";
    if (wrong != NULL) {
        sm_pending_problem(p, SM_PROBLEM_INVALID, wrong, NULL);
        return FALSE;
    }
    if (!sm_reading_instant(p, "from", r->now, "720h", &wish->from) || !sm_reading_instant(p, "to", r->now, "now", &wish->to) ||
        !sm_pending_number(p, "n", 1, SM_SAMPLE_MOST, SAMPLE_SHIPPED, &n) || !sm_pending_number(p, "seed", 0, G_MAXINT32, 1, &seed))
        return FALSE;
    wish->to += 1; /* what was given this instant counts */
    wish->n = (guint)n;
    wish->seed = (guint64)seed;
    wish->agent = *agent;
    wish->team = *team;
    return TRUE;
}

static void reviews_quiet(SmPending *p)
{
    Reading *r = sm_reading_new(p);
    SmReviewWish wish = {.from = 0};
    g_autofree char *agent = NULL, *team = NULL;

    if (!read_wish(p, r, &wish, &agent, &team)) {
        sm_reading_free(r);
        return;
    }
    r->me = p->actor.kind == SM_ACTOR_STAFF ? g_strdup(p->actor.id) : NULL;
    if (!reviews(p)) {
        if (r->answer == calibration) {
            sm_pending_problem(p, SM_PROBLEM_FORBIDDEN, NULL, "How reviewers agree is for reviewers.");
            sm_reading_free(r);
            return;
        }
        r->agent = g_strdup(p->actor.id);
    }
    sm_reading_teams(r, p);
    r->book = sm_review_book_new(&wish);
    if (wish.sample && wish.how == SM_SAMPLE_WORDS) {
        g_autoptr(SmFindings) findings = sm_findings_new();
        r->words = sm_words_load_all(findings);
        sm_review_book_set_words(r->book, find_words, r->words);
    }
    sm_reading_begin(r);
}

void sm_handle_reviews(SmPending *p)
{
    sm_pending_when_quiet(p, reviews_quiet);
}

/* --- One conversation ----------------------------------------------------------------------------
 */

/* All of its records, the newest first, page by page from the end. NULL and error. */
static GPtrArray *read_records(SmService *s, const char *conversation, GError **error)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)sm_record_unref);
    int64_t before = 0;

    while (all->len < RECORDS_MOST) {
        g_autoptr(GPtrArray) page = sm_log_read_conversation(s->log, conversation, before, SM_MAX_MESSAGES_PAGE, error);
        if (page == NULL)
            return NULL;
        for (guint i = page->len; i-- > 0;)
            g_ptr_array_add(all, sm_record_ref(page->pdata[i]));
        if (page->len < SM_MAX_MESSAGES_PAGE)
            break;
        before = ((const SmRecord *)page->pdata[0])->seq;
    }
    return g_steal_pointer(&all);
}

/* All of it to a book of its own. FALSE and error. */
static gboolean read_whole(SmService *s, const char *conversation, SmReviewBook *book, GError **error)
{
    g_autoptr(GPtrArray) all = read_records(s, conversation, error);

    for (guint i = all != NULL ? all->len : 0; i-- > 0;)
        sm_review_book_record(book, all->pdata[i]);
    return all != NULL;
}

static void conversation_quiet(SmPending *p)
{
    SmService *s = p->s;
    const SmConversation *c = sm_desk_conversation(s->desk, p->at[2]);
    gboolean reviewer = c != NULL && sm_desk_may_review(s->desk, p->actor, c);
    SmReviewWish wish = {.from = 0, .to = INT64_MAX};
    int64_t before;
    gboolean more = FALSE;
    g_autoptr(GError) error = NULL;

    if (!sm_pending_number(p, "before", 1, G_MAXINT64 / 16, 0, &before))
        return;
    if (c == NULL || c->state != SM_STATE_RESOLVED || (!reviewer && !sm_desk_had(s->desk, p->actor, c))) {
        sm_pending_problem(p, SM_PROBLEM_NOT_FOUND, NULL, "There is no such conversation that has ended.");
        return;
    }
    Reading seen = {.me = p->actor.kind == SM_ACTOR_STAFF ? (char *)p->actor.id : NULL,
                    .agent = reviewer ? NULL : (char *)p->actor.id};
    g_autoptr(SmReviewBook) book = sm_review_book_new(&wish);
    json_t *lines = sm_service_past(p, (SmActor){SM_ACTOR_DESK, NULL}, c, before, SM_MAX_MESSAGES_PAGE, &more);
    if (lines == NULL)
        return;
    if (!read_whole(s, c->id, book, &error)) {
        json_decref(lines);
        sm_pending_log_error(p, "a review", error);
        return;
    }
    if (!reviewer) /* a whisper was for who had it then: only who reviews reads it afterwards */
        sm_lines_drop_whispers(lines);
    json_t *body = sm_review_book_given(book, keep, &seen);
    json_object_set_new(body, "conversation", json_string(c->id));
    json_object_set_new(body, "team", json_string(c->team));
    json_object_set_new(body, "lines", lines);
    json_object_set_new(body, "more", json_boolean(more));
    sm_pending_reply(p, 200, body);
}

void sm_handle_review_conversation(SmPending *p)
{
    sm_pending_when_quiet(p, conversation_quiet);
}

/* --- A comment on a message ----------------------------------------------------------------------
 */

static gboolean posted(const SmRecord *record, const char *conversation, const char *message)
{
    for (guint i = 0; i < record->events->len; i++) {
        const SmEvent *event = record->events->pdata[i];
        if (event->type == SM_EVENT_MESSAGE_POSTED && g_strcmp0(event->message, message) == 0 &&
            g_strcmp0(event->conversation, conversation) == 0)
            return TRUE;
    }
    return FALSE;
}

/* The fold forgets the lines of what has ended, so whether there is such a message the log says. FALSE: answered. */
static gboolean has_message(SmPending *p, const SmConversation *c, const char *message)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) all = read_records(p->s, c->id, &error);

    for (guint i = 0; all != NULL && i < all->len; i++)
        if (posted(all->pdata[i], c->id, message))
            return TRUE;
    if (all != NULL)
        sm_pending_problem(p, SM_PROBLEM_INVALID, "message", "There is no such message in this conversation.");
    else
        sm_pending_log_error(p, "a comment", error);
    return FALSE;
}

/* Who may not comment is refused by the desk, whatever they name: they learn nothing of what is in the log. */
void sm_handle_review_comment(SmPending *p)
{
    const SmDesk *desk = p->s->desk;
    const SmConversation *c = sm_desk_conversation(desk, p->at[2]);
    gboolean may = c != NULL && c->state == SM_STATE_RESOLVED &&
                   (sm_desk_may_review(desk, p->actor, c) || sm_desk_had(desk, p->actor, c));
    g_auto(SmWireCommand) wire = {0};
    SmRefusal *refusal = may ? sm_wire_read_command(p->request, NULL, &wire) : NULL;

    if (may && refusal == NULL && wire.command.message != NULL && !has_message(p, c, wire.command.message))
        return;
    sm_refusal_free(refusal);
    sm_handle_command(p);
}
