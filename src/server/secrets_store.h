/* SPDX-License-Identifier: MIT */
/* secrets_store: the file of secrets: what is written goes through a thread, what was there at start is read
 * into lists. */
#ifndef SEATMUX_SERVER_SECRETS_STORE_H
#define SEATMUX_SERVER_SECRETS_STORE_H

#include "secrets_private.h"

#define SM_TOKEN_HASH 32 /* bytes of BLAKE2b */

typedef struct {
    SmSession *session;
    guint8 hash[SM_TOKEN_HASH]; /* of the token */
    int64_t n;                  /* order of opening */
    GList by_use;               /* links of whoever holds it */
    GList by_agent;
} SmHeldSession;

void sm_held_session_free(SmHeldSession *held);

typedef enum {
    SM_STORE_OPENED,
    SM_STORE_USED,
    SM_STORE_ENDED,
    SM_STORE_PASSWORD,
    SM_STORE_SETTLE, /* nothing to write: who waits for what is before it */
} SmStoreKind;

typedef struct {
    SmStoreKind kind;
    SmHeldSession *opened; /* a copy */
    int64_t n;             /* USED, ENDED: which session */
    int64_t used;
    char *agent;    /* PASSWORD */
    char *password; /* as a hash of libsodium; NULL: removed */
    SmSecretsDone done;
    void *user;
    GError *error; /* how it went */
} SmStoreJob;

void sm_store_job_free(SmStoreJob *job);

typedef struct SmSecretsStore SmSecretsStore;

/* `passwords`: agent -> hash, filled; `sessions`: SmHeldSession, the longest unused first, filled. `key`: SM_SECRETS_KEY random
 * bytes, which are kept if there are none yet, else written over by those that are. */
SmSecretsStore *sm_secrets_store_open(const char *path, GHashTable *passwords, GPtrArray *sessions, guint8 *key,
                                      GError **error);
void sm_secrets_store_close(SmSecretsStore *store); /* NULL is fine */
/* All in one transaction, durable. Sessions that can't be written now are kept for the next time; who set a
 * password is told. Jobs that are kept are taken out of the array. TRUE: nothing is left to be written. */
gboolean sm_secrets_store_write(SmSecretsStore *store, GPtrArray *jobs);

#endif
