/* SPDX-License-Identifier: MIT */
/* lines: a stretch of history as people see it. Lines are made by the fold alone, so the events the
 * viewer may see go through a desk of their own, as they would in the viewer's client, and come out as
 * the lines of its projection. */
#include "page.h"

static gboolean tell(SmDesk *scratch, const json_t *told, int64_t seq, int64_t at)
{
    g_autoptr(json_t) bare = json_copy((json_t *)told);

    json_object_del(bare, "seq");
    json_object_del(bare, "at");
    g_autoptr(SmEvent) event = sm_event_decode(bare, NULL);
    if (event == NULL)
        return FALSE;
    sm_desk_apply_event(scratch, event, seq, at);
    return TRUE;
}

/* The conversation as the viewer has it, without its lines. */
static SmDesk *scratch_of(SmDesk *desk, SmActor viewer, const SmConversation *c)
{
    g_autoptr(SmDesk) scratch = sm_desk_new(0);
    g_autoptr(json_t) state = sm_desk_project_conversation(desk, viewer, c);

    if (state == NULL)
        return NULL;
    json_object_set_new(state, "lines", json_array());
    json_object_set_new(state, "lines_cut", json_false());
    json_object_set_new(state, "as_of", json_integer(0));
    if (viewer.kind == SM_ACTOR_STAFF) {
        g_autoptr(json_t) shared = sm_desk_project_shared(desk, viewer);
        if (!sm_desk_install_shared(scratch, shared, NULL))
            return NULL;
    }
    return sm_desk_install_conversation(scratch, state, NULL) ? g_steal_pointer(&scratch) : NULL;
}

json_t *sm_wire_lines(SmDesk *desk, SmActor viewer, const SmConversation *c, GPtrArray *records)
{
    g_autoptr(SmDesk) scratch = scratch_of(desk, viewer, c);

    for (guint i = 0; scratch != NULL && i < records->len; i++) {
        const SmRecord *record = g_ptr_array_index(records, i);
        for (guint k = 0; k < record->events->len; k++) {
            const SmEvent *event = g_ptr_array_index(record->events, k);
            if (g_strcmp0(event->conversation, c->id) != 0)
                continue;
            g_autoptr(json_t) told =
                sm_desk_project_event(desk, viewer, event, record->seq, record->at);
            if (told != NULL)
                tell(scratch, told, record->seq, record->at);
        }
    }
    const SmConversation *copy = scratch != NULL ? sm_desk_conversation(scratch, c->id) : NULL;
    g_autoptr(json_t) state =
        copy != NULL ? sm_desk_project_conversation(scratch, viewer, copy) : NULL;
    json_t *lines = json_object_get(state, "lines");
    return json_is_array(lines) ? json_incref(lines) : json_array();
}
