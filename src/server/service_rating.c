/* SPDX-License-Identifier: MIT */
/* service_rating: ratings that come later, by a link without a log-in, and what was answered to them. A link says which
 * conversation and which end of it, and is signed with a key of the desk's; nothing is kept about it. */
#include "service_private.h"

#include <string.h>

#define MAC_HEX 32
#define ANSWERS_KEPT_MS INT64_C(7776000000) /* 90 days: so long a customer is shown what was answered */

static const char no_link[] = "This is no link to rate a conversation, or one of another desk.";
static const char no_conversation[] = "There is no such conversation that has ended.";

/* --- Links ---------------------------------------------------------------------------------------
 */

static char *mac_of(SmService *s, const char *conversation, int64_t ended)
{
    g_autofree char *text = g_strdup_printf("rate\n%s\n%" G_GINT64_MODIFIER "x", conversation, (guint64)ended);
    char *mac = g_compute_hmac_for_string(G_CHECKSUM_SHA256, sm_secrets_key(s->secrets), SM_SECRETS_KEY, text, -1);

    mac[MAC_HEX] = '\0';
    return mac;
}

static char *token_of(SmService *s, const char *conversation, int64_t ended)
{
    g_autofree char *mac = mac_of(s, conversation, ended);

    return g_strdup_printf("%s.%" G_GINT64_MODIFIER "x.%s", conversation, (guint64)ended, mac);
}

/* An id may hold dots itself, so a link is read from its end. NULL: not one of ours. */
static const SmConversation *read_token(SmService *s, const char *token, int64_t *ended)
{
    const char *mac = strrchr(token, '.'), *at = mac;

    while (at != NULL && at > token && *--at != '.')
        continue;
    if (at == NULL || at <= token || strlen(token) > 2 * SM_MAX_ID_BYTES + MAC_HEX)
        return NULL;
    g_autofree char *id = g_strndup(token, (gsize)(at - token));
    *ended = (int64_t)g_ascii_strtoull(at + 1, NULL, 16);
    g_autofree char *own = sm_id_valid(id) ? token_of(s, id, *ended) : NULL;
    return own != NULL && sm_identity_same(own, token) ? sm_desk_ever(s->desk, id) : NULL;
}

/* --- What is told of one -------------------------------------------------------------------------
 */

/* The staff's answer, from the log; nothing where it is erased or too long ago. FALSE: the log can't be read. */
static gboolean put_answer(SmService *s, const SmConversation *c, json_t *body, GError **error)
{
    g_autoptr(GPtrArray) one = c->rating_answer > 0 ? sm_log_read(s->log, c->rating_answer - 1, 1, error) : NULL;
    const SmRecord *record = one != NULL && one->len == 1 ? one->pdata[0] : NULL;

    for (guint i = 0; record != NULL && i < record->events->len; i++) {
        const SmEvent *event = record->events->pdata[i];
        if (event->type != SM_EVENT_RATING_ANSWERED || g_strcmp0(event->conversation, c->id) != 0 || event->text == NULL ||
            record->at + ANSWERS_KEPT_MS < sm_service_now(s))
            continue;
        json_t *answer = json_pack("{s:I, s:s}", "at", (json_int_t)record->at, "text", event->text);
        sm_json_set_str(answer, "agent", event->name);
        json_object_set_new(body, "answer", answer);
    }
    return one != NULL || c->rating_answer <= 0;
}

/* `link`: the way to rate it is told too, where there is still time. NULL: the log can't be read, and `p` is answered. */
static json_t *rating_json(SmPending *p, const SmConversation *c, gboolean link)
{
    SmService *s = p->s;
    g_autoptr(GError) error = NULL;
    SmRating rating;
    json_t *body = json_object();

    if (!sm_desk_rating(s->desk, c->id, &rating))
        return body;
    json_object_set_new(body, "conversation", json_string(c->id));
    json_object_set_new(body, "ended", json_integer(rating.ended));
    gboolean open = c->stars == 0 && rating.until > sm_service_now(s);
    if (c->stars > 0) {
        json_object_set_new(body, "stars", json_integer(c->stars));
        json_object_set_new(body, "complaint", json_boolean(c->complaint));
    }
    if (open)
        json_object_set_new(body, "until", json_integer(rating.until));
    if (open && link) {
        g_autofree char *token = token_of(s, c->id, rating.ended);
        g_autofree char *path = g_strconcat("/v1/ratings/", token, NULL), *page = g_strconcat("/chat?rate=", token, NULL);
        json_object_set_new(body, "path", json_string(path));
        if (s->page_files != NULL)
            json_object_set_new(body, "page", json_string(page));
    }
    if (put_answer(s, c, body, &error))
        return body;
    json_decref(body);
    sm_pending_log_error(p, "the answer to a rating", error);
    return NULL;
}

