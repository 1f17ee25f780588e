/* SPDX-License-Identifier: MIT */
/* Messages left while nobody was there: no clock, apart from the queue, until the answer has reached its customer. */
#include <string.h>

#include "desk_fixture.h"
#include "seatmux/desk/figures.h"

#define DAY_MS INT64_C(86400000)

static void all_go(Fixture *f, SmAvailability to)
{
    static const char *const people[] = {"login-mia", "login-jon", "login-bob", "login-sue", "login-tim"};

    for (guint i = 0; i < G_N_ELEMENTS(people); i++) {
        must(f, (SmCommand){.type = SM_COMMAND_AVAILABILITY,
                            .actor = staff(people[i]),
                            .agent = people[i],
                            .availability = to});
    }
}

static char *leave(Fixture *f, char **contact)
{
    SmRecord *record = must(f, (SmCommand){.type = SM_COMMAND_START,
                                           .actor = customer(NULL),
                                           .inbox = "web",
                                           .text = "call me",
                                           .offline = TRUE,
                                           .reach = "ann@example.org"});
    const SmEvent *started = event_of(record, SM_EVENT_CONVERSATION_STARTED);

    if (contact) {
        *contact = g_strdup(started->contact);
    }
    return g_strdup(started->conversation);
}

static void waits_without_a_clock(void)
{
    g_autoptr(Fixture) f = fixture_new(1, 0);

    all_go(f, SM_AVAILABLE_OFFLINE);
    g_autofree char *id = leave(f, NULL);
    const SmConversation *c = conv(f, id);
    g_assert_true(c->offline && c->state == SM_STATE_QUEUED);
    g_assert_cmpstr(c->reach, ==, "ann@example.org");
    g_assert_cmpint(sm_conversation_deadline(c).kind, ==, SM_CLOCK_NONE);
    g_assert_cmpint(sm_desk_next_due(f->desk), ==, INT64_MAX);
    must_not(f, (SmCommand){.type = SM_COMMAND_GONE, .actor = the_desk(), .conversation = id, .since = f->now - 100000},
             SM_PROBLEM_NOT_QUEUED);
    g_assert_cmpuint(sm_desk_rows(f->desk, staff("login-mia"))->len, ==, 0);
    g_assert_false(sm_desk_has_rows(f->desk, staff("login-mia")));
    g_assert_cmpuint(sm_desk_left_rows(f->desk, staff("login-mia"))->len, ==, 1);
    g_assert_cmpuint(sm_desk_left_rows(f->desk, staff("login-ana"))->len, ==, 0); /* another team's */
    all_go(f, SM_AVAILABLE_ONLINE);
    must_not(f, (SmCommand){.type = SM_COMMAND_CLAIM_NEXT, .actor = staff("login-mia")}, SM_PROBLEM_QUEUE_EMPTY);
}

/* Somebody is there after all: the customer waits like everybody else. */
static void only_if_nobody_is_there(void)
{
    g_autoptr(Fixture) f = fixture_new(2, 0);
    g_autofree char *id = leave(f, NULL);

    g_assert_false(conv(f, id)->offline);
    g_assert_cmpint(sm_conversation_deadline(conv(f, id)).kind, ==, SM_CLOCK_QUEUE);
}

static void answer_waits_for_its_customer(void)
{
    g_autoptr(Fixture) f = fixture_new(3, 0);

    all_go(f, SM_AVAILABLE_OFFLINE);
    g_autofree char *contact = NULL;
    g_autofree char *id = leave(f, &contact);
    pass(f, 8 * 3600000);
    all_go(f, SM_AVAILABLE_ONLINE);
    claim(f, "login-mia", id);
    g_assert_true(conv(f, id)->offline);
    g_assert_cmpint(sm_conversation_deadline(conv(f, id)).kind, ==, SM_CLOCK_NONE);
    SmCommand seen = {.type = SM_COMMAND_SEEN, .actor = the_desk(), .conversation = id};
    must_not(f, seen, SM_PROBLEM_WRONG_STATE);
    say(f, staff("login-mia"), id, "here I am");
    g_assert_true(!conv(f, id)->offline && conv(f, id)->unseen);
    must(f, (SmCommand){.type = SM_COMMAND_RESOLVE, .actor = staff("login-mia"), .conversation = id});
    pass(f, 3 * DAY_MS);
    g_assert_nonnull(sm_desk_contact_conversation(f->desk, contact));
    must_not(f, (SmCommand){.type = SM_COMMAND_SEEN, .actor = staff("login-mia"), .conversation = id}, SM_PROBLEM_FORBIDDEN);
    must(f, seen);
    must_not(f, seen, SM_PROBLEM_WRONG_STATE);
    pass(f, 599000);
    g_assert_nonnull(sm_desk_contact_conversation(f->desk, contact));
    pass(f, 2000);
    g_assert_null(sm_desk_contact_conversation(f->desk, contact));
}

