/* SPDX-License-Identifier: MIT */
/* service_private: what the parts of the service share.
 *
 * The desk is one fold. Commands are decided and applied at once and gathered into a group; the
 * group is appended at the end of the loop's turn, and while its commit is under way nothing new is
 * decided: what comes meanwhile waits in `incoming` and makes the next group. So at the end of
 * every commit the fold is exactly what is durable ("quiet"), and that is when answers leave, polls
 * are filled and reads are made.
 *
 * Every entry is bracketed by enter() and leave(). Answers are gathered and handed out by the
 * outermost leave(), so that nothing inside ever runs while something else inside is half done. */
#ifndef SEATMUX_SERVER_SERVICE_PRIVATE_H
#define SEATMUX_SERVER_SERVICE_PRIVATE_H

#include "seatmux/base/heap.h"
#include "seatmux/base/limits.h"
#include "seatmux/base/pack.h"
#include "seatmux/server/service.h"
#include "visits.h"

#define SM_RING 2048         /* durable records kept in memory for polls */
#define SM_READ_PAGE 500     /* records read from the log at once, for a fold */
#define SM_POLL_READ 100     /* and for a poll: an answer holds about eighty messages */
#define SM_SCAN_RECORDS 5000 /* records one poll looks at before it answers `more` */
#define SM_GROUP_RECORDS 512 /* records of one commit */
#define SM_PRESENCE_MS 60000 /* no sign of life for so long: gone (turn-clock.md, rule 5) */
#define SM_COMPANIONS_AFTER_MS 50
#define SM_COMPANIONS_MS 5
#define SM_EPHEMERAL_MS 1000     /* a wake for ephemeral events at most so often */
#define SM_TICK_AGAIN_MS 100     /* after a tick that found nothing due */
#define SM_START_AGAIN_MS 600000 /* so long a repeated start gets a token again */
#define SM_ADDRESSES 10000       /* addresses counted at once */
#define SM_LOOPBACK_FACTOR                                                                         \
    100 /* loopback's own row: so many times the limit of other addresses                          \
         */
#define SM_RETRY_MAX_S 30

typedef struct Viewer Viewer;
typedef struct Seat Seat;
typedef struct Work Work;
typedef struct Due Due;
typedef struct Reading Reading; /* a report in the making, service_report.c */

/* Something with a deadline in the service's one heap. */
typedef void (*DueFire)(SmService *s, Due *due);
struct Due {
    SmHeapNode node; /* first */
    DueFire fire;
};

/* An agent or a contact that has been heard of lately. */
struct Viewer {
    SmActorKind kind;
    char *id;
    GQueue seats; /* Seat */
    Due presence;
    int64_t sign;          /* boot ms of the last sign of life */
    int64_t sign_at;       /* the same in desk ms */
    gboolean away;         /* the desk set this agent offline for want of a sign */
    SmAvailability before; /* what it was then */
    GList link;            /* in the service's list */
};

/* A session in use: what it has under way. */
struct Seat {
    char *id;       /* of the session */
    char *who;      /* agent or contact */
    Viewer *viewer; /* NULL once the session has ended: the seat goes with its last request */
    SmPending *park;
    guint under_way;
    guint pendings;    /* all requests that point here */
    int64_t answered;  /* boot ms of the last poll answer; -1 */
    int64_t ephemeral; /* boot ms of the last delivery of ephemeral events; -1 */
    int64_t used;      /* boot ms */
    GQueue ring;       /* json_t, at most SM_MAX_EPHEMERAL_RING */
    GList link;        /* in the viewer's list */
};

typedef enum { AT_HAND, AT_QUIET, AT_WORK, AT_PARK, AT_WORKER, AT_REPORT, AT_FILES, AT_ANSWER } Where;
typedef void (*Handler)(SmPending *p);

