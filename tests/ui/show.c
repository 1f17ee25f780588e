/* SPDX-License-Identifier: MIT */
/* A small program on the terminal layer, for the tests of it. Options: --report FILE (what a test
 * can't see on the screen), --borders line|ascii, --theme FILE, --mouse. Keys: letters are typed at
 * the prompt, Enter clears it; Ctrl-Q quits, Ctrl-D quits by exit(3), Ctrl-S suspends, Ctrl-P
 * pauses and resumes after 50 ms, Ctrl-V crashes, Ctrl-A aborts, Ctrl-F floods the screen for 400
 * ms, Ctrl-T sets a title and rings, Ctrl-Y copies five bytes. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "seatmux/text/sanitise.h"
#include "ui/draw.h"
#include "ui/frames.h"

typedef struct {
    SmLoop *loop;
    SmTerm *term;
    SmDraw *draw;
    SmFrames *frames;
    GString *line, *last;
    const char *report;
    gboolean gone, flood, all; /* all: more than the typed line changed */
    int64_t flood_until, turn_at, longest;
    guint count, signalled;
    int copied; /* bytes that the terminal took at last; -1: nothing was copied */
} Show;

static void report(Show *s)
{
    if (s->report) {
        SmTermStats stats = sm_term_stats(s->term);
        g_autofree char *text =
            g_strdup_printf("longest %d frames %d dropped %d gone %d signal %u copied %d\n", (int)s->longest,
                            (int)stats.frames, (int)stats.dropped, s->gone, s->signalled, s->copied);
        g_file_set_contents(s->report, text, -1, NULL);
    }
}

static void show_roles(Show *s, int y, int columns)
{
    int x = 0;
    for (int i = 0; i < SM_STYLE_COUNT && x < columns; i++) {
        x += sm_draw_label(s->draw, y, x, columns - x, (SmStyle)i, sm_style_name((SmStyle)i)) + 1;
    }
}

static void show_line(Show *s, int y, const char *label, const char *text)
{
    g_autoptr(SmSafe) safe = sm_safe_screen_line(text, -1);
    int x = sm_draw_label(s->draw, y, 0, 20, SM_STYLE_DIM, label);
    SmRect rest = {y, x, 1, sm_draw_screen(s->draw).columns - x};
    sm_draw_fill(s->draw, rest, SM_STYLE_TEXT);
    sm_draw_cut(s->draw, y, x, rest.columns, SM_STYLE_TEXT, safe);
}

static void draw_all(Show *s)
{
    SmDraw *d = s->draw;
    SmRect screen = sm_draw_screen(d);
    g_autofree char *size = g_strdup_printf("ready %dx%d colours %d lines %d wide %d count %u",
                                            screen.rows, screen.columns, sm_term_colours(s->term),
                                            sm_draw_lines(d), sm_term_ambiguous(s->term), s->count);
    sm_draw_fill(d, screen, SM_STYLE_TEXT);
    sm_draw_fill(d, (SmRect){0, 0, 1, screen.columns}, SM_STYLE_BAR);
    sm_draw_label(d, 0, 0, screen.columns, SM_STYLE_BAR, size);
    show_roles(s, 1, screen.columns);
    show_line(s, 2, "cjk: ", "退款什么时候到账？ “ok” … 한국어");
    show_line(s, 3, "marks: ",
              "e\xcc\x81 a\xcc\x80 नमस्ते 👍🏽 \xe2\x80\xae"
              "evil");
    show_line(s, 4, "last: ", s->last->str);
    if (sm_term_notice(s->term)) {
        sm_draw_text(d, 5, 0, screen.columns, SM_STYLE_TOAST, sm_term_notice(s->term));
    }
    SmRect box = {6, 2, 5, 20};
    sm_draw_box(d, box, SM_STYLE_BORDER);
    SmRect old = sm_draw_clip(d, (SmRect){7, 3, 3, 18});
    sm_draw_label(d, 7, 1, 60, SM_STYLE_TEXT, "中clipped on both sides of it, surely");
    sm_draw_bar(d, 8, 3, 10, SM_STYLE_OK, 730, '#');
    sm_draw_label(d, 9, 19, 60, SM_STYLE_TEXT, "x中");
    sm_draw_unclip(d, old);
    for (int i = 0; s->flood && i < screen.rows - 12; i++) {
        g_autofree char *noise =
            g_strdup_printf("%*u", screen.columns, s->count * 7919u + (guint)i * 31u);
        sm_draw_label(d, 11 + i, 0, screen.columns, (SmStyle)(i % SM_STYLE_COUNT), noise);
    }
}

