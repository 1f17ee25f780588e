/* SPDX-License-Identifier: MIT */
/* keys: the bytes a terminal sends, as events. It knows the sequences of xterm, rxvt, the Linux
 * console, PuTTY, tmux and screen by their grammar, and those of the terminfo entry once they are
 * taught (sm_keys_learn). Bytes may be cut anywhere; what is never finished is dropped, never
 * typed.
 *
 * Time is given: feed and flush take `now`, and sm_keys_pending() says when flush is wanted next.
 */
#ifndef SEATMUX_UI_KEYS_H
#define SEATMUX_UI_KEYS_H

#include <glib.h>
#include <stdint.h>

#include "seatmux/app/key.h"

enum {
    SM_KEYS_ESC_MS = 150, /* a lone Esc waits this long, because Alt keys begin with it */
    SM_KEYS_SEQUENCE_MS =
        500, /* an unfinished sequence or character is dropped after this silence */
    SM_KEYS_PASTE_MS =
        2000,              /* a paste that stands still is handed over in part after this silence */
    SM_KEYS_ENTER_MS = 20, /* text this soon after a carriage return: it was pasted, a new line */
    SM_KEYS_RAW = 64,      /* longest sequence that is understood, in bytes */
};

typedef enum {
    SM_INPUT_KEY,    /* a stroke that types nothing: `key` */
    SM_INPUT_TEXT,   /* one character typed, or a new line that was pasted: `text`, and `key` for
                      * views   whose letters are commands */
    SM_INPUT_PASTE,  /* `text`, `size`, `dropped`, `partial` */
    SM_INPUT_MOUSE,  /* `mouse`, `row`, `column`, `key` (modifiers alone) */
    SM_INPUT_FOCUS,  /* `focused` */
    SM_INPUT_CURSOR, /* answer to a question for the cursor's place: `row`, `column` */
    SM_INPUT_UNKNOWN /* a sequence nobody knows, dropped bytes: `raw` */
} SmInputKind;

typedef enum {
    SM_MOUSE_PRESS_1,
    SM_MOUSE_PRESS_2,
    SM_MOUSE_PRESS_3,
    SM_MOUSE_RELEASE,
    SM_MOUSE_DRAG,
    SM_MOUSE_WHEEL_UP,
    SM_MOUSE_WHEEL_DOWN,
    SM_MOUSE_OTHER
} SmMouse;

/* One event. Pointers are valid during the call only. */
typedef struct {
    SmInputKind kind;
    SmKey key;
    const char *text; /* valid UTF-8 with a NUL behind it and none inside, not made safe */
    gsize size;       /* bytes of text */
    gsize dropped;    /* bytes of this paste beyond SM_MAX_PASTE_BYTES */
    gboolean partial; /* the paste stood still; more of it may follow as another paste */
    SmMouse mouse;
    int row, column; /* from 0 */
    gboolean focused;
    const char *raw; /* the bytes it came from (not of a paste), at most SM_KEYS_RAW */
    gsize raw_size;
} SmInput;

typedef void (*SmInputFn)(const SmInput *input, void *user);
typedef struct SmKeys SmKeys;

SmKeys *sm_keys_new(SmInputFn fn, void *user);
void sm_keys_free(SmKeys *keys);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmKeys, sm_keys_free)

/* Teach a sequence (it begins with ESC and has the form of one; others are ignored) that wins over
 * what the grammar says. */
void sm_keys_learn(SmKeys *keys, const char *sequence, SmKey key);
/* The byte that the Backspace key sends besides 0x7f: 0x08 where the terminal says so (VERASE),
 * else 0 and 0x08 is C-h. */
void sm_keys_backspace(SmKeys *keys, unsigned char byte);
/* One more answer for the cursor's place will come: CSI 1;c R is not F3 with modifiers meanwhile.
 */
void sm_keys_expect_cursor(SmKeys *keys);
/* No answer is waited for any more (a late one from below the first row is still understood). */
void sm_keys_forget_cursor(SmKeys *keys);

/* Feed n bytes read at `now_ms` (boot time). Calls the function given for each event, in order; it
 * may not feed or free this parser. */
void sm_keys_feed(SmKeys *keys, const void *bytes, gsize n, int64_t now_ms);
/* When sm_keys_flush() must be called: boot time in ms, or -1 if nothing waits. */
int64_t sm_keys_pending(const SmKeys *keys);
/* Resolve what has waited long enough at `now_ms`. Calling it too early does nothing. */
void sm_keys_flush(SmKeys *keys, int64_t now_ms);
/* A paste is under way (the caller may say so). */
gboolean sm_keys_pasting(const SmKeys *keys);
/* Forget all that is unfinished, without events (after a suspend). */
void sm_keys_reset(SmKeys *keys);

#endif
