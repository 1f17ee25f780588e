/* SPDX-License-Identifier: MIT */
/* secrets: password hashes and session tokens, in a table of their own that is never exported. Tokens
 * are stored as hashes; a token is shown once, to whom it is given. */
#ifndef SEATMUX_SERVER_SECRETS_H
#define SEATMUX_SERVER_SECRETS_H

#include <glib.h>
#include <stdint.h>

#include "seatmux/base/loop.h"
#include "seatmux/base/rng.h"

typedef struct SmSecrets SmSecrets;

typedef struct {
    char *id;       /* public id of the session, for lists and revoking */
    char *agent;    /* NULL for a customer */
    char *contact;  /* NULL for staff */
    char *program;  /* "seatmux 0.1.0 on host"; may be empty */
    int64_t made;   /* desk ms */
    int64_t used;   /* desk ms, to the minute */
} SmSession;

SmSecrets *sm_secrets_new_memory(SmLoop *loop, SmRng *rng); /* cheap hashing, answers in order; practice and tests */
/* File 0600. Argon2id (interactive limits) on one worker thread with a queue of SM_MAX_LOGIN_QUEUE. */
SmSecrets *sm_secrets_open_sqlite(const char *path, SmLoop *loop, SmRng *rng, GError **error);
void sm_secrets_free(SmSecrets *secrets);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmSecrets, sm_secrets_free)

typedef void (*SmSecretsDone)(gboolean ok, const GError *error, void *user);
/* Set (or with NULL remove) an agent's password; hashed on the worker. The password is wiped after use. */
void sm_secrets_set_password(SmSecrets *s, const char *agent, const char *password, SmSecretsDone done, void *user);
/* ok TRUE: it is right. An unknown agent costs the same time. error SM_ERROR_BUSY: queue full. */
void sm_secrets_check_password(SmSecrets *s, const char *agent, const char *password, SmSecretsDone done, void *user);

/* A new session; returns the token (caller frees and wipes with sm_secrets_wipe). */
char *sm_secrets_open_session(SmSecrets *s, const char *agent, const char *contact, const char *program,
                              int64_t now, GError **error);
/* The session of a token, or NULL. Borrowed until the next call. */
const SmSession *sm_secrets_session(SmSecrets *s, const char *token, int64_t now);
/* TRUE if `token` has the form of one of ours: then it was one, and its session has ended. */
gboolean sm_secrets_token_formed(const char *token);
/* `done` once every session opened or ended so far is on disk as such (error: it could not be written yet). Never
 * from inside the call. What is answered with a token waits for this. */
void sm_secrets_settle(SmSecrets *s, SmSecretsDone done, void *user);
gboolean sm_secrets_revoke(SmSecrets *s, const char *session_id);
void sm_secrets_revoke_agent(SmSecrets *s, const char *agent);
/* What links are signed with: made with the secrets, the same for ever. SM_SECRETS_KEY bytes, borrowed. */
#define SM_SECRETS_KEY 32
const guint8 *sm_secrets_key(SmSecrets *s);
GPtrArray *sm_secrets_sessions(SmSecrets *s, const char *agent); /* SmSession copies; NULL agent: all staff */
/* The file at one moment, beside whoever writes it, as a new file; see sm_db_copy(). */
gboolean sm_secrets_copy(const char *from, const char *to, GError **error);
/* A file that nobody writes: is it whole, and in the form of this seatmux, or made so? */
gboolean sm_secrets_check(const char *path, GError **error);
gboolean sm_secrets_upgrade(const char *path, GError **error);
/* Ends every session of the staff in a file that nobody writes: who logged out after a backup was made must not be logged
 * in again by it. Customers, who have no password, keep theirs. */
gboolean sm_secrets_end_staff(const char *path, GError **error);
void sm_session_free(SmSession *session);
void sm_secrets_wipe(char *secret); /* zeroes and frees; NULL is fine */

#endif
