/* SPDX-License-Identifier: MIT */
#include "vt.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "vt_private.h"

/* libvterm 0.1.4 dies of a wide character on a screen of one column; the program is told 1. */
enum { VT_COLUMNS_MIN = 2 };

static Vt *new_vt(int rows, int columns)
{
    Vt *vt = g_new0(Vt, 1);
    vt->fd = -1;
    vt->rows = rows;
    vt->columns = MAX(columns, VT_COLUMNS_MIN);
    vt->title = g_string_new(NULL);
    vt->output = g_string_new(NULL);
    vt->tail = g_string_new(NULL);
    vt->input = g_string_new(NULL);
    vt_screen_new(vt);
    return vt;
}

Vt *vt_spawn(int rows, int columns, const char *const *argv, const char *const *env)
{
    Vt *vt = new_vt(rows, columns);
    vt_start(vt, columns, argv, NULL, NULL, env);
    return vt;
}

Vt *vt_call(int rows, int columns, int (*fn)(void *user), void *user, const char *const *env)
{
    Vt *vt = new_vt(rows, columns);
    vt_start(vt, columns, NULL, fn, user, env);
    return vt;
}

Vt *vt_screen_only(int rows, int columns)
{
    return new_vt(rows, columns);
}

void vt_fail(Vt *vt, const char *format, ...)
{
    g_autofree char *screen = vt_screen(vt);
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_printerr("---- screen %dx%d, cursor %d,%d ----\n%s----\n", vt->rows, vt->columns,
               vt->cursor.row, vt->cursor.col, screen);
    g_error("%s", text);
}

pid_t vt_pid(const Vt *vt)
{
    return vt->pid;
}

void vt_mute(Vt *vt)
{
    vt->mute = TRUE;
}

/* ---- in and out ---- */

static void send_input(Vt *vt)
{
    while (vt->fd >= 0 && vt->input->len) {
        ssize_t n = write(vt->fd, vt->input->str, vt->input->len);
        if (n <= 0) {
            return;
        }
        g_string_erase(vt->input, 0, n);
    }
}

void vt_feed(Vt *vt, const char *bytes, gssize n)
{
    char answer[256];
    gsize size = n < 0 ? strlen(bytes) : (gsize)n;
    vt->bytes += size;
    g_string_append_len(vt->output, bytes, (gssize)size);
    vt_watch_modes(vt, bytes, size);
    vterm_input_write(vt->term, bytes, size);
    gsize got;
    while ((got = vterm_output_read(vt->term, answer, sizeof answer)) > 0) {
        if (!vt->mute) {
            g_string_append_len(vt->input, answer, (gssize)got);
        }
    }
    send_input(vt);
}

/* All that can be read now; FALSE when the other end is closed. */
static gboolean read_all(Vt *vt)
{
    char bytes[16384];
    for (int i = 0; i < 64; i++) { /* bounded: the caller comes again */
        ssize_t n = vt->fd >= 0 ? read(vt->fd, bytes, sizeof bytes) : -1;
        if (n <= 0) {
            return vt->fd >= 0 && n < 0 && errno == EAGAIN;
        }
        vt_feed(vt, bytes, n);
    }
    return TRUE;
}

/* Wait for bytes, at most `ms`; TRUE if some may be there. */
static gboolean wait_bytes(Vt *vt, int ms)
{
    struct pollfd p = {.fd = vt->fd, .events = POLLIN};
    send_input(vt);
    p.events = (short)(vt->input->len ? POLLIN | POLLOUT : POLLIN);
    return poll(&p, vt->fd >= 0 ? 1 : 0, ms) > 0;
}

void vt_pump(Vt *vt, int ms)
{
    gint64 until = g_get_monotonic_time() + 10 * G_USEC_PER_SEC; /* one that never falls silent */
    read_all(vt);
    while (ms > 0 && wait_bytes(vt, ms) && g_get_monotonic_time() < until) {
        if (!read_all(vt)) {
            return;
        }
    }
}

/* A busy machine, valgrind: how much longer everything may take (docs/testing.md). */
static double patience(void)
{
    const char *slow = g_getenv("SEATMUX_TEST_SLOW");

    return slow != NULL ? MAX(1, g_ascii_strtod(slow, NULL)) : 1;
}

void vt_wait(Vt *vt, gboolean (*fn)(Vt *vt, void *user), void *user, const char *what,
             int timeout_ms)
{
    gint64 until = g_get_monotonic_time() + (gint64)(patience() * timeout_ms) * 1000;
    while (TRUE) {
        gboolean open = read_all(vt);
        if (fn(vt, user)) {
            return;
        }
        gint64 left = (until - g_get_monotonic_time()) / 1000;
        if (left <= 0) {
            vt_fail(vt, "waited %d ms for %s", timeout_ms, what);
        }
        if (open) {
            wait_bytes(vt, (int)MIN(left, 20));
        } else {
            (void)poll(NULL, 0, (int)MIN(left, 5)); /* closed: an exit is all that can still come */
        }
    }
}

