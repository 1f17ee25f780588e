/* SPDX-License-Identifier: MIT */
/* The client at a real server: its life when the server goes, when it goes itself, and who is let
 * in. */
#include <glib/gstdio.h>
#include <locale.h>
#include <signal.h>
#include <string.h>

#include "stage_desk.h"

#define SEEN_AFTER_MS 750 /* a line drawn so long has been seen: an answer to it is not held */
#define DRAFT_AGE_MS 1100 /* a draft on disk is at most a second old */

typedef struct {
    Stage *stage;
    Vt *vt;
    char *conversation, *token;
} Desk;

/* Look at the screen for so long: these times are the program's promises. */
static void watch(Vt *vt, int ms)
{
    gint64 until = g_get_monotonic_time() + (gint64)ms * 1000;
    while (g_get_monotonic_time() < until)
        vt_pump(vt, 50);
}

/* A server, a customer, and the client that has taken the chat. */
static Desk begin(gboolean unix_socket)
{
    Desk d = {.stage = stage_new("alerts: {desktop: false}\n")};
    stage_desk_new(d.stage);
    stage_desk_start(d.stage, unix_socket);
    d.conversation = stage_desk_customer(d.stage, "Chen Wei", "Where is my parcel?", &d.token);
    d.vt = stage_desk_client(d.stage, 24, 80);
    vt_wait_match(d.vt, "q 1 ", WAIT);
    vt_keys(d.vt, "\030a");
    vt_wait_text(d.vt, "to Chen Wei>", WAIT);
    vt_wait_text(d.vt, "Where is my parcel?", WAIT);
    vt_wait_text(d.vt, "| ok |", WAIT);
    watch(d.vt, SEEN_AFTER_MS);
    return d;
}

static void end(Desk *d)
{
    vt_free(d->vt);
    stage_free(d->stage);
    g_free(d->conversation);
    g_free(d->token);
}

static void answer(Desk *d, const char *text)
{
    g_autofree char *sent = g_strdup_printf("│ %s", text);
    stage_type(d->vt, text);
    stage_enter(d->vt);
    vt_wait_text(d->vt, sent, WAIT);
}

static void wait_sent(Desk *d)
{
    vt_wait_no_text(d->vt, "you~", 2 * WAIT);
}

static void test_talk(gconstpointer unix_socket)
{
    Desk d = begin(unix_socket != NULL);
    answer(&d, "It leaves today.");
    wait_sent(&d);
    g_assert_cmpuint(stage_desk_count(d.stage, "It leaves today."), ==, 1);
    stage_desk_say(d.stage, d.conversation, d.token, "Thank you");
    vt_wait_text(d.vt, "│ Thank you", WAIT);
    stage_quit(d.vt);
    stage_desk_stop(d.stage, SIGTERM);
    end(&d);
}

/* The client has the chat of a customer who wrote `text` and then so many lines "WORD N."; the last of them is on the screen. */
static Desk begin_long(const char *text, const char *word, int lines)
{
    Desk d = {.stage = stage_new("alerts: {desktop: false}\n")};
    stage_desk_new(d.stage);
    stage_desk_start(d.stage, FALSE);
    d.conversation = stage_desk_customer(d.stage, "Chen Wei", text, &d.token);
    g_autofree char *last = NULL;
    for (int i = 0; i < lines; i++) {
        g_free(last);
        last = g_strdup_printf("%s %d.", word, i);
        stage_desk_say(d.stage, d.conversation, d.token, last);
    }
    d.vt = stage_desk_client(d.stage, 24, 80);
    vt_wait_match(d.vt, "q 1 ", WAIT);
    vt_keys(d.vt, "\030a");
    vt_wait_text(d.vt, last, WAIT);
    return d;
}

/* What is looked for lies beyond what the client has: older lines are fetched until it is found, and Esc comes back. */
static void test_find_older(void)
{
    Desk d = begin_long("A needle 针 in the hay", "straw", 320);
    vt_keys(d.vt, "\006");
    stage_type(d.vt, "needle 针");
    vt_wait_text(d.vt, "1 of 1", 2 * WAIT);
    vt_wait_text(d.vt, "A needle 针 in the hay", WAIT);
    vt_keys(d.vt, "\007");
    vt_wait_text(d.vt, "straw 319.", WAIT);
    g_assert_false(vt_has_text(d.vt, "A needle"));
    stage_quit(d.vt);
    stage_desk_stop(d.stage, SIGTERM);
    end(&d);
}

/* Who reads what was before sees that something new has come, and is not moved. */
static void test_new_below(void)
{
    Desk d = begin_long("straw", "straw", 40);
    watch(d.vt, SEEN_AFTER_MS);
    vt_keys(d.vt, "\033[5~\033[5~");
    vt_wait_text(d.vt, "rows below", WAIT);
    vt_wait_text(d.vt, "straw 10.", WAIT);
    stage_desk_say(d.stage, d.conversation, d.token, "one more");
    stage_desk_say(d.stage, d.conversation, d.token, "and another");
    vt_wait_text(d.vt, "2 new below", WAIT);
    g_assert_true(vt_has_text(d.vt, "straw 10."));
    vt_keys(d.vt, "\007");
    vt_wait_text(d.vt, "and another", WAIT);
    vt_wait_no_text(d.vt, "new below", WAIT);
    stage_quit(d.vt);
    stage_desk_stop(d.stage, SIGTERM);
    end(&d);
}

