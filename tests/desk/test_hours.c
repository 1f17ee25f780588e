/* SPDX-License-Identifier: MIT */
/* Working hours: spans, days off, daylight saving (turn-clock.md, rule 11). All instants are UTC;
 * the wall clock is worked out by hand in the comments. */
#include <locale.h>

#include "desk/hours.h"

#define HOUR INT64_C(3600000)
#define MINUTE INT64_C(60000)

static SmHours *hours(const char *zone)
{
    g_autoptr(GError) error = NULL;
    SmHours *h = sm_hours_new(zone, &error);
    g_assert_no_error(error);
    return h;
}

static void span(SmHours *h, const char *days, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_assert_true(sm_hours_add_span(h, sm_hours_days(days), text, &error));
    g_assert_no_error(error);
}

static int64_t utc(const char *text)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, NULL);
    g_assert_nonnull(time);
    return g_date_time_to_unix(time) * 1000;
}

static void no_hours_is_always(void)
{
    g_assert_cmpint(sm_hours_between(NULL, 1000, 5000), ==, 4000);
    g_assert_cmpint(sm_hours_between(NULL, 5000, 1000), ==, 0);
    g_assert_cmpint(sm_hours_add(NULL, 1000, 4000), ==, 5000);
    g_assert_cmpint(sm_hours_add(NULL, INT64_MAX - 5, 10), ==, INT64_MAX);
    g_assert_true(sm_hours_open(NULL, 0));
}

/* 2026-01-05 is a Monday; Shanghai is UTC+8 all year. */
static void week(void)
{
    g_autoptr(SmHours) h = hours("Asia/Shanghai");
    span(h, "mon-fri", "09:00-12:00");
    span(h, "mon-fri", "13:00-18:00");
    int64_t monday = utc("2026-01-05T00:00:00Z"); /* 08:00 there */
    g_assert_false(sm_hours_open(h, monday + HOUR - 1));
    g_assert_true(sm_hours_open(h, monday + HOUR));
    g_assert_true(sm_hours_open(h, monday + 4 * HOUR - 1));
    g_assert_false(sm_hours_open(h, monday + 4 * HOUR));
    g_assert_true(sm_hours_open(h, monday + 5 * HOUR));
    g_assert_false(sm_hours_open(h, monday + 10 * HOUR));
    g_assert_cmpint(sm_hours_between(h, monday, monday + 24 * HOUR), ==, 8 * HOUR);
    g_assert_cmpint(sm_hours_between(h, monday, monday + 7 * 24 * HOUR), ==, 40 * HOUR);
    g_assert_cmpint(sm_hours_between(h, monday + 3 * HOUR + 1, monday + 5 * HOUR + 1), ==, HOUR);
    /* From Friday 17:30 there one hour of work ends on Monday at 09:30. */
    int64_t friday = monday + 4 * 24 * HOUR + 9 * HOUR + 30 * MINUTE;
    g_assert_cmpint(sm_hours_add(h, friday, HOUR), ==, monday + 7 * 24 * HOUR + HOUR + 30 * MINUTE);
    /* The end of a span is reached at its end, not at the next beginning. */
    g_assert_cmpint(sm_hours_add(h, friday, 30 * MINUTE), ==, friday + 30 * MINUTE);
}

static void over_midnight(void)
{
    g_autoptr(SmHours) h = hours("UTC");
    span(h, "sat", "22:00-06:00");
    int64_t saturday = utc("2026-01-10T00:00:00Z");
    g_assert_cmpint(sm_hours_between(h, saturday, saturday + 48 * HOUR), ==, 8 * HOUR);
    g_assert_true(sm_hours_open(h, saturday + 29 * HOUR));
    g_assert_false(sm_hours_open(h, saturday + 30 * HOUR));
    g_assert_false(sm_hours_open(h, saturday + 5 * HOUR));
    /* Sunday's part counts for the week's end too: Sunday night reaches into Monday. */
    g_autoptr(SmHours) s = hours("UTC");
    span(s, "sun", "23:00-01:00");
    g_assert_true(sm_hours_open(s, saturday + 48 * HOUR + 30 * MINUTE));
}

static void overlaps_count_once(void)
{
    g_autoptr(SmHours) h = hours("UTC");
    span(h, "daily", "09:00-12:00");
    span(h, "daily", "09:00-11:00");
    span(h, "daily", "10:00-14:00");
    int64_t day = utc("2026-01-05T00:00:00Z");
    g_assert_cmpint(sm_hours_between(h, day, day + 24 * HOUR), ==, 5 * HOUR);
    g_assert_cmpint(sm_hours_add(h, day, 4 * HOUR), ==, day + 13 * HOUR);
}

