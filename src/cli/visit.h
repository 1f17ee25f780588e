/* SPDX-License-Identifier: MIT */
/* visit: a line tool at a desk: it logs in, asks one thing after another, and logs out. */
#ifndef CLI_VISIT_H
#define CLI_VISIT_H

#include "cli/connection.h"
#include "seatmux/base/json.h"

typedef struct SmVisit SmVisit;

/* Logs in as `o` says; `program` is shown in the list of sessions. NULL and error, which is in words. */
SmVisit *sm_visit_new(const SmConnectionOptions *o, const char *program, GError **error);
void sm_visit_free(SmVisit *visit); /* logs out; NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmVisit, sm_visit_free)
/* One request; `body` (may be NULL) is taken over. New reference, NULL and error. */
json_t *sm_visit_ask(SmVisit *visit, const char *method, const char *target, json_t *body, GError **error);

#endif
