/* SPDX-License-Identifier: MIT */
/* Desktop notifications that hang or die cost the agent nothing: keys are painted all the while,
 * and the status line says what is the matter. FAKE_DAEMON names a notification service that can be
 * silent. */
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "stage_desk.h"

#define PAINT_MS 500 /* a key's bound under the sanitizers, on a busy machine */

typedef struct {
    Stage *stage;
    GPid bus, service;
    int bus_out, service_in, service_out;
    Vt *vt;
} Desktop;

/* A session bus of the test's own; FALSE: dbus is not installed, the test is skipped. */
static gboolean start_bus(Desktop *d)
{
    g_autofree char *conf = stage_path(d->stage, "bus.conf");
    g_autofree char *option = g_strconcat("--config-file=", conf, NULL);
    g_autofree char *text =
        g_strdup_printf("<busconfig><type>session</type><listen>unix:dir=%s</listen>"
                        "<policy context='default'><allow send_destination='*' eavesdrop='true'/>"
                        "<allow eavesdrop='true'/><allow own='*'/></policy></busconfig>",
                        d->stage->home);
    const char *const argv[] = {"dbus-daemon", option, "--nofork", "--print-address=1", NULL};
    g_autofree char *program = g_find_program_in_path(argv[0]);
    if (!program) {
        g_test_skip("dbus-daemon is not installed");
        return FALSE;
    }
    g_assert_true(g_file_set_contents(conf, text, -1, NULL));
    g_autofree char *address = stage_daemon(d->stage, argv, &d->bus, NULL, &d->bus_out);
    stage_set(d->stage, "DBUS_SESSION_BUS_ADDRESS", address);
    return TRUE;
}

static gboolean begin(Desktop *d, const char *mode)
{
    *d = (Desktop){.stage = stage_new("alerts: {message: all, activity: all}\n"),
                   .bus_out = -1,
                   .service_in = -1,
                   .service_out = -1};
    if (!start_bus(d)) {
        stage_free(d->stage);
        return FALSE;
    }
    const char *const argv[] = {g_getenv("FAKE_DAEMON"), mode, "body", NULL};
    g_autofree char *said =
        stage_daemon(d->stage, argv, &d->service, &d->service_in, &d->service_out);
    g_assert_cmpstr(said, ==, "ready");
    d->vt = stage_practice(d->stage, 24, 120, "desk-en.yaml", "en", 4);
    stage_claim(d->vt, 2);
    vt_wait_no_text(d->vt, "Enter waits", WAIT);
    return TRUE;
}

static void end(Desktop *d)
{
    stage_quit(d->vt);
    vt_free(d->vt);
    stage_kill(&d->service, SIGKILL, NULL);
    stage_kill(&d->bus, SIGKILL, NULL);
    int fds[] = {d->bus_out, d->service_in, d->service_out};
    for (guint i = 0; i < G_N_ELEMENTS(fds); i++)
        close(fds[i]);
    stage_free(d->stage);
}

/* Type for so long; the longest any key took to be painted, in ms. */
static int type_for(Vt *vt, int ms)
{
    gint64 until = g_get_monotonic_time() + (gint64)ms * 1000;
    gint64 longest = 0;
    while (g_get_monotonic_time() < until) {
        for (int i = 0; i < 20; i++) {
            g_autofree char *draft = g_strdup_printf("> %.*s", i + 1, "abcdefghijklmnopqrst");
            const char key[2] = {(char)('a' + i), '\0'};
            gint64 from = g_get_monotonic_time();
            vt_keys(vt, key);
            vt_wait_text(vt, draft, WAIT);
            longest = MAX(longest, g_get_monotonic_time() - from);
        }
        vt_keys(vt, "\025");
        vt_wait_no_text(vt, "> abc", WAIT);
    }
    return (int)(longest / 1000);
}

/* The service has the name and answers nothing. */
static void test_silent(void)
{
    Desktop d;
    if (!begin(&d, "silent"))
        return;
    int longest = type_for(d.vt, 2500); /* the helper is started 1.5 s after the screen stands */
    vt_wait_match(d.vt, "notif: .*hung", WAIT);
    longest = MAX(longest, type_for(d.vt, 1000));
    g_test_message("longest key %d ms", longest);
    g_assert_cmpint(longest, <, PAINT_MS);
    end(&d);
}

/* All is well, then the bus dies. */
static void test_bus_dies(void)
{
    Desktop d;
    if (!begin(&d, "answers"))
        return;
    vt_wait_match(d.vt, "notif: .*D-Bus", WAIT);
    g_autofree char *before = vt_row(d.vt, vt_rows(d.vt) - 1);
    stage_kill(&d.bus, SIGKILL, NULL);
    int longest = type_for(d.vt, 1500);
    g_test_message("longest key %d ms; before: %s", longest, before);
    g_assert_cmpint(longest, <, PAINT_MS);
    vt_wait_match(d.vt, "notif: .*(no bus|no daemon|dead)", WAIT);
    end(&d);
}

/* The bus itself stands still. */
static void test_bus_stopped(void)
{
    Desktop d;
    if (!begin(&d, "answers"))
        return;
    g_assert_cmpint(kill(d.bus, SIGSTOP), ==, 0);
    int longest = type_for(d.vt, 2500);
    g_test_message("longest key %d ms", longest);
    g_assert_cmpint(longest, <, PAINT_MS);
    end(&d);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/screens/desktop/silent", test_silent);
    g_test_add_func("/screens/desktop/bus-dies", test_bus_dies);
    g_test_add_func("/screens/desktop/bus-stopped", test_bus_stopped);
    return g_test_run();
}
