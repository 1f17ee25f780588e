/* SPDX-License-Identifier: MIT */
#include "seatmux/base/bug.h"
#include "seatmux/base/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "seatmux/base/error.h"

struct SmLock {
    int fd;
};

static void set_errno(GError **error, const char *path, int number)
{
    SmErrorCode code = SM_ERROR_IO;

    if (number == EACCES || number == EPERM || number == EROFS)
        code = SM_ERROR_DENIED;
    else if (number == ENOSPC || number == EDQUOT)
        code = SM_ERROR_FULL;
    g_set_error(error, SM_ERROR, code, "%s: %s", path, g_strerror(number));
}

static void set_busy(GError **error, int fd, const char *what)
{
    char text[32] = "";
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    long pid = n > 0 ? strtol(text, NULL, 10) : 0;

    if (pid > 0)
        g_set_error(error, SM_ERROR, SM_ERROR_BUSY, "%s is in use by process %ld", what, pid);
    else
        g_set_error(error, SM_ERROR, SM_ERROR_BUSY, "%s is in use by another process", what);
}

/* Who holds it is a courtesy to the reader of a message: a full disk must not stand in the way. */
static void write_pid(int fd)
{
    char text[32];
    int n = snprintf(text, sizeof text, "%ld\n", (long)getpid());

    if (ftruncate(fd, 0) == 0 && pwrite(fd, text, (size_t)n, 0) != n)
        errno = 0;
}

SmLock *sm_lock_take(const char *path, const char *what, GError **error)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0) {
        set_errno(error, path, errno);
        return NULL;
    }
    if (flock(fd, (SM_BUG(52) ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK)
            set_busy(error, fd, what);
        else
            set_errno(error, path, errno);
        close(fd);
        return NULL;
    }
    write_pid(fd);
    SmLock *lock = g_new0(SmLock, 1);
    lock->fd = fd;
    return lock;
}

void sm_lock_release(SmLock *lock)
{
    if (lock == NULL)
        return;
    close(lock->fd);
    g_free(lock);
}
