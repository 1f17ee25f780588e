/* SPDX-License-Identifier: MIT */
/* contact: what is known of the person behind conversations: the card that the staff writes, orders that the shop tells, and
 * that two contacts are one person. */
#include "desk/desk_private.h"

#include <string.h>

#include "seatmux/base/limits.h"

static void order_free(void *data)
{
    SmContactOrder *order = data;

    g_free(order->id);
    g_free(order->order);
    g_free(order->status);
    g_free(order->amount);
    g_free(order->content);
    g_free(order);
}

static void order_text_free(void *data)
{
    SmOrderText *text = data;

    g_free(text->content);
    g_free(text->conversation);
    g_free(text);
}

void sm_contact_card_free(SmContactCard *card)
{
    g_free(card->contact);
    json_decref(card->about);
    g_ptr_array_unref(card->contents);
    g_ptr_array_unref(card->orders);
    g_ptr_array_unref(card->told);
    g_free(card->into);
    g_ptr_array_unref(card->merged);
    g_free(card);
}

SmContactCard *sm_desk_card_of(const SmDesk *desk, const char *contact)
{
    return g_hash_table_lookup(desk->cards, contact);
}

SmContactCard *sm_desk_need_card(SmDesk *desk, const char *contact)
{
    SmContactCard *card = sm_desk_card_of(desk, contact);

    if (!card) {
        card = g_new0(SmContactCard, 1);
        card->contact = g_strdup(contact);
        card->contents = g_ptr_array_new_with_free_func(g_free);
        card->orders = g_ptr_array_new_with_free_func(order_free);
        card->told = g_ptr_array_new_with_free_func(order_text_free);
        card->merged = g_ptr_array_new_with_free_func(g_free);
        g_hash_table_insert(desk->cards, card->contact, card);
    }
    return card;
}

/* --- One person --------------------------------------------------------------------------------
 */

const char *sm_desk_contact_first(const SmDesk *desk, const char *contact)
{
    const SmContactCard *card = contact ? sm_desk_card_of(desk, contact) : NULL;

    return card && card->into ? card->into : contact;
}

gboolean sm_desk_same_contact(const SmDesk *desk, const char *a, const char *b)
{
    return a && b && strcmp(sm_desk_contact_first(desk, a), sm_desk_contact_first(desk, b)) == 0;
}

static gint by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *sm_desk_contact_group(const SmDesk *desk, const char *contact)
{
    GPtrArray *group = g_ptr_array_new_with_free_func(g_free);
    const char *first = sm_desk_contact_first(desk, contact);
    const SmContactCard *card = sm_desk_card_of(desk, first);

    g_ptr_array_add(group, g_strdup(first));
    for (guint i = 0; card && i < card->merged->len; i++) {
        g_ptr_array_add(group, g_strdup(card->merged->pdata[i]));
    }
    g_ptr_array_sort(group, by_text);
    return group;
}

/* Opens or closes a conversation to all whom the event may have made, or unmade, one person with its contact. */
static void follow_group(SmDesk *desk, SmConv *conv, const SmEvent *event, int64_t seq)
{
    g_autoptr(GPtrArray) all = sm_desk_contact_group(desk, event->inbox);

    if (!g_ptr_array_find_with_equal_func(all, event->contact, g_str_equal, NULL)) {
        g_ptr_array_add(all, g_strdup(event->contact));
    }
    for (guint i = 0; i < all->len; i++) {
        const char *id = all->pdata[i];
        if (g_strcmp0(conv->c.contact, id) == 0) {
            continue;
        }
        sm_conv_access_close(conv, SM_AUDIENCE_CONTACT, id, seq);
        if (sm_desk_same_contact(desk, conv->c.contact, id)) {
            sm_conv_access_open(conv, SM_AUDIENCE_CONTACT, id, seq);
        }
    }
}

const char *sm_contact_card_name(const SmDesk *desk, const char *contact)
{
    const SmContactCard *card = sm_desk_card_of(desk, sm_desk_contact_first(desk, contact));

    return card ? sm_json_str(card->about, "name", NULL) : NULL;
}

