/* SPDX-License-Identifier: MIT */
/* app_compose: the composers. Each chat has two, one for messages and one for notes; drafts go to
 * the client's journal at every change; sending is guarded after a change of focus. */
#include "app/app_private.h"

#include <string.h>

#include "app/actions.h"
#include "seatmux/base/bug.h"
#include "seatmux/base/limits.h"
#include "seatmux/text/sanitise.h"

/* A note's draft lies beside the message's under a key of its own, so that neither replaces the
 * other. No id of a conversation has a slash. */
static char *note_key(const SmOwnChat *own)
{
    return g_strconcat(own->id, "/note", NULL);
}

SmEditor *sm_compose_editor_of(SmOwnChat *own)
{
    SmEditor **editor = own->chat.note ? &own->note : &own->message;

    if (*editor == NULL)
        *editor = sm_editor_new(own->app->ring, SM_MAX_DRAFT_CHARS);
    own->chat.editor = *editor;
    return *editor;
}

SmEditor *sm_compose_editor(SmApp *app)
{
    SmOwnChat *own = sm_app_here(app);

    if (sm_popup_is_open(app))
        return app->popup.filter;
    return own != NULL ? sm_compose_editor_of(own) : NULL;
}

/* Is this text already on its way? Then the draft of it outlived a crash. */
static gboolean is_sent(SmOwnChat *own, const char *text, gboolean note)
{
    g_autoptr(GPtrArray) outbox = sm_client_outbox(own->app->client, own->id);

    for (guint i = 0; i < outbox->len; i++) {
        const SmOutboxEntry *entry = outbox->pdata[i];
        if (g_strcmp0(entry->text, text) == 0 && note == (strcmp(entry->verb, "note") == 0))
            return TRUE;
    }
    return FALSE;
}

void sm_compose_restore(SmOwnChat *own)
{
    const GPtrArray *drafts = sm_client_drafts(own->app->client);
    g_autofree char *note = note_key(own);
    gboolean note_mode = FALSE;

    sm_compose_editor_of(own);
    for (guint i = 0; drafts != NULL && i < drafts->len; i++) {
        const SmDraft *draft = drafts->pdata[i];
        gboolean is_note = strcmp(draft->conversation, note) == 0;
        if ((!is_note && strcmp(draft->conversation, own->id) != 0) || *draft->text == '\0' ||
            is_sent(own, draft->text, is_note))
            continue;
        own->chat.note = is_note;
        sm_editor_set_text(sm_compose_editor_of(own), draft->text);
        note_mode |= is_note;
    }
    own->chat.note = note_mode && (own->message == NULL || sm_editor_len(own->message) == 0);
    sm_compose_editor_of(own);
    own->message_saved = own->message != NULL ? sm_editor_text_revision(own->message) : 0;
    own->note_saved = own->note != NULL ? sm_editor_text_revision(own->note) : 0;
}

void sm_compose_save(SmOwnChat *own)
{
    SmEditor *editor = own->chat.editor;
    guint64 *saved = own->chat.note ? &own->note_saved : &own->message_saved;
    guint64 revision = sm_editor_text_revision(editor);
    g_autofree char *key = own->chat.note ? note_key(own) : g_strdup(own->id);

    if (*saved == revision)
        return;
    *saved = revision;
    sm_client_draft(own->app->client, key, sm_editor_text(editor), own->chat.note);
    if (sm_editor_len(editor) == 0) {
        own->chat.answered_meanwhile = FALSE;
        g_clear_pointer(&own->draft_reply, g_free);
        own->chat.draft_reply = NULL;
    } else if (!own->chat.note) {
        sm_client_typing(own->app->client, own->id);
    }
}

void sm_compose_changed(SmApp *app)
{
    SmOwnChat *own = sm_app_here(app);

    if (sm_popup_is_open(app)) {
        if (app->popup.filter != NULL &&
            sm_editor_text_revision(app->popup.filter) != app->filter_revision)
            sm_popup_refill(app);
        sm_popup_changed(app);
        return;
    }
    if (own == NULL)
        return;
    sm_compose_save(own);
    sm_app_dirty(app, SM_DIRTY_COMPOSER);
}

/* --- Held messages
 * --------------------------------------------------------------------------------- */

static const SmOutboxEntry *find_entry(SmApp *app, const char *conversation, SmSendState state,
                                       gboolean last)
{
    g_autoptr(GPtrArray) outbox = sm_client_outbox(app->client, conversation);
    const SmOutboxEntry *found = NULL;

    for (guint i = 0; i < outbox->len && (found == NULL || last); i++) {
        const SmOutboxEntry *entry = outbox->pdata[i];
        if (entry->state == state)
            found = entry;
    }
    return found;
}

