/* SPDX-License-Identifier: MIT */
/* desk: the containers of the fold, and reading them. */
#include "desk/desk_private.h"

#include <string.h>

#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"

const char *sm_state_name(SmState state)
{
    static const char *const names[] = {"queued", "open", "snoozed", "resolved"};
    g_return_val_if_fail((guint)state < G_N_ELEMENTS(names), "queued");
    return names[state];
}

void sm_desk_replace(char **place, const char *text)
{
    char *old = *place;
    *place = g_strdup(text);
    g_free(old);
}

/* --- Making and freeing ------------------------------------------------------------------------
 */

void sm_line_free(SmLine *line)
{
    g_free(line->id);
    g_free(line->agent);
    g_free(line->by);
    g_free(line->content);
    g_free(line->text);
    g_free(line->name);
    g_free(line->reason);
    json_decref(line->file);
    g_free(line);
}

void sm_queue_row_free(SmQueueRow *row)
{
    g_free(row->conversation);
    g_free(row->team);
    g_free(row->name);
    g_free(row->language);
    g_free(row->first_line);
    g_clear_pointer(&row->deadline.policy, sm_policy_unref);
    g_free(row);
}

static void free_line(gpointer line)
{
    sm_line_free(line);
}

static void free_row(gpointer row)
{
    sm_queue_row_free(row);
}

static void clear_access(gpointer access)
{
    g_free(((SmAccess *)access)->id);
}

static void clear_fired(gpointer fired)
{
    g_free(((SmFired *)fired)->owner);
}

static void conv_free(gpointer data)
{
    SmConv *conv = data;
    SmConversation *c = &conv->c;

    g_free(c->id);
    g_free(c->contact);
    g_free(c->inbox);
    g_free(c->team);
    g_free(c->language);
    g_free(c->name);
    g_free(c->order);
    g_free(c->reach);
    json_decref(c->attributes);
    g_free(c->profile_content);
    g_free(c->owner);
    g_free(c->resolve_reason);
    g_ptr_array_unref(c->participants);
    g_free(c->offered_to);
    g_free(c->offered_by);
    g_free(c->offered_team);
    g_ptr_array_unref(c->tags);
    g_ptr_array_unref(c->lines);
    sm_turns_free(c->turns);
    g_array_unref(c->access);
    g_free(conv->last_author);
    g_free(conv->last_owner);
    g_clear_pointer(&conv->passed, g_ptr_array_unref);
    g_clear_pointer(&conv->said, g_ptr_array_unref);
    g_clear_pointer(&conv->noticed, g_ptr_array_unref);
    g_clear_pointer(&conv->fired, g_array_unref);
    g_free(conv);
}

static SmConv *conv_new(const char *id)
{
    SmConv *conv = g_new0(SmConv, 1);
    SmConversation *c = &conv->c;

    c->id = g_strdup(id);
    c->started = c->queued = c->assigned = c->resolved = c->reopened = -1;
    c->snoozed_until = c->left = c->last_at = -1;
    c->offer_until = -1;
    c->participants = g_ptr_array_new_with_free_func((GDestroyNotify)sm_participant_free);
    c->tags = g_ptr_array_new_with_free_func(g_free);
    c->lines = g_ptr_array_new_with_free_func(free_line);
    c->access = g_array_new(FALSE, FALSE, sizeof(SmAccess));
    g_array_set_clear_func(c->access, clear_access);
    conv->fired = g_array_new(FALSE, FALSE, sizeof(SmFired));
    g_array_set_clear_func(conv->fired, clear_fired);
    conv->ended = conv->seen_at = -1;
    conv->stamp = -1;
    return conv;
}

static void node_free(gpointer data)
{
    SmAgentNode *node = data;

    g_free(node->a.id);
    g_free(node->a.name);
    sm_ladder_clear(&node->a);
    g_ptr_array_unref(node->a.teams);
    g_ptr_array_unref(node->a.languages);
    g_hash_table_unref(node->owned);
    g_free(node);
}

