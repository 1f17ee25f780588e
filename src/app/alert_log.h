/* SPDX-License-Identifier: MIT */
/* alert_log: what was alerted, by which way, and when it was acknowledged: in memory for the list,
 * and as JSON lines in the state directory, bounded. */
#ifndef APP_ALERT_LOG_H
#define APP_ALERT_LOG_H

#include "seatmux/alert/policy.h"

typedef struct SmAlertLog SmAlertLog;

typedef struct {
    int64_t at; /* wall ms */
    SmUrgency level;
    SmAlertKind kind;
    guint routes; /* SmRoute bits that it went by */
    guint32 slot;
    char *chat;           /* NULL: a summary */
    SmSafe *name;         /* NULL */
    char *profile;        /* content id of the name; NULL: it is in none, or was erased */
    gboolean erased;      /* there was a name */
    int64_t acknowledged; /* wall ms; 0: not yet */
    const char *how;      /* "read", "closed", "answered"; static */
} SmAlertEntry;

/* `path`: NULL: nothing is kept on disk. */
SmAlertLog *sm_alert_log_new(const char *path);
void sm_alert_log_free(SmAlertLog *log);
/* By these routes, which may be fewer than were decided. `profile`: content id of the name, NULL: none; copied. */
void sm_alert_log_fired(SmAlertLog *log, const SmAlertDecision *decision, const char *profile, guint routes, int64_t wall_ms);
/* The desk erased this content: names that were in it go. */
void sm_alert_log_erased(SmAlertLog *log, const char *content);
/* Everything of this chat (or with this slot, where chat is NULL) that is not acknowledged yet.
 * `how`: static. */
void sm_alert_log_acknowledged(SmAlertLog *log, const char *chat, guint32 slot, const char *how,
                               int64_t wall_ms);
const GPtrArray *
sm_alert_log_entries(const SmAlertLog *log); /* SmAlertEntry, oldest first; borrowed */
/* Where there is no desktop to be told: its notifications are the terminal's. */
#define SM_ROUTE_TERMINAL (SM_ROUTE_ALL + 1)
/* "bar, bell"; translated: in the reader's language. Caller frees. */
char *sm_alert_routes_words(guint routes, gboolean translated);

#endif
