/* SPDX-License-Identifier: MIT */
/* service_retain: what must go. What was told of orders the desk knows (desk/contact.c); of a conversation that is archived only the log knows the contents: they are looked up there when its
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
#define TOO_OLD "older than retention says"
#define LATE_MS (INT64_C(15) * 86400000) /* an answer that waits for its customer is archived so late at most */

/* --- What is left of a conversation --------------------------------------------------------------
 */

/* The card and the orders are the contact's, not the conversation's; a profile is named by whoever erases the contact. */
static gboolean goes(const SmEvent *event, gboolean profile)
{
    return event->content != NULL && event->text != NULL && event->type != SM_EVENT_CONTACT_CHANGED &&
           event->type != SM_EVENT_ORDER_RECORDED && (profile || event->type != SM_EVENT_CONVERSATION_STARTED);
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

/* The contact that has this id, or a conversation with it; NULL: nobody. One of whom only orders were told has no conversation. */
static const char *contact_named(SmService *s, const char *id)
{
    const SmConversation *c = sm_desk_ever(s->desk, id);

    return c != NULL ? c->contact : sm_desk_knows_contact(s->desk, id) ? id : NULL;
}

/* NULL: the problem has been answered. */
static const char *need_contact(SmPending *p)
{
    const char *contact = contact_named(p->s, p->at[2]);

    if (contact == NULL)
        sm_pending_problem(p, SM_PROBLEM_NOT_FOUND, NULL, "No contact and no conversation of this desk has that id.");
    return contact;
}

/* What an erasure would take, and what it would leave. */
static void erasure_quiet(SmPending *p)
{
    SmService *s = p->s;
    const char *contact = need_contact(p);
    g_autoptr(GError) error = NULL;

    if (contact == NULL)
        return;
    g_autoptr(json_t) list = list_contact(s, contact, TRUE, G_MAXUINT, &error);
    if (list == NULL) {
        sm_pending_log_error(p, "erasure", error);
        return;
    }
    g_autoptr(GPtrArray) all = sm_desk_contact_conversations(s->desk, contact);
    SmContactTexts n = sm_desk_contact_texts(s->desk, contact);
    json_t *answer = json_pack("{s:s, s:o}", "contact", sm_desk_contact_first(s->desk, contact), "merged",
                               sm_desk_contact_others(s->desk, contact));
    if (all->len > 0)
        json_object_set_new(answer, "conversation", json_string(((const SmConversation *)all->pdata[0])->id));
    json_object_set_new(answer, "conversations", json_integer(all->len));
    json_object_set_new(answer, "texts", json_integer((json_int_t)json_array_size(list)));
    json_object_set_new(answer, "card", json_integer(n.card));
    json_object_set_new(answer, "orders", json_integer(n.orders));
    json_object_set_new(answer, "plain", json_integer(n.plain));
    sm_pending_reply(p, 200, answer);
}

/* As much of it as one record holds. The same key again is the same step. */
static void erase_quiet(SmPending *p)
{
    const char *contact = need_contact(p);
    g_autoptr(json_t) body = contact != NULL ? sm_pending_body(p, "") : NULL;
    const char *key = body != NULL ? sm_pending_need_key(p) : NULL;
    g_autoptr(GError) error = NULL;

    if (key == NULL)
        return;
    g_autofree char *asked = g_strjoin("\n", "erasure", contact, NULL);
    g_autofree char *fingerprint = g_compute_checksum_for_string(G_CHECKSUM_SHA256, asked, -1);
    json_t *list = list_contact(p->s, contact, TRUE, SM_MAX_EVENTS_PER_RECORD, &error);
    if (list == NULL) {
        sm_pending_log_error(p, "erasing a contact", error);
        return;
    }
    g_autoptr(json_t) logged = json_pack("{s:o}", "logged", list);
    SmCommand command = {.type = SM_COMMAND_ERASE, .id = key, .actor = p->actor, .fingerprint = fingerprint, .contact = contact,
                         .data = logged, .seen = -1};
    Work *work = sm_work_new(p);
    sm_work_copy_command(p->s, work, &command);
    sm_service_submit(p->s, work);
}

void sm_handle_erase_contact(SmPending *p)
{
    sm_pending_when_quiet(p, erase_quiet);
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
    sm_service_own_command(s, (SmCommand){.type = SM_COMMAND_ERASE, .conversation = conversation, .reason = TOO_OLD,
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

static void end_round(SmService *s)
{
    g_clear_pointer(&s->outlived, g_ptr_array_unref);
    g_clear_pointer(&s->old_orders, g_ptr_array_unref);
}

/* Those that fall due while this goes on come with the next round. */
static void begin_round(SmService *s)
{
    int64_t keep = sm_desk_policy(s->desk)->retention, before = sm_service_now(s) - keep;

    end_round(s);
    if (keep <= 0)
        return;
    s->outlived = sm_desk_outlived(s->desk, s->retained - LATE_MS, before);
    s->old_orders = sm_desk_told_long_ago(s->desk, before);
    s->old_before = s->retained = before;
    s->retained_before = 0;
}

/* An order is told of with a conversation or without one, and goes by its own time. */
static void told_step(SmService *s)
{
    guint last = s->old_orders->len - 1;
    const char *contact = s->old_orders->pdata[last];
    guint before = sm_desk_told_by(s->desk, contact, s->old_before);

    if (before > 0)
        sm_service_own_command(s, (SmCommand){.type = SM_COMMAND_ERASE, .contact = contact, .until = s->old_before,
                                              .reason = TOO_OLD});
    guint after = sm_desk_told_by(s->desk, contact, s->old_before);
    if (after == 0 || after >= before) /* refused: with the next round */
        g_ptr_array_set_size(s->old_orders, (gint)last);
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
    if (s->old_orders != NULL && s->old_orders->len > 0)
        told_step(s);
    return TRUE;
}

static gboolean is_over(const SmService *s)
{
    return s->outlived->len == 0 && s->old_orders->len == 0;
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
        if (s->outlived != NULL && is_over(s))
            end_round(s);
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
    end_round(s);
    sm_retain_start(s);
}

void sm_retain_stop(SmService *s)
{
    sm_due_clear(s, &s->retain);
    end_round(s);
    g_clear_pointer(&s->retained_content, g_free);
}
