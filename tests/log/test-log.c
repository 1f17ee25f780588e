/* SPDX-License-Identifier: MIT */
/* The contract over the log in memory, and the faults only that one can play. */
#include "contract.h"

#include "seatmux/base/error.h"

static SmLoop *virtual_loop(void)
{
    return sm_loop_new_virtual(1700000000000);
}

static SmLog *open_at_once(SmLoop *loop, SmRng *rng, char **place)
{
    return sm_log_new_memory(loop, NULL, 0, 0);
}

static SmLog *open_delayed(SmLoop *loop, SmRng *rng, char **place)
{
    return sm_log_new_memory(loop, rng, 2, 40);
}

static void done(const GError *error, void *user)
{
    *(int *)user = error != NULL ? error->code : -1;
}

static GPtrArray *one(SmRecord *record)
{
    GPtrArray *records = g_ptr_array_new_with_free_func((GDestroyNotify)sm_record_unref);

    g_ptr_array_add(records, record);
    return records;
}

/* A failed commit takes down all that was appended behind it, and the log goes on where it was. */
static void test_fail(void)
{
    g_autoptr(SmLoop) loop = virtual_loop();
    g_autoptr(SmLog) log = sm_log_new_memory(loop, NULL, 0, 0);
    g_autoptr(GPtrArray) a = one(log_record("k1", "c1", "a"));
    g_autoptr(GPtrArray) b = one(log_record("k2", "c1", "b"));
    int first = 0, second = 0;

    sm_log_memory_fail(log, 1, SM_ERROR_FULL);
    sm_log_append(log, 0, a, done, &first);
    sm_log_append(log, 1, b, done, &second);
    while (second == 0)
        g_assert_true(sm_loop_step(loop));
    g_assert_cmpint(first, ==, SM_ERROR_FULL);
    g_assert_cmpint(second, ==, SM_ERROR_FULL);
    g_assert_cmpint(sm_log_last(log), ==, 0);
    g_assert_no_error(log_append(loop, log, 0, log_record("k1", "c1", "a"), NULL));
    g_assert_cmpint(sm_log_last(log), ==, 1);
}

static void test_crash(void)
{
    g_autoptr(SmLoop) loop = virtual_loop();
    g_autoptr(SmLog) log = sm_log_new_memory(loop, NULL, 0, 0);
    int outcome = 0;

    g_assert_no_error(log_append(loop, log, 0, log_record("k1", "c1", "a"), NULL));
    g_autoptr(GPtrArray) lost = one(log_record("k2", "c1", "b"));
    sm_log_append(log, 1, lost, done, &outcome);
    sm_log_memory_crash(log);
    while (sm_loop_step(loop))
        continue;
    g_assert_cmpint(outcome, ==, 0); /* nobody is left to be told */
    g_assert_cmpint(sm_log_last(log), ==, 1);
    g_assert_null(sm_log_find(log, "k2", NULL));
}

int main(int argc, char **argv)
{
    static const LogFactory at_once = {"memory", virtual_loop, open_at_once, NULL, NULL};
    static const LogFactory delayed = {"memory-delayed", virtual_loop, open_delayed, NULL, NULL};

    g_test_init(&argc, &argv, NULL);
    log_contract_add(&at_once);
    log_contract_add(&delayed);
    g_test_add_func("/log/memory/fail", test_fail);
    g_test_add_func("/log/memory/crash", test_crash);
    return g_test_run();
}
