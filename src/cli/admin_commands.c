/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/admin.h"
#include "cli/findings.h"
#include "cli/password.h"
#include "seatmux/base/error.h"
#include "seatmux/base/paths.h"
#include "seatmux/text/sanitise.h"

static int complain(const GError *error)
{
    sm_cli_error("seatmuxd: %s\n", error ? error->message : "failed");
    return 1;
}

static int print_findings(const SmFindings *findings)
{
    return sm_cli_print_findings(stderr, findings) ? 1 : 0;
}

gboolean sm_admin_options(int *argc, char ***argv, const GOptionEntry *entries, const char *usage)
{
    g_autoptr(GOptionContext) context = g_option_context_new(usage);
    g_option_context_add_main_entries(context, entries, NULL);
    g_autoptr(GError) error = NULL;
    if (g_option_context_parse(context, argc, argv, &error))
        return TRUE;
    sm_cli_error("seatmuxd: %s\n", error->message);
    return FALSE;
}

/* The policy in force, or NULL. */
static SmPolicy *policy_in_force(SmAdmin *admin, GError **error)
{
    g_autoptr(json_t) answer = NULL;
    if (!sm_admin_ask(admin, sm_request_new("GET", "/v1/policy"), &answer, error))
        return NULL;
    return sm_policy_decode(json_object_get(answer, "policy"), error);
}

/* Sets the policy in DIR/desk.yaml, if it is not the one in force already. */
static gboolean set_policy(SmAdmin *admin, const char *path, gboolean *changed, GError **error)
{
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmPolicy) policy = sm_policy_load(path, findings);
    print_findings(findings);
    if (!policy) {
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "%s has errors; the desk keeps the policy it has", path);
        return FALSE;
    }
    g_autoptr(SmPolicy) now = policy_in_force(admin, error);
    if (!now)
        return FALSE;
    *changed = !g_str_equal(policy->hash, now->hash);
    if (!*changed)
        return TRUE;
    SmRequest *request = sm_request_new("PUT", "/v1/policy");
    sm_request_set_json(request, sm_policy_encode(policy));
    return sm_admin_ask(admin, request, NULL, error);
}

/* Is there a desk that has a record? One that has none was left by an init that was killed, and is gone on with. What can't be opened
 * is somebody's. */
static gboolean is_begun(SmLoop *loop, const char *database)
{
    g_autoptr(SmRng) rng = sm_rng_new_secure();
    SmLog *log = g_file_test(database, G_FILE_TEST_EXISTS) ? sm_log_open_sqlite(database, loop, rng, NULL) : NULL;
    gboolean empty = log && sm_log_last(log) == 0;

    sm_log_close(log);
    return !empty && g_file_test(database, G_FILE_TEST_EXISTS);
}

int sm_cli_init(int argc, char **argv)
{
    const GOptionEntry none[] = {G_OPTION_ENTRY_NULL};
    if (!sm_admin_options(&argc, &argv, none, "DIR - make a new desk in a directory"))
        return 2;
    if (argc != 2) {
        sm_cli_error("usage: seatmuxd init DIR\n");
        return 2;
    }
    const char *directory = argv[1];
    g_autoptr(GError) error = NULL;
    g_autofree char *database = g_build_filename(directory, "desk.db", NULL);
    g_autofree char *yaml = g_build_filename(directory, "desk.yaml", NULL);
    g_autoptr(SmLoop) loop = sm_loop_new_glib();
    if (is_begun(loop, database)) {
        sm_cli_error("seatmuxd: %s: there is a desk already\n", directory);
        return 1;
    }
    if (!sm_path_make_private_dir(directory, &error))
        return complain(error);
    const char *example = sm_policy_example();
    if (!g_file_test(yaml, G_FILE_TEST_EXISTS) && !sm_path_write(yaml, example, strlen(example), 0600, &error))
        return complain(error);
    SmLocalDesk *desk = sm_local_desk_open(loop, directory, TRUE, NULL, &error);
    if (!desk)
        return complain(error);
    sm_local_desk_free(desk);
    g_autoptr(SmAdmin) admin = sm_admin_open(directory, &error);
    gboolean changed = FALSE;
    if (!admin || !set_policy(admin, yaml, &changed, &error))
        return complain(error);
    printf("A new desk is in %s. What it decides - teams, inboxes, targets - is in desk.yaml.\n"
           "Next:\n"
           "  seatmuxd agent add NAME --data %s --role agent\n"
           "  seatmuxd --data %s --listen 127.0.0.1:7878\n",
           directory, directory, directory);
    return 0;
}

