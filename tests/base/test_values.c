/* SPDX-License-Identifier: MIT */
/* limits, findings, heap, randomness, ids, safe text */
#include <math.h>
#include <string.h>

#include "seatmux/base/error.h"
#include "seatmux/base/heap.h"
#include "seatmux/base/limits.h"
#include "seatmux/base/password_mark.h"
#include "seatmux/base/rng.h"
#include "seatmux/base/safe.h"

#define KNOWN_U64 0x9c36b0116f34a45aU
#define KNOWN_ID "c-0ajn62lvzblruiiosbut"

static void limits_sane(void)
{
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    guint n = 0;
    for (const SmLimit *l = sm_limits(); l->name != NULL; l++, n++) {
        g_assert_cmpint(l->value, >, 0);
        g_assert_cmpuint(strlen(l->unit), >, 0);
        g_assert_cmpuint(strlen(l->what), >, 0);
        g_assert_true(g_hash_table_add(names, (gpointer)l->name));
    }
    g_assert_cmpuint(n, >, 30);
    g_assert_cmpint(SM_MAX_MESSAGE_BYTES, >=, SM_MAX_MESSAGE_CHARS * 4);
    g_assert_cmpint(SM_MAX_WAIT_DEFAULT_S, <=, SM_MAX_WAIT_S);
    g_assert_cmpint(SM_MAX_BODY_BYTES, >, SM_MAX_MESSAGE_BYTES);
    g_assert_cmpint(SM_MAX_ANSWER_BYTES, >, SM_MAX_SNAPSHOT_BYTES);
}

/* The same password has another mark each time, and fits each of them. */
static void password_mark(void)
{
    SmPasswordMark *one = sm_password_mark_new("correct horse"), *two = sm_password_mark_new("correct horse");
    SmPasswordMark *marks[] = {one, two};
    for (guint i = 0; i < G_N_ELEMENTS(marks); i++) {
        g_assert_nonnull(marks[i]);
        g_assert_true(sm_password_mark_fits(marks[i], "correct horse"));
        g_assert_false(sm_password_mark_fits(marks[i], "correct horse "));
        g_assert_false(sm_password_mark_fits(marks[i], ""));
    }
    sm_password_mark_free(one);
    sm_password_mark_free(two);
    sm_password_mark_free(NULL);
}

static void findings(void)
{
    g_autoptr(SmFindings) a = sm_findings_new();
    g_autoptr(SmFindings) b = sm_findings_new();
    sm_findings_error(a, "x.yaml", 3, 5, "no %s", "title");
    sm_findings_warn(b, "y.yaml", 2, 0, "old");
    sm_findings_error(b, NULL, 0, 0, "gone");
    sm_findings_move(a, b);
    g_assert_cmpuint(sm_findings_count(a), ==, 3);
    g_assert_cmpuint(sm_findings_errors(a), ==, 2);
    g_assert_cmpuint(sm_findings_count(b), ==, 0);
    g_assert_cmpuint(sm_findings_errors(b), ==, 0);
    static const char *const WANT[] = {"x.yaml:3:5: error: no title", "y.yaml:2: warning: old",
                                       "error: gone"};
    for (guint i = 0; i < 3; i++) {
        g_autofree char *text = sm_finding_format(sm_findings_at(a, i));
        g_assert_cmpstr(text, ==, WANT[i]);
    }
}

#define NODES 500

/* Random sets, moves and removals against a plain search for the smallest. */
static void heap_against_search(void)
{
    g_autoptr(SmRng) rng = sm_rng_new(7);
    g_autoptr(SmHeap) heap = sm_heap_new();
    SmHeapNode nodes[NODES] = {0};
    for (guint step = 0; step < 5000; step++) {
        SmHeapNode *node = &nodes[sm_rng_below(rng, NODES)];
        if (sm_rng_chance(rng, 0.3)) {
            sm_heap_remove(heap, node);
            g_assert_cmpuint(node->place, ==, 0);
        } else {
            sm_heap_set(heap, node, sm_rng_between(rng, -20, 20), sm_rng_u64(rng));
        }
        const SmHeapNode *best = NULL;
        guint in = 0;
        for (guint i = 0; i < NODES; i++) {
            const SmHeapNode *at = &nodes[i];
            if (at->place == 0) {
                continue;
            }
            in++;
            if (best == NULL || at->due < best->due ||
                (at->due == best->due && at->tie < best->tie)) {
                best = at;
            }
        }
        g_assert_true(sm_heap_first(heap) == best);
        g_assert_cmpuint(sm_heap_size(heap), ==, in);
    }
}

