/* SPDX-License-Identifier: MIT */
/* service_retain: what must go. Of a conversation that is archived only the log knows the contents: they are looked up there when its
 * contact is erased, and when it is older than desk.yaml's `retention`. What goes is an event each (content.erased), and every
 * reading of the log shows that it went. */
#include "service_private.h"

#include "seatmux/base/limits.h"

#define FIRST_MS 60000               /* after the start */
#define EVERY_MS INT64_C(21600000)   /* then so often it is looked for what is too old */
#define STEP_MS 250                  /* between one step and the next, so that nobody waits for it */
#define AGAIN_MS 60000               /* after a log that could not be read */
#define STEP_LOOKED 20               /* conversations of a step that had nothing left */
#define STEP_CONTENTS 16             /* erased in a step: each is overwritten on the disk */
#define STEP_RECORDS 20000           /* of one conversation that are looked through in a step */
#define LATE_MS (INT64_C(15) * 86400000) /* an answer that waits for its customer is archived so late at most */

/* --- What is left of a conversation --------------------------------------------------------------
 */

/* The card is the contact's, not the conversation's; a profile is named by whoever erases the contact. */
static gboolean goes(const SmEvent *event, gboolean profile)
{
    return event->content != NULL && event->text != NULL && event->type != SM_EVENT_CONTACT_CHANGED &&
           (profile || event->type != SM_EVENT_CONVERSATION_STARTED);
}

static void list_record(const SmRecord *record, const char *conversation, gboolean profile, json_t *list, guint most)
{
    for (guint k = 0; k < record->events->len && json_array_size(list) < most; k++) {
        const SmEvent *event = record->events->pdata[k];
        if (g_strcmp0(event->conversation, conversation) == 0 && goes(event, profile))
            json_array_append_new(list, json_pack("[s, s, b, s?]", conversation, event->content,
                                                  event->type == SM_EVENT_MESSAGE_POSTED, event->message));
    }
}

/* Appends [conversation, content, whether customers saw it, message or null] to `list` for each text that is not erased, up to `most` in all, the newest page first. Looks
 * through `records` of them at most. *before: the end of the first page to look at (0: the newest), and afterwards of the first
 * that may still have something; -1: nothing is left. FALSE: the log can't be read. */
static gboolean list_contents(SmService *s, const char *conversation, gboolean profile, json_t *list, guint most, guint records,
                              int64_t *before, GError **error)
{
    size_t had = json_array_size(list);
    int64_t at = *before;

    for (guint read = 0; read < records && json_array_size(list) < most; read += SM_MAX_MESSAGES_PAGE) {
        g_autoptr(GPtrArray) page = sm_log_read_conversation(s->log, conversation, at, SM_MAX_MESSAGES_PAGE, error);
        if (page == NULL)
            return FALSE;
        for (guint i = 0; i < page->len; i++)
            list_record(page->pdata[i], conversation, profile, list, most);
        gboolean last = page->len < SM_MAX_MESSAGES_PAGE;
        at = last ? -1 : ((const SmRecord *)page->pdata[0])->seq;
        if (json_array_size(list) == had)
            *before = at;
        if (last)
            break;
    }
    return TRUE;
}

/* --- A contact -----------------------------------------------------------------------------------
 */

/* Of all conversations: the fold of one that goes on has no reviews, nor what was said before its last lines. NULL: the log
 * can't be read. */
static json_t *list_contact(SmService *s, const char *contact, gboolean profile, guint most, GError **error)
{
    g_autoptr(GPtrArray) all = sm_desk_contact_conversations(s->desk, contact);
    g_autoptr(json_t) list = json_array();

    for (guint i = 0; i < all->len; i++) {
        int64_t before = 0;
        if (!list_contents(s, ((const SmConversation *)all->pdata[i])->id, profile, list, most, G_MAXUINT, &before, error))
            return NULL;
    }
    return g_steal_pointer(&list);
}

SmRefusal *sm_erase_prepare(SmService *s, Work *work)
{
    SmCommand *command = &work->wire.command;
    const SmConversation *c = command->conversation != NULL ? sm_desk_ever(s->desk, command->conversation) : NULL;
    g_autoptr(GError) error = NULL;

    if (command->type != SM_COMMAND_ERASE || command->actor.kind == SM_ACTOR_CUSTOMER || command->reason != NULL || command->data != NULL ||
        c == NULL)
        return NULL;
    json_t *list = list_contact(s, c->contact, FALSE, SM_MAX_EVENTS_PER_RECORD, &error);
    if (list == NULL) {
        sm_trace(s->trace, SM_TRACE_ERROR, "service", "erasing a contact: reading the log: %s", error->message);
        return sm_refusal_new(SM_PROBLEM_NOT_DURABLE, NULL, "The log can't be read now.");
    }
    if (work->wire.json == NULL)
        work->wire.json = json_object();
    json_object_set_new(work->wire.json, "logged", list);
    command->data = work->wire.json;
    return NULL;
}

/* The contact that has this id, or a conversation with it; NULL: nobody. */
static const char *contact_named(SmService *s, const char *id)
{
    const SmConversation *c = sm_desk_ever(s->desk, id);
    g_autoptr(GPtrArray) all = c == NULL ? sm_desk_contact_conversations(s->desk, id) : NULL;

    return c != NULL ? c->contact : all->len > 0 ? id : NULL;
}

