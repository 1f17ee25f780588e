/* SPDX-License-Identifier: MIT */
/* notice: what the desk says to many. A broadcast is one prepared answer to chosen chats, sent at a pace; an
 * incident notice stands for a team, an inbox or the whole desk and is sent once to each conversation that begins or
 * writes meanwhile. Both are lines by the system: no clock stops for them and no figure counts them. */
#ifndef SEATMUX_DESK_NOTICE_H
#define SEATMUX_DESK_NOTICE_H

#include <glib.h>
#include <stdint.h>

#include "seatmux/desk/desk.h"
#include "seatmux/desk/filter.h"

#define SM_PACE_MOST 600   /* messages a minute of one broadcast */
#define SM_PACE_SHIPPED 60

typedef enum { SM_BROADCAST_RUNNING, SM_BROADCAST_DONE, SM_BROADCAST_STOPPED } SmBroadcastState;
const char *sm_broadcast_state_name(SmBroadcastState state); /* "running"; static */

typedef struct {
    char *id;
    char *by;         /* of the staff; NULL: who runs the desk */
    char *content;    /* content id of the text */
    char *text;       /* raw, unsafe; NULL: erased, and nothing more is sent */
    GPtrArray *chats; /* char*, in the order of sending; a client's is empty after a snapshot */
    guint total;      /* chats that were chosen */
    guint place;      /* of them those that are dealt with */
    guint sent;       /* of those, who got it; the others had ended or gone meanwhile */
    int64_t pace;     /* a minute */
    int64_t started, next, ended; /* desk ms; next: INT64_MAX where nothing is to come; ended: -1 */
    SmBroadcastState state;
} SmBroadcast;

typedef struct {
    char *id;
    char *by;
    char *team, *inbox; /* whose conversations get it; both NULL: all of the desk */
    char *content;
    char *text;         /* raw, unsafe; NULL: erased, and nobody gets it any more */
    int64_t since, until;
} SmIncident;

/* Those that run and the last few that ended, oldest first. Borrowed. */
const GPtrArray *sm_desk_broadcasts(const SmDesk *desk);
const SmBroadcast *sm_desk_broadcast(const SmDesk *desk, const char *id); /* NULL: none */
/* Those that stand, oldest first. Borrowed. */
const GPtrArray *sm_desk_incidents(const SmDesk *desk);
const SmIncident *sm_desk_incident(const SmDesk *desk, const char *id);

/* Who of `chats` (JSON list of ids), or of those that `filter` lets through, would get a broadcast by `actor` at desk
 * time `now`: {"count": n, "left_out": [{"conversation", "why"}]}; new reference. One of the two is NULL. With
 * `chosen` the ids are added to it (char*, owned by it), in the order of the conversations' beginning. */
json_t *sm_desk_plan_broadcast(const SmDesk *desk, SmActor actor, const json_t *chats, const SmFilter *filter, int64_t now,
                               GPtrArray *chosen);
/* As JSON, for answers: what a member of the staff is told of one. New reference. */
json_t *sm_broadcast_json(const SmBroadcast *broadcast);
json_t *sm_incident_json(const SmIncident *incident);

#endif
