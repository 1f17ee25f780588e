/* SPDX-License-Identifier: MIT */
#include <glib.h>
#include <string.h>

#include "seatmux/base/limits.h"
#include "ui/keys.h"

/* Events as one line: "k:C-a t:x p:3:abc m:press1@4,5 f:in c:1,2 u:\e[?1c". */
typedef struct {
    GString *seen;
    SmKeys *keys;
    gsize dropped;
    gboolean partial;
} Fixture;

static void append_raw(GString *out, const char *raw, gsize n)
{
    for (gsize i = 0; i < n; i++) {
        unsigned char c = (unsigned char)raw[i];
        if (c == 0x1b) {
            g_string_append(out, "\\e");
        } else if (c < 0x20 || c >= 0x7f) {
            g_string_append_printf(out, "\\x%02x", c);
        } else {
            g_string_append_c(out, (char)c);
        }
    }
}

static void on_input(const SmInput *input, void *user)
{
    static const char *const mice[] = {"press1", "press2", "press3", "release",
                                       "drag",   "up",     "down",   "other"};
    Fixture *f = user;
    g_autofree char *name = NULL;
    if (f->seen->len) {
        g_string_append_c(f->seen, ' ');
    }
    switch (input->kind) {
    case SM_INPUT_KEY:
        name = sm_key_format(input->key);
        g_string_append_printf(f->seen, "k:%s", name);
        break;
    case SM_INPUT_TEXT:
        g_assert_cmpuint(strlen(input->text), ==, input->size);
        g_string_append_printf(f->seen, "t:%s", *input->text == '\n' ? "\\n" : input->text);
        break;
    case SM_INPUT_PASTE:
        g_assert_cmpuint(strlen(input->text), ==, input->size);
        g_assert_true(g_utf8_validate(input->text, -1, NULL));
        g_assert_cmpuint(input->size, <=, SM_MAX_PASTE_BYTES);
        f->dropped = input->dropped;
        f->partial = input->partial;
        g_string_append_printf(f->seen, "p:%" G_GSIZE_FORMAT ":%.40s", input->size, input->text);
        break;
    case SM_INPUT_MOUSE:
        name = sm_key_format(input->key | 'x');
        g_string_append_printf(f->seen, "m:%s@%d,%d%.*s", mice[input->mouse], input->row,
                               input->column, (int)strlen(name) - 1, name);
        break;
    case SM_INPUT_FOCUS:
        g_string_append(f->seen, input->focused ? "f:in" : "f:out");
        break;
    case SM_INPUT_CURSOR:
        g_string_append_printf(f->seen, "c:%d,%d", input->row, input->column);
        break;
    case SM_INPUT_UNKNOWN:
        g_string_append(f->seen, "u:");
        append_raw(f->seen, input->raw, input->raw_size);
        break;
    default:
        g_assert_not_reached();
    }
}

static void set_up(Fixture *f)
{
    *f = (Fixture){.seen = g_string_new(NULL)};
    f->keys = sm_keys_new(on_input, f);
}

static void tear_down(Fixture *f)
{
    sm_keys_free(f->keys);
    g_string_free(f->seen, TRUE);
}

/* Time goes on until nothing waits. */
static void settle(Fixture *f, int64_t now)
{
    for (int i = 0; i < 100 && sm_keys_pending(f->keys) >= 0; i++) {
        int64_t at = sm_keys_pending(f->keys);
        sm_keys_flush(f->keys, MAX(at, now));
    }
    g_assert_cmpint(sm_keys_pending(f->keys), ==, -1);
}

/* `bytes` fed in pieces of `piece` (0: one piece) with `gap` ms between them. */
static char *feed(const char *bytes, gsize n, gsize piece, int64_t gap)
{
    Fixture f;
    int64_t now = 1000;
    set_up(&f);
    for (gsize i = 0; i < n; i += piece ? piece : n) {
        sm_keys_feed(f.keys, bytes + i, MIN(piece ? piece : n, n - i), now);
        now += gap;
    }
    settle(&f, now);
    char *seen = g_strdup(f.seen->str);
    tear_down(&f);
    return seen;
}

