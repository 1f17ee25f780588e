/* SPDX-License-Identifier: MIT */
/* app_keys: what a key means now. A popup that takes keys comes first, then the key map, then quick
 * replies' own keys; an unfinished sequence waits, shows what may follow, and is never typed. */
#include "app/app_private.h"

#include <string.h>

#include "app/actions.h"
#include "seatmux/text/sanitise.h"

gunichar sm_keys_fold(gunichar c)
{
    if (c >= 0xff01 && c <= 0xff5e)
        return c - 0xff01 + '!';
    if (c == 0x3001) /* the key of the slash, on Chinese keyboards */
        return '/';
    return c == 0x3000 ? ' ' : c;
}

void sm_keys_drop_pending(SmApp *app)
{
    sm_loop_remove(app->loop, &app->which_key_timer);
    app->n_pending = 0;
    if (app->popup.kind == SM_POPUP_WHICH_KEY)
        sm_popup_close(app);
    if (app->pending_words == NULL || *app->pending_words != '\0') {
        g_free(app->pending_words);
        app->pending_words = g_strdup("");
        sm_app_dirty(app, SM_DIRTY_BOTTOM);
    }
}

static void show_which_key(void *user)
{
    SmApp *app = user;

    app->which_key_timer = 0;
    if (app->n_pending > 0 && !sm_popup_is_open(app))
        sm_which_key_open(app);
}

static void wait_for_more(SmApp *app, const SmKey *keys, guint n)
{
    memmove(app->pending, keys, n * sizeof *keys);
    app->n_pending = n;
    g_free(app->pending_words);
    app->pending_words = sm_key_display_sequence(keys, n);
    if (app->popup.kind == SM_POPUP_WHICH_KEY) {
        sm_which_key_open(app);
    } else {
        sm_loop_remove(app->loop, &app->which_key_timer);
        app->which_key_timer = sm_loop_after(app->loop, SM_WHICH_KEY_MS, show_which_key, app);
    }
    sm_app_dirty(app, SM_DIRTY_BOTTOM);
}

const char *sm_app_pending_keys(SmApp *app)
{
    return app->pending_words;
}

SmContext sm_app_base_context(SmApp *app)
{
    return app->supervision != NULL ? SM_CONTEXT_SUPERVISOR : SM_CONTEXT_AGENT;
}

SmContext sm_app_context(SmApp *app)
{
    if (!sm_popup_is_open(app))
        return app->card.shown.focused && app->supervision == NULL ? SM_CONTEXT_LIST : sm_app_base_context(app);
    if (sm_copy_is_open(app))
        return SM_CONTEXT_SCROLL;
    return app->popup.kind == SM_POPUP_PICKER ? SM_CONTEXT_PICKER : SM_CONTEXT_LIST;
}

/* Editing keys work in a popup's line too. */
static gboolean edits(const char *command)
{
    return (g_str_has_prefix(command, "edit-") && !g_str_equal(command, "edit-external")) ||
           g_str_equal(command, "clear");
}

static SmKeymapHit look_up(SmApp *app, const SmKey *keys, guint n, const char **command)
{
    SmContext context = sm_app_context(app);
    SmKeymapHit hit = SM_KEYMAP_NONE;

    if (context == SM_CONTEXT_AGENT || context == SM_CONTEXT_SUPERVISOR)
        return sm_keymap_find(app->keymap, context, keys, n, command);
    if (!sm_popup_is_open(app)) { /* the card: its keys, and all others as before */
        hit = sm_keymap_find(app->keymap, SM_CONTEXT_LIST, keys, n, command);
        return hit != SM_KEYMAP_NONE && !(hit == SM_KEYMAP_COMMAND && g_strcmp0(*command, "cancel") == 0)
                   ? hit
                   : sm_keymap_find(app->keymap, SM_CONTEXT_AGENT, keys, n, command);
    }
    /* The popup's own keys win over global ones. */
    if (context == SM_CONTEXT_PICKER || context == SM_CONTEXT_SCROLL)
        hit = sm_keymap_find(app->keymap, context, keys, n, command);
    if (hit == SM_KEYMAP_NONE ||
        (hit == SM_KEYMAP_COMMAND && n == 1 && g_strcmp0(*command, "cancel") == 0))
        hit = sm_keymap_find(app->keymap, SM_CONTEXT_LIST, keys, n, command);
    if (hit == SM_KEYMAP_NONE && app->popup.filter != NULL &&
        sm_keymap_find(app->keymap, SM_CONTEXT_AGENT, keys, n, command) == SM_KEYMAP_COMMAND &&
        edits(*command))
        hit = SM_KEYMAP_COMMAND;
    return hit;
}

