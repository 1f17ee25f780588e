/* SPDX-License-Identifier: MIT */
/* Pages and snapshots: what a client knows after reading them is what the desk would show that
 * viewer, for every viewer, from every cut of random logs. */
#include <string.h>

#include "seatmux/base/error.h"
#include "seatmux/base/limits.h"
#include "seatmux/wire/wire.h"

#define START_MS 1700000000000

typedef struct {
    SmDesk *desk;
    SmRng *rng;
    GPtrArray *log;           /* SmRecord */
    GPtrArray *conversations; /* ids */
    GPtrArray *contacts;
    int64_t now;
    guint commands;
} Host;

static const SmActor admin = {SM_ACTOR_ADMIN, NULL};

static SmRecord *ask(Host *h, SmCommand command)
{
    g_autofree char *id = g_strdup_printf("k%u", h->commands++);
    g_autoptr(GError) error = NULL;
    SmRefusal *refusal = NULL;

    command.id = id;
    command.fingerprint = "f";
    command.since = h->now - 60000;
    h->now += 700;
    SmRecord *record = sm_desk_decide(h->desk, &command, h->now, h->rng, &refusal);
    sm_refusal_free(refusal);
    if (record == NULL)
        return NULL;
    record->seq = (int64_t)h->log->len + 1;
    g_ptr_array_add(h->log, record);
    g_assert_true(sm_desk_apply(h->desk, record, &error));
    g_assert_no_error(error);
    return record;
}

static void set_policy(Host *h)
{
    g_autoptr(SmPolicy) shipped = sm_policy_shipped();
    g_autoptr(json_t) policy = sm_policy_encode(shipped);
    json_t *team = json_deep_copy(json_array_get(json_object_get(policy, "teams"), 0));
    json_t *inbox = json_deep_copy(json_array_get(json_object_get(policy, "inboxes"), 0));

    json_object_set_new(team, "id", json_string("sales"));
    json_object_set_new(inbox, "id", json_string("shop"));
    json_object_set_new(inbox, "team", json_string("sales"));
    json_array_append_new(json_object_get(policy, "teams"), team);
    json_array_append_new(json_object_get(policy, "inboxes"), inbox);
    g_assert_nonnull(ask(h, (SmCommand){SM_COMMAND_POLICY_SET, .actor = admin, .data = policy}));
}

static void set_agent(Host *h, const char *name, SmRole role, const char *team)
{
    g_autoptr(json_t) teams = json_pack("[s]", team);

    g_assert_nonnull(ask(h, (SmCommand){SM_COMMAND_AGENT_SET, .actor = admin, .agent = name,
                                        .role = role, .data = teams, .capacity = 50}));
    g_assert_nonnull(ask(h, (SmCommand){SM_COMMAND_AVAILABILITY, .actor = {SM_ACTOR_STAFF, name},
                                        .agent = name, .availability = SM_AVAILABLE_ONLINE}));
}

static Host *host_new(uint64_t seed)
{
    Host *h = g_new0(Host, 1);

    h->desk = sm_desk_new(0);
    h->rng = sm_rng_new(seed);
    h->log = g_ptr_array_new_with_free_func((GDestroyNotify)sm_record_unref);
    h->conversations = g_ptr_array_new_with_free_func(g_free);
    h->contacts = g_ptr_array_new_with_free_func(g_free);
    h->now = START_MS;
    set_policy(h);
    set_agent(h, "mia", SM_ROLE_AGENT, "support");
    set_agent(h, "bob", SM_ROLE_AGENT, "support");
    set_agent(h, "eve", SM_ROLE_SUPERVISOR, "support");
    set_agent(h, "sam", SM_ROLE_AGENT, "sales");
    return h;
}

static void host_free(Host *h)
{
    sm_desk_free(h->desk);
    sm_rng_free(h->rng);
    g_ptr_array_unref(h->log);
    g_ptr_array_unref(h->conversations);
    g_ptr_array_unref(h->contacts);
    g_free(h);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Host, host_free)

