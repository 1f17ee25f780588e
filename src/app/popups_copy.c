/* SPDX-License-Identifier: MIT */
/* popups_copy: scroll and copy mode: the lines of a chat as a list, to be marked and copied - to the terminal's
 * clipboard (OSC 52, also through SSH and tmux) and to a file. What is copied is whole, without masks and cuts. */
#include "app/app_private.h"

#include <string.h>

#include "app/actions.h"
#include "seatmux/text/clock_text.h"
#include "seatmux/text/sanitise.h"

enum { CELL_MARK, CELL_WHEN, CELL_WHO, CELL_TEXT };

struct SmCopy {
    char *conversation;
    GHashTable *marked; /* content ids */
};

void sm_copy_free(SmApp *app)
{
    if (app->copy == NULL)
        return;
    g_free(app->copy->conversation);
    g_hash_table_unref(app->copy->marked);
    g_clear_pointer(&app->copy, g_free);
}

static SmOwnChat *chat_of(SmApp *app)
{
    SmOwnChat *own = app->copy != NULL ? sm_chats_get(app, app->copy->conversation) : NULL;

    return own != NULL && own->chat.conversation != NULL ? own : NULL;
}

static SmSafe *who_of(SmApp *app, const SmOwnChat *own, const SmLine *line)
{
    if (line->kind != SM_LINE_MESSAGE)
        return sm_safe_from_literal(line->kind == SM_LINE_NOTE ? _("note") : _("whisper"));
    if (line->author == SM_AUTHOR_CUSTOMER)
        return sm_safe_ref(own->chat.name);
    if (line->author != SM_AUTHOR_AGENT)
        return sm_safe_from_literal(line->author == SM_AUTHOR_BOT ? _("bot") : _("desk"));
    if (g_strcmp0(line->agent, sm_app_me(app)) == 0)
        return sm_safe_from_literal(_("you"));
    return sm_safe_screen_line(line->name != NULL ? line->name : line->agent != NULL ? line->agent : "", -1);
}

static gboolean can_be_copied(const SmLine *line)
{
    return line->kind != SM_LINE_EVENT && line->text != NULL && line->content != NULL;
}

static void refill(SmApp *app, const char *typed)
{
    SmOwnChat *own = chat_of(app);

    for (guint i = 0; own != NULL && i < own->chat.conversation->lines->len; i++) {
        const SmLine *line = own->chat.conversation->lines->pdata[i];
        if (!can_be_copied(line))
            continue;
        SmPopupRow *row = sm_popup_row(app, line->content);
        g_autofree char *when = sm_text_local(line->at, "%H:%M");
        sm_popup_label(row, CELL_MARK, g_hash_table_contains(app->copy->marked, line->content) ? "*" : " ");
        sm_popup_label(row, CELL_WHEN, when);
        sm_popup_cell(row, CELL_WHO, who_of(app, own, line));
        sm_popup_cell(row, CELL_TEXT, sm_app_shown(app, line->text, FALSE));
    }
    if (app->popup.rows->len == 0)
        return;
    g_autofree char *count = g_strdup_printf(_("%d marked"), (int)g_hash_table_size(app->copy->marked));
    sm_popup_right(app, sm_safe_from_literal(count));
}

static void moved(SmApp *app)
{
    SmOwnChat *own = chat_of(app);
    SmPopupRow *row = sm_popup_selected(app);

    g_clear_pointer(&app->popup.detail, sm_safe_unref);
    for (guint i = 0; own != NULL && row != NULL && i < own->chat.conversation->lines->len; i++) {
        const SmLine *line = own->chat.conversation->lines->pdata[i];
        if (g_strcmp0(line->content, row->value) == 0 && line->text != NULL)
            app->popup.detail = sm_app_shown(app, line->text, TRUE);
    }
    if (own != NULL && app->popup.selected == 0 && own->chat.conversation->lines_cut && app->asking == 0)
        sm_app_older(app, own); /* what was before comes above */
}

/* One line is its text; several have time and name before it. */
static void take(SmApp *app, const char *value, const char *typed)
{
    SmOwnChat *own = chat_of(app);
    g_autoptr(GString) text = g_string_new(NULL);
    guint n = 0, marked = g_hash_table_size(app->copy->marked);

    for (guint i = 0; own != NULL && i < own->chat.conversation->lines->len; i++) {
        const SmLine *line = own->chat.conversation->lines->pdata[i];
        if (!can_be_copied(line) ||
            !(marked > 0 ? g_hash_table_contains(app->copy->marked, line->content) : g_strcmp0(line->content, value) == 0))
            continue;
        g_autofree char *when = sm_text_local(line->at, "%H:%M");
        g_autoptr(SmSafe) who = who_of(app, own, line);
        if (marked > 1)
            g_string_append_printf(text, "%s%s %s: %s", n > 0 ? "\n" : "", when, sm_safe_str(who), line->text);
        else
            g_string_append(text, line->text);
        n++;
    }
    sm_popup_close(app);
    if (n == 0 || app->show.copy == NULL)
        return;
    g_autoptr(SmSafe) safe = sm_safe_block(text->str, -1);
    if (sm_app_copy(app, safe))
        sm_app_sayf(app, FALSE, _("Copied: %d lines, to the terminal's clipboard and to the file \"clipboard\" of the state directory."), (int)n);
}

static void closed(SmApp *app)
{
    sm_copy_free(app);
}

static const SmPopupOps copy_ops = {.refill = refill, .choose = take, .moved = moved, .closed = closed};

gboolean sm_copy_is_open(SmApp *app)
{
    return app->popup_ops == &copy_ops;
}

void sm_do_copy_mode(SmApp *app, const char *args)
{
    SmOwnChat *own = sm_app_here(app);

    if (own == NULL || own->chat.conversation == NULL)
        return;
    g_autofree char *title = g_strdup_printf(_("copy from the chat with %s"), sm_safe_str(own->chat.name));
    sm_popup_open(app, SM_POPUP_LIST, &copy_ops, title, NULL);
    sm_copy_free(app);
    app->copy = g_new0(SmCopy, 1);
    app->copy->conversation = g_strdup(own->id);
    app->copy->marked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    app->popup.widths[CELL_MARK] = 1;
    app->popup.widths[CELL_WHEN] = 5;
    app->popup.widths[CELL_WHO] = 12;
    app->popup.widths[CELL_TEXT] = -1;
    sm_popup_footer(app, _("Space marks   a all   Enter copies   Esc close"));
    sm_popup_refill(app);
    sm_popup_select(app, (int)app->popup.rows->len - 1);
}

void sm_do_copy_mark(SmApp *app, const char *args)
{
    SmPopupRow *row = sm_popup_selected(app);

    if (!sm_copy_is_open(app) || row == NULL)
        return;
    if (!g_hash_table_remove(app->copy->marked, row->value))
        g_hash_table_add(app->copy->marked, g_strdup(row->value));
    sm_popup_refill(app);
    sm_popup_move(app, 1);
}

void sm_do_copy_all(SmApp *app, const char *args)
{
    if (!sm_copy_is_open(app))
        return;
    gboolean all = g_hash_table_size(app->copy->marked) < app->popup.rows->len;
    g_hash_table_remove_all(app->copy->marked);
    for (guint i = 0; all && i < app->popup.rows->len; i++)
        g_hash_table_add(app->copy->marked, g_strdup(((SmPopupRow *)app->popup.rows->pdata[i])->value));
    sm_popup_refill(app);
}
