/* SPDX-License-Identifier: MIT */
/* Alerts: each level once, nothing where one looks, one summary after a start. */
#include "stage.h"

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
    stage_clear(&s);
}

static void disturb(void)
{
    Stage s = {0};

    stage_init(&s, 48, 160);
    sm_app_focus(s.app, FALSE);
    stage_keys(&s, "C-x d");
    stage_type(&s, "1");
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
    g_test_add_func("/app/alerts/levels", levels);
    g_test_add_func("/app/alerts/messages", messages);
    g_test_add_func("/app/alerts/waiting", waiting);
    g_test_add_func("/app/alerts/start-is-one-summary", start_is_one_summary);
    g_test_add_func("/app/alerts/do-not-disturb", disturb);
    g_test_add_func("/app/alerts/ticks", ticks);
}
