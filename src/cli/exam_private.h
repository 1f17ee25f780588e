/* SPDX-License-Identifier: MIT */
/* exam_private: the parts of `seatmux exam`: the record of a sitting, the written part, the sheet. */
#ifndef CLI_EXAM_PRIVATE_H
#define CLI_EXAM_PRIVATE_H

#include <stdio.h>

#include "cli/connection.h"
#include "seatmux/base/json.h"
#include "seatmux/sim/exam.h"

/* --- exam_record.c: what happened, each entry sealed with all before it ------------------------- */

/* Adds {"n", "at", "what", ...data, "chain"}; chain is the SHA-256 of the chain before (of `root` for the first) and of the
 * entry. data is taken over. */
void sm_exam_note(json_t *log, const char *root, const char *what, json_t *data);
/* The last chain: whoever has this number knows whether the log is still the one it was. Borrowed; NULL: empty. */
const char *sm_exam_seal(const json_t *log);
/* A result document as it was sealed? Words on `out` either way. The document, new reference, or NULL. */
json_t *sm_exam_verify(FILE *out, const char *path);
/* One line more in the list of attempts, sealed with those before it. FALSE: it could not be written. */
gboolean sm_exam_attempt(const char *path, const json_t *result, GError **error);

/* --- exam_hand_in.c --------------------------------------------------------------------------------- */

/* A passed result, as it was sealed, to the desk of its owner or of their supervisor. Exit status. */
int sm_exam_hand_in(const char *path, const SmConnectionOptions *o);

/* --- exam_written.c -------------------------------------------------------------------------------- */

/* Asks line by line on `out` and standard input until all is answered, time is over or input ends; notes each answer.
 * {"points", "of", "permille", "answered", "asked", "time_over"}. New reference. */
json_t *sm_exam_written(FILE *out, const SmExam *exam, const GPtrArray *puts, json_t *log, const char *root);

/* --- exam_sheet.c ---------------------------------------------------------------------------------- */

void sm_exam_print(FILE *out, const json_t *result);      /* for a terminal */
void sm_exam_print_html(FILE *out, const json_t *result); /* a page to print and to sign */

#endif
