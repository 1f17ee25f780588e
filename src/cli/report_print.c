/* SPDX-License-Identifier: MIT */
/* report_print: figures as a table, as CSV, and a figure with its messages. */
#include <glib/gi18n.h>
#include <string.h>

#include "cli/report.h"
#include "seatmux/text/clock_text.h"
#include "seatmux/text/sanitise.h"
#include "seatmux/text/width.h"

static const SmReportColumn COLUMNS[] = {
    {N_("turns"), "turns", "n", N_("turns that were opened in the period")},
    {N_("within"), "within_agent", "percent", N_("answered before the agent's deadline")},
    {N_("customer's"), "within_customer", "percent",
     N_("answered in time as the customer sees it")},
    {N_("first"), "first_response", "mean", N_("mean first response time")},
    {N_("resp.50"), "response", "median", N_("median response time")},
    {N_("resp.90"), "response", "p90", N_("response time of nine in ten")},
    {N_("react.50"), "reaction", "median", N_("median reaction time of the agent")},
    {N_("wait.90"), "queue_wait", "p90", N_("queue wait of nine in ten")},
    {N_("Q:A"), "question_answer", "ratio", N_("customers' messages to one answer")},
    {N_("replied"), "response_rate", "percent", N_("conversations that got an answer")},
    {N_("missed"), "missed", "n", N_("turns never answered")},
    {N_("dropped"), "dropped", "n", N_("turns whose last word was the customer's")},
    {N_("abandoned"), "abandoned", "n", N_("customers who left the queue")},
    {N_("left msg"), "offline_messages", "n", N_("messages left while nobody was there")},
    {N_("to do"), "offline_open", "n", N_("of those, not answered yet")},
    {N_("left.50"), "offline_answer", "median", N_("median time to the answer to a left message")},
    {N_("CSAT"), "csat", "percent", N_("ratings of 4 and 5 stars")},
    {N_("complaints"), "complaints", "n", N_("ratings with a complaint")},
    {N_("at once"), "concurrency", "ratio", N_("conversations at once")},
    {N_("orders"), "enquiry_conversion", "percent", N_("enquiries that became an order")},
    {N_("exam"), NULL, "training", N_("the best exam passed")},
    {N_("score"), NULL, "score", N_("weighted score of ratings, in time and exam")},
    {N_("review"), NULL, "mean", N_("mean score of the reviews, without the own ones")},
};

const SmReportColumn *sm_report_columns(guint *n)
{
    *n = G_N_ELEMENTS(COLUMNS);
    return COLUMNS;
}

char *sm_report_percent(int64_t permille)
{
    return permille < 0 ? g_strdup("-")
                        : g_strdup_printf("%d.%d%%", (int)(permille / 10), (int)(permille % 10));
}

/* Seconds with tenths below a minute, else a clock. */
static char *time_text(int64_t ms)
{
    char text[32];
    if (ms < 60000)
        return g_strdup_printf("%d.%ds", (int)(ms / 1000), (int)(ms % 1000 / 100));
    sm_text_duration(text, sizeof text, ms);
    return g_strdup(text);
}

char *sm_report_cell(const json_t *group, const SmReportColumn *column)
{
    if (!column->figure)
        return sm_report_percent(sm_json_int(
            json_object_get(group, g_str_equal(column->part, "mean") ? "review" : "score"), column->part, -1));
    const json_t *value = json_object_get(json_object_get(group, "figures"), column->figure);
    if (g_str_equal(column->part, "percent"))
        return sm_report_percent(sm_json_int(value, "permille", -1));
    if (g_str_equal(column->part, "ratio")) {
        int64_t hundredths = sm_json_int(value, "hundredths", -1);
        return hundredths < 0
                   ? g_strdup("-")
                   : g_strdup_printf("%d.%02d", (int)(hundredths / 100), (int)(hundredths % 100));
    }
    int64_t number = sm_json_int(value, column->part, -1);
    if (number < 0)
        return g_strdup("-");
    return g_str_equal(column->part, "n") ? g_strdup_printf("%" G_GINT64_FORMAT, number)
                                          : time_text(number);
}

/* --- Table --------------------------------------------------------------------------------------
 */

static int columns_of(const char *text)
{
    return sm_width_text(&(SmWidths){0}, text, strlen(text));
}

void sm_report_print_padded(FILE *out, const char *text, int width, gboolean right)
{
    int blanks = MAX(width - columns_of(text), 0);
    fprintf(out, "%*s%s%*s", right ? blanks : 0, "", text, right ? 0 : blanks, "");
}

/* The group's name as it may be shown. Caller frees. */
static char *group_name(const json_t *group)
{
    g_autoptr(SmSafe) name =
        sm_safe_line(sm_json_str(group, "name", sm_json_str(group, "id", "")), -1);
    return g_strdup(sm_safe_str(name));
}

