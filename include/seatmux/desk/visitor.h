/* SPDX-License-Identifier: MIT */
/* visitor: who looks at the pages of the shop and has not written yet. Of a visit the log holds nothing but that an agent
 * invited somebody and what became of it, and counts without a person: see docs/visitors.md. Where somebody is now is live
 * state of the service. */
#ifndef SEATMUX_DESK_VISITOR_H
#define SEATMUX_DESK_VISITOR_H

#include <glib.h>
#include <stdint.h>

#include "seatmux/desk/desk.h"

#define SM_INVITATION_MS 300000 /* an invitation that nobody answered is ignored after so long */

/* An agent's, not answered yet. */
typedef struct {
    char *id;
    char *visit;
    char *agent;
    char *team, *inbox;
    int64_t until; /* desk ms */
} SmInvitation;

/* NULL: there is none, or it was answered. */
const SmInvitation *sm_desk_invitation(const SmDesk *desk, const char *id);

/* Whether `agent` may see visits of this inbox, and invite: who could claim what begins there. */
gboolean sm_desk_may_watch(const SmDesk *desk, const SmAgent *agent, const char *inbox);

/* The first rule that is for a visit which has been `ms` on a page, and that is not among `done` (char*; NULL: none);
 * *next: ms until one could be, INT64_MAX: never on this page. NULL: none now. */
const SmVisitRule *sm_visit_rule_now(const SmPolicy *policy, const char *page, const char *inbox, const char *language,
                                     gboolean returning, int64_t ms, const GPtrArray *done, int64_t *next);

/* A page as it is counted: the path without what could be somebody's - a segment with '@', with five digits in a row, or
 * longer than 40 characters is '*' - and without control characters. Never empty. Caller frees. */
char *sm_visit_page_key(const char *path);
/* Where a visit came from as it is counted: the host, "" for none or for a host that is not one. Caller frees. */
char *sm_visit_referrer_key(const char *referrer);

#endif
