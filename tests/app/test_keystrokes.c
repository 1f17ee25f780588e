/* SPDX-License-Identifier: MIT */
/* What the tasks of a shift cost in keys: docs/keystrokes.md, row by row, played; and that the map for one hand reaches
 * every command without a chord. */
#include "stage.h"

#include <stdlib.h>
#include <string.h>

/* Plays "C-x a "text" Enter" and counts the strokes. */
static int play(Stage *s, const char *keys)
{
    int strokes = 0;

    while (*keys != '\0') {
        gsize n = *keys == '"' ? strcspn(keys + 1, "\"") + 2 : strcspn(keys, " ");
        g_autofree char *one = g_strndup(keys, n);
        if (*one == '"') {
            one[n - 1] = '\0';
            stage_type(s, one + 1);
            stage_run(s, 300); /* nobody types faster: Enter waits so long after C-x n */
        } else {
            stage_keys(s, one);
            strokes++;
        }
        stage_run(s, 20);
        keys += n;
        keys += strspn(keys, " ");
    }
    return strokes;
}

static gboolean sent(Stage *s, const char *conversation, const char *text)
{
    g_autofree char *said = script_said(s->script, conversation);
    return strstr(said, text) != NULL;
}

/* Whether the task is done. */
static void assert_done(Stage *s, const char *task, const char *chen)
{
    const SmConversation *c = stage_pane(s, 1) != NULL ? stage_pane(s, 1)->conversation : NULL;

    if (strcmp(task, "claim") == 0) {
        g_assert_cmpuint(sm_app_chats(s->app)->len, ==, 3);
    } else if (strcmp(task, "greet") == 0) {
        g_assert_true(sent(s, chen, "Chen"));
    } else if (strstr(task, "template") != NULL || strstr(task, "picker") != NULL) {
        g_assert_true(sent(s, chen, "3"));
        g_assert_cmpstr(stage_text(s), ==, "");
    } else if (strcmp(task, "note") == 0) {
        guint notes = 0;
        for (guint i = 0; i < c->lines->len; i++) {
            const SmLine *line = c->lines->pdata[i];
            notes += line->kind == SM_LINE_NOTE && g_strcmp0(line->text, "asked the warehouse") == 0;
        }
        g_assert_cmpuint(notes, ==, 1);
        g_assert_false(sent(s, chen, "warehouse"));
    } else if (strcmp(task, "transfer prompt") == 0) {
        g_assert_cmpint(sm_app_popup(s->app)->kind, ==, SM_POPUP_LIST);
        g_assert_nonnull(strstr(sm_safe_str(sm_app_popup(s->app)->title), "transfer"));
    } else if (strcmp(task, "resolve") == 0) {
        g_assert_cmpint(c->state, ==, SM_STATE_RESOLVED);
    } else if (strcmp(task, "next urgent") == 0) {
        g_assert_cmpint(sm_layout_focused(sm_app_layout(s->app))->number, ==, 2);
    } else {
        g_error("what is done of '%s'?", task);
    }
}

static void play_row(const char *map, const char *task, const char *keys, int strokes)
{
    Stage s = {.map = map};

    stage_init(&s, 48, 160);
    const char *chen = stage_conversation(&s, "Chen");
    stage_conversation(&s, "Lena");
    script_waiting(s.script, "Ruiz");
    sm_app_focus(s.app, TRUE);
    stage_draw(&s);
    stage_run(&s, 1000); /* what stands there has been read */
    g_autofree char *plain = g_strndup(keys + 1, strlen(keys) - 2); /* in backticks */
    g_assert_cmpint(play(&s, plain), ==, strokes);
    stage_settle(&s);
    assert_done(&s, task, chen);
    stage_clear(&s);
}

static void table(void)
{
    g_autofree char *path = g_build_filename(g_getenv("SEATMUX_SOURCE_ROOT"), "docs", "keystrokes.md", NULL);
    g_autofree char *text = NULL;
    int rows = 0;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        g_auto(GStrv) cells = g_strsplit(lines[i], " | ", -1);
        if (!g_str_has_prefix(lines[i], "| ") || g_strv_length(cells) != 5 || *cells[1] != '`')
            continue;
        g_test_message("%s", lines[i]);
        play_row("default", cells[0] + 2, cells[1], atoi(cells[2]));
        play_row("one-hand", cells[0] + 2, cells[3], atoi(cells[4]));
        rows++;
    }
    g_assert_cmpint(rows, ==, 8);
}

/* One key alone: no Ctrl, Alt, Shift, also not the Shift of # on a keyboard. */
static gboolean single_key(SmKey key)
{
    gunichar code = sm_key_code(key);

    return sm_key_mods(key) == 0 && (code >= 128 || strchr("abcdefghijklmnopqrstuvwxyz0123456789-=[]\\;',./ ", (int)code) != NULL);
}