static void not_for_ever(void)
{
    g_autoptr(Fixture) f = fixture_new(4, 0);

    all_go(f, SM_AVAILABLE_OFFLINE);
    g_autofree char *contact = NULL;
    g_autofree char *id = leave(f, &contact);
    all_go(f, SM_AVAILABLE_ONLINE);
    claim(f, "login-mia", id);
    say(f, staff("login-mia"), id, "here I am");
    must(f, (SmCommand){.type = SM_COMMAND_RESOLVE, .actor = staff("login-mia"), .conversation = id});
    pass(f, 14 * DAY_MS - 1000);
    g_assert_nonnull(sm_desk_contact_conversation(f->desk, contact));
    pass(f, 2000);
    g_assert_null(sm_desk_contact_conversation(f->desk, contact));
}

/* Back, and somebody is there: in the queue, with a clock. After the end with nobody there: left once more. */
static void comes_alive_and_is_left_again(void)
{
    g_autoptr(Fixture) f = fixture_new(5, 0);

    all_go(f, SM_AVAILABLE_OFFLINE);
    g_autofree char *contact = NULL;
    g_autofree char *id = leave(f, &contact);
    say(f, customer(contact), id, "and another thing");
    g_assert_true(conv(f, id)->offline);
    all_go(f, SM_AVAILABLE_ONLINE);
    g_autofree char *told = names(say(f, customer(contact), id, "anybody?"));
    g_assert_cmpstr(told, ==, "conversation.queued message.posted");
    g_assert_false(conv(f, id)->offline);
    g_assert_cmpint(sm_conversation_deadline(conv(f, id)).due, ==, f->now + 40000);
    claim(f, "login-mia", id);
    must(f, (SmCommand){.type = SM_COMMAND_RESOLVE, .actor = staff("login-mia"), .conversation = id});
    all_go(f, SM_AVAILABLE_OFFLINE);
    SmRecord *record = must(f, (SmCommand){.type = SM_COMMAND_POST,
                                           .actor = customer(contact),
                                           .conversation = id,
                                           .text = "still there?",
                                           .offline = TRUE});
    g_autofree char *again = names(record);
    g_assert_cmpstr(again, ==, "conversation.reopened offline.left message.posted");
    g_assert_true(conv(f, id)->offline);
}

static int64_t n_of(const SmFigures *figures, SmFigure figure)
{
    return sm_figures_value(figures, figure, SM_SCOPE_DESK, NULL).n;
}

static void counted_apart(void)
{
    g_autoptr(Fixture) f = fixture_new(6, 0);

    all_go(f, SM_AVAILABLE_OFFLINE);
    g_autofree char *answered = leave(f, NULL), *closed = leave(f, NULL), *open = leave(f, NULL);
    int64_t left_at = f->now;
    pass(f, 3600000);
    all_go(f, SM_AVAILABLE_ONLINE);
    claim(f, "login-mia", answered);
    say(f, staff("login-mia"), answered, "here I am");
    int64_t answered_at = f->now;
    claim(f, "login-jon", open);
    must(f, (SmCommand){.type = SM_COMMAND_RELEASE, .actor = staff("login-jon"), .conversation = open});
    claim(f, "login-jon", closed);
    must(f, (SmCommand){.type = SM_COMMAND_RESOLVE, .actor = staff("login-jon"), .conversation = closed});
    must(f, (SmCommand){.type = SM_COMMAND_RESOLVE, .actor = staff("login-mia"), .conversation = answered});
    g_assert_true(conv(f, open)->offline);
    g_autoptr(SmFigures) figures = sm_figures_new(0, INT64_MAX, f->now);
    g_autoptr(SmDesk) desk = sm_desk_new(1);
    for (guint i = 0; i < f->records->len; i++) {
        g_assert_true(sm_figures_fold(figures, desk, f->records->pdata[i], NULL));
    }
    sm_figures_end(figures, desk);
    g_assert_cmpint(n_of(figures, SM_FIGURE_OFFLINE), ==, 3);
    g_assert_cmpint(n_of(figures, SM_FIGURE_OFFLINE_OPEN), ==, 1);
    SmFigureValue answer = sm_figures_value(figures, SM_FIGURE_OFFLINE_ANSWER, SM_SCOPE_AGENT, "login-mia");
    g_assert_cmpint(answer.n, ==, 1);
    g_assert_cmpint(answer.median, ==, answered_at - left_at);
    static const SmFigure not_in[] = {SM_FIGURE_TURNS,     SM_FIGURE_QUEUE_WAIT, SM_FIGURE_ABANDONED,
                                      SM_FIGURE_RESPONSE,  SM_FIGURE_RESOLUTION, SM_FIGURE_QUESTION_ANSWER,
                                      SM_FIGURE_DROPPED,   SM_FIGURE_MISSED,     SM_FIGURE_RESPONSE_RATE};
    for (guint i = 0; i < G_N_ELEMENTS(not_in); i++) {
        g_assert_cmpint(n_of(figures, not_in[i]), ==, 0);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/desk/left/waits-without-a-clock", waits_without_a_clock);
    g_test_add_func("/desk/left/only-if-nobody-is-there", only_if_nobody_is_there);
    g_test_add_func("/desk/left/answer-waits-for-its-customer", answer_waits_for_its_customer);
    g_test_add_func("/desk/left/not-for-ever", not_for_ever);
    g_test_add_func("/desk/left/comes-alive-and-is-left-again", comes_alive_and_is_left_again);
    g_test_add_func("/desk/left/counted-apart", counted_apart);
    return g_test_run();
}
