/* SPDX-License-Identifier: MIT */
/* service_visits: the pages of the shop tell where a visitor is, the staff looks and invites, and what is counted goes into the
 * log (docs/visitors.md). The page is a stranger: its site must be one of desk.yaml or the desk's own, every value has a bound, and
 * nothing of what it says is kept beyond the visit. */
#include "service_private.h"

#include <string.h>

#include "seatmux/desk/visitor.h"

#define BEAT_S 15 /* a page that is looked at gives a sign so often */
#define TRAFFIC_MS 600000 /* what was counted is written so often, never across an hour */
#define TOKEN_LEAST 16

gboolean sm_service_is_told(const char *target)
{
    return strcmp(target, "/v1/visits") == 0;
}

/* --- What was counted ----------------------------------------------------------------------------
 */

void sm_visits_flush(SmService *s)
{
    if (s->visits->counts == NULL || s->stopping || s->refolding)
        return;
    json_t *counts = g_steal_pointer(&s->visits->counts);
    SmCommand command = {.type = SM_COMMAND_TRAFFIC, .since = s->visits->since, .data = counts};
    sm_service_own_command(s, command);
    json_decref(counts);
}

static void traffic_due(SmService *s, Due *due)
{
    sm_visits_age(s->visits, sm_service_now(s));
    sm_visits_flush(s);
    if (s->visits->order.length > 0 || s->visits->counts != NULL)
        sm_due_set(s, due, traffic_due, sm_loop_now(s->loop) + TRAFFIC_MS - sm_service_now(s) % TRAFFIC_MS);
}

static void arm(SmService *s)
{
    if (s->traffic.node.place == 0)
        sm_due_set(s, &s->traffic, traffic_due, sm_loop_now(s->loop) + TRAFFIC_MS - sm_service_now(s) % TRAFFIC_MS);
}

/* --- What a page tells ---------------------------------------------------------------------------
 */

static gboolean invalid(SmPending *p, const char *field, const char *detail)
{
    sm_pending_problem(p, SM_PROBLEM_INVALID, field, detail);
    return FALSE;
}

/* Cut to what is kept; NULL stays NULL. Caller frees. */
static char *bounded(const json_t *body, const char *key, glong most)
{
    const char *text = sm_json_str(body, key, NULL);

    return text == NULL || *text == '\0' ? NULL : g_utf8_substring(text, 0, MIN(most, g_utf8_strlen(text, -1)));
}

/* Without what embed.js does not send either: behind the path stands what may be anybody's. Caller frees. */
static char *path_of(const json_t *body)
{
    const char *page = sm_json_str(body, "page", "");
    g_autofree char *path = g_strndup(page, strcspn(page, "?#"));

    return g_utf8_substring(path, 0, MIN(SM_MAX_VISIT_PAGE, g_utf8_strlen(path, -1)));
}

static gboolean is_well(SmPending *p, const json_t *body)
{
    const char *token = sm_json_str(body, "visit", ""), *page = sm_json_str(body, "page", "");
    const SmPolicy *policy = sm_desk_policy(p->s->desk);

    if (!sm_id_valid(token) || strlen(token) < TOKEN_LEAST)
        return invalid(p, "visit", "'visit' is an id of 16 characters at least that nobody guesses.");
    if (page[0] != '/')
        return invalid(p, "page", "'page' is the path of the page, from the / on.");
    if (sm_policy_inbox(policy, sm_json_str(body, "inbox", NULL)) == NULL)
        return invalid(p, "inbox", "There is no such inbox.");
    return TRUE;
}