static void rng_repeats(void)
{
    g_autoptr(SmRng) a = sm_rng_new(42);
    g_autoptr(SmRng) b = sm_rng_new(42);
    g_autoptr(SmRng) other = sm_rng_new(43);
    g_assert_cmpuint(sm_rng_u64(other), !=, sm_rng_u64(a));
    sm_rng_u64(b);
    g_autoptr(SmRng) fork_a = sm_rng_fork(a, "arrivals");
    for (guint i = 0; i < 300; i++) {
        g_assert_cmpuint(sm_rng_u64(a), ==, sm_rng_u64(b));
    }
    /* A fork depends on the seed and its purpose, not on how much was drawn before it. */
    g_autoptr(SmRng) fork_b = sm_rng_fork(b, "arrivals");
    g_autoptr(SmRng) fork_c = sm_rng_fork(b, "names");
    uint64_t first = sm_rng_u64(fork_a);
    g_assert_cmpuint(first, ==, sm_rng_u64(fork_b));
    g_assert_cmpuint(first, !=, sm_rng_u64(fork_c));
}

/* The numbers themselves are a promise: recorded seeds must give the same run for ever. These were
 * worked out by other programs: ChaCha20 under the BLAKE2b-256 of the seed. */
static void rng_known_numbers(void)
{
    g_autoptr(SmRng) rng = sm_rng_new(1);
    g_assert_cmphex(sm_rng_u64(rng), ==, KNOWN_U64);
    g_autofree char *id = sm_id_new(rng, "c-");
    g_assert_cmpstr(id, ==, KNOWN_ID);
}

static void rng_spread(void)
{
    g_autoptr(SmRng) rng = sm_rng_new(5);
    guint counts[6] = {0};
    double sum = 0;
    for (guint i = 0; i < 60000; i++) {
        counts[sm_rng_below(rng, 6)]++;
        double unit = sm_rng_unit(rng);
        g_assert_true(unit >= 0 && unit < 1);
        int64_t between = sm_rng_between(rng, -3, 3);
        g_assert_true(between >= -3 && between <= 3);
        sum += sm_rng_exponential(rng, 10);
    }
    for (guint i = 0; i < 6; i++) {
        g_assert_cmpuint(counts[i], >, 9600);
        g_assert_cmpuint(counts[i], <, 10400);
    }
    g_assert_cmpfloat(fabs(sum / 60000 - 10), <, 0.3);
    g_assert_cmpuint(sm_rng_below(rng, 1), ==, 0);
    g_assert_cmpint(sm_rng_between(rng, 9, 9), ==, 9);
    sm_rng_between(rng, INT64_MIN, INT64_MAX);
    g_assert_false(sm_rng_chance(rng, 0));
    g_assert_true(sm_rng_chance(rng, 1));
}

static void ids(void)
{
    g_autoptr(SmRng) rng = sm_rng_new_secure();
    g_autofree char *one = sm_id_new(rng, "m-");
    g_autofree char *two = sm_id_new(rng, "m-");
    g_assert_cmpuint(strlen(one), ==, 22);
    g_assert_true(g_str_has_prefix(one, "m-"));
    g_assert_cmpstr(one, !=, two);
    g_assert_true(sm_id_valid(one));
    static const char *const GOOD[] = {"a", "A-b_c.9", "0"};
    static const char *const BAD[] = {"", ".a", "-a", "a b", "a/b", "\xe4\xbd\xa0", "a\n"};
    for (guint i = 0; i < G_N_ELEMENTS(GOOD); i++) {
        g_assert_true(sm_id_valid(GOOD[i]));
    }
    for (guint i = 0; i < G_N_ELEMENTS(BAD); i++) {
        g_assert_false(sm_id_valid(BAD[i]));
    }
    g_assert_false(sm_id_valid(NULL));
    g_autofree char *longest = g_strnfill(SM_MAX_ID_BYTES, 'x');
    g_autofree char *longer = g_strnfill(SM_MAX_ID_BYTES + 1, 'x');
    g_assert_true(sm_id_valid(longest));
    g_assert_false(sm_id_valid(longer));
}

static void safe_text(void)
{
    g_assert_cmpstr(sm_safe_str(NULL), ==, "");
    g_assert_cmpuint(sm_safe_len(NULL), ==, 0);
    g_autoptr(SmSafe) name = SM_SAFE_LITERAL("\xe7\x8e\x8b");
    g_autoptr(SmSafe) more = sm_safe_ref(name);
    g_autoptr(SmSafe) joined = sm_safe_format("%S: %d%% %s|%S", more, -7, "of all", (SmSafe *)NULL);
    g_assert_cmpstr(sm_safe_str(joined), ==, "\xe7\x8e\x8b: -7% of all|");
    g_assert_cmpuint(sm_safe_len(joined), ==, strlen(sm_safe_str(joined)));
    sm_safe_unref(NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/base/limits/sane", limits_sane);
    g_test_add_func("/base/error/findings", findings);
    g_test_add_func("/base/values/password-mark", password_mark);
    g_test_add_func("/base/heap/against-search", heap_against_search);
    g_test_add_func("/base/rng/repeats", rng_repeats);
    g_test_add_func("/base/rng/known-numbers", rng_known_numbers);
    g_test_add_func("/base/rng/spread", rng_spread);
    g_test_add_func("/base/rng/ids", ids);
    g_test_add_func("/base/safe/format", safe_text);
    return g_test_run();
}
