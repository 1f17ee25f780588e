/* SPDX-License-Identifier: MIT */
/* An agent's work, seen on the screen: taking chats, writing, sending, going from one to the other.
 */
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "stage.h"

#define LONG_ENOUGH_MS 5000

typedef struct {
    Stage *stage;
    Vt *vt;
} Desk;

/* Customers wait, and the first chats are claimed. */
static Desk begin(int rows, int columns, int chats)
{
    Desk d = {.stage = stage_new("alerts: {desktop: false}\nhints: false\n")};
    d.vt = stage_practice(d.stage, rows, columns, "desk-en.yaml", "en", 4);
    stage_claim(d.vt, chats);
    return d;
}

static void end(Desk *d)
{
    stage_quit(d->vt);
    vt_free(d->vt);
    stage_free(d->stage);
}

static guint times_on_screen(Vt *vt, const char *text)
{
    guint n = 0;
    g_autofree char *screen = vt_screen(vt);
    for (const char *at = screen; (at = strstr(at, text)); at += strlen(text))
        n++;
    return n;
}

static gboolean restored(Vt *vt)
{
    struct termios modes = vt_termios(vt);
    return (modes.c_lflag & ICANON) && (modes.c_lflag & ECHO) && !vt_alternate(vt) &&
           !vt_bracketed(vt) && !vt_focus_mode(vt);
}

/* --- Writing
 * --------------------------------------------------------------------------------------- */

static void test_write_and_send(void)
{
    Desk d = begin(24, 80, 1);
    vt_wait_text(d.vt, "to Lena Fischer>", WAIT);
    stage_type(d.vt, "您好，退款 3 天到账 🙂");
    vt_keys(d.vt, "\n");
    stage_type(d.vt, "second line");
    vt_wait_no_text(d.vt, "you │", WAIT); /* Ctrl-J sends nothing */
    vt_keys(d.vt, "\025");
    vt_wait_no_text(d.vt, "second line", WAIT);
    vt_keys(d.vt, "\037"); /* undo */
    vt_wait_text(d.vt, "second line", WAIT);
    stage_enter(d.vt);
    vt_wait_match(d.vt, "you │ 您好，退款 3 天到账 🙂", WAIT);
    vt_wait_match(d.vt, "to Lena Fischer>$", WAIT);
    g_assert_cmpuint(times_on_screen(d.vt, "second line"), ==, 1);
    vt_wait_no_text(d.vt, "you~", WAIT); /* and it was accepted */
    vt_wait_match(d.vt, "SLA --:--", WAIT);
    /* a family: one glyph, three by libc's count, or its name; what stands behind it is where it belongs */
    int row, from;
    vt_wait_match(d.vt, "to Lena Fischer>$", WAIT);
    vt_cursor(d.vt, &row, &from, NULL);
    vt_keys(d.vt, "👨‍👩‍👧z");
    vt_wait_cursor(d.vt, row, from + 3, WAIT);
    static const struct {
        const char *mode, *shown;
        int columns;
    } modes[] = {{"text", "to Lena Fischer> [man]z", 6}, {"full", "to Lena Fischer> 👨‍👩‍👧z", 7}, {"safe", "to Lena Fischer> 👨z", 3}};
    for (guint i = 0; i < G_N_ELEMENTS(modes); i++) {
        g_autofree char *command = g_strdup_printf("/options emoji %s\r", modes[i].mode);
        vt_keys(d.vt, "\025"); /* a command begins an empty line */
        vt_keys(d.vt, command);
        vt_wait_match(d.vt, "to Lena Fischer>$", WAIT);
        vt_keys(d.vt, "\031"); /* what was cut */
        vt_wait_text(d.vt, modes[i].shown, WAIT);
        vt_wait_cursor(d.vt, row, from + modes[i].columns, WAIT);
        if (i == 0)
            vt_wait_text(d.vt, "到账 [slightly smiling face]", WAIT);
    }
    end(&d);
}

/* An editor of which the draft says what it does; it is told to go on by a line. */
static Desk begin_editor(void)
{
    static const char script[] = "#!/bin/sh\n"
                                 "what=$(cat \"$1\")\n"
                                 "trap : INT\n"
                                 "echo \"editor: $what\"\n"
                                 "read -r line || read -r line\n"
                                 "case $what in\n"
                                 "long) head -c 8001 /dev/zero | tr '\\0' y >\"$1\" ;;\n"
                                 "full) yes 😀 | head -n 8000 | tr -d '\\n' >\"$1\"; echo >>\"$1\" ;;\n"
                                 "*) echo \" $line\" >>\"$1\" ;;\n"
                                 "esac\n";
    Desk d = {.stage = stage_new("alerts: {desktop: false}\nhints: false\n")};
    g_autofree char *path = stage_path(d.stage, "editor");
    g_assert_true(g_file_set_contents(path, script, -1, NULL));
    g_assert_cmpint(chmod(path, 0700), ==, 0);
    stage_set(d.stage, "VISUAL", path);
    d.vt = stage_practice(d.stage, 24, 100, "desk-en.yaml", "en", 4);
    stage_claim(d.vt, 1);
    vt_wait_text(d.vt, "to Lena Fischer>", WAIT);
    return d;
}

