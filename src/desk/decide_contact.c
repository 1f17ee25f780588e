/* SPDX-License-Identifier: MIT */
/* decide_contact: what is written on a contact's card, orders, and that two contacts are one person. */
#include "desk/decide.h"

#include <string.h>

#include "seatmux/base/limits.h"
#include "seatmux/base/seen.h"

static gboolean fits(SmDecision *d, const char *field, const char *text)
{
    return !text || g_utf8_strlen(text, -1) <= SM_MAX_NAME_CHARS ||
           sm_refuse(d, SM_PROBLEM_TOO_LARGE, "NAME_CHARS", "'%s' may have %d characters at most.", field, SM_MAX_NAME_CHARS);
}

static gboolean short_text(SmDecision *d, const char *field, const json_t *value)
{
    if (!json_is_string(value)) {
        return sm_refuse(d, SM_PROBLEM_INVALID, field, "'%s' must be text.", field);
    }
    return fits(d, field, json_string_value(value));
}

/* --- The card ----------------------------------------------------------------------------------
 */

/* A text in which nothing is seen takes the member away. */
static void set_or_drop(json_t *about, const char *key, json_t *value)
{
    const char *text = json_string_value(value);

    if (json_is_null(value) || (text && !sm_seen(text))) {
        json_object_del(about, key);
    } else {
        json_object_set(about, key, value);
    }
}

static gboolean set_tags(SmDecision *d, json_t *about, json_t *tags)
{
    size_t i;
    json_t *tag;

    if (!json_is_array(tags)) {
        return sm_refuse(d, SM_PROBLEM_INVALID, "tags", "Tags are a list of names.");
    }
    if (json_array_size(tags) > SM_MAX_TAGS) {
        return sm_refuse(d, SM_PROBLEM_TOO_LARGE, "TAGS", "A contact may have %d tags at most.", SM_MAX_TAGS);
    }
    json_array_foreach(tags, i, tag)
    {
        if (!short_text(d, "tags", tag)) {
            return FALSE;
        }
        if (!sm_seen(json_string_value(tag))) {
            return sm_refuse(d, SM_PROBLEM_INVALID, "tags", "A tag is blank.");
        }
    }
    json_object_set(about, "tags", tags);
    return TRUE;
}

static gboolean set_attributes(SmDecision *d, json_t *about, json_t *changes)
{
    json_t *attributes = json_object_get(about, "attributes"), *value;
    const char *key;

    if (!json_is_object(changes)) {
        return sm_refuse(d, SM_PROBLEM_INVALID, "attributes", "'attributes' must be an object.");
    }
    if (!attributes) {
        attributes = json_object();
        json_object_set_new(about, "attributes", attributes);
    }
    json_object_foreach(changes, key, value)
    {
        if (g_utf8_strlen(key, -1) > SM_MAX_NAME_CHARS || !sm_seen(key)) {
            return sm_refuse(d, SM_PROBLEM_TOO_LARGE, "NAME_CHARS", "An attribute's name has 1 to %d characters.", SM_MAX_NAME_CHARS);
        }
        if (!json_is_null(value) && !short_text(d, "attributes", value)) {
            return FALSE;
        }
        set_or_drop(attributes, key, value);
    }
    return json_object_size(attributes) <= SM_MAX_ATTRIBUTES ||
           sm_refuse(d, SM_PROBLEM_TOO_LARGE, "ATTRIBUTES", "A contact may have %d attributes at most.", SM_MAX_ATTRIBUTES);
}

static gboolean add_note(SmDecision *d, json_t *about, const json_t *text)
{
    json_t *notes = json_object_get(about, "notes");

    if (!json_is_string(text) || !sm_need_text(d, json_string_value(text), FALSE)) {
        return json_is_string(text) ? FALSE : sm_refuse(d, SM_PROBLEM_INVALID, "note", "'note' must be text.");
    }
    if (!notes) {
        notes = json_array();
        json_object_set_new(about, "notes", notes);
    }
    if (json_array_size(notes) >= SM_MAX_CARD_NOTES) {
        return sm_refuse(d, SM_PROBLEM_TOO_LARGE, "CARD_NOTES", "A card has %d notes at most; take one off first.", SM_MAX_CARD_NOTES);
    }
    json_array_append_new(notes, json_pack("{s:I, s:s, s:O}", "at", (json_int_t)d->now, "by", d->agent ? d->agent->id : "desk", "text", text));
    return TRUE;
}

