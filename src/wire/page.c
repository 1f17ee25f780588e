/* SPDX-License-Identifier: MIT */
/* page: from records to what one viewer is told of them.
 *
 * For each conversation the records touch there is one question: did the viewer see it where the
 * last page ended, and does the viewer see it where this one ends? Seen and seen: its events. Not
 * seen and seen: its state as of the desk's seq, and none of its events; the client passes over
 * events up to there that later pages bring. Seen and not seen: `forget`. What is erased of a conversation that the staff
 * once saw is told them for ever, by its content id alone: they may have kept it. */
#include "seatmux/wire/wire.h"

#include <string.h>

#include "seatmux/base/bug.h"
#include "seatmux/base/limits.h"
#include "page.h"

#define EVENT_BYTES 700 /* what an event has beside its text and data, at most */
#define ROW_BYTES 2600  /* a waiting row: first line, name and a few ids */

typedef struct {
    char *id;
    const SmConversation *c; /* NULL: not in the desk any more */
    gboolean before;         /* seen where the last page ended */
    gboolean gap;            /* seen, not seen and seen again within this page */
    gboolean between;        /* seen by some record of this page */
    gboolean archived;
    gboolean row;      /* its waiting row is seen now */
    gboolean unqueued; /* something took it out of a queue */
    gboolean paged;    /* touched by a record that is in the page */
    json_t *state;     /* built when needed */
} Touched;

typedef struct {
    json_t *json;
    Touched *touched; /* NULL: an event of the desk */
} Told;

typedef struct {
    SmDesk *desk;
    SmActor viewer;
    int64_t after;
    gboolean all;      /* the records reach up to the desk's own seq */
    GHashTable *by_id; /* conversation -> Touched */
    GPtrArray *touched;
    GArray *told;
    json_t *erased; /* contents that the viewer once saw, of conversations not seen any more */
    gsize bytes;
} Page;

static void touched_free(void *data)
{
    Touched *t = data;

    json_decref(t->state);
    g_free(t->id);
    g_free(t);
}

static gboolean sees_at(const Page *page, const SmConversation *c, int64_t seq)
{
    return c != NULL && seq > 0 && sm_desk_sees(page->desk, page->viewer, c, seq);
}

static gboolean sees_now(const Page *page, const SmConversation *c)
{
    return c != NULL && sm_desk_sees(page->desk, page->viewer, c, 0);
}

static Touched *touch(Page *page, const char *id)
{
    Touched *t = g_hash_table_lookup(page->by_id, id);

    if (t != NULL)
        return t;
    t = g_new0(Touched, 1);
    t->id = g_strdup(id);
    t->c = sm_desk_conversation(page->desk, id);
    t->before = sees_at(page, t->c, page->after);
    t->row = page->viewer.kind == SM_ACTOR_STAFF && t->c != NULL &&
             sm_desk_sees_row(page->desk, page->viewer, t->c);
    g_hash_table_insert(page->by_id, t->id, t);
    g_ptr_array_add(page->touched, t);
    return t;
}

gboolean sm_wire_leaves_queue(const SmEvent *event)
{
    switch (event->type) {
    case SM_EVENT_CONVERSATION_ASSIGNED:
    case SM_EVENT_CONVERSATION_QUEUED: /* to another team's */
    case SM_EVENT_OFFLINE_LEFT:
    case SM_EVENT_CONVERSATION_RESOLVED:
    case SM_EVENT_CONVERSATION_ABANDONED:
    case SM_EVENT_CONVERSATION_ARCHIVED:
    case SM_EVENT_BOT_TOOK:
        return TRUE;
    default:
        return FALSE;
    }
}

/* --- Sizes ---------------------------------------------------------------------------------------
 */

static gsize text_bytes(const char *text)
{
    gsize n = 2;

    for (const char *p = text != NULL ? text : ""; *p != '\0'; p++)
        n += (guchar)*p < 0x20 ? 6 : *p == '"' || *p == '\\' ? 2 : 1;
    return n;
}

static gsize json_bytes(const json_t *json)
{
    return json != NULL ? json_dumpb(json, NULL, 0, JSON_COMPACT | JSON_ENCODE_ANY) + 1 : 0;
}

