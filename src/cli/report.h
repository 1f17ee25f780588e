/* SPDX-License-Identifier: MIT */
/* report: the forms in which people look at figures. All of them show the document of
 * desk/report.h, wherever it was made. */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include <stdio.h>

#include "cli/connection.h"

#include "seatmux/base/json.h"

/* The document made by the desk: logs in, asks `query` ("by=agent&from=..."), logs out. NULL and
 * error. */
json_t *sm_report_of_desk(const SmConnectionOptions *o, const char *query, GError **error);
/* Lines for a terminal: a row a group, the total, the trend. */
void sm_report_print_table(FILE *out, const json_t *report);
/* "traffic" of the document, for a terminal and as a part of the page; NULL: nothing. */
void sm_report_print_traffic(FILE *out, const json_t *traffic);
void sm_report_html_traffic(FILE *out, const json_t *traffic);
/* The members of a row of "traffic" ("pages", "referrers", "rules", "hours"), NULL-terminated; NULL: no such rows. */
const char *const *sm_report_traffic_fields(const char *rows);
/* The rows of a document: "turns" and "conversations", or a table of "traffic". Borrowed; NULL: none. */
const json_t *sm_report_rows(const json_t *report, const char *rows);
/* RFC 4180: a column a number, or a line for each row with `rows` (see sm_report_rows; NULL). */
void sm_report_print_csv(FILE *out, const json_t *report, const char *rows);
/* A page that needs nothing else: no script, no link. */
void sm_report_print_html(FILE *out, const json_t *report);
/* "2026-11-27 00:00 to 18:00, drawn at ...": the period in words. Caller frees. */
char *sm_report_period(const json_t *report);
/* The rows of a figure and their messages, for people. */
void sm_report_print_explain(FILE *out, const json_t *explain);

/* What the columns of table and page are. Text of one figure for one column; "-" where there is
 * none. Caller frees. */
typedef struct {
    const char *title;  /* N_ */
    const char *figure; /* NULL: of the score */
    const char *part;   /* "percent", "ratio", or a member that is a time or a number */
    const char *help;   /* N_: what it is, for the page */
} SmReportColumn;
const SmReportColumn *sm_report_columns(guint *n);
char *sm_report_cell(const json_t *group, const SmReportColumn *column);
const char *sm_report_title(const char *by); /* what the first column is called: translated; "agent", "team", ... */
/* A cell of so many columns. */
void sm_report_print_padded(FILE *out, const char *text, int width, gboolean right);
/* "95.3%"; "-" below 0. Caller frees. */
char *sm_report_percent(int64_t permille);

#endif
