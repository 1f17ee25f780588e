/* SPDX-License-Identifier: MIT */
/* hours: worked time between instants. The wall clock of a zone is UTC plus an offset that changes
 * now and then; time is walked in stretches of at most a local day with one offset each. */
#include "desk/hours.h"
#include "seatmux/base/bug.h"

#include <stdio.h>
#include <string.h>

#define DAY_MIN 1440
#define MINUTE_MS INT64_C(60000)
#define DAY_MS INT64_C(86400000)

typedef struct {
    int day;   /* 0 = Monday */
    int start; /* minutes, 0..1439 */
    int end;   /* start < end <= start + 1440 */
} Span;

struct SmHours {
    char *zone;
    GTimeZone *tz;
    GArray *spans;    /* Span, by day, then start */
    GArray *holidays; /* gint32 days since 1970-01-01, rising */
};

/* One stretch of time with one offset, inside one local day. */
typedef struct {
    int64_t from, to; /* UTC ms */
    int64_t offset;   /* ms to add for the wall clock */
    int64_t day;      /* local day since 1970-01-01 */
} Stretch;

gboolean sm_zone_known(const char *zone)
{
    /* Offsets such as "+08:00" are understood by GLib too, but name no place. */
    if (!zone || !g_ascii_isalpha(zone[0]) || strstr(zone, "..")) {
        return FALSE;
    }
    GTimeZone *tz = g_time_zone_new_identifier(zone);
    if (tz) {
        g_time_zone_unref(tz);
    }
    return tz != NULL;
}

SmHours *sm_hours_new(const char *zone, GError **error)
{
    if (!sm_zone_known(zone)) {
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID,
                    "'%s' is not a time zone this machine knows (such as Asia/Shanghai)",
                    zone ? zone : "");
        return NULL;
    }
    SmHours *hours = g_new0(SmHours, 1);
    hours->zone = g_strdup(zone);
    hours->tz = g_time_zone_new_identifier(zone);
    hours->spans = g_array_new(FALSE, FALSE, sizeof(Span));
    hours->holidays = g_array_new(FALSE, FALSE, sizeof(gint32));
    return hours;
}

void sm_hours_free(SmHours *hours)
{
    if (hours) {
        g_free(hours->zone);
        g_time_zone_unref(hours->tz);
        g_array_unref(hours->spans);
        g_array_unref(hours->holidays);
        g_free(hours);
    }
}

/* --- What people write -------------------------------------------------------------------------
 */

static const char *const DAYS[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

static int day_named(const char *text, gsize n)
{
    for (int i = 0; i < 7; i++) {
        if (n == 3 && g_ascii_strncasecmp(text, DAYS[i], 3) == 0) {
            return i;
        }
    }
    return -1;
}

guint sm_hours_days(const char *text)
{
    if (g_ascii_strcasecmp(text, "daily") == 0) {
        return 0x7f;
    }
    const char *dash = strchr(text, '-');
    int first = day_named(text, dash ? (gsize)(dash - text) : strlen(text));
    int last = dash ? day_named(dash + 1, strlen(dash + 1)) : first;
    if (first < 0 || last < 0) {
        return 0;
    }
    guint days = 0;
    for (int day = first;; day = (day + 1) % 7) {
        days |= 1u << day;
        if (day == last) {
            return days;
        }
    }
}

static int by_day(const void *a, const void *b)
{
    const Span *x = a, *y = b;
    return x->day != y->day ? x->day - y->day : x->start - y->start;
}

/* "09:00" at `text`; sets the end. Minutes, or -1. */
static int wall_minute(const char *text, const char **end)
{
    for (int i = 0; i < 5; i++) {
        if (i == 2 ? text[i] != ':' : !g_ascii_isdigit(text[i])) {
            return -1;
        }
    }
    int hour = (text[0] - '0') * 10 + text[1] - '0';
    int minute = (text[3] - '0') * 10 + text[4] - '0';
    *end = text + 5;
    return minute > 59 || hour * 60 + minute > DAY_MIN ? -1 : hour * 60 + minute;
}

gboolean sm_hours_add_span(SmHours *hours, guint days, const char *text, GError **error)
{
    const char *rest = "";
    int start = wall_minute(text, &rest);
    int end = start >= 0 && *rest == '-' ? wall_minute(rest + 1, &rest) : -1;
    if (end < 0 || *rest || start == end || start == DAY_MIN) {
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "'%s' is not a span such as 09:00-18:00",
                    text);
        return FALSE;
    }
    for (int day = 0; day < 7; day++) {
        if (!(days & (1u << day))) {
            continue;
        }
        if (hours->spans->len >= SM_HOURS_SPANS) {
            g_set_error(error, SM_ERROR, SM_ERROR_LIMIT, "more than %d spans in a week",
                        SM_HOURS_SPANS);
            return FALSE;
        }
        Span span = {day, start, end > start ? end : end + DAY_MIN};
        g_array_append_val(hours->spans, span);
    }
    g_array_sort(hours->spans, by_day);
    return TRUE;
}

