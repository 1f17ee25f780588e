/* SPDX-License-Identifier: MIT */
/* Alerts: each level once, nothing where one looks, one summary after a start. */
#include "stage.h"

#include <glib/gstdio.h>
#include <string.h>

static guint occurrences(const char *text, const char *what)
{
    guint n = 0;

    for (const char *at = strstr(text, what); at != NULL; at = strstr(at + 1, what))
        n++;
    return n;
}

static void levels(void)
{
    Stage s = {0};

    stage_init(&s, 24, 80);
    stage_conversation(&s, "Chen");
    sm_app_focus(s.app, FALSE);
    for (int i = 0; i < 200; i++)
        stage_run(&s, 1000);
    g_assert_cmpuint(occurrences(s.alerts->str, "overdue:Chen"), ==, 1);
    g_assert_cmpuint(occurrences(s.alerts->str, "warning:Chen"), <=, 2);
    g_assert_nonnull(strstr(s.title, "(1)"));
    stage_clear(&s);
}

static void messages(void)
{
    Stage s = {0};

    stage_init(&s, 48, 160);
    const char *chen = stage_conversation(&s, "Chen");
    stage_conversation(&s, "Lena");
    stage_keys(&s, "C-x 2");
    sm_app_focus(s.app, FALSE);
    stage_run(&s, 60000);
    g_string_set_size(s.alerts, 0);
    script_customer_says(s.script, chen, "Still there?");
    stage_settle(&s);
    /* One alert; it says what is worst about the chat. */
    g_assert_cmpstr(s.alerts->str, ==, "overdue:Chen ");
    /* In the chat that is looked at: nothing leaves the screen. */
    sm_app_focus(s.app, TRUE);
    stage_keys(&s, "C-x 1");
    stage_run(&s, 60000);
    g_string_set_size(s.alerts, 0);
    script_customer_says(s.script, chen, "And now?");
    stage_settle(&s);
    g_assert_cmpuint(occurrences(s.alerts->str, "message:"), ==, 0);
    stage_clear(&s);
}

/* Once more until it is looked at, and no more than ten times. */
static void repeats(void)
{
    Stage s = {0};

    stage_init(&s, 48, 160);
    stage_conversation(&s, "Chen");
    stage_conversation(&s, "Lena");
    stage_keys(&s, "C-x 2");
    g_assert_true(sm_app_run(s.app, "options alerts.repeat 60s"));
    sm_app_focus(s.app, FALSE);
    stage_run(&s, 250000); /* overdue after the first minute at the latest */
    guint chen = occurrences(s.alerts->str, "overdue:Chen");
    g_assert_cmpuint(chen, >=, 3);
    g_assert_cmpuint(chen, <=, 5);
    sm_app_focus(s.app, TRUE);
    stage_keys(&s, "C-x 1");
    stage_draw(&s);
    stage_run(&s, 1000); /* read */
    g_string_set_size(s.alerts, 0);
    stage_run(&s, 300000);
    g_assert_cmpuint(occurrences(s.alerts->str, "overdue:Chen"), ==, 0);
    stage_run(&s, 3600000);
    g_assert_cmpuint(occurrences(s.alerts->str, "overdue:Lena"), <=, 10);
    stage_clear(&s);
}

/* What was alerted and how it was acknowledged stands in the list, and in a private file without a word of a message, nor a name: nobody erases
 * it there. */