SmDesk *sm_desk_new(guint lines)
{
    SmDesk *desk = g_new0(SmDesk, 1);

    desk->cap = lines;
    desk->conversations = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, conv_free);
    desk->agents = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, node_free);
    desk->contacts = g_hash_table_new(g_str_hash, g_str_equal);
    desk->cards = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)sm_contact_card_free);
    desk->card_of = g_hash_table_new(g_str_hash, g_str_equal);
    desk->rows = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_row);
    desk->sorted = g_ptr_array_new();
    desk->agent_list = g_ptr_array_new();
    desk->touched = g_ptr_array_new();
    desk->row_list = g_ptr_array_new();
    desk->none = g_ptr_array_new();
    desk->broadcasts = sm_broadcasts_new();
    desk->incidents = sm_incidents_new();
    desk->invitations = sm_invitations_new();
    desk->heap = sm_heap_new();
    desk->queued = g_hash_table_new(NULL, NULL);
    desk->passes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    desk->route_due = INT64_MAX;
    desk->policy = sm_policy_shipped();
    return desk;
}

void sm_desk_clear(SmDesk *desk)
{
    GHashTable *conversations = desk->conversations;
    GHashTable *agents = desk->agents;
    GHashTable *rows = desk->rows;

    /* Borrowed arrays first, then what they point at. */
    g_clear_pointer(&desk->row_list, g_ptr_array_unref);
    g_ptr_array_set_size(desk->sorted, 0);
    g_ptr_array_set_size(desk->agent_list, 0);
    desk->row_list = g_ptr_array_new();
    g_hash_table_remove_all(desk->contacts);
    g_hash_table_remove_all(desk->queued);
    g_hash_table_remove_all(desk->card_of);
    g_hash_table_remove_all(desk->cards);
    desk->route_due = INT64_MAX;
    desk->routed = 0;
    g_ptr_array_set_size(desk->touched, 0);
    desk->unsettled = FALSE;
    g_hash_table_remove_all(desk->passes);
    g_ptr_array_set_size(desk->broadcasts, 0);
    g_ptr_array_set_size(desk->incidents, 0);
    g_ptr_array_set_size(desk->invitations, 0);
    sm_heap_free(desk->heap);
    desk->heap = sm_heap_new();
    g_hash_table_remove_all(rows);
    g_hash_table_remove_all(conversations);
    g_hash_table_remove_all(agents);
    sm_policy_unref(desk->policy);
    desk->policy = sm_policy_shipped();
    desk->seq = 0;
    desk->at = 0;
    desk->sorted_dirty = desk->agents_dirty = FALSE;
}

void sm_desk_free(SmDesk *desk)
{
    if (!desk) {
        return;
    }
    g_ptr_array_unref(desk->row_list);
    g_ptr_array_unref(desk->sorted);
    g_ptr_array_unref(desk->agent_list);
    g_ptr_array_unref(desk->touched);
    g_hash_table_unref(desk->queued);
    g_hash_table_unref(desk->card_of);
    g_hash_table_unref(desk->cards);
    g_hash_table_unref(desk->passes);
    sm_heap_free(desk->heap);
    g_hash_table_unref(desk->contacts);
    g_hash_table_unref(desk->rows);
    g_hash_table_unref(desk->conversations);
    g_hash_table_unref(desk->agents);
    g_ptr_array_unref(desk->none);
    g_ptr_array_unref(desk->broadcasts);
    g_ptr_array_unref(desk->incidents);
    g_ptr_array_unref(desk->invitations);
    sm_policy_unref(desk->policy);
    g_free(desk);
}

void sm_desk_set_mask(SmDesk *desk, char *(*mask)(const char *text))
{
    desk->mask = mask;
}

/* --- Conversations -----------------------------------------------------------------------------
 */

SmConv *sm_desk_find(const SmDesk *desk, const char *id)
{
    return id ? g_hash_table_lookup(desk->conversations, id) : NULL;
}

SmConv *sm_desk_add_conversation(SmDesk *desk, const char *id)
{
    SmConv *conv = conv_new(id);

    g_hash_table_insert(desk->conversations, conv->c.id, conv);
    return conv;
}

void sm_desk_link_contact(SmDesk *desk, SmConv *conv)
{
    if (conv->c.contact) {
        conv->previous = g_hash_table_lookup(desk->contacts, conv->c.contact);
        g_hash_table_replace(desk->contacts, conv->c.contact, conv);
    }
}

