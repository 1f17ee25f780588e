/* SPDX-License-Identifier: MIT */
/* figures_log: figures of a whole log, in one pass of the fold. Turns are taken in when a
 * conversation is archived or the log ends; what lies between turns is followed record by record:
 * ratings of the round (rule 16), who had how many at once, and orders after a contact's first
 * message (rule 17). */
#include "desk/desk_private.h"
#include "desk/figures_private.h"

#include <string.h>

#define DAY_MS INT64_C(86400000)

typedef struct {
    int64_t at;
    int64_t stars;
    const char *agent, *team;
    gboolean excused, complaint;
} Rating;

typedef struct {
    int64_t since;
    const char *agent, *team;
} Stretch;

/* A message that was left while nobody was there, and is not answered yet. */
typedef struct {
    int64_t at;
    const char *team;
} Left;

typedef struct {
    char *id;
    char *number; /* as records of before name it, which have no id; NULL */
    int64_t at;
    const char *agent;
} Order;

typedef struct {
    int64_t first; /* message; -1: none yet */
    const char *conversation, *team;
    const char *author; /* last human of the staff who wrote in time */
    GPtrArray *orders;
} Enquiry;

struct SmFigureLog {
    GHashTable *ratings;   /* conversation -> Rating of the round under way */
    GHashTable *stretches; /* conversation -> Stretch */
    GHashTable *left;      /* conversation -> Left */
    GHashTable *enquiries; /* contact -> Enquiry */
    GPtrArray *in_order;   /* Enquiry, as the contacts came */
};

static void order_free(void *data)
{
    Order *order = data;
    g_free(order->id);
    g_free(order->number);
    g_free(order);
}

static void enquiry_free(void *data)
{
    Enquiry *enquiry = data;
    g_ptr_array_unref(enquiry->orders);
    g_free(enquiry);
}

static SmFigureLog *log_of(SmFigures *f)
{
    if (!f->log) {
        f->log = g_new0(SmFigureLog, 1);
        f->log->ratings = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
        f->log->stretches = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
        f->log->left = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
        f->log->enquiries = g_hash_table_new(g_direct_hash, g_direct_equal);
        f->log->in_order = g_ptr_array_new_with_free_func(enquiry_free);
    }
    return f->log;
}

void sm_figures_log_free(SmFigureLog *log)
{
    if (log) {
        g_hash_table_unref(log->ratings);
        g_hash_table_unref(log->stretches);
        g_hash_table_unref(log->left);
        g_hash_table_unref(log->enquiries);
        g_ptr_array_unref(log->in_order);
        g_free(log);
    }
}

/* --- Ratings -----------------------------------------------------------------------------------
 */

static void rated(SmFigures *f, const SmEvent *event, const SmConversation *c, int64_t at)
{
    Rating *rating = g_new0(Rating, 1);
    rating->at = at;
    rating->stars = event->level;
    rating->complaint = event->flag;
    rating->agent = sm_figures_name(f, event->agent);
    rating->team = sm_figures_name(f, c ? c->team : NULL);
    g_hash_table_replace(f->log->ratings, (gpointer)sm_figures_name(f, event->conversation),
                         rating);
}

/* The round is over: its last rating counts. A complaint was made, whether its stars count or not. */
static void count_rating(SmFigures *f, const char *conversation, const Rating *rating)
{
    guint scopes = DESK | TEAM | (rating->agent ? AGENT : 0);
    if (!sm_figures_in_period(f, rating->at)) {
        return;
    }
    SmFigureRow row = sm_figures_blank(f, conversation, rating->at);
    row.agent = rating->agent;
    row.team = rating->team;
    row.number = (int)rating->stars;
    row.ended = rating->at;
    if (rating->complaint) {
        sm_figures_row(f, SM_FIGURE_COMPLAINTS, scopes, &row, 1, -1);
    }
    if (rating->excused) {
        sm_figures_row(f, SM_FIGURE_EXCUSED, scopes, &row, 1, -1);
    } else {
        sm_figures_row(f, SM_FIGURE_CSAT, scopes, &row, rating->stars, rating->stars >= 4);
    }
}

static void end_round(SmFigures *f, const char *id)
{
    const char *conversation = sm_figures_name(f, id);
    const Rating *rating = g_hash_table_lookup(f->log->ratings, conversation);
    if (rating) {
        count_rating(f, conversation, rating);
        g_hash_table_remove(f->log->ratings, conversation);
    }
}

