/* SPDX-License-Identifier: MIT */
/* apply: the only way the state of a desk changes. An event that does not fit the state changes
 * nothing. Nothing here looks at more than the conversation or agent an event is about. */
#include "desk/desk_private.h"
#include "desk/route.h"

#include <string.h>

#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"

typedef struct {
    SmDesk *desk;
    SmConv *conv;
    const SmEvent *event;
    int64_t seq, at;
} Step;

/* --- Small pieces ------------------------------------------------------------------------------
 */

static SmLine *add_line(const Step *s, SmLineKind kind)
{
    const SmEvent *event = s->event;
    SmLine *line = sm_desk_add_line(s->desk, s->conv);

    line->seq = s->seq;
    line->at = s->at;
    line->kind = kind;
    line->event = event->type;
    line->author = event->author;
    line->message_kind = event->kind;
    line->agent = g_strdup(event->agent);
    line->by = g_strdup(event->by);
    line->cause = event->cause;
    line->reason = event->type == SM_EVENT_TRANSFER_DECLINED ? g_strdup(event->reason) : NULL;
    return line;
}

static void add_event_line(const Step *s)
{
    add_line(s, SM_LINE_EVENT);
}

static SmLine *add_text_line(const Step *s, SmLineKind kind)
{
    SmLine *line = add_line(s, kind);

    line->id = g_strdup(s->event->message);
    line->name = g_strdup(s->event->name);
    line->content = g_strdup(s->event->content);
    line->file = json_incref(s->event->data);
    line->text = g_strdup(s->event->text);
    line->erased = s->event->content && !s->event->text;
    return line;
}

static gboolean running(const Step *s)
{
    return s->conv->c.state != SM_STATE_RESOLVED;
}

static void move_team(const Step *s, const char *team)
{
    SmConv *conv = s->conv;

    if (!team || g_strcmp0(team, conv->c.team) == 0) {
        return;
    }
    if (conv->c.team) {
        sm_conv_access_close(conv, SM_AUDIENCE_TEAM, conv->c.team, s->seq);
    }
    sm_desk_replace(&conv->c.team, team);
    sm_conv_access_open(conv, SM_AUDIENCE_TEAM, team, s->seq);
}

/* The owner is taken away; nobody's until something else is said. */
static void drop_owner(const Step *s)
{
    SmConversation *c = &s->conv->c;

    if (c->state == SM_STATE_SNOOZED && c->turns) {
        sm_turns_snoozed(c->turns, s->at, FALSE); /* a snooze is its owner's */
    }
    sm_conv_end_offer(s->conv, s->seq);
    if (c->owner) {
        sm_conv_access_close(s->conv, SM_AUDIENCE_AGENT, c->owner, s->seq);
        sm_desk_set_owner(s->desk, s->conv, NULL);
    }
}

static gboolean is_trainee(const SmDesk *desk, const char *id)
{
    const SmAgent *agent = sm_desk_agent(desk, id);
    return agent && agent->role == SM_ROLE_TRAINEE;
}

void sm_conv_set_profile(SmConv *conv, const char *text)
{
    SmConversation *c = &conv->c;
    g_autoptr(json_t) json =
        text ? sm_json_parse(text, strlen(text), SM_MAX_BODY_BYTES * 2, NULL) : NULL;
    json_t *attributes = json_object_get(json, "attributes");

    sm_desk_replace(&c->name, sm_json_str(json, "name", NULL));
    sm_desk_replace(&c->order, sm_json_str(json, "order", NULL));
    sm_desk_replace(&c->reach, sm_json_str(json, "reach", NULL));
    json_decref(c->attributes);
    c->attributes = json_is_object(attributes) ? json_incref(attributes) : NULL;
}

/* --- Conversations -----------------------------------------------------------------------------
 */

