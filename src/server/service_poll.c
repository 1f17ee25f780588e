/* SPDX-License-Identifier: MIT */
/* service_poll: long polls. A park keeps the seq it stands at; the records a commit made wake those
 * it concerns, and a page is built once for all who stand at the same place and see the same. */
#include "service_private.h"
#include "seatmux/base/bug.h"

#include <string.h>

/* --- Pages ---------------------------------------------------------------------------------------
 */

/* Durable records after `after`, at most `limit`, from memory where they are there. */
static GPtrArray *records_after(SmService *s, int64_t after, guint limit, GError **error)
{
    const SmRecord *first = s->ring[(after + 1) % SM_RING];

    if (after >= s->durable || first == NULL || first->seq != after + 1)
        return sm_log_read(s->log, after, limit, error);
    GPtrArray *records = g_ptr_array_new_with_free_func((GDestroyNotify)sm_record_unref);
    for (int64_t seq = after + 1; seq <= s->durable && records->len < limit; seq++)
        g_ptr_array_add(records, sm_record_ref(s->ring[seq % SM_RING]));
    return records;
}

static gboolean changes_viewer(const SmDesk *desk, const GPtrArray *records, SmActor viewer)
{
    for (guint i = 0; viewer.kind == SM_ACTOR_STAFF && i < records->len; i++) {
        const SmRecord *record = g_ptr_array_index(records, i);
        for (guint j = 0; j < record->events->len; j++) {
            if (sm_desk_shows_anew(desk, viewer, g_ptr_array_index(record->events, j)))
                return TRUE;
        }
    }
    return FALSE;
}

/* Something for the viewer in one run of records? The body without cursor and now, or NULL. */
static json_t *page_of(SmService *s, SmActor viewer, int64_t after, GPtrArray *records,
                       gboolean *more, int64_t *to)
{
    json_t *body = sm_wire_page(s->desk, viewer, after, records, more, to);
    const SmRecord *last = g_ptr_array_index(records, records->len - 1);

    if (!*more && last->seq < s->durable) {
        *more = TRUE;
        *to = last->seq;
    }
    return body;
}

static Page *build(SmService *s, SmActor viewer, int64_t after)
{
    Page *page = g_new0(Page, 1);
    gboolean more = TRUE;
    guint scanned = 0;
    g_autoptr(json_t) body = NULL;

    page->to = after;
    while (page->to < s->durable && scanned < SM_SCAN_RECORDS) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) records = records_after(s, page->to, SM_POLL_READ, &error);
        if (records == NULL || records->len == 0) {
            sm_trace(s->trace, SM_TRACE_ERROR, "service", "reading for a poll: %s",
                     error != NULL ? error->message : "nothing there");
            break;
        }
        if (changes_viewer(s->desk, records, viewer)) {
            page->expired = TRUE;
            return page;
        }
        scanned += records->len;
        g_clear_pointer(&body, json_decref);
        body = page_of(s, viewer, page->to, records, &more, &page->to);
        if (json_object_size(body) > 0)
            break;
    }
    if (page->to >= s->durable)
        more = FALSE;
    if (json_object_size(body) == 0 && !more)
        return page;
    if (body == NULL)
        body = json_object();
    if (more && page->to > after)
        json_object_set_new(body, "more", json_true());
    page->text = sm_json_plain(body);
    page->text[strlen(page->text) - 1] = '\0';
    return page;
}

#define ALIKE_RECORDS 64 /* beyond these, comparing what two viewers see costs more than a page */

/* What a page shows to a member of the staff hangs on nothing but which of these conversations they
 * see, and when. The answers go to `key`: two with the same key get the same page. FALSE: the page
 * is the viewer's own. */
static gboolean add_sights(SmService *s, SmActor viewer, int64_t after, const SmRecord *record,
                           GString *key)
{
    for (guint i = 0; i < record->events->len; i++) {
        const SmEvent *event = g_ptr_array_index(record->events, i);
        if (sm_event_differs(event))
            return FALSE;
        const SmConversation *c =
            event->conversation != NULL ? sm_desk_conversation(s->desk, event->conversation) : NULL;
        if (c == NULL)
            continue;
        int sights = (after > 0 && sm_desk_sees(s->desk, viewer, c, after) ? 1 : 0) |
                     (sm_desk_sees(s->desk, viewer, c, record->seq) ? 2 : 0) |
                     (sm_desk_sees(s->desk, viewer, c, 0) ? 4 : 0) |
                     (sm_desk_sees_row(s->desk, viewer, c) ? 8 : 0);
        g_string_append_c(key, (char)('A' + sights));
    }
    return TRUE;
}

