/* SPDX-License-Identifier: MIT */
/* actions_edit: what keys do to the text of a composer, or of a popup's line. */
#include "app/actions.h"

#include <string.h>

#include "seatmux/text/sanitise.h"

typedef gboolean (*Edit)(SmEditor *editor);

/* An edit or motion. A held message comes back into an empty composer first: a key edits it. */
static gboolean edit(SmApp *app, Edit change)
{
    sm_compose_before_edit(app);
    SmEditor *editor = sm_compose_editor(app);
    gboolean done = editor != NULL && change(editor);

    if (done)
        sm_compose_changed(app);
    return done;
}

void sm_do_send(SmApp *app, const char *args)
{
    SmOwnChat *own = sm_app_here(app);

    if (own != NULL)
        sm_compose_send(app, own);
    else
        sm_app_sayf(app, FALSE, _("No chat in this pane."));
}

void sm_do_newline(SmApp *app, const char *args)
{
    if (sm_popup_is_open(app))
        return;
    sm_compose_before_edit(app);
    SmEditor *editor = sm_compose_editor(app);
    if (editor != NULL)
        sm_editor_insert(editor, "\n", 1);
    sm_compose_changed(app);
}

void sm_do_left(SmApp *app, const char *args)
{
    edit(app, sm_editor_left);
}

void sm_do_right(SmApp *app, const char *args)
{
    edit(app, sm_editor_right);
}

void sm_do_word_left(SmApp *app, const char *args)
{
    edit(app, sm_editor_word_left);
}

void sm_do_word_right(SmApp *app, const char *args)
{
    edit(app, sm_editor_word_right);
}

void sm_do_line_start(SmApp *app, const char *args)
{
    edit(app, sm_editor_line_home);
}

void sm_do_line_end(SmApp *app, const char *args)
{
    edit(app, sm_editor_line_end);
}

void sm_do_backspace(SmApp *app, const char *args)
{
    edit(app, sm_editor_delete_back);
}

void sm_do_delete(SmApp *app, const char *args)
{
    edit(app, sm_editor_delete_forward);
}

void sm_do_kill_word(SmApp *app, const char *args)
{
    edit(app, sm_editor_kill_word_back);
}

void sm_do_kill_word_left(SmApp *app, const char *args)
{
    edit(app, sm_editor_kill_word_left);
}

void sm_do_kill_word_right(SmApp *app, const char *args)
{
    edit(app, sm_editor_kill_word_right);
}

void sm_do_kill_start(SmApp *app, const char *args)
{
    edit(app, sm_editor_kill_to_start);
}

void sm_do_kill_end(SmApp *app, const char *args)
{
    edit(app, sm_editor_kill_to_end);
}

void sm_do_yank(SmApp *app, const char *args)
{
    edit(app, sm_editor_yank);
}

void sm_do_yank_pop(SmApp *app, const char *args)
{
    edit(app, sm_editor_yank_pop);
}

void sm_do_undo(SmApp *app, const char *args)
{
    SmEditor *editor = sm_compose_editor(app);

    if (editor == NULL || !sm_editor_undo(editor))
        sm_app_sayf(app, FALSE, _("Nothing to undo."));
    else
        sm_compose_changed(app);
}

void sm_do_redo(SmApp *app, const char *args)
{
    SmEditor *editor = sm_compose_editor(app);

    if (editor == NULL || !sm_editor_redo(editor))
        sm_app_sayf(app, FALSE, _("Nothing to do again."));
    else
        sm_compose_changed(app);
}

void sm_do_clear(SmApp *app, const char *args)
{
    SmEditor *editor = sm_compose_editor(app);

    if (editor != NULL && sm_editor_clear(editor)) {
        sm_compose_changed(app);
        return;
    }
    if (sm_popup_is_open(app)) {
        sm_popup_close(app);
        return;
    }
    g_autofree char *keys = sm_keymap_told(app->keymap, "quit");
    sm_app_sayf(app, FALSE, _("%s quits."), keys);
}

/* --- Completing
 * ------------------------------------------------------------------------------------ */

static gboolean is_code_char(gunichar c)
{
    return g_unichar_isalnum(c) || c == '_' || c == '-' || c == '.';
}

/* The ";code" that ends at the cursor: its first byte and the code. FALSE: none. */
static gboolean code_before_cursor(SmEditor *editor, gsize *from, char **code)
{
    const char *text = sm_editor_text(editor), *at = text + sm_editor_cursor(editor), *c = at;

    while (c > text) {
        const char *before = g_utf8_prev_char(c);
        gunichar folded = sm_keys_fold(g_utf8_get_char(before));
        if (folded == ';') {
            *from = (gsize)(before - text);
            *code = g_strndup(c, (gsize)(at - c));
            return TRUE;
        }
        if (!is_code_char(folded) || at - c > 200)
            return FALSE;
        c = before;
    }
    return FALSE;
}