static void started(const Step *s)
{
    const SmEvent *event = s->event;
    SmConversation *c = &s->conv->c;
    const SmInbox *inbox = event->inbox ? sm_policy_inbox(s->desk->policy, event->inbox) : NULL;

    c->first_seq = s->seq;
    c->started = s->at;
    c->contact = g_strdup(event->contact);
    c->inbox = g_strdup(event->inbox);
    c->language = g_strdup(event->language);
    c->training = inbox && inbox->training;
    c->profile_content = g_strdup(event->content);
    c->turns = sm_turns_new();
    s->conv->profile_erased = event->content && !event->text;
    sm_conv_set_profile(s->conv, event->text);
    if (!c->name) {
        c->name = g_strdup(sm_contact_card_name(s->desk, event->contact));
    }
    sm_conv_access_open(s->conv, SM_AUDIENCE_CONTACT, event->contact, s->seq);
    move_team(s, event->team);
    s->conv->fresh = TRUE;
    sm_desk_join_group(s->desk, s->conv, s->seq);
    sm_desk_link_contact(s->desk, s->conv);
    sm_desk_list_add(s->desk, s->conv);
}

/* The same record has told of the owner who went. */
static gboolean said_already(const Step *s)
{
    const GPtrArray *lines = s->conv->c.lines;
    const SmLine *last = lines->len > 0 ? lines->pdata[lines->len - 1] : NULL;

    return last && last->seq == s->seq && last->event == SM_EVENT_CONVERSATION_UNASSIGNED;
}

/* Who is sent to another queue while they wait is told of by nothing else. The staff's business: a
 * customer, who has no turns, does not see what the line depends on. */
static void queued(const Step *s)
{
    SmConversation *c = &s->conv->c;

    if (!running(s)) {
        return;
    }
    if (c->turns && s->event->cause == SM_CAUSE_TRANSFER && !said_already(s)) {
        add_event_line(s);
    }
    drop_owner(s);
    if (c->offline) {
        c->offline = FALSE;
        c->queued = -1;
    }
    if (c->state != SM_STATE_QUEUED || c->queued < 0) {
        c->queued = s->at;
    }
    c->state = SM_STATE_QUEUED;
    c->bot = FALSE;
    c->snoozed_until = -1;
    move_team(s, s->event->team);
    if (c->turns) {
        sm_turns_queued(c->turns, s->at, s->event->cause, s->desk->policy, c->team);
    }
}

/* It waits with no clock: nobody was there when it was written, and nobody is waited for. */
static void left_offline(const Step *s)
{
    SmConversation *c = &s->conv->c;

    if (!running(s)) {
        return;
    }
    drop_owner(s);
    c->state = SM_STATE_QUEUED;
    c->queued = c->offline ? c->queued : s->at;
    c->offline = TRUE;
    c->unseen = FALSE;
    move_team(s, s->event->team);
    if (c->turns) {
        sm_turns_offline(c->turns, s->at, s->desk->policy, c->team);
    }
    add_event_line(s);
}

static void answer_seen(const Step *s)
{
    s->conv->c.unseen = FALSE;
    s->conv->seen_at = s->at;
    add_event_line(s);
}

static void assigned(const Step *s)
{
    const SmEvent *event = s->event;
    SmConversation *c = &s->conv->c;

    if (!running(s) || (event->agent && g_strcmp0(event->agent, c->owner) == 0)) {
        return;
    }
    drop_owner(s);
    c->state = SM_STATE_OPEN;
    c->assigned = s->at;
    c->bot = FALSE;
    c->snoozed_until = -1;
    move_team(s, event->team);
    if (event->agent) {
        sm_conv_dismiss(s->conv, event->agent, s->seq); /* who was invited has it now */
        sm_conv_access_open(s->conv, SM_AUDIENCE_AGENT, event->agent, s->seq);
        sm_desk_set_owner(s->desk, s->conv, event->agent);
        sm_route_assigned(s->desk, s->conv, event->agent, event->cause, s->at);
        if (c->turns) {
            sm_turns_assigned(c->turns, s->at, event->agent, is_trainee(s->desk, event->agent),
                              event->cause, s->desk->policy, c->team);
        }
    }
    add_event_line(s);
}

static void unassigned(const Step *s)
{
    SmConversation *c = &s->conv->c;

    if (!running(s) || !c->owner) {
        return;
    }
    sm_route_taken_away(s->desk, s->conv, c->owner, s->event->cause, s->at);
    drop_owner(s);
    c->state = SM_STATE_QUEUED;
    c->queued = s->at;
    c->snoozed_until = -1;
    if (c->turns) {
        sm_turns_unassigned(c->turns, s->at, s->event->cause);
    }
    add_event_line(s);
}

