/* SPDX-License-Identifier: MIT */
/* view_bottom: the two lines below - what matters here, and what was said last. */
#include "seatmux/app/intl.h"
#include "ui/view.h"

void sm_view_hints(SmView *view, SmRect at, gboolean narrow)
{
    if (at.rows < 1)
        return;
    sm_draw_fill(view->draw, at, SM_STYLE_HINT);
    g_autoptr(SmSafe) coach = sm_app_supervise(view->app) ? NULL : sm_app_coach_line(view->app);
    if (coach) {
        sm_draw_cut(view->draw, at.y, at.x + 1, at.columns - 2, SM_STYLE_ACCENT, coach);
        return;
    }
    const GPtrArray *hints = sm_app_hints(view->app, narrow);
    int x = at.x + 1;
    for (guint i = 0; i < hints->len; i++) {
        const SmHint *hint = hints->pdata[i];
        int columns = sm_draw_label_columns(view->draw, hint->keys) + 1 + sm_draw_label_columns(view->draw, hint->label);
        if (x + columns > at.x + at.columns - 1)
            break;
        x += sm_draw_label(view->draw, at.y, x, columns, SM_STYLE_ACCENT, hint->keys) + 1;
        x += sm_draw_label(view->draw, at.y, x, columns, SM_STYLE_HINT, hint->label) + (narrow ? 2 : 3);
    }
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
        right = sm_draw_label_columns(view->draw, words);
        sm_draw_label(view->draw, at.y, at.x + at.columns - right, right, SM_STYLE_DIM, words);
    }
    const char *keys = sm_app_pending_keys(view->app);
    if (*keys) {
        sm_draw_label(view->draw, at.y, at.x + 1, at.columns - right - 2, SM_STYLE_ACCENT, keys);
        return;
    }
    const SmToast *toast = sm_app_toast(view->app);
    if (toast)
        sm_draw_cut(view->draw, at.y, at.x + 1, at.columns - right - 2, toast->error ? SM_STYLE_ERROR : SM_STYLE_TOAST, toast->words);
}
