/* SPDX-License-Identifier: MIT */
/* desk.yaml and the policy it makes. */
#include <locale.h>
#include <string.h>

#include "seatmux/base/limits.h"
#include "seatmux/desk/policy.h"

static SmPolicy *parse(const char *text, SmFindings *findings)
{
    return sm_policy_parse("desk.yaml", text, strlen(text), findings);
}

static void expect(const char *text, const char *finding)
{
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_assert_null(parse(text, findings));
    g_autoptr(GString) all = g_string_new(NULL);
    for (guint i = 0; i < sm_findings_count(findings); i++) {
        g_autofree char *line = sm_finding_format(sm_findings_at(findings, i));
        if (g_str_equal(line, finding)) {
            return;
        }
        g_string_append_printf(all, "%s\n", line);
    }
    g_error("'%s' is not among:\n%s", finding, all->str);
}

static void example(void)
{
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmPolicy) policy = parse(sm_policy_example(), findings);
    g_assert_cmpuint(sm_findings_count(findings), ==, 0);
    g_assert_nonnull(policy);
    g_assert_cmpstr(policy->desk, ==, "My shop");
    g_assert_cmpint(policy->offline_release, ==, 300000);
    const SmTeam *team = sm_policy_team(policy, "support");
    g_assert_cmpint(team->targets.first_response, ==, 5000);
    g_assert_cmpint(team->targets.response, ==, 30000);
    g_assert_cmpint(team->targets.queue, ==, 20000);
    g_assert_cmpint(team->targets.resolution, ==, 1800000);
    g_assert_cmpint(team->capacity, ==, 4);
    g_assert_null(team->hours);
}

/* What the example shows in comments must be true as well. */
static void example_uncommented(void)
{
    g_auto(GStrv) lines = g_strsplit(sm_policy_example(), "\n", -1);
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; lines[i]; i++) {
        char *mark = strstr(lines[i], "    # ");
        if (mark && strspn(lines[i], " ") == (gsize)(mark - lines[i]) + 4) {
            g_string_append_printf(text, "    %s\n", mark + 6);
        } else {
            g_string_append_printf(text, "%s\n", lines[i]);
        }
    }
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmPolicy) policy = parse(text->str, findings);
    for (guint i = 0; i < sm_findings_count(findings); i++) {
        g_autofree char *line = sm_finding_format(sm_findings_at(findings, i));
        g_test_message("%s", line);
    }
    g_assert_nonnull(policy);
    g_assert_nonnull(sm_policy_team(policy, "support")->hours);
    g_assert_true(sm_policy_team(policy, "support")->pause_outside_hours);
    g_assert_true(sm_policy_team(policy, "support")->pause_snoozed);
    g_assert_cmpstr(sm_policy_inbox(policy, "web")->language, ==, "en");
    g_assert_true(sm_policy_inbox(policy, NULL)->training);
}

static void example_is_as_shipped(void)
{
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmPolicy) policy = parse(sm_policy_example(), findings);
    g_autoptr(SmPolicy) shipped = sm_policy_shipped();
    for (int role = 0; role < 3; role++) {
        g_assert_cmpuint(policy->may[role], ==, shipped->may[role]);
    }
    g_assert_cmpint(policy->goal_percent, ==, shipped->goal_percent);
    g_assert_true(sm_policy_may(shipped, SM_ROLE_AGENT, SM_MAY_CLAIM));
    g_assert_false(sm_policy_may(shipped, SM_ROLE_AGENT, SM_MAY_TAKE_OVER));
    g_assert_false(sm_policy_may(shipped, SM_ROLE_TRAINEE, SM_MAY_WHISPER));
    g_assert_true(sm_policy_may(shipped, SM_ROLE_SUPERVISOR, SM_MAY_ERASE | SM_MAY_TAKE_OVER));
}

