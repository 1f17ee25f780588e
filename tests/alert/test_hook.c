/* SPDX-License-Identifier: MIT */
#include "seatmux/alert/hook.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "seatmux/base/error.h"
#include "seatmux/base/json.h"

typedef struct {
    SmLoop *loop;
    SmHook *hook;
    SmTrace *trace;
    char *log;
    SmAlertDecision alert;
    guint done;
    int last_status;
} Fixture;

static void on_done(SmHook *hook, int status, void *user)
{
    Fixture *f = user;
    f->done++;
    f->last_status = status;
}

static void set_up(Fixture *f, gconstpointer data)
{
    g_autofree char *dir = g_dir_make_tmp("seatmux-hook-XXXXXX", NULL);
    f->log = g_build_filename(dir, "log", NULL);
    f->trace = sm_trace_new_file(f->log, SM_TRACE_DEBUG, NULL);
    f->loop = sm_loop_new_glib();
    f->hook = sm_hook_new(f->loop, f->trace);
    sm_hook_set_done(f->hook, on_done, f);
    f->alert = (SmAlertDecision){.level = SM_URGENCY_WARNING,
                                 .kind = SM_ALERT_WARNING,
                                 .chats = 1,
                                 .count = 3,
                                 .left_ms = -1500,
                                 .chat = g_strdup("c1")};
    f->alert.name = SM_SAFE_LITERAL("王 \"x\"; rm -rf $HOME");
    f->alert.title = SM_SAFE_LITERAL("title");
    f->alert.body = SM_SAFE_LITERAL("body");
}

static void tear_down(Fixture *f, gconstpointer data)
{
    sm_hook_free(f->hook);
    sm_trace_free(f->trace);
    sm_loop_free(f->loop);
    g_unlink(f->log);
    g_autofree char *dir = g_path_get_dirname(f->log);
    g_rmdir(dir);
    g_free(f->log);
    g_free(f->alert.chat);
    sm_safe_unref(f->alert.name);
    sm_safe_unref(f->alert.title);
    sm_safe_unref(f->alert.body);
}

static void shell(Fixture *f, const char *script)
{
    const char *argv[] = {"sh", "-c", script, NULL};
    sm_hook_set_command(f->hook, argv);
}

static void wake(void *user)
{
}

static void wait_done(Fixture *f, guint n)
{
    gint64 end = g_get_monotonic_time() + 20 * G_USEC_PER_SEC;
    while (f->done < n && g_get_monotonic_time() < end) {
        guint64 id = sm_loop_after(f->loop, 20, wake, NULL);
        g_main_context_iteration(NULL, TRUE);
        sm_loop_remove(f->loop, &id);
    }
    g_assert_cmpuint(f->done, ==, n);
}

static gboolean traced(Fixture *f, const char *text)
{
    g_autofree char *log = NULL;
    g_assert_true(g_file_get_contents(f->log, &log, NULL, NULL));
    return strstr(log, text) != NULL;
}

static void run(Fixture *f)
{
    g_autoptr(GError) error = NULL;
    g_assert_true(sm_hook_run(f->hook, &f->alert, &error));
    g_assert_no_error(error);
}

static void test_json(Fixture *f, gconstpointer data)
{
    g_autofree char *text = sm_hook_json(&f->alert);
    g_assert_cmpstr(text, ==,
                    "{\"level\":3,\"urgency\":\"warning\",\"kind\":\"warning\",\"summary\":false,"
                    "\"chats\":1,\"count\":3,\"chat\":\"c1\",\"name\":\"王 \\\"x\\\"; rm -rf "
                    "$HOME\",\"left_ms\":-1500,\"title\":\"title\",\"body\":\"body\"}");
    f->alert.left_ms = SM_ALERT_NO_TIME;
    g_autofree char *none = sm_hook_json(&f->alert);
    g_assert_nonnull(strstr(none, "\"left_ms\":null"));
}

