/* SPDX-License-Identifier: MIT */
/* checker: joins key presses, wire (wire.c), log and screens. Lost, duplicated, reordered, phantom, shown twice, never shown: the words
 * are used as docs/testing.md defines them. */
#include <string.h>

#include "faults/world.h"

typedef struct {
    GHashTable *times;  /* text -> how often it is in the log */
    GHashTable *seqs;   /* text -> seq */
    GPtrArray *records; /* SmRecord */
} LogView;

static gboolean is_staff_text(const SmEvent *event)
{
    return (event->type == SM_EVENT_MESSAGE_POSTED && event->author == SM_AUTHOR_AGENT) ||
           event->type == SM_EVENT_NOTE_POSTED;
}

static LogView *read_log(World *world)
{
    LogView *view = g_new0(LogView, 1);
    view->times = g_hash_table_new(g_str_hash, g_str_equal);
    view->seqs = g_hash_table_new(g_str_hash, g_str_equal);
    view->records = g_ptr_array_new_with_free_func((GDestroyNotify)sm_record_unref);
    int64_t after = 0;
    for (;;) {
        g_autoptr(GPtrArray) page = sm_log_read(world->log, after, 1000, NULL);
        if (!page || page->len == 0)
            return view;
        for (guint i = 0; i < page->len; i++) {
            SmRecord *record = sm_record_ref(page->pdata[i]);
            g_ptr_array_add(view->records, record);
            after = record->seq;
            for (guint j = 0; j < record->events->len; j++) {
                SmEvent *event = record->events->pdata[j];
                if (!is_staff_text(event) || !event->text)
                    continue;
                int n = GPOINTER_TO_INT(g_hash_table_lookup(view->times, event->text));
                g_hash_table_insert(view->times, event->text, GINT_TO_POINTER(n + 1));
                g_hash_table_insert(view->seqs, event->text, GINT_TO_POINTER((int)record->seq));
            }
        }
    }
}

static void log_view_free(LogView *view)
{
    g_hash_table_unref(view->times);
    g_hash_table_unref(view->seqs);
    g_ptr_array_unref(view->records);
    g_free(view);
}

static Robot *robot_named(World *world, const char *name)
{
    for (guint i = 0; i < world->robots->len; i++)
        if (g_str_equal(((Robot *)world->robots->pdata[i])->name, name))
            return world->robots->pdata[i];
    return NULL;
}

/* Held, failed, or taken back and still shown: the text is on the screen, and says that it was not sent. */
static const SmOutboxEntry *on_screen(Robot *robot, const char *id)
{
    g_autoptr(GPtrArray) entries = sm_client_outbox(robot->client, NULL);
    for (guint i = 0; i < entries->len; i++)
        if (g_str_equal(((SmOutboxEntry *)entries->pdata[i])->id, id))
            return entries->pdata[i];
    return NULL;
}

static void check_presses(World *world, LogView *view, GString *wrong)
{
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < world->pressed->len; i++) {
        const Press *press = world->pressed->pdata[i];
        g_hash_table_add(known, press->text);
        int times = GPOINTER_TO_INT(g_hash_table_lookup(view->times, press->text));
        const SmOutboxEntry *entry = on_screen(robot_named(world, press->agent), press->id);
        gboolean parked = entry && (entry->state == SM_SEND_HELD || entry->state == SM_SEND_FAILED);
        if (press->accepted && times == 0)
            g_string_append_printf(wrong, "lost: '%s' was accepted on the wire and is not in the log\n", press->text);
        if (times > 1)
            g_string_append_printf(wrong, "duplicated: '%s' is %d times in the log\n", press->text, times);
        if (times == 1 && press->given_up)
            g_string_append_printf(wrong, "phantom: '%s' was given up and is in the log\n", press->text);
        if (times == 0 && !press->given_up && !parked && !press->cut)
            g_string_append_printf(wrong, "lost: '%s' (%s) is neither in the log nor on the screen (%s)\n", press->text,
                                   press->id, entry ? sm_send_state_name(entry->state) : "no entry");
        if (times == 1 && entry)
            g_string_append_printf(wrong, "stuck: '%s' is in the log and still shown as %s\n", press->text,
                                   sm_send_state_name(entry->state));
    }
    GHashTableIter iter;
    gpointer text;
    g_hash_table_iter_init(&iter, view->times);
    while (g_hash_table_iter_next(&iter, &text, NULL))
        if (!g_hash_table_contains(known, text))
            g_string_append_printf(wrong, "phantom: '%s' is in the log, nobody pressed Enter\n", (char *)text);
}

