/* SPDX-License-Identifier: MIT */
/* The property that clients rest on: what a viewer had at some cut, and the events, states and
 * "forget" the viewer was told since, make the same as what the viewer is shown of the whole desk.
 * For every viewer, for random logs, at many cuts; with pages of several records, each viewer at an
 * own pace. And: nothing of the staff's reaches a customer. */
#include <string.h>

#include "desk_fixture.h"

#define VIEWERS_MAX 40

typedef struct {
    SmActor actor;
    char *id;
    SmDesk *desk;
    int64_t after;
} Viewer;

typedef struct {
    Fixture *f;
    SmRng *rng;
    GPtrArray *viewers;
    GPtrArray *contacts;      /* char* */
    GPtrArray *conversations; /* char* */
    GPtrArray *messages;      /* char*: ids of messages, for erasing */
    guint accepted[SM_COMMAND_N];
    guint lines;
} World;

/* --- The network -------------------------------------------------------------------------------
 */

static const char *const staff_words[] = {"login-",        "NOTE-SECRET", "WHISPER-SECRET",
                                          "REASON-SECRET", "TAG-SECRET",  "\"support\"",
                                          "\"sales\"",     "\"vip\"",     "COMMENT-SECRET"};

/* Everything crosses as bytes, and a customer's bytes hold nothing of the staff's. */
static json_t *cross(const Viewer *v, const json_t *json)
{
    g_autofree char *text = sm_json_text(json);
    g_autoptr(GError) error = NULL;
    json_t *read = sm_json_parse(text, strlen(text), 8 << 20, &error);

    g_assert_no_error(error);
    for (guint i = 0; v->actor.kind == SM_ACTOR_CUSTOMER && i < G_N_ELEMENTS(staff_words); i++) {
        if (strstr(text, staff_words[i])) {
            g_error("a customer is told %s: %s", staff_words[i], text);
        }
    }
    return read;
}

static void install_state(World *w, Viewer *v, const SmConversation *c)
{
    g_autoptr(json_t) state = sm_desk_project_conversation(w->f->desk, v->actor, c);
    g_autoptr(json_t) read = cross(v, state);
    g_autoptr(GError) error = NULL;

    sm_desk_install_conversation(v->desk, read, &error);
    g_assert_no_error(error);
}

static void update_row(World *w, Viewer *v, const SmConversation *c)
{
    g_autoptr(GError) error = NULL;

    if (v->actor.kind == SM_ACTOR_CUSTOMER || !sm_desk_sees_row(w->f->desk, v->actor, c)) {
        sm_desk_remove_row(v->desk, c->id);
        return;
    }
    g_autoptr(json_t) row = sm_desk_project_row(w->f->desk, c);
    g_autoptr(json_t) read = cross(v, row);
    sm_desk_install_row(v->desk, read, &error);
    g_assert_no_error(error);
}

static void snapshot(World *w, Viewer *v)
{
    const GPtrArray *all = sm_desk_conversations(w->f->desk);
    g_autoptr(json_t) shared = sm_desk_project_shared(w->f->desk, v->actor);
    g_autoptr(json_t) read = cross(v, shared);
    g_autoptr(GError) error = NULL;

    sm_desk_clear(v->desk);
    sm_desk_install_shared(v->desk, read, &error);
    g_assert_no_error(error);
    for (guint i = 0; i < all->len; i++) {
        if (sm_desk_sees(w->f->desk, v->actor, all->pdata[i], 0)) {
            install_state(w, v, all->pdata[i]);
        }
        update_row(w, v, all->pdata[i]);
    }
    v->after = sm_desk_seq(w->f->desk);
}

