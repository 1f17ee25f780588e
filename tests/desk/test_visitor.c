/* SPDX-License-Identifier: MIT */
/* Visitors of the shop: who may invite, what becomes of an invitation, when a page invites by itself, and what is counted. */
#include <string.h>

#include "desk_fixture.h"
#include "seatmux/base/limits.h"
#include "seatmux/desk/visitor.h"

#define CMD(what, who, ...) ((SmCommand){.type = SM_COMMAND_##what, .actor = who, .seen = -1, __VA_ARGS__})

static const SmEvent *invited(Fixture *f, const char *agent, const char *visit)
{
    return event_of(must(f, CMD(VISITOR_INVITE, staff(agent), .visit = visit, .inbox = "web", .text = "May I help?")), SM_EVENT_VISITOR_INVITED);
}

static void who(void)
{
    g_autoptr(Fixture) f = fixture_new(1, 0);
#define INVITE(by, where) CMD(VISITOR_INVITE, by, .visit = "v1", .inbox = where, .text = "May I help?")

    must_not(f, INVITE(customer("k1"), "web"), SM_PROBLEM_FORBIDDEN);
    must_not(f, INVITE(admin(), "web"), SM_PROBLEM_FORBIDDEN);
    must_not(f, INVITE(staff("login-ana"), "web"), SM_PROBLEM_NOT_FOUND); /* another team */
    must_not(f, INVITE(staff("login-tim"), "web"), SM_PROBLEM_NOT_FOUND); /* a trainee, not for training */
    must_not(f, INVITE(staff("login-mia"), "none"), SM_PROBLEM_NOT_FOUND);
    must_not(f, CMD(VISITOR_INVITE, staff("login-mia"), .visit = "v1", .inbox = "web", .text = " "), SM_PROBLEM_INVALID);
    must(f, INVITE(staff("login-tim"), "school"));
    must_not(f, INVITE(staff("login-mia"), "web"), SM_PROBLEM_WRONG_STATE); /* not two at once */
    must(f, CMD(AVAILABILITY, staff("login-mia"), .agent = "login-mia", .availability = SM_AVAILABLE_AWAY));
    must_not(f, CMD(VISITOR_INVITE, staff("login-mia"), .visit = "v2", .inbox = "web", .text = "x"), SM_PROBLEM_UNAVAILABLE);
    must(f, CMD(AVAILABILITY, staff("login-mia"), .agent = "login-mia", .availability = SM_AVAILABLE_ONLINE));
    for (guint i = 0; i < 3; i++) {
        g_autofree char *id = NULL;
        start(f, "web", "hello", &id, NULL);
        claim(f, "login-mia", id);
    }
    must_not(f, CMD(VISITOR_INVITE, staff("login-mia"), .visit = "v2", .inbox = "web", .text = "x"), SM_PROBLEM_AT_CAPACITY);
}

static void answers(void)
{
    g_autoptr(Fixture) f = fixture_new(1, 0);
    g_autofree char *first = g_strdup(invited(f, "login-mia", "v1")->notice);
    g_autofree char *second = g_strdup(invited(f, "login-mia", "v2")->notice);

    must_not(f, CMD(VISITOR_REFUSE, staff("login-mia"), .notice = first), SM_PROBLEM_FORBIDDEN);
    SmRecord *record = must(f, CMD(VISITOR_REFUSE, the_desk(), .notice = first));
    g_assert_cmpint(event_of(record, SM_EVENT_VISITOR_ANSWERED)->cause, ==, SM_CAUSE_REFUSED);
    must_not(f, CMD(VISITOR_REFUSE, the_desk(), .notice = first), SM_PROBLEM_NOT_FOUND);
    invited(f, "login-jon", "v1"); /* again, by somebody else */
    pass(f, SM_INVITATION_MS - 1000);
    g_assert_nonnull(sm_desk_invitation(f->desk, second));
    pass(f, 2000);
    g_assert_null(sm_desk_invitation(f->desk, second));
    const SmRecord *last = f->records->pdata[f->records->len - 1];
    const SmEvent *ignored = event_of(last, SM_EVENT_VISITOR_ANSWERED);
    g_assert_cmpint(ignored->cause, ==, SM_CAUSE_DUE);
    g_assert_cmpint(ignored->due, >, 0);
}

/* The start of a conversation as the service asks for it. */
static SmRecord *accept(Fixture *f, const char *invitation, const char *text)
{
    return must(f, CMD(START, ((SmActor){SM_ACTOR_CUSTOMER, NULL}), .inbox = "web", .text = text, .visit = "v1",
                       .notice = invitation, .words = "May I help?", .cause = SM_CAUSE_INVITATION));
}