static char *page_key(SmService *s, SmActor viewer, int64_t after)
{
    GString *key = g_string_new(NULL);

    g_string_printf(key, "%d %" G_GINT64_FORMAT " ", viewer.kind, after);
    gsize head = key->len;
    gboolean alike = viewer.kind == SM_ACTOR_STAFF && s->durable - after <= ALIKE_RECORDS;
    for (int64_t seq = after + 1; alike && seq <= s->durable; seq++) {
        const SmRecord *record = s->ring[seq % SM_RING];
        alike = record != NULL && record->seq == seq && add_sights(s, viewer, after, record, key);
    }
    if (!alike) {
        g_string_truncate(key, head);
        g_string_append_printf(key, "=%s", viewer.id);
    }
    return g_string_free(key, FALSE);
}

static Page *page_for(SmService *s, SmActor viewer, int64_t after)
{
    g_autofree char *key = page_key(s, viewer, after);
    Page *page = g_hash_table_lookup(s->pages, key);

    if (page == NULL) {
        page = build(s, viewer, after);
        g_hash_table_insert(s->pages, g_steal_pointer(&key), page);
    }
    return page;
}

/* --- Answers -------------------------------------------------------------------------------------
 */

static char *cursor_at(SmService *s, int64_t seq)
{
    gboolean known;

    if (seq == s->durable)
        return g_strdup(s->cursor);
    uint32_t check = sm_service_check(s, seq, &known);
    return sm_cursor_format(sm_log_desk_id(s->log), seq, check);
}

static GBytes *answer_body(SmPending *p, const char *members, const char *cursor)
{
    GString *text = g_string_new(members);

    sm_ephemeral_take(p->s, p->seat, text);
    g_string_append_printf(text, "%s\"cursor\":\"%s\",\"now\":%" G_GINT64_FORMAT ",\"fold\":%d}",
                           text->len > 1 ? "," : "", cursor, sm_service_now(p->s), SM_FOLD_VERSION);
    return g_string_free_to_bytes(text);
}

/* `shared`: the page's body, for those who have nothing of their own to be told; NULL. */
static void answer_text(SmPending *p, const char *members, int64_t to, GBytes **shared)
{
    SmService *s = p->s;
    SmAnswer *answer = g_new0(SmAnswer, 1);

    answer->status = 200;
    answer->type = "application/json";
    answer->cursor = cursor_at(s, to);
    if (shared == NULL || p->seat->ring.head != NULL) {
        answer->body = answer_body(p, members, answer->cursor);
    } else {
        if (*shared == NULL)
            *shared = answer_body(p, members, answer->cursor);
        answer->body = g_bytes_ref(*shared);
    }
    p->seat->answered = sm_loop_now(s->loop);
    sm_pending_answer(p, answer);
}

void sm_poll_answer_empty(SmPending *p)
{
    p->s->count.polls_idle++;
    answer_text(p, "{", p->after, NULL);
}

/* --- Parks ---------------------------------------------------------------------------------------
 */

static void park_fired(SmService *s, Due *due);

static void arm(SmPending *p)
{
    int64_t at = p->try_at != 0 ? MIN(p->try_at, p->deadline) : p->deadline;

    sm_due_set(p->s, &p->due, park_fired, at);
}

static void make_ready(SmPending *p)
{
    p->try_at = 0;
    if (p->ready)
        return;
    p->ready = TRUE;
    g_queue_push_tail_link(&p->s->ready, &p->link);
}

static void park_fired(SmService *s, Due *due)
{
    SmPending *p = (SmPending *)((char *)due - G_STRUCT_OFFSET(SmPending, due));
    int64_t now = sm_loop_now(s->loop);

    if (p->try_at != 0 && p->try_at <= now)
        make_ready(p);
    if (now < p->deadline) {
        arm(p);
        return;
    }
    if (p->ready && sm_service_quiet(s))
        return; /* answered before this turn ends, one way or the other */
    sm_poll_unpark(p);
    sm_poll_answer_empty(p);
}

