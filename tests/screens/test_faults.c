/* SPDX-License-Identifier: MIT */
/* The whole client at a real server where the machine under it fails: a disk that is full or can't be written, a program that
 * is stopped, a terminal that is stormed or not read. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "stage_desk.h"

#define RESIZES 10000
#define NOISE 150 /* lines of customers while nobody reads the terminal */

typedef struct {
    Stage *stage;
    Vt *vt;
    char *disk; /* what is mounted; NULL: nothing */
    char *conversation, *token;
} Desk;

static void server(Desk *d)
{
    *d = (Desk){.stage = stage_new("alerts: {desktop: false}\n")};
    stage_desk_new(d->stage);
    stage_desk_start(d->stage, FALSE);
    d->conversation = stage_desk_customer(d->stage, "Chen Wei", "Where is my parcel?", &d->token);
}

/* The client has taken the chat. */
static void client(Desk *d, int rows, int columns)
{
    d->vt = stage_desk_client(d->stage, rows, columns);
    vt_wait_match(d->vt, "q(ueue)? 1[, ]", WAIT);
    vt_keys(d->vt, "\030a");
    vt_wait_text(d->vt, "to Chen Wei>", WAIT);
    vt_wait_text(d->vt, "Where is my parcel?", WAIT);
    vt_wait_match(d->vt, "\\| (net )?ok", WAIT);
}

static void end(Desk *d)
{
    vt_free(d->vt);
    if (d->disk)
        g_assert_cmpint(umount2(d->disk, MNT_DETACH), ==, 0);
    stage_free(d->stage);
    g_free(d->disk);
    g_free(d->conversation);
    g_free(d->token);
}

static gboolean logged(Vt *vt, void *user)
{
    return stage_desk_count(((Desk *)user)->stage, "It left today.") == 1;
}

static gboolean logged_or_held(Vt *vt, void *user)
{
    return logged(vt, user) || vt_has_text(vt, "(held:");
}

/* What came less than 700 ms ago, or was not drawn for so long between resizes, counts as not seen, and holds the answer: as
 * anybody would, a second Enter then sends it. */
static void answer(Desk *d)
{
    stage_type(d->vt, "It left today.");
    stage_enter(d->vt);
    vt_wait(d->vt, logged_or_held, d, "the answer in the log, or held", WAIT);
    for (int i = 0; i < 10 && !logged(d->vt, d); i++) {
        vt_pump(d->vt, 500); /* one that comes at once is ignored: it was meant for the first */
        if (vt_has_text(d->vt, "(held:"))
            stage_enter(d->vt);
    }
    vt_wait(d->vt, logged, d, "the answer in the log, once", WAIT);
}

/* The client's data on a disk of its own. FALSE: the machine does not let us, the test is skipped. */
static gboolean own_disk(Desk *d, const char *options)
{
    d->disk = stage_path(d->stage, "small");
    g_assert_cmpint(g_mkdir(d->disk, 0700), ==, 0);
    if (mount("none", d->disk, "tmpfs", 0, options) != 0) {
        g_clear_pointer(&d->disk, g_free);
        g_test_skip("nothing may be mounted here");
        return FALSE;
    }
    stage_set(d->stage, "XDG_DATA_HOME", d->disk);
    stage_set(d->stage, "XDG_STATE_HOME", d->disk);
    stage_set(d->stage, "XDG_CACHE_HOME", d->disk);
    return TRUE;
}

/* --- The disk -------------------------------------------------------------------------------------- */

static void fill(const char *path)
{
    static const char block[4096];
    int fd = g_open(path, O_WRONLY | O_CREAT, 0600);
    g_assert_cmpint(fd, >=, 0);
    while (write(fd, block, sizeof block) > 0)
        continue;
    g_assert_cmpint(errno, ==, ENOSPC);
    close(fd);
}

/* A client whose disk was filled after its start. What fills it: caller removes and frees. */
static char *client_on_full_disk(Desk *d)
{
    char *filler = g_build_filename(d->disk, "filler", NULL);
    client(d, 24, 100);
    fill(filler);
    return filler;
}