/* The teams named, or all there are. NULL and error when the desk could not be asked. */
static json_t *team_list(SmAdmin *admin, char **teams, GError **error)
{
    g_autoptr(SmPolicy) policy = teams ? NULL : policy_in_force(admin, error);
    if (!teams && !policy)
        return NULL;
    json_t *list = json_array();
    for (guint i = 0; teams && teams[i]; i++)
        json_array_append_new(list, json_string(teams[i]));
    for (guint i = 0; policy && i < policy->teams->len; i++)
        json_array_append_new(list, json_string(((const SmTeam *)policy->teams->pdata[i])->id));
    return list;
}

static char *agent_path(const char *name, const char *rest)
{
    g_autofree char *escaped = sm_url_escape(name);
    return g_strconcat("/v1/agents/", escaped, rest, NULL);
}

static gboolean give_password(SmAdmin *admin, const char *name, const char *password, GError **error)
{
    g_autofree char *path = agent_path(name, "/password");
    SmRequest *request = sm_request_new("POST", path);
    json_t *body = json_object();
    json_object_set_new(body, "password", json_string(password));
    sm_request_set_json(request, body);
    return sm_admin_ask(admin, request, NULL, error);
}

typedef struct {
    char *data, *role, *shown, *password_file;
    char **teams, **languages;
    int capacity;
    int weight;
} AgentOptions;

static char *new_password(const char *name, const char *file, const char *prompt, GError **error)
{
    g_autofree char *words = g_strdup_printf("%s %s", prompt, name);
    return file ? sm_password_file(file, error) : sm_password_ask(words, TRUE, error);
}

static gboolean set_agent(SmAdmin *admin, const char *name, const AgentOptions *o, GError **error)
{
    json_t *teams = team_list(admin, o->teams, error);
    if (!teams)
        return FALSE;
    g_autofree char *path = agent_path(name, "");
    SmRequest *request = sm_request_new("PUT", path);
    json_t *body = json_object();
    json_object_set_new(body, "name", json_string(o->shown ? o->shown : name));
    json_object_set_new(body, "role", json_string(o->role ? o->role : "agent"));
    json_object_set_new(body, "teams", teams);
    if (o->languages) {
        json_t *languages = json_array();
        for (guint i = 0; o->languages[i]; i++)
            json_array_append_new(languages, json_string(o->languages[i]));
        json_object_set_new(body, "languages", languages);
    }
    if (o->capacity)
        json_object_set_new(body, "capacity", json_integer(o->capacity));
    if (o->weight)
        json_object_set_new(body, "weight", json_integer(o->weight));
    sm_request_set_json(request, body);
    return sm_admin_ask(admin, request, NULL, error);
}

static int agent_add(SmAdmin *admin, const char *name, const AgentOptions *o)
{
    g_autoptr(GError) error = NULL;
    char *password = new_password(name, o->password_file, "Password for", &error);
    gboolean ok = password && set_agent(admin, name, o, &error) && give_password(admin, name, password, &error);
    sm_secret_wipe(password);
    if (!ok)
        return complain(error);
    printf("%s can log in.\n", name);
    return 0;
}

static int agent_list(SmAdmin *admin)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) raw = NULL;
    if (!sm_admin_ask(admin, sm_request_new("GET", "/v1/agents"), &raw, &error))
        return complain(error);
    g_autoptr(json_t) answer = sm_cli_safe_json(raw);
    size_t i;
    json_t *agent;
    json_array_foreach(json_object_get(answer, "agents"), i, agent) {
        g_autoptr(SmSafe) name = sm_safe_line(sm_json_str(agent, "name", ""), -1);
        g_autofree char *teams = sm_json_text(json_object_get(agent, "teams"));
        printf("%-20s %-10s %-8s %s %s\n", sm_json_str(agent, "agent", sm_json_str(agent, "id", "?")), sm_json_str(agent, "role", "?"),
               sm_json_str(agent, "availability", "?"), sm_safe_str(name), teams);
    }
    return 0;
}

