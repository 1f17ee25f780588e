/* SPDX-License-Identifier: MIT */
/* service_auth: who asks: tokens, logins, sessions, and the rates of those who show no token. */
#include "service_private.h"

#include <arpa/inet.h>
#include <string.h>

#include "seatmux/base/bug.h"
#include "seatmux/base/error.h"

#define TOKEN_BYTES 256
#define PROGRAM_CHARS 120

/* --- Rates of an address -------------------------------------------------------------------------
 */

static gboolean is_loopback(const char *address)
{
    return address == NULL || strcmp(address, "unix") == 0 || strcmp(address, "::1") == 0 ||
           strncmp(address, "127.", 4) == 0;
}

/* One customer of IPv6 has a /64, so that is what counts. */
static char *address_key(const char *address)
{
    struct in6_addr six;

    if (address == NULL)
        return g_strdup("");
    if (strchr(address, ':') == NULL || inet_pton(AF_INET6, address, &six) != 1)
        return g_strdup(address);
    memset(six.s6_addr + 8, 0, SM_BUG(24) ? 0 : 8);
    char text[INET6_ADDRSTRLEN];
    return g_strdup(inet_ntop(AF_INET6, &six, text, sizeof text));
}

static Address *count_address(SmService *s, const char *name)
{
    int64_t minute = sm_loop_now(s->loop) / 60000;
    g_autofree char *key = address_key(name);
    Address *address = g_hash_table_lookup(s->addresses, key);

    if (address == NULL) {
        if (g_hash_table_size(s->addresses) >= SM_ADDRESSES) {
            if (minute == s->addresses_minute)
                return NULL;
            g_hash_table_remove_all(s->addresses);
        }
        s->addresses_minute = minute;
        address = g_new0(Address, 1);
        g_hash_table_insert(s->addresses, g_steal_pointer(&key), address);
    }
    if (address->minute != minute)
        *address = (Address){.minute = minute};
    return address;
}

gboolean sm_service_admit_address(SmPending *p, gboolean login)
{
    SmService *s = p->s;
    guint factor = is_loopback(p->request->address) ? SM_LOOPBACK_FACTOR : 1;
    Address *address = count_address(s, p->request->address);
    gboolean over = address == NULL;

    if (!over && login)
        over = ++address->logins > (guint)MAX(s->limits.logins_per_minute, 0) * factor;
    else if (!over)
        over = ++address->requests > (guint)MAX(s->limits.anonymous_per_minute, 0) * factor;
    if (!over)
        return TRUE;
    sm_pending_problem(p, SM_PROBLEM_TOO_MANY, login ? "LOGINS_PER_MINUTE" : "ANONYMOUS_PER_MINUTE",
                       "Too many requests from this address.");
    p->answer->retry_after_s = (int)(60 - sm_loop_now(s->loop) / 1000 % 60);
    return FALSE;
}

gboolean sm_service_admit_visit(SmPending *p)
{
    Address *address = count_address(p->s, p->request->address);

    return address != NULL && ++address->visits <= SM_MAX_VISIT_STARTS * (is_loopback(p->request->address) ? SM_LOOPBACK_FACTOR : 1);
}

/* --- Tokens --------------------------------------------------------------------------------------
 */

static void no_session(SmPending *p, const char *token)
{
    /* Guessing tokens is counted as any other request without one. */
    if (!sm_service_admit_address(p, FALSE))
        return;
    if (token != NULL && sm_secrets_token_formed(token))
        sm_pending_problem(p, SM_PROBLEM_TOKEN_EXPIRED, NULL, NULL);
    else
        sm_pending_problem(p, SM_PROBLEM_UNAUTHENTICATED, NULL, NULL);
}

static gboolean take_seat(SmPending *p, const SmSession *session)
{
    SmService *s = p->s;
    Seat *seat = sm_seat_get(s, session);

    p->seat = seat;
    seat->pendings++;
    p->known = TRUE;
    p->actor = (SmActor){seat->viewer->kind, seat->who};
    sm_viewer_sign(s, seat->viewer);
    if (seat->under_way >= (guint)MAX(s->limits.requests_per_session, 0)) {
        sm_pending_problem(p, SM_PROBLEM_TOO_MANY, "REQUESTS_PER_SESSION",
                           "Too many requests of this session are under way.");
        return FALSE;
    }
    seat->under_way++;
    p->counted = TRUE;
    return TRUE;
}