static void edit(Vt *vt, const char *draft)
{
    vt_keys(vt, "\025");
    vt_wait_match(vt, "to Lena Fischer>$", WAIT);
    stage_type(vt, draft);
    vt_keys(vt, "\030e");
    g_autofree char *started = g_strconcat("editor: ", draft, NULL);
    vt_wait_text(vt, started, WAIT);
}

static void test_editor(void)
{
    Desk d = begin_editor();
    edit(d.vt, "words");
    vt_keys(d.vt, "\003"); /* the editor's: this program does not end by it */
    vt_wait_text(d.vt, "^C", WAIT);
    vt_keys(d.vt, "of mine\n");
    vt_wait_text(d.vt, "to Lena Fischer> words of mine", WAIT);
    edit(d.vt, "full");
    vt_keys(d.vt, "\n");
    vt_wait_text(d.vt, "8000 chars", WAIT);
    end(&d);
}

/* More than a message may have: the draft is as it was, and what was written is not lost. */
static void test_editor_too_long(void)
{
    Desk d = begin_editor();
    edit(d.vt, "long");
    vt_keys(d.vt, "\n");
    vt_wait_text(d.vt, "The editor failed: what was written stays in", WAIT);
    vt_wait_match(d.vt, "to Lena Fischer> long$", WAIT);
    g_autofree char *place = stage_path(d.stage, "run/seatmux");
    g_autoptr(GDir) dir = g_dir_open(place, 0, NULL);
    const char *name;
    gsize kept = 0;
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(place, name, NULL), *text = NULL;
        if (g_str_has_prefix(name, "draft-"))
            g_assert_true(g_file_get_contents(path, &text, &kept, NULL));
    }
    g_assert_cmpuint(kept, ==, 8001);
    end(&d);
}

/* Two programs of one user: neither's draft becomes the other's. */
static void test_two_editors(void)
{
    Desk d = begin_editor();
    g_autoptr(Vt) other = stage_practice(d.stage, 24, 100, "desk-en.yaml", "en", 4);
    stage_claim(other, 1);
    edit(d.vt, "mine");
    edit(other, "theirs");
    vt_keys(d.vt, "stays\n");
    vt_wait_text(d.vt, "to Lena Fischer> mine stays", WAIT);
    vt_keys(other, "too\n");
    vt_wait_text(other, "to Lena Fischer> theirs too", WAIT);
    stage_quit(other);
    end(&d);
}

/* What was on its way when the size changed limits scrolling to the old rows: the first thing said in the new size is that all do. */
static void test_scrolling_region(void)
{
    Desk d = begin(24, 80, 1);
    vt_feed(d.vt, "\033[1;10r", -1);
    vt_mark(d.vt);
    vt_resize(d.vt, 30, 100);
    vt_wait_match(d.vt, "queue 3", WAIT);
    const char *said = vt_output(d.vt)->str, *region = strstr(said, "\033[1;30r"), *clear = strstr(said, "\033[2J");
    g_assert_nonnull(region);
    g_assert_nonnull(clear);
    g_assert_true(region < clear);
    end(&d);
}

/* Scrolled back further than there is anything, what there is stays in sight. */
static void test_beyond_the_top(void)
{
    Desk d = begin(24, 80, 1);
    vt_wait_text(d.vt, "you took the chat", WAIT);
    vt_keys(d.vt, "\033[5~x");
    vt_wait_match(d.vt, "to Lena Fischer> x$", WAIT);
    g_assert_cmpuint(times_on_screen(d.vt, "you took the chat"), ==, 1);
    end(&d);
}

/* However small the pane and long the text, it stands beside who gets it. */
static void test_recipient(void)
{
    Desk d = begin(24, 80, 1);
    vt_resize(d.vt, 8, 38);
    vt_wait_match(d.vt, "practice Len", WAIT);
    vt_keys(d.vt, "one\ntwo\nthree\nfour");
    vt_wait_match(d.vt, "> four$", WAIT);
    vt_wait_match(d.vt, "to Lena Fischer> three$", WAIT);
    end(&d);
}

/* However small, it says that it is practice; and a number that stands in the bar stands there whole. */
static void test_small(void)
{
    Desk d = begin(24, 80, 1);
    vt_resize(d.vt, 8, 38);
    vt_wait_match(d.vt, "\\[1\\] practice Lena F.* \\d\\d:\\d\\d", WAIT);
    vt_resize(d.vt, 11, 47);
    vt_wait_match(d.vt, "practice you: online +\\| 1/\\d+ \\| q \\d ", WAIT);
    end(&d);
}

/* A composer that grows covers no line, and leaves none of its own when it shrinks. */
static void test_growing_composer(void)
{
    Desk d = begin(24, 80, 1);
    vt_wait_text(d.vt, "you took the chat", WAIT);
    vt_keys(d.vt, "one\ntwo\nthree\nfour");
    vt_wait_match(d.vt, "> four$", WAIT);
    vt_wait_text(d.vt, "you took the chat", WAIT);
    vt_keys(d.vt, "\003");
    vt_wait_match(d.vt, "to Lena Fischer>$", WAIT);
    g_assert_false(vt_has_text(d.vt, "> three"));
    g_assert_cmpuint(times_on_screen(d.vt, "to Lena Fischer>"), ==, 1);
    end(&d);
}