static int agent_remove(SmAdmin *admin, const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = agent_path(name, "");
    if (!sm_admin_ask(admin, sm_request_new("DELETE", path), NULL, &error))
        return complain(error);
    printf("%s is removed; all sessions of %s have ended.\n", name, name);
    return 0;
}

static int agent_password(SmAdmin *admin, const char *name, const char *file)
{
    g_autoptr(GError) error = NULL;
    char *password = new_password(name, file, "New password for", &error);
    gboolean ok = password && give_password(admin, name, password, &error);
    sm_secret_wipe(password);
    return ok ? 0 : complain(error);
}

static const char AGENT_USAGE[] =
    "usage: seatmuxd agent add NAME --data DIR [--role agent|supervisor|trainee] [--team T ...]\n"
    "       seatmuxd agent password NAME --data DIR\n"
    "       seatmuxd agent remove NAME --data DIR\n"
    "       seatmuxd agent list --data DIR\n"
    "The password comes from a prompt, or as one line of standard input.\n";

static void agent_options_clear(AgentOptions *o)
{
    g_free(o->data);
    g_free(o->role);
    g_free(o->shown);
    g_free(o->password_file);
    g_strfreev(o->teams);
    g_strfreev(o->languages);
}

static int agent_command(int argc, char **argv, const AgentOptions *o)
{
    const char *verb = argc > 1 ? argv[1] : "";
    gboolean list = g_str_equal(verb, "list");
    if (!o->data || (list ? argc != 2 : argc != 3)) {
        fputs(AGENT_USAGE, stderr);
        return 2;
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(SmAdmin) admin = sm_admin_open(o->data, &error);
    if (!admin)
        return complain(error);
    if (list)
        return agent_list(admin);
    if (g_str_equal(verb, "add"))
        return agent_add(admin, argv[2], o);
    if (g_str_equal(verb, "password"))
        return agent_password(admin, argv[2], o->password_file);
    if (g_str_equal(verb, "remove"))
        return agent_remove(admin, argv[2]);
    fputs(AGENT_USAGE, stderr);
    return 2;
}

int sm_cli_agent(int argc, char **argv)
{
    AgentOptions o = {0};
    const GOptionEntry entries[] = {
        {"data", 0, 0, G_OPTION_ARG_FILENAME, &o.data, "the desk's directory", "DIR"},
        {"role", 0, 0, G_OPTION_ARG_STRING, &o.role, "agent, supervisor or trainee", "ROLE"},
        {"team", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o.teams, "a team of desk.yaml; may be repeated (default: all)", "TEAM"},
        {"language", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o.languages, "a language spoken: zh, en; may be repeated (default: all)", "LANG"},
        {"shown", 0, 0, G_OPTION_ARG_STRING, &o.shown, "the name customers see", "TEXT"},
        {"capacity", 0, 0, G_OPTION_ARG_INT, &o.capacity, "chats at once (default: the team's)", "N"},
        {"weight", 0, 0, G_OPTION_ARG_INT, &o.weight, "share of what the desk gives out (default: 100)", "N"},
        {"password-file", 0, 0, G_OPTION_ARG_FILENAME, &o.password_file, "read the password from a file", "FILE"},
        G_OPTION_ENTRY_NULL};
    int status = sm_admin_options(&argc, &argv, entries, "add|password|remove|list [NAME] - the people of a desk")
                     ? agent_command(argc, argv, &o)
                     : 2;
    agent_options_clear(&o);
    return status;
}

/* 0: nothing is wrong; 1: what is, as file:line:column; 2: it can't be read. As `seatmux check`. */
static int check_policy(const char *path, FILE *to)
{
    g_autoptr(SmFindings) findings = sm_findings_new();
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        sm_cli_error("seatmuxd: %s: %s\n", path, g_strerror(errno));
        return 2;
    }
    close(fd);
    g_autoptr(SmPolicy) policy = sm_policy_load(path, findings);
    return sm_cli_print_findings(to, findings) || !policy;
}

