/* SPDX-License-Identifier: MIT */
/* The desk gives conversations out: never over a capacity, by the shares, and the same from the same log. */
#include <string.h>

#include "desk_fixture.h"

#define CMD(what, who, ...) ((SmCommand){.type = SM_COMMAND_##what, .actor = who, .seen = -1, __VA_ARGS__})
#define PEOPLE 3

static const char *const NAMES[PEOPLE] = {"login-mia", "login-jon", "login-bob"};

/* Everybody of support with so many places, and routing as said. */
static Fixture *routed(const char *routing, int capacity, const int *weights)
{
    Fixture *f = fixture_new(7, 0);
    g_autofree char *yaml = g_strdup_printf("desk: Test\noffline_release: 2m\nteams:\n- {id: support, routing: %s}\n- {id: sales}\n"
                                            "inboxes:\n- {id: web, team: support}\n- {id: school, team: support, training: true}\n"
                                            "- {id: shop, team: sales}\n", routing);
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmPolicy) policy = sm_policy_parse("desk.yaml", yaml, strlen(yaml), findings);

    g_assert_nonnull(policy);
    g_autoptr(json_t) data = sm_policy_encode(policy);
    for (int i = 0; i < PEOPLE; i++) {
        g_autoptr(json_t) teams = json_pack("[s]", "support");
        must(f, CMD(AGENT_SET, admin(), .agent = NAMES[i], .name = NAMES[i], .role = SM_ROLE_AGENT, .data = teams,
                    .capacity = capacity, .weight = weights ? weights[i] : 0));
    }
    must(f, CMD(POLICY_SET, admin(), .data = data));
    return f;
}

static void go(Fixture *f, const char *agent, SmAvailability availability)
{
    must(f, CMD(AVAILABILITY, staff(agent), .agent = agent, .availability = availability));
    tick(f);
}

static char *arrive(Fixture *f, const char *inbox)
{
    char *id = NULL;

    start(f, inbox, "hello", &id, NULL);
    return id;
}

static const char *owner(Fixture *f, const char *id)
{
    return conv(f, id)->owner;
}

static void end(Fixture *f, const char *id)
{
    must(f, CMD(RESOLVE, staff(owner(f, id)), .conversation = id, .reason = "done"));
    tick(f);
}

/* Over any stretch the numbers are the shares: chi-square for two degrees of freedom stays far below 5.99 (5 %). */
static void shares(void)
{
    static const int weights[PEOPLE] = {100, 50, 30};
    g_autoptr(Fixture) f = routed("share", 1000, weights);
    int got[PEOPLE] = {0};
    double chi = 0;

    for (int n = 0; n < 900; n++) {
        g_autofree char *id = arrive(f, "web");
        tick(f);
        for (int i = 0; i < PEOPLE; i++)
            got[i] += g_str_equal(owner(f, id), NAMES[i]);
        f->now += 1000;
        end(f, id);
    }
    for (int i = 0; i < PEOPLE; i++) {
        double expected = 900.0 * weights[i] / 180;
        chi += (got[i] - expected) * (got[i] - expected) / expected;
        g_assert_cmpint(ABS(got[i] - (int)expected), <=, 1);
    }
    g_assert_cmpfloat(chi, <, 0.05);
}

/* A hundred at the same moment: every place is taken, none twice, the rest waits and goes on by deadline. */
static void at_once(void)
{
    static const int weights[PEOPLE] = {100, 50, 50};
    g_autoptr(Fixture) f = routed("share", 20, weights);
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);

    for (int n = 0; n < 100; n++, f->now++) /* a millisecond each, so that their order is known */
        g_ptr_array_add(ids, arrive(f, "web"));
    guint records = tick(f);
    g_assert_cmpuint(records, <=, 2); /* 64 events a record */
    int open = 0;
    for (int i = 0; i < PEOPLE; i++) {
        g_assert_cmpint(sm_desk_agent(f->desk, NAMES[i])->chats, ==, 20);
        open += 20;
    }
    for (int n = 0; n < 100; n++)
        g_assert_true((owner(f, ids->pdata[n]) != NULL) == (n < open));
    g_autofree char *first = g_strdup(owner(f, ids->pdata[0]));
    end(f, ids->pdata[0]);
    g_assert_cmpstr(owner(f, ids->pdata[open]), ==, first);
    g_assert_null(owner(f, ids->pdata[open + 1]));
}