enum { BLOCK_ROWS = 7 }; /* above the hints: more than the composer has */

typedef struct {
    VtCell cells[BLOCK_ROWS][80];
} Block;

static void take_block(Vt *vt, Block *block)
{
    for (int y = 0; y < BLOCK_ROWS; y++)
        for (int x = 0; x < 80; x++)
            block->cells[y][x] = vt_cell(vt, 24 - 2 - BLOCK_ROWS + y, x);
}

static gboolean is_repainted(Vt *vt, void *user)
{
    return vt_output(vt)->len > 800;
}

/* A key draws only what it can have changed: what stands there is what a repaint of all puts there. */
static void test_as_repainted(void)
{
    static const char *const steps[] = {"a", "您好", "\n", "second 🙂 line", "\177\177\177", "\033[A", "x", "\001", "\013", "\025", "\031", "\037",
                                        "\030n", "note", "\007", "too cheap", "\nthree\nfour\nfive\nsix", "\033[A\033[A\033[A\033[A", "\003", "one\ntwo", "\037\037\037", "\003", "b"};
    Desk d = begin(24, 80, 1);
    vt_wait_no_text(d.vt, "Enter waits", WAIT);
    vt_keys(d.vt, "\030,");
    vt_wait_text(d.vt, "PAUSED", WAIT);
    for (guint i = 0; i < G_N_ELEMENTS(steps); i++) {
        Block before, after;
        vt_mark(d.vt);
        for (const char *p = steps[i]; *p && *steps[i] != '\033' && *steps[i] != '\030'; p = g_utf8_next_char(p)) {
            vt_keys_n(d.vt, p, (gsize)(g_utf8_next_char(p) - p)); /* a frame for each */
            vt_pump(d.vt, 20);
        }
        if (*steps[i] == '\033' || *steps[i] == '\030')
            vt_keys(d.vt, steps[i]);
        vt_wait_text(d.vt, " chars ", WAIT); /* the fingers rest */
        vt_wait_no_text(d.vt, "Enter waits", WAIT);
        vt_pump(d.vt, 50);
        take_block(d.vt, &before);
        vt_mark(d.vt);
        vt_keys(d.vt, "\014");
        vt_wait(d.vt, is_repainted, NULL, "a repaint", WAIT);
        vt_pump(d.vt, 50);
        take_block(d.vt, &after);
        for (int y = 0; y < BLOCK_ROWS; y++)
            for (int x = 0; x < 80; x++)
                if (memcmp(&before.cells[y][x], &after.cells[y][x], sizeof(VtCell)) != 0)
                    g_error("step %u: row %d, column %d: U+%04X became U+%04X", i, y, x, before.cells[y][x].chars[0], after.cells[y][x].chars[0]);
    }
    vt_keys(d.vt, "\003\030,");
    end(&d);
}

static void test_paste(void)
{
    Desk d = begin(24, 80, 1);
    vt_wait_no_text(d.vt, "Enter waits", WAIT);
    vt_paste(d.vt, "pasted one\rpasted two\r");
    vt_wait_text(d.vt, "pasted two", WAIT);
    vt_wait_text(d.vt, "22 chars", WAIT);
    g_assert_cmpuint(times_on_screen(d.vt, "you"), ==,
                     times_on_screen(d.vt, "you:") + times_on_screen(d.vt, "you took"));
    vt_keys(d.vt, "\037");
    vt_wait_no_text(d.vt, "pasted", WAIT);
    /* as it comes from a terminal without bracketed paste */
    vt_keys(d.vt, "raw one\rraw two");
    vt_wait_text(d.vt, "> raw two", WAIT);
    vt_wait_text(d.vt, "to Lena Fischer> raw one", WAIT);
    end(&d);
}

static void test_note(void)
{
    Desk d = begin(24, 80, 1);
    stage_type(d.vt, "for her");
    vt_keys(d.vt, "\030n");
    vt_wait_text(d.vt, "note on Lena Fischer>", WAIT);
    vt_wait_no_text(d.vt, "for her", WAIT);
    stage_type(d.vt, "staff only");
    vt_wait_no_text(d.vt, "Enter waits", WAIT);
    int row, column;
    vt_cursor(d.vt, &row, &column, NULL);
    for (int below = 0; below < 2; below++) /* all of its own colour, the sign of the next row too */
        for (int x = 0; x < column; x++)
            g_assert_cmpint(vt_cell(d.vt, row + below, x).bg, ==, vt_cell(d.vt, row, column - 1).bg);
    stage_enter(d.vt);
    vt_wait_match(d.vt, "note │ .*staff only", WAIT);
    vt_wait_text(d.vt, "to Lena Fischer> for her", WAIT); /* by itself: the note is done */
    vt_wait_no_text(d.vt, "SLA --:--", WAIT); /* a note stops no clock */
    end(&d);
}