void vt_keys_n(Vt *vt, const char *bytes, gsize n)
{
    g_string_append_len(vt->input, bytes, (gssize)n);
    send_input(vt);
}

void vt_keys(Vt *vt, const char *bytes)
{
    vt_keys_n(vt, bytes, strlen(bytes));
}

void vt_paste(Vt *vt, const char *text)
{
    vt_pump(vt, 0);
    vt_keys(vt, vt->bracketed ? "\033[200~" : "");
    vt_keys(vt, text);
    vt_keys(vt, vt->bracketed ? "\033[201~" : "");
}

void vt_resize(Vt *vt, int rows, int columns)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
    if (rows && columns) {
        vt->rows = rows;
        vt->columns = MAX(columns, VT_COLUMNS_MIN);
        vterm_set_size(vt->term, vt->rows, vt->columns);
    }
    if (vt->fd >= 0) {
        g_assert_cmpint(ioctl(vt->fd, TIOCSWINSZ, &size), ==, 0);
    }
}

/* ---- waits ---- */

gboolean vt_has_text(Vt *vt, const char *text)
{
    for (int y = 0; y < vt->rows; y++) {
        g_autofree char *row = vt_row(vt, y);
        if (strstr(row, text)) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean has(Vt *vt, void *user)
{
    return vt_has_text(vt, user);
}

static gboolean has_not(Vt *vt, void *user)
{
    return !vt_has_text(vt, user);
}

static gboolean matches(Vt *vt, void *user)
{
    for (int y = 0; y < vt->rows; y++) {
        g_autofree char *row = vt_row(vt, y);
        if (g_regex_match(user, row, 0, NULL)) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean cursor_is(Vt *vt, void *user)
{
    const VTermPos *wanted = user;
    return vt->cursor.row == wanted->row && vt->cursor.col == wanted->col;
}

void vt_wait_text(Vt *vt, const char *text, int timeout_ms)
{
    g_autofree char *what = g_strdup_printf("\"%s\"", text);
    vt_wait(vt, has, (void *)text, what, timeout_ms);
}

void vt_wait_no_text(Vt *vt, const char *text, int timeout_ms)
{
    g_autofree char *what = g_strdup_printf("\"%s\" to go", text);
    vt_wait(vt, has_not, (void *)text, what, timeout_ms);
}

void vt_wait_match(Vt *vt, const char *pattern, int timeout_ms)
{
    g_autoptr(GRegex) regex = g_regex_new(pattern, 0, 0, NULL);
    g_autofree char *what = g_strdup_printf("/%s/", pattern);
    g_assert_nonnull(regex);
    vt_wait(vt, matches, regex, what, timeout_ms);
}

void vt_wait_cursor(Vt *vt, int row, int column, int timeout_ms)
{
    VTermPos wanted = {row, column};
    g_autofree char *what = g_strdup_printf("the cursor at %d,%d", row, column);
    vt_wait(vt, cursor_is, &wanted, what, timeout_ms);
}

/* ---- the rest ---- */

int vt_rows(const Vt *vt)
{
    return vt->rows;
}

int vt_columns(const Vt *vt)
{
    return vt->columns;
}

void vt_cursor(Vt *vt, int *row, int *column, gboolean *visible)
{
    *row = vt->cursor.row;
    *column = vt->cursor.col;
    if (visible) {
        *visible = vt->cursor_visible;
    }
}

const char *vt_title(const Vt *vt)
{
    return vt->title->str;
}

guint vt_bells(const Vt *vt)
{
    return vt->bells;
}

gboolean vt_alternate(const Vt *vt)
{
    return vt->alternate;
}

gboolean vt_bracketed(const Vt *vt)
{
    return vt->bracketed;
}

gboolean vt_focus_mode(const Vt *vt)
{
    return vt->focus_mode;
}

int vt_mouse_mode(const Vt *vt)
{
    return vt->mouse_mode;
}

struct termios vt_termios(const Vt *vt)
{
    struct termios modes;
    g_assert_cmpint(tcgetattr(vt->fd, &modes), ==, 0);
    return modes;
}

guint64 vt_bytes(const Vt *vt)
{
    return vt->bytes;
}

void vt_mark(Vt *vt)
{
    g_string_truncate(vt->output, 0);
}

const GString *vt_output(const Vt *vt)
{
    return vt->output;
}
