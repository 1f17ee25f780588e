/* SPDX-License-Identifier: MIT */
#include "cli/admin.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"

#define ADMIN_MS 120000

struct SmAdmin {
    SmLoop *loop;
    SmLocalDesk *desk; /* NULL: a server runs */
    SmTransport *transport;
};

static gboolean answers(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path)
        return FALSE;
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    gboolean alive = fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
    if (fd >= 0)
        close(fd);
    return alive;
}

SmAdmin *sm_admin_open(const char *directory, GError **error)
{
    g_autofree char *socket_path = g_build_filename(directory, SM_ADMIN_SOCKET, NULL);
    g_autoptr(SmAdmin) admin = g_new0(SmAdmin, 1);
    admin->loop = sm_loop_new_glib();
    if (answers(socket_path)) {
        g_autofree char *server = g_strconcat("unix:", socket_path, NULL);
        admin->transport = sm_transport_new_curl(admin->loop, &(SmCurlOptions){.server = server, .proxy = ""}, error);
    } else {
        admin->desk = sm_local_desk_open(admin->loop, directory, FALSE, NULL, error);
        if (!admin->desk)
            return NULL;
        admin->desk->admin = TRUE;
        SmDeskOps ops = sm_local_desk_ops(admin->desk);
        admin->transport = sm_transport_new_inprocess(admin->loop, &ops, 0);
    }
    return admin->transport ? g_steal_pointer(&admin) : NULL;
}

void sm_admin_free(SmAdmin *admin)
{
    if (!admin)
        return;
    sm_transport_free(admin->transport);
    sm_local_desk_free(admin->desk);
    sm_loop_free(admin->loop);
    g_free(admin);
}

typedef struct {
    SmLoop *loop;
    GBytes *body;
    char *cursor;
    int status;
    char *error;
} Outcome;

static void done(SmExchangeEnd end, const SmAnswer *answer, const char *error, void *user)
{
    Outcome *outcome = user;
    if (end == SM_EXCHANGE_ANSWERED) {
        outcome->status = answer->status;
        outcome->body = answer->body ? g_bytes_ref(answer->body) : NULL;
        outcome->cursor = g_strdup(answer->cursor);
    } else {
        outcome->error = g_strdup(error);
    }
    sm_loop_quit(outcome->loop);
}

static json_t *parse(GBytes *body)
{
    gsize n = 0;
    const char *bytes = body ? g_bytes_get_data(body, &n) : NULL;
    return n ? sm_json_parse(bytes, n, SM_MAX_ANSWER_BYTES, NULL) : NULL;
}

/* Whatever changes the desk has an id; here nobody sends the same twice. */
static void name_request(SmRequest *request)
{
    if (request->idempotency_key || g_str_equal(request->method, "GET"))
        return;
    g_autoptr(SmRng) rng = sm_rng_new_secure();
    request->idempotency_key = sm_id_new(rng, "a");
}

GBytes *sm_admin_fetch(SmAdmin *admin, SmRequest *request, char **cursor, GError **error)
{
    Outcome outcome = {.loop = admin->loop};
    name_request(request);
    sm_transport_start(admin->transport, request, FALSE, ADMIN_MS, NULL, done, &outcome);
    sm_loop_run(admin->loop);
    g_autofree char *went_to = outcome.cursor;
    if (outcome.error) {
        g_set_error(error, SM_ERROR, SM_ERROR_IO, "the desk can't be reached: %s", outcome.error);
        g_free(outcome.error);
        return NULL;
    }
    if (outcome.status >= 200 && outcome.status < 300) {
        if (cursor)
            *cursor = g_steal_pointer(&went_to);
        return outcome.body ? outcome.body : g_bytes_new_static("", 0);
    }
    g_autoptr(json_t) problem = parse(outcome.body);
    g_set_error(error, SM_ERROR, SM_ERROR_DENIED, "the desk refused (%s): %s", sm_json_str(problem, "code", "?"),
                sm_json_str(problem, "detail", sm_json_str(problem, "title", "no reason given")));
    g_clear_pointer(&outcome.body, g_bytes_unref);
    return NULL;
}

gboolean sm_admin_ask(SmAdmin *admin, SmRequest *request, json_t **answer, GError **error)
{
    g_autoptr(GBytes) body = sm_admin_fetch(admin, request, NULL, error);
    if (!body)
        return FALSE;
    g_autoptr(json_t) json = parse(body);
    if (answer)
        *answer = g_steal_pointer(&json);
    return TRUE;
}
