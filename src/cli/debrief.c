/* SPDX-License-Identifier: MIT */
#include "cli/debrief.h"

#include <glib/gi18n.h>
#include <string.h>

#include "cli/report.h"
#include "seatmux/base/limits.h"
#include "seatmux/text/clock_text.h"
#include "seatmux/text/sanitise.h"
#include "seatmux/text/width.h"

#define SLOWEST 3
#define VALUE 8 /* columns of a figure */
#define QUOTE 60

static json_t *ask(SmLocalDesk *desk, const char *target)
{
    g_autoptr(SmRequest) request = sm_request_new("GET", target);
    request->admin = TRUE;
    g_autoptr(SmAnswer) answer = sm_local_desk_ask(desk, request);
    gsize n = 0;
    const char *bytes = answer->status == 200 && answer->body ? g_bytes_get_data(answer->body, &n) : NULL;
    return bytes ? sm_json_parse(bytes, n, SM_MAX_ANSWER_BYTES, NULL) : NULL;
}

/* --- Figures -------------------------------------------------------------------------------------
 */

static void print_figures(FILE *out, const json_t *total)
{
    guint n;
    const SmReportColumn *columns = sm_report_columns(&n);
    for (guint i = 0; i < n; i++) {
        g_autofree char *cell = sm_report_cell(total, &columns[i]);
        if (strcmp(cell, "-") == 0)
            continue;
        int width = sm_width_text(&(SmWidths){0}, cell, strlen(cell));
        fprintf(out, "  %*s%s  %s\n", MAX(0, VALUE - width), "", cell, _(columns[i].help));
    }
}

/* --- The slowest answers -------------------------------------------------------------------------
 */

static int64_t took(const json_t *row)
{
    return sm_json_int(row, "replied", 0) - sm_json_int(row, "asked", 0);
}

static int slow_first(gconstpointer a, gconstpointer b)
{
    int64_t x = took(*(json_t *const *)a), y = took(*(json_t *const *)b);
    return x < y ? 1 : x > y ? -1 : 0;
}

/* What the turn began with, or what answered it: earlier lines are there for the context. */
static const char *words_of(const json_t *row, gboolean customer)
{
    int64_t at = sm_json_int(row, customer ? "asked" : "replied", 0);
    size_t i;
    json_t *message;
    json_array_foreach(json_object_get(row, "messages"), i, message)
        if ((strcmp(sm_json_str(message, "author", ""), "customer") == 0) == customer &&
            sm_json_int(message, "at", 0) >= at)
            return sm_json_str(message, "text", "");
    return "";
}

static void print_row(FILE *out, const json_t *row)
{
    char clock[32];
    sm_text_duration(clock, sizeof clock, took(row));
    g_autoptr(SmSafe) asked = sm_safe_clipped(&(SmWidths){0}, words_of(row, TRUE), -1, QUOTE);
    g_autoptr(SmSafe) answered = sm_safe_clipped(&(SmWidths){0}, words_of(row, FALSE), -1, QUOTE);
    fprintf(out, "  %8s  %s\n            > %s\n", clock, sm_safe_str(asked), sm_safe_str(answered));
}

static void print_slowest(FILE *out, const json_t *explained)
{
    const json_t *rows = json_object_get(explained, "rows");
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row) if (sm_json_int(row, "replied", 0) > 0) g_ptr_array_add(sorted, row);
    if (sorted->len == 0)
        return;
    g_ptr_array_sort(sorted, slow_first);
    fprintf(out, "\n%s\n", _("The answers that took longest:"));
    for (guint k = 0; k < MIN(sorted->len, SLOWEST); k++)
        print_row(out, sorted->pdata[k]);
}

void sm_debrief_print(FILE *out, SmLocalDesk *desk, const char *title, SmSimStats customers)
{
    if (customers.arrived == 0)
        return;
    g_autoptr(json_t) report = ask(desk, "/v1/report?by=desk");
    g_autoptr(json_t) explained = ask(desk, "/v1/report?by=desk&explain=response");
    g_autoptr(SmSafe) safe = sm_safe_line(title ? title : "", -1);
    fprintf(out, _("How it went: %s\n"), sm_safe_str(safe));
    fprintf(out, _("%d customers came, %d thanked you, %d left angry.\n"), customers.arrived,
            customers.thanked, customers.angry);
    fputc('\n', out);
    print_figures(out, json_object_get(report, "total"));
    print_slowest(out, explained);
}