static const char *start(Host *h, const char *inbox, const char *text)
{
    const SmRecord *record =
        ask(h, (SmCommand){SM_COMMAND_START, .actor = {SM_ACTOR_CUSTOMER, NULL}, .inbox = inbox,
                           .name = "王", .text = text});
    g_assert_nonnull(record);
    for (guint i = 0; i < record->events->len; i++) {
        const SmEvent *event = g_ptr_array_index(record->events, i);
        if (event->type != SM_EVENT_CONVERSATION_STARTED)
            continue;
        g_ptr_array_add(h->conversations, g_strdup(event->conversation));
        g_ptr_array_add(h->contacts, g_strdup(event->contact));
    }
    return g_ptr_array_index(h->conversations, h->conversations->len - 1);
}

static SmActor staff(const char *id)
{
    return (SmActor){SM_ACTOR_STAFF, id};
}

/* --- Clients -------------------------------------------------------------------------------------
 */

static void apply(SmDesk *client, const json_t *body)
{
    g_autoptr(GError) error = NULL;
    /* Through bytes, as over the network. */
    g_autofree char *text = sm_json_text(body);
    g_autoptr(json_t) read = sm_json_parse(text, strlen(text), SM_MAX_ANSWER_BYTES, &error);

    g_assert_no_error(error);
    sm_wire_apply(client, read, NULL, &error);
    g_assert_no_error(error);
}

static void snapshot(Host *h, SmActor viewer, SmDesk *client)
{
    gint64 next = 0;

    while (next >= 0) {
        g_autoptr(json_t) body = sm_wire_snapshot(h->desk, viewer, (guint)next, &next);
        apply(client, body);
    }
}

/* Polls from `after` to the end of what is in the log now, `most` records at a time. */
static int64_t catch_up(Host *h, SmActor viewer, SmDesk *client, int64_t after, guint most)
{
    while (after < (int64_t)h->log->len) {
        g_autoptr(GPtrArray) records = g_ptr_array_new();
        gboolean more;
        int64_t to;
        for (guint i = (guint)after; i < h->log->len && records->len < most; i++)
            g_ptr_array_add(records, g_ptr_array_index(h->log, i));
        g_autoptr(json_t) body = sm_wire_page(h->desk, viewer, after, records, &more, &to);
        g_assert_cmpint(to, >, after);
        apply(client, body);
        after = to;
    }
    return after;
}

static void assert_true_view(Host *h, SmActor viewer, SmDesk *client, const char *what)
{
    g_autoptr(json_t) there = sm_desk_project(h->desk, viewer);
    g_autoptr(json_t) here = sm_desk_project(client, viewer);

    if (json_equal(there, here))
        return;
    g_autofree char *a = sm_json_text(there);
    g_autofree char *b = sm_json_text(here);
    g_error("%s, %s:\n desk   %s\n client %s", what, viewer.id, a, b);
}

/* --- By hand -------------------------------------------------------------------------------------
 */

static json_t *page(Host *h, SmActor viewer, int64_t after)
{
    g_autoptr(GPtrArray) records = g_ptr_array_new();
    gboolean more;
    int64_t to;

    for (guint i = (guint)after; i < h->log->len; i++)
        g_ptr_array_add(records, g_ptr_array_index(h->log, i));
    json_t *body = sm_wire_page(h->desk, viewer, after, records, &more, &to);
    g_assert_false(more);
    g_assert_cmpint(to, ==, (int64_t)h->log->len);
    return body;
}

static gsize count(const json_t *body, const char *key)
{
    return json_array_size(json_object_get(body, key));
}

