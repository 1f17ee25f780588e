/* SPDX-License-Identifier: MIT */
/* fuzz: what every target offers. libFuzzer calls it with bytes it makes up; replay.c with the seeds and what is left of
 * them when they are cut and bent. A target checks what its parser promises, not only that it does not fall over. */
#ifndef SEATMUX_TESTS_FUZZ_H
#define SEATMUX_TESTS_FUZZ_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* The first byte chooses, the rest is the text, with a NUL behind it. Caller frees. */
static inline char *fuzz_text(const uint8_t *data, size_t n)
{
    return g_strndup((const char *)data, n);
}

/* The data as a file; one name for the whole run. Borrowed path. */
static inline const char *fuzz_file(const uint8_t *data, size_t n)
{
    static char path[64];
    g_autoptr(GError) error = NULL;
    if (!path[0])
        g_snprintf(path, sizeof path, "%s/seatmux-fuzz-%d.yaml", g_get_tmp_dir(), (int)getpid());
    if (!g_file_set_contents_full(path, (const char *)data, (gssize)n, G_FILE_SET_CONTENTS_NONE, 0600, &error))
        g_error("%s", error->message);
    return path;
}

#endif