/* Codes that begin so: how many, and what they have in common. */
static guint completions(SmApp *app, const char *start, char **common, GString *some)
{
    guint n = 0;

    for (guint i = 0; i < sm_replies_count(app->replies); i++) {
        const char *code = sm_replies_at(app->replies, i)->code;
        if (!g_str_has_prefix(code, start))
            continue;
        if (n++ == 0) {
            *common = g_strdup(code);
        } else {
            gsize k = 0;
            while ((*common)[k] != '\0' && (*common)[k] == code[k])
                k++;
            while (k > 0 && ((guchar)(*common)[k] & 0xc0) == 0x80)
                k--;
            (*common)[k] = '\0';
        }
        if (n <= 8)
            g_string_append_printf(some, "%s;%s", n > 1 ? " " : "", code);
    }
    return n;
}

static gboolean expand(SmApp *app, SmOwnChat *own, SmEditor *editor)
{
    g_autofree char *code = NULL, *common = NULL;
    g_autoptr(GString) some = g_string_new(NULL);
    gsize from = 0;

    if (!code_before_cursor(editor, &from, &code) || app->replies == NULL)
        return FALSE;
    sm_replies_refresh(app);
    const SmReply *reply = sm_replies_by_code(app->replies, code);
    guint n = completions(app, code, &common, some);
    if (reply == NULL && n == 1)
        reply = sm_replies_by_code(app->replies, common);
    if (reply != NULL) {
        if (!sm_reply_valid(reply, sm_loop_wall(app->loop),
                            own->chat.conversation != NULL ? own->chat.conversation->team : NULL))
            sm_app_sayf(app, TRUE, _("That quick reply is not for now, or not for this team."));
        else
            sm_compose_reply(app, own, reply, from);
        return TRUE;
    }
    g_autoptr(SmSafe) shown = sm_safe_screen_line(n > 0 ? some->str : code, -1);
    if (n == 0) {
        sm_app_sayf(app, TRUE, _("There is no quick reply ;%S."), shown);
        return TRUE;
    }
    if (strlen(common) > strlen(code)) {
        sm_editor_insert(editor, common + strlen(code), -1);
        sm_compose_changed(app);
    }
    sm_app_sayf(app, FALSE, "%S", shown);
    return TRUE;
}

void sm_do_complete(SmApp *app, const char *args)
{
    SmOwnChat *own = sm_app_here(app);

    if (own == NULL || sm_popup_is_open(app))
        return;
    SmEditor *editor = sm_compose_editor_of(own);
    if (expand(app, own, editor))
        return;
    if (sm_editor_next_field(editor))
        sm_compose_changed(app);
    else
        sm_app_sayf(app, FALSE,
                    _("Tab expands ;code before the cursor, and goes from field to field."));
}

void sm_do_complete_back(SmApp *app, const char *args)
{
    SmEditor *editor = sm_compose_editor(app);

    if (editor != NULL && !sm_popup_is_open(app) && sm_editor_prev_field(editor))
        sm_compose_changed(app);
}

/* --- Up and down
 * ----------------------------------------------------------------------------------- */

void sm_app_composer_width(SmApp *app, const SmWidths *widths, int width)
{
    app->widths = *widths;
    app->width = width;
}

static int width_of(SmApp *app)
{
    return app->width > 0 ? app->width : SM_COMPOSER_WIDTH;
}

static void show_earlier(SmApp *app, SmOwnChat *own, guint place)
{
    g_autoptr(GPtrArray) earlier = sm_compose_earlier(app, own);
    SmEditor *editor = sm_compose_editor_of(own);

    if (place > earlier->len) {
        sm_app_sayf(app, FALSE,
                    earlier->len > 0 ? _("No earlier reply in this chat.")
                                     : _("No reply of yours in this chat yet."));
        return;
    }
    if (own->history == 0) {
        g_free(own->history_draft);
        own->history_draft = g_strdup(sm_editor_text(editor));
    }
    own->history = place;
    sm_editor_replace_all(editor, place == 0 ? own->history_draft : earlier->pdata[place - 1]);
    guint kept = own->history;
    sm_compose_changed(app);
    own->history = kept;
}

void sm_do_up(SmApp *app, const char *args)
{
    SmOwnChat *own = sm_app_here(app);

    if (own == NULL || sm_popup_is_open(app))
        return;
    sm_compose_before_edit(app);
    SmEditor *editor = sm_compose_editor_of(own);
    if (sm_editor_up(editor, &app->widths, width_of(app)))
        sm_app_dirty(app, SM_DIRTY_COMPOSER);
    else
        show_earlier(app, own, own->history + 1);
}

void sm_do_down(SmApp *app, const char *args)
{
    SmOwnChat *own = sm_app_here(app);

    if (own == NULL || sm_popup_is_open(app))
        return;
    SmEditor *editor = sm_compose_editor_of(own);
    if (sm_editor_down(editor, &app->widths, width_of(app)))
        sm_app_dirty(app, SM_DIRTY_COMPOSER);
    else if (own->history > 0)
        show_earlier(app, own, own->history - 1);
}