static void test_visible_and_forget(void)
{
    g_autoptr(Host) h = host_new(1);
    const char *c = start(h, "web", "在吗");
    int64_t waiting = h->log->len;

    g_assert_nonnull(
        ask(h, (SmCommand){SM_COMMAND_CLAIM, .actor = staff("mia"), .conversation = c}));
    g_autoptr(json_t) mia = page(h, staff("mia"), waiting);
    g_assert_cmpuint(count(mia, "conversations"), ==, 1); /* state, and none of its events */
    g_assert_cmpuint(count(mia, "events"), ==, 0);
    g_assert_cmpuint(count(mia, "left"), ==, 1);
    json_t *state = json_array_get(json_object_get(mia, "conversations"), 0);
    g_assert_cmpint(sm_json_int(state, "as_of", -1), ==, (int64_t)h->log->len);
    g_autoptr(json_t) bob = page(h, staff("bob"), waiting);
    g_assert_cmpuint(count(bob, "conversations"), ==, 0);
    g_assert_cmpuint(count(bob, "left"), ==, 1);
    int64_t claimed = h->log->len;
    g_assert_nonnull(ask(h, (SmCommand){SM_COMMAND_TRANSFER, .actor = staff("mia"),
                                        .conversation = c, .team = "sales"}));
    g_autoptr(json_t) lost = page(h, staff("mia"), claimed);
    g_assert_cmpuint(count(lost, "forget"), ==, 1);
    g_assert_cmpuint(count(lost, "conversations"), ==, 0);
    g_autoptr(json_t) sam = page(h, staff("sam"), claimed);
    g_assert_cmpuint(count(sam, "queue"), ==, 1);
    g_autoptr(json_t) again = page(h, staff("sam"), h->log->len);
    g_assert_cmpuint(json_object_size(again), ==, 0);
}

/* Who once saw a conversation hears of what is erased in it, by the content's id alone; nobody else does. */
static void test_erased_behind(void)
{
    g_autoptr(Host) h = host_new(1);
    const char *c = start(h, "web", "my number is 4111");

    g_assert_nonnull(ask(h, (SmCommand){SM_COMMAND_CLAIM, .actor = staff("mia"), .conversation = c}));
    g_assert_nonnull(ask(h, (SmCommand){SM_COMMAND_TRANSFER, .actor = staff("mia"), .conversation = c, .team = "sales"}));
    int64_t before = h->log->len;
    const SmRecord *erased = ask(h, (SmCommand){SM_COMMAND_ERASE, .actor = admin, .conversation = c, .reason = "the customer asked"});
    g_assert_nonnull(erased);
    const SmEvent *event = g_ptr_array_index(erased->events, 0);
    g_autoptr(json_t) mia = page(h, staff("mia"), before);
    g_assert_cmpuint(count(mia, "erased"), ==, erased->events->len);
    g_assert_cmpstr(json_string_value(json_array_get(json_object_get(mia, "erased"), 0)), ==, event->content);
    g_assert_cmpuint(json_object_size(mia), ==, 1);
    g_assert_true(sm_wire_concerns(h->desk, staff("mia"), erased));
    g_autoptr(json_t) bob = page(h, staff("bob"), before);
    g_assert_cmpuint(json_object_size(bob), ==, 0);
    g_assert_false(sm_wire_concerns(h->desk, staff("bob"), erased));
}

static void hand_to(Host *h, const char *from, const char *to, const char *c)
{
    g_assert_nonnull(ask(
        h, (SmCommand){SM_COMMAND_TRANSFER, .actor = staff(from), .conversation = c, .agent = to}));
}

static void say(Host *h, const char *who, const char *c)
{
    g_assert_nonnull(ask(h, (SmCommand){SM_COMMAND_POST, .actor = staff(who), .conversation = c,
                                        .text = "hello", .seen = 100}));
}

