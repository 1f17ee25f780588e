/* SPDX-License-Identifier: MIT */
#include "seatmux/app/keymap.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char *findings_text(const SmFindings *findings, const char *directory)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < sm_findings_count(findings); i++) {
        g_autofree char *line = sm_finding_format(sm_findings_at(findings, i));
        g_string_append_printf(
            text, "%s\n", g_str_has_prefix(line, directory) ? line + strlen(directory) + 1 : line);
    }
    return g_strdup(text->str);
}

static const char *command_of(const SmKeymap *keymap, SmContext context, const char *keys,
                              SmKeymapHit *hit)
{
    SmKey parsed[SM_KEY_SEQUENCE];
    const char *command = NULL;
    guint n = sm_key_parse_sequence(keys, parsed, SM_KEY_SEQUENCE);

    g_assert_cmpuint(n, >, 0);
    *hit = sm_keymap_find(keymap, context, parsed, n, &command);
    return command;
}

static void assert_command(const SmKeymap *keymap, const char *keys, const char *wanted)
{
    SmKeymapHit hit;
    const char *command = command_of(keymap, SM_CONTEXT_AGENT, keys, &hit);

    g_assert_cmpstr(hit == SM_KEYMAP_COMMAND ? command : NULL, ==, wanted);
}

/* Every action says what it does; names are sorted; keys parse, and no key is command and prefix.
 */
static void table(void)
{
    guint n;
    const SmAction *actions = sm_actions(&n);
    g_autoptr(SmKeymap) keymap = sm_keymap_new(NULL, NULL);
    const GArray *bindings = sm_keymap_bindings(keymap);

    for (guint i = 0; i < n; i++) {
        g_assert_true(i == 0 || strcmp(actions[i - 1].name, actions[i].name) < 0);
        g_assert_true(sm_action_find(actions[i].name) == &actions[i]);
        g_assert_cmpuint(strlen(actions[i].help), >, 8);
        g_assert_cmpuint(strlen(actions[i].label), >, 1);
        g_assert_cmpuint(g_utf8_strlen(actions[i].label, -1), <=, 24);
        g_assert_nonnull(actions[i].run);
        g_assert_true(g_str_has_suffix(actions[i].help, "."));
    }
    g_assert_null(sm_action_find("nothing"));
    for (guint i = 0; i < bindings->len; i++) {
        const SmBinding *a = &g_array_index(bindings, SmBinding, i);
        for (guint k = 0; k < bindings->len; k++) {
            const SmBinding *b = &g_array_index(bindings, SmBinding, k);
            gboolean together = a->context == b->context || a->context == SM_CONTEXT_GLOBAL ||
                                b->context == SM_CONTEXT_GLOBAL;
            if (i != k && together && a->n < b->n && a->keys[0] != SM_KEY_ESC)
                g_assert_cmpint(memcmp(a->keys, b->keys, a->n * sizeof(SmKey)), !=, 0);
        }
    }
}

/* Every command that a key reaches is reached by plain control bytes, or by the palette. */
static void unbound_on_purpose(void)
{
    g_autoptr(SmKeymap) keymap = sm_keymap_new(NULL, NULL);
    static const char *const keys[] = {"C-s", "C-q",     "C-p", "C-z", "C-v",
                                       "C-b", "C-Space", "C-]", "C-^", "C-\\"};

    for (guint i = 0; i < G_N_ELEMENTS(keys); i++)
        assert_command(keymap, keys[i], NULL);
    assert_command(keymap, "C-x g", NULL);
    assert_command(keymap, "C-x z", NULL);
}

static void shipped_maps(void)
{
    static const char *const maps[] = {"default", "readline", "irc", "one-hand"};
    g_autoptr(SmFindings) findings = sm_findings_new();

    for (guint i = 0; i < G_N_ELEMENTS(maps); i++) {
        g_autoptr(SmKeymap) keymap = sm_keymap_new(maps[i], findings);
        g_assert_cmpuint(sm_findings_count(findings), ==, 0);
        assert_command(keymap, "Enter", "send");
        assert_command(keymap, "C-x a", "chat-accept");
        assert_command(keymap, "C-x C-a", "chat-accept");
        assert_command(keymap, "C-x Tab", "chat-list");
        assert_command(keymap, "C-x C-g", "cancel");
        assert_command(keymap, "C-k", i == 1 ? "edit-kill-end" : "chat-jump");
        assert_command(keymap, "M-k", i == 1 ? NULL : "chat-jump");
        assert_command(keymap, "C-p", i == 2 ? "chat-previous" : NULL);
        assert_command(keymap, "F2 a", i == 3 ? "chat-accept" : NULL);
        assert_command(keymap, "M-7", "pane-focus 7");
    }
    g_autoptr(SmKeymap) wrong = sm_keymap_new("vim", findings);
    g_assert_nonnull(wrong);
    g_assert_cmpuint(sm_findings_errors(findings), ==, 1);
}