static void test_quick_replies(void)
{
    Desk d = begin(30, 100, 1);
    stage_type(d.vt, ";hi");
    vt_keys(d.vt, "\t");
    vt_wait_match(d.vt, "to Lena Fischer> .*welcome", WAIT);
    vt_keys(d.vt, "\003");
    vt_wait_match(d.vt, "to Lena Fischer>$", WAIT);
    /* a field that is still to be filled blocks sending */
    stage_type(d.vt, ";refund");
    vt_keys(d.vt, "\t");
    vt_wait_text(d.vt, "to fill: days", WAIT);
    stage_enter(d.vt);
    vt_wait_match(d.vt, "(fill|days).*", WAIT);
    vt_pump(d.vt, 100);
    g_assert_true(vt_has_text(d.vt, "to fill: days"));
    vt_keys(d.vt, "3");
    vt_wait_no_text(d.vt, "to fill", WAIT);
    stage_enter(d.vt);
    vt_wait_match(d.vt, "SLA --:--", WAIT);
    vt_keys(d.vt, "\024"); /* the picker; a digit picks, and sends nothing */
    vt_wait_text(d.vt, "find>", WAIT);
    vt_keys(d.vt, "1");
    vt_wait_no_text(d.vt, "find>", WAIT);
    vt_wait_match(d.vt, "to Lena Fischer> \\S", WAIT);
    end(&d);
}

static void test_resolve(void)
{
    Desk d = begin(24, 80, 1);
    vt_keys(d.vt, "\030c");
    vt_wait_text(d.vt, "reason>", WAIT);
    vt_keys(d.vt, "3");
    vt_wait_text(d.vt, "resolved", WAIT);
    vt_wait_match(d.vt, "0/12", WAIT);
    vt_keys(d.vt, "\030q");
    g_assert_cmpint(vt_wait_exit(d.vt, WAIT), ==, 0); /* no chat is open: nothing is asked */
    vt_free(d.vt);
    stage_free(d.stage);
}

/* --- Panes
 * ----------------------------------------------------------------------------------------- */

static void test_panes(void)
{
    Desk d = begin(48, 160, 2);
    vt_wait_text(d.vt, "━━>[1]", WAIT);
    vt_wait_no_text(d.vt, "Enter waits", WAIT);
    stage_type(d.vt, "half a word");
    vt_keys(d.vt, "\0302");
    vt_wait_text(d.vt, "━━>[2]", WAIT);
    vt_wait_text(d.vt, "Enter waits", WAIT);
    vt_wait_text(d.vt, "draft to Lena Fischer> half a word", WAIT);
    vt_wait_no_text(d.vt, "Enter waits", WAIT);
    vt_keys(d.vt, "\030b\r"); /* Enter comes too early: it is ignored, and that is seen */
    vt_wait_text(d.vt, "━━>[1]", WAIT);
    vt_wait_text(d.vt, "Enter waits", WAIT);
    vt_wait_no_text(d.vt, "Enter waits", WAIT);
    vt_wait_text(d.vt, "to Lena Fischer> half a word", WAIT);
    g_assert_cmpuint(times_on_screen(d.vt, "half a word"), ==, 1);
    vt_keys(d.vt, "\017"); /* zoom */
    vt_wait_no_text(d.vt, "[2] ", WAIT);
    vt_keys(d.vt, "\017");
    vt_wait_text(d.vt, "[2] T. Okafor", WAIT);
    vt_keys(d.vt, "\030x");
    vt_wait_no_text(d.vt, "[4]", WAIT);
    vt_keys(d.vt, "\030-");
    vt_wait_text(d.vt, "[4]", WAIT);
    vt_keys(d.vt, "\0301\016"); /* the most urgent */
    vt_wait_match(d.vt, "━>\\[\\d\\] Lena", WAIT);
    end(&d);
}

/* --- The mouse */

/* The row that has this text; the column of its first letter. */
static int row_with(Vt *vt, const char *text, int *column)
{
    for (int y = 0; y < vt_rows(vt); y++) {
        g_autofree char *row = vt_row(vt, y);
        const char *at = strstr(row, text);
        if (at && column)
            *column = (int)g_utf8_pointer_to_offset(row, at); /* nothing wide before it */
        if (at)
            return y;
    }
    g_error("not on the screen: %s", text);
}

static gboolean row_begins(Vt *vt, int y, const char *text) /* after a mark and a sign */
{
    g_autofree char *row = vt_row(vt, y);
    return strlen(row) > 2 && g_str_has_prefix(row + 2, text);
}

static void mouse(Vt *vt, int button, int y, int x, char end)
{
    g_autofree char *bytes = g_strdup_printf("\033[<%d;%d;%d%c", button, x + 1, y + 1, end);
    vt_keys(vt, bytes);
}

static void click(Vt *vt, int y, int x)
{
    mouse(vt, 0, y, x, 'M');
    mouse(vt, 0, y, x, 'm');
}

static void click_text(Vt *vt, const char *text)
{
    int x, y;
    vt_wait_text(vt, text, WAIT);
    y = row_with(vt, text, &x);
    click(vt, y, x);
}

static gboolean third_is_at(Vt *vt, void *y)
{
    g_autofree char *row = vt_row(vt, *(int *)y);
    return strstr(row, "━━>[3]") != NULL;
}

