/* SPDX-License-Identifier: MIT */
/* service_reading: the whole log is read for somebody, in slices between which the desk goes on, one after the other. */
#ifndef SERVER_SERVICE_READING_H
#define SERVER_SERVICE_READING_H

#include "seatmux/desk/report.h"
#include "seatmux/desk/review.h"
#include "seatmux/text/words.h"
#include "service_private.h"

struct Reading {
    SmPending *pending; /* NULL: nobody waits any more */
    SmReportWish wish;
    gboolean wants_explain;
    SmFigure figure;
    char *of;     /* whose figure; NULL */
    char **teams; /* of the asker; NULL: everything may be shown */
    char *agent;  /* who may see the own figures alone; NULL */
    int64_t now, upto, after;
    SmReport *report;
    SmExplain *explain; /* second pass */
    SmReviewBook *book; /* instead of a report; NULL */
    json_t *(*answer)(Reading *r); /* of a book */
    char *me;           /* who asks; NULL: who runs the desk */
    SmWords *words;     /* that the book looks for; NULL */
};

Reading *sm_reading_new(SmPending *p);
void sm_reading_free(Reading *r);
/* Takes the asker's teams over, unless they have all of the desk's. */
void sm_reading_teams(Reading *r, const SmPending *p);
/* An instant of the query, as in sm_instant_parse(). FALSE: the problem is answered. */
gboolean sm_reading_instant(SmPending *p, const char *name, int64_t now, const char *otherwise, int64_t *at);
/* Takes it over: it is answered when its turn has come, or at once that too many wait. */
void sm_reading_begin(Reading *r);

#endif
