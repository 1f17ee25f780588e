/* SPDX-License-Identifier: MIT */
/* saved: each list of fields stands once, for writing and for reading (pack.h). What follows from other things - who has how
 * many, what falls due when, who waits - is not written but found anew. */
#include "seatmux/desk/saved.h"

#include <string.h>

#include "desk/desk_private.h"
#include "desk/saved_private.h"

void sm_saved_list(SmPack *pack, GPtrArray *list, gsize size, PackOne fields)
{
    guint n = sm_pack_count(pack, list->len);

    for (guint i = 0; i < n && sm_pack_good(pack); i++) {
        gpointer one = sm_pack_reads(pack) ? g_malloc0(size) : list->pdata[i];
        fields(pack, one);
        if (sm_pack_reads(pack)) {
            g_ptr_array_add(list, one);
        }
    }
}

void sm_saved_array(SmPack *pack, GArray *list, gsize size, PackOne fields)
{
    static const guint8 zeros[64];
    guint n = sm_pack_count(pack, list ? list->len : 0);

    for (guint i = 0; i < n && sm_pack_good(pack); i++) {
        if (sm_pack_reads(pack)) {
            g_array_append_vals(list, zeros, 1);
        }
        fields(pack, list->data + i * size);
    }
}

/* A list of texts that is there only where there are some. */
static void pack_some_texts(SmPack *pack, GPtrArray **texts)
{
    GPtrArray *list = *texts ? g_ptr_array_ref(*texts) : g_ptr_array_new_with_free_func(g_free);

    sm_pack_texts(pack, list);
    if (sm_pack_reads(pack) && list->len > 0) {
        *texts = g_ptr_array_ref(list);
    }
    g_ptr_array_unref(list);
}

void sm_saved_id(SmPack *pack, char **id)
{
    sm_pack_text(pack, id);
    if (!*id) {
        sm_pack_spoil(pack);
        *id = g_strdup("");
    }
}

/* The place of one that stood before, from 1; beyond the last: a new one. */
static int place_of(const GPtrArray *known, const SmPolicy *policy)
{
    for (guint i = 0; i < known->len; i++) {
        if (strcmp(((const SmPolicy *)known->pdata[i])->hash, policy->hash) == 0) {
            return (int)i + 1;
        }
    }
    return (int)known->len + 1;
}

static SmPolicy *pack_new_policy(SmPack *pack, SmPolicy *policy)
{
    g_autoptr(json_t) json = policy ? sm_policy_encode(policy) : NULL;

    sm_pack_json(pack, &json);
    return policy ? sm_policy_ref(policy) : json ? sm_policy_decode(json, NULL) : NULL;
}

/* One that stood before is named by its place, a new one written out. */
void sm_saved_policy(SmPack *pack, SmPolicy **policy)
{
    GPtrArray *known = ((Saving *)sm_pack_context(pack))->policies;
    SmPolicy *writes = sm_pack_reads(pack) ? NULL : *policy;
    int which = writes ? place_of(known, writes) : 0;

    sm_pack_choice(pack, &which, (int)known->len + 1);
    if ((guint)which > known->len) {
        SmPolicy *added = pack_new_policy(pack, writes);
        if (!added) {
            sm_pack_spoil(pack);
            return;
        }
        g_ptr_array_add(known, added);
    }
    if (sm_pack_reads(pack)) {
        g_clear_pointer(policy, sm_policy_unref);
        *policy = which > 0 ? sm_policy_ref(known->pdata[which - 1]) : NULL;
    }
}

/* Whoever gives one of these another member adds it to its list below, or says here that it follows from others. */
#if GLIB_SIZEOF_VOID_P == 8
G_STATIC_ASSERT(sizeof(SmLine) == 136);
G_STATIC_ASSERT(sizeof(SmConv) == 480);
G_STATIC_ASSERT(sizeof(SmAgentNode) == 160);
G_STATIC_ASSERT(sizeof(SmContactCard) == 56);
G_STATIC_ASSERT(sizeof(SmContactOrder) == 56);
G_STATIC_ASSERT(sizeof(SmOrderText) == 24);
G_STATIC_ASSERT(sizeof(SmBroadcast) == 96);
G_STATIC_ASSERT(sizeof(SmIncident) == 64);
G_STATIC_ASSERT(sizeof(SmInvitation) == 48);
G_STATIC_ASSERT(sizeof(struct SmDesk) == 216); /* up_since is of this run of the program */
#endif

/* --- Conversations -------------------------------------------------------------------------------
 */

