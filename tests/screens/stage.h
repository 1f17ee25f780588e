/* SPDX-License-Identifier: MIT */
/* stage: the real programs with a home of their own, and screens compared where only the hour and
 * the speed of the machine may differ. SEATMUX and SEATMUXD name the programs. */
#ifndef SEATMUX_TESTS_SCREENS_STAGE_H
#define SEATMUX_TESTS_SCREENS_STAGE_H

#include "vt.h"

enum { WAIT = 15000 }; /* ms; the bound of every wait */

typedef struct {
    char *home;     /* HOME, and the XDG directories below it */
    GPtrArray *env; /* "NAME=value" for vt_spawn() */
    /* The desk's server, where a test wants one. */
    GPid server;
    int server_out;
    char *data;   /* its directory */
    char *listen; /* what it is told */
    char *url;    /* what clients are told */
    guint16 port; /* 0: a Unix socket */
} Stage;

Stage *stage_new(const char *config); /* text of config.yaml; NULL: none */
void stage_free(Stage *stage);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Stage, stage_free)

void stage_set(Stage *stage, const char *name,
               const char *value);                      /* environment of programs to come */
char *stage_path(const Stage *stage, const char *name); /* in the home; caller frees */

/* `seatmux ARGS...`; a NULL ends them. */
Vt *stage_seatmux(Stage *stage, int rows, int columns, ...) G_GNUC_NULL_TERMINATED;
/* Whoever waits longest has waited for so many seconds (2 to 9). The time of day, which looks the same in the first minutes
 * after midnight, is the last thing in its row and does not match. */
#define STAGE_OLDEST(seconds) "\\b00:0[" #seconds "-9][ )]+[^ \n]"

/* Practice with a scenario of tests/screens ("desk-en.yaml"), seed 3; the screen stands, and
 * `waiting` customers wait. */
Vt *stage_practice(Stage *stage, int rows, int columns, const char *scenario, const char *language,
                   int waiting);
/* Ctrl-X a, until that many chats are there. */
void stage_claim(Vt *vt, int chats);
/* Letters, and wait until they stand in the composer. */
void stage_type(Vt *vt, const char *text);
/* Enter, when it no longer waits. */
void stage_enter(Vt *vt);
#define SEEN_AFTER_MS 750 /* a line drawn so long has been seen: an answer to it is not held */
/* Look at the screen for so long: these times are the program's promises. */
void stage_watch(Vt *vt, int ms);
/* Ctrl-X q, and what it asks; it must end with 0. */
void stage_quit(Vt *vt);

/* The screen, clocks and round trips with fixed digits. Caller frees. */
char *stage_screen(Vt *vt);
/* Compare with golden/NAME.txt; SEATMUX_GOLDEN=update writes it. Waits until it is so, in bounds.
 */
void stage_assert_screen(Vt *vt, const char *name);

/* The same with a part of a golden file that has several; `first`: the file begins with it. */
void stage_assert_part(Vt *vt, const char *name, const char *part, gboolean first);

/* Run a program to its end; its standard output. It must end with `status`. Caller frees. */
char *stage_run(Stage *stage, const char *const *argv, const char *input, int status);

#endif
