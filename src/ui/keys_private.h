/* SPDX-License-Identifier: MIT */
/* The parser's inside: keys.c cuts the bytes into sequences, keys_decode.c says what they mean. */
#ifndef SEATMUX_UI_KEYS_PRIVATE_H
#define SEATMUX_UI_KEYS_PRIVATE_H

#include "ui/keys.h"

typedef enum {
    KEYS_GROUND,
    KEYS_UTF8,   /* inside a character */
    KEYS_ESC,    /* ESC, what follows is not known */
    KEYS_CSI,    /* ESC [ */
    KEYS_SS3,    /* ESC O */
    KEYS_LINUX,  /* ESC [ [ and one more */
    KEYS_X10,    /* ESC [ M and three more */
    KEYS_STRING, /* an answer up to BEL or ST */
    KEYS_PASTE
} SmKeysState;

struct SmKeys {
    SmInputFn fn;
    void *user;
    SmKeysState state;
    char raw[SM_KEYS_RAW + 1]; /* of what is unfinished */
    gsize n;
    gboolean too_long; /* more came than raw holds; nobody knows such a sequence */
    gboolean alt;      /* an ESC stood before */
    guint utf8_need;   /* bytes of the character in all */
    int64_t last;      /* when the last byte came */

    guint enters;      /* carriage returns that wait for what follows */
    int64_t enters_at; /* when the last of them came */
    gboolean burst;    /* a pasted new line was seen in this burst of bytes */

    GString *paste;
    gsize paste_dropped;
    guint paste_match;   /* bytes of the end mark seen */
    gboolean paste_late; /* handed over in part: its end may never come */

    guint cursors; /* answers expected */
    unsigned char backspace;
    GHashTable *learned; /* sequence -> SmKey */
};

/* Report; the raw bytes are those in keys->raw. */
void sm_keys_emit(SmKeys *keys, SmInput *input);
/* A stroke, as SM_INPUT_TEXT if it types a character; SM_KEY_NONE is reported as unknown. */
void sm_keys_emit_key(SmKeys *keys, SmKey key);
void sm_keys_emit_unknown(SmKeys *keys);

/* keys->raw holds a whole sequence: report what it means. TRUE if a paste begins. */
gboolean sm_keys_decode_csi(SmKeys *keys);
void sm_keys_decode_ss3(SmKeys *keys);
void sm_keys_decode_linux(SmKeys *keys);
void sm_keys_decode_x10(SmKeys *keys);
/* The key taught for what is in keys->raw: reports it and gives TRUE. */
gboolean sm_keys_decode_learned(SmKeys *keys);

/* keys_paste.c: bytes of a paste; the number taken (less than n if it ended). */
void sm_keys_paste_start(SmKeys *keys);
gsize sm_keys_paste_feed(SmKeys *keys, const char *bytes, gsize n);
void sm_keys_paste_quiet(SmKeys *keys);

#endif
