/* SPDX-License-Identifier: MIT */
/* app_toasts: the message line and the last ten things it said. */
#include "app/app_private.h"

#include <stdarg.h>
#include <string.h>

#include "seatmux/base/limits.h"
#include "seatmux/text/sanitise.h"

static void toast_free(SmToast *toast)
{
    sm_safe_unref(toast->words);
    g_free(toast);
}

static void toast_over(void *user)
{
    SmApp *app = user;

    app->toast_timer = 0;
    app->toast = NULL;
    sm_app_dirty(app, SM_DIRTY_BOTTOM);
}

void sm_app_say(SmApp *app, const SmSafe *words, gboolean error)
{
    SmToast *toast = g_new0(SmToast, 1);

    toast->words = sm_safe_ref((SmSafe *)words);
    toast->at = sm_loop_wall(app->loop);
    toast->error = error;
    toast->serial = ++app->toast_serial;
    if (app->toasts->len >= SM_MAX_TOASTS)
        toast_free(g_ptr_array_steal_index(app->toasts, 0));
    g_ptr_array_add(app->toasts, toast);
    app->toast = toast;
    sm_loop_remove(app->loop, &app->toast_timer);
    app->toast_timer = sm_loop_after(app->loop, SM_TOAST_MS, toast_over, app);
    sm_app_dirty(app, SM_DIRTY_BOTTOM);
}

/* The forms of sm_safe_format(), with its arguments gathered one by one. */
void sm_app_sayf(SmApp *app, gboolean error, const char *format, ...)
{
    g_autoptr(GString) literal = g_string_new(NULL);
    SmSafe *words = sm_safe_from_literal("");
    va_list args;

    va_start(args, format);
    for (const char *c = format; *c != '\0'; c++) {
        if (*c != '%' || c[1] == '\0') {
            g_string_append_c(literal, *c);
            continue;
        }
        c++;
        if (*c == 'S') {
            const SmSafe *piece = va_arg(args, const SmSafe *);
            SmSafe *longer = sm_safe_format("%S%s%S", words, literal->str, piece);
            sm_safe_unref(words);
            words = longer;
            g_string_set_size(literal, 0);
        } else if (*c == 'd') {
            g_string_append_printf(literal, "%d", va_arg(args, int));
        } else if (*c == 's') {
            g_string_append(literal, va_arg(args, const char *));
        } else {
            g_string_append_c(literal, *c);
        }
    }
    va_end(args);
    SmSafe *all = sm_safe_format("%S%s", words, literal->str);
    sm_app_say(app, all, error);
    sm_safe_unref(all);
    sm_safe_unref(words);
}

gboolean sm_app_copy(SmApp *app, const SmSafe *text)
{
    g_autofree char *lacking = app->show.copy != NULL ? app->show.copy(text, app->show.user) : NULL;

    if (lacking == NULL)
        return TRUE;
    g_autoptr(SmSafe) safe = sm_safe_screen_line(lacking, -1);
    sm_app_say(app, safe, TRUE);
    return FALSE;
}

const SmToast *sm_app_toast(SmApp *app)
{
    return app->toast;
}

const GPtrArray *sm_app_toasts(SmApp *app)
{
    return app->toasts;
}

void sm_toasts_free(SmApp *app)
{
    sm_loop_remove(app->loop, &app->toast_timer);
    for (guint i = 0; i < app->toasts->len; i++)
        toast_free(app->toasts->pdata[i]);
    g_ptr_array_unref(app->toasts);
}