static const struct {
    const char *bytes;
    const char *seen;
} sequences[] = {
    /* plain */
    {"a", "t:a"},
    {"\xe4\xb8\xad\xf0\x9f\x98\x80", "t:中 t:😀"},
    {"\t\n\x01\x0e\x18\x1a\x1c\x1f", "k:Tab k:C-j k:C-a k:C-n k:C-x k:C-z k:C-\\ k:C-_"},
    {"\x7f\x08", "k:Backspace k:C-h"},
    {"\x1d\x1e", "k:C-] k:C-^"},
    {"\r", "k:Enter"},
    {"\033", "k:Esc"},
    {"\033\033", "k:Esc k:Esc"},
    /* Alt */
    {"\033a\033A\0331", "k:M-a k:M-A k:M-1"},
    {"\033\xe4\xb8\xad", "k:M-中"},
    {"\033\r\033\t\033\x7f\033\x01", "k:M-Enter k:M-Tab k:M-Backspace k:C-M-a"},
    {"\033\033a", "k:Esc k:M-a"},
    {"\033]", "k:M-]"},
    {"\033P", "k:M-P"},
    {"\033]x", "k:M-] t:x"},
    /* xterm, VT, PuTTY */
    {"\033[A\033[B\033[C\033[D\033[H\033[F", "k:Up k:Down k:Right k:Left k:Home k:End"},
    {"\033OA\033OB\033OC\033OD\033OH\033OF", "k:Up k:Down k:Right k:Left k:Home k:End"},
    {"\033OP\033OQ\033OR\033OS", "k:F1 k:F2 k:F3 k:F4"},
    {"\033[1;5C\033[1;3D\033[1;2A\033[1;6B\033[1;8H",
     "k:C-Right k:M-Left k:S-Up k:C-S-Down k:C-M-S-Home"},
    {"\033[1;2P\033[1;2R\033[1;5S", "k:S-F1 k:S-F3 k:C-F4"},
    {"\033[1~\033[2~\033[3~\033[4~\033[5~\033[6~\033[7~\033[8~",
     "k:Home k:Insert k:Delete k:End k:PgUp k:PgDn k:Home k:End"},
    {"\033[3;5~\033[5;3~\033[6;2~", "k:C-Delete k:M-PgUp k:S-PgDn"},
    {"\033[11~\033[12~\033[13~\033[14~\033[15~\033[17~\033[18~\033[19~\033[20~\033[21~\033[23~\033["
     "24~",
     "k:F1 k:F2 k:F3 k:F4 k:F5 k:F6 k:F7 k:F8 k:F9 k:F10 k:F11 k:F12"},
    {"\033[15;5~\033[24;2~", "k:C-F5 k:S-F12"},
    {"\033[Z", "k:S-Tab"},
    {"\033OM\033Ok\033Op\033Oy", "k:Enter t:+ t:0 t:9"},
    {"\033O5A\033O2P", "k:C-Up k:S-F1"},
    {"\033[E", "k:Centre"},
    /* Linux console */
    {"\033[[A\033[[B\033[[C\033[[D\033[[E", "k:F1 k:F2 k:F3 k:F4 k:F5"},
    {"\033[25~\033[26~\033[28~\033[34~", "k:F13 k:F14 k:F15 k:F20"},
    /* rxvt */
    {"\033[a\033[d\033Oa\033Od", "k:S-Up k:S-Left k:C-Up k:C-Left"},
    {"\033[3$\033[3^\033[3@\033[7^\033[5$", "k:S-Delete k:C-Delete k:C-S-Delete k:C-Home k:S-PgUp"},
    {"\033\033[A\033\033OC\033\033[3~", "k:M-Up k:M-Right k:M-Delete"},
    /* CSI u, modifyOtherKeys */
    {"\033[13;2u\033[27;2;13~\033[27;5;13~", "k:S-Enter k:S-Enter k:C-Enter"},
    {"\033[97;5u\033[97;3u\033[97;7u\033[65;2u\033[97u", "k:C-a k:M-a k:C-M-a t:A t:a"},
    {"\033[27;6;65~\033[27;5;105~\033[27;3;20013~", "k:C-a k:Tab k:M-中"},
    {"\033[9;5u\033[27u\033[127;5u\033[32;5u", "k:C-Tab k:Esc k:C-Backspace k:C-Space"},
    {"\033[97;1:3u\033[1;1:3A", ""},
    {"\033[57414u\033[57400u\033[97;9u", "k:Enter t:1 u:\\e[97;9u"},
    /* mouse, focus, answers */
    {"\033[<0;5;7M\033[<0;5;7m\033[<64;1;1M\033[<65;200;50M",
     "m:press1@6,4 m:release@6,4 m:up@0,0 m:down@49,199"},
    {"\033[<18;1;1M\033[<32;3;3M", "m:press3@0,0C- m:drag@2,2"},
    {"\033[M !!\033[M#\"#", "m:press1@0,0 m:release@2,1"},
    {"\033[I\033[O", "f:in f:out"},
    {"\033[24;80R", "c:23,79"},
    {"\033[?62;1c\033[>0;10;1c\033[?2026;2$y", "u:\\e[?62;1c u:\\e[>0;10;1c u:\\e[?2026;2$y"},
    {"\033]11;rgb:0000/0000/0000\033\\a", "u:\\e]11;rgb:0000/0000/0000\\e\\ t:a"},
    {"\033]11;rgb:0/0/0\x07"
     "a",
     "u:\\e]11;rgb:0/0/0\\x07 t:a"},
    {"\033P1$r0m\033\\a", "u:\\eP1$r0m\\e\\ t:a"},
    {"\033]11;x\033[A", "u:\\e]11;x\\e k:Up"},
    /* paste */
    {"\033[200~hello\033[201~x", "p:5:hello t:x"},
    {"\033[200~\033[201~", "p:0:"},
    {"\033[200~a\033[200b\033[201c\033[201~", "p:13:a\033[200b\033[201c"},
    {"\033[200~a\033\033[201~", "p:2:a\033"},
    {"\033[200~a\xff"
     "b\033[201~",
     "p:5:a\xef\xbf\xbd"
     "b"},
    {"\033[200~\xe4\xb8\xad\033[201~", "p:3:中"},
    {"\033[201~a", "u:\\e[201~ t:a"},
    /* broken: dropped, never typed, and what follows is right */
    {"\033[12", "u:\\e[12"},
    {"\033[", "u:\\e["},
    {"\033O", "u:\\eO"},
    {"\033[12\x01", "u:\\e[12 k:C-a"},
    {"\033[1;\033[A", "u:\\e[1; k:Up"},
    {"\033[12\xe4\xb8\xad", "u:\\e[12 t:中"},
    {"\xe4\xb8", "u:\\xe4\\xb8"},
    {"\xe4\xb8"
     "a",
     "u:\\xe4\\xb8 t:a"},
    {"\xe4\033[A", "u:\\xe4 k:Up"},
    {"\xff\xc0"
     "a",
     "u:\\xff u:\\xc0 t:a"},
    {"\xed\xa0\x80"
     "a",
     "u:\\xed\\xa0\\x80 t:a"},
    {"\xc2\x9b"
     "A",
     "u:\\xc2\\x9b t:A"},
    {"\033[1;2;3;4;5;6;7;8;9A", "u:\\e[1;2;3;4;5;6;7;8;9A"},
    {"\033[99~", "u:\\e[99~"},
};

