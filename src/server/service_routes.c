/* SPDX-License-Identifier: MIT */
/* service_routes: which address is what, and who may ask at all. */
#include "service_private.h"

#include <string.h>

typedef enum {
    FOR_ALL,       /* no token needed; the address's rate counts */
    FOR_OWN,       /* the handler asks for a token itself */
    FOR_SESSION,   /* any token */
    FOR_ANY_ACTOR, /* any token, or the administration socket */
    FOR_STAFF,     /* staff or administration */
    FOR_ADMIN,
} Audience;

typedef struct {
    const char *method;
    const char *path; /* "*" is any segment */
    Audience audience;
    Handler handler;
} Route;

static const Route routes[] = {
    {"GET", "/v1/events", FOR_SESSION, sm_handle_events},
    {"PUT", "/v1/conversations/*/messages/*", FOR_ANY_ACTOR, sm_handle_command},
    {"GET", "/v1/conversations/*/messages", FOR_SESSION, sm_handle_messages},
    {"GET", "/v1/conversations/*/routing", FOR_STAFF, sm_handle_routing},
    {"GET", "/v1/conversations/*/contact", FOR_STAFF, sm_handle_card},
    {"GET", "/v1/conversations/*/earlier/*", FOR_STAFF, sm_handle_earlier},
    {"POST", "/v1/orders", FOR_OWN, sm_handle_shop_order},
    {"POST", "/v1/conversations/*/typing", FOR_SESSION, sm_handle_typing},
    {"POST", "/v1/conversations/*/viewing", FOR_STAFF, sm_handle_viewing},
    {"POST", "/v1/conversations/*/files", FOR_SESSION, sm_handle_upload},
    {"GET", "/v1/conversations/*/files/*", FOR_SESSION, sm_handle_file},
    {"POST", "/v1/conversations/*/review_comment", FOR_ANY_ACTOR, sm_handle_review_comment},
    {"POST", "/v1/conversations/*/*", FOR_ANY_ACTOR, sm_handle_command},
    {"POST", "/v1/conversations", FOR_OWN, sm_handle_start},
    {"POST", "/v1/queue/claim", FOR_ANY_ACTOR, sm_handle_command},
    {"GET", "/v1/snapshot", FOR_SESSION, sm_handle_snapshot},
    {"GET", "/v1/erased", FOR_STAFF, sm_handle_erased},
    {"POST", "/v1/identify", FOR_OWN, sm_handle_identify},
    {"POST", "/v1/login", FOR_OWN, sm_handle_login},
    {"POST", "/v1/logout", FOR_SESSION, sm_handle_logout},
    {"GET", "/v1/sessions", FOR_STAFF, sm_handle_sessions},
    {"DELETE", "/v1/sessions/*", FOR_STAFF, sm_handle_revoke},
    {"GET", "/v1/agents", FOR_STAFF, sm_handle_agents},
    {"PUT", "/v1/agents/*", FOR_ANY_ACTOR, sm_handle_command},
    {"DELETE", "/v1/agents/*", FOR_ANY_ACTOR, sm_handle_command},
    {"POST", "/v1/agents/*/availability", FOR_ANY_ACTOR, sm_handle_command},
    {"POST", "/v1/agents/*/load", FOR_ANY_ACTOR, sm_handle_command},
    {"GET", "/v1/ratings", FOR_SESSION, sm_handle_ratings},
    {"GET", "/v1/ratings/*", FOR_ALL, sm_handle_rating_link},
    {"POST", "/v1/ratings/*", FOR_ALL, sm_handle_rate_by_link},
    {"GET", "/v1/conversations/*/rating", FOR_SESSION, sm_handle_rating},
    {"GET", "/v1/reviews", FOR_STAFF, sm_handle_reviews},
    {"GET", "/v1/reviews/*", FOR_STAFF, sm_handle_review_conversation},
    {"GET", "/v1/broadcasts", FOR_STAFF, sm_handle_broadcasts},
    {"POST", "/v1/broadcasts", FOR_ANY_ACTOR, sm_handle_command},
    {"POST", "/v1/broadcasts/preview", FOR_STAFF, sm_handle_broadcast_preview},
    {"POST", "/v1/broadcasts/*/stop", FOR_ANY_ACTOR, sm_handle_command},
    {"GET", "/v1/incidents", FOR_STAFF, sm_handle_incidents},
    {"POST", "/v1/incidents", FOR_ANY_ACTOR, sm_handle_command},
    {"POST", "/v1/incidents/*/clear", FOR_ANY_ACTOR, sm_handle_command},
    {"POST", "/v1/visits", FOR_ALL, sm_handle_visit},
    {"GET", "/v1/visitors", FOR_STAFF, sm_handle_visitors},
    {"GET", "/v1/visitors/*", FOR_STAFF, sm_handle_visitor},
    {"POST", "/v1/visitors/*/invite", FOR_ANY_ACTOR, sm_handle_command},
    {"POST", "/v1/agents/*/exam", FOR_ANY_ACTOR, sm_handle_command},
    {"POST", "/v1/agents/*/confirm", FOR_ANY_ACTOR, sm_handle_command},
    {"POST", "/v1/agents/*/password", FOR_ADMIN, sm_handle_password},
    {"GET", "/v1/policy", FOR_STAFF, sm_handle_policy},
    {"PUT", "/v1/policy", FOR_ANY_ACTOR, sm_handle_command},
    {"GET", "/v1/report", FOR_STAFF, sm_handle_report},
    {"GET", "/v1/export", FOR_ADMIN, sm_handle_export},
    {"GET", "/v1/erasure/*", FOR_ADMIN, sm_handle_erasure},
    {"POST", "/v1/erasure/*", FOR_ADMIN, sm_handle_erase_contact},
    {"POST", "/v1/admin/stop", FOR_ADMIN, sm_handle_stop},
    {"GET", "/v1/page", FOR_ALL, sm_handle_page},
    {"GET", "/chat", FOR_ALL, sm_handle_page_file},
    {"GET", "/chat/*", FOR_ALL, sm_handle_page_file},
    {"GET", "/embed.js", FOR_ALL, sm_handle_page_file},
    {"GET", "/healthz", FOR_ALL, sm_handle_health},
    {"GET", "/metrics", FOR_ALL, sm_handle_metrics},
};