gboolean sm_service_authenticate(SmPending *p)
{
    SmService *s = p->s;
    const char *token = p->request->token;

    if (token == NULL && p->request->admin) {
        p->known = TRUE;
        p->actor = (SmActor){SM_ACTOR_ADMIN, NULL};
        return TRUE;
    }
    if (token == NULL || strlen(token) > TOKEN_BYTES) {
        no_session(p, NULL);
        return FALSE;
    }
    const SmSession *session = sm_secrets_session(s->secrets, token, sm_service_now(s));
    if (session == NULL) {
        no_session(p, token);
        return FALSE;
    }
    /* While the fold is made anew it can't say who is an agent; the token was revoked if one was
     * removed. */
    if (session->agent != NULL && !s->refolding && sm_desk_agent(s->desk, session->agent) == NULL) {
        no_session(p, token);
        return FALSE;
    }
    return take_seat(p, session);
}

/* --- Ends of sessions ----------------------------------------------------------------------------
 */

void sm_service_end_seat(SmService *s, Seat *seat, SmProblem problem)
{
    SmPending *park = seat->park;

    if (park != NULL) {
        sm_poll_unpark(park);
        sm_pending_problem(park, problem, NULL, NULL);
    }
    sm_seat_free(s, seat);
}

static void end_sessions_of(SmService *s, const char *agent)
{
    Viewer *viewer = sm_viewer_get(s, SM_ACTOR_STAFF, agent, FALSE);

    if (!SM_BUG(25))
        sm_secrets_revoke_agent(s->secrets, agent);
    while (viewer != NULL && viewer->seats.head != NULL)
        sm_service_end_seat(s, viewer->seats.head->data, SM_PROBLEM_TOKEN_EXPIRED);
}

void sm_service_end_agent(SmService *s, const char *agent)
{
    end_sessions_of(s, agent);
    sm_secrets_set_password(s->secrets, agent, NULL, NULL, NULL);
    Viewer *viewer = sm_viewer_get(s, SM_ACTOR_STAFF, agent, FALSE);
    if (viewer != NULL)
        sm_viewer_free(s, viewer);
}

static void end_session(SmService *s, const char *id)
{
    Seat *seat = g_hash_table_lookup(s->seats, id);

    sm_secrets_revoke(s->secrets, id);
    if (seat == NULL)
        return;
    Viewer *viewer = seat->viewer;
    sm_service_end_seat(s, seat, SM_PROBLEM_TOKEN_EXPIRED);
    sm_presence_left(s, viewer);
}

void sm_handle_logout(SmPending *p)
{
    g_autofree char *id = g_strdup(p->seat->id);

    end_session(p->s, id);
    sm_pending_reply_settled(p, 200, json_object(), NULL);
}

static json_t *session_json(const SmPending *p, const SmSession *session)
{
    json_t *item = json_object();

    json_object_set_new(item, "id", json_string(session->id));
    json_object_set_new(item, "agent", json_string(session->agent));
    json_object_set_new(item, "program", json_string(session->program));
    json_object_set_new(item, "made", json_integer(session->made));
    json_object_set_new(item, "used", json_integer(session->used));
    json_object_set_new(item, "current",
                        json_boolean(p->seat != NULL && strcmp(p->seat->id, session->id) == 0));
    return item;
}

/* Staff: their own; administration: everybody's. */
static GPtrArray *own_sessions(const SmPending *p)
{
    return sm_secrets_sessions(p->s->secrets, p->actor.kind == SM_ACTOR_STAFF ? p->actor.id : NULL);
}

void sm_handle_sessions(SmPending *p)
{
    g_autoptr(GPtrArray) sessions = own_sessions(p);
    json_t *list = json_array();
    json_t *body = json_object();

    for (guint i = 0; i < sessions->len; i++)
        json_array_append_new(list, session_json(p, g_ptr_array_index(sessions, i)));
    json_object_set_new(body, "sessions", list);
    sm_pending_reply(p, 200, body);
}