static gsize event_bytes(const SmEvent *event)
{
    return EVENT_BYTES + text_bytes(event->text) + text_bytes(event->name) +
           text_bytes(event->reason) + json_bytes(event->data);
}

/* --- One record ----------------------------------------------------------------------------------
 */

static void look(Page *page, const SmRecord *record, const SmEvent *event)
{
    Touched *t = touch(page, event->conversation);
    gboolean sees = sees_at(page, t->c, record->seq);

    t->paged = TRUE;
    t->between |= sees;
    t->gap |= t->before && !sees;
    t->archived |= event->type == SM_EVENT_CONVERSATION_ARCHIVED;
    t->unqueued |= sm_wire_leaves_queue(event);
}

static gboolean needs_state(const Page *page, const Touched *t)
{
    return (!t->before || t->gap) && sees_now(page, t->c);
}

/* What this record adds to the page at most; states and rows count once. */
static gsize record_bytes(Page *page, const SmRecord *record)
{
    gsize bytes = 0;

    for (guint i = 0; i < record->events->len; i++) {
        const SmEvent *event = g_ptr_array_index(record->events, i);
        Touched *t = event->conversation != NULL ? touch(page, event->conversation) : NULL;
        if (t != NULL && !t->paged && t->row)
            bytes += ROW_BYTES;
        if (t != NULL && t->state == NULL && sees_now(page, t->c) &&
            (!t->before || !sees_at(page, t->c, record->seq))) {
            t->state = sm_wire_state(page->desk, page->viewer, t->c);
            bytes += json_bytes(t->state);
        }
        if ((t == NULL || t->state == NULL) &&
            sm_desk_visible(page->desk, page->viewer, event, record->seq))
            bytes += event_bytes(event);
        else if (event->type == SM_EVENT_CONTENT_ERASED)
            bytes += SM_MAX_ID_BYTES;
    }
    return bytes;
}

static void tell(Page *page, const SmRecord *record, const SmEvent *event)
{
    Touched *t = event->conversation != NULL ? touch(page, event->conversation) : NULL;

    if (!sm_desk_visible(page->desk, page->viewer, event, record->seq) ||
        (t != NULL && needs_state(page, t)))
        return;
    json_t *json = sm_desk_project_event(page->desk, page->viewer, event, record->seq, record->at);
    if (json == NULL)
        return;
    Told told = {json, t};
    g_array_append_val(page->told, told);
}

/* Something was erased that the viewer may have kept, in a conversation that is not theirs any more. */
static gboolean is_erased_behind(const SmDesk *desk, SmActor viewer, const SmEvent *event, int64_t seq)
{
    return event->type == SM_EVENT_CONTENT_ERASED && viewer.kind == SM_ACTOR_STAFF &&
           !sm_desk_visible(desk, viewer, event, seq) && sm_desk_saw(desk, viewer, event->conversation);
}

static void add_record(Page *page, const SmRecord *record)
{
    for (guint i = 0; i < record->events->len; i++) {
        const SmEvent *event = g_ptr_array_index(record->events, i);
        if (event->conversation != NULL)
            look(page, record, event);
    }
    for (guint i = 0; i < record->events->len; i++) {
        const SmEvent *event = g_ptr_array_index(record->events, i);
        tell(page, record, event);
        if (is_erased_behind(page->desk, page->viewer, event, record->seq))
            json_array_append_new(page->erased, json_string(event->content));
    }
}

/* --- The body ------------------------------------------------------------------------------------
 */

static gboolean sees_end(const Page *page, const Touched *t, int64_t to)
{
    return page->all ? sees_now(page, t->c) : sees_at(page, t->c, to);
}

static gboolean forgets(const Page *page, const Touched *t, int64_t to)
{
    if (t->c == NULL)
        return t->archived && page->viewer.kind == SM_ACTOR_STAFF;
    return (t->before || (t->between && !SM_BUG(15))) && !sees_end(page, t, to);
}

static void set(json_t *body, const char *key, json_t *array)
{
    if (json_array_size(array) > 0)
        json_object_set(body, key, array);
}