static void assert_order(Fixture *f, const char *expected)
{
    g_autoptr(GString) got = g_string_new(NULL);

    for (int n = 0; n < 6; n++) {
        g_autofree char *id = arrive(f, "web");
        tick(f);
        g_string_append_printf(got, "%s ", owner(f, id) + strlen("login-"));
        f->now += 1000;
    }
    g_assert_cmpstr(got->str, ==, expected);
}

static void ways(void)
{
    static const int weights[PEOPLE] = {100, 100, 100};
    g_autoptr(Fixture) turn = routed("round_robin", 9, weights);
    assert_order(turn, "bob jon mia bob jon mia ");
    g_autoptr(Fixture) busy = routed("least_busy", 9, weights);
    g_autofree char *a = arrive(busy, "web");
    g_free(arrive(busy, "web"));
    tick(busy);
    end(busy, a);
    assert_order(busy, "mia bob jon mia bob jon ");
    g_autoptr(Fixture) idle = routed("longest_idle", 9, weights);
    idle->now += 1000;
    go(idle, "login-bob", SM_AVAILABLE_AWAY);
    idle->now += 1000;
    go(idle, "login-bob", SM_AVAILABLE_ONLINE);
    assert_order(idle, "jon mia bob jon mia bob ");
}

/* Who is away gets nothing, and does not catch up afterwards. Nor do supervisors and trainees get what is not theirs. */
static void who(void)
{
    g_autoptr(Fixture) f = routed("share", 50, NULL);
    int bob = 0;

    go(f, "login-bob", SM_AVAILABLE_AWAY);
    for (int n = 0; n < 20; n++) {
        g_autofree char *id = arrive(f, "web");
        tick(f);
        g_assert_cmpstr(owner(f, id), !=, "login-bob");
        g_assert_cmpstr(owner(f, id), !=, "login-sue");
        g_assert_cmpstr(owner(f, id), !=, "login-tim");
    }
    go(f, "login-bob", SM_AVAILABLE_ONLINE);
    for (int n = 0; n < 9; n++) {
        g_autofree char *id = arrive(f, "web");
        tick(f);
        bob += g_str_equal(owner(f, id), "login-bob");
    }
    g_assert_cmpint(bob, ==, 3);
    g_autofree char *other = arrive(f, "shop"); /* that team claims by hand */
    tick(f);
    g_assert_null(owner(f, other));
    gboolean tim = FALSE;
    for (int n = 0; n < 4; n++) {
        g_autofree char *id = arrive(f, "school");
        tick(f);
        tim |= g_str_equal(owner(f, id), "login-tim");
    }
    g_assert_true(tim);
}

/* A customer who comes again goes to who had them; not after that one gave the chat back. */
static void returning(void)
{
    g_autoptr(Fixture) f = routed("{by: round_robin}", 5, NULL);
    g_autofree char *id = NULL, *contact = NULL;

    start(f, "web", "hello", &id, &contact);
    tick(f);
    g_autofree char *had = g_strdup(owner(f, id));
    for (int n = 0; n < 4; n++)
        g_free(arrive(f, "web"));
    tick(f);
    end(f, id);
    say(f, customer(contact), id, "one more thing");
    tick(f);
    g_assert_cmpstr(owner(f, id), ==, had);
    must(f, CMD(RELEASE, staff(had), .conversation = id, .reason = "not mine"));
    tick(f);
    g_assert_cmpstr(owner(f, id), !=, had);
}