typedef struct {
    GPtrArray *lines; /* of GStrv-like arrays of G_N_ELEMENTS(COLUMNS) + 2 */
    int widths[G_N_ELEMENTS(COLUMNS) + 1];
    gboolean
        shown[G_N_ELEMENTS(COLUMNS) + 1]; /* a column in which nobody has anything is left out */
} Table;

static void add_line(Table *t, char **cells, gboolean values)
{
    for (guint i = 0; i <= G_N_ELEMENTS(COLUMNS); i++) {
        t->widths[i] = MAX(t->widths[i], columns_of(cells[i]));
        t->shown[i] |= i == 0 || (values && !g_str_equal(cells[i], "-"));
    }
    g_ptr_array_add(t->lines, cells);
}

static void add_group(Table *t, const json_t *group, char *name)
{
    char **cells = g_new0(char *, G_N_ELEMENTS(COLUMNS) + 2);
    cells[0] = name;
    for (guint i = 0; i < G_N_ELEMENTS(COLUMNS); i++)
        cells[i + 1] = sm_report_cell(group, &COLUMNS[i]);
    add_line(t, cells, TRUE);
}

static void add_titles(Table *t, const char *first)
{
    char **cells = g_new0(char *, G_N_ELEMENTS(COLUMNS) + 2);
    cells[0] = g_strdup(first);
    for (guint i = 0; i < G_N_ELEMENTS(COLUMNS); i++)
        cells[i + 1] = g_strdup(_(COLUMNS[i].title));
    add_line(t, cells, FALSE);
}

static char *stamp(int64_t ms, GTimeZone *zone, const char *format)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(ms / 1000);
    g_autoptr(GDateTime) local = utc ? g_date_time_to_timezone(utc, zone) : NULL;
    return local ? g_date_time_format(local, format) : g_strdup("?");
}

static GTimeZone *zone_of(const char *name)
{
    GTimeZone *zone = g_time_zone_new_identifier(name);
    return zone ? zone : g_time_zone_new_utc();
}

char *sm_report_period(const json_t *report)
{
    g_autoptr(GTimeZone) zone = zone_of(sm_json_str(report, "zone", "UTC"));
    int64_t now = sm_json_int(report, "now", 0), to = sm_json_int(report, "to", 0);
    g_autofree char *a = stamp(sm_json_int(report, "from", 0), zone, "%F %R"),
                    *b = stamp(MIN(to, now), zone, "%F %R"), *c = stamp(now, zone, "%F %T %Z");
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, _("%s to %s, drawn at %s"), a, b, c);
    if (json_object_get(report, "open_turns"))
        g_string_append_printf(text, _("; %d turns still open"),
                               (int)sm_json_int(report, "open_turns", 0));
    return g_string_free(text, FALSE);
}

static void print_head(FILE *out, const json_t *report)
{
    g_autoptr(SmSafe) desk = sm_safe_line(sm_json_str(report, "desk", ""), -1);
    g_autofree char *period = sm_report_period(report);
    fprintf(out, "%s: %s\n\n", sm_safe_str(desk), period);
}

const char *sm_report_title(const char *by)
{
    const struct {
        const char *by, *title;
    } titles[] = {{"agent", _("agent")},
                  {"team", _("team")},
                  {"inbox", _("inbox")},
                  {"hour", _("hour")},
                  {"day", _("day")}};
    for (guint i = 0; i < G_N_ELEMENTS(titles); i++)
        if (g_str_equal(by, titles[i].by))
            return titles[i].title;
    return _("desk");
}