void sm_handle_revoke(SmPending *p)
{
    g_autoptr(GPtrArray) sessions = own_sessions(p);

    for (guint i = 0; i < sessions->len; i++) {
        const SmSession *session = g_ptr_array_index(sessions, i);
        if (strcmp(session->id, p->at[2]) != 0)
            continue;
        end_session(p->s, session->id);
        sm_pending_reply_settled(p, 200, json_object(), NULL);
        return;
    }
    sm_pending_problem(p, SM_PROBLEM_NOT_FOUND, NULL, "There is no such session.");
}

/* --- Passwords: answered by a worker -------------------------------------------------------------
 */

typedef struct {
    SmService *s;       /* NULL once the service is gone */
    SmPending *pending; /* NULL once the asker is gone */
    char *agent;
    char *program; /* NULL: a password was set */
    SmAnswer *answer; /* to be given once the sessions are on disk */
} Waiting;

static Waiting *wait_for_worker(SmPending *p, const char *agent, const char *program)
{
    Waiting *waiting = g_new0(Waiting, 1);

    waiting->s = p->s;
    waiting->pending = p;
    waiting->agent = g_strdup(agent);
    waiting->program = g_strdup(program);
    p->where = AT_WORKER;
    p->waiting = waiting;
    g_ptr_array_add(p->s->workers, waiting);
    return waiting;
}

static void waiting_free(Waiting *waiting)
{
    g_free(waiting->agent);
    g_free(waiting->program);
    sm_answer_free(waiting->answer);
    g_free(waiting);
}

void sm_auth_cancel(SmPending *p)
{
    ((Waiting *)p->waiting)->pending = NULL; /* the worker's answer frees it */
    p->waiting = NULL;
}

void sm_auth_drop(SmPending *p)
{
    g_clear_pointer((Waiting **)&p->waiting, waiting_free);
}

void sm_auth_close(SmService *s)
{
    for (guint i = 0; i < s->workers->len; i++) {
        Waiting *waiting = g_ptr_array_index(s->workers, i);
        waiting->s = NULL;
        if (waiting->pending == NULL)
            continue;
        waiting->pending->waiting = NULL;
        sm_pending_problem(waiting->pending, SM_PROBLEM_STOPPING, NULL, NULL);
        waiting->pending = NULL;
    }
}

/* The worker is done: what waited for it, at hand again and the service entered; NULL if it or the service is gone. */
static SmPending *back_at_hand(Waiting *waiting)
{
    SmService *s = waiting->s;
    SmPending *p = waiting->pending;

    if (s != NULL)
        g_ptr_array_remove(s->workers, waiting);
    if (s == NULL || p == NULL) {
        waiting_free(waiting);
        return NULL;
    }
    sm_service_enter(s);
    p->where = AT_HAND;
    return p;
}

static void settled(gboolean ok, const GError *error, void *user)
{
    Waiting *waiting = user;
    SmService *s = waiting->s;
    SmPending *p = back_at_hand(waiting);

    if (p == NULL)
        return;
    if (ok)
        sm_pending_answer(p, g_steal_pointer(&waiting->answer));
    else
        sm_pending_problem(p, sm_service_write_problem(error), NULL, NULL);
    sm_service_leave(s);
}

void sm_auth_settle(SmPending *p, SmAnswer *answer)
{
    if (p->waiting != NULL)
        sm_auth_drop(p);
    Waiting *waiting = wait_for_worker(p, NULL, NULL);
    waiting->answer = answer;
    sm_secrets_settle(p->s->secrets, settled, waiting);
}

static json_t *teams_json(const SmAgent *agent)
{
    json_t *teams = json_array();

    for (guint i = 0; i < agent->teams->len; i++)
        json_array_append_new(teams, json_string(g_ptr_array_index(agent->teams, i)));
    return teams;
}

