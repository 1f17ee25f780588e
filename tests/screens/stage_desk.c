/* SPDX-License-Identifier: MIT */
#include "stage_desk.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define PASSWORD "correct horse battery"
#define ANSWER_BYTES 65536

static char **environment(const Stage *stage)
{
    char **env = g_get_environ();
    for (guint i = 0; stage->env->pdata[i]; i++) {
        g_auto(GStrv) pair = g_strsplit(stage->env->pdata[i], "=", 2);
        env = pair[1] ? g_environ_setenv(env, pair[0], pair[1], TRUE)
                      : g_environ_unsetenv(env, pair[0]);
    }
    return env;
}

char *stage_run(Stage *stage, const char *const *argv, const char *input, int status)
{
    g_autofree char *path = stage_path(stage, "input");
    g_auto(GStrv) env = environment(stage);
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *err = NULL;
    char *out = NULL;
    int ended = 0;
    g_assert_true(g_file_set_contents(path, input ? input : "", -1, NULL));
    const char *const shell[] = {"sh", "-c", "exec \"$@\" <\"$0\"", path};
    for (guint i = 0; i < G_N_ELEMENTS(shell); i++)
        g_ptr_array_add(all, (char *)shell[i]);
    for (guint i = 0; argv[i]; i++)
        g_ptr_array_add(all, (char *)argv[i]);
    g_ptr_array_add(all, NULL);
    g_spawn_sync(NULL, (char **)all->pdata, env, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err,
                 &ended, &error);
    g_assert_no_error(error);
    if (!WIFEXITED(ended) || WEXITSTATUS(ended) != status)
        g_error("%s %s: status %d\n%s%s", argv[0], argv[1], ended, out, err);
    return out;
}

/* --- The server
 * ------------------------------------------------------------------------------------ */

void stage_desk_new(Stage *stage)
{
    stage_desk_new_with(stage, NULL);
}

void stage_desk_new_with(Stage *stage, const char *policy)
{
    const char *seatmuxd = g_getenv("SEATMUXD");
    g_autofree char *password = stage_path(stage, "password");
    stage->data = stage_path(stage, "desk");
    const char *const init[] = {seatmuxd, "init", stage->data, NULL};
    const char *const add[] = {seatmuxd,    "agent",  "add",   AGENT, "--data",
                               stage->data, "--role", "agent", NULL};
    const char *const lead[] = {seatmuxd,    "agent",  "add",        LEAD, "--data",
                                stage->data, "--role", "supervisor", NULL};
    g_free(stage_run(stage, init, NULL, 0));
    g_autofree char *yaml = g_build_filename(stage->data, "desk.yaml", NULL);
    const char *const set[] = {seatmuxd, "policy", "set", yaml, "--data", stage->data, NULL};
    g_assert_true(!policy || g_file_set_contents(yaml, policy, -1, NULL));
    if (policy)
        g_free(stage_run(stage, set, NULL, 0));
    g_free(stage_run(stage, add, PASSWORD "\n", 0));
    g_free(stage_run(stage, lead, PASSWORD "\n", 0));
    g_assert_true(g_file_set_contents(password, PASSWORD "\n", -1, NULL));
    g_assert_cmpint(g_chmod(password, 0600), ==, 0);
}

static void die_with_parent(gpointer user)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/* The line that says where it listens. */
static char *read_line(int fd)
{
    g_autoptr(GString) line = g_string_new(NULL);
    gint64 until = g_get_monotonic_time() + (gint64)WAIT * 1000;
    char c = 0;
    while (c != '\n' && g_get_monotonic_time() < until) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (poll(&p, 1, 100) > 0 && read(fd, &c, 1) != 1)
            break;
        if (p.revents & POLLIN)
            g_string_append_c(line, c);
    }
    return g_strdup(g_strstrip(line->str));
}

