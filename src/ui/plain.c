/* SPDX-License-Identifier: MIT */
/* plain: life, what the app asks for, and what a line that was typed means. */
#include "ui/plain_private.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "seatmux/app/intl.h"
#include "ui/copy_file.h"
#include "ui/setup.h"

#define ROWS 24
#define COLUMNS 80 /* one pane, as on a small screen */
#define READ_LINES 10
#define LEAVE_MS 5000

/* --- What the app asks for ------------------------------------------------------------------------ */

static void app_dirty(guint what, gboolean key, void *user)
{
    sm_plain_mark(user);
}

static void app_bell(void *user)
{
    sm_plain_bell(user);
}

static void app_alert(const SmAlertDecision *decision, void *user)
{
    SmPlain *plain = user;
    if (decision->routes & SM_ROUTE_BELL)
        sm_plain_bell(plain);
    sm_alarm_sound(plain->alarm, decision);
}

static char *app_copy(const SmSafe *text, void *user)
{
    SmPlain *plain = user;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = sm_copy_file(text, &error);
    if (!path)
        return g_strdup_printf(_("Not copied: %s"), error->message);
    sm_plain_say(plain, _("Copied to %s."), path);
    return NULL;
}

static void app_suspend(void *user)
{
    raise(SIGTSTP);
}

static gboolean edited(const char *text, const char *file, const GError *error, void *user)
{
    SmPlain *plain = user;
    gboolean taken = sm_app_edited(plain->app, text, file, error);
    if (text && taken)
        sm_plain_where(plain);
    sm_plain_mark(plain);
    if (plain->lent)
        sm_plain_lend(plain, FALSE);
    return taken;
}

static void app_edit(const char *text, void *user)
{
    SmPlain *plain = user;
    g_autoptr(GError) error = NULL;
    if (sm_editor_child_start(plain->editor, text, edited, plain, &error))
        sm_plain_lend(plain, TRUE);
    else
        edited(NULL, NULL, error, plain);
}

static gboolean app_theme(const char *name, void *user)
{
    return FALSE; /* nothing has a colour */
}

static void app_quit(void *user)
{
    SmPlain *plain = user;
    plain->ended = TRUE;
    sm_loop_quit(plain->loop);
}

/* --- What was typed ------------------------------------------------------------------------------- */

/* The queue view is a table that changes all the time. */
static gboolean is_of_screen(const SmAction *action)
{
    return action->context == SM_CONTEXT_SUPERVISOR || strcmp(action->name, "supervise") == 0;
}

/* A command by its whole name, or by a beginning that only one has; else those that it may be. */
static void run_command(SmPlain *plain, const char *line)
{
    gsize n = strcspn(line, " ");
    g_autofree char *name = g_strndup(line, n);
    const SmAction *only = NULL;
    guint count, found = 0;
    const SmAction *actions = sm_actions(&count);
    if (strcmp(name, "where") == 0) {
        sm_plain_where(plain);
        return;
    }
    if (strcmp(name, "read") == 0) {
        int lines = atoi(line + n);
        sm_plain_read(plain, lines > 0 ? (guint)MIN(lines, 1000) : READ_LINES);
        return;
    }
    if (strcmp(name, "card") == 0) {
        sm_plain_card(plain);
        return;
    }
    for (guint i = 0; i < count && !sm_action_find(name); i++) {
        if (!g_str_has_prefix(actions[i].name, name) || is_of_screen(&actions[i]))
            continue;
        only = &actions[i];
        found++;
    }
    g_autofree char *whole = found == 1 ? g_strconcat(only->name, line + n, NULL) : NULL;
    const SmAction *action = found == 1 ? only : sm_action_find(name);
    if (action && is_of_screen(action)) {
        sm_plain_say(plain, "%s", _("That is for a screen. seatmux tail reads out what happens at a desk."));
    } else if (action && strcmp(action->name, "chat-contact") == 0) {
        sm_plain_card(plain);
    } else if (action) {
        sm_app_run(plain->app, whole ? whole : line);
    } else {
        sm_app_run(plain->app, "palette");
        sm_app_popup_type(plain->app, line);
    }
}