static SmVisit *visit_of(SmPending *p, const json_t *body, int64_t now)
{
    SmService *s = p->s;
    SmVisit *visit = sm_visits_find(s->visits, sm_json_str(body, "visit", ""));

    if (visit != NULL)
        return visit;
    g_autofree char *referrer = bounded(body, "referrer", SM_MAX_VISIT_PAGE);
    if (sm_service_admit_visit(p))
        visit = sm_visits_add(s->visits, sm_json_str(body, "visit", ""), sm_id_new(s->rng, "v"), referrer, now);
    if (visit == NULL) {
        sm_pending_problem(p, SM_PROBLEM_TOO_MANY, "VISITS", "More visits than this desk watches.");
        p->answer->retry_after_s = 60;
        return NULL;
    }
    visit->inbox = g_strdup(sm_policy_inbox(sm_desk_policy(s->desk), sm_json_str(body, "inbox", NULL))->id);
    visit->language = bounded(body, "language", SM_MAX_NAME_CHARS);
    visit->earlier = CLAMP(sm_json_int(body, "earlier", 0), 0, 100000);
    visit->last = CLAMP(sm_json_int(body, "last", 0), 0, now);
    return visit;
}

/* What the visitor did with what was shown. */
static void take_answer(SmService *s, SmVisit *visit, const json_t *body, int64_t now)
{
    const char *id = sm_json_str(body, "invitation", NULL);
    gboolean yes = sm_json_bool(body, "accept", FALSE);
    SmVisitOffer *offer = &visit->offer;

    if (id == NULL || g_strcmp0(offer->id, id) != 0 || offer->accepted)
        return;
    if (offer->agent == NULL)
        sm_visits_count_rule(s->visits, id, yes ? 1 : 2, now);
    offer->accepted = yes;
    if (yes)
        return;
    visit->refused = TRUE;
    if (offer->agent != NULL) {
        visit->answered = g_strdup(sm_cause_name(SM_CAUSE_REFUSED));
        sm_service_own_command(s, (SmCommand){.type = SM_COMMAND_VISITOR_REFUSE, .notice = id});
    }
    sm_visit_offer_clear(visit);
}

/* Nobody is asked into an empty room, and nobody who is in a conversation. */
static void follow_rules(SmService *s, SmVisit *visit, int64_t now, int64_t *next)
{
    const SmPolicy *policy = sm_desk_policy(s->desk);
    const SmInbox *inbox = sm_policy_inbox(policy, visit->inbox);
    const SmVisitPage *page = sm_visit_now(visit);

    if (visit->direct || visit->refused || visit->conversation != NULL || visit->offer.id != NULL || inbox == NULL ||
        !sm_desk_attended(s->desk, inbox->team, now))
        return;
    const SmVisitRule *rule = sm_visit_rule_now(policy, page->page, visit->inbox, visit->language, visit->earlier > 0, now - page->at,
                                                visit->done, next);
    if (rule == NULL)
        return;
    g_ptr_array_add(visit->done, g_strdup(rule->id));
    sm_visit_offer(visit, rule->id, rule->text, NULL);
    sm_visits_count_rule(s->visits, rule->id, 0, now);
}

static void reply(SmPending *p, SmVisit *visit, int64_t next_ms)
{
    int64_t next = MIN(BEAT_S, (next_ms / 1000) + 1);
    json_t *body = json_pack("{s:I}", "next", (json_int_t)next);

    if (visit->offer.id != NULL && !visit->offer.accepted && visit->conversation == NULL) {
        const SmAgent *agent = sm_desk_agent(p->s->desk, visit->offer.agent);
        json_t *offer = json_pack("{s:s, s:b}", "id", visit->offer.id, "popup", visit->offer.text == NULL);
        sm_json_set_str(offer, "text", visit->offer.text);
        sm_json_set_str(offer, "agent", agent != NULL ? sm_agent_shown(agent) : NULL);
        json_object_set_new(body, "invitation", offer);
    }
    sm_pending_reply(p, 200, body);
}

static void tell(SmPending *p, const json_t *body)
{
    SmService *s = p->s;
    int64_t now = sm_service_now(s), next = INT64_MAX / 2;

    sm_visits_age(s->visits, now);
    SmVisit *visit = is_well(p, body) ? visit_of(p, body, now) : NULL;
    if (visit == NULL)
        return;
    g_autofree char *page = path_of(body);
    g_autofree char *title = bounded(body, "title", SM_MAX_VISIT_TITLE);
    visit->direct = p->request->own_page;
    sm_visit_view(s->visits, visit, page, title, sm_json_bool(body, "fresh", FALSE), now);
    take_answer(s, visit, body, now);
    follow_rules(s, visit, now, &next);
    arm(s);
    reply(p, visit, next);
}

