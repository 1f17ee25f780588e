/* SPDX-License-Identifier: MIT */
/* lines: a stretch of history as people see it. Lines are made by the fold alone, so the events the
 * viewer may see go through a small desk of their own, which begins with whatever the first of them
 * needs to fit, and come out as the lines of its projection. */
#include "page.h"

static void add(SmRecord *record, SmEventType type, const SmConversation *c, const char *agent)
{
    SmEvent *event = sm_event_new(type);

    event->conversation = g_strdup(c->id);
    event->contact = g_strdup(c->contact != NULL ? c->contact : "-");
    event->team = g_strdup(c->team != NULL ? c->team : "-");
    event->inbox = g_strdup(c->inbox);
    event->agent = g_strdup(agent);
    g_ptr_array_add(record->events, event);
}

/* What must have been before the first event that changes the state. */
static void add_before(SmRecord *beginning, const SmConversation *c, const GPtrArray *told)
{
    for (guint i = 0; i < told->len; i++) {
        const SmEvent *event = ((SmEvent **)told->pdata)[i];
        switch (event->type) {
        case SM_EVENT_CONVERSATION_REOPENED:
            add(beginning, SM_EVENT_CONVERSATION_RESOLVED, c, NULL);
            return;
        case SM_EVENT_CONVERSATION_UNASSIGNED:
            add(beginning, SM_EVENT_CONVERSATION_ASSIGNED, c,
                event->agent != NULL ? event->agent : "-");
            return;
        case SM_EVENT_CONVERSATION_ASSIGNED:
        case SM_EVENT_CONVERSATION_QUEUED:
        case SM_EVENT_OFFLINE_LEFT:
        case SM_EVENT_CONVERSATION_RESOLVED:
        case SM_EVENT_CONVERSATION_ABANDONED:
            return;
        default:
            break;
        }
    }
}

typedef struct {
    GPtrArray *events; /* SmEvent, as the viewer gets them */
    GArray *stamps;    /* int64_t pairs: seq, at */
} Told;

static void collect(Told *told, SmDesk *desk, SmActor viewer, const SmConversation *c,
                    const SmRecord *record)
{
    for (guint i = 0; i < record->events->len; i++) {
        const SmEvent *event = g_ptr_array_index(record->events, i);
        /* Archiving makes no line, and would take those away that are there. */
        if (g_strcmp0(event->conversation, c->id) != 0 || event->type == SM_EVENT_CONVERSATION_ARCHIVED ||
            !sm_desk_visible(desk, viewer, event, 0))
            continue;
        g_autoptr(json_t) json = sm_desk_project_event(desk, viewer, event, 0, record->at);
        SmEvent *seen = json != NULL ? sm_event_decode(json, NULL) : NULL;
        if (seen == NULL)
            continue;
        g_ptr_array_add(told->events, seen);
        g_array_append_val(told->stamps, record->seq);
        g_array_append_val(told->stamps, record->at);
    }
}

/* The lines of the small desk but for those of its beginning. */
static json_t *lines_of(SmDesk *small, SmActor viewer, const SmConversation *c, guint skip)
{
    SmActor reader = viewer.kind == SM_ACTOR_CUSTOMER ? viewer : (SmActor){SM_ACTOR_DESK, NULL};
    const SmConversation *copy = sm_desk_conversation(small, c->id);
    g_autoptr(json_t) state =
        copy != NULL ? sm_desk_project_conversation(small, reader, copy) : NULL;
    json_t *all = json_object_get(state, "lines");
    json_t *lines = json_array();

    for (gsize i = skip; i < json_array_size(all); i++)
        json_array_append(lines, json_array_get(all, i));
    return lines;
}

json_t *sm_wire_lines(SmDesk *desk, SmActor viewer, const SmConversation *c, GPtrArray *records)
{
    Told told = {g_ptr_array_new_with_free_func((GDestroyNotify)sm_event_free),
                 g_array_new(FALSE, FALSE, sizeof(int64_t))};
    g_autoptr(SmRecord) beginning = sm_record_new(0, "-", "desk", "");
    g_autoptr(SmDesk) small = sm_desk_new(0);

    for (guint i = 0; i < records->len; i++)
        collect(&told, desk, viewer, c, g_ptr_array_index(records, i));
    add(beginning, SM_EVENT_CONVERSATION_STARTED, c, NULL);
    add_before(beginning, c, told.events);
    beginning->seq = 1;
    sm_desk_apply(small, beginning, NULL);
    g_autoptr(json_t) before = lines_of(small, viewer, c, 0);
    for (guint i = 0; i < told.events->len; i++)
        sm_desk_apply_event(small, g_ptr_array_index(told.events, i),
                            g_array_index(told.stamps, int64_t, 2 * i),
                            g_array_index(told.stamps, int64_t, 2 * i + 1));
    json_t *lines = lines_of(small, viewer, c, (guint)json_array_size(before));
    g_ptr_array_unref(told.events);
    g_array_unref(told.stamps);
    return lines;
}
