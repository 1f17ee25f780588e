/* SPDX-License-Identifier: MIT */
#include "seatmux/base/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "seatmux/base/error.h"

static gboolean set_errno(GError **error, const char *path, int why)
{
    SmErrorCode code = SM_ERROR_IO;
    if (why == ENOENT) {
        code = SM_ERROR_NOT_FOUND;
    } else if (why == ENOSPC || why == EDQUOT) {
        code = SM_ERROR_FULL;
    } else if (why == EACCES || why == EPERM || why == EROFS) {
        code = SM_ERROR_DENIED;
    }
    g_set_error(error, SM_ERROR, code, "%s: %s", path, g_strerror(why));
    return FALSE;
}

static char *home(void)
{
    const char *given = g_getenv("HOME");
    if (given != NULL && g_path_is_absolute(given)) {
        return g_strdup(given);
    }
    char buffer[4096];
    struct passwd entry;
    struct passwd *found = NULL;
    if (getpwuid_r(getuid(), &entry, buffer, sizeof buffer, &found) == 0 && found != NULL &&
        found->pw_dir != NULL && g_path_is_absolute(found->pw_dir)) {
        return g_strdup(found->pw_dir);
    }
    return NULL;
}

static char *under(const char *base, const char *name)
{
    return g_build_filename(base, "seatmux", name, NULL); /* a NULL name ends the list */
}

static char *xdg(const char *variable, const char *fallback, const char *name)
{
    const char *given = g_getenv(variable);
    if (given != NULL && g_path_is_absolute(given)) {
        return under(given, name);
    }
    g_autofree char *at_home = home();
    if (at_home == NULL) {
        return NULL;
    }
    g_autofree char *base = g_build_filename(at_home, fallback, NULL);
    return under(base, name);
}

char *sm_path_config(const char *name)
{
    return xdg("XDG_CONFIG_HOME", ".config", name);
}

char *sm_path_data(const char *name)
{
    return xdg("XDG_DATA_HOME", ".local/share", name);
}

char *sm_path_state(const char *name)
{
    return xdg("XDG_STATE_HOME", ".local/state", name);
}

char *sm_path_cache(const char *name)
{
    return xdg("XDG_CACHE_HOME", ".cache", name);
}

char *sm_path_runtime(const char *name)
{
    const char *given = g_getenv("XDG_RUNTIME_DIR");
    return given != NULL && g_path_is_absolute(given) ? under(given, name) : sm_path_state(name);
}

/* TRUE if this program lies in a build directory: at or above it there is a build.ninja. */
static gboolean run_from_build(void)
{
    g_autofree char *at = g_file_read_link("/proc/self/exe", NULL);
    while (at != NULL) {
        g_autofree char *up = g_path_get_dirname(at);
        if (g_str_equal(up, at)) {
            return FALSE;
        }
        g_autofree char *ninja = g_build_filename(up, "build.ninja", NULL);
        if (g_file_test(ninja, G_FILE_TEST_IS_REGULAR)) {
            return TRUE;
        }
        g_free(at);
        at = g_steal_pointer(&up);
    }
    return FALSE;
}

char *sm_path_shipped(const char *name)
{
    const char *given = g_getenv("SEATMUX_DATA");
    if (given != NULL && given[0] != '\0') {
        return g_build_filename(given, name, NULL);
    }
    if (g_file_test(SEATMUX_SOURCE_ROOT, G_FILE_TEST_IS_DIR) && run_from_build()) {
        return g_build_filename(SEATMUX_SOURCE_ROOT, name, NULL);
    }
    return g_build_filename(SEATMUX_DATADIR, name, NULL);
}

char *sm_path_named(const char *kind, const char *name, gboolean *own)
{
    g_autofree char *file = g_strconcat(name, ".yaml", NULL);
    g_autofree char *config = sm_path_config(kind), *shipped = sm_path_shipped(kind);
    g_autofree char *mine = config != NULL ? g_build_filename(config, file, NULL) : NULL;
    gboolean path = strchr(name, '/') != NULL;
    gboolean there = !path && mine != NULL && g_file_test(mine, G_FILE_TEST_EXISTS);

    if (own != NULL)
        *own = there;
    if (there)
        return g_steal_pointer(&mine);
    if (path || shipped == NULL)
        return g_strdup(path ? name : file);
    return g_build_filename(shipped, file, NULL);
}

