/* SPDX-License-Identifier: MIT */
/* The composer, keystroke by keystroke, and with random keystrokes. */
#include <locale.h>
#include <string.h>

#include "seatmux/base/limits.h"
#include "seatmux/text/line_editor.h"
#include "seatmux/text/sanitise.h"

static const SmWidths w = {0};

static SmEditor *editor(const char *text)
{
    SmEditor *ed = sm_editor_new(NULL, 8000);

    sm_editor_set_text(ed, text);
    return ed;
}

static void assert_state(SmEditor *ed, const char *text, gsize cursor)
{
    g_assert_cmpstr(sm_editor_text(ed), ==, text);
    g_assert_cmpuint(sm_editor_cursor(ed), ==, cursor);
    g_assert_cmpuint(sm_editor_len(ed), ==, strlen(text));
    g_assert_cmpuint(sm_editor_chars(ed), ==, (gsize)g_utf8_strlen(text, -1));
}

static void check_typing(void)
{
    g_autoptr(SmEditor) ed = editor("");

    g_assert_cmpuint(sm_editor_insert(ed, "你", -1), ==, 0);
    sm_editor_insert(ed, "👩", -1);
    sm_editor_insert(ed, "\xe2\x80\x8d", -1);
    sm_editor_insert(ed, "👧", -1);
    sm_editor_insert(ed, "\033[A\x01", -1);
    assert_state(ed, "你👩‍👧[A", strlen("你👩‍👧[A"));
    g_assert_true(sm_editor_left(ed));
    g_assert_true(sm_editor_left(ed));
    g_assert_true(sm_editor_delete_back(ed));
    assert_state(ed, "你[A", 3);
    g_assert_true(sm_editor_delete_forward(ed));
    assert_state(ed, "你A", 3);
    sm_editor_home(ed);
    g_assert_false(sm_editor_delete_back(ed));
    g_assert_false(sm_editor_left(ed));
    sm_editor_end(ed);
    g_assert_false(sm_editor_delete_forward(ed));
    g_assert_false(sm_editor_right(ed));
}

static void check_limits(void)
{
    g_autoptr(SmEditor) ed = sm_editor_new(NULL, 5);
    g_autofree char *big = g_malloc(SM_MAX_PASTE_BYTES + 2);

    g_assert_cmpuint(sm_editor_insert(ed, "中文中文中", -1), ==, 0);
    g_assert_cmpuint(sm_editor_insert(ed, "x", -1), ==, 1);
    assert_state(ed, "中文中文中", 15);
    sm_editor_set_text(ed, "1234567");
    assert_state(ed, "12345", 5);
    sm_editor_set_text(ed, "1234");
    g_assert_cmpuint(sm_editor_insert(ed, "e\xcc\x81", -1), ==,
                     2); /* half a grapheme does not go in */
    assert_state(ed, "1234", 4);
    sm_editor_set_text(ed, "");
    memset(big, 'a', SM_MAX_PASTE_BYTES + 1);
    g_assert_cmpuint(sm_editor_paste(ed, big, SM_MAX_PASTE_BYTES + 1), ==, SM_MAX_PASTE_BYTES - 4);
    assert_state(ed, "aaaaa", 5);
}

static void check_words(void)
{
    static const char text[] = "hello, 世界です world_1  end";
    static const gsize rights[] = {5, 13, 19, 27, 32};
    static const gsize lefts[] = {29, 20, 13, 7, 0};
    g_autoptr(SmEditor) ed = editor(text);

    sm_editor_home(ed);
    for (gsize i = 0; i < G_N_ELEMENTS(rights); i++) {
        g_assert_true(sm_editor_word_right(ed));
        g_assert_cmpuint(sm_editor_cursor(ed), ==, rights[i]);
    }
    g_assert_false(sm_editor_word_right(ed));
    for (gsize i = 0; i < G_N_ELEMENTS(lefts); i++) {
        g_assert_true(sm_editor_word_left(ed));
        g_assert_cmpuint(sm_editor_cursor(ed), ==, lefts[i]);
    }
    g_assert_false(sm_editor_word_left(ed));
}