/* What was typed goes behind what is in the composer, and is sent; with a \ at its end it waits for more. */
static void write_message(SmPlain *plain, const char *line)
{
    SmChat *chat = sm_plain_here(plain);
    gsize n = strlen(line);
    gboolean more = n > 0 && line[n - 1] == '\\';
    if (!chat) {
        sm_plain_say(plain, _("No chat is chosen. /chat-accept takes the next waiting one, /chat-list lists all."));
        return;
    }
    g_autofree char *text = g_strndup(line, n - more);
    if (*text && plain->refused) { /* what was not sent makes place */
        sm_app_run(plain->app, "edit-line-end"); /* a held message comes back into the composer first */
        sm_app_run(plain->app, "clear");
    }
    if (*text)
        sm_app_paste(plain->app, text, strlen(text), 0);
    if (more)
        sm_app_run(plain->app, "newline");
    else
        sm_app_run(plain->app, "send");
    chat = sm_plain_here(plain);
    plain->refused = !more && chat && chat->editor && sm_editor_len(chat->editor);
    sm_plain_toasts(plain);
    if (plain->refused)
        sm_plain_say(plain, "%s", _("The text is kept: an empty line sends it, a new line takes its place."));
}

/* The next of the fields that are to be filled, by a line each. TRUE: this line filled one. */
static gboolean fill_field(SmPlain *plain, const char *line)
{
    SmChat *chat = sm_plain_here(plain);
    if (!chat || !chat->editor || !*line || !sm_editor_unfilled(chat->editor))
        return FALSE;
    sm_app_paste(plain->app, line, strlen(line), 0);
    if (sm_editor_unfilled(chat->editor))
        sm_app_run(plain->app, "complete");
    sm_plain_draft(plain);
    return TRUE;
}

void sm_plain_take(SmPlain *plain, const char *line)
{
    if (!line) { /* nobody types any more: what is under way may still go */
        plain->leave_at = sm_loop_now(plain->loop) + LEAVE_MS;
        sm_plain_mark(plain);
        return;
    }
    plain->prompt_due = TRUE;
    sm_app_typed(plain->app);
    if (sm_plain_popup_take(plain, line))
        sm_plain_draft(plain);
    else if (line[0] == '/' && line[1] == '/')
        write_message(plain, line + 1);
    else if (line[0] == '/' && line[1] != '\0') {
        run_command(plain, line + 1);
        sm_plain_draft(plain);
    } else if (strcmp(line, "/") == 0)
        sm_app_run(plain->app, "palette");
    else if (*line == '\0' && !(sm_plain_here(plain) && (sm_editor_len(sm_plain_here(plain)->editor) || sm_app_held(plain->app))))
        sm_plain_where(plain);
    else if (strcmp(line, ".") == 0 || strcmp(line, "。") == 0)
        sm_plain_say(plain, "%s", _("Nothing is open.")); /* it closes; what was open has closed itself, or never opened */
    else if (!fill_field(plain, line))
        write_message(plain, line);
    sm_plain_mark(plain);
}

/* --- The client's handler ------------------------------------------------------------------------- */

static void changed(SmClient *client, const GPtrArray *touched, void *user)
{
    SmPlain *plain = user;
    if (plain->app)
        sm_app_changed(plain->app, touched);
}

static void linked(SmClient *client, void *user)
{
    SmPlain *plain = user;
    if (plain->app)
        sm_app_linked(plain->app);
}

static void sending(SmClient *client, const SmOutboxEntry *entry, void *user)
{
    SmPlain *plain = user;
    if (plain->app)
        sm_app_sending(plain->app, entry);
}

static void ephemeral(SmClient *client, const json_t *event, void *user)
{
    SmPlain *plain = user;
    if (plain->app)
        sm_app_ephemeral(plain->app, event);
}

static void erased(SmClient *client, const char *content, void *user)
{
    SmPlain *plain = user;
    if (plain->app)
        sm_app_erased(plain->app, content);
}

SmClientHandler sm_plain_handler(SmPlain *plain)
{
    return (SmClientHandler){
        .changed = changed, .linked = linked, .sending = sending, .ephemeral = ephemeral, .erased = erased, .user = plain};
}