static void whole_days(void)
{
    g_autoptr(SmHours) h = hours("UTC");
    span(h, "daily", "00:00-24:00");
    int64_t day = utc("2026-01-05T00:00:00Z");
    g_assert_cmpint(sm_hours_between(h, day + 5, day + 100 * HOUR), ==, 100 * HOUR - 5);
}

static void holidays(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SmHours) h = hours("Asia/Shanghai");
    span(h, "daily", "20:00-02:00");
    g_assert_true(sm_hours_add_holiday(h, "2026-10-01..2026-10-07", &error));
    /* The night of 30 September runs to its end at 02:00 on the first; then seven nights are off.
     */
    int64_t first = utc("2026-09-30T16:00:00Z"); /* 1 October, 00:00 there */
    g_assert_true(sm_hours_open(h, first + 2 * HOUR - 1));
    g_assert_false(sm_hours_open(h, first + 21 * HOUR));
    g_assert_cmpint(sm_hours_between(h, first, first + 8 * 24 * HOUR), ==, 2 * HOUR + 4 * HOUR);
    g_assert_cmpint(sm_hours_add(h, first + 2 * HOUR, 1), ==,
                    first + 7 * 24 * HOUR + 20 * HOUR + 1);
    g_assert_false(sm_hours_add_holiday(h, "2026-02-29", &error));
    g_assert_error(error, SM_ERROR, SM_ERROR_INVALID);
}

/* Berlin goes from 02:00 to 03:00 on 2026-03-29 (01:00 UTC), and from 03:00 back to 02:00 on
 * 2026-10-25 (01:00 UTC). */
static void daylight_saving(void)
{
    g_autoptr(SmHours) h = hours("Europe/Berlin");
    span(h, "daily", "00:00-06:00");
    int64_t spring = utc("2026-03-28T23:00:00Z"); /* 00:00 there, +1 */
    g_assert_cmpint(sm_hours_between(h, spring, spring + 12 * HOUR), ==, 5 * HOUR);
    g_assert_true(sm_hours_open(h, spring + 5 * HOUR - 1)); /* 05:59 there, +2 */
    g_assert_false(sm_hours_open(h, spring + 5 * HOUR));    /* 06:00 */
    g_assert_cmpint(sm_hours_add(h, spring, 3 * HOUR), ==, spring + 3 * HOUR);
    int64_t autumn = utc("2026-10-24T22:00:00Z"); /* 00:00 there, +2 */
    g_assert_cmpint(sm_hours_between(h, autumn, autumn + 12 * HOUR), ==, 7 * HOUR);
    g_assert_true(sm_hours_open(h, autumn + 7 * HOUR - 1));
    g_assert_false(sm_hours_open(h, autumn + 7 * HOUR));
    /* An hour shown twice is worked twice, one that is skipped not at all. */
    g_autoptr(SmHours) night = hours("Europe/Berlin");
    span(night, "daily", "02:00-03:00");
    g_assert_cmpint(sm_hours_between(night, spring, spring + 12 * HOUR), ==, 0);
    g_assert_cmpint(sm_hours_between(night, autumn, autumn + 12 * HOUR), ==, 2 * HOUR);
    /* The working day after the change begins at the same wall-clock time: 09:00 is 07:00 UTC. */
    g_autoptr(SmHours) day = hours("Europe/Berlin");
    span(day, "daily", "09:00-17:00");
    g_assert_cmpint(sm_hours_add(day, utc("2026-03-28T16:00:00Z"), 1), ==,
                    utc("2026-03-29T07:00:00Z") + 1);
}

/* add() and between() are each other's inverse, whatever the hours. */
static void add_is_the_inverse(void)
{
    g_autoptr(SmHours) h = hours("America/New_York");
    span(h, "mon-fri", "08:30-12:15");
    span(h, "wed-sat", "21:00-03:00");
    GRand *random = g_rand_new_with_seed(7);
    int64_t start = utc("2026-02-20T00:00:00Z");
    for (int i = 0; i < 300; i++) {
        int64_t from = start + (int64_t)(g_rand_double(random) * 60 * 24 * (double)HOUR);
        int64_t net = 1 + (int64_t)(g_rand_double(random) * 30 * (double)HOUR);
        int64_t at = sm_hours_add(h, from, net);
        g_assert_cmpint(sm_hours_between(h, from, at), ==, net);
        g_assert_cmpint(sm_hours_between(h, from, at - 1), ==, net - 1);
        int64_t middle = from + (at - from) / 2;
        g_assert_cmpint(sm_hours_between(h, from, middle) + sm_hours_between(h, middle, at), ==,
                        net);
    }
    g_rand_free(random);
}