static const char FULL[] =
    "desk: 店铺\nzone: Asia/Shanghai\ngoal_percent: 90\noffline_release: none\n"
    "mask_numbers: false\nscore: {rating: 7, training: 0}\n"
    "page: {origins: [\"https://shop.example\", \"http://*.b.example:8080\"]}\n"
    "files: {largest_mb: 3, kinds: [pdf, archive], unsent: 2h}\nlinks: any\ntransfers: {accept_within: 45s}\nratings: {later: 3d}\nretention: 400d\ntags: [parcel, 退货]\nteams:\n- id: a\n  name: 售前\n  capacity: 12\n"
    "  targets: {first_response: 250ms, response: null, queue: 1m30s}\n"
    "  hours: {week: {mon-fri: [\"09:00-12:00\"], sat: \"22:00-06:00\"}, holidays: 2026-10-01}\n"
    "  pause: outside_hours\n- id: b\ninboxes:\n- {id: x, team: b}\n"
    "- {id: y, team: a, greeting: \"您好\", language: zh-CN, training: yes}\n"
    "roles: {agent: [claim, take_over], trainee: []}\n";

static void full(void)
{
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmPolicy) policy = parse(FULL, findings);
    g_assert_nonnull(policy);
    const SmTeam *a = sm_policy_team(policy, "a");
    g_assert_cmpstr(a->name, ==, "售前");
    g_assert_cmpint(a->targets.first_response, ==, 250);
    g_assert_cmpint(a->targets.response, ==, -1);
    g_assert_cmpint(a->targets.queue, ==, 90000);
    g_assert_cmpint(a->targets.resolution, ==, 1800000);
    g_assert_true(a->pause_outside_hours);
    g_assert_false(a->pause_snoozed);
    g_assert_cmpint(policy->offline_release, ==, -1);
    g_assert_false(policy->mask_numbers);
    g_assert_cmpint(policy->score[0], ==, 7);
    g_assert_cmpint(policy->score[1], ==, 30);
    g_assert_cmpint(policy->score[2], ==, 0);
    g_assert_cmpuint(policy->file_kinds, ==, SM_FILE_PDF | SM_FILE_ARCHIVE);
    g_assert_cmpint(policy->file_bytes, ==, 3 * 1024 * 1024);
    g_assert_cmpint(policy->file_unsent, ==, 7200000);
    g_assert_cmpint(policy->links, ==, SM_LINKS_ANY);
    g_assert_cmpint(policy->transfer_within, ==, 45000);
    g_assert_cmpint(policy->rating_later, ==, 259200000);
    g_assert_cmpint(policy->retention, ==, INT64_C(400) * 86400000);
    g_assert_cmpuint(policy->origins->len, ==, 2);
    g_assert_cmpstr(policy->origins->pdata[1], ==, "http://*.b.example:8080");
    g_assert_cmpstr(sm_policy_inbox(policy, NULL)->id, ==, "x");
    g_assert_cmpstr(sm_policy_inbox(policy, "y")->greeting, ==, "您好");
    g_assert_null(sm_policy_inbox(policy, "z"));
    g_assert_null(sm_policy_team(policy, NULL));
    g_assert_true(sm_policy_may(policy, SM_ROLE_AGENT, SM_MAY_TAKE_OVER));
    g_assert_false(sm_policy_may(policy, SM_ROLE_AGENT, SM_MAY_RESOLVE));
    g_assert_false(sm_policy_may(policy, SM_ROLE_TRAINEE, SM_MAY_CLAIM));
}

static void json(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmPolicy) policy = parse(FULL, findings);
    g_autoptr(json_t) a = sm_policy_encode(policy);
    g_autoptr(SmPolicy) read = sm_policy_decode(a, &error);
    g_assert_no_error(error);
    g_autoptr(json_t) b = sm_policy_encode(read);
    g_assert_true(json_equal(a, b));
    g_assert_cmpstr(policy->hash, ==, read->hash);
    g_assert_cmpuint(strlen(policy->hash), ==, 64);
    g_autoptr(SmPolicy) other = sm_policy_shipped();
    g_assert_cmpstr(policy->hash, !=, other->hash);
    /* Each member is checked, and needed but for what policies of old did not have. */
    const char *key;
    json_t *value;
    json_object_foreach(a, key, value)
    {
        g_autoptr(json_t) broken = json_deep_copy(a);
        json_object_del(broken, key);
        g_autoptr(SmPolicy) without = sm_policy_decode(broken, &error);
        static const char *const LATER[] = {"score", "page", "files", "links", "transfers", "ratings", "retention", "tags", NULL};
        g_assert_true((without != NULL) == g_strv_contains(LATER, key));
        g_clear_error(&error);
        json_object_set_new(broken, key, json_real(1.5));
        g_assert_null(sm_policy_decode(broken, &error));
        g_clear_error(&error);
    }
    json_object_set_new(a, "surplus", json_true());
    g_assert_null(sm_policy_decode(a, &error));
}

