/* SPDX-License-Identifier: MIT */
/* decide_message: what is written, and what is erased again. */
#include "desk/decide.h"

#include <string.h>

#include "seatmux/base/bug.h"
#include "seatmux/base/limits.h"

#define MISSED_MAX 20 /* of the messages a refused reply is told about: the newest */

/* A file that was uploaded before: the command's text is its name. */
static void attach(const SmDecision *d, SmEvent *event)
{
    if (d->command->file) {
        event->data = json_incref(d->command->data);
    }
}

static SmEvent *post(SmDecision *d, const char *conversation, const char *message, SmAuthor author,
                     int64_t n, const char *text)
{
    SmEvent *event = sm_decide_event_of(d, SM_EVENT_MESSAGE_POSTED, conversation);

    event->message = g_strdup(message);
    event->author = author;
    event->n = n;
    attach(d, event);
    if (event->data) {
        event->kind = SM_MESSAGE_FILE;
    }
    sm_decide_content(d, event, text);
    return event;
}

void sm_decide_customer_message(SmDecision *d, const char *conversation, int64_t n,
                                const char *message, const char *text)
{
    post(d, conversation, message, SM_AUTHOR_CUSTOMER, n, text);
}

/* --- By the customer ---------------------------------------------------------------------------
 */

/* This one is over, and the customer goes on in another one. */
static gboolean goes_on_elsewhere(SmDecision *d, const SmConversation *c, gboolean long_over)
{
    const SmConversation *latest = sm_desk_contact_conversation(d->desk, c->contact);

    if (!latest || latest == c || (latest->state == SM_STATE_RESOLVED &&
                                   (!long_over || d->now >= ((const SmConv *)latest)->ended + SM_REOPEN_MS))) {
        return FALSE;
    }
    sm_refuse(d, SM_PROBLEM_RESOLVED, NULL, "You are in a newer conversation; go on there.");
    sm_refuse_data(d, json_pack("{s:s}", "conversation", latest->id));
    return TRUE;
}

/* Long after the end: a new one in the same inbox, in the same record. */
static void begin_anew(SmDecision *d)
{
    const SmConversation *c = &d->conv->c;

    if (goes_on_elsewhere(d, c, TRUE)) {
        return;
    }
    g_autoptr(json_t) about = json_object();
    if (c->name) {
        json_object_set_new(about, "name", json_string(c->name));
    }
    if (c->order) {
        json_object_set_new(about, "order", json_string(c->order));
    }
    if (c->attributes) {
        json_object_set(about, "attributes", c->attributes);
    }
    if (c->reach) {
        json_object_set_new(about, "reach", json_string(c->reach));
    }
    const SmInbox *inbox = sm_policy_inbox(d->desk->policy, c->inbox);
    sm_decide_begin(d, c->contact, inbox ? c->inbox : NULL, about, c->language, d->command->text);
}

/* Who left a message writes again while somebody is there: from now on they wait as others do. */
static void comes_alive(SmDecision *d)
{
    SmEvent *event = sm_decide_event(d, SM_EVENT_CONVERSATION_QUEUED);

    event->team = g_strdup(d->conv->c.team);
    event->cause = SM_CAUSE_CUSTOMER;
}

static void post_by_customer(SmDecision *d)
{
    const SmConversation *c = d->conv ? &d->conv->c : NULL;

    if (!c || !sm_desk_same_contact(d->desk, c->contact, d->command->actor.id)) {
        sm_refuse(d, SM_PROBLEM_NOT_FOUND, NULL, "There is no such conversation.");
        return;
    }
    if (!sm_need_text(d, d->command->text, TRUE)) {
        return;
    }
    if (d->command->kind == SM_MESSAGE_LINK) {
        sm_refuse(d, SM_PROBLEM_INVALID, "kind", "A link is sent by the staff; an address in a text is one, too.");
        return;
    }
    if (c->archived || (c->state == SM_STATE_RESOLVED && d->now >= d->conv->ended + SM_REOPEN_MS)) {
        begin_anew(d);
        return;
    }
    if (c->state == SM_STATE_RESOLVED && goes_on_elsewhere(d, c, FALSE)) {
        return;
    }
    if (c->state == SM_STATE_RESOLVED) {
        sm_decide_reopen(d, d->conv, SM_CAUSE_CUSTOMER);
    } else if (c->state == SM_STATE_SNOOZED) {
        sm_decide_event(d, SM_EVENT_CONVERSATION_WOKEN)->cause = SM_CAUSE_CUSTOMER;
    } else if (c->offline && !c->owner && sm_desk_attended(d->desk, c->team, d->now)) {
        comes_alive(d);
    }
    sm_decide_customer_message(d, c->id, c->version + 1, d->command->id, d->command->text);
    sm_decide_standing(d, d->conv, c->id, c->team, c->inbox);
}