static void count_message(const Step *s)
{
    const SmEvent *event = s->event;
    SmConversation *c = &s->conv->c;
    gboolean human = sm_message_kind_human(event->kind);

    if (event->author == SM_AUTHOR_CUSTOMER) {
        c->left = -1;
        if (c->turns) {
            sm_turns_customer_message(c->turns, s->at, s->desk->policy, c->team);
        }
    } else if (event->author == SM_AUTHOR_AGENT && human && c->offline) {
        c->offline = FALSE;
        c->unseen = TRUE;
    }
    if (event->author == SM_AUTHOR_AGENT && human && event->agent) {
        sm_desk_replace(&s->conv->last_author, event->agent);
        sm_route_accepted(s->conv, event->agent);
        if (c->turns) {
            sm_turns_staff_message(c->turns, s->at, event->agent);
        }
    }
}

static void posted(const Step *s)
{
    SmConversation *c = &s->conv->c;
    SmLine *line = add_text_line(s, SM_LINE_MESSAGE);

    if (s->event->kind == SM_MESSAGE_AUTO_REPLY && s->event->author == SM_AUTHOR_SYSTEM) {
        sm_answer_said(s->conv, s->event->name);
    }
    line->n = s->event->n;
    c->version = MAX(c->version, s->event->n);
    c->last_at = s->at;
    count_message(s);
    sm_notice_posted(s->conv, s->event);
}

static void noted(const Step *s)
{
    add_text_line(s, SM_LINE_NOTE)->author = SM_AUTHOR_AGENT;
    sm_route_accepted(s->conv, s->event->agent);
}

static void whispered(const Step *s)
{
    add_text_line(s, SM_LINE_WHISPER)->author = SM_AUTHOR_AGENT;
}

static void invited(const Step *s)
{
    if (running(s) && sm_conv_invite(s->conv, s->event->agent, s->event->flag, s->seq)) {
        add_line(s, SM_LINE_EVENT)->level = s->event->flag;
    }
}

static void participant_left(const Step *s)
{
    if (sm_conv_dismiss(s->conv, s->event->agent, s->seq)) {
        add_event_line(s);
    }
}

static void offered(const Step *s)
{
    if (running(s) && s->conv->c.owner && g_strcmp0(s->event->agent, s->conv->c.owner) != 0) {
        sm_conv_offer(s->conv, s->event, s->seq);
        add_event_line(s);
    }
}

static void declined(const Step *s)
{
    if (s->conv->c.offered_to) {
        sm_conv_end_offer(s->conv, s->seq);
        add_event_line(s);
    }
}

static void tagged(const Step *s)
{
    size_t i;
    json_t *tag;

    g_ptr_array_set_size(s->conv->c.tags, 0);
    json_array_foreach(s->event->data, i, tag)
    {
        if (json_is_string(tag) && i < SM_MAX_TAGS) {
            g_ptr_array_add(s->conv->c.tags, g_strdup(json_string_value(tag)));
        }
    }
}

static void snooze(const Step *s, gboolean on)
{
    SmConversation *c = &s->conv->c;

    if (c->state != (on ? SM_STATE_OPEN : SM_STATE_SNOOZED) || !c->owner) {
        return;
    }
    c->state = on ? SM_STATE_SNOOZED : SM_STATE_OPEN;
    c->snoozed_until = on ? s->event->until : -1;
    if (c->turns) {
        sm_turns_snoozed(c->turns, s->at, on);
    }
    add_event_line(s);
}

static void snoozed(const Step *s)
{
    snooze(s, TRUE);
}

static void woken(const Step *s)
{
    snooze(s, FALSE);
}

static void end(const Step *s)
{
    SmConversation *c = &s->conv->c;

    sm_conv_end_offer(s->conv, s->seq);
    c->state = SM_STATE_RESOLVED;
    c->resolved = s->at;
    c->snoozed_until = -1;
    c->bot = FALSE;
    s->conv->ended = s->at;
    sm_route_ended(s->desk, s->conv, s->at);
    sm_desk_count_chat(s->desk, s->conv);
    add_event_line(s);
}

static void resolved(const Step *s)
{
    SmConversation *c = &s->conv->c;

    if (!running(s)) {
        return;
    }
    if (c->turns) {
        sm_turns_resolved(c->turns, s->at, s->event->flag);
    }
    sm_desk_replace(&c->resolve_reason, s->event->reason);
    c->offline = FALSE;
    end(s);
}

