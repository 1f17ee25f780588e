/* SPDX-License-Identifier: MIT */
/* keep: the client's desk across restarts. The journal holds a base (what a snapshot said) and the
 * answers since, as they came; at start they are applied again. When the answers outgrow the base,
 * a new base is written from the desk, a page a turn, so that the keys never wait for it. */
#include "net/client_private.h"

#include <string.h>

#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"

#define COMPACT_BYTES (1024 * 1024)
/* Made when nothing has come for so long; what comes meanwhile puts it off. */
#define QUIET_MS 2000
/* So soon after the desk erased something no answer holds it any more; more erasures may come meanwhile. */
#define FORGET_MS 1000
/* Answers this much beyond the bound: made in one go, for there never is a quiet moment. */
#define COMPACT_NOW 8

/* --- Waiting rows ----------------------------------------------------------------------------- */

/* The rows of the queue as they came: the desk keeps them in another form. */
static void note_rows(SmClient *client, const json_t *body)
{
    const json_t *queue = json_object_get(body, "queue");
    const json_t *left = json_object_get(body, "left");

    if (json_object_get(body, "shared") != NULL)
        json_object_clear(client->rows); /* a snapshot begins */
    for (gsize i = 0; i < json_array_size(left); i++)
        json_object_del(client->rows, json_string_value(json_array_get(left, i)));
    for (gsize i = 0; i < json_array_size(queue); i++) {
        json_t *row = json_array_get(queue, i);
        json_object_set(client->rows, sm_json_str(row, "conversation", ""), row);
    }
}

/* --- At start --------------------------------------------------------------------------------- */

static void base_at_once(SmClient *client);

static void forget(void *user)
{
    SmClient *client = user;

    client->forget_step = 0;
    if (client->cursor != NULL && client->keeps)
        base_at_once(client);
}

/* What the desk erased stands in the answers before: a base takes their place, however busy it is. */
static void forget_soon(SmClient *client, const json_t *body)
{
    if (client->forget_step == 0 && sm_each_erased(body, NULL, NULL) > 0)
        client->forget_step = sm_loop_after(client->loop, FORGET_MS, forget, client);
}

static gboolean apply_kept(SmClient *client, const SmJournalState *state, GError **error)
{
    for (guint i = 0; i < state->answers->len; i++) {
        gsize n;
        const char *data = g_bytes_get_data(state->answers->pdata[i], &n);
        g_autoptr(json_t) body = sm_json_parse(data, n, SM_MAX_JOURNAL_BASE_BYTES, error);
        if (body == NULL || !sm_wire_apply(client->desk, body, NULL, error))
            return FALSE;
        note_rows(client, body);
        if (i == 0)
            client->base_bytes = n;
        else
            forget_soon(client, body);
    }
    return TRUE;
}

void sm_keep_restore(SmClient *client, const SmJournalState *state)
{
    g_autoptr(GError) error = NULL;

    if (state->cursor == NULL || state->cursor[0] == '\0' || state->answers->len == 0)
        return;
    if (!apply_kept(client, state, &error)) {
        sm_trace(client->trace, SM_TRACE_WARN, "net", "what was kept can't be used: %s",
                 error->message);
        sm_desk_clear(client->desk);
        json_object_clear(client->rows);
        return;
    }
    client->cursor = g_strdup(state->cursor);
}

/* --- A base ----------------------------------------------------------------------------------- */

static void drop_base(SmClient *client)
{
    sm_loop_remove(client->loop, &client->base_step);
    g_clear_pointer(&client->base_ids, g_ptr_array_unref);
    if (client->base != NULL)
        g_string_free(g_steal_pointer(&client->base), TRUE);
}

static void write_base(SmClient *client)
{
    GString *base = g_steal_pointer(&client->base);

    g_clear_pointer(&client->base_ids, g_ptr_array_unref);
    g_string_append(base, "]}");
    client->keeps = base->len <= SM_MAX_JOURNAL_BASE_BYTES;
    client->base_bytes = base->len;
    g_autoptr(GBytes) bytes = g_string_free_to_bytes(base);
    if (client->keeps) {
        sm_journal_set_base(client->journal, client->cursor, bytes);
        return;
    }
    /* Too much to keep: without a cursor the next start takes a snapshot. */
    sm_trace(client->trace, SM_TRACE_WARN, "net", "the desk is too large to be kept");
    g_autoptr(GBytes) nothing = g_bytes_new_static("{}", 2);
    sm_journal_set_base(client->journal, "", nothing);
}

/* What is no conversation, and which conversations there are. */
static void start_base(SmClient *client)
{
    const GPtrArray *conversations = sm_desk_conversations(client->desk);
    g_autoptr(json_t) shared = client->kind == SM_ACTOR_CUSTOMER
                                   ? json_object()
                                   : sm_desk_project_shared(client->desk, sm_client_actor(client));
    const char *key;
    json_t *row;

    drop_base(client);
    client->base = g_string_new("{\"shared\":");
    sm_json_append(client->base, shared);
    g_string_append(client->base, ",\"queue\":[");
    json_object_foreach(client->rows, key, row)
    {
        if (client->base->str[client->base->len - 1] != '[')
            g_string_append_c(client->base, ',');
        sm_json_append(client->base, row);
    }
    g_string_append(client->base, "],\"conversations\":[");
    client->base_ids = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < conversations->len; i++) {
        const SmConversation *c = conversations->pdata[i];
        g_ptr_array_add(client->base_ids, g_strdup(c->id));
    }
    client->base_next = 0;
}

/* FALSE: that was the last. */
static gboolean add_page(SmClient *client)
{
    gsize until = client->base->len + SM_MAX_SNAPSHOT_BYTES;

    while (client->base_next < client->base_ids->len && client->base->len < until) {
        const char *id = client->base_ids->pdata[client->base_next++];
        const SmConversation *c = sm_desk_conversation(client->desk, id);
        g_autoptr(json_t) state =
            c != NULL ? sm_desk_project_conversation(client->desk, sm_client_actor(client), c)
                      : NULL;
        if (state == NULL)
            continue;
        if (client->base->str[client->base->len - 1] != '[')
            g_string_append_c(client->base, ',');
        sm_json_append(client->base, state);
    }
    return client->base_next < client->base_ids->len;
}

static void next_page(void *user)
{
    SmClient *client = user;

    client->base_step = 0;
    if (client->base == NULL)
        start_base(client);
    if (add_page(client))
        client->base_step = sm_loop_after(client->loop, 0, next_page, client);
    else
        write_base(client);
}

static void base_at_once(SmClient *client)
{
    start_base(client);
    while (add_page(client))
        ;
    write_base(client);
}

/* --- From polls and snapshots ----------------------------------------------------------------- */

void sm_keep_answer(SmClient *client, const json_t *body, GBytes *bytes)
{
    note_rows(client, body);
    if (client->journal == NULL || !client->keeps)
        return;
    drop_base(client); /* one in the making is out of date */
    sm_journal_add_answer(client->journal, client->cursor, bytes);
    forget_soon(client, body);
    gsize since = sm_journal_answer_bytes(client->journal);
    gsize bound = MAX(COMPACT_BYTES, client->base_bytes);
    if (since > COMPACT_NOW * bound)
        base_at_once(client);
    else if (since > bound)
        client->base_step = sm_loop_after(client->loop, QUIET_MS, next_page, client);
}

void sm_keep_pages(SmClient *client, const GPtrArray *pages)
{
    for (guint i = 0; i < pages->len; i++)
        note_rows(client, pages->pdata[i]);
    if (client->journal != NULL)
        base_at_once(client);
}