static void unlink_contact(SmDesk *desk, SmConv *conv)
{
    SmConv *latest = conv->c.contact ? g_hash_table_lookup(desk->contacts, conv->c.contact) : NULL;

    if (latest == conv) {
        g_hash_table_remove(desk->contacts, conv->c.contact);
        if (conv->previous) {
            g_hash_table_insert(desk->contacts, conv->previous->c.contact, conv->previous);
        }
        return;
    }
    for (SmConv *next = latest; next; next = next->previous) {
        if (next->previous == conv) {
            next->previous = conv->previous;
            /* The key is a string of the latest one, which stays. */
            return;
        }
    }
}

gint sm_conv_by_beginning(gconstpointer a, gconstpointer b)
{
    const SmConversation *x = *(const SmConversation *const *)a;
    const SmConversation *y = *(const SmConversation *const *)b;

    if (x->first_seq != y->first_seq) {
        return x->first_seq < y->first_seq ? -1 : 1;
    }
    return strcmp(x->id, y->id);
}

/* On a server the newest comes last and nothing has to be sorted. */
void sm_desk_list_add(SmDesk *desk, SmConv *conv)
{
    GPtrArray *sorted = desk->sorted;
    gpointer added = conv;

    if (sorted->len > 0 && sm_conv_by_beginning(&sorted->pdata[sorted->len - 1], &added) > 0) {
        desk->sorted_dirty = TRUE;
    }
    g_ptr_array_add(sorted, conv);
}

static void list_remove(SmDesk *desk, SmConv *conv)
{
    guint low = 0, high = desk->sorted->len;
    gpointer removed = conv;

    if (desk->sorted_dirty) {
        g_ptr_array_remove(desk->sorted, conv);
        return;
    }
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (sm_conv_by_beginning(&desk->sorted->pdata[middle], &removed) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low < desk->sorted->len && desk->sorted->pdata[low] == conv) {
        g_ptr_array_remove_index(desk->sorted, low);
    }
}

void sm_desk_drop_conversation(SmDesk *desk, SmConv *conv)
{
    sm_desk_set_owner(desk, conv, NULL);
    sm_heap_remove(desk->heap, &conv->c.due);
    g_hash_table_remove(desk->queued, conv);
    unlink_contact(desk, conv);
    if (conv->touched) {
        g_ptr_array_remove_fast(desk->touched, conv);
    }
    list_remove(desk, conv);
    g_hash_table_remove(desk->conversations, conv->c.id);
}

void sm_conv_strip(SmDesk *desk, SmConv *conv)
{
    SmConversation *c = &conv->c;

    g_ptr_array_unref(c->lines);
    g_ptr_array_unref(c->tags);
    c->lines = g_ptr_array_ref(desk->none);
    c->tags = g_ptr_array_ref(desk->none);
    g_ptr_array_set_size(c->participants, 0);
    g_clear_pointer(&c->turns, sm_turns_free);
    g_clear_pointer(&c->resolve_reason, g_free);
    g_clear_pointer(&conv->fired, g_array_unref);
    g_clear_pointer(&conv->noticed, g_ptr_array_unref);
    c->archived = TRUE;
    c->lines_cut = TRUE;
}

void sm_conv_archive(SmDesk *desk, SmConv *conv)
{
    sm_heap_remove(desk->heap, &conv->c.due);
    list_remove(desk, conv);
    sm_conv_strip(desk, conv);
}

SmLine *sm_desk_add_line(SmDesk *desk, SmConv *conv)
{
    GPtrArray *lines = conv->c.lines;
    SmLine *line = g_new0(SmLine, 1);

    if (desk->cap > 0 && lines->len >= desk->cap) {
        g_ptr_array_remove_range(lines, 0, lines->len - desk->cap + 1);
        conv->c.lines_cut = TRUE;
    }
    g_ptr_array_add(lines, line);
    return line;
}

int64_t sm_conv_fired(const SmConv *conv, int turn, const char *owner)
{
    for (guint i = 0; conv->fired_turn == turn && i < conv->fired->len; i++) {
        const SmFired *fired = &g_array_index(conv->fired, SmFired, i);
        if (g_str_equal(fired->owner, owner)) {
            return fired->level;
        }
    }
    return 0;
}

/* --- Agents ------------------------------------------------------------------------------------
 */

const SmAgentNode *sm_desk_find_node(const SmDesk *desk, const char *id)
{
    return id ? g_hash_table_lookup(desk->agents, id) : NULL;
}

