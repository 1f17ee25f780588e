/* SPDX-License-Identifier: MIT */
/* paths and trace, in a directory of the test's own */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "seatmux/base/error.h"
#include "seatmux/base/paths.h"
#include "seatmux/base/trace.h"
#include "seatmux/base/yaml.h"

typedef struct {
    char *dir;
    char *file;
} Fixture;

static void setup(Fixture *f, gconstpointer data)
{
    f->dir = g_dir_make_tmp("seatmux-test-XXXXXX", NULL);
    g_assert_nonnull(f->dir);
    f->file = g_build_filename(f->dir, "file", NULL);
}

static guint entries(const char *path)
{
    guint n = 0;
    GDir *dir = g_dir_open(path, 0, NULL);
    while (g_dir_read_name(dir) != NULL) {
        n++;
    }
    g_dir_close(dir);
    return n;
}

static void teardown(Fixture *f, gconstpointer data)
{
    g_chmod(f->dir, 0700);
    GDir *dir = g_dir_open(f->dir, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(f->dir, name, NULL);
        g_remove(path);
    }
    g_dir_close(dir);
    g_rmdir(f->dir);
    g_free(f->dir);
    g_free(f->file);
}

static void takes(char *got, const char *want)
{
    g_assert_cmpstr(got, ==, want);
    g_free(got);
}

static void xdg(void)
{
    g_setenv("HOME", "/h", TRUE);
    static const char *const NAMES[] = {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME",
                                        "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"};
    for (guint i = 0; i < G_N_ELEMENTS(NAMES); i++) {
        g_unsetenv(NAMES[i]);
    }
    takes(sm_path_config("x.yaml"), "/h/.config/seatmux/x.yaml");
    takes(sm_path_data(NULL), "/h/.local/share/seatmux");
    takes(sm_path_state("s"), "/h/.local/state/seatmux/s");
    takes(sm_path_cache("c"), "/h/.cache/seatmux/c");
    takes(sm_path_runtime("r"), "/h/.local/state/seatmux/r");
    for (guint i = 0; i < G_N_ELEMENTS(NAMES); i++) {
        g_setenv(NAMES[i], i % 2 == 0 ? "relative" : "", TRUE); /* to be ignored */
    }
    takes(sm_path_config("x"), "/h/.config/seatmux/x");
    takes(sm_path_data("x"), "/h/.local/share/seatmux/x");
    takes(sm_path_runtime("r"), "/h/.local/state/seatmux/r");
    for (guint i = 0; i < G_N_ELEMENTS(NAMES); i++) {
        g_setenv(NAMES[i], "/o", TRUE);
    }
    takes(sm_path_config("x"), "/o/seatmux/x");
    takes(sm_path_state("x"), "/o/seatmux/x");
    takes(sm_path_runtime("x"), "/o/seatmux/x");
}

static void shipped(void)
{
    g_setenv("SEATMUX_DATA", "/given", TRUE);
    takes(sm_path_shipped("themes"), "/given/themes");
    g_unsetenv("SEATMUX_DATA");
    /* This very program lies in a build directory. */
    const char *source = g_getenv("SEATMUX_SOURCE_ROOT");
    if (source == NULL) {
        g_test_skip("not run by meson");
        return;
    }
    g_autofree char *want = g_build_filename(source, "themes", NULL);
    takes(sm_path_shipped("themes"), want);
}