struct SmPending {
    SmService *s;
    SmServiceDone done; /* NULL: cancelled */
    void *user;
    Seat *seat;       /* NULL: no session */
    SmActor actor;    /* id borrowed from the seat */
    gboolean known;   /* there is an actor */
    gboolean counted; /* under_way of the seat includes this */
    Where where;
    gboolean *answered; /* set when answered while sm_service_request() is on the stack */
    char **at;          /* segments of the target */
    const char *target; /* borrowed while at hand, own_target afterwards */
    char *own_target;
    char *preview;            /* typing: what the customer is writing; NULL */
    const SmRequest *request; /* while at hand */
    GBytes *own_body;         /* of a request that waited: what it said, */
    char *own_key;            /* and its Idempotency-Key; NULL: none */
    Handler handler;
    SmAnswer *answer;
    Work *work;
    Reading *reading; /* a report's */
    SmSpool *spool;   /* an upload's bytes; a reference */
    int64_t length;   /* bytes of it that were announced */
    void *waiting; /* for a password worker, see service_auth.c */
    Due due;       /* a park's */
    int64_t after;
    int64_t deadline; /* boot ms */
    int64_t try_at;   /* boot ms of a put-off wake; 0: none */
    gboolean ready;   /* in the service's list of parks to try */
    GList link;       /* in `quiet` or `ready` */
};

/* A command on its way. */
struct Work {
    SmPending *pending; /* NULL: nobody waits */
    SmWireCommand wire;
    char *actor_id;     /* own copy */
    gboolean anonymous; /* START without a token: the answer carries one */
    gboolean tick;
    SmRecord *record; /* accepted, or the first one with this id */
    SmRefusal *refusal;
    json_t *file; /* of a message that names one */
};

/* A body built once for all who get the same: JSON text without its closing brace. */
typedef struct {
    char *text; /* NULL: nothing for them */
    GBytes *body; /* the whole answer, made with the first of them; NULL: not yet */
    int64_t to;
    gboolean expired;
} Page;

typedef struct {
    int64_t minute;
    guint requests;
    guint logins;
    guint visits; /* that began */
} Address;

typedef struct {
    SmService *s; /* NULL once the service is gone */
} Commit;

typedef struct Saved Saved; /* service_saved.c */

struct SmService {
    SmLoop *loop;
    SmLog *log;
    SmSecrets *secrets;
    SmRng *rng;
    SmTrace *trace;
    SmClock *clock;
    SmDesk *desk;
    SmServiceLimits limits;
    guint depth;
    gboolean stopping;
    gboolean still; /* nothing falls due */
    SmLoopFn stopped;
    void *stopped_user;
    SmLoopFn stop_asked;
    void *stop_asked_user;

    GQueue incoming;    /* Work not yet decided */
    GPtrArray *group;   /* Work decided and waiting for the commit */
    GPtrArray *records; /* SmRecord of the group */
    GPtrArray *owed;    /* ids of contents that are erased and that the disk did not give up */
    GHashTable *by_id;  /* command id -> SmRecord, of the group */
    gboolean committing;
    Commit *commit;
    guint64 flush; /* loop source */
    gboolean refolding;
    guint64 refold;        /* loop source */
    int64_t blocked_until; /* boot ms: writes are refused until then */
    SmProblem blocked;     /* with what */
    guint failures;        /* commits failed in a row */
    gboolean tick_under_way;
    int64_t tick_not_before; /* boot ms */
    Due tick;

    int64_t durable; /* seq */
    int64_t told;    /* seq up to which every park has been woken that had to be */
    char *cursor;    /* at that record */
    SmRecord *ring[SM_RING];
    uint32_t checks[SM_RING];
    gboolean checked[SM_RING]; /* the check is made */
    GHashTable *erased;        /* content id -> seq */
    Saved *saved;              /* where the fold is put away; NULL: nowhere */

    GHashTable *seats;   /* session id -> Seat */
    GHashTable *viewers; /* "a:mia", "c:k1" -> Viewer */
    GQueue staff;        /* Viewer, in order of coming */
    GQueue customers;
    char *identity_key;       /* secret; NULL: none */
    GBytes **page_files;      /* of the customer's page; NULL: there is none */
    GHashTable *addresses;    /* address -> Address */
    int64_t addresses_minute; /* when the newest came */
    SmHeap *heap;
    guint64 timer;
    int64_t timer_at;
    uint64_t tie;