SmAgentNode *sm_desk_node(SmDesk *desk, const char *id)
{
    SmAgentNode *node = g_hash_table_lookup(desk->agents, id);

    if (!node) {
        node = g_new0(SmAgentNode, 1);
        node->a.id = g_strdup(id);
        node->a.teams = g_ptr_array_new_with_free_func(g_free);
        node->a.languages = g_ptr_array_new_with_free_func(g_free);
        node->a.availability = node->a.before = SM_AVAILABLE_OFFLINE;
        node->owned = g_hash_table_new(NULL, NULL);
        g_hash_table_insert(desk->agents, node->a.id, node);
    }
    return node;
}

void sm_desk_count_chat(SmDesk *desk, SmConv *conv)
{
    if (!conv->c.owner) {
        return;
    }
    SmAgentNode *node = sm_desk_node(desk, conv->c.owner);
    if (conv->c.state == SM_STATE_OPEN || conv->c.state == SM_STATE_SNOOZED) {
        g_hash_table_add(node->owned, conv);
    } else {
        g_hash_table_remove(node->owned, conv);
    }
    node->a.chats = (int)g_hash_table_size(node->owned);
}

void sm_desk_set_owner(SmDesk *desk, SmConv *conv, const char *owner)
{
    if (conv->c.owner) {
        SmAgentNode *node = sm_desk_node(desk, conv->c.owner);
        g_hash_table_remove(node->owned, conv);
        node->a.chats = (int)g_hash_table_size(node->owned);
    }
    sm_desk_replace(&conv->c.owner, owner);
    sm_desk_count_chat(desk, conv);
}

const char *sm_agent_shown(const SmAgent *agent)
{
    return agent->name ? agent->name : agent->id;
}

gboolean sm_agent_in_team(const SmAgent *agent, const char *team)
{
    return agent && team && g_ptr_array_find_with_equal_func(agent->teams, team, g_str_equal, NULL);
}

gboolean sm_agents_share_team(const SmAgent *a, const SmAgent *b)
{
    for (guint i = 0; i < a->teams->len; i++) {
        if (sm_agent_in_team(b, a->teams->pdata[i])) {
            return TRUE;
        }
    }
    return FALSE;
}

void sm_desk_set_names(GPtrArray *names, const json_t *list)
{
    size_t i;
    json_t *name;

    g_ptr_array_set_size(names, 0);
    json_array_foreach((json_t *)list, i, name)
    {
        const char *text = json_string_value(name);
        if (text && !g_ptr_array_find_with_equal_func(names, text, g_str_equal, NULL)) {
            g_ptr_array_add(names, g_strdup(text));
        }
    }
}

/* --- Reading -----------------------------------------------------------------------------------
 */

int64_t sm_desk_seq(const SmDesk *desk)
{
    return desk->seq;
}

int64_t sm_desk_at(const SmDesk *desk)
{
    return desk->at;
}

SmPolicy *sm_desk_policy(const SmDesk *desk)
{
    return desk->policy;
}

const SmConversation *sm_desk_conversation(const SmDesk *desk, const char *id)
{
    SmConv *conv = sm_desk_find(desk, id);
    return conv ? &conv->c : NULL;
}

const SmAgent *sm_desk_agent(const SmDesk *desk, const char *id)
{
    const SmAgentNode *node = sm_desk_find_node(desk, id);
    return node && node->known ? &node->a : NULL;
}

const GPtrArray *sm_desk_conversations(SmDesk *desk)
{
    if (desk->sorted_dirty) {
        g_ptr_array_sort(desk->sorted, sm_conv_by_beginning);
        desk->sorted_dirty = FALSE;
    }
    return desk->sorted;
}

static gint by_agent_id(gconstpointer a, gconstpointer b)
{
    return strcmp((*(const SmAgent *const *)a)->id, (*(const SmAgent *const *)b)->id);
}

const GPtrArray *sm_desk_agents(SmDesk *desk)
{
    GHashTableIter iter;
    gpointer value;

    if (!desk->agents_dirty) {
        return desk->agent_list;
    }
    g_ptr_array_set_size(desk->agent_list, 0);
    g_hash_table_iter_init(&iter, desk->agents);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        if (((SmAgentNode *)value)->known) {
            g_ptr_array_add(desk->agent_list, value);
        }
    }
    g_ptr_array_sort(desk->agent_list, by_agent_id);
    desk->agents_dirty = FALSE;
    return desk->agent_list;
}