static json_t *events_of(const Page *page, int64_t to)
{
    json_t *events = json_array();

    for (guint i = 0; i < page->told->len; i++) {
        const Told *told = &g_array_index(page->told, Told, i);
        const Touched *t = told->touched;
        if (t == NULL || (!needs_state(page, t) && t->before && !forgets(page, t, to)))
            json_array_append(events, told->json);
    }
    return events;
}

static json_t *body_of(Page *page, int64_t to)
{
    json_t *body = json_object();
    g_autoptr(json_t) events = events_of(page, to);
    g_autoptr(json_t) states = json_array();
    g_autoptr(json_t) forget = json_array();
    g_autoptr(json_t) queue = json_array();
    g_autoptr(json_t) left = json_array();

    for (guint i = 0; i < page->touched->len; i++) {
        Touched *t = g_ptr_array_index(page->touched, i);
        if (!t->paged)
            continue;
        if (needs_state(page, t))
            json_array_append_new(states, t->state != NULL
                                              ? json_incref(t->state)
                                              : sm_wire_state(page->desk, page->viewer, t->c));
        else if (forgets(page, t, to))
            json_array_append_new(forget, json_string(t->id));
        if (t->row)
            json_array_append_new(queue, sm_desk_project_row(page->desk, t->c));
        else if (t->unqueued && page->viewer.kind == SM_ACTOR_STAFF)
            json_array_append_new(left, json_string(t->id));
    }
    set(body, "events", events);
    set(body, "conversations", states);
    set(body, "forget", forget);
    set(body, "queue", queue);
    set(body, "left", left);
    set(body, "erased", page->erased);
    return body;
}

json_t *sm_wire_page(SmDesk *desk, SmActor viewer, int64_t after, GPtrArray *records,
                     gboolean *more, int64_t *to_seq)
{
    Page page = {.desk = desk, .viewer = viewer, .after = after};
    guint i;

    page.by_id = g_hash_table_new(g_str_hash, g_str_equal);
    page.touched = g_ptr_array_new_with_free_func(touched_free);
    page.told = g_array_new(FALSE, FALSE, sizeof(Told));
    page.erased = json_array();
    *to_seq = after;
    for (i = 0; i < records->len; i++) {
        const SmRecord *record = g_ptr_array_index(records, i);
        gsize bytes = record_bytes(&page, record);
        if (page.bytes > 0 && page.bytes + bytes > SM_WIRE_PAGE_BYTES)
            break;
        page.bytes += bytes;
        add_record(&page, record);
        *to_seq = record->seq + SM_BUG(14);
    }
    *more = i < records->len;
    page.all = *to_seq >= sm_desk_seq(desk);
    json_t *body = body_of(&page, *to_seq);
    for (guint k = 0; k < page.told->len; k++)
        json_decref(g_array_index(page.told, Told, k).json);
    g_array_unref(page.told);
    json_decref(page.erased);
    g_ptr_array_unref(page.touched);
    g_hash_table_unref(page.by_id);
    return body;
}

/* --- Waking --------------------------------------------------------------------------------------
 */

static gboolean concerns_staff(SmDesk *desk, SmActor viewer, const SmEvent *event,
                               const SmConversation *c)
{
    return c == NULL || sm_wire_leaves_queue(event) || sm_desk_sees_row(desk, viewer, c);
}

gboolean sm_wire_concerns(SmDesk *desk, SmActor viewer, const SmRecord *record)
{
    const char *last = NULL;

    for (guint i = 0; i < record->events->len; i++) {
        const SmEvent *event = g_ptr_array_index(record->events, i);
        if (sm_desk_visible(desk, viewer, event, record->seq) || is_erased_behind(desk, viewer, event, record->seq))
            return TRUE;
        if (event->conversation == NULL)
            continue;
        const SmConversation *c = sm_desk_conversation(desk, event->conversation);
        if (viewer.kind == SM_ACTOR_STAFF && concerns_staff(desk, viewer, event, c))
            return TRUE;
        if (c == NULL || g_strcmp0(last, event->conversation) == 0)
            continue;
        last = event->conversation;
        gboolean before = record->seq > 1 && sm_desk_sees(desk, viewer, c, record->seq - 1);
        if (before != sm_desk_sees(desk, viewer, c, 0))
            return TRUE;
    }
    return FALSE;
}