/* A quick reply's own key. TRUE: it was one, or the beginning of one. */
static gboolean reply_key(SmApp *app, const SmKey *keys, guint n)
{
    gboolean prefix = FALSE;
    SmOwnChat *own = sm_app_here(app);
    const SmAgent *me = sm_app_my_agent(app);

    if (app->replies == NULL || sm_popup_is_open(app) || app->supervision != NULL)
        return FALSE;
    const SmReply *reply = sm_replies_by_key(app->replies, keys, n, &prefix);
    if (reply == NULL && prefix) {
        wait_for_more(app, keys, n);
        return TRUE;
    }
    if (reply == NULL)
        return FALSE;
    sm_keys_drop_pending(app);
    if (own == NULL || !sm_reply_valid(reply, sm_loop_wall(app->loop), reply->team) ||
        (reply->team != NULL && me != NULL && own->chat.conversation != NULL &&
         g_strcmp0(reply->team, own->chat.conversation->team) != 0)) {
        sm_app_sayf(app, TRUE, _("That quick reply is not for now, or not for this team."));
        return TRUE;
    }
    SmEditor *editor = sm_compose_editor_of(own);
    gboolean empty = sm_editor_len(editor) == 0;
    if (!sm_compose_reply(app, own, reply, sm_editor_cursor(editor)) || !reply->send)
        return TRUE;
    /* Only what its author marked, alone, whole, and as a message. */
    if (empty && !own->chat.note)
        sm_compose_send(app, own);
    else
        sm_app_sayf(app, FALSE, _("Not sent at once: other text was in the composer."));
    return TRUE;
}

static void press(SmApp *app, SmKey key)
{
    SmKey keys[SM_KEY_SEQUENCE];
    const char *command = NULL;
    guint n = app->n_pending;

    if (n == 0 && sm_popup_is_open(app) && app->popup_ops != NULL && app->popup_ops->key != NULL &&
        app->popup_ops->key(app, key))
        return;
    if (n > 0 && (key == sm_key('g', SM_MOD_CTRL) || key == SM_KEY_ESC || n >= SM_KEY_SEQUENCE)) {
        sm_keys_drop_pending(app);
        return;
    }
    memcpy(keys, app->pending, n * sizeof *keys);
    keys[n++] = key;
    switch (look_up(app, keys, n, &command)) {
    case SM_KEYMAP_PREFIX:
        wait_for_more(app, keys, n);
        return;
    case SM_KEYMAP_COMMAND: {
        g_autofree char *text = g_strdup(command);
        sm_keys_drop_pending(app);
        sm_app_run(app, text);
        return;
    }
    case SM_KEYMAP_NONE:
        break;
    }
    if (reply_key(app, keys, n))
        return;
    g_autofree char *words = sm_key_display_sequence(keys, n);
    sm_keys_drop_pending(app);
    g_autofree char *help = sm_keymap_told(app->keymap, "help");
    g_autoptr(SmSafe) shown = sm_safe_screen_line(words, -1);
    sm_app_sayf(app, FALSE, _("%S does nothing here. %s lists the keys."), shown,
                help);
}

