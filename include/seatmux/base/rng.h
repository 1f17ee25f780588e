/* SPDX-License-Identifier: MIT */
/* rng: randomness and ids from a context, never from thin air: the same seed gives the same run.
 * A context made by sm_rng_new_secure() draws from the system and is for ids, tokens and salts. */
#ifndef SEATMUX_BASE_RNG_H
#define SEATMUX_BASE_RNG_H

#include <glib.h>
#include <stdint.h>

typedef struct SmRng SmRng;

SmRng *sm_rng_new(uint64_t seed);  /* deterministic, all machines alike */
SmRng *sm_rng_new_secure(void);    /* libsodium's system randomness */
SmRng *sm_rng_fork(SmRng *rng, const char *purpose); /* an independent stream; order of use does not couple them */
void sm_rng_free(SmRng *rng);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmRng, sm_rng_free)

uint64_t sm_rng_u64(SmRng *rng);
uint32_t sm_rng_below(SmRng *rng, uint32_t n);               /* 0..n-1, unbiased; n >= 1 */
int64_t sm_rng_between(SmRng *rng, int64_t low, int64_t high); /* both ends included */
double sm_rng_unit(SmRng *rng);                              /* [0, 1) */
gboolean sm_rng_chance(SmRng *rng, double p);
double sm_rng_exponential(SmRng *rng, double mean);
void sm_rng_bytes(SmRng *rng, void *out, gsize n);

/* A new id: prefix and 20 characters of [0-9a-z] (100 bits). Caller frees. */
char *sm_id_new(SmRng *rng, const char *prefix);
/* TRUE if `id` has 1..SM_MAX_ID_BYTES characters of [A-Za-z0-9._-] and does not begin with '.' or '-'. */
gboolean sm_id_valid(const char *id);

#endif