static void check_lines(void)
{
    g_autoptr(SmEditor) ed = editor("one\ntwo\nthree");

    g_assert_true(sm_editor_line_home(ed));
    g_assert_cmpuint(sm_editor_cursor(ed), ==, 8);
    g_assert_true(sm_editor_left(ed));
    sm_editor_line_home(ed);
    g_assert_cmpuint(sm_editor_cursor(ed), ==, 4);
    sm_editor_line_end(ed);
    g_assert_cmpuint(sm_editor_cursor(ed), ==, 7);
}

static void check_kill(void)
{
    g_autoptr(SmKillRing) ring = sm_kill_ring_new();
    g_autoptr(SmEditor) ed = sm_editor_new(ring, 8000);
    g_autoptr(SmEditor) other = sm_editor_new(ring, 8000);

    sm_editor_set_text(ed, "one two three\nfour");
    sm_editor_set_cursor(ed, 13);
    g_assert_true(sm_editor_kill_word_back(ed));
    g_assert_true(sm_editor_kill_word_back(ed)); /* joins: "two three" */
    assert_state(ed, "one \nfour", 4);
    g_assert_true(sm_editor_yank(other));
    assert_state(other, "two three", 9);
    g_assert_true(sm_editor_kill_to_end(ed));
    assert_state(ed, "one four", 4);
    sm_editor_line_end(ed);
    g_assert_true(sm_editor_kill_to_start(ed));
    assert_state(ed, "", 0);
    g_assert_false(sm_editor_kill_to_start(ed));
    g_assert_true(sm_editor_yank(ed));
    assert_state(ed, "one four", 8);
    g_assert_true(sm_editor_yank_pop(ed));
    assert_state(ed, "two three\n", 10);
    g_assert_true(sm_editor_undo(ed)); /* yank and pop are one step */
    assert_state(ed, "", 0);
    g_assert_false(sm_editor_yank_pop(ed));
}

static void check_rubout(void)
{
    g_autoptr(SmEditor) ed = editor("请看 http://a.b/c 世界です");

    g_assert_true(sm_editor_kill_word_back(ed));
    g_assert_true(sm_editor_kill_word_back(ed));
    assert_state(ed, "请看 http://a.b/c ", 20);
    g_assert_true(sm_editor_kill_word_back(ed));
    assert_state(ed, "请看 ", 7);
    g_assert_true(sm_editor_kill_word_back(ed));
    assert_state(ed, "", 0);
}

static void check_kill_words(void)
{
    g_autoptr(SmEditor) ed = editor("alpha beta");

    sm_editor_home(ed);
    g_assert_true(sm_editor_kill_word_right(ed));
    assert_state(ed, " beta", 0);
    sm_editor_end(ed);
    g_assert_true(sm_editor_kill_word_left(ed));
    assert_state(ed, " ", 1);
    g_assert_true(sm_editor_yank(ed));
    assert_state(ed, " beta", 5);
    g_assert_true(sm_editor_yank_pop(ed));
    assert_state(ed, " alpha", 6);
}

