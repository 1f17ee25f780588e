/* SPDX-License-Identifier: MIT */
/* Writing and sending: guard, fields, held, taken back, notes, drafts. */
#include "stage.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void assert_said(Stage *s, const char *conversation, const char *joined)
{
    g_autofree char *said = script_said(s->script, conversation);

    g_assert_cmpstr(said, ==, joined);
}

static void sending(void)
{
    Stage s = {0};

    stage_init(&s, 24, 80);
    const char *chen = stage_conversation(&s, "Chen");
    stage_type(&s, "你好, Chen");
    stage_keys(&s, "C-j");
    stage_type(&s, "second line");
    stage_keys(&s, "Enter");
    g_assert_cmpstr(stage_text(&s), ==, "");
    stage_settle(&s);
    assert_said(&s, chen, "你好, Chen\nsecond line");
    /* Blank is nothing. */
    stage_type(&s, "  ");
    stage_keys(&s, "Enter");
    stage_settle(&s);
    assert_said(&s, chen, "你好, Chen\nsecond line");
    /* A paste never sends. */
    sm_app_paste(s.app, "pasted\nlines", 12, 0);
    stage_settle(&s);
    assert_said(&s, chen, "你好, Chen\nsecond line");
    stage_clear(&s);
}

/* A command in a text that was not empty is held once: a customer should not read it. What only looks like one goes. */
static void slip(void)
{
    Stage s = {0};

    stage_init(&s, 24, 80);
    const char *chen = stage_conversation(&s, "Chen");
    sm_app_paste(s.app, "/dev/null", 9, 0);
    stage_keys(&s, "Enter");
    stage_settle(&s);
    assert_said(&s, chen, "/dev/null");
    sm_app_paste(s.app, "/consult jon", 12, 0);
    stage_keys(&s, "Enter");
    g_assert_cmpstr(stage_said(&s), ==, "Not sent: it begins as the command /consult does. Enter again sends it to Chen.");
    g_assert_cmpstr(stage_text(&s), ==, "/consult jon");
    stage_run(&s, 300);
    stage_keys(&s, "Enter");
    stage_settle(&s);
    assert_said(&s, chen, "/dev/null|/consult jon");
    stage_clear(&s);
}

static void guard(void)
{
    Stage s = {0};

    stage_init(&s, 48, 160);
    const char *chen = stage_conversation(&s, "Chen");
    const char *lena = stage_conversation(&s, "Lena");
    stage_keys(&s, "C-x 2");
    stage_type(&s, "for Lena");
    stage_keys(&s, "C-x 1");
    stage_type(&s, "for Chen");
    stage_keys(&s, "C-x 2 Enter");
    g_assert_cmpstr(stage_text(&s), ==, "for Lena");
    g_assert_cmpstr(stage_said(&s), ==, "Enter ignored: the focus only just came to Lena.");
    stage_run(&s, 299);
    stage_keys(&s, "Enter");
    g_assert_cmpstr(stage_text(&s), ==, "for Lena");
    stage_run(&s, 1);
    stage_keys(&s, "Enter");
    stage_settle(&s);
    assert_said(&s, lena, "for Lena");
    assert_said(&s, chen, "");
    stage_clear(&s);
}

static void unfilled(void)
{
    Stage s = {0};

    stage_init(&s, 24, 80);
    const char *chen = stage_conversation(&s, "Chen");
    stage_type(&s, ";size");
    stage_keys(&s, "Tab");
    g_assert_nonnull(strstr(stage_text(&s), "{{?height}}"));
    g_assert_cmpstr(stage_chat(&s)->draft_reply, ==, "size");
    stage_keys(&s, "Enter");
    stage_settle(&s);
    assert_said(&s, chen, "");
    g_assert_nonnull(strstr(stage_said(&s), "is not filled yet"));
    /* From a wide keyboard the trigger is the full-width one. */
    stage_keys(&s, "C-c");
    stage_type(&s, "；hi");
    stage_keys(&s, "Tab");
    g_assert_nonnull(strstr(stage_text(&s), "Chen"));
    g_assert_null(strstr(stage_text(&s), "；"));
    stage_keys(&s, "C-_");
    g_assert_cmpstr(stage_text(&s), ==, "；hi");
    stage_clear(&s);
}

