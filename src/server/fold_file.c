/* SPDX-License-Identifier: MIT */
#include "fold_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "seatmux/base/error.h"
#include "seatmux/base/paths.h"

#define DRAFT ".new" /* until it is whole: a crash leaves one, which the next replaces */
#define SUM_BYTES 32
#define BYTES_MAX ((gsize)2 << 30)

static void sum_of(const void *bytes, gsize n, guint8 sum[SUM_BYTES])
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    gsize size = SUM_BYTES;

    g_checksum_update(checksum, bytes, (gssize)n);
    g_checksum_get_digest(checksum, sum, &size);
}

static gboolean fill(int fd, const GByteArray *bytes)
{
    guint8 sum[SUM_BYTES];

    sum_of(bytes->data, bytes->len, sum);
    return sm_fd_write(fd, sum, sizeof sum) && sm_fd_write(fd, bytes->data, bytes->len) && fsync(fd) == 0;
}

gboolean sm_fold_file_write(const char *path, const GByteArray *bytes, GError **error)
{
    g_autofree char *draft = g_strconcat(path, DRAFT, NULL), *directory = g_path_get_dirname(path);
    int fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    gboolean ok = fd >= 0 && fill(fd, bytes);

    if (fd >= 0 && close(fd) != 0)
        ok = FALSE;
    if (ok && rename(draft, path) == 0)
        return sm_path_sync_dir(directory, error);
    sm_path_failed(error, path);
    if (fd >= 0)
        unlink(draft); /* a full disk has its room back */
    return FALSE;
}

GByteArray *sm_fold_file_read(const char *path, GError **error)
{
    gsize n = 0;
    guint8 sum[SUM_BYTES] = {0};
    char *text = sm_path_read(path, BYTES_MAX, &n, error);

    if (text == NULL)
        return NULL;
    if (n >= SUM_BYTES)
        sum_of(text + SUM_BYTES, n - SUM_BYTES, sum);
    if (n < SUM_BYTES || memcmp(sum, text, SUM_BYTES) != 0) {
        g_set_error(error, SM_ERROR, SM_ERROR_CORRUPT, "%s is damaged", path);
        g_free(text);
        return NULL;
    }
    GByteArray *bytes = g_byte_array_new_take((guint8 *)text, n);
    g_byte_array_remove_range(bytes, 0, SUM_BYTES);
    return bytes;
}

/* --- Wiping --------------------------------------------------------------------------------------
 */

static gboolean overwrite(int fd)
{
    static const guint8 zeros[65536];
    struct stat st;

    if (fstat(fd, &st) != 0)
        return FALSE;
    for (off_t left = st.st_size; left > 0; left -= (off_t)sizeof zeros)
        if (!sm_fd_write(fd, zeros, (gsize)MIN(left, (off_t)sizeof zeros)))
            return FALSE;
    return fsync(fd) == 0;
}

static gboolean wipe_one(const char *path, const char *directory, GError **error)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);

    if (fd >= 0) {
        overwrite(fd); /* taken away in any case */
        close(fd);
    }
    if (unlink(path) == 0)
        return sm_path_sync_dir(directory, error);
    return errno == ENOENT || sm_path_failed(error, path);
}

gboolean sm_fold_file_wipe(const char *path, GError **error)
{
    g_autofree char *draft = g_strconcat(path, DRAFT, NULL), *directory = g_path_get_dirname(path);

    return wipe_one(draft, directory, error) && wipe_one(path, directory, error);
}
