/* SPDX-License-Identifier: MIT */
/* exam: what a trainee is asked before they are let near customers: a bank of questions and a shift, from a YAML file in
 * exams/. docs/exam.md explains the file. Pure: who asks and who marks is the command's business. */
#ifndef SEATMUX_SIM_EXAM_H
#define SEATMUX_SIM_EXAM_H

#include <glib.h>

#include "seatmux/base/error.h"
#include "seatmux/base/rng.h"
#include "seatmux/sim/phrase.h"

typedef enum { SM_ASK_SINGLE, SM_ASK_MULTIPLE, SM_ASK_ORDER, SM_ASK_SHORT } SmAskKind;

/* A question in one language. */
typedef struct {
    char *language; /* "zh-CN", "en" */
    char *ask;
    char **options; /* of all kinds but SHORT */
    char **accept;  /* of SHORT: one of these words is in a right answer (case ignored) */
} SmAskText;

typedef struct {
    char *id;
    SmAskKind kind;
    int points;
    GArray *answer;   /* guint, from 0: the right options (ORDER: in their order). As in the file, before shuffling */
    GPtrArray *texts; /* SmAskText; the first where a language is missing */
} SmAsk;

typedef struct {
    char *id;           /* file name without .yaml */
    SmPhrase *title;
    SmPhrase *about;
    int pass;           /* permille of the whole that must be reached */
    int written_share;  /* permille; the applied part has the rest */
    int64_t time;       /* ms for the written part; -1: no limit */
    guint questions;    /* drawn; 0: all */
    GPtrArray *bank;    /* SmAsk */
    char *scenario;     /* of the applied part; NULL: none */
    int customers;
    GArray *seeds;      /* gint64, one is drawn */
} SmExam;

SmExam *sm_exam_load(const char *path, SmFindings *findings); /* NULL when there are errors */
void sm_exam_free(SmExam *exam);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmExam, sm_exam_free)

/* One question as it is put to somebody. */
typedef struct {
    const SmAsk *ask;
    const SmAskText *text;
    GArray *order; /* guint: option shown at this place */
} SmPut;
/* The questions of one sitting: drawn and shuffled by the generator, in this language where they have it. SmPut. */
GPtrArray *sm_exam_draw(const SmExam *exam, const char *language, SmRng *rng);
/* The seed of its shift. */
gint64 sm_exam_seed(const SmExam *exam, SmRng *rng);

/* "b", "2", "a c", "c,a,b" into places of the options as shown; FALSE and why (static, to be translated) if it can't be an
 * answer. SHORT takes every text that is not empty. `places` is emptied first. */
gboolean sm_put_read(const SmPut *put, const char *answer, GArray *places, const char **why);
/* Permille of the points: all or nothing for SINGLE and SHORT; MULTIPLE: right ones less wrong ones; ORDER: places that
 * are right. */
int sm_put_grade(const SmPut *put, const char *answer);
/* The right answer in words. Caller frees. */
char *sm_put_right(const SmPut *put);

#endif
