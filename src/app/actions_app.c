/* SPDX-License-Identifier: MIT */
/* actions_app: the program itself: cancel, help, options, alerts, leaving. */
#include "app/actions.h"

#include <string.h>

#include "seatmux/base/paths.h"
#include "seatmux/base/yaml.h"
#include "seatmux/text/sanitise.h"

void sm_do_cancel(SmApp *app, const char *args)
{
    SmOwnChat *own = sm_app_here(app);

    sm_keys_drop_pending(app);
    if (sm_popup_is_open(app)) {
        sm_popup_back(app);
        return;
    }
    if (own != NULL && own->chat.scroll > 0) {
        own->chat.scroll = 0;
        sm_app_dirty(app, SM_DIRTY_PANES);
    } else if (own != NULL && own->chat.note && sm_editor_len(sm_compose_editor_of(own)) == 0) {
        sm_compose_note(app, own, FALSE);
    }
}

void sm_do_redraw(SmApp *app, const char *args)
{
    if (app->show.repaint != NULL)
        app->show.repaint(app->show.user);
    sm_app_dirty(app, SM_DIRTY_ALL);
}

void sm_do_palette(SmApp *app, const char *args)
{
    sm_palette_open(app, args);
}

void sm_do_help(SmApp *app, const char *args)
{
    sm_help_open(app);
}

void sm_do_log(SmApp *app, const char *args)
{
    sm_log_open(app);
}

void sm_do_width_test(SmApp *app, const char *args)
{
    sm_width_test_open(app);
}

void sm_do_keys_test(SmApp *app, const char *args)
{
    sm_keys_test_open(app);
}

void sm_do_alerts(SmApp *app, const char *args)
{
    if (strcmp(args, "test") == 0) {
        sm_alerts_test(app);
        return;
    }
    if (strcmp(args, "log") == 0) {
        sm_alert_log_open(app);
        return;
    }
    g_autoptr(SmSafe) words = sm_safe_line(app->alert_words, -1);
    sm_app_sayf(app, FALSE, _("Alerts go by: %S. \"/alerts test\" tries them."), words);
}

void sm_do_disturb(SmApp *app, const char *args)
{
    int64_t ms = 0;

    if (*args == '\0') {
        g_autofree char *choices =
            g_strdup_printf("15m\t%s\n1h\t%s\non\t%s\noff\t%s", _("a quarter of an hour"),
                            _("an hour"), _("until I type"), _("disturb again"));
        sm_choice_open(app, "do-not-disturb", _("do not disturb"), _("time>"), choices, SM_CHOICE_TYPED);
    } else if (strcmp(args, "on") == 0) {
        sm_alerts_do_not_disturb(app, INT64_MAX);
    } else if (strcmp(args, "off") == 0) {
        sm_alerts_do_not_disturb(app, 0);
    } else if (sm_duration_parse(args, &ms) && ms > 0) {
        sm_alerts_do_not_disturb(app, ms);
    } else {
        sm_app_sayf(app, TRUE, _("Say a time, as 15m or 1h, or on, or off."));
    }
}

static void set_option(SmApp *app, const char *name, const char *value)
{
    g_autofree char *why = NULL;

    if (strcmp(name, "theme") == 0) {
        sm_do_theme(app, value);
        return;
    }
    if (!sm_options_set(app->options, name, value, &why)) {
        g_autoptr(SmSafe) words = sm_safe_line(why, -1);
        sm_app_sayf(app, TRUE, "%S", words);
        return;
    }
    sm_app_option_changed(app, name);
    if (strcmp(name, "mouse") == 0 && app->show.mouse != NULL)
        app->show.mouse(sm_options_bool(app->options, "mouse"), app->show.user);
    if (strcmp(name, "emoji") == 0)
        app->widths.emoji = (SmEmoji)sm_options_int(app->options, "emoji");
    if (strcmp(name, "lock.after") == 0)
        sm_lock_watch(app);
    if (strcmp(name, "layout") == 0)
        sm_do_layout(app, value);
    if (strcmp(name, "keys.map") == 0)
        sm_app_sayf(app, FALSE, _("The key map changes with the next start."));
    app->writing_stamp++;
    sm_alerts_options(app);
    sm_app_dirty(app, SM_DIRTY_ALL);
}