void sm_compose_put_back(SmApp *app, SmOwnChat *own, const char *text, gboolean note)
{
    if (own->chat.note != note)
        sm_compose_note(app, own, note);
    SmEditor *editor = sm_compose_editor_of(own);
    if (sm_editor_len(editor) == 0) {
        sm_editor_set_text(editor, text);
    } else {
        g_autofree char *both = g_strconcat(text, "\n", sm_editor_text(editor), NULL);
        sm_editor_replace_all(editor, both);
    }
    sm_compose_save(own);
    sm_app_dirty(app, SM_DIRTY_ALL);
}

void sm_compose_before_edit(SmApp *app)
{
    SmOwnChat *own = sm_popup_is_open(app) ? NULL : sm_app_here(app);

    if (own == NULL || own->chat.note || sm_editor_len(sm_compose_editor_of(own)) > 0)
        return;
    const SmOutboxEntry *entry = find_entry(app, own->id, SM_SEND_HELD, FALSE);
    if (entry == NULL || entry->extra != NULL) /* a file is not text to be edited */
        return;
    g_autofree char *id = g_strdup(entry->id);
    gboolean note = strcmp(entry->verb, "note") == 0;
    g_autofree char *text = sm_client_withdraw(app->client, id);
    if (text == NULL)
        return;
    g_hash_table_remove(app->held_since, id);
    sm_compose_put_back(app, own, text, note);
    sm_app_sayf(app, FALSE, _("The held message is in the composer again."));
}

const SmOutboxEntry *sm_compose_stray(SmApp *app)
{
    g_autoptr(GPtrArray) outbox = sm_client_outbox(app->client, NULL);

    if (sm_client_link(app->client)->state != SM_LINK_LIVE) /* what there is is not known */
        return NULL;
    for (guint i = 0; i < outbox->len; i++) {
        const SmOutboxEntry *entry = outbox->pdata[i];
        if (sm_outbox_entry_stuck(entry) && sm_chat_conversation(app, entry->conversation) == NULL)
            return entry;
    }
    return NULL;
}

gboolean sm_compose_tell_stray(SmApp *app)
{
    const SmOutboxEntry *entry = sm_compose_stray(app);

    if (entry == NULL)
        return FALSE;
    g_autoptr(SmSafe) text = sm_safe_screen_line(entry->text != NULL ? entry->text : "", -1);
    g_autofree char *keys = sm_keymap_told(app->keymap, "take-back");
    sm_app_sayf(app, TRUE, _("Not sent, its chat is gone from here; %s gives it up: %S"), keys, text);
    return TRUE;
}

/* The desk's words, which end as sentences do. */
static SmSafe *reason(const SmOutboxEntry *entry)
{
    g_autofree char *words = g_strdup(entry->problem != NULL ? entry->problem : "");

    if (g_str_has_suffix(words, "."))
        words[strlen(words) - 1] = '\0';
    return sm_safe_line(words, -1);
}

void sm_app_sending(SmApp *app, const SmOutboxEntry *entry)
{
    SmOwnChat *own = sm_chats_get(app, entry->conversation);
    gboolean gone = own == NULL || own->chat.conversation == NULL;
    int64_t now = sm_loop_now(app->loop);

    if (gone && sm_compose_tell_stray(app)) {
        /* That is all there is to say of it. */
    } else if (entry->state == SM_SEND_HELD && !g_hash_table_contains(app->held_since, entry->id)) {
        g_hash_table_insert(app->held_since, g_strdup(entry->id), g_memdup2(&now, sizeof now));
        sm_app_sayf(app, TRUE,
                    app->lines ? _("Held: the chat with %S changed. An empty line sends it anyway, a new line takes its "
                                   "place.")
                               : _("Held: the chat with %S changed. Read the new lines; Enter sends anyway, a "
                                   "key edits."),
                    own != NULL ? own->chat.name : NULL);
    } else if (entry->state != SM_SEND_HELD) {
        g_hash_table_remove(app->held_since, entry->id);
    }
    if (entry->state == SM_SEND_FAILED && !gone) {
        g_autoptr(SmSafe) why = reason(entry);
        g_autofree char *keys = sm_keymap_told(app->keymap, "reply-retry");
        sm_app_sayf(app, TRUE, _("Not sent to %S: %S. %s tries again."),
                    own->chat.name, why, keys);
    }
    sm_app_dirty(app, SM_DIRTY_PANES | SM_DIRTY_BAR);
}

