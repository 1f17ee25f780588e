/* SPDX-License-Identifier: MIT */
/* report_recent: the last minutes of each team, beside the period of a report. */
#ifndef DESK_REPORT_RECENT_H
#define DESK_REPORT_RECENT_H

#include "seatmux/desk/report.h"

typedef struct SmRecent SmRecent;

/* The `minutes` that end at `to` (desk ms). */
SmRecent *sm_recent_new(int minutes, int64_t to);
void sm_recent_free(SmRecent *recent); /* NULL: nothing */
/* One conversation, once; `team` (may be NULL) has it now, or had it last. */
void sm_recent_add(SmRecent *recent, const char *conversation, const char *team, const SmTurns *turns);
/* {"minutes", "teams": {ID: {"within_agent": SHARE, "arrivals": [n ..]}}}: turns asked in these minutes, conversations begun
 * in each of them, oldest first. Teams that `keep` (may be NULL: all) lets through. New reference. */
json_t *sm_recent_json(const SmRecent *recent, const SmPolicy *policy, gboolean (*keep)(SmScope by, const char *id, void *user),
                       void *user);

#endif