/* Nothing written in time: on to another, and to the first again only when nobody else is left. */
static void accepted(void)
{
    g_autoptr(Fixture) f = routed("{by: round_robin, accept_within: 20s}", 5, NULL);
    g_autofree char *id = arrive(f, "web");

    tick(f);
    g_autofree char *first = g_strdup(owner(f, id));
    pass(f, 19999);
    g_assert_cmpstr(owner(f, id), ==, first);
    pass(f, 1);
    g_autofree char *second = g_strdup(owner(f, id));
    g_assert_cmpstr(second, !=, first);
    pass(f, 20000);
    g_autofree char *third = g_strdup(owner(f, id));
    g_assert_cmpstr(third, !=, first);
    g_assert_cmpstr(third, !=, second);
    pass(f, 20000);
    g_assert_nonnull(owner(f, id));
    say(f, staff(owner(f, id)), id, "here I am");
    g_autofree char *kept = g_strdup(owner(f, id));
    pass(f, 600000);
    g_assert_cmpstr(owner(f, id), ==, kept);
}

static const char *why(const json_t *explained, const char *agent)
{
    size_t i;
    json_t *row;

    json_array_foreach(json_object_get(explained, "agents"), i, row)
    {
        if (strcmp(sm_json_str(row, "agent", ""), agent) == 0)
            return sm_json_str(row, "why", "");
    }
    return NULL;
}

static void explained(void)
{
    g_autoptr(Fixture) f = routed("share", 1, NULL);
    g_free(arrive(f, "web"));
    tick(f);
    go(f, "login-jon", SM_AVAILABLE_BUSY);
    g_autofree char *b = arrive(f, "web");
    g_autoptr(json_t) now = sm_desk_explain_routing(f->desk, conv(f, b));
    g_assert_cmpstr(sm_json_str(now, "mode", ""), ==, "share");
    g_assert_cmpstr(sm_json_str(now, "next", ""), ==, "login-mia");
    g_assert_cmpstr(why(now, "login-mia"), ==, "is next");
    g_assert_cmpstr(why(now, "login-bob"), ==, "no free place");
    g_assert_cmpstr(why(now, "login-jon"), ==, "not online");
    g_assert_cmpstr(why(now, "login-tim"), ==, "a trainee, and this is no training inbox");
    g_assert_null(why(now, "login-ana"));
    tick(f);
    g_assert_cmpstr(owner(f, b), ==, "login-mia");
}

static void set_languages(Fixture *f, const char *agent, const char *one, const char *other)
{
    g_autoptr(json_t) languages = json_array();

    json_array_append_new(languages, json_string(one));
    if (other)
        json_array_append_new(languages, json_string(other));
    must(f, CMD(AGENT_SET, admin(), .agent = agent, .name = agent, .role = SM_ROLE_AGENT, .capacity = 2, .languages = languages));
}

static char *arrive_in(Fixture *f, const char *language)
{
    SmRecord *record = must(f, CMD(START, customer(NULL), .inbox = "web", .language = language, .text = "hello"));
    return g_strdup(event_of(record, SM_EVENT_CONVERSATION_STARTED)->conversation);
}