static gboolean path_fits(const char *pattern, char *const *at)
{
    for (guint i = 0;; i++) {
        gsize n;
        if (*pattern == '\0')
            return at[i] == NULL;
        pattern++; /* the slash */
        n = strcspn(pattern, "/");
        if (at[i] == NULL)
            return FALSE;
        if (!(n == 1 && *pattern == '*' && at[i][0] != '\0') &&
            (strlen(at[i]) != n || strncmp(at[i], pattern, n) != 0))
            return FALSE;
        pattern += n;
    }
}

/* The verbs of a conversation are commands; what is none is an address that does not exist. */
static gboolean exists(const Route *route, char *const *at)
{
    SmCommandType type;

    return strcmp(route->path, "/v1/conversations/*/*") != 0 || sm_command_from_verb(at[3], &type);
}

static const Route *find(const char *method, char *const *at, GString *allowed)
{
    for (guint i = 0; i < G_N_ELEMENTS(routes); i++) {
        const Route *route = &routes[i];
        if (!path_fits(route->path, at) || !exists(route, at))
            continue;
        if (strcmp(route->method, method) == 0)
            return route;
        if (strstr(allowed->str, route->method) == NULL)
            g_string_append_printf(allowed, "%s%s", allowed->len > 0 ? ", " : "", route->method);
    }
    return NULL;
}