/* --- Sending
 * --------------------------------------------------------------------------------------- */

void sm_compose_guard(SmApp *app, SmOwnChat *own)
{
    own->chat.guard_until = sm_loop_now(app->loop) + SM_GUARD_MS;
}

void sm_compose_note(SmApp *app, SmOwnChat *own, gboolean note)
{
    own->chat.note = note;
    sm_compose_editor_of(own);
    own->history = 0;
    /* The same guard as after a change of focus: an Enter under way was meant for the other
     * composer. */
    sm_compose_guard(app, own);
    sm_app_dirty(app, SM_DIRTY_ALL);
}

static gboolean is_blank(const char *text)
{
    for (; *text != '\0'; text = g_utf8_next_char(text))
        if (!g_unichar_isspace(g_utf8_get_char(text)))
            return FALSE;
    return TRUE;
}

static void send_held(SmApp *app, SmOwnChat *own)
{
    const SmOutboxEntry *entry = find_entry(app, own->id, SM_SEND_HELD, FALSE);
    const int64_t *since = entry != NULL ? g_hash_table_lookup(app->held_since, entry->id) : NULL;
    int64_t now = sm_loop_now(app->loop);

    if (entry == NULL) {
        sm_app_sayf(app, FALSE, _("Nothing to send."));
        return;
    }
    if (since != NULL && now - *since < SM_GUARD_MS) {
        sm_app_sayf(app, FALSE,
                    _("Enter ignored: the message was held just now. Read the new lines first."));
        return;
    }
    g_autofree char *id = g_strdup(entry->id);
    if (sm_client_send_anyway(app->client, id))
        sm_app_sayf(app, FALSE, _("Sent to %S although the chat changed."), own->chat.name);
}

/* After text left the composer. */
static void sent(SmApp *app, SmOwnChat *own, SmEditor *editor)
{
    sm_editor_set_text(editor, "");
    sm_compose_save(own);
    own->history = 0;
    own->chat.scroll = 0;
    own->read_n = MAX(own->read_n, own->seen);
    if (own->chat.unread == 0)
        own->chat.unread_seq = own->chat.unread_at = 0;
    if (own->chat.note)
        sm_compose_note(app, own, FALSE);
    sm_app_dirty(app, SM_DIRTY_ALL);
}

static gboolean guarded(SmApp *app, SmOwnChat *own)
{
    /* By lines the focus moves only where a line said so: none is under way for somebody else. */
    if (app->lines || sm_loop_now(app->loop) >= own->chat.guard_until || SM_BUG(45))
        return FALSE;
    sm_app_sayf(app, FALSE, _("Enter ignored: the focus only just came to %S."), own->chat.name);
    return TRUE;
}

/* A command that was written into a text, and not into the line of commands: its words are not for the customer. */
static gboolean like_command(SmApp *app, SmOwnChat *own, const char *text)
{
    int64_t now = sm_loop_now(app->loop);
    const char *word = *text == '/' ? text + 1 : g_str_has_prefix(text, "／") ? text + strlen("／") : NULL;

    if (word == NULL || own->chat.note || app->lines || own->over_it > now)
        return FALSE;
    g_autofree char *name = g_strndup(word, strcspn(word, " \n"));
    const SmAction *action = sm_action_find(name);
    if (action == NULL)
        return FALSE;
    own->over_it = now + SM_TYPING_MS;
    sm_compose_guard(app, own);
    sm_app_sayf(app, TRUE, _("Not sent: it begins as the command /%s does. Enter again sends it to %S."), action->name, own->chat.name);
    return TRUE;
}

void sm_compose_say_unsent(SmApp *app)
{
    sm_app_sayf(app, TRUE, "%s",
                app->paused ? _("Not sent: the shift is paused. The text is kept.")
                            : _("Not sent: too many messages wait already. The text is kept."));
}