static void draw(void *user)
{
    Show *s = user;
    sm_draw_begin(s->draw);
    if (s->all) {
        draw_all(s);
        s->all = FALSE;
    }
    int bottom = sm_draw_screen(s->draw).rows - 1;
    show_line(s, bottom, "> ", s->line->str);
    sm_draw_cursor(s->draw, bottom, 2 + sm_draw_label_columns(s->draw, s->line->str));
    sm_draw_end(s->draw);
    sm_term_frame(s->term);
}

static void on_resume_due(void *user)
{
    sm_term_resume(((Show *)user)->term);
}

static void flood(void *user)
{
    Show *s = user;
    int64_t now = sm_loop_now(s->loop);
    s->longest = MAX(s->longest, now - s->turn_at);
    s->turn_at = now;
    s->count++;
    s->all = TRUE;
    if (now >= s->flood_until) {
        s->flood = FALSE;
        report(s);
        sm_frames_mark(s->frames);
        return;
    }
    sm_frames_mark(s->frames);
    sm_loop_after(s->loop, 1, flood, s);
}

/* Not through a sanitizer: the signal itself is what is tried. */
__attribute__((no_sanitize("address", "undefined"))) static void crash(void)
{
    volatile int *volatile nowhere = NULL;
    *nowhere = 1;
}

static void command(Show *s, SmKey key)
{
    switch (key) {
    case SM_MOD_CTRL | 'q':
        sm_loop_quit(s->loop);
        break;
    case SM_MOD_CTRL | 'd':
        exit(3);
    case SM_MOD_CTRL | 's':
        sm_term_suspend(s->term);
        break;
    case SM_MOD_CTRL | 'p':
        sm_term_pause(s->term);
        sm_loop_after(s->loop, 50, on_resume_due, s);
        break;
    case SM_MOD_CTRL | 'v':
        crash();
        break;
    case SM_MOD_CTRL | 'a':
        abort();
    case SM_MOD_CTRL | 'f':
        s->flood = TRUE;
        s->turn_at = sm_loop_now(s->loop);
        s->flood_until = s->turn_at + 400;
        flood(s);
        break;
    case SM_MOD_CTRL | 't': {
        g_autoptr(SmSafe) title = sm_safe_line("desk \033]2;bad\a 中", -1);
        sm_term_title(s->term, title);
        sm_term_bell(s->term);
        break;
    }
    case SM_MOD_CTRL | 'y': {
        g_autoptr(SmSafe) text = sm_safe_line("hello", -1);
        s->copied = (int)sm_term_copy(s->term, text);
        report(s);
        break;
    }
    case SM_KEY_ENTER:
        g_string_truncate(s->line, 0);
        break;
    default:
        break;
    }
}