/* What an erasure would take, and what it would leave. */
static void erasure_quiet(SmPending *p)
{
    SmService *s = p->s;
    const char *contact = contact_named(s, p->at[2]);
    g_autoptr(GError) error = NULL;

    if (contact == NULL) {
        sm_pending_problem(p, SM_PROBLEM_NOT_FOUND, NULL, "No contact and no conversation of this desk has that id.");
        return;
    }
    g_autoptr(json_t) list = list_contact(s, contact, TRUE, G_MAXUINT, &error);
    if (list == NULL) {
        sm_pending_log_error(p, "erasure", error);
        return;
    }
    g_autoptr(GPtrArray) all = sm_desk_contact_conversations(s->desk, contact);
    const SmConversation *newest = all->pdata[0];
    g_autoptr(json_t) card = sm_desk_card(s->desk, newest);
    sm_pending_reply(p, 200, json_pack("{s:O, s:O, s:s, s:I, s:I, s:I, s:I}", "contact", json_object_get(card, "contact"), "merged",
                                       json_object_get(card, "merged"), "conversation", newest->id, "conversations",
                                       (json_int_t)all->len, "texts", (json_int_t)json_array_size(list), "card",
                                       (json_int_t)sm_desk_contact_texts(s->desk, contact), "orders",
                                       (json_int_t)json_array_size(json_object_get(card, "orders"))));
}

void sm_handle_erasure(SmPending *p)
{
    sm_pending_when_quiet(p, erasure_quiet);
}

/* --- What is too old -----------------------------------------------------------------------------
 */

typedef enum { LEFT_NOTHING, LEFT_SOME, LEFT_UNKNOWN } Left;

static void erase_listed(SmService *s, const char *conversation, const json_t *found)
{
    g_autoptr(json_t) contents = json_array();
    json_t *pair;
    size_t i;

    json_array_foreach(found, i, pair)
        json_array_append(contents, json_array_get(pair, 1));
    sm_service_own_command(s, (SmCommand){.type = SM_COMMAND_ERASE, .conversation = conversation, .reason = "older than retention says",
                                          .data = contents});
}

/* Erases some of what is left of it; what was left before. */
static Left erase_old(SmService *s, const char *conversation)
{
    g_autoptr(json_t) found = json_array();
    g_autoptr(GError) error = NULL;
    int64_t before = s->retained_before;

    if (!list_contents(s, conversation, TRUE, found, STEP_CONTENTS, STEP_RECORDS, &before, &error)) {
        sm_trace(s->trace, SM_TRACE_ERROR, "service", "erasing what is too old: reading the log: %s", error->message);
        return LEFT_UNKNOWN;
    }
    const char *first = json_string_value(json_array_get(json_array_get(found, 0), 1));
    gboolean stays = first != NULL && g_strcmp0(first, s->retained_content) == 0;
    g_free(s->retained_content);
    s->retained_content = g_strdup(first);
    s->retained_before = MAX(before, 0);
    if (stays) { /* a disk that does not let go: no events about it for ever, but with the next round */
        s->retained = 0;
        return LEFT_NOTHING;
    }
    if (first != NULL)
        erase_listed(s, conversation, found);
    return before < 0 ? LEFT_NOTHING : LEFT_SOME;
}

/* Those that fall due while this goes on come with the next round. */
static void begin_round(SmService *s)
{
    int64_t keep = sm_desk_policy(s->desk)->retention, before = sm_service_now(s) - keep;

    g_clear_pointer(&s->outlived, g_ptr_array_unref);
    if (keep <= 0)
        return;
    s->outlived = sm_desk_outlived(s->desk, s->retained - LATE_MS, before);
    s->retained = before;
    s->retained_before = 0;
}

/* One that is done with goes from the list: who is left is looked at again, until nothing is. FALSE: the log can't be read. */
static gboolean retain_step(SmService *s)
{
    for (guint n = 0; s->outlived != NULL && s->outlived->len > 0 && n < STEP_LOOKED; n++) {
        guint last = s->outlived->len - 1;
        Left left = erase_old(s, s->outlived->pdata[last]);
        if (left != LEFT_NOTHING)
            return left == LEFT_SOME;
        g_ptr_array_set_size(s->outlived, (gint)last);
        s->retained_before = 0;
    }
    return TRUE;
}

static void retain_due(SmService *s, Due *due)
{
    int64_t wait = EVERY_MS;

    if (s->refolding) {
        wait = AGAIN_MS; /* the desk is not whole */
    } else if (!s->stopping) {
        if (s->outlived == NULL)
            begin_round(s);
        gboolean read = retain_step(s);
        if (s->outlived != NULL && s->outlived->len == 0)
            g_clear_pointer(&s->outlived, g_ptr_array_unref);
        wait = !read ? AGAIN_MS : s->outlived != NULL ? STEP_MS : EVERY_MS;
    }
    if (sm_desk_policy(s->desk)->retention > 0 || s->refolding)
        sm_due_set(s, due, retain_due, sm_loop_now(s->loop) + wait);
}

void sm_retain_start(SmService *s)
{
    if (sm_desk_policy(s->desk)->retention > 0)
        sm_due_set(s, &s->retain, retain_due, sm_loop_now(s->loop) + FIRST_MS);
}

void sm_retain_again(SmService *s)
{
    sm_due_clear(s, &s->retain);
    s->retained = 0; /* what was kept by another policy may have to go now */
    g_clear_pointer(&s->outlived, g_ptr_array_unref);
    sm_retain_start(s);
}

void sm_retain_stop(SmService *s)
{
    sm_due_clear(s, &s->retain);
    g_clear_pointer(&s->outlived, g_ptr_array_unref);
    g_clear_pointer(&s->retained_content, g_free);
}