static gboolean is_single(const SmBinding *binding)
{
    for (guint k = 0; k < binding->n; k++)
        if (!single_key(binding->keys[k]))
            return FALSE;
    return TRUE;
}

static gboolean has_single_keys(const SmKeymap *keymap, const SmAction *action)
{
    gsize n = strlen(action->name);

    for (guint i = 0; i < sm_keymap_bindings(keymap)->len; i++) {
        const SmBinding *binding = &g_array_index(sm_keymap_bindings(keymap), SmBinding, i);
        if (strncmp(binding->command, action->name, n) == 0 && (binding->command[n] == '\0' || binding->command[n] == ' ') && is_single(binding))
            return TRUE;
    }
    return FALSE;
}

/* Hints, help and messages name what is pressed with one hand. */
static void one_hand_told(void)
{
    g_autoptr(SmKeymap) keymap = sm_keymap_new("one-hand", NULL);
    guint n;
    const SmAction *actions = sm_actions(&n);

    for (guint i = 0; i < sm_keymap_bindings(keymap)->len; i++) {
        const SmBinding *binding = &g_array_index(sm_keymap_bindings(keymap), SmBinding, i);
        const SmBinding *best = sm_keymap_best(keymap, binding->command);
        g_test_message("%s", binding->command);
        for (guint k = 0; is_single(binding) && k < best->n; k++)
            g_assert_cmpuint(sm_key_mods(best->keys[k]), ==, 0);
    }
    for (guint i = 0; i < n; i++) {
        g_autofree char *told = sm_keymap_told(keymap, actions[i].name);
        if (sm_keymap_best(keymap, actions[i].name) == NULL)
            g_assert_cmpstr(told + 1, ==, actions[i].name); /* after the slash */
    }
    g_autofree char *urgent = sm_keymap_told(keymap, "chat-next-urgent");
    g_autofree char *accept = sm_keymap_told(keymap, "chat-accept");
    g_autofree char *help = sm_keymap_told(keymap, "help");
    g_assert_cmpstr(urgent, ==, "F3");
    g_assert_cmpstr(accept, ==, "F2 a");
    g_assert_cmpstr(help, ==, "F1");
}

/* Its own keys, or the palette: opened by single keys while something is written, the name typed, and Enter takes it. */
static void one_hand(void)
{
    Stage s = {.map = "one-hand"};
    guint n, direct = 0;
    const SmAction *actions = sm_actions(&n);

    stage_init(&s, 24, 80);
    stage_conversation(&s, "Chen");
    stage_type(&s, "half an answer");
    SmKeymap *keymap = sm_app_keymap(s.app);
    const char *command = NULL;
    const SmKey keys[] = {sm_key(SM_KEY_F0 + 2, 0), sm_key(SM_KEY_F0 + 2, 0)};
    g_assert_cmpint(sm_keymap_find(keymap, SM_CONTEXT_SUPERVISOR, keys, 2, &command), ==, SM_KEYMAP_COMMAND);
    g_assert_cmpstr(command, ==, "queue-commands");
    for (guint i = 0; i < n; i++) {
        if (has_single_keys(keymap, &actions[i])) {
            direct++;
            continue;
        }
        for (const char *c = actions[i].name; *c != '\0'; c++)
            g_assert_true(single_key(sm_key((gunichar)*c, 0)));
        if (actions[i].context == SM_CONTEXT_SUPERVISOR)
            continue; /* in its palette, as above */
        g_test_message("%s", actions[i].name);
        g_assert_true(actions[i].context == SM_CONTEXT_AGENT || actions[i].context == SM_CONTEXT_GLOBAL);
        stage_keys(&s, "F2 F2");
        stage_type(&s, actions[i].name);
        const SmPopup *popup = sm_app_popup(s.app);
        g_assert_cmpuint(popup->rows->len, >, 0);
        g_assert_cmpstr(((SmPopupRow *)popup->rows->pdata[popup->selected])->value, ==, actions[i].name);
        stage_keys(&s, "Esc");
        stage_run(&s, 200);
    }
    g_assert_cmpuint(direct, >, n / 3);
    g_assert_cmpstr(stage_text(&s), ==, "half an answer");
    stage_keys(&s, "F2 F2");
    stage_type(&s, "edit-kill-start");
    stage_keys(&s, "Enter");
    g_assert_cmpstr(stage_text(&s), ==, "");
    stage_clear(&s);
}

void add_keystroke_tests(void)
{
    g_test_add_func("/app/keystrokes/table", table);
    g_test_add_func("/app/keystrokes/one-hand", one_hand);
    g_test_add_func("/app/keystrokes/one-hand-told", one_hand_told);
}