static void check_order(World *world, LogView *view, GString *wrong)
{
    g_autoptr(GHashTable) last = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < world->pressed->len; i++) {
        const Press *press = world->pressed->pdata[i];
        int seq = GPOINTER_TO_INT(g_hash_table_lookup(view->seqs, press->text));
        if (!seq)
            continue;
        char *key = g_strconcat(press->agent, " ", press->conversation, NULL);
        int before = GPOINTER_TO_INT(g_hash_table_lookup(last, key));
        if (seq <= before)
            g_string_append_printf(wrong, "reordered: '%s' is at %d, an earlier one at %d\n", press->text, seq, before);
        g_hash_table_insert(last, key, GINT_TO_POINTER(MAX(seq, before)));
    }
}

static void check_lines_once(const Robot *robot, GString *wrong)
{
    const GPtrArray *all = sm_desk_conversations(sm_client_desk(robot->client));
    for (guint i = 0; i < all->len; i++) {
        const SmConversation *c = all->pdata[i];
        g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
        for (guint j = 0; j < c->lines->len; j++) {
            const SmLine *line = c->lines->pdata[j];
            if (line->id && !g_hash_table_add(seen, line->id))
                g_string_append_printf(wrong, "shown twice: %s in %s at %s\n", line->id, c->id, robot->name);
        }
    }
}

/* The client's fold against the server's: what it shows is what it may see, all of it. */
static void check_screen(World *world, Robot *robot, GString *wrong)
{
    SmActor viewer = {SM_ACTOR_STAFF, robot->name};
    g_autoptr(json_t) mine = sm_desk_project(sm_client_desk(robot->client), viewer);
    g_autoptr(json_t) theirs = sm_desk_project(sm_service_desk(world->service), viewer);
    g_autofree char *a = sm_json_text(mine), *b = sm_json_text(theirs);
    if (strcmp(a, b) != 0) {
        gsize at = 0;
        while (a[at] && a[at] == b[at])
            at++;
        gsize from = at > 300 ? at - 300 : 0;
        g_string_append_printf(wrong, "never shown: %s sees\n  ...%.500s\nthe desk has\n  ...%.500s\n", robot->name, a + from,
                               b + from);
    }
    if (sm_client_link(robot->client)->state != SM_LINK_LIVE)
        g_string_append_printf(wrong, "at rest: %s is not live (%s)\n", robot->name, sm_client_link(robot->client)->words);
    check_lines_once(robot, wrong);
}

char *world_check(World *world)
{
    GString *wrong = g_string_new(NULL);
    LogView *view = read_log(world);
    check_presses(world, view, wrong);
    check_order(world, view, wrong);
    for (guint i = 0; i < world->robots->len; i++)
        check_screen(world, world->robots->pdata[i], wrong);
    g_string_append(wrong, world->wire->str);
    log_view_free(view);
    return g_string_free(wrong, FALSE);
}

char *world_log_text(World *world)
{
    GString *text = g_string_new(NULL);
    LogView *view = read_log(world);
    for (guint i = 0; i < view->records->len; i++) {
        const SmRecord *record = view->records->pdata[i];
        g_autofree char *line = sm_record_encode(record);
        g_string_append(text, line);
        for (guint j = 0; j < record->events->len; j++) {
            const SmEvent *event = record->events->pdata[j];
            g_string_append_printf(text, " | %s", event->text ? event->text : "-");
        }
        g_string_append_c(text, '\n');
    }
    log_view_free(view);
    return g_string_free(text, FALSE);
}
