/* SPDX-License-Identifier: MIT */
/* The inside of a desk, for the files of the fold and of decide(). */
#ifndef SEATMUX_DESK_DESK_PRIVATE_H
#define SEATMUX_DESK_DESK_PRIVATE_H

#include "seatmux/desk/desk.h"

#define SM_REOPEN_MS 600000   /* a message so soon after the end reopens; then it is archived */
#define SM_ABANDON_MS 60000   /* after the last sign of life */
#define SM_SEEN_GRACE_MS 2000 /* a customer's message this young holds no reply */

typedef enum { SM_AUDIENCE_CONTACT, SM_AUDIENCE_AGENT, SM_AUDIENCE_TEAM } SmAudience;

/* Both ends included; to == INT64_MAX: still open. TEAM: its supervisors. */
typedef struct {
    SmAudience kind;
    char *id;
    int64_t from, to;
} SmAccess;

/* How far the alerts of one owner's part in the open turn have come. */
typedef struct {
    char *owner;
    int64_t level; /* 50, 80, 100 */
} SmFired;

typedef struct SmConv SmConv;
struct SmConv {
    SmConversation c;        /* first, so that one is the other */
    SmConv *previous;        /* of the same contact */
    int64_t ended;           /* resolved or abandoned; -1: not */
    int64_t stamp;           /* the last one; stamps never go back */
    char *last_author;       /* of staff, in this round */
    gboolean profile_erased; /* nothing is left of it in the content table either */
    gboolean excused;        /* the rating of this round */
    gboolean installed;      /* put here by install: what the viewer sees, whole */
    gboolean touched;        /* by the record that is being applied */
    int fired_turn;          /* whose alerts are in `fired` */
    GArray *fired;           /* SmFired */
    guint queue_breached;    /* place of the stay from 1 */
    char *last_owner;        /* who had it last, for a customer who comes again */
    gboolean fresh;          /* nobody has had it in this round */
    gboolean routed;         /* the owner got it from the desk and has written nothing yet */
    GPtrArray *passed;       /* char*: who let it pass while it waits; NULL: nobody */
};

typedef struct {
    SmAgent a;         /* first */
    gboolean known;    /* FALSE: removed, or only heard of as an owner */
    GHashTable *owned; /* SmConv set; order never matters */
    int64_t last;      /* routing: place in the order of assignments */
    int64_t idle;      /* desk ms of the last change in what they have */
} SmAgentNode;

struct SmDesk {
    guint cap;
    int64_t seq, at;
    SmPolicy *policy;
    GHashTable *conversations; /* id -> SmConv */
    GPtrArray *sorted;         /* those not archived, by first_seq and id */
    gboolean sorted_dirty;
    GHashTable *agents; /* id -> SmAgentNode */
    GPtrArray *agent_list;
    gboolean agents_dirty;
    GHashTable *contacts; /* contact -> its latest SmConv */
    SmHeap *heap;
    GHashTable *queued; /* SmConv set: those that wait; order never matters */
    int64_t routed;     /* assignments so far */
    GHashTable *passes; /* routing by share: team, and team and agent -> int64_t; see route.c */
    int64_t route_due;  /* when something could be given out; INT64_MAX: never as things are */
    GPtrArray *touched;  /* by the record that is being applied */
    GHashTable *rows;    /* client: conversation -> SmQueueRow */
    GPtrArray *row_list; /* answer of sm_desk_rows() */
    GPtrArray *none;     /* empty, shared by what is archived */
    char *(*mask)(const char *text);
};

/* --- desk.c */
SmConv *sm_desk_find(const SmDesk *desk, const char *id); /* NULL id is fine */
SmConv *sm_desk_add_conversation(SmDesk *desk, const char *id);
/* Into the list of those not archived, when first_seq is known. */
void sm_desk_list_add(SmDesk *desk, SmConv *conv);
void sm_desk_drop_conversation(SmDesk *desk, SmConv *conv);
/* The node of this name, made if there is none. */
SmAgentNode *sm_desk_node(SmDesk *desk, const char *id);
const SmAgentNode *sm_desk_find_node(const SmDesk *desk, const char *id);
/* Owner and the owner's chats, after state or owner changed. `owner` may be NULL. */
void sm_desk_set_owner(SmDesk *desk, SmConv *conv, const char *owner);
void sm_desk_count_chat(SmDesk *desk, SmConv *conv);
/* Give back what an archived conversation does not need. Who the customer is stays: the next one
 * begins with it. */
void sm_conv_archive(SmDesk *desk, SmConv *conv);
void sm_desk_link_contact(SmDesk *desk, SmConv *conv);
SmLine *sm_desk_add_line(SmDesk *desk, SmConv *conv);
void sm_line_free(SmLine *line);
void sm_queue_row_free(SmQueueRow *row);
gboolean sm_agent_in_team(const SmAgent *agent, const char *team);
void sm_desk_set_teams(SmAgent *agent, const json_t *teams);
void sm_desk_replace(char **place, const char *text);
int64_t sm_conv_fired(const SmConv *conv, int turn, const char *owner);

/* Earliest queue deadline, then longest wait, then id. */
gboolean sm_queue_before(const SmConversation *a, const SmConversation *b);

/* --- access.c */
void sm_conv_access_open(SmConv *conv, SmAudience kind, const char *id, int64_t from);
/* The audience's open interval ends before `seq`; `id` NULL: everybody's of that kind. */
void sm_conv_access_close(SmConv *conv, SmAudience kind, const char *id, int64_t seq);
void sm_conv_access_close_all(SmConv *conv, int64_t seq);
gboolean sm_line_is_public(const SmLine *line);

/* --- apply.c */
void sm_desk_apply_one(SmDesk *desk, const SmEvent *event, int64_t seq, int64_t at);
/* Policy and agents: events that are of no conversation. */
void sm_desk_apply_shared(SmDesk *desk, const SmEvent *event, int64_t at);
/* In a client: clocks that run by the policy that has come now. */
void sm_desk_name_missing_policies(SmDesk *desk);
/* Name, order and attributes from a content's text; NULL: erased. */
void sm_conv_set_profile(SmConv *conv, const char *text);
/* Drop a content from lines and profile. */
void sm_conv_forget(SmConv *conv, const char *content);

/* --- due.c: what falls due in a conversation */
typedef enum {
    SM_DUE_ARCHIVE,
    SM_DUE_ABANDON,
    SM_DUE_WAKE,
    SM_DUE_RELEASE,
    SM_DUE_ACCEPT,
    SM_DUE_WARN,
    SM_DUE_BREACH,
    SM_DUE_QUEUE_BREACH,
} SmDueKind;
typedef struct {
    SmDueKind kind;
    int64_t due;
    int64_t level; /* of a warning: 50, 80 */
} SmDueItem;
#define SM_DUE_ITEMS 7
/* All that is still to come, in no order. */
guint sm_conv_due(const SmDesk *desk, const SmConv *conv, SmDueItem items[SM_DUE_ITEMS]);
void sm_desk_refresh_due(SmDesk *desk, SmConv *conv);
void sm_desk_refresh_all(SmDesk *desk);

#endif
