/* SPDX-License-Identifier: MIT */
/* apply: answers into a client's desk, whole or not at all. Events are decoded, and states and rows
 * are put into a desk that is thrown away, before the real one is touched. */
#include "seatmux/wire/wire.h"

#include "seatmux/base/bug.h"
#include "seatmux/base/clock.h"
#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"

typedef struct {
    SmEvent *event;
    int64_t seq;
    int64_t at;
} Arrived;

static void arrived_clear(void *data)
{
    sm_event_free(((Arrived *)data)->event);
}

static gboolean damaged(GError **error, const char *what)
{
    g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "damaged answer: %s", what);
    return FALSE;
}

/* The member as an array; an absent one is empty. */
static gboolean array_of(const json_t *body, const char *key, const json_t **out, GError **error)
{
    *out = json_object_get(body, key);
    return *out == NULL || json_is_array(*out) || damaged(error, key);
}

static gboolean ids_of(const json_t *body, const char *key, const json_t **out, GError **error)
{
    gsize i;
    json_t *item;

    if (!array_of(body, key, out, error))
        return FALSE;
    json_array_foreach(*out, i,
                       item) if (!json_is_string(item) ||
                                 !sm_id_valid(json_string_value(item))) return damaged(error, key);
    return TRUE;
}

static gboolean decode_event(json_t *item, GArray *out, GError **error)
{
    if (!json_is_object(item) || !json_is_integer(json_object_get(item, "seq")) ||
        !json_is_integer(json_object_get(item, "at")))
        return damaged(error, "events");
    Arrived arrived = {.seq = sm_json_int(item, "seq", 0), .at = sm_json_int(item, "at", 0)};
    if (arrived.seq < 1 || arrived.at < 0 || arrived.at > SM_TIME_MS_MOST)
        return damaged(error, "events");
    g_autoptr(json_t) bare = json_copy(item);
    json_object_del(bare, "seq");
    json_object_del(bare, "at");
    arrived.event = sm_event_decode(bare, error);
    if (arrived.event == NULL)
        return FALSE;
    g_array_append_val(out, arrived);
    return TRUE;
}

static gboolean decode_events(const json_t *events, GArray *out, GError **error)
{
    gsize i;
    json_t *item;
    int64_t last = 0;

    json_array_foreach(events, i, item)
    {
        if (!decode_event(item, out, error))
            return FALSE;
        int64_t seq = g_array_index(out, Arrived, out->len - 1).seq;
        if (seq < last)
            return damaged(error, "events out of order");
        last = seq;
    }
    return TRUE;
}

typedef struct {
    const json_t *shared, *conversations, *forget, *queue, *left;
    GArray *events;
} Body;

static gboolean read_body(const json_t *json, Body *body, GError **error)
{
    const json_t *events;

    if (!json_is_object(json))
        return damaged(error, "not an object");
    body->shared = json_object_get(json, "shared");
    if (body->shared != NULL && !json_is_object(body->shared))
        return damaged(error, "shared");
    return array_of(json, "events", &events, error) &&
           array_of(json, "conversations", &body->conversations, error) &&
           array_of(json, "queue", &body->queue, error) &&
           ids_of(json, "forget", &body->forget, error) &&
           ids_of(json, "left", &body->left, error) && decode_events(events, body->events, error);
}

static gboolean install(SmDesk *desk, const Body *body, GError **error)
{
    gsize i;
    json_t *item;

    if (body->shared != NULL && json_object_size(body->shared) > 0 &&
        !sm_desk_install_shared(desk, body->shared, error))
        return FALSE;
    json_array_foreach(body->conversations, i,
                       item) if (!sm_desk_install_conversation(desk, item, error)) return FALSE;
    json_array_foreach(body->queue, i,
                       item) if (!sm_desk_install_row(desk, item, error)) return FALSE;
    return TRUE;
}

static gboolean installable(const Body *body, GError **error)
{
    if (body->shared == NULL && json_array_size(body->conversations) == 0 &&
        json_array_size(body->queue) == 0)
        return TRUE;
    g_autoptr(SmDesk) trial = sm_desk_new(0);
    return install(trial, body, error);
}

static void note(GPtrArray *touched, const char *id)
{
    if (touched == NULL || id == NULL ||
        g_ptr_array_find_with_equal_func(touched, id, g_str_equal, NULL))
        return;
    g_ptr_array_add(touched, g_strdup(id));
}

static void note_all(GPtrArray *touched, const json_t *items)
{
    gsize i;
    json_t *item;

    json_array_foreach(items, i, item)
    {
        if (json_is_string(item))
            note(touched, json_string_value(item));
        else
            note(touched, sm_json_str(item, "conversation", sm_json_str(item, "id", NULL)));
    }
}

static gboolean apply_all(SmDesk *desk, const Body *body, GPtrArray *touched, GError **error)
{
    gsize i;
    json_t *item;

    if (body->shared != NULL)
        sm_desk_clear(desk);
    for (guint k = 0; k < body->events->len; k++) {
        const Arrived *arrived = &g_array_index(body->events, Arrived, k);
        sm_desk_apply_event(desk, arrived->event, arrived->seq, arrived->at);
        note(touched, arrived->event->conversation);
    }
    json_array_foreach(body->forget, i, item)
        sm_desk_forget_conversation(desk, json_string_value(item));
    json_array_foreach(body->left, i, item) sm_desk_remove_row(desk, json_string_value(item));
    note_all(touched, body->conversations);
    note_all(touched, body->forget);
    note_all(touched, body->queue);
    note_all(touched, body->left);
    return install(desk, body, error);
}

gboolean sm_wire_apply(SmDesk *desk, const json_t *json, GPtrArray *touched, GError **error)
{
    Body body = {.events = g_array_new(FALSE, TRUE, sizeof(Arrived))};

    g_array_set_clear_func(body.events, arrived_clear);
    gboolean ok = read_body(json, &body, error) && (SM_BUG(13) || installable(&body, error)) &&
                  apply_all(desk, &body, touched, error);
    g_array_unref(body.events);
    return ok;
}