static void check_undo(void)
{
    g_autoptr(SmEditor) ed = editor("draft");

    for (const char *p = " text"; *p; p++)
        sm_editor_insert(ed, p, 1);
    assert_state(ed, "draft text", 10);
    g_assert_true(sm_editor_undo(ed)); /* one run, one step */
    assert_state(ed, "draft", 5);
    g_assert_false(sm_editor_undo(ed)); /* nothing before the draft was set */
    g_assert_true(sm_editor_redo(ed));
    assert_state(ed, "draft text", 10);
    g_assert_true(sm_editor_clear(ed));
    assert_state(ed, "", 0);
    g_assert_false(sm_editor_clear(ed));
    sm_editor_paste(ed, "a\r\nb", -1);
    sm_editor_paste(ed, "!", -1);
    assert_state(ed, "a\nb!", 4);
    sm_editor_undo(ed);
    assert_state(ed, "a\nb", 3);
    sm_editor_undo(ed);
    sm_editor_undo(ed);
    assert_state(ed, "draft text", 10);
    sm_editor_insert(ed, "x", 1);
    g_assert_false(sm_editor_redo(ed)); /* a new edit ends redo */
    sm_editor_replace_all(ed, "from the editor");
    sm_editor_undo(ed);
    assert_state(ed, "draft textx", 11);
}

static const char *field_at(SmEditor *ed, guint i, gboolean *filled)
{
    const SmEditorField *fields;

    g_assert_cmpuint(i, <, sm_editor_fields(ed, &fields));
    *filled = fields[i].filled;
    return fields[i].at.name;
}

static void check_fields(void)
{
    g_autoptr(SmTemplate) t = sm_template_parse("亲，{{?days}}天到，找{{?who}}。", NULL, NULL);
    g_autoptr(SmTemplateResult) r = sm_template_render(t, NULL, NULL);
    g_autoptr(SmEditor) ed = editor(";ship");
    gboolean filled;

    g_assert_true(sm_editor_insert_template(ed, 0, r->text, r->fields));
    assert_state(ed, "亲，{{?days}}天到，找{{?who}}。", 6);
    g_assert_cmpstr(sm_editor_unfilled(ed), ==, "days");
    sm_editor_insert(ed, "1", 1);
    sm_editor_insert(ed, "0", 1);
    g_assert_cmpstr(sm_editor_text(ed), ==, "亲，10天到，找{{?who}}。");
    g_assert_cmpstr(sm_editor_unfilled(ed), ==, "who");
    g_assert_true(sm_editor_next_field(ed));
    g_assert_cmpuint(sm_editor_cursor(ed), ==, strlen("亲，10天到，找"));
    g_assert_true(sm_editor_next_field(ed)); /* around, to the filled one */
    g_assert_cmpuint(sm_editor_cursor(ed), ==, 6);
    g_assert_cmpstr(field_at(ed, 0, &filled), ==, "days");
    g_assert_true(filled);
    g_assert_true(sm_editor_prev_field(ed));
    g_assert_true(sm_editor_delete_forward(ed)); /* goes whole */
    g_assert_cmpstr(sm_editor_text(ed), ==, "亲，10天到，找。");
    g_assert_null(sm_editor_unfilled(ed));
    sm_editor_undo(ed);
    g_assert_cmpstr(sm_editor_unfilled(ed), ==, "who");
    sm_editor_undo(ed);
    g_assert_cmpstr(sm_editor_unfilled(ed), ==, "days");
    sm_editor_undo(ed);
    assert_state(ed, ";ship", 5);
    g_assert_null(sm_editor_unfilled(ed));
    g_assert_false(sm_editor_next_field(ed));
    sm_editor_redo(ed);
    g_assert_cmpstr(sm_editor_unfilled(ed), ==, "days");
}

