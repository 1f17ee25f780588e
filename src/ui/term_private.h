/* SPDX-License-Identifier: MIT */
/* The terminal's inside: term.c (life and events), term_caps.c (what it can), term_out.c (bytes
 * out), term_guard.c (modes given back whatever happens). */
#ifndef SEATMUX_UI_TERM_PRIVATE_H
#define SEATMUX_UI_TERM_PRIVATE_H

#include <stdio.h>
#include <termios.h>

#include "ui/term.h"

enum {
    TERM_PROBE_MS = 150,   /* how long the question for ambiguous widths waits for its answer */
    TERM_RESTORE_MS = 100, /* how long the way out waits for a slow terminal */
    TERM_SIGNALS = 4
};

/* What terminfo says, read before ncurses takes over. */
typedef struct {
    char *name;    /* the type used */
    char *restore; /* bytes that give the screen back */
    int colours;
    gboolean title; /* it shows window titles */
} SmTermCaps;

struct SmTerm {
    SmLoop *loop;
    SmTermEvents events;
    void *user;

    int in, out; /* opened anew where possible, so that O_NONBLOCK is ours alone */
    gboolean own_in, own_out;
    int out_flags;        /* of a borrowed descriptor, to be given back */
    struct termios saved; /* as found */
    struct termios raw;

    SmTermCaps caps;
    SmSafe *notice;
    int memfd;
    int64_t taken; /* bytes of the memory file that were taken */
    FILE *memory, *null;
    void *screen; /* SCREEN */

    SmKeys *keys;
    guint64 in_watch, out_watch, keys_timer, probe_timer, gone_source;
    int64_t keys_timer_at;
    guint signals[TERM_SIGNALS];
    guint64 guard_watch;
    int guard_fd;

    GString *pending; /* bytes that the terminal has not taken */
    gsize sent;       /* of pending */

    int rows, columns;
    int ambiguous;
    SmTermBorders borders;
    gboolean utf8;     /* the locale's encoding */
    gboolean bad_utf8; /* the terminal shows UTF-8 as something else */
    gboolean probing;
    gboolean cautious; /* ASCII until the answer is known */
    gboolean mouse, titled, paused, gone;
    SmTermStats stats;
};

/* term_caps.c */
gboolean sm_term_caps_read(SmTermCaps *caps, const char *type, gboolean no_color, SmSafe **notice,
                           GError **error);
void sm_term_caps_clear(SmTermCaps *caps);
/* Teach the parser the keys of the entry; after newterm(). */
void sm_term_caps_keys(SmKeys *keys);

/* term_out.c */
void sm_term_push(SmTerm *term, const char *bytes, gsize n);
/* Move what ncurses wrote from the memory file to the end of what is pending, or throw it away. */
void sm_term_take(SmTerm *term);
void sm_term_discard(SmTerm *term);
/* Write what the terminal takes now. */
void sm_term_write(SmTerm *term);
/* Write all, waiting at most TERM_RESTORE_MS; what is pending is forgotten first. */
void sm_term_write_last(SmTerm *term, const char *bytes, gsize n);

/* term_probe.c */
void sm_term_probe_ask(SmTerm *term);
void sm_term_probe_answer(SmTerm *term, const SmInput *input);
gboolean sm_term_probe_cautious(void); /* draw ASCII until the answer is there */

/* term.c */
void sm_term_lost(SmTerm *term); /* a write error or hang-up: reported from the loop, once */

/* term_guard.c: from arm to disarm, fatal signals and exit() give the modes back. `fd` of the
 * eventfd counts SIGTSTP as 1 and SIGCONT as 2^32. */
#define TERM_GUARD_CONT ((uint64_t)1 << 32)
int sm_term_guard_arm(int fd, const struct termios *saved, const char *restore);
void sm_term_guard_active(gboolean active); /* FALSE while paused */
void sm_term_guard_stop(void);              /* stop the process group; returns when continued */
void sm_term_guard_disarm(void);

#endif
