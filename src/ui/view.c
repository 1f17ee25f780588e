/* SPDX-License-Identifier: MIT */
#include "ui/view.h"

#include <time.h>

#include "seatmux/app/intl.h"
#include "seatmux/text/clock_text.h"

#define NARROW 100

SmScreenParts sm_view_parts(SmView *view)
{
    SmRect all = sm_draw_screen(view->draw);
    SmAppScreen screen = sm_app_screen(view->app);
    SmScreenParts parts = {.narrow = all.columns < NARROW};
    parts.bar = (SmRect){MAX(0, screen.bar), 0, screen.bar >= 0, all.columns};
    parts.hints = (SmRect){MAX(0, screen.hints), 0, screen.hints >= 0, all.columns};
    parts.bottom = (SmRect){screen.message >= 0 ? screen.message : all.rows, 0, screen.message >= 0, all.columns};
    parts.list = (SmRect){screen.y, screen.list_x, screen.rows, screen.list_columns};
    parts.card = (SmRect){screen.card_y, screen.card_x, screen.card_rows, screen.card_columns};
    parts.panes = (SmRect){screen.y, screen.x, screen.rows, screen.columns};
    return parts;
}

/* --- Rows under the mouse ----------------------------------------------------------------------------- */

void sm_view_spots_clear(SmView *view, SmListKind list)
{
    for (guint i = view->spots ? view->spots->len : 0; i > 0; i--)
        if (g_array_index(view->spots, SmSpot, i - 1).list == list)
            g_array_remove_index(view->spots, i - 1);
}

void sm_view_spot(SmView *view, SmRect at, SmListKind list, guint row)
{
    SmSpot spot = {.at = at, .list = list, .row = row};
    if (!view->spots)
        view->spots = g_array_new(FALSE, FALSE, sizeof(SmSpot));
    g_array_append_val(view->spots, spot);
}

const SmSpot *sm_view_spot_at(SmView *view, int y, int x)
{
    for (guint i = view->spots ? view->spots->len : 0; i > 0; i--) {
        const SmSpot *spot = &g_array_index(view->spots, SmSpot, i - 1);
        if (sm_rect_has(spot->at, y, x))
            return spot;
    }
    return NULL;
}

/* --- Clocks ------------------------------------------------------------------------------------------- */

void sm_view_hhmm(char out[6], int64_t ms)
{
    time_t t = (time_t)(ms / 1000);
    struct tm tm;
    if (!localtime_r(&t, &tm) || strftime(out, 6, "%H:%M", &tm) == 0)
        g_strlcpy(out, "--:--", 6);
}

static SmStyle level_style(SmLevel level)
{
    switch (level) {
    case SM_LEVEL_OK:
        return SM_STYLE_OK;
    case SM_LEVEL_HALF:
    case SM_LEVEL_HIGH:
        return SM_STYLE_WARNING;
    case SM_LEVEL_OVERDUE:
        return SM_STYLE_OVERDUE;
    }
    return SM_STYLE_OK;
}

static void clock_bar(SmView *view, char *out, gsize n, int tenths, SmLevel level)
{
    if (level == SM_LEVEL_OVERDUE && !sm_draw_lines(view->draw))
        g_strlcpy(out, "[!!!!!!!!!!]", n);
    else
        sm_text_bar(out, n, tenths, 10, sm_draw_lines(view->draw));
}

SmClockText sm_view_clock_of(SmView *view, const SmDeadline *deadline)
{
    SmClockText text = {.word = "", .style = SM_STYLE_DIM, .none = TRUE};
    if (deadline->kind == SM_CLOCK_NONE) {
        g_strlcpy(text.number, "--:--", sizeof text.number);
        return text;
    }
    int64_t now = sm_app_now(view->app);
    SmLevel level = sm_deadline_level(deadline, now);
    gboolean blind = sm_client_blind(sm_app_client(view->app));
    char number[24];
    sm_text_clock(number, sizeof number, sm_deadline_remaining(deadline, now));
    g_snprintf(text.number, sizeof text.number, "%s%s", blind ? "~" : "", number);
    clock_bar(view, text.bar, sizeof text.bar, sm_deadline_tenths(deadline, now), level);
    text.word = _(sm_level_word(level));
    text.style = level_style(level);
    text.none = FALSE;
    return text;
}

SmClockText sm_view_clock(SmView *view, const SmConversation *conversation)
{
    SmDeadline deadline = sm_conversation_deadline(conversation);
    return sm_view_clock_of(view, &deadline);
}
