/* SPDX-License-Identifier: MIT */
/* One answer to many, at a pace; and the standing first answer of an incident. Neither is an answer by a person. */
#include <string.h>

#include "desk_fixture.h"
#include "seatmux/desk/figures.h"
#include "seatmux/desk/notice.h"

#define CMD(what, who, ...) ((SmCommand){.type = SM_COMMAND_##what, .actor = who, .seen = -1, __VA_ARGS__})

static const SmLine *last_line(Fixture *f, const char *id)
{
    const GPtrArray *lines = conv(f, id)->lines;
    return lines->len > 0 ? lines->pdata[lines->len - 1] : NULL;
}

static guint lines_of(Fixture *f, const char *id, SmMessageKind kind)
{
    const GPtrArray *lines = conv(f, id)->lines;
    guint n = 0;

    for (guint i = 0; i < lines->len; i++) {
        const SmLine *line = lines->pdata[i];
        n += line->kind == SM_LINE_MESSAGE && line->message_kind == kind;
    }
    return n;
}

static const SmBroadcast *only(Fixture *f)
{
    const GPtrArray *all = sm_desk_broadcasts(f->desk);
    return all->len > 0 ? all->pdata[all->len - 1] : NULL;
}

/* --- Broadcasts --------------------------------------------------------------------------------
 */

/* Each chosen chat gets it once, at the pace; the turn's clock runs on and no figure counts it. */
static void at_a_pace(void)
{
    g_autoptr(Fixture) f = fixture_new(3, 0);
    char *ids[6];

    for (int i = 0; i < 6; i++) {
        start(f, "web", "is it down?", &ids[i], NULL);
    }
    claim(f, "login-mia", ids[0]);
    SmDeadline before = sm_conversation_deadline(conv(f, ids[0]));
    int64_t version = conv(f, ids[0])->version;
    SmRecord *record = must(f, CMD(BROADCAST, staff("login-sue"), .text = "We are on it.", .filter = "team:support", .pace = 30));
    const SmEvent *started = event_of(record, SM_EVENT_BROADCAST_STARTED);
    g_assert_cmpuint(json_array_size(started->data), ==, 6);
    g_assert_cmpstr(started->by, ==, "login-sue");
    int64_t began = f->now;
    for (guint sent = 1; sent <= 6; sent++) {
        pass(f, sent == 1 ? 0 : 1999);
        tick(f);
        g_assert_cmpuint(only(f)->sent, ==, sent == 1 ? 1 : sent - 1);
        pass(f, sent == 1 ? 0 : 1);
        tick(f);
        g_assert_cmpuint(only(f)->sent, ==, sent);
    }
    g_assert_cmpint(f->now - began, ==, 10000);
    g_assert_cmpint(only(f)->state, ==, SM_BROADCAST_DONE);
    for (int i = 0; i < 6; i++) {
        g_assert_cmpuint(lines_of(f, ids[i], SM_MESSAGE_BROADCAST), ==, 1);
    }
    const SmLine *line = NULL;
    for (guint i = 0; i < conv(f, ids[0])->lines->len; i++) {
        const SmLine *one = conv(f, ids[0])->lines->pdata[i];
        line = one->message_kind == SM_MESSAGE_BROADCAST ? one : line;
    }
    g_assert_cmpint(line->author, ==, SM_AUTHOR_SYSTEM);
    g_assert_cmpstr(line->by, ==, "login-sue");
    g_assert_cmpstr(line->text, ==, "We are on it.");
    SmDeadline after = sm_conversation_deadline(conv(f, ids[0]));
    g_assert_cmpint(after.due, ==, before.due);
    g_assert_nonnull(sm_turns_open(conv(f, ids[0])->turns));
    g_assert_cmpint(conv(f, ids[0])->version, ==, version);
    g_autoptr(SmFigures) figures = sm_figures_new(0, f->now + 1, f->now);
    sm_figures_add(figures, ids[0], conv(f, ids[0])->turns);
    g_assert_cmpint(sm_figures_value(figures, SM_FIGURE_FIRST_RESPONSE, SM_SCOPE_DESK, NULL).n, ==, 0);
    g_assert_cmpint(sm_figures_value(figures, SM_FIGURE_QUESTION_ANSWER, SM_SCOPE_DESK, NULL).answers, ==, 0);
    for (int i = 0; i < 6; i++) {
        g_free(ids[i]);
    }
}

static const char *why(const json_t *plan, const char *id)
{
    size_t i;
    json_t *row;

    json_array_foreach(json_object_get(plan, "left_out"), i, row)
    {
        if (g_strcmp0(sm_json_str(row, "conversation", NULL), id) == 0) {
            return sm_json_str(row, "why", NULL);
        }
    }
    return NULL;
}