/* Where one person goes on who has two: where something is going on, else in the newer. */
static const SmConv *go_on(const SmConv *a, const SmConv *b)
{
    if (!a || (a->c.state == SM_STATE_RESOLVED) != (b->c.state == SM_STATE_RESOLVED)) {
        return !a || a->c.state == SM_STATE_RESOLVED ? b : a;
    }
    return a->c.first_seq > b->c.first_seq ? a : b;
}

const SmConversation *sm_desk_contact_conversation(const SmDesk *desk, const char *contact)
{
    const SmContactCard *card = contact ? sm_desk_card_of(desk, contact) : NULL;
    const SmConv *latest = contact ? g_hash_table_lookup(desk->contacts, contact) : NULL;

    if (card && (card->into || card->merged->len > 0)) {
        g_autoptr(GPtrArray) group = sm_desk_contact_group(desk, contact);
        latest = NULL;
        for (guint i = 0; i < group->len; i++) {
            const SmConv *conv = g_hash_table_lookup(desk->contacts, group->pdata[i]);
            latest = conv && !conv->c.archived ? go_on(latest, conv) : latest;
        }
    }
    return latest && !latest->c.archived ? &latest->c : NULL;
}

static gint newest_first(gconstpointer a, gconstpointer b)
{
    const SmConv *x = *(SmConv *const *)a, *y = *(SmConv *const *)b;

    if (x->ended != y->ended) {
        return x->ended > y->ended ? -1 : 1;
    }
    return x->c.first_seq > y->c.first_seq ? -1 : x->c.first_seq < y->c.first_seq;
}

GPtrArray *sm_desk_outlived(const SmDesk *desk, int64_t after, int64_t before)
{
    GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) old = g_ptr_array_new();
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, desk->conversations);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        SmConv *conv = value;
        if (conv->c.archived && conv->ended > after && conv->ended <= before) {
            g_ptr_array_add(old, conv);
        }
    }
    g_ptr_array_sort(old, newest_first);
    for (guint i = 0; i < old->len; i++) {
        g_ptr_array_add(found, g_strdup(((const SmConv *)old->pdata[i])->c.id));
    }
    return found;
}

const SmConversation *sm_desk_ever(const SmDesk *desk, const char *id)
{
    const SmConv *conv = sm_desk_find(desk, id);
    return conv ? &conv->c : NULL;
}

SmDeadline sm_conversation_deadline(const SmConversation *c)
{
    if (!c->turns) {
        return (SmDeadline){.kind = SM_CLOCK_NONE, .began = -1, .due = -1, .target = -1};
    }
    return sm_turns_deadline(c->turns);
}

gboolean sm_desk_attended(const SmDesk *desk, const char *team, int64_t now)
{
    const SmTeam *found = team ? sm_policy_team(desk->policy, team) : NULL;
    GHashTableIter iter;
    gpointer value;

    if (!found || (found->hours && !sm_hours_open(found->hours, now))) {
        return FALSE;
    }
    g_hash_table_iter_init(&iter, desk->agents); /* any will do */
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const SmAgentNode *node = value;
        if (node->known && node->a.availability == SM_AVAILABLE_ONLINE &&
            sm_agent_in_team(&node->a, team)) {
            return TRUE;
        }
    }
    return FALSE;
}

int sm_desk_capacity(const SmDesk *desk, const SmAgent *agent)
{
    int capacity = agent->capacity;

    for (guint i = 0; agent->capacity <= 0 && i < agent->teams->len; i++) {
        const SmTeam *team = sm_policy_team(desk->policy, agent->teams->pdata[i]);
        capacity = team ? MAX(capacity, team->capacity) : capacity;
    }
    return MAX(capacity, 1);
}

int64_t sm_desk_next_due(const SmDesk *desk)
{
    sm_desk_settle(desk);
    const SmHeapNode *first = sm_heap_first(desk->heap);
    int64_t shared = MIN(sm_notice_next_due(desk), sm_visitor_next_due(desk));
    return MIN(MIN(first ? first->due : INT64_MAX, desk->route_due), shared);
}