void sm_handle_visit(SmPending *p)
{
    const SmPolicy *policy = sm_desk_policy(p->s->desk);
    g_autofree char *origin = g_strdup(p->request->origin);

    if (!p->request->own_page && !sm_policy_origin_listed(policy, origin)) {
        sm_pending_problem(p, SM_PROBLEM_FORBIDDEN, NULL, "The site is not one of this desk's desk.yaml.");
        return;
    }
    g_autoptr(json_t) body = sm_pending_body(p, "visit:s page:s title:s? referrer:s? inbox:s? language:s? earlier:i? last:i? fresh:b? "
                                                "invitation:s? accept:b?");
    if (!policy->watch) {
        sm_visits_clear(p->s->visits);
        if (body != NULL)
            sm_pending_reply(p, 200, json_pack("{s:i}", "next", 0));
    } else if (body != NULL) {
        tell(p, body);
    }
    p->answer->origin = g_steal_pointer(&origin);
}

/* --- What the staff sees -------------------------------------------------------------------------
 */

static gboolean may_see(SmPending *p, const SmVisit *visit)
{
    const SmAgent *agent = p->actor.kind == SM_ACTOR_STAFF ? sm_desk_agent(p->s->desk, p->actor.id) : NULL;

    return p->actor.kind == SM_ACTOR_ADMIN || sm_desk_may_watch(p->s->desk, agent, visit->inbox);
}

/* Where the conversation is not this viewer's to see, it is said that there is one. */
static json_t *visit_json(SmPending *p, const SmVisit *visit, gboolean trail, int64_t now)
{
    const SmConversation *c = sm_desk_conversation(p->s->desk, visit->conversation != NULL ? visit->conversation : "");
    json_t *json = sm_visit_json(visit, trail, now);

    json_object_set_new(json, "talks", json_boolean(c != NULL && c->state != SM_STATE_RESOLVED));
    if (c == NULL || !sm_desk_sees(p->s->desk, p->actor, c, 0))
        json_object_del(json, "conversation");
    return json;
}

/* The newest first: those who come are who can be invited. */
static void visitors_quiet(SmPending *p)
{
    SmService *s = p->s;
    const SmPolicy *policy = sm_desk_policy(s->desk);
    int64_t now = sm_service_now(s);
    json_t *list = json_array();
    guint here = 0;

    if (!policy->watch)
        sm_visits_clear(s->visits);
    sm_visits_age(s->visits, now);
    for (GList *l = s->visits->order.tail; l != NULL; l = l->prev) {
        const SmVisit *visit = l->data;
        if (visit->at + SM_VISIT_HERE_MS <= now || !may_see(p, visit))
            continue;
        if (here++ < SM_MAX_VISITORS_SHOWN)
            json_array_append_new(list, visit_json(p, visit, FALSE, now));
    }
    sm_pending_reply(p, 200, json_pack("{s:o, s:I, s:b}", "visitors", list, "here", (json_int_t)here, "watch", policy->watch));
}

void sm_handle_visitors(SmPending *p)
{
    sm_pending_when_quiet(p, visitors_quiet);
}

static void visitor_quiet(SmPending *p)
{
    const SmVisit *visit = sm_visits_by_id(p->s->visits, p->at[2]);

    if (visit == NULL || !may_see(p, visit))
        sm_pending_problem(p, SM_PROBLEM_NOT_FOUND, NULL, "There is no such visitor.");
    else
        sm_pending_reply(p, 200, visit_json(p, visit, TRUE, sm_service_now(p->s)));
}

void sm_handle_visitor(SmPending *p)
{
    sm_pending_when_quiet(p, visitor_quiet);
}

/* --- Commands that are about a visit -------------------------------------------------------------
 */