/* --- Life ----------------------------------------------------------------------------------------- */

static gboolean signalled(SmPlain *plain, int number)
{
    plain->status = 128 + number;
    app_quit(plain);
    return G_SOURCE_CONTINUE;
}

static gboolean terminated(void *user)
{
    return signalled(user, SIGTERM);
}

static gboolean hung_up(void *user)
{
    return signalled(user, SIGHUP);
}

/* As in the composer: it clears what is there, and on nothing says how to quit. */
static gboolean interrupted(void *user)
{
    SmPlain *plain = user;
    plain->at_prompt = FALSE;
    sm_plain_say(plain, "%s", "");
    sm_app_run(plain->app, sm_app_popup(plain->app)->kind != SM_POPUP_NONE ? "cancel" : "clear");
    sm_plain_mark(plain);
    return G_SOURCE_CONTINUE;
}

SmPlain *sm_plain_new(const SmUiSetup *setup)
{
    SmPlain *plain = g_new0(SmPlain, 1);
    plain->loop = setup->loop;
    plain->setup = *setup;
    plain->state_file = g_strdup(setup->state_file);
    plain->notice = g_strdup(setup->notice);
    plain->link = SM_LINK_STARTING;
    plain->told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, sm_plain_told_free);
    plain->waiting = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    plain->editor = sm_editor_child_new(plain->loop);
    return plain;
}

static void say_findings(SmPlain *plain)
{
    g_autoptr(GPtrArray) lines = sm_ui_findings(&plain->setup);
    for (guint i = 0; i < lines->len; i++)
        sm_plain_line(plain, sm_safe_ref(lines->pdata[i]));
}

void sm_plain_attach(SmPlain *plain, SmClient *client)
{
    SmAppShow show = {.dirty = app_dirty, .bell = app_bell, .alert = app_alert, .copy = app_copy, .suspend = app_suspend,
                      .edit = app_edit, .theme = app_theme, .quit = app_quit, .user = plain};
    SmAppSetup setup = sm_ui_app_setup(&plain->setup, client, plain->state_file, &show);
    setup.lines = TRUE;
    setup.supervise = FALSE; /* a table on a screen */
    plain->app = sm_app_new(&setup);
    plain->alarm = sm_alarm_new(plain->loop, plain->app, NULL, plain->setup.trace);
    sm_app_resize(plain->app, ROWS, COLUMNS);
    sm_plain_begin_io(plain);
    plain->signals[0] = g_unix_signal_add(SIGTERM, terminated, plain);
    plain->signals[1] = g_unix_signal_add(SIGHUP, hung_up, plain);
    plain->signals[2] = g_unix_signal_add(SIGINT, interrupted, plain);
    say_findings(plain);
    sm_plain_say(plain, "%s", _("seatmux. A line is a message to the chat you are at; / begins a command. /where says where you are, /read "
                                "repeats lines, /help lists commands, a \\ at the end goes on in a new line."));
    if (plain->notice)
        sm_plain_say(plain, "%s", plain->notice);
    sm_alarm_start(plain->alarm);
    sm_plain_mark(plain);
}

int sm_plain_exit_status(SmPlain *plain)
{
    return plain->status;
}

SmApp *sm_plain_app(SmPlain *plain)
{
    return plain->app;
}

void sm_plain_free(SmPlain *plain)
{
    if (!plain)
        return;
    for (guint i = 0; i < G_N_ELEMENTS(plain->signals); i++)
        if (plain->signals[i])
            g_source_remove(plain->signals[i]);
    sm_loop_remove(plain->loop, &plain->flush);
    sm_loop_remove(plain->loop, &plain->tick);
    sm_alarm_free(plain->alarm);
    sm_editor_child_free(plain->editor);
    sm_app_free(plain->app);
    sm_plain_end_io(plain);
    sm_ui_setup_clear(&plain->setup);
    g_hash_table_unref(plain->told);
    g_hash_table_unref(plain->waiting);
    g_free(plain->here);
    g_free(plain->prompt);
    g_free(plain->state_file);
    g_free(plain->notice);
    g_free(plain);
}