static void pack_line(SmPack *pack, gpointer one)
{
    SmLine *line = one;

    sm_pack_int(pack, &line->seq);
    sm_pack_int(pack, &line->at);
    sm_pack_enum(pack, &line->kind, SM_LINE_EVENT);
    sm_pack_enum(pack, &line->event, SM_EVENT_N - 1);
    sm_pack_text(pack, &line->id);
    sm_pack_enum(pack, &line->author, SM_AUTHOR_SYSTEM);
    sm_pack_enum(pack, &line->message_kind, SM_MESSAGE_LINK);
    sm_pack_text(pack, &line->agent);
    sm_pack_text(pack, &line->by);
    sm_pack_enum(pack, &line->cause, SM_CAUSE_LAST);
    sm_pack_text(pack, &line->content);
    sm_pack_text(pack, &line->text);
    sm_pack_flag(pack, &line->erased);
    sm_pack_int(pack, &line->n);
    sm_pack_int(pack, &line->level);
    sm_pack_flag(pack, &line->complaint);
    sm_pack_text(pack, &line->name);
    sm_pack_text(pack, &line->reason);
    sm_pack_json(pack, &line->file);
}

static void pack_access(SmPack *pack, gpointer one)
{
    SmAccess *access = one;

    sm_pack_enum(pack, &access->kind, SM_AUDIENCE_TEAM);
    sm_saved_id(pack, &access->id);
    sm_pack_int(pack, &access->from);
    sm_pack_int(pack, &access->to);
}

static void pack_fired(SmPack *pack, gpointer one)
{
    SmFired *fired = one;

    sm_saved_id(pack, &fired->owner);
    sm_pack_int(pack, &fired->level);
}

static void pack_participant(SmPack *pack, gpointer one)
{
    SmParticipant *participant = one;

    sm_saved_id(pack, &participant->agent);
    sm_pack_flag(pack, &participant->consult);
}

/* Who they are and where. */
static void pack_profile(SmPack *pack, SmConversation *c)
{
    sm_pack_text(pack, &c->contact);
    sm_pack_text(pack, &c->inbox);
    sm_pack_text(pack, &c->team);
    sm_pack_text(pack, &c->language);
    sm_pack_text(pack, &c->name);
    sm_pack_text(pack, &c->order);
    sm_pack_json(pack, &c->attributes);
    sm_pack_text(pack, &c->reach);
    sm_pack_text(pack, &c->profile_content);
    sm_pack_texts(pack, c->tags);
}

static void pack_stamps(SmPack *pack, SmConversation *c)
{
    int64_t *stamps[] = {&c->started, &c->queued, &c->assigned, &c->resolved, &c->reopened, &c->snoozed_until,
                         &c->left, &c->last_at, &c->version, &c->stars, &c->rating_answer, &c->offer_until,
                         &c->as_of, &c->changed, &c->first_seq};

    for (guint i = 0; i < G_N_ELEMENTS(stamps); i++) {
        sm_pack_int(pack, stamps[i]);
    }
}

static void pack_conversation(SmPack *pack, SmConversation *c)
{
    pack_profile(pack, c);
    pack_stamps(pack, c);
    sm_pack_enum(pack, &c->state, SM_STATE_RESOLVED);
    sm_pack_flag(pack, &c->archived);
    sm_pack_flag(pack, &c->bot);
    sm_pack_flag(pack, &c->training);
    sm_pack_flag(pack, &c->offline);
    sm_pack_flag(pack, &c->unseen);
    sm_pack_flag(pack, &c->complaint);
    sm_pack_flag(pack, &c->lines_cut);
    sm_pack_text(pack, &c->resolve_reason);
    sm_pack_text(pack, &c->offered_to);
    sm_pack_text(pack, &c->offered_by);
    sm_pack_text(pack, &c->offered_team);
    sm_saved_list(pack, c->participants, sizeof(SmParticipant), pack_participant);
    sm_saved_list(pack, c->lines, sizeof(SmLine), pack_line);
    sm_saved_array(pack, c->access, sizeof(SmAccess), pack_access);
}

/* What the desk alone knows of it. */
static void pack_inside(SmPack *pack, SmConv *conv)
{
    int breached = (int)conv->queue_breached;

    sm_pack_int(pack, &conv->ended);
    sm_pack_int(pack, &conv->seen_at);
    sm_pack_int(pack, &conv->stamp);
    sm_pack_text(pack, &conv->last_author);
    sm_pack_text(pack, &conv->last_owner);
    sm_pack_flag(pack, &conv->profile_erased);
    sm_pack_flag(pack, &conv->excused);
    sm_pack_flag(pack, &conv->fresh);
    sm_pack_flag(pack, &conv->routed);
    sm_pack_number(pack, &conv->fired_turn);
    sm_pack_number(pack, &breached);
    conv->queue_breached = (guint)breached;
    sm_saved_array(pack, conv->fired, sizeof(SmFired), pack_fired);
    pack_some_texts(pack, &conv->said);
    pack_some_texts(pack, &conv->passed);
    pack_some_texts(pack, &conv->noticed);
}

