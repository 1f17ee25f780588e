/* SPDX-License-Identifier: MIT */
/* decide: a command becomes a record or a refusal. Pure: reads the desk, changes nothing. */
#include "desk/decide.h"

#include <sodium.h>
#include <string.h>

#include "seatmux/base/bug.h"
#include "seatmux/base/limits.h"
#include "seatmux/base/seen.h"

/* --- Refusing ----------------------------------------------------------------------------------
 */

gboolean sm_refuse(SmDecision *d, SmProblem problem, const char *field, const char *format, ...)
{
    if (d->refusal) {
        return FALSE;
    }
    va_list args;
    va_start(args, format);
    g_autofree char *detail = g_strdup_vprintf(format, args);
    va_end(args);
    d->refusal = sm_refusal_new(problem, field, "%s", detail);
    return FALSE;
}

void sm_refuse_data(SmDecision *d, json_t *data)
{
    json_decref(d->refusal->data);
    d->refusal->data = data;
}

/* --- Adding events -----------------------------------------------------------------------------
 */

SmEvent *sm_decide_event_of(SmDecision *d, SmEventType type, const char *conversation)
{
    SmEvent *event = sm_event_new(type);

    event->conversation = g_strdup(conversation);
    g_ptr_array_add(d->record->events, event);
    return event;
}

SmEvent *sm_decide_event(SmDecision *d, SmEventType type)
{
    return sm_decide_event_of(d, type, d->conv->c.id);
}

const char *sm_decide_by(const SmDecision *d)
{
    return d->agent ? d->agent->id : NULL;
}

static char *hex(const unsigned char *bytes, gsize n)
{
    char *text = g_malloc(n * 2 + 1);
    return sodium_bin2hex(text, n * 2 + 1, bytes, n);
}

static gboolean masks(const SmDecision *d)
{
    return d->desk->mask && d->desk->policy->mask_numbers;
}

/* Takes the text. */
static void set_content(SmDecision *d, SmEvent *event, char *text)
{
    unsigned char salt[16], digest[crypto_generichash_BYTES];
    crypto_generichash_state state;

    event->text = text;
    event->content = sm_id_new(d->ids, "x");
    sm_rng_bytes(d->ids, salt, sizeof salt);
    event->salt = hex(salt, sizeof salt);
    crypto_generichash_init(&state, NULL, 0, sizeof digest);
    crypto_generichash_update(&state, salt, sizeof salt);
    crypto_generichash_update(&state, (const unsigned char *)event->text, strlen(event->text));
    crypto_generichash_final(&state, digest, sizeof digest);
    event->digest = hex(digest, sizeof digest);
}

void sm_decide_content(SmDecision *d, SmEvent *event, const char *text)
{
    set_content(d, event, masks(d) ? d->desk->mask(text) : g_strdup(text));
}

json_t *sm_json_masked(const json_t *value, char *(*mask)(const char *text))
{
    const char *key;
    json_t *item, *copy;
    size_t i;

    if (json_is_string(value)) {
        g_autofree char *text = mask(json_string_value(value));
        return json_string(text);
    }
    if (json_is_array(value)) {
        copy = json_array();
        json_array_foreach(value, i, item)
        {
            json_array_append_new(copy, sm_json_masked(item, mask));
        }
        return copy;
    }
    if (!json_is_object(value)) {
        return json_deep_copy(value);
    }
    copy = json_object();
    json_object_foreach((json_t *)value, key, item)
    {
        /* The number of an order is declared to be one, and some shops' are as long as a card's. */
        json_object_set_new(copy, key, strcmp(key, "order") == 0 ? json_deep_copy(item) : sm_json_masked(item, mask));
    }
    return copy;
}

void sm_decide_json_content(SmDecision *d, SmEvent *event, const json_t *json)
{
    g_autoptr(json_t) shown = masks(d) ? sm_json_masked(json, d->desk->mask) : NULL;

    set_content(d, event, sm_json_text(shown ? shown : json));
}

