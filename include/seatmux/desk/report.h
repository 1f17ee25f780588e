/* SPDX-License-Identifier: MIT */
/* report: figures of a period as one JSON document, for every form that people look at. Everybody who shows figures
 * - command line, page, screen - shows this, whether it was made from an exported log or by a desk.
 *
 *   {"report": 1, "desk", "zone", "from", "to", "now", "open_turns", "by": SCOPE, "weights": {..},
 *    "trend": {"by": "hour" or "day", "ids": [..], "turns": [n ..], "within": [permille or null ..]},
 *    "traffic"?: {"visits", "views", "conversations", "began": {WAY: n}, "invited": {"sent", "accepted", "refused", "ignored"},
 *      "hours": [{"hour": 0 to 23, "visits", "views", "conversations"}], "pages": [{"page", "views", "conversations"}],
 *      "referrers": [{"host", "visits", "conversations"}], "rules": [{"id", "shown", "accepted", "refused"}]}, where something was,
 *    "recent"?: {"minutes", "teams": {ID: {"within_agent": SHARE, "arrivals": [n ..]}}}, where it was wished,
 *    "total": {"figures": {NAME: VALUE}}, "groups": [{"id", "name", "figures": {..}, "score"?: {..},
 *    "review"?: {"n", "mean", "own_n", "own_mean"}}]}
 *
 * VALUE by kind: count {"n"}, share {"n", "within", "permille"}, duration {"n", "judged", "within", "permille", "mean",
 * "median", "p90", "max"}, ratio {"questions", "answers", "hundredths"}, load {"total", "busy", "hundredths"}. Durations in
 * ms; a number that does not exist is left out. */
#ifndef SEATMUX_DESK_REPORT_H
#define SEATMUX_DESK_REPORT_H

#include <glib.h>
#include <stdint.h>

#include "seatmux/base/json.h"
#include "seatmux/desk/figures.h"

/* What is asked for. */
typedef struct {
    int64_t from, to; /* desk ms, [from, to) */
    SmScope by;
    gboolean turns, conversations; /* a row for each, under "turns" and "conversations" */
    int enquiry_days;              /* 0: as shipped */
    int recent;                    /* so many minutes up to `recent_to`, by team; 0: not wished */
    int64_t recent_to;             /* desk ms */
} SmReportWish;

typedef struct SmReport SmReport;

SmReport *sm_report_new(const SmReportWish *wish);
void sm_report_free(SmReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmReport, sm_report_free)
/* The next record of the log, from the first on. FALSE: it is not the next one. */
gboolean sm_report_record(SmReport *report, const SmRecord *record, GError **error);
/* All has been read: `now` is when the report is drawn, -1: at the last record's stamp. Once. */
void sm_report_end(SmReport *report, int64_t now);

/* After the end: */
const SmFigures *sm_report_figures(const SmReport *report);
const SmDesk *sm_report_desk(const SmReport *report); /* at the end of the log */
int64_t sm_report_now(const SmReport *report);
/* The whole document; `keep` (may be NULL) says which groups may be shown, `total` whether the total may. New
 * reference. */
json_t *sm_report_json(const SmReport *report, gboolean (*keep)(SmScope by, const char *id, void *user), void *user,
                       gboolean total);

/* Where a figure comes from: its rows, to which the messages of their time are added by a second pass over the log.
 * {"explain": 1, "zone", "figure", "scope", "id"?, "value", "rows": [{.., "messages": [{"at", "author", "agent"?, "text"?}]}]} */
typedef struct SmExplain SmExplain;
SmExplain *sm_report_explain(const SmReport *report, SmFigure figure, SmScope scope, const char *id);
void sm_explain_record(SmExplain *explain, const SmRecord *record);
json_t *sm_explain_json(const SmExplain *explain); /* borrowed */
void sm_explain_free(SmExplain *explain);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmExplain, sm_explain_free)

/* An instant as people write it: "2026-11-27", "2026-11-27T09:00", with seconds or an offset; "now", "today", "yesterday";
 * a duration such as "2h": so long ago; or desk ms. A date is its first instant in `zone`. FALSE: none of these. */
gboolean sm_instant_parse(const char *text, GTimeZone *zone, int64_t now, int64_t *at);

#endif
