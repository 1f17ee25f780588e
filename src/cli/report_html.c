/* SPDX-License-Identifier: MIT */
/* report_html: figures as a page that stands alone: inline style, inline SVG, no script, nothing
 * loaded. It follows the reader's light or dark, and says in words what the bars show. */
#include <glib/gi18n.h>
#include <string.h>

#include "cli/report.h"
#include "seatmux/text/sanitise.h"

#define CHART_WIDTH 720
#define CHART_HEIGHT 120

static const char STYLE[] =
    ":root{color-scheme:light dark;--bar:#2b7bb9;--line:#8888}"
    "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:76rem;padding:0 1rem}"
    "h1{font-size:1.4rem;margin-bottom:0}table{border-collapse:collapse;margin:1rem "
    "0;display:block;overflow-x:auto}"
    "th,td{padding:.3rem .6rem;border-bottom:1px solid "
    "var(--line);text-align:right;white-space:nowrap}"
    "th:first-child,td:first-child{text-align:left}tfoot td{font-weight:600}"
    "svg{max-width:100%;height:auto}rect{fill:var(--bar)}dt{font-weight:600}dd{margin:0 0 .4rem 0}";

/* Foreign text on a page: made safe, then its five characters. */
static void text(FILE *out, const char *raw)
{
    g_autoptr(SmSafe) safe = sm_safe_line(raw, -1);
    g_autofree char *escaped = g_markup_escape_text(sm_safe_str(safe), -1);
    fputs(escaped, out);
}

static void group_row(FILE *out, const json_t *group, const char *name)
{
    guint n;
    const SmReportColumn *columns = sm_report_columns(&n);

    fputs("<tr><td>", out);
    text(out, name);
    fputs("</td>", out);
    for (guint i = 0; i < n; i++) {
        g_autofree char *cell = sm_report_cell(group, &columns[i]);
        fprintf(out, "<td>%s</td>", cell);
    }
    fputs("</tr>\n", out);
}

static void table(FILE *out, const json_t *report)
{
    guint n;
    const SmReportColumn *columns = sm_report_columns(&n);
    const json_t *total = json_object_get(report, "total");
    size_t i;
    json_t *group;

    fputs("<table><thead><tr><th scope=\"col\">", out);
    text(out, sm_report_title(sm_json_str(report, "by", "desk")));
    fputs("</th>", out);
    for (guint k = 0; k < n; k++)
        fprintf(out, "<th scope=\"col\" title=\"%s\">%s</th>", _(columns[k].help),
                _(columns[k].title));
    fputs("</tr></thead>\n<tbody>\n", out);
    json_array_foreach(json_object_get(report, "groups"), i, group)
        group_row(out, group, sm_json_str(group, "name", sm_json_str(group, "id", "")));
    fputs("</tbody>\n", out);
    if (total) {
        fputs("<tfoot>\n", out);
        group_row(out, total, _("all"));
        fputs("</tfoot>\n", out);
    }
    fputs("</table>\n", out);
}

/* Bars with what each says as its title; the first and the last are named below. */
static void chart(FILE *out, const char *title, const json_t *ids, const json_t *values,
                  int64_t top, const char *unit)
{
    size_t n = json_array_size(values), i;
    json_t *value;

    if (n < 2 || top <= 0)
        return;
    double step = (double)CHART_WIDTH / (double)n;
    fprintf(
        out,
        "<h2>%s</h2>\n<svg role=\"img\" aria-label=\"%s\" viewBox=\"0 0 %d %d\" width=\"%d\">\n",
        title, title, CHART_WIDTH, CHART_HEIGHT, CHART_WIDTH);
    json_array_foreach(values, i, value)
    {
        int64_t v = json_is_integer(value) ? json_integer_value(value) : 0;
        double height = (double)v * (CHART_HEIGHT - 4) / (double)top;
        fprintf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"><title>",
                (double)i * step, CHART_HEIGHT - height, MAX(step - 1, 0.5), height);
        text(out, json_string_value(json_array_get(ids, i)));
        if (top == 1000)
            fprintf(out, ": %d.%d %%", (int)(v / 10), (int)(v % 10));
        else
            fprintf(out, ": %d %s", (int)v, unit);
        fputs("</title></rect>\n", out);
    }
    fputs("</svg>\n<p>", out);
    text(out, json_string_value(json_array_get(ids, 0)));
    fputs(" – ", out);
    text(out, json_string_value(json_array_get(ids, n - 1)));
    fputs("</p>\n", out);
}

static void charts(FILE *out, const json_t *trend)
{
    const json_t *ids = json_object_get(trend, "ids"), *turns = json_object_get(trend, "turns");
    size_t i;
    json_t *value;
    int64_t top = 0;

    json_array_foreach(turns, i, value) top = MAX(top, json_integer_value(value));
    chart(out, _("Turns"), ids, turns, top, _("turns"));
    chart(out, _("Within target"), ids, json_object_get(trend, "within"), 1000, "");
}

static void legend(FILE *out)
{
    guint n;
    const SmReportColumn *columns = sm_report_columns(&n);

    fputs("<dl>\n", out);
    for (guint i = 0; i < n; i++)
        fprintf(out, "<dt>%s</dt><dd>%s</dd>\n", _(columns[i].title), _(columns[i].help));
    fputs("</dl>\n", out);
}

void sm_report_print_html(FILE *out, const json_t *report)
{
    g_autofree char *head = sm_report_period(report);

    fprintf(out,
            "<!doctype html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>",
            /* the page's language, "en" or "zh-CN" */ _("en"));
    text(out, sm_json_str(report, "desk", ""));
    fprintf(out, "</title>\n<style>%s</style></head>\n<body><h1>", STYLE);
    text(out, sm_json_str(report, "desk", ""));
    fputs("</h1>\n<p>", out);
    text(out, head);
    fputs("</p>\n", out);
    table(out, report);
    charts(out, json_object_get(report, "trend"));
    sm_report_html_traffic(out, json_object_get(report, "traffic"));
    legend(out);
    fputs("</body></html>\n", out);
}