static void check_field_edges(void)
{
    g_autoptr(SmEditor) ed = editor("{{?a}}{{?b}} x");
    gboolean filled;

    sm_editor_home(ed);
    sm_editor_insert(ed, "1", 1);
    sm_editor_insert(ed, "2", 1); /* still the first field, though the second begins here */
    assert_state(ed, "12{{?b}} x", 2);
    sm_editor_set_cursor(ed, 8);
    sm_editor_insert(ed, "!", 1); /* behind a field is not in it */
    assert_state(ed, "12{{?b}}! x", 9);
    g_assert_cmpstr(sm_editor_unfilled(ed), ==, "b");
    sm_editor_set_cursor(ed, 8);
    g_assert_true(sm_editor_delete_back(ed));
    assert_state(ed, "12! x", 2);
    g_assert_null(sm_editor_unfilled(ed));
    g_assert_cmpstr(field_at(ed, 0, &filled), ==, "a");

    sm_editor_set_text(ed, "to {{?who}} now");
    sm_editor_kill_word_back(ed);
    sm_editor_kill_to_start(ed);
    assert_state(ed, "", 0);
    g_assert_null(sm_editor_unfilled(ed));
    sm_editor_yank(ed);
    assert_state(ed, "to {{?who}} now", 15);
    g_assert_cmpstr(sm_editor_unfilled(ed), ==, "who"); /* comes back as a field */
    sm_editor_set_cursor(ed, 6);
    sm_editor_insert(ed, "me", 2); /* inside it */
    assert_state(ed, "to me now", 5);
    g_assert_false(sm_editor_insert_template(ed, 5, "", NULL));
    sm_editor_set_text(ed, "plain {{?}} {{x}}");
    g_assert_null(sm_editor_unfilled(ed));
}

static void check_template_too_long(void)
{
    g_autoptr(SmEditor) ed = sm_editor_new(NULL, 10);

    sm_editor_set_text(ed, "12345");
    g_assert_false(sm_editor_insert_template(ed, 5, "678901", NULL));
    assert_state(ed, "12345", 5);
    g_assert_true(sm_editor_insert_template(ed, 4, "678901", NULL));
    assert_state(ed, "1234678901", 10);
}

static void check_layout(void)
{
    g_autoptr(SmEditor) ed = editor("hello world\n中文字");
    SmEditorLayout l;

    sm_editor_layout(ed, &w, 8, &l); /* seven for text, one for the cursor */
    g_assert_cmpuint(l.n_rows, ==, 3);
    g_assert_cmpuint(l.cursor_row, ==, 2);
    g_assert_cmpint(l.cursor_column, ==, 6);
    sm_editor_set_cursor(ed, 5);
    sm_editor_layout(ed, &w, 8, &l);
    g_assert_cmpuint(l.cursor_row, ==, 0);
    g_assert_cmpint(l.cursor_column, ==, 5);
    sm_editor_right(ed);
    sm_editor_layout(ed, &w, 8, &l);
    g_assert_cmpuint(l.cursor_row, ==, 1);
    g_assert_cmpint(l.cursor_column, ==, 0);
    sm_editor_layout(ed, &w, 40, &l);
    g_assert_cmpuint(l.n_rows, ==, 2);
    g_assert_cmpint(l.cursor_column, ==, 6);
    sm_editor_set_text(ed, "");
    sm_editor_layout(ed, &w, 0, &l);
    g_assert_cmpuint(l.n_rows, ==, 1);
    g_assert_cmpint(l.cursor_column, ==, 0);
}

static void check_up_down(void)
{
    g_autoptr(SmEditor) ed = editor("abcdef\nx\n中文中文");

    sm_editor_set_cursor(ed, 5);
    g_assert_true(sm_editor_down(ed, &w, 20));
    g_assert_cmpuint(sm_editor_cursor(ed), ==, 8);
    g_assert_true(sm_editor_down(ed, &w, 20)); /* the column aimed at is kept */
    g_assert_cmpuint(sm_editor_cursor(ed), ==, 9 + 6);
    g_assert_false(sm_editor_down(ed, &w, 20));
    g_assert_true(sm_editor_up(ed, &w, 20));
    g_assert_true(sm_editor_up(ed, &w, 20));
    g_assert_cmpuint(sm_editor_cursor(ed), ==, 5);
    g_assert_false(sm_editor_up(ed, &w, 20));
    sm_editor_set_text(ed, "abcdefgh");
    g_assert_true(sm_editor_up(ed, &w, 5)); /* over a soft break */
    g_assert_cmpuint(sm_editor_cursor(ed), ==, 3);
    g_assert_true(sm_editor_down(ed, &w, 5));
}