    GQueue quiet;       /* SmPending waiting until nothing is uncommitted */
    GQueue ready;       /* parks to try */
    GQueue answers;     /* SmPending with an answer */
    GHashTable *pages;  /* built in this round */
    GQueue readings;      /* Reading: reports, the first is being read */
    guint64 report_slice; /* loop source */
    SmFiles *files;       /* NULL: none are taken */
    GHashTable *sent;     /* file id -> SentFile, service_files.c */
    GHashTable *sent_as;  /* content id -> file id: borrowed from `sent` */
    GHashTable *file_bytes; /* conversation -> int64_t: bytes of its files */
    GQueue at_files;      /* SmPending waiting for its thread */
    Due sweep;            /* of files that no message came to name */
    SmVisits *visits;     /* who looks at the pages of the shop: live, kept nowhere */
    Due traffic;          /* counts go into the log */
    Due retain;           /* what is too old is erased */
    GPtrArray *outlived;  /* char*: conversations that are, the oldest last; NULL: no round is under way */
    int64_t retained;     /* what ended before that has been looked at */
    char *retained_content; /* the first of the last step */
    GPtrArray *old_orders; /* char*: contacts of whose orders something was told too long ago; as long as `outlived` */
    int64_t old_before;      /* what was told by then, desk ms */
    int64_t retained_before; /* the last of `outlived` is looked through from there back; 0: from its end */
    GPtrArray *workers; /* Waiting passwords, see service_auth.c */

    struct {
        guint64 requests, answers_2xx, answers_4xx, answers_5xx;
        guint64 records, groups, failed_groups, polls_woken, polls_idle;
    } count;
};

/* service.c */
void sm_service_enter(SmService *s);
void sm_service_leave(SmService *s);
gboolean sm_service_quiet(const SmService *s); /* nothing uncommitted */
SmPending *sm_pending_new(SmService *s, SmServiceDone done, void *user);
void sm_pending_free(SmPending *p);
/* The answer leaves with the outermost leave(). Takes the answer over. */
void sm_pending_answer(SmPending *p, SmAnswer *answer);
/* Adds now and fold; takes the body over. */
void sm_pending_reply(SmPending *p, int status, json_t *body);
void sm_pending_reply_at(SmPending *p, int status, json_t *body, const char *cursor);
/* The same once sessions are on disk: a token that was given out outlives a crash. */
void sm_pending_reply_settled(SmPending *p, int status, json_t *body, const char *cursor);
void sm_pending_problem(SmPending *p, SmProblem problem, const char *field, const char *detail);
/* The id of the request, in its header; NULL: there is none that is valid, and that has been answered. Borrowed. */
const char *sm_pending_need_key(SmPending *p);
void sm_pending_refusal(SmPending *p, const SmRefusal *refusal);
/* Call `handler` when nothing is uncommitted: now, or later. */
void sm_pending_when_quiet(SmPending *p, Handler handler);
void sm_due_set(SmService *s, Due *due, DueFire fire, int64_t at_ms);
void sm_due_clear(SmService *s, Due *due);

/* Every park, staff first, in order of coming. `fn` may end parks. */
void sm_service_each_park(SmService *s, Handler fn);

/* service_routes.c */
void sm_service_route(SmPending *p);
/* The body as an object of this shape; NULL when the problem has been answered. New reference. */
json_t *sm_pending_body(SmPending *p, const char *shape);
/* A whole number of the query; FALSE when the problem has been answered. */
gboolean sm_pending_number(SmPending *p, const char *name, int64_t low, int64_t high,
                           int64_t otherwise, int64_t *out);

/* service_saved.c */
Saved *sm_saved_new(const char *path);
void sm_saved_free(Saved *saved); /* waits for what is being written; NULL is fine */
void sm_saved_set_every(Saved *saved, int64_t records); /* 0: at a stop alone */
/* Into the desk, which is new: as it was put away, if there is one that fits; the log is then read from there on. `tables`:
 * those beside the desk too. */
