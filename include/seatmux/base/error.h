/* SPDX-License-Identifier: MIT */
/* error: the program's error domain, and findings about files (line, column, reason). */
#ifndef SEATMUX_BASE_ERROR_H
#define SEATMUX_BASE_ERROR_H

#include <glib.h>

#define SM_ERROR (sm_error_quark())
GQuark sm_error_quark(void);

typedef enum {
    SM_ERROR_FAILED,    /* nothing more exact fits */
    SM_ERROR_INVALID,   /* input is not what it must be */
    SM_ERROR_LIMIT,     /* a bound of limits.h was passed; the message names it */
    SM_ERROR_NOT_FOUND,
    SM_ERROR_BUSY,      /* someone else holds it (lock, second instance) */
    SM_ERROR_IO,        /* disk or network */
    SM_ERROR_FULL,      /* disk full */
    SM_ERROR_DENIED,
    SM_ERROR_FENCED,    /* another writer appended: our sequence is stale */
    SM_ERROR_CORRUPT,
    SM_ERROR_VERSION,   /* made by a newer seatmux */
    SM_ERROR_CANCELLED,
} SmErrorCode;

/* One finding in a file. Lines and columns count from 1; 0 = not known. */
typedef struct {
    char *file;
    int line;
    int column;
    gboolean warning; /* FALSE: error */
    char *text;
} SmFinding;

/* A list of findings; loaders add all they find and go on. NULL is an empty list that keeps nothing. */
typedef struct SmFindings SmFindings;

SmFindings *sm_findings_new(void);
void sm_findings_free(SmFindings *f); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmFindings, sm_findings_free)

void sm_findings_error(SmFindings *f, const char *file, int line, int column, const char *format, ...)
    G_GNUC_PRINTF(5, 6);
void sm_findings_warn(SmFindings *f, const char *file, int line, int column, const char *format, ...)
    G_GNUC_PRINTF(5, 6);
guint sm_findings_count(const SmFindings *f);  /* errors and warnings */
guint sm_findings_errors(const SmFindings *f); /* errors alone */
const SmFinding *sm_findings_at(const SmFindings *f, guint i);
/* "file:line:column: error: text" without newline. Caller frees. */
char *sm_finding_format(const SmFinding *finding);
/* Move all of `from` to the end of `to`; `from` is empty afterwards. */
void sm_findings_move(SmFindings *to, SmFindings *from);

#endif