static const char *const typed[] = {"a",
                                    "你",
                                    "👩",
                                    "\xe2\x80\x8d",
                                    "👧",
                                    "\xcc\x81",
                                    " ",
                                    "\n",
                                    "\xff\x1b",
                                    "🇨🇳",
                                    "한",
                                    "\xef\xb8\x8f",
                                    "word ",
                                    "{{?f}}",
                                    "1\xef\xb8\x8f\xe2\x83\xa3"};

static void random_key(SmEditor *ed, GRand *rand)
{
    const char *piece = typed[g_rand_int_range(rand, 0, (gint32)G_N_ELEMENTS(typed))];

    switch (g_rand_int_range(rand, 0, 26)) {
    case 0:
        sm_editor_delete_back(ed);
        break;
    case 1:
        sm_editor_delete_forward(ed);
        break;
    case 2:
        sm_editor_left(ed);
        break;
    case 3:
        sm_editor_right(ed);
        break;
    case 4:
        sm_editor_word_left(ed);
        break;
    case 5:
        sm_editor_word_right(ed);
        break;
    case 6:
        sm_editor_kill_to_end(ed);
        break;
    case 7:
        sm_editor_kill_to_start(ed);
        break;
    case 8:
        sm_editor_kill_word_back(ed);
        break;
    case 9:
        sm_editor_yank(ed);
        break;
    case 10:
        sm_editor_yank_pop(ed);
        break;
    case 11:
        sm_editor_undo(ed);
        break;
    case 12:
        sm_editor_redo(ed);
        break;
    case 13:
        sm_editor_up(ed, &w, 9);
        break;
    case 14:
        sm_editor_down(ed, &w, 9);
        break;
    case 15:
        sm_editor_line_home(ed);
        break;
    case 16:
        sm_editor_paste(ed, "paste\r\n{{?x}}", -1);
        break;
    case 17:
        sm_editor_insert_template(ed, sm_editor_cursor(ed), "t {{?x}} {{?y}}", NULL);
        break;
    case 18:
        sm_editor_next_field(ed);
        break;
    case 19:
        sm_editor_set_cursor(ed, (gsize)g_rand_int_range(rand, 0, 60));
        break;
    default:
        sm_editor_insert(ed, piece, -1);
        break;
    }
}

static void assert_sound(SmEditor *ed, gsize max)
{
    const char *text = sm_editor_text(ed);
    gsize n = sm_editor_len(ed), end = 0;
    const SmEditorField *fields;
    guint n_fields = sm_editor_fields(ed, &fields);
    SmEditorLayout l;

    g_assert_true(g_utf8_validate(text, (gssize)n, NULL));
    g_assert_cmpuint(strlen(text), ==, n);
    g_assert_cmpuint(sm_editor_chars(ed), ==, (gsize)g_utf8_strlen(text, -1));
    g_assert_cmpuint(sm_editor_chars(ed), <=, max);
    g_assert_cmpuint(sm_grapheme_border(text, n, sm_editor_cursor(ed)), ==, sm_editor_cursor(ed));
    for (guint i = 0; i < n_fields; i++) {
        g_assert_cmpuint(fields[i].at.start, >=, end);
        end = fields[i].at.start + fields[i].at.len;
        g_assert_cmpuint(end, <=, n);
        if (!fields[i].filled) {
            g_autofree char *want = g_strdup_printf("{{?%s}}", fields[i].at.name);

            g_assert_cmpint(strncmp(text + fields[i].at.start, want, fields[i].at.len), ==, 0);
            g_assert_cmpuint(strlen(want), ==, fields[i].at.len);
        }
    }
    sm_editor_layout(ed, &w, 9, &l);
    g_assert_cmpuint(l.cursor_row, <, l.n_rows);
    g_assert_cmpint(l.cursor_column, <, 9);
    { /* the rows kept from before are those of a new layout */
        g_autoptr(SmEditor) again = sm_editor_new(NULL, max);
        SmEditorLayout fresh;

        sm_editor_set_text(again, text);
        sm_editor_layout(again, &w, 9, &fresh);
        g_assert_cmpuint(l.n_rows, ==, fresh.n_rows);
        for (guint i = 0; i < l.n_rows; i++) {
            g_assert_cmpuint(l.rows[i].start, ==, fresh.rows[i].start);
            g_assert_cmpuint(l.rows[i].len, ==, fresh.rows[i].len);
            g_assert_cmpint(l.rows[i].columns, ==, fresh.rows[i].columns);
        }
    }
}