static SmCause began_by(const SmVisit *visit)
{
    if (visit->offer.id == NULL)
        return SM_CAUSE_CUSTOMER;
    if (visit->offer.agent != NULL)
        return SM_CAUSE_INVITATION;
    if (visit->offer.text == NULL)
        return SM_CAUSE_POPUP;
    return visit->offer.accepted ? SM_CAUSE_RULE : SM_CAUSE_CUSTOMER;
}

static void prepare_start(SmService *s, SmCommand *command, Work *work)
{
    const SmVisit *visit = sm_visits_find(s->visits, command->visit);

    command->visit = NULL; /* one that is forgotten is none */
    if (visit == NULL || !sm_desk_policy(s->desk)->watch)
        return;
    command->visit = sm_work_hold(work, visit->id);
    command->cause = began_by(visit);
    if (visit->offer.agent != NULL) {
        command->notice = sm_work_hold(work, visit->offer.id);
        command->words = sm_work_hold(work, visit->offer.text);
    }
}

SmRefusal *sm_visit_prepare(SmService *s, Work *work)
{
    SmCommand *command = &work->wire.command;

    if (command->type == SM_COMMAND_START && command->visit != NULL)
        prepare_start(s, command, work);
    if (command->type != SM_COMMAND_VISITOR_INVITE)
        return NULL;
    const SmVisit *visit = sm_visits_by_id(s->visits, command->visit);
    if (visit == NULL || visit->at + SM_VISIT_HERE_MS <= sm_service_now(s))
        return sm_refusal_new(SM_PROBLEM_NOT_FOUND, NULL, "There is no such visitor, or they have left the site.");
    if (visit->conversation != NULL)
        return sm_refusal_new(SM_PROBLEM_WRONG_STATE, NULL, "This visitor has written already.");
    if (visit->direct)
        return sm_refusal_new(SM_PROBLEM_WRONG_STATE, NULL, "This visitor has the chat page open already; the first word is theirs.");
    command->inbox = sm_work_hold(work, visit->inbox);
    return NULL;
}

void sm_visit_began(SmService *s, const Work *work)
{
    SmVisit *visit = sm_visits_by_id(s->visits, work->wire.command.visit);
    const SmEvent *first = work->record->events->pdata[0];

    if (work->wire.command.type != SM_COMMAND_START || visit == NULL || visit->conversation != NULL)
        return;
    int64_t now = sm_service_now(s);
    visit->conversation = g_strdup(first->conversation);
    if (work->wire.command.cause == SM_CAUSE_POPUP && !visit->offer.accepted)
        sm_visits_count_rule(s->visits, visit->offer.id, 1, now);
    if (visit->offer.agent != NULL)
        visit->answered = g_strdup(sm_cause_name(SM_CAUSE_ACCEPTED));
    sm_visits_count_conversation(s->visits, visit, now);
    sm_visit_offer_clear(visit);
    arm(s);
}

void sm_visits_invited(SmService *s, const Work *work)
{
    SmVisit *visit = sm_visits_by_id(s->visits, work->wire.command.visit);
    const SmEvent *first = work->record->events->pdata[0];

    if (work->wire.command.type != SM_COMMAND_VISITOR_INVITE || visit == NULL)
        return;
    g_clear_pointer(&visit->answered, g_free);
    sm_visit_offer(visit, first->notice, work->wire.command.text, first->agent);
}

/* Ignored for too long: it is not shown any more. */
void sm_visits_committed(SmService *s, const SmRecord *record)
{
    for (guint i = 0; i < record->events->len; i++) {
        const SmEvent *event = g_ptr_array_index(record->events, i);
        if (event->type != SM_EVENT_VISITOR_ANSWERED || event->cause == SM_CAUSE_ACCEPTED)
            continue;
        for (GList *l = s->visits->order.head; l != NULL; l = l->next) {
            SmVisit *visit = l->data;
            if (g_strcmp0(visit->offer.id, event->notice) == 0) {
                g_free(visit->answered);
                visit->answered = g_strdup(sm_cause_name(event->cause));
                sm_visit_offer_clear(visit);
            }
        }
    }
}
