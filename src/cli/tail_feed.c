/* SPDX-License-Identifier: MIT */
/* tail_feed: asks the desk and puts what it says in order.
 *
 * A page tells of a conversation either by events, or, when it became visible, by its state as of
 * now, whose lines may be ahead of the page. Both are made into the same items; those ahead of the
 * page's cursor wait in `ahead` until the cursor has passed them, and the events of later pages that
 * they stand for are passed over. So the order is the log's, and the cursor alone says what is done. */
#include <string.h>

#include "cli/ask.h"
#include "cli/findings.h"
#include "cli/tail.h"
#include "seatmux/net/backoff.h"
#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"

#define ASK_MS 30000
#define LOGOUT_MS 2000
#define LINES 4       /* kept of a conversation: for the last message */
#define DAMAGED_MOST 3

struct SmTailFeed {
    SmLoop *loop;
    SmTransport *transport;
    const SmConnection *at;
    const SmFilter *filter;
    SmRng *rng;
    SmDesk *desk;
    char *token; /* secret; NULL: not logged in */
    SmTailMark mark;
    int64_t after;     /* seq of mark.cursor */
    SmTailMark done;   /* what an earlier run had done beyond its cursor; no cursor here */
    int64_t offset;    /* desk clock minus the loop's: the wall clock may be set meanwhile */
    GPtrArray *ahead;  /* SmTailItem of seq > after */
    GHashTable *as_of; /* conversation -> seq up to which its items are made (int64_t) */
    gboolean caught_up;
    guint failures, damaged;
    int64_t outage; /* loop ms when it began; -1: none */
};

void sm_tail_item_free(void *data)
{
    SmTailItem *item = data;
    json_decref(item->json);
    g_free(item);
}

SmTailFeed *sm_tail_feed_new(SmLoop *loop, SmTransport *transport, const SmConnection *at,
                             const SmFilter *filter)
{
    SmTailFeed *feed = g_new0(SmTailFeed, 1);
    feed->loop = loop;
    feed->offset = sm_loop_wall(loop) - sm_loop_now(loop);
    feed->transport = transport;
    feed->at = at;
    feed->filter = filter;
    feed->rng = sm_rng_new_secure();
    feed->desk = sm_desk_new(LINES);
    feed->ahead = g_ptr_array_new_with_free_func(sm_tail_item_free);
    feed->as_of = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    feed->outage = -1;
    return feed;
}

static void forget_token(SmTailFeed *feed)
{
    if (feed->token)
        explicit_bzero(feed->token, strlen(feed->token));
    g_clear_pointer(&feed->token, g_free);
}

void sm_tail_feed_free(SmTailFeed *feed)
{
    if (!feed)
        return;
    forget_token(feed);
    sm_tail_mark_clear(&feed->mark);
    g_ptr_array_unref(feed->ahead);
    g_hash_table_unref(feed->as_of);
    sm_desk_free(feed->desk);
    sm_rng_free(feed->rng);
    g_free(feed);
}

gboolean sm_tail_feed_caught_up(const SmTailFeed *feed)
{
    return feed->caught_up;
}

const SmTailMark *sm_tail_feed_mark(const SmTailFeed *feed)
{
    return &feed->mark;
}

SmDesk *sm_tail_feed_desk(SmTailFeed *feed)
{
    return feed->desk;
}

int64_t sm_tail_feed_now(const SmTailFeed *feed)
{
    return sm_loop_now(feed->loop) + feed->offset;
}

/* --- Asking --------------------------------------------------------------------------------------
 */

static SmTailStep fatal(GError **error, SmErrorCode code, const char *words)
{
    g_set_error_literal(error, SM_ERROR, code, words);
    return SM_TAIL_FAILED;
}

static void wake(void *user)
{
    sm_loop_quit(user);
}