/* Into the tables, as what was told of it one event after the other had put it. */
static void join(SmDesk *desk, SmConv *conv, const char *owner)
{
    if (owner) {
        sm_desk_set_owner(desk, conv, owner);
    }
    sm_desk_link_contact(desk, conv);
    if (conv->c.archived) {
        sm_conv_strip(desk, conv);
        return;
    }
    sm_desk_list_add(desk, conv);
    conv->touched = TRUE;
    g_ptr_array_add(desk->touched, conv);
}

static void pack_one_conversation(SmPack *pack, SmDesk *desk, SmConv *conv)
{
    char *id = conv ? conv->c.id : NULL, *owner = conv ? conv->c.owner : NULL;

    sm_saved_id(pack, &id);
    sm_pack_text(pack, &owner);
    if (sm_pack_reads(pack) && sm_desk_find(desk, id)) {
        sm_pack_spoil(pack);
    } else {
        SmConv *whole = conv ? conv : sm_desk_add_conversation(desk, id);
        pack_conversation(pack, &whole->c);
        pack_inside(pack, whole);
        sm_saved_turns(pack, &whole->c.turns);
        if (!conv) {
            join(desk, whole, owner);
        }
    }
    if (!conv) {
        g_free(id);
        g_free(owner);
    }
}

/* In the order in which they began: that is how a contact's are chained. */
static void pack_conversations(SmPack *pack, SmDesk *desk)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    GHashTableIter iter;
    gpointer conv;

    g_hash_table_iter_init(&iter, desk->conversations);
    while (!sm_pack_reads(pack) && g_hash_table_iter_next(&iter, NULL, &conv)) {
        g_ptr_array_add(all, conv);
    }
    g_ptr_array_sort(all, sm_conv_by_beginning);
    guint n = sm_pack_count(pack, all->len);
    for (guint i = 0; i < n && sm_pack_good(pack); i++) {
        pack_one_conversation(pack, desk, i < all->len ? all->pdata[i] : NULL);
    }
}

/* --- Agents --------------------------------------------------------------------------------------
 */

static void pack_exam(SmPack *pack, SmExamPassed *exam)
{
    sm_pack_text(pack, &exam->name);
    sm_pack_text(pack, &exam->seal);
    sm_pack_int(pack, &exam->permille);
    sm_pack_int(pack, &exam->pass);
    sm_pack_int(pack, &exam->sat);
    sm_pack_int(pack, &exam->at);
}

static void pack_node(SmPack *pack, SmAgentNode *node)
{
    SmAgent *a = &node->a;

    sm_pack_flag(pack, &node->known);
    sm_pack_int(pack, &node->last);
    sm_pack_int(pack, &node->idle);
    sm_pack_int(pack, &node->joined);
    sm_pack_text(pack, &a->name);
    sm_pack_enum(pack, &a->role, SM_ROLE_TRAINEE);
    sm_pack_texts(pack, a->teams);
    sm_pack_texts(pack, a->languages);
    sm_pack_enum(pack, &a->availability, SM_AVAILABLE_OFFLINE);
    sm_pack_enum(pack, &a->before, SM_AVAILABLE_OFFLINE);
    sm_pack_int(pack, &a->availability_since);
    sm_pack_number(pack, &a->capacity);
    sm_pack_number(pack, &a->weight);
    sm_pack_enum(pack, &a->step, SM_STEP_FULL);
    pack_exam(pack, &a->exam);
}

static void pack_agents(SmPack *pack, SmDesk *desk)
{
    g_autoptr(GList) ids = g_list_sort(g_hash_table_get_keys(desk->agents), (GCompareFunc)strcmp);
    const GList *next = ids;
    guint n = sm_pack_count(pack, g_hash_table_size(desk->agents));

    for (guint i = 0; i < n && sm_pack_good(pack); i++) {
        char *id = next ? next->data : NULL;
        next = next ? next->next : NULL;
        sm_saved_id(pack, &id);
        pack_node(pack, sm_desk_node(desk, id));
        if (sm_pack_reads(pack)) {
            g_free(id);
        }
    }
    desk->agents_dirty = TRUE;
}

/* --- Contacts ------------------------------------------------------------------------------------
 */

static void pack_order(SmPack *pack, gpointer one)
{
    SmContactOrder *order = one;

    sm_saved_id(pack, &order->id);
    sm_pack_text(pack, &order->order);
    sm_pack_text(pack, &order->status);
    sm_pack_text(pack, &order->amount);
    sm_pack_text(pack, &order->content);
    sm_pack_int(pack, &order->at);
    sm_pack_flag(pack, &order->plain);
}

static void pack_order_text(SmPack *pack, gpointer one)
{
    SmOrderText *text = one;

    sm_saved_id(pack, &text->content);
    sm_pack_text(pack, &text->conversation);
    sm_pack_int(pack, &text->at);
}