/* --- Of one's own --------------------------------------------------------------------------------
 */

static void ratings_quiet(SmPending *p)
{
    SmService *s = p->s;
    json_t *list = json_array();

    if (p->actor.kind != SM_ACTOR_CUSTOMER) {
        json_decref(list);
        sm_pending_problem(p, SM_PROBLEM_FORBIDDEN, NULL, "These are a customer's own; the staff has /v1/reviews.");
        return;
    }
    int64_t since = sm_service_now(s) - sm_desk_policy(s->desk)->rating_later;
    g_autoptr(GPtrArray) all = sm_desk_rated(s->desk, p->actor.id, since);
    for (guint i = 0; i < all->len && i < SM_MAX_MESSAGES_PAGE; i++) {
        json_t *one = rating_json(p, all->pdata[i], TRUE);
        if (one == NULL) {
            json_decref(list);
            return;
        }
        json_array_append_new(list, one);
    }
    sm_pending_reply(p, 200, json_pack("{s:o}", "ratings", list));
}

void sm_handle_ratings(SmPending *p)
{
    sm_pending_when_quiet(p, ratings_quiet);
}

/* Whose conversation it is, and those who may review it or had it, to send the link on. */
static gboolean may_have(SmPending *p, const SmConversation *c)
{
    if (p->actor.kind == SM_ACTOR_CUSTOMER)
        return sm_desk_same_contact(p->s->desk, p->actor.id, c->contact);
    return sm_desk_may_review(p->s->desk, p->actor, c) || sm_desk_had(p->s->desk, p->actor, c);
}

static void reply_rating(SmPending *p, const SmConversation *c, gboolean link)
{
    json_t *body = rating_json(p, c, link);

    if (body != NULL)
        sm_pending_reply(p, 200, body);
}

static void rating_quiet(SmPending *p)
{
    const SmConversation *c = sm_desk_ever(p->s->desk, p->at[2]);
    SmRating rating;

    if (c == NULL || !may_have(p, c) || !sm_desk_rating(p->s->desk, c->id, &rating))
        sm_pending_problem(p, SM_PROBLEM_NOT_FOUND, NULL, no_conversation);
    else
        reply_rating(p, c, TRUE);
}

void sm_handle_rating(SmPending *p)
{
    sm_pending_when_quiet(p, rating_quiet);
}

/* --- By link -------------------------------------------------------------------------------------
 */

static void linked_quiet(SmPending *p)
{
    int64_t ended;
    const SmConversation *c = read_token(p->s, p->at[2], &ended);

    if (c == NULL)
        sm_pending_problem(p, SM_PROBLEM_NOT_FOUND, NULL, no_link);
    else
        reply_rating(p, c, FALSE);
}

void sm_handle_rating_link(SmPending *p)
{
    sm_pending_when_quiet(p, linked_quiet);
}

/* The same words by the same link again are one rating, whoever lost the answer; other words come too late. */
void sm_handle_rate_by_link(SmPending *p)
{
    int64_t ended;
    if (p->s->refolding) {
        sm_pending_problem(p, SM_PROBLEM_NOT_DURABLE, NULL, NULL);
        return;
    }
    const SmConversation *c = read_token(p->s, p->at[2], &ended);
    g_autoptr(json_t) body = c != NULL ? sm_pending_body(p, "stars:i text:s? complaint:b?") : NULL;

    if (c == NULL)
        sm_pending_problem(p, SM_PROBLEM_NOT_FOUND, NULL, no_link);
    if (body == NULL)
        return;
    const char *text = sm_json_str(body, "text", NULL);
    if (text != NULL && g_utf8_strlen(text, -1) > SM_MAX_REASON_CHARS) {
        sm_pending_problem(p, SM_PROBLEM_TOO_LARGE, "REASON_CHARS", "A comment is too long.");
        return;
    }
    g_autofree char *mac = mac_of(p->s, c->id, ended), *id = g_strconcat("rate.", mac, NULL);
    g_autoptr(json_t) shown = sm_json_masked(body, sm_service_mask);
    g_autofree char *said = sm_json_text(shown);
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, said, -1);
    SmCommand command = {.type = SM_COMMAND_RATE, .id = id, .actor = {SM_ACTOR_CUSTOMER, c->contact}, .fingerprint = digest,
                         .conversation = c->id, .text = text, .stars = sm_json_int(body, "stars", 0), .since = ended, .seen = -1,
                         .complaint = sm_json_bool(body, "complaint", FALSE)};
    Work *work = sm_work_new(p);
    sm_work_copy_command(p->s, work, &command);
    sm_service_submit(p->s, work);
}
