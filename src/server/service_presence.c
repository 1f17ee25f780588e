/* SPDX-License-Identifier: MIT */
/* service_presence: who has been heard of. A customer who waits and gives no sign of life for 60 s
 * is gone (turn-clock.md, rule 5); an agent without a session for 60 s is offline until one comes
 * back. */
#include "service_private.h"

SmActor sm_viewer_actor(const Viewer *viewer)
{
    return (SmActor){viewer->kind, viewer->id};
}

static char *key_of(SmActorKind kind, const char *id)
{
    return g_strconcat(kind == SM_ACTOR_STAFF ? "a:" : "c:", id, NULL);
}

static void presence_fired(SmService *s, Due *due);

Viewer *sm_viewer_get(SmService *s, SmActorKind kind, const char *id, gboolean make)
{
    g_autofree char *key = key_of(kind, id);
    Viewer *viewer = g_hash_table_lookup(s->viewers, key);

    if (viewer != NULL || !make)
        return viewer;
    viewer = g_new0(Viewer, 1);
    viewer->kind = kind;
    viewer->id = g_strdup(id);
    viewer->link.data = viewer;
    viewer->sign = sm_loop_now(s->loop);
    viewer->sign_at = sm_service_now(s);
    g_hash_table_insert(s->viewers, g_steal_pointer(&key), viewer);
    g_queue_push_tail_link(kind == SM_ACTOR_STAFF ? &s->staff : &s->customers, &viewer->link);
    sm_due_set(s, &viewer->presence, presence_fired, viewer->sign + SM_PRESENCE_MS);
    return viewer;
}

void sm_viewer_free(SmService *s, Viewer *viewer)
{
    g_autofree char *key = key_of(viewer->kind, viewer->id);

    while (viewer->seats.head != NULL)
        sm_seat_free(s, viewer->seats.head->data);
    sm_due_clear(s, &viewer->presence);
    g_queue_unlink(viewer->kind == SM_ACTOR_STAFF ? &s->staff : &s->customers, &viewer->link);
    g_hash_table_remove(s->viewers, key);
    g_free(viewer->id);
    g_free(viewer);
}

/* --- Signs of life -------------------------------------------------------------------------------
 */

static void set_availability(SmService *s, const char *agent, SmAvailability availability, const char *reason)
{
    SmCommand command = {.type = SM_COMMAND_AVAILABILITY,
                         .agent = agent,
                         .availability = availability,
                         .reason = reason};

    sm_service_own_command(s, command);
}

/* The answer to a message that was left reaches its customer with the request that is being answered. */
static void look_for_answer(SmService *s, const Viewer *viewer)
{
    const SmConversation *c = sm_desk_contact_conversation(s->desk, viewer->id);
    SmCommand command = {.type = SM_COMMAND_SEEN};

    if (c == NULL || !c->unseen || s->stopping || s->refolding)
        return;
    command.conversation = c->id;
    sm_service_own_command(s, command);
}

void sm_viewer_sign(SmService *s, Viewer *viewer)
{
    viewer->sign = sm_loop_now(s->loop);
    viewer->sign_at = sm_service_now(s);
    if (viewer->kind == SM_ACTOR_CUSTOMER)
        look_for_answer(s, viewer);
    if (viewer->presence.node.place == 0)
        sm_due_set(s, &viewer->presence, presence_fired, viewer->sign + SM_PRESENCE_MS);
    if (!viewer->away || s->stopping || s->refolding)
        return;
    viewer->away = FALSE;
    const SmAgent *agent = sm_desk_agent(s->desk, viewer->id);
    if (agent != NULL && agent->availability == SM_AVAILABLE_OFFLINE)
        set_availability(s, viewer->id, viewer->before, SM_REASON_SESSION);
}

static gboolean in_use(const Viewer *viewer)
{
    for (GList *l = viewer->seats.head; l != NULL; l = l->next) {
        const Seat *seat = l->data;
        if (seat->pendings > 0)
            return TRUE;
    }
    return FALSE;
}

static void agent_gone(SmService *s, Viewer *viewer)
{
    const SmAgent *agent = sm_desk_agent(s->desk, viewer->id);

    if (agent == NULL || agent->availability == SM_AVAILABLE_OFFLINE)
        return;
    viewer->away = TRUE;
    viewer->before = agent->availability;
    set_availability(s, viewer->id, SM_AVAILABLE_OFFLINE, SM_REASON_SESSION);
}

/* Somebody who is one with this contact has a page open. */
static gboolean here_otherwise(SmService *s, const Viewer *viewer)
{
    g_autoptr(GPtrArray) group = sm_desk_contact_group(s->desk, viewer->id);

    for (guint i = 0; i < group->len; i++) {
        const Viewer *other = sm_viewer_get(s, SM_ACTOR_CUSTOMER, group->pdata[i], FALSE);
        if (other != NULL && other != viewer && other->sign + SM_PRESENCE_MS > sm_loop_now(s->loop))
            return TRUE;
    }
    return FALSE;
}

/* Asked again in a minute: where the desk could not write it down, somebody would wait for ever. */
static void customer_gone(SmService *s, Viewer *viewer)
{
    const SmConversation *c = sm_desk_contact_conversation(s->desk, viewer->id);
    SmCommand command = {.type = SM_COMMAND_GONE, .since = viewer->sign_at};

    if (c == NULL || c->state != SM_STATE_QUEUED || c->offline || here_otherwise(s, viewer))
        return;
    command.conversation = c->id;
    sm_due_set(s, &viewer->presence, presence_fired, sm_loop_now(s->loop) + SM_PRESENCE_MS);
    sm_service_own_command(s, command);
}

/* When there has been no sign of life for long enough, in ms of the loop. What is written down is in desk time, which
 * may go a little slower, and begins its milliseconds at another instant. */
