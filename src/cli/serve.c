/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <glib-unix.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cli/admin.h"
#include "cli/findings.h"
#include "seatmux/base/error.h"
#include "seatmux/base/paths.h"
#include "seatmux/server/http.h"

typedef struct {
    SmLoop *loop;
    SmTrace *trace;
    SmLocalDesk *desk;
    GPtrArray *listeners; /* SmHttp */
    char *yaml;
    gboolean stopping;
} Server;

static void stopped(void *user)
{
    Server *server = user;
    sm_loop_quit(server->loop);
}

/* What systemd waits for with Type=notify: a word to the socket that it named. Nobody who named one: nothing is said. */
static void tell_manager(SmTrace *trace, const char *state)
{
    const char *path = g_getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    gsize n = path ? strlen(path) : 0;

    if (n == 0 || n >= sizeof address.sun_path || (path[0] != '/' && path[0] != '@'))
        return;
    memcpy(address.sun_path, path, n);
    if (path[0] == '@') /* a name without a file */
        address.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)) < 0)
        sm_trace(trace, SM_TRACE_WARN, "server", "NOTIFY_SOCKET: %s", g_strerror(errno));
    if (fd >= 0)
        close(fd);
}

static void stop(void *user)
{
    Server *server = user;
    if (server->stopping) {
        sm_loop_quit(server->loop); /* asked twice: at once */
        return;
    }
    server->stopping = TRUE;
    tell_manager(server->trace, "STOPPING=1");
    sm_trace(server->trace, SM_TRACE_INFO, "server", "stopping");
    sm_service_stop(server->desk->service, stopped, server);
}

static gboolean stop_signal(void *user)
{
    stop(user);
    return G_SOURCE_CONTINUE;
}

static void policy_set(SmAnswer *answer, void *user)
{
    Server *server = user;
    if (answer->status < 300)
        sm_trace(server->trace, SM_TRACE_INFO, "server", "desk.yaml is in force");
    else
        sm_trace(server->trace, SM_TRACE_ERROR, "server", "desk.yaml was refused (%d); the policy stays", answer->status);
    sm_answer_free(answer);
}

/* desk.yaml as it is now, if it differs from the policy in force. FALSE when it has errors. */
static gboolean take_policy(Server *server)
{
    if (!g_file_test(server->yaml, G_FILE_TEST_EXISTS))
        return TRUE;
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmPolicy) policy = sm_policy_load(server->yaml, findings);
    sm_cli_print_findings(stderr, findings);
    if (!policy)
        return FALSE;
    SmPolicy *now = sm_desk_policy(sm_service_desk(server->desk->service));
    if (g_strcmp0(policy->hash, now->hash) == 0)
        return TRUE;
    g_autofree char *id = sm_id_new(server->desk->rng, "p");
    g_autoptr(json_t) data = sm_policy_encode(policy);
    SmCommand command = {.type = SM_COMMAND_POLICY_SET, .id = id, .actor = {SM_ACTOR_ADMIN, NULL},
                         .fingerprint = policy->hash, .data = data, .seen = -1};
    sm_service_command(server->desk->service, &command, policy_set, server);
    return TRUE;
}

static gboolean reload(void *user)
{
    Server *server = user;
    if (!take_policy(server))
        sm_trace(server->trace, SM_TRACE_ERROR, "server", "desk.yaml has errors; the policy in force stays");
    return G_SOURCE_CONTINUE;
}

static gboolean set_limits(SmService *service, char **limits)
{
    SmServiceLimits set = {.requests_per_session = 8, .parks_per_session = 1, .anonymous_per_minute = 6000,
                           .logins_per_minute = 60, .jitter_ms = 2000, .save_records = SM_SAVE_RECORDS};
    const struct {
        const char *name;
        int *value;
    } known[] = {{"requests_per_session", &set.requests_per_session},
                 {"parks_per_session", &set.parks_per_session},
                 {"anonymous_per_minute", &set.anonymous_per_minute},
                 {"logins_per_minute", &set.logins_per_minute},
                 {"jitter_ms", &set.jitter_ms},
                 {"save_records", &set.save_records}};
    for (guint i = 0; limits[i]; i++) {
        const char *equals = strchr(limits[i], '=');
        guint64 value = 0;
        gboolean found = FALSE;
        for (guint k = 0; equals && k < G_N_ELEMENTS(known); k++) {
            if (strlen(known[k].name) != (gsize)(equals - limits[i]) ||
                strncmp(known[k].name, limits[i], (gsize)(equals - limits[i])) != 0)
                continue;
            found = g_ascii_string_to_unsigned(equals + 1, 10, 0, 100000000, &value, NULL);
            *known[k].value = (int)value;
        }
        if (!found) {
            sm_cli_error("seatmuxd: --limit %s: NAME=NUMBER, one of", limits[i]);
            for (guint k = 0; k < G_N_ELEMENTS(known); k++)
                sm_cli_error(" %s", known[k].name);
            fputc('\n', stderr);
            return FALSE;
        }
    }
    sm_service_set_limits(service, &set);
    return TRUE;
}

static gboolean listen_on(Server *server, const char *where, gboolean admin, gboolean proxied)
{
    g_autoptr(GError) error = NULL;
    SmHttpOptions options = {.proxied = proxied, .connections = admin ? 64 : 0};
    SmHttp *http = sm_http_new(server->loop, server->desk->service, where, admin, &options, server->trace, &error);
    if (!http) {
        sm_cli_error("seatmuxd: %s\n", error->message);
        return FALSE;
    }
    g_ptr_array_add(server->listeners, http);
    if (admin)
        return TRUE;
    if (sm_http_port(http))
        printf("seatmuxd: listening on %.*s:%d\n", (int)(strrchr(where, ':') - where), where, sm_http_port(http));
    else
        printf("seatmuxd: listening on %s\n", where);
    fflush(stdout);
    return TRUE;
}