static gint by_time(gconstpointer a, gconstpointer b, gpointer user)
{
    const char *x = *(const char *const *)a, *y = *(const char *const *)b;
    const Rating *first = g_hash_table_lookup(user, x), *second = g_hash_table_lookup(user, y);

    return first->at != second->at ? (first->at < second->at ? -1 : 1) : strcmp(x, y);
}

/* Of archived conversations, which end no more; in a fixed order. */
static void end_archived(SmFigures *f)
{
    guint n;
    g_autofree char **ids = (char **)g_hash_table_get_keys_as_array(f->log->ratings, &n);

    g_qsort_with_data(ids, (gint)n, sizeof *ids, by_time, f->log->ratings);
    for (guint i = 0; i < n; i++) {
        end_round(f, ids[i]);
    }
}

/* --- How many at once --------------------------------------------------------------------------
 */

static void count_stretch(SmFigures *f, const char *conversation, const Stretch *stretch,
                          int64_t until)
{
    int64_t from = MAX(stretch->since, f->from), to = MIN(until, f->to);
    if (to <= from) {
        return;
    }
    SmFigureRow row = sm_figures_blank(f, conversation, from);
    row.agent = stretch->agent;
    row.team = stretch->team;
    row.assigned = from;
    row.ended = to;
    sm_figures_row(f, SM_FIGURE_CONCURRENCY, DESK | TEAM | AGENT, &row, to - from, -1);
}

/* After a record: is it open, owned and awake, and by whom? */
static void follow(SmFigures *f, SmDesk *desk, const char *id, int64_t at)
{
    const char *conversation = sm_figures_name(f, id);
    const SmConversation *c = sm_desk_conversation(desk, id);
    gboolean active = c && !c->archived && c->state == SM_STATE_OPEN && c->owner;
    const char *agent = active ? sm_figures_name(f, c->owner) : NULL;
    const char *team = active ? sm_figures_name(f, c->team) : NULL;
    const Stretch *old = g_hash_table_lookup(f->log->stretches, conversation);
    if (old ? old->agent == agent && old->team == team : !active) {
        return;
    }
    if (old) {
        count_stretch(f, conversation, old, at);
        g_hash_table_remove(f->log->stretches, conversation);
    }
    if (active) {
        Stretch *stretch = g_new(Stretch, 1);
        *stretch = (Stretch){at, agent, team};
        g_hash_table_insert(f->log->stretches, (gpointer)conversation, stretch);
    }
}

/* --- Messages that were left -------------------------------------------------------------------
 */

static void left(SmFigures *f, const SmEvent *event, int64_t at)
{
    const char *conversation = sm_figures_name(f, event->conversation);
    Left *one = g_hash_table_lookup(f->log->left, conversation);

    if (one) {
        one->team = sm_figures_name(f, event->team); /* the same one, in other hands */
        return;
    }
    one = g_new(Left, 1);

    *one = (Left){at, sm_figures_name(f, event->team)};
    g_hash_table_replace(f->log->left, (gpointer)conversation, one);
    if (sm_figures_in_period(f, at)) {
        SmFigureRow row = sm_figures_blank(f, conversation, at);
        row.team = one->team;
        row.asked = at;
        sm_figures_row(f, SM_FIGURE_OFFLINE, DESK | TEAM, &row, 1, -1);
    }
}

/* By the staff's first public words, or because it was ended, or the customer is back and waits as others do: it is worked
 * off. Only an answer has a duration. */
static void worked_off(SmFigures *f, const SmEvent *event, int64_t at)
{
    const char *conversation = sm_figures_name(f, event->conversation);
    const Left *one = g_hash_table_lookup(f->log->left, conversation);

    if (!one) {
        return;
    }
    if (event->type == SM_EVENT_MESSAGE_POSTED && sm_figures_in_period(f, one->at)) {
        SmFigureRow row = sm_figures_blank(f, conversation, one->at);
        row.team = one->team;
        row.agent = sm_figures_name(f, event->agent);
        row.asked = one->at;
        row.replied = at;
        sm_figures_row(f, SM_FIGURE_OFFLINE_ANSWER, DESK | TEAM | AGENT, &row, at - one->at, -1);
    }
    g_hash_table_remove(f->log->left, conversation);
}

