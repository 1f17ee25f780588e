/* SPDX-License-Identifier: MIT */
/* view_bottom: the two lines below - what matters here, and what was said last. */
#include <string.h>

#include "seatmux/app/intl.h"
#include "ui/view.h"

/* How many of the keys that matter here there is room for. */
static guint keys_that_fit(SmView *view, const GPtrArray *hints, int room, int gap)
{
    guint n = 0;
    for (; n < hints->len; n++) {
        const SmHint *hint = hints->pdata[n];
        room -= sm_draw_label_columns(view->draw, hint->keys) + 1 + sm_draw_label_columns(view->draw, hint->label);
        if (room < 0)
            break;
        room -= gap;
    }
    return n;
}

static guint64 keys_show(SmView *view, const GPtrArray *hints, guint n)
{
    guint64 shows = sm_rows_nothing(view->rows);
    for (guint i = 0; i < n; i++) {
        const SmHint *hint = hints->pdata[i];
        shows = sm_rows_mix(sm_rows_mix(shows, hint->keys, strlen(hint->keys)), hint->label, strlen(hint->label));
    }
    return shows;
}

static void draw_keys(SmView *view, SmRect at, gboolean narrow)
{
    const GPtrArray *hints = sm_app_hints(view->app, narrow);
    int gap = narrow ? 2 : 3, x = at.x + 1;
    guint n = keys_that_fit(view, hints, at.columns - 2, gap);
    if (!sm_rows_take_one(view->rows, view->draw, at, keys_show(view, hints, n)))
        return;
    sm_draw_fill(view->draw, at, SM_STYLE_HINT);
    for (guint i = 0; i < n; i++) {
        const SmHint *hint = hints->pdata[i];
        x += sm_draw_label(view->draw, at.y, x, at.columns, SM_STYLE_ACCENT, hint->keys) + 1;
        x += sm_draw_label(view->draw, at.y, x, at.columns, SM_STYLE_HINT, hint->label) + gap;
    }
}

void sm_view_hints(SmView *view, SmRect at, gboolean narrow)
{
    if (at.rows < 1)
        return;
    g_autoptr(SmSafe) coach = sm_app_supervise(view->app) ? NULL : sm_app_coach_line(view->app);
    if (!coach) {
        draw_keys(view, at, narrow);
        return;
    }
    sm_rows_forget(view->rows, at);
    sm_draw_fill(view->draw, at, SM_STYLE_HINT);
    sm_draw_cut(view->draw, at.y, at.x + 1, at.columns - 2, SM_STYLE_ACCENT, coach);
}

/* Puts the words left of what stands at the right already; the columns that are taken then. */
static int draw_right(SmView *view, SmRect at, int taken, SmStyle style, const char *words)
{
    taken += sm_draw_label_columns(view->draw, words);
    sm_draw_label(view->draw, at.y, at.x + at.columns - taken, taken, style, words);
    return taken;
}

void sm_view_bottom(SmView *view, SmRect at, gboolean narrow)
{
    if (at.rows < 1)
        return;
    sm_draw_fill(view->draw, at, SM_STYLE_TOAST);
    const char *route = sm_app_alert_words(view->app);
    int right = 0;
    if (!narrow && *route) {
        g_autofree char *words = g_strdup_printf(_("log %u  notif: %s "), sm_app_toasts(view->app)->len, route);
        right = draw_right(view, at, right, SM_STYLE_DIM, words);
    }
    /* As long as it lasts: the message that says why is soon followed by another. */
    if (!sm_app_keeps(view->app))
        right = draw_right(view, at, right, SM_STYLE_ERROR, _(" nothing kept "));
    const char *keys = sm_app_pending_keys(view->app);
    if (*keys) {
        sm_draw_label(view->draw, at.y, at.x + 1, at.columns - right - 2, SM_STYLE_ACCENT, keys);
        return;
    }
    const SmToast *toast = sm_app_toast(view->app);
    if (toast)
        sm_draw_cut(view->draw, at.y, at.x + 1, at.columns - right - 2, toast->error ? SM_STYLE_ERROR : SM_STYLE_TOAST, toast->words);
}