/* Focus, borders, lists, the wheel. */
static void test_mouse(void)
{
    Desk d = begin(48, 160, 2);
    g_assert_cmpint(vt_mouse_mode(d.vt), ==, 0);
    vt_keys(d.vt, "\030m");
    vt_wait_text(d.vt, "The mouse is ours", WAIT);
    g_assert_cmpint(vt_mouse_mode(d.vt), ==, 1002);
    click(d.vt, 10, 100);
    vt_wait_text(d.vt, "━━>[2]", WAIT);
    int x, y = row_with(d.vt, "━━>[2]", &x);
    mouse(d.vt, 0, 10, x - 1, 'M'); /* the border beside it, to the left and further than it may go */
    mouse(d.vt, 32, 10, 60, 'M');
    mouse(d.vt, 32, 10, 20, 'M');
    mouse(d.vt, 0, 10, 20, 'm');
    vt_wait_match(d.vt, "^.{38,39}━━>\\[2\\]", WAIT);
    y = row_with(d.vt, "[3] ", NULL);
    mouse(d.vt, 0, y, 3, 'M'); /* a header: the border to what is above */
    mouse(d.vt, 32, y - 5, 3, 'M');
    mouse(d.vt, 0, y - 5, 3, 'm');
    vt_wait_text(d.vt, "━━>[3]", WAIT);
    vt_wait(d.vt, third_is_at, &(int){y - 5}, "the border is five rows higher", WAIT);
    vt_keys(d.vt, "\030i");
    vt_wait_text(d.vt, "queue and chats", WAIT);
    vt_wait_match(d.vt, "> .*waits ", WAIT);
    y = row_with(d.vt, "MY CHATS", NULL);
    mouse(d.vt, 65, y, 80, 'M'); /* the wheel moves by three */
    vt_wait_match(d.vt, "> .*\\[2\\]", WAIT);
    click(d.vt, y + 1, 80); /* selects */
    vt_wait_match(d.vt, "> .*\\[1\\]", WAIT);
    g_assert_true(vt_has_text(d.vt, "queue and chats"));
    click(d.vt, y + 1, 80); /* opens */
    vt_wait_no_text(d.vt, "queue and chats", WAIT);
    vt_wait_text(d.vt, "━━>[1]", WAIT);
    vt_keys(d.vt, "\030i");
    vt_wait_text(d.vt, "queue and chats", WAIT);
    click(d.vt, 40, 2); /* beside it */
    vt_wait_no_text(d.vt, "queue and chats", WAIT);
    vt_keys(d.vt, "\030");
    click_text(d.vt, "availability");
    vt_wait_text(d.vt, "takes new chats", WAIT);
    vt_keys(d.vt, "\007");
    vt_keys(d.vt, "/layout auto\r");
    vt_wait_no_text(d.vt, "layout auto", WAIT);
    vt_resize(d.vt, 24, 110); /* one pane and the list */
    vt_wait_match(d.vt, " chats +│", WAIT);
    vt_wait_match(d.vt, "^>.*Lena", WAIT);
    vt_wait_match(d.vt, "^ .T\\. Okafor", WAIT);
    y = row_with(d.vt, " chats  ", NULL);
    do
        y++;
    while (!row_begins(d.vt, y, "T. Okafor"));
    click(d.vt, y, 5);
    vt_wait_match(d.vt, "^>.*Okafor", WAIT);
    vt_keys(d.vt, "/mouse off\r");
    vt_wait_text(d.vt, "The mouse is the terminal's", WAIT);
    g_assert_cmpint(vt_mouse_mode(d.vt), ==, 0);
    end(&d);
}

static void test_scrollback(void)
{
    Desk d = begin(24, 80, 1);
    vt_wait_text(d.vt, "to Lena Fischer>", WAIT);
    /* More than the pane holds, whatever the customer has written between. */
    for (int i = 0; i < 20; i++) {
        g_autofree char *text = g_strdup_printf("answer number %d", i);
        g_autofree char *shown = g_strdup_printf("│ answer number %d", i);
        stage_type(d.vt, text);
        stage_enter(d.vt);
        vt_wait_text(d.vt, shown, WAIT);
    }
    vt_wait_no_text(d.vt, "answer number 0", WAIT);
    vt_keys(d.vt, "\033[5~");
    vt_wait_text(d.vt, "rows below", WAIT);
    vt_keys(d.vt, "\033[5~\033[5~");
    vt_wait_text(d.vt, "answer number 0", WAIT);
    vt_keys(d.vt, "\033[6~");
    vt_keys(d.vt, "\007");
    vt_wait_no_text(d.vt, "rows below", WAIT);
    vt_wait_text(d.vt, "answer number 19", WAIT);
    end(&d);
}

/* In practice somebody knows what would help. */
static void test_hint(void)
{
    Desk d = begin(24, 100, 1);
    vt_wait_text(d.vt, "Die Rechnung", WAIT);
    vt_keys(d.vt, "\030t");
    vt_wait_text(d.vt, "Hint: days", WAIT);
    end(&d);
}