/* --- The send guard ----------------------------------------------------------------------------
 */

static gboolean is_missed(const SmDecision *d, const SmLine *line)
{
    return line->kind == SM_LINE_MESSAGE && line->n > d->command->seen &&
           !(line->author == SM_AUTHOR_AGENT && g_strcmp0(line->agent, d->agent->id) == 0);
}

/* Any colleague's message holds a reply; a customer's only once it has been there for a while. */
static gboolean holds(const SmDecision *d, const SmLine *line)
{
    return is_missed(d, line) &&
           ((line->author == SM_AUTHOR_AGENT && !SM_BUG(34)) || d->now - line->at >= SM_SEEN_GRACE_MS);
}

static json_t *missed_line(const SmLine *line)
{
    const char *from = line->author == SM_AUTHOR_AGENT ? line->agent : "customer";
    json_t *text = line->text ? json_string(line->text) : json_null();

    return json_pack("{s:I, s:I, s:s, s:o}", "n", (json_int_t)line->n, "at", (json_int_t)line->at,
                     "from", from, "text", text);
}

/* What was missed, oldest first; NULL: nothing that holds a reply. */
static json_t *missed(const SmDecision *d)
{
    const GPtrArray *lines = d->conv->c.lines;
    json_t *list = json_array();
    gboolean held = FALSE;

    for (guint i = lines->len; i-- > 0;) {
        const SmLine *line = lines->pdata[i];
        if (line->kind == SM_LINE_MESSAGE && line->n > 0 && line->n <= d->command->seen) {
            break;
        }
        held |= holds(d, line);
        if (is_missed(d, line) && json_array_size(list) < MISSED_MAX) {
            json_array_insert_new(list, 0, missed_line(line));
        }
    }
    if (!held) {
        g_clear_pointer(&list, json_decref);
    }
    return list;
}

static gboolean need_seen(SmDecision *d)
{
    json_t *list = d->command->seen < 0 || d->command->anyway ? NULL : missed(d);

    if (!list) {
        return TRUE;
    }
    sm_refuse(d, SM_PROBLEM_CHANGED_SINCE, NULL,
              "The conversation changed since you looked; read what is new, then send again.");
    sm_refuse_data(d, json_pack("{s:o}", "missed", list));
    return FALSE;
}

/* --- By the staff ------------------------------------------------------------------------------
 */

static gboolean need_link(SmDecision *d)
{
    const char *fault = d->command->kind == SM_MESSAGE_LINK ? sm_link_fault(d->desk->policy, d->command->text) : NULL;

    return !fault || sm_refuse(d, SM_PROBLEM_INVALID, "text", "%s", fault);
}

/* Who was asked for advice gives it to the staff. */
static gboolean need_voice(SmDecision *d)
{
    const SmParticipant *guest = d->agent ? sm_conversation_participant(&d->conv->c, d->agent->id) : NULL;

    if (guest && guest->consult && !sm_decide_leads(d, SM_MAY_ANSWER_ANY)) {
        return sm_refuse(d, SM_PROBLEM_FORBIDDEN, NULL, "You are asked for advice here: write a note or a whisper.");
    }
    return guest || sm_need_owner_or(d, SM_MAY_ANSWER_ANY, "answer");
}