/* It says so as long as it lasts, not for the moment of a message alone; what is sent is sent, and when there is room
 * again that is said too. */
static void test_disk_full(void)
{
    Desk d;
    server(&d);
    if (own_disk(&d, "size=1m")) {
        g_autofree char *filler = client_on_full_disk(&d);
        answer(&d);
        vt_wait_no_text(d.vt, "Nothing is kept on disk", WAIT);
        vt_wait_text(d.vt, "nothing kept", WAIT);
        g_unlink(filler);
        stage_type(d.vt, "and more");
        vt_wait_text(d.vt, "kept on disk again", WAIT);
        vt_wait_no_text(d.vt, "nothing kept", WAIT);
        stage_quit(d.vt);
    }
    end(&d);
}

/* Nothing is claimed to be kept that is not; once there is room it is kept, also what was written before. */
static void test_disk_full_and_away(void)
{
    Desk d;
    server(&d);
    if (own_disk(&d, "size=1m")) {
        g_autofree char *filler = client_on_full_disk(&d);
        stage_kill(&d.stage->server, SIGKILL, NULL);
        vt_wait_match(d.vt, "reconnecting|retry", WAIT);
        stage_type(d.vt, "It left today.");
        stage_enter(d.vt);
        vt_wait_text(d.vt, "(not on disk, waiting for the desk", WAIT);
        vt_keys(d.vt, "\030q");
        vt_wait_text(d.vt, "Nothing is kept on disk: they", WAIT);
        vt_keys(d.vt, "n");
        vt_wait_no_text(d.vt, "Quit?", WAIT);
        vt_keys(d.vt, "\030c1"); /* nor is anything done */
        vt_wait_text(d.vt, "nothing was done", WAIT);
        g_unlink(filler);
        vt_wait_text(d.vt, "(queued, waiting for the desk", WAIT);
        vt_signal(d.vt, SIGKILL);
        vt_wait_exit(d.vt, WAIT);
        g_clear_pointer(&d.vt, vt_free);
        stage_desk_start(d.stage, FALSE);
        d.vt = stage_desk_client(d.stage, 24, 100);
        vt_wait(d.vt, logged_or_held, &d, "the answer in the log, or held", WAIT);
        stage_quit(d.vt);
    }
    end(&d);
}

static void start_again(Desk *d)
{
    stage_quit(d->vt); /* what is kept does not hinder it */
    vt_free(d->vt);
    d->vt = stage_desk_client(d->stage, 24, 100);
}

/* Started while the desk is away, the client shows what it kept: chats, what was said, what waits and what was being written. */
static void test_started_while_away(void)
{
    Desk d;
    server(&d);
    client(&d, 24, 100);
    stage_watch(d.vt, SEEN_AFTER_MS);
    stage_kill(&d.stage->server, SIGKILL, NULL);
    vt_wait_match(d.vt, "reconnecting|retry", WAIT);
    stage_type(d.vt, "It left today.");
    stage_enter(d.vt);
    vt_wait_text(d.vt, "(queued, waiting for the desk", WAIT);
    stage_type(d.vt, "half a sent");
    start_again(&d);
    vt_wait_text(d.vt, "to Chen Wei> half a sent", WAIT);
    vt_wait_text(d.vt, "Where is my parcel?", WAIT);
    vt_wait_text(d.vt, "(queued, waiting for the desk", WAIT);
    vt_keys(d.vt, "ence");
    vt_wait_text(d.vt, "half a sentence", WAIT);
    stage_desk_start(d.stage, FALSE);
    vt_wait_no_text(d.vt, "you~", WAIT);
    vt_wait_text(d.vt, "net ok", WAIT);
    g_assert_true(vt_has_text(d.vt, "half a sentence"));
    stage_quit(d.vt);
    g_assert_cmpuint(stage_desk_count(d.stage, "It left today."), ==, 1);
    end(&d);
}

