/* SPDX-License-Identifier: MIT */
/* Several people in one conversation: who is invited sees it from then on, who is asked for advice does not speak to the
 * customer, and who is asked to take it says yes or no while the clock of its owner runs on. */
#include <string.h>

#include "desk_fixture.h"
#include "seatmux/base/limits.h"

#define CMD(what, who, ...) ((SmCommand){.type = SM_COMMAND_##what, .actor = who, .seen = -1, __VA_ARGS__})

typedef struct {
    Fixture *f;
    char *id, *contact;
    const SmConversation *c;
} Chat;

static Chat chat_new(guint64 seed)
{
    Chat chat = {.f = fixture_new(seed, 0)};

    start(chat.f, "web", "hello", &chat.id, &chat.contact);
    claim(chat.f, "login-mia", chat.id);
    chat.c = conv(chat.f, chat.id);
    return chat;
}

static void chat_free(Chat *chat)
{
    fixture_free(chat->f);
    g_free(chat->id);
    g_free(chat->contact);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Chat, chat_free)

static gboolean sees(const Chat *chat, const char *agent)
{
    return sm_desk_sees(chat->f->desk, staff(agent), chat->c, 0);
}

static SmRecord *invite(const Chat *chat, const char *agent, gboolean consult)
{
    return must(chat->f, CMD(INVITE, staff("login-mia"), .conversation = chat->id, .agent = agent, .consult = consult));
}

static void access_from_then_on(void)
{
    g_auto(Chat) chat = chat_new(1);
    Fixture *f = chat.f;
    SmRecord *before = say(f, customer(chat.contact), chat.id, "before");

    g_assert_false(sees(&chat, "login-ana"));
    invite(&chat, "login-ana", FALSE); /* of another team */
    g_assert_true(sees(&chat, "login-ana"));
    SmRecord *during = say(f, customer(chat.contact), chat.id, "during");
    must(f, CMD(DISMISS, staff("login-mia"), .conversation = chat.id, .agent = "login-ana"));
    g_assert_false(sees(&chat, "login-ana"));
    SmRecord *after = say(f, customer(chat.contact), chat.id, "after");
    g_assert_false(sm_desk_visible(f->desk, staff("login-ana"), before->events->pdata[0], before->seq));
    g_assert_true(sm_desk_visible(f->desk, staff("login-ana"), during->events->pdata[0], during->seq));
    g_assert_false(sm_desk_visible(f->desk, staff("login-ana"), after->events->pdata[0], after->seq));
    must_not(f, CMD(DISMISS, staff("login-mia"), .conversation = chat.id, .agent = "login-ana"), SM_PROBLEM_WRONG_STATE);
}

/* A reply of who was invited answers the customer; the owner's part is covered. */
static void speaks(void)
{
    g_auto(Chat) chat = chat_new(2);
    Fixture *f = chat.f;

    must_not(f, CMD(POST, staff("login-jon"), .conversation = chat.id, .text = "hi"), SM_PROBLEM_NOT_OWNER);
    invite(&chat, "login-jon", FALSE);
    must_not(f, CMD(INVITE, staff("login-mia"), .conversation = chat.id, .agent = "login-jon"), SM_PROBLEM_WRONG_STATE);
    must_not(f, CMD(INVITE, staff("login-mia"), .conversation = chat.id, .agent = "login-mia"), SM_PROBLEM_WRONG_STATE);
    say(f, staff("login-jon"), chat.id, "I can help");
    const SmTurn *turn = sm_turns_at(chat.c->turns, 0);
    g_assert_cmpint(turn->outcome, ==, SM_OUTCOME_ANSWERED);
    g_assert_cmpstr(turn->author, ==, "login-jon");
    g_assert_cmpint(((SmPart *)turn->parts->pdata[0])->end, ==, SM_PART_COVERED);
    g_assert_cmpstr(chat.c->owner, ==, "login-mia");
    must(f, CMD(DISMISS, staff("login-jon"), .conversation = chat.id));
    g_assert_false(sees(&chat, "login-jon"));
}