static void accepted(void)
{
    g_autoptr(Fixture) f = fixture_new(1, 10);
    g_autofree char *invitation = g_strdup(invited(f, "login-mia", "v1")->notice);
    SmRecord *record = accept(f, invitation, NULL);
    const SmEvent *started = event_of(record, SM_EVENT_CONVERSATION_STARTED);
    const SmConversation *c = conv(f, started->conversation);
    g_autoptr(SmRecord) kept = through_log(record);

    g_assert_cmpint(started->cause, ==, SM_CAUSE_INVITATION);
    g_assert_cmpint(event_of(kept, SM_EVENT_CONVERSATION_STARTED)->cause, ==, SM_CAUSE_INVITATION);
    g_assert_cmpint(event_of(kept, SM_EVENT_VISITOR_ANSWERED)->cause, ==, SM_CAUSE_ACCEPTED);
    g_assert_cmpint(c->state, ==, SM_STATE_OPEN);
    g_assert_cmpstr(c->owner, ==, "login-mia");
    g_assert_null(sm_desk_invitation(f->desk, invitation));
    const SmLine *said = NULL;
    for (guint i = 0; i < c->lines->len; i++) {
        const SmLine *line = c->lines->pdata[i];
        said = line->kind == SM_LINE_MESSAGE && line->author == SM_AUTHOR_AGENT ? line : said;
    }
    g_assert_nonnull(said);
    g_assert_cmpstr(said->text, ==, "May I help?");
    g_assert_cmpint(said->n, ==, 1);
    g_assert_null(sm_turns_open(c->turns)); /* nobody waits for an answer yet */
}

/* Whoever can't have it any more leaves it to the queue. */
static void taken_too_late(void)
{
    g_autoptr(Fixture) f = fixture_new(1, 10);
    g_autofree char *invitation = g_strdup(invited(f, "login-mia", "v1")->notice);

    must(f, CMD(AVAILABILITY, staff("login-mia"), .agent = "login-mia", .availability = SM_AVAILABLE_OFFLINE));
    SmRecord *record = accept(f, invitation, "yes, please");
    const SmConversation *c = conv(f, event_of(record, SM_EVENT_CONVERSATION_STARTED)->conversation);
    g_assert_cmpint(c->state, ==, SM_STATE_QUEUED);
    g_assert_cmpint(c->version, ==, 2);
    g_assert_null(sm_desk_invitation(f->desk, invitation));
}

/* Nothing of a visit goes to anybody by way of the log, and a client that never saw it has the same fold. */
static void nobodys(void)
{
    g_autoptr(Fixture) f = fixture_new(1, 0);
    const SmEvent *event = invited(f, "login-mia", "v1");

    g_assert_false(sm_desk_visible(f->desk, staff("login-mia"), event, 1));
    g_assert_false(sm_desk_visible(f->desk, customer("k1"), event, 1));
    g_assert_null(event->content);
    json_t *counts = json_pack("{s:i}", "visits", 1);
    must_not(f, CMD(TRAFFIC, staff("login-sue"), .data = counts), SM_PROBLEM_FORBIDDEN);
    SmRecord *record = must(f, CMD(TRAFFIC, the_desk(), .data = counts, .since = T0));
    g_autoptr(SmRecord) kept = through_log(record);
    g_assert_cmpint(sm_json_int(event_of(kept, SM_EVENT_TRAFFIC_COUNTED)->data, "visits", 0), ==, 1);
    json_decref(counts);
}

/* --- Rules -------------------------------------------------------------------------------------
 */

static SmPolicy *parsed(const char *visitors, char **told)
{
    g_autofree char *text = g_strdup_printf("teams:\n  - {id: support}\ninboxes:\n  - {id: web, team: support}\n%s", visitors);
    g_autoptr(SmFindings) findings = sm_findings_new();
    SmPolicy *policy = sm_policy_parse("desk.yaml", text, strlen(text), findings);
    GString *all = g_string_new(NULL);

    for (guint i = 0; i < sm_findings_count(findings); i++) {
        const SmFinding *one = sm_findings_at(findings, i);
        g_string_append_printf(all, "%d:%d %s\n", one->line, one->column, one->text);
    }
    *told = g_string_free(all, FALSE);
    return policy;
}

#define SITE "page: {origins: [\"https://shop.example\", \"https://*.shop.example\"]}\n"

static void rules(void)
{
    g_autofree char *told = NULL;
    g_autoptr(SmPolicy) policy = parsed(SITE "visitors:\n  watch: true\n  invitations:\n"
                                             "    - {id: price, page: /price*, after: 45s, text: hello}\n"
                                             "    - {id: back, returning: true, after: 10s, language: zh, text: again}\n"
                                             "  popups:\n    - {id: returns, page: /returns}\n", &told);
    g_assert_cmpstr(told, ==, "");
    g_autoptr(json_t) json = sm_policy_encode(policy);
    g_autoptr(SmPolicy) again = sm_policy_decode(json, NULL);
    g_assert_cmpstr(again->hash, ==, policy->hash);
    g_assert_cmpint(again->visit_rules->len, ==, 3);
    static const struct {
        const char *page, *language;
        gboolean returning;
        int64_t ms;
        const char *id;
        int64_t next;
    } cases[] = {
        {"/price/red", "en", FALSE, 44999, NULL, 1},        {"/price/red", "en", FALSE, 45000, "price", -1},
        {"/", "en", FALSE, 9999999, NULL, INT64_MAX},       {"/", "zh-CN", TRUE, 10000, "back", -1},
        {"/price/red", "zh-CN", TRUE, 5000, NULL, 5000},    {"/", "en", TRUE, 10000, NULL, INT64_MAX},
        {"/returns", NULL, FALSE, 0, "returns", -1},        {"/returns/x", NULL, FALSE, 0, NULL, INT64_MAX},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        int64_t next;
        const SmVisitRule *rule = sm_visit_rule_now(again, cases[i].page, "web", cases[i].language, cases[i].returning, cases[i].ms, NULL, &next);
        g_assert_cmpstr(rule ? rule->id : NULL, ==, cases[i].id);
        if (cases[i].next >= 0) {
            g_assert_cmpint(next, ==, cases[i].next);
        }
    }
}