/* Says why, once an outage, and waits. */
static SmTailStep wait_out(SmTailFeed *feed, int retry_after_s, const char *why)
{
    int64_t now = sm_loop_now(feed->loop);
    if (feed->outage < 0) {
        feed->outage = now;
        sm_cli_error("seatmux tail: %s; trying again\n", why);
    }
    feed->failures++;
    int64_t until = now + sm_backoff_ms(feed->rng, feed->failures, now - feed->outage, retry_after_s);
    guint64 timer = sm_loop_at(feed->loop, until, wake, feed->loop);
    sm_loop_run(feed->loop);
    sm_loop_remove(feed->loop, &timer);
    return sm_loop_now(feed->loop) >= until ? SM_TAIL_ITEMS : SM_TAIL_STOPPED;
}

static void good(SmTailFeed *feed)
{
    if (feed->outage >= 0)
        sm_cli_error("seatmux tail: the desk answers again after %d s\n",
                (int)((sm_loop_now(feed->loop) - feed->outage) / 1000));
    feed->outage = -1;
    feed->failures = 0;
    feed->damaged = 0;
}

static SmRequest *request_of(SmTailFeed *feed, const char *method, const char *target)
{
    SmRequest *request = sm_request_new(method, target);
    request->token = g_strdup(feed->token);
    return request;
}

static const char *problem_words(const SmAsked *asked)
{
    const char *title = sm_json_str(asked->body, "title", "the desk refused");
    return sm_json_str(asked->body, "detail", title);
}

/* May be better the next time. */
static gboolean passing(const SmAsked *asked)
{
    return asked->status == 0 || asked->status == 429 || asked->status == 408 || asked->status >= 500;
}

static const char *failure_words(const SmAsked *asked)
{
    if (asked->error)
        return asked->error;
    return asked->status == 429 ? "the desk asks to wait" : "the desk is not ready";
}

static SmTailStep log_in(SmTailFeed *feed, gboolean patient, GError **error)
{
    for (;;) {
        SmAsked asked;
        SmRequest *request = sm_request_new("POST", "/v1/login");
        sm_request_set_json(request, json_pack("{s:s, s:s, s:s}", "name", feed->at->agent, "password",
                                               feed->at->password, "program", "seatmux tail"));
        sm_ask(feed->loop, feed->transport, request, FALSE, ASK_MS, &asked);
        SmTailStep step = SM_TAIL_ITEMS;
        const char *token = asked.status == 200 ? sm_json_str(asked.body, "token", NULL) : NULL;
        if (asked.stopped)
            step = SM_TAIL_STOPPED;
        else if (token)
            feed->token = g_strdup(token);
        else if (!patient || !passing(&asked))
            step = fatal(error, SM_ERROR_DENIED, asked.status ? problem_words(&asked) : asked.error);
        else
            step = wait_out(feed, asked.retry_after_s, failure_words(&asked));
        sm_asked_clear(&asked);
        if (feed->token || step != SM_TAIL_ITEMS)
            return step;
    }
}

/* --- Items ---------------------------------------------------------------------------------------
 */

json_t *sm_tail_chat(const SmConversation *c, int64_t now)
{
    SmDeadline deadline = sm_conversation_deadline(c);
    json_t *chat = json_pack("{s:s*, s:s*, s:s*, s:s*, s:s*, s:s, s:s*}", "customer", c->name, "order",
                             c->order, "team", c->team, "inbox", c->inbox, "language", c->language,
                             "state", sm_state_name(c->state), "agent", c->owner);
    if (c->tags->len > 0)
        json_object_set_new(chat, "tags", sm_json_texts(c->tags));
    if (c->state == SM_STATE_QUEUED)
        json_object_set_new(chat, "wait_ms", json_integer(MAX(0, now - c->queued)));
    if (deadline.kind != SM_CLOCK_NONE)
        json_object_set_new(chat, "left_ms", json_integer(sm_deadline_remaining(&deadline, now)));
    return chat;
}

