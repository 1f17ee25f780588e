/* SPDX-License-Identifier: MIT */
/* secrets: the operations, handed to whichever implementation it is, and what all of them share. */
#include "secrets_private.h"

#include <string.h>

void sm_secrets_set_password(SmSecrets *s, const char *agent, const char *password,
                             SmSecretsDone done, void *user)
{
    s->ops->set_password(s, agent, password, done, user);
}

void sm_secrets_check_password(SmSecrets *s, const char *agent, const char *password,
                               SmSecretsDone done, void *user)
{
    s->ops->check_password(s, agent, password, done, user);
}

char *sm_secrets_open_session(SmSecrets *s, const char *agent, const char *contact,
                              const char *program, int64_t now, GError **error)
{
    return s->ops->open_session(s, agent, contact, program, now, error);
}

const SmSession *sm_secrets_session(SmSecrets *s, const char *token, int64_t now)
{
    return sm_secrets_token_formed(token) ? s->ops->session(s, token, now) : NULL;
}

void sm_secrets_settle(SmSecrets *s, SmSecretsDone done, void *user)
{
    s->ops->settle(s, done, user);
}

gboolean sm_secrets_revoke(SmSecrets *s, const char *session_id)
{
    return s->ops->revoke(s, session_id);
}

void sm_secrets_revoke_agent(SmSecrets *s, const char *agent)
{
    s->ops->revoke_agent(s, agent);
}

GPtrArray *sm_secrets_sessions(SmSecrets *s, const char *agent)
{
    return s->ops->sessions(s, agent);
}

const guint8 *sm_secrets_key(SmSecrets *s)
{
    return s->key;
}

void sm_secrets_free(SmSecrets *secrets)
{
    if (secrets != NULL)
        secrets->ops->free(secrets);
}

/* --- Shared ------------------------------------------------------------------------------------
 */

char *sm_secrets_token_new(SmRng *rng)
{
    guint8 bytes[SM_TOKEN_HEX / 2];
    GString *token = g_string_new(SM_TOKEN_PREFIX);

    sm_rng_bytes(rng, bytes, sizeof bytes);
    for (gsize i = 0; i < sizeof bytes; i++)
        g_string_append_printf(token, "%02x", bytes[i]);
    explicit_bzero(bytes, sizeof bytes);
    return g_string_free(token, FALSE);
}

gboolean sm_secrets_token_formed(const char *token)
{
    gsize prefix = strlen(SM_TOKEN_PREFIX);

    return token != NULL && strncmp(token, SM_TOKEN_PREFIX, prefix) == 0 &&
           strlen(token) == prefix + SM_TOKEN_HEX &&
           strspn(token + prefix, "0123456789abcdef") == SM_TOKEN_HEX;
}

char *sm_secrets_token_hash(const char *token)
{
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, token, -1);
}

SmSession *sm_session_copy(const SmSession *session)
{
    SmSession *copy = g_new0(SmSession, 1);

    copy->id = g_strdup(session->id);
    copy->agent = g_strdup(session->agent);
    copy->contact = g_strdup(session->contact);
    copy->program = g_strdup(session->program);
    copy->made = session->made;
    copy->used = session->used;
    return copy;
}

void sm_session_free(SmSession *session)
{
    if (session == NULL)
        return;
    g_free(session->id);
    g_free(session->agent);
    g_free(session->contact);
    g_free(session->program);
    g_free(session);
}

void sm_secrets_wipe(char *secret)
{
    if (secret == NULL)
        return;
    explicit_bzero(secret, strlen(secret));
    g_free(secret);
}