static void foreign_json(void)
{
    g_autoptr(SmPolicy) policy = sm_policy_shipped();
    static const struct {
        const char *list, *key;
        int64_t number;
    } BAD[] = {{"teams", "capacity", 0}, {"teams", "capacity", 1001}};
    for (gsize i = 0; i < G_N_ELEMENTS(BAD); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(json_t) json = sm_policy_encode(policy);
        json_t *item = json_array_get(json_object_get(json, BAD[i].list), 0);
        json_object_set_new(item, BAD[i].key, json_integer(BAD[i].number));
        g_assert_null(sm_policy_decode(json, &error));
        g_assert_error(error, SM_ERROR, SM_ERROR_INVALID);
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) lost = sm_policy_encode(policy);
    json_object_set_new(json_array_get(json_object_get(lost, "inboxes"), 0), "team",
                        json_string("gone"));
    g_assert_null(sm_policy_decode(lost, &error));
    g_assert_error(error, SM_ERROR, SM_ERROR_INVALID);
}

#define REST "inboxes:\n- {id: w, team: s}\n"

static void findings(void)
{
    expect("", "desk.yaml: error: 'teams' must be a list with one entry at least");
    expect("zone: Mars/Base\nteams: [{id: s}]\n" REST,
           "desk.yaml:1:7: error: 'Mars/Base' is not a time zone this machine knows (such as "
           "Asia/Shanghai)");
    /* What the YAML itself has wrong counts too (found by fuzzing: such a file was put in force). */
    expect("desk: a\nteams: [{id: s}]\n" REST "desk: b\n",
           "desk.yaml:5:1: error: duplicate key 'desk' (first in line 1)");
    expect("teams: [{id: s}, {id: s}]\n" REST, "desk.yaml:1:23: error: team 's' is there twice");
    expect("teams: [{id: S}]\n" REST,
           "desk.yaml:1:14: error: an id is made of a-z, 0-9, '-', '_' and '.'");
    expect("teams: [{id: s}]\ninboxes:\n- {id: w, team: t}\n",
           "desk.yaml:3:17: error: there is no team 't' in this file");
    expect("teams: [{id: s, pause: [weekends]}]\n" REST,
           "desk.yaml:1:25: error: 'weekends' is no pause (known: outside_hours, snoozed, none)");
    expect("teams: [{id: s, pause: outside_hours}]\n" REST,
           "desk.yaml:1:24: error: outside_hours needs 'hours' in the same team");
    expect("teams:\n- id: s\n  hours:\n    week:\n      mon-fri: 9-5\n" REST,
           "desk.yaml:5:16: error: '9-5' is not a span such as 09:00-18:00");
    expect("teams:\n- id: s\n  hours:\n    week:\n      noday: \"09:00-10:00\"\n" REST,
           "desk.yaml:5:7: error: 'noday' is neither a day (mon), days (mon-fri) nor 'daily'");
    expect("teams: [{id: s, targets: {response: 31d}}]\n" REST,
           "desk.yaml:1:37: error: 'response' may be 30 days at most");
    expect("teams: [{id: s}]\n" REST "roles: {agent: [fly]}\n",
           "desk.yaml:4:17: error: 'fly' is no right (known: claim assign_others take_over "
           "transfer whisper "
           "answer_any resolve set_others erase broadcast incident review)");
    expect("teams: [{id: s}]\n" REST "page: {origins: [\"https://a.example/path\"]}\n",
           "desk.yaml:4:18: error: 'https://a.example/path': a site is like https://shop.example or "
           "https://*.shop.example:8443, without a path");
    expect("teams: [{id: s}]\n" REST "page: {origins: [\"a.example; script-src *\"]}\n",
           "desk.yaml:4:18: error: 'a.example; script-src *': a site begins with https:// or http://");
    expect("teams: [{id: s, routing: {by: share, language: only}}]\n" REST,
           "desk.yaml:1:48: error: 'language' is first (who speaks it gets it before others) or needed (nobody else)");
    expect("teams: [{id: s, routing: {by: share, newcomers: {percent: 20}}}]\n" REST,
           "desk.yaml:1:49: error: 'for' says how long somebody is new, such as 14d, and a year at most");
    expect("teams: [{id: s}]\n" REST "review: {form: [{id: a, text: A}, {id: a, text: B}]}\n",
           "desk.yaml:4:40: error: 'a' is in the form twice");
    expect("teams: [{id: s}]\n" REST "review: {form: [{id: a, text: A, points: 11}]}\n",
           "desk.yaml:4:42: error: 'points' must be from 1 to 10");
    expect("teams: [{id: s, capacity: 0}]\n" REST,
           "desk.yaml:1:27: error: 'capacity' must be from 1 to 1000");
}

