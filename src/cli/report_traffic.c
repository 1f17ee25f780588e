/* SPDX-License-Identifier: MIT */
/* report_traffic: who came to the shop's pages and what came of it, as lines for a terminal, as a part of
 * the page, and as rows. */
#include <glib/gi18n.h>

#include "cli/report.h"
#include "seatmux/text/sanitise.h"

#define MOST_ROWS 15 /* of a table for people; the document has all */
#define KEY_COLUMNS 40
#define COUNT_COLUMNS 9

static const struct {
    const char *table, *title, *key;
    const char *columns[3], *names[3];
} TABLES[] = {
    {"pages", N_("PAGE"), "page", {"views", "conversations"}, {N_("views"), N_("chats")}},
    {"referrers", N_("CAME FROM"), "host", {"visits", "conversations"}, {N_("visits"), N_("chats")}},
    {"rules", N_("RULE"), "id", {"shown", "accepted", "refused"}, {N_("shown"), N_("accepted"), N_("refused")}},
};

const char *const *sm_report_traffic_fields(const char *rows)
{
    static const struct {
        const char *rows;
        const char *fields[5];
    } FIELDS[] = {
        {"pages", {"page", "views", "conversations"}},
        {"referrers", {"host", "visits", "conversations"}},
        {"rules", {"id", "shown", "accepted", "refused"}},
        {"hours", {"hour", "visits", "views", "conversations"}},
    };

    for (guint i = 0; i < G_N_ELEMENTS(FIELDS); i++)
        if (g_str_equal(rows, FIELDS[i].rows))
            return FIELDS[i].fields;
    return NULL;
}

const json_t *sm_report_rows(const json_t *report, const char *rows)
{
    return json_object_get(sm_report_traffic_fields(rows) ? json_object_get(report, "traffic") : report, rows);
}

/* What a row is called; a referrer of "" said nothing. Caller unrefs. */
static SmSafe *row_name(const json_t *row, const char *key)
{
    const char *name = sm_json_str(row, key, "");

    if (*name == '\0')
        return sm_safe_from_literal(_("(not said)"));
    return g_str_equal(name, "*") ? sm_safe_from_literal(_("(others)")) : sm_safe_line(name, -1);
}

static int count_of(const json_t *json, const char *key)
{
    return (int)sm_json_int(json, key, 0);
}

static SmSafe *visits_words(const json_t *traffic)
{
    int visits = count_of(traffic, "visits"), chats = count_of(traffic, "conversations");
    g_autofree char *share = sm_report_percent(visits > 0 ? (int64_t)chats * 1000 / visits : -1);
    g_autoptr(SmSafe) percent = sm_safe_from_literal(share);

    return sm_safe_format(_("Visits: %d, pages: %d, chats that came of them: %d (%S)"), visits, count_of(traffic, "views"), chats, percent);
}

static SmSafe *began_words(const json_t *traffic)
{
    const json_t *began = json_object_get(traffic, "began");

    return sm_safe_format(_("They began: unasked %d, invited by rule %d, by a pop-up %d, invited by an agent %d"), count_of(began, "customer"),
                          count_of(began, "rule"), count_of(began, "popup"), count_of(began, "invitation"));
}

static SmSafe *invited_words(const json_t *traffic)
{
    const json_t *invited = json_object_get(traffic, "invited");

    return sm_safe_format(_("Invitations by agents: %d, accepted %d, refused %d, ignored %d"), count_of(invited, "sent"),
                          count_of(invited, "accepted"), count_of(invited, "refused"), count_of(invited, "ignored"));
}

/* --- For a terminal ------------------------------------------------------------------------------
 */

static void line(FILE *out, SmSafe *words)
{
    fprintf(out, "%s\n", sm_safe_str(words));
    sm_safe_unref(words);
}