static void test_sequences(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(sequences); i++) {
        gsize n = strlen(sequences[i].bytes);
        for (gsize piece = 0; piece <= n; piece++) {
            g_autofree char *seen = feed(sequences[i].bytes, n, piece, 0);
            g_assert_cmpstr(seen, ==, sequences[i].seen);
        }
        g_autofree char *slow = feed(sequences[i].bytes, n, 1, SM_KEYS_ESC_MS - 1);
        if (!strstr(sequences[i].bytes, "\r")) {
            g_assert_cmpstr(slow, ==, sequences[i].seen);
        }
    }
}

/* Every sequence after every other, in one piece and byte by byte: nothing is carried over. */
static void test_pairs(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(sequences); i++) {
        for (guint k = 0; k < G_N_ELEMENTS(sequences); k++) {
            g_autofree char *both = g_strconcat(sequences[i].bytes, sequences[k].bytes, NULL);
            g_autofree char *whole = feed(both, strlen(both), 0, 0);
            g_autofree char *bytewise = feed(both, strlen(both), 1, 0);
            g_assert_cmpstr(whole, ==, bytewise);
        }
    }
}

static void test_times(void)
{
    Fixture f;
    set_up(&f);
    sm_keys_feed(f.keys, "\033", 1, 100);
    g_assert_cmpint(sm_keys_pending(f.keys), ==, 100 + SM_KEYS_ESC_MS);
    sm_keys_flush(f.keys, 249);
    g_assert_cmpstr(f.seen->str, ==, "");
    sm_keys_flush(f.keys, 250);
    g_assert_cmpstr(f.seen->str, ==, "k:Esc");
    sm_keys_feed(f.keys, "\033", 1, 300);
    sm_keys_feed(f.keys, "a", 1, 449);
    g_assert_cmpstr(f.seen->str, ==, "k:Esc k:M-a");
    sm_keys_feed(f.keys, "\033", 1, 500);
    sm_keys_feed(f.keys, "a", 1, 700); /* nobody called flush: it counts all the same */
    g_assert_cmpstr(f.seen->str, ==, "k:Esc k:M-a k:Esc t:a");
    sm_keys_feed(f.keys, "\xe4", 1, 800);
    sm_keys_feed(f.keys, "\xb8\xad", 2, 850);
    g_assert_cmpstr(f.seen->str, ==, "k:Esc k:M-a k:Esc t:a t:中");
    g_assert_cmpint(sm_keys_pending(f.keys), ==, -1);
    tear_down(&f);
}