static void post_by_staff(SmDecision *d)
{
    if (!sm_need_staff(d) || !sm_need_running(d) || !sm_need_training(d, d->agent) ||
        !need_voice(d) || !sm_need_text(d, d->command->text, TRUE) || !need_link(d) || !need_seen(d)) {
        return;
    }
    SmEvent *event = post(d, d->conv->c.id, d->command->id, SM_AUTHOR_AGENT, d->conv->c.version + 1,
                          d->command->text);
    event->agent = g_strdup(d->agent->id);
    event->name = g_strdup(d->agent->name);
    if (d->command->kind == SM_MESSAGE_LINK) {
        event->kind = SM_MESSAGE_LINK;
    }
}

/* The desk's own words, and a bot's: neither is counted nor stops a clock. */
static void post_by_desk(SmDecision *d)
{
    gboolean text = sm_message_kind_human(d->command->kind);

    if (!sm_need_staff(d) || !sm_need_running(d) || !sm_need_text(d, d->command->text, TRUE)) {
        return;
    }
    if (text && !d->conv->c.bot) {
        sm_refuse(d, SM_PROBLEM_WRONG_STATE, NULL, "No bot has this conversation.");
        return;
    }
    post(d, d->conv->c.id, d->command->id, text ? SM_AUTHOR_BOT : SM_AUTHOR_SYSTEM, 0,
         d->command->text)
        ->kind = d->command->kind;
}

void sm_decide_post(SmDecision *d)
{
    switch (d->command->actor.kind) {
    case SM_ACTOR_CUSTOMER:
        post_by_customer(d);
        break;
    case SM_ACTOR_STAFF:
        post_by_staff(d);
        break;
    default:
        post_by_desk(d);
        break;
    }
}

void sm_decide_note(SmDecision *d, SmEventType type, const char *message, const char *text)
{
    SmEvent *event = sm_decide_event(d, type);

    event->agent = g_strdup(d->agent ? d->agent->id : "desk");
    event->name = g_strdup(d->agent ? d->agent->name : NULL);
    event->message = g_strdup(message);
    if (type == SM_EVENT_NOTE_POSTED) {
        attach(d, event);
    }
    sm_decide_content(d, event, text);
}

static gboolean need_sight(SmDecision *d, const char *doing)
{
    if (!sm_need_staff(d)) {
        return FALSE;
    }
    return sm_desk_sees(d->desk, d->command->actor, &d->conv->c, 0) ||
           sm_need_owner_or(d, SM_MAY_ANSWER_ANY, doing);
}

void sm_decide_post_note(SmDecision *d)
{
    if (need_sight(d, "write a note in") && sm_need_text(d, d->command->text, TRUE)) {
        sm_decide_note(d, SM_EVENT_NOTE_POSTED, d->command->id, d->command->text);
    }
}

void sm_decide_whisper(SmDecision *d)
{
    if (!sm_need_staff(d) || !sm_need_running(d) || !sm_need_may(d, SM_MAY_WHISPER, "whisper") ||
        !sm_need_text(d, d->command->text, TRUE)) {
        return;
    }
    if (!d->conv->c.owner) {
        sm_refuse(d, SM_PROBLEM_WRONG_STATE, NULL,
                  "Nobody has this conversation, so nobody would hear it; write a note.");
        return;
    }
    sm_decide_note(d, SM_EVENT_WHISPER_POSTED, d->command->id, d->command->text);
}

#define OLD_ORDERS 16 /* erased by one command of the desk's own: each is overwritten on the disk */

/* --- Erasing -----------------------------------------------------------------------------------
 */

static gboolean full(const SmDecision *d)
{
    return d->record->events->len >= SM_MAX_EVENTS_PER_RECORD;
}

static SmEvent *erase(SmDecision *d, const SmConv *conv, const char *content, gboolean internal)
{
    SmEvent *event = sm_decide_event_of(d, SM_EVENT_CONTENT_ERASED, conv->c.id);

    event->content = g_strdup(content);
    event->by = g_strdup(sm_decide_by(d));
    event->flag = internal;
    return event;
}

static void erase_line(SmDecision *d, const SmConv *conv, const SmLine *line)
{
    SmEvent *event = erase(d, conv, line->content, line->kind != SM_LINE_MESSAGE);
    event->message = g_strdup(line->id);
}

