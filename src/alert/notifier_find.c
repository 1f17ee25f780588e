/* SPDX-License-Identifier: MIT */
#include "seatmux/alert/notifier.h"

#define HELPER "seatmux-notifier"

#ifndef SM_LIBEXECDIR
#define SM_LIBEXECDIR "/usr/libexec/seatmux"
#endif

static char *if_executable(char *path)
{
    if (path && g_file_test(path, G_FILE_TEST_IS_EXECUTABLE) &&
        !g_file_test(path, G_FILE_TEST_IS_DIR))
        return path;
    g_free(path);
    return NULL;
}

char *sm_notifier_find(void)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    if (self) {
        g_autofree char *dir = g_path_get_dirname(self);
        char *beside = if_executable(g_build_filename(dir, HELPER, NULL));
        if (!beside) /* a build tree has one directory for each room */
            beside = if_executable(g_build_filename(dir, "..", "notifier", HELPER, NULL));
        if (beside)
            return beside;
    }
    char *installed = if_executable(g_build_filename(SM_LIBEXECDIR, HELPER, NULL));
    return installed ? installed : if_executable(g_strdup(g_getenv("SEATMUX_NOTIFIER")));
}