static void logged_in(SmPending *p)
{
    SmService *s = p->s;
    Waiting *waiting = p->waiting;
    const SmAgent *agent = sm_desk_agent(s->desk, waiting->agent);
    g_autoptr(GError) error = NULL;
    char *token = NULL;

    if (agent == NULL) {
        sm_pending_problem(p, SM_PROBLEM_BAD_LOGIN, NULL, NULL);
    } else if ((token = sm_secrets_open_session(s->secrets, agent->id, NULL, waiting->program,
                                                sm_service_now(s), &error)) == NULL) {
        sm_trace(s->trace, SM_TRACE_ERROR, "service", "a session: %s", error->message);
        sm_pending_problem(p, SM_PROBLEM_NOT_DURABLE, NULL, NULL);
    } else {
        const SmSession *session = sm_secrets_session(s->secrets, token, sm_service_now(s));
        json_t *body = json_object();
        json_object_set_new(body, "token", json_string(token));
        json_object_set_new(body, "agent", json_string(agent->id));
        json_object_set_new(body, "name",
                            json_string(sm_agent_shown(agent)));
        json_object_set_new(body, "role", json_string(sm_role_name(agent->role)));
        json_object_set_new(body, "teams", teams_json(agent));
        json_object_set_new(body, "program", json_string("seatmuxd " SM_VERSION));
        json_object_set_new(body, "session", json_string(session != NULL ? session->id : ""));
        sm_viewer_sign(s, sm_viewer_get(s, SM_ACTOR_STAFF, agent->id, TRUE));
        sm_pending_reply_settled(p, 200, body, s->cursor);
    }
    sm_secrets_wipe(token);
}

/* Whoever had the old password, or a token that it got, is out. */
static void password_set(SmPending *p, const char *agent)
{
    end_sessions_of(p->s, agent);
    sm_pending_reply_settled(p, 200, json_object(), NULL);
}

static void worker_answered(gboolean ok, const GError *error, void *user)
{
    Waiting *waiting = user;
    SmService *s = waiting->s;
    SmPending *p = back_at_hand(waiting);

    if (p == NULL)
        return;
    if (ok && waiting->program != NULL) {
        sm_pending_when_quiet(p, logged_in);
        sm_service_leave(s);
        return;
    }
    if (ok)
        password_set(p, p->at[2]);
    else if (g_error_matches(error, SM_ERROR, SM_ERROR_BUSY))
        sm_pending_problem(p, SM_PROBLEM_TOO_MANY, "LOGIN_QUEUE", "Too many logins are waiting.");
    else if (error != NULL)
        sm_pending_problem(p, sm_service_write_problem(error), NULL, NULL);
    else
        sm_pending_problem(p, SM_PROBLEM_BAD_LOGIN, NULL, NULL);
    sm_service_leave(s);
}

static gboolean password_fits(SmPending *p, const char *password)
{
    if (password[0] == '\0') {
        sm_pending_problem(p, SM_PROBLEM_INVALID, "password", "A password can't be empty.");
        return FALSE;
    }
    if (strlen(password) <= SM_MAX_PASSWORD_BYTES)
        return TRUE;
    sm_pending_problem(p, SM_PROBLEM_TOO_LARGE, "PASSWORD_BYTES", NULL);
    return FALSE;
}

void sm_handle_login(SmPending *p)
{
    g_autoptr(json_t) body = NULL;

    if (!sm_service_admit_address(p, TRUE))
        return;
    body = sm_pending_body(p, "name:s password:s program:s?");
    if (body == NULL)
        return;
    const char *name = sm_json_str(body, "name", "");
    const char *password = sm_json_str(body, "password", "");
    g_autofree char *program =
        g_utf8_substring(sm_json_str(body, "program", ""), 0,
                         MIN(PROGRAM_CHARS, g_utf8_strlen(sm_json_str(body, "program", ""), -1)));
    if (strlen(name) > SM_MAX_ID_BYTES) {
        sm_pending_problem(p, SM_PROBLEM_TOO_LARGE, "ID_BYTES", NULL);
        return;
    }
    if (password_fits(p, password))
        sm_secrets_check_password(p->s->secrets, name, password, worker_answered,
                                  wait_for_worker(p, name, program));
}

void sm_handle_password(SmPending *p)
{
    g_autoptr(json_t) body = sm_pending_body(p, "password:s");

    if (body == NULL)
        return;
    const char *password = sm_json_str(body, "password", "");
    if (p->s->refolding)
        sm_pending_problem(p, SM_PROBLEM_NOT_DURABLE, NULL, NULL);
    else if (sm_desk_agent(p->s->desk, p->at[2]) == NULL)
        sm_pending_problem(p, SM_PROBLEM_NOT_FOUND, NULL, "There is no such agent.");
    else if (password_fits(p, password))
        sm_secrets_set_password(p->s->secrets, p->at[2], password, worker_answered,
                                wait_for_worker(p, p->at[2], NULL));
}
