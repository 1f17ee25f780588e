/* SPDX-License-Identifier: MIT */
#include "seatmux/base/clock.h"

#define START 1700000000000

static void follows_the_loop(void)
{
    g_autoptr(SmLoop) loop = sm_loop_new_virtual(START);
    g_autoptr(SmClock) clock = sm_clock_new(loop, 0);
    g_assert_cmpint(sm_clock_now(clock), ==, START);
    sm_loop_run_until(loop, 5000);
    g_assert_cmpint(sm_clock_now(clock), ==, START + 5000);
    sm_loop_suspend(loop, 60000);
    g_assert_cmpint(sm_clock_now(clock), ==, START + 65000);
}

static void starts_above_the_log(void)
{
    g_autoptr(SmLoop) loop = sm_loop_new_virtual(START);
    g_autoptr(SmClock) clock = sm_clock_new(loop, START + 9000);
    g_assert_cmpint(sm_clock_now(clock), ==, START + 9001);
}

/* The wall clock jumps by an hour either way: time goes on, at most 0.5 ms per s off its pace. */
static void slews(gconstpointer by)
{
    int64_t jump = *(const int64_t *)by;
    g_autoptr(SmLoop) loop = sm_loop_new_virtual(START);
    g_autoptr(SmClock) clock = sm_clock_new(loop, 0);
    sm_loop_jump_wall(loop, jump);
    int64_t before = sm_clock_now(clock);
    g_assert_cmpint(before, ==, START);
    for (int i = 1; i <= 2000; i++) {
        sm_loop_run_until(loop, i * 50);
        int64_t now = sm_clock_now(clock);
        g_assert_cmpint(now, >=, before);
        before = now;
    }
    int64_t slewed = before - (START + 100000);
    g_assert_cmpint(slewed, ==, jump > 0 ? 50 : -50);
}

static void slew_ends_at_the_wall(void)
{
    g_autoptr(SmLoop) loop = sm_loop_new_virtual(START);
    g_autoptr(SmClock) clock = sm_clock_new(loop, 0);
    sm_loop_jump_wall(loop, 20);
    for (int i = 1; i <= 1000; i++) {
        sm_loop_run_until(loop, i * 100);
        sm_clock_now(clock);
    }
    g_assert_cmpint(sm_clock_now(clock), ==, sm_loop_wall(loop));
}

static void estimate(void)
{
    g_autoptr(SmClockEstimate) e = sm_clock_estimate_new();
    g_assert_false(sm_clock_estimate_known(e));
    g_assert_cmpint(sm_clock_estimate_at(e, 77), ==, 77);
    sm_clock_estimate_add(e, 1000, 1400, 501200); /* offset 500000 exactly */
    g_assert_true(sm_clock_estimate_known(e));
    g_assert_cmpint(sm_clock_estimate_at(e, 2000), ==, 502000);
    sm_clock_estimate_add(e, 2000, 2020, 502110); /* quicker: offset 500100 */
    g_assert_cmpint(sm_clock_estimate_at(e, 3000), ==, 503100);
    sm_clock_estimate_add(e, 3000, 3900, 503800); /* slower: it may be off by 450 */
    g_assert_cmpint(sm_clock_estimate_at(e, 4000), ==, 504100);
    sm_clock_estimate_add(e, 4000, 3000, 1); /* backwards: no round trip at all */
    g_assert_cmpint(sm_clock_estimate_at(e, 4000), ==, 504100);
    /* Six more and the quick one is the oldest of eight; with the seventh it is forgotten. */
    for (int i = 0; i < 6; i++) {
        sm_clock_estimate_add(e, 5000, 5100, 5050 + 500050);
        g_autoptr(SmClockEstimate) none = sm_clock_estimate_new();
    sm_clock_estimate_add(none, 0, 1, INT64_MAX); /* no desk's clock, and nothing overflows */
    sm_clock_estimate_add(none, 1, 2, INT64_MIN);
    g_assert_false(sm_clock_estimate_known(none));
    g_assert_cmpint(sm_clock_estimate_at(none, 77), ==, 77);
}
    g_assert_cmpint(sm_clock_estimate_at(e, 6000), ==, 506100);
    sm_clock_estimate_add(e, 5000, 5100, 5050 + 500050);
    g_assert_cmpint(sm_clock_estimate_at(e, 6000), ==, 506050);
    /* Long after, still the last eight. */
    for (int i = 0; i < 100; i++) {
        sm_clock_estimate_add(e, 0, 200, 500100 + i);
    }
    g_assert_cmpint(sm_clock_estimate_at(e, 0), ==, 500099);
}

/* The desk started anew with another time, or this machine stood still: the next answer tells, however slow it is. */
static void estimate_of_another_clock(void)
{
    g_autoptr(SmClockEstimate) e = sm_clock_estimate_new();
    for (int i = 0; i < 20; i++) {
        sm_clock_estimate_add(e, 1000, 1010, 501005 + i % 2);
    }
    sm_clock_estimate_add(e, 2000, 2400, 502200 + 3600000);
    g_assert_cmpint(sm_clock_estimate_at(e, 3000), ==, 503000 + 3600000);
    sm_clock_estimate_add(e, 4000, 4020, 504010 + 3600100); /* within what the slow one may be off by */
    g_assert_cmpint(sm_clock_estimate_at(e, 5000), ==, 505000 + 3600100);
    sm_clock_estimate_add(e, 6000, 6200, 506100);
    g_assert_cmpint(sm_clock_estimate_at(e, 7000), ==, 507000);
}

int main(int argc, char **argv)
{
    static const int64_t AHEAD = 3600000;
    static const int64_t BACK = -3600000;
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/base/clock/follows-the-loop", follows_the_loop);
    g_test_add_func("/base/clock/starts-above-the-log", starts_above_the_log);
    g_test_add_data_func("/base/clock/slews-ahead", &AHEAD, slews);
    g_test_add_data_func("/base/clock/slews-back", &BACK, slews);
    g_test_add_func("/base/clock/slew-ends-at-the-wall", slew_ends_at_the_wall);
    g_test_add_func("/base/clock/estimate", estimate);
    g_test_add_func("/base/clock/estimate-of-another-clock", estimate_of_another_clock);
    return g_test_run();
}