static void check_random(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(11);

    for (int round = 0; round < 60; round++) {
        g_autoptr(SmEditor) ed = sm_editor_new(NULL, 60);

        for (int i = 0; i < 150; i++) {
            random_key(ed, rand);
            assert_sound(ed, 60);
        }
    }
}

/* Undo goes back through exactly the texts that were there, redo forward again. */
static void check_random_undo(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(5);

    for (int round = 0; round < 40; round++) {
        g_autoptr(SmEditor) ed = sm_editor_new(NULL, 200);
        g_autofree char *last = NULL;
        guint steps = 0;

        for (int i = 0; i < 80; i++)
            random_key(ed, rand);
        while (sm_editor_redo(ed))
            continue;
        last = g_strdup(sm_editor_text(ed));
        {
            g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
            g_autoptr(GArray) cursors = g_array_new(FALSE, FALSE, sizeof(gsize));

            do {
                gsize cursor = sm_editor_cursor(ed);

                g_ptr_array_add(texts, g_strdup(sm_editor_text(ed)));
                g_array_append_val(cursors, cursor);
                assert_sound(ed, 200);
            } while (sm_editor_undo(ed));
            steps = texts->len - 1;
            assert_state(ed, "", 0);
            for (guint i = steps; i > 0; i--) {
                g_assert_true(sm_editor_redo(ed));
                g_assert_cmpstr(sm_editor_text(ed), ==, texts->pdata[i - 1]);
                assert_sound(ed, 200);
            }
        }
        g_assert_false(sm_editor_redo(ed));
        g_assert_cmpstr(sm_editor_text(ed), ==, last);
    }
}

static void check_revisions(void)
{
    g_autoptr(SmEditor) ed = editor("ab");
    guint64 any = sm_editor_revision(ed), text = sm_editor_text_revision(ed);

    g_assert_false(sm_editor_right(ed));
    g_assert_cmpuint(sm_editor_revision(ed), ==, any);
    sm_editor_left(ed);
    g_assert_cmpuint(sm_editor_revision(ed), !=, any);
    g_assert_cmpuint(sm_editor_text_revision(ed), ==, text);
    sm_editor_delete_back(ed);
    g_assert_cmpuint(sm_editor_text_revision(ed), !=, text);
}

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/text/editor/typing", check_typing);
    g_test_add_func("/text/editor/limits", check_limits);
    g_test_add_func("/text/editor/words", check_words);
    g_test_add_func("/text/editor/lines", check_lines);
    g_test_add_func("/text/editor/kill", check_kill);
    g_test_add_func("/text/editor/rubout", check_rubout);
    g_test_add_func("/text/editor/kill-words", check_kill_words);
    g_test_add_func("/text/editor/undo", check_undo);
    g_test_add_func("/text/editor/fields", check_fields);
    g_test_add_func("/text/editor/field-edges", check_field_edges);
    g_test_add_func("/text/editor/template-too-long", check_template_too_long);
    g_test_add_func("/text/editor/layout", check_layout);
    g_test_add_func("/text/editor/up-down", check_up_down);
    g_test_add_func("/text/editor/random", check_random);
    g_test_add_func("/text/editor/random-undo", check_random_undo);
    g_test_add_func("/text/editor/revisions", check_revisions);
    return g_test_run();
}