char *stage_daemon(Stage *stage, const char *const *argv, GPid *pid, int *in, int *out)
{
    g_auto(GStrv) env = environment(stage);
    g_autoptr(GError) error = NULL;
    g_spawn_async_with_pipes(NULL, (char **)argv, env,
                             G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD |
                                 G_SPAWN_CLOEXEC_PIPES,
                             die_with_parent, NULL, pid, in, out, NULL, &error);
    g_assert_no_error(error);
    return read_line(*out);
}

void stage_kill(GPid *pid, int signal, int *status)
{
    int ended = 0;
    if (*pid <= 0)
        return;
    g_assert_cmpint(kill(*pid, signal), ==, 0);
    kill(*pid, SIGCONT);
    while (waitpid(*pid, &ended, 0) < 0 && errno == EINTR)
        ;
    *pid = 0;
    if (status)
        *status = ended;
}

void stage_desk_start(Stage *stage, gboolean unix_socket)
{
    g_autofree char *socket_path = stage_path(stage, "s");
    g_autofree char *where = unix_socket ? g_strconcat("unix:", socket_path, NULL)
                                         : g_strdup_printf("127.0.0.1:%u", stage->port);
    const char *const argv[] = {g_getenv("SEATMUXD"), "--data", stage->data,
                                "--listen",           where,    NULL};
    g_autofree char *line = stage_daemon(stage, argv, &stage->server, NULL, &stage->server_out);
    if (!strstr(line, "listening on "))
        g_error("the server said '%s'", line);
    g_free(stage->url);
    if (unix_socket) {
        stage->url = g_steal_pointer(&where);
    } else {
        stage->port = (guint16)atoi(strrchr(line, ':') + 1);
        stage->url = g_strdup_printf("http://127.0.0.1:%u", stage->port);
    }
}

void stage_desk_stop(Stage *stage, int signal)
{
    int status = 0;
    stage_kill(&stage->server, signal, &status);
    close(stage->server_out);
    stage->server_out = -1;
    if (signal == SIGTERM)
        g_assert_cmpint(status, ==, 0);
}

Vt *stage_desk_client(Stage *stage, int rows, int columns)
{
    g_autofree char *password = stage_path(stage, "password");
    return stage_seatmux(stage, rows, columns, "--server", stage->url, "--login", AGENT,
                         "--password-file", password, NULL);
}

/* --- Customers
 * ------------------------------------------------------------------------------------- */