/* Who speaks the language first, others when nobody of those is free; or nobody else, where the team says so. */
static void languages(void)
{
    g_autoptr(Fixture) f = routed("share", 2, NULL);

    set_languages(f, "login-mia", "zh", NULL);
    set_languages(f, "login-jon", "en", "de");
    g_autofree char *a = arrive_in(f, "zh-CN"), *b = NULL, *c = NULL, *d = NULL;
    g_autoptr(json_t) now = sm_desk_explain_routing(f->desk, conv(f, a));
    g_assert_cmpstr(sm_json_str(now, "language", ""), ==, "zh-CN");
    g_assert_cmpstr(why(now, "login-mia"), ==, "is later in the order"); /* bob speaks all, and stands before her */
    g_assert_cmpstr(why(now, "login-jon"), ==, "another speaks the customer's language");
    tick(f);
    g_assert_cmpstr(owner(f, a), ==, "login-bob");
    go(f, "login-bob", SM_AVAILABLE_AWAY);
    for (int n = 0; n < 3; n++) {
        char **place = n == 0 ? &b : n == 1 ? &c : &d;
        *place = arrive_in(f, "zh-TW");
        tick(f);
    }
    g_assert_cmpstr(owner(f, b), ==, "login-mia");
    g_assert_cmpstr(owner(f, c), ==, "login-mia");
    g_assert_cmpstr(owner(f, d), ==, "login-jon"); /* nobody who speaks it has a place */
    g_autofree char *german = arrive_in(f, "DE");
    tick(f);
    g_assert_cmpstr(owner(f, german), ==, "login-jon");
    /* The same through the log; and setting a load does not forget them. */
    must(f, CMD(LOAD, staff("login-sue"), .agent = "login-jon", .capacity = 3, .weight = 10));
    g_assert_cmpuint(sm_desk_agent(f->desk, "login-jon")->languages->len, ==, 2);
    g_autoptr(json_t) bad = json_pack("[s]", "en us");
    must_not(f, CMD(AGENT_SET, admin(), .agent = "login-jon", .name = "jon", .role = SM_ROLE_AGENT, .languages = bad), SM_PROBLEM_INVALID);
}

static void language_needed(void)
{
    g_autoptr(Fixture) f = routed("{by: round_robin, language: needed}", 2, NULL);

    for (int i = 0; i < PEOPLE; i++)
        set_languages(f, NAMES[i], i == 0 ? "zh" : "en", NULL);
    go(f, "login-mia", SM_AVAILABLE_AWAY);
    g_autofree char *a = arrive_in(f, "zh-CN"), *b = arrive_in(f, "en-GB"), *c = arrive_in(f, NULL);
    tick(f);
    g_assert_null(owner(f, a));
    g_assert_nonnull(owner(f, b));
    g_assert_nonnull(owner(f, c));
    g_autoptr(json_t) now = sm_desk_explain_routing(f->desk, conv(f, a));
    g_assert_cmpstr(why(now, "login-jon"), ==, "does not speak the customer's language");
    go(f, "login-mia", SM_AVAILABLE_ONLINE);
    g_assert_cmpstr(owner(f, a), ==, "login-mia");
}

/* Who is new gets less for a while, and then as much as anybody. */
static void newcomers(void)
{
    g_autoptr(Fixture) f = routed("{by: share, newcomers: {for: 2d, percent: 25}}", 1000, NULL);
    int got[PEOPLE] = {0};

    pass(f, INT64_C(3) * 86400000);
    must(f, CMD(AGENT_REMOVE, admin(), .agent = "login-bob"));
    g_autoptr(json_t) teams = json_pack("[s]", "support");
    must(f, CMD(AGENT_SET, admin(), .agent = "login-bob", .name = "bob", .role = SM_ROLE_AGENT, .data = teams, .capacity = 1000));
    for (int i = 0; i < PEOPLE; i++)
        must(f, CMD(AVAILABILITY, staff(NAMES[i]), .agent = NAMES[i], .availability = SM_AVAILABLE_ONLINE));
    for (int n = 0; n < 90; n++) {
        g_autofree char *id = arrive(f, "web");
        tick(f);
        for (int i = 0; i < PEOPLE; i++)
            got[i] += g_str_equal(owner(f, id), NAMES[i]);
    }
    g_assert_cmpint(got[0], ==, 40);
    g_assert_cmpint(got[1], ==, 40);
    g_assert_cmpint(got[2], ==, 10); /* bob */
    g_free(arrive(f, "web"));
    tick(f); /* bob's */
    g_autofree char *next = arrive(f, "web");
    g_autoptr(json_t) now = sm_desk_explain_routing(f->desk, conv(f, next));
    g_assert_cmpstr(why(now, "login-bob"), ==, "is later in the order, and new");
    tick(f);
    f->now += INT64_C(2) * 86400000;
    memset(got, 0, sizeof got);
    for (int n = 0; n < 90; n++) {
        g_autofree char *id = arrive(f, "web");
        tick(f);
        for (int i = 0; i < PEOPLE; i++)
            got[i] += g_str_equal(owner(f, id), NAMES[i]);
    }
    g_assert_cmpint(got[2], >=, 28); /* what the last one as a newcomer cost is worked off */
    g_assert_cmpint(got[2], <=, 31);
}

