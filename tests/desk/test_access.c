/* SPDX-License-Identifier: MIT */
/* Who sees what: every type of event against every kind of viewer, and the intervals in time. */
#include <string.h>

#include "desk_fixture.h"

#define CMD(what, who, ...)                                                                        \
    ((SmCommand){.type = SM_COMMAND_##what, .actor = who, .seen = -1, __VA_ARGS__})

static gboolean expected(SmEventType type, const char *viewer)
{
    SmSeen seen = sm_event_seen(type);

    switch (viewer[0]) {
    case 'a': /* admin */
        return TRUE;
    case 'o': /* owner */
    case 's': /* supervisor of the team */
        return seen != SM_SEEN_NOBODY;
    case 'c': /* the customer */
        return seen == SM_SEEN_PUBLIC;
    default: /* of the staff, without the conversation */
        return viewer[0] == 'n' && seen == SM_SEEN_DESK;
    }
}

static void every_type_every_viewer(void)
{
    g_autoptr(Fixture) f = fixture_new(1, 0);
    g_autofree char *id = NULL, *contact = NULL;

    start(f, "web", "hello", &id, &contact);
    claim(f, "login-mia", id);
    const struct {
        const char *kind;
        SmActor actor;
    } viewers[] = {
        {"owner", staff("login-mia")},
        {"supervisor", staff("login-sue")},
        {"admin", admin()},
        {"admin", the_desk()},
        {"customer", customer(contact)},
        {"foreign", customer("kforeign")},
        {"foreign", customer(NULL)},
        {"none", staff("login-jon")},
        {"none", staff("login-tim")},
        {"none", staff("login-max")},
        {"none", staff("login-ana")},
        {"foreign", staff("removed")},
        {"foreign", staff(NULL)},
        {"foreign", customer("login-mia")},
        {"foreign", staff(contact)},
    };
    for (guint t = 0; t < SM_EVENT_UNKNOWN; t++) {
        g_autoptr(SmEvent) event = sm_event_new((SmEventType)t);
        event->conversation = g_strdup(id);
        event->agent = g_strdup("login-mia");
        for (guint i = 0; i < G_N_ELEMENTS(viewers); i++) {
            gboolean sees = sm_desk_visible(f->desk, viewers[i].actor, event, sm_desk_seq(f->desk));
            if (sees != expected((SmEventType)t, viewers[i].kind)) {
                g_error("%s %s %s", viewers[i].kind, sees ? "sees" : "does not see",
                        sm_event_type_name((SmEventType)t));
            }
        }
    }
}

static gboolean sees(Fixture *f, const char *agent, const char *id, int64_t seq)
{
    return sm_desk_sees(f->desk, staff(agent), conv(f, id), seq);
}

static void intervals(void)
{
    g_autoptr(Fixture) f = fixture_new(2, 0);
    g_autofree char *id = NULL, *contact = NULL;

    start(f, "web", "hello", &id, &contact);
    int64_t begun = sm_desk_seq(f->desk);
    g_assert_false(sees(f, "login-mia", id, 0));
    g_assert_true(sees(f, "login-sue", id, begun));
    g_assert_false(sees(f, "login-sue", id, begun - 1));
    g_assert_true(sm_desk_sees(f->desk, customer(contact), conv(f, id), begun));
    claim(f, "login-mia", id);
    int64_t claimed = sm_desk_seq(f->desk);
    say(f, staff("login-mia"), id, "hi");
    must(f, CMD(TRANSFER, staff("login-mia"), .conversation = id, .agent = "login-bob"));
    int64_t passed = sm_desk_seq(f->desk);
    g_assert_false(sees(f, "login-mia", id, claimed - 1));
    g_assert_true(sees(f, "login-mia", id, claimed));
    g_assert_true(sees(f, "login-mia", id, passed - 1));
    g_assert_false(sees(f, "login-mia", id, passed));
    g_assert_false(sees(f, "login-mia", id, 0));
    g_assert_true(sees(f, "login-bob", id, passed));
    g_assert_false(sees(f, "login-bob", id, passed - 1));
    /* To another team: its supervisor begins, the old one ends. */
    must(f, CMD(TRANSFER, staff("login-bob"), .conversation = id, .team = "sales"));
    int64_t moved = sm_desk_seq(f->desk);
    g_assert_true(sees(f, "login-sue", id, moved - 1));
    g_assert_false(sees(f, "login-sue", id, moved));
    g_assert_true(sees(f, "login-max", id, moved));
    g_assert_false(sees(f, "login-max", id, moved - 1));
    g_assert_false(sees(f, "login-bob", id, 0));
    /* The last owner still sees what is resolved, until somebody reopens it. */
    claim(f, "login-ana", id);
    must(f, CMD(RESOLVE, staff("login-ana"), .conversation = id));
    g_assert_true(sees(f, "login-ana", id, 0));
    must(f, CMD(REOPEN, staff("login-ana"), .conversation = id));
    g_assert_false(sees(f, "login-ana", id, 0));
    g_assert_true(sm_desk_sees(f->desk, customer(contact), conv(f, id), 0));
}

/* Roles and teams are those of the fold now. */
static void roles_change(void)
{
    g_autoptr(Fixture) f = fixture_new(3, 0);
    g_autofree char *id = NULL;
    g_autoptr(json_t) sales = json_pack("[s]", "sales");

    start(f, "web", "hello", &id, NULL);
    g_assert_false(sees(f, "login-jon", id, 0));
    must(f, CMD(AGENT_SET, admin(), .agent = "login-jon", .role = SM_ROLE_SUPERVISOR));
    g_assert_true(sees(f, "login-jon", id, 0));
    must(f,
         CMD(AGENT_SET, admin(), .agent = "login-jon", .role = SM_ROLE_SUPERVISOR, .data = sales));
    g_assert_false(sees(f, "login-jon", id, 0));
    claim(f, "login-mia", id);
    must(f, CMD(AGENT_REMOVE, admin(), .agent = "login-mia"));
    g_assert_false(sees(f, "login-mia", id, 0));
}

static void rows(void)
{
    g_autoptr(Fixture) f = fixture_new(4, 0);
    g_autofree char *web = NULL, *school = NULL;

    start(f, "web", "hello", &web, NULL);
    start(f, "school", "hello", &school, NULL);
    const SmConversation *w = conv(f, web), *s = conv(f, school);
    g_assert_true(sm_desk_sees_row(f->desk, staff("login-mia"), w));
    g_assert_true(sm_desk_sees_row(f->desk, staff("login-sue"), w));
    g_assert_true(sm_desk_sees_row(f->desk, staff("login-bob"), w));
    g_assert_false(sm_desk_sees_row(f->desk, staff("login-ana"), w));
    g_assert_false(sm_desk_sees_row(f->desk, staff("login-tim"), w));
    g_assert_true(sm_desk_sees_row(f->desk, staff("login-tim"), s));
    g_assert_false(sm_desk_sees_row(f->desk, customer(w->contact), w));
    const GPtrArray *list = sm_desk_rows(f->desk, staff("login-mia"));
    g_assert_cmpuint(list->len, ==, 2);
    const SmQueueRow *row = list->pdata[0];
    g_assert_cmpstr(row->first_line, ==, "hello");
    g_assert_cmpstr(row->name, ==, "Chen Wei");
    g_assert_cmpint(row->deadline.due, ==, T0 + 40000);
    claim(f, "login-mia", web);
    g_assert_false(sm_desk_sees_row(f->desk, staff("login-mia"), w));
    g_assert_cmpuint(sm_desk_rows(f->desk, staff("login-mia"))->len, ==, 1);
    g_assert_true(sm_desk_has_rows(f->desk, staff("login-mia")));
}

/* A whole life as the customer is shown it: nothing of the staff's but display names. */
static void customers_view(void)
{
    g_autoptr(Fixture) f = fixture_new(5, 0);
    g_autofree char *id = NULL, *contact = NULL;
    g_autoptr(json_t) tags = json_pack("[s]", "angry");

    start(f, "web", "hello", &id, &contact);
    claim(f, "login-mia", id);
    say(f, staff("login-mia"), id, "hi there");
    must(f, CMD(NOTE, staff("login-mia"), .conversation = id, .text = "is a liar"));
    must(f, CMD(WHISPER, staff("login-sue"), .conversation = id, .text = "be kind"));
    must(f, CMD(TAG, staff("login-mia"), .conversation = id, .data = tags));
    must(f, CMD(SNOOZE, staff("login-mia"), .conversation = id, .until = f->now + 100000));
    must(f, CMD(RESOLVE, staff("login-mia"), .conversation = id, .reason = "gave up"));
    g_autoptr(json_t) shown = sm_desk_project(f->desk, customer(contact));
    g_autofree char *text = sm_json_text(shown);
    g_assert_nonnull(strstr(text, "\"agent\":\"Mia\""));
    g_assert_nonnull(strstr(text, "hi there"));
    const char *const hidden[] = {"login", "liar",    "kind\":\"whisper", "angry", "snooze",
                                  "gave",  "support", "be kind",          "turns", "policy",
                                  "owner", "cause"};
    for (guint i = 0; i < G_N_ELEMENTS(hidden); i++) {
        if (strstr(text, hidden[i])) {
            g_error("%s in %s", hidden[i], text);
        }
    }
    g_autoptr(json_t) foreign = sm_desk_project(f->desk, customer("kforeign"));
    g_assert_cmpuint(json_array_size(json_object_get(foreign, "conversations")), ==, 0);
}

/* --- The table in docs/roles.md ----------------------------------------------------------------------------------- */

#define BEGIN "<!-- events: made and held by tests/desk/test_access.c -->\n"
#define END "<!-- end of events -->"

static char *events_table(void)
{
    g_autoptr(Fixture) f = fixture_new(2, 0);
    g_autofree char *id = NULL, *contact = NULL;
    GString *table = g_string_new("|");

    start(f, "web", "hello", &id, &contact);
    claim(f, "login-mia", id);
    const struct {
        const char *name;
        SmActor actor;
    } viewers[] = {{"customer", customer(contact)},     {"stranger", customer("kforeign")},  {"owner", staff("login-mia")},
                   {"colleague", staff("login-jon")},   {"foreigner", staff("login-ana")},   {"trainee", staff("login-tim")},
                   {"supervisor", staff("login-sue")},  {"elsewhere", staff("login-max")},   {"admin", admin()}};
    for (guint i = 0; i < G_N_ELEMENTS(viewers); i++) {
        g_string_append_printf(table, " | %s", viewers[i].name);
    }
    g_string_append(table, " |\n");
    for (guint i = 0; i <= G_N_ELEMENTS(viewers); i++) {
        g_string_append(table, "|---");
    }
    g_string_append(table, "|\n");
    for (guint t = 0; t < SM_EVENT_UNKNOWN; t++) {
        g_autoptr(SmEvent) event = sm_event_new((SmEventType)t);
        event->conversation = g_strdup(id);
        event->agent = g_strdup("login-mia");
        g_string_append_printf(table, "| `%s`", sm_event_type_name((SmEventType)t));
        for (guint i = 0; i < G_N_ELEMENTS(viewers); i++) {
            gboolean sees = sm_desk_visible(f->desk, viewers[i].actor, event, sm_desk_seq(f->desk));
            g_string_append(table, sees ? " | yes" : " | -");
        }
        g_string_append(table, " |\n");
    }
    return g_string_free(table, FALSE);
}

/* What is written there for people is what the desk does. SEATMUX_GOLDEN=update writes it. */
static void table_in_docs(void)
{
    const char *root = g_getenv("SEATMUX_SOURCE_ROOT");
    g_autofree char *path = g_build_filename(root ? root : ".", "docs", "roles.md", NULL);
    g_autofree char *text = NULL, *table = events_table();
    g_autoptr(GError) error = NULL;

    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    char *begin = strstr(text, BEGIN), *end = strstr(text, END);
    g_assert_true(begin && end && begin < end);
    begin += strlen(BEGIN);
    if (g_strcmp0(g_getenv("SEATMUX_GOLDEN"), "update") == 0) {
        g_autofree char *head = g_strndup(text, (gsize)(begin - text));
        g_autofree char *whole = g_strconcat(head, table, end, NULL);
        g_assert_true(g_file_set_contents(path, whole, -1, &error));
        return;
    }
    g_autofree char *wanted = g_strndup(begin, (gsize)(end - begin));
    g_assert_cmpstr(table, ==, wanted);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/desk/access/every-type-every-viewer", every_type_every_viewer);
    g_test_add_func("/desk/access/intervals", intervals);
    g_test_add_func("/desk/access/roles-change", roles_change);
    g_test_add_func("/desk/access/rows", rows);
    g_test_add_func("/desk/access/customers-view", customers_view);
    g_test_add_func("/desk/access/table-in-docs", table_in_docs);
    return g_test_run();
}