static void count_left_over(SmFigures *f, const char *conversation)
{
    const Left *one = g_hash_table_lookup(f->log->left, conversation);

    if (one && sm_figures_in_period(f, one->at)) {
        SmFigureRow row = sm_figures_blank(f, conversation, one->at);
        row.team = one->team;
        row.asked = one->at;
        sm_figures_row(f, SM_FIGURE_OFFLINE_OPEN, DESK | TEAM, &row, 1, -1);
    }
}

/* --- Enquiries ---------------------------------------------------------------------------------
 */

static Enquiry *enquiry_of(SmFigures *f, const char *contact)
{
    const char *name = sm_figures_name(f, contact);
    Enquiry *enquiry = g_hash_table_lookup(f->log->enquiries, name);
    if (!enquiry) {
        enquiry = g_new0(Enquiry, 1);
        enquiry->first = -1;
        enquiry->orders = g_ptr_array_new_with_free_func(order_free);
        g_hash_table_insert(f->log->enquiries, (gpointer)name, enquiry);
        g_ptr_array_add(f->log->in_order, enquiry);
    }
    return enquiry;
}

/* Two contacts are one: one enquiry, that began with the first message of either. */
static void joined(SmFigures *f, const SmEvent *event)
{
    Enquiry *from = g_hash_table_lookup(f->log->enquiries, sm_figures_name(f, event->contact));
    Enquiry *to = enquiry_of(f, event->inbox);

    if (!from || from == to) {
        return;
    }
    if (from->first >= 0 && (to->first < 0 || from->first < to->first)) {
        to->first = from->first;
        to->conversation = from->conversation;
        to->team = from->team;
    }
    to->author = to->author ? to->author : from->author;
    g_ptr_array_extend_and_steal(to->orders, from->orders);
    from->orders = g_ptr_array_new_with_free_func(order_free);
    from->first = -1;
}

static gboolean in_time(const SmFigures *f, const Enquiry *enquiry, int64_t at)
{
    return enquiry->first >= 0 && at >= enquiry->first &&
           at < enquiry->first + f->enquiry_days * DAY_MS;
}

static void said(SmFigures *f, const SmDesk *desk, const SmEvent *event, const SmConversation *c, int64_t at)
{
    if (!c || !c->contact) {
        return;
    }
    Enquiry *enquiry = enquiry_of(f, sm_desk_contact_first(desk, c->contact));
    if (event->author == SM_AUTHOR_CUSTOMER && enquiry->first < 0) {
        enquiry->first = at;
        enquiry->conversation = sm_figures_name(f, c->id);
        enquiry->team = sm_figures_name(f, c->team);
    } else if (event->author == SM_AUTHOR_AGENT && in_time(f, enquiry, at) &&
               sm_message_kind_human(event->kind)) {
        enquiry->author = sm_figures_name(f, event->agent);
    }
}

static gboolean is_of(const Order *order, const SmEvent *event, const char *id)
{
    return g_strcmp0(order->id, id) == 0 || (event->name && g_strcmp0(order->number, event->name) == 0);
}

/* One that records of before told of has the id that the desk found for it; what was just told of stands last. */
static const char *order_id(const SmDesk *desk, const SmEvent *event)
{
    const SmContactCard *card = sm_desk_card_of(desk, event->contact);

    if (event->notice || !card || card->orders->len == 0) {
        return event->notice;
    }
    return ((const SmContactOrder *)card->orders->pdata[card->orders->len - 1])->id;
}

/* By its id, which stays when the number is erased. */
static void ordered(SmFigures *f, const SmDesk *desk, const SmEvent *event, int64_t at)
{
    Enquiry *enquiry = enquiry_of(f, sm_desk_contact_first(desk, event->contact));
    const char *id = order_id(desk, event);

    for (guint i = 0; i < enquiry->orders->len; i++) {
        Order *order = enquiry->orders->pdata[i];
        if (is_of(order, event, id)) {
            if (g_strcmp0(event->reason, "cancelled") == 0 || g_strcmp0(event->reason, "refunded") == 0) {
                g_ptr_array_remove_index(enquiry->orders, i);
                return;
            }
            g_free(order->id);
            order->id = g_strdup(id);
            return; /* the same order again */
        }
    }
    if (g_strcmp0(event->reason, "paid") == 0) {
        Order *order = g_new(Order, 1);
        *order = (Order){g_strdup(id), g_strdup(event->name), at, sm_figures_name(f, event->agent)};
        g_ptr_array_add(enquiry->orders, order);
    }
}

