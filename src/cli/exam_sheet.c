/* SPDX-License-Identifier: MIT */
/* exam_sheet: the result for the one who sat, and for the folder of the one who decides. */
#include <glib/gi18n.h>
#include <string.h>

#include "cli/exam_private.h"
#include "cli/report.h"
#include "seatmux/text/clock_text.h"
#include "seatmux/text/sanitise.h"

typedef struct {
    const char *label;
    char *value;
} Row;

static char *when(const json_t *result)
{
    return sm_text_local(sm_json_int(result, "at", 0), "%Y-%m-%d %H:%M");
}

static void add(GArray *rows, const char *label, char *value)
{
    Row row = {label, value};
    g_array_append_val(rows, row);
}

static void row_clear(void *row)
{
    g_free(((Row *)row)->value);
}

/* What both forms show, in order. */
static GArray *rows_of(const json_t *result)
{
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(Row));
    g_array_set_clear_func(rows, row_clear);
    const json_t *written = json_object_get(result, "written"), *applied = json_object_get(result, "applied");
    add(rows, _("Name"), g_strdup(sm_json_str(result, "who", "")));
    add(rows, _("Date"), when(result));
    if (json_is_object(written))
        add(rows, _("Written part"),
            g_strdup_printf(_("%.1f of %.1f points, %d of %d questions answered"), (double)sm_json_int(written, "points", 0) / 1000,
                            (double)sm_json_int(written, "of", 0) / 1000, (int)sm_json_int(written, "answered", 0),
                            (int)sm_json_int(written, "asked", 0)));
    if (json_is_object(applied))
        add(rows, _("Applied part"),
            g_strdup_printf(_("%d of %d customers thanked, %d left angry, %d answers that did not help"),
                            (int)sm_json_int(applied, "thanked", 0), (int)sm_json_int(applied, "expected", 0),
                            (int)sm_json_int(applied, "angry", 0), (int)sm_json_int(applied, "mistakes", 0)));
    g_autofree char *w = sm_report_percent(json_is_object(written) ? sm_json_int(written, "permille", -1) : -1);
    g_autofree char *a = sm_report_percent(json_is_object(applied) ? sm_json_int(applied, "permille", -1) : -1);
    g_autofree char *all = sm_report_percent(sm_json_int(result, "permille", 0)), *pass = sm_report_percent(sm_json_int(result, "pass", 0));
    add(rows, _("Together"), g_strdup_printf(_("%s (written %s, applied %s; %s passes)"), all, w, a, pass));
    add(rows, _("Result"), g_strdup(json_is_true(json_object_get(result, "passed")) ? _("passed") : _("not passed")));
    add(rows, _("Seal"), g_strndup(sm_json_str(result, "seal", ""), 16));
    return rows;
}

void sm_exam_print(FILE *out, const json_t *result)
{
    g_autoptr(GArray) rows = rows_of(result);
    g_autoptr(SmSafe) title = sm_safe_line(sm_json_str(result, "title", ""), -1);
    fprintf(out, "\n%s\n", sm_safe_str(title));
    for (guint i = 0; i < rows->len; i++) {
        const Row *row = &g_array_index(rows, Row, i);
        g_autoptr(SmSafe) value = sm_safe_line(row->value, -1);
        fprintf(out, "  %s: %s\n", row->label, sm_safe_str(value));
    }
}

static char *escaped(const char *text)
{
    g_autoptr(SmSafe) safe = sm_safe_line(text, -1);
    return g_markup_escape_text(sm_safe_str(safe), -1);
}

static void print_answers(FILE *out, const json_t *log)
{
    size_t i;
    json_t *entry;
    fprintf(out, "<table><tr><th>%s</th><th>%s</th><th>%s</th></tr>\n", _("Question"), _("Answer"), _("Points"));
    json_array_foreach(log, i, entry)
    {
        if (strcmp(sm_json_str(entry, "what", ""), "answer") != 0)
            continue;
        g_autofree char *question = escaped(sm_json_str(entry, "question", ""));
        g_autofree char *answer = escaped(sm_json_str(entry, "answer", ""));
        g_autofree char *grade = sm_report_percent(sm_json_int(entry, "permille", 0));
        fprintf(out, "<tr><td>%s</td><td>%s</td><td>%s</td></tr>\n", question, answer, grade);
    }
    fputs("</table>\n", out);
}

void sm_exam_print_html(FILE *out, const json_t *result)
{
    g_autoptr(GArray) rows = rows_of(result);
    g_autofree char *title = escaped(sm_json_str(result, "title", ""));
    fprintf(out,
            "<!doctype html>\n<html><head><meta charset=\"utf-8\"><title>%s</title>\n<style>\n"
            "body { font: 12pt/1.5 sans-serif; max-width: 40em; margin: 2em auto; }\n"
            "table { border-collapse: collapse; width: 100%%; margin: 1em 0; }\n"
            "th, td { border: 1px solid #888; padding: .3em .6em; text-align: left; }\n"
            ".sign { margin-top: 4em; border-top: 1px solid #000; width: 20em; }\n</style></head><body>\n<h1>%s</h1>\n<table>\n",
            title, title);
    for (guint i = 0; i < rows->len; i++) {
        const Row *row = &g_array_index(rows, Row, i);
        g_autofree char *value = escaped(row->value);
        fprintf(out, "<tr><th>%s</th><td>%s</td></tr>\n", row->label, value);
    }
    fputs("</table>\n", out);
    print_answers(out, json_object_get(result, "log"));
    fprintf(out, "<p class=\"sign\">%s</p>\n</body></html>\n", _("Supervisor, date"));
}