/* The server is gone for a while: what was sent waits and goes once, what was being written stays.
 */
static void test_server_gone(void)
{
    Desk d = begin(FALSE);
    vt_wait_text(d.vt, "| ok |", WAIT);
    stage_desk_stop(d.stage, SIGKILL);
    vt_wait_text(d.vt, "retry ", WAIT);
    answer(&d, "While you were away.");
    vt_wait_text(d.vt, "(queued", WAIT);
    stage_type(d.vt, "half a thought");
    stage_desk_start(d.stage, FALSE);
    vt_wait_text(d.vt, " ok | ", 2 * WAIT);
    wait_sent(&d);
    vt_wait_text(d.vt, "to Chen Wei> half a thought", WAIT);
    g_assert_cmpuint(stage_desk_count(d.stage, "While you were away."), ==, 1);
    g_assert_cmpuint(stage_desk_count(d.stage, "half a thought"), ==, 0);
    stage_quit(d.vt);
    end(&d);
}

/* What has not left can be taken back, and then it never leaves. */
static void test_take_back(void)
{
    Desk d = begin(FALSE);
    vt_wait_text(d.vt, "| ok |", WAIT);
    stage_desk_stop(d.stage, SIGKILL);
    vt_wait_text(d.vt, "retry ", WAIT);
    answer(&d, "Said too early.");
    vt_wait_text(d.vt, "(queued", WAIT);
    vt_keys(d.vt, "\030u");
    vt_wait_text(d.vt, "to Chen Wei> Said too early.", WAIT);
    vt_wait_no_text(d.vt, "(queued", WAIT);
    vt_keys(d.vt, "\025");
    vt_wait_match(d.vt, "to Chen Wei>$", WAIT);
    stage_desk_start(d.stage, FALSE);
    vt_wait_text(d.vt, " ok | ", 2 * WAIT);
    answer(&d, "Said in time.");
    wait_sent(&d);
    g_assert_cmpuint(stage_desk_count(d.stage, "Said too early."), ==, 0);
    g_assert_cmpuint(stage_desk_count(d.stage, "Said in time."), ==, 1);
    stage_quit(d.vt);
    end(&d);
}

/* The client is killed with a message waiting and a draft: both are there when it is started again.
 */
static void test_client_killed(void)
{
    Desk d = begin(FALSE);
    stage_desk_stop(d.stage, SIGKILL);
    vt_wait_text(d.vt, "retry ", WAIT);
    answer(&d, "Kept through a kill.");
    vt_wait_text(d.vt, "(queued", WAIT);
    stage_type(d.vt, "and this draft");
    watch(d.vt, DRAFT_AGE_MS);
    vt_signal(d.vt, SIGKILL);
    vt_wait_exit(d.vt, WAIT);
    vt_free(d.vt);
    stage_desk_start(d.stage, FALSE);
    d.vt = stage_desk_client(d.stage, 24, 80);
    vt_wait_text(d.vt, "to Chen Wei> and this draft", WAIT);
    vt_wait_text(d.vt, "│ Kept through a kill.", WAIT);
    wait_sent(&d);
    g_assert_cmpuint(stage_desk_count(d.stage, "Kept through a kill."), ==, 1);
    stage_quit(d.vt);
    end(&d);
}

/* The terminal goes away with a draft: the next start has it. */
static void test_terminal_gone(void)
{
    Desk d = begin(FALSE);
    stage_type(d.vt, "before the line went");
    vt_hangup(d.vt);
    vt_wait_exit(d.vt, WAIT);
    vt_free(d.vt);
    d.vt = stage_desk_client(d.stage, 24, 80);
    vt_wait_text(d.vt, "to Chen Wei> before the line went", WAIT);
    stage_quit(d.vt);
    end(&d);
}

static void test_refused(void)
{
    g_autoptr(Stage) stage = stage_new(NULL);
    stage_desk_new(stage);
    stage_desk_start(stage, FALSE);
    g_autofree char *wrong = stage_path(stage, "wrong");
    g_assert_true(g_file_set_contents(wrong, "not this\n", -1, NULL));
    g_assert_cmpint(g_chmod(wrong, 0600), ==, 0);
    g_autoptr(Vt) vt = stage_seatmux(stage, 24, 80, "--server", stage->url, "--login", AGENT,
                                     "--password-file", wrong, NULL);
    g_assert_cmpint(vt_wait_exit(vt, WAIT), ==, 1);
    g_assert_false(vt_alternate(vt));
    vt_wait_match(vt, "seatmux: .*password", WAIT);
}