/* Seen, not seen and seen again between two polls: what happened meanwhile comes as state. */
static void test_gap(void)
{
    g_autoptr(Host) h = host_new(1);
    const char *c = start(h, "web", "hi");
    g_assert_nonnull(
        ask(h, (SmCommand){SM_COMMAND_CLAIM, .actor = staff("mia"), .conversation = c}));
    int64_t claimed = h->log->len;
    g_autoptr(SmDesk) client = sm_desk_new(0);
    snapshot(h, staff("mia"), client);

    hand_to(h, "mia", "bob", c);
    say(h, "bob", c);
    hand_to(h, "bob", "mia", c);
    g_autoptr(json_t) body = page(h, staff("mia"), claimed);
    g_assert_cmpuint(count(body, "conversations"), ==, 1);
    g_assert_cmpuint(count(body, "forget"), ==, 0);
    g_assert_cmpuint(count(body, "events"), ==, 0);
    catch_up(h, staff("mia"), client, claimed, 1000);
    assert_true_view(h, staff("mia"), client, "gap");
    /* Seen in between only: whoever got it from a later page of a snapshot must let it go. */
    g_autoptr(json_t) bob = page(h, staff("bob"), claimed);
    g_assert_cmpuint(count(bob, "forget"), ==, 1);
    g_assert_cmpuint(count(bob, "conversations"), ==, 0);
}

/* A page that ends before the desk does says what was true at its end. */
static void test_end_of_page(void)
{
    g_autoptr(Host) h = host_new(1);
    const char *c = start(h, "web", "hi");
    g_assert_nonnull(
        ask(h, (SmCommand){SM_COMMAND_CLAIM, .actor = staff("mia"), .conversation = c}));
    int64_t claimed = h->log->len;
    g_autoptr(GPtrArray) one = g_ptr_array_new();
    gboolean more;
    int64_t to;

    say(h, "mia", c);
    g_ptr_array_add(one, g_ptr_array_index(h->log, h->log->len - 1));
    hand_to(h, "mia", "bob", c);
    g_autoptr(json_t) body = sm_wire_page(h->desk, staff("mia"), claimed, one, &more, &to);
    g_assert_cmpuint(count(body, "forget"), ==, 0);
    g_assert_cmpuint(count(body, "events"), >=, 1);
    g_autoptr(json_t) rest = page(h, staff("mia"), to);
    g_assert_cmpuint(count(rest, "forget"), ==, 1);
}

/* A snapshot stands for everything: nothing of before survives it. */
static void test_snapshot_clears(void)
{
    g_autoptr(Host) h = host_new(1);
    g_autoptr(Host) other = host_new(2);
    g_autoptr(SmDesk) client = sm_desk_new(0);

    start(other, "web", "old");
    start(other, "web", "old");
    snapshot(other, staff("eve"), client);
    start(h, "web", "new");
    snapshot(h, staff("eve"), client);
    assert_true_view(h, staff("eve"), client, "second snapshot");
}

static void test_concerns(void)
{
    g_autoptr(Host) h = host_new(1);
    const char *c = start(h, "web", "hi");
    g_autofree char *contact = g_strdup(g_ptr_array_index(h->contacts, 0));
    start(h, "web", "hi");
    const char *other = g_ptr_array_index(h->contacts, 1);
    g_assert_nonnull(
        ask(h, (SmCommand){SM_COMMAND_CLAIM, .actor = staff("mia"), .conversation = c}));
    SmRecord *note =
        ask(h, (SmCommand){SM_COMMAND_NOTE, .actor = staff("mia"), .conversation = c, .text = "n"});
    g_assert_true(sm_wire_concerns(h->desk, staff("mia"), note));
    g_assert_true(sm_wire_concerns(h->desk, staff("eve"), note));
    g_assert_false(sm_wire_concerns(h->desk, staff("sam"), note));
    g_assert_false(sm_wire_concerns(h->desk, (SmActor){SM_ACTOR_CUSTOMER, contact}, note));
    SmRecord *post = ask(h, (SmCommand){SM_COMMAND_POST, .actor = staff("mia"), .conversation = c,
                                        .text = "hello", .seen = 100});
    g_assert_true(sm_wire_concerns(h->desk, (SmActor){SM_ACTOR_CUSTOMER, contact}, post));
    g_assert_false(sm_wire_concerns(h->desk, (SmActor){SM_ACTOR_CUSTOMER, other}, post));
}

