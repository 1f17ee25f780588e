/* SPDX-License-Identifier: MIT */
/* decide_conversation: its life from the start to the end. */
#include "desk/decide.h"

#include <string.h>

#include "seatmux/base/limits.h"
#include "seatmux/base/seen.h"

#define SNOOZE_MAX_MS (366LL * 24 * 3600 * 1000)

/* --- Starting ----------------------------------------------------------------------------------
 */

static gboolean short_text(SmDecision *d, const char *field, const char *text)
{
    if (!text) {
        return TRUE;
    }
    if (!g_utf8_validate(text, -1, NULL)) {
        return sm_refuse(d, SM_PROBLEM_INVALID, field, "'%s' is not UTF-8 text.", field);
    }
    return g_utf8_strlen(text, -1) <= SM_MAX_NAME_CHARS ||
           sm_refuse(d, SM_PROBLEM_TOO_LARGE, "NAME_CHARS", "'%s' may have %d characters at most.",
                     field, SM_MAX_NAME_CHARS);
}

static gboolean attribute_fits(SmDecision *d, const char *key, const json_t *value)
{
    if (json_is_object(value) || json_is_array(value) || json_is_null(value)) {
        return sm_refuse(d, SM_PROBLEM_INVALID, "attributes",
                         "Attributes are flat: texts, numbers, true and false.");
    }
    if (!sm_seen(key)) {
        return sm_refuse(d, SM_PROBLEM_INVALID, "attributes", "An attribute has no name.");
    }
    if (g_utf8_strlen(key, -1) > SM_MAX_NAME_CHARS) {
        return sm_refuse(d, SM_PROBLEM_TOO_LARGE, "NAME_CHARS",
                         "An attribute's name may have %d characters at most.", SM_MAX_NAME_CHARS);
    }
    return !json_is_string(value) ||
           g_utf8_strlen(json_string_value(value), -1) <= SM_MAX_ATTRIBUTE_CHARS ||
           sm_refuse(d, SM_PROBLEM_TOO_LARGE, "ATTRIBUTE_CHARS",
                     "An attribute may have %d characters at most.", SM_MAX_ATTRIBUTE_CHARS);
}

