/* SPDX-License-Identifier: MIT */
/* snapshot: all a viewer may see, page by page. A page's number is the first_seq from which it goes
 * on, so that a conversation archived between two pages moves no other out of the way. */
#include "page.h"

static gsize json_bytes(const json_t *json)
{
    return json_dumpb(json, NULL, 0, JSON_COMPACT | JSON_ENCODE_ANY) + 1;
}

json_t *sm_wire_state(SmDesk *desk, SmActor viewer, const SmConversation *c)
{
    json_t *state = sm_desk_project_conversation(desk, viewer, c);
    json_t *lines = json_object_get(state, "lines");
    gsize bytes = state != NULL ? json_bytes(state) : 0;
    gsize cut = 0;

    if (bytes <= SM_WIRE_STATE_BYTES || !json_is_array(lines))
        return state;
    while (bytes > SM_WIRE_STATE_BYTES && cut + 1 < json_array_size(lines))
        bytes -= json_bytes(json_array_get(lines, cut++));
    json_t *kept = json_array();
    for (gsize i = cut; i < json_array_size(lines); i++)
        json_array_append(kept, json_array_get(lines, i));
    json_object_set_new(state, "lines", kept);
    if (cut > 0)
        json_object_set_new(state, "lines_cut", json_true());
    return state;
}

static json_t *queue_of(SmDesk *desk, SmActor viewer)
{
    json_t *queue = json_array();
    const GPtrArray *conversations = sm_desk_conversations(desk);

    for (guint i = 0; i < conversations->len; i++) {
        const SmConversation *c = g_ptr_array_index(conversations, i);
        if (sm_desk_sees_row(desk, viewer, c))
            json_array_append_new(queue, sm_desk_project_row(desk, c));
    }
    return queue;
}

json_t *sm_wire_snapshot(SmDesk *desk, SmActor viewer, guint index, gint64 *next)
{
    const GPtrArray *conversations = sm_desk_conversations(desk);
    json_t *body = json_object();
    json_t *states = json_array();
    gsize bytes = 4096;

    if (index == 0) {
        json_t *shared =
            viewer.kind != SM_ACTOR_CUSTOMER ? sm_desk_project_shared(desk, viewer) : NULL;
        json_object_set_new(body, "shared", shared != NULL ? shared : json_object());
        json_object_set_new(body, "queue",
                            viewer.kind == SM_ACTOR_STAFF ? queue_of(desk, viewer) : json_array());
        bytes += json_bytes(body);
    }
    *next = -1;
    for (guint i = 0; i < conversations->len; i++) {
        const SmConversation *c = g_ptr_array_index(conversations, i);
        if (c->first_seq < (int64_t)index || !sm_desk_sees(desk, viewer, c, 0))
            continue;
        g_autoptr(json_t) state = sm_wire_state(desk, viewer, c);
        gsize more = json_bytes(state);
        if (json_array_size(states) > 0 && bytes + more > SM_MAX_SNAPSHOT_BYTES) {
            *next = c->first_seq;
            break;
        }
        bytes += more;
        json_array_append(states, state);
    }
    json_object_set_new(body, "conversations", states);
    return body;
}
