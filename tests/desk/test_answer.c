/* SPDX-License-Identifier: MIT */
/* Automatic first answers: when each falls due, once in a round, and that none of them stops a clock. */
#include <string.h>

#include "desk_fixture.h"
#include "seatmux/desk/answers.h"

#define CMD(what, who, ...) ((SmCommand){.type = SM_COMMAND_##what, .actor = who, .seen = -1, __VA_ARGS__})

static const char RULES[] =
    "[{'id':'nobody','when':'nobody','text':'nobody is here','team':'support'},"
    " {'id':'wait','when':'silence','after':60000,'text':'one moment'},"
    " {'id':'bill','when':'keyword','words':['invoice','\xe5\x8f\x91\xe7\xa5\xa8'],'text':'see your orders'}]";

static SmPolicy *policy_with(Fixture *f, const char *rules)
{
    g_autofree char *text = g_strdelimit(g_strdup(rules), "'", '"');
    g_autoptr(json_t) json = sm_policy_encode(sm_desk_policy(f->desk));
    g_autoptr(GError) error = NULL;

    json_object_set_new(json, "answers", sm_json_parse(text, strlen(text), 100000, &error));
    g_assert_no_error(error);
    SmPolicy *policy = sm_policy_decode(json, &error);
    g_assert_no_error(error);
    return policy;
}

static void put_in_force(Fixture *f, const char *rules)
{
    g_autoptr(SmPolicy) policy = policy_with(f, rules);
    g_autoptr(json_t) json = sm_policy_encode(policy);

    must(f, CMD(POLICY_SET, admin(), .data = json));
}

/* Rules that spoke in the conversation, with blanks between. */
static char *spoke(Fixture *f, const char *id)
{
    const SmConversation *c = conv(f, id);
    GString *all = g_string_new(NULL);

    for (guint i = 0; i < c->lines->len; i++) {
        const SmLine *line = c->lines->pdata[i];
        if (line->message_kind == SM_MESSAGE_AUTO_REPLY) {
            g_assert_cmpint(line->author, ==, SM_AUTHOR_SYSTEM);
            g_assert_cmpint(line->n, ==, 0);
            g_string_append_printf(all, "%s%s", all->len > 0 ? " " : "", line->name);
        }
    }
    return g_string_free(all, FALSE);
}

static void assert_spoke(Fixture *f, const char *id, const char *expected)
{
    g_autofree char *got = spoke(f, id);
    g_assert_cmpstr(got, ==, expected);
}

static void silence(void)
{
    g_autoptr(Fixture) f = fixture_new(1, 0);
    g_autofree char *id = NULL, *contact = NULL;

    put_in_force(f, RULES);
    start(f, "web", "hello", &id, &contact);
    int64_t asked = f->now;
    claim(f, "login-mia", id);
    SmDeadline before = sm_conversation_deadline(conv(f, id));
    pass(f, 59000);
    assert_spoke(f, id, "");
    pass(f, 2000);
    assert_spoke(f, id, "wait");
    SmDeadline after = sm_conversation_deadline(conv(f, id));
    g_assert_cmpint(after.due, ==, before.due); /* it stops no clock */
    g_assert_nonnull(sm_turns_open(conv(f, id)->turns));
    say(f, customer(contact), id, "still there?");
    pass(f, 300000);
    assert_spoke(f, id, "wait"); /* once */
    say(f, staff("login-mia"), id, "here I am");
    g_assert_cmpint(sm_turns_at(conv(f, id)->turns, 0)->response, ==, f->now - asked);
    must(f, CMD(RESOLVE, staff("login-mia"), .conversation = id));
    say(f, customer(contact), id, "one more thing");
    pass(f, 61000);
    assert_spoke(f, id, "wait wait"); /* another round */
}

static void answered_in_time(void)
{
    g_autoptr(Fixture) f = fixture_new(2, 0);
    g_autofree char *id = NULL;

    put_in_force(f, RULES);
    start(f, "web", "hello", &id, NULL);
    claim(f, "login-mia", id);
    say(f, staff("login-mia"), id, "here");
    pass(f, 300000);
    assert_spoke(f, id, "");
}

