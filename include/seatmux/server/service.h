/* SPDX-License-Identifier: MIT */
/* service: the desk as a function from requests to answers: sessions, access, idempotency, speculative
 * state, parks, deadlines, administration. It knows no sockets: `http` in front of it carries real
 * ones, and practice and tests call it directly. One thread, one loop. */
#ifndef SEATMUX_SERVER_SERVICE_H
#define SEATMUX_SERVER_SERVICE_H

#include <glib.h>

#include "seatmux/base/clock.h"
#include "seatmux/base/trace.h"
#include "seatmux/desk/desk.h"
#include "seatmux/log/log.h"
#include "seatmux/server/files.h"
#include "seatmux/server/secrets.h"
#include "seatmux/wire/wire.h"

typedef struct SmService SmService;

/* Reads and folds the log (not owned; outlives the service). secrets: not owned. */
SmService *sm_service_new(SmLoop *loop, SmLog *log, SmSecrets *secrets, SmRng *rng, SmTrace *trace,
                          GError **error);
/* The same, with a file in which the fold is put away (docs/operating.md): after every `save_records` records and at a clean
 * stop, and read here, so that of the log only what came since is read. It holds nothing that is not in the log, and is read
 * only where it fits log and program. NULL: none. */
SmService *sm_service_new_saved(SmLoop *loop, SmLog *log, SmSecrets *secrets, SmRng *rng, SmTrace *trace,
                                const char *saved, GError **error);
void sm_service_free(SmService *service); /* parks are answered with their cursor first */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmService, sm_service_free)

typedef struct SmPending SmPending;
/* Called once for each request that was not cancelled. The answer is the callee's. */
typedef void (*SmServiceDone)(SmAnswer *answer, void *user);

/* Handle a request. `done` may be called before this returns (then NULL is returned). The request is
 * only read during the call. */
SmPending *sm_service_request(SmService *service, const SmRequest *request, SmServiceDone done, void *user);
/* The asker is gone: done will not be called. */
void sm_service_cancel(SmPending *pending);

/* Nothing falls due any more: a command looks at a desk that no server runs, or changes one thing of it. */
void sm_service_set_still(SmService *service);

/* Graceful stop: new requests get 503 stopping, every park is answered with its cursor, commits under
 * way finish; then `done`. */
void sm_service_stop(SmService *service, SmLoopFn done, void *user);

/* Called on the loop when an administrator asked the desk to stop (POST /v1/admin/stop). */
void sm_service_on_stop(SmService *service, SmLoopFn fn, void *user);

/* Read-only: the speculative fold; for tests and metrics. Another one after a failed commit. */
SmDesk *sm_service_desk(SmService *service);
int64_t sm_service_now(SmService *service);  /* desk time */

/* Agents and policy without a request (init, practice, tests): decided and appended like any command. */
void sm_service_command(SmService *service, const SmCommand *command, SmServiceDone done, void *user);

/* The customer's page and its parts (chat.html, chat.css, chat.js, desk.js, words.js, embed.js), read from a directory
 * and kept in memory: GET /chat, /chat/NAME and /embed.js. Without it those addresses do not exist. FALSE: a file could
 * not be read. */
gboolean sm_service_set_pages(SmService *service, const char *directory, GError **error);

/* Where files lie; not owned, outlives the service. Without it no files are taken. */
void sm_service_set_files(SmService *service, SmFiles *files);
/* A request that brings a file (POST /v1/conversations/ID/files) before its body is read: a place for the bytes, or NULL:
 * it will be refused, and may be handed to sm_service_request() at once to hear why. */
SmSpool *sm_service_upload(SmService *service, const SmRequest *request);
gboolean sm_service_is_upload(const char *method, const char *target);
/* A target whose JSON may come as text/plain: what the pages of the shop tell of a visit. */
gboolean sm_service_is_told(const char *target);

/* The key that a shop signs its customers with (docs/identity.md); NULL: identities are not known here. FALSE: shorter than
 * SM_IDENTITY_KEY_MIN. Copied. */
#define SM_IDENTITY_KEY_MIN 32
gboolean sm_service_set_identity_key(SmService *service, const char *key);
/* What a shop computes: hex HMAC-SHA256 over the id, a line feed and the Unix time in s at which it ends. Caller frees. */
char *sm_identity_sign(const char *key, const char *user, int64_t expires_s);

/* The same for an order: over "order", user, order, status, amount ("" without one) and time, a line feed between them. */
char *sm_orders_sign(const char *key, const char *user, const char *order, const char *status, const char *amount, int64_t expires_s);

#define SM_SAVE_RECORDS 50000 /* after so many the fold is put away, unless the limits say otherwise */
/* Limits that a benchmark or a listed network may raise; see docs/openapi.yaml for the defaults. */
typedef struct {
    int requests_per_session;
    int parks_per_session;    /* 1; 0: no poll is held */
    int anonymous_per_minute; /* requests without a token, for one address */
    int logins_per_minute;    /* for one address */
    int jitter_ms;            /* of the hold; 0 in tests */
    int save_records;         /* the fold is put away after so many; 0: at a clean stop alone */
} SmServiceLimits;
void sm_service_set_limits(SmService *service, const SmServiceLimits *limits);

#endif