/* Locked before the desk was ever there: the password typed at the start opens it, and no other. */
static void test_locked_while_away(void)
{
    Desk d;
    server(&d);
    client(&d, 24, 100);
    stage_kill(&d.stage->server, SIGKILL, NULL);
    start_again(&d);
    vt_wait_text(d.vt, "Where is my parcel?", WAIT);
    vt_wait_text(d.vt, "reconnecting", WAIT);
    vt_keys(d.vt, "/lock");
    vt_wait_text(d.vt, "/ lock", WAIT);
    vt_keys(d.vt, "\r");
    vt_wait_text(d.vt, "seatmux is locked", WAIT);
    vt_keys(d.vt, "another password\r");
    vt_wait_text(d.vt, "and that is not the password", WAIT);
    g_assert_false(vt_has_text(d.vt, "Where is my parcel?"));
    vt_keys(d.vt, "correct horse battery\r");
    vt_wait_text(d.vt, "Where is my parcel?", WAIT);
    stage_desk_start(d.stage, FALSE);
    vt_wait_text(d.vt, "net ok", WAIT);
    stage_quit(d.vt);
    end(&d);
}

static void test_read_only_home(void)
{
    Desk d;
    server(&d);
    if (own_disk(&d, "size=1m")) {
        g_assert_cmpint(mount("none", d.disk, "tmpfs", MS_REMOUNT | MS_RDONLY, "size=1m"), ==, 0);
        client(&d, 24, 100);
        answer(&d);
        stage_quit(d.vt);
    }
    end(&d);
}

/* --- Stopped --------------------------------------------------------------------------------------- */

static void test_stopped_and_continued(void)
{
    Desk d;
    server(&d);
    client(&d, 24, 80);
    vt_signal(d.vt, SIGSTOP);
    vt_wait_stopped(d.vt, WAIT);
    stage_desk_say(d.stage, d.conversation, d.token, "Still there?");
    vt_signal(d.vt, SIGCONT);
    vt_wait_text(d.vt, "Still there?", 3000);
    answer(&d);
    /* The server stands still: keys and what is typed do not. */
    g_assert_cmpint(kill(d.stage->server, SIGSTOP), ==, 0);
    stage_type(d.vt, "typed meanwhile");
    stage_enter(d.vt);
    vt_wait_text(d.vt, "│ typed meanwhile", WAIT);
    stage_type(d.vt, "and on");
    g_assert_cmpint(kill(d.stage->server, SIGCONT), ==, 0);
    vt_wait_no_text(d.vt, "you~", WAIT);
    stage_quit(d.vt);
    g_assert_cmpuint(stage_desk_count(d.stage, "typed meanwhile"), ==, 1);
    end(&d);
}

/* --- The second ------------------------------------------------------------------------------------- */

/* A second program under the same name goes, and says who is there; the first does not notice. */
static void test_second(void)
{
    Desk d;
    server(&d);
    client(&d, 24, 80);
    Vt *second = stage_desk_client(d.stage, 24, 160);
    g_autofree char *first = g_strdup_printf("in use by process %d", (int)vt_pid(d.vt));
    g_assert_cmpint(vt_wait_exit(second, WAIT), ==, 1);
    vt_wait_text(second, "another seatmux has this desk open", WAIT);
    g_assert_true(vt_has_text(second, first));
    g_assert_false(vt_has_text(second, "Nothing is kept"));
    vt_free(second);
    answer(&d);
    stage_quit(d.vt);
    end(&d);
}

/* --- The prompt ------------------------------------------------------------------------------------ */

/* Whoever leaves at the prompt has a terminal that shows what is typed. */
static void test_prompt_ended(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    Desk d;
    server(&d);
    for (guint i = 0; i < G_N_ELEMENTS(signals); i++) {
        d.vt = stage_seatmux(d.stage, 24, 80, "--server", d.stage->url, "--login", "mia", NULL);
        vt_wait_text(d.vt, "Password of mia:", WAIT);
        g_assert_false(vt_termios(d.vt).c_lflag & ECHO);
        vt_keys(d.vt, "half a pass");
        vt_signal(d.vt, signals[i]);
        g_assert_cmpint(vt_wait_exit(d.vt, WAIT), ==, 128 + signals[i]);
        g_assert_true(vt_termios(d.vt).c_lflag & ECHO);
        g_clear_pointer(&d.vt, vt_free);
    }
    end(&d);
}