static int connect_to(const Stage *stage)
{
    struct sockaddr_in in = {.sin_family = AF_INET,
                             .sin_port = htons(stage->port),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    gboolean local = g_str_has_prefix(stage->url, "unix:");
    struct timeval wait = {.tv_sec = WAIT / 1000};
    int fd = socket(local ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_assert_cmpint(fd, >=, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    if (local)
        g_strlcpy(un.sun_path, stage->url + 5, sizeof un.sun_path);
    int done = local ? connect(fd, (struct sockaddr *)&un, sizeof un)
                     : connect(fd, (struct sockaddr *)&in, sizeof in);
    g_assert_cmpint(done, ==, 0);
    return fd;
}

#define AS_JSON "Content-Type: application/json\r\n"

char *stage_desk_ask(Stage *stage, const char *method, const char *target, const char *token, const char *headers, const char *body)
{
    g_autofree char *key = g_uuid_string_random();
    g_autofree char *bearer =
        token ? g_strdup_printf("Authorization: Bearer %s\r\n", token) : g_strdup("");
    g_autofree char *request = g_strdup_printf(
        "%s %s HTTP/1.1\r\nHost: localhost\r\n%s"
        "Idempotency-Key: %s\r\n%sContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
        method, target, headers ? headers : AS_JSON, key, bearer, strlen(body), body);
    g_autoptr(GString) answer = g_string_new(NULL);
    char bytes[4096];
    ssize_t n;
    int fd = connect_to(stage);
    g_assert_cmpint(write(fd, request, strlen(request)), ==, (gssize)strlen(request));
    while ((n = read(fd, bytes, sizeof bytes)) > 0 && answer->len < ANSWER_BYTES)
        g_string_append_len(answer, bytes, n);
    close(fd);
    if (!g_str_has_prefix(answer->str, "HTTP/1.1 2"))
        g_error("%s %s: %s", method, target, answer->str);
    return g_strdup(answer->str);
}

static char *ask(Stage *stage, const char *method, const char *target, const char *token, const char *body)
{
    return stage_desk_ask(stage, method, target, token, NULL, body);
}

char *stage_desk_member(const char *answer, const char *name)
{
    g_autofree char *pattern = g_strdup_printf("\"%s\":\\s*\"([^\"]*)\"", name);
    g_autoptr(GRegex) regex = g_regex_new(pattern, 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    if (!g_regex_match(regex, answer, 0, &match))
        g_error("no %s in %s", name, answer);
    return g_match_info_fetch(match, 1);
}

char *stage_desk_customer(Stage *stage, const char *name, const char *text, char **token)
{
    g_autofree char *body =
        g_strdup_printf("{\"name\":\"%s\",\"text\":\"%s\",\"language\":\"en\"}", name, text);
    g_autofree char *answer = ask(stage, "POST", "/v1/conversations", NULL, body);
    if (token)
        *token = stage_desk_member(answer, "token");
    return stage_desk_member(answer, "conversation");
}

void stage_desk_say(Stage *stage, const char *conversation, const char *token, const char *text)
{
    g_autofree char *id = g_uuid_string_random();
    g_autofree char *target = g_strdup_printf("/v1/conversations/%s/messages/%s", conversation, id);
    g_autofree char *body = g_strdup_printf("{\"text\":\"%s\"}", text);
    g_free(ask(stage, "PUT", target, token, body));
}

gboolean stage_desk_tells(Stage *stage, const char *conversation, const char *token, const char *text)
{
    g_autofree char *messages = g_strdup_printf("/v1/conversations/%s/messages", conversation);
    const char *const targets[] = {messages, "/v1/snapshot"};
    gboolean told = FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(targets); i++) {
        g_autofree char *answer = ask(stage, "GET", targets[i], token, "");
        told |= strstr(answer, text) != NULL;
    }
    return told;
}

char *stage_desk_log_in(Stage *stage, const char *name)
{
    g_autofree char *file = stage_path(stage, "password"), *password = NULL;
    g_assert_true(g_file_get_contents(file, &password, NULL, NULL));
    g_autofree char *login = g_strdup_printf("{\"name\":\"%s\",\"password\":\"%s\",\"program\":\"tests\"}", name, g_strchomp(password));
    g_autofree char *answer = ask(stage, "POST", "/v1/login", NULL, login);
    return stage_desk_member(answer, "token");
}

void stage_desk_end_session(Stage *stage)
{
    g_autofree char *token = stage_desk_log_in(stage, AGENT);
    g_autofree char *answer = ask(stage, "GET", "/v1/sessions", token, "");
    g_autoptr(GRegex) regex = g_regex_new("\\{[^{}]*\"program\":\"seatmux\"[^{}]*\\}", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    g_assert_true(g_regex_match(regex, answer, 0, &match));
    g_autofree char *session = g_match_info_fetch(match, 0);
    g_autofree char *id = stage_desk_member(session, "id");
    g_autofree char *target = g_strconcat("/v1/sessions/", id, NULL);
    g_free(ask(stage, "DELETE", target, token, ""));
}

void stage_desk_erase(Stage *stage, const char *conversation)
{
    g_autofree char *token = stage_desk_log_in(stage, LEAD);
    g_autofree char *target = g_strdup_printf("/v1/conversations/%s/erase", conversation);
    g_free(ask(stage, "POST", target, token, "{}"));
}

guint stage_desk_count(Stage *stage, const char *text)
{
    const char *const argv[] = {g_getenv("SEATMUXD"), "export", "--data", stage->data, NULL};
    g_autofree char *out = stage_run(stage, argv, NULL, 0);
    g_autofree char *quoted = g_strconcat("\"", text, "\"", NULL);
    guint n = 0;
    for (const char *at = out; (at = strstr(at, quoted)); at += strlen(quoted))
        n++;
    return n;
}
