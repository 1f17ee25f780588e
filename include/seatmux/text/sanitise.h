/* SPDX-License-Identifier: MIT */
/* sanitise: raw bytes in, text that may leave the program out. The only place where a SmSafe is
 * made from what people wrote.
 *
 * What comes out is valid UTF-8 in NFC, holds no C0 or C1 control (but \n where said), no bidi
 * control, no invisible, format, tag or noncharacter, and at most SM_SAFE_MARKS marks on a base.
 * Bad bytes, controls and noncharacters become U+FFFD; invisible ones are dropped and counted.
 * Joiners, selectors, skin tones and tags stay where they belong to a cluster (emoji families, keycaps,
 * Persian, Indic, the flags of England, Scotland and Wales) and are dropped elsewhere. A mark that begins a text or line gets a dotted circle
 * to stand on. Ordinary text of any script comes out as it went in.
 *
 * `n` is in bytes, -1 for NUL-terminated; NULL raw is "". All give a new reference, never NULL.
 * wcwidth() needs LC_CTYPE to be some UTF-8 locale (the mains see to it). */
#ifndef SEATMUX_TEXT_SANITISE_H
#define SEATMUX_TEXT_SANITISE_H

#include <glib.h>

#include "seatmux/base/safe.h"
#include "seatmux/text/width.h"

#define SM_SAFE_MARKS 8        /* combining marks kept on a base */
#define SM_SAFE_MARKS_DRAWN 3  /* of these, zero-width marks drawn in one cell */
#define SM_SAFE_FILE_BYTES 120 /* longest name sm_safe_file_name() gives */

/* What was changed, for a caller that wants to say so. Added to, never reset. */
typedef struct {
    guint dropped; /* invisible or stray code points left out */
    guint marked;  /* bad bytes, controls, noncharacters now U+FFFD */
    guint marks;   /* combining marks beyond the bound left out */
} SmSafeCounts;

typedef enum {
    SM_SAFE_LINE = 0, /* one line: newlines and tabs become spaces */
    SM_SAFE_BLOCK =
        1 << 0, /* keep \n; CR LF, CR, NEL, LS, PS, VT, FF become \n; tabs become spaces */
    SM_SAFE_SCREEN = 1 << 1, /* the form drawn in cells, see sm_safe_screen() */
    SM_SAFE_CLUSTERS = 1 << 2, /* of that form, emoji whole, see sm_safe_clusters() */
} SmSafeFlags;

/* The general one; `counts` may be NULL. The others are short forms of it. */
SmSafe *sm_safe_make(const char *raw, gssize n, SmSafeFlags flags, SmSafeCounts *counts);

SmSafe *sm_safe_line(const char *raw, gssize n);
SmSafe *sm_safe_block(const char *raw, gssize n);

/* For drawing only (keeps \n): also without joiners, joined glyphs, selectors, skin tones; what
 * wcwidth() does not know becomes U+FFFD; a mark without a base stands on a dotted circle; at most
 * SM_SAFE_MARKS_DRAWN zero-width marks in a cell. What it gives, columns and all, is what the
 * functions of width.h and wrap.h measure. */
SmSafe *sm_safe_screen(const char *raw, gssize n);
/* The same in one line. */
SmSafe *sm_safe_screen_line(const char *raw, gssize n);

/* The same with emoji whole - families, flags, skin tones -: for what is drawn by SmWidths.emoji, on the screen or by
 * sm_safe_drawn(). */
SmSafe *sm_safe_clusters(const char *raw, gssize n);
SmSafe *sm_safe_clusters_line(const char *raw, gssize n);
/* What is drawn of such a text, as text. */
SmSafe *sm_safe_drawn(const SmWidths *w, const SmSafe *text);

/* One screen line of at most `columns`, cut at a grapheme, with "…" at the end if cut ("..." where
 * `w` has ambiguous characters wide). */
SmSafe *sm_safe_clipped(const SmWidths *w, const char *raw, gssize n, int columns);

/* A file name without directory: one line, no path or shell troubles ( / \ : * ? " < > | become _
 * ), no leading '.' '-' or space, no trailing '.' or space, at most SM_SAFE_FILE_BYTES, cut at a
 * grapheme with a short extension kept; "file" if nothing is left, "_" before the name of a device (NUL, com1). */
SmSafe *sm_safe_file_name(const char *raw, gssize n);

/* Text on its way in, from a keyboard, a paste or a value: valid UTF-8 without controls (tab
 * becomes a space; \n kept if `block`, else a space), bidi controls, tags, noncharacters and other
 * invisibles. Joiners, selectors and marks stay even alone, since a cluster may arrive in pieces;
 * the ways out judge them. Not normalised. Caller frees with g_free(). */
char *sm_text_input(const char *raw, gssize n, gboolean block);

/* Replace card numbers (13-19 digits, Luhn, beginning and length of an issuer, in groups of one size or of four
 * and more, parted by blanks, dashes, dots or a line's end, and no telephone's behind a +) and Chinese identity
 * numbers (18 digits, checksum, a possible birth date) by * but for the last four digits,
 * separators kept. Fullwidth and other decimal digits count; invisible characters and marks between digits do
 * not hide a number. Text must be valid UTF-8; caller frees. `count` (may be NULL) is set to the
 * numbers masked. */
char *sm_text_mask_numbers(const char *text, guint *count);

/* A message body as it arrives: valid UTF-8 without NUL, not empty or white space alone (both
 * SM_ERROR_INVALID), at most `max_chars` code points (SM_ERROR_LIMIT). */
gboolean sm_text_check_message(const char *bytes, gsize n, gsize max_chars, GError **error);

#endif
