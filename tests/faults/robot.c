/* SPDX-License-Identifier: MIT */
/* robot: an agent who works as people do - claims, answers, writes notes, takes back, looks at what was held, resolves -
 * through the real client. */
#include <string.h>

#include "faults/world.h"

#define MOST_CHATS 4
#define DISK_MS 100 /* what a change takes at most until it is on the disk */

static void act(void *user);

static void changed(SmClient *client, const GPtrArray *touched, void *user)
{
}

static void linked(SmClient *client, void *user)
{
}

static void sending(SmClient *client, const SmOutboxEntry *entry, void *user)
{
    Robot *robot = user;
    world_log(robot->world, "%s %s %s", robot->name, entry->id, sm_send_state_name(entry->state));
}

static void ignore(gboolean ok, const char *code, const char *words, const json_t *body, void *user)
{
}

static Press *press_of(Robot *robot, const char *id)
{
    for (guint i = robot->world->pressed->len; i-- > 0;) {
        Press *press = robot->world->pressed->pdata[i];
        if (g_str_equal(press->id, id) && g_str_equal(press->agent, robot->name))
            return press;
    }
    return NULL;
}

static void press_enter(Robot *robot, const SmConversation *c, const char *verb)
{
    g_autofree char *text =
        g_strdup_printf("%s %d 您好 – the parcel is on its way, 2 days", robot->name, ++robot->pressed);
    const char *id = sm_client_send(robot->client, c->id, verb, text, c->version);
    if (!id)
        return;
    Press *press = g_new0(Press, 1);
    press->agent = g_strdup(robot->name);
    press->conversation = g_strdup(c->id);
    press->text = g_steal_pointer(&text);
    press->verb = g_strdup(verb);
    press->id = g_strdup(id);
    g_ptr_array_add(robot->world->pressed, press);
    world_log(robot->world, "%s enter %s %s %s", robot->name, id, verb, c->id);
}

static void command(Robot *robot, SmCommandType type, const char *conversation)
{
    g_autofree char *id = g_strdup_printf("%s-c%d-%08x", robot->name, ++robot->commands, (guint)sm_rng_u64(robot->rng));
    SmCommand c = {.type = type, .id = id, .conversation = conversation, .seen = -1};
    if (type == SM_COMMAND_RESOLVE)
        c.reason = "done";
    if (type == SM_COMMAND_AVAILABILITY) {
        c.agent = "me";
        c.availability = SM_AVAILABLE_ONLINE;
    }
    sm_client_command(robot->client, &c, ignore, NULL, NULL);
}

static void gives_up(Robot *robot, Press *press)
{
    press->given_up = TRUE;
    press->given_up_at = sm_loop_now(robot->world->loop);
}

static void look_at_outbox(Robot *robot)
{
    g_autoptr(GPtrArray) entries = sm_client_outbox(robot->client, NULL);
    for (guint i = 0; i < entries->len; i++) {
        const SmOutboxEntry *entry = entries->pdata[i];
        g_autofree char *id = g_strdup(entry->id);
        if (entry->state == SM_SEND_HELD && sm_rng_chance(robot->rng, 0.8)) {
            sm_client_send_anyway(robot->client, id);
        } else if (entry->state == SM_SEND_HELD || entry->state == SM_SEND_FAILED) {
            g_autofree char *text = sm_client_withdraw(robot->client, id);
            Press *press = press_of(robot, id);
            if (press && text)
                gives_up(robot, press);
            world_log(robot->world, "%s withdraws %s", robot->name, id);
        } else if (entry->state == SM_SEND_QUEUED && sm_rng_chance(robot->rng, 0.02)) {
            const char *why = NULL;
            Press *press = press_of(robot, id);
            if (press && sm_client_take_back(robot->client, id, &why))
                gives_up(robot, press);
        } else {
            continue;
        }
        return; /* one thing at a time: the list may have changed */
    }
}

static guint my_chats(Robot *robot, GPtrArray *mine)
{
    const GPtrArray *all = sm_desk_conversations(sm_client_desk(robot->client));
    for (guint i = 0; i < all->len; i++) {
        const SmConversation *c = all->pdata[i];
        if (g_strcmp0(c->owner, robot->name) == 0 && c->state == SM_STATE_OPEN)
            g_ptr_array_add(mine, (gpointer)c);
    }
    return mine->len;
}