/* The coach below the panes, what the customer thought of the chat, and the debrief while the shift goes on. */
static void test_coach(void)
{
    Stage *stage = stage_new("alerts: {desktop: false}\n");
    Vt *vt = stage_practice(stage, 24, 100, "desk-en.yaml", "en", 4);
    stage_claim(vt, 1);
    vt_wait_text(vt, "Hint: ", WAIT);
    vt_keys(vt, "/debrief\r");
    vt_wait_text(vt, "how it goes so far", WAIT);
    vt_wait_text(vt, "How it went: ", WAIT);
    vt_keys(vt, "\007/options hints off\r");
    vt_wait_no_text(vt, "Hint: ", WAIT);
    stage_quit(vt);
    vt_free(vt);
    stage_free(stage);
}

/* After practice the shell's screen says how it went. */
static void test_debrief(void)
{
    Desk d = begin(70, 100, 1);
    vt_wait_text(d.vt, "to Lena Fischer>", WAIT);
    stage_type(d.vt, "I look at it at once");
    stage_enter(d.vt);
    vt_wait_text(d.vt, "you │ I look at it at once", WAIT);
    stage_quit(d.vt);
    vt_wait_text(d.vt, "How it went: ", WAIT);
    vt_wait_text(d.vt, "answered before the agent's deadline", WAIT);
    vt_wait_text(d.vt, "Die Rechnung vom Mai wurde zweimal abgebucht.", WAIT);
    vt_wait_text(d.vt, "> I look at it at once", WAIT);
    vt_free(d.vt);
    stage_free(d.stage);
}

/* One customer is helped until they leave, ten times as fast as people live; the debrief stays on the screen. */
static Vt *help_one(Stage *stage)
{
    g_autofree char *path =
        g_build_filename(g_getenv("SEATMUX_SOURCE_ROOT"), "tests", "screens", "desk-en.yaml", NULL);
    Vt *vt = stage_seatmux(stage, 70, 100, "practice", "--scenario", path, "--seed", "1", "--lang", "en", "--speed",
                           "10", NULL);
    vt_wait_match(vt, "queue 4\\b", WAIT);
    stage_claim(vt, 1);
    vt_wait_text(vt, "you took the chat", WAIT);
    stage_type(vt, "two days, to the office"); /* helps each of them */
    stage_enter(vt);
    vt_wait_text(vt, "the customer left", WAIT);
    stage_quit(vt);
    vt_wait_text(vt, "How it went: ", WAIT);
    return vt;
}

/* The second time there is something to compare with. */
static void test_earlier_runs(void)
{
    Stage *stage = stage_new("alerts: {desktop: false}\n");
    Vt *vt = help_one(stage);
    vt_wait_text(vt, "1 thanked you", WAIT);
    g_assert_false(vt_has_text(vt, "earlier runs"));
    vt_free(vt);
    vt = help_one(stage);
    vt_wait_text(vt, "Beside your earlier runs, this one last:", WAIT);
    vt_wait_match(vt, "customers who thanked you +██ +100% +100%", WAIT);
    vt_free(vt);
    stage_free(stage);
}

/* Everybody came, was helped and went, or not; then Ctrl-X q. */
static Vt *play_day(Stage *stage, gboolean well)
{
    Vt *vt = stage_seatmux(stage, 70, 100, "practice", "--curriculum", "two", "--day", "next", "--seed", "1", "--lang", "en", NULL);
    vt_wait_match(vt, "queue 1\\b", WAIT);
    stage_claim(vt, 1);
    vt_wait_text(vt, "When will it be here?", WAIT);
    stage_type(vt, well ? "Wednesday" : "tomorrow");
    stage_enter(vt);
    vt_wait_text(vt, well ? "everybody has gone" : "Are you sure?", WAIT);
    if (well) { /* of this chat alone */
        vt_keys(vt, "/debrief chat\r");
        vt_wait_text(vt, "how this chat went", WAIT);
        vt_wait_match(vt, "\\d turns, 1 answered, 1 in time", WAIT);
        vt_wait_text(vt, "> Wednesday", WAIT);
        vt_keys(vt, "\007");
        vt_wait_no_text(vt, "longest response time", WAIT);
    }
    stage_quit(vt);
    vt_wait_text(vt, "How it went: ", WAIT);
    return vt;
}