static void test_enter(void)
{
    static const struct {
        const char *first;
        int64_t gap;
        const char *second;
        const char *seen;
    } cases[] = {
        {"a\r", 19, "b", "t:a t:\\n t:b"},
        {"a\r", 20, "b", "t:a k:Enter t:b"},
        {"a\rb", 1000, "", "t:a t:\\n t:b"},
        {"a\r\r\rb", 1000, "", "t:a t:\\n t:\\n t:\\n t:b"},
        {"a\r\nb", 1000, "", "t:a t:\\n t:b"},
        {"a\r\tb", 1000, "", "t:a t:\\n k:Tab t:b"},
        {"a\r", 5, "\xe4\xb8\xad", "t:a t:\\n t:中"},
        {"a\rb\r", 1000, "", "t:a t:\\n t:b t:\\n"}, /* the end of a paste sends nothing */
        {"a\rb\r", 1000, "c\r", "t:a t:\\n t:b t:\\n t:c k:Enter"},
        {"a\r", 5, "\016", "t:a k:Enter k:C-n"},
        {"\r", 5, "\033[A", "k:Enter k:Up"},
        {"\r\r", 1000, "", "k:Enter k:Enter"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        Fixture f;
        set_up(&f);
        sm_keys_feed(f.keys, cases[i].first, strlen(cases[i].first), 1000);
        if (cases[i].gap >= SM_KEYS_ENTER_MS) {
            sm_keys_flush(f.keys, 1000 + SM_KEYS_ENTER_MS);
        }
        sm_keys_feed(f.keys, cases[i].second, strlen(cases[i].second), 1000 + cases[i].gap);
        settle(&f, 5000);
        g_assert_cmpstr(f.seen->str, ==, cases[i].seen);
        tear_down(&f);
    }
}

static void test_paste_limit(void)
{
    Fixture f;
    set_up(&f);
    g_autofree char *text = g_malloc(SM_MAX_PASTE_BYTES + 3);
    memset(text, 'x', SM_MAX_PASTE_BYTES + 3);
    sm_keys_feed(f.keys, "\033[200~", 6, 0);
    g_assert_true(sm_keys_pasting(f.keys));
    sm_keys_feed(f.keys, text, SM_MAX_PASTE_BYTES, 0);
    sm_keys_feed(f.keys, "\033[201~", 6, 0);
    g_assert_true(g_str_has_prefix(f.seen->str, "p:262144:xxx"));
    g_assert_cmpuint(f.dropped, ==, 0);

    memcpy(text + SM_MAX_PASTE_BYTES - 1, "\xe4\xb8\xad", 3); /* split by the limit */
    g_string_truncate(f.seen, 0);
    sm_keys_feed(f.keys, "\033[200~", 6, 0);
    sm_keys_feed(f.keys, text, SM_MAX_PASTE_BYTES + 2, 0);
    sm_keys_feed(f.keys, "\033[201~y", 7, 0);
    g_assert_true(g_str_has_prefix(f.seen->str, "p:262143:xxx"));
    g_assert_true(g_str_has_suffix(f.seen->str, " t:y"));
    g_assert_cmpuint(f.dropped, ==, 3);

    memset(text, 0xff, SM_MAX_PASTE_BYTES); /* bad bytes grow when they are marked */
    g_string_truncate(f.seen, 0);
    sm_keys_feed(f.keys, "\033[200~", 6, 0);
    sm_keys_feed(f.keys, text, SM_MAX_PASTE_BYTES, 0);
    sm_keys_feed(f.keys, "\033[201~", 6, 0);
    g_assert_cmpuint(f.dropped, >, 0);
    tear_down(&f);
}

static void test_paste_lines(void)
{
    g_autofree char *seen = feed("\033[200~a\rb\r\nc\nd\033[201~", 20, 0, 0);
    g_assert_cmpstr(seen, ==, "p:7:a\nb\nc\nd");
}

/* The end mark is lost: the text is not, nothing is sent, and there is a way out. */
static void test_paste_without_end(void)
{
    Fixture f;
    set_up(&f);
    sm_keys_feed(f.keys, "\033[200~abc\xe4\xb8", 11, 0);
    g_assert_cmpint(sm_keys_pending(f.keys), ==, SM_KEYS_PASTE_MS);
    sm_keys_flush(f.keys, SM_KEYS_PASTE_MS);
    g_assert_cmpstr(f.seen->str, ==, "p:3:abc");
    g_assert_true(f.partial);
    sm_keys_feed(f.keys, "\xad\r", 2, 3000);
    settle(&f, 4000);
    g_assert_cmpstr(f.seen->str, ==, "p:3:abc p:4:中\n");
    sm_keys_feed(f.keys, "\033", 1, 5000);
    settle(&f, 6000);
    sm_keys_feed(f.keys, "x", 1, 7000);
    g_assert_cmpstr(f.seen->str, ==, "p:3:abc p:4:中\n k:Esc t:x");
    tear_down(&f);

    set_up(&f);
    sm_keys_feed(f.keys, "\033[200~", 6, 0);
    settle(&f, 3000);
    sm_keys_feed(f.keys, "\007x", 2, 4000);
    g_assert_true(g_str_has_suffix(f.seen->str, "k:C-g t:x"));
    tear_down(&f);

    set_up(&f); /* late, but it comes: what follows is typed again */
    sm_keys_feed(f.keys, "\033[200~ab", 8, 0);
    settle(&f, 3000);
    sm_keys_feed(f.keys, "c\033[201~x", 8, 4000);
    g_assert_cmpstr(f.seen->str, ==, "p:2:ab p:1:c t:x");
    tear_down(&f);
}

static void test_taught(void)
{
    Fixture f;
    set_up(&f);
    sm_keys_learn(f.keys, "\033A", SM_KEY_UP);         /* vt52 */
    sm_keys_learn(f.keys, "\033[224z", SM_KEY_F0 + 1); /* sun */
    sm_keys_learn(f.keys, "x", SM_KEY_DOWN);           /* no sequence: ignored */
    sm_keys_feed(f.keys, "\033A\033[224zx\033\033[224z", 16, 0);
    g_assert_cmpstr(f.seen->str, ==, "k:Up k:F1 t:x k:M-F1");
    sm_keys_backspace(f.keys, 0x08);
    sm_keys_feed(f.keys, "\x08", 1, 0);
    g_assert_true(g_str_has_suffix(f.seen->str, "k:Backspace"));
    g_string_truncate(f.seen, 0);
    sm_keys_expect_cursor(f.keys);
    sm_keys_feed(f.keys, "\033[1;2R\033[1;2R", 12, 0);
    g_assert_cmpstr(f.seen->str, ==, "c:0,1 k:S-F3");
    tear_down(&f);
}

/* Seeded noise: no crash, everything settles, and pieces don't matter. */
static void test_noise(void)
{
    static const char alphabet[] =
        "\033[]OPM<;:0123456789~ABRuam?$\x01\x07\r\n\t\x7f\x9b\xe4\xb8\xad\xff\\";
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);
    for (int round = 0; round < 2000; round++) {
        char bytes[64];
        gsize n = (gsize)g_rand_int_range(rand, 1, sizeof bytes);
        for (gsize i = 0; i < n; i++) {
            bytes[i] = alphabet[g_rand_int_range(rand, 0, sizeof alphabet - 1)];
        }
        g_autofree char *whole = feed(bytes, n, 0, 0);
        g_autofree char *bytewise = feed(bytes, n, 1, 0);
        g_assert_cmpstr(whole, ==, bytewise);
    }
}