static void hints(void)
{
    g_autoptr(SmKeymap) keymap = sm_keymap_new(NULL, NULL);
    g_autofree char *urgent = sm_keymap_keys_of(keymap, "chat-next-urgent", FALSE);
    g_autofree char *small = sm_keymap_keys_of(keymap, "chat-next-urgent", TRUE);
    g_autofree char *accept = sm_keymap_keys_of(keymap, "chat-accept", FALSE);
    g_autofree char *none = sm_keymap_keys_of(keymap, "log", FALSE);

    g_assert_cmpstr(urgent, ==, "Ctrl-N");
    g_assert_cmpstr(small, ==, "^N");
    g_assert_cmpstr(accept, ==, "Ctrl-X a");
    g_autofree char *help = sm_keymap_keys_of(keymap, "help", FALSE);
    g_assert_cmpstr(help, ==, "Ctrl-X ?");
    g_assert_null(none);
}

static void file(void)
{
    g_autofree char *directory = g_dir_make_tmp("seatmux-keys-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(directory, "keys.yaml", NULL);
    g_autoptr(SmFindings) findings = sm_findings_new();
    g_autoptr(SmKeymap) keymap = sm_keymap_new(NULL, findings);

    g_assert_true(g_file_set_contents(path,
                                      "agent:\n"
                                      "  M-n: chat-next-urgent\n"
                                      "  C-x g: availability busy\n"
                                      "  M-q: no-such-thing\n"
                                      "  Alt-N: redraw\n"
                                      "  Ctrl-: redraw\n"
                                      "  C-x: redraw\n"
                                      "  C-n b: redraw\n"
                                      "  C-s: log\n"
                                      "  M-a: null\n"
                                      "kitchen:\n"
                                      "  M-z: redraw\n",
                                      -1, NULL));
    sm_keymap_load(keymap, path, findings);
    g_autofree char *text = findings_text(findings, directory);
    g_assert_cmpstr(
        text, ==,
        "keys.yaml:4:8: error: there is no command 'no-such-thing'\n"
        "keys.yaml:5:3: error: M-n is bound twice\n"
        "keys.yaml:6:3: error: 'Ctrl-' names no key\n"
        "keys.yaml:7:3: error: C-x can't be bound: it begins Ctrl-X % (scorecard)\n"
        "keys.yaml:8:3: error: C-n b can't be bound: Ctrl-N is the command chat-next-urgent\n"
        "keys.yaml:9:3: warning: Ctrl-S may never arrive: terminals stop their output on it\n"
        "keys.yaml:11:1: error: unknown context 'kitchen' (known: leader, global, agent, list, "
        "picker, scroll)\n");
    assert_command(keymap, "M-n", "chat-next-urgent");
    assert_command(keymap, "C-x g", "availability busy");
    assert_command(keymap, "C-x C-c", "chat-resolve");
    assert_command(keymap, "M-a", NULL);
    assert_command(keymap, "C-s", "log");

    g_autoptr(SmKeymap) led = sm_keymap_new(NULL, findings);
    g_assert_true(g_file_set_contents(path, "leader: M-x\n", -1, NULL));
    sm_keymap_load(led, path, findings);
    assert_command(led, "M-x a", "chat-accept");
    assert_command(led, "M-x C-a", "chat-accept");
    assert_command(led, "C-x a", NULL);
    remove(path);
    rmdir(directory);
}

static void binding(void)
{
    g_autoptr(SmKeymap) keymap = sm_keymap_new(NULL, NULL);
    g_autofree char *why = NULL;

    g_assert_true(sm_keymap_bind(keymap, SM_CONTEXT_AGENT, "C-x ' a", "chat-list", NULL));
    assert_command(keymap, "C-x ' a", "chat-list");
    g_assert_true(sm_keymap_bind(keymap, SM_CONTEXT_AGENT, "C-x ' a", NULL, NULL));
    assert_command(keymap, "C-x ' a", NULL);
    g_assert_false(sm_keymap_bind(keymap, SM_CONTEXT_AGENT, "C-x a b", "chat-list", &why));
    g_assert_nonnull(strstr(why, "chat-accept"));
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/app/keymap/table", table);
    g_test_add_func("/app/keymap/unbound-on-purpose", unbound_on_purpose);
    g_test_add_func("/app/keymap/shipped-maps", shipped_maps);
    g_test_add_func("/app/keymap/hints", hints);
    g_test_add_func("/app/keymap/file", file);
    g_test_add_func("/app/keymap/binding", binding);
    return g_test_run();
}
