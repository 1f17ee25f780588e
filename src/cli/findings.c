/* SPDX-License-Identifier: MIT */
#include "cli/findings.h"

#include <unistd.h>

#include "seatmux/text/sanitise.h"

void sm_cli_puts(FILE *to, const char *line)
{
    g_autoptr(SmSafe) safe = sm_safe_line(line, -1);
    fprintf(to, "%s\n", sm_safe_str(safe));
}

static G_GNUC_PRINTF(2, 0) void print(FILE *to, const char *format, va_list args)
{
    g_autofree char *text = g_strdup_vprintf(format, args);
    g_autoptr(SmSafe) safe = sm_safe_block(text, -1);

    fputs(sm_safe_str(safe), to);
}

void sm_cli_error(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print(stderr, format, args);
    va_end(args);
}

void sm_cli_say(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print(stdout, format, args);
    va_end(args);
}

SmSafe *sm_cli_line(const char *raw)
{
    return isatty(STDOUT_FILENO) ? sm_safe_screen_line(raw, -1) : sm_safe_line(raw, -1);
}

static json_t *safe_object(const json_t *object)
{
    json_t *copy = json_object();
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)object, key, value)
    {
        g_autoptr(SmSafe) name = sm_safe_line(key, -1);
        json_object_set_new(copy, sm_safe_str(name), sm_cli_safe_json(value));
    }
    return copy;
}

json_t *sm_cli_safe_json(const json_t *answer)
{
    size_t i;
    json_t *item;

    if (json_is_object(answer))
        return safe_object(answer);
    if (json_is_array(answer)) {
        json_t *copy = json_array();
        json_array_foreach(answer, i, item) json_array_append_new(copy, sm_cli_safe_json(item));
        return copy;
    }
    if (json_is_string(answer)) {
        g_autoptr(SmSafe) text = sm_safe_block(json_string_value(answer), (gssize)json_string_length(answer));
        return json_string(sm_safe_str(text));
    }
    return json_deep_copy(answer);
}

static int by_place(const void *a, const void *b)
{
    const SmFinding *x = *(const SmFinding *const *)a, *y = *(const SmFinding *const *)b;
    int order = g_strcmp0(x->file, y->file);
    if (order == 0)
        order = x->line - y->line;
    return order ? order : x->column - y->column;
}

GPtrArray *sm_cli_sort_findings(const SmFindings *findings)
{
    GPtrArray *sorted = g_ptr_array_new();

    for (guint i = 0; i < sm_findings_count(findings); i++)
        g_ptr_array_add(sorted, (gpointer)sm_findings_at(findings, i));
    g_ptr_array_sort(sorted, by_place);
    return sorted;
}

guint sm_cli_print_findings(FILE *to, const SmFindings *findings)
{
    g_autoptr(GPtrArray) sorted = sm_cli_sort_findings(findings);

    for (guint i = 0; i < sorted->len; i++) {
        g_autofree char *line = sm_finding_format(sorted->pdata[i]);
        sm_cli_puts(to, line);
    }
    return sm_findings_errors(findings);
}
