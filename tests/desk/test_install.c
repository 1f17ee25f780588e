/* SPDX-License-Identifier: MIT */
/* A client's desk: what it takes over the network, what it refuses, and what it passes over. */
#include <string.h>

#include "desk_fixture.h"
#include "seatmux/base/error.h"

#define CMD(what, who, ...)                                                                        \
    ((SmCommand){.type = SM_COMMAND_##what, .actor = who, .seen = -1, __VA_ARGS__})

typedef struct {
    Fixture *f;
    SmDesk *client;
    char *id;
    char *contact;
} Pair;

/* mia's client, who has one conversation. */
static Pair pair_new(guint64 seed)
{
    Pair p = {.f = fixture_new(seed, 0), .client = sm_desk_new(0)};
    g_autoptr(json_t) shared = sm_desk_project_shared(p.f->desk, staff("login-mia"));

    start(p.f, "web", "hello", &p.id, &p.contact);
    claim(p.f, "login-mia", p.id);
    g_assert_true(sm_desk_install_shared(p.client, shared, NULL));
    return p;
}

static void pair_clear(Pair *p)
{
    fixture_free(p->f);
    sm_desk_free(p->client);
    g_free(p->id);
    g_free(p->contact);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Pair, pair_clear)

static json_t *state_of(Pair *p)
{
    return sm_desk_project_conversation(p->f->desk, staff("login-mia"), conv(p->f, p->id));
}

static void install(Pair *p)
{
    g_autoptr(json_t) state = state_of(p);
    g_autoptr(GError) error = NULL;

    sm_desk_install_conversation(p->client, state, &error);
    g_assert_no_error(error);
}

static void shared(void)
{
    g_auto(Pair) p = pair_new(1);
    const SmAgent *mia = sm_desk_agent(p.client, "login-mia");

    g_assert_cmpstr(mia->name, ==, "Mia");
    g_assert_cmpint(mia->availability, ==, SM_AVAILABLE_ONLINE);
    g_assert_cmpuint(sm_desk_agents(p.client)->len, ==, 7);
    g_assert_cmpstr(sm_desk_policy(p.client)->hash, ==, sm_desk_policy(p.f->desk)->hash);
    install(&p);
    g_assert_cmpint(mia->chats, ==, 1);
    sm_desk_clear(p.client);
    g_assert_null(sm_desk_agent(p.client, "login-mia"));
    g_assert_null(sm_desk_conversation(p.client, p.id));
    g_assert_cmpuint(sm_desk_agents(p.client)->len, ==, 0);
    g_assert_cmpuint(sm_desk_conversations(p.client)->len, ==, 0);
}

/* Clocks are one function: the client's deadline is the desk's. */
static void deadlines(void)
{
    g_auto(Pair) p = pair_new(2);

    install(&p);
    SmDeadline there = sm_conversation_deadline(conv(p.f, p.id));
    SmDeadline here = sm_conversation_deadline(sm_desk_conversation(p.client, p.id));
    g_assert_cmpint(here.kind, ==, SM_CLOCK_REPLY);
    g_assert_cmpint(here.due, ==, there.due);
    g_assert_cmpint(here.due, ==, T0 + 60000);
    g_assert_cmpint(sm_desk_next_due(p.client), ==, INT64_MAX); /* only the server ticks */
}

/* Every public member comes over as it is on the desk. */
static void members(void)
{
    g_auto(Pair) p = pair_new(10);
    Fixture *f = p.f;
    g_autoptr(json_t) tags = json_pack("[s,s]", "late", "parcel");

    say(f, staff("login-mia"), p.id, "hi");
    must(f, CMD(TAG, staff("login-mia"), .conversation = p.id, .data = tags));
    must(f, CMD(RATE, customer(p.contact), .conversation = p.id, .stars = 4));
    f->now += 1000;
    must(f, CMD(RESOLVE, staff("login-mia"), .conversation = p.id, .reason = "done"));
    must(f, CMD(REOPEN, staff("login-mia"), .conversation = p.id));
    f->now += 1000;
    claim(f, "login-mia", p.id);
    must(f, CMD(LEAVE, customer(p.contact), .conversation = p.id));
    must(f, CMD(RATE, customer(p.contact), .conversation = p.id, .stars = 3));
    must(f, CMD(SNOOZE, staff("login-mia"), .conversation = p.id, .until = f->now + 5000));
    install(&p);
    const SmConversation *x = conv(f, p.id), *y = sm_desk_conversation(p.client, p.id);
#define SAME_TEXT(member) g_assert_cmpstr(x->member, ==, y->member)
#define SAME(member) g_assert_cmpint((int64_t)x->member, ==, (int64_t)y->member)
    SAME_TEXT(contact);
    SAME_TEXT(inbox);
    SAME_TEXT(team);
    SAME_TEXT(language);
    SAME_TEXT(name);
    SAME_TEXT(order);
    SAME_TEXT(profile_content);
    SAME_TEXT(owner);
    SAME_TEXT(resolve_reason);
    SAME(state);
    SAME(started);
    SAME(queued);
    SAME(assigned);
    SAME(resolved);
    SAME(reopened);
    SAME(snoozed_until);
    SAME(left);
    SAME(last_at);
    SAME(version);
    SAME(stars);
    SAME(first_seq);
    SAME(tags->len);
    SAME(lines->len);
    SAME(changed);
    g_assert_cmpint(x->left, ==, f->now);
    g_assert_cmpint(x->stars, ==, 3);
}

static void as_of(void)
{
    g_auto(Pair) p = pair_new(3);

    SmRecord *record = say(p.f, customer(p.contact), p.id, "second");
    install(&p);
    const SmConversation *c = sm_desk_conversation(p.client, p.id);
    guint lines = c->lines->len;
    g_assert_cmpint(c->as_of, ==, record->seq);
    sm_desk_apply_event(p.client, record->events->pdata[0], record->seq, record->at);
    g_assert_cmpuint(c->lines->len, ==, lines);
    record = say(p.f, customer(p.contact), p.id, "third");
    sm_desk_apply_event(p.client, record->events->pdata[0], record->seq, record->at);
    g_assert_cmpuint(c->lines->len, ==, lines + 1);
    g_assert_cmpint(sm_desk_seq(p.client), ==, record->seq);
    /* Of what the client does not know it learns nothing from events. */
    g_autoptr(SmEvent) foreign = sm_event_copy(record->events->pdata[0]);
    g_free(foreign->conversation);
    foreign->conversation = g_strdup("cforeign");
    sm_desk_apply_event(p.client, foreign, record->seq, record->at);
    g_assert_null(sm_desk_conversation(p.client, "cforeign"));
}

static void again(void)
{
    g_auto(Pair) p = pair_new(4);
    int mine = 0;

    install(&p);
    ((SmConversation *)sm_desk_conversation(p.client, p.id))->view = &mine;
    say(p.f, customer(p.contact), p.id, "more");
    install(&p);
    const SmConversation *c = sm_desk_conversation(p.client, p.id);
    g_assert_true(c->view == &mine);
    g_assert_cmpint(c->version, ==, 2);
    g_assert_cmpuint(sm_desk_conversations(p.client)->len, ==, 1);
    g_assert_cmpint(sm_desk_agent(p.client, "login-mia")->chats, ==, 1);
    g_assert_true(sm_desk_contact_conversation(p.client, p.contact) == c);
    sm_desk_forget_conversation(p.client, p.id);
    sm_desk_forget_conversation(p.client, p.id);
    g_assert_cmpint(sm_desk_agent(p.client, "login-mia")->chats, ==, 0);
    g_assert_null(sm_desk_contact_conversation(p.client, p.contact));
}

static void older_lines(void)
{
    g_auto(Pair) p = pair_new(5);

    for (guint i = 0; i < 10; i++) {
        say(p.f, customer(p.contact), p.id, "line");
    }
    g_autoptr(json_t) state = state_of(&p);
    g_autoptr(json_t) all = json_deep_copy(json_object_get(state, "lines"));
    json_t *lines = json_object_get(state, "lines");
    gsize n = json_array_size(all);
    while (json_array_size(lines) > 4) {
        json_array_remove(lines, 0);
    }
    json_object_set_new(state, "lines_cut", json_true());
    g_assert_true(sm_desk_install_conversation(p.client, state, NULL));
    const SmConversation *c = sm_desk_conversation(p.client, p.id);
    g_assert_true(c->lines_cut);
    /* The page overlaps with what is there, and comes twice. */
    g_assert_true(sm_desk_install_lines(p.client, p.id, all, FALSE, NULL));
    g_assert_true(sm_desk_install_lines(p.client, p.id, all, FALSE, NULL));
    g_assert_cmpuint(c->lines->len, ==, n);
    g_assert_false(c->lines_cut);
    for (guint i = 1; i < c->lines->len; i++) {
        g_assert_cmpint(((SmLine *)c->lines->pdata[i - 1])->seq, <=,
                        ((SmLine *)c->lines->pdata[i])->seq);
    }
    g_assert_false(sm_desk_install_lines(p.client, p.id, state, FALSE, NULL));
    g_assert_true(sm_desk_install_lines(p.client, "cnone", all, FALSE, NULL));
}

/* --- Damage ------------------------------------------------------------------------------------
 */

/* Every member of a state replaced by something else: refused or taken, never half taken. */
static void damaged_states(void)
{
    g_auto(Pair) p = pair_new(6);
    g_autoptr(json_t) state = state_of(&p);
    g_autoptr(json_t) bad = json_pack("[i, s, n, {}, [i]]", -7, "\xe2\x98\xa0 / ..", 3);
    const char *key;
    json_t *value;
    guint refused = 0;

    install(&p);
    g_autoptr(json_t) before = sm_desk_project(p.client, staff("login-mia"));
    json_object_foreach(state, key, value)
    {
        for (guint i = 0; i < json_array_size(bad); i++) {
            g_autoptr(json_t) copy = json_copy(state);
            g_autoptr(SmDesk) other = sm_desk_new(0);
            json_object_set(copy, key, json_array_get(bad, i));
            g_autoptr(GError) error = NULL;
            if (!sm_desk_install_conversation(other, copy, &error)) {
                g_assert_nonnull(error);
                refused++;
                g_assert_false(sm_desk_install_conversation(p.client, copy, NULL));
                g_autoptr(json_t) after = sm_desk_project(p.client, staff("login-mia"));
                g_assert_true(json_equal(before, after));
            }
        }
    }
    g_assert_cmpuint(refused, >, 60);
    for (guint i = 0; i < json_array_size(bad); i++) {
        g_assert_false(sm_desk_install_conversation(p.client, json_array_get(bad, i), NULL));
        g_assert_false(sm_desk_install_row(p.client, json_array_get(bad, i), NULL));
    }
}

static void damaged_lines(void)
{
    g_auto(Pair) p = pair_new(7);
    g_autoptr(json_t) state = state_of(&p);
    json_t *line = json_array_get(json_object_get(state, "lines"), 0);

    json_object_set_new(line, "author", json_string("ghost"));
    g_assert_false(sm_desk_install_conversation(p.client, state, NULL));
    json_object_set_new(line, "author", json_string("system"));
    json_object_set_new(line, "kind", json_string("riddle"));
    g_assert_false(sm_desk_install_conversation(p.client, state, NULL));
    json_object_set_new(line, "kind", json_string("message"));
    json_object_set_new(line, "event", json_string("robot.hummed")); /* of a newer desk: kept */
    g_assert_true(sm_desk_install_conversation(p.client, state, NULL));
}

static void damaged_shared(void)
{
    g_auto(Pair) p = pair_new(8);
    g_autoptr(json_t) good = sm_desk_project_shared(p.f->desk, staff("login-mia"));
    g_autoptr(json_t) copy = json_deep_copy(good);
    g_autoptr(GError) error = NULL;

    json_object_set_new(json_array_get(json_object_get(copy, "agents"), 3), "role",
                        json_string("king"));
    g_assert_false(sm_desk_install_shared(p.client, copy, &error));
    g_assert_error(error, SM_ERROR, SM_ERROR_INVALID);
    g_autoptr(json_t) now = sm_desk_project_shared(p.client, staff("login-mia"));
    g_assert_true(json_equal(now, good));
    json_object_del(copy, "policy");
    g_assert_false(sm_desk_install_shared(p.client, copy, NULL));
    json_object_clear(copy);
    g_assert_true(sm_desk_install_shared(p.client, copy, NULL)); /* what customers get */
}

static void waiting_rows(void)
{
    g_auto(Pair) p = pair_new(9);
    g_autofree char *id = NULL;

    start(p.f, "web", "help", &id, NULL);
    g_autoptr(json_t) row = sm_desk_project_row(p.f->desk, conv(p.f, id));
    g_assert_true(sm_desk_install_row(p.client, row, NULL));
    g_assert_true(sm_desk_install_row(p.client, row, NULL));
    const GPtrArray *rows = sm_desk_rows(p.client, staff("login-mia"));
    g_assert_cmpuint(rows->len, ==, 1);
    const SmQueueRow *first = rows->pdata[0];
    g_assert_cmpstr(first->conversation, ==, id);
    g_assert_cmpint(first->deadline.kind, ==, SM_CLOCK_QUEUE);
    g_assert_cmpint(first->deadline.due, ==, T0 + 40000);
    json_object_set_new(row, "queued", json_string("now"));
    g_assert_false(sm_desk_install_row(p.client, row, NULL));
    sm_desk_remove_row(p.client, id);
    g_assert_cmpuint(sm_desk_rows(p.client, staff("login-mia"))->len, ==, 0);
    g_assert_false(sm_desk_has_rows(p.client, staff("login-mia")));
}

/* Whatever a desk says, decoded or not, a client stands and can show what it has. */
static void strange_events(void)
{
    g_auto(Pair) p = pair_new(11);
    g_autoptr(SmRng) rng = sm_rng_new(99);
    guint taken = 0;

    say(p.f, staff("login-mia"), p.id, "hi");
    for (guint i = 0; i < 6000; i++) {
        if (i % 300 == 0) {
            install(&p);
        }
        g_autoptr(json_t) json = json_pack(
            "{s:s, s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "type",
            sm_event_type_name((SmEventType)sm_rng_below(rng, SM_EVENT_UNKNOWN)), "v", 1,
            "conversation", p.id, "agent", sm_rng_chance(rng, 0.5) ? "login-mia" : "login-zoe",
            "message", "m1", "team", sm_rng_chance(rng, 0.5) ? "support" : "nowhere", "cause",
            "transfer", "author", sm_rng_chance(rng, 0.5) ? "customer" : "agent", "content", "x1",
            "text", "t", "name", "n", "role", "agent", "availability", "offline");
        static const char *const numbers[] = {"since", "until", "stars", "level",
                                              "due",   "turn",  "n"};
        for (guint k = 0; k < G_N_ELEMENTS(numbers); k++) {
            int64_t n =
                sm_rng_chance(rng, 0.5) ? (int64_t)sm_rng_u64(rng) : sm_rng_between(rng, 0, 99);
            json_object_set_new(json, numbers[k], json_integer(n));
        }
        json_object_set_new(json, "tags", json_pack("[s]", "a"));
        json_object_set_new(json, "data", json_pack("{s:[s]}", "teams", "support"));
        json_object_set_new(json, "policy", json_object());
        /* Only a few members fit a type: drop what it does not know until it is taken. */
        for (guint tries = 0; tries < 40; tries++) {
            g_autoptr(GError) error = NULL;
            g_autoptr(SmEvent) event = sm_event_decode(json, &error);
            if (event) {
                sm_desk_apply_event(p.client, event, 1000 + i,
                                    T0 + (int64_t)sm_rng_below(rng, 100000));
                taken++;
                break;
            }
            const char *at = strchr(error->message, '\'');
            g_autofree char *key = at ? g_strndup(at + 1, strcspn(at + 1, "'")) : NULL;
            if (!key || json_object_del(json, key) != 0) {
                break;
            }
        }
    }
    g_assert_cmpuint(taken, >, 3000);
    g_autoptr(json_t) shown = sm_desk_project(p.client, staff("login-mia"));
    g_assert_nonnull(shown);
    g_autoptr(json_t) other = sm_desk_project(p.client, customer(p.contact));
    g_assert_nonnull(other);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/desk/install/shared", shared);
    g_test_add_func("/desk/install/deadlines", deadlines);
    g_test_add_func("/desk/install/members", members);
    g_test_add_func("/desk/install/as-of", as_of);
    g_test_add_func("/desk/install/again", again);
    g_test_add_func("/desk/install/older-lines", older_lines);
    g_test_add_func("/desk/install/damaged-states", damaged_states);
    g_test_add_func("/desk/install/damaged-lines", damaged_lines);
    g_test_add_func("/desk/install/damaged-shared", damaged_shared);
    g_test_add_func("/desk/install/waiting-rows", waiting_rows);
    g_test_add_func("/desk/install/strange-events", strange_events);
    return g_test_run();
}