static void consults(void)
{
    g_auto(Chat) chat = chat_new(3);
    Fixture *f = chat.f;
    SmRecord *record = invite(&chat, "login-ana", TRUE);

    must_not(f, CMD(POST, staff("login-ana"), .conversation = chat.id, .text = "hi"), SM_PROBLEM_FORBIDDEN);
    must(f, CMD(NOTE, staff("login-ana"), .conversation = chat.id, .text = "ask for the receipt"));
    SmRecord *whisper = must(f, CMD(WHISPER, staff("login-mia"), .conversation = chat.id, .text = "which one?"));
    must(f, CMD(WHISPER, staff("login-ana"), .conversation = chat.id, .text = "the second"));
    g_assert_true(sm_desk_visible(f->desk, staff("login-ana"), whisper->events->pdata[0], whisper->seq));
    g_assert_false(sm_desk_visible(f->desk, customer(chat.contact), record->events->pdata[0], record->seq));
    g_assert_false(sm_desk_visible(f->desk, customer(chat.contact), whisper->events->pdata[0], whisper->seq));
    g_autoptr(json_t) shown = sm_desk_project_conversation(f->desk, customer(chat.contact), chat.c);
    g_assert_null(json_object_get(shown, "participants"));
    invite(&chat, "login-ana", FALSE); /* now to answer as well */
    say(f, staff("login-ana"), chat.id, "hello, Ana here");
}

static void bounded(void)
{
    g_auto(Chat) chat = chat_new(4);
    Fixture *f = chat.f;

    for (int i = 0; i <= SM_MAX_PARTICIPANTS; i++) {
        g_autofree char *name = g_strdup_printf("login-x%d", i);
        g_autoptr(json_t) teams = json_pack("[s]", "sales");
        must(f, CMD(AGENT_SET, admin(), .agent = name, .name = name, .role = SM_ROLE_AGENT, .data = teams));
        must(f, CMD(AVAILABILITY, staff(name), .agent = name, .availability = SM_AVAILABLE_ONLINE));
        SmCommand command = CMD(INVITE, staff("login-mia"), .conversation = chat.id, .agent = name);
        if (i < SM_MAX_PARTICIPANTS) {
            must(f, command);
        } else {
            must_not(f, command, SM_PROBLEM_TOO_LARGE);
        }
    }
    must(f, CMD(RESOLVE, staff("login-mia"), .conversation = chat.id, .reason = "done"));
    g_assert_true(sees(&chat, "login-x0"));
    pass(f, 700000);
    g_assert_false(sees(&chat, "login-x0"));
}

/* --- Handing it on ------------------------------------------------------------------------------- */

static SmCommand hand_on(const Chat *chat)
{
    return CMD(TRANSFER, staff("login-mia"), .conversation = chat->id, .agent = "login-jon", .text = "knows the carrier", .offer = TRUE);
}

static void accepted(void)
{
    g_auto(Chat) chat = chat_new(5);
    Fixture *f = chat.f;
    SmDeadline before = sm_conversation_deadline(chat.c);
    SmRecord *record = must(f, hand_on(&chat));
    g_autofree char *events = names(record);

    g_assert_cmpstr(events, ==, "note.posted transfer.offered");
    g_assert_cmpstr(chat.c->owner, ==, "login-mia");
    g_assert_true(sees(&chat, "login-jon"));
    g_assert_cmpint(sm_conversation_deadline(chat.c).due, ==, before.due); /* the clock is hers, and runs on */
    must_not(f, hand_on(&chat), SM_PROBLEM_WRONG_STATE);
    must_not(f, CMD(ACCEPT, staff("login-bob"), .conversation = chat.id), SM_PROBLEM_FORBIDDEN);
    pass(f, 2000);
    must(f, CMD(ACCEPT, staff("login-jon"), .conversation = chat.id));
    g_assert_cmpstr(chat.c->owner, ==, "login-jon");
    g_assert_null(chat.c->offered_to);
    g_assert_false(sees(&chat, "login-mia"));
    const SmTurn *turn = sm_turns_at(chat.c->turns, 0);
    const SmPart *part = turn->parts->pdata[0];
    g_assert_cmpint(part->end, ==, SM_PART_PASSED_ON);
    g_assert_cmpint(part->cause, ==, SM_CAUSE_TRANSFER);
    g_assert_cmpint(part->ended, ==, f->now);
    g_assert_cmpint(((SmPart *)turn->parts->pdata[1])->assigned, ==, f->now);
}