/* A lead says how much somebody gets, and nothing else about them; others may not. */
static void load(void)
{
    g_autoptr(Fixture) f = routed("share", 2, NULL);

    for (int n = 0; n < 7; n++)
        g_free(arrive(f, "web"));
    tick(f);
    g_assert_cmpint(sm_desk_agent(f->desk, "login-mia")->chats, ==, 2);
    must_not(f, CMD(LOAD, staff("login-jon"), .agent = "login-mia", .capacity = 9, .weight = 10), SM_PROBLEM_FORBIDDEN);
    must_not(f, CMD(LOAD, staff("login-max"), .agent = "login-mia", .capacity = 9, .weight = 10), SM_PROBLEM_FORBIDDEN);
    must_not(f, CMD(LOAD, customer("k1"), .agent = "login-mia", .capacity = 9, .weight = 10), SM_PROBLEM_FORBIDDEN);
    must_not(f, CMD(LOAD, staff("login-sue"), .agent = "login-nobody", .capacity = 9, .weight = 10), SM_PROBLEM_NOT_FOUND);
    must_not(f, CMD(LOAD, staff("login-sue"), .agent = "login-mia", .capacity = 1001, .weight = 10), SM_PROBLEM_INVALID);
    SmRecord *record = must(f, CMD(LOAD, staff("login-sue"), .agent = "login-mia", .capacity = 3, .weight = 10, .reason = "rush"));
    const SmEvent *event = event_of(record, SM_EVENT_AGENT_SET);
    g_assert_cmpstr(event->by, ==, "login-sue");
    g_assert_cmpstr(event->reason, ==, "rush");
    tick(f);
    const SmAgent *mia = sm_desk_agent(f->desk, "login-mia");
    g_assert_cmpint(mia->chats, ==, 3); /* the one who waited */
    g_assert_cmpint(mia->weight, ==, 10);
    g_assert_cmpint(mia->role, ==, SM_ROLE_AGENT);
    g_assert_cmpstr(mia->name, ==, "login-mia");
    g_assert_cmpuint(mia->teams->len, ==, 1);
}

/* Another desk that folds the same log would go on in the same way. */
static void from_the_log(void)
{
    g_autoptr(Fixture) f = routed("share", 3, NULL);
    for (int n = 0; n < 7; n++)
        g_free(arrive(f, "web"));
    tick(f);
    g_autofree char *next = arrive(f, "web");
    g_autoptr(SmDesk) other = sm_desk_new(0);
    for (guint i = 0; i < f->records->len; i++) {
        SmRecord *record = through_log(f->records->pdata[i]);
        g_assert_true(sm_desk_apply(other, record, NULL));
        sm_record_unref(record);
    }
    g_autoptr(json_t) here = sm_desk_explain_routing(f->desk, conv(f, next));
    g_autoptr(json_t) there = sm_desk_explain_routing(other, sm_desk_conversation(other, next));
    g_assert_true(json_equal(here, there));
    g_assert_cmpint(sm_desk_next_due(other), ==, sm_desk_next_due(f->desk));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/route/shares", shares);
    g_test_add_func("/route/a-hundred-at-once", at_once);
    g_test_add_func("/route/ways", ways);
    g_test_add_func("/route/who", who);
    g_test_add_func("/route/returning-customer", returning);
    g_test_add_func("/route/accept-within", accepted);
    g_test_add_func("/route/explained", explained);
    g_test_add_func("/route/languages", languages);
    g_test_add_func("/route/language-needed", language_needed);
    g_test_add_func("/route/newcomers", newcomers);
    g_test_add_func("/route/load", load);
    g_test_add_func("/route/from-the-log", from_the_log);
    return g_test_run();
}