static SmTailItem *item_new(int64_t seq, int64_t at, const char *type, const char *conversation)
{
    SmTailItem *item = g_new0(SmTailItem, 1);
    item->seq = seq;
    item->at = at;
    g_autoptr(GDateTime) when = g_date_time_new_from_unix_utc(at / 1000);
    g_autofree char *day = when ? g_date_time_format(when, "%Y-%m-%dT%H:%M:%S") : g_strdup("");
    g_autofree char *time = g_strdup_printf("%s.%03dZ", day, (int)(at % 1000));
    item->json = json_pack("{s:i, s:I, s:i, s:I, s:s, s:s, s:s*}", "v", 1, "seq", (json_int_t)seq, "i", 0,
                           "at", (json_int_t)at, "time", time, "type", type, "conversation", conversation);
    item->type = sm_json_str(item->json, "type", "");
    return item;
}

static const struct {
    const char *event, *line, *name; /* member of an event, of a line, of an item */
} members[] = {{"message", "id", "message"},  {"author", "author", "author"}, {"agent", "agent", "agent"},
               {"name", "name", "name"},      {"by", "by", "by"},             {"cause", "cause", "cause"},
               {"text", "text", "text"},      {"erased", "erased", "erased"}, {"level", "level", "level"},
               {"kind", "message_kind", "kind"}};

static void take_members(SmTailItem *item, const json_t *from, gboolean line)
{
    for (guint i = 0; i < G_N_ELEMENTS(members); i++) {
        json_t *value = json_object_get(from, line ? members[i].line : members[i].event);
        if (value)
            json_object_set(item->json, members[i].name, value);
    }
}

/* What the filter asks, and the state the conversation is in, once the page is applied. */
static void settle_item(SmTailFeed *feed, SmTailItem *item, const SmConversation *c)
{
    int64_t now = sm_tail_feed_now(feed);
    SmFilterSubject subject = {.queued = -1};
    if (c) {
        subject = sm_filter_subject(c);
        item->level = sm_deadline_level(&subject.deadline, now);
        json_object_set_new(item->json, "chat", sm_tail_chat(c, now));
    } else {
        subject.id = sm_json_str(item->json, "conversation", NULL);
        subject.agent = sm_json_str(item->json, "agent", NULL);
    }
    subject.event = item->type;
    subject.last = sm_json_str(item->json, "text", subject.last);
    item->passes = sm_filter_matches(feed->filter, &subject, now);
}

/* Events that make a line where people read, and those of the whole desk. */
static gboolean in_stream(const SmEvent *event)
{
    switch (event->type) {
    case SM_EVENT_AGENT_AVAILABILITY:
        return TRUE;
    case SM_EVENT_POLICY_SET:
    case SM_EVENT_AGENT_SET:
    case SM_EVENT_AGENT_REMOVED:
    case SM_EVENT_EXAM_RECORDED:
    case SM_EVENT_AGENT_CONFIRMED:
    case SM_EVENT_CONVERSATION_TAGGED:
    case SM_EVENT_CONVERSATION_ARCHIVED:
    case SM_EVENT_ORDER_RECORDED:
    case SM_EVENT_CONTENT_ERASED:
    case SM_EVENT_UNKNOWN:
        return FALSE;
    default:
        return event->conversation != NULL;
    }
}

/* The queue is told of where nothing else tells of it: when somebody who waits is sent to another
 * team. */
static gboolean says_something(const SmEvent *event, int64_t seq, const GPtrArray *made)
{
    const SmTailItem *last = made->len > 0 ? made->pdata[made->len - 1] : NULL;
    if (event->type != SM_EVENT_CONVERSATION_QUEUED)
        return TRUE;
    return event->cause == SM_CAUSE_TRANSFER &&
           !(last && last->seq == seq && strcmp(last->type, "conversation.unassigned") == 0);
}

static int64_t made_up_to(const SmTailFeed *feed, const char *conversation)
{
    const int64_t *seq = conversation ? g_hash_table_lookup(feed->as_of, conversation) : NULL;
    return seq ? *seq : 0;
}