static void declined(void)
{
    g_auto(Chat) chat = chat_new(6);
    Fixture *f = chat.f;

    must(f, hand_on(&chat));
    must(f, CMD(DECLINE, staff("login-jon"), .conversation = chat.id, .reason = "at lunch"));
    const SmLine *line = chat.c->lines->pdata[chat.c->lines->len - 1];
    g_assert_cmpint(line->event, ==, SM_EVENT_TRANSFER_DECLINED);
    g_assert_cmpstr(line->reason, ==, "at lunch");
    g_assert_cmpint(line->cause, ==, SM_CAUSE_STAFF);
    g_assert_false(sees(&chat, "login-jon"));
    g_assert_cmpstr(chat.c->owner, ==, "login-mia");
    must_not(f, CMD(ACCEPT, staff("login-jon"), .conversation = chat.id), SM_PROBLEM_WRONG_STATE);
    must(f, hand_on(&chat));
    must(f, CMD(DECLINE, staff("login-mia"), .conversation = chat.id)); /* taken back */
    g_assert_null(chat.c->offered_to);
    g_assert_false(sees(&chat, "login-jon"));
}

static void expires(void)
{
    g_auto(Chat) chat = chat_new(7);
    Fixture *f = chat.f;

    must(f, hand_on(&chat));
    invite(&chat, "login-jon", TRUE); /* meanwhile asked for advice: that stays */
    pass(f, 59999);
    g_assert_nonnull(chat.c->offered_to);
    pass(f, 1);
    g_assert_null(chat.c->offered_to);
    const SmLine *line = NULL;
    for (guint i = 0; i < chat.c->lines->len; i++) {
        const SmLine *one = chat.c->lines->pdata[i];
        line = one->event == SM_EVENT_TRANSFER_DECLINED ? one : line;
    }
    g_assert_nonnull(line);
    g_assert_cmpint(line->cause, ==, SM_CAUSE_DUE);
    g_assert_true(sees(&chat, "login-jon"));
    must(f, hand_on(&chat));
    must(f, CMD(TAKE_OVER, staff("login-sue"), .conversation = chat.id)); /* another takes it: the offer is over */
    g_assert_null(chat.c->offered_to);
}

static void by_policy(void)
{
    g_auto(Chat) chat = chat_new(8);
    Fixture *f = chat.f;
    static const char YAML[] = "transfers: {accept_within: 10s}\nteams: [{id: support}, {id: sales}, {id: vip}]\n"
                               "inboxes: [{id: web, team: support}]\n";
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmPolicy) policy = sm_policy_parse("desk.yaml", YAML, strlen(YAML), findings);
    g_autoptr(json_t) data = sm_policy_encode(policy);
    SmCommand plain = CMD(TRANSFER, staff("login-mia"), .conversation = chat.id, .agent = "login-jon");

    must(f, CMD(POLICY_SET, admin(), .data = data));
    must(f, plain);
    g_assert_cmpstr(chat.c->offered_to, ==, "login-jon");
    g_assert_cmpint(chat.c->offer_until, ==, f->now + 10000);
    plain.actor = staff("login-sue"); /* who leads gives */
    must(f, plain);
    g_assert_cmpstr(chat.c->owner, ==, "login-jon");
    must(f, CMD(TRANSFER, staff("login-jon"), .conversation = chat.id, .team = "sales")); /* a team: its queue, as before */
    g_assert_cmpint(chat.c->state, ==, SM_STATE_QUEUED);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/people/access-from-then-on", access_from_then_on);
    g_test_add_func("/people/speaks", speaks);
    g_test_add_func("/people/consults", consults);
    g_test_add_func("/people/bounded", bounded);
    g_test_add_func("/people/accepted", accepted);
    g_test_add_func("/people/declined", declined);
    g_test_add_func("/people/expires", expires);
    g_test_add_func("/people/by-policy", by_policy);
    return g_test_run();
}
