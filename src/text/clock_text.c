/* SPDX-License-Identifier: MIT */
#include "seatmux/text/clock_text.h"

#include <inttypes.h>
#include <string.h>

static gsize put_seconds(char *out, gsize n, const char *sign, int64_t s)
{
    if (s >= 3600)
        g_snprintf(out, (gulong)n, "%s%" PRId64 ":%02d:%02d", sign, s / 3600, (int)(s / 60 % 60),
                   (int)(s % 60));
    else
        g_snprintf(out, (gulong)n, "%s%02d:%02d", sign, (int)(s / 60), (int)(s % 60));
    return n > 0 ? strlen(out) : 0;
}

gsize sm_text_clock(char *out, gsize n, int64_t remaining_ms)
{
    if (remaining_ms > 0)
        return put_seconds(out, n, "", remaining_ms / 1000 + (remaining_ms % 1000 > 0));
    /* Divided before it is negated: the smallest number has no opposite. Division cuts toward zero.
     */
    return put_seconds(out, n, "-", -(remaining_ms / 1000));
}

gsize sm_text_duration(char *out, gsize n, int64_t ms)
{
    return put_seconds(out, n, "", MAX(ms, 0) / 1000);
}

gsize sm_text_left(char *out, gsize n, int64_t remaining_ms)
{
    if (remaining_ms > 0)
        return sm_text_clock(out, n, remaining_ms);
    return sm_text_duration(out, n, remaining_ms == INT64_MIN ? INT64_MAX : -remaining_ms);
}

char *sm_text_local(int64_t ms, const char *format)
{
    g_autoptr(GDateTime) at = g_date_time_new_from_unix_local(ms / 1000);

    return at != NULL ? g_date_time_format(at, format) : g_strdup("");
}

int sm_text_tenths(int64_t used_ms, int64_t target_ms)
{
    int full = 0;

    if (target_ms <= 0)
        return 0;
    for (int k = 1; k <= SM_BAR_TENTHS;
         k++) /* k tenths, rounded up, without a product that overflows */
        if (used_ms >=
            target_ms / SM_BAR_TENTHS * k + (target_ms % SM_BAR_TENTHS * k + 9) / SM_BAR_TENTHS)
            full = k;
    return full;
}

gsize sm_text_bar(char *out, gsize n, int64_t used_ms, int64_t target_ms, gboolean blocks)
{
    char bar[64];
    int full = sm_text_tenths(used_ms, target_ms);

    g_strlcpy(bar, blocks ? " " : "[", sizeof bar);
    for (int i = 0; i < SM_BAR_TENTHS; i++)
        g_strlcat(bar, i < full ? (blocks ? "█" : "#") : (blocks ? "░" : "."), sizeof bar);
    g_strlcat(bar, blocks ? " " : "]", sizeof bar);
    g_strlcpy(out, bar, n);
    return n > 0 ? strlen(out) : 0;
}