static gboolean attributes_fit(SmDecision *d, json_t *attributes)
{
    const char *key;
    json_t *value;

    if (attributes && !json_is_object(attributes)) {
        return sm_refuse(d, SM_PROBLEM_INVALID, "attributes", "'attributes' must be an object.");
    }
    if (json_object_size(attributes) > SM_MAX_ATTRIBUTES) {
        return sm_refuse(d, SM_PROBLEM_TOO_LARGE, "ATTRIBUTES",
                         "A contact may have %d attributes at most.", SM_MAX_ATTRIBUTES);
    }
    json_object_foreach(attributes, key, value)
    {
        if (!attribute_fits(d, key, value)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* The customer's name, order, way to be reached and attributes as content; NULL: nothing was said. */
static json_t *profile(const char *name, const char *order, const char *reach, json_t *attributes)
{
    json_t *json = json_object();

    if (sm_seen(name)) {
        json_object_set_new(json, "name", json_string(name));
    }
    if (sm_seen(order)) {
        json_object_set_new(json, "order", json_string(order));
    }
    if (sm_seen(reach)) {
        json_object_set_new(json, "reach", json_string(reach));
    }
    if (json_object_size(attributes) > 0) {
        json_object_set(json, "attributes", attributes);
    }
    return json;
}

static void greet(SmDecision *d, const char *conversation, const SmInbox *inbox)
{
    if (!inbox->greeting) {
        return;
    }
    SmEvent *event = sm_decide_event_of(d, SM_EVENT_MESSAGE_POSTED, conversation);
    event->message = sm_id_new(d->ids, "m");
    event->author = SM_AUTHOR_SYSTEM;
    event->kind = SM_MESSAGE_GREETING;
    sm_decide_content(d, event, inbox->greeting);
}

gboolean sm_decide_left(const SmDecision *d, const char *team)
{
    return d->command->offline && !sm_desk_attended(d->desk, team, d->now);
}

/* It waits for the team, with a clock or without one. */
static void wait_for(SmDecision *d, const char *conversation, const char *team, SmCause cause)
{
    gboolean left = sm_decide_left(d, team);
    SmEvent *event = sm_decide_event_of(
        d, left ? SM_EVENT_OFFLINE_LEFT : SM_EVENT_CONVERSATION_QUEUED, conversation);

    event->team = g_strdup(team);
    event->by = left ? NULL : g_strdup(sm_decide_by(d));
    event->cause = left ? SM_CAUSE_NONE : cause;
}

void sm_decide_begin(SmDecision *d, const char *contact, const char *inbox_id, const json_t *about,
                     const char *language, const char *text)
{
    const SmInbox *inbox = sm_policy_inbox(d->desk->policy, inbox_id);
    g_autofree char *id = sm_id_new(d->ids, "c");

    if (!inbox) {
        sm_refuse(d, SM_PROBLEM_INVALID, "inbox", "There is no such inbox.");
        return;
    }
    SmEvent *event = sm_decide_event_of(d, SM_EVENT_CONVERSATION_STARTED, id);
    event->contact = g_strdup(contact);
    event->inbox = g_strdup(inbox->id);
    event->team = g_strdup(inbox->team);
    event->language = g_strdup(inbox->language ? inbox->language : language);
    event->cause = d->command->type == SM_COMMAND_START ? d->command->cause : SM_CAUSE_NONE;
    if (json_object_size(about) > 0) {
        sm_decide_json_content(d, event, about);
    }
    wait_for(d, id, inbox->team, SM_CAUSE_START);
    greet(d, id, inbox);
    if (text) {
        g_autofree char *message = sm_id_new(d->ids, "m");
        sm_decide_customer_message(d, id, 1, message, text);
    }
    sm_decide_standing(d, NULL, id, inbox->team, inbox->id);
}

/* TRUE: the contact's last conversation is dealt with, one way or the other. */
static gboolean goes_on(SmDecision *d, const char *contact, const char *text)
{
    const SmConversation *c = sm_desk_contact_conversation(d->desk, contact);
    const SmConv *last = (const SmConv *)c;

    if (!last) {
        return FALSE;
    }
    if (c->state != SM_STATE_RESOLVED) {
        sm_refuse(d, SM_PROBLEM_WRONG_STATE, NULL, "You have a conversation already; go on there.");
        sm_refuse_data(d, json_pack("{s:s}", "conversation", c->id));
        return TRUE;
    }
    if (d->now >= last->ended + SM_REOPEN_MS) {
        return FALSE;
    }
    sm_decide_reopen(d, last, SM_CAUSE_CUSTOMER);
    if (text) {
        g_autofree char *message = sm_id_new(d->ids, "m");
        sm_decide_customer_message(d, c->id, c->version + 1, message, text);
        sm_decide_standing(d, last, c->id, c->team, c->inbox);
    }
    return TRUE;
}

void sm_decide_start(SmDecision *d)
{
    const SmCommand *command = d->command;
    const char *contact = command->contact;
    g_autofree char *fresh = NULL;

    if (command->actor.kind == SM_ACTOR_STAFF) {
        sm_refuse(d, SM_PROBLEM_FORBIDDEN, NULL, "Customers start conversations.");
        return;
    }
    if (!contact && command->actor.kind == SM_ACTOR_CUSTOMER) {
        contact = command->actor.id;
    }
    if (!short_text(d, "name", command->name) || !short_text(d, "order", command->order) ||
        !short_text(d, "language", command->language) || !short_text(d, "reach", command->reach) ||
        !attributes_fit(d, command->data) ||
        (command->text && !sm_need_text(d, command->text, TRUE))) {
        return;
    }
    if (contact && goes_on(d, contact, command->text)) {
        sm_decide_visitor_taken(d);
        return;
    }
    if (!contact) {
        contact = fresh = sm_id_new(d->ids, "k");
        if (command->actor.kind == SM_ACTOR_CUSTOMER) {
            g_free(d->record->actor);
            d->record->actor = g_strdup_printf("customer:%s", contact);
        }
    }
    g_autoptr(json_t) about = profile(command->name, command->order, command->reach, command->data);
    sm_decide_begin(d, contact, command->inbox, about, command->language, command->text);
    sm_decide_visitor_taken(d);
}

/* --- Ending and beginning again ----------------------------------------------------------------
 */

void sm_decide_resolve(SmDecision *d)
{
    if (!sm_need_staff(d) || !sm_need_running(d) ||
        !sm_need_may(d, SM_MAY_RESOLVE, "resolve conversations") ||
        !sm_need_owner_or(d, SM_MAY_ASSIGN_OTHERS, "resolve") || !sm_need_training(d, d->agent) ||
        !sm_need_reason(d, "reason", d->command->reason)) {
        return;
    }
    SmEvent *event = sm_decide_event(d, SM_EVENT_CONVERSATION_RESOLVED);
    event->by = g_strdup(sm_decide_by(d));
    event->reason = g_strdup(d->command->reason);
    event->flag = d->command->no_reply_needed;
}

void sm_decide_reopen(SmDecision *d, const SmConv *conv, SmCause cause)
{
    SmEvent *event = sm_decide_event_of(d, SM_EVENT_CONVERSATION_REOPENED, conv->c.id);

    event->by = g_strdup(sm_decide_by(d));
    event->cause = cause;
    wait_for(d, conv->c.id, conv->c.team, SM_CAUSE_REOPEN);
}

void sm_decide_reopen_command(SmDecision *d)
{
    if (!sm_need_staff(d) || !sm_need_training(d, d->agent)) {
        return;
    }
    if (d->conv->c.state != SM_STATE_RESOLVED) {
        sm_refuse(d, SM_PROBLEM_WRONG_STATE, NULL, "The conversation is not resolved.");
        return;
    }
    const SmConversation *latest = sm_desk_contact_conversation(d->desk, d->conv->c.contact);
    if (latest && latest != &d->conv->c) {
        sm_refuse(d, SM_PROBLEM_WRONG_STATE, NULL,
                  "The customer has a newer conversation; go on there.");
        sm_refuse_data(d, json_pack("{s:s}", "conversation", latest->id));
        return;
    }
    sm_decide_reopen(d, d->conv, SM_CAUSE_STAFF);
}

/* --- Snoozing ----------------------------------------------------------------------------------
 */

void sm_decide_snooze(SmDecision *d)
{
    int64_t until = d->command->until;

    if (!sm_need_staff(d) || !sm_need_running(d) ||
        !sm_need_owner_or(d, SM_MAY_ASSIGN_OTHERS, "snooze")) {
        return;
    }
    if (d->conv->c.state != SM_STATE_OPEN || !d->conv->c.owner) {
        sm_refuse(d, SM_PROBLEM_WRONG_STATE, NULL, "Only an open conversation can be snoozed.");
        return;
    }
    if (until <= d->now || until > d->now + SNOOZE_MAX_MS) {
        sm_refuse(d, SM_PROBLEM_INVALID, "until", "'until' must lie ahead, within a year.");
        return;
    }
    SmEvent *event = sm_decide_event(d, SM_EVENT_CONVERSATION_SNOOZED);
    event->by = g_strdup(sm_decide_by(d));
    event->until = until;
}

void sm_decide_wake(SmDecision *d)
{
    if (!sm_need_staff(d) || !sm_need_running(d) ||
        !sm_need_owner_or(d, SM_MAY_ASSIGN_OTHERS, "wake")) {
        return;
    }
    if (d->conv->c.state != SM_STATE_SNOOZED) {
        sm_refuse(d, SM_PROBLEM_WRONG_STATE, NULL, "The conversation is not snoozed.");
        return;
    }
    SmEvent *event = sm_decide_event(d, SM_EVENT_CONVERSATION_WOKEN);
    event->by = g_strdup(sm_decide_by(d));
    event->cause = SM_CAUSE_STAFF;
}

/* --- Tags ------------------------------------------------------------------------------
 */

static gboolean has_string(const json_t *list, const char *text)
{
    size_t i;
    json_t *item;

    json_array_foreach(list, i, item)
    {
        if (strcmp(json_string_value(item), text) == 0) {
            return TRUE;
        }
    }
    return FALSE;
}

/* One of the desk's tags, or one that it has already: that may stay when the desk gives up the tag. */
static gboolean may_tag(SmDecision *d, const char *tag)
{
    const SmPolicy *policy = d->desk->policy;

    if (sm_policy_has_tag(policy, tag) || g_ptr_array_find_with_equal_func(d->conv->c.tags, tag, g_str_equal, NULL)) {
        return TRUE;
    }
    g_autofree char *words = sm_policy_tag_words(policy, tag);
    return sm_refuse(d, SM_PROBLEM_INVALID, "tags", "%s", words);
}

/* The list without repetitions, or NULL and a refusal. */
static json_t *clean_tags(SmDecision *d)
{
    g_autoptr(json_t) tags = json_array();
    size_t i;
    json_t *item;

    json_array_foreach(d->command->data, i, item)
    {
        const char *tag = json_string_value(item);
        if (!sm_seen(tag)) {
            sm_refuse(d, SM_PROBLEM_INVALID, "tags", "Tags are a list of names.");
            return NULL;
        }
        if (!short_text(d, "tags", tag)) {
            return NULL;
        }
        if (!may_tag(d, tag)) {
            return NULL;
        }
        if (!has_string(tags, tag)) {
            json_array_append(tags, item);
        }
    }
    if (json_array_size(tags) > SM_MAX_TAGS) {
        sm_refuse(d, SM_PROBLEM_TOO_LARGE, "TAGS", "A conversation may have %d tags at most.",
                  SM_MAX_TAGS);
        return NULL;
    }
    return g_steal_pointer(&tags);
}

void sm_decide_tag(SmDecision *d)
{
    if (!sm_need_staff(d) || !sm_need_owner_or(d, SM_MAY_ASSIGN_OTHERS, "tag")) {
        return;
    }
    if (!json_is_array(d->command->data)) {
        sm_refuse(d, SM_PROBLEM_INVALID, "tags", "Tags are a list of names.");
        return;
    }
    json_t *tags = clean_tags(d);
    if (tags) {
        SmEvent *event = sm_decide_event(d, SM_EVENT_CONVERSATION_TAGGED);
        event->by = g_strdup(sm_decide_by(d));
        event->data = tags;
    }
}

/* --- The customer's part -----------------------------------------------------------------------
 */

gboolean sm_need_customer(SmDecision *d)
{
    SmActor actor = d->command->actor;

    if (actor.kind == SM_ACTOR_STAFF) {
        return sm_refuse(d, SM_PROBLEM_FORBIDDEN, NULL, "This is the customer's to do.");
    }
    gboolean own = actor.kind != SM_ACTOR_CUSTOMER ||
                   (d->conv && sm_desk_same_contact(d->desk, actor.id, d->conv->c.contact));
    return (d->conv && own) || sm_refuse(d, SM_PROBLEM_NOT_FOUND, NULL, "There is no such conversation.");
}

/* And the desk still has it. */
static gboolean need_customer(SmDecision *d)
{
    return sm_need_customer(d) &&
           (!d->conv->c.archived || sm_refuse(d, SM_PROBLEM_NOT_FOUND, NULL, "There is no such conversation."));
}

void sm_decide_leave(SmDecision *d)
{
    if (!need_customer(d) || !sm_need_running(d)) {
        return;
    }
    if (d->conv->c.left >= 0) {
        sm_refuse(d, SM_PROBLEM_WRONG_STATE, NULL, "The customer has left already.");
        return;
    }
    sm_decide_event(d, SM_EVENT_CONVERSATION_LEFT)->since = d->now;
}

void sm_decide_gone(SmDecision *d)
{
    if (!sm_decide_above(d)) {
        sm_refuse(d, SM_PROBLEM_FORBIDDEN, NULL, "Only the desk sees that a customer is gone.");
        return;
    }
    if (!need_customer(d)) {
        return;
    }
    if (d->conv->c.state != SM_STATE_QUEUED || d->conv->c.offline) {
        sm_refuse(d, SM_PROBLEM_NOT_QUEUED, NULL, "The conversation is not waiting.");
        return;
    }
    int64_t due = d->command->since + SM_ABANDON_MS;
    if (d->command->since < 0 || d->now < due) {
        sm_refuse(d, SM_PROBLEM_WRONG_STATE, NULL, "The customer was there less than 60 s ago.");
        return;
    }
    SmEvent *event = sm_decide_event(d, SM_EVENT_CONVERSATION_ABANDONED);
    event->since = d->command->since;
    event->due = due;
}

void sm_decide_seen(SmDecision *d)
{
    if (!sm_decide_above(d)) {
        sm_refuse(d, SM_PROBLEM_FORBIDDEN, NULL, "Only the desk sees that a customer is back.");
    } else if (need_customer(d) && !d->conv->c.unseen) {
        sm_refuse(d, SM_PROBLEM_WRONG_STATE, NULL, "There is no answer that the customer has not seen.");
    } else if (!d->refusal) {
        sm_decide_event(d, SM_EVENT_ANSWER_SEEN);
    }
}

/* --- Bots --------------------------------------------------------------------------------------
 */

void sm_decide_bot_take(SmDecision *d)
{
    if (!sm_need_staff(d) || !sm_need_running(d) ||
        !sm_need_may(d, SM_MAY_ASSIGN_OTHERS, "call a bot")) {
        return;
    }
    if (d->conv->c.state != SM_STATE_QUEUED || d->conv->c.offline || sm_turns_open(d->conv->c.turns)) {
        sm_refuse(d, SM_PROBLEM_WRONG_STATE, NULL,
                  "A bot takes only what waits, and not with a customer's message unanswered.");
        return;
    }
    sm_decide_event(d, SM_EVENT_BOT_TOOK)->by = g_strdup(sm_decide_by(d));
}

void sm_decide_bot_hand_over(SmDecision *d)
{
    const char *team = d->command->team;

    if (!sm_need_staff(d) || !sm_need_running(d) || !sm_need_training(d, d->agent)) {
        return;
    }
    if (!d->conv->c.bot) {
        sm_refuse(d, SM_PROBLEM_WRONG_STATE, NULL, "No bot has this conversation.");
        return;
    }
    if (team && !sm_policy_team(d->desk->policy, team)) {
        sm_refuse(d, SM_PROBLEM_INVALID, "team", "There is no such team.");
        return;
    }
    team = team ? team : d->conv->c.team;
    SmEvent *event = sm_decide_event(d, SM_EVENT_BOT_HANDED_OVER);
    event->by = g_strdup(sm_decide_by(d));
    event->team = g_strdup(team);
    event = sm_decide_event(d, SM_EVENT_CONVERSATION_QUEUED);
    event->by = g_strdup(sm_decide_by(d));
    event->team = g_strdup(team);
    event->cause = SM_CAUSE_HAND_OVER;
}