static void whole_files(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    struct stat st;
    gsize n = 0;
    g_assert_true(sm_path_write(f->file, "a\0b", 3, 0600, &error));
    g_assert_no_error(error);
    g_assert_cmpint(g_stat(f->file, &st), ==, 0);
    g_assert_cmpint(st.st_mode & 0777, ==, 0600);
    g_autofree char *got = sm_path_read(f->file, 3, &n, &error);
    g_assert_no_error(error);
    g_assert_cmpmem(got, n, "a\0b", 3);
    g_assert_cmpint(got[3], ==, '\0');
    g_assert_true(sm_path_write(f->file, "new", 3, 0644, &error));
    g_assert_cmpint(g_stat(f->file, &st), ==, 0);
    g_assert_cmpint(st.st_mode & 0777, ==, 0644);
    g_assert_cmpuint(entries(f->dir), ==, 1); /* no temporary file left */
    g_assert_null(sm_path_read(f->file, 2, &n, &error));
    g_assert_error(error, SM_ERROR, SM_ERROR_LIMIT);
    g_clear_error(&error);
    g_assert_null(sm_path_read(f->dir, 100, &n, &error));
    g_assert_error(error, SM_ERROR, SM_ERROR_INVALID);
    g_clear_error(&error);
    g_autofree char *nowhere = g_build_filename(f->dir, "no", "file", NULL);
    g_assert_null(sm_path_read(nowhere, 100, &n, &error));
    g_assert_error(error, SM_ERROR, SM_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_false(sm_path_write(nowhere, "x", 1, 0600, &error));
    g_assert_error(error, SM_ERROR, SM_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_null(sm_path_read("/proc/self/environ", 0, &n, &error)); /* size 0, yet not empty */
    g_assert_error(error, SM_ERROR, SM_ERROR_LIMIT);
}

static void not_a_pipe(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(mkfifo(f->file, 0600), ==, 0);
    g_assert_null(sm_path_read(f->file, 100, NULL, &error)); /* and does not hang */
    g_assert_error(error, SM_ERROR, SM_ERROR_INVALID);
}

static void links_stay(Fixture *f, gconstpointer data)
{
    g_autofree char *link = g_build_filename(f->dir, "link", NULL);
    g_assert_true(sm_path_write(f->file, "old", 3, 0600, NULL));
    g_assert_cmpint(symlink(f->file, link), ==, 0);
    g_assert_true(sm_path_write(link, "new", 3, 0600, NULL));
    g_assert_true(g_file_test(link, G_FILE_TEST_IS_SYMLINK));
    g_autofree char *got = sm_path_read(f->file, 10, NULL, NULL);
    g_assert_cmpstr(got, ==, "new");
}

static void private_dirs(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    struct stat st;
    g_autofree char *outer = g_build_filename(f->dir, "a", NULL);
    g_autofree char *inner = g_build_filename(outer, "b", NULL);
    g_assert_true(sm_path_make_private_dir(inner, &error));
    g_assert_true(sm_path_make_private_dir(inner, &error));
    g_assert_cmpint(g_stat(outer, &st), ==, 0);
    g_assert_cmpint(st.st_mode & 0777, ==, 0700);
    g_rmdir(inner);
    g_assert_true(sm_path_write(f->file, "", 0, 0600, NULL));
    g_assert_false(sm_path_make_private_dir(f->file, &error));
    g_assert_error(error, SM_ERROR, SM_ERROR_IO);
}

static void yaml_files(Fixture *f, gconstpointer data)
{
    g_autoptr(SmFindings) found = sm_findings_new();
    g_assert_null(sm_yaml_load(f->file, found));
    g_autofree char *says = sm_finding_format(sm_findings_at(found, 0));
    g_autofree char *want = g_strconcat(f->file, ": error: No such file or directory", NULL);
    g_assert_cmpstr(says, ==, want);
    g_assert_true(sm_path_write(f->file, "a: 1\n", 5, 0600, NULL));
    g_autoptr(SmYamlDoc) doc = sm_yaml_load(f->file, found);
    g_assert_cmpstr(sm_yaml_text(sm_yaml_get(sm_yaml_root(doc), "a")), ==, "1");
}

static void trace_lines(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SmTrace) trace = sm_trace_new_file(f->file, SM_TRACE_INFO, &error);
    g_assert_no_error(error);
    sm_trace(NULL, SM_TRACE_ERROR, "net", "nothing happens");
    sm_trace(trace, SM_TRACE_DEBUG, "net", "too fine");
    sm_trace(trace, SM_TRACE_WARN, "net", "a\nb\x1b[2J %s\xff", "\xe4\xbd\xa0\xe2\x80\xae\xc2\x9b");
    g_autofree char *got = sm_path_read(f->file, 1000, NULL, NULL);
    g_assert_true(
        g_str_has_suffix(got, "Z warn net: a\\u000ab\\u001b[2J \xe4\xbd\xa0\\u202e\\u009b\\xff\n"));
    g_assert_cmpuint(strcspn(got, "\n"), ==, strlen(got) - 1);
    struct stat st;
    g_assert_cmpint(g_stat(f->file, &st), ==, 0);
    g_assert_cmpint(st.st_mode & 0777, ==, 0600);
}

static void trace_is_bounded(Fixture *f, gconstpointer data)
{
    g_autoptr(SmTrace) trace = sm_trace_new_file(f->file, SM_TRACE_INFO, NULL);
    g_autofree char *text = g_strnfill(30000, 'x');
    for (int i = 0; i < 420; i++) { /* 12 MB: two changes of file */
        sm_trace(trace, SM_TRACE_INFO, "net", "%d %s", i, text);
    }
    g_autofree char *old = g_strconcat(f->file, ".1", NULL);
    struct stat st;
    g_assert_cmpint(g_stat(f->file, &st), ==, 0);
    g_assert_cmpint(st.st_size, <=, 4 * 1024 * 1024);
    g_assert_cmpint(g_stat(old, &st), ==, 0);
    g_assert_cmpint(st.st_size, <=, 4 * 1024 * 1024);
    g_assert_cmpint(st.st_size, >, 4 * 1024 * 1024 - 40000);
    g_assert_cmpuint(entries(f->dir), ==, 2);
}

static void trace_refuses(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(sm_trace_new_file(f->dir, SM_TRACE_INFO, &error));
    g_assert_error(error, SM_ERROR, SM_ERROR_IO);
    g_autoptr(SmTrace) standard = sm_trace_new_stderr(SM_TRACE_ERROR);
    sm_trace(standard, SM_TRACE_INFO, "base", "not seen");
}

#define ADD(name, fn) g_test_add("/base/" name, Fixture, NULL, setup, fn, teardown)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/base/paths/xdg", xdg);
    g_test_add_func("/base/paths/shipped", shipped);
    ADD("paths/whole-files", whole_files);
    ADD("paths/not-a-pipe", not_a_pipe);
    ADD("paths/links-stay", links_stay);
    ADD("paths/private-dirs", private_dirs);
    ADD("yaml/files", yaml_files);
    ADD("trace/lines", trace_lines);
    ADD("trace/is-bounded", trace_is_bounded);
    ADD("trace/refuses", trace_refuses);
    return g_test_run();
}
