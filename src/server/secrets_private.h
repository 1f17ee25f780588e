/* SPDX-License-Identifier: MIT */
/* secrets_private: what an implementation of secrets provides, and the form tokens have. */
#ifndef SEATMUX_SERVER_SECRETS_PRIVATE_H
#define SEATMUX_SERVER_SECRETS_PRIVATE_H

#include "seatmux/server/secrets.h"

typedef struct {
    void (*set_password)(SmSecrets *s, const char *agent, const char *password, SmSecretsDone done,
                         void *user);
    void (*check_password)(SmSecrets *s, const char *agent, const char *password,
                           SmSecretsDone done, void *user);
    char *(*open_session)(SmSecrets *s, const char *agent, const char *contact, const char *program,
                          int64_t now, GError **error);
    const SmSession *(*session)(SmSecrets *s, const char *token, int64_t now);
    void (*settle)(SmSecrets *s, SmSecretsDone done, void *user);
    gboolean (*revoke)(SmSecrets *s, const char *session_id);
    void (*revoke_agent)(SmSecrets *s, const char *agent);
    GPtrArray *(*sessions)(SmSecrets *s, const char *agent);
    void (*free)(SmSecrets *s);
} SmSecretsOps;

/* First member of every implementation. */
struct SmSecrets {
    const SmSecretsOps *ops;
    guint8 key[SM_SECRETS_KEY];
};

#define SM_TOKEN_PREFIX "st_"
#define SM_TOKEN_HEX 64                        /* 256 random bits */
#define SM_SESSION_UNUSED_MS (30 * 86400000LL) /* a session not used for so long has ended */
#define SM_SESSION_USED_STEP_MS 60000          /* `used` is kept to the minute */

char *sm_secrets_token_new(SmRng *rng);
/* Hex digest under which a token is kept. Caller frees. */
char *sm_secrets_token_hash(const char *token);
SmSession *sm_session_copy(const SmSession *session);

#endif