void sm_saved_take(SmService *s, gboolean tables);
void sm_saved_go_on(SmService *s); /* after a commit: is it time? */
void sm_saved_stop(SmService *s);  /* everything is durable, and it is the last moment */
void sm_saved_wipe(SmService *s);  /* something of it was erased */

/* service_retain.c */
/* The command erases a contact: what only the log holds is named in it. NULL: fine. */
SmRefusal *sm_erase_prepare(SmService *s, Work *work);
void sm_handle_erasure(SmPending *p);
void sm_handle_erase_contact(SmPending *p);
void sm_retain_start(SmService *s);
void sm_retain_again(SmService *s); /* another policy is in force */
void sm_retain_stop(SmService *s);

/* service_commit.c */
void sm_service_new_desk(SmService *s);
void sm_service_clear_tables(SmService *s); /* what is made of the log beside the desk */
gboolean sm_service_fold(SmService *s, GError **error);
void sm_service_submit(SmService *s, Work *work);
void sm_service_pump(SmService *s);
void sm_service_arm_tick(SmService *s);
Work *sm_work_new(SmPending *pending);
/* A copy that lives as long as the work; NULL stays NULL. Borrowed. */
const char *sm_work_hold(Work *work, const char *text);
void sm_work_free(Work *work);
/* A command of the desk itself. Strings are copied. */
void sm_service_own_command(SmService *s, SmCommand command);
SmProblem sm_service_write_problem(const GError *error); /* of a write that failed: a full disk, or another reason */
void sm_work_copy_command(SmService *s, Work *work, const SmCommand *from);
/* Card and identity numbers made unreadable. New string. */
char *sm_service_mask(const char *text);
uint32_t sm_service_check(SmService *s, int64_t seq, gboolean *known);

/* service_command.c */
void sm_handle_command(SmPending *p);
void sm_handle_start(SmPending *p);
void sm_work_answer(SmService *s, Work *work);
void sm_work_fail(SmService *s, Work *work, SmProblem problem);

/* service_poll.c */
void sm_handle_events(SmPending *p);
void sm_poll_unpark(SmPending *p);
void sm_poll_wake_for(SmService *s, GPtrArray *records);
void sm_poll_run_ready(SmService *s);
void sm_poll_answer_empty(SmPending *p);
void sm_poll_wake(SmPending *p, int64_t at_ms); /* 0: as soon as quiet */

/* service_auth.c */
gboolean sm_service_authenticate(SmPending *p);
gboolean sm_service_admit_address(SmPending *p, gboolean login);
void sm_handle_login(SmPending *p);
void sm_handle_logout(SmPending *p);
void sm_handle_sessions(SmPending *p);
void sm_handle_revoke(SmPending *p);
void sm_handle_password(SmPending *p);
void sm_service_end_seat(SmService *s, Seat *seat, SmProblem problem);
void sm_service_end_agent(SmService *s, const char *agent);
void sm_auth_cancel(SmPending *p);
/* Give this answer (taken over) once the sessions opened and ended so far are on disk. */
void sm_auth_settle(SmPending *p, SmAnswer *answer);
void sm_auth_drop(SmPending *p);
void sm_auth_close(SmService *s);

/* A visit begins; FALSE when too many of this address did within the minute, which is not answered here. */
gboolean sm_service_admit_visit(SmPending *p);

/* service_visits.c */
void sm_handle_visit(SmPending *p);
void sm_handle_visitors(SmPending *p);
void sm_handle_visitor(SmPending *p);
/* A start or an invitation says which visit: what the desk knows of it goes into the command. NULL: fine. */
SmRefusal *sm_visit_prepare(SmService *s, Work *work);
void sm_visit_began(SmService *s, const Work *work); /* an accepted start */
void sm_visits_committed(SmService *s, const SmRecord *record);
void sm_visits_invited(SmService *s, const Work *work); /* an accepted invitation */
void sm_visits_flush(SmService *s); /* what was counted goes into the log */