/* --- Checks ------------------------------------------------------------------------------------
 */

gboolean sm_decide_above(const SmDecision *d)
{
    return d->command->actor.kind == SM_ACTOR_DESK || d->command->actor.kind == SM_ACTOR_ADMIN;
}

gboolean sm_decide_is_owner(const SmDecision *d)
{
    return d->agent && g_strcmp0(d->conv->c.owner, d->agent->id) == 0;
}

gboolean sm_decide_leads(const SmDecision *d, SmMay what)
{
    if (sm_decide_above(d)) {
        return TRUE;
    }
    return d->agent && sm_policy_may(d->desk->policy, d->agent->role, what) &&
           sm_agent_in_team(d->agent, d->conv->c.team);
}

gboolean sm_need_staff(SmDecision *d)
{
    if (d->command->actor.kind == SM_ACTOR_CUSTOMER) {
        return sm_refuse(d, SM_PROBLEM_FORBIDDEN, NULL, "This is for the desk's staff.");
    }
    if (!d->conv || d->conv->c.archived) {
        return sm_refuse(d, SM_PROBLEM_NOT_FOUND, NULL, "There is no such conversation.");
    }
    if (sm_decide_above(d) || sm_agent_in_team(d->agent, d->conv->c.team) ||
        sm_desk_sees(d->desk, d->command->actor, &d->conv->c, 0)) {
        return TRUE;
    }
    return sm_refuse(d, SM_PROBLEM_NOT_FOUND, NULL, "There is no such conversation.");
}

gboolean sm_need_running(SmDecision *d)
{
    if (d->conv->c.state != SM_STATE_RESOLVED) {
        return TRUE;
    }
    return sm_refuse(d, SM_PROBLEM_RESOLVED, NULL,
                     "The conversation is resolved; reopen it first.");
}

gboolean sm_need_may(SmDecision *d, SmMay what, const char *doing)
{
    if (sm_decide_above(d) || (d->agent && sm_policy_may(d->desk->policy, d->agent->role, what))) {
        return TRUE;
    }
    return sm_refuse(d, SM_PROBLEM_FORBIDDEN, NULL, "Your role may not %s; ask a supervisor.",
                     doing);
}

/* The owner, or somebody who leads the team. */
gboolean sm_need_owner_or(SmDecision *d, SmMay what, const char *doing)
{
    if (sm_decide_is_owner(d) || sm_decide_leads(d, what)) {
        return TRUE;
    }
    const char *owner = d->conv->c.owner;
    sm_refuse(d, SM_PROBLEM_NOT_OWNER, NULL,
              "To %s it you must have the conversation; %s%s has it.", doing, owner ? "" : "no",
              owner ? owner : "body");
    if (owner) {
        sm_refuse_data(d, json_pack("{s:s}", "owner", owner));
    }
    return FALSE;
}

gboolean sm_need_training(SmDecision *d, const SmAgent *agent)
{
    if (!agent || agent->role != SM_ROLE_TRAINEE || d->conv->c.training) {
        return TRUE;
    }
    return sm_refuse(d, SM_PROBLEM_FORBIDDEN, NULL,
                     "%s is a trainee, and this inbox is not for training.", agent->id);
}

gboolean sm_need_free(SmDecision *d, const SmAgent *agent)
{
    int capacity = sm_desk_capacity(d->desk, agent);

    if (agent->chats < capacity + SM_BUG(33)) {
        return TRUE;
    }
    sm_refuse(d, SM_PROBLEM_AT_CAPACITY, NULL,
              "%s has %d chats and may have %d; resolve or transfer one first.", agent->id,
              agent->chats, capacity);
    sm_refuse_data(d, json_pack("{s:i, s:i}", "chats", agent->chats, "capacity", capacity));
    return FALSE;
}