static void test_bounded(void)
{
    g_autoptr(Host) h = host_new(1);
    g_autofree char *text = g_strnfill(SM_MAX_MESSAGE_CHARS, '\n');
    g_autoptr(GPtrArray) records = g_ptr_array_new();
    gboolean more;
    int64_t to;

    text[0] = 'x';
    const char *c = start(h, "web", "hi");
    SmActor customer = {SM_ACTOR_CUSTOMER, g_ptr_array_index(h->contacts, 0)};
    int64_t after = h->log->len;
    for (int i = 0; i < 4; i++)
        g_ptr_array_add(records, ask(h, (SmCommand){SM_COMMAND_POST, .actor = customer,
                                                    .conversation = c, .text = text}));
    g_autoptr(json_t) body = sm_wire_page(h->desk, customer, after, records, &more, &to);
    g_autofree char *bytes = sm_json_text(body);
    g_assert_true(more);
    g_assert_cmpuint(strlen(bytes), <=, SM_MAX_POLL_BYTES);
    g_assert_cmpint(to, >, after);
    g_assert_cmpint(to, <, (int64_t)h->log->len);
    g_autoptr(json_t) state = page(h, customer, after - 1); /* becomes visible: state, cut to fit */
    g_autofree char *state_bytes = sm_json_text(state);
    g_assert_cmpuint(strlen(state_bytes), <=, SM_MAX_POLL_BYTES);
}

static void test_snapshot_pages(void)
{
    g_autoptr(Host) h = host_new(1);
    g_autofree char *text = g_strnfill(7000, 'x');
    guint pages = 0;
    gint64 next = 0;
    g_autoptr(SmDesk) client = sm_desk_new(0);

    for (int i = 0; i < 80; i++)
        start(h, "web", text);
    while (next >= 0) {
        g_autoptr(json_t) body = sm_wire_snapshot(h->desk, staff("eve"), (guint)next, &next);
        g_autofree char *bytes = sm_json_text(body);
        g_assert_cmpuint(strlen(bytes), <=, SM_MAX_SNAPSHOT_BYTES);
        g_assert_cmpint(json_object_get(body, "shared") != NULL, ==, pages == 0);
        apply(client, body);
        pages++;
    }
    g_assert_cmpuint(pages, >, 1);
    g_assert_cmpuint(sm_desk_conversations(client)->len, ==, 80);
    assert_true_view(h, staff("eve"), client, "snapshot");
}

/* --- Damage --------------------------------------------------------------------------------------
 */

static void test_damaged(void)
{
    g_autoptr(Host) h = host_new(1);
    g_autoptr(SmDesk) client = sm_desk_new(0);
    const char *c = start(h, "web", "hi");

    g_assert_nonnull(
        ask(h, (SmCommand){SM_COMMAND_CLAIM, .actor = staff("mia"), .conversation = c}));
    snapshot(h, staff("mia"), client);
    g_autoptr(json_t) good = sm_desk_project(client, staff("mia"));
    g_assert_nonnull(ask(h, (SmCommand){SM_COMMAND_POST, .actor = staff("mia"), .conversation = c,
                                        .text = "hello", .seen = 100}));
    g_autoptr(json_t) body = page(h, staff("mia"), h->log->len - 1);
    const char *bad[] = {
        "[]",
        "{\"events\":{}}",
        "{\"events\":[1]}",
        "{\"events\":[{}]}",
        "{\"events\":[{\"seq\":1,\"at\":1}]}",
        "{\"events\":[{\"seq\":0,\"at\":1,\"type\":\"message.posted\",\"v\":1}]}",
        "{\"forget\":[1]}",
        "{\"forget\":\"c1\"}",
        "{\"left\":[\"../x\"]}",
        "{\"conversations\":[{}]}",
        "{\"conversations\":[null]}",
        "{\"conversations\":7}",
        "{\"queue\":[{}]}",
        "{\"shared\":[]}",
        "{\"shared\":{\"policy\":7}}",
    };
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(json_t) damaged = sm_json_parse(bad[i], strlen(bad[i]), 10000, NULL);
        if (json_is_object(damaged)) { /* something good beside it must not be applied either */
            g_autoptr(json_t) both = json_deep_copy(body);
            json_object_update(both, damaged);
            if (strstr(bad[i], "events") == NULL)
                json_object_update_missing(both, body);
            g_autoptr(GError) error = NULL;
            g_test_message("%s", bad[i]);
            g_assert_false(sm_wire_apply(client, both, NULL, &error));
            g_assert_nonnull(error);
        }
        g_autoptr(GError) error = NULL;
        g_assert_false(sm_wire_apply(client, damaged, NULL, &error));
        g_assert_nonnull(error);
        g_autoptr(json_t) still = sm_desk_project(client, staff("mia"));
        g_assert_true(json_equal(still, good));
    }
    g_autoptr(json_t) newer = json_pack("{s:[{s:i, s:i, s:s, s:i}]}", "events", "seq", 99, "at", 5,
                                        "type", "conversation.teleported", "v", 1);
    g_autoptr(GError) version = NULL;
    g_assert_false(sm_wire_apply(client, newer, NULL, &version));
    g_assert_error(version, SM_ERROR, SM_ERROR_VERSION);
    apply(client, body);
    assert_true_view(h, staff("mia"), client, "after the damage");
    g_autoptr(GPtrArray) touched = g_ptr_array_new_with_free_func(g_free);
    g_assert_true(sm_wire_apply(client, body, touched, NULL));
    g_assert_cmpuint(touched->len, ==, 1);
    g_assert_cmpstr(g_ptr_array_index(touched, 0), ==, c);
}