static void log_of_alerts(void)
{
    g_autofree char *directory = g_dir_make_tmp("seatmux-app-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(directory, "layout", NULL);
    g_autofree char *log = g_build_filename(directory, "alerts.jsonl", NULL);
    g_autofree char *text = NULL;
    Stage s = {.state_file = file};
    GStatBuf status;

    stage_init(&s, 48, 160);
    stage_conversation(&s, "Chen");
    sm_app_focus(s.app, FALSE);
    stage_run(&s, 120000);
    sm_app_focus(s.app, TRUE);
    stage_draw(&s);
    stage_keys(&s, "C-a");
    stage_run(&s, 2000);
    g_assert_true(sm_app_run(s.app, "alerts log"));
    const SmPopup *popup = sm_app_popup(s.app);
    g_assert_cmpuint(popup->rows->len, >=, 1);
    const SmPopupRow *newest = popup->rows->pdata[0];
    g_assert_cmpstr(sm_safe_str(newest->cells[1]), ==, "overdue");
    g_assert_cmpstr(sm_safe_str(newest->cells[2]), ==, "Chen");
    g_assert_nonnull(strstr(sm_safe_str(newest->cells[3]), "desktop"));
    g_assert_null(strstr(sm_safe_str(newest->cells[3]), "hook")); /* there is none */
    g_assert_nonnull(strstr(sm_safe_str(newest->cells[4]), "read"));
    stage_keys(&s, "Esc");
    stage_clear(&s);
    g_assert_cmpint(g_stat(log, &status), ==, 0);
    g_assert_cmpint(status.st_mode & 0777, ==, 0600);
    g_assert_true(g_file_get_contents(log, &text, NULL, NULL));
    g_assert_nonnull(strstr(text, "\"what\":\"fired\",\"level\":\"overdue\""));
    g_assert_nonnull(strstr(text, "\"what\":\"read\""));
    g_assert_nonnull(strstr(text, "\"chat\":\""));
    g_assert_null(strstr(text, "parcel"));
    g_assert_null(strstr(text, "Chen"));
    remove(log);
    remove(file);
    rmdir(directory);
}

static const char *alerted_name(Stage *s)
{
    g_assert_true(sm_app_run(s->app, "alerts log"));
    const SmPopupRow *newest = sm_app_popup(s->app)->rows->pdata[0];
    return sm_safe_str(newest->cells[2]);
}

/* The chat has gone, and the cursor has expired: the desk is asked what it erased meanwhile. */
static void erase_unseen(Stage *s, const char *chat)
{
    const SmConversation *c = sm_desk_conversation(sm_client_desk(s->client), chat);
    g_autofree char *erased = g_strdup_printf("{\"erased\":[\"%s\"]}", c->profile_content);
    g_autoptr(json_t) nothing = json_pack("{s:I, s:i, s:s, s:o, s:[], s:[]}", "now", (json_int_t)sm_client_now(s->client), "fold",
                                          SM_FOLD_VERSION, "cursor", "other", "shared",
                                          sm_desk_project_shared(script_desk(s->script), (SmActor){SM_ACTOR_STAFF, "mia"}), "queue",
                                          "conversations");
    g_autofree char *empty = sm_json_text(nothing);

    script_rule(s->script, "GET /v1/events", (ScriptRule){.kind = SCRIPT_STATUS, .times = 1, .status = 410, .body = "{}"});
    script_rule(s->script, "GET /v1/events", (ScriptRule){.kind = SCRIPT_SILENT, .times = -1});
    script_rule(s->script, "GET /v1/erased", (ScriptRule){.kind = SCRIPT_STATUS, .times = 1, .status = 200, .body = erased});
    script_rule(s->script, "GET /v1/snapshot", (ScriptRule){.kind = SCRIPT_STATUS, .times = 1, .status = 200, .body = empty});
    sm_client_kick(s->client);
    stage_run(s, 60000);
    g_assert_null(sm_desk_conversation(sm_client_desk(s->client), chat));
}

/* What the desk erased is in the list of alerts no more, whether the chat is still seen or not. */
static void erased_name(gconstpointer gone)
{
    Stage s = {0};

    stage_init(&s, 48, 160);
    g_autofree char *chat = g_strdup(stage_conversation(&s, "Chen"));
    sm_app_focus(s.app, FALSE);
    stage_run(&s, 120000);
    g_assert_cmpstr(alerted_name(&s), ==, "Chen");
    stage_keys(&s, "Esc");
    if (gone != NULL)
        erase_unseen(&s, chat);
    else
        script_erase(s.script, chat);
    stage_run(&s, 2000);
    g_assert_cmpstr(alerted_name(&s), ==, "(erased)");
    stage_clear(&s);
}

/* In quiet hours a message stays in the bar; what is overdue rings. */
static void quiet_hours(void)
{
    Stage s = {0};

    stage_init(&s, 48, 160);
    const char *chen = stage_conversation(&s, "Chen");
    sm_app_focus(s.app, FALSE);
    g_assert_true(sm_app_run(s.app, "options alerts.quiet_hours 00:00-24:00"));
    script_customer_says(s.script, chen, "Hello?");
    stage_settle(&s);
    stage_run(&s, 120000);
    g_assert_cmpuint(occurrences(s.alerts->str, "message:"), ==, 0);
    g_assert_cmpuint(occurrences(s.alerts->str, "warning:"), ==, 0);
    g_assert_cmpuint(occurrences(s.alerts->str, "overdue:Chen"), ==, 1);
    g_assert_true(sm_app_run(s.app, "options alerts.quiet_hours sometimes"));
    g_assert_true(sm_app_toast(s.app)->error);
    stage_clear(&s);
}

static void waiting(void)
{
    Stage s = {0};

    stage_init(&s, 48, 160);
    sm_app_focus(s.app, FALSE);
    script_waiting(s.script, "Ruiz");
    stage_settle(&s);
    g_assert_cmpuint(occurrences(s.alerts->str, "waiting:Ruiz"), ==, 1);
    script_waiting(s.script, "Okafor");
    stage_settle(&s);
    g_assert_cmpuint(occurrences(s.alerts->str, "waiting:Ruiz"), ==, 1);
    stage_clear(&s);
}

static void start_is_one_summary(void)
{
    Stage s = {0};

    stage_init(&s, 48, 160);
    for (int i = 0; i < 3; i++) {
        g_autofree char *name = g_strdup_printf("Customer %d", i);
        stage_conversation(&s, name);
    }
    stage_run(&s, 60000);
    stage_close(&s);
    g_string_set_size(s.alerts, 0);
    stage_open(&s, 48, 160);
    stage_run(&s, 2000);
    g_assert_cmpuint(occurrences(s.alerts->str, "summary:"), ==, 1);
    g_assert_cmpuint(occurrences(s.alerts->str, "Customer"), ==, 0);
    g_assert_nonnull(strstr(sm_safe_str(sm_app_toast(s.app)->words), "3 chats need you, the first is "));
    g_assert_nonnull(strstr(sm_safe_str(sm_app_toast(s.app)->words), " over its target. Ctrl-N goes there."));
    g_assert_true(sm_app_run(s.app, "alerts log"));
    const SmPopupRow *newest = sm_app_popup(s.app)->rows->pdata[0];
    g_assert_cmpstr(sm_safe_str(newest->cells[2]), ==, "(several)");
    stage_clear(&s);
}

static void disturb(void)
{
    Stage s = {0};

    stage_init(&s, 48, 160);
    sm_app_focus(s.app, FALSE);
    stage_keys(&s, "C-x d Enter");
    g_assert_true(sm_app_do_not_disturb(s.app));
    script_waiting(s.script, "Ruiz");
    stage_settle(&s);
    g_assert_cmpuint(occurrences(s.alerts->str, "waiting:"), ==, 0);
    stage_run(&s, 15 * 60000);
    g_assert_false(sm_app_do_not_disturb(s.app));
    g_assert_true(sm_app_run(s.app, "do-not-disturb on"));
    g_assert_true(sm_app_do_not_disturb(s.app));
    stage_keys(&s, "C-l");
    g_assert_false(sm_app_do_not_disturb(s.app));
    stage_clear(&s);
}

static void ticks(void)
{
    Stage s = {0};

    stage_init(&s, 48, 160);
    g_assert_cmpint(sm_app_tick_at(s.app), ==, INT64_MAX);
    stage_conversation(&s, "Chen");
    int64_t at = sm_app_tick_at(s.app);
    g_assert_cmpint(at, >, sm_loop_now(s.loop));
    g_assert_cmpint(at, <=, sm_loop_now(s.loop) + 1000);
    stage_clear(&s);
}

void add_alert_tests(void)
{
    g_test_add_func("/app/alerts/repeats", repeats);
    g_test_add_func("/app/alerts/log", log_of_alerts);
    g_test_add_data_func("/app/alerts/erased", NULL, erased_name);
    g_test_add_data_func("/app/alerts/erased-elsewhere", "gone", erased_name);
    g_test_add_func("/app/alerts/quiet-hours", quiet_hours);
    g_test_add_func("/app/alerts/levels", levels);
    g_test_add_func("/app/alerts/messages", messages);
    g_test_add_func("/app/alerts/waiting", waiting);
    g_test_add_func("/app/alerts/start-is-one-summary", start_is_one_summary);
    g_test_add_func("/app/alerts/do-not-disturb", disturb);
    g_test_add_func("/app/alerts/ticks", ticks);
}