static gboolean drop_note(SmDecision *d, json_t *about, const json_t *which)
{
    json_t *notes = json_object_get(about, "notes");
    json_int_t n = json_is_integer(which) ? json_integer_value(which) : -1;

    if (n < 0 || (size_t)n >= json_array_size(notes)) {
        return sm_refuse(d, SM_PROBLEM_INVALID, "drop_note", "There is no such note; they count from 0.");
    }
    json_array_remove(notes, (size_t)n);
    return TRUE;
}

static gboolean change(SmDecision *d, json_t *about, const char *key, json_t *value)
{
    if (strcmp(key, "name") == 0 || strcmp(key, "reach") == 0) {
        if (!short_text(d, key, value)) {
            return FALSE;
        }
        set_or_drop(about, key, value);
        return TRUE;
    }
    if (strcmp(key, "tags") == 0) {
        return set_tags(d, about, value);
    }
    if (strcmp(key, "attributes") == 0) {
        return set_attributes(d, about, value);
    }
    if (strcmp(key, "note") == 0) {
        return add_note(d, about, value);
    }
    if (strcmp(key, "drop_note") == 0) {
        return drop_note(d, about, value);
    }
    return sm_refuse(d, SM_PROBLEM_INVALID, NULL, "A card has name, reach, tags, attributes, note and drop_note.");
}

void sm_decide_card(SmDecision *d)
{
    const char *key;
    json_t *value;

    if (!sm_need_staff(d) || !sm_need_training(d, d->agent)) {
        return;
    }
    const char *contact = sm_desk_contact_first(d->desk, d->conv->c.contact);
    const SmContactCard *card = sm_desk_card_of(d->desk, contact);
    g_autoptr(json_t) about = card && card->about ? json_deep_copy(card->about) : json_object();
    json_object_foreach(d->command->data, key, value)
    {
        if (!change(d, about, key, value)) {
            return;
        }
    }
    if (json_object_size(d->command->data) == 0) {
        sm_refuse(d, SM_PROBLEM_INVALID, NULL, "Nothing was said to change.");
        return;
    }
    SmEvent *event = sm_decide_event(d, SM_EVENT_CONTACT_CHANGED);
    event->contact = g_strdup(contact);
    event->by = g_strdup(sm_decide_by(d));
    sm_decide_json_content(d, event, about);
}

/* --- Orders ------------------------------------------------------------------------------------
 */

static gboolean is_status(const char *text)
{
    static const char *const known[] = {"placed", "paid", "shipped", "refunded", "cancelled", NULL};

    return g_strv_contains(known, text);
}

/* Whose it is: of a conversation as the staff says, or of a contact as the shop says. */
static const char *need_buyer(SmDecision *d)
{
    const char *contact = d->command->contact;

    if (!contact || !sm_decide_above(d)) {
        return sm_need_staff(d) && sm_need_training(d, d->agent) ? d->conv->c.contact : NULL;
    }
    d->conv = (const SmConv *)sm_desk_contact_conversation(d->desk, contact);
    return contact;
}

/* Number and amount are a text that can be erased; what belongs together is known by a random id. An amount that is not told again is the one
 * that was told before. */
static void tell_order(SmDecision *d, const char *contact, const char *status)
{
    const SmContactOrder *known = sm_contact_order(d->desk, contact, d->command->order);
    const char *amount = d->command->text && *d->command->text ? d->command->text : known ? known->amount : NULL;
    g_autoptr(json_t) told = json_pack("{s:s, s:s*}", "order", d->command->order, "amount", amount);
    SmEvent *event = sm_decide_event_of(d, SM_EVENT_ORDER_RECORDED, d->conv ? d->conv->c.id : NULL);

    event->contact = g_strdup(contact);
    event->notice = known ? g_strdup(known->id) : sm_id_new(d->ids, "o");
    event->agent = g_strdup(d->conv ? d->conv->last_author : NULL);
    event->by = g_strdup(sm_decide_by(d));
    event->reason = g_strdup(status);
    sm_decide_json_content(d, event, told);
}

void sm_decide_order(SmDecision *d)
{
    const char *status = d->command->reason ? d->command->reason : "paid";
    const char *contact = need_buyer(d);

    if (!contact || !fits(d, "order", d->command->order) || !fits(d, "amount", d->command->text)) {
        return;
    }
    if (!sm_seen(d->command->order)) {
        sm_refuse(d, SM_PROBLEM_INVALID, "order", "'order' is missing.");
        return;
    }
    if (!is_status(status)) {
        sm_refuse(d, SM_PROBLEM_INVALID, "status", "'status' must be placed, paid, shipped, refunded or cancelled.");
        return;
    }
    tell_order(d, contact, status);
}