/* Who is left out is said before, and asked again at each one's turn. */
static void left_out(void)
{
    g_autoptr(Fixture) f = fixture_new(4, 0);
    g_autofree char *ours = NULL, *theirs = NULL, *ended = NULL, *gone = NULL, *later = NULL, *who = NULL;

    start(f, "web", "hello", &ours, NULL);
    start(f, "shop", "hello", &theirs, NULL);
    start(f, "web", "hello", &ended, NULL);
    start(f, "web", "hello", &gone, &who);
    start(f, "web", "hello", &later, NULL);
    claim(f, "login-mia", ended);
    must(f, CMD(RESOLVE, staff("login-mia"), .conversation = ended));
    must(f, CMD(LEAVE, customer(who), .conversation = gone));
    g_autoptr(json_t) list = json_pack("[s,s,s,s,s,s,s]", ours, theirs, ended, gone, later, ours, "nonsense");
    g_autoptr(json_t) plan = sm_desk_plan_broadcast(f->desk, staff("login-sue"), list, NULL, f->now, NULL);
    g_assert_cmpint(sm_json_int(plan, "count", 0), ==, 2);
    g_assert_cmpstr(why(plan, ended), ==, "has ended");
    g_assert_cmpstr(why(plan, gone), ==, "the customer has gone");
    g_assert_cmpstr(why(plan, theirs), ==, "is no chat of your teams");
    g_assert_cmpstr(why(plan, "nonsense"), ==, "is no chat of your teams");
    must(f, CMD(BROADCAST, staff("login-sue"), .text = "hold on", .data = list, .pace = 60));
    claim(f, "login-mia", later);
    must(f, CMD(RESOLVE, staff("login-mia"), .conversation = later));
    pass(f, 5000);
    tick(f);
    g_assert_cmpint(only(f)->state, ==, SM_BROADCAST_DONE);
    g_assert_cmpuint(only(f)->sent, ==, 1);
    g_assert_cmpuint(only(f)->total, ==, 2);
    g_assert_cmpuint(lines_of(f, ours, SM_MESSAGE_BROADCAST), ==, 1);
    g_assert_cmpuint(lines_of(f, later, SM_MESSAGE_BROADCAST), ==, 0);
    g_autoptr(json_t) none = json_pack("[s]", ended);
    must_not(f, CMD(BROADCAST, staff("login-sue"), .text = "hold on", .data = none), SM_PROBLEM_WRONG_STATE);
    g_assert_nonnull(why(f->refusal->data, ended));
}

static void stopped(void)
{
    g_autoptr(Fixture) f = fixture_new(5, 0);
    g_autofree char *id = NULL;

    for (int i = 0; i < 3; i++) {
        start(f, "web", "hello", NULL, NULL);
    }
    must(f, CMD(BROADCAST, staff("login-sue"), .text = "hold on", .filter = "", .pace = 1));
    tick(f);
    id = g_strdup(only(f)->id);
    must(f, CMD(BROADCAST_STOP, staff("login-sue"), .notice = id, .reason = "wrong words"));
    pass(f, 200000);
    g_assert_cmpint(only(f)->state, ==, SM_BROADCAST_STOPPED);
    g_assert_cmpuint(only(f)->sent, ==, 1);
    must_not(f, CMD(BROADCAST_STOP, staff("login-sue"), .notice = id), SM_PROBLEM_WRONG_STATE);
    must_not(f, CMD(BROADCAST_STOP, staff("login-sue"), .notice = "b0"), SM_PROBLEM_NOT_FOUND);
}

/* The desk was away for an hour: it goes on where it was and at the pace, and the log read back says the same. */
static void after_a_pause(void)
{
    g_autoptr(Fixture) f = fixture_new(6, 0);

    for (int i = 0; i < 5; i++) {
        start(f, "web", "hello", NULL, NULL);
    }
    must(f, CMD(BROADCAST, staff("login-sue"), .text = "hold on", .filter = "", .pace = 6));
    tick(f);
    f->now += 3600000;
    tick(f);
    g_assert_cmpuint(only(f)->sent, ==, 2);
    g_autoptr(SmDesk) again = sm_desk_new(0);
    for (guint i = 0; i < f->records->len; i++) {
        g_autoptr(SmRecord) record = through_log(f->records->pdata[i]);
        g_assert_true(sm_desk_apply(again, record, NULL));
    }
    g_assert_cmpint(sm_desk_next_due(again), ==, sm_desk_next_due(f->desk));
    g_assert_cmpint(sm_desk_next_due(again), ==, f->now + 10000);
    pass(f, 30000);
    g_assert_cmpuint(only(f)->sent, ==, 5);
    g_assert_cmpint(only(f)->state, ==, SM_BROADCAST_DONE);
}