/* A park that nothing has woken has missed nothing up to `told`: pages need not look there again.
 */
static void catch_up(SmPending *p)
{
    if (p->where == AT_PARK && !p->ready && p->try_at == 0)
        p->after = MAX(p->after, p->s->told + SM_BUG(22));
}

void sm_poll_unpark(SmPending *p)
{
    catch_up(p);
    if (p->ready)
        g_queue_unlink(&p->s->ready, &p->link);
    p->ready = FALSE;
    p->try_at = 0;
    sm_due_clear(p->s, &p->due);
    p->where = AT_HAND;
    if (p->seat->park == p)
        p->seat->park = NULL;
}

void sm_poll_wake(SmPending *p, int64_t at_ms)
{
    catch_up(p);
    if (at_ms <= sm_loop_now(p->s->loop)) {
        make_ready(p);
        return;
    }
    if (p->ready || (p->try_at != 0 && p->try_at <= at_ms))
        return;
    p->try_at = at_ms;
    arm(p);
}

static gboolean ephemeral_due(const SmService *s, const Seat *seat)
{
    return seat->ring.head != NULL &&
           (seat->ephemeral < 0 || sm_loop_now(s->loop) - seat->ephemeral >= SM_EPHEMERAL_MS);
}

/* TRUE if the poll was answered. */
static gboolean fill(SmPending *p)
{
    SmService *s = p->s;
    Page *page = page_for(s, p->actor, p->after);

    if (page->expired) {
        sm_pending_problem(p, SM_PROBLEM_CURSOR_EXPIRED, NULL, NULL);
        return TRUE;
    }
    if (page->text == NULL && !ephemeral_due(s, p->seat)) {
        p->after = page->to;
        return FALSE;
    }
    s->count.polls_woken++;
    answer_text(p, page->text != NULL ? page->text : "{", page->to, &page->body);
    return TRUE;
}

void sm_poll_run_ready(SmService *s)
{
    while (sm_service_quiet(s) && s->ready.head != NULL) {
        SmPending *p = s->ready.head->data;
        g_queue_unlink(&s->ready, &p->link);
        p->ready = FALSE;
        Seat *seat = p->seat;
        if (!fill(p)) {
            if (sm_loop_now(s->loop) < p->deadline)
                continue;
            sm_poll_unpark(p);
            sm_poll_answer_empty(p);
            continue;
        }
        sm_due_clear(s, &p->due);
        if (seat->park == p)
            seat->park = NULL;
    }
}

/* --- Waking --------------------------------------------------------------------------------------
 */

/* A first event goes at once; only a session that was answered just now waits for companions. */
static void wake_seat(SmService *s, Seat *seat)
{
    int64_t now = sm_loop_now(s->loop);

    if (seat->park == NULL)
        return;
    if (seat->answered >= 0 && now - seat->answered < SM_COMPANIONS_AFTER_MS)
        sm_poll_wake(seat->park, now + SM_COMPANIONS_MS);
    else
        sm_poll_wake(seat->park, 0);
}

static void wake_viewer(SmService *s, Viewer *viewer)
{
    for (GList *l = viewer->seats.head; l != NULL; l = l->next)
        wake_seat(s, l->data);
}

static void wake_contact(SmService *s, const char *contact, const SmRecord *record)
{
    Viewer *viewer = contact != NULL ? sm_viewer_get(s, SM_ACTOR_CUSTOMER, contact, FALSE) : NULL;

    if (viewer != NULL && sm_wire_concerns(s->desk, sm_viewer_actor(viewer), record))
        wake_viewer(s, viewer);
}

/* Those who are one with the conversation's contact, or no longer are, too. */
static void wake_contacts(SmService *s, const SmRecord *record)
{
    const char *last = NULL;

    for (guint i = 0; i < record->events->len; i++) {
        const SmEvent *event = g_ptr_array_index(record->events, i);
        if (event->conversation == NULL || g_strcmp0(event->conversation, last) == 0)
            continue;
        last = event->conversation;
        const SmConversation *c = sm_desk_conversation(s->desk, event->conversation);
        if (c == NULL || c->contact == NULL)
            continue;
        g_autoptr(GPtrArray) group = sm_desk_contact_group(s->desk, c->contact);
        for (guint k = 0; k < group->len; k++)
            wake_contact(s, group->pdata[k], record);
        if (event->type == SM_EVENT_CONTACT_SPLIT) {
            wake_contact(s, event->contact, record);
            wake_contact(s, event->inbox, record);
        }
    }
}