/* What was set in this run goes into config.yaml, or the one option that is named. */
static void save_options(SmApp *app, const char *only)
{
    g_autofree char *path = sm_path_config("config.yaml");
    g_autoptr(GError) error = NULL;
    guint n;
    g_autofree char **names =
        only != NULL ? g_new0(char *, 2)
                     : (char **)g_hash_table_get_keys_as_array(app->changed_options, &n);

    if (only != NULL)
        names[0] = (char *)only;
    if (names[0] == NULL) {
        sm_app_sayf(app, FALSE, _("Nothing was changed in this run."));
    } else if (path == NULL || !sm_options_save(app->options, path, (const char *const *)names, &error)) {
        g_autoptr(SmSafe) why = sm_safe_line(error != NULL ? error->message : _("no home directory"), -1);
        sm_app_sayf(app, TRUE, "%S", why);
    } else {
        g_autoptr(SmSafe) where = sm_safe_line(path, -1);
        sm_app_sayf(app, FALSE, _("Saved in %S."), where);
        if (only != NULL)
            g_hash_table_remove(app->changed_options, only);
        else
            g_hash_table_remove_all(app->changed_options);
    }
}

static gboolean is_option(const char *name)
{
    guint n;
    const SmOption *table = sm_option_table(&n);

    for (guint i = 0; name != NULL && i < n; i++)
        if (strcmp(table[i].name, name) == 0)
            return TRUE;
    return FALSE;
}

static void reset_option(SmApp *app, const char *name)
{
    guint n;
    const SmOption *table = sm_option_table(&n);

    for (guint i = 0; i < n; i++)
        if (strcmp(table[i].name, name) == 0)
            set_option(app, name, table[i].initial);
}

void sm_do_options(SmApp *app, const char *args)
{
    g_auto(GStrv) parts = g_strsplit(args, " ", 2);

    if (parts[0] != NULL && strcmp(parts[0], "save") == 0 && (parts[1] == NULL || is_option(parts[1])))
        save_options(app, parts[1]);
    else if (parts[0] != NULL && strcmp(parts[0], "reset") == 0 && is_option(parts[1]))
        reset_option(app, parts[1]);
    else if (parts[0] == NULL || parts[1] == NULL)
        sm_options_open(app, args);
    else
        set_option(app, parts[0], parts[1]);
}

void sm_do_mouse(SmApp *app, const char *args)
{
    gboolean on =
        strcmp(args, "on") == 0 || (*args == '\0' && !sm_options_bool(app->options, "mouse"));

    set_option(app, "mouse", on ? "true" : "false");
    sm_app_sayf(app, FALSE,
                on ? _("The mouse is ours: click, click again to open, drag a border, the wheel scrolls. Shift and drag selects text.")
                   : _("The mouse is the terminal's: it selects text."));
}

void sm_do_suspend(SmApp *app, const char *args)
{
    if (app->show.suspend != NULL)
        app->show.suspend(app->show.user);
}

/* What one loses by going now. */
static SmSafe *ask_to_quit(SmApp *app, int open, int waiting)
{
    if (app->practice)
        return sm_safe_format(ngettext("End the shift? %d chat is open and counts as it stands; the shift can't be taken up again.",
                                       "End the shift? %d chats are open and count as they stand; the shift can't be taken up again.",
                                       (gulong)open), open);
    return sm_safe_format(sm_app_keeps(app)
                              ? ngettext("Quit? %d chat is open, %d messages wait. Drafts and messages are kept.",
                                         "Quit? %d chats are open, %d messages wait. Drafts and messages are kept.", (gulong)open)
                              : ngettext("Quit? %d chat is open, %d messages wait. Nothing is kept on disk: they and your drafts may be lost.",
                                         "Quit? %d chats are open, %d messages wait. Nothing is kept on disk: they and your drafts may be lost.",
                                         (gulong)open), open, waiting);
}

void sm_do_quit(SmApp *app, const char *args)
{
    g_autoptr(GPtrArray) outbox = sm_client_outbox(app->client, NULL);
    int open = 0;

    for (guint i = 0; i < app->list->len; i++)
        open += ((SmOwnChat *)app->list->pdata[i])->mine;
    if (strcmp(args, "now") != 0 && (open > 0 || outbox->len > 0)) {
        sm_confirm_open(app, "quit now", ask_to_quit(app, open, (int)outbox->len));
        return;
    }
    sm_app_save_state(app);
    if (app->show.quit != NULL)
        app->show.quit(app->show.user);
}