static void never(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SmHours) h = hours("UTC");
    g_assert_false(sm_hours_ever_open(h));
    g_assert_cmpint(sm_hours_add(h, utc("2026-01-05T00:00:00Z"), 1), ==, INT64_MAX);
    g_assert_cmpint(sm_hours_between(h, 0, utc("2026-01-05T00:00:00Z")), ==, 0);
    /* Stamps no desk can have end quickly. */
    span(h, "mon", "09:00-10:00");
    sm_hours_between(h, 0, INT64_MAX);
    sm_hours_add(h, INT64_MAX - 1, 5);
    sm_hours_add(h, -5, 5);
    g_assert_null(sm_hours_new("Mars/Olympus", &error));
    g_assert_error(error, SM_ERROR, SM_ERROR_INVALID);
    g_clear_error(&error);
    g_assert_null(sm_hours_new("+08:00", &error));
    g_assert_nonnull(error);
}

static void refused_texts(void)
{
    static const char *const BAD[] = {"",
                                      "9:00-18:00",
                                      "09:00",
                                      "09:00-",
                                      "09:00-09:00",
                                      "24:00-06:00",
                                      "09:60-10:00",
                                      "09:00-24:01",
                                      "09:00-18:00x",
                                      "09.00-18.00"};
    g_autoptr(SmHours) h = hours("UTC");
    for (gsize i = 0; i < G_N_ELEMENTS(BAD); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_false(sm_hours_add_span(h, 1, BAD[i], &error));
        g_assert_error(error, SM_ERROR, SM_ERROR_INVALID);
    }
    g_assert_cmpuint(sm_hours_days("mon"), ==, 1);
    g_assert_cmpuint(sm_hours_days("sat-mon"), ==, 0x61);
    g_assert_cmpuint(sm_hours_days("mon-"), ==, 0);
    g_assert_cmpuint(sm_hours_days("monday"), ==, 0);
}

static void limits(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SmHours) h = hours("UTC");
    for (int i = 0; i < SM_HOURS_SPANS; i++) {
        g_assert_true(sm_hours_add_span(h, 1, "09:00-10:00", &error));
    }
    g_assert_false(sm_hours_add_span(h, 1, "09:00-10:00", &error));
    g_assert_error(error, SM_ERROR, SM_ERROR_LIMIT);
    g_clear_error(&error);
    g_assert_true(sm_hours_add_holiday(h, "2026-01-01..2027-02-04", &error)); /* 400 days */
    g_assert_false(sm_hours_add_holiday(h, "2028-01-01", &error));
    g_assert_error(error, SM_ERROR, SM_ERROR_LIMIT);
}

static void json(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SmHours) h = hours("Asia/Shanghai");
    span(h, "fri", "22:00-06:00");
    span(h, "mon", "00:00-24:00");
    g_assert_true(sm_hours_add_holiday(h, "2026-10-01", &error));
    g_autoptr(json_t) a = sm_hours_encode(h);
    g_autoptr(SmHours) read = sm_hours_decode(a, &error);
    g_assert_no_error(error);
    g_autoptr(json_t) b = sm_hours_encode(read);
    g_autofree char *text = sm_json_text(b);
    g_assert_true(json_equal(a, b));
    g_assert_cmpstr(
        text, ==,
        "{\"zone\":\"Asia/Shanghai\",\"spans\":[\"mon 00:00-24:00\",\"fri 22:00-06:00\"],"
        "\"holidays\":[\"2026-10-01\"]}");
    g_autoptr(json_t) bad =
        json_pack("{s:s, s:[s], s:[]}", "zone", "UTC", "spans", "mon", "holidays");
    g_assert_null(sm_hours_decode(bad, &error));
    g_assert_error(error, SM_ERROR, SM_ERROR_INVALID);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/hours/none-is-always", no_hours_is_always);
    g_test_add_func("/hours/week", week);
    g_test_add_func("/hours/over-midnight", over_midnight);
    g_test_add_func("/hours/overlaps-count-once", overlaps_count_once);
    g_test_add_func("/hours/whole-days", whole_days);
    g_test_add_func("/hours/holidays", holidays);
    g_test_add_func("/hours/daylight-saving", daylight_saving);
    g_test_add_func("/hours/add-is-the-inverse", add_is_the_inverse);
    g_test_add_func("/hours/never", never);
    g_test_add_func("/hours/refused-texts", refused_texts);
    g_test_add_func("/hours/limits", limits);
    g_test_add_func("/hours/json", json);
    return g_test_run();
}