static void count_enquiry(SmFigures *f, const Enquiry *enquiry)
{
    const Order *fruit = NULL;
    if (enquiry->first < 0 || !sm_figures_in_period(f, enquiry->first)) {
        return;
    }
    for (guint i = 0; i < enquiry->orders->len && !fruit; i++) {
        const Order *order = enquiry->orders->pdata[i];
        fruit = in_time(f, enquiry, order->at) ? order : NULL;
    }
    SmFigureRow row = sm_figures_blank(f, enquiry->conversation, enquiry->first);
    row.team = enquiry->team;
    row.agent = fruit && fruit->agent ? fruit->agent : enquiry->author;
    row.asked = enquiry->first;
    row.ended = fruit ? fruit->at : -1;
    sm_figures_row(f, SM_FIGURE_ENQUIRY_CONVERSION, DESK | TEAM | (row.agent ? AGENT : 0), &row, 1,
                   fruit != NULL);
}

/* --- The pass ----------------------------------------------------------------------------------
 */

static void add_conversation(SmFigures *f, const SmConversation *c)
{
    if (c && !c->archived && c->turns) {
        sm_figures_add(f, c->id, c->turns);
    }
}

static void before(SmFigures *f, const SmDesk *desk, const SmEvent *event)
{
    if (event->type == SM_EVENT_CONVERSATION_STARTED && event->inbox) {
        g_hash_table_insert(f->inboxes, (gpointer)sm_figures_name(f, event->conversation),
                            (gpointer)sm_figures_name(f, event->inbox));
    } else if (event->type == SM_EVENT_CONVERSATION_ARCHIVED) {
        /* Its rating may still come, and be excused: it is counted at the end of the log. */
        add_conversation(f, sm_desk_conversation(desk, event->conversation));
    }
}

static void after(SmFigures *f, SmDesk *desk, const SmEvent *event, int64_t at)
{
    const SmConversation *c =
        event->conversation ? sm_desk_conversation(desk, event->conversation) : NULL;
    Rating *rating;
    switch (event->type) {
    case SM_EVENT_MESSAGE_POSTED:
        said(f, desk, event, c, at);
        if (event->author == SM_AUTHOR_AGENT &&
            sm_message_kind_human(event->kind)) {
            worked_off(f, event, at);
        }
        break;
    case SM_EVENT_OFFLINE_LEFT:
        left(f, event, at);
        break;
    case SM_EVENT_CONVERSATION_RESOLVED:
    case SM_EVENT_CONVERSATION_QUEUED:
        worked_off(f, event, at);
        break;
    case SM_EVENT_CONVERSATION_RATED:
        rated(f, event, c, at);
        break;
    case SM_EVENT_RATING_EXCUSED:
        rating = g_hash_table_lookup(f->log->ratings, sm_figures_name(f, event->conversation));
        if (rating) {
            rating->excused = TRUE;
        }
        break;
    case SM_EVENT_CONVERSATION_REOPENED:
        end_round(f, event->conversation);
        break;
    case SM_EVENT_ORDER_RECORDED:
        ordered(f, desk, event, at);
        break;
    case SM_EVENT_CONTACT_MERGED:
        joined(f, event);
        break;
    default:
        break;
    }
    if (event->conversation) {
        follow(f, desk, event->conversation, at);
    }
}

gboolean sm_figures_fold(SmFigures *f, SmDesk *desk, const SmRecord *record, GError **error)
{
    log_of(f);
    for (guint i = 0; i < record->events->len; i++) {
        before(f, desk, record->events->pdata[i]);
    }
    if (!sm_desk_apply(desk, record, error)) {
        return FALSE;
    }
    for (guint i = 0; i < record->events->len; i++) {
        after(f, desk, record->events->pdata[i], record->at);
    }
    return TRUE;
}

void sm_figures_end(SmFigures *f, SmDesk *desk)
{
    const GPtrArray *all = sm_desk_conversations(desk);
    SmFigureLog *log = log_of(f);
    for (guint i = 0; i < all->len; i++) {
        const SmConversation *c = all->pdata[i];
        const char *name = sm_figures_name(f, c->id);
        const Stretch *stretch = g_hash_table_lookup(log->stretches, name);
        if (stretch) {
            count_stretch(f, name, stretch, f->now);
        }
        end_round(f, c->id);
        count_left_over(f, name);
        add_conversation(f, c);
    }
    end_archived(f);
    for (guint i = 0; i < log->in_order->len; i++) {
        count_enquiry(f, log->in_order->pdata[i]);
    }
    sm_figures_log_free(log);
    f->log = NULL;
}
