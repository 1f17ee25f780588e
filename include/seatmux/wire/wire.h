/* SPDX-License-Identifier: MIT */
/* wire: everything that crosses the network, both ways, in one place: cursors, requests, answers,
 * problems. docs/openapi.yaml describes the same; a test holds recorded answers against it. */
#ifndef SEATMUX_WIRE_WIRE_H
#define SEATMUX_WIRE_WIRE_H

#include <glib.h>
#include <stdint.h>

#include "seatmux/base/json.h"
#include "seatmux/desk/desk.h"

/* --- Cursor: desk id + sequence + 32 bits of that record, opaque to clients ---------------------- */

char *sm_cursor_format(const char *desk_id, int64_t seq, uint32_t check); /* caller frees */
/* FALSE if it is not a cursor at all. desk_id: caller frees. */
gboolean sm_cursor_parse(const char *cursor, char **desk_id, int64_t *seq, uint32_t *check);

/* --- Requests and answers as plain values: what a transport carries ------------------------------ */

typedef struct {
    char *method;          /* "GET" */
    char *target;          /* "/v1/events?after=..": path and query, percent-encoded */
    char *token;           /* bearer token, NULL: none. Never logged */
    char *idempotency_key; /* NULL: none */
    char *user_agent;      /* NULL */
    char *origin;          /* server side: the site whose page asks; NULL: none said */
    gboolean own_page;     /* server side: it is a page of the desk's own, by the name that the desk was asked under */
    GBytes *body;          /* JSON; NULL: none */
    const char *address;   /* server side: the peer ("127.0.0.1", "unix"); NULL on the client. Borrowed */
    gboolean admin;        /* server side: came through the administration socket */
    const char *type;      /* Content-Type of the body; NULL: application/json. Borrowed */
    int64_t length;        /* server side: bytes of an upload that were announced */
    struct SmSpool *spool; /* server side: an upload's bytes, on disk instead of in `body`; NULL. Borrowed */
    gsize answer_most;     /* client side: bytes of the answer; 0: SM_MAX_ANSWER_BYTES */
    /* client side: bytes sent and received so far; called often, never after the exchange has ended. NULL: nobody asks */
    void (*progress)(int64_t sent, int64_t received, void *user);
    void *progress_user;
} SmRequest;

SmRequest *sm_request_new(const char *method, const char *target);
void sm_request_free(SmRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmRequest, sm_request_free)
/* Set the body from JSON (reference taken over). */
void sm_request_set_json(SmRequest *request, json_t *body);

typedef struct {
    int status;
    const char *type;   /* "application/json", "application/problem+json", "text/plain; ..." static */
    GBytes *body;
    char *cursor;       /* header Seatmux-Cursor; NULL */
    int retry_after_s;  /* header Retry-After; 0: none */
    const char *allow;  /* header Allow on 405; static; NULL */
    char *security;     /* header Content-Security-Policy; NULL */
    char *disposition;  /* header Content-Disposition; NULL */
    char *origin;       /* header Access-Control-Allow-Origin; NULL */
    int keep_s;         /* a browser may keep it so long; 0: not at all */
} SmAnswer;

SmAnswer *sm_answer_new(int status, json_t *body /* taken over; NULL: empty */);
/* `data` stays the caller's: its members are copied in. */
SmAnswer *sm_answer_problem(SmProblem problem, const char *field, const char *detail, json_t *data);
/* The same as a value: {"type","title","status","code","detail","field" or "limit", members of data}.
 * New reference. */
json_t *sm_problem_json(SmProblem problem, const char *field, const char *detail,
                        const json_t *data);
SmAnswer *sm_answer_refusal(const SmRefusal *refusal);
SmAnswer *sm_answer_text(int status, const char *type, char *text /* taken over */);
void sm_answer_free(SmAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmAnswer, sm_answer_free)

