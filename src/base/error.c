/* SPDX-License-Identifier: MIT */
#include "seatmux/base/error.h"

G_DEFINE_QUARK(sm - error - quark, sm_error)

struct SmFindings {
    GPtrArray *list; /* SmFinding *, owned */
    guint errors;
};

static void finding_free(gpointer data)
{
    SmFinding *finding = data;
    g_free(finding->file);
    g_free(finding->text);
    g_free(finding);
}

SmFindings *sm_findings_new(void)
{
    SmFindings *f = g_new0(SmFindings, 1);
    f->list = g_ptr_array_new_with_free_func(finding_free);
    return f;
}

void sm_findings_free(SmFindings *f)
{
    if (f == NULL) {
        return;
    }
    g_ptr_array_unref(f->list);
    g_free(f);
}

/* NULL findings: the caller asked only for yes or no. */
static void G_GNUC_PRINTF(6, 0) add(SmFindings *f, gboolean warning, const char *file, int line,
                                    int column, const char *format, va_list args)
{
    if (f == NULL) {
        return;
    }
    SmFinding *finding = g_new0(SmFinding, 1);
    finding->file = g_strdup(file);
    finding->line = line;
    finding->column = column;
    finding->warning = warning;
    finding->text = g_strdup_vprintf(format, args);
    g_ptr_array_add(f->list, finding);
    f->errors += warning ? 0 : 1;
}

void sm_findings_error(SmFindings *f, const char *file, int line, int column, const char *format,
                       ...)
{
    va_list args;
    va_start(args, format);
    add(f, FALSE, file, line, column, format, args);
    va_end(args);
}

void sm_findings_warn(SmFindings *f, const char *file, int line, int column, const char *format,
                      ...)
{
    va_list args;
    va_start(args, format);
    add(f, TRUE, file, line, column, format, args);
    va_end(args);
}

guint sm_findings_count(const SmFindings *f)
{
    return f != NULL ? f->list->len : 0;
}

guint sm_findings_errors(const SmFindings *f)
{
    return f != NULL ? f->errors : 0;
}

const SmFinding *sm_findings_at(const SmFindings *f, guint i)
{
    g_return_val_if_fail(i < f->list->len, NULL);
    return g_ptr_array_index(f->list, i);
}

char *sm_finding_format(const SmFinding *finding)
{
    GString *out = g_string_new(NULL);
    if (finding->file != NULL) {
        g_string_append_printf(out, "%s:", finding->file);
    }
    if (finding->line > 0) {
        g_string_append_printf(out, "%d:", finding->line);
    }
    if (finding->line > 0 && finding->column > 0) {
        g_string_append_printf(out, "%d:", finding->column);
    }
    g_string_append_printf(out, "%s%s: %s", out->len > 0 ? " " : "",
                           finding->warning ? "warning" : "error", finding->text);
    return g_string_free(out, FALSE);
}

void sm_findings_move(SmFindings *to, SmFindings *from)
{
    if (to == from || from == NULL) {
        return;
    }
    if (to == NULL) { /* keeps nothing */
        g_ptr_array_set_size(from->list, 0);
        from->errors = 0;
        return;
    }
    g_ptr_array_extend_and_steal(to->list, from->list);
    from->list = g_ptr_array_new_with_free_func(finding_free);
    to->errors += from->errors;
    from->errors = 0;
}
