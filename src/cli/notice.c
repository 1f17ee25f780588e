/* SPDX-License-Identifier: MIT */
/* notice: one answer to many chats, and the standing first answer of an incident, from the command line. */
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/findings.h"
#include "cli/visit.h"
#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"
#include "seatmux/base/yaml.h"
#include "seatmux/text/clock_text.h"
#include "seatmux/text/sanitise.h"
#include "seatmux/wire/wire.h"

typedef struct {
    SmConnectionOptions connection;
    char *filter, *stop, *team, *inbox, *how_long, *clear, *file, *language;
    char **words;
    gboolean preview, list, json;
    int pace;
} Options;

static void options_clear(Options *o)
{
    sm_connection_options_clear(&o->connection);
    g_free(o->filter);
    g_free(o->stop);
    g_free(o->team);
    g_free(o->inbox);
    g_free(o->how_long);
    g_free(o->clear);
    g_free(o->file);
    g_free(o->language);
    g_strfreev(o->words);
}

/* --- Words -------------------------------------------------------------------------------------
 */

static char *read_file(const char *path, GError **error)
{
    gboolean given = strcmp(path, "-") != 0;
    FILE *in = given ? fopen(path, "re") : stdin;
    char *bytes = g_malloc(SM_MAX_MESSAGE_BYTES + 2);
    if (!in) {
        g_set_error(error, SM_ERROR, SM_ERROR_IO, "%s: %s", path, g_strerror(errno));
        g_free(bytes);
        return NULL;
    }
    size_t n = fread(bytes, 1, SM_MAX_MESSAGE_BYTES + 1, in);
    if (given)
        fclose(in);
    bytes[n] = '\0';
    if (n <= SM_MAX_MESSAGE_BYTES && strlen(bytes) == n && g_utf8_validate(bytes, -1, NULL))
        return g_strchomp(bytes);
    g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "%s: a message is UTF-8 text of %d bytes at most", path, SM_MAX_MESSAGE_BYTES);
    g_free(bytes);
    return NULL;
}

/* The message: the words of the command line, or a file's. NULL and error. */
static char *text_of(const Options *o, GError **error)
{
    if (o->file && o->words) {
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "words, or --text-file, not both");
        return NULL;
    }
    if (o->file)
        return read_file(o->file, error);
    if (o->words)
        return g_strjoinv(" ", o->words);
    g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "what is to be said? Words, or --text-file FILE");
    return NULL;
}

static void print_json(const json_t *json)
{
    g_autofree char *text = sm_json_plain(json);
    puts(text);
}

/* A stranger's words on a line of the terminal. */
static void print_words(const char *before, const char *text)
{
    g_autoptr(SmSafe) safe = sm_cli_line(text ? text : "");
    printf("%s%s\n", before, sm_safe_str(safe));
}

/* --- Broadcasts --------------------------------------------------------------------------------
 */

/* A word of the desk's. The empty one is the catalogue's head to gettext(). */
static const char *word(const char *text)
{
    return *text ? _(text) : "";
}

static void print_preview(const json_t *plan)
{
    size_t i;
    json_t *row;
    printf(_("chats that get it: %d\n"), (int)sm_json_int(plan, "count", 0));
    json_array_foreach(json_object_get(plan, "left_out"), i, row)
        printf(_("left out: %s %s\n"), sm_json_str(row, "conversation", ""), word(sm_json_str(row, "why", "")));
}

static void print_broadcasts(const json_t *answer)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(answer, "broadcasts"), i, row)
    {
        printf("%s  %-8s %d/%d  %s %d  ", sm_json_str(row, "id", ""), word(sm_json_str(row, "state", "")),
               (int)sm_json_int(row, "place", 0), (int)sm_json_int(row, "total", 0), _("got it:"), (int)sm_json_int(row, "sent", 0));
        print_words("", sm_json_str(row, "text", NULL));
    }
}

