/* SPDX-License-Identifier: MIT */
#include "ui/term_private.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "seatmux/base/error.h"
#include "seatmux/text/width.h"

enum { READ_BYTES = 16384, READ_MORE = 1024, READ_TURN = 65536, MAX_SIDE = 1000, MAX_COPY = 74994 };

/* ---- size ---- */

static void read_size(const SmTerm *term, int *rows, int *columns)
{
    struct winsize size = {0};
    if (ioctl(term->out, TIOCGWINSZ, &size) != 0 || (!size.ws_row && !size.ws_col)) {
        size.ws_row = 24; /* a line that does not know its size */
        size.ws_col = 80;
    }
    *rows = CLAMP((int)size.ws_row, 1, MAX_SIDE);
    *columns = CLAMP((int)size.ws_col, 1, MAX_SIDE);
}

static void update_size(SmTerm *term)
{
    int rows, columns;
    read_size(term, &rows, &columns);
    if (rows != term->rows || columns != term->columns) {
        term->rows = rows;
        term->columns = columns;
        resize_term(rows, columns);
    }
}

/* ---- loss ---- */

static void report_gone(void *user)
{
    SmTerm *term = user;
    term->gone_source = 0;
    if (term->events.gone) {
        term->events.gone(term->user);
    }
}

void sm_term_lost(SmTerm *term)
{
    if (term->gone) {
        return;
    }
    term->gone = TRUE;
    sm_loop_remove(term->loop, &term->in_watch);
    sm_loop_remove(term->loop, &term->out_watch);
    sm_loop_remove(term->loop, &term->keys_timer);
    g_string_truncate(term->pending, 0);
    term->sent = 0;
    term->gone_source = sm_loop_defer(term->loop, report_gone, term);
}

/* ---- input ---- */

static void on_input(const SmInput *input, void *user)
{
    SmTerm *term = user;
    if (input->kind == SM_INPUT_CURSOR) {
        sm_term_probe_answer(term, input);
    } else if (term->events.input) {
        term->events.input(input, term->user);
    }
}

static void on_keys_due(void *user);

static void arm_keys_timer(SmTerm *term)
{
    int64_t at = sm_keys_pending(term->keys);
    if (term->keys_timer && term->keys_timer_at == at) {
        return;
    }
    sm_loop_remove(term->loop, &term->keys_timer);
    if (at >= 0 && !term->gone) {
        term->keys_timer_at = at;
        term->keys_timer = sm_loop_at(term->loop, at, on_keys_due, term);
    }
}

static void on_keys_due(void *user)
{
    SmTerm *term = user;
    term->keys_timer = 0;
    sm_keys_flush(term->keys, sm_loop_now(term->loop));
    arm_keys_timer(term);
}

/* Read what is there, within reason; FALSE when the terminal is gone. */
static gboolean read_bytes(SmTerm *term, gboolean hung_up)
{
    char bytes[READ_BYTES];
    gsize total = 0;
    ssize_t n = 0;
    do {
        n = read(term->in, bytes, sizeof bytes);
        if (n > 0) {
            total += (gsize)n;
            sm_keys_feed(term->keys, bytes, (gsize)n, sm_loop_now(term->loop));
        }
        /* a short answer has emptied the line, so that most keys cost one call */
    } while (n >= READ_MORE && term->own_in && total < READ_TURN && term->in_watch);
    return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR) && (total || !hung_up));
}

static void on_readable(int fd, GIOCondition condition, void *user)
{
    SmTerm *term = user;
    if (term->events.reading) {
        term->events.reading(TRUE, term->user);
    }
    if (!read_bytes(term, (condition & (G_IO_HUP | G_IO_ERR)) != 0)) {
        sm_term_lost(term);
    } else {
        arm_keys_timer(term);
    }
    if (term->events.reading) {
        term->events.reading(FALSE, term->user);
    }
}

/* ---- signals ---- */

static void on_stop_signal(int signal, void *user)
{
    SmTerm *term = user;
    if (term->events.signalled) {
        term->events.signalled(signal, term->user);
        return;
    }
    sm_term_pause(term);
    sm_term_guard_disarm();
    struct sigaction usual = {.sa_handler = SIG_DFL};
    sigemptyset(&usual.sa_mask);
    sigaction(signal, &usual, NULL);
    raise(signal);
}

static gboolean on_term(void *user)
{
    on_stop_signal(SIGTERM, user);
    return G_SOURCE_CONTINUE;
}

static gboolean on_hup(void *user)
{
    on_stop_signal(SIGHUP, user);
    return G_SOURCE_CONTINUE;
}

static gboolean on_int(void *user)
{
    on_stop_signal(SIGINT, user);
    return G_SOURCE_CONTINUE;
}

