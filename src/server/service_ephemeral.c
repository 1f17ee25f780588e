/* SPDX-License-Identifier: MIT */
/* service_ephemeral: typing and presence: never stored, delivered at most once, from a ring of
 * SM_MAX_EPHEMERAL_RING a session, waking a poll at most once a second. */
#include "service_private.h"
#include "seatmux/text/sanitise.h"

#define PREVIEW_CHARS 200

static void give(SmService *s, Seat *seat, json_t *event)
{
    if (seat->ring.length >= SM_MAX_EPHEMERAL_RING)
        json_decref(g_queue_pop_head(&seat->ring));
    g_queue_push_tail(&seat->ring, json_incref(event));
    if (seat->park == NULL)
        return;
    sm_poll_wake(seat->park, seat->ephemeral < 0 ? 0 : seat->ephemeral + SM_EPHEMERAL_MS);
}

static void give_viewer(SmService *s, Viewer *viewer, const SmPending *from, json_t *event)
{
    for (GList *l = viewer->seats.head; l != NULL; l = l->next)
        if (l->data != from->seat)
            give(s, l->data, event);
}

static void spread_staff(SmPending *p, const SmConversation *c, json_t *event)
{
    SmService *s = p->s;

    for (GList *l = s->staff.head; l != NULL; l = l->next)
        if (sm_desk_sees(s->desk, sm_viewer_actor(l->data), c, 0))
            give_viewer(s, l->data, p, event);
}

static void spread(SmPending *p, const SmConversation *c, json_t *event)
{
    SmService *s = p->s;

    spread_staff(p, c, event);
    if (p->actor.kind == SM_ACTOR_CUSTOMER || c->contact == NULL)
        return;
    Viewer *contact = sm_viewer_get(s, SM_ACTOR_CUSTOMER, c->contact, FALSE);
    if (contact != NULL)
        give_viewer(s, contact, p, event);
}

/* What the customer is writing, if the desk lets its staff see it; masked like a message. */
static char *preview_of(SmPending *p)
{
    const SmPolicy *policy = sm_desk_policy(p->s->desk);

    if (p->preview == NULL || !policy->preview)
        return NULL;
    return policy->mask_numbers ? sm_text_mask_numbers(p->preview, NULL) : g_strdup(p->preview);
}

/* Which conversations one sees may rest on what is not durable yet, as any other read. */
static void typing_quiet(SmPending *p)
{
    const SmConversation *c = sm_desk_conversation(p->s->desk, p->at[2]);
    gboolean customer = p->actor.kind == SM_ACTOR_CUSTOMER;

    if (c == NULL || !sm_desk_sees(p->s->desk, p->actor, c, 0)) {
        sm_pending_problem(p, SM_PROBLEM_NOT_FOUND, NULL, "There is no such conversation.");
        return;
    }
    g_autoptr(json_t) event = json_object();
    json_object_set_new(event, "type", json_string("typing"));
    json_object_set_new(event, "conversation", json_string(c->id));
    json_object_set_new(event, "author", json_string(customer ? "customer" : "agent"));
    if (!customer)
        json_object_set_new(event, "agent", json_string(p->actor.id));
    json_object_set_new(event, "at", json_integer(sm_service_now(p->s)));
    g_autofree char *preview = customer ? preview_of(p) : NULL;
    if (preview != NULL)
        json_object_set_new(event, "text", json_string(preview));
    spread(p, c, event);
    sm_pending_reply(p, 200, json_object());
}

void sm_handle_typing(SmPending *p)
{
    g_autoptr(json_t) body = sm_pending_body(p, "text:s?");

    if (body == NULL)
        return;
    const char *text = sm_json_str(body, "text", NULL);
    if (text != NULL)
        p->preview = g_utf8_substring(text, 0, MIN(PREVIEW_CHARS, g_utf8_strlen(text, -1)));
    sm_pending_when_quiet(p, typing_quiet);
}

/* Who of the staff has a conversation before them: the staff's business alone. */
static void viewing_quiet(SmPending *p)
{
    const SmConversation *c = sm_desk_conversation(p->s->desk, p->at[2]);

    if (c == NULL || p->seat == NULL || !sm_desk_sees(p->s->desk, p->actor, c, 0)) {
        sm_pending_problem(p, SM_PROBLEM_NOT_FOUND, NULL, "There is no such conversation.");
        return;
    }
    g_autoptr(json_t) event = json_pack("{s:s, s:s, s:s, s:I}", "type", "viewing", "conversation", c->id, "agent", p->actor.id, "at",
                                        (json_int_t)sm_service_now(p->s));
    spread_staff(p, c, event);
    sm_pending_reply(p, 200, json_object());
}

void sm_handle_viewing(SmPending *p)
{
    g_autoptr(json_t) body = sm_pending_body(p, "");

    if (body != NULL)
        sm_pending_when_quiet(p, viewing_quiet);
}

void sm_ephemeral_take(SmService *s, Seat *seat, GString *to)
{
    const char *before = to->len > 1 ? ",\"ephemeral\":[" : "\"ephemeral\":[";

    if (seat->ring.head == NULL)
        return;
    while (seat->ring.head != NULL) {
        g_autoptr(json_t) event = g_queue_pop_head(&seat->ring);
        g_string_append(to, before);
        gsize from = to->len;
        sm_json_append(to, event);
        sm_json_make_plain(to, from);
        before = ",";
    }
    g_string_append_c(to, ']');
    seat->ephemeral = sm_loop_now(s->loop);
}