static void pack_cards(SmPack *pack, SmDesk *desk)
{
    g_autoptr(GList) contacts = g_list_sort(g_hash_table_get_keys(desk->cards), (GCompareFunc)strcmp);
    const GList *next = contacts;
    guint n = sm_pack_count(pack, g_hash_table_size(desk->cards));

    for (guint i = 0; i < n && sm_pack_good(pack); i++) {
        char *contact = next ? next->data : NULL;
        next = next ? next->next : NULL;
        sm_saved_id(pack, &contact);
        SmContactCard *card = sm_desk_need_card(desk, contact);
        sm_pack_json(pack, &card->about);
        sm_pack_texts(pack, card->contents);
        sm_saved_list(pack, card->orders, sizeof(SmContactOrder), pack_order);
        sm_saved_list(pack, card->told, sizeof(SmOrderText), pack_order_text);
        sm_pack_text(pack, &card->into);
        sm_pack_texts(pack, card->merged);
        if (sm_pack_reads(pack)) {
            sm_contact_card_index(desk, card);
            g_free(contact);
        }
    }
}

/* --- What the desk says to many, and to visitors -------------------------------------------------
 */

static void pack_broadcast(SmPack *pack, gpointer one)
{
    SmBroadcast *b = one;
    guint *places[] = {&b->total, &b->place, &b->sent};
    int64_t *times[] = {&b->pace, &b->started, &b->next, &b->ended};

    b->chats = b->chats ? b->chats : g_ptr_array_new_with_free_func(g_free);
    sm_saved_id(pack, &b->id);
    sm_pack_text(pack, &b->by);
    sm_pack_text(pack, &b->content);
    sm_pack_text(pack, &b->text);
    sm_pack_texts(pack, b->chats);
    for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
        int place = (int)*places[i];
        sm_pack_choice(pack, &place, (int)b->chats->len);
        *places[i] = (guint)place;
    }
    for (guint i = 0; i < G_N_ELEMENTS(times); i++) {
        sm_pack_int(pack, times[i]);
    }
    sm_pack_enum(pack, &b->state, SM_BROADCAST_STOPPED);
}

static void pack_incident(SmPack *pack, gpointer one)
{
    SmIncident *incident = one;

    sm_saved_id(pack, &incident->id);
    sm_pack_text(pack, &incident->by);
    sm_pack_text(pack, &incident->team);
    sm_pack_text(pack, &incident->inbox);
    sm_pack_text(pack, &incident->content);
    sm_pack_text(pack, &incident->text);
    sm_pack_int(pack, &incident->since);
    sm_pack_int(pack, &incident->until);
}

static void pack_invitation(SmPack *pack, gpointer one)
{
    SmInvitation *invitation = one;

    sm_saved_id(pack, &invitation->id);
    sm_pack_text(pack, &invitation->visit);
    sm_pack_text(pack, &invitation->agent);
    sm_pack_text(pack, &invitation->team);
    sm_pack_text(pack, &invitation->inbox);
    sm_pack_int(pack, &invitation->until);
}

/* --- The desk ------------------------------------------------------------------------------------
 */

static void pack_desk(SmPack *pack, SmDesk *desk)
{
    int cap = (int)desk->cap;
    g_autoptr(GPtrArray) policies = g_ptr_array_new_with_free_func((GDestroyNotify)sm_policy_unref);
    Saving saving = {policies};

    sm_pack_set_context(pack, &saving);
    sm_pack_number(pack, &cap);
    if (cap != (int)desk->cap) {
        sm_pack_spoil(pack); /* of a desk that keeps fewer lines, or more */
    }
    sm_pack_int(pack, &desk->seq);
    sm_pack_int(pack, &desk->at);
    sm_pack_int(pack, &desk->routed);
    sm_saved_policy(pack, &desk->policy);
    pack_agents(pack, desk);
    sm_pack_table(pack, desk->passes);
    pack_cards(pack, desk);
    pack_conversations(pack, desk);
    sm_saved_list(pack, desk->broadcasts, sizeof(SmBroadcast), pack_broadcast);
    sm_saved_list(pack, desk->incidents, sizeof(SmIncident), pack_incident);
    sm_saved_list(pack, desk->invitations, sizeof(SmInvitation), pack_invitation);
    sm_pack_set_context(pack, NULL);
}

void sm_desk_save(SmDesk *desk, SmPack *pack)
{
    pack_desk(pack, desk);
}

gboolean sm_desk_restore(SmDesk *desk, SmPack *pack)
{
    pack_desk(pack, desk);
    if (!sm_pack_good(pack)) {
        return FALSE;
    }
    desk->unsettled = TRUE;
    sm_desk_settle(desk);
    return TRUE;
}