/* Ctrl-Z there (no shell stands behind this terminal, so nothing stops): one is asked again, and nothing is shown. */
static void test_prompt_stopped(void)
{
    Desk d;
    server(&d);
    d.vt = stage_seatmux(d.stage, 24, 80, "--server", d.stage->url, "--login", "mia", NULL);
    vt_wait_text(d.vt, "Password of mia:", WAIT);
    vt_signal(d.vt, SIGTSTP);
    vt_wait_cursor(d.vt, 1, 17, WAIT);
    g_assert_false(vt_termios(d.vt).c_lflag & ECHO);
    vt_keys(d.vt, "correct horse battery\r");
    vt_wait_match(d.vt, " ok \\|", WAIT);
    stage_quit(d.vt);
    end(&d);
}

/* --- The terminal ---------------------------------------------------------------------------------- */

static void test_ten_thousand_resizes(void)
{
    static const int sizes[][2] = {{24, 80}, {0, 0}, {1, 1}, {60, 200}, {2, 300}, {100, 5}, {8, 38}, {48, 160}};
    Desk d;
    server(&d);
    client(&d, 24, 80);
    stage_type(d.vt, "still here");
    for (guint i = 0; i < RESIZES; i++) {
        vt_resize(d.vt, sizes[i % G_N_ELEMENTS(sizes)][0], sizes[i % G_N_ELEMENTS(sizes)][1]);
        if (i % 16 == 0)
            vt_pump(d.vt, 0);
    }
    vt_resize(d.vt, 24, 80);
    vt_wait_text(d.vt, "to Chen Wei> still here", WAIT);
    vt_keys(d.vt, "\025");
    vt_wait_no_text(d.vt, "still here", WAIT);
    answer(&d);
    stage_quit(d.vt);
    end(&d);
}

static void test_nobody_reads(void)
{
    Desk d;
    server(&d);
    client(&d, 48, 160);
    vt_keys(d.vt, "\030n"); /* a note is not held by what is said meanwhile */
    vt_wait_text(d.vt, "note on Chen Wei>", WAIT);
    vt_wait_no_text(d.vt, "Enter waits", WAIT);
    for (guint i = 0; i < NOISE; i++) {
        g_autofree char *text = g_strdup_printf("%04u a line that is long enough to be worth drawing, and then some more", i);
        stage_desk_say(d.stage, d.conversation, d.token, text);
    }
    /* Keys and the network go on, although nobody has read a byte of what was drawn since. */
    vt_keys(d.vt, "written blindly\r");
    gint64 until = g_get_monotonic_time() + WAIT * 1000;
    while (stage_desk_count(d.stage, "written blindly") == 0)
        g_assert_cmpint(g_get_monotonic_time(), <, until);
    vt_wait_text(d.vt, "0149 a line", WAIT);
    vt_wait_match(d.vt, "note │ .*written blindly", WAIT);
    stage_quit(d.vt);
    end(&d);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/screens/faults/disk-full", test_disk_full);
    g_test_add_func("/screens/faults/disk-full-and-away", test_disk_full_and_away);
    g_test_add_func("/screens/faults/started-while-away", test_started_while_away);
    g_test_add_func("/screens/faults/locked-while-away", test_locked_while_away);
    g_test_add_func("/screens/faults/read-only-home", test_read_only_home);
    g_test_add_func("/screens/faults/stopped-and-continued", test_stopped_and_continued);
    g_test_add_func("/screens/faults/second", test_second);
    g_test_add_func("/screens/faults/prompt-ended", test_prompt_ended);
    g_test_add_func("/screens/faults/prompt-stopped", test_prompt_stopped);
    g_test_add_func("/screens/faults/ten-thousand-resizes", test_ten_thousand_resizes);
    g_test_add_func("/screens/faults/nobody-reads", test_nobody_reads);
    return g_test_run();
}
