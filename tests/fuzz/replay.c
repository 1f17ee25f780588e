/* SPDX-License-Identifier: MIT */
/* replay: a target without libFuzzer, for every build: each seed as it is, cut at every byte, and bent at random places
 * by a generator of known state. Says TAP. */
#include <stdio.h>
#include <string.h>

#include "fuzz.h"
#include "seatmux/base/rng.h"

#define BENDS 200
#define CUTS 2000 /* longer seeds are cut at so many places */

static guint cut(const uint8_t *data, gsize n)
{
    gsize step = MAX(1, n / CUTS);
    guint runs = 0;
    for (gsize at = 0; at <= n; at += step, runs++) {
        g_autofree uint8_t *part = g_memdup2(data, at ? at : 1); /* of its own size, so that reading past it is seen */
        LLVMFuzzerTestOneInput(part, at);
    }
    return runs;
}

static guint bend(const uint8_t *data, gsize n, SmRng *rng)
{
    static const char *const pieces[] = {"\xff", "\xc3", "\xe2\x80\xae", "\x1b[", "\"", "{", "[", "\\u0000", ": ", "\n", "\xf0\x9f\x99\x82", "0"};
    for (guint i = 0; i < BENDS && n > 0; i++) {
        g_autoptr(GByteArray) bent = g_byte_array_new();
        gsize at = sm_rng_below(rng, (guint32)n);
        const char *piece = pieces[sm_rng_below(rng, G_N_ELEMENTS(pieces))];
        gsize skip = sm_rng_below(rng, 4);
        gsize skipped = MIN(n - at, skip);
        g_byte_array_append(bent, data, (guint)at);
        g_byte_array_append(bent, (const guint8 *)piece, (guint)strlen(piece));
        g_byte_array_append(bent, data + at + skipped, (guint)(n - at - skipped));
        g_autofree uint8_t *exact = g_memdup2(bent->data, bent->len);
        LLVMFuzzerTestOneInput(exact, bent->len);
    }
    return BENDS;
}

static int compare(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static GPtrArray *seeds_of(const char *directory)
{
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
    const char *name;
    while (dir && (name = g_dir_read_name(dir)))
        g_ptr_array_add(paths, g_build_filename(directory, name, NULL));
    g_ptr_array_sort(paths, compare);
    return paths;
}

int main(int argc, char **argv)
{
    LLVMFuzzerInitialize(&argc, &argv);
    g_autoptr(GPtrArray) seeds = seeds_of(argc > 1 ? argv[1] : "");
    g_autoptr(SmRng) rng = sm_rng_new(1);
    printf("1..%u\n", MAX(1, seeds->len));
    if (seeds->len == 0)
        printf("not ok 1 no seeds in %s\n", argc > 1 ? argv[1] : "?");
    for (guint i = 0; i < seeds->len; i++) {
        gsize n = 0;
        g_autofree char *text = NULL;
        gboolean read = g_file_get_contents(seeds->pdata[i], &text, &n, NULL);
        g_autofree uint8_t *data = g_memdup2(text, n ? n : 1);
        LLVMFuzzerTestOneInput(data, n);
        guint runs = cut(data, n) + bend(data, n, rng);
        g_autofree char *name = g_path_get_basename(seeds->pdata[i]);
        printf("%s %u %s, %u ways\n", read ? "ok" : "not ok", i + 1, name, runs);
        fflush(stdout);
    }
    return 0;
}