static void who_may(void)
{
    g_autoptr(Fixture) f = fixture_new(7, 0);
    g_autofree char *contact = NULL;

    start(f, "web", "hello", NULL, &contact);
    must_not(f, CMD(BROADCAST, staff("login-mia"), .text = "x", .filter = ""), SM_PROBLEM_FORBIDDEN);
    must_not(f, CMD(BROADCAST, staff("login-tim"), .text = "x", .filter = ""), SM_PROBLEM_FORBIDDEN);
    must_not(f, CMD(BROADCAST, customer(contact), .text = "x", .filter = ""), SM_PROBLEM_FORBIDDEN);
    must_not(f, CMD(BROADCAST, staff("login-max"), .text = "x", .filter = ""), SM_PROBLEM_WRONG_STATE); /* none of his */
    must_not(f, CMD(BROADCAST, staff("login-sue"), .text = " ", .filter = ""), SM_PROBLEM_INVALID);
    must_not(f, CMD(BROADCAST, staff("login-sue"), .text = "x"), SM_PROBLEM_INVALID);
    must_not(f, CMD(BROADCAST, staff("login-sue"), .text = "x", .filter = "wait>"), SM_PROBLEM_INVALID);
    must_not(f, CMD(BROADCAST, staff("login-sue"), .text = "x", .filter = "event:breach"), SM_PROBLEM_INVALID);
    must_not(f, CMD(BROADCAST, staff("login-sue"), .text = "x", .filter = "", .pace = SM_PACE_MOST + 1), SM_PROBLEM_INVALID);
    must_not(f, CMD(INCIDENT_SET, staff("login-mia"), .text = "x", .team = "support", .until = f->now + 1), SM_PROBLEM_FORBIDDEN);
    must_not(f, CMD(INCIDENT_SET, customer(contact), .text = "x", .until = f->now + 1), SM_PROBLEM_FORBIDDEN);
    must_not(f, CMD(INCIDENT_SET, staff("login-sue"), .text = "x", .team = "sales", .until = f->now + 1), SM_PROBLEM_FORBIDDEN);
    must_not(f, CMD(INCIDENT_SET, staff("login-sue"), .text = "x", .until = f->now + 1), SM_PROBLEM_FORBIDDEN);
    must_not(f, CMD(INCIDENT_SET, staff("login-sue"), .text = "x", .team = "none", .until = f->now + 1), SM_PROBLEM_INVALID);
    must_not(f, CMD(INCIDENT_SET, staff("login-sue"), .text = "x", .team = "support", .until = f->now), SM_PROBLEM_INVALID);
    must_not(f, CMD(INCIDENT_SET, staff("login-sue"), .text = "x", .team = "support", .inbox = "web", .until = f->now + 1),
             SM_PROBLEM_INVALID);
}

/* --- Incidents ---------------------------------------------------------------------------------
 */

/* Once to each conversation that begins or writes while it stands; not to others, not twice, not afterwards. */
static void stands(void)
{
    g_autoptr(Fixture) f = fixture_new(8, 0);
    g_autofree char *before = NULL, *silent = NULL, *during = NULL, *other = NULL, *after = NULL, *contact = NULL;

    start(f, "web", "hello", &before, &contact);
    start(f, "web", "hello", &silent, NULL);
    must(f, CMD(INCIDENT_SET, staff("login-sue"), .text = "Payment is down.", .team = "support", .until = f->now + 60000));
    start(f, "web", "cannot pay", &during, NULL);
    start(f, "shop", "hello", &other, NULL);
    g_assert_cmpuint(lines_of(f, during, SM_MESSAGE_INCIDENT), ==, 1);
    g_assert_cmpstr(last_line(f, during)->text, ==, "Payment is down.");
    g_assert_cmpint(last_line(f, during)->author, ==, SM_AUTHOR_SYSTEM);
    g_assert_nonnull(sm_turns_open(conv(f, during)->turns)); /* it answers nobody */
    say(f, customer(contact), before, "still there?");
    g_assert_cmpuint(lines_of(f, before, SM_MESSAGE_INCIDENT), ==, 1);
    say(f, customer(contact), before, "??");
    g_assert_cmpuint(lines_of(f, before, SM_MESSAGE_INCIDENT), ==, 1);
    g_assert_cmpuint(lines_of(f, silent, SM_MESSAGE_INCIDENT), ==, 0);
    g_assert_cmpuint(lines_of(f, other, SM_MESSAGE_INCIDENT), ==, 0);
    g_assert_cmpuint(sm_desk_incidents(f->desk)->len, ==, 1);
    f->now += 60000;
    start(f, "web", "hello", &after, NULL); /* before the tick that clears it */
    g_assert_cmpuint(lines_of(f, after, SM_MESSAGE_INCIDENT), ==, 0);
    tick(f);
    g_assert_cmpuint(sm_desk_incidents(f->desk)->len, ==, 0);
    g_assert_cmpint(event_of(f->records->pdata[f->records->len - 1], SM_EVENT_INCIDENT_CLEARED)->cause, ==, SM_CAUSE_DUE);
}