/* DIR/identity.key, if there is one. FALSE: it is there and can't be used. */
static gboolean take_identity_key(Server *server, const char *directory)
{
    g_autofree char *path = g_build_filename(directory, SM_IDENTITY_KEY, NULL);
    gsize n = 0;
    g_autoptr(GError) error = NULL;
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return TRUE;
    char *key = sm_path_read(path, 4096, &n, &error);
    gboolean good = key && sm_service_set_identity_key(server->desk->service, g_strstrip(key));
    if (!good)
        sm_cli_error("seatmuxd: %s: %s\n", path, error ? error->message : "a key has 32 characters at least");
    sm_secrets_wipe(key);
    return good;
}

/* Without the page's files the desk runs all the same. */
static void show_pages(Server *server)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *directory = sm_path_shipped("web");
    if (!directory || !sm_service_set_pages(server->desk->service, directory, &error))
        sm_trace(server->trace, SM_TRACE_WARN, "server", "no chat page: %s", error ? error->message : "web/ is not installed");
}

static gboolean listen_all(Server *server, const char *directory, char **listens, gboolean proxied)
{
    g_autofree char *socket_path = g_build_filename(directory, SM_ADMIN_SOCKET, NULL);
    g_autofree char *admin = g_strconcat("unix:", socket_path, NULL);
    if (!listen_on(server, admin, TRUE, FALSE))
        return FALSE;
    for (guint i = 0; listens[i]; i++)
        if (!listen_on(server, listens[i], FALSE, proxied))
            return FALSE;
    return TRUE;
}

static int run(Server *server, const char *directory, char **listens, gboolean proxied)
{
    show_pages(server);
    sm_service_on_stop(server->desk->service, stop, server);
    /* Before anybody is told that it listens: who was may stop it at once. */
    guint signals[] = {g_unix_signal_add(SIGTERM, stop_signal, server), g_unix_signal_add(SIGINT, stop_signal, server),
                       g_unix_signal_add(SIGHUP, reload, server)};
    gboolean listening = listen_all(server, directory, listens, proxied);
    if (listening) {
        tell_manager(server->trace, "READY=1");
        sm_loop_run(server->loop);
    }
    for (guint i = 0; i < G_N_ELEMENTS(signals); i++)
        g_source_remove(signals[i]);
    return listening ? 0 : 1;
}

int sm_cli_serve(int argc, char **argv)
{
    g_autofree char *data = NULL;
    g_auto(GStrv) listens = NULL;
    g_auto(GStrv) limits = NULL;
    gboolean proxied = FALSE, verbose = FALSE, quiet = FALSE;
    const GOptionEntry entries[] = {
        {"data", 0, 0, G_OPTION_ARG_FILENAME, &data, "the desk's directory", "DIR"},
        {"listen", 0, 0, G_OPTION_ARG_STRING_ARRAY, &listens, "127.0.0.1:7878 (default) or unix:PATH; may be repeated", "WHERE"},
        {"behind-proxy", 0, 0, G_OPTION_ARG_NONE, &proxied, "a TLS proxy stands in front: other addresses are allowed", NULL},
        {"limit", 0, 0, G_OPTION_ARG_STRING_ARRAY, &limits, "change a request limit", "NAME=N"},
        {"verbose", 'v', 0, G_OPTION_ARG_NONE, &verbose, "say more on standard error", NULL},
        {"quiet", 'q', 0, G_OPTION_ARG_NONE, &quiet, "say only what is wrong", NULL},
        G_OPTION_ENTRY_NULL};
    g_autoptr(GOptionContext) context = g_option_context_new("- run the desk server");
    g_option_context_add_main_entries(context, entries, NULL);
    g_autoptr(GError) error = NULL;
    if (!g_option_context_parse(context, &argc, &argv, &error) || argc != 1 || !data) {
        sm_cli_error("seatmuxd: %s; see seatmuxd --help\n", error ? error->message : "--data DIR is needed");
        return 2;
    }
    if (!listens)
        listens = g_strsplit("127.0.0.1:7878", "\n", 0);
    g_autoptr(SmLoop) loop = sm_loop_new_glib();
    g_autoptr(SmTrace) trace = sm_trace_new_stderr(verbose ? SM_TRACE_DEBUG : quiet ? SM_TRACE_WARN : SM_TRACE_INFO);
    Server server = {.loop = loop, .trace = trace};
    server.desk = sm_local_desk_open(loop, data, FALSE, trace, &error);
    if (!server.desk) {
        sm_cli_error("seatmuxd: %s\n", error->message);
        return 1;
    }
    server.yaml = g_build_filename(data, "desk.yaml", NULL);
    server.listeners = g_ptr_array_new_with_free_func((GDestroyNotify)sm_http_free);
    int status = 1;
    if (!take_identity_key(&server, data))
        status = 1;
    else if (!take_policy(&server))
        sm_cli_error("seatmuxd: desk.yaml has errors; mend it and start again\n");
    else if (!limits || set_limits(server.desk->service, limits))
        status = run(&server, data, listens, proxied);
    g_ptr_array_unref(server.listeners);
    sm_local_desk_free(server.desk);
    g_free(server.yaml);
    return status;
}