static void test_second_instance(void)
{
    Desk d = begin(FALSE);
    g_autofree char *pid = g_strdup_printf("%d", vt_pid(d.vt));
    g_autoptr(Vt) second = stage_desk_client(d.stage, 24, 80);
    g_assert_cmpint(vt_wait_exit(second, WAIT), ==, 1);
    vt_wait_text(second, pid, WAIT);
    stage_type(d.vt, "the first goes on");
    stage_quit(d.vt);
    end(&d);
}

/* A supervisor watches, whispers and takes over; neither watching nor whisper reaches the customer, and the agent's
 * screen tells of the whisper and of the taking. */
/* The desk gives a chat out by itself, and says why to this one. */
static void test_routed(void)
{
    Desk d = {.stage = stage_new("alerts: {desktop: false}\n")};
    stage_desk_new(d.stage);
    g_autofree char *yaml = g_build_filename(d.stage->data, "desk.yaml", NULL);
    g_assert_true(g_file_set_contents(yaml, "desk: Shop\nteams: [{id: support, capacity: 1, routing: share}]\n"
                                            "inboxes: [{id: web, team: support}]\n", -1, NULL));
    stage_desk_start(d.stage, FALSE);
    d.vt = stage_desk_client(d.stage, 24, 80);
    d.conversation = stage_desk_customer(d.stage, "Chen Wei", "Where is my parcel?", &d.token);
    vt_wait_text(d.vt, "the desk gave the chat to you", WAIT);
    g_autofree char *token = NULL;
    g_free(stage_desk_customer(d.stage, "Lena", "And mine?", &token));
    g_autofree char *password = stage_path(d.stage, "password");
    g_autoptr(Vt) lead = stage_seatmux(d.stage, 34, 120, "supervise", "--server", d.stage->url, "--login", LEAD,
                                       "--password-file", password, "--lang", "en", NULL);
    vt_wait_match(lead, "Lena +Support|Lena +support", 2 * WAIT);
    vt_keys(lead, "/");
    vt_wait_text(lead, "filter", WAIT);
    stage_type(lead, "agent:none");
    stage_enter(lead);
    vt_wait_text(lead, "hidden by the filter", WAIT);
    vt_keys(lead, "y");
    vt_wait_text(lead, "Lena: boss: supervisors take what they want", WAIT);
    vt_wait_text(lead, "mia: no free place", WAIT);
    stage_quit(lead);
    stage_quit(d.vt);
    stage_desk_stop(d.stage, SIGTERM);
    end(&d);
}

static void test_supervise(void)
{
    Desk d = begin(FALSE);
    g_autofree char *password = stage_path(d.stage, "password");
    g_autoptr(Vt) lead = stage_seatmux(d.stage, 34, 120, "supervise", "--server", d.stage->url, "--login", LEAD,
                                       "--password-file", password, "--lang", "zh-CN", NULL);
    vt_wait_text(lead, "SEAT 主管", 2 * WAIT);
    vt_wait_match(lead, "Chen Wei +Support +mia +Where is my parcel", WAIT);
    vt_keys(lead, "\r");
    vt_wait_text(lead, "实时：Chen Wei 与 mia", WAIT);
    vt_keys(lead, "w");
    vt_wait_text(lead, "悄悄话>", WAIT);
    stage_type(lead, "先道歉");
    stage_enter(lead);
    vt_wait_text(lead, "已悄悄告诉 mia", WAIT);
    vt_wait_text(d.vt, "先道歉", WAIT);
    g_assert_true(stage_desk_tells(d.stage, d.conversation, d.token, "Where is my parcel"));
    g_assert_false(stage_desk_tells(d.stage, d.conversation, d.token, "先道歉"));
    vt_keys(lead, "t");
    vt_wait_text(lead, "接管与 Chen Wei 的会话", WAIT);
    vt_keys(lead, "y");
    vt_wait_match(lead, "Chen Wei +Support +boss", WAIT);
    vt_wait_no_text(d.vt, "to Chen Wei>", WAIT); /* the agent may not write there any more */
    vt_keys(lead, "q"); /* what is read below goes, then the view */
    vt_wait_no_text(lead, "实时", WAIT);
    vt_keys(lead, "q");
    vt_wait_match(lead, "SEAT +\\| +boss", WAIT);
    stage_quit(d.vt);
    end(&d);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/screens/remote/tcp", NULL, test_talk);
    g_test_add_data_func("/screens/remote/unix", "unix", test_talk);
    g_test_add_func("/screens/remote/find-older", test_find_older);
    g_test_add_func("/screens/remote/new-below", test_new_below);
    g_test_add_func("/screens/remote/server-gone", test_server_gone);
    g_test_add_func("/screens/remote/take-back", test_take_back);
    g_test_add_func("/screens/remote/client-killed", test_client_killed);
    g_test_add_func("/screens/remote/terminal-gone", test_terminal_gone);
    g_test_add_func("/screens/remote/refused", test_refused);
    g_test_add_func("/screens/remote/second-instance", test_second_instance);
    g_test_add_func("/screens/remote/supervise", test_supervise);
    g_test_add_func("/screens/remote/routed", test_routed);
    return g_test_run();
}
