/* SPDX-License-Identifier: MIT */
/* The ladder to live work: a passed exam, then a step at a time, by a lead and with a reason. */
#include <string.h>

#include "desk_fixture.h"

#define CMD(what, who, ...) ((SmCommand){.type = SM_COMMAND_##what, .actor = who, .seen = -1, __VA_ARGS__})
#define EXAM .name = "first-weeks", .permille = 910, .pass = 800, .since = 1700000000000, .seal = "5ea1"
#define TIM "login-tim"

static const SmAgent *tim(Fixture *f)
{
    return sm_desk_agent(f->desk, TIM);
}

static void hand_in(void)
{
    g_autoptr(Fixture) f = fixture_new(1, 0);

    must_not(f, CMD(HAND_IN, customer("k1"), EXAM), SM_PROBLEM_FORBIDDEN);
    must_not(f, CMD(HAND_IN, staff("login-mia"), .agent = TIM, EXAM), SM_PROBLEM_FORBIDDEN); /* another's */
    must_not(f, CMD(HAND_IN, staff("login-max"), .agent = TIM, EXAM), SM_PROBLEM_FORBIDDEN); /* another team's lead */
    must_not(f, CMD(HAND_IN, staff("login-sue"), .agent = "nobody", EXAM), SM_PROBLEM_NOT_FOUND);
    must_not(f, CMD(HAND_IN, staff(TIM), .name = "x", .permille = 799, .pass = 800, .seal = "5ea1"), SM_PROBLEM_WRONG_STATE);
    g_assert_nonnull(strstr(f->refusal->detail, "not passed: 799 of 800"));
    must_not(f, CMD(HAND_IN, staff(TIM), .name = "x", .permille = 1001, .pass = 800, .seal = "5ea1"), SM_PROBLEM_INVALID);
    must_not(f, CMD(HAND_IN, staff(TIM), .name = "x", .permille = 900, .pass = 800), SM_PROBLEM_INVALID);
    SmRecord *record = must(f, CMD(HAND_IN, staff(TIM), EXAM));
    const SmEvent *event = event_of(record, SM_EVENT_EXAM_RECORDED);
    g_assert_null(event->by);
    g_assert_cmpstr(event->digest, ==, "5ea1");
    g_assert_cmpint(tim(f)->step, ==, SM_STEP_EXAM);
    g_assert_cmpint(tim(f)->exam.permille, ==, 910);
    g_assert_cmpint(tim(f)->exam.at, ==, f->now);
    /* A lead of the team may do it for them. */
    must_not(f, CMD(HAND_IN, staff("login-sue"), .agent = TIM, EXAM), SM_PROBLEM_WRONG_STATE); /* that one is here */
    record = must(f, CMD(HAND_IN, staff("login-sue"), .agent = TIM, .name = "again", .permille = 950, .pass = 900, .seal = "5ea2"));
    g_assert_cmpstr(event_of(record, SM_EVENT_EXAM_RECORDED)->by, ==, "login-sue");
    /* Who works already may sit one too; that is no step. */
    must(f, CMD(HAND_IN, staff("login-mia"), EXAM));
    g_assert_cmpint(sm_desk_agent(f->desk, "login-mia")->step, ==, SM_STEP_NONE);
}

static SmCommand confirm(const char *by, const char *step)
{
    return CMD(CONFIRM, staff(by), .agent = TIM, .step = step, .reason = "did well");
}

