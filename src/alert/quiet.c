/* SPDX-License-Identifier: MIT */
#include "seatmux/alert/quiet.h"

#include <stdio.h>
#include <string.h>

#include "seatmux/base/error.h"

#define DAY_MINUTES 1440
#define WEEK_MINUTES (7 * DAY_MINUTES)

/* Minutes of the week, from Monday 0:00, that are quiet. */
typedef struct {
    gboolean quiet[WEEK_MINUTES];
} Week;

static int day_of(const char *text, gsize n)
{
    static const char *const days[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

    for (int i = 0; i < 7; i++)
        if (n == 3 && g_ascii_strncasecmp(text, days[i], 3) == 0)
            return i;
    return -1;
}

/* "22:00"; 24:00 is the end of the day. -1: none. */
static int minute_of(const char *text)
{
    int hour, minute, used = 0;

    if (sscanf(text, "%2d:%2d%n", &hour, &minute, &used) != 2 || text[used] != '\0' || hour < 0 ||
        minute < 0 || minute > 59 || hour * 60 + minute > DAY_MINUTES)
        return -1;
    return hour * 60 + minute;
}

static gboolean days_of(const char *text, int *first, int *last)
{
    const char *dash = strchr(text, '-');

    *first = day_of(text, dash != NULL ? (gsize)(dash - text) : strlen(text));
    *last = dash != NULL ? day_of(dash + 1, strlen(dash + 1)) : *first;
    return *first >= 0 && *last >= 0;
}

static gboolean hours_of(const char *text, int *from, int *to)
{
    const char *dash = strchr(text, '-');

    if (dash == NULL)
        return FALSE;
    g_autofree char *start = g_strndup(text, (gsize)(dash - text));
    *from = minute_of(start);
    *to = minute_of(dash + 1);
    return *from >= 0 && *to >= 0 && *from != *to;
}

static void mark(Week *week, int first, int last, int from, int to)
{
    int length = to > from ? to - from : to + DAY_MINUTES - from;

    for (int day = first;; day = (day + 1) % 7) {
        for (int i = 0; i < length; i++)
            week->quiet[(day * DAY_MINUTES + from + i) % WEEK_MINUTES] = TRUE;
        if (day == last)
            return;
    }
}

/* "mon-fri 19:00-09:00", "sat", "22:00-07:00". */
static gboolean read_part(Week *week, const char *part)
{
    g_auto(GStrv) words = g_strsplit(part, " ", 3);
    int first = 0, last = 6, from = 0, to = DAY_MINUTES;

    if (words[0] == NULL)
        return FALSE;
    gboolean days = days_of(words[0], &first, &last);
    const char *hours = days ? words[1] : words[0];
    if ((days && words[1] != NULL && words[2] != NULL) || (!days && words[1] != NULL))
        return FALSE;
    if (hours != NULL && !hours_of(hours, &from, &to))
        return FALSE;
    if (!days) {
        first = 0;
        last = 6;
    }
    mark(week, first, last, from, to);
    return TRUE;
}

static gboolean read_week(Week *week, const char *text, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);

    memset(week, 0, sizeof *week);
    for (guint i = 0; parts[i] != NULL; i++) {
        g_strstrip(parts[i]);
        if ((*parts[i] == '\0' && parts[1] == NULL) || read_part(week, parts[i]))
            continue;
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID,
                    "'%s' is no quiet time; write 22:00-07:00, or mon-fri 19:00-09:00, sat",
                    parts[i]);
        return FALSE;
    }
    return TRUE;
}

gboolean sm_quiet_check(const char *text, GError **error)
{
    g_autofree Week *week = g_new(Week, 1);

    return read_week(week, text, error);
}

int64_t sm_quiet_left(const char *text, int64_t wall_ms)
{
    if (*text == '\0')
        return 0;
    g_autofree Week *week = g_new(Week, 1);
    g_autoptr(GDateTime) at = g_date_time_new_from_unix_local(wall_ms / 1000);
    if (at == NULL || !read_week(week, text, NULL))
        return 0;
    int now = (g_date_time_get_day_of_week(at) - 1) * DAY_MINUTES + g_date_time_get_hour(at) * 60 +
              g_date_time_get_minute(at);
    int left = 0;
    while (left < WEEK_MINUTES && week->quiet[(now + left) % WEEK_MINUTES])
        left++;
    int64_t into = g_date_time_get_second(at) * 1000 + wall_ms % 1000;
    return left > 0 ? left * INT64_C(60000) - into : 0;
}