/* A frame of the old size may be read by the terminal in its new one: the rows that it lets scroll are then those of the old size, and
 * ncurses, which believes that all do, would scroll what is not there. */
static void whole_region(SmTerm *term)
{
    const char *region = tigetstr((char *)"csr");
    if (!region || region == (const char *)-1) {
        return;
    }
    const char *text = tparm((char *)region, 0, term->rows - 1, 0, 0, 0, 0, 0, 0, 0);
    if (text) {
        sm_term_push(term, text, strlen(text));
        sm_term_write(term);
    }
}

static gboolean on_winch(void *user)
{
    SmTerm *term = user;
    if (term->paused || term->gone) {
        return G_SOURCE_CONTINUE;
    }
    update_size(term);
    whole_region(term);
    clearok(curscr,
            TRUE); /* terminals rewrap what they show, even on the way back to the same size */
    if (term->events.resized) {
        term->events.resized(term->rows, term->columns, term->user);
    }
    return G_SOURCE_CONTINUE;
}

static void set_modes(SmTerm *term);

static void on_guard(int fd, GIOCondition condition, void *user)
{
    SmTerm *term = user;
    uint64_t seen = 0;
    if (read(fd, &seen, sizeof seen) != sizeof seen || term->paused || term->gone) {
        return;
    }
    if (seen % TERM_GUARD_CONT) {
        sm_term_suspend(term);
    } else { /* stopped and continued behind our back: the shell has changed the modes */
        set_modes(term);
        update_size(term);
        clearok(curscr, TRUE);
        if (term->events.resumed) {
            term->events.resumed(term->user);
        }
    }
}

/* ---- modes ---- */

static void push_mouse(SmTerm *term)
{
    const char *bytes = term->mouse ? "\033[?1002h\033[?1006h" : "\033[?1006l\033[?1002l";
    sm_term_push(term, bytes, strlen(bytes));
}

/* Raw termios and our modes; the alternate screen is ncurses' part. */
static void set_modes(SmTerm *term)
{
    static const char modes[] = "\033[?2004h\033[?1004h";
    (void)tcsetattr(term->out, TCSANOW, &term->raw);
    if (term->caps.title) {
        sm_term_push(term, "\033[22;0t", 7);
    }
    sm_term_push(term, modes, sizeof modes - 1);
    if (term->mouse) {
        push_mouse(term);
    }
    sm_term_write(term);
}

static void read_modes(SmTerm *term)
{
    (void)tcgetattr(term->out, &term->saved);
    term->raw = term->saved;
    cfmakeraw(&term->raw);
    term->raw.c_oflag |= term->saved.c_oflag & OPOST;
    term->raw.c_oflag &= ~(tcflag_t)(ONLCR | OCRNL);
    term->raw.c_cc[VMIN] = 1;
    term->raw.c_cc[VTIME] = 0;
    if (term->saved.c_cc[VERASE] == 0x08) {
        sm_keys_backspace(term->keys, 0x08);
    }
}

/* ---- life ---- */

/* The same terminal with a file description of our own: its O_NONBLOCK is not the shell's. */
static int reopen(int fd, gboolean *own)
{
    char path[32];
    g_snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int again = open(path, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (again >= 0 && !isatty(again)) {
        close(again);
        again = -1;
    }
    *own = again >= 0;
    return *own ? again : fd;
}

static gboolean open_terminal(SmTerm *term, const SmTermSetup *setup, GError **error)
{
    if (!isatty(setup->in) || !isatty(setup->out)) {
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "%s is not a terminal",
                    isatty(setup->out) ? "standard input" : "standard output");
        return FALSE;
    }
    term->in = reopen(setup->in, &term->own_in);
    term->out = reopen(setup->out, &term->own_out);
    if (!term->own_out) {
        term->out_flags = fcntl(term->out, F_GETFL);
        (void)fcntl(term->out, F_SETFL, term->out_flags | O_NONBLOCK);
    }
    return TRUE;
}

/* ncurses believes what the environment says of the size, however large. */
static gboolean sane_side(const char *name)
{
    const char *text = g_getenv(name);
    return !text || g_ascii_strtoull(text, NULL, 10) <= MAX_SIDE;
}

