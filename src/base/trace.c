/* SPDX-License-Identifier: MIT */
#include "seatmux/base/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"

#define FILE_BYTES (4 * 1024 * 1024)

struct SmTrace {
    pthread_mutex_t lock; /* the journal's thread traces too */
    SmTraceLevel level;
    char *path; /* NULL: standard error */
    gboolean journal; /* it goes to systemd's journal, which stamps lines and wants levels as it knows them */
    int fd;
    int64_t size;
};

static int open_file(const char *path)
{
    return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
}

SmTrace *sm_trace_new_file(const char *path, SmTraceLevel level, GError **error)
{
    int fd = open_file(path);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) {
        int why = errno;
        g_set_error(error, SM_ERROR, SM_ERROR_IO, "%s: %s", path, g_strerror(why));
        if (fd >= 0) {
            close(fd);
        }
        return NULL;
    }
    if (!S_ISREG(st.st_mode)) {
        g_set_error(error, SM_ERROR, SM_ERROR_IO, "%s: not a regular file", path);
        close(fd);
        return NULL;
    }
    /* A file left by someone with another umask is not left readable. */
    if (fchmod(fd, 0600) != 0) {
        g_set_error(error, SM_ERROR, SM_ERROR_DENIED, "%s: %s", path, g_strerror(errno));
        close(fd);
        return NULL;
    }
    SmTrace *trace = g_new0(SmTrace, 1);
    pthread_mutex_init(&trace->lock, NULL);
    trace->level = level;
    trace->path = g_strdup(path);
    trace->fd = fd;
    trace->size = st.st_size;
    return trace;
}

/* systemd says which stream is its own: another one may have been put in its place. */
static gboolean goes_to_journal(int fd)
{
    const char *stream = g_getenv("JOURNAL_STREAM");
    struct stat st;
    if (!stream || fstat(fd, &st) != 0)
        return FALSE;
    g_autofree char *own = g_strdup_printf("%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
    return strcmp(stream, own) == 0;
}

SmTrace *sm_trace_new_stderr(SmTraceLevel level)
{
    SmTrace *trace = g_new0(SmTrace, 1);
    pthread_mutex_init(&trace->lock, NULL);
    trace->level = level;
    trace->fd = STDERR_FILENO;
    trace->journal = goes_to_journal(trace->fd);
    return trace;
}

void sm_trace_free(SmTrace *trace)
{
    if (trace == NULL) {
        return;
    }
    if (trace->path != NULL && trace->fd >= 0) {
        close(trace->fd);
    }
    pthread_mutex_destroy(&trace->lock);
    g_free(trace->path);
    g_free(trace);
}

/* Controls, separators of lines, and what turns the direction of writing. */
static gboolean must_escape(gunichar c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c || c == 0x200e || c == 0x200f ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static void append_escaped(GString *line, const char *text)
{
    gsize n = MIN(strlen(text), SM_MAX_LINE_BYTES / 2);
    for (const char *p = text, *end = text + n; p < end;) {
        gunichar c = g_utf8_get_char_validated(p, end - p);
        if (c == (gunichar)-1 || c == (gunichar)-2) {
            g_string_append_printf(line, "\\x%02x", (unsigned char)*p);
            p++;
            continue;
        }
        if (must_escape(c)) {
            g_string_append_printf(line, "\\u%04x", c);
        } else {
            g_string_append_unichar(line, c);
        }
        p = g_utf8_next_char(p);
    }
}

/* One old file is kept as "<path>.1". */
static void start_anew(SmTrace *trace)
{
    g_autofree char *old = g_strconcat(trace->path, ".1", NULL);
    close(trace->fd);
    trace->fd = -1;
    /* Without the rename the file would grow past its bound: then nothing more is written. */
    if (rename(trace->path, old) == 0) {
        trace->fd = open_file(trace->path);
        trace->size = 0;
    }
}

static void write_line(SmTrace *trace, const GString *line)
{
    if (trace->path != NULL && trace->fd >= 0 && trace->size + (int64_t)line->len > FILE_BYTES) {
        start_anew(trace);
    }
    if (trace->fd < 0) {
        return;
    }
    ssize_t n;
    do {
        n = write(trace->fd, line->str, line->len);
    } while (n < 0 && errno == EINTR);
    trace->size += MAX(n, 0); /* a full disk costs the line, not the program */
}

static void append_stamp(GString *line, const char *level, const char *room)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *stamp = g_date_time_format(now, "%Y-%m-%dT%H:%M:%S");
    g_string_append_printf(line, "%s.%03dZ %s %s: ", stamp, g_date_time_get_microsecond(now) / 1000, level, room);
}

void sm_trace(SmTrace *trace, SmTraceLevel level, const char *room, const char *format, ...)
{
    static const char *const LEVELS[] = {"error", "warn", "info", "debug"};
    static const int PRIORITIES[] = {3, 4, 6, 7}; /* syslog's */
    if (trace == NULL || level > trace->level) {
        return;
    }
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    GString *line = g_string_new(NULL);
    if (trace->journal)
        g_string_append_printf(line, "<%d>%s: ", PRIORITIES[level], room);
    else
        append_stamp(line, LEVELS[level], room);
    append_escaped(line, text);
    g_string_append_c(line, '\n');
    pthread_mutex_lock(&trace->lock);
    write_line(trace, line);
    pthread_mutex_unlock(&trace->lock);
    g_string_free(line, TRUE);
}
