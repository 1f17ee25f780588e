/* SPDX-License-Identifier: MIT */
/* The inside of a desk, for the files of the fold and of decide(). */
#ifndef SEATMUX_DESK_DESK_PRIVATE_H
#define SEATMUX_DESK_DESK_PRIVATE_H

#include "seatmux/base/limits.h"
#include "seatmux/desk/desk.h"
#include "seatmux/desk/notice.h"
#include "seatmux/desk/visitor.h"

#define SM_REOPEN_MS 600000   /* a message so soon after the end reopens; then it is archived */
#define SM_UNSEEN_KEEP_MS INT64_C(1209600000) /* 14 days: so long the answer to a left message waits for its customer */
#define SM_ABANDON_MS 60000   /* after the last sign of life */
#define SM_BACK_MS 60000      /* after the desk was down everybody is back by then, or is not there */
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
    int64_t seen_at;         /* the customer came back for the answer to a left message; -1 */
    int64_t stamp;           /* the last one; stamps never go back */
    char *last_author;       /* of staff, in this round */
    gboolean profile_erased; /* nothing is left of it in the content table either */
    gboolean excused;        /* the rating of this round */
    gboolean installed;      /* put here by install: what the viewer sees, whole */
    gboolean touched;        /* it is in the desk's list of those */
    int fired_turn;          /* whose alerts are in `fired` */
    GArray *fired;           /* SmFired */
    guint queue_breached;    /* place of the stay from 1 */
    char *last_owner;        /* who had it last, for a customer who comes again */
    gboolean fresh;          /* nobody has had it in this round */
    gboolean routed;         /* the owner got it from the desk and has written nothing yet */
    GPtrArray *said;         /* char*: rules of automatic answers that have spoken in this round; NULL: none */
    GPtrArray *passed;       /* char*: who let it pass while it waits; NULL: nobody */
    GPtrArray *noticed;      /* char*: incident notices it has got; NULL: none */
};

typedef struct {
    SmAgent a;         /* first */
    gboolean known;    /* FALSE: removed, or only heard of as an owner */
    GHashTable *owned; /* SmConv set; order never matters */
    int64_t last;      /* routing: place in the order of assignments */
    int64_t idle;      /* desk ms of the last change in what they have */
    int64_t joined;    /* desk ms since when they are of the staff */
} SmAgentNode;

/* What was written down about a contact, beside what their conversations say. */
typedef struct {
    char *id;      /* random; where only records without one told of it: "o" and the place of the first of them */
    char *order;   /* its number; NULL: erased */
    char *status;
    char *amount;  /* NULL: not told, or erased */
    char *content; /* of the record that told of it last; NULL: it had none */
    int64_t at;
    gboolean plain; /* a record of before names it, and will for ever */
} SmContactOrder;
/* What a record told of an order: number and amount, which can be erased. */
typedef struct {
    char *content;
    char *conversation; /* NULL: of none */
    int64_t at;
} SmOrderText;
typedef struct {
    char *contact;
    json_t *about;       /* {"name", "reach", "tags", "attributes", "notes"}; NULL: nothing, or erased */
    GPtrArray *contents; /* char*: ids of all that was ever written here, for erasing */
    GPtrArray *orders;   /* SmContactOrder, by the time of their last change */
    GPtrArray *told;     /* SmOrderText: all that is not erased, in the order of the records, for erasing; also of older orders than are kept */
    char *into;          /* it is one with this contact; NULL */
    GPtrArray *merged;   /* char*: those that are one with this */
} SmContactCard;

