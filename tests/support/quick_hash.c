/* SPDX-License-Identifier: MIT */
/* quick_hash: loaded before the C library (LD_PRELOAD), passwords are hashed at libsodium's least cost instead of the desk's. Each
 * desk of a test has staff and customers of its own: their hashes were half of what the tests of the real programs worked. The hash
 * says what it cost, so checking one is as quick. What the desk's own cost is, tests/server looks at. */
#include <dlfcn.h>
#include <sodium.h>
#include <stddef.h>

typedef int (*Hash)(char *out, const char *password, unsigned long long length, unsigned long long operations, size_t memory);

__attribute__((visibility("default"))) int crypto_pwhash_str(char out[crypto_pwhash_STRBYTES], const char *const password,
                                                             unsigned long long length, unsigned long long operations, size_t memory)
{
    Hash real;

    (void)operations;
    (void)memory;
    *(void **)&real = dlsym(RTLD_NEXT, "crypto_pwhash_str");
    return real ? real(out, password, length, crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN) : -1;
}