static gboolean start_curses(SmTerm *term, GError **error)
{
    term->memfd = memfd_create("seatmux-screen", MFD_CLOEXEC);
    term->memory = term->memfd >= 0 ? fdopen(term->memfd, "w") : NULL;
    term->null = fopen("/dev/null", "re");
    if (!term->memory || !term->null) {
        g_set_error(error, SM_ERROR, SM_ERROR_IO, "memory for the screen: %s", g_strerror(errno));
        return FALSE;
    }
    read_size(term, &term->rows, &term->columns);
    /* some entries (linux, putty) know no size, and then newterm() wants the environment or its
     * 24x80; either is put right below */
    use_env(sane_side("LINES") && sane_side("COLUMNS"));
    use_tioctl(FALSE);
    term->screen = newterm(term->caps.name, term->memory, term->null);
    if (!term->screen) {
        g_set_error(error, SM_ERROR, SM_ERROR_INVALID, "ncurses can't use terminal type '%s'",
                    term->caps.name);
        return FALSE;
    }
    set_term(term->screen);
    resize_term(term->rows, term->columns);
    typeahead(-1);
    if (term->caps.colours && start_color() == OK) {
        use_default_colors();
    } else {
        term->caps.colours = 0;
    }
    leaveok(stdscr, FALSE);
    scrollok(stdscr, FALSE);
    idlok(stdscr, TRUE);
    refresh(); /* the alternate screen now: what the probe writes must not stay on the shell's */
    clearok(curscr, TRUE);
    return TRUE;
}

/* newterm() took the terminal for as large as its entry says and told it to scroll only there: what is
 * below would not be moved, deleted or inserted. */
static void scroll_whole_screen(SmTerm *term)
{
    char *region = tigetstr("csr");
    const char *bytes =
        region && region != (char *)-1 ? tiparm(region, 0, term->rows - 1) : NULL;
    if (bytes) {
        sm_term_push(term, bytes, strlen(bytes));
    }
}

static void watch(SmTerm *term)
{
    term->in_watch =
        sm_loop_fd(term->loop, term->in, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, term);
}

static void catch_signals(SmTerm *term)
{
    static const struct {
        int signal;
        GSourceFunc fn;
    } caught[TERM_SIGNALS] = {
        {SIGTERM, on_term}, {SIGHUP, on_hup}, {SIGINT, on_int}, {SIGWINCH, on_winch}};
    for (guint i = 0; i < TERM_SIGNALS; i++) {
        term->signals[i] =
            g_unix_signal_add_full(G_PRIORITY_HIGH, caught[i].signal, caught[i].fn, term, NULL);
    }
    term->guard_fd = sm_term_guard_arm(term->out, &term->saved, term->caps.restore);
    term->guard_watch = sm_loop_fd(term->loop, term->guard_fd, G_IO_IN, on_guard, term);
}

static void release_signals(SmTerm *term)
{
    for (guint i = 0; i < TERM_SIGNALS; i++) {
        if (term->signals[i]) {
            g_source_remove(term->signals[i]);
        }
    }
    if (term->guard_watch) {
        sm_loop_remove(term->loop, &term->guard_watch);
        sm_term_guard_disarm();
    }
}

static gboolean set_up(SmTerm *term, const SmTermSetup *setup, GError **error)
{
    const char *type = setup->term ? setup->term : g_getenv("TERM");
    const char *no_color = g_getenv("NO_COLOR");
    gboolean none = setup->colour == SM_TERM_COLOUR_NEVER ||
                    (setup->colour == SM_TERM_COLOUR_AUTO && no_color && *no_color);
    if (!open_terminal(term, setup, error) ||
        !sm_term_caps_read(&term->caps, type, none, &term->notice, error)) {
        return FALSE;
    }
    read_modes(term);
    catch_signals(term); /* before newterm(), which takes what nobody has */
    if (!start_curses(term, error)) {
        return FALSE;
    }
    sm_term_caps_keys(term->keys);
    sm_term_take(term); /* what newterm() wrote: the alternate screen */
    scroll_whole_screen(term);
    set_modes(term);
    sm_term_probe_ask(term);
    sm_term_write(term);
    watch(term);
    return TRUE;
}

SmTerm *sm_term_new(const SmTermSetup *setup, GError **error)
{
    SmTerm *term = g_new0(SmTerm, 1);
    term->loop = setup->loop;
    term->events = setup->events;
    term->user = setup->user;
    term->in = term->out = term->memfd = -1;
    term->keys = sm_keys_new(on_input, term);
    term->pending = g_string_new(NULL);
    term->borders = setup->borders;
    term->mouse = setup->mouse;
    term->utf8 = !g_strcmp0(nl_langinfo(CODESET), "UTF-8");
    term->ambiguous = 1;
    term->cautious = sm_term_probe_cautious();
    if (!set_up(term, setup, error)) {
        sm_term_free(term);
        return NULL;
    }
    return term;
}

/* The terminal as it was found; ncurses is told, its own bytes for it are not needed. */
static void give_back(SmTerm *term)
{
    sm_term_write_last(term, term->caps.restore, strlen(term->caps.restore));
    (void)tcsetattr(term->out, TCSANOW, &term->saved);
    endwin();
    sm_term_discard(term);
}