static void item_of_event(SmTailFeed *feed, json_t *json, GPtrArray *made)
{
    json_t *bare = json_copy(json);
    json_object_del(bare, "seq");
    json_object_del(bare, "at");
    g_autoptr(SmEvent) event = sm_event_decode(bare, NULL);
    json_decref(bare);
    int64_t seq = sm_json_int(json, "seq", 0);
    if (!event || !in_stream(event) || !says_something(event, seq, made) ||
        made_up_to(feed, event->conversation) >= seq)
        return;
    SmTailItem *item = item_new(seq, sm_json_int(json, "at", 0), sm_event_type_name(event->type),
                                event->conversation);
    take_members(item, json, FALSE);
    if (event->type == SM_EVENT_AGENT_AVAILABILITY)
        json_object_set_new(item->json, "availability",
                            json_string(sm_availability_name(event->availability)));
    g_ptr_array_add(made, item);
}

/* The lines of a state that are newer than what is done. `at_least`: desk ms. */
static void items_of_state(SmTailFeed *feed, const json_t *state, int64_t above, int64_t at_least,
                           GPtrArray *made)
{
    const char *id = sm_json_str(state, "id", "");
    int64_t newest = MAX(above, made_up_to(feed, id));
    int64_t floor = newest;
    size_t i;
    json_t *line;
    int64_t first = sm_json_int(state, "first_seq", 0), started = sm_json_int(state, "started", 0);
    if (first > floor && started >= at_least) /* no line says so */
        g_ptr_array_add(made, item_new(first, started, "conversation.started", id));
    json_array_foreach(json_object_get(state, "lines"), i, line)
    {
        int64_t seq = sm_json_int(line, "seq", 0), at = sm_json_int(line, "at", 0);
        newest = MAX(newest, seq);
        if (seq <= floor || at < at_least)
            continue;
        SmTailItem *item = item_new(seq, at, sm_json_str(line, "event", "unknown"), id);
        take_members(item, line, TRUE);
        g_ptr_array_add(made, item);
    }
    g_hash_table_replace(feed->as_of, g_strdup(id), g_memdup2(&newest, sizeof newest));
}

static void settle_all(SmTailFeed *feed, GPtrArray *made, guint from)
{
    for (guint i = from; i < made->len; i++) {
        SmTailItem *item = made->pdata[i];
        const char *id = sm_json_str(item->json, "conversation", NULL);
        const SmConversation *c = id ? sm_desk_conversation(feed->desk, id) : NULL;
        if (!json_object_get(item->json, "chat"))
            settle_item(feed, item, c);
    }
}

/* What is about to be forgotten is looked at while it is there. */
static void settle_forgotten(SmTailFeed *feed, const json_t *body, GPtrArray *made)
{
    size_t i;
    json_t *id;
    json_array_foreach(json_object_get(body, "forget"), i, id)
    {
        const SmConversation *c = sm_desk_conversation(feed->desk, json_string_value(id));
        for (guint k = 0; c && k < made->len; k++) {
            SmTailItem *item = made->pdata[k];
            if (g_strcmp0(sm_json_str(item->json, "conversation", NULL), c->id) == 0)
                settle_item(feed, item, c);
        }
        g_hash_table_remove(feed->as_of, json_string_value(id));
    }
}

static int in_order(gconstpointer a, gconstpointer b)
{
    const SmTailItem *x = *(SmTailItem *const *)a, *y = *(SmTailItem *const *)b;
    if (x->seq != y->seq)
        return x->seq < y->seq ? -1 : 1;
    int of = g_strcmp0(sm_json_str(x->json, "conversation", NULL),
                       sm_json_str(y->json, "conversation", NULL));
    return of != 0 ? of : x->i < y->i ? -1 : x->i > y->i;
}