static void replaced_and_cleared(void)
{
    g_autoptr(Fixture) f = fixture_new(9, 0);
    g_autofree char *id = NULL, *one = NULL;

    must(f, CMD(INCIDENT_SET, admin(), .text = "Everything is down.", .until = f->now + 600000));
    must(f, CMD(INCIDENT_SET, staff("login-sue"), .text = "Payment is down.", .inbox = "web", .until = f->now + 600000));
    SmRecord *record = must(f, CMD(INCIDENT_SET, staff("login-sue"), .text = "Back at noon.", .inbox = "web", .until = f->now + 60000));
    g_assert_nonnull(event_of(record, SM_EVENT_INCIDENT_CLEARED));
    g_assert_cmpuint(sm_desk_incidents(f->desk)->len, ==, 2);
    id = g_strdup(event_of(record, SM_EVENT_INCIDENT_SET)->notice);
    start(f, "web", "hello", &one, NULL);
    g_assert_cmpuint(lines_of(f, one, SM_MESSAGE_INCIDENT), ==, 2);
    g_assert_cmpstr(last_line(f, one)->text, ==, "Back at noon.");
    const SmIncident *all = sm_desk_incidents(f->desk)->pdata[0];
    must_not(f, CMD(INCIDENT_CLEAR, staff("login-sue"), .notice = all->id), SM_PROBLEM_FORBIDDEN); /* the whole desk's */
    must_not(f, CMD(INCIDENT_CLEAR, staff("login-mia"), .notice = id), SM_PROBLEM_FORBIDDEN);
    must(f, CMD(INCIDENT_CLEAR, staff("login-sue"), .notice = id));
    must_not(f, CMD(INCIDENT_CLEAR, staff("login-sue"), .notice = id), SM_PROBLEM_NOT_FOUND);
    g_assert_cmpuint(sm_desk_incidents(f->desk)->len, ==, 1);
}

/* The customer sees what it is, and nothing of who asked for it. */
static void what_a_customer_sees(void)
{
    g_autoptr(Fixture) f = fixture_new(10, 0);
    g_autofree char *id = NULL, *contact = NULL;

    start(f, "web", "hello", &id, &contact);
    must(f, CMD(BROADCAST, staff("login-sue"), .text = "hold on", .filter = ""));
    tick(f);
    const SmRecord *record = f->records->pdata[f->records->len - 1];
    const SmEvent *event = event_of(record, SM_EVENT_MESSAGE_POSTED);
    g_autoptr(json_t) told = sm_desk_project_event(f->desk, customer(contact), event, record->seq, record->at);
    g_autofree char *text = sm_json_text(told);
    g_assert_nonnull(strstr(text, "\"kind\":\"broadcast\""));
    g_assert_nonnull(strstr(text, "\"author\":\"system\""));
    g_assert_null(strstr(text, "login-sue"));
    g_assert_null(json_object_get(told, "notice"));
    g_assert_null(sm_desk_project_event(f->desk, customer(contact), event_of(record, SM_EVENT_BROADCAST_ADVANCED), record->seq,
                                        record->at));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/desk/notice/broadcast-at-a-pace", at_a_pace);
    g_test_add_func("/desk/notice/broadcast-left-out", left_out);
    g_test_add_func("/desk/notice/broadcast-stopped", stopped);
    g_test_add_func("/desk/notice/broadcast-after-a-pause", after_a_pause);
    g_test_add_func("/desk/notice/who-may", who_may);
    g_test_add_func("/desk/notice/incident-stands", stands);
    g_test_add_func("/desk/notice/incident-replaced-and-cleared", replaced_and_cleared);
    g_test_add_func("/desk/notice/what-a-customer-sees", what_a_customer_sees);
    return g_test_run();
}
