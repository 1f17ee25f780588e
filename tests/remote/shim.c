/* SPDX-License-Identifier: MIT */
/* shim: loaded before the C library (LD_PRELOAD), it kills the program at its n-th call of some kind or makes that call fail.
 *
 *   SEATMUX_SHIM=KIND:N:HOW
 *     KIND  writes (all that change something outside: write, send, fsync, ftruncate, rename, unlink, mkdir and their kin),
 *           write (to a file), fsync, open, connect, malloc
 *     N     which of them, from 1; 0: none, only count
 *     HOW   kill (SIGKILL instead of the call), torn (half of a write, then SIGKILL), or an errno's number: that call fails;
 *           with a + behind it, all later ones too
 *   SEATMUX_SHIM_COUNT=FILE  at a clean end: how many there were
 *   SEATMUX_SHIM_WALL=FILE   an int64_t: so many seconds are added to the time of day, whenever it is asked for
 *
 * For builds without sanitizers, which bring an allocator of their own. */
#undef _FILE_OFFSET_BITS /* both forms of each call are wanted */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { WRITES = 1, WRITE = 2, FSYNC = 4, OPEN = 8, CONNECT = 16, MALLOC = 32 };

static struct {
    int kinds;
    long n;
    int error; /* 0: kill */
    int torn, onwards;
} plan;
static atomic_long counted;
static const volatile int64_t *ahead; /* NULL: nothing is added */

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *block, size_t size);

static __attribute__((constructor)) void read_plan(void)
{
    static const struct {
        const char *name;
        int kinds;
    } names[] = {{"writes", WRITES}, {"write", WRITE}, {"fsync", FSYNC}, {"open", OPEN}, {"connect", CONNECT}, {"malloc", MALLOC}};
    const char *text = getenv("SEATMUX_SHIM");
    const char *colon = text ? strchr(text, ':') : NULL;
    char *how = NULL;
    if (!colon)
        return;
    plan.n = strtol(colon + 1, &how, 10);
    plan.torn = strcmp(how, ":torn") == 0;
    plan.error = *how == ':' ? atoi(how + 1) : 0;
    plan.onwards = how[strlen(how) - 1] == '+';
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strncmp(names[i].name, text, (size_t)(colon - text)) == 0 && names[i].name[colon - text] == '\0')
            plan.kinds = names[i].kinds; /* last: only now calls are counted */
}

