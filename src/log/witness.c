/* SPDX-License-Identifier: MIT */
/* witness: a second place that knows how far the log had come. A write-ahead log whose end is damaged is, to SQLite,
 * one that ends before: nothing but this line tells that there was more. It is not synced, so after a power cut
 * it may be behind, never ahead: it is written when the commit is on disk. */
#include "sqlite_private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"

/* The number stands there twice: a line that was torn is none. Each is as long as the one before, which it covers. */
#define LINE "%020" G_GINT64_FORMAT " %020" G_GINT64_FORMAT " %s\n"
#define LINE_BYTES (20 + 1 + 20 + 1 + SM_MAX_ID_BYTES + 2)

struct SmLogWitness {
    char *path;
    char *desk_id; /* NULL: not told yet */
    int fd; /* -1: not there yet, or it can't be made */
    char line[LINE_BYTES]; /* as it was found; "": none */
};

SmLogWitness *sm_log_witness_new(const char *log_path)
{
    SmLogWitness *w = g_new0(SmLogWitness, 1);

    w->path = g_strconcat(log_path, ".last", NULL);
    w->fd = -1;
    FILE *file = fopen(w->path, "re");
    if (file != NULL && fgets(w->line, sizeof w->line, file) == NULL)
        w->line[0] = '\0';
    if (file != NULL)
        fclose(file);
    return w;
}

void sm_log_witness_free(SmLogWitness *w)
{
    if (w == NULL)
        return;
    if (w->fd >= 0)
        close(w->fd);
    g_free(w->path);
    g_free(w->desk_id);
    g_free(w);
}

/* -1: nothing that can be believed, or of another desk. */
static int64_t number_of(const SmLogWitness *w)
{
    int64_t last = g_ascii_strtoll(w->line, NULL, 10);
    g_autofree char *whole = g_strdup_printf(LINE, last, last, w->desk_id);

    return strcmp(w->line, whole) == 0 ? last : -1;
}

gboolean sm_log_witness_agrees(SmLogWitness *w, const char *desk_id, int64_t last, GError **error)
{
    g_free(w->desk_id);
    w->desk_id = g_strdup(desk_id);
    int64_t was = number_of(w);
    if (was <= last)
        return TRUE;
    g_set_error(error, SM_ERROR, SM_ERROR_CORRUPT,
                "the log is damaged at its end: it had come to record %" G_GINT64_FORMAT " and ends with %" G_GINT64_FORMAT
                "; keep the files and restore a backup, or go on without these records by removing %s",
                was, last, w->path);
    return FALSE;
}

void sm_log_witness_note(SmLogWitness *w, int64_t last)
{
    char line[LINE_BYTES];
    int n = g_snprintf(line, sizeof line, LINE, last, last, w->desk_id);

    if (w->fd < 0)
        w->fd = open(w->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    /* One that can't be written is behind, which is what it may be. */
    while (w->fd >= 0 && pwrite(w->fd, line, (size_t)n, 0) < 0 && errno == EINTR)
        continue;
}
