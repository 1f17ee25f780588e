/* SPDX-License-Identifier: MIT */
/* lines: an exported log, record by record, with the number of the line in every complaint. */
#include "seatmux/log/log.h"

#include <errno.h>
#include <string.h>

#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"

struct SmLogLines {
    FILE *file;
    char *name;
    GString *line;
    int64_t number;
    int64_t seq;
};

SmLogLines *sm_log_lines_new(FILE *file, const char *name)
{
    SmLogLines *lines = g_new0(SmLogLines, 1);

    lines->file = file;
    lines->name = g_strdup(name);
    lines->line = g_string_new(NULL);
    return lines;
}

void sm_log_lines_free(SmLogLines *lines)
{
    if (lines == NULL)
        return;
    fclose(lines->file);
    g_free(lines->name);
    g_string_free(lines->line, TRUE);
    g_free(lines);
}

int64_t sm_log_lines_number(const SmLogLines *lines)
{
    return lines->number;
}

/* The next line without its end. FALSE: an error, or the end of the file. */
static gboolean read_line(SmLogLines *lines, GError **error)
{
    int c;

    g_string_truncate(lines->line, 0);
    errno = 0;
    while ((c = getc_unlocked(lines->file)) != EOF && c != '\n') {
        if (lines->line->len == SM_MAX_LOG_LINE_BYTES) {
            g_set_error(error, SM_ERROR, SM_ERROR_LIMIT, "longer than %d bytes",
                        SM_MAX_LOG_LINE_BYTES);
            return FALSE;
        }
        g_string_append_c(lines->line, (char)c);
    }
    if (ferror(lines->file)) {
        g_set_error(error, SM_ERROR, SM_ERROR_IO, "can't be read: %s", g_strerror(errno));
        return FALSE;
    }
    return c == '\n' || lines->line->len > 0;
}

static SmRecord *read_record(SmLogLines *lines, GError **error)
{
    g_autoptr(SmRecord) record = NULL;

    record = sm_log_import_line(lines->line->str, lines->line->len, error);
    if (record == NULL)
        return NULL;
    if (record->seq != lines->seq + 1) {
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID,
                    "seq is %" G_GINT64_FORMAT " where %" G_GINT64_FORMAT " must come", record->seq,
                    lines->seq + 1);
        return NULL;
    }
    lines->seq = record->seq;
    return g_steal_pointer(&record);
}

SmRecord *sm_log_lines_next(SmLogLines *lines, GError **error)
{
    g_autoptr(GError) own = NULL;
    SmRecord *record = NULL;

    lines->number++;
    if (read_line(lines, &own))
        record = read_record(lines, &own);
    else if (own == NULL)
        lines->number--;
    if (own != NULL)
        g_set_error(error, own->domain, own->code, "%s:%" G_GINT64_FORMAT ": %s", lines->name,
                    lines->number, own->message);
    return record;
}

gboolean sm_log_lines_each(SmLogLines *lines, SmTakeRecord take, void *user, GError **error)
{
    for (;;) {
        g_autoptr(GError) own = NULL;
        g_autoptr(SmRecord) record = sm_log_lines_next(lines, &own);
        if (record != NULL && take(user, record, &own))
            continue;
        if (own != NULL)
            g_propagate_error(error, g_steal_pointer(&own));
        else if (record == NULL)
            return TRUE;
        return FALSE;
    }
}