static void abandoned(const Step *s)
{
    SmConversation *c = &s->conv->c;

    if (c->state != SM_STATE_QUEUED) {
        return;
    }
    if (c->turns) {
        sm_turns_abandoned(c->turns, s->at, s->event->since);
    }
    end(s);
}

static void reopened(const Step *s)
{
    SmConversation *c = &s->conv->c;

    if (running(s)) {
        return;
    }
    drop_owner(s);
    c->state = SM_STATE_QUEUED;
    c->queued = c->reopened = s->at;
    c->left = -1;
    c->stars = 0;
    c->complaint = FALSE;
    c->rating_answer = 0;
    s->conv->ended = -1;
    s->conv->fresh = TRUE;
    s->conv->excused = FALSE;
    g_clear_pointer(&s->conv->said, g_ptr_array_unref);
    g_clear_pointer(&s->conv->last_author, g_free);
    g_clear_pointer(&c->resolve_reason, g_free);
    if (c->turns) {
        sm_turns_reopened(c->turns, s->at);
    }
    add_event_line(s);
}

/* What is archived has no lines any more. */
static void rated(const Step *s)
{
    SmConversation *c = &s->conv->c;

    if (!c->archived) {
        SmLine *line = add_text_line(s, SM_LINE_EVENT);
        line->level = s->event->level;
        line->complaint = s->event->flag;
    }
    c->stars = s->event->level;
    c->complaint = s->event->flag;
    c->rating_answer = 0;
    s->conv->excused = FALSE;
}

static void rating_answered(const Step *s)
{
    if (!s->conv->c.archived) {
        add_text_line(s, SM_LINE_EVENT);
    }
    s->conv->c.rating_answer = s->seq;
}

static void left(const Step *s)
{
    if (!running(s) || s->conv->c.left >= 0) {
        return;
    }
    s->conv->c.left = s->event->since > 0 ? s->event->since : s->at;
    add_event_line(s);
}

static void archived(const Step *s)
{
    if (!running(s)) {
        sm_conv_access_close_all(s->conv, s->seq);
        sm_desk_set_owner(s->desk, s->conv, NULL);
        sm_conv_archive(s->desk, s->conv);
    }
}

static void bot_took(const Step *s)
{
    SmConversation *c = &s->conv->c;

    if (c->state != SM_STATE_QUEUED) {
        return;
    }
    c->state = SM_STATE_OPEN;
    c->bot = TRUE;
    if (c->turns) {
        sm_turns_bot(c->turns, s->at, TRUE, s->desk->policy, c->team);
    }
    add_event_line(s);
}

static void bot_handed_over(const Step *s)
{
    SmConversation *c = &s->conv->c;

    if (!c->bot) {
        return;
    }
    c->bot = FALSE;
    c->state = SM_STATE_QUEUED;
    c->queued = s->at;
    move_team(s, s->event->team);
    if (c->turns) {
        sm_turns_bot(c->turns, s->at, FALSE, s->desk->policy, c->team);
    }
    add_event_line(s);
}

/* --- What fell due -----------------------------------------------------------------------------
 */

static void fire(const Step *s, int64_t level)
{
    SmConv *conv = s->conv;
    int turn = (int)s->event->n;
    SmFired fired = {.level = level};

    if (!s->event->agent) {
        return;
    }
    if (conv->fired_turn != turn) {
        conv->fired_turn = turn;
        g_array_set_size(conv->fired, 0);
    }
    for (guint i = 0; i < conv->fired->len; i++) {
        SmFired *old = &g_array_index(conv->fired, SmFired, i);
        if (g_str_equal(old->owner, s->event->agent)) {
            old->level = MAX(old->level, level);
            return;
        }
    }
    fired.owner = g_strdup(s->event->agent);
    g_array_append_val(conv->fired, fired);
}

static void turn_warned(const Step *s)
{
    fire(s, s->event->level);
    add_line(s, SM_LINE_EVENT)->level = s->event->level;
}

static void turn_breached(const Step *s)
{
    fire(s, 100);
    add_event_line(s);
}

static void queue_breached(const Step *s)
{
    if (s->conv->c.turns) {
        s->conv->queue_breached = sm_turns_stays(s->conv->c.turns);
    }
    add_event_line(s);
}