/* Days since 1970-01-01 of "2026-10-01"; FALSE if it is no date. */
static gboolean date_of(const char *text, gsize n, gint32 *days)
{
    int year, month, day, used = 0;
    g_autofree char *copy = g_strndup(text, n);
    if (n != 10 || sscanf(copy, "%4d-%2d-%2d%n", &year, &month, &day, &used) != 3 || used != 10 ||
        year < 1970 || !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year)) {
        return FALSE;
    }
    GDate date, epoch;
    g_date_clear(&date, 1);
    g_date_clear(&epoch, 1);
    g_date_set_dmy(&date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
    g_date_set_dmy(&epoch, 1, G_DATE_JANUARY, 1970);
    *days = (gint32)g_date_days_between(&epoch, &date);
    return TRUE;
}

static int by_number(const void *a, const void *b)
{
    gint32 x = *(const gint32 *)a, y = *(const gint32 *)b;
    return (x > y) - (x < y);
}

gboolean sm_hours_add_holiday(SmHours *hours, const char *text, GError **error)
{
    gint32 first, last;
    const char *dots = strstr(text, "..");
    gsize n = dots ? (gsize)(dots - text) : strlen(text);
    if (!date_of(text, n, &first) || (dots && !date_of(dots + 2, strlen(dots + 2), &last))) {
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID,
                    "'%s' is not a date such as 2026-10-01, or 2026-10-01..2026-10-07", text);
        return FALSE;
    }
    last = dots ? last : first;
    if (last < first) {
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "'%s' ends before it begins", text);
        return FALSE;
    }
    if (hours->holidays->len + (guint)(last - first) + 1 > SM_HOURS_HOLIDAYS) {
        g_set_error(error, SM_ERROR, SM_ERROR_LIMIT, "more than %d days off", SM_HOURS_HOLIDAYS);
        return FALSE;
    }
    for (gint32 day = first; day <= last; day++) {
        g_array_append_val(hours->holidays, day);
    }
    g_array_sort(hours->holidays, by_number);
    return TRUE;
}

gboolean sm_hours_ever_open(const SmHours *hours)
{
    return hours->spans->len > 0;
}

/* --- JSON --------------------------------------------------------------------------------------
 */

json_t *sm_hours_encode(const SmHours *hours)
{
    json_t *spans = json_array();
    for (guint i = 0; i < hours->spans->len; i++) {
        const Span *span = &g_array_index(hours->spans, Span, i);
        int end = span->end > DAY_MIN ? span->end - DAY_MIN : span->end;
        g_autofree char *text =
            g_strdup_printf("%s %02d:%02d-%02d:%02d", DAYS[span->day], span->start / 60,
                            span->start % 60, end / 60, end % 60);
        json_array_append_new(spans, json_string(text));
    }
    json_t *off = json_array();
    for (guint i = 0; i < hours->holidays->len; i++) {
        GDate date;
        g_date_clear(&date, 1);
        g_date_set_dmy(&date, 1, G_DATE_JANUARY, 1970);
        g_date_add_days(&date, (guint)g_array_index(hours->holidays, gint32, i));
        g_autofree char *text =
            g_strdup_printf("%04d-%02d-%02d", g_date_get_year(&date), (int)g_date_get_month(&date),
                            g_date_get_day(&date));
        json_array_append_new(off, json_string(text));
    }
    return json_pack("{s:s, s:o, s:o}", "zone", hours->zone, "spans", spans, "holidays", off);
}

static gboolean decode_span(SmHours *hours, const char *text, GError **error)
{
    int day = text && strlen(text) > 4 && text[3] == ' ' ? day_named(text, 3) : -1;
    if (day < 0) {
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID,
                    "hours: a span must be like mon 09:00-18:00");
        return FALSE;
    }
    return sm_hours_add_span(hours, 1u << day, text + 4, error);
}

SmHours *sm_hours_decode(const json_t *json, GError **error)
{
    if (!sm_json_check(json, "zone:s spans:a holidays:a", error)) {
        return NULL;
    }
    g_autoptr(SmHours) hours = sm_hours_new(sm_json_str(json, "zone", NULL), error);
    gsize i;
    json_t *item;
    if (!hours) {
        return NULL;
    }
    json_array_foreach(json_object_get(json, "spans"), i, item)
    {
        if (!decode_span(hours, json_string_value(item), error)) {
            return NULL;
        }
    }
    json_array_foreach(json_object_get(json, "holidays"), i, item)
    {
        const char *text = json_string_value(item);
        if (!sm_hours_add_holiday(hours, text ? text : "", error)) {
            return NULL;
        }
    }
    return g_steal_pointer(&hours);
}

