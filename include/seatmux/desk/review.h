/* SPDX-License-Identifier: MIT */
/* review: how well conversations were handled, by a form of the policy. A pass over a log finds conversations worth looking
 * at, what was given to whom, and how far reviewers agree; nothing of it is in the fold, so that it grows nowhere. */
#ifndef SEATMUX_DESK_REVIEW_H
#define SEATMUX_DESK_REVIEW_H

#include <glib.h>
#include <stdint.h>

#include "seatmux/base/json.h"
#include "seatmux/desk/event.h"
#include "seatmux/desk/policy.h"

#define SM_SAMPLE_MOST 100 /* conversations of one sample */

/* The line of the policy's form with this id; NULL: none. Borrowed. */
const SmCriterion *sm_review_criterion(const SmPolicy *policy, const char *id);
/* Permille of the points that could be had, by weight; of what does not apply nothing is said. `marks`: points by id, as the
 * form allows. -1: nothing is marked. */
int64_t sm_review_score(const SmPolicy *policy, const json_t *marks);

typedef enum {
    SM_SAMPLE_RANDOM, /* by the seed alone: the same seed, the same ones */
    SM_SAMPLE_WAIT,   /* longest wait for an answer first */
    SM_SAMPLE_RATING, /* 1 to 3 stars, fewest first */
    SM_SAMPLE_WORDS,  /* the staff said a word of the lists; most of them first */
    SM_SAMPLE_COMPLAINT, /* the customer complained; fewest stars first */
} SmSampleHow;
const char *sm_sample_name(SmSampleHow how); /* "random"; static */
gboolean sm_sample_parse(const char *text, SmSampleHow *how);

typedef struct {
    int64_t from, to;        /* desk ms, [from, to): conversations by their end, reviews by their own time */
    const char *agent, *team; /* only these; NULL: all. Borrowed in sm_review_book_new() only */
    gboolean sample;         /* conversations are gathered too */
    SmSampleHow how;
    guint64 seed;
    guint n;                 /* of a sample, 1 to SM_SAMPLE_MOST */
} SmReviewWish;

typedef struct SmReviewBook SmReviewBook;

SmReviewBook *sm_review_book_new(const SmReviewWish *wish);
void sm_review_book_free(SmReviewBook *book); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmReviewBook, sm_review_book_free)
/* For SM_SAMPLE_WORDS: adds the words (char*, owned by `found`) that `text` has of the lists. */
typedef void (*SmFindWords)(const char *text, GPtrArray *found, void *user);
void sm_review_book_set_words(SmReviewBook *book, SmFindWords find, void *user);
/* The next record of the log, from the first on. */
void sm_review_book_record(SmReviewBook *book, const SmRecord *record);

/* Who asks may see what is of this team and this agent; `by` NULL: a conversation, not a review. */
typedef gboolean (*SmReviewKeep)(const char *team, const char *agent, const char *by, void *user);

/* {"of": candidates, "conversations": [{"conversation", "team", "inbox", "agent", "started", "ended", "messages", "wait"?,
 * "stars"?, "complaint"?, "answered"?, "excused"?, "comment"?, "words": [..], "reviews": n}]}. New reference; `keep` may be NULL. */
json_t *sm_review_book_sample(const SmReviewBook *book, SmReviewKeep keep, void *user);
/* {"reviews": [{"at", "conversation", "team", "agent", "by", "own", "score", "marks", "text"?}], "comments": [{"at",
 * "conversation", "message", "team", "agent", "by", "text"?}]}, oldest first; of what one person gave for one conversation and
 * agent the last. Score in permille. New reference. */
json_t *sm_review_book_given(const SmReviewBook *book, SmReviewKeep keep, void *user);
/* Where two reviewed the same: {"reviewers": [{"by", "n", "difference"}], "agreement": {"n", "same"}, "own": [{"agent", "n",
 * "difference"}]}: mean difference in permille from the mean of the others, strictest first; marks compared and those that
 * were the same; and how agents see themselves beside their reviewers. New reference. */
json_t *sm_review_book_calibration(const SmReviewBook *book, SmReviewKeep keep, void *user);
/* Mean score of an agent's (`agent` TRUE) or a team's reviews: {"n", "mean", "own_n", "own_mean"}; NULL: there are none. New
 * reference. */
json_t *sm_review_book_mean(const SmReviewBook *book, gboolean agent, const char *id);

#endif