/* --- Random logs
 * ----------------------------------------------------------------------------------- */

static void random_step(Host *h)
{
    static const char *agents[] = {"mia", "bob", "eve", "sam"};
    static const char *teams[] = {"support", "sales"};
    static const SmCommandType types[] = {
        SM_COMMAND_CLAIM,     SM_COMMAND_CLAIM,    SM_COMMAND_CLAIM,        SM_COMMAND_POST,
        SM_COMMAND_POST,      SM_COMMAND_POST,     SM_COMMAND_NOTE,         SM_COMMAND_WHISPER,
        SM_COMMAND_TRANSFER,  SM_COMMAND_TRANSFER, SM_COMMAND_RELEASE,      SM_COMMAND_RESOLVE,
        SM_COMMAND_TAKE_OVER, SM_COMMAND_TAG,      SM_COMMAND_RATE,         SM_COMMAND_REOPEN,
        SM_COMMAND_SNOOZE,    SM_COMMAND_WAKE,     SM_COMMAND_ASSIGN,       SM_COMMAND_LEAVE,
        SM_COMMAND_TICK,      SM_COMMAND_GONE,     SM_COMMAND_AVAILABILITY, SM_COMMAND_ERASE,
        SM_COMMAND_ORDER,
    };
    g_autoptr(json_t) tags = json_pack("[s]", sm_rng_chance(h->rng, 0.5) ? "refund" : "vip");
    guint n = h->conversations->len;

    if (n == 0 || sm_rng_chance(h->rng, 0.12)) {
        start(h, sm_rng_chance(h->rng, 0.5) ? "web" : "shop",
              sm_rng_chance(h->rng, 0.8) ? "hi" : NULL);
        return;
    }
    guint i = sm_rng_below(h->rng, n);
    SmCommand command = {types[sm_rng_below(h->rng, G_N_ELEMENTS(types))]};
    command.actor = staff(agents[sm_rng_below(h->rng, 4)]);
    if (sm_rng_chance(h->rng, 0.3))
        command.actor = (SmActor){SM_ACTOR_CUSTOMER, g_ptr_array_index(h->contacts, i)};
    if (command.type == SM_COMMAND_TICK || command.type == SM_COMMAND_GONE)
        command.actor = (SmActor){SM_ACTOR_DESK, NULL};
    if (command.type == SM_COMMAND_ERASE)
        command.actor = admin;
    command.conversation = g_ptr_array_index(h->conversations, i);
    command.text = "text";
    command.order = "A-1";
    command.seen = 10000;
    command.data = command.type == SM_COMMAND_TAG ? tags : NULL;
    command.stars = 1 + sm_rng_below(h->rng, 5);
    command.until = h->now + 5000;
    command.availability = (SmAvailability)sm_rng_below(h->rng, 2);
    if (command.type == SM_COMMAND_AVAILABILITY)
        command.agent = command.actor.id;
    if (command.type == SM_COMMAND_ASSIGN)
        command.agent = agents[sm_rng_below(h->rng, 4)];
    if (command.type == SM_COMMAND_TRANSFER && sm_rng_chance(h->rng, 0.5))
        command.agent = agents[sm_rng_below(h->rng, 4)];
    else if (command.type == SM_COMMAND_TRANSFER)
        command.team = teams[sm_rng_below(h->rng, 2)];
    if (sm_rng_chance(h->rng, 0.1))
        h->now += 30000;
    ask(h, command);
}