static gboolean fits(SmDecision *d, const char *field, const char *text, glong max,
                     const char *limit)
{
    if (!g_utf8_validate(text, -1, NULL)) {
        return sm_refuse(d, SM_PROBLEM_INVALID, field, "'%s' is not UTF-8 text.", field);
    }
    if (g_utf8_strlen(text, -1) > max) {
        return sm_refuse(d, SM_PROBLEM_TOO_LARGE, limit, "'%s' may have %ld characters at most.",
                         field, max);
    }
    return TRUE;
}

gboolean sm_need_text(SmDecision *d, const char *text, gboolean message)
{
    if (!text) {
        return sm_refuse(d, SM_PROBLEM_INVALID, "text", "'text' is missing.");
    }
    if (message && strlen(text) > SM_MAX_MESSAGE_BYTES) {
        return sm_refuse(d, SM_PROBLEM_TOO_LARGE, "MESSAGE_BYTES",
                         "A message may have %d bytes at most.", SM_MAX_MESSAGE_BYTES);
    }
    if (!fits(d, "text", text, message ? SM_MAX_MESSAGE_CHARS : SM_MAX_REASON_CHARS,
              message ? "MESSAGE_CHARS" : "REASON_CHARS")) {
        return FALSE;
    }
    return sm_seen(text) || sm_refuse(d, SM_PROBLEM_INVALID, "text", "The text is blank.");
}

gboolean sm_need_reason(SmDecision *d, const char *field, const char *text)
{
    return !text || fits(d, field, text, SM_MAX_REASON_CHARS, "REASON_CHARS");
}

/* --- The table ---------------------------------------------------------------------------------
 */

static const SmDecide handlers[SM_COMMAND_N] = {
    [SM_COMMAND_START] = sm_decide_start,
    [SM_COMMAND_POST] = sm_decide_post,
    [SM_COMMAND_NOTE] = sm_decide_post_note,
    [SM_COMMAND_WHISPER] = sm_decide_whisper,
    [SM_COMMAND_CLAIM] = sm_decide_claim,
    [SM_COMMAND_CLAIM_NEXT] = sm_decide_claim_next,
    [SM_COMMAND_ASSIGN] = sm_decide_assign,
    [SM_COMMAND_TRANSFER] = sm_decide_transfer,
    [SM_COMMAND_INVITE] = sm_decide_invite,
    [SM_COMMAND_DISMISS] = sm_decide_dismiss,
    [SM_COMMAND_ACCEPT] = sm_decide_accept,
    [SM_COMMAND_DECLINE] = sm_decide_decline,
    [SM_COMMAND_RELEASE] = sm_decide_release,
    [SM_COMMAND_TAKE_OVER] = sm_decide_take_over,
    [SM_COMMAND_RESOLVE] = sm_decide_resolve,
    [SM_COMMAND_REOPEN] = sm_decide_reopen_command,
    [SM_COMMAND_SNOOZE] = sm_decide_snooze,
    [SM_COMMAND_WAKE] = sm_decide_wake,
    [SM_COMMAND_TAG] = sm_decide_tag,
    [SM_COMMAND_RATE] = sm_decide_rate,
    [SM_COMMAND_LEAVE] = sm_decide_leave,
    [SM_COMMAND_AVAILABILITY] = sm_decide_availability,
    [SM_COMMAND_GONE] = sm_decide_gone,
    [SM_COMMAND_SEEN] = sm_decide_seen,
    [SM_COMMAND_BOT_TAKE] = sm_decide_bot_take,
    [SM_COMMAND_BOT_HAND_OVER] = sm_decide_bot_hand_over,
    [SM_COMMAND_EXCUSE] = sm_decide_excuse,
    [SM_COMMAND_ANSWER_RATING] = sm_decide_answer_rating,
    [SM_COMMAND_ORDER] = sm_decide_order,
    [SM_COMMAND_CARD] = sm_decide_card,
    [SM_COMMAND_MERGE] = sm_decide_merge,
    [SM_COMMAND_SPLIT] = sm_decide_split,
    [SM_COMMAND_ERASE] = sm_decide_erase,
    [SM_COMMAND_REVIEW] = sm_decide_review,
    [SM_COMMAND_REVIEW_COMMENT] = sm_decide_review_comment,
    [SM_COMMAND_BROADCAST] = sm_decide_broadcast,
    [SM_COMMAND_BROADCAST_STOP] = sm_decide_broadcast_stop,
    [SM_COMMAND_INCIDENT_SET] = sm_decide_incident_set,
    [SM_COMMAND_INCIDENT_CLEAR] = sm_decide_incident_clear,
    [SM_COMMAND_VISITOR_INVITE] = sm_decide_visitor_invite,
    [SM_COMMAND_VISITOR_REFUSE] = sm_decide_visitor_refuse,
    [SM_COMMAND_TRAFFIC] = sm_decide_traffic,
    [SM_COMMAND_LOAD] = sm_decide_load,
    [SM_COMMAND_HAND_IN] = sm_decide_hand_in,
    [SM_COMMAND_CONFIRM] = sm_decide_confirm,
    [SM_COMMAND_AGENT_SET] = sm_decide_agent_set,
    [SM_COMMAND_AGENT_REMOVE] = sm_decide_agent_remove,
    [SM_COMMAND_POLICY_SET] = sm_decide_policy_set,
    [SM_COMMAND_TICK] = sm_decide_tick,
};

