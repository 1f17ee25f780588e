/* SPDX-License-Identifier: MIT */
/* actions_reply: what goes into a message, and messages that have not left yet. */
#include "app/actions.h"

#include <string.h>

#include "seatmux/text/sanitise.h"

void sm_do_picker(SmApp *app, const char *args)
{
    sm_picker_open(app);
}

void sm_do_insert_reply(SmApp *app, const char *args)
{
    SmOwnChat *own = sm_app_here(app);
    const SmReply *reply;

    sm_replies_refresh(app);
    reply = app->replies != NULL ? sm_replies_by_code(app->replies, *args == ';' ? args + 1 : args)
                                 : NULL;
    if (reply != NULL) {
        sm_compose_reply(app, own, reply, sm_editor_cursor(sm_compose_editor_of(own)));
        return;
    }
    g_autoptr(SmSafe) shown = sm_safe_screen_line(args, -1);
    sm_app_sayf(app, TRUE, _("There is no quick reply ;%S."), shown);
}

static void write_note(SmApp *app, SmOwnChat *own, const char *text)
{
    if (!app->paused && sm_client_send(app->client, own->id, "note", text, -1) != NULL) {
        sm_app_sayf(app, FALSE, _("A note on %S: only staff see it."), own->chat.name);
        return;
    }
    sm_compose_put_back(app, own, text, TRUE);
    sm_compose_say_unsent(app);
}

void sm_do_note(SmApp *app, const char *args)
{
    SmOwnChat *own = sm_app_here(app);

    if (*args != '\0') {
        write_note(app, own, args);
        return;
    }
    sm_compose_note(app, own, !own->chat.note);
    sm_app_sayf(app, FALSE,
                own->chat.note ? _("A note on %S: only staff see it.") : _("A message to %S."),
                own->chat.name);
}

void sm_do_editor(SmApp *app, const char *args)
{
    SmOwnChat *own = sm_app_here(app);

    sm_compose_before_edit(app);
    g_free(app->edited_chat);
    app->edited_chat = g_strdup(own->id);
    app->edited_note = own->chat.note;
    if (app->show.edit != NULL)
        app->show.edit(sm_editor_text(sm_compose_editor_of(own)), app->show.user);
}

/* There is no composer any more that it could go into. */
static gboolean say_left_over(SmApp *app, const char *file)
{
    g_autoptr(SmSafe) where = sm_safe_line(file, -1);

    sm_app_sayf(app, TRUE, _("The chat of this text is gone; what was written stays in %S."), where);
    return FALSE;
}

gboolean sm_app_edited(SmApp *app, const char *text, const char *file, const GError *error)
{
    g_autofree char *id = g_steal_pointer(&app->edited_chat);
    SmOwnChat *own = id != NULL ? sm_chats_get(app, id) : NULL;

    if (error != NULL) {
        g_autoptr(SmSafe) why = sm_safe_line(error->message, -1);
        sm_app_sayf(app, TRUE, _("The editor failed: %S"), why);
    }
    sm_app_dirty(app, SM_DIRTY_ALL);
    if (text == NULL)
        return TRUE;
    if (own == NULL || own->chat.conversation == NULL)
        return say_left_over(app, file);
    if (own->chat.note != app->edited_note)
        sm_compose_note(app, own, app->edited_note);
    g_autofree char *trimmed = g_strchomp(g_strdup(text));
    sm_editor_replace_all(sm_compose_editor_of(own), trimmed);
    sm_compose_guard(app, own);
    if (own == sm_app_here(app))
        sm_compose_changed(app);
    else
        sm_compose_save(own);
    return TRUE;
}

/* --- Not left yet
 * ---------------------------------------------------------------------------------- */

static char *waiting_entry(SmApp *app, gboolean failed, char **text, gboolean *note)
{
    SmOwnChat *own = sm_app_here(app);
    const SmOutboxEntry *found = NULL;

    if (own == NULL)
        return NULL;
    g_autoptr(GPtrArray) outbox = sm_client_outbox(app->client, own->id);
    for (guint i = 0; i < outbox->len; i++) {
        const SmOutboxEntry *entry = outbox->pdata[i];
        if (failed ? entry->state == SM_SEND_FAILED && found == NULL
                   : entry->state == SM_SEND_SAVING || entry->state == SM_SEND_QUEUED ||
                         entry->state == SM_SEND_HELD || entry->state == SM_SEND_SENDING ||
                         entry->state == SM_SEND_FAILED)
            found = entry;
    }
    if (found == NULL)
        return NULL;
    if (text != NULL)
        *text = sm_json_str(found->extra, "file", NULL) == NULL ? g_strdup(found->text) : NULL;
    if (note != NULL)
        *note = strcmp(found->verb, "note") == 0;
    return g_strdup(found->id);
}

const char *sm_why_nothing_waits(SmApp *app)
{
    g_autofree char *id = waiting_entry(app, FALSE, NULL, NULL);

    return id != NULL || sm_compose_stray(app) != NULL ? NULL : _("No message of this chat waits: all have been sent.");
}

const char *sm_why_nothing_failed(SmApp *app)
{
    g_autofree char *id = waiting_entry(app, TRUE, NULL, NULL);

    return id != NULL ? NULL : _("No message of this chat has failed.");
}

/* There is no composer that it could go back into: what it was is told, and stays in what was said. */
static void give_up_stray(SmApp *app)
{
    const SmOutboxEntry *entry = sm_compose_stray(app);
    g_autofree char *id = entry != NULL ? g_strdup(entry->id) : NULL;
    g_autofree char *text = id != NULL ? sm_client_withdraw(app->client, id) : NULL;

    if (text == NULL)
        return;
    g_hash_table_remove(app->held_since, id);
    g_autoptr(SmSafe) words = sm_safe_screen_line(text, -1);
    sm_app_sayf(app, FALSE, _("Given up: %S"), words);
}

void sm_do_take_back(SmApp *app, const char *args)
{
    SmOwnChat *own = sm_app_here(app);
    g_autofree char *text = NULL;
    gboolean note = FALSE;
    const char *why = NULL;
    g_autofree char *id = waiting_entry(app, FALSE, &text, &note);

    if (id == NULL || (own->chat.conversation == NULL && sm_compose_stray(app) != NULL)) {
        give_up_stray(app);
        return;
    }
    /* A failed one is given up, and its text kept, by another way. */
    g_autofree char *withdrawn = NULL;
    gboolean done = sm_client_take_back(app->client, id, &why);
    if (!done)
        withdrawn = sm_client_withdraw(app->client, id);
    if (!done && withdrawn == NULL) {
        g_autoptr(SmSafe) words = sm_safe_line(why != NULL ? _(why) : "", -1);
        sm_app_sayf(app, TRUE, _("It can't be taken back: %S."), words);
        return;
    }
    g_hash_table_remove(app->held_since, id);
    if (text == NULL) {
        sm_app_sayf(app, FALSE, _("Taken back; the file is not sent."));
        return;
    }
    sm_compose_put_back(app, own, text, note);
    sm_app_sayf(app, FALSE, _("Taken back; the text is in the composer."));
}

void sm_do_retry(SmApp *app, const char *args)
{
    g_autofree char *id = waiting_entry(app, TRUE, NULL, NULL);

    if (id != NULL && sm_client_retry(app->client, id))
        sm_app_sayf(app, FALSE, _("Trying again."));
}

void sm_do_earlier(SmApp *app, const char *args)
{
    sm_earlier_open(app);
}