static void test_names(void)
{
    static const struct {
        const char *name, *file, *people, *brief;
    } cases[] = {
        {"C-n", "C-n", "Ctrl-N", "^N"},
        {"C-N", "C-n", "Ctrl-N", "^N"},
        {"^N", "C-n", "Ctrl-N", "^N"},
        {"Ctrl-N", "C-n", "Ctrl-N", "^N"},
        {"M-a", "M-a", "Alt-A", "M-a"},
        {"Alt-A", "M-a", "Alt-A", "M-a"},
        {"M-A", "M-A", "Alt-Shift-A", "M-A"},
        {"Alt-Shift-A", "M-A", "Alt-Shift-A", "M-A"},
        {"S-Enter", "S-Enter", "Shift-Enter", "S-Enter"},
        {"f5", "F5", "F5", "F5"},
        {"C-Left", "C-Left", "Ctrl-Left", "C-Left"},
        {"PageUp", "PgUp", "PgUp", "PgUp"},
        {"esc", "Esc", "Esc", "Esc"},
        {"Space", "Space", "Space", "Space"},
        {"C-Space", "C-Space", "Ctrl-Space", "C-Space"},
        {"C-@", "C-Space", "Ctrl-Space", "C-Space"},
        {"C-m", "Enter", "Enter", "Enter"},
        {"C-i", "Tab", "Tab", "Tab"},
        {"C-[", "Esc", "Esc", "Esc"},
        {"C-j", "C-j", "Ctrl-J", "^J"},
        {"C-/", "C-_", "Ctrl-_", "^_"},
        {"C-_", "C-_", "Ctrl-_", "^_"},
        {"a", "a", "a", "a"},
        {"A", "A", "A", "A"},
        {"S-a", "A", "A", "A"},
        {"?", "?", "?", "?"},
        {"中", "中", "中", "中"},
        {"M-中", "M-中", "Alt-中", "M-中"},
        {"-", "-", "-", "-"},
        {"C--", "C--", "Ctrl--", "^-"},
        {"M-C-x", "C-M-x", "Ctrl-Alt-X", "C-M-x"},
        {"M-1", "M-1", "Alt-1", "M-1"},
        {"^", "^", "^", "^"},
        {"F24", "F24", "F24", "F24"},
        {"S-Tab", "S-Tab", "Shift-Tab", "S-Tab"},
    };
    static const char *const bad[] = {"",  "C-", "F0",   "F25",  "F5x",  "Entr", "C-C-a",
                                      " ", "ab", "C-n ", "\x01", "\xff", "C-Foo"};
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        SmKey key = SM_KEY_NONE, again = SM_KEY_NONE;
        g_assert_true(sm_key_parse(cases[i].name, &key));
        g_autofree char *file = sm_key_format(key);
        g_autofree char *people = sm_key_display(key);
        g_autofree char *brief = sm_key_display_short(key);
        g_assert_cmpstr(file, ==, cases[i].file);
        g_assert_cmpstr(people, ==, cases[i].people);
        g_assert_cmpstr(brief, ==, cases[i].brief);
        g_assert_true(sm_key_parse(file, &again));
        g_assert_cmphex(again, ==, key);
        g_assert_true(sm_key_parse(people, &again));
        g_assert_cmphex(again, ==, key);
    }
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        SmKey key = 42;
        g_assert_false(sm_key_parse(bad[i], &key));
        g_assert_cmphex(key, ==, 42);
    }
}

