/* SPDX-License-Identifier: MIT */
/* Writing and sending: guard, fields, held, taken back, notes, drafts. */
#include "stage.h"

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
    sm_app_edited(s.app, "polished\n", NULL);
    g_assert_cmpstr(stage_text(&s), ==, "");
    stage_keys(&s, "C-x 1");
    g_assert_cmpstr(stage_text(&s), ==, "polished");
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
    stage_clear(&s);
    remove(file);
    rmdir(packs);
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

void add_compose_tests(void)
{
    g_test_add_func("/app/compose/own-keys", own_keys);
    g_test_add_func("/app/compose/answered-meanwhile", answered_meanwhile);
    g_test_add_func("/app/compose/sending", sending);
    g_test_add_func("/app/compose/guard", guard);
    g_test_add_func("/app/compose/unfilled", unfilled);
    g_test_add_func("/app/compose/held", held);
    g_test_add_func("/app/compose/take-back", take_back);
    g_test_add_func("/app/compose/notes", notes);
    g_test_add_func("/app/compose/history", history);
    g_test_add_func("/app/compose/editor", editor);
    g_test_add_func("/app/compose/failed", failed);
}