/* A day opens when the one before was passed; who leaves early has passed nothing. */
static void test_curriculum(void)
{
    static const char CURRICULUM[] = "curriculum: Two days\nmentor: Wang Fang\ndays:\n"
                                     "  - {title: First, hints: true, shifts: [{scenario: ./one.yaml, customers: 1, speed: 10}]}\n"
                                     "  - {title: Second, shifts: [{scenario: ./one.yaml, customers: 1, speed: 10}]}\n";
    static const char SCENARIO[] = "scenario: One\narrivals: {first: [0s]}\ngoals: {thanked: 100%, within: 0%}\n"
                                   "personas: [{id: p, patience: 20m, silent: 0, typing: 50}]\n"
                                   "dialogues:\n  - id: d\n    language: en\n    names: [Ann]\n    again: [hello]\n    thanks: [thanks]\n    angry: [bye]\n"
                                   "    nodes:\n      - {id: when, say: [When will it be here?], answers: [{any: [Wednesday], go: thanks}, {any: [tomorrow], go: sure}]}\n"
                                   "      - {id: sure, say: [Are you sure?], answers: [{any: [Wednesday], go: thanks}]}\n";
    Stage *stage = stage_new("alerts: {desktop: false}\n");
    g_autofree char *folder = stage_path(stage, "config/seatmux/curricula");
    g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
    g_autofree char *two = g_build_filename(folder, "two.yaml", NULL), *one = g_build_filename(folder, "one.yaml", NULL);
    g_assert_true(g_file_set_contents(two, CURRICULUM, -1, NULL) && g_file_set_contents(one, SCENARIO, -1, NULL));
    Vt *vt = play_day(stage, FALSE);
    vt_wait_text(vt, "- ./one.yaml            1 customer, speed 10", WAIT);
    vt_wait_text(vt, "Next: seatmux practice --day 1", WAIT);
    vt_free(vt);
    vt = play_day(stage, TRUE);
    vt_wait_text(vt, "+ ./one.yaml            1 customer, speed 10 (played 1 time)", WAIT);
    vt_wait_text(vt, "Next: seatmux practice --day 2", WAIT);
    vt_free(vt);
    vt = play_day(stage, TRUE);
    vt_wait_text(vt, "Every day is passed.", WAIT);
    vt_free(vt);
    stage_free(stage);
}

static void test_availability_and_quit(void)
{
    Desk d = begin(24, 80, 1);
    vt_keys(d.vt, "\030v");
    vt_wait_text(d.vt, "takes new chats", WAIT);
    vt_keys(d.vt, "3");
    vt_wait_text(d.vt, "you: away", WAIT);
    vt_keys(d.vt, "\030q");
    vt_wait_text(d.vt, "End the shift? 1 chat is open", WAIT);
    vt_keys(d.vt, "n");
    vt_wait_no_text(d.vt, "End the shift?", WAIT);
    vt_keys(d.vt, "\030q");
    vt_wait_text(d.vt, "End the shift? 1", WAIT);
    vt_keys(d.vt, "y");
    g_assert_cmpint(vt_wait_exit(d.vt, WAIT), ==, 0);
    g_assert_true(restored(d.vt));
    vt_free(d.vt);
    stage_free(d.stage);
}

/* --- What it costs
 * ---------------------------------------------------------------------------------- */

static gboolean row_differs(Vt *vt, void *before)
{
    g_autofree char *now = vt_row(vt, 1);
    return strcmp(now, before) != 0;
}

/* The clocks in the upper headers show another second. */
static void wait_for_tick(Vt *vt)
{
    g_autofree char *before = vt_row(vt, 1);
    vt_wait(vt, row_differs, before, "a tick", WAIT);
    vt_pump(vt, 100); /* all of its frame */
}

/* Four clocks run: each second changes what is shown, by a handful of bytes. */
static void test_ticks(void)
{
    enum { TICKS = 3 };
    Desk d = begin(48, 160, 4);
    vt_wait_match(d.vt, "-00:0[2-9].*-00:0", WAIT); /* all overdue, and what was to say is said */
    vt_wait_no_text(d.vt, "is in pane", WAIT);
    /* From tick to tick, whatever the machine does between them. */
    wait_for_tick(d.vt);
    guint64 bytes = vt_bytes(d.vt);
    for (int i = 0; i < TICKS; i++)
        wait_for_tick(d.vt);
    guint64 each = (vt_bytes(d.vt) - bytes) / TICKS;
    g_test_message("%" G_GUINT64_FORMAT " bytes a tick of four clocks", each);
    g_assert_cmpuint(each, <, 150); /* the figure itself is the benchmark's */
    end(&d);
}

/* Whoever reads by the cursor hears the line of the card that the keys move on. */
static void test_card_cursor(void)
{
    Desk d = begin(60, 200, 1);
    int row, column;
    gboolean shown;
    vt_wait_text(d.vt, "0 chars", WAIT);
    vt_cursor(d.vt, &row, &column, NULL);
    vt_keys(d.vt, "\030p");
    vt_wait_text(d.vt, "> name", WAIT);
    vt_wait_cursor(d.vt, 2, 163, WAIT);
    vt_keys(d.vt, "\016");
    vt_wait_text(d.vt, "> reach", WAIT);
    vt_wait_cursor(d.vt, 3, 163, WAIT);
    vt_wait_text(d.vt, "0 chars", WAIT); /* what goes to the card leaves the counter alone */
    vt_wait_cursor(d.vt, 3, 163, WAIT);
    vt_cursor(d.vt, &(int){0}, &(int){0}, &shown);
    g_assert_true(shown);
    vt_keys(d.vt, "\007");
    vt_wait_no_text(d.vt, "> reach", WAIT);
    vt_wait_cursor(d.vt, row, column, WAIT);
    end(&d);
}

/* No name of a command is cut where there is room beside it. */
static void test_which_key(void)
{
    Desk d = begin(34, 120, 1);
    vt_keys(d.vt, "\030");
    vt_wait_text(d.vt, "visitors of the shop", WAIT);
    vt_wait_text(d.vt, "accept next waiting", WAIT);
    vt_wait_text(d.vt, "my figures", WAIT);
    vt_keys(d.vt, "\007");
    vt_wait_no_text(d.vt, "visitors of", WAIT);
    end(&d);
}

