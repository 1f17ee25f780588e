/* SPDX-License-Identifier: MIT */
/* policy: which alert goes where. Pure: events and the time go in, decisions come out; nothing here
 * rings, draws or sends. Joining rules:
 *
 * - A chat has at most one live notification. It is replaced in place, and closed when the chat is
 * read.
 * - A rise in level of a chat already alerted is never joined away: it goes out at once.
 * - Else at most one alert a chat in 10 s, and three in 10 s overall; what is over goes into one
 *   summary, which is held to the same two rules as a chat.
 * - What a chat's own 10 s held back goes out when they are over, unless it was read by then.
 * - While catching up after start or reconnect all is gathered, and one summary ends it.
 *
 * Only alerts that disturb (bell, desktop, hook) are counted and joined. The bar shows every one.
 */
#ifndef SEATMUX_ALERT_POLICY_H
#define SEATMUX_ALERT_POLICY_H

#include <stdint.h>

#include "seatmux/base/safe.h"

typedef enum {
    SM_URGENCY_QUIET,
    SM_URGENCY_ACTIVITY,
    SM_URGENCY_MESSAGE,
    SM_URGENCY_WARNING, /* share of the target used */
    SM_URGENCY_OVERDUE, /* also lead alerts */
    SM_URGENCIES
} SmUrgency;

typedef enum {
    SM_ALERT_ACTIVITY, /* something moved, nothing is asked: a note, a colleague joined */
    SM_ALERT_WAITING,  /* a new chat waits in the queue */
    SM_ALERT_ASSIGNED, /* a chat is mine now */
    SM_ALERT_MESSAGE,  /* the customer wrote */
    SM_ALERT_WARNING,
    SM_ALERT_OVERDUE,
    SM_ALERT_LEAD, /* somebody asks for a lead, or a chat of the team is overdue */
    SM_ALERT_KINDS
} SmAlertKind;

typedef enum {
    SM_ROUTE_BAR = 1 << 0,
    SM_ROUTE_BELL = 1 << 1,
    SM_ROUTE_DESKTOP = 1 << 2, /* the caller falls back to terminal and bell if the helper can't */
    SM_ROUTE_HOOK = 1 << 3,
    SM_ROUTE_ALL = (1 << 4) - 1
} SmRoute;

typedef enum { SM_FOCUS_UNKNOWN, SM_FOCUS_NO, SM_FOCUS_YES } SmFocus;

/* Bits of SmRoute for one level. */
typedef struct {
    guint focused;
    guint unfocused;
} SmAlertRoutes;

typedef struct {
    SmAlertRoutes routes[SM_URGENCIES];
    SmUrgency level[SM_ALERT_KINDS];
    gboolean show_text; /* the body may carry message text; FALSE as shipped */
} SmAlertOptions;

/* Shipped: quiet none, activity bar, message bar and (unfocused) desktop, warning and overdue all.
 */
void sm_alert_options_init(SmAlertOptions *options);
/* "none", or words of bar, bell, desktop, hook, all, separated by commas; a word ending in "?"
 * holds only while unfocused: "bar,desktop?". FALSE and SM_ERROR_INVALID naming the word. */
gboolean sm_alert_routes_parse(const char *text, SmAlertRoutes *routes, GError **error);
char *sm_alert_routes_format(const SmAlertRoutes *routes); /* the same language; caller frees */
const char *sm_urgency_name(SmUrgency level);     /* "quiet" .. "overdue", not translated */
const char *sm_alert_kind_name(SmAlertKind kind); /* "message" .., not translated */

#define SM_ALERT_NO_TIME INT64_MIN

typedef struct {
    SmAlertKind kind;
    const char *chat;   /* conversation id */
    const SmSafe *name; /* the customer's name; NULL: the chat's id is not shown, "a chat" is */
    guint count;        /* unanswered or unread messages; 0: not said */
    int64_t left_ms;    /* to the deadline; negative: overdue; SM_ALERT_NO_TIME: no clock */
    const SmSafe *text; /* message text, used only with show_text; may be NULL */
} SmAlertEvent;