static void work(Robot *robot)
{
    g_autoptr(GPtrArray) mine = g_ptr_array_new();
    guint n = my_chats(robot, mine);
    SmActor me = {SM_ACTOR_STAFF, robot->name};
    const SmAgent *agent = sm_desk_agent(sm_client_desk(robot->client), robot->name);
    if (agent && agent->availability != SM_AVAILABLE_ONLINE)
        command(robot, SM_COMMAND_AVAILABILITY, NULL);
    if (n < MOST_CHATS && sm_desk_rows(sm_client_desk(robot->client), me)->len > 0 && sm_rng_chance(robot->rng, 0.7)) {
        command(robot, SM_COMMAND_CLAIM_NEXT, NULL);
        return;
    }
    if (n == 0)
        return;
    const SmConversation *c = mine->pdata[sm_rng_below(robot->rng, n)];
    int64_t quiet = sm_client_now(robot->client) - c->last_at;
    if (sm_turns_open(c->turns))
        press_enter(robot, c, "post");
    else if (quiet > 90000)
        command(robot, SM_COMMAND_RESOLVE, c->id);
    else if (sm_rng_chance(robot->rng, 0.05))
        press_enter(robot, c, "note");
}

static void act(void *user)
{
    Robot *robot = user;
    robot->timer = sm_loop_after(robot->world->loop, sm_rng_between(robot->rng, 1500, 6000), act, robot);
    if (!robot->client)
        return;
    look_at_outbox(robot);
    work(robot);
}

/* What the disk has when a program begins is kept; what it was still saving when it was killed may not be there. */
static void note_cut(Robot *robot, gboolean killed)
{
    g_autoptr(GPtrArray) entries = sm_client_outbox(robot->client, NULL);
    for (guint i = 0; i < entries->len; i++) {
        const SmOutboxEntry *entry = entries->pdata[i];
        Press *press = press_of(robot, entry->id);
        if (press)
            press->cut = killed && entry->state == SM_SEND_SAVING;
    }
}

/* A key that the disk has not heard of when the program is killed was not pressed: what was being taken back waits again, for all to see. */
static void note_not_taken_back(Robot *robot)
{
    const GPtrArray *pressed = robot->world->pressed;
    for (guint i = 0; i < pressed->len; i++) {
        Press *press = pressed->pdata[i];
        if (!press->given_up || !g_str_equal(press->agent, robot->name) || !robot_has_on_disk(robot, press->id) ||
            sm_loop_now(robot->world->loop) - press->given_up_at > DISK_MS)
            continue;
        press->given_up = FALSE;
        press->cut = TRUE;
        world_log(robot->world, "%s had not taken back %s yet", robot->name, press->id);
    }
}

void robot_start(Robot *robot)
{
    SmClientHandler handler = {.changed = changed, .linked = linked, .sending = sending, .user = robot};
    SmJournalState *state = NULL;
    SmRng *luck = world_luck(robot->world);
    SmJournal *journal = sm_journal_new_memory(robot->store, robot->world->loop, luck, 1, 12, &state);
    robot->transport = world_connect(robot->world);
    sm_fault_transport_watch(robot->transport, world_wire_client, robot);
    robot->client = sm_client_new(robot->world->loop, robot->transport, journal, state, luck, NULL, &handler, 0);
    note_cut(robot, FALSE);
    sm_client_resume(robot->client, robot->token, SM_ACTOR_STAFF, robot->name);
    if (!robot->timer)
        robot->timer = sm_loop_after(robot->world->loop, sm_rng_between(robot->rng, 100, 3000), act, robot);
}

void robot_crash(Robot *robot)
{
    if (!robot->client)
        return;
    note_cut(robot, TRUE);
    note_not_taken_back(robot);
    sm_journal_store_freeze(robot->store);
    robot->transport = NULL;
    g_clear_pointer(&robot->client, sm_client_free);
}

Robot *robot_new(World *world, const char *name, char *token)
{
    Robot *robot = g_new0(Robot, 1);
    robot->world = world;
    robot->name = g_strdup(name);
    robot->token = token;
    robot->rng = sm_rng_fork(world->rng, name);
    robot->store = sm_journal_store_new();
    robot->cursors = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return robot;
}

void robot_free(Robot *robot)
{
    sm_loop_remove(robot->world->loop, &robot->timer);
    sm_client_free(robot->client);
    sm_journal_store_free(robot->store);
    g_hash_table_unref(robot->cursors);
    sm_rng_free(robot->rng);
    g_free(robot->token);
    g_free(robot->name);
    g_free(robot);
}