void sm_term_free(SmTerm *term)
{
    if (!term) {
        return;
    }
    sm_loop_remove(term->loop, &term->in_watch);
    sm_loop_remove(term->loop, &term->keys_timer);
    sm_loop_remove(term->loop, &term->probe_timer);
    sm_loop_remove(term->loop, &term->gone_source);
    if (term->screen && !term->paused) {
        give_back(term);
    }
    sm_loop_remove(term->loop, &term->out_watch);
    release_signals(term);
    if (term->screen) {
        delscreen(term->screen);
    }
    if (term->memory) {
        fclose(term->memory);
    } else if (term->memfd >= 0) {
        close(term->memfd);
    }
    g_clear_pointer(&term->null, fclose);
    if (term->own_in) {
        close(term->in);
    }
    if (term->own_out) {
        close(term->out);
    } else if (term->out >= 0) {
        (void)fcntl(term->out, F_SETFL, term->out_flags);
    }
    sm_keys_free(term->keys);
    sm_term_caps_clear(&term->caps);
    sm_safe_unref(term->notice);
    g_string_free(term->pending, TRUE);
    g_free(term);
}

/* ---- what it is ---- */

const SmSafe *sm_term_notice(const SmTerm *term)
{
    return term->notice;
}

void sm_term_size(const SmTerm *term, int *rows, int *columns)
{
    *rows = term->rows;
    *columns = term->columns;
}

int sm_term_colours(const SmTerm *term)
{
    return term->caps.colours;
}

int sm_term_ambiguous(const SmTerm *term)
{
    return term->ambiguous;
}

gboolean sm_term_set_borders(SmTerm *term, SmTermBorders borders)
{
    gboolean before = sm_term_lines(term);
    term->borders = borders;
    return before != sm_term_lines(term);
}

SmTermStats sm_term_stats(const SmTerm *term)
{
    return term->stats;
}

/* ---- frames and what goes between them ---- */

gboolean sm_term_ready(const SmTerm *term)
{
    return !term->gone && !term->paused && !term->pending->len;
}

gboolean sm_term_frame(SmTerm *term)
{
    if (!sm_term_ready(term)) {
        term->stats.dropped++;
        return FALSE;
    }
    doupdate();
    sm_term_take(term);
    term->stats.frames++;
    sm_term_write(term);
    return TRUE;
}

void sm_term_repaint(SmTerm *term)
{
    clearok(curscr, TRUE);
}

static gboolean send_between(SmTerm *term, const char *bytes, gsize n)
{
    if (!sm_term_ready(term)) {
        return FALSE;
    }
    sm_term_push(term, bytes, n);
    sm_term_write(term);
    return TRUE;
}

void sm_term_bell(SmTerm *term)
{
    send_between(term, "\a", 1);
}

void sm_term_title(SmTerm *term, const SmSafe *title)
{
    if (term->caps.title) {
        g_autofree char *bytes = g_strdup_printf("\033]2;%.256s\a", sm_safe_str(title));
        g_autofree char *valid =
            g_utf8_make_valid(bytes, -1); /* the cut may have split a character */
        send_between(term, valid, strlen(valid));
    }
}

gsize sm_term_copy(SmTerm *term, const SmSafe *text)
{
    gsize n = sm_safe_len(text), taken = n > MAX_COPY ? sm_grapheme_border(sm_safe_str(text), n, MAX_COPY) : n;
    g_autofree char *coded = g_base64_encode((const guchar *)sm_safe_str(text), taken);
    g_autofree char *bytes = g_strdup_printf("\033]52;c;%s\a", coded);
    return send_between(term, bytes, strlen(bytes)) ? taken : 0;
}

gboolean sm_term_send(SmTerm *term, const SmSafe *sequence)
{
    return send_between(term, sm_safe_str(sequence), sm_safe_len(sequence));
}

void sm_term_mouse(SmTerm *term, gboolean on)
{
    if (term->mouse != on) {
        term->mouse = on;
        if (!term->paused) {
            push_mouse(term);
            sm_term_write(term);
        }
    }
}

/* ---- pause and suspend ---- */

void sm_term_pause(SmTerm *term)
{
    if (term->paused || term->gone) {
        return;
    }
    sm_loop_remove(term->loop, &term->in_watch);
    sm_loop_remove(term->loop, &term->keys_timer);
    give_back(term);
    sm_term_guard_active(FALSE);
    term->paused = TRUE;
}

void sm_term_resume(SmTerm *term)
{
    if (!term->paused || term->gone) {
        return;
    }
    term->paused = FALSE;
    sm_term_guard_active(TRUE);
    sm_keys_reset(term->keys);
    set_modes(term);
    update_size(term);
    clearok(curscr, TRUE);
    watch(term);
    if (term->events.resumed) {
        term->events.resumed(term->user);
    }
}

void sm_term_suspend(SmTerm *term)
{
    if (term->paused || term->gone) {
        return;
    }
    sm_term_pause(term);
    sm_term_guard_stop();
    sm_term_resume(term);
}
