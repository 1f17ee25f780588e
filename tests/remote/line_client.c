/* SPDX-License-Identifier: MIT */
/* line_client: the client without a screen, for tests. Commands come as lines on standard input,
 * what happens goes out as JSON lines: {"link":..}, {"message":..}, {"sending":..}, {"said":..} for
 * what a command came to, {"no_login":..} for each login that failed and is tried again.
 *
 *   claim                 take the next waiting conversation
 *   send CONV TEXT        one Enter; note CONV TEXT the same as a note
 *   resolve CONV
 *   takeback ID           an entry of the outbox; anyway ID sends a held one; retry ID a failed one
 *   draft CONV TEXT       TEXT may be empty
 *   list                  conversations and drafts; outbox its entries
 *   quit                  (so does the end of standard input) */
#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/password.h"
#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"
#include "seatmux/base/paths.h"
#include "seatmux/net/client.h"

#define LOGIN_AGAIN_MS 200
#define SHOWN_LINES 0 /* all: a test counts every message */

typedef struct {
    SmLoop *loop;
    SmClient *client;
    char *agent, *password, *cafile, *pin;
    guint64 input, again;
    GString *typed;
    GHashTable *shown; /* message ids and outbox states that were printed */
    SmLinkState link;
    char *words; /* of the link; NULL: none said yet */
    int status;
} Program;

/* --- Going out -----------------------------------------------------------------------------------
 */

static void put(json_t *line)
{
    g_autofree char *text = sm_json_text(line);
    json_decref(line);
    puts(text);
    fflush(stdout);
}

static void put_text(json_t *to, const char *key, const char *text)
{
    if (text)
        json_object_set_new(to, key, json_string(text));
}

static const char *link_name(SmLinkState state)
{
    static const char *const names[] = {"starting",   "live",  "catching_up", "reconnecting",
                                        "superseded", "ended", "too_old"};
    return names[state];
}

static void link_changed(SmClient *client, void *user)
{
    Program *p = user;
    const SmLink *link = sm_client_link(client);
    if (g_strcmp0(p->words, link->words) == 0 && link->state == p->link)
        return;
    g_free(p->words);
    p->words = g_strdup(link->words);
    p->link = link->state;
    put(json_pack("{s:s, s:s}", "link", link_name(link->state), "words", link->words));
}

static json_t *entry_json(const SmOutboxEntry *entry)
{
    json_t *json =
        json_pack("{s:s, s:s, s:s, s:s, s:I, s:i}", "id", entry->id, "state",
                  sm_send_state_name(entry->state), "conversation", entry->conversation, "verb",
                  entry->verb, "order", (json_int_t)entry->order, "attempts", entry->attempts);
    put_text(json, "text", entry->text);
    put_text(json, "problem", entry->problem);
    return json;
}

static void sending_changed(SmClient *client, const SmOutboxEntry *entry, void *user)
{
    put(json_pack("{s:o}", "sending", entry_json(entry)));
}

static void show_lines(Program *p, const SmConversation *c)
{
    for (guint i = 0; i < c->lines->len; i++) {
        const SmLine *line = g_ptr_array_index(c->lines, i);
        if (!line->id || g_hash_table_contains(p->shown, line->id))
            continue;
        g_hash_table_add(p->shown, g_strdup(line->id));
        json_t *json = json_pack("{s:s, s:s, s:I, s:I, s:b}", "conversation", c->id, "id", line->id,
                                 "seq", (json_int_t)line->seq, "n", (json_int_t)line->n, "customer",
                                 line->author == SM_AUTHOR_CUSTOMER);
        put_text(json, "text", line->text);
        put(json_pack("{s:o}", "message", json));
    }
}

static void desk_changed(SmClient *client, const GPtrArray *touched, void *user)
{
    const GPtrArray *all = sm_desk_conversations(sm_client_desk(client));
    for (guint i = 0; i < all->len; i++)
        show_lines(user, g_ptr_array_index(all, i));
}

static void said(const char *command, gboolean ok, const char *code, const char *words)
{
    json_t *json = json_pack("{s:s, s:b}", "said", command, "ok", ok);
    put_text(json, "code", code);
    put_text(json, "words", words);
    put(json);
}

/* --- Commands ------------------------------------------------------------------------------------
 */

static void claimed(gboolean ok, const char *code, const char *words, const json_t *body,
                    void *user)
{
    json_t *json = json_pack("{s:s, s:b}", "said", "claim", "ok", ok);
    put_text(json, "code", code);
    put_text(json, "words", words);
    put_text(json, "conversation", sm_json_str(body, "conversation", NULL));
    put(json);
}

static void resolved(gboolean ok, const char *code, const char *words, const json_t *body,
                     void *user)
{
    said("resolve", ok, code, words);
}

