/* SPDX-License-Identifier: MIT */
/* tail_mark: the cursor file, one line of JSON: {"v":1,"cursor":"...","seq":12,"i":0}. It is written
 * in place and in one call, with blanks up to a fixed width, so that whoever reads it sees one line or
 * the other. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/tail.h"
#include "seatmux/base/error.h"

#define WIDTH 256 /* bytes of the file */

struct SmTailFile {
    int fd;
    char *path;
};

void sm_tail_mark_clear(SmTailMark *mark)
{
    g_free(mark->cursor);
    *mark = (SmTailMark){0};
}

static gboolean io_error(GError **error, const char *path)
{
    g_set_error(error, SM_ERROR, SM_ERROR_IO, "%s: %s", path, g_strerror(errno));
    return FALSE;
}

static gboolean no_mark(GError **error, const char *path)
{
    g_set_error(error, SM_ERROR, SM_ERROR_INVALID,
                "%s:1: this is no cursor of seatmux tail; it stays as it is", path);
    return FALSE;
}

static gboolean read_mark(int fd, const char *path, SmTailMark *mark, GError **error)
{
    char bytes[WIDTH + 1];
    ssize_t n = pread(fd, bytes, sizeof bytes, 0);
    if (n < 0)
        return io_error(error, path);
    if (n == 0)
        return TRUE;
    g_autoptr(json_t) json = n <= WIDTH ? sm_json_parse(bytes, (gsize)n, WIDTH, NULL) : NULL;
    const char *cursor = sm_json_str(json, "cursor", NULL);
    g_autofree char *desk = NULL;
    int64_t seq;
    uint32_t check;
    if (!json || sm_json_int(json, "v", 0) != 1 || !cursor ||
        !sm_cursor_parse(cursor, &desk, &seq, &check))
        return no_mark(error, path);
    mark->cursor = g_strdup(cursor);
    mark->seq = sm_json_int(json, "seq", 0);
    mark->i = sm_json_int(json, "i", 0);
    return TRUE;
}

SmTailFile *sm_tail_file_open(const char *path, SmTailMark *mark, GError **error)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
    if (fd < 0) {
        io_error(error, path);
        return NULL;
    }
    struct stat st;
    gboolean ok = FALSE;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        no_mark(error, path);
    else if (flock(fd, LOCK_EX | LOCK_NB) != 0)
        g_set_error(error, SM_ERROR, SM_ERROR_BUSY, "%s: another seatmux tail goes on from here", path);
    else
        ok = read_mark(fd, path, mark, error);
    if (!ok) {
        close(fd);
        return NULL;
    }
    SmTailFile *file = g_new0(SmTailFile, 1);
    file->fd = fd;
    file->path = g_strdup(path);
    return file;
}

gboolean sm_tail_file_write(SmTailFile *file, const SmTailMark *mark, GError **error)
{
    g_autoptr(json_t) json = json_pack("{s:i, s:s, s:I, s:I}", "v", 1, "cursor", mark->cursor, "seq",
                                       (json_int_t)mark->seq, "i", (json_int_t)mark->i);
    g_autofree char *text = sm_json_text(json);
    char bytes[WIDTH];
    gsize n = strlen(text);
    if (n >= WIDTH) {
        g_set_error(error, SM_ERROR, SM_ERROR_LIMIT, "%s: the desk's cursor is too long", file->path);
        return FALSE;
    }
    memset(bytes, ' ', sizeof bytes);
    memcpy(bytes, text, n);
    bytes[WIDTH - 1] = '\n';
    ssize_t written = pwrite(file->fd, bytes, sizeof bytes, 0);
    if (written == (ssize_t)sizeof bytes)
        return TRUE;
    errno = written < 0 ? errno : ENOSPC;
    return io_error(error, file->path);
}

void sm_tail_file_close(SmTailFile *file)
{
    if (!file)
        return;
    close(file->fd);
    g_free(file->path);
    g_free(file);
}
