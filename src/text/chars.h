/* SPDX-License-Identifier: MIT */
/* chars: what kind of thing a code point is to this room, and clusters of them. Private. */
#ifndef SM_TEXT_CHARS_H
#define SM_TEXT_CHARS_H

#include <glib.h>

#define SM_CHAR_REPLACEMENT 0xFFFDu
#define SM_CHAR_DOTTED 0x25CCu
#define SM_CHAR_ZWNJ 0x200Cu
#define SM_CHAR_ZWJ 0x200Du

/* Code points of one cluster that are looked at when it is drawn or measured. */
#define SM_CLUSTER_MAX 48

typedef enum {
    SM_CHAR_PLAIN,
    SM_CHAR_NEWLINE,
    SM_CHAR_TAB,
    SM_CHAR_BAD,    /* control, noncharacter, surrogate: a visible mark instead */
    SM_CHAR_HIDDEN, /* invisible wherever it stands: dropped */
    SM_CHAR_JOINER, /* these three and the tags may belong to a cluster */
    SM_CHAR_SELECTOR,
    SM_CHAR_PREPEND, /* number signs of Arabic and others */
    SM_CHAR_BLANK,   /* braille blank: fine among braille */
    SM_CHAR_TAG,     /* the letters and the end of a flag such as Scotland's */
} SmCharKind;

SmCharKind sm_char_kind(gunichar c);
/* Never seen by itself: hidden, joiner, selector, tag. */
gboolean sm_char_is_unseen(gunichar c);
gboolean sm_char_ambiguous(gunichar c);
gboolean sm_char_is_mark(gunichar c);   /* Mn, Mc, Me */
gboolean sm_char_is_letter(gunichar c); /* L* */
gboolean sm_char_is_digit(gunichar c);  /* Nd */
gboolean sm_char_is_pict(gunichar c);   /* Extended_Pictographic */
gboolean sm_char_is_skin(gunichar c);
gboolean sm_char_is_virama(gunichar c);
gboolean sm_char_is_han(gunichar c);
gboolean sm_char_is_cursive(gunichar c); /* of a script whose letters join */
gboolean sm_char_is_space(gunichar c);   /* Zs */

/* Take one code point and move *p. SM_CHAR_REPLACEMENT and *bad = TRUE for each longest piece that
 * is not UTF-8. */
gunichar sm_char_take(const char **p, const char *end, gboolean *bad);
/* The same for text known to be valid. */
gunichar sm_char_get(const char **p, const char *end);

/* Is there a grapheme border between a and b? `state` as for utf8proc, 0 at a border. */
gboolean sm_char_border(gunichar a, gunichar b, gint32 *state);

/* Between two such characters is a border, whatever came before. */
gboolean sm_char_stands_alone(gunichar c);

/* Compose to NFC in place of at most `max` code points; gives the new number. */
gsize sm_chars_nfc_short(gunichar *chars, gsize n, gsize max);

/* The form of one cluster that is drawn. `out` has room for 2 * SM_CLUSTER_MAX. Number written;
 * `dropped` (may be NULL) counts what was left out. */
guint sm_cluster_draw(const gunichar *in, guint n, gunichar *out, guint *dropped);

/* An emoji of several code points that may be shown as a whole: all of them known to libc and part of one. */
gboolean sm_cluster_whole(const gunichar *in, guint n);

/* Decode the cluster at byte `at` into buf (SM_CLUSTER_MAX); gives its end, *count what is in buf.
 */
gsize sm_cluster_read(const char *text, gsize n, gsize at, gunichar *buf, guint *count);

#endif