/* Those the cursor has passed, numbered within their record; the others stay ahead. */
static void hand_over(SmTailFeed *feed, int64_t up_to, GPtrArray *items)
{
    for (guint i = 0; i < feed->ahead->len; i++)
        ((SmTailItem *)feed->ahead->pdata[i])->i = i; /* so that the sort keeps their order */
    g_ptr_array_sort(feed->ahead, in_order);
    guint n = 0;
    int64_t seq = -1, within = 0;
    for (; n < feed->ahead->len; n++) {
        SmTailItem *item = feed->ahead->pdata[n];
        if (item->seq > up_to)
            break;
        within = item->seq == seq ? within + 1 : 0;
        seq = item->seq;
        item->i = within;
        json_object_set_new(item->json, "i", json_integer(within));
        gboolean done = item->seq < feed->done.seq ||
                        (item->seq == feed->done.seq && item->i <= feed->done.i);
        if (done)
            sm_tail_item_free(item);
        else
            g_ptr_array_add(items, item);
        feed->ahead->pdata[n] = NULL;
    }
    GPtrArray *rest = g_ptr_array_new_with_free_func(sm_tail_item_free);
    for (guint i = n; i < feed->ahead->len; i++)
        g_ptr_array_add(rest, g_steal_pointer(&feed->ahead->pdata[i]));
    g_ptr_array_set_free_func(feed->ahead, NULL);
    g_ptr_array_unref(feed->ahead);
    feed->ahead = rest;
}

/* --- Pages ---------------------------------------------------------------------------------------
 */

static void set_cursor(SmTailFeed *feed, const char *cursor, int64_t seq)
{
    g_free(feed->mark.cursor);
    feed->mark.cursor = g_strdup(cursor);
    feed->mark.seq = feed->mark.i = 0;
    feed->after = seq;
}

static int64_t seq_of(const char *cursor)
{
    g_autofree char *desk = NULL;
    int64_t seq = 0;
    uint32_t check;
    return cursor && sm_cursor_parse(cursor, &desk, &seq, &check) ? seq : -1;
}

static gboolean same_desk(const char *a, const char *b)
{
    g_autofree char *x = NULL, *y = NULL;
    int64_t seq;
    uint32_t check;
    return a && b && sm_cursor_parse(a, &x, &seq, &check) && sm_cursor_parse(b, &y, &seq, &check) &&
           strcmp(x, y) == 0;
}

static void note_now(SmTailFeed *feed, const json_t *body)
{
    int64_t now = sm_json_int(body, "now", -1);
    if (now >= 0)
        feed->offset = now - sm_loop_now(feed->loop);
}

static gboolean take_page(SmTailFeed *feed, const SmAsked *asked, GPtrArray *items, GError **error)
{
    size_t i;
    json_t *json;
    int64_t seq = seq_of(asked->cursor);
    if (!asked->body || seq < 0) {
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "an answer came damaged");
        return FALSE;
    }
    g_autoptr(GPtrArray) made = g_ptr_array_new();
    note_now(feed, asked->body);
    json_array_foreach(json_object_get(asked->body, "events"), i, json)
        item_of_event(feed, json, made);
    settle_forgotten(feed, asked->body, made);
    gboolean ok = sm_wire_apply(feed->desk, asked->body, NULL, error);
    for (guint k = 0; !ok && k < made->len; k++)
        sm_tail_item_free(made->pdata[k]);
    if (!ok)
        return FALSE;
    json_array_foreach(json_object_get(asked->body, "conversations"), i, json)
        items_of_state(feed, json, feed->after, 0, made);
    settle_all(feed, made, 0);
    for (guint k = 0; k < made->len; k++)
        g_ptr_array_add(feed->ahead, made->pdata[k]);
    hand_over(feed, seq, items);
    set_cursor(feed, asked->cursor, seq);
    feed->caught_up = !sm_json_bool(asked->body, "more", FALSE);
    return TRUE;
}

/* --- The desk as it is ---------------------------------------------------------------------------
 */

/* A page that leads back would be read for ever. */
static gboolean goes_on(const json_t *page, int64_t from)
{
    int64_t next = sm_json_int(page, "next", -1);
    return next < 0 || next > from;
}

/* One page; *next = -1: that was the last. `above`: lines of this seq and below are done; -1: those
 * up to the first page's cursor. */