static void send_text(Program *p, const char *verb, const char *conversation, const char *text)
{
    const SmConversation *c = sm_desk_conversation(sm_client_desk(p->client), conversation);
    const char *id = sm_client_send(p->client, conversation, verb, text, c ? c->version : -1);
    json_t *json = json_pack("{s:s, s:b, s:s}", "said", "send", "ok", id != NULL, "text", text);
    put_text(json, "id", id);
    put(json);
}

static void list(Program *p)
{
    const GPtrArray *all = sm_desk_conversations(sm_client_desk(p->client));
    const GPtrArray *drafts = sm_client_drafts(p->client);
    json_t *conversations = json_array(), *kept = json_object();
    for (guint i = 0; i < all->len; i++) {
        const SmConversation *c = g_ptr_array_index(all, i);
        json_t *item = json_pack("{s:s, s:s, s:I}", "id", c->id, "state", sm_state_name(c->state),
                                 "version", (json_int_t)c->version);
        put_text(item, "owner", c->owner);
        json_array_append_new(conversations, item);
    }
    for (guint i = 0; i < drafts->len; i++) {
        const SmDraft *draft = g_ptr_array_index(drafts, i);
        json_object_set_new(kept, draft->conversation, json_string(draft->text));
    }
    put(json_pack("{s:s, s:b, s:o, s:o}", "said", "list", "ok", TRUE, "conversations",
                  conversations, "drafts", kept));
}

static void outbox(Program *p)
{
    g_autoptr(GPtrArray) entries = sm_client_outbox(p->client, NULL);
    json_t *items = json_array();
    for (guint i = 0; i < entries->len; i++)
        json_array_append_new(items, entry_json(g_ptr_array_index(entries, i)));
    put(json_pack("{s:s, s:b, s:o}", "said", "outbox", "ok", TRUE, "entries", items));
}

static void obey(Program *p, char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", 3);
    const char *verb = words[0] ? words[0] : "", *first = words[0] && words[1] ? words[1] : NULL;
    const char *rest = first && words[2] ? words[2] : NULL, *why = NULL;

    if (g_str_equal(verb, "claim")) {
        sm_client_command(p->client, &(SmCommand){.type = SM_COMMAND_CLAIM_NEXT, .seen = -1},
                          claimed, p, NULL);
    } else if ((g_str_equal(verb, "send") || g_str_equal(verb, "note")) && rest) {
        send_text(p, g_str_equal(verb, "send") ? "post" : "note", first, rest);
    } else if (g_str_equal(verb, "resolve") && first) {
        sm_client_command(
            p->client, &(SmCommand){.type = SM_COMMAND_RESOLVE, .conversation = first, .seen = -1},
            resolved, p, NULL);
    } else if (g_str_equal(verb, "takeback") && first) {
        gboolean ok = sm_client_take_back(p->client, first, &why);
        said("takeback", ok, NULL, why);
    } else if (g_str_equal(verb, "anyway") && first) {
        said("anyway", sm_client_send_anyway(p->client, first), NULL, NULL);
    } else if (g_str_equal(verb, "retry") && first) {
        said("retry", sm_client_retry(p->client, first), NULL, NULL);
    } else if (g_str_equal(verb, "draft") && first) {
        sm_client_draft(p->client, first, rest ? rest : "", FALSE);
        said("draft", TRUE, NULL, NULL);
    } else if (g_str_equal(verb, "list")) {
        list(p);
    } else if (g_str_equal(verb, "outbox")) {
        outbox(p);
    } else if (g_str_equal(verb, "quit")) {
        sm_loop_quit(p->loop);
    } else {
        said(verb, FALSE, NULL, "no such command");
    }
}

static void typed(int fd, GIOCondition condition, void *user)
{
    Program *p = user;
    char bytes[4096];
    ssize_t n = read(fd, bytes, sizeof bytes);
    if (n <= 0) {
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        sm_loop_remove(p->loop, &p->input);
        sm_loop_quit(p->loop);
        return;
    }
    g_string_append_len(p->typed, bytes, n);
    char *end;
    while ((end = memchr(p->typed->str, '\n', p->typed->len))) {
        g_autofree char *line = g_strndup(p->typed->str, (gsize)(end - p->typed->str));
        g_string_erase(p->typed, 0, end - p->typed->str + 1);
        obey(p, line);
    }
}

/* --- Life ----------------------------------------------------------------------------------------
 */

static void log_in(void *user);