static void refused(void)
{
    g_autoptr(Fixture) f = fixture_new(1, 0);

    must_not(f, confirm("login-sue", "supervised"), SM_PROBLEM_WRONG_STATE);
    g_assert_nonnull(strstr(f->refusal->detail, "has handed in no passed exam"));
    must(f, CMD(HAND_IN, staff(TIM), EXAM));
    must_not(f, confirm(TIM, "supervised"), SM_PROBLEM_FORBIDDEN);
    g_assert_nonnull(strstr(f->refusal->detail, "Nobody confirms themselves"));
    must_not(f, confirm("login-mia", "supervised"), SM_PROBLEM_FORBIDDEN);
    must_not(f, confirm("login-max", "supervised"), SM_PROBLEM_FORBIDDEN);
    must_not(f, CMD(CONFIRM, customer("k1"), .agent = TIM, .step = "supervised", .reason = "x"), SM_PROBLEM_FORBIDDEN);
    must_not(f, confirm("login-sue", "trial"), SM_PROBLEM_WRONG_STATE);
    g_assert_nonnull(strstr(f->refusal->detail, "After 'exam' comes 'supervised'"));
    must_not(f, confirm("login-sue", "exam"), SM_PROBLEM_INVALID);
    must_not(f, confirm("login-sue", "boss"), SM_PROBLEM_INVALID);
    must_not(f, CMD(CONFIRM, staff("login-sue"), .agent = TIM, .step = "supervised"), SM_PROBLEM_INVALID); /* no reason */
    must_not(f, CMD(CONFIRM, staff("login-sue"), .agent = TIM, .step = "supervised", .reason = "x", .weight = 101), SM_PROBLEM_INVALID);
    must_not(f, CMD(CONFIRM, staff("login-sue"), .agent = "login-mia", .step = "supervised", .reason = "x"), SM_PROBLEM_WRONG_STATE);
    g_assert_nonnull(strstr(f->refusal->detail, "an agent already"));
    must_not(f, CMD(CONFIRM, admin(), .agent = "login-sue", .step = "supervised", .reason = "x"), SM_PROBLEM_WRONG_STATE);
    g_assert_cmpint(tim(f)->step, ==, SM_STEP_EXAM);
}

/* Role and share move with the steps, up one at a time, down any. */
static void steps(void)
{
    g_autoptr(Fixture) f = fixture_new(1, 0);

    must(f, CMD(HAND_IN, staff(TIM), EXAM));
    SmRecord *record = must(f, confirm("login-sue", "supervised"));
    g_assert_null(event_of(record, SM_EVENT_AGENT_SET)); /* a trainee still */
    const SmEvent *event = event_of(record, SM_EVENT_AGENT_CONFIRMED);
    g_assert_cmpstr(event->by, ==, "login-sue");
    g_assert_cmpstr(event->reason, ==, "did well");
    g_assert_cmpint(tim(f)->role, ==, SM_ROLE_TRAINEE);
    must_not(f, confirm("login-sue", "supervised"), SM_PROBLEM_WRONG_STATE);

    record = must(f, confirm("login-sue", "trial"));
    event = event_of(record, SM_EVENT_AGENT_SET);
    g_assert_cmpstr(event->by, ==, "login-sue");
    g_assert_cmpstr(event->reason, ==, "did well");
    g_assert_cmpint(tim(f)->step, ==, SM_STEP_TRIAL);
    g_assert_cmpint(tim(f)->role, ==, SM_ROLE_AGENT);
    g_assert_cmpint(tim(f)->weight, ==, 20);
    g_assert_cmpuint(tim(f)->teams->len, ==, 1);
    /* A lead may change the share meanwhile; the step stays. */
    must(f, CMD(LOAD, staff("login-sue"), .agent = TIM, .capacity = 2, .weight = 35));
    g_assert_cmpint(tim(f)->step, ==, SM_STEP_TRIAL);

    must(f, confirm("login-sue", "full"));
    g_assert_cmpint(tim(f)->weight, ==, 100);
    g_assert_cmpint(tim(f)->capacity, ==, 2);
    g_assert_cmpint(tim(f)->step, ==, SM_STEP_FULL);

    must(f, confirm("login-sue", "supervised")); /* back */
    g_assert_cmpint(tim(f)->role, ==, SM_ROLE_TRAINEE);
    g_assert_cmpint(tim(f)->step, ==, SM_STEP_SUPERVISED);
    must(f, CMD(CONFIRM, staff("login-sue"), .agent = TIM, .step = "trial", .reason = "again", .weight = 10));
    g_assert_cmpint(tim(f)->weight, ==, 10);
}