static gboolean concerns_any(SmService *s, Viewer *viewer, GPtrArray *records)
{
    for (guint i = 0; i < records->len; i++)
        if (sm_wire_concerns(s->desk, sm_viewer_actor(viewer), g_ptr_array_index(records, i)))
            return TRUE;
    return FALSE;
}

static gboolean parked(const Viewer *viewer)
{
    for (GList *l = viewer->seats.head; l != NULL; l = l->next)
        if (((Seat *)l->data)->park != NULL)
            return TRUE;
    return FALSE;
}

void sm_poll_wake_for(SmService *s, GPtrArray *records)
{
    for (guint i = 0; i < records->len; i++)
        wake_contacts(s, g_ptr_array_index(records, i));
    for (GList *l = s->staff.head; l != NULL; l = l->next) {
        Viewer *viewer = l->data;
        if (parked(viewer) && concerns_any(s, viewer, records))
            wake_viewer(s, viewer);
    }
    s->told = s->durable;
}

/* --- The request ---------------------------------------------------------------------------------
 */

/* FALSE when the problem has been answered. */
static gboolean read_cursor(SmPending *p)
{
    SmService *s = p->s;
    g_autofree char *text = sm_url_query(p->target, "after");
    g_autofree char *desk = NULL;
    uint32_t check = 0;
    gboolean known = FALSE;

    if (text == NULL) {
        sm_pending_problem(p, SM_PROBLEM_INVALID, "after",
                           "'after' must be a cursor of this desk.");
        return FALSE;
    }
    if (strcmp(text, s->cursor) == 0) {
        p->after = s->durable;
        return TRUE;
    }
    if (sm_cursor_parse(text, &desk, &p->after, &check) &&
        strcmp(desk, sm_log_desk_id(s->log)) == 0 && p->after <= s->durable &&
        s->durable - p->after <= SM_MAX_SNAPSHOT_BEHIND &&
        (sm_service_check(s, p->after, &known) == check || SM_BUG(23)) && known)
        return TRUE;
    sm_pending_problem(p, SM_PROBLEM_CURSOR_EXPIRED, NULL, NULL);
    return FALSE;
}

static void supersede(SmPending *old)
{
    sm_poll_unpark(old);
    sm_pending_problem(old, SM_PROBLEM_SUPERSEDED, NULL, NULL);
}

static void park(SmPending *p)
{
    p->where = AT_PARK;
    p->seat->park = p;
    if (p->counted)
        p->seat->under_way--;
    p->counted = FALSE;
    g_free(g_steal_pointer(&p->own_target));
    g_strfreev(g_steal_pointer(&p->at));
    p->target = NULL;
    if (p->seat->ring.head != NULL) /* delivered less than a second ago: in a while */
        p->try_at = MAX(p->seat->ephemeral + SM_EPHEMERAL_MS, sm_loop_now(p->s->loop));
    arm(p);
}

void sm_handle_events(SmPending *p)
{
    SmService *s = p->s;
    gboolean quiet = sm_service_quiet(s);
    int64_t wait;

    if (!sm_pending_number(p, "wait", 0, SM_MAX_WAIT_S, SM_MAX_WAIT_DEFAULT_S, &wait))
        return;
    if (s->limits.parks_per_session < 1)
        wait = 0;
    if (!quiet && (wait == 0 || s->refolding)) {
        sm_pending_when_quiet(p, sm_handle_events);
        return;
    }
    if (!read_cursor(p))
        return;
    if (p->seat->park != NULL)
        supersede(p->seat->park);
    p->deadline = sm_loop_now(s->loop) + wait * 1000;
    if (wait > 0 && s->limits.jitter_ms > 0)
        p->deadline += sm_rng_below(s->rng, (uint32_t)s->limits.jitter_ms + 1);
    if (quiet && fill(p))
        return;
    if (wait == 0) {
        sm_poll_answer_empty(p);
        return;
    }
    park(p);
    /* What is durable can be shown when the commit under way is over. */
    if (!quiet && p->after < s->durable)
        make_ready(p);
}
