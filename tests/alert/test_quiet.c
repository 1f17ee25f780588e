/* SPDX-License-Identifier: MIT */
/* Quiet hours as people write them. The machine's zone is UTC here; 2026-11-27 is a Friday. */
#include <stdlib.h>
#include <time.h>

#include "seatmux/alert/quiet.h"
#include "seatmux/base/error.h"

#define FRIDAY INT64_C(1795737600000) /* 2026-11-27 00:00 UTC */
#define MINUTE INT64_C(60000)

static int64_t left_min(const char *text, int day, int hour, int minute)
{
    int64_t left = sm_quiet_left(text, FRIDAY + ((day * 24 + hour) * 60 + minute) * MINUTE);

    g_assert_cmpint(left % MINUTE, ==, 0);
    return left / MINUTE;
}

static void over_midnight(void)
{
    g_assert_cmpint(left_min("22:00-07:00", 0, 21, 59), ==, 0);
    g_assert_cmpint(left_min("22:00-07:00", 0, 22, 0), ==, 540);
    g_assert_cmpint(left_min("22:00-07:00", 1, 6, 59), ==, 1);
    g_assert_cmpint(left_min("22:00-07:00", 1, 7, 0), ==, 0);
    g_assert_cmpint(sm_quiet_left("22:00-07:00", FRIDAY + 22 * 60 * MINUTE + 1500), ==,
                    540 * MINUTE - 1500);
}

static void days(void)
{
    const char *text = "mon-fri 19:00-09:00, sat, sun";

    g_assert_cmpint(left_min(text, 0, 18, 59), ==, 0);
    g_assert_cmpint(left_min(text, 0, 19, 0), ==,
                    (5 + 48) * 60);                  /* to Monday: two whole days follow */
    g_assert_cmpint(left_min(text, 3, 0, 0), ==, 0); /* Sunday's quiet ends with the day */
    g_assert_cmpint(left_min("fri-mon", 2, 12, 0), ==, 36 * 60); /* over the end of the week */
    g_assert_cmpint(left_min("fri-mon", 4, 0, 0), ==, 0);
    g_assert_cmpint(left_min("00:00-24:00", 0, 12, 0), ==,
                    7 * 24 * 60); /* always: a week is the most */
    g_assert_cmpint(left_min("", 0, 3, 0), ==, 0);
}

static void wrong(void)
{
    static const char *const texts[] = {
        "late",        "22-7",        "22:00",        "22:00-25:00", "mon tue 1:00-2:00",
        "22:60-23:00", "22:00-22:00", "22:00-07:00,", "mon-xyz",     "22:00-07:00 mon",
        ",,"};

    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        if (sm_quiet_check(texts[i], &error))
            g_error("'%s' was taken", texts[i]);
        g_assert_error(error, SM_ERROR, SM_ERROR_INVALID);
        g_assert_cmpint(sm_quiet_left(texts[i], FRIDAY), ==, 0);
    }
    g_assert_true(sm_quiet_check("", NULL));
    g_assert_true(sm_quiet_check("Mon-Fri 19:00-09:00 , sat", NULL));
}

int main(int argc, char **argv)
{
    setenv("TZ", "UTC", 1);
    tzset();
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/alert/quiet/over-midnight", over_midnight);
    g_test_add_func("/alert/quiet/days", days);
    g_test_add_func("/alert/quiet/wrong", wrong);
    return g_test_run();
}
