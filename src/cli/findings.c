/* SPDX-License-Identifier: MIT */
#include "cli/findings.h"

guint sm_cli_print_findings(FILE *to, const SmFindings *findings)
{
    for (guint i = 0; i < sm_findings_count(findings); i++) {
        g_autofree char *line = sm_finding_format(sm_findings_at(findings, i));
        fprintf(to, "%s\n", line);
    }
    return sm_findings_errors(findings);
}
