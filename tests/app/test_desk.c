/* SPDX-License-Identifier: MIT */
/* Chats in panes: accepting, going from one to another, what is read. */
#include "stage.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void accepting(void)
{
    Stage s = {0};

    stage_init(&s, 48, 160);
    script_waiting(s.script, "Ruiz");
    script_waiting(s.script, "Okafor");
    stage_settle(&s);
    stage_keys(&s, "C-x a");
    stage_settle(&s);
    g_assert_nonnull(stage_pane(&s, 1));
    g_assert_cmpstr(sm_safe_str(stage_pane(&s, 1)->name), ==, "Ruiz");
    g_assert_cmpstr(stage_said(&s), ==, "Ruiz is in pane 1.");
    g_assert_cmpint(sm_layout_focused(sm_app_layout(s.app))->number, ==, 1);
    /* The second goes into the next empty pane; what is focused and written stays. */
    stage_type(&s, "Hello");
    stage_keys(&s, "C-x a");
    stage_settle(&s);
    g_assert_cmpstr(sm_safe_str(stage_pane(&s, 2)->name), ==, "Okafor");
    g_assert_cmpint(sm_layout_focused(sm_app_layout(s.app))->number, ==, 1);
    g_assert_cmpstr(stage_text(&s), ==, "Hello");
    stage_keys(&s, "C-x a");
    stage_settle(&s);
    g_assert_cmpstr(stage_said(&s), ==, "Nobody is waiting.");
    g_assert_cmpuint(sm_app_chats(s.app)->len, ==, 2);
    stage_clear(&s);
}

static void one_pane(void)
{
    Stage s = {0};

    stage_init(&s, 24, 80);
    stage_conversation(&s, "Chen");
    g_assert_cmpstr(sm_safe_str(stage_chat(&s)->name), ==, "Chen");
    /* The pane is taken: the next is in the list only. */
    stage_conversation(&s, "Lena");
    g_assert_cmpstr(sm_safe_str(stage_chat(&s)->name), ==, "Chen");
    g_assert_cmpuint(sm_app_chats(s.app)->len, ==, 2);
    script_waiting(s.script, "Ruiz");
    stage_settle(&s);
    stage_keys(&s, "C-x a");
    stage_settle(&s);
    g_assert_cmpstr(sm_safe_str(stage_chat(&s)->name), ==, "Chen");
    g_assert_cmpstr(stage_said(&s), ==, "Ruiz is in the list (Ctrl-X i).");
    stage_clear(&s);
}

static void seen_and_read(void)
{
    Stage s = {0};

    stage_init(&s, 48, 160);
    const char *chen = stage_conversation(&s, "Chen");
    const char *lena = stage_conversation(&s, "Lena");
    script_customer_says(s.script, chen, "Are you there?");
    script_customer_says(s.script, lena, "Hallo?");
    stage_settle(&s);
    guint before = stage_pane(&s, 1)->unread, others = stage_pane(&s, 2)->unread;
    g_assert_cmpuint(before, >=, 1);
    g_assert_cmpuint(others, >=, 1);
    g_assert_cmpint(stage_pane(&s, 1)->unread_seq, >, 0);
    g_assert_false(sm_app_reads(s.app, stage_pane(&s, 1))); /* nobody has touched a key */
    sm_app_focus(s.app, TRUE);
    g_assert_true(sm_app_reads(s.app, stage_pane(&s, 1)));
    g_assert_false(sm_app_reads(s.app, stage_pane(&s, 2)));
    stage_draw(&s);
    stage_run(&s, 699);
    g_assert_cmpuint(stage_pane(&s, 1)->unread, ==, before);
    stage_run(&s, 2);
    /* Read where the agent is; in the other pane it stays new. */
    g_assert_cmpuint(stage_pane(&s, 1)->unread, ==, 0);
    g_assert_cmpuint(stage_pane(&s, 2)->unread, ==, others);
    g_assert_cmpint(stage_pane(&s, 1)->unread_seq, >, 0);
    stage_keys(&s, "C-x 2");
    g_assert_cmpint(stage_pane(&s, 1)->unread_seq, ==, 0);
    stage_clear(&s);
}