static gboolean admitted(SmPending *p, Audience audience)
{
    switch (audience) {
    case FOR_ALL:
        return sm_service_admit_address(p, FALSE);
    case FOR_OWN:
        return TRUE;
    case FOR_SESSION:
    case FOR_ANY_ACTOR:
    case FOR_STAFF:
    case FOR_ADMIN:
        break;
    }
    if (!sm_service_authenticate(p))
        return FALSE;
    if ((audience == FOR_SESSION && p->seat == NULL) ||
        (audience == FOR_STAFF && p->actor.kind == SM_ACTOR_CUSTOMER) ||
        (audience == FOR_ADMIN && p->actor.kind != SM_ACTOR_ADMIN)) {
        sm_pending_problem(p, SM_PROBLEM_FORBIDDEN, NULL, NULL);
        return FALSE;
    }
    return TRUE;
}

static void not_found(SmPending *p, const GString *allowed)
{
    if (allowed->len == 0) {
        sm_pending_problem(p, SM_PROBLEM_NOT_FOUND, NULL, "There is no such address.");
        return;
    }
    sm_pending_problem(p, SM_PROBLEM_METHOD, NULL, NULL);
    p->answer->allow = g_intern_string(allowed->str); /* one of a few */
}

void sm_service_route(SmPending *p)
{
    const SmRequest *request = p->request;

    if (p->s->stopping) {
        sm_pending_problem(p, SM_PROBLEM_STOPPING, NULL, NULL);
        return;
    }
    if (strlen(request->target) > SM_MAX_URL_BYTES) {
        sm_pending_problem(p, SM_PROBLEM_TOO_LARGE, "URL_BYTES", NULL);
        return;
    }
    p->at = sm_url_segments(request->target);
    if (p->at == NULL || !sm_url_query_sound(request->target)) {
        sm_pending_problem(p, SM_PROBLEM_INVALID, "target", "The address is malformed.");
        return;
    }
    g_autoptr(GString) allowed = g_string_new(NULL);
    const Route *route = find(request->method, p->at, allowed);
    if (route == NULL)
        not_found(p, allowed);
    else if (admitted(p, route->audience))
        route->handler(p);
}

/* --- What handlers read --------------------------------------------------------------------------
 */

json_t *sm_pending_body(SmPending *p, const char *shape)
{
    gsize n = 0;
    GBytes *said = p->request != NULL ? p->request->body : p->own_body;
    const char *bytes = said != NULL ? g_bytes_get_data(said, &n) : NULL;
    g_autoptr(GError) error = NULL;

    if (n > SM_MAX_BODY_BYTES) {
        sm_pending_problem(p, SM_PROBLEM_TOO_LARGE, "BODY_BYTES", NULL);
        return NULL;
    }
    g_autoptr(json_t) body =
        n > 0 ? sm_json_parse(bytes, n, SM_MAX_BODY_BYTES, &error) : json_object();
    if (body == NULL && g_error_matches(error, SM_ERROR, SM_ERROR_LIMIT))
        sm_pending_problem(p, SM_PROBLEM_TOO_LARGE, "JSON_DEPTH", NULL);
    else if (body == NULL || !json_is_object(body))
        sm_pending_problem(p, SM_PROBLEM_BAD_JSON, NULL, "The body must be a JSON object.");
    else if (!sm_json_check(body, shape, &error))
        sm_pending_problem(p, SM_PROBLEM_INVALID, NULL,
                           "A member of the body is missing, unknown or of another type.");
    else
        return g_steal_pointer(&body);
    return NULL;
}

gboolean sm_pending_number(SmPending *p, const char *name, int64_t low, int64_t high,
                           int64_t otherwise, int64_t *out)
{
    g_autofree char *text = sm_url_query(p->target, name);
    char *end = NULL;

    *out = otherwise;
    if (text == NULL)
        return TRUE;
    *out = g_ascii_strtoll(text, &end, 10);
    if (g_ascii_isdigit(text[0]) && *end == '\0' && strlen(text) <= 15 && *out >= low &&
        *out <= high)
        return TRUE;
    g_autofree char *detail = g_strdup_printf("'%s' must be a whole number from %" G_GINT64_FORMAT
                                              " to %" G_GINT64_FORMAT ".",
                                              name, low, high);
    sm_pending_problem(p, SM_PROBLEM_INVALID, name, detail);
    return FALSE;
}
