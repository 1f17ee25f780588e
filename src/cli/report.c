/* SPDX-License-Identifier: MIT */
/* report: figures of a period, from a desk or from an exported log. */
#include <glib/gi18n.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/connection.h"
#include "cli/findings.h"
#include "cli/report.h"
#include "seatmux/base/error.h"
#include "seatmux/base/paths.h"
#include "seatmux/desk/report.h"
#include "seatmux/log/log.h"
#include "seatmux/wire/wire.h"

typedef struct {
    SmConnectionOptions connection;
    char *log, *from, *to, *by, *rows, *explain, *of, *html, *language;
    gboolean csv, json, table;
    int enquiry_days;
    SmScope scope;
    SmFigure figure;
} Options;

static void options_clear(Options *o)
{
    sm_connection_options_clear(&o->connection);
    g_free(o->log);
    g_free(o->from);
    g_free(o->to);
    g_free(o->by);
    g_free(o->rows);
    g_free(o->explain);
    g_free(o->of);
    g_free(o->html);
    g_free(o->language);
}

/* --- From an exported log -----------------------------------------------------------------------
 */

/* Standard input can't be read twice: it goes into a file that nobody else sees. */
static FILE *spool(GError **error)
{
    FILE *file = tmpfile();
    char block[65536];
    size_t n = 0;
    while (file && (n = fread(block, 1, sizeof block, stdin)) > 0 && fwrite(block, 1, n, file) == n)
        ;
    if (!file || n > 0 || ferror(stdin) || fflush(file) != 0) {
        g_set_error(error, SM_ERROR, SM_ERROR_IO, "standard input can't be kept: %s",
                    g_strerror(errno));
        if (file)
            fclose(file);
        return NULL;
    }
    rewind(file);
    return file;
}

static FILE *open_log(const Options *o, GError **error)
{
    if (g_str_equal(o->log, "-"))
        return spool(error);
    FILE *file = fopen(o->log, "re");
    if (!file)
        g_set_error(error, SM_ERROR, SM_ERROR_IO, "%s: %s", o->log, g_strerror(errno));
    return file;
}

/* Reads the file from its start; it stays open. */
static gboolean each_record(FILE *file, const char *name, SmTakeRecord take, void *user, GError **error)
{
    FILE *again = fdopen(dup(fileno(file)), "r");
    if (!again || fseeko(again, 0, SEEK_SET) != 0) {
        g_set_error(error, SM_ERROR, SM_ERROR_IO, "%s: %s", name, g_strerror(errno));
        if (again)
            fclose(again);
        return FALSE;
    }
    g_autoptr(SmLogLines) lines = sm_log_lines_new(again, name);
    return sm_log_lines_each(lines, take, user, error);
}

/* Zone and last instant of the log, which "today" and "2h" are counted from. */
typedef struct {
    char *zone;
    int64_t first, last; /* 0: no record */
} Clock;

static gboolean take_clock(void *user, SmRecord *record, GError **error)
{
    Clock *clock = user;
    clock->last = record->at;
    clock->first = clock->first ? clock->first : record->at;
    for (guint i = 0; i < record->events->len; i++) {
        const SmEvent *event = record->events->pdata[i];
        if (event->type != SM_EVENT_POLICY_SET)
            continue;
        g_free(clock->zone);
        clock->zone = g_strdup(sm_json_str(event->data, "zone", "UTC"));
    }
    return TRUE;
}

static gboolean take_report(void *user, SmRecord *record, GError **error)
{
    return sm_report_record(user, record, error);
}

static gboolean take_explain(void *user, SmRecord *record, GError **error)
{
    sm_explain_record(user, record);
    return TRUE;
}

static gboolean instant(const char *text, GTimeZone *zone, int64_t now, int64_t otherwise,
                        int64_t *at, GError **error)
{
    *at = otherwise;
    if (!text || sm_instant_parse(text, zone, now, at))
        return TRUE;
    g_set_error(error, SM_ERROR, SM_ERROR_INVALID,
                "'%s' is no instant: a date, a date with T and a time, today, yesterday, now, or "
                "2h for two hours ago",
                text);
    return FALSE;
}

