/* SPDX-License-Identifier: MIT */
/* figures_log: figures of a whole log, in one pass of the fold. Turns are taken in when a
 * conversation is archived or the log ends; what lies between turns is followed record by record:
 * ratings of the round (rule 16), who had how many at once, and orders after a contact's first
 * message (rule 17). */
#include "desk/figures_private.h"

#include <string.h>

#define DAY_MS INT64_C(86400000)

typedef struct {
    int64_t at;
    int64_t stars;
    const char *agent, *team;
    gboolean excused;
} Rating;

typedef struct {
    int64_t since;
    const char *agent, *team;
} Stretch;

typedef struct {
    char *id;
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
    GHashTable *enquiries; /* contact -> Enquiry */
    GPtrArray *in_order;   /* Enquiry, as the contacts came */
};

static void order_free(void *data)
{
    Order *order = data;
    g_free(order->id);
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
    rating->agent = sm_figures_name(f, event->agent);
    rating->team = sm_figures_name(f, c ? c->team : NULL);
    g_hash_table_replace(f->log->ratings, (gpointer)sm_figures_name(f, event->conversation),
                         rating);
}

/* The round is over: its last rating counts. */
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

static gboolean in_time(const SmFigures *f, const Enquiry *enquiry, int64_t at)
{
    return enquiry->first >= 0 && at >= enquiry->first &&
           at < enquiry->first + f->enquiry_days * DAY_MS;
}

static void said(SmFigures *f, const SmEvent *event, const SmConversation *c, int64_t at)
{
    if (!c || !c->contact) {
        return;
    }
    Enquiry *enquiry = enquiry_of(f, c->contact);
    if (event->author == SM_AUTHOR_CUSTOMER && enquiry->first < 0) {
        enquiry->first = at;
        enquiry->conversation = sm_figures_name(f, c->id);
        enquiry->team = sm_figures_name(f, c->team);
    } else if (event->author == SM_AUTHOR_AGENT && in_time(f, enquiry, at) &&
               (event->kind == SM_MESSAGE_TEXT || event->kind == SM_MESSAGE_FILE)) {
        enquiry->author = sm_figures_name(f, event->agent);
    }
}

static void ordered(SmFigures *f, const SmEvent *event, int64_t at)
{
    Enquiry *enquiry = enquiry_of(f, event->contact);
    for (guint i = 0; i < enquiry->orders->len; i++) {
        const Order *order = enquiry->orders->pdata[i];
        if (g_strcmp0(order->id, event->name) == 0) {
            if (event->flag) {
                g_ptr_array_remove_index(enquiry->orders, i);
            }
            return; /* the same order again */
        }
    }
    if (!event->flag) {
        Order *order = g_new(Order, 1);
        *order = (Order){g_strdup(event->name), at, sm_figures_name(f, event->agent)};
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
        end_round(f, event->conversation);
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
        said(f, event, c, at);
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
        ordered(f, event, at);
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
        add_conversation(f, c);
    }
    for (guint i = 0; i < log->in_order->len; i++) {
        count_enquiry(f, log->in_order->pdata[i]);
    }
    sm_figures_log_free(log);
    f->log = NULL;
}
