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
    gboolean language_needed; /* nobody else than who speaks the customer's language; FALSE: those first */
    int64_t newcomer;      /* ms after somebody is of the staff in which their share is `newcomer_percent` of it; 0: none */
    int newcomer_percent;
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

/* An automatic first answer: what the desk itself says to a customer whom nobody of the staff has answered, once in a round of a
 * conversation. It stops no clock and is in no figure. */
typedef enum {
    SM_ANSWER_CLOSED,  /* written outside the team's hours */
    SM_ANSWER_NOBODY,  /* nobody of the team is online, and nobody has the conversation */
    SM_ANSWER_SILENCE, /* for `after` ms nobody has answered */
    SM_ANSWER_KEYWORD, /* one of `words` is in what was written */
} SmAnswerWhen;
const char *sm_answer_when_name(SmAnswerWhen when); /* "silence"; static */
gboolean sm_answer_when_parse(const char *text, SmAnswerWhen *when);

typedef struct {
    char *id;
    SmAnswerWhen when;
    int64_t after;     /* ms; 0 but for SILENCE */
    GPtrArray *words;  /* char*, folded for comparing */
    char *team, *inbox, *language; /* NULL: any */
    char *text;
} SmAnswerRule;

/* When the page of the shop invites by itself, or opens the chat. */
typedef struct {
    char *id;
    gboolean popup;    /* the chat opens; else an invitation is shown */
    char *page;        /* path with '*' for anything; NULL: any */
    int64_t after;     /* ms on that page */
    gboolean returning; /* only who was here before */
    char *inbox, *language; /* NULL: any */
    char *text;        /* what the invitation says; NULL for a pop-up */
} SmVisitRule;

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
    SM_MAY_BROADCAST = 1 << 9, /* one answer to many chats of the own teams */
    SM_MAY_INCIDENT = 1 << 10, /* set and clear a standing first answer */
    SM_MAY_REVIEW = 1 << 11,   /* read ended conversations of the own teams and score them */
} SmMay;

/* What files are by their content: bits of a mask. A program is none of them and is never taken. */
enum {
    SM_FILE_IMAGE = 1 << 0,
    SM_FILE_PDF = 1 << 1,
    SM_FILE_TEXT = 1 << 2, /* also HTML, SVG, XML, JSON: never shown as more than text */
    SM_FILE_OFFICE = 1 << 3,
    SM_FILE_AUDIO = 1 << 4,
    SM_FILE_VIDEO = 1 << 5,
    SM_FILE_ARCHIVE = 1 << 6,
    SM_FILE_OTHER = 1 << 7,
    SM_FILE_SHIPPED = (1 << 6) - 1, /* all but archives and what is not known */
};

typedef enum { SM_LINKS_HTTPS, SM_LINKS_ANY, SM_LINKS_NONE } SmLinks;
/* A line of the review form. */
typedef struct {
    char *id;
    char *text;  /* what is asked */
    int weight;  /* 1 to 1000 */
    int points;  /* the most that can be given, 1 to 10; 0 is the least */
} SmCriterion;

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
    GPtrArray *form;           /* SmCriterion, in file order; never empty */
    GPtrArray *tags;           /* char*, in file order: what may be put on a conversation. Empty, as shipped: anything */
    int score[3];              /* weights of ratings, performance, training in an agent's score; shipped 50, 30, 20 */
    guint file_kinds;          /* what is taken; 0: no files at all */
    int64_t file_bytes;        /* the largest; shipped 20 MB */
    int64_t file_unsent;       /* ms after which a file that no message names is thrown away; shipped a day */
    int64_t retention;         /* ms after its end in which what was said in a conversation is kept; 0: for ever, as shipped */
    int64_t rating_later;      /* ms after its end in which a conversation that is archived may still be rated, once; shipped 7 days, 0: not */
    int64_t transfer_within;   /* ms within which who is asked takes a chat that an agent hands on; -1: nobody is asked */
    SmLinks links;             /* which the staff may send; shipped https */
    gboolean preview;          /* staff may see what a customer is writing before it is sent; the page says so. Shipped: no */
    gboolean mask_numbers;     /* card and identity numbers masked before the record is made */
    GPtrArray *answers;        /* SmAnswerRule, in the order of the file */
    gboolean watch;            /* visits to the pages of `origins` are told to the staff and counted. Shipped: no */
    GPtrArray *visit_rules;    /* SmVisitRule, in the order of the file: invitations, then pop-ups */
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
/* Whether a browser's Origin is one of `origins`. NULL origin: no. */
gboolean sm_policy_origin_listed(const SmPolicy *policy, const char *origin);

/* --- tags --------------------------------------------------------------------------------------- */

/* Whether it may be put on a conversation that has it not. */
gboolean sm_policy_has_tag(const SmPolicy *policy, const char *tag);
/* The one that may have been meant; NULL: none is near. Borrowed. */
const char *sm_policy_near_tag(const SmPolicy *policy, const char *tag);
/* A sentence about one that may not: which are, or may have been meant. Caller frees. */
char *sm_policy_tag_words(const SmPolicy *policy, const char *tag);

/* --- files and links ---------------------------------------------------------------------------- */

const char *sm_file_kind_name(guint kind);       /* "image"; "program" for 0; static */
guint sm_file_kind_parse(const char *name);      /* 0: there is no such kind */
guint sm_file_kind_of_type(const char *type);    /* of a MIME type as libmagic says it; 0: a program */
gboolean sm_file_is_picture(const char *type);   /* png, jpeg, gif, webp: may be shown */
gboolean sm_file_name_starts(const char *name);  /* an ending with which a double click would start something */
json_t *sm_policy_file_kinds(const SmPolicy *policy); /* names of those that are taken; new reference */
const char *sm_links_name(SmLinks links);        /* "https"; static */
gboolean sm_links_parse(const char *text, SmLinks *links);
/* What is wrong with the link at the beginning of `text`, as a sentence; NULL: nothing. Static. */
const char *sm_link_fault(const SmPolicy *policy, const char *text);

/* --- hours (turn-clock.md, rule 11) ------------------------------------------------------------ */

/* Worked ms between two instants (0 if to <= from). NULL hours: to - from. */
int64_t sm_hours_between(const SmHours *hours, int64_t from, int64_t to);
/* The instant at which `net` worked ms have passed since `from`. INT64_MAX if never within 400 days. */
int64_t sm_hours_add(const SmHours *hours, int64_t from, int64_t net);
gboolean sm_hours_open(const SmHours *hours, int64_t at);

#endif