/* The whole log unless a period is said. */
static gboolean period(const Options *o, const Clock *clock, SmReportWish *wish, GError **error)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(clock->zone ? clock->zone : "UTC");
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    return instant(o->from, zone ? zone : utc, clock->last, clock->first, &wish->from, error) &&
           instant(o->to, zone ? zone : utc, clock->last, clock->last + 1, &wish->to, error);
}

static json_t *explain_log(const Options *o, FILE *file, SmReport *report, GError **error)
{
    g_autoptr(SmExplain) explain = sm_report_explain(report, o->figure, o->scope, o->of);
    if (!each_record(file, o->log, take_explain, explain, error))
        return NULL;
    return json_incref(sm_explain_json(explain));
}

static json_t *of_log(const Options *o, GError **error)
{
    Clock clock = {0};
    SmReportWish wish = {.by = o->scope,
                         .turns = g_strcmp0(o->rows, "turns") == 0,
                         .conversations = g_strcmp0(o->rows, "conversations") == 0,
                         .enquiry_days = o->enquiry_days};
    json_t *json = NULL;
    FILE *file = open_log(o, error);
    gboolean ok = file && each_record(file, o->log, take_clock, &clock, error) &&
                  period(o, &clock, &wish, error);
    if (ok) {
        g_autoptr(SmReport) report = sm_report_new(&wish);
        if (each_record(file, o->log, take_report, report, error)) {
            sm_report_end(report, -1);
            json = o->explain ? explain_log(o, file, report, error)
                              : sm_report_json(report, NULL, NULL, TRUE);
        }
    }
    if (file)
        fclose(file);
    g_free(clock.zone);
    return json;
}

/* --- From a desk ---------------------------------------------------------------------------------
 */

static void add_query(GString *query, const char *name, const char *value)
{
    if (!value)
        return;
    g_autofree char *escaped = sm_url_escape(value);
    g_string_append_printf(query, "%s%s=%s", query->len > 0 ? "&" : "", name, escaped);
}

static json_t *of_desk(const Options *o, GError **error)
{
    g_autoptr(GString) query = g_string_new(NULL);
    g_autofree char *days = o->enquiry_days > 0 ? g_strdup_printf("%d", o->enquiry_days) : NULL;
    add_query(query, "from", o->from);
    add_query(query, "to", o->to);
    add_query(query, "by", sm_scope_name(o->scope));
    if (o->rows && !sm_report_traffic_fields(o->rows)) /* those of traffic are in every document */
        add_query(query, "rows", o->rows);
    add_query(query, "explain", o->explain);
    add_query(query, "of", o->of);
    add_query(query, "enquiry_days", days);
    return sm_report_of_desk(&o->connection, query->str, error);
}

/* --- What is shown -------------------------------------------------------------------------------
 */

static gboolean print_to_file(const char *path, const json_t *report, GError **error)
{
    char *bytes = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&bytes, &n);
    if (g_str_equal(path, "-")) {
        fclose(out);
        free(bytes);
        sm_report_print_html(stdout, report);
        return TRUE;
    }
    sm_report_print_html(out, report);
    fclose(out);
    gboolean ok = sm_path_write(path, bytes, n, 0600, error);
    free(bytes);
    return ok;
}

/* Rows as JSON are a line each, for pipes. */
static void print_rows(const json_t *rows)
{
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row)
    {
        g_autofree char *line = sm_json_plain(row);
        puts(line);
    }
}

static gboolean show(const Options *o, const json_t *json, GError **error)
{
    g_autoptr(json_t) safe = o->json ? NULL : sm_cli_safe_json(json);
    if (o->html)
        return print_to_file(o->html, safe, error);
    if (o->json && o->rows) {
        print_rows(sm_report_rows(json, o->rows));
    } else if (o->json) {
        g_autofree char *text = sm_json_plain(json);
        puts(text);
    } else if (o->explain) {
        sm_report_print_explain(stdout, safe);
    } else if (o->csv || o->rows) {
        sm_report_print_csv(stdout, safe, o->rows);
    } else {
        sm_report_print_table(stdout, safe);
    }
    return TRUE;
}