static void print_hours(FILE *out, const json_t *hours)
{
    size_t i;
    json_t *hour;

    fprintf(out, "\n%s\n", _("hour: visits, chats"));
    json_array_foreach(hours, i, hour)
        if (count_of(hour, "visits") > 0 || count_of(hour, "conversations") > 0)
            fprintf(out, "  %02d:00  %6d  %6d\n", count_of(hour, "hour"), count_of(hour, "visits"), count_of(hour, "conversations"));
}

static void print_rows(FILE *out, const json_t *traffic, guint which)
{
    const json_t *rows = json_object_get(traffic, TABLES[which].table);
    size_t i;
    json_t *row;

    if (json_array_size(rows) == 0)
        return;
    fputc('\n', out);
    sm_report_print_padded(out, _(TABLES[which].title), KEY_COLUMNS, FALSE);
    for (guint k = 0; k < G_N_ELEMENTS(TABLES[which].names) && TABLES[which].names[k]; k++) {
        fputs("  ", out);
        sm_report_print_padded(out, _(TABLES[which].names[k]), COUNT_COLUMNS, TRUE);
    }
    fputc('\n', out);
    json_array_foreach(rows, i, row)
    {
        g_autoptr(SmSafe) name = row_name(row, TABLES[which].key);
        if (i >= MOST_ROWS)
            break;
        sm_report_print_padded(out, sm_safe_str(name), KEY_COLUMNS, FALSE);
        for (guint k = 0; k < G_N_ELEMENTS(TABLES[which].columns) && TABLES[which].columns[k]; k++)
            fprintf(out, "  %*d", COUNT_COLUMNS, count_of(row, TABLES[which].columns[k]));
        fputc('\n', out);
    }
}

void sm_report_print_traffic(FILE *out, const json_t *traffic)
{
    if (!traffic)
        return;
    fputc('\n', out);
    line(out, visits_words(traffic));
    line(out, began_words(traffic));
    line(out, invited_words(traffic));
    print_hours(out, json_object_get(traffic, "hours"));
    for (guint i = 0; i < G_N_ELEMENTS(TABLES); i++)
        print_rows(out, traffic, i);
}

/* --- For the page --------------------------------------------------------------------------------
 */

static void markup(FILE *out, const char *element, SmSafe *words)
{
    g_autofree char *escaped = g_markup_escape_text(sm_safe_str(words), -1);

    fprintf(out, "<%s>%s</%s>", element, escaped, element);
    sm_safe_unref(words);
}

static void html_rows(FILE *out, const json_t *traffic, guint which)
{
    const json_t *rows = json_object_get(traffic, TABLES[which].table);
    size_t i;
    json_t *row;

    if (json_array_size(rows) == 0)
        return;
    fputs("<table><thead><tr>", out);
    markup(out, "th", sm_safe_from_literal(_(TABLES[which].title)));
    for (guint k = 0; k < G_N_ELEMENTS(TABLES[which].names) && TABLES[which].names[k]; k++)
        markup(out, "th", sm_safe_from_literal(_(TABLES[which].names[k])));
    fputs("</tr></thead>\n<tbody>\n", out);
    json_array_foreach(rows, i, row)
    {
        fputs("<tr>", out);
        markup(out, "td", row_name(row, TABLES[which].key));
        for (guint k = 0; k < G_N_ELEMENTS(TABLES[which].columns) && TABLES[which].columns[k]; k++)
            fprintf(out, "<td>%d</td>", count_of(row, TABLES[which].columns[k]));
        fputs("</tr>\n", out);
    }
    fputs("</tbody></table>\n", out);
}

void sm_report_html_traffic(FILE *out, const json_t *traffic)
{
    if (!traffic)
        return;
    fprintf(out, "<h2>%s</h2>\n", _("Visitors of the shop"));
    markup(out, "p", visits_words(traffic));
    markup(out, "p", began_words(traffic));
    markup(out, "p", invited_words(traffic));
    for (guint i = 0; i < G_N_ELEMENTS(TABLES); i++)
        html_rows(out, traffic, i);
}
