/* SPDX-License-Identifier: MIT */
#include "desk_fixture.h"

#include <string.h>

static const char policy_text[] = "desk: Test\n"
                                  "zone: UTC\n"
                                  "offline_release: 2m\n"
                                  "mask_numbers: true\n"
                                  "teams:\n"
                                  "  - id: support\n"
                                  "    capacity: 3\n"
                                  "    targets: {first_response: 60s, response: 100s, queue: 40s, "
                                  "resolution: 30m}\n"
                                  "  - id: sales\n"
                                  "    capacity: 2\n"
                                  "    targets: {first_response: 20s, response: 30s, queue: null, "
                                  "resolution: 30m}\n"
                                  "    pause: [snoozed]\n"
                                  "  - id: vip\n"
                                  "    capacity: 1\n"
                                  "inboxes:\n"
                                  "  - id: web\n"
                                  "    team: support\n"
                                  "    greeting: Welcome!\n"
                                  "  - id: shop\n"
                                  "    team: sales\n"
                                  "    language: zh-CN\n"
                                  "  - id: school\n"
                                  "    team: support\n"
                                  "    training: true\n";

static json_t *test_policy(void)
{
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmPolicy) policy =
        sm_policy_parse("desk.yaml", policy_text, strlen(policy_text), findings);

    g_assert_cmpuint(sm_findings_count(findings), ==, 0);
    g_assert_nonnull(policy);
    return sm_policy_encode(policy);
}

SmActor staff(const char *id)
{
    return (SmActor){SM_ACTOR_STAFF, id};
}

SmActor customer(const char *contact)
{
    return (SmActor){SM_ACTOR_CUSTOMER, contact};
}

SmActor admin(void)
{
    return (SmActor){SM_ACTOR_ADMIN, NULL};
}

SmActor the_desk(void)
{
    return (SmActor){SM_ACTOR_DESK, NULL};
}

SmRecord *run(Fixture *f, SmCommand command)
{
    g_autofree char *id = g_strdup_printf("cmd%u", ++f->commands);
    g_autoptr(GError) error = NULL;

    g_clear_pointer(&f->refusal, sm_refusal_free);
    if (!command.id) {
        command.id = id;
    }
    command.fingerprint = "f0";
    SmRecord *record = sm_desk_decide(f->desk, &command, f->now, f->ids, &f->refusal);
    g_assert_true((record != NULL) != (f->refusal != NULL));
    if (!record) {
        g_assert_cmpint(strlen(f->refusal->detail), >, 10);
        g_assert_true(g_str_has_suffix(f->refusal->detail, "."));
        return NULL;
    }
    g_assert_cmpint(record->seq, ==, 0);
    record->seq = sm_desk_seq(f->desk) + 1;
    g_ptr_array_add(f->records, record);
    gboolean ok = sm_desk_apply(f->desk, record, &error);
    g_assert_no_error(error);
    g_assert_true(ok);
    return record;
}

SmRecord *must(Fixture *f, SmCommand command)
{
    SmRecord *record = run(f, command);
    if (!record) {
        g_error("%s refused: %s: %s", sm_command_verb(command.type),
                sm_problem_code(f->refusal->problem), f->refusal->detail);
    }
    return record;
}

void must_not(Fixture *f, SmCommand command, SmProblem problem)
{
    SmRecord *record = run(f, command);
    if (record) {
        g_error("%s was accepted", sm_command_verb(command.type));
    }
    if (f->refusal->problem != problem) {
        g_error("%s: %s: %s, not %s", sm_command_verb(command.type),
                sm_problem_code(f->refusal->problem), f->refusal->detail, sm_problem_code(problem));
    }
}

guint tick(Fixture *f)
{
    guint n = 0;

    while (sm_desk_next_due(f->desk) <= f->now) {
        SmCommand command = {.type = SM_COMMAND_TICK, .actor = the_desk()};
        must(f, command);
        g_assert_cmpuint(++n, <, 1000);
    }
    return n;
}

void pass(Fixture *f, int64_t ms)
{
    int64_t until = f->now + ms;

    while (sm_desk_next_due(f->desk) <= until) {
        f->now = MAX(f->now, sm_desk_next_due(f->desk));
        tick(f);
    }
    f->now = until;
}