typedef enum {
    SM_NOTIFY_NONE,
    SM_NOTIFY_SHOW,    /* new notification in this slot */
    SM_NOTIFY_REPLACE, /* the slot has one on the screen: replace it in place */
    SM_NOTIFY_CLOSE    /* take the slot's notification away */
} SmNotifyOp;

#define SM_ALERT_SUMMARY_SLOT 1

/* What to do. `op` is not NONE only with the desktop route, or to close. */
typedef struct {
    guint routes; /* SmRoute bits; 0 with SM_NOTIFY_CLOSE */
    SmNotifyOp op;
    guint32 slot; /* names the live notification of this chat; never 0 with an op */
    SmUrgency level;
    SmAlertKind kind;
    gboolean summary;
    guint chats;     /* chats in a summary; else 1 */
    guint count;     /* messages */
    int64_t left_ms; /* as in the event; of a summary: the least */
    char *chat;      /* what opens on a click; of a summary: the most urgent. NULL with CLOSE of a
                        summary */
    SmSafe *name;    /* NULL in a summary or when not known */
    SmSafe *title;   /* name, count and time left; NULL with CLOSE */
    SmSafe *body;
} SmAlertDecision;

void sm_alert_decision_free(SmAlertDecision *decision);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmAlertDecision, sm_alert_decision_free)
/* An array that owns decisions, for the calls below. Unref with g_ptr_array_unref(). */
GPtrArray *sm_alert_decisions_new(void);

typedef struct SmAlertPolicy SmAlertPolicy;

/* NULL options: as shipped. */
SmAlertPolicy *sm_alert_policy_new(const SmAlertOptions *options);
void sm_alert_policy_free(SmAlertPolicy *policy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmAlertPolicy, sm_alert_policy_free)
void sm_alert_policy_set_options(SmAlertPolicy *policy, const SmAlertOptions *options);

/* What the agent does. All times are boot ms of one clock. */
void sm_alert_policy_focus(SmAlertPolicy *policy, SmFocus focus);
void sm_alert_policy_key(SmAlertPolicy *policy, const char *chat, int64_t now);
/* Does focus count for this chat: yes, or unknown with a key in that chat in the last 10 s. */
gboolean sm_alert_policy_focused(const SmAlertPolicy *policy, const char *chat, int64_t now);
/* Do not disturb until a time (INT64_MAX: until told otherwise; 0: no longer). Bar only, but
 * overdue. */
void sm_alert_policy_do_not_disturb(SmAlertPolicy *policy, int64_t until);
gboolean sm_alert_policy_is_disturbable(const SmAlertPolicy *policy, int64_t now);

/* Each of these appends its decisions to `out` (sm_alert_decisions_new). */
void sm_alert_policy_event(SmAlertPolicy *policy, const SmAlertEvent *event, int64_t now,
                           GPtrArray *out);
/* The chat was looked at: its notification goes. Its level is remembered, so a warning after it
 * still is a rise. */
void sm_alert_policy_read(SmAlertPolicy *policy, const char *chat, GPtrArray *out);
/* The turn was answered, or the chat is no longer ours: as read, and the level starts anew. */
void sm_alert_policy_settled(SmAlertPolicy *policy, const char *chat, GPtrArray *out);
/* What was held back and is due by `now`. */
void sm_alert_policy_tick(SmAlertPolicy *policy, int64_t now, GPtrArray *out);
/* When to call tick next; INT64_MAX if nothing is held back. */
int64_t sm_alert_policy_due(const SmAlertPolicy *policy);
/* The person or the daemon took the slot's notification away: the next one is shown anew. */
void sm_alert_policy_closed(SmAlertPolicy *policy, guint32 slot);

/* Between these, events are only gathered; end gives one summary (none if nothing was worth one). A
 * second begin before end is fine. */
void sm_alert_policy_catch_up_begin(SmAlertPolicy *policy);
void sm_alert_policy_catch_up_end(SmAlertPolicy *policy, int64_t now, GPtrArray *out);

#endif