void sm_app_key(SmApp *app, SmKey key)
{
    if (key == SM_KEY_NONE)
        return;
    app->by_key = TRUE;
    sm_alerts_key(app);
    g_hash_table_add(app->arrived, GUINT_TO_POINTER(key));
    press(app, key);
    app->by_key = FALSE;
}

void sm_app_typed(SmApp *app)
{
    sm_alerts_key(app);
}

static void type(SmApp *app, const char *utf8, gunichar only)
{
    SmOwnChat *own = sm_app_here(app);
    if (app->card.shown.focused)
        sm_card_focus(app, FALSE);
    gunichar folded = sm_keys_fold(only);
    SmEditor *editor = own != NULL ? sm_compose_editor_of(own) : NULL;

    if (folded == '/' && (editor == NULL || sm_editor_len(editor) == 0)) {
        sm_palette_open(app, "");
        return;
    }
    if (editor == NULL) {
        g_autofree char *keys = sm_keymap_told(app->keymap, "chat-accept");
        sm_app_sayf(app, FALSE, _("No chat in this pane. %s accepts the next waiting one."),
                    keys);
        return;
    }
    sm_compose_before_edit(app);
    own->history = 0;
    sm_coach_typed(app, own, utf8);
    if (sm_editor_insert(sm_compose_editor_of(own), utf8, -1) > 0)
        sm_app_sayf(app, TRUE, _("The message is as long as it can be."));
    sm_compose_changed(app);
}

void sm_app_text(SmApp *app, const char *utf8, SmKey key)
{
    gunichar only = g_utf8_strlen(utf8, -1) == 1 ? g_utf8_get_char(utf8) : 0;

    if (*utf8 == '\0')
        return;
    app->by_key = TRUE;
    sm_alerts_key(app);
    if ((app->n_pending > 0 || sm_app_context(app) == SM_CONTEXT_SUPERVISOR || sm_app_context(app) == SM_CONTEXT_SCROLL) && only != 0) {
        press(app, sm_key(sm_keys_fold(only), 0));
    } else {
        sm_keys_drop_pending(app);
        if (!sm_popup_is_open(app))
            type(app, utf8, only);
        else if (app->popup_ops == NULL || app->popup_ops->text == NULL ||
                 !app->popup_ops->text(app, utf8))
            sm_popup_text(app, utf8);
    }
    app->by_key = FALSE;
}

void sm_app_paste(SmApp *app, const char *utf8, gsize n, gsize dropped)
{
    SmEditor *editor;
    gsize lost = dropped;

    app->by_key = TRUE;
    sm_alerts_key(app);
    sm_keys_drop_pending(app);
    sm_compose_before_edit(app);
    editor = app->supervision != NULL && !sm_popup_is_open(app) ? NULL : sm_compose_editor(app);
    if (editor == NULL) {
        sm_app_sayf(app, TRUE, _("Nothing was pasted: there is no chat in this pane."));
        app->by_key = FALSE;
        return;
    }
    lost += sm_editor_paste(editor, utf8, (gssize)n);
    if (lost > 0)
        sm_app_sayf(app, TRUE, _("The paste was too long; its end is missing."));
    sm_compose_changed(app);
    app->by_key = FALSE;
}

/* Behind a lock there is a line to type in, and nothing else. */
static gboolean works_locked(const char *name)
{
    return edits(name) || g_str_has_prefix(name, "list-") || g_str_equal(name, "cancel") || g_str_equal(name, "redraw");
}

gboolean sm_app_run(SmApp *app, const char *command)
{
    while (*command == ' ' || *command == '/')
        command++;
    gsize n = strcspn(command, " ");
    g_autofree char *name = g_strndup(command, n);
    g_autofree char *args = g_strstrip(g_strdup(command + n));
    const SmAction *action = sm_action_find(name);

    if (app->locked && !works_locked(name))
        return FALSE;
    if (action == NULL) {
        g_autoptr(SmSafe) shown = sm_safe_screen_line(name, -1);
        sm_app_sayf(app, TRUE, _("There is no command '%S'."), shown);
        return FALSE;
    }
    const char *why = action->disabled != NULL ? action->disabled(app) : NULL;
    if (why != NULL)
        sm_app_sayf(app, FALSE, "%s", why);
    else
        action->run(app, args);
    return TRUE;
}