struct SmDesk {
    guint cap;
    int64_t seq, at;
    int64_t up_since; /* nobody was heard before; 0: it was never down */
    SmPolicy *policy;
    GHashTable *conversations; /* id -> SmConv */
    GPtrArray *sorted;         /* those not archived, by first_seq and id */
    gboolean sorted_dirty;
    GHashTable *agents; /* id -> SmAgentNode */
    GPtrArray *agent_list;
    gboolean agents_dirty;
    gboolean unsettled; /* something was applied since what falls due was reckoned */
    GHashTable *contacts; /* contact -> its latest SmConv */
    GHashTable *cards;    /* contact -> SmContactCard */
    GHashTable *card_of;  /* content id, borrowed from a card -> its SmContactCard */
    SmHeap *heap;
    GHashTable *queued; /* SmConv set: those that wait; order never matters */
    int64_t routed;     /* assignments so far */
    GHashTable *passes; /* routing by share: team, and team and agent -> int64_t; see route.c */
    int64_t route_due;  /* when something could be given out; INT64_MAX: never as things are */
    GPtrArray *broadcasts; /* SmBroadcast */
    GPtrArray *incidents;  /* SmIncident */
    GPtrArray *invitations; /* SmInvitation: those that are not answered yet */
    GPtrArray *touched;  /* SmConv: by what was applied since what falls due was reckoned */
    GHashTable *rows;    /* client: conversation -> SmQueueRow */
    GPtrArray *row_list; /* answer of sm_desk_rows() */
    GPtrArray *none;     /* empty, shared by what is archived */
    char *(*mask)(const char *text);
};

/* --- desk.c */
SmConv *sm_desk_find(const SmDesk *desk, const char *id); /* NULL id is fine */
SmConv *sm_desk_add_conversation(SmDesk *desk, const char *id);
/* Of two places of an array of SmConv: which began first. */
gint sm_conv_by_beginning(gconstpointer a, gconstpointer b);
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
/* The same for one that is in no list yet. */
void sm_conv_strip(SmDesk *desk, SmConv *conv);
void sm_desk_link_contact(SmDesk *desk, SmConv *conv);
SmLine *sm_desk_add_line(SmDesk *desk, SmConv *conv);
void sm_line_free(SmLine *line);
void sm_queue_row_free(SmQueueRow *row);
/* Each name once, in the place of what is there. */
void sm_desk_set_names(GPtrArray *names, const json_t *list);
void sm_desk_replace(char **place, const char *text);

/* The ladder from a passed exam to a full agent (ladder.c). */
void sm_ladder_recorded(SmAgent *agent, const SmEvent *event, int64_t at);
void sm_ladder_confirmed(SmAgent *agent, const SmEvent *event);
void sm_ladder_role(SmAgent *agent); /* after a role was given */
void sm_ladder_clear(SmAgent *agent);
/* Takes out of an exam, or of its event, how well it went: that is not for all of the staff. */
void sm_ladder_hide_points(json_t *exam);
gboolean sm_ladder_fits(const json_t *agent, GError **error); /* as sm_ladder_project() writes it */
void sm_ladder_install(SmAgent *agent, const json_t *json);
int64_t sm_conv_fired(const SmConv *conv, int turn, const char *owner);

/* Earliest queue deadline, then longest wait, then id. */
gboolean sm_queue_before(const SmConversation *a, const SmConversation *b);

/* --- answer.c */
/* When the next automatic answer falls due, and which rule of the policy it is; INT64_MAX: none. */
int64_t sm_answer_due(const SmDesk *desk, const SmConv *conv, guint *which);
void sm_answer_said(SmConv *conv, const char *rule);

/* --- contact.c */
SmContactCard *sm_desk_card_of(const SmDesk *desk, const char *contact); /* NULL: none */
SmContactCard *sm_desk_need_card(SmDesk *desk, const char *contact);     /* made if there is none */
void sm_contact_card_free(SmContactCard *card);
/* TRUE: the event was of this kind. The access that follows from it is part of it. */
gboolean sm_desk_apply_contact(SmDesk *desk, SmConv *conv, const SmEvent *event, int64_t seq, int64_t at);
/* The name on the card; NULL: none. Borrowed. */
const char *sm_contact_card_name(const SmDesk *desk, const char *contact);
/* What is written on the card, or was told of an order, is gone. */
void sm_contact_card_forget(SmDesk *desk, const char *content);
/* The order with this number of the contact or those merged with it, the last changed of several; NULL: none. Borrowed. */
const SmContactOrder *sm_contact_order(const SmDesk *desk, const char *contact, const char *number);
/* The contents of a card are there (from a fold that was put away): they can be found. */
void sm_contact_card_index(SmDesk *desk, SmContactCard *card);
/* A conversation began: those merged with its contact are in it too. */
void sm_desk_join_group(SmDesk *desk, SmConv *conv, int64_t seq);