static gboolean has_text(const SmLine *line)
{
    return line->content && !line->erased;
}

static const SmLine *line_named(const SmConv *conv, const char *id)
{
    for (guint i = 0; id && i < conv->c.lines->len; i++) {
        const SmLine *line = conv->c.lines->pdata[i];
        if (g_strcmp0(line->id, id) == 0) {
            return line;
        }
    }
    return NULL;
}

static void erase_conversation(SmDecision *d, const SmConv *conv)
{
    const SmConversation *c = &conv->c;
    guint before = d->record->events->len;

    if (c->profile_content && !conv->profile_erased) {
        erase(d, conv, c->profile_content, TRUE);
    }
    for (guint i = 0; i < c->lines->len && !full(d); i++) {
        if (has_text(c->lines->pdata[i])) {
            erase_line(d, conv, c->lines->pdata[i]);
        }
    }
    for (guint i = before; i < d->record->events->len; i++) {
        SmEvent *event = d->record->events->pdata[i];
        event->reason = g_strdup(d->command->reason);
    }
}

/* Of the persons that are one with `contact`: all that was ever on their cards. */
static void erase_cards(SmDecision *d, const char *contact)
{
    g_autoptr(GPtrArray) group = sm_desk_contact_group(d->desk, contact);

    for (guint k = 0; k < group->len; k++) {
        const SmConv *conv = g_hash_table_lookup(d->desk->contacts, group->pdata[k]);
        const SmContactCard *card = sm_desk_card_of(d->desk, group->pdata[k]);
        for (guint i = 0; conv && card && i < card->contents->len && !full(d); i++) {
            erase(d, conv, card->contents->pdata[i], TRUE)->reason = g_strdup(d->command->reason);
        }
    }
}

/* Whoever saw the conversation in which it was told is told that it is gone; of one that was told in none nobody saw anything. */
static void erase_told(SmDecision *d, const char *contact, const SmOrderText *text)
{
    SmEvent *event = sm_decide_event_of(d, SM_EVENT_CONTENT_ERASED, text->conversation);

    event->contact = text->conversation ? NULL : g_strdup(contact);
    event->content = g_strdup(text->content);
    event->by = g_strdup(sm_decide_by(d));
    event->flag = TRUE;
    event->reason = g_strdup(d->command->reason);
}

/* What was told of the orders of the persons that are one with `contact`. */
static void erase_orders(SmDecision *d, const char *contact)
{
    g_autoptr(GPtrArray) group = sm_desk_contact_group(d->desk, contact);

    for (guint k = 0; k < group->len; k++) {
        const SmContactCard *card = sm_desk_card_of(d->desk, group->pdata[k]);
        for (guint i = 0; card && i < card->told->len && !full(d); i++) {
            erase_told(d, card->contact, card->told->pdata[i]);
        }
    }
}

/* Of this contact alone, and some at a time. */
static void erase_old_orders(SmDecision *d, const char *contact, int64_t before)
{
    const SmContactCard *card = contact ? sm_desk_card_of(d->desk, contact) : NULL;
    guint n = card ? MIN(sm_desk_told_by(d->desk, contact, before), OLD_ORDERS) : 0;

    for (guint i = 0; i < n; i++) {
        erase_told(d, contact, card->told->pdata[i]);
    }
}