/* A bar a point, of eight heights. */
static void print_spark(FILE *out, const json_t *values, int64_t top)
{
    static const char *const BARS[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    const int heights = G_N_ELEMENTS(BARS) - 1;
    size_t i;
    json_t *value;
    json_array_foreach(values, i, value)
    {
        int64_t n = json_is_integer(value) ? json_integer_value(value) : 0;
        int height = top > 0 ? (int)((n * heights + top - 1) / top) : 0;
        fputs(BARS[CLAMP(height, 0, heights)], out);
    }
}

static void print_trend(FILE *out, const json_t *trend)
{
    const json_t *ids = json_object_get(trend, "ids"), *turns = json_object_get(trend, "turns");
    size_t n = json_array_size(ids), i;
    int64_t top = 0;
    json_t *value;
    if (n < 2)
        return;
    json_array_foreach(turns, i, value) top = MAX(top, json_integer_value(value));
    int width = MAX(columns_of(_("turns")), columns_of(_("within")));
    fputc('\n', out);
    sm_report_print_padded(out, _("turns"), width + 2, FALSE);
    print_spark(out, turns, top);
    fprintf(out, "  %s %d\n", _("most"), (int)top);
    sm_report_print_padded(out, _("within"), width + 2, FALSE);
    print_spark(out, json_object_get(trend, "within"), 1000);
    fprintf(out, "  100%%\n%*s%s .. %s\n", width + 2, "", json_string_value(json_array_get(ids, 0)),
            json_string_value(json_array_get(ids, n - 1)));
}

void sm_report_print_table(FILE *out, const json_t *report)
{
    Table t = {.lines = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev)};
    const json_t *total = json_object_get(report, "total");
    size_t i;
    json_t *group;

    print_head(out, report);
    add_titles(&t, sm_report_title(sm_json_str(report, "by", "desk")));
    json_array_foreach(json_object_get(report, "groups"), i, group)
        add_group(&t, group, group_name(group));
    if (total)
        add_group(&t, total, g_strdup(_("all")));
    for (guint line = 0; line < t.lines->len; line++) {
        char **cells = t.lines->pdata[line];
        for (guint k = 0; k <= G_N_ELEMENTS(COLUMNS); k++) {
            if (!t.shown[k])
                continue;
            fputs(k > 0 ? "  " : "", out);
            sm_report_print_padded(out, cells[k], t.widths[k], k > 0);
        }
        fputc('\n', out);
    }
    g_ptr_array_unref(t.lines);
    print_trend(out, json_object_get(report, "trend"));
    sm_report_print_traffic(out, json_object_get(report, "traffic"));
}

/* --- CSV ----------------------------------------------------------------------------------------
 */