/* Percent-encoding of one path segment or query value; and a query's value decoded. Caller frees. */
char *sm_url_escape(const char *text);
char *sm_url_query(const char *target, const char *name); /* NULL: not there, or not decodable */
/* FALSE: a part of the query can't be decoded, or a name is there twice. */
gboolean sm_url_query_sound(const char *target);
/* Path segments of a target, decoded: {"v1","conversations","c1",...}; NULL if malformed. g_strfreev. */
char **sm_url_segments(const char *target);

/* --- Commands ------------------------------------------------------------------------------------ */

/* A request that is a command, read into an SmCommand whose strings live in `hold`. Checks names,
 * types, lengths and ids. Knows: POST /v1/conversations (start), PUT /v1/conversations/{id}/messages/{cmd},
 * POST /v1/conversations/{id}/{verb}, POST /v1/queue/claim (claim_next), POST /v1/agents/{id|me}/availability,
 * PUT and DELETE /v1/agents/{id} (agent_set, agent_remove), PUT /v1/policy (policy_set).
 * The actor is set by the caller (service), the fingerprint here: of the body as `mask` leaves it, so that what is masked in a record
 * can't be tried out at it; NULL: as it is. Gives NULL: OK, else the refusal. */
typedef struct {
    SmCommand command;
    GPtrArray *hold; /* owns the strings */
    json_t *json;    /* owns the data */
} SmWireCommand;
SmRefusal *sm_wire_read_command(const SmRequest *request, char *(*mask)(const char *text), SmWireCommand *out);
void sm_wire_command_clear(SmWireCommand *command);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SmWireCommand, sm_wire_command_clear)
/* The other direction: the request that asks for this command (token left to the caller). */
SmRequest *sm_wire_write_command(const SmCommand *command);
/* What an accepted command is answered with; a function of the record alone, so that a repeated id
 * gets the same bytes: {"seq","at","conversation","message","n",...}. New reference. */
json_t *sm_wire_accepted(const SmRecord *record);

/* --- Poll answers and snapshots ------------------------------------------------------------------ */

/* One page for a viewer from durable records (all with seq > after, in order; `records` may be fewer
 * than there are). Applies the visibility rules: a conversation that becomes visible comes as state with
 * as_of = the desk's seq and none of its events; one that stops being visible comes as `forget`; waiting
 * rows come as `queue` (as of now) and `left`. Stops at SM_MAX_POLL_BYTES with more = TRUE. `to_seq` gets
 * the seq the page's cursor stands at. Returns the body without cursor and now: an object with "events",
 * "conversations", "forget", "queue", "left" (each only if not empty). New reference. */
json_t *sm_wire_page(SmDesk *desk, SmActor viewer, int64_t after, GPtrArray *records, gboolean *more,
                     int64_t *to_seq);
/* TRUE if any event of these records concerns the viewer (a park must wake). Cheap. */
gboolean sm_wire_concerns(SmDesk *desk, SmActor viewer, const SmRecord *record);
/* Snapshot page: conversations from `index` on, at most SM_MAX_SNAPSHOT_BYTES; *next = -1 at the end.
 * The first page carries "shared" and "queue" (applying it clears the client's desk first). `index` and
 * *next are the first_seq to go on from. Customers' `shared` is empty. New reference. */
json_t *sm_wire_snapshot(SmDesk *desk, SmActor viewer, guint index, gint64 *next);

/* Lines of a conversation's history as the viewer sees them, from durable records that hold its events:
 * JSON lines as in a conversation's state, oldest first. New reference. */
json_t *sm_wire_lines(SmDesk *desk, SmActor viewer, const SmConversation *c, GPtrArray *records);

/* Client: apply the body of a poll answer or snapshot page to the client's desk. All or nothing: the
 * document is checked before anything is applied. SM_ERROR_INVALID (damaged), SM_ERROR_VERSION.
 * `touched` (may be NULL) gets the ids of changed conversations (char*, owned by the array). */
gboolean sm_wire_apply(SmDesk *desk, const json_t *body, GPtrArray *touched, GError **error);

#endif