static void test_one_byte(void)
{
    Desk d = begin(48, 160, 1);
    int row, column;
    vt_wait_no_text(d.vt, "Enter waits", WAIT);
    stage_type(d.vt, "unheard of");
    vt_cursor(d.vt, &row, &column, NULL);
    guint one = 0;
    for (int i = 0; i < 20; i++) {
        const char key[2] = {(char)('a' + i), '\0'};
        vt_pump(d.vt, 0);
        guint64 bytes = vt_bytes(d.vt);
        vt_keys(d.vt, key);
        vt_wait_cursor(d.vt, row, column + 1 + i, WAIT);
        one += vt_bytes(d.vt) - bytes == 1;
    }
    g_test_message("%u of 20 keys cost one byte", one);
    g_assert_cmpuint(one, >=, 14); /* a clock's tick may come between */
    end(&d);
}

/* --- The terminal
 * ------------------------------------------------------------------------------------- */

static void test_resize_storm(void)
{
    static const int sizes[][2] = {{1, 1},  {0, 0},    {200, 500}, {5, 20}, {2, 400},
                                   {60, 3}, {48, 160}, {8, 38},    {1, 80}};
    Desk d = begin(48, 160, 2);
    stage_type(d.vt, "still here");
    for (int round = 0; round < 3; round++) {
        for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
            vt_resize(d.vt, sizes[i][0], sizes[i][1]);
            vt_pump(d.vt, round == 0 ? 60 : 0);
        }
    }
    vt_resize(d.vt, 48, 160);
    vt_wait_text(d.vt, "to Lena Fischer> still here", WAIT);
    vt_wait_text(d.vt, "[4] (empty)", WAIT);
    vt_pump(d.vt, 50);
    g_autofree char *before = stage_screen(d.vt);
    vt_keys(d.vt, "\014");
    vt_pump(d.vt, 300);
    g_autofree char *after = stage_screen(d.vt);
    g_auto(GStrv) a = g_strsplit(before, "\n", -1);
    g_auto(GStrv) b = g_strsplit(after, "\n", -1);
    for (guint i = 3; i < 20; i++) /* a pane's rows, below the clock and above the counter */
        g_assert_cmpstr(a[i], ==, b[i]);
    end(&d);
}

static void test_sigterm(void)
{
    Desk d = begin(24, 80, 1);
    vt_signal(d.vt, SIGTERM);
    g_assert_cmpint(vt_wait_exit(d.vt, LONG_ENOUGH_MS), ==, 128 + SIGTERM);
    g_assert_true(restored(d.vt));
    vt_free(d.vt);
    stage_free(d.stage);
}

static void test_hangup(void)
{
    Desk d = begin(24, 80, 1);
    gint64 from = g_get_monotonic_time();
    vt_hangup(d.vt);
    vt_wait_exit(d.vt, LONG_ENOUGH_MS);
    g_test_message("gone after %d ms", (int)((g_get_monotonic_time() - from) / 1000));
    vt_free(d.vt);
    stage_free(d.stage);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/screens/work/write-and-send", test_write_and_send);
    g_test_add_func("/screens/work/editor", test_editor);
    g_test_add_func("/screens/work/editor-too-long", test_editor_too_long);
    g_test_add_func("/screens/work/two-editors", test_two_editors);
    g_test_add_func("/screens/work/scrolling-region", test_scrolling_region);
    g_test_add_func("/screens/work/growing-composer", test_growing_composer);
    g_test_add_func("/screens/work/beyond-the-top", test_beyond_the_top);
    g_test_add_func("/screens/work/recipient", test_recipient);
    g_test_add_func("/screens/work/small", test_small);
    g_test_add_func("/screens/work/as-repainted", test_as_repainted);
    g_test_add_func("/screens/work/paste", test_paste);
    g_test_add_func("/screens/work/card-cursor", test_card_cursor);
    g_test_add_func("/screens/work/which-key", test_which_key);
    g_test_add_func("/screens/work/note", test_note);
    g_test_add_func("/screens/work/quick-replies", test_quick_replies);
    g_test_add_func("/screens/work/resolve", test_resolve);
    g_test_add_func("/screens/work/panes", test_panes);
    g_test_add_func("/screens/work/mouse", test_mouse);
    g_test_add_func("/screens/work/hint", test_hint);
    g_test_add_func("/screens/work/debrief", test_debrief);
    g_test_add_func("/screens/work/earlier-runs", test_earlier_runs);
    g_test_add_func("/screens/work/coach", test_coach);
    g_test_add_func("/screens/work/curriculum", test_curriculum);
    g_test_add_func("/screens/work/scrollback", test_scrollback);
    g_test_add_func("/screens/work/availability-and-quit", test_availability_and_quit);
    g_test_add_func("/screens/work/ticks", test_ticks);
    g_test_add_func("/screens/work/one-byte", test_one_byte);
    g_test_add_func("/screens/work/resize-storm", test_resize_storm);
    g_test_add_func("/screens/work/sigterm", test_sigterm);
    g_test_add_func("/screens/work/hangup", test_hangup);
    return g_test_run();
}