static void test_runs(Fixture *f, gconstpointer data)
{
    g_setenv("SEATMUX_TOKEN", "secret", TRUE);
    shell(f, "read line; test -n \"$line\" && echo \"size ${#line}\"; echo oops >&2;"
             "echo \"[$SEATMUX_ALERT_LEVEL][$SEATMUX_ALERT_KIND][$SEATMUX_TOKEN]\"; exit 7");
    run(f);
    g_assert_cmpuint(sm_hook_running(f->hook), ==, 1);
    wait_done(f, 1);
    g_unsetenv("SEATMUX_TOKEN");
    g_assert_cmpint(f->last_status, ==, 7);
    g_assert_cmpuint(sm_hook_running(f->hook), ==, 0);
    g_assert_true(traced(f, "size "));
    g_assert_true(traced(f, "oops"));
    g_assert_true(traced(f, "[warning][warning][]"));
}

static void test_customer_text_only_on_stdin(Fixture *f, gconstpointer data)
{
    shell(f, "echo env=$(env | grep -c -e 王 -e title -e body)=; echo stdin=$(grep -c 王)=");
    run(f);
    wait_done(f, 1);
    g_assert_true(traced(f, "env=0="));
    g_assert_true(traced(f, "stdin=1="));
}

static void test_four_at_once_and_killed(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    sm_hook_set_limit(f->hook, 300);
    shell(f, "trap '' TERM; sleep 100; sleep 100");
    for (int i = 0; i < SM_HOOKS_AT_ONCE; i++)
        run(f);
    g_assert_false(sm_hook_run(f->hook, &f->alert, &error));
    g_assert_error(error, SM_ERROR, SM_ERROR_BUSY);
    wait_done(f, SM_HOOKS_AT_ONCE);
    g_assert_cmpint(f->last_status, ==, -SIGKILL);
    g_assert_true(traced(f, "killed after 300 ms"));
    shell(f, "exit 0");
    run(f); /* there is room again */
    wait_done(f, SM_HOOKS_AT_ONCE + 1);
    g_assert_cmpint(f->last_status, ==, 0);
}

static void test_output_is_bounded(Fixture *f, gconstpointer data)
{
    shell(f,
          "printf '\\033[31mred\\n'; head -c 3000000 /dev/zero | tr '\\0' a; echo; echo the-end");
    run(f);
    wait_done(f, 1);
    g_assert_cmpint(f->last_status, ==, 0); /* it was read to its end, never stuck in a full pipe */
    g_assert_false(traced(f, "the-end"));
    g_assert_false(traced(f, "\033"));
    GStatBuf info;
    g_assert_cmpint(g_stat(f->log, &info), ==, 0);
    g_assert_cmpint(info.st_size, <, 3 * SM_HOOK_OUTPUT_BYTES);
}

static void test_refusals(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) none = NULL, missing = NULL;
    g_assert_false(sm_hook_run(f->hook, &f->alert, &none));
    g_assert_error(none, SM_ERROR, SM_ERROR_NOT_FOUND);
    if (g_getenv("SEATMUX_VALGRIND")) {
        return; /* it makes a fork of what starts a program, and why one could not be started is lost */
    }
    const char *argv[] = {"/nonexistent/hook", NULL};
    sm_hook_set_command(f->hook, argv);
    g_assert_false(sm_hook_run(f->hook, &f->alert, &missing));
    g_assert_error(missing, SM_ERROR, SM_ERROR_FAILED);
    g_assert_cmpuint(sm_hook_running(f->hook), ==, 0);
}

static void test_free_while_running(Fixture *f, gconstpointer data)
{
    shell(f, "sleep 100");
    run(f);
    run(f);
    sm_hook_free(f->hook);
    f->hook = NULL;
    g_assert_cmpuint(f->done, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define T(path, fn) g_test_add("/alert/hook/" path, Fixture, NULL, set_up, fn, tear_down)
    T("json", test_json);
    T("runs", test_runs);
    T("customer-text", test_customer_text_only_on_stdin);
    T("four-at-once", test_four_at_once_and_killed);
    T("output-bounded", test_output_is_bounded);
    T("refusals", test_refusals);
    T("free-while-running", test_free_while_running);
    return g_test_run();
}