/* What the owner sets by hand comes before the ladder. */
static void by_hand(void)
{
    g_autoptr(Fixture) f = fixture_new(1, 0);

    must(f, CMD(HAND_IN, staff(TIM), EXAM));
    must(f, CMD(AGENT_SET, admin(), .agent = TIM, .role = SM_ROLE_AGENT));
    g_assert_cmpint(tim(f)->step, ==, SM_STEP_NONE);
    must(f, CMD(AGENT_SET, admin(), .agent = TIM, .role = SM_ROLE_TRAINEE));
    g_assert_cmpint(tim(f)->step, ==, SM_STEP_EXAM); /* it was passed all the same */
    must(f, CMD(AGENT_REMOVE, admin(), .agent = TIM));
    must(f, CMD(AGENT_SET, admin(), .agent = TIM, .name = "Tim", .role = SM_ROLE_TRAINEE));
    g_assert_cmpint(tim(f)->step, ==, SM_STEP_NONE); /* another Tim, for all the desk knows */
    g_assert_null(tim(f)->exam.name);
}

/* What a client gets is what the desk has, and what is wrong in it is refused. */
static void shown(void)
{
    g_autoptr(Fixture) f = fixture_new(1, 0);

    must(f, CMD(HAND_IN, staff(TIM), EXAM));
    must(f, confirm("login-sue", "supervised"));
    g_autoptr(json_t) shared = sm_desk_project_shared(f->desk, (SmActor){SM_ACTOR_STAFF, "login-sue"});
    g_autoptr(SmDesk) client = sm_desk_new(0);
    g_assert_true(sm_desk_install_shared(client, shared, NULL));
    const SmAgent *there = sm_desk_agent(client, TIM);
    g_assert_cmpint(there->step, ==, SM_STEP_SUPERVISED);
    g_assert_cmpstr(there->exam.name, ==, "first-weeks");
    g_assert_cmpint(there->exam.sat, ==, 1700000000000);
    g_autoptr(json_t) again = sm_desk_project_shared(client, (SmActor){SM_ACTOR_STAFF, "login-sue"});
    g_assert_true(json_equal(shared, again));
    size_t i;
    json_t *agent;
    json_array_foreach(json_object_get(shared, "agents"), i, agent) json_object_set_new(agent, "step", json_string("top"));
    g_assert_false(sm_desk_install_shared(client, shared, NULL));
}

/* That tim passed is known to the staff; how well, to tim, the lead of the team and administration, live and afterwards. */
static void points(void)
{
    g_autoptr(Fixture) f = fixture_new(7, 0);
    const struct {
        SmActor who;
        gboolean sees;
    } viewers[] = {{staff("login-tim"), TRUE}, {staff("login-sue"), TRUE}, {admin(), TRUE}, {staff("login-mia"), FALSE}, {staff("login-max"), FALSE}};

    const SmRecord *record = must(f, CMD(HAND_IN, staff(TIM), EXAM));
    const SmEvent *event = record->events->pdata[0];
    for (guint i = 0; i < G_N_ELEMENTS(viewers); i++) {
        g_autoptr(json_t) told = sm_desk_project_event(f->desk, viewers[i].who, event, record->seq, record->at);
        g_autoptr(json_t) shared = sm_desk_project_shared(f->desk, viewers[i].who);
        const json_t *agents = json_object_get(shared, "agents"), *exam = NULL;
        for (size_t k = 0; k < json_array_size(agents); k++) {
            const json_t *agent = json_array_get(agents, k);
            if (g_str_equal(sm_json_str(agent, "id", ""), "login-tim")) {
                exam = json_object_get(agent, "exam");
                g_assert_cmpstr(sm_json_str(agent, "step", ""), ==, "exam");
            }
        }
        g_assert_nonnull(exam);
        const json_t *both[] = {told, exam};
        for (guint k = 0; k < G_N_ELEMENTS(both); k++) {
            g_assert_cmpstr(sm_json_str(both[k], "exam", ""), ==, "first-weeks");
            g_assert_cmpint(sm_json_int(both[k], "permille", -1), ==, viewers[i].sees ? 910 : 0);
            g_assert_cmpstr(sm_json_str(both[k], "seal", "-"), ==, viewers[i].sees ? "5ea1" : "");
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ladder/points", points);
    g_test_add_func("/ladder/hand-in", hand_in);
    g_test_add_func("/ladder/refused", refused);
    g_test_add_func("/ladder/steps", steps);
    g_test_add_func("/ladder/by-hand", by_hand);
    g_test_add_func("/ladder/shown", shown);
    return g_test_run();
}
