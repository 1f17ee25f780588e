/* SPDX-License-Identifier: MIT */
/* service_retain: what must go. Of a conversation that is archived only the log knows the contents: they are looked up there when its
 * contact is erased, and when it is older than desk.yaml's `retention`. What goes is an event each (content.erased), and every
 * reading of the log shows that it went. */
#include "service_private.h"

#include "seatmux/base/limits.h"

#define FIRST_MS 60000               /* after the start */
#define EVERY_MS INT64_C(21600000)   /* then so often it is looked for what is too old */
#define STEP_MS 250                  /* between one step and the next, so that nobody waits for it */
#define STEP_LOOKED 20               /* conversations of a step that had nothing left */
#define STEP_CONTENTS 16             /* erased in a step: each is overwritten on the disk */
#define RECORDS_MOST 20000           /* of one conversation that are looked through */
#define LATE_MS (INT64_C(15) * 86400000) /* an answer that waits for its customer is archived so late at most */

/* --- What is left of a conversation --------------------------------------------------------------
 */

/* The card is the contact's, not the conversation's; a profile is named by whoever erases the contact. */
static gboolean goes(const SmEvent *event, gboolean profile)
{
    return event->content != NULL && event->text != NULL && event->type != SM_EVENT_CONTACT_CHANGED &&
           (profile || event->type != SM_EVENT_CONVERSATION_STARTED);
}

/* Appends [conversation, content] to `list` for each text that is not erased, up to `most` in all. */
static void list_contents(SmService *s, const char *conversation, gboolean profile, json_t *list, guint most)
{
    int64_t before = 0;

    for (guint read = 0; read < RECORDS_MOST && json_array_size(list) < most; read += SM_MAX_MESSAGES_PAGE) {
        g_autoptr(GPtrArray) page = sm_log_read_conversation(s->log, conversation, before, SM_MAX_MESSAGES_PAGE, NULL);
        for (guint i = 0; page != NULL && i < page->len; i++) {
            const SmRecord *record = page->pdata[i];
            for (guint k = 0; k < record->events->len && json_array_size(list) < most; k++) {
                const SmEvent *event = record->events->pdata[k];
                if (g_strcmp0(event->conversation, conversation) == 0 && goes(event, profile))
                    json_array_append_new(list, json_pack("[s, s]", conversation, event->content));
            }
        }
        if (page == NULL || page->len < SM_MAX_MESSAGES_PAGE)
            return;
        before = ((const SmRecord *)page->pdata[0])->seq;
    }
}

/* --- A contact -----------------------------------------------------------------------------------
 */

void sm_erase_prepare(SmService *s, Work *work)
{
    SmCommand *command = &work->wire.command;
    const SmConversation *c = command->conversation != NULL ? sm_desk_ever(s->desk, command->conversation) : NULL;

    if (command->type != SM_COMMAND_ERASE || command->actor.kind == SM_ACTOR_CUSTOMER || command->reason != NULL || command->data != NULL ||
        c == NULL)
        return;
    g_autoptr(GPtrArray) ended = sm_desk_rated(s->desk, c->contact, -1);
    json_t *list = json_array();
    for (guint i = 0; i < ended->len; i++) {
        const SmConversation *one = ended->pdata[i];
        if (one->archived)
            list_contents(s, one->id, FALSE, list, SM_MAX_EVENTS_PER_RECORD);
    }
    if (work->wire.json == NULL)
        work->wire.json = json_object();
    json_object_set_new(work->wire.json, "archived", list);
    command->data = work->wire.json;
}

/* --- What is too old -----------------------------------------------------------------------------
 */

/* Some of what is left of it; how many. */
static guint erase_old(SmService *s, const char *conversation)
{
    json_t *found = json_array(), *contents = json_array(), *pair;
    size_t i;

    list_contents(s, conversation, TRUE, found, STEP_CONTENTS);
    json_array_foreach(found, i, pair)
        json_array_append(contents, json_array_get(pair, 1));
    const char *first = json_string_value(json_array_get(contents, 0));
    if (first != NULL && g_strcmp0(first, s->retained_content) == 0) {
        json_array_clear(contents); /* a disk that does not let go: no events about it for ever, but with the next round */
        s->retained = 0;
    }
    g_free(s->retained_content);
    s->retained_content = g_strdup(first);
    if (json_array_size(contents) > 0)
        sm_service_own_command(s, (SmCommand){.type = SM_COMMAND_ERASE, .conversation = conversation, .reason = "older than retention says",
                                              .data = contents});
    guint n = (guint)json_array_size(contents);
    json_decref(found);
    json_decref(contents);
    return n;
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
}

static void retain_due(SmService *s, Due *due)
{
    if (s->outlived == NULL && !s->stopping && !s->refolding)
        begin_round(s);
    for (guint n = 0; s->outlived != NULL && s->outlived->len > 0 && n < STEP_LOOKED && !s->stopping && !s->refolding; n++) {
        guint last = s->outlived->len - 1;
        if (erase_old(s, s->outlived->pdata[last]) > 0)
            break; /* it is looked at again, until nothing is left */
        g_ptr_array_set_size(s->outlived, (gint)last);
    }
    gboolean more = s->outlived != NULL && s->outlived->len > 0;
    if (!more)
        g_clear_pointer(&s->outlived, g_ptr_array_unref);
    if (sm_desk_policy(s->desk)->retention > 0)
        sm_due_set(s, due, retain_due, sm_loop_now(s->loop) + (more ? STEP_MS : EVERY_MS));
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