char *sm_path_stem(const char *path)
{
    char *name = g_path_get_basename(path);
    char *dot = strrchr(name, '.');

    if (dot != NULL)
        *dot = '\0';
    return name;
}

gboolean sm_path_make_private_dir(const char *path, GError **error)
{
    if (g_mkdir_with_parents(path, 0700) != 0) {
        return set_errno(error, path, errno);
    }
    return TRUE;
}

static gboolean write_all(int fd, const char *bytes, gsize n)
{
    while (n > 0) {
        ssize_t done = write(fd, bytes, n);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done < 0) {
            return FALSE;
        }
        bytes += done;
        n -= (gsize)done;
    }
    return TRUE;
}

static void sync_dir_of(const char *path)
{
    g_autofree char *dir = g_path_get_dirname(path);
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        /* Some file systems can't sync a directory; the rename has been done all the same. */
        (void)!fsync(fd);
        close(fd);
    }
}

/* Fills and closes the temporary file; 0 or an errno. */
static int fill(int fd, const char *bytes, gsize n, int mode)
{
    int why = 0;
    if (fchmod(fd, (mode_t)mode) != 0 || !write_all(fd, bytes, n) || fsync(fd) != 0) {
        why = errno;
    }
    if (close(fd) != 0 && why == 0) {
        why = errno;
    }
    return why;
}

gboolean sm_path_write(const char *path, const char *bytes, gsize n, int mode, GError **error)
{
    /* A link (people keep settings in a repository) stays one: the file it names is replaced. */
    g_autofree char *target = g_strdup(path);
    if (g_file_test(path, G_FILE_TEST_IS_SYMLINK)) {
        char *real = realpath(path, NULL);
        if (real == NULL) {
            return set_errno(error, path, errno);
        }
        g_free(target);
        target = g_strdup(real);
        free(real);
    }
    g_autofree char *temporary = g_strconcat(target, ".XXXXXX", NULL);
    int fd = g_mkstemp_full(temporary, O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0) {
        return set_errno(error, path, errno);
    }
    int why = fill(fd, bytes, n, mode);
    if (why == 0 && rename(temporary, target) != 0) {
        why = errno;
    }
    if (why != 0) {
        unlink(temporary);
        return set_errno(error, path, why);
    }
    sync_dir_of(target);
    return TRUE;
}

/* Reads until the end or one byte past max; -1 with errno. The file may grow meanwhile. */
static gssize read_all(int fd, GByteArray *into, gsize max)
{
    guint8 part[16384];
    while (into->len <= max) {
        ssize_t got = read(fd, part, MIN(sizeof part, max + 1 - into->len));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return got;
        }
        g_byte_array_append(into, part, (guint)got);
    }
    return 0;
}

char *sm_path_read(const char *path, gsize max, gsize *n, GError **error)
{
    /* Not to hang on a pipe that someone put in a file's place. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        set_errno(error, path, errno);
        return NULL;
    }
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "%s: not a regular file", path);
        close(fd);
        return NULL;
    }
    g_autoptr(GByteArray) all = g_byte_array_new();
    gssize end = st.st_size > 0 && (guint64)st.st_size > max ? 0 : read_all(fd, all, max);
    int why = errno;
    close(fd);
    if (end < 0) {
        set_errno(error, path, why);
        return NULL;
    }
    if (all->len > max || (guint64)st.st_size > max) {
        g_set_error(error, SM_ERROR, SM_ERROR_LIMIT, "%s: larger than %" G_GSIZE_FORMAT " bytes",
                    path, max);
        return NULL;
    }
    if (n != NULL) {
        *n = all->len;
    }
    g_byte_array_append(all, (const guint8 *)"", 1);
    return (char *)g_byte_array_free(g_steal_pointer(&all), FALSE);
}
