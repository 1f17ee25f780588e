/* SPDX-License-Identifier: MIT */
/* supervise: what the files of the queue view share (see include/seatmux/app/supervise.h for what
 * is drawn). */
#ifndef APP_SUPERVISE_H
#define APP_SUPERVISE_H

#include "app/app_private.h"
#include "seatmux/app/supervise.h"
#include "seatmux/desk/filter.h"

struct SmSupervision {
    SmSupervise shown; /* comes first: one is the other */
    SmFilter *filter;
    GHashTable *marked;  /* conversation ids */
    char *selected;      /* id under the cursor, while not following */
    int64_t logged;      /* events up to this seq were in the log when it began */
    GHashTable *logged_of; /* conversation -> seq (int64_t) up to which its later ones are; a state may be ahead of
                              the events of others */
    GHashTable *alerted; /* team + threshold that was said and has not ended */
    guint64 timer;
    json_t *figures;       /* the desk's report of today and of the last minutes, by team; NULL: not told yet */
    SmAskPace pace;        /* of the question for it */
    GPtrArray *kept_filters; /* char*: filters with which the view was used, newest first */
};

/* supervise.c */
gboolean sm_supervise_filter(SmApp *app, const char *text); /* FALSE: said why not */
void sm_supervise_refill(SmApp *app);
void sm_supervise_select(SmApp *app, int index); /* pauses follow */
/* Ids a command acts on: the marked ones, else the one under the cursor. Caller frees with
 * g_strfreev(). */
char **sm_supervise_chosen(SmApp *app);
const SmConversation *sm_supervise_here(SmApp *app); /* under the cursor; NULL */
/* Is this chat one that something is said to many in: of the marked, or any where none is marked? */
gboolean sm_supervise_is_meant(SmApp *app, const char *id);

/* supervise_queues.c */
void sm_supervise_count(SmApp *app, SmSupervision *s);
void sm_supervise_queue_free(void *queue);

/* supervise_figures.c: what the desk says of each queue; it is asked again while one looks. */
void sm_supervise_figures_start(SmApp *app, SmSupervision *s);
void sm_supervise_figures_stop(SmApp *app, SmSupervision *s);
void sm_supervise_figures_put(SmSupervision *s, SmSuperviseQueue *queue, int64_t now);
/* The desk ms up to which its figures count arrivals; -1: none do. */
int64_t sm_supervise_figures_at(const SmSupervision *s);

/* supervise_log.c */
void sm_supervise_log_start(SmApp *app, SmSupervision *s);
void sm_supervise_log_news(SmApp *app, SmSupervision *s, const GPtrArray *touched);
void sm_supervise_log_add(SmApp *app, SmSupervision *s, const char *what, SmSafe *words, int64_t at,
                          gboolean urgent);
void sm_supervise_event_free(void *event);

#endif
