/* SPDX-License-Identifier: MIT */
#include "seatmux/base/rng.h"

#include <math.h>
#include <sodium.h>
#include <string.h>

#include "seatmux/base/limits.h"

#define BLOCK 512

/* A deterministic context is a ChaCha20 key stream: block `counter` of `key`. Bytes are put
 * together in little-endian order by hand, so every machine gets the same numbers. A fork's key is
 * a hash of this key and the purpose, untouched by how much was drawn. */
struct SmRng {
    gboolean secure;
    unsigned char key[crypto_stream_chacha20_KEYBYTES];
    uint64_t counter;
    unsigned char block[BLOCK];
    gsize used;
};

static SmRng *rng_alloc(void)
{
    if (sodium_init() < 0) {
        g_error("libsodium can't start: no system randomness");
    }
    SmRng *rng = g_new0(SmRng, 1);
    rng->used = BLOCK;
    return rng;
}

SmRng *sm_rng_new(uint64_t seed)
{
    SmRng *rng = rng_alloc();
    unsigned char bytes[8];
    for (int i = 0; i < 8; i++) {
        bytes[i] = (unsigned char)(seed >> (8 * i));
    }
    crypto_generichash(rng->key, sizeof rng->key, bytes, sizeof bytes, NULL, 0);
    return rng;
}

SmRng *sm_rng_new_secure(void)
{
    SmRng *rng = rng_alloc();
    rng->secure = TRUE;
    return rng;
}

SmRng *sm_rng_fork(SmRng *rng, const char *purpose)
{
    SmRng *fork = rng_alloc();
    fork->secure = rng->secure;
    if (!rng->secure) {
        crypto_generichash(fork->key, sizeof fork->key, (const unsigned char *)purpose,
                           strlen(purpose), rng->key, sizeof rng->key);
    }
    return fork;
}

void sm_rng_free(SmRng *rng)
{
    if (rng == NULL) {
        return;
    }
    sodium_memzero(rng, sizeof *rng);
    g_free(rng);
}

static void refill(SmRng *rng)
{
    unsigned char nonce[crypto_stream_chacha20_NONCEBYTES];
    for (gsize i = 0; i < sizeof nonce; i++) {
        nonce[i] = (unsigned char)(rng->counter >> (8 * i));
    }
    rng->counter++;
    crypto_stream_chacha20(rng->block, sizeof rng->block, nonce, rng->key);
    rng->used = 0;
}

void sm_rng_bytes(SmRng *rng, void *out, gsize n)
{
    if (rng->secure) {
        randombytes_buf(out, n);
        return;
    }
    unsigned char *to = out;
    while (n > 0) {
        if (rng->used == BLOCK) {
            refill(rng);
        }
        gsize part = MIN(n, BLOCK - rng->used);
        memcpy(to, rng->block + rng->used, part);
        rng->used += part;
        to += part;
        n -= part;
    }
}

uint64_t sm_rng_u64(SmRng *rng)
{
    unsigned char bytes[8];
    sm_rng_bytes(rng, bytes, sizeof bytes);
    uint64_t value = 0;
    for (int i = 7; i >= 0; i--) {
        value = value << 8 | bytes[i];
    }
    return value;
}

/* 0..n-1 for any n >= 1: what lies below 2^64 mod n is drawn again, so that all are equally likely.
 */
static uint64_t below64(SmRng *rng, uint64_t n)
{
    uint64_t skip = (0 - n) % n;
    uint64_t value;
    do {
        value = sm_rng_u64(rng);
    } while (value < skip);
    return value % n;
}

uint32_t sm_rng_below(SmRng *rng, uint32_t n)
{
    g_return_val_if_fail(n >= 1, 0);
    return (uint32_t)below64(rng, n);
}

int64_t sm_rng_between(SmRng *rng, int64_t low, int64_t high)
{
    g_return_val_if_fail(low <= high, low);
    uint64_t span = (uint64_t)high - (uint64_t)low;
    uint64_t drawn = span == UINT64_MAX ? sm_rng_u64(rng) : below64(rng, span + 1);
    return (int64_t)((uint64_t)low + drawn);
}

double sm_rng_unit(SmRng *rng)
{
    return (double)(sm_rng_u64(rng) >> 11) * 0x1p-53;
}

gboolean sm_rng_chance(SmRng *rng, double p)
{
    return sm_rng_unit(rng) < p;
}

double sm_rng_exponential(SmRng *rng, double mean)
{
    return -mean * log1p(-sm_rng_unit(rng));
}

char *sm_id_new(SmRng *rng, const char *prefix)
{
    static const char DIGITS[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    GString *id = g_string_new(prefix);
    for (int i = 0; i < 20; i++) {
        g_string_append_c(id, DIGITS[sm_rng_below(rng, 36)]);
    }
    return g_string_free(id, FALSE);
}

gboolean sm_id_valid(const char *id)
{
    if (id == NULL || id[0] == '\0' || id[0] == '.' || id[0] == '-') {
        return FALSE;
    }
    for (gsize i = 0; id[i] != '\0'; i++) {
        if (i >= SM_MAX_ID_BYTES || !(g_ascii_isalnum(id[i]) || strchr("._-", id[i]) != NULL)) {
            return FALSE;
        }
    }
    return TRUE;
}
