/* SPDX-License-Identifier: MIT */
/* case: a file a test writes itself, a good one with one thing changed, and what is found wrong with it. */
#ifndef TESTS_SIM_CASE_H
#define TESTS_SIM_CASE_H

#include <glib/gstdio.h>
#include <string.h>

#include "seatmux/base/error.h"

/* A file in the temporary directory with `text` in it. Caller unlinks and frees. */
static inline char *case_file(const char *text)
{
    char *path = NULL;
    int fd = g_file_open_tmp("case-XXXXXX.yaml", &path, NULL);
    g_assert_cmpint(fd, >=, 0);
    g_close(fd, NULL);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    return path;
}

/* `good` with its first `from` replaced, which must be there. Caller frees. */
static inline char *case_text(const char *good, const char *from, const char *to)
{
    g_auto(GStrv) parts = g_strsplit(good, from, 2);
    g_assert_cmpuint(g_strv_length(parts), ==, 2);
    g_test_message("%s -> %s", from, to);
    return g_strjoinv(to, parts);
}

/* The first finding, which must be at `line` (from 1) and say `says`. */
static inline const SmFinding *case_finding(const SmFindings *findings, int line, const char *says)
{
    g_assert_cmpuint(sm_findings_count(findings), >=, 1);
    const SmFinding *first = sm_findings_at(findings, 0);
    g_test_message("%d: %s", first->line, first->text);
    g_assert_nonnull(strstr(first->text, says));
    g_assert_cmpint(first->line, ==, line);
    return first;
}

#endif