void sm_desk_join_group(SmDesk *desk, SmConv *conv, int64_t seq)
{
    const SmContactCard *card = sm_desk_card_of(desk, conv->c.contact);

    if (!card || (!card->into && card->merged->len == 0)) {
        return;
    }
    g_autoptr(GPtrArray) group = sm_desk_contact_group(desk, conv->c.contact);
    for (guint i = 0; i < group->len; i++) {
        if (strcmp(group->pdata[i], conv->c.contact) != 0) {
            sm_conv_access_open(conv, SM_AUDIENCE_CONTACT, group->pdata[i], seq);
        }
    }
}

static void merged(SmDesk *desk, const SmEvent *event)
{
    SmContactCard *card = sm_desk_need_card(desk, event->contact), *into = sm_desk_need_card(desk, event->inbox);

    if (card == into || card->into || card->merged->len > 0 || into->into) {
        return; /* so already, or it does not fit */
    }
    card->into = g_strdup(event->inbox);
    g_ptr_array_add(into->merged, g_strdup(event->contact));
}

static void split(SmDesk *desk, const SmEvent *event)
{
    SmContactCard *card = sm_desk_need_card(desk, event->contact), *into = sm_desk_need_card(desk, event->inbox);
    guint at;

    if (g_strcmp0(card->into, event->inbox) == 0) {
        g_clear_pointer(&card->into, g_free);
    }
    if (g_ptr_array_find_with_equal_func(into->merged, event->contact, g_str_equal, &at)) {
        g_ptr_array_remove_index(into->merged, at);
    }
}

/* --- Events ------------------------------------------------------------------------------------
 */

/* The content of an event that is JSON; NULL: erased. New reference. */
static json_t *content_of(const SmEvent *event)
{
    return event->text ? sm_json_parse(event->text, strlen(event->text), SM_MAX_LINE_BYTES, NULL) : NULL;
}

static void changed(SmDesk *desk, SmConv *conv, const SmEvent *event)
{
    SmContactCard *card = sm_desk_need_card(desk, event->contact);

    g_ptr_array_add(card->contents, g_strdup(event->content));
    g_hash_table_replace(desk->card_of, card->contents->pdata[card->contents->len - 1], card);
    json_decref(card->about);
    card->about = content_of(event);
    const char *name = sm_json_str(card->about, "name", NULL);
    if (conv && name) {
        sm_desk_replace(&conv->c.name, name);
    }
}

/* By its id; of a record of before, by its number. */
static SmContactOrder *take_order(SmContactCard *card, const SmEvent *event, int64_t seq)
{
    for (guint i = 0; i < card->orders->len; i++) {
        const SmContactOrder *order = card->orders->pdata[i];
        if (event->notice ? strcmp(order->id, event->notice) == 0 : g_strcmp0(order->order, event->name) == 0) {
            return g_ptr_array_steal_index(card->orders, i);
        }
    }
    SmContactOrder *order = g_new0(SmContactOrder, 1);
    order->id = event->notice ? g_strdup(event->notice) : g_strdup_printf("o%" G_GINT64_FORMAT, seq);
    return order;
}

/* What was told last is what stands there: when that is erased the order has no number, whatever was told before. */
static void set_told(SmContactOrder *order, const SmEvent *event)
{
    g_autoptr(json_t) told = content_of(event);

    sm_desk_replace(&order->order, sm_json_str(told, "order", NULL));
    sm_desk_replace(&order->amount, sm_json_str(told, "amount", NULL));
    sm_desk_replace(&order->content, event->content);
}

static void set_plain(SmContactOrder *order, const SmEvent *event)
{
    order->plain = TRUE;
    g_clear_pointer(&order->content, g_free);
    sm_desk_replace(&order->order, event->name);
    if (event->language) {
        sm_desk_replace(&order->amount, event->language);
    }
}

static void note_told(SmDesk *desk, SmContactCard *card, const SmEvent *event, int64_t at)
{
    SmOrderText *text = g_new(SmOrderText, 1);

    *text = (SmOrderText){g_strdup(event->content), g_strdup(event->conversation), at};
    g_ptr_array_add(card->told, text);
    g_hash_table_replace(desk->card_of, text->content, card);
}

