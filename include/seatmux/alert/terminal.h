/* SPDX-License-Identifier: MIT */
/* terminal: alerts as bytes for the terminal itself: OSC 777, 9 or 99, the bell, the window title.
 * Nothing is written here; the caller hands the bytes to whatever writes to the terminal, whole, so
 * that no frame is drawn in the middle of one. */
#ifndef SEATMUX_ALERT_TERMINAL_H
#define SEATMUX_ALERT_TERMINAL_H

#include "seatmux/alert/policy.h"

typedef enum {
    SM_TERMINAL_AUTO,
    SM_TERMINAL_777,
    SM_TERMINAL_9,
    SM_TERMINAL_99,
    SM_TERMINAL_BELL,
    SM_TERMINAL_NONE,
    SM_TERMINAL_PROTOCOLS
} SmTerminalProtocol;

typedef enum { SM_MUX_NONE, SM_MUX_TMUX, SM_MUX_SCREEN } SmMultiplexer;

typedef struct {
    SmTerminalProtocol protocol; /* never AUTO after detection */
    SmMultiplexer mux;
    gboolean title; /* the terminal has a window title that can be set */
} SmTerminalRoute;

#define SM_TERMINAL_TITLE_CHARS 100
#define SM_TERMINAL_BODY_CHARS 200

/* The setting's words: "auto", "777", "9", "99", "bell", "none". NULL-terminated, in order of the
 * enum. */
const char *const *sm_terminal_protocol_names(void);
/* TRUE and the protocol if `name` is one of them. */
gboolean sm_terminal_protocol_parse(const char *name, SmTerminalProtocol *protocol);

/* What to use by the setting and the environment (as g_get_environ() gives it). A multiplexer is
 * found whatever the setting; inside screen, or when nobody can tell which multiplexer is the outer
 * one, the answer is the bell. */
SmTerminalRoute sm_terminal_detect(SmTerminalProtocol setting, char **environment);
/* "OSC 777", "OSC 9 in tmux", "bell": for the status line. Static. */
const char *sm_terminal_route_name(const SmTerminalRoute *route);

/* Bytes that show a notification; an empty string with SM_TERMINAL_NONE. Control characters and ";"
 * are replaced, lengths capped. `slot` lets OSC 99 replace in place; `level` sets its urgency.
 * Inside tmux: wrapped for passthrough (which tmux 3.3 and later must allow: allow-passthrough on),
 * and a bell. Caller frees. */
GString *sm_terminal_notify(const SmTerminalRoute *route, guint32 slot, SmUrgency level,
                            const SmSafe *title, const SmSafe *body);
/* Bytes that take it away where the protocol can (OSC 99), else empty. Caller frees. */
GString *sm_terminal_close(const SmTerminalRoute *route, guint32 slot);
/* Bytes of the bell: one BEL, or empty with SM_TERMINAL_NONE. Caller frees. */
GString *sm_terminal_bell(const SmTerminalRoute *route);
/* Bytes that set the window title: "(3) name", "(3!) name" when any is overdue, "name" with none.
 * Empty where there is no title to set. Caller frees. */
GString *sm_terminal_title(const SmTerminalRoute *route, guint waiting, gboolean overdue,
                           const SmSafe *name);
/* Bytes that save the title at start, and put it back at the end. Empty without a title. Caller
 * frees. */
GString *sm_terminal_title_save(const SmTerminalRoute *route);
GString *sm_terminal_title_restore(const SmTerminalRoute *route);

#endif