/* --- people.c: FALSE if it changes nothing */
void sm_participant_free(SmParticipant *participant);
gboolean sm_conv_invite(SmConv *conv, const char *agent, gboolean consult, int64_t seq);
gboolean sm_conv_dismiss(SmConv *conv, const char *agent, int64_t seq);
void sm_conv_offer(SmConv *conv, const SmEvent *event, int64_t seq);
void sm_conv_end_offer(SmConv *conv, int64_t seq);

/* --- access.c */
void sm_conv_access_open(SmConv *conv, SmAudience kind, const char *id, int64_t from);
/* The audience's open interval ends before `seq`; `id` NULL: everybody's of that kind. */
void sm_conv_access_close(SmConv *conv, SmAudience kind, const char *id, int64_t seq);
void sm_conv_access_close_all(SmConv *conv, int64_t seq);
gboolean sm_line_is_public(const SmLine *line);

/* --- apply.c */
void sm_desk_apply_one(SmDesk *desk, const SmEvent *event, int64_t seq, int64_t at);
/* What follows from the conversations in `touched`: what falls due, who waits, whether something could be given out. Whoever
 * asks for that calls this first: reading a whole log, or drawing figures of one, nobody asks. */
void sm_desk_settle(const SmDesk *desk);
/* Policy and agents: events that are of no conversation. */
void sm_desk_apply_shared(SmDesk *desk, const SmEvent *event, int64_t at);
/* In a client: clocks that run by the policy that has come now. */
void sm_desk_name_missing_policies(SmDesk *desk);
/* Name, order and attributes from a content's text; NULL: erased. */
void sm_conv_set_profile(SmConv *conv, const char *text);
/* Drop a content from lines and profile. */
void sm_conv_forget(SmConv *conv, const char *content);

/* --- notice.c: the fold of broadcasts and incident notices */
GPtrArray *sm_broadcasts_new(void);
GPtrArray *sm_incidents_new(void);
void sm_notice_apply(SmDesk *desk, const SmEvent *event, int64_t at);
/* A message that is of a notice was posted. */
void sm_notice_posted(SmConv *conv, const SmEvent *event);
void sm_notice_forget(SmDesk *desk, const char *content);
int64_t sm_notice_next_due(const SmDesk *desk); /* INT64_MAX: nothing */
/* Members of what is shared with all staff, and back. FALSE and error: nothing changed. */
void sm_notice_project(const SmDesk *desk, json_t *shared);
gboolean sm_notice_install(SmDesk *desk, const json_t *shared, GError **error);
/* Why this conversation can't get a broadcast; NULL: it can. `sender` NULL: who runs the desk. Static words. */
const char *sm_broadcast_why_not(const SmDesk *desk, const SmAgent *sender, const SmConv *conv);

/* --- visitor.c: the fold of invitations */
GPtrArray *sm_invitations_new(void);
/* TRUE: the event was of this kind. */
gboolean sm_visitor_apply(SmDesk *desk, const SmEvent *event);
int64_t sm_visitor_next_due(const SmDesk *desk); /* INT64_MAX: nothing */

/* --- due.c: what falls due in a conversation */
typedef enum {
    SM_DUE_ARCHIVE,
    SM_DUE_ABANDON,
    SM_DUE_WAKE,
    SM_DUE_RELEASE,
    SM_DUE_ACCEPT,
    SM_DUE_OFFER,
    SM_DUE_WARN,
    SM_DUE_BREACH,
    SM_DUE_QUEUE_BREACH,
    SM_DUE_ANSWER,
} SmDueKind;
typedef struct {
    SmDueKind kind;
    int64_t due;
    int64_t level; /* of a warning: 50, 80; of an answer: place of its rule */
} SmDueItem;
#define SM_DUE_ITEMS 8
/* All that is still to come, in no order. */
guint sm_conv_due(const SmDesk *desk, const SmConv *conv, SmDueItem items[SM_DUE_ITEMS]);
void sm_desk_refresh_due(SmDesk *desk, SmConv *conv);
void sm_desk_refresh_all(SmDesk *desk);

#endif