/* Every fault of a file is found in one run. */
static void all_at_once(void)
{
    g_autoptr(SmFindings) found = sm_findings_new();
    g_assert_null(parse(
        "zone: Nowhere/At_all\ngoal_percent: 101\nteams:\n- {id: s, capacity: x}\n- {}\ninboxes:\n"
        "- {id: w, team: q}\nsurplus: 1\n",
        found));
    g_assert_cmpuint(sm_findings_errors(found), ==, 6);
}

/* What a file is goes by its content; a name can only make it worse. */
static void file_kinds(void)
{
    static const struct {
        const char *type;
        guint kind;
    } types[] = {{"image/png", SM_FILE_IMAGE}, {"image/svg+xml", SM_FILE_TEXT}, {"text/html", SM_FILE_TEXT},
                 {"application/pdf", SM_FILE_PDF}, {"application/zip", SM_FILE_ARCHIVE}, {"application/x-dosexec", 0},
                 {"text/x-shellscript", 0}, {"application/x-pie-executable", 0}, {"text/x-msdos-batch", 0},
                 {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", SM_FILE_OFFICE},
                 {"video/mp4", SM_FILE_VIDEO}, {"application/octet-stream", SM_FILE_OTHER}, {"", SM_FILE_OTHER}};
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
        g_assert_cmpuint(sm_file_kind_of_type(types[i].type), ==, types[i].kind);
    for (guint kind = SM_FILE_IMAGE; kind <= SM_FILE_OTHER; kind <<= 1)
        g_assert_cmpuint(sm_file_kind_parse(sm_file_kind_name(kind)), ==, kind);
    g_assert_true(sm_file_name_starts("photo.png.EXE"));
    g_assert_true(sm_file_name_starts("a.bat"));
    g_assert_false(sm_file_name_starts("exe"));
    g_assert_false(sm_file_name_starts("photo.png"));
    g_assert_true(sm_file_is_picture("image/webp"));
    g_assert_false(sm_file_is_picture("image/svg+xml"));
}

static void links(void)
{
    static const struct {
        const char *text;
        gboolean https, any;
    } cases[] = {{"https://a.example/x?y=1 look here", TRUE, TRUE}, {"http://a.example", FALSE, TRUE},
                 {"https://a.example@b.example/", FALSE, FALSE},    {"javascript:alert(1)", FALSE, FALSE},
                 {"ftp://a.example/", FALSE, FALSE},                {"https://", FALSE, FALSE},
                 {"https://\xd1\x81.example/", FALSE, FALSE},       {"https://a.example/\"x", FALSE, FALSE},
                 {"words", FALSE, FALSE},                           {"", FALSE, FALSE}};
    g_autoptr(SmPolicy) policy = sm_policy_shipped();
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        policy->links = SM_LINKS_HTTPS;
        g_assert_cmpint(sm_link_fault(policy, cases[i].text) == NULL, ==, cases[i].https);
        policy->links = SM_LINKS_ANY;
        g_assert_cmpint(sm_link_fault(policy, cases[i].text) == NULL, ==, cases[i].any);
        policy->links = SM_LINKS_NONE;
        g_assert_nonnull(sm_link_fault(policy, cases[i].text));
    }
}

