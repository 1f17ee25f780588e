/* SPDX-License-Identifier: MIT */
/* service_contact: the card of a contact, what was said in earlier conversations, and orders as the shop tells them. */
#include "service_private.h"

#include <string.h>

#define MOST_AHEAD_S (7 * 86400) /* a signature may be good for so long */

static const char no_conversation[] = "There is no such conversation.";

/* The conversation whose contact is asked for, where this member of the staff may read it; NULL when answered. */
static const SmConversation *need_seen(SmPending *p)
{
    const SmConversation *c = sm_desk_conversation(p->s->desk, p->at[2]);

    if (c != NULL && sm_desk_sees(p->s->desk, p->actor, c, 0))
        return c;
    sm_pending_problem(p, SM_PROBLEM_NOT_FOUND, NULL, no_conversation);
    return NULL;
}

static void card_quiet(SmPending *p)
{
    const SmConversation *c = need_seen(p);

    if (c != NULL)
        sm_pending_reply(p, 200, sm_desk_card(p->s->desk, c));
}

void sm_handle_card(SmPending *p)
{
    sm_pending_when_quiet(p, card_quiet);
}

/* --- Earlier conversations -----------------------------------------------------------------------
 */

static gboolean of_own_team(SmPending *p, const SmConversation *c)
{
    const SmAgent *agent = p->actor.kind == SM_ACTOR_STAFF ? sm_desk_agent(p->s->desk, p->actor.id) : NULL;

    return agent == NULL || sm_agent_in_team(agent, c->team);
}

/* Who talks to somebody now may read what that person and the same team said before; not what was whispered. */
static void earlier_quiet(SmPending *p)
{
    const SmConversation *now = need_seen(p), *c = sm_desk_ever(p->s->desk, p->at[4]);
    gboolean more;

    if (now == NULL)
        return;
    if (c == NULL || !sm_desk_same_contact(p->s->desk, now->contact, c->contact) || !of_own_team(p, c)) {
        sm_pending_problem(p, SM_PROBLEM_NOT_FOUND, NULL, "This contact has no such conversation with your team.");
        return;
    }
    json_t *lines = sm_service_past(p, (SmActor){SM_ACTOR_DESK, NULL}, c, 0, SM_MAX_MESSAGES_PAGE, &more);
    if (lines == NULL)
        return;
    sm_lines_drop_whispers(lines);
    sm_pending_reply(p, 200, json_pack("{s:s, s:o, s:b}", "conversation", c->id, "lines", lines, "more", more));
}

void sm_handle_earlier(SmPending *p)
{
    sm_pending_when_quiet(p, earlier_quiet);
}

/* --- Orders by the shop --------------------------------------------------------------------------
 */

char *sm_orders_sign(const char *key, const char *user, const char *order, const char *status, const char *amount, int64_t expires_s)
{
    g_autofree char *text = g_strdup_printf("order\n%s\n%s\n%s\n%s\n%" G_GINT64_FORMAT, user, order, status, amount, expires_s);

    return g_compute_hmac_for_string(G_CHECKSUM_SHA256, (const guchar *)key, strlen(key), text, -1);
}

static gboolean signed_well(SmPending *p, const json_t *body)
{
    int64_t expires = sm_json_int(body, "expires", 0), now = sm_service_now(p->s) / 1000;
    const char *user = sm_json_str(body, "user", "");

    if (*user == '\0' || strlen(user) > SM_MAX_NAME_CHARS || strchr(user, '\n') != NULL) {
        sm_pending_problem(p, SM_PROBLEM_INVALID, "user", "'user' is your own id of the customer, 120 bytes at most.");
        return FALSE;
    }
    g_autofree char *signature = sm_orders_sign(p->s->identity_key, user, sm_json_str(body, "order", ""), sm_json_str(body, "status", ""),
                                                sm_json_str(body, "amount", ""), expires);
    if (sm_identity_same(signature, sm_json_str(body, "signature", "")) && expires > now && expires <= now + MOST_AHEAD_S)
        return TRUE;
    sm_pending_problem(p, SM_PROBLEM_FORBIDDEN, NULL, "The signature is not one of this desk's key, or its time is over.");
    return FALSE;
}

/* The same event told twice, under the same key, is one. */
void sm_handle_shop_order(SmPending *p)
{
    SmService *s = p->s;

    if (!sm_service_admit_address(p, FALSE))
        return;
    if (s->identity_key == NULL) {
        sm_pending_problem(p, SM_PROBLEM_NOT_FOUND, NULL, "This desk has no key for identities.");
        return;
    }
    g_autoptr(json_t) body = sm_pending_body(p, "user:s order:s status:s amount:s? expires:i signature:s");
    if (body == NULL || !signed_well(p, body))
        return;
    const char *key = sm_pending_need_key(p);
    if (key == NULL)
        return;
    g_autofree char *contact = sm_identity_contact(s->identity_key, sm_json_str(body, "user", ""));
    g_autofree char *told = g_strjoin("\n", contact, sm_json_str(body, "order", ""), sm_json_str(body, "status", ""), sm_json_str(body, "amount", ""), NULL);
    g_autofree char *fingerprint = g_compute_checksum_for_string(G_CHECKSUM_SHA256, told, -1);
    SmCommand command = {.type = SM_COMMAND_ORDER,
                         .id = key,
                         .actor = {SM_ACTOR_DESK, NULL},
                         .fingerprint = fingerprint,
                         .contact = contact,
                         .order = sm_json_str(body, "order", ""),
                         .reason = sm_json_str(body, "status", ""),
                         .text = sm_json_str(body, "amount", NULL),
                         .seen = -1};
    Work *work = sm_work_new(p);
    sm_work_copy_command(s, work, &command);
    sm_service_submit(s, work);
}
