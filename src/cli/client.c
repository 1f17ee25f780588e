/* SPDX-License-Identifier: MIT */
/* client: the workstation connected to a desk. */
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/connection.h"
#include "cli/findings.h"
#include "cli/password.h"
#include "cli/workstation.h"
#include "seatmux/base/paths.h"
#include "seatmux/text/sanitise.h"

#define LOGIN_AGAIN_MS 3000 /* where the link does not tell when */

typedef struct {
    SmConnectionOptions connection;
    char *language, *availability, *color;
    gboolean plain;
} Options;

typedef struct {
    SmWorkstation station;
    SmConnection at;
    guint64 again;
    gboolean distrusted; /* that the certificate is not trusted was said */
    gboolean away;       /* the desk was, when we asked to be let in */
    SmTransport *transport; /* the client's */
    char *refused; /* why the desk did not let us in */
    SmAvailability availability; /* what to be once logged in */
} Client;

static void options_clear(Options *o)
{
    sm_connection_options_clear(&o->connection);
    g_free(o->language);
    g_free(o->availability);
    g_free(o->color);
}

/* What we keep belongs to (desk, agent). */
static char *journal_name(const Client *c)
{
    g_autofree char *key = g_strconcat(c->at.server, "\n", c->at.agent, NULL);
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, key, -1);
    digest[16] = '\0';
    return g_strdup_printf("%s-%s", sm_id_valid(c->at.agent) ? c->at.agent : "agent", digest);
}

static void log_in(void *user);

static void ignore(gboolean ok, const char *code, const char *words, const json_t *body, void *user)
{
}

/* Who starts the program means to work: the desk is told so. */
static void be_available(Client *c)
{
    g_autofree char *id = sm_id_new(c->station.rng, "v");
    SmCommand command = {.type = SM_COMMAND_AVAILABILITY, .id = id, .agent = "me", .availability = c->availability, .seen = -1};
    sm_client_command(c->station.client, &command, ignore, NULL, NULL);
}

/* Once: it does not get truer by each try. */
static void say_distrusted(Client *c, const char *words)
{
    SmApp *app = sm_workstation_app(&c->station);
    if (c->distrusted || !app)
        return;
    c->distrusted = TRUE;
    g_autofree char *line = g_strdup_printf(_("Not logged in: %s"), words);
    g_autoptr(SmSafe) safe = sm_safe_screen_line(line, -1);
    sm_app_say(app, safe, TRUE);
}

static int64_t next_try(const Client *c)
{
    const SmLink *link = sm_client_link(c->station.client);
    int64_t now = sm_loop_now(c->station.loop);
    return link->state == SM_LINK_RECONNECTING && link->retry_at > now ? link->retry_at : now + LOGIN_AGAIN_MS;
}

static void logged_in(gboolean ok, const char *code, const char *words, const json_t *body, void *user)
{
    Client *c = user;
    gboolean final = code && (g_str_equal(code, "bad_login") || g_str_equal(code, "invalid") ||
                              g_str_equal(code, "forbidden"));
    if (ok) {
        if (sm_workstation_app(&c->station))
            sm_app_know_password(sm_workstation_app(&c->station), c->at.password);
        sm_secret_wipe(g_steal_pointer(&c->at.password));
        be_available(c);
    } else if (final) {
        c->refused = g_strdup(words);
        sm_loop_quit(c->station.loop);
    } else { /* the desk is away or busy: the screen says so, and we try again */
        if (!c->away && sm_workstation_app(&c->station)) /* what is kept may be locked meanwhile, and opened */
            sm_app_know_password(sm_workstation_app(&c->station), c->at.password);
        c->away = TRUE;
        if (words && g_str_has_prefix(words, SM_NOT_TRUSTED))
            say_distrusted(c, words);
        c->again = sm_loop_at(c->station.loop, next_try(c), log_in, c);
    }
}

static void log_in(void *user)
{
    Client *c = user;
    g_autoptr(GError) error = NULL;
    c->again = 0;
    if (!sm_transport_load_curl(c->transport, &error)) {
        c->refused = g_strdup(error->message);
        sm_loop_quit(c->station.loop);
        return;
    }
    sm_client_login(c->station.client, c->at.agent, c->at.password, "seatmux", logged_in, c, NULL);
}

/* The disk can't be written, or can again: said where the agent looks. The work goes on in memory. */
static void journal_trouble(const char *words, void *user)
{
    Client *c = user;
    SmApp *app = sm_workstation_app(&c->station);
    if (!words && c->station.client)
        sm_client_resave(c->station.client);
    if (!app)
        return;
    /* The file's own name and the reason: a whole path would push the reason off the line. */
    const char *slash = words ? strrchr(words, '/') : NULL;
    g_autofree char *line = words ? g_strdup_printf(_("Nothing is kept on disk: %s"), slash ? slash + 1 : words) : NULL;
    g_autoptr(SmSafe) safe = sm_safe_screen_line(line ? line : _("What you write is kept on disk again."), -1);
    sm_app_say(app, safe, words != NULL);
}