/* Nothing of the same person is under way, or ended later. */
static gboolean is_last(const SmDecision *d)
{
    g_autoptr(GPtrArray) group = sm_desk_contact_group(d->desk, d->conv->c.contact);

    for (guint k = 0; k < group->len; k++) {
        const SmConv *latest = g_hash_table_lookup(d->desk->contacts, group->pdata[k]);
        if (latest && (!latest->c.archived || latest->ended > d->conv->ended)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean is_erased(const SmDecision *d, const char *content)
{
    for (guint i = 0; i < d->record->events->len; i++) {
        if (g_strcmp0(((const SmEvent *)d->record->events->pdata[i])->content, content) == 0) {
            return TRUE;
        }
    }
    return FALSE;
}

/* What the fold does not hold, or not any more, as the service found it in the log: lists of conversation, content, whether
 * customers saw it, and message. */
static void erase_logged(SmDecision *d)
{
    size_t i;
    json_t *pair;

    json_array_foreach(json_object_get(d->command->data, "logged"), i, pair)
    {
        const char *conversation = json_string_value(json_array_get(pair, 0)), *content = json_string_value(json_array_get(pair, 1));
        const SmConv *conv = conversation ? sm_desk_find(d->desk, conversation) : NULL;
        if (conv && content && !full(d) && !is_erased(d, content)) {
            gboolean seen = json_is_true(json_array_get(pair, 2)) && !conv->c.archived;
            SmEvent *event = erase(d, conv, content, !seen);
            event->message = g_strdup(json_string_value(json_array_get(pair, 3)));
            event->reason = g_strdup(d->command->reason);
        }
    }
}

/* Content ids that the caller read from the log. */
static void erase_listed(SmDecision *d)
{
    size_t i;
    json_t *item;

    json_array_foreach(d->command->data, i, item)
    {
        const char *content = json_string_value(item);
        if (!content || !sm_id_valid(content)) {
            sm_refuse(d, SM_PROBLEM_INVALID, "data", "A list of content ids is needed.");
            return;
        }
        erase(d, d->conv, content, FALSE)->reason = g_strdup(d->command->reason);
    }
    if (d->command->actor.kind == SM_ACTOR_DESK && is_last(d)) {
        erase_cards(d, d->conv->c.contact);
    }
}

static gboolean need_eraser(SmDecision *d)
{
    gboolean leads = d->conv ? sm_decide_leads(d, SM_MAY_ERASE) : sm_decide_above(d);

    if (d->command->actor.kind == SM_ACTOR_CUSTOMER) {
        return sm_refuse(d, SM_PROBLEM_FORBIDDEN, NULL, "This is for the desk's staff.");
    }
    return leads || sm_refuse(d, SM_PROBLEM_FORBIDDEN, NULL,
                              "Your role may not erase; ask who runs the desk.");
}

/* Of all whom the desk knows to be this person. */
static void erase_contact(SmDecision *d, const char *contact)
{
    g_autoptr(GPtrArray) group = contact ? sm_desk_contact_group(d->desk, contact) : NULL;

    for (guint k = 0; group && k < group->len; k++) {
        for (const SmConv *conv = g_hash_table_lookup(d->desk->contacts, group->pdata[k]); conv && !full(d); conv = conv->previous) {
            erase_conversation(d, conv);
        }
    }
    if (contact) {
        erase_cards(d, contact);
        erase_orders(d, contact);
    }
    erase_logged(d);
    if (d->record->events->len == 0) {
        sm_refuse(d, SM_PROBLEM_NOT_FOUND, NULL, "There is nothing left to erase.");
    }
}

void sm_decide_erase(SmDecision *d)
{
    const SmCommand *command = d->command;

    if (!d->conv && command->conversation) {
        sm_refuse(d, SM_PROBLEM_NOT_FOUND, NULL, "There is no such conversation.");
        return;
    }
    if (!need_eraser(d) || !sm_need_reason(d, "reason", command->reason)) {
        return;
    }
    const SmLine *line = d->conv ? line_named(d->conv, command->reason) : NULL;
    if (line && !has_text(line)) {
        sm_refuse(d, SM_PROBLEM_WRONG_STATE, NULL, "That message is erased already.");
    } else if (line) {
        erase_line(d, d->conv, line);
    } else if (d->conv && json_is_array(command->data)) {
        erase_listed(d);
    } else if (d->conv && command->reason && sm_id_valid(command->reason)) {
        /* Never more than was meant: one word names a message, and this one is not here. */
        sm_refuse(d, SM_PROBLEM_NOT_FOUND, "reason",
                  "No message here has that id; to erase all of the contact, say why in words.");
    } else if (!d->conv && command->until > 0) {
        erase_old_orders(d, command->contact, command->until);
    } else {
        erase_contact(d, d->conv ? d->conv->c.contact : command->contact);
    }
}
