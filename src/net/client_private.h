/* SPDX-License-Identifier: MIT */
/* client_private: what the parts of the client share.
 *
 * Everything happens in callbacks of the loop or in calls from outside. Calls from outside never
 * call back: what changed is noted and told by one deferred call (tell.c). A handler may free the
 * client; sm_client_enter() and sm_client_leave() bracket every place that calls one. */
#ifndef SEATMUX_NET_CLIENT_PRIVATE_H
#define SEATMUX_NET_CLIENT_PRIVATE_H

#include "seatmux/net/client.h"

#include "net/suspend.h"

typedef struct SmCall SmCall;
typedef struct SmSend SmSend;

/* How a call ended. All borrowed. */
typedef struct {
    SmExchangeEnd end;
    int status;         /* 0 unless ANSWERED */
    const json_t *body; /* an object; NULL: none, or not readable */
    GBytes *bytes;      /* as it came; NULL */
    const char *cursor; /* NULL: none */
    int retry_after_s;
    const char *code;  /* of a problem; NULL: none that could be read */
    const char *words; /* why it is not good */
    int64_t took;      /* ms */
    gboolean good;     /* 2xx and an object */
} SmReply;

typedef void (*SmCallDone)(SmClient *client, const SmReply *reply, void *user);
typedef void (*SmCallSent)(void *user);

/* One message on its way (sending.c). */
struct SmSend {
    SmClient *client;
    SmOutboxEntry *entry;
    SmCall *call;    /* attempt under way */
    guint writes;    /* journal writes not answered yet: keeps this alive */
    gboolean marked; /* the journal says SENDING, or can't be told: it may leave */
    gboolean marking;
    gboolean maybe;        /* an attempt ended without the desk's word: it may have arrived */
    gboolean maybe_before; /* `maybe` when the attempt under way began */
    gboolean unsaved;      /* the journal could not take it */
    gboolean tell;         /* the handler has to hear of it */
    guint failures;        /* attempts in a row that the network or an ailing desk ended */
    int64_t failing_since; /* boot ms of the first of them */
    int64_t not_before;    /* boot ms of the next attempt */
    int64_t turn;          /* the same while other chats' messages fail too: one after the other */
    char *message;         /* SENT: id of the message the desk made of it */
    gboolean in_desk;      /* SENT: its line has come, or will not come any more */
    guint polls;           /* SENT: good polls since then */
};

struct SmClient {
    SmLoop *loop;
    SmTransport *transport;
    SmJournal *journal; /* NULL: none */
    SmRng *rng;
    SmTrace *trace;
    SmClientHandler handler;
    SmDesk *desk;
    SmClockEstimate *clock;
    guint lines;

    guint depth;    /* brackets entered */
    gboolean dying; /* freed meanwhile */

    /* session.c */
    char *token;
    guint session; /* counts tokens: an answer to an old one means nothing */
    SmActorKind kind;
    char *id;

    /* call.c */
    GQueue calls;
    int64_t trips[8]; /* ms of the last unparked exchanges */
    guint n_trips;

    /* tell.c */
    SmLink link;
    guint64 teller;
    gboolean replaced; /* conversations are no more, or others: told before anything else runs, for handlers hold them */
    gboolean tell_link;
    gboolean tell_all;    /* changed, touched unknown */
    GPtrArray *touched;   /* char*, unique */
    GPtrArray *ephemeral; /* json_t */

    /* poll.c, snapshot.c */
    char *cursor; /* NULL: a snapshot is needed */
    char *expired; /* the cursor before: what was erased since is not known yet; NULL: it is */
    SmCall *poll;
    int64_t wait_s;       /* of the poll under way */
    int64_t hold_s;       /* of parked polls */
    int64_t early_age;    /* ms at which the last poll died early; -1 */
    gboolean caught_up;   /* the next poll may park */
    guint failures;       /* in a row */
    guint damaged;        /* whole answers in a row that could not be used */
    guint instant;        /* answers in a row that came at once and brought nothing */
    int64_t outage_since; /* boot ms; -1: none */
    int64_t poll_lost;    /* boot ms at which an own poll was lost or dropped; -1 */
    guint64 retry;        /* timer of the next try */
    GPtrArray *pages;     /* of a snapshot: json_t */
    char *pages_cursor;   /* where its first page stands */
    SmSuspendWatch *suspend;

    /* keep.c */
    GString *base;       /* a base in the making; NULL: none */
    GPtrArray *base_ids; /* char*: the conversations of it */
    guint base_next;
    json_t *rows; /* waiting rows as they came, by conversation */
    guint64 base_step;
    guint64 forget_step; /* then no answer with something erased is left */
    gsize base_bytes; /* of the last base */
    gboolean keeps;   /* answers are kept; FALSE: the base would be too large */

    /* remember.c */
    SmHistory *history;     /* NULL: none */
    GHashTable *remember;   /* ids of conversations that changed */
    GHashTable *remembered; /* id -> which records are handed in */
    guint64 remember_turn;
    int64_t remember_first, remember_last; /* boot ms: when what waits came */

    /* sending.c, outbox.c */
    GPtrArray *sends; /* SmSend, by order of Enter; owned */
    int64_t last_order;
    guint in_flight;
    guint64 pump_timer;
    GPtrArray *drafts; /* SmDraft */

