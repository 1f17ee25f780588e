/* SPDX-License-Identifier: MIT */
/* visits: who looks at the pages of the shop, in memory alone: forgotten half an hour after the last sign, and with the
 * process. What is counted of them has no person in it. Knows no desk and no request. */
#ifndef SEATMUX_SERVER_VISITS_H
#define SEATMUX_SERVER_VISITS_H

#include <glib.h>
#include <stdint.h>

#include "seatmux/base/json.h"

#define SM_VISIT_HERE_MS 60000    /* no sign for so long: not on the site */
#define SM_VISIT_KEEP_MS 1800000  /* and after so long forgotten: who comes then begins a new visit */

typedef struct {
    char *page, *title; /* foreign text */
    int64_t at;
} SmVisitPage;

/* What is shown to the visitor and not answered yet, or was accepted. */
typedef struct {
    char *id;
    char *text;    /* NULL: a pop-up */
    char *agent;   /* who invites; NULL: a rule */
    gboolean accepted;
} SmVisitOffer;

/* Strings of the page are foreign text, of bounded length. */
typedef struct {
    char *token; /* what the page knows it by: told to nobody */
    char *id;    /* what the staff knows it by */
    char *inbox, *language, *referrer;
    int64_t since, at; /* desk ms: began; last sign */
    int64_t earlier;   /* visits before, as the page says */
    int64_t last;      /* wall ms of the one before, as the page says; 0: none */
    GPtrArray *trail;  /* SmVisitPage, oldest first, SM_MAX_VISIT_TRAIL at most; never empty */
    guint views;
    char *conversation; /* what came of it; NULL: nothing yet */
    SmVisitOffer offer;
    GPtrArray *done;    /* char*: rules that have been shown */
    gboolean refused;   /* no rule invites any more */
    gboolean direct;    /* on the desk's own page, the chat before their eyes: nobody invites there */
    char *answered;     /* what became of the last agent's invitation: a name of SmCause; NULL */
    GList link, sign;   /* places in the two orders */
} SmVisit;

typedef struct {
    GHashTable *by_token; /* SmVisit */
    GQueue order;         /* of them, in order of coming */
    GQueue signs;         /* in order of their last sign, so that the oldest is found without looking at all */
    json_t *counts;       /* {"visits", "views", "conversations", "pages": {..: [views, conversations]}, "referrers": {..: [visits,
                             conversations]}, "rules": {..: [shown, accepted, refused]}}; NULL: nothing since the last time */
    int64_t since;        /* of the counts */
} SmVisits;

SmVisits *sm_visits_new(void);
void sm_visits_free(SmVisits *visits);
void sm_visits_clear(SmVisits *visits); /* nobody is watched any more; what was counted stays */

SmVisit *sm_visits_find(SmVisits *visits, const char *token);       /* NULL: none. Borrowed */
SmVisit *sm_visits_by_id(SmVisits *visits, const char *id);
/* Forgets who was not heard of for SM_VISIT_KEEP_MS. */
void sm_visits_age(SmVisits *visits, int64_t now);
/* A new one; NULL: as many as there may be, and all of them are here. Takes `id` over. */
SmVisit *sm_visits_add(SmVisits *visits, const char *token, char *id, const char *referrer, int64_t now);
/* The visitor is on this page now. `fresh`: it was loaded. */
void sm_visit_view(SmVisits *visits, SmVisit *visit, const char *page, const char *title, gboolean fresh, int64_t now);
const SmVisitPage *sm_visit_now(const SmVisit *visit);
void sm_visit_offer(SmVisit *visit, const char *id, const char *text, const char *agent);
void sm_visit_offer_clear(SmVisit *visit);
void sm_visits_count_rule(SmVisits *visits, const char *rule, guint what /* 0 shown, 1 accepted, 2 refused */, int64_t now);
void sm_visits_count_conversation(SmVisits *visits, const SmVisit *visit, int64_t now);
/* As the staff is told; with the trail or without it. New reference. */
json_t *sm_visit_json(const SmVisit *visit, gboolean trail, int64_t now);

#endif