static gboolean do_broadcast(const Options *o, GError **error)
{
    g_autoptr(json_t) answer = NULL;
    g_autofree char *text = o->list || o->stop || o->preview ? NULL : text_of(o, error);
    if (!text && !o->list && !o->stop && !o->preview)
        return FALSE;
    g_autoptr(SmVisit) visit = sm_visit_new(&o->connection, "seatmux broadcast", error);
    if (!visit)
        return FALSE;
    if (o->list) {
        answer = sm_visit_ask(visit, "GET", "/v1/broadcasts", NULL, error);
    } else if (o->stop) {
        g_autofree char *id = sm_url_escape(o->stop);
        g_autofree char *target = g_strdup_printf("/v1/broadcasts/%s/stop", id);
        answer = sm_visit_ask(visit, "POST", target, json_object(), error);
    } else if (o->preview) {
        answer = sm_visit_ask(visit, "POST", "/v1/broadcasts/preview", json_pack("{s:s}", "filter", o->filter), error);
    } else {
        json_t *body = json_pack("{s:s, s:s}", "text", text, "filter", o->filter);
        if (o->pace > 0)
            json_object_set_new(body, "pace", json_integer(o->pace));
        answer = sm_visit_ask(visit, "POST", "/v1/broadcasts", body, error);
    }
    g_autoptr(json_t) safe = sm_cli_safe_json(answer);
    if (answer && o->json)
        print_json(answer);
    else if (answer && o->list)
        print_broadcasts(safe);
    else if (answer && o->preview)
        print_preview(safe);
    else if (answer && !o->stop)
        printf(_("%s: on its way to %d chats\n"), sm_json_str(safe, "broadcast", ""), (int)sm_json_int(safe, "count", 0));
    return answer != NULL;
}

static int run(Options *o, gboolean (*what)(const Options *o, GError **error), const char *wrong)
{
    g_autoptr(GError) error = NULL;
    if (wrong) {
        sm_cli_error("seatmux: %s\n", wrong);
        return 2;
    }
    sm_cli_locale(o->language);
    if (what(o, &error) && fflush(stdout) == 0)
        return 0;
    sm_cli_error("seatmux: %s\n", error ? error->message : g_strerror(errno));
    return error && g_error_matches(error, SM_ERROR, SM_ERROR_INVALID) ? 2 : 1;
}

static gboolean parse(Options *o, int *argc, char ***argv, const GOptionEntry *own, const char *what)
{
    const GOptionEntry shared[] = {SM_CONNECTION_ENTRIES(o->connection),
                                   {"text-file", 0, 0, G_OPTION_ARG_FILENAME, &o->file, "the words from a file; - is standard input", "FILE"},
                                   {"list", 0, 0, G_OPTION_ARG_NONE, &o->list, "what there is", NULL},
                                   {"json", 0, 0, G_OPTION_ARG_NONE, &o->json, "the desk's answer as it is", NULL},
                                   {"lang", 0, 0, G_OPTION_ARG_STRING, &o->language, "zh-CN or en", "LANG"},
                                   {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &o->words, NULL, "[WORDS ...]"},
                                   G_OPTION_ENTRY_NULL};
    g_autoptr(GOptionContext) context = g_option_context_new(what);
    g_option_context_add_main_entries(context, own, NULL);
    g_option_context_add_main_entries(context, shared, NULL);
    g_autoptr(GError) error = NULL;
    if (g_option_context_parse(context, argc, argv, &error))
        return TRUE;
    sm_cli_error("seatmux: %s\n", error->message);
    return FALSE;
}

int sm_cli_broadcast(int argc, char **argv)
{
    Options o = {0};
    const GOptionEntry own[] = {
        {"filter", 0, 0, G_OPTION_ARG_STRING, &o.filter, "who gets it: state:queued team:billing wait>60, as in seatmux tail", "TERMS"},
        {"pace", 0, 0, G_OPTION_ARG_INT, &o.pace, "messages a minute, 1 to 600 (60)", "N"},
        {"preview", 0, 0, G_OPTION_ARG_NONE, &o.preview, "how many would get it and who not; nothing is sent", NULL},
        {"stop", 0, 0, G_OPTION_ARG_STRING, &o.stop, "stop the one with this id", "ID"},
        G_OPTION_ENTRY_NULL};
    int status = 2;
    if (parse(&o, &argc, &argv, own, "- one answer to many chats; it stops no clock")) {
        const char *wrong = !o.list && !o.stop && !o.filter ? "--filter says who gets it; --filter '' is everybody of your teams"
                            : o.pace < 0 || o.pace > 600    ? "--pace is 1 to 600 a minute"
                                                            : NULL;
        status = run(&o, do_broadcast, wrong);
    }
    options_clear(&o);
    return status;
}

