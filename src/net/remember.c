/* SPDX-License-Identifier: MIT */
/* remember: what the desk shows goes into the history when there is time for it: catching up and typing are not to wait for
 * an index. Then a few conversations a turn. Of each it is known which records have been handed in; what was known before is
 * passed over by the history. A conversation that the desk takes away is handed in before it goes; what a crash leaves out is in
 * the journal, and so comes at the next start. */
#include "net/client_private.h"

#include <string.h>

#define TURN_MS 5
#define FULL_MS 50    /* the disk is slower than we are */
#define QUIET_MS 1000 /* when nothing has come for so long there is time for it */
#define LATE_MS 10000 /* and where there never is, it is not later than this */
#define LINES_A_TURN 200

/* Records of one conversation that are handed in: from and to. */
typedef struct {
    int64_t from, to;
} Span;

static SmHistoryLine *history_line(const SmConversation *c, const SmLine *line)
{
    SmHistoryLine *out = g_new0(SmHistoryLine, 1);

    out->content = g_strdup(line->content);
    out->conversation = g_strdup(c->id);
    out->seq = line->seq;
    out->at = line->at;
    out->kind = line->kind;
    out->author = line->author;
    out->agent = g_strdup(line->agent);
    out->name = g_strdup(c->name);
    out->profile = g_strdup(c->name != NULL ? c->profile_content : NULL);
    out->text = g_strdup(line->text);
    return out;
}

static void take_line(SmClient *client, const SmConversation *c, const SmLine *line, GPtrArray *lines)
{
    if (line->content == NULL || line->kind == SM_LINE_EVENT)
        return;
    if (line->text != NULL)
        g_ptr_array_add(lines, history_line(c, line));
    else if (line->erased)
        sm_history_erase(client->history, line->content);
}

static void take_conversation(SmClient *client, const SmConversation *c, GPtrArray *lines)
{
    Span *span = g_hash_table_lookup(client->remembered, c->id);

    if (c->lines->len == 0)
        return;
    if (span == NULL) {
        span = g_new(Span, 1);
        *span = (Span){INT64_MAX, INT64_MIN};
        g_hash_table_insert(client->remembered, g_strdup(c->id), span);
    }
    Span before = *span;
    for (guint i = 0; i < c->lines->len; i++) {
        const SmLine *line = c->lines->pdata[i];
        if (line->seq >= before.from && line->seq <= before.to)
            continue;
        take_line(client, c, line, lines);
        span->from = MIN(span->from, line->seq);
        span->to = MAX(span->to, line->seq);
    }
}

static void turn(void *user);

static void hand_in(SmClient *client)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func((GDestroyNotify)sm_history_line_free);
    GHashTableIter iter;
    gpointer id;

    g_hash_table_iter_init(&iter, client->remember);
    while (lines->len < LINES_A_TURN && g_hash_table_iter_next(&iter, &id, NULL)) {
        const SmConversation *c = sm_desk_conversation(client->desk, id);
        if (c != NULL)
            take_conversation(client, c, lines);
        else
            g_hash_table_remove(client->remembered, id);
        g_hash_table_iter_remove(&iter);
    }
    if (lines->len > 0)
        sm_history_add(client->history, lines);
    else
        g_ptr_array_unref(lines);
    if (g_hash_table_size(client->remember) > 0)
        client->remember_turn = sm_loop_after(client->loop, TURN_MS, turn, client);
}

static void turn(void *user)
{
    SmClient *client = user;

    client->remember_turn = 0;
    if (sm_history_full(client->history))
        client->remember_turn = sm_loop_after(client->loop, FULL_MS, turn, client);
    else
        hand_in(client);
}

/* When what waits is handed in, as far as is known now. */
static int64_t due(const SmClient *client)
{
    return MIN(client->remember_last + QUIET_MS, client->remember_first + LATE_MS);
}

/* One timer a second however much comes. */
static void rested(void *user)
{
    SmClient *client = user;

    if (due(client) > sm_loop_now(client->loop))
        client->remember_turn = sm_loop_at(client->loop, due(client), rested, client);
    else
        turn(client);
}

void sm_remember(SmClient *client, const GPtrArray *touched)
{
    if (client->history == NULL)
        return;
    client->remember_last = sm_loop_now(client->loop);
    if (g_hash_table_size(client->remember) == 0)
        client->remember_first = client->remember_last;
    if (touched == NULL) {
        const GPtrArray *all = sm_desk_conversations(client->desk);
        for (guint i = 0; i < all->len; i++)
            g_hash_table_add(client->remember, g_strdup(((const SmConversation *)all->pdata[i])->id));
    }
    for (guint i = 0; touched != NULL && i < touched->len; i++)
        g_hash_table_add(client->remember, g_strdup(touched->pdata[i]));
    if (client->remember_turn == 0 && g_hash_table_size(client->remember) > 0)
        client->remember_turn = sm_loop_at(client->loop, due(client), rested, client);
}

void sm_remember_all(SmClient *client)
{
    while (client->remember_turn != 0)
        sm_client_remember(client);
}

void sm_remember_anew(SmClient *client)
{
    sm_remember_all(client);
    g_hash_table_remove_all(client->remembered);
}

guint sm_each_erased(const json_t *body, void (*one)(const char *content, void *user), void *user)
{
    gsize i;
    guint n = 0;
    json_t *event, *item;

    json_array_foreach(json_object_get(body, "events"), i, event)
    {
        const char *content = sm_json_str(event, "content", NULL);
        if (content == NULL || strcmp(sm_json_str(event, "type", ""), "content.erased") != 0)
            continue;
        n++;
        if (one != NULL)
            one(content, user);
    }
    json_array_foreach(json_object_get(body, "erased"), i, item)
    {
        if (!json_is_string(item))
            continue;
        n++;
        if (one != NULL)
            one(json_string_value(item), user);
    }
    return n;
}

static void erase(const char *content, void *user)
{
    SmClient *client = user;

    if (client->history != NULL)
        sm_history_erase(client->history, content);
    if (client->handler.erased != NULL)
        client->handler.erased(client, content, client->handler.user);
}

void sm_remember_erasures(SmClient *client, const json_t *body)
{
    sm_each_erased(body, erase, client);
}

void sm_client_set_history(SmClient *client, SmHistory *history)
{
    sm_history_close(client->history);
    client->history = history;
    g_hash_table_remove_all(client->remembered);
    sm_remember(client, NULL);
}

void sm_client_remember(SmClient *client)
{
    if (client->remember_turn == 0)
        return;
    sm_loop_remove(client->loop, &client->remember_turn);
    hand_in(client);
}

SmHistory *sm_client_history(SmClient *client)
{
    return client->history;
}