static void file_faults(void)
{
    static const char *const bad[] = {"files: all", "files: {kinds: [program]}", "files: {largest_mb: 21}", "files: {largest_mb: 0}",
                                      "files: {unsent: 5s}", "links: http", "transfers: {accept_within: 5ms}", "ratings: {later: soon}", "retention: 23h", "retention: 4000d", "retention: soon", "tags: []", "tags: {a: b}", "tags: [a, b, a]", "tags: [-a]", "tags: [\"two words\"]",
                                      "tags: [\"\"]", "tags: [[a]]",
                                      "answers: [{id: a, when: silence, text: hi, after: soon}]",
                                      "visitors: {invitations: [{id: a, text: hi, after: soon}]}"};
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *text = g_strconcat(bad[i], "\nteams: [{id: t}]\ninboxes: [{id: w, team: t}]\n", NULL);
        g_autoptr(SmFindings) found = sm_findings_new();
        g_assert_null(parse(text, found));
        g_assert_cmpuint(sm_findings_errors(found), ==, 1);
    }
    g_autoptr(SmFindings) found = sm_findings_new();
    g_autoptr(SmPolicy) none = parse("files: none\nteams: [{id: t}]\ninboxes: [{id: w, team: t}]\n", found);
    g_assert_cmpuint(none->file_kinds, ==, 0);
    g_autoptr(json_t) json = sm_policy_encode(none);
    g_autoptr(SmPolicy) read = sm_policy_decode(json, NULL);
    g_assert_cmpuint(read->file_kinds, ==, 0);
}

static void limits(void)
{
    for (int n = SM_MAX_TEAMS; n <= SM_MAX_TEAMS + 1; n++) {
        g_autoptr(GString) text = g_string_new("teams:\n");
        for (int i = 0; i < n; i++) {
            g_string_append_printf(text, "- {id: t%d}\n", i);
        }
        g_string_append(text, "inboxes: [{id: w, team: t0}]\n");
        g_autoptr(SmFindings) found = sm_findings_new();
        g_autoptr(SmPolicy) policy = parse(text->str, found);
        g_assert_cmpint(policy != NULL, ==, n == SM_MAX_TEAMS);
    }
    for (int n = SM_MAX_ID_BYTES; n <= SM_MAX_ID_BYTES + 1; n++) {
        g_autofree char *id = g_strnfill((gsize)n, 'a');
        g_autofree char *text =
            g_strdup_printf("teams: [{id: %s}]\ninboxes: [{id: w, team: %s}]\n", id, id);
        g_autoptr(SmFindings) found = sm_findings_new();
        g_autoptr(SmPolicy) policy = parse(text, found);
        g_assert_cmpint(policy != NULL, ==, n == SM_MAX_ID_BYTES);
    }
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/policy/example", example);
    g_test_add_func("/policy/example-uncommented", example_uncommented);
    g_test_add_func("/policy/example-is-as-shipped", example_is_as_shipped);
    g_test_add_func("/policy/full", full);
    g_test_add_func("/policy/json", json);
    g_test_add_func("/policy/foreign-json", foreign_json);
    g_test_add_func("/policy/findings", findings);
    g_test_add_func("/policy/all-at-once", all_at_once);
    g_test_add_func("/policy/file-kinds", file_kinds);
    g_test_add_func("/policy/links", links);
    g_test_add_func("/policy/file-faults", file_faults);
    g_test_add_func("/policy/limits", limits);
    return g_test_run();
}
