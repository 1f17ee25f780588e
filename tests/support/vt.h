/* SPDX-License-Identifier: MIT */
/* vt: a program on a pseudo-terminal with libvterm as its screen. Every wait is bounded, none is a
 * sleep: wait for what you expect to see. A wait that runs out ends the test with the screen
 * printed.
 *
 *     g_autoptr(Vt) vt = vt_spawn(24, 80, argv, NULL);
 *     vt_wait_text(vt, "ready", 2000);
 *     vt_keys(vt, "hello\r");
 *     vt_wait_text(vt, "you said hello", 2000);
 *     vt_assert_screen(vt, "hello.txt");
 *     vt_keys(vt, "q");
 *     g_assert_cmpint(vt_wait_exit(vt, 2000), ==, 0);
 *
 * The environment of the program: TERM=xterm-256color, LC_ALL=C.UTF-8, and ASAN_OPTIONS with a
 * log_path, so that a sanitizer's report goes to a file (vt_wait_exit and vt_free fail the test
 * with it) and not to the screen. Questions of the program (cursor place) are answered, as a
 * terminal does, unless vt_mute(). */
#ifndef SEATMUX_TESTS_VT_H
#define SEATMUX_TESTS_VT_H

#include <glib.h>
#include <sys/types.h>
#include <termios.h>

typedef struct Vt Vt;

/* One cell as shown. */
typedef struct {
    gunichar chars[7]; /* base and marks, ends with 0; a blank is ' ' */
    int width;         /* 1 or 2; 0: the right half of a wide one */
    gboolean bold, italic, underline, reverse;
    int fg, bg; /* 0..255, -1 the default, -2 an RGB colour */
} VtCell;

/* Run argv[0] (a path, or found in PATH). env is a list of "NAME=value" that is added ("NAME"
 * alone: removed), may be NULL. Never NULL: the test ends if it can't be started. */
Vt *vt_spawn(int rows, int columns, const char *const *argv, const char *const *env);
/* Run a function in a child on the terminal; its result is the exit status. Only async-safe before
 * threads exist: for small tests. */
Vt *vt_call(int rows, int columns, int (*fn)(void *user), void *user, const char *const *env);
/* A screen without a program: fed by vt_feed() alone. */
Vt *vt_screen_only(int rows, int columns);
/* Kill what still runs (tests should have ended it) and free. */
void vt_free(Vt *vt);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Vt, vt_free)

pid_t vt_pid(const Vt *vt);
void vt_mute(Vt *vt); /* answer no questions from now on */
/* Show bytes as if the program had written them. */
void vt_feed(Vt *vt, const char *bytes, gssize n);

/* What the user does. */
void vt_keys(Vt *vt, const char *bytes); /* bytes as a terminal sends them */
void vt_keys_n(Vt *vt, const char *bytes, gsize n);
void vt_paste(Vt *vt, const char *text); /* bracketed if the program asked for that */
void vt_resize(Vt *vt, int rows,
               int columns); /* 0, 0: the program is told nothing, the screen stays */
void vt_signal(Vt *vt, int signal);
void vt_hangup(Vt *vt); /* the terminal goes away */

/* Read what the program has written so far, for at most `ms` of silence (0: only what is there). */
void vt_pump(Vt *vt, int ms);
/* Wait until some row holds the text (or none, or a row matches a regular expression). */
void vt_wait_text(Vt *vt, const char *text, int timeout_ms);
void vt_wait_no_text(Vt *vt, const char *text, int timeout_ms);
void vt_wait_match(Vt *vt, const char *regex, int timeout_ms);
void vt_wait_cursor(Vt *vt, int row, int column, int timeout_ms);
/* Wait until fn(vt, user) is TRUE; `what` names it in the failure. */
void vt_wait(Vt *vt, gboolean (*fn)(Vt *vt, void *user), void *user, const char *what,
             int timeout_ms);
gboolean vt_has_text(Vt *vt, const char *text); /* now, without reading */
/* The exit status (128 + signal if killed by one); the test ends when it does not exit in time or a
 * sanitizer found something. */
int vt_wait_exit(Vt *vt, int timeout_ms);
/* Wait until the program is stopped by SIGSTOP (SIGTSTP stops nothing without a shell above it: run
 * the program below `bash -m -c`, as tests/ui/test_term.c does). */
void vt_wait_stopped(Vt *vt, int timeout_ms);

/* The screen. Rows come without trailing blanks; caller frees. */
int vt_rows(const Vt *vt);
int vt_columns(const Vt *vt);
char *vt_row(Vt *vt, int row);
char *vt_screen(Vt *vt); /* all rows, each ended by a newline */
VtCell vt_cell(Vt *vt, int row, int column);
void vt_cursor(Vt *vt, int *row, int *column, gboolean *visible);
const char *vt_title(const Vt *vt);
guint vt_bells(const Vt *vt);
gboolean vt_alternate(const Vt *vt); /* the alternate screen is on */
gboolean vt_bracketed(const Vt *vt); /* modes that the program has asked for */
gboolean vt_focus_mode(const Vt *vt);
int vt_mouse_mode(const Vt *vt); /* 0, 1000, 1002, 1003 */
struct termios vt_termios(const Vt *vt);
/* Bytes the program wrote in all, and all of them since the last vt_mark(), escape sequences
 * included. */
guint64 vt_bytes(const Vt *vt);
void vt_mark(Vt *vt);
const GString *vt_output(const Vt *vt);

/* Compare the whole screen with a file: "ui/start.txt" is tests/ui/golden/start.txt. With
 * SEATMUX_GOLDEN=update in the environment the file is written instead. */
void vt_assert_screen(Vt *vt, const char *name);

#endif
