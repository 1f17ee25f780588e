/* SPDX-License-Identifier: MIT */
/* reply: quick replies (canned responses) from YAML packs. Packs are parsed and checked as a whole
 * set and then swapped in; on an error the old set stays. Layers: shipped < user; the same code:
 * the higher wins. */
#ifndef SEATMUX_APP_REPLY_H
#define SEATMUX_APP_REPLY_H

#include <glib.h>
#include <stdint.h>

#include "seatmux/app/key.h"
#include "seatmux/base/error.h"
#include "seatmux/text/template.h"

typedef struct {
    char *code;
    char *title;
    char *pack;
    char *file;
    int line;
    char *language; /* of `text`; "" if the pack names none */
    char *team;     /* NULL: for all */
    SmKey keys[SM_KEY_SEQUENCE];
    guint n_keys;  /* 0: no key of its own */
    int slot;      /* 1..9 in the picker; 0: by rank */
    gboolean send; /* the key sends at once */
    char **tags;
    char **attach;
    SmTemplate *text;
    SmTemplate *fallback;            /* NULL */
    GPtrArray *languages;            /* other languages: SmReplyText */
    int64_t valid_from, valid_until; /* days since 1970 in local time, inclusive; 0: open */
    guint valid_days;                /* bit 0 = Monday; 0: all */
    int from_minute, until_minute;   /* of the day; -1: all day */
} SmReply;

typedef struct {
    char *language;
    char *title; /* NULL: the reply's */
    SmTemplate *text;
} SmReplyText;

typedef struct SmReplies SmReplies;

/* Load packs from directories, lowest layer first (files *.yaml in order of name). Returns NULL if
 * there were errors (all in findings; warnings alone do not matter). A missing directory is fine.
 */
SmReplies *sm_replies_load(const char *const *directories, SmFindings *findings);
void sm_replies_free(SmReplies *replies);
const char *const *
sm_replies_directories(const SmReplies *replies); /* it was loaded from; NULL: none */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmReplies, sm_replies_free)
guint sm_replies_count(const SmReplies *replies);
const SmReply *sm_replies_at(const SmReplies *replies,
                             guint i); /* by pack, then place in the file */
const SmReply *sm_replies_by_code(const SmReplies *replies, const char *code);
/* The reply whose own key this is; NULL. n strokes so far; *prefix TRUE if longer ones begin so. */
const SmReply *sm_replies_by_key(const SmReplies *replies, const SmKey *keys, guint n,
                                 gboolean *prefix);

/* Is it for this moment (local wall time in ms) and team? */
gboolean sm_reply_valid(const SmReply *reply, int64_t wall_ms, const char *team);
/* The template for a language ("zh-CN" falls to "zh", then to the reply's own). *language: what was
 * taken (borrowed). */
const SmTemplate *sm_reply_text(const SmReply *reply, const char *wanted, const char **language);
/* Its title for a reader of these languages, best first, as g_get_language_names() has them ("C" counts as English); borrowed. */
const char *sm_reply_title(const SmReply *reply, const char *const *languages);

/* Replies ranked for a chat: team, language, then use; fuzzy over code, title, tags when filter is
 * not empty. Digits: slot replies first at their digit, rank fills the free ones. Order is stable
 * within a session (use counts at its start). */
typedef struct {
    const SmReply *reply;
    int digit; /* 1..9; 0: none */
    int score;
    GArray *positions; /* matched character positions in the code (guint); NULL without filter */
} SmReplyHit;
GPtrArray *sm_replies_rank(const SmReplies *replies, const char *team, const char *language,
                           const char *filter, int64_t wall_ms);

/* Findings about own keys that the key map has already, or that make no sense: to be called when
 * both are there. */
typedef struct SmKeymap SmKeymap;
void sm_replies_check_keys(const SmReplies *replies, const SmKeymap *keymap, SmFindings *findings);
/* A number that changes when a file of these directories may have; cheap (names, sizes, times). */
guint64 sm_replies_stamp(const char *const *directories);
/* Take over use counts and ranking of the set before. */
void sm_replies_take_counts(SmReplies *replies, const SmReplies *from);

/* Use counts, kept by the caller between runs. */
void sm_replies_count_use(SmReplies *replies, const char *code);
int64_t sm_replies_used(const SmReplies *replies, const char *code);
void sm_replies_set_used(SmReplies *replies, const char *code,
                         int64_t n); /* at the session's start, before ranking */

#endif