/* --- Hints
 * ----------------------------------------------------------------------------------------- */

static void hint(SmApp *app, char *keys, const char *label)
{
    SmHint *fresh = g_new0(SmHint, 1);

    fresh->keys = keys;
    fresh->label = label;
    g_ptr_array_add(app->hints, fresh);
}

static void hint_of(SmApp *app, const char *command, const char *label, gboolean short_form)
{
    char *keys = sm_keymap_keys_of(app->keymap, command, short_form);

    if (keys != NULL)
        hint(app, keys, label);
}

static void supervise_hints(SmApp *app, gboolean s)
{
    hint_of(app, "queue-peek", _("peek"), s);
    hint_of(app, "queue-whisper", s ? _("whisper") : _("whisper to the agent"), s);
    hint_of(app, "queue-take-over", _("take over"), s);
    hint_of(app, "queue-assign", _("assign"), s);
    hint_of(app, "queue-follow", app->supervision != NULL && sm_app_supervise(app)->following ? _("pause") : _("follow"), s);
    hint_of(app, "queue-filter", _("filter"), s);
    hint_of(app, "queue-sort", _("sort"), s);
    hint_of(app, "queue-close", _("back"), s);
    if (!s)
        hint_of(app, "help", _("help"), s);
}

const GPtrArray *sm_app_hints(SmApp *app, gboolean short_form)
{
    SmKey leader = sm_key('x', SM_MOD_CTRL);
    gboolean s = short_form;

    for (guint i = 0; i < app->hints->len; i++) {
        SmHint *old = app->hints->pdata[i];
        g_free(old->keys);
        g_free(old);
    }
    g_ptr_array_set_size(app->hints, 0);
    if (app->supervision != NULL && !sm_popup_is_open(app)) {
        supervise_hints(app, s);
        return app->hints;
    }
    if (app->card.shown.focused && !sm_popup_is_open(app)) {
        hint_of(app, "list-accept", _("change it"), s);
        hint_of(app, "list-close", _("close"), s);
        return app->hints;
    }
    if (sm_popup_is_open(app)) {
        if (app->popup_ops != NULL && app->popup_ops->choose != NULL && app->popup_ops->choose != sm_popup_choose_nothing)
            hint_of(app, "list-accept", _("take it"), s);
        hint_of(app, "list-close", _("close"), s);
        return app->hints;
    }
    gboolean one = sm_layout_visible(app->layout) <= 1 && !sm_layout_zoomed(app->layout);
    if (sm_app_here(app) == NULL)
        hint_of(app, "chat-accept", s ? _("accept") : _("accept next waiting"), s);
    hint_of(app, "chat-next-urgent", s ? _("urgent") : _("next urgent"), s);
    hint_of(app, "reply-picker", s ? _("reply") : _("quick reply"), s);
    hint_of(app, "chat-jump", s ? _("jump") : _("jump to chat"), s);
    hint_of(app, "pane-zoom", one ? _("all chats") : _("zoom"), s);
    for (guint i = 0; i < sm_keymap_bindings(app->keymap)->len; i++) {
        const SmBinding *binding = &g_array_index(sm_keymap_bindings(app->keymap), SmBinding, i);
        if (binding->n > 1 && g_str_equal(binding->command, "chat-accept"))
            leader = binding->keys[0];
    }
    hint(app, s ? sm_key_display_short(leader) : sm_key_display(leader), _("more keys"));
    hint(app, g_strdup("/"), _("commands"));
    if (!s)
        hint_of(app, "help", _("help"), s);
    return app->hints;
}