static void covered_is_not_seen(void)
{
    Stage s = {0};

    stage_init(&s, 48, 160);
    const char *chen = stage_conversation(&s, "Chen");
    script_customer_says(s.script, chen, "Are you there?");
    stage_settle(&s);
    sm_app_focus(s.app, TRUE);
    stage_draw(&s);
    stage_run(&s, 300);
    stage_keys(&s, "F1");
    stage_run(&s, 2000);
    g_assert_cmpuint(stage_pane(&s, 1)->unread, >=, 1);
    g_assert_false(sm_app_reads(s.app, stage_pane(&s, 1)));
    stage_keys(&s, "Esc");
    stage_draw(&s);
    stage_run(&s, 701);
    g_assert_cmpuint(stage_pane(&s, 1)->unread, ==, 0);
    stage_clear(&s);
}

static void going_around(void)
{
    Stage s = {0};

    stage_init(&s, 48, 160);
    stage_conversation(&s, "Chen");
    stage_run(&s, 3000);
    stage_conversation(&s, "Lena");
    g_assert_cmpstr(sm_safe_str(stage_chat(&s)->name), ==, "Chen");
    stage_keys(&s, "M-2");
    g_assert_cmpstr(sm_safe_str(stage_chat(&s)->name), ==, "Lena");
    /* Chen has waited longer. */
    stage_keys(&s, "C-n");
    g_assert_cmpstr(sm_safe_str(stage_chat(&s)->name), ==, "Chen");
    stage_keys(&s, "C-x b");
    g_assert_cmpstr(sm_safe_str(stage_chat(&s)->name), ==, "Lena");
    stage_keys(&s, "C-x Left");
    g_assert_cmpstr(sm_safe_str(stage_chat(&s)->name), ==, "Chen");
    stage_keys(&s, "C-k");
    g_assert_cmpint(sm_app_popup(s.app)->kind, ==, SM_POPUP_LIST);
    stage_type(&s, "lena");
    stage_keys(&s, "Enter");
    g_assert_cmpint(sm_app_popup(s.app)->kind, ==, SM_POPUP_NONE);
    g_assert_cmpstr(sm_safe_str(stage_chat(&s)->name), ==, "Lena");
    stage_clear(&s);
}

static void panes_by_keys(void)
{
    Stage s = {0};
    SmLayout *layout;

    stage_init(&s, 24, 120);
    layout = sm_app_layout(s.app);
    g_assert_true(sm_app_list_pane(s.app));
    stage_keys(&s, "C-x |");
    g_assert_cmpuint(sm_layout_visible(layout), ==, 2);
    g_assert_false(sm_app_list_pane(s.app));
    stage_keys(&s, "C-o");
    g_assert_true(sm_layout_zoomed(layout));
    stage_keys(&s, "C-o C-x x");
    g_assert_cmpuint(sm_layout_panes(layout)->len, ==, 1);
    sm_app_resize(s.app, 24, 80);
    stage_keys(&s, "C-x | C-x -");
    stage_keys(&s, "C-x -");
    g_assert_cmpstr(stage_said(&s), ==, "No room: a pane needs at least 8 rows.");
    /* Grown and shrunk, the tree stays. */
    guint n = sm_layout_panes(layout)->len;
    sm_app_resize(s.app, 10, 40);
    g_assert_cmpuint(sm_layout_visible(layout), ==, 1);
    sm_app_resize(s.app, 48, 160);
    g_assert_cmpuint(sm_layout_visible(layout), ==, n);
    stage_clear(&s);
}

static void automatic_sizes(void)
{
    Stage s = {0};
    SmLayout *layout;

    stage_init(&s, 24, 80);
    layout = sm_app_layout(s.app);
    stage_conversation(&s, "Chen");
    stage_conversation(&s, "Lena");
    g_assert_cmpuint(sm_layout_visible(layout), ==, 1);
    sm_app_resize(s.app, 48, 160);
    g_assert_cmpuint(sm_layout_visible(layout), ==, 4);
    g_assert_cmpstr(sm_safe_str(stage_pane(&s, 2)->name), ==, "Lena");
    sm_app_resize(s.app, 30, 120);
    g_assert_cmpuint(sm_layout_visible(layout), ==, 2);
    sm_app_resize(s.app, 24, 80);
    g_assert_cmpuint(sm_layout_visible(layout), ==, 1);
    g_assert_cmpstr(sm_safe_str(stage_chat(&s)->name), ==, "Chen");
    /* Never refuses, however small. */
    for (int rows = 1; rows < 12; rows++)
        for (int columns = 1; columns < 60; columns += 7)
            sm_app_resize(s.app, rows, columns);
    stage_clear(&s);
}