static void on_input(const SmInput *input, void *user)
{
    Show *s = user;
    g_autofree char *name = input->kind == SM_INPUT_KEY ? sm_key_format(input->key) : NULL;
    s->all |= input->kind != SM_INPUT_TEXT;
    if (input->kind == SM_INPUT_TEXT) {
        g_string_append(s->line, input->text);
    } else if (input->kind == SM_INPUT_KEY) {
        g_string_printf(s->last, "key %s", name);
        command(s, input->key);
    } else if (input->kind == SM_INPUT_PASTE) {
        g_string_printf(s->last, "paste %d", (int)input->size);
        g_string_append(s->line, input->text);
    } else if (input->kind == SM_INPUT_FOCUS) {
        g_string_assign(s->last, input->focused ? "focus in" : "focus out");
    } else if (input->kind == SM_INPUT_MOUSE) {
        g_string_printf(s->last, "mouse %d,%d", input->row, input->column);
    }
    sm_frames_key(s->frames);
}

static void on_dirty(void *user)
{
    Show *s = user;
    s->all = TRUE;
    sm_frames_mark(s->frames);
}

static void on_reading(gboolean begins, void *user)
{
    Show *s = user;
    if (begins) {
        sm_frames_hold(s->frames);
    } else {
        sm_frames_flush(s->frames);
    }
}

static void on_resized(int rows, int columns, void *user)
{
    on_dirty(user);
}

static void on_drained(void *user)
{
    sm_frames_drained(((Show *)user)->frames);
}

static void on_signal(int signal, void *user)
{
    Show *s = user;
    s->signalled = (guint)signal;
    sm_loop_quit(s->loop);
}

static void on_gone(void *user)
{
    Show *s = user;
    s->gone = TRUE;
    sm_loop_quit(s->loop);
}

static gboolean ready(void *user)
{
    return sm_term_ready(((Show *)user)->term);
}

static SmTheme *find_theme(const char *path)
{
    g_autoptr(SmFindings) findings = sm_findings_new();
    SmTheme *theme = path ? sm_theme_load(path, findings) : NULL;
    return theme ? theme : sm_theme_new();
}

int main(int argc, char **argv)
{
    Show s = {.line = g_string_new(NULL), .last = g_string_new(NULL), .all = TRUE, .copied = -1};
    const char *theme_file = NULL;
    g_autoptr(GError) error = NULL;
    SmTermSetup setup = {.in = 0,
                         .out = 1,
                         .events = {.input = on_input,
                                    .reading = on_reading,
                                    .resized = on_resized,
                                    .drained = on_drained,
                                    .probed = on_dirty,
                                    .resumed = on_dirty,
                                    .signalled = on_signal,
                                    .gone = on_gone},
                         .user = &s};
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--mouse")) {
            setup.mouse = TRUE;
        } else if (!strcmp(argv[i], "--usual-signals")) {
            setup.events.signalled = NULL;
        } else if (i + 1 < argc && !strcmp(argv[i], "--report")) {
            s.report = argv[++i];
        } else if (i + 1 < argc && !strcmp(argv[i], "--theme")) {
            theme_file = argv[++i];
        } else if (i + 1 < argc && !strcmp(argv[i], "--borders")) {
            setup.borders =
                !strcmp(argv[++i], "line") ? SM_TERM_BORDERS_LINE : SM_TERM_BORDERS_ASCII;
        }
    }
    if (!setlocale(LC_ALL, "")) {
        setlocale(LC_ALL, "C.UTF-8");
    }
    s.loop = setup.loop = sm_loop_new_glib();
    s.term = sm_term_new(&setup, &error);
    if (!s.term) {
        fprintf(stderr, "show: %s\n", error->message);
        return 2;
    }
    g_autoptr(SmTheme) theme = find_theme(theme_file);
    s.draw = sm_draw_new(s.term, theme);
    const SmFramesUse use = {.ready = ready, .draw = draw, .user = &s};
    s.frames = sm_frames_new(s.loop, &use);
    sm_frames_mark(s.frames);
    sm_loop_run(s.loop);
    report(&s);
    sm_frames_free(s.frames);
    sm_draw_free(s.draw);
    sm_term_free(s.term);
    sm_loop_free(s.loop);
    g_string_free(s.line, TRUE);
    g_string_free(s.last, TRUE);
    return s.gone ? 5 : s.signalled ? 4 : 0;
}