static void words_and_nobody(void)
{
    g_autoptr(Fixture) f = fixture_new(3, 0);
    g_autofree char *a = NULL, *b = NULL, *c = NULL;
    static const char *const people[] = {"login-mia", "login-jon", "login-bob", "login-sue", "login-tim"};

    put_in_force(f, RULES);
    start(f, "web", "Where is my INVOICE please", &a, NULL);
    tick(f);
    assert_spoke(f, a, "bill");
    for (guint i = 0; i < G_N_ELEMENTS(people); i++) {
        must(f, CMD(AVAILABILITY, staff(people[i]), .agent = people[i], .availability = SM_AVAILABLE_AWAY));
    }
    start(f, "web", "\xe5\x8f\x91\xe7\xa5\xa8\xe5\x91\xa2", &b, NULL);
    tick(f);
    tick(f);
    assert_spoke(f, b, "nobody bill");
    start(f, "shop", "anybody?", &c, NULL); /* another team's: somebody is there, and the rule is not for it */
    tick(f);
    assert_spoke(f, c, "");
}

static void outside_hours(void)
{
    g_autoptr(Fixture) f = fixture_new(4, 0);
    g_autofree char *id = NULL;
    g_autoptr(SmFindings) findings = sm_findings_new();
    static const char yaml[] = "teams: [{id: support, hours: {zone: UTC, week: {daily: \"00:00-00:01\"}}}]\ninboxes: [{id: web, team: support}]\n"
                               "answers: [{id: closed, when: closed, text: we are closed}]\n";
    g_autoptr(SmPolicy) policy = sm_policy_parse("desk.yaml", yaml, strlen(yaml), findings);

    g_assert_nonnull(policy);
    g_autoptr(json_t) whole = sm_policy_encode(policy);
    must(f, CMD(POLICY_SET, admin(), .data = whole));
    start(f, "web", "hello", &id, NULL);
    tick(f);
    assert_spoke(f, id, "closed");
}

static void rules_are_checked(void)
{
    static const struct {
        const char *rule, *words;
    } wrong[] = {{"{id: a, when: never, text: x}", "no occasion"}, {"{id: a, when: silence, text: x}", "'after'"},
                 {"{id: a, when: closed, after: 3s, text: x}", "'after'"}, {"{id: a, when: keyword, text: x}", "'words'"},
                 {"{id: a, when: closed, text: x, team: none}", "team"}, {"{id: a, when: closed}", "text"},
                 {"{id: a, when: closed, text: x}, {id: a, when: nobody, text: y}", "twice"}};

    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(SmFindings) findings = sm_findings_new();
        g_autofree char *text = g_strdup_printf("teams: [{id: t}]\ninboxes: [{id: w, team: t}]\nanswers: [%s]\n", wrong[i].rule);
        g_assert_null(sm_policy_parse("desk.yaml", text, strlen(text), findings));
        const SmFinding *first = sm_findings_at(findings, 0);
        if (first->line != 3 || !strstr(first->text, wrong[i].words)) {
            g_error("%s: %d: %s", wrong[i].rule, first->line, first->text);
        }
    }
}

static void note(const SmConversation *c, const SmAnswerRule *rule, int64_t at, const char *question, void *user)
{
    g_string_append_printf(user, "%s@%d:%s ", rule->id, (int)(at - T0), question);
}

/* What rules would have said, by a log that never had them. */
static void tried(void)
{
    g_autoptr(Fixture) f = fixture_new(5, 0);
    g_autofree char *a = NULL, *b = NULL;
    g_autoptr(GString) all = g_string_new(NULL);

    start(f, "web", "hello", &a, NULL);
    claim(f, "login-mia", a);
    pass(f, 90000);
    say(f, staff("login-mia"), a, "sorry for the wait");
    start(f, "web", "my invoice", &b, NULL);
    claim(f, "login-jon", b);
    say(f, staff("login-jon"), b, "here it is");
    pass(f, 500000);
    g_autoptr(SmPolicy) policy = policy_with(f, RULES);
    g_autoptr(SmAnswerTrial) trial = sm_answer_trial_new(policy, note, all);
    for (guint i = 0; i < f->records->len; i++) {
        g_assert_true(sm_answer_trial_record(trial, f->records->pdata[i], NULL));
    }
    g_assert_true(sm_answer_trial_record(trial, NULL, NULL));
    g_assert_cmpstr(all->str, ==, "wait@60000:hello ");
    assert_spoke(f, a, "");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/desk/answer/silence", silence);
    g_test_add_func("/desk/answer/answered-in-time", answered_in_time);
    g_test_add_func("/desk/answer/words-and-nobody", words_and_nobody);
    g_test_add_func("/desk/answer/outside-hours", outside_hours);
    g_test_add_func("/desk/answer/rules-are-checked", rules_are_checked);
    g_test_add_func("/desk/answer/tried", tried);
    return g_test_run();
}