/* A cell that a spreadsheet would take for a formula gets an apostrophe before it. */
static void print_field(FILE *out, const char *raw)
{
    g_autoptr(SmSafe) safe = sm_safe_block(raw, -1);
    const char *text = sm_safe_str(safe);
    gboolean formula = *text && strchr("=+-@\t\r", *text) && !g_ascii_isdigit(text[1]);
    gboolean quote = formula || strpbrk(text, ",\"\r\n") != NULL;
    if (!quote) {
        fputs(text, out);
        return;
    }
    fputs(formula ? "\"'" : "\"", out);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

static void print_json_field(FILE *out, const json_t *value)
{
    if (json_is_string(value)) {
        print_field(out, json_string_value(value));
    } else if (value) {
        g_autofree char *text = sm_json_text(value);
        print_field(out, text);
    }
}

static const char *const TURN_FIELDS[] = {"conversation",
                                          "turn",
                                          "inbox",
                                          "team",
                                          "owner",
                                          "author",
                                          "outcome",
                                          "asked",
                                          "queued",
                                          "assigned",
                                          "replied",
                                          "ended",
                                          "response",
                                          "reaction",
                                          "target",
                                          "customer_due",
                                          "customer_messages",
                                          "staff_messages",
                                          NULL};
static const char *const CONVERSATION_FIELDS[] = {
    "conversation",      "inbox",          "team",  "owner", "began",
    "resolved",          "resolution",     "turns", "worst", "first_response",
    "customer_messages", "staff_messages", NULL};

static void print_rows(FILE *out, const json_t *rows, const char *const *fields)
{
    size_t i;
    json_t *row;
    for (guint k = 0; fields[k]; k++)
        fprintf(out, "%s%s", k ? "," : "", fields[k]);
    fputs("\r\n", out);
    json_array_foreach(rows, i, row)
    {
        for (guint k = 0; fields[k]; k++) {
            fputs(k ? "," : "", out);
            print_json_field(out, json_object_get(row, fields[k]));
        }
        fputs("\r\n", out);
    }
}

/* Every member of every figure: "response_p90" and so on, the same for each group. */
static void print_group(FILE *out, const json_t *group, const json_t *like)
{
    static const char *const SCORE[] = {"rating", "performance", "training", "score"};
    static const char *const REVIEW[] = {"n", "mean", "own_n", "own_mean"};
    const char *figure;
    json_t *members;
    json_object_foreach((json_t *)json_object_get(like, "figures"), figure, members)
    {
        static const char *const PARTS[] = {"n",      "judged", "within",    "permille",  "mean",
                                            "median", "p90",    "max",       "questions", "answers",
                                            "total",  "busy",   "hundredths"};
        const json_t *own = json_object_get(json_object_get(group, "figures"), figure);
        gboolean duration = json_object_get(members, "judged") != NULL;
        for (guint i = 0; i < G_N_ELEMENTS(PARTS); i++) {
            gboolean has =
                json_object_get(members, PARTS[i]) != NULL ||
                (i == 3 && json_object_get(members, "within")) || (duration && i >= 4 && i <= 7) ||
                (i == 12 &&
                 (json_object_get(members, "answers") || json_object_get(members, "busy")));
            if (!has)
                continue;
            fputc(',', out);
            if (group)
                print_json_field(out, json_object_get(own, PARTS[i]));
            else
                fprintf(out, "%s_%s", figure, PARTS[i]);
        }
    }
    for (guint i = 0; i < G_N_ELEMENTS(SCORE); i++) {
        fputc(',', out);
        if (group)
            print_json_field(out, json_object_get(json_object_get(group, "score"), SCORE[i]));
        else
            fprintf(out, "score_%s", SCORE[i]);
    }
    for (guint i = 0; i < G_N_ELEMENTS(REVIEW); i++) {
        fputc(',', out);
        if (group)
            print_json_field(out, json_object_get(json_object_get(group, "review"), REVIEW[i]));
        else
            fprintf(out, "review_%s", REVIEW[i]);
    }
}

void sm_report_print_csv(FILE *out, const json_t *report, const char *rows)
{
    const json_t *groups = json_object_get(report, "groups"),
                 *total = json_object_get(report, "total");
    const json_t *like = total ? total : json_array_get(groups, 0);
    size_t i;
    json_t *group;

    if (rows) {
        const char *const *fields = sm_report_traffic_fields(rows);
        print_rows(out, sm_report_rows(report, rows),
                   fields ? fields : g_str_equal(rows, "turns") ? TURN_FIELDS : CONVERSATION_FIELDS);
        return;
    }
    fprintf(out, "%s,name", sm_json_str(report, "by", "desk"));
    print_group(out, NULL, like);
    fputs("\r\n", out);
    json_array_foreach(groups, i, group)
    {
        print_field(out, sm_json_str(group, "id", ""));
        fputc(',', out);
        print_field(out, sm_json_str(group, "name", ""));
        print_group(out, group, like);
        fputs("\r\n", out);
    }
    if (total) {
        fputs("*,", out);
        print_group(out, total, like);
        fputs("\r\n", out);
    }
}

/* --- Explain ------------------------------------------------------------------------------------
 */

static void print_stamps(FILE *out, const json_t *row, GTimeZone *zone)
{
    static const char *const STAMPS[] = {"queued",   "asked",   "assigned",
                                         "deadline", "replied", "ended"};
    for (guint i = 0; i < G_N_ELEMENTS(STAMPS); i++) {
        int64_t at = sm_json_int(row, STAMPS[i], -1);
        if (at < 0)
            continue;
        g_autofree char *text = stamp(at, zone, "%F %T");
        fprintf(out, "  %s %s.%03d", STAMPS[i], text, (int)(at % 1000));
    }
    fputc('\n', out);
}

static void print_message(FILE *out, const json_t *message, GTimeZone *zone)
{
    int64_t at = sm_json_int(message, "at", 0);
    g_autofree char *time = stamp(at, zone, "%T");
    g_autoptr(SmSafe) who =
        sm_safe_line(sm_json_str(message, "agent", sm_json_str(message, "author", "?")), -1);
    g_autoptr(SmSafe) text = sm_safe_line(sm_json_str(message, "text", _("(erased)")), -1);
    fprintf(out, "       %s.%03d  %s: %s\n", time, (int)(at % 1000), sm_safe_str(who),
            sm_safe_str(text));
}

void sm_report_print_explain(FILE *out, const json_t *explain)
{
    g_autoptr(GTimeZone) zone = zone_of(sm_json_str(explain, "zone", "UTC"));
    const json_t *rows = json_object_get(explain, "rows");
    g_autofree char *value = sm_json_text(json_object_get(explain, "value"));
    size_t i, k;
    json_t *row, *message;

    fprintf(out, "%s, %s %s: %s\n", sm_json_str(explain, "figure", "?"),
            sm_json_str(explain, "scope", "?"), sm_json_str(explain, "id", ""), value);
    json_array_foreach(rows, i, row)
    {
        fprintf(out, "\n%4d. %s", (int)i + 1, sm_json_str(row, "conversation", "?"));
        if (json_object_get(row, "number"))
            fprintf(out, " #%d", (int)sm_json_int(row, "number", 0));
        fprintf(out, "  %s %s  value %" G_GINT64_FORMAT "%s\n     ", sm_json_str(row, "team", "-"),
                sm_json_str(row, "agent", "-"), sm_json_int(row, "value", 0),
                !json_object_get(row, "within")                ? ""
                : json_is_true(json_object_get(row, "within")) ? "  within"
                                                               : "  not within");
        print_stamps(out, row, zone);
        json_array_foreach(json_object_get(row, "messages"), k, message)
            print_message(out, message, zone);
    }
}