static char *actor_name(SmActor actor)
{
    switch (actor.kind) {
    case SM_ACTOR_DESK:
        return g_strdup("desk");
    case SM_ACTOR_ADMIN:
        return g_strdup("admin");
    case SM_ACTOR_STAFF:
        return g_strdup_printf("agent:%s", actor.id);
    default:
        return g_strdup_printf("customer:%s", actor.id ? actor.id : "");
    }
}

/* Whoever gives a reason may quote the customer. */
static void mask_reasons(SmDecision *d)
{
    for (guint i = 0; i < d->record->events->len; i++) {
        SmEvent *event = d->record->events->pdata[i];
        char *masked = event->reason ? d->desk->mask(event->reason) : NULL;
        if (masked) {
            g_free(event->reason);
            event->reason = masked;
        }
    }
}

static void decide(SmDecision *d)
{
    SmActor actor = d->command->actor;

    if (actor.kind == SM_ACTOR_STAFF && !d->agent) {
        sm_refuse(d, SM_PROBLEM_FORBIDDEN, NULL, "This agent is not of the desk's staff any more.");
        return;
    }
    handlers[d->command->type](d);
    if (!d->refusal && d->record->events->len > SM_MAX_EVENTS_PER_RECORD) {
        sm_refuse(d, SM_PROBLEM_TOO_LARGE, "EVENTS_PER_RECORD",
                  "That would be more than %d events at once.", SM_MAX_EVENTS_PER_RECORD);
    }
    if (!d->refusal && d->record->events->len == 0) {
        sm_refuse(d, SM_PROBLEM_WRONG_STATE, NULL, "There is nothing to do.");
    }
}

SmRecord *sm_desk_decide(const SmDesk *desk, const SmCommand *command, int64_t now, SmRng *ids,
                         SmRefusal **refusal)
{
    g_autofree char *actor = actor_name(command->actor);
    int64_t at = MAX(now, desk->at); /* a stamp never goes back */
    SmDecision d = {.desk = desk, .command = command, .now = at, .ids = ids};

    g_return_val_if_fail((guint)command->type < SM_COMMAND_N, NULL);
    sm_desk_settle(desk);
    d.record = sm_record_new(at, command->id, actor, command->fingerprint);
    d.conv = sm_desk_find(desk, command->conversation);
    if (command->actor.kind == SM_ACTOR_STAFF) {
        d.agent = sm_desk_agent(desk, command->actor.id);
    }
    decide(&d);
    if (!d.refusal) {
        if (masks(&d)) {
            mask_reasons(&d);
        }
        sm_record_seal(d.record);
        return d.record;
    }
    sm_record_unref(d.record);
    if (refusal) {
        *refusal = d.refusal;
    } else {
        sm_refusal_free(d.refusal);
    }
    return NULL;
}