static void logged_in(gboolean ok, const char *code, const char *words, const json_t *body,
                      void *user)
{
    Program *p = user;
    gboolean final = code && (g_str_equal(code, "bad_login") || g_str_equal(code, "invalid"));
    if (final) {
        said("login", FALSE, code, words);
        p->status = 1;
        sm_loop_quit(p->loop);
    } else if (!ok) {
        put(json_pack("{s:s}", "no_login", words ? words : ""));
        p->again = sm_loop_after(p->loop, LOGIN_AGAIN_MS, log_in, p);
    } else {
        said("login", TRUE, NULL, NULL);
        SmCommand online = {
            .type = SM_COMMAND_AVAILABILITY, .availability = SM_AVAILABLE_ONLINE, .seen = -1};
        sm_client_command(p->client, &online, NULL, NULL, NULL);
    }
}

static void log_in(void *user)
{
    Program *p = user;
    p->again = 0;
    sm_client_login(p->client, p->agent, p->password, "line-client", logged_in, p, NULL);
}

static gboolean connect_desk(Program *p, const char *server, SmRng *rng, SmTrace *trace,
                             GError **error)
{
    g_autofree char *name = g_strconcat("line-", p->agent, NULL);
    g_autofree char *journals = sm_path_data("journal");
    g_autofree char *directory = journals ? g_build_filename(journals, name, NULL) : NULL;
    SmJournalState *state = NULL;
    SmTransport *transport =
        sm_transport_new_curl(p->loop,
                              &(SmCurlOptions){.server = server,
                                               .cafile = p->cafile,
                                               .pin = p->pin,
                                               .proxy = ""},
                              error);
    if (!transport)
        return FALSE;
    SmJournal *journal = directory ? sm_journal_open(directory, p->loop, &state, error) : NULL;
    if (!journal) {
        sm_transport_free(transport);
        return FALSE;
    }
    if (state->trouble)
        put(json_pack("{s:s}", "trouble", state->trouble));
    SmClientHandler handler = {
        .changed = desk_changed, .linked = link_changed, .sending = sending_changed, .user = p};
    p->client =
        sm_client_new(p->loop, transport, journal, state, rng, trace, &handler, SHOWN_LINES);
    return TRUE;
}

static gboolean asked_to_stop(void *user)
{
    Program *p = user;
    sm_loop_quit(p->loop);
    return G_SOURCE_CONTINUE;
}

static int run(Program *p, const char *server)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SmRng) rng = sm_rng_new_secure();
    g_autoptr(SmTrace) trace = sm_trace_new_stderr(SM_TRACE_WARN);
    if (!connect_desk(p, server, rng, trace, &error)) {
        fprintf(stderr, "line-client: %s\n", error ? error->message : "no home");
        return 1;
    }
    desk_changed(p->client, NULL, p);
    log_in(p);
    p->input = sm_loop_fd(p->loop, STDIN_FILENO, G_IO_IN | G_IO_HUP, typed, p);
    guint term = g_unix_signal_add(SIGTERM, asked_to_stop, p);
    sm_loop_run(p->loop);
    g_source_remove(term);
    sm_loop_remove(p->loop, &p->input);
    sm_loop_remove(p->loop, &p->again);
    sm_client_free(p->client);
    return p->status;
}

int main(int argc, char **argv)
{
    g_autofree char *server = NULL, *login = NULL, *file = NULL, *cafile = NULL, *pin = NULL;
    const GOptionEntry entries[] = {
        {"server", 0, 0, G_OPTION_ARG_STRING, &server, "the desk", "URL"},
        {"login", 0, 0, G_OPTION_ARG_STRING, &login, "an agent", "NAME"},
        {"password-file", 0, 0, G_OPTION_ARG_FILENAME, &file, "their password", "FILE"},
        {"cafile", 0, 0, G_OPTION_ARG_FILENAME, &cafile, "certificates to trust", "FILE"},
        {"pin", 0, 0, G_OPTION_ARG_STRING, &pin, "the server's key", "PIN"},
        G_OPTION_ENTRY_NULL};
    g_autoptr(GOptionContext) context = g_option_context_new("- a client for tests");
    g_autoptr(GError) error = NULL;
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || !server || !login || !file) {
        fprintf(stderr, "line-client: %s\n",
                error ? error->message : "--server, --login and --password-file are needed");
        return 2;
    }
    Program p = {.agent = login, .cafile = cafile, .pin = pin};
    p.password = sm_password_file(file, &error);
    if (!p.password) {
        fprintf(stderr, "line-client: %s\n", error->message);
        return 1;
    }
    g_autoptr(SmLoop) loop = sm_loop_new_glib();
    p.loop = loop;
    p.typed = g_string_new(NULL);
    p.shown = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    int status = run(&p, server);
    g_hash_table_unref(p.shown);
    g_string_free(p.typed, TRUE);
    g_free(p.words);
    sm_secret_wipe(p.password);
    return status;
}