int sm_cli_desk_check(int argc, char **argv)
{
    g_autofree char *data = NULL;
    const GOptionEntry entries[] = {
        {"data", 0, 0, G_OPTION_ARG_FILENAME, &data, "the desk's directory", "DIR"}, G_OPTION_ENTRY_NULL};
    if (!sm_admin_options(&argc, &argv, entries, "[FILE] - what is wrong with a desk.yaml"))
        return 2;
    if (argc > 2 || (data && argc > 1)) {
        sm_cli_error("usage: seatmuxd check [FILE | --data DIR]    (default: desk.yaml here)\n");
        return 2;
    }
    g_autofree char *path = argc == 2 ? g_strdup(argv[1]) : g_build_filename(data ? data : "", "desk.yaml", NULL);
    int status = check_policy(path, stdout);
    return fflush(stdout) == 0 ? status : 2;
}

int sm_cli_policy(int argc, char **argv)
{
    g_autofree char *data = NULL;
    const GOptionEntry entries[] = {
        {"data", 0, 0, G_OPTION_ARG_FILENAME, &data, "the desk's directory", "DIR"}, G_OPTION_ENTRY_NULL};
    if (!sm_admin_options(&argc, &argv, entries, "set [FILE] | check FILE - what the desk decides"))
        return 2;
    if (argc == 3 && g_str_equal(argv[1], "check"))
        return check_policy(argv[2], stderr);
    if (!data || argc < 2 || argc > 3 || !g_str_equal(argv[1], "set")) {
        sm_cli_error("usage: seatmuxd policy set [FILE] --data DIR    (default: DIR/desk.yaml)\n"
                        "       seatmuxd policy check FILE\n");
        return 2;
    }
    g_autofree char *own = g_build_filename(data, "desk.yaml", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(SmAdmin) admin = sm_admin_open(data, &error);
    gboolean changed = FALSE;
    if (!admin || !set_policy(admin, argc == 3 ? argv[2] : own, &changed, &error))
        return complain(error);
    puts(changed ? "The policy is in force." : "That policy was in force already.");
    return 0;
}

static gboolean put_bytes(FILE *to, GBytes *lines)
{
    gsize n = 0;
    const char *bytes = g_bytes_get_data(lines, &n);
    return n == 0 || fwrite(bytes, 1, n, to) == n;
}

/* The files that a page of the log names, each under its id. One that is erased is not there, and need not be. What can't
 * be read is said and counted; the rest is worth having all the same. */
static gboolean export_files(GBytes *lines, SmFileStore *store, const char *directory, guint *bad, GError **error)
{
    gsize n = 0;
    const char *bytes = g_bytes_get_data(lines, &n), *end = bytes + n;
    for (const char *line = bytes, *next; line < end; line = next) {
        const char *stop = memchr(line, '\n', (gsize)(end - line));
        next = stop ? stop + 1 : end;
        g_autoptr(SmRecord) record = sm_log_import_line(line, (gsize)((stop ? stop : end) - line), error);
        if (!record)
            return FALSE;
        for (guint i = 0; i < record->events->len; i++) {
            const SmEvent *event = record->events->pdata[i];
            const char *id = sm_event_file(event);
            g_autofree char *path = id && event->text ? g_build_filename(directory, id, NULL) : NULL;
            g_autoptr(GError) why = NULL;
            if (path && !sm_file_store_copy_out(store, id, path, &why)) {
                complain(why);
                ++*bad;
            }
        }
    }
    return TRUE;
}

/* Page by page, until one is empty. */
int sm_admin_export(SmAdmin *admin, FILE *to, SmFileStore *store, const char *files)
{
    g_autofree char *after = g_strdup("0");
    guint bad = 0;
    for (;;) {
        g_autoptr(GError) error = NULL;
        g_autofree char *target = g_strdup_printf("/v1/export?after=%s", after);
        char *next = NULL;
        g_autoptr(GBytes) lines = sm_admin_fetch(admin, sm_request_new("GET", target), &next, &error);
        if (!lines)
            return complain(error);
        g_free(after);
        after = next;
        if (store && !export_files(lines, store, files, &bad, &error))
            return complain(error);
        if (!put_bytes(to, lines) || (g_bytes_get_size(lines) == 0 && fflush(to) != 0)) {
            perror("seatmuxd: export");
            return 1;
        }
        if (g_bytes_get_size(lines) == 0)
            return bad > 0;
        if (!after) {
            sm_cli_error("seatmuxd: the desk did not say where the export goes on\n");
            return 1;
        }
    }
}

int sm_cli_export(int argc, char **argv)
{
    g_autofree char *data = NULL;
    g_autofree char *files = NULL;
    const GOptionEntry entries[] = {
        {"data", 0, 0, G_OPTION_ARG_FILENAME, &data, "the desk's directory", "DIR"},
        {"files", 0, 0, G_OPTION_ARG_FILENAME, &files, "a new directory for the files that were sent", "DIR"},
        G_OPTION_ENTRY_NULL};
    if (!sm_admin_options(&argc, &argv, entries, "- the whole log as JSON lines"))
        return 2;
    if (!data || argc != 1) {
        sm_cli_error("usage: seatmuxd export --data DIR [--files DIR] > FILE\n");
        return 2;
    }
    g_autoptr(GError) error = NULL;
    if (files && (g_file_test(files, G_FILE_TEST_EXISTS) || !sm_path_make_private_dir(files, &error))) {
        sm_cli_error("seatmuxd: %s: %s\n", files, error ? error->message : "is there already; files go to a new directory");
        return 1;
    }
    g_autoptr(SmAdmin) admin = sm_admin_open(data, &error);
    if (!admin)
        return complain(error);
    g_autofree char *kept = g_build_filename(data, SM_FILES_DIRECTORY, NULL);
    SmFileStore *store = files ? sm_file_store_open(kept, FALSE, &error) : NULL;
    int status = files && !store ? complain(error) : sm_admin_export(admin, stdout, store, files);
    sm_file_store_close(store);
    return status;
}

/* The key with which a shop signs its customers: made once, printed for the shop. */
int sm_cli_identity(int argc, char **argv)
{
    g_autofree char *data = NULL;
    const GOptionEntry entries[] = {{"data", 0, 0, G_OPTION_ARG_FILENAME, &data, "the desk's directory", "DIR"},
                                    G_OPTION_ENTRY_NULL};
    g_autoptr(GOptionContext) context = g_option_context_new("- the key with which a shop signs its customers");
    g_option_context_add_main_entries(context, entries, NULL);
    g_autoptr(GError) error = NULL;
    if (!g_option_context_parse(context, &argc, &argv, &error) || argc != 1 || !data) {
        sm_cli_error("seatmuxd: %s\n", error ? error->message : "identity --data DIR");
        return 2;
    }
    g_autofree char *path = g_build_filename(data, SM_IDENTITY_KEY, NULL);
    if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
        g_autoptr(SmRng) rng = sm_rng_new_secure();
        g_autoptr(GString) key = g_string_new(NULL);
        for (int i = 0; i < 4; i++)
            g_string_append_printf(key, "%016" G_GINT64_MODIFIER "x", sm_rng_u64(rng));
        g_string_append_c(key, '\n');
        gboolean written = sm_path_write(path, key->str, key->len, 0600, &error);
        memset(key->str, 0, key->len);
        if (!written) {
            sm_cli_error("seatmuxd: %s\n", error->message);
            return 1;
        }
        fputs("seatmuxd: a new key; a server that runs knows it when it is started again\n", stderr);
    }
    gsize n = 0;
    char *key = sm_path_read(path, 4096, &n, &error);
    if (!key) {
        sm_cli_error("seatmuxd: %s\n", error->message);
        return 1;
    }
    printf("%s\n", g_strstrip(key));
    sm_secrets_wipe(key);
    return 0;
}
