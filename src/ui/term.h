/* SPDX-License-Identifier: MIT */
/* term: the terminal itself. ncurses draws into a memory file; the bytes of a frame are then
 * written without blocking, and while some of them wait no new frame is drawn (sm_term_ready). It
 * sets the modes and gives them back on every way out: sm_term_free, exit(), fatal signals,
 * suspend.
 *
 * One terminal at a time in a process: ncurses and signal handlers are the process's. */
#ifndef SEATMUX_UI_TERM_H
#define SEATMUX_UI_TERM_H

#include <glib.h>
#include <stdint.h>

#include "seatmux/base/loop.h"
#include "seatmux/base/safe.h"
#include "ui/keys.h"

typedef struct SmTerm SmTerm;

/* What the terminal tells its user; any may be NULL. Called from the loop, never inside another
 * call of this header, but `input` may come from sm_term_* calls that end a pause. */
typedef struct {
    SmInputFn input; /* keys, text, paste, mouse, focus */
    void (*reading)(gboolean begins,
                    void *user); /* before and after the `input` calls of all bytes that were
                                  * there: for sm_frames_hold() and sm_frames_flush() */
    void (*resized)(int rows, int columns,
                    void *user); /* ncurses has the new size: draw everything */
    void (*drained)(void *user); /* sm_term_ready() has become TRUE again: a dropped frame is due */
    void (*probed)(
        void *user); /* sm_term_ambiguous() or sm_term_lines() has changed: draw everything */
    void (*resumed)(void *user); /* back after a suspend or pause: draw everything */
    void (*signalled)(int signal,
                      void *user); /* SIGTERM, SIGHUP, SIGINT: save and quit. NULL: the modes
                                    * are restored and the signal takes its usual effect */
    void (*gone)(void *user); /* the terminal is gone (hang-up or a write error); called once, then
                               * nothing more is read or written */
} SmTermEvents;

typedef enum { SM_TERM_BORDERS_AUTO, SM_TERM_BORDERS_LINE, SM_TERM_BORDERS_ASCII } SmTermBorders;

/* AUTO: as the terminal can, but none with a non-empty $NO_COLOR. */
typedef enum { SM_TERM_COLOUR_AUTO, SM_TERM_COLOUR_ALWAYS, SM_TERM_COLOUR_NEVER } SmTermColour;

typedef struct {
    SmLoop *loop;      /* a GLib loop; needed */
    int in, out;       /* descriptors, usually 0 and 1; both must be terminals */
    const char *term;  /* NULL: $TERM */
    SmTermColour colour;
    gboolean mouse;    /* ask for mouse reports from the start */
    SmTermBorders borders;
    SmTermEvents events;
    void *user;
} SmTermSetup;

/* Set the terminal up and start to read it. An unknown terminal type is tried as xterm-256color and
 * sm_term_notice() says so. NULL with SM_ERROR_INVALID where it can't be done: not a terminal, or a
 * type that can't place the cursor (dumb). */
SmTerm *sm_term_new(const SmTermSetup *setup, GError **error);
/* Is there a description of terminals of this type? NULL is none. Not while a terminal is set up. */
gboolean sm_term_known(const char *type);
/* Restore the modes (waits at most 100 ms for a slow terminal) and free. NULL is fine. */
void sm_term_free(SmTerm *term);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmTerm, sm_term_free)

/* What the user should be told about the terminal, or NULL. */
const SmSafe *sm_term_notice(const SmTerm *term);
void sm_term_size(const SmTerm *term, int *rows, int *columns); /* at least 1x1 */
int sm_term_colours(const SmTerm *term);                        /* 0 (none), 8, 16 or 256 */
/* Columns of characters of ambiguous width on this terminal: 1 or 2 (learnt by asking it). */
int sm_term_ambiguous(const SmTerm *term);
/* Lines and blocks may be drawn; FALSE: ASCII alone. */
gboolean sm_term_lines(const SmTerm *term);
gboolean sm_term_set_borders(SmTerm *term,
                             SmTermBorders borders); /* TRUE if sm_term_lines() changed */

/* Nothing waits for the terminal: a frame may be drawn. FALSE also when paused or gone. */
gboolean sm_term_ready(const SmTerm *term);
/* Send what has been drawn (wnoutrefresh) as one frame. Never blocks. Does nothing and returns
 * FALSE when not ready: the caller draws again after `drained`. */
gboolean sm_term_frame(SmTerm *term);
/* The next frame repaints every cell (Ctrl-L). */
void sm_term_repaint(SmTerm *term);

/* These go out between frames; dropped when the terminal is not ready for them. */
void sm_term_bell(SmTerm *term);
void sm_term_title(SmTerm *term, const SmSafe *title);
/* Clipboard, OSC 52. How many bytes of it went there: 0 when it was dropped, only those of the beginning when
 * it is longer than the 74,994 bytes that terminals take. */
gsize sm_term_copy(SmTerm *term, const SmSafe *text);
/* A whole control sequence of the program (a terminal notification): the caller makes it from safe
 * text alone. FALSE when it was dropped. */
gboolean sm_term_send(SmTerm *term, const SmSafe *sequence);
void sm_term_mouse(SmTerm *term, gboolean on);

/* Give the terminal to another program (an editor) and take it back. */
void sm_term_pause(SmTerm *term);
void sm_term_resume(SmTerm *term);
/* Stop the process group as a shell's Ctrl-Z does; returns after it was continued. */
void sm_term_suspend(SmTerm *term);

typedef struct {
    uint64_t frames;  /* sent */
    uint64_t dropped; /* sm_term_frame() calls refused */
    uint64_t bytes;   /* handed to the kernel */
} SmTermStats;
SmTermStats sm_term_stats(const SmTerm *term);

#endif
