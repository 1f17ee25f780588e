/* SPDX-License-Identifier: MIT */
/* The client at a real server: its life when the server goes, when it goes itself, and who is let
 * in. */
#include <glib/gstdio.h>
#include <locale.h>
#include <signal.h>
#include <string.h>

#include "stage_desk.h"

#define DRAFT_AGE_MS 1100 /* a draft on disk is at most a second old */

typedef struct {
    Stage *stage;
    Vt *vt;
    char *conversation, *token;
} Desk;

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
    stage_watch(d.vt, SEEN_AFTER_MS);
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

/* A popup whose edge stands in the middle of a wide character gets smaller: what comes back is as it was. */
static void test_half_covered(void)
{
    Desk d = {.stage = stage_new("alerts: {desktop: false}\n")};
    stage_desk_new(d.stage);
    stage_desk_start(d.stage, FALSE);
    d.conversation = stage_desk_customer(d.stage, "王芳", "发票什么时候开？", &d.token);
    d.vt = stage_desk_client(d.stage, 30, 120);
    vt_wait_text(d.vt, "王芳", WAIT);
    vt_keys(d.vt, "\030a");
    vt_wait_match(d.vt, "^ to 王芳> +│", WAIT);
    vt_keys(d.vt, "/");
    vt_wait_match(d.vt, "^ to  +│ ", WAIT);
    stage_type(d.vt, "consult jon");
    vt_wait_text(d.vt, "1 of ", WAIT);
    vt_wait_match(d.vt, "^ to 王芳> +│", WAIT);
    stage_quit(d.vt);
    stage_desk_stop(d.stage, SIGTERM);
    end(&d);
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

/* Behind the lock nothing is seen and nothing done; the desk knows the password, and what was written stays. */
static void test_lock(void)
{
    Desk d = begin(FALSE);
    stage_type(d.vt, "a draft of mine");
    vt_keys(d.vt, "\030");
    vt_keys(d.vt, "k");
    vt_keys(d.vt, "\001");
    g_assert_true(vt_has_text(d.vt, "a draft of mine"));
    vt_keys(d.vt, "\003/"); /* cleared, for the palette */
    stage_type(d.vt, "lock");
    stage_enter(d.vt);
    vt_wait_text(d.vt, "seatmux is locked", WAIT);
    vt_wait_no_text(d.vt, "Chen Wei", WAIT);
    g_assert_false(vt_has_text(d.vt, "parcel"));
    stage_desk_say(d.stage, d.conversation, d.token, "are you there?");
    vt_keys(d.vt, "\007\030a\030q");
    vt_keys(d.vt, "wrong\r");
    vt_wait_text(d.vt, "That is not the password.", WAIT);
    g_assert_false(vt_has_text(d.vt, "are you there?"));
    g_assert_false(vt_has_text(d.vt, "wrong"));
    vt_keys(d.vt, "\025");
    g_autofree char *file = stage_path(d.stage, "password"), *password = NULL;
    g_assert_true(g_file_get_contents(file, &password, NULL, NULL));
    vt_keys(d.vt, g_strchomp(password));
    vt_keys(d.vt, "\r");
    vt_wait_text(d.vt, "are you there?", WAIT);
    vt_keys(d.vt, "\037"); /* undo: the draft is still there */
    vt_wait_text(d.vt, "a draft of mine", WAIT);
    stage_quit(d.vt);
    stage_desk_stop(d.stage, SIGTERM);
    end(&d);
}

static void lock(Vt *vt)
{
    vt_keys(vt, "/lock\r");
    vt_wait_text(vt, "seatmux is locked", WAIT);
}

/* Typed, seen, and then Enter: what a busy machine reads in one piece is a paste, which enters nothing. */
static void enter_password(Vt *vt, const char *password)
{
    vt_keys(vt, password);
    vt_wait_text(vt, "> *****", WAIT);
    vt_keys(vt, "\r");
    vt_wait_no_text(vt, "> *****", WAIT);
}

static void guess(Vt *vt)
{
    enter_password(vt, "wrong");
    vt_wait_no_text(vt, "asking the desk", WAIT);
}

/* The desk can't be asked: the password of this session opens the lock, others do not, and the screen says what is the matter. One
 * that only stays quiet is waited for some seconds. */
static void test_lock_alone(void)
{
    Desk d = begin(FALSE);
    g_autofree char *file = stage_path(d.stage, "password"), *password = NULL;
    g_assert_true(g_file_get_contents(file, &password, NULL, NULL));
    g_strchomp(password);
    lock(d.vt);
    g_assert_cmpint(kill(d.stage->server, SIGSTOP), ==, 0);
    enter_password(d.vt, password);
    vt_wait_text(d.vt, "asking the desk", WAIT);
    vt_wait_text(d.vt, "Welcome back. The desk can't be reached", WAIT);
    g_assert_cmpint(kill(d.stage->server, SIGCONT), ==, 0);
    lock(d.vt);
    stage_desk_stop(d.stage, SIGKILL);
    guess(d.vt);
    vt_wait_text(d.vt, "The desk can't be reached, and that is not the password", WAIT);
    g_assert_false(vt_has_text(d.vt, "parcel"));
    enter_password(d.vt, password);
    vt_wait_text(d.vt, "Where is my parcel?", WAIT);
    vt_wait_text(d.vt, "Welcome back. The desk can't be reached", WAIT);
    answer(&d, "While you were away.");
    vt_wait_text(d.vt, "(queued", WAIT);
    lock(d.vt);
    for (int i = 0; i < 10; i++) { /* who guesses is left to the desk */
        guess(d.vt);
        vt_wait_text(d.vt, i < 9 ? "that is not the password" : "only the desk can unlock", WAIT);
    }
    enter_password(d.vt, password);
    vt_wait_text(d.vt, "only the desk can unlock", WAIT);
    stage_desk_start(d.stage, FALSE);
    enter_password(d.vt, password);
    vt_wait_text(d.vt, "Welcome back. All is as you left it.", 2 * WAIT);
    wait_sent(&d);
    g_assert_cmpuint(stage_desk_count(d.stage, "While you were away."), ==, 1);
    stage_quit(d.vt);
    stage_desk_stop(d.stage, SIGTERM);
    end(&d);
}

/* The desk has ended the session: the password is asked for in place, and all goes on. */
static void test_log_in_again(void)
{
    Desk d = begin(FALSE);
    stage_type(d.vt, "half a sentence");
    g_autofree char *file = stage_path(d.stage, "password"), *password = NULL;
    g_assert_true(g_file_get_contents(file, &password, NULL, NULL));
    stage_desk_end_session(d.stage);
    vt_wait_text(d.vt, "your session has ended", 2 * WAIT);
    vt_keys(d.vt, g_strchomp(password));
    vt_keys(d.vt, "\r");
    vt_wait_text(d.vt, "Welcome back.", WAIT);
    stage_desk_say(d.stage, d.conversation, d.token, "still here");
    vt_wait_text(d.vt, "still here", WAIT);
    g_assert_true(vt_has_text(d.vt, "half a sentence"));
    stage_watch(d.vt, SEEN_AFTER_MS);
    stage_enter(d.vt);
    vt_wait_text(d.vt, "│ half a sentence", WAIT);
    wait_sent(&d);
    g_assert_cmpuint(stage_desk_count(d.stage, "half a sentence"), ==, 1);
    stage_quit(d.vt);
    stage_desk_stop(d.stage, SIGTERM);
    end(&d);
}

static void search_for(Vt *vt, const char *word)
{
    vt_keys(vt, "\030f");
    vt_wait_text(vt, "search in all chats", WAIT);
    stage_type(vt, word);
}

/* What was said is found also when the chat is gone and the program was ended, and is read from what was kept; what the
 * desk erases is found no more. */
static void test_search(void)
{
    Desk d = begin_long("我要退货 A needle", "straw", 3);
    search_for(d.vt, "退货");
    vt_wait_text(d.vt, "1 found", WAIT);
    vt_keys(d.vt, "\r");
    vt_wait_text(d.vt, "1 of 1", WAIT);
    vt_keys(d.vt, "\r");
    vt_wait_no_text(d.vt, "1 of 1", WAIT);
    vt_keys(d.vt, "/");
    stage_type(d.vt, "chat-release");
    stage_enter(d.vt);
    vt_wait_match(d.vt, "q 1 ", WAIT);
    stage_quit(d.vt);
    vt_free(d.vt);
    d.vt = stage_desk_client(d.stage, 24, 80);
    vt_wait_match(d.vt, "q 1 ", WAIT);
    search_for(d.vt, "needle");
    vt_wait_text(d.vt, "1 found", WAIT);
    vt_keys(d.vt, "\r");
    vt_wait_text(d.vt, "Chen Wei, as it was kept", WAIT);
    vt_wait_text(d.vt, "straw 2.", WAIT);
    vt_keys(d.vt, "\007");
    vt_wait_text(d.vt, "1 found", WAIT);
    vt_keys(d.vt, "\007");
    stage_desk_erase(d.stage, d.conversation);
    search_for(d.vt, "straw");
    vt_wait_text(d.vt, "0 found", WAIT);
    stage_quit(d.vt);
    stage_desk_stop(d.stage, SIGTERM);
    end(&d);
}

/* Who reads what was before sees that something new has come, and is not moved. */
static void test_new_below(void)
{
    Desk d = begin_long("straw", "straw", 40);
    stage_watch(d.vt, SEEN_AFTER_MS);
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
    stage_watch(d.vt, DRAFT_AGE_MS);
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

/* What a customer writes does nothing to the terminal, whatever it is, and is seen as what it is. */
static void test_hostile(void)
{
    static const char *const texts[] = {
        "\\u001b]0;owned\\u0007\\u001b[?1049l\\u001b[?2004l\\u001b[2J\\u001b[6n\\u001bc all at once",
        "\\u009b2J\\u009d0;owned\\u009c in C1",
        "\\u0007\\u0007\\u0007\\u0007\\u0007\\u0007 bells",
        "fdp\\u202eexe.\\u2066 turned \\u200b\\ufeff\\udb40\\udc41",
        "Z\\u0335\\u0322\\u0301\\u0335\\u0322\\u0301\\u0335\\u0322\\u0301\\u0335\\u0322\\u0301 heaped",
        "\\ud83d half, \\u0000 nothing, \\u2028 parted",
    };
    Desk d = {.stage = stage_new("alerts: {desktop: false}\n")};
    stage_desk_new(d.stage);
    stage_desk_start(d.stage, FALSE);
    d.conversation = stage_desk_customer(d.stage, "Eve\\u001b]0;owned\\u0007\\u202e", "hello", &d.token);
    d.vt = stage_desk_client(d.stage, 30, 120);
    vt_wait_match(d.vt, "queue 1[, ]", WAIT);
    vt_keys(d.vt, "\030a");
    vt_wait_match(d.vt, "to Eve.*> *│", WAIT);
    guint bells = vt_bells(d.vt);
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        stage_desk_say(d.stage, d.conversation, d.token, texts[i]);
    vt_wait_text(d.vt, "parted", WAIT);
    static const char *const shown[] = {"all at once", "in C1", "bells", "turned", "heaped", "half", "hello"};
    for (guint i = 0; i < G_N_ELEMENTS(shown); i++)
        vt_wait_text(d.vt, shown[i], WAIT);
    g_autofree char *screen = vt_screen(d.vt);
    for (const char *p = screen; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        GUnicodeType type = g_unichar_type(c);
        if (c != '\n' && (type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT || type == G_UNICODE_LINE_SEPARATOR))
            g_error("U+%04X is on the screen", c);
    }
    g_assert_null(strstr(vt_title(d.vt), "]0;"));
    g_assert_false(g_str_has_prefix(vt_title(d.vt), "owned"));
    g_assert_true(vt_alternate(d.vt));
    g_assert_true(vt_bracketed(d.vt));
    g_assert_cmpuint(vt_bells(d.vt) - bells, <=, 2 * G_N_ELEMENTS(texts));
    vt_wait_match(d.vt, "to Eve.*> *│", WAIT); /* nothing that the terminal answered was typed */
    stage_quit(d.vt);
    end(&d);
}

/* More than a terminal takes at once: the clipboard has whole characters, the file has all, and it is said. */
static void test_copy_much(void)
{
    Desk d = begin(FALSE);
    g_autofree char *much = g_malloc0(4 * 8000 + 1);
    for (guint i = 0; i < 7990; i++)
        memcpy(much + 4 * i, "🙂", 4);
    for (guint i = 0; i < 3; i++) {
        g_autofree char *text = g_strdup_printf("%sx%u", much, i);
        stage_desk_say(d.stage, d.conversation, d.token, text);
    }
    vt_wait_text(d.vt, "x2", WAIT);
    vt_keys(d.vt, "\030[");
    vt_wait_text(d.vt, "Space marks", WAIT);
    vt_keys(d.vt, "a");
    vt_wait_match(d.vt, "│ > \\*", WAIT);
    vt_mark(d.vt);
    vt_keys(d.vt, "\r");
    vt_wait_text(d.vt, "Only the beginning", WAIT);
    const char *coded = strstr(vt_output(d.vt)->str, "\033]52;c;");
    g_assert_nonnull(coded);
    g_autofree char *base64 = g_strndup(coded + 7, strcspn(coded + 7, "\a"));
    gsize n, kept;
    g_autofree guchar *bytes = g_base64_decode(base64, &n);
    g_assert_true(g_utf8_validate((const char *)bytes, (gssize)n, NULL));
    g_assert_cmpuint(n, >, 70000);
    g_autofree char *path = stage_path(d.stage, "state/seatmux/clipboard"), *all = NULL;
    g_assert_true(g_file_get_contents(path, &all, &kept, NULL));
    g_assert_cmpuint(kept, >, 3 * 4 * 7990);
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
    vt_resize(lead, 34, 100); /* no room for thirty minutes: the last ones are there */
    vt_wait_match(lead, "1 Support .*▃", WAIT);
    vt_wait_match(lead, "放弃 +到访", WAIT);
    vt_resize(lead, 34, 120);
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
    g_test_add_func("/screens/remote/search", test_search);
    g_test_add_func("/screens/remote/lock", test_lock);
    g_test_add_func("/screens/remote/lock-alone", test_lock_alone);
    g_test_add_func("/screens/remote/log-in-again", test_log_in_again);
    g_test_add_func("/screens/remote/new-below", test_new_below);
    g_test_add_func("/screens/remote/server-gone", test_server_gone);
    g_test_add_func("/screens/remote/take-back", test_take_back);
    g_test_add_func("/screens/remote/client-killed", test_client_killed);
    g_test_add_func("/screens/remote/terminal-gone", test_terminal_gone);
    g_test_add_func("/screens/remote/hostile", test_hostile);
    g_test_add_func("/screens/remote/copy-much", test_copy_much);
    g_test_add_func("/screens/remote/refused", test_refused);
    g_test_add_func("/screens/remote/second-instance", test_second_instance);
    g_test_add_func("/screens/remote/half-covered", test_half_covered);
    g_test_add_func("/screens/remote/supervise", test_supervise);
    g_test_add_func("/screens/remote/routed", test_routed);
    return g_test_run();
}