/* --- Two that are one --------------------------------------------------------------------------
 */

/* The command's conversation is in reach, and the other contact too; the other one's latest conversation. */
static const SmConv *need_other(SmDecision *d)
{
    if (!sm_need_staff(d) || !sm_need_reason(d, "reason", d->command->reason)) {
        return NULL;
    }
    if (!sm_decide_leads(d, SM_MAY_ASSIGN_OTHERS)) {
        sm_refuse(d, SM_PROBLEM_FORBIDDEN, NULL, "Only a supervisor of the team says that two contacts are one, or two.");
        return NULL;
    }
    const SmConv *other = d->command->contact ? g_hash_table_lookup(d->desk->contacts, d->command->contact) : NULL;
    if (!other || (d->agent && !sm_agent_in_team(d->agent, other->c.team))) {
        sm_refuse(d, SM_PROBLEM_NOT_FOUND, "contact", "There is no such contact in your teams.");
        return NULL;
    }
    return other;
}

static gboolean runs(const SmDesk *desk, const char *contact)
{
    const SmConversation *c = sm_desk_contact_conversation(desk, contact);

    return c && c->state != SM_STATE_RESOLVED;
}

static void tell(SmDecision *d, SmEventType type, const SmConv *conv, const char *contact, const char *into)
{
    SmEvent *event = sm_decide_event_of(d, type, conv->c.id);

    event->contact = g_strdup(contact);
    event->inbox = g_strdup(into);
    event->by = g_strdup(sm_decide_by(d));
    event->reason = g_strdup(d->command->reason);
}

static void tell_of(SmDecision *d, SmEventType type, const char *whose, const char *contact, const char *into)
{
    const SmConv *conv = g_hash_table_lookup(d->desk->contacts, whose);

    for (; conv; conv = conv->previous) {
        if (!conv->c.archived) {
            tell(d, type, conv, contact, into);
        }
    }
}

/* One event for each conversation that somebody may gain or lose sight of. */
static void tell_all(SmDecision *d, SmEventType type, const char *contact, const char *into)
{
    g_autoptr(GPtrArray) group = sm_desk_contact_group(d->desk, into);

    for (guint i = 0; i < group->len; i++) {
        if (strcmp(group->pdata[i], contact) != 0) {
            tell_of(d, type, group->pdata[i], contact, into);
        }
    }
    tell_of(d, type, contact, contact, into);
}

void sm_decide_merge(SmDecision *d)
{
    const SmConv *other = need_other(d);

    if (!other) {
        return;
    }
    const char *into = sm_desk_contact_first(d->desk, d->conv->c.contact), *contact = other->c.contact;
    const SmContactCard *card = sm_desk_card_of(d->desk, contact), *kept = sm_desk_card_of(d->desk, into);
    if (sm_desk_same_contact(d->desk, into, contact)) {
        sm_refuse(d, SM_PROBLEM_WRONG_STATE, "contact", "These are one contact already.");
    } else if (card && (card->into || card->merged->len > 0)) {
        sm_refuse(d, SM_PROBLEM_WRONG_STATE, "contact", "That contact was merged with another before; split them first.");
    } else if (kept && kept->merged->len >= SM_MAX_CARD_MERGED) {
        sm_refuse(d, SM_PROBLEM_TOO_LARGE, "CARD_MERGED", "At most %d contacts are merged into one.", SM_MAX_CARD_MERGED);
    } else if (runs(d->desk, into) && runs(d->desk, contact)) {
        sm_refuse(d, SM_PROBLEM_WRONG_STATE, NULL, "Both have a running conversation; resolve one of them first.");
    } else {
        tell_all(d, SM_EVENT_CONTACT_MERGED, contact, into);
    }
}

void sm_decide_split(SmDecision *d)
{
    const SmConv *other = need_other(d);
    const SmContactCard *card = other ? sm_desk_card_of(d->desk, other->c.contact) : NULL;

    if (!other) {
        return;
    }
    const char *into = sm_desk_contact_first(d->desk, d->conv->c.contact);
    if (!card || g_strcmp0(card->into, into) != 0) {
        sm_refuse(d, SM_PROBLEM_WRONG_STATE, "contact", "That contact was not merged into this one.");
        return;
    }
    tell_all(d, SM_EVENT_CONTACT_SPLIT, other->c.contact, into);
}
