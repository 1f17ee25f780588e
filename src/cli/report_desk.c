/* SPDX-License-Identifier: MIT */
/* report_desk: the desk draws the report; the log stays where it is. */
#include "cli/report.h"
#include "cli/visit.h"

json_t *sm_report_of_desk(const SmConnectionOptions *o, const char *query, GError **error)
{
    g_autoptr(SmVisit) visit = sm_visit_new(o, "seatmux report", error);
    g_autofree char *target = g_strconcat("/v1/report?", query, NULL);
    return visit ? sm_visit_ask(visit, "GET", target, NULL, error) : NULL;
}
