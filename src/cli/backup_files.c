/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <unistd.h>

#include "cli/admin.h"
#include "cli/backup.h"
#include "seatmux/base/paths.h"

/* NOLINTNEXTLINE(bugprone-suspicious-missing-comma): files.db has a path of two parts. */
const char *const SM_BACKUP_PARTS[] = {"desk.db", "secrets.db", SM_FILES_DIRECTORY "/files.db", "desk.yaml", SM_IDENTITY_KEY, NULL};

gboolean sm_backup_copy_plain(const char *from, const char *to, GError **error)
{
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = in >= 0 ? open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
    gboolean ok = out >= 0 && sm_fd_pour(in, out, NULL) >= 0 && fsync(out) == 0;

    if (!ok)
        sm_path_failed(error, in < 0 ? from : to);
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    return ok;
}

char *sm_backup_sum(const char *path, GError **error)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    int in = open(path, O_RDONLY | O_CLOEXEC);
    gboolean ok = in >= 0 && sm_fd_pour(in, -1, sum) >= 0;

    if (!ok)
        sm_path_failed(error, path);
    if (in >= 0)
        close(in);
    return ok ? g_strdup(g_checksum_get_string(sum)) : NULL;
}
