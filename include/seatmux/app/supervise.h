/* SPDX-License-Identifier: MIT */
/* supervise: the queue view - who waits in which queue, which conversation has least time left, what one of them says,
 * and what happened last. A read-only picture of the client's desk: looking leaves no trace anywhere. The app
 * fills it, the ui draws it. */
#ifndef SEATMUX_APP_SUPERVISE_H
#define SEATMUX_APP_SUPERVISE_H

#include <glib.h>

#include "seatmux/base/safe.h"
#include "seatmux/desk/desk.h"

#define SM_ARRIVAL_MINUTES 30
#define SM_SUPERVISE_QUEUES 9  /* the keys 1 to 9 */
#define SM_SUPERVISE_EVENTS 200

typedef enum {
    SM_SORT_LEFT,     /* least time left first; without a clock last */
    SM_SORT_WAIT,     /* who has waited longest for an agent first */
    SM_SORT_AGENT,
    SM_SORT_QUEUE,
    SM_SORT_CUSTOMER,
    SM_SORTS
} SmSuperviseSort;
const char *sm_supervise_sort_words(SmSuperviseSort sort); /* translated */

typedef enum { /* in the order of the option supervise.group */
    SM_GROUP_BY_NOTHING,
    SM_GROUP_BY_TEAM,  /* in the order of the policy */
    SM_GROUP_BY_AGENT, /* nobody's first, then by their ids */
    SM_GROUP_BY_STATE, /* queued, open, snoozed */
    SM_GROUPINGS
} SmSuperviseGrouping;

const char *sm_cause_words(SmCause cause); /* why somebody has a chat, or has it no more; translated, "" for other causes */

/* Rows that stand together below one heading. */
typedef struct {
    SmSafe *name;
    guint chats, overdue; /* of the rows that the filter lets through */
} SmSuperviseGroup;

/* One queue: a team's row of the table. */
typedef struct {
    char *team;
    SmSafe *name;
    guint waiting;
    int64_t oldest;  /* desk ms since when the oldest waits; -1: nobody does */
    guint in_chat;   /* open or snoozed, with an agent */
    guint agents;    /* of the team, not offline; supervisors only if they are online or have chats: who looks is nobody's agent */
    guint places;    /* chats more that those who are online may take */
    int64_t target;  /* ms of the reply target; -1: none */
    int64_t judged, permille; /* turns begun today within the agent's target, by the desk; permille -1: none, or not told yet */
    int trend;       /* the last half hour against today: -1 worse, 1 better by five points or more; 0 */
    int64_t abandoned; /* today, by the desk; -1: not told yet */
    guint arrivals[SM_ARRIVAL_MINUTES]; /* conversations begun in each of the last minutes, oldest first */
    gboolean few_within, many_waiting;  /* a threshold is passed */
} SmSuperviseQueue;

/* How many wait, in four columns: with "!" where they are too many, and then as thousands from a thousand on. Caller frees. */
char *sm_supervise_waiting(const SmSuperviseQueue *queue);

typedef struct {
    const SmConversation *conversation; /* borrowed, valid until the desk changes */
    SmSafe *customer, *last;
    gboolean marked;
    guint group; /* index in groups; 0 where there are none */
} SmSuperviseRow;

typedef struct {
    int64_t at; /* desk ms */
    const char *what; /* translated word: "assigned" */
    SmSafe *words;
    gboolean urgent;
} SmSuperviseEvent;

typedef struct {
    GPtrArray *queues;  /* SmSuperviseQueue */
    GPtrArray *rows;    /* SmSuperviseRow: what the filter lets through, sorted */
    guint hidden;       /* rows it does not let through */
    guint selected, top;
    gboolean following; /* the most urgent stays in view; moving pauses it */
    SmSuperviseSort sort;
    SmSuperviseGrouping grouping;
    GPtrArray *groups;  /* SmSuperviseGroup, in the order of the rows; empty: not grouped */
    int queue;          /* the queue shown alone, from 1; 0: all */
    char *filter;       /* its text; "" none */
    guint agents;       /* of these queues, not offline */
    guint marks;
    char *peeked;       /* conversation that is read below; NULL: none */
    GPtrArray *events;  /* SmSuperviseEvent, oldest first */
    int64_t figures_at; /* desk ms of the desk's figures; -1: there are none yet */
} SmSupervise;

#endif