static void ordered(SmDesk *desk, const SmEvent *event, int64_t seq, int64_t at)
{
    SmContactCard *card = sm_desk_need_card(desk, event->contact);
    SmContactOrder *order = take_order(card, event, seq);

    sm_desk_replace(&order->status, event->reason);
    order->at = at;
    g_ptr_array_add(card->orders, order);
    if (event->content) {
        set_told(order, event);
        note_told(desk, card, event, at);
    } else {
        set_plain(order, event);
    }
    if (card->orders->len > SM_MAX_CARD_ORDERS) {
        g_ptr_array_remove_index(card->orders, 0);
    }
}

const SmContactOrder *sm_contact_order(const SmDesk *desk, const char *contact, const char *number)
{
    g_autoptr(GPtrArray) group = sm_desk_contact_group(desk, contact);
    const SmContactOrder *found = NULL;

    for (guint i = 0; i < group->len; i++) {
        const SmContactCard *card = sm_desk_card_of(desk, group->pdata[i]);
        for (guint k = 0; card && k < card->orders->len; k++) {
            const SmContactOrder *order = card->orders->pdata[k];
            if (g_strcmp0(order->order, number) == 0 && (!found || order->at >= found->at)) {
                found = order;
            }
        }
    }
    return found;
}

gboolean sm_desk_apply_contact(SmDesk *desk, SmConv *conv, const SmEvent *event, int64_t seq, int64_t at)
{
    switch (event->contact ? event->type : SM_EVENT_UNKNOWN) {
    case SM_EVENT_CONTACT_CHANGED:
        changed(desk, conv, event);
        return TRUE;
    case SM_EVENT_ORDER_RECORDED:
        ordered(desk, event, seq, at);
        return TRUE;
    case SM_EVENT_CONTENT_ERASED:
        sm_contact_card_forget(desk, event->content); /* of no conversation */
        return TRUE;
    case SM_EVENT_CONTACT_MERGED:
        merged(desk, event);
        break;
    case SM_EVENT_CONTACT_SPLIT:
        split(desk, event);
        break;
    default:
        return FALSE;
    }
    if (conv && !conv->installed) {
        follow_group(desk, conv, event, seq);
    }
    return TRUE;
}

static void forget_written(SmContactCard *card, const char *content)
{
    guint at;

    while (g_ptr_array_find_with_equal_func(card->contents, content, g_str_equal, &at)) {
        if (at + 1 == card->contents->len) {
            g_clear_pointer(&card->about, json_decref);
        }
        g_ptr_array_remove_index(card->contents, at);
    }
}

static void forget_told(SmContactCard *card, const char *content)
{
    for (guint i = card->told->len; i-- > 0;) {
        if (g_strcmp0(((const SmOrderText *)card->told->pdata[i])->content, content) == 0) {
            g_ptr_array_remove_index(card->told, i);
        }
    }
    for (guint i = 0; i < card->orders->len; i++) {
        SmContactOrder *order = card->orders->pdata[i];
        if (g_strcmp0(order->content, content) == 0) {
            g_clear_pointer(&order->order, g_free);
            g_clear_pointer(&order->amount, g_free);
        }
    }
}

void sm_contact_card_forget(SmDesk *desk, const char *content)
{
    SmContactCard *card = content ? g_hash_table_lookup(desk->card_of, content) : NULL; /* at most one has it */

    if (card) {
        g_hash_table_remove(desk->card_of, content);
        forget_told(card, content);
        forget_written(card, content);
    }
}

void sm_contact_card_index(SmDesk *desk, SmContactCard *card)
{
    for (guint i = 0; i < card->contents->len; i++) {
        g_hash_table_replace(desk->card_of, card->contents->pdata[i], card);
    }
    for (guint i = 0; i < card->told->len; i++) {
        g_hash_table_replace(desk->card_of, ((const SmOrderText *)card->told->pdata[i])->content, card);
    }
}

/* --- The card ----------------------------------------------------------------------------------
 */

static gint newest_first(gconstpointer a, gconstpointer b)
{
    const SmConv *x = *(const SmConv *const *)a, *y = *(const SmConv *const *)b;

    return x->c.first_seq > y->c.first_seq ? -1 : x->c.first_seq < y->c.first_seq;
}

