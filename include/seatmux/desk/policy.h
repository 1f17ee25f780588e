/* SPDX-License-Identifier: MIT */
/* policy: what the desk's owner decides: teams, inboxes, hours, targets, what each role may do. Written
 * by people as desk.yaml, kept in the log as JSON by policy.set, and in force from that record on. */
#ifndef SEATMUX_DESK_POLICY_H
#define SEATMUX_DESK_POLICY_H

#include <glib.h>
#include <stdint.h>

#include "seatmux/base/error.h"
#include "seatmux/base/json.h"
#include "seatmux/desk/event.h"

/* Targets in ms; -1 = no clock. Shipped: first 5 s, response 30 s, queue 20 s, resolution 1,800 s. */
typedef struct {
    int64_t first_response;
    int64_t response;
    int64_t queue;
    int64_t resolution;
} SmTargets;

/* When a team works: IANA zone, spans in a week, days off. Used for pauses only if `pause` says so. */
typedef struct SmHours SmHours;

/* Who gets a waiting conversation. MANUAL: agents claim. The others: the desk gives it to somebody of the team who is
 * online and has a free place - by share (weights), in turn, to who has had nothing for longest, to who has fewest for
 * their capacity. */
typedef enum {
    SM_ROUTE_MANUAL,
    SM_ROUTE_SHARE,
    SM_ROUTE_ROUND_ROBIN,
    SM_ROUTE_LONGEST_IDLE,
    SM_ROUTE_LEAST_BUSY,
} SmRouteMode;
const char *sm_route_mode_name(SmRouteMode mode); /* "round_robin"; static */
gboolean sm_route_mode_parse(const char *text, SmRouteMode *mode);

typedef struct {
    char *id;
    char *name; /* shown; the id when absent */
    SmRouteMode routing;
    int64_t accept_within; /* ms; nothing written by then: on to another. -1: it stays */
    gboolean returning;    /* a customer who comes again goes to who had them, if that one is free */
    SmTargets targets;
    int capacity;   /* chats at once of one agent, unless the agent has an own one; shipped 4 */
    SmHours *hours; /* NULL: always */
    gboolean pause_outside_hours;
    gboolean pause_snoozed;
} SmTeam;

typedef struct {
    char *id;
    char *name;
    char *team;        /* where its conversations queue */
    gboolean training; /* trainees work here as agents do */
    char *greeting;    /* posted when a conversation starts; NULL: none */
    char *language;    /* NULL: the customer's */
} SmInbox;

/* Things a role may be allowed, beside what protocol.md gives it. */
typedef enum {
    SM_MAY_CLAIM = 1 << 0,
    SM_MAY_ASSIGN_OTHERS = 1 << 1,
    SM_MAY_TAKE_OVER = 1 << 2,
    SM_MAY_TRANSFER = 1 << 3,
    SM_MAY_WHISPER = 1 << 4,
    SM_MAY_ANSWER_ANY = 1 << 5, /* answer in a conversation of the team without owning it (barge in) */
    SM_MAY_RESOLVE = 1 << 6,
    SM_MAY_SET_OTHERS = 1 << 7, /* another agent's availability */
    SM_MAY_ERASE = 1 << 8,
} SmMay;

typedef struct {
    gatomicrefcount refs;
    char *desk;                /* shown name */
    char *zone;                /* IANA zone of the desk, for periods and display */
    GPtrArray *teams;          /* SmTeam, in file order */
    GPtrArray *inboxes;        /* SmInbox; the first is the default */
    guint may[3];              /* SmMay bits by SmRole */
    int64_t goal_percent;      /* share within target to reach; shipped 95 */
    int64_t offline_release;   /* ms after which an offline owner's chats are queued again; -1: never */
    GPtrArray *origins;        /* char*: sites that may show the chat page in a frame, such as "https://shop.example" */
    int score[3];              /* weights of ratings, performance, training in an agent's score; shipped 50, 30, 20 */
    gboolean mask_numbers;     /* card and identity numbers masked before the record is made */
    char *hash;                /* hex digest of the JSON */
} SmPolicy;

SmPolicy *sm_policy_ref(SmPolicy *policy);
void sm_policy_unref(SmPolicy *policy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmPolicy, sm_policy_unref)

/* desk.yaml. NULL when there are errors; all of them are in findings. */
SmPolicy *sm_policy_load(const char *path, SmFindings *findings);
SmPolicy *sm_policy_parse(const char *file, const char *text, gsize n, SmFindings *findings);
/* The policy a desk has when nobody wrote one: one team "support", one inbox "web". */
SmPolicy *sm_policy_shipped(void);
/* The commented desk.yaml that `seatmuxd init` writes. Static text. */
const char *sm_policy_example(void);

json_t *sm_policy_encode(const SmPolicy *policy); /* for policy.set; new reference */
SmPolicy *sm_policy_decode(const json_t *json, GError **error);

const SmTeam *sm_policy_team(const SmPolicy *policy, const char *id);   /* NULL: none */
const SmInbox *sm_policy_inbox(const SmPolicy *policy, const char *id); /* NULL id: the default one */
gboolean sm_policy_may(const SmPolicy *policy, SmRole role, SmMay what);

/* --- hours (turn-clock.md, rule 11) ------------------------------------------------------------ */

/* Worked ms between two instants (0 if to <= from). NULL hours: to - from. */
int64_t sm_hours_between(const SmHours *hours, int64_t from, int64_t to);
/* The instant at which `net` worked ms have passed since `from`. INT64_MAX if never within 400 days. */
int64_t sm_hours_add(const SmHours *hours, int64_t from, int64_t net);
gboolean sm_hours_open(const SmHours *hours, int64_t at);

#endif