/* Where what we keep lies; NULL: there is no home. Caller frees. */
static char *journal_directory(const Client *c)
{
    g_autofree char *name = journal_name(c);
    g_autofree char *journals = sm_path_data("journal");
    return journals ? g_build_filename(journals, name, NULL) : NULL;
}

static SmJournal *open_journal(Client *c, const char *directory, SmJournalState **state, char **notice, gboolean *busy)
{
    g_autoptr(GError) error = NULL;
    SmJournal *journal = directory ? sm_journal_open(directory, c->station.loop, state, &error) : NULL;
    *busy = g_error_matches(error, SM_ERROR, SM_ERROR_BUSY);
    if (journal)
        *notice = g_strdup((*state)->trouble);
    else if (*busy)
        *notice = g_strdup_printf(_("another seatmux has this desk open under this name: %s"), error->message);
    else
        *notice = g_strdup_printf(_("Nothing is kept on disk: %s"), error ? error->message : _("no home directory"));
    return journal;
}

static int run(Client *c)
{
    g_autoptr(GError) error = NULL;
    SmCurlOptions curl = sm_connection_curl(&c->at);
    curl.later = TRUE; /* the first frame does not wait for it */
    SmTransport *transport = sm_transport_new_curl(c->station.loop, &curl, &error);
    if (!transport) {
        sm_cli_error("seatmux: %s\n", error->message);
        return 2;
    }
    SmJournalState *state = NULL;
    g_autofree char *notice = NULL;
    gboolean busy = FALSE;
    g_autofree char *directory = journal_directory(c);
    SmJournal *journal = open_journal(c, directory, &state, &notice, &busy);
    if (busy) {
        sm_cli_error("seatmux: %s\n", notice);
        sm_transport_free(transport);
        return 1;
    }
    g_autofree char *name = journal_name(c);
    if (!sm_workstation_show(&c->station, name, FALSE, notice)) {
        sm_transport_free(transport);
        sm_journal_close(journal, 200);
        sm_journal_state_free(state);
        return 1;
    }
    c->transport = transport;
    sm_workstation_connect(&c->station, transport, journal, state, journal ? directory : NULL, c->at.agent);
    if (journal)
        sm_journal_set_trouble(journal, journal_trouble, c);
    c->again = sm_loop_defer(c->station.loop, log_in, c); /* behind the first frame */
    int status = sm_workstation_run(&c->station);
    if (c->refused) {
        sm_cli_error("seatmux: %s\n", c->refused);
        status = 1;
    }
    return status;
}

static int start(int argc, char **argv, gboolean supervise)
{
    Options o = {0};
    const GOptionEntry entries[] = {
        SM_CONNECTION_ENTRIES(o.connection),
        {"lang", 0, 0, G_OPTION_ARG_STRING, &o.language, "zh-CN or en", "LANG"},
        {"color", 0, 0, G_OPTION_ARG_STRING, &o.color, "auto (default), always or never", "WHEN"},
        {"availability", 0, 0, G_OPTION_ARG_STRING, &o.availability, supervise ? "busy (default), online, away or offline" : "online (default), busy, away or offline", "STATE"},
        {"plain", 0, supervise ? G_OPTION_FLAG_HIDDEN : 0, G_OPTION_ARG_NONE, &o.plain, "lines instead of a screen: for screen readers, braille, dumb terminals", NULL},
        G_OPTION_ENTRY_NULL};
    g_autoptr(GOptionContext) context = g_option_context_new(supervise ? "- watch the queues" : "- answer customers");
    g_option_context_add_main_entries(context, entries, NULL);
    g_autoptr(GError) error = NULL;
    if (!g_option_context_parse(context, &argc, &argv, &error) || argc != 1) {
        sm_cli_error("seatmux: %s\n", error ? error->message : "see seatmux --help");
        options_clear(&o);
        return 2;
    }
    if (supervise && o.plain) {
        sm_cli_error("seatmux: the queue view needs a screen; seatmux tail reads out what happens\n");
        options_clear(&o);
        return 2;
    }
    /* Who watches takes no new chats unless they say so. */
    Client c = {.availability = supervise ? SM_AVAILABLE_BUSY : SM_AVAILABLE_ONLINE};
    if (o.availability && !sm_availability_parse(o.availability, &c.availability)) {
        sm_cli_error("seatmux: --availability %s: online, busy, away or offline\n", o.availability);
        options_clear(&o);
        return 2;
    }
    sm_cli_locale(o.language);
    sm_workstation_begin(&c.station);
    c.station.supervise = supervise;
    c.station.lines = o.plain;
    sm_workstation_language(&c.station, o.language);
    int status;
    if (!sm_workstation_color(&c.station, o.color))
        status = 2;
    else if (sm_connection_settle(&c.at, &o.connection, c.station.options, &status))
        status = run(&c);
    sm_loop_remove(c.station.loop, &c.again);
    sm_connection_clear(&c.at);
    sm_workstation_end(&c.station);
    g_free(c.refused);
    options_clear(&o);
    return status;
}

int sm_cli_client(int argc, char **argv)
{
    return start(argc, argv, FALSE);
}

int sm_cli_supervise(int argc, char **argv)
{
    return start(argc, argv, TRUE);
}