static void tell(World *w, Viewer *v, const SmEvent *event, const SmRecord *record)
{
    g_autoptr(json_t) json =
        sm_desk_project_event(w->f->desk, v->actor, event, record->seq, record->at);
    g_autoptr(GError) error = NULL;

    g_assert_true((json != NULL) == sm_desk_visible(w->f->desk, v->actor, event, record->seq));
    if (!json) {
        return;
    }
    g_autoptr(json_t) read = cross(v, json);
    g_autoptr(SmEvent) decoded = sm_event_decode(read, &error);
    g_assert_no_error(error);
    sm_desk_apply_event(v->desk, decoded, record->seq, record->at);
}

/* Every record since that touches it is one the viewer may see. */
static gboolean seen_throughout(World *w, const Viewer *v, const SmConversation *c)
{
    for (guint i = (guint)v->after; i < w->f->records->len; i++) {
        const SmRecord *record = w->f->records->pdata[i];
        for (guint k = 0; k < record->events->len; k++) {
            const SmEvent *event = record->events->pdata[k];
            if (g_strcmp0(event->conversation, c->id) == 0 &&
                !sm_desk_sees(w->f->desk, v->actor, c, record->seq)) {
                return FALSE;
            }
        }
    }
    return TRUE;
}

static gboolean role_changed(World *w, const Viewer *v)
{
    for (guint i = (guint)v->after; i < w->f->records->len; i++) {
        const SmEvent *event = event_of(w->f->records->pdata[i], SM_EVENT_AGENT_SET);
        const SmEvent *removed = event_of(w->f->records->pdata[i], SM_EVENT_AGENT_REMOVED);
        if ((event && g_strcmp0(event->agent, v->id) == 0) ||
            (removed && g_strcmp0(removed->agent, v->id) == 0)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* What one page does with one conversation: state, forget, or nothing more than its events. */
static void settle(World *w, Viewer *v, const char *id, GHashTable *by_state)
{
    const SmConversation *c = sm_desk_conversation(w->f->desk, id);
    gboolean before = sm_desk_conversation(v->desk, id) != NULL;
    gboolean now = sm_desk_sees(w->f->desk, v->actor, c, 0);

    update_row(w, v, c);
    if (before && !now) {
        sm_desk_forget_conversation(v->desk, id);
    } else if (now && (!before || !seen_throughout(w, v, c))) {
        install_state(w, v, c);
    }
    g_hash_table_add(by_state, (gpointer)id);
}

static void poll(World *w, Viewer *v)
{
    g_autoptr(GHashTable) settled = g_hash_table_new(g_str_hash, g_str_equal);
    guint from = (guint)v->after;

    if (role_changed(w, v)) {
        snapshot(w, v);
        return;
    }
    for (guint i = from; i < w->f->records->len; i++) {
        const SmRecord *record = w->f->records->pdata[i];
        for (guint k = 0; k < record->events->len; k++) {
            const SmEvent *event = record->events->pdata[k];
            if (event->conversation && !g_hash_table_contains(settled, event->conversation)) {
                settle(w, v, event->conversation, settled);
            }
            tell(w, v, event, record);
        }
    }
    v->after = w->f->records->len;
}

static void compare(World *w, Viewer *v)
{
    if (v->actor.kind == SM_ACTOR_CUSTOMER && w->lines > 0) {
        return; /* a customer's client may keep lines that the desk has let go */
    }
    if (v->actor.kind == SM_ACTOR_STAFF && !sm_desk_agent(w->f->desk, v->id)) {
        return; /* removed: the session has ended */
    }
    g_autoptr(json_t) shown = sm_desk_project(w->f->desk, v->actor);
    g_autoptr(json_t) had = sm_desk_project(v->desk, v->actor);
    g_autofree char *x = sm_json_text(shown);
    g_autofree char *y = sm_json_text(had);

    if (strcmp(x, y) != 0) {
        guint i = 0;
        while (x[i] == y[i]) {
            i++;
        }
        i = i > 600 ? i - 600 : 0;
        g_error("%s differs at seq %d:\nserver ...%.900s\nclient ...%.900s",
                v->id ? v->id : "admin", (int)sm_desk_seq(w->f->desk), x + i, y + i);
    }
}

/* --- The people --------------------------------------------------------------------------------
 */

static void add_viewer(World *w, SmActor actor)
{
    Viewer *v = g_new0(Viewer, 1);

    v->id = g_strdup(actor.id);
    v->actor = (SmActor){actor.kind, v->id};
    v->desk = sm_desk_new(actor.kind == SM_ACTOR_CUSTOMER ? 0 : w->lines);
    snapshot(w, v);
    g_ptr_array_add(w->viewers, v);
}

static void viewer_free(gpointer data)
{
    Viewer *v = data;

    sm_desk_free(v->desk);
    g_free(v->id);
    g_free(v);
}

static const char *pick(World *w, GPtrArray *from)
{
    /* Mostly the newest, so that something goes on in them. */
    guint recent = MIN(from->len, 12);

    if (from->len == 0) {
        return NULL;
    }
    return sm_rng_chance(w->rng, 0.85) ? from->pdata[from->len - 1 - sm_rng_below(w->rng, recent)]
                                       : from->pdata[sm_rng_below(w->rng, from->len)];
}

static const char *const agents[] = {"login-mia", "login-jon", "login-ana", "login-bob",
                                     "login-sue", "login-max", "login-tim"};
static const char *const teams[] = {"support", "sales", "vip"};
static const char *const inboxes[] = {"web", "shop", "school", NULL};

#define PICK(w, list) list[sm_rng_below((w)->rng, G_N_ELEMENTS(list))]

static SmCommand by_customer(World *w, SmCommandType type)
{
    const char *id = pick(w, w->conversations);
    const SmConversation *c = id ? sm_desk_conversation(w->f->desk, id) : NULL;
    SmCommand command = {.type = type, .conversation = id, .stars = 1 + sm_rng_below(w->rng, 5)};

    command.actor = customer(c ? c->contact : NULL);
    if (type == SM_COMMAND_START) {
        gboolean known =
            w->contacts->len > 12 || (w->contacts->len > 0 && sm_rng_chance(w->rng, 0.4));
        command.actor = customer(known ? pick(w, w->contacts) : NULL);
        command.inbox = PICK(w, inboxes);
        command.name = "Chen Wei";
        command.order = sm_rng_chance(w->rng, 0.5) ? "48213" : NULL;
        command.text = sm_rng_chance(w->rng, 0.6) ? "hello there" : NULL;
    } else if (type == SM_COMMAND_RATE) {
        command.text = sm_rng_chance(w->rng, 0.5) ? "COMMENT-SECRET" : NULL;
    } else if (type == SM_COMMAND_POST) {
        command.text = "any news? \xe4\xbd\xa0\xe5\xa5\xbd";
    }
    return command;
}

static const char *text_for(SmCommandType type)
{
    switch (type) {
    case SM_COMMAND_NOTE:
    case SM_COMMAND_TRANSFER:
        return "NOTE-SECRET";
    case SM_COMMAND_WHISPER:
        return "WHISPER-SECRET";
    default:
        return "an answer";
    }
}

/* Mostly by who has it, so that much is accepted. */
static const char *who(World *w, const SmConversation *c)
{
    return c && c->owner && sm_rng_chance(w->rng, 0.7) ? c->owner : PICK(w, agents);
}

static SmCommand by_staff(World *w, SmCommandType type, json_t *tags)
{
    const char *id = pick(w, w->conversations);
    const SmConversation *c = id ? sm_desk_conversation(w->f->desk, id) : NULL;
    SmCommand command = {.type = type,
                         .conversation = id,
                         .actor = staff(who(w, c)),
                         .text = text_for(type),
                         .order = "48213",
                         .reason = "REASON-SECRET, in words",
                         .seen = sm_rng_chance(w->rng, 0.5) ? -1 : sm_rng_between(w->rng, 0, 12),
                         .no_reply_needed = sm_rng_chance(w->rng, 0.3),
                         .until = w->f->now + 1 + sm_rng_below(w->rng, 200000)};

    if (type == SM_COMMAND_ASSIGN || type == SM_COMMAND_TRANSFER) {
        gboolean to_team = type == SM_COMMAND_TRANSFER && sm_rng_chance(w->rng, 0.5);
        command.agent = to_team ? NULL : PICK(w, agents);
        command.team = to_team || sm_rng_chance(w->rng, 0.2) ? PICK(w, teams) : NULL;
    } else if (type == SM_COMMAND_AVAILABILITY) {
        command.agent = sm_rng_chance(w->rng, 0.9) ? command.actor.id : PICK(w, agents);
        command.availability = sm_rng_chance(w->rng, 0.7) ? SM_AVAILABLE_ONLINE
                                                          : (SmAvailability)sm_rng_below(w->rng, 4);
    } else if (type == SM_COMMAND_TAG) {
        command.data = tags;
    } else if (type == SM_COMMAND_ERASE && w->messages->len > 0 && sm_rng_chance(w->rng, 0.7)) {
        command.reason = pick(w, w->messages);
    }
    if (type == SM_COMMAND_BOT_TAKE || type == SM_COMMAND_EXCUSE ||
        (type == SM_COMMAND_ERASE && sm_rng_chance(w->rng, 0.5))) {
        command.actor = the_desk();
    }
    return command;
}

static SmCommand by_admin(World *w, SmCommandType type, json_t *list)
{
    SmCommand command = {.type = type, .actor = admin(), .agent = PICK(w, agents)};

    if (type == SM_COMMAND_GONE) {
        command.conversation = pick(w, w->conversations);
        command.actor = the_desk();
        command.since = w->f->now - sm_rng_below(w->rng, 100000);
    } else if (type == SM_COMMAND_AGENT_SET) {
        command.role = (SmRole)sm_rng_below(w->rng, 3);
        command.name = command.agent + strlen("login-"); /* a new display name */
        json_array_clear(list);
        for (guint i = 0; i < G_N_ELEMENTS(teams); i++) {
            if (sm_rng_chance(w->rng, 0.75)) {
                json_array_append_new(list, json_string(teams[i]));
            }
        }
        command.data = list;
    }
    return command;
}

/* --- A life ------------------------------------------------------------------------------------
 */

static void note_ids(World *w, const SmRecord *record)
{
    const SmEvent *event = event_of(record, SM_EVENT_CONVERSATION_STARTED);

    if (event) {
        gboolean known =
            g_ptr_array_find_with_equal_func(w->contacts, event->contact, g_str_equal, NULL);
        g_ptr_array_add(w->conversations, g_strdup(event->conversation));
        if (!known) {
            g_ptr_array_add(w->contacts, g_strdup(event->contact));
            add_viewer(w, customer(event->contact));
        }
    }
    for (guint i = 0; i < record->events->len; i++) {
        event = record->events->pdata[i];
        if (event->message && event->content && event->type != SM_EVENT_CONTENT_ERASED) {
            g_ptr_array_add(w->messages, g_strdup(event->message));
        }
    }
}

static void set_policy(World *w)
{
    g_autoptr(json_t) policy = sm_policy_encode(sm_desk_policy(w->f->desk));

    json_t *team = json_array_get(json_object_get(policy, "teams"), sm_rng_below(w->rng, 2));
    json_t *targets = json_object_get(team, "targets");
    g_assert_nonnull(json_object_get(targets, "response"));
    json_object_set_new(targets, "response", json_integer(sm_rng_between(w->rng, 8000, 60000)));
    must(w->f, (SmCommand){.type = SM_COMMAND_POLICY_SET, .actor = admin(), .data = policy});
}

static SmCommandType choose(World *w)
{
    static const SmCommandType often[] = {
        SM_COMMAND_POST,     SM_COMMAND_POST,          SM_COMMAND_POST,      SM_COMMAND_CLAIM,
        SM_COMMAND_CLAIM,    SM_COMMAND_START,         SM_COMMAND_RESOLVE,   SM_COMMAND_TRANSFER,
        SM_COMMAND_TRANSFER, SM_COMMAND_NOTE,          SM_COMMAND_WHISPER,   SM_COMMAND_CLAIM_NEXT,
        SM_COMMAND_REOPEN,   SM_COMMAND_RELEASE,       SM_COMMAND_TAKE_OVER, SM_COMMAND_SNOOZE,
        SM_COMMAND_BOT_TAKE, SM_COMMAND_BOT_HAND_OVER,
    };
    return sm_rng_chance(w->rng, 0.75) ? PICK(w, often)
                                       : (SmCommandType)sm_rng_below(w->rng, SM_COMMAND_TICK);
}

static SmRecord *act(World *w)
{
    g_autoptr(json_t) list = json_pack("[s,s]", "TAG-SECRET", "other");
    SmCommandType type = choose(w);

    switch (type) {
    case SM_COMMAND_POLICY_SET:
        if (sm_rng_chance(w->rng, 0.3)) {
            set_policy(w);
        }
        return NULL;
    case SM_COMMAND_START:
    case SM_COMMAND_RATE:
    case SM_COMMAND_LEAVE:
        return run(w->f, by_customer(w, type));
    case SM_COMMAND_GONE:
        return run(w->f, by_admin(w, type, list));
    case SM_COMMAND_AGENT_SET:
    case SM_COMMAND_AGENT_REMOVE:
        return sm_rng_chance(w->rng, 0.15) ? run(w->f, by_admin(w, type, list)) : NULL;
    case SM_COMMAND_POST:
        if (sm_rng_chance(w->rng, 0.5)) {
            return run(w->f, by_customer(w, type));
        }
        return run(w->f, by_staff(w, type, list));
    default:
        return run(w->f, by_staff(w, type, list));
    }
}

static void check_capacity(World *w)
{
    const GPtrArray *all = sm_desk_agents(w->f->desk);
    const GPtrArray *conversations = sm_desk_conversations(w->f->desk);

    for (guint i = 0; i < all->len; i++) {
        const SmAgent *agent = all->pdata[i];
        int chats = 0;
        for (guint k = 0; k < conversations->len; k++) {
            const SmConversation *c = conversations->pdata[k];
            chats += g_strcmp0(c->owner, agent->id) == 0 && c->state != SM_STATE_RESOLVED &&
                     c->state != SM_STATE_QUEUED;
        }
        g_assert_cmpint(agent->chats, ==, chats);
    }
}

static void step(World *w)
{
    guint before = w->f->records->len;

    w->f->now += sm_rng_chance(w->rng, 0.03) ? sm_rng_between(w->rng, 30000, 400000)
                                             : sm_rng_between(w->rng, 0, 6000);
    if (sm_rng_chance(w->rng, 0.9)) {
        tick(w->f); /* sometimes late, so that several levels are passed at once */
    }
    act(w);
    for (guint i = before; i < w->f->records->len; i++) {
        note_ids(w, w->f->records->pdata[i]);
    }
}

static World *world_new(guint64 seed, guint lines)
{
    World *w = g_new0(World, 1);

    w->lines = lines;
    w->f = fixture_new(seed, lines);
    w->rng = sm_rng_new(seed ^ 0x5ea7);
    w->viewers = g_ptr_array_new_with_free_func(viewer_free);
    w->contacts = g_ptr_array_new_with_free_func(g_free);
    w->conversations = g_ptr_array_new_with_free_func(g_free);
    w->messages = g_ptr_array_new_with_free_func(g_free);
    add_viewer(w, admin());
    for (guint i = 0; i < G_N_ELEMENTS(agents); i++) {
        add_viewer(w, staff(agents[i]));
    }
    return w;
}

static void world_free(World *w)
{
    g_ptr_array_unref(w->viewers);
    g_ptr_array_unref(w->contacts);
    g_ptr_array_unref(w->conversations);
    g_ptr_array_unref(w->messages);
    sm_rng_free(w->rng);
    fixture_free(w->f);
    g_free(w);
}

static void some_poll(World *w)
{
    for (guint i = 0; i < w->viewers->len; i++) {
        Viewer *v = w->viewers->pdata[i];
        if (sm_rng_chance(w->rng, 0.2)) {
            poll(w, v);
        }
        if (sm_rng_chance(w->rng, 0.002)) {
            snapshot(w, v);
        }
    }
}

static void all_agree(World *w)
{
    for (guint i = 0; i < w->viewers->len; i++) {
        poll(w, w->viewers->pdata[i]);
        compare(w, w->viewers->pdata[i]);
    }
}

/* The log read back makes the same desk; and so does the same seed again. */
static void replay(World *w)
{
    g_autoptr(SmDesk) desk = sm_desk_new(w->lines);
    g_autoptr(json_t) live = sm_desk_project(w->f->desk, admin());

    for (guint i = 0; i < w->f->records->len; i++) {
        g_autoptr(SmRecord) record = through_log(w->f->records->pdata[i]);
        g_assert_true(sm_desk_apply(desk, record, NULL));
    }
    g_autoptr(json_t) again = sm_desk_project(desk, admin());
    g_autofree char *x = sm_json_text(live);
    g_autofree char *y = sm_json_text(again);
    g_assert_cmpstr(x, ==, y);
    g_assert_cmpint(sm_desk_next_due(desk), ==, sm_desk_next_due(w->f->desk));
}

static void live(guint64 seed, guint lines, guint steps)
{
    World *w = world_new(seed, lines);

    for (guint i = 0; i < steps; i++) {
        step(w);
        some_poll(w);
        if (i % 40 == 0) {
            all_agree(w);
            check_capacity(w);
        }
    }
    all_agree(w);
    replay(w);
    world_free(w);
}

static void every_share(void)
{
    for (guint64 seed = 1; seed <= 6; seed++) {
        live(seed, 0, 600);
    }
}

static void few_lines(void)
{
    live(21, 8, 500);
    live(22, 1, 300);
}

static void log_of(guint64 seed, GString *log)
{
    World *w = world_new(seed, 200);

    for (guint i = 0; i < 300; i++) {
        step(w);
    }
    for (guint i = 0; i < w->f->records->len; i++) {
        g_autofree char *text = sm_record_encode(w->f->records->pdata[i]);
        g_string_append_printf(log, "%s\n", text);
    }
    world_free(w);
}

static void same_seed(void)
{
    g_autoptr(GString) one = g_string_new(NULL), two = g_string_new(NULL);
    g_autoptr(GString) three = g_string_new(NULL);

    log_of(77, one);
    log_of(77, two);
    log_of(78, three);
    g_assert_cmpstr(one->str, ==, two->str);
    g_assert_cmpstr(one->str, !=, three->str);
}

/* The random life is worth something only if everything happens in it. */
static void everything_happens(void)
{
    guint seen[SM_EVENT_N] = {0};

    for (guint64 seed = 1; seed <= 4; seed++) {
        World *w = world_new(seed, 0);
        for (guint i = 0; i < 900; i++) {
            step(w);
        }
        for (guint i = 0; i < w->f->records->len; i++) {
            const SmRecord *record = w->f->records->pdata[i];
            for (guint k = 0; k < record->events->len; k++) {
                seen[((const SmEvent *)record->events->pdata[k])->type]++;
            }
        }
        world_free(w);
    }
    for (guint i = 0; i < SM_EVENT_UNKNOWN; i++) {
        g_test_message("%s: %u", sm_event_type_name((SmEventType)i), seen[i]);
        g_assert_cmpuint(seen[i], >, 0);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/desk/shares/every-viewer-every-cut", every_share);
    g_test_add_func("/desk/shares/few-lines-kept", few_lines);
    g_test_add_func("/desk/shares/same-seed-same-log", same_seed);
    g_test_add_func("/desk/shares/everything-happens", everything_happens);
    return g_test_run();
}