static void excused(const Step *s)
{
    s->conv->excused = TRUE;
    if (!s->conv->c.archived) {
        add_event_line(s);
    }
}

static void nothing(const Step *s)
{
}

/* The contact's part of it is applied already, whether there is such a conversation or not. */
static void of_contact(const Step *s)
{
    if (s->event->type != SM_EVENT_ORDER_RECORDED) {
        add_event_line(s);
    }
}

void sm_conv_forget(SmConv *conv, const char *content)
{
    for (guint i = 0; i < conv->c.lines->len; i++) {
        SmLine *line = conv->c.lines->pdata[i];
        if (g_strcmp0(line->content, content) == 0) {
            g_clear_pointer(&line->text, g_free);
            line->erased = TRUE;
        }
    }
    if (g_strcmp0(conv->c.profile_content, content) == 0) {
        sm_conv_set_profile(conv, NULL);
        conv->profile_erased = TRUE;
    }
}

static void erased(const Step *s)
{
    sm_conv_forget(s->conv, s->event->content);
    sm_notice_forget(s->desk, s->event->content);
    sm_contact_card_forget(s->desk, s->event->content);
}

void sm_desk_forget_content(SmDesk *desk, const char *content)
{
    GHashTableIter iter;
    gpointer conv;

    g_hash_table_iter_init(&iter, desk->conversations); /* each on its own */
    while (g_hash_table_iter_next(&iter, NULL, &conv)) {
        sm_conv_forget(conv, content);
    }
    sm_notice_forget(desk, content);
    sm_contact_card_forget(desk, content);
}

/* --- The table ---------------------------------------------------------------------------------
 */

typedef void (*Handler)(const Step *s);

/* Of conversations; what is the whole desk's is in apply_shared.c. */
static const Handler handlers[SM_EVENT_N] = {
    [SM_EVENT_CONVERSATION_STARTED] = started,
    [SM_EVENT_CONVERSATION_QUEUED] = queued,
    [SM_EVENT_OFFLINE_LEFT] = left_offline,
    [SM_EVENT_ANSWER_SEEN] = answer_seen,
    [SM_EVENT_CONVERSATION_ASSIGNED] = assigned,
    [SM_EVENT_CONVERSATION_UNASSIGNED] = unassigned,
    [SM_EVENT_MESSAGE_POSTED] = posted,
    [SM_EVENT_NOTE_POSTED] = noted,
    [SM_EVENT_WHISPER_POSTED] = whispered,
    [SM_EVENT_PARTICIPANT_INVITED] = invited,
    [SM_EVENT_PARTICIPANT_LEFT] = participant_left,
    [SM_EVENT_TRANSFER_OFFERED] = offered,
    [SM_EVENT_TRANSFER_DECLINED] = declined,
    [SM_EVENT_CONVERSATION_TAGGED] = tagged,
    [SM_EVENT_CONVERSATION_SNOOZED] = snoozed,
    [SM_EVENT_CONVERSATION_WOKEN] = woken,
    [SM_EVENT_CONVERSATION_RESOLVED] = resolved,
    [SM_EVENT_CONVERSATION_REOPENED] = reopened,
    [SM_EVENT_CONVERSATION_RATED] = rated,
    [SM_EVENT_CONVERSATION_LEFT] = left,
    [SM_EVENT_CONVERSATION_ABANDONED] = abandoned,
    [SM_EVENT_CONVERSATION_ARCHIVED] = archived,
    [SM_EVENT_BOT_TOOK] = bot_took,
    [SM_EVENT_BOT_HANDED_OVER] = bot_handed_over,
    [SM_EVENT_TURN_WARNED] = turn_warned,
    [SM_EVENT_TURN_BREACHED] = turn_breached,
    [SM_EVENT_QUEUE_BREACHED] = queue_breached,
    [SM_EVENT_RATING_EXCUSED] = excused,
    [SM_EVENT_RATING_ANSWERED] = rating_answered,
    [SM_EVENT_ORDER_RECORDED] = of_contact,
    [SM_EVENT_CONTACT_CHANGED] = of_contact,
    [SM_EVENT_CONTACT_MERGED] = of_contact,
    [SM_EVENT_CONTACT_SPLIT] = of_contact,
    [SM_EVENT_CONTENT_ERASED] = erased,
    [SM_EVENT_REVIEW_GIVEN] = nothing, /* read from the log: review.h */
    [SM_EVENT_REVIEW_COMMENTED] = nothing,
    [SM_EVENT_UNKNOWN] = nothing,
};