static void state_file(void)
{
    g_autofree char *directory = g_dir_make_tmp("seatmux-app-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(directory, "layout", NULL);
    Stage s = {.state_file = file};

    stage_init(&s, 48, 160);
    stage_conversation(&s, "Chen");
    stage_conversation(&s, "Lena");
    stage_keys(&s, "C-x 2 C-x x C-x - C-x 2");
    g_autofree char *before = sm_layout_text(sm_app_layout(s.app));
    stage_close(&s);
    stage_open(&s, 48, 160);
    g_autofree char *after = sm_layout_text(sm_app_layout(s.app));
    g_assert_cmpstr(after, ==, before);
    stage_close(&s);
    g_file_set_contents(file, "{\"layout\":\"1:00000000:nonsense\"}", -1, NULL);
    stage_open(&s, 48, 160);
    g_assert_cmpuint(sm_app_chats(s.app)->len, ==, 2);
    stage_clear(&s);
    remove(file);
    rmdir(directory);
}

/* A layout with a name comes back with its sizes and chats, at any time and in the next run. */
static void named_layouts(void)
{
    g_autofree char *directory = g_dir_make_tmp("seatmux-app-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(directory, "layout", NULL);
    Stage s = {.state_file = file};

    stage_init(&s, 48, 160);
    stage_conversation(&s, "Chen");
    stage_conversation(&s, "Lena");
    stage_keys(&s, "C-x 2 C-x x C-x -");
    g_assert_true(sm_app_run(s.app, "pane-resize down 4"));
    g_autofree char *mine = sm_layout_text(sm_app_layout(s.app));
    g_assert_true(sm_app_run(s.app, "layout save office"));
    g_assert_cmpstr(stage_said(&s), ==, "The layout \"office\" is saved.");
    g_assert_true(sm_app_run(s.app, "layout 9"));
    g_assert_cmpuint(sm_layout_panes(sm_app_layout(s.app))->len, ==, 9);
    stage_close(&s);
    stage_open(&s, 48, 160);
    g_assert_true(sm_app_run(s.app, "layout office"));
    g_autofree char *back = sm_layout_text(sm_app_layout(s.app));
    g_assert_cmpstr(back, ==, mine);
    g_assert_cmpstr(sm_safe_str(stage_pane(&s, 1)->name), ==, "Chen");
    stage_keys(&s, "C-x l");
    stage_type(&s, "office");
    g_assert_cmpuint(sm_app_popup(s.app)->rows->len, ==, 1);
    stage_keys(&s, "Esc");
    static const char *const refused[] = {"layout nowhere", "layout save 4", "layout save two words", "layout delete nowhere"};
    for (guint i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_assert_true(sm_app_run(s.app, refused[i]));
        g_assert_true(sm_app_toast(s.app)->error);
        g_autofree char *same = sm_layout_text(sm_app_layout(s.app));
        g_assert_cmpstr(same, ==, mine);
    }
    g_assert_true(sm_app_run(s.app, "layout delete office"));
    g_assert_true(sm_app_run(s.app, "layout office"));
    g_assert_true(sm_app_toast(s.app)->error);
    stage_clear(&s);
    remove(file);
    rmdir(directory);
}

static void resize_by_keys(void)
{
    Stage s = {0};

    stage_init(&s, 48, 160);
    SmPane *pane = sm_layout_focused(sm_app_layout(s.app));
    int columns = pane->columns, rows = pane->rows;
    stage_keys(&s, "C-x + Right Right Down");
    g_assert_cmpint(pane->columns, ==, columns + 4);
    g_assert_cmpint(pane->rows, ==, rows + 1);
    stage_type(&s, "hhk");
    g_assert_cmpint(pane->columns, ==, columns);
    g_assert_cmpint(pane->rows, ==, rows);
    stage_keys(&s, "Enter");
    g_assert_cmpint(sm_app_popup(s.app)->kind, ==, SM_POPUP_NONE);
    stage_keys(&s, "C-x + Esc");
    g_assert_cmpint(sm_app_popup(s.app)->kind, ==, SM_POPUP_NONE);
    g_assert_true(sm_app_run(s.app, "layout 1"));
    stage_keys(&s, "C-x +");
    g_assert_cmpint(sm_app_popup(s.app)->kind, ==, SM_POPUP_NONE);
    stage_clear(&s);
}

/* The panes of yesterday's chats are free for new ones, and the one in focus comes first. */
static void chats_of_yesterday(void)
{
    g_autofree char *directory = g_dir_make_tmp("seatmux-app-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(directory, "layout", NULL);
    Stage s = {.state_file = file};

    stage_init(&s, 48, 160);
    SmLayout *layout = sm_app_layout(s.app);
    for (int n = 1; n <= 4; n++) {
        g_autofree char *gone = g_strdup_printf("gone-%d", n);
        sm_layout_show(layout, sm_layout_by_number(layout, n)->id, gone);
    }
    stage_keys(&s, "C-x 3");
    stage_close(&s);
    stage_open(&s, 48, 160);
    g_assert_cmpint(sm_layout_focused(sm_app_layout(s.app))->number, ==, 3);
    g_assert_cmpstr(sm_layout_focused(sm_app_layout(s.app))->conversation, ==, "gone-3");
    script_waiting(s.script, "Ruiz");
    stage_settle(&s);
    stage_keys(&s, "C-x a");
    stage_settle(&s);
    g_assert_nonnull(stage_chat(&s));
    g_assert_cmpstr(sm_safe_str(stage_chat(&s)->name), ==, "Ruiz");
    stage_clear(&s);
    remove(file);
    rmdir(directory);
}

static void resolving(void)
{
    Stage s = {0};

    stage_init(&s, 24, 80);
    const char *chen = stage_conversation(&s, "Chen");
    stage_keys(&s, "C-x c");
    g_assert_cmpint(sm_app_popup(s.app)->kind, ==, SM_POPUP_LIST);
    stage_type(&s, "wrong number");
    stage_keys(&s, "Enter");
    stage_settle(&s);
    const SmConversation *c = sm_desk_conversation(script_desk(s.script), chen);
    g_assert_cmpint(c->state, ==, SM_STATE_RESOLVED);
    g_assert_cmpstr(c->resolve_reason, ==, "wrong number");
    /* It stays on the screen; nothing can be sent into it, and the text stays. */
    stage_type(&s, "One more thing");
    stage_run(&s, 400);
    stage_keys(&s, "Enter");
    stage_settle(&s);
    g_assert_cmpstr(stage_text(&s), ==, "One more thing");
    g_assert_nonnull(strstr(stage_said(&s), "is over"));
    stage_clear(&s);
}

/* A chat that was over and is the agent's again is put on the screen as a new one is. */
static void resolved_and_back(void)
{
    Stage s = {0};

    stage_init(&s, 48, 160);
    const char *chen = stage_conversation(&s, "Chen");
    stage_keys(&s, "C-x c");
    stage_type(&s, "wrong number");
    stage_keys(&s, "Enter");
    stage_settle(&s);
    stage_keys(&s, "C-x x");
    g_assert_null(sm_layout_showing(sm_app_layout(s.app), chen));
    script_customer_says(s.script, chen, "It is about the order after all");
    stage_settle(&s);
    if (sm_desk_conversation(script_desk(s.script), chen)->state == SM_STATE_QUEUED)
        stage_keys(&s, "C-x a");
    stage_settle(&s);
    g_assert_cmpstr(sm_desk_conversation(script_desk(s.script), chen)->owner, ==, "mia");
    g_assert_nonnull(sm_layout_showing(sm_app_layout(s.app), chen));
    stage_clear(&s);
}

static void quitting(void)
{
    Stage s = {0};

    stage_init(&s, 24, 80);
    stage_keys(&s, "C-x q");
    g_assert_cmpuint(s.quits, ==, 1);
    stage_conversation(&s, "Chen");
    stage_keys(&s, "C-x q");
    g_assert_cmpuint(s.quits, ==, 1);
    g_assert_cmpint(sm_app_popup(s.app)->kind, ==, SM_POPUP_CONFIRM);
    stage_keys(&s, "n");
    g_assert_cmpuint(s.quits, ==, 1);
    stage_keys(&s, "C-x q y");
    g_assert_cmpuint(s.quits, ==, 2);
    stage_clear(&s);
}

/* A shift of practice is not gone on with: it is not called kept. */
static void quitting_practice(void)
{
    Stage s = {.coach = {.user = &s}};

    stage_init(&s, 24, 80);
    stage_conversation(&s, "Chen");
    stage_keys(&s, "C-x q");
    g_assert_true(g_str_has_prefix(sm_safe_str(sm_app_popup(s.app)->detail), "End the shift? 1 chat is open"));
    stage_clear(&s);
}

/* How often the desk was told that mia looks at a chat, since this was asked last, and `ms` later. */
static guint told_looking(Stage *s, guint *before, int64_t ms)
{
    stage_run(s, ms);
    guint all = script_asked(s->script, "POST /v1/conversations"), told = all - *before;
    *before = all;
    return told;
}

/* Colleagues hear who has a chat before the eyes, now and then; with nobody there, or nothing shown, nothing is said. */
static void looking(void)
{
    Stage s = {0};
    guint n = 0;

    stage_init(&s, 34, 120);
    stage_conversation(&s, "Ada");
    told_looking(&s, &n, 1000);
    g_assert_cmpuint(told_looking(&s, &n, 30000), ==, 3);
    script_available(s.script, "ben", SM_AVAILABLE_OFFLINE);
    told_looking(&s, &n, 11000);
    g_assert_cmpuint(told_looking(&s, &n, 60000), ==, 0);
    script_available(s.script, "ben", SM_AVAILABLE_ONLINE);
    g_assert_cmpuint(told_looking(&s, &n, 9000), ==, 1);
    sm_app_focus(s.app, FALSE);
    told_looking(&s, &n, 11000);
    g_assert_cmpuint(told_looking(&s, &n, 30000), ==, 0);
    sm_app_focus(s.app, TRUE);
    g_assert_cmpuint(told_looking(&s, &n, 9000), ==, 1);
    stage_keys(&s, "C-x s");
    told_looking(&s, &n, 11000);
    g_assert_cmpuint(told_looking(&s, &n, 30000), ==, 0);
    stage_keys(&s, "q");
    g_assert_cmpuint(told_looking(&s, &n, 9000), ==, 1);
    stage_clear(&s);
}

/* What the desk was asked and has not answered goes with the program; LeakSanitizer is who says so. */
static void quit_while_asking(void)
{
    Stage s = {0};

    stage_init(&s, 48, 160);
    stage_conversation(&s, "Chen");
    g_assert_true(sm_app_run(s.app, "chat-release"));
    stage_clear(&s);
}

void add_desk_tests(void)
{
    g_test_add_func("/app/desk/quit-while-asking", quit_while_asking);
    g_test_add_func("/app/desk/named-layouts", named_layouts);
    g_test_add_func("/app/desk/resize-by-keys", resize_by_keys);
    g_test_add_func("/app/desk/accepting", accepting);
    g_test_add_func("/app/desk/one-pane", one_pane);
    g_test_add_func("/app/desk/seen-and-read", seen_and_read);
    g_test_add_func("/app/desk/covered-is-not-seen", covered_is_not_seen);
    g_test_add_func("/app/desk/going-around", going_around);
    g_test_add_func("/app/desk/panes-by-keys", panes_by_keys);
    g_test_add_func("/app/desk/automatic-sizes", automatic_sizes);
    g_test_add_func("/app/desk/state-file", state_file);
    g_test_add_func("/app/desk/chats-of-yesterday", chats_of_yesterday);
    g_test_add_func("/app/desk/resolving", resolving);
    g_test_add_func("/app/desk/resolved-and-back", resolved_and_back);
    g_test_add_func("/app/desk/quitting", quitting);
    g_test_add_func("/app/desk/quitting-practice", quitting_practice);
    g_test_add_func("/app/desk/looking", looking);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    add_desk_tests();
    add_compose_tests();
    add_alert_tests();
    add_popup_tests();
    add_keystroke_tests();
    add_supervise_tests();
    return g_test_run();
}