static GPtrArray *conversations_of(const SmDesk *desk, const GPtrArray *group)
{
    GPtrArray *all = g_ptr_array_new();

    for (guint i = 0; i < group->len; i++) {
        const SmConv *conv = g_hash_table_lookup(desk->contacts, group->pdata[i]);
        for (; conv; conv = conv->previous) {
            g_ptr_array_add(all, (gpointer)conv);
        }
    }
    g_ptr_array_sort(all, newest_first);
    return all;
}

GPtrArray *sm_desk_contact_conversations(const SmDesk *desk, const char *contact)
{
    g_autoptr(GPtrArray) group = sm_desk_contact_group(desk, contact);

    return conversations_of(desk, group);
}

static guint plain_orders(const SmContactCard *card)
{
    guint n = 0;

    for (guint i = 0; i < card->orders->len; i++) {
        n += ((const SmContactOrder *)card->orders->pdata[i])->plain;
    }
    return n;
}

SmContactTexts sm_desk_contact_texts(const SmDesk *desk, const char *contact)
{
    g_autoptr(GPtrArray) group = sm_desk_contact_group(desk, contact);
    SmContactTexts n = {0};

    for (guint i = 0; i < group->len; i++) {
        const SmContactCard *card = sm_desk_card_of(desk, group->pdata[i]);
        n.card += card ? card->contents->len : 0;
        n.orders += card ? card->told->len : 0;
        n.plain += card ? plain_orders(card) : 0;
    }
    return n;
}

gboolean sm_desk_knows_contact(const SmDesk *desk, const char *contact)
{
    return contact && (g_hash_table_contains(desk->contacts, contact) || g_hash_table_contains(desk->cards, contact));
}

/* They stand in the order in which they were told. */
guint sm_desk_told_by(const SmDesk *desk, const char *contact, int64_t before)
{
    const SmContactCard *card = sm_desk_card_of(desk, contact);
    guint n = 0;

    while (card && n < card->told->len && ((const SmOrderText *)card->told->pdata[n])->at <= before) {
        n++;
    }
    return n;
}

GPtrArray *sm_desk_told_long_ago(const SmDesk *desk, int64_t before)
{
    GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter iter;
    gpointer contact;

    g_hash_table_iter_init(&iter, desk->cards); /* sorted below */
    while (g_hash_table_iter_next(&iter, &contact, NULL)) {
        if (sm_desk_told_by(desk, contact, before) > 0) {
            g_ptr_array_add(found, g_strdup(contact));
        }
    }
    g_ptr_array_sort(found, by_text);
    return found;
}

static json_t *conversation_row(const SmConv *conv)
{
    const SmConversation *c = &conv->c;
    json_t *row = json_pack("{s:s, s:I, s:s, s:s*, s:s*}", "id", c->id, "started", (json_int_t)c->started, "state",
                            sm_state_name(c->state), "inbox", c->inbox, "team", c->team);

    sm_json_set_str(row, "agent", c->owner ? c->owner : conv->last_owner);
    if (conv->ended >= 0) {
        json_object_set_new(row, "ended", json_integer(conv->ended));
    }
    if (c->stars > 0) {
        json_object_set_new(row, "stars", json_integer(c->stars));
    }
    return row;
}

/* What was written down comes before what the customer's page said. */
static void put_about(json_t *json, json_t *attributes, const json_t *about)
{
    static const char *const keys[] = {"name", "reach", "tags", "notes"};

    for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
        json_t *value = json_object_get(about, keys[i]);
        if (value) {
            json_object_set(json, keys[i], value);
        }
    }
    json_object_update(attributes, json_object_get(about, "attributes"));
}

/* Each order as it was told of last, whoever of the group it was told of then: id -> SmContactOrder, both borrowed from the cards. */
static GHashTable *last_told(const SmDesk *desk, const GPtrArray *group)
{
    GHashTable *last = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < group->len; i++) {
        const SmContactCard *card = sm_desk_card_of(desk, group->pdata[i]);
        for (guint k = 0; card && k < card->orders->len; k++) {
            const SmContactOrder *order = card->orders->pdata[k], *other = g_hash_table_lookup(last, order->id);
            if (!other || order->at >= other->at) {
                g_hash_table_replace(last, order->id, (gpointer)order);
            }
        }
    }
    return last;
}