static SmTailStep snapshot_page(SmTailFeed *feed, gint64 *next, char **cursor, int64_t above,
                                int64_t since, GError **error)
{
    g_autofree char *target =
        *next > 0 ? g_strdup_printf("/v1/snapshot?page=%" G_GINT64_FORMAT, *next) : g_strdup("/v1/snapshot");
    SmAsked asked;
    SmTailStep step = SM_TAIL_ITEMS;
    size_t i;
    json_t *state;
    sm_ask(feed->loop, feed->transport, request_of(feed, "GET", target), TRUE, ASK_MS, &asked);
    if (asked.stopped) {
        step = SM_TAIL_STOPPED;
    } else if (asked.status != 200) {
        step = fatal(error, passing(&asked) ? SM_ERROR_IO : SM_ERROR_DENIED,
                     asked.status ? problem_words(&asked) : asked.error);
        if (asked.status == 401)
            forget_token(feed);
    } else if (seq_of(asked.cursor) < 0 || !goes_on(asked.body, *next)) {
        step = fatal(error, SM_ERROR_INVALID, "an answer came damaged");
    } else if (!sm_wire_apply(feed->desk, asked.body, NULL, error)) {
        step = SM_TAIL_FAILED;
    } else {
        if (!*cursor)
            *cursor = g_strdup(asked.cursor);
        *next = sm_json_int(asked.body, "next", -1);
        note_now(feed, asked.body);
        json_array_foreach(json_object_get(asked.body, "conversations"), i, state)
            items_of_state(feed, state, above >= 0 ? above : seq_of(*cursor), since, feed->ahead);
    }
    sm_asked_clear(&asked);
    return step;
}

/* All pages. What has happened above `above` and since `since` is put into `ahead`. */
static SmTailStep snapshot_once(SmTailFeed *feed, char **cursor, int64_t above, int64_t since,
                                GError **error)
{
    gint64 next = 0;
    SmTailStep step;
    g_clear_pointer(cursor, g_free);
    g_hash_table_remove_all(feed->as_of);
    g_ptr_array_set_size(feed->ahead, 0);
    do
        step = snapshot_page(feed, &next, cursor, above, since, error);
    while (step == SM_TAIL_ITEMS && next >= 0);
    if (step == SM_TAIL_ITEMS)
        settle_all(feed, feed->ahead, 0);
    return step;
}

static SmTailStep snapshot(SmTailFeed *feed, char **cursor, int64_t above, int64_t since,
                           gboolean patient, GError **error)
{
    for (;;) {
        g_autoptr(GError) own = NULL;
        SmTailStep step = feed->token ? SM_TAIL_ITEMS : log_in(feed, patient, error);
        if (step != SM_TAIL_ITEMS)
            return step;
        step = snapshot_once(feed, cursor, above, since, &own);
        gboolean again = step == SM_TAIL_FAILED && patient &&
                         (g_error_matches(own, SM_ERROR, SM_ERROR_IO) || !feed->token);
        if (!again) {
            if (own)
                g_propagate_error(error, g_steal_pointer(&own));
            return step;
        }
        step = wait_out(feed, 0, own->message);
        if (step != SM_TAIL_ITEMS)
            return step;
    }
}

SmTailStep sm_tail_feed_start(SmTailFeed *feed, const SmTailMark *from, int64_t since,
                              gboolean patient, GError **error)
{
    g_autofree char *cursor = NULL;
    /* An earlier run stood within what was older than its cursor: within --since. */
    gboolean within = from->cursor && from->seq > 0 && from->seq <= seq_of(from->cursor);
    gboolean by_events = from->cursor && !within;
    int64_t above = by_events ? INT64_MAX : within ? from->seq - 1 : since >= 0 ? 0 : -1;
    SmTailStep step = snapshot(feed, &cursor, above, MAX(0, since), patient, error);
    if (step != SM_TAIL_ITEMS)
        return step;
    if (by_events) /* their items are yet to be made */
        g_hash_table_remove_all(feed->as_of);
    const char *stand = by_events ? from->cursor : cursor;
    set_cursor(feed, stand, seq_of(stand));
    feed->done.seq = from->seq;
    feed->done.i = from->i;
    good(feed);
    return SM_TAIL_ITEMS;
}