static void touch(SmDesk *desk, SmConv *conv, int64_t seq)
{
    conv->c.changed = seq;
    if (!conv->touched) {
        conv->touched = TRUE;
        g_ptr_array_add(desk->touched, conv);
    }
}

/* What may come when a conversation is archived. */
static gboolean outlives(SmEventType type)
{
    return type == SM_EVENT_CONTENT_ERASED || type == SM_EVENT_CONVERSATION_RATED || type == SM_EVENT_RATING_EXCUSED ||
           type == SM_EVENT_RATING_ANSWERED;
}

/* The conversation an event is about; NULL where there is none that it fits. */
static SmConv *subject(SmDesk *desk, const SmEvent *event)
{
    SmConv *conv = sm_desk_find(desk, event->conversation);

    if (event->type == SM_EVENT_CONVERSATION_STARTED) {
        gboolean fits = !conv && event->contact && event->team;
        return fits ? sm_desk_add_conversation(desk, event->conversation) : NULL;
    }
    gboolean fits = conv && (!conv->c.archived || outlives(event->type));
    return fits ? conv : NULL;
}

void sm_desk_apply_one(SmDesk *desk, const SmEvent *event, int64_t seq, int64_t at)
{
    Step s = {.desk = desk, .event = event, .seq = seq, .at = at};

    if (sm_event_seen(event->type) == SM_SEEN_DESK) {
        sm_desk_apply_shared(desk, event, at);
        return;
    }
    if (sm_visitor_apply(desk, event)) {
        return;
    }
    s.conv = subject(desk, event);
    sm_desk_apply_contact(desk, s.conv, event, seq, at);
    if (!s.conv) {
        return;
    }
    s.at = s.conv->stamp = MAX(at, s.conv->stamp);
    handlers[event->type](&s);
    touch(desk, s.conv, seq);
}

void sm_desk_settle(const SmDesk *late)
{
    SmDesk *desk = (SmDesk *)late; /* what is reckoned late changes nothing that anybody has seen */

    if (!desk->unsettled) {
        return;
    }
    desk->unsettled = FALSE;
    for (guint i = 0; i < desk->touched->len; i++) {
        SmConv *conv = desk->touched->pdata[i];
        conv->touched = FALSE;
        sm_desk_refresh_due(desk, conv);
        if (conv->c.state == SM_STATE_QUEUED && !conv->installed) {
            g_hash_table_add(desk->queued, conv);
        } else {
            g_hash_table_remove(desk->queued, conv);
        }
    }
    g_ptr_array_set_size(desk->touched, 0);
    desk->route_due = sm_route_ready(desk) ? desk->at : INT64_MAX;
}

gboolean sm_desk_apply(SmDesk *desk, const SmRecord *record, GError **error)
{
    if (record->seq != desk->seq + 1) {
        g_set_error(error, SM_ERROR, SM_ERROR_CORRUPT,
                    "record %" G_GINT64_FORMAT " does not follow %" G_GINT64_FORMAT, record->seq,
                    desk->seq);
        return FALSE;
    }
    desk->seq = record->seq;
    desk->at = MAX(desk->at, record->at);
    for (guint i = 0; i < record->events->len; i++) {
        sm_desk_apply_one(desk, record->events->pdata[i], record->seq, record->at);
    }
    desk->unsettled = TRUE;
    return TRUE;
}

void sm_desk_apply_event(SmDesk *desk, const SmEvent *event, int64_t seq, int64_t at)
{
    SmConv *conv = sm_desk_find(desk, event->conversation);

    if (sm_event_seen(event->type) != SM_SEEN_DESK &&
        (!conv || conv->c.as_of >= seq || event->type == SM_EVENT_CONVERSATION_STARTED)) {
        return;
    }
    desk->seq = MAX(desk->seq, seq);
    desk->at = MAX(desk->at, at);
    sm_desk_apply_one(desk, event, seq, at);
    desk->unsettled = TRUE;
}