static void test_key_sequences(void)
{
    SmKey keys[SM_KEY_SEQUENCE];
    g_assert_cmpuint(sm_key_parse_sequence("C-x ' a", keys, SM_KEY_SEQUENCE), ==, 3);
    g_autofree char *file = sm_key_format_sequence(keys, 3);
    g_autofree char *people = sm_key_display_sequence(keys, 3);
    g_assert_cmpstr(file, ==, "C-x ' a");
    g_assert_cmpstr(people, ==, "Ctrl-X ' a");
    g_assert_cmpuint(sm_key_parse_sequence("", keys, SM_KEY_SEQUENCE), ==, 0);
    g_assert_cmpuint(sm_key_parse_sequence("C-x  a", keys, SM_KEY_SEQUENCE), ==, 0);
    g_assert_cmpuint(sm_key_parse_sequence("a b c d e", keys, SM_KEY_SEQUENCE), ==, 0);
    g_assert_cmpuint(sm_key_parse_sequence("C-x Foo", keys, SM_KEY_SEQUENCE), ==, 0);
    g_assert_cmpuint(sm_key_char(sm_key('a', 0)), ==, 'a');
    g_assert_cmpuint(sm_key_char(sm_key('a', SM_MOD_ALT)), ==, 0);
    g_assert_cmpuint(sm_key_char(SM_KEY_ENTER), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ui/keys/sequences", test_sequences);
    g_test_add_func("/ui/keys/pairs", test_pairs);
    g_test_add_func("/ui/keys/times", test_times);
    g_test_add_func("/ui/keys/enter", test_enter);
    g_test_add_func("/ui/keys/paste-limit", test_paste_limit);
    g_test_add_func("/ui/keys/paste-lines", test_paste_lines);
    g_test_add_func("/ui/keys/paste-without-end", test_paste_without_end);
    g_test_add_func("/ui/keys/taught", test_taught);
    g_test_add_func("/ui/keys/noise", test_noise);
    g_test_add_func("/ui/keys/names", test_names);
    g_test_add_func("/ui/keys/key-sequences", test_key_sequences);
    return g_test_run();
}