/* --- Incidents ---------------------------------------------------------------------------------
 */

static void print_incidents(const json_t *answer)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(answer, "incidents"), i, row)
    {
        g_autofree char *time = sm_text_local(sm_json_int(row, "until", 0), "%Y-%m-%d %H:%M");
        const char *team = sm_json_str(row, "team", NULL), *inbox = sm_json_str(row, "inbox", NULL);
        printf("%s  %s%s  %s %s  ", sm_json_str(row, "id", ""), team ? "team:" : inbox ? "inbox:" : "",
               team ? team : inbox ? inbox : _("the whole desk"), _("until"), time);
        print_words("", sm_json_str(row, "text", NULL));
    }
}

static json_t *set_incident(const Options *o, SmVisit *visit, const char *text, int64_t ms, GError **error)
{
    /* The desk's clock counts, not this machine's. */
    g_autoptr(json_t) now = sm_visit_ask(visit, "GET", "/v1/incidents", NULL, error);
    if (!now)
        return NULL;
    int64_t until = MIN(sm_json_int(now, "now", 0), INT64_MAX - ms) + ms;
    json_t *body = json_pack("{s:s, s:I}", "text", text, "until", (json_int_t)until);
    if (o->team)
        json_object_set_new(body, "team", json_string(o->team));
    if (o->inbox)
        json_object_set_new(body, "inbox", json_string(o->inbox));
    return sm_visit_ask(visit, "POST", "/v1/incidents", body, error);
}

static gboolean do_incident(const Options *o, GError **error)
{
    g_autoptr(json_t) answer = NULL;
    int64_t ms = 0;
    g_autofree char *text = o->list || o->clear ? NULL : text_of(o, error);
    if (!text && !o->list && !o->clear)
        return FALSE;
    if (text && (!sm_duration_parse(o->how_long ? o->how_long : "", &ms) || ms <= 0)) {
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "--for says how long it stands: 30m, 2h, 1d");
        return FALSE;
    }
    g_autoptr(SmVisit) visit = sm_visit_new(&o->connection, "seatmux incident", error);
    if (!visit)
        return FALSE;
    if (o->list) {
        answer = sm_visit_ask(visit, "GET", "/v1/incidents", NULL, error);
    } else if (o->clear) {
        g_autofree char *id = sm_url_escape(o->clear);
        g_autofree char *target = g_strdup_printf("/v1/incidents/%s/clear", id);
        answer = sm_visit_ask(visit, "POST", target, json_object(), error);
    } else {
        answer = set_incident(o, visit, text, ms, error);
    }
    g_autoptr(json_t) safe = sm_cli_safe_json(answer);
    if (answer && o->json)
        print_json(answer);
    else if (answer && o->list)
        print_incidents(safe);
    else if (answer && !o->clear)
        printf(_("%s: it stands\n"), sm_json_str(safe, "incident", ""));
    return answer != NULL;
}

int sm_cli_incident(int argc, char **argv)
{
    Options o = {0};
    const GOptionEntry own[] = {
        {"team", 0, 0, G_OPTION_ARG_STRING, &o.team, "for the chats of this team", "TEAM"},
        {"inbox", 0, 0, G_OPTION_ARG_STRING, &o.inbox, "for those that come by this inbox; neither: the whole desk", "INBOX"},
        {"for", 0, 0, G_OPTION_ARG_STRING, &o.how_long, "how long it stands: 30m, 2h, 1d", "TIME"},
        {"clear", 0, 0, G_OPTION_ARG_STRING, &o.clear, "end the one with this id", "ID"},
        G_OPTION_ENTRY_NULL};
    int status = 2;
    if (parse(&o, &argc, &argv, own, "- a first answer that stands while something is wrong; it stops no clock"))
        status = run(&o, do_incident, o.team && o.inbox ? "--team or --inbox, not both" : NULL);
    options_clear(&o);
    return status;
}
