/* SPDX-License-Identifier: MIT */
#include <langinfo.h>
#include <libintl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "seatmux/base/paths.h"

static const char *first_set(const char *const *names)
{
    for (; *names; names++) {
        const char *value = g_getenv(*names);
        if (value && *value)
            return value;
    }
    return "";
}

/* A translation beside the program in a build tree comes before the installed one. */
static char *locale_directory(void)
{
    g_autofree char *exe = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *here = exe ? g_path_get_dirname(exe) : NULL;
    for (int up = 0; here && up < 3; up++) {
        g_autofree char *po = g_build_filename(here, "po", "zh_CN", "LC_MESSAGES", "seatmux.mo", NULL);
        if (g_file_test(po, G_FILE_TEST_EXISTS))
            return g_build_filename(here, "po", NULL);
        char *above = g_path_get_dirname(here);
        g_free(here);
        here = above;
    }
    return g_strdup(SM_LOCALEDIR);
}

const char *sm_cli_language(const char *given)
{
    return given && *given ? given : g_get_language_names()[0];
}

void sm_cli_locale(const char *language)
{
    const char *const names[] = {"LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG", NULL};
    g_autofree char *wanted = g_strdup(language ? language : first_set(names));
    /* A locale that is not generated must not turn Chinese into question marks: C.UTF-8 is always there. */
    if (!setlocale(LC_ALL, "") || strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        setlocale(LC_ALL, "C.UTF-8");
    if (g_ascii_strncasecmp(wanted, "zh", 2) == 0) {
        setenv("LANGUAGE", "zh_CN", 1);
        if (strcmp(setlocale(LC_MESSAGES, NULL), "C") == 0)
            setlocale(LC_MESSAGES, "C.UTF-8");
    } else if (language) {
        setenv("LANGUAGE", "en", 1);
    }
    g_autofree char *directory = locale_directory();
    bindtextdomain("seatmux", directory);
    bind_textdomain_codeset("seatmux", "UTF-8");
    textdomain("seatmux");
    setlocale(LC_NUMERIC, "C"); /* JSON and YAML numbers */
}