static gboolean sensible(Options *o, GError **error)
{
    int forms = o->csv + o->json + o->table + (o->html != NULL);
    const char *wrong = NULL;
    o->scope = SM_SCOPE_DESK;
    if (forms > 1)
        wrong = "one of --table, --csv, --json and --html";
    else if (o->by && !sm_scope_from_name(o->by, &o->scope))
        wrong = "--by desk, team, agent, inbox, hour or day";
    else if (o->rows && !g_str_equal(o->rows, "turns") && !g_str_equal(o->rows, "conversations") && !sm_report_traffic_fields(o->rows))
        wrong = "--rows turns, conversations, pages, referrers, rules or hours";
    else if (o->rows && (o->explain || o->html || o->table))
        wrong = "--rows goes with --csv or --json";
    else if (o->explain && !sm_figure_from_name(o->explain, &o->figure))
        wrong = "--explain takes a figure's name, as --json shows them";
    else if (o->explain && o->scope != SM_SCOPE_DESK && !o->of)
        wrong = "--explain with --by needs --of, whose figure it is";
    else if (o->explain && (o->csv || o->html))
        wrong = "--explain is for people, or with --json";
    else if (o->enquiry_days < 0 || o->enquiry_days > 400)
        wrong = "--enquiry-days from 1 to 400";
    if (wrong)
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "%s", wrong);
    return wrong == NULL;
}

static int report(Options *o)
{
    g_autoptr(GError) error = NULL;
    if (!sensible(o, &error)) {
        sm_cli_error("seatmux: %s\n", error->message);
        return 2;
    }
    if (!o->by && !o->explain)
        o->scope = SM_SCOPE_AGENT;
    g_autoptr(json_t) json = o->log ? of_log(o, &error) : of_desk(o, &error);
    if (!json || !show(o, json, &error) || fflush(stdout) != 0) {
        sm_cli_error("seatmux: %s\n", error ? error->message : g_strerror(errno));
        return 1;
    }
    return 0;
}

int sm_cli_report(int argc, char **argv)
{
    Options o = {0};
    const GOptionEntry entries[] = {
        SM_CONNECTION_ENTRIES(o.connection),
        {"log", 0, 0, G_OPTION_ARG_FILENAME, &o.log,
         "an exported log instead of a desk; - is standard input", "FILE"},
        {"from", 0, 0, G_OPTION_ARG_STRING, &o.from,
         "first instant: 2026-11-01, 2026-11-01T09:00, today, 2h", "WHEN"},
        {"to", 0, 0, G_OPTION_ARG_STRING, &o.to, "the instant at which the period is over", "WHEN"},
        {"by", 0, 0, G_OPTION_ARG_STRING, &o.by, "agent (default), team, inbox, hour, day or desk",
         "WHAT"},
        {"table", 0, 0, G_OPTION_ARG_NONE, &o.table, "for people (default)", NULL},
        {"csv", 0, 0, G_OPTION_ARG_NONE, &o.csv, "for spreadsheets", NULL},
        {"json", 0, 0, G_OPTION_ARG_NONE, &o.json, "for programs", NULL},
        {"html", 0, 0, G_OPTION_ARG_FILENAME, &o.html, "a page that needs nothing else", "FILE"},
        {"rows", 0, 0, G_OPTION_ARG_STRING, &o.rows,
         "one row a turn, a conversation, or of who came to the shop (CSV, or JSON lines)",
         "turns|conversations|pages|referrers|rules|hours"},
        {"explain", 0, 0, G_OPTION_ARG_STRING, &o.explain, "the rows and messages behind a figure",
         "FIGURE"},
        {"of", 0, 0, G_OPTION_ARG_STRING, &o.of, "with --explain and --by: whose", "ID"},
        {"enquiry-days", 0, 0, G_OPTION_ARG_INT, &o.enquiry_days,
         "days in which an order counts for an enquiry (3)", "N"},
        {"lang", 0, 0, G_OPTION_ARG_STRING, &o.language, "zh-CN or en", "LANG"},
        G_OPTION_ENTRY_NULL};
    g_autoptr(GOptionContext) context = g_option_context_new("- figures of a period");
    g_option_context_add_main_entries(context, entries, NULL);
    g_autoptr(GError) error = NULL;
    int status = 2;
    if (!g_option_context_parse(context, &argc, &argv, &error) || argc != 1) {
        sm_cli_error("seatmux: %s\n", error ? error->message : "see seatmux report --help");
    } else {
        sm_cli_locale(o.language);
        status = report(&o);
    }
    options_clear(&o);
    return status;
}
