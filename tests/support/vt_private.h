/* SPDX-License-Identifier: MIT */
#ifndef SEATMUX_TESTS_VT_PRIVATE_H
#define SEATMUX_TESTS_VT_PRIVATE_H

#include <vterm.h>

#include "vt.h"

struct Vt {
    int fd; /* master, -1 without a program */
    pid_t pid;
    gboolean exited, mute;
    int status;
    VTerm *term;
    VTermScreen *screen;
    int rows, columns;
    VTermPos cursor;
    gboolean cursor_visible, alternate;
    GString *title;
    guint bells;
    gboolean bracketed, focus_mode;
    int mouse_mode;
    guint64 bytes;
    GString *output; /* since the last mark */
    GString *tail;   /* of the output: a mode sequence that may go on */
    GString *input;  /* keys that the program has not read */
    char *asan_log;
};

/* vt_child.c */
void vt_start(Vt *vt, int columns, const char *const *argv, int (*fn)(void *), void *user,
              const char *const *env);
void vt_reap(Vt *vt);
void vt_check_sanitizer(Vt *vt);

/* vt_screen.c */
void vt_screen_new(Vt *vt);
void vt_watch_modes(Vt *vt, const char *bytes, gsize n);

/* Ends the test and prints the screen. */
void vt_fail(Vt *vt, const char *format, ...) G_GNUC_PRINTF(2, 3) G_GNUC_NORETURN;

#endif