static void add_agent(Fixture *f, const char *id, const char *name, SmRole role, const char *teams)
{
    g_auto(GStrv) list = g_strsplit(teams, " ", -1);
    g_autoptr(json_t) json = json_array();

    for (guint i = 0; list[i]; i++) {
        json_array_append_new(json, json_string(list[i]));
    }
    must(f, (SmCommand){.type = SM_COMMAND_AGENT_SET,
                        .actor = admin(),
                        .agent = id,
                        .name = name,
                        .role = role,
                        .data = json});
    must(f, (SmCommand){.type = SM_COMMAND_AVAILABILITY,
                        .actor = staff(id),
                        .agent = id,
                        .availability = SM_AVAILABLE_ONLINE});
}

static void free_record(gpointer record)
{
    sm_record_unref(record);
}

Fixture *fixture_new(guint64 seed, guint lines)
{
    Fixture *f = g_new0(Fixture, 1);
    g_autoptr(json_t) policy = test_policy();

    f->desk = sm_desk_new(lines);
    f->ids = sm_rng_new(seed);
    f->now = T0;
    f->records = g_ptr_array_new_with_free_func(free_record);
    must(f, (SmCommand){.type = SM_COMMAND_POLICY_SET, .actor = admin(), .data = policy});
    add_agent(f, "login-mia", "Mia", SM_ROLE_AGENT, "support");
    add_agent(f, "login-jon", "Jon", SM_ROLE_AGENT, "support");
    add_agent(f, "login-ana", "Ana", SM_ROLE_AGENT, "sales");
    add_agent(f, "login-bob", "Bob", SM_ROLE_AGENT, "support sales");
    add_agent(f, "login-sue", "Sue", SM_ROLE_SUPERVISOR, "support");
    add_agent(f, "login-max", "Max", SM_ROLE_SUPERVISOR, "sales vip");
    add_agent(f, "login-tim", "Tim", SM_ROLE_TRAINEE, "support");
    return f;
}

void fixture_free(Fixture *f)
{
    sm_desk_free(f->desk);
    sm_rng_free(f->ids);
    sm_refusal_free(f->refusal);
    g_ptr_array_unref(f->records);
    g_free(f);
}

void start(Fixture *f, const char *inbox, const char *text, char **conversation, char **contact)
{
    SmRecord *record = must(f, (SmCommand){.type = SM_COMMAND_START,
                                           .actor = customer(NULL),
                                           .inbox = inbox,
                                           .name = "Chen Wei",
                                           .order = "48213",
                                           .language = "en",
                                           .text = text});
    const SmEvent *event = event_of(record, SM_EVENT_CONVERSATION_STARTED);

    if (conversation) {
        *conversation = g_strdup(event->conversation);
    }
    if (contact) {
        *contact = g_strdup(event->contact);
    }
}

void claim(Fixture *f, const char *agent, const char *conversation)
{
    must(f, (SmCommand){
                .type = SM_COMMAND_CLAIM, .actor = staff(agent), .conversation = conversation});
}

SmRecord *say(Fixture *f, SmActor who, const char *conversation, const char *text)
{
    return must(f, (SmCommand){.type = SM_COMMAND_POST,
                               .actor = who,
                               .conversation = conversation,
                               .text = text,
                               .seen = -1});
}

const SmConversation *conv(Fixture *f, const char *id)
{
    const SmConversation *c = sm_desk_conversation(f->desk, id);
    g_assert_nonnull(c);
    return c;
}

char *names(const SmRecord *record)
{
    GString *all = g_string_new(NULL);

    for (guint i = 0; i < record->events->len; i++) {
        const SmEvent *event = record->events->pdata[i];
        g_string_append_printf(all, "%s%s", i > 0 ? " " : "", sm_event_type_name(event->type));
    }
    return g_string_free(all, FALSE);
}

const SmEvent *event_of(const SmRecord *record, SmEventType type)
{
    for (guint i = 0; i < record->events->len; i++) {
        const SmEvent *event = record->events->pdata[i];
        if (event->type == type) {
            return event;
        }
    }
    return NULL;
}

SmRecord *through_log(const SmRecord *record)
{
    g_autofree char *text = sm_record_encode(record);
    g_autoptr(GError) error = NULL;
    SmRecord *read = sm_record_decode(text, strlen(text), &error);

    g_assert_no_error(error);
    g_autofree char *again = sm_record_encode(read);
    g_assert_cmpstr(again, ==, text);
    for (guint i = 0; i < read->events->len; i++) {
        SmEvent *event = read->events->pdata[i];
        const SmEvent *old = record->events->pdata[i];
        g_assert_null(event->text);
        event->text = g_strdup(old->text);
    }
    return read;
}