static void write_list(const char *path, const char *word)
{
    g_autofree char *text = g_strdup_printf("words: mine\nabout: mine\nlevel: block\nrules:\n  - match: [%s]\n    why: no\n", word);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

/* A changed list holds from the next message on; one with errors changes nothing and is told. */
static void words_reload(void)
{
    g_autofree char *directory = g_dir_make_tmp("seatmux-words-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(directory, "mine.yaml", NULL);
    Stage s = {.words = directory};

    write_list(path, "banana");
    stage_init(&s, 24, 80);
    const char *chen = stage_conversation(&s, "Chen");
    stage_type(&s, "banana");
    g_assert_cmpint(sm_app_worst_mark(s.app, stage_chat(&s))->kind, ==, SM_MARK_BLOCKED);
    write_list(path, "cucumber");
    stage_run(&s, 1001);
    stage_keys(&s, "C-u");
    stage_type(&s, "banana cucumber");
    const SmMark *mark = sm_app_worst_mark(s.app, stage_chat(&s));
    g_assert_cmpint((int)mark->start, ==, (int)strlen("banana "));
    g_assert_cmpstr(stage_said(&s), ==, "1 rules of word lists loaded.");
    write_list(path, "[");
    stage_keys(&s, "Enter");
    stage_settle(&s);
    assert_said(&s, chen, "");
    write_list(path, "cherry");
    stage_keys(&s, "Enter");
    stage_settle(&s);
    assert_said(&s, chen, "banana cucumber");
    stage_clear(&s);
    remove(path);
    rmdir(directory);
}

/* A forbidden word holds the message back, a bad tone is only told; a note may say anything. */
static void words(void)
{
    Stage s = {0};

    stage_init(&s, 24, 80);
    const char *chen = stage_conversation(&s, "Chen");
    stage_type(&s, "加我微信吧");
    g_assert_cmpint(sm_app_worst_mark(s.app, stage_chat(&s))->kind, ==, SM_MARK_BLOCKED);
    stage_keys(&s, "Enter");
    stage_settle(&s);
    assert_said(&s, chen, "");
    g_assert_cmpstr(stage_text(&s), ==, "加我微信吧");
    g_assert_true(g_str_has_prefix(stage_said(&s), "Not sent: \"加我微信\": "));
    g_assert_cmpuint(sm_editor_cursor(stage_chat(&s)->editor), ==, strlen("加我微信"));
    /* A note is not for the customer. */
    stage_keys(&s, "C-a C-x k C-x n");
    stage_run(&s, 300);
    stage_type(&s, "他要加我微信");
    g_assert_null(sm_app_worst_mark(s.app, stage_chat(&s)));
    stage_keys(&s, "Enter");
    stage_run(&s, 300);
    stage_settle(&s);
    g_assert_cmpstr(stage_text(&s), ==, "");
    /* Told, and sent. */
    stage_type(&s, "not my job");
    g_assert_cmpint(sm_app_worst_mark(s.app, stage_chat(&s))->kind, ==, SM_MARK_WARNED);
    stage_keys(&s, "Enter");
    stage_settle(&s);
    assert_said(&s, chen, "not my job");
    /* The agent's own choice. */
    g_assert_true(sm_app_run(s.app, "options words warn"));
    stage_type(&s, "加我微信");
    g_assert_cmpint(sm_app_worst_mark(s.app, stage_chat(&s))->kind, ==, SM_MARK_WARNED);
    g_assert_true(sm_app_run(s.app, "options words off"));
    g_assert_null(sm_app_worst_mark(s.app, stage_chat(&s)));
    stage_clear(&s);
}

/* Words that no dictionary knows are marked, but for the one that is being typed; nothing is changed. */
static void spelling(void)
{
    Stage s = {0};
    g_autofree char *home = g_dir_make_tmp("seatmux-spelling-XXXXXX", NULL);
    g_autofree char *folder = g_build_filename(home, "hunspell", NULL);
    g_autofree char *aff = g_build_filename(folder, "qq_QQ.aff", NULL);
    g_autofree char *dic = g_build_filename(folder, "qq_QQ.dic", NULL);

    g_mkdir(folder, 0700);
    g_file_set_contents(aff, "SET UTF-8\n", -1, NULL);
    g_file_set_contents(dic, "2\nhello\nworld\n", -1, NULL);
    g_setenv("ENCHANT_CONFIG_DIR", home, TRUE);
    stage_init(&s, 24, 80);
    const char *chen = stage_conversation(&s, "Chen");
    g_assert_true(sm_app_run(s.app, "options spell.languages qq_QQ"));
    stage_type(&s, "hello wrold Chen");
    sm_app_marks(s.app, stage_chat(&s)); /* a frame */
    stage_run(&s, 10);
    const GArray *marks = sm_app_marks(s.app, stage_chat(&s));
    if (sm_app_misspelt(s.app, stage_chat(&s)) < 0) {
        g_test_skip("no spell checker");
    } else {
        g_assert_cmpint(sm_app_misspelt(s.app, stage_chat(&s)), ==, 1);
        g_assert_cmpuint(marks->len, ==, 1);
        g_assert_cmpint(g_array_index(marks, SmMark, 0).kind, ==, SM_MARK_MISSPELT);
        g_assert_cmpuint(g_array_index(marks, SmMark, 0).start, ==, strlen("hello "));
        g_assert_null(sm_app_worst_mark(s.app, stage_chat(&s)));
        stage_type(&s, "g"); /* not looked up yet: what stands where it stood keeps its mark */
        sm_app_marks_wait(s.app, TRUE);
        g_assert_cmpuint(sm_app_marks(s.app, stage_chat(&s))->len, ==, 1);
        sm_app_marks_wait(s.app, FALSE);
        g_assert_cmpint(sm_app_misspelt(s.app, stage_chat(&s)), ==, 1);
        sm_app_marks(s.app, stage_chat(&s));
        stage_run(&s, 10);
        g_assert_cmpint(sm_app_misspelt(s.app, stage_chat(&s)), ==, 1); /* "Cheng" is being typed */
        stage_type(&s, " ");
        sm_app_marks(s.app, stage_chat(&s));
        stage_run(&s, 10);
        g_assert_cmpint(sm_app_misspelt(s.app, stage_chat(&s)), ==, 2);
        stage_keys(&s, "Backspace Backspace");
        g_assert_cmpint(sm_app_misspelt(s.app, stage_chat(&s)), ==, 1);
        sm_app_marks(s.app, stage_chat(&s));
        stage_run(&s, 10);
        stage_keys(&s, "M-b Left"); /* the cursor stands behind it: it is being typed */
        g_assert_cmpuint(sm_app_marks(s.app, stage_chat(&s))->len, ==, 0);
        g_assert_true(sm_app_run(s.app, "options spell false"));
        g_assert_cmpint(sm_app_misspelt(s.app, stage_chat(&s)), ==, -1);
        stage_keys(&s, "Enter");
        stage_settle(&s);
        assert_said(&s, chen, "hello wrold Chen");
    }
    stage_clear(&s);
    g_unsetenv("ENCHANT_CONFIG_DIR");
    g_unlink(aff);
    g_unlink(dic);
    g_rmdir(folder);
    g_rmdir(home);
}

/* Quick replies put in one after another stand side by side at the cursor, each undone by itself. */
static void stacked(void)
{
    Stage s = {0};

    stage_init(&s, 24, 80);
    const char *chen = stage_conversation(&s, "Chen");
    stage_type(&s, "A. ");
    stage_keys(&s, "C-t 1");
    g_autofree char *one = g_strdup(stage_text(&s));
    stage_type(&s, " B. ");
    stage_keys(&s, "C-t 2");
    g_autofree char *two = g_strdup(stage_text(&s));
    stage_type(&s, " ;wait");
    stage_keys(&s, "Tab");
    g_assert_true(g_str_has_prefix(one, "A. ") && strlen(one) > 6);
    g_assert_true(g_str_has_prefix(two, one) && strstr(two, " B. ") != NULL && strlen(two) > strlen(one) + 6);
    g_assert_true(g_str_has_prefix(stage_text(&s), two) && strstr(stage_text(&s), ";wait") == NULL);
    stage_keys(&s, "C-_ C-_");
    g_assert_cmpstr(stage_text(&s), ==, two);
    stage_keys(&s, "Enter");
    stage_settle(&s);
    assert_said(&s, chen, two);
    stage_clear(&s);
}

/* What the send guard costs and what it catches, by people as the scenarios have them: customers who type 7 characters a
 * second and send what they have to say in bursts of one to five lines; an agent who answers 4 to 20 s after the first
 * of them, looking at the screen all the time. */
static void guard_figures(void)
{
    enum { REPLIES = 400, COLLEAGUES = 100, STEP = 100 };
    Stage s = {0};
    g_autoptr(SmRng) rng = sm_rng_new(20261129);
    guint held = 0, caught = 0;

    stage_init(&s, 24, 80);
    const char *chen = stage_conversation(&s, "Chen");
    for (int i = 0; i < REPLIES; i++) {
        int lines = (int)sm_rng_between(rng, 1, 5);
        int64_t reply_at = sm_rng_between(rng, 4000, 20000), next = 0;
        for (int64_t t = 0; t < reply_at; t += STEP) {
            if (lines > 0 && t >= next) {
                script_customer_says(s.script, chen, "and it is still not here");
                next = t + sm_rng_between(rng, 8, 25) * 1000 / 7;
                lines--;
            }
            stage_run(&s, STEP);
            stage_draw(&s);
        }
        stage_type(&s, "I look into it");
        stage_keys(&s, "Enter");
        stage_settle(&s);
        held += sm_app_held(s.app);
        for (int k = 0; k < 20 && sm_app_held(s.app) > 0; k++) {
            stage_draw(&s);
            stage_run(&s, 800);
            stage_keys(&s, "Enter");
            stage_settle(&s);
        }
        g_assert_cmpuint(sm_app_held(s.app), ==, 0);
    }
    for (int i = 0; i < COLLEAGUES; i++) {
        stage_draw(&s);
        stage_run(&s, 1000);
        stage_type(&s, "mine");
        script_colleague_says(s.script, chen, "I have this one");
        stage_run(&s, sm_rng_between(rng, 0, 600)); /* on the screen already, or not: not seen long enough */
        stage_draw(&s);
        stage_keys(&s, "Enter");
        stage_settle(&s);
        caught += sm_app_held(s.app);
        stage_type(&s, "x"); /* a key edits */
        stage_keys(&s, "C-c");
        stage_settle(&s);
        g_assert_cmpuint(sm_app_held(s.app), ==, 0);
    }
    g_test_message("a customer's bursts held %u of %d replies, a colleague's answer %u of %d", held, REPLIES, caught, COLLEAGUES);
    g_assert_cmpuint(held * 100, <=, REPLIES * 5);
    g_assert_cmpuint(caught, ==, COLLEAGUES);
    stage_clear(&s);
}

static void held(void)
{
    Stage s = {0};

    stage_init(&s, 24, 80);
    const char *chen = stage_conversation(&s, "Chen");
    stage_draw(&s);
    stage_run(&s, 800);
    script_colleague_says(s.script, chen, "I have this one");
    stage_type(&s, "My answer");
    stage_keys(&s, "Enter");
    stage_run(&s, 200);
    g_assert_cmpuint(sm_app_held(s.app), ==, 1);
    assert_said(&s, chen, "I have this one");
    /* Too soon it is ignored. */
    stage_keys(&s, "Enter");
    stage_run(&s, 50);
    g_assert_cmpuint(sm_app_held(s.app), ==, 1);
    /* A key edits it. */
    stage_run(&s, 400);
    stage_type(&s, "!");
    g_assert_cmpstr(stage_text(&s), ==, "My answer!");
    stage_settle(&s);
    g_assert_cmpuint(sm_app_held(s.app), ==, 0);
    /* Still not seen: held again, and sent by a second Enter. */
    stage_keys(&s, "Enter");
    stage_settle(&s);
    g_assert_cmpuint(sm_app_held(s.app), ==, 1);
    stage_run(&s, 300);
    stage_keys(&s, "Enter");
    stage_settle(&s);
    assert_said(&s, chen, "I have this one|My answer!");
    g_assert_cmpuint(sm_app_held(s.app), ==, 0);
    stage_clear(&s);
}

static void take_back(void)
{
    Stage s = {0};

    stage_init(&s, 24, 80);
    const char *chen = stage_conversation(&s, "Chen");
    script_rule(s.script, "PUT ", (ScriptRule){.kind = SCRIPT_STUCK, .times = 1});
    stage_type(&s, "Not yet");
    stage_keys(&s, "Enter");
    stage_run(&s, 100);
    g_assert_cmpstr(stage_text(&s), ==, "");
    stage_keys(&s, "C-x u");
    g_assert_cmpstr(stage_text(&s), ==, "Not yet");
    stage_settle(&s);
    stage_run(&s, 60000);
    assert_said(&s, chen, "");
    /* Once the first byte has left it may have arrived. */
    script_rule(s.script, "PUT ", (ScriptRule){.kind = SCRIPT_LOSE_ANSWER, .times = 1});
    script_rule(s.script, "PUT ", (ScriptRule){.kind = SCRIPT_STUCK, .times = 1});
    stage_keys(&s, "Enter");
    stage_run(&s, 30);
    stage_keys(&s, "C-x u");
    g_assert_cmpstr(stage_text(&s), ==, "");
    stage_clear(&s);
}

static void notes(void)
{
    Stage s = {0};

    stage_init(&s, 24, 80);
    const char *chen = stage_conversation(&s, "Chen");
    stage_type(&s, "to Chen");
    stage_keys(&s, "C-x n");
    g_assert_true(stage_chat(&s)->note);
    g_assert_cmpstr(stage_text(&s), ==, "");
    stage_type(&s, "he is angry");
    stage_run(&s, 301);
    stage_keys(&s, "Enter");
    stage_settle(&s);
    assert_said(&s, chen, "");
    g_assert_false(stage_chat(&s)->note);
    g_assert_cmpstr(stage_text(&s), ==, "to Chen");
    const SmConversation *c = sm_desk_conversation(script_desk(s.script), chen);
    const SmLine *last = c->lines->pdata[c->lines->len - 1];
    g_assert_cmpint(last->kind, ==, SM_LINE_NOTE);
    g_assert_cmpstr(last->text, ==, "he is angry");
    /* Both drafts outlive the program, and neither becomes the other. */
    stage_keys(&s, "C-x n");
    stage_type(&s, "a note");
    stage_run(&s, 2000);
    stage_close(&s);
    stage_open(&s, 24, 80);
    g_assert_false(stage_chat(&s)->note);
    g_assert_cmpstr(stage_text(&s), ==, "to Chen");
    stage_keys(&s, "C-x n");
    g_assert_cmpstr(stage_text(&s), ==, "a note");
    stage_clear(&s);
}

static void history(void)
{
    Stage s = {0};

    stage_init(&s, 24, 80);
    stage_conversation(&s, "Chen");
    stage_type(&s, "first");
    stage_keys(&s, "Enter");
    stage_settle(&s);
    stage_draw(&s);
    stage_run(&s, 800);
    stage_type(&s, "second");
    stage_keys(&s, "Enter");
    stage_settle(&s);
    stage_type(&s, "draft");
    stage_keys(&s, "Up");
    g_assert_cmpstr(stage_text(&s), ==, "second");
    stage_keys(&s, "Up");
    g_assert_cmpstr(stage_text(&s), ==, "first");
    stage_keys(&s, "Up");
    g_assert_cmpstr(stage_text(&s), ==, "first");
    stage_keys(&s, "Down Down");
    g_assert_cmpstr(stage_text(&s), ==, "draft");
    stage_keys(&s, "C-r");
    stage_type(&s, "fir");
    stage_keys(&s, "Enter");
    g_assert_cmpstr(stage_text(&s), ==, "first");
    stage_clear(&s);
}

static void editor(void)
{
    Stage s = {0};

    stage_init(&s, 48, 160);
    stage_conversation(&s, "Chen");
    stage_conversation(&s, "Lena");
    stage_type(&s, "rough");
    stage_keys(&s, "C-x C-e");
    g_assert_cmpstr(s.edited, ==, "rough");
    /* It comes back to the chat it was of, wherever the focus is now. */
    stage_keys(&s, "C-x 2");
    g_assert_true(sm_app_edited(s.app, "polished\n", "/run/draft.txt", NULL));
    g_assert_cmpstr(stage_text(&s), ==, "");
    stage_keys(&s, "C-x 1");
    g_assert_cmpstr(stage_text(&s), ==, "polished");
    stage_clear(&s);
}

/* The desk takes this chat away. */
static void take_away(Stage *s, const char *conversation)
{
    g_autofree char *gone = g_strdup_printf("{\"now\":%" G_GINT64_FORMAT ",\"fold\":%d,\"cursor\":\"other\",\"forget\":[\"%s\"]}",
                                            sm_client_now(s->client), SM_FOLD_VERSION, conversation);

    script_rule(s->script, "GET /v1/events", (ScriptRule){.kind = SCRIPT_STATUS, .times = 1, .status = 200, .body = gone});
    script_rule(s->script, "GET /v1/events", (ScriptRule){.kind = SCRIPT_SILENT, .times = -1});
    script_customer_says(s->script, conversation, "Still there?");
    stage_run(s, 2000);
    g_assert_null(sm_desk_conversation(sm_client_desk(s->client), conversation));
}

/* An alert that is due again is about a chat that the desk may have taken away meanwhile. */
static void repeat_of_a_gone_chat(void)
{
    Stage s = {0};

    stage_init(&s, 24, 80);
    const char *chen = stage_conversation(&s, "Chen");
    g_assert_true(sm_app_run(s.app, "options alerts.repeat 60s"));
    sm_app_focus(s.app, FALSE);
    stage_run(&s, 100000);
    g_assert_nonnull(strstr(s.alerts->str, "overdue:Chen"));
    take_away(&s, chen);
    g_string_set_size(s.alerts, 0);
    stage_run(&s, 300000);
    g_assert_null(strstr(s.alerts->str, "overdue:Chen"));
    stage_clear(&s);
}

/* What was written meanwhile is not thrown away: its file stays, and where it is is told. */
static void editor_of_a_gone_chat(void)
{
    Stage s = {0};

    stage_init(&s, 24, 80);
    const char *chen = stage_conversation(&s, "Chen");
    stage_type(&s, "rough");
    stage_keys(&s, "C-x C-e");
    take_away(&s, chen);
    g_assert_false(sm_app_edited(s.app, "an hour's work\n", "/run/draft.txt", NULL));
    g_assert_cmpstr(stage_said(&s), ==, "The chat of this text is gone; what was written stays in /run/draft.txt.");
    stage_clear(&s);
}

static void failed(void)
{
    Stage s = {0};

    stage_init(&s, 24, 80);
    const char *chen = stage_conversation(&s, "Chen");
    script_rule(s.script, "PUT ",
                (ScriptRule){.kind = SCRIPT_STATUS,
                             .times = 1,
                             .status = 403,
                             .body = "{\"type\":\"about:blank\",\"title\":\"no\",\"status\":403,"
                                     "\"code\":\"forbidden\"}"});
    stage_type(&s, "Hello");
    stage_keys(&s, "Enter");
    stage_settle(&s);
    g_assert_nonnull(strstr(stage_said(&s), "Not sent to Chen"));
    stage_keys(&s, "C-x !");
    stage_settle(&s);
    assert_said(&s, chen, "Hello");
    stage_keys(&s, "C-x !");
    g_assert_cmpstr(stage_said(&s), ==, "No message of this chat has failed.");
    stage_clear(&s);
}

/* Refused because the desk has taken the chat away: no pane shows it, so it is told what it was, also at the next start, until
 * it is given up. */
static void failed_in_a_gone_chat(void)
{
    Stage s = {0};

    stage_init(&s, 24, 80);
    const char *chen = stage_conversation(&s, "Chen");
    script_rule(s.script, "PUT ",
                (ScriptRule){.kind = SCRIPT_STATUS, .times = -1, .status = 404, .ms = 300,
                             .body = "{\"title\":\"no\",\"detail\":\"There is no such conversation.\",\"status\":404,"
                                     "\"code\":\"not_found\"}"});
    stage_type(&s, "Hello");
    stage_keys(&s, "Enter");
    take_away(&s, chen);
    g_assert_cmpstr(stage_said(&s), ==, "Not sent, its chat is gone from here; Ctrl-X u gives it up: Hello");
    stage_keys(&s, "C-x u");
    g_assert_cmpstr(stage_said(&s), ==, "Given up: Hello");
    g_autoptr(GPtrArray) left = sm_client_outbox(s.client, NULL);
    g_assert_cmpuint(left->len, ==, 0);
    stage_keys(&s, "C-x u");
    g_assert_cmpstr(stage_said(&s), ==, "No message of this chat waits: all have been sent.");
    stage_clear(&s);
}

static void own_keys(void)
{
    g_autofree char *packs = g_dir_make_tmp("seatmux-packs-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(packs, "a.yaml", NULL);
    Stage s = {.packs = packs};

    g_assert_true(g_file_set_contents(
        file,
        "pack: a\nlanguage: en\nreplies:\n"
        "  - {code: now, key: F6, send: true, text: \"Hello {{contact.name}}\"}\n"
        "  - {code: field, key: F7, send: true, text: \"{{?days}} days\"}\n"
        "  - {code: chord, key: \"C-x ' a\", text: \"by chord\"}\n"
        "  - {code: order, text: \"Order {{order.id}}\", fallback: \"Which order?\"}\n",
        -1, NULL));
    stage_init(&s, 24, 80);
    const char *chen = stage_conversation(&s, "Chen");
    stage_keys(&s, "F6");
    stage_settle(&s);
    assert_said(&s, chen, "Hello Chen");
    /* Not with a field open, not together with other text, never as a note. */
    stage_keys(&s, "F7");
    stage_settle(&s);
    assert_said(&s, chen, "Hello Chen");
    stage_keys(&s, "C-c");
    stage_type(&s, "and ");
    stage_keys(&s, "F6");
    stage_settle(&s);
    assert_said(&s, chen, "Hello Chen");
    g_assert_cmpstr(stage_text(&s), ==, "and Hello Chen");
    stage_keys(&s, "C-c C-x ' a");
    g_assert_cmpstr(stage_text(&s), ==, "by chord");
    stage_keys(&s, "C-c");
    g_assert_true(sm_app_run(s.app, "reply-insert order"));
    g_assert_cmpstr(stage_text(&s), ==, "Which order?");
    /* A changed file is loaded when replies are asked for; a broken one changes nothing. */
    g_assert_true(g_file_set_contents(
        file, "pack: a\nreplies:\n  - {code: now, text: \"{{broken\"}\n", -1, NULL));
    g_assert_true(sm_app_run(s.app, "reply-insert chord"));
    g_assert_nonnull(strstr(stage_text(&s), "by chord"));
    g_assert_nonnull(strstr(stage_said(&s), "not reloaded"));
    g_assert_true(g_file_set_contents(
        file, "pack: a\nreplies:\n  - {code: newer, text: \"brand new\"}\n", -1, NULL));
    stage_keys(&s, "C-c");
    g_assert_true(sm_app_run(s.app, "reply-insert newer"));
    g_assert_cmpstr(stage_text(&s), ==, "brand new");
    /* Neither does something else in the place of their directory. */
    remove(file);
    rmdir(packs);
    g_assert_true(g_file_set_contents(packs, "", 0, NULL));
    stage_keys(&s, "C-c");
    g_assert_true(sm_app_run(s.app, "reply-insert newer"));
    g_assert_cmpstr(stage_text(&s), ==, "brand new");
    g_assert_nonnull(strstr(stage_said(&s), "not reloaded"));
    stage_clear(&s);
    remove(packs);
}

/* What is not known of a customer leaves a hole: nobody has looked the text over when a key sends it at once. */
static void own_key_with_a_hole(void)
{
    g_autofree char *packs = g_dir_make_tmp("seatmux-packs-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(packs, "a.yaml", NULL);
    Stage s = {.packs = packs};

    g_assert_true(g_file_set_contents(file,
                                      "pack: a\nlanguage: en\nreplies:\n"
                                      "  - {code: way, key: F6, send: true, text: \"Order {{order.id}} is on its way.\"}\n"
                                      "  - {code: ask, key: F7, send: true, text: \"Order {{order.id}}\", fallback: \"Which order?\"}\n",
                                      -1, NULL));
    stage_init(&s, 24, 80);
    const char *chen = stage_conversation(&s, "Chen");
    stage_keys(&s, "F6");
    stage_settle(&s);
    assert_said(&s, chen, "");
    g_assert_cmpstr(stage_text(&s), ==, "Order  is on its way.");
    g_assert_nonnull(strstr(stage_said(&s), "order.id is not known of this customer"));
    stage_keys(&s, "C-c F7");
    stage_settle(&s);
    assert_said(&s, chen, "Which order?");
    stage_clear(&s);
    remove(file);
    rmdir(packs);
}

/* The chat that was asked for does not take the place under what is being written about another. */
static void prompt_keeps_its_chat(void)
{
    Stage s = {0};

    stage_init(&s, 24, 80);
    const char *chen = stage_conversation(&s, "Chen");
    g_assert_true(sm_app_run(s.app, "chat-resolve solved"));
    stage_settle(&s);
    script_waiting(s.script, "Ruiz");
    stage_settle(&s);
    stage_keys(&s, "C-x a");
    g_assert_true(sm_app_run(s.app, "contact-set note"));
    stage_type(&s, "Rang twice");
    stage_settle(&s);
    g_assert_cmpstr(stage_said(&s), ==, "Ruiz is in the list (Ctrl-X i).");
    g_assert_cmpstr(stage_chat(&s)->id, ==, chen);
    stage_keys(&s, "Esc C-x a");
    stage_clear(&s);
}

/* What stands behind the command is the note: nothing of it is lost, and nothing of it is for the customer. */
static void note_in_a_command(void)
{
    Stage s = {0};

    stage_init(&s, 24, 80);
    const char *chen = stage_conversation(&s, "Chen");
    g_assert_true(sm_app_run(s.app, "note carrier called, parcel found"));
    stage_settle(&s);
    const SmConversation *c = sm_desk_conversation(script_desk(s.script), chen);
    const SmLine *last = c->lines->pdata[c->lines->len - 1];
    g_assert_cmpint(last->kind, ==, SM_LINE_NOTE);
    g_assert_cmpstr(last->text, ==, "carrier called, parcel found");
    g_assert_false(stage_chat(&s)->note);
    assert_said(&s, chen, "");
    stage_clear(&s);
}

/* An answer that comes while somebody writes opens no list in the midst of it: what is typed would go there. */
static void late_answer(void)
{
    static const char body[] = "{\"lines\":[{\"n\":1,\"at\":1793494800000,\"author\":\"customer\",\"kind\":\"message\",\"text\":\"Hi\"}]}";
    Stage s = {0};

    stage_init(&s, 24, 80);
    stage_conversation(&s, "Chen");
    script_rule(s.script, "GET /v1/conversations/", (ScriptRule){.kind = SCRIPT_STATUS, .times = -1, .status = 200, .body = body, .ms = 2000});
    g_assert_true(sm_app_run(s.app, "contact-read c-earlier"));
    stage_run(&s, 500);
    stage_type(&s, "One moment");
    stage_run(&s, 4000);
    g_assert_cmpint(sm_app_popup(s.app)->kind, ==, SM_POPUP_NONE);
    g_assert_cmpstr(stage_said(&s), ==, "What you asked for has come; ask again to see it, you went on with something else.");
    stage_type(&s, ", please");
    g_assert_cmpstr(stage_text(&s), ==, "One moment, please");
    g_assert_true(sm_app_run(s.app, "contact-read c-earlier"));
    stage_run(&s, 4000);
    g_assert_cmpint(sm_app_popup(s.app)->kind, ==, SM_POPUP_LIST);
    stage_clear(&s);
}

/* Nor does one over a screen that locked itself meanwhile. */
static void late_answer_locked(void)
{
    static const char body[] = "{\"lines\":[{\"n\":1,\"at\":1793494800000,\"author\":\"customer\",\"kind\":\"message\",\"text\":\"Hi\"}]}";
    Stage s = {0};

    stage_init(&s, 24, 80);
    stage_conversation(&s, "Chen");
    script_rule(s.script, "GET /v1/conversations/", (ScriptRule){.kind = SCRIPT_STATUS, .times = -1, .status = 200, .body = body, .ms = 8000});
    g_assert_true(sm_app_run(s.app, "options lock.after 5s"));
    g_assert_true(sm_app_run(s.app, "contact-read c-earlier"));
    stage_run(&s, 12000);
    g_assert_true(sm_app_locked(s.app));
    g_assert_cmpint(sm_app_popup(s.app)->kind, ==, SM_POPUP_SECRET);
    stage_clear(&s);
}

/* Longer than there is time. */
static void huge_times(void)
{
    Stage s = {0};

    stage_init(&s, 24, 80);
    stage_conversation(&s, "Chen");
    g_assert_true(sm_app_run(s.app, "chat-snooze 106751991167d"));
    g_assert_cmpstr(stage_said(&s), ==, "Say a time, as 15m, 2h or 1d.");
    g_assert_true(sm_app_run(s.app, "do-not-disturb 106751991167d"));
    g_assert_cmpstr(stage_said(&s), ==, "Say a time, as 15m or 1h, or on, or off.");
    g_assert_false(sm_app_do_not_disturb(s.app));
    stage_clear(&s);
}

static void answered_meanwhile(void)
{
    Stage s = {0};

    stage_init(&s, 24, 80);
    const char *chen = stage_conversation(&s, "Chen");
    stage_type(&s, "my draft");
    g_assert_false(stage_chat(&s)->answered_meanwhile);
    script_colleague_says(s.script, chen, "done");
    stage_settle(&s);
    g_assert_true(stage_chat(&s)->answered_meanwhile);
    g_assert_cmpstr(stage_text(&s), ==, "my draft");
    stage_keys(&s, "C-c");
    g_assert_false(stage_chat(&s)->answered_meanwhile);
    stage_clear(&s);
}

/* --- The coach ------------------------------------------------------------------------------------ */

typedef struct {
    const char *fits, *missed;
    int64_t characters, ms;
    int messages;
    gboolean paused;
} Coach;

static char *coach_hint(const char *conversation, void *user)
{
    return g_strdup("say hello");
}

static gboolean coach_fits(const char *conversation, const char *text, void *user)
{
    const char *fits = ((Coach *)user)->fits;
    return fits != NULL && strstr(text, fits) != NULL;
}

static char *coach_missed(const char *conversation, void *user)
{
    return g_strdup(((Coach *)user)->missed);
}

static void coach_typed(int64_t characters, int64_t ms, void *user)
{
    Coach *coach = user;
    coach->characters += characters;
    coach->ms += ms;
    coach->messages++;
}

static void coach_pause(gboolean on, void *user)
{
    ((Coach *)user)->paused = on;
}

static void assert_hint(Stage *s, const char *expected)
{
    SmSafe *line = sm_app_coach_line(s->app);

    g_assert_cmpstr(line != NULL ? sm_safe_str(line) : NULL, ==, expected);
    if (line != NULL)
        sm_safe_unref(line);
}

/* Whose time runs, what fits, what was missed; and nothing where hints are off, or nobody waits. */
static void live_hints(void)
{
    Coach coach = {0};
    Stage s = {.coach = {.hint = coach_hint, .fits = coach_fits, .missed = coach_missed, .user = &coach}};

    stage_init(&s, 24, 80);
    assert_hint(&s, NULL);
    const char *chen = stage_conversation(&s, "Chen");
    /* As the clock above says it: to the end there is a second left. */
    assert_hint(&s, "Hint: 00:05 left to answer Chen; Ctrl-X t says what would help");
    coach.fits = "Hello";
    assert_hint(&s, "Hint: 00:05 left to answer Chen; ;hello fits");
    coach.missed = "we never promise that";
    assert_hint(&s, "Hint: Chen was not helped: we never promise that");
    coach.missed = "";
    assert_hint(&s, "Hint: Chen was not helped: what was asked for is missing");
    coach.missed = NULL;
    stage_run(&s, 7000);
    assert_hint(&s, "Hint: Chen has waited 00:02 too long; ;hello fits");
    g_assert_true(sm_app_run(s.app, "options hints off"));
    assert_hint(&s, NULL);
    g_assert_true(sm_app_run(s.app, "options hints on"));
    stage_draw(&s);
    stage_run(&s, 1000); /* seen */
    stage_type(&s, "Hello");
    stage_keys(&s, "Enter");
    stage_settle(&s);
    assert_said(&s, chen, "Hello");
    assert_hint(&s, NULL);
    stage_clear(&s);
}

static char *coach_debrief(const char *conversation, void *user)
{
    GString *text = g_string_new("line 0");

    for (int i = 1; i < 60; i++)
        g_string_append_printf(text, "\nline %d", i);
    return g_string_free(text, FALSE);
}

/* What is asked last counts, however much was written before: in many messages, and in one. */
static void offered(void)
{
    g_autofree char *packs = g_dir_make_tmp("seatmux-faq-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(packs, "a.yaml", NULL);
    g_autoptr(GString) story = g_string_new(NULL);
    Stage s = {.packs = packs};

    g_assert_true(g_file_set_contents(file, "faq: shop\nlanguage: en\nentries:\n"
                                            "  - {id: return, questions: [how do I return a parcel], answer: Within seven days.}\n", -1, NULL));
    stage_init(&s, 24, 80);
    const char *chen = stage_conversation(&s, "Chen");
    for (int i = 0; i < 60; i++) {
        g_autofree char *line = g_strdup_printf("story%d of%d mine%d", i, i, i);
        g_string_append_printf(story, "%s. ", line);
        script_customer_says(s.script, chen, line);
    }
    stage_run(&s, 1000);
    g_assert_null(stage_chat(&s)->offer);
    script_customer_says(s.script, chen, "How do I return a parcel?");
    stage_run(&s, 1000);
    g_assert_cmpstr(sm_safe_str(stage_chat(&s)->offer), ==, "how do I return a parcel");
    stage_draw(&s);
    stage_type(&s, "one moment");
    stage_keys(&s, "Enter");
    stage_settle(&s);
    stage_run(&s, 1000);
    stage_keys(&s, "Enter"); /* so much came while it was written that it was held */
    stage_settle(&s);
    stage_run(&s, 1000);
    g_assert_null(stage_chat(&s)->offer);
    g_string_append(story, "How do I return a parcel?");
    script_customer_says(s.script, chen, story->str);
    stage_run(&s, 1000);
    g_assert_cmpstr(sm_safe_str(stage_chat(&s)->offer), ==, "how do I return a parcel");
    stage_clear(&s);
    g_unlink(file);
    g_rmdir(packs);
}

/* Answers that were offered in a chat that the desk takes away: nothing of it is left to be said. */
static void offered_in_a_gone_chat(void)
{
    g_autofree char *packs = g_dir_make_tmp("seatmux-faq-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(packs, "a.yaml", NULL);
    Stage s = {.packs = packs};

    g_assert_true(g_file_set_contents(file, "faq: shop\nlanguage: en\nentries:\n"
                                            "  - {id: return, questions: [how do I return a parcel], answer: Within seven days.}\n", -1, NULL));
    stage_init(&s, 24, 80);
    const char *chen = stage_conversation(&s, "Chen");
    script_customer_says(s.script, chen, "How do I return a parcel?");
    stage_run(&s, 1000);
    g_assert_nonnull(stage_chat(&s)->offer);
    g_assert_true(sm_app_run(s.app, "offers"));
    g_assert_nonnull(strstr(sm_safe_str(sm_app_popup(s.app)->detail), "Within seven days."));
    take_away(&s, chen);
    stage_keys(&s, "Down Enter");
    g_assert_cmpstr(stage_text(&s), ==, "");
    g_assert_true(sm_app_run(s.app, "offers"));
    g_assert_cmpint(sm_app_popup(s.app)->kind, ==, SM_POPUP_NONE);
    g_assert_cmpstr(stage_said(&s), ==, "No frequent question fits here.");
    stage_clear(&s);
    g_unlink(file);
    g_rmdir(packs);
}

/* A debrief longer than the screen is read to its end, and what customers do meanwhile does not throw it back. */
static void long_debrief(void)
{
    Coach coach = {0};
    Stage s = {.coach = {.debrief = coach_debrief, .user = &coach}};

    stage_init(&s, 24, 80);
    const char *chen = stage_conversation(&s, "Chen");
    g_assert_true(sm_app_run(s.app, "debrief"));
    stage_keys(&s, "PgDn PgDn PgDn Down");
    g_assert_cmpuint(sm_app_popup(s.app)->selected, ==, 31);
    script_customer_says(s.script, chen, "are you there?");
    stage_settle(&s);
    g_assert_cmpuint(sm_app_popup(s.app)->selected, ==, 31);
    stage_keys(&s, "PgDn PgDn PgDn PgDn");
    g_assert_cmpstr(sm_safe_str(((SmPopupRow *)sm_app_popup(s.app)->rows->pdata[sm_app_popup(s.app)->selected])->cells[0]), ==, "line 59");
    stage_clear(&s);
}

/* While the shift is paused nothing is sent or asked, no clock asks for a frame, and the screen says so; live there is no pause. */
static void pausing(void)
{
    Coach coach = {0};
    Stage s = {.coach = {.hint = coach_hint, .pause = coach_pause, .user = &coach}}, live = {0};

    stage_init(&s, 24, 80);
    const char *chen = stage_conversation(&s, "Chen");
    stage_draw(&s);
    stage_run(&s, 1000);
    g_assert_cmpint(sm_app_tick_at(s.app), <, INT64_MAX);
    stage_keys(&s, "C-x ,");
    g_assert_true(coach.paused && sm_app_paused(s.app));
    assert_hint(&s, "PAUSED: time stands still, nothing is sent. Ctrl-X , goes on.");
    g_assert_cmpint(sm_app_tick_at(s.app), ==, INT64_MAX);
    stage_type(&s, "Hello");
    stage_keys(&s, "Enter");
    g_assert_nonnull(strstr(stage_said(&s), "the shift is paused"));
    g_assert_cmpstr(stage_text(&s), ==, "Hello");
    guint asked = script_asked(s.script, "POST");
    g_assert_true(sm_app_run(s.app, "chat-resolve done"));
    stage_settle(&s);
    g_assert_cmpuint(script_asked(s.script, "POST"), ==, asked);
    g_assert_nonnull(strstr(stage_said(&s), "The shift is paused"));
    stage_keys(&s, "C-x ,");
    g_assert_false(coach.paused || sm_app_paused(s.app));
    stage_keys(&s, "Enter");
    stage_settle(&s);
    assert_said(&s, chen, "Hello");
    stage_clear(&s);
    stage_init(&live, 24, 80);
    stage_keys(&live, "C-x ,");
    g_assert_nonnull(strstr(stage_said(&live), "Only practice can be paused"));
    g_assert_false(sm_app_paused(live.app));
    stage_clear(&live);
}

/* By the first key of a message and its Enter; what was pasted is no typing. */
static void typing_speed(void)
{
    Coach coach = {0};
    Stage s = {.coach = {.typed = coach_typed, .user = &coach}};

    stage_init(&s, 24, 80);
    stage_conversation(&s, "Chen");
    stage_run(&s, 400); /* the guard */
    stage_type(&s, "on ");
    stage_run(&s, 2000);
    stage_type(&s, "its way");
    stage_keys(&s, "Enter");
    g_assert_cmpint(coach.messages, ==, 1);
    g_assert_cmpint(coach.characters, ==, 10);
    g_assert_cmpint(coach.ms, >=, 2000);
    g_assert_cmpint(coach.ms, <, 2500);
    stage_settle(&s);
    stage_type(&s, "see ");
    sm_app_paste(s.app, "https://shop.example/48213", 26, 0);
    stage_run(&s, 400);
    stage_keys(&s, "Enter");
    stage_settle(&s);
    g_assert_cmpint(coach.messages, ==, 1);
    stage_keys(&s, "C-x t");
    g_assert_cmpstr(stage_said(&s), ==, "Nobody helps in this shift.");
    stage_clear(&s);
}

void add_compose_tests(void)
{
    g_test_add_func("/app/compose/live-hints", live_hints);
    g_test_add_func("/app/compose/long-debrief", long_debrief);
    g_test_add_func("/app/compose/pausing", pausing);
    g_test_add_func("/app/compose/typing-speed", typing_speed);
    g_test_add_func("/app/compose/own-keys", own_keys);
    g_test_add_func("/app/compose/own-key-with-a-hole", own_key_with_a_hole);
    g_test_add_func("/app/compose/prompt-keeps-its-chat", prompt_keeps_its_chat);
    g_test_add_func("/app/compose/note-in-a-command", note_in_a_command);
    g_test_add_func("/app/compose/late-answer", late_answer);
    g_test_add_func("/app/compose/late-answer-locked", late_answer_locked);
    g_test_add_func("/app/compose/huge-times", huge_times);
    g_test_add_func("/app/compose/answered-meanwhile", answered_meanwhile);
    g_test_add_func("/app/compose/sending", sending);
    g_test_add_func("/app/compose/slip", slip);
    g_test_add_func("/app/compose/guard", guard);
    g_test_add_func("/app/compose/unfilled", unfilled);
    g_test_add_func("/app/compose/words", words);
    g_test_add_func("/app/compose/words-reload", words_reload);
    g_test_add_func("/app/compose/offered", offered);
    g_test_add_func("/app/compose/offered-in-a-gone-chat", offered_in_a_gone_chat);
    g_test_add_func("/app/compose/spelling", spelling);
    g_test_add_func("/app/compose/stacked", stacked);
    g_test_add_func("/app/compose/guard-figures", guard_figures);
    g_test_add_func("/app/compose/held", held);
    g_test_add_func("/app/compose/take-back", take_back);
    g_test_add_func("/app/compose/notes", notes);
    g_test_add_func("/app/compose/history", history);
    g_test_add_func("/app/compose/editor", editor);
    g_test_add_func("/app/compose/failed", failed);
    g_test_add_func("/app/compose/repeat-of-a-gone-chat", repeat_of_a_gone_chat);
    g_test_add_func("/app/compose/editor-of-a-gone-chat", editor_of_a_gone_chat);
    g_test_add_func("/app/compose/failed-in-a-gone-chat", failed_in_a_gone_chat);
}