static __attribute__((constructor)) void read_wall(void)
{
    const char *path = getenv("SEATMUX_SHIM_WALL");
    int fd = path ? ((__typeof__(&open))dlsym(RTLD_NEXT, "open"))(path, O_RDONLY | O_CLOEXEC) : -1;
    void *there = fd >= 0 ? mmap(NULL, sizeof *ahead, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
    ahead = there == MAP_FAILED ? NULL : there;
    if (fd >= 0)
        close(fd);
}

static __attribute__((destructor)) void tell_count(void)
{
    const char *path = getenv("SEATMUX_SHIM_COUNT");
    FILE *file = NULL;
    plan.kinds = 0;
    if (path && (file = fopen(path, "w"))) {
        fprintf(file, "%ld\n", (long)counted);
        fclose(file);
    }
}

/* Is this the call? Does not return if it is to die instead; TRUE: it fails, errno is set. */
static int fails(int kinds, void (*tear)(void *), void *user)
{
    if (!(plan.kinds & kinds))
        return 0;
    long now = atomic_fetch_add(&counted, 1) + 1;
    if (plan.n == 0 || (now != plan.n && !(plan.onwards && now > plan.n)))
        return 0;
    if (plan.error == 0) {
        if (plan.torn && tear)
            tear(user);
        kill(getpid(), SIGKILL);
        for (;;)
            pause();
    }
    errno = plan.error;
    return 1;
}

/* Wake-ups between threads are writes too, but no disk stands behind them: those can't fail. */
static int kinds_of(int fd)
{
    struct stat info;
    return plan.kinds == WRITE && (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) ? 0 : WRITES | WRITE;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

typedef struct {
    int fd;
    const void *bytes;
    size_t n;
    off_t at; /* -1: write() */
} Half;

static void write_half(void *user)
{
    const Half *half = user;
    ssize_t done = half->at < 0 ? NEXT(write)(half->fd, half->bytes, half->n / 2)
                                : NEXT(pwrite)(half->fd, half->bytes, half->n / 2, half->at);
    (void)done;
}

ssize_t write(int fd, const void *bytes, size_t n)
{
    Half half = {fd, bytes, n, -1};
    return fails(kinds_of(fd), write_half, &half) ? -1 : NEXT(write)(fd, bytes, n);
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at)
{
    Half half = {fd, bytes, n, at};
    return fails(kinds_of(fd), write_half, &half) ? -1 : NEXT(pwrite)(fd, bytes, n, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t at)
{
    Half half = {fd, bytes, n, at};
    return fails(kinds_of(fd), write_half, &half) ? -1 : NEXT(pwrite64)(fd, bytes, n, at);
}

ssize_t writev(int fd, const struct iovec *parts, int n)
{
    return fails(kinds_of(fd), NULL, NULL) ? -1 : NEXT(writev)(fd, parts, n);
}

ssize_t send(int fd, const void *bytes, size_t n, int flags)
{
    return fails(WRITES, NULL, NULL) ? -1 : NEXT(send)(fd, bytes, n, flags);
}

ssize_t sendto(int fd, const void *bytes, size_t n, int flags, const struct sockaddr *to, socklen_t len)
{
    return fails(WRITES, NULL, NULL) ? -1 : NEXT(sendto)(fd, bytes, n, flags, to, len);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    return fails(WRITES, NULL, NULL) ? -1 : NEXT(sendmsg)(fd, message, flags);
}

int fsync(int fd)
{
    return fails(WRITES | FSYNC, NULL, NULL) ? -1 : NEXT(fsync)(fd);
}

int fdatasync(int fd)
{
    return fails(WRITES | FSYNC, NULL, NULL) ? -1 : NEXT(fdatasync)(fd);
}

int ftruncate(int fd, off_t n)
{
    return fails(WRITES, NULL, NULL) ? -1 : NEXT(ftruncate)(fd, n);
}

int ftruncate64(int fd, off64_t n)
{
    return fails(WRITES, NULL, NULL) ? -1 : NEXT(ftruncate64)(fd, n);
}

int rename(const char *from, const char *to)
{
    return fails(WRITES, NULL, NULL) ? -1 : NEXT(rename)(from, to);
}

int unlink(const char *path)
{
    return fails(WRITES, NULL, NULL) ? -1 : NEXT(unlink)(path);
}

int mkdir(const char *path, mode_t mode)
{
    return fails(WRITES, NULL, NULL) ? -1 : NEXT(mkdir)(path, mode);
}

/* A mode is given where a file may be made. */
static mode_t mode_of(int flags, va_list args)
{
    return flags & (O_CREAT | __O_TMPFILE) ? va_arg(args, mode_t) : 0;
}

int open(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = mode_of(flags, args);
    va_end(args);
    return fails(OPEN, NULL, NULL) ? -1 : NEXT(open)(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = mode_of(flags, args);
    va_end(args);
    return fails(OPEN, NULL, NULL) ? -1 : NEXT(open64)(path, flags, mode);
}

int connect(int fd, const struct sockaddr *to, socklen_t len)
{
    return fails(CONNECT, NULL, NULL) ? -1 : NEXT(connect)(fd, to, len);
}

void *malloc(size_t size)
{
    return fails(MALLOC, NULL, NULL) ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    return fails(MALLOC, NULL, NULL) ? NULL : __libc_calloc(n, size);
}

void *realloc(void *block, size_t size)
{
    return fails(MALLOC, NULL, NULL) ? NULL : __libc_realloc(block, size);
}

/* --- The time of day ----------------------------------------------------------------------------- */

int clock_gettime(clockid_t which, struct timespec *t)
{
    int failed = NEXT(clock_gettime)(which, t);
    if (!failed && ahead && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE))
        t->tv_sec += *ahead;
    return failed;
}

int gettimeofday(struct timeval *restrict t, void *restrict zone)
{
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    t->tv_sec = now.tv_sec;
    t->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *t)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (t)
        *t = now.tv_sec;
    return now.tv_sec;
}
