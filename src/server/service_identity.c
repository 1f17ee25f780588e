/* SPDX-License-Identifier: MIT */
/* service_identity: a customer whom the shop vouches for. The shop signs its own id of the customer with a key that only
 * shop and desk have; whoever brings the signature is that contact, on any device, and finds their conversation. */
#include "service_private.h"

#include <string.h>

#define MOST_AHEAD_S (7 * 86400) /* a signature may be good for so long */
#define CONTACT_HEX 24

gboolean sm_service_set_identity_key(SmService *s, const char *key)
{
    if (key != NULL && strlen(key) < SM_IDENTITY_KEY_MIN)
        return FALSE;
    sm_secrets_wipe(s->identity_key);
    s->identity_key = g_strdup(key);
    return TRUE;
}

char *sm_identity_sign(const char *key, const char *user, int64_t expires_s)
{
    g_autofree char *text = g_strdup_printf("%s\n%" G_GINT64_FORMAT, user, expires_s);

    return g_compute_hmac_for_string(G_CHECKSUM_SHA256, (const guchar *)key, strlen(key), text, -1);
}

/* In the same time wherever they differ. */
gboolean sm_identity_same(const char *a, const char *b)
{
    gsize n = strlen(a);
    guchar differ = 0;

    if (strlen(b) != n)
        return FALSE;
    for (gsize i = 0; i < n; i++)
        differ |= (guchar)(a[i] ^ b[i]);
    return differ == 0;
}

/* The shop's id is not kept: what it becomes is the same each time and does not tell it. */
char *sm_identity_contact(const char *key, const char *user)
{
    g_autofree char *mixed = g_compute_hmac_for_string(G_CHECKSUM_SHA256, (const guchar *)key, strlen(key), user, -1);

    return g_strdup_printf("u%.*s", CONTACT_HEX, mixed);
}

static gboolean good(SmPending *p, const json_t *body)
{
    const char *user = sm_json_str(body, "user", "");
    int64_t expires = sm_json_int(body, "expires", 0), now = sm_service_now(p->s) / 1000;

    if (*user == '\0' || strlen(user) > SM_MAX_NAME_CHARS || strchr(user, '\n') != NULL) {
        sm_pending_problem(p, SM_PROBLEM_INVALID, "user", "'user' is your own id of the customer, 120 bytes at most.");
        return FALSE;
    }
    g_autofree char *signature = sm_identity_sign(p->s->identity_key, user, expires);
    if (sm_identity_same(signature, sm_json_str(body, "signature", "")) && expires > now && expires <= now + MOST_AHEAD_S)
        return TRUE;
    sm_pending_problem(p, SM_PROBLEM_FORBIDDEN, NULL, "The signature is not one of this desk's key, or its time is over.");
    return FALSE;
}

static void identify_quiet(SmPending *p)
{
    SmService *s = p->s;
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) asked = sm_pending_body(p, "user:s expires:i signature:s");

    if (asked == NULL || !good(p, asked))
        return;
    g_autofree char *contact = sm_identity_contact(s->identity_key, sm_json_str(asked, "user", ""));
    const SmConversation *c = sm_desk_contact_conversation(s->desk, contact);
    char *token = sm_secrets_open_session(s->secrets, NULL, contact, "", sm_service_now(s), &error);
    if (token == NULL) {
        sm_trace(s->trace, SM_TRACE_ERROR, "service", "a session: %s", error->message);
        sm_pending_problem(p, SM_PROBLEM_NOT_DURABLE, NULL, NULL);
        return;
    }
    json_t *body = json_pack("{s:s, s:s, s:s?}", "token", token, "contact", contact, "conversation", c != NULL ? c->id : NULL);
    sm_secrets_wipe(token);
    sm_viewer_sign(s, sm_viewer_get(s, SM_ACTOR_CUSTOMER, contact, TRUE));
    sm_pending_reply_settled(p, 200, body, s->cursor);
}

void sm_handle_identify(SmPending *p)
{
    if (!sm_service_admit_address(p, TRUE))
        return;
    if (p->s->identity_key == NULL)
        sm_pending_problem(p, SM_PROBLEM_NOT_FOUND, NULL, "This desk has no key for identities.");
    else
        identify_quiet(p);
}