static int64_t gone_at(SmService *s, const Viewer *viewer)
{
    int64_t left = viewer->sign_at + SM_PRESENCE_MS - sm_service_now(s);

    return MAX(viewer->sign + SM_PRESENCE_MS, left > 0 ? sm_loop_now(s->loop) + left : 0);
}

static void presence_fired(SmService *s, Due *due)
{
    Viewer *viewer = (Viewer *)((char *)due - G_STRUCT_OFFSET(Viewer, presence));
    int64_t now = sm_loop_now(s->loop);

    if (s->stopping)
        return;
    if (in_use(viewer)) {
        viewer->sign = now;
        viewer->sign_at = sm_service_now(s);
    }
    if (gone_at(s, viewer) > now || s->refolding || s->blocked_until > now) {
        int64_t next = MAX(gone_at(s, viewer), s->refolding ? now + 1000 : now + 1);
        sm_due_set(s, due, presence_fired, MAX(next, s->blocked_until));
        return;
    }
    while (viewer->seats.head != NULL)
        sm_seat_free(s, viewer->seats.head->data);
    if (viewer->kind == SM_ACTOR_STAFF) {
        agent_gone(s, viewer);
        if (!viewer->away)
            sm_viewer_free(s, viewer);
        return;
    }
    customer_gone(s, viewer);
    if (sm_desk_contact_conversation(s->desk, viewer->id) == NULL)
        sm_viewer_free(s, viewer);
}

/* The last session of an agent logged out: no need to wait a minute. */
void sm_presence_left(SmService *s, Viewer *viewer)
{
    const SmAgent *agent = sm_desk_agent(s->desk, viewer->id);

    if (viewer->kind != SM_ACTOR_STAFF || viewer->seats.head != NULL || agent == NULL ||
        agent->availability == SM_AVAILABLE_OFFLINE)
        return;
    set_availability(s, viewer->id, SM_AVAILABLE_OFFLINE, "logout");
}

/* After a start nobody has been heard of yet: everybody gets the same minute. */
void sm_presence_start(SmService *s)
{
    const GPtrArray *conversations = sm_desk_conversations(s->desk);
    const GPtrArray *agents = sm_desk_agents(s->desk);

    sm_desk_set_up_since(s->desk, sm_service_now(s));
    for (guint i = 0; i < conversations->len; i++) {
        const SmConversation *c = g_ptr_array_index(conversations, i);
        if (c->state == SM_STATE_QUEUED && !c->offline && c->contact != NULL)
            sm_viewer_get(s, SM_ACTOR_CUSTOMER, c->contact, TRUE);
    }
    for (guint i = 0; i < agents->len; i++) {
        const SmAgent *agent = g_ptr_array_index(agents, i);
        if (agent->availability == SM_AVAILABLE_OFFLINE && agent->before == SM_AVAILABLE_OFFLINE)
            continue;
        Viewer *viewer = sm_viewer_get(s, SM_ACTOR_STAFF, agent->id, TRUE);
        viewer->away = agent->availability == SM_AVAILABLE_OFFLINE; /* and comes back */
        viewer->before = agent->before;
    }
}

/* A conversation came (back) to a queue, an agent came online: is anybody there? */
void sm_presence_committed(SmService *s, const SmRecord *record)
{
    for (guint i = 0; i < record->events->len; i++) {
        const SmEvent *event = g_ptr_array_index(record->events, i);
        Viewer *viewer = NULL;
        if (event->type == SM_EVENT_CONVERSATION_QUEUED && event->conversation != NULL) {
            const SmConversation *c = sm_desk_conversation(s->desk, event->conversation);
            if (c != NULL && c->contact != NULL)
                viewer = sm_viewer_get(s, SM_ACTOR_CUSTOMER, c->contact, TRUE);
        } else if (event->type == SM_EVENT_AGENT_AVAILABILITY && event->agent != NULL &&
                   event->availability != SM_AVAILABLE_OFFLINE) {
            viewer = sm_viewer_get(s, SM_ACTOR_STAFF, event->agent, TRUE);
        }
        if (viewer != NULL && viewer->presence.node.place == 0)
            sm_due_set(s, &viewer->presence, presence_fired, viewer->sign + SM_PRESENCE_MS);
    }
}

/* --- Seats ---------------------------------------------------------------------------------------
 */

Seat *sm_seat_get(SmService *s, const SmSession *session)
{
    Seat *seat = g_hash_table_lookup(s->seats, session->id);

    if (seat != NULL)
        return seat;
    seat = g_new0(Seat, 1);
    seat->id = g_strdup(session->id);
    seat->answered = seat->ephemeral = -1;
    seat->link.data = seat;
    seat->viewer = sm_viewer_get(s, session->agent != NULL ? SM_ACTOR_STAFF : SM_ACTOR_CUSTOMER,
                                 session->agent != NULL ? session->agent : session->contact, TRUE);
    seat->who = g_strdup(seat->viewer->id);
    g_queue_push_tail_link(&seat->viewer->seats, &seat->link);
    g_hash_table_insert(s->seats, seat->id, seat);
    return seat;
}

/* A seat outlives its session until the last request that points at it is answered. */
void sm_seat_release(Seat *seat)
{
    if (seat->viewer != NULL || seat->pendings > 0)
        return;
    while (seat->ring.head != NULL)
        json_decref(g_queue_pop_head(&seat->ring));
    g_free(seat->id);
    g_free(seat->who);
    g_free(seat);
}

void sm_seat_free(SmService *s, Seat *seat)
{
    g_hash_table_remove(s->seats, seat->id);
    g_queue_unlink(&seat->viewer->seats, &seat->link);
    seat->viewer = NULL;
    sm_seat_release(seat);
}
