/* SPDX-License-Identifier: MIT */
/* local_desk: a whole desk in this process - log, secrets, service - in a directory or in memory, and the
 * ops through which room net talks to it. */
#ifndef CLI_LOCAL_DESK_H
#define CLI_LOCAL_DESK_H

#include "seatmux/net/transport.h"
#include "seatmux/server/service.h"

#define SM_FILES_DIRECTORY "files" /* in the desk's directory */
#define SM_FOLD_FILE "desk.fold"  /* the fold, put away; can be done without */

typedef struct {
    SmLoop *loop;
    SmRng *rng;
    SmLog *log;
    SmSecrets *secrets;
    SmFiles *files; /* NULL: none are taken */
    SmService *service;
    gboolean admin; /* requests through sm_local_desk_ops() are administration */
} SmLocalDesk;

/* DIR/desk.db and DIR/secrets.db, made if `create`. SM_ERROR_BUSY: a server runs. */
SmLocalDesk *sm_local_desk_open(SmLoop *loop, const char *directory, gboolean create, SmTrace *trace, GError **error);
/* Nothing on disk, gone at the end; seed 0: a new one each time. */
SmLocalDesk *sm_local_desk_memory(SmLoop *loop, uint64_t seed, SmTrace *trace, GError **error);
void sm_local_desk_free(SmLocalDesk *desk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmLocalDesk, sm_local_desk_free)

SmDeskOps sm_local_desk_ops(SmLocalDesk *desk);

/* Ask the service something and wait on the loop for the answer (tools and set-up, not the running client). */
SmAnswer *sm_local_desk_ask(SmLocalDesk *desk, const SmRequest *request);

#endif