/* The desk does not know the place any more. What the conversations that are left tell is told. */
static SmTailStep read_anew(SmTailFeed *feed, GPtrArray *items, GError **error)
{
    g_autofree char *cursor = NULL;
    g_autofree char *old = g_strdup(feed->mark.cursor);
    int64_t above = feed->after;
    fputs("seatmux tail: the desk does not know this place in its log; it is read anew, "
          "and something may be missing here\n",
          stderr);
    SmTailStep step = snapshot(feed, &cursor, above, 0, TRUE, error);
    if (step != SM_TAIL_ITEMS)
        return step;
    if (!same_desk(old, cursor) || seq_of(cursor) < above) { /* another log's numbers, or taken back */
        g_ptr_array_set_size(feed->ahead, 0);
        g_hash_table_remove_all(feed->as_of);
        feed->done = (SmTailMark){0};
    }
    SmTailItem *gap = item_new(seq_of(cursor), sm_tail_feed_now(feed), "gap", NULL);
    json_object_del(gap->json, "seq");
    json_object_del(gap->json, "i");
    gap->passes = TRUE;
    g_ptr_array_add(items, gap);
    hand_over(feed, seq_of(cursor), items);
    set_cursor(feed, cursor, seq_of(cursor));
    feed->caught_up = FALSE;
    return SM_TAIL_ITEMS;
}

static SmTailStep judge(SmTailFeed *feed, const SmAsked *asked, GPtrArray *items, GError **error)
{
    g_autoptr(GError) own = NULL;
    if (asked->stopped)
        return SM_TAIL_STOPPED;
    if (asked->status == 401) {
        fputs("seatmux tail: the session has ended; logging in again\n", stderr);
        forget_token(feed);
        return log_in(feed, TRUE, error);
    }
    if (asked->status == 410)
        return read_anew(feed, items, error);
    if (passing(asked))
        return wait_out(feed, asked->retry_after_s, failure_words(asked));
    if (asked->status == 409)
        return wait_out(feed, 1, "another question of this session was in the way");
    if (asked->status != 200)
        return fatal(error, SM_ERROR_DENIED, problem_words(asked));
    if (take_page(feed, asked, items, &own)) {
        good(feed);
        return SM_TAIL_ITEMS;
    }
    if (g_error_matches(own, SM_ERROR, SM_ERROR_VERSION)) {
        g_propagate_error(error, g_steal_pointer(&own));
        return SM_TAIL_FAILED;
    }
    feed->damaged++;
    return feed->damaged >= DAMAGED_MOST ? read_anew(feed, items, error) : wait_out(feed, 0, own->message);
}

SmTailStep sm_tail_feed_next(SmTailFeed *feed, int wait_s, GPtrArray *items, GError **error)
{
    g_autofree char *escaped = sm_url_escape(feed->mark.cursor);
    int wait = feed->caught_up ? wait_s : 0;
    g_autofree char *target = g_strdup_printf("/v1/events?after=%s&wait=%d", escaped, wait);
    SmAsked asked;
    g_ptr_array_set_size(items, 0);
    sm_ask(feed->loop, feed->transport, request_of(feed, "GET", target), TRUE, wait * 1000 + ASK_MS, &asked);
    SmTailStep step = judge(feed, &asked, items, error);
    sm_asked_clear(&asked);
    return step;
}

void sm_tail_feed_end(SmTailFeed *feed)
{
    SmAsked asked;
    if (!feed->token)
        return;
    sm_ask(feed->loop, feed->transport, request_of(feed, "POST", "/v1/logout"), FALSE, LOGOUT_MS, &asked);
    sm_asked_clear(&asked);
}