void sm_compose_send(SmApp *app, SmOwnChat *own)
{
    SmEditor *editor = sm_compose_editor_of(own);
    const SmConversation *c = own->chat.conversation;

    if (guarded(app, own))
        return;
    if (app->paused) {
        sm_compose_say_unsent(app);
        return;
    }
    if (is_blank(sm_editor_text(editor))) {
        send_held(app, own);
        return;
    }
    if (sm_people_hold(app, own) || like_command(app, own, sm_editor_text(editor)))
        return;
    const char *field = sm_editor_unfilled(editor);
    if (field != NULL) {
        g_autoptr(SmSafe) name = sm_safe_screen_line(field, -1);
        sm_app_sayf(app, TRUE, _("Not sent: {{?%S}} is not filled yet."), name);
        sm_editor_next_field(editor);
        sm_app_dirty(app, SM_DIRTY_COMPOSER);
        return;
    }
    if (!own->chat.note && sm_writing_blocked(app, own))
        return;
    if (c == NULL || (c->state == SM_STATE_RESOLVED && !own->chat.note)) {
        sm_app_sayf(app, TRUE, _("Not sent: the chat with %S is over. The text is kept."),
                    own->chat.name);
        return;
    }
    /* Held by the desk as a whole: a message of white space around it is sent as it is written. */
    if (sm_client_send(app->client, own->id, own->chat.note && !SM_BUG(46) ? "note" : "post",
                       sm_editor_text(editor), own->chat.note ? -1 : own->seen) == NULL) {
        sm_compose_say_unsent(app);
        return;
    }
    sm_coach_sends(app, own, sm_editor_text(editor));
    sent(app, own, editor);
}

/* --- Quick replies
 * --------------------------------------------------------------------------------- */

const char *sm_compose_value(const char *name, void *user)
{
    SmValues *values = user;
    const SmConversation *c = values->conversation;
    const SmAgent *me = sm_app_my_agent(values->app);

    if (strcmp(name, "contact.name") == 0)
        return c->name;
    if (strcmp(name, "order.id") == 0)
        return c->order;
    if (strcmp(name, "agent.name") == 0)
        return me != NULL && me->name != NULL ? me->name : sm_app_me(values->app);
    if (strcmp(name, "desk.name") == 0)
        return sm_desk_policy(sm_client_desk(values->app->client))->desk;
    if (g_str_has_prefix(name, "contact.") && c->attributes != NULL) {
        const json_t *value = json_object_get(c->attributes, name + strlen("contact."));
        g_clear_pointer(&values->kept, g_free);
        if (json_is_string(value))
            return json_string_value(value);
        if (value != NULL && !json_is_null(value))
            values->kept = sm_json_text(value);
        return values->kept;
    }
    return NULL;
}

gboolean sm_compose_reply(SmApp *app, SmOwnChat *own, const SmReply *reply, gsize replace_from)
{
    SmEditor *editor = sm_compose_editor_of(own);
    SmValues values = {.app = app, .conversation = own->chat.conversation};
    const char *language = NULL;

    if (values.conversation == NULL)
        return FALSE;
    const SmTemplate *text = sm_reply_text(reply, values.conversation->language, &language);
    g_autoptr(SmTemplateResult) result = sm_template_render(text, sm_compose_value, &values);
    if (result->missing->len > 0 && reply->fallback != NULL) {
        sm_template_result_free(result);
        result = sm_template_render(reply->fallback, sm_compose_value, &values);
    }
    g_clear_pointer(&values.kept, g_free);
    if (!sm_editor_insert_template(editor, replace_from, result->text, result->fields)) {
        sm_app_sayf(app, TRUE, _("The quick reply does not fit."));
        return FALSE;
    }
    if (result->missing->len > 0) {
        g_autoptr(SmSafe) name = sm_safe_screen_line(result->missing->pdata[0], -1);
        sm_app_sayf(app, TRUE,
                    _("%S is not known of this customer: look over the text before you send it."),
                    name);
    }
    g_free(own->draft_reply);
    own->draft_reply = g_strdup(reply->code);
    own->chat.draft_reply = own->draft_reply;
    if (app->replies != NULL && sm_replies_by_code(app->replies, reply->code) == reply)
        sm_replies_count_use(app->replies, reply->code);
    sm_compose_save(own);
    sm_app_dirty(app, SM_DIRTY_COMPOSER);
    return result->missing->len == 0;
}

/* --- Earlier replies
 * ------------------------------------------------------------------------------- */

static void gather(SmApp *app, const SmConversation *c, GPtrArray *texts, GHashTable *seen)
{
    for (guint i = c != NULL ? c->lines->len : 0; i-- > 0 && texts->len < 500;) {
        const SmLine *line = c->lines->pdata[i];
        if (line->kind != SM_LINE_MESSAGE || line->author != SM_AUTHOR_AGENT ||
            line->text == NULL || g_strcmp0(line->agent, sm_app_me(app)) != 0)
            continue;
        char *text = sm_text_input(line->text, -1, TRUE);
        if (g_hash_table_add(seen, text))
            g_ptr_array_add(texts, g_strdup(text));
    }
}

GPtrArray *sm_compose_earlier(SmApp *app, SmOwnChat *own)
{
    GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    gather(app, own->chat.conversation, texts, seen);
    return texts;
}
