/* SPDX-License-Identifier: MIT */
#include "seatmux/base/password_mark.h"

#include <sodium.h>
#include <string.h>

/* Far below what a password on a disk needs: this one dies with the process, and the loop waits for it. */
#define PASSES 2
#define MEMORY_BYTES (4u << 20)
#define HASH_BYTES 32

struct SmPasswordMark {
    unsigned char salt[crypto_pwhash_SALTBYTES];
    unsigned char hash[HASH_BYTES];
};

static gboolean hash(unsigned char out[HASH_BYTES], const SmPasswordMark *mark, const char *password)
{
    return crypto_pwhash(out, HASH_BYTES, password, strlen(password), mark->salt, PASSES, MEMORY_BYTES, crypto_pwhash_ALG_ARGON2ID13) == 0;
}

SmPasswordMark *sm_password_mark_new(const char *password)
{
    if (sodium_init() < 0)
        return NULL;
    SmPasswordMark *mark = g_new0(SmPasswordMark, 1);
    randombytes_buf(mark->salt, sizeof mark->salt);
    if (!hash(mark->hash, mark, password))
        g_clear_pointer(&mark, sm_password_mark_free);
    return mark;
}

void sm_password_mark_free(SmPasswordMark *mark)
{
    if (mark == NULL)
        return;
    sodium_memzero(mark, sizeof *mark);
    g_free(mark);
}

gboolean sm_password_mark_fits(const SmPasswordMark *mark, const char *password)
{
    unsigned char other[HASH_BYTES];
    gboolean fits = hash(other, mark, password) && sodium_memcmp(other, mark->hash, HASH_BYTES) == 0;

    sodium_memzero(other, sizeof other);
    return fits;
}
