/* SPDX-License-Identifier: MIT */
/* wire: what crosses the network, joined with what was pressed and what is on disk at that moment. The words are those of
 * docs/testing.md. */
#include <string.h>

#include "faults/world.h"
#include "seatmux/base/limits.h"

#define WRONG_BYTES 2000

static void wrong(World *world, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void wrong(World *world, const char *format, ...)
{
    va_list args;
    if (world->wire->len > WRONG_BYTES)
        return; /* one mistake makes many more */
    va_start(args, format);
    g_string_append_printf(world->wire, "wire at %" G_GINT64_FORMAT " ms: ", sm_loop_now(world->loop));
    g_string_append_vprintf(world->wire, format, args);
    g_string_append_c(world->wire, '\n');
    va_end(args);
}

/* PUT /v1/conversations/CONVERSATION/messages/ID or NULL. Caller frees. */
static char *message_of(const SmRequest *request, char **conversation)
{
    g_auto(GStrv) at = g_str_equal(request->method, "PUT") ? sm_url_segments(request->target) : NULL;
    if (!at || g_strv_length(at) != 5 || !g_str_equal(at[3], "messages"))
        return NULL;
    if (conversation)
        *conversation = g_strdup(at[2]);
    return g_strdup(at[4]);
}

static Press *press_of(World *world, const char *id)
{
    for (guint i = world->pressed->len; i-- > 0;) {
        Press *press = world->pressed->pdata[i];
        if (g_str_equal(press->id, id))
            return press;
    }
    return NULL;
}

gboolean robot_has_on_disk(const Robot *robot, const char *id)
{
    const GPtrArray *outbox = sm_journal_store_durable(robot->store)->outbox;
    for (guint i = 0; i < outbox->len; i++)
        if (g_str_equal(((const SmOutboxEntry *)outbox->pdata[i])->id, id))
            return TRUE;
    return FALSE;
}

static void check_body(World *world, const Press *press, const SmRequest *request)
{
    gsize n = 0;
    const char *bytes = request->body ? g_bytes_get_data(request->body, &n) : "";
    g_autoptr(json_t) body = sm_json_parse(bytes, n, SM_MAX_BODY_BYTES, NULL);
    if (g_strcmp0(sm_json_str(body, "text", NULL), press->text) != 0)
        wrong(world, "phantom: %s carries another text than was entered", press->id);
}

/* Those before it in its conversation must be over, and known to be. */
static void check_turn(World *world, const Press *press)
{
    for (guint i = 0; i < world->pressed->len; i++) {
        const Press *other = world->pressed->pdata[i];
        if (other == press)
            return;
        if (g_str_equal(other->agent, press->agent) && g_str_equal(other->conversation, press->conversation) && other->under_way &&
            !other->given_up)
            wrong(world, "reordered: %s leaves while nobody knows what became of %s", press->id, other->id);
    }
}

static void message_leaves(Robot *robot, const SmRequest *request, const char *id, const char *conversation)
{
    World *world = robot->world;
    Press *press = press_of(world, id);
    if (!press) {
        wrong(world, "phantom: %s of %s leaves, nobody pressed Enter", id, robot->name);
        return;
    }
    if (!g_str_equal(press->agent, robot->name) || !g_str_equal(press->conversation, conversation))
        wrong(world, "phantom: %s goes from %s to %s", id, robot->name, conversation);
    if (press->given_up)
        wrong(world, "phantom: %s was taken back and leaves", id);
    if (press->accepted)
        return; /* an attempt that was made before that was known */
    if (!robot_has_on_disk(robot, id))
        wrong(world, "lost: %s leaves and is not on the disk yet", id);
    check_body(world, press, request);
    check_turn(world, press);
    press->under_way = TRUE;
}

/* Whatever else was on the way, an answer of the desk itself settles the message. */
static void message_answered(World *world, const char *id, const SmAnswer *answer)
{
    Press *press = press_of(world, id);
    gboolean accepted = answer->status >= 200 && answer->status < 300;
    if (!press)
        return;
    if (accepted || answer->status == 409 || answer->status == 404 || answer->status == 403 || answer->status == 422)
        press->under_way = FALSE;
    press->accepted |= accepted;
}

/* A page of the log with the message in it settles it too: the desk names a message by the command that sent it. */
static void page_came(Robot *robot, const SmAnswer *answer)
{
    gsize n = 0;
    const char *bytes = answer->body ? g_bytes_get_data(answer->body, &n) : NULL;
    for (guint i = 0; bytes && i < robot->world->pressed->len; i++) {
        Press *press = robot->world->pressed->pdata[i];
        if (press->under_way && g_str_equal(press->agent, robot->name) && g_strstr_len(bytes, (gssize)n, press->id))
            press->under_way = !(press->accepted = TRUE);
    }
}

/* Who asks on from a place was given that place, in an answer that came whole. */
static void check_cursor(Robot *robot, const SmRequest *request)
{
    g_autofree char *after = sm_url_query(request->target, "after");
    if (after && g_str_has_prefix(request->target, "/v1/events") && !g_hash_table_contains(robot->cursors, after))
        wrong(robot->world, "never shown: %s asks on from %s, which no whole answer gave", robot->name, after);
}

void world_wire_client(const SmRequest *request, const SmAnswer *answer, void *user)
{
    Robot *robot = user;
    g_autofree char *conversation = NULL;
    g_autofree char *id = message_of(request, &conversation);
    if (answer == NULL) {
        robot->world->crossed++;
        check_cursor(robot, request);
        if (id)
            message_leaves(robot, request, id, conversation);
        return;
    }
    if (answer->cursor && answer->status == 200)
        g_hash_table_add(robot->cursors, g_strdup(answer->cursor));
    if (id)
        message_answered(robot->world, id, answer);
    else if (answer->status == 200)
        page_came(robot, answer);
}

void world_wire_desk(World *world, const SmRequest *request, const SmAnswer *answer)
{
    g_autofree char *id = message_of(request, NULL);
    if (!id || answer->status < 200 || answer->status >= 300)
        return;
    g_autoptr(SmRecord) record = sm_log_find(world->log, id, NULL);
    if (!record)
        wrong(world, "lost: the desk says yes to %s before it is on its disk", id);
}