    /* ask.c */
    GHashTable *typing; /* conversation -> boot ms of the last word about it */
};

void sm_client_enter(SmClient *client);
/* FALSE: the client is gone; touch nothing of it. */
gboolean sm_client_leave(SmClient *client);

/* --- call.c ----------------------------------------------------------------------------------- */

/* One exchange with the desk. Takes over the request, adds token and user agent. `done` is called
 * once unless the call is cancelled or the client freed. */
typedef struct {
    gboolean poll;  /* on the connection of its own */
    gboolean parks; /* may be held by the desk: says nothing about clock and round trip */
    gboolean bytes; /* a good answer is bytes, not JSON */
    gboolean login; /* 401 means these credentials, not the session */
    int64_t timeout_ms;
    SmCallSent sent;       /* may be NULL */
    GDestroyNotify forget; /* frees `user` of a call that is cancelled; may be NULL */
} SmCallOptions;
SmCall *sm_call_start(SmClient *client, SmRequest *request, const SmCallOptions *options,
                      SmCallDone done, void *user);
void sm_call_cancel(SmCall **call);
/* `done` hears of a failure that needed no network, from the loop. */
SmCall *sm_call_refuse(SmClient *client, const char *code, const char *words, GDestroyNotify forget,
                       SmCallDone done, void *user);

/* --- ask.c ------------------------------------------------------------------------------------ */

/* A question somebody asked: called once with its answer; or freed without one, and `user` with it. */
typedef struct {
    SmClientDone done; /* may be NULL */
    void *user;
    GDestroyNotify forget; /* of `user`, where it is never answered; may be NULL */
    char *about;           /* a conversation, or the agent who logs in; NULL */
} SmAsked;
SmAsked *sm_asked_new(const char *about, SmClientDone done, void *user, GDestroyNotify forget);
void sm_asked_free(void *asked);
/* Frees it and calls `done`. */
void sm_asked_answer(SmAsked *asked, gboolean ok, const char *code, const char *words, const json_t *body);

/* --- tell.c ----------------------------------------------------------------------------------- */

void sm_tell_link(SmClient *client, SmLinkState state, int64_t retry_at, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
void sm_tell_now(SmClient *client); /* all that was noted; only from the loop */
void sm_tell_touched(SmClient *client, const GPtrArray *touched); /* NULL: all */
void sm_tell_ephemeral(SmClient *client, const json_t *events);
void sm_tell_sending(SmSend *send);

/* --- poll.c ----------------------------------------------------------------------------------- */

gboolean
sm_poll_stopped(const SmClient *client); /* no token, or an end that only a person can lift */
void sm_poll_begin(SmClient *client);    /* a session begins */
/* A log-in got this instead: the link tells when to try again, if that is of use. */
void sm_poll_not_begun(SmClient *client, const SmReply *reply);
void sm_poll_go(SmClient *client);       /* ask for what comes next, unless that is under way */
void sm_poll_drop(SmClient *client);     /* stop asking, timers too */
void sm_poll_end(SmClient *client, SmLinkState state, const char *words); /* stop for good */
void sm_poll_failed(SmClient *client, const SmReply *reply);
/* A whole answer that can't be used; error says why. */
void sm_poll_unusable(SmClient *client, const GError *error);
void sm_poll_good(SmClient *client); /* a good answer: back-off begins anew */

/* --- erased.c --------------------------------------------------------------------------------- */

/* The cursor is of no use: a snapshot is needed, and before it, where there is a history, what was erased since then. */
void sm_cursor_expired(SmClient *client);
/* Asks for it; polling goes on from there. `expired` is set. */
void sm_erased_ask(SmClient *client);

/* --- snapshot.c, keep.c ----------------------------------------------------------------------- */

void sm_snapshot_begin(SmClient *client);
void sm_keep_restore(SmClient *client, const SmJournalState *state);
void sm_keep_answer(SmClient *client, const json_t *body, GBytes *bytes);
void sm_keep_pages(SmClient *client, const GPtrArray *pages);

/* --- remember.c ------------------------------------------------------------------------------- */

void sm_remember(SmClient *client, const GPtrArray *touched); /* ids; NULL: all */
void sm_remember_all(SmClient *client); /* at once: a conversation goes */
void sm_remember_anew(SmClient *client); /* all at once, for another desk comes, whose numbers may be others */
void sm_remember_erasures(SmClient *client, const json_t *body);
/* Calls `one` (may be NULL) with the id of each content that an answer says is erased; how many there are. */
guint sm_each_erased(const json_t *body, void (*one)(const char *content, void *user), void *user);

/* --- sending.c, outbox.c ---------------------------------------------------------------------- */

void sm_send_free(SmSend *send);
void sm_sending_restore(SmClient *client, const SmJournalState *state);
void sm_sending_pump(SmClient *client);   /* let go what may leave now */
void sm_sending_polled(SmClient *client); /* the desk changed: what stands in it has been sent */
void sm_sending_tidy(SmClient *client);   /* forget what is over and told */
void sm_send_set_state(SmSend *send, SmSendState state, const char *problem);
void sm_send_put(SmSend *send); /* first write */
gboolean sm_send_over(const SmSend *send);

#endif
