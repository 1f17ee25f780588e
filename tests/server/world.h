/* SPDX-License-Identifier: MIT */
/* world: a whole desk without sockets on the virtual loop, and requests to it. */
#ifndef SEATMUX_TESTS_SERVER_WORLD_H
#define SEATMUX_TESTS_SERVER_WORLD_H

#include "seatmux/server/service.h"

typedef struct {
    SmLoop *loop;
    SmRng *rng;
    SmLog *log;
    SmSecrets *secrets;
    SmService *service;
    SmTrace *trace; /* NULL: nothing is told; counts from the next world_restart() on */
    char *mia, *bob, *eve; /* tokens: agent, agent, supervisor; all online, team support */
} World;

/* A request under way or answered. */
typedef struct {
    gboolean done;
    int status;
    json_t *body; /* NULL: none, or not JSON */
    char *text;
    char *cursor;
    const char *type;
    const char *allow;
    int retry_after;
    SmPending *pending;
} Call;

void world_open(World *w, gconstpointer data);
void world_close(World *w, gconstpointer data);
void world_restart(World *w); /* a new service over the same log and secrets */

SmRequest *request_new(const char *method, const char *target, const char *token, const char *key,
                       const char *body);
Call *call_send(World *w, SmRequest *request); /* takes the request over */
Call *call_start(World *w, const char *method, const char *target, const char *token,
                 const char *key, const char *body);
Call *call_wait(World *w, Call *call); /* steps the loop until it is answered */
Call *call_now(World *w, const char *method, const char *target, const char *token, const char *key,
               const char *body); /* start and wait */
void call_free(Call *call);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Call, call_free)

const char *call_code(const Call *call);                 /* problem code; "" */
const char *call_str(const Call *call, const char *key); /* member; "" */
gsize call_count(const Call *call, const char *key);     /* items of an array member */
#define assert_status(call, expected) world_assert_status(call, expected, G_STRLOC)
void world_assert_status(const Call *call, int expected, const char *where);
#define assert_code(call, expected) world_assert_code(call, expected, G_STRLOC)
void world_assert_code(const Call *call, const char *expected, const char *where);

void world_admin_agent(World *w, const char *agent, const char *role, const char *team);
char *world_login(World *w, const char *agent); /* token */
void world_online(World *w, const char *token);

typedef struct {
    char *id, *contact, *token, *cursor;
} Talk;

Talk *talk_start(World *w, const char *key, const char *text);
void talk_free(Talk *talk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Talk, talk_free)
Call *talk_do(World *w, const Talk *talk, const char *token, const char *verb, const char *key,
              const char *body);
Call *talk_post(World *w, const Talk *talk, const char *token, const char *key, const char *text);
char *cursor_of(World *w, const char *token); /* from a snapshot */
Call *poll_start(World *w, const char *token, const char *cursor, int wait);
Call *poll_now(World *w, const char *token, const char *cursor); /* wait=0 */

#endif
