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
    } else if (why == ENOSPC || why == EDQUOT || why == EFBIG) {
        code = SM_ERROR_FULL;
    } else if (why == EACCES || why == EPERM || why == EROFS) {
        code = SM_ERROR_DENIED;
    }
    g_set_error(error, SM_ERROR, code, "%s: %s", path, g_strerror(why));
    return FALSE;
}

gboolean sm_path_failed(GError **error, const char *path)
{
    return set_errno(error, path, errno);
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

static int by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *sm_path_yaml_files(const char *directory)
{
    GPtrArray *files = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        if (g_str_has_suffix(name, ".yaml") && name[0] != '.') {
            g_ptr_array_add(files, g_build_filename(directory, name, NULL));
        }
    }
    g_ptr_array_sort(files, by_name);
    return files;
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

char **sm_path_argv(const char *command, const char *path, GError **error)
{
    g_auto(GStrv) words = NULL;
    g_autoptr(GStrvBuilder) argv = g_strv_builder_new();

    if (!g_shell_parse_argv(command, NULL, &words, error)) {
        return NULL;
    }
    g_strv_builder_addv(argv, (const char **)words);
    g_strv_builder_add(argv, path);
    return g_strv_builder_end(argv);
}

gboolean sm_fd_write(int fd, const void *bytes, gsize n)
{
    const char *at = bytes;
    while (n > 0) {
        ssize_t done = write(fd, at, n);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            return FALSE;
        }
        at += done;
        n -= (gsize)done;
    }
    return TRUE;
}

int64_t sm_fd_pour(int in, int out, GChecksum *sum)
{
    guint8 part[16384];
    int64_t all = 0;
    ssize_t got;
    while ((got = read(in, part, sizeof part)) != 0) {
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0 || (out >= 0 && !sm_fd_write(out, part, (gsize)got))) {
            return -1;
        }
        if (sum != NULL) {
            g_checksum_update(sum, part, got);
        }
        all += got;
    }
    return all;
}

gboolean sm_path_sync_dir(const char *directory, GError **error)
{
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    gboolean ok = (fd >= 0 && fsync(fd) == 0) || sm_path_failed(error, directory);
    if (fd >= 0) {
        close(fd);
    }
    return ok;
}

void sm_path_remove_all(const char *directory)
{
    g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(directory, name, NULL);
        struct stat st;
        if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
            sm_path_remove_all(path);
        } else {
            unlink(path);
        }
    }
    rmdir(directory);
}

static void sync_dir_of(const char *path)
{
    g_autofree char *dir = g_path_get_dirname(path);
    /* Some file systems can't sync a directory; the rename has been done all the same. */
    (void)sm_path_sync_dir(dir, NULL);
}

/* Fills and closes the temporary file; 0 or an errno. */
static int fill(int fd, const char *bytes, gsize n, int mode)
{
    int why = 0;
    if (fchmod(fd, (mode_t)mode) != 0 || !sm_fd_write(fd, bytes, n) || fsync(fd) != 0) {
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