typedef struct {
    SmActor viewer;
    SmDesk *desk;
    int64_t at;
    gboolean live;
} Reader;

/* Readers of every kind, some of which look at every step, others now and then, from a snapshot or
 * from where they were. */
static void test_random(gconstpointer data)
{
    uint64_t seed = GPOINTER_TO_UINT(data);
    g_autoptr(Host) h = host_new(seed);
    g_autoptr(SmRng) rng = sm_rng_new(seed + 1000);
    Reader readers[12];
    guint n = 0;

    start(h, "web", "hi");
    start(h, "shop", "hi");
    SmActor viewers[] = {staff("mia"),
                         staff("bob"),
                         staff("eve"),
                         staff("sam"),
                         {SM_ACTOR_CUSTOMER, g_ptr_array_index(h->contacts, 0)},
                         {SM_ACTOR_CUSTOMER, g_ptr_array_index(h->contacts, 1)}};
    for (guint i = 0; i < G_N_ELEMENTS(viewers); i++)
        for (guint live = 0; live < 2; live++) {
            readers[n] = (Reader){viewers[i], sm_desk_new(0), h->log->len, live == 1};
            snapshot(h, viewers[i], readers[n].desk);
            assert_true_view(h, viewers[i], readers[n].desk, "first snapshot");
            n++;
        }
    for (int step = 0; step < 180; step++) {
        random_step(h);
        for (guint i = 0; i < n; i++) {
            Reader *r = &readers[i];
            if (!r->live && !sm_rng_chance(rng, 0.08))
                continue;
            guint most = r->live || sm_rng_chance(rng, 0.5) ? 1000 : 1 + sm_rng_below(rng, 7);
            r->at = catch_up(h, r->viewer, r->desk, r->at, most);
            g_autofree char *what =
                g_strdup_printf("seed %" G_GUINT64_FORMAT " step %d seq %u most %u live %d", seed,
                                step, h->log->len, most, r->live);
            assert_true_view(h, r->viewer, r->desk, what);
        }
    }
    for (guint i = 0; i < n; i++)
        sm_desk_free(readers[i].desk);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/page/visible-and-forget", test_visible_and_forget);
    g_test_add_func("/wire/page/erased-behind", test_erased_behind);
    g_test_add_func("/wire/page/gap", test_gap);
    g_test_add_func("/wire/page/end", test_end_of_page);
    g_test_add_func("/wire/snapshot/clears", test_snapshot_clears);
    g_test_add_func("/wire/page/concerns", test_concerns);
    g_test_add_func("/wire/page/bounded", test_bounded);
    g_test_add_func("/wire/snapshot/pages", test_snapshot_pages);
    g_test_add_func("/wire/apply/damaged", test_damaged);
    for (guint seed = 1; seed <= 6; seed++) {
        g_autofree char *path = g_strdup_printf("/wire/page/random/%u", seed);
        g_test_add_data_func(path, GUINT_TO_POINTER(seed), test_random);
    }
    return g_test_run();
}