static json_t *order_row(const SmContactOrder *order)
{
    json_t *row = json_pack("{s:s, s:I}", "status", order->status, "at", (json_int_t)order->at);

    sm_json_set_str(row, "order", order->order);
    sm_json_set_str(row, "amount", order->amount);
    if (!order->order) {
        json_object_set_new(row, "erased", json_true());
    }
    return row;
}

json_t *sm_desk_contact_others(const SmDesk *desk, const char *contact)
{
    g_autoptr(GPtrArray) group = sm_desk_contact_group(desk, contact);
    const char *first = sm_desk_contact_first(desk, contact);
    json_t *others = json_array();

    for (guint i = 0; i < group->len; i++) {
        if (strcmp(group->pdata[i], first) != 0) {
            json_array_append_new(others, json_string(group->pdata[i]));
        }
    }
    return others;
}

static json_t *orders_of(const SmDesk *desk, const GPtrArray *group)
{
    g_autoptr(GHashTable) last = last_told(desk, group);
    json_t *list = json_array();

    for (guint i = 0; i < group->len; i++) {
        const SmContactCard *card = sm_desk_card_of(desk, group->pdata[i]);
        for (guint k = card ? card->orders->len : 0; k-- > 0;) {
            const SmContactOrder *order = card->orders->pdata[k];
            if (g_hash_table_lookup(last, order->id) == order) {
                json_array_append_new(list, order_row(order));
            }
        }
    }
    return list;
}

static const char *why_alike(const SmConversation *a, const SmConversation *b)
{
    if (a->reach && g_strcmp0(a->reach, b->reach) == 0) {
        return "reach";
    }
    if (a->order && g_strcmp0(a->order, b->order) == 0) {
        return "order";
    }
    return a->name && g_strcmp0(a->name, b->name) == 0 ? "name" : NULL;
}

/* Others whose name, order or reach is the same: of those that have a conversation now. */
static json_t *alike(const SmDesk *desk, const SmConversation *c)
{
    json_t *list = json_array();

    for (guint i = 0; i < desk->sorted->len && json_array_size(list) < SM_MAX_CARD_MERGED; i++) {
        const SmConversation *other = desk->sorted->pdata[i];
        const char *why = sm_desk_same_contact(desk, c->contact, other->contact) ? NULL : why_alike(c, other);
        if (why && g_strcmp0(c->team, other->team) == 0) {
            json_t *row = json_pack("{s:s, s:s}", "contact", other->contact, "why", why);
            sm_json_set_str(row, "name", other->name);
            json_array_append_new(list, row);
        }
    }
    return list;
}

json_t *sm_desk_card(const SmDesk *desk, const SmConversation *c)
{
    const char *first = sm_desk_contact_first(desk, c->contact);
    g_autoptr(GPtrArray) group = sm_desk_contact_group(desk, c->contact);
    g_autoptr(GPtrArray) conversations = conversations_of(desk, group);
    json_t *json = json_pack("{s:s}", "contact", first), *list = json_array(), *attributes = json_object();

    sm_json_set_str(json, "name", c->name);
    sm_json_set_str(json, "reach", c->reach);
    json_object_update(attributes, c->attributes);
    for (guint i = 0; i < group->len; i++) {
        const SmContactCard *card = sm_desk_card_of(desk, group->pdata[i]);
        if (strcmp(group->pdata[i], first) != 0) {
            put_about(json, attributes, card ? card->about : NULL);
        }
    }
    const SmContactCard *own = sm_desk_card_of(desk, first);
    put_about(json, attributes, own ? own->about : NULL);
    for (guint i = 0; i < conversations->len && i < SM_MAX_CARD_SHOWN; i++) {
        json_array_append_new(list, conversation_row(conversations->pdata[i]));
    }
    json_object_set_new(json, "merged", sm_desk_contact_others(desk, c->contact));
    json_object_set_new(json, "attributes", attributes);
    json_object_set_new(json, "orders", orders_of(desk, group));
    json_object_set_new(json, "conversations", list);
    json_object_set_new(json, "alike", alike(desk, c));
    return json;
}