/* --- Walking -----------------------------------------------------------------------------------
 */

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static int zone_interval(const SmHours *hours, int64_t second)
{
    return g_time_zone_find_interval(hours->tz, G_TIME_TYPE_UNIVERSAL, second);
}

/* The first second in (low, high] that lies in another interval of the zone than `low`. */
static int64_t next_change(const SmHours *hours, int64_t low, int64_t high)
{
    int interval = zone_interval(hours, low);
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (zone_interval(hours, middle) == interval) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return high;
}

/* The stretch that begins at `from`: to the end of the local day, a change of offset, or `to`. */
static Stretch stretch_at(const SmHours *hours, int64_t from, int64_t to)
{
    int64_t second = floor_div(from, 1000);
    int interval = zone_interval(hours, second);
    int64_t offset = INT64_C(1000) * g_time_zone_get_offset(hours->tz, interval);
    int64_t day = floor_div(from + offset, DAY_MS);
    Stretch s = {from, MIN(to, (day + 1) * DAY_MS - offset), offset, day};
    int64_t last = floor_div(s.to - 1, 1000);
    if (last > second && zone_interval(hours, last) != interval) {
        s.to = next_change(hours, second, last) * 1000;
    }
    return s;
}

static gboolean is_holiday(const SmHours *hours, int64_t day)
{
    guint low = 0, high = hours->holidays->len;
    while (low < high) {
        guint middle = (low + high) / 2;
        gint32 off = g_array_index(hours->holidays, gint32, middle);
        if (off == day) {
            return TRUE;
        }
        if (off < day) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return FALSE;
}

static int weekday(int64_t day)
{
    return (int)(((day + 3) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
}

/* The first worked piece [from, to) of the stretch at or after `at`; FALSE: none. */
static gboolean piece_after(const SmHours *hours, const Stretch *s, int64_t at, int64_t *from,
                            int64_t *to)
{
    int64_t begin = INT64_MAX, end = INT64_MIN;
    for (int64_t day = s->day - !SM_BUG(36); day <= s->day; day++) {
        if (is_holiday(hours, day)) {
            continue;
        }
        for (guint i = 0; i < hours->spans->len; i++) {
            const Span *span = &g_array_index(hours->spans, Span, i);
            int64_t start = day * DAY_MS + span->start * MINUTE_MS - s->offset;
            int64_t stop = day * DAY_MS + span->end * MINUTE_MS - s->offset;
            if (span->day != weekday(day) || stop <= at || start >= s->to) {
                continue;
            }
            start = MAX(start, at);
            /* Of those that begin first the longest; overlaps are met again from its end. */
            if (start < begin || (start == begin && stop > end)) {
                begin = start;
                end = stop;
            }
        }
    }
    *from = begin;
    *to = MIN(end, s->to);
    return begin < s->to;
}

/* Walks worked time from `from`. Stops at `to`, or where `net` ms are worked. Returns the ms
 * worked; `reached` is where it stopped. */
static int64_t walk(const SmHours *hours, int64_t from, int64_t to, int64_t net, int64_t *reached)
{
    int64_t worked = 0, begin, end;
    for (int64_t at = from; at < to;) {
        Stretch s = stretch_at(hours, at, to);
        while (at < s.to && piece_after(hours, &s, at, &begin, &end)) {
            if (end - begin >= net - worked) {
                *reached = begin + net - worked;
                return net;
            }
            worked += end - begin;
            at = end;
        }
        at = s.to;
    }
    *reached = to;
    return worked;
}

/* Stamps of an imported log may be anything: further apart or away than this, time is not walked.
 */
#define WALK_DAYS 40000

int64_t sm_hours_between(const SmHours *hours, int64_t from, int64_t to)
{
    if (to <= from) {
        return 0;
    }
    int64_t reached;
    gboolean sane = from >= 0 && to <= WALK_DAYS * DAY_MS;
    if (hours && sane) {
        return walk(hours, from, to, INT64_MAX, &reached);
    }
    return from < 0 && to > INT64_MAX + from ? INT64_MAX : to - from;
}

int64_t sm_hours_add(const SmHours *hours, int64_t from, int64_t net)
{
    if (net <= 0 || !hours || from < 0 || from > WALK_DAYS * DAY_MS) {
        return from > INT64_MAX - MAX(net, 0) ? INT64_MAX : from + MAX(net, 0);
    }
    int64_t reached;
    int64_t worked = walk(hours, from, from + SM_HOURS_DAYS * DAY_MS, net, &reached);
    return worked == net ? reached : INT64_MAX;
}

gboolean sm_hours_open(const SmHours *hours, int64_t at)
{
    return sm_hours_between(hours, at, at + 1) == 1;
}