/* service_presence.c */
Viewer *sm_viewer_get(SmService *s, SmActorKind kind, const char *id, gboolean make);
void sm_viewer_free(SmService *s, Viewer *viewer);
void sm_viewer_sign(SmService *s, Viewer *viewer);
Seat *sm_seat_get(SmService *s, const SmSession *session);
void sm_seat_free(SmService *s, Seat *seat);
void sm_seat_release(Seat *seat);
void sm_presence_start(SmService *s);
void sm_presence_committed(SmService *s, const SmRecord *record);
void sm_presence_left(SmService *s, Viewer *viewer);
SmActor sm_viewer_actor(const Viewer *viewer);

/* service_ephemeral.c */
void sm_handle_typing(SmPending *p);
void sm_handle_viewing(SmPending *p);
/* Append what the seat's ring holds as ,"ephemeral":[...] and empty it. */
void sm_ephemeral_take(SmService *s, Seat *seat, GString *to);

/* service_read.c */
void sm_handle_snapshot(SmPending *p);
void sm_handle_erased(SmPending *p);
void sm_handle_messages(SmPending *p);
void sm_handle_routing(SmPending *p);
void sm_handle_broadcasts(SmPending *p);
void sm_handle_broadcast_preview(SmPending *p);
void sm_handle_incidents(SmPending *p);

/* service_contact.c */
void sm_handle_card(SmPending *p);
void sm_handle_earlier(SmPending *p);
void sm_handle_shop_order(SmPending *p);

/* service_read.c */
/* Up to `limit` lines of a conversation before a seq, as `viewer` may see them; NULL and error. New reference. */
json_t *sm_service_history(SmService *s, SmActor viewer, const SmConversation *c, int64_t before, guint limit, gboolean *more,
                           GError **error);
/* The same for a request: what can't be read is answered. NULL: answered. New reference. */
json_t *sm_service_past(SmPending *p, SmActor viewer, const SmConversation *c, int64_t before, guint limit, gboolean *more);
/* Answers that the log can't be read, and traces why. `what`: who asked, for the trace. */
void sm_pending_log_error(SmPending *p, const char *what, const GError *error);
/* Takes out of such lines what was whispered. */
void sm_lines_drop_whispers(json_t *lines);
void sm_handle_agents(SmPending *p);
void sm_handle_policy(SmPending *p);
void sm_handle_export(SmPending *p);
void sm_handle_identify(SmPending *p);
/* The shop's id as the desk knows the contact; caller frees. */
char *sm_identity_contact(const char *key, const char *user);
/* Two digests, in the same time wherever they differ. */
gboolean sm_identity_same(const char *a, const char *b);
void sm_handle_page(SmPending *p);
void sm_handle_page_file(SmPending *p);
void sm_pages_free(GBytes **pages);
void sm_handle_health(SmPending *p);
void sm_handle_stop(SmPending *p);

/* service_files.c */
void sm_handle_upload(SmPending *p);
void sm_handle_file(SmPending *p);
void sm_service_file_tables(SmService *s);
void sm_service_file_tables_free(SmService *s);
void sm_service_pack_files(SmService *s, SmPack *pack); /* the tables, written or read */
/* A durable record: the files that it names, or whose names it erased. */
void sm_service_note_files(SmService *s, const SmRecord *record);
/* Put the file that a command names in its place. FALSE: work->refusal says why not. */
gboolean sm_service_take_file(SmService *s, Work *work);
void sm_files_pending_cancel(SmPending *p);
void sm_files_answer_all(SmService *s);
/* service_review.c */
void sm_handle_ratings(SmPending *p);
void sm_handle_rating(SmPending *p);
void sm_handle_rating_link(SmPending *p);
void sm_handle_rate_by_link(SmPending *p);
void sm_handle_reviews(SmPending *p);
void sm_handle_review_conversation(SmPending *p);
void sm_handle_review_comment(SmPending *p);

/* service_report.c */
void sm_handle_report(SmPending *p);
void sm_report_cancel(SmPending *p);
void sm_report_close(SmService *s);

/* service_metrics.c */
void sm_handle_metrics(SmPending *p);

#endif
