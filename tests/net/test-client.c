/* SPDX-License-Identifier: MIT */
/* The client on the virtual loop against a scripted desk. */
#include "bench.h"

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    bench_add_poll_tests();
    bench_add_sending_tests();
    bench_add_outcome_tests();
    bench_add_keeping_tests();
    return g_test_run();
}