static void faults(void)
{
    static const struct {
        const char *yaml, *told;
    } cases[] = {
        {"visitors: {watch: true}\n", "'watch' needs a site"},
        {SITE "visitors:\n  invitations:\n    - {id: a, text: x}\n", "need 'watch: true'"},
        {SITE "visitors:\n  watch: true\n  invitations:\n    - {id: a}\n", "text"},
        {SITE "visitors:\n  watch: true\n  invitations:\n    - {id: a, text: x, page: price}\n", "begins with / or *"},
        {SITE "visitors:\n  watch: true\n  invitations:\n    - {id: a, text: x, page: \"/a?b\"}\n", "without ? and #"},
        {SITE "visitors:\n  watch: true\n  invitations:\n    - {id: a, text: x}\n    - {id: a, text: y}\n", "there already"},
        {SITE "visitors:\n  watch: true\n  invitations:\n    - {id: a, text: x, inbox: none}\n", "inbox does not exist"},
        {SITE "visitors:\n  watch: true\n  popups:\n    - {id: a}\n", "page"},
        {SITE "visitors:\n  watch: true\n  popups:\n    - {id: a, page: /a, txet: x}\n", "txet"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *told = NULL;
        g_assert_null(parsed(cases[i].yaml, &told));
        if (!strstr(told, cases[i].told)) {
            g_error("case %u: %s", i, told);
        }
    }
}

static void sites(void)
{
    static const struct {
        const char *origin;
        gboolean listed;
    } cases[] = {{"https://shop.example", TRUE},       {"https://SHOP.example", TRUE},      {"http://shop.example", FALSE},
                 {"https://a.b.shop.example", TRUE},   {"https://.shop.example", FALSE},    {"https://evilshop.example", FALSE},
                 {"https://evil/.shop.example", FALSE}, {"https://shop.example.evil", FALSE}, {"null", FALSE},
                 {"", FALSE},                          {NULL, FALSE}};
    g_autofree char *told = NULL;
    g_autoptr(SmPolicy) policy = parsed(SITE, &told);

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_assert_cmpint(sm_policy_origin_listed(policy, cases[i].origin), ==, cases[i].listed);
    }
}

static void keys(void)
{
    static const struct {
        const char *path, *key;
    } pages[] = {{"/", "/"},
                 {"", "/"},
                 {"//price//red/", "/price/red"},
                 {"/order/12345", "/order/*"},
                 {"/order/1234", "/order/1234"},
                 {"/u/lena@example.org/x", "/u/*/x"},
                 {"/u/lena%40example.org", "/u/*"},
                 {"/%E5%95%86%E5%93%81", "/\xe5\x95\x86\xe5\x93\x81"},
                 {"/a%1b%5B31m/b", "/*/b"},
                 {"/a\nb", "/*"},
                 {"/a%ff", "/a%ff"},
                 {"/a/b/c/d/e/f/g/h", "/a/b/c/d/e/f/*"},
                 {"/0123456789abcdefghij0123456789abcdefghij0", "/*"},
                 {"/x?token=1", "/x"},
                 {"/x%3Ftoken=1", "/x"}};
    static const struct {
        const char *referrer, *key;
    } hosts[] = {{"https://www.Example.org/search?q=secret", "www.example.org"},
                 {NULL, ""},
                 {"", ""},
                 {"nothing", ""},
                 {"https://a\x1b[31m.example/", ""},
                 {"https://user:pw@host/", ""},
                 {"android-app://com.shop/", "com.shop"}};

    for (guint i = 0; i < G_N_ELEMENTS(pages); i++) {
        g_autofree char *key = sm_visit_page_key(pages[i].path);
        g_assert_cmpstr(key, ==, pages[i].key);
    }
    for (guint i = 0; i < G_N_ELEMENTS(hosts); i++) {
        g_autofree char *key = sm_visit_referrer_key(hosts[i].referrer);
        g_assert_cmpstr(key, ==, hosts[i].key);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/visitor/who-may-invite", who);
    g_test_add_func("/visitor/refused-and-ignored", answers);
    g_test_add_func("/visitor/accepted", accepted);
    g_test_add_func("/visitor/taken-too-late", taken_too_late);
    g_test_add_func("/visitor/nobodys", nobodys);
    g_test_add_func("/visitor/rules", rules);
    g_test_add_func("/visitor/faults", faults);
    g_test_add_func("/visitor/sites", sites);
    g_test_add_func("/visitor/keys", keys);
    return g_test_run();
}
